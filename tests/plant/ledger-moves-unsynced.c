/*
 * plant/ledger-moves-unsynced.c: a planted bug, for the negative control of
 * tests/crash/power_test.c: pages are moved out of the WAL and it begins anew, but nobody waited
 * until the disk had them.
 *
 * wraps: store_checkpoint
 * with: shim
 */
#include "store/inside.h"

int __real_store_checkpoint(struct store *store, bool truncate);
int __wrap_store_checkpoint(struct store *store, bool truncate);

int __wrap_store_checkpoint(struct store *store, bool truncate)
{
    (void)sqlite3_exec(store->db, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
    int pages = __real_store_checkpoint(store, truncate);
    (void)sqlite3_exec(store->db, "PRAGMA synchronous = FULL", NULL, NULL, NULL);
    return pages;
}
