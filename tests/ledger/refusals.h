/*
 * tests/ledger/refusals.h: the small world in which refusals_test.c is refused, and what it asks
 * each time: status, field, line and figure are right, there is a sentence, the act is in the audit
 * log, and nothing else in the database is different.
 */
#ifndef TESTS_LEDGER_REFUSALS_H
#define TESTS_LEDGER_REFUSALS_H

#include "ledger/dump.h"

enum world_org { NORD, STEAM, ALPHA, BETA, SLOW, SHUT, ORGS };
/* People by letter: A initiator and approver of Alpha, B and D approvers of Alpha, M manager of
 * Alpha, V viewer of Alpha, C approver of Beta, S of suspended Slow, T of closed Shut, N and P
 * administrators, K auditor, X belongs to nothing. */

struct world {
    char orgs[ORGS][ID_SIZE];
    char biochar[ID_SIZE], steam[ID_SIZE], wind[ID_SIZE]; /* projects */
    char first[ID_SIZE];                                  /* 1,000 units of 2020 from Nord */
    char second[ID_SIZE];                                 /* 500 units of 2021 from Nord */
    char other[ID_SIZE];                                  /* 300 units from Steam */
    char windy[ID_SIZE];                                  /* 50 certificates */
    char reserved[ID_SIZE]; /* 100 units of 2022, waiting in pending */
    char split[ID_SIZE];    /* the batch it was split from */
    char retired[ID_SIZE];
    char betas[ID_SIZE];                    /* 200 units of Beta's */
    char vault[ID_SIZE];                    /* Alpha's second account */
    char retirement[ID_SIZE], old[ID_SIZE]; /* Alpha's Retirement account; a closed one */
    char main[ID_SIZE], beta_main[ID_SIZE];
    char pending[ID_SIZE], awaiting[ID_SIZE], completed[ID_SIZE], withdrawn[ID_SIZE];
    char expired[ID_SIZE], rejected[ID_SIZE], cancelled[ID_SIZE], exported[ID_SIZE];
    char order[ID_SIZE]; /* of 400 units, Beta from Nord */
};
static struct world world;
static bool provoked[STATUS__COUNT];

#define NOBODYS_ORG "org_00000000000000ZZ"
#define NOBODYS_TRANSFER "tfr_00000000000000ZZ"
#define NOBODYS_BATCH "ctb_00000000000000ZZ"

/* ---- the database, looked at from outside ---- */

/* The first column of the first row; "" when there is none. */
static void town_text(char to[ID_SIZE], const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    must(sqlite3_open(town.path, &db) == SQLITE_OK);
    must(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK);
    to[0] = '\0';
    if (sqlite3_step(statement) == SQLITE_ROW) {
        must(text_copy(to, ID_SIZE, (const char *)sqlite3_column_text(statement, 0)));
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
}

/* ---- being refused ---- */

static const char *field_word(int32_t field)
{
    static char word[16];
    (void)snprintf(word, sizeof word, "field %d", field);
    return word;
}

/* acts: how many rows the audit log grows by. */
static struct answer ask_refused(const char *what, enum asker program,
                                 const struct command *command, enum status status, int64_t acts)
{
    struct answer answer;
    struct digest before = town_dump();
    int64_t seq = town_number("SELECT coalesce(max(seq), 0) FROM act");
    enum status given = town_ask(program, command, &answer);
    if (given != status) {
        fail_msg("%s: %s, not %s", what, status_row(given)->slug, status_row(status)->slug);
    }
    assert_int_equal(answer.status, status);
    struct digest after = town_dump();
    if (!digest_equal(&before, &after)) {
        fail_msg("%s: refused, but the database has changed", what);
    }
    if (town_number("SELECT coalesce(max(seq), 0) FROM act") != seq + acts) {
        fail_msg("%s: not %lld rows in the audit log", what, (long long)acts);
    }
    char sql[160];
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM act WHERE seq > %lld AND outcome = '%s'",
                   (long long)seq, status_row(status)->slug);
    assert_int_equal(town_number(sql), acts);
    assert_true(strlen(status_row(status)->sentence) > 20);
    assert_false(answer.repeated);
    provoked[status] = true;
    return answer;
}

struct expected {
    enum status status;
    enum command_field field;
    int32_t line;
    int64_t available_units;
};

/* The usual case: a person whom the registry knows. */
static struct answer refused(const char *what, enum asker program, const struct command *command,
                             struct expected expected)
{
    struct answer answer = ask_refused(what, program, command, expected.status, 1);
    if (answer.field != (int32_t)expected.field) {
        fail_msg("%s: %s, not %d", what, field_word(answer.field), (int)expected.field);
    }
    if (answer.line != expected.line) {
        fail_msg("%s: line %d, not %d", what, answer.line, expected.line);
    }
    if (answer.available_units != expected.available_units) {
        fail_msg("%s: %lld available, not %lld", what, (long long)answer.available_units,
                 (long long)expected.available_units);
    }
    return answer;
}
#define REFUSED(what, command, ...)                                                                \
    refused(what, PROGRAM_ACCOUNT, &(command), (struct expected){__VA_ARGS__})
#define REFUSED_BY(what, program, command, ...)                                                    \
    refused(what, program, &(command), (struct expected){__VA_ARGS__})

/* ---- commands ---- */

static void add_line(struct command *command, const char *batch_id, int64_t units)
{
    struct command_line *line = &command->transfer.lines[command->transfer.line_count++];
    must(TEXT_COPY(line->batch_id, batch_id));
    line->units = units;
}

/* From Alpha to Beta by A, of the supplier Nord, oldest first. */
static struct command alpha_sends(int64_t units)
{
    return town_transfer(town_person('A'), world.orgs[ALPHA], world.orgs[BETA], world.orgs[NORD],
                         units);
}

/* The same, of one named batch. */
static struct command alpha_sends_of(const char *batch_id, int64_t units)
{
    struct command command = alpha_sends(0);
    add_line(&command, batch_id, units);
    return command;
}

static struct command alpha_moves(const char *from_account_id, const char *to_account_id)
{
    struct command command = alpha_sends(10);
    command.transfer.kind = TRANSFER_INTERNAL;
    command.transfer.to_org_id[0] = '\0';
    must(TEXT_COPY(command.transfer.from_account_id, from_account_id));
    must(TEXT_COPY(command.transfer.to_account_id, to_account_id));
    return command;
}

static struct command alpha_exports(int64_t units)
{
    struct command command = alpha_sends(units);
    command.transfer.kind = TRANSFER_EXPORT;
    command.transfer.to_org_id[0] = '\0';
    must(TEXT_COPY(command.transfer.to_system, "Another registry"));
    must(TEXT_COPY(command.transfer.to_system_party, "Its member"));
    return command;
}

static struct command alpha_retires(int64_t units)
{
    struct command command = command_of(ACT_RETIRE, town_person('A'), town_key());
    must(TEXT_COPY(command.retire.org_id, world.orgs[ALPHA]));
    must(TEXT_COPY(command.retire.supplier_org_id, world.orgs[NORD]));
    must(TEXT_COPY(command.retire.beneficiary, "A beneficiary"));
    command.retire.purposes = 1;
    command.retire.units = units;
    return command;
}

/* ---- building the world: the operator's and people's acts, which all come through ---- */

static void keep(char to[ID_SIZE], const char *id)
{
    must(text_copy(to, ID_SIZE, id));
}

static void done(enum asker program, const struct command *command, char id[ID_SIZE])
{
    struct answer answer;
    enum status status = town_ask(program, command, &answer);
    if (status != STATUS_OK) {
        fail_msg("%s: %s", act_word((enum act_kind)command->kind), status_row(status)->slug);
    }
    if (id != NULL) {
        keep(id, answer.id);
    }
}

/* Opening balance of an organisation; the batch it came as. */
static void given(enum world_org org, const char *project_id, int32_t vintage, int64_t units,
                  char batch_id[ID_SIZE])
{
    struct command command = command_of(ACT_ISSUE, "", town_key());
    must(TEXT_COPY(command.issue.project_id, project_id));
    must(TEXT_COPY(command.issue.to_org_id, world.orgs[org]));
    command.issue.vintage = vintage;
    command.issue.imported = true;
    command.issue.supplier_units = units;
    done(PROGRAM_TALLY, &command, NULL);
    town_text(batch_id, "SELECT batch_id FROM batch ORDER BY made_at DESC, batch_id DESC LIMIT 1");
    town.now_us += CLOCK_SECOND_US; /* oldest first is by time */
}

static void set_state(enum world_org org, enum org_state state)
{
    struct command command = command_of(ACT_SET_ORGANISATION_STATE, "", "");
    must(TEXT_COPY(command.organisation.org_id, world.orgs[org]));
    must(TEXT_COPY(command.organisation.reason, "For a test"));
    command.organisation.state = (uint8_t)state;
    town_do(&command);
}

static void freeze(bool frozen)
{
    struct command command = command_of(ACT_FREEZE, "", "");
    command.setting.frozen = frozen;
    must(TEXT_COPY(command.setting.text, frozen ? "For a test" : ""));
    town_do(&command);
}

static void open_account(const char *name, enum account_kind kind, char id[ID_SIZE])
{
    struct command command = command_of(ACT_OPEN_ACCOUNT, town_person('M'), "");
    must(TEXT_COPY(command.account.org_id, world.orgs[ALPHA]));
    must(TEXT_COPY(command.account.name, name));
    command.account.kind = (uint8_t)kind;
    done(PROGRAM_ACCOUNT, &command, id);
}

static void decided(enum act_kind kind, enum asker program, const char *user_id,
                    const char *transfer_id)
{
    struct command command = town_decide(kind, user_id, transfer_id, "For a test");
    done(program, &command, NULL);
}

static void build_parties(void)
{
    static const char *const names[ORGS] = {"Nord", "Steam", "Alpha", "Beta", "Slow", "Shut"};
    for (int i = 0; i < ORGS; i++) {
        keep(world.orgs[i], town_org(names[i], i <= STEAM, ORG_PARTICIPANT));
    }
    keep(world.biochar, town_project(world.orgs[NORD], "BIO", INSTRUMENT_CARBON_REMOVAL));
    keep(world.steam, town_project(world.orgs[STEAM], "STE", INSTRUMENT_CARBON_REMOVAL));
    keep(world.wind, town_project(world.orgs[NORD], "WND", INSTRUMENT_RENEWABLE_ENERGY));
    town_member(world.orgs[ALPHA], town_person('A'), ROLE_INITIATOR | ROLE_APPROVER);
    town_member(world.orgs[ALPHA], town_person('B'), ROLE_APPROVER);
    town_member(world.orgs[ALPHA], town_person('D'), ROLE_APPROVER);
    town_member(world.orgs[ALPHA], town_person('M'), ROLE_MANAGER);
    town_member(world.orgs[ALPHA], town_person('V'), ROLE_VIEWER);
    town_member(world.orgs[BETA], town_person('C'), ROLE_APPROVER);
    town_member(world.orgs[SLOW], town_person('S'), ROLE_INITIATOR);
    town_member(world.orgs[SHUT], town_person('T'), ROLE_INITIATOR);
    town_official(town_person('N'), REGISTRY_ADMINISTRATOR);
    town_official(town_person('P'), REGISTRY_ADMINISTRATOR);
    town_official(town_person('K'), REGISTRY_AUDITOR);
    town_official(town_person('X'), 0);
    set_state(SLOW, ORG_SUSPENDED);
    set_state(SHUT, ORG_CLOSED);
}

static void build_accounts(void)
{
    char sql[192];
    (void)snprintf(sql, sizeof sql,
                   "SELECT account_id FROM account WHERE org_id = '%s' AND is_main = 1",
                   world.orgs[ALPHA]);
    town_text(world.main, sql);
    (void)snprintf(sql, sizeof sql,
                   "SELECT account_id FROM account WHERE org_id = '%s' AND is_main = 1",
                   world.orgs[BETA]);
    town_text(world.beta_main, sql);
    (void)snprintf(sql, sizeof sql,
                   "SELECT account_id FROM account WHERE org_id = '%s' AND kind = 'retirement'",
                   world.orgs[ALPHA]);
    town_text(world.retirement, sql);
    open_account("Vault", ACCOUNT_ACTIVE, world.vault);
    open_account("Old", ACCOUNT_ACTIVE, world.old);
    struct command command = command_of(ACT_CLOSE_ACCOUNT, town_person('M'), "");
    must(TEXT_COPY(command.account.account_id, world.old));
    must(TEXT_COPY(command.account.org_id, world.orgs[ALPHA]));
    done(PROGRAM_ACCOUNT, &command, NULL);
}

/* Of Alpha's units of 2023, as far as they are free. */
static struct command alpha_sends_2023(int64_t units)
{
    struct command command = alpha_sends_of("", units);
    town_text(
        command.transfer.lines[0].batch_id,
        "SELECT batch_id FROM batch WHERE vintage = 2023 AND state = 'active' AND reserved_by "
        "IS NULL ORDER BY last DESC LIMIT 1");
    return command;
}

/* One transfer of Alpha's in each state that is an end. */
static void build_transfers(void)
{
    char batch_id[ID_SIZE];
    given(ALPHA, world.biochar, 2023, 600, batch_id);
    char *const ids[] = {world.completed, world.withdrawn, world.expired, world.rejected,
                         world.cancelled};
    struct command command;
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        command = alpha_sends_2023(10);
        done(PROGRAM_ACCOUNT, &command, ids[i]);
    }
    decided(ACT_ACCEPT, PROGRAM_ACCOUNT, town_person('C'), world.completed);
    decided(ACT_WITHDRAW, PROGRAM_ACCOUNT, town_person('A'), world.withdrawn);
    decided(ACT_REJECT, PROGRAM_ACCOUNT, town_person('C'), world.rejected);
    decided(ACT_CANCEL, PROGRAM_ADMIN, town_person('N'), world.cancelled);
    town.now_us += 15 * CLOCK_DAY_US; /* the time of the third is up, swept or not */
    struct command of_2023 = alpha_sends_2023(10);
    command = alpha_exports(0);
    add_line(&command, of_2023.transfer.lines[0].batch_id, 10);
    done(PROGRAM_ACCOUNT, &command, world.exported);
    decided(ACT_REGISTRY_APPROVE, PROGRAM_ADMIN, town_person('N'), world.exported);
    decided(ACT_COMPLETE_EXPORT, PROGRAM_ADMIN, town_person('N'), world.exported);
}

static void build_units(void)
{
    given(ALPHA, world.biochar, 2020, 1000, world.first);
    given(ALPHA, world.biochar, 2021, 500, world.second);
    given(ALPHA, world.steam, 2021, 300, world.other);
    given(ALPHA, world.wind, 2021, 50, world.windy);
    given(BETA, world.biochar, 2024, 200, world.betas);
    given(ALPHA, world.biochar, 2022, 350, world.split);
    struct command command = alpha_sends_of(world.split, 100);
    done(PROGRAM_ACCOUNT, &command, world.pending);
    town_text(world.reserved, "SELECT batch_id FROM batch WHERE reserved_by IS NOT NULL AND "
                              "vintage = 2022");
    given(ALPHA, world.biochar, 2019, 70, world.retired);
    command = alpha_retires(0);
    command.retire.line_count = 1;
    command.retire.lines[0].units = 70;
    must(TEXT_COPY(command.retire.lines[0].batch_id, world.retired));
    done(PROGRAM_ACCOUNT, &command, NULL);
    char nords[ID_SIZE];
    given(NORD, world.biochar, 2025, 900, nords);
    command = command_of(ACT_ORDER, "", town_key());
    must(TEXT_COPY(command.order.supplier_org_id, world.orgs[NORD]));
    must(TEXT_COPY(command.order.buyer_org_id, world.orgs[BETA]));
    command.order.units = 400;
    done(PROGRAM_TALLY, &command, world.order);
}

/* Of the biochar project with Alpha. */
static int64_t free_units(void)
{
    char sql[256];
    (void)snprintf(sql, sizeof sql,
                   "SELECT sum(last - first + 1) FROM batch WHERE org_id = '%s' AND state = "
                   "'active' AND reserved_by IS NULL AND project_id = '%s'",
                   world.orgs[ALPHA], world.biochar);
    return town_number(sql);
}

static int build_world(void **state)
{
    (void)state;
    town_found();
    build_parties();
    build_accounts();
    build_transfers();
    build_units();
    /* Waits for a second person and for the registry. */
    town_policy(world.orgs[ALPHA], INCOMING_ASK, TWO_PERSON_ALWAYS, 0);
    struct command command = alpha_exports(5);
    done(PROGRAM_ACCOUNT, &command, world.awaiting);
    town_policy(world.orgs[ALPHA], INCOMING_ASK, TWO_PERSON_NEVER, 0);
    return 0;
}

static int leave_world(void **state)
{
    (void)state;
    town_leave();
    return 0;
}

#endif
