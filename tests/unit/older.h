/*
 * older.h: the registry of tests/ledger/town.h as an older schema would have kept it: a file made
 * by the first schema files alone, with every row and column of the town's that they know. For
 * tests of bringing a registry forward. Include it once, behind ledger/town.h.
 */
#ifndef TESTS_UNIT_OLDER_H
#define TESTS_UNIT_OLDER_H

#define OLDER_TRIGGERS_MAX 128

static void older_run(sqlite3 *db, const char *sql)
{
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK) {
        fail_msg("%s\n%s", sql, message);
    }
}

/* The first text of each row of a statement, at most max of them. */
static int older_texts(sqlite3 *db, const char *sql, char **texts, int max)
{
    sqlite3_stmt *statement = NULL;
    int count = 0;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    while (count < max && sqlite3_step(statement) == SQLITE_ROW) {
        texts[count++] = strdup((const char *)sqlite3_column_text(statement, 0));
    }
    assert_true(count < max || sqlite3_step(statement) == SQLITE_DONE);
    sqlite3_finalize(statement);
    return count;
}

/* Copies a table of the town's, as far as both know its columns. */
static void older_copy(sqlite3 *db, const char *table)
{
    char sql[2048];
    char *columns = NULL;
    (void)snprintf(sql, sizeof(sql),
                   "SELECT group_concat(o.name, ', ') FROM pragma_table_info('%s') o"
                   " JOIN pragma_table_info('%s', 'town') n ON n.name = o.name",
                   table, table);
    assert_int_equal(older_texts(db, sql, &columns, 1), 1);
    (void)snprintf(sql, sizeof(sql), "INSERT INTO main.%s (%s) SELECT %s FROM town.%s", table,
                   columns, columns, table);
    older_run(db, sql);
    free(columns);
}

/* Makes the file at path of schema files 1 to version. Triggers are put back behind the rows, which
 * come in any order. */
static void older_make(const char *path, int version)
{
    static char *triggers[OLDER_TRIGGERS_MAX], *names[OLDER_TRIGGERS_MAX], *tables[64];
    char command[512], folder[128];
    (void)snprintf(folder, sizeof(folder), "%s/older-%d", town.folder, version);
    for (int number = 1; number <= version; number++) {
        (void)snprintf(command, sizeof(command),
                       "mkdir -p '%s' && cp schema/registry/%03d_*.sql '%s/'", folder, number,
                       folder);
        assert_int_equal(system(command), 0);
    }
    assert_int_equal(store_migrate(STORE_REGISTRY, path, folder), STATUS_OK);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    (void)snprintf(command, sizeof(command), "ATTACH '%s' AS town; BEGIN", town.path);
    older_run(db, command);
    int trigger_count = older_texts(db,
                                    "SELECT sql FROM main.sqlite_schema WHERE type = 'trigger'"
                                    " ORDER BY rowid",
                                    triggers, OLDER_TRIGGERS_MAX);
    assert_int_equal(older_texts(db,
                                 "SELECT name FROM main.sqlite_schema WHERE type = 'trigger'"
                                 " ORDER BY rowid",
                                 names, OLDER_TRIGGERS_MAX),
                     trigger_count);
    for (int i = 0; i < trigger_count; i++) {
        (void)snprintf(command, sizeof(command), "DROP TRIGGER main.%s", names[i]);
        older_run(db, command);
    }
    int table_count =
        older_texts(db, "SELECT name FROM main.sqlite_schema WHERE type = 'table'", tables, 64);
    for (int i = 0; i < table_count; i++) {
        older_copy(db, tables[i]);
        free(tables[i]);
    }
    for (int i = 0; i < trigger_count; i++) {
        older_run(db, triggers[i]);
        free(triggers[i]);
        free(names[i]);
    }
    older_run(db, "COMMIT; DETACH town");
    sqlite3_close(db);
}

#endif
