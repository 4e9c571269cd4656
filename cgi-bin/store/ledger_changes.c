/* store/ledger_changes.c: see store/ledger_changes.h. */
#include "store/ledger_changes.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "store/columns.h"
#include "store/ledger_totals.h"
#include "store/ledger_touched.h"

enum {
    C_RESERVE,
    C_ARRIVE,
    C_DELIVER,
    C_END,
    C_SPLIT_PARENT,
    C_WHOLE,
    C_BATCH,
    C_CONSERVATION_ADD,
    C_CONSERVATION_END,
    C_ISSUANCE,
    C_ORDER,
    C_ORDER_DELIVERED,
    C_DELIVERY,
    C_DELIVERY_LINE,
    C_TRANSFER,
    C_TRANSFER_WRITE,
    C_TRANSFER_REDACT,
    C_TRANSFER_LINE,
    C_RETIREMENT,
    C_RETIREMENT_LINE,
    C_TRANSFER_TOUCHED,
    C_DELIVERY_TOUCHED,
    C_RETIREMENT_TOUCHED,
    C_RESERVED_UNITS,
    C__COUNT
};

static const char *const changes_sql[C__COUNT] = {
    /* Each names only what it changes: an index is written when a column of it is named. */
    [C_RESERVE] = "UPDATE OR ROLLBACK batch SET reserved_by = ?3"
                  " WHERE batch_id = ?1 AND state = 'active' AND reserved_by IS ?2",
    [C_ARRIVE] = "UPDATE OR ROLLBACK batch SET org_id = ?3, account_id = ?4, reserved_by = NULL,"
                 " received_by = ?5, received_at = ?6"
                 " WHERE batch_id = ?1 AND state = 'active' AND reserved_by IS ?2",
    [C_DELIVER] = "UPDATE OR ROLLBACK batch SET delivery_id = ?2 WHERE batch_id = ?1",
    [C_END] = "UPDATE OR ROLLBACK batch SET account_id = coalesce(?3, account_id), state = ?4,"
              " reserved_by = NULL, ended_by = ?5, ended_at = ?6"
              " WHERE batch_id = ?1 AND state = 'active' AND reserved_by IS ?2",
    [C_SPLIT_PARENT] =
        "UPDATE OR ROLLBACK batch SET state = 'split', left_id = ?2, right_id = ?3, ended_at = ?4"
        " WHERE batch_id = ?1 AND state = 'active' AND reserved_by IS NULL AND first <= ?5"
        " AND last > ?5",
    [C_WHOLE] = "SELECT project_id, issuance_id, supplier_org_id, org_id, account_id, delivery_id,"
                " received_by, vintage, first, last, issued_at, received_at"
                " FROM batch WHERE batch_id = ?1",
    [C_BATCH] = "INSERT OR ROLLBACK INTO batch (batch_id, project_id, issuance_id, supplier_org_id,"
                " vintage, first, last, org_id, account_id, state, reserved_by, parent_id,"
                " issued_at, delivery_id, received_by, received_at, made_at, ended_by, ended_at)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,"
                " ?17, ?18, ?19)",
    [C_CONSERVATION_ADD] =
        "INSERT INTO conservation (project_id, vintage, issued, imported, active, retired,"
        " exported, cancelled, next_serial) VALUES (?1, ?2, ?3, ?4, ?3 + ?4, 0, 0, 0, ?3 + ?4 + 1)"
        " ON CONFLICT (project_id, vintage) DO UPDATE"
        " SET issued = issued + ?3, imported = imported + ?4, active = active + ?3 + ?4,"
        " next_serial = next_serial + ?3 + ?4",
    [C_CONSERVATION_END] =
        "UPDATE conservation"
        " SET active = active - ?4, retired = retired + iif(?3 = 'retired', ?4, 0),"
        " exported = exported + iif(?3 = 'exported', ?4, 0),"
        " cancelled = cancelled + iif(?3 = 'cancelled', ?4, 0)"
        " WHERE project_id = ?1 AND vintage = ?2",
    [C_ISSUANCE] =
        "INSERT"
        " OR ROLLBACK INTO issuance (issuance_id, project_id, vintage, kind, supplier_units,"
        " buffer_units, reporting_start, reporting_end, notes, issued_at, origin)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    [C_ORDER] = "INSERT"
                " OR ROLLBACK INTO buyer_order (order_id, supplier_org_id, buyer_org_id, units,"
                " contract_date, notes, ordered_at, origin, ordered_by, buyer_agreed, instrument)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    [C_ORDER_DELIVERED] =
        "UPDATE buyer_order SET delivered_units = delivered_units + ?2 WHERE order_id = ?1",
    [C_DELIVERY] =
        "INSERT"
        " OR ROLLBACK INTO delivery (delivery_id, order_id, supplier_org_id, buyer_org_id, units,"
        " notes, delivered_at, origin) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [C_DELIVERY_LINE] =
        "INSERT"
        " OR ROLLBACK INTO delivery_line (delivery_id, line, batch_id, split_from,"
        " from_account_id, to_account_id, units) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [C_TRANSFER] =
        "INSERT"
        " OR ROLLBACK INTO transfer (transfer_id, kind, state, from_org_id, to_org_id,"
        " to_account_id, to_system, to_system_party, supplier_org_id, instrument, units, notes,"
        " private_note, corrects_id, needs_approval, needs_registry_approval, submitted_by,"
        " submitted_at, expires_at, ended_by, ended_at, origin)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,"
        " ?18, ?19, ?20, ?21, ?22)",
    [C_TRANSFER_WRITE] =
        "UPDATE OR ROLLBACK transfer"
        " SET state = ?2, to_account_id = ?3, approved_by = ?4, approved_at = ?5,"
        " approval_comment = ?6, registry_approved_by = ?7, registry_approved_at = ?8,"
        " registry_comment = ?9, expires_at = ?10, ended_by = ?11, ended_at = ?12,"
        " end_reason = ?13 WHERE transfer_id = ?1 AND ended_at IS NULL",
    [C_TRANSFER_REDACT] = "UPDATE OR ROLLBACK transfer"
                          " SET notes = '', note_redacted_at = ?2, note_redacted_reason = ?3"
                          " WHERE transfer_id = ?1 AND note_redacted_at IS NULL",
    [C_TRANSFER_LINE] = "INSERT"
                        " OR ROLLBACK INTO transfer_line (transfer_id, line, batch_id, split_from,"
                        " from_account_id, units) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [C_RETIREMENT] =
        "INSERT"
        " OR ROLLBACK INTO retirement (retirement_id, org_id, beneficiary_org_id, beneficiary,"
        " purposes, instrument, units, notes, retired_by, retired_at, origin,"
        " named_beneficiary_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    [C_RETIREMENT_LINE] =
        "INSERT OR ROLLBACK INTO retirement_line (retirement_id, line, batch_id, split_from, units)"
        " VALUES (?1, ?2, ?3, ?4, ?5)",
    [C_TRANSFER_TOUCHED] = LEDGER_TOUCHED("transfer_line", "transfer_id"),
    [C_DELIVERY_TOUCHED] = LEDGER_TOUCHED("delivery_line", "delivery_id"),
    [C_RETIREMENT_TOUCHED] = LEDGER_TOUCHED("retirement_line", "retirement_id"),
    [C_RESERVED_UNITS] =
        "SELECT coalesce(sum(last - first + 1), 0) FROM batch WHERE reserved_by = ?1",
};
const struct query_table ledger_changes_queries = {"ledger_changes", changes_sql, C__COUNT};

/* A batch as it is inserted. */
struct batch_row {
    char project_id[ID_SIZE], issuance_id[ID_SIZE], supplier_org_id[ID_SIZE];
    char org_id[ID_SIZE], account_id[ID_SIZE], delivery_id[ID_SIZE], received_by[ID_SIZE];
    const char *parent_id; /* NULL: from an issuance */
    int64_t vintage, first, last, issued_at, received_at, made_at;
};

static bool read_whole(struct store *store, const char *batch_id, struct batch_row *row);
static bool insert_batch(struct store *store, const char *batch_id, const struct batch_row *row,
                         const struct ledger_place *place);
static void bind_time(struct query *query, int number, int64_t at);

bool ledger_batch_move(struct store *store, const char *batch_id, const char *reserved_by,
                       const struct ledger_place *place)
{
    bool has_ended = place->state != BATCH_ACTIVE;
    bool has_arrived = !has_ended && place->org_id != NULL;
    must(!has_arrived || (place->account_id != NULL && place->received_by != NULL));
    /* Which cancellation a batch ended by is said by its line. */
    must((has_ended && place->state != BATCH_CANCELLED) == (place->ended_by != NULL));
    must(has_arrived || (place->org_id == NULL && place->delivery_id == NULL));
    if (!ledger_totals_move(store, batch_id, reserved_by, place)) {
        return false;
    }
    int number = has_ended ? C_END : C_RESERVE;
    struct query q = query(store, &ledger_changes_queries, has_arrived ? C_ARRIVE : number);
    query_bind_text(&q, 1, batch_id);
    query_bind_text(&q, 2, reserved_by);
    if (has_ended) {
        query_bind_text(&q, 3, place->account_id);
        query_bind_text(&q, 4, batch_state_word(place->state));
        query_bind_text(&q, 5, place->ended_by);
        query_bind_int(&q, 6, place->ended_at);
    } else if (has_arrived) {
        query_bind_text(&q, 3, place->org_id);
        query_bind_text(&q, 4, place->account_id);
        query_bind_text(&q, 5, place->received_by);
        query_bind_int(&q, 6, place->received_at);
    } else {
        query_bind_text(&q, 3, place->reserved_by);
    }
    if (!query_run_one(&q)) {
        return false;
    }
    if (place->delivery_id == NULL) {
        return true;
    }
    q = query(store, &ledger_changes_queries, C_DELIVER);
    query_bind_text(&q, 1, batch_id);
    query_bind_text(&q, 2, place->delivery_id);
    return query_run_one(&q);
}

bool ledger_batch_split(struct store *store, const char *batch_id, const char *left_id,
                        const char *right_id, int64_t left_last, int64_t at,
                        const struct ledger_place *place)
{
    struct batch_row whole;
    if (!read_whole(store, batch_id, &whole) ||
        !ledger_totals_split(store, batch_id, left_last, place)) {
        return false;
    }
    /* The whole ends first: while it lives, its parts would overlap it. They are named in it
     * already. */
    struct query q = query(store, &ledger_changes_queries, C_SPLIT_PARENT);
    query_bind_text(&q, 1, batch_id);
    query_bind_text(&q, 2, left_id);
    query_bind_text(&q, 3, right_id);
    query_bind_int(&q, 4, at);
    query_bind_int(&q, 5, left_last);
    if (!query_run_one(&q)) {
        return false;
    }
    struct batch_row right = whole;
    right.parent_id = batch_id;
    right.first = left_last + 1;
    right.made_at = at;
    struct ledger_place stays = {.state = BATCH_ACTIVE};
    struct batch_row left = right;
    left.first = whole.first;
    left.last = left_last;
    return insert_batch(store, left_id, &left, place) &&
           insert_batch(store, right_id, &right, &stays);
}

bool ledger_batch_add(struct store *store, const struct ledger_new_batch *batch)
{
    struct batch_row row = {.vintage = batch->vintage,
                            .first = batch->first,
                            .last = batch->last,
                            .issued_at = batch->at,
                            .received_at = batch->at,
                            .made_at = batch->at};
    must(TEXT_COPY(row.project_id, batch->project_id));
    must(TEXT_COPY(row.issuance_id, batch->issuance_id));
    must(TEXT_COPY(row.supplier_org_id, batch->supplier_org_id));
    must(TEXT_COPY(row.org_id, batch->org_id));
    must(TEXT_COPY(row.account_id, batch->account_id));
    must(TEXT_COPY(row.received_by, batch->issuance_id));
    struct ledger_place stays = {.state = BATCH_ACTIVE};
    return ledger_totals_add(store, batch) && insert_batch(store, batch->batch_id, &row, &stays);
}

/* False when there is no such batch. */
static bool read_whole(struct store *store, const char *batch_id, struct batch_row *row)
{
    memset(row, 0, sizeof(*row));
    struct query q = query(store, &ledger_changes_queries, C_WHOLE);
    query_bind_text(&q, 1, batch_id);
    bool found = query_row(&q);
    if (found) {
        query_text_into(&q, 0, row->project_id, ID_SIZE);
        query_text_into(&q, 1, row->issuance_id, ID_SIZE);
        query_text_into(&q, 2, row->supplier_org_id, ID_SIZE);
        query_text_into(&q, 3, row->org_id, ID_SIZE);
        query_text_into(&q, 4, row->account_id, ID_SIZE);
        query_text_into(&q, 5, row->delivery_id, ID_SIZE);
        query_text_into(&q, 6, row->received_by, ID_SIZE);
        row->vintage = query_int(&q, 7);
        row->first = query_int(&q, 8);
        row->last = query_int(&q, 9);
        row->issued_at = query_int(&q, 10);
        row->received_at = query_int(&q, 11);
    }
    query_end(&q);
    return found;
}

/* The row as it is, but for what the place says otherwise. */
static bool insert_batch(struct store *store, const char *batch_id, const struct batch_row *row,
                         const struct ledger_place *place)
{
    struct query q = query(store, &ledger_changes_queries, C_BATCH);
    query_bind_text(&q, 1, batch_id);
    query_bind_text(&q, 2, row->project_id);
    query_bind_text(&q, 3, row->issuance_id);
    query_bind_text(&q, 4, row->supplier_org_id);
    query_bind_int(&q, 5, row->vintage);
    query_bind_int(&q, 6, row->first);
    query_bind_int(&q, 7, row->last);
    query_bind_text(&q, 8, place->org_id != NULL ? place->org_id : row->org_id);
    query_bind_text(&q, 9, place->account_id != NULL ? place->account_id : row->account_id);
    query_bind_text(&q, 10, batch_state_word(place->state));
    query_bind_text(&q, 11, place->reserved_by);
    query_bind_text(&q, 12, row->parent_id);
    query_bind_int(&q, 13, row->issued_at);
    query_bind_text(&q, 14,
                    place->delivery_id != NULL ? place->delivery_id : or_null(row->delivery_id));
    query_bind_text(&q, 15, place->received_by != NULL ? place->received_by : row->received_by);
    query_bind_int(&q, 16, place->received_at != 0 ? place->received_at : row->received_at);
    query_bind_int(&q, 17, row->made_at);
    query_bind_text(&q, 18, place->ended_by);
    bind_time(&q, 19, place->ended_at);
    return query_run_one(&q);
}

bool ledger_conservation_add(struct store *store, const char *project_id, int32_t vintage,
                             int64_t issued, int64_t imported)
{
    struct query q = query(store, &ledger_changes_queries, C_CONSERVATION_ADD);
    query_bind_text(&q, 1, project_id);
    query_bind_int(&q, 2, vintage);
    query_bind_int(&q, 3, issued);
    query_bind_int(&q, 4, imported);
    return query_run_one(&q);
}

bool ledger_conservation_end(struct store *store, const char *project_id, int32_t vintage,
                             enum batch_state state, int64_t units)
{
    must(state == BATCH_RETIRED || state == BATCH_EXPORTED || state == BATCH_CANCELLED);
    struct query q = query(store, &ledger_changes_queries, C_CONSERVATION_END);
    query_bind_text(&q, 1, project_id);
    query_bind_int(&q, 2, vintage);
    query_bind_text(&q, 3, batch_state_word(state));
    query_bind_int(&q, 4, units);
    return query_run_one(&q);
}

bool ledger_issuance_add(struct store *store, const struct ledger_new_issuance *issuance)
{
    struct query q = query(store, &ledger_changes_queries, C_ISSUANCE);
    query_bind_text(&q, 1, issuance->issuance_id);
    query_bind_text(&q, 2, issuance->project_id);
    query_bind_int(&q, 3, issuance->vintage);
    query_bind_text(&q, 4, issuance->imported ? "imported" : "issued");
    query_bind_int(&q, 5, issuance->supplier_units);
    query_bind_int(&q, 6, issuance->buffer_units);
    query_bind_text(&q, 7, issuance->reporting_start);
    query_bind_text(&q, 8, issuance->reporting_end);
    query_bind_text(&q, 9, issuance->notes);
    query_bind_int(&q, 10, issuance->at);
    query_bind_text(&q, 11, issuance->origin);
    return query_run_one(&q) && ledger_totals_issued(store, issuance);
}

bool ledger_order_add(struct store *store, const struct ledger_new_order *order)
{
    struct query q = query(store, &ledger_changes_queries, C_ORDER);
    query_bind_text(&q, 1, order->order_id);
    query_bind_text(&q, 2, order->supplier_org_id);
    query_bind_text(&q, 3, order->buyer_org_id);
    query_bind_int(&q, 4, order->units);
    query_bind_text(&q, 5, order->contract_date);
    query_bind_text(&q, 6, order->notes);
    query_bind_int(&q, 7, order->at);
    query_bind_text(&q, 8, order->origin);
    query_bind_text(&q, 9, order->ordered_by);
    query_bind_int(&q, 10, order->buyer_agreed);
    query_bind_text(&q, 11, instrument_word(order->instrument));
    return query_run_one(&q);
}

bool ledger_delivery_add(struct store *store, const struct ledger_new_delivery *delivery)
{
    struct query q = query(store, &ledger_changes_queries, C_DELIVERY);
    query_bind_text(&q, 1, delivery->delivery_id);
    query_bind_text(&q, 2, delivery->order_id);
    query_bind_text(&q, 3, delivery->supplier_org_id);
    query_bind_text(&q, 4, delivery->buyer_org_id);
    query_bind_int(&q, 5, delivery->units);
    query_bind_text(&q, 6, delivery->notes);
    query_bind_int(&q, 7, delivery->at);
    query_bind_text(&q, 8, delivery->origin);
    if (!query_run_one(&q)) {
        return false;
    }
    q = query(store, &ledger_changes_queries, C_ORDER_DELIVERED);
    query_bind_text(&q, 1, delivery->order_id);
    query_bind_int(&q, 2, delivery->units);
    return query_run_one(&q);
}

bool ledger_delivery_line_add(struct store *store, const char *delivery_id, int64_t line,
                              const char *batch_id, const char *split_from,
                              const char *from_account_id, const char *to_account_id, int64_t units)
{
    struct query q = query(store, &ledger_changes_queries, C_DELIVERY_LINE);
    query_bind_text(&q, 1, delivery_id);
    query_bind_int(&q, 2, line);
    query_bind_text(&q, 3, batch_id);
    query_bind_text(&q, 4, split_from);
    query_bind_text(&q, 5, from_account_id);
    query_bind_text(&q, 6, to_account_id);
    query_bind_int(&q, 7, units);
    return query_run_one(&q);
}

bool ledger_transfer_add(struct store *store, const struct ledger_transfer *row,
                         const struct ledger_new_transfer *more)
{
    struct query q = query(store, &ledger_changes_queries, C_TRANSFER);
    query_bind_text(&q, 1, row->transfer_id);
    query_bind_text(&q, 2, transfer_kind_word(row->kind));
    query_bind_text(&q, 3, transfer_state_word(row->state));
    query_bind_text(&q, 4, row->from_org_id);
    query_bind_text(&q, 5, or_null(row->to_org_id));
    query_bind_text(&q, 6, or_null(row->to_account_id));
    query_bind_text(&q, 7, more->to_system);
    query_bind_text(&q, 8, more->to_system_party);
    query_bind_text(&q, 9, or_null(more->supplier_org_id));
    query_bind_text(&q, 10, instrument_word(row->instrument));
    query_bind_int(&q, 11, row->units);
    query_bind_text(&q, 12, more->notes);
    query_bind_text(&q, 13, more->private_note);
    query_bind_text(&q, 14, or_null(more->corrects_id));
    query_bind_int(&q, 15, row->needs_approval);
    query_bind_int(&q, 16, row->needs_registry_approval);
    query_bind_text(&q, 17, row->submitted_by);
    query_bind_int(&q, 18, row->submitted_at);
    query_bind_int(&q, 19, row->expires_at);
    if (row->has_ended) {
        query_bind_text(&q, 20, row->ended_by);
        query_bind_int(&q, 21, row->ended_at);
    }
    query_bind_text(&q, 22, more->origin);
    return query_run_one(&q) && (!row->has_ended || ledger_totals_transfer(store, row));
}

bool ledger_transfer_write(struct store *store, const struct ledger_transfer *row)
{
    struct query q = query(store, &ledger_changes_queries, C_TRANSFER_WRITE);
    query_bind_text(&q, 1, row->transfer_id);
    query_bind_text(&q, 2, transfer_state_word(row->state));
    query_bind_text(&q, 3, or_null(row->to_account_id));
    if (row->is_approved) {
        query_bind_text(&q, 4, row->approved_by);
        query_bind_int(&q, 5, row->approved_at);
        query_bind_text(&q, 6, row->approval_comment);
    }
    if (row->is_registry_approved) {
        query_bind_text(&q, 7, row->registry_approved_by);
        query_bind_int(&q, 8, row->registry_approved_at);
        query_bind_text(&q, 9, row->registry_comment);
    }
    query_bind_int(&q, 10, row->expires_at);
    if (row->has_ended) {
        query_bind_text(&q, 11, row->ended_by);
        query_bind_int(&q, 12, row->ended_at);
        query_bind_text(&q, 13, or_null(row->end_reason));
    }
    return query_run_one(&q) && (!row->has_ended || ledger_totals_transfer(store, row));
}

bool ledger_transfer_redact(struct store *store, const char *transfer_id, int64_t at,
                            const char *reason)
{
    struct query q = query(store, &ledger_changes_queries, C_TRANSFER_REDACT);
    query_bind_text(&q, 1, transfer_id);
    query_bind_int(&q, 2, at);
    query_bind_text(&q, 3, reason);
    return query_run_one(&q);
}

bool ledger_transfer_line_add(struct store *store, const char *transfer_id, int64_t line,
                              const char *batch_id, const char *split_from,
                              const char *from_account_id, int64_t units)
{
    struct query q = query(store, &ledger_changes_queries, C_TRANSFER_LINE);
    query_bind_text(&q, 1, transfer_id);
    query_bind_int(&q, 2, line);
    query_bind_text(&q, 3, batch_id);
    query_bind_text(&q, 4, split_from);
    query_bind_text(&q, 5, from_account_id);
    query_bind_int(&q, 6, units);
    return query_run_one(&q);
}

bool ledger_retirement_add(struct store *store, const struct ledger_new_retirement *retirement)
{
    struct query q = query(store, &ledger_changes_queries, C_RETIREMENT);
    query_bind_text(&q, 1, retirement->retirement_id);
    query_bind_text(&q, 2, retirement->org_id);
    query_bind_text(&q, 3, or_null(retirement->beneficiary_org_id));
    query_bind_text(&q, 4, retirement->beneficiary);
    query_bind_int(&q, 5, retirement->purposes);
    query_bind_text(&q, 6, instrument_word(retirement->instrument));
    query_bind_int(&q, 7, retirement->units);
    query_bind_text(&q, 8, retirement->notes);
    query_bind_text(&q, 9, retirement->retired_by);
    query_bind_int(&q, 10, retirement->at);
    query_bind_text(&q, 11, retirement->origin);
    query_bind_text(&q, 12, or_null(retirement->named_beneficiary_id));
    return query_run_one(&q) && ledger_totals_retired(store, retirement);
}

bool ledger_retirement_line_add(struct store *store, const char *retirement_id, int64_t line,
                                const char *batch_id, const char *split_from, int64_t units)
{
    struct query q = query(store, &ledger_changes_queries, C_RETIREMENT_LINE);
    query_bind_text(&q, 1, retirement_id);
    query_bind_int(&q, 2, line);
    query_bind_text(&q, 3, batch_id);
    query_bind_text(&q, 4, split_from);
    query_bind_int(&q, 5, units);
    return query_run_one(&q);
}

struct ledger_touched ledger_transfer_touched(struct store *store, const char *transfer_id,
                                              enum batch_state state, const char *org_id,
                                              const char *reserved_by, bool has_split)
{
    return ledger_touched_read(store, &ledger_changes_queries, C_TRANSFER_TOUCHED, transfer_id,
                               state, org_id, reserved_by, has_split);
}

struct ledger_touched ledger_delivery_touched(struct store *store, const char *delivery_id,
                                              const char *org_id)
{
    return ledger_touched_read(store, &ledger_changes_queries, C_DELIVERY_TOUCHED, delivery_id,
                               BATCH_ACTIVE, org_id, NULL, true);
}

struct ledger_touched ledger_retirement_touched(struct store *store, const char *retirement_id,
                                                const char *org_id)
{
    return ledger_touched_read(store, &ledger_changes_queries, C_RETIREMENT_TOUCHED, retirement_id,
                               BATCH_RETIRED, org_id, NULL, true);
}

int64_t ledger_reserved_units(struct store *store, const char *transfer_id)
{
    struct query q = query(store, &ledger_changes_queries, C_RESERVED_UNITS);
    query_bind_text(&q, 1, transfer_id);
    int64_t units = query_row(&q) ? query_int(&q, 0) : -1;
    query_end(&q);
    return units;
}

struct ledger_touched ledger_touched_read(struct store *store, const struct query_table *table,
                                          int number, const char *subject_id,
                                          enum batch_state state, const char *org_id,
                                          const char *reserved_by, bool has_split)
{
    struct ledger_touched found = {.wrong = -1};
    struct query q = query(store, table, number);
    query_bind_text(&q, 1, subject_id);
    query_bind_text(&q, 2, batch_state_word(state));
    query_bind_text(&q, 3, org_id);
    query_bind_text(&q, 4, reserved_by);
    query_bind_int(&q, 5, has_split);
    if (query_row(&q)) {
        found.lines = query_int(&q, 0);
        found.line_units = query_int(&q, 1);
        found.batch_units = query_int(&q, 2);
        found.wrong = query_int(&q, 3);
    }
    query_end(&q);
    return found;
}

/* Parameters 3 to 11. */
static void bind_time(struct query *query, int number, int64_t at)
{
    if (at != 0) {
        query_bind_int(query, number, at);
    }
}
