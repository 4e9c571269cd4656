/*
 * tests/ledger/simulated_acts.h: the acts of tests/ledger/simulator.c, one function a family: each
 * makes a command by chance, asks the model what must come of it, asks the ledger, and compares.
 */
#ifndef TESTS_LEDGER_SIMULATED_ACTS_H
#define TESTS_LEDGER_SIMULATED_ACTS_H

#include "ledger/simulated_people.h"

/* A transfer by chance, as the model understands it. */
static struct m_submit pick_submit(void)
{
    int from = below(ORGS);
    struct m_submit submit = {.kind = below(100) < 75 ? TRANSFER_EXTERNAL
                                      : chance(60)    ? TRANSFER_INTERNAL
                                                      : TRANSFER_EXPORT,
                              .to = NONE,
                              .wish = {.org = from,
                                       .supplier = NONE,
                                       .project = NONE,
                                       .from_account = NONE,
                                       .to_account = NONE},
                              .note = pick_note(),
                              .private_note = chance(90) ? NOTE_NONE : pick_note(),
                              .no_system = chance(5),
                              .corrects = NONE};
    struct m_wish *wish = &submit.wish;
    if (chance(1)) {
        wish->org = STRANGER;
    }
    submit.person = pick_person(from, ROLE_INITIATOR);
    wish->instrument = chance(85) ? INSTRUMENT_CARBON_REMOVAL : INSTRUMENT_RENEWABLE_ENERGY;
    if (submit.kind == TRANSFER_EXTERNAL) {
        submit.to = pick_org();
    } else if (submit.kind == TRANSFER_INTERNAL) {
        wish->to_account = pick_account(from);
    }
    if (chance(70)) {
        wish->supplier = below(SUPPLIERS);
    }
    if (chance(10)) {
        wish->from_account = pick_account(from);
    }
    if (chance(3) && m.transfer_count > 0) {
        int recent = m.transfer_count < 50 ? m.transfer_count : 50;
        submit.corrects = chance(20) ? STRANGER : m.transfer_count - 1 - below(recent);
    }
    return submit;
}

/* The same as a command. */
static struct command submit_command(struct m_submit *submit)
{
    struct m_wish *wish = &submit->wish;
    struct command command = command_by(ACT_TRANSFER, submit->person);
    struct command_transfer *body = &command.transfer;
    body->kind = (uint8_t)submit->kind;
    body->instrument = (uint8_t)wish->instrument;
    if (submit->kind == TRANSFER_EXPORT && !submit->no_system) {
        TEXT_COPY(body->to_system, "M-RETS");
        TEXT_COPY(body->to_system_party, "Somebody there");
    }
    if (submit->corrects != NONE) {
        TEXT_COPY(body->corrects_id, submit->corrects == STRANGER
                                         ? "tfr_ZZZZZZZZZZZZZZZZ"
                                         : m.transfers[submit->corrects].id);
    }
    TEXT_COPY(body->from_org_id, org_id(wish->org));
    TEXT_COPY(body->to_org_id, submit->kind == TRANSFER_EXTERNAL ? org_id(submit->to) : "");
    TEXT_COPY(body->to_account_id, account_id(wish->to_account));
    TEXT_COPY(body->from_account_id, account_id(wish->from_account));
    TEXT_COPY(body->supplier_org_id, org_id(wish->supplier));
    set_note(body->notes, submit->note);
    set_note(body->private_note, submit->private_note);
    body->line_count = pick_lines(wish, body->lines);
    body->units = wish->units;
    return command;
}

static void act_transfer(void)
{
    struct m_submit submit = pick_submit();
    struct m_wish *wish = &submit.wish;
    struct command command = submit_command(&submit);
    struct command_transfer *body = &command.transfer;
    int64_t clock = m.now;
    struct answer answer;
    enum status planned = STATUS__COUNT;
    if (chance(30)) {
        struct plan plan;
        arena_reset(&town.arena, 0);
        planned = ledger_plan(town.ledger.store, &town.arena, PROGRAM_ACCOUNT, &command, m.now,
                              &plan, &answer);
        submit.plan_wrong = planned == STATUS_OK && chance(5);
        if (planned == STATUS_OK) {
            body->has_plan = true;
            body->plan = plan.digest;
            body->plan.bytes[0] ^= submit.plan_wrong ? 1 : 0;
        }
    } else {
        date_back(&command, submit.person);
    }
    note_sizes(wish);
    enum status expected = may_ask(submit.person) ? m_do_submit(&submit) : STATUS_NOT_ALLOWED;
    if (planned != STATUS__COUNT && planned != expected && !submit.plan_wrong) {
        answer.status = (int32_t)planned;
        fail("plan", &command, expected, &answer);
    }
    ask(&command, submit.person, &answer);
    m.now = clock;
    if (settle(&command, submit.person, expected, &answer)) {
        struct m_transfer *transfer = &m.transfers[m.transfer_count - 1];
        memcpy(transfer->id, answer.id, ID_SIZE);
        if (answer.transfer_state != transfer->state) {
            fail("state", &command, expected, &answer);
        }
        bury(wish, body->lines, false);
    } else if (expected == STATUS_NOT_ENOUGH && wish->line_count == 0 &&
               answer.available_units != m_available) {
        fail("available", &command, expected, &answer);
    }
}

static int pick_transfer(void)
{
    if (chance(2) || m.transfer_count == 0) {
        return STRANGER;
    }
    for (int i = 0; i < 60; i++) {
        int number = m.transfer_count - 1 - below(m.transfer_count < 150 ? m.transfer_count : 150);
        if (m_waits(&m.transfers[number])) {
            return number;
        }
    }
    return below(m.transfer_count);
}

static void act_decide(void)
{
    static const enum act_kind kinds[] = {
        ACT_APPROVE,          ACT_APPROVE,          ACT_REFUSE,          ACT_ACCEPT,
        ACT_ACCEPT,           ACT_ACCEPT,           ACT_REJECT,          ACT_WITHDRAW,
        ACT_REGISTRY_APPROVE, ACT_REGISTRY_APPROVE, ACT_REGISTRY_REFUSE, ACT_CANCEL,
        ACT_COMPLETE_EXPORT,  ACT_REJECT_EXPORT,    ACT_REDACT_NOTE};
    struct m_decide decide = {.transfer = pick_transfer(), .account = NONE};
    const struct m_transfer *transfer = decide.transfer < 0 ? NULL : &m.transfers[decide.transfer];
    enum act_kind kind = kinds[below((int64_t)(sizeof(kinds) / sizeof(kinds[0])))];
    if (transfer != NULL && m_waits(transfer) && chance(60)) {
        kind = transfer->state == TRANSFER_AWAITING_APPROVAL
                   ? (transfer->needs && !transfer->approved ? ACT_APPROVE : ACT_REGISTRY_APPROVE)
               : transfer->kind == TRANSFER_EXPORT ? ACT_COMPLETE_EXPORT
                                                   : ACT_ACCEPT;
    }
    decide.kind = (int)kind;
    bool recipients = kind == ACT_ACCEPT || kind == ACT_REJECT;
    bool senders = kind == ACT_APPROVE || kind == ACT_REFUSE || kind == ACT_WITHDRAW;
    decide.person = transfer == NULL ? below(PEOPLE)
                    : recipients     ? pick_person(transfer->to, ROLE_APPROVER)
                    : senders        ? pick_person(transfer->from, ROLE_APPROVER)
                                     : pick_official();
    decide.reason = pick_note();
    if (kind == ACT_ACCEPT && transfer != NULL && transfer->to >= 0 && chance(30)) {
        decide.account = pick_account(transfer->to);
    }
    struct command command = command_by(kind, decide.person);
    TEXT_COPY(command.decide.transfer_id, transfer == NULL ? "tfr_ZZZZZZZZZZZZZZZZ" : transfer->id);
    TEXT_COPY(command.decide.account_id, account_id(decide.account));
    set_note(command.decide.reason, decide.reason);
    int64_t clock = m.now;
    date_back(&command, decide.person);
    enum status expected = may_ask(decide.person) ? m_do_decide(&decide) : STATUS_NOT_ALLOWED;
    struct answer answer;
    ask(&command, decide.person, &answer);
    settle(&command, decide.person, expected, &answer);
    if (expected == STATUS_TRANSFER_ENDED) {
        bool late = m_waits(transfer);
        int64_t ended_at = late ? transfer->expires_at : transfer->ended_at;
        if (answer.ended_at != ended_at ||
            answer.transfer_state != (late ? (int)TRANSFER_EXPIRED : transfer->state)) {
            fail("how it ended", &command, expected, &answer);
        }
    } else if (expected == STATUS_OK && kind != ACT_REDACT_NOTE &&
               answer.transfer_state != transfer->state) {
        fail("state", &command, expected, &answer);
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
    if (!chance(3)) {
        TEXT_COPY(body->beneficiary, "Åsa & Sons");
    }
    body->line_count = pick_lines(&wish, body->lines);
    body->units = wish.units;
    if (wish.project != NONE && wish.supplier == NONE) {
        wish.supplier = m.projects[wish.project].org;
    }
    note_sizes(&wish);
    enum status expected = may_ask(person)
                               ? m_right(person, m_roles(person, org), ROLE_INITIATOR, false)
                               : STATUS_NOT_ALLOWED;
    expected = expected == STATUS_OK && m.frozen ? STATUS_FROZEN : expected;
    expected = expected == STATUS_OK ? m_sender(org) : expected;
    expected = expected == STATUS_OK ? m_note(note) : expected;
    if (expected == STATUS_OK && wish.line_count == 0 && wish.supplier == NONE) {
        expected = STATUS_LINES_EMPTY;
    }
    expected = expected == STATUS_OK ? m_pick(&wish) : expected;
    if (expected == STATUS_OK && person != NONE && m_needs_second(org, m_picked())) {
        expected = STATUS_SECOND_PERSON_NEEDED;
    }
    if (expected == STATUS_OK) {
        expected = body->purposes == 0            ? STATUS_PURPOSE_NEEDED
                   : body->beneficiary[0] == '\0' ? STATUS_BENEFICIARY_NEEDED
                   : body->purposes > 31          ? STATUS_VALUE_REFUSED
                                                  : STATUS_OK;
    }
    if (expected == STATUS_OK) {
        m_cut();
        for (int i = 0; i < pick_count; i++) {
            m.pieces[picks[i].piece].reserved = STRANGER;
        }
        m_end_reserved(STRANGER, true);
    }
    struct answer answer;
    ask(&command, person, &answer);
    if (settle(&command, person, expected, &answer)) {
        bury(&wish, body->lines, true);
    }
}

static void add_piece(int project, int vintage, int org, int account, int64_t units)
{
    must(m.piece_count < PIECES_MAX);
    int64_t first = m.projects[project].next[vintage];
    m.projects[project].next[vintage] += units;
    m.pieces[m.piece_count++] = (struct m_piece){.project = project,
                                                 .vintage = vintage,
                                                 .org = org,
                                                 .account = account,
                                                 .first = first,
                                                 .last = first + units - 1,
                                                 .issued_at = m.now,
                                                 .since_at = m.now,
                                                 .reserved = NONE};
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
    TEXT_COPY(command.issue.project_id,
              chance(2) ? "prj_ZZZZZZZZZZZZZZZZ" : m.projects[project].id);
    command.issue.vintage = year;
    command.issue.supplier_units = units;
    command.issue.buffer_units = buffer;
    bool known = command.issue.project_id[4] != 'Z';
    int org = m.projects[project].org;
    enum status expected = may_ask(person) ? m_right_registry(person) : STATUS_NOT_ALLOWED;
    expected = expected == STATUS_OK && known ? m_recipient(org) : expected;
    if (expected == STATUS_OK && buffer > 0 && m.orgs[BUFFER_ORG].state != ORG_ACTIVE) {
        expected = STATUS_RECIPIENT_UNKNOWN;
    }
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
    settle(&command, person, expected, &answer);
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
    command.order.units = units;
    enum status expected = may_ask(person)
                               ? m_right(person, m_roles(person, supplier), ROLE_INITIATOR, true)
                               : STATUS_NOT_ALLOWED;
    bool is_buyers = person >= 0 && (m_roles(person, buyer) & ROLE_INITIATOR) != 0;
    if (expected != STATUS_OK && may_ask(person) && is_buyers && m.people[person].registry != 2) {
        expected = STATUS_OK; /* the buyer's own word */
    }
    expected = expected == STATUS_OK ? m_sender(supplier) : expected;
    expected = expected == STATUS_OK ? m_recipient(buyer) : expected;
    if (expected == STATUS_OK) {
        expected = supplier == buyer       ? STATUS_SAME_ACCOUNT
                   : units == 0            ? STATUS_QUANTITY_ZERO
                   : units < 0             ? STATUS_QUANTITY_NEGATIVE
                   : supplier >= SUPPLIERS ? STATUS_WRONG_SUPPLIER
                                           : STATUS_OK;
    }
    struct answer answer;
    ask(&command, person, &answer);
    if (settle(&command, person, expected, &answer) && m.order_count < ORDERS_MAX) {
        struct m_order *order = &m.orders[m.order_count++];
        *order = (struct m_order){.supplier = supplier,
                                  .buyer = buyer,
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
                          .instrument = NONE};
    if (chance(40)) {
        wish.project = below(PROJECTS);
    }
    struct command command = command_by(ACT_DELIVER, person);
    TEXT_COPY(command.deliver.order_id, order == NULL ? "ord_ZZZZZZZZZZZZZZZZ" : order->id);
    TEXT_COPY(command.deliver.project_id, wish.project == NONE ? "" : m.projects[wish.project].id);
    command.deliver.line_count = pick_lines(&wish, command.deliver.lines);
    if (wish.line_count == 0 && wish.units > 30000 && wish.units <= QUANTITY_UNITS_MAX) {
        wish.units = 1 + below(30000);
    }
    command.deliver.units = wish.units;
    note_sizes(&wish);
    enum status expected = may_ask(person)
                               ? m_right(person, m_roles(person, supplier), ROLE_INITIATOR, true)
                               : STATUS_NOT_ALLOWED;
    expected = expected == STATUS_OK && m.frozen ? STATUS_FROZEN : expected;
    expected = expected == STATUS_OK && order == NULL ? STATUS_ORDER_UNKNOWN : expected;
    expected = expected == STATUS_OK ? m_sender(supplier) : expected;
    expected = expected == STATUS_OK ? m_recipient(order->buyer) : expected;
    expected = expected == STATUS_OK ? m_pick(&wish) : expected;
    if (expected == STATUS_OK && !m_is_registry(person, program_of(ACT_DELIVER, person))) {
        const struct m_org *buyer = &m.orgs[order->buyer];
        bool accepts = buyer->incoming == INCOMING_ALL ||
                       (buyer->incoming == INCOMING_TRUSTED && buyer->trusts[supplier]);
        expected = m_needs_second(supplier, m_picked()) ? STATUS_SECOND_PERSON_NEEDED
                   : !order->agreed && !accepts         ? STATUS_BUYER_NOT_AGREED
                                                        : STATUS_OK;
    }
    if (expected == STATUS_OK && m_picked() > order->units - order->delivered) {
        expected = STATUS_ORDER_EXCEEDED;
    }
    if (expected == STATUS_OK) {
        order->delivered += m_picked();
        m_cut();
        for (int i = 0; i < pick_count; i++) {
            m.pieces[picks[i].piece].reserved = STRANGER;
        }
        m_release(STRANGER, order->buyer, m.orgs[order->buyer].main);
    }
    struct answer answer;
    ask(&command, person, &answer);
    if (settle(&command, person, expected, &answer)) {
        bury(&wish, command.deliver.lines, false);
    }
}

static void act_expire(void)
{
    int64_t due = 0;
    for (int i = checked_transfers; i < m.transfer_count; i++) {
        struct m_transfer *transfer = &m.transfers[i];
        if (m_waits(transfer) && m.now >= transfer->expires_at) {
            transfer->state = TRANSFER_EXPIRED;
            transfer->ended_at = transfer->expires_at;
            transfer->latest_at = transfer->ended_at;
            transfer->ended_by = NONE;
            m_release(i, NONE, NONE);
            due++;
        }
    }
    struct command command = command_of(ACT_EXPIRE, "", "");
    struct answer answer;
    do {
        ask(&command, NONE, &answer);
        settle(&command, NONE, STATUS_OK, &answer);
        due -= answer.count;
    } while (answer.count > 0);
    if (due != 0) {
        fail("count", &command, STATUS_OK, &answer);
    }
}

/* A key a second time: the first answer again, or KEY_REUSED for another act. */
static void act_again(void)
{
    if (ring_count == 0) {
        return;
    }
    int place = below(ring_count < RING ? ring_count : RING);
    struct command command = ring[place].command;
    int person = ring[place].person;
    bool other = chance(25);
    if (other) {
        command.kind = command.kind == ACT_TRUST ? ACT_SET_POLICY : ACT_TRUST;
        if (person == NONE || !program_may(PROGRAM_ACCOUNT, (enum act_kind)command.kind)) {
            return;
        }
        struct command fresh =
            command_of((enum act_kind)command.kind, command.user_id, command.key);
        command = fresh;
    }
    struct answer answer;
    ask(&command, person, &answer);
    enum status expected = !may_ask(person) ? STATUS_NOT_ALLOWED
                           : other          ? STATUS_KEY_REUSED
                                            : STATUS_OK;
    if ((enum status)answer.status != expected) {
        fail("again", &command, expected, &answer);
    }
    if (expected == STATUS_OK) {
        repeats++;
        struct answer first = ring[place].answer;
        first.repeated = true;
        /* An answer is zeroed before it is filled: its padding is equal too.
         * NOLINTNEXTLINE(bugprone-suspicious-memory-comparison,cert-exp42-c,cert-flp37-c) */
        if (memcmp(&first, &answer, sizeof(first)) != 0) {
            fail("another answer", &command, expected, &answer);
        }
    }
}

/* Time goes on; now and then to the very moment at which some transfer expires, or beside it. The
 * clock may also be set back. */
static void tick(void)
{
    town.now_us = town.now_us > m.last_at ? town.now_us : m.last_at;
    town.now_us += below(120) * INT64_C(1000000) + below(1000000);
    if (chance(4)) {
        int transfer = pick_transfer();
        if (transfer >= 0 && m_waits(&m.transfers[transfer])) {
            int64_t at = m.transfers[transfer].expires_at + below(3) - 1;
            town.now_us = at > town.now_us && at < town.now_us + DAY_US ? at : town.now_us;
        }
    }
    if (chance(2)) {
        town.now_us -= below(3600) * INT64_C(1000000);
    }
    m.now = town.now_us > m.last_at ? town.now_us : m.last_at;
}

static void act_any(void)
{
    tick();
    int dice = below(1000);
    /* NOLINTNEXTLINE(bugprone-branch-clone): when there are many pieces, retiring is likelier. */
    if (m.piece_count > 2500 && dice < 300) {
        act_retire();
    } else if (dice < 380) {
        act_transfer();
    } else if (dice < 680) {
        act_decide();
    } else if (dice < 760) {
        act_retire();
    } else if (dice < 800) {
        act_issue();
    } else if (dice < 825) {
        act_order();
    } else if (dice < 870) {
        act_deliver();
    } else if (dice < 885) {
        act_expire();
    } else if (dice < 905) {
        act_person();
    } else if (dice < 920) {
        act_registry();
    } else if (dice < 950) {
        act_house();
    } else {
        act_again();
    }
}

#endif
