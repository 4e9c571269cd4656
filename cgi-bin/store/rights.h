/*
 * store/rights.h: what registry.db says a person may do now: whether the person is active, the
 * registry roles, and the memberships. Names and e-mail addresses of persons are in people.db
 * (store/people_person.h).
 */
#ifndef STORE_RIGHTS_H
#define STORE_RIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/id.h"
#include "store/store.h"

struct rights {
    bool is_known; /* the registry has heard of the person */
    bool is_active;
    unsigned registry_roles; /* REGISTRY_… bits */
};

/* One organisation that a person belongs to. */
struct rights_membership {
    const char *org_id;
    const char *org_name;
    unsigned roles; /* ROLE_… bits, never 0 */
    int64_t since_at;
};

/* One person that belongs to an organisation. */
struct rights_member {
    const char *user_id;
    unsigned roles; /* ROLE_… bits, never 0 */
    bool is_active;
    int64_t since_at;
};

extern const struct query_table rights_queries;

struct rights rights_of(struct store *store, const char *user_id);
/* A person's organisations by name; *count says how many. */
const struct rights_membership *rights_memberships(struct store *store, struct arena *arena,
                                                   const char *user_id, size_t *count);
/* An organisation's people, without its programs, by id (the order they became known in); *count
 * says how many. */
const struct rights_member *rights_members(struct store *store, struct arena *arena,
                                           const char *org_id, size_t *count);
/* The membership of an active program (an access token's person) in its organisation, from current
 * facts. False: deactivated, unknown, a human being, or no role in it. */
bool rights_program(struct store *store, struct arena *arena, const char *org_id,
                    const char *user_id, struct rights_membership *membership);
/* The roles of a person in an organisation; 0: none. */
unsigned rights_roles(struct store *store, const char *org_id, const char *user_id);
/* The installation's tag for new ids. */
void rights_tag(struct store *store, char tag[ID_TAG_SIZE]);

#endif
