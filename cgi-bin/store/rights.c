/* store/rights.c: see store/rights.h. */
#include "store/rights.h"

#include "base/must.h"
#include "store/query.h"

/* Of one person, and people of one organisation: past this a team is not a team. */
#define MEMBERSHIPS_MAX 1024

enum { Q_PERSON, Q_MEMBERSHIPS, Q_PROGRAM, Q_MEMBERS, Q_ROLES, Q_TAG, Q__COUNT };

static const char *const SQL[Q__COUNT] = {
    [Q_PERSON] = "SELECT state = 'active', registry_roles FROM person WHERE user_id = ?1",
    [Q_MEMBERSHIPS] = "SELECT m.org_id, o.name, m.roles, m.since_at FROM membership m"
                      " JOIN organisation o ON o.org_id = m.org_id"
                      " WHERE m.user_id = ?1 AND m.roles <> 0"
                      " ORDER BY o.name COLLATE NOCASE, m.org_id LIMIT ?2",
    [Q_PROGRAM] = "SELECT m.org_id, o.name, m.roles, m.since_at FROM membership m"
                  " JOIN organisation o ON o.org_id = m.org_id"
                  " JOIN person p ON p.user_id = m.user_id"
                  " WHERE m.org_id = ?1 AND m.user_id = ?2 AND m.roles <> 0"
                  " AND p.state = 'active' AND p.is_program = 1",
    [Q_MEMBERS] = "SELECT m.user_id, m.roles, p.state = 'active', m.since_at FROM membership m"
                  " JOIN person p ON p.user_id = m.user_id"
                  " WHERE m.org_id = ?1 AND m.roles <> 0 AND p.is_program = 0"
                  " ORDER BY m.user_id LIMIT ?2",
    [Q_ROLES] = "SELECT roles FROM membership WHERE org_id = ?1 AND user_id = ?2",
    [Q_TAG] = "SELECT tag FROM setting WHERE one = 1",
};

const struct query_table rights_queries = {"rights", SQL, Q__COUNT};

static struct rights_membership membership_row(struct query *q, struct arena *arena);

struct rights rights_of(struct store *store, const char *user_id)
{
    struct rights rights = {.is_known = false};
    struct query q = query(store, &rights_queries, Q_PERSON);
    query_bind_text(&q, 1, user_id);
    if (query_row(&q)) {
        rights.is_known = true;
        rights.is_active = query_int(&q, 0) != 0;
        rights.registry_roles = (unsigned)query_int(&q, 1);
    }
    query_end(&q);
    return rights;
}

const struct rights_membership *rights_memberships(struct store *store, struct arena *arena,
                                                   const char *user_id, size_t *count)
{
    struct rights_membership *rows = arena_array(arena, struct rights_membership, MEMBERSHIPS_MAX);
    *count = 0;
    struct query q = query(store, &rights_queries, Q_MEMBERSHIPS);
    query_bind_text(&q, 1, user_id);
    query_bind_int(&q, 2, MEMBERSHIPS_MAX);
    while (*count < MEMBERSHIPS_MAX && query_row(&q)) {
        rows[(*count)++] = membership_row(&q, arena);
    }
    query_end(&q);
    return rows;
}

const struct rights_member *rights_members(struct store *store, struct arena *arena,
                                           const char *org_id, size_t *count)
{
    struct rights_member *rows = arena_array(arena, struct rights_member, MEMBERSHIPS_MAX);
    *count = 0;
    struct query q = query(store, &rights_queries, Q_MEMBERS);
    query_bind_text(&q, 1, org_id);
    query_bind_int(&q, 2, MEMBERSHIPS_MAX);
    while (*count < MEMBERSHIPS_MAX && query_row(&q)) {
        rows[(*count)++] = (struct rights_member){
            .user_id = query_text(&q, arena, 0),
            .roles = (unsigned)query_int(&q, 1),
            .is_active = query_int(&q, 2) != 0,
            .since_at = query_int(&q, 3),
        };
    }
    query_end(&q);
    return rows;
}

bool rights_program(struct store *store, struct arena *arena, const char *org_id,
                    const char *user_id, struct rights_membership *membership)
{
    *membership = (struct rights_membership){.org_id = "", .org_name = ""};
    struct query q = query(store, &rights_queries, Q_PROGRAM);
    query_bind_text(&q, 1, org_id);
    query_bind_text(&q, 2, user_id);
    bool found = query_row(&q);
    if (found) {
        *membership = membership_row(&q, arena);
    }
    query_end(&q);
    return found;
}

unsigned rights_roles(struct store *store, const char *org_id, const char *user_id)
{
    struct query q = query(store, &rights_queries, Q_ROLES);
    query_bind_text(&q, 1, org_id);
    query_bind_text(&q, 2, user_id);
    unsigned roles = query_row(&q) ? (unsigned)query_int(&q, 0) : 0;
    query_end(&q);
    return roles;
}

void rights_tag(struct store *store, char tag[ID_TAG_SIZE])
{
    tag[0] = '\0';
    struct query q = query(store, &rights_queries, Q_TAG);
    if (query_row(&q)) {
        query_text_into(&q, 0, tag, ID_TAG_SIZE);
    }
    query_end(&q);
    must(tag[0] == '\0' || id_tag_is(tag));
}

static struct rights_membership membership_row(struct query *q, struct arena *arena)
{
    return (struct rights_membership){.org_id = query_text(q, arena, 0),
                                      .org_name = query_text(q, arena, 1),
                                      .roles = (unsigned)query_int(q, 2),
                                      .since_at = query_int(q, 3)};
}
