/*
 * plant/ledger-wal-kept.c: a planted bug (plant/ledger-commit-lost.c says how): the daemon takes
 * its WAL for empty and never moves it into the database.
 *
 * wraps: store_checkpoint
 */
#include "store/store.h"

int __wrap_store_checkpoint(struct store *store, bool truncate);

int __wrap_store_checkpoint(struct store *store, bool truncate)
{
    (void)store;
    (void)truncate;
    return 0;
}
