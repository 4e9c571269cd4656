/* tests/unit/range_test.c: the addresses that an access token is limited to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "gate/range.h"

static unsigned char memory[262144];
static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, memory, sizeof memory);
    return 0;
}

static void reads(const char *typed, const char *wanted)
{
    const char *ranges = NULL;
    const char *words = NULL;
    if (!ranges_read(&arena, typed, &ranges, &words)) {
        fail_msg("\"%s\": %s", typed, words);
    }
    assert_string_equal(ranges, wanted);
    assert_string_equal(words, "");
}

static void refuses(const char *typed, const char *wanted)
{
    const char *ranges = NULL;
    const char *words = NULL;
    if (ranges_read(&arena, typed, &ranges, &words)) {
        fail_msg("\"%s\" was read as \"%s\"", typed, ranges);
    }
    if (strstr(words, wanted) == NULL) {
        fail_msg("\"%s\": \"%s\" does not say \"%s\"", typed, words, wanted);
    }
}

static void test_read(void **state)
{
    (void)state;
    reads("", "");
    reads(" \n\n \n", "");
    reads("192.0.2.0/24", "192.0.2.0/24");
    reads("192.0.2.7", "192.0.2.7/32");
    reads("  192.0.2.7  \n\n2001:DB8::/32\n", "192.0.2.7/32\n2001:db8::/32");
    reads("0.0.0.0/0", "0.0.0.0/0");
    reads("::/0", "::/0");
    reads("2001:db8:0:0:0:0:0:1", "2001:db8::1/128");
    reads("::ffff:192.0.2.0/120", "192.0.2.0/24"); /* IPv4 inside IPv6 */
    reads("::ffff:0:0/96", "0.0.0.0/0");
    reads("10.128.0.0/9", "10.128.0.0/9");
    reads("::1", "::1/128");
    reads("0:0:0:1::1", "::1:0:0:0:1/128");
    reads("2001:db8:8000::/33", "2001:db8:8000::/33");
}

static void test_refused(void **state)
{
    static const char *const texts[] = {
        "x",
        "192.0.2",
        "192.0.2.0/",
        "192.0.2.0/33",
        "192.0.2.0/-1",
        "192.0.2.0/ 8",
        "192.0.2.0/08",
        "192.0.2.0/2x",
        "192.0.2.0/24/8",
        "192.0.2.256",
        "192.0.02.1",
        "2001:db8::/129",
        "2001:db8:::/32",
        "/8",
        "example.org",
        "192.0.2.0/24, 198.51.100.0/24",
        "192.0.2.0-192.0.2.9",
        "192.0.2.0/18446744073709551616",
        "fe80::1%eth0",
        "\xc3\xa4",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        refuses(texts[i], "Line 1: enter an address such as");
    }
    refuses("2001:0db8:0000:0000:0000:0000:0000:0001:2001:0db8:0000:0000/128", "Line 1: enter");
    refuses("192.0.2.0/24\n\n198.51.100.999", "Line 3: enter");
    /* Which one was meant? Not guessed, but said how to write it. */
    refuses("192.0.2.7/24", "Line 1: the range that 192.0.2.7/24 is in begins at 192.0.2.0/24.");
    refuses("10.200.0.0/9", "10.128.0.0/9");
    refuses("2001:db8::1/32", "2001:db8::/32");
    refuses("::1/0", "::/0");
}

static void test_many(void **state)
{
    (void)state;
    const char *typed = "";
    for (int i = 0; i < RANGES_MAX; i++) {
        typed = arena_printf(&arena, "%s192.0.2.%d\n", typed, i);
    }
    const char *ranges = NULL;
    const char *words = NULL;
    assert_true(ranges_read(&arena, typed, &ranges, &words));
    assert_true(ranges_hold(ranges, "192.0.2.31"));
    assert_false(ranges_hold(ranges, "192.0.2.32"));
    refuses(arena_printf(&arena, "%s198.51.100.1", typed), "at most 32");
}

static void test_hold(void **state)
{
    static const struct {
        const char *ranges, *inside, *outside;
    } rows[] = {
        {"192.0.2.0/24", "192.0.2.0", "192.0.3.0"},
        {"192.0.2.0/24", "192.0.2.255", "192.0.1.255"},
        {"192.0.2.0/24", "::ffff:192.0.2.9", "::192.0.2.9"},
        {"192.0.2.7/32", "192.0.2.7", "192.0.2.6"},
        {"10.128.0.0/9", "10.255.255.255", "10.127.255.255"},
        {"0.0.0.0/0", "255.255.255.255", "2001:db8::1"},
        {"::/0", "2001:db8::1", "x"},
        {"2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"},
        {"2001:db8:8000::/33", "2001:db8:ffff::", "2001:db8:7fff::"},
        {"2001:db8::1/128", "2001:db8::1", "2001:db8::2"},
        {"198.51.100.0/24\n2001:db8::/32\n192.0.2.0/25", "192.0.2.127", "192.0.2.128"},
        {"192.0.2.0/24", "192.0.2.1", ""},
        {"192.0.2.0/24", "192.0.2.1", "192.0.2.1 "},
        {"192.0.2.0/24", "192.0.2.1", "unix:"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!ranges_hold(rows[i].ranges, rows[i].inside) ||
            ranges_hold(rows[i].ranges, rows[i].outside)) {
            fail_msg("row %zu: %s", i, rows[i].ranges);
        }
    }
    /* What is no range holds nothing, and the next one counts. */
    assert_true(ranges_hold("nonsense\n2001:0db8:0000:0000:0000:0000:0000:0001:2001:0db8:0000/128\n"
                            "192.0.2.0/24",
                            "192.0.2.1"));
    assert_true(ranges_hold("", "192.0.2.1"));
    assert_true(ranges_hold("", "")); /* no limit asks nothing */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_hold),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
