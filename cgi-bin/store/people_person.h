/*
 * store/people_person.h: persons in people.db: their names and e-mail addresses, and whether they
 * may sign in. What they may do is in registry.db (store/rights.h).
 */
#ifndef STORE_PEOPLE_PERSON_H
#define STORE_PEOPLE_PERSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/id.h"
#include "base/limits.h"
#include "store/store.h"

struct person {
    char user_id[ID_SIZE];
    char name[NAME_SIZE];
    char email[EMAIL_SIZE];
    bool is_active;
    int64_t made_at;
};

extern const struct query_table people_person_queries;

/* False: nobody. E-mail addresses are compared without regard to ASCII case. */
bool people_by_id(struct store *store, const char *user_id, struct person *person);
bool people_by_email(struct store *store, const char *email, struct person *person);

/* The name of a person in the arena; "" when unknown. A program's is its access token's: "Nightly
 * job (access token)". */
const char *people_name(struct store *store, struct arena *arena, const char *user_id);
/* How many there are. */
int64_t people_count(struct store *store);
/* Persons by e-mail address, those after `after` ("" = from the start), at most rows_max; returns
 * how many. */
size_t people_list(struct store *store, const char *after_email, struct person *persons,
                   size_t rows_max);

/* Adds an active person. False and no fault: the id or the e-mail address is taken. */
bool people_add(struct store *store, const struct person *person);
/* False: no such person. */
bool people_set_active(struct store *store, const char *user_id, bool is_active);

#endif
