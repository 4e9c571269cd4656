/*
 * plant/ledger-unsynced.c: a planted bug, for the negative control of tests/crash/power_test.c: the
 * daemon does not wait for the disk, so what it has answered may be gone with the power.
 * TEST_FAULT=build/MODE/plant/ledger-unsynced runs the campaign on it.
 *
 * wraps: store_open
 * with: shim
 */
#include "store/inside.h"

struct store *__real_store_open(enum store_file file, enum store_mode mode, const char *path,
                                const struct query_table *const *tables);
struct store *__wrap_store_open(enum store_file file, enum store_mode mode, const char *path,
                                const struct query_table *const *tables);

struct store *__wrap_store_open(enum store_file file, enum store_mode mode, const char *path,
                                const struct query_table *const *tables)
{
    struct store *store = __real_store_open(file, mode, path, tables);
    if (store != NULL) {
        (void)sqlite3_exec(store->db, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
    }
    return store;
}
