/* router_test.c: which row of the table answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/http.h"
#include "unit/dies.h"

#define ID "tfr_01KP6ZCR0NSBX1A2"
#define OTHER "org_01KP6ZCR0NSBX1A3"

static const struct route routes[] = {
    {.method = METHOD_GET, .pattern = "/"},
    {.method = METHOD_GET, .pattern = "/transfers"},
    {.method = METHOD_GET, .pattern = "/transfers/new"},
    {.method = METHOD_GET, .pattern = "/transfers/:id"},
    {.method = METHOD_POST, .pattern = "/transfers/:id"},
    {.method = METHOD_POST, .pattern = "/transfers/:id/accept"},
    {.method = METHOD_GET, .pattern = "/a/:id/b/:word/:id/:word"},
    {.method = METHOD_GET, .pattern = "/tags/:word"},
    {.method = METHOD_POST, .pattern = "/tags/fixed"},
};

static unsigned char memory[4096];
static struct arena arena;
static struct matched matched;
static const char *allow;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, memory, sizeof(memory));
    return 0;
}

static enum status find(enum method method, const char *path)
{
    matched = (struct matched){.route = NULL};
    allow = NULL;
    return route_find(&arena, routes, sizeof(routes) / sizeof(routes[0]), method, path, &matched,
                      &allow);
}

static void assert_found(enum method method, const char *path, const char *pattern)
{
    assert_int_equal(find(method, path), STATUS_OK);
    assert_string_equal(matched.route->pattern, pattern);
    assert_null(allow);
}

static void rows_are_found(void **state)
{
    (void)state;
    assert_found(METHOD_GET, "/", "/");
    assert_found(METHOD_GET, "/transfers", "/transfers");
    assert_found(METHOD_GET, "/transfers/new", "/transfers/new");
    assert_found(METHOD_HEAD, "/transfers", "/transfers");
    assert_found(METHOD_GET, "/transfers/" ID, "/transfers/:id");
    assert_int_equal(matched.route->method, METHOD_GET);
    assert_string_equal(matched.arguments[0], ID);
    assert_null(matched.arguments[1]);
    assert_found(METHOD_POST, "/transfers/" ID, "/transfers/:id");
    assert_int_equal(matched.route->method, METHOD_POST);
    assert_found(METHOD_POST, "/transfers/" ID "/accept", "/transfers/:id/accept");
    assert_found(METHOD_GET, "/a/" ID "/b/w w/" OTHER "/z", "/a/:id/b/:word/:id/:word");
    assert_string_equal(matched.arguments[0], ID);
    assert_string_equal(matched.arguments[1], "w w");
    assert_string_equal(matched.arguments[2], OTHER);
    assert_string_equal(matched.arguments[3], "z");
    assert_found(METHOD_GET, "/tags/fixed", "/tags/:word");
    assert_string_equal(matched.arguments[0], "fixed");
    assert_found(METHOD_POST, "/tags/fixed", "/tags/fixed");
    assert_null(matched.arguments[0]);
}

static void nothing_is_found(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "",
        "/x",
        "/transfer",
        "/transfersx",
        "/transfers/",
        "/Transfers",
        "transfers",
        "/transfers/" ID "/",
        "/transfers/" ID "x",
        "/transfers/tfr_1",
        "/transfers/:id",
        "/transfers/" ID "/acceptx",
        "/transfers/" ID "/accept/x",
        "/transfers/new/x",
        "/tags",
        "/tags/",
        "/tags/a/b",
        "/transfers/01KP6ZCR0NSBX1A2",
    };
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        if (find(METHOD_GET, paths[i]) != STATUS_NOT_FOUND) {
            fail_msg("found: %s", paths[i]);
        }
        assert_int_equal(find(METHOD_POST, paths[i]), STATUS_NOT_FOUND);
        assert_int_equal(find(METHOD_OTHER, paths[i]), STATUS_NOT_FOUND);
        assert_null(matched.route);
        assert_null(allow);
    }
}

static void other_methods_are_told(void **state)
{
    (void)state;
    assert_int_equal(find(METHOD_POST, "/transfers"), STATUS_METHOD_NOT_ALLOWED);
    assert_string_equal(allow, "GET, HEAD");
    assert_int_equal(find(METHOD_GET, "/transfers/" ID "/accept"), STATUS_METHOD_NOT_ALLOWED);
    assert_string_equal(allow, "POST");
    assert_int_equal(find(METHOD_HEAD, "/transfers/" ID "/accept"), STATUS_METHOD_NOT_ALLOWED);
    assert_int_equal(find(METHOD_OTHER, "/transfers/" ID), STATUS_METHOD_NOT_ALLOWED);
    assert_string_equal(allow, "GET, HEAD, POST");
    assert_int_equal(find(METHOD_OTHER, "/tags/fixed"), STATUS_METHOD_NOT_ALLOWED);
    assert_string_equal(allow, "GET, HEAD, POST");
    assert_null(matched.route);
}

/* A row that did not fit leaves nothing behind in the arena. */
static void tries_cost_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 10000; i++) {
        assert_int_equal(find(METHOD_GET, "/a/" ID "/b/w/" OTHER "/"), STATUS_NOT_FOUND);
    }
    assert_int_equal(arena.used_bytes, 0);
}

static void use_a_bad_pattern(void)
{
    static const struct route bad[] = {{.method = METHOD_GET, .pattern = "/:name"}};
    (void)route_find(&arena, bad, 1, METHOD_GET, "/x", &matched, &allow);
}

static void use_a_bad_method(void)
{
    static const struct route bad[] = {{.method = METHOD_HEAD, .pattern = "/"}};
    (void)route_find(&arena, bad, 1, METHOD_GET, "/", &matched, &allow);
}

static void bugs_end_the_process(void **state)
{
    (void)state;
    assert_true(dies(use_a_bad_pattern));
    assert_true(dies(use_a_bad_method));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(rows_are_found, set_up),
        cmocka_unit_test_setup(nothing_is_found, set_up),
        cmocka_unit_test_setup(other_methods_are_told, set_up),
        cmocka_unit_test_setup(tries_cost_nothing, set_up),
        cmocka_unit_test_setup(bugs_end_the_process, set_up),
    };
    return cmocka_run_group_tests_name("router", tests, NULL, NULL);
}
