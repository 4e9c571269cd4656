/* store/api_parties.c: see store/api_parties.h. */
#include "store/api_parties.h"

#include "store/api_party_row.h"
#include "store/page_take.h"

enum {
    Q_ONE,
    Q_BY_SUPPLIER,
    Q_SUPPLIERS, /* upward, downward */
    Q_SUPPLIERS_COUNT = Q_SUPPLIERS + 2,
    Q_ACTIVE, /* upward, downward */
    Q_ACTIVE_COUNT = Q_ACTIVE + 2,
    Q__COUNT
};

#define PARTY_COLUMNS "SELECT " API_PARTY_COLUMNS("o") " FROM organisation o"
#define NAME "name COLLATE NOCASE"
#define BY_NAME(where, sign, direction)                                                            \
    "SELECT org_id FROM organisation WHERE " where " AND " NAME " " sign "= ?1"                    \
    " AND (" NAME ", org_id) " sign " (?1, ?2)"                                                    \
    " ORDER BY " NAME " " direction ", org_id " direction " LIMIT ?3"

static const char *const sql[Q__COUNT] = {
    [Q_ONE] = PARTY_COLUMNS " WHERE org_id = ?1",
    [Q_BY_SUPPLIER] = PARTY_COLUMNS " WHERE supplier_id = ?1",
    [Q_SUPPLIERS] = BY_NAME("supplier_id IS NOT NULL", ">", "ASC"),
    [Q_SUPPLIERS + 1] = BY_NAME("supplier_id IS NOT NULL", "<", "DESC"),
    [Q_SUPPLIERS_COUNT] = "SELECT count(*) FROM organisation WHERE supplier_id > ''",
    [Q_ACTIVE] = BY_NAME("state = 'active' AND org_id <> ?4", ">", "ASC"),
    [Q_ACTIVE + 1] = BY_NAME("state = 'active' AND org_id <> ?4", "<", "DESC"),
    [Q_ACTIVE_COUNT] = "SELECT count(*) FROM organisation WHERE state = 'active' AND org_id <> ?1",
};

const struct query_table api_parties_queries = {"api_parties", sql, Q__COUNT};

static bool find(struct store *registry, struct arena *arena, int number, const char *id,
                 struct api_party *party)
{
    struct query q = query(registry, &api_parties_queries, number);
    query_bind_text(&q, 1, id);
    bool is_found = query_row(&q);
    if (is_found) {
        *party = api_party_row(&q, arena, 0);
    }
    query_end(&q);
    return is_found;
}

bool api_party_find(struct store *registry, struct arena *arena, const char *org_id,
                    struct api_party *party)
{
    return find(registry, arena, Q_ONE, org_id, party);
}

bool api_supplier_find(struct store *registry, struct arena *arena, const char *supplier_id,
                       struct api_party *party)
{
    return find(registry, arena, Q_BY_SUPPLIER, supplier_id, party);
}

struct page_ids api_suppliers(struct store *registry, struct arena *arena,
                              const struct page_ask *ask)
{
    bool down = page_walks_down(ask, false);
    struct query q = query(registry, &api_parties_queries, Q_SUPPLIERS + (down ? 1 : 0));
    page_bind(&q, ask, down, true);
    return page_take(&q, arena, ask);
}

int64_t api_suppliers_count(struct store *registry)
{
    struct query q = query(registry, &api_parties_queries, Q_SUPPLIERS_COUNT);
    return column_only(&q);
}

struct page_ids api_transferees(struct store *registry, struct arena *arena, const char *but_org_id,
                                const struct page_ask *ask)
{
    bool down = page_walks_down(ask, false);
    struct query q = query(registry, &api_parties_queries, Q_ACTIVE + (down ? 1 : 0));
    page_bind(&q, ask, down, true);
    query_bind_text(&q, 4, but_org_id);
    return page_take(&q, arena, ask);
}

int64_t api_transferees_count(struct store *registry, const char *but_org_id)
{
    struct query q = query(registry, &api_parties_queries, Q_ACTIVE_COUNT);
    query_bind_text(&q, 1, but_org_id);
    return column_only(&q);
}
