/*
 * store/team.h: what the team pages show of an organisation: its policies, whom it trusts, all its
 * accounts. Reads registry.db. Who belongs to it is in store/rights.h.
 */
#ifndef STORE_TEAM_H
#define STORE_TEAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/store.h"

extern const struct query_table team_queries;

struct team_policy {
    const char *incoming;   /* "ask", "trusted", "all" */
    const char *two_person; /* "never", "above", "always" */
    int64_t two_person_above_units;
};

/* False: no such organisation. */
bool team_policy_read(struct store *registry, struct arena *arena, const char *org_id,
                      struct team_policy *policy);

/* An organisation whose transfers are accepted at once. */
struct team_trusted {
    const char *org_id;
    const char *name;
    const char *state;
    int64_t since_at;
};
struct team_trusteds {
    const struct team_trusted *at;
    size_t count;
};

/* By name, at most TEAM_ROWS_MAX. */
struct team_trusteds team_trusted_list(struct store *registry, struct arena *arena,
                                       const char *org_id);

struct team_account {
    const char *account_id;
    const char *name;
    const char *kind; /* "active", "retirement", "reserve" */
    bool is_open;
    bool is_main;
    bool is_empty; /* no active batch lies in it */
    int64_t opened_at;
};
struct team_accounts {
    const struct team_account *at;
    size_t count;
};

/* Main first, then the open ones by name, then the closed ones; at most TEAM_ROWS_MAX. */
struct team_accounts team_accounts_list(struct store *registry, struct arena *arena,
                                        const char *org_id);

/* Trusted organisations or accounts of one organisation: past this the pages would not help. */
#define TEAM_ROWS_MAX 500

#endif
