/*
 * ledger/part.h: a folder that is made under a temporary name and appears under its own when it is
 * whole: "NAME.part" beside NAME, then renamed. For ledger/backup.c and ledger/restore.c; it knows
 * files, digests and the disk, and nothing of what is in them.
 *
 * Whoever makes a part holds a lock on it (flock, dropped by the kernel when the process dies). A
 * part that nobody holds is what a run left that was interrupted.
 */
#ifndef LEDGER_PART_H
#define LEDGER_PART_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/digest.h"

#define PART_SUFFIX ".part"
#define PART_WORDS_SIZE 512

struct part {
    int fd; /* of the folder, with the lock; -1: there is none */
    char path[PATH_MAX];
    char final_path[PATH_MAX];
    char words[PART_WORDS_SIZE]; /* why the last call returned false, for people */
};

/* Begins to make final_path, which must not be there or be an empty folder. What an interrupted run
 * left of the same name is removed. mode: of the folder, before the umask. */
bool part_begin(struct part *part, const char *final_path, mode_t mode);
/* Everything in it is on the disk: gives it its name, and that too is on the disk when this returns
 * true. */
bool part_finish(struct part *part);
/* Removes it; nothing when it is finished or was never begun. */
void part_drop(struct part *part);

/* "<part>/<name>". */
void part_file(const struct part *part, const char *name, char path[PATH_MAX]);
/* A small file of its own, on the disk when this returns true. */
bool part_write(struct part *part, const char *name, const char *bytes, size_t size_bytes);
/* Copies a file into it, digesting what was read; on the disk when this returns true. */
bool part_copy(struct part *part, const char *name, const char *from_path, int64_t *size_bytes,
               struct digest *digest);
/* A file in it that somebody else wrote and closed: onto the disk, and out of the page cache, so
 * that whoever reads it next reads what the disk has kept. */
bool part_settle(struct part *part, const char *name);
/* Size and digest of a file in it. */
bool part_digest(struct part *part, const char *name, int64_t *size_bytes, struct digest *digest);

/* Looks through a folder for parts of interrupted runs and removes them; a part that holds anything
 * that we do not make is left alone. said is called with a sentence for each. */
void part_sweep(const char *folder, void (*said)(const char *sentence));

#endif
