/* store/ledger_pool.c: see store/ledger_pool.h. */
#include "store/ledger_pool.h"

#include "store/columns.h"
#include "store/ledger_touched.h"

enum {
    P_REFUND,
    P_REFUND_LINE,
    P_CANCELLATION,
    P_CANCELLATION_LINE,
    P_REFUND_TOUCHED,
    P_CANCELLATION_TOUCHED,
    P__COUNT
};

static const char *const pool_sql[P__COUNT] = {
    [P_REFUND] =
        "INSERT OR ROLLBACK INTO refund (refund_id, from_org_id, to_org_id, project_id, instrument,"
        " units, notes, refunded_by, refunded_at, origin)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    [P_REFUND_LINE] = "INSERT OR ROLLBACK INTO refund_line (refund_id, line, batch_id, split_from,"
                      " from_account_id, to_account_id, units) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [P_CANCELLATION] =
        "INSERT OR ROLLBACK INTO cancellation (cancellation_id, org_id, supplier_org_id,"
        " project_id, instrument, units, reason, cancelled_by, cancelled_at, origin)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    [P_CANCELLATION_LINE] =
        "INSERT OR ROLLBACK INTO cancellation_line (cancellation_id, line, batch_id, split_from,"
        " units) VALUES (?1, ?2, ?3, ?4, ?5)",
    [P_REFUND_TOUCHED] = LEDGER_TOUCHED("refund_line", "refund_id"),
    [P_CANCELLATION_TOUCHED] = LEDGER_TOUCHED("cancellation_line", "cancellation_id"),
};
const struct query_table ledger_pool_queries = {"ledger_pool", pool_sql, P__COUNT};

static bool add(struct store *store, int number, const struct ledger_new_pool *pool);

bool ledger_refund_add(struct store *store, const struct ledger_new_pool *refund)
{
    return add(store, P_REFUND, refund);
}

bool ledger_cancellation_add(struct store *store, const struct ledger_new_pool *cancellation)
{
    return add(store, P_CANCELLATION, cancellation);
}

bool ledger_refund_line_add(struct store *store, const char *refund_id, int64_t line,
                            const char *batch_id, const char *split_from,
                            const char *from_account_id, const char *to_account_id, int64_t units)
{
    struct query q = query(store, &ledger_pool_queries, P_REFUND_LINE);
    query_bind_text(&q, 1, refund_id);
    query_bind_int(&q, 2, line);
    query_bind_text(&q, 3, batch_id);
    query_bind_text(&q, 4, split_from);
    query_bind_text(&q, 5, from_account_id);
    query_bind_text(&q, 6, to_account_id);
    query_bind_int(&q, 7, units);
    return query_run_one(&q);
}

bool ledger_cancellation_line_add(struct store *store, const char *cancellation_id, int64_t line,
                                  const char *batch_id, const char *split_from, int64_t units)
{
    struct query q = query(store, &ledger_pool_queries, P_CANCELLATION_LINE);
    query_bind_text(&q, 1, cancellation_id);
    query_bind_int(&q, 2, line);
    query_bind_text(&q, 3, batch_id);
    query_bind_text(&q, 4, split_from);
    query_bind_int(&q, 5, units);
    return query_run_one(&q);
}

struct ledger_touched ledger_refund_touched(struct store *store, const char *refund_id,
                                            const char *org_id)
{
    return ledger_touched_read(store, &ledger_pool_queries, P_REFUND_TOUCHED, refund_id,
                               BATCH_ACTIVE, org_id, NULL, true);
}

struct ledger_touched ledger_cancellation_touched(struct store *store, const char *cancellation_id,
                                                  const char *org_id)
{
    return ledger_touched_read(store, &ledger_pool_queries, P_CANCELLATION_TOUCHED, cancellation_id,
                               BATCH_CANCELLED, org_id, NULL, true);
}

static bool add(struct store *store, int number, const struct ledger_new_pool *pool)
{
    struct query q = query(store, &ledger_pool_queries, number);
    query_bind_text(&q, 1, pool->pool_id);
    query_bind_text(&q, 2, pool->org_id);
    query_bind_text(&q, 3, pool->supplier_org_id);
    query_bind_text(&q, 4, or_null(pool->project_id));
    query_bind_text(&q, 5, instrument_word(pool->instrument));
    query_bind_int(&q, 6, pool->units);
    query_bind_text(&q, 7, pool->notes);
    query_bind_text(&q, 8, pool->by);
    query_bind_int(&q, 9, pool->at);
    query_bind_text(&q, 10, pool->origin);
    return query_run_one(&q);
}
