/* pages/admin_settings.c: the registry's settings, freezing and thawing. See pages/admin_house.h.
 */
#include "pages/admin_house.h"

#include "admin_templates.h"
#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/admin_house_view.h"
#include "pages/desk.h"
#include "store/site.h"

#define EXPIRY_DAYS_MAX 365 /* ledger/decide_party.c, schema */

static const char *const step_words[] = {"confirm", NULL};
static const struct field_row rows[] = {
    {.name = "step", .kind = VALUE_WORD, .words = step_words},
    {.name = "site_name",
     .kind = VALUE_LINE,
     .needed = true,
     .chars_max = NAME_CHARS_MAX,
     .label = "Name of the registry",
     .needed_words = "Enter the registry’s name."},
    {.name = "expiry_days",
     .kind = VALUE_INT,
     .needed = true,
     .chars_max = 3,
     .label = "Days until a transfer expires",
     .needed_words = "Enter how many days a pending transfer waits, such as 14."},
    {.name = "approval", .kind = VALUE_AMOUNT, .label = "Registry approval"},
};
const struct form admin_settings_form = {rows, sizeof(rows) / sizeof(rows[0])};

static const struct field_row freeze_rows[] = {
    {.name = "reason", .kind = VALUE_LINE, .chars_max = REASON_CHARS_MAX, .label = "The reason"},
};
const struct form admin_freeze_form = {freeze_rows, 1};

static const char *approval_words(struct arena *arena, int64_t units)
{
    return units == 0 ? "Only exports"
                      : arena_printf(arena, "Exports, and transfers of more than %s or %s",
                                     quantity_words(arena, units, INSTRUMENT_CARBON_REMOVAL),
                                     quantity_words(arena, units, INSTRUMENT_RENEWABLE_ENERGY));
}

static const char *days_words(struct arena *arena, int64_t days)
{
    return desk_count(arena, days, "day", "days");
}

enum status admin_settings_get(struct visit *visit, struct response *response)
{
    const struct url none = {NULL};
    struct arena *arena = visit->arena;
    struct site site = site_read(visit->registry, arena);
    const struct admin_fact facts[] = {
        {"Name of the registry", site.name, none, false, false},
        {"Address", site.url, none, false, false},
        {"A pending transfer waits", days_words(arena, site.expiry_days), none, false, false},
        {"The registry’s approval is needed for",
         approval_words(arena, site.registry_approval_units), none, false, false},
    };
    struct admin_settings_view view = {
        .page = chrome_of(visit, PLACE_SETTINGS, "Registry settings"),
        .may_act = admin_may(visit),
        .is_frozen = site.frozen,
        .frozen_words = site.frozen
                            ? arena_printf(arena, "since %s: %s",
                                           clock_words(arena, site.frozen_at), site.frozen_reason)
                            : "",
        .facts = {facts, sizeof(facts) / sizeof(facts[0])},
    };
    template_admin_settings(&response->body, &view);
    return STATUS_OK;
}

/* ---- the settings ---- */

static const struct admin_field_name names[] = {
    {FIELD_NAME, "site_name", "Enter a name of 1 to 120 characters, without spaces at its ends."},
    {FIELD_AMOUNT, "approval", NULL},
    {FIELD_SETTING, "expiry_days", "Enter a number of days from 1 to 365."},
    {FIELD_NONE, NULL, NULL},
};

static struct admin_form *begin(struct visit *visit, const char *heading, const char *button)
{
    struct admin_form *form = admin_form_begin(visit, PLACE_SETTINGS, heading,
                                               url_path(visit->arena, "/admin/settings/edit"),
                                               url_path(visit->arena, "/admin/settings"), button);
    chrome_trail(visit, &form->view.page, url_path(visit->arena, "/admin/settings"),
                 "Registry settings");
    return form;
}

static enum status show_question(struct visit *visit, struct response *response,
                                 struct admin_alarm alarm, enum status status)
{
    struct arena *arena = visit->arena;
    struct site site = site_read(visit->registry, arena);
    struct admin_form *form = begin(visit, "Change the registry’s settings", "Continue");
    (void)admin_form_line(form, "site_name", "Name of the registry", "In the header of every page.",
                          site.name);
    (void)admin_form_amount(form, "expiry_days", "A pending transfer waits",
                            "From 1 to 365. Then its units return to the sender.",
                            arena_printf(arena, "%lld", (long long)site.expiry_days), "days");
    admin_form_amount(
        form, "approval", "The registry approves transfers of more than",
        "Empty: no amount needs it. Exports always need it. One credit stands for "
        "1,000 certificates here.",
        site.registry_approval_units == 0
            ? ""
            : quantity_plain(arena, site.registry_approval_units, INSTRUMENT_CARBON_REMOVAL),
        "credits")
        ->is_optional = true;
    if (alarm.title != NULL) {
        admin_form_alarm(form, alarm.title, alarm.words);
    }
    return admin_form_show(form, response, status);
}

/* What would change, in sentences. */
static enum status show_check(struct visit *visit, struct response *response, int64_t days,
                              int64_t units)
{
    static const char *const kept[] = {"site_name", "expiry_days", "approval"};
    struct arena *arena = visit->arena;
    struct site site = site_read(visit->registry, arena);
    const char *name = field_text(&visit->fields, "site_name");
    struct admin_form *form = begin(visit, "Check the new settings", "Save the settings");
    admin_form_hidden(form, "step", "confirm");
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
        admin_form_hidden(form, kept[i], field_text(&visit->fields, kept[i]));
    }
    if (!text_is(name, site.name)) {
        admin_form_say(form, arena_printf(arena, "Every page is headed “%s” instead of “%s”.", name,
                                          site.name));
    }
    if (days != site.expiry_days) {
        admin_form_say(form,
                       arena_printf(arena,
                                    "Transfers that become pending from now on wait %s instead "
                                    "of %s. Those that wait already keep their day.",
                                    days_words(arena, days), days_words(arena, site.expiry_days)));
    }
    if (units != site.registry_approval_units) {
        admin_form_say(form,
                       arena_printf(arena,
                                    "Of transfers sent from now on, these need the registry’s "
                                    "approval: %s. Until now: %s.",
                                    approval_words(arena, units),
                                    approval_words(arena, site.registry_approval_units)));
    }
    if (form->view.next.count == 0) {
        admin_form_say(form, "Nothing changes: these are the present settings.");
    }
    return admin_form_show(form, response, STATUS_OK);
}

enum status admin_settings_edit_get(struct visit *visit, struct response *response)
{
    return show_question(visit, response, (struct admin_alarm){NULL, NULL}, STATUS_OK);
}

enum status admin_settings_edit_post(struct visit *visit, struct response *response)
{
    struct admin_alarm alarm = {NULL, NULL};
    int64_t days = 0;
    int64_t units = 0;
    if (field_int(&visit->fields, "expiry_days", &days) && (days < 1 || days > EXPIRY_DAYS_MAX)) {
        field_fault(&visit->fields, "expiry_days", "Enter a number of days from 1 to 365.");
    }
    (void)admin_amount(visit, "approval", INSTRUMENT_CARBON_REMOVAL, true, &units);
    if (visit->fields.error_count > 0) {
        return show_question(visit, response, alarm, STATUS_OK);
    }
    if (!text_is(field_text(&visit->fields, "step"), "confirm")) {
        return show_check(visit, response, days, units);
    }
    struct site site = site_read(visit->registry, visit->arena);
    struct command *command = arena_one(visit->arena, struct command);
    *command = command_of(ACT_SET_SETTINGS, visit->user_id, "");
    must(TEXT_COPY(command->setting.site_name, field_text(&visit->fields, "site_name")));
    must(TEXT_COPY(command->setting.site_url, site.url));
    command->setting.expiry_days = days;
    command->setting.registry_approval_units = units;
    struct answer answer;
    enum status status =
        admin_ask(visit, command, INSTRUMENT_CARBON_REMOVAL, names, &answer, &alarm);
    if (admin_is_page(status)) {
        return status;
    }
    if (status != STATUS_OK) {
        return show_question(visit, response, alarm, status);
    }
    return admin_done(visit, response, "settings-saved", url_path(visit->arena, "/admin/settings"));
}

/* ---- freeze and thaw ---- */

static enum status show_freeze(struct visit *visit, struct response *response, bool freezes,
                               struct admin_alarm alarm, enum status status)
{
    struct url settings = url_path(visit->arena, "/admin/settings");
    struct admin_form *form = admin_form_begin(
        visit, PLACE_SETTINGS, freezes ? "Freeze all transfers?" : "Let transfers go on?",
        url_path(visit->arena, freezes ? "/admin/settings/freeze" : "/admin/settings/thaw"),
        settings, freezes ? "Freeze all transfers" : "Let transfers go on");
    form->view.is_danger = freezes;
    if (freezes) {
        admin_form_say(form,
                       "Nothing can be sent, approved, accepted, confirmed, delivered or retired "
                       "until transfers are let go on. It takes effect at once.");
        admin_form_say(form, "What waits can still be withdrawn, rejected or cancelled, and still "
                             "expires.");
        admin_form_say(form,
                       "A line at the top of every page says so, with your reason. Everything "
                       "can be read.");
        (void)admin_form_area(form, "reason", "Reason",
                              "Everybody reads it, on every page. For example: The registry is "
                              "checking a delivery.",
                              "");
    } else {
        admin_form_say(form,
                       "Everything can be sent, approved, accepted and delivered again, at once.");
        admin_form_say(form, "The line at the top of every page goes away.");
    }
    if (alarm.title != NULL) {
        admin_form_alarm(form, alarm.title, alarm.words);
    }
    chrome_trail(visit, &form->view.page, settings, "Registry settings");
    return admin_form_show(form, response, status);
}

static enum status freeze_get(struct visit *visit, struct response *response, bool freezes)
{
    struct site site = site_read(visit->registry, visit->arena);
    if (!admin_may(visit) || site.frozen == freezes) {
        return desk_go(visit, response, url_path(visit->arena, "/admin/settings"));
    }
    return show_freeze(visit, response, freezes, (struct admin_alarm){NULL, NULL}, STATUS_OK);
}

static enum status freeze_post(struct visit *visit, struct response *response, bool freezes)
{
    static const struct admin_field_name freeze_names[] = {
        {FIELD_REASON, "reason", NULL},
        {FIELD_NONE, NULL, NULL},
    };
    struct admin_alarm alarm = {NULL, NULL};
    const char *reason = freezes ? field_text(&visit->fields, "reason") : "";
    if (freezes && text_empty(reason)) {
        field_fault(&visit->fields, "reason", "Enter the reason: everybody reads it.");
    }
    if (visit->fields.error_count > 0) {
        return show_freeze(visit, response, freezes, alarm, STATUS_OK);
    }
    struct command *command = arena_one(visit->arena, struct command);
    *command = command_of(ACT_FREEZE, visit->user_id, "");
    command->setting.frozen = freezes;
    must(TEXT_COPY(command->setting.text, reason));
    struct answer answer;
    enum status status =
        admin_ask(visit, command, INSTRUMENT_CARBON_REMOVAL, freeze_names, &answer, &alarm);
    if (admin_is_page(status)) {
        return status;
    }
    if (status != STATUS_OK) {
        return show_freeze(visit, response, freezes, alarm, status);
    }
    return admin_done(visit, response, freezes ? "frozen" : "thawed",
                      url_path(visit->arena, "/admin/settings"));
}

enum status admin_freeze_get(struct visit *visit, struct response *response)
{
    return freeze_get(visit, response, true);
}

enum status admin_freeze_post(struct visit *visit, struct response *response)
{
    return freeze_post(visit, response, true);
}

enum status admin_thaw_get(struct visit *visit, struct response *response)
{
    return freeze_get(visit, response, false);
}

enum status admin_thaw_post(struct visit *visit, struct response *response)
{
    return freeze_post(visit, response, false);
}
