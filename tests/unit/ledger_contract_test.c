/* ledger_contract_test.c: the acts that the API's contract brought, through the whole ledger: what
 * a refund, a cancellation, a named beneficiary, a narrowed retirement, a consent and a program
 * write and leave behind; plans, keys and fingerprints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/town.h"

static char alder[ID_SIZE], birch[ID_SIZE], cedar[ID_SIZE], pool[ID_SIZE];
static char project[ID_SIZE];
static struct answer answer;

#define PROGRAM_P "usr_000000000000000P"
/* What version 1 made of the commands in old_keys_still_answer. */
#define OLD_RETIRE "b8a57e261fddbf68238f99f491548929d1a7522de41e726e9721cce216380bcf"
#define OLD_PERSON "658a34096ca8426cc929b0c09b9e22ac77ecf88eab80c40ffc7ea7fc15afbad1"

/* ---- asking ---- */

static enum status ask_by(enum asker program, const char *user_id, struct command *command)
{
    must(TEXT_COPY(command->user_id, user_id));
    return town_ask(program, command, &answer);
}

static enum status ask(const char *user_id, struct command *command)
{
    return ask_by(town_program((enum act_kind)command->kind, user_id), user_id, command);
}

static int64_t number(const char *format, ...) __attribute__((format(printf, 1, 2)));
static int64_t number(const char *format, ...)
{
    char sql[1000];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(sql, sizeof(sql), format, arguments);
    va_end(arguments);
    return town_number(sql);
}

static int64_t held(const char *org_id)
{
    return number("SELECT coalesce(sum(last - first + 1), 0) FROM batch WHERE org_id = '%s'"
                  " AND state = 'active'",
                  org_id);
}

static void say(void *context, const char *sentence)
{
    (void)context;
    print_error("%s\n", sentence);
}

static void expect_sound(void)
{
    struct verify_report report = {.say = say};
    struct store *store = store_open(STORE_REGISTRY, STORE_READ, town.path, ledger_verify_tables);
    assert_non_null(store);
    assert_int_equal(ledger_verify(store, &town.arena, &report), STATUS_OK);
    assert_int_equal(report.violations, 0);
    store_close(store);
}

static int build(void **state)
{
    (void)state;
    town_found();
    must(TEXT_COPY(alder, town_org("Alder", true, ORG_PARTICIPANT)));
    must(TEXT_COPY(birch, town_org("Birch", false, ORG_PARTICIPANT)));
    must(TEXT_COPY(cedar, town_org("Cedar", false, ORG_PARTICIPANT)));
    must(TEXT_COPY(pool, town_org("Pool", false, ORG_BUFFER)));
    town_member(alder, town_person('A'), ROLE_ALL);
    town_member(alder, town_person('D'), ROLE_ALL);
    town_member(birch, town_person('B'), ROLE_ALL);
    town_member(cedar, town_person('C'), ROLE_ALL);
    town_member(pool, town_person('H'), ROLE_INITIATOR);
    town_official(town_person('Z'), REGISTRY_ADMINISTRATOR);
    town_official(town_person('K'), REGISTRY_AUDITOR);
    must(TEXT_COPY(project, town_project(alder, "P1", INSTRUMENT_CARBON_REMOVAL)));
    town_issue(project, 2024, 1000, 300);
    return 0;
}

static int demolish(void **state)
{
    (void)state;
    expect_sound();
    town_leave();
    return 0;
}

/* ---- the buffer pool ---- */

static struct command refund(int64_t units)
{
    struct command command = command_of(ACT_REFUND, "", town_key());
    TEXT_COPY(command.pool.project_id, project);
    TEXT_COPY(command.pool.notes, "The monitoring period is over");
    command.pool.units = units;
    return command;
}

static void units_go_back_to_their_supplier(void **state)
{
    (void)state;
    struct command command = refund(120);
    assert_int_equal(ask(town_person('H'), &command), STATUS_OK);
    assert_true(id_is(answer.id, "bpr"));
    assert_int_equal(answer.count, 1);
    assert_int_equal(held(pool), 180);
    assert_int_equal(held(alder), 1120);
    /* into Main, by the refund, the lowest serials, and the two parts know their whole */
    assert_int_equal(number("SELECT count(*) FROM batch b JOIN account a USING (account_id)"
                            " JOIN batch p ON p.batch_id = b.parent_id AND p.state = 'split'"
                            " WHERE b.received_by = '%s' AND a.is_main = 1 AND b.org_id = '%s'"
                            " AND b.first = 1001 AND b.last = 1120 AND p.left_id = b.batch_id",
                            answer.id, alder),
                     1);
    assert_int_equal(number("SELECT count(*) FROM refund WHERE refund_id = '%s' AND units = 120"
                            " AND from_org_id = '%s' AND to_org_id = '%s' AND project_id = '%s'"
                            " AND refunded_by = '%s' AND notes <> ''",
                            answer.id, pool, alder, project, town_person('H')),
                     1);
    /* asked again it is the first answer */
    char id[ID_SIZE];
    must(TEXT_COPY(id, answer.id));
    assert_int_equal(ask(town_person('H'), &command), STATUS_OK);
    assert_true(answer.repeated);
    assert_string_equal(answer.id, id);
    assert_int_equal(held(pool), 180);
    command.pool.units = 121;
    assert_int_equal(ask(town_person('H'), &command), STATUS_KEY_REUSED);
    /* the rest by name, whole */
    command = refund(0);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(town.path, &db), SQLITE_OK);
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT b.batch_id FROM batch b JOIN account a USING"
                                        " (account_id) WHERE b.state = 'active'"
                                        " AND a.kind = 'reserve'",
                                        -1, &statement, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    command.pool.project_id[0] = '\0';
    command.pool.line_count = 1;
    command.pool.lines[0].units = 180;
    TEXT_COPY(command.pool.lines[0].batch_id, (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    sqlite3_close(db);
    assert_int_equal(ask(town_person('Z'), &command), STATUS_OK);
    assert_int_equal(held(pool), 0);
    assert_int_equal(held(alder), 1300);
    /* now it is out of the pool */
    TEXT_COPY(command.key, town_key());
    assert_int_equal(ask(town_person('Z'), &command), STATUS_BATCH_UNKNOWN);
    assert_int_equal(answer.line, 0);
    command = refund(1);
    assert_int_equal(ask(town_person('Z'), &command), STATUS_NOT_ENOUGH);
}

static void who_may_give_back(void **state)
{
    (void)state;
    struct command command = refund(1);
    assert_int_equal(ask(town_person('A'), &command), STATUS_NOT_FOUND);
    assert_int_equal(ask(town_person('K'), &command), STATUS_NOT_ALLOWED);
    town_member(pool, town_person('M'), ROLE_MANAGER | ROLE_APPROVER);
    assert_int_equal(ask(town_person('M'), &command), STATUS_NOT_ALLOWED);
    TEXT_COPY(command.pool.org_id, birch);
    assert_int_equal(ask(town_person('Z'), &command), STATUS_SENDER_UNKNOWN);
    TEXT_COPY(command.pool.org_id, pool);
    assert_int_equal(ask(town_person('Z'), &command), STATUS_OK);
    /* two persons bind the organisation's own, not the registry */
    town_policy(pool, INCOMING_ASK, TWO_PERSON_ALWAYS, 0);
    TEXT_COPY(command.key, town_key());
    assert_int_equal(ask(town_person('H'), &command), STATUS_SECOND_PERSON_NEEDED);
    assert_int_equal(ask_by(PROGRAM_ACCOUNT, town_person('Z'), &command),
                     STATUS_SECOND_PERSON_NEEDED);
    assert_int_equal(ask_by(PROGRAM_ADMIN, town_person('Z'), &command), STATUS_OK);
    /* ids are named by tally alone */
    TEXT_COPY(command.key, town_key());
    TEXT_COPY(command.pool.pool_id, "bpr_00000000000000AA");
    assert_int_equal(ask_by(PROGRAM_ADMIN, town_person('Z'), &command), STATUS_VALUE_REFUSED);
    assert_int_equal(ask("", &command), STATUS_OK);
    assert_string_equal(answer.id, "bpr_00000000000000AA");
    TEXT_COPY(command.key, town_key());
    assert_int_equal(ask("", &command), STATUS_EXISTS);
    static const enum act_kind kinds[] = {ACT_REFUND, ACT_CANCEL_UNITS, ACT_OPEN_BENEFICIARY};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        command = command_of(kinds[i], "", "");
        assert_int_equal(ask("", &command), STATUS_VALUE_REFUSED);
        assert_int_equal(answer.field, FIELD_KEY);
    }
}

/* The batch of that project and vintage that this organisation holds. */
static void batch_of(const char *org_id, const char *project_id, int vintage, char id[ID_SIZE])
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_open(town.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT batch_id FROM batch WHERE org_id = ?1"
                                        " AND project_id = ?2 AND vintage = ?3",
                                        -1, &statement, NULL),
                     SQLITE_OK);
    sqlite3_bind_text(statement, 1, org_id, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, project_id, -1, SQLITE_STATIC);
    sqlite3_bind_int(statement, 3, vintage);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    must(text_copy(id, ID_SIZE, (const char *)sqlite3_column_text(statement, 0)));
    sqlite3_finalize(statement);
    sqlite3_close(db);
}

/* Of several projects of one supplier, but never of two suppliers. */
static void a_refund_is_of_one_supplier(void **state)
{
    (void)state;
    char second[ID_SIZE], dogwood[ID_SIZE], third[ID_SIZE];
    must(TEXT_COPY(second, town_project(alder, "P2", INSTRUMENT_CARBON_REMOVAL)));
    must(TEXT_COPY(dogwood, town_org("Dogwood", true, ORG_PARTICIPANT)));
    must(TEXT_COPY(third, town_project(dogwood, "P3", INSTRUMENT_CARBON_REMOVAL)));
    town_issue(second, 2024, 10, 20);
    town_issue(third, 2024, 10, 20);
    town_issue(project, 2025, 10, 20);
    const char *const projects[] = {project, project, second, third};
    const int vintages[] = {2024, 2025, 2024, 2024};
    struct command command = refund(0);
    command.pool.project_id[0] = '\0';
    command.pool.line_count = 4;
    for (int i = 0; i < 4; i++) {
        batch_of(pool, projects[i], vintages[i], command.pool.lines[i].batch_id);
        command.pool.lines[i].units = 5;
    }
    assert_int_equal(ask(town_person('H'), &command), STATUS_WRONG_SUPPLIER);
    assert_int_equal(answer.line, 3);
    command.pool.line_count = 3;
    assert_int_equal(ask(town_person('H'), &command), STATUS_OK);
    assert_int_equal(number("SELECT count(*) FROM refund WHERE project_id IS NULL AND units = 15"),
                     1);
    /* with a project named, all must be of it */
    TEXT_COPY(command.key, town_key());
    TEXT_COPY(command.pool.project_id, second);
    assert_int_equal(ask(town_person('H'), &command), STATUS_BATCH_NOT_ACTIVE);
    TEXT_COPY(command.pool.project_id, "prj_00000000000000ZZ");
    assert_int_equal(ask(town_person('H'), &command), STATUS_PROJECT_UNKNOWN);
    /* what nobody has is nobody's */
    command.pool.project_id[0] = '\0';
    command.pool.line_count = 1;
    TEXT_COPY(command.pool.lines[0].batch_id, "ctb_00000000000000ZZ");
    assert_int_equal(ask(town_person('H'), &command), STATUS_BATCH_UNKNOWN);
    /* and of what others hold nothing is told, not even whose units they are */
    batch_of(alder, project, 2024, command.pool.lines[0].batch_id);
    struct command suspend = command_of(ACT_SET_ORGANISATION_STATE, "", "");
    TEXT_COPY(suspend.organisation.org_id, alder);
    TEXT_COPY(suspend.organisation.reason, "Because");
    suspend.organisation.state = ORG_SUSPENDED;
    town_do(&suspend);
    assert_int_equal(ask(town_person('H'), &command), STATUS_BATCH_UNKNOWN);
}

static void units_are_cancelled_after_a_reversal(void **state)
{
    (void)state;
    struct command command = refund(90);
    command.kind = ACT_CANCEL_UNITS;
    assert_int_equal(ask(town_person('H'), &command), STATUS_NOT_ALLOWED);
    assert_int_equal(ask(town_person('K'), &command), STATUS_NOT_ALLOWED);
    command.pool.notes[0] = '\0';
    assert_int_equal(ask(town_person('Z'), &command), STATUS_REASON_NEEDED);
    TEXT_COPY(command.pool.notes, "A field was ploughed in 2026");
    assert_int_equal(ask(town_person('Z'), &command), STATUS_OK);
    assert_true(id_is(answer.id, "cnl"));
    assert_int_equal(held(pool), 210);
    assert_int_equal(number("SELECT cancelled FROM conservation"), 90);
    assert_int_equal(number("SELECT active FROM conservation"), 1210);
    assert_int_equal(number("SELECT cancelled FROM instrument_total"), 90);
    assert_int_equal(number("SELECT active FROM holding WHERE org_id = '%s'", pool), 210);
    assert_int_equal(number("SELECT count(*) FROM batch b JOIN cancellation_line l USING (batch_id)"
                            " WHERE b.state = 'cancelled' AND b.ended_at > 0 AND b.ended_by IS NULL"
                            " AND l.cancellation_id = '%s' AND b.last - b.first + 1 = 90",
                            answer.id),
                     1);
    assert_int_equal(number("SELECT count(*) FROM cancellation WHERE reason <> '' AND units = 90"
                            " AND supplier_org_id = '%s' AND org_id = '%s'",
                            alder, pool),
                     1);
    /* what the supplier has is not in the pool, and all of it may go */
    TEXT_COPY(command.key, town_key());
    command.pool.units = 211;
    assert_int_equal(ask(town_person('Z'), &command), STATUS_NOT_ENOUGH);
    assert_int_equal(answer.available_units, 210);
    command.pool.units = 210;
    assert_int_equal(ask(town_person('Z'), &command), STATUS_OK);
    assert_int_equal(held(pool), 0);
}

static void a_pool_may_be_nowhere(void **state)
{
    (void)state;
    struct command command = command_of(ACT_SET_ORGANISATION_STATE, "", "");
    TEXT_COPY(command.organisation.org_id, pool);
    TEXT_COPY(command.organisation.reason, "Because");
    command.organisation.state = ORG_SUSPENDED;
    town_do(&command);
    command = refund(1);
    assert_int_equal(ask(town_person('Z'), &command), STATUS_SENDER_UNKNOWN);
    assert_int_equal(ask(town_person('H'), &command), STATUS_NOT_FOUND);
    TEXT_COPY(command.pool.org_id, pool);
    assert_int_equal(ask(town_person('Z'), &command), STATUS_SENDER_SUSPENDED);
    command = command_of(ACT_SET_ORGANISATION_STATE, "", "");
    TEXT_COPY(command.organisation.org_id, pool);
    town_do(&command);
}

/* ---- who is named ---- */

static struct command names(const char *domain)
{
    struct command command = command_of(ACT_OPEN_BENEFICIARY, "", town_key());
    TEXT_COPY(command.beneficiary.org_id, birch);
    TEXT_COPY(command.beneficiary.name, "A customer");
    TEXT_COPY(command.beneficiary.domain, domain);
    command.beneficiary.is_individual = domain[0] == '\0';
    return command;
}

static struct command retires(const char *org_id, const char *beneficiary_id, int64_t units)
{
    struct command command = command_of(ACT_RETIRE, "", town_key());
    TEXT_COPY(command.retire.org_id, org_id);
    TEXT_COPY(command.retire.beneficiary_org_id, beneficiary_id);
    TEXT_COPY(command.retire.supplier_org_id, alder);
    command.retire.purposes = 1;
    command.retire.units = units;
    return command;
}

static void somebody_is_named_once(void **state)
{
    (void)state;
    struct command command = names("Customer.example.org");
    assert_int_equal(ask(town_person('B'), &command), STATUS_VALUE_REFUSED);
    assert_int_equal(answer.field, FIELD_DOMAIN);
    command = names("customer.example.org");
    assert_int_equal(ask(town_person('A'), &command), STATUS_NOT_FOUND);
    assert_int_equal(ask(town_person('B'), &command), STATUS_OK);
    assert_int_equal(answer.count, 1);
    assert_true(id_is(answer.id, "org"));
    char id[ID_SIZE];
    must(TEXT_COPY(id, answer.id));
    /* the same domain again is found, whatever the name */
    command = names("customer.example.org");
    TEXT_COPY(command.beneficiary.name, "Another name");
    assert_int_equal(ask(town_person('B'), &command), STATUS_OK);
    assert_int_equal(answer.count, 0);
    assert_string_equal(answer.id, id);
    assert_int_equal(number("SELECT count(*) FROM beneficiary"), 1);
    /* others have their own */
    command = names("customer.example.org");
    TEXT_COPY(command.beneficiary.org_id, cedar);
    assert_int_equal(ask(town_person('C'), &command), STATUS_OK);
    assert_int_equal(answer.count, 1);
    assert_string_not_equal(answer.id, id);
    /* one that becomes an organisation of the registry is that from then on */
    struct command open = command_of(ACT_OPEN_ORGANISATION, "", "");
    TEXT_COPY(open.organisation.name, "A customer");
    TEXT_COPY(open.organisation.domain, "customer.example.org");
    char member_id[ID_SIZE];
    must(TEXT_COPY(member_id, town_do(&open)));
    command = names("customer.example.org");
    assert_int_equal(ask(town_person('B'), &command), STATUS_OK);
    assert_string_equal(answer.id, member_id);
    /* two people of one name are two */
    command = names("");
    assert_int_equal(ask(town_person('B'), &command), STATUS_OK);
    must(TEXT_COPY(id, answer.id));
    TEXT_COPY(command.key, town_key());
    assert_int_equal(ask(town_person('B'), &command), STATUS_OK);
    assert_string_not_equal(answer.id, id);
    /* but for whom a program knows to be one of them; that is the same wish, so the key answers */
    struct command again = names("");
    TEXT_COPY(again.beneficiary.beneficiary_id, id);
    assert_int_equal(ask(town_person('B'), &again), STATUS_OK);
    assert_string_equal(answer.id, id);
    assert_int_equal(answer.count, 0);
    again.beneficiary.beneficiary_id[0] = '\0';
    assert_int_equal(ask(town_person('B'), &again), STATUS_OK);
    assert_string_equal(answer.id, id);
    assert_true(answer.repeated);
    TEXT_COPY(again.key, town_key());
    TEXT_COPY(again.beneficiary.beneficiary_id, id);
    TEXT_COPY(again.beneficiary.name, "Another name");
    assert_int_equal(ask(town_person('B'), &again), STATUS_VALUE_REFUSED);
    TEXT_COPY(again.beneficiary.name, command.beneficiary.name);
    TEXT_COPY(again.beneficiary.beneficiary_id, member_id); /* no beneficiary */
    assert_int_equal(ask(town_person('B'), &again), STATUS_VALUE_REFUSED);
    TEXT_COPY(again.beneficiary.beneficiary_id, id);
    TEXT_COPY(again.beneficiary.org_id, cedar); /* somebody else's */
    assert_int_equal(ask(town_person('C'), &again), STATUS_VALUE_REFUSED);
    /* an id is an organisation's or a beneficiary's */
    command = names("other.example.org");
    TEXT_COPY(command.beneficiary.beneficiary_id, member_id);
    assert_int_equal(ask(town_person('B'), &command), STATUS_VALUE_REFUSED);
    assert_int_equal(ask("", &command), STATUS_EXISTS);
    TEXT_COPY(open.organisation.org_id, id);
    TEXT_COPY(open.organisation.name, "Somebody else");
    open.organisation.domain[0] = '\0';
    assert_int_equal(ask("", &open), STATUS_EXISTS);
}

/* It holds, receives and does nothing: for every other act there is no such organisation. */
static void who_is_named_is_no_organisation(void **state)
{
    (void)state;
    struct command command = names("customer.example.org");
    assert_int_equal(ask(town_person('B'), &command), STATUS_OK);
    char id[ID_SIZE];
    must(TEXT_COPY(id, answer.id));
    command = town_transfer("", alder, id, alder, 1);
    assert_int_equal(ask(town_person('A'), &command), STATUS_RECIPIENT_UNKNOWN);
    command = town_transfer("", id, alder, alder, 1);
    assert_int_equal(ask("", &command), STATUS_SENDER_UNKNOWN);
    command = command_of(ACT_ORDER, "", town_key());
    TEXT_COPY(command.order.supplier_org_id, alder);
    TEXT_COPY(command.order.buyer_org_id, id);
    command.order.units = 1;
    assert_int_equal(ask(town_person('A'), &command), STATUS_RECIPIENT_UNKNOWN);
    command = command_of(ACT_SET_MEMBER, "", "");
    TEXT_COPY(command.person.org_id, id);
    TEXT_COPY(command.person.user_id, town_person('B'));
    command.person.roles = 1;
    assert_int_equal(ask(town_person('Z'), &command), STATUS_NOT_FOUND);
    command = command_of(ACT_TRUST, "", "");
    TEXT_COPY(command.trust.org_id, birch);
    TEXT_COPY(command.trust.sender_org_id, id);
    assert_int_equal(ask(town_person('B'), &command), STATUS_SENDER_UNKNOWN);
    command = command_of(ACT_SET_POLICY, "", "");
    TEXT_COPY(command.policy.org_id, id);
    assert_int_equal(ask("", &command), STATUS_NOT_FOUND);
    command = command_of(ACT_OPEN_ACCOUNT, "", "");
    TEXT_COPY(command.account.org_id, id);
    TEXT_COPY(command.account.name, "Main");
    assert_int_equal(ask("", &command), STATUS_NOT_FOUND);
    /* and its name and domain are still to be had */
    command = command_of(ACT_OPEN_ORGANISATION, "", "");
    TEXT_COPY(command.organisation.name, "A customer");
    TEXT_COPY(command.organisation.domain, "customer.example.org");
    assert_int_equal(ask(town_person('Z'), &command), STATUS_OK);
}

static void retired_for_whom_one_has_named(void **state)
{
    (void)state;
    struct command command = names("customer.example.org");
    assert_int_equal(ask(town_person('B'), &command), STATUS_OK);
    char id[ID_SIZE];
    must(TEXT_COPY(id, answer.id));
    town_policy(birch, INCOMING_ALL, TWO_PERSON_NEVER, 0);
    town_policy(cedar, INCOMING_ALL, TWO_PERSON_NEVER, 0);
    command = town_transfer("", alder, birch, alder, 100);
    assert_int_equal(ask(town_person('A'), &command), STATUS_OK);
    command = town_transfer("", alder, cedar, alder, 100);
    assert_int_equal(ask(town_person('A'), &command), STATUS_OK);
    command = retires(cedar, id, 10);
    assert_int_equal(ask(town_person('C'), &command), STATUS_RECIPIENT_UNKNOWN);
    assert_int_equal(answer.field, FIELD_BENEFICIARY);
    command = retires(birch, id, 10);
    assert_int_equal(ask(town_person('B'), &command), STATUS_OK);
    assert_int_equal(number("SELECT count(*) FROM retirement WHERE retirement_id = '%s'"
                            " AND named_beneficiary_id = '%s' AND beneficiary_org_id IS NULL"
                            " AND beneficiary = 'A customer'",
                            answer.id, id),
                     1);
    command = retires(birch, cedar, 10);
    assert_int_equal(ask(town_person('B'), &command), STATUS_OK);
    assert_int_equal(number("SELECT count(*) FROM retirement WHERE retirement_id = '%s'"
                            " AND beneficiary_org_id = '%s' AND named_beneficiary_id IS NULL"
                            " AND beneficiary = 'Cedar'",
                            answer.id, cedar),
                     1);
    command = retires(birch, "", 10);
    assert_int_equal(ask(town_person('B'), &command), STATUS_BENEFICIARY_NEEDED);
}

/* ---- a retirement narrowed to a vintage and an order ---- */

static const char *ordered(const char *user_id, const char *buyer_org_id, int64_t units)
{
    struct command command = command_of(ACT_ORDER, "", town_key());
    TEXT_COPY(command.order.supplier_org_id, alder);
    TEXT_COPY(command.order.buyer_org_id, buyer_org_id);
    command.order.units = units;
    assert_int_equal(ask(user_id, &command), STATUS_OK);
    return town_keep(&answer);
}

static struct command delivers(const char *order_id, int64_t units)
{
    struct command command = command_of(ACT_DELIVER, "", town_key());
    TEXT_COPY(command.deliver.order_id, order_id);
    command.deliver.units = units;
    return command;
}

static void the_oldest_of_a_vintage_and_an_order(void **state)
{
    (void)state;
    town.now_us += CLOCK_SECOND_US;
    town_issue(project, 2025, 500, 0);
    const char *first = ordered(town_person('B'), birch, 300);
    const char *second = ordered(town_person('B'), birch, 300);
    const char *others = ordered(town_person('C'), cedar, 10);
    struct command command = delivers(first, 100);
    assert_int_equal(ask(town_person('A'), &command), STATUS_OK);
    command = delivers(second, 60);
    assert_int_equal(ask(town_person('A'), &command), STATUS_OK);
    command = town_transfer("", alder, birch, alder, 1000);
    command.transfer.units = 900; /* all of 2024 that is left, and some of 2025 */
    assert_int_equal(ask(town_person('A'), &command), STATUS_OK);
    struct command accept = town_decide(ACT_ACCEPT, "", answer.id, "");
    assert_int_equal(ask(town_person('B'), &accept), STATUS_OK);
    command = retires(birch, cedar, 70);
    TEXT_COPY(command.retire.order_id, second);
    assert_int_equal(ask(town_person('B'), &command), STATUS_NOT_ENOUGH);
    assert_int_equal(answer.available_units, 60);
    command.retire.units = 20;
    assert_int_equal(ask(town_person('B'), &command), STATUS_OK);
    assert_int_equal(number("SELECT sum(last - first + 1) FROM batch b JOIN delivery d"
                            " ON d.delivery_id = b.delivery_id WHERE b.state = 'active'"
                            " AND d.order_id = '%s'",
                            second),
                     40);
    command = retires(birch, cedar, 61);
    command.retire.vintage = 2025;
    assert_int_equal(ask(town_person('B'), &command), STATUS_NOT_ENOUGH);
    assert_int_equal(answer.available_units, 60);
    command.retire.units = 60;
    assert_int_equal(ask(town_person('B'), &command), STATUS_OK);
    assert_int_equal(number("SELECT retired FROM conservation WHERE vintage = 2025"), 60);
    TEXT_COPY(command.key, town_key());
    TEXT_COPY(command.retire.order_id, first);
    assert_int_equal(ask(town_person('B'), &command), STATUS_NOT_ENOUGH);
    assert_int_equal(answer.available_units, 0);
    /* an order of others is none; the supplier's own are its */
    TEXT_COPY(command.retire.order_id, others);
    assert_int_equal(ask(town_person('B'), &command), STATUS_ORDER_UNKNOWN);
    command = retires(alder, cedar, 1);
    TEXT_COPY(command.retire.order_id, others);
    assert_int_equal(ask(town_person('A'), &command), STATUS_NOT_ENOUGH);
    TEXT_COPY(command.retire.order_id, "ord_00000000000000ZZ");
    assert_int_equal(ask(town_person('A'), &command), STATUS_ORDER_UNKNOWN);
}

/* The oldest of one instrument, though another's are older. */
static void the_oldest_of_an_instrument(void **state)
{
    (void)state;
    char wind[ID_SIZE];
    must(TEXT_COPY(wind, town_project(alder, "W1", INSTRUMENT_RENEWABLE_ENERGY)));
    town.now_us += CLOCK_SECOND_US;
    town_issue(wind, 2024, 7, 0);
    struct command command = retires(alder, cedar, 7);
    command.retire.has_instrument = true;
    command.retire.instrument = INSTRUMENT__COUNT;
    assert_int_equal(ask(town_person('A'), &command), STATUS_VALUE_REFUSED);
    command.retire.instrument = INSTRUMENT_RENEWABLE_ENERGY;
    struct digest with = command_fingerprint(&command);
    assert_int_equal(ask(town_person('A'), &command), STATUS_OK);
    assert_int_equal(number("SELECT retired FROM conservation WHERE project_id = '%s'", wind), 7);
    command.retire.has_instrument = false;
    struct digest without = command_fingerprint(&command);
    assert_false(digest_equal(&with, &without));
    TEXT_COPY(command.key, town_key());
    assert_int_equal(ask(town_person('A'), &command), STATUS_OK);
    assert_int_equal(number("SELECT retired FROM conservation WHERE project_id = '%s'", project),
                     7);
}

/* ---- consent, and looking ahead ---- */

static void whose_word_an_order_is(void **state)
{
    (void)state;
    const struct {
        const char *who;
        bool agreed;
    } rows[] = {{"A", false}, {"B", true}, {"Z", true}, {"", true}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct command command = command_of(ACT_ORDER, "", town_key());
        TEXT_COPY(command.order.supplier_org_id, alder);
        TEXT_COPY(command.order.buyer_org_id, birch);
        command.order.units = 10;
        const char *user_id = rows[i].who[0] == '\0' ? "" : town_person(rows[i].who[0]);
        enum asker program = rows[i].who[0] == 'Z'    ? PROGRAM_ADMIN
                             : rows[i].who[0] == '\0' ? PROGRAM_TALLY
                                                      : PROGRAM_ACCOUNT;
        assert_int_equal(ask_by(program, user_id, &command), STATUS_OK);
        assert_int_equal(number("SELECT buyer_agreed FROM buyer_order WHERE order_id = '%s'"
                                " AND ordered_by = '%s'",
                                answer.id, user_id),
                         rows[i].agreed);
        char order_id[ID_SIZE];
        must(TEXT_COPY(order_id, answer.id));
        command = delivers(order_id, 1);
        assert_int_equal(ask(town_person('A'), &command),
                         rows[i].agreed ? STATUS_OK : STATUS_BUYER_NOT_AGREED);
    }
    struct command command = command_of(ACT_ORDER, "", town_key());
    TEXT_COPY(command.order.supplier_org_id, alder);
    TEXT_COPY(command.order.buyer_org_id, birch);
    command.order.units = 10;
    assert_int_equal(ask(town_person('C'), &command), STATUS_NOT_FOUND);
    town_member(birch, town_person('E'), ROLE_VIEWER | ROLE_APPROVER);
    assert_int_equal(ask(town_person('E'), &command), STATUS_NOT_FOUND);
    assert_int_equal(ask(town_person('K'), &command), STATUS_NOT_ALLOWED);
}

static enum status look(enum asker program, const char *user_id, struct command *command,
                        struct plan *plan)
{
    struct store *reader = store_open(STORE_REGISTRY, STORE_READ, town.path, ledger_plan_tables);
    assert_non_null(reader);
    must(TEXT_COPY(command->user_id, user_id));
    enum status status =
        ledger_plan(reader, &town.arena, program, command, town.now_us, plan, &answer);
    assert_int_equal(answer.status, status);
    store_close(reader);
    return status;
}

/* What is looked ahead at comes true, and only once. */
static void a_plan_is_kept_or_refused(void **state)
{
    (void)state;
    struct command commands[4];
    commands[0] = retires(alder, cedar, 15);
    commands[1] = delivers(ordered(town_person('B'), birch, 100), 15);
    commands[2] = refund(15);
    commands[3] = refund(15);
    commands[3].kind = ACT_CANCEL_UNITS;
    const char who[] = "AAZZ";
    bool *const has_plan[] = {&commands[0].retire.has_plan, &commands[1].deliver.has_plan,
                              &commands[2].pool.has_plan, &commands[3].pool.has_plan};
    struct digest *const digests[] = {&commands[0].retire.plan, &commands[1].deliver.plan,
                                      &commands[2].pool.plan, &commands[3].pool.plan};
    for (int i = 0; i < 4; i++) {
        struct plan plan;
        enum asker program = who[i] == 'Z' ? PROGRAM_ADMIN : PROGRAM_ACCOUNT;
        arena_reset(&town.arena, 0);
        assert_int_equal(look(program, town_person(who[i]), &commands[i], &plan), STATUS_OK);
        assert_int_equal(plan.units, 15);
        assert_int_equal(plan.move_count, 1);
        assert_false(plan.needs_approval || plan.needs_registry_approval || plan.accepted_at_once);
        *has_plan[i] = true;
        *digests[i] = plan.digest;
        digests[i]->bytes[0] ^= 1;
        assert_int_equal(ask_by(program, town_person(who[i]), &commands[i]), STATUS_PLAN_CHANGED);
        *digests[i] = plan.digest;
        assert_int_equal(look(program, town_person(who[i]), &commands[i], &plan), STATUS_OK);
        assert_int_equal(ask_by(program, town_person(who[i]), &commands[i]), STATUS_OK);
        TEXT_COPY(commands[i].key, town_key());
        assert_int_equal(ask_by(program, town_person(who[i]), &commands[i]), STATUS_PLAN_CHANGED);
        assert_int_equal(look(program, town_person(who[i]), &commands[i], &plan),
                         STATUS_PLAN_CHANGED);
        assert_int_equal(plan.move_count, 0);
        assert_int_equal(look(program, town_person('C'), &commands[i], &plan),
                         i == 3 ? STATUS_NOT_ALLOWED : STATUS_NOT_FOUND);
        assert_int_equal(look(program, "usr_00000000000000ZZ", &commands[i], &plan),
                         STATUS_NOT_ALLOWED);
    }
    /* what a program may not send it may not look at; the operator comes by tally alone */
    struct plan plan;
    struct command transfer = town_transfer("", alder, birch, alder, 1);
    assert_int_equal(look(PROGRAM_ADMIN, town_person('A'), &transfer, &plan), STATUS_NOT_ALLOWED);
    assert_int_equal(look(PROGRAM_ACCOUNT, "", &transfer, &plan), STATUS_NOT_ALLOWED);
    assert_int_equal(look(PROGRAM_TALLY, "", &transfer, &plan), STATUS_OK);
    assert_int_equal(look(PROGRAM_ACCOUNT, town_person('A'), &transfer, &plan), STATUS_OK);
    struct command leaves = command_of(ACT_SET_PERSON, "", "");
    TEXT_COPY(leaves.person.user_id, town_person('A'));
    leaves.person.deactivated = true;
    town_do(&leaves);
    assert_int_equal(look(PROGRAM_ACCOUNT, town_person('A'), &transfer, &plan), STATUS_NOT_ALLOWED);
    leaves.person.deactivated = false;
    town_do(&leaves);
    /* an id that cannot be had is found out when it is asked for */
    struct command command = retires(alder, cedar, 1);
    TEXT_COPY(command.retire.retirement_id, "ret_00000000000000AA");
    assert_int_equal(ask(town_person('A'), &command), STATUS_VALUE_REFUSED);
}

/* ---- programs ---- */

static enum status make_program(const char *maker, const char *user_id, const char *org_id)
{
    struct command command = command_of(ACT_SET_PERSON, "", "");
    TEXT_COPY(command.person.user_id, user_id);
    TEXT_COPY(command.person.org_id, org_id);
    command.person.is_program = true;
    return ask(maker, &command);
}

static enum status set_roles(const char *who, const char *user_id, const char *org_id,
                             unsigned roles)
{
    struct command command = command_of(ACT_SET_MEMBER, "", "");
    TEXT_COPY(command.person.user_id, user_id);
    TEXT_COPY(command.person.org_id, org_id);
    command.person.roles = (uint8_t)roles;
    return ask(who, &command);
}

static enum status switch_person(const char *who, const char *user_id, bool off)
{
    struct command command = command_of(ACT_SET_PERSON, "", "");
    TEXT_COPY(command.person.user_id, user_id);
    command.person.deactivated = off;
    return ask(who, &command);
}

static void a_program_is_a_member_of_one(void **state)
{
    (void)state;
    assert_int_equal(make_program(town_person('B'), PROGRAM_P, alder), STATUS_NOT_FOUND);
    town_member(alder, town_person('V'), ROLE_INITIATOR | ROLE_APPROVER);
    assert_int_equal(make_program(town_person('V'), PROGRAM_P, alder), STATUS_NOT_ALLOWED);
    assert_int_equal(make_program(town_person('A'), PROGRAM_P, ""), STATUS_NOT_FOUND);
    assert_int_equal(make_program("", PROGRAM_P, "org_00000000000000ZZ"), STATUS_NOT_FOUND);
    assert_int_equal(make_program(town_person('A'), PROGRAM_P, alder), STATUS_OK);
    assert_int_equal(number("SELECT count(*) FROM person WHERE user_id = '" PROGRAM_P "'"
                            " AND is_program = 1 AND made_by = '%s' AND program_org_id = '%s'",
                            town_person('A'), alder),
                     1);
    /* it may nothing yet, and belongs nowhere else */
    struct command command = town_transfer("", alder, birch, alder, 10);
    assert_int_equal(ask_by(PROGRAM_API, PROGRAM_P, &command), STATUS_NOT_FOUND);
    assert_int_equal(set_roles(town_person('B'), PROGRAM_P, birch, 15), STATUS_PERSON_UNKNOWN);
    assert_int_equal(set_roles("", PROGRAM_P, birch, 15), STATUS_PERSON_UNKNOWN);
    assert_int_equal(set_roles(town_person('A'), PROGRAM_P, alder, 15), STATUS_OK);
    assert_int_equal(ask_by(PROGRAM_API, PROGRAM_P, &command), STATUS_OK);
    /* each through its own door */
    TEXT_COPY(command.key, town_key());
    assert_int_equal(ask_by(PROGRAM_ACCOUNT, PROGRAM_P, &command), STATUS_NOT_ALLOWED);
    assert_int_equal(ask_by(PROGRAM_TALLY, PROGRAM_P, &command), STATUS_NOT_ALLOWED);
    assert_int_equal(ask_by(PROGRAM_API, town_person('A'), &command), STATUS_NOT_ALLOWED);
    struct plan plan;
    assert_int_equal(look(PROGRAM_API, PROGRAM_P, &command, &plan), STATUS_OK);
    assert_int_equal(look(PROGRAM_ACCOUNT, PROGRAM_P, &command, &plan), STATUS_NOT_ALLOWED);
    assert_int_equal(look(PROGRAM_API, town_person('A'), &command, &plan), STATUS_NOT_ALLOWED);
    /* no registry roles; and nobody turns into one */
    struct command roles = command_of(ACT_SET_REGISTRY_ROLES, "", "");
    TEXT_COPY(roles.person.user_id, PROGRAM_P);
    roles.person.roles = REGISTRY_ADMINISTRATOR;
    assert_int_equal(ask(town_person('Z'), &roles), STATUS_VALUE_REFUSED);
    assert_int_equal(make_program(town_person('Z'), town_person('B'), birch), STATUS_VALUE_REFUSED);
    /* a colleague made known by a manager has no maker that counts, and is no program */
    command = command_of(ACT_SET_PERSON, "", "");
    TEXT_COPY(command.person.user_id, town_person('Q'));
    assert_int_equal(ask(town_person('A'), &command), STATUS_OK);
    assert_int_equal(number("SELECT is_program FROM person WHERE user_id = '%s'", town_person('Q')),
                     0);
}

static void a_program_is_stopped_by_its_managers(void **state)
{
    (void)state;
    assert_int_equal(make_program(town_person('A'), PROGRAM_P, alder), STATUS_OK);
    assert_int_equal(set_roles(town_person('A'), PROGRAM_P, alder, ROLE_ALL), STATUS_OK);
    assert_int_equal(switch_person(town_person('B'), PROGRAM_P, true), STATUS_NOT_FOUND);
    /* whatever organisation is named beside it: a program stays its own organisation's */
    assert_int_equal(make_program(town_person('B'), PROGRAM_P, birch), STATUS_NOT_FOUND);
    assert_int_equal(switch_person(town_person('D'), PROGRAM_P, true), STATUS_OK);
    struct command command = town_transfer("", alder, birch, alder, 10);
    assert_int_equal(ask_by(PROGRAM_API, PROGRAM_P, &command), STATUS_NOT_ALLOWED);
    assert_int_equal(switch_person(town_person('A'), PROGRAM_P, false), STATUS_OK);
    assert_int_equal(ask_by(PROGRAM_API, PROGRAM_P, &command), STATUS_OK);
    assert_int_equal(set_roles(town_person('D'), PROGRAM_P, alder, 0), STATUS_OK);
    TEXT_COPY(command.key, town_key());
    assert_int_equal(ask_by(PROGRAM_API, PROGRAM_P, &command), STATUS_NOT_FOUND);
    /* a colleague is still the administrator's to stop */
    assert_int_equal(switch_person(town_person('A'), town_person('D'), true), STATUS_NOT_ALLOWED);
    assert_int_equal(switch_person(town_person('Z'), PROGRAM_P, true), STATUS_OK);
}

static void a_program_is_never_the_last_manager(void **state)
{
    (void)state;
    assert_int_equal(make_program(town_person('B'), PROGRAM_P, birch), STATUS_OK);
    assert_int_equal(set_roles(town_person('B'), PROGRAM_P, birch, ROLE_ALL), STATUS_OK);
    assert_int_equal(set_roles(town_person('B'), town_person('B'), birch, ROLE_VIEWER),
                     STATUS_LAST_MANAGER);
    assert_int_equal(set_roles(town_person('B'), PROGRAM_P, birch, ROLE_VIEWER), STATUS_OK);
}

/* The maker, and two of his programs, are one person; another's program is another. */
static void two_persons_are_two(void **state)
{
    (void)state;
    static const char *const ids[] = {PROGRAM_P, "usr_000000000000000R", "usr_000000000000000S",
                                      "usr_000000000000000T", "usr_000000000000000W"};
    const char *const makers[] = {"A", "A", "D", "", ""};
    town_policy(alder, INCOMING_ASK, TWO_PERSON_ALWAYS, 0);
    for (int i = 0; i < 5; i++) {
        const char *maker = makers[i][0] == '\0' ? "" : town_person(makers[i][0]);
        assert_int_equal(make_program(maker, ids[i], alder), STATUS_OK);
        assert_int_equal(set_roles(maker, ids[i], alder, ROLE_ALL), STATUS_OK);
    }
    const struct {
        const char *submits, *approves; /* a letter: a human being; a digit: a program */
        enum status status;
    } rows[] = {
        {"0", "A", STATUS_SAME_PERSON}, {"A", "0", STATUS_SAME_PERSON},
        {"0", "1", STATUS_SAME_PERSON}, {"0", "0", STATUS_SAME_PERSON},
        {"0", "D", STATUS_OK},          {"0", "2", STATUS_OK},
        {"D", "1", STATUS_OK},          {"3", "3", STATUS_SAME_PERSON},
        {"3", "4", STATUS_OK},          {"3", "A", STATUS_OK},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char users[2][ID_SIZE];
        enum asker programs[2];
        const char *const names[2] = {rows[i].submits, rows[i].approves};
        for (int k = 0; k < 2; k++) {
            bool is_program = names[k][0] < 'A';
            programs[k] = is_program ? PROGRAM_API : PROGRAM_ACCOUNT;
            must(TEXT_COPY(users[k],
                           is_program ? ids[names[k][0] - '0'] : town_person(names[k][0])));
        }
        struct command command = town_transfer("", alder, birch, alder, 1);
        assert_int_equal(ask_by(programs[0], users[0], &command), STATUS_OK);
        command = town_decide(ACT_APPROVE, "", answer.id, "");
        if (ask_by(programs[1], users[1], &command) != rows[i].status) {
            fail_msg("%s then %s: %s", names[0], names[1],
                     status_row((enum status)answer.status)->slug);
        }
    }
}

/* ---- what version 1 kept ---- */

/* The fingerprints of commands that version 1 knew are the same: their keys still answer. */
static void old_keys_still_answer(void **state)
{
    (void)state;
    struct command command = retires(alder, cedar, 15);
    TEXT_COPY(command.key, "an-old-key");
    assert_int_equal(ask(town_person('A'), &command), STATUS_OK);
    char hex[DIGEST_HEX_SIZE];
    struct command plain = command_of(ACT_RETIRE, "usr_000000000000000A", "k");
    TEXT_COPY(plain.retire.org_id, "org_0000000000000001");
    plain.retire.purposes = 3;
    plain.retire.units = 7;
    struct digest digest = command_fingerprint(&plain);
    digest_hex(&digest, hex);
    assert_string_equal(hex, OLD_RETIRE);
    plain.retire.vintage = 2024;
    struct digest other = command_fingerprint(&plain);
    assert_false(digest_equal(&digest, &other));
    plain.retire.vintage = 0;
    TEXT_COPY(plain.retire.order_id, "ord_0000000000000001");
    other = command_fingerprint(&plain);
    assert_false(digest_equal(&digest, &other));
    plain = command_of(ACT_SET_PERSON, "usr_000000000000000A", "k");
    TEXT_COPY(plain.person.user_id, "usr_0000000000000001");
    digest = command_fingerprint(&plain);
    digest_hex(&digest, hex);
    assert_string_equal(hex, OLD_PERSON);
    plain.person.is_program = true;
    other = command_fingerprint(&plain);
    assert_false(digest_equal(&digest, &other));
    /* and an answer kept by version 1 is given by version 2 */
    town_sql("DROP TRIGGER idempotency_no_update;"
             "UPDATE idempotency SET answer = CAST(X'01000000' || substr(answer, 5) AS BLOB)"
             " WHERE key = 'an-old-key';"
             "CREATE TRIGGER idempotency_no_update BEFORE UPDATE ON idempotency BEGIN"
             " SELECT RAISE(ABORT, 'answers are never changed'); END;");
    assert_int_equal(ask(town_person('A'), &command), STATUS_OK);
    assert_true(answer.repeated);
    assert_int_equal(answer.version, COMMAND_VERSION);
}

#define ACT(test) cmocka_unit_test_setup_teardown(test, build, demolish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ACT(units_go_back_to_their_supplier),
        ACT(who_may_give_back),
        ACT(a_refund_is_of_one_supplier),
        ACT(units_are_cancelled_after_a_reversal),
        ACT(a_pool_may_be_nowhere),
        ACT(somebody_is_named_once),
        ACT(who_is_named_is_no_organisation),
        ACT(retired_for_whom_one_has_named),
        ACT(the_oldest_of_a_vintage_and_an_order),
        ACT(the_oldest_of_an_instrument),
        ACT(whose_word_an_order_is),
        ACT(a_plan_is_kept_or_refused),
        ACT(a_program_is_a_member_of_one),
        ACT(a_program_is_stopped_by_its_managers),
        ACT(a_program_is_never_the_last_manager),
        ACT(two_persons_are_two),
        ACT(old_keys_still_answer),
    };
    return cmocka_run_group_tests_name("acts of the contract", tests, NULL, NULL);
}
