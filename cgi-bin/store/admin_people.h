/*
 * store/admin_people.h: persons of the whole registry as a list. Reads people.db.
 */
#ifndef STORE_ADMIN_PEOPLE_H
#define STORE_ADMIN_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/people_person.h"
#include "store/store.h"

extern const struct query_table admin_people_queries;

/* What to list. Empty text filters nothing. */
struct admin_people_filter {
    /* words that name, e-mail address or id hold; accents and capitals make no difference */
    const char *typed;
    const char *state; /* "active", "deactivated" */
};

/* At most `most` by e-mail address, behind (backwards: before) the address `after` ("" at the
 * start). Returns how many. */
size_t admin_people_list(struct store *people, struct arena *arena,
                         const struct admin_people_filter *filter, bool backwards,
                         const char *after, struct person *persons, size_t most);
int64_t admin_people_count(struct store *people, struct arena *arena,
                           const struct admin_people_filter *filter);
/* When the person was last seen signed in, among the sessions that are kept; 0 none. */
int64_t admin_person_seen(struct store *people, const char *user_id);

#endif
