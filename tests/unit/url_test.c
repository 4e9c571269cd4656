/* url_test.c: addresses are made of literal paths and encoded values, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/url.h"
#include "unit/dies.h"

static unsigned char memory[16384];
static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, memory, sizeof(memory));
    return 0;
}

static void paths(void **state)
{
    (void)state;
    assert_string_equal(url_path(&arena, "/").text, "/");
    assert_string_equal(url_path(&arena, "/registry").text, "/registry");
    assert_string_equal(url_path(&arena,
                                 "/a/"
                                 "*",
                                 "tfr_1")
                            .text,
                        "/a/tfr_1");
    assert_string_equal(url_path(&arena,
                                 "/a/"
                                 "*"
                                 "/b/"
                                 "*"
                                 ".csv",
                                 "1", "2")
                            .text,
                        "/a/1/b/2.csv");
    assert_string_equal(url_path(&arena,
                                 "/a/"
                                 "*",
                                 "x/../y?z#&=%")
                            .text,
                        "/a/x%2F..%2Fy%3Fz%23%26%3D%25");
    assert_string_equal(url_path(&arena,
                                 "/a/"
                                 "*",
                                 "*")
                            .text,
                        "/a/%2A");
}

static void parts_that_walk_name_nothing(void **state)
{
    (void)state;
    assert_null(url_path(&arena,
                         "/a/"
                         "*"
                         "/b",
                         "..")
                    .text);
    assert_null(url_path(&arena,
                         "/a/"
                         "*"
                         "/b",
                         ".")
                    .text);
    assert_null(url_path(&arena,
                         "/a/"
                         "*"
                         "/b",
                         "")
                    .text);
    assert_string_equal(url_path(&arena,
                                 "/a/"
                                 "*",
                                 "...")
                            .text,
                        "/a/...");
}

static void every_byte(void **state)
{
    (void)state;
    for (int byte = 1; byte < 256; byte++) {
        const char part[] = {'a', (char)byte, '\0'};
        char expected[16];
        bool is_plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                        (byte >= 'a' && byte <= 'z') || byte == '-' || byte == '.' || byte == '_' ||
                        byte == '~';
        (void)snprintf(expected, sizeof(expected), is_plain ? "a%c" : "a%%%02X", byte);
        arena_reset(&arena, 0);
        assert_string_equal(url_path(&arena,
                                     "/"
                                     "*",
                                     part)
                                    .text +
                                1,
                            expected);
        struct url url = url_with(&arena, url_path(&arena, "/"), part, part);
        assert_memory_equal(url.text, "/?", 2);
        assert_memory_equal(url.text + 2, expected, strlen(expected));
        assert_int_equal(url.text[2 + strlen(expected)], '=');
        assert_string_equal(url.text + 3 + strlen(expected), expected);
    }
}

static void parameters(void **state)
{
    (void)state;
    struct url url = url_path(&arena, "/list");
    assert_string_equal(url_with(&arena, url, "q", NULL).text, "/list");
    assert_string_equal(url_with(&arena, url, "q", "").text, "/list");
    url = url_with(&arena, url, "q", "a b");
    assert_string_equal(url.text, "/list?q=a%20b");
    url = url_with(&arena, url, "page", "2");
    assert_string_equal(url.text, "/list?q=a%20b&page=2");
    url = url_with(&arena, (struct url){"/list#row?"}, "q", "1");
    assert_string_equal(url.text, "/list?q=1#row?");
    assert_null(url_with(&arena, (struct url){NULL}, "q", "1").text);
}

static void outside_addresses(void **state)
{
    (void)state;
    static const char *const kept[] = {
        "https://example.org",
        "http://example.org/a?b=c&d#e",
        "HTTPS://Example.org/%C3%BC",
        "https://example.org:8443/(a)",
        "https://xn--zrich-kva.example/",
    };
    static const char *const dropped[] = {
        "",
        "example.org",
        "//example.org",
        "ftp://example.org",
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        " https://example.org",
        "https://example.org ",
        "https:///x",
        "https://",
        "https://?q",
        "https://#x",
        "https://@x",
        "https://:1",
        "https:/example.org",
        "https:example.org",
        "https://a b",
        "https://a\"b",
        "https://a'b",
        "https://a<b",
        "https://a>b",
        "https://a`b",
        "https://a\\b",
        "https://a\nb",
        "https://a\x7f",
        "https://a\xff",
        "https://a\xe2\x80\xae",
        "data:text/html,x",
    };
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
        assert_string_equal(url_web(&arena, kept[i]).text, kept[i]);
    }
    for (size_t i = 0; i < sizeof(dropped) / sizeof(dropped[0]); i++) {
        if (url_web(&arena, dropped[i]).text != NULL) {
            fail_msg("kept: %s", dropped[i]);
        }
    }
    assert_null(url_web(&arena, NULL).text);
}

static void absolute(void **state)
{
    (void)state;
    struct url url = url_path(&arena, "/a");
    assert_string_equal(url_absolute(&arena, "https://r.example", url).text, "https://r.example/a");
    assert_string_equal(url_absolute(&arena, "https://r.example/", url).text,
                        "https://r.example/a");
    assert_null(url_absolute(&arena, "https://r.example", (struct url){NULL}).text);
}

static void begin_elsewhere(void)
{
    (void)url_path(&arena, "//evil.example");
}

static void begin_nowhere(void)
{
    (void)url_path(&arena, "a");
}

static void leave_a_part_out(void)
{
    (void)url_path(&arena,
                   "/"
                   "*",
                   NULL);
}

static void bugs_end_the_process(void **state)
{
    (void)state;
    assert_true(dies(begin_elsewhere));
    assert_true(dies(begin_nowhere));
    assert_true(dies(leave_a_part_out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(paths, set_up),
        cmocka_unit_test_setup(parts_that_walk_name_nothing, set_up),
        cmocka_unit_test_setup(every_byte, set_up),
        cmocka_unit_test_setup(parameters, set_up),
        cmocka_unit_test_setup(outside_addresses, set_up),
        cmocka_unit_test_setup(absolute, set_up),
        cmocka_unit_test_setup(bugs_end_the_process, set_up),
    };
    return cmocka_run_group_tests_name("url", tests, NULL, NULL);
}
