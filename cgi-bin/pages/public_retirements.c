/* pages/public_retirements.c: the list of retirements, and one. */
#include "pages/public_retirements_view.h"

#include "base/text.h"
#include "base/url.h"
#include "pages/certificate.h"
#include "pages/chrome.h"
#include "pages/desk.h"
#include "pages/public.h"
#include "pages/public_list.h"
#include "pages/retirement_words.h"
#include "public_templates.h"

static const char *const sort_words[] = {"retired", "-retired", "quantity", "-quantity", NULL};

static const struct field_row rows[] = {
    {.name = "q", .kind = VALUE_LINE, .chars_max = 100, .label = "Beneficiary, owner or note"},
    {.name = "organisation", .kind = VALUE_ID},
    DESK_DAYS_FIELDS,
    {.name = "sort", .kind = VALUE_WORD, .words = sort_words},
    DESK_PAGE_FIELDS,
};
const struct form public_retirements_form = {rows, sizeof(rows) / sizeof(rows[0])};

/* ---- the list ---- */

static struct list_rows list_read(const struct list *list, const struct window *window)
{
    enum public_retirement_sort sort = text_is(list_key(list), "quantity")
                                           ? PUBLIC_RETIREMENT_BY_UNITS
                                           : PUBLIC_RETIREMENT_BY_TIME;
    struct public_retirements found = public_retirements_list(
        list->visit->registry, list->visit->arena, list->filter, sort, window);
    return (struct list_rows){found.at, found.count};
}

static int64_t list_count(const struct list *list, const void *filter)
{
    return public_retirements_count(list->visit->registry, list->visit->arena, filter);
}

static const char *const columns[] = {RETIREMENT_COLUMNS, NULL};

static void list_cells(const struct list *list, const void *row, const char **cells)
{
    retirement_cells(list->visit->arena, row, cells);
}

static const struct list_kind kind = {
    .path = "/registry/retirements",
    .file_name = "retirements.csv",
    .one = "retirement",
    .many = "retirements",
    .sort_usual = "-retired",
    .time_key = "retired",
    .row_bytes = sizeof(struct public_retirement),
    .columns = columns,
    .read = list_read,
    .count = list_count,
    .cells = list_cells,
};

static struct list list_of(struct visit *visit, struct public_retirement_filter *filter,
                           struct public_retirement_filter *all)
{
    const struct fields *fields = &visit->fields;
    *filter = (struct public_retirement_filter){
        .q = list_q(visit),
        .org_id = field_text(fields, "organisation"),
        .from_at = list_from_at(visit),
        .until_at = list_until_at(visit),
    };
    *all = (struct public_retirement_filter){.from_at = INT64_MIN};
    struct list list = list_begin(visit, &kind, "", filter, all);
    list_filter_q(&list);
    list_filter(&list, "organisation", "By or for", public_org_name(visit, filter->org_id));
    list_filter_days(&list);
    return list;
}

enum status public_retirements_get(struct visit *visit, struct response *response)
{
    struct public_retirement_filter *filter =
        arena_array(visit->arena, struct public_retirement_filter, 2);
    struct list list = list_of(visit, filter, filter + 1);
    if (!text_empty(field_text(&visit->fields, "format"))) {
        return list_csv(&list, response);
    }
    struct public_retirements_view view = {
        .page = chrome_of(visit, PLACE_RETIREMENTS, chrome_fault_title(visit, "Retirements")),
        .q = field_text(&visit->fields, "q"),
        .from = field_text(&visit->fields, "from"),
        .to = field_text(&visit->fields, "to"),
        .organisation = filter->org_id,
        .by_time = list_sort(&list, "-retired"),
        .by_quantity = list_sort(&list, "-quantity"),
    };
    struct list_rows found = list_page(&list, &view.list);
    view.table = public_retirement_table(visit, (struct public_retirements){found.at, found.count});
    template_public_retirements(&response->body, &view);
    return public_show_list(visit, response);
}

/* ---- one ---- */

enum status public_retirement_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct public_retirement row;
    if (!public_retirement_find(visit->registry, arena, visit->arguments[0], &row)) {
        return STATUS_NOT_FOUND;
    }
    if (!text_empty(field_text(&visit->fields, "format"))) {
        return public_blocks_csv(visit, response, PUBLIC_BLOCKS_OF_RETIREMENT, row.retirement_id);
    }
    const char *quantity = quantity_words(arena, row.units, row.instrument);
    struct url csv =
        url_with(arena, public_retirement_url(arena, row.retirement_id), "format", "csv");
    struct public_retirement_view view = {
        .page = chrome_of(visit, PLACE_RETIREMENTS,
                          arena_printf(arena, "Retirement %s", row.retirement_id)),
        .title = arena_printf(arena, "%s retired for %s", quantity, row.beneficiary),
        .retirement_id = row.retirement_id,
        .retired = desk_when(arena, row.retired_at),
        .beneficiary = public_org_link(arena, row.beneficiary_org_id, row.beneficiary),
        .owner = public_org_link(arena, row.org_id, row.org_name),
        .is_own = text_is(row.org_id, row.beneficiary_org_id),
        .quantity = quantity,
        .weight = desk_weight(arena, row.units, row.instrument),
        .purposes = retirement_purpose_views(arena, row.purposes),
        .notes = row.notes,
        .redacted = desk_redacted(arena, "The note", row.note_redacted),
        .name_redacted = desk_redacted(arena, "The name", row.beneficiary_redacted),
        .certificate_url = desk_certificate_url(arena, row.retirement_id),
        .pdf_url = desk_certificate_pdf_url(arena, row.retirement_id),
        .blocks = public_block_table(visit, PUBLIC_BLOCKS_OF_RETIREMENT, row.retirement_id, csv),
    };
    chrome_trail(visit, &view.page, url_path(arena, "/registry/retirements"), "Retirements");
    template_public_retirement(&response->body, &view);
    return public_show(visit, response);
}
