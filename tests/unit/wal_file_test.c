/*
 * unit/wal_file_test.c: what is written to a WAL through store/wal_file.c reaches the file beneath
 * in the same order and whole, before anything that could notice; in few calls; and a write that
 * fails there is told at the sync.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <string.h>

#include "base/limits.h"
#include "store/wal_file.h"

#define FILE_BYTES_MAX (1 << 20)
#define FRAME_HEADER_BYTES 24
#define PAGE_BYTES 4096

/* The file beneath: its bytes, and what was asked of it. */
static struct {
    char bytes[FILE_BYTES_MAX];
    sqlite3_int64 size_bytes;
    int writes, syncs, reads, closes;
    int fails_at;  /* the number of the write that fails; 0: none */
    int open_code; /* what opening gives */
} beneath;

static int below_close(sqlite3_file *file)
{
    (void)file;
    beneath.closes++;
    return SQLITE_OK;
}

static int below_read(sqlite3_file *file, void *bytes, int size_bytes, sqlite3_int64 at)
{
    (void)file;
    beneath.reads++;
    assert_true(at + size_bytes <= beneath.size_bytes);
    memcpy(bytes, beneath.bytes + at, (size_t)size_bytes);
    return SQLITE_OK;
}

static int below_write(sqlite3_file *file, const void *bytes, int size_bytes, sqlite3_int64 at)
{
    (void)file;
    assert_true(size_bytes > 0 && size_bytes <= 0x1ffff); /* as the unix VFS has it */
    assert_true(at + size_bytes <= FILE_BYTES_MAX);
    if (++beneath.writes == beneath.fails_at) {
        return SQLITE_FULL;
    }
    memcpy(beneath.bytes + at, bytes, (size_t)size_bytes);
    if (at + size_bytes > beneath.size_bytes) {
        beneath.size_bytes = at + size_bytes;
    }
    return SQLITE_OK;
}

static int below_truncate(sqlite3_file *file, sqlite3_int64 size_bytes)
{
    (void)file;
    beneath.size_bytes = size_bytes;
    return SQLITE_OK;
}

static int below_sync(sqlite3_file *file, int flags)
{
    (void)file;
    (void)flags;
    beneath.syncs++;
    return SQLITE_OK;
}

static int below_size(sqlite3_file *file, sqlite3_int64 *size_bytes)
{
    (void)file;
    *size_bytes = beneath.size_bytes;
    return SQLITE_OK;
}

static const sqlite3_io_methods below_methods = {
    .iVersion = 1,
    .xClose = below_close,
    .xRead = below_read,
    .xWrite = below_write,
    .xTruncate = below_truncate,
    .xSync = below_sync,
    .xFileSize = below_size,
};

static int below_open(sqlite3_vfs *vfs, sqlite3_filename path, sqlite3_file *file, int flags,
                      int *out_flags)
{
    (void)vfs;
    (void)path;
    (void)flags;
    (void)out_flags;
    file->pMethods = beneath.open_code == SQLITE_OK ? &below_methods : NULL;
    return beneath.open_code;
}

static union {
    sqlite3_file file;
    char room[256];
} opened;

static sqlite3_file *open_wal(void)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(wal_file_vfs());
    memset(&beneath, 0, sizeof beneath);
    memset(&opened, 0, sizeof opened);
    assert_non_null(vfs);
    assert_true(vfs->szOsFile <= (int)sizeof opened);
    assert_int_equal(
        vfs->xOpen(vfs, "one-wal", &opened.file, SQLITE_OPEN_WAL | SQLITE_OPEN_READWRITE, NULL),
        SQLITE_OK);
    assert_ptr_not_equal(opened.file.pMethods, &below_methods);
    return &opened.file;
}

static int write_at(sqlite3_file *file, char letter, int size_bytes, sqlite3_int64 at)
{
    static char bytes[2 * WAL_GATHER_BYTES];
    memset(bytes, letter, (size_t)size_bytes);
    return file->pMethods->xWrite(file, bytes, size_bytes, at);
}

/* Frames as SQLite writes them; each page of another letter. Returns where the next goes. */
static sqlite3_int64 write_frames(sqlite3_file *file, int count, sqlite3_int64 at)
{
    for (int i = 0; i < count; i++) {
        assert_int_equal(write_at(file, 'h', FRAME_HEADER_BYTES, at), SQLITE_OK);
        at += FRAME_HEADER_BYTES;
        assert_int_equal(write_at(file, (char)('A' + i % 26), PAGE_BYTES, at), SQLITE_OK);
        at += PAGE_BYTES;
    }
    return at;
}

static void assert_frames(int count, sqlite3_int64 at)
{
    for (int i = 0; i < count; i++) {
        assert_int_equal(beneath.bytes[at], 'h');
        at += FRAME_HEADER_BYTES;
        for (int k = 0; k < PAGE_BYTES; k++) {
            assert_int_equal(beneath.bytes[at + k], 'A' + i % 26);
        }
        at += PAGE_BYTES;
    }
    assert_int_equal(beneath.size_bytes, at);
}

static void frames_go_together(void **state)
{
    (void)state;
    sqlite3_file *file = open_wal();
    assert_int_equal(write_at(file, 'w', 32, 0), SQLITE_OK);
    (void)write_frames(file, 100, 32);
    assert_true(beneath.writes <= 4); /* 31 of a hundred in each */
    assert_int_equal(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL), SQLITE_OK);
    assert_int_equal(beneath.writes, 4);
    assert_int_equal(beneath.syncs, 1);
    assert_int_equal(beneath.bytes[31], 'w');
    assert_frames(100, 32);
    assert_int_equal(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL), SQLITE_OK);
    assert_int_equal(beneath.writes, 4);
    assert_int_equal(file->pMethods->xClose(file), SQLITE_OK);
    assert_int_equal(beneath.closes, 1);
}

/* Whoever reads, cuts or measures the file finds everything that was written before. */
static void nothing_is_kept_from_anybody(void **state)
{
    (void)state;
    char read_back[10];
    sqlite3_int64 size_bytes = 0;
    sqlite3_file *file = open_wal();
    assert_int_equal(write_at(file, 'a', 10, 0), SQLITE_OK);
    assert_int_equal(beneath.writes, 0);
    assert_int_equal(file->pMethods->xRead(file, read_back, 10, 0), SQLITE_OK);
    assert_memory_equal(read_back, "aaaaaaaaaa", 10);
    assert_int_equal(write_at(file, 'b', 10, 10), SQLITE_OK);
    assert_int_equal(file->pMethods->xFileSize(file, &size_bytes), SQLITE_OK);
    assert_int_equal(size_bytes, 20);
    assert_int_equal(write_at(file, 'c', 10, 20), SQLITE_OK);
    assert_int_equal(file->pMethods->xTruncate(file, 25), SQLITE_OK);
    assert_int_equal(beneath.size_bytes, 25);
    assert_memory_equal(beneath.bytes, "aaaaaaaaaabbbbbbbbbbccccc", 25);
    assert_int_equal(file->pMethods->xClose(file), SQLITE_OK);
}

/* A WAL that begins anew, and a page that is written once more. */
static void what_does_not_follow_goes_on_its_own(void **state)
{
    (void)state;
    sqlite3_file *file = open_wal();
    assert_int_equal(write_at(file, 'a', 10, 100), SQLITE_OK);
    assert_int_equal(write_at(file, 'b', 10, 110), SQLITE_OK);
    assert_int_equal(write_at(file, 'c', 5, 112), SQLITE_OK); /* over what is held */
    assert_int_equal(write_at(file, 'd', 10, 0), SQLITE_OK);
    assert_int_equal(beneath.writes, 2);
    assert_int_equal(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL), SQLITE_OK);
    assert_int_equal(beneath.writes, 3);
    assert_memory_equal(beneath.bytes + 100, "aaaaaaaaaabbcccccbbb", 20);
    assert_memory_equal(beneath.bytes, "dddddddddd", 10);
    assert_int_equal(file->pMethods->xClose(file), SQLITE_OK);
}

static void the_largest_and_larger_ones(void **state)
{
    (void)state;
    sqlite3_file *file = open_wal();
    assert_int_equal(write_at(file, 'a', WAL_GATHER_BYTES, 0), SQLITE_OK);
    assert_int_equal(beneath.writes, 0);
    assert_int_equal(write_at(file, 'b', 1, WAL_GATHER_BYTES), SQLITE_OK);
    assert_int_equal(beneath.writes, 1);
    assert_int_equal(write_at(file, 'c', WAL_GATHER_BYTES + 1, WAL_GATHER_BYTES + 1), SQLITE_OK);
    assert_int_equal(beneath.writes, 3);
    assert_int_equal(write_at(file, 'd', 1, 2 * WAL_GATHER_BYTES + 2), SQLITE_OK);
    assert_int_equal(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL), SQLITE_OK);
    assert_int_equal(beneath.writes, 4);
    assert_int_equal(beneath.size_bytes, 2 * WAL_GATHER_BYTES + 3);
    assert_int_equal(beneath.bytes[WAL_GATHER_BYTES], 'b');
    assert_int_equal(beneath.bytes[2 * WAL_GATHER_BYTES + 1], 'c');
    assert_int_equal(beneath.bytes[2 * WAL_GATHER_BYTES + 2], 'd');
    assert_int_equal(file->pMethods->xClose(file), SQLITE_OK);
}

/* The commit fails; what failed is not written later. */
static void a_write_that_fails_is_told(void **state)
{
    (void)state;
    sqlite3_int64 size_bytes = 0;
    char read_back[4];
    sqlite3_file *file = open_wal();
    beneath.fails_at = 1;
    assert_int_equal(write_at(file, 'a', 10, 0), SQLITE_OK);
    assert_int_equal(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL), SQLITE_FULL);
    assert_int_equal(beneath.syncs, 0);
    assert_int_equal(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL), SQLITE_OK);
    assert_int_equal(beneath.writes, 1);
    beneath.fails_at = 2;
    assert_int_equal(write_at(file, 'b', 10, 0), SQLITE_OK);
    assert_int_equal(write_at(file, 'c', 10, 50), SQLITE_FULL);
    beneath.fails_at = 3;
    assert_int_equal(write_at(file, 'd', 10, 0), SQLITE_OK);
    assert_int_equal(file->pMethods->xRead(file, read_back, 4, 0), SQLITE_FULL);
    beneath.fails_at = 4;
    assert_int_equal(write_at(file, 'e', 10, 0), SQLITE_OK);
    assert_int_equal(file->pMethods->xFileSize(file, &size_bytes), SQLITE_FULL);
    beneath.fails_at = 5;
    assert_int_equal(write_at(file, 'f', 10, 0), SQLITE_OK);
    assert_int_equal(file->pMethods->xTruncate(file, 0), SQLITE_FULL);
    assert_int_equal(beneath.size_bytes, 0);
    assert_int_equal(file->pMethods->xClose(file), SQLITE_OK);
}

/* What was never synced belongs to no commit. */
static void closing_writes_nothing(void **state)
{
    (void)state;
    sqlite3_file *file = open_wal();
    assert_int_equal(write_at(file, 'a', 10, 0), SQLITE_OK);
    assert_int_equal(file->pMethods->xClose(file), SQLITE_OK);
    assert_int_equal(beneath.writes, 0);
    assert_int_equal(beneath.closes, 1);
}

static void other_files_are_the_default_ones(void **state)
{
    (void)state;
    sqlite3_vfs *vfs = sqlite3_vfs_find(wal_file_vfs());
    memset(&beneath, 0, sizeof beneath);
    assert_int_equal(
        vfs->xOpen(vfs, "one", &opened.file, SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READWRITE, NULL),
        SQLITE_OK);
    assert_ptr_equal(opened.file.pMethods, &below_methods);
    beneath.open_code = SQLITE_CANTOPEN;
    assert_int_equal(
        vfs->xOpen(vfs, "one-wal", &opened.file, SQLITE_OPEN_WAL | SQLITE_OPEN_READWRITE, NULL),
        SQLITE_CANTOPEN);
    assert_null(opened.file.pMethods);
}

/* The file beneath stands for the default VFS from here on. */
static int stand_beneath(void **state)
{
    static sqlite3_vfs vfs;
    (void)state;
    assert_int_equal(sqlite3_initialize(), SQLITE_OK);
    vfs = *sqlite3_vfs_find(NULL);
    vfs.pNext = NULL;
    vfs.zName = "beneath";
    vfs.szOsFile = (int)sizeof(sqlite3_file);
    vfs.xOpen = below_open;
    return sqlite3_vfs_register(&vfs, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_go_together),
        cmocka_unit_test(nothing_is_kept_from_anybody),
        cmocka_unit_test(what_does_not_follow_goes_on_its_own),
        cmocka_unit_test(the_largest_and_larger_ones),
        cmocka_unit_test(a_write_that_fails_is_told),
        cmocka_unit_test(closing_writes_nothing),
        cmocka_unit_test(other_files_are_the_default_ones),
    };
    return cmocka_run_group_tests(tests, stand_beneath, NULL);
}
