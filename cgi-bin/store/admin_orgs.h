/*
 * store/admin_orgs.h: organisations as administrators see them: all of them in every state, with
 * their accounts and policies. Reads registry.db.
 */
#ifndef STORE_ADMIN_ORGS_H
#define STORE_ADMIN_ORGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/location.h"
#include "model/quantity.h"
#include "store/store.h"

extern const struct query_table admin_orgs_queries;

struct admin_org {
    const char *org_id;
    const char *supplier_id; /* "" not a supplier */
    const char *name;
    const char *domain;  /* "" unknown */
    const char *country; /* "" unknown */
    const char *description;
    const char *kind;            /* "participant", "buffer", "registry" */
    const char *state;           /* "active", "suspended", "closed" */
    const char *incoming_policy; /* "ask", "trusted", "all" */
    const char *two_person;      /* "never", "above", "always" */
    int64_t two_person_above_units;
    int64_t opened_at;
    const char *origin; /* "" opened here */
    const char *short_description;
    const char *place; /* "" unknown */
    struct location location;
};
struct admin_orgs {
    const struct admin_org *at;
    size_t count;
};

/* What to list. Empty text filters nothing. */
struct admin_org_filter {
    /* words that name, domain or id hold; accents and capitals make no difference */
    const char *typed;
    const char *state;
    const char *kind; /* as in admin_org.kind, or "supplier" */
};

/* At most `most` rows by name, behind (backwards: before) the organisation after_id ("" at the
 * start). */
struct admin_orgs admin_orgs_list(struct store *registry, struct arena *arena,
                                  const struct admin_org_filter *filter, bool backwards,
                                  const char *after_id, size_t most);
int64_t admin_orgs_count(struct store *registry, struct arena *arena,
                         const struct admin_org_filter *filter);
bool admin_org_find(struct store *registry, struct arena *arena, const char *org_id,
                    struct admin_org *org);

struct admin_account {
    const char *account_id;
    const char *name;
    const char *kind;
    bool is_open;
    bool is_main;
    int64_t opened_at;
    int64_t batch_count; /* live batches in it */
};
struct admin_accounts {
    const struct admin_account *at;
    size_t count;
};
/* Closed ones too; Main first, then by name. */
struct admin_accounts admin_org_accounts(struct store *registry, struct arena *arena,
                                         const char *org_id);

/* The names of those whose transfers it accepts at once, by name. */
struct admin_orgs admin_org_trusted(struct store *registry, struct arena *arena,
                                    const char *org_id);

/* "Northwind Carbon, Fjord Foods": where a person has a role, at most `most` of them by name;
 * *count is all of them. */
const char *admin_person_orgs(struct store *registry, struct arena *arena, const char *user_id,
                              size_t most, int64_t *count);

/* Has it an open reserve account, and is it the one that buffer units go to: the first active
 * buffer pool. "" none. */
const char *admin_buffer_org(struct store *registry, struct arena *arena);

#endif
