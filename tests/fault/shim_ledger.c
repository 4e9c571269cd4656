/*
 * tests/fault/shim_ledger.c: what the ledger's trace needs besides: when a group has been answered,
 * and checkpoints at many places (ld --wrap: group_run). See tests/fault/shim.h.
 */
#include <stdlib.h>

#include "fault/shim.h"
#include "ledger/group.h"
#include "store/store.h"

enum status __real_group_run(struct group *group, struct ledger *ledger, struct door *door,
                             bool with_timer, size_t *acts);
enum status __wrap_group_run(struct group *group, struct ledger *ledger, struct door *door,
                             bool with_timer, size_t *acts);

/* Nothing is written between the commit and the answers, nor between the answers and this record:
 * what stands before the record in the trace is what had been written when the clients were told.
 */
enum status __wrap_group_run(struct group *group, struct ledger *ledger, struct door *door,
                             bool with_timer, size_t *acts)
{
    static long groups;
    static long checkpoints;
    const char *every = getenv("SHIM_CHECKPOINT");
    shim_arm();
    enum status status = __real_group_run(group, ledger, door, with_timer, acts);
    int64_t clients = 0;
    for (size_t i = 0; i < group->count; i++) {
        clients += group->entries[i].client != SIZE_MAX ? 1 : 0;
    }
    if (clients == 0) {
        return status; /* the timer alone */
    }
    shim_record(SHIM_OP_ANSWERED, "", 0, clients, NULL);
    groups++;
    if (status == STATUS_OK && every != NULL && groups % strtol(every, NULL, 10) == 0) {
        checkpoints++;
        /* As the daemon does it between two groups. */
        if (store_checkpoint(ledger->store, checkpoints % 2 == 0) < 0) {
            return STATUS_FAULT;
        }
        store_settle(ledger->store);
    }
    return status;
}
