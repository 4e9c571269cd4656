/*
 * tests/fault/shim.h: a disk and a memory that fail, for the real programs. A program that is
 * linked with shim.c (build/MODE/fault/, see the Makefile) behaves as ever until one of these is in
 * its environment; then a VFS that stands before SQLite's own becomes the default one.
 *
 *   SHIM_TRACE=FILE       every create, write, truncate, sync and delete of a database file is
 *                         appended to FILE, in the order they happened (struct shim_record)
 *   SHIM_FAULT=KIND:N[+]  the N-th operation of this kind fails, with + every one from then on
 *   SHIM_ARM=serving      N is counted from the moment when the program has started and serves
 *   SHIM_REPORT=FILE      FILE (sizeof(struct shim_report) bytes, zero) is mapped and counted in,
 *                         so that it outlives a program that ends by a signal
 *   SHIM_CHECKPOINT=N     ledger: after every N-th group, in turn, a move behind a pin (with the
 *                         next group), a whole checkpoint and one that empties the WAL; the
 *                         daemon's own come seldom
 */
#ifndef FAULT_SHIM_H
#define FAULT_SHIM_H

#include <stddef.h>
#include <stdint.h>

/* ------------------------------------------------------------------ faults */

enum shim_kind {
    SHIM_READ,     /* EIO */
    SHIM_WRITE,    /* EIO */
    SHIM_FULL,     /* ENOSPC, nothing was written */
    SHIM_SHORT,    /* ENOSPC, the first half was written */
    SHIM_TRUNCATE, /* EIO */
    SHIM_SYNC,     /* EIO */
    SHIM_OPEN,     /* the file cannot be opened */
    SHIM_DELETE,   /* EIO */
    SHIM_SIZE,     /* fstat: EIO */
    SHIM_LOCK,     /* fcntl: EIO */
    SHIM_SHM,      /* the WAL's index cannot be mapped */
    SHIM_MEMORY,   /* SQLite gets no memory */
    SHIM_ARENA,    /* our own arena is full */
    SHIM__KINDS
};

/* The words of SHIM_FAULT. */
static const char *const shim_words[SHIM__KINDS] __attribute__((unused)) = {
    [SHIM_READ] = "read",   [SHIM_WRITE] = "write",   [SHIM_FULL] = "full",
    [SHIM_SHORT] = "short", [SHIM_TRUNCATE] = "trim", [SHIM_SYNC] = "sync",
    [SHIM_OPEN] = "open",   [SHIM_DELETE] = "delete", [SHIM_SIZE] = "size",
    [SHIM_LOCK] = "lock",   [SHIM_SHM] = "shm",       [SHIM_MEMORY] = "memory",
    [SHIM_ARENA] = "arena",
};

struct shim_report {
    int64_t counts[SHIM__KINDS]; /* operations since it was armed */
    int64_t faults;              /* how many of them were made to fail */
};

/* ------------------------------------------------------------------ trace */

enum shim_op {
    SHIM_OP_CREATE = 1, /* opened, and was not there before */
    SHIM_OP_WRITE,      /* size_bytes of data follow the record */
    SHIM_OP_TRUNCATE,   /* to size_bytes */
    SHIM_OP_SYNC,
    SHIM_OP_DELETE,   /* offset 1: its folder was synced */
    SHIM_OP_ANSWERED, /* ledger: a group has been answered; size_bytes: to how many clients */
};

struct shim_record {
    uint32_t op;
    char name[44]; /* of the file, without its folder */
    int64_t offset_bytes;
    int64_t size_bytes;
};

/* The program has started; what is counted is counted from here. For shim_ledger.c. */
void shim_arm(void);
/* Appends to the trace, when there is one. */
void shim_record(enum shim_op op, const char *path, int64_t offset_bytes, int64_t size_bytes,
                 const void *data);

#endif
