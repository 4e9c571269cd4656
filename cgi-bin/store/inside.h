/*
 * store/inside.h: what the core files of the store room (store.c, query.c, migrate.c, backup)
 * share. For the store room only.
 */
#ifndef STORE_INSIDE_H
#define STORE_INSIDE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/store.h"

#define STORE_TABLES_MAX 64
#define STORE_STATEMENTS_MAX 1024 /* all queries of one program on one file */

struct store_table {
    const struct query_table *table;
    size_t first_statement; /* where its statements begin */
};

struct store {
    bool is_taken;
    bool fault;   /* sticky until store_settle */
    bool is_busy; /* of the fault: nothing but waiting too long */
    enum store_file file;
    enum store_mode mode;
    sqlite3 *db;
    int wal_pages; /* after the last commit */
    size_t table_count;
    struct store_table tables[STORE_TABLES_MAX];
    size_t statement_count;
    sqlite3_stmt *statements[STORE_STATEMENTS_MAX];
    /* those used since store_settle: a request uses a few of hundreds */
    size_t used_count;
    uint16_t used[STORE_STATEMENTS_MAX];
    bool is_used[STORE_STATEMENTS_MAX];
};

/* Sets the fault and logs it; doing says what was tried (its SQL has no values in it). */
void store_note_fault(struct store *store, const char *doing, int code);
/* Once a process, before SQLite is first used: there are no threads here, so it needs no mutexes,
 * nor to count its memory. */
void store_set_up_library(void);
/* The safety settings of safety.md section 1, read back where they can be. */
bool store_set_safe(sqlite3 *db, enum store_file file);
/* The first column of a pragma's row. */
bool store_pragma(sqlite3 *db, const char *sql, int64_t *number);
/* What marks our files (PRAGMA application_id). */
int64_t store_application_id(enum store_file file);

#endif
