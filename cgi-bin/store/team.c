/* store/team.c: see store/team.h. */
#include "store/team.h"

#include "store/query.h"

enum { Q_POLICY, Q_TRUSTED, Q_ACCOUNTS, Q__COUNT };

static const char *const SQL[Q__COUNT] = {
    [Q_POLICY] = "SELECT incoming_policy, two_person, two_person_above_units"
                 " FROM organisation WHERE org_id = ?1",
    [Q_TRUSTED] = "SELECT t.sender_org_id, o.name, o.state, t.since_at FROM trusted_sender t"
                  " JOIN organisation o ON o.org_id = t.sender_org_id"
                  " WHERE t.org_id = ?1 ORDER BY o.name COLLATE NOCASE, o.org_id LIMIT ?2",
    [Q_ACCOUNTS] =
        "SELECT a.account_id, a.name, a.kind, a.state = 'open', a.is_main, NOT EXISTS (SELECT 1"
        " FROM holding h"
        " WHERE h.org_id = a.org_id AND h.account_id = a.account_id"
        " AND h.active > 0), a.opened_at FROM account a WHERE a.org_id = ?1"
        " ORDER BY a.is_main DESC, a.state DESC, a.name COLLATE NOCASE LIMIT ?2",
};

const struct query_table team_queries = {"team", SQL, Q__COUNT};

bool team_policy_read(struct store *registry, struct arena *arena, const char *org_id,
                      struct team_policy *policy)
{
    struct query q = query(registry, &team_queries, Q_POLICY);
    query_bind_text(&q, 1, org_id);
    bool found = query_row(&q);
    *policy = (struct team_policy){"", "", 0};
    if (found) {
        policy->incoming = query_text(&q, arena, 0);
        policy->two_person = query_text(&q, arena, 1);
        policy->two_person_above_units = query_int(&q, 2);
    }
    query_end(&q);
    return found;
}

struct team_trusteds team_trusted_list(struct store *registry, struct arena *arena,
                                       const char *org_id)
{
    struct team_trusted *rows = arena_array(arena, struct team_trusted, TEAM_ROWS_MAX);
    size_t count = 0;
    struct query q = query(registry, &team_queries, Q_TRUSTED);
    query_bind_text(&q, 1, org_id);
    query_bind_int(&q, 2, TEAM_ROWS_MAX);
    while (count < TEAM_ROWS_MAX && query_row(&q)) {
        rows[count++] = (struct team_trusted){.org_id = query_text(&q, arena, 0),
                                              .name = query_text(&q, arena, 1),
                                              .state = query_text(&q, arena, 2),
                                              .since_at = query_int(&q, 3)};
    }
    query_end(&q);
    return (struct team_trusteds){rows, count};
}

struct team_accounts team_accounts_list(struct store *registry, struct arena *arena,
                                        const char *org_id)
{
    struct team_account *rows = arena_array(arena, struct team_account, TEAM_ROWS_MAX);
    size_t count = 0;
    struct query q = query(registry, &team_queries, Q_ACCOUNTS);
    query_bind_text(&q, 1, org_id);
    query_bind_int(&q, 2, TEAM_ROWS_MAX);
    while (count < TEAM_ROWS_MAX && query_row(&q)) {
        rows[count++] = (struct team_account){.account_id = query_text(&q, arena, 0),
                                              .name = query_text(&q, arena, 1),
                                              .kind = query_text(&q, arena, 2),
                                              .is_open = query_int(&q, 3) != 0,
                                              .is_main = query_int(&q, 4) != 0,
                                              .is_empty = query_int(&q, 5) != 0,
                                              .opened_at = query_int(&q, 6)};
    }
    query_end(&q);
    return (struct team_accounts){rows, count};
}
