/* pages/steps_balance.c: whose credits: one supplier's balance. */
#include "pages/steps.h"

#include "account_templates.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"

static const char *const back_words[] = {"review", NULL};

static const struct field_row query_rows[] = {
    {.name = "back", .kind = VALUE_WORD, .words = back_words},
};
const struct form steps_balance_query = {query_rows, 1};

static const struct field_row form_rows[] = {
    {.name = "balance",
     .kind = VALUE_LINE,
     .needed = true,
     .needed_words = "Choose which supplier’s credits to transfer"},
    {.name = "back", .kind = VALUE_WORD, .words = back_words},
};
const struct form steps_balance_form = {form_rows, sizeof(form_rows) / sizeof(form_rows[0])};

static struct choice_views cards_of(struct visit *visit, const struct draft *draft)
{
    struct arena *arena = visit->arena;
    struct holding_balances balances = steps_balances(visit, draft);
    struct choice_view *cards = arena_array(arena, struct choice_view, balances.count + 1);
    bool has_first = false;
    for (size_t i = 0; i < balances.count; i++) {
        const struct holding_balance *one = &balances.at[i];
        bool is_off = one->available_units == 0;
        bool is_first = !is_off && !has_first;
        has_first = has_first || is_first;
        cards[i] = (struct choice_view){
            .id = is_first ? "balance" : arena_printf(arena, "balance-%zu", i + 1),
            .value = steps_balance_word(arena, one->supplier_org_id, one->instrument),
            .words = one->supplier_name,
            .figure = quantity_show(arena, one->available_units, one->instrument),
            .unit = instrument_noun(one->instrument, one->available_units),
            .hint = one->reserved_units == 0
                        ? ""
                        : arena_printf(arena, "%s more %s reserved by transfers that wait",
                                       quantity_show(arena, one->reserved_units, one->instrument),
                                       one->reserved_units == 1 ? "is" : "are"),
            .is_off = is_off,
            .is_chosen = !is_off && text_is(one->supplier_org_id, draft->supplier_org_id) &&
                         text_is(instrument_word(one->instrument), draft->instrument),
        };
    }
    return (struct choice_views){cards, balances.count};
}

static void show_balance(struct visit *visit, struct response *response, const struct draft *draft,
                         bool back)
{
    const char *title = "Which supplier’s credits?";
    struct step_balance_view view = {
        .page = chrome_of(visit, PLACE_CREDITS, chrome_fault_title(visit, title)),
        .faults = chrome_faults(visit),
        .has_faults = visit->fields.error_count > 0,
        .step = steps_view_of(visit, draft, "balance", back),
        .balances = cards_of(visit, draft),
        .balance_error = chrome_fault(visit, "balance"),
    };
    chrome_trail(visit, &view.page, steps_url(visit, draft, back ? "review" : "recipient", false),
                 back ? "Check the transfer" : "Recipient");
    for (size_t i = 0; i < view.balances.count; i++) {
        view.has_balances = view.has_balances || !view.balances.at[i].is_off;
    }
    template_account_step_balance(&response->body, &view);
}

enum status steps_balance_get(struct visit *visit, struct response *response)
{
    struct draft draft;
    enum steps_found found = steps_open(visit, response, &draft);
    if (found != STEPS_OPEN) {
        return steps_closed(found);
    }
    show_balance(visit, response, &draft, !text_empty(field_text(&visit->fields, "back")));
    return STATUS_OK;
}

enum status steps_balance_post(struct visit *visit, struct response *response)
{
    struct draft draft;
    enum steps_found found = steps_open(visit, response, &draft);
    if (found != STEPS_OPEN) {
        return steps_closed(found);
    }
    bool back = !text_empty(field_text(&visit->fields, "back"));
    const char *word = field_text(&visit->fields, "balance");
    const char *supplier = "";
    enum instrument instrument = INSTRUMENT_CARBON_REMOVAL;
    struct draft chosen = draft;
    struct holding_balance balance;
    if (!text_empty(word)) {
        bool is_one = steps_balance_parse(visit->arena, word, &supplier, &instrument);
        chosen.supplier_org_id = supplier;
        chosen.instrument = instrument_word(instrument);
        if (!is_one || !steps_balance(visit, &chosen, &balance) || balance.available_units == 0) {
            field_fault(&visit->fields, "balance",
                        "Nothing is available in this balance now. Choose another one");
        }
    }
    if (visit->fields.error_count > 0) {
        show_balance(visit, response, &draft, back);
        desk_mend(response, STATUS_FORM_FAULTS);
        return STATUS_OK;
    }
    if (!text_is(chosen.supplier_org_id, draft.supplier_org_id) ||
        !text_is(chosen.instrument, draft.instrument)) {
        /* Another balance: the amount was asked of the old one. */
        chosen.mode = "";
        chosen.units = 0;
        chosen.lines = "";
    }
    return steps_keep(visit, response, &chosen, back);
}
