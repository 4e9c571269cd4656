/*
 * tests/fault/disk.h: what a disk may hold after the power went away. A trace (tests/fault/shim.h)
 * is walked record by record; what has been synced is certain, everything since then is kept,
 * dropped or torn by chance, each write by itself, so that later ones may have come to the disk
 * before earlier ones. A file that was made and never synced may be gone.
 */
#ifndef FAULT_DISK_H
#define FAULT_DISK_H

#include "crash/world.h"
#include "fault/shim.h"

#define DISK_FILES 8
#define DISK_SECTOR_BYTES 512

struct trace {
    unsigned char *bytes;
    size_t *at; /* where each record begins */
    size_t count;
};

struct disk_file {
    char name[sizeof((struct shim_record *)0)->name];
    bool exists;
    unsigned char *bytes;
    size_t size_bytes, room_bytes;
    size_t pending_from; /* the first record that is not certain */
};

struct disk {
    const struct trace *trace;
    size_t next; /* records before this one have happened */
    size_t count;
    struct disk_file files[DISK_FILES];
};

/* How a whole loss goes; each of these finds other faults. */
enum mood { MOOD_MIXED, MOOD_DROP_ALL, MOOD_KEEP_ALL, MOOD_DROP_ONE, MOOD_KEEP_ONE, MOOD__COUNT };

/* What became of the writes since their last sync, over all losses. */
struct disk_count {
    int64_t kept, dropped, torn, files_lost;
};

/* ------------------------------------------------------------------ trace */

static inline unsigned char *disk_read_file(const char *path, size_t *size_bytes)
{
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0 && fstat(fd, &about) == 0, "%s cannot be read", path);
    *size_bytes = (size_t)about.st_size;
    unsigned char *bytes = malloc(*size_bytes + 1);
    CHECK(bytes != NULL && read(fd, bytes, *size_bytes) == (ssize_t)*size_bytes,
          "%s cannot be read", path);
    close(fd);
    return bytes;
}

static inline struct shim_record trace_record(const struct trace *trace, size_t number)
{
    struct shim_record record;
    memcpy(&record, trace->bytes + trace->at[number], sizeof record);
    return record;
}

static inline const unsigned char *trace_data(const struct trace *trace, size_t number)
{
    return trace->bytes + trace->at[number] + sizeof(struct shim_record);
}

static inline struct trace trace_read(const char *path)
{
    struct trace trace = {.count = 0};
    size_t size_bytes = 0;
    trace.bytes = disk_read_file(path, &size_bytes);
    trace.at = calloc(size_bytes / sizeof(struct shim_record) + 1, sizeof(size_t));
    CHECK(trace.at != NULL, "no memory for the trace");
    for (size_t at = 0; at < size_bytes;) {
        trace.at[trace.count] = at;
        struct shim_record record = trace_record(&trace, trace.count);
        trace.count++;
        at += sizeof record + (record.op == SHIM_OP_WRITE ? (size_t)record.size_bytes : 0);
        CHECK(at <= size_bytes, "the trace ends in the middle of a record");
    }
    return trace;
}

static inline void trace_free(struct trace *trace)
{
    free(trace->bytes);
    free(trace->at);
}

/* ------------------------------------------------------------------ files */

static inline struct disk_file *disk_file(struct disk *disk, const char *name)
{
    for (size_t i = 0; i < disk->count; i++) {
        if (text_is(disk->files[i].name, name)) {
            return &disk->files[i];
        }
    }
    CHECK(disk->count < DISK_FILES, "too many files");
    struct disk_file *file = &disk->files[disk->count++];
    (void)snprintf(file->name, sizeof file->name, "%s", name);
    return file;
}

static inline void disk_resize(struct disk_file *file, size_t size_bytes)
{
    if (size_bytes > file->room_bytes) {
        file->room_bytes = size_bytes * 2;
        file->bytes = realloc(file->bytes, file->room_bytes);
        CHECK(file->bytes != NULL, "no memory for a file");
    }
    if (size_bytes > file->size_bytes) {
        memset(file->bytes + file->size_bytes, 0, size_bytes - file->size_bytes);
    }
    file->size_bytes = size_bytes;
}

static inline void disk_put(struct disk_file *file, size_t offset_bytes, const unsigned char *data,
                            size_t size_bytes)
{
    if (offset_bytes + size_bytes > file->size_bytes) {
        disk_resize(file, offset_bytes + size_bytes);
    }
    if (size_bytes > 0) {
        memcpy(file->bytes + offset_bytes, data, size_bytes);
    }
}

/* The disk as it is before the trace begins, all of it certain. */
static inline struct disk disk_begin(const struct trace *trace, const char *folder,
                                     const char *const *names)
{
    struct disk disk = {.trace = trace};
    for (; *names != NULL; names++) {
        char path[PATH_MAX];
        (void)snprintf(path, sizeof path, "%.3000s/%s", folder, *names);
        struct disk_file *file = disk_file(&disk, *names);
        file->exists = access(path, F_OK) == 0;
        if (file->exists) {
            size_t size_bytes = 0;
            unsigned char *bytes = disk_read_file(path, &size_bytes);
            disk_put(file, 0, bytes, size_bytes);
            free(bytes);
        }
    }
    return disk;
}

static inline void disk_end(struct disk *disk)
{
    for (size_t i = 0; i < disk->count; i++) {
        free(disk->files[i].bytes);
    }
}

static inline void disk_apply(struct disk_file *file, const struct trace *trace, size_t number)
{
    struct shim_record record = trace_record(trace, number);
    if (!text_is(record.name, file->name)) {
        return;
    }
    if (record.op == SHIM_OP_CREATE) {
        file->exists = true;
        file->size_bytes = 0;
    } else if (record.op == SHIM_OP_WRITE) {
        disk_put(file, (size_t)record.offset_bytes, trace_data(trace, number),
                 (size_t)record.size_bytes);
    } else if (record.op == SHIM_OP_TRUNCATE) {
        disk_resize(file, (size_t)record.size_bytes);
    } else if (record.op == SHIM_OP_DELETE) {
        file->exists = false;
        file->size_bytes = 0;
    }
}

/* The next record happens. A sync makes its file's past certain; SQLite's own VFS syncs the folder
 * with the first sync of a journal or WAL that it made. */
static inline struct shim_record disk_step(struct disk *disk)
{
    struct shim_record record = trace_record(disk->trace, disk->next);
    bool is_certain =
        record.op == SHIM_OP_SYNC || (record.op == SHIM_OP_DELETE && record.offset_bytes == 1);
    if (is_certain) {
        struct disk_file *file = disk_file(disk, record.name);
        for (size_t i = file->pending_from; i <= disk->next; i++) {
            disk_apply(file, disk->trace, i);
        }
        file->pending_from = disk->next + 1;
    } else if (record.op != SHIM_OP_ANSWERED) {
        (void)disk_file(disk, record.name);
    }
    disk->next++;
    return record;
}

/* ------------------------------------------------------------------ loss */

/* Of a write: its beginning, its end, all but one sector, or any of its sectors; now and then what
 * was caught in the middle is neither old nor new. Where the file was to grow it may have grown all
 * the same. */
static inline void disk_tear(struct disk_file *file, const struct shim_record *record,
                             const unsigned char *data, struct chance *chance)
{
    size_t offset = (size_t)record->offset_bytes;
    size_t bytes = (size_t)record->size_bytes;
    int64_t way = chance_below(chance, 5);
    size_t cut = (size_t)chance_below(chance, (int64_t)bytes + 1);
    if (chance_below(chance, 2) == 0 && offset + bytes > file->size_bytes) {
        disk_resize(file, offset + bytes);
    }
    if (way == 0) {
        disk_put(file, offset, data, cut);
    } else if (way == 1) {
        disk_put(file, offset + cut, data + cut, bytes - cut);
    } else if (way == 4) {
        size_t past = cut + DISK_SECTOR_BYTES < bytes ? cut + DISK_SECTOR_BYTES : bytes;
        disk_put(file, offset, data, cut);
        disk_put(file, offset + past, data + past, bytes - past);
    } else {
        for (size_t at = 0; at < bytes; at += DISK_SECTOR_BYTES) {
            size_t part = bytes - at < DISK_SECTOR_BYTES ? bytes - at : DISK_SECTOR_BYTES;
            int64_t fate = chance_below(chance, way == 2 ? 2 : 5);
            if (fate == 0) {
                disk_put(file, offset + at, data + at, part);
            } else if (fate == 4) {
                unsigned char garbage[DISK_SECTOR_BYTES];
                for (size_t i = 0; i < sizeof garbage; i++) {
                    garbage[i] = (unsigned char)chance_next(chance);
                }
                disk_put(file, offset + at, garbage, part);
            }
        }
    }
}

static inline void disk_lose_record(struct disk_file *file, const struct trace *trace,
                                    size_t number, int64_t fate, struct chance *chance,
                                    struct disk_count *count)
{
    struct shim_record record = trace_record(trace, number);
    if (fate == 0) {
        disk_apply(file, trace, number);
        count->kept++;
    } else if (fate == 1 || record.op != SHIM_OP_WRITE) {
        count->dropped++;
    } else {
        disk_tear(file, &record, trace_data(trace, number), chance);
        count->torn++;
    }
}

/* One file after the loss; the caller frees its bytes. */
static inline struct disk_file disk_lose_file(const struct disk *disk,
                                              const struct disk_file *certain, enum mood mood,
                                              struct chance *chance, struct disk_count *count)
{
    struct disk_file file = *certain;
    file.bytes = NULL;
    file.room_bytes = file.size_bytes = 0;
    disk_put(&file, 0, certain->bytes, certain->size_bytes);
    size_t pending = 0;
    for (size_t i = certain->pending_from; i < disk->next; i++) {
        pending += text_is(trace_record(disk->trace, i).name, certain->name) ? 1 : 0;
    }
    size_t chosen = (size_t)chance_below(chance, (int64_t)pending + 1);
    for (size_t i = certain->pending_from; i < disk->next; i++) {
        if (!text_is(trace_record(disk->trace, i).name, certain->name)) {
            continue;
        }
        bool is_chosen = chosen-- == 0;
        int64_t fate = mood == MOOD_DROP_ALL   ? 1
                       : mood == MOOD_KEEP_ALL ? 0
                       : mood == MOOD_DROP_ONE ? (is_chosen ? 1 : 0)
                       : mood == MOOD_KEEP_ONE ? (is_chosen ? 0 : 1)
                                               : chance_below(chance, 3);
        if (trace_record(disk->trace, i).op == SHIM_OP_CREATE && mood != MOOD_KEEP_ALL) {
            fate = chance_below(chance, 2);
            count->files_lost += fate;
        }
        disk_lose_record(&file, disk->trace, i, fate, chance, count);
    }
    return file;
}

static inline enum mood disk_mood(struct chance *chance)
{
    int64_t mood = chance_below(chance, MOOD__COUNT + 2);
    return mood < MOOD__COUNT ? (enum mood)mood : MOOD_MIXED;
}

/* The power goes: writes what the disk holds then into an empty folder. MOOD_KEEP_ALL: as if
 * nothing had been lost. */
static inline void disk_lose(const struct disk *disk, const char *folder, enum mood mood,
                             struct chance *chance, struct disk_count *count)
{
    for (size_t i = 0; i < disk->count; i++) {
        struct disk_file file = disk_lose_file(disk, &disk->files[i], mood, chance, count);
        if (file.exists) {
            char path[PATH_MAX];
            (void)snprintf(path, sizeof path, "%.3000s/%s", folder, file.name);
            int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
            CHECK(fd >= 0 && write(fd, file.bytes, file.size_bytes) == (ssize_t)file.size_bytes,
                  "%s cannot be written", path);
            close(fd);
        }
        free(file.bytes);
    }
}

#endif
