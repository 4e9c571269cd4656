/* form_test.c: forms and queries are decoded strictly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/limits.h"
#include "http/exchange.h"

static unsigned char memory[1048576];
static struct arena arena;
static struct pairs pairs;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, memory, sizeof(memory));
    return 0;
}

static enum status decode(const char *text)
{
    return form_decode(&arena, text, strlen(text), &pairs);
}

static void assert_refused(const char *text)
{
    if (decode(text) != STATUS_BAD_REQUEST) {
        fail_msg("accepted: %s", text);
    }
    assert_int_equal(pairs.count, 0);
}

static void pairs_in_order(void **state)
{
    (void)state;
    assert_int_equal(decode("a=1&b=two+words&a=3&empty=&bare&e=m%26m%3D%2B"), STATUS_OK);
    assert_int_equal(pairs.count, 6);
    assert_string_equal(pairs.at[0].name, "a");
    assert_string_equal(pairs.at[0].value, "1");
    assert_string_equal(pairs.at[1].value, "two words");
    assert_string_equal(pairs.at[2].value, "3");
    assert_string_equal(pairs.at[3].value, "");
    assert_string_equal(pairs.at[4].name, "bare");
    assert_string_equal(pairs.at[4].value, "");
    assert_string_equal(pairs.at[5].value, "m&m=+");
    assert_string_equal(pairs_find(&pairs, "a"), "1");
    assert_string_equal(pairs_find(&pairs, "bare"), "");
    assert_null(pairs_find(&pairs, "A"));
    assert_null(pairs_find(&pairs, ""));
    assert_int_equal(pairs_count(&pairs, "a"), 2);
    assert_int_equal(pairs_count(&pairs, "b"), 1);
    assert_int_equal(pairs_count(&pairs, "c"), 0);
    assert_int_equal(decode("a=b=c"), STATUS_OK);
    assert_string_equal(pairs_find(&pairs, "a"), "b=c");
}

static void nothing_is_no_pairs(void **state)
{
    (void)state;
    assert_int_equal(decode(""), STATUS_OK);
    assert_int_equal(pairs.count, 0);
    assert_null(pairs_find(&pairs, "a"));
    assert_int_equal(form_decode(&arena, NULL, 0, &pairs), STATUS_OK);
}

static void malformed_text(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "&",        "a=1&",   "&a=1",   "a=1&&b=2",       "=",
        "=1",       "a=1&=2", "a=%",    "a=%4",           "a=%4&b=1",
        "a=%zz",    "a=%4g",  "a=%g4",  "a=% 4",          "a=%-1",
        "%=1",      "a=%00",  "%00=1",  "a=1%",           "a=b c",
        "a=b\n",    "a=\tb",  "a=%C3",  "a=%FF",          "a=%ED%A0%80",
        "a=%C0%80", "%FF=1",  "a=\xff", "a=%E2%82&b=%AC",
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_refused(cases[i]);
    }
}

static void every_escaped_byte(void **state)
{
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        for (int is_lower = 0; is_lower < 2; is_lower++) {
            char text[16];
            (void)snprintf(text, sizeof(text), is_lower == 1 ? "a=%%%02x" : "a=%%%02X", byte);
            arena_reset(&arena, 0);
            enum status status = decode(text);
            if (byte == 0 || byte >= 0x80) {
                assert_int_equal(status, STATUS_BAD_REQUEST);
                continue;
            }
            assert_int_equal(status, STATUS_OK);
            assert_int_equal((unsigned char)pairs.at[0].value[0], byte);
            assert_int_equal(strlen(pairs.at[0].value), 1);
        }
    }
}

static void every_plain_byte(void **state)
{
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        const char text[] = {'a', '=', (char)byte};
        arena_reset(&arena, 0);
        enum status status = form_decode(&arena, text, sizeof(text), &pairs);
        bool is_refused = byte <= ' ' || byte == 0x7f || byte >= 0x80 || byte == '%' || byte == '&';
        assert_int_equal(status, is_refused ? STATUS_BAD_REQUEST : STATUS_OK);
        if (!is_refused) {
            assert_int_equal(pairs.at[0].value[0], byte == '+' ? ' ' : byte);
        }
    }
}

static void utf8_comes_both_ways(void **state)
{
    (void)state;
    assert_int_equal(decode("n=Z%C3%BCrich&m=Z\xc3\xbcrich"), STATUS_OK);
    assert_string_equal(pairs.at[0].value, "Z\xc3\xbcrich");
    assert_string_equal(pairs.at[1].value, "Z\xc3\xbcrich");
}

static void line_ends(void **state)
{
    (void)state;
    assert_int_equal(decode("a=1%0D%0A2%0d%0a%0D%0A3%0D4%0A5%0D"), STATUS_OK);
    assert_string_equal(pairs.at[0].value, "1\n2\n\n3\r4\n5\r");
    assert_int_equal(decode("a=%0D%0D%0A"), STATUS_OK);
    assert_string_equal(pairs.at[0].value, "\r\n");
}

static void as_many_as_allowed(void **state)
{
    (void)state;
    static char text[REQUEST_FIELDS_MAX * 2 + 4];
    for (size_t i = 0; i < REQUEST_FIELDS_MAX; i++) {
        text[2 * i] = 'a';
        text[2 * i + 1] = '&';
    }
    assert_int_equal(form_decode(&arena, text, 2 * REQUEST_FIELDS_MAX - 1, &pairs), STATUS_OK);
    assert_int_equal(pairs.count, REQUEST_FIELDS_MAX);
    text[(size_t)2 * REQUEST_FIELDS_MAX] = 'a';
    assert_int_equal(form_decode(&arena, text, 2 * REQUEST_FIELDS_MAX + 1, &pairs),
                     STATUS_BAD_REQUEST);
    assert_int_equal(pairs.count, 0);
}

/* The size ends the text, not a NUL: nothing behind it is read. */
static void the_size_is_the_end(void **state)
{
    (void)state;
    assert_int_equal(form_decode(&arena, "a=%41%42", 5, &pairs), STATUS_OK);
    assert_string_equal(pairs.at[0].value, "A");
    assert_int_equal(form_decode(&arena, "a=%41%42", 7, &pairs), STATUS_BAD_REQUEST);
    assert_int_equal(form_decode(&arena, "a=%41%42", 4, &pairs), STATUS_BAD_REQUEST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(pairs_in_order, set_up),
        cmocka_unit_test_setup(nothing_is_no_pairs, set_up),
        cmocka_unit_test_setup(malformed_text, set_up),
        cmocka_unit_test_setup(every_escaped_byte, set_up),
        cmocka_unit_test_setup(every_plain_byte, set_up),
        cmocka_unit_test_setup(utf8_comes_both_ways, set_up),
        cmocka_unit_test_setup(line_ends, set_up),
        cmocka_unit_test_setup(as_many_as_allowed, set_up),
        cmocka_unit_test_setup(the_size_is_the_end, set_up),
    };
    return cmocka_run_group_tests_name("form", tests, NULL, NULL);
}
