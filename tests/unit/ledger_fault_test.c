/*
 * tests/unit/ledger_fault_test.c: every act at every statement. This program stands between the
 * store and SQLite: the n-th step of an act fails, for each n, and each time the act must be a
 * fault that keeps nothing; none may be overlooked. And what is read again after writing lies once
 * in each figure: then too nothing may be kept.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/dump.h"
#include "unit/step_fault.h"

/* ---- what is read again lies ---- */

static struct {
    const char *sql; /* NULL: no lie; else what the statement's text has in it */
    int column;
    int64_t add;
    bool told;
} lie;

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): SQLite has no names. */
sqlite3_int64 sqlite3_column_int64(sqlite3_stmt *statement, int column)
{
    static sqlite3_int64 (*real)(sqlite3_stmt *, int);
    if (real == NULL) {
        *(void **)&real = dlsym(RTLD_NEXT, "sqlite3_column_int64");
    }
    sqlite3_int64 number = real(statement, column);
    if (lie.sql != NULL && column == lie.column &&
        strstr(sqlite3_sql(statement), lie.sql) != NULL) {
        lie.told = true;
        number += lie.add;
    }
    return number;
}

/* ---- acts ---- */

static char alder[ID_SIZE], birch[ID_SIZE], project[ID_SIZE], order_id[ID_SIZE];
static struct answer answer;
static int64_t faults, acts;

static enum asker asker_of(const struct command *command)
{
    enum act_kind kind = (enum act_kind)command->kind;
    return kind == ACT_EXPIRE ? PROGRAM_LEDGER : town_program(kind, command->user_id);
}

static enum status apply(const struct command *command)
{
    arena_reset(&town.arena, 0);
    return ledger_apply(&town.ledger, asker_of(command), command, town.now_us, &answer);
}

static void undo(void)
{
    store_rollback(town.ledger.store);
    store_settle(town.ledger.store);
}

static void is_a_fault(const char *what, enum status status)
{
    static const struct answer none;
    if (status != STATUS_FAULT) {
        fail_msg("%s: %s, not a fault", what, status_row(status)->slug);
    }
    assert_int_equal(answer.status, STATUS_FAULT);
    assert_int_equal(answer.line, -1);
    assert_memory_equal(answer.id, none.id, sizeof none.id);
    assert_int_equal(answer.seq, 0);
}

/* Does the act once for each of its statements, which fails, and then in good order: it must end as
 * is said. */
static const char *ends(const struct command *command, enum status wanted)
{
    char what[64];
    struct digest before = town_dump();
    int64_t seq = town_number("SELECT coalesce(max(seq), 0) FROM act");
    enum status status = STATUS_OK;
    for (int64_t step = 1;; step++) {
        (void)snprintf(what, sizeof what, "%s, statement %lld",
                       act_word((enum act_kind)command->kind), (long long)step);
        assert_true(store_begin_write(town.ledger.store));
        step_quiet(true);
        step_fails(step);
        status = apply(command);
        steps_left = 0;
        step_quiet(false);
        if (!has_failed) {
            assert_true(step > 1);
            break;
        }
        is_a_fault(what, status);
        undo();
        faults++;
    }
    struct digest after = town_dump();
    assert_true(digest_equal(&before, &after));
    assert_int_equal(town_number("SELECT coalesce(max(seq), 0) FROM act"), seq);
    if (status != wanted) {
        fail_msg("%s: %s, not %s", what, status_row(status)->slug, status_row(wanted)->slug);
    }
    assert_true(store_commit(town.ledger.store));
    store_settle(town.ledger.store);
    acts++;
    return town_keep(&answer);
}

static const char *comes_through(const struct command *command)
{
    return ends(command, STATUS_OK);
}

static int set_up(void **state)
{
    (void)state;
    town_found();
    memcpy(alder, town_org("Alder", true, ORG_PARTICIPANT), ID_SIZE);
    memcpy(birch, town_org("Birch", false, ORG_PARTICIPANT), ID_SIZE);
    town_org("Buffer", false, ORG_BUFFER);
    town_member(alder, town_person('A'), ROLE_ALL);
    town_member(alder, town_person('B'), ROLE_ALL);
    town_member(birch, town_person('C'), ROLE_ALL);
    town_official(town_person('Z'), REGISTRY_ADMINISTRATOR);
    memcpy(project, town_project(alder, "P1", INSTRUMENT_CARBON_REMOVAL), ID_SIZE);
    town_issue(project, 2020, 100, 0);
    town_issue(project, 2021, 1000, 50);
    struct command order = command_of(ACT_ORDER, "", town_key());
    TEXT_COPY(order.order.supplier_org_id, alder);
    TEXT_COPY(order.order.buyer_org_id, birch);
    order.order.units = 500;
    memcpy(order_id, town_do(&order), ID_SIZE);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    town_leave();
    return 0;
}

static struct command sends(int64_t units)
{
    return town_transfer(town_person('A'), alder, birch, alder, units);
}

static struct command exports(int64_t units)
{
    struct command command = sends(units);
    command.transfer.kind = TRANSFER_EXPORT;
    command.transfer.to_org_id[0] = '\0';
    TEXT_COPY(command.transfer.to_system, "Elsewhere");
    TEXT_COPY(command.transfer.to_system_party, "Somebody");
    return command;
}

static struct command delivers(int64_t units)
{
    struct command command = command_of(ACT_DELIVER, "", town_key());
    TEXT_COPY(command.deliver.order_id, order_id);
    command.deliver.units = units;
    return command;
}

static struct command retires(int64_t units)
{
    struct command command = command_of(ACT_RETIRE, town_person('A'), town_key());
    TEXT_COPY(command.retire.org_id, alder);
    TEXT_COPY(command.retire.supplier_org_id, alder);
    TEXT_COPY(command.retire.beneficiary, "Somebody");
    command.retire.purposes = 1;
    command.retire.units = units;
    return command;
}

static struct command issues(int64_t units, int64_t buffer_units)
{
    struct command command = command_of(ACT_ISSUE, "", town_key());
    TEXT_COPY(command.issue.project_id, project);
    command.issue.vintage = 2022;
    command.issue.supplier_units = units;
    command.issue.buffer_units = buffer_units;
    return command;
}

static struct command decides(enum act_kind kind, char person, const char *transfer_id)
{
    return town_decide(kind, town_person(person), transfer_id, "Because");
}

/* ---- the tests ---- */

static void transfers_at_every_statement(void **state)
{
    (void)state;
    struct command command = sends(150); /* one block whole, one split */
    const char *first = comes_through(&command);
    comes_through(&command); /* again, with the same key: the first answer */
    assert_true(answer.repeated);
    command.transfer.units = 151;
    ends(&command, STATUS_KEY_REUSED);
    command = decides(ACT_ACCEPT, 'C', first);
    comes_through(&command);
    command = decides(ACT_REDACT_NOTE, 'Z', first);
    ends(&command, STATUS_VALUE_REFUSED); /* it has none */
    static const struct {
        enum act_kind kind;
        char person;
    } ways[] = {{ACT_WITHDRAW, 'A'}, {ACT_REJECT, 'C'}, {ACT_CANCEL, 'Z'}};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        command = sends(10);
        TEXT_COPY(command.transfer.notes, "A note");
        const char *id = comes_through(&command);
        command = decides(ways[i].kind, ways[i].person, id);
        comes_through(&command);
        command = decides(ACT_REDACT_NOTE, 'Z', id);
        comes_through(&command);
    }
    command = exports(20);
    const char *exported = comes_through(&command);
    command = decides(ACT_REGISTRY_APPROVE, 'Z', exported);
    comes_through(&command);
    command = decides(ACT_COMPLETE_EXPORT, 'Z', exported);
    comes_through(&command);
    command = sends(1000000);
    ends(&command, STATUS_NOT_ENOUGH);
    /* Two persons, and a recipient who takes at once. */
    town_policy(alder, INCOMING_ASK, TWO_PERSON_ALWAYS, 0);
    town_policy(birch, INCOMING_ALL, TWO_PERSON_NEVER, 0);
    command = sends(30);
    const char *approved = comes_through(&command);
    command = decides(ACT_APPROVE, 'A', approved);
    ends(&command, STATUS_SAME_PERSON);
    command = decides(ACT_APPROVE, 'B', approved);
    comes_through(&command);
    assert_int_equal(answer.transfer_state, TRANSFER_COMPLETED);
    town_policy(alder, INCOMING_ASK, TWO_PERSON_NEVER, 0);
    command = sends(30);
    comes_through(&command);
    assert_int_equal(answer.transfer_state, TRANSFER_COMPLETED);
    /* Two that are out of time. */
    town_policy(birch, INCOMING_ASK, TWO_PERSON_NEVER, 0);
    for (int i = 0; i < 2; i++) {
        command = sends(5);
        town_do(&command);
    }
    town.now_us += 15 * CLOCK_DAY_US;
    command = command_of(ACT_EXPIRE, "", "");
    comes_through(&command);
    assert_int_equal(answer.count, 2);
}

static void units_at_every_statement(void **state)
{
    (void)state;
    struct command command = issues(100, 10);
    comes_through(&command);
    command.issue.imported = true;
    ends(&command, STATUS_KEY_REUSED);
    command = delivers(150);
    comes_through(&command);
    command = delivers(1000);
    ends(&command, STATUS_ORDER_EXCEEDED);
    command = retires(150);
    comes_through(&command);
    command = command_of(ACT_ORDER, "", town_key());
    TEXT_COPY(command.order.supplier_org_id, alder);
    TEXT_COPY(command.order.buyer_org_id, birch);
    command.order.units = 5;
    comes_through(&command);
}

static struct command pools(enum act_kind kind, int64_t units)
{
    struct command command = command_of(kind, town_person('Z'), town_key());
    TEXT_COPY(command.pool.project_id, project);
    TEXT_COPY(command.pool.notes, "Because");
    command.pool.units = units;
    return command;
}

static void pools_at_every_statement(void **state)
{
    (void)state;
    struct command more = issues(1, 10); /* one block whole, one split */
    town_do(&more);
    struct command command = pools(ACT_REFUND, 55);
    comes_through(&command);
    command = pools(ACT_REFUND, 1000);
    ends(&command, STATUS_NOT_ENOUGH);
    more = issues(1, 10);
    town_do(&more);
    command = pools(ACT_CANCEL_UNITS, 8);
    comes_through(&command);
    command = command_of(ACT_OPEN_BENEFICIARY, town_person('A'), town_key());
    TEXT_COPY(command.beneficiary.org_id, alder);
    TEXT_COPY(command.beneficiary.name, "A customer");
    TEXT_COPY(command.beneficiary.domain, "customer.example.org");
    const char *named = comes_through(&command);
    TEXT_COPY(command.key, town_key());
    comes_through(&command); /* found */
    command = retires(5);
    TEXT_COPY(command.retire.beneficiary_org_id, named);
    TEXT_COPY(command.retire.order_id, order_id);
    ends(&command, STATUS_NOT_ENOUGH); /* what was delivered is the buyer's */
    TEXT_COPY(command.retire.order_id, "");
    command.retire.vintage = 2021;
    comes_through(&command);
    command = command_of(ACT_SET_PERSON, town_person('A'), "");
    TEXT_COPY(command.person.user_id, town_person('P'));
    TEXT_COPY(command.person.org_id, alder);
    command.person.is_program = true;
    comes_through(&command);
}

static void parties_at_every_statement(void **state)
{
    (void)state;
    struct command command = command_of(ACT_OPEN_ORGANISATION, town_person('Z'), "");
    TEXT_COPY(command.organisation.name, "Cedar");
    command.organisation.is_supplier = true;
    command.organisation.kind = ORG_BUFFER;
    const char *cedar = comes_through(&command);
    command.kind = ACT_EDIT_ORGANISATION;
    TEXT_COPY(command.organisation.org_id, cedar);
    TEXT_COPY(command.organisation.name, "Cedars");
    comes_through(&command);
    command.kind = ACT_SET_ORGANISATION_STATE;
    command.organisation.state = ORG_CLOSED;
    TEXT_COPY(command.organisation.reason, "Because");
    comes_through(&command);
    command = command_of(ACT_SET_PERSON, town_person('A'), ""); /* a manager makes one known */
    TEXT_COPY(command.person.user_id, town_person('Y'));
    comes_through(&command);
    command = command_of(ACT_SET_REGISTRY_ROLES, town_person('Z'), "");
    TEXT_COPY(command.person.user_id, town_person('Y'));
    command.person.roles = REGISTRY_AUDITOR;
    comes_through(&command);
    command = command_of(ACT_SET_MEMBER, town_person('A'), "");
    TEXT_COPY(command.person.user_id, town_person('Y'));
    TEXT_COPY(command.person.org_id, alder);
    command.person.roles = ROLE_VIEWER;
    comes_through(&command);
}

static void houses_at_every_statement(void **state)
{
    (void)state;
    struct command command = town_project_command(alder, "P2", INSTRUMENT_CARBON_REMOVAL);
    TEXT_COPY(command.user_id, town_person('Z'));
    const char *second = comes_through(&command);
    command.kind = ACT_EDIT_PROJECT;
    TEXT_COPY(command.project.project_id, second);
    TEXT_COPY(command.project.name, "Another name");
    comes_through(&command);
    command = command_of(ACT_ADD_DOCUMENT, "", town_key());
    TEXT_COPY(command.document.project_id, second);
    TEXT_COPY(command.document.document_id, "pjd_0000000000000001");
    TEXT_COPY(command.document.name, "Design");
    TEXT_COPY(command.document.url, "https://example.org/design.pdf");
    comes_through(&command);
    TEXT_COPY(command.key, town_key());
    ends(&command, STATUS_EXISTS);
    command.kind = ACT_REMOVE_DOCUMENT;
    comes_through(&command);
    comes_through(&command);
    assert_true(answer.repeated);
    command = command_of(ACT_OPEN_ACCOUNT, town_person('A'), "");
    TEXT_COPY(command.account.org_id, alder);
    TEXT_COPY(command.account.name, "Vault");
    const char *vault = comes_through(&command);
    command.kind = ACT_CLOSE_ACCOUNT;
    TEXT_COPY(command.account.account_id, vault);
    comes_through(&command);
    command = command_of(ACT_SET_POLICY, town_person('A'), "");
    TEXT_COPY(command.policy.org_id, alder);
    comes_through(&command);
    command = command_of(ACT_TRUST, town_person('A'), "");
    TEXT_COPY(command.trust.org_id, alder);
    TEXT_COPY(command.trust.sender_org_id, birch);
    comes_through(&command);
    command.trust.remove = true;
    comes_through(&command);
    command = command_of(ACT_SET_SETTINGS, town_person('Z'), "");
    TEXT_COPY(command.setting.site_name, "Town");
    command.setting.expiry_days = 10;
    comes_through(&command);
    command = command_of(ACT_FREEZE, town_person('Z'), "");
    command.setting.frozen = true;
    TEXT_COPY(command.setting.text, "Because");
    comes_through(&command);
    command.setting.frozen = false;
    comes_through(&command);
}

static void say_nothing(void *context, const char *sentence)
{
    (void)context;
    assert_true(strlen(sentence) > 10);
}

/* Looking ahead, opening and verifying do not overlook a fault either. */
static void reading_at_every_statement(void **state)
{
    (void)state;
    struct command command = sends(150);
    struct plan plan;
    struct store *store = store_open(STORE_REGISTRY, STORE_READ, town.path, ledger_verify_tables);
    for (int64_t step = 1;; step++) {
        step_quiet(true);
        step_fails(step);
        arena_reset(&town.arena, 0);
        enum status status = ledger_plan(town.ledger.store, &town.arena, PROGRAM_ACCOUNT, &command,
                                         town.now_us, &plan, &answer);
        steps_left = 0;
        step_quiet(false);
        store_settle(town.ledger.store);
        if (!has_failed) {
            assert_int_equal(status, STATUS_OK);
            assert_int_equal(plan.units, 150);
            break;
        }
        assert_int_equal(status, STATUS_FAULT);
        assert_int_equal(plan.units, 0);
    }
    for (int64_t step = 1;; step++) {
        struct verify_report report = {.say = say_nothing};
        step_quiet(true);
        step_fails(step);
        arena_reset(&town.arena, 0);
        enum status status = ledger_verify(store, &town.arena, &report);
        steps_left = 0;
        step_quiet(false);
        store_settle(store);
        if (!has_failed) {
            assert_int_equal(status, STATUS_OK);
            assert_int_equal(report.violations, 0);
            break;
        }
        assert_int_equal(status, STATUS_FAULT);
        assert_true(report.violations > 0);
    }
    store_close(store);
    for (int64_t step = 1;; step++) {
        struct ledger ledger;
        step_quiet(true);
        step_fails(step);
        bool is_open = ledger_open(&ledger, &town.arena, town.path);
        steps_left = 0;
        step_quiet(false);
        if (!has_failed) {
            assert_true(is_open);
            store_close(ledger.store);
            break;
        }
        assert_false(is_open);
    }
}

/* What is read again after writing is other than what was decided. */
static void nothing_is_kept_that_differs(void **state)
{
    (void)state;
    struct command transfer = sends(150);
    struct command delivery = delivers(150);
    struct command retirement = retires(150);
    struct command issue = issues(100, 10);
    struct command refund = pools(ACT_REFUND, 30);
    struct command cancellation = pools(ACT_CANCEL_UNITS, 10);
    struct command waiting = sends(60);
    const char *id = town_do(&waiting);
    struct command accept = decides(ACT_ACCEPT, 'C', id);
    static const char touched[] = "coalesce(sum(l.units), 0)";
    const struct {
        const struct command *command;
        const char *sql;
        int64_t add;
        int column;
    } lies[] = {
        {&transfer, touched, 1, 0},
        {&transfer, touched, 1, 1},
        {&transfer, touched, -1, 2},
        {&transfer, touched, 1, 3},
        {&delivery, touched, -1, 0},
        {&delivery, touched, -1, 1},
        {&delivery, touched, 1, 2},
        {&delivery, touched, 1, 3},
        {&retirement, touched, 1, 0},
        {&retirement, touched, 1, 1},
        {&retirement, touched, 1, 2},
        {&retirement, touched, 1, 3},
        {&refund, touched, -1, 0},
        {&refund, touched, -1, 1},
        {&refund, touched, 1, 2},
        {&refund, touched, 1, 3},
        {&cancellation, touched, 1, 0},
        {&cancellation, touched, 1, 1},
        {&cancellation, touched, -1, 2},
        {&cancellation, touched, 1, 3},
        {&accept, touched, -1, 0},
        {&accept, touched, 1, 1},
        {&accept, touched, 1, 2},
        {&accept, touched, 1, 3},
        {&accept, "reserved_by = ?1", 1, 0},
        {&issue, "SELECT active, next_serial", 1, 0},
        {&issue, "SELECT active, next_serial", 1, 1},
    };
    struct digest before = town_dump();
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        char what[64];
        (void)snprintf(what, sizeof what, "%s, column %d",
                       act_word((enum act_kind)lies[i].command->kind), lies[i].column);
        assert_true(store_begin_write(town.ledger.store));
        step_quiet(true);
        lie.told = false;
        lie.sql = lies[i].sql;
        lie.column = lies[i].column;
        lie.add = lies[i].add;
        enum status status = apply(lies[i].command);
        lie.sql = NULL;
        step_quiet(false);
        assert_true(lie.told);
        is_a_fault(what, status);
        undo();
    }
    struct digest after = town_dump();
    assert_true(digest_equal(&before, &after));
    /* Told the truth, each comes through. */
    struct command *const commands[] = {&transfer, &delivery, &retirement,  &issue,
                                        &accept,   &refund,   &cancellation};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        comes_through(commands[i]);
    }
}

static int say_sum(void **state)
{
    (void)state;
    printf("result: %lld acts, %lld faults, one at each of their statements: nothing was kept\n",
           (long long)acts, (long long)faults);
    return 0;
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(transfers_at_every_statement), TEST(units_at_every_statement),
        TEST(pools_at_every_statement),     TEST(parties_at_every_statement),
        TEST(houses_at_every_statement),    TEST(reading_at_every_statement),
        TEST(nothing_is_kept_that_differs),
    };
    return cmocka_run_group_tests_name("faults", tests, NULL, say_sum);
}
