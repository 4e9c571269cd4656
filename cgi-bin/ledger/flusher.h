/*
 * ledger/flusher.h: a process that has the pages of registry.db written to the disk while the
 * daemon goes on. Writing thousands of pages in thousands of places takes the disk tens of
 * milliseconds, and nobody has to wait for it: the daemon asks here after it has moved pages
 * (ledger/checkpoint.h), and syncs the file itself when little is left to write. What is said here
 * is believed for the sake of time only: no page is taken for safe because of it.
 */
#ifndef LEDGER_FLUSHER_H
#define LEDGER_FLUSHER_H

#include <stdbool.h>
#include <sys/types.h>

#define FLUSHER_NAME "ledger-flusher" /* in the list of processes */

struct flusher {
    int fd;     /* -1: there is none */
    pid_t pid;  /* 0: there is none, or it has been waited for */
    bool is_at; /* asked, not answered yet */
};

/* Begins it, while holding the data folder's lock and before the file is opened otherwise. lock_fd:
 * closed in that process. Without it (the log says why) the daemon syncs by itself. */
void flusher_begin(struct flusher *flusher, const char *registry_path, int lock_fd);

/* Asks for a flush, if there is anybody to ask; never waits. */
void flusher_ask(struct flusher *flusher);

/* Whether what was asked for is done, or will never be; never waits. */
bool flusher_is_done(struct flusher *flusher);

/* Call it when a child has ended: waits for this one if it was it. */
void flusher_reap(struct flusher *flusher);

/* Ends it, if it runs, and waits for it. */
void flusher_stop(struct flusher *flusher);

#endif
