/*
 * store/wal_index.h: registry.db-shm, the index of the WAL, says how many of its pages are in
 * registry.db already. It outlives a daemon that is killed, or that ends because the disk has
 * failed, as long as any program has the file open, and by then it may say so of pages that the
 * disk has never got: the error of the write was told to the daemon before. A writer that believed
 * it would let the WAL begin anew, and those pages would be lost. So whoever opens the file for
 * writing makes SQLite read the WAL itself, which has every page that was committed since it began,
 * and move all of them again.
 */
#ifndef STORE_WAL_INDEX_H
#define STORE_WAL_INDEX_H

#include <stdbool.h>

/* Makes the header of the index beside the registry at `path` one that nobody believes
 * (sqlite.org/walformat.html, "Recovery"): what a writer leaves that is killed while it commits.
 * Programs that read at that moment go on, and whoever is next makes a new index from the WAL's
 * frames. Only for the holder of the data folder's lock, while nobody writes. True also when there
 * is no index. Done in a process of its own: closing a file drops every lock that a process has on
 * it, those of SQLite too. */
bool wal_index_forget(const char *path);

#endif
