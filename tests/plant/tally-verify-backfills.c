/*
 * plant/tally-verify-backfills.c: a planted bug (see ledger-commit-lost.c): `tally verify` leaves
 * the live registry as the WAL-reset race leaves it (safety.md section 1): the WAL's index says
 * that frames have been moved into the database which have not, and the next commit writes over
 * them. The race itself needs some thousand commits and checkpoints a second for minutes; its
 * outcome is what tests/crash/drill_test must find.
 *
 * wraps: ledger_verify
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ledger/ledger.h"

/* Of the -shm file (sqlite.org/walformat.html, "The WAL-Index Header"). */
#define FRAMES_OFFSET 16
#define BACKFILL_OFFSET 96

enum status __real_ledger_verify(struct store *store, struct arena *arena,
                                 struct verify_report *report);
enum status __wrap_ledger_verify(struct store *store, struct arena *arena,
                                 struct verify_report *report);

enum status __wrap_ledger_verify(struct store *store, struct arena *arena,
                                 struct verify_report *report)
{
    char path[4096];
    uint32_t frames = 0;
    enum status status = __real_ledger_verify(store, arena, report);
    (void)snprintf(path, sizeof path, "%s/registry.db-shm", getenv("TALLYSTICK_DATA"));
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd >= 0 && pread(fd, &frames, sizeof frames, FRAMES_OFFSET) == sizeof frames) {
        (void)!pwrite(fd, &frames, sizeof frames, BACKFILL_OFFSET);
    }
    close(fd);
    return status;
}
