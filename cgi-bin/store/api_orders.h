/*
 * store/api_orders.h: orders and deliveries for the API. A delivery is public; an order concerns
 * its buyer and its supplier only, which is the caller's to see to. Reads registry.db; all rows
 * live in the arena.
 */
#ifndef STORE_API_ORDERS_H
#define STORE_API_ORDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/quantity.h"
#include "store/api_parties.h"
#include "store/page_ask.h"
#include "store/redaction.h"
#include "store/store.h"

extern const struct query_table api_orders_queries;

struct api_order {
    const char *order_id;
    struct api_party buyer;
    struct api_party supplier;
    enum instrument instrument; /* what it counts */
    int64_t units;
    int64_t delivered_units;
    const char *contract_date; /* YYYY-MM-DD; "" unknown */
    int64_t ordered_at;
    int64_t fulfilled_at; /* of the last delivery, when all is delivered; 0 */
    const char *notes;
};

bool api_order_find(struct store *registry, struct arena *arena, const char *order_id,
                    struct api_order *order);
/* Placed by a buyer, or with a supplier (organisations): the last one first; keys are
 * ordered_at. */
enum api_orders_of { ORDERS_OF_BUYER, ORDERS_OF_SUPPLIER, ORDERS_OF__COUNT };
struct page_ids api_orders(struct store *registry, struct arena *arena, enum api_orders_of of,
                           const char *org_id, const struct page_ask *ask);
int64_t api_orders_count(struct store *registry, enum api_orders_of of, const char *org_id);

struct api_delivery {
    const char *delivery_id;
    const char *order_id;
    struct api_party supplier;
    struct api_party buyer;
    enum instrument instrument;
    int64_t units;
    const char *notes; /* "" none, or redacted */
    struct redaction note_redacted;
    int64_t delivered_at;
};

bool api_delivery_find(struct store *registry, struct arena *arena, const char *delivery_id,
                       struct api_delivery *delivery);

/* Which deliveries; "" any. order_id stands alone. */
struct api_delivery_filter {
    const char *supplier_org_id;
    const char *buyer_org_id;
    const char *order_id;
};
/* The last one first; keys are delivered_at. */
struct page_ids api_deliveries(struct store *registry, struct arena *arena,
                               const struct api_delivery_filter *filter,
                               const struct page_ask *ask);
int64_t api_deliveries_count(struct store *registry, const struct api_delivery_filter *filter);

#endif
