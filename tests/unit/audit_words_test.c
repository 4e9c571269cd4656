/*
 * unit/audit_words_test.c: what the audit log says of each act, in words, and for which
 * organisation: whoever reads it years later has nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/town.h"

static struct answer answer;
static char alder[ID_SIZE], birch[ID_SIZE], project[ID_SIZE];

static int set_up(void **state)
{
    (void)state;
    town_found();
    memcpy(alder, town_org("Alder", true, ORG_PARTICIPANT), ID_SIZE);
    memcpy(birch, town_org("Birch", false, ORG_PARTICIPANT), ID_SIZE);
    (void)town_org("Pool", false, ORG_BUFFER);
    town_member(alder, town_person('A'), ROLE_ALL);
    town_member(birch, town_person('B'), ROLE_ALL);
    town_official(town_person('R'), REGISTRY_ADMINISTRATOR);
    memcpy(project, town_project(alder, "P1", INSTRUMENT_CARBON_REMOVAL), ID_SIZE);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    town_leave();
    return 0;
}

static enum status ask(enum asker program, const struct command *command)
{
    return town_ask(program, command, &answer);
}

/* The last row of the log: "command outcome detail", of this organisation. */
static void log_says(const char *org_id, const char *words)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *row = NULL;
    assert_int_equal(sqlite3_open(town.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT command || ' ' || outcome || ' ' || detail, org_id"
                                        " FROM act ORDER BY seq DESC LIMIT 1",
                                        -1, &row, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(row, 0), words);
    assert_string_equal((const char *)sqlite3_column_text(row, 1), org_id);
    sqlite3_finalize(row);
    sqlite3_close(db);
}

static struct command transfers(int64_t units)
{
    return town_transfer(town_person('A'), alder, birch, alder, units);
}

static enum status decides(enum act_kind kind, char who, const char *transfer_id,
                           const char *reason)
{
    struct command command = town_decide(kind, town_person(who), transfer_id, reason);
    return ask(kind == ACT_REDACT_NOTE || kind == ACT_COMPLETE_EXPORT ||
                       kind == ACT_REGISTRY_APPROVE
                   ? PROGRAM_ADMIN
                   : PROGRAM_ACCOUNT,
               &command);
}

static void an_issue(void **state)
{
    (void)state;
    struct command command = command_of(ACT_ISSUE, "", town_key());
    TEXT_COPY(command.issue.project_id, project);
    command.issue.vintage = 2024;
    command.issue.supplier_units = 15000;
    assert_int_equal(ask(PROGRAM_TALLY, &command), STATUS_OK);
    log_says(alder, "issue ok 15.000 credits of Project P1, vintage 2024");
    command.issue.buffer_units = 1000;
    command.issue.imported = true;
    TEXT_COPY(command.key, town_key());
    assert_int_equal(ask(PROGRAM_TALLY, &command), STATUS_OK);
    log_says(alder, "issue ok 16.000 credits of Project P1, vintage 2024, imported");
    /* What is refused for its figures says none. */
    static const struct {
        int64_t units, buffer_units;
        const char *words;
    } rows[] = {{0, 5, "issue quantity-zero "},
                {-5, 0, "issue quantity-negative "},
                {10, -1, "issue quantity-negative "}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        TEXT_COPY(command.key, town_key());
        command.issue.supplier_units = rows[i].units;
        command.issue.buffer_units = rows[i].buffer_units;
        assert_int_not_equal(ask(PROGRAM_TALLY, &command), STATUS_OK);
        log_says(alder, rows[i].words);
    }
}

static void a_transfer_to_another(void **state)
{
    (void)state;
    char batch_id[ID_SIZE];
    town_issue(project, 2024, 5000, 0);
    struct command command = transfers(1500);
    assert_int_equal(ask(PROGRAM_ACCOUNT, &command), STATUS_OK);
    log_says(alder, "transfer ok 1.500 credits from Alder to Birch");
    char id[ID_SIZE];
    memcpy(id, answer.id, ID_SIZE);
    assert_int_equal(decides(ACT_REJECT, 'B', id, ""), STATUS_REASON_NEEDED);
    log_says(birch, "reject reason-needed 1.500 credits from Alder to Birch");
    assert_int_equal(decides(ACT_WITHDRAW, 'A', id, ""), STATUS_OK);
    log_says(alder, "withdraw ok 1.500 credits from Alder to Birch");
    /* By batches: before it is decided nobody knows how much that is. */
    command = transfers(0);
    sqlite3 *db = NULL;
    sqlite3_stmt *row = NULL;
    assert_int_equal(sqlite3_open(town.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT batch_id FROM batch WHERE state = 'active'"
                                        " AND reserved_by IS NULL ORDER BY first DESC LIMIT 1",
                                        -1, &row, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    (void)snprintf(batch_id, sizeof batch_id, "%s", (const char *)sqlite3_column_text(row, 0));
    sqlite3_finalize(row);
    sqlite3_close(db);
    command.transfer.line_count = 1;
    memcpy(command.transfer.lines[0].batch_id, batch_id, ID_SIZE);
    command.transfer.lines[0].units = 700;
    assert_int_equal(ask(PROGRAM_ACCOUNT, &command), STATUS_OK);
    log_says(alder, "transfer ok 0.700 credits from Alder to Birch");
    memcpy(id, answer.id, ID_SIZE);
    assert_int_equal(decides(ACT_ACCEPT, 'B', id, ""), STATUS_OK);
    log_says(birch, "accept ok 0.700 credits from Alder to Birch");
    command.transfer.line_count = 2;
    TEXT_COPY(command.key, town_key());
    memcpy(command.transfer.lines[1].batch_id, batch_id, ID_SIZE);
    command.transfer.lines[1].units = 1;
    assert_int_not_equal(ask(PROGRAM_ACCOUNT, &command), STATUS_OK);
    assert_int_equal(town_number("SELECT count(*) FROM act WHERE outcome <> 'ok' AND"
                                 " detail = '2 batches from Alder to Birch'"),
                     1);
    command = transfers(0);
    assert_int_equal(ask(PROGRAM_ACCOUNT, &command), STATUS_LINES_EMPTY);
    log_says(alder, arena_printf(&town.arena, "transfer %s 0 batches from Alder to Birch",
                                 status_row(STATUS_LINES_EMPTY)->slug));
    /* Nobody in particular. */
    command = transfers(10);
    TEXT_COPY(command.transfer.to_org_id, "org_0000000000000000");
    assert_int_equal(ask(PROGRAM_ACCOUNT, &command), STATUS_RECIPIENT_UNKNOWN);
    log_says(alder,
             "transfer recipient-unknown 0.010 credits from Alder to an unknown organisation");
}

static void a_transfer_that_stays_or_leaves(void **state)
{
    (void)state;
    town_issue(project, 2024, 5000, 0);
    struct command account = command_of(ACT_OPEN_ACCOUNT, town_person('A'), "");
    TEXT_COPY(account.account.org_id, alder);
    TEXT_COPY(account.account.name, "Second");
    account.account.kind = ACCOUNT_ACTIVE;
    assert_int_equal(ask(PROGRAM_ACCOUNT, &account), STATUS_OK);
    struct command command = transfers(100);
    command.transfer.kind = TRANSFER_INTERNAL;
    command.transfer.to_org_id[0] = '\0';
    TEXT_COPY(command.transfer.to_account_id, answer.id);
    TEXT_COPY(command.transfer.notes, "Within");
    assert_int_equal(ask(PROGRAM_ACCOUNT, &command), STATUS_OK);
    log_says(alder, "transfer ok 0.100 credits within Alder");
    char id[ID_SIZE];
    memcpy(id, answer.id, ID_SIZE);
    assert_int_equal(decides(ACT_REDACT_NOTE, 'R', id, "A name in it"), STATUS_OK);
    log_says(alder, "redact-note ok 0.100 credits from Alder to itself");
    command = transfers(200);
    command.transfer.kind = TRANSFER_EXPORT;
    command.transfer.to_org_id[0] = '\0';
    TEXT_COPY(command.transfer.to_system, "Elsewhere\a");
    TEXT_COPY(command.transfer.to_system_party, "Somebody");
    assert_int_equal(ask(PROGRAM_ACCOUNT, &command), STATUS_VALUE_REFUSED);
    log_says(alder,
             "transfer value-refused 0.200 credits from Alder out of the registry to another "
             "system");
    TEXT_COPY(command.transfer.to_system, "Elsewhere");
    TEXT_COPY(command.key, town_key());
    assert_int_equal(ask(PROGRAM_ACCOUNT, &command), STATUS_OK);
    log_says(alder, "transfer ok 0.200 credits from Alder out of the registry to Elsewhere");
    memcpy(id, answer.id, ID_SIZE);
    assert_int_equal(decides(ACT_REGISTRY_APPROVE, 'R', id, ""), STATUS_OK);
    log_says(alder, "registry-approve ok 0.200 credits from Alder to another system");
    /* Nobody acts in time. */
    town.now_us += 15 * CLOCK_DAY_US;
    command = command_of(ACT_EXPIRE, "", "");
    assert_int_equal(ask(PROGRAM_LEDGER, &command), STATUS_OK);
    assert_int_equal(answer.count, 1);
    log_says(alder, "expire ok 0.200 credits given back, nobody acted in time");
}

static void roles(void **state)
{
    (void)state;
    static const struct {
        unsigned roles;
        const char *words;
    } rows[] = {{ROLE_VIEWER, "set-member ok in Birch: viewer"},
                {ROLE_INITIATOR, "set-member ok in Birch: initiator"},
                {ROLE_APPROVER, "set-member ok in Birch: approver"},
                {ROLE_MANAGER, "set-member ok in Birch: manager"},
                {ROLE_ALL, "set-member ok in Birch: viewer initiator approver manager"},
                {0, "set-member ok in Birch: no role"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct command command = command_of(ACT_SET_MEMBER, town_person('B'), "");
        TEXT_COPY(command.person.org_id, birch);
        TEXT_COPY(command.person.user_id, town_person('A'));
        command.person.roles = (uint8_t)rows[i].roles;
        assert_int_equal(ask(PROGRAM_ACCOUNT, &command), STATUS_OK);
        log_says(birch, rows[i].words);
    }
    static const char *const registry_words[] = {
        "set-registry-roles ok no role", "set-registry-roles ok administrator",
        "set-registry-roles ok auditor", "set-registry-roles ok administrator and auditor"};
    for (unsigned i = 0; i < 4; i++) {
        struct command command = command_of(ACT_SET_REGISTRY_ROLES, town_person('R'), "");
        TEXT_COPY(command.person.user_id, town_person('A'));
        command.person.roles = (uint8_t)i;
        assert_int_equal(ask(PROGRAM_ADMIN, &command), STATUS_OK);
        log_says("", registry_words[i]);
    }
}

static void a_house(void **state)
{
    (void)state;
    struct command command = command_of(ACT_SET_POLICY, town_person('A'), "");
    TEXT_COPY(command.policy.org_id, alder);
    command.policy.two_person = TWO_PERSON_ABOVE;
    command.policy.two_person_above_units = 100;
    assert_int_equal(ask(PROGRAM_ACCOUNT, &command), STATUS_OK);
    assert_int_equal(town_number("SELECT count(*) FROM act WHERE command = 'set-policy' AND"
                                 " detail LIKE 'incoming: %; two persons: % 100 units'"),
                     1);
    command.policy.two_person = TWO_PERSON_ALWAYS;
    assert_int_equal(ask(PROGRAM_ACCOUNT, &command), STATUS_OK);
    assert_int_equal(town_number("SELECT count(*) FROM act WHERE command = 'set-policy' AND"
                                 " detail LIKE '%units%'"),
                     1);
    command = command_of(ACT_TRUST, town_person('A'), "");
    TEXT_COPY(command.trust.org_id, alder);
    TEXT_COPY(command.trust.sender_org_id, birch);
    assert_int_equal(ask(PROGRAM_ACCOUNT, &command), STATUS_OK);
    log_says(alder, "trust ok from now on Birch");
    command.trust.remove = true;
    assert_int_equal(ask(PROGRAM_ACCOUNT, &command), STATUS_OK);
    log_says(alder, "trust ok no longer Birch");
}

/* What an organisation is known by, and where the links in messages lead, can be read afterwards.
 */
static void who_and_where(void **state)
{
    (void)state;
    struct command command = command_of(ACT_OPEN_ORGANISATION, town_person('R'), "");
    TEXT_COPY(command.organisation.name, "Cedar");
    assert_int_equal(ask(PROGRAM_ADMIN, &command), STATUS_OK);
    char cedar[ID_SIZE];
    memcpy(cedar, answer.id, ID_SIZE);
    log_says(cedar, "open-organisation ok Cedar");
    command.kind = ACT_EDIT_ORGANISATION;
    TEXT_COPY(command.organisation.org_id, cedar);
    TEXT_COPY(command.organisation.domain, "cedar.example");
    command.organisation.is_supplier = true;
    assert_int_equal(ask(PROGRAM_ADMIN, &command), STATUS_OK);
    log_says(cedar, "edit-organisation ok Cedar (cedar.example), a supplier from now on");
    assert_int_equal(ask(PROGRAM_ADMIN, &command), STATUS_OK);
    log_says(cedar, "edit-organisation ok Cedar (cedar.example)");
    command = command_of(ACT_SET_SETTINGS, town_person('R'), "");
    TEXT_COPY(command.setting.site_name, "Town");
    TEXT_COPY(command.setting.site_url, "https://town.example");
    command.setting.expiry_days = 7;
    command.setting.registry_approval_units = 150;
    assert_int_equal(ask(PROGRAM_ADMIN, &command), STATUS_OK);
    log_says("", "set-settings ok Town at https://town.example; transfers wait 7 days; the registry"
                 " approves above 150 units");
}

static void an_order_and_a_retirement(void **state)
{
    (void)state;
    town_issue(project, 2024, 5000, 0);
    struct command command = command_of(ACT_ORDER, town_person('A'), town_key());
    TEXT_COPY(command.order.supplier_org_id, alder);
    TEXT_COPY(command.order.buyer_org_id, birch);
    command.order.units = 500;
    assert_int_equal(ask(PROGRAM_ACCOUNT, &command), STATUS_OK);
    log_says(alder, "order ok 0.500 credits by Birch from Alder");
    command = command_of(ACT_RETIRE, town_person('A'), town_key());
    TEXT_COPY(command.retire.org_id, alder);
    TEXT_COPY(command.retire.supplier_org_id, alder);
    TEXT_COPY(command.retire.beneficiary_org_id, birch);
    command.retire.purposes = 1;
    command.retire.units = 250;
    assert_int_equal(ask(PROGRAM_ACCOUNT, &command), STATUS_OK);
    log_says(alder, "retire ok 0.250 credits of Alder for Birch");
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(an_issue),
        TEST(a_transfer_to_another),
        TEST(a_transfer_that_stays_or_leaves),
        TEST(roles),
        TEST(a_house),
        TEST(who_and_where),
        TEST(an_order_and_a_retirement),
    };
    return cmocka_run_group_tests_name("words of the audit log", tests, NULL, NULL);
}
