/*
 * ledger/mark.h: how nginx knows that this installation is a sandbox: by an empty file named
 * `sandbox` in the run folder, beside the sockets. What nginx itself answers under /registry/v0/
 * says so then (nginx.conf.in). The daemon makes or removes it when it starts.
 */
#ifndef LEDGER_MARK_H
#define LEDGER_MARK_H

#include <stdbool.h>

#define MARK_SANDBOX "sandbox"

/* Makes the file when it is a sandbox, removes it when not. False, and said in the log, when it
 * could not be done: the registry works without it. */
bool mark_sandbox(const char *run_dir, bool is_sandbox);

#endif
