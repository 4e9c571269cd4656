/*
 * store/ledger_changes.h: what the ledger writes about units: batches, conservation, issuances,
 * orders, deliveries, transfers, retirements. For the ledger's writing side alone, inside its
 * transaction.
 *
 * Every function returns false on a fault or when not exactly the row meant was changed; the act is
 * then undone. The schema's CHECKs and triggers refuse absolutely what the ledger should have
 * refused nicely.
 */
#ifndef STORE_LEDGER_CHANGES_H
#define STORE_LEDGER_CHANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "store/ledger_facts.h"
#include "store/store.h"

extern const struct query_table ledger_changes_queries;

/* Where a batch, or the part of it that moves, comes to lie. NULL and 0: as before, except
 * reserved_by and ended_… (none). */
struct ledger_place {
    const char *org_id;
    const char *account_id;
    enum batch_state state;
    const char *reserved_by;
    const char *delivery_id;
    const char *received_by;
    int64_t received_at;
    const char *ended_by;
    int64_t ended_at;
};

/* Moves a live batch whole. reserved_by: the transfer that holds it now, NULL when it must be free.
 */
bool ledger_batch_move(struct store *store, const char *batch_id, const char *reserved_by,
                       const struct ledger_place *place);
/* Splits a free live batch: left_id gets the serials up to left_last and goes to the place,
 * right_id the rest and stays. */
bool ledger_batch_split(struct store *store, const char *batch_id, const char *left_id,
                        const char *right_id, int64_t left_last, int64_t at,
                        const struct ledger_place *place);

struct ledger_new_batch {
    const char *batch_id, *project_id, *issuance_id, *supplier_org_id, *org_id, *account_id;
    int32_t vintage;
    int64_t first, last;
    int64_t at; /* issued, received and made */
};
bool ledger_batch_add(struct store *store, const struct ledger_new_batch *batch);

/* Units come into being / leave circulation in this state (retired, exported or cancelled). */
bool ledger_conservation_add(struct store *store, const char *project_id, int32_t vintage,
                             int64_t issued, int64_t imported);
bool ledger_conservation_end(struct store *store, const char *project_id, int32_t vintage,
                             enum batch_state state, int64_t units);

struct ledger_new_issuance {
    const char *issuance_id, *project_id;
    int32_t vintage;
    bool imported;
    int64_t supplier_units, buffer_units;
    const char *reporting_start, *reporting_end, *notes, *origin;
    int64_t at;
};
bool ledger_issuance_add(struct store *store, const struct ledger_new_issuance *issuance);

struct ledger_new_order {
    const char *order_id, *supplier_org_id, *buyer_org_id;
    enum instrument instrument;
    int64_t units;
    const char *contract_date, *notes, *ordered_by, *origin;
    bool buyer_agreed;
    int64_t at;
};
bool ledger_order_add(struct store *store, const struct ledger_new_order *order);

struct ledger_new_delivery {
    const char *delivery_id, *order_id, *supplier_org_id, *buyer_org_id;
    int64_t units;
    const char *notes, *origin;
    int64_t at;
};
/* Also counts the units as delivered on the order. */
bool ledger_delivery_add(struct store *store, const struct ledger_new_delivery *delivery);
bool ledger_delivery_line_add(struct store *store, const char *delivery_id, int64_t line,
                              const char *batch_id, const char *split_from,
                              const char *from_account_id, const char *to_account_id,
                              int64_t units);

/* What a new transfer has besides its row. */
struct ledger_new_transfer {
    const char *to_system, *to_system_party;
    const char *supplier_org_id; /* "" several */
    const char *notes, *private_note, *corrects_id, *origin;
};
bool ledger_transfer_add(struct store *store, const struct ledger_transfer *row,
                         const struct ledger_new_transfer *more);
/* Writes what may change of a waiting transfer: state, account, approvals, expiry, end. */
bool ledger_transfer_write(struct store *store, const struct ledger_transfer *row);
bool ledger_transfer_redact(struct store *store, const char *transfer_id, int64_t at,
                            const char *reason);
bool ledger_transfer_line_add(struct store *store, const char *transfer_id, int64_t line,
                              const char *batch_id, const char *split_from,
                              const char *from_account_id, int64_t units);

struct ledger_new_retirement {
    /* of the second and third at most one; "" none */
    const char *retirement_id, *beneficiary_org_id, *named_beneficiary_id;
    const char *org_id, *beneficiary;
    int64_t purposes;
    enum instrument instrument;
    int64_t units;
    const char *notes, *retired_by, *origin;
    int64_t at;
};
bool ledger_retirement_add(struct store *store, const struct ledger_new_retirement *retirement);
bool ledger_retirement_line_add(struct store *store, const char *retirement_id, int64_t line,
                                const char *batch_id, const char *split_from, int64_t units);

/* Looks once more, before the act is kept, at everything that an act wrote about units: how many
 * lines the transfer, delivery or retirement has, how many units they and their batches hold, and
 * how many of those batches are wrong: not in this state, not held by this organisation (NULL: not
 * asked), not reserved by this transfer (NULL: by none), or split without the two parts making up
 * the whole. has_split: it is the act that split, so the other part must lie free where the whole
 * lay. */
struct ledger_touched {
    int64_t lines, line_units, batch_units, wrong;
};
struct ledger_touched ledger_transfer_touched(struct store *store, const char *transfer_id,
                                              enum batch_state state, const char *org_id,
                                              const char *reserved_by, bool has_split);
struct ledger_touched ledger_delivery_touched(struct store *store, const char *delivery_id,
                                              const char *org_id);
struct ledger_touched ledger_retirement_touched(struct store *store, const char *retirement_id,
                                                const char *org_id);
/* The same for a query of another table: parameters as in LEDGER_TOUCHED
 * (store/ledger_touched.h). */
struct ledger_touched ledger_touched_read(struct store *store, const struct query_table *table,
                                          int number, const char *subject_id,
                                          enum batch_state state, const char *org_id,
                                          const char *reserved_by, bool has_split);
/* Units that a waiting or ended transfer still holds reserved. */
int64_t ledger_reserved_units(struct store *store, const char *transfer_id);

#endif
