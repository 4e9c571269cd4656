/*
 * ledger/inspect.h: the look over every page of registry.db that the daemon takes at each start. A
 * small file is looked at before anybody is let in. A large one would keep everybody out for
 * minutes: it is looked at by a process beside the daemon, read-only and at the lowest priority,
 * and what that finds is written into the data folder (registry.unsound) before the daemon is
 * stopped, so that no later start serves the file before it has been looked at anew.
 */
#ifndef LEDGER_INSPECT_H
#define LEDGER_INSPECT_H

#include <stdbool.h>
#include <sys/types.h>

/* Call it while holding the data folder's lock, before the file is opened otherwise. False: the
 * file is not sound, or cannot be looked at; the log says what is wrong. *beside: the process that
 * goes on looking, or 0 when all has been seen. lock_fd: closed in that process. */
bool inspect_begin(const char *data_dir, const char *registry_path, int lock_fd, pid_t *beside);

/* Call it when a child has ended. True: it was this one, *beside is 0 now and *is_sound what it
 * found. It never waits. */
bool inspect_ended(pid_t *beside, bool *is_sound);

/* Ends the process that still looks, if any, and waits for it. */
void inspect_stop(pid_t *beside);

#endif
