/*
 * unit/wal_spill_test.c: SQLite itself on store/wal_file.c, with a page cache so small that a
 * transaction spills into the WAL, and a disk that is full for one write in the middle of it. What
 * COMMIT said is what a reader finds, beside the writer and after a crash.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/wal_file.h"

#define STATEMENTS_MAX 300

/* The default VFS, whose writes to a WAL can be made to fail; its own file lies behind. */
struct full_file {
    sqlite3_file base;
    sqlite3_file *real;
};

static sqlite3_vfs *real_vfs;
static int writes_to_refuse;
static char folder[64], path[128], copy[128];

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct full_file *)(void *)file)->real;
}

static int full_close(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int full_read(sqlite3_file *file, void *bytes, int size_bytes, sqlite3_int64 at)
{
    return real_of(file)->pMethods->xRead(real_of(file), bytes, size_bytes, at);
}

static int full_write(sqlite3_file *file, const void *bytes, int size_bytes, sqlite3_int64 at)
{
    if (writes_to_refuse > 0) {
        writes_to_refuse--;
        return SQLITE_FULL;
    }
    return real_of(file)->pMethods->xWrite(real_of(file), bytes, size_bytes, at);
}

static int full_truncate(sqlite3_file *file, sqlite3_int64 size_bytes)
{
    return real_of(file)->pMethods->xTruncate(real_of(file), size_bytes);
}

static int full_sync(sqlite3_file *file, int flags)
{
    return real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int full_size(sqlite3_file *file, sqlite3_int64 *size_bytes)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), size_bytes);
}

static int full_control(sqlite3_file *file, int operation, void *argument)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}

static int full_sector(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int full_traits(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static const sqlite3_io_methods full_methods = {
    .iVersion = 1,
    .xClose = full_close,
    .xRead = full_read,
    .xWrite = full_write,
    .xTruncate = full_truncate,
    .xSync = full_sync,
    .xFileSize = full_size,
    .xFileControl = full_control,
    .xSectorSize = full_sector,
    .xDeviceCharacteristics = full_traits,
};

static int full_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags,
                     int *out_flags)
{
    (void)vfs;
    if ((flags & SQLITE_OPEN_WAL) == 0) {
        return real_vfs->xOpen(real_vfs, name, file, flags, out_flags);
    }
    struct full_file *opened = (struct full_file *)(void *)file;
    opened->real = (sqlite3_file *)(void *)(opened + 1);
    int code = real_vfs->xOpen(real_vfs, name, opened->real, flags, out_flags);
    file->pMethods = opened->real->pMethods == NULL ? NULL : &full_methods;
    return code;
}

/* ------------------------------------------------------------------ */

static int run(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static int64_t number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    int code = sqlite3_step(statement);
    if (code != SQLITE_ROW) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    }
    int64_t found = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    return found;
}

static sqlite3 *open_new(void)
{
    sqlite3 *db = NULL;
    char command[1024];
    (void)snprintf(command, sizeof command, "rm -f %s %s-wal %s-shm %s %s-wal %s-shm", path, path,
                   path, copy, copy, copy);
    assert_int_equal(system(command), 0);
    assert_int_equal(
        sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, wal_file_vfs()),
        SQLITE_OK);
    assert_int_equal(
        run(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = 10;"
                "PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY;"
                "CREATE TABLE t (id INTEGER PRIMARY KEY, u INT UNIQUE, b TEXT);"
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)"
                " INSERT INTO t SELECT i, i, printf('%.1500c', 'a') FROM n;"
                "PRAGMA wal_checkpoint(TRUNCATE)"),
        SQLITE_OK);
    return db;
}

/* Both a reader beside it and one after a crash find the same, and nothing broken. */
static void readers_find(int64_t changed, int64_t added)
{
    char command[1024];
    (void)snprintf(command, sizeof command, "cp %s %s && cp %s-wal %s-wal", path, copy, path, copy);
    assert_int_equal(system(command), 0);
    const char *const paths[] = {path, copy};
    for (int i = 0; i < 2; i++) {
        sqlite3 *db = NULL;
        assert_int_equal(sqlite3_open_v2(paths[i], &db, SQLITE_OPEN_READWRITE, "unix"), SQLITE_OK);
        assert_int_equal(number(db, "SELECT count(*) FROM t WHERE b GLOB 'b*'"), changed);
        assert_int_equal(number(db, "SELECT count(*) FROM t WHERE id = 9999"), added);
        assert_int_equal(number(db, "SELECT count(*) FROM pragma_integrity_check(1)"
                                    " WHERE integrity_check = 'ok'"),
                         1);
        (void)sqlite3_close(db);
    }
}

/* True: the transaction was committed, though one write of it had failed. */
static bool one_write_fails(int changed)
{
    char sql[200];
    sqlite3 *db = open_new();
    assert_int_equal(run(db, "BEGIN IMMEDIATE"), SQLITE_OK);
    for (int i = 1; i <= changed; i++) {
        (void)snprintf(sql, sizeof sql, "UPDATE t SET b = printf('%%.1500c', 'b') WHERE id = %d",
                       i * 4);
        assert_int_equal(run(db, sql), SQLITE_OK);
    }
    writes_to_refuse = 1;
    int code = SQLITE_OK;
    for (int i = 0; i < STATEMENTS_MAX && code == SQLITE_OK && writes_to_refuse > 0; i++) {
        (void)snprintf(sql, sizeof sql,
                       "UPDATE t SET u = u + 100000, b = printf('%%.1500c', substr(b, 1, 1))"
                       " WHERE id BETWEEN %d AND %d",
                       i % 10 + 1, i % 10 + 6);
        code = run(db, sql);
    }
    assert_int_equal(writes_to_refuse, 0);
    assert_int_not_equal(code, SQLITE_OK);
    bool goes_on = sqlite3_get_autocommit(db) == 0;
    bool is_done = goes_on && run(db, "INSERT INTO t VALUES (9999, 9999, 'z')") == SQLITE_OK &&
                   run(db, "COMMIT") == SQLITE_OK;
    readers_find(is_done ? changed : 0, is_done);
    (void)sqlite3_close(db);
    return is_done;
}

static void what_commit_said_is_so(void **state)
{
    (void)state;
    int done = 0;
    for (int changed = 0; changed <= 96; changed += 4) {
        done += one_write_fails(changed);
    }
    assert_true(done > 0); /* SQLite undid a statement and went on: what this test is for */
}

/* Nothing fails: a transaction that spilled is there whole, and one that was undone is not. */
static void what_spilled_is_there_or_not(void **state)
{
    (void)state;
    sqlite3 *db = open_new();
    assert_int_equal(run(db, "BEGIN IMMEDIATE; UPDATE t SET b = printf('%.1500c', 'b'); ROLLBACK"),
                     SQLITE_OK);
    assert_int_equal(run(db,
                         "BEGIN IMMEDIATE; UPDATE t SET b = printf('%.1500c', 'c')"
                         " WHERE id < 50; SAVEPOINT s; UPDATE t SET b = printf('%.1500c', 'd');"
                         "ROLLBACK TO s; UPDATE t SET b = printf('%.1500c', 'b') WHERE id > 390;"
                         "COMMIT"),
                     SQLITE_OK);
    assert_int_equal(number(db, "SELECT count(*) FROM t WHERE b GLOB 'c*'"), 49);
    readers_find(10, 0);
    (void)sqlite3_close(db);
}

static int set_up(void **state)
{
    static sqlite3_vfs vfs;
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/tallystick-spill-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/one.db", folder);
    (void)snprintf(copy, sizeof copy, "%s/copy.db", folder);
    assert_int_equal(sqlite3_initialize(), SQLITE_OK);
    real_vfs = sqlite3_vfs_find(NULL);
    vfs = *real_vfs;
    vfs.pNext = NULL;
    vfs.zName = "full";
    vfs.szOsFile = (int)sizeof(struct full_file) + real_vfs->szOsFile;
    vfs.xOpen = full_open;
    return sqlite3_vfs_register(&vfs, 1);
}

static int tear_down(void **state)
{
    char command[128];
    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_commit_said_is_so),
        cmocka_unit_test(what_spilled_is_there_or_not),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
