/*
 * tests/unit/ledger_given_test.c: what stands around an act: ids that the operator gives, who may
 * ask, keys, answers kept by another version, and what a refusal's audit row is about.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/town.h"

static char alder[ID_SIZE], birch[ID_SIZE], project[ID_SIZE], order_id[ID_SIZE];
static struct answer answer;

static int set_up(void **state)
{
    (void)state;
    town_found();
    memcpy(alder, town_org("Alder", true, ORG_PARTICIPANT), ID_SIZE);
    memcpy(birch, town_org("Birch", false, ORG_PARTICIPANT), ID_SIZE);
    town_member(alder, town_person('A'), ROLE_ALL);
    town_member(birch, town_person('B'), ROLE_ALL);
    town_official(town_person('Z'), REGISTRY_ADMINISTRATOR);
    town_official(town_person('K'), REGISTRY_AUDITOR);
    memcpy(project, town_project(alder, "P1", INSTRUMENT_CARBON_REMOVAL), ID_SIZE);
    town_issue(project, 2024, 1000, 0);
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

/* ---- ids ---- */

/* One act of each kind that makes something; the id it is given stands at `given`. */
static struct command making(enum act_kind kind, size_t *given)
{
    struct command command = command_of(kind, "", town_key());
    if (kind == ACT_OPEN_ORGANISATION) {
        (void)snprintf(command.organisation.name, NAME_SIZE, "Firm %s", command.key);
        *given = offsetof(struct command, organisation.org_id);
    } else if (kind == ACT_OPEN_PROJECT) {
        static char code[SERIAL_WORD_SIZE];
        (void)snprintf(code, sizeof code, "C%lld", (long long)town.keys);
        command = town_project_command(alder, code, INSTRUMENT_CARBON_REMOVAL);
        *given = offsetof(struct command, project.project_id);
    } else if (kind == ACT_OPEN_ACCOUNT) {
        TEXT_COPY(command.account.org_id, alder);
        TEXT_COPY(command.account.name, command.key);
        *given = offsetof(struct command, account.account_id);
    } else if (kind == ACT_ISSUE) {
        TEXT_COPY(command.issue.project_id, project);
        command.issue.vintage = 2024;
        command.issue.supplier_units = 10;
        *given = offsetof(struct command, issue.issuance_id);
    } else if (kind == ACT_ORDER) {
        TEXT_COPY(command.order.supplier_org_id, alder);
        TEXT_COPY(command.order.buyer_org_id, birch);
        command.order.units = 1;
        *given = offsetof(struct command, order.order_id);
    } else if (kind == ACT_DELIVER) {
        TEXT_COPY(command.deliver.order_id, order_id);
        command.deliver.units = 1;
        *given = offsetof(struct command, deliver.delivery_id);
    } else if (kind == ACT_RETIRE) {
        TEXT_COPY(command.retire.org_id, alder);
        TEXT_COPY(command.retire.supplier_org_id, alder);
        TEXT_COPY(command.retire.beneficiary, "Somebody");
        command.retire.purposes = 1;
        command.retire.units = 1;
        *given = offsetof(struct command, retire.retirement_id);
    } else if (kind == ACT_OPEN_BENEFICIARY) {
        TEXT_COPY(command.beneficiary.org_id, alder);
        TEXT_COPY(command.beneficiary.name, "Somebody");
        command.beneficiary.is_individual = true;
        *given = offsetof(struct command, beneficiary.beneficiary_id);
    } else {
        command = town_transfer("", alder, birch, alder, 1);
        *given = offsetof(struct command, transfer.transfer_id);
    }
    return command;
}

static void the_operator_names_what_is_made(void **state)
{
    (void)state;
    static const struct {
        enum act_kind kind;
        const char *prefix;
    } kinds[] = {{ACT_OPEN_ORGANISATION, "org"},
                 {ACT_OPEN_PROJECT, "prj"},
                 {ACT_OPEN_ACCOUNT, "acc"},
                 {ACT_ISSUE, "iss"},
                 {ACT_ORDER, "ord"},
                 {ACT_DELIVER, "dlv"},
                 {ACT_RETIRE, "ret"},
                 {ACT_OPEN_BENEFICIARY, "org"},
                 {ACT_TRANSFER, "tfr"}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t at = 0;
        struct command command = making(kinds[i].kind, &at);
        char *given = (char *)&command + at;
        (void)snprintf(given, ID_SIZE, "%s_00000000000000%cA", kinds[i].prefix, (char)('1' + i));
        assert_int_equal(town_ask(PROGRAM_TALLY, &command, &answer), STATUS_OK);
        assert_string_equal(answer.id, given);
        /* Taken: a new act cannot have it. */
        struct command other = making(kinds[i].kind, &at);
        memcpy((char *)&other + at, given, ID_SIZE);
        assert_int_equal(town_ask(PROGRAM_TALLY, &other, &answer), STATUS_EXISTS);
        assert_int_equal(answer.field, FIELD_NONE);
        /* None, or of another thing. */
        (void)snprintf((char *)&other + at, ID_SIZE, "usr_00000000000000AA");
        assert_int_equal(town_ask(PROGRAM_TALLY, &other, &answer), STATUS_VALUE_REFUSED);
        /* By nobody but the operator's program. */
        enum asker program =
            program_may(PROGRAM_ACCOUNT, kinds[i].kind) ? PROGRAM_ACCOUNT : PROGRAM_ADMIN;
        (void)snprintf((char *)&other + at, ID_SIZE, "%s_00000000000000ZB", kinds[i].prefix);
        if (program_may(program, kinds[i].kind)) {
            TEXT_COPY(other.user_id, town_person(program == PROGRAM_ACCOUNT ? 'A' : 'Z'));
            assert_int_equal(town_ask(program, &other, &answer), STATUS_VALUE_REFUSED);
        }
        memset((char *)&other + at, 0, ID_SIZE);
        assert_int_equal(town_ask(PROGRAM_TALLY, &other, &answer), STATUS_OK);
        assert_true(id_is(answer.id, kinds[i].prefix));
        assert_true(id_time_us(answer.id) == town.now_us);
    }
}

/* A supplier has an id of its own kind. */
static void a_supplier_is_named_too(void **state)
{
    (void)state;
    struct command command = command_of(ACT_EDIT_ORGANISATION, "", "");
    TEXT_COPY(command.organisation.org_id, birch);
    TEXT_COPY(command.organisation.name, "Birch");
    command.organisation.is_supplier = true;
    TEXT_COPY(command.organisation.supplier_id, "org_00000000000000AA");
    assert_int_equal(town_ask(PROGRAM_TALLY, &command, &answer), STATUS_VALUE_REFUSED);
    TEXT_COPY(command.organisation.supplier_id, "spl_00000000000000AA");
    assert_int_equal(town_ask(PROGRAM_TALLY, &command, &answer), STATUS_OK);
    assert_int_equal(town_number("SELECT count(*) FROM organisation WHERE supplier_id = "
                                 "'spl_00000000000000AA' AND name = 'Birch'"),
                     1);
    /* Once it is one its id stays: what is given then is not looked at. */
    TEXT_COPY(command.organisation.supplier_id, "spl_00000000000000BB");
    assert_int_equal(town_ask(PROGRAM_TALLY, &command, &answer), STATUS_OK);
    assert_int_equal(town_number("SELECT count(*) FROM organisation WHERE supplier_id = "
                                 "'spl_00000000000000AA'"),
                     1);
    command = command_of(ACT_OPEN_ORGANISATION, "", "");
    TEXT_COPY(command.organisation.name, "Cedar");
    command.organisation.is_supplier = true;
    TEXT_COPY(command.organisation.supplier_id, "spl_00000000000000AA");
    assert_int_equal(town_ask(PROGRAM_TALLY, &command, &answer), STATUS_EXISTS);
    command.organisation.supplier_id[0] = '\0';
    assert_int_equal(town_ask(PROGRAM_TALLY, &command, &answer), STATUS_OK);
}

/* ---- who asks, and with what ---- */

static enum status asked(enum asker program, struct command command)
{
    return town_ask(program, &command, &answer);
}

static void nobody_asks_but_tally_and_the_clock(void **state)
{
    (void)state;
    struct command expire = command_of(ACT_EXPIRE, "", "");
    assert_int_equal(asked(PROGRAM_LEDGER, expire), STATUS_OK);
    assert_int_equal(asked(PROGRAM_TALLY, expire), STATUS_OK);
    assert_int_equal(asked(PROGRAM_ADMIN, expire), STATUS_NOT_ALLOWED);
    struct command freeze = command_of(ACT_FREEZE, "", "");
    TEXT_COPY(freeze.setting.text, "Because");
    assert_int_equal(asked(PROGRAM_LEDGER, freeze), STATUS_NOT_ALLOWED);
    assert_int_equal(asked(PROGRAM_ADMIN, freeze), STATUS_NOT_ALLOWED);
    assert_int_equal(asked(PROGRAM_TALLY, freeze), STATUS_OK);
    TEXT_COPY(freeze.user_id, "org_00000000000000AA");
    assert_int_equal(asked(PROGRAM_ADMIN, freeze), STATUS_BAD_REQUEST);
    TEXT_COPY(freeze.user_id, town_person('Z'));
    freeze.at_us = -1;
    assert_int_equal(asked(PROGRAM_ADMIN, freeze), STATUS_BAD_REQUEST);
    /* Another program's time is not the act's. */
    freeze.at_us = 1;
    assert_int_equal(asked(PROGRAM_ADMIN, freeze), STATUS_OK);
    assert_true(answer.at == town.now_us);
    struct command deactivate = command_of(ACT_SET_PERSON, "", "");
    TEXT_COPY(deactivate.person.user_id, town_person('A'));
    deactivate.person.deactivated = true;
    assert_int_equal(asked(PROGRAM_TALLY, deactivate), STATUS_OK);
    struct command trust = command_of(ACT_TRUST, town_person('A'), "");
    TEXT_COPY(trust.trust.org_id, alder);
    TEXT_COPY(trust.trust.sender_org_id, birch);
    assert_int_equal(asked(PROGRAM_ACCOUNT, trust), STATUS_NOT_ALLOWED);
}

static void only_administrators_keep_house(void **state)
{
    (void)state;
    static const enum act_kind kinds[] = {ACT_OPEN_ORGANISATION,
                                          ACT_EDIT_ORGANISATION,
                                          ACT_SET_ORGANISATION_STATE,
                                          ACT_OPEN_PROJECT,
                                          ACT_EDIT_PROJECT,
                                          ACT_SET_SETTINGS,
                                          ACT_FREEZE,
                                          ACT_SET_REGISTRY_ROLES,
                                          ACT_SET_PERSON};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct command command = command_of(kinds[i], town_person('K'), "");
        if (kinds[i] == ACT_SET_PERSON || kinds[i] == ACT_SET_REGISTRY_ROLES) {
            TEXT_COPY(command.person.user_id, town_person('Y'));
        }
        assert_int_equal(asked(PROGRAM_ADMIN, command), STATUS_NOT_ALLOWED);
    }
    /* A manager makes colleagues known, and nothing more. */
    struct command person = command_of(ACT_SET_PERSON, town_person('A'), "");
    TEXT_COPY(person.person.user_id, town_person('Y'));
    person.person.deactivated = true;
    assert_int_equal(asked(PROGRAM_ACCOUNT, person), STATUS_NOT_ALLOWED);
    person.person.deactivated = false;
    assert_int_equal(asked(PROGRAM_ACCOUNT, person), STATUS_OK);
    assert_int_equal(asked(PROGRAM_ACCOUNT, person), STATUS_NOT_ALLOWED); /* is known already */
    TEXT_COPY(person.user_id, town_person('Y'));                          /* manages nothing */
    TEXT_COPY(person.person.user_id, town_person('X'));
    assert_int_equal(asked(PROGRAM_ACCOUNT, person), STATUS_NOT_ALLOWED);
    /* An auditor never writes, whatever he is besides. */
    town_member(alder, town_person('K'), ROLE_ALL);
    TEXT_COPY(person.user_id, town_person('K'));
    assert_int_equal(asked(PROGRAM_ACCOUNT, person), STATUS_NOT_ALLOWED);
}

static void keys_are_visible_ascii(void **state)
{
    (void)state;
    struct command command = town_transfer(town_person('A'), alder, birch, alder, 1);
    static const char *const bad[] = {" a", "a b", "a\x7f", "a\n", "\xc3\xa9"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        TEXT_COPY(command.key, bad[i]);
        assert_int_equal(asked(PROGRAM_ACCOUNT, command), STATUS_VALUE_REFUSED);
        assert_int_equal(answer.field, FIELD_KEY);
    }
    TEXT_COPY(command.key, "!~");
    assert_int_equal(asked(PROGRAM_ACCOUNT, command), STATUS_OK);
    static const enum act_kind kinds[] = {ACT_TRANSFER, ACT_RETIRE, ACT_ISSUE, ACT_DELIVER,
                                          ACT_ORDER};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t at = 0;
        command = making(kinds[i], &at);
        command.key[0] = '\0';
        assert_int_equal(asked(PROGRAM_TALLY, command), STATUS_VALUE_REFUSED);
        assert_int_equal(answer.field, FIELD_KEY);
    }
}

/* Kept by a program whose answers were of another size: what matters is in the audit row. */
static void an_answer_of_another_version(void **state)
{
    (void)state;
    struct command command = town_transfer(town_person('A'), alder, birch, alder, 1);
    assert_int_equal(asked(PROGRAM_ACCOUNT, command), STATUS_OK);
    struct answer first = answer;
    town_sql("DROP TRIGGER idempotency_no_update");
    town_sql("UPDATE idempotency SET answer = x'0102'");
    store_close(town.ledger.store);
    town_open_ledger();
    town.now_us += CLOCK_DAY_US;
    assert_int_equal(asked(PROGRAM_ACCOUNT, command), STATUS_OK);
    assert_true(answer.repeated);
    assert_string_equal(answer.id, first.id);
    assert_true(answer.seq == first.seq && answer.at == first.at);
    assert_int_equal(town_number("SELECT count(*) FROM transfer"), 1);
}

/* ---- what a refusal is about ---- */

static void refusals_name_their_subject(void **state)
{
    (void)state;
    static const struct {
        enum act_kind kind;
        size_t at;
        const char *subject;
    } acts[] = {
        {ACT_EDIT_ORGANISATION, offsetof(struct command, organisation.org_id),
         "org_00000000000000ZZ"},
        {ACT_SET_ORGANISATION_STATE, offsetof(struct command, organisation.org_id),
         "org_00000000000000ZZ"},
        {ACT_SET_PERSON, offsetof(struct command, person.user_id), "org_00000000000000ZZ"},
        {ACT_SET_REGISTRY_ROLES, offsetof(struct command, person.user_id), "usr_00000000000000ZZ"},
        {ACT_SET_MEMBER, offsetof(struct command, person.user_id), "usr_00000000000000ZZ"},
        {ACT_EDIT_PROJECT, offsetof(struct command, project.project_id), "prj_00000000000000ZZ"},
        {ACT_ADD_DOCUMENT, offsetof(struct command, document.project_id), "prj_00000000000000ZZ"},
        {ACT_REMOVE_DOCUMENT, offsetof(struct command, document.project_id),
         "prj_00000000000000ZZ"},
        {ACT_DELIVER, offsetof(struct command, deliver.order_id), "ord_00000000000000ZZ"},
        {ACT_CLOSE_ACCOUNT, offsetof(struct command, account.account_id), "acc_00000000000000ZZ"},
        {ACT_CANCEL, offsetof(struct command, decide.transfer_id), "tfr_00000000000000ZZ"},
        {ACT_CANCEL, offsetof(struct command, decide.transfer_id), "nonsense"},
        {ACT_SET_POLICY, offsetof(struct command, policy.org_id), "org_00000000000000ZZ"},
    };
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        struct command command = command_of(acts[i].kind, "", town_key());
        (void)snprintf((char *)&command + acts[i].at, ID_SIZE, "%s", acts[i].subject);
        if (acts[i].kind == ACT_SET_ORGANISATION_STATE) {
            TEXT_COPY(command.organisation.reason, "Because");
        }
        enum status status = asked(PROGRAM_TALLY, command);
        assert_int_not_equal(status, STATUS_OK);
        assert_int_not_equal(status, STATUS_FAULT);
        const char *named = acts[i].kind == ACT_SET_POLICY || text_is(acts[i].subject, "nonsense")
                                ? ""
                                : acts[i].subject;
        char sql[200];
        (void)snprintf(sql, sizeof sql,
                       "SELECT count(*) FROM act WHERE seq = %lld AND subject_id = '%s' AND "
                       "outcome = '%s' AND command = '%s'",
                       (long long)answer.seq, named, status_row(status)->slug,
                       act_word(acts[i].kind));
        assert_int_equal(town_number(sql), 1);
    }
}

/* What is refused for its figures says no figures in the audit log. */
static void issues_of_nothing(void **state)
{
    (void)state;
    static const struct {
        int64_t units, buffer_units;
        enum status status;
    } rows[] = {{0, 0, STATUS_QUANTITY_ZERO},
                {-5, 0, STATUS_QUANTITY_NEGATIVE},
                {10, -1, STATUS_QUANTITY_NEGATIVE},
                {QUANTITY_UNITS_MAX + 1, 0, STATUS_QUANTITY_TOO_LARGE}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t at = 0;
        struct command command = making(ACT_ISSUE, &at);
        command.issue.supplier_units = rows[i].units;
        command.issue.buffer_units = rows[i].buffer_units;
        assert_int_equal(asked(PROGRAM_TALLY, command), rows[i].status);
        assert_int_equal(answer.field, FIELD_AMOUNT);
    }
}

static void a_transfer_of_no_kind(void **state)
{
    (void)state;
    struct command command = town_transfer(town_person('A'), alder, birch, alder, 1);
    command.transfer.kind = TRANSFER_EXPORT + 1;
    assert_int_equal(asked(PROGRAM_ACCOUNT, command), STATUS_VALUE_REFUSED);
    command.transfer.kind = TRANSFER_EXTERNAL;
    command.transfer.instrument = INSTRUMENT__COUNT;
    assert_int_equal(asked(PROGRAM_ACCOUNT, command), STATUS_VALUE_REFUSED);
    assert_int_equal(answer.field, FIELD_NONE);
    command.transfer.instrument = INSTRUMENT__COUNT - 1;
    assert_int_not_equal(asked(PROGRAM_ACCOUNT, command), STATUS_VALUE_REFUSED);
}

/* ---- opening ---- */

static void a_ledger_needs_its_settings(void **state)
{
    (void)state;
    struct ledger ledger;
    assert_false(ledger_open(NULL, &town.arena, town.path));
    assert_false(ledger_open(&ledger, NULL, town.path));
    assert_false(ledger_open(&ledger, &town.arena, NULL));
    assert_false(ledger_open(&ledger, &town.arena, "/nowhere/registry.db"));
    char path[128];
    (void)snprintf(path, sizeof path, "%s/empty.db", town.folder);
    assert_int_equal(store_migrate(STORE_REGISTRY, path, "schema/registry"), STATUS_OK);
    assert_false(ledger_open(&ledger, &town.arena, path));
    assert_null(ledger.store);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_operator_names_what_is_made),
        TEST(a_supplier_is_named_too),
        TEST(nobody_asks_but_tally_and_the_clock),
        TEST(only_administrators_keep_house),
        TEST(keys_are_visible_ascii),
        TEST(an_answer_of_another_version),
        TEST(refusals_name_their_subject),
        TEST(issues_of_nothing),
        TEST(a_transfer_of_no_kind),
        TEST(a_ledger_needs_its_settings),
    };
    return cmocka_run_group_tests_name("around an act", tests, NULL, NULL);
}
