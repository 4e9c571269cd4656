/* pages/orders_one.c: one order, for its supplier or its buyer. */
#include "pages/orders.h"

#include "account_templates.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/deliver.h"
#include "store/team.h"

/* Does what this supplier sends come to the buyer without being asked? */
static bool is_accepted(struct visit *visit, const struct order *order)
{
    struct team_policy policy;
    if (!team_policy_read(visit->registry, visit->arena, order->buyer_org_id, &policy)) {
        return false;
    }
    struct team_trusteds trusted =
        team_trusted_list(visit->registry, visit->arena, order->buyer_org_id);
    bool is_trusted = false;
    for (size_t i = 0; i < trusted.count; i++) {
        is_trusted = is_trusted || text_is(trusted.at[i].org_id, order->supplier_org_id);
    }
    return text_is(policy.incoming, "all") || (text_is(policy.incoming, "trusted") && is_trusted);
}

/* What the supplier can do about it, or why not; and what a buyer should know. */
static void fill_acts(struct visit *visit, const struct order *order, bool is_supplier,
                      struct order_view *view)
{
    struct arena *arena = visit->arena;
    view->hindrance = "";
    if (order->state == ORDER_COMPLETED) {
        return;
    }
    if (!is_supplier) {
        bool comes = order->buyer_agreed || is_accepted(visit, order);
        if (!comes) {
            view->hindrance = arena_printf(
                arena,
                "%s recorded this order alone, so what is delivered against it comes only when you "
                "accept from %s without being asked. If you did order this, let a manager trust "
                "%s, or place the order yourselves.",
                order->supplier, order->supplier, order->supplier);
            view->way_out = url_path(arena, "/account/team/policies");
            view->way_out_words = "Incoming policy and trusted organisations";
        }
        return;
    }
    if (!orders_may_act(visit)) {
        return;
    }
    struct at_once_alarm alarm = deliver_hindrance(visit, order, &deliver_way_account);
    view->may_deliver = alarm.words == NULL;
    view->deliver_url = url_path(arena, "/account/orders/*/deliver", order->order_id);
    view->deliver_words = "Deliver against this order";
    if (alarm.words != NULL) {
        view->hindrance = alarm.words;
        view->way_out = alarm.way_out;
        view->way_out_words = alarm.way_out_words;
    }
}

enum status my_order_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct order order;
    if (!order_find_of(visit->registry, arena, visit->org_id, visit->arguments[0], &order)) {
        return STATUS_NOT_FOUND;
    }
    bool is_supplier = text_is(order.supplier_org_id, visit->org_id);
    struct order_way way = order_way_account(is_supplier ? ORDER_OF_SUPPLIER : ORDER_OF_BUYER);
    struct order_view view = {
        .page = chrome_of(visit, PLACE_ORDERS, arena_printf(arena, "Order %s", order.order_id)),
    };
    fill_acts(visit, &order, is_supplier, &view);
    order_fill(visit, &order, &way, order_who(visit, &order, order.order_id), &view);
    chrome_trail(
        visit, &view.page,
        url_with(arena, url_path(arena, "/account/orders"), "as", order_side_word(way.side)),
        "Orders");
    template_account_order(&response->body, &view);
    return STATUS_OK;
}
