/* pages/steps_amount.c: how much: an amount taken oldest first, or quantities by delivery. */
#include "pages/steps.h"

#include "account_templates.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"

static const char *const back_words[] = {"review", NULL};
static const char *const by_words[] = {"oldest", "delivery", NULL};
static const char *const go_words[] = {"next", "all", "sum", NULL};

static const struct field_row query_rows[] = {
    {.name = "by", .kind = VALUE_WORD, .words = by_words},
    {.name = "back", .kind = VALUE_WORD, .words = back_words},
};
const struct form steps_amount_query = {query_rows, sizeof(query_rows) / sizeof(query_rows[0])};

static const struct field_row form_rows[] = {
    {.name = "by", .kind = VALUE_WORD, .words = by_words},
    {.name = "amount", .kind = VALUE_AMOUNT, .chars_max = 40, .label = "The amount"},
    {.name = "qty.", .kind = VALUE_AMOUNT, .chars_max = 40, .label = "The amount"},
    {.name = "go", .kind = VALUE_WORD, .words = go_words},
    {.name = "back", .kind = VALUE_WORD, .words = back_words},
};
const struct form steps_amount_form = {form_rows, sizeof(form_rows) / sizeof(form_rows[0])};

/* One page or post of this step. */
struct amount {
    struct draft draft;
    struct holding_balance balance;
    struct holding_batches batches; /* by delivery: what can be taken, by arrival */
    bool by_delivery;
    bool back;
};

static void show_amount(struct visit *visit, struct response *response, struct amount *amount);
static struct step_arrivals arrivals_of(struct visit *visit, const struct amount *amount,
                                        int64_t *sum_units);

/* Reads the draft and its balance. Without a balance the step before has to be answered first. */
static enum steps_found open_amount(struct visit *visit, struct response *response,
                                    struct amount *amount)
{
    enum steps_found found = steps_open(visit, response, &amount->draft);
    if (found != STEPS_OPEN) {
        return found;
    }
    const char *by = field_text(&visit->fields, "by");
    amount->back = !text_empty(field_text(&visit->fields, "back"));
    amount->by_delivery =
        text_is(by, "delivery") || (text_empty(by) && text_is(amount->draft.mode, "manual"));
    if (!steps_balance(visit, &amount->draft, &amount->balance)) {
        response_redirect(response, visit->arena,
                          steps_url(visit, &amount->draft, "balance", amount->back));
        return STEPS_OVER;
    }
    if (amount->by_delivery) {
        const char *except =
            text_is(amount->draft.kind, "internal") ? amount->draft.to_account_id : "";
        amount->batches = holdings_available(visit->registry, visit->arena, visit->org_id,
                                             amount->draft.supplier_org_id,
                                             amount->balance.instrument, except, COMMAND_LINES_MAX);
    }
    return STEPS_OPEN;
}

enum status steps_amount_get(struct visit *visit, struct response *response)
{
    struct amount amount = {0};
    enum steps_found found = open_amount(visit, response, &amount);
    if (found != STEPS_OPEN) {
        return steps_closed(found);
    }
    show_amount(visit, response, &amount);
    return STATUS_OK;
}

/* What is wrong with one typed quantity, in words; NULL: it can be had. */
static const char *quantity_fault(struct visit *visit, const struct amount *amount,
                                  enum status status, int64_t units, int64_t most_units,
                                  const char *of_what)
{
    enum instrument instrument = amount->balance.instrument;
    if (status != STATUS_OK && status != STATUS_QUANTITY_TOO_LARGE) {
        return refusal_amount(visit, status, instrument);
    }
    if (status == STATUS_QUANTITY_TOO_LARGE || units > most_units) {
        return arena_printf(visit->arena, "Enter at most %s: that is what is available%s%s",
                            quantity_words(visit->arena, most_units, instrument),
                            text_empty(of_what) ? "" : " from ", of_what);
    }
    return NULL;
}

static void take_oldest(struct visit *visit, struct amount *amount)
{
    struct draft *draft = &amount->draft;
    const struct holding_balance *balance = &amount->balance;
    int64_t units = 0;
    if (text_is(field_text(&visit->fields, "go"), "all")) {
        units = balance->available_units;
    } else {
        const char *typed = field_text(&visit->fields, "amount");
        enum status status = quantity_parse(typed, balance->instrument, &units);
        const char *words = text_empty(typed)
                                ? arena_printf(visit->arena, "Enter how many %s to transfer",
                                               instrument_noun(balance->instrument, 0))
                                : quantity_fault(visit, amount, status, units,
                                                 balance->available_units, balance->supplier_name);
        if (words != NULL) {
            field_fault(&visit->fields, "amount", words);
            return;
        }
    }
    if (units == 0) {
        field_fault(&visit->fields, "amount",
                    "Nothing is available in this balance now. Choose another one");
        return;
    }
    draft->mode = "oldest";
    draft->units = units;
    draft->lines = "";
}

static const struct holding_batch *batch_of(const struct amount *amount, const char *batch_id)
{
    for (size_t i = 0; i < amount->batches.count; i++) {
        if (text_is(amount->batches.at[i].batch_id, batch_id)) {
            return &amount->batches.at[i];
        }
    }
    return NULL;
}

static void take_deliveries(struct visit *visit, struct amount *amount)
{
    struct command_line *lines = arena_array(visit->arena, struct command_line, COMMAND_LINES_MAX);
    size_t count = 0;
    size_t next = 0;
    for (const struct pair *pair = field_each(&visit->fields, "qty.", &next); pair != NULL;
         pair = field_each(&visit->fields, "qty.", &next)) {
        if (text_empty(pair->value)) {
            continue;
        }
        const char *name = arena_printf(visit->arena, "qty.%s", pair->name);
        const struct holding_batch *batch = batch_of(amount, pair->name);
        int64_t units = 0;
        enum status status = quantity_parse(pair->value, amount->balance.instrument, &units);
        if (status == STATUS_QUANTITY_ZERO) {
            continue; /* as good as empty */
        }
        const char *words = batch == NULL
                                ? "This batch is not available any more. Leave it empty"
                                : quantity_fault(visit, amount, status, units, batch->units, "");
        if (words == NULL && count == COMMAND_LINES_MAX) {
            words = status_row(STATUS_LINES_TOO_MANY)->sentence;
        }
        if (words != NULL) {
            /* A batch that is gone has no row to stand beside. */
            field_fault(&visit->fields, batch == NULL ? "amount" : name, words);
            continue;
        }
        bool is_copied = TEXT_COPY(lines[count].batch_id, batch->batch_id);
        must(is_copied);
        lines[count++].units = units;
    }
    if (count == 0 && visit->fields.error_count == 0 &&
        !text_is(field_text(&visit->fields, "go"), "sum")) {
        field_fault(&visit->fields, "amount", "Enter a quantity for at least one batch");
    }
    if (visit->fields.error_count == 0) {
        amount->draft.mode = "manual";
        amount->draft.units = 0;
        amount->draft.lines = steps_lines_write(visit->arena, lines, count);
    }
}

static void take_all(struct visit *visit, struct amount *amount)
{
    struct command_line *lines = arena_array(visit->arena, struct command_line, COMMAND_LINES_MAX);
    for (size_t i = 0; i < amount->batches.count; i++) {
        bool is_copied = TEXT_COPY(lines[i].batch_id, amount->batches.at[i].batch_id);
        must(is_copied);
        lines[i].units = amount->batches.at[i].units;
    }
    if (amount->batches.count == 0) {
        field_fault(&visit->fields, "amount",
                    "Nothing is available in this balance now. Choose another one");
        return;
    }
    amount->draft.mode = "manual";
    amount->draft.units = 0;
    amount->draft.lines = steps_lines_write(visit->arena, lines, amount->batches.count);
}

enum status steps_amount_post(struct visit *visit, struct response *response)
{
    struct amount amount = {0};
    enum steps_found found = open_amount(visit, response, &amount);
    if (found != STEPS_OPEN) {
        return steps_closed(found);
    }
    const char *go = field_text(&visit->fields, "go");
    if (!amount.by_delivery) {
        take_oldest(visit, &amount);
    } else if (text_is(go, "all")) {
        take_all(visit, &amount);
    } else {
        take_deliveries(visit, &amount);
    }
    if (visit->fields.error_count > 0) {
        show_amount(visit, response, &amount);
        desk_mend(response, STATUS_FORM_FAULTS);
        return STATUS_OK;
    }
    if (amount.by_delivery && text_is(go, "sum")) {
        /* Kept and shown again with its sum. */
        enum status status = steps_save(visit, &amount.draft);
        if (status != STATUS_OK) {
            return status;
        }
        struct url url = steps_url(visit, &amount.draft, "amount", amount.back);
        return desk_go(visit, response, url_with(visit->arena, url, "by", "delivery"));
    }
    return steps_keep(visit, response, &amount.draft, amount.back);
}

static void show_amount(struct visit *visit, struct response *response, struct amount *amount)
{
    struct arena *arena = visit->arena;
    const struct holding_balance *balance = &amount->balance;
    enum instrument instrument = balance->instrument;
    const char *noun = instrument_noun(instrument, 0);
    const char *title =
        amount->by_delivery
            ? arena_printf(arena, "How many %s from each delivery?", noun)
            : arena_printf(arena, "How many %s from %s?", noun, balance->supplier_name);
    struct url own = steps_url(visit, &amount->draft, "amount", amount->back);
    bool is_posted = visit->request->method == METHOD_POST;
    bool has_amount = text_is(amount->draft.mode, "oldest") && amount->draft.units > 0;
    struct step_amount_view view = {
        .page = chrome_of(visit, PLACE_CREDITS, chrome_fault_title(visit, title)),
        .faults = chrome_faults(visit),
        .has_faults = visit->fields.error_count > 0,
        .step = steps_view_of(visit, &amount->draft, "amount", amount->back),
        .supplier = balance->supplier_name,
        .noun = noun,
        .unit = desk_unit(instrument),
        .scale = instrument == INSTRUMENT_CARBON_REMOVAL ? 3 : 0,
        .is_whole = instrument != INSTRUMENT_CARBON_REMOVAL,
        .available = quantity_show(arena, balance->available_units, instrument),
        .available_units = balance->available_units,
        .by_oldest = !amount->by_delivery,
        .by_delivery = amount->by_delivery,
        .oldest_url = url_with(arena, own, "by", "oldest"),
        .delivery_url = url_with(arena, own, "by", "delivery"),
        .amount = is_posted    ? field_text(&visit->fields, "amount")
                  : has_amount ? quantity_plain(arena, amount->draft.units, instrument)
                               : "",
        .amount_error = chrome_fault(visit, "amount"),
    };
    chrome_trail(visit, &view.page,
                 steps_url(visit, &amount->draft, amount->back ? "review" : "balance", false),
                 amount->back ? "Check the transfer" : "Supplier");
    if (amount->by_delivery) {
        int64_t sum_units = 0;
        view.arrivals = arrivals_of(visit, amount, &sum_units);
        view.sum = quantity_show(arena, sum_units, instrument);
        if (amount->batches.count == COMMAND_LINES_MAX) {
            view.more_words = arena_printf(
                arena,
                "The first %d batches are shown, by arrival. To transfer more than they "
                "hold, choose oldest first.",
                COMMAND_LINES_MAX);
        }
    }
    template_account_step_amount(&response->body, &view);
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
    return text_starts(received_by, "tfr_") ? "Transferred" : "Issued";
}

/* Batches in groups of those that came together. */
static struct step_arrivals arrivals_of(struct visit *visit, const struct amount *amount,
                                        int64_t *sum_units)
{
    struct arena *arena = visit->arena;
    const struct holding_batches *batches = &amount->batches;
    struct command_line *kept = arena_array(arena, struct command_line, COMMAND_LINES_MAX);
    size_t kept_count = steps_lines_read(amount->draft.lines, kept, COMMAND_LINES_MAX);
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
        bool fits = quantity_add(*sum_units, units, sum_units) &&
                    quantity_add(group_units, batch->units, &group_units);
        must(fits);
        arrival->lines.count++;
        arrival->available = quantity_show(arena, group_units, batch->instrument);
    }
    return (struct step_arrivals){arrivals, count};
}
