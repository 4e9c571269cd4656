/* pages/public_transfers.c: the list of completed transfers, and one of them. */
#include "pages/public_transfers_view.h"

#include "base/clock.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/chrome.h"
#include "pages/desk.h"
#include "pages/public.h"
#include "pages/public_list.h"
#include "public_templates.h"

static const char *const kind_words[] = {"external", "export", "internal", NULL};
static const char *const sort_words[] = {"completed", "-completed", "quantity", "-quantity", NULL};

static const struct field_row rows[] = {
    {.name = "q", .kind = VALUE_LINE, .chars_max = 200, .label = "Organisation or note"},
    {.name = "organisation", .kind = VALUE_ID},
    {.name = "supplier", .kind = VALUE_ID},
    {.name = "kind", .kind = VALUE_WORD, .words = kind_words},
    DESK_DAYS_FIELDS,
    {.name = "sort", .kind = VALUE_WORD, .words = sort_words},
    DESK_PAGE_FIELDS,
};
const struct form public_transfers_form = {rows, sizeof(rows) / sizeof(rows[0])};

/* ---- the list ---- */

static struct list_rows list_read(const struct list *list, const struct window *window)
{
    const struct visit *visit = list->visit;
    enum public_transfer_sort sort =
        text_is(list_key(list), "quantity") ? PUBLIC_TRANSFER_BY_UNITS : PUBLIC_TRANSFER_BY_TIME;
    struct public_transfers found =
        public_transfers_list(visit->registry, visit->arena, list->filter, sort, window);
    return (struct list_rows){found.at, found.count};
}

static int64_t list_count(const struct list *list, const void *filter)
{
    return public_transfers_count(list->visit->registry, list->visit->arena, filter);
}

static const char *const columns[] = {"transfer_id", "kind",     "completed_at", "submitted_at",
                                      "from_id",     "from",     "to_id",        "to",
                                      "to_system",   "to_party", "supplier_id",  "supplier",
                                      "project_id",  "project",  "instrument",   "quantity",
                                      "units",       "blocks",   "note",         "note_redacted_at",
                                      "corrects_id", NULL};

static void list_cells(const struct list *list, const void *row, const char **cells)
{
    struct arena *arena = list->visit->arena;
    const struct public_transfer *one = row;
    const char *const values[] = {
        one->transfer_id,
        one->kind,
        clock_iso(arena, one->ended_at),
        clock_iso(arena, one->submitted_at),
        one->from_org_id,
        one->from_name,
        one->to_org_id,
        one->to_name,
        one->to_system,
        one->to_system_party,
        one->supplier_org_id,
        one->supplier_name,
        one->has_more_projects ? "" : one->project_id,
        one->has_more_projects ? "several" : one->project_name,
        instrument_word(one->instrument),
        quantity_plain(arena, one->units, one->instrument),
        arena_printf(arena, "%lld", (long long)one->units),
        arena_printf(arena, "%lld", (long long)one->block_count),
        one->notes,
        clock_iso(arena, one->note_redacted_at),
        one->corrects_id,
    };
    LIST_CELLS(cells, values, columns);
}

static const struct list_kind kind = {
    .path = "/registry/transfers",
    .file_name = "transfers.csv",
    .one = "transfer",
    .many = "transfers",
    .sort_usual = "-completed",
    .time_key = "completed",
    .row_bytes = sizeof(struct public_transfer),
    .columns = columns,
    .read = list_read,
    .count = list_count,
    .cells = list_cells,
};

static struct list list_of(struct visit *visit, struct public_transfer_filter *filter,
                           struct public_transfer_filter *all)
{
    const struct fields *fields = &visit->fields;
    *filter = (struct public_transfer_filter){
        .q = list_q(visit),
        .org_id = field_text(fields, "organisation"),
        .supplier_org_id = field_text(fields, "supplier"),
        .kind = field_text(fields, "kind"),
        .from_at = list_from_at(visit),
        .until_at = list_until_at(visit),
    };
    /* Internal transfers are outside "all", so a list of them stands for itself. */
    *all = (struct public_transfer_filter){
        .kind = text_is(filter->kind, "internal") ? filter->kind : "", .from_at = INT64_MIN};
    struct list list = list_begin(visit, &kind, "", filter, all);
    list_filter_q(&list);
    list_filter(&list, "organisation", "From or to", public_org_name(visit, filter->org_id));
    list_filter(&list, "supplier", "Supplier", public_org_name(visit, filter->supplier_org_id));
    list_filter(&list, "kind", "Kind", desk_kind_words(filter->kind));
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
            .words = desk_kind_words(kind_words[i]),
            .is_chosen = text_is(kind_words[i], field_text(&visit->fields, "kind"))};
    }
    return (struct choice_views){kinds, count};
}

/* The list without its filters has no internal transfers: its count is that of the others, and
 * there is something in it when there are those. */
static void fill_without_kind(struct visit *visit, struct public_list_view *view)
{
    const struct public_transfer_filter others = {.from_at = INT64_MIN};
    int64_t count = public_transfers_count(visit->registry, visit->arena, &others);
    view->has_any = view->has_any || count > 0;
    view->all_words = arena_printf(visit->arena, "all %s",
                                   desk_count(visit->arena, count, "transfer", "transfers"));
}

static const char *page_sum(struct visit *visit, struct public_transfers page, const char *unit)
{
    int64_t sum = 0;
    for (size_t i = 0; i < page.count; i++) {
        sum = public_add(sum, page.at[i].units);
    }
    return text_empty(unit) ? "" : quantity_show(visit->arena, sum, page.at[0].instrument);
}

enum status public_transfers_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct public_transfer_filter *filter = arena_array(arena, struct public_transfer_filter, 2);
    struct list list = list_of(visit, filter, filter + 1);
    if (!text_empty(field_text(&visit->fields, "format"))) {
        return list_csv(&list, response);
    }
    struct public_transfers_view view = {
        .page = chrome_of(visit, PLACE_TRANSFERS, chrome_fault_title(visit, "Transfers")),
        .q = field_text(&visit->fields, "q"),
        .from = field_text(&visit->fields, "from"),
        .to = field_text(&visit->fields, "to"),
        .organisation = filter->org_id,
        .supplier = filter->supplier_org_id,
        .kinds = kinds_of(visit),
        .by_time = list_sort(&list, "-completed"),
        .by_quantity = list_sort(&list, "-quantity"),
    };
    struct list_rows found = list_page(&list, &view.list);
    if (text_is(filter->kind, "internal")) {
        fill_without_kind(visit, &view.list);
    }
    view.list.pager.atom = url_path(arena, "/registry/transfers.atom");
    struct public_transfers page = {found.at, found.count};
    view.table = public_transfer_table(visit, page);
    view.page_sum = page_sum(visit, page, view.table.unit);
    template_public_transfers(&response->body, &view);
    return public_show_list(visit, response);
}

/* ---- one ---- */

static const char *title_of(struct arena *arena, const struct public_transfer *row)
{
    const char *quantity = quantity_words(arena, row->units, row->instrument);
    if (text_is(row->kind, "internal")) {
        return arena_printf(arena, "%s moved inside %s", quantity, row->from_name);
    }
    return arena_printf(arena, "%s from %s to %s", quantity, row->from_name,
                        text_is(row->kind, "export") ? row->to_system : row->to_name);
}

static struct link_views links_of(struct arena *arena, struct ids ids)
{
    struct link_view *links = arena_array(arena, struct link_view, ids.count + 1);
    for (size_t i = 0; i < ids.count; i++) {
        links[i] = (struct link_view){ids.at[i], public_transfer_url(arena, ids.at[i])};
    }
    return (struct link_views){links, ids.count};
}

enum status public_transfer_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct public_transfer row;
    if (!public_transfer_find(visit->registry, arena, visit->arguments[0], &row)) {
        return STATUS_NOT_FOUND;
    }
    if (!text_empty(field_text(&visit->fields, "format"))) {
        return public_blocks_csv(visit, response, PUBLIC_BLOCKS_OF_TRANSFER, row.transfer_id);
    }
    struct url here = public_transfer_url(arena, row.transfer_id);
    struct public_transfer_view view = {
        .page =
            chrome_of(visit, PLACE_TRANSFERS, arena_printf(arena, "Transfer %s", row.transfer_id)),
        .title = title_of(arena, &row),
        .completed = desk_when(arena, row.ended_at),
        .submitted = desk_when(arena, row.submitted_at),
        .transfer_id = row.transfer_id,
        .kind = desk_kind_words(row.kind),
        .from = public_org_link(arena, row.from_org_id, row.from_name),
        .to = public_transfer_to(arena, &row),
        .to_more = row.to_system_party,
        .supplier = public_org_link(arena, row.supplier_org_id, row.supplier_name),
        .quantity = quantity_words(arena, row.units, row.instrument),
        .weight = desk_weight(arena, row.units, row.instrument),
        .notes = row.notes,
        .redacted = public_redacted(arena, &row),
        .corrects = {row.corrects_id, public_transfer_url(arena, row.corrects_id)},
        .corrected_by =
            links_of(arena, public_transfer_corrections(visit->registry, arena, row.transfer_id)),
        .blocks = public_block_table(visit, PUBLIC_BLOCKS_OF_TRANSFER, row.transfer_id,
                                     url_with(arena, here, "format", "csv")),
    };
    chrome_trail(visit, &view.page, url_path(arena, "/registry/transfers"), "Transfers");
    template_public_transfer(&response->body, &view);
    return public_show(visit, response);
}
