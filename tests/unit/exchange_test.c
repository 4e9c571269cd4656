/* exchange_test.c: one reply from the door to the last byte: headers, HEAD, ETag, streams, and what
 * happens when room runs out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/limits.h"
#include "http/exchange.h"
#include "unit/dies.h"

#define ID "0123456789abcdef0123456789abcdef"
#define REQUEST_ID "REQUEST_ID=0123456789abcdef0123456789abcdef"

static struct arena arena;
static struct exchange exchange;
static struct program program;
static int finished;     /* how often the program was asked to tidy up */
static int windows_left; /* what stream_windows still writes */
static int windows_taken;
static int windows_readable; /* after so many the disk fails; -1: never */
static bool refuse_is_hungry;
static enum status refused;
static char refused_number[33]; /* of the request that was refused */

/* What the door saw. */
static char sent[65536];
static size_t sent_bytes;
static size_t sent_limit; /* after so many bytes nobody listens */

static size_t read_nothing(void *state, char *to, size_t capacity_bytes)
{
    (void)state;
    (void)to;
    (void)capacity_bytes;
    return 0;
}

static bool keep_sent(void *state, const char *bytes, size_t size_bytes)
{
    (void)state;
    if (sent_bytes + size_bytes > sent_limit) {
        return false;
    }
    memcpy(sent + sent_bytes, bytes, size_bytes);
    sent_bytes += size_bytes;
    sent[sent_bytes] = '\0';
    return true;
}

static void fill_arena(void)
{
    for (;;) {
        memset(arena_take(&arena, 1, 4096), 'S', 4096);
    }
}

static bool stream_windows(struct response *response, void *state)
{
    (void)state;
    assert_int_equal(response->body.size_bytes, 0);
    (void)arena_take(&arena, 1, ARENA_BYTES / 4); /* four of these at once would not fit */
    windows_taken++;
    out_text(&response->body, "row\r\n");
    if (windows_left < 0) {
        fill_arena();
    }
    return --windows_left > 0;
}

static void answer(void *context, const struct request *request, struct response *response)
{
    (void)context;
    const char *path = request->path;
    assert_int_equal(response->http_code, 200);
    assert_int_equal(response->body.size_bytes, 0);
    if (strcmp(path, "/page") == 0) {
        out_text(&response->body, "<p>hello");
        response->etag = "\"v1\"";
    } else if (strcmp(path, "/public") == 0) {
        response->is_public = true;
    } else if (strcmp(path, "/go") == 0) {
        response_redirect(response, &arena, (struct url){"/page"});
        response_cookie(response, "a=1; Path=/");
        response_cookie(response, "b=2; Path=/");
    } else if (strcmp(path, "/full") == 0) {
        out_text(&response->body, "half a page");
        fill_arena();
    } else if (strcmp(path, "/wide") == 0) {
        for (;;) {
            out_text(&response->body, "x");
        }
    } else if (strcmp(path, "/list") == 0) {
        response->content_type = "text/csv; charset=utf-8";
        response->disposition = "attachment; filename=\"list.csv\"";
        response->stream = stream_windows;
        out_text(&response->body, "id\r\n");
    }
}

static void refuse(void *context, const struct request *request, enum status status,
                   struct response *response)
{
    (void)context;
    refused = status;
    (void)snprintf(refused_number, sizeof refused_number, "%s", request->request_id);
    assert_int_equal(response->body.size_bytes, 0);
    if (refuse_is_hungry) {
        fill_arena();
    }
    out_text(&response->body, "refused");
}

static void last_words(const struct request *request, enum status status, struct response *response)
{
    assert_string_equal(request->path, "/full");
    assert_int_equal(status, STATUS_OUT_OF_ROOM);
    assert_int_equal(response->body.size_bytes, 0);
    response->content_type = "application/json";
    response->retry_after_s = 2;
    out_text(&response->body, "{}");
}

static void finish(void *context)
{
    (void)context;
    finished++;
}

static bool is_readable(void *context)
{
    (void)context;
    return windows_readable < 0 || windows_taken <= windows_readable;
}

static int set_up_group(void **state)
{
    (void)state;
    arena_map(&arena, ARENA_BYTES);
    program = (struct program){.name = "test",
                               .arena = &arena,
                               .answer = answer,
                               .refuse = refuse,
                               .finish = finish,
                               .is_readable = is_readable};
    exchange_open(&exchange, &program);
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    finished = 0;
    windows_left = 0;
    windows_taken = 0;
    windows_readable = -1;
    refuse_is_hungry = false;
    refused = STATUS_OK;
    program.refuse = refuse;
    sent_bytes = 0;
    sent_limit = sizeof(sent) - 1;
    return 0;
}

/* Without the line for each request, which would only disturb the report. */
static bool run_quietly(const struct door *door)
{
    int saved_stderr = dup(STDERR_FILENO);
    int nowhere = open("/dev/null", O_WRONLY);
    assert_true(dup2(nowhere, STDERR_FILENO) >= 0);
    bool is_whole = exchange_run(&exchange, door);
    assert_true(dup2(saved_stderr, STDERR_FILENO) >= 0);
    close(nowhere);
    close(saved_stderr);
    return is_whole;
}

/* Runs one request and checks that it leaves nothing behind. */
static bool run(const char *method, const char *uri, const char *more)
{
    char method_param[64];
    char uri_param[256];
    (void)snprintf(method_param, sizeof(method_param), "REQUEST_METHOD=%s", method);
    (void)snprintf(uri_param, sizeof(uri_param), "REQUEST_URI=%s", uri);
    const char *params[] = {method_param, uri_param, REQUEST_ID, more, NULL};
    struct door door = {.params = params, .read = read_nothing, .write = keep_sent};
    bool is_whole = run_quietly(&door);
    assert_int_equal(arena.used_bytes, exchange.mark_bytes);
    assert_null(arena.guard);
    assert_true(finished > 0);
    for (size_t i = 0; i < 4096; i++) {
        assert_int_equal(exchange.page.bytes[i], 0);
        assert_int_equal(arena.bytes[arena.used_bytes + i], 0);
    }
    return is_whole;
}

static const char *body(void)
{
    const char *end = strstr(sent, "\r\n\r\n");
    assert_non_null(end);
    return end + 4;
}

static void assert_header(const char *line)
{
    char wanted[512];
    (void)snprintf(wanted, sizeof(wanted), "\r\n%s\r\n", line);
    const char *found = strstr(sent, wanted);
    if (found == NULL || found >= body()) {
        fail_msg("no header %s in %s", line, sent);
    }
}

static void a_page(void **state)
{
    (void)state;
    assert_true(run("GET", "/page", NULL));
    assert_memory_equal(sent, "Status: 200 OK\r\n", 16);
    assert_header("Content-Type: text/html; charset=utf-8");
    assert_header("Content-Length: 8");
    assert_header("Cache-Control: no-store");
    assert_header("ETag: \"v1\"");
    assert_header("X-Request-Id: " ID);
    assert_header("X-Content-Type-Options: nosniff");
    assert_header("X-Frame-Options: DENY");
    assert_header("Referrer-Policy: strict-origin");
    assert_header("Cross-Origin-Opener-Policy: same-origin");
    assert_header("Cross-Origin-Resource-Policy: same-origin");
    assert_header("Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self'; "
                  "script-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
    assert_non_null(strstr(sent, "\r\nPermissions-Policy: "));
    assert_null(strstr(sent, "Strict-Transport-Security"));
    assert_null(strstr(sent, "Set-Cookie"));
    assert_string_equal(body(), "<p>hello");
    assert_int_equal(finished, 1);
}

static void over_tls_the_browser_is_told_to_stay(void **state)
{
    (void)state;
    assert_true(run("GET", "/page", "HTTPS=on"));
    assert_header("Strict-Transport-Security: max-age=31536000");
}

static void public_pages_may_be_kept(void **state)
{
    (void)state;
    assert_true(run("GET", "/public", NULL));
    assert_header("Cache-Control: public, no-cache");
    assert_header("Content-Length: 0");
    assert_string_equal(body(), "");
}

static void head_has_the_length_and_no_body(void **state)
{
    (void)state;
    assert_true(run("HEAD", "/page", NULL));
    assert_header("Content-Length: 8");
    assert_string_equal(body(), "");
    sent_bytes = 0;
    windows_left = 2;
    assert_true(run("HEAD", "/list", NULL));
    assert_null(strstr(sent, "Content-Length"));
    assert_string_equal(body(), "");
    assert_int_equal(windows_taken, 0);
}

static void known_pages_are_not_sent_again(void **state)
{
    (void)state;
    static const struct {
        const char *param;
        bool is_known;
    } cases[] = {
        {"HTTP_IF_NONE_MATCH=\"v1\"", true},
        {"HTTP_IF_NONE_MATCH=W/\"v1\"", true},
        {"HTTP_IF_NONE_MATCH=*", true},
        {"HTTP_IF_NONE_MATCH=\"v0\", \"v1\"", true},
        {"HTTP_IF_NONE_MATCH=\"v0\",W/\"v1\"", true},
        {"HTTP_IF_NONE_MATCH=\"v11\"", false},
        {"HTTP_IF_NONE_MATCH=\"v\"", false},
        {"HTTP_IF_NONE_MATCH=v1", false},
        {"HTTP_IF_NONE_MATCH=", false},
        {"HTTP_IF_NONE_MATCH=, ,", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sent_bytes = 0;
        assert_true(run("GET", "/page", cases[i].param));
        assert_int_equal(strncmp(sent, "Status: 304 Not Modified\r\n", 26) == 0, cases[i].is_known);
        assert_header("ETag: \"v1\"");
        assert_string_equal(body(), cases[i].is_known ? "" : "<p>hello");
        assert_int_equal(strstr(sent, "Content-Length") == NULL, cases[i].is_known);
    }
    sent_bytes = 0;
    assert_true(run("GET", "/public", "HTTP_IF_NONE_MATCH=*"));
    assert_memory_equal(sent, "Status: 200 OK\r\n", 16);
}

static void a_redirect_with_cookies(void **state)
{
    (void)state;
    assert_true(run("POST", "/go", NULL));
    assert_memory_equal(sent, "Status: 303 See Other\r\n", 23);
    assert_header("Location: /page");
    assert_header("Set-Cookie: a=1; Path=/");
    assert_header("Set-Cookie: b=2; Path=/");
}

static void windows_follow_each_other(void **state)
{
    (void)state;
    windows_left = 20;
    assert_true(run("GET", "/list", NULL));
    assert_header("Content-Disposition: attachment; filename=\"list.csv\"");
    assert_null(strstr(sent, "Content-Length"));
    assert_int_equal(windows_taken, 20);
    assert_int_equal(strlen(body()), 4 + 20 * 5);
    assert_memory_equal(body(), "id\r\nrow\r\nrow\r\n", 14);
}

static void windows_stop_when_nobody_listens(void **state)
{
    (void)state;
    windows_left = 1000;
    sent_limit = 1500;
    assert_false(run("GET", "/list", NULL));
    assert_true(windows_taken < 1000);
}

static void a_broken_list_is_cut(void **state)
{
    (void)state;
    windows_left = -1;
    assert_false(run("GET", "/list", NULL));
    assert_int_equal(refused, STATUS_OK);
    assert_string_equal(body(), "id\r\n");
}

/* What was not read looks like the end of the list: it must not look whole. */
static void windows_break_off_when_the_disk_fails(void **state)
{
    (void)state;
    windows_left = 20;
    windows_readable = 3;
    assert_false(run("GET", "/list", NULL));
    assert_int_equal(windows_taken, 4);
    assert_int_equal(strlen(body()), 4 + 3 * 5);
}

static void nobody_at_all_listens(void **state)
{
    (void)state;
    sent_limit = 0;
    assert_false(run("GET", "/page", NULL));
    assert_int_equal(sent_bytes, 0);
}

static void unreadable_requests_are_refused(void **state)
{
    (void)state;
    assert_true(run("GET", "/a/../b", NULL));
    assert_memory_equal(sent, "Status: 400 Bad Request\r\n", 25);
    assert_int_equal(refused, STATUS_BAD_REQUEST);
    assert_string_equal(refused_number, &REQUEST_ID[strlen("REQUEST_ID=")]);
    assert_string_equal(body(), "refused");
    sent_bytes = 0;
    assert_true(run("POST", "/page", "CONTENT_LENGTH=999999999"));
    assert_memory_equal(sent, "Status: 413 Content Too Large\r\n", 31);
    assert_int_equal(refused, STATUS_TOO_LARGE);
}

static void a_full_arena_is_a_page_too(void **state)
{
    (void)state;
    static const char *const paths[] = {"/full", "/wide"};
    for (size_t i = 0; i < 2; i++) {
        sent_bytes = 0;
        finished = 0;
        assert_true(run("GET", paths[i], NULL));
        assert_memory_equal(sent, "Status: 503 Service Unavailable\r\n", 33);
        assert_int_equal(refused, STATUS_OUT_OF_ROOM);
        assert_string_equal(refused_number, &REQUEST_ID[strlen("REQUEST_ID=")]);
        assert_string_equal(body(), "refused");
        assert_int_equal(finished, 2);
    }
    sent_bytes = 0;
    assert_true(run("GET", "/page", NULL));
    assert_string_equal(body(), "<p>hello");
}

static void at_last_one_sentence_remains(void **state)
{
    (void)state;
    refuse_is_hungry = true;
    assert_true(run("GET", "/full", NULL));
    assert_memory_equal(sent, "Status: 503 Service Unavailable\r\n", 33);
    assert_header("Content-Type: text/plain; charset=utf-8");
    assert_memory_equal(body(), status_row(STATUS_OUT_OF_ROOM)->sentence, 20);
    sent_bytes = 0;
    program.last_words = last_words;
    assert_true(run("GET", "/full", NULL));
    assert_memory_equal(sent, "Status: 503 Service Unavailable\r\n", 33);
    assert_header("Content-Type: application/json");
    assert_header("Retry-After: 2");
    assert_string_equal(body(), "{}");
    sent_bytes = 0;
    program.last_words = NULL;
    program.refuse = NULL;
    assert_true(run("GET", "//", NULL));
    assert_memory_equal(sent, "Status: 400 Bad Request\r\n", 25);
    assert_memory_equal(body(), status_row(STATUS_BAD_REQUEST)->sentence, 20);
}

/* The arena is so small that not even the request fits. Whoever asked is told its number. */
static void no_room_for_the_request(void **state)
{
    (void)state;
    static const char *const more[] = {REQUEST_ID, "NOTHING=1", "REQUEST_ID=not a number"};
    size_t size_bytes = arena.size_bytes;
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
        const char *params[] = {"REQUEST_METHOD=GET", "REQUEST_URI=/page", more[i], NULL};
        struct door door = {.params = params, .read = read_nothing, .write = keep_sent};
        sent_bytes = 0;
        arena.size_bytes = arena.used_bytes + 16;
        assert_true(run_quietly(&door));
        arena.size_bytes = size_bytes;
        assert_memory_equal(sent, "Status: 503 Service Unavailable\r\n", 33);
        const char *number = strstr(sent, "X-Request-Id: ");
        assert_non_null(number);
        number += strlen("X-Request-Id: ");
        assert_int_equal(strspn(number, "0123456789abcdef"), 32);
        assert_int_equal(number[32], '\r');
        assert_memory_equal(number, refused_number, 32);
        assert_int_equal(strncmp(number, &REQUEST_ID[strlen("REQUEST_ID=")], 32) == 0, i == 0);
    }
}

static struct response response;

static void split_header(void)
{
    static char bytes[4096];
    struct out head = {.bytes = bytes, .capacity_bytes = sizeof(bytes)};
    response_begin(&response, &exchange.page);
    response.disposition = "a\r\nSet-Cookie: x=1";
    response_head(&head, &response, &exchange.request);
}

static void go_nowhere(void)
{
    static char bytes[4096];
    struct out head = {.bytes = bytes, .capacity_bytes = sizeof(bytes)};
    response_begin(&response, &exchange.page);
    response.http_code = 303;
    response_head(&head, &response, &exchange.request);
}

static void cache_a_cookie(void)
{
    static char bytes[4096];
    struct out head = {.bytes = bytes, .capacity_bytes = sizeof(bytes)};
    response_begin(&response, &exchange.page);
    response.is_public = true;
    response_cookie(&response, "a=1");
    response_head(&head, &response, &exchange.request);
}

static void set_five_cookies(void)
{
    response_begin(&response, &exchange.page);
    for (int i = 0; i < 5; i++) {
        response_cookie(&response, "a=1");
    }
}

static void bugs_end_the_process(void **state)
{
    (void)state;
    assert_true(dies(split_header));
    assert_true(dies(go_nowhere));
    assert_true(dies(cache_a_cookie));
    assert_true(dies(set_five_cookies));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_page, set_up),
        cmocka_unit_test_setup(over_tls_the_browser_is_told_to_stay, set_up),
        cmocka_unit_test_setup(public_pages_may_be_kept, set_up),
        cmocka_unit_test_setup(head_has_the_length_and_no_body, set_up),
        cmocka_unit_test_setup(known_pages_are_not_sent_again, set_up),
        cmocka_unit_test_setup(a_redirect_with_cookies, set_up),
        cmocka_unit_test_setup(windows_follow_each_other, set_up),
        cmocka_unit_test_setup(windows_stop_when_nobody_listens, set_up),
        cmocka_unit_test_setup(windows_break_off_when_the_disk_fails, set_up),
        cmocka_unit_test_setup(a_broken_list_is_cut, set_up),
        cmocka_unit_test_setup(nobody_at_all_listens, set_up),
        cmocka_unit_test_setup(unreadable_requests_are_refused, set_up),
        cmocka_unit_test_setup(a_full_arena_is_a_page_too, set_up),
        cmocka_unit_test_setup(at_last_one_sentence_remains, set_up),
        cmocka_unit_test_setup(no_room_for_the_request, set_up),
        cmocka_unit_test_setup(bugs_end_the_process, set_up),
    };
    return cmocka_run_group_tests_name("exchange", tests, set_up_group, NULL);
}
