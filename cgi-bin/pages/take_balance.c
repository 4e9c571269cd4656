/* pages/take_balance.c: whose credits: one supplier's balance. See pages/take.h. */
#include "pages/take.h"

#include "account_templates.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"

static const char *const back_words[] = {"review", NULL};

static const struct field_row query_rows[] = {
    {.name = "back", .kind = VALUE_WORD, .words = back_words},
};
const struct form take_balance_query = {query_rows, 1};

static const struct field_row form_rows[] = {
    {.name = "balance", .kind = VALUE_LINE},
    {.name = "back", .kind = VALUE_WORD, .words = back_words},
};
const struct form take_balance_form = {form_rows, sizeof(form_rows) / sizeof(form_rows[0])};

static struct choice_views cards_of(const struct take *take, const char *chosen)
{
    struct arena *arena = take->visit->arena;
    struct holding_balances balances = take_balances(take->visit, take->except_account_id);
    struct choice_view *cards = arena_array(arena, struct choice_view, balances.count + 1);
    bool has_first = false;
    for (size_t i = 0; i < balances.count; i++) {
        const struct holding_balance *one = &balances.at[i];
        const char *word = take_word(arena, one->supplier_org_id, one->instrument);
        bool is_off = one->available_units == 0;
        bool is_first = !is_off && !has_first;
        has_first = has_first || is_first;
        cards[i] = (struct choice_view){
            .id = is_first ? "balance" : arena_printf(arena, "balance-%zu", i + 1),
            .value = word,
            .words = one->supplier_name,
            .figure = quantity_show(arena, one->available_units, one->instrument),
            .unit = instrument_noun(one->instrument, one->available_units),
            .hint =
                one->reserved_units == 0
                    ? ""
                    : arena_printf(arena, "%s more %s reserved by transfers that wait",
                                   quantity_show(arena, one->reserved_units, one->instrument),
                                   desk_verb(one->reserved_units, one->instrument, "is", "are")),
            .is_off = is_off,
            .is_chosen = !is_off && text_is(word, chosen),
        };
    }
    return (struct choice_views){cards, balances.count};
}

static bool is_available(struct holding_balances balances)
{
    for (size_t i = 0; i < balances.count; i++) {
        if (balances.at[i].available_units > 0) {
            return true;
        }
    }
    return false;
}

void take_show_balance(const struct take *take, const char *balance)
{
    struct visit *visit = take->visit;
    const struct take_kind *kind = take->kind;
    const char *title = "Which supplier’s credits?";
    struct step_balance_view view = {
        .page = chrome_of(visit, PLACE_CREDITS, chrome_fault_title(visit, title)),
        .faults = chrome_faults(visit),
        .has_faults = visit->fields.error_count > 0,
        .step = kind->view(take, "balance"),
        .one_supplier = kind->one_supplier,
        .nothing_title = kind->nothing_title,
        .balances = cards_of(take, balance),
        .balance_error = chrome_fault(visit, "balance"),
    };
    if (take->back) {
        chrome_trail(visit, &view.page, kind->url(take, "review", false), kind->review_words);
    } else if (kind->before_step != NULL) {
        chrome_trail(visit, &view.page, kind->url(take, kind->before_step, false),
                     kind->before_words);
    } else {
        chrome_trail(visit, &view.page, url_path(visit->arena, "/account/credits"), "Credits");
    }
    for (size_t i = 0; i < view.balances.count; i++) {
        view.has_balances = view.has_balances || !view.balances.at[i].is_off;
    }
    if (!view.has_balances && !text_empty(take->except_account_id)) {
        view.is_there = is_available(take_balances(visit, ""));
        view.before = kind->url(take, kind->before_step, take->back);
    }
    template_account_step_balance(&take->response->body, &view);
}

bool take_read_balance(const struct take *take, struct draft_take *of)
{
    struct visit *visit = take->visit;
    const char *word = field_text(&visit->fields, "balance");
    const char *supplier = "";
    enum instrument instrument = INSTRUMENT_CARBON_REMOVAL;
    struct draft_take chosen = *of;
    struct holding_balance balance;
    if (text_empty(word)) {
        field_fault(&visit->fields, "balance", take->kind->needed_words);
        return false;
    }
    bool is_one = take_parse(visit->arena, word, &supplier, &instrument);
    chosen.supplier_org_id = supplier;
    chosen.instrument = instrument_word(instrument);
    if (!is_one || !take_balance(visit, &chosen, take->except_account_id, &balance) ||
        balance.available_units == 0) {
        field_fault(&visit->fields, "balance",
                    "Nothing is available in this balance now. Choose another one.");
        return false;
    }
    if (!text_is(chosen.supplier_org_id, of->supplier_org_id) ||
        !text_is(chosen.instrument, of->instrument)) {
        /* Another balance: the amount was asked of the old one. */
        chosen.mode = "";
        chosen.units = 0;
        chosen.vintage = 0;
        chosen.lines = "";
    }
    *of = chosen;
    return true;
}

/* As a value of the form; "" not chosen yet. */
static const char *chosen_word(const struct take *take)
{
    return text_empty(take->of->supplier_org_id)
               ? ""
               : take_word(take->visit->arena, take->of->supplier_org_id,
                           take_instrument(take->of));
}

enum status take_balance_get(const struct take *take)
{
    take_show_balance(take, chosen_word(take));
    return STATUS_OK;
}

enum status take_balance_post(const struct take *take)
{
    if (!take_read_balance(take, take->of)) {
        take_show_balance(take, chosen_word(take));
        desk_mend(take->response, STATUS_FORM_FAULTS);
        return STATUS_OK;
    }
    return take->kind->keep(take);
}
