/*
 * tests/ledger/simulated_units.h: the acts of tests/ledger/simulator.c that issue, order, deliver,
 * retire, give back and cancel, and that name whom one retires for. See
 * tests/ledger/simulated_acts.h.
 */
#ifndef TESTS_LEDGER_SIMULATED_UNITS_H
#define TESTS_LEDGER_SIMULATED_UNITS_H

#include "ledger/simulated.h"

/* Of the retirement that is being asked for: may that organisation name its beneficiary, and what
 * do its filters come to by themselves? */
static bool beneficiary_is_right;
static enum status filters_say;

/* For whom: an organisation, somebody named, a name alone; is it one that org may name? */
static bool pick_beneficiary(int org, struct command_retire *body)
{
    int dice = below(100);
    if (dice < 55) {
        if (!chance(3)) {
            TEXT_COPY(body->beneficiary, "Åsa & Sons");
        }
        return true;
    }
    if (chance(20)) {
        TEXT_COPY(body->beneficiary, "As typed");
    }
    if (dice < 60) {
        TEXT_COPY(body->beneficiary_org_id, org_id(STRANGER));
        return false;
    }
    if (dice < 75 || m.named_count == 0) {
        TEXT_COPY(body->beneficiary_org_id, m.orgs[below(ORGS)].id);
        return true;
    }
    const struct m_named *named = &m.named[below(m.named_count)];
    for (int i = 0; i < 20 && named->org != org; i++) {
        named = &m.named[below(m.named_count)];
    }
    TEXT_COPY(body->beneficiary_org_id, named->id);
    return named->org == org;
}

/* A vintage, an order: what comes of them before any unit is chosen. */
static enum status pick_filters(struct m_wish *wish, struct command_retire *body)
{
    enum status status = STATUS_OK;
    if (chance(20)) {
        body->vintage = chance(5) ? 1899 : FIRST_VINTAGE + below(VINTAGES + 1);
        wish->year = body->vintage;
        status = body->vintage < 1900 ? STATUS_VINTAGE : STATUS_OK;
    }
    if (m.order_count > 0 && chance(15)) {
        int number = m.order_count - 1 - below(m.order_count < 40 ? m.order_count : 40);
        for (int i = 0; i < 20 && m.orders[number].buyer != wish->org; i++) {
            number = m.order_count - 1 - below(m.order_count < 40 ? m.order_count : 40);
        }
        const struct m_order *order = &m.orders[number];
        bool is_own = order->buyer == wish->org || order->supplier == wish->org;
        TEXT_COPY(body->order_id, order->id);
        wish->came_with = number + 1;
        status = is_own ? status : STATUS_ORDER_UNKNOWN;
    }
    return status;
}

static enum status judge_retire(int person, const struct m_wish *wish,
                                const struct command_retire *body, enum m_note note)
{
    enum status expected = may_ask(ACT_RETIRE, person)
                               ? m_right(person, m_roles(person, wish->org), ROLE_INITIATOR, false)
                               : STATUS_NOT_ALLOWED;
    expected = expected == STATUS_OK && m.frozen ? STATUS_FROZEN : expected;
    expected = expected == STATUS_OK ? m_sender(wish->org) : expected;
    if (expected == STATUS_OK && body->beneficiary_org_id[0] != '\0' && !beneficiary_is_right) {
        expected = STATUS_RECIPIENT_UNKNOWN;
    }
    expected = expected == STATUS_OK ? m_note(note) : expected;
    if (expected == STATUS_OK && wish->line_count == 0 && wish->supplier == NONE) {
        expected = STATUS_LINES_EMPTY;
    }
    expected = expected == STATUS_OK ? filters_say : expected;
    if (expected == STATUS_OK && wish->line_count > 0 &&
        (wish->year != 0 || wish->came_with != 0)) {
        expected = STATUS_VALUE_REFUSED;
    }
    expected = expected == STATUS_OK ? m_pick(wish) : expected;
    if (expected == STATUS_OK && person != NONE && m_needs_second(wish->org, m_picked())) {
        expected = STATUS_SECOND_PERSON_NEEDED;
    }
    return expected;
}

/* The last retirements, issuances, deliveries, refunds and cancellations, with what everybody reads
 * on them. */
static struct m_worded {
    char id[ID_SIZE];
    int64_t at;
    bool has_note, has_name; /* has_name: one that was typed for it, or for whom was named */
    bool is_orgs;            /* an organisation's own, which may have another name by now */
} worded[RING];
static int worded_count;

static struct m_worded *note_words(const char *id, enum m_note note)
{
    struct m_worded *one = &worded[worded_count++ % RING];
    *one = (struct m_worded){.at = m.now, .has_note = note == NOTE_FINE};
    memcpy(one->id, id, ID_SIZE);
    return one;
}

static void note_retired(const char *id, const struct command_retire *body, enum m_note note)
{
    struct m_worded *one = note_words(id, note);
    one->has_name = true;
    for (int i = 0; i < ORGS && body->beneficiary[0] == '\0'; i++) {
        one->is_orgs = one->is_orgs || text_is(body->beneficiary_org_id, m.orgs[i].id);
    }
}

/* Words of one of them are taken away; only a retirement has a name. */
static void act_redact(void)
{
    int many = worded_count < RING ? worded_count : RING;
    struct m_worded *one = many == 0 || chance(3) ? NULL : &worded[below(many)];
    for (int i = chance(50) ? 20 : 0; i > 0 && one != NULL && !id_is(one->id, "ret"); i--) {
        one = &worded[below(many)]; /* half of the time a retirement: it has two texts */
    }
    bool is_retired = one != NULL && id_is(one->id, "ret");
    bool is_name = chance(is_retired ? 40 : 5);
    if (one != NULL && is_name && one->is_orgs) {
        return;
    }
    int person = pick_official();
    enum act_kind kind = is_name ? ACT_REDACT_BENEFICIARY : ACT_REDACT_NOTE;
    enum m_note reason = chance(80) ? NOTE_FINE : pick_note();
    struct command command = command_by(kind, person);
    TEXT_COPY(command.decide.subject_id, one == NULL ? "ret_ZZZZZZZZZZZZZZZZ" : one->id);
    set_note(command.decide.reason, reason);
    int64_t clock = m.now;
    date_back(&command, person);
    enum status expected = may_ask(kind, person) ? m_right_registry(person) : STATUS_NOT_ALLOWED;
    if (expected == STATUS_OK) {
        bool has_words = one != NULL && (is_name ? one->has_name : one->has_note);
        bool is_there = is_name ? is_retired : one != NULL;
        expected = !is_there                     ? STATUS_NOT_FOUND
                   : m_note(reason) != STATUS_OK ? m_note(reason)
                   : reason == NOTE_NONE         ? STATUS_REASON_NEEDED
                   : !has_words                  ? STATUS_VALUE_REFUSED
                   : m.now < one->at             ? STATUS_TIME_BACKWARDS
                                                 : STATUS_OK;
    }
    struct answer answer;
    ask(&command, person, &answer);
    if (settle(&command, person, expected, &answer)) {
        *(is_name ? &one->has_name : &one->has_note) = false;
    }
    m.now = clock;
}

static void act_retire(void)
{
    int org = below(ORGS);
    int person = pick_person(org, ROLE_INITIATOR);
    struct m_wish wish = {.org = org,
                          .supplier = NONE,
                          .project = NONE,
                          .from_account = NONE,
                          .to_account = NONE,
                          .instrument = NONE,
                          .reserve_too = true};
    if (chance(60)) {
        wish.project = below(PROJECTS);
        wish.supplier = chance(50) ? m.projects[wish.project].org : NONE;
    } else if (chance(90)) {
        wish.supplier = below(SUPPLIERS);
    }
    struct command command = command_by(ACT_RETIRE, person);
    struct command_retire *body = &command.retire;
    TEXT_COPY(body->org_id, m.orgs[org].id);
    TEXT_COPY(body->supplier_org_id, org_id(wish.supplier));
    TEXT_COPY(body->project_id, wish.project == NONE ? "" : m.projects[wish.project].id);
    enum m_note note = pick_note();
    set_note(body->notes, note);
    body->purposes = (uint8_t)(chance(3) ? 0 : chance(3) ? 32 : 1 + below(31));
    beneficiary_is_right = pick_beneficiary(org, body);
    filters_say = pick_filters(&wish, body);
    if (chance(30)) {
        body->has_instrument = true;
        body->instrument = chance(70) ? INSTRUMENT_CARBON_REMOVAL : INSTRUMENT_RENEWABLE_ENERGY;
        wish.instrument = body->instrument;
    }
    body->line_count = pick_lines(&wish, body->lines);
    body->units = wish.units;
    if (wish.project != NONE && wish.supplier == NONE) {
        wish.supplier = m.projects[wish.project].org;
    }
    bool is_wrong = false;
    enum status planned = look_ahead(&command, person, &body->has_plan, &body->plan, &is_wrong);
    note_sizes(&wish);
    enum status expected = judge_retire(person, &wish, body, note);
    if (expected == STATUS_OK) {
        bool is_nameless = body->beneficiary[0] == '\0' && body->beneficiary_org_id[0] == '\0';
        expected = is_wrong              ? STATUS_PLAN_CHANGED
                   : body->purposes == 0 ? STATUS_PURPOSE_NEEDED
                   : is_nameless         ? STATUS_BENEFICIARY_NEEDED
                   : body->purposes > 31 ? STATUS_VALUE_REFUSED
                                         : STATUS_OK;
    }
    if (expected == STATUS_OK) {
        m_cut();
        for (int i = 0; i < pick_count; i++) {
            m.pieces[picks[i].piece].reserved = STRANGER;
        }
        m_end_reserved(STRANGER, BATCH_RETIRED);
    }
    compare_ahead(&command, planned, expected, is_wrong);
    struct answer answer;
    ask(&command, person, &answer);
    if (settle(&command, person, expected, &answer)) {
        bury(&wish, body->lines, true);
        note_retired(answer.id, body, note);
    }
}

static void add_piece(int project, int vintage, int org, int account, int64_t units)
{
    must(m.piece_count < PIECES_MAX);
    int64_t first = m.projects[project].next[vintage];
    m.projects[project].next[vintage] += units;
    m.pieces[m.piece_count++] = (struct m_piece){
        .project = project,
        .vintage = vintage,
        .org = org,
        .account = account,
        .first = first,
        .last = first + units - 1,
        .issued_at = m.now,
        .since_at = m.now,
        .reserved = NONE,
    };
}

static void act_issue(void)
{
    int person = pick_official();
    int project = below(PROJECTS);
    int vintage = below(VINTAGES);
    int64_t units = chance(3) ? -below(3) : 1 + below(100000);
    int64_t buffer = chance(70) ? 0 : chance(5) ? -1 : 1 + below(5000);
    int year = chance(3) ? 1899 : FIRST_VINTAGE + vintage;
    struct command command = command_by(ACT_ISSUE, person);
    enum m_note note = pick_note();
    set_note(command.issue.notes, note);
    TEXT_COPY(command.issue.project_id,
              chance(2) ? "prj_ZZZZZZZZZZZZZZZZ" : m.projects[project].id);
    command.issue.vintage = year;
    command.issue.supplier_units = units;
    command.issue.buffer_units = buffer;
    bool known = command.issue.project_id[4] != 'Z';
    int org = m.projects[project].org;
    enum status expected =
        may_ask(ACT_ISSUE, person) ? m_right_registry(person) : STATUS_NOT_ALLOWED;
    expected = expected == STATUS_OK && known ? m_recipient(org) : expected;
    if (expected == STATUS_OK && buffer > 0 && m.orgs[BUFFER_ORG].state != ORG_ACTIVE) {
        expected = STATUS_RECIPIENT_UNKNOWN;
    }
    expected = expected == STATUS_OK ? m_note(note) : expected;
    if (expected == STATUS_OK) {
        expected = units == 0                        ? STATUS_QUANTITY_ZERO
                   : units < 0 || buffer < 0         ? STATUS_QUANTITY_NEGATIVE
                   : !known                          ? STATUS_PROJECT_UNKNOWN
                   : year != FIRST_VINTAGE + vintage ? STATUS_VINTAGE
                                                     : STATUS_OK;
    }
    if (expected == STATUS_OK) {
        add_piece(project, vintage, org, m.orgs[org].main, units);
        if (buffer > 0) {
            int reserve = NONE;
            for (int i = 0; i < m.account_count; i++) {
                if (m.accounts[i].org == BUFFER_ORG && m.accounts[i].kind == ACCOUNT_RESERVE &&
                    reserve == NONE) {
                    reserve = i;
                }
            }
            add_piece(project, vintage, BUFFER_ORG, reserve, buffer);
        }
    }
    struct answer answer;
    ask(&command, person, &answer);
    if (settle(&command, person, expected, &answer)) {
        (void)note_words(answer.id, note);
    }
}

static void act_order(void)
{
    int supplier = chance(80) ? below(SUPPLIERS) : below(ORGS);
    int buyer = pick_org();
    int person = chance(30)                 ? pick_official()
                 : buyer >= 0 && chance(50) ? pick_person(buyer, ROLE_INITIATOR)
                                            : pick_person(supplier, ROLE_INITIATOR);
    int64_t units = chance(5) ? -below(2) : 1 + below(50000);
    struct command command = command_by(ACT_ORDER, person);
    TEXT_COPY(command.order.supplier_org_id, m.orgs[supplier].id);
    TEXT_COPY(command.order.buyer_org_id, org_id(buyer));
    command.order.instrument = (uint8_t)(chance(1)    ? INSTRUMENT__COUNT
                                         : chance(80) ? INSTRUMENT_CARBON_REMOVAL
                                                      : INSTRUMENT_RENEWABLE_ENERGY);
    command.order.units = units;
    enum status expected = may_ask(ACT_ORDER, person)
                               ? m_right(person, m_roles(person, supplier), ROLE_INITIATOR, true)
                               : STATUS_NOT_ALLOWED;
    bool is_buyers = person >= 0 && (m_roles(person, buyer) & ROLE_INITIATOR) != 0;
    if (expected != STATUS_OK && may_ask(ACT_ORDER, person) && is_buyers &&
        m.people[person].registry != 2) {
        expected = STATUS_OK; /* the buyer's own word */
    }
    expected = expected == STATUS_OK ? m_sender(supplier) : expected;
    expected = expected == STATUS_OK ? m_recipient(buyer) : expected;
    if (expected == STATUS_OK) {
        expected = supplier == buyer                               ? STATUS_SAME_ACCOUNT
                   : units == 0                                    ? STATUS_QUANTITY_ZERO
                   : units < 0                                     ? STATUS_QUANTITY_NEGATIVE
                   : supplier >= SUPPLIERS                         ? STATUS_WRONG_SUPPLIER
                   : command.order.instrument >= INSTRUMENT__COUNT ? STATUS_VALUE_REFUSED
                                                                   : STATUS_OK;
    }
    struct answer answer;
    ask(&command, person, &answer);
    if (settle(&command, person, expected, &answer) && m.order_count < ORDERS_MAX) {
        struct m_order *order = &m.orders[m.order_count++];
        *order = (struct m_order){.supplier = supplier,
                                  .buyer = buyer,
                                  .instrument = command.order.instrument,
                                  .units = units,
                                  .agreed = is_buyers ||
                                            m_is_registry(person, program_of(ACT_ORDER, person))};
        memcpy(order->id, answer.id, ID_SIZE);
    }
}

static void act_deliver(void)
{
    int number = m.order_count == 0 || chance(3)
                     ? STRANGER
                     : m.order_count - 1 - below(m.order_count < 20 ? m.order_count : 20);
    struct m_order *order = number < 0 ? NULL : &m.orders[number];
    int supplier = order == NULL ? STRANGER : order->supplier;
    int person = chance(50) ? pick_official() : pick_person(supplier, ROLE_INITIATOR);
    struct m_wish wish = {.org = supplier,
                          .supplier = supplier,
                          .project = NONE,
                          .from_account = NONE,
                          .to_account = NONE,
                          .instrument = order == NULL ? NONE : order->instrument};
    if (chance(40)) {
        wish.project = below(PROJECTS);
    }
    struct command command = command_by(ACT_DELIVER, person);
    enum m_note note = pick_note();
    set_note(command.deliver.notes, note);
    TEXT_COPY(command.deliver.order_id, order == NULL ? "ord_ZZZZZZZZZZZZZZZZ" : order->id);
    TEXT_COPY(command.deliver.project_id, wish.project == NONE ? "" : m.projects[wish.project].id);
    command.deliver.line_count = pick_lines(&wish, command.deliver.lines);
    if (wish.line_count == 0 && wish.units > 30000 && wish.units <= QUANTITY_UNITS_MAX) {
        wish.units = 1 + below(30000);
    }
    command.deliver.units = wish.units;
    bool is_wrong = false;
    enum status planned =
        look_ahead(&command, person, &command.deliver.has_plan, &command.deliver.plan, &is_wrong);
    note_sizes(&wish);
    enum status expected = may_ask(ACT_DELIVER, person)
                               ? m_right(person, m_roles(person, supplier), ROLE_INITIATOR, true)
                               : STATUS_NOT_ALLOWED;
    expected = expected == STATUS_OK && m.frozen ? STATUS_FROZEN : expected;
    expected = expected == STATUS_OK && order == NULL ? STATUS_ORDER_UNKNOWN : expected;
    expected = expected == STATUS_OK ? m_sender(supplier) : expected;
    expected = expected == STATUS_OK ? m_recipient(order->buyer) : expected;
    expected = expected == STATUS_OK ? m_note(note) : expected;
    expected = expected == STATUS_OK ? m_pick(&wish) : expected;
    if (expected == STATUS_NOT_ENOUGH && wish.project != NONE &&
        m.projects[wish.project].instrument != order->instrument) {
        expected = STATUS_WRONG_INSTRUMENT; /* there is none of it, and there cannot be */
    }
    if (expected == STATUS_OK && !m_is_registry(person, program_of(ACT_DELIVER, person))) {
        const struct m_org *buyer = &m.orgs[order->buyer];
        bool accepts = buyer->incoming == INCOMING_ALL ||
                       (buyer->incoming == INCOMING_TRUSTED && buyer->trusts[supplier]);
        expected = m_needs_second(supplier, m_picked()) ? STATUS_SECOND_PERSON_NEEDED
                   : !order->agreed && !accepts         ? STATUS_BUYER_NOT_AGREED
                                                        : STATUS_OK;
    }
    expected = expected == STATUS_OK && is_wrong ? STATUS_PLAN_CHANGED : expected;
    if (expected == STATUS_OK && m_picked() > order->units - order->delivered) {
        expected = STATUS_ORDER_EXCEEDED;
    }
    if (expected == STATUS_OK) {
        order->delivered += m_picked();
        m_cut();
        for (int i = 0; i < pick_count; i++) {
            m.pieces[picks[i].piece].reserved = STRANGER;
            m.pieces[picks[i].piece].came_with = number + 1;
        }
        m_release(STRANGER, order->buyer, m.orgs[order->buyer].main);
    }
    compare_ahead(&command, planned, expected, is_wrong);
    struct answer answer;
    ask(&command, person, &answer);
    if (settle(&command, person, expected, &answer)) {
        bury(&wish, command.deliver.lines, false);
        (void)note_words(answer.id, note);
    }
}

/* ---- the buffer pool ---- */

/* Whose units they are that are wished for: the project's, or those of the first batch named. */
static int supplier_of(const struct m_wish *wish)
{
    if (wish->project >= 0) {
        return m.projects[wish->project].org;
    }
    if (wish->line_count == 0) {
        return NONE;
    }
    const struct m_line *line = &wish->lines[0];
    int holder = line->piece != NONE ? m.pieces[line->piece].org : line->dead_org;
    return line->project != NONE && holder == wish->org ? m.projects[line->project].org : NONE;
}

static enum status judge_pool(enum act_kind kind, int person, const struct m_wish *wish,
                              enum m_note note)
{
    bool is_refund = kind == ACT_REFUND;
    enum status expected = !may_ask(kind, person) ? STATUS_NOT_ALLOWED
                           : is_refund
                               ? m_right(person, m_roles(person, wish->org), ROLE_INITIATOR, true)
                               : m_right_registry(person);
    expected = expected == STATUS_OK && is_refund && m.frozen ? STATUS_FROZEN : expected;
    if (expected == STATUS_OK && wish->project == STRANGER) {
        expected = STATUS_PROJECT_UNKNOWN;
    }
    expected = expected == STATUS_OK ? m_sender(wish->org) : expected;
    if (expected == STATUS_OK && wish->org != BUFFER_ORG) {
        expected = STATUS_SENDER_UNKNOWN;
    }
    if (expected == STATUS_OK && is_refund && wish->supplier != NONE) {
        expected = m_recipient(wish->supplier);
    }
    expected = expected == STATUS_OK ? m_note(note) : expected;
    if (expected == STATUS_OK && wish->line_count == 0 && wish->project == NONE) {
        expected = STATUS_LINES_EMPTY;
    }
    expected = expected == STATUS_OK ? m_pick(wish) : expected;
    if (expected == STATUS_OK && is_refund && !m_is_registry(person, program_of(kind, person)) &&
        m_needs_second(wish->org, m_picked())) {
        expected = STATUS_SECOND_PERSON_NEEDED;
    }
    return expected;
}

static void act_pool(void)
{
    enum act_kind kind = chance(70) ? ACT_REFUND : ACT_CANCEL_UNITS;
    int named = chance(80) ? NONE : chance(70) ? BUFFER_ORG : pick_org();
    int first = m.orgs[BUFFER_ORG].state == ORG_ACTIVE ? BUFFER_ORG : NONE;
    struct m_wish wish = {.org = named == NONE ? first : named,
                          .supplier = NONE,
                          .project = chance(75)  ? below(PROJECTS)
                                     : chance(8) ? STRANGER
                                                 : NONE,
                          .from_account = NONE,
                          .to_account = NONE,
                          .instrument = NONE,
                          .reserve_only = true};
    int person = chance(60) ? pick_official() : pick_person(BUFFER_ORG, ROLE_INITIATOR);
    struct command command = command_by(kind, person);
    struct command_pool *body = &command.pool;
    TEXT_COPY(body->org_id, org_id(named));
    const char *project_id = wish.project == NONE       ? ""
                             : wish.project == STRANGER ? "prj_ZZZZZZZZZZZZZZZZ"
                                                        : m.projects[wish.project].id;
    TEXT_COPY(body->project_id, project_id);
    enum m_note note = pick_note();
    set_note(body->notes, note);
    body->line_count = pick_lines(&wish, body->lines);
    body->units = wish.units;
    wish.supplier = supplier_of(&wish);
    bool is_wrong = false;
    enum status planned = look_ahead(&command, person, &body->has_plan, &body->plan, &is_wrong);
    note_sizes(&wish);
    enum status expected = judge_pool(kind, person, &wish, note);
    expected = expected == STATUS_OK && is_wrong ? STATUS_PLAN_CHANGED : expected;
    if (expected == STATUS_OK && kind == ACT_CANCEL_UNITS && note == NOTE_NONE) {
        expected = STATUS_REASON_NEEDED;
    }
    if (expected == STATUS_OK) {
        m_cut();
        for (int i = 0; i < pick_count; i++) {
            m.pieces[picks[i].piece].reserved = STRANGER;
        }
        if (kind == ACT_REFUND) {
            m_release(STRANGER, wish.supplier, m.orgs[wish.supplier].main);
        } else {
            m_end_reserved(STRANGER, BATCH_CANCELLED);
        }
    }
    compare_ahead(&command, planned, expected, is_wrong);
    struct answer answer;
    ask(&command, person, &answer);
    if (settle(&command, person, expected, &answer)) {
        bury(&wish, body->lines, kind == ACT_CANCEL_UNITS);
        (void)note_words(answer.id, note);
    }
}

/* ---- beneficiaries ---- */

static void act_name(void)
{
    int org = chance(3) ? STRANGER : below(ORGS);
    int person = pick_person(org, ROLE_INITIATOR);
    int domain = chance(30) ? NONE : below(30);
    bool is_nameless = chance(4);
    bool is_odd = chance(4); /* a human being with a domain, or an organisation without */
    struct command command = command_by(ACT_OPEN_BENEFICIARY, person);
    struct command_beneficiary *body = &command.beneficiary;
    TEXT_COPY(body->org_id, org_id(org));
    TEXT_COPY(body->name, is_nameless ? "" : "Somebody's name");
    if (domain != NONE) {
        (void)snprintf(body->domain, sizeof(body->domain), "d%d.example.org", domain);
    }
    body->is_individual = (domain == NONE) != is_odd;
    enum status expected = may_ask(ACT_OPEN_BENEFICIARY, person)
                               ? m_right(person, m_roles(person, org), ROLE_INITIATOR, false)
                               : STATUS_NOT_ALLOWED;
    expected = expected == STATUS_OK ? m_sender(org) : expected;
    if (expected == STATUS_OK && (is_nameless || is_odd)) {
        expected = STATUS_VALUE_REFUSED;
    }
    const struct m_named *known = NULL;
    for (int i = 0; i < m.named_count && domain != NONE; i++) {
        bool is_it = m.named[i].org == org && m.named[i].domain == domain;
        known = is_it ? &m.named[i] : known;
    }
    if (expected == STATUS_OK && known == NULL && m.named_count == NAMED_MAX) {
        return;
    }
    struct answer answer;
    ask(&command, person, &answer);
    if (!settle(&command, person, expected, &answer)) {
        return;
    }
    if (answer.count != (known == NULL) || (known != NULL && !text_is(known->id, answer.id))) {
        fail("found or made", &command, expected, &answer);
    }
    if (known == NULL) {
        struct m_named *named = &m.named[m.named_count++];
        *named = (struct m_named){.org = org, .domain = domain};
        memcpy(named->id, answer.id, ID_SIZE);
    }
}

#endif
