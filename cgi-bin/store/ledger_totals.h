/*
 * store/ledger_totals.h: the running totals (schema: holding, delivery_holding, transfer_total,
 * transfer_pair_total, year_total), kept by the functions of store/ledger_changes.c in the
 * transaction of the act. For the ledger's writing side alone.
 *
 * Each is called before the change it is about, while the batch still stands as it was. False on a
 * fault or when a total would fall below nothing; the act is then undone.
 */
#ifndef STORE_LEDGER_TOTALS_H
#define STORE_LEDGER_TOTALS_H

#include <stdbool.h>
#include <stdint.h>

#include "store/ledger_changes.h"

extern const struct query_table ledger_totals_queries;

/* ledger_batch_move, ledger_batch_split and ledger_batch_add, with the same words. */
bool ledger_totals_move(struct store *store, const char *batch_id, const char *reserved_by,
                        const struct ledger_place *place);
bool ledger_totals_split(struct store *store, const char *batch_id, int64_t left_last,
                         const struct ledger_place *place);
bool ledger_totals_add(struct store *store, const struct ledger_new_batch *batch);

/* A transfer has ended, as it is now. */
bool ledger_totals_transfer(struct store *store, const struct ledger_transfer *row);
/* Units of a project came into being; a retirement took units out. */
bool ledger_totals_issued(struct store *store, const struct ledger_new_issuance *issuance);
bool ledger_totals_retired(struct store *store, const struct ledger_new_retirement *retirement);

#endif
