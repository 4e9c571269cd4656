/* ledger/part.c: see ledger/part.h. */
#include "ledger/part.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/must.h"
#include "base/text.h"
#include "ledger/manifest.h"

#define BEGIN_MAX 10            /* a sweeping neighbour is in the way once at most */
#define PIECE_BYTES_MAX 1048576 /* read and written at a time */

/* All that we ever make in a part: a copy of a database, and what SQLite keeps beside it. */
static const char *const file_names[] = {
    "people.db",       "people.db-journal", "people.db-wal",       "people.db-shm", "registry.db",
    "registry.db-wal", "registry.db-shm",   "registry.db-journal", MANIFEST_NAME};
#define FILE_NAMES (sizeof file_names / sizeof file_names[0])

enum removed { REMOVED, REMOVED_HELD, REMOVED_FOREIGN, REMOVED_FAILED };

static bool say(struct part *part, const char *what, const char *path);
static bool is_free(struct part *part);
static bool make_and_hold(struct part *part, mode_t mode, bool *again);
static bool clear_leftover(struct part *part);
static enum removed remove_part(const char *path);
static bool holds_only_ours(const char *path);
static void name_file(const char *folder, const char *name, char path[PATH_MAX]);
static bool remove_files(const char *path);
static bool sync_folder_of(const char *path);
static bool read_through(struct part *part, const char *path, int to_fd, int64_t *size_bytes,
                         struct digest *digest);
static bool write_all(int fd, const void *bytes, size_t size_bytes);

bool part_begin(struct part *part, const char *final_path, mode_t mode)
{
    *part = (struct part){.fd = -1};
    size_t bytes = strlen(final_path);
    while (bytes > 1 && final_path[bytes - 1] == '/') {
        bytes--;
    }
    int length =
        snprintf(part->final_path, sizeof part->final_path, "%.*s", (int)bytes, final_path);
    int part_length =
        snprintf(part->path, sizeof part->path, "%.*s" PART_SUFFIX, (int)bytes, final_path);
    if (bytes == 0 || length < 0 || part_length < 0 || (size_t)part_length >= sizeof part->path) {
        errno = ENAMETOOLONG;
        return say(part, "this name cannot be used", final_path);
    }
    for (int i = 0; i < BEGIN_MAX; i++) {
        bool again = false;
        if (!is_free(part) || !clear_leftover(part)) {
            return false;
        }
        if (make_and_hold(part, mode, &again) || !again) {
            return part->fd >= 0;
        }
    }
    return say(part, "another tally is at work on", part->path);
}

bool part_finish(struct part *part)
{
    must(part->fd >= 0);
    if (fsync(part->fd) != 0) {
        return say(part, "the disk does not keep", part->path);
    }
    if (rename(part->path, part->final_path) != 0) {
        return errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR
                   ? say(part, "there is something already at", part->final_path)
                   : say(part, "this name cannot be given", part->final_path);
    }
    (void)close(part->fd);
    part->fd = -1;
    return sync_folder_of(part->final_path) ||
           say(part, "the disk may not keep the name of", part->final_path);
}

void part_drop(struct part *part)
{
    if (part->fd >= 0) {
        (void)remove_files(part->path);
        (void)close(part->fd);
        part->fd = -1;
    }
}

void part_file(const struct part *part, const char *name, char path[PATH_MAX])
{
    name_file(part->path, name, path);
}

bool part_write(struct part *part, const char *name, const char *bytes, size_t size_bytes)
{
    char path[PATH_MAX];
    part_file(part, name, path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    bool written = fd >= 0 && write_all(fd, bytes, size_bytes) && fsync(fd) == 0;
    written = written || say(part, "this file cannot be written", path);
    if (fd >= 0) {
        (void)close(fd);
    }
    return written;
}

bool part_copy(struct part *part, const char *name, const char *from_path, int64_t *size_bytes,
               struct digest *digest)
{
    char path[PATH_MAX];
    part_file(part, name, path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0) {
        return say(part, "this file cannot be written", path);
    }
    bool copied = read_through(part, from_path, fd, size_bytes, digest);
    if (copied && fsync(fd) != 0) {
        copied = say(part, "the disk does not keep", path);
    }
    (void)close(fd);
    return copied;
}

bool part_settle(struct part *part, const char *name)
{
    char path[PATH_MAX];
    part_file(part, name, path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool settled = fd >= 0 && fsync(fd) == 0;
    settled = settled || say(part, "the disk does not keep", path);
    if (fd >= 0) {
        /* Where that is not possible it is read from memory. */
        (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
        (void)close(fd);
    }
    return settled;
}

bool part_digest(struct part *part, const char *name, int64_t *size_bytes, struct digest *digest)
{
    char path[PATH_MAX];
    part_file(part, name, path);
    return read_through(part, path, -1, size_bytes, digest);
}

void part_sweep(const char *folder, void (*said)(const char *sentence))
{
    DIR *open_folder = opendir(folder);
    if (open_folder == NULL) {
        return; /* whoever writes there next says why */
    }
    for (struct dirent *entry = readdir(open_folder); entry != NULL; entry = readdir(open_folder)) {
        size_t name_bytes = strlen(entry->d_name);
        size_t suffix_bytes = strlen(PART_SUFFIX);
        char path[PATH_MAX];
        char sentence[PATH_MAX + 128];
        int length = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (name_bytes <= suffix_bytes || length < 0 || (size_t)length >= sizeof path ||
            !text_is(entry->d_name + name_bytes - suffix_bytes, PART_SUFFIX)) {
            continue;
        }
        enum removed removed = remove_part(path);
        if (removed == REMOVED_HELD) {
            continue; /* somebody is at work on it */
        }
        (void)snprintf(sentence, sizeof sentence, "%s %s",
                       removed == REMOVED ? "removed what an interrupted run had left:"
                       : removed == REMOVED_FOREIGN
                           ? "left alone, for it holds what is not of a backup:"
                           : "an interrupted run has left this, and it cannot be removed:",
                       path);
        said(sentence);
    }
    (void)closedir(open_folder);
}

static bool say(struct part *part, const char *what, const char *path)
{
    const char *why = errno == 0 ? "" : strerror(errno);
    (void)snprintf(part->words, sizeof part->words, "%s %.380s%s%s", what, path,
                   why[0] == '\0' ? "" : ": ", why);
    return false;
}

/* Not there, or an empty folder (rename puts another folder in its place). */
static bool is_free(struct part *part)
{
    DIR *folder = opendir(part->final_path);
    if (folder == NULL && errno == ENOENT) {
        return true;
    }
    if (folder == NULL) {
        bool is_file = errno == ENOTDIR;
        return say(
            part, is_file ? "this is no folder:" : "this cannot be looked into:", part->final_path);
    }
    bool is_empty = true;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        is_empty = is_empty && (text_is(entry->d_name, ".") || text_is(entry->d_name, ".."));
    }
    (void)closedir(folder);
    errno = 0;
    return is_empty ||
           say(part, "there is something already, and it is left as it is:", part->final_path);
}

static bool clear_leftover(struct part *part)
{
    enum removed removed = remove_part(part->path);
    if (removed == REMOVED) {
        return true;
    }
    errno = removed == REMOVED_FAILED ? errno : 0;
    return say(part,
               removed == REMOVED_HELD      ? "another tally is at work on"
               : removed == REMOVED_FOREIGN ? "in the way, and not of an interrupted backup:"
                                            : "what an interrupted run left cannot be removed:",
               part->path);
}

/* *again: somebody who sweeps took it for a leftover before the lock was ours. */
static bool make_and_hold(struct part *part, mode_t mode, bool *again)
{
    if (mkdir(part->path, mode) != 0) {
        *again = errno == EEXIST;
        return say(part, "this folder cannot be made:", part->path);
    }
    errno = ENOENT; /* when nothing fails but the folder is another by now, ours is gone */
    int fd = open(part->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    struct stat held;
    struct stat there;
    bool is_ours = fd >= 0 && flock(fd, LOCK_EX) == 0 && fstat(fd, &held) == 0 &&
                   lstat(part->path, &there) == 0 && held.st_dev == there.st_dev &&
                   held.st_ino == there.st_ino;
    if (!is_ours) {
        *again = errno == ENOENT;
        (void)say(part, "this folder cannot be locked:", part->path);
        if (fd >= 0) {
            (void)close(fd);
        }
        return false;
    }
    part->fd = fd;
    return true;
}

/* REMOVED also when it is not there. */
static enum removed remove_part(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        return errno == ENOENT                      ? REMOVED
               : errno == ENOTDIR || errno == ELOOP ? REMOVED_FOREIGN
                                                    : REMOVED_FAILED;
    }
    enum removed removed = REMOVED_HELD;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        removed = !holds_only_ours(path) ? REMOVED_FOREIGN
                  : remove_files(path)   ? REMOVED
                                         : REMOVED_FAILED;
    }
    (void)close(fd);
    return removed;
}

static bool holds_only_ours(const char *path)
{
    DIR *folder = opendir(path);
    bool is_ours = folder != NULL;
    while (is_ours) {
        const struct dirent *entry = readdir(folder);
        if (entry == NULL) {
            break;
        }
        size_t i = 0;
        while (i < FILE_NAMES && !text_is(entry->d_name, file_names[i])) {
            i++;
        }
        is_ours = i < FILE_NAMES || text_is(entry->d_name, ".") || text_is(entry->d_name, "..");
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    return is_ours;
}

/* Where there is no room for the name: "", which nothing opens or removes. */
static void name_file(const char *folder, const char *name, char path[PATH_MAX])
{
    int length = snprintf(path, PATH_MAX, "%s/%s", folder, name);
    must(length > 0);
    if (length >= PATH_MAX) {
        path[0] = '\0';
    }
}

static bool remove_files(const char *path)
{
    for (size_t i = 0; i < FILE_NAMES; i++) {
        char file[PATH_MAX];
        name_file(path, file_names[i], file);
        (void)unlink(file);
    }
    return rmdir(path) == 0 || errno == ENOENT;
}

static bool sync_folder_of(const char *path)
{
    char copy[PATH_MAX];
    (void)TEXT_COPY(copy, path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) {
        (void)close(fd);
    }
    return synced;
}

/* From its begin to its end, into to_fd (-1: nowhere). */
static bool read_through(struct part *part, const char *path, int to_fd, int64_t *size_bytes,
                         struct digest *digest)
{
    static unsigned char piece[PIECE_BYTES_MAX];
    struct digest_feed feed;
    digest_begin(&feed);
    *size_bytes = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got_bytes = fd < 0 ? -1 : 1;
    bool written = true;
    while (got_bytes > 0 && written) {
        got_bytes = read(fd, piece, sizeof piece);
        if (got_bytes > 0) {
            digest_add_bytes(&feed, piece, (size_t)got_bytes);
            written = to_fd < 0 || write_all(to_fd, piece, (size_t)got_bytes);
            *size_bytes += got_bytes;
        }
    }
    bool is_read = got_bytes == 0 && written;
    if (!is_read) {
        (void)say(part, written ? "this file cannot be read:" : "there is no room for a copy of",
                  path);
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    *digest = digest_end(&feed);
    return is_read;
}

static bool write_all(int fd, const void *bytes, size_t size_bytes)
{
    const unsigned char *from = bytes;
    while (size_bytes > 0) {
        ssize_t written_bytes = write(fd, from, size_bytes);
        if (written_bytes < 0 && errno == EINTR) {
            continue;
        }
        if (written_bytes <= 0) {
            return false;
        }
        from += written_bytes;
        size_bytes -= (size_t)written_bytes;
    }
    return true;
}
