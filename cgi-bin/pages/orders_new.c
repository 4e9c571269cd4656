/* pages/orders_new.c: recording an order, by its supplier or (placing it) by its buyer: with whom,
 * what, the check, the act. */
#include "pages/orders.h"

#include "account_templates.h"
#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "ledger/client.h"
#include "ledger/command.h"
#include "pages/desk.h"
#include "pages/picker.h"
#include "store/my_transfers.h"

#define RECENT_SHOWN_MAX 5 /* those one has orders with already */
#define TRY_AGAIN_S 5      /* the daemon's restart */

static const char *const as_words[] = {"supplier", "buyer", NULL};
static const char *const go_words[] = {"next", NULL};
static const char *const instrument_words[] = {"carbon_removal", "renewable_energy", NULL};
static const char *const step_words[] = {"check", "confirm", NULL};

/* The answers stand in the address, all but the note, which is the parties' own business. */
static const struct field_row form_rows[] = {
    {.name = "as", .kind = VALUE_WORD, .words = as_words},
    {.name = "q", .kind = VALUE_LINE, .chars_max = NAME_CHARS_MAX, .label = "Name or id"},
    {.name = "party", .kind = VALUE_ID},
    {.name = "go", .kind = VALUE_WORD, .words = go_words},
    {.name = "step", .kind = VALUE_WORD, .words = step_words},
    {.name = "once", .kind = VALUE_LINE},
    {.name = "instrument", .kind = VALUE_WORD, .words = instrument_words},
    {.name = "amount", .kind = VALUE_AMOUNT, .chars_max = 40, .label = "The quantity"},
    {.name = "contract_date", .kind = VALUE_DATE, .label = "The contract date"},
    {.name = "notes", .kind = VALUE_LINE, .chars_max = NOTE_CHARS_MAX, .label = "The note"},
};
const struct form my_orders_new_form = {form_rows, sizeof(form_rows) / sizeof(form_rows[0])};

/* The order as far as it is known. */
struct wish {
    enum order_side side; /* of the organisation acted for */
    struct recipient party;
    /* the supplier's projects do not say what is ordered: they count both, or there are none */
    bool asks_instrument;
    bool has_instrument; /* it is known */
    enum instrument instrument;
    int64_t units;
};

static struct url new_url(struct visit *visit, enum order_side side)
{
    struct url url = url_path(visit->arena, "/account/orders/new");
    return url_with(visit->arena, url, "as", order_side_word(side));
}

static struct url list_url(struct visit *visit, enum order_side side)
{
    struct url url = url_path(visit->arena, "/account/orders");
    return url_with(visit->arena, url, "as", order_side_word(side));
}

/* ---- with whom ---- */

/* Those of the last orders, each once. */
static struct recipients recent_of(struct visit *visit, enum order_side side)
{
    struct arena *arena = visit->arena;
    const struct order_filter own = {.side = side, .org_id = visit->org_id};
    const struct window window = {.descending = true, .behind = "", .most = PAGE_ROWS};
    struct orders orders = orders_list(visit->registry, arena, &own, &window);
    struct recipient *rows = arena_array(arena, struct recipient, RECENT_SHOWN_MAX + 1);
    size_t count = 0;
    for (size_t i = 0; i < orders.count && count < RECENT_SHOWN_MAX; i++) {
        const char *org_id =
            side == ORDER_OF_SUPPLIER ? orders.at[i].buyer_org_id : orders.at[i].supplier_org_id;
        bool is_there = false;
        for (size_t j = 0; j < count && !is_there; j++) {
            is_there = text_is(rows[j].org_id, org_id);
        }
        if (!is_there && recipient_find(visit->registry, arena, org_id, &rows[count]) &&
            text_is(rows[count].state, "active")) {
            count++;
        }
    }
    return (struct recipients){.at = rows, .count = count};
}

static enum status show_party(struct visit *visit, struct response *response, enum order_side side)
{
    bool is_supplier = side == ORDER_OF_SUPPLIER;
    const char *title = is_supplier ? "Who ordered?" : "Which supplier do you order from?";
    const struct picker picker = {
        .name = "party",
        .find = url_path(visit->arena, "/account/orders/new"),
        .kept_name = "as",
        .kept_value = order_side_word(side),
        .typed = field_text(&visit->fields, "q"),
        .chosen = "",
        .only_suppliers = !is_supplier,
        .recent = recent_of(visit, side),
        .recent_heading = is_supplier ? "These ordered before" : "You ordered from these before",
    };
    struct order_party_view view = {
        .page = chrome_of(visit, PLACE_ORDERS, chrome_fault_title(visit, title)),
        .faults = picker_faults(visit),
        .has_faults = visit->fields.error_count > 0,
        .title = title,
        .lead = is_supplier ? "An order says what you owe a buyer. Nothing moves until you deliver."
                            : "An order says what a supplier owes you. Nothing moves until it "
                              "delivers.",
        .side = order_side_word(side),
        .picker = picker_show(visit, &picker),
        .leave = list_url(visit, side),
    };
    chrome_trail(visit, &view.page, view.leave, "Orders");
    template_account_order_party(&response->body, &view);
    if (visit->fields.error_count > 0) {
        desk_mend(response, STATUS_FORM_FAULTS);
    }
    return STATUS_OK;
}

/* ---- what ---- */

static struct order_terms_view view_of(struct visit *visit, const struct wish *wish,
                                       const char *title)
{
    struct arena *arena = visit->arena;
    const char *once = field_text(&visit->fields, "once");
    struct url change = new_url(visit, wish->side);
    change = url_with(arena, change, "party", wish->party.org_id);
    change = url_with(arena, change, "instrument", field_text(&visit->fields, "instrument"));
    change = url_with(arena, change, "amount", field_text(&visit->fields, "amount"));
    struct order_terms_view view = {
        .page = chrome_of(visit, PLACE_ORDERS, chrome_fault_title(visit, title)),
        .faults = chrome_faults(visit),
        .has_faults = visit->fields.error_count > 0,
        .title = title,
        .side = order_side_word(wish->side),
        .is_supplier = wish->side == ORDER_OF_SUPPLIER,
        .party_id = wish->party.org_id,
        .party = {wish->party.name, desk_org_url(arena, wish->party.org_id)},
        .party_url = new_url(visit, wish->side),
        .once = text_empty(once) ? desk_once(arena) : once,
        .asks_instrument = wish->asks_instrument,
        .instrument_error = chrome_fault(visit, "instrument"),
        .is_credits = wish->has_instrument && wish->instrument == INSTRUMENT_CARBON_REMOVAL,
        .is_certificates = wish->has_instrument && wish->instrument == INSTRUMENT_RENEWABLE_ENERGY,
        .instrument = wish->has_instrument ? instrument_word(wish->instrument) : "",
        .noun = wish->asks_instrument ? "" : instrument_noun(wish->instrument, 0),
        .amount = field_text(&visit->fields, "amount"),
        .amount_error = chrome_fault(visit, "amount"),
        .contract_date = field_text(&visit->fields, "contract_date"),
        .contract_date_error = chrome_fault(visit, "contract_date"),
        .change_url =
            url_with(arena, change, "contract_date", field_text(&visit->fields, "contract_date")),
        .notes = field_text(&visit->fields, "notes"),
        .notes_error = chrome_fault(visit, "notes"),
        .leave = list_url(visit, wish->side),
    };
    chrome_trail(visit, &view.page, view.leave, "Orders");
    return view;
}

static enum status show_terms(struct visit *visit, struct response *response,
                              const struct wish *wish, const char *alarm, enum status status)
{
    struct order_terms_view view =
        view_of(visit, wish,
                wish->side == ORDER_OF_SUPPLIER
                    ? arena_printf(visit->arena, "What did %s order?", wish->party.name)
                    : arena_printf(visit->arena, "What do you order from %s?", wish->party.name));
    view.alarm = alarm;
    if (status != STATUS_OK) {
        desk_mend(response, status);
    }
    template_account_order_terms(&response->body, &view);
    return STATUS_OK;
}

static struct sentence_views next_of(struct visit *visit, const struct wish *wish,
                                     const char *quantity)
{
    struct arena *arena = visit->arena;
    const char *party = wish->party.name;
    struct sentence_view *next = arena_array(arena, struct sentence_view, 3);
    if (wish->side == ORDER_OF_SUPPLIER) {
        next[0].words = arena_printf(
            arena, "Nothing moves now. What you deliver is counted against the order until %s %s.",
            quantity, desk_verb(wish->units, wish->instrument, "is delivered", "are delivered"));
        next[1].words = arena_printf(arena,
                                     "%s sees the order at once. Nobody else but the "
                                     "registry’s administrators does.",
                                     party);
        next[2].words = arena_printf(
            arena,
            "Unless %s accepts from you without being asked, it has to place the order itself "
            "before you can deliver.",
            party);
    } else {
        next[0].words =
            arena_printf(arena,
                         "Nothing moves now. %s sees the order at once and can deliver against it. "
                         "Nobody else but the registry’s administrators sees it.",
                         party);
        next[1].words = "What is delivered comes into your account Main at once: placing the order "
                        "is your consent.";
        next[2].words =
            arena_printf(arena, "%s can deliver in parts, up to %s in all.", party, quantity);
    }
    return (struct sentence_views){next, 3};
}

static enum status show_check(struct visit *visit, struct response *response,
                              const struct wish *wish, const char *alarm, enum status status)
{
    struct arena *arena = visit->arena;
    const char *quantity = quantity_words(arena, wish->units, wish->instrument);
    int64_t at = 0;
    struct order_terms_view view = view_of(visit, wish, "Check the order");
    view.alarm = alarm;
    view.quantity = quantity;
    view.weight = desk_weight(arena, wish->units, wish->instrument);
    view.contract = clock_parse_date(view.contract_date, &at) ? clock_date_words(arena, at) : "";
    view.next = next_of(visit, wish, quantity);
    view.button =
        wish->side == ORDER_OF_SUPPLIER
            ? arena_printf(arena, "Record an order of %s for %s", quantity, wish->party.name)
            : arena_printf(arena, "Order %s from %s", quantity, wish->party.name);
    if (status != STATUS_OK) {
        desk_mend(response, status);
    }
    template_account_order_check(&response->body, &view);
    return STATUS_OK;
}

/* ---- the act ---- */

/* The refusal beside its field; the words of one without a field. */
static const char *settle(struct visit *visit, const struct wish *wish, const struct answer *answer)
{
    static const struct {
        enum command_field field;
        const char *name;
    } names[] = {{FIELD_AMOUNT, "amount"},
                 {FIELD_INSTRUMENT, "instrument"},
                 {FIELD_DATE, "contract_date"},
                 {FIELD_NOTES, "notes"}};
    const char *words = refusal_words(visit, answer, wish->instrument, "");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if ((int32_t)names[i].field == answer->field) {
            field_fault(&visit->fields, names[i].name,
                        names[i].field == FIELD_DATE
                            ? "Enter the date as year, month and day, such as 2026-11-20."
                            : words);
            return NULL;
        }
    }
    return words;
}

static void key_of(struct visit *visit, char key[KEY_SIZE])
{
    desk_key(visit, field_text(&visit->fields, "once"), "order", visit->org_id, key);
}

/* Was it recorded from this very form already? Then *response goes there. */
static bool go_recorded(struct visit *visit, struct response *response)
{
    char key[KEY_SIZE];
    key_of(visit, key);
    const char *order_id =
        text_empty(field_text(&visit->fields, "once"))
            ? ""
            : my_subject_of_key(visit->registry, visit->arena, visit->user_id, key);
    if (text_empty(order_id)) {
        return false;
    }
    response_redirect(response, visit->arena,
                      url_path(visit->arena, "/account/orders/*", order_id));
    return true;
}

static enum status record(struct visit *visit, struct response *response, const struct wish *wish)
{
    bool is_supplier = wish->side == ORDER_OF_SUPPLIER;
    struct command *command = arena_one(visit->arena, struct command);
    *command = command_of(ACT_ORDER, visit->user_id, "");
    key_of(visit, command->key);
    struct command_order *body = &command->order;
    const char *notes = text_trim(visit->arena, field_text(&visit->fields, "notes"));
    must(TEXT_COPY(body->supplier_org_id, is_supplier ? visit->org_id : wish->party.org_id) &&
         TEXT_COPY(body->buyer_org_id, is_supplier ? wish->party.org_id : visit->org_id) &&
         TEXT_COPY(body->contract_date, field_text(&visit->fields, "contract_date")) &&
         TEXT_COPY(body->notes, notes));
    body->instrument = (uint8_t)wish->instrument;
    body->units = wish->units;
    struct answer answer = {.line = -1};
    enum status status = ledger_ask(visit->ledger, command, &answer);
    switch ((int)status) {
    case STATUS_OK:
        gate_notice(visit, arena_printf(visit->arena, "ordered %s", answer.id));
        return desk_go(visit, response, url_path(visit->arena, "/account/orders/*", answer.id));
    case STATUS_NOT_FOUND:
    case STATUS_NOT_ALLOWED:
    case STATUS_FAULT:
        return status;
    case STATUS_LEDGER_AWAY:
    case STATUS_BUSY:
        response->retry_after_s = TRY_AGAIN_S;
        return show_check(visit, response, wish,
                          "The registry cannot record it at this moment, and nothing was changed. "
                          "Your answers are kept: press the button again in a few minutes.",
                          status);
    case STATUS_ANSWER_LOST:
        response->retry_after_s = TRY_AGAIN_S;
        return show_check(visit, response, wish,
                          "The registry’s answer did not arrive, so it may or may not have been "
                          "recorded. Press the button again to find out: it cannot be recorded "
                          "twice.",
                          status);
    default: {
        const char *alarm = settle(visit, wish, &answer);
        return chrome_fault(visit, "notes") != NULL
                   ? show_check(visit, response, wish, alarm, status)
                   : show_terms(visit, response, wish, alarm, status);
    }
    }
}

/* ---- the pages ---- */

/* What is ordered: as chosen, or the one thing that the supplier's projects count. */
static void take_instrument(struct visit *visit, struct wish *wish, const char *supplier_org_id)
{
    struct order_instruments can = orders_instruments(visit->registry, supplier_org_id);
    const char *chosen = field_text(&visit->fields, "instrument");
    bool is_chosen = instrument_from_word(chosen, &wish->instrument);
    if (!is_chosen) {
        bool has_energy = can.has[INSTRUMENT_RENEWABLE_ENERGY];
        wish->instrument = has_energy ? INSTRUMENT_RENEWABLE_ENERGY : INSTRUMENT_CARBON_REMOVAL;
    }
    bool is_one = can.has[INSTRUMENT_CARBON_REMOVAL] != can.has[INSTRUMENT_RENEWABLE_ENERGY];
    wish->asks_instrument = !is_one || !can.has[wish->instrument];
    wish->has_instrument = is_chosen || is_one;
}

/* The chosen party; false with a fault beside the field. */
static bool take_party(struct visit *visit, struct wish *wish)
{
    bool is_supplier = wish->side == ORDER_OF_SUPPLIER;
    if (!picker_take(visit, "party",
                     is_supplier ? "Choose who ordered." : "Choose which supplier you order from.",
                     "This is your own organisation: an order has two parties.", &wish->party)) {
        return false;
    }
    const char *supplier = is_supplier ? visit->org_id : wish->party.org_id;
    if (!orders_party(visit->registry, supplier).is_supplier) {
        field_fault(&visit->fields, "party",
                    is_supplier ? "Your organisation is no supplier here, so nothing can be "
                                  "ordered from it."
                                : "This organisation is no supplier: nothing can be ordered from "
                                  "it.");
        return false;
    }
    take_instrument(visit, wish, supplier);
    return true;
}

/* Reads kind and quantity; faults stand beside them. */
static void read_terms(struct visit *visit, struct wish *wish)
{
    const char *typed = field_text(&visit->fields, "amount");
    if (!wish->has_instrument) {
        /* What the quantity means is not known before. */
        field_fault(&visit->fields, "instrument",
                    wish->side == ORDER_OF_SUPPLIER
                        ? "Choose whether credits or certificates were ordered."
                        : "Choose whether you order credits or certificates.");
        return;
    }
    enum status status = quantity_parse(typed, wish->instrument, &wish->units);
    if (text_empty(typed)) {
        field_fault(&visit->fields, "amount",
                    arena_printf(visit->arena, "Enter how many %s %s.",
                                 instrument_noun(wish->instrument, 0),
                                 wish->side == ORDER_OF_SUPPLIER ? "were ordered" : "you order"));
    } else if (status != STATUS_OK) {
        field_fault(&visit->fields, "amount", refusal_amount(visit, status, wish->instrument));
    }
}

enum status my_orders_new_get(struct visit *visit, struct response *response)
{
    struct wish wish = {.side = order_side_of(visit)};
    const struct fields *fields = &visit->fields;
    bool is_asked =
        !text_empty(field_text(fields, "party")) || !text_empty(field_text(fields, "go"));
    if (!is_asked || !take_party(visit, &wish)) {
        return show_party(visit, response, wish.side);
    }
    if (!text_is(field_text(fields, "step"), "check")) {
        return show_terms(visit, response, &wish, NULL, STATUS_OK);
    }
    if (go_recorded(visit, response)) {
        return STATUS_OK;
    }
    read_terms(visit, &wish);
    return fields->error_count > 0 ? show_terms(visit, response, &wish, NULL, STATUS_FORM_FAULTS)
                                   : show_check(visit, response, &wish, NULL, STATUS_OK);
}

enum status my_orders_new_post(struct visit *visit, struct response *response)
{
    struct fields *fields = &visit->fields;
    struct wish wish = {.side = order_side_of(visit)};
    if (go_recorded(visit, response)) {
        return STATUS_OK;
    }
    if (!take_party(visit, &wish)) {
        return show_party(visit, response, wish.side); /* suspended meanwhile, or closed */
    }
    bool has_note_fault = chrome_fault(visit, "notes") != NULL;
    read_terms(visit, &wish);
    if (fields->error_count > (has_note_fault ? 1 : 0)) {
        return show_terms(visit, response, &wish, NULL, STATUS_FORM_FAULTS);
    }
    return has_note_fault ? show_check(visit, response, &wish, NULL, STATUS_FORM_FAULTS)
                          : record(visit, response, &wish);
}
