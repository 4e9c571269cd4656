/*
 * plant/ledger-keeps-clients.c: a planted bug (plant/ledger-commit-lost.c says how): the daemon
 * never lets go of clients that have closed.
 *
 * wraps: door_sweep
 */
#include "ledger/door.h"

void __wrap_door_sweep(struct door *door);

void __wrap_door_sweep(struct door *door)
{
    (void)door;
}
