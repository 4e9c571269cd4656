/* pages/orders_list.c: an organisation's orders, as their supplier or as their buyer. */
#include "pages/orders.h"

#include "account_templates.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"

static const char *const as_words[] = {"supplier", "buyer", NULL};
static const char *const sort_words[] = {"recorded", "-recorded", NULL};
static const struct field_row rows[] = {
    {.name = "as", .kind = VALUE_WORD, .words = as_words},
    {.name = "q", .kind = VALUE_LINE, .chars_max = 100, .label = "What you look for"},
    {.name = "state", .kind = VALUE_WORD, .words = order_filter_words},
    {.name = "sort", .kind = VALUE_WORD, .words = sort_words},
    DESK_PAGE_FIELDS,
};
const struct form my_orders_form = {rows, sizeof(rows) / sizeof(rows[0])};

static const struct list_kind kind = {
    .path = "/account/orders",
    .file_name = "orders.csv",
    .one = "order",
    .many = "orders",
    .sort_usual = "-recorded",
    .time_key = "recorded",
    .row_bytes = sizeof(struct order),
    .columns = order_columns,
    .is_private = true,
    .read = order_read,
    .count = order_count,
    .cells = order_cells,
};

enum status my_orders_get(struct visit *visit, struct response *response)
{
    enum order_side side = order_side_of(visit);
    bool is_supplier = side == ORDER_OF_SUPPLIER;
    const struct order_filter own = {.side = side, .org_id = visit->org_id};
    struct list list = order_list(visit, &kind, &own);
    list.as_name = "as";
    list.as_value = order_side_word(side);
    if (!text_empty(field_text(&visit->fields, "format"))) {
        return list_csv(&list, response);
    }
    struct order_way way = order_way_account(side);
    struct orders_view view = {
        .page = chrome_of(visit, PLACE_ORDERS, chrome_fault_title(visit, "Orders")),
        .is_supplier = is_supplier,
        .tabs = order_tabs(visit, side, false),
        .may_record = orders_may_act(visit),
        .new_url = url_with(visit->arena, url_path(visit->arena, "/account/orders/new"), "as",
                            order_side_word(side)),
        .new_words = is_supplier ? "Record an order" : "Place an order",
        .side = order_side_word(side),
        .other = is_supplier ? "Buyer" : "Supplier",
        .q = field_text(&visit->fields, "q"),
        .states = order_states(visit),
    };
    struct list_rows found = list_page(&list, &view.list);
    view.table = order_table(visit, (struct orders){found.at, found.count}, &way);
    view.table.may_deliver = is_supplier && orders_may_act(visit);
    view.table.by_time = list_sort(&list, "-recorded");
    template_account_orders(&response->body, &view);
    if (visit->fields.error_count > 0) {
        desk_mend(response, STATUS_FORM_FAULTS);
    }
    return STATUS_OK;
}
