/*
 * plant/ledger-clock-back.c: a planted bug, for the negative controls (see ledger-commit-lost.c):
 * now and then an act is recorded five seconds before it happened.
 * wraps: ledger_act_add
 */
#include "base/clock.h"
#include "store/ledger_records.h"

#define ONE_OF 500 /* acts */

bool __real_ledger_act_add(struct store *store, const struct ledger_act *act, int64_t *seq);
bool __wrap_ledger_act_add(struct store *store, const struct ledger_act *act, int64_t *seq);

bool __wrap_ledger_act_add(struct store *store, const struct ledger_act *act, int64_t *seq)
{
    static unsigned acts;
    struct ledger_act other = *act;
    if (++acts % ONE_OF == 0) {
        other.recorded_at -= 5 * CLOCK_SECOND_US;
        other.at = other.at < other.recorded_at ? other.at : other.recorded_at;
    }
    return __real_ledger_act_add(store, &other, seq);
}
