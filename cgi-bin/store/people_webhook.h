/*
 * store/people_webhook.h: webhooks in people.db: an organisation's endpoints and the keys of
 * requests about them. What is sent to them is in store/people_webhook_log.h; what the courier asks
 * is in store/people_webhook_queue.h. Which changes are sensible is decided in
 * gate/webhook_admin.c.
 */
#ifndef STORE_PEOPLE_WEBHOOK_H
#define STORE_PEOPLE_WEBHOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "store/page_ask.h"
#include "store/store.h"

extern const struct query_table people_webhook_queries;

#define WEBHOOK_SECRET_BYTES 32

struct webhook {
    const char *webhook_id;
    const char *org_id;
    const char *url;
    const char *description; /* "" none */
    bool takes_all;    /* every public event too, not only those that concern the organisation */
    const char *kinds; /* kinds of events, one a line; "" all */
    const uint8_t *secret;     /* WEBHOOK_SECRET_BYTES */
    const uint8_t *old_secret; /* the same; NULL: none before it */
    int64_t old_until;         /* the old one signs along until then */
    const char *state;         /* "active", "paused", "failing", "removed" */
    int64_t state_at;
    const char *state_by; /* usr_…; "" the courier */
    int64_t after_seq;    /* the last event that was looked at for it */
    int64_t due_at;       /* when the courier looks at it next; 0: nothing waits */
    int64_t rests_until;
    int64_t failures;      /* in a row, up to now */
    int64_t failing_since; /* the first of them; 0 */
    int64_t last_at;       /* the last try; 0: none yet */
    int last_code;         /* 0: no answer */
    const char *last_outcome;
    const char *made_by;
    int64_t made_at;
};
struct webhooks {
    const struct webhook *at;
    size_t count;
};

/* An organisation's endpoints but the removed ones, in the order in which they were made; at most
 * WEBHOOKS_MAX. */
struct webhooks webhook_list(struct store *people, struct arena *arena, const char *org_id);
/* Ids of them, the newest first (their key is made_at), and how many there are. */
struct page_ids webhook_page(struct store *people, struct arena *arena, const char *org_id,
                             const struct page_ask *ask);
int64_t webhook_count(struct store *people, const char *org_id);
/* False: none of that id, or of another organisation, or removed. */
bool webhook_find(struct store *people, struct arena *arena, const char *org_id,
                  const char *webhook_id, struct webhook *webhook);
/* Is this one of the kinds of events that it is told of? */
bool webhook_takes_kind(const struct webhook *webhook, const char *kind);
/* How many of the organisation's endpoints are stopped for want of an answer. */
int64_t webhook_count_failing(struct store *people, const char *org_id);

/* ---- within a transaction of people.db; a fault is the store's ---- */

/* A new one, active: id, organisation, url, description, takes_all, kinds, secret, after_seq,
 * made_by and made_at are read. */
void webhook_add(struct store *people, const struct webhook *webhook);
/* url, description, takes_all and kinds anew. Rests no longer: it may be another machine. */
void webhook_change(struct store *people, const struct webhook *webhook, int64_t now_us);
/* The present secret becomes the old one, until then. */
void webhook_set_secret(struct store *people, const char *webhook_id, const uint8_t *secret,
                        int64_t old_until);
void webhook_pause(struct store *people, const char *webhook_id, const char *user_id,
                   int64_t now_us);
/* Active again with nothing held against it: what waits is tried at once and has three days
 * again. */
void webhook_resume(struct store *people, const char *webhook_id, const char *user_id,
                    int64_t now_us);
/* For ever: its secrets go, what waited is given up, its log stays its time. */
void webhook_remove(struct store *people, const char *webhook_id, const char *user_id,
                    int64_t now_us);
/* The courier looks at it at once. */
void webhook_wake(struct store *people, const char *webhook_id, int64_t now_us);

/* ---- Idempotency-Key of programs ---- */

/* What the first request of a key asked for, what it made, and how it was answered. */
struct webhook_first {
    struct digest fingerprint; /* of what was asked */
    const char *made_id;
    /* the body, byte for byte; NULL: the key is of before answers were kept */
    const void *answer;
    size_t answer_bytes;
    bool is_sealed; /* it shows a secret (gate/seal.h) */
};

/* False: a new key. */
bool webhook_key_find(struct store *people, struct arena *arena, const char *user_id,
                      const char *key, struct webhook_first *first);
/* Is it known at all? */
bool webhook_key_is_known(struct store *people, const char *user_id, const char *key);
/* A key that is known already is a fault. */
void webhook_key_add(struct store *people, const char *user_id, const char *key,
                     const struct webhook_first *first, int64_t now_us);

#endif
