/*
 * plant/ledger-fault-ignored.c: a planted bug, for the negative control of
 * tests/crash/fault_ledger_test.c: a commit that failed is
 * answered as if it had been kept.
 * TEST_FAULT=build/MODE/plant/ledger-fault-ignored runs the campaign on it.
 *
 * wraps: store_commit
 * with: shim
 */
#include "store/store.h"

bool __real_store_commit(struct store *store);
bool __wrap_store_commit(struct store *store);

bool __wrap_store_commit(struct store *store)
{
    if (!__real_store_commit(store)) {
        store_settle(store);
    }
    return true;
}
