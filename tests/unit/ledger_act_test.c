/*
 * tests/unit/ledger_act_test.c: what acts do when they are allowed: splits and lineage, reserving
 * and giving back, arriving, leaving, keys, ids, times, the audit log, the library's own last line
 * of defence. (What is refused: tests/ledger/refusals_test.c.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/town.h"

static char alder[ID_SIZE], birch[ID_SIZE], buffer[ID_SIZE], project[ID_SIZE];
static struct answer answer;

static int set_up(void **state)
{
    (void)state;
    town_found();
    memcpy(alder, town_org("Alder", true, ORG_PARTICIPANT), ID_SIZE);
    memcpy(birch, town_org("Birch", false, ORG_PARTICIPANT), ID_SIZE);
    memcpy(buffer, town_org("Buffer", false, ORG_BUFFER), ID_SIZE);
    town_member(alder, town_person('A'), ROLE_ALL);
    town_member(birch, town_person('B'), ROLE_ALL);
    town_official(town_person('Z'), REGISTRY_ADMINISTRATOR);
    memcpy(project, town_project(alder, "P1", INSTRUMENT_CARBON_REMOVAL), ID_SIZE);
    return 0;
}

static void say(void *context, const char *sentence)
{
    (void)context;
    fprintf(stderr, "%s\n", sentence);
}

/* After every test the registry must be sound. */
static int tear_down(void **state)
{
    (void)state;
    struct verify_report report = {.say = say};
    struct store *store = store_open(STORE_REGISTRY, STORE_READ, town.path, ledger_verify_tables);
    bool is_sound =
        ledger_verify(store, &town.arena, &report) == STATUS_OK && report.violations == 0;
    store_close(store);
    town_leave();
    return is_sound ? 0 : 1;
}

static enum status ask(const struct command *command)
{
    enum asker program = town_program((enum act_kind)command->kind, command->user_id);
    return town_ask(program, command, &answer);
}

static const char *submit(int64_t units)
{
    struct command command = town_transfer(town_person('A'), alder, birch, alder, units);
    assert_int_equal(ask(&command), STATUS_OK);
    return town_keep(&answer);
}

static enum status decide(enum act_kind kind, char person, const char *transfer_id)
{
    struct command command =
        town_decide(kind, person == 0 ? "" : town_person(person), transfer_id, "Because");
    return ask(&command);
}

static int64_t number(const char *format, ...) __attribute__((format(printf, 1, 2)));
static int64_t number(const char *format, ...)
{
    char sql[1000];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sql, sizeof(sql), format, arguments);
    va_end(arguments);
    return town_number(sql);
}

static int64_t held(const char *org_id)
{
    return number("SELECT coalesce(sum(last - first + 1), 0) FROM batch WHERE org_id = '%s' AND "
                  "state = 'active'",
                  org_id);
}

static int64_t reserved(void)
{
    return number(
        "SELECT coalesce(sum(last - first + 1), 0) FROM batch WHERE reserved_by IS NOT NULL");
}

static void issuing_makes_a_block_for_each(void **state)
{
    (void)state;
    town_issue(project, 2024, 900, 100);
    assert_int_equal(answer.count, 0);
    town_issue(project, 2024, 50, 0);
    assert_int_equal(held(alder), 950);
    assert_int_equal(held(buffer), 100);
    assert_int_equal(number("SELECT count(*) FROM batch b JOIN account a USING (account_id) WHERE "
                            "b.first = 901 AND b.last = 1000"
                            " AND a.kind = 'reserve' AND b.supplier_org_id = '%s'",
                            alder),
                     1);
    assert_int_equal(number("SELECT count(*) FROM batch WHERE first = 1001 AND last = 1050"), 1);
    struct command command = command_of(ACT_ISSUE, "", town_key());
    TEXT_COPY(command.issue.project_id, project);
    TEXT_COPY(command.issue.to_org_id, birch);
    command.issue.vintage = 2020;
    command.issue.imported = true;
    command.issue.supplier_units = 70;
    assert_int_equal(ask(&command), STATUS_OK);
    assert_int_equal(held(birch), 70);
    assert_int_equal(
        number("SELECT imported FROM conservation WHERE vintage = 2020 AND issued = 0"), 70);
}

static void a_pending_transfer_splits_and_reserves(void **state)
{
    (void)state;
    town_issue(project, 2024, 1000, 0);
    const char *id = submit(250);
    assert_int_equal(answer.transfer_state, TRANSFER_PENDING);
    assert_true(answer.expires_at == answer.at + 14 * CLOCK_DAY_US);
    assert_int_equal(reserved(), 250);
    assert_int_equal(held(alder), 1000);
    assert_int_equal(number("SELECT count(*) FROM batch p JOIN batch l ON l.batch_id = p.left_id "
                            "JOIN batch r ON r.batch_id = p.right_id"
                            " WHERE p.state = 'split' AND l.first = 1 AND l.last = 250 AND "
                            "l.reserved_by = '%s' AND r.first = 251"
                            " AND r.last = 1000 AND r.reserved_by IS NULL AND l.parent_id = "
                            "p.batch_id AND r.parent_id = p.batch_id",
                            id),
                     1);
    assert_int_equal(decide(ACT_ACCEPT, 'B', id), STATUS_OK);
    assert_int_equal(answer.transfer_state, TRANSFER_COMPLETED);
    assert_int_equal(held(alder), 750);
    assert_int_equal(held(birch), 250);
    assert_int_equal(reserved(), 0);
    assert_int_equal(
        number("SELECT count(*) FROM batch WHERE org_id = '%s' AND received_by = '%s'", birch, id),
        1);
}

static void whatever_gives_back_gives_back_all(void **state)
{
    (void)state;
    town_issue(project, 2024, 1000, 0);
    static const struct {
        enum act_kind kind;
        char person;
        enum transfer_state ended;
    } rows[] = {{ACT_REJECT, 'B', TRANSFER_REJECTED},
                {ACT_WITHDRAW, 'A', TRANSFER_WITHDRAWN},
                {ACT_CANCEL, 'Z', TRANSFER_CANCELLED}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *id = submit(100);
        assert_int_equal(reserved(), 100);
        assert_int_equal(decide(rows[i].kind, rows[i].person, id), STATUS_OK);
        assert_int_equal(answer.transfer_state, rows[i].ended);
        assert_int_equal(reserved(), 0);
        assert_int_equal(held(alder), 1000);
        assert_int_equal(
            number(
                "SELECT count(*) FROM transfer WHERE transfer_id = '%s' AND end_reason = 'Because'",
                id),
            1);
    }
}

static void expiry_is_exact(void **state)
{
    (void)state;
    town_issue(project, 2024, 1000, 0);
    const char *first = submit(100);
    const char *second = submit(200);
    int64_t expires_at = answer.expires_at;
    town.now_us = expires_at - 1;
    assert_int_equal(decide(ACT_ACCEPT, 'B', first), STATUS_OK);
    town.now_us = expires_at;
    assert_int_equal(decide(ACT_ACCEPT, 'B', second), STATUS_TRANSFER_ENDED);
    assert_int_equal(answer.transfer_state, TRANSFER_EXPIRED);
    assert_true(answer.ended_at == expires_at);
    assert_int_equal(reserved(), 200); /* nobody has swept yet */
    town.now_us = expires_at + CLOCK_DAY_US;
    struct command command = command_of(ACT_EXPIRE, "", "");
    assert_int_equal(town_ask(PROGRAM_LEDGER, &command, &answer), STATUS_OK);
    assert_int_equal(answer.count, 1);
    assert_int_equal(reserved(), 0);
    assert_true(
        number("SELECT ended_at FROM transfer WHERE transfer_id = '%s' AND state = 'expired'",
               second) == expires_at);
    int64_t acts = number("SELECT count(*) FROM act");
    assert_int_equal(town_ask(PROGRAM_LEDGER, &command, &answer), STATUS_OK);
    assert_int_equal(answer.count, 0);
    assert_int_equal(number("SELECT count(*) FROM act"),
                     acts); /* a timer that finds nothing writes nothing */
}

static void two_persons_and_the_registry(void **state)
{
    (void)state;
    town_issue(project, 2024, 1000, 0);
    town_member(alder, town_person('C'), ROLE_APPROVER);
    town_policy(alder, INCOMING_ASK, TWO_PERSON_ABOVE, 100);
    submit(100);
    assert_int_equal(answer.transfer_state, TRANSFER_PENDING);
    const char *id = submit(101);
    assert_int_equal(answer.transfer_state, TRANSFER_AWAITING_APPROVAL);
    assert_int_equal(decide(ACT_APPROVE, 'A', id), STATUS_SAME_PERSON);
    /* The recipient learns of it with the last approval: until then it is not there. */
    assert_int_equal(decide(ACT_ACCEPT, 'B', id), STATUS_NOT_FOUND);
    assert_int_equal(decide(ACT_WITHDRAW, 'B', id), STATUS_NOT_FOUND);
    town.now_us += CLOCK_DAY_US;
    assert_int_equal(decide(ACT_APPROVE, 'C', id), STATUS_OK);
    assert_int_equal(answer.transfer_state, TRANSFER_PENDING);
    assert_true(answer.expires_at == town.now_us + 14 * CLOCK_DAY_US); /* the waiting begins now */
    assert_int_equal(decide(ACT_WITHDRAW, 'B', id), STATUS_NOT_ALLOWED);
    /* both approvals, in either order, and a recipient that accepts at once */
    town_policy(birch, INCOMING_ALL, TWO_PERSON_NEVER, 0);
    struct command command = command_of(ACT_SET_SETTINGS, "", "");
    TEXT_COPY(command.setting.site_name, "Town");
    command.setting.expiry_days = 14;
    command.setting.registry_approval_units = 150;
    assert_int_equal(ask(&command), STATUS_OK);
    id = submit(151);
    assert_int_equal(answer.transfer_state, TRANSFER_AWAITING_APPROVAL);
    assert_int_equal(decide(ACT_REGISTRY_APPROVE, 'Z', id), STATUS_OK);
    assert_int_equal(answer.transfer_state, TRANSFER_AWAITING_APPROVAL);
    assert_int_equal(decide(ACT_APPROVE, 'C', id), STATUS_OK);
    assert_int_equal(answer.transfer_state, TRANSFER_COMPLETED);
    assert_int_equal(held(birch), 151);
    /* one person may not give both */
    town_member(alder, town_person('Z'), ROLE_APPROVER);
    id = submit(151);
    assert_int_equal(decide(ACT_APPROVE, 'Z', id), STATUS_OK);
    assert_int_equal(decide(ACT_REGISTRY_APPROVE, 'Z', id), STATUS_SAME_PERSON);
    assert_int_equal(decide(ACT_WITHDRAW, 'A', id), STATUS_OK); /* also while it awaits */
    assert_int_equal(reserved(), 201);
}

static void export_leaves_the_registry(void **state)
{
    (void)state;
    town_issue(project, 2024, 1000, 0);
    struct command command = town_transfer(town_person('A'), alder, "", alder, 300);
    command.transfer.kind = TRANSFER_EXPORT;
    TEXT_COPY(command.transfer.to_system, "M-RETS");
    TEXT_COPY(command.transfer.to_system_party, "Somebody");
    assert_int_equal(ask(&command), STATUS_OK);
    const char *id = town_keep(&answer);
    assert_int_equal(answer.transfer_state, TRANSFER_AWAITING_APPROVAL);
    assert_int_equal(number("SELECT count(*) FROM transfer WHERE transfer_id = '%s' AND to_system "
                            "= 'M-RETS' AND to_system_party = 'Somebody'",
                            id),
                     1);
    assert_int_equal(decide(ACT_COMPLETE_EXPORT, 'Z', id), STATUS_TRANSFER_NOT_PENDING);
    assert_int_equal(decide(ACT_REGISTRY_APPROVE, 'Z', id), STATUS_OK);
    assert_int_equal(decide(ACT_COMPLETE_EXPORT, 'Z', id), STATUS_OK);
    assert_int_equal(held(alder), 700);
    assert_int_equal(number("SELECT exported FROM conservation"), 300);
    assert_int_equal(number("SELECT count(*) FROM batch WHERE state = 'exported' AND ended_by = "
                            "'%s' AND reserved_by IS NULL",
                            id),
                     1);
}

static void within_one_house_at_once(void **state)
{
    (void)state;
    town_issue(project, 2024, 1000, 0);
    town_policy(alder, INCOMING_ASK, TWO_PERSON_ALWAYS, 0);
    struct command command = command_of(ACT_OPEN_ACCOUNT, town_person('A'), "");
    TEXT_COPY(command.account.org_id, alder);
    TEXT_COPY(command.account.name, "Second");
    assert_int_equal(ask(&command), STATUS_OK);
    const char *account_id = town_keep(&answer);
    command = town_transfer(town_person('A'), alder, "", "", 400);
    command.transfer.kind = TRANSFER_INTERNAL;
    TEXT_COPY(command.transfer.to_account_id, account_id);
    assert_int_equal(ask(&command), STATUS_OK);
    assert_int_equal(answer.transfer_state, TRANSFER_COMPLETED);
    assert_int_equal(
        number("SELECT sum(last - first + 1) FROM batch WHERE account_id = '%s'", account_id), 400);
    /* the rest only: what is there already cannot be moved there */
    command.transfer.units = 601;
    TEXT_COPY(command.key, town_key());
    assert_int_equal(ask(&command), STATUS_NOT_ENOUGH);
    assert_int_equal(answer.available_units, 600);
}

static void orders_deliveries_retirements(void **state)
{
    (void)state;
    town_issue(project, 2024, 1000, 0);
    struct command command = command_of(ACT_ORDER, town_person('A'), town_key());
    TEXT_COPY(command.order.supplier_org_id, alder);
    TEXT_COPY(command.order.buyer_org_id, birch);
    command.order.units = 300;
    assert_int_equal(ask(&command), STATUS_OK);
    const char *order_id = town_keep(&answer);
    command = command_of(ACT_DELIVER, town_person('A'), town_key());
    TEXT_COPY(command.deliver.order_id, order_id);
    command.deliver.units = 200;
    assert_int_equal(ask(&command), STATUS_BUYER_NOT_AGREED); /* the supplier's word alone */
    town_policy(birch, INCOMING_ALL, TWO_PERSON_NEVER, 0);
    TEXT_COPY(command.key, town_key());
    assert_int_equal(ask(&command), STATUS_OK);
    const char *delivery_id = town_keep(&answer);
    assert_int_equal(held(birch), 200);
    assert_int_equal(
        number("SELECT count(*) FROM batch WHERE delivery_id = '%s' AND received_by = '%s'",
               delivery_id, delivery_id),
        1);
    TEXT_COPY(command.key, town_key());
    command.deliver.units = 101;
    assert_int_equal(ask(&command), STATUS_ORDER_EXCEEDED);
    assert_int_equal(answer.available_units, 100);
    command = command_of(ACT_RETIRE, town_person('B'), town_key());
    TEXT_COPY(command.retire.org_id, birch);
    TEXT_COPY(command.retire.supplier_org_id, alder);
    TEXT_COPY(command.retire.beneficiary, "Birch");
    command.retire.purposes = 3;
    command.retire.units = 120;
    assert_int_equal(ask(&command), STATUS_OK);
    assert_int_equal(held(birch), 80);
    assert_int_equal(number("SELECT retired FROM conservation"), 120);
    /* a part keeps the delivery it came with */
    assert_int_equal(number("SELECT count(*) FROM batch WHERE delivery_id = '%s' AND state = "
                            "'active' AND last - first + 1 = 80",
                            delivery_id),
                     1);
}

static void a_key_gives_the_first_answer_again(void **state)
{
    (void)state;
    town_issue(project, 2024, 1000, 0);
    struct command command = town_transfer(town_person('A'), alder, birch, alder, 100);
    assert_int_equal(ask(&command), STATUS_OK);
    struct answer first = answer;
    int64_t acts = number("SELECT count(*) FROM act");
    town.now_us += CLOCK_DAY_US;
    command.at_us = 0;
    assert_int_equal(ask(&command), STATUS_OK);
    assert_true(answer.repeated);
    first.repeated = true;
    assert_memory_equal(&first, &answer, sizeof(first));
    assert_int_equal(number("SELECT count(*) FROM act"), acts);
    assert_int_equal(reserved(), 100);
    command.transfer.units = 101;
    assert_int_equal(ask(&command), STATUS_KEY_REUSED);
    /* another person's key of the same words is another key; a refusal does not use the key up */
    struct command other = town_transfer(town_person('B'), birch, alder, alder, 1);
    TEXT_COPY(other.key, command.key);
    assert_int_equal(ask(&other), STATUS_NOT_ENOUGH);
    assert_int_equal(decide(ACT_ACCEPT, 'B', first.id), STATUS_OK);
    assert_int_equal(ask(&other), STATUS_OK);
    assert_false(answer.repeated);
    /* also after the ledger was closed and opened again */
    store_close(town.ledger.store);
    town_open_ledger();
    assert_int_equal(ask(&other), STATUS_OK);
    assert_true(answer.repeated);
}

static void ids_are_of_the_acts_own_time(void **state)
{
    (void)state;
    int64_t past_us = TOWN_START_US - 400 * CLOCK_DAY_US;
    char seen[20][ID_SIZE];
    for (int i = 0; i < 20; i++) {
        if (i == 10) { /* a fresh process knows nothing of the ids before it */
            store_close(town.ledger.store);
            town_open_ledger();
        }
        struct command command = command_of(ACT_ISSUE, "", town_key());
        TEXT_COPY(command.issue.project_id, project);
        command.issue.vintage = 2024;
        command.issue.supplier_units = 5;
        command.at_us = i % 2 == 0 ? past_us : 0; /* always the same two milliseconds, in turn */
        assert_int_equal(ask(&command), STATUS_OK);
        memcpy(seen[i], answer.id, ID_SIZE);
        assert_true(id_time_us(answer.id) == (i % 2 == 0 ? past_us : town.now_us));
        assert_memory_equal(answer.id + 13, "TST", 3);
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(seen[i], seen[j]);
        }
    }
    assert_int_equal(number("SELECT count(DISTINCT batch_id) FROM batch"), 20);
}

static void time_does_not_go_back(void **state)
{
    (void)state;
    town_issue(project, 2024, 1000, 0);
    submit(10);
    int64_t at = answer.at;
    town.now_us -= CLOCK_DAY_US; /* the clock was set back */
    submit(10);
    assert_true(answer.at == at);
    struct command command = town_transfer("", alder, birch, alder, 10);
    command.at_us = TOWN_START_US - 1; /* before the units were issued */
    assert_int_equal(ask(&command), STATUS_TIME_BACKWARDS);
    command.at_us = at + 1; /* not yet */
    assert_int_equal(ask(&command), STATUS_VALUE_REFUSED);
    assert_int_equal(answer.field, FIELD_DATE);
}

/* The largest amount that can be asked for is an amount: it is said how much there is of it. */
static void the_largest_amount_is_looked_for(void **state)
{
    (void)state;
    town_issue(project, 2024, 1000, 0);
    struct command command = town_transfer("", alder, birch, alder, QUANTITY_UNITS_MAX);
    assert_int_equal(ask(&command), STATUS_NOT_ENOUGH);
    assert_int_equal(answer.available_units, 1000);
    command.transfer.units++;
    assert_int_equal(ask(&command), STATUS_QUANTITY_TOO_LARGE);
    assert_int_equal(answer.available_units, 0);
}

/* Each of the most lines that a command has is looked at. */
static void as_many_lines_as_there_can_be(void **state)
{
    (void)state;
    town_issue(project, 2024, 1000, 0);
    struct command command = town_transfer("", alder, birch, alder, 0);
    command.transfer.line_count = COMMAND_LINES_MAX;
    for (int i = 0; i < COMMAND_LINES_MAX; i++) {
        (void)snprintf(command.transfer.lines[i].batch_id, ID_SIZE, "ctb_%016d", i);
        command.transfer.lines[i].units = i == COMMAND_LINES_MAX - 1 ? 0 : 1;
    }
    assert_int_equal(ask(&command), STATUS_QUANTITY_ZERO);
    assert_int_equal(answer.line, COMMAND_LINES_MAX - 1);
}

/* The last manager cannot give that up; who stands above the organisation can take it away. */
static void only_from_above_the_last_manager_goes(void **state)
{
    (void)state;
    struct command command = command_of(ACT_SET_MEMBER, town_person('A'), "");
    TEXT_COPY(command.person.user_id, town_person('A'));
    TEXT_COPY(command.person.org_id, alder);
    command.person.roles = ROLE_VIEWER;
    assert_int_equal(ask(&command), STATUS_LAST_MANAGER);
    static const char above[] = {'Z', 0}; /* an administrator, and the operator */
    for (size_t i = 0; i < 2; i++) {
        TEXT_COPY(command.user_id, above[i] == 0 ? "" : town_person(above[i]));
        command.person.roles = ROLE_VIEWER;
        assert_int_equal(ask(&command), STATUS_OK);
        assert_int_equal(number("SELECT roles FROM membership WHERE org_id = '%s'", alder),
                         ROLE_VIEWER);
        command.person.roles = ROLE_ALL;
        assert_int_equal(ask(&command), STATUS_OK);
    }
}

/* A supplier that is named is the one, whatever project is named beside it. */
static void units_are_retired_of_the_supplier_that_is_named(void **state)
{
    (void)state;
    town_issue(project, 2024, 1000, 0);
    struct command command = command_of(ACT_RETIRE, town_person('A'), town_key());
    TEXT_COPY(command.retire.org_id, alder);
    TEXT_COPY(command.retire.supplier_org_id, alder);
    TEXT_COPY(command.retire.beneficiary, "Alder");
    command.retire.purposes = 1;
    command.retire.units = 10;
    assert_int_equal(ask(&command), STATUS_OK);
    assert_int_equal(held(alder), 990);
    TEXT_COPY(command.key, town_key());
    TEXT_COPY(command.retire.supplier_org_id, birch);
    TEXT_COPY(command.retire.project_id, project);
    assert_int_equal(ask(&command), STATUS_NOT_ENOUGH);
    assert_int_equal(held(alder), 990);
}

static void every_decision_is_in_the_audit_log(void **state)
{
    (void)state;
    town_issue(project, 2024, 2000, 0);
    struct command command = town_transfer(town_person('A'), alder, birch, alder, 1500);
    TEXT_COPY(command.transfer.private_note, "between us");
    assert_int_equal(ask(&command), STATUS_OK);
    assert_int_equal(number("SELECT seq FROM act WHERE subject_id = '%s' AND command = 'transfer' "
                            "AND outcome = 'ok' AND program = 'account'"
                            " AND org_id = '%s' AND detail = '1.500 credits from Alder to Birch'",
                            answer.id, alder),
                     answer.seq);
    char id[ID_SIZE];
    memcpy(id, answer.id, ID_SIZE);
    assert_int_equal(decide(ACT_ACCEPT, 'A', id), STATUS_NOT_ALLOWED);
    assert_int_equal(number("SELECT count(*) FROM act WHERE seq = %lld AND subject_id = '%s' AND "
                            "outcome = 'not-allowed'",
                            (long long)answer.seq, id),
                     1);
    assert_int_equal(number("SELECT count(*) FROM act WHERE detail LIKE '%%between%%'"), 0);
    /* who is not known leaves no row, and learns nothing */
    int64_t acts = number("SELECT count(*) FROM act");
    assert_int_equal(decide(ACT_ACCEPT, 'X', id), STATUS_NOT_ALLOWED);
    assert_int_equal(number("SELECT count(*) FROM act"), acts);
    /* what does not exist and what one may not know are one answer */
    town_official(town_person('Y'), 0);
    assert_int_equal(decide(ACT_ACCEPT, 'Y', id), STATUS_NOT_FOUND);
    struct answer hidden = answer;
    assert_int_equal(decide(ACT_ACCEPT, 'Y', "tfr_0000000000000000"), STATUS_NOT_FOUND);
    hidden.seq = answer.seq;
    assert_memory_equal(&hidden, &answer, sizeof(hidden));
}

static void a_plan_is_what_happens(void **state)
{
    (void)state;
    town_issue(project, 2024, 100, 0);
    town.now_us += CLOCK_SECOND_US;
    town_issue(project, 2023, 100, 0); /* issued later: goes later, whatever the vintage */
    struct command command = town_transfer(town_person('A'), alder, birch, alder, 150);
    static const struct query_table *const *tables = ledger_plan_tables;
    struct store *reader = store_open(STORE_REGISTRY, STORE_READ, town.path, tables);
    struct plan plan;
    static struct arena arena;
    arena_map(&arena, 1024UL * 1024);
    assert_int_equal(
        ledger_plan(reader, &arena, PROGRAM_ACCOUNT, &command, town.now_us, &plan, &answer),
        STATUS_OK);
    assert_int_equal(plan.move_count, 2);
    assert_int_equal(plan.moves[0].vintage, 2024);
    assert_int_equal(plan.moves[0].rest_last, 0);
    assert_int_equal(plan.moves[1].vintage, 2023);
    assert_int_equal(plan.moves[1].rest_last, 100);
    assert_int_equal(plan.moves[1].last, 50);
    assert_false(plan.accepted_at_once);
    command.transfer.has_plan = true;
    command.transfer.plan = plan.digest;
    town_policy(birch, INCOMING_ALL, TWO_PERSON_NEVER, 0); /* meanwhile */
    assert_int_equal(ask(&command), STATUS_PLAN_CHANGED);
    store_settle(reader);
    assert_int_equal(
        ledger_plan(reader, &arena, PROGRAM_ACCOUNT, &command, town.now_us, &plan, &answer),
        STATUS_PLAN_CHANGED);
    assert_int_equal(plan.move_count, 0);
    command.transfer.has_plan = false;
    assert_int_equal(
        ledger_plan(reader, &arena, PROGRAM_ACCOUNT, &command, town.now_us, &plan, &answer),
        STATUS_OK);
    assert_true(plan.accepted_at_once);
    command.transfer.has_plan = true;
    command.transfer.plan = plan.digest;
    assert_int_equal(ask(&command), STATUS_OK);
    assert_int_equal(held(birch), 150);
    store_close(reader);
}

/* A reader's clock may be behind the ledger's time: by a moment whenever an act comes between, by
 * more when it was put back. The act would be of the ledger's time, and so is the plan. */
static void a_plan_is_of_the_time_of_the_ledger(void **state)
{
    (void)state;
    town_issue(project, 2024, 100, 0);
    struct command command = town_transfer(town_person('A'), alder, birch, alder, 50);
    struct store *reader = store_open(STORE_REGISTRY, STORE_READ, town.path, ledger_plan_tables);
    static struct arena arena;
    arena_map(&arena, 1024UL * 1024);
    struct plan plan;
    int64_t issued_us = town.now_us;
    town.now_us -= CLOCK_DAY_US;
    assert_int_equal(
        ledger_plan(reader, &arena, PROGRAM_ACCOUNT, &command, town.now_us, &plan, &answer),
        STATUS_OK);
    assert_true(answer.at == issued_us);
    store_settle(reader);
    command.transfer.has_plan = true;
    command.transfer.plan = plan.digest;
    assert_int_equal(ask(&command), STATUS_OK);
    assert_true(answer.at == issued_us);
    town.now_us = issued_us + CLOCK_DAY_US;
    command.transfer.has_plan = false;
    assert_int_equal(
        ledger_plan(reader, &arena, PROGRAM_ACCOUNT, &command, town.now_us, &plan, &answer),
        STATUS_OK);
    assert_true(answer.at == town.now_us);
    store_close(reader);
}

static void the_schema_refuses_what_the_ledger_would_not_do(void **state)
{
    (void)state;
    town_issue(project, 2024, 1000, 0);
    const char *id = submit(100);
    assert_int_equal(decide(ACT_ACCEPT, 'B', id), STATUS_OK);
    static const char *const attempts[] = {
        "UPDATE batch SET first = 2 WHERE first = 1",
        "UPDATE batch SET state = 'active', left_id = NULL, right_id = NULL, ended_at = NULL WHERE "
        "state = 'split'",
        "DELETE FROM batch",
        "DELETE FROM transfer",
        "UPDATE transfer SET units = 1",
        "UPDATE transfer SET to_account_id = NULL",
        "UPDATE transfer SET state = 'rejected'",
        "UPDATE act SET detail = ''",
        "DELETE FROM act",
        "DELETE FROM idempotency",
        "UPDATE conservation SET retired = retired + 1",
        "UPDATE batch SET account_id = (SELECT account_id FROM account WHERE org_id <> "
        "batch.org_id LIMIT 1) WHERE state = 'active'",
        "INSERT INTO batch (batch_id, project_id, issuance_id, supplier_org_id, vintage, first, "
        "last, org_id, account_id, state, issued_at,"
        " received_by, received_at, made_at) SELECT 'ctb_00000000000000XX', project_id, "
        "issuance_id, supplier_org_id, vintage, 1000, 1001,"
        " org_id, account_id, 'active', issued_at, received_by, received_at, made_at FROM batch "
        "WHERE state = 'active' LIMIT 1",
        "INSERT INTO batch (batch_id, project_id, issuance_id, supplier_org_id, vintage, first, "
        "last, org_id, account_id, state, parent_id,"
        " issued_at, received_by, received_at, made_at) SELECT 'ctb_00000000000000XX', project_id, "
        "issuance_id, supplier_org_id, vintage, 2000,"
        " 2001, org_id, account_id, 'active', batch_id, issued_at, received_by, received_at, "
        "made_at FROM batch WHERE state = 'active' LIMIT 1",
    };
    for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
        sqlite3 *db = NULL;
        must(sqlite3_open(town.path, &db) == SQLITE_OK);
        must(sqlite3_exec(db, "PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 0", NULL, NULL,
                          NULL) == SQLITE_OK);
        int code = sqlite3_exec(db, attempts[i], NULL, NULL, NULL);
        sqlite3_close(db);
        if (code != SQLITE_CONSTRAINT) {
            fail_msg("not refused (%d): %s", code, attempts[i]);
        }
    }
}

static void a_fault_keeps_nothing(void **state)
{
    (void)state;
    town_issue(project, 2024, 1000, 0);
    /* a trigger of the test's own lets the last write of a transfer fail */
    town_sql("CREATE TRIGGER test_fault BEFORE INSERT ON idempotency BEGIN SELECT RAISE(ABORT, "
             "'test'); END");
    store_close(town.ledger.store);
    town_open_ledger();
    struct command command = town_transfer(town_person('A'), alder, birch, alder, 10);
    assert_int_equal(ask(&command), STATUS_FAULT);
    assert_int_equal(answer.id[0], 0);
    assert_int_equal(number("SELECT count(*) FROM transfer"), 0);
    assert_int_equal(reserved(), 0);
    town_sql("DROP TRIGGER test_fault");
    assert_int_equal(ask(&command), STATUS_OK);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(issuing_makes_a_block_for_each),
        TEST(a_pending_transfer_splits_and_reserves),
        TEST(whatever_gives_back_gives_back_all),
        TEST(expiry_is_exact),
        TEST(two_persons_and_the_registry),
        TEST(export_leaves_the_registry),
        TEST(within_one_house_at_once),
        TEST(orders_deliveries_retirements),
        TEST(a_key_gives_the_first_answer_again),
        TEST(ids_are_of_the_acts_own_time),
        TEST(time_does_not_go_back),
        TEST(the_largest_amount_is_looked_for),
        TEST(as_many_lines_as_there_can_be),
        TEST(only_from_above_the_last_manager_goes),
        TEST(units_are_retired_of_the_supplier_that_is_named),
        TEST(every_decision_is_in_the_audit_log),
        TEST(a_plan_is_what_happens),
        TEST(a_plan_is_of_the_time_of_the_ledger),
        TEST(the_schema_refuses_what_the_ledger_would_not_do),
        TEST(a_fault_keeps_nothing),
    };
    return cmocka_run_group_tests_name("acts", tests, NULL, NULL);
}
