/* tests/unit/ledger_plan_test.c: which units an act takes and where it splits: plan.c without any
 * database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ledger/work.h"

static struct arena arena;
static struct ledger_batch batches[4];
static struct command_line lines[4];
static struct answer answer;
static struct plan plan;
static int64_t latest_at;

static struct ledger_batch batch(const char *id, int64_t first, int64_t last)
{
    struct ledger_batch row = {.found = true,
                               .instrument = INSTRUMENT_CARBON_REMOVAL,
                               .account_kind = ACCOUNT_ACTIVE,
                               .state = BATCH_ACTIVE,
                               .vintage = 2024,
                               .first = first,
                               .last = last,
                               .issued_at = 100,
                               .received_at = 200,
                               .made_at = 150};
    TEXT_COPY(row.batch_id, id);
    TEXT_COPY(row.project_id, "prj_1");
    TEXT_COPY(row.supplier_org_id, "org_supplier");
    TEXT_COPY(row.org_id, "org_holder");
    TEXT_COPY(row.account_id, "acc_main");
    return row;
}

static struct plan_wish wish_of(int64_t units, uint32_t line_count)
{
    struct plan_wish wish = {.org_id = "org_holder",
                             .supplier_org_id = "",
                             .project_id = "",
                             .from_account_id = "",
                             .to_account_id = "",
                             .has_instrument = true,
                             .instrument = INSTRUMENT_CARBON_REMOVAL,
                             .units = units,
                             .lines = lines,
                             .line_count = line_count,
                             .batches = batches,
                             .batch_count = line_count > 0 ? line_count : 3,
                             .free_units = 600};
    return wish;
}

static void line(int number, const char *batch_id, int64_t units)
{
    memset(&lines[number], 0, sizeof(lines[number]));
    TEXT_COPY(lines[number].batch_id, batch_id);
    lines[number].units = units;
}

static int set_up(void **state)
{
    (void)state;
    arena_reset(&arena, 0);
    memset(&answer, 0, sizeof(answer));
    answer.line = -1;
    batches[0] = batch("ctb_a", 1, 100);
    batches[1] = batch("ctb_b", 101, 300);
    batches[2] = batch("ctb_c", 501, 800);
    return 0;
}

static enum status select_units(const struct plan_wish *wish)
{
    return plan_select(&arena, wish, &plan, &latest_at, &answer);
}

static void check_move(size_t number, const char *batch_id, int64_t first, int64_t last,
                       int64_t rest_last)
{
    assert_true(number < plan.move_count);
    assert_string_equal(plan.moves[number].batch_id, batch_id);
    assert_int_equal(plan.moves[number].first, first);
    assert_int_equal(plan.moves[number].last, last);
    assert_int_equal(plan.moves[number].rest_last, rest_last);
}

static void oldest_first_takes_whole_batches_and_splits_the_last(void **state)
{
    (void)state;
    struct plan_wish wish = wish_of(350, 0);
    assert_int_equal(select_units(&wish), STATUS_OK);
    assert_int_equal(plan.move_count, 3);
    assert_int_equal(plan.units, 350);
    check_move(0, "ctb_a", 1, 100, 0);
    check_move(1, "ctb_b", 101, 300, 0);
    check_move(2, "ctb_c", 501, 550, 800);
    assert_int_equal(latest_at, 200);
}

static void exactly_a_batch_is_not_split(void **state)
{
    (void)state;
    struct plan_wish wish = wish_of(100, 0);
    assert_int_equal(select_units(&wish), STATUS_OK);
    assert_int_equal(plan.move_count, 1);
    check_move(0, "ctb_a", 1, 100, 0);
    wish.units = 1;
    assert_int_equal(select_units(&wish), STATUS_OK);
    check_move(0, "ctb_a", 1, 1, 100);
    wish.units = 600;
    assert_int_equal(select_units(&wish), STATUS_OK);
    check_move(2, "ctb_c", 501, 800, 0);
}

static void not_enough_says_what_there_is(void **state)
{
    (void)state;
    struct plan_wish wish = wish_of(601, 0);
    assert_int_equal(select_units(&wish), STATUS_NOT_ENOUGH);
    assert_int_equal(answer.available_units, 600);
    assert_int_equal(answer.field, FIELD_AMOUNT);
    assert_int_equal(plan.move_count, 0);
    wish.is_cut = true;
    assert_int_equal(select_units(&wish), STATUS_LINES_TOO_MANY);
}

static void amounts_that_are_none(void **state)
{
    (void)state;
    static const struct {
        int64_t units;
        enum status status;
    } rows[] = {{0, STATUS_LINES_EMPTY},
                {-1, STATUS_QUANTITY_NEGATIVE},
                {INT64_MIN, STATUS_QUANTITY_NEGATIVE},
                {QUANTITY_UNITS_MAX + 1, STATUS_QUANTITY_TOO_LARGE},
                {INT64_MAX, STATUS_QUANTITY_TOO_LARGE}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct plan_wish wish = wish_of(rows[i].units, 0);
        wish.batch_count = 0;
        wish.free_units = 0;
        assert_int_equal(select_units(&wish), rows[i].status);
        line(0, "ctb_a", rows[i].units);
        wish = wish_of(0, 1);
        assert_int_equal(select_units(&wish),
                         rows[i].units == 0 ? STATUS_QUANTITY_ZERO : rows[i].status);
        assert_int_equal(answer.line, 0);
    }
}

static void lines_take_the_lowest_serials(void **state)
{
    (void)state;
    line(0, "ctb_a", 40);
    line(1, "ctb_b", 200);
    struct plan_wish wish = wish_of(0, 2);
    assert_int_equal(select_units(&wish), STATUS_OK);
    assert_int_equal(plan.units, 240);
    check_move(0, "ctb_a", 1, 40, 100);
    check_move(1, "ctb_b", 101, 300, 0);
    assert_string_equal(plan_supplier(&plan), "org_supplier");
    TEXT_COPY(batches[2].supplier_org_id, "org_other");
    line(2, "ctb_c", 1);
    wish = wish_of(0, 3);
    assert_int_equal(select_units(&wish), STATUS_OK);
    assert_string_equal(plan_supplier(&plan), "");
    TEXT_COPY(batches[1].supplier_org_id, "org_other");
    wish = wish_of(0, 2);
    assert_int_equal(select_units(&wish), STATUS_OK);
    assert_string_equal(plan_supplier(&plan), "");
}

/* Does one thing wrong with the second line; returns what must be said. */
static enum status spoil(int fault, struct plan_wish *wish)
{
    switch (fault) {
    case 0:
        line(1, "ctb_a", 1);
        batches[1] = batches[0];
        return STATUS_BATCH_TWICE;
    case 1:
        batches[1].found = false;
        return STATUS_BATCH_UNKNOWN;
    case 2:
        TEXT_COPY(batches[1].org_id, "org_other");
        batches[1].is_reserved = true; /* not told */
        return STATUS_BATCH_UNKNOWN;
    case 3:
        batches[1].state = BATCH_SPLIT;
        batches[1].account_kind = ACCOUNT_RESERVE; /* of what has ended no more is said */
        return STATUS_BATCH_NOT_ACTIVE;
    case 4:
        batches[1].is_reserved = true;
        return STATUS_BATCH_RESERVED;
    case 5:
        wish->supplier_org_id = "org_supplier";
        TEXT_COPY(batches[1].supplier_org_id, "org_other");
        return STATUS_WRONG_SUPPLIER;
    case 6:
        line(1, "ctb_b", 201);
        return STATUS_NOT_ENOUGH;
    case 7:
        batches[1].instrument = INSTRUMENT_RENEWABLE_ENERGY;
        return STATUS_WRONG_INSTRUMENT;
    case 8:
        batches[1].account_kind = ACCOUNT_RESERVE;
        return STATUS_ACCOUNT_NOT_ACTIVE_KIND;
    case 9:
        wish->to_account_id = "acc_other";
        TEXT_COPY(batches[1].account_id, "acc_other");
        return STATUS_SAME_ACCOUNT;
    case 10: /* the first status counts, not the first fault: twice before not enough */
        line(0, "ctb_a", 400);
        line(1, "ctb_a", 50);
        batches[1] = batches[0];
        return STATUS_BATCH_TWICE;
    default:
        wish->project_id = "prj_1";
        TEXT_COPY(batches[1].project_id, "prj_2");
        return STATUS_WRONG_SUPPLIER;
    }
}

static void faulty_lines(void **state)
{
    (void)state;
    for (int fault = 0; fault < 12; fault++) {
        set_up(NULL);
        line(0, "ctb_a", 40);
        line(1, "ctb_b", 50);
        struct plan_wish wish = wish_of(0, 2);
        enum status expected = spoil(fault, &wish);
        assert_int_equal(select_units(&wish), expected);
        assert_int_equal(answer.line, 1);
        assert_int_equal(answer.field, FIELD_LINES);
        assert_string_equal(answer.batch_id, lines[1].batch_id);
        bool tells_units = expected == STATUS_NOT_ENOUGH || expected == STATUS_WRONG_SUPPLIER ||
                           expected == STATUS_WRONG_INSTRUMENT || expected == STATUS_SAME_ACCOUNT;
        assert_int_equal(answer.available_units, tells_units ? 200 : 0);
    }
}

static void too_many_lines(void **state)
{
    (void)state;
    struct plan_wish wish = wish_of(0, COMMAND_LINES_MAX + 1);
    assert_int_equal(select_units(&wish), STATUS_LINES_TOO_MANY);
}

static void the_digest_knows_every_part(void **state)
{
    (void)state;
    struct plan_wish wish = wish_of(350, 0);
    assert_int_equal(select_units(&wish), STATUS_OK);
    static struct command_transfer body;
    memset(&body, 0, sizeof(body));
    struct digest first = plan_digest(&plan, &body);
    struct digest again = plan_digest(&plan, &body);
    assert_true(digest_equal(&first, &again));
    struct plan_move moves[3];
    memcpy(moves, plan.moves, sizeof(moves));
    moves[2].last++;
    struct plan other = plan;
    other.moves = moves;
    again = plan_digest(&other, &body);
    assert_false(digest_equal(&first, &again));
    other = plan;
    other.accepted_at_once = true;
    again = plan_digest(&other, &body);
    assert_false(digest_equal(&first, &again));
    other = plan;
    other.expiry_days = 3;
    again = plan_digest(&other, &body);
    assert_false(digest_equal(&first, &again));
    TEXT_COPY(body.to_org_id, "org_other");
    again = plan_digest(&plan, &body);
    assert_false(digest_equal(&first, &again));
}

int main(void)
{
    arena_map(&arena, 1024UL * 1024);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(oldest_first_takes_whole_batches_and_splits_the_last, set_up),
        cmocka_unit_test_setup(exactly_a_batch_is_not_split, set_up),
        cmocka_unit_test_setup(not_enough_says_what_there_is, set_up),
        cmocka_unit_test_setup(amounts_that_are_none, set_up),
        cmocka_unit_test_setup(lines_take_the_lowest_serials, set_up),
        cmocka_unit_test_setup(faulty_lines, set_up),
        cmocka_unit_test_setup(too_many_lines, set_up),
        cmocka_unit_test_setup(the_digest_knows_every_part, set_up),
    };
    return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
