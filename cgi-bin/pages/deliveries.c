/* pages/deliveries.c: what an organisation delivered or was delivered: the list, and one with its
 * story. */
#include "pages/orders.h"

#include "account_templates.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"
#include "pages/public.h"

static const char *const as_words[] = {"supplier", "buyer", NULL};
static const char *const sort_words[] = {"delivered", "-delivered", NULL};
static const struct field_row rows[] = {
    {.name = "as", .kind = VALUE_WORD, .words = as_words},
    {.name = "q", .kind = VALUE_LINE, .chars_max = 100, .label = "What you look for"},
    DESK_DAYS_FIELDS,
    {.name = "order", .kind = VALUE_ID},
    {.name = "sort", .kind = VALUE_WORD, .words = sort_words},
    DESK_PAGE_FIELDS,
};
const struct form my_deliveries_form = {rows, sizeof(rows) / sizeof(rows[0])};

static const struct list_kind kind = {
    .path = "/account/deliveries",
    .file_name = "deliveries.csv",
    .one = "delivery",
    .many = "deliveries",
    .sort_usual = "-delivered",
    .time_key = "delivered",
    .row_bytes = sizeof(struct delivery),
    .columns = delivery_columns,
    .is_private = true,
    .read = delivery_read,
    .count = delivery_count,
    .cells = delivery_cells,
};

static struct list list_of(struct visit *visit, enum order_side side)
{
    struct arena *arena = visit->arena;
    struct delivery_filter *filter = arena_array(arena, struct delivery_filter, 2);
    filter[1] =
        (struct delivery_filter){.side = side, .org_id = visit->org_id, .from_at = INT64_MIN};
    filter[0] = filter[1];
    filter[0].q = list_q(visit);
    filter[0].order_id = field_text(&visit->fields, "order");
    filter[0].from_at = list_from_at(visit);
    filter[0].until_at = list_until_at(visit);
    struct list list = list_begin(visit, &kind, "", &filter[0], &filter[1]);
    list.as_name = "as";
    list.as_value = order_side_word(side);
    list_filter_q(&list);
    list_filter(&list, "order", "Order", filter[0].order_id);
    list_filter_days(&list);
    return list;
}

enum status my_deliveries_get(struct visit *visit, struct response *response)
{
    const struct fields *fields = &visit->fields;
    enum order_side side = order_side_of(visit);
    struct list list = list_of(visit, side);
    if (!text_empty(field_text(fields, "format"))) {
        return list_csv(&list, response);
    }
    struct order_way way = order_way_account(side);
    struct deliveries_view view = {
        .page = chrome_of(visit, PLACE_ORDERS, chrome_fault_title(visit, "Deliveries")),
        .is_supplier = side == ORDER_OF_SUPPLIER,
        .tabs = order_tabs(visit, side, true),
        .side = order_side_word(side),
        .order_id = field_text(fields, "order"),
        .q = field_text(fields, "q"),
        .from = field_text(fields, "from"),
        .to = field_text(fields, "to"),
    };
    struct list_rows found = list_page(&list, &view.list);
    view.table = delivery_table(visit, (struct deliveries){found.at, found.count}, &way);
    view.table.by_time = list_sort(&list, "-delivered");
    template_account_deliveries(&response->body, &view);
    if (visit->fields.error_count > 0) {
        desk_mend(response, STATUS_FORM_FAULTS);
    }
    return STATUS_OK;
}

/* ---- one ---- */

/* What was recorded about the order and about the delivery, then what came of its units. */
static struct story_views story_of(struct visit *visit, const struct delivery *row,
                                   const struct order *order)
{
    struct arena *arena = visit->arena;
    struct story_view *story = arena_array(arena, struct story_view, 4);
    size_t count = 0;
    story[count++] = (struct story_view){
        .who = order_who(visit, order, order->order_id),
        .what = arena_printf(arena, "recorded the order of %s",
                             quantity_words(arena, order->units, order->instrument)),
        .when = desk_when(arena, order->ordered_at),
        .quote = order->notes,
    };
    story[count++] = (struct story_view){
        .who = order_who(visit, order, row->delivery_id),
        .what = arena_printf(arena, "delivered %s to %s’s account Main",
                             quantity_words(arena, row->units, row->instrument), row->buyer),
        .when = desk_when(arena, row->delivered_at),
        .quote = row->notes,
    };
    if (order->state == ORDER_COMPLETED) {
        story[count++] = (struct story_view){
            .who = "The order",
            .what = "was completed: everything had been delivered",
            .when = desk_when(arena, order->delivered_at),
            .quote = "",
        };
    }
    return (struct story_views){story, count};
}

enum status my_delivery_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct delivery row;
    struct order order;
    if (!delivery_find(visit->registry, arena, visit->arguments[0], &row) ||
        !order_find_of(visit->registry, arena, visit->org_id, row.order_id, &order)) {
        return STATUS_NOT_FOUND;
    }
    bool is_supplier = text_is(row.supplier_org_id, visit->org_id);
    const char *quantity = quantity_words(arena, row.units, row.instrument);
    struct url public_url = url_path(arena, "/registry/deliveries/*", row.delivery_id);
    struct delivery_view view = {
        .page = chrome_of(visit, PLACE_ORDERS, arena_printf(arena, "Delivery %s", row.delivery_id)),
        .title = is_supplier ? arena_printf(arena, "%s delivered to %s", quantity, row.buyer)
                             : arena_printf(arena, "%s delivered by %s", quantity, row.supplier),
        .lead = is_supplier
                    ? "They have been the buyer’s since then. The delivery is public and final."
                    : "They came into your account Main and have been yours since then. Each block "
                      "below leads to its whole history.",
        .delivered = desk_when(arena, row.delivered_at),
        .delivery_id = row.delivery_id,
        .supplier = {row.supplier, desk_org_url(arena, row.supplier_org_id)},
        .buyer = {row.buyer, desk_org_url(arena, row.buyer_org_id)},
        .order = {row.order_id, url_path(arena, "/account/orders/*", row.order_id)},
        .quantity = quantity,
        .weight = desk_weight(arena, row.units, row.instrument),
        .notes = row.notes,
        .redacted = desk_redacted(arena, "The note", row.note_redacted),
        .public_url = public_url,
        .blocks = public_block_table(visit, PUBLIC_BLOCKS_OF_DELIVERY, row.delivery_id,
                                     url_with(arena, public_url, "format", "csv")),
        .story = story_of(visit, &row, &order),
    };
    chrome_trail(visit, &view.page,
                 url_with(arena, url_path(arena, "/account/orders"), "as",
                          is_supplier ? "supplier" : "buyer"),
                 "Orders");
    chrome_trail(visit, &view.page, view.order.url, row.order_id);
    template_account_delivery(&response->body, &view);
    return STATUS_OK;
}
