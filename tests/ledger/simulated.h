/*
 * tests/ledger/simulated.h: what the acts of tests/ledger/simulated_acts.h are made with: chance,
 * people, amounts and batches picked by chance, asking the ledger and comparing its answer with the
 * model's.
 */
#ifndef TESTS_LEDGER_SIMULATED_H
#define TESTS_LEDGER_SIMULATED_H

#include <stdio.h>

#include "ledger/model_transfer.h"
#include "ledger/town.h"
#include "store/inside.h"

#define RING 64

static uint64_t random_state;
static int64_t acts_done;
static int64_t by_status[STATUS__COUNT];
static int64_t asked_by_kind[ACT__COUNT], done_by_kind[ACT__COUNT];
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
    int org, project;
    bool in_reserve;
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
                " AND last = ?4 AND state = 'active' AND state <> 'split'"); /* by batch_block */
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

/* The registry itself: the operator; an administrator where the act goes through the admin program.
 */
static bool m_is_registry(int person, enum asker program)
{
    return person == NONE || (m_is_admin(person) && program == PROGRAM_ADMIN);
}

/* The program that a person sends such an act through: some go through two doors, an administrator
 * mostly through his own, a program through api alone. */
static enum asker program_of(enum act_kind kind, int person)
{
    if (person == NONE) {
        return PROGRAM_TALLY;
    }
    if (person >= 0 && m.people[person].is_program) {
        return PROGRAM_API;
    }
    bool is_official = person >= 0 && (m.people[person].registry & 1U) != 0;
    bool by_admin = program_may(PROGRAM_ADMIN, kind) && is_official;
    return program_may(PROGRAM_ACCOUNT, kind) && !by_admin ? PROGRAM_ACCOUNT : PROGRAM_ADMIN;
}

static bool may_ask(enum act_kind kind, int person)
{
    return person == NONE ||
           (person >= 0 && m.people[person].active && program_may(program_of(kind, person), kind));
}

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
    enum asker program = program_of((enum act_kind)command->kind, person);
    if (command->kind == ACT_EXPIRE) {
        program = PROGRAM_LEDGER;
    }
    arena_reset(&town.arena, 0);
    ledger_apply(&town.ledger, program, command, town.now_us, answer);
    acts_done++;
    must(answer->status >= 0 && answer->status < STATUS__COUNT);
    by_status[answer->status]++;
    asked_by_kind[command->kind]++;
    done_by_kind[command->kind] += answer->status == STATUS_OK;
    if (answer->seq != 0 && !answer->repeated) {
        m.last_at = town.now_us > m.last_at ? town.now_us : m.last_at;
    }
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
    *into = (struct m_line){.piece = NONE, .dead_org = NONE, .project = NONE, .same_as = NONE};
    TEXT_COPY(line->batch_id, "ctb_ZZZZZZZZZZZZZZZZ");
    if (number > 0 && chance(3)) {
        *into = wish->lines[number - 1];
        into->same_as = number - 1;
        *line = line[-1];
    } else if (dead_count > 0 && chance(3)) {
        int from = below(dead_count < RING ? dead_count : RING);
        into->dead_org = dead[from].org;
        into->project = dead[from].project;
        into->in_reserve = dead[from].in_reserve;
        TEXT_COPY(line->batch_id, dead[from].id);
    } else if (m.piece_count > 0 && !chance(2)) {
        int piece = below(m.piece_count);
        for (int i = 0; i < 30 && !m_fits(wish, &m.pieces[piece], wish->instrument); i++) {
            piece = below(m.piece_count);
        }
        into->piece = piece;
        into->project = m.pieces[piece].project;
        into->in_reserve = m.accounts[m.pieces[piece].account].kind == ACCOUNT_RESERVE;
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
            dead[place].project = wish->lines[i].project;
            dead[place].in_reserve = wish->lines[i].in_reserve;
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

/* Sometimes one looks ahead first: what the ledger says then, or STATUS__COUNT. The act carries the
 * plan's digest, now and then a wrong one. */
static enum status look_ahead(struct command *command, int person, bool *has_plan,
                              struct digest *digest, bool *is_wrong)
{
    struct plan plan;
    struct answer answer;
    *is_wrong = false;
    if (!chance(30)) {
        return STATUS__COUNT;
    }
    arena_reset(&town.arena, 0);
    enum status planned = ledger_plan(town.ledger.store, &town.arena,
                                      program_of((enum act_kind)command->kind, person), command,
                                      m.now, &plan, &answer);
    if (planned == STATUS_OK) {
        *is_wrong = chance(5);
        *has_plan = true;
        *digest = plan.digest;
        digest->bytes[0] ^= *is_wrong ? 1 : 0;
    }
    return planned;
}

/* What the ledger said ahead is what comes of it. */
static void compare_ahead(const struct command *command, enum status planned, enum status expected,
                          bool is_wrong)
{
    if (planned != STATUS__COUNT && planned != expected && !is_wrong) {
        struct answer answer = {.status = (int32_t)planned};
        fail("plan", command, expected, &answer);
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

#endif
