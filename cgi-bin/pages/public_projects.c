/* pages/public_projects.c: the list of projects. */
#include "base/text.h"
#include "model/location.h"
#include "pages/chrome.h"
#include "pages/desk.h"
#include "pages/public.h"
#include "pages/public_list.h"
#include "pages/public_projects_view.h"
#include "public_templates.h"

static const char *const instrument_words[] = {"carbon_removal", "renewable_energy", NULL};
static const char *const sort_words[] = {"name", "-name", "quantity", "-quantity", NULL};

static const struct field_row rows[] = {
    {.name = "q", .kind = VALUE_LINE, .chars_max = 200, .label = "Name, code or place"},
    {.name = "supplier", .kind = VALUE_ID},
    {.name = "instrument", .kind = VALUE_WORD, .words = instrument_words},
    {.name = "sort", .kind = VALUE_WORD, .words = sort_words},
    DESK_PAGE_FIELDS,
};
const struct form public_projects_form = {rows, sizeof(rows) / sizeof(rows[0])};

static struct list_rows list_read(const struct list *list, const struct window *window)
{
    enum public_project_sort sort =
        text_is(list_key(list), "quantity") ? PUBLIC_PROJECT_BY_UNITS : PUBLIC_PROJECT_BY_NAME;
    struct public_projects found =
        public_projects_list(list->visit->registry, list->visit->arena, list->filter, sort, window);
    return (struct list_rows){found.at, found.count};
}

static int64_t list_count(const struct list *list, const void *filter)
{
    return public_projects_count(list->visit->registry, list->visit->arena, filter);
}

static const char *const columns[] = {
    "project_id",   "short_code",      "project",        "supplier_id",     "supplier",
    "instrument",   "pathway",         "protocol",       "country",         "place",
    "status",       "crediting_start", "crediting_end",  "issued_units",    "imported_units",
    "active_units", "retired_units",   "exported_units", "cancelled_units", NULL};

static void list_cells(const struct list *list, const void *row, const char **cells)
{
    struct arena *arena = list->visit->arena;
    const struct public_project *one = row;
    const int64_t sums[] = {one->sums.issued_units,   one->sums.imported_units,
                            one->sums.active_units,   one->sums.retired_units,
                            one->sums.exported_units, one->sums.cancelled_units};
    const char *const values[] = {
        one->project_id,    one->short_code, one->name,
        one->org_id,        one->org_name,   instrument_word(one->instrument),
        one->pathway,       one->protocol,   one->country,
        one->place,         one->status,     one->crediting_start,
        one->crediting_end,
    };
    size_t count = sizeof(values) / sizeof(values[0]);
    _Static_assert(sizeof(values) / sizeof(values[0]) + sizeof(sums) / sizeof(sums[0]) + 1 ==
                       sizeof(columns) / sizeof(columns[0]),
                   "a cell for each column");
    for (size_t i = 0; i < count; i++) {
        cells[i] = values[i];
    }
    for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++) {
        cells[count + i] = arena_printf(arena, "%lld", (long long)sums[i]);
    }
}

static const struct list_kind kind = {
    .path = "/registry/projects",
    .file_name = "projects.csv",
    .one = "project",
    .many = "projects",
    .sort_usual = "name",
    .time_key = "",
    .row_bytes = sizeof(struct public_project),
    .columns = columns,
    .read = list_read,
    .count = list_count,
    .cells = list_cells,
};

static const char *instrument_heading(const char *word)
{
    bool is_removal = text_is(word, "carbon_removal");
    return desk_instrument(is_removal ? INSTRUMENT_CARBON_REMOVAL : INSTRUMENT_RENEWABLE_ENERGY);
}

static struct list list_of(struct visit *visit, struct public_project_filter *filter,
                           const struct public_project_filter *all)
{
    const struct fields *fields = &visit->fields;
    *filter = (struct public_project_filter){
        .q = list_q(visit),
        .org_id = field_text(fields, "supplier"),
        .instrument = field_text(fields, "instrument"),
    };
    struct list list = list_begin(visit, &kind, "", filter, all);
    list_filter_q(&list);
    list_filter(&list, "supplier", "Supplier", public_org_name(visit, filter->org_id));
    list_filter(&list, "instrument", "Counted in", instrument_heading(filter->instrument));
    return list;
}

static void fill_rows(struct visit *visit, struct public_projects page,
                      struct public_projects_view *view)
{
    struct arena *arena = visit->arena;
    struct public_project_row *views =
        arena_array(arena, struct public_project_row, page.count + 1);
    bool is_one = page.count > 0;
    for (size_t i = 1; i < page.count; i++) {
        is_one = is_one && page.at[i].instrument == page.at[0].instrument;
    }
    for (size_t i = 0; i < page.count; i++) {
        const struct public_project *one = &page.at[i];
        int64_t all = public_add(one->sums.issued_units, one->sums.imported_units);
        views[i] = (struct public_project_row){
            .project = public_project_link(arena, one->project_id, one->name),
            .short_code = one->short_code,
            .supplier = public_org_link(arena, one->org_id, one->org_name),
            .pathway = public_plain_words(arena, one->pathway),
            .country = location_words(arena, "", one->country),
            .all = public_figure(arena, all, one->instrument),
            .active = public_figure(arena, one->sums.active_units, one->instrument),
            .retired = public_figure(arena, one->sums.retired_units, one->instrument),
            .unit_here = is_one || all == 0 ? "" : desk_unit(one->instrument),
        };
    }
    view->unit = is_one ? desk_unit(page.at[0].instrument) : "";
    view->rows = (struct public_project_rows){views, page.count};
}

static struct choice_views instruments_of(struct visit *visit)
{
    size_t count = sizeof(instrument_words) / sizeof(instrument_words[0]) - 1;
    struct choice_view *choices = arena_array(visit->arena, struct choice_view, count);
    for (size_t i = 0; i < count; i++) {
        choices[i] = (struct choice_view){
            .value = instrument_words[i],
            .words = instrument_heading(instrument_words[i]),
            .is_chosen = text_is(instrument_words[i], field_text(&visit->fields, "instrument"))};
    }
    return (struct choice_views){choices, count};
}

enum status public_projects_get(struct visit *visit, struct response *response)
{
    struct public_project_filter *filter =
        arena_array(visit->arena, struct public_project_filter, 2);
    struct list list = list_of(visit, filter, filter + 1);
    if (!text_empty(field_text(&visit->fields, "format"))) {
        return list_csv(&list, response);
    }
    struct public_projects_view view = {
        .page = chrome_of(visit, PLACE_PROJECTS, chrome_fault_title(visit, "Projects")),
        .q = field_text(&visit->fields, "q"),
        .supplier = filter->org_id,
        .instruments = instruments_of(visit),
        .by_name = list_sort(&list, "-name"),
        .by_quantity = list_sort(&list, "-quantity"),
    };
    struct list_rows found = list_page(&list, &view.list);
    fill_rows(visit, (struct public_projects){found.at, found.count}, &view);
    template_public_projects(&response->body, &view);
    return public_show_list(visit, response);
}
