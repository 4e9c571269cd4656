/*
 * plant/ledger-id-anew.c: a planted bug, for the negative controls (see ledger-commit-lost.c): a
 * daemon that is started takes any id that is free, though higher ones of that millisecond have
 * been given out.
 * wraps: ledger_id_highest
 */
#include <string.h>

#include "store/ledger_records.h"

void __real_ledger_id_highest(struct store *store, const char *id, char highest[ID_SIZE]);
void __wrap_ledger_id_highest(struct store *store, const char *id, char highest[ID_SIZE]);

void __wrap_ledger_id_highest(struct store *store, const char *id, char highest[ID_SIZE])
{
    if (ledger_id_taken(store, id)) {
        __real_ledger_id_highest(store, id, highest);
    } else {
        memset(highest, 0, ID_SIZE);
    }
}
