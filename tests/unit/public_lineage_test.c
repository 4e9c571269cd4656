/* tests/unit/public_lineage_test.c: the pure parts of the public pages: which bars of a family are
 * drawn and where, shares of a drawing, and what was typed into the search box. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "pages/public_draw.h"
#include "pages/public_lineage.h"
#include "pages/public_search.h"

static struct arena arena;

/* The family of the prototype: 60001-120000, cut five times. */
static void grow(struct lineage *lineage)
{
    lineage_begin(lineage, 60001, 120000);
    lineage_cut(lineage, 0, 78177);
    lineage_cut(lineage, 2, 81178);
    lineage_cut(lineage, 4, 93178);
    lineage->at[3].is_here = true;
    lineage_order(lineage);
}

static void bars_are_numbered_depth_first_left_before_right(void **state)
{
    (void)state;
    struct lineage lineage;
    grow(&lineage);
    static const int64_t firsts[] = {60001, 60001, 78177, 78177, 81178, 81178, 93178};
    static const int64_t lasts[] = {120000, 78176, 120000, 81177, 120000, 93177, 120000};
    assert_int_equal(lineage.count, 7);
    for (int i = 0; i < lineage.count; i++) {
        const struct lineage_bar *bar = &lineage.at[lineage.order[i]];
        assert_int_equal(bar->number, i + 1);
        assert_int_equal(bar->first, firsts[i]);
        assert_int_equal(bar->last, lasts[i]);
    }
    assert_int_equal(lineage.deepest, 3);
    assert_int_equal(lineage_height(&lineage), 244);
}

static void bars_lie_where_their_serials_are(void **state)
{
    (void)state;
    struct lineage lineage;
    grow(&lineage);
    struct lineage_place here = lineage_place_of(&lineage, 3);
    assert_int_equal(here.x, 3029);
    assert_int_equal(here.width, 500);
    assert_int_equal(here.y, 132);
    assert_string_equal(draw_percent(&arena, here.x), "30.29%");
    struct lineage_place root = lineage_place_of(&lineage, 0);
    assert_true(root.x == 0 && root.width == 10000 && root.y == 20);
    /* Children tile their parent without a gap. */
    for (int i = 0; i < lineage.count; i++) {
        const struct lineage_bar *bar = &lineage.at[i];
        if (bar->left == LINEAGE_NONE) {
            continue;
        }
        struct lineage_place left = lineage_place_of(&lineage, bar->left);
        struct lineage_place right = lineage_place_of(&lineage, bar->right);
        struct lineage_place all = lineage_place_of(&lineage, i);
        assert_int_equal(left.x, all.x);
        assert_int_equal(left.x + left.width, right.x);
        assert_int_equal(right.x + right.width, all.x + all.width);
    }
}

static void labels_say_what_fits(void **state)
{
    (void)state;
    struct lineage lineage;
    grow(&lineage);
    assert_int_equal(lineage_label_of(&lineage, 0), LABEL_STATE);
    assert_int_equal(lineage_label_of(&lineage, 1), LABEL_QUANTITY); /* 30.29 % */
    assert_int_equal(lineage_label_of(&lineage, 3), LABEL_NUMBER);   /* 5 %, and this batch */
    assert_int_equal(lineage_label_of(&lineage, 5), LABEL_NUMBER);   /* 20 % */
    lineage_begin(&lineage, 1, 1000000);
    lineage_cut(&lineage, 0, 2);
    lineage_order(&lineage);
    assert_int_equal(lineage_label_of(&lineage, 1), LABEL_NONE);
    lineage.at[1].is_here = true;
    assert_int_equal(lineage_label_of(&lineage, 1), LABEL_NUMBER);
}

static void the_thinnest_bar_is_seen_and_stays_inside(void **state)
{
    (void)state;
    struct lineage lineage;
    lineage_begin(&lineage, 1, 100000000);
    lineage_cut(&lineage, 0, 100000000);
    lineage_order(&lineage);
    struct lineage_place last = lineage_place_of(&lineage, 2);
    assert_int_equal(last.width, 20);
    assert_int_equal(last.x + last.width, 10000);
}

static void the_largest_serials_do_not_overflow(void **state)
{
    (void)state;
    struct lineage lineage;
    int64_t first = INT64_C(1000000000000000);
    lineage_begin(&lineage, first, first * 9000);
    lineage_cut(&lineage, 0, first * 4500);
    lineage_order(&lineage);
    struct lineage_place right = lineage_place_of(&lineage, 2);
    assert_int_equal(right.x, 4999);
    assert_int_equal(draw_share(INT64_MAX, INT64_MAX, DRAW_WHOLE), DRAW_WHOLE);
    assert_int_equal(draw_share(0, INT64_MAX, DRAW_WHOLE), 0);
    assert_int_equal(draw_share(1, 3, DRAW_WHOLE), 3333);
    assert_string_equal(draw_percent(&arena, 0), "0.00%");
    assert_string_equal(draw_percent(&arena, 10000), "100.00%");
    assert_string_equal(draw_percent(&arena, 5), "0.05%");
}

static void a_family_has_room_for_so_many(void **state)
{
    (void)state;
    struct lineage lineage;
    lineage_begin(&lineage, 1, 1000000);
    int bar = 0;
    int64_t before = 2;
    while (lineage_has_room(&lineage)) {
        lineage_cut(&lineage, bar, before++);
        bar = lineage.count - 1;
    }
    lineage_order(&lineage);
    assert_int_equal(lineage.count, LINEAGE_BARS_MAX);
    assert_int_equal(lineage.at[lineage.order[LINEAGE_BARS_MAX - 1]].number, LINEAGE_BARS_MAX);
}

static void the_tally_runs_through_all_parts(void **state)
{
    (void)state;
    struct public_total total = {
        .instrument = INSTRUMENT_CARBON_REMOVAL,
        .projects = 41,
        .sums = {.issued_units = 1271310000,
                 .imported_units = 13000000,
                 .active_units = 812400000,
                 .retired_units = 401912400,
                 .exported_units = 69790000,
                 .cancelled_units = 207600},
    };
    struct public_tally tally = draw_tally(&arena, &total, 2318, "t", true);
    assert_string_equal(tally.all, "1,284,310.000");
    assert_string_equal(tally.all_more, "41 projects");
    assert_string_equal(tally.retired_more, "2,318 retirements");
    assert_int_equal(tally.bars.count, 4);
    assert_string_equal(tally.bars.at[0].width, "63.25%");
    assert_string_equal(tally.bars.at[1].x, "63.25%");
    assert_string_equal(tally.bars.at[3].x, "99.98%");
    assert_int_equal(tally.notches.count, 2); /* behind exported less than 2 % remains */
    assert_int_equal(tally.tags.count, 2);
    total.sums = (struct public_sums){.issued_units = 0};
    tally = draw_tally(&arena, &total, 0, "t", true);
    assert_false(tally.is_drawn);
    assert_int_equal(tally.bars.count, 0);
}

static void ids_are_read_as_people_type_them(void **state)
{
    (void)state;
    assert_string_equal(search_id(&arena, "tfr_1KNSQMD6Z1S0TB50"), "tfr_1KNSQMD6Z1S0TB50");
    assert_string_equal(search_id(&arena, "TFR_1knsqmd6z1s0tb50"), "tfr_1KNSQMD6Z1S0TB50");
    assert_string_equal(search_id(&arena, "tfr_IKNSQMD6ZlSOTB5o"), "tfr_1KNSQMD6Z1S0TB50");
    assert_null(search_id(&arena, ""));
    assert_null(search_id(&arena, "tfr_"));
    assert_null(search_id(&arena, "tfr_1KNSQMD6Z1S0TB5"));
    assert_null(search_id(&arena, "tfr_1KNSQMD6Z1S0TB5U"));
    assert_null(search_id(&arena, "tfr_1KNSQMD6Z1S0TB500"));
    assert_null(search_id(&arena, "Northwind Carbon Ltd"));
}

static void serials_and_codes_are_read_in_any_case(void **state)
{
    (void)state;
    struct serial serial;
    assert_true(search_serial(&arena, "tly-1-bstore-usa-f5x7-2024-78177-81177", &serial));
    assert_int_equal(serial.first, 78177);
    assert_int_equal(serial.last, 81177);
    assert_string_equal(serial.project_code, "F5X7");
    assert_true(search_serial(&arena, "TLY-1-BSTORE-USA-F5X7-2024 - 78177", &serial));
    assert_int_equal(serial.last, 78177);
    assert_false(search_serial(&arena, "TLY-1-BSTORE-USA-F5X7-2024", &serial));
    assert_false(search_serial(&arena, "TLY-1-BSTORE-USA-F5X7-2024-9-8", &serial));
    assert_string_equal(search_code(&arena, "f5x7"), "F5X7");
    assert_null(search_code(&arena, "f5 x7"));
    assert_null(search_code(&arena, ""));
    assert_null(search_code(&arena, "ABCDEFGHIJKLMNOPQ"));
}

int main(void)
{
    arena_map(&arena, 1048576);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars_are_numbered_depth_first_left_before_right),
        cmocka_unit_test(bars_lie_where_their_serials_are),
        cmocka_unit_test(labels_say_what_fits),
        cmocka_unit_test(the_thinnest_bar_is_seen_and_stays_inside),
        cmocka_unit_test(the_largest_serials_do_not_overflow),
        cmocka_unit_test(a_family_has_room_for_so_many),
        cmocka_unit_test(the_tally_runs_through_all_parts),
        cmocka_unit_test(ids_are_read_as_people_type_them),
        cmocka_unit_test(serials_and_codes_are_read_in_any_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
