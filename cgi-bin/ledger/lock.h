/*
 * ledger/lock.h: the lock of a data folder. Whoever holds <data>/registry.lock is the only one that
 * writes or checkpoints registry.db: the daemon while it runs, otherwise tally for as long as it
 * writes. The kernel drops it when the holder dies.
 */
#ifndef LEDGER_LOCK_H
#define LEDGER_LOCK_H

#include <stdint.h>

#include "model/status.h"

/* Takes the lock without waiting and keeps it until lock_release or the end of the process;
 * *lock_fd is its descriptor. STATUS_BUSY: somebody else has it, *holder_pid says who (0: not
 * known). STATUS_FAULT: the file cannot be made or locked; why has been logged. */
enum status lock_take(const char *data_dir, int *lock_fd, int64_t *holder_pid);
void lock_release(int lock_fd);

#endif
