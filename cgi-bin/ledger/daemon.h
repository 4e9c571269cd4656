/*
 * ledger/daemon.h: the ledger daemon: the only program that writes registry.db. One process, one
 * loop, no threads: wait, gather, apply, commit, answer. Between two commits it checkpoints the WAL
 * in steps (nobody else ever does; ledger/checkpoint.h), once a minute it ends what is out of time.
 * When the store is at fault it stops with an error: the supervisor starts it again, the file
 * recovers.
 */
#ifndef LEDGER_DAEMON_H
#define LEDGER_DAEMON_H

#include <sys/types.h>

#include "ledger/command.h"

struct daemon_setup {
    const char *data_dir;       /* holds registry.db */
    const char *run_dir;        /* where the sockets are made */
    uid_t uids[PROGRAM__COUNT]; /* the user each program runs as; the daemon's own where nothing
                                   else was set */
};

/* Runs until SIGTERM, SIGINT or SIGQUIT. Returns what main returns: 0 after a signal, 1 after a
 * fault (the log says which). */
int daemon_run(const struct daemon_setup *setup);

#endif
