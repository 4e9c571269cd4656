/*
 * tests/ledger/simulator.c: random acts, right and wrong, by random people, against the ledger and
 * against the model of tests/ledger/model.h; every answer is compared, and from time to time every
 * unit, transfer and sum. Groups of acts are committed or undone, the file is closed and opened
 * again. At the end the registry is verified.
 *
 *     simulator [--seed N] [--acts N]      (default: a seed from the clock, 100000 acts)
 */
#include <stdio.h>

#include "ledger/simulated_acts.h"

#define COMPARE_EVERY 2000

static int64_t undone, reopened, compared;

/* ---- comparing everything ---- */

static int by_serial(const void *one, const void *other)
{
    const struct m_piece *a = one;
    const struct m_piece *b = other;
    if (a->project != b->project) {
        return strcmp(m.projects[a->project].id, m.projects[b->project].id);
    }
    if (a->vintage != b->vintage) {
        return a->vintage - b->vintage;
    }
    return a->first < b->first ? -1 : a->first > b->first;
}

static bool column_is(sqlite3_stmt *statement, int column, const char *text)
{
    const char *found = (const char *)sqlite3_column_text(statement, column);
    return strcmp(found == NULL ? "" : found, text) == 0;
}

static void differ(const char *what)
{
    printf("FAILED after %lld acts: %s differ\n", (long long)acts_done, what);
    exit(1);
}

static void compare_pieces(void)
{
    static struct m_piece sorted[PIECES_MAX];
    memcpy(sorted, m.pieces, (size_t)m.piece_count * sizeof(sorted[0]));
    qsort(sorted, (size_t)m.piece_count, sizeof(sorted[0]), by_serial);
    sqlite3_stmt *statement = prepare(
        "SELECT project_id, vintage, first, last, org_id, account_id, reserved_by, issued_at"
        " FROM batch WHERE state = 'active' ORDER BY project_id, vintage, first");
    int count = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        const struct m_piece *piece = &sorted[count];
        if (count == m.piece_count || !column_is(statement, 0, m.projects[piece->project].id) ||
            sqlite3_column_int(statement, 1) != FIRST_VINTAGE + piece->vintage ||
            sqlite3_column_int64(statement, 2) != piece->first ||
            sqlite3_column_int64(statement, 3) != piece->last ||
            !column_is(statement, 4, m.orgs[piece->org].id) ||
            !column_is(statement, 5, m.accounts[piece->account].id) ||
            !column_is(statement, 6,
                       piece->reserved == NONE ? "" : m.transfers[piece->reserved].id) ||
            sqlite3_column_int64(statement, 7) != piece->issued_at) {
            differ("units");
        }
        count++;
    }
    sqlite3_finalize(statement);
    if (count != m.piece_count) {
        differ("units");
    }
}

static const char *user_id(int person)
{
    return person == NONE ? "" : m.people[person].id;
}

static void compare_transfers(void)
{
    sqlite3_stmt *statement =
        prepare("SELECT state, units, submitted_by, approved_by, registry_approved_by, ended_by, "
                "ended_at, expires_at,"
                " note_redacted_at IS NOT NULL FROM transfer WHERE transfer_id = ?1");
    bool all_ended = true;
    for (int i = checked_transfers; i < m.transfer_count; i++) {
        const struct m_transfer *transfer = &m.transfers[i];
        sqlite3_bind_text(statement, 1, transfer->id, -1, SQLITE_STATIC);
        if (sqlite3_step(statement) != SQLITE_ROW ||
            !column_is(statement, 0, transfer_state_word((enum transfer_state)transfer->state)) ||
            sqlite3_column_int64(statement, 1) != transfer->units ||
            !column_is(statement, 2, user_id(transfer->submitted_by)) ||
            !column_is(statement, 3, user_id(transfer->approved_by)) ||
            !column_is(statement, 4, user_id(transfer->registry_approved_by)) ||
            !column_is(statement, 5, user_id(transfer->ended_by)) ||
            sqlite3_column_int64(statement, 6) != transfer->ended_at ||
            sqlite3_column_int64(statement, 7) != transfer->expires_at ||
            sqlite3_column_int(statement, 8) != transfer->redacted) {
            differ("transfers");
        }
        sqlite3_reset(statement);
        all_ended = all_ended && !m_waits(transfer);
        if (all_ended && i < m.transfer_count - 200) {
            checked_transfers = i + 1;
        }
    }
    sqlite3_finalize(statement);
}

static void compare_sums(void)
{
    sqlite3_stmt *statement =
        prepare("SELECT retired, exported, next_serial, cancelled FROM conservation "
                "WHERE project_id = ?1 AND vintage = ?2");
    for (int i = 0; i < PROJECTS * VINTAGES; i++) {
        const struct m_project *project = &m.projects[i / VINTAGES];
        int vintage = i % VINTAGES;
        sqlite3_bind_text(statement, 1, project->id, -1, SQLITE_STATIC);
        sqlite3_bind_int(statement, 2, FIRST_VINTAGE + vintage);
        bool there = sqlite3_step(statement) == SQLITE_ROW;
        if (there ? sqlite3_column_int64(statement, 0) != project->retired[vintage] ||
                        sqlite3_column_int64(statement, 1) != project->exported[vintage] ||
                        sqlite3_column_int64(statement, 2) != project->next[vintage] ||
                        sqlite3_column_int64(statement, 3) != project->cancelled[vintage]
                  : project->next[vintage] != 1) {
            differ("sums");
        }
        sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
}

static void compare_all(void)
{
    compare_pieces();
    compare_transfers();
    compare_sums();
    if (!orgs_are_same() || !projects_are_same()) {
        differ("organisations or projects");
    }
    if (!documents_are_same()) {
        differ("documents");
    }
    compared++;
}

/* ---- undoing ---- */

static struct model kept;

static void copy_model(struct model *to, const struct model *from)
{
    memcpy(to, from, offsetof(struct model, accounts));
    memcpy(to->accounts, from->accounts, (size_t)from->account_count * sizeof(from->accounts[0]));
    memcpy(to->pieces, from->pieces, (size_t)from->piece_count * sizeof(from->pieces[0]));
    memcpy(to->transfers, from->transfers,
           (size_t)from->transfer_count * sizeof(from->transfers[0]));
    memcpy(to->orders, from->orders, (size_t)from->order_count * sizeof(from->orders[0]));
}

/* A group of acts in one transaction, as the daemon does it; some groups never reach the disk. */
static void run_group(void)
{
    int size = 1 + below(48);
    bool undo = chance(4);
    int64_t clock = town.now_us;
    if (undo) {
        copy_model(&kept, &m);
    }
    must(store_begin_write(town.ledger.store));
    for (int i = 0; i < size; i++) {
        act_any();
    }
    if (!undo) {
        must(store_commit(town.ledger.store));
        store_settle(town.ledger.store);
        return;
    }
    if (chance(30)) {
        store_close(town.ledger.store); /* as if killed before the commit */
        town_open_ledger();
        reopened++;
    } else {
        store_rollback(town.ledger.store);
        store_settle(town.ledger.store);
    }
    copy_model(&m, &kept);
    town.now_us = clock;
    ring_count = 0;
    dead_count = 0;
    worded_count = 0;
    undone++;
}

/* ---- the beginning and the end ---- */

static void learn_accounts(int org)
{
    static const struct {
        const char *name;
        int kind;
    } rows[] = {
        {"Main", ACCOUNT_ACTIVE}, {"Retirement", ACCOUNT_RETIREMENT}, {"Reserve", ACCOUNT_RESERVE}};
    for (int i = 0; i < (org == BUFFER_ORG ? 3 : 2); i++) {
        sqlite3_stmt *statement =
            prepare("SELECT account_id FROM account WHERE org_id = ?1 AND name = ?2");
        sqlite3_bind_text(statement, 1, m.orgs[org].id, -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 2, rows[i].name, -1, SQLITE_STATIC);
        must(sqlite3_step(statement) == SQLITE_ROW);
        struct m_account *account = &m.accounts[m.account_count];
        *account = (struct m_account){.org = org, .kind = rows[i].kind, .open = true};
        (void)snprintf(account->id, sizeof(account->id), "%s",
                       (const char *)sqlite3_column_text(statement, 0));
        sqlite3_finalize(statement);
        m.orgs[org].main = i == 0 ? m.account_count : m.orgs[org].main;
        m.account_count++;
    }
}

/* Two programs of one maker, one of another in the same organisation, one of the operator's. */
enum { PROGRAMS = 4 };
static const int program_orgs[PROGRAMS] = {0, 0, 0, 1};
static const int program_makers[PROGRAMS] = {0, 0, 7, NONE};

static void make_program(int number, int org, int maker)
{
    struct m_person *program = &m.people[number];
    struct answer answer;
    struct command command =
        command_of(ACT_SET_PERSON, maker == NONE ? "" : m.people[maker].id, "");
    TEXT_COPY(command.person.user_id, program->id);
    TEXT_COPY(command.person.org_id, m.orgs[org].id);
    command.person.is_program = true;
    must(town_ask(maker == NONE ? PROGRAM_TALLY : PROGRAM_ACCOUNT, &command, &answer) == STATUS_OK);
    command = command_of(ACT_SET_MEMBER, "", "");
    TEXT_COPY(command.person.user_id, program->id);
    TEXT_COPY(command.person.org_id, m.orgs[org].id);
    command.person.roles = 15;
    town_do(&command);
    program->is_program = true;
    program->maker = maker;
    program->program_org = org;
    program->roles[org] = 15;
}

static void begin(void)
{
    static const char *const names[ORGS] = {"Alder", "Birch", "Cedar", "Douglas",
                                            "Elm",   "Fir",   "Buffer"};
    m.expiry_days = 14;
    for (int i = 0; i < ORGS; i++) {
        memcpy(m.orgs[i].id,
               town_org(names[i], i < SUPPLIERS, i == BUFFER_ORG ? ORG_BUFFER : ORG_PARTICIPANT),
               ID_SIZE);
        learn_accounts(i);
    }
    for (int i = 0; i < PEOPLE; i++) {
        memcpy(m.people[i].id, town_person("ABCDEFGHJKMNPQRSTVWXYZ"[i]), ID_SIZE);
        m.people[i].active = true;
        if (i < PEOPLE - PROGRAMS) {
            m.people[i].roles[i % ORGS] = 15;
            town_member(m.orgs[i % ORGS].id, m.people[i].id, 15);
        }
    }
    for (int i = 0; i < PROGRAMS; i++) {
        make_program(PEOPLE - PROGRAMS + i, program_orgs[i], program_makers[i]);
    }
    m.people[0].registry = 1;
    m.people[1].registry = 1;
    town_official(m.people[0].id, 1);
    town_official(m.people[1].id, 1);
    for (int i = 0; i < PROJECTS; i++) {
        char code[16];
        (void)snprintf(code, sizeof(code), "P%d", i);
        m.projects[i].org = i % SUPPLIERS;
        m.projects[i].instrument =
            i == PROJECTS - 1 ? INSTRUMENT_RENEWABLE_ENERGY : INSTRUMENT_CARBON_REMOVAL;
        memcpy(
            m.projects[i].id,
            town_project(m.orgs[i % SUPPLIERS].id, code, (enum instrument)m.projects[i].instrument),
            ID_SIZE);
        for (int v = 0; v < VINTAGES; v++) {
            m.projects[i].next[v] = 1;
        }
    }
    learn_said();
    m.last_at = town.now_us;
}

static void say(void *context, const char *sentence)
{
    (void)context;
    printf("verify: %s\n", sentence);
}

static int64_t verify(void)
{
    struct verify_report report = {.say = say};
    struct store *store = store_open(STORE_REGISTRY, STORE_READ, town.path, ledger_verify_tables);
    must(store != NULL);
    must(ledger_verify(store, &town.arena, &report) == STATUS_OK);
    store_close(store);
    printf("verified %lld batches, %lld transfers, %lld acts, %lld units: %lld violations\n",
           (long long)report.batches, (long long)report.transfers, (long long)report.acts,
           (long long)report.units, (long long)report.violations);
    return report.violations;
}

int main(int argc, char **argv)
{
    int64_t seed = clock_now_us() & 0xffffffff;
    int64_t acts = 100000;
    for (int i = 1; i + 1 < argc; i += 2) {
        int64_t number = 0;
        if (!text_parse_int(argv[i + 1], false, &number) ||
            (!text_is(argv[i], "--seed") && !text_is(argv[i], "--acts"))) {
            fprintf(stderr, "usage: simulator [--seed N] [--acts N]\n");
            return 2;
        }
        *(text_is(argv[i], "--seed") ? &seed : &acts) = number;
    }
    printf("simulator: seed %lld\n", (long long)seed);
    fflush(stdout);
    random_state = (uint64_t)seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
    town_found();
    begin();
    int64_t next_compare = COMPARE_EVERY;
    while (acts_done < acts) {
        run_group();
        if (acts_done >= next_compare) {
            compare_all();
            (void)store_checkpoint(town.ledger.store, chance(50));
            next_compare += COMPARE_EVERY;
        }
    }
    compare_all();
    int64_t violations = verify();
    printf("result: %lld acts agree (%lld repeated, %lld groups undone, %lld reopened, %lld "
           "comparisons of everything, %lld documents too many refused)\noutcomes:",
           (long long)acts_done, (long long)repeats, (long long)undone, (long long)reopened,
           (long long)compared, (long long)overfull);
    for (int i = 0; i < STATUS__COUNT; i++) {
        if (by_status[i] > 0) {
            printf(" %s %lld", status_row((enum status)i)->slug, (long long)by_status[i]);
        }
    }
    printf("\ndone:");
    bool is_good = violations == 0;
    for (int i = ACT_NONE + 1; i < ACT__COUNT; i++) {
        if (asked_by_kind[i] > 0) {
            printf(" %s %lld", act_word((enum act_kind)i), (long long)done_by_kind[i]);
        }
        if (asked_by_kind[i] > 200 && done_by_kind[i] == 0) {
            printf(" (never)");
            is_good = false; /* what never comes through is not simulated */
        }
    }
    printf("\n%d passed, %d failed\n", is_good ? 1 : 0, is_good ? 0 : 1);
    town_leave();
    return is_good ? 0 : 1;
}
