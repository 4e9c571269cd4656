/*
 * store/wal_index.h: registry.db-shm, the index of the WAL, says how many of its pages are in
 * registry.db already. It outlives the daemon as long as any program has the file open. When the
 * disk fails to write pages that were moved, the daemon is told so by a sync, and ends; the index
 * stays and says that they were moved, and to the next daemon's sync the system tells nothing of
 * them: it would let the WAL begin anew, and they would be lost. So before the daemon ends because
 * a checkpoint has failed, it makes SQLite read the WAL itself once more, which has every page that
 * was committed since it began: all of them are moved again.
 */
#ifndef STORE_WAL_INDEX_H
#define STORE_WAL_INDEX_H

#include <stdbool.h>

/* Makes the header of the index beside the registry at `path` one that nobody believes
 * (sqlite.org/walformat.html, "Recovery"): what a writer leaves that is killed while it commits.
 * Programs that read at that moment go on, and whoever is next makes a new index from the WAL's
 * frames. Only for the holder of the data folder's lock, between two commits. True also when there
 * is no index. Done in a process of its own: closing a file drops every lock that a process has on
 * it, those of SQLite too. */
bool wal_index_forget(const char *path);

#endif
