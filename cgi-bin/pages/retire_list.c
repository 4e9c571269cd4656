/* pages/retire_list.c: what the organisation has retired, as a list and as CSV. */
#include "pages/retire.h"

#include "account_templates.h"
#include "base/text.h"
#include "pages/desk.h"
#include "pages/public_list.h"
#include "pages/retirement_words.h"

static const char *const sort_words[] = {"retired", "-retired", NULL};

static const struct field_row rows[] = {
    {.name = "q", .kind = VALUE_LINE, .chars_max = 100, .label = "Beneficiary or note"},
    DESK_DAYS_FIELDS,
    {.name = "sort", .kind = VALUE_WORD, .words = sort_words},
    DESK_PAGE_FIELDS,
};
const struct form retire_list_form = {rows, sizeof(rows) / sizeof(rows[0])};

static struct list_rows list_read(const struct list *list, const struct window *window)
{
    struct public_retirements found =
        my_retirements_list(list->visit->registry, list->visit->arena, list->filter, window);
    return (struct list_rows){found.at, found.count};
}

static int64_t list_count(const struct list *list, const void *filter)
{
    return my_retirements_count(list->visit->registry, list->visit->arena, filter);
}

static const char *person_of(struct visit *visit, const char *retirement_id)
{
    return desk_person(
        visit, my_retirement_by(visit->registry, visit->arena, visit->org_id, retirement_id));
}

static const char *const columns[] = {RETIREMENT_COLUMNS, "retired_by", NULL};

static void list_cells(const struct list *list, const void *row, const char **cells)
{
    const struct public_retirement *one = row;
    retirement_cells(list->visit->arena, one, cells);
    cells[RETIREMENT_COLUMN_COUNT] = person_of(list->visit, one->retirement_id);
}

static const struct list_kind kind = {
    .path = "/account/retirements",
    .file_name = "retirements.csv",
    .one = "retirement",
    .many = "retirements",
    .sort_usual = "-retired",
    .time_key = "retired",
    .row_bytes = sizeof(struct public_retirement),
    .columns = columns,
    .is_private = true,
    .read = list_read,
    .count = list_count,
    .cells = list_cells,
};

static struct list list_of(struct visit *visit, struct my_retirement_filter *filter,
                           struct my_retirement_filter *all)
{
    *filter = (struct my_retirement_filter){
        .org_id = visit->org_id,
        .q = list_q(visit),
        .from_at = list_from_at(visit),
        .until_at = list_until_at(visit),
    };
    *all = (struct my_retirement_filter){.org_id = visit->org_id, .from_at = INT64_MIN};
    struct list list = list_begin(visit, &kind, "", filter, all);
    list_filter_q(&list);
    list_filter_days(&list);
    return list;
}

static struct retire_rows rows_of(struct visit *visit, struct list_rows found)
{
    struct arena *arena = visit->arena;
    const struct public_retirement *at = found.at;
    struct retire_row *views = arena_array(arena, struct retire_row, found.count + 1);
    for (size_t i = 0; i < found.count; i++) {
        views[i] = (struct retire_row){
            .retirement_id = at[i].retirement_id,
            .url = desk_retirement_url(arena, at[i].retirement_id),
            .retired = desk_when(arena, at[i].retired_at),
            .beneficiary = {at[i].beneficiary, desk_org_url(arena, at[i].beneficiary_org_id)},
            .project = {at[i].project_name, desk_project_url(arena, at[i].project_id)},
            .has_more_projects = at[i].has_more_projects,
            .notes = at[i].notes,
            .redacted = desk_redacted(arena, "The note", at[i].note_redacted),
            .quantity = quantity_show(arena, at[i].units, at[i].instrument),
            .unit = desk_unit(at[i].instrument),
            .by = person_of(visit, at[i].retirement_id),
            .certificate_url = desk_certificate_url(arena, at[i].retirement_id),
        };
    }
    return (struct retire_rows){views, found.count};
}

enum status retire_list_get(struct visit *visit, struct response *response)
{
    struct my_retirement_filter *filter = arena_array(visit->arena, struct my_retirement_filter, 2);
    struct list list = list_of(visit, filter, filter + 1);
    if (!text_empty(field_text(&visit->fields, "format"))) {
        return list_csv(&list, response);
    }
    struct retire_list_view view = {
        .page = chrome_of(visit, PLACE_MY_RETIREMENTS, chrome_fault_title(visit, "Retirements")),
        .may_retire = desk_may(visit, ROLE_INITIATOR),
        .q = field_text(&visit->fields, "q"),
        .from = field_text(&visit->fields, "from"),
        .to = field_text(&visit->fields, "to"),
        .by_time = list_sort(&list, "-retired"),
    };
    view.rows = rows_of(visit, list_page(&list, &view.list));
    template_account_retire_list(&response->body, &view);
    if (visit->fields.error_count > 0) {
        desk_mend(response, STATUS_FORM_FAULTS);
    }
    return STATUS_OK;
}
