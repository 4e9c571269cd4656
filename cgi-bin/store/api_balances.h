/*
 * store/api_balances.h: what an organisation has of each order it placed, for the API. Balances by
 * supplier and project come from store/holdings.h. Reads registry.db; all rows live in the arena.
 */
#ifndef STORE_API_BALANCES_H
#define STORE_API_BALANCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/id.h"
#include "model/quantity.h"
#include "store/store.h"

extern const struct query_table api_balances_queries;

/* Units of one instrument that came with an order's deliveries and are still the organisation's. */
struct api_order_balance {
    const char *order_id;
    enum instrument instrument;
    int64_t active_units; /* reserved is part of it */
    int64_t reserved_units;
    int64_t available_units;
    int64_t retired_units;
};
struct api_order_balances {
    const struct api_order_balance *at;
    size_t count;
    bool has_more; /* there may be orders behind these */
};

/* How far a walk has come; all zero at the beginning. */
struct api_order_place {
    int64_t ordered_at;
    char order_id[ID_SIZE];
};

/* Of the next `most` orders behind the place, the oldest first; an order of which nothing is left
 * is not among them. The place moves on. Reads running totals: one for each delivery, project and
 * account. */
struct api_order_balances api_order_balances(struct store *registry, struct arena *arena,
                                             const char *org_id, struct api_order_place *place,
                                             size_t most);

#endif
