/*
 * plant/api-fault-unseen.c: a planted bug, for the negative control of
 * tests/crash/fault_api_test.c: what could not be read is answered as if it were not there.
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
