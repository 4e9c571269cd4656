/* tests/unit/ledger_decide_units_test.c: may units be issued, ordered, delivered, retired? The
 * decisions as pure functions over facts, every bound at its edge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/decides.h"

#define AT INT64_C(1000)

static struct plan plan;

/* Ten units of org_1, which came to lie there at moment 500. */
static struct ledger_batch batch(void)
{
    struct ledger_batch row = {.found = true,
                               .account_kind = ACCOUNT_ACTIVE,
                               .state = BATCH_ACTIVE,
                               .vintage = 2024,
                               .first = 1,
                               .last = 10,
                               .issued_at = 400,
                               .received_at = 500,
                               .made_at = 450};
    TEXT_COPY(row.batch_id, "ctb_a");
    TEXT_COPY(row.project_id, "prj_1");
    TEXT_COPY(row.supplier_org_id, "org_1");
    TEXT_COPY(row.org_id, "org_1");
    TEXT_COPY(row.account_id, "acc_main");
    return row;
}

static struct plan_wish wish_of(const struct ledger_batch *from, int64_t units)
{
    return (struct plan_wish){.org_id = "org_1",
                              .supplier_org_id = "org_1",
                              .project_id = "",
                              .from_account_id = "",
                              .to_account_id = "",
                              .units = units,
                              .batches = from,
                              .batch_count = 1,
                              .free_units = 10};
}

/* ---- issuing ---- */

static struct issue_facts issue_facts(void)
{
    struct issue_facts facts = {.receiver = decides_org("org_1"), .main = decides_account("org_1")};
    facts.project.found = true;
    facts.conservation.next_serial = 1;
    return facts;
}

static void issuing_needs_a_project_and_its_receiver(void **state)
{
    (void)state;
    struct issue_facts facts = issue_facts();
    struct command_issue body = {.vintage = 2024, .supplier_units = 10};
#define ISSUE decide_issue(&facts, &body, &answer)
    ALLOWS(ISSUE);
    facts.receiver.state = ORG_SUSPENDED;
    DECIDES(ISSUE, STATUS_RECIPIENT_SUSPENDED, FIELD_RECIPIENT);
    facts.receiver.state = ORG_CLOSED;
    DECIDES(ISSUE, STATUS_RECIPIENT_CLOSED, FIELD_RECIPIENT);
    facts.receiver.found = false;
    DECIDES(ISSUE, STATUS_RECIPIENT_UNKNOWN, FIELD_RECIPIENT);
    facts.project.found = false; /* then nobody is the receiver */
    DECIDES(ISSUE, STATUS_PROJECT_UNKNOWN, FIELD_PROJECT);
    facts = issue_facts();
    TEXT_COPY(body.notes, "\a");
    DECIDES(ISSUE, STATUS_NOTE_CONTROL, FIELD_NOTES);
    TEXT_COPY(body.notes, "a note");
    TEXT_COPY(body.origin, "\a");
    DECIDES(ISSUE, STATUS_VALUE_REFUSED, FIELD_NONE);
    TEXT_COPY(body.origin, "");
    /* Somebody else than the supplier receives opening balances, by the operator, alone. */
    TEXT_COPY(body.to_org_id, "org_2");
    DECIDES(ISSUE, STATUS_VALUE_REFUSED, FIELD_RECIPIENT);
    facts.may_choose_receiver = true;
    DECIDES(ISSUE, STATUS_VALUE_REFUSED, FIELD_RECIPIENT);
    body.imported = true;
    ALLOWS(ISSUE);
    facts.may_choose_receiver = false;
    DECIDES(ISSUE, STATUS_VALUE_REFUSED, FIELD_RECIPIENT);
}

static void a_buffer_has_somewhere_to_lie(void **state)
{
    (void)state;
    struct issue_facts facts = issue_facts();
    struct command_issue body = {.vintage = 2024, .supplier_units = 10, .buffer_units = 1};
    DECIDES(ISSUE, STATUS_RECIPIENT_UNKNOWN, FIELD_RECIPIENT);
    facts.buffer = decides_org("org_b");
    DECIDES(ISSUE, STATUS_ACCOUNT_UNKNOWN, FIELD_RECIPIENT);
    facts.reserve = decides_account("org_b");
    ALLOWS(ISSUE);
    facts.buffer.state = ORG_SUSPENDED;
    DECIDES(ISSUE, STATUS_RECIPIENT_SUSPENDED, FIELD_RECIPIENT);
    body.buffer_units = -1;
    DECIDES(ISSUE, STATUS_QUANTITY_NEGATIVE, FIELD_AMOUNT);
    body.buffer_units = 0;
    ALLOWS(ISSUE);
}

static void serials_end_somewhere(void **state)
{
    (void)state;
    struct issue_facts facts = issue_facts();
    facts.buffer = decides_org("org_b");
    facts.reserve = decides_account("org_b");
    struct command_issue body = {.vintage = 2024, .supplier_units = QUANTITY_UNITS_MAX};
    ALLOWS(ISSUE);
    body.supplier_units = QUANTITY_UNITS_MAX + 1;
    DECIDES(ISSUE, STATUS_QUANTITY_TOO_LARGE, FIELD_AMOUNT);
    body.supplier_units = 0;
    DECIDES(ISSUE, STATUS_QUANTITY_ZERO, FIELD_AMOUNT);
    body.supplier_units = -1;
    DECIDES(ISSUE, STATUS_QUANTITY_NEGATIVE, FIELD_AMOUNT);
    facts.conservation.next_serial = 101; /* a hundred have been given */
    body.supplier_units = QUANTITY_UNITS_MAX - 110;
    body.buffer_units = 10;
    ALLOWS(ISSUE);
    body.buffer_units = 11;
    DECIDES(ISSUE, STATUS_QUANTITY_TOO_LARGE, FIELD_AMOUNT);
    assert_true(answer.available_units == QUANTITY_UNITS_MAX - 100);
    body.supplier_units = 1;
    body.buffer_units = INT64_MAX; /* refused before it is added */
    DECIDES(ISSUE, STATUS_QUANTITY_TOO_LARGE, FIELD_AMOUNT);
    facts.conservation.next_serial = QUANTITY_UNITS_MAX + 1; /* all of them */
    body.buffer_units = 0;
    DECIDES(ISSUE, STATUS_QUANTITY_TOO_LARGE, FIELD_AMOUNT);
    assert_int_equal(answer.available_units, 0);
}

static void vintages_and_periods(void **state)
{
    (void)state;
    struct issue_facts facts = issue_facts();
    struct command_issue body = {.vintage = 1900, .supplier_units = 10};
    ALLOWS(ISSUE);
    body.vintage = 1899;
    DECIDES(ISSUE, STATUS_VINTAGE, FIELD_VINTAGE);
    body.vintage = 2101;
    DECIDES(ISSUE, STATUS_VINTAGE, FIELD_VINTAGE);
    body.vintage = 2100;
    ALLOWS(ISSUE);
    TEXT_COPY(body.reporting_start, "2024-02-30");
    DECIDES(ISSUE, STATUS_VALUE_REFUSED, FIELD_DATE);
    TEXT_COPY(body.reporting_start, "2024-02-01");
    ALLOWS(ISSUE);
    TEXT_COPY(body.reporting_end, "2024-1-1");
    DECIDES(ISSUE, STATUS_VALUE_REFUSED, FIELD_DATE);
    TEXT_COPY(body.reporting_end, "2024-01-31");
    DECIDES(ISSUE, STATUS_VALUE_REFUSED, FIELD_DATE);
    TEXT_COPY(body.reporting_end, "2024-02-01"); /* one day is a period */
    ALLOWS(ISSUE);
    TEXT_COPY(body.reporting_end, "2024-02-02");
    ALLOWS(ISSUE);
    TEXT_COPY(body.reporting_start, "");
    ALLOWS(ISSUE);
#undef ISSUE
}

/* ---- ordering, delivering ---- */

static void an_order_is_between_two(void **state)
{
    (void)state;
    struct order_facts facts = {0};
    struct command_order body = {
        .supplier_org_id = "org_1", .buyer_org_id = "org_2", .units = QUANTITY_UNITS_MAX};
#define ORDER decide_order(&facts, &body, &answer)
    DECIDES(ORDER, STATUS_SENDER_UNKNOWN, FIELD_SUPPLIER);
    facts.supplier = decides_org("org_1");
    DECIDES(ORDER, STATUS_RECIPIENT_UNKNOWN, FIELD_RECIPIENT);
    facts.buyer = decides_org("org_2");
    DECIDES(ORDER, STATUS_WRONG_SUPPLIER, FIELD_SUPPLIER);
    facts.supplier.is_supplier = true;
    ALLOWS(ORDER);
    body.units++;
    DECIDES(ORDER, STATUS_QUANTITY_TOO_LARGE, FIELD_AMOUNT);
    body.units = 0;
    DECIDES(ORDER, STATUS_QUANTITY_ZERO, FIELD_AMOUNT);
    body.units = -1;
    DECIDES(ORDER, STATUS_QUANTITY_NEGATIVE, FIELD_AMOUNT);
    body.units = 1;
    TEXT_COPY(body.contract_date, "2024-13-01");
    DECIDES(ORDER, STATUS_VALUE_REFUSED, FIELD_DATE);
    TEXT_COPY(body.contract_date, "2024-12-01");
    ALLOWS(ORDER);
    body.instrument = INSTRUMENT_RENEWABLE_ENERGY;
    ALLOWS(ORDER);
    body.instrument = INSTRUMENT__COUNT;
    DECIDES(ORDER, STATUS_VALUE_REFUSED, FIELD_INSTRUMENT);
    body.instrument = INSTRUMENT_CARBON_REMOVAL;
    TEXT_COPY(body.origin, "\a");
    DECIDES(ORDER, STATUS_VALUE_REFUSED, FIELD_NONE);
    TEXT_COPY(body.notes, "\a");
    DECIDES(ORDER, STATUS_NOTE_CONTROL, FIELD_NOTES);
    TEXT_COPY(body.buyer_org_id, "org_1");
    DECIDES(ORDER, STATUS_SAME_ACCOUNT, FIELD_RECIPIENT);
#undef ORDER
}

static void a_delivery_is_of_an_order(void **state)
{
    (void)state;
    struct ledger_batch from = batch();
    struct deliver_facts facts = {0};
    struct command_deliver body = {.units = 10};
    int64_t at = AT;
#define DELIVER decide_deliver(&arena, &facts, &body, at, &plan, &answer)
    DECIDES(DELIVER, STATUS_ORDER_UNKNOWN, FIELD_ORDER);
    facts.order = (struct ledger_order){.found = true,
                                        .units = 15,
                                        .delivered_units = 5,
                                        .ordered_at = AT - 1,
                                        .buyer_agreed = true};
    TEXT_COPY(facts.order.buyer_org_id, "org_2");
    DECIDES(DELIVER, STATUS_SENDER_UNKNOWN, FIELD_SUPPLIER);
    facts.supplier = decides_org("org_1");
    DECIDES(DELIVER, STATUS_RECIPIENT_UNKNOWN, FIELD_RECIPIENT);
    facts.buyer = decides_org("org_2");
    DECIDES(DELIVER, STATUS_ACCOUNT_UNKNOWN, FIELD_ACCOUNT);
    facts.to = decides_account("org_2");
    facts.wish = wish_of(&from, 10);
    ALLOWS(DELIVER);
    assert_int_equal(plan.units, 10);
    facts.order.delivered_units = 6;
    DECIDES(DELIVER, STATUS_ORDER_EXCEEDED, FIELD_AMOUNT);
    assert_int_equal(answer.available_units, 9);
    facts.order.delivered_units = 5;
    facts.wish = wish_of(&from, 11);
    DECIDES(DELIVER, STATUS_NOT_ENOUGH, FIELD_AMOUNT);
    facts.wish = wish_of(&from, 10);
    TEXT_COPY(body.origin, "\a");
    DECIDES(DELIVER, STATUS_VALUE_REFUSED, FIELD_NONE);
    TEXT_COPY(body.origin, "");
    TEXT_COPY(body.notes, "\a");
    DECIDES(DELIVER, STATUS_NOTE_CONTROL, FIELD_NOTES);
    TEXT_COPY(body.notes, "");
    facts.order.ordered_at = AT;
    ALLOWS(DELIVER);
    facts.order.ordered_at = AT + 1;
    DECIDES(DELIVER, STATUS_TIME_BACKWARDS, FIELD_DATE);
    facts.order.ordered_at = 1;
    at = 500;
    ALLOWS(DELIVER);
    at = 499;
    DECIDES(DELIVER, STATUS_TIME_BACKWARDS, FIELD_DATE);
    facts.setting.frozen = true;
    DECIDES(DELIVER, STATUS_FROZEN, FIELD_NONE);
#undef DELIVER
}

/* A thousand units are a credit or a thousand certificates: what was ordered says which. */
static void a_delivery_is_of_what_was_ordered(void **state)
{
    (void)state;
    struct ledger_batch from = batch();
    struct command_line line = {.units = 10};
    TEXT_COPY(line.batch_id, "ctb_a");
    struct deliver_facts facts = {.supplier = decides_org("org_1"),
                                  .buyer = decides_org("org_2"),
                                  .to = decides_account("org_2"),
                                  .wish = wish_of(&from, 0)};
    facts.order = (struct ledger_order){.found = true, .units = 10, .buyer_agreed = true};
    TEXT_COPY(facts.order.buyer_org_id, "org_2");
    facts.wish.lines = &line;
    facts.wish.line_count = 1;
    facts.wish.has_instrument = true;
    struct command_deliver body = {.line_count = 1};
#define DELIVER decide_deliver(&arena, &facts, &body, AT, &plan, &answer)
    ALLOWS(DELIVER);
    from.instrument = INSTRUMENT_RENEWABLE_ENERGY;
    DECIDES(DELIVER, STATUS_WRONG_INSTRUMENT, FIELD_LINES);
    assert_int_equal(answer.line, 0);
    assert_string_equal(answer.batch_id, "ctb_a");
    facts.wish.instrument = INSTRUMENT_RENEWABLE_ENERGY;
    ALLOWS(DELIVER);
    from.instrument = INSTRUMENT_CARBON_REMOVAL;
    DECIDES(DELIVER, STATUS_WRONG_INSTRUMENT, FIELD_LINES);
    /* It is told before that it is too much, and after that the batch is somebody else's. */
    line.units = 11;
    DECIDES(DELIVER, STATUS_WRONG_INSTRUMENT, FIELD_LINES);
    TEXT_COPY(from.supplier_org_id, "org_3");
    DECIDES(DELIVER, STATUS_WRONG_SUPPLIER, FIELD_LINES);
    /* Oldest first of a project of the other kind: no smaller quantity helps. */
    facts.wish = wish_of(&from, 10);
    facts.wish.free_units = 0;
    DECIDES(DELIVER, STATUS_NOT_ENOUGH, FIELD_AMOUNT);
    facts.project_is_other = true;
    DECIDES(DELIVER, STATUS_WRONG_INSTRUMENT, FIELD_PROJECT);
    facts.wish.units = -1;
    DECIDES(DELIVER, STATUS_QUANTITY_NEGATIVE, FIELD_AMOUNT);
#undef DELIVER
}

/* ---- retiring ---- */

static void a_retirement_is_for_somebody(void **state)
{
    (void)state;
    struct ledger_batch from = batch();
    struct retire_facts facts = {.wish = wish_of(&from, 10)};
    struct command_retire body = {.beneficiary = "Somebody", .purposes = 31, .units = 10};
    int64_t at = 500;
#define RETIRE decide_retire(&arena, &facts, &body, at, &plan, &answer)
    DECIDES(RETIRE, STATUS_SENDER_UNKNOWN, FIELD_NONE);
    facts.owner = decides_org("org_1");
    ALLOWS(RETIRE);
    at = 499;
    DECIDES(RETIRE, STATUS_TIME_BACKWARDS, FIELD_DATE);
    at = AT;
    body.purposes = 32;
    DECIDES(RETIRE, STATUS_VALUE_REFUSED, FIELD_PURPOSES);
    body.purposes = 0;
    DECIDES(RETIRE, STATUS_PURPOSE_NEEDED, FIELD_PURPOSES);
    body.purposes = 1;
    TEXT_COPY(body.beneficiary, "");
    DECIDES(RETIRE, STATUS_BENEFICIARY_NEEDED, FIELD_BENEFICIARY);
    TEXT_COPY(body.beneficiary, " ");
    DECIDES(RETIRE, STATUS_BENEFICIARY_NEEDED, FIELD_BENEFICIARY);
    TEXT_COPY(body.beneficiary, "\a");
    DECIDES(RETIRE, STATUS_NOTE_CONTROL, FIELD_BENEFICIARY);
    TEXT_COPY(body.beneficiary, "Somebody");
    TEXT_COPY(body.beneficiary_org_id, "org_9");
    DECIDES(RETIRE, STATUS_RECIPIENT_UNKNOWN, FIELD_BENEFICIARY);
    facts.beneficiary = decides_org("org_9");
    facts.beneficiary.state = ORG_CLOSED; /* what was done for it stays true */
    ALLOWS(RETIRE);
    TEXT_COPY(body.notes, "\a");
    DECIDES(RETIRE, STATUS_NOTE_CONTROL, FIELD_NOTES);
    TEXT_COPY(body.notes, "");
    TEXT_COPY(body.origin, "\a");
    DECIDES(RETIRE, STATUS_VALUE_REFUSED, FIELD_NONE);
    TEXT_COPY(body.origin, "");
    facts.wish.supplier_org_id = "";
    DECIDES(RETIRE, STATUS_LINES_EMPTY, FIELD_SUPPLIER);
    body.line_count = 1; /* named batches say themselves whose they are */
    ALLOWS(RETIRE);
    facts.wish.units = 11;
    DECIDES(RETIRE, STATUS_NOT_ENOUGH, FIELD_AMOUNT);
    facts.owner.state = ORG_SUSPENDED;
    DECIDES(RETIRE, STATUS_SENDER_SUSPENDED, FIELD_NONE);
    facts.owner.state = ORG_CLOSED;
    DECIDES(RETIRE, STATUS_SENDER_CLOSED, FIELD_NONE);
    facts.setting.frozen = true;
    DECIDES(RETIRE, STATUS_FROZEN, FIELD_NONE);
#undef RETIRE
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(issuing_needs_a_project_and_its_receiver),
        cmocka_unit_test(a_buffer_has_somewhere_to_lie),
        cmocka_unit_test(serials_end_somewhere),
        cmocka_unit_test(vintages_and_periods),
        cmocka_unit_test(an_order_is_between_two),
        cmocka_unit_test(a_delivery_is_of_an_order),
        cmocka_unit_test(a_delivery_is_of_what_was_ordered),
        cmocka_unit_test(a_retirement_is_for_somebody),
    };
    return cmocka_run_group_tests_name("decisions about units", tests, decides_open, NULL);
}
