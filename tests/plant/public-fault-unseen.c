/*
 * plant/public-fault-unseen.c: a planted bug, for the negative control of
 * tests/crash/fault_public_test.c: what could not be read is shown as if it were not there.
 * TEST_FAULT=build/MODE/plant/public-fault-unseen runs the campaign on it.
 *
 * wraps: store_fault
 * with: shim
 */
#include "store/store.h"

bool __wrap_store_fault(const struct store *store);

bool __wrap_store_fault(const struct store *store)
{
    (void)store;
    return false;
}
