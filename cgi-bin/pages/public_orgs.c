/* pages/public_orgs.c: the list of organisations, and one of them: what it is, holds, sent, got and
 * retired. */
#include "pages/public_orgs_view.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "base/url.h"
#include "model/location.h"
#include "pages/chrome.h"
#include "pages/desk.h"
#include "pages/public.h"
#include "pages/public_list.h"
#include "public_templates.h"
#include "store/holdings.h"

#define LATEST_ROWS 8

static const char *const role_words[] = {"supplier", "participant", "buffer", "registry", NULL};
static const char *const sort_words[] = {"name", "-name", "opened", "-opened", NULL};

static const struct field_row rows[] = {
    {.name = "q", .kind = VALUE_LINE, .chars_max = 200, .label = "Name, domain or country"},
    {.name = "role", .kind = VALUE_WORD, .words = role_words},
    {.name = "sort", .kind = VALUE_WORD, .words = sort_words},
    DESK_PAGE_FIELDS,
};
const struct form public_orgs_form = {rows, sizeof(rows) / sizeof(rows[0])};

static const char *role_heading(const char *role)
{
    if (text_is(role, "supplier")) {
        return "Supplier";
    }
    if (text_is(role, "buffer")) {
        return "Buffer pool";
    }
    return text_is(role, "registry") ? "Operator of the registry" : "Participant";
}

static const char *role_of(const struct public_org *org)
{
    return role_heading(text_empty(org->supplier_id) ? org->kind : "supplier");
}

static struct state_view state_of(const struct public_org *org)
{
    if (text_is(org->state, "suspended")) {
        return (struct state_view){"suspended", "Suspended"};
    }
    return text_is(org->state, "closed") ? (struct state_view){"closed", "Closed"}
                                         : desk_state(org->state);
}

/* ---- the list ---- */

static struct list_rows list_read(const struct list *list, const struct window *window)
{
    enum public_org_sort sort =
        text_is(list_key(list), "opened") ? PUBLIC_ORG_BY_TIME : PUBLIC_ORG_BY_NAME;
    struct public_orgs found =
        public_orgs_list(list->visit->registry, list->visit->arena, list->filter, sort, window);
    return (struct list_rows){found.at, found.count};
}

static int64_t list_count(const struct list *list, const void *filter)
{
    return public_orgs_count(list->visit->registry, list->visit->arena, filter);
}

static const char *const columns[] = {"organisation_id", "supplier_id", "organisation", "kind",
                                      "country",         "domain",      "state",        "opened_at",
                                      "is_demo",         NULL};

static void list_cells(const struct list *list, const void *row, const char **cells)
{
    const struct public_org *one = row;
    const char *const values[] = {
        one->org_id,
        one->supplier_id,
        one->name,
        one->kind,
        one->country,
        one->domain,
        one->state,
        clock_iso(list->visit->arena, one->opened_at),
        one->is_demo ? "yes" : "no",
    };
    LIST_CELLS(cells, values, columns);
}

static const struct list_kind kind = {
    .path = "/registry/organisations",
    .file_name = "organisations.csv",
    .one = "organisation",
    .many = "organisations",
    .sort_usual = "name",
    .time_key = "opened",
    .row_bytes = sizeof(struct public_org),
    .columns = columns,
    .read = list_read,
    .count = list_count,
    .cells = list_cells,
};

static struct choice_views roles_of(struct visit *visit)
{
    size_t count = sizeof(role_words) / sizeof(role_words[0]) - 1;
    struct choice_view *roles = arena_array(visit->arena, struct choice_view, count);
    for (size_t i = 0; i < count; i++) {
        roles[i] = (struct choice_view){
            .value = role_words[i],
            .words = role_heading(role_words[i]),
            .is_chosen = text_is(role_words[i], field_text(&visit->fields, "role"))};
    }
    return (struct choice_views){roles, count};
}

static struct public_org_rows rows_of(struct visit *visit, struct public_orgs page)
{
    struct arena *arena = visit->arena;
    struct public_org_row *views = arena_array(arena, struct public_org_row, page.count + 1);
    for (size_t i = 0; i < page.count; i++) {
        const struct public_org *one = &page.at[i];
        views[i] = (struct public_org_row){
            .org = public_org_link(arena, one->org_id, one->name),
            .role = role_of(one),
            .country = location_words(arena, "", one->country),
            .domain = one->domain,
            .state = state_of(one),
            .opened = desk_when(arena, one->opened_at),
            .org_id = one->org_id,
        };
    }
    return (struct public_org_rows){views, page.count};
}

enum status public_orgs_get(struct visit *visit, struct response *response)
{
    const struct fields *fields = &visit->fields;
    struct public_org_filter *filter = arena_array(visit->arena, struct public_org_filter, 2);
    *filter = (struct public_org_filter){
        .q = list_q(visit),
        .role = field_text(fields, "role"),
    };
    struct list list = list_begin(visit, &kind, "", filter, filter + 1);
    list_filter_q(&list);
    list_filter(&list, "role", "Role", role_heading(filter->role));
    if (!text_empty(field_text(fields, "format"))) {
        return list_csv(&list, response);
    }
    struct public_orgs_view view = {
        .page = chrome_of(visit, PLACE_ORGANISATIONS, chrome_fault_title(visit, "Organisations")),
        .q = field_text(fields, "q"),
        .roles = roles_of(visit),
        .by_name = list_sort(&list, "-name"),
        .by_time = list_sort(&list, "-opened"),
    };
    struct list_rows found = list_page(&list, &view.list);
    view.rows = rows_of(visit, (struct public_orgs){found.at, found.count});
    template_public_organisations(&response->body, &view);
    return public_show_list(visit, response);
}

/* ---- one ---- */

static void fill_holdings(struct visit *visit, const char *org_id, struct public_org_view *view)
{
    struct arena *arena = visit->arena;
    struct holding_balances balances = holdings_balances(visit->registry, arena, org_id, "");
    struct public_holding_row *views =
        arena_array(arena, struct public_holding_row, balances.count + 1);
    bool is_one = balances.count > 0;
    for (size_t i = 1; i < balances.count; i++) {
        is_one = is_one && balances.at[i].instrument == balances.at[0].instrument;
    }
    for (size_t i = 0; i < balances.count; i++) {
        const struct holding_balance *one = &balances.at[i];
        views[i] = (struct public_holding_row){
            .project = public_project_link(arena, one->project_id, one->project_name),
            .supplier = public_org_link(arena, one->supplier_org_id, one->supplier_name),
            .active = public_figure(arena, one->active_units, one->instrument),
            .retired = public_figure(arena, one->retired_units, one->instrument),
            .exported = public_figure(arena, one->exported_units, one->instrument),
            .unit_here = is_one ? "" : desk_unit(one->instrument),
        };
    }
    view->unit = is_one ? desk_unit(balances.at[0].instrument) : "";
    view->holdings = (struct public_holding_rows){views, balances.count};
    view->has_holdings = balances.count > 0;
}

static void fill_acts(struct visit *visit, const char *org_id, struct public_org_view *view)
{
    struct arena *arena = visit->arena;
    const struct window window = {.descending = true, .behind = "", .most = LATEST_ROWS};
    const struct public_transfer_filter sent_or_got = {.org_id = org_id, .from_at = INT64_MIN};
    int64_t transfers = public_transfers_count(visit->registry, arena, &sent_or_got);
    struct public_transfers latest_transfers = public_transfers_list(
        visit->registry, arena, &sent_or_got, PUBLIC_TRANSFER_BY_TIME, &window);
    view->transfers = public_transfer_table(visit, latest_transfers);
    view->has_transfers = transfers > 0;
    view->all_transfers = (struct link_view){
        desk_count(arena, transfers, "transfer", "transfers"),
        url_with(arena, url_path(arena, "/registry/transfers"), "organisation", org_id)};

    const struct public_retirement_filter by_or_for = {.org_id = org_id, .from_at = INT64_MIN};
    int64_t retirements = public_retirements_count(visit->registry, arena, &by_or_for);
    struct public_retirements latest_retirements = public_retirements_list(
        visit->registry, arena, &by_or_for, PUBLIC_RETIREMENT_BY_TIME, &window);
    view->retirements = public_retirement_table(visit, latest_retirements);
    view->has_retirements = retirements > 0;
    view->all_retirements = (struct link_view){
        desk_count(arena, retirements, "retirement", "retirements"),
        url_with(arena, url_path(arena, "/registry/retirements"), "organisation", org_id)};

    const struct public_project_filter supplied = {.org_id = org_id};
    int64_t projects = public_projects_count(visit->registry, arena, &supplied);
    view->has_projects = projects > 0;
    view->projects = (struct link_view){
        desk_count(arena, projects, "project", "projects"),
        url_with(arena, url_path(arena, "/registry/projects"), "supplier", org_id)};
}

/* Where it sits; the country alone stands in its own line already. */
static const char *place_of(struct arena *arena, const struct public_org *org)
{
    if (text_empty(org->place) && !org->location.is_known) {
        return "";
    }
    const char *words = location_words(arena, org->place, org->country);
    return org->location.is_known
               ? arena_printf(arena, "%s (%s)", words, location_point(arena, &org->location))
               : words;
}

enum status public_org_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct public_org org;
    const char *id = visit->arguments[0];
    if (id_is(id, "spl")) {
        const char *org_id = public_org_of_supplier(visit->registry, arena, id);
        return text_empty(org_id) ? STATUS_NOT_FOUND
                                  : desk_go(visit, response, desk_org_url(arena, org_id));
    }
    if (!public_org_find(visit->registry, arena, id, &org)) {
        return STATUS_NOT_FOUND;
    }
    struct public_org_view view = {
        .page = chrome_of(visit, PLACE_ORGANISATIONS, org.name),
        .name = org.name,
        .role = role_of(&org),
        .is_buffer = text_is(org.kind, "buffer"),
        .is_demo = org.is_demo,
        .state = state_of(&org),
        .org_id = org.org_id,
        .supplier_id = org.supplier_id,
        .country = location_words(arena, "", org.country),
        .domain = org.domain,
        .short_description =
            text_is(org.short_description, org.description) ? "" : org.short_description,
        .description = org.description,
        .place = place_of(arena, &org),
        .opened = desk_when(arena, org.opened_at),
    };
    fill_holdings(visit, org.org_id, &view);
    fill_acts(visit, org.org_id, &view);
    chrome_trail(visit, &view.page, url_path(arena, "/registry/organisations"), "Organisations");
    template_public_organisation(&response->body, &view);
    return public_show(visit, response);
}
