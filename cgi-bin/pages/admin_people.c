/* pages/admin_people.c: people as a list, and one with roles and organisations. See
 * pages/admin_parties.h. */
#include "pages/admin_parties.h"

#include "admin_templates.h"
#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/admin_party_view.h"
#include "pages/desk.h"
#include "store/admin_orgs.h"
#include "store/admin_people.h"
#include "store/rights.h"

#define ORGS_NAMED_MAX 3 /* of a person, in the list */

static const char *const state_words[] = {"active", "deactivated", NULL};
static const char *const state_choices[] = {"active", "Active", "deactivated", "Deactivated", NULL};

static const struct field_row rows[] = {
    {.name = "q", .kind = VALUE_LINE, .label = "Name, e-mail address or id"},
    {.name = "state", .kind = VALUE_WORD, .words = state_words},
    DESK_PAGE_FIELDS,
};
const struct form admin_people_form = {rows, sizeof(rows) / sizeof(rows[0])};

static struct admin_people_filter filter_of(const struct visit *visit)
{
    return (struct admin_people_filter){
        .typed = field_text(&visit->fields, "q"),
        .state = field_text(&visit->fields, "state"),
    };
}

static const char *orgs_of(struct visit *visit, const char *user_id)
{
    int64_t count = 0;
    const char *names =
        admin_person_orgs(visit->registry, visit->arena, user_id, ORGS_NAMED_MAX, &count);
    return count > ORGS_NAMED_MAX
               ? arena_printf(visit->arena, "%s and %s more", names,
                              text_int_grouped(visit->arena, count - ORGS_NAMED_MAX))
               : names;
}

static const char *registry_roles_of(struct visit *visit, const char *user_id)
{
    struct rights rights = rights_of(visit->registry, user_id);
    return admin_registry_roles_words(rights.registry_roles &
                                      (REGISTRY_ADMINISTRATOR | REGISTRY_AUDITOR));
}

/* ---- the list ---- */

struct csv {
    struct visit *visit;
    char last_email[EMAIL_SIZE];
};

static bool csv_window(struct response *response, void *state)
{
    static const char *const head[] = {"user_id",       "name",           "email",      "state",
                                       "organisations", "registry_roles", "known_since"};
    enum { COLUMNS = sizeof(head) / sizeof(head[0]) };
    struct csv *csv = state;
    struct visit *visit = csv->visit;
    struct arena *arena = visit->arena;
    struct admin_people_filter filter = filter_of(visit);
    struct person *persons = arena_array(arena, struct person, CSV_WINDOW_ROWS);
    if (csv->last_email[0] == '\0') {
        desk_csv_line(&response->body, head, COLUMNS);
    }
    size_t count = admin_people_list(visit->people, arena, &filter, false, csv->last_email, persons,
                                     CSV_WINDOW_ROWS);
    for (size_t i = 0; i < count; i++) {
        const char *cells[COLUMNS] = {persons[i].user_id,
                                      persons[i].name,
                                      persons[i].email,
                                      persons[i].is_active ? "active" : "deactivated",
                                      orgs_of(visit, persons[i].user_id),
                                      registry_roles_of(visit, persons[i].user_id),
                                      clock_iso(arena, persons[i].made_at)};
        desk_csv_line(&response->body, cells, COLUMNS);
    }
    if (count > 0) {
        bool is_copied = TEXT_COPY(csv->last_email, persons[count - 1].email);
        must(is_copied);
    }
    return count == CSV_WINDOW_ROWS;
}

static void show_rows(struct visit *visit, const struct admin_list *list,
                      struct admin_people_view *view)
{
    struct arena *arena = visit->arena;
    struct admin_people_filter filter = filter_of(visit);
    struct admin_page page = admin_list_page(list);
    struct person *persons = arena_array(arena, struct person, PAGE_ROWS + 1);
    size_t found = admin_people_list(visit->people, arena, &filter, page.goes_back, page.cursor,
                                     persons, PAGE_ROWS + 1);
    size_t count = found > PAGE_ROWS ? PAGE_ROWS : found;
    struct admin_person_row *views = arena_array(arena, struct admin_person_row, count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct person *person = &persons[page.goes_back ? count - 1 - i : i];
        views[i] = (struct admin_person_row){
            .url = admin_person_url(arena, person->user_id),
            .name = person->name,
            .email = person->email,
            .orgs = orgs_of(visit, person->user_id),
            .roles = registry_roles_of(visit, person->user_id),
            .is_active = person->is_active,
        };
    }
    view->rows = (struct admin_person_rows){views, count};
    view->has_rows = count > 0;
    int64_t shown = admin_people_count(visit->people, arena, &filter);
    admin_list_turn(list, found > PAGE_ROWS, count > 0 ? views[0].email : "",
                    count > 0 ? views[count - 1].email : "",
                    desk_count_of(arena, shown, people_count(visit->people), "person", "people"),
                    &view->list);
}

enum status admin_people_get(struct visit *visit, struct response *response)
{
    if (text_is(field_text(&visit->fields, "format"), "csv")) {
        struct csv *csv = arena_one(visit->arena, struct csv);
        csv->visit = visit;
        desk_csv_stream(visit, response, "people.csv", csv_window, csv);
        return STATUS_OK;
    }
    struct admin_list list = admin_list_begin(visit, "/admin/people", "");
    admin_list_filter(&list, "q", "Name, e-mail address or id", NULL);
    admin_list_filter(&list, "state", "State", state_choices);
    struct admin_people_view view = {
        .page = chrome_of(visit, PLACE_PEOPLE, "People"),
        .may_act = admin_may(visit),
        .list = admin_list_show(&list),
    };
    show_rows(visit, &list, &view);
    template_admin_people(&response->body, &view);
    return STATUS_OK;
}

/* ---- one ---- */

static struct admin_membership_rows memberships_of(struct visit *visit, const char *user_id)
{
    struct arena *arena = visit->arena;
    size_t count = 0;
    const struct rights_membership *memberships =
        rights_memberships(visit->registry, arena, user_id, &count);
    struct admin_membership_row *views = arena_array(arena, struct admin_membership_row, count + 1);
    for (size_t i = 0; i < count; i++) {
        views[i] = (struct admin_membership_row){
            .name = memberships[i].org_name,
            .url = admin_org_url(arena, memberships[i].org_id),
            .roles = person_admin_roles_words(arena, memberships[i].roles),
            .since = desk_when(arena, memberships[i].since_at),
            .roles_url =
                url_path(arena, "/admin/people/*/organisations/*", user_id, memberships[i].org_id),
        };
    }
    return (struct admin_membership_rows){views, count};
}

enum status admin_person_get(struct visit *visit, struct response *response)
{
    const struct url none = {NULL};
    struct arena *arena = visit->arena;
    struct person person;
    if (!people_by_id(visit->people, visit->arguments[0], &person)) {
        return admin_program_show(visit, response);
    }
    const char *user_id = arena_text(arena, person.user_id);
    const char *roles = registry_roles_of(visit, user_id);
    int64_t seen_at = admin_person_seen(visit->people, user_id);
    const struct admin_fact facts[] = {
        {"Person", user_id, none, true, false},
        {"E-mail address", arena_text(arena, person.email), none, false, false},
        {"Registry roles", text_empty(roles) ? "None" : roles, none, false, false},
        {"Known since", clock_words(arena, person.made_at), none, false, false},
        {"Last seen", seen_at == 0 ? "Not signed in now" : clock_words(arena, seen_at), none, false,
         false},
    };
    const char *name = arena_text(arena, person.name);
    struct admin_person_view view = {
        .page = chrome_of(visit, PLACE_PEOPLE, name),
        .may_act = admin_may(visit),
        .name = name,
        .is_active = person.is_active,
        .facts = {facts, sizeof(facts) / sizeof(facts[0])},
        .memberships = memberships_of(visit, user_id),
        .link_url = url_path(arena, "/admin/people/*/link", user_id),
        .roles_url = url_path(arena, "/admin/people/*/roles", user_id),
        .deactivate_url = url_path(arena, "/admin/people/*/deactivate", user_id),
        .reactivate_url = url_path(arena, "/admin/people/*/reactivate", user_id),
        .join_url = url_path(arena, "/admin/people/*/organisations", user_id),
        .audit_url = url_with(arena, url_path(arena, "/admin/audit"), "who", user_id),
    };
    view.has_memberships = view.memberships.count > 0;
    chrome_trail(visit, &view.page, url_path(arena, "/admin/people"), "People");
    template_admin_person(&response->body, &view);
    return STATUS_OK;
}
