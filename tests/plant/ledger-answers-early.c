/*
 * plant/ledger-answers-early.c: a planted bug, for the negative controls (see
 * ledger-commit-lost.c): now and then a group is answered before it is committed; it is committed
 * with the next one. Who reads in between does not find what somebody has been told.
 *
 * wraps: store_commit store_begin_write store_settle
 */
#include "store/store.h"

#define ONE_OF 20 /* groups */

bool __real_store_commit(struct store *store);
bool __wrap_store_commit(struct store *store);
bool __real_store_begin_write(struct store *store);
bool __wrap_store_begin_write(struct store *store);
void __real_store_settle(struct store *store);
void __wrap_store_settle(struct store *store);

static bool is_open;

bool __wrap_store_begin_write(struct store *store)
{
    if (is_open) {
        is_open = false;
        if (!__real_store_commit(store)) {
            return false;
        }
    }
    return __real_store_begin_write(store);
}

bool __wrap_store_commit(struct store *store)
{
    static unsigned groups;
    is_open = ++groups % ONE_OF == 0;
    return is_open || __real_store_commit(store);
}

void __wrap_store_settle(struct store *store)
{
    if (!is_open) {
        __real_store_settle(store); /* it would undo the group */
    }
}
