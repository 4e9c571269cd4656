/* store/holding_batches.c: see store/holdings.h. The batches of one organisation, as lists. */
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "store/columns.h"
#include "store/holdings.h"
#include "store/query.h"
#include "store/rows.h"

enum {
    Q_AVAILABLE,
    Q_BATCH,
    Q_COUNT,
    Q_ALL,
    Q_LIST, /* and on: 2 for each enum holding_sort, ascending then descending */
    Q__COUNT = Q_LIST + 2 * HOLDING_SORT__COUNT
};

#define STATE "CASE WHEN b.reserved_by IS NOT NULL THEN 'reserved' ELSE b.state END"
#define SIZE "b.last - b.first + 1"

/* A batch without the names of what it is of. */
#define COLUMNS                                                                                    \
    "SELECT b.batch_id, b.received_at, b.vintage, b.first, b.last, b.project_id,"                  \
    " b.supplier_org_id, b.account_id, " STATE ", b.reserved_by, b.parent_id, b.left_id,"          \
    " b.right_id, b.delivery_id, b.received_by, b.issued_at, b.ended_by"
#define BATCHES                                                                                    \
    COLUMNS ", s.name, p.name, p.instrument, p.pathway_code, p.country, p.short_code, a.name"      \
            " FROM batch b"                                                                        \
            " CROSS JOIN project p ON p.project_id = b.project_id"                                 \
            " CROSS JOIN organisation s ON s.org_id = b.supplier_org_id"                           \
            " CROSS JOIN account a ON a.account_id = b.account_id"

/* ?2 to ?5 filter; NULL filters nothing. */
#define FILTERS                                                                                    \
    " AND (?2 IS NULL OR b.supplier_org_id = ?2)"                                                  \
    " AND (?3 IS NULL OR b.project_id = ?3)"                                                       \
    " AND (?4 IS NULL OR b.vintage = ?4)"                                                          \
    " AND (?5 IS NULL OR b.account_id = ?5)"
/* ?6 state; NULL: all but split. */
#define IN_STATE " AND ((?6 IS NULL AND b.state <> 'split') OR ?6 = " STATE ")"
#define MATCHES " WHERE b.org_id = ?1" FILTERS IN_STATE

/* clang-format off */
/* A keyset: the cursor is a batch, its place is read from its row. ?7 cursor, ?8 most. */
#define BEHIND(key, sign)                                                                          \
    " AND (?7 IS NULL OR (" key ", b.batch_id) " sign                                              \
    " (SELECT " key ", b.batch_id FROM batch b WHERE b.batch_id = ?7))"
/* First which batches, narrowly, then their rows. */
#define LIST(key, sign, direction)                                                                 \
    COLUMNS " FROM (SELECT b.batch_id AS id, " key " AS place FROM batch b"                        \
    MATCHES BEHIND(key, sign)                                                                      \
    " ORDER BY place " direction ", id " direction " LIMIT ?8) k"                                  \
    " CROSS JOIN batch b ON b.batch_id = k.id"                                                     \
    " ORDER BY k.place " direction ", k.id " direction

/* By received-at: one walk along the index for each state, merged, and no further than the rows
 * that are wanted. Whether an arm is walked at all is known before its first row: a state that is
 * not asked for costs nothing, however many batches have it. */
#define ARM(state, asked, sign)                                                                    \
    COLUMNS " FROM batch b WHERE b.org_id = ?1 AND b.state = '" state "'"                          \
    FILTERS asked BEHIND("b.received_at", sign)
#define IF_ASKED(state) " AND (?6 IS NULL OR ?6 = '" state "')"
#define LIST_BY_RECEIVED(sign, direction)                                                          \
    ARM("active", IN_STATE, sign)                                                                  \
    " UNION ALL " ARM("retired", IF_ASKED("retired"), sign)                                        \
    " UNION ALL " ARM("exported", IF_ASKED("exported"), sign)                                      \
    " UNION ALL " ARM("cancelled", IF_ASKED("cancelled"), sign)                                    \
    " UNION ALL " ARM("split", " AND ?6 = 'split'", sign)                                          \
    " ORDER BY 2 " direction ", 1 " direction " LIMIT ?8"

#define LIST_BY_SERIAL(sign, direction)                                                            \
    COLUMNS " FROM (SELECT b.batch_id AS id, p.short_code AS code, b.vintage AS year,"             \
    " b.first AS place FROM batch b"                                                               \
    " CROSS JOIN project p ON p.project_id = b.project_id"                                         \
    MATCHES " AND (?7 IS NULL OR (p.short_code, b.vintage, b.first, b.batch_id) " sign             \
    " (SELECT q.short_code, c.vintage, c.first, c.batch_id FROM batch c"                           \
    "  JOIN project q ON q.project_id = c.project_id WHERE c.batch_id = ?7))"                      \
    " ORDER BY code " direction ", year " direction ", place " direction ", id " direction         \
    " LIMIT ?8) k CROSS JOIN batch b ON b.batch_id = k.id"                                         \
    " ORDER BY k.code " direction ", k.year " direction ", k.place " direction                     \
    ", k.id " direction
/* clang-format on */

static const char *const sql[Q__COUNT] = {
    [Q_AVAILABLE] = BATCHES
    " WHERE b.org_id = ?1 AND b.supplier_org_id = ?2 AND b.state = 'active'"
    " AND b.reserved_by IS NULL AND p.instrument = ?3 AND a.kind = 'active' AND b.account_id <> ?4"
    " ORDER BY b.received_at, b.received_by, b.issued_at, b.project_id, b.vintage, b.first"
    " LIMIT ?5",
    [Q_BATCH] = BATCHES " WHERE b.batch_id = ?1",
    /* The running totals of what MATCHES. */
    [Q_COUNT] = "SELECT coalesce(sum(CASE ?6 WHEN 'active' THEN b.active_batches -"
                " b.reserved_batches WHEN 'reserved' THEN b.reserved_batches"
                " WHEN 'retired' THEN b.retired_batches WHEN 'exported' THEN b.exported_batches"
                " WHEN 'split' THEN b.split_batches WHEN 'cancelled' THEN 0"
                " ELSE b.active_batches + b.retired_batches + b.exported_batches END), 0)"
                " FROM holding b WHERE b.org_id = ?1" FILTERS,
    /* ?7 to ?9: state, received-at and id of the last one read. */
    [Q_ALL] = BATCHES MATCHES " AND (b.state, b.received_at, b.batch_id) > (?7, ?8, ?9)"
                              " ORDER BY b.state, b.received_at, b.batch_id LIMIT ?10",
    [Q_LIST + 2 * HOLDING_BY_RECEIVED] = LIST_BY_RECEIVED(">", "ASC"),
    [Q_LIST + 2 * HOLDING_BY_RECEIVED + 1] = LIST_BY_RECEIVED("<", "DESC"),
    [Q_LIST + 2 * HOLDING_BY_ISSUED] = LIST("b.issued_at", ">", "ASC"),
    [Q_LIST + 2 * HOLDING_BY_ISSUED + 1] = LIST("b.issued_at", "<", "DESC"),
    [Q_LIST + 2 * HOLDING_BY_SIZE] = LIST(SIZE, ">", "ASC"),
    [Q_LIST + 2 * HOLDING_BY_SIZE + 1] = LIST(SIZE, "<", "DESC"),
    [Q_LIST + 2 * HOLDING_BY_SERIAL] = LIST_BY_SERIAL(">", "ASC"),
    [Q_LIST + 2 * HOLDING_BY_SERIAL + 1] = LIST_BY_SERIAL("<", "DESC"),
};

const struct query_table holding_batches_queries = {"holding_batches", sql, Q__COUNT};

/* The row of COLUMNS: what the names are for is still empty. */
static struct holding_batch read_row(struct query *q, struct arena *arena)
{
    struct holding_batch batch = {
        .batch_id = query_text(q, arena, 0),
        .received_at = query_int(q, 1),
        .serial = {.vintage = (int)query_int(q, 2),
                   .first = query_int(q, 3),
                   .last = query_int(q, 4)},
        .project_id = query_text(q, arena, 5),
        .supplier_org_id = query_text(q, arena, 6),
        .account_id = query_text(q, arena, 7),
        .state = query_text(q, arena, 8),
        .reserved_by = query_text(q, arena, 9),
        .parent_id = query_text(q, arena, 10),
        .left_id = query_text(q, arena, 11),
        .right_id = query_text(q, arena, 12),
        .delivery_id = query_text(q, arena, 13),
        .received_by = query_text(q, arena, 14),
        .issued_at = query_int(q, 15),
        .ended_by = query_text(q, arena, 16),
    };
    batch.units = serial_units(&batch.serial);
    return batch;
}

/* The row of BATCHES. */
static struct holding_batch read_batch(struct query *q, struct arena *arena)
{
    struct holding_batch batch = read_row(q, arena);
    batch.supplier_name = query_text(q, arena, 17);
    batch.project_name = query_text(q, arena, 18);
    batch.instrument = column_instrument(q, 19);
    query_text_into(q, 20, batch.serial.pathway, sizeof(batch.serial.pathway));
    query_text_into(q, 21, batch.serial.country, sizeof(batch.serial.country));
    query_text_into(q, 22, batch.serial.project_code, sizeof(batch.serial.project_code));
    batch.account_name = query_text(q, arena, 23);
    return batch;
}

static struct holding_batches read_batches(struct query *q, struct arena *arena)
{
    struct holding_batch *rows = NULL;
    size_t count = 0;
    while (query_row(q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count++] = read_batch(q, arena);
    }
    query_end(q);
    return (struct holding_batches){rows, count};
}

/* The names of a batch from what was read about its holder; false when they are not there: all that
 * the holder had of it is cut, or the account is closed. */
static bool name_batch(const struct holding_balances *balances,
                       const struct holding_accounts *accounts, struct holding_batch *batch)
{
    bool is_named = false;
    for (size_t i = 0; i < balances->count && !is_named; i++) {
        const struct holding_balance *one = &balances->at[i];
        if (text_is(one->project_id, batch->project_id) &&
            text_is(one->supplier_org_id, batch->supplier_org_id)) {
            struct serial serial = one->serial;
            serial.vintage = batch->serial.vintage;
            serial.first = batch->serial.first;
            serial.last = batch->serial.last;
            batch->serial = serial;
            batch->supplier_name = one->supplier_name;
            batch->project_name = one->project_name;
            batch->instrument = one->instrument;
            is_named = true;
        }
    }
    for (size_t i = 0; i < accounts->count && is_named; i++) {
        if (text_is(accounts->at[i].account_id, batch->account_id)) {
            batch->account_name = accounts->at[i].name;
            return true;
        }
    }
    return false;
}

static void bind_matches(struct query *q, const struct holding_filter *filter)
{
    query_bind_text(q, 1, filter->org_id);
    bind_filter(q, 2, filter->supplier_org_id);
    bind_filter(q, 3, filter->project_id);
    if (filter->vintage != 0) {
        query_bind_int(q, 4, filter->vintage);
    }
    bind_filter(q, 5, filter->account_id);
    bind_filter(q, 6, filter->state);
}

struct holding_batches holdings_batches(struct store *registry, struct arena *arena,
                                        const struct holding_names *names,
                                        const struct holding_filter *filter, enum holding_sort sort,
                                        bool descending, const char *after_id, size_t most)
{
    must(sort < HOLDING_SORT__COUNT);
    struct query q =
        query(registry, &holding_batches_queries, Q_LIST + 2 * (int)sort + (descending ? 1 : 0));
    bind_matches(&q, filter);
    bind_filter(&q, 7, after_id);
    query_bind_int(&q, 8, (int64_t)most);
    struct holding_batch *rows = NULL;
    size_t count = 0;
    while (query_row(&q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count] = read_row(&q, arena);
        if (name_batch(&names->balances, &names->accounts, &rows[count]) ||
            holdings_batch(registry, arena, rows[count].batch_id, &rows[count])) {
            count++;
        }
    }
    query_end(&q);
    return (struct holding_batches){rows, count};
}

int64_t holdings_count(struct store *registry, const struct holding_filter *filter)
{
    struct query q = query(registry, &holding_batches_queries, Q_COUNT);
    bind_matches(&q, filter);
    return column_only(&q);
}

struct holding_batches holdings_all(struct store *registry, struct arena *arena,
                                    const struct holding_filter *filter,
                                    const struct holding_batch *after, size_t most)
{
    struct query q = query(registry, &holding_batches_queries, Q_ALL);
    bind_matches(&q, filter);
    bool is_held = after != NULL && text_is(after->state, "reserved");
    query_bind_text(&q, 7, after == NULL ? "" : is_held ? "active" : after->state);
    query_bind_int(&q, 8, after == NULL ? 0 : after->received_at);
    query_bind_text(&q, 9, after == NULL ? "" : after->batch_id);
    query_bind_int(&q, 10, (int64_t)most);
    return read_batches(&q, arena);
}

struct holding_batches holdings_available(struct store *registry, struct arena *arena,
                                          const char *org_id, const char *supplier_org_id,
                                          enum instrument instrument, const char *except_account_id,
                                          size_t most)
{
    struct query q = query(registry, &holding_batches_queries, Q_AVAILABLE);
    query_bind_text(&q, 1, org_id);
    query_bind_text(&q, 2, supplier_org_id);
    query_bind_text(&q, 3, instrument_word(instrument));
    query_bind_text(&q, 4, except_account_id);
    query_bind_int(&q, 5, (int64_t)most);
    return read_batches(&q, arena);
}

bool holdings_batch(struct store *registry, struct arena *arena, const char *batch_id,
                    struct holding_batch *batch)
{
    struct query q = query(registry, &holding_batches_queries, Q_BATCH);
    query_bind_text(&q, 1, batch_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *batch = read_batch(&q, arena);
    }
    query_end(&q);
    return is_found;
}
