/*
 * plant/ledger-clock-followed.c: a planted bug, for the negative controls (see
 * ledger-commit-lost.c): a daemon that is started believes the clock, and not the newest act that
 * it finds.
 * wraps: ledger_act_last_at
 */
#include "store/ledger_facts.h"

int64_t __wrap_ledger_act_last_at(struct store *store);

int64_t __wrap_ledger_act_last_at(struct store *store)
{
    (void)store;
    return 0;
}
