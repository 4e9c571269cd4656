/* store/public_projects.c: see store/public_projects.h. */
#include "store/public_projects.h"

#include "store/columns.h"
#include "store/rows.h"
#include "store/walk.h"

enum {
    Q_TOTALS,
    Q_YEARS,
    Q_ONE,
    Q_CODE,
    Q_VINTAGES,
    Q_PLACE,                                       /* one for each sort */
    Q_WALK = Q_PLACE + PUBLIC_PROJECT_SORT__COUNT, /* 2 for each sort: ascending, descending */
    Q__COUNT = Q_WALK + 2 * PUBLIC_PROJECT_SORT__COUNT
};

#define WALK_TEXTS 5

#define SUMS                                                                                       \
    "sum(c.issued), sum(c.imported), sum(c.active), sum(c.retired), sum(c.exported),"              \
    " sum(c.cancelled)"
#define UNITS                                                                                      \
    "(SELECT coalesce(sum(c.issued + c.imported), 0) FROM conservation c"                          \
    " WHERE c.project_id = p.project_id)"

/* ?1 supplier, ?2 instrument; NULL filters nothing. ?6 and ?7: the place behind which the walk
 * begins. */
#define WALK(key, sign, direction)                                                                 \
    "SELECT p.project_id, p.name, p.short_code, p.place, p.country, o.name"                        \
    " FROM project p CROSS JOIN organisation o ON o.org_id = p.org_id"                             \
    " WHERE (?1 IS NULL OR p.org_id = ?1) AND (?2 IS NULL OR p.instrument = ?2)"                   \
    " AND " key " " sign "= ?6 AND (" key ", p.project_id) " sign " (?6, ?7)"                      \
    " ORDER BY " key " " direction ", p.project_id " direction
#define BY_NAME "p.name COLLATE NOCASE"

static const char *const sql[Q__COUNT] = {
    [Q_TOTALS] =
        "SELECT instrument, projects, issued, imported, active, retired, exported, cancelled"
        " FROM instrument_total WHERE projects > 0 ORDER BY instrument",
    [Q_YEARS] = "SELECT instrument, year, issued, retired, retirements FROM year_total"
                " ORDER BY year, instrument",
    [Q_ONE] = "SELECT p.project_id, p.name, p.short_code, p.instrument, p.pathway,"
              " p.protocol, p.country, p.place, p.status, p.validator, p.verifier,"
              " p.crediting_start, p.crediting_end, p.description, p.web, p.opened_at, p.org_id,"
              " o.name, " SUMS ", p.latitude_udeg, p.longitude_udeg, p.ccp_approved"
              " FROM project p CROSS JOIN organisation o ON o.org_id = p.org_id"
              " LEFT JOIN conservation c ON c.project_id = p.project_id"
              " WHERE p.project_id = ?1 GROUP BY p.project_id",
    [Q_CODE] = "SELECT project_id FROM project WHERE short_code = ?1",
    [Q_VINTAGES] = "SELECT c.vintage, c.issued, c.imported, c.active, c.retired, c.exported,"
                   " c.cancelled FROM conservation c WHERE c.project_id = ?1 ORDER BY c.vintage",
    [Q_PLACE + PUBLIC_PROJECT_BY_NAME] = "SELECT name FROM project WHERE project_id = ?1",
    [Q_PLACE + PUBLIC_PROJECT_BY_UNITS] = "SELECT " UNITS " FROM project p WHERE p.project_id = ?1",
    [Q_WALK + 2 * PUBLIC_PROJECT_BY_NAME] = WALK(BY_NAME, ">", "ASC"),
    [Q_WALK + 2 * PUBLIC_PROJECT_BY_NAME + 1] = WALK(BY_NAME, "<", "DESC"),
    [Q_WALK + 2 * PUBLIC_PROJECT_BY_UNITS] = WALK(UNITS, ">", "ASC"),
    [Q_WALK + 2 * PUBLIC_PROJECT_BY_UNITS + 1] = WALK(UNITS, "<", "DESC"),
};

const struct query_table public_projects_queries = {"public_projects", sql, Q__COUNT};

/* Six sums from a column on. */
static struct public_sums read_sums(struct query *q, int column)
{
    return (struct public_sums){
        .issued_units = query_int(q, column),
        .imported_units = query_int(q, column + 1),
        .active_units = query_int(q, column + 2),
        .retired_units = query_int(q, column + 3),
        .exported_units = query_int(q, column + 4),
        .cancelled_units = query_int(q, column + 5),
    };
}

struct public_totals public_totals(struct store *registry)
{
    struct public_totals totals = {.count = 0};
    struct query q = query(registry, &public_projects_queries, Q_TOTALS);
    while (query_row(&q)) {
        must(totals.count < INSTRUMENT__COUNT);
        totals.at[totals.count++] = (struct public_total){
            .instrument = column_instrument(&q, 0),
            .projects = query_int(&q, 1),
            .sums = read_sums(&q, 2),
        };
    }
    query_end(&q);
    return totals;
}

struct public_years public_years(struct store *registry, struct arena *arena)
{
    struct query q = query(registry, &public_projects_queries, Q_YEARS);
    struct public_year *rows = NULL;
    size_t count = 0;
    while (query_row(&q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count++] = (struct public_year){
            .instrument = column_instrument(&q, 0),
            .year = (int)query_int(&q, 1),
            .issued_units = query_int(&q, 2),
            .retired_units = query_int(&q, 3),
            .retirements = query_int(&q, 4),
        };
    }
    query_end(&q);
    return (struct public_years){rows, count};
}

static struct query walk_from(struct store *registry, const struct public_project_filter *filter,
                              enum public_project_sort sort, bool descending,
                              const struct place *place)
{
    struct query q =
        query(registry, &public_projects_queries, Q_WALK + 2 * (int)sort + (descending ? 1 : 0));
    bind_filter(&q, 1, filter->org_id);
    bind_filter(&q, 2, filter->instrument);
    walk_bind(&q, place, sort == PUBLIC_PROJECT_BY_NAME);
    return q;
}

struct public_projects public_projects_list(struct store *registry, struct arena *arena,
                                            const struct public_project_filter *filter,
                                            enum public_project_sort sort,
                                            const struct window *window)
{
    must(sort < PUBLIC_PROJECT_SORT__COUNT);
    struct query at = query(registry, &public_projects_queries, Q_PLACE + (int)sort);
    query_bind_text(&at, 1, window->behind);
    struct place place = walk_place(&at, arena, window);

    struct fold_words words = walk_words(arena, filter->q);
    struct query q = walk_from(registry, filter, sort, window->descending, &place);
    struct ids ids = walk_take(&q, arena, &words, WALK_TEXTS, window->most);
    struct public_project *rows = arena_array(arena, struct public_project, ids.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < ids.count; i++) {
        count += public_project_find(registry, arena, ids.at[i], &rows[count]) ? 1 : 0;
    }
    return (struct public_projects){rows, count};
}

int64_t public_projects_count(struct store *registry, struct arena *arena,
                              const struct public_project_filter *filter)
{
    struct fold_words words = walk_words(arena, filter->q);
    struct place start = walk_start(false);
    struct query q = walk_from(registry, filter, PUBLIC_PROJECT_BY_NAME, false, &start);
    return walk_count(&q, arena, &words, WALK_TEXTS);
}

bool public_project_find(struct store *registry, struct arena *arena, const char *project_id,
                         struct public_project *project)
{
    struct query q = query(registry, &public_projects_queries, Q_ONE);
    query_bind_text(&q, 1, project_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *project = (struct public_project){
            .project_id = query_text(&q, arena, 0),
            .name = query_text(&q, arena, 1),
            .short_code = query_text(&q, arena, 2),
            .instrument = column_instrument(&q, 3),
            .pathway = query_text(&q, arena, 4),
            .protocol = query_text(&q, arena, 5),
            .country = query_text(&q, arena, 6),
            .place = query_text(&q, arena, 7),
            .status = query_text(&q, arena, 8),
            .validator = query_text(&q, arena, 9),
            .verifier = query_text(&q, arena, 10),
            .crediting_start = query_text(&q, arena, 11),
            .crediting_end = query_text(&q, arena, 12),
            .description = query_text(&q, arena, 13),
            .web = query_text(&q, arena, 14),
            .opened_at = query_int(&q, 15),
            .org_id = query_text(&q, arena, 16),
            .org_name = query_text(&q, arena, 17),
            .sums = read_sums(&q, 18),
            .location = column_location(&q, 24),
            .ccp_approved = query_int(&q, 26) == 1,
        };
    }
    query_end(&q);
    return is_found;
}

const char *public_project_of_code(struct store *registry, struct arena *arena,
                                   const char *short_code)
{
    struct query q = query(registry, &public_projects_queries, Q_CODE);
    query_bind_text(&q, 1, short_code);
    const char *id = query_row(&q) ? query_text(&q, arena, 0) : "";
    query_end(&q);
    return id;
}

struct public_vintages public_project_vintages(struct store *registry, struct arena *arena,
                                               const char *project_id)
{
    struct query q = query(registry, &public_projects_queries, Q_VINTAGES);
    query_bind_text(&q, 1, project_id);
    struct public_vintage *rows = NULL;
    size_t count = 0;
    while (query_row(&q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count++] =
            (struct public_vintage){.vintage = query_int(&q, 0), .sums = read_sums(&q, 1)};
    }
    query_end(&q);
    return (struct public_vintages){rows, count};
}
