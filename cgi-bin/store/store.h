/*
 * store/store.h: the store room in general. It is the only room that includes sqlite3.h and the
 * only one with SQL. It maps rows to plain structs and back; it decides nothing.
 *
 * Each file of the room begins with its table of SQL, prepared when the database is opened: wrong
 * SQL fails at start. SQL is never built at run time. A fault while reading or writing (I/O,
 * corruption, busy) is sticky: every later query of the request returns nothing, and the caller of
 * the whole request asks store_fault() once at the end.
 *
 * Nobody but the ledger daemon (and `tally` holding the daemon's lock) writes or checkpoints
 * registry.db.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/status.h"

struct store; /* one open database file with its prepared statements */

/* A file's SQL: every store/NAME.c defines one `const struct query_table NAME_queries`. */
struct query_table {
    const char *name;
    const char *const *sql;
    size_t count;
};

enum store_file { STORE_REGISTRY, STORE_PEOPLE };

/* The schema versions this source was written for: the number of the newest file in schema/registry
 * and schema/people. */
#define STORE_REGISTRY_VERSION 10
#define STORE_PEOPLE_VERSION 3

enum store_mode {
    STORE_READ,  /* read-only: cannot write whatever the SQL says */
    STORE_WRITE, /* people.db for web programs; registry.db for the daemon alone */
    /* A file of a backup: read-only, out of WAL mode, so that looking at it leaves nothing beside
     * it and no program takes it for the live registry. */
    STORE_COPY,
};

/* Opens the file, checks application_id and user_version, sets the pragmas and limits of safety.md
 * section 1, and prepares every statement of the tables (NULL-ended list). On failure logs why in
 * words and returns NULL. registry.db: WAL, never checkpoints by itself, persists -wal; people.db:
 * rollback journal, busy timeout 5 s. */
struct store *store_open(enum store_file file, enum store_mode mode, const char *path,
                         const struct query_table *const *tables);
void store_close(struct store *store);
/* Why the last store_open refused a file: true when it could be read and is sound as far as was
 * seen, but is not one for this program: of another version, out of its mode, or not ours. */
bool store_is_other(void);
/* For a program that reads the whole file and then ends: keeps far more of it in memory, when the
 * machine has it. Checking an index looks up each of its rows, in an order that is not the file's.
 */
void store_widen(struct store *store);

/* Makes a new database file from schema/NAME/NNN_*.sql in order, or brings an older one forward.
 * dir is ".../schema/registry". A newer version than the newest file is refused. Messages go to the
 * log. */
enum status store_migrate(enum store_file file, const char *path, const char *schema_dir);

/* The sticky fault of the request; true once anything went wrong since store_settle(). */
bool store_fault(const struct store *store);
/* True when all that went wrong is that others held the file for longer than is waited: the file is
 * as sound as before, and the same can be asked again. */
bool store_is_busy(const struct store *store);
/* Resets every statement and clears the fault: after each reply. Ends a read transaction left open.
 */
void store_settle(struct store *store);

/* One consistent view for all reads of a page: between begin and store_settle every query sees the
 * same moment. */
void store_begin_read(struct store *store);

/* Transactions of a writer. store_commit returns false when nothing was kept. */
bool store_begin_write(struct store *store);
bool store_commit(struct store *store);
void store_rollback(struct store *store);
/* Rows changed through this store since it was opened, whatever became of them. */
int64_t store_changes(const struct store *store);

/* The daemon's own housekeeping: a TRUNCATE or PASSIVE checkpoint between its commits, outside any
 * transaction. Pages that the WAL file still holds (0 after a complete TRUNCATE; a reader that is
 * not finished keeps some); -1 on a fault. */
int store_checkpoint(struct store *store, bool truncate);
/* Pages that the WAL holds after the last commit of this store. */
int store_wal_pages(const struct store *store);

#endif
