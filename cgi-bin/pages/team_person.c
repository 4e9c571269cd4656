/* pages/team_person.c: one person's roles in the organisation, and leaving it; see pages/team.h. */
#include "account_templates.h"
#include "base/text.h"
#include "base/url.h"
#include "gate/person_admin.h"
#include "pages/desk.h"
#include "pages/team.h"
#include "store/rights.h"

static bool find(struct visit *visit, struct person *person, unsigned *roles);
static enum status show(struct visit *visit, struct response *response, const struct person *person,
                        unsigned roles);
static enum status set_roles(struct visit *visit, struct response *response, unsigned roles,
                             const char *notice);

enum status team_person_get(struct visit *visit, struct response *response)
{
    struct person person;
    unsigned roles = 0;
    return find(visit, &person, &roles) ? show(visit, response, &person, roles) : STATUS_NOT_FOUND;
}

enum status team_person_post(struct visit *visit, struct response *response)
{
    unsigned roles = team_roles_sent(visit);
    if (roles == 0) {
        field_fault(&visit->fields, "viewer",
                    "Tick at least one role, or remove the person from the team.");
    }
    return set_roles(visit, response, roles, "member-saved");
}

enum status team_remove_post(struct visit *visit, struct response *response)
{
    return set_roles(visit, response, 0, "member-removed");
}

/* A member of this organisation; others are not found. */
static bool find(struct visit *visit, struct person *person, unsigned *roles)
{
    const char *user_id = visit->arguments[0];
    *roles = rights_roles(visit->registry, visit->org_id, user_id);
    return *roles != 0 && people_by_id(visit->people, user_id, person);
}

static enum status set_roles(struct visit *visit, struct response *response, unsigned roles,
                             const char *notice)
{
    struct person person;
    unsigned old_roles = 0;
    struct answer answer = {.status = STATUS_OK};
    if (!find(visit, &person, &old_roles)) {
        return STATUS_NOT_FOUND;
    }
    if (visit->fields.error_count > 0) {
        desk_mend(response, STATUS_FORM_FAULTS);
        return show(visit, response, &person, old_roles);
    }
    struct person_admin admin = person_admin_of(visit);
    enum status status =
        person_admin_set_roles(&admin, visit->org_id, person.user_id, roles, &answer);
    answer.status = (int32_t)status;
    if (status != STATUS_OK) {
        return team_can_mend(visit, &answer, "viewer", response)
                   ? show(visit, response, &person, old_roles)
                   : status;
    }
    gate_notice(visit, notice);
    /* Who has taken the manager's role from themselves, or left, may not see everything any more.
     */
    bool left = roles == 0 && text_is(person.user_id, visit->user_id);
    return desk_go(visit, response,
                   url_path(visit->arena, left ? "/account/credits" : "/account/team"));
}

static enum status show(struct visit *visit, struct response *response, const struct person *person,
                        unsigned roles)
{
    size_t org_count = 0;
    bool was_sent = visit->fields.form != NULL && visit->request->method == METHOD_POST;
    const char *user_id = person->user_id;
    struct arena *arena = visit->arena;
    rights_memberships(visit->registry, arena, user_id, &org_count);
    struct rights rights = rights_of(visit->registry, user_id);
    const char *name = arena_text(arena, person->name);
    struct team_member_view view = {
        .page = chrome_of(visit, PLACE_TEAM, chrome_fault_title(visit, name)),
        .faults = chrome_faults(visit),
        .name = name,
        .email = arena_text(arena, person->email),
        .org_name = visit->org_name,
        .is_me = text_is(user_id, visit->user_id),
        .is_active = person->is_active && rights.is_active,
        .roles_fault = chrome_fault(visit, "viewer"),
        .roles = team_roles(visit, was_sent, roles),
        .save = url_path(arena, "/account/team/people/*", user_id),
        .remove = url_path(arena, "/account/team/people/*/remove", user_id),
        .make_link = url_path(arena, "/account/team/people/*/link", user_id),
    };
    view.has_faults = view.faults.count > 0;
    view.may_link = view.is_active && org_count == 1 && rights.registry_roles == 0;
    chrome_trail(visit, &view.page, url_path(arena, "/account/team"), "Team");
    template_account_team_person(&response->body, &view);
    return STATUS_OK;
}
