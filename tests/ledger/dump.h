/*
 * tests/ledger/dump.h: has anything changed? A digest over the whole registry but its audit log.
 */
#ifndef TESTS_LEDGER_DUMP_H
#define TESTS_LEDGER_DUMP_H

#include "ledger/town.h"

static void dump_rows(struct digest_feed *feed, sqlite3 *db, const char *table)
{
    char sql[128];
    sqlite3_stmt *statement = NULL;
    (void)snprintf(sql, sizeof sql, "SELECT * FROM %s", table);
    must(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK);
    digest_add_text(feed, table);
    int stepped = sqlite3_step(statement);
    for (; stepped == SQLITE_ROW; stepped = sqlite3_step(statement)) {
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const char *text = (const char *)sqlite3_column_text(statement, i);
            digest_add_text(feed, text == NULL ? "\x01" : text);
        }
    }
    must(stepped == SQLITE_DONE);
    sqlite3_finalize(statement);
}

/* Of every row of every table but the audit log. */
static struct digest town_dump(void)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *tables = NULL;
    struct digest_feed feed;
    must(sqlite3_open(town.path, &db) == SQLITE_OK);
    must(sqlite3_busy_timeout(db, 10000) == SQLITE_OK); /* a daemon may be emptying its WAL */
    must(sqlite3_prepare_v2(db,
                            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'act' "
                            "AND name NOT LIKE 'sqlite_%' ORDER BY name",
                            -1, &tables, NULL) == SQLITE_OK);
    digest_begin(&feed);
    int count = 0;
    for (; sqlite3_step(tables) == SQLITE_ROW; count++) {
        dump_rows(&feed, db, (const char *)sqlite3_column_text(tables, 0));
    }
    must(count > 12);
    sqlite3_finalize(tables);
    sqlite3_close(db);
    return digest_end(&feed);
}

#endif
