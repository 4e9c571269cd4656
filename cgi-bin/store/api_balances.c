/* store/api_balances.c: see store/api_balances.h. */
#include "store/api_balances.h"

#include "store/columns.h"
#include "store/rows.h"

enum { Q_ORDERS, Q_UNITS, Q__COUNT };

static const char *const sql[Q__COUNT] = {
    [Q_ORDERS] = "SELECT order_id, ordered_at FROM buyer_order WHERE buyer_org_id = ?1"
                 " AND (ordered_at, order_id) > (?2, ?3) ORDER BY ordered_at, order_id LIMIT ?4",
    [Q_UNITS] = "SELECT p.instrument, sum(h.active) AS has, sum(h.reserved),"
                " sum(iif(a.kind = 'active', h.active - h.reserved, 0)), sum(h.retired) AS had"
                " FROM delivery d CROSS JOIN delivery_holding h"
                " ON h.org_id = ?1 AND h.delivery_id = d.delivery_id"
                " CROSS JOIN project p ON p.project_id = h.project_id"
                " CROSS JOIN account a ON a.account_id = h.account_id"
                " WHERE d.order_id = ?2 GROUP BY p.instrument HAVING has + had > 0",
};

const struct query_table api_balances_queries = {"api_balances", sql, Q__COUNT};

/* The next orders behind the place, which moves on to the last of them. */
static struct ids next_orders(struct store *registry, struct arena *arena, const char *org_id,
                              struct api_order_place *place, size_t most)
{
    const char **ids = arena_array(arena, const char *, most);
    size_t count = 0;
    struct query q = query(registry, &api_balances_queries, Q_ORDERS);
    query_bind_text(&q, 1, org_id);
    query_bind_int(&q, 2, place->ordered_at);
    query_bind_text(&q, 3, place->order_id);
    query_bind_int(&q, 4, (int64_t)most);
    while (count < most && query_row(&q)) {
        ids[count++] = query_text(&q, arena, 0);
        place->ordered_at = query_int(&q, 1);
    }
    query_end(&q);
    if (count > 0) {
        must(TEXT_COPY(place->order_id, ids[count - 1]));
    }
    return (struct ids){ids, count};
}

struct api_order_balances api_order_balances(struct store *registry, struct arena *arena,
                                             const char *org_id, struct api_order_place *place,
                                             size_t most)
{
    struct api_order_balance *rows = NULL;
    size_t count = 0;
    must(most > 0);
    struct ids orders = next_orders(registry, arena, org_id, place, most);
    for (size_t i = 0; i < orders.count; i++) {
        struct query q = query(registry, &api_balances_queries, Q_UNITS);
        query_bind_text(&q, 1, org_id);
        query_bind_text(&q, 2, orders.at[i]);
        while (query_row(&q)) {
            rows = rows_room(arena, rows, count, sizeof(*rows));
            rows[count++] = (struct api_order_balance){
                .order_id = orders.at[i],
                .instrument = column_instrument(&q, 0),
                .active_units = query_int(&q, 1),
                .reserved_units = query_int(&q, 2),
                .available_units = query_int(&q, 3),
                .retired_units = query_int(&q, 4),
            };
        }
        query_end(&q);
    }
    return (struct api_order_balances){rows, count, orders.count == most};
}
