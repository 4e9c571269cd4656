/* ledger/decide_party.c: organisations, people, projects, accounts, policies, settings. Pure. See
 * ledger/work.h. */
#include <string.h>

#include "base/text.h"
#include "ledger/work.h"
#include "model/country.h"

#define PROJECT_NAME_CHARS_MAX 400
#define EXPIRY_DAYS_MAX 365

static bool location_fits(const struct location *location, const char *country,
                          struct answer *answer);
static bool project_status_is(const char *word);
static enum status decide_project_fixed(const struct project_facts *facts,
                                        const struct command_project *body, struct answer *answer);
static enum status decide_project_words(const struct command_project *body, struct answer *answer);

enum status decide_organisation(const struct organisation_facts *facts,
                                const struct command_organisation *body, struct answer *answer)
{
    if (!facts->is_new && !facts->org.found) {
        return refuse(answer, STATUS_NOT_FOUND, FIELD_NONE);
    }
    if (facts->name_taken) {
        return refuse(answer, STATUS_EXISTS, FIELD_NAME);
    }
    if (facts->domain_taken) {
        return refuse(answer, STATUS_EXISTS, FIELD_DOMAIN);
    }
    if (!check_words(body->name, 1, NAME_CHARS_MAX)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_NAME);
    }
    if (!check_domain(body->domain)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_DOMAIN);
    }
    if (!text_empty(body->country) && !check_country(body->country)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_COUNTRY);
    }
    if (!check_prose(body->description) || !check_prose(body->origin)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_NOTES);
    }
    if (!check_words(body->short_description, 0, SHORT_DESCRIPTION_CHARS_MAX)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_SUMMARY);
    }
    if (!check_words(body->place, 0, NAME_CHARS_MAX)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_PLACE);
    }
    if (facts->is_new && body->kind > ORG_REGISTRY) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_SETTING);
    }
    return location_fits(&body->location, body->country, answer) ? STATUS_OK : STATUS_VALUE_REFUSED;
}

/* Whoever closes must have given everything away first. A closed organisation may be opened again.
 */
enum status decide_organisation_state(const struct organisation_facts *facts,
                                      const struct command_organisation *body,
                                      struct answer *answer)
{
    if (!facts->org.found) {
        return refuse(answer, STATUS_NOT_FOUND, FIELD_NONE);
    }
    enum status status = check_note(body->reason, FIELD_REASON, answer);
    if (status != STATUS_OK) {
        return status;
    }
    if (body->state != ORG_ACTIVE && text_blank(body->reason)) {
        return refuse(answer, STATUS_REASON_NEEDED, FIELD_REASON);
    }
    if (body->state > ORG_CLOSED) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_SETTING);
    }
    if (body->state == ORG_CLOSED && facts->left_units > 0) {
        answer->available_units = facts->left_units;
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_AMOUNT);
    }
    if (body->state == ORG_CLOSED && facts->left_waiting > 0) {
        answer->count = facts->left_waiting;
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_LINES);
    }
    return STATUS_OK;
}

enum status decide_project(const struct project_facts *facts, const struct command_project *body,
                           struct answer *answer)
{
    if (!facts->supplier.found) {
        return refuse(answer, STATUS_SENDER_UNKNOWN, FIELD_SUPPLIER);
    }
    if (facts->supplier.state == ORG_CLOSED) {
        return refuse(answer, STATUS_SENDER_CLOSED, FIELD_SUPPLIER);
    }
    if (!facts->supplier.is_supplier) {
        return refuse(answer, STATUS_WRONG_SUPPLIER, FIELD_SUPPLIER);
    }
    if (facts->code_taken) {
        return refuse(answer, STATUS_EXISTS, FIELD_CODE);
    }
    if (!facts->is_new && !facts->project.found) {
        return refuse(answer, STATUS_PROJECT_UNKNOWN, FIELD_PROJECT);
    }
    enum status status = decide_project_words(body, answer);
    if (status == STATUS_OK && facts->project.found && facts->project.has_units) {
        status = decide_project_fixed(facts, body, answer);
    }
    return status;
}

/* A manager asks LAST_MANAGER only of himself and his like; the operator and administrators can
 * mend what they break. */
enum status decide_member(const struct person_facts *facts, const struct command_person *body,
                          struct answer *answer)
{
    if (!facts->org.found) {
        return refuse(answer, STATUS_NOT_FOUND, FIELD_NONE);
    }
    if (facts->org.state == ORG_CLOSED) {
        return refuse(answer, STATUS_SENDER_CLOSED, FIELD_NONE);
    }
    const struct ledger_person *person = &facts->person;
    bool is_others_program = person->is_program && !text_is(person->program_org_id, body->org_id);
    if (!person->found || (!person->active && body->roles != 0) || is_others_program) {
        return refuse(answer, STATUS_PERSON_UNKNOWN, FIELD_PERSON);
    }
    /* A program never counted as one who manages. */
    bool loses_manager = (facts->old_roles & ROLE_MANAGER) != 0 &&
                         (body->roles & ROLE_MANAGER) == 0 && !person->is_program;
    if (loses_manager && facts->is_last && !facts->is_above) {
        return refuse(answer, STATUS_LAST_MANAGER, FIELD_ROLES);
    }
    if (body->roles > ROLE_ALL) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_ROLES);
    }
    return STATUS_OK;
}

enum status decide_person(const struct person_facts *facts, const struct command_person *body,
                          struct answer *answer)
{
    bool is_administrator = (facts->person.registry_roles & REGISTRY_ADMINISTRATOR) != 0;
    bool is_new_program = !facts->person.found && body->is_program;
    if (is_new_program && !facts->org.found) {
        return refuse(answer, STATUS_NOT_FOUND, FIELD_NONE);
    }
    if (is_new_program && facts->org.state == ORG_CLOSED) {
        return refuse(answer, STATUS_SENDER_CLOSED, FIELD_NONE);
    }
    if (body->deactivated && !facts->person.found) {
        return refuse(answer, STATUS_PERSON_UNKNOWN, FIELD_PERSON);
    }
    if (body->deactivated && facts->person.active && is_administrator && facts->is_last) {
        return refuse(answer, STATUS_LAST_MANAGER, FIELD_PERSON);
    }
    bool turns_program = facts->person.found && body->is_program && !facts->person.is_program;
    if (!id_is(body->user_id, "usr") || turns_program) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_PERSON);
    }
    return STATUS_OK;
}

enum status decide_registry_roles(const struct person_facts *facts,
                                  const struct command_person *body, struct answer *answer)
{
    if (!facts->person.found || (!facts->person.active && body->roles != 0)) {
        return refuse(answer, STATUS_PERSON_UNKNOWN, FIELD_PERSON);
    }
    bool is_administrator = (facts->person.registry_roles & REGISTRY_ADMINISTRATOR) != 0;
    bool stays_administrator = (body->roles & REGISTRY_ADMINISTRATOR) != 0;
    if (facts->person.active && is_administrator && !stays_administrator && facts->is_last) {
        return refuse(answer, STATUS_LAST_MANAGER, FIELD_ROLES);
    }
    if (body->roles > (REGISTRY_ADMINISTRATOR | REGISTRY_AUDITOR) ||
        (facts->person.is_program && body->roles != 0)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_ROLES);
    }
    return STATUS_OK;
}

enum status decide_beneficiary(const struct beneficiary_facts *facts,
                               const struct command_beneficiary *body, struct answer *answer)
{
    enum status status = check_sender(&facts->org, FIELD_NONE, answer);
    if (status != STATUS_OK) {
        return status;
    }
    if (!check_words(body->name, 1, NOTE_CHARS_MAX)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_NAME);
    }
    /* One that has a domain is known by it; a human being has none. */
    if (!check_domain(body->domain) || text_empty(body->domain) != body->is_individual) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_DOMAIN);
    }
    return STATUS_OK;
}

enum status decide_open_account(const struct account_facts *facts,
                                const struct command_account *body, struct answer *answer)
{
    if (!facts->org.found) {
        return refuse(answer, STATUS_NOT_FOUND, FIELD_NONE);
    }
    if (facts->org.state == ORG_CLOSED) {
        return refuse(answer, STATUS_SENDER_CLOSED, FIELD_NONE);
    }
    if (facts->name_taken) {
        return refuse(answer, STATUS_EXISTS, FIELD_NAME);
    }
    if (!check_words(body->name, 1, NAME_CHARS_MAX)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_NAME);
    }
    bool kind_is_right = body->kind == ACCOUNT_ACTIVE || body->kind == ACCOUNT_RETIREMENT ||
                         (body->kind == ACCOUNT_RESERVE && facts->org.kind == ORG_BUFFER);
    if (!kind_is_right) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_ACCOUNT);
    }
    return STATUS_OK;
}

enum status decide_close_account(const struct account_facts *facts,
                                 const struct command_account *body, struct answer *answer)
{
    if (!facts->account.found) {
        return refuse(answer, STATUS_NOT_FOUND, FIELD_NONE);
    }
    if (!text_empty(body->org_id) && !text_is(body->org_id, facts->account.org_id)) {
        return refuse(answer, STATUS_ACCOUNT_UNKNOWN, FIELD_ACCOUNT);
    }
    if (!facts->account.is_open) {
        return refuse(answer, STATUS_ACCOUNT_CLOSED, FIELD_ACCOUNT);
    }
    if (facts->account.is_main) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_ACCOUNT);
    }
    if (facts->units > 0) {
        answer->available_units = facts->units;
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_AMOUNT);
    }
    return STATUS_OK;
}

enum status decide_policy(const struct ledger_org *org, const struct command_policy *body,
                          struct answer *answer)
{
    if (!org->found) {
        return refuse(answer, STATUS_NOT_FOUND, FIELD_NONE);
    }
    if (org->state == ORG_CLOSED) {
        return refuse(answer, STATUS_SENDER_CLOSED, FIELD_NONE);
    }
    if (body->two_person_above_units < 0) {
        return refuse(answer, STATUS_QUANTITY_NEGATIVE, FIELD_AMOUNT);
    }
    if (body->two_person_above_units > QUANTITY_UNITS_MAX) {
        return refuse(answer, STATUS_QUANTITY_TOO_LARGE, FIELD_AMOUNT);
    }
    if (body->incoming > INCOMING_ALL || body->two_person > TWO_PERSON_ALWAYS) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_SETTING);
    }
    return STATUS_OK;
}

enum status decide_trust(const struct ledger_org *org, const struct ledger_org *sender,
                         struct answer *answer)
{
    if (!org->found) {
        return refuse(answer, STATUS_NOT_FOUND, FIELD_NONE);
    }
    if (!sender->found) {
        return refuse(answer, STATUS_SENDER_UNKNOWN, FIELD_RECIPIENT);
    }
    if (text_is(org->org_id, sender->org_id)) {
        return refuse(answer, STATUS_SAME_ACCOUNT, FIELD_RECIPIENT);
    }
    return STATUS_OK;
}

enum status decide_freeze(const struct command_setting *body, struct answer *answer)
{
    enum status status = check_note(body->text, FIELD_REASON, answer);
    if (status == STATUS_OK && body->frozen && text_blank(body->text)) {
        status = refuse(answer, STATUS_REASON_NEEDED, FIELD_REASON);
    }
    return status;
}

enum status decide_settings(const struct command_setting *body, struct answer *answer)
{
    if (body->registry_approval_units < 0) {
        return refuse(answer, STATUS_QUANTITY_NEGATIVE, FIELD_AMOUNT);
    }
    if (body->registry_approval_units > QUANTITY_UNITS_MAX) {
        return refuse(answer, STATUS_QUANTITY_TOO_LARGE, FIELD_AMOUNT);
    }
    if (!check_words(body->site_name, 1, NAME_CHARS_MAX)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_NAME);
    }
    size_t size_bytes = strlen(body->site_url);
    if (!check_web(body->site_url) || (size_bytes > 0 && body->site_url[size_bytes - 1] == '/')) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_SYSTEM);
    }
    if (body->expiry_days < 1 || body->expiry_days > EXPIRY_DAYS_MAX) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_SETTING);
    }
    return STATUS_OK;
}

/* Once units exist, what their serial numbers are made of is fixed, and whose they are and what
 * they count. */
static enum status decide_project_fixed(const struct project_facts *facts,
                                        const struct command_project *body, struct answer *answer)
{
    const struct ledger_project *project = &facts->project;
    if (!text_is(body->org_id, project->org_id)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_SUPPLIER);
    }
    if (!text_is(body->short_code, project->short_code) ||
        !text_is(body->pathway_code, project->pathway_code)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_CODE);
    }
    if (!text_is(body->country, project->country)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_COUNTRY);
    }
    if (body->instrument != project->instrument) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_PROJECT);
    }
    return STATUS_OK;
}

static enum status decide_project_words(const struct command_project *body, struct answer *answer)
{
    if (!check_words(body->name, 1, PROJECT_NAME_CHARS_MAX)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_NAME);
    }
    if (!serial_word_is(body->short_code) || !serial_word_is(body->pathway_code)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_CODE);
    }
    if (!check_country(body->country)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_COUNTRY);
    }
    if (body->instrument >= INSTRUMENT__COUNT || !project_status_is(body->status)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_SETTING);
    }
    if (!check_date(body->crediting_start) || !check_date(body->crediting_end)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_DATE);
    }
    if (!check_web(body->web)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_SYSTEM);
    }
    const char *const words[] = {body->pathway,   body->protocol, body->place,
                                 body->validator, body->verifier, body->origin};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (!check_words(words[i], 0, NAME_SIZE)) {
            return refuse(answer, STATUS_VALUE_REFUSED, FIELD_PROJECT);
        }
    }
    if (!check_prose(body->description)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_NOTES);
    }
    if (body->ccp_approved && body->instrument != INSTRUMENT_CARBON_REMOVAL) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_LABEL);
    }
    return location_fits(&body->location, body->country, answer) ? STATUS_OK : STATUS_VALUE_REFUSED;
}

/* Whoever shows a point on the map shows its country by name. */
static bool location_fits(const struct location *location, const char *country,
                          struct answer *answer)
{
    if (!location_is(location)) {
        (void)refuse(answer, STATUS_VALUE_REFUSED, FIELD_LOCATION);
        return false;
    }
    if (location->is_known && text_empty(country_name(country))) {
        (void)refuse(answer, STATUS_VALUE_REFUSED, FIELD_COUNTRY);
        return false;
    }
    return true;
}

static bool project_status_is(const char *word)
{
    static const char *const words[] = {
        "draft",    "preview", "under_validation", "validated", "validation_unsuccessful",
        "cancelled"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (text_is(words[i], word)) {
            return true;
        }
    }
    return false;
}
