/*
 * store/api_balances.h: what an organisation has of each order it placed, for the API. Balances by
 * supplier and project come from store/holdings.h. Reads registry.db; all rows live in the arena.
 */
#ifndef STORE_API_BALANCES_H
#define STORE_API_BALANCES_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
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
};

/* By order, the oldest first. Looks at each batch that came of the organisation's deliveries. */
struct api_order_balances api_order_balances(struct store *registry, struct arena *arena,
                                             const char *org_id);

#endif
