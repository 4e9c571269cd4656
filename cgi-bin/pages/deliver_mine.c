/* pages/deliver_mine.c: a supplier delivers against one of its orders, and the receipt. */
#include "pages/deliver.h"

#include "account_templates.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/chrome.h"
#include "pages/desk.h"

static void trail(struct visit *visit, struct chrome *page)
{
    struct url url = url_path(visit->arena, "/account/orders");
    chrome_trail(visit, page, url_with(visit->arena, url, "as", "supplier"), "Orders");
}

static enum status done(struct visit *visit, struct response *response, const struct order *order,
                        const char *delivery_id)
{
    (void)order;
    return desk_go(visit, response,
                   url_path(visit->arena, "/account/deliveries/*/done", delivery_id));
}

static const struct order_way order_way = {
    .org = "/registry/organisations/*",
    .order = "/account/orders/*",
    .deliver = "/account/orders/*/deliver",
    .delivery = "/account/deliveries/*",
    .side = ORDER_OF_SUPPLIER,
};
const struct deliver_way deliver_way_account = {
    .program = PROGRAM_ACCOUNT,
    .place = PLACE_ORDERS,
    .order_way = &order_way,
    .path = "/account/orders/*/deliver",
    .trail = trail,
    .show_question = template_account_deliver,
    .show_check = template_account_deliver_check,
    .done = done,
};

/* The order of the address when the organisation acted for is its supplier. */
static bool find_order(struct visit *visit, struct order *order)
{
    return order_find_of(visit->registry, visit->arena, visit->org_id, visit->arguments[0],
                         order) &&
           text_is(order->supplier_org_id, visit->org_id);
}

enum status my_deliver_get(struct visit *visit, struct response *response)
{
    struct order order;
    if (!find_order(visit, &order)) {
        return STATUS_NOT_FOUND;
    }
    if (order.state == ORDER_COMPLETED && !at_once_is_check(visit)) {
        return desk_go(visit, response,
                       url_path(visit->arena, "/account/orders/*", order.order_id));
    }
    return at_once_get(deliver_act(visit, &order, &deliver_way_account), response);
}

enum status my_deliver_post(struct visit *visit, struct response *response)
{
    struct order order;
    if (!find_order(visit, &order)) {
        return STATUS_NOT_FOUND;
    }
    return at_once_post(deliver_act(visit, &order, &deliver_way_account), response);
}

enum status my_deliver_done_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct delivery row;
    struct order order;
    if (!delivery_find(visit->registry, arena, visit->arguments[0], &row) ||
        !text_is(row.supplier_org_id, visit->org_id) ||
        !order_find(visit->registry, arena, row.order_id, &order)) {
        return STATUS_NOT_FOUND;
    }
    const char *title = arena_printf(arena, "%s delivered to %s",
                                     quantity_words(arena, row.units, row.instrument), row.buyer);
    struct deliver_done_view view = {
        .page = chrome_of(visit, PLACE_ORDERS, title),
        .title = title,
        .delivery_id = row.delivery_id,
        .state = order_state(order.state),
        .next = order_next(visit, &order),
        .delivery_url = url_path(arena, "/account/deliveries/*", row.delivery_id),
        .order_url = url_path(arena, "/account/orders/*", row.order_id),
        .public_url = url_path(arena, "/registry/deliveries/*", row.delivery_id),
        .is_open = order.state != ORDER_COMPLETED && orders_may_act(visit),
        .deliver_url = url_path(arena, "/account/orders/*/deliver", row.order_id),
    };
    trail(visit, &view.page);
    template_account_deliver_done(&response->body, &view);
    return STATUS_OK;
}
