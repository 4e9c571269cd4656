/*
 * plant/ledger-spent-twice.c: a planted bug, for the negative controls (see ledger-commit-lost.c):
 * now and then the units of a transfer that has been accepted stay with the sender, who can spend
 * them again; and the ledger's own second look does not ask who holds them.
 * wraps: ledger_batch_move ledger_transfer_touched
 */
#include "store/ledger_changes.h"

#define ONE_OF 50 /* batches that arrive */

bool __real_ledger_batch_move(struct store *store, const char *batch_id, const char *reserved_by,
                              const struct ledger_place *place);
bool __wrap_ledger_batch_move(struct store *store, const char *batch_id, const char *reserved_by,
                              const struct ledger_place *place);
struct ledger_touched __real_ledger_transfer_touched(struct store *store, const char *transfer_id,
                                                     enum batch_state state, const char *org_id,
                                                     const char *reserved_by, bool has_split);
struct ledger_touched __wrap_ledger_transfer_touched(struct store *store, const char *transfer_id,
                                                     enum batch_state state, const char *org_id,
                                                     const char *reserved_by, bool has_split);

bool __wrap_ledger_batch_move(struct store *store, const char *batch_id, const char *reserved_by,
                              const struct ledger_place *place)
{
    static unsigned arrivals;
    bool arrives = reserved_by != NULL && place->org_id != NULL && place->state == BATCH_ACTIVE;
    if (arrives && ++arrivals % ONE_OF == 0) {
        struct ledger_place stays = {.state = BATCH_ACTIVE};
        return __real_ledger_batch_move(store, batch_id, reserved_by, &stays);
    }
    return __real_ledger_batch_move(store, batch_id, reserved_by, place);
}

struct ledger_touched __wrap_ledger_transfer_touched(struct store *store, const char *transfer_id,
                                                     enum batch_state state, const char *org_id,
                                                     const char *reserved_by, bool has_split)
{
    (void)org_id;
    return __real_ledger_transfer_touched(store, transfer_id, state, NULL, reserved_by, has_split);
}
