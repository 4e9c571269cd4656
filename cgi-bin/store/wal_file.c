/* store/wal_file.c: see store/wal_file.h. */
#include "store/wal_file.h"

#include <sqlite3.h>
#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/must.h"

/* SQLite takes szOsFile bytes for one: the file of the default VFS lies behind it. */
struct wal_file {
    sqlite3_file base;
    sqlite3_file *real;
    sqlite3_int64 begin; /* where in the file the gathered bytes go */
    int held_bytes;
    char *held; /* WAL_GATHER_BYTES */
};

static sqlite3_vfs *real_vfs;

static struct wal_file *mine(sqlite3_file *file)
{
    return (struct wal_file *)(void *)file;
}

/* Whether or not it worked, nothing is held any more: SQLite undoes a transaction whose write
 * failed. */
static int flush(struct wal_file *file)
{
    int held_bytes = file->held_bytes;
    file->held_bytes = 0;
    return held_bytes == 0
               ? SQLITE_OK
               : file->real->pMethods->xWrite(file->real, file->held, held_bytes, file->begin);
}

static int wal_write(sqlite3_file *base, const void *bytes, int size_bytes, sqlite3_int64 at)
{
    struct wal_file *file = mine(base);
    int code = SQLITE_OK;
    if (at != file->begin + file->held_bytes || size_bytes > WAL_GATHER_BYTES - file->held_bytes) {
        code = flush(file);
        file->begin = at;
    }
    if (code == SQLITE_OK && size_bytes > WAL_GATHER_BYTES) {
        return file->real->pMethods->xWrite(file->real, bytes, size_bytes, at);
    }
    if (code == SQLITE_OK) {
        memcpy(file->held + file->held_bytes, bytes, (size_t)size_bytes);
        file->held_bytes += size_bytes;
    }
    return code;
}

static int wal_read(sqlite3_file *base, void *bytes, int size_bytes, sqlite3_int64 at)
{
    struct wal_file *file = mine(base);
    int code = flush(file);
    return code != SQLITE_OK ? code
                             : file->real->pMethods->xRead(file->real, bytes, size_bytes, at);
}

static int wal_truncate(sqlite3_file *base, sqlite3_int64 size_bytes)
{
    struct wal_file *file = mine(base);
    int code = flush(file);
    return code != SQLITE_OK ? code : file->real->pMethods->xTruncate(file->real, size_bytes);
}

static int wal_sync(sqlite3_file *base, int flags)
{
    struct wal_file *file = mine(base);
    int code = flush(file);
    return code != SQLITE_OK ? code : file->real->pMethods->xSync(file->real, flags);
}

static int wal_size(sqlite3_file *base, sqlite3_int64 *size_bytes)
{
    struct wal_file *file = mine(base);
    int code = flush(file);
    return code != SQLITE_OK ? code : file->real->pMethods->xFileSize(file->real, size_bytes);
}

/* What is still held was never synced, so it belongs to no commit. */
static int wal_close(sqlite3_file *base)
{
    struct wal_file *file = mine(base);
    sqlite3_free(file->held);
    return file->real->pMethods->xClose(file->real);
}

static int wal_lock(sqlite3_file *base, int level)
{
    sqlite3_file *real = mine(base)->real;
    return real->pMethods->xLock(real, level);
}

static int wal_unlock(sqlite3_file *base, int level)
{
    sqlite3_file *real = mine(base)->real;
    return real->pMethods->xUnlock(real, level);
}

static int wal_is_locked(sqlite3_file *base, int *is_locked)
{
    sqlite3_file *real = mine(base)->real;
    return real->pMethods->xCheckReservedLock(real, is_locked);
}

static int wal_control(sqlite3_file *base, int operation, void *argument)
{
    sqlite3_file *real = mine(base)->real;
    return real->pMethods->xFileControl(real, operation, argument);
}

static int wal_sector_bytes(sqlite3_file *base)
{
    sqlite3_file *real = mine(base)->real;
    return real->pMethods->xSectorSize(real);
}

static int wal_traits(sqlite3_file *base)
{
    sqlite3_file *real = mine(base)->real;
    return real->pMethods->xDeviceCharacteristics(real);
}

/* Version 1: shared memory and mappings are the database file's. */
static const sqlite3_io_methods wal_methods = {
    .iVersion = 1,
    .xClose = wal_close,
    .xRead = wal_read,
    .xWrite = wal_write,
    .xTruncate = wal_truncate,
    .xSync = wal_sync,
    .xFileSize = wal_size,
    .xLock = wal_lock,
    .xUnlock = wal_unlock,
    .xCheckReservedLock = wal_is_locked,
    .xFileControl = wal_control,
    .xSectorSize = wal_sector_bytes,
    .xDeviceCharacteristics = wal_traits,
};

static int open_file(sqlite3_vfs *vfs, sqlite3_filename path, sqlite3_file *base, int flags,
                     int *out_flags)
{
    (void)vfs;
    if ((flags & SQLITE_OPEN_WAL) == 0) {
        return real_vfs->xOpen(real_vfs, path, base, flags, out_flags);
    }
    struct wal_file *file = mine(base);
    *file = (struct wal_file){.real = (sqlite3_file *)(void *)(file + 1)};
    file->held = sqlite3_malloc(WAL_GATHER_BYTES);
    if (file->held == NULL) {
        return SQLITE_NOMEM;
    }
    int code = real_vfs->xOpen(real_vfs, path, file->real, flags, out_flags);
    if (file->real->pMethods != NULL) {
        file->base.pMethods = &wal_methods; /* SQLite closes it, opened or not */
    } else {
        sqlite3_free(file->held);
    }
    return code;
}

const char *wal_file_vfs(void)
{
    static sqlite3_vfs vfs;
    if (real_vfs != NULL) {
        return vfs.zName;
    }
    real_vfs = sqlite3_vfs_find(NULL);
    must(real_vfs != NULL);
    vfs = *real_vfs; /* what is not replaced does not look at which VFS it belongs to */
    vfs.pNext = NULL;
    vfs.zName = "wal-gather";
    vfs.szOsFile = (int)sizeof(struct wal_file) + real_vfs->szOsFile;
    vfs.xOpen = open_file;
    int code = sqlite3_vfs_register(&vfs, 0);
    if (code != SQLITE_OK) {
        log_event("error", "store-open", "message", "SQLite does not take a way to write files",
                  "cause", sqlite3_errstr(code), NULL);
        real_vfs = NULL;
        return NULL;
    }
    return vfs.zName;
}
