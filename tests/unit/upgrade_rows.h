/*
 * unit/upgrade_rows.h: for tests that bring a database to a newer version: what stood in it before
 * and afterwards, as one digest. Include after cmocka's headers.
 */
#ifndef TESTS_UNIT_UPGRADE_ROWS_H
#define TESTS_UNIT_UPGRADE_ROWS_H

#include <sqlite3.h>

#include "base/digest.h"

#define SCHEMA                                                                                     \
    "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1"

/* The digest of all that a query gives. */
static inline struct digest digest_of_rows(const char *path, const char *sql, int *rows)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    struct digest_feed feed;
    digest_begin(&feed);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    for (*rows = 0; sqlite3_step(statement) == SQLITE_ROW; (*rows)++) {
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const char *text = (const char *)sqlite3_column_text(statement, i);
            digest_add_text(&feed, text == NULL ? "(null)" : text);
        }
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return digest_end(&feed);
}

#endif
