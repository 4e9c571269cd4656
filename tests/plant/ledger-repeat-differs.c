/*
 * plant/ledger-repeat-differs.c: a planted bug, for the negative controls (see
 * ledger-commit-lost.c): now and then a key that is used again is given another answer than the
 * first time.
 * wraps: ledger_first_answer_read
 */
#include <string.h>

#include "ledger/command.h"
#include "store/ledger_records.h"

#define ONE_OF 10 /* repeats */

struct ledger_first_answer __real_ledger_first_answer_read(struct store *store, struct arena *arena,
                                                           const char *scope, const char *key);
struct ledger_first_answer __wrap_ledger_first_answer_read(struct store *store, struct arena *arena,
                                                           const char *scope, const char *key);

struct ledger_first_answer __wrap_ledger_first_answer_read(struct store *store, struct arena *arena,
                                                           const char *scope, const char *key)
{
    static unsigned repeats;
    struct ledger_first_answer first = __real_ledger_first_answer_read(store, arena, scope, key);
    if (first.found && first.answer_bytes == sizeof(struct answer) && ++repeats % ONE_OF == 0) {
        struct answer *other = arena_one(arena, struct answer);
        memcpy(other, first.answer, sizeof *other);
        other->count++;
        first.answer = other;
    }
    return first;
}
