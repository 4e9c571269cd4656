/* store/holdings.c: see store/holdings.h. */
#include "store/holdings.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "store/query.h"
#include "store/rows.h"

enum {
    Q_BALANCES,
    Q_ACCOUNTS,
    Q_COUNT,
    Q_VINTAGES,
    Q_AVAILABLE,
    Q_BATCH,
    Q_LIST, /* and on: 2 for each enum holding_sort, ascending then descending */
    Q__COUNT = Q_LIST + 2 * HOLDING_SORT__COUNT
};

#define STATE "CASE WHEN b.reserved_by IS NOT NULL THEN 'reserved' ELSE b.state END"
#define SIZE "b.last - b.first + 1"

#define BATCH_COLUMNS                                                                              \
    "SELECT b.batch_id, p.pathway_code, p.country, p.short_code, b.vintage, b.first, b.last,"      \
    " b.project_id, p.name, p.instrument, b.supplier_org_id, s.name, b.account_id, a.name, " STATE \
    ", b.reserved_by, b.parent_id, b.left_id, b.right_id, b.delivery_id, d.delivered_at,"          \
    " b.received_by, b.received_at, b.issued_at"                                                   \
    " FROM batch b CROSS JOIN project p ON p.project_id = b.project_id"                            \
    " CROSS JOIN organisation s ON s.org_id = b.supplier_org_id"                                   \
    " CROSS JOIN account a ON a.account_id = b.account_id"                                         \
    " LEFT JOIN delivery d ON d.delivery_id = b.delivery_id"

/* ?1 organisation, then a filter each; NULL filters nothing. */
#define MATCHES                                                                                    \
    " WHERE b.org_id = ?1"                                                                         \
    " AND (?2 IS NULL OR b.supplier_org_id = ?2)"                                                  \
    " AND (?3 IS NULL OR b.project_id = ?3)"                                                       \
    " AND (?4 IS NULL OR b.vintage = ?4)"                                                          \
    " AND (?5 IS NULL OR b.account_id = ?5)"                                                       \
    " AND ((?6 IS NULL AND b.state <> 'split') OR ?6 = " STATE ")"

/* A keyset: the cursor is a batch, its place in the order is read from its row. ?7 cursor, ?8 most. */
#define LIST(key, sign, direction)                                                                 \
    BATCH_COLUMNS MATCHES " AND (?7 IS NULL OR (" key ", b.batch_id) " sign                        \
                          " (SELECT " key ", b.batch_id FROM batch b WHERE b.batch_id = ?7))"      \
                          " ORDER BY " key " " direction ", b.batch_id " direction " LIMIT ?8"

#define LIST_BY_SERIAL(sign, direction)                                                            \
    BATCH_COLUMNS MATCHES                                                                          \
        " AND (?7 IS NULL OR (p.short_code, b.vintage, b.first, b.batch_id) " sign                 \
        " (SELECT q.short_code, c.vintage, c.first, c.batch_id FROM batch c"                       \
        "  JOIN project q ON q.project_id = c.project_id WHERE c.batch_id = ?7))"                  \
        " ORDER BY p.short_code " direction ", b.vintage " direction ", b.first " direction        \
        ", b.batch_id " direction " LIMIT ?8"

static const char *const sql[Q__COUNT] = {
    [Q_BALANCES] =
        "SELECT b.supplier_org_id, s.name, b.project_id, p.name, p.instrument,"
        " sum(iif(b.state = 'active', " SIZE ", 0)),"
        " sum(iif(b.reserved_by IS NOT NULL, " SIZE ", 0)),"
        " sum(iif(b.state = 'active' AND b.reserved_by IS NULL AND a.kind = 'active'"
        "  AND b.account_id <> ?2, " SIZE ", 0)),"
        " sum(iif(b.state = 'retired', " SIZE ", 0)),"
        " sum(iif(b.state = 'exported', " SIZE ", 0))"
        " FROM batch b CROSS JOIN account a ON a.account_id = b.account_id"
        " CROSS JOIN project p ON p.project_id = b.project_id"
        " CROSS JOIN organisation s ON s.org_id = b.supplier_org_id"
        " WHERE b.org_id = ?1 AND b.state IN ('active', 'retired', 'exported')"
        " GROUP BY b.supplier_org_id, b.project_id"
        " ORDER BY s.name COLLATE NOCASE, b.supplier_org_id, p.instrument, p.name COLLATE NOCASE",
    [Q_ACCOUNTS] = "SELECT account_id, name, kind, is_main FROM account"
                   " WHERE org_id = ?1 AND state = 'open' AND (?2 IS NULL OR kind = ?2)"
                   " ORDER BY is_main DESC, name COLLATE NOCASE",
    [Q_COUNT] = "SELECT count(*) FROM batch b" MATCHES,
    [Q_VINTAGES] = "SELECT DISTINCT b.vintage FROM batch b"
                   " WHERE b.org_id = ?1 AND b.state IN ('active', 'retired', 'exported')"
                   " ORDER BY b.vintage DESC",
    [Q_AVAILABLE] = BATCH_COLUMNS
        " WHERE b.org_id = ?1 AND b.supplier_org_id = ?2 AND b.state = 'active'"
        " AND b.reserved_by IS NULL AND p.instrument = ?3 AND a.kind = 'active' AND b.account_id <> ?4"
        " ORDER BY b.received_at, b.received_by, b.issued_at, b.project_id, b.vintage, b.first"
        " LIMIT ?5",
    [Q_BATCH] = BATCH_COLUMNS " WHERE b.batch_id = ?1",
    [Q_LIST + 2 * HOLDING_BY_RECEIVED] = LIST("b.received_at", ">", "ASC"),
    [Q_LIST + 2 * HOLDING_BY_RECEIVED + 1] = LIST("b.received_at", "<", "DESC"),
    [Q_LIST + 2 * HOLDING_BY_ISSUED] = LIST("b.issued_at", ">", "ASC"),
    [Q_LIST + 2 * HOLDING_BY_ISSUED + 1] = LIST("b.issued_at", "<", "DESC"),
    [Q_LIST + 2 * HOLDING_BY_SIZE] = LIST(SIZE, ">", "ASC"),
    [Q_LIST + 2 * HOLDING_BY_SIZE + 1] = LIST(SIZE, "<", "DESC"),
    [Q_LIST + 2 * HOLDING_BY_SERIAL] = LIST_BY_SERIAL(">", "ASC"),
    [Q_LIST + 2 * HOLDING_BY_SERIAL + 1] = LIST_BY_SERIAL("<", "DESC"),
};

const struct query_table holdings_queries = {"holdings", sql, Q__COUNT};

static enum instrument instrument_column(struct query *q, int column);

/* Empty text is no filter: SQL NULL. */
static void bind_filter(struct query *q, int number, const char *text)
{
    query_bind_text(q, number, text_empty(text) ? NULL : text);
}

struct holding_balances holdings_balances(struct store *registry, struct arena *arena,
                                          const char *org_id, const char *except_account_id)
{
    struct query q = query(registry, &holdings_queries, Q_BALANCES);
    query_bind_text(&q, 1, org_id);
    query_bind_text(&q, 2, except_account_id);
    struct holding_balance *rows = NULL;
    size_t count = 0;
    while (query_row(&q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count++] = (struct holding_balance){
            .supplier_org_id = query_text(&q, arena, 0),
            .supplier_name = query_text(&q, arena, 1),
            .project_id = query_text(&q, arena, 2),
            .project_name = query_text(&q, arena, 3),
            .instrument = instrument_column(&q, 4),
            .active_units = query_int(&q, 5),
            .reserved_units = query_int(&q, 6),
            .available_units = query_int(&q, 7),
            .retired_units = query_int(&q, 8),
            .exported_units = query_int(&q, 9),
        };
    }
    query_end(&q);
    return (struct holding_balances){rows, count};
}

struct holding_balances holdings_by_supplier(struct arena *arena, struct holding_balances balances)
{
    struct holding_balance *rows = arena_array(arena, struct holding_balance, balances.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < balances.count; i++) {
        const struct holding_balance *one = &balances.at[i];
        struct holding_balance *last = count > 0 ? &rows[count - 1] : NULL;
        if (last == NULL || !text_is(last->supplier_org_id, one->supplier_org_id) ||
            last->instrument != one->instrument) {
            last = &rows[count++];
            last->supplier_org_id = one->supplier_org_id;
            last->supplier_name = one->supplier_name;
            last->project_id = "";
            last->project_name = "";
            last->instrument = one->instrument;
        }
        bool fits = quantity_add(last->active_units, one->active_units, &last->active_units);
        fits = quantity_add(last->reserved_units, one->reserved_units, &last->reserved_units) && fits;
        fits = quantity_add(last->available_units, one->available_units, &last->available_units) && fits;
        fits = quantity_add(last->retired_units, one->retired_units, &last->retired_units) && fits;
        fits = quantity_add(last->exported_units, one->exported_units, &last->exported_units) && fits;
        must(fits);
    }
    return (struct holding_balances){rows, count};
}

struct holding_accounts holdings_accounts(struct store *registry, struct arena *arena,
                                          const char *org_id, bool only_active)
{
    struct query q = query(registry, &holdings_queries, Q_ACCOUNTS);
    query_bind_text(&q, 1, org_id);
    query_bind_text(&q, 2, only_active ? "active" : NULL);
    struct holding_account *rows = NULL;
    size_t count = 0;
    while (query_row(&q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count++] = (struct holding_account){
            .account_id = query_text(&q, arena, 0),
            .name = query_text(&q, arena, 1),
            .kind = query_text(&q, arena, 2),
            .is_main = query_int(&q, 3) == 1,
        };
    }
    query_end(&q);
    return (struct holding_accounts){rows, count};
}

static enum instrument instrument_column(struct query *q, int column)
{
    char word[32];
    enum instrument instrument = INSTRUMENT_CARBON_REMOVAL;
    query_text_into(q, column, word, sizeof(word));
    must(instrument_from_word(word, &instrument)); /* the schema's CHECK allows no other */
    return instrument;
}

/* The row of BATCH_COLUMNS. */
static struct holding_batch read_batch(struct query *q, struct arena *arena)
{
    struct holding_batch batch = {
        .batch_id = query_text(q, arena, 0),
        .serial = {.vintage = (int)query_int(q, 4),
                   .first = query_int(q, 5),
                   .last = query_int(q, 6)},
        .project_id = query_text(q, arena, 7),
        .project_name = query_text(q, arena, 8),
        .instrument = instrument_column(q, 9),
        .supplier_org_id = query_text(q, arena, 10),
        .supplier_name = query_text(q, arena, 11),
        .account_id = query_text(q, arena, 12),
        .account_name = query_text(q, arena, 13),
        .state = query_text(q, arena, 14),
        .reserved_by = query_text(q, arena, 15),
        .parent_id = query_text(q, arena, 16),
        .left_id = query_text(q, arena, 17),
        .right_id = query_text(q, arena, 18),
        .delivery_id = query_text(q, arena, 19),
        .delivered_at = query_int(q, 20),
        .received_by = query_text(q, arena, 21),
        .received_at = query_int(q, 22),
        .issued_at = query_int(q, 23),
    };
    query_text_into(q, 1, batch.serial.pathway, sizeof(batch.serial.pathway));
    query_text_into(q, 2, batch.serial.country, sizeof(batch.serial.country));
    query_text_into(q, 3, batch.serial.project_code, sizeof(batch.serial.project_code));
    batch.units = serial_units(&batch.serial);
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
                                        const struct holding_filter *filter, enum holding_sort sort,
                                        bool descending, const char *after_id, size_t most)
{
    must(sort < HOLDING_SORT__COUNT);
    struct query q =
        query(registry, &holdings_queries, Q_LIST + 2 * (int)sort + (descending ? 1 : 0));
    bind_matches(&q, filter);
    bind_filter(&q, 7, after_id);
    query_bind_int(&q, 8, (int64_t)most);
    return read_batches(&q, arena);
}

int64_t holdings_count(struct store *registry, const struct holding_filter *filter)
{
    struct query q = query(registry, &holdings_queries, Q_COUNT);
    bind_matches(&q, filter);
    int64_t count = query_row(&q) ? query_int(&q, 0) : 0;
    query_end(&q);
    return count;
}

struct holding_vintages holdings_vintages(struct store *registry, struct arena *arena,
                                          const char *org_id)
{
    struct query q = query(registry, &holdings_queries, Q_VINTAGES);
    query_bind_text(&q, 1, org_id);
    int64_t *rows = NULL;
    size_t count = 0;
    while (query_row(&q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count++] = query_int(&q, 0);
    }
    query_end(&q);
    return (struct holding_vintages){rows, count};
}

struct holding_batches holdings_available(struct store *registry, struct arena *arena,
                                          const char *org_id, const char *supplier_org_id,
                                          enum instrument instrument, const char *except_account_id,
                                          size_t most)
{
    struct query q = query(registry, &holdings_queries, Q_AVAILABLE);
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
    struct query q = query(registry, &holdings_queries, Q_BATCH);
    query_bind_text(&q, 1, batch_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *batch = read_batch(&q, arena);
    }
    query_end(&q);
    return is_found;
}
