/*
 * plant/ledger-takes-reserved.c: a planted bug (plant/ledger-commit-lost.c says how): a batch that
 * waits in one transfer looks free to the next.
 *
 * wraps: ledger_batch_read
 */
#include "store/ledger_facts.h"

struct ledger_batch __real_ledger_batch_read(struct store *store, const char *batch_id);
struct ledger_batch __wrap_ledger_batch_read(struct store *store, const char *batch_id);

struct ledger_batch __wrap_ledger_batch_read(struct store *store, const char *batch_id)
{
    struct ledger_batch batch = __real_ledger_batch_read(store, batch_id);
    batch.is_reserved = false;
    return batch;
}
