/*
 * store/api_parties.h: organisations and suppliers for the API, one and by name. Reads registry.db;
 * all rows live in the arena.
 */
#ifndef STORE_API_PARTIES_H
#define STORE_API_PARTIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/location.h"
#include "store/page_ask.h"
#include "store/store.h"

extern const struct query_table api_parties_queries;

struct api_party {
    const char *org_id;
    const char *supplier_id; /* "" not a supplier */
    const char *name;
    const char *domain;      /* "" unknown */
    const char *description; /* "" none */
    /* The rest is read where a supplier is (store/api_party_row.h). */
    const char *short_description; /* "" none */
    const char *place;             /* where it sits, in words; "" */
    const char *country;           /* ISO 3166-1 alpha-3; "" */
    struct location location;
};

bool api_party_find(struct store *registry, struct arena *arena, const char *org_id,
                    struct api_party *party);
/* The organisation behind a supplier id. */
bool api_supplier_find(struct store *registry, struct arena *arena, const char *supplier_id,
                       struct api_party *party);

/* Lists by name; ids are those of organisations. */
struct page_ids api_suppliers(struct store *registry, struct arena *arena,
                              const struct page_ask *ask);
int64_t api_suppliers_count(struct store *registry);
/* Active organisations but one: whom it can send to. */
struct page_ids api_transferees(struct store *registry, struct arena *arena, const char *but_org_id,
                                const struct page_ask *ask);
int64_t api_transferees_count(struct store *registry, const char *but_org_id);

#endif
