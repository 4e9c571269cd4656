/*
 * store/people_webhook_queue.h: what the courier asks of people.db and writes there. Writing is
 * done within transactions of its own; nothing here begins or ends one.
 *
 * An endpoint's due_at is when the courier has to look at it again, 0 when nothing waits for it.
 * Whoever makes something wait sets it (store/people_webhook.h: webhook_wake), the courier moves it
 * on.
 */
#ifndef STORE_PEOPLE_WEBHOOK_QUEUE_H
#define STORE_PEOPLE_WEBHOOK_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/people_webhook.h"
#include "store/store.h"

extern const struct query_table people_webhook_queue_queries;

/* A message as the courier needs it. */
struct queued {
    const char *message_id;
    const char *webhook_id;
    int64_t seq; /* 0 a test */
    const char *kind;
    const char *body;
    bool is_waiting; /* neither delivered nor given up */
    int64_t tries, round_tries;
    int64_t round_at;
};

/* Active endpoints that have not been shown the event of last_seq yet. */
struct webhooks webhook_behind(struct store *people, struct arena *arena, int64_t last_seq);
/* Endpoints that are due by now_us, the longest due first. */
struct webhooks webhook_due(struct store *people, struct arena *arena, int64_t now_us, size_t most);
/* When the next one is due; 0: none is. */
int64_t webhook_due_next(struct store *people);
/* Whatever its organisation and state; false: there is none. */
bool webhook_get(struct store *people, struct arena *arena, const char *webhook_id,
                 struct webhook *webhook);
/* How many messages wait for it. */
int64_t webhook_waiting(struct store *people, const char *webhook_id);

/* The first message in the order of events (tests before all) whose time has come; false: none.
 * tests_only: for an endpoint that is not active. */
bool queued_due(struct store *people, struct arena *arena, const char *webhook_id, int64_t now_us,
                bool tests_only, struct queued *queued);
/* The earliest time at which one of its waiting messages is to be tried; 0: none waits. */
int64_t queued_next(struct store *people, const char *webhook_id, bool tests_only);
bool queued_get(struct store *people, struct arena *arena, const char *message_id,
                struct queued *queued);

/* ---- within a transaction ---- */

/* A new message, to be tried from at on. Of one event there is one for an endpoint: a second one is
 * a fault of the store. */
void queued_add(struct store *people, const struct queued *queued, int64_t at);
/* All events up to after_seq have been looked at for it. due_at: when to look again, unless it is
 * due before; 0: leaves it as it is. */
void webhook_seen(struct store *people, const char *webhook_id, int64_t after_seq, int64_t due_at);
/* Nothing more is begun for it until then: a try is under way. */
void webhook_claim(struct store *people, const char *webhook_id, int64_t until_at);

/* One try and what came of it. */
struct tried {
    int64_t at;
    int64_t took_us;
    int http_code; /* 0: no answer */
    const char *outcome;
};
void queued_tried(struct store *people, const struct queued *queued, const struct tried *tried);
/* After the try: delivered, or given up, at ended_at. */
void queued_end(struct store *people, const struct queued *queued, bool is_delivered,
                int64_t ended_at);
/* After the try: one more has failed in this round, the next one is at next_at. */
void queued_wait(struct store *people, const struct queued *queued, int64_t next_at);
/* rests_until, failures, failing_since, last_at, last_code, last_outcome and due_at as they stand
 * in *webhook. */
void webhook_settle(struct store *people, const struct webhook *webhook);
/* Stops it: it has not answered for days, or does not want to be asked. */
void webhook_stop(struct store *people, const char *webhook_id, int64_t at);
/* After the clock had been ahead: endpoints that are due after latest_at, longer than anything is
 * put off, and what waits for them as long, are due at now_us. */
void webhook_set_clock(struct store *people, int64_t now_us, int64_t latest_at);
/* Forgets messages that ended before then, and their tries: at most `most`; how many. */
int64_t webhook_forget(struct store *people, int64_t ended_before, size_t most);

#endif
