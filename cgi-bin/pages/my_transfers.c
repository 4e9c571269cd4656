/* pages/my_transfers.c: all own transfers, of every state, as a list and as CSV. */
#include <stddef.h>

#include "account_templates.h"
#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"
#include "pages/my_transfer.h"
#include "pages/transfer_words.h"

static const char *const state_words[] = {"awaiting_approval", "pending", "completed", "rejected",
                                          "withdrawn",         "expired", "cancelled", NULL};
static const char *const direction_words[] = {"out", "in", NULL};
static const char *const kind_words[] = {"external", "internal", "export", NULL};
static const char *const sort_words[] = {"time", "-time", "size", "-size", NULL};
static const char sort_usual[] = "-time";

static const struct field_row rows[] = {
    {.name = "state", .kind = VALUE_WORD, .words = state_words},
    {.name = "direction", .kind = VALUE_WORD, .words = direction_words},
    {.name = "kind", .kind = VALUE_WORD, .words = kind_words},
    {.name = "other", .kind = VALUE_LINE, .chars_max = NAME_CHARS_MAX, .label = "The other party"},
    {.name = "sort", .kind = VALUE_WORD, .words = sort_words},
    DESK_PAGE_FIELDS,
};
const struct form my_transfers_form = {rows, sizeof(rows) / sizeof(rows[0])};

/* What the address asks for. */
struct asked {
    const char *state, *direction, *kind, *other;
    const char *sort;   /* "" the usual */
    const char *before; /* the page behind this transfer … */
    const char *after;  /* … or the page that ends before this one; "" */
};

static struct asked asked_of(const struct visit *visit)
{
    const struct fields *fields = &visit->fields;
    return (struct asked){
        .state = field_text(fields, "state"),
        .direction = field_text(fields, "direction"),
        .kind = field_text(fields, "kind"),
        .other = field_text(fields, "other"),
        .sort = text_is(field_text(fields, "sort"), sort_usual) ? "" : field_text(fields, "sort"),
        .before = field_text(fields, "before"),
        .after = field_text(fields, "after"),
    };
}

static struct url address(struct arena *arena, struct asked asked)
{
    struct url url = url_path(arena, "/account/transfers");
    url = url_with(arena, url, "state", asked.state);
    url = url_with(arena, url, "direction", asked.direction);
    url = url_with(arena, url, "kind", asked.kind);
    url = url_with(arena, url, "other", asked.other);
    url = url_with(arena, url, "sort", asked.sort);
    url = url_with(arena, url, "before", asked.before);
    return url_with(arena, url, "after", asked.after);
}

static struct asked without_page(struct asked asked)
{
    asked.before = "";
    asked.after = "";
    return asked;
}

static struct my_filter filter_of(const struct visit *visit, const struct asked *asked)
{
    return (struct my_filter){
        .org_id = visit->org_id,
        .direction = text_is(asked->direction, "out")  ? MY_OUT
                     : text_is(asked->direction, "in") ? MY_IN
                                                       : MY_BOTH,
        .state = asked->state,
        .kind = asked->kind,
        .other = asked->other,
    };
}

static enum my_sort sort_of(const char *sort, bool *descending)
{
    *descending = sort[0] == '-' || sort[0] == '\0';
    return text_is(sort, "size") || text_is(sort, "-size") ? MY_BY_QUANTITY : MY_BY_TIME;
}

static const char *direction_words_of(const char *direction)
{
    return text_is(direction, "out") ? "Sent" : "Received";
}

static struct choice_views choices_of(struct visit *visit, const char *const *words,
                                      const char *chosen, const char *(*words_of)(const char *))
{
    size_t count = 0;
    while (words[count] != NULL) {
        count++;
    }
    struct choice_view *choices = arena_array(visit->arena, struct choice_view, count + 1);
    for (size_t i = 0; i < count; i++) {
        choices[i] = (struct choice_view){
            .value = words[i],
            .words = words_of(words[i]),
            .is_chosen = text_is(words[i], chosen),
        };
    }
    return (struct choice_views){choices, count};
}

static void fill_chips(struct visit *visit, const struct asked *asked,
                       struct my_transfers_view *view)
{
    struct {
        const char *value, *label, *words;
        size_t member;
    } filters[] = {
        {asked->state, "State", desk_kind_words(asked->state), offsetof(struct asked, state)},
        {asked->direction, "Direction", direction_words_of(asked->direction),
         offsetof(struct asked, direction)},
        {asked->kind, "Kind", desk_kind_words(asked->kind), offsetof(struct asked, kind)},
        {asked->other, "Other party", asked->other, offsetof(struct asked, other)},
    };
    size_t filters_count = sizeof(filters) / sizeof(filters[0]);
    struct chip_view *chips = arena_array(visit->arena, struct chip_view, filters_count);
    size_t count = 0;
    for (size_t i = 0; i < filters_count; i++) {
        if (text_empty(filters[i].value)) {
            continue;
        }
        struct asked rest = without_page(*asked);
        *(const char **)(void *)((char *)&rest + filters[i].member) = "";
        chips[count++] = (struct chip_view){
            .label = filters[i].label,
            .value = filters[i].words,
            .without = address(visit->arena, rest),
        };
    }
    view->chips = (struct chip_views){chips, count};
    view->has_chips = count > 0;
    struct asked all = {.sort = asked->sort};
    view->all_url = address(visit->arena, all);
}

static struct sort_view sort_view_of(struct visit *visit, const struct asked *asked,
                                     const char *falling)
{
    const char *now = text_empty(asked->sort) ? sort_usual : asked->sort;
    struct asked sorted = without_page(*asked);
    bool is_falling = text_is(now, falling);
    bool is_rising = text_is(now, falling + 1);
    sorted.sort = is_falling ? falling + 1 : falling;
    if (text_is(sorted.sort, sort_usual)) {
        sorted.sort = "";
    }
    return desk_sort(address(visit->arena, sorted), is_falling, is_rising);
}

/* One page, newest or largest first, with the links to its neighbours. */
static struct my_transfers page_of(struct visit *visit, const struct asked *asked,
                                   struct pager_view *pager)
{
    bool descending = false;
    enum my_sort sort = sort_of(asked->sort, &descending);
    struct my_filter filter = filter_of(visit, asked);
    bool goes_back = !text_empty(asked->after);
    struct my_transfers found = my_transfers_list(
        visit->registry, visit->arena, &filter, sort, goes_back ? !descending : descending,
        goes_back ? asked->after : asked->before, PAGE_ROWS + 1);
    bool has_more = found.count > PAGE_ROWS;
    size_t count = has_more ? PAGE_ROWS : found.count;
    struct my_transfer *page = arena_array(visit->arena, struct my_transfer, count + 1);
    for (size_t i = 0; i < count; i++) {
        page[i] = found.at[goes_back ? count - 1 - i : i];
    }
    struct asked base = without_page(*asked);
    if (count > 0 && (goes_back ? has_more : !text_empty(asked->before))) {
        struct asked newer = base;
        newer.after = page[0].transfer_id;
        pager->newer = address(visit->arena, newer);
    }
    if (count > 0 && (goes_back || has_more)) {
        struct asked older = base;
        older.before = page[count - 1].transfer_id;
        pager->older = address(visit->arena, older);
    }
    pager->csv = url_with(visit->arena, address(visit->arena, base), "format", "csv");
    return (struct my_transfers){page, count};
}

static struct my_transfer_row row_view(struct visit *visit, const struct my_transfer *row)
{
    struct arena *arena = visit->arena;
    bool is_external = text_is(row->kind, "external");
    return (struct my_transfer_row){
        .transfer_id = row->transfer_id,
        .url = desk_transfer_url(arena, row->transfer_id),
        .submitted = desk_when(arena, row->submitted_at),
        .direction = text_is(row->kind, "internal") ? "Inside"
                     : text_is(row->kind, "export") ? "Exported"
                     : row->is_out                  ? "Sent"
                                                    : "Received",
        .other = text_is(row->kind, "internal")
                     ? arena_printf(arena, "Account %s", row->to_account_name)
                     : transfer_other(visit, row),
        .other_url = is_external
                         ? desk_org_url(arena, row->is_out ? row->to_org_id : row->from_org_id)
                         : (struct url){NULL},
        .supplier = row->supplier_name,
        .note = row->notes,
        .quantity = quantity_show(arena, row->units, row->instrument),
        .unit = desk_unit(row->instrument),
        .state = desk_state(row->state),
        .until = transfer_is_open(row) ? desk_when(arena, row->expires_at) : desk_when(arena, 0),
    };
}

/* ---- CSV ---- */

struct csv {
    struct visit *visit;
    struct asked asked;
    char last_id[ID_SIZE]; /* the last transfer sent; "" before the first window */
};

static const char *const csv_head[] = {
    "transfer_id", "kind",         "state",      "direction",    "from_id",  "from",
    "to_id",       "to",           "to_party",   "supplier_id",  "supplier", "instrument",
    "quantity",    "units",        "blocks",     "submitted_at", "ended_at", "expires_at",
    "public_note", "private_note", "end_reason", "corrects_id"};
enum { CSV_COLUMNS = sizeof(csv_head) / sizeof(csv_head[0]) };

static void csv_row(struct out *out, struct arena *arena, const struct my_transfer *row)
{
    const char *cells[CSV_COLUMNS] = {
        row->transfer_id,
        row->kind,
        row->state,
        text_is(row->kind, "internal") ? "inside"
        : row->is_out                  ? "out"
                                       : "in",
        row->from_org_id,
        row->from_name,
        row->to_org_id,
        text_is(row->kind, "export") ? row->to_system : row->to_name,
        row->to_system_party,
        row->supplier_org_id,
        row->supplier_name,
        instrument_word(row->instrument),
        quantity_plain(arena, row->units, row->instrument),
        arena_printf(arena, "%lld", (long long)row->units),
        arena_printf(arena, "%lld", (long long)row->block_count),
        clock_iso(arena, row->submitted_at),
        clock_iso(arena, row->ended_at),
        transfer_is_open(row) ? clock_iso(arena, row->expires_at) : "",
        row->notes,
        row->private_note,
        row->end_reason,
        row->corrects_id,
    };
    desk_csv_line(out, cells, CSV_COLUMNS);
}

/* Writes the next window; the door gives its memory back before the next one. */
static bool csv_window(struct response *response, void *state)
{
    struct csv *csv = state;
    struct arena *arena = csv->visit->arena;
    bool descending = false;
    enum my_sort sort = sort_of(csv->asked.sort, &descending);
    struct my_filter filter = filter_of(csv->visit, &csv->asked);
    if (csv->last_id[0] == '\0') {
        desk_csv_line(&response->body, csv_head, CSV_COLUMNS);
    }
    struct my_transfers found = my_transfers_list(csv->visit->registry, arena, &filter, sort,
                                                  descending, csv->last_id, CSV_WINDOW_ROWS);
    for (size_t i = 0; i < found.count; i++) {
        csv_row(&response->body, arena, &found.at[i]);
    }
    if (found.count > 0) {
        bool is_copied = TEXT_COPY(csv->last_id, found.at[found.count - 1].transfer_id);
        must(is_copied);
    }
    return found.count == CSV_WINDOW_ROWS;
}

static void send_csv(struct visit *visit, struct response *response)
{
    struct csv *csv = arena_one(visit->arena, struct csv);
    csv->visit = visit;
    csv->asked = asked_of(visit);
    desk_csv_stream(visit, response, "transfers.csv", csv_window, csv);
}

/* ---- the page ---- */

enum status my_transfers_get(struct visit *visit, struct response *response)
{
    if (text_is(field_text(&visit->fields, "format"), "csv")) {
        send_csv(visit, response);
        return STATUS_OK;
    }
    struct asked asked = asked_of(visit);
    struct my_transfers_view view = {
        .page = chrome_of(visit, PLACE_MY_TRANSFERS, "Transfers"),
        .may_transfer = desk_may(visit, ROLE_INITIATOR),
        .states = choices_of(visit, state_words, asked.state, desk_kind_words),
        .directions = choices_of(visit, direction_words, asked.direction, direction_words_of),
        .kinds = choices_of(visit, kind_words, asked.kind, desk_kind_words),
        .other = asked.other,
        .sort = asked.sort,
        .by_time = sort_view_of(visit, &asked, "-time"),
        .by_quantity = sort_view_of(visit, &asked, "-size"),
    };
    fill_chips(visit, &asked, &view);
    struct my_transfers found = page_of(visit, &asked, &view.pager);
    struct my_transfer_row *list =
        arena_array(visit->arena, struct my_transfer_row, found.count + 1);
    for (size_t i = 0; i < found.count; i++) {
        list[i] = row_view(visit, &found.at[i]);
    }
    view.rows = (struct my_transfer_rows){list, found.count};
    view.has_rows = found.count > 0;
    bool descending = false;
    bool is_by_time = sort_of(asked.sort, &descending) == MY_BY_TIME;
    view.has_pager = desk_pager(&view.pager, is_by_time, descending);
    struct my_filter filter = filter_of(visit, &asked);
    struct my_filter all = {.org_id = visit->org_id};
    int64_t total = my_transfers_count(visit->registry, visit->arena, &all);
    int64_t shown =
        view.has_chips ? my_transfers_count(visit->registry, visit->arena, &filter) : total;
    view.has_any = total > 0;
    view.pager.count_words = desk_count_of(visit->arena, shown, total, "transfer", "transfers");
    template_account_transfers(&response->body, &view);
    return STATUS_OK;
}
