/*
 * tests/ledger/simulated.h: the acts of tests/ledger/simulator.c: each makes one command by chance,
 * asks the model what must come of it, asks the ledger, and compares.
 */
#ifndef TESTS_LEDGER_SIMULATED_H
#define TESTS_LEDGER_SIMULATED_H

#include <stdio.h>

#include "ledger/model.h"
#include "ledger/town.h"
#include "store/inside.h"

#define RING 64

static uint64_t random_state;
static int64_t acts_done;
static int64_t by_status[STATUS__COUNT];
static int64_t repeats;
static int checked_transfers; /* transfers before this one were compared after they ended */

/* What came through, to ask again. */
static struct {
    struct command command;
    struct answer answer;
    int person;
} ring[RING];
static int ring_count;
/* Batches that have ended. */
static struct {
    char id[ID_SIZE];
    int org;
} dead[RING];
static int dead_count;

static void fail(const char *what, const struct command *command, enum status expected,
                 const struct answer *answer)
{
    printf("FAILED after %lld acts: %s: %s: expected %s, got %s (field %d, line %d)\n",
           (long long)acts_done, what, act_word((enum act_kind)command->kind),
           status_row(expected)->slug, status_row((enum status)answer->status)->slug, answer->field,
           answer->line);
    printf("  user '%s' key '%s' at %lld\n", command->user_id, command->key,
           (long long)command->at_us);
    exit(1);
}

/* ---- chance ---- */

static uint64_t random_next(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static int below(int64_t limit)
{
    return (int)(random_next() % (uint64_t)limit);
}

static bool chance(int percent)
{
    return below(100) < percent;
}

/* ---- the ledger's file ---- */

static sqlite3_stmt *prepare(const char *sql)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(town.ledger.store->db, sql, -1, &statement, NULL) != SQLITE_OK) {
        printf("%s: %s\n", sql, sqlite3_errmsg(town.ledger.store->db));
        exit(1);
    }
    return statement;
}

static bool batch_id_of(const struct m_piece *piece, char id[ID_SIZE])
{
    sqlite3_stmt *statement =
        prepare("SELECT batch_id FROM batch WHERE project_id = ?1 AND vintage = ?2 AND first = ?3"
                " AND last = ?4 AND state = 'active'");
    sqlite3_bind_text(statement, 1, m.projects[piece->project].id, -1, SQLITE_STATIC);
    sqlite3_bind_int(statement, 2, FIRST_VINTAGE + piece->vintage);
    sqlite3_bind_int64(statement, 3, piece->first);
    sqlite3_bind_int64(statement, 4, piece->last);
    bool found = sqlite3_step(statement) == SQLITE_ROW;
    if (found) {
        memset(id, 0, ID_SIZE);
        (void)snprintf(id, ID_SIZE, "%s", (const char *)sqlite3_column_text(statement, 0));
    }
    sqlite3_finalize(statement);
    return found;
}

/* ---- one act ---- */

static int pick_person(int org, unsigned roles)
{
    if (chance(4)) {
        return chance(50) ? NONE : STRANGER;
    }
    if (org >= 0 && chance(75)) {
        int from = below(PEOPLE);
        for (int i = 0; i < PEOPLE; i++) {
            int person = (from + i) % PEOPLE;
            if (m.people[person].active && (m.people[person].roles[org] & roles) != 0 &&
                m.people[person].registry != 2) {
                return person;
            }
        }
    }
    return below(PEOPLE);
}

static int pick_official(void)
{
    if (chance(30)) {
        return pick_person(NONE, 0);
    }
    for (int i = 0; i < 20; i++) {
        int person = below(PEOPLE);
        if (m_is_admin(person) && m.people[person].active) {
            return person;
        }
    }
    return NONE;
}

static struct command command_by(enum act_kind kind, int person)
{
    const char *user_id = person == NONE       ? ""
                          : person == STRANGER ? "usr_ZZZZZZZZZZZZZZZZ"
                                               : m.people[person].id;
    return command_of(kind, user_id, town_key());
}

/* Asks the ledger. The time is the model's, which follows the rule: never before the last recorded
 * act. */
static void ask(const struct command *command, int person, struct answer *answer)
{
    enum asker program = PROGRAM_TALLY;
    if (person != NONE) {
        program = program_may(PROGRAM_ACCOUNT, (enum act_kind)command->kind) ? PROGRAM_ACCOUNT
                                                                             : PROGRAM_ADMIN;
    }
    if (command->kind == ACT_EXPIRE) {
        program = PROGRAM_LEDGER;
    }
    arena_reset(&town.arena, 0);
    ledger_apply(&town.ledger, program, command, town.now_us, answer);
    acts_done++;
    must(answer->status >= 0 && answer->status < STATUS__COUNT);
    by_status[answer->status]++;
    if (answer->seq != 0 && !answer->repeated) {
        m.last_at = town.now_us > m.last_at ? town.now_us : m.last_at;
    }
}

static bool may_ask(int person)
{
    return person == NONE || (person >= 0 && m.people[person].active);
}

/* Compares, and remembers what came through. */
static bool settle(const struct command *command, int person, enum status expected,
                   const struct answer *answer)
{
    if ((enum status)answer->status != expected) {
        fail("status", command, expected, answer);
    }
    if (expected == STATUS_OK && command->key[0] != '\0' && answer->seq != 0) {
        int place = ring_count++ % RING;
        ring[place].command = *command;
        ring[place].answer = *answer;
        ring[place].person = person;
    }
    return expected == STATUS_OK;
}

static void set_note(char text[NOTE_SIZE], enum m_note note)
{
    if (note == NOTE_FINE) {
        must(text_copy(text, NOTE_SIZE, "Fin – 2024"));
    } else if (note == NOTE_LONG) {
        memset(text, 'x', NOTE_CHARS_MAX + 1);
        text[NOTE_CHARS_MAX + 1] = '\0';
    } else if (note == NOTE_ODD) {
        must(text_copy(text, NOTE_SIZE, "one\ntwo"));
    }
}

static enum m_note pick_note(void)
{
    int dice = below(100);
    return dice < 2 ? NOTE_LONG : dice < 4 ? NOTE_ODD : dice < 50 ? NOTE_FINE : NOTE_NONE;
}

static int pick_account(int org)
{
    if (chance(3)) {
        return STRANGER;
    }
    for (int i = 0; i < 40; i++) {
        int account = below(m.account_count);
        if (m.accounts[account].org == org || i > 30) {
            return account;
        }
    }
    return m.orgs[org].main;
}

static const char *account_id(int account)
{
    return account == NONE       ? ""
           : account == STRANGER ? "acc_ZZZZZZZZZZZZZZZZ"
                                 : m.accounts[account].id;
}

static const char *org_id(int org)
{
    return org == NONE ? "" : org == STRANGER ? "org_ZZZZZZZZZZZZZZZZ" : m.orgs[org].id;
}

static int pick_org(void)
{
    return chance(2) ? STRANGER : below(ORGS);
}

/* An amount near what there is. */
static int64_t pick_units(const struct m_wish *wish)
{
    int64_t all = 0;
    for (int i = 0; i < m.piece_count; i++) {
        if (m_fits(wish, &m.pieces[i], wish->instrument)) {
            all += m_size(&m.pieces[i]);
        }
    }
    if (wish->org >= 0 && chance(6)) {
        /* at the very limits from which approvals are needed, and one beyond */
        int64_t limit = chance(50) ? m.orgs[wish->org].above : m.registry_units;
        return limit + below(2);
    }
    int dice = below(100);
    if (dice < 3) {
        return chance(50) ? 0 : -1 - below(5);
    }
    if (dice < 5) {
        return chance(50) ? INT64_MAX : QUANTITY_UNITS_MAX + 1;
    }
    if (dice < 12 || all == 0) {
        return all + 1 + (chance(50) ? 0 : below(1000));
    }
    if (dice < 25) {
        return all;
    }
    return 1 + (int64_t)(random_next() % (uint64_t)(dice < 60 ? (all + 9) / 10 : all));
}

static void pick_line(struct m_wish *wish, int number, struct command_line *line)
{
    struct m_line *into = &wish->lines[number];
    *into = (struct m_line){.piece = NONE, .dead_org = NONE, .same_as = NONE};
    TEXT_COPY(line->batch_id, "ctb_ZZZZZZZZZZZZZZZZ");
    if (number > 0 && chance(3)) {
        *into = wish->lines[number - 1];
        into->same_as = number - 1;
        *line = line[-1];
    } else if (dead_count > 0 && chance(3)) {
        int from = below(dead_count < RING ? dead_count : RING);
        into->dead_org = dead[from].org;
        TEXT_COPY(line->batch_id, dead[from].id);
    } else if (m.piece_count > 0 && !chance(2)) {
        int piece = below(m.piece_count);
        for (int i = 0; i < 30 && !m_fits(wish, &m.pieces[piece], wish->instrument); i++) {
            piece = below(m.piece_count);
        }
        into->piece = piece;
        if (!batch_id_of(&m.pieces[piece], line->batch_id)) {
            printf("FAILED after %lld acts: the ledger has no such batch\n", (long long)acts_done);
            exit(1);
        }
    }
    for (int i = 0; i < number && into->same_as == NONE; i++) {
        if (wish->lines[i].piece != NONE && wish->lines[i].piece == into->piece) {
            into->same_as = i;
        }
        if (into->piece == NONE && strcmp(line[i - number].batch_id, line->batch_id) == 0) {
            into->same_as = i;
        }
    }
    int64_t size = into->piece == NONE ? 10 : m_size(&m.pieces[into->piece]);
    int dice = below(100);
    into->units = dice < 2    ? 0
                  : dice < 4  ? -3
                  : dice < 5  ? INT64_MAX
                  : dice < 8  ? size + 1
                  : dice < 50 ? size
                              : 1 + (int64_t)(random_next() % (uint64_t)size);
    line->units = into->units;
}

static uint32_t pick_lines(struct m_wish *wish, struct command_line *lines)
{
    if (chance(65)) {
        wish->units = pick_units(wish);
        return 0;
    }
    wish->line_count = 1 + below(LINES_MAX);
    for (int i = 0; i < wish->line_count; i++) {
        pick_line(wish, i, &lines[i]);
    }
    return (uint32_t)wish->line_count;
}

/* Batches named by hand that were split have ended. */
static void bury(const struct m_wish *wish, const struct command_line *lines, bool all)
{
    for (int i = 0; i < wish->line_count; i++) {
        if (all || wish->lines[i].units < wish->lines[i].size_units) {
            int place = dead_count++ % RING;
            memcpy(dead[place].id, lines[i].batch_id, ID_SIZE);
            dead[place].org = wish->org;
        }
    }
}

/* Before the act changes the model, to see afterwards what was split. */
static void note_sizes(struct m_wish *wish)
{
    for (int i = 0; i < wish->line_count; i++) {
        wish->lines[i].size_units =
            wish->lines[i].piece == NONE ? 0 : m_size(&m.pieces[wish->lines[i].piece]);
    }
}

/* Sometimes the operator dates an act back; the model's time follows. */
static void date_back(struct command *command, int person)
{
    if (person == NONE && chance(40)) {
        command->at_us = m.now - (int64_t)(random_next() % (uint64_t)(2 * DAY_US)) - 1;
        m.now = command->at_us;
    }
}

static void act_transfer(void)
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
    struct command command = command_by(ACT_TRANSFER, submit.person);
    struct command_transfer *body = &command.transfer;
    body->kind = (uint8_t)submit.kind;
    wish->instrument = chance(85) ? INSTRUMENT_CARBON_REMOVAL : INSTRUMENT_RENEWABLE_ENERGY;
    body->instrument = (uint8_t)wish->instrument;
    if (submit.kind == TRANSFER_EXTERNAL) {
        submit.to = pick_org();
    } else if (submit.kind == TRANSFER_INTERNAL) {
        wish->to_account = pick_account(from);
    } else if (!submit.no_system) {
        TEXT_COPY(body->to_system, "M-RETS");
        TEXT_COPY(body->to_system_party, "Somebody there");
    }
    if (chance(70)) {
        wish->supplier = below(SUPPLIERS);
    }
    if (chance(10)) {
        wish->from_account = pick_account(from);
    }
    if (chance(3) && m.transfer_count > 0) {
        submit.corrects = chance(20) ? STRANGER
                                     : m.transfer_count - 1 -
                                           below(m.transfer_count < 50 ? m.transfer_count : 50);
        TEXT_COPY(body->corrects_id, submit.corrects == STRANGER ? "tfr_ZZZZZZZZZZZZZZZZ"
                                                                 : m.transfers[submit.corrects].id);
    }
    TEXT_COPY(body->from_org_id, org_id(wish->org));
    TEXT_COPY(body->to_org_id, submit.kind == TRANSFER_EXTERNAL ? org_id(submit.to) : "");
    TEXT_COPY(body->to_account_id, account_id(wish->to_account));
    TEXT_COPY(body->from_account_id, account_id(wish->from_account));
    TEXT_COPY(body->supplier_org_id, org_id(wish->supplier));
    set_note(body->notes, submit.note);
    set_note(body->private_note, submit.private_note);
    body->line_count = pick_lines(wish, body->lines);
    body->units = wish->units;

    int64_t clock = m.now;
    struct answer answer;
    enum status planned = STATUS__COUNT;
    if (chance(30)) {
        struct plan plan;
        arena_reset(&town.arena, 0);
        planned = ledger_plan(town.ledger.store, &town.arena, &command, m.now, &plan, &answer);
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
    int person = chance(50) ? pick_official() : pick_person(supplier, ROLE_INITIATOR);
    int64_t units = chance(5) ? -below(2) : 1 + below(50000);
    struct command command = command_by(ACT_ORDER, person);
    TEXT_COPY(command.order.supplier_org_id, m.orgs[supplier].id);
    TEXT_COPY(command.order.buyer_org_id, org_id(buyer));
    command.order.units = units;
    enum status expected = may_ask(person)
                               ? m_right(person, m_roles(person, supplier), ROLE_INITIATOR, true)
                               : STATUS_NOT_ALLOWED;
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
        *order = (struct m_order){.supplier = supplier, .buyer = buyer, .units = units};
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

static bool is_last(int person, int org)
{
    for (int i = 0; i < PEOPLE; i++) {
        bool has = org == NONE ? (m.people[i].registry & 1U) != 0
                               : (m.people[i].roles[org] & ROLE_MANAGER) != 0;
        if (i != person && has && m.people[i].active) {
            return false;
        }
    }
    return true;
}

static void act_person(void)
{
    int who = below(PEOPLE);
    struct m_person *person = &m.people[who];
    int dice = below(3);
    struct answer answer;
    if (dice == 0) {
        int org = pick_org();
        int asker = chance(50) ? pick_official() : pick_person(org, ROLE_MANAGER);
        unsigned roles = chance(5) ? 16 : chance(40) ? 15 : (unsigned)below(16);
        struct command command = command_by(ACT_SET_MEMBER, asker);
        TEXT_COPY(command.person.org_id, org_id(org));
        TEXT_COPY(command.person.user_id, person->id);
        command.person.roles = (uint8_t)roles;
        enum status expected = may_ask(asker)
                                   ? m_right(asker, m_roles(asker, org), ROLE_MANAGER, true)
                                   : STATUS_NOT_ALLOWED;
        if (expected == STATUS_OK && org < 0) {
            expected = STATUS_NOT_FOUND;
        } else if (expected == STATUS_OK) {
            bool above = asker == NONE || m_is_admin(asker);
            expected = m.orgs[org].state == ORG_CLOSED ? STATUS_SENDER_CLOSED
                       : !person->active && roles != 0 ? STATUS_PERSON_UNKNOWN
                       : (person->roles[org] & ROLE_MANAGER) != 0 && (roles & ROLE_MANAGER) == 0 &&
                               is_last(who, org) && !above
                           ? STATUS_LAST_MANAGER
                       : roles > 15 ? STATUS_VALUE_REFUSED
                                    : STATUS_OK;
        }
        ask(&command, asker, &answer);
        if (settle(&command, asker, expected, &answer)) {
            person->roles[org] = roles;
        }
        return;
    }
    int asker = pick_official();
    if (dice == 1) {
        bool off = chance(30);
        struct command command = command_by(ACT_SET_PERSON, asker);
        TEXT_COPY(command.person.user_id, person->id);
        command.person.deactivated = off;
        enum status expected = may_ask(asker) ? m_right_registry(asker) : STATUS_NOT_ALLOWED;
        if (expected == STATUS_OK && off && person->active && (person->registry & 1U) != 0 &&
            is_last(who, NONE)) {
            expected = STATUS_LAST_MANAGER;
        }
        ask(&command, asker, &answer);
        if (settle(&command, asker, expected, &answer)) {
            person->active = !off;
        }
        return;
    }
    unsigned roles = chance(60) ? 0 : (unsigned)below(5);
    struct command command = command_by(ACT_SET_REGISTRY_ROLES, asker);
    TEXT_COPY(command.person.user_id, person->id);
    command.person.roles = (uint8_t)roles;
    enum status expected = may_ask(asker) ? m_right_registry(asker) : STATUS_NOT_ALLOWED;
    if (expected == STATUS_OK) {
        expected = !person->active && roles != 0 ? STATUS_PERSON_UNKNOWN
                   : person->active && (person->registry & 1U) != 0 && (roles & 1U) == 0 &&
                           is_last(who, NONE)
                       ? STATUS_LAST_MANAGER
                   : roles > 3 ? STATUS_VALUE_REFUSED
                               : STATUS_OK;
    }
    ask(&command, asker, &answer);
    if (settle(&command, asker, expected, &answer)) {
        person->registry = roles;
    }
}

static void act_registry(void)
{
    int asker = pick_official();
    enum status expected = may_ask(asker) ? m_right_registry(asker) : STATUS_NOT_ALLOWED;
    struct answer answer;
    int dice = below(3);
    if (dice == 0) {
        struct command command = command_by(ACT_FREEZE, asker);
        command.setting.frozen = chance(15);
        enum m_note note = pick_note();
        set_note(command.setting.text, note);
        expected = expected == STATUS_OK ? m_note(note) : expected;
        expected = expected == STATUS_OK && command.setting.frozen && note == NOTE_NONE
                       ? STATUS_REASON_NEEDED
                       : expected;
        ask(&command, asker, &answer);
        if (settle(&command, asker, expected, &answer)) {
            m.frozen = command.setting.frozen;
        }
    } else if (dice == 1) {
        struct command command = command_by(ACT_SET_SETTINGS, asker);
        TEXT_COPY(command.setting.site_name, "Town");
        command.setting.expiry_days = chance(5) ? 0 : 1 + below(3);
        command.setting.registry_approval_units = chance(5) ? -1 : chance(40) ? 0 : below(200000);
        if (expected == STATUS_OK) {
            expected = command.setting.registry_approval_units < 0 ? STATUS_QUANTITY_NEGATIVE
                       : command.setting.expiry_days < 1           ? STATUS_VALUE_REFUSED
                                                                   : STATUS_OK;
        }
        ask(&command, asker, &answer);
        if (settle(&command, asker, expected, &answer)) {
            m.expiry_days = command.setting.expiry_days;
            m.registry_units = command.setting.registry_approval_units;
        }
    } else {
        int org = pick_org();
        struct command command = command_by(ACT_SET_ORGANISATION_STATE, asker);
        TEXT_COPY(command.organisation.org_id, org_id(org));
        command.organisation.state = (uint8_t)(chance(70)   ? ORG_ACTIVE
                                               : chance(70) ? ORG_SUSPENDED
                                                            : ORG_CLOSED);
        bool reason = chance(90);
        TEXT_COPY(command.organisation.reason, reason ? "Because" : "");
        if (expected == STATUS_OK && org < 0) {
            expected = STATUS_NOT_FOUND;
        } else if (expected == STATUS_OK && command.organisation.state != ORG_ACTIVE && !reason) {
            expected = STATUS_REASON_NEEDED;
        } else if (expected == STATUS_OK && command.organisation.state == ORG_CLOSED) {
            for (int i = 0; i < m.piece_count; i++) {
                expected = m.pieces[i].org == org ? STATUS_VALUE_REFUSED : expected;
            }
            for (int i = checked_transfers; i < m.transfer_count; i++) {
                bool party = m.transfers[i].from == org || m.transfers[i].to == org;
                expected = party && m_waits(&m.transfers[i]) ? STATUS_VALUE_REFUSED : expected;
            }
        }
        ask(&command, asker, &answer);
        if (settle(&command, asker, expected, &answer)) {
            m.orgs[org].state = command.organisation.state;
        }
    }
}

static void act_house(void)
{
    int org = below(ORGS);
    int person = pick_person(org, ROLE_MANAGER);
    enum status expected = may_ask(person)
                               ? m_right(person, m_roles(person, org), ROLE_MANAGER, false)
                               : STATUS_NOT_ALLOWED;
    bool closed = m.orgs[org].state == ORG_CLOSED;
    struct answer answer;
    int dice = below(4);
    if (dice == 0) {
        struct command command = command_by(ACT_SET_POLICY, person);
        TEXT_COPY(command.policy.org_id, m.orgs[org].id);
        command.policy.incoming = (uint8_t)below(chance(5) ? 4 : 3);
        command.policy.two_person = (uint8_t)below(3);
        command.policy.two_person_above_units = chance(5) ? -1 : below(50000);
        if (expected == STATUS_OK) {
            expected = closed                                      ? STATUS_SENDER_CLOSED
                       : command.policy.two_person_above_units < 0 ? STATUS_QUANTITY_NEGATIVE
                       : command.policy.incoming > INCOMING_ALL    ? STATUS_VALUE_REFUSED
                                                                   : STATUS_OK;
        }
        ask(&command, person, &answer);
        if (settle(&command, person, expected, &answer)) {
            m.orgs[org].incoming = command.policy.incoming;
            m.orgs[org].two_person = command.policy.two_person;
            m.orgs[org].above = command.policy.two_person_above_units;
        }
    } else if (dice == 1) {
        int sender = pick_org();
        struct command command = command_by(ACT_TRUST, person);
        TEXT_COPY(command.trust.org_id, m.orgs[org].id);
        TEXT_COPY(command.trust.sender_org_id, org_id(sender));
        command.trust.remove = chance(30);
        if (expected == STATUS_OK) {
            expected = sender < 0      ? STATUS_SENDER_UNKNOWN
                       : sender == org ? STATUS_SAME_ACCOUNT
                                       : STATUS_OK;
        }
        ask(&command, person, &answer);
        if (settle(&command, person, expected, &answer)) {
            m.orgs[org].trusts[sender] = !command.trust.remove;
        }
    } else if (dice == 2) {
        struct command command = command_by(ACT_OPEN_ACCOUNT, person);
        TEXT_COPY(command.account.org_id, m.orgs[org].id);
        bool taken = chance(10);
        (void)snprintf(command.account.name, sizeof(command.account.name),
                       taken ? "main" : "Account %lld", (long long)town.keys);
        command.account.kind = (uint8_t)(chance(80)   ? ACCOUNT_ACTIVE
                                         : chance(50) ? ACCOUNT_RETIREMENT
                                                      : ACCOUNT_RESERVE);
        if (expected == STATUS_OK) {
            expected = closed  ? STATUS_SENDER_CLOSED
                       : taken ? STATUS_EXISTS
                       : command.account.kind == ACCOUNT_RESERVE && org != BUFFER_ORG
                           ? STATUS_VALUE_REFUSED
                           : STATUS_OK;
        }
        ask(&command, person, &answer);
        if (settle(&command, person, expected, &answer)) {
            must(m.account_count < ACCOUNTS_MAX);
            struct m_account *account = &m.accounts[m.account_count++];
            *account = (struct m_account){.org = org, .kind = command.account.kind, .open = true};
            memcpy(account->id, answer.id, ID_SIZE);
        }
    } else {
        int account = pick_account(org);
        struct command command = command_by(ACT_CLOSE_ACCOUNT, person);
        TEXT_COPY(command.account.account_id, account_id(account));
        int owner = account < 0 ? NONE : m.accounts[account].org;
        expected = may_ask(person) ? m_right(person, m_roles(person, owner), ROLE_MANAGER, false)
                                   : STATUS_NOT_ALLOWED;
        if (expected == STATUS_OK) {
            bool full = false;
            for (int i = 0; i < m.piece_count && account >= 0; i++) {
                full = full || m.pieces[i].account == account;
            }
            expected = account < 0                             ? STATUS_NOT_FOUND
                       : !m.accounts[account].open             ? STATUS_ACCOUNT_CLOSED
                       : m.orgs[owner].main == account || full ? STATUS_VALUE_REFUSED
                                                               : STATUS_OK;
            /* The buffer keeps its first reserve account open, or nothing could be issued to it. */
            if (expected == STATUS_OK && m.accounts[account].kind == ACCOUNT_RESERVE) {
                return;
            }
        }
        ask(&command, person, &answer);
        if (settle(&command, person, expected, &answer)) {
            m.accounts[account].open = false;
        }
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
