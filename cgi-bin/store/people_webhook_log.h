/*
 * store/people_webhook_log.h: what is and was sent to an endpoint: its messages, their tries, tests
 * and replays. In people.db.
 */
#ifndef STORE_PEOPLE_WEBHOOK_LOG_H
#define STORE_PEOPLE_WEBHOOK_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/page_ask.h"
#include "store/store.h"

extern const struct query_table people_webhook_log_queries;

/* what a test is called where the kind of an event stands */
#define WEBHOOK_TEST_KIND "webhook.test"

struct webhook_message {
    const char *message_id; /* "webhook-id": the same at every try */
    const char *webhook_id;
    int64_t seq; /* of the event; 0 a test */
    const char *kind;
    const char *body;  /* what is sent, byte for byte */
    const char *state; /* "waiting", "delivered", "given_up" */
    int64_t tries;
    int64_t next_at; /* while it waits */
    int64_t made_at;
    int64_t ended_at; /* 0: it waits */
    const char *last_outcome;
};
struct webhook_try {
    int64_t number; /* from 1 */
    int64_t at;
    int64_t took_us;
    int http_code;       /* 0: no answer */
    const char *outcome; /* in words */
};
struct webhook_tries {
    const struct webhook_try *at;
    size_t count;
};

/* Ids of an endpoint's messages, the newest first (their key is made_at). state: "" any. */
struct page_ids webhook_message_page(struct store *people, struct arena *arena,
                                     const char *webhook_id, const char *state,
                                     const struct page_ask *ask);
/* How many there are, to the last (the log is a month long); and for pages: COUNT_MORE
 * (store/window.h) past LIST_COUNT_MAX. */
int64_t webhook_message_total(struct store *people, const char *webhook_id, const char *state);
int64_t webhook_message_count(struct store *people, const char *webhook_id, const char *state);
/* False: the endpoint has none of that id. */
bool webhook_message_find(struct store *people, struct arena *arena, const char *webhook_id,
                          const char *message_id, struct webhook_message *message);
/* The tries of one message, the first one first; at most the last WEBHOOK_TRIES_SHOWN_MAX. */
#define WEBHOOK_TRIES_SHOWN_MAX 100
struct webhook_tries webhook_try_list(struct store *people, struct arena *arena,
                                      const char *message_id);

/* ---- within a transaction of people.db ---- */

/* A test, to be sent at once: kind, body, made_at, ids are read. */
void webhook_message_add_test(struct store *people, const struct webhook_message *message);
/* Is a test of this endpoint waiting already? Its id, or false. */
bool webhook_message_test_waits(struct store *people, struct arena *arena, const char *webhook_id,
                                const char **message_id);
/* Sends one again, at once, whatever came of it before. */
void webhook_message_replay(struct store *people, const char *message_id, int64_t now_us);
/* Sends again, at once, everything made since then that was given up, and what waits for its next
 * try. Tests are left. Returns how many that were given up, or had failed. */
int64_t webhook_message_replay_since(struct store *people, const char *webhook_id, int64_t since_at,
                                     int64_t now_us);
/* How many that would be. */
int64_t webhook_message_failed_since(struct store *people, const char *webhook_id,
                                     int64_t since_at);

#endif
