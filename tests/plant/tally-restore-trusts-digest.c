/*
 * plant/tally-restore-trusts-digest.c: a planted bug (see ledger-commit-lost.c): a restore takes
 * every file for the one that was backed up, whatever its digest. tests/crash/drill_test must find
 * it: SQLite's own checks see some damaged bits, not those inside a value.
 * wraps: manifest_file_is
 */
#include "ledger/manifest.h"

bool __wrap_manifest_file_is(const struct manifest_file *file, int64_t size_bytes,
                             const struct digest *digest);

bool __wrap_manifest_file_is(const struct manifest_file *file, int64_t size_bytes,
                             const struct digest *digest)
{
    (void)file;
    (void)size_bytes;
    (void)digest;
    return true;
}
