/* pages/admin_org_edit.c: opening, editing, suspending and closing an organisation. See
 * pages/admin_parties.h. */
#include "pages/admin_parties.h"

#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "model/term.h"
#include "pages/admin_about.h"
#include "pages/desk.h"
#include "store/admin_orgs.h"

#define DESCRIPTION_CHARS_MAX 500 /* of four bytes each they fit the command */

static const char *const kind_words[] = {"participant", "buffer", NULL};
/* clang-format off */
static const char *const kind_choices[] = {
    "participant", "A participant",
    "buffer", "A buffer pool: it gets buffer units in its reserve account",
    NULL,
};
/* clang-format on */
static const char *const supplier_words[] = {"supplier", NULL};
static const char *const supplier_choices[] = {
    "supplier", "It is a supplier: projects can be issued to it", NULL};

static const struct field_row rows[] = {
    {.name = "once", .kind = VALUE_LINE},
    {.name = "name",
     .kind = VALUE_LINE,
     .needed = true,
     .chars_max = NAME_CHARS_MAX,
     .label = "Name",
     .needed_words = "Enter the organisation’s name."},
    {.name = "domain", .kind = VALUE_LINE, .chars_max = DOMAIN_SIZE - 1, .label = "Domain"},
    {.name = "country", .kind = VALUE_LINE, .chars_max = 3, .label = "Country"},
    {.name = "description",
     .kind = VALUE_TEXT,
     .chars_max = DESCRIPTION_CHARS_MAX,
     .label = "Description"},
    {.name = "short_description",
     .kind = VALUE_LINE,
     .chars_max = SHORT_DESCRIPTION_CHARS_MAX,
     .label = "Short description"},
    {.name = "place", .kind = VALUE_LINE, .chars_max = NAME_CHARS_MAX, .label = "Place"},
    ADMIN_LOCATION_FIELDS,
    {.name = "kind", .kind = VALUE_WORD, .words = kind_words},
    {.name = "supplier", .kind = VALUE_WORD, .words = supplier_words},
};
const struct form admin_org_form = {rows, sizeof(rows) / sizeof(rows[0])};

static const struct field_row state_rows[] = {
    {.name = "once", .kind = VALUE_LINE},
    {.name = "reason", .kind = VALUE_LINE, .chars_max = REASON_CHARS_MAX, .label = "The reason"},
};
const struct form admin_org_state_form = {state_rows, sizeof(state_rows) / sizeof(state_rows[0])};

static const struct admin_field_name names[] = {
    {FIELD_NAME, "name", "Enter a name of 1 to 120 characters, without spaces at its ends."},
    {FIELD_DOMAIN, "domain",
     "Enter a host name in small letters, such as example.org, or leave it empty."},
    {FIELD_COUNTRY, "country",
     "Enter the country as three capital letters of ISO 3166, such as NOR. A place on the map "
     "needs "
     "one."},
    {FIELD_SUMMARY, "short_description",
     "Enter one line of at most 256 characters, without spaces at its ends."},
    {FIELD_PLACE, "place", "Enter at most 120 characters, without spaces at its ends."},
    {FIELD_LOCATION, "latitude", NULL},
    {FIELD_NOTES, "description", "Type the description again as plain text."},
    {FIELD_SETTING, "kind", NULL},
    {FIELD_NONE, NULL, NULL},
};

/* ---- open and edit ---- */

/* org: NULL to open a new one. */
static enum status show(struct visit *visit, struct response *response, const struct admin_org *org,
                        struct admin_alarm alarm, enum status status)
{
    struct arena *arena = visit->arena;
    struct url list = url_path(arena, "/admin/organisations");
    struct url leave = org == NULL ? list : admin_org_url(arena, org->org_id);
    struct url post = org == NULL ? url_path(arena, "/admin/organisations/new")
                                  : url_path(arena, "/admin/organisations/*/edit", org->org_id);
    bool is_supplier = org != NULL && !text_empty(org->supplier_id);
    struct admin_form *form = admin_form_begin(
        visit, PLACE_ORGS,
        org == NULL ? "Open an organisation" : arena_printf(arena, "Edit %s", org->name), post,
        leave, org == NULL ? "Open the organisation" : "Save the organisation");
    if (org == NULL) {
        form->view.leave_words = "Leave without opening it";
    }
    admin_form_once(form);
    (void)admin_form_line(form, "name", "Name",
                          "Public. As it is registered; no other organisation may have it.",
                          org == NULL ? "" : org->name);
    admin_form_line(form, "domain", "Domain", "For example northwind.example",
                    org == NULL ? "" : org->domain)
        ->is_optional = true;
    admin_form_line(form, "country", "Country", "Three capital letters (ISO 3166), such as NOR",
                    org == NULL ? "" : org->country)
        ->is_optional = true;
    admin_form_line(form, "place", "Place", "Public. Where it sits, such as Amsterdam",
                    org == NULL ? "" : org->place)
        ->is_optional = true;
    admin_location_fields(form, org == NULL ? &(struct location){0} : &org->location);
    admin_form_line(form, "short_description", "Short description",
                    "Public. What it does, in one sentence of at most 256 characters",
                    org == NULL ? "" : org->short_description)
        ->is_optional = true;
    admin_form_area(form, "description", "Description", "Public. What it says it does.",
                    org == NULL ? "" : org->description)
        ->is_optional = true;
    if (org == NULL) {
        (void)admin_form_select(form, "kind", "What is it?", "It cannot be changed later.",
                                "participant", kind_choices, "");
    }
    if (is_supplier) {
        admin_form_hidden(form, "supplier", "supplier");
    } else {
        (void)admin_form_ticks(
            form, "supplier", "Supplier",
            "A supplier stays one: its supplier id stands in what was issued to it.", 0,
            supplier_choices);
    }
    if (alarm.title != NULL) {
        admin_form_alarm(form, alarm.title, alarm.words);
    }
    chrome_trail(visit, &form->view.page, list, "Organisations");
    if (org != NULL) {
        chrome_trail(visit, &form->view.page, leave, org->name);
    }
    return admin_form_show(form, response, status);
}

/* Fills the command from the form; an error stands beside its field. */
static bool fill(struct visit *visit, struct command_organisation *body)
{
    const struct fields *fields = &visit->fields;
    bool fits =
        TEXT_COPY(body->name, field_text(fields, "name")) &&
        TEXT_COPY(body->short_description, field_text(fields, "short_description")) &&
        TEXT_COPY(body->place, field_text(fields, "place")) &&
        TEXT_COPY(body->description, text_trim(visit->arena, field_text(fields, "description")));
    must(fits || visit->fields.error_count > 0);
    /* A host name has a byte a character; other letters may be too many for it. */
    if (!TEXT_COPY(body->domain, text_lower(visit->arena, field_text(fields, "domain")))) {
        field_fault(&visit->fields, "domain",
                    "Enter a host name in small letters, such as example.org, or leave it empty.");
    }
    if (!TEXT_COPY(body->country, field_text(fields, "country"))) {
        field_fault(&visit->fields, "country",
                    "Enter the country as three capital letters, such as NOR.");
    }
    body->location = admin_location_read(visit);
    body->is_supplier = field_tick(fields, "supplier");
    return visit->fields.error_count == 0;
}

static enum status save(struct visit *visit, struct response *response, const struct admin_org *org)
{
    struct admin_alarm alarm = {NULL, NULL};
    char key[KEY_SIZE];
    const char *org_id = org == NULL ? "" : org->org_id;
    desk_key(visit, field_text(&visit->fields, "once"), "organisation", org_id, key);
    struct command *command = arena_one(visit->arena, struct command);
    *command = command_of(org == NULL ? ACT_OPEN_ORGANISATION : ACT_EDIT_ORGANISATION,
                          visit->user_id, org == NULL ? key : "");
    must(TEXT_COPY(command->organisation.org_id, org_id));
    if (text_is(field_text(&visit->fields, "kind"), "buffer")) {
        command->organisation.kind = ORG_BUFFER;
    }
    if (!fill(visit, &command->organisation)) {
        return show(visit, response, org, alarm, STATUS_OK);
    }
    struct answer answer;
    enum status status =
        admin_ask(visit, command, INSTRUMENT_CARBON_REMOVAL, names, &answer, &alarm);
    if (admin_is_page(status)) {
        return status;
    }
    if (status != STATUS_OK) {
        return show(visit, response, org, alarm, status);
    }
    return admin_done(visit, response, org == NULL ? "organisation-opened" : "organisation-saved",
                      admin_org_url(visit->arena, org == NULL ? answer.id : org->org_id));
}

enum status admin_org_new_get(struct visit *visit, struct response *response)
{
    return show(visit, response, NULL, (struct admin_alarm){NULL, NULL}, STATUS_OK);
}

enum status admin_org_new_post(struct visit *visit, struct response *response)
{
    return save(visit, response, NULL);
}

enum status admin_org_edit_get(struct visit *visit, struct response *response)
{
    struct admin_org org;
    if (!admin_org_find(visit->registry, visit->arena, visit->arguments[0], &org)) {
        return STATUS_NOT_FOUND;
    }
    return show(visit, response, &org, (struct admin_alarm){NULL, NULL}, STATUS_OK);
}

enum status admin_org_edit_post(struct visit *visit, struct response *response)
{
    struct admin_org org;
    if (!admin_org_find(visit->registry, visit->arena, visit->arguments[0], &org)) {
        return STATUS_NOT_FOUND;
    }
    return save(visit, response, &org);
}

/* ---- suspend, reactivate, close ---- */

static const struct state_act {
    const char *word;
    enum org_state state;
    const char *verb; /* "Suspend" */
    const char *notice;
    bool is_danger;
    const char *next[3];
} state_acts[] = {
    {"suspend",
     ORG_SUSPENDED,
     "Suspend",
     "suspended",
     true,
     {"It can neither send, receive, retire nor be issued to until it is reactivated.",
      "Transfers that wait stay as they are and cannot be accepted; they return when their time is "
      "up.",
      "Its people can still sign in and read."}},
    {"reactivate",
     ORG_ACTIVE,
     "Reactivate",
     "reactivated",
     false,
     {"It can send and receive again, at once.", NULL, NULL}},
    {"close",
     ORG_CLOSED,
     "Close",
     "closed",
     true,
     {"This is refused while it holds live units or a transfer waits from or to it.",
      "Its past stays readable: what was issued, transferred and retired.",
      "It can be reactivated later."}},
};

static const struct state_act *state_act_of(const struct visit *visit)
{
    for (size_t i = 0; i < sizeof(state_acts) / sizeof(state_acts[0]); i++) {
        if (text_is(state_acts[i].word, visit->arguments[1])) {
            return &state_acts[i];
        }
    }
    return NULL;
}

static enum status show_state(struct visit *visit, struct response *response,
                              const struct admin_org *org, const struct state_act *act,
                              struct admin_alarm alarm, enum status status)
{
    struct arena *arena = visit->arena;
    struct url page = admin_org_url(arena, org->org_id);
    struct admin_form *form =
        admin_form_begin(visit, PLACE_ORGS, arena_printf(arena, "%s %s?", act->verb, org->name),
                         url_path(arena, "/admin/organisations/*/*", org->org_id, act->word), page,
                         arena_printf(arena, "%s %s", act->verb, org->name));
    form->view.is_danger = act->is_danger;
    admin_form_once(form);
    for (size_t i = 0; i < 3 && act->next[i] != NULL; i++) {
        admin_form_say(form, act->next[i]);
    }
    admin_form_area(form, "reason", "Reason", "Kept in the audit log.", "")->is_optional =
        act->state == ORG_ACTIVE;
    if (alarm.title != NULL) {
        admin_form_alarm(form, alarm.title, alarm.words);
    }
    chrome_trail(visit, &form->view.page, url_path(arena, "/admin/organisations"), "Organisations");
    chrome_trail(visit, &form->view.page, page, org->name);
    return admin_form_show(form, response, status);
}

enum status admin_org_state_get(struct visit *visit, struct response *response)
{
    const struct state_act *act = state_act_of(visit);
    struct admin_org org;
    if (act == NULL || !admin_org_find(visit->registry, visit->arena, visit->arguments[0], &org)) {
        return STATUS_NOT_FOUND;
    }
    if (!admin_may(visit) || text_is(org.state, org_state_word(act->state))) {
        return desk_go(visit, response, admin_org_url(visit->arena, org.org_id));
    }
    return show_state(visit, response, &org, act, (struct admin_alarm){NULL, NULL}, STATUS_OK);
}

enum status admin_org_state_post(struct visit *visit, struct response *response)
{
    static const struct admin_field_name state_names[] = {
        {FIELD_REASON, "reason", NULL},
        {FIELD_AMOUNT, NULL,
         "It still holds live units: they have to be transferred or retired first."},
        {FIELD_LINES, NULL, "Transfers from or to it still wait: they have to end first."},
        {FIELD_NONE, NULL, NULL},
    };
    const struct state_act *act = state_act_of(visit);
    struct admin_org org;
    struct admin_alarm alarm = {NULL, NULL};
    if (act == NULL || !admin_org_find(visit->registry, visit->arena, visit->arguments[0], &org)) {
        return STATUS_NOT_FOUND;
    }
    const char *reason = field_text(&visit->fields, "reason");
    if (act->state != ORG_ACTIVE && text_empty(reason)) {
        field_fault(&visit->fields, "reason", "Enter the reason: it is kept in the audit log.");
    }
    if (visit->fields.error_count > 0) {
        return show_state(visit, response, &org, act, alarm, STATUS_OK);
    }
    struct command *command = arena_one(visit->arena, struct command);
    *command = command_of(ACT_SET_ORGANISATION_STATE, visit->user_id, "");
    must(TEXT_COPY(command->organisation.org_id, org.org_id));
    must(TEXT_COPY(command->organisation.reason, reason));
    command->organisation.state = (uint8_t)act->state;
    struct answer answer;
    enum status status =
        admin_ask(visit, command, INSTRUMENT_CARBON_REMOVAL, state_names, &answer, &alarm);
    if (admin_is_page(status)) {
        return status;
    }
    if (status != STATUS_OK) {
        return show_state(visit, response, &org, act, alarm, status);
    }
    return admin_done(visit, response, act->notice, admin_org_url(visit->arena, org.org_id));
}
