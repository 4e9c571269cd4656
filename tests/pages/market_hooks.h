/*
 * tests/pages/market_hooks.h: messages to endpoints of the market's organisations
 * (tests/pages/market_steps.h), written as the courier writes them. Include once, after cmocka's
 * headers.
 */
#ifndef TESTS_PAGES_MARKET_HOOKS_H
#define TESTS_PAGES_MARKET_HOOKS_H

#include "pages/market_steps.h"
#include "store/people_webhook.h"
#include "store/people_webhook_log.h"
#include "store/people_webhook_queue.h"

/* What is read of people.db lives in it until people.db is opened anew. */
static struct arena market_hooks_arena;

CGI_UNUSED static struct store *market_hooks_open(void)
{
    static const struct query_table *const tables[] = {
        &people_webhook_queries, &people_webhook_log_queries, &people_webhook_queue_queries, NULL};
    static unsigned char memory[4 * 1024 * 1024];
    char path[PATH_MAX];
    arena_init(&market_hooks_arena, memory, sizeof memory);
    (void)snprintf(path, sizeof path, "%s/people.db", town.folder);
    struct store *people = store_open(STORE_PEOPLE, STORE_WRITE, path, tables);
    assert_non_null(people);
    return people;
}

/* A message of an event, with so many failed tries; then delivered, given up or waiting. */
CGI_UNUSED static const char *market_message(struct store *people, const char *webhook_id,
                                             int64_t seq, const char *kind, int tries,
                                             const char *state)
{
    static struct id_source ids = {.tag = "SBX", .random_tail = true};
    static char made[64][ID_SIZE];
    static unsigned next;
    char *id = made[next++ % 64];
    int64_t now = clock_now_us();
    id_make(&ids, "msg", now, id);
    struct queued queued = {.message_id = id,
                            .webhook_id = webhook_id,
                            .seq = seq,
                            .kind = kind,
                            .body = "{\"a\":\"<b>\"}"};
    assert_true(store_begin_write(people));
    queued_add(people, &queued, now);
    for (int i = 0; i < tries; i++) {
        struct tried tried = {
            .at = now, .took_us = 1234567, .http_code = 503, .outcome = "Answered 503"};
        assert_true(queued_get(people, &market_hooks_arena, id, &queued));
        queued_tried(people, &queued, &tried);
        if (i + 1 == tries && !text_is(state, "waiting")) {
            queued_end(people, &queued, text_is(state, "delivered"), now);
        } else {
            queued_wait(people, &queued, now + 3600 * CLOCK_SECOND_US);
        }
    }
    assert_true(store_commit(people));
    return id;
}

struct market_hooks {
    const char *endpoint; /* with a message that was given up and one that failed once */
    const char *paused;
    const char *given_up;
};

/* Two endpoints of a manager's organisation; the daemon runs. */
CGI_UNUSED static struct market_hooks market_hooks_make(struct cgi_person manager)
{
#define MARKET_HOOKS "/account/team/webhooks"
    const char *made[2];
    struct cgi_reply reply;
    for (size_t i = 0; i < 2; i++) {
        reply = market_post(MARKET_HOOKS "/add", manager,
                            "url=https%3A%2F%2Fhooks.example.org%2Fx&scope=own&which=all");
        cgi_is(&reply, 200);
        made[i] = id_in(reply.body, "whk_");
    }
    reply = market_post(words(MARKET_HOOKS "/%s/pause", made[1]), manager, "");
    cgi_is(&reply, 303);
    struct store *people = market_hooks_open();
    struct market_hooks hooks = {
        .endpoint = made[0],
        .paused = made[1],
        .given_up = market_message(people, made[0], 11, "transfer.completed", 2, "given_up")};
    (void)market_message(people, made[0], 12, "transfer.pending", 1, "waiting");
    store_close(people);
    return hooks;
}

#endif
