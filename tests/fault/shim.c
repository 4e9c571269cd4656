/* tests/fault/shim.c: see tests/fault/shim.h. */
#include "fault/shim.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"

struct shim_file {
    sqlite3_file base;
    const char *path;   /* SQLite keeps it as long as the file is open; NULL: a file without name */
    sqlite3_file *real; /* behind this struct */
};

static struct {
    bool is_armed;
    int trace_fd; /* -1: none */
    int fault;    /* enum shim_kind, -1: none */
    int64_t fault_at;
    bool for_ever;
    struct shim_report own;
    struct shim_report *report;
    sqlite3_vfs *real;
    sqlite3_mem_methods memory;
} shim = {.trace_fd = -1, .fault = -1, .report = &shim.own};

/* ------------------------------------------------------------------ counting */

/* Operations of different faults may be one operation: a write that fails in three ways. */
static bool fails(enum shim_kind kind)
{
    if (!shim.is_armed) {
        return false;
    }
    int64_t count = ++shim.report->counts[kind];
    if (shim.fault != (int)kind || count < shim.fault_at ||
        (count > shim.fault_at && !shim.for_ever)) {
        return false;
    }
    shim.report->faults++;
    return true;
}

void shim_arm(void)
{
    shim.is_armed = true;
}

static void trace_append(const void *bytes, size_t size_bytes)
{
    if (write(shim.trace_fd, bytes, size_bytes) != (ssize_t)size_bytes) {
        abort(); /* a trace with a gap proves nothing */
    }
}

void shim_record(enum shim_op op, const char *path, int64_t offset_bytes, int64_t size_bytes,
                 const void *data)
{
    if (shim.trace_fd < 0 || path == NULL) {
        return;
    }
    const char *slash = strrchr(path, '/');
    struct shim_record record = {.op = op, .offset_bytes = offset_bytes, .size_bytes = size_bytes};
    (void)snprintf(record.name, sizeof record.name, "%s", slash == NULL ? path : slash + 1);
    trace_append(&record, sizeof record);
    if (data != NULL) {
        trace_append(data, (size_t)size_bytes);
    }
}

/* ------------------------------------------------------------------ one file */

static struct shim_file *mine(sqlite3_file *file)
{
    return (struct shim_file *)(void *)file;
}

static sqlite3_file *real(sqlite3_file *file)
{
    return mine(file)->real;
}

static int file_close(sqlite3_file *file)
{
    return real(file)->pMethods->xClose(real(file));
}

static int file_read(sqlite3_file *file, void *to, int size_bytes, sqlite3_int64 offset_bytes)
{
    if (fails(SHIM_READ)) {
        return SQLITE_IOERR_READ;
    }
    return real(file)->pMethods->xRead(real(file), to, size_bytes, offset_bytes);
}

static int file_write(sqlite3_file *file, const void *from, int size_bytes,
                      sqlite3_int64 offset_bytes)
{
    bool is_bad = fails(SHIM_WRITE);
    bool is_full = fails(SHIM_FULL);
    bool is_short = fails(SHIM_SHORT);
    if (is_bad || is_full) {
        return is_bad ? SQLITE_IOERR_WRITE : SQLITE_FULL;
    }
    int written_bytes = is_short ? size_bytes / 2 : size_bytes;
    int code = real(file)->pMethods->xWrite(real(file), from, written_bytes, offset_bytes);
    if (code == SQLITE_OK) {
        shim_record(SHIM_OP_WRITE, mine(file)->path, offset_bytes, written_bytes, from);
    }
    return code == SQLITE_OK && is_short ? SQLITE_FULL : code;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size_bytes)
{
    if (fails(SHIM_TRUNCATE)) {
        return SQLITE_IOERR_TRUNCATE;
    }
    int code = real(file)->pMethods->xTruncate(real(file), size_bytes);
    if (code == SQLITE_OK) {
        shim_record(SHIM_OP_TRUNCATE, mine(file)->path, 0, size_bytes, NULL);
    }
    return code;
}

static int file_sync(sqlite3_file *file, int flags)
{
    if (fails(SHIM_SYNC)) {
        return SQLITE_IOERR_FSYNC;
    }
    int code = real(file)->pMethods->xSync(real(file), flags);
    if (code == SQLITE_OK) {
        shim_record(SHIM_OP_SYNC, mine(file)->path, 0, 0, NULL);
    }
    return code;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size_bytes)
{
    if (fails(SHIM_SIZE)) {
        return SQLITE_IOERR_FSTAT;
    }
    return real(file)->pMethods->xFileSize(real(file), size_bytes);
}

static int file_lock(sqlite3_file *file, int level)
{
    if (fails(SHIM_LOCK)) {
        return SQLITE_IOERR_LOCK;
    }
    return real(file)->pMethods->xLock(real(file), level);
}

static int file_unlock(sqlite3_file *file, int level)
{
    return real(file)->pMethods->xUnlock(real(file), level);
}

static int file_reserved(sqlite3_file *file, int *is_reserved)
{
    return real(file)->pMethods->xCheckReservedLock(real(file), is_reserved);
}

static int file_control(sqlite3_file *file, int what, void *argument)
{
    return real(file)->pMethods->xFileControl(real(file), what, argument);
}

static int file_sector(sqlite3_file *file)
{
    return real(file)->pMethods->xSectorSize(real(file));
}

static int file_abilities(sqlite3_file *file)
{
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

static int file_shm_map(sqlite3_file *file, int page, int page_bytes, int extend,
                        void volatile **to)
{
    if (fails(SHIM_SHM)) {
        *to = NULL;
        return SQLITE_IOERR_SHMMAP;
    }
    return real(file)->pMethods->xShmMap(real(file), page, page_bytes, extend, to);
}

static int file_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}

static void file_shm_barrier(sqlite3_file *file)
{
    real(file)->pMethods->xShmBarrier(real(file));
}

static int file_shm_unmap(sqlite3_file *file, int is_removed)
{
    return real(file)->pMethods->xShmUnmap(real(file), is_removed);
}

/* Version 2: with the WAL's index, without mapped files, which nobody here uses. */
static const sqlite3_io_methods file_methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_abilities,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

/* ------------------------------------------------------------------ files by name */

static int vfs_open(sqlite3_vfs *vfs, sqlite3_filename path, sqlite3_file *file, int flags,
                    int *out_flags)
{
    (void)vfs;
    struct shim_file *opened = mine(file);
    opened->base.pMethods = NULL;
    opened->path = path;
    opened->real = (sqlite3_file *)(void *)(opened + 1);
    if (fails(SHIM_OPEN)) {
        return SQLITE_CANTOPEN;
    }
    bool is_new = path != NULL && access(path, F_OK) != 0;
    int code = shim.real->xOpen(shim.real, path, opened->real, flags, out_flags);
    if (opened->real->pMethods != NULL) {
        opened->base.pMethods = &file_methods;
    }
    if (code == SQLITE_OK && is_new) {
        shim_record(SHIM_OP_CREATE, path, 0, 0, NULL);
    }
    return code;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
    (void)vfs;
    if (fails(SHIM_DELETE)) {
        return SQLITE_IOERR_DELETE;
    }
    int code = shim.real->xDelete(shim.real, path, sync_folder);
    if (code == SQLITE_OK) {
        shim_record(SHIM_OP_DELETE, path, sync_folder != 0 ? 1 : 0, 0, NULL);
    }
    return code;
}

/* ------------------------------------------------------------------ memory */

static void *memory_take(int size_bytes)
{
    return fails(SHIM_MEMORY) ? NULL : shim.memory.xMalloc(size_bytes);
}

static void *memory_resize(void *memory, int size_bytes)
{
    return fails(SHIM_MEMORY) ? NULL : shim.memory.xRealloc(memory, size_bytes);
}

/* The arena, where a full one has somewhere to go (ld --wrap). */
static void arena_may_be_full(struct arena *arena)
{
    if (arena->guard != NULL && fails(SHIM_ARENA)) {
        arena_full(arena);
    }
}

void *__real_arena_take(struct arena *arena, size_t count, size_t size_bytes);
void *__wrap_arena_take(struct arena *arena, size_t count, size_t size_bytes);
void *__wrap_arena_take(struct arena *arena, size_t count, size_t size_bytes)
{
    arena_may_be_full(arena);
    return __real_arena_take(arena, count, size_bytes);
}

const char *__real_arena_text(struct arena *arena, const char *text);
const char *__wrap_arena_text(struct arena *arena, const char *text);
const char *__wrap_arena_text(struct arena *arena, const char *text)
{
    arena_may_be_full(arena);
    return __real_arena_text(arena, text);
}

const char *__real_arena_text_sized(struct arena *arena, const char *text, size_t size_bytes);
const char *__wrap_arena_text_sized(struct arena *arena, const char *text, size_t size_bytes);
const char *__wrap_arena_text_sized(struct arena *arena, const char *text, size_t size_bytes)
{
    arena_may_be_full(arena);
    return __real_arena_text_sized(arena, text, size_bytes);
}

const char *__wrap_arena_printf(struct arena *arena, const char *format, ...);
const char *__wrap_arena_printf(struct arena *arena, const char *format, ...)
{
    arena_may_be_full(arena);
    va_list arguments;
    va_start(arguments, format);
    const char *text = arena_vprintf(arena, format, arguments);
    va_end(arguments);
    return text;
}

/* ------------------------------------------------------------------ set-up */

/* What the environment asks for and cannot be had would be a test that tests nothing. */
static void must_work(bool works, const char *what)
{
    if (!works) {
        (void)fprintf(stderr, "shim: %s\n", what);
        abort();
    }
}

static void read_fault(const char *words)
{
    if (words == NULL) {
        return;
    }
    size_t length = strcspn(words, ":");
    for (int kind = 0; kind < SHIM__KINDS; kind++) {
        if (strlen(shim_words[kind]) == length && strncmp(words, shim_words[kind], length) == 0) {
            shim.fault = kind;
        }
    }
    must_work(shim.fault >= 0 && words[length] == ':', "SHIM_FAULT=KIND:N[+]");
    char *end = NULL;
    shim.fault_at = strtoll(words + length + 1, &end, 10);
    shim.for_ever = *end == '+';
}

static void map_report(const char *path)
{
    if (path == NULL) {
        return;
    }
    int fd = open(path, O_RDWR | O_CLOEXEC);
    must_work(fd >= 0, "SHIM_REPORT cannot be opened");
    void *mapped =
        mmap(NULL, sizeof(struct shim_report), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    must_work(mapped != MAP_FAILED, "SHIM_REPORT cannot be mapped");
    close(fd);
    shim.report = mapped;
}

static void install_vfs(void)
{
    static sqlite3_vfs vfs;
    shim.real = sqlite3_vfs_find(NULL);
    must_work(shim.real != NULL, "no VFS");
    vfs = *shim.real; /* what is not replaced does not look at which VFS it belongs to */
    vfs.iVersion = 2; /* no system calls to be replaced */
    vfs.pNext = NULL;
    vfs.zName = "shim";
    vfs.szOsFile = (int)sizeof(struct shim_file) + shim.real->szOsFile;
    vfs.xOpen = vfs_open;
    vfs.xDelete = vfs_delete;
    must_work(sqlite3_vfs_register(&vfs, 1) == SQLITE_OK, "the VFS is not taken");
}

/* Before main: the programs themselves know nothing of it. The library is set as
 * store_set_up_library does, which comes too late then. */
__attribute__((constructor)) static void install(void)
{
    const char *trace = getenv("SHIM_TRACE");
    const char *report = getenv("SHIM_REPORT");
    const char *arm = getenv("SHIM_ARM");
    read_fault(getenv("SHIM_FAULT"));
    if (trace == NULL && report == NULL && shim.fault < 0) {
        return;
    }
    map_report(report);
    if (trace != NULL) {
        shim.trace_fd = open(trace, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        must_work(shim.trace_fd >= 0, "SHIM_TRACE cannot be opened");
    }
    must_work(sqlite3_config(SQLITE_CONFIG_SINGLETHREAD) == SQLITE_OK &&
                  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK &&
                  sqlite3_config(SQLITE_CONFIG_GETMALLOC, &shim.memory) == SQLITE_OK,
              "SQLite is in use already");
    sqlite3_mem_methods memory = shim.memory;
    memory.xMalloc = memory_take;
    memory.xRealloc = memory_resize;
    must_work(sqlite3_config(SQLITE_CONFIG_MALLOC, &memory) == SQLITE_OK, "no memory methods");
    install_vfs();
    if (arm == NULL) {
        shim_arm();
    }
}
