/*
 * pages/public_search.c: search by id, serial number, project code or name. One hit leads straight
 * to its page; what is not public is as unknown as what never was.
 */
#include "pages/public_search.h"

#include "base/id.h"
#include "base/text.h"
#include "base/url.h"
#include "model/location.h"
#include "pages/chrome.h"
#include "pages/desk.h"
#include "pages/pool.h"
#include "pages/public.h"
#include "pages/public_batch_list.h"
#include "pages/public_search_view.h"
#include "public_templates.h"
#include "store/documents.h"
#include "store/orders.h"

#define NAMES_SHOWN_MAX 20 /* of each kind */
#define BATCHES_SHOWN_MAX 50

static const struct field_row rows[] = {
    {.name = "q", .kind = VALUE_LINE, .chars_max = 200, .label = "What you search for"},
};
const struct form public_search_form = {rows, sizeof(rows) / sizeof(rows[0])};

/* The page of a public thing; none when it is not public or there is no such thing. */
static struct url url_of_id(struct visit *visit, const char *id)
{
    struct store *registry = visit->registry;
    struct arena *arena = visit->arena;
    struct public_transfer transfer;
    struct public_batch batch;
    struct public_project project;
    struct public_issuance issuance;
    struct public_retirement retirement;
    struct delivery delivery;
    struct pool_act pool_act;
    struct document document;
    struct public_org org;
    if (id_is(id, "tfr") && public_transfer_find(registry, arena, id, &transfer)) {
        return public_transfer_url(arena, id);
    }
    if (id_is(id, "ctb") && public_batch_find(registry, arena, id, &batch)) {
        return desk_batch_url(arena, id);
    }
    if (id_is(id, "prj") && public_project_find(registry, arena, id, &project)) {
        return desk_project_url(arena, id);
    }
    if (id_is(id, "pjd") && document_find(registry, arena, id, &document)) {
        return desk_project_url(arena, document.project_id); /* its page lists it */
    }
    if (id_is(id, "iss") && public_issuance_find(registry, arena, id, &issuance)) {
        return public_issuance_url(arena, id);
    }
    if (id_is(id, "ret") && public_retirement_find(registry, arena, id, &retirement)) {
        return public_retirement_url(arena, id);
    }
    if (id_is(id, "dlv") && delivery_find(registry, arena, id, &delivery)) {
        return public_delivery_url(arena, id);
    }
    if (id_is(id, "bpr") && pool_act_find(registry, arena, POOL_REFUND, id, &pool_act)) {
        return pool_act_url(arena, POOL_REFUND, id);
    }
    if (id_is(id, "cnl") && pool_act_find(registry, arena, POOL_CANCELLATION, id, &pool_act)) {
        return pool_act_url(arena, POOL_CANCELLATION, id);
    }
    const char *org_id = id_is(id, "spl") ? public_org_of_supplier(registry, arena, id) : id;
    if (id_is(org_id, "org") && public_org_find(registry, arena, org_id, &org)) {
        return desk_org_url(arena, org_id);
    }
    return (struct url){NULL};
}

/* The batch of exactly this block, or the only one that holds its units; none otherwise, and then
 * they are in the view. */
static struct url url_of_serial(struct visit *visit, const struct serial *serial,
                                struct public_search_view *view)
{
    struct arena *arena = visit->arena;
    const char *exact = public_batch_of_serial(visit->registry, arena, serial);
    if (!text_empty(exact)) {
        return desk_batch_url(arena, exact);
    }
    struct ids holding =
        public_batches_holding(visit->registry, arena, serial, BATCHES_SHOWN_MAX + 1);
    if (holding.count == 1) {
        return desk_batch_url(arena, holding.at[0]);
    }
    bool has_more = holding.count > BATCHES_SHOWN_MAX;
    size_t shown = has_more ? BATCHES_SHOWN_MAX : holding.count;
    struct public_batch *batches = arena_array(arena, struct public_batch, shown + 1);
    size_t count = 0;
    for (size_t i = 0; i < shown; i++) {
        count += public_batch_find(visit->registry, arena, holding.at[i], &batches[count]) ? 1 : 0;
    }
    view->serial = serial_text(arena, serial);
    view->has_batches = count > 0;
    view->unit = count > 0 ? desk_unit(batches[0].instrument) : "";
    view->batches = public_batch_rows(visit, (struct list_rows){batches, count});
    view->batches_words =
        has_more ? arena_printf(arena, "More than %d batches hold them; these are the first.",
                                BATCHES_SHOWN_MAX)
                 : "";
    return (struct url){NULL};
}

static struct link_view all_of(struct visit *visit, const char *path, const char *q, int64_t count,
                               const char *one, const char *many)
{
    if (count <= NAMES_SHOWN_MAX) {
        return (struct link_view){"", {NULL}};
    }
    return (struct link_view){
        arena_printf(visit->arena, "All %s", desk_count(visit->arena, count, one, many)),
        url_with(visit->arena, url_path(visit->arena, path), "q", q)};
}

static struct search_group orgs_of(struct visit *visit, const char *q)
{
    struct arena *arena = visit->arena;
    const struct public_org_filter filter = {.q = q};
    const struct window window = {.behind = "", .most = NAMES_SHOWN_MAX};
    struct public_orgs orgs =
        public_orgs_list(visit->registry, arena, &filter, PUBLIC_ORG_BY_NAME, &window);
    int64_t count = public_orgs_count(visit->registry, arena, &filter);
    struct search_hit *hits = arena_array(arena, struct search_hit, orgs.count + 1);
    for (size_t i = 0; i < orgs.count; i++) {
        hits[i] = (struct search_hit){public_org_link(arena, orgs.at[i].org_id, orgs.at[i].name),
                                      location_words(arena, "", orgs.at[i].country)};
    }
    return (struct search_group){
        desk_count(arena, count, "organisation", "organisations"),
        "Country",
        {hits, orgs.count},
        all_of(visit, "/registry/organisations", q, count, "organisation", "organisations")};
}

static struct search_group projects_of(struct visit *visit, const char *q)
{
    struct arena *arena = visit->arena;
    const struct public_project_filter filter = {.q = q};
    const struct window window = {.behind = "", .most = NAMES_SHOWN_MAX};
    struct public_projects projects =
        public_projects_list(visit->registry, arena, &filter, PUBLIC_PROJECT_BY_NAME, &window);
    int64_t count = public_projects_count(visit->registry, arena, &filter);
    struct search_hit *hits = arena_array(arena, struct search_hit, projects.count + 1);
    for (size_t i = 0; i < projects.count; i++) {
        const struct public_project *one = &projects.at[i];
        const char *country = location_words(arena, "", one->country);
        hits[i] = (struct search_hit){
            public_project_link(arena, one->project_id, one->name),
            arena_printf(arena, "%s, %s, %s", one->org_name, country, one->short_code)};
    }
    return (struct search_group){
        desk_count(arena, count, "project", "projects"),
        "Supplier, country, code",
        {hits, projects.count},
        all_of(visit, "/registry/projects", q, count, "project", "projects")};
}

static struct link_view notes_of(struct visit *visit, const char *q)
{
    const struct public_transfer_filter filter = {.q = q, .from_at = INT64_MIN};
    int64_t count = public_transfers_count(visit->registry, visit->arena, &filter);
    if (count == 0) {
        return (struct link_view){"", {NULL}};
    }
    return (struct link_view){
        desk_count(visit->arena, count, "transfer", "transfers"),
        url_with(visit->arena, url_path(visit->arena, "/registry/transfers"), "q", q)};
}

/* The page of the only hit by name; none when there are more. */
static struct url url_of_names(struct visit *visit, const char *q, struct public_search_view *view)
{
    struct search_group *groups = arena_array(visit->arena, struct search_group, 2);
    struct search_group found[] = {orgs_of(visit, q), projects_of(visit, q)};
    size_t hits = 0;
    size_t count = 0;
    for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++) {
        hits += found[i].hits.count;
        if (found[i].hits.count > 0) {
            groups[count++] = found[i];
        }
    }
    view->groups = (struct search_groups){groups, count};
    view->notes = notes_of(visit, q);
    bool is_only = hits == 1; /* its own page lists its transfers */
    return is_only ? groups[0].hits.at[0].link.url : (struct url){NULL};
}

/* Where the search leads straight; none: the view tells what was found. */
static struct url find(struct visit *visit, const char *q, struct public_search_view *view)
{
    struct serial serial;
    const char *id = search_id(visit->arena, q);
    if (id != NULL) {
        view->missing = "There is no public record with this id. It may be mistyped, or it may "
                        "belong to something that is not public, such as a transfer that has not "
                        "been completed.";
        return url_of_id(visit, id);
    }
    if (search_serial(visit->arena, q, &serial)) {
        view->missing = "No credits with these serial numbers were issued here. Check the project "
                        "code, the vintage and the numbers.";
        return url_of_serial(visit, &serial, view);
    }
    const char *code = search_code(visit->arena, q);
    const char *project_id =
        code == NULL ? "" : public_project_of_code(visit->registry, visit->arena, code);
    if (!text_empty(project_id)) {
        return desk_project_url(visit->arena, project_id);
    }
    view->missing = "";
    return url_of_names(visit, q, view);
}

enum status public_search_get(struct visit *visit, struct response *response)
{
    struct public_search_view view = {
        .page = chrome_of(visit, PLACE_REGISTRY, chrome_fault_title(visit, "Search")),
        .q = field_text(&visit->fields, "q"),
        .has_faults = visit->fields.error_count > 0,
        .faults = chrome_faults(visit),
    };
    view.is_asked = !text_empty(view.q) && !view.has_faults;
    if (view.is_asked) {
        struct url url = find(visit, view.q, &view);
        if (url.text != NULL) {
            return desk_go(visit, response, url);
        }
        view.has_hits = view.has_batches || view.groups.count > 0 || !text_empty(view.notes.words);
    }
    template_public_search(&response->body, &view);
    return public_show_list(visit, response);
}
