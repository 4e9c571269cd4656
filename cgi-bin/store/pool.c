/* store/pool.c: see store/pool.h. */
#include "store/pool.h"

#include "store/columns.h"
#include "store/rows.h"
#include "store/walk.h"

enum {
    Q_ORGS,
    Q_SHARES,
    Q_SHARES_OF, /* one project */
    Q_STOCKS,
    Q_ONE, /* one for each kind of act … */
    Q_PLACE = Q_ONE + POOL_ACT__COUNT,
    Q_COUNT = Q_PLACE + POOL_ACT__COUNT,
    Q_WALK = Q_COUNT + POOL_ACT__COUNT, /* … and 2: ascending, descending */
    Q__COUNT = Q_WALK + 2 * POOL_ACT__COUNT
};

#define WALK_TEXTS 4

#define ANY "1 = 1"
#define BUFFERS "(SELECT org_id FROM organisation WHERE kind = 'buffer')"
/* Of ?1, a project. */
#define SUPPLIER "(SELECT q.org_id FROM project q WHERE q.project_id = ?1)"
/* clang-format off */
#define LEFT(lines, refunded, cancelled, where)                                                    \
    " UNION ALL SELECT b.project_id, b.vintage, 0, 0, 0, " refunded ", " cancelled ", 0"           \
    " FROM " lines " CROSS JOIN batch b ON b.batch_id = l.batch_id WHERE " where
#define SHARES(issued, held, refunds, cancellations, left)                                         \
    "SELECT k.project_id, p.name, p.org_id, s.name, p.instrument, k.vintage, sum(k.put),"          \
    " sum(k.held), sum(k.free), sum(k.refunded), sum(k.cancelled), sum(k.retired) FROM ("          \
    "SELECT i.project_id AS project_id, i.vintage AS vintage, i.buffer_units AS put, 0 AS held,"   \
    " 0 AS free, 0 AS refunded, 0 AS cancelled, 0 AS retired FROM issuance i"                      \
    " WHERE i.buffer_units > 0 AND " issued                                                        \
    " UNION ALL SELECT h.project_id, h.vintage, 0, h.active,"                                      \
    " iif(a.kind = 'reserve', h.active - h.reserved, 0), 0, 0, h.retired"                          \
    " FROM holding h CROSS JOIN account a ON a.account_id = h.account_id"                          \
    " WHERE h.org_id IN " BUFFERS " AND " held                                                     \
    LEFT(refunds, "l.units", "0", left)                                                            \
    LEFT(cancellations, "0", "l.units", left)                                                      \
    ") k CROSS JOIN project p ON p.project_id = k.project_id"                                      \
    " CROSS JOIN organisation s ON s.org_id = p.org_id"                                            \
    " GROUP BY k.project_id, k.vintage"                                                            \
    " HAVING sum(k.put + k.held + k.refunded + k.cancelled + k.retired) > 0"                       \
    " ORDER BY p.name COLLATE NOCASE, k.project_id, k.vintage"
/* clang-format on */

/* A refund's columns under the names that a cancellation has. */
#define ACT(table, id, org, supplier, notes, at)                                                   \
    "SELECT a." id ", a." org ", o.name, a." supplier ", s.name, coalesce(a.project_id, ''),"      \
    " coalesce(p.name, ''), a.instrument, a.units, a." notes ", a." at ","                         \
    " (SELECT count(*) FROM " table "_line l WHERE l." id " = a." id "),"                          \
    " a.note_redacted_at, a.note_redacted_reason"                                                  \
    " FROM " table " a CROSS JOIN organisation o ON o.org_id = a." org                             \
    " CROSS JOIN organisation s ON s.org_id = a." supplier                                         \
    " LEFT JOIN project p ON p.project_id = a.project_id WHERE a." id " = ?1"
#define REFUND(make) make("refund", "refund_id", "from_org_id", "to_org_id", "notes", "refunded_at")
#define CANCELLATION(make)                                                                         \
    make("cancellation", "cancellation_id", "org_id", "supplier_org_id", "reason", "cancelled_at")
#define PLACE(table, id, org, supplier, notes, at) "SELECT " at " FROM " table " WHERE " id " = ?1"
/* ?2 and ?3: from then until before then. */
#define COUNT(table, id, org, supplier, notes, at)                                                 \
    COUNT_OF("SELECT 1 FROM " table " WHERE " at " >= ?2 AND " at " < ?3")
/* ?6 and ?7: the place behind which the walk begins. */
#define WALK(table, id, org, supplier, notes, at, sign, direction)                                 \
    "SELECT a." id ", o.name || ' ' || s.name, coalesce(p.name, ''), a." notes ", a." id           \
    " FROM " table " a CROSS JOIN organisation o ON o.org_id = a." org                             \
    " CROSS JOIN organisation s ON s.org_id = a." supplier                                         \
    " LEFT JOIN project p ON p.project_id = a.project_id"                                          \
    " WHERE a." at " >= ?2 AND a." at " < ?3 AND (a." at ", a." id ") " sign " (?6, ?7)"           \
    " ORDER BY a." at " " direction ", a." id " " direction
#define WALK_UP(...) WALK(__VA_ARGS__, ">", "ASC")
#define WALK_DOWN(...) WALK(__VA_ARGS__, "<", "DESC")

static const char *const sql[Q__COUNT] = {
    [Q_ORGS] = "SELECT org_id, name FROM organisation WHERE kind = 'buffer'"
               " ORDER BY name COLLATE NOCASE, org_id",
    [Q_SHARES] = SHARES(ANY, ANY, "refund_line l", "cancellation_line l", ANY),
    [Q_SHARES_OF] =
        SHARES("i.project_id = ?1", "h.supplier_org_id = " SUPPLIER " AND h.project_id = ?1",
               "refund r CROSS JOIN refund_line l ON r.to_org_id = " SUPPLIER
               " AND l.refund_id = r.refund_id",
               "cancellation c CROSS JOIN cancellation_line l"
               " ON c.supplier_org_id = " SUPPLIER " AND l.cancellation_id = c.cancellation_id",
               "b.project_id = ?1"),
    [Q_STOCKS] = "SELECT k.project_id, p.name, p.org_id, s.name, p.instrument, k.held, k.free"
                 " FROM (SELECT h.project_id AS project_id, sum(h.active) AS held,"
                 " sum(h.active - h.reserved) AS free FROM holding h"
                 " CROSS JOIN account a ON a.account_id = h.account_id AND a.kind = 'reserve'"
                 " WHERE h.org_id = ?1 GROUP BY h.project_id HAVING sum(h.active) > 0) k"
                 " CROSS JOIN project p ON p.project_id = k.project_id"
                 " CROSS JOIN organisation s ON s.org_id = p.org_id"
                 " ORDER BY p.name COLLATE NOCASE, k.project_id",
    [Q_ONE + POOL_REFUND] = REFUND(ACT),
    [Q_ONE + POOL_CANCELLATION] = CANCELLATION(ACT),
    [Q_PLACE + POOL_REFUND] = REFUND(PLACE),
    [Q_PLACE + POOL_CANCELLATION] = CANCELLATION(PLACE),
    [Q_COUNT + POOL_REFUND] = REFUND(COUNT),
    [Q_COUNT + POOL_CANCELLATION] = CANCELLATION(COUNT),
    [Q_WALK + 2 * POOL_REFUND] = REFUND(WALK_UP),
    [Q_WALK + 2 * POOL_REFUND + 1] = REFUND(WALK_DOWN),
    [Q_WALK + 2 * POOL_CANCELLATION] = CANCELLATION(WALK_UP),
    [Q_WALK + 2 * POOL_CANCELLATION + 1] = CANCELLATION(WALK_DOWN),
};

const struct query_table pool_queries = {"pool", sql, Q__COUNT};

struct pool_orgs pool_orgs(struct store *registry, struct arena *arena)
{
    struct query q = query(registry, &pool_queries, Q_ORGS);
    struct pool_org *rows = NULL;
    size_t count = 0;
    while (query_row(&q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count++] = (struct pool_org){query_text(&q, arena, 0), query_text(&q, arena, 1)};
    }
    query_end(&q);
    return (struct pool_orgs){rows, count};
}

struct pool_shares pool_shares(struct store *registry, struct arena *arena, const char *project_id)
{
    struct query q =
        query(registry, &pool_queries, text_empty(project_id) ? Q_SHARES : Q_SHARES_OF);
    if (!text_empty(project_id)) {
        query_bind_text(&q, 1, project_id);
    }
    struct pool_share *rows = NULL;
    size_t count = 0;
    while (query_row(&q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count++] = (struct pool_share){
            .project_id = query_text(&q, arena, 0),
            .project = query_text(&q, arena, 1),
            .supplier_org_id = query_text(&q, arena, 2),
            .supplier = query_text(&q, arena, 3),
            .instrument = column_instrument(&q, 4),
            .vintage = query_int(&q, 5),
            .sums = {.put_units = query_int(&q, 6),
                     .held_units = query_int(&q, 7),
                     .free_units = query_int(&q, 8),
                     .refunded_units = query_int(&q, 9),
                     .cancelled_units = query_int(&q, 10),
                     .retired_units = query_int(&q, 11)},
        };
    }
    query_end(&q);
    return (struct pool_shares){rows, count};
}

static void add(int64_t *a, int64_t b)
{
    bool fits = quantity_add(*a, b, a);
    must(fits);
}

void pool_add(struct pool_sums *a, const struct pool_sums *b)
{
    add(&a->put_units, b->put_units);
    add(&a->held_units, b->held_units);
    add(&a->free_units, b->free_units);
    add(&a->refunded_units, b->refunded_units);
    add(&a->cancelled_units, b->cancelled_units);
    add(&a->retired_units, b->retired_units);
}

struct pool_stocks pool_stocks(struct store *registry, struct arena *arena, const char *org_id)
{
    struct query q = query(registry, &pool_queries, Q_STOCKS);
    query_bind_text(&q, 1, org_id);
    struct pool_stock *rows = NULL;
    size_t count = 0;
    while (query_row(&q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count++] = (struct pool_stock){
            .project_id = query_text(&q, arena, 0),
            .project = query_text(&q, arena, 1),
            .supplier_org_id = query_text(&q, arena, 2),
            .supplier = query_text(&q, arena, 3),
            .instrument = column_instrument(&q, 4),
            .held_units = query_int(&q, 5),
            .free_units = query_int(&q, 6),
        };
    }
    query_end(&q);
    return (struct pool_stocks){rows, count};
}

/* ---- refunds and cancellations ---- */

bool pool_act_find(struct store *registry, struct arena *arena, enum pool_act_kind kind,
                   const char *act_id, struct pool_act *act)
{
    must(kind < POOL_ACT__COUNT);
    struct query q = query(registry, &pool_queries, Q_ONE + (int)kind);
    query_bind_text(&q, 1, act_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *act = (struct pool_act){
            .act_id = query_text(&q, arena, 0),
            .org_id = query_text(&q, arena, 1),
            .org = query_text(&q, arena, 2),
            .supplier_org_id = query_text(&q, arena, 3),
            .supplier = query_text(&q, arena, 4),
            .project_id = query_text(&q, arena, 5),
            .project = query_text(&q, arena, 6),
            .instrument = column_instrument(&q, 7),
            .units = query_int(&q, 8),
            .notes = query_text(&q, arena, 9),
            .at = query_int(&q, 10),
            .block_count = query_int(&q, 11),
            .note_redacted = column_redaction(&q, arena, 12),
        };
    }
    query_end(&q);
    return is_found;
}

static void bind_time(struct query *q, const struct pool_filter *filter)
{
    query_bind_int(q, 2, filter->from_at);
    query_bind_int(q, 3, filter->until_at == 0 ? INT64_MAX : filter->until_at);
}

static struct query walk_from(struct store *registry, const struct pool_filter *filter,
                              bool descending, const struct place *place)
{
    must(filter->kind < POOL_ACT__COUNT);
    struct query q =
        query(registry, &pool_queries, Q_WALK + 2 * (int)filter->kind + (descending ? 1 : 0));
    bind_time(&q, filter);
    walk_bind(&q, place, false);
    return q;
}

struct pool_acts pool_acts_list(struct store *registry, struct arena *arena,
                                const struct pool_filter *filter, const struct window *window)
{
    struct query at = query(registry, &pool_queries, Q_PLACE + (int)filter->kind);
    query_bind_text(&at, 1, window->behind);
    struct place place = walk_place(&at, arena, window);

    struct fold_words words = walk_words(arena, filter->q);
    struct query q = walk_from(registry, filter, window->descending, &place);
    struct ids ids = walk_take(&q, arena, &words, WALK_TEXTS, window->most);
    struct pool_act *rows = arena_array(arena, struct pool_act, ids.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < ids.count; i++) {
        count += pool_act_find(registry, arena, filter->kind, ids.at[i], &rows[count]) ? 1 : 0;
    }
    return (struct pool_acts){rows, count};
}

int64_t pool_acts_count(struct store *registry, struct arena *arena,
                        const struct pool_filter *filter)
{
    struct fold_words words = walk_words(arena, filter->q);
    if (words.count > 0) {
        struct place start = walk_start(true);
        struct query q = walk_from(registry, filter, true, &start);
        return walk_count(&q, arena, &words, WALK_TEXTS);
    }
    struct query q = query(registry, &pool_queries, Q_COUNT + (int)filter->kind);
    bind_time(&q, filter);
    return column_counted(&q);
}
