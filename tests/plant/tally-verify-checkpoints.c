/*
 * plant/tally-verify-checkpoints.c: a planted bug (see ledger-commit-lost.c): `tally verify` opens
 * the live registry as any outside tool would and checkpoints it while the ledger commits: the
 * WAL-reset race (safety.md section 1), by which SQLite before 3.51.3 loses rows or corrupts the
 * file. tests/crash/drill_test must find it.
 * wraps: ledger_verify
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "ledger/ledger.h"

#define CHECKPOINTS_US 400000 /* for so long, again and again */

enum status __real_ledger_verify(struct store *store, struct arena *arena,
                                 struct verify_report *report);
enum status __wrap_ledger_verify(struct store *store, struct arena *arena,
                                 struct verify_report *report);

enum status __wrap_ledger_verify(struct store *store, struct arena *arena,
                                 struct verify_report *report)
{
    char path[4096];
    sqlite3 *db = NULL;
    (void)snprintf(path, sizeof path, "%s/registry.db", getenv("TALLYSTICK_DATA"));
    if (sqlite3_open(path, &db) == SQLITE_OK) {
        int64_t end_us = clock_steady_us() + CHECKPOINTS_US;
        while (clock_steady_us() < end_us) {
            (void)sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
        }
    }
    (void)sqlite3_close(db);
    return __real_ledger_verify(store, arena, report);
}
