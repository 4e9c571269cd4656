/* pages/orders.c: orders and deliveries in words, in rows and as CSV; see pages/orders.h. */
#include "pages/orders.h"

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"
#include "pages/plan.h"
#include "store/my_transfers.h"
#include "store/rights.h"

#define DELIVERIES_SHOWN_MAX 20 /* on an order's page; the rest has a list of its own */

const struct order_way order_way_public = {
    .org = "/registry/organisations/*",
    .delivery = "/registry/deliveries/*",
    .side = ORDER_OF_ALL,
};

struct order_way order_way_account(enum order_side side)
{
    return (struct order_way){
        .org = "/registry/organisations/*",
        .order = "/account/orders/*",
        .deliver = side == ORDER_OF_SUPPLIER ? "/account/orders/*/deliver" : NULL,
        .delivery = "/account/deliveries/*",
        .side = side,
    };
}

bool orders_may_act(const struct visit *visit)
{
    return desk_may(visit, ROLE_INITIATOR);
}

struct state_view order_state(enum order_state state)
{
    static const char *const words[] = {"Placed", "In progress", "Completed"};
    must(state < sizeof(words) / sizeof(words[0]));
    return (struct state_view){order_state_word(state), words[state]};
}

const char *order_next(struct visit *visit, const struct order *order)
{
    struct arena *arena = visit->arena;
    int64_t open_units = order->units - order->delivered_units;
    switch (order->state) {
    case ORDER_PLACED:
        return arena_printf(arena, "on %s. Nothing has been delivered yet.",
                            clock_date_words(arena, order->ordered_at));
    case ORDER_IN_PROGRESS:
        return arena_printf(arena, "with %s still to be delivered.",
                            quantity_words(arena, open_units, order->instrument));
    case ORDER_COMPLETED:
        break;
    }
    return arena_printf(arena, "on %s. Everything has been delivered.",
                        clock_date_words(arena, order->delivered_at));
}

const char *order_contract(struct arena *arena, const struct order *order)
{
    int64_t at = 0;
    bool is_date = clock_parse_date(order->contract_date, &at);
    return is_date ? clock_date_words(arena, at) : order->contract_date;
}

const char *order_who(struct visit *visit, const struct order *order, const char *subject_id)
{
    struct my_acts acts = my_transfer_acts(visit->registry, visit->arena, subject_id);
    if (acts.count == 0 || text_empty(acts.at[0].user_id)) {
        return "The registry";
    }
    const struct my_act *act = &acts.at[0];
    if (rights_roles(visit->registry, visit->org_id, act->user_id) == 0 &&
        rights_of(visit->registry, act->user_id).registry_roles != 0) {
        return "A registry administrator";
    }
    if (text_is(act->org_id, visit->org_id)) {
        return desk_person(visit, act->user_id);
    }
    return text_is(act->org_id, order->supplier_org_id) ? order->supplier : order->buyer;
}

static struct link_view org_link(struct arena *arena, const struct order_way *way,
                                 const char *org_id, const char *name)
{
    return (struct link_view){name, url_path(arena, way->org, org_id)};
}

/* ---- lists ---- */

const char *const order_filter_words[] = {"open", "placed", "in_progress", "completed", NULL};

static const char *filter_words(const char *state)
{
    static const enum order_state states[] = {ORDER_PLACED, ORDER_IN_PROGRESS, ORDER_COMPLETED};
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        if (text_is(state, order_state_word(states[i]))) {
            return order_state(states[i]).words;
        }
    }
    return "Still open";
}

struct choice_views order_states(struct visit *visit)
{
    size_t count = sizeof(order_filter_words) / sizeof(order_filter_words[0]) - 1;
    struct choice_view *states = arena_array(visit->arena, struct choice_view, count);
    for (size_t i = 0; i < count; i++) {
        states[i] = (struct choice_view){
            .value = order_filter_words[i],
            .words = filter_words(order_filter_words[i]),
            .is_chosen = text_is(order_filter_words[i], field_text(&visit->fields, "state")),
        };
    }
    return (struct choice_views){states, count};
}

struct list order_list(struct visit *visit, const struct list_kind *kind,
                       const struct order_filter *all)
{
    struct arena *arena = visit->arena;
    struct order_filter *filter = arena_array(arena, struct order_filter, 2);
    filter[0] = filter[1] = *all;
    filter[0].q = list_q(visit);
    filter[0].state = field_text(&visit->fields, "state");
    struct list list = list_begin(visit, kind, "", &filter[0], &filter[1]);
    list_filter_q(&list);
    list_filter(&list, "state", "State", filter_words(filter[0].state));
    return list;
}

/* ---- rows ---- */

static struct order_row order_row(struct visit *visit, const struct order *one,
                                  const struct order_way *way, bool shows_unit)
{
    struct arena *arena = visit->arena;
    int64_t open_units = one->units - one->delivered_units;
    return (struct order_row){
        .order_id = one->order_id,
        .url = url_path(arena, way->order, one->order_id),
        .recorded = desk_when(arena, one->ordered_at),
        .contract = order_contract(arena, one),
        .supplier = org_link(arena, way, one->supplier_org_id, one->supplier),
        .buyer = org_link(arena, way, one->buyer_org_id, one->buyer),
        .ordered = quantity_show(arena, one->units, one->instrument),
        .delivered = one->delivered_units == 0
                         ? "–"
                         : quantity_show(arena, one->delivered_units, one->instrument),
        .open = open_units == 0 ? "–" : quantity_show(arena, open_units, one->instrument),
        .unit_here = shows_unit ? desk_unit(one->instrument) : "",
        .state = order_state(one->state),
        .is_open = open_units > 0,
        .deliver_url = way->deliver == NULL ? (struct url){NULL}
                                            : url_path(arena, way->deliver, one->order_id),
    };
}

struct order_table order_table(struct visit *visit, struct orders orders,
                               const struct order_way *way)
{
    struct order_row *rows = arena_array(visit->arena, struct order_row, orders.count + 1);
    bool is_one = orders.count > 0;
    for (size_t i = 1; i < orders.count; i++) {
        is_one = is_one && orders.at[i].instrument == orders.at[0].instrument;
    }
    for (size_t i = 0; i < orders.count; i++) {
        rows[i] = order_row(visit, &orders.at[i], way, !is_one);
    }
    return (struct order_table){
        .unit = is_one ? desk_unit(orders.at[0].instrument) : "",
        .shows_supplier = way->side != ORDER_OF_SUPPLIER,
        .shows_buyer = way->side != ORDER_OF_BUYER,
        .by_time = {{NULL}, ""},
        .rows = {rows, orders.count},
    };
}

static struct delivery_row delivery_row(struct visit *visit, const struct delivery *one,
                                        const struct order_way *way, bool shows_unit)
{
    struct arena *arena = visit->arena;
    return (struct delivery_row){
        .delivery_id = one->delivery_id,
        .url = url_path(arena, way->delivery, one->delivery_id),
        .delivered = desk_when(arena, one->delivered_at),
        .supplier = org_link(arena, way, one->supplier_org_id, one->supplier),
        .buyer = org_link(arena, way, one->buyer_org_id, one->buyer),
        .project = {one->project, desk_project_url(arena, one->project_id)},
        .has_more_projects = one->has_more_projects,
        .notes = one->notes,
        .redacted = desk_redacted(arena, "The note", one->note_redacted),
        .order = {one->order_id, way->order == NULL ? (struct url){NULL}
                                                    : url_path(arena, way->order, one->order_id)},
        .quantity = quantity_show(arena, one->units, one->instrument),
        .unit_here = shows_unit ? desk_unit(one->instrument) : "",
    };
}

struct delivery_table delivery_table(struct visit *visit, struct deliveries deliveries,
                                     const struct order_way *way)
{
    struct delivery_row *rows =
        arena_array(visit->arena, struct delivery_row, deliveries.count + 1);
    bool is_one = deliveries.count > 0;
    for (size_t i = 1; i < deliveries.count; i++) {
        is_one = is_one && deliveries.at[i].instrument == deliveries.at[0].instrument;
    }
    for (size_t i = 0; i < deliveries.count; i++) {
        rows[i] = delivery_row(visit, &deliveries.at[i], way, !is_one);
    }
    return (struct delivery_table){
        .unit = is_one ? desk_unit(deliveries.at[0].instrument) : "",
        .shows_supplier = way->side != ORDER_OF_SUPPLIER,
        .shows_buyer = way->side != ORDER_OF_BUYER,
        .shows_order = way->order != NULL,
        .by_time = {{NULL}, ""},
        .rows = {rows, deliveries.count},
    };
}

/* ---- one order ---- */

static void fill_deliveries(struct visit *visit, const struct order *order,
                            const struct order_way *way, struct order_view *view)
{
    struct arena *arena = visit->arena;
    const struct delivery_filter filter = {
        .side = ORDER_OF_ALL, .order_id = order->order_id, .from_at = INT64_MIN};
    const struct window window = {.descending = true, .behind = "", .most = DELIVERIES_SHOWN_MAX};
    struct deliveries found = deliveries_list(visit->registry, arena, &filter, &window);
    int64_t count = deliveries_count(visit->registry, arena, &filter);
    view->deliveries = delivery_table(visit, found, way);
    view->deliveries.shows_supplier = false; /* the page has told both, and the order */
    view->deliveries.shows_buyer = false;
    view->deliveries.shows_order = false;
    view->has_deliveries = found.count > 0;
    view->all_deliveries = (struct link_view){"", {NULL}};
    if (count > (int64_t)found.count && way->side != ORDER_OF_ALL) {
        struct url url = url_path(arena, "/account/deliveries");
        url = url_with(arena, url, "as", order_side_word(way->side));
        view->all_deliveries =
            (struct link_view){arena_printf(arena, "All %s of this order",
                                            desk_count(arena, count, "delivery", "deliveries")),
                               url_with(arena, url, "order", order->order_id)};
    }
}

void order_fill(struct visit *visit, const struct order *order, const struct order_way *way,
                const char *recorded_by, struct order_view *view)
{
    struct arena *arena = visit->arena;
    enum instrument instrument = order->instrument;
    int64_t open_units = order->units - order->delivered_units;
    const char *ordered = quantity_words(arena, order->units, instrument);
    view->title =
        way->side == ORDER_OF_BUYER ? arena_printf(arena, "%s from %s", ordered, order->supplier)
        : way->side == ORDER_OF_SUPPLIER
            ? arena_printf(arena, "%s for %s", ordered, order->buyer)
            : arena_printf(arena, "%s for %s from %s", ordered, order->buyer, order->supplier);
    view->state = order_state(order->state);
    view->next = order_next(visit, order);
    view->order_id = order->order_id;
    view->supplier = org_link(arena, way, order->supplier_org_id, order->supplier);
    view->buyer = org_link(arena, way, order->buyer_org_id, order->buyer);
    view->ordered = ordered;
    view->weight = desk_weight(arena, order->units, instrument);
    view->delivered = quantity_words(arena, order->delivered_units, instrument);
    view->open = open_units > 0 ? quantity_words(arena, open_units, instrument) : "";
    view->delivered_percent = plan_percent(arena, order->delivered_units, order->units);
    view->open_percent = plan_percent(arena, open_units, order->units);
    view->delivered_show = quantity_show(arena, order->delivered_units, instrument);
    view->open_show = quantity_show(arena, open_units, instrument);
    view->contract = order_contract(arena, order);
    view->recorded = desk_when(arena, order->ordered_at);
    view->recorded_by = recorded_by;
    view->notes = order->notes;
    fill_deliveries(visit, order, way, view);
}

/* ---- the account's tabs ---- */

const char *order_side_word(enum order_side side)
{
    must(side != ORDER_OF_ALL);
    return side == ORDER_OF_SUPPLIER ? "supplier" : "buyer";
}

enum order_side order_side_of(struct visit *visit)
{
    const char *asked = field_text(&visit->fields, "as");
    if (!text_empty(asked)) {
        return text_is(asked, "supplier") ? ORDER_OF_SUPPLIER : ORDER_OF_BUYER;
    }
    bool is_supplier = orders_party(visit->registry, visit->org_id).is_supplier;
    return is_supplier ? ORDER_OF_SUPPLIER : ORDER_OF_BUYER;
}

static void add_tab(struct visit *visit, struct order_tab *tabs, size_t *count, const char *path,
                    enum order_side side, const char *words, bool is_here)
{
    struct url url = url_path(visit->arena, path);
    tabs[(*count)++] = (struct order_tab){
        .words = words,
        .url = url_with(visit->arena, url, "as", order_side_word(side)),
        .is_here = is_here,
    };
}

struct order_tabs order_tabs(struct visit *visit, enum order_side side, bool at_deliveries)
{
    struct order_party party = orders_party(visit->registry, visit->org_id);
    struct order_tab *tabs = arena_array(visit->arena, struct order_tab, 4);
    size_t count = 0;
    bool of_supplier = party.is_supplier || side == ORDER_OF_SUPPLIER;
    bool of_buyer = party.has_ordered || side == ORDER_OF_BUYER || !party.is_supplier;
    if (of_supplier) {
        add_tab(visit, tabs, &count, "/account/orders", ORDER_OF_SUPPLIER, "Orders received",
                side == ORDER_OF_SUPPLIER && !at_deliveries);
        add_tab(visit, tabs, &count, "/account/deliveries", ORDER_OF_SUPPLIER, "Deliveries made",
                side == ORDER_OF_SUPPLIER && at_deliveries);
    }
    if (of_buyer) {
        add_tab(visit, tabs, &count, "/account/orders", ORDER_OF_BUYER, "Orders placed",
                side == ORDER_OF_BUYER && !at_deliveries);
        add_tab(visit, tabs, &count, "/account/deliveries", ORDER_OF_BUYER, "Deliveries received",
                side == ORDER_OF_BUYER && at_deliveries);
    }
    return (struct order_tabs){tabs, count};
}

/* ---- CSV ---- */

const char *const order_columns[] = {
    "order_id",      "ordered_at",      "supplier_id", "supplier", "buyer_id",
    "buyer",         "contract_date",   "instrument",  "ordered",  "delivered",
    "ordered_units", "delivered_units", "state",       "notes",    NULL};

void order_cells(const struct list *list, const void *row, const char **cells)
{
    struct arena *arena = list->visit->arena;
    const struct order *one = row;
    const char *const values[] = {
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
        order_state_word(one->state),
        one->notes,
    };
    LIST_CELLS(cells, values, order_columns);
}

struct list_rows order_read(const struct list *list, const struct window *window)
{
    struct orders found =
        orders_list(list->visit->registry, list->visit->arena, list->filter, window);
    return (struct list_rows){found.at, found.count};
}

int64_t order_count(const struct list *list, const void *filter)
{
    return orders_count(list->visit->registry, list->visit->arena, filter);
}

const char *const delivery_columns[] = {
    "delivery_id", "delivered_at", "supplier_id",      "supplier",   "buyer_id",
    "buyer",       "project_id",   "project",          "instrument", "quantity",
    "units",       "note",         "note_redacted_at", "order_id",   NULL};
const char *const delivery_public_columns[] = {
    "delivery_id", "delivered_at", "supplier_id",      "supplier",   "buyer_id",
    "buyer",       "project_id",   "project",          "instrument", "quantity",
    "units",       "note",         "note_redacted_at", NULL};

void delivery_cells(const struct list *list, const void *row, const char **cells)
{
    struct arena *arena = list->visit->arena;
    const struct delivery *one = row;
    const char *const values[] = {
        one->delivery_id,
        clock_iso(arena, one->delivered_at),
        one->supplier_org_id,
        one->supplier,
        one->buyer_org_id,
        one->buyer,
        one->has_more_projects ? "" : one->project_id,
        one->has_more_projects ? "several" : one->project,
        instrument_word(one->instrument),
        quantity_plain(arena, one->units, one->instrument),
        arena_printf(arena, "%lld", (long long)one->units),
        one->notes,
        clock_iso(arena, one->note_redacted.at),
        one->order_id, /* behind what is everybody's */
    };
    LIST_CELLS(cells, values, delivery_columns);
}

struct list_rows delivery_read(const struct list *list, const struct window *window)
{
    struct deliveries found =
        deliveries_list(list->visit->registry, list->visit->arena, list->filter, window);
    return (struct list_rows){found.at, found.count};
}

int64_t delivery_count(const struct list *list, const void *filter)
{
    return deliveries_count(list->visit->registry, list->visit->arena, filter);
}
