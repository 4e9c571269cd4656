/* pages/take_show.c: the page that asks how much. See pages/take_amount.h. */
#include "pages/take_amount.h"

#include "account_templates.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"

bool take_is_ticked(const struct amount *amount, const char *received_by)
{
    size_t next = 0;
    const struct fields *fields = &amount->take->visit->fields;
    if (amount->take->visit->request->method != METHOD_POST) {
        return false;
    }
    for (const struct pair *pair = field_each(fields, "whole", &next); pair != NULL;
         pair = field_each(fields, "whole", &next)) {
        if (text_is(pair->value, received_by)) {
            return true;
        }
    }
    return false;
}

/* The vintages that there are, and any. */
static struct choice_views vintages_of(const struct amount *amount)
{
    struct visit *visit = amount->take->visit;
    struct arena *arena = visit->arena;
    size_t all = amount->vintages.count;
    struct choice_view *choices = arena_array(arena, struct choice_view, all + 1);
    const char *chosen = amount->take->of->vintage == 0
                             ? ""
                             : arena_printf(arena, "%lld", (long long)amount->take->of->vintage);
    if (all > 0 && visit->request->method == METHOD_POST) {
        chosen = field_text(&visit->fields, "vintage");
    }
    for (size_t i = 0; i < all; i++) {
        const struct holding_vintage *one = &amount->vintages.at[i];
        const char *year = arena_printf(arena, "%lld", (long long)one->vintage);
        choices[i] = (struct choice_view){
            .value = year,
            .words = arena_printf(
                arena, "%s: %s available", year,
                quantity_show(arena, one->available_units, amount->balance.instrument)),
            .is_chosen = text_is(year, chosen),
        };
    }
    return (struct choice_views){choices, all};
}

static const char *typed_amount(const struct amount *amount)
{
    struct visit *visit = amount->take->visit;
    const struct draft_take *of = amount->take->of;
    if (visit->request->method == METHOD_POST) {
        return field_text(&visit->fields, "amount");
    }
    bool has_amount = text_is(of->mode, "oldest") && of->units > 0;
    return has_amount ? quantity_plain(visit->arena, of->units, amount->balance.instrument) : "";
}

static struct step_arrivals arrivals_of(const struct amount *amount, int64_t *sum_units);

void take_show_amount(const struct amount *amount)
{
    const struct take *take = amount->take;
    struct visit *visit = take->visit;
    struct arena *arena = visit->arena;
    const struct holding_balance *balance = &amount->balance;
    enum instrument instrument = balance->instrument;
    const char *noun = instrument_noun(instrument, 0);
    const char *title =
        amount->by_delivery
            ? arena_printf(arena, "How many %s from each delivery?", noun)
            : arena_printf(arena, "How many %s from %s?", noun, balance->supplier_name);
    struct url own = take->kind->url(take, "amount", take->back);
    struct step_amount_view view = {
        .page = chrome_of(visit, PLACE_CREDITS, chrome_fault_title(visit, title)),
        .faults = chrome_faults(visit),
        .has_faults = visit->fields.error_count > 0,
        .step = take->kind->view(take, "amount"),
        .supplier = balance->supplier_name,
        .noun = noun,
        .unit = desk_unit(instrument),
        .scale = instrument == INSTRUMENT_CARBON_REMOVAL ? 3 : 0,
        .is_whole = instrument != INSTRUMENT_CARBON_REMOVAL,
        .available = quantity_show(arena, balance->available_units, instrument),
        .available_units = balance->available_units,
        .column = take->kind->column,
        .by_oldest = !amount->by_delivery,
        .by_delivery = amount->by_delivery,
        .vintages = vintages_of(amount),
        .has_vintages = amount->vintages.count > 1 || chrome_fault(visit, "vintage") != NULL,
        .vintage_error = chrome_fault(visit, "vintage"),
        .oldest_url = url_with(arena, own, "by", "oldest"),
        .delivery_url = url_with(arena, own, "by", "delivery"),
        .amount = typed_amount(amount),
        .amount_error = chrome_fault(visit, "amount"),
    };
    chrome_trail(visit, &view.page, take->kind->url(take, take->back ? "review" : "balance", false),
                 take->back ? take->kind->review_words : "Supplier");
    if (amount->by_delivery) {
        int64_t sum_units = 0;
        view.arrivals = arrivals_of(amount, &sum_units);
        view.sum = quantity_show(arena, sum_units, instrument);
        if (amount->batches.count == COMMAND_LINES_MAX) {
            view.more_words = arena_printf(
                arena,
                "The first %d batches are shown, by arrival. To %s more than they hold, choose "
                "oldest first.",
                COMMAND_LINES_MAX, take->kind->verb);
        }
    }
    template_account_step_amount(&take->response->body, &view);
}

/* The quantity of a batch as it was typed now, or as the draft has it; "" none. */
static const char *typed_of(struct visit *visit, const struct command_line *lines,
                            size_t line_count, const struct holding_batch *batch, int64_t *units)
{
    *units = 0;
    if (visit->request->method == METHOD_POST) {
        size_t next = 0;
        for (const struct pair *pair = field_each(&visit->fields, "qty.", &next); pair != NULL;
             pair = field_each(&visit->fields, "qty.", &next)) {
            if (text_is(pair->name, batch->batch_id)) {
                if (quantity_parse(pair->value, batch->instrument, units) != STATUS_OK) {
                    *units = 0;
                }
                return pair->value;
            }
        }
        return "";
    }
    for (size_t i = 0; i < line_count; i++) {
        if (text_is(lines[i].batch_id, batch->batch_id)) {
            *units = lines[i].units;
            return quantity_plain(visit->arena, *units, batch->instrument);
        }
    }
    return "";
}

static const char *arrival_how(const char *received_by)
{
    if (text_starts(received_by, "dlv_")) {
        return "Delivered";
    }
    if (text_starts(received_by, "bpr_")) {
        return "Back from the buffer pool";
    }
    return text_starts(received_by, "tfr_") ? "Transferred" : "Issued";
}

/* Batches in groups of those that came together. */
static struct step_arrivals arrivals_of(const struct amount *amount, int64_t *sum_units)
{
    struct visit *visit = amount->take->visit;
    struct arena *arena = visit->arena;
    const struct holding_batches *batches = &amount->batches;
    struct command_line *kept = arena_array(arena, struct command_line, COMMAND_LINES_MAX);
    size_t kept_count = take_lines_read(amount->take->of->lines, kept, COMMAND_LINES_MAX);
    struct step_line *lines = arena_array(arena, struct step_line, batches->count + 1);
    struct step_arrival *arrivals = arena_array(arena, struct step_arrival, batches->count + 1);
    size_t count = 0;
    int64_t group_units = 0;
    for (size_t i = 0; i < batches->count; i++) {
        const struct holding_batch *batch = &batches->at[i];
        if (i == 0 || !text_is(batch->received_by, batches->at[i - 1].received_by)) {
            arrivals[count++] = (struct step_arrival){
                .how = arrival_how(batch->received_by),
                .when = desk_when(arena, batch->received_at),
                .id = batch->received_by,
                .is_ticked = take_is_ticked(amount, batch->received_by),
                .lines = {&lines[i], 0},
            };
            group_units = 0;
        }
        struct step_arrival *arrival = &arrivals[count - 1];
        const char *name = arena_printf(arena, "qty.%s", batch->batch_id);
        const char *serial = serial_text(arena, &batch->serial);
        int64_t units = 0;
        lines[i] = (struct step_line){
            .name = name,
            .serial = serial,
            .project = batch->project_name,
            .account = batch->account_name,
            .available = quantity_show(arena, batch->units, batch->instrument),
            .typed = typed_of(visit, kept, kept_count, batch, &units),
            .error = chrome_fault(visit, name),
            .label = arena_printf(arena, "Quantity from %s", serial),
        };
        int64_t taken_units = arrival->is_ticked ? batch->units : units;
        bool fits = quantity_add(*sum_units, taken_units, sum_units) &&
                    quantity_add(group_units, batch->units, &group_units);
        must(fits);
        arrival->lines.count++;
        arrival->available = quantity_show(arena, group_units, batch->instrument);
        arrival->units = group_units;
    }
    return (struct step_arrivals){arrivals, count};
}
