/* pages/at_once_wish.c: how much was asked for; see pages/at_once.h. */
#include "pages/at_once.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
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

static void read_oldest(const struct at_once *act, struct at_once_wish *wish, bool must_have)
{
    struct fields *fields = &act->visit->fields;
    const char *typed = field_text(fields, "amount");
    wish->project_id = field_text(fields, "project");
    if (text_is(field_text(fields, "go"), "all")) {
        int64_t units = at_once_available(act, wish->project_id);
        wish->units = units < act->limit_units ? units : act->limit_units;
    } else {
        wish->units = read_units(act, "amount", typed);
    }
    if (must_have && wish->units == 0 && chrome_fault(act->visit, "amount") == NULL) {
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

/* As at_once_lines() writes them; what is none of ours is nothing. */
static void read_lines(const struct at_once *act, struct at_once_wish *wish)
{
    const char *text = field_text(&act->visit->fields, "lines");
    while (*text != '\0') {
        size_t line_bytes = strcspn(text, ",");
        size_t id_bytes = strcspn(text, ".,");
        int64_t units = 0;
        if (id_bytes < line_bytes &&
            text_parse_int(
                arena_text_sized(act->visit->arena, text + id_bytes + 1, line_bytes - id_bytes - 1),
                false, &units) &&
            units > 0) {
            add_line(act, wish, arena_text_sized(act->visit->arena, text, id_bytes), units);
        }
        text += line_bytes + (text[line_bytes] == ',' ? 1 : 0);
    }
}

static void read_batches(const struct at_once *act, struct at_once_wish *wish, bool must_have)
{
    struct fields *fields = &act->visit->fields;
    if (text_is(field_text(fields, "go"), "all")) {
        for (size_t i = 0; i < act->batches.count; i++) {
            add_line(act, wish, act->batches.at[i].batch_id, act->batches.at[i].units);
        }
    } else {
        read_lines(act, wish);
        read_typed(act, wish);
    }
    if (must_have && wish->line_count == 0 && fields->error_count == 0) {
        field_fault(fields, "amount", act->needed_words);
    }
}

void at_once_read(const struct at_once *act, struct at_once_wish *wish, bool must_have)
{
    *wish = (struct at_once_wish){
        .by_batch = text_is(field_text(&act->visit->fields, "by"), "batch"),
        .project_id = "",
    };
    if (wish->by_batch) {
        read_batches(act, wish, must_have);
    } else {
        read_oldest(act, wish, must_have);
    }
}

const char *at_once_lines(struct arena *arena, const struct at_once_wish *wish)
{
    enum { LINE_BYTES = ID_SIZE + 21 }; /* comma, id, point, 19 digits */
    char *text = arena_array(arena, char, wish->line_count *(size_t)LINE_BYTES + 1);
    size_t used = 0;
    for (uint32_t i = 0; i < wish->line_count; i++) {
        const char *line = arena_printf(arena, "%s%s.%lld", i == 0 ? "" : ",",
                                        wish->lines[i].batch_id, (long long)wish->lines[i].units);
        size_t line_bytes = strlen(line);
        must(line_bytes <= LINE_BYTES);
        memcpy(text + used, line, line_bytes + 1);
        used += line_bytes;
    }
    return text;
}

struct url at_once_url(const struct at_once *act, const struct at_once_wish *wish, const char *step,
                       const char *once)
{
    struct arena *arena = act->visit->arena;
    bool has_amount = !wish->by_batch && wish->units > 0;
    struct url url = url_with(arena, act->post, "step", step);
    url = url_with(arena, url, "by", wish->by_batch ? "batch" : "oldest");
    url = url_with(arena, url, "amount",
                   has_amount ? quantity_plain(arena, wish->units, act->instrument) : "");
    url = url_with(arena, url, "project", wish->project_id);
    url = url_with(arena, url, "lines", at_once_lines(arena, wish));
    url = url_with(arena, url, "once", once);
    return strlen(url.text) < REQUEST_QUERY_BYTES_MAX ? url : (struct url){NULL};
}
