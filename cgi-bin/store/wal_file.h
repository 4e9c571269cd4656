/*
 * store/wal_file.h: a VFS of SQLite, named "wal-gather", that gathers what is written to a WAL.
 *
 * SQLite writes each frame of a WAL as two pieces, 24 bytes and a page, one after the other: a
 * transfer in a registry of a million makes ninety such calls, and each touches two pages of the
 * system's cache. Pieces that follow each other go to the system in one call here. Every other file
 * and every other operation is the default VFS's own.
 *
 * Nothing is kept back past a point that matters: what was gathered is written before the file is
 * synced, read, cut or measured, and in the order of the writes. A commit with PRAGMA synchronous =
 * FULL (store_set_safe sees to it) syncs the WAL before it tells any reader of its frames; without
 * FULL this VFS must not be used. A write that fails is told at that sync, so the commit fails.
 */
#ifndef STORE_WAL_FILE_H
#define STORE_WAL_FILE_H

/* The VFS's name for sqlite3_open_v2. NULL: SQLite did not take it; the cause is in the log. */
const char *wal_file_vfs(void);

#endif
