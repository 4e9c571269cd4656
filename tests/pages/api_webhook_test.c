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
    static char texts[64][1024];
    static unsigned next;
    char *copy = texts[next++ % 64];
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
    static const struct query_table *const tables[] = {
        &people_webhook_queries,
        &people_webhook_queue_queries,
        NULL,
    };
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
    reply = api_post(path(id, "/replay"), &stranger,
                     kept(arena_printf(&api_arena, "{\"message_id\":\"%s\"}", message_id)), "once");
    cgi_is(&reply, 422);
    cgi_has(&reply, "key-reused");

    /* A late repeat of the first changes nothing any more. */
    static const char *const updates[] = {"{\"description\":\"One\"}", "{\"description\":\"Two\"}"};
    for (size_t i = 0; i < 3; i++) {
        reply = api_post(path(id, "/update"), &stranger, updates[i % 2], i % 2 == 0 ? "u1" : "u2");
        cgi_is(&reply, 200);
        cgi_has(&reply, i % 2 == 0 ? "\"description\":\"One\"" : "\"description\":\"Two\"");
    }
    reply = api_get(path(id, ""), &stranger);
    cgi_has(&reply, "\"description\":\"Two\"");
    const char *other = kept(make(&stranger, GOOD));
    for (size_t i = 0; i < 2; i++) {
        reply = api_post(path(other, "/remove"), &stranger, "", "removed");
        cgi_is(&reply, 200);
        cgi_has(&reply, "\"state\":\"removed\"");
    }
    reply = api_post(path(other, "/remove"), &stranger, "", "once");
    cgi_is(&reply, 422);
    cgi_has(&reply, "key-reused");
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

/* Asks, and keeps the answer's body. */
static const char *asked(const struct api_caller *caller, const char *target, const char *body,
                         const char *key)
{
    static char bodies[16][4096];
    static unsigned next;
    char *copy = bodies[next++ % 16];
    struct cgi_reply reply = api_post(target, caller, body, key);
    cgi_is(&reply, 200);
    (void)snprintf(copy, sizeof bodies[0], "%.*s", (int)strcspn(reply.body, "\n"), reply.body);
    return copy;
}

static void refused_at_the_header(const struct api_caller *caller, const char *target,
                                  const char *body, const char *key)
{
    struct cgi_reply reply = api_post(target, caller, body, key);
    cgi_is(&reply, 422);
    cgi_has(&reply, "\"loc\":[\"header\",\"Idempotency-Key\"]");
    cgi_has(&reply, "\"type\":\"key-reused\"");
    cgi_has(&reply, kept(arena_printf(&api_arena, "\"input\":\"%s\"", key)));
}

/* Nothing is done twice, the answer is the first one, byte for byte, whatever became of the
 * endpoint since; and the key is good for nothing else. */
static void a_key_does_every_act_once(void **state)
{
    (void)state;
    enum { ACTS = 10 };
    const char *failed = "{\"since\":\"2020-01-01T00:00:00Z\"}";
    const char *made = asked(&manager, HOOKS, GOOD, "k-0");
    char id[ID_SIZE];
    (void)snprintf(id, sizeof id, "%.20s", strstr(made, "whk_"));
    const char *tested = asked(&manager, path(id, "/test"), "", "k-1");
    char test_id[ID_SIZE];
    (void)snprintf(test_id, sizeof test_id, "%.20s", strstr(tested, "msg_"));
    /* A key that came while another's test waits is that test's, too. */
    assert_string_equal(asked(&manager, path(id, "/test"), "", "k-2"), tested);
    const char *again = kept(arena_printf(&api_arena, "{\"message_id\":\"%s\"}", test_id));
    const char *targets[ACTS] = {kept(HOOKS),
                                 kept(path(id, "/test")),
                                 kept(path(id, "/test")),
                                 kept(path(id, "/update")),
                                 kept(path(id, "/update")),
                                 kept(path(id, "/pause")),
                                 kept(path(id, "/resume")),
                                 kept(path(id, "/rotate_secret")),
                                 kept(path(id, "/replay")),
                                 kept(path(id, "/replay"))};
    const char *bodies[ACTS] = {GOOD,
                                "",
                                "",
                                "{\"description\":\"First\"}",
                                "{\"description\":\"Second\",\"scope\":\"all\"}",
                                "",
                                "{}",
                                "",
                                again,
                                failed};
    const char *keys[ACTS] = {"k-0", "k-1", "k-2", "k-3", "k-4", "k-5", "k-6", "k-7", "k-8", "k-9"};
    static char first[ACTS][4096];
    give_up(test_id);
    for (size_t i = 0; i < ACTS; i++) {
        if (i == 9) {
            give_up(test_id);
        }
        (void)snprintf(first[i], sizeof first[i], "%s",
                       i == 0   ? made
                       : i <= 2 ? tested
                                : asked(&manager, targets[i], bodies[i], keys[i]));
    }
    assert_non_null(strstr(first[5], "\"state\":\"paused\""));
    assert_non_null(strstr(first[6], "\"state\":\"active\""));
    assert_non_null(strstr(first[7], "\"secret\":\"whsec_"));
    assert_string_equal(first[8], "{\"replayed\":1}");
    give_up(test_id);
    struct cgi_reply now = api_get(path(id, ""), &manager);
    const char *as_it_was = kept(now.body);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < ACTS; i++) {
            assert_string_equal(asked(&manager, targets[i], bodies[i], keys[i]), first[i]);
            /* Another body, another operation, another endpoint. */
            refused_at_the_header(&manager, targets[(i + 3) % ACTS], bodies[(i + 3) % ACTS],
                                  keys[i]);
            refused_at_the_header(&manager, path("whk_00000000000000ZZ", "/pause"), "", keys[i]);
        }
        if (round == 0) { /* nothing of all that did anything */
            now = api_get(path(id, ""), &manager);
            assert_string_equal(now.body, as_it_was);
            now = api_get(path(id, "/messages?state=waiting"), &manager);
            cgi_has(&now, "\"total_count\":0");
            (void)asked(&manager, path(id, "/remove"), "", "k-10");
        }
    }
    assert_string_equal(
        asked(&manager, path(id, "/remove"), "", "k-10"),
        kept(arena_printf(&api_arena, "{\"id\":\"%s\",\"state\":\"removed\"}", id)));
    struct cgi_reply reply = api_post(path(id, "/remove"), &manager, "", "k-11");
    cgi_is(&reply, 404);
    reply = api_post(path(id, "/update"), &manager, "{\"description\":\"First\"}", "k-11");
    cgi_is(&reply, 404); /* what was refused has not used it up */
    (void)asked(&manager, HOOKS, GOOD, "k-11");
}

/* How often this stands in the file, whatever it is there. */
static size_t found_in_people(const char *bytes, size_t size_bytes)
{
    char people_path[PATH_MAX];
    static char file_bytes[4 * 1024 * 1024];
    (void)snprintf(people_path, sizeof people_path, "%s/people.db", town.folder);
    FILE *file = fopen(people_path, "rb");
    assert_non_null(file);
    size_t total = fread(file_bytes, 1, sizeof file_bytes, file);
    (void)fclose(file);
    assert_true(total > 0 && total < sizeof file_bytes);
    size_t count = 0;
    const char *at = file_bytes;
    while ((at = memmem(at, total - (size_t)(at - file_bytes), bytes, size_bytes)) != NULL) {
        count++;
        at++;
    }
    return count;
}

static void people_sql(const char *sql)
{
    char people_path[PATH_MAX];
    sqlite3 *db = NULL;
    (void)snprintf(people_path, sizeof people_path, "%s/people.db", town.folder);
    assert_int_equal(sqlite3_open(people_path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    }
    (void)sqlite3_close(db);
}

/* An answer that shows a secret is kept so that only the token that asked can read it. */
static void a_kept_secret_is_sealed(void **state)
{
    (void)state;
    const char *made = asked(&manager, HOOKS, GOOD, "sealed-1");
    const char *secret = kept(strstr(made, "whsec_"));
    char id[ID_SIZE], shown[64];
    (void)snprintf(id, sizeof id, "%.20s", strstr(made, "whk_"));
    (void)snprintf(shown, sizeof shown, "%.44s", secret + strlen("whsec_"));
    const char *rolled = asked(&manager, path(id, "/rotate_secret"), "", "sealed-2");
    char shown_later[64];
    (void)snprintf(shown_later, sizeof shown_later, "%.44s",
                   strstr(rolled, "whsec_") + strlen("whsec_"));
    /* Where nothing is hidden the answer lies there as it was: what is looked for would be found.
     */
    const char *paused = asked(&manager, path(id, "/pause"), "", "sealed-3");
    assert_int_equal(found_in_people(paused, strlen(paused)), 1);
    assert_int_equal(found_in_people(made, strlen(made)), 0);
    assert_int_equal(found_in_people("whsec_", 6), 0);
    assert_int_equal(found_in_people(shown, strlen(shown)), 0);
    assert_int_equal(found_in_people(shown_later, strlen(shown_later)), 0);

    /* Another token of the organisation has keys of its own: this is another endpoint, and with
     * another secret. */
    struct api_caller colleague =
        api_caller_of(market.northwind, ROLE_VIEWER | ROLE_MANAGER, SCOPE_MANAGE);
    const char *other = asked(&colleague, HOOKS, GOOD, "sealed-1");
    assert_null(strstr(other, shown));
    assert_string_not_equal(kept(strstr(other, "whk_")), kept(strstr(made, "whk_")));
    assert_string_equal(asked(&manager, HOOKS, GOOD, "sealed-1"), made);
    assert_string_equal(asked(&colleague, HOOKS, GOOD, "sealed-1"), other);

    /* When the endpoint is gone its secrets are nowhere, and the first answers are told still. */
    (void)asked(&manager, path(id, "/remove"), "", NULL);
    assert_string_equal(asked(&manager, HOOKS, GOOD, "sealed-1"), made);
    assert_string_equal(asked(&manager, path(id, "/rotate_secret"), "", "sealed-2"), rolled);
    /* What was meddled with is not told at all. */
    people_sql("UPDATE webhook_key SET answer = (SELECT answer FROM webhook_key"
               " WHERE key = 'sealed-2') WHERE key = 'sealed-1'");
    struct cgi_reply reply = api_post(HOOKS, &manager, GOOD, "sealed-1");
    cgi_is(&reply, 500);
    cgi_has_not(&reply, "whsec_");
    people_sql("UPDATE webhook_key SET answer = x'00' WHERE key = 'sealed-1'");
    reply = api_post(HOOKS, &manager, GOOD, "sealed-1");
    cgi_is(&reply, 500);
}

/* Keys of before answers were kept: nothing is done twice, and the answer is how it is now. */
static void keys_of_before_go_on(void **state)
{
    (void)state;
    const char *made = asked(&manager, HOOKS, GOOD, "old-1");
    char id[ID_SIZE];
    (void)snprintf(id, sizeof id, "%.20s", strstr(made, "whk_"));
    const char *rolled = asked(&manager, path(id, "/rotate_secret"), "", "old-2");
    (void)asked(&manager, path(id, "/pause"), "", "old-3");
    (void)asked(&manager, path(id, "/update"), "{\"description\":\"Then\"}", "old-4");
    const char *tested = asked(&manager, path(id, "/test"), "", "old-5");
    const char *none = "{\"since\":\"2020-01-01T00:00:00Z\"}";
    (void)asked(&manager, path(id, "/replay"), none, "old-6");
    char test_id[ID_SIZE];
    (void)snprintf(test_id, sizeof test_id, "%.20s", strstr(tested, "msg_"));
    const char *again = kept(arena_printf(&api_arena, "{\"message_id\":\"%s\"}", test_id));
    (void)asked(&manager, path(id, "/replay"), again, "old-7");
    people_sql("UPDATE webhook_key SET answer = NULL, is_sealed = 0 WHERE key LIKE 'old-%'");
    (void)asked(&manager, path(id, "/resume"), "", NULL);
    (void)asked(&manager, path(id, "/update"), "{\"description\":\"Now\"}", NULL);
    give_up(test_id);

    const char *secret = kept(strstr(rolled, "\"secret\":"));
    const char *repeat = asked(&manager, HOOKS, GOOD, "old-1");
    assert_non_null(strstr(repeat, "\"description\":\"Now\""));
    assert_non_null(strstr(repeat, secret)); /* the present one */
    assert_non_null(strstr(asked(&manager, path(id, "/rotate_secret"), "", "old-2"), secret));
    repeat = asked(&manager, path(id, "/pause"), "", "old-3");
    assert_non_null(strstr(repeat, "\"state\":\"active\""));
    repeat = asked(&manager, path(id, "/update"), "{\"description\":\"Then\"}", "old-4");
    assert_non_null(strstr(repeat, "\"description\":\"Now\""));
    repeat = asked(&manager, path(id, "/test"), "", "old-5");
    assert_non_null(strstr(repeat, "\"state\":\"given_up\""));
    assert_string_equal(asked(&manager, path(id, "/replay"), none, "old-6"), "{\"replayed\":0}");
    assert_string_equal(asked(&manager, path(id, "/replay"), again, "old-7"), "{\"replayed\":1}");
    struct cgi_reply reply = api_get(path(id, "/messages?state=waiting"), &manager);
    cgi_has(&reply, "\"total_count\":0");

    const char *removed = asked(&manager, path(id, "/remove"), "", "old-8");
    people_sql("UPDATE webhook_key SET answer = NULL WHERE key = 'old-8'");
    assert_string_equal(asked(&manager, path(id, "/remove"), "", "old-8"), removed);
    reply = api_post(HOOKS, &manager, GOOD, "old-1");
    cgi_is(&reply, 404);
    reply = api_post(path(id, "/pause"), &manager, "", "old-3");
    cgi_is(&reply, 404);
}

/* A key is one for webhooks and for what the ledger does. */
static void keys_are_shared_with_the_ledger(void **state)
{
    (void)state;
    struct api_caller both =
        api_caller_of(market.northwind, ROLE_ALL, SCOPE_TRANSFER | SCOPE_RETIRE | SCOPE_MANAGE);
    const char *acme = "{\"beneficiary_name\":\"Acme\",\"beneficiary_domain\":\"acme.example\"}";
    const char *ada = "{\"beneficiary_name\":\"Ada\",\"beneficiary_email\":\"ada@example.org\"}";
    const char *acted = asked(&both, API "/beneficiary", acme, "of-ledger");
    const char *made = asked(&both, HOOKS, GOOD, "of-hooks");
    char id[ID_SIZE];
    (void)snprintf(id, sizeof id, "%.20s", strstr(made, "whk_"));
    int64_t acts = town_number("SELECT count(*) FROM idempotency");
    refused_at_the_header(&both, HOOKS, GOOD, "of-ledger");
    refused_at_the_header(&both, path(id, "/remove"), "", "of-ledger");
    refused_at_the_header(&both, API "/beneficiary", acme, "of-hooks");
    refused_at_the_header(&both, API "/beneficiary", ada, "of-hooks");
    refused_at_the_header(&both, API "/retirements/from_oldest_credits",
                          kept(arena_printf(&api_arena,
                                            "{\"owner_organisation_id\":\"%s\","
                                            "\"beneficiary_organisation_id\":\"%s\","
                                            "\"supplier_id\":\"%s\",\"credit_quantity_kg\":1,"
                                            "\"retirement_purposes\":[\"other\"],\"notes\":null}",
                                            market.northwind, market.fjord,
                                            api_one_text(API_SUPPLIER, market.charm))),
                          "of-hooks");
    assert_int_equal(town_number("SELECT count(*) FROM idempotency"), acts);
    assert_string_equal(asked(&both, API "/beneficiary", acme, "of-ledger"), acted);
    assert_string_equal(asked(&both, HOOKS, GOOD, "of-hooks"), made);
    /* It is the token's own: another one knows nothing of it. */
    (void)asked(&manager, HOOKS, GOOD, "of-ledger");

    /* Two that came at the same moment were both done: each is repeated as it was. */
    const char *paused = asked(&both, path(id, "/pause"), "", "of-two");
    people_sql("UPDATE webhook_key SET key = 'of-ledger' WHERE key = 'of-two'");
    assert_string_equal(asked(&both, path(id, "/pause"), "", "of-ledger"), paused);
    assert_string_equal(asked(&both, API "/beneficiary", acme, "of-ledger"), acted);
    refused_at_the_header(&both, path(id, "/resume"), "", "of-ledger");
    refused_at_the_header(&both, API "/beneficiary", ada, "of-ledger");
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
    static const struct query_table *const tables[] = {
        &people_webhook_queries,
        &people_webhook_queue_queries,
        NULL,
    };
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
        cmocka_unit_test(a_kept_secret_is_sealed),
        cmocka_unit_test(keys_of_before_go_on),
        cmocka_unit_test(keys_are_shared_with_the_ledger),
        cmocka_unit_test(a_key_replays_what_failed_once),
        cmocka_unit_test(tests_log_and_replay),
    };
    return cmocka_run_group_tests(tests, open_all, market_close);
}
