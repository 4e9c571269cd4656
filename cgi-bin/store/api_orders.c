/* store/api_orders.c: see store/api_orders.h. */
#include "store/api_orders.h"

#include "store/api_party_row.h"
#include "store/page_take.h"

/* Along which index deliveries are walked. */
enum walk { WALK_ALL, WALK_SUPPLIER, WALK_BUYER, WALK_ORDER, WALK__COUNT };

enum {
    Q_ORDER,
    Q_ORDERS, /* upward, downward, for each enum api_orders_of */
    Q_ORDERS_COUNT = Q_ORDERS + 2 * ORDERS_OF__COUNT,
    Q_DELIVERY = Q_ORDERS_COUNT + ORDERS_OF__COUNT,
    Q_DELIVERIES, /* upward, downward, for each enum walk */
    Q_DELIVERIES_COUNT = Q_DELIVERIES + 2 * WALK__COUNT,
    Q__COUNT = Q_DELIVERIES_COUNT + WALK__COUNT
};

#define PARTIES API_PARTY_COLUMNS("b") ", " API_PARTY_COLUMNS("s")
/* ?1 place's key, ?2 its id, ?3 most, ?4 the party. */
#define ORDERS(party, sign, direction)                                                             \
    "SELECT order_id FROM buyer_order WHERE " party " = ?4"                                        \
    " AND (ordered_at, order_id) " sign " (?1, ?2)"                                                \
    " ORDER BY ordered_at " direction ", order_id " direction " LIMIT ?3"
#define ORDERS_COUNT(party) "SELECT count(*) FROM buyer_order WHERE " party " = ?1"
/* ?4 what the walk is of, ?5 supplier; NULL filters nothing. */
#define DELIVERIES(where, sign, direction)                                                         \
    "SELECT delivery_id FROM delivery WHERE " where " AND (delivered_at, delivery_id) " sign       \
    " (?1, ?2)"                                                                                    \
    " ORDER BY delivered_at " direction ", delivery_id " direction " LIMIT ?3"
#define OF_ALL "?4 IS NULL AND ?5 IS NULL"
#define OF_SUPPLIER "supplier_org_id = ?4 AND ?5 IS NULL"
#define OF_BUYER "buyer_org_id = ?4 AND (?5 IS NULL OR supplier_org_id = ?5)"
#define OF_ORDER "order_id = ?4 AND ?5 IS NULL"
#define DELIVERIES_COUNT(where) "SELECT count(*) FROM delivery WHERE " where

static const char *const sql[Q__COUNT] = {
    [Q_ORDER] = "SELECT o.order_id, " PARTIES ","
                " o.instrument, o.units, o.delivered_units, o.contract_date, o.ordered_at,"
                " CASE WHEN o.delivered_units = o.units THEN (SELECT max(d.delivered_at)"
                "  FROM delivery d WHERE d.order_id = o.order_id) END, o.notes"
                " FROM buyer_order o CROSS JOIN organisation b ON b.org_id = o.buyer_org_id"
                " CROSS JOIN organisation s ON s.org_id = o.supplier_org_id WHERE o.order_id = ?1",
    [Q_ORDERS + 2 * ORDERS_OF_BUYER] = ORDERS("buyer_org_id", ">", "ASC"),
    [Q_ORDERS + 2 * ORDERS_OF_BUYER + 1] = ORDERS("buyer_org_id", "<", "DESC"),
    [Q_ORDERS + 2 * ORDERS_OF_SUPPLIER] = ORDERS("supplier_org_id", ">", "ASC"),
    [Q_ORDERS + 2 * ORDERS_OF_SUPPLIER + 1] = ORDERS("supplier_org_id", "<", "DESC"),
    [Q_ORDERS_COUNT + ORDERS_OF_BUYER] = ORDERS_COUNT("buyer_org_id"),
    [Q_ORDERS_COUNT + ORDERS_OF_SUPPLIER] = ORDERS_COUNT("supplier_org_id"),
    [Q_DELIVERY] = "SELECT d.delivery_id, " PARTIES ", p.instrument, d.order_id, d.units, d.notes,"
                   " d.delivered_at, d.note_redacted_at, d.note_redacted_reason FROM delivery d"
                   " CROSS JOIN organisation b ON b.org_id = d.buyer_org_id"
                   " CROSS JOIN organisation s ON s.org_id = d.supplier_org_id"
                   " CROSS JOIN delivery_line l ON l.delivery_id = d.delivery_id AND l.line = 1"
                   " CROSS JOIN batch c ON c.batch_id = l.batch_id"
                   " CROSS JOIN project p ON p.project_id = c.project_id WHERE d.delivery_id = ?1",
    [Q_DELIVERIES + 2 * WALK_ALL] = DELIVERIES(OF_ALL, ">", "ASC"),
    [Q_DELIVERIES + 2 * WALK_ALL + 1] = DELIVERIES(OF_ALL, "<", "DESC"),
    [Q_DELIVERIES + 2 * WALK_SUPPLIER] = DELIVERIES(OF_SUPPLIER, ">", "ASC"),
    [Q_DELIVERIES + 2 * WALK_SUPPLIER + 1] = DELIVERIES(OF_SUPPLIER, "<", "DESC"),
    [Q_DELIVERIES + 2 * WALK_BUYER] = DELIVERIES(OF_BUYER, ">", "ASC"),
    [Q_DELIVERIES + 2 * WALK_BUYER + 1] = DELIVERIES(OF_BUYER, "<", "DESC"),
    [Q_DELIVERIES + 2 * WALK_ORDER] = DELIVERIES(OF_ORDER, ">", "ASC"),
    [Q_DELIVERIES + 2 * WALK_ORDER + 1] = DELIVERIES(OF_ORDER, "<", "DESC"),
    [Q_DELIVERIES_COUNT + WALK_ALL] = DELIVERIES_COUNT(OF_ALL),
    [Q_DELIVERIES_COUNT + WALK_SUPPLIER] = DELIVERIES_COUNT(OF_SUPPLIER),
    [Q_DELIVERIES_COUNT + WALK_BUYER] = DELIVERIES_COUNT(OF_BUYER),
    [Q_DELIVERIES_COUNT + WALK_ORDER] = DELIVERIES_COUNT(OF_ORDER),
};

const struct query_table api_orders_queries = {"api_orders", sql, Q__COUNT};

bool api_order_find(struct store *registry, struct arena *arena, const char *order_id,
                    struct api_order *order)
{
    struct query q = query(registry, &api_orders_queries, Q_ORDER);
    query_bind_text(&q, 1, order_id);
    bool is_found = query_row(&q);
    int c = 1 + 2 * API_PARTY_COLUMN_COUNT;
    if (is_found) {
        *order = (struct api_order){
            .order_id = query_text(&q, arena, 0),
            .buyer = api_party_row(&q, arena, 1),
            .supplier = api_party_row(&q, arena, 1 + API_PARTY_COLUMN_COUNT),
            .instrument = column_instrument(&q, c),
            .units = query_int(&q, c + 1),
            .delivered_units = query_int(&q, c + 2),
            .contract_date = query_text(&q, arena, c + 3),
            .ordered_at = query_int(&q, c + 4),
            .fulfilled_at = query_int(&q, c + 5),
            .notes = query_text(&q, arena, c + 6),
        };
    }
    query_end(&q);
    return is_found;
}

struct page_ids api_orders(struct store *registry, struct arena *arena, enum api_orders_of of,
                           const char *org_id, const struct page_ask *ask)
{
    bool down = page_walks_down(ask, true);
    struct query q = query(registry, &api_orders_queries, Q_ORDERS + 2 * (int)of + (down ? 1 : 0));
    page_bind(&q, ask, down, false);
    query_bind_text(&q, 4, org_id);
    return page_take(&q, arena, ask);
}

int64_t api_orders_count(struct store *registry, enum api_orders_of of, const char *org_id)
{
    struct query q = query(registry, &api_orders_queries, Q_ORDERS_COUNT + (int)of);
    query_bind_text(&q, 1, org_id);
    return column_only(&q);
}

bool api_delivery_find(struct store *registry, struct arena *arena, const char *delivery_id,
                       struct api_delivery *delivery)
{
    struct query q = query(registry, &api_orders_queries, Q_DELIVERY);
    query_bind_text(&q, 1, delivery_id);
    bool is_found = query_row(&q);
    int c = 1 + 2 * API_PARTY_COLUMN_COUNT;
    if (is_found) {
        *delivery = (struct api_delivery){
            .delivery_id = query_text(&q, arena, 0),
            .buyer = api_party_row(&q, arena, 1),
            .supplier = api_party_row(&q, arena, 1 + API_PARTY_COLUMN_COUNT),
            .instrument = column_instrument(&q, c),
            .order_id = query_text(&q, arena, c + 1),
            .units = query_int(&q, c + 2),
            .notes = query_text(&q, arena, c + 3),
            .delivered_at = query_int(&q, c + 4),
            .note_redacted = column_redaction(&q, arena, c + 5),
        };
    }
    query_end(&q);
    return is_found;
}

static void bind_what(struct query *q, enum walk walk, const struct api_delivery_filter *filter)
{
    bind_filter(q, 4,
                walk == WALK_ORDER      ? filter->order_id
                : walk == WALK_BUYER    ? filter->buyer_org_id
                : walk == WALK_SUPPLIER ? filter->supplier_org_id
                                        : NULL);
    bind_filter(q, 5, walk == WALK_BUYER ? filter->supplier_org_id : NULL);
}

static enum walk walk_of(const struct api_delivery_filter *filter)
{
    return !text_empty(filter->order_id)          ? WALK_ORDER
           : !text_empty(filter->buyer_org_id)    ? WALK_BUYER
           : !text_empty(filter->supplier_org_id) ? WALK_SUPPLIER
                                                  : WALK_ALL;
}

struct page_ids api_deliveries(struct store *registry, struct arena *arena,
                               const struct api_delivery_filter *filter, const struct page_ask *ask)
{
    enum walk walk = walk_of(filter);
    bool down = page_walks_down(ask, true);
    struct query q =
        query(registry, &api_orders_queries, Q_DELIVERIES + 2 * (int)walk + (down ? 1 : 0));
    page_bind(&q, ask, down, false);
    bind_what(&q, walk, filter);
    return page_take(&q, arena, ask);
}

int64_t api_deliveries_count(struct store *registry, const struct api_delivery_filter *filter)
{
    enum walk walk = walk_of(filter);
    struct query q = query(registry, &api_orders_queries, Q_DELIVERIES_COUNT + (int)walk);
    bind_what(&q, walk, filter);
    return column_only(&q);
}
