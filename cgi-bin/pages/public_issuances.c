/* pages/public_issuances.c: the list of issuances, and one of them with its batches. */
#include "base/clock.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/chrome.h"
#include "pages/desk.h"
#include "pages/public.h"
#include "pages/public_batch_list.h"
#include "public_templates.h"

static const char *const kind_words[] = {"issued", "imported", NULL};
static const char *const sort_words[] = {"issued", "-issued", "quantity", "-quantity", NULL};

static const struct field_row list_fields[] = {
    {.name = "q", .kind = VALUE_LINE, .chars_max = 100, .label = "Project, supplier or note"},
    {.name = "project", .kind = VALUE_ID},
    {.name = "kind", .kind = VALUE_WORD, .words = kind_words},
    DESK_DAYS_FIELDS,
    {.name = "sort", .kind = VALUE_WORD, .words = sort_words},
    DESK_PAGE_FIELDS,
};
const struct form public_issuances_form = {list_fields,
                                           sizeof(list_fields) / sizeof(list_fields[0])};

static const struct field_row one_fields[] = {
    {.name = "state", .kind = VALUE_WORD, .words = public_batch_state_words},
    {.name = "sort", .kind = VALUE_WORD, .words = public_batch_sort_words},
    DESK_PAGE_FIELDS,
};
const struct form public_issuance_form = {one_fields, sizeof(one_fields) / sizeof(one_fields[0])};

/* ---- the list ---- */

static struct list_rows list_read(const struct list *list, const struct window *window)
{
    const struct visit *visit = list->visit;
    enum public_issuance_sort sort =
        text_is(list_key(list), "quantity") ? PUBLIC_ISSUANCE_BY_UNITS : PUBLIC_ISSUANCE_BY_TIME;
    struct public_issuances found =
        public_issuances_list(visit->registry, visit->arena, list->filter, sort, window);
    return (struct list_rows){found.at, found.count};
}

static int64_t list_count(const struct list *list, const void *filter)
{
    return public_issuances_count(list->visit->registry, list->visit->arena, filter);
}

static const char *const columns[] = {
    "issuance_id",     "kind",          "issued_at",  "project_id",       "project", "supplier_id",
    "supplier",        "vintage",       "instrument", "quantity",         "units",   "buffer_units",
    "reporting_start", "reporting_end", "note",       "note_redacted_at", NULL};

static void list_cells(const struct list *list, const void *row, const char **cells)
{
    struct arena *arena = list->visit->arena;
    const struct public_issuance *one = row;
    const char *const values[] = {
        one->issuance_id,
        one->kind,
        clock_iso(arena, one->issued_at),
        one->project_id,
        one->project_name,
        one->org_id,
        one->org_name,
        arena_printf(arena, "%lld", (long long)one->vintage),
        instrument_word(one->instrument),
        quantity_plain(arena, one->units, one->instrument),
        arena_printf(arena, "%lld", (long long)one->units),
        arena_printf(arena, "%lld", (long long)one->buffer_units),
        one->reporting_start,
        one->reporting_end,
        one->notes,
        clock_iso(arena, one->note_redacted.at),
    };
    LIST_CELLS(cells, values, columns);
}

static const struct list_kind kind = {
    .path = "/registry/issuances",
    .file_name = "issuances.csv",
    .one = "issuance",
    .many = "issuances",
    .sort_usual = "-issued",
    .time_key = "issued",
    .row_bytes = sizeof(struct public_issuance),
    .columns = columns,
    .read = list_read,
    .count = list_count,
    .cells = list_cells,
};

static const char *kind_heading(const char *word)
{
    return text_is(word, "imported") ? "Imported" : "Issued";
}

static struct list list_of(struct visit *visit, struct public_issuance_filter *filter,
                           struct public_issuance_filter *all)
{
    const struct fields *fields = &visit->fields;
    struct public_project project;
    *filter = (struct public_issuance_filter){
        .q = list_q(visit),
        .project_id = field_text(fields, "project"),
        .kind = field_text(fields, "kind"),
        .from_at = list_from_at(visit),
        .until_at = list_until_at(visit),
    };
    *all = (struct public_issuance_filter){.from_at = INT64_MIN};
    struct list list = list_begin(visit, &kind, "", filter, all);
    list_filter_q(&list);
    list_filter(&list, "project", "Project",
                public_project_find(visit->registry, visit->arena, filter->project_id, &project)
                    ? project.name
                    : "unknown");
    list_filter(&list, "kind", "Kind", kind_heading(filter->kind));
    list_filter_days(&list);
    return list;
}

static struct choice_views kinds_of(struct visit *visit)
{
    size_t count = sizeof(kind_words) / sizeof(kind_words[0]) - 1;
    struct choice_view *kinds = arena_array(visit->arena, struct choice_view, count);
    for (size_t i = 0; i < count; i++) {
        kinds[i] = (struct choice_view){
            .value = kind_words[i],
            .words = kind_heading(kind_words[i]),
            .is_chosen = text_is(kind_words[i], field_text(&visit->fields, "kind"))};
    }
    return (struct choice_views){kinds, count};
}

enum status public_issuances_get(struct visit *visit, struct response *response)
{
    struct public_issuance_filter *filter =
        arena_array(visit->arena, struct public_issuance_filter, 2);
    struct list list = list_of(visit, filter, filter + 1);
    if (!text_empty(field_text(&visit->fields, "format"))) {
        return list_csv(&list, response);
    }
    struct public_issuances_view view = {
        .page = chrome_of(visit, PLACE_ISSUANCES, chrome_fault_title(visit, "Issuances")),
        .q = field_text(&visit->fields, "q"),
        .from = field_text(&visit->fields, "from"),
        .to = field_text(&visit->fields, "to"),
        .project = filter->project_id,
        .kinds = kinds_of(visit),
        .by_time = list_sort(&list, "-issued"),
        .by_quantity = list_sort(&list, "-quantity"),
    };
    struct list_rows found = list_page(&list, &view.list);
    view.table = public_issuance_table(visit, (struct public_issuances){found.at, found.count});
    template_public_issuances(&response->body, &view);
    return public_show_list(visit, response);
}

/* ---- one ---- */

enum status public_issuance_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct public_issuance row;
    if (!public_issuance_find(visit->registry, arena, visit->arguments[0], &row)) {
        return STATUS_NOT_FOUND;
    }
    struct list list = public_batch_list(visit, "", row.issuance_id);
    if (!text_empty(field_text(&visit->fields, "format"))) {
        return list_csv(&list, response);
    }
    bool is_imported = text_is(row.kind, "imported");
    const char *quantity = quantity_words(arena, row.units, row.instrument);
    struct public_issuance_view view = {
        .page =
            chrome_of(visit, PLACE_ISSUANCES, arena_printf(arena, "Issuance %s", row.issuance_id)),
        .title = arena_printf(arena, "%s %s for %s", quantity,
                              is_imported ? "brought in" : "issued", row.project_name),
        .issuance_id = row.issuance_id,
        .kind = is_imported
                    ? "Imported: an opening balance, or units that came from another registry"
                    : "Issued by this registry",
        .issued = desk_when(arena, row.issued_at),
        .project = public_project_link(arena, row.project_id, row.project_name),
        .supplier = public_org_link(arena, row.org_id, row.org_name),
        .vintage = arena_printf(arena, "%lld", (long long)row.vintage),
        .quantity = quantity,
        .weight = desk_weight(arena, row.units, row.instrument),
        .buffer =
            row.buffer_units == 0 ? "" : quantity_words(arena, row.buffer_units, row.instrument),
        .reporting = public_period(arena, row.reporting_start, row.reporting_end),
        .notes = row.notes,
        .redacted = desk_redacted(arena, "The note", row.note_redacted),
        .unit = desk_unit(row.instrument),
        .states = public_batch_states(visit),
        .by_serial = list_sort(&list, "-serial"),
    };
    view.batches = public_batch_rows(visit, list_page(&list, &view.list));
    chrome_trail(visit, &view.page, url_path(arena, "/registry/issuances"), "Issuances");
    template_public_issuance(&response->body, &view);
    return public_show_list(visit, response);
}
