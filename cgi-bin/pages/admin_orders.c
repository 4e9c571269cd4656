/* pages/admin_orders.c: orders as a list, recording one, one with its deliveries. See
 * pages/admin_issues.h. */
#include "pages/admin_issues.h"

#include "admin_templates.h"
#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/admin_issue_view.h"
#include "pages/desk.h"

static const char *const open_words[] = {"open", NULL};
static const char *const open_choices[] = {"open", "Not wholly delivered", NULL};
static const char *const format_words[] = {"csv", NULL};
static const struct field_row list_rows[] = {
    {.name = "q", .kind = VALUE_LINE, .label = "Supplier, buyer or id"},
    {.name = "state", .kind = VALUE_WORD, .words = open_words},
    {.name = "before", .kind = VALUE_CURSOR},
    {.name = "after", .kind = VALUE_CURSOR},
    {.name = "format", .kind = VALUE_WORD, .words = format_words},
};
const struct form admin_orders_form = {list_rows, sizeof(list_rows) / sizeof(list_rows[0])};

static struct admin_order_filter filter_of(const struct visit *visit)
{
    return (struct admin_order_filter){
        .typed = field_text(&visit->fields, "q"),
        .only_open = text_is(field_text(&visit->fields, "state"), "open"),
    };
}

/* ---- the list ---- */

struct csv {
    struct visit *visit;
    char last_id[ID_SIZE];
};

static bool csv_window(struct response *response, void *state)
{
    static const char *const head[] = {"order_id", "ordered_at", "supplier_id",   "supplier",
                                       "buyer_id", "buyer",      "contract_date", "instrument",
                                       "ordered",  "delivered",  "ordered_units", "delivered_units",
                                       "notes"};
    enum { COLUMNS = sizeof(head) / sizeof(head[0]) };
    struct csv *csv = state;
    struct arena *arena = csv->visit->arena;
    struct admin_order_filter filter = filter_of(csv->visit);
    if (csv->last_id[0] == '\0') {
        admin_csv_line(&response->body, head, COLUMNS);
    }
    struct admin_orders found = admin_orders_list(csv->visit->registry, arena, &filter, false,
                                                  csv->last_id, CSV_WINDOW_ROWS);
    for (size_t i = 0; i < found.count; i++) {
        const struct admin_order *one = &found.at[i];
        const char *cells[COLUMNS] = {
            one->order_id,
            clock_iso(arena, one->ordered_at),
            one->supplier_org_id,
            one->supplier,
            one->buyer_org_id,
            one->buyer,
            one->contract_date,
            instrument_word(one->instrument),
            quantity_plain(arena, one->units, one->instrument),
            quantity_plain(arena, one->delivered_units, one->instrument),
            arena_printf(arena, "%lld", (long long)one->units),
            arena_printf(arena, "%lld", (long long)one->delivered_units),
            one->notes,
        };
        admin_csv_line(&response->body, cells, COLUMNS);
    }
    if (found.count > 0) {
        bool is_copied = TEXT_COPY(csv->last_id, found.at[found.count - 1].order_id);
        must(is_copied);
    }
    return found.count == CSV_WINDOW_ROWS;
}

static struct admin_order_row row_of(struct visit *visit, const struct admin_order *one)
{
    struct arena *arena = visit->arena;
    return (struct admin_order_row){
        .order_id = one->order_id,
        .url = admin_order_url(arena, one->order_id),
        .ordered = desk_when(arena, one->ordered_at),
        .supplier = one->supplier,
        .supplier_url = admin_org_url(arena, one->supplier_org_id),
        .buyer = one->buyer,
        .buyer_url = admin_org_url(arena, one->buyer_org_id),
        .ordered_quantity = quantity_show(arena, one->units, one->instrument),
        .delivered_quantity = quantity_show(arena, one->delivered_units, one->instrument),
        .unit = desk_unit(one->instrument),
        .is_open = one->delivered_units < one->units,
        .deliver_url = url_path(arena, "/admin/issue/orders/*/deliver", one->order_id),
    };
}

static void show_rows(struct visit *visit, const struct admin_list *list,
                      struct admin_orders_view *view)
{
    struct arena *arena = visit->arena;
    struct admin_order_filter filter = filter_of(visit);
    struct admin_page page = admin_list_page(list);
    struct admin_orders found = admin_orders_list(visit->registry, arena, &filter, page.goes_back,
                                                  page.cursor, PAGE_ROWS + 1);
    size_t count = found.count > PAGE_ROWS ? PAGE_ROWS : found.count;
    struct admin_order_row *views = arena_array(arena, struct admin_order_row, count + 1);
    for (size_t i = 0; i < count; i++) {
        views[i] = row_of(visit, &found.at[page.goes_back ? count - 1 - i : i]);
    }
    view->rows = (struct admin_order_rows){views, count};
    view->has_rows = count > 0;
    struct admin_order_filter none = {.typed = ""};
    int64_t shown = admin_orders_count(visit->registry, arena, &filter);
    int64_t all = view->list.has_chips ? admin_orders_count(visit->registry, arena, &none) : shown;
    admin_list_turn(list, found.count > PAGE_ROWS, count > 0 ? views[0].order_id : "",
                    count > 0 ? views[count - 1].order_id : "",
                    desk_count_of(arena, shown, all, "order", "orders"), &view->list);
}

enum status admin_orders_get(struct visit *visit, struct response *response)
{
    if (text_is(field_text(&visit->fields, "format"), "csv")) {
        struct csv *csv = arena_one(visit->arena, struct csv);
        csv->visit = visit;
        desk_csv(response, visit->arena, "orders.csv");
        response->stream = csv_window;
        response->stream_state = csv;
        return STATUS_OK;
    }
    struct admin_list list = {
        .visit = visit,
        .path = "/admin/issue/orders",
        .label = "orders",
        .sort = "",
        .usual_sort = "",
        .before = field_text(&visit->fields, "before"),
        .after = field_text(&visit->fields, "after"),
    };
    admin_list_filter(&list, "q", "Supplier, buyer or id", NULL);
    admin_list_filter(&list, "state", "State", open_choices);
    struct admin_orders_view view = {
        .page = chrome_of(visit, PLACE_ISSUE, "Orders"),
        .may_act = admin_may(visit),
        .list = admin_list_show(&list),
    };
    show_rows(visit, &list, &view);
    template_admin_orders(&response->body, &view);
    return STATUS_OK;
}

/* ---- one ---- */

static struct admin_delivery_rows deliveries_of(struct visit *visit,
                                                const struct admin_order *order)
{
    struct arena *arena = visit->arena;
    struct admin_deliveries found = admin_order_deliveries(visit->registry, arena, order->order_id);
    struct admin_delivery_row *views =
        arena_array(arena, struct admin_delivery_row, found.count + 1);
    for (size_t i = 0; i < found.count; i++) {
        views[i] = (struct admin_delivery_row){
            .delivery_id = found.at[i].delivery_id,
            .url = url_path(arena, "/registry/deliveries/*", found.at[i].delivery_id),
            .when = desk_when(arena, found.at[i].delivered_at),
            .quantity = quantity_show(arena, found.at[i].units, order->instrument),
            .notes = found.at[i].notes,
        };
    }
    return (struct admin_delivery_rows){views, found.count};
}

enum status admin_order_get(struct visit *visit, struct response *response)
{
    const struct url none = {NULL};
    struct arena *arena = visit->arena;
    struct admin_order order;
    if (!admin_order_find(visit->registry, arena, visit->arguments[0], &order)) {
        return STATUS_NOT_FOUND;
    }
    int64_t left = order.units - order.delivered_units;
    const struct admin_fact facts[] = {
        {"Order", order.order_id, none, true, false},
        {"Supplier", order.supplier, admin_org_url(arena, order.supplier_org_id), false, false},
        {"Buyer", order.buyer, admin_org_url(arena, order.buyer_org_id), false, false},
        {"Ordered", quantity_words(arena, order.units, order.instrument), none, false, false},
        {"Delivered", quantity_words(arena, order.delivered_units, order.instrument), none, false,
         false},
        {"Contract date", text_empty(order.contract_date) ? "–" : order.contract_date, none, false,
         false},
        {"Recorded", clock_words(arena, order.ordered_at), none, false, false},
        {"Note", text_empty(order.notes) ? "–" : order.notes, none, false, false},
    };
    struct admin_order_view view = {
        .page = chrome_of(visit, PLACE_ISSUE, arena_printf(arena, "Order %s", order.order_id)),
        .may_act = admin_may(visit),
        .title = arena_printf(arena, "%s for %s from %s",
                              quantity_words(arena, order.units, order.instrument), order.buyer,
                              order.supplier),
        .state_words = left > 0 ? arena_printf(arena, "%s are still to be delivered.",
                                               quantity_words(arena, left, order.instrument))
                                : "Everything has been delivered.",
        .facts = {facts, sizeof(facts) / sizeof(facts[0])},
        .is_open = left > 0,
        .deliver_url = url_path(arena, "/admin/issue/orders/*/deliver", order.order_id),
        .deliver_words = arena_printf(arena, "Deliver to %s", order.buyer),
        .unit = desk_unit(order.instrument),
        .deliveries = deliveries_of(visit, &order),
    };
    view.has_deliveries = view.deliveries.count > 0;
    chrome_trail(visit, &view.page, url_path(arena, "/admin/issue"), "Issue and deliver");
    chrome_trail(visit, &view.page, url_path(arena, "/admin/issue/orders"), "Orders");
    template_admin_order(&response->body, &view);
    return STATUS_OK;
}

/* ---- recording one ---- */

static const struct field_row rows[] = {
    {.name = "once", .kind = VALUE_LINE},
    {.name = "supplier", .kind = VALUE_LINE, .label = "Supplier"},
    {.name = "buyer", .kind = VALUE_LINE, .label = "Buyer"},
    {.name = "amount", .kind = VALUE_AMOUNT, .label = "Quantity"},
    {.name = "contract_date", .kind = VALUE_DATE, .label = "Contract date"},
    {.name = "notes", .kind = VALUE_LINE, .chars_max = NOTE_CHARS_MAX, .label = "Note"},
};
const struct form admin_order_form = {rows, sizeof(rows) / sizeof(rows[0])};

static const struct admin_field_name names[] = {
    {FIELD_SUPPLIER, "supplier", NULL},
    {FIELD_RECIPIENT, "buyer", NULL},
    {FIELD_AMOUNT, "amount", NULL},
    {FIELD_DATE, "contract_date", "Enter the date as year, month and day, such as 2026-11-20."},
    {FIELD_NOTES, "notes", NULL},
    {FIELD_NONE, NULL, NULL},
};

static enum status show(struct visit *visit, struct response *response, struct admin_alarm alarm,
                        enum status status)
{
    struct arena *arena = visit->arena;
    struct url list = url_path(arena, "/admin/issue/orders");
    struct admin_form *form =
        admin_form_begin(visit, PLACE_ISSUE, "Record an order",
                         url_path(arena, "/admin/issue/orders/new"), list, "Record the order");
    form->view.lead =
        "An order says what a supplier owes a buyer. Nothing moves until it is delivered.";
    admin_form_once(form);
    (void)admin_form_line(form, "supplier", "Supplier", "Its name or id", "");
    (void)admin_form_line(form, "buyer", "Buyer", "Its name or id", "");
    (void)admin_form_amount(form, "amount", "Quantity ordered",
                            "Credits with at most 3 decimals, or whole certificates: what the "
                            "supplier’s projects are counted in.",
                            "", "");
    admin_form_date(form, "contract_date", "Contract date", "", "")->is_optional = true;
    admin_form_area(form, "notes", "Note", "Up to 256 characters.", "")->is_optional = true;
    if (alarm.title != NULL) {
        admin_form_alarm(form, alarm.title, alarm.words);
    }
    chrome_trail(visit, &form->view.page, list, "Orders");
    return admin_form_show(form, response, status);
}

enum status admin_order_new_get(struct visit *visit, struct response *response)
{
    return show(visit, response, (struct admin_alarm){NULL, NULL}, STATUS_OK);
}

static void find_party(struct visit *visit, const char *name, char org_id[ID_SIZE])
{
    const char *found = "";
    const char *found_name = "";
    const char *words = "";
    if (!admin_find_org(visit, field_text(&visit->fields, name), &found, &found_name, &words)) {
        field_fault(&visit->fields, name, words);
    }
    must(text_copy(org_id, ID_SIZE, found));
}

enum status admin_order_new_post(struct visit *visit, struct response *response)
{
    struct admin_alarm alarm = {NULL, NULL};
    char key[KEY_SIZE];
    desk_key(visit, field_text(&visit->fields, "once"), "order", "", key);
    struct command *command = arena_one(visit->arena, struct command);
    *command = command_of(ACT_ORDER, visit->user_id, key);
    find_party(visit, "supplier", command->order.supplier_org_id);
    find_party(visit, "buyer", command->order.buyer_org_id);
    enum instrument instrument = INSTRUMENT_CARBON_REMOVAL;
    struct admin_projects projects =
        admin_projects_of(visit->registry, visit->arena, command->order.supplier_org_id);
    if (projects.count > 0) {
        instrument = projects.at[0].instrument;
        for (size_t i = 1; i < projects.count; i++) {
            /* As store/admin_issue.c shows it: the first that was opened says. */
            if (projects.at[i].opened_at < projects.at[0].opened_at) {
                instrument = projects.at[i].instrument;
            }
        }
    }
    (void)admin_amount(visit, "amount", instrument, false, &command->order.units);
    must(TEXT_COPY(command->order.contract_date, field_text(&visit->fields, "contract_date")) ||
         visit->fields.error_count > 0);
    must(TEXT_COPY(command->order.notes, field_text(&visit->fields, "notes")) ||
         visit->fields.error_count > 0);
    if (visit->fields.error_count > 0) {
        return show(visit, response, alarm, STATUS_OK);
    }
    struct answer answer;
    enum status status = admin_ask(visit, command, instrument, names, &answer, &alarm);
    if (admin_is_page(status)) {
        return status;
    }
    if (status != STATUS_OK) {
        return show(visit, response, alarm, status);
    }
    return admin_done(visit, response, "ordered", admin_order_url(visit->arena, answer.id));
}
