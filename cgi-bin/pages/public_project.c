/* pages/public_project.c: one project: facts, what became of its units, issuances, retirements,
 * batches. */
#include "base/text.h"
#include "base/url.h"
#include "pages/chrome.h"
#include "pages/desk.h"
#include "pages/pool.h"
#include "pages/public.h"
#include "pages/public_batch_list.h"
#include "public_templates.h"
#include "store/documents.h"

#define LATEST_ROWS 8

static const struct field_row rows[] = {
    {.name = "vintage", .kind = VALUE_INT, .label = "Vintage"},
    {.name = "state", .kind = VALUE_WORD, .words = public_batch_state_words},
    {.name = "sort", .kind = VALUE_WORD, .words = public_batch_sort_words},
    DESK_PAGE_FIELDS,
};
const struct form public_project_form = {rows, sizeof(rows) / sizeof(rows[0])};

static struct public_vintage_row vintage_row(struct arena *arena, const char *vintage,
                                             const struct public_sums *sums,
                                             enum instrument instrument)
{
    return (struct public_vintage_row){
        .vintage = vintage,
        .issued = public_figure(arena, sums->issued_units, instrument),
        .imported = public_figure(arena, sums->imported_units, instrument),
        .active = public_figure(arena, sums->active_units, instrument),
        .retired = public_figure(arena, sums->retired_units, instrument),
        .exported = public_figure(arena, sums->exported_units, instrument),
        .cancelled = public_figure(arena, sums->cancelled_units, instrument),
    };
}

static void fill_vintages(struct visit *visit, const struct public_project *project,
                          struct public_project_view *view)
{
    struct arena *arena = visit->arena;
    struct public_vintages vintages =
        public_project_vintages(visit->registry, arena, project->project_id);
    struct public_vintage_row *table =
        arena_array(arena, struct public_vintage_row, vintages.count + 1);
    struct choice_view *years = arena_array(arena, struct choice_view, vintages.count + 1);
    for (size_t i = 0; i < vintages.count; i++) {
        const char *year = arena_printf(arena, "%lld", (long long)vintages.at[i].vintage);
        table[i] = vintage_row(arena, year, &vintages.at[i].sums, project->instrument);
        years[i] =
            (struct choice_view){.value = year,
                                 .words = year,
                                 .is_chosen = text_is(year, field_text(&visit->fields, "vintage"))};
    }
    view->vintages = (struct public_vintage_rows){table, vintages.count};
    view->years = (struct choice_views){years, vintages.count};
    view->has_vintages = vintages.count > 0;
    view->sum = vintage_row(arena, "All", &project->sums, project->instrument);
}

static void fill_issuances(struct visit *visit, const struct public_project *project,
                           struct public_project_view *view)
{
    struct arena *arena = visit->arena;
    const struct public_issuance_filter filter = {
        .project_id = project->project_id,
        .from_at = INT64_MIN,
    };
    const struct window window = {.descending = true, .behind = "", .most = LATEST_ROWS};
    int64_t count = public_issuances_count(visit->registry, arena, &filter);
    struct public_issuances latest =
        public_issuances_list(visit->registry, arena, &filter, PUBLIC_ISSUANCE_BY_TIME, &window);
    view->issuances = public_issuance_table(visit, latest);
    view->has_issuances = view->issuances.rows.count > 0;
    view->all_issuances = (struct link_view){
        arena_printf(arena, "%s", desk_count(arena, count, "issuance", "issuances")),
        url_with(arena, url_path(arena, "/registry/issuances"), "project", project->project_id)};
}

/* "51.030 of 75.030 credits that were set aside". */
static const char *buffer_words(struct visit *visit, const struct public_project *project)
{
    struct arena *arena = visit->arena;
    struct pool_shares shares = pool_shares(visit->registry, arena, project->project_id);
    struct pool_sums sums = {0};
    for (size_t i = 0; i < shares.count; i++) {
        pool_add(&sums, &shares.at[i].sums);
    }
    if (sums.put_units == 0 && sums.held_units == 0) {
        return "";
    }
    if (sums.held_units == sums.put_units) {
        return arena_printf(arena, "%s: all that was set aside",
                            quantity_words(arena, sums.held_units, project->instrument));
    }
    return arena_printf(arena, "%s held, of %s that were set aside",
                        quantity_words(arena, sums.held_units, project->instrument),
                        quantity_show(arena, sums.put_units, project->instrument));
}

static void fill_documents(struct visit *visit, const char *project_id,
                           struct public_project_view *view)
{
    struct arena *arena = visit->arena;
    struct documents documents = documents_of(visit->registry, arena, project_id);
    struct public_document_row *views =
        arena_array(arena, struct public_document_row, documents.count + 1);
    for (size_t i = 0; i < documents.count; i++) {
        const struct document *one = &documents.at[i];
        views[i] = (struct public_document_row){
            .name = one->name,
            .url = url_web(arena, one->url),
            .kind = public_plain_words(arena, document_kind_word(one->kind)),
            .dated = public_day(arena, one->dated),
        };
    }
    view->documents = (struct public_document_rows){views, documents.count};
    view->has_documents = documents.count > 0;
}

enum status public_project_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct public_project project;
    if (!public_project_find(visit->registry, arena, visit->arguments[0], &project)) {
        return STATUS_NOT_FOUND;
    }
    struct list list = public_batch_list(visit, project.project_id, "");
    if (!text_empty(field_text(&visit->fields, "format"))) {
        return list_csv(&list, response);
    }
    struct public_project_view view = {
        .page = chrome_of(visit, PLACE_PROJECTS, chrome_fault_title(visit, project.name)),
        .name = project.name,
        .supplier = public_org_link(arena, project.org_id, project.org_name),
        .project_id = project.project_id,
        .short_code = project.short_code,
        .instrument = desk_instrument(project.instrument),
        .pathway = public_plain_words(arena, project.pathway),
        .protocol = project.protocol,
        .place = location_words(arena, project.place, project.country),
        .point = location_point(arena, &project.location),
        .ccp_approved = project.ccp_approved,
        .status = public_plain_words(arena, project.status),
        .validator = project.validator,
        .verifier = project.verifier,
        .crediting = public_period(arena, project.crediting_start, project.crediting_end),
        .description = project.description,
        .web = {project.web, url_web(arena, project.web)},
        .opened = desk_when(arena, project.opened_at),
        .unit = desk_unit(project.instrument),
        .buffer = buffer_words(visit, &project),
        .retirements = public_retirement_table(
            visit,
            public_retirements_of_project(visit->registry, arena, project.project_id, LATEST_ROWS)),
        .states = public_batch_states(visit),
        .by_serial = list_sort(&list, "-serial"),
    };
    view.has_retirements = view.retirements.rows.count > 0;
    fill_documents(visit, project.project_id, &view);
    fill_vintages(visit, &project, &view);
    fill_issuances(visit, &project, &view);
    view.batches = public_batch_rows(visit, list_page(&list, &view.list));
    chrome_trail(visit, &view.page, url_path(arena, "/registry/projects"), "Projects");
    template_public_project(&response->body, &view);
    return public_show_list(visit, response);
}
