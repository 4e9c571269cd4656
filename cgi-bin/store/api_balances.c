/* store/api_balances.c: see store/api_balances.h. */
#include "store/api_balances.h"

#include "store/columns.h"
#include "store/rows.h"

enum { Q_ORDERS, Q__COUNT };

#define UNITS "b.last - b.first + 1"

static const char *const sql[Q__COUNT] = {
    [Q_ORDERS] =
        "SELECT o.order_id, p.instrument, sum(iif(b.state = 'active', " UNITS ", 0)),"
        " sum(iif(b.reserved_by IS NOT NULL, " UNITS ", 0)),"
        " sum(iif(b.state = 'active' AND b.reserved_by IS NULL AND a.kind = 'active', " UNITS
        ", 0)),"
        " sum(iif(b.state = 'retired', " UNITS ", 0))"
        " FROM buyer_order o CROSS JOIN delivery d ON d.order_id = o.order_id"
        " CROSS JOIN batch b ON b.delivery_id = d.delivery_id AND b.org_id = o.buyer_org_id"
        " CROSS JOIN project p ON p.project_id = b.project_id"
        " CROSS JOIN account a ON a.account_id = b.account_id"
        " WHERE o.buyer_org_id = ?1 AND b.state IN ('active', 'retired')"
        " GROUP BY o.ordered_at, o.order_id, p.instrument",
};

const struct query_table api_balances_queries = {"api_balances", sql, Q__COUNT};

struct api_order_balances api_order_balances(struct store *registry, struct arena *arena,
                                             const char *org_id)
{
    struct api_order_balance *rows = NULL;
    size_t count = 0;
    struct query q = query(registry, &api_balances_queries, Q_ORDERS);
    query_bind_text(&q, 1, org_id);
    while (query_row(&q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count++] = (struct api_order_balance){
            .order_id = query_text(&q, arena, 0),
            .instrument = column_instrument(&q, 1),
            .active_units = query_int(&q, 2),
            .reserved_units = query_int(&q, 3),
            .available_units = query_int(&q, 4),
            .retired_units = query_int(&q, 5),
        };
    }
    query_end(&q);
    return (struct api_order_balances){rows, count};
}
