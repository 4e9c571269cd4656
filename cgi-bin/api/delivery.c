/* api/delivery.c: deliveries. See api/order.h. */
#include "api/api.h"
#include "api/batch.h"
#include "api/list.h"
#include "api/order.h"
#include "api/party.h"
#include "base/text.h"

enum { BY_SUPPLIER, BY_BUYER, BY__COUNT };
static const struct query_row_of filters[BY__COUNT] = {
    [BY_SUPPLIER] = {.name = "from_supplier_id", .kind = QUERY_ID, .prefix = "spl"},
    [BY_BUYER] = {.name = "to_organisation_id", .kind = QUERY_ID, .prefix = "org"},
};
static const struct query_form deliveries_query = {
    .list = "deliveries", .rows = filters, .count = BY__COUNT, .is_paged = true};
static const struct query_form supplier_query = {.list = "supplier-deliveries", .is_paged = true};
static const struct query_form order_query = {.list = "order-deliveries", .is_paged = true};

static void show(struct visit *visit, struct response *response, struct list *list,
                 const struct api_delivery_filter *filter);
static bool write_row(struct json *json, struct visit *visit, const char *id, struct page_end *end);

void delivery_write(struct json *json, const char *name, struct visit *visit,
                    const struct api_delivery *delivery)
{
    json_open(json, name);
    json_text(json, "id", delivery->delivery_id);
    json_time(json, "delivered_at", delivery->delivered_at);
    json_text(json, "order_id", delivery->order_id);
    supplier_write(json, "from_supplier", &delivery->supplier);
    party_write(json, "to_organisation", &delivery->buyer);
    json_quantity(json, "credit_batch_size_total", delivery->instrument, delivery->units);
    json_text(json, "url", api_page_url(visit, "/registry/deliveries/*", delivery->delivery_id));
    json_text_or_null(json, "notes", delivery->notes);
    json_text(json, "instrument", instrument_word(delivery->instrument));
    redaction_write(json, "note_redacted_at", "note_redacted_reason", delivery->note_redacted);
    json_close(json);
}

enum status delivery_get(struct visit *visit, struct response *response)
{
    struct api_delivery delivery;
    enum status status = list_no_query(visit);
    if (status != STATUS_OK) {
        return status;
    }
    if (!api_delivery_find(visit->registry, visit->arena, visit->arguments[0], &delivery)) {
        return STATUS_NOT_FOUND;
    }
    struct json json = api_answer(visit, response);
    delivery_write(&json, NULL, visit, &delivery);
    return STATUS_OK;
}

enum status delivery_batches_get(struct visit *visit, struct response *response)
{
    struct api_delivery delivery;
    if (!api_delivery_find(visit->registry, visit->arena, visit->arguments[0], &delivery)) {
        return STATUS_NOT_FOUND;
    }
    return batches_of(visit, response, LINES_OF_DELIVERY, delivery.delivery_id);
}

enum status deliveries_get(struct visit *visit, struct response *response)
{
    struct query_value values[BY__COUNT];
    struct api_party supplier = {.org_id = ""};
    struct list list = {.form = &deliveries_query, .subject = "", .values = values};
    enum status status = query_read(visit, list.form, list.subject, values, &list.ask);
    if (status != STATUS_OK) {
        return status;
    }
    bool is_of_nobody =
        !text_empty(values[BY_SUPPLIER].text) &&
        !api_supplier_find(visit->registry, visit->arena, values[BY_SUPPLIER].text, &supplier);
    const struct api_delivery_filter filter = {
        /* a supplier that is not there has delivered nothing: its id is no organisation's */
        .supplier_org_id = is_of_nobody ? values[BY_SUPPLIER].text : supplier.org_id,
        .buyer_org_id = values[BY_BUYER].text,
    };
    show(visit, response, &list, &filter);
    return STATUS_OK;
}

enum status supplier_deliveries_get(struct visit *visit, struct response *response)
{
    struct api_party supplier;
    struct list list = {.form = &supplier_query, .subject = visit->arguments[0]};
    enum status status = query_read(visit, list.form, list.subject, NULL, &list.ask);
    if (status != STATUS_OK) {
        return status;
    }
    if (!api_supplier_find(visit->registry, visit->arena, list.subject, &supplier)) {
        return STATUS_NOT_FOUND;
    }
    const struct api_delivery_filter filter = {.supplier_org_id = supplier.org_id};
    show(visit, response, &list, &filter);
    return STATUS_OK;
}

enum status order_deliveries_get(struct visit *visit, struct response *response)
{
    struct api_order order;
    struct list list = {.form = &order_query, .subject = visit->arguments[0]};
    enum status status = query_read(visit, list.form, list.subject, NULL, &list.ask);
    if (status != STATUS_OK) {
        return status;
    }
    if (!api_order_find(visit->registry, visit->arena, list.subject, &order) ||
        (!text_is(order.buyer.org_id, visit->org_id) &&
         !text_is(order.supplier.org_id, visit->org_id))) {
        return STATUS_NOT_FOUND;
    }
    const struct api_delivery_filter filter = {.order_id = order.order_id};
    show(visit, response, &list, &filter);
    return STATUS_OK;
}

static void show(struct visit *visit, struct response *response, struct list *list,
                 const struct api_delivery_filter *filter)
{
    list->write = write_row;
    list->page = api_deliveries(visit->registry, visit->arena, filter, &list->ask);
    list->total_count = api_deliveries_count(visit->registry, filter);
    list_write(visit, response, list);
}

static bool write_row(struct json *json, struct visit *visit, const char *id, struct page_end *end)
{
    struct api_delivery delivery;
    bool is_found = api_delivery_find(visit->registry, visit->arena, id, &delivery);
    if (is_found) {
        delivery_write(json, NULL, visit, &delivery);
        end->key = delivery.delivered_at;
    }
    return is_found;
}
