/* store/ledger_totals.c: see store/ledger_totals.h. */
#include "store/ledger_totals.h"

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "store/query.h"

enum {
    T_BATCH,
    T_BUYER,
    T_CHANGE,
    T_OPEN,
    T_DELIVERED,
    T_DELIVERED_OPEN,
    T_TRANSFER,
    T_PAIR,
    T_INSTRUMENT,
    T_YEAR,
    T__COUNT
};

static const char *const totals_sql[T__COUNT] = {
    [T_BATCH] = "SELECT org_id, supplier_org_id, project_id, account_id, vintage, first, last,"
                " delivery_id FROM batch WHERE batch_id = ?1",
    [T_BUYER] = "SELECT buyer_org_id FROM delivery WHERE delivery_id = ?1",
    [T_CHANGE] =
        "UPDATE holding SET active = active + ?6, reserved = reserved + ?7,"
        " retired = retired + ?8, exported = exported + ?9, active_batches = active_batches + ?10,"
        " reserved_batches = reserved_batches + ?11, retired_batches = retired_batches + ?12,"
        " exported_batches = exported_batches + ?13, split_batches = split_batches + ?14"
        " WHERE org_id = ?1 AND supplier_org_id = ?2 AND project_id = ?3 AND vintage = ?4"
        " AND account_id = ?5",
    [T_OPEN] = "INSERT INTO holding VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
               " ?14)",
    [T_DELIVERED] = "UPDATE delivery_holding SET active = active + ?5, reserved = reserved + ?6,"
                    " retired = retired + ?7 WHERE org_id = ?1 AND delivery_id = ?2"
                    " AND project_id = ?3 AND account_id = ?4",
    [T_DELIVERED_OPEN] = "INSERT INTO delivery_holding VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [T_TRANSFER] = "INSERT INTO transfer_total (kind, transfers) VALUES (?1, 1)"
                   " ON CONFLICT (kind) DO UPDATE SET transfers = transfers + 1",
    [T_PAIR] =
        "INSERT INTO transfer_pair_total (from_org_id, kind, state, to_org_id, reached, transfers)"
        " VALUES (?1, ?2, ?3, ?4, ?5, 1) ON CONFLICT (from_org_id, kind, state, to_org_id, reached)"
        " DO UPDATE SET transfers = transfers + 1",
    [T_INSTRUMENT] = "SELECT instrument FROM project WHERE project_id = ?1",
    [T_YEAR] = "INSERT INTO year_total (instrument, year, issued, retired, retirements)"
               " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (instrument, year) DO UPDATE"
               " SET issued = issued + ?3, retired = retired + ?4, retirements = retirements + ?5",
};
const struct query_table ledger_totals_queries = {"ledger_totals", totals_sql, T__COUNT};

/* A row of holding: where, and by how much it changes; the same of delivery_holding, when the
 * holder is the buyer of the delivery that the units came with. */
struct holding_row {
    char org_id[ID_SIZE], supplier_org_id[ID_SIZE], project_id[ID_SIZE], account_id[ID_SIZE];
    char delivery_id[ID_SIZE], buyer_org_id[ID_SIZE]; /* "" none */
    int64_t vintage;
    int64_t active, reserved, retired, exported;
    int64_t active_batches, reserved_batches, retired_batches, exported_batches, split_batches;
};

static bool read_where(struct store *store, const char *batch_id, struct holding_row *row,
                       int64_t *first, int64_t *last);
static struct holding_row at_place(const struct holding_row *from,
                                   const struct ledger_place *place);
static void count_in(struct holding_row *row, const struct ledger_place *place, int64_t units);
static bool is_same(const struct holding_row *one, const struct holding_row *other);
static bool change(struct store *store, const struct holding_row *row);
static bool add_year(struct store *store, const char *instrument, int64_t at, int64_t issued,
                     int64_t retired, int64_t retirements);

bool ledger_totals_move(struct store *store, const char *batch_id, const char *reserved_by,
                        const struct ledger_place *place)
{
    struct holding_row from;
    int64_t first = 0;
    int64_t last = 0;
    if (!read_where(store, batch_id, &from, &first, &last)) {
        return false;
    }
    int64_t units = last - first + 1;
    struct holding_row to = at_place(&from, place);
    bool stays = is_same(&from, &to);
    struct holding_row *left = &from;
    left->active = -units;
    left->active_batches = -1;
    if (reserved_by != NULL) {
        left->reserved = -units;
        left->reserved_batches = -1;
    }
    if (stays) {
        count_in(left, place, units);
        return change(store, left);
    }
    count_in(&to, place, units);
    return change(store, left) && change(store, &to);
}

bool ledger_totals_split(struct store *store, const char *batch_id, int64_t left_last,
                         const struct ledger_place *place)
{
    struct holding_row whole;
    int64_t first = 0;
    int64_t last = 0;
    if (!read_where(store, batch_id, &whole, &first, &last)) {
        return false;
    }
    int64_t units = left_last - first + 1;
    struct holding_row to = at_place(&whole, place);
    bool stays = is_same(&whole, &to);
    /* The whole goes, the rest is there instead of it, the left part comes to the place. */
    whole.split_batches = 1;
    whole.active = -units;
    if (stays) {
        count_in(&whole, place, units);
        return change(store, &whole);
    }
    count_in(&to, place, units);
    return change(store, &whole) && change(store, &to);
}

bool ledger_totals_add(struct store *store, const struct ledger_new_batch *batch)
{
    struct holding_row row = {
        .vintage = batch->vintage, .active = batch->last - batch->first + 1, .active_batches = 1};
    must(TEXT_COPY(row.org_id, batch->org_id));
    must(TEXT_COPY(row.supplier_org_id, batch->supplier_org_id));
    must(TEXT_COPY(row.project_id, batch->project_id));
    must(TEXT_COPY(row.account_id, batch->account_id));
    return change(store, &row);
}

bool ledger_totals_transfer(struct store *store, const struct ledger_transfer *row)
{
    must(row->has_ended);
    bool is_completed = row->state == TRANSFER_COMPLETED;
    bool has_reached =
        is_completed || ((!row->needs_approval || row->is_approved) &&
                         (!row->needs_registry_approval || row->is_registry_approved));
    struct query q = query(store, &ledger_totals_queries, T_PAIR);
    query_bind_text(&q, 1, row->from_org_id);
    query_bind_text(&q, 2, transfer_kind_word(row->kind));
    query_bind_text(&q, 3, transfer_state_word(row->state));
    query_bind_text(&q, 4, row->to_org_id);
    query_bind_int(&q, 5, has_reached);
    bool good = query_run(&q);
    if (!good || !is_completed) {
        return good;
    }
    q = query(store, &ledger_totals_queries, T_TRANSFER);
    query_bind_text(&q, 1, transfer_kind_word(row->kind));
    return query_run(&q);
}

bool ledger_totals_issued(struct store *store, const struct ledger_new_issuance *issuance)
{
    char instrument[32] = "";
    struct query q = query(store, &ledger_totals_queries, T_INSTRUMENT);
    query_bind_text(&q, 1, issuance->project_id);
    if (query_row(&q)) {
        query_text_into(&q, 0, instrument, sizeof(instrument));
    }
    query_end(&q);
    return instrument[0] != '\0' &&
           add_year(store, instrument, issuance->at,
                    issuance->supplier_units + issuance->buffer_units, 0, 0);
}

bool ledger_totals_retired(struct store *store, const struct ledger_new_retirement *retirement)
{
    return add_year(store, instrument_word(retirement->instrument), retirement->at, 0,
                    retirement->units, 1);
}

/* Where a batch lies now, with nothing counted yet; false when there is no such batch. */
static bool read_where(struct store *store, const char *batch_id, struct holding_row *row,
                       int64_t *first, int64_t *last)
{
    *row = (struct holding_row){.vintage = 0};
    struct query q = query(store, &ledger_totals_queries, T_BATCH);
    query_bind_text(&q, 1, batch_id);
    bool is_found = query_row(&q);
    if (is_found) {
        query_text_into(&q, 0, row->org_id, ID_SIZE);
        query_text_into(&q, 1, row->supplier_org_id, ID_SIZE);
        query_text_into(&q, 2, row->project_id, ID_SIZE);
        query_text_into(&q, 3, row->account_id, ID_SIZE);
        row->vintage = query_int(&q, 4);
        *first = query_int(&q, 5);
        *last = query_int(&q, 6);
        query_text_into(&q, 7, row->delivery_id, ID_SIZE);
    }
    query_end(&q);
    if (row->delivery_id[0] != '\0') {
        q = query(store, &ledger_totals_queries, T_BUYER);
        query_bind_text(&q, 1, row->delivery_id);
        if (query_row(&q)) {
            query_text_into(&q, 0, row->buyer_org_id, ID_SIZE);
        }
        query_end(&q);
    }
    return is_found;
}

/* The row for the same kind of units at the place. */
static struct holding_row at_place(const struct holding_row *from, const struct ledger_place *place)
{
    struct holding_row to = *from;
    if (place->org_id != NULL) {
        must(TEXT_COPY(to.org_id, place->org_id));
    }
    if (place->account_id != NULL) {
        must(TEXT_COPY(to.account_id, place->account_id));
    }
    if (place->delivery_id != NULL) { /* it goes to who ordered it */
        must(TEXT_COPY(to.delivery_id, place->delivery_id));
        must(TEXT_COPY(to.buyer_org_id, to.org_id));
    }
    return to;
}

/* One block more, in the state that the place says. */
static void count_in(struct holding_row *row, const struct ledger_place *place, int64_t units)
{
    if (place->state == BATCH_RETIRED) {
        row->retired += units;
        row->retired_batches++;
        return;
    }
    if (place->state == BATCH_EXPORTED) {
        row->exported += units;
        row->exported_batches++;
        return;
    }
    if (place->state == BATCH_CANCELLED) {
        return; /* what is cancelled is nobody's any more: the cancellation has it */
    }
    must(place->state == BATCH_ACTIVE);
    row->active += units;
    row->active_batches++;
    if (place->reserved_by != NULL) {
        row->reserved += units;
        row->reserved_batches++;
    }
}

static bool is_same(const struct holding_row *one, const struct holding_row *other)
{
    return text_is(one->org_id, other->org_id) && text_is(one->account_id, other->account_id);
}

static void bind_row(struct query *q, const struct holding_row *row)
{
    query_bind_text(q, 1, row->org_id);
    query_bind_text(q, 2, row->supplier_org_id);
    query_bind_text(q, 3, row->project_id);
    query_bind_int(q, 4, row->vintage);
    query_bind_text(q, 5, row->account_id);
    query_bind_int(q, 6, row->active);
    query_bind_int(q, 7, row->reserved);
    query_bind_int(q, 8, row->retired);
    query_bind_int(q, 9, row->exported);
    query_bind_int(q, 10, row->active_batches);
    query_bind_int(q, 11, row->reserved_batches);
    query_bind_int(q, 12, row->retired_batches);
    query_bind_int(q, 13, row->exported_batches);
    query_bind_int(q, 14, row->split_batches);
}

/* Runs it; *has_changed: it found its row. */
static bool run_change(struct query *q, bool *has_changed)
{
    bool good = query_run(q);
    *has_changed = good && query_changes(q) == 1;
    return good;
}

static void bind_delivered(struct query *q, const struct holding_row *row)
{
    query_bind_text(q, 1, row->org_id);
    query_bind_text(q, 2, row->delivery_id);
    query_bind_text(q, 3, row->project_id);
    query_bind_text(q, 4, row->account_id);
    query_bind_int(q, 5, row->active);
    query_bind_int(q, 6, row->reserved);
    query_bind_int(q, 7, row->retired);
}

static bool change_delivered(struct store *store, const struct holding_row *row)
{
    bool is_there = false;
    if (text_empty(row->delivery_id) || !text_is(row->org_id, row->buyer_org_id)) {
        return true;
    }
    struct query q = query(store, &ledger_totals_queries, T_DELIVERED);
    bind_delivered(&q, row);
    bool good = run_change(&q, &is_there);
    if (!good || is_there) {
        return good;
    }
    q = query(store, &ledger_totals_queries, T_DELIVERED_OPEN);
    bind_delivered(&q, row);
    return run_change(&q, &is_there);
}

/* The row is nearly always there; the first units of their kind open it. */
static bool change(struct store *store, const struct holding_row *row)
{
    bool is_there = false;
    struct query q = query(store, &ledger_totals_queries, T_CHANGE);
    bind_row(&q, row);
    bool good = run_change(&q, &is_there);
    if (good && !is_there) {
        q = query(store, &ledger_totals_queries, T_OPEN);
        bind_row(&q, row);
        good = run_change(&q, &is_there);
    }
    return good && change_delivered(store, row);
}

static bool add_year(struct store *store, const char *instrument, int64_t at, int64_t issued,
                     int64_t retired, int64_t retirements)
{
    struct query q = query(store, &ledger_totals_queries, T_YEAR);
    query_bind_text(&q, 1, instrument);
    query_bind_int(&q, 2, clock_year(at));
    query_bind_int(&q, 3, issued);
    query_bind_int(&q, 4, retired);
    query_bind_int(&q, 5, retirements);
    return query_run(&q);
}
