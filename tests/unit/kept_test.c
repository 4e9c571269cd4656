/*
 * unit/kept_test.c: which pages are kept by their tag (gate/kept.h): whole ones that are the same
 * for everybody, and no others.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "gate/kept.h"

static struct arena arena;

static struct response empty(void)
{
    struct response response = {.http_code = 200, .content_type = "text/html; charset=utf-8"};
    out_init(&response.body, &arena, KEPT_PAGE_BYTES_MAX + 64);
    return response;
}

static struct response page(const char *tag)
{
    struct response response = empty();
    response.is_public = true;
    response.etag = tag;
    out_bytes(&response.body, "words", 5);
    return response;
}

static bool is_kept(const char *tag)
{
    struct response found = empty();
    return kept_find(tag, &found);
}

static bool streams(struct response *response, void *state)
{
    (void)response;
    (void)state;
    return false;
}

static void a_whole_page_is_kept(void **state)
{
    (void)state;
    struct response response = page("\"whole\"");
    kept_add("\"whole\"", &response);
    struct response found = empty();
    assert_true(kept_find("\"whole\"", &found));
    assert_true(found.is_public);
    assert_string_equal(found.etag, "\"whole\"");
    assert_string_equal(found.content_type, "text/html; charset=utf-8");
    assert_int_equal(found.body.size_bytes, 5);
    assert_memory_equal(found.body.bytes, "words", 5);
    assert_false(is_kept("\"other\""));
}

static void whatever_is_more_or_less_is_not(void **state)
{
    (void)state;
    enum { KINDS = 10 };
    for (int kind = 0; kind < KINDS; kind++) {
        char tag[32];
        (void)snprintf(tag, sizeof tag, "\"kind-%d\"", kind);
        struct response response = page(tag);
        char long_type[128];
        memset(long_type, 't', sizeof long_type);
        long_type[sizeof long_type - 1] = '\0';
        response.http_code = kind == 0 ? 404 : 200;
        response.is_public = kind != 1;
        response.etag = kind == 2 ? NULL : kind == 3 ? "\"another\"" : tag;
        response.stream = kind == 4 ? streams : NULL;
        response.cookies[0] = kind == 5 ? "a=b" : NULL;
        response.disposition = kind == 6 ? "attachment" : NULL;
        response.location = kind == 7 ? "/elsewhere" : NULL;
        response.retry_after_s = kind == 8 ? 5 : 0;
        response.content_type = kind == 9 ? long_type : response.content_type;
        kept_add(tag, &response);
        assert_false(is_kept(tag));
        assert_false(is_kept("\"another\""));
    }
}

static void as_large_as_may_be_kept(void **state)
{
    (void)state;
    struct response response = page("\"large\"");
    while (response.body.size_bytes < KEPT_PAGE_BYTES_MAX) {
        out_bytes(&response.body, "x", 1);
    }
    kept_add("\"large\"", &response);
    assert_true(is_kept("\"large\""));
    response.etag = "\"larger\"";
    out_bytes(&response.body, "x", 1);
    kept_add("\"larger\"", &response);
    assert_false(is_kept("\"larger\""));
}

static void the_one_used_longest_ago_makes_room(void **state)
{
    (void)state;
    char tag[32];
    for (int i = 0; i < KEPT_PAGES_MAX; i++) {
        (void)snprintf(tag, sizeof tag, "\"page-%d\"", i);
        struct response response = page(tag);
        kept_add(tag, &response);
    }
    assert_true(is_kept("\"page-0\"")); /* used now */
    struct response response = page("\"one more\"");
    kept_add("\"one more\"", &response);
    assert_true(is_kept("\"page-0\""));
    assert_false(is_kept("\"page-1\""));
    assert_true(is_kept("\"page-2\""));
    assert_true(is_kept("\"one more\""));
}

static int set_up(void **state)
{
    (void)state;
    if (arena.bytes == NULL) {
        arena_map(&arena, 64UL * 1024 * 1024);
    }
    arena_reset(&arena, 0);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_whole_page_is_kept, set_up),
        cmocka_unit_test_setup(whatever_is_more_or_less_is_not, set_up),
        cmocka_unit_test_setup(as_large_as_may_be_kept, set_up),
        cmocka_unit_test_setup(the_one_used_longest_ago_makes_room, set_up),
    };
    return cmocka_run_group_tests_name("kept pages", tests, NULL, NULL);
}
