/*
 * store/my_retirements.h: what one organisation has retired, and whom it has retired for: the
 * organisations and the beneficiaries that it named, which are its own alone. Reads registry.db;
 * all rows live in the arena.
 */
#ifndef STORE_MY_RETIREMENTS_H
#define STORE_MY_RETIREMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/public_retirements.h"
#include "store/store.h"
#include "store/window.h"

extern const struct query_table my_retirements_queries;

/* What to list. Empty text filters nothing. */
struct my_retirement_filter {
    const char *org_id; /* the owner, always */
    const char *q;      /* words in the beneficiary's name or the note */
    int64_t from_at;    /* retired then or later */
    int64_t until_at;   /* retired before; 0 no end */
};

/* By time. */
struct public_retirements my_retirements_list(struct store *registry, struct arena *arena,
                                              const struct my_retirement_filter *filter,
                                              const struct window *window);
int64_t my_retirements_count(struct store *registry, struct arena *arena,
                             const struct my_retirement_filter *filter);

/* The retirement that came of this person's idempotency key; "" when none did. */
const char *my_retirement_of_key(struct store *registry, struct arena *arena, const char *user_id,
                                 const char *key);

/* Who of the organisation retired it; "" the operator, or not its own. */
const char *my_retirement_by(struct store *registry, struct arena *arena, const char *org_id,
                             const char *retirement_id);

/* Somebody to retire for. */
struct my_beneficiary {
    const char *beneficiary_id; /* org_… */
    const char *name;
    const char *domain; /* "" unknown, or an individual */
    bool is_named;      /* by this organisation; otherwise an organisation of the registry */
    bool is_individual;
};
struct my_beneficiaries {
    const struct my_beneficiary *at;
    size_t count;
    int64_t matching; /* all that match, shown or not */
};

/* The last that org_id retired for, newest first, each once, but itself; among its last 200
 * retirements. */
struct my_beneficiaries my_beneficiaries_recent(struct store *registry, struct arena *arena,
                                                const char *org_id, size_t most);
/* Those that org_id named, by name, whose name or domain hold every typed word; "" all. */
struct my_beneficiaries my_beneficiaries_named(struct store *registry, struct arena *arena,
                                               const char *org_id, const char *typed, size_t most);
/* An organisation that is not closed, or one that org_id named. */
bool my_beneficiary_find(struct store *registry, struct arena *arena, const char *org_id,
                         const char *beneficiary_id, struct my_beneficiary *beneficiary);

#endif
