/*
 * plant/api-key-unkept.c: a planted bug (plant/ledger-commit-lost.c says how): api does an act on
 * webhooks and keeps neither its key nor its answer, so that a repeat does it again.
 *
 * wraps: webhook_key_add
 */
#include "store/people_webhook.h"

void __wrap_webhook_key_add(struct store *people, const char *user_id, const char *key,
                            const struct webhook_first *first, int64_t now_us);

void __wrap_webhook_key_add(struct store *people, const char *user_id, const char *key,
                            const struct webhook_first *first, int64_t now_us)
{
    (void)people;
    (void)user_id;
    (void)key;
    (void)first;
    (void)now_us;
}
