/* store/people_throttle.c: see store/people_throttle.h. */
#include "store/people_throttle.h"

#include "base/must.h"
#include "store/query.h"

enum { Q_READ, Q_WRITE, Q_FORGET, Q_SWEEP, Q__COUNT };

static const char *const SQL[Q__COUNT] = {
    [Q_READ] = "SELECT failures, last_at, free_at FROM sign_in_throttle WHERE subject = ?1",
    [Q_WRITE] = "INSERT INTO sign_in_throttle (subject, failures, last_at, free_at)"
                " VALUES (?1, ?2, ?3, ?4) ON CONFLICT (subject) DO UPDATE"
                " SET failures = excluded.failures, last_at = excluded.last_at,"
                " free_at = excluded.free_at",
    [Q_FORGET] = "DELETE FROM sign_in_throttle WHERE subject = ?1",
    [Q_SWEEP] =
        "DELETE FROM sign_in_throttle WHERE subject IN"
        " (SELECT subject FROM sign_in_throttle WHERE subject > ?1 ORDER BY subject LIMIT 16)"
        " AND last_at < iif(subject >= 'd:' AND subject < 'd;', ?3, ?2)",
};

const struct query_table people_throttle_queries = {"people_throttle", SQL, Q__COUNT};

bool throttle_read(struct store *store, const char *subject, struct throttle_row *row)
{
    *row = (struct throttle_row){.failures = 0};
    struct query q = query(store, &people_throttle_queries, Q_READ);
    query_bind_text(&q, 1, subject);
    bool found = query_row(&q);
    if (found) {
        row->failures = query_int(&q, 0);
        row->last_at = query_int(&q, 1);
        row->free_at = query_int(&q, 2);
    }
    query_end(&q);
    return found;
}

void throttle_write(struct store *store, const char *subject, const struct throttle_row *row)
{
    must(row->failures >= 0);
    struct query q = query(store, &people_throttle_queries, Q_WRITE);
    query_bind_text(&q, 1, subject);
    query_bind_int(&q, 2, row->failures);
    query_bind_int(&q, 3, row->last_at);
    query_bind_int(&q, 4, row->free_at);
    query_run(&q);
}

void throttle_forget(struct store *store, const char *subject)
{
    struct query q = query(store, &people_throttle_queries, Q_FORGET);
    query_bind_text(&q, 1, subject);
    query_run(&q);
}

void throttle_sweep(struct store *store, const char *subject, int64_t others_before,
                    int64_t devices_before)
{
    struct query q = query(store, &people_throttle_queries, Q_SWEEP);
    query_bind_text(&q, 1, subject);
    query_bind_int(&q, 2, others_before);
    query_bind_int(&q, 3, devices_before);
    query_run(&q);
}
