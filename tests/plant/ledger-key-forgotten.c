/*
 * plant/ledger-key-forgotten.c: a planted bug (plant/ledger-commit-lost.c says how): now and then
 * the daemon does not remember the key of an act, so that asking again does it twice.
 *
 * wraps: ledger_first_answer_add
 */
#include <string.h>

#include "store/ledger_records.h"

#define ONE_OF 20 /* keys */

bool __real_ledger_first_answer_add(struct store *store, const char *scope, const char *key,
                                    const struct digest *fingerprint, int64_t seq,
                                    const void *answer, size_t answer_bytes);
bool __wrap_ledger_first_answer_add(struct store *store, const char *scope, const char *key,
                                    const struct digest *fingerprint, int64_t seq,
                                    const void *answer, size_t answer_bytes);

bool __wrap_ledger_first_answer_add(struct store *store, const char *scope, const char *key,
                                    const struct digest *fingerprint, int64_t seq,
                                    const void *answer, size_t answer_bytes)
{
    static unsigned keys;
    keys++;
    if (keys % ONE_OF == 0) {
        return true;
    }
    return __real_ledger_first_answer_add(store, scope, key, fingerprint, seq, answer,
                                          answer_bytes);
}
