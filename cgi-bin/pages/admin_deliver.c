/* pages/admin_deliver.c: a registry administrator delivers for a supplier. See pages/deliver.h. */
#include "pages/admin_issues.h"

#include "admin_templates.h"
#include "base/url.h"
#include "pages/deliver.h"
#include "pages/desk.h"

static void trail(struct visit *visit, struct chrome *page)
{
    chrome_trail(visit, page, url_path(visit->arena, "/admin/issue"), "Issue and deliver");
    chrome_trail(visit, page, url_path(visit->arena, "/admin/issue/orders"), "Orders");
}

static enum status done(struct visit *visit, struct response *response, const struct order *order,
                        const char *delivery_id)
{
    return admin_done(visit, response, arena_printf(visit->arena, "delivered %s", delivery_id),
                      admin_order_url(visit->arena, order->order_id));
}

static const struct deliver_way way = {
    .program = PROGRAM_ADMIN,
    .place = PLACE_ISSUE,
    .order_way = &admin_order_way,
    .path = "/admin/issue/orders/*/deliver",
    .trail = trail,
    .show_question = template_admin_deliver,
    .show_check = template_admin_deliver_check,
    .done = done,
};

enum status admin_deliver_get(struct visit *visit, struct response *response)
{
    struct order order;
    if (!order_find(visit->registry, visit->arena, visit->arguments[0], &order)) {
        return STATUS_NOT_FOUND;
    }
    if (!admin_may(visit) || (order.state == ORDER_COMPLETED && !at_once_is_check(visit))) {
        return desk_go(visit, response, admin_order_url(visit->arena, order.order_id));
    }
    return at_once_get(deliver_act(visit, &order, &way), response);
}

enum status admin_deliver_post(struct visit *visit, struct response *response)
{
    struct order order;
    if (!order_find(visit->registry, visit->arena, visit->arguments[0], &order)) {
        return STATUS_NOT_FOUND;
    }
    return at_once_post(deliver_act(visit, &order, &way), response);
}
