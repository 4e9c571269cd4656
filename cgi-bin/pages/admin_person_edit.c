/* pages/admin_person_edit.c: adding a person, one-time links, roles, deactivating. See
 * pages/admin_parties.h. */
#include "pages/admin_parties.h"

#include "admin_templates.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"
#include "store/admin_orgs.h"
#include "store/people_link.h"
#include "store/rights.h"
#include "store/site.h"

static const char *const role_words[] = {"viewer", "initiator", "approver", "manager", NULL};
/* clang-format off */
const char *const admin_role_choices[] = {
    "viewer", "Viewer: reads everything of the organisation",
    "initiator", "Initiator: starts transfers, retirements, orders and deliveries",
    "approver", "Approver: approves its outgoing transfers, accepts incoming ones",
    "manager", "Manager: people, policies, accounts, programs and webhooks",
    NULL,
};
static const char *const registry_words[] = {"administrator", "auditor", NULL};
static const char *const registry_choices[] = {
    "administrator", "Administrator: everything under Administration",
    "auditor", "Auditor: reads everything, changes nothing",
    NULL,
};
/* clang-format on */

static const struct field_row new_get_rows[] = {{.name = "organisation", .kind = VALUE_ID}};
const struct form admin_person_new_get_form = {new_get_rows, 1};

static const struct field_row new_rows[] = {
    {.name = "name",
     .kind = VALUE_LINE,
     .needed = true,
     .chars_max = NAME_CHARS_MAX,
     .label = "Name",
     .needed_words = "Enter the person’s name."},
    {.name = "email",
     .kind = VALUE_LINE,
     .needed = true,
     .chars_max = EMAIL_SIZE - 2,
     .label = "E-mail address",
     .needed_words = "Enter the person’s e-mail address."},
    {.name = "organisation", .kind = VALUE_LINE, .label = "Organisation"},
    {.name = "roles", .kind = VALUE_WORD, .words = role_words, .repeats = true},
    {.name = "registry", .kind = VALUE_WORD, .words = registry_words, .repeats = true},
};
const struct form admin_person_new_form = {new_rows, sizeof(new_rows) / sizeof(new_rows[0])};

static const struct field_row act_rows[] = {
    {.name = "registry", .kind = VALUE_WORD, .words = registry_words, .repeats = true},
};
const struct form admin_person_act_form = {act_rows, 1};

static const struct field_row member_rows[] = {
    {.name = "roles", .kind = VALUE_WORD, .words = role_words, .repeats = true},
};
const struct form admin_member_form = {member_rows, 1};

static const struct field_row join_rows[] = {
    {.name = "organisation", .kind = VALUE_LINE, .label = "Organisation"},
    {.name = "roles", .kind = VALUE_WORD, .words = role_words, .repeats = true},
};
const struct form admin_join_form = {join_rows, sizeof(join_rows) / sizeof(join_rows[0])};

static const struct admin_alarm no_alarm = {NULL, NULL};

/* Makes a one-time link and shows it this once. */
static enum status show_link(struct visit *visit, struct response *response,
                             const struct person_admin *admin, const struct person *person,
                             const char *heading, const char *warning)
{
    struct arena *arena = visit->arena;
    struct url link = {NULL};
    int64_t expires_at = 0;
    enum status status = person_admin_link(admin, person->user_id, &link, &expires_at);
    if (status != STATUS_OK) {
        return status;
    }
    struct site site = site_read(visit->registry, arena);
    struct admin_link_view view = {
        .page = chrome_of(visit, PLACE_PEOPLE, heading),
        .heading = heading,
        .name = arena_text(arena, person->name),
        .email = arena_text(arena, person->email),
        .link = url_absolute(arena, site.url, link).text,
        .expires = desk_when(arena, expires_at),
        .person_url = admin_person_url(arena, person->user_id),
        .warning = warning,
    };
    chrome_trail(visit, &view.page, url_path(arena, "/admin/people"), "People");
    template_admin_link(&response->body, &view);
    return STATUS_OK;
}

/* ---- adding one ---- */

static enum status show_new(struct visit *visit, struct response *response, const char *org,
                            struct admin_alarm alarm, enum status status)
{
    struct arena *arena = visit->arena;
    struct url people = url_path(arena, "/admin/people");
    struct admin_form *form =
        admin_form_begin(visit, PLACE_PEOPLE, "Add a person", url_path(arena, "/admin/people/new"),
                         people, "Add the person");
    form->view.leave_words = "Leave without adding anybody";
    form->view.lead = "You get a one-time link for them, with which they choose a password.";
    (void)admin_form_line(form, "name", "Name", "", "");
    (void)admin_form_line(form, "email", "E-mail address", "They sign in with it.", "");
    admin_form_line(form, "organisation", "Organisation", "Its name or id", org)->is_optional =
        true;
    (void)admin_form_ticks(form, "roles", "Roles in the organisation", "One or more.", 0,
                           admin_role_choices);
    (void)admin_form_ticks(form, "registry", "Registry roles",
                           "For those who run or check this registry. Others have none.", 0,
                           registry_choices);
    if (alarm.title != NULL) {
        admin_form_alarm(form, alarm.title, alarm.words);
    }
    chrome_trail(visit, &form->view.page, people, "People");
    return admin_form_show(form, response, status);
}

enum status admin_person_new_get(struct visit *visit, struct response *response)
{
    const char *org_id = field_text(&visit->fields, "organisation");
    return show_new(visit, response, id_is(org_id, "org") ? org_id : "", no_alarm, STATUS_OK);
}

/* What was wished for a new person. */
struct wish {
    const char *org_id; /* "" none */
    const char *org_name;
    unsigned roles;
    unsigned registry_roles;
};

static struct wish read_wish(struct visit *visit)
{
    struct wish wish = {"", "", admin_ticked(visit, "roles", admin_role_choices),
                        admin_ticked(visit, "registry", registry_choices)};
    const char *typed = field_text(&visit->fields, "organisation");
    const char *words = "";
    if (!text_empty(typed) && !admin_find_org(visit, typed, &wish.org_id, &wish.org_name, &words)) {
        field_fault(&visit->fields, "organisation", words);
    }
    if (!text_empty(typed) && wish.roles == 0) {
        field_fault(&visit->fields, "roles", "Tick at least one role in the organisation.");
    }
    if (text_empty(typed) && wish.roles != 0) {
        field_fault(&visit->fields, "organisation",
                    "Enter the organisation in which the person has the ticked roles.");
    }
    const char *fault = person_admin_fault(field_text(&visit->fields, "name"),
                                           field_text(&visit->fields, "email"), &words);
    if (fault != NULL) {
        field_fault(&visit->fields, fault, words);
    }
    return wish;
}

enum status admin_person_new_post(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct wish wish = read_wish(visit);
    if (visit->fields.error_count > 0) {
        return show_new(visit, response, "", no_alarm, STATUS_OK);
    }
    struct person_admin admin = admin_person_admin(visit);
    struct person person;
    enum status status = person_admin_make(&admin, field_text(&visit->fields, "name"),
                                           field_text(&visit->fields, "email"), &person);
    if (status == STATUS_EXISTS) {
        field_fault(&visit->fields, "email",
                    arena_printf(arena,
                                 "%s has this address already. Find them under People and add "
                                 "them to the organisation there.",
                                 person.name));
        return show_new(visit, response, "", no_alarm, status);
    }
    if (status != STATUS_OK) {
        static const struct admin_field_name names[] = {{FIELD_NONE, NULL, NULL}};
        struct admin_alarm alarm = no_alarm;
        struct answer answer = {.status = (int32_t)status};
        if (admin_is_page(status)) {
            return status;
        }
        admin_refused(visit, &answer, INSTRUMENT_CARBON_REMOVAL, names, &alarm);
        return show_new(visit, response, "", alarm, status);
    }
    /* The person is known from here on: what does not work besides is told, not undone. */
    const char *warning = "";
    struct answer answer = {.status = STATUS_OK};
    if (wish.roles != 0 && person_admin_set_roles(&admin, wish.org_id, person.user_id, wish.roles,
                                                  &answer) != STATUS_OK) {
        warning = arena_printf(
            arena, "The roles in %s were not set. Set them on the person’s page.", wish.org_name);
    }
    if (wish.registry_roles != 0 &&
        person_admin_set_registry_roles(&admin, person.user_id, wish.registry_roles, &answer) !=
            STATUS_OK) {
        warning = arena_printf(arena,
                               "%s%sThe registry roles were not set. Set them on the "
                               "person’s page.",
                               warning, text_empty(warning) ? "" : " ");
    }
    return show_link(visit, response, &admin, &person,
                     arena_printf(arena, "%s is known to the registry", person.name), warning);
}

/* ---- link, registry roles, deactivate, reactivate ---- */

static const struct person_act {
    const char *word;
    const char *heading; /* before the name */
    const char *tail;    /* behind it */
    const char *button;
    const char *notice;
    bool is_danger;
    bool wants_active; /* makes sense for an active person only; otherwise for a deactivated one */
    const char *next[3];
} person_acts[] = {
    {"link",
     "Make a new one-time link for ",
     "?",
     "Make the link",
     "",
     false,
     true,
     {"You are shown the link once. It works for three days.",
      "Links made before stop working; the present password works until a new one is chosen.",
      NULL}},
    {"roles",
     "Registry roles of ",
     "",
     "Save the registry roles",
     "roles-saved",
     false,
     true,
     {NULL, NULL, NULL}},
    {"deactivate",
     "Deactivate ",
     "?",
     "Deactivate",
     "person-deactivated",
     true,
     true,
     {"They are signed out everywhere at once and cannot sign in. An access token that they made "
      "for a program goes on working until it is revoked.",
      "Their roles stay written down and count again when they are reactivated.",
      "What they did stays readable under their name."}},
    {"reactivate",
     "Reactivate ",
     "?",
     "Reactivate",
     "person-reactivated",
     false,
     false,
     {"They can sign in again with the password they had, or with a new one-time link.",
      "Their roles count again.", NULL}},
};

static const struct person_act *act_of(const struct visit *visit)
{
    for (size_t i = 0; i < sizeof(person_acts) / sizeof(person_acts[0]); i++) {
        if (text_is(person_acts[i].word, visit->arguments[1])) {
            return &person_acts[i];
        }
    }
    return NULL;
}

static enum status show_act(struct visit *visit, struct response *response,
                            const struct person *person, const struct person_act *act,
                            struct admin_alarm alarm, enum status status)
{
    struct arena *arena = visit->arena;
    const char *name = arena_text(arena, person->name);
    struct url page = admin_person_url(arena, person->user_id);
    struct admin_form *form = admin_form_begin(
        visit, PLACE_PEOPLE, arena_printf(arena, "%s%s%s", act->heading, name, act->tail),
        url_path(arena, "/admin/people/*/*", person->user_id, act->word), page,
        text_is(act->word, "link") || text_is(act->word, "roles")
            ? act->button
            : arena_printf(arena, "%s %s", act->button, name));
    form->view.is_danger = act->is_danger;
    for (size_t i = 0; i < 3 && act->next[i] != NULL; i++) {
        admin_form_say(form, act->next[i]);
    }
    if (text_is(act->word, "roles")) {
        struct rights rights = rights_of(visit->registry, person->user_id);
        (void)admin_form_ticks(form, "registry", "Registry roles",
                               "None, for those who only belong to organisations. Somebody has to "
                               "stay administrator.",
                               rights.registry_roles, registry_choices);
    }
    if (alarm.title != NULL) {
        admin_form_alarm(form, alarm.title, alarm.words);
    }
    chrome_trail(visit, &form->view.page, url_path(arena, "/admin/people"), "People");
    chrome_trail(visit, &form->view.page, page, name);
    return admin_form_show(form, response, status);
}

enum status admin_person_act_get(struct visit *visit, struct response *response)
{
    const struct person_act *act = act_of(visit);
    struct person person;
    if (act == NULL || !people_by_id(visit->people, visit->arguments[0], &person)) {
        return STATUS_NOT_FOUND;
    }
    if (!admin_may(visit) || act->wants_active != person.is_active) {
        return desk_go(visit, response, admin_person_url(visit->arena, person.user_id));
    }
    return show_act(visit, response, &person, act, no_alarm, STATUS_OK);
}

enum status admin_person_act_post(struct visit *visit, struct response *response)
{
    static const struct admin_field_name role_names[] = {
        {FIELD_ROLES, "registry", NULL},
        {FIELD_NONE, NULL, NULL},
    };
    static const struct admin_field_name other_names[] = {{FIELD_NONE, NULL, NULL}};
    const struct person_act *act = act_of(visit);
    struct person person;
    if (act == NULL || !people_by_id(visit->people, visit->arguments[0], &person)) {
        return STATUS_NOT_FOUND;
    }
    struct person_admin admin = admin_person_admin(visit);
    struct answer answer = {.status = STATUS_OK};
    struct admin_alarm alarm = no_alarm;
    enum status status = STATUS_OK;
    bool is_roles = text_is(act->word, "roles");
    if (text_is(act->word, "link")) {
        status = show_link(visit, response, &admin, &person,
                           arena_printf(visit->arena, "A new link for %s", person.name), "");
        if (status == STATUS_OK) {
            return status;
        }
    } else if (is_roles) {
        status = person_admin_set_registry_roles(
            &admin, person.user_id, admin_ticked(visit, "registry", registry_choices), &answer);
    } else {
        status = person_admin_set_active(&admin, person.user_id, !act->wants_active, &answer);
    }
    if (admin_is_page(status)) {
        return status;
    }
    if (status != STATUS_OK) {
        answer.status = (int32_t)status;
        admin_refused(visit, &answer, INSTRUMENT_CARBON_REMOVAL,
                      is_roles ? role_names : other_names, &alarm);
        return show_act(visit, response, &person, act, alarm, status);
    }
    return admin_done(visit, response, act->notice, admin_person_url(visit->arena, person.user_id));
}

/* ---- roles in an organisation ---- */

static const struct admin_field_name member_names[] = {
    {FIELD_ROLES, "roles", NULL},
    {FIELD_NONE, NULL, NULL},
};

static enum status show_member(struct visit *visit, struct response *response,
                               const struct person *person, const char *org_id,
                               struct admin_alarm alarm, enum status status)
{
    struct arena *arena = visit->arena;
    const char *name = arena_text(arena, person->name);
    const char *org_name = admin_org_name(visit, org_id);
    struct url page = admin_person_url(arena, person->user_id);
    struct admin_form *form = admin_form_begin(
        visit, PLACE_PEOPLE, arena_printf(arena, "Roles of %s in %s", name, org_name),
        url_path(arena, "/admin/people/*/organisations/*", person->user_id, org_id), page,
        "Save the roles");
    form->view.lead = "With no role ticked the person leaves the organisation.";
    (void)admin_form_ticks(form, "roles", "Roles", "",
                           rights_roles(visit->registry, org_id, person->user_id),
                           admin_role_choices);
    if (alarm.title != NULL) {
        admin_form_alarm(form, alarm.title, alarm.words);
    }
    chrome_trail(visit, &form->view.page, url_path(arena, "/admin/people"), "People");
    chrome_trail(visit, &form->view.page, page, name);
    return admin_form_show(form, response, status);
}

static bool find_member(struct visit *visit, struct person *person, const char **org_id)
{
    struct admin_org org;
    if (!people_by_id(visit->people, visit->arguments[0], person) ||
        !admin_org_find(visit->registry, visit->arena, visit->arguments[1], &org)) {
        return false;
    }
    *org_id = org.org_id;
    return true;
}

enum status admin_member_get(struct visit *visit, struct response *response)
{
    struct person person;
    const char *org_id = "";
    if (!find_member(visit, &person, &org_id)) {
        return STATUS_NOT_FOUND;
    }
    if (!admin_may(visit)) {
        return desk_go(visit, response, admin_person_url(visit->arena, person.user_id));
    }
    return show_member(visit, response, &person, org_id, no_alarm, STATUS_OK);
}

enum status admin_member_post(struct visit *visit, struct response *response)
{
    struct person person;
    const char *org_id = "";
    if (!find_member(visit, &person, &org_id)) {
        return STATUS_NOT_FOUND;
    }
    struct person_admin admin = admin_person_admin(visit);
    struct answer answer = {.status = STATUS_OK};
    unsigned roles = admin_ticked(visit, "roles", admin_role_choices);
    bool joins = roles != 0 && rights_roles(visit->registry, org_id, person.user_id) == 0;
    enum status status = person_admin_set_roles(&admin, org_id, person.user_id, roles, &answer);
    if (admin_is_page(status)) {
        return status;
    }
    if (status != STATUS_OK) {
        struct admin_alarm alarm = no_alarm;
        answer.status = (int32_t)status;
        admin_refused(visit, &answer, INSTRUMENT_CARBON_REMOVAL, member_names, &alarm);
        return show_member(visit, response, &person, org_id, alarm, status);
    }
    if (joins) {                                                    /* or comes back */
        link_end_all(visit->people, person.user_id, visit->now_us); /* see pages/team.h */
    }
    return admin_done(visit, response, roles == 0 ? "member-left" : "member-saved",
                      admin_person_url(visit->arena, person.user_id));
}

static enum status show_join(struct visit *visit, struct response *response,
                             const struct person *person, struct admin_alarm alarm,
                             enum status status)
{
    struct arena *arena = visit->arena;
    const char *name = arena_text(arena, person->name);
    struct url page = admin_person_url(arena, person->user_id);
    struct admin_form *form = admin_form_begin(
        visit, PLACE_PEOPLE, arena_printf(arena, "Add %s to an organisation", name),
        url_path(arena, "/admin/people/*/organisations", person->user_id), page,
        "Add to the organisation");
    (void)admin_form_line(form, "organisation", "Organisation", "Its name or id", "");
    (void)admin_form_ticks(form, "roles", "Roles", "One or more.", 0, admin_role_choices);
    if (alarm.title != NULL) {
        admin_form_alarm(form, alarm.title, alarm.words);
    }
    chrome_trail(visit, &form->view.page, url_path(arena, "/admin/people"), "People");
    chrome_trail(visit, &form->view.page, page, name);
    return admin_form_show(form, response, status);
}

enum status admin_join_get(struct visit *visit, struct response *response)
{
    struct person person;
    if (!people_by_id(visit->people, visit->arguments[0], &person)) {
        return STATUS_NOT_FOUND;
    }
    if (!admin_may(visit)) {
        return desk_go(visit, response, admin_person_url(visit->arena, person.user_id));
    }
    return show_join(visit, response, &person, no_alarm, STATUS_OK);
}

enum status admin_join_post(struct visit *visit, struct response *response)
{
    struct person person;
    const char *org_id = "";
    const char *name = "";
    const char *words = "";
    if (!people_by_id(visit->people, visit->arguments[0], &person)) {
        return STATUS_NOT_FOUND;
    }
    unsigned roles = admin_ticked(visit, "roles", admin_role_choices);
    if (!admin_find_org(visit, field_text(&visit->fields, "organisation"), &org_id, &name,
                        &words)) {
        field_fault(&visit->fields, "organisation", words);
    }
    if (roles == 0) {
        field_fault(&visit->fields, "roles", "Tick at least one role.");
    }
    if (visit->fields.error_count > 0) {
        return show_join(visit, response, &person, no_alarm, STATUS_OK);
    }
    struct person_admin admin = admin_person_admin(visit);
    struct answer answer = {.status = STATUS_OK};
    enum status status = person_admin_set_roles(&admin, org_id, person.user_id, roles, &answer);
    if (admin_is_page(status)) {
        return status;
    }
    if (status != STATUS_OK) {
        struct admin_alarm alarm = no_alarm;
        answer.status = (int32_t)status;
        admin_refused(visit, &answer, INSTRUMENT_CARBON_REMOVAL, member_names, &alarm);
        return show_join(visit, response, &person, alarm, status);
    }
    link_end_all(visit->people, person.user_id, visit->now_us); /* see pages/team.h */
    return admin_done(visit, response, "member-saved",
                      admin_person_url(visit->arena, person.user_id));
}
