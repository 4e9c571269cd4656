/*
 * tests/fault/shim_ledger.c: what the ledger's trace needs besides: when a group has been answered,
 * and checkpoints at many places (ld --wrap: group_run). See tests/fault/shim.h.
 */
#include <stdlib.h>

#include "fault/shim.h"
#include "ledger/group.h"
#include "store/inside.h"
#include "store/pin.h"

enum status __real_group_run(struct group *group, struct ledger *ledger, struct door *door,
                             bool with_timer, size_t *acts);
enum status __wrap_group_run(struct group *group, struct ledger *ledger, struct door *door,
                             bool with_timer, size_t *acts);
static bool checkpoint(struct store *store, long groups, long every);

/* Nothing is written between the commit and the answers, nor between the answers and this record:
 * what stands before the record in the trace is what had been written when the clients were told.
 */
enum status __wrap_group_run(struct group *group, struct ledger *ledger, struct door *door,
                             bool with_timer, size_t *acts)
{
    static long groups;
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
    if (status == STATUS_OK && every != NULL &&
        !checkpoint(ledger->store, groups, strtol(every, NULL, 10))) {
        return STATUS_FAULT;
    }
    return status;
}

/* One step after every N-th group, as the daemon does it between two groups; what lies before the
 * pin is moved after the group that follows it. */
static bool checkpoint(struct store *store, long groups, long every)
{
    enum step { MOVE, FINISH, EMPTY, STEPS };
    static struct store *pin;
    static long steps;
    static bool is_pinned;
    bool is_move = is_pinned;
    bool is_now = groups % every == 0;
    if (is_now && steps++ % STEPS == MOVE) {
        pin = pin != NULL ? pin : pin_open(sqlite3_db_filename(store->db, "main"));
        is_pinned = pin_set(pin);
        return is_pinned;
    }
    if (!is_move && !is_now) {
        return true;
    }
    if (is_now) {
        pin_clear(pin);
    }
    is_pinned = false;
    int pages = store_checkpoint(store, is_now && (steps - 1) % STEPS == EMPTY);
    store_settle(store);
    return pages >= 0;
}
