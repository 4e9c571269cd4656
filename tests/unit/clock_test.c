/* clock_test.c: reading and writing times; the calendar is checked against the C library day by
 * day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>
#include <time.h>

#include "base/clock.h"

#define DAY_FIRST (-25567) /* 1900-01-01 */
#define DAY_LAST 84370     /* 2200-12-31 */

static unsigned char memory[65536];
static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, memory, sizeof(memory));
    return 0;
}

static void every_day_agrees_with_the_c_library(void **state)
{
    (void)state;
    for (int64_t day = DAY_FIRST; day <= DAY_LAST; day++) {
        struct tm expected;
        time_t seconds = day * 86400;
        assert_non_null(gmtime_r(&seconds, &expected));
        int year = expected.tm_year + 1900;
        assert_int_equal(clock_days_from_civil(year, expected.tm_mon + 1, expected.tm_mday), day);
        assert_int_equal(clock_year(day * CLOCK_DAY_US), year);
        assert_int_equal(clock_year(day * CLOCK_DAY_US + CLOCK_DAY_US - 1), year);
        char text[11];
        int64_t at = 1;
        assert_int_equal(strftime(text, sizeof(text), "%Y-%m-%d", &expected), 10);
        assert_true(clock_parse_date(text, &at));
        assert_int_equal(at, day * CLOCK_DAY_US);
        arena_reset(&arena, 0);
        assert_string_equal(clock_iso_date(&arena, at), day == 0 ? "" : text);
    }
    assert_int_equal(clock_days_from_civil(1900, 1, 1), DAY_FIRST);
    assert_int_equal(clock_days_from_civil(2200, 12, 31), DAY_LAST);
}

static void accepted_forms(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t at;
    } cases[] = {
        {"1970-01-01", 0},
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01T00:00:00.000001Z", 1},
        {"1970-01-01 00:00:00.1", 100000},
        {"1969-12-31T23:59:59.999999Z", -1},
        {"2026-04-14T16:50:41Z", INT64_C(1776185441000000)},
        {"2026-04-14T16:50:41.621676Z", INT64_C(1776185441621676)},
        {"2026-04-14 16:50:41.621", INT64_C(1776185441621000)},
        {"2026-04-14T16:50:41", INT64_C(1776185441000000)},
        {"2026-04-14T18:50:41+02:00", INT64_C(1776185441000000)},
        {"2026-04-14T11:20:41-05:30", INT64_C(1776185441000000)},
        {"2026-04-14T16:50:41.5+00:00", INT64_C(1776185441500000)},
        {"2038-01-19T03:14:07Z", INT64_C(2147483647000000)},
        {"2038-01-19T03:14:08Z", INT64_C(2147483648000000)},
        {"2000-02-29", INT64_C(951782400000000)},
        {"2024-02-29", INT64_C(1709164800000000)},
        {"1900-01-01", INT64_C(-2208988800000000)},
        {"2200-12-31T23:59:59.999999Z", INT64_C(7289654399999999)},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t at = 12345;
        if (!clock_parse(cases[i].text, &at) || at != cases[i].at) {
            fail_msg("%s: %lld", cases[i].text, (long long)at);
        }
    }
}

static void everything_else_is_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        " ",
        "2026",
        "2026-04",
        "2026-4-14",
        "2026-04-14 ",
        " 2026-04-14",
        "26-04-14",
        "2026/04/14",
        "20260414",
        "1899-12-31",
        "2201-01-01",
        "2026-00-10",
        "2026-13-10",
        "2026-04-00",
        "2026-04-31",
        "2026-02-29",
        "1900-02-29",
        "2100-02-29",
        "2200-02-29",
        "2026-04-14T",
        "2026-04-14T16:50",
        "2026-04-14T24:00:00Z",
        "2026-04-14T16:60:00Z",
        "2026-04-14T16:50:60Z",
        "2026-04-14T16:50:41.Z",
        "2026-04-14T16:50:41.1234567Z",
        "2026-04-14t16:50:41Z",
        "2026-04-14T16:50:41z",
        "2026-04-14T16:50:41ZZ",
        "2026-04-14T16:50:41+2:00",
        "2026-04-14T16:50:41+0200",
        "2026-04-14T16:50:41+24:00",
        "2026-04-14T16:50:41+02:60",
        "2026-04-14T16:50:41+",
        "1900-01-01T00:00:00+00:01", /* the zone leads into 1899 … */
        "2200-12-31T23:59:59-00:01", /* … or 2201 */
        "2026-04-14Z",
        "+2026-04-14",
        "-026-04-14",
        "2026-04-14  16:50:41",
        "2026-04-14T 6:50:41",
        "2026-04-1\xc2\xb2",
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t at = 12345;
        if (clock_parse(cases[i], &at) || clock_parse_date(cases[i], &at)) {
            fail_msg("accepted: %s", cases[i]);
        }
        assert_int_equal(at, 12345);
    }
    int64_t at = 12345;
    assert_false(clock_parse(NULL, &at));
    assert_false(clock_parse_date(NULL, &at));
    assert_false(clock_parse_date("2026-04-14T16:50:41Z", &at));
    assert_int_equal(at, 12345);
}

static void finer_times_are_rounded_down(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t at;
    } cases[] = {
        {"2026-04-14T16:50:41Z", INT64_C(1776185441000000)},
        {"2026-04-14T16:50:41.6Z", INT64_C(1776185441600000)},
        {"2026-04-14T16:50:41.621676Z", INT64_C(1776185441621676)},
        {"2026-04-14T16:50:41.6216760+00:00", INT64_C(1776185441621676)},
        {"2026-04-14T16:50:41.621676999Z", INT64_C(1776185441621676)},
        {"1969-12-31T23:59:59.9999999Z", -1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t at = 12345;
        if (!clock_parse_floor(cases[i].text, &at) || at != cases[i].at) {
            fail_msg("%s: %lld", cases[i].text, (long long)at);
        }
    }
    int64_t at = 12345;
    assert_false(clock_parse_floor(NULL, &at));
    assert_false(clock_parse_floor("2026-04-14T16:50:41.Z", &at));
    assert_false(clock_parse_floor("2026-04-14T16:50:41.1234567890Z", &at));
    assert_int_equal(at, 12345);
}

/* Every prefix of a time and every replaced byte: nothing is read past the end, little is accepted.
 */
static void mangled_text_is_safe(void **state)
{
    (void)state;
    static const char whole[] = "2026-04-14T16:50:41.621676+02:00";
    for (size_t i = 0; i < sizeof(whole) - 1; i++) {
        char text[sizeof(whole)];
        int64_t at = 0;
        memcpy(text, whole, sizeof(whole));
        text[i] = '\0';
        bool is_form = i == 10 || i == 19 || (i >= 21 && i <= 26);
        assert_int_equal(clock_parse(text, &at), is_form);
        for (int byte = 128; byte < 256; byte++) {
            memcpy(text, whole, sizeof(whole));
            text[i] = (char)byte;
            assert_false(clock_parse(text, &at));
        }
    }
}

static void times_are_written(void **state)
{
    (void)state;
    int64_t at = 0;
    assert_string_equal(clock_iso(&arena, 0), "");
    assert_string_equal(clock_iso_date(&arena, 0), "");
    assert_string_equal(clock_words(&arena, 0), "");
    assert_string_equal(clock_date_words(&arena, 0), "");
    assert_true(clock_parse("2026-11-20T14:03:22.123456Z", &at));
    assert_string_equal(clock_iso(&arena, at), "2026-11-20T14:03:22.123456Z");
    assert_string_equal(clock_iso_date(&arena, at), "2026-11-20");
    assert_string_equal(clock_date_words(&arena, at), "20 November 2026");
    assert_string_equal(clock_words(&arena, at), "20 November 2026, 14:03 UTC");
    assert_string_equal(clock_iso(&arena, -1), "1969-12-31T23:59:59.999999Z");
    assert_string_equal(clock_iso(&arena, 1), "1970-01-01T00:00:00.000001Z");
    assert_true(clock_parse("2027-01-01T00:00:00Z", &at));
    assert_string_equal(clock_words(&arena, at), "1 January 2027, 00:00 UTC");
    assert_string_equal(clock_words(&arena, at - 1), "31 December 2026, 23:59 UTC");
}

static void the_ends_of_int64_do_no_harm(void **state)
{
    (void)state;
    assert_string_equal(clock_iso(&arena, INT64_MAX), "294247-01-10T04:00:54.775807Z");
    assert_string_equal(clock_iso(&arena, INT64_MIN), "-290308-12-21T19:59:05.224192Z");
    assert_int_equal(clock_year(INT64_MAX), 294247);
}

static void what_is_written_is_read_again(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (int i = 0; i < 100000; i++) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        int64_t at = (int64_t)(random >> 11) % INT64_C(7289654399999999);
        int64_t read = 0;
        arena_reset(&arena, 0);
        assert_true(clock_parse(clock_iso(&arena, at), &read));
        assert_int_equal(read, at);
    }
}

static void clocks_run(void **state)
{
    (void)state;
    int64_t before = clock_steady_us();
    assert_true(clock_now_us() > INT64_C(1700000000000000));
    assert_true(clock_steady_us() >= before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_day_agrees_with_the_c_library, set_up),
        cmocka_unit_test_setup(accepted_forms, set_up),
        cmocka_unit_test_setup(everything_else_is_refused, set_up),
        cmocka_unit_test_setup(finer_times_are_rounded_down, set_up),
        cmocka_unit_test_setup(mangled_text_is_safe, set_up),
        cmocka_unit_test_setup(times_are_written, set_up),
        cmocka_unit_test_setup(the_ends_of_int64_do_no_harm, set_up),
        cmocka_unit_test_setup(what_is_written_is_read_again, set_up),
        cmocka_unit_test_setup(clocks_run, set_up),
    };
    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
