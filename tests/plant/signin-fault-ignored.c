/*
 * plant/signin-fault-ignored.c: a planted bug, for the negative control of
 * tests/crash/fault_signin_test.c: a commit of people.db that
 * failed is answered as if it had been kept.
 * TEST_FAULT=build/MODE/plant/signin-fault-ignored runs the campaign on it.
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
