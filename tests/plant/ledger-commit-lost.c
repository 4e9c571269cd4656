/*
 * plant/ledger-commit-lost.c: a planted bug, for the negative controls (README, "Tests"): now and
 * then the daemon says that a group was kept when it was rolled back.
 *
 * A file of this folder, PROGRAM-WHAT.c, is linked into PROGRAM with the functions that it names
 * below wrapped (ld --wrap); build/MODE/plant/PROGRAM-WHAT/ then holds that program and links to
 * the others, and a campaign that is started with TEST_RELEASE set to that folder must find it.
 *
 * wraps: store_commit
 */
#include "store/store.h"

#define ONE_OF 50 /* groups */

bool __real_store_commit(struct store *store);
bool __wrap_store_commit(struct store *store);

bool __wrap_store_commit(struct store *store)
{
    static unsigned groups;
    groups++;
    if (groups % ONE_OF != 0) {
        return __real_store_commit(store);
    }
    store_rollback(store);
    return true;
}
