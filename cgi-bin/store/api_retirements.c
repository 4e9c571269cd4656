/* store/api_retirements.c: see store/api_retirements.h. */
#include "store/api_retirements.h"

#include "store/columns.h"
#include "store/page_take.h"

/* Along which index the list is walked. */
enum walk { WALK_ALL, WALK_OWNER, WALK_BENEFICIARY, WALK__COUNT };

enum {
    Q_ONE,
    Q_LIST, /* upward, downward, for each enum walk */
    Q_COUNT = Q_LIST + 2 * WALK__COUNT,
    Q__COUNT = Q_COUNT + WALK__COUNT
};

/* ?1 place's key, ?2 its id, ?3 most, ?4 what the walk is of, ?5 owner; NULL filters nothing. */
#define LIST(where, sign, direction)                                                               \
    "SELECT retirement_id FROM retirement WHERE " where " AND (retired_at, retirement_id) " sign   \
    " (?1, ?2)"                                                                                    \
    " ORDER BY retired_at " direction ", retirement_id " direction " LIMIT ?3"
#define OF_ALL "?4 IS NULL AND ?5 IS NULL"
#define OF_OWNER "org_id = ?4 AND ?5 IS NULL"
/* An organisation or one that is only named: the two never have the same id. */
#define OF_BENEFICIARY "beneficiary_org_id = ?4 AND (?5 IS NULL OR org_id = ?5)"
#define OF_NAMED "named_beneficiary_id = ?4 AND (?5 IS NULL OR org_id = ?5)"
#define LIST_BENEFICIARY(sign, direction)                                                          \
    "SELECT retirement_id, retired_at FROM retirement WHERE " OF_BENEFICIARY                       \
    " AND (retired_at, retirement_id) " sign " (?1, ?2) UNION ALL SELECT retirement_id,"           \
    " retired_at FROM retirement WHERE " OF_NAMED " AND (retired_at, retirement_id) " sign         \
    " (?1, ?2) ORDER BY 2 " direction ", 1 " direction " LIMIT ?3"
#define COUNT(where) "SELECT count(*) FROM retirement WHERE " where

static const char *const sql[Q__COUNT] = {
    [Q_ONE] = "SELECT r.retirement_id, r.retired_at, r.purposes,"
              " coalesce(b.org_id, r.named_beneficiary_id, ''),"
              " coalesce(b.name, r.beneficiary), coalesce(b.domain, ''), o.org_id, o.name,"
              " o.domain, r.instrument, r.units, r.notes, r.note_redacted_at,"
              " r.note_redacted_reason, r.name_redacted_at, r.name_redacted_reason"
              " FROM retirement r CROSS JOIN organisation o ON o.org_id = r.org_id"
              " LEFT JOIN organisation b ON b.org_id = r.beneficiary_org_id"
              " WHERE r.retirement_id = ?1",
    [Q_LIST + 2 * WALK_ALL] = LIST(OF_ALL, ">", "ASC"),
    [Q_LIST + 2 * WALK_ALL + 1] = LIST(OF_ALL, "<", "DESC"),
    [Q_LIST + 2 * WALK_OWNER] = LIST(OF_OWNER, ">", "ASC"),
    [Q_LIST + 2 * WALK_OWNER + 1] = LIST(OF_OWNER, "<", "DESC"),
    [Q_LIST + 2 * WALK_BENEFICIARY] = LIST_BENEFICIARY(">", "ASC"),
    [Q_LIST + 2 * WALK_BENEFICIARY + 1] = LIST_BENEFICIARY("<", "DESC"),
    [Q_COUNT + WALK_ALL] = "SELECT coalesce(sum(retirements), 0) FROM year_total WHERE " OF_ALL,
    [Q_COUNT + WALK_OWNER] = COUNT(OF_OWNER),
    [Q_COUNT + WALK_BENEFICIARY] = "SELECT (" COUNT(OF_BENEFICIARY) ") + (" COUNT(OF_NAMED) ")",
};

const struct query_table api_retirements_queries = {"api_retirements", sql, Q__COUNT};

static enum walk walk_of(const struct api_retirement_filter *filter)
{
    return !text_empty(filter->beneficiary_org_id) ? WALK_BENEFICIARY
           : !text_empty(filter->owner_org_id)     ? WALK_OWNER
                                                   : WALK_ALL;
}

static void bind_what(struct query *q, enum walk walk, const struct api_retirement_filter *filter)
{
    bind_filter(q, 4, walk == WALK_BENEFICIARY ? filter->beneficiary_org_id : filter->owner_org_id);
    bind_filter(q, 5, walk == WALK_BENEFICIARY ? filter->owner_org_id : NULL);
}

bool api_retirement_find(struct store *registry, struct arena *arena, const char *retirement_id,
                         struct api_retirement *retirement)
{
    struct query q = query(registry, &api_retirements_queries, Q_ONE);
    query_bind_text(&q, 1, retirement_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *retirement = (struct api_retirement){
            .retirement_id = query_text(&q, arena, 0),
            .retired_at = query_int(&q, 1),
            .purposes = (unsigned)query_int(&q, 2),
            .beneficiary = {.org_id = query_text(&q, arena, 3),
                            .supplier_id = "",
                            .name = query_text(&q, arena, 4),
                            .domain = query_text(&q, arena, 5),
                            .description = ""},
            .owner = {.org_id = query_text(&q, arena, 6),
                      .supplier_id = "",
                      .name = query_text(&q, arena, 7),
                      .domain = query_text(&q, arena, 8),
                      .description = ""},
            .instrument = column_instrument(&q, 9),
            .units = query_int(&q, 10),
            .notes = query_text(&q, arena, 11),
            .note_redacted = column_redaction(&q, arena, 12),
            .beneficiary_redacted = column_redaction(&q, arena, 14),
        };
    }
    query_end(&q);
    return is_found;
}

struct page_ids api_retirements(struct store *registry, struct arena *arena,
                                const struct api_retirement_filter *filter,
                                const struct page_ask *ask)
{
    enum walk walk = walk_of(filter);
    bool down = page_walks_down(ask, true);
    struct query q =
        query(registry, &api_retirements_queries, Q_LIST + 2 * (int)walk + (down ? 1 : 0));
    page_bind(&q, ask, down, false);
    bind_what(&q, walk, filter);
    return page_take(&q, arena, ask);
}

int64_t api_retirements_count(struct store *registry, const struct api_retirement_filter *filter)
{
    enum walk walk = walk_of(filter);
    struct query q = query(registry, &api_retirements_queries, Q_COUNT + (int)walk);
    bind_what(&q, walk, filter);
    return column_only(&q);
}
