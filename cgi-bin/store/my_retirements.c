/* store/my_retirements.c: see store/my_retirements.h. */
#include "store/my_retirements.h"

#include <string.h>

#include "base/id.h"
#include "store/columns.h"
#include "store/walk.h"

#define RECENT_RETIREMENTS_MAX 200 /* looked through for those retired for before */
#define WALK_TEXTS 2

enum {
    Q_COUNT,
    Q_PLACE,
    Q_WALK, /* ascending, then descending */
    Q_KEY = Q_WALK + 2,
    Q_BY,
    Q_RECENT,
    Q_NAMED,
    Q_NAMED_ONE,
    Q_ORGANISATION,
    Q__COUNT
};

/* ?2 and ?3: retired from then until before then. */
#define OWN "FROM retirement r WHERE r.org_id = ?1 AND r.retired_at >= ?2 AND r.retired_at < ?3"
/* ?6 and ?7: the place behind which the walk begins. */
#define WALK(sign, direction)                                                                      \
    "SELECT r.retirement_id, r.beneficiary, r.notes " OWN                                          \
    " AND (r.retired_at, r.retirement_id) " sign " (?6, ?7) ORDER BY r.retired_at " direction      \
    ", r.retirement_id " direction

static const char *const sql[Q__COUNT] = {
    [Q_COUNT] = COUNT_OF("SELECT 1 " OWN),
    [Q_PLACE] = "SELECT retired_at FROM retirement WHERE retirement_id = ?1",
    [Q_WALK] = WALK(">", "ASC"),
    [Q_WALK + 1] = WALK("<", "DESC"),
    [Q_KEY] = "SELECT a.subject_id FROM idempotency i JOIN act a ON a.seq = i.seq"
              " WHERE i.scope = ?1 AND i.key = ?2 AND a.command = 'retire'",
    [Q_BY] = "SELECT retired_by FROM retirement WHERE retirement_id = ?2 AND org_id = ?1",
    [Q_RECENT] = "SELECT coalesce(beneficiary_org_id, named_beneficiary_id) FROM retirement"
                 " WHERE org_id = ?1 ORDER BY retired_at DESC, retirement_id DESC LIMIT ?2",
    [Q_NAMED] = "SELECT beneficiary_id, name, domain, is_individual FROM beneficiary"
                " WHERE org_id = ?1 ORDER BY name COLLATE NOCASE, beneficiary_id",
    [Q_NAMED_ONE] = "SELECT beneficiary_id, name, domain, is_individual FROM beneficiary"
                    " WHERE beneficiary_id = ?2 AND org_id = ?1",
    [Q_ORGANISATION] = "SELECT org_id, name, domain, 0 FROM organisation"
                       " WHERE org_id = ?1 AND state <> 'closed'",
};

const struct query_table my_retirements_queries = {"my_retirements", sql, Q__COUNT};

static void bind_matches(struct query *q, const struct my_retirement_filter *filter)
{
    query_bind_text(q, 1, filter->org_id);
    query_bind_int(q, 2, filter->from_at);
    query_bind_int(q, 3, filter->until_at == 0 ? INT64_MAX : filter->until_at);
}

struct public_retirements my_retirements_list(struct store *registry, struct arena *arena,
                                              const struct my_retirement_filter *filter,
                                              const struct window *window)
{
    struct query at = query(registry, &my_retirements_queries, Q_PLACE);
    query_bind_text(&at, 1, window->behind);
    struct place place = walk_place(&at, arena, window);
    struct fold_words words = walk_words(arena, filter->q);
    struct query q =
        query(registry, &my_retirements_queries, Q_WALK + (window->descending ? 1 : 0));
    bind_matches(&q, filter);
    walk_bind(&q, &place, false);
    struct ids ids = walk_take(&q, arena, &words, WALK_TEXTS, window->most);
    struct public_retirement *rows = arena_array(arena, struct public_retirement, ids.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < ids.count; i++) {
        count += public_retirement_find(registry, arena, ids.at[i], &rows[count]) ? 1 : 0;
    }
    return (struct public_retirements){rows, count};
}

int64_t my_retirements_count(struct store *registry, struct arena *arena,
                             const struct my_retirement_filter *filter)
{
    struct fold_words words = walk_words(arena, filter->q);
    if (words.count > 0) {
        struct place start = walk_start(true);
        struct query q = query(registry, &my_retirements_queries, Q_WALK + 1);
        bind_matches(&q, filter);
        walk_bind(&q, &start, false);
        return walk_count(&q, arena, &words, WALK_TEXTS);
    }
    struct query q = query(registry, &my_retirements_queries, Q_COUNT);
    bind_matches(&q, filter);
    return column_counted(&q);
}

const char *my_retirement_of_key(struct store *registry, struct arena *arena, const char *user_id,
                                 const char *key)
{
    struct query q = query(registry, &my_retirements_queries, Q_KEY);
    query_bind_text(&q, 1, user_id);
    query_bind_text(&q, 2, key);
    const char *retirement_id = query_row(&q) ? query_text(&q, arena, 0) : "";
    query_end(&q);
    return retirement_id;
}

const char *my_retirement_by(struct store *registry, struct arena *arena, const char *org_id,
                             const char *retirement_id)
{
    struct query q = query(registry, &my_retirements_queries, Q_BY);
    query_bind_text(&q, 1, org_id);
    query_bind_text(&q, 2, retirement_id);
    const char *user_id = query_row(&q) ? query_text(&q, arena, 0) : "";
    query_end(&q);
    return user_id;
}

/* ---- whom to retire for ---- */

static struct my_beneficiary read_beneficiary(struct query *q, struct arena *arena, bool is_named)
{
    return (struct my_beneficiary){
        .beneficiary_id = query_text(q, arena, 0),
        .name = query_text(q, arena, 1),
        .domain = query_text(q, arena, 2),
        .is_named = is_named,
        .is_individual = query_int(q, 3) != 0,
    };
}

bool my_beneficiary_find(struct store *registry, struct arena *arena, const char *org_id,
                         const char *beneficiary_id, struct my_beneficiary *beneficiary)
{
    struct query q = query(registry, &my_retirements_queries, Q_NAMED_ONE);
    query_bind_text(&q, 1, org_id);
    query_bind_text(&q, 2, beneficiary_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *beneficiary = read_beneficiary(&q, arena, true);
    }
    query_end(&q);
    if (is_found) {
        return true;
    }
    struct query other = query(registry, &my_retirements_queries, Q_ORGANISATION);
    query_bind_text(&other, 1, beneficiary_id);
    is_found = query_row(&other);
    if (is_found) {
        *beneficiary = read_beneficiary(&other, arena, false);
    }
    query_end(&other);
    return is_found;
}

static bool is_among(const struct my_beneficiary *rows, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++) {
        if (text_is(rows[i].beneficiary_id, id)) {
            return true;
        }
    }
    return false;
}

struct my_beneficiaries my_beneficiaries_recent(struct store *registry, struct arena *arena,
                                                const char *org_id, size_t most)
{
    struct my_beneficiary *rows = arena_array(arena, struct my_beneficiary, most + 1);
    size_t count = 0;
    struct query q = query(registry, &my_retirements_queries, Q_RECENT);
    query_bind_text(&q, 1, org_id);
    query_bind_int(&q, 2, RECENT_RETIREMENTS_MAX);
    while (count < most && query_row(&q)) {
        char id[ID_SIZE];
        query_text_into(&q, 0, id, sizeof(id));
        if (id[0] == '\0' || text_is(id, org_id) || is_among(rows, count, id)) {
            continue;
        }
        count += my_beneficiary_find(registry, arena, org_id, id, &rows[count]) ? 1 : 0;
    }
    query_end(&q);
    return (struct my_beneficiaries){rows, count, (int64_t)count};
}

struct my_beneficiaries my_beneficiaries_named(struct store *registry, struct arena *arena,
                                               const char *org_id, const char *typed, size_t most)
{
    struct fold_words words = walk_words(arena, typed);
    struct my_beneficiary *rows = arena_array(arena, struct my_beneficiary, most + 1);
    struct my_beneficiaries found = {rows, 0, 0};
    char folded[2 * (NOTE_SIZE + DOMAIN_SIZE)];
    struct query q = query(registry, &my_retirements_queries, Q_NAMED);
    query_bind_text(&q, 1, org_id);
    while (query_row(&q)) {
        size_t mark_bytes = arena->used_bytes;
        struct my_beneficiary one = read_beneficiary(&q, arena, true);
        fold_text(folded, sizeof(folded), arena_printf(arena, "%s %s", one.name, one.domain));
        if (!fold_holds(folded, &words)) {
            arena_reset(arena, mark_bytes); /* thousands may pass by */
            continue;
        }
        found.matching++;
        if (found.count < most) {
            rows[found.count++] = one;
        } else {
            arena_reset(arena, mark_bytes);
        }
    }
    query_end(&q);
    return found;
}
