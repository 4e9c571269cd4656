/* store/public_orgs.c: see store/public_orgs.h. */
#include "store/public_orgs.h"

#include "store/columns.h"
#include "store/walk.h"

enum {
    Q_ONE,
    Q_SUPPLIER,
    Q_PLACE,                                   /* one for each sort */
    Q_WALK = Q_PLACE + PUBLIC_ORG_SORT__COUNT, /* 2 for each sort: ascending, descending */
    Q__COUNT = Q_WALK + 2 * PUBLIC_ORG_SORT__COUNT
};

#define WALK_TEXTS 3

/* ?1 role; NULL filters nothing. ?6 and ?7: the place behind which the walk begins. */
#define WALK(key, sign, direction)                                                                 \
    "SELECT o.org_id, o.name, o.domain, o.country FROM organisation o"                             \
    " WHERE (?1 IS NULL OR (?1 = 'supplier' AND o.supplier_id IS NOT NULL)"                        \
    "  OR (?1 = o.kind AND o.supplier_id IS NULL))"                                                \
    " AND " key " " sign "= ?6 AND (" key ", o.org_id) " sign " (?6, ?7)"                          \
    " ORDER BY " key " " direction ", o.org_id " direction
#define BY_NAME "o.name COLLATE NOCASE"

static const char *const sql[Q__COUNT] = {
    [Q_ONE] =
        "SELECT org_id, supplier_id, name, domain, country, description, kind, is_demo, state,"
        " opened_at, short_description, place, latitude_udeg, longitude_udeg"
        " FROM organisation WHERE org_id = ?1",
    [Q_SUPPLIER] = "SELECT org_id FROM organisation WHERE supplier_id = ?1",
    [Q_PLACE + PUBLIC_ORG_BY_NAME] = "SELECT name FROM organisation WHERE org_id = ?1",
    [Q_PLACE + PUBLIC_ORG_BY_TIME] = "SELECT opened_at FROM organisation WHERE org_id = ?1",
    [Q_WALK + 2 * PUBLIC_ORG_BY_NAME] = WALK(BY_NAME, ">", "ASC"),
    [Q_WALK + 2 * PUBLIC_ORG_BY_NAME + 1] = WALK(BY_NAME, "<", "DESC"),
    [Q_WALK + 2 * PUBLIC_ORG_BY_TIME] = WALK("o.opened_at", ">", "ASC"),
    [Q_WALK + 2 * PUBLIC_ORG_BY_TIME + 1] = WALK("o.opened_at", "<", "DESC"),
};

const struct query_table public_orgs_queries = {"public_orgs", sql, Q__COUNT};

static struct query walk_from(struct store *registry, const struct public_org_filter *filter,
                              enum public_org_sort sort, bool descending, const struct place *place)
{
    struct query q =
        query(registry, &public_orgs_queries, Q_WALK + 2 * (int)sort + (descending ? 1 : 0));
    bind_filter(&q, 1, filter->role);
    walk_bind(&q, place, sort == PUBLIC_ORG_BY_NAME);
    return q;
}

struct public_orgs public_orgs_list(struct store *registry, struct arena *arena,
                                    const struct public_org_filter *filter,
                                    enum public_org_sort sort, const struct window *window)
{
    must(sort < PUBLIC_ORG_SORT__COUNT);
    struct query at = query(registry, &public_orgs_queries, Q_PLACE + (int)sort);
    query_bind_text(&at, 1, window->behind);
    struct place place = walk_place(&at, arena, window);

    struct fold_words words = walk_words(arena, filter->q);
    struct query q = walk_from(registry, filter, sort, window->descending, &place);
    struct ids ids = walk_take(&q, arena, &words, WALK_TEXTS, window->most);
    struct public_org *rows = arena_array(arena, struct public_org, ids.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < ids.count; i++) {
        count += public_org_find(registry, arena, ids.at[i], &rows[count]) ? 1 : 0;
    }
    return (struct public_orgs){rows, count};
}

int64_t public_orgs_count(struct store *registry, struct arena *arena,
                          const struct public_org_filter *filter)
{
    struct fold_words words = walk_words(arena, filter->q);
    struct place start = walk_start(false);
    struct query q = walk_from(registry, filter, PUBLIC_ORG_BY_NAME, false, &start);
    return walk_count(&q, arena, &words, WALK_TEXTS);
}

bool public_org_find(struct store *registry, struct arena *arena, const char *org_id,
                     struct public_org *org)
{
    struct query q = query(registry, &public_orgs_queries, Q_ONE);
    query_bind_text(&q, 1, org_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *org = (struct public_org){
            .org_id = query_text(&q, arena, 0),
            .supplier_id = query_text(&q, arena, 1),
            .name = query_text(&q, arena, 2),
            .domain = query_text(&q, arena, 3),
            .country = query_text(&q, arena, 4),
            .description = query_text(&q, arena, 5),
            .kind = query_text(&q, arena, 6),
            .is_demo = query_int(&q, 7) == 1,
            .state = query_text(&q, arena, 8),
            .opened_at = query_int(&q, 9),
            .short_description = query_text(&q, arena, 10),
            .place = query_text(&q, arena, 11),
            .location = column_location(&q, 12),
        };
    }
    query_end(&q);
    return is_found;
}

const char *public_org_of_supplier(struct store *registry, struct arena *arena,
                                   const char *supplier_id)
{
    struct query q = query(registry, &public_orgs_queries, Q_SUPPLIER);
    query_bind_text(&q, 1, supplier_id);
    const char *id = query_row(&q) ? query_text(&q, arena, 0) : "";
    query_end(&q);
    return id;
}
