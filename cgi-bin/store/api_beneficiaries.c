/* store/api_beneficiaries.c: see store/api_beneficiaries.h. */
#include "store/api_beneficiaries.h"

#include "store/columns.h"
#include "store/page_take.h"

enum { Q_NAMED, Q_LIST /* upward, downward */, Q_COUNT = Q_LIST + 2, Q__COUNT };

#define NAME "name COLLATE NOCASE"
/* The first comparison is what the index is searched by; SQLite does not see it in the second. */
#define BEYOND(id, sign) " AND " NAME " " sign "= ?1 AND (" NAME ", " id ") " sign " (?1, ?2)"
/* clang-format off */
#define LIST(sign, direction)                                                                      \
    "SELECT org_id, name FROM organisation"                                                        \
    " WHERE state = 'active'" BEYOND("org_id", sign)                                               \
    " UNION ALL SELECT beneficiary_id, name FROM beneficiary"                                      \
    " WHERE org_id = ?4" BEYOND("beneficiary_id", sign)                                            \
    " ORDER BY 2 COLLATE NOCASE " direction ", 1 " direction " LIMIT ?3"
/* clang-format on */

static const char *const sql[Q__COUNT] = {
    [Q_NAMED] = "SELECT beneficiary_id, name, domain FROM beneficiary"
                " WHERE beneficiary_id = ?1 AND org_id = ?2",
    [Q_LIST] = LIST(">", "ASC"),
    [Q_LIST + 1] = LIST("<", "DESC"),
    [Q_COUNT] = "SELECT (SELECT count(*) FROM organisation WHERE state = 'active')"
                " + (SELECT count(*) FROM beneficiary WHERE org_id = ?1)",
};
const struct query_table api_beneficiaries_queries = {"api_beneficiaries", sql, Q__COUNT};

bool api_beneficiary_find(struct store *registry, struct arena *arena, const char *org_id,
                          const char *beneficiary_id, struct api_party *party)
{
    if (api_party_find(registry, arena, beneficiary_id, party)) {
        return true;
    }
    struct query q = query(registry, &api_beneficiaries_queries, Q_NAMED);
    query_bind_text(&q, 1, beneficiary_id);
    query_bind_text(&q, 2, org_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *party = (struct api_party){.org_id = query_text(&q, arena, 0),
                                    .supplier_id = "",
                                    .name = query_text(&q, arena, 1),
                                    .domain = query_text(&q, arena, 2),
                                    .description = ""};
    }
    query_end(&q);
    return is_found;
}

struct page_ids api_beneficiaries(struct store *registry, struct arena *arena, const char *org_id,
                                  const struct page_ask *ask)
{
    bool down = page_walks_down(ask, false);
    struct query q = query(registry, &api_beneficiaries_queries, Q_LIST + (down ? 1 : 0));
    page_bind(&q, ask, down, true);
    query_bind_text(&q, 4, org_id);
    return page_take(&q, arena, ask);
}

int64_t api_beneficiaries_count(struct store *registry, const char *org_id)
{
    struct query q = query(registry, &api_beneficiaries_queries, Q_COUNT);
    query_bind_text(&q, 1, org_id);
    return column_only(&q);
}
