/* store/api_keys.c: see store/api_keys.h. */
#include "store/api_keys.h"

#include "store/query.h"

enum { Q_KNOWN, Q__COUNT };

static const char *const sql[Q__COUNT] = {
    [Q_KNOWN] = "SELECT 1 FROM idempotency WHERE scope = ?1 AND key = ?2",
};

const struct query_table api_keys_queries = {"api_keys", sql, Q__COUNT};

bool api_key_is_known(struct store *registry, const char *user_id, const char *key)
{
    struct query q = query(registry, &api_keys_queries, Q_KNOWN);
    query_bind_text(&q, 1, user_id);
    query_bind_text(&q, 2, key);
    return query_any(&q);
}
