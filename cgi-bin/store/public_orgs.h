/*
 * store/public_orgs.h: organisations as everybody may see them. Not their people, accounts or
 * policies. Reads registry.db; all rows live in the arena.
 */
#ifndef STORE_PUBLIC_ORGS_H
#define STORE_PUBLIC_ORGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/location.h"
#include "model/quantity.h"
#include "store/store.h"
#include "store/window.h"

extern const struct query_table public_orgs_queries;

struct public_org {
    const char *org_id;
    const char *supplier_id; /* "" not a supplier */
    const char *name;
    const char *domain; /* "" unknown, like the next two */
    const char *country;
    const char *description;
    const char *kind; /* "participant", "buffer", "registry" */
    bool is_demo;
    const char *state; /* "active", "suspended", "closed" */
    int64_t opened_at;
    const char *short_description; /* "" */
    const char *place;             /* where it sits, in words; "" */
    struct location location;
};
struct public_orgs {
    const struct public_org *at;
    size_t count;
};

/* What to list. Empty text filters nothing. */
struct public_org_filter {
    const char *q;    /* words in name, domain or country */
    const char *role; /* "supplier", "participant" (not a supplier), "buffer", "registry" */
};
enum public_org_sort { PUBLIC_ORG_BY_NAME, PUBLIC_ORG_BY_TIME, PUBLIC_ORG_SORT__COUNT };

struct public_orgs public_orgs_list(struct store *registry, struct arena *arena,
                                    const struct public_org_filter *filter,
                                    enum public_org_sort sort, const struct window *window);
int64_t public_orgs_count(struct store *registry, struct arena *arena,
                          const struct public_org_filter *filter);
bool public_org_find(struct store *registry, struct arena *arena, const char *org_id,
                     struct public_org *org);
/* The organisation behind a supplier id; "" when there is none. */
const char *public_org_of_supplier(struct store *registry, struct arena *arena,
                                   const char *supplier_id);

#endif
