/* pages/public_deliveries.c: what suppliers delivered: the list, and one delivery. */
#include "base/text.h"
#include "base/url.h"
#include "pages/chrome.h"
#include "pages/desk.h"
#include "pages/orders.h"
#include "pages/public.h"
#include "public_templates.h"

static const char *const sort_words[] = {"delivered", "-delivered", NULL};
static const struct field_row rows[] = {
    {.name = "q", .kind = VALUE_LINE, .chars_max = 100, .label = "Supplier, buyer, id or note"},
    DESK_DAYS_FIELDS,
    {.name = "sort", .kind = VALUE_WORD, .words = sort_words},
    DESK_PAGE_FIELDS,
};
const struct form public_deliveries_form = {rows, sizeof(rows) / sizeof(rows[0])};

static const struct list_kind kind = {
    .path = "/registry/deliveries",
    .file_name = "deliveries.csv",
    .one = "delivery",
    .many = "deliveries",
    .sort_usual = "-delivered",
    .time_key = "delivered",
    .row_bytes = sizeof(struct delivery),
    .columns = delivery_public_columns,
    .read = delivery_read,
    .count = delivery_count,
    .cells = delivery_cells,
};

enum status public_deliveries_get(struct visit *visit, struct response *response)
{
    const struct fields *fields = &visit->fields;
    struct delivery_filter *filter = arena_array(visit->arena, struct delivery_filter, 2);
    filter[1] = (struct delivery_filter){.side = ORDER_OF_ALL, .from_at = INT64_MIN};
    filter[0] = filter[1];
    filter[0].q = list_q(visit);
    filter[0].from_at = list_from_at(visit);
    filter[0].until_at = list_until_at(visit);
    struct list list = list_begin(visit, &kind, "", &filter[0], &filter[1]);
    list_filter_q(&list);
    list_filter_days(&list);
    if (!text_empty(field_text(fields, "format"))) {
        return list_csv(&list, response);
    }
    struct deliveries_view view = {
        .page = chrome_of(visit, PLACE_REGISTRY, chrome_fault_title(visit, "Deliveries")),
        .order_id = "",
        .q = field_text(fields, "q"),
        .from = field_text(fields, "from"),
        .to = field_text(fields, "to"),
    };
    struct list_rows found = list_page(&list, &view.list);
    view.table =
        delivery_table(visit, (struct deliveries){found.at, found.count}, &order_way_public);
    view.table.by_time = list_sort(&list, "-delivered");
    chrome_trail(visit, &view.page, url_path(visit->arena, "/registry"), "Registry");
    template_public_deliveries(&response->body, &view);
    return public_show_list(visit, response);
}

enum status public_delivery_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct delivery row;
    if (!delivery_find(visit->registry, arena, visit->arguments[0], &row)) {
        return STATUS_NOT_FOUND;
    }
    if (!text_empty(field_text(&visit->fields, "format"))) {
        return public_blocks_csv(visit, response, PUBLIC_BLOCKS_OF_DELIVERY, row.delivery_id);
    }
    const char *quantity = quantity_words(arena, row.units, row.instrument);
    struct url csv = url_with(arena, public_delivery_url(arena, row.delivery_id), "format", "csv");
    struct delivery_view view = {
        .page =
            chrome_of(visit, PLACE_REGISTRY, arena_printf(arena, "Delivery %s", row.delivery_id)),
        .title = arena_printf(arena, "%s delivered by %s to %s", quantity, row.supplier, row.buyer),
        .delivery_id = row.delivery_id,
        .delivered = desk_when(arena, row.delivered_at),
        .supplier = public_org_link(arena, row.supplier_org_id, row.supplier),
        .buyer = public_org_link(arena, row.buyer_org_id, row.buyer),
        .quantity = quantity,
        .weight = desk_weight(arena, row.units, row.instrument),
        .notes = row.notes,
        .redacted = desk_redacted(arena, "The note", row.note_redacted),
        .blocks = public_block_table(visit, PUBLIC_BLOCKS_OF_DELIVERY, row.delivery_id, csv),
    };
    chrome_trail(visit, &view.page, url_path(arena, "/registry/deliveries"), "Deliveries");
    template_public_delivery(&response->body, &view);
    return public_show(visit, response);
}
