/* tests/pages/api_webhook_test.c: webhooks over the API: endpoints made, changed, paused, tested
 * and removed, their log walked, their secrets shown when they are made and never else; who may;
 * bad input; Idempotency-Key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pages/api_cgi.h"
#include "store/people_webhook.h"
#include "store/people_webhook_queue.h"

#define HOOKS API "/webhooks"
#define GOOD "{\"url\":\"https://hooks.example.org/x\"}"

static struct api_caller manager, unscoped, viewer, stranger;

static int open_all(void **state)
{
    (void)market_open(state);
    manager = api_caller_of(market.northwind, ROLE_VIEWER | ROLE_MANAGER, SCOPE_MANAGE);
    unscoped = api_caller_of(market.northwind, ROLE_ALL, SCOPE_TRANSFER | SCOPE_RETIRE);
    viewer = api_caller_of(market.northwind, ROLE_VIEWER, SCOPE_MANAGE);
    stranger = api_caller_of(market.empty, ROLE_ALL, SCOPE_MANAGE);
    return 0;
}

static const char *path(const char *id, const char *rest)
{
    static char paths[8][256];
    static unsigned next;
    char *text = paths[next++ % 8];
    (void)snprintf(text, sizeof paths[0], HOOKS "/%s%s", id, rest);
    return text;
}

static const char *kept(const char *text)
{
    static char texts[32][256];
    static unsigned next;
    char *copy = texts[next++ % 32];
    (void)snprintf(copy, sizeof texts[0], "%s", text);
    return copy;
}

static const char *make(const struct api_caller *caller, const char *body)
{
    struct cgi_reply reply = api_post(HOOKS, caller, body, NULL);
    cgi_is(&reply, 200);
    return kept(api_text(&reply, "id"));
}

static const struct tried could_not = {
    .at = 1, .took_us = 1500, .http_code = 0, .outcome = "Could not connect"};

/* people.db as the courier has it, in an open transaction. */
static struct store *open_people(void)
{
    static const struct query_table *const tables[] = {&people_webhook_queries,
                                                       &people_webhook_queue_queries, NULL};
    char people_path[PATH_MAX];
    (void)snprintf(people_path, sizeof people_path, "%s/people.db", town.folder);
    struct store *people = store_open(STORE_PEOPLE, STORE_WRITE, people_path, tables);
    assert_non_null(people);
    assert_true(store_begin_write(people));
    return people;
}

static void close_people(struct store *people)
{
    assert_true(store_commit(people));
    store_close(people);
}

/* The courier tries it, fails, and gives it up. */
static void give_up(const char *message_id)
{
    static unsigned char memory[65536];
    struct arena arena;
    struct queued queued;
    arena_init(&arena, memory, sizeof memory);
    struct store *people = open_people();
    assert_true(queued_get(people, &arena, message_id, &queued));
    queued_tried(people, &queued, &could_not);
    queued_end(people, &queued, false, clock_now_us());
    close_people(people);
}

static void made_changed_and_removed(void **state)
{
    (void)state;
    struct cgi_reply reply = api_get(HOOKS, &manager);
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"nodes\":[]");
    cgi_has(&reply, "\"total_count\":0");
    reply = api_post(HOOKS, &manager,
                     "{\"url\":\"https://hooks.example.org/x\",\"description\":\"Books\","
                     "\"scope\":\"all\",\"kinds\":[\"transfer.completed\",\"issuance.made\"]}",
                     NULL);
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"description\":\"Books\"");
    cgi_has(&reply, "\"scope\":\"all\"");
    cgi_has(&reply, "\"kinds\":[\"issuance.made\",\"transfer.completed\"]");
    cgi_has(&reply, "\"state\":\"active\"");
    cgi_has(&reply, "\"last_try\":null");
    assert_true(text_starts(api_text(&reply, "secret"), "whsec_"));
    const char *secret = kept(api_text(&reply, "secret"));
    const char *id = kept(api_text(&reply, "id"));

    reply = api_get(path(id, ""), &manager);
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"url\":\"https://hooks.example.org/x\"");
    cgi_has_not(&reply, "whsec_");
    cgi_has_not(&reply, "\"secret\"");
    reply = api_get(HOOKS, &manager);
    cgi_has(&reply, id);
    cgi_has(&reply, "\"total_count\":1");
    cgi_has_not(&reply, "whsec_");

    /* What is not named stays; null is as good as not named; [] is every kind, "" no words. */
    reply =
        api_post(path(id, "/update"), &manager, "{\"scope\":\"own\",\"description\":null}", NULL);
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"scope\":\"own\"");
    cgi_has(&reply, "\"description\":\"Books\"");
    cgi_has(&reply, "\"kinds\":[\"issuance.made\"");
    cgi_has_not(&reply, "whsec_");
    reply = api_post(
        path(id, "/update"), &manager,
        "{\"url\":\"https://other.example.org:8443/\",\"description\":\"\",\"kinds\":[]}", NULL);
    cgi_has(&reply, "https://other.example.org:8443/");
    cgi_has(&reply, "\"description\":null");
    cgi_has(&reply, "\"kinds\":null");

    reply = api_post(path(id, "/pause"), &manager, "", NULL);
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"state\":\"paused\"");
    reply = api_post(path(id, "/pause"), &manager, "{}", NULL);
    cgi_has(&reply, "\"state\":\"paused\"");
    reply = api_post(path(id, "/resume"), &manager, "", NULL);
    cgi_has(&reply, "\"state\":\"active\"");
    reply = api_post(path(id, "/rotate_secret"), &manager, "", NULL);
    cgi_is(&reply, 200);
    assert_true(text_starts(api_text(&reply, "secret"), "whsec_"));
    assert_string_not_equal(api_text(&reply, "secret"), secret);
    assert_string_not_equal(api_text(&reply, "previous_secret_until"), "");

    reply = api_post(path(id, "/remove"), &manager, "", NULL);
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"state\":\"removed\"");
    reply = api_get(path(id, ""), &manager);
    cgi_is(&reply, 404);
    reply = api_post(path(id, "/remove"), &manager, "", NULL);
    cgi_is(&reply, 404);
}

static void who_may(void **state)
{
    (void)state;
    const char *id = make(&manager, GOOD);
    static const char *const acts[] = {"/update", "/rotate_secret", "/pause",  "/resume",
                                       "/remove", "/test",          "/replay", NULL};
    struct cgi_reply reply = api_get(HOOKS, NULL);
    cgi_is(&reply, 401);
    reply = api_get(HOOKS, &unscoped); /* a manager whose token may not manage */
    cgi_is(&reply, 403);
    reply = api_get(HOOKS, &viewer); /* a token that may, of one who is no manager */
    cgi_is(&reply, 403);
    reply = api_post(HOOKS, &viewer, GOOD, NULL);
    cgi_is(&reply, 403);
    reply = api_get(path(id, ""), &stranger);
    cgi_is(&reply, 404);
    reply = api_get(path(id, "/messages"), &stranger);
    cgi_is(&reply, 404);
    for (size_t i = 0; acts[i] != NULL; i++) {
        const char *body =
            text_is(acts[i], "/replay") ? "{\"since\":\"2020-01-01T00:00:00Z\"}" : "{}";
        reply = api_post(path(id, acts[i]), &stranger, body, NULL);
        cgi_is(&reply, 404);
        reply = api_post(path(id, acts[i]), &viewer, body, NULL);
        cgi_is(&reply, 403);
    }
    reply = api_get(path(id, ""), &manager);
    cgi_has(&reply, "\"state\":\"active\"");
    reply = api_post(path(id, "/remove"), &manager, "", NULL);
    cgi_is(&reply, 200);
}

static void bad_input_names_its_place(void **state)
{
    (void)state;
    const char *id = make(&manager, GOOD);
    const struct {
        const char *target, *body, *loc, *said;
    } cases[] = {
        {HOOKS, "{}", "[\"body\",\"url\"]", "missing"},
        {HOOKS, "{\"url\":null}", "[\"body\",\"url\"]", ""},
        {HOOKS, "{\"url\":7}", "[\"body\",\"url\"]", ""},
        {HOOKS, "{\"url\":\"http://hooks.example.org\"}", "[\"body\",\"url\"]", "https://"},
        {HOOKS, "{\"url\":\"https://127.0.0.1/\"}", "[\"body\",\"url\"]", "by its name"},
        {HOOKS, "{\"url\":\"https://a:b@hooks.example.org/\"}", "[\"body\",\"url\"]", "password"},
        {HOOKS, "{\"url\":\"https://hooks.example.org:22/\"}", "[\"body\",\"url\"]", "port"},
        {HOOKS, "{\"url\":\"https://hooks.example.org\",\"kinds\":[\"transfer.eaten\"]}",
         "[\"body\",\"kinds\",0]", ""},
        {HOOKS,
         "{\"url\":\"https://hooks.example.org\",\"kinds\":[\"refund.made\",\"refund.made\"]}",
         "[\"body\",\"kinds\",1]", ""},
        {HOOKS, "{\"url\":\"https://hooks.example.org\",\"scope\":\"mine\"}",
         "[\"body\",\"scope\"]", ""},
        {HOOKS, "{\"url\":\"https://hooks.example.org\",\"secret\":\"whsec_x\"}",
         "[\"body\",\"secret\"]", ""},
        {HOOKS, "{\"url\":\"https://hooks.example.org\",\"description\":\"a\\nb\"}",
         "[\"body\",\"description\"]", ""},
        {path(id, "/update"), "{\"url\":\"ftp://x.example\"}", "[\"body\",\"url\"]", ""},
        {path(id, "/pause"), "{\"for\":3}", "[\"body\",\"for\"]", ""},
        {path(id, "/replay"), "{}", "[\"body\"]", "message_id"},
        {path(id, "/replay"),
         "{\"message_id\":\"msg_1KNSQMD6Z1S0TB50\",\"since\":\"2026-01-01T00:00:00Z\"}",
         "[\"body\"]", "message_id"},
        {path(id, "/replay"), "{\"since\":\"yesterday\"}", "[\"body\",\"since\"]", ""},
        {path(id, "/replay"), "{\"message_id\":\"x\"}", "[\"body\",\"message_id\"]", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cgi_reply reply = api_post(cases[i].target, &manager, cases[i].body, NULL);
        if (reply.code != 422 || strstr(reply.body, cases[i].loc) == NULL ||
            strstr(reply.body, cases[i].said) == NULL) {
            fail_msg("%s: %d %s", cases[i].body, reply.code, reply.body);
        }
    }
    struct cgi_reply reply = api_post(HOOKS, &manager, GOOD, "a key with spaces");
    cgi_is(&reply, 422);
    cgi_has(&reply, "[\"header\",\"Idempotency-Key\"]");
    reply = api_get(HOOKS "?state=active", &manager);
    cgi_is(&reply, 422);
    reply = api_get(path(id, "/messages?state=lost"), &manager);
    cgi_is(&reply, 422);
    reply = api_get(HOOKS, &manager);
    cgi_has(&reply, "\"total_count\":1");
}

static void a_key_makes_it_once(void **state)
{
    (void)state;
    struct cgi_reply reply = api_post(HOOKS, &stranger, GOOD, "once");
    cgi_is(&reply, 200);
    const char *id = kept(api_text(&reply, "id"));
    const char *secret = kept(api_text(&reply, "secret"));
    reply = api_post(HOOKS, &stranger, GOOD, "once");
    cgi_is(&reply, 200);
    assert_string_equal(api_text(&reply, "id"), id);
    assert_string_equal(api_text(&reply, "secret"), secret);
    reply = api_post(HOOKS, &stranger, "{\"url\":\"https://hooks.example.org/y\"}", "once");
    cgi_is(&reply, 422);
    cgi_has(&reply, "[\"header\",\"Idempotency-Key\"]");
    cgi_has(&reply, "key-reused");
    reply = api_post(path(id, "/test"), &stranger, "", "test-1");
    cgi_is(&reply, 200);
    const char *message_id = kept(api_text(&reply, "id"));
    reply = api_post(path(id, "/test"), &stranger, "", "test-1");
    assert_string_equal(api_text(&reply, "id"), message_id);
    reply = api_get(HOOKS, &stranger);
    cgi_has(&reply, "\"total_count\":1");
    for (int i = 1; i < WEBHOOKS_MAX; i++) {
        (void)make(&stranger, GOOD);
    }
    reply = api_post(HOOKS, &stranger, GOOD, NULL);
    cgi_is(&reply, 422);
    cgi_has(&reply, "An organisation can have 20 endpoints");
    /* Paged as every list. */
    reply = api_get(HOOKS "?first=15", &stranger);
    cgi_has(&reply, "\"has_next_page\":true");
    reply = api_get(
        kept(arena_printf(&api_arena, HOOKS "?first=15&after=%s", api_text(&reply, "end_cursor"))),
        &stranger);
    cgi_has(&reply, "\"has_next_page\":false");
    cgi_has(&reply, id); /* the newest come first */
}

/* Nothing is done twice, the answer is the first one, and the key is good for nothing else. */
static void a_key_does_every_act_once(void **state)
{
    (void)state;
    const char *id = make(&manager, GOOD);
    struct cgi_reply reply = api_post(path(id, "/pause"), &manager, "", "p-1");
    cgi_has(&reply, "\"state\":\"paused\"");
    reply = api_post(path(id, "/resume"), &manager, "", "r-1");
    cgi_has(&reply, "\"state\":\"active\"");
    reply = api_post(path(id, "/pause"), &manager, "", "p-1"); /* a repeat that comes late */
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"state\":\"active\"");
    reply = api_post(path(id, "/pause"), &manager, "", "r-1");
    cgi_is(&reply, 422);
    cgi_has(&reply, "[\"header\",\"Idempotency-Key\"]");
    cgi_has(&reply, "key-reused");

    reply = api_post(path(id, "/update"), &manager, "{\"description\":\"First\"}", "u-1");
    cgi_has(&reply, "\"description\":\"First\"");
    reply = api_post(path(id, "/update"), &manager, "{\"description\":\"Second\"}", "u-1");
    cgi_is(&reply, 422);
    cgi_has(&reply, "key-reused");
    reply = api_post(path(id, "/update"), &manager,
                     "{\"description\":\"Second\",\"scope\":\"all\"}", "u-2");
    cgi_is(&reply, 200);
    reply = api_post(path(id, "/update"), &manager, "{\"description\":\"First\"}", "u-1");
    cgi_is(&reply, 200); /* done before: not done again */
    cgi_has(&reply, "\"description\":\"Second\"");
    cgi_has(&reply, "\"scope\":\"all\"");

    /* A key that came while another's test waits is that test's, too. */
    reply = api_post(path(id, "/test"), &manager, "", "t-1");
    const char *test_id = kept(api_text(&reply, "id"));
    reply = api_post(path(id, "/test"), &manager, "", "t-2");
    assert_string_equal(api_text(&reply, "id"), test_id);
    give_up(test_id);
    reply = api_post(path(id, "/test"), &manager, "", "t-2");
    assert_string_equal(api_text(&reply, "id"), test_id);

    const char *again = arena_printf(&api_arena, "{\"message_id\":\"%s\"}", test_id);
    const char *failed = "{\"since\":\"2020-01-01T00:00:00Z\"}";
    reply = api_post(path(id, "/replay"), &manager, again, "m-1");
    cgi_has(&reply, "{\"replayed\":1}");
    give_up(test_id);
    reply = api_post(path(id, "/replay"), &manager, again, "m-1");
    cgi_has(&reply, "{\"replayed\":1}");
    reply = api_get(path(id, "/messages?state=waiting"), &manager);
    cgi_has(&reply, "\"total_count\":0");
    reply = api_post(path(id, "/replay"), &manager, failed, "m-1");
    cgi_is(&reply, 422);
    cgi_has(&reply, "key-reused");

    reply = api_post(path(id, "/remove"), &manager, "", "m-1");
    cgi_is(&reply, 422);
    cgi_has(&reply, "key-reused");
    reply = api_post(path(id, "/remove"), &manager, "", "d-1");
    cgi_is(&reply, 200);
    reply = api_post(path(id, "/remove"), &manager, "", "d-1");
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"state\":\"removed\"");
    reply = api_post(path(id, "/remove"), &manager, "", "d-2");
    cgi_is(&reply, 404);
}

/* A replay of what failed tells the first number again, though by then none has failed. */
static void a_key_replays_what_failed_once(void **state)
{
    (void)state;
    const char *id = make(&manager, GOOD);
    const char *failed = "{\"since\":\"2020-01-01T00:00:00Z\"}";
    struct store *people = open_people();
    for (int i = 0; i < 3; i++) {
        static struct id_source ids = {.tag = "TST"};
        char message_id[ID_SIZE];
        id_make(&ids, "msg", clock_now_us(), message_id);
        struct queued event = {.message_id = message_id,
                               .webhook_id = id,
                               .seq = 2000 + i,
                               .kind = "transfer.pending",
                               .body = "{\"seq\":1}"};
        queued_add(people, &event, clock_now_us());
        queued_tried(people, &event, &could_not);
        queued_end(people, &event, false, clock_now_us());
    }
    close_people(people);
    struct cgi_reply reply = api_post(path(id, "/replay"), &manager, failed, "f-1");
    cgi_has(&reply, "{\"replayed\":3}");
    reply = api_post(path(id, "/replay"), &manager, failed, "f-1");
    cgi_has(&reply, "{\"replayed\":3}");
    reply = api_post(path(id, "/replay"), &manager, failed, "f-2");
    cgi_has(&reply, "{\"replayed\":0}");
    reply = api_post(path(id, "/replay"), &manager, "{\"since\":\"2021-01-01T00:00:00Z\"}", "f-1");
    cgi_is(&reply, 422);
    cgi_has(&reply, "key-reused");
}

static void tests_log_and_replay(void **state)
{
    (void)state;
    const char *id = make(&manager, GOOD);
    static unsigned char memory[65536];
    static const struct query_table *const tables[] = {&people_webhook_queries,
                                                       &people_webhook_queue_queries, NULL};
    struct arena arena;
    struct queued queued;
    char people_path[PATH_MAX];
    arena_init(&arena, memory, sizeof memory);
    struct cgi_reply reply = api_post(path(id, "/test"), &manager, "", NULL);
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"kind\":\"webhook.test\"");
    cgi_has(&reply, "\"seq\":null");
    cgi_has(&reply, "\"state\":\"waiting\"");
    cgi_has(&reply, "\"tries\":[]");
    const char *test_id = kept(api_text(&reply, "id"));

    /* What the courier would write. */
    (void)snprintf(people_path, sizeof people_path, "%s/people.db", town.folder);
    struct store *people = store_open(STORE_PEOPLE, STORE_WRITE, people_path, tables);
    assert_non_null(people);
    assert_true(store_begin_write(people));
    const struct tried tried = {
        .at = clock_now_us(), .took_us = 1500, .http_code = 0, .outcome = "Could not connect"};
    assert_true(queued_get(people, &arena, test_id, &queued));
    queued_tried(people, &queued, &tried);
    queued_end(people, &queued, false, clock_now_us());
    for (int i = 0; i < 12; i++) {
        static struct id_source ids = {.tag = "TST"};
        char message_id[ID_SIZE];
        id_make(&ids, "msg", clock_now_us(), message_id);
        struct queued event = {.message_id = message_id,
                               .webhook_id = id,
                               .seq = 1000 + i,
                               .kind = "transfer.pending",
                               .body = "{\"seq\":1}"};
        queued_add(people, &event, clock_now_us());
        if (i < 3) {
            queued_tried(people, &event, &tried);
            queued_end(people, &event, false, clock_now_us());
        }
    }
    assert_true(store_commit(people));
    store_close(people);

    reply = api_get(path(id, arena_printf(&api_arena, "/messages/%s", test_id)), &manager);
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"state\":\"given_up\"");
    cgi_has(&reply, "\"took_ms\":2,\"http_status\":null,\"outcome\":\"Could not connect\"");
    cgi_has(&reply, "\\\"type\\\":\\\"webhook.test\\\"");
    reply = api_get(path(id, "/messages?first=8"), &manager);
    cgi_has(&reply, "\"total_count\":13");
    cgi_has(&reply, "\"has_next_page\":true");
    cgi_has_not(&reply, test_id);
    reply = api_get(path(id, arena_printf(&api_arena, "/messages?first=8&after=%s",
                                          api_text(&reply, "end_cursor"))),
                    &manager);
    cgi_has(&reply, test_id); /* the oldest is the last */
    cgi_has(&reply, "\"has_next_page\":false");
    reply = api_get(path(id, "/messages?state=given_up"), &manager);
    cgi_has(&reply, "\"total_count\":4");

    reply = api_post(path(id, "/replay"), &manager, "{\"since\":\"2020-01-01T00:00:00Z\"}", NULL);
    cgi_is(&reply, 200);
    cgi_has(&reply, "{\"replayed\":3}");
    reply = api_post(path(id, "/replay"), &manager,
                     arena_printf(&api_arena, "{\"message_id\":\"%s\"}", test_id), NULL);
    cgi_has(&reply, "{\"replayed\":1}");
    reply =
        api_post(path(id, "/replay"), &manager, "{\"message_id\":\"msg_00000000000000ZZ\"}", NULL);
    cgi_is(&reply, 404);
    reply = api_get(path(id, "/messages?state=waiting"), &manager);
    cgi_has(&reply, "\"total_count\":13");
    reply = api_get(path(id, "/messages/msg_00000000000000ZZ"), &manager);
    cgi_is(&reply, 404);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_changed_and_removed),
        cmocka_unit_test(who_may),
        cmocka_unit_test(bad_input_names_its_place),
        cmocka_unit_test(a_key_makes_it_once),
        cmocka_unit_test(a_key_does_every_act_once),
        cmocka_unit_test(a_key_replays_what_failed_once),
        cmocka_unit_test(tests_log_and_replay),
    };
    return cmocka_run_group_tests(tests, open_all, market_close);
}
