/* store/people_password.c: see store/people_password.h. */
#include "store/people_password.h"

#include "base/must.h"
#include "store/query.h"

enum { Q_READ, Q_WRITE, Q__COUNT };

static const char *const SQL[Q__COUNT] = {
    [Q_READ] = "SELECT hash FROM password WHERE user_id = ?1",
    [Q_WRITE] =
        "INSERT INTO password (user_id, hash, set_at) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, set_at = excluded.set_at",
};

const struct query_table people_password_queries = {"people_password", SQL, Q__COUNT};

bool password_read(struct store *store, const char *user_id, char hash[PASSWORD_HASH_SIZE])
{
    hash[0] = '\0';
    struct query q = query(store, &people_password_queries, Q_READ);
    query_bind_text(&q, 1, user_id);
    if (query_row(&q)) {
        query_text_into(&q, 0, hash, PASSWORD_HASH_SIZE);
    }
    query_end(&q);
    return hash[0] != '\0';
}

bool password_write(struct store *store, const char *user_id, const char *hash, int64_t set_at)
{
    must(hash[0] != '\0');
    struct query q = query(store, &people_password_queries, Q_WRITE);
    query_bind_text(&q, 1, user_id);
    query_bind_text(&q, 2, hash);
    query_bind_int(&q, 3, set_at);
    return query_run(&q);
}
