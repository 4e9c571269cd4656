/* store/public_issuances.c: see store/public_issuances.h. */
#include "store/public_issuances.h"

#include "store/columns.h"
#include "store/walk.h"

enum {
    Q_ONE,
    Q_COUNT,
    Q_PLACE,                                        /* one for each sort */
    Q_WALK = Q_PLACE + PUBLIC_ISSUANCE_SORT__COUNT, /* 2 for each sort: ascending, descending */
    Q_WALK_PROJECT = Q_WALK + 2 * PUBLIC_ISSUANCE_SORT__COUNT, /* by time */
    Q__COUNT = Q_WALK_PROJECT + 2
};

#define WALK_TEXTS 3
#define UNITS "i.supplier_units + i.buffer_units"

/* ?1 project, ?2 kind; NULL filters nothing. ?3 and ?4: issued from then until before then. */
#define MATCHES                                                                                    \
    " AND (?1 IS NULL OR i.project_id = ?1) AND (?2 IS NULL OR i.kind = ?2)"                       \
    " AND i.issued_at >= ?3 AND i.issued_at < ?4"
/* ?6 and ?7: the place behind which the walk begins. */
#define WALK(where, key, sign, direction)                                                          \
    "SELECT i.issuance_id, p.name, o.name, i.notes"                                                \
    " FROM issuance i CROSS JOIN project p ON p.project_id = i.project_id"                         \
    " CROSS JOIN organisation o ON o.org_id = p.org_id"                                            \
    " WHERE " where MATCHES " AND " key " " sign "= ?6 AND (" key ", i.issuance_id) " sign         \
    " (?6, ?7)"                                                                                    \
    " ORDER BY " key " " direction ", i.issuance_id " direction
#define ANY "1 = 1"
#define OF_PROJECT "i.project_id = ?1"

static const char *const sql[Q__COUNT] = {
    [Q_ONE] = "SELECT i.issuance_id, i.kind, i.project_id, p.name, p.instrument, p.org_id, o.name,"
              " i.vintage, " UNITS ", i.buffer_units, i.reporting_start, i.reporting_end, i.notes,"
              " i.issued_at, i.note_redacted_at, i.note_redacted_reason FROM issuance i"
              " CROSS JOIN project p ON p.project_id = i.project_id"
              " CROSS JOIN organisation o ON o.org_id = p.org_id WHERE i.issuance_id = ?1",
    [Q_COUNT] = COUNT_OF("SELECT 1 FROM issuance i WHERE " ANY MATCHES),
    [Q_PLACE + PUBLIC_ISSUANCE_BY_TIME] = "SELECT issued_at FROM issuance WHERE issuance_id = ?1",
    [Q_PLACE + PUBLIC_ISSUANCE_BY_UNITS] =
        "SELECT " UNITS " FROM issuance i WHERE i.issuance_id = ?1",
    [Q_WALK + 2 * PUBLIC_ISSUANCE_BY_TIME] = WALK(ANY, "i.issued_at", ">", "ASC"),
    [Q_WALK + 2 * PUBLIC_ISSUANCE_BY_TIME + 1] = WALK(ANY, "i.issued_at", "<", "DESC"),
    [Q_WALK + 2 * PUBLIC_ISSUANCE_BY_UNITS] = WALK(ANY, UNITS, ">", "ASC"),
    [Q_WALK + 2 * PUBLIC_ISSUANCE_BY_UNITS + 1] = WALK(ANY, UNITS, "<", "DESC"),
    [Q_WALK_PROJECT] = WALK(OF_PROJECT, "i.issued_at", ">", "ASC"),
    [Q_WALK_PROJECT + 1] = WALK(OF_PROJECT, "i.issued_at", "<", "DESC"),
};

const struct query_table public_issuances_queries = {"public_issuances", sql, Q__COUNT};

static void bind_matches(struct query *q, const struct public_issuance_filter *filter)
{
    bind_filter(q, 1, filter->project_id);
    bind_filter(q, 2, filter->kind);
    query_bind_int(q, 3, filter->from_at);
    query_bind_int(q, 4, filter->until_at == 0 ? INT64_MAX : filter->until_at);
}

static struct query walk_from(struct store *registry, const struct public_issuance_filter *filter,
                              enum public_issuance_sort sort, bool descending,
                              const struct place *place)
{
    bool of_project = sort == PUBLIC_ISSUANCE_BY_TIME && !text_empty(filter->project_id);
    int walk = of_project ? Q_WALK_PROJECT : Q_WALK + 2 * (int)sort;
    struct query q = query(registry, &public_issuances_queries, walk + (descending ? 1 : 0));
    bind_matches(&q, filter);
    walk_bind(&q, place, false);
    return q;
}

struct public_issuances public_issuances_list(struct store *registry, struct arena *arena,
                                              const struct public_issuance_filter *filter,
                                              enum public_issuance_sort sort,
                                              const struct window *window)
{
    must(sort < PUBLIC_ISSUANCE_SORT__COUNT);
    struct query at = query(registry, &public_issuances_queries, Q_PLACE + (int)sort);
    query_bind_text(&at, 1, window->behind);
    struct place place = walk_place(&at, arena, window);

    struct fold_words words = walk_words(arena, filter->q);
    struct query q = walk_from(registry, filter, sort, window->descending, &place);
    struct ids ids = walk_take(&q, arena, &words, WALK_TEXTS, window->most);
    struct public_issuance *rows = arena_array(arena, struct public_issuance, ids.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < ids.count; i++) {
        count += public_issuance_find(registry, arena, ids.at[i], &rows[count]) ? 1 : 0;
    }
    return (struct public_issuances){rows, count};
}

int64_t public_issuances_count(struct store *registry, struct arena *arena,
                               const struct public_issuance_filter *filter)
{
    struct fold_words words = walk_words(arena, filter->q);
    if (words.count > 0) {
        struct place start = walk_start(true);
        struct query q = walk_from(registry, filter, PUBLIC_ISSUANCE_BY_TIME, true, &start);
        return walk_count(&q, arena, &words, WALK_TEXTS);
    }
    struct query q = query(registry, &public_issuances_queries, Q_COUNT);
    bind_matches(&q, filter);
    return column_counted(&q);
}

bool public_issuance_find(struct store *registry, struct arena *arena, const char *issuance_id,
                          struct public_issuance *issuance)
{
    struct query q = query(registry, &public_issuances_queries, Q_ONE);
    query_bind_text(&q, 1, issuance_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *issuance = (struct public_issuance){
            .issuance_id = query_text(&q, arena, 0),
            .kind = query_text(&q, arena, 1),
            .project_id = query_text(&q, arena, 2),
            .project_name = query_text(&q, arena, 3),
            .instrument = column_instrument(&q, 4),
            .org_id = query_text(&q, arena, 5),
            .org_name = query_text(&q, arena, 6),
            .vintage = query_int(&q, 7),
            .units = query_int(&q, 8),
            .buffer_units = query_int(&q, 9),
            .reporting_start = query_text(&q, arena, 10),
            .reporting_end = query_text(&q, arena, 11),
            .notes = query_text(&q, arena, 12),
            .issued_at = query_int(&q, 13),
            .note_redacted = column_redaction(&q, arena, 14),
        };
    }
    query_end(&q);
    return is_found;
}
