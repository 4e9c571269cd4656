/* pages/at_once_wish.c: how much was asked for; see pages/at_once.h. */
#include "pages/at_once.h"

#include "base/must.h"
#include "base/text.h"
#include "pages/chrome.h"

/* Reads one typed quantity; a fault stands beside its field. An empty one and zero are 0. */
static int64_t read_units(const struct at_once *act, const char *name, const char *typed)
{
    int64_t units = 0;
    enum status status = quantity_parse(typed, act->instrument, &units);
    bool is_nothing = status == STATUS_LINES_EMPTY || status == STATUS_QUANTITY_ZERO;
    if (status != STATUS_OK && !is_nothing) {
        field_fault(&act->visit->fields, name, refusal_amount(act->visit, status, act->instrument));
    }
    return status == STATUS_OK ? units : 0;
}

static bool is_project(const struct at_once *act, const char *project_id)
{
    for (size_t i = 0; i < act->project_count; i++) {
        if (text_is(project_id, act->projects[i].project_id)) {
            return true;
        }
    }
    return false;
}

static void read_oldest(const struct at_once *act, struct at_once_wish *wish)
{
    struct fields *fields = &act->visit->fields;
    const char *typed = field_text(fields, "amount");
    wish->project_id = field_text(fields, "project");
    if (!text_empty(wish->project_id) && !is_project(act, wish->project_id)) {
        field_fault(fields, "project", "Choose one of these projects");
        return;
    }
    if (text_is(field_text(fields, "go"), "all")) {
        int64_t units = at_once_available(act, wish->project_id);
        wish->units = units < act->limit_units ? units : act->limit_units;
    } else {
        wish->units = read_units(act, "amount", typed);
    }
    if (wish->units == 0 && chrome_fault(act->visit, "amount") == NULL) {
        field_fault(fields, "amount", act->needed_words);
    }
}

static bool is_batch(const struct at_once *act, const char *batch_id)
{
    for (size_t i = 0; i < act->batches.count; i++) {
        if (text_is(batch_id, act->batches.at[i].batch_id)) {
            return true;
        }
    }
    return false;
}

static void add_line(const struct at_once *act, struct at_once_wish *wish, const char *batch_id,
                     int64_t units)
{
    if (wish->line_count == COMMAND_LINES_MAX || !quantity_add(wish->units, units, &wish->units)) {
        field_fault(&act->visit->fields, "amount", status_row(STATUS_LINES_TOO_MANY)->sentence);
        return;
    }
    struct command_line *line = &wish->lines[wish->line_count++];
    if (!TEXT_COPY(line->batch_id, batch_id)) {
        line->batch_id[0] = '\0'; /* no batch has that: the ledger says so */
    }
    line->units = units;
}

/* A batch that is not offered (any more) has no row to stand beside; what is to be said about it
 * the ledger knows. */
static void read_typed(const struct at_once *act, struct at_once_wish *wish)
{
    struct visit *visit = act->visit;
    size_t next = 0;
    const struct pair *pair = NULL;
    while ((pair = field_each(&visit->fields, "qty.", &next)) != NULL) {
        const char *name =
            is_batch(act, pair->name) ? arena_printf(visit->arena, "qty.%s", pair->name) : "amount";
        int64_t units = read_units(act, name, pair->value);
        if (units > 0) {
            add_line(act, wish, pair->name, units);
        }
    }
}

static void read_batches(const struct at_once *act, struct at_once_wish *wish)
{
    struct fields *fields = &act->visit->fields;
    if (text_is(field_text(fields, "go"), "all")) {
        for (size_t i = 0; i < act->batches.count; i++) {
            add_line(act, wish, act->batches.at[i].batch_id, act->batches.at[i].units);
        }
    } else {
        read_typed(act, wish);
    }
    if (wish->line_count == 0 && fields->error_count == 0) {
        field_fault(fields, "amount", act->needed_words);
    }
}

void at_once_read(const struct at_once *act, struct at_once_wish *wish)
{
    *wish = (struct at_once_wish){
        .by_batch = text_is(field_text(&act->visit->fields, "by"), "batch"),
        .project_id = "",
    };
    if (wish->by_batch) {
        read_batches(act, wish);
    } else {
        read_oldest(act, wish);
    }
}
