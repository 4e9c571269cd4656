/* store/public_transfers.c: see store/public_transfers.h. */
#include "store/public_transfers.h"

#include "store/columns.h"
#include "store/rows.h"
#include "store/walk.h"

enum {
    Q_ONE,
    Q_CORRECTIONS,
    Q_COUNT_ALL,
    Q_COUNT,
    Q_COUNT_ORG,
    Q_PLACE, /* one for each sort */
    /* 2 for each sort: ascending, descending */
    Q_WALK = Q_PLACE + PUBLIC_TRANSFER_SORT__COUNT,
    Q_WALK_ORG = Q_WALK + 2 * PUBLIC_TRANSFER_SORT__COUNT, /* by time */
    Q_WALK_SUPPLIER = Q_WALK_ORG + 2,                      /* by time */
    /* the same as Q_WALK and on, without words: whole pages */
    Q_PAGE = Q_WALK_SUPPLIER + 2,
    Q_PAGE_ORG = Q_PAGE + (Q_WALK_ORG - Q_WALK),
    Q_PAGE_SUPPLIER = Q_PAGE + (Q_WALK_SUPPLIER - Q_WALK),
    Q__COUNT = Q_PAGE_SUPPLIER + 2
};

/* where words are looked for: both names, the other system and its party, the note */
#define WALK_TEXTS 5

#define NOTE "iif(t.note_redacted_at IS NULL, t.notes, '')"

/* ?1 kind, ?2 organisation, ?3 supplier; NULL filters nothing. ?4 and ?5: completed from then until
 * before then. */
#define OF_KIND " AND (t.kind = ?1 OR (?1 IS NULL AND t.kind <> 'internal'))"
#define OF_ORG " AND (?2 IS NULL OR t.from_org_id = ?2 OR t.to_org_id = ?2)"
#define HOLDS_SUPPLIER                                                                             \
    " EXISTS (SELECT 1 FROM transfer_line l CROSS JOIN batch b ON b.batch_id = l.batch_id"         \
    " WHERE l.transfer_id = t.transfer_id AND b.supplier_org_id = ?3)"
#define OF_SUPPLIER                                                                                \
    " AND (?3 IS NULL OR t.supplier_org_id = ?3"                                                   \
    " OR (t.supplier_org_id IS NULL AND" HOLDS_SUPPLIER "))"
#define OF_TIME " AND t.ended_at >= ?4 AND t.ended_at < ?5"

/* Columns and tables of one transfer t, and of those of a page. */
#define COLUMNS                                                                                    \
    "SELECT t.transfer_id, t.kind, t.from_org_id, f.name, t.to_org_id, r.name, t.to_system,"       \
    " t.to_system_party, t.supplier_org_id, s.name, t.instrument, t.units, " NOTE ","              \
    " t.note_redacted_at, t.note_redacted_reason, c.transfer_id, t.submitted_at, t.ended_at,"      \
    " (SELECT count(*) FROM transfer_line n WHERE n.transfer_id = t.transfer_id),"                 \
    " p.project_id, p.name,"                                                                       \
    " EXISTS (SELECT 1 FROM transfer_line n CROSS JOIN batch m ON m.batch_id = n.batch_id"         \
    "  WHERE n.transfer_id = t.transfer_id AND n.line > 1 AND m.project_id <> b.project_id)"
#define JOINS                                                                                      \
    " CROSS JOIN organisation f ON f.org_id = t.from_org_id"                                       \
    " LEFT JOIN organisation r ON r.org_id = t.to_org_id"                                          \
    " LEFT JOIN organisation s ON s.org_id = t.supplier_org_id"                                    \
    " LEFT JOIN transfer c ON c.transfer_id = t.corrects_id AND c.state = 'completed'"             \
    " LEFT JOIN transfer_line l ON l.transfer_id = t.transfer_id AND l.line = 1"                   \
    " LEFT JOIN batch b ON b.batch_id = l.batch_id"                                                \
    " LEFT JOIN project p ON p.project_id = b.project_id"

/* ?6 and ?7: the place behind which the walk begins. */
#define WALK_COLUMNS(key)                                                                          \
    "SELECT t.transfer_id, f.name, r.name, t.to_system, t.to_system_party, " NOTE ", t." key       \
    " FROM transfer t CROSS JOIN organisation f ON f.org_id = t.from_org_id"                       \
    " LEFT JOIN organisation r ON r.org_id = t.to_org_id WHERE t.state = 'completed'"
#define BEHIND(key, sign) " AND (t." key ", t.transfer_id) " sign " (?6, ?7)"
/* Along the units the time is only looked at: its index must not tempt away from the order. */
#define OF_TIME_SEEN " AND +t.ended_at >= ?4 AND +t.ended_at < ?5"
/* clang-format off */
#define WALK(key, of_time, sign, direction)                                                        \
    WALK_COLUMNS(key) of_time OF_KIND OF_ORG OF_SUPPLIER BEHIND(key, sign)                         \
    " ORDER BY t." key " " direction ", t.transfer_id " direction

/* Two walks along two indexes, merged. */
#define MERGED(one, other, sign, direction)                                                        \
    WALK_COLUMNS("ended_at") one OF_TIME OF_KIND BEHIND("ended_at", sign)                          \
    " UNION ALL " WALK_COLUMNS("ended_at") other OF_TIME OF_KIND BEHIND("ended_at", sign)          \
    " ORDER BY 7 " direction ", 1 " direction
/* clang-format on */
#define WALK_ORG(sign, direction)                                                                  \
    MERGED(" AND t.from_org_id = ?2" OF_SUPPLIER,                                                  \
           " AND t.to_org_id = ?2 AND t.from_org_id <> ?2" OF_SUPPLIER, sign, direction)
#define WALK_SUPPLIER(sign, direction)                                                             \
    MERGED(" AND t.supplier_org_id = ?3", " AND t.supplier_org_id IS NULL AND" HOLDS_SUPPLIER,     \
           sign, direction)

/* Without words the walk needs no names, and one statement reads the whole page. ?8 most. */
#define PAGE_WALK(key)                                                                             \
    "SELECT t.transfer_id AS id, t." key " AS place FROM transfer t WHERE t.state = 'completed'"
/* clang-format off */
#define PAGE_AROUND(inner, direction)                                                              \
    COLUMNS " FROM (" inner " ORDER BY 2 " direction ", 1 " direction " LIMIT ?8) k"               \
    " CROSS JOIN transfer t ON t.transfer_id = k.id" JOINS                                         \
    " ORDER BY k.place " direction ", k.id " direction
#define PAGE(key, of_time, sign, direction)                                                        \
    PAGE_AROUND(PAGE_WALK(key) of_time OF_KIND OF_ORG OF_SUPPLIER BEHIND(key, sign), direction)
#define PAGE_MERGED(one, other, sign, direction)                                                   \
    PAGE_AROUND(                                                                                   \
        PAGE_WALK("ended_at") one OF_TIME OF_KIND BEHIND("ended_at", sign)                         \
        " UNION ALL " PAGE_WALK("ended_at") other OF_TIME OF_KIND BEHIND("ended_at", sign),        \
        direction)
/* clang-format on */
#define PAGE_ORG(sign, direction)                                                                  \
    PAGE_MERGED(" AND t.from_org_id = ?2" OF_SUPPLIER,                                             \
                " AND t.to_org_id = ?2 AND t.from_org_id <> ?2" OF_SUPPLIER, sign, direction)
#define PAGE_SUPPLIER(sign, direction)                                                             \
    PAGE_MERGED(" AND t.supplier_org_id = ?3",                                                     \
                " AND t.supplier_org_id IS NULL AND" HOLDS_SUPPLIER, sign, direction)

static const char *const sql[Q__COUNT] = {
    [Q_ONE] =
        COLUMNS " FROM transfer t" JOINS " WHERE t.transfer_id = ?1 AND t.state = 'completed'",
    [Q_CORRECTIONS] = "SELECT transfer_id FROM transfer"
                      " WHERE corrects_id = ?1 AND state = 'completed' ORDER BY transfer_id",
    [Q_COUNT_ALL] = "SELECT coalesce(sum(transfers), 0) FROM transfer_total"
                    " WHERE kind = ?1 OR (?1 IS NULL AND kind <> 'internal')",
    [Q_COUNT] = COUNT_OF(
        "SELECT 1 FROM transfer t WHERE t.state = 'completed'" OF_TIME OF_KIND OF_ORG OF_SUPPLIER),
    [Q_COUNT_ORG] =
        COUNT_OF("SELECT 1 FROM transfer t WHERE t.state = 'completed'"
                 " AND t.from_org_id = ?2" OF_TIME OF_KIND OF_SUPPLIER
                 " UNION ALL SELECT 1 FROM transfer t WHERE t.state = 'completed'"
                 " AND t.to_org_id = ?2 AND t.from_org_id <> ?2" OF_TIME OF_KIND OF_SUPPLIER),
    [Q_PLACE + PUBLIC_TRANSFER_BY_TIME] =
        "SELECT ended_at FROM transfer WHERE transfer_id = ?1 AND state = 'completed'",
    [Q_PLACE + PUBLIC_TRANSFER_BY_UNITS] =
        "SELECT units FROM transfer WHERE transfer_id = ?1 AND state = 'completed'",
    [Q_WALK + 2 * PUBLIC_TRANSFER_BY_TIME] = WALK("ended_at", OF_TIME, ">", "ASC"),
    [Q_WALK + 2 * PUBLIC_TRANSFER_BY_TIME + 1] = WALK("ended_at", OF_TIME, "<", "DESC"),
    [Q_WALK + 2 * PUBLIC_TRANSFER_BY_UNITS] = WALK("units", OF_TIME_SEEN, ">", "ASC"),
    [Q_WALK + 2 * PUBLIC_TRANSFER_BY_UNITS + 1] = WALK("units", OF_TIME_SEEN, "<", "DESC"),
    [Q_WALK_ORG] = WALK_ORG(">", "ASC"),
    [Q_WALK_ORG + 1] = WALK_ORG("<", "DESC"),
    [Q_WALK_SUPPLIER] = WALK_SUPPLIER(">", "ASC"),
    [Q_WALK_SUPPLIER + 1] = WALK_SUPPLIER("<", "DESC"),
    [Q_PAGE + 2 * PUBLIC_TRANSFER_BY_TIME] = PAGE("ended_at", OF_TIME, ">", "ASC"),
    [Q_PAGE + 2 * PUBLIC_TRANSFER_BY_TIME + 1] = PAGE("ended_at", OF_TIME, "<", "DESC"),
    [Q_PAGE + 2 * PUBLIC_TRANSFER_BY_UNITS] = PAGE("units", OF_TIME_SEEN, ">", "ASC"),
    [Q_PAGE + 2 * PUBLIC_TRANSFER_BY_UNITS + 1] = PAGE("units", OF_TIME_SEEN, "<", "DESC"),
    [Q_PAGE_ORG] = PAGE_ORG(">", "ASC"),
    [Q_PAGE_ORG + 1] = PAGE_ORG("<", "DESC"),
    [Q_PAGE_SUPPLIER] = PAGE_SUPPLIER(">", "ASC"),
    [Q_PAGE_SUPPLIER + 1] = PAGE_SUPPLIER("<", "DESC"),
};

const struct query_table public_transfers_queries = {"public_transfers", sql, Q__COUNT};

static struct public_transfer read_transfer(struct query *q, struct arena *arena)
{
    return (struct public_transfer){
        .transfer_id = query_text(q, arena, 0),
        .kind = query_text(q, arena, 1),
        .from_org_id = query_text(q, arena, 2),
        .from_name = query_text(q, arena, 3),
        .to_org_id = query_text(q, arena, 4),
        .to_name = query_text(q, arena, 5),
        .to_system = query_text(q, arena, 6),
        .to_system_party = query_text(q, arena, 7),
        .supplier_org_id = query_text(q, arena, 8),
        .supplier_name = query_text(q, arena, 9),
        .instrument = column_instrument(q, 10),
        .units = query_int(q, 11),
        .notes = query_text(q, arena, 12),
        .note_redacted_at = query_int(q, 13),
        .note_redacted_reason = query_text(q, arena, 14),
        .corrects_id = query_text(q, arena, 15),
        .submitted_at = query_int(q, 16),
        .ended_at = query_int(q, 17),
        .block_count = query_int(q, 18),
        .project_id = query_text(q, arena, 19),
        .project_name = query_text(q, arena, 20),
        .has_more_projects = query_int(q, 21) != 0,
    };
}

static void bind_matches(struct query *q, const struct public_transfer_filter *filter)
{
    bind_filter(q, 1, filter->kind);
    bind_filter(q, 2, filter->org_id);
    bind_filter(q, 3, filter->supplier_org_id);
    query_bind_int(q, 4, filter->from_at);
    query_bind_int(q, 5, filter->until_at == 0 ? INT64_MAX : filter->until_at);
}

/* The walk that has the least to pass by. */
static int walk_number(const struct public_transfer_filter *filter, enum public_transfer_sort sort,
                       bool descending)
{
    int walk = Q_WALK + 2 * (int)sort;
    if (sort == PUBLIC_TRANSFER_BY_TIME && !text_empty(filter->org_id)) {
        walk = Q_WALK_ORG;
    } else if (sort == PUBLIC_TRANSFER_BY_TIME && !text_empty(filter->supplier_org_id)) {
        walk = Q_WALK_SUPPLIER;
    }
    return walk + (descending ? 1 : 0);
}

static struct query walk_from(struct store *registry, const struct public_transfer_filter *filter,
                              enum public_transfer_sort sort, bool descending,
                              const struct place *place)
{
    struct query q =
        query(registry, &public_transfers_queries, walk_number(filter, sort, descending));
    bind_matches(&q, filter);
    walk_bind(&q, place, false);
    return q;
}

static struct public_transfers read_page(struct store *registry, struct arena *arena,
                                         const struct public_transfer_filter *filter,
                                         enum public_transfer_sort sort,
                                         const struct window *window, const struct place *place)
{
    int number = walk_number(filter, sort, window->descending) - Q_WALK + Q_PAGE;
    struct query q = query(registry, &public_transfers_queries, number);
    bind_matches(&q, filter);
    walk_bind(&q, place, false);
    query_bind_int(&q, 8, (int64_t)window->most);
    struct public_transfer *rows = NULL;
    size_t count = 0;
    while (query_row(&q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count++] = read_transfer(&q, arena);
    }
    query_end(&q);
    return (struct public_transfers){rows, count};
}

struct public_transfers public_transfers_list(struct store *registry, struct arena *arena,
                                              const struct public_transfer_filter *filter,
                                              enum public_transfer_sort sort,
                                              const struct window *window)
{
    must(sort < PUBLIC_TRANSFER_SORT__COUNT);
    struct query at = query(registry, &public_transfers_queries, Q_PLACE + (int)sort);
    query_bind_text(&at, 1, window->behind);
    struct place place = walk_place(&at, arena, window);

    struct fold_words words = walk_words(arena, filter->q);
    if (words.count == 0) {
        return read_page(registry, arena, filter, sort, window, &place);
    }
    struct query q = walk_from(registry, filter, sort, window->descending, &place);
    struct ids ids = walk_take(&q, arena, &words, WALK_TEXTS, window->most);
    struct public_transfer *rows = arena_array(arena, struct public_transfer, ids.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < ids.count; i++) {
        count += public_transfer_find(registry, arena, ids.at[i], &rows[count]) ? 1 : 0;
    }
    return (struct public_transfers){rows, count};
}

int64_t public_transfers_count(struct store *registry, struct arena *arena,
                               const struct public_transfer_filter *filter)
{
    struct fold_words words = walk_words(arena, filter->q);
    if (words.count > 0) {
        struct place start = walk_start(true);
        struct query q = walk_from(registry, filter, PUBLIC_TRANSFER_BY_TIME, true, &start);
        return walk_count(&q, arena, &words, WALK_TEXTS);
    }
    bool is_all = text_empty(filter->org_id) && text_empty(filter->supplier_org_id) &&
                  filter->from_at == INT64_MIN && filter->until_at == 0;
    if (is_all) {
        struct query q = query(registry, &public_transfers_queries, Q_COUNT_ALL);
        bind_filter(&q, 1, filter->kind);
        return column_only(&q);
    }
    struct query q = query(registry, &public_transfers_queries,
                           text_empty(filter->org_id) ? Q_COUNT : Q_COUNT_ORG);
    bind_matches(&q, filter);
    return column_counted(&q);
}

bool public_transfer_find(struct store *registry, struct arena *arena, const char *transfer_id,
                          struct public_transfer *transfer)
{
    struct query q = query(registry, &public_transfers_queries, Q_ONE);
    query_bind_text(&q, 1, transfer_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *transfer = read_transfer(&q, arena);
    }
    query_end(&q);
    return is_found;
}

struct ids public_transfer_corrections(struct store *registry, struct arena *arena,
                                       const char *transfer_id)
{
    const struct fold_words no_words = {.count = 0};
    struct query q = query(registry, &public_transfers_queries, Q_CORRECTIONS);
    query_bind_text(&q, 1, transfer_id);
    return walk_take(&q, arena, &no_words, 0, SIZE_MAX);
}
