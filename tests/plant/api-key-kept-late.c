/*
 * plant/api-key-kept-late.c: a planted bug (plant/ledger-commit-lost.c says how): api keeps the key
 * of an act on webhooks in a transaction of its own, a few milliseconds after the act's.
 *
 * wraps: webhook_key_add store_commit
 */
#include <poll.h>

#include "store/people_webhook.h"

#define KEPT_LATER_MS 5

void __real_webhook_key_add(struct store *people, const char *user_id, const char *key,
                            const struct webhook_first *first, int64_t now_us);
void __wrap_webhook_key_add(struct store *people, const char *user_id, const char *key,
                            const struct webhook_first *first, int64_t now_us);
bool __real_store_commit(struct store *store);
bool __wrap_store_commit(struct store *store);

static struct {
    struct store *people; /* NULL: no key waits */
    const char *user_id;
    const char *key;
    struct webhook_first first;
    int64_t now_us;
} late;

void __wrap_webhook_key_add(struct store *people, const char *user_id, const char *key,
                            const struct webhook_first *first, int64_t now_us)
{
    late.people = people;
    late.user_id = user_id;
    late.key = key;
    late.first = *first;
    late.now_us = now_us;
}

bool __wrap_store_commit(struct store *store)
{
    bool is_kept = __real_store_commit(store);
    if (is_kept && store == late.people) {
        (void)poll(NULL, 0, KEPT_LATER_MS);
        if (store_begin_write(store)) {
            __real_webhook_key_add(store, late.user_id, late.key, &late.first, late.now_us);
            is_kept = __real_store_commit(store);
        }
    }
    late.people = NULL;
    return is_kept;
}
