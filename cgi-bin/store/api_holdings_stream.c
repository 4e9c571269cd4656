/* store/api_holdings_stream.c: see store/api_holdings_stream.h. */
#include "store/api_holdings_stream.h"

#include "store/columns.h"
#include "store/rows.h"

enum {
    Q_PLACE,
    Q_ID,
    Q_ISSUANCE,
    Q_PROJECT,
    Q_TOTALS,
    Q_BENEFITS,
    Q_WALK, /* newest first, oldest first, for each stream */
    Q_COUNT = Q_WALK + 2 * STREAM__COUNT,
    Q__COUNT = Q_COUNT + STREAM__COUNT
};

/* ?1 organisation, ?2 supplier, ?3 project, ?4 issuance; ?5 and ?6 issued after and before;
 * ?7 to ?10 the place, ?11 most; ?12 delivery, ?13 order, ?14 retirement; ?15 states as bits; ?16
 * the place's row. NULL filters nothing. */
#define HELD "FROM batch b WHERE b.org_id = ?1 AND b.supplier_org_id = ?2"
#define FREE HELD " AND b.state = 'active' AND b.reserved_by IS NULL"
/* The state as a word of the statement: a parameter would have it planned anew at each use. */
#define ENDED(state) HELD " AND b.state = '" state "'"
#define RESERVED HELD " AND b.reserved_by IS NOT NULL"
/* A table of its own, which says all but the issuance and the row. */
#define BENEFIT "FROM benefit b WHERE b.org_id = ?1 AND b.supplier_org_id = ?2"
#define BENEFIT_OF                                                                                 \
    BENEFIT OF_PROJECT " AND (SELECT c.issuance_id FROM batch c"                                   \
                       " WHERE c.batch_id = b.batch_id) = ?4"
/* What there is to see of an act: the organisation's own, and what was retired on its behalf. */
#define OWN                                                                                        \
    " AND (b.org_id = ?1 OR (b.state = 'retired' AND EXISTS (SELECT 1 FROM retirement r"           \
    "  WHERE r.retirement_id = b.ended_by AND r.beneficiary_org_id = ?1)))"                        \
    " AND (?2 IS NULL OR b.supplier_org_id = ?2)"                                                  \
    " AND (?15 & CASE b.state WHEN 'active' THEN 1 WHEN 'split' THEN 2 WHEN 'retired' THEN 4"      \
    "  WHEN 'exported' THEN 8 ELSE 16 END) <> 0"                                                   \
    " AND (?12 IS NULL OR b.delivery_id = ?12)"                                                    \
    " AND (?13 IS NULL OR (SELECT d.order_id FROM delivery d"                                      \
    "  WHERE d.delivery_id = b.delivery_id) = ?13)"                                                \
    " AND (?14 IS NULL OR (b.state = 'retired' AND b.ended_by = ?14))"
#define DELIVERY "FROM batch b WHERE b.delivery_id = ?12" OWN
#define ORDER                                                                                      \
    "FROM delivery e CROSS JOIN batch b ON b.delivery_id = e.delivery_id"                          \
    " WHERE e.order_id = ?13" OWN
#define RETIREMENT                                                                                 \
    "FROM retirement_line l CROSS JOIN batch b ON b.batch_id = l.batch_id"                         \
    " WHERE l.retirement_id = ?14" OWN

#define OF_PROJECT " AND (?3 IS NULL OR b.project_id = ?3)"
#define OF_ISSUANCE OF_PROJECT " AND (?4 IS NULL OR b.issuance_id = ?4)"
#define SPOT(row) "SELECT b.issued_at, b.project_id, b.vintage, b.first, " row " "
#define ROW SPOT("b.rowid")
#define ROW_OF_BENEFIT SPOT("(SELECT c.rowid FROM batch c WHERE c.batch_id = b.batch_id)")
#define NEWEST(spot, from)                                                                         \
    spot from " AND b.issued_at > ?5"                                                              \
              " AND (b.issued_at, b.project_id, b.vintage, b.first) <= (?7, ?8, ?9, ?10)"          \
              " ORDER BY b.issued_at DESC, b.project_id DESC, b.vintage DESC, b.first DESC"        \
              " LIMIT ?11"
#define OLDEST(spot, from)                                                                         \
    spot from " AND b.issued_at < ?6"                                                              \
              " AND (b.issued_at, b.project_id, b.vintage, b.first) >= (?7, ?8, ?9, ?10)"          \
              " ORDER BY b.issued_at, b.project_id, b.vintage, b.first LIMIT ?11"
#define NEWEST_OF_MANY(from)                                                                       \
    ROW from " AND b.issued_at > ?5"                                                               \
             " AND (b.issued_at, b.project_id, b.vintage, b.first, b.rowid)"                       \
             " <= (?7, ?8, ?9, ?10, ?16) ORDER BY b.issued_at DESC, b.project_id DESC,"            \
             " b.vintage DESC, b.first DESC, b.rowid DESC LIMIT ?11"
#define OLDEST_OF_MANY(from)                                                                       \
    ROW from " AND b.issued_at < ?6"                                                               \
             " AND (b.issued_at, b.project_id, b.vintage, b.first, b.rowid)"                       \
             " >= (?7, ?8, ?9, ?10, ?16)"                                                          \
             " ORDER BY b.issued_at, b.project_id, b.vintage, b.first, b.rowid LIMIT ?11"
#define COUNT(from) "SELECT count(*) " from " AND b.issued_at > ?5 AND b.issued_at < ?6"
/* No two of these begin at the same serial … */
#define BY_SUPPLIER(stream, from)                                                                  \
    [Q_WALK + 2 * (stream)] = NEWEST(ROW, from), [Q_WALK + 2 * (stream) + 1] = OLDEST(ROW, from),  \
                  [Q_COUNT + (stream)] = COUNT(from)
#define BENEFITS(stream, from)                                                                     \
    [Q_WALK + 2 * (stream)] = NEWEST(ROW_OF_BENEFIT, from),                                        \
                  [Q_WALK + 2 * (stream) + 1] = OLDEST(ROW_OF_BENEFIT, from),                      \
                  [Q_COUNT + (stream)] = COUNT(from)
/* … but a whole and its left part, or batches in several states, do. */
#define OF_MANY(stream, from)                                                                      \
    [Q_WALK + 2 * (stream)] = NEWEST_OF_MANY(from),                                                \
                  [Q_WALK + 2 * (stream) + 1] = OLDEST_OF_MANY(from),                              \
                  [Q_COUNT + (stream)] = COUNT(from)

static const char *const sql[Q__COUNT] = {
    [Q_PLACE] = "SELECT b.issued_at, b.project_id, b.vintage, b.first, b.rowid FROM batch b"
                " WHERE b.batch_id = ?1",
    [Q_ID] = "SELECT batch_id FROM batch WHERE rowid = ?1",
    [Q_ISSUANCE] = "SELECT i.issued_at, i.project_id FROM issuance i WHERE i.issuance_id = ?1",
    [Q_PROJECT] = "SELECT org_id FROM project WHERE project_id = ?1",
    [Q_TOTALS] = "SELECT supplier_org_id, sum(active_batches), sum(reserved_batches),"
                 " sum(split_batches), sum(retired_batches), sum(exported_batches) FROM holding"
                 " WHERE org_id = ?1 AND (?2 IS NULL OR supplier_org_id = ?2)"
                 " AND (?3 IS NULL OR project_id = ?3) GROUP BY supplier_org_id",
    [Q_BENEFITS] = "SELECT supplier_org_id, sum(batches) FROM benefit_total"
                   " WHERE org_id = ?1 AND (?2 IS NULL OR supplier_org_id = ?2)"
                   " AND (?3 IS NULL OR project_id = ?3) GROUP BY supplier_org_id",
    BY_SUPPLIER(STREAM_FREE, FREE OF_PROJECT),
    BY_SUPPLIER(STREAM_RESERVED, RESERVED OF_PROJECT),
    BY_SUPPLIER(STREAM_RETIRED, ENDED("retired") OF_PROJECT),
    BY_SUPPLIER(STREAM_EXPORTED, ENDED("exported") OF_PROJECT),
    BY_SUPPLIER(STREAM_CANCELLED, ENDED("cancelled") OF_PROJECT),
    OF_MANY(STREAM_SPLIT, ENDED("split") OF_PROJECT),
    BENEFITS(STREAM_BENEFIT, BENEFIT OF_PROJECT),
    BY_SUPPLIER(STREAM_FREE_OF, FREE OF_ISSUANCE),
    BY_SUPPLIER(STREAM_RESERVED_OF, RESERVED OF_ISSUANCE),
    BY_SUPPLIER(STREAM_RETIRED_OF, ENDED("retired") OF_ISSUANCE),
    BY_SUPPLIER(STREAM_EXPORTED_OF, ENDED("exported") OF_ISSUANCE),
    BY_SUPPLIER(STREAM_CANCELLED_OF, ENDED("cancelled") OF_ISSUANCE),
    OF_MANY(STREAM_SPLIT_OF, ENDED("split") OF_ISSUANCE),
    BENEFITS(STREAM_BENEFIT_OF, BENEFIT_OF),
    OF_MANY(STREAM_DELIVERY, DELIVERY OF_ISSUANCE),
    OF_MANY(STREAM_ORDER, ORDER OF_ISSUANCE),
    OF_MANY(STREAM_RETIREMENT, RETIREMENT OF_ISSUANCE),
};

const struct query_table api_holdings_queries = {"api_holdings", sql, Q__COUNT};

static bool is_by_supplier(enum stream stream)
{
    return stream <= STREAM_BENEFIT_OF;
}

static void bind_filters(struct query *q, const struct stream_ask *ask, enum stream stream)
{
    const struct api_holding_filter *filter = ask->filter;
    must(!is_by_supplier(stream) || !text_empty(ask->supplier_org_id));
    query_bind_text(q, 1, filter->org_id);
    bind_filter(q, 2, ask->supplier_org_id);
    bind_filter(q, 3, filter->project_id);
    bind_filter(q, 4, filter->issuance_id);
    query_bind_int(q, 5, filter->issued_after == 0 ? INT64_MIN : filter->issued_after);
    query_bind_int(q, 6, filter->issued_before == 0 ? INT64_MAX : filter->issued_before);
    if (stream >= STREAM_DELIVERY) {
        bind_filter(q, 12, filter->delivery_id);
        bind_filter(q, 13, filter->order_id);
        bind_filter(q, 14, filter->retirement_id);
        query_bind_int(q, 15, (int64_t)filter->states);
    }
}

struct query stream_walk(const struct stream_ask *ask, enum stream stream)
{
    int number = Q_WALK + 2 * (int)stream + (ask->is_down ? 0 : 1);
    struct query q = query(ask->registry, &api_holdings_queries, number);
    bind_filters(&q, ask, stream);
    query_bind_int(&q, 7, ask->start.issued_at);
    query_bind_text(&q, 8, ask->start.project_id);
    query_bind_int(&q, 9, ask->start.vintage);
    query_bind_int(&q, 10, ask->start.first);
    query_bind_int(&q, 11, ask->most);
    if (!is_by_supplier(stream) || stream == STREAM_SPLIT || stream == STREAM_SPLIT_OF) {
        query_bind_int(&q, 16, ask->start.row);
    }
    return q;
}

struct spot stream_spot(struct query *q)
{
    struct spot spot = {.issued_at = query_int(q, 0),
                        .vintage = query_int(q, 2),
                        .first = query_int(q, 3),
                        .row = query_int(q, 4)};
    query_text_into(q, 1, spot.project_id, ID_SIZE);
    return spot;
}

int64_t stream_count(const struct stream_ask *ask, enum stream stream)
{
    struct query q = query(ask->registry, &api_holdings_queries, Q_COUNT + (int)stream);
    bind_filters(&q, ask, stream);
    return column_only(&q);
}

bool stream_place(struct store *registry, const char *batch_id, struct spot *place)
{
    struct query q = query(registry, &api_holdings_queries, Q_PLACE);
    query_bind_text(&q, 1, batch_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *place = stream_spot(&q);
    }
    query_end(&q);
    return is_found;
}

const char *stream_batch_id(struct store *registry, struct arena *arena, int64_t row)
{
    struct query q = query(registry, &api_holdings_queries, Q_ID);
    query_bind_int(&q, 1, row);
    const char *id = query_row(&q) ? query_text(&q, arena, 0) : "";
    query_end(&q);
    return id;
}

/* Sums of what the filter names, by supplier. */
static struct query query_sums(struct store *registry, int number,
                               const struct api_holding_filter *filter)
{
    struct query q = query(registry, &api_holdings_queries, number);
    query_bind_text(&q, 1, filter->org_id);
    bind_filter(&q, 2, filter->supplier_org_id);
    bind_filter(&q, 3, filter->project_id);
    return q;
}

struct stream_totals_list stream_totals(struct store *registry, struct arena *arena,
                                        const struct api_holding_filter *filter)
{
    struct stream_totals *rows = NULL;
    size_t count = 0;
    struct query q = query_sums(registry, Q_TOTALS, filter);
    while (query_row(&q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        struct stream_totals *row = &rows[count++];
        *row = (struct stream_totals){.active = 0};
        query_text_into(&q, 0, row->supplier_org_id, ID_SIZE);
        row->active = query_int(&q, 1);
        row->reserved = query_int(&q, 2);
        row->split = query_int(&q, 3);
        row->retired = query_int(&q, 4);
        row->exported = query_int(&q, 5);
    }
    query_end(&q);
    return (struct stream_totals_list){rows, count};
}

struct stream_totals_list stream_benefits(struct store *registry, struct arena *arena,
                                          const struct api_holding_filter *filter)
{
    struct stream_totals *rows = NULL;
    size_t count = 0;
    struct query q = query_sums(registry, Q_BENEFITS, filter);
    while (query_row(&q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count] = (struct stream_totals){.benefits = query_int(&q, 1)};
        query_text_into(&q, 0, rows[count++].supplier_org_id, ID_SIZE);
    }
    query_end(&q);
    return (struct stream_totals_list){rows, count};
}

bool stream_issuance(struct store *registry, struct arena *arena, const char *issuance_id,
                     int64_t *issued_at, const char **project_id)
{
    struct query q = query(registry, &api_holdings_queries, Q_ISSUANCE);
    query_bind_text(&q, 1, issuance_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *issued_at = query_int(&q, 0);
        *project_id = query_text(&q, arena, 1);
    }
    query_end(&q);
    return is_found;
}

const char *stream_supplier(struct store *registry, struct arena *arena, const char *project_id)
{
    struct query q = query(registry, &api_holdings_queries, Q_PROJECT);
    query_bind_text(&q, 1, project_id);
    const char *org_id = query_row(&q) ? query_text(&q, arena, 0) : "";
    query_end(&q);
    return org_id;
}
