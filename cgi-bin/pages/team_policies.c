/* pages/team_policies.c: how incoming transfers are treated, when a second person is needed, whom
 * the organisation trusts. */
#include <string.h>

#include "account_templates.h"
#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "model/quantity.h"
#include "model/status.h"
#include "pages/desk.h"
#include "pages/team.h"
#include "store/recipients.h"
#include "store/team.h"

#define FOUND_SHOWN_MAX 20 /* organisations offered at once: more typing narrows it */

/* In the order of enum incoming_policy and enum two_person. */
static const char *const incoming_words[] = {"ask", "trusted", "all", NULL};
static const char *const two_person_words[] = {"never", "above", "always", NULL};

static const struct field_row query_rows[] = {
    {.name = "find", .kind = VALUE_LINE, .chars_max = 100, .label = "Organisation"},
};
const struct form team_policies_query = {query_rows, 1};

static const struct field_row policy_rows[] = {
    {.name = "incoming",
     .kind = VALUE_WORD,
     .needed = true,
     .words = incoming_words,
     .label = "Incoming transfers"},
    {.name = "two_person",
     .kind = VALUE_WORD,
     .needed = true,
     .words = two_person_words,
     .label = "Second person"},
    {.name = "above", .kind = VALUE_LINE, .chars_max = 30, .label = "Amount"},
};
const struct form team_policies_form = {policy_rows, 3};

static const struct field_row trust_rows[] = {{.name = "org", .kind = VALUE_ID}};
const struct form team_trust_form = {trust_rows, 1};

static enum status show(struct visit *visit, struct response *response);
static void show_policy(struct visit *visit, struct team_policies_view *view);
static void show_trusted(struct visit *visit, struct team_policies_view *view);
static void show_found(struct visit *visit, struct team_policies_view *view);
static bool has_field(const struct visit *visit, const struct form *form);
static int word_place(const char *const *words, const char *word);
static enum status trust(struct visit *visit, struct response *response, bool remove);

enum status team_policies_get(struct visit *visit, struct response *response)
{
    return show(visit, response);
}

enum status team_policies_post(struct visit *visit, struct response *response)
{
    struct command command = command_of(ACT_SET_POLICY, visit->user_id, "");
    struct answer answer;
    const char *above = field_text(&visit->fields, "above");
    const char *two_person = field_text(&visit->fields, "two_person");
    int64_t units = 0;
    if (text_is(two_person, "above") || !text_empty(above)) {
        /* Units are typed as certificates are: whole ones. */
        enum status typed = quantity_parse(above, INSTRUMENT_RENEWABLE_ENERGY, &units);
        if (typed != STATUS_OK && typed != STATUS_QUANTITY_ZERO) {
            field_fault(&visit->fields, "above",
                        typed == STATUS_QUANTITY_TOO_LARGE
                            ? status_row(typed)->sentence
                            : "Enter the amount in whole units, such as 1000000.");
        }
    }
    if (visit->fields.error_count > 0) {
        desk_mend(response, STATUS_FORM_FAULTS);
        return show(visit, response);
    }
    must(TEXT_COPY(command.policy.org_id, visit->org_id));
    command.policy.incoming =
        (uint8_t)word_place(incoming_words, field_text(&visit->fields, "incoming"));
    command.policy.two_person = (uint8_t)word_place(two_person_words, two_person);
    command.policy.two_person_above_units = units;
    enum status status = team_ask(visit, &command, &answer);
    if (status != STATUS_OK) {
        return team_can_mend(visit, &answer, answer.field == FIELD_AMOUNT ? "above" : "incoming",
                             response)
                   ? show(visit, response)
                   : status;
    }
    gate_notice(visit, "policy-saved");
    return desk_go(visit, response, url_path(visit->arena, "/account/team/policies"));
}

enum status team_trust_post(struct visit *visit, struct response *response)
{
    return trust(visit, response, false);
}

enum status team_untrust_post(struct visit *visit, struct response *response)
{
    return trust(visit, response, true);
}

static enum status trust(struct visit *visit, struct response *response, bool remove)
{
    struct command command = command_of(ACT_TRUST, visit->user_id, "");
    struct answer answer;
    const char *org_id = field_text(&visit->fields, "org");
    must(TEXT_COPY(command.trust.org_id, visit->org_id));
    command.trust.remove = remove;
    must(TEXT_COPY(command.trust.sender_org_id, org_id));
    enum status status = team_ask(visit, &command, &answer);
    if (status == STATUS_SENDER_UNKNOWN) {
        field_fault(&visit->fields, "find",
                    "No organisation here has this id. Find it by its name.");
    }
    if (status != STATUS_OK) {
        return team_can_mend(visit, &answer, "find", response) ? show(visit, response) : status;
    }
    gate_notice(visit, remove ? "untrusted" : "trusted");
    return desk_go(visit, response, url_path(visit->arena, "/account/team/policies"));
}

static enum status show(struct visit *visit, struct response *response)
{
    struct team_policies_view view = {
        .page = chrome_of(visit, PLACE_TEAM, chrome_fault_title(visit, "Policies")),
        .faults = chrome_faults(visit),
        .org_name = visit->org_name,
        .may_change = desk_may(visit, ROLE_MANAGER),
        .above_fault = chrome_fault(visit, "above"),
        .trust_fault = chrome_fault(visit, "find"),
        .find = "",
        .more_words = "",
    };
    view.has_faults = view.faults.count > 0;
    show_policy(visit, &view);
    show_trusted(visit, &view);
    if (view.may_change && has_field(visit, &team_policies_query)) {
        show_found(visit, &view);
    }
    chrome_trail(visit, &view.page, url_path(visit->arena, "/account/team"), "Team");
    template_account_team_policies(&response->body, &view);
    return STATUS_OK;
}

/* As the ledger has it, or as it was typed when that needs mending. */
static void show_policy(struct visit *visit, struct team_policies_view *view)
{
    struct team_policy policy;
    team_policy_read(visit->registry, visit->arena, visit->org_id, &policy);
    const char *incoming = policy.incoming;
    const char *two_person = policy.two_person;
    view->above =
        policy.two_person_above_units == 0 && !text_is(policy.two_person, "above")
            ? ""
            : arena_printf(visit->arena, "%lld", (long long)policy.two_person_above_units);
    if (has_field(visit, &team_policies_form)) {
        incoming = field_text(&visit->fields, "incoming");
        two_person = field_text(&visit->fields, "two_person");
        view->above = field_text(&visit->fields, "above");
    }
    view->incoming_ask = text_is(incoming, "ask");
    view->incoming_trusted = text_is(incoming, "trusted");
    view->incoming_all = text_is(incoming, "all");
    view->two_never = text_is(two_person, "never");
    view->two_above = text_is(two_person, "above");
    view->two_always = text_is(two_person, "always");
    view->above_words = desk_count(visit->arena, policy.two_person_above_units, "unit", "units");
}

static void show_trusted(struct visit *visit, struct team_policies_view *view)
{
    struct team_trusteds trusted = team_trusted_list(visit->registry, visit->arena, visit->org_id);
    struct team_trusted_view *rows =
        arena_array(visit->arena, struct team_trusted_view, trusted.count + 1);
    for (size_t i = 0; i < trusted.count; i++) {
        rows[i] = (struct team_trusted_view){
            .org_id = trusted.at[i].org_id,
            .name = trusted.at[i].name,
            .state = text_is(trusted.at[i].state, "active") ? "" : trusted.at[i].state,
            .since_words = clock_date_words(visit->arena, trusted.at[i].since_at),
            .since_iso = clock_iso(visit->arena, trusted.at[i].since_at),
        };
    }
    view->trusted = (struct team_trusted_views){rows, trusted.count};
    view->has_trusted = trusted.count > 0;
}

static void show_found(struct visit *visit, struct team_policies_view *view)
{
    view->find = field_text(&visit->fields, "find");
    if (text_empty(view->find)) {
        return;
    }
    struct recipients found =
        recipients_find(visit->registry, visit->arena, visit->org_id, view->find, FOUND_SHOWN_MAX);
    struct team_found_view *rows =
        arena_array(visit->arena, struct team_found_view, found.count + 1);
    for (size_t i = 0; i < found.count; i++) {
        rows[i] = (struct team_found_view){
            .org_id = found.at[i].org_id, .name = found.at[i].name, .domain = found.at[i].domain};
        for (size_t other = 0; other < view->trusted.count; other++) {
            rows[i].is_trusted =
                rows[i].is_trusted || text_is(rows[i].org_id, view->trusted.at[other].org_id);
        }
    }
    view->has_looked = true;
    view->found = (struct team_found_views){rows, found.count};
    view->has_found = found.count > 0;
    if (found.matching > (int64_t)found.count) {
        view->more_words =
            arena_printf(visit->arena, "The first %zu of %s are shown. Type more of the name.",
                         found.count, text_int_grouped(visit->arena, found.matching));
    }
}

/* Was the page asked for with this form? One page answers to three of them. */
static bool has_field(const struct visit *visit, const struct form *form)
{
    return visit->fields.form == form;
}

static int word_place(const char *const *words, const char *word)
{
    int place = 0;
    while (words[place] != NULL && !text_is(words[place], word)) {
        place++;
    }
    must(words[place] != NULL);
    return place;
}
