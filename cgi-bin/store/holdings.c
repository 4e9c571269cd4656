/* store/holdings.c: see store/holdings.h. */
#include "store/holdings.h"

#include <string.h>

#include "base/id.h"
#include "base/must.h"
#include "base/text.h"
#include "store/query.h"
#include "store/rows.h"

enum {
    Q_BALANCES,
    Q_VINTAGES,
    Q_ACCOUNTS,
    Q_COUNT,
    Q_AVAILABLE,
    Q_BATCH,
    Q_ALL,
    Q_LIST, /* and on: 2 for each enum holding_sort, ascending then descending */
    Q__COUNT = Q_LIST + 2 * HOLDING_SORT__COUNT
};

#define STATE "CASE WHEN b.reserved_by IS NOT NULL THEN 'reserved' ELSE b.state END"
#define SIZE "b.last - b.first + 1"

#define COLUMNS                                                                                    \
    "SELECT b.batch_id, p.pathway_code, p.country, p.short_code, b.vintage, b.first, b.last,"      \
    " b.project_id, p.name, p.instrument, b.supplier_org_id, s.name, b.account_id, a.name, " STATE \
    ", b.reserved_by, b.parent_id, b.left_id, b.right_id, b.delivery_id, d.delivered_at,"          \
    " b.received_by, b.received_at, b.issued_at"
#define JOINS                                                                                      \
    " CROSS JOIN project p ON p.project_id = b.project_id"                                         \
    " CROSS JOIN organisation s ON s.org_id = b.supplier_org_id"                                   \
    " CROSS JOIN account a ON a.account_id = b.account_id"                                         \
    " LEFT JOIN delivery d ON d.delivery_id = b.delivery_id"
#define BATCHES COLUMNS " FROM batch b" JOINS

/* ?2 to ?5 filter; NULL filters nothing. */
#define FILTERS                                                                                    \
    " AND (?2 IS NULL OR b.supplier_org_id = ?2)"                                                  \
    " AND (?3 IS NULL OR b.project_id = ?3)"                                                       \
    " AND (?4 IS NULL OR b.vintage = ?4)"                                                          \
    " AND (?5 IS NULL OR b.account_id = ?5)"
/* ?6 state; NULL: all but split. */
#define IN_STATE " AND ((?6 IS NULL AND b.state <> 'split') OR ?6 = " STATE ")"
#define MATCHES " WHERE b.org_id = ?1" FILTERS IN_STATE

/* First which batches, narrowly, then all there is to say about them. A keyset: the cursor is a
 * batch, its place in the order is read from its row. ?7 cursor, ?8 most. */
#define BEHIND(key, sign)                                                                          \
    " AND (?7 IS NULL OR (" key ", b.batch_id) " sign " (SELECT " key                              \
    ", b.batch_id FROM batch b WHERE b.batch_id = ?7))"
#define AROUND(inner, direction)                                                                   \
    COLUMNS " FROM (" inner " ORDER BY place " direction ", id " direction " LIMIT ?8) k"          \
            " CROSS JOIN batch b ON b.batch_id = k.id" JOINS " ORDER BY k.place " direction        \
            ", k.id " direction
#define LIST(key, sign, direction)                                                                 \
    AROUND("SELECT b.batch_id AS id, " key " AS place FROM batch b" MATCHES BEHIND(key, sign),     \
           direction)

/* By received-at: one walk along the index for each state, merged. */
/* Whether an arm is walked at all is known before its first row: a state that is not asked for
 * costs nothing, however many batches have it. */
#define ARM(state, asked, sign)                                                                    \
    "SELECT b.batch_id AS id, b.received_at AS place FROM batch b"                                 \
    " WHERE b.org_id = ?1 AND b.state = '" state "'" FILTERS asked BEHIND("b.received_at", sign)
#define IF_ASKED(state) " AND (?6 IS NULL OR ?6 = '" state "')"
#define LIST_BY_RECEIVED(sign, direction)                                                          \
    AROUND(                                                                                        \
        ARM("active", IN_STATE, sign) " UNION ALL " ARM(                                           \
            "retired", IF_ASKED("retired"),                                                        \
            sign) " UNION ALL " ARM("exported", IF_ASKED("exported"),                              \
                                    sign) " UNION ALL " ARM("cancelled", IF_ASKED("cancelled"),    \
                                                            sign) " UNION ALL " ARM("split",       \
                                                                                    " AND ?6 = "   \
                                                                                    "'split'",     \
                                                                                    sign),         \
        direction)

#define LIST_BY_SERIAL(sign, direction)                                                            \
    COLUMNS " FROM (SELECT b.batch_id AS id, p.short_code AS code, b.vintage AS year,"             \
            " b.first AS place FROM batch b CROSS JOIN project p ON p.project_id = "               \
            "b.project_id" MATCHES                                                                 \
            " AND (?7 IS NULL OR (p.short_code, b.vintage, b.first, b.batch_id) " sign             \
            " (SELECT q.short_code, c.vintage, c.first, c.batch_id FROM batch c"                   \
            "  JOIN project q ON q.project_id = c.project_id WHERE c.batch_id = ?7))"              \
            " ORDER BY code " direction ", year " direction ", place " direction ", id " direction \
            " LIMIT ?8) k CROSS JOIN batch b ON b.batch_id = k.id" JOINS                           \
            " ORDER BY k.code " direction ", k.year " direction ", k.place " direction             \
            ", k.id " direction

static const char *const sql[Q__COUNT] = {
    [Q_BALANCES] =
        "SELECT k.supplier_org_id, s.name, k.project_id, p.name, p.instrument, k.active,"
        " k.reserved, k.retired, k.exported, k.available FROM (SELECT supplier_org_id, project_id,"
        " sum(active) AS active, sum(reserved) AS reserved, sum(retired) AS retired,"
        " sum(exported) AS exported, sum(iif(account_id IN (SELECT account_id FROM account"
        "  WHERE org_id = ?1 AND kind = 'active') AND account_id IS NOT ?2, active - reserved, 0))"
        " AS available FROM holding WHERE org_id = ?1 GROUP BY supplier_org_id, project_id"
        " HAVING sum(active_batches + retired_batches + exported_batches) > 0) k"
        " CROSS JOIN project p ON p.project_id = k.project_id"
        " CROSS JOIN organisation s ON s.org_id = k.supplier_org_id"
        " ORDER BY s.name COLLATE NOCASE, k.supplier_org_id, p.instrument, p.name COLLATE NOCASE,"
        " k.project_id",
    [Q_VINTAGES] = "SELECT DISTINCT vintage FROM holding WHERE org_id = ?1"
                   " AND active_batches + retired_batches + exported_batches > 0"
                   " ORDER BY vintage DESC",
    [Q_ACCOUNTS] = "SELECT account_id, name, kind, is_main FROM account"
                   " WHERE org_id = ?1 AND state = 'open' AND (?2 IS NULL OR kind = ?2)"
                   " ORDER BY is_main DESC, name COLLATE NOCASE",
    [Q_COUNT] = "SELECT coalesce(sum(iif(?6 IS NULL, b.active_batches + b.retired_batches"
                " + b.exported_batches, 0) + iif(?6 = 'active', b.active_batches"
                " - b.reserved_batches, 0) + iif(?6 = 'reserved', b.reserved_batches, 0)"
                " + iif(?6 = 'retired', b.retired_batches, 0) + iif(?6 = 'exported',"
                " b.exported_batches, 0) + iif(?6 = 'split', b.split_batches, 0)), 0)"
                " FROM holding b WHERE b.org_id = ?1" FILTERS,
    [Q_AVAILABLE] = BATCHES
    " WHERE b.org_id = ?1 AND b.supplier_org_id = ?2 AND b.state = 'active'"
    " AND b.reserved_by IS NULL AND p.instrument = ?3 AND a.kind = 'active' AND b.account_id <> ?4"
    " ORDER BY b.received_at, b.received_by, b.issued_at, b.project_id, b.vintage, b.first"
    " LIMIT ?5",
    [Q_BATCH] = BATCHES " WHERE b.batch_id = ?1",
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

const struct query_table holdings_queries = {"holdings", sql, Q__COUNT};

static enum instrument instrument_column(struct query *q, int column);

/* Empty text is no filter: SQL NULL. */
static void bind_filter(struct query *q, int number, const char *text)
{
    query_bind_text(q, number, text_empty(text) ? NULL : text);
}

static void add(int64_t *sum, int64_t units)
{
    bool fits = quantity_add(*sum, units, sum);
    must(fits); /* QUANTITY_UNITS_MAX keeps sums of a registry inside an int64 */
}

struct holding_balances holdings_balances(struct store *registry, struct arena *arena,
                                          const char *org_id, const char *except_account_id)
{
    struct query q = query(registry, &holdings_queries, Q_BALANCES);
    query_bind_text(&q, 1, org_id);
    query_bind_text(&q, 2, except_account_id);
    struct holding_balance *rows = NULL;
    struct holding_balances balances = {.count = 0};
    while (query_row(&q)) {
        rows = rows_room(arena, rows, balances.count, sizeof(*rows));
        rows[balances.count++] = (struct holding_balance){
            .supplier_org_id = query_text(&q, arena, 0),
            .supplier_name = query_text(&q, arena, 1),
            .project_id = query_text(&q, arena, 2),
            .project_name = query_text(&q, arena, 3),
            .instrument = instrument_column(&q, 4),
            .active_units = query_int(&q, 5),
            .reserved_units = query_int(&q, 6),
            .retired_units = query_int(&q, 7),
            .exported_units = query_int(&q, 8),
            .available_units = query_int(&q, 9),
        };
    }
    query_end(&q);
    int64_t *vintages = NULL;
    q = query(registry, &holdings_queries, Q_VINTAGES);
    query_bind_text(&q, 1, org_id);
    while (query_row(&q)) {
        vintages = rows_room(arena, vintages, balances.vintage_count, sizeof(*vintages));
        vintages[balances.vintage_count++] = query_int(&q, 0);
    }
    query_end(&q);
    balances.at = rows;
    balances.vintages = vintages;
    return balances;
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
        add(&last->active_units, one->active_units);
        add(&last->reserved_units, one->reserved_units);
        add(&last->available_units, one->available_units);
        add(&last->retired_units, one->retired_units);
        add(&last->exported_units, one->exported_units);
    }
    balances.at = rows;
    balances.count = count;
    return balances;
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

struct holding_batches holdings_all(struct store *registry, struct arena *arena,
                                    const struct holding_filter *filter,
                                    const struct holding_batch *after, size_t most)
{
    struct query q = query(registry, &holdings_queries, Q_ALL);
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
