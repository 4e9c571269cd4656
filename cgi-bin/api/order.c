/* api/order.c: see api/order.h. */
#include "api/order.h"

#include "api/api.h"
#include "api/list.h"
#include "api/party.h"
#include "base/clock.h"
#include "base/text.h"

static const struct query_form buyer_query = {.list = "organisation-orders", .is_paged = true};
static const struct query_form supplier_query = {.list = "supplier-orders", .is_paged = true};

static const char *order_status(const struct api_order *order);
static enum status show_orders(struct visit *visit, struct response *response, struct list *list,
                               enum api_orders_of of, const char *org_id);
static bool write_row(struct json *json, struct visit *visit, const char *id, struct page_end *end);

void order_write(struct json *json, const char *name, struct visit *visit,
                 const struct api_order *order)
{
    const char *date = order->contract_date;
    json_open(json, name);
    json_text(json, "id", order->order_id);
    json_text(json, "effective_contract_date",
              text_empty(date) ? clock_iso_date(visit->arena, order->ordered_at) : date);
    json_time(json, "fulfilled_at", order->fulfilled_at);
    party_write(json, "buyer_organisation", &order->buyer);
    supplier_write(json, "supplier", &order->supplier);
    json_text(json, "status", order_status(order));
    json_quantity(json, "credits_ordered", order->instrument, order->units);
    json_quantity(json, "credits_delivered", order->instrument, order->delivered_units);
    json_text(json, "instrument", instrument_word(order->instrument));
    json_time(json, "ordered_at", order->ordered_at);
    json_text_or_null(json, "notes", order->notes);
    json_close(json);
}

enum status order_get(struct visit *visit, struct response *response)
{
    struct api_order order;
    enum status status = list_no_query(visit);
    if (status != STATUS_OK) {
        return status;
    }
    if (!api_order_find(visit->registry, visit->arena, visit->arguments[0], &order) ||
        (!text_is(order.buyer.org_id, visit->org_id) &&
         !text_is(order.supplier.org_id, visit->org_id))) {
        return STATUS_NOT_FOUND;
    }
    struct json json = api_answer(visit, response);
    order_write(&json, NULL, visit, &order);
    return STATUS_OK;
}

enum status organisation_orders_get(struct visit *visit, struct response *response)
{
    struct list list = {.form = &buyer_query, .subject = visit->arguments[0]};
    return show_orders(visit, response, &list, ORDERS_OF_BUYER, list.subject);
}

enum status supplier_orders_get(struct visit *visit, struct response *response)
{
    struct api_party supplier = {.org_id = ""};
    struct list list = {.form = &supplier_query, .subject = visit->arguments[0]};
    (void)api_supplier_find(visit->registry, visit->arena, list.subject, &supplier);
    return show_orders(visit, response, &list, ORDERS_OF_SUPPLIER, supplier.org_id);
}

static const char *order_status(const struct api_order *order)
{
    return order->delivered_units == 0             ? "placed"
           : order->delivered_units < order->units ? "in_progress"
                                                   : "completed";
}

/* One's own; anybody else's are not there. */
static enum status show_orders(struct visit *visit, struct response *response, struct list *list,
                               enum api_orders_of of, const char *org_id)
{
    enum status status = query_read(visit, list->form, list->subject, NULL, &list->ask);
    if (status != STATUS_OK) {
        return status;
    }
    if (!text_is(org_id, visit->org_id)) {
        return STATUS_NOT_FOUND;
    }
    list->write = write_row;
    list->page = api_orders(visit->registry, visit->arena, of, org_id, &list->ask);
    list->total_count = api_orders_count(visit->registry, of, org_id);
    list_write(visit, response, list);
    return STATUS_OK;
}

static bool write_row(struct json *json, struct visit *visit, const char *id, struct page_end *end)
{
    struct api_order order;
    bool is_found = api_order_find(visit->registry, visit->arena, id, &order);
    if (is_found) {
        order_write(json, NULL, visit, &order);
        end->key = order.ordered_at;
    }
    return is_found;
}
