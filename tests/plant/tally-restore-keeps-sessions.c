/*
 * plant/tally-restore-keeps-sessions.c: a planted bug (see ledger-commit-lost.c): sessions and
 * one-time links that may have been ended since the backup come back to life, which
 * tests/crash/drill_test must find.
 *
 * wraps: backup_end_access
 */
#include "store/backup.h"

bool __wrap_backup_end_access(const char *people_path, int64_t now_us, struct backup_ended *ended);

bool __wrap_backup_end_access(const char *people_path, int64_t now_us, struct backup_ended *ended)
{
    (void)people_path;
    (void)now_us;
    *ended = (struct backup_ended){0};
    return true;
}
