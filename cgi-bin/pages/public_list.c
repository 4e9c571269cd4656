/* pages/public_list.c: see pages/public_list.h. */
#include "pages/public_list.h"

#include <string.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/chrome.h"
#include "pages/desk.h"
#include "pages/public.h"

#define CSV_COLUMNS_MAX 24

static struct url list_url(const struct list *list, const char *without, const char *sort);

struct list list_begin(struct visit *visit, const struct list_kind *kind, const char *id,
                       const void *filter, const void *all)
{
    const char *sort = field_text(&visit->fields, "sort");
    return (struct list){
        .visit = visit,
        .kind = kind,
        .id = id,
        .filter = filter,
        .all = all,
        .sort = text_is(sort, kind->sort_usual) ? "" : sort,
        .before = field_text(&visit->fields, "before"),
        .after = field_text(&visit->fields, "after"),
    };
}

void list_filter(struct list *list, const char *name, const char *label, const char *words)
{
    must(list->filter_count < LIST_FILTERS_MAX);
    bool is_faulty = chrome_fault(list->visit, name) != NULL;
    list->filters[list->filter_count++] = (struct list_filter){
        .name = name,
        .label = label,
        .value = is_faulty ? "" : field_text(&list->visit->fields, name),
        .words = words,
    };
}

const char *list_q(const struct visit *visit)
{
    return chrome_fault(visit, "q") == NULL ? field_text(&visit->fields, "q") : "";
}

void list_filter_q(struct list *list)
{
    list_filter(list, "q", "Holds", arena_printf(list->visit->arena, "“%s”", list_q(list->visit)));
}

static const char *day_words(const struct visit *visit, const char *name)
{
    return public_day(visit->arena, field_text(&visit->fields, name));
}

void list_filter_days(struct list *list)
{
    list_filter(list, "from", "Since", day_words(list->visit, "from"));
    list_filter(list, "to", "Until", day_words(list->visit, "to"));
}

static const char *sort_now(const struct list *list)
{
    return text_empty(list->sort) ? list->kind->sort_usual : list->sort;
}

const char *list_key(const struct list *list)
{
    const char *sort = sort_now(list);
    return sort[0] == '-' ? sort + 1 : sort;
}

bool list_is_descending(const struct list *list)
{
    return sort_now(list)[0] == '-';
}

static struct url list_base(const struct list *list)
{
    struct arena *arena = list->visit->arena;
    struct url url = url_path(arena, list->kind->path, list->id);
    return list->as_name == NULL ? url : url_with(arena, url, list->as_name, list->as_value);
}

/* The first page of the list with these filters, but the one named. */
static struct url list_url(const struct list *list, const char *without, const char *sort)
{
    struct arena *arena = list->visit->arena;
    struct url url = list_base(list);
    for (size_t i = 0; i < list->filter_count; i++) {
        if (!text_is(list->filters[i].name, without)) {
            url = url_with(arena, url, list->filters[i].name, list->filters[i].value);
        }
    }
    return url_with(arena, url, "sort", sort);
}

struct sort_view list_sort(const struct list *list, const char *falling)
{
    const char *now = sort_now(list);
    bool is_falling = text_is(now, falling);
    bool is_rising = text_is(now, falling + 1);
    /* A first click gives the direction people look for: the largest and newest first, names from
     * A. */
    bool goes_up = is_falling || (!is_rising && text_is(falling, "-name"));
    const char *next = goes_up ? falling + 1 : falling;
    bool is_usual = text_is(next, list->kind->sort_usual);
    return desk_sort(list_url(list, "", is_usual ? "" : next), is_falling, is_rising);
}

/* A chip for each filter in force, with the address of the list without it. */
static void fill_chips(const struct list *list, struct public_list_view *view)
{
    struct chip_view *chips = arena_array(list->visit->arena, struct chip_view, LIST_FILTERS_MAX);
    size_t count = 0;
    for (size_t i = 0; i < list->filter_count; i++) {
        const struct list_filter *filter = &list->filters[i];
        if (!text_empty(filter->value)) {
            chips[count++] = (struct chip_view){
                .label = filter->label,
                .value = filter->words,
                .without = list_url(list, filter->name, list->sort),
            };
        }
    }
    view->chips = (struct chip_views){chips, count};
    view->has_chips = count > 0;
    view->all_url = url_with(list->visit->arena, list_base(list), "sort", list->sort);
}

/* The first member of the row with this number. */
static const char *row_id(const struct list *list, struct list_rows rows, size_t number)
{
    const char *id = NULL;
    memcpy(&id, (const char *)rows.at + number * list->kind->row_bytes, sizeof(id));
    return id;
}

/* The elements of filters are named f-…: the summary of problems leads to them. */
static struct fault_views faults_of(const struct list *list)
{
    struct fault_views faults = chrome_faults(list->visit);
    struct fault_view *named = arena_array(list->visit->arena, struct fault_view, faults.count + 1);
    for (size_t i = 0; i < faults.count; i++) {
        named[i] = (struct fault_view){arena_printf(list->visit->arena, "f-%s", faults.at[i].field),
                                       faults.at[i].words};
    }
    return (struct fault_views){named, faults.count};
}

/* One row more than is shown tells whether there is a further page. Going back, rows come in the
 * other order. */
static struct list_rows turn(const struct list *list, struct list_rows found, bool goes_back)
{
    size_t row_bytes = list->kind->row_bytes;
    size_t count = found.count > PAGE_ROWS ? PAGE_ROWS : found.count;
    char *rows = arena_take(list->visit->arena, count + 1, row_bytes);
    for (size_t i = 0; i < count; i++) {
        memcpy(rows + i * row_bytes,
               (const char *)found.at + (goes_back ? count - 1 - i : i) * row_bytes, row_bytes);
    }
    return (struct list_rows){rows, count};
}

static struct list_rows fill_pager(const struct list *list, struct public_list_view *view)
{
    struct arena *arena = list->visit->arena;
    bool goes_back = !text_empty(list->after);
    struct window window = {
        .descending = list_is_descending(list) != goes_back,
        .behind = goes_back ? list->after : list->before,
        .most = PAGE_ROWS + 1,
    };
    struct list_rows found = list->kind->read(list, &window);
    bool has_more = found.count > PAGE_ROWS;
    struct list_rows rows = turn(list, found, goes_back);
    bool has_newer = goes_back ? has_more : !text_empty(list->before);
    struct url here = list_url(list, "", list->sort);
    if (rows.count > 0 && has_newer) {
        view->pager.newer = url_with(arena, here, "after", row_id(list, rows, 0));
    }
    if (rows.count > 0 && (goes_back || has_more)) {
        view->pager.older = url_with(arena, here, "before", row_id(list, rows, rows.count - 1));
    }
    view->pager.csv = url_with(arena, here, "format", "csv");
    view->has_pager = desk_pager(&view->pager, text_is(list_key(list), list->kind->time_key),
                                 list_is_descending(list));
    return rows;
}

struct list_rows list_page(const struct list *list, struct public_list_view *view)
{
    struct arena *arena = list->visit->arena;
    const struct list_kind *kind = list->kind;
    view->has_faults = list->visit->fields.error_count > 0;
    view->faults = faults_of(list);
    view->sort = list->sort;
    fill_chips(list, view);
    struct list_rows rows = fill_pager(list, view);

    int64_t shown = kind->count(list, list->filter);
    int64_t all = view->has_chips ? kind->count(list, list->all) : shown;
    view->pager.count_words =
        desk_count_of(arena, shown, all < shown ? shown : all, kind->one, kind->many);
    view->all_words = arena_printf(arena, "all %s", desk_count(arena, all, kind->one, kind->many));
    view->has_any = all > 0;
    view->has_rows = rows.count > 0;
    return rows;
}

/* ---- CSV ---- */

struct csv {
    struct list list;
    char last_id[64]; /* the last row sent; "" before the first window */
};

/* Writes the next window; the door gives its memory back before the next one. */
static bool csv_window(struct response *response, void *state)
{
    struct csv *csv = state;
    const struct list_kind *kind = csv->list.kind;
    const char *cells[CSV_COLUMNS_MAX];
    size_t count = 0;
    while (kind->columns[count] != NULL) {
        count++;
    }
    must(count <= CSV_COLUMNS_MAX);
    if (csv->last_id[0] == '\0') {
        desk_csv_line(&response->body, kind->columns, count);
    }
    struct window window = {
        .descending = list_is_descending(&csv->list),
        .behind = csv->last_id,
        .most = CSV_WINDOW_ROWS,
    };
    struct list_rows rows = kind->read(&csv->list, &window);
    for (size_t i = 0; i < rows.count; i++) {
        kind->cells(&csv->list, (const char *)rows.at + i * kind->row_bytes, cells);
        desk_csv_line(&response->body, cells, count);
    }
    if (rows.count > 0) {
        bool is_copied = TEXT_COPY(csv->last_id, row_id(&csv->list, rows, rows.count - 1));
        must(is_copied);
    }
    return rows.count == CSV_WINDOW_ROWS;
}

enum status list_csv(const struct list *list, struct response *response)
{
    if (list->visit->fields.error_count > 0) {
        return STATUS_BAD_REQUEST;
    }
    struct csv *csv = arena_one(list->visit->arena, struct csv);
    csv->list = *list;
    desk_csv_stream(list->visit, response, list->kind->file_name, csv_window, csv);
    response->is_public = !list->kind->is_private;
    response->etag = list->kind->is_private ? NULL : list->visit->page_tag;
    return STATUS_OK;
}

/* ---- dates ---- */

int64_t list_from_at(const struct visit *visit)
{
    int64_t at = 0;
    return clock_parse_date(field_text(&visit->fields, "from"), &at) ? at : INT64_MIN;
}

int64_t list_until_at(const struct visit *visit)
{
    int64_t at = 0;
    if (!clock_parse_date(field_text(&visit->fields, "to"), &at)) {
        return 0;
    }
    int64_t end = at + CLOCK_DAY_US;
    return end == 0 ? 1 : end; /* 0 is none; nothing is of the microsecond between */
}
