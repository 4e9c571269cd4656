/* store/public_retirements.c: see store/public_retirements.h. */
#include "store/public_retirements.h"

#include "store/columns.h"
#include "store/walk.h"

enum {
    Q_ONE,
    Q_COUNT_ALL,
    Q_COUNT,
    Q_COUNT_ORG,
    Q_OF_PROJECT,
    Q_PLACE,                                          /* one for each sort */
    Q_WALK = Q_PLACE + PUBLIC_RETIREMENT_SORT__COUNT, /* 2 for each sort: ascending, descending */
    Q_WALK_ORG = Q_WALK + 2 * PUBLIC_RETIREMENT_SORT__COUNT, /* by time */
    Q__COUNT = Q_WALK_ORG + 2
};

#define WALK_TEXTS 3

/* ?1 organisation; NULL filters nothing. ?2 and ?3: retired from then until before then. */
#define OF_ORG " AND (?1 IS NULL OR r.org_id = ?1 OR r.beneficiary_org_id = ?1)"
#define OF_TIME " AND r.retired_at >= ?2 AND r.retired_at < ?3"
#define AS_OWNER "r.org_id = ?1"
#define AS_BENEFICIARY "r.beneficiary_org_id = ?1 AND r.org_id <> ?1"
/* ?6 and ?7: the place behind which the walk begins. */
#define WALK_FROM(where, of_time, key, sign)                                                       \
    "SELECT r.retirement_id, o.name, r.beneficiary, r.notes, r." key                               \
    " FROM retirement r CROSS JOIN organisation o ON o.org_id = r.org_id"                          \
    " WHERE " where of_time " AND (r." key ", r.retirement_id) " sign " (?6, ?7)"
/* Along the units the time is only looked at: its index must not tempt away from the order. */
#define OF_TIME_SEEN " AND +r.retired_at >= ?2 AND +r.retired_at < ?3"
#define WALK(key, of_time, sign, direction)                                                        \
    WALK_FROM("1 = 1" OF_ORG, of_time, key, sign)                                                  \
    " ORDER BY r." key " " direction ", r.retirement_id " direction
/* clang-format off */
#define WALK_ORG(sign, direction)                                                                  \
    WALK_FROM(AS_OWNER, OF_TIME, "retired_at", sign)                                               \
    " UNION ALL " WALK_FROM(AS_BENEFICIARY, OF_TIME, "retired_at", sign)                           \
    " ORDER BY 5 " direction ", 1 " direction
/* clang-format on */

static const char *const sql[Q__COUNT] = {
    [Q_ONE] =
        "SELECT r.retirement_id, r.org_id, o.name, r.beneficiary_org_id, r.beneficiary, r.purposes,"
        " r.instrument, r.units, r.notes, r.retired_at,"
        " (SELECT count(*) FROM retirement_line n WHERE n.retirement_id = r.retirement_id),"
        " p.project_id, p.name,"
        " EXISTS (SELECT 1 FROM retirement_line n CROSS JOIN batch m ON m.batch_id = n.batch_id"
        "  WHERE n.retirement_id = r.retirement_id AND m.project_id <> b.project_id),"
        " r.note_redacted_at, r.note_redacted_reason, r.name_redacted_at, r.name_redacted_reason"
        " FROM retirement r CROSS JOIN organisation o ON o.org_id = r.org_id"
        " LEFT JOIN retirement_line l ON l.retirement_id = r.retirement_id AND l.line = 1"
        " LEFT JOIN batch b ON b.batch_id = l.batch_id"
        " LEFT JOIN project p ON p.project_id = b.project_id WHERE r.retirement_id = ?1",
    [Q_COUNT_ALL] = "SELECT coalesce(sum(retirements), 0) FROM year_total",
    [Q_COUNT] = COUNT_OF("SELECT 1 FROM retirement r WHERE 1 = 1" OF_ORG OF_TIME),
    [Q_COUNT_ORG] = COUNT_OF("SELECT 1 FROM retirement r WHERE " AS_OWNER OF_TIME
                             " UNION ALL SELECT 1 FROM retirement r WHERE " AS_BENEFICIARY OF_TIME),
    [Q_OF_PROJECT] =
        "SELECT b.ended_by FROM batch b WHERE b.project_id = ?1 AND b.state = 'retired'"
        " GROUP BY b.ended_at, b.ended_by ORDER BY b.ended_at DESC, b.ended_by DESC",
    [Q_PLACE + PUBLIC_RETIREMENT_BY_TIME] =
        "SELECT retired_at FROM retirement WHERE retirement_id = ?1",
    [Q_PLACE + PUBLIC_RETIREMENT_BY_UNITS] =
        "SELECT units FROM retirement WHERE retirement_id = ?1",
    [Q_WALK + 2 * PUBLIC_RETIREMENT_BY_TIME] = WALK("retired_at", OF_TIME, ">", "ASC"),
    [Q_WALK + 2 * PUBLIC_RETIREMENT_BY_TIME + 1] = WALK("retired_at", OF_TIME, "<", "DESC"),
    [Q_WALK + 2 * PUBLIC_RETIREMENT_BY_UNITS] = WALK("units", OF_TIME_SEEN, ">", "ASC"),
    [Q_WALK + 2 * PUBLIC_RETIREMENT_BY_UNITS + 1] = WALK("units", OF_TIME_SEEN, "<", "DESC"),
    [Q_WALK_ORG] = WALK_ORG(">", "ASC"),
    [Q_WALK_ORG + 1] = WALK_ORG("<", "DESC"),
};

const struct query_table public_retirements_queries = {"public_retirements", sql, Q__COUNT};

static void bind_matches(struct query *q, const struct public_retirement_filter *filter)
{
    bind_filter(q, 1, filter->org_id);
    query_bind_int(q, 2, filter->from_at);
    query_bind_int(q, 3, filter->until_at == 0 ? INT64_MAX : filter->until_at);
}

static struct query walk_from(struct store *registry, const struct public_retirement_filter *filter,
                              enum public_retirement_sort sort, bool descending,
                              const struct place *place)
{
    bool of_org = sort == PUBLIC_RETIREMENT_BY_TIME && !text_empty(filter->org_id);
    int walk = of_org ? Q_WALK_ORG : Q_WALK + 2 * (int)sort;
    struct query q = query(registry, &public_retirements_queries, walk + (descending ? 1 : 0));
    bind_matches(&q, filter);
    walk_bind(&q, place, false);
    return q;
}

static struct public_retirements find_all(struct store *registry, struct arena *arena,
                                          struct ids ids)
{
    struct public_retirement *rows = arena_array(arena, struct public_retirement, ids.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < ids.count; i++) {
        count += public_retirement_find(registry, arena, ids.at[i], &rows[count]) ? 1 : 0;
    }
    return (struct public_retirements){rows, count};
}

struct public_retirements public_retirements_list(struct store *registry, struct arena *arena,
                                                  const struct public_retirement_filter *filter,
                                                  enum public_retirement_sort sort,
                                                  const struct window *window)
{
    must(sort < PUBLIC_RETIREMENT_SORT__COUNT);
    struct query at = query(registry, &public_retirements_queries, Q_PLACE + (int)sort);
    query_bind_text(&at, 1, window->behind);
    struct place place = walk_place(&at, arena, window);

    struct fold_words words = walk_words(arena, filter->q);
    struct query q = walk_from(registry, filter, sort, window->descending, &place);
    return find_all(registry, arena, walk_take(&q, arena, &words, WALK_TEXTS, window->most));
}

int64_t public_retirements_count(struct store *registry, struct arena *arena,
                                 const struct public_retirement_filter *filter)
{
    struct fold_words words = walk_words(arena, filter->q);
    if (words.count > 0) {
        struct place start = walk_start(true);
        struct query q = walk_from(registry, filter, PUBLIC_RETIREMENT_BY_TIME, true, &start);
        return walk_count(&q, arena, &words, WALK_TEXTS);
    }
    if (text_empty(filter->org_id) && filter->from_at == INT64_MIN && filter->until_at == 0) {
        struct query q = query(registry, &public_retirements_queries, Q_COUNT_ALL);
        return column_only(&q);
    }
    struct query q = query(registry, &public_retirements_queries,
                           text_empty(filter->org_id) ? Q_COUNT : Q_COUNT_ORG);
    bind_matches(&q, filter);
    return column_counted(&q);
}

bool public_retirement_find(struct store *registry, struct arena *arena, const char *retirement_id,
                            struct public_retirement *retirement)
{
    struct query q = query(registry, &public_retirements_queries, Q_ONE);
    query_bind_text(&q, 1, retirement_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *retirement = (struct public_retirement){
            .retirement_id = query_text(&q, arena, 0),
            .org_id = query_text(&q, arena, 1),
            .org_name = query_text(&q, arena, 2),
            .beneficiary_org_id = query_text(&q, arena, 3),
            .beneficiary = query_text(&q, arena, 4),
            .purposes = (unsigned)query_int(&q, 5),
            .instrument = column_instrument(&q, 6),
            .units = query_int(&q, 7),
            .notes = query_text(&q, arena, 8),
            .retired_at = query_int(&q, 9),
            .block_count = query_int(&q, 10),
            .project_id = query_text(&q, arena, 11),
            .project_name = query_text(&q, arena, 12),
            .has_more_projects = query_int(&q, 13) != 0,
            .note_redacted = column_redaction(&q, arena, 14),
            .beneficiary_redacted = column_redaction(&q, arena, 16),
        };
    }
    query_end(&q);
    return is_found;
}

struct public_retirements public_retirements_of_project(struct store *registry, struct arena *arena,
                                                        const char *project_id, size_t most)
{
    const struct fold_words no_words = {.count = 0};
    struct query q = query(registry, &public_retirements_queries, Q_OF_PROJECT);
    query_bind_text(&q, 1, project_id);
    return find_all(registry, arena, walk_take(&q, arena, &no_words, 0, most));
}
