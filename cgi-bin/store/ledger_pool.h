/*
 * store/ledger_pool.h: what the ledger writes about units of a buffer pool: refunds and
 * cancellations. For the ledger's writing side alone, inside its transaction; false: a fault, or
 * not exactly the row meant was changed.
 */
#ifndef STORE_LEDGER_POOL_H
#define STORE_LEDGER_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "store/ledger_changes.h"

extern const struct query_table ledger_pool_queries;

struct ledger_new_pool {
    const char *pool_id;         /* of the refund or cancellation */
    const char *org_id;          /* the buffer organisation */
    const char *supplier_org_id; /* of all units */
    const char *project_id;      /* "" several */
    enum instrument instrument;
    int64_t units;
    const char *notes; /* or reason */
    const char *by;    /* person */
    const char *origin;
    int64_t at;
};
bool ledger_refund_add(struct store *store, const struct ledger_new_pool *refund);
bool ledger_refund_line_add(struct store *store, const char *refund_id, int64_t line,
                            const char *batch_id, const char *split_from,
                            const char *from_account_id, const char *to_account_id, int64_t units);
bool ledger_cancellation_add(struct store *store, const struct ledger_new_pool *cancellation);
bool ledger_cancellation_line_add(struct store *store, const char *cancellation_id, int64_t line,
                                  const char *batch_id, const char *split_from, int64_t units);

/* Looks once more, as ledger_delivery_touched and its like do. org_id: who holds the batches now.
 */
struct ledger_touched ledger_refund_touched(struct store *store, const char *refund_id,
                                            const char *org_id);
struct ledger_touched ledger_cancellation_touched(struct store *store, const char *cancellation_id,
                                                  const char *org_id);

#endif
