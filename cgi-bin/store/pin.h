/*
 * store/pin.h: keeps the WAL of registry.db from being moved to its end. A checkpoint that does not
 * reach the end of the WAL does not sync registry.db, and the WAL cannot begin anew after it: until
 * one reaches the end, the WAL still has every page that was moved (sqlite.org/wal.html,
 * "Checkpointing"). So the daemon moves many pages while a pin is set and nobody waits for the disk
 * to take them; without the pin the last few follow, and the sync.
 *
 * A pin is a reader of our own: it sees registry.db as it was when it was set, so that SQLite moves
 * what is older only.
 */
#ifndef STORE_PIN_H
#define STORE_PIN_H

#include <stdbool.h>

#include "store/store.h"

/* Not set yet; the end is store_close. NULL: it cannot be opened, the log says why. */
struct store *pin_open(const char *registry_path);

/* Sets it at what is committed now, wherever it was before. The WAL must hold something that is not
 * moved yet, else nothing can be moved while it is set. False: it is not set, because there is none
 * (NULL) or the file could not be read; the log says so. */
bool pin_set(struct store *pin);

/* Takes it away, if it is set; NULL is none. */
void pin_clear(struct store *pin);

#endif
