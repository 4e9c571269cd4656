/* text_test.c: equality, UTF-8, controls, trimming, numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static unsigned char memory[4096];
static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, memory, sizeof(memory));
    return 0;
}

static void equality(void **state)
{
    (void)state;
    assert_true(text_is("a", "a"));
    assert_true(text_is(NULL, NULL));
    assert_false(text_is(NULL, ""));
    assert_false(text_is("", NULL));
    assert_false(text_is("a", "A"));
    assert_true(text_empty(NULL));
    assert_true(text_empty(""));
    assert_false(text_empty(" "));
    assert_true(text_starts("abc", "ab"));
    assert_true(text_starts("abc", ""));
    assert_false(text_starts("a", "ab"));
    assert_false(text_starts(NULL, ""));
}

static void copies_fit_or_are_empty(void **state)
{
    (void)state;
    char to[5];
    memset(to, 'x', sizeof(to));
    assert_true(TEXT_COPY(to, "abcd"));
    assert_string_equal(to, "abcd");
    assert_false(TEXT_COPY(to, "abcde"));
    assert_string_equal(to, "");
    memset(to, 'x', sizeof(to));
    assert_true(TEXT_COPY(to, "a"));
    assert_memory_equal(to, "a\0\0\0\0", 5);
    assert_true(TEXT_COPY(to, NULL));
    assert_memory_equal(to, "\0\0\0\0\0", 5);
}

static size_t encode(uint32_t point, char *to)
{
    if (point < 0x80) {
        to[0] = (char)point;
        return 1;
    }
    size_t size = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--) {
        to[i] = (char)(0x80 | (point & 0x3F));
        point >>= 6;
    }
    to[0] = (char)((0xF00 >> size & 0xFF) | point);
    return size;
}

static bool expect_control(uint32_t point)
{
    return point < 0x20 || (point >= 0x7F && point <= 0x9F) || point == 0x2028 || point == 0x2029 ||
           (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

static void every_code_point(void **state)
{
    (void)state;
    for (uint32_t point = 1; point <= 0x1FFFFF; point++) {
        char text[8] = "";
        text[encode(point, text)] = '\0';
        bool is_real = point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
        if (text_utf8_is(text) != is_real ||
            text_has_control(text, "") != (!is_real || expect_control(point)) ||
            (is_real && text_characters(text) != 1)) {
            fail_msg("U+%04X", point);
        }
    }
}

/* Every sequence of two bytes, and of three behind a leading byte, against the table of RFC 3629.
 */
static void every_short_sequence(void **state)
{
    (void)state;
    for (int one = 1; one < 256; one++) {
        for (int two = 1; two < 256; two++) {
            const char text[] = {(char)one, (char)two, '\0'};
            bool expected = (one < 0x80 && two < 0x80) ||
                            (one >= 0xC2 && one <= 0xDF && two >= 0x80 && two <= 0xBF);
            assert_int_equal(text_utf8_is(text), expected);
        }
        const char alone[] = {(char)one, '\0'};
        assert_int_equal(text_utf8_is(alone), one < 0x80);
    }
    for (int one = 0xE0; one < 0xF0; one++) {
        for (int two = 1; two < 256; two++) {
            const char text[] = {(char)one, (char)two, (char)0x80, '\0'};
            bool expected =
                two >= (one == 0xE0 ? 0xA0 : 0x80) && two <= (one == 0xED ? 0x9F : 0xBF);
            assert_int_equal(text_utf8_is(text), expected);
            const char cut[] = {(char)one, (char)two, '\0'};
            assert_false(text_utf8_is(cut));
        }
    }
    for (int one = 0xF0; one < 0x100; one++) {
        for (int two = 1; two < 256; two++) {
            const char text[] = {(char)one, (char)two, (char)0x80, (char)0xBF, '\0'};
            bool expected = one <= 0xF4 && two >= (one == 0xF0 ? 0x90 : 0x80) &&
                            two <= (one == 0xF4 ? 0x8F : 0xBF);
            assert_int_equal(text_utf8_is(text), expected);
        }
    }
}

static void allowed_controls(void **state)
{
    (void)state;
    assert_true(text_has_control("a\nb", ""));
    assert_true(text_has_control("a\nb", NULL));
    assert_false(text_has_control("a\nb", "\n"));
    assert_false(text_has_control("a\nb\tc", "\n\t"));
    assert_true(text_has_control("a\rb", "\n"));
    assert_false(text_has_control("", NULL));
    assert_false(text_has_control("Z\xc3\xbcrich \xf0\x9f\x8c\xb3", ""));
}

static void characters(void **state)
{
    (void)state;
    assert_int_equal(text_characters(""), 0);
    assert_int_equal(text_characters("abc"), 3);
    assert_int_equal(text_characters("\xc3\xa9\xe2\x82\xac\xf0\x9f\x8c\xb3"), 3);
}

static void trimming(void **state)
{
    (void)state;
    assert_string_equal(text_trim(&arena, NULL), "");
    assert_string_equal(text_trim(&arena, ""), "");
    assert_string_equal(text_trim(&arena, " \t\r\n\v\f"), "");
    assert_string_equal(text_trim(&arena, "a"), "a");
    assert_string_equal(text_trim(&arena, " a  b\n"), "a  b");
    assert_string_equal(text_trim(&arena, "\xc2\xa0"
                                          "a b\xe3\x80\x80"),
                        "a b");
    assert_string_equal(text_trim(&arena, "\xef\xbb\xbf"
                                          "a"),
                        "a");
    assert_string_equal(text_trim(&arena, " \xff "), "\xff");
    static const char *const blank[] = {NULL,      "",         " ",
                                        " \t\r\n", "\xc2\xa0", "\xe3\x80\x80 \xef\xbb\xbf"};
    for (size_t i = 0; i < sizeof blank / sizeof blank[0]; i++) {
        assert_true(text_blank(blank[i]));
        assert_true(text_is_trim(blank[i]) == text_empty(blank[i]));
    }
    static const char *const trim[] = {"a", "a  b", "\xc3\xa9", "\xff"};
    static const char *const loose[] = {" a", "a ", "\xc2\xa0x", "a\xe3\x80\x80", "\xff\n"};
    for (size_t i = 0; i < sizeof trim / sizeof trim[0]; i++) {
        assert_true(!text_blank(trim[i]) && text_is_trim(trim[i]));
    }
    for (size_t i = 0; i < sizeof loose / sizeof loose[0]; i++) {
        assert_true(!text_blank(loose[i]) && !text_is_trim(loose[i]));
    }
    assert_string_equal(text_lower(&arena, "ABZ\xc3\x84@[az"), "abz\xc3\x84@[az");
    assert_string_equal(text_lower(&arena, NULL), "");
}

static void integers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_signed;
        bool expected;
        int64_t number;
    } cases[] = {
        {"0", false, true, 0},
        {"007", false, true, 7},
        {"9223372036854775807", false, true, INT64_MAX},
        {"9223372036854775808", false, false, 0},
        {"-9223372036854775808", true, true, INT64_MIN},
        {"-9223372036854775809", true, false, 0},
        {"99999999999999999999", true, false, 0},
        {"-0", true, true, 0},
        {"-1", false, false, 0},
        {"-", true, false, 0},
        {"--1", true, false, 0},
        {"+1", true, false, 0},
        {"", true, false, 0},
        {" 1", true, false, 0},
        {"1 ", true, false, 0},
        {"1.0", true, false, 0},
        {"1e3", true, false, 0},
        {"0x10", true, false, 0},
        {"\xd9\xa1", true, false, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t number = 4711;
        assert_int_equal(text_parse_int(cases[i].text, cases[i].is_signed, &number),
                         cases[i].expected);
        assert_int_equal(number, cases[i].expected ? cases[i].number : 4711);
    }
    int64_t number = 4711;
    assert_false(text_parse_int(NULL, true, &number));
}

static void grouping(void **state)
{
    (void)state;
    assert_string_equal(text_int_grouped(&arena, 0), "0");
    assert_string_equal(text_int_grouped(&arena, 999), "999");
    assert_string_equal(text_int_grouped(&arena, 1000), "1,000");
    assert_string_equal(text_int_grouped(&arena, -999), "-999");
    assert_string_equal(text_int_grouped(&arena, -1000), "-1,000");
    assert_string_equal(text_int_grouped(&arena, 1234567), "1,234,567");
    assert_string_equal(text_int_grouped(&arena, INT64_MAX), "9,223,372,036,854,775,807");
    assert_string_equal(text_int_grouped(&arena, INT64_MIN), "-9,223,372,036,854,775,808");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equality),
        cmocka_unit_test(copies_fit_or_are_empty),
        cmocka_unit_test(every_code_point),
        cmocka_unit_test(every_short_sequence),
        cmocka_unit_test(allowed_controls),
        cmocka_unit_test(characters),
        cmocka_unit_test_setup(trimming, set_up),
        cmocka_unit_test(integers),
        cmocka_unit_test_setup(grouping, set_up),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
