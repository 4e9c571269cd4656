/* store/people_link.c: see store/people_link.h. */
#include "store/people_link.h"

#include "base/must.h"
#include "store/query.h"

enum { Q_FIND, Q_ADD, Q_USE, Q_END_ALL, Q__COUNT };

static const char *const SQL[Q__COUNT] = {
    [Q_FIND] = "SELECT user_id, made_at, expires_at, ifnull(used_at, 0) FROM password_link"
               " WHERE token_hash = ?1",
    [Q_ADD] = "INSERT INTO password_link (token_hash, user_id, made_at, expires_at)"
              " VALUES (?1, ?2, ?3, ?4)",
    [Q_USE] = "UPDATE password_link SET used_at = ?2"
              " WHERE token_hash = ?1 AND used_at IS NULL AND expires_at > ?2",
    /* Reads every link: there are few, and they are ended only when a new one is made. */
    [Q_END_ALL] = "UPDATE password_link SET used_at = ?2 WHERE user_id = ?1 AND used_at IS NULL",
};

const struct query_table people_link_queries = {"people_link", SQL, Q__COUNT};

bool link_find(struct store *store, const struct digest *token_hash, struct link *link)
{
    *link = (struct link){.user_id = ""};
    struct query q = query(store, &people_link_queries, Q_FIND);
    query_bind_blob(&q, 1, token_hash->bytes, sizeof token_hash->bytes);
    bool found = query_row(&q);
    if (found) {
        query_text_into(&q, 0, link->user_id, sizeof link->user_id);
        link->made_at = query_int(&q, 1);
        link->expires_at = query_int(&q, 2);
        link->used_at = query_int(&q, 3);
    }
    query_end(&q);
    return found;
}

bool link_add(struct store *store, const struct digest *token_hash, const struct link *link)
{
    must(link->made_at < link->expires_at && link->used_at == 0);
    struct query q = query(store, &people_link_queries, Q_ADD);
    query_bind_blob(&q, 1, token_hash->bytes, sizeof token_hash->bytes);
    query_bind_text(&q, 2, link->user_id);
    query_bind_int(&q, 3, link->made_at);
    query_bind_int(&q, 4, link->expires_at);
    return query_run(&q);
}

bool link_use(struct store *store, const struct digest *token_hash, int64_t now_us)
{
    struct query q = query(store, &people_link_queries, Q_USE);
    query_bind_blob(&q, 1, token_hash->bytes, sizeof token_hash->bytes);
    query_bind_int(&q, 2, now_us);
    return query_run_one(&q);
}

void link_end_all(struct store *store, const char *user_id, int64_t now_us)
{
    struct query q = query(store, &people_link_queries, Q_END_ALL);
    query_bind_text(&q, 1, user_id);
    query_bind_int(&q, 2, now_us);
    query_run(&q);
}
