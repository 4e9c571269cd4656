/* pages/admin_orders.c: orders as a list, recording one, one with its deliveries. See
 * pages/admin_issues.h. */
#include "pages/admin_issues.h"

#include "admin_templates.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"
#include "pages/orders.h"
#include "store/my_transfers.h"

static const char *const sort_words[] = {"recorded", "-recorded", NULL};
static const struct field_row list_rows[] = {
    {.name = "q", .kind = VALUE_LINE, .chars_max = 100, .label = "Supplier, buyer or id"},
    {.name = "state", .kind = VALUE_WORD, .words = order_filter_words},
    {.name = "sort", .kind = VALUE_WORD, .words = sort_words},
    DESK_PAGE_FIELDS,
};
const struct form admin_orders_form = {list_rows, sizeof(list_rows) / sizeof(list_rows[0])};

const struct order_way admin_order_way = {
    .org = "/admin/organisations/*",
    .order = "/admin/issue/orders/*",
    .deliver = "/admin/issue/orders/*/deliver",
    .delivery = "/registry/deliveries/*",
    .side = ORDER_OF_ALL,
};

/* ---- the list ---- */

static const struct list_kind kind = {
    .path = "/admin/issue/orders",
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

enum status admin_orders_get(struct visit *visit, struct response *response)
{
    const struct order_filter all = {.side = ORDER_OF_ALL};
    struct list list = order_list(visit, &kind, &all);
    if (!text_empty(field_text(&visit->fields, "format"))) {
        return list_csv(&list, response);
    }
    struct orders_view view = {
        .page = chrome_of(visit, PLACE_ISSUE, chrome_fault_title(visit, "Orders")),
        .may_record = admin_may(visit),
        .q = field_text(&visit->fields, "q"),
        .states = order_states(visit),
    };
    struct list_rows found = list_page(&list, &view.list);
    view.table = order_table(visit, (struct orders){found.at, found.count}, &admin_order_way);
    view.table.may_deliver = admin_may(visit);
    view.table.by_time = list_sort(&list, "-recorded");
    template_admin_orders(&response->body, &view);
    if (visit->fields.error_count > 0) {
        desk_mend(response, STATUS_FORM_FAULTS);
    }
    return STATUS_OK;
}

/* ---- one ---- */

enum status admin_order_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct order order;
    if (!order_find(visit->registry, arena, visit->arguments[0], &order)) {
        return STATUS_NOT_FOUND;
    }
    struct my_acts acts = my_transfer_acts(visit->registry, arena, order.order_id);
    struct order_view view = {
        .page = chrome_of(visit, PLACE_ISSUE, arena_printf(arena, "Order %s", order.order_id)),
        .may_deliver = admin_may(visit) && order.state != ORDER_COMPLETED,
        .deliver_url = url_path(arena, admin_order_way.deliver, order.order_id),
        .deliver_words = arena_printf(arena, "Deliver to %s", order.buyer),
        .hindrance = "",
    };
    order_fill(visit, &order, &admin_order_way,
               acts.count == 0 ? "" : admin_person(visit, acts.at[0].user_id), &view);
    chrome_trail(visit, &view.page, url_path(arena, "/admin/issue"), "Issue and deliver");
    chrome_trail(visit, &view.page, url_path(arena, "/admin/issue/orders"), "Orders");
    template_admin_order(&response->body, &view);
    return STATUS_OK;
}

/* ---- recording one ---- */

static const char *const instrument_words[] = {"carbon_removal", "renewable_energy", NULL};
/* clang-format off */
static const char *const instrument_choices[] = {
    "carbon_removal", "Carbon-removal credits",
    "renewable_energy", "Renewable-energy certificates",
    NULL,
};
/* clang-format on */
static const struct field_row rows[] = {
    {.name = "once", .kind = VALUE_LINE},
    {.name = "supplier", .kind = VALUE_LINE, .label = "Supplier"},
    {.name = "buyer", .kind = VALUE_LINE, .label = "Buyer"},
    {.name = "instrument",
     .kind = VALUE_WORD,
     .words = instrument_words,
     .label = "What is ordered"},
    {.name = "amount", .kind = VALUE_AMOUNT, .label = "Quantity"},
    {.name = "contract_date", .kind = VALUE_DATE, .label = "Contract date"},
    {.name = "notes", .kind = VALUE_LINE, .chars_max = NOTE_CHARS_MAX, .label = "Note"},
};
const struct form admin_order_form = {rows, sizeof(rows) / sizeof(rows[0])};

static const struct admin_field_name names[] = {
    {FIELD_SUPPLIER, "supplier", NULL},
    {FIELD_RECIPIENT, "buyer", NULL},
    {FIELD_INSTRUMENT, "instrument", NULL},
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
    form->view.leave_words = "Leave without recording it";
    form->view.lead =
        "An order says what a supplier owes a buyer. Nothing moves until it is delivered.";
    admin_form_once(form);
    (void)admin_form_line(form, "supplier", "Supplier", "Its name or id", "");
    (void)admin_form_line(form, "buyer", "Buyer", "Its name or id", "");
    (void)admin_form_select(form, "instrument", "What is ordered?",
                            "Needed where the supplier has projects of both, or none yet.", "",
                            instrument_choices, "What the supplier’s projects count");
    (void)admin_form_amount(form, "amount", "Quantity ordered",
                            "Credits with at most 3 decimals, or whole certificates.", "", "");
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

/* As chosen, or the one thing that the supplier's projects count; false with a fault beside the
 * field. */
static bool find_instrument(struct visit *visit, const char *supplier_org_id,
                            enum instrument *instrument)
{
    if (instrument_from_word(field_text(&visit->fields, "instrument"), instrument)) {
        return true;
    }
    struct order_instruments can = orders_instruments(visit->registry, supplier_org_id);
    bool has_energy = can.has[INSTRUMENT_RENEWABLE_ENERGY];
    *instrument = has_energy ? INSTRUMENT_RENEWABLE_ENERGY : INSTRUMENT_CARBON_REMOVAL;
    bool is_told = can.has[INSTRUMENT_CARBON_REMOVAL] != can.has[INSTRUMENT_RENEWABLE_ENERGY];
    if (!is_told && !text_empty(supplier_org_id)) {
        field_fault(&visit->fields, "instrument",
                    can.has[*instrument] ? "This supplier has projects of both kinds. Choose "
                                           "whether credits or certificates are ordered."
                                         : "This supplier has no project yet. Choose whether "
                                           "credits or certificates are ordered.");
    }
    return is_told;
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
    if (find_instrument(visit, command->order.supplier_org_id, &instrument)) {
        command->order.instrument = (uint8_t)instrument;
        (void)admin_amount(visit, "amount", instrument, false, &command->order.units);
    }
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
