/* store/ledger_units.c: see store/ledger_facts.h. Batches, transfers, orders. */
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "store/columns.h"
#include "store/ledger_facts.h"
#include "store/query.h"
#include "store/rows.h"

/* CROSS JOIN keeps SQLite to this order: batches by their index, the rest by primary key. */
#define BATCH_COLUMNS                                                                              \
    "SELECT b.batch_id, b.project_id, b.supplier_org_id, b.org_id, b.account_id, b.delivery_id,"   \
    " p.instrument, a.kind, b.state, b.reserved_by IS NOT NULL, b.vintage, b.first, b.last,"       \
    " b.issued_at, b.received_at, b.made_at"                                                       \
    " FROM batch b CROSS JOIN account a ON a.account_id = b.account_id"                            \
    " CROSS JOIN project p ON p.project_id = b.project_id "
#define FREE_FILTER                                                                                \
    " AND b.state = 'active' AND b.reserved_by IS NULL AND a.kind = ?7 AND a.state = 'open'"       \
    " AND (?3 IS NULL OR b.project_id = ?3) AND (?4 IS NULL OR b.account_id = ?4)"                 \
    " AND (?5 IS NULL OR b.account_id <> ?5) AND (?6 IS NULL OR p.instrument = ?6)"                \
    " AND (?8 IS NULL OR b.vintage = ?8) AND (?9 IS NULL OR EXISTS (SELECT 1 FROM delivery d"      \
    " WHERE d.delivery_id = b.delivery_id AND d.order_id = ?9))"                                   \
    " ORDER BY b.issued_at, b.project_id, b.vintage, b.first"

enum { U_BATCH, U_FREE_OF_SUPPLIER, U_FREE_OF_ANY, U_ORDER, U_TRANSFER, U_LINES, U_DUE, U__COUNT };

static const char *const units_sql[U__COUNT] = {
    [U_BATCH] = BATCH_COLUMNS "WHERE b.batch_id = ?1",
    [U_FREE_OF_SUPPLIER] =
        BATCH_COLUMNS "WHERE b.org_id = ?1 AND b.supplier_org_id = ?2" FREE_FILTER,
    [U_FREE_OF_ANY] = BATCH_COLUMNS "WHERE b.org_id = ?1 AND ?2 IS NULL" FREE_FILTER,
    [U_ORDER] =
        "SELECT order_id, supplier_org_id, buyer_org_id, units, delivered_units, ordered_at,"
        " buyer_agreed, instrument FROM buyer_order WHERE order_id = ?1",
    [U_TRANSFER] =
        "SELECT transfer_id, kind, state, from_org_id, to_org_id, to_account_id, instrument,"
        " units, needs_approval, needs_registry_approval, submitted_by, submitted_at,"
        " approved_by, approved_at, approval_comment, registry_approved_by, registry_approved_at,"
        " registry_comment, expires_at, ended_by, ended_at, end_reason, notes <> '',"
        " note_redacted_at IS NOT NULL FROM transfer WHERE transfer_id = ?1",
    [U_LINES] =
        "SELECT l.batch_id, b.project_id, b.vintage, l.units FROM transfer_line l"
        " CROSS JOIN batch b ON b.batch_id = l.batch_id WHERE l.transfer_id = ?1 ORDER BY l.line",
    [U_DUE] = "SELECT transfer_id FROM transfer WHERE ended_at IS NULL AND expires_at <= ?1"
              " ORDER BY expires_at, transfer_id LIMIT ?2",
};
const struct query_table ledger_units_queries = {"ledger_units", units_sql, U__COUNT};

static struct ledger_batch batch_of(struct query *query);
static void copy(struct query *query, int column, char id[ID_SIZE]);
static void read_approvals(struct query *query, struct arena *arena, struct ledger_transfer *row);

struct ledger_batch ledger_batch_read(struct store *store, const char *batch_id)
{
    struct ledger_batch batch = {0};
    struct query q = query(store, &ledger_units_queries, U_BATCH);
    query_bind_text(&q, 1, batch_id);
    if (query_row(&q)) {
        batch = batch_of(&q);
    }
    query_end(&q);
    return batch;
}

struct ledger_free ledger_free_read(struct store *store, struct arena *arena,
                                    const struct ledger_free_filter *filter, int64_t units_wanted,
                                    size_t max)
{
    must(units_wanted > 0 && max > 0);
    struct ledger_free found = {0};
    struct ledger_batch *batches = NULL;
    bool of_supplier = !text_empty(filter->supplier_org_id);
    struct query q =
        query(store, &ledger_units_queries, of_supplier ? U_FREE_OF_SUPPLIER : U_FREE_OF_ANY);
    query_bind_text(&q, 1, filter->org_id);
    query_bind_text(&q, 2, or_null(filter->supplier_org_id));
    query_bind_text(&q, 3, or_null(filter->project_id));
    query_bind_text(&q, 4, or_null(filter->account_id));
    query_bind_text(&q, 5, or_null(filter->but_account_id));
    query_bind_text(&q, 6, or_null(filter->instrument));
    query_bind_text(&q, 7, account_kind_word(filter->account_kind));
    if (filter->vintage != 0) {
        query_bind_int(&q, 8, filter->vintage);
    }
    query_bind_text(&q, 9, or_null(filter->order_id));
    while (found.units < units_wanted && query_row(&q)) {
        if (found.count == max) {
            found.is_cut = true;
            break;
        }
        batches = rows_room(arena, batches, found.count, sizeof(*batches));
        batches[found.count] = batch_of(&q);
        /* Within one project and vintage serials end at QUANTITY_UNITS_MAX, so 4,096 batches cannot
         * overflow. */
        must(quantity_add(found.units, batches[found.count].last - batches[found.count].first + 1,
                          &found.units));
        found.count++;
    }
    query_end(&q);
    found.batches = batches;
    return found;
}

struct ledger_order ledger_order_read(struct store *store, const char *order_id)
{
    struct ledger_order order = {0};
    struct query q = query(store, &ledger_units_queries, U_ORDER);
    query_bind_text(&q, 1, order_id);
    if (query_row(&q)) {
        order.found = true;
        copy(&q, 0, order.order_id);
        copy(&q, 1, order.supplier_org_id);
        copy(&q, 2, order.buyer_org_id);
        order.units = query_int(&q, 3);
        order.delivered_units = query_int(&q, 4);
        order.ordered_at = query_int(&q, 5);
        order.buyer_agreed = query_int(&q, 6) != 0;
        order.instrument = column_instrument(&q, 7);
    }
    query_end(&q);
    return order;
}

struct ledger_transfer ledger_transfer_read(struct store *store, struct arena *arena,
                                            const char *transfer_id)
{
    struct ledger_transfer row = {.approval_comment = "", .registry_comment = "", .end_reason = ""};
    struct query q = query(store, &ledger_units_queries, U_TRANSFER);
    query_bind_text(&q, 1, transfer_id);
    if (query_row(&q)) {
        row.found = true;
        copy(&q, 0, row.transfer_id);
        must(transfer_kind_from_word(query_text(&q, arena, 1), &row.kind));
        must(transfer_state_from_word(query_text(&q, arena, 2), &row.state));
        copy(&q, 3, row.from_org_id);
        copy(&q, 4, row.to_org_id);
        copy(&q, 5, row.to_account_id);
        row.instrument = column_instrument(&q, 6);
        row.units = query_int(&q, 7);
        read_approvals(&q, arena, &row);
        row.expires_at = query_int(&q, 18);
        copy(&q, 19, row.ended_by);
        row.has_ended = !query_is_null(&q, 20);
        row.ended_at = query_int(&q, 20);
        row.end_reason = query_text(&q, arena, 21);
        row.has_note = query_int(&q, 22) != 0;
        row.note_is_redacted = query_int(&q, 23) != 0;
    }
    query_end(&q);
    return row;
}

static void read_approvals(struct query *query, struct arena *arena, struct ledger_transfer *row)
{
    row->needs_approval = query_int(query, 8) != 0;
    row->needs_registry_approval = query_int(query, 9) != 0;
    copy(query, 10, row->submitted_by);
    row->submitted_at = query_int(query, 11);
    row->is_approved = !query_is_null(query, 13);
    copy(query, 12, row->approved_by);
    row->approved_at = query_int(query, 13);
    row->approval_comment = query_text(query, arena, 14);
    row->is_registry_approved = !query_is_null(query, 16);
    copy(query, 15, row->registry_approved_by);
    row->registry_approved_at = query_int(query, 16);
    row->registry_comment = query_text(query, arena, 17);
}

size_t ledger_lines_read(struct store *store, struct arena *arena, const char *transfer_id,
                         const struct ledger_line **lines)
{
    struct ledger_line *rows = NULL;
    size_t count = 0;
    struct query q = query(store, &ledger_units_queries, U_LINES);
    query_bind_text(&q, 1, transfer_id);
    while (query_row(&q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        copy(&q, 0, rows[count].batch_id);
        copy(&q, 1, rows[count].project_id);
        rows[count].vintage = (int32_t)query_int(&q, 2);
        rows[count].units = query_int(&q, 3);
        count++;
    }
    query_end(&q);
    *lines = rows;
    return count;
}

size_t ledger_due_read(struct store *store, struct arena *arena, int64_t at, size_t max,
                       const char ***transfer_ids)
{
    const char **ids = arena_array(arena, const char *, max);
    size_t count = 0;
    struct query q = query(store, &ledger_units_queries, U_DUE);
    query_bind_int(&q, 1, at);
    query_bind_int(&q, 2, (int64_t)max);
    while (count < max && query_row(&q)) {
        ids[count++] = query_text(&q, arena, 0);
    }
    query_end(&q);
    *transfer_ids = ids;
    return count;
}

static struct ledger_batch batch_of(struct query *query)
{
    struct ledger_batch batch = {.found = true};
    char word[32];
    copy(query, 0, batch.batch_id);
    copy(query, 1, batch.project_id);
    copy(query, 2, batch.supplier_org_id);
    copy(query, 3, batch.org_id);
    copy(query, 4, batch.account_id);
    copy(query, 5, batch.delivery_id);
    batch.instrument = column_instrument(query, 6);
    query_text_into(query, 7, word, sizeof(word));
    must(account_kind_from_word(word, &batch.account_kind));
    query_text_into(query, 8, word, sizeof(word));
    must(batch_state_from_word(word, &batch.state));
    batch.is_reserved = query_int(query, 9) != 0;
    batch.vintage = (int32_t)query_int(query, 10);
    batch.first = query_int(query, 11);
    batch.last = query_int(query, 12);
    batch.issued_at = query_int(query, 13);
    batch.received_at = query_int(query, 14);
    batch.made_at = query_int(query, 15);
    return batch;
}

static void copy(struct query *query, int column, char id[ID_SIZE])
{
    query_text_into(query, column, id, ID_SIZE);
}
