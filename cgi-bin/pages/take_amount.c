/* pages/take_amount.c: how much: an amount taken oldest first, or quantities by delivery. See
 * pages/take.h. */
#include "pages/take_amount.h"

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
const struct form take_amount_query = {query_rows, sizeof(query_rows) / sizeof(query_rows[0])};

/* The vintage stands last: only a retirement asks for one. */
static const struct field_row form_rows[] = {
    {.name = "by", .kind = VALUE_WORD, .words = by_words},
    {.name = "amount", .kind = VALUE_AMOUNT, .chars_max = 40, .label = "The amount"},
    {.name = "qty.", .kind = VALUE_AMOUNT, .chars_max = 40, .label = "The amount"},
    {.name = "whole", .kind = VALUE_ID, .repeats = true},
    {.name = "go", .kind = VALUE_WORD, .words = go_words},
    {.name = "back", .kind = VALUE_WORD, .words = back_words},
    {.name = "vintage", .kind = VALUE_INT, .label = "The vintage"},
};
#define FORM_ROWS (sizeof(form_rows) / sizeof(form_rows[0]))
const struct form take_amount_form = {form_rows, FORM_ROWS - 1};
const struct form take_vintage_form = {form_rows, FORM_ROWS};

/* Reads the balance; false: it is not chosen yet, or gone, and the step before is asked. */
static bool open_amount(const struct take *take, struct amount *amount)
{
    struct visit *visit = take->visit;
    const char *by = field_text(&visit->fields, "by");
    *amount = (struct amount){
        .take = take,
        .by_delivery =
            text_is(by, "delivery") || (text_empty(by) && text_is(take->of->mode, "manual")),
    };
    if (!take_balance(visit, take->of, take->except_account_id, &amount->balance)) {
        response_redirect(take->response, visit->arena,
                          take->kind->url(take, "balance", take->back));
        return false;
    }
    if (amount->by_delivery) {
        amount->batches = holdings_available(visit->registry, visit->arena, visit->org_id,
                                             take->of->supplier_org_id, amount->balance.instrument,
                                             take->except_account_id, COMMAND_LINES_MAX);
    } else if (take->kind->has_vintages) {
        amount->vintages = holdings_vintages(visit->registry, visit->arena, visit->org_id,
                                             take->of->supplier_org_id, amount->balance.instrument);
    }
    return true;
}

enum status take_amount_get(const struct take *take)
{
    struct amount amount;
    if (open_amount(take, &amount)) {
        take_show_amount(&amount);
    }
    return STATUS_OK;
}

/* What is wrong with one typed quantity, in words; NULL: it can be had. */
static const char *quantity_fault(const struct amount *amount, enum status status, int64_t units,
                                  int64_t most_units, const char *of_what)
{
    struct visit *visit = amount->take->visit;
    enum instrument instrument = amount->balance.instrument;
    if (status != STATUS_OK && status != STATUS_QUANTITY_TOO_LARGE) {
        return refusal_amount(visit, status, instrument);
    }
    if (status == STATUS_QUANTITY_TOO_LARGE || units > most_units) {
        return arena_printf(visit->arena, "Enter at most %s: that is what is available%s%s.",
                            quantity_words(visit->arena, most_units, instrument),
                            text_empty(of_what) ? "" : " from ", of_what);
    }
    return NULL;
}

/* The vintage asked for, 0 any, and what there is of it. False with a fault beside the field. */
static bool read_vintage(const struct amount *amount, int64_t *vintage, int64_t *most_units)
{
    struct fields *fields = &amount->take->visit->fields;
    *vintage = 0;
    *most_units = amount->balance.available_units;
    if (!amount->take->kind->has_vintages || text_empty(field_text(fields, "vintage"))) {
        return true;
    }
    bool is_number = field_int(fields, "vintage", vintage);
    for (size_t i = 0; is_number && i < amount->vintages.count; i++) {
        if (amount->vintages.at[i].vintage == *vintage) {
            *most_units = amount->vintages.at[i].available_units;
            return true;
        }
    }
    field_fault(fields, "vintage",
                "Nothing of this vintage is available now. Choose another one, or any.");
    return false;
}

static void take_oldest(const struct amount *amount)
{
    struct visit *visit = amount->take->visit;
    struct draft_take *of = amount->take->of;
    const struct holding_balance *balance = &amount->balance;
    int64_t vintage = 0;
    int64_t units = 0;
    int64_t most_units = 0;
    bool has_vintage = read_vintage(amount, &vintage, &most_units);
    if (most_units == 0) {
        field_fault(&visit->fields, "amount",
                    "Nothing is available in this balance now. Choose another one.");
        return;
    }
    if (text_is(field_text(&visit->fields, "go"), "all")) {
        units = most_units;
    } else {
        const char *typed = field_text(&visit->fields, "amount");
        enum status status = quantity_parse(typed, balance->instrument, &units);
        const char *from = balance->supplier_name;
        if (vintage != 0) {
            from = arena_printf(visit->arena, "%s, vintage %lld", from, (long long)vintage);
        }
        const char *words =
            text_empty(typed)
                ? arena_printf(visit->arena, "Enter how many %s to %s.",
                               instrument_noun(balance->instrument, 0), amount->take->kind->verb)
                : quantity_fault(amount, status, units, most_units, from);
        if (words != NULL) {
            field_fault(&visit->fields, "amount", words);
            return;
        }
    }
    if (has_vintage) {
        of->mode = "oldest";
        of->units = units;
        of->vintage = vintage;
        of->lines = "";
    }
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

static void keep_lines(const struct amount *amount, const struct command_line *lines, size_t count)
{
    struct draft_take *of = amount->take->of;
    of->mode = "manual";
    of->units = 0;
    of->vintage = 0;
    of->lines = take_lines_write(amount->take->visit->arena, lines, count);
}

static void add_line(struct command_line *lines, size_t *count, const char *batch_id, int64_t units)
{
    bool is_copied = TEXT_COPY(lines[*count].batch_id, batch_id);
    must(is_copied);
    lines[(*count)++].units = units;
}

/* Batches of what was ticked, whole; and those that have a quantity of their own. */
static void take_deliveries(const struct amount *amount)
{
    struct visit *visit = amount->take->visit;
    struct command_line *lines = arena_array(visit->arena, struct command_line, COMMAND_LINES_MAX);
    size_t count = 0;
    size_t next = 0;
    for (size_t i = 0; i < amount->batches.count; i++) {
        if (take_is_ticked(amount, amount->batches.at[i].received_by)) {
            add_line(lines, &count, amount->batches.at[i].batch_id, amount->batches.at[i].units);
        }
    }
    for (const struct pair *pair = field_each(&visit->fields, "qty.", &next); pair != NULL;
         pair = field_each(&visit->fields, "qty.", &next)) {
        const struct holding_batch *batch = batch_of(amount, pair->name);
        if (text_empty(pair->value) ||
            (batch != NULL && take_is_ticked(amount, batch->received_by))) {
            continue;
        }
        const char *name = arena_printf(visit->arena, "qty.%s", pair->name);
        int64_t units = 0;
        enum status status = quantity_parse(pair->value, amount->balance.instrument, &units);
        if (status == STATUS_QUANTITY_ZERO) {
            continue; /* as good as empty */
        }
        const char *words = batch == NULL
                                ? "A batch is not available any more. Look at the rest again."
                                : quantity_fault(amount, status, units, batch->units, "");
        if (words == NULL && count == COMMAND_LINES_MAX) {
            words = status_row(STATUS_LINES_TOO_MANY)->sentence;
        }
        if (words != NULL) {
            /* A batch that is gone has no row to stand beside. */
            field_fault(&visit->fields, batch == NULL ? "amount" : name, words);
            continue;
        }
        add_line(lines, &count, batch->batch_id, units);
    }
    if (count == 0 && visit->fields.error_count == 0 &&
        !text_is(field_text(&visit->fields, "go"), "sum")) {
        field_fault(&visit->fields, "amount", "Enter a quantity for at least one batch.");
    }
    if (visit->fields.error_count == 0) {
        keep_lines(amount, lines, count);
    }
}

static void take_all(const struct amount *amount)
{
    struct visit *visit = amount->take->visit;
    struct command_line *lines = arena_array(visit->arena, struct command_line, COMMAND_LINES_MAX);
    size_t count = 0;
    for (size_t i = 0; i < amount->batches.count; i++) {
        add_line(lines, &count, amount->batches.at[i].batch_id, amount->batches.at[i].units);
    }
    if (count == 0) {
        field_fault(&visit->fields, "amount",
                    "Nothing is available in this balance now. Choose another one.");
        return;
    }
    keep_lines(amount, lines, count);
}

enum status take_amount_post(const struct take *take)
{
    struct visit *visit = take->visit;
    struct amount amount;
    if (!open_amount(take, &amount)) {
        return STATUS_OK;
    }
    const char *go = field_text(&visit->fields, "go");
    if (!amount.by_delivery) {
        take_oldest(&amount);
    } else if (text_is(go, "all")) {
        take_all(&amount);
    } else {
        take_deliveries(&amount);
    }
    if (visit->fields.error_count > 0) {
        take_show_amount(&amount);
        desk_mend(take->response, STATUS_FORM_FAULTS);
        return STATUS_OK;
    }
    if (amount.by_delivery && text_is(go, "sum")) {
        /* Kept and shown again with its sum. */
        enum status status = take->kind->save(take);
        if (status != STATUS_OK) {
            return status;
        }
        struct url url = take->kind->url(take, "amount", take->back);
        return desk_go(visit, take->response, url_with(visit->arena, url, "by", "delivery"));
    }
    return take->kind->keep(take);
}
