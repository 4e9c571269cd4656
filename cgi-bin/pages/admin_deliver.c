/* pages/admin_deliver.c: delivering against an order: how much or which batches, the check that
 * names the blocks, the act. The act names the very blocks that were checked: when they have
 * changed it is refused. See pages/admin_issues.h. */
#include "pages/admin_issues.h"

#include <string.h>

#include "admin_templates.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/admin_issue_view.h"
#include "pages/desk.h"
#include "store/holdings.h"
#include "store/ledger_facts.h"

#define LINES_SHOWN_MAX 100 /* batches to choose from on one page; more are taken oldest first */

static const char *const step_words[] = {"confirm", NULL};
static const struct field_row rows[] = {
    {.name = "once", .kind = VALUE_LINE},
    {.name = "step", .kind = VALUE_WORD, .words = step_words},
    {.name = "amount", .kind = VALUE_AMOUNT, .label = "Quantity"},
    {.name = "project", .kind = VALUE_ID},
    {.name = "notes", .kind = VALUE_LINE, .chars_max = NOTE_CHARS_MAX, .label = "Public note"},
    {.name = "qty.", .kind = VALUE_AMOUNT, .label = "Quantity"},
};
const struct form admin_deliver_form = {rows, sizeof(rows) / sizeof(rows[0])};

static const struct admin_field_name names[] = {
    {FIELD_AMOUNT, "amount", NULL},
    {FIELD_NOTES, "notes", NULL},
    {FIELD_NONE, NULL, NULL},
};

/* What is to be delivered: blocks, each a batch and how much of it. */
struct wish {
    struct command_line lines[COMMAND_LINES_MAX];
    uint32_t count;
    int64_t units;
};

static void add_line(struct wish *wish, const char *batch_id, int64_t units)
{
    struct command_line *line = &wish->lines[wish->count++];
    must(TEXT_COPY(line->batch_id, batch_id));
    line->units = units;
    bool fits = quantity_add(wish->units, units, &wish->units);
    must(fits);
}

/* ---- the question ---- */

static struct admin_deliver_lines lines_of(struct visit *visit, const struct admin_order *order,
                                           const struct holding_batches *batches)
{
    struct arena *arena = visit->arena;
    struct admin_deliver_line *views =
        arena_array(arena, struct admin_deliver_line, batches->count + 1);
    for (size_t i = 0; i < batches->count; i++) {
        const struct holding_batch *batch = &batches->at[i];
        const char *name = arena_printf(arena, "qty.%s", batch->batch_id);
        const char *typed = pairs_find(&visit->fields.pairs, name);
        views[i] = (struct admin_deliver_line){
            .name = name,
            .serial = serial_text(arena, &batch->serial),
            .url = desk_batch_url(arena, batch->batch_id),
            .project = batch->project_name,
            .available = quantity_show(arena, batch->units, order->instrument),
            .typed = typed == NULL ? "" : typed,
            .error = chrome_fault(visit, name),
            .label =
                arena_printf(arena, "Quantity from batch %s", serial_text(arena, &batch->serial)),
        };
    }
    return (struct admin_deliver_lines){views, batches->count};
}

static const char *const *project_choices(struct visit *visit, const struct admin_order *order)
{
    struct admin_projects projects =
        admin_projects_of(visit->registry, visit->arena, order->supplier_org_id);
    const char **choices = arena_array(visit->arena, const char *, 2 * projects.count + 1);
    for (size_t i = 0; i < projects.count; i++) {
        choices[2 * i] = projects.at[i].project_id;
        choices[2 * i + 1] = projects.at[i].name;
    }
    return choices;
}

static struct admin_facts facts_of(struct visit *visit, const struct admin_order *order)
{
    struct arena *arena = visit->arena;
    const struct url none = {NULL};
    struct admin_fact *facts = arena_array(arena, struct admin_fact, 4);
    facts[0] = (struct admin_fact){"Order", order->order_id,
                                   admin_order_url(arena, order->order_id), true, false};
    facts[1] = (struct admin_fact){"From", order->supplier,
                                   admin_org_url(arena, order->supplier_org_id), false, false};
    facts[2] = (struct admin_fact){"To", order->buyer, admin_org_url(arena, order->buyer_org_id),
                                   false, false};
    facts[3] = (struct admin_fact){
        "Still to be delivered",
        quantity_words(arena, order->units - order->delivered_units, order->instrument), none,
        false, false};
    return (struct admin_facts){facts, 4};
}

static struct url post_url(struct visit *visit, const struct admin_order *order)
{
    return url_path(visit->arena, "/admin/issue/orders/*/deliver", order->order_id);
}

static enum status show_question(struct visit *visit, struct response *response,
                                 const struct admin_order *order, struct admin_alarm alarm,
                                 enum status status)
{
    struct arena *arena = visit->arena;
    struct url page = admin_order_url(arena, order->order_id);
    struct holding_batches batches =
        holdings_available(visit->registry, arena, order->supplier_org_id, order->supplier_org_id,
                           order->instrument, "", LINES_SHOWN_MAX);
    /* The fields are made by the form builder; the table of batches needs a page of its own. */
    struct admin_form *form =
        admin_form_begin(visit, PLACE_ISSUE, arena_printf(arena, "Deliver to %s", order->buyer),
                         post_url(visit, order), page, "Continue");
    admin_form_once(form);
    (void)admin_form_amount(
        form, "amount", "Quantity, oldest first",
        "The oldest issued units are taken first. Leave it empty to name batches "
        "below.",
        "", desk_unit(order->instrument));
    (void)admin_form_select(form, "project", "From project", "Only with a quantity above.", "",
                            project_choices(visit, order), "Any of the supplier’s");
    admin_form_area(form, "notes", "Public note",
                    "Anyone can read it, for as long as the registry exists. Up to 256 characters.",
                    "")
        ->is_optional = true;
    struct admin_deliver_view view = {
        .page = form->view.page,
        .faults = chrome_faults(visit),
        .alarm_title = alarm.title,
        .alarm = alarm.words,
        .heading = form->view.heading,
        .facts = facts_of(visit, order),
        .post = form->view.post,
        .leave = page,
        .once = form->hiddens[0].value,
        .fields = {form->fields, form->view.fields.count},
        .unit = desk_unit(order->instrument),
        .scale = order->instrument == INSTRUMENT_CARBON_REMOVAL ? 3 : 0,
        .lines = lines_of(visit, order, &batches),
        .lines_words =
            batches.count == LINES_SHOWN_MAX
                ? "The oldest 100 batches that are available. For more, deliver oldest first."
                : "All batches of the supplier that are available.",
    };
    view.has_faults = view.faults.count > 0;
    view.has_lines = view.lines.count > 0;
    view.page.title = chrome_fault_title(visit, view.heading);
    chrome_trail(visit, &view.page, url_path(arena, "/admin/issue/orders"), "Orders");
    chrome_trail(visit, &view.page, page, order->order_id);
    if (status != STATUS_OK || view.has_faults) {
        desk_mend(response, status != STATUS_OK ? status : STATUS_FORM_FAULTS);
    }
    template_admin_deliver(&response->body, &view);
    return STATUS_OK;
}

/* ---- reading the answer ---- */

static void read_lines(struct visit *visit, const struct admin_order *order, struct wish *wish)
{
    size_t next = 0;
    const struct pair *pair = NULL;
    while ((pair = field_each(&visit->fields, "qty.", &next)) != NULL) {
        const char *name = arena_printf(visit->arena, "qty.%s", pair->name);
        const char *typed = text_trim(visit->arena, pair->value);
        struct holding_batch batch;
        int64_t units = 0;
        if (text_empty(typed)) {
            continue;
        }
        enum status status = quantity_parse(typed, order->instrument, &units);
        if (status != STATUS_OK) {
            struct answer answer = {.status = (int32_t)status};
            field_fault(&visit->fields, name,
                        status == STATUS_VALUE_REFUSED
                            ? "Enter a quantity in digits, such as 84.210."
                            : refusal_words(visit, &answer, order->instrument, ""));
        } else if (!holdings_batch(visit->registry, visit->arena, pair->name, &batch)) {
            field_fault(&visit->fields, name, status_row(STATUS_BATCH_UNKNOWN)->sentence);
        } else if (units > batch.units) {
            field_fault(&visit->fields, name,
                        arena_printf(visit->arena, "Enter at most %s: that is the batch’s size.",
                                     quantity_words(visit->arena, batch.units, order->instrument)));
        } else if (wish->count == COMMAND_LINES_MAX) {
            field_fault(&visit->fields, name, status_row(STATUS_LINES_TOO_MANY)->sentence);
        } else {
            add_line(wish, pair->name, units);
        }
    }
}

/* The oldest batches that together hold the amount; the last is taken in part. */
static void read_oldest(struct visit *visit, const struct admin_order *order, int64_t units,
                        struct wish *wish)
{
    const char *project = field_text(&visit->fields, "project");
    struct ledger_free_filter filter = {
        .org_id = order->supplier_org_id,
        .supplier_org_id = order->supplier_org_id,
        .project_id = project,
        .instrument = instrument_word(order->instrument),
    };
    struct ledger_free found =
        ledger_free_read(visit->registry, visit->arena, &filter, units, COMMAND_LINES_MAX);
    if (found.units < units) {
        field_fault(
            &visit->fields, "amount",
            found.is_cut ? "These units lie in more than 256 batches. Deliver a smaller quantity, "
                           "then the rest."
            : found.units == 0
                ? "The supplier has nothing available to deliver."
                : arena_printf(visit->arena, "Enter at most %s: that is what is available.",
                               quantity_words(visit->arena, found.units, order->instrument)));
        return;
    }
    for (size_t i = 0; i < found.count; i++) {
        int64_t size = found.batches[i].last - found.batches[i].first + 1;
        int64_t left = units - wish->units;
        add_line(wish, found.batches[i].batch_id, size < left ? size : left);
    }
}

static void read_wish(struct visit *visit, const struct admin_order *order, struct wish *wish)
{
    int64_t units = 0;
    int64_t open_units = order->units - order->delivered_units;
    (void)admin_amount(visit, "amount", order->instrument, true, &units);
    read_lines(visit, order, wish);
    if (visit->fields.error_count > 0) {
        return;
    }
    if (units > 0 && wish->count > 0) {
        field_fault(&visit->fields, "amount",
                    "Enter either a quantity here or quantities of batches below, not both.");
    } else if (units == 0 && wish->count == 0) {
        field_fault(&visit->fields, "amount",
                    "Enter how much to deliver, or quantities of batches below.");
    } else if ((units > 0 ? units : wish->units) > open_units) {
        field_fault(&visit->fields, "amount",
                    arena_printf(visit->arena,
                                 "Deliver at most %s: that is what is left of the order.",
                                 quantity_words(visit->arena, open_units, order->instrument)));
    } else if (units > 0) {
        read_oldest(visit, order, units, wish);
    }
}

/* ---- the check ---- */

static struct block_views blocks_of(struct visit *visit, const struct admin_order *order,
                                    const struct wish *wish)
{
    struct arena *arena = visit->arena;
    struct block_view *views = arena_array(arena, struct block_view, wish->count + 1);
    size_t count = 0;
    for (uint32_t i = 0; i < wish->count; i++) {
        struct holding_batch batch;
        if (!holdings_batch(visit->registry, arena, wish->lines[i].batch_id, &batch)) {
            continue;
        }
        struct serial moved = batch.serial;
        moved.last = moved.first + wish->lines[i].units - 1;
        int64_t rest = batch.units - wish->lines[i].units;
        views[count++] = (struct block_view){
            .serial = serial_text(arena, &moved),
            .url = desk_batch_url(arena, batch.batch_id),
            .project = batch.project_name,
            .project_url = desk_project_url(arena, batch.project_id),
            .vintage = arena_printf(arena, "%d", batch.serial.vintage),
            .quantity = quantity_show(arena, wish->lines[i].units, order->instrument),
            .split_from = rest > 0 ? serial_text(arena, &batch.serial) : "",
            .rest = rest > 0 ? quantity_show(arena, rest, order->instrument) : "",
        };
    }
    return (struct block_views){views, count};
}

static enum status show_check(struct visit *visit, struct response *response,
                              const struct admin_order *order, const struct wish *wish,
                              struct admin_alarm alarm, enum status status)
{
    struct arena *arena = visit->arena;
    const char *quantity = quantity_words(arena, wish->units, order->instrument);
    struct url post = post_url(visit, order);
    struct admin_form *form = admin_form_begin(
        visit, PLACE_ISSUE, arena_printf(arena, "Check the delivery of %s", quantity), post, post,
        arena_printf(arena, "Deliver %s to %s", quantity, order->buyer));
    form->view.leave_words = "Begin again";
    admin_form_once(form);
    admin_form_hidden(form, "step", "confirm");
    admin_form_hidden(form, "notes", field_text(&visit->fields, "notes"));
    for (uint32_t i = 0; i < wish->count; i++) {
        admin_form_hidden(form, arena_printf(arena, "qty.%s", wish->lines[i].batch_id),
                          quantity_plain(arena, wish->lines[i].units, order->instrument));
    }
    struct admin_facts facts = facts_of(visit, order);
    for (size_t i = 0; i < facts.count; i++) {
        admin_form_fact(form, facts.at[i].label, facts.at[i].value, facts.at[i].url);
    }
    const char *notes = field_text(&visit->fields, "notes");
    admin_form_fact(form, "Public note", text_empty(notes) ? "–" : notes, (struct url){NULL});
    form->view.blocks = blocks_of(visit, order, wish);
    form->view.unit = desk_unit(order->instrument);
    form->view.together = quantity_show(arena, wish->units, order->instrument);
    admin_form_say(form, arena_printf(arena, "%s move to %s’s account Main, at once.", quantity,
                                      order->buyer));
    admin_form_say(form, "The delivery is public and final.");
    if (alarm.title != NULL) {
        admin_form_alarm(form, alarm.title, alarm.words);
    }
    chrome_trail(visit, &form->view.page, url_path(arena, "/admin/issue/orders"), "Orders");
    chrome_trail(visit, &form->view.page, admin_order_url(arena, order->order_id), order->order_id);
    return admin_form_show(form, response, status);
}

/* ---- the pages ---- */

enum status admin_deliver_get(struct visit *visit, struct response *response)
{
    struct admin_order order;
    if (!admin_order_find(visit->registry, visit->arena, visit->arguments[0], &order)) {
        return STATUS_NOT_FOUND;
    }
    if (!admin_may(visit) || order.delivered_units >= order.units) {
        return desk_go(visit, response, admin_order_url(visit->arena, order.order_id));
    }
    return show_question(visit, response, &order, (struct admin_alarm){NULL, NULL}, STATUS_OK);
}

enum status admin_deliver_post(struct visit *visit, struct response *response)
{
    struct admin_alarm alarm = {NULL, NULL};
    struct admin_order order;
    if (!admin_order_find(visit->registry, visit->arena, visit->arguments[0], &order)) {
        return STATUS_NOT_FOUND;
    }
    char key[KEY_SIZE];
    desk_key(visit, field_text(&visit->fields, "once"), "deliver", order.order_id, key);
    bool is_confirmed = text_is(field_text(&visit->fields, "step"), "confirm");
    struct wish *wish = arena_one(visit->arena, struct wish);
    if (is_confirmed && admin_key_is_used(visit->registry, visit->user_id, key)) {
        read_lines(visit, &order, wish); /* sent twice: the ledger gives its first answer again */
    } else {
        read_wish(visit, &order, wish);
    }
    if (visit->fields.error_count > 0) {
        return show_question(visit, response, &order, alarm, STATUS_OK);
    }
    if (!is_confirmed) {
        return show_check(visit, response, &order, wish, alarm, STATUS_OK);
    }
    struct command *command = arena_one(visit->arena, struct command);
    *command = command_of(ACT_DELIVER, visit->user_id, key);
    must(TEXT_COPY(command->deliver.order_id, order.order_id));
    must(TEXT_COPY(command->deliver.notes, field_text(&visit->fields, "notes")));
    command->deliver.line_count = wish->count;
    memcpy(command->deliver.lines, wish->lines, sizeof(wish->lines));
    struct answer answer;
    enum status status = admin_ask(visit, command, order.instrument, names, &answer, &alarm);
    if (admin_is_page(status)) {
        return status;
    }
    if (status != STATUS_OK) {
        bool is_mended_here = visit->fields.error_count > 0 || status == STATUS_BATCH_RESERVED ||
                              status == STATUS_BATCH_NOT_ACTIVE || status == STATUS_BATCH_UNKNOWN;
        return is_mended_here ? show_question(visit, response, &order, alarm, status)
                              : show_check(visit, response, &order, wish, alarm, status);
    }
    return admin_done(visit, response, arena_printf(visit->arena, "delivered %s", answer.id),
                      admin_order_url(visit->arena, order.order_id));
}
