/* pages/admin_orgs.c: organisations as a list, and one with its accounts, people, policies and
 * holdings. See pages/admin_parties.h. */
#include "pages/admin_parties.h"

#include "admin_templates.h"
#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/admin_party_view.h"
#include "pages/desk.h"
#include "store/admin_orgs.h"
#include "store/holdings.h"
#include "store/rights.h"

static const char *const state_words[] = {"active", "suspended", "closed", NULL};
/* clang-format off */
static const char *const state_choices[] = {
    "active", "Active",
    "suspended", "Suspended",
    "closed", "Closed",
    NULL,
};
static const char *const kind_words[] = {"supplier", "participant", "buffer", "registry", NULL};
static const char *const kind_choices[] = {
    "supplier", "Suppliers",
    "participant", "Participants",
    "buffer", "Buffer pools",
    "registry", "The registry itself",
    NULL,
};
/* clang-format on */

static const struct field_row rows[] = {
    {.name = "q", .kind = VALUE_LINE, .label = "Name, domain or id"},
    {.name = "state", .kind = VALUE_WORD, .words = state_words},
    {.name = "kind", .kind = VALUE_WORD, .words = kind_words},
    DESK_PAGE_FIELDS,
};
const struct form admin_orgs_form = {rows, sizeof(rows) / sizeof(rows[0])};

static struct admin_org_filter filter_of(const struct visit *visit)
{
    return (struct admin_org_filter){
        .typed = field_text(&visit->fields, "q"),
        .state = field_text(&visit->fields, "state"),
        .kind = field_text(&visit->fields, "kind"),
    };
}

static const char *state_word(const char *state)
{
    for (size_t i = 0; state_choices[2 * i] != NULL; i++) {
        if (text_is(state_choices[2 * i], state)) {
            return state_choices[2 * i + 1];
        }
    }
    return state;
}

static const char *what_of(const struct admin_org *org)
{
    if (text_is(org->kind, "buffer")) {
        return "Buffer pool";
    }
    if (text_is(org->kind, "registry")) {
        return "The registry itself";
    }
    return text_empty(org->supplier_id) ? "Participant" : "Supplier";
}

/* ---- the list ---- */

struct csv {
    struct visit *visit;
    char last_id[ID_SIZE];
};

static bool csv_window(struct response *response, void *state)
{
    static const char *const head[] = {"organisation_id", "supplier_id", "name",  "domain",
                                       "country",         "kind",        "state", "opened_at"};
    enum { COLUMNS = sizeof(head) / sizeof(head[0]) };
    struct csv *csv = state;
    struct arena *arena = csv->visit->arena;
    struct admin_org_filter filter = filter_of(csv->visit);
    if (csv->last_id[0] == '\0') {
        desk_csv_line(&response->body, head, COLUMNS);
    }
    struct admin_orgs found =
        admin_orgs_list(csv->visit->registry, arena, &filter, false, csv->last_id, CSV_WINDOW_ROWS);
    for (size_t i = 0; i < found.count; i++) {
        const struct admin_org *org = &found.at[i];
        const char *cells[COLUMNS] = {
            org->org_id,  org->supplier_id, org->name,  org->domain,
            org->country, org->kind,        org->state, clock_iso(arena, org->opened_at)};
        desk_csv_line(&response->body, cells, COLUMNS);
    }
    if (found.count > 0) {
        bool is_copied = TEXT_COPY(csv->last_id, found.at[found.count - 1].org_id);
        must(is_copied);
    }
    return found.count == CSV_WINDOW_ROWS;
}

static void show_rows(struct visit *visit, const struct admin_list *list,
                      struct admin_orgs_view *view)
{
    struct arena *arena = visit->arena;
    struct admin_org_filter filter = filter_of(visit);
    struct admin_page page = admin_list_page(list);
    struct admin_orgs found = admin_orgs_list(visit->registry, arena, &filter, page.goes_back,
                                              page.cursor, PAGE_ROWS + 1);
    size_t count = found.count > PAGE_ROWS ? PAGE_ROWS : found.count;
    struct admin_org_row *views = arena_array(arena, struct admin_org_row, count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct admin_org *org = &found.at[page.goes_back ? count - 1 - i : i];
        views[i] = (struct admin_org_row){
            .org_id = org->org_id,
            .url = admin_org_url(arena, org->org_id),
            .name = org->name,
            .what = what_of(org),
            .domain = org->domain,
            .country = org->country,
            .state = {org->state, state_word(org->state)},
            .opened = desk_when(arena, org->opened_at),
        };
    }
    view->rows = (struct admin_org_rows){views, count};
    view->has_rows = count > 0;
    struct admin_org_filter none = {.typed = ""};
    int64_t shown = admin_orgs_count(visit->registry, arena, &filter);
    int64_t all = view->list.has_chips ? admin_orgs_count(visit->registry, arena, &none) : shown;
    admin_list_turn(list, found.count > PAGE_ROWS, count > 0 ? views[0].org_id : "",
                    count > 0 ? views[count - 1].org_id : "",
                    desk_count_of(arena, shown, all, "organisation", "organisations"), &view->list);
}

enum status admin_orgs_get(struct visit *visit, struct response *response)
{
    if (text_is(field_text(&visit->fields, "format"), "csv")) {
        struct csv *csv = arena_one(visit->arena, struct csv);
        csv->visit = visit;
        desk_csv_stream(visit, response, "organisations.csv", csv_window, csv);
        return STATUS_OK;
    }
    struct admin_list list = admin_list_begin(visit, "/admin/organisations", "");
    admin_list_filter(&list, "q", "Name, domain or id", NULL);
    admin_list_filter(&list, "state", "State", state_choices);
    admin_list_filter(&list, "kind", "Kind", kind_choices);
    struct admin_orgs_view view = {
        .page = chrome_of(visit, PLACE_ORGS, "Organisations"),
        .may_act = admin_may(visit),
        .list = admin_list_show(&list),
    };
    show_rows(visit, &list, &view);
    template_admin_organisations(&response->body, &view);
    return STATUS_OK;
}

/* ---- one ---- */

static void add_fact(struct admin_fact *facts, size_t *count, const char *label, const char *value,
                     struct url url)
{
    must(*count < ADMIN_FACTS_MAX);
    facts[(*count)++] = (struct admin_fact){.label = label,
                                            .value = text_empty(value) ? "–" : value,
                                            .url = url,
                                            .is_id = id_is(value, NULL)};
}

static struct admin_facts facts_of(struct visit *visit, const struct admin_org *org)
{
    const struct url none = {NULL};
    struct arena *arena = visit->arena;
    struct admin_fact *facts = arena_array(arena, struct admin_fact, ADMIN_FACTS_MAX);
    size_t count = 0;
    add_fact(facts, &count, "Organisation", org->org_id, none);
    add_fact(facts, &count, "Kind", what_of(org), none);
    if (!text_empty(org->supplier_id)) {
        add_fact(facts, &count, "Supplier id", org->supplier_id, none);
    }
    add_fact(facts, &count, "Domain", org->domain, none);
    add_fact(facts, &count, "Country", org->country, none);
    if (!text_empty(org->place)) {
        add_fact(facts, &count, "Place", org->place, none);
    }
    if (org->location.is_known) {
        add_fact(facts, &count, "On the map", location_point(arena, &org->location), none);
    }
    if (!text_empty(org->short_description)) {
        add_fact(facts, &count, "In short", org->short_description, none);
    }
    add_fact(facts, &count, "Opened", clock_words(arena, org->opened_at), none);
    if (!text_empty(org->origin)) {
        add_fact(facts, &count, "Brought in from", org->origin, none);
    }
    add_fact(facts, &count, "Public page", "As everybody sees it",
             desk_org_url(arena, org->org_id));
    return (struct admin_facts){facts, count};
}

static struct admin_facts policies_of(struct visit *visit, const struct admin_org *org)
{
    const struct url none = {NULL};
    struct arena *arena = visit->arena;
    struct admin_fact *facts = arena_array(arena, struct admin_fact, ADMIN_FACTS_MAX);
    size_t count = 0;
    add_fact(facts, &count, "Incoming transfers",
             text_is(org->incoming_policy, "all") ? "Accepted at once from everybody"
             : text_is(org->incoming_policy, "trusted")
                 ? "Accepted at once from trusted organisations"
                 : "Asked each time",
             none);
    add_fact(
        facts, &count, "A second person approves outgoing transfers",
        text_is(org->two_person, "always") ? "Always"
        : text_is(org->two_person, "above")
            ? arena_printf(
                  arena, "Above %s credits, or %s certificates",
                  quantity_show(arena, org->two_person_above_units, INSTRUMENT_CARBON_REMOVAL),
                  quantity_show(arena, org->two_person_above_units, INSTRUMENT_RENEWABLE_ENERGY))
            : "Never",
        none);
    struct admin_orgs trusted = admin_org_trusted(visit->registry, arena, org->org_id);
    const char *names = "";
    for (size_t i = 0; i < trusted.count; i++) {
        names = arena_printf(arena, "%s%s%s", names, i == 0 ? "" : ", ", trusted.at[i].name);
    }
    add_fact(facts, &count, "Trusts", text_empty(names) ? "Nobody" : names, none);
    return (struct admin_facts){facts, count};
}

static struct admin_account_rows accounts_of(struct visit *visit, const char *org_id)
{
    struct arena *arena = visit->arena;
    struct admin_accounts accounts = admin_org_accounts(visit->registry, arena, org_id);
    struct admin_account_row *views =
        arena_array(arena, struct admin_account_row, accounts.count + 1);
    for (size_t i = 0; i < accounts.count; i++) {
        const struct admin_account *account = &accounts.at[i];
        const char *open_words = account->is_main ? "Open, Main" : "Open";
        views[i] = (struct admin_account_row){
            .account_id = account->account_id,
            .name = account->name,
            .kind = desk_kind_words(account->kind),
            .what = account->is_open ? open_words : "Closed",
            .batches = desk_count(arena, account->batch_count, "batch", "batches"),
            .opened = desk_when(arena, account->opened_at),
        };
    }
    return (struct admin_account_rows){views, accounts.count};
}

static struct admin_member_rows members_of(struct visit *visit, const char *org_id)
{
    struct arena *arena = visit->arena;
    size_t count = 0;
    const struct rights_member *members = rights_members(visit->registry, arena, org_id, &count);
    struct admin_member_row *views = arena_array(arena, struct admin_member_row, count + 1);
    for (size_t i = 0; i < count; i++) {
        struct person person;
        bool is_known = people_by_id(visit->people, members[i].user_id, &person);
        views[i] = (struct admin_member_row){
            .name = is_known ? arena_text(arena, person.name) : members[i].user_id,
            .email = is_known ? arena_text(arena, person.email) : "",
            .url = admin_person_url(arena, members[i].user_id),
            .roles = person_admin_roles_words(arena, members[i].roles),
            .is_active = members[i].is_active,
            .since = desk_when(arena, members[i].since_at),
            .roles_url =
                url_path(arena, "/admin/people/*/organisations/*", members[i].user_id, org_id),
        };
    }
    return (struct admin_member_rows){views, count};
}

static struct admin_balance_rows balances_of(struct visit *visit, const char *org_id)
{
    struct arena *arena = visit->arena;
    struct holding_balances balances = holdings_balances(visit->registry, arena, org_id, "");
    struct admin_balance_row *views =
        arena_array(arena, struct admin_balance_row, balances.count + 1);
    for (size_t i = 0; i < balances.count; i++) {
        const struct holding_balance *one = &balances.at[i];
        views[i] = (struct admin_balance_row){
            .supplier = one->supplier_name,
            .project = one->project_name,
            .project_url = desk_project_url(arena, one->project_id),
            .active = quantity_show(arena, one->active_units, one->instrument),
            .reserved = quantity_show(arena, one->reserved_units, one->instrument),
            .retired = quantity_show(arena, one->retired_units, one->instrument),
            .exported = quantity_show(arena, one->exported_units, one->instrument),
            .unit = desk_unit(one->instrument),
        };
    }
    return (struct admin_balance_rows){views, balances.count};
}

enum status admin_org_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct admin_org org;
    if (!admin_org_find(visit->registry, arena, visit->arguments[0], &org)) {
        return STATUS_NOT_FOUND;
    }
    struct admin_org_view view = {
        .page = chrome_of(visit, PLACE_ORGS, org.name),
        .may_act = admin_may(visit),
        .name = org.name,
        .state = {org.state, state_word(org.state)},
        .state_words = text_is(org.state, "active") ? "It can send and receive."
                       : text_is(org.state, "suspended")
                           ? "It can neither send nor receive."
                           : "It holds nothing and takes part in nothing.",
        .facts = facts_of(visit, &org),
        .description = org.description,
        .edit_url = url_path(arena, "/admin/organisations/*/edit", org.org_id),
        .is_active = text_is(org.state, "active"),
        .is_suspended = text_is(org.state, "suspended"),
        .is_closed = text_is(org.state, "closed"),
        .suspend_url = url_path(arena, "/admin/organisations/*/suspend", org.org_id),
        .reactivate_url = url_path(arena, "/admin/organisations/*/reactivate", org.org_id),
        .close_url = url_path(arena, "/admin/organisations/*/close", org.org_id),
        .add_person_url =
            url_with(arena, url_path(arena, "/admin/people/new"), "organisation", org.org_id),
        .audit_url = url_with(arena, url_path(arena, "/admin/audit"), "organisation", org.org_id),
        .transfers_url =
            url_with(arena, url_path(arena, "/admin/transfers"), "organisation", org.org_id),
        .accounts = accounts_of(visit, org.org_id),
        .members = members_of(visit, org.org_id),
        .policies = policies_of(visit, &org),
        .balances = balances_of(visit, org.org_id),
    };
    view.has_members = view.members.count > 0;
    view.has_balances = view.balances.count > 0;
    chrome_trail(visit, &view.page, url_path(arena, "/admin/organisations"), "Organisations");
    template_admin_organisation(&response->body, &view);
    return STATUS_OK;
}
