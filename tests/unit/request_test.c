/* request_test.c: what nginx hands over is believed only after a look. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/limits.h"
#include "http/exchange.h"

#define ID "0123456789abcdef0123456789abcdef"
#define ID_PARAM "REQUEST_ID=0123456789abcdef0123456789abcdef"
#define ID_TOO_LONG "REQUEST_ID=0123456789abcdef0123456789abcdef0"
#define FORM "CONTENT_TYPE=application/x-www-form-urlencoded"

static unsigned char memory[2097152];
static struct arena arena;
static struct request request;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, memory, sizeof(memory));
    return 0;
}

struct source {
    const char *bytes;
    size_t size_bytes;
};

static size_t read_source(void *state, char *to, size_t capacity_bytes)
{
    struct source *source = state;
    size_t size_bytes = source->size_bytes < capacity_bytes ? source->size_bytes : capacity_bytes;
    memcpy(to, source->bytes, size_bytes);
    source->bytes += size_bytes;
    source->size_bytes -= size_bytes;
    return size_bytes;
}

/* Reads one request with these parameters and this body. */
static enum status read_with(const char *const *params, const char *body, size_t body_bytes)
{
    struct source source = {body, body_bytes};
    struct door door = {.params = params, .read = read_source, .state = &source};
    arena_reset(&arena, 0);
    return request_read(&arena, &door, &request);
}

static enum status read_params(const char *const *params)
{
    return read_with(params, "", 0);
}

static enum status get(const char *uri)
{
    char line[8192];
    (void)snprintf(line, sizeof(line), "REQUEST_URI=%s", uri);
    const char *params[] = {"REQUEST_METHOD=GET", line, NULL};
    return read_params(params);
}

static enum status get_with(const char *param, const char *other)
{
    const char *params[] = {"REQUEST_METHOD=GET", "REQUEST_URI=/", param, other, NULL};
    return read_params(params);
}

static enum status post(const char *length, const char *body, size_t body_bytes)
{
    char line[64];
    (void)snprintf(line, sizeof(line), "CONTENT_LENGTH=%s", length);
    const char *params[] = {"REQUEST_METHOD=POST", "REQUEST_URI=/act", FORM, line, NULL};
    return read_with(params, body, body_bytes);
}

static void a_whole_request(void **state)
{
    (void)state;
    const char *params[] = {"REQUEST_METHOD=POST",
                            "REQUEST_URI=/registry/transfers?q=a%20b&page=2",
                            "CONTENT_LENGTH=7",
                            "CONTENT_TYPE=application/x-www-form-urlencoded; charset=UTF-8",
                            "REMOTE_ADDR=192.0.2.1",
                            "HTTPS=on",
                            ID_PARAM,
                            "HTTP_COOKIE=__Host-session=abc; theme=dark",
                            "HTTP_ORIGIN=https://r.example",
                            "HTTP_SEC_FETCH_SITE=same-origin",
                            "HTTP_USER_AGENT=Mozilla/5.0",
                            "HTTP_IF_NONE_MATCH=\"x\"",
                            "HTTP_HOST=evil.example",
                            "HTTP_AUTHORIZATION=Bearer t",
                            "HTTP_X_CLIENT_SECRET=s",
                            "HTTP_IDEMPOTENCY_KEY=k",
                            NULL};
    assert_int_equal(read_with(params, "n=1&m=2", 7), STATUS_OK);
    assert_int_equal(request.method, METHOD_POST);
    assert_string_equal(request.path, "/registry/transfers");
    assert_string_equal(request.query_text, "q=a%20b&page=2");
    assert_string_equal(pairs_find(&request.query, "q"), "a b");
    assert_string_equal(pairs_find(&request.form, "m"), "2");
    assert_string_equal(request.body, "n=1&m=2");
    assert_int_equal(request.body_bytes, 7);
    assert_string_equal(request.remote_address, "192.0.2.1");
    assert_string_equal(request.origin, "https://r.example");
    assert_string_equal(request.fetch_site, "same-origin");
    assert_string_equal(request.user_agent, "Mozilla/5.0");
    assert_string_equal(request.if_none_match, "\"x\"");
    assert_string_equal(request.request_id, ID);
    assert_string_equal(request.authorization, "Bearer t");
    assert_string_equal(request.client_secret, "s");
    assert_string_equal(request.idempotency_key, "k");
    assert_true(request.https);
    assert_string_equal(request_cookie(&request, &arena, "__Host-session"), "abc");
}

static void nothing_is_ever_null(void **state)
{
    (void)state;
    const char *none[] = {NULL};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(read_params(i == 0 ? none : NULL), STATUS_BAD_REQUEST);
        const char *const texts[] = {
            request.path,
            request.query_text,
            request.content_type,
            request.body,
            request.cookie,
            request.origin,
            request.fetch_site,
            request.remote_address,
            request.user_agent,
            request.if_none_match,
            request.authorization,
            request.client_secret,
            request.idempotency_key,
        };
        for (size_t j = 0; j < sizeof(texts) / sizeof(texts[0]); j++) {
            assert_string_equal(texts[j], "");
        }
        assert_int_equal(strlen(request.request_id), 32);
        assert_false(request.https);
    }
}

static void methods(void **state)
{
    (void)state;
    static const struct {
        const char *param;
        enum method method;
    } cases[] = {
        {"REQUEST_METHOD=GET", METHOD_GET},       {"REQUEST_METHOD=HEAD", METHOD_HEAD},
        {"REQUEST_METHOD=POST", METHOD_POST},     {"REQUEST_METHOD=get", METHOD_OTHER},
        {"REQUEST_METHOD=DELETE", METHOD_OTHER},  {"REQUEST_METHOD=GET ", METHOD_OTHER},
        {"REQUEST_METHOD=OPTIONS", METHOD_OTHER},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *params[] = {cases[i].param, "REQUEST_URI=/", NULL};
        assert_int_equal(read_params(params), STATUS_OK);
        assert_int_equal(request.method, cases[i].method);
    }
    const char *none[] = {"REQUEST_METHOD=", "REQUEST_URI=/", NULL};
    assert_int_equal(read_params(none), STATUS_BAD_REQUEST);
}

static void good_paths(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"/", "/"},
        {"/?", "/"},
        {"/a", "/a"},
        {"/a/", "/a/"},
        {"/a/b.c", "/a/b.c"},
        {"/...", "/..."},
        {"/.well-known/x", "/.well-known/x"},
        {"/%41%7e", "/A~"},
        {"/a+b", "/a+b"},
        {"/Z%C3%BCrich", "/Z\xc3\xbcrich"},
        {"/a%3Fb", "/a?b"},
        {"/a%25b", "/a%b"},
        {"/..a/a..", "/..a/a.."},
        {"/a%20b", "/a b"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(get(cases[i][0]), STATUS_OK);
        assert_string_equal(request.path, cases[i][1]);
        assert_int_equal(request.query.count, 0);
    }
}

static void bad_addresses(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",          "a",
        "*",         "http://evil.example/",
        "//",        "//evil.example",
        "/a//b",     "/.",
        "/..",       "/./a",
        "/a/..",     "/a/../b",
        "/a/.",      "/%2e",
        "/%2e%2E/x", "/a/.%2e",
        "/a%2Fb",    "/a%2fb",
        "/a%00",     "/a%0a",
        "/a%0D",     "/a%1b",
        "/a%7f",     "/a%",
        "/a%2",      "/a%zz",
        "/%ff",      "/%C3",
        "/%C0%AF",   "/%ED%A0%80",
        "/a b",      "/a\tb",
        "/\xff",     "/a#b",
        "/a?b#c",    "/%E2%80%AE",
        "/a?b=%",    "/a?=b",
        "/a?b&&c",   "/a?b=%ff",
        "/%C2%85",   "?a=b",
        "/a?b=c d",
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (get(cases[i]) != STATUS_BAD_REQUEST) {
            fail_msg("accepted: %s", cases[i]);
        }
    }
}

static void every_byte_in_a_path(void **state)
{
    (void)state;
    for (int byte = 1; byte < 256; byte++) {
        char uri[8] = {'/', 'a', (char)byte, 'b', '\0'};
        bool is_refused = byte <= ' ' || byte >= 0x7f || byte == '%' || byte == '#';
        assert_int_equal(get(uri), is_refused ? STATUS_BAD_REQUEST : STATUS_OK);
        (void)snprintf(uri, sizeof(uri), "/a%%%02Xb", byte);
        is_refused = byte < ' ' || byte >= 0x7f || byte == '/';
        assert_int_equal(get(uri), is_refused ? STATUS_BAD_REQUEST : STATUS_OK);
    }
}

static void lengths_of_addresses(void **state)
{
    (void)state;
    char uri[8192] = "/";
    memset(uri + 1, 'a', REQUEST_PATH_BYTES_MAX);
    uri[REQUEST_PATH_BYTES_MAX] = '\0';
    assert_int_equal(get(uri), STATUS_OK);
    uri[REQUEST_PATH_BYTES_MAX] = 'a';
    uri[REQUEST_PATH_BYTES_MAX + 1] = '\0';
    assert_int_equal(get(uri), STATUS_BAD_REQUEST);
    memset(uri, 'a', sizeof(uri));
    uri[0] = '/';
    uri[1] = '?';
    uri[2 + REQUEST_QUERY_BYTES_MAX] = '\0';
    assert_int_equal(get(uri), STATUS_OK);
    uri[2 + REQUEST_QUERY_BYTES_MAX] = 'a';
    uri[3 + REQUEST_QUERY_BYTES_MAX] = '\0';
    assert_int_equal(get(uri), STATUS_BAD_REQUEST);
}

static void lengths_of_bodies(void **state)
{
    (void)state;
    static char body[REQUEST_BODY_BYTES_MAX + 2];
    memset(body, 'a', sizeof(body));
    assert_int_equal(post("3", "a=1", 3), STATUS_OK);
    assert_int_equal(post("003", "a=1", 3), STATUS_OK);
    assert_int_equal(post("0", "", 0), STATUS_OK);
    assert_int_equal(post("", "", 0), STATUS_OK);
    assert_int_equal(post("2", "a=1", 3), STATUS_BAD_REQUEST);
    assert_int_equal(post("4", "a=1", 3), STATUS_BAD_REQUEST);
    assert_int_equal(post("", "a=1", 3), STATUS_BAD_REQUEST);
    assert_int_equal(post("0", "a", 1), STATUS_BAD_REQUEST);
    assert_int_equal(post("-3", "a=1", 3), STATUS_BAD_REQUEST);
    assert_int_equal(post("+3", "a=1", 3), STATUS_BAD_REQUEST);
    assert_int_equal(post(" 3", "a=1", 3), STATUS_BAD_REQUEST);
    assert_int_equal(post("3 ", "a=1", 3), STATUS_BAD_REQUEST);
    assert_int_equal(post("0x3", "a=1", 3), STATUS_BAD_REQUEST);
    assert_int_equal(post("3,3", "a=1", 3), STATUS_BAD_REQUEST);
    assert_int_equal(post("262144", body, REQUEST_BODY_BYTES_MAX), STATUS_OK);
    assert_int_equal(request.body_bytes, REQUEST_BODY_BYTES_MAX);
    assert_int_equal(post("262144", body, REQUEST_BODY_BYTES_MAX + 1), STATUS_BAD_REQUEST);
    assert_int_equal(post("262145", body, REQUEST_BODY_BYTES_MAX + 1), STATUS_TOO_LARGE);
    assert_int_equal(post("9223372036854775807", "", 0), STATUS_TOO_LARGE);
    assert_int_equal(post("9223372036854775808", "", 0), STATUS_TOO_LARGE);
    assert_int_equal(post("99999999999999999999999999", "", 0), STATUS_TOO_LARGE);
}

static void bodies_where_none_belongs(void **state)
{
    (void)state;
    const char *get_params[] = {"REQUEST_METHOD=GET", "REQUEST_URI=/", FORM, "CONTENT_LENGTH=3",
                                NULL};
    assert_int_equal(read_with(get_params, "a=1", 3), STATUS_BAD_REQUEST);
    const char *empty_params[] = {"REQUEST_METHOD=HEAD", "REQUEST_URI=/", FORM, "CONTENT_LENGTH=0",
                                  NULL};
    assert_int_equal(read_with(empty_params, "", 0), STATUS_OK);
    assert_int_equal(request.form.count, 0);
}

static void other_types_are_left_alone(void **state)
{
    (void)state;
    static const struct {
        const char *param;
        size_t count;
    } cases[] = {
        {FORM, 1},
        {FORM "; charset=utf-8", 1},
        {FORM " ;x", 1},
        {"CONTENT_TYPE=Application/X-WWW-Form-Urlencoded", 1},
        {FORM "ed", 0},
        {FORM ",text/plain", 0},
        {"CONTENT_TYPE=application/json", 0},
        {"CONTENT_TYPE=", 0},
        {"CONTENT_TYPE=multipart/form-data; boundary=x", 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *params[] = {"REQUEST_METHOD=POST", "REQUEST_URI=/", cases[i].param,
                                "CONTENT_LENGTH=3", NULL};
        assert_int_equal(read_with(params, "a=1", 3), STATUS_OK);
        assert_int_equal(request.form.count, cases[i].count);
        assert_string_equal(request.content_type, strchr(cases[i].param, '=') + 1);
        assert_string_equal(request.body, "a=1");
    }
    const char *json[] = {"REQUEST_METHOD=POST", "REQUEST_URI=/", "CONTENT_TYPE=application/json",
                          "CONTENT_LENGTH=4", NULL};
    assert_int_equal(read_with(json, "{\0%}", 4), STATUS_OK);
    assert_memory_equal(request.body, "{\0%}", 5);
    const char *form[] = {"REQUEST_METHOD=POST", "REQUEST_URI=/", FORM, "CONTENT_LENGTH=4", NULL};
    assert_int_equal(read_with(form, "a=1&", 4), STATUS_OK);
    assert_true(request.form_is_broken);
    assert_int_equal(request.form.count, 0);
    assert_int_equal(read_with(form, "a=\0x", 4), STATUS_OK);
    assert_true(request.form_is_broken);
    assert_memory_equal(request.body, "a=\0x", 5);
    assert_int_equal(read_with(form, "a=10", 4), STATUS_OK);
    assert_false(request.form_is_broken);
}

static void repeats_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = {
        "HTTP_COOKIE",        "HTTP_X_CLIENT_SECRET", "HTTP_IDEMPOTENCY_KEY", "CONTENT_LENGTH",
        "HTTP_AUTHORIZATION", "HTTP_ORIGIN",          "REQUEST_URI",          "REQUEST_METHOD",
        "REMOTE_ADDR",        "HTTP_USER_AGENT",      "REQUEST_ID",
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char one[64];
        char other[64];
        (void)snprintf(one, sizeof(one), "%s=", names[i]);
        (void)snprintf(other, sizeof(other), "%s=0", names[i]);
        assert_int_equal(get_with(one, other), STATUS_BAD_REQUEST);
        assert_int_equal(get_with(one, one), STATUS_BAD_REQUEST);
        assert_int_equal(get_with(other, one), STATUS_BAD_REQUEST);
    }
    assert_int_equal(get_with("HTTP_ACCEPT=a", "HTTP_ACCEPT=b"), STATUS_OK);
    assert_int_equal(get_with("HTTP_COOKIE=a", "HTTP_COOKIES=b"), STATUS_OK);
    assert_int_equal(get_with("HTTP_COOKIE", "HTTP_COOKIE=b"), STATUS_OK);
}

/* As nginx from 1.23 on hands on the lines of one header that came several times. */
static void joined_repeats_are_refused(void **state)
{
    (void)state;
    static const char *const joined[] = {
        "HTTP_X_CLIENT_SECRET=a, b",      "HTTP_X_CLIENT_SECRET=a, a",
        "HTTP_X_CLIENT_SECRET=, a",       "HTTP_X_CLIENT_SECRET=a, ",
        "HTTP_X_CLIENT_SECRET=a,\tb",     "HTTP_AUTHORIZATION=Bearer a, Bearer b",
        "HTTP_AUTHORIZATION=bearer a, b", "HTTP_AUTHORIZATION=Bearer a, Basic b",
        "HTTP_IDEMPOTENCY_KEY=a, b",      "HTTP_IDEMPOTENCY_KEY=a, ",
        "HTTP_IDEMPOTENCY_KEY=, ",
    };
    for (size_t i = 0; i < sizeof(joined) / sizeof(joined[0]); i++) {
        assert_int_equal(get_with(joined[i], NULL), STATUS_BAD_REQUEST);
    }
    /* A comma is as good as any other character of a key; lists are lists. */
    static const char *const single[] = {
        "HTTP_IDEMPOTENCY_KEY=a,b", "HTTP_AUTHORIZATION=Digest username=\"a\", realm=\"b\"",
        "HTTP_ACCEPT=a, b",         "HTTP_IF_NONE_MATCH=\"a\", \"b\"",
        "HTTP_USER_AGENT=a, b",
    };
    for (size_t i = 0; i < sizeof(single) / sizeof(single[0]); i++) {
        assert_int_equal(get_with(single[i], NULL), STATUS_OK);
    }
}

static void an_empty_key_is_no_key(void **state)
{
    (void)state;
    assert_int_equal(get_with("HTTP_IDEMPOTENCY_KEY=", NULL), STATUS_BAD_REQUEST);
    assert_int_equal(get_with("HTTP_IDEMPOTENCY_KEY=k", NULL), STATUS_OK);
    assert_int_equal(get_with("HTTP_AUTHORIZATION=", "HTTP_X_CLIENT_SECRET="), STATUS_OK);
}

static void control_characters_are_refused(void **state)
{
    (void)state;
    for (int byte = 1; byte < 256; byte++) {
        char cookie[] = "HTTP_COOKIE=a=?";
        char origin[] = "HTTP_ORIGIN=?";
        char agent[] = "HTTP_USER_AGENT=?";
        cookie[sizeof(cookie) - 2] = (char)byte;
        origin[sizeof(origin) - 2] = (char)byte;
        agent[sizeof(agent) - 2] = (char)byte;
        bool is_control = (byte < ' ' && byte != '\t') || byte == 0x7f;
        assert_int_equal(get_with(cookie, NULL), is_control ? STATUS_BAD_REQUEST : STATUS_OK);
        assert_int_equal(get_with(origin, NULL),
                         is_control || byte >= 0x80 ? STATUS_BAD_REQUEST : STATUS_OK);
        assert_int_equal(get_with(agent, NULL), STATUS_OK);
        assert_int_equal(request.user_agent[0], byte >= ' ' && byte <= '~' ? byte : '?');
    }
}

static void request_ids(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "REQUEST_ID=",
        "REQUEST_ID=0123",
        ID_TOO_LONG,
        "REQUEST_ID=0123456789ABCDEF0123456789abcdef",
        "REQUEST_ID=0123456789abcdef0123456789abcde\"",
    };
    assert_int_equal(get_with(ID_PARAM, NULL), STATUS_OK);
    assert_string_equal(request.request_id, ID);
    char last[33] = "";
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(get_with(bad[i], NULL), STATUS_OK);
        assert_int_equal(strlen(request.request_id), 32);
        assert_int_equal(strspn(request.request_id, "0123456789abcdef"), 32);
        assert_string_not_equal(request.request_id, last);
        memcpy(last, request.request_id, sizeof(last));
    }
}

static const char *cookie_of(const char *param, const char *name)
{
    assert_int_equal(get_with(param, NULL), STATUS_OK);
    return request_cookie(&request, &arena, name);
}

static void cookies(void **state)
{
    (void)state;
    assert_string_equal(cookie_of("HTTP_COOKIE=a=1; b=2", "b"), "2");
    assert_string_equal(cookie_of("HTTP_COOKIE=a=1;b=2", "b"), "2");
    assert_string_equal(cookie_of("HTTP_COOKIE= a=1 ; b=2 ", "b"), "2");
    assert_string_equal(cookie_of("HTTP_COOKIE=a=1=2", "a"), "1=2");
    assert_string_equal(cookie_of("HTTP_COOKIE=a=", "a"), "");
    assert_string_equal(cookie_of("HTTP_COOKIE=a", "a"), "");
    assert_string_equal(cookie_of("HTTP_COOKIE=;;a=1;;", "a"), "1");
    assert_string_equal(cookie_of("HTTP_COOKIE=a=1; a=2", "a"), "1");
    assert_null(cookie_of("HTTP_COOKIE=", "a"));
    assert_null(cookie_of("HTTP_COOKIE=aa=1; A=2", "a"));
    assert_null(cookie_of("HTTP_COOKIE=b=a=1", "a"));
    assert_null(cookie_of("HTTP_HOST=x", "a"));
}

static void host_cookies_stand_once(void **state)
{
    (void)state;
    assert_int_equal(get_with("HTTP_COOKIE=__Host-s=1; a=2; __Host-s=1", NULL), STATUS_BAD_REQUEST);
    assert_int_equal(get_with("HTTP_COOKIE=__Host-s;__Host-s=", NULL), STATUS_BAD_REQUEST);
    assert_int_equal(get_with("HTTP_COOKIE=__host-s=1; __host-s=2", NULL), STATUS_BAD_REQUEST);
    assert_int_equal(get_with("HTTP_COOKIE=__Host-s=1; __Host-t=1; __Host-st=2", NULL), STATUS_OK);
    assert_int_equal(get_with("HTTP_COOKIE=a=__Host-s; b=__Host-s", NULL), STATUS_OK);
}

static void the_cookie_has_its_limit(void **state)
{
    (void)state;
    static char cookie[REQUEST_COOKIE_BYTES_MAX + 32] = "HTTP_COOKIE=";
    size_t name_bytes = strlen(cookie);
    memset(cookie + name_bytes, 'a', REQUEST_COOKIE_BYTES_MAX);
    assert_int_equal(get_with(cookie, NULL), STATUS_OK);
    cookie[name_bytes + REQUEST_COOKIE_BYTES_MAX] = 'a';
    assert_int_equal(get_with(cookie, NULL), STATUS_BAD_REQUEST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_whole_request, set_up),
        cmocka_unit_test_setup(nothing_is_ever_null, set_up),
        cmocka_unit_test_setup(methods, set_up),
        cmocka_unit_test_setup(good_paths, set_up),
        cmocka_unit_test_setup(bad_addresses, set_up),
        cmocka_unit_test_setup(every_byte_in_a_path, set_up),
        cmocka_unit_test_setup(lengths_of_addresses, set_up),
        cmocka_unit_test_setup(lengths_of_bodies, set_up),
        cmocka_unit_test_setup(bodies_where_none_belongs, set_up),
        cmocka_unit_test_setup(other_types_are_left_alone, set_up),
        cmocka_unit_test_setup(repeats_are_refused, set_up),
        cmocka_unit_test_setup(joined_repeats_are_refused, set_up),
        cmocka_unit_test_setup(an_empty_key_is_no_key, set_up),
        cmocka_unit_test_setup(control_characters_are_refused, set_up),
        cmocka_unit_test_setup(request_ids, set_up),
        cmocka_unit_test_setup(cookies, set_up),
        cmocka_unit_test_setup(host_cookies_stand_once, set_up),
        cmocka_unit_test_setup(the_cookie_has_its_limit, set_up),
    };
    return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
