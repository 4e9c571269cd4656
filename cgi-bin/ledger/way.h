/*
 * ledger/way.h: the inside of ledger/tally.h: for tally's main alone.
 */
#ifndef LEDGER_WAY_H
#define LEDGER_WAY_H

#include "ledger/tally.h"

/* The one way of this process, not yet settled. */
struct tally_way *way_make(void);
/* Lets go of the daemon or, when writing directly, empties the WAL, closes the registry and gives
 * the lock back. */
void way_close(struct tally_way *way);

#endif
