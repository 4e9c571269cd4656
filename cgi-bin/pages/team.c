/* pages/team.c: who belongs to the organisation, and adding somebody; see pages/team.h. */
#include "pages/team.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "account_templates.h"
#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "gate/person_admin.h"
#include "pages/desk.h"
#include "store/people_link.h"
#include "store/people_webhook.h"
#include "store/rights.h"
#include "store/site.h"

static const struct {
    const char *name, *words, *hint;
    unsigned role;
} role_rows[] = {
    {"viewer", "Viewer", "Sees everything of the organisation and changes nothing.", ROLE_VIEWER},
    {"initiator", "Initiator",
     "Starts transfers, retirements, orders and deliveries; withdraws transfers.", ROLE_INITIATOR},
    {"approver", "Approver", "Approves outgoing transfers, accepts and rejects incoming ones.",
     ROLE_APPROVER},
    {"manager", "Manager", "Changes people, policies, accounts, programs and webhooks.",
     ROLE_MANAGER},
};
#define ROLE_ROWS (sizeof role_rows / sizeof role_rows[0])
#define NUMBER_CHARS_MAX 64 /* more than an id has: what is typed wrong is said to be wrong */

static const struct field_row add_rows[] = {
    {.name = "name", .kind = VALUE_LINE, .chars_max = NAME_CHARS_MAX, .label = "Name"},
    {.name = "number", .kind = VALUE_LINE, .chars_max = NUMBER_CHARS_MAX, .label = "Number"},
    {.name = "email",
     .kind = VALUE_LINE,
     .needed = true,
     .chars_max = EMAIL_SIZE - 2,
     .label = "E-mail address",
     .needed_words = "Enter the person’s e-mail address."},
    {.name = "viewer", .kind = VALUE_TICK},
    {.name = "initiator", .kind = VALUE_TICK},
    {.name = "approver", .kind = VALUE_TICK},
    {.name = "manager", .kind = VALUE_TICK},
};
const struct form team_add_form = {add_rows, sizeof add_rows / sizeof add_rows[0]};
const struct form team_roles_form = {add_rows + 3, ROLE_ROWS};

static const char *failing_words_of(struct visit *visit);
static struct team_person_views people_of(struct visit *visit, bool may_change);
static int by_name(const void *one, const void *other);
static enum status show_add(struct visit *visit, struct response *response);
static enum status add(struct visit *visit, struct response *response, struct person *person,
                       bool *is_new);
static enum status invite(struct visit *visit, const struct person_admin *admin,
                          struct person *person);
static void check_known(struct visit *visit, const struct person *person);
static enum status give(struct visit *visit, struct response *response,
                        const struct person_admin *admin, struct person *person, bool is_new);
static bool is_ours_alone(struct visit *visit, const char *user_id);
static enum status show_link(struct visit *visit, struct response *response,
                             const struct person *person, bool is_new);

enum status team_get(struct visit *visit, struct response *response)
{
    bool may_change = desk_may(visit, ROLE_MANAGER);
    struct team_view view = {
        .page = chrome_of(visit, PLACE_TEAM, "Team"),
        .org_name = visit->org_name,
        .may_change = may_change,
        .people = people_of(visit, may_change),
    };
    view.count_words = desk_count(visit->arena, (int64_t)view.people.count, "person", "people");
    view.failing_words = may_change ? failing_words_of(visit) : "";
    template_account_team(&response->body, &view);
    return STATUS_OK;
}

enum status team_add_get(struct visit *visit, struct response *response)
{
    return show_add(visit, response);
}

/* Somebody the registry knows joins at once; somebody new is made known and gets a one-time link,
 * shown once on the page that answers. */
enum status team_add_post(struct visit *visit, struct response *response)
{
    struct person person;
    bool is_new = false;
    if (team_roles_sent(visit) == 0) {
        field_fault(&visit->fields, "viewer", "Tick at least one role.");
    }
    if (visit->fields.error_count > 0) {
        desk_mend(response, STATUS_FORM_FAULTS);
        return show_add(visit, response);
    }
    enum status status = add(visit, response, &person, &is_new);
    if (status != STATUS_OK) {
        return status;
    }
    if (visit->fields.error_count > 0) {
        return show_add(visit, response);
    }
    if (is_new) {
        return show_link(visit, response, &person, true);
    }
    gate_notice(visit, "member-added");
    return desk_go(visit, response, url_path(visit->arena, "/account/team"));
}

enum status team_link_post(struct visit *visit, struct response *response)
{
    struct person person;
    const char *user_id = visit->arguments[0];
    if (rights_roles(visit->registry, visit->org_id, user_id) == 0 ||
        !people_by_id(visit->people, user_id, &person) || !person.is_active) {
        return STATUS_NOT_FOUND;
    }
    if (!is_ours_alone(visit, user_id)) {
        return STATUS_NOT_ALLOWED; /* it would open other organisations as well */
    }
    return show_link(visit, response, &person, false);
}

struct team_role_views team_roles(struct visit *visit, bool was_sent, unsigned roles)
{
    struct team_role_view *rows = arena_array(visit->arena, struct team_role_view, ROLE_ROWS);
    unsigned on = was_sent ? team_roles_sent(visit) : roles;
    for (size_t i = 0; i < ROLE_ROWS; i++) {
        rows[i] = (struct team_role_view){.name = role_rows[i].name,
                                          .words = role_rows[i].words,
                                          .hint = role_rows[i].hint,
                                          .is_on = (on & role_rows[i].role) != 0};
    }
    return (struct team_role_views){rows, ROLE_ROWS};
}

unsigned team_roles_sent(const struct visit *visit)
{
    unsigned roles = 0;
    for (size_t i = 0; i < ROLE_ROWS; i++) {
        roles |= field_tick(&visit->fields, role_rows[i].name) ? role_rows[i].role : 0;
    }
    return roles;
}

bool team_can_mend(struct visit *visit, const struct answer *answer, const char *field,
                   struct response *response)
{
    enum status status = (enum status)answer->status;
    const struct status_row *row = status_row(status);
    must(status != STATUS_OK);
    if (row->blame == BLAME_OPERATOR || status == STATUS_NOT_FOUND ||
        status == STATUS_NOT_ALLOWED) {
        return false;
    }
    field_fault(&visit->fields, field, refusal_words(visit, answer, INSTRUMENT_CARBON_REMOVAL, ""));
    response->http_code = row->http_code;
    return true;
}

enum status team_ask(struct visit *visit, struct command *command, struct answer *answer)
{
    must(visit->request->method == METHOD_POST);
    memset(answer, 0, sizeof *answer);
    enum status status = ledger_ask(visit->ledger, command, answer);
    answer->status = (int32_t)status;
    return status;
}

/* Endpoints that are stopped for want of an answer: their managers shall see it where they come by.
 */
static const char *failing_words_of(struct visit *visit)
{
    int64_t count = webhook_count_failing(visit->people, visit->org_id);
    return count == 0 ? ""
                      : arena_printf(visit->arena, "%s %s failing",
                                     desk_count(visit->arena, count, "endpoint", "endpoints"),
                                     count == 1 ? "is" : "are");
}

static struct team_person_views people_of(struct visit *visit, bool may_change)
{
    size_t count = 0;
    const struct rights_member *members =
        rights_members(visit->registry, visit->arena, visit->org_id, &count);
    struct team_person_view *rows = arena_array(visit->arena, struct team_person_view, count + 1);
    struct person *person = arena_one(visit->arena, struct person);
    for (size_t i = 0; i < count; i++) {
        bool is_known = people_by_id(visit->people, members[i].user_id, person);
        rows[i] = (struct team_person_view){
            .name = is_known ? arena_text(visit->arena, person->name) : "Unknown",
            .email = is_known ? arena_text(visit->arena, person->email) : members[i].user_id,
            .roles = person_admin_roles_words(visit->arena, members[i].roles),
            .is_active = members[i].is_active && (!is_known || person->is_active),
            .is_me = text_is(members[i].user_id, visit->user_id),
            .since_words = clock_date_words(visit->arena, members[i].since_at),
            .since_iso = clock_iso(visit->arena, members[i].since_at),
        };
        if (may_change) {
            rows[i].change = url_path(visit->arena, "/account/team/people/*", members[i].user_id);
        }
    }
    qsort(rows, count, sizeof rows[0], by_name);
    return (struct team_person_views){rows, count};
}

static int by_name(const void *one, const void *other)
{
    const struct team_person_view *a = one;
    const struct team_person_view *b = other;
    int order = strcasecmp(a->name, b->name);
    return order != 0 ? order : strcmp(a->email, b->email);
}

static enum status show_add(struct visit *visit, struct response *response)
{
    bool was_sent = visit->request->method == METHOD_POST;
    struct team_add_view view = {
        .page = chrome_of(visit, PLACE_TEAM, chrome_fault_title(visit, "Add a person")),
        .faults = chrome_faults(visit),
        .org_name = visit->org_name,
        .name = was_sent ? field_text(&visit->fields, "name") : "",
        .name_fault = chrome_fault(visit, "name"),
        .email = was_sent ? field_text(&visit->fields, "email") : "",
        .email_fault = chrome_fault(visit, "email"),
        .number = was_sent ? field_text(&visit->fields, "number") : "",
        .number_fault = chrome_fault(visit, "number"),
        .roles_fault = chrome_fault(visit, "viewer"),
        .roles = team_roles(visit, was_sent, ROLE_VIEWER),
    };
    view.has_faults = view.faults.count > 0;
    chrome_trail(visit, &view.page, url_path(visit->arena, "/account/team"), "Team");
    template_account_team_add(&response->body, &view);
    return STATUS_OK;
}

/* Finds or makes the person and gives the roles. What a person can mend becomes a field error. */
static enum status add(struct visit *visit, struct response *response, struct person *person,
                       bool *is_new)
{
    const char *email = field_text(&visit->fields, "email");
    struct person_admin admin = person_admin_of(visit);
    if (!people_by_email(visit->people, email, person)) {
        enum status status = invite(visit, &admin, person);
        *is_new = status == STATUS_OK && visit->fields.error_count == 0;
        if (status != STATUS_OK && status != STATUS_EXISTS) {
            return status;
        }
    }
    if (visit->fields.error_count == 0 && !*is_new) {
        check_known(visit, person);
    }
    if (visit->fields.error_count > 0) {
        desk_mend(response, STATUS_FORM_FAULTS);
        return STATUS_OK;
    }
    return give(visit, response, &admin, person, *is_new);
}

/* Makes somebody known whose e-mail address nobody has. EXISTS: by now somebody has. */
static enum status invite(struct visit *visit, const struct person_admin *admin,
                          struct person *person)
{
    const char *name = field_text(&visit->fields, "name");
    const char *email = field_text(&visit->fields, "email");
    const char *words = NULL;
    const char *field = person_admin_fault(name, email, &words);
    if (!text_empty(field_text(&visit->fields, "number"))) {
        field_fault(&visit->fields, "email",
                    "Nobody here has this e-mail address. Enter the one that goes with the "
                    "number, or leave the number empty to invite somebody new.");
    } else if (field != NULL) {
        field_fault(&visit->fields, field,
                    text_empty(name)
                        ? "Nobody here has this e-mail address yet. Enter the person’s "
                          "name as well, to invite them."
                        : words);
    }
    return visit->fields.error_count > 0 ? STATUS_OK
                                         : person_admin_make(admin, name, email, person);
}

/* Whoever invited a person first may have kept the link and signs in as that person ever since. The
 * number is seen by who signs in: that somebody can tell it to us shows that both are the same. */
static void check_known(struct visit *visit, const struct person *person)
{
    if (rights_roles(visit->registry, visit->org_id, person->user_id) != 0) {
        field_fault(&visit->fields, "email",
                    arena_printf(visit->arena, "%s is in the team already. Change the roles there.",
                                 person->name));
    } else if (text_empty(field_text(&visit->fields, "number"))) {
        field_fault(&visit->fields, "number",
                    "Somebody signs in here with this e-mail address already. Ask them for the "
                    "number that they see under “Your sessions”, and enter it. If they have never "
                    "signed in, ask an administrator of the registry.");
    } else if (!text_is(field_text(&visit->fields, "number"), person->user_id)) {
        field_fault(&visit->fields, "number",
                    "This is not the number of the person with this e-mail address. Ask them for "
                    "the number that they see under “Your sessions”.");
    }
}

static enum status give(struct visit *visit, struct response *response,
                        const struct person_admin *admin, struct person *person, bool is_new)
{
    struct answer answer = {.status = STATUS_OK};
    enum status status = person_admin_set_roles(admin, visit->org_id, person->user_id,
                                                team_roles_sent(visit), &answer);
    answer.status = (int32_t)status;
    if (status != STATUS_OK) {
        return team_can_mend(visit, &answer, "email", response) ? STATUS_OK : status;
    }
    if (!is_new) {
        link_end_all(visit->people, person->user_id, visit->now_us); /* see pages/team.h */
    }
    return STATUS_OK;
}

/* In this organisation, in no other one, and without a registry role. */
static bool is_ours_alone(struct visit *visit, const char *user_id)
{
    size_t org_count = 0;
    rights_memberships(visit->registry, visit->arena, user_id, &org_count);
    return org_count == 1 && rights_roles(visit->registry, visit->org_id, user_id) != 0 &&
           rights_of(visit->registry, user_id).registry_roles == 0;
}

/* Makes a link and shows it: this once, as nobody can read it again. */
static enum status show_link(struct visit *visit, struct response *response,
                             const struct person *person, bool is_new)
{
    struct url link;
    int64_t expires_at = 0;
    struct person_admin admin = person_admin_of(visit);
    enum status status = person_admin_link(&admin, person->user_id, &link, &expires_at);
    if (status != STATUS_OK) {
        return status;
    }
    /* Who gets rights elsewhere loses the links that are open then. This one may have been made
     * just behind that; from here on it would be found. */
    if (!is_ours_alone(visit, person->user_id)) {
        link_end_all(visit->people, person->user_id, visit->now_us);
        return STATUS_NOT_ALLOWED;
    }
    const char *site = site_read(visit->registry, visit->arena).url;
    struct team_link_view view = {
        .page =
            chrome_of(visit, PLACE_TEAM, is_new ? "The person is in the team" : "One-time link"),
        .name = arena_text(visit->arena, person->name),
        .email = arena_text(visit->arena, person->email),
        .org_name = visit->org_name,
        .link = url_absolute(visit->arena, site, link).text,
        .expires_words = clock_words(visit->arena, expires_at),
        .expires_iso = clock_iso(visit->arena, expires_at),
        .is_new = is_new,
    };
    chrome_trail(visit, &view.page, url_path(visit->arena, "/account/team"), "Team");
    template_account_team_link(&response->body, &view);
    return STATUS_OK;
}
