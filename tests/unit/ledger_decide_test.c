/* tests/unit/ledger_decide_test.c: the decisions about organisations, people, projects, accounts
 * and settings as pure functions over facts: every refusal with its field, every bound at its edge.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/decides.h"

/* ---- organisations ---- */

static void an_organisation_is_opened(void **state)
{
    (void)state;
    struct organisation_facts facts = {.is_new = true};
    struct command_organisation body = {
        .name = "Alder", .domain = "alder.example", .country = "SWE"};
#define OPEN decide_organisation(&facts, &body, &answer)
    ALLOWS(OPEN);
    facts.name_taken = true;
    DECIDES(OPEN, STATUS_EXISTS, FIELD_NAME);
    facts.name_taken = false;
    facts.domain_taken = true;
    DECIDES(OPEN, STATUS_EXISTS, FIELD_DOMAIN);
    facts.domain_taken = false;
    body.name[0] = '\0';
    DECIDES(OPEN, STATUS_VALUE_REFUSED, FIELD_NAME);
    memset(body.name, 'n', NAME_CHARS_MAX + 1);
    DECIDES(OPEN, STATUS_VALUE_REFUSED, FIELD_NAME);
    body.name[NAME_CHARS_MAX] = '\0';
    ALLOWS(OPEN);
    TEXT_COPY(body.name, "n");
    ALLOWS(OPEN);
    TEXT_COPY(body.domain, "alder");
    DECIDES(OPEN, STATUS_VALUE_REFUSED, FIELD_DOMAIN);
    TEXT_COPY(body.domain, "");
    TEXT_COPY(body.country, "SE");
    DECIDES(OPEN, STATUS_VALUE_REFUSED, FIELD_COUNTRY);
    TEXT_COPY(body.country, "");
    ALLOWS(OPEN);
    TEXT_COPY(body.description, "\a");
    DECIDES(OPEN, STATUS_VALUE_REFUSED, FIELD_NOTES);
    TEXT_COPY(body.description, "Two\nlines");
    TEXT_COPY(body.origin, "\a");
    DECIDES(OPEN, STATUS_VALUE_REFUSED, FIELD_NOTES);
    TEXT_COPY(body.origin, "a file");
    body.kind = ORG_REGISTRY;
    ALLOWS(OPEN);
    body.kind = ORG_REGISTRY + 1;
    DECIDES(OPEN, STATUS_VALUE_REFUSED, FIELD_SETTING);
    /* One that is there is only edited; its kind stays what it is. */
    facts.is_new = false;
    DECIDES(OPEN, STATUS_NOT_FOUND, FIELD_NONE);
    facts.org = decides_org("org_1");
    ALLOWS(OPEN);
#undef OPEN
}

static void an_organisation_is_closed_when_it_is_empty(void **state)
{
    (void)state;
    struct organisation_facts facts = {0};
    struct command_organisation body = {.state = ORG_CLOSED, .reason = "Dissolved"};
#define SET decide_organisation_state(&facts, &body, &answer)
    DECIDES(SET, STATUS_NOT_FOUND, FIELD_NONE);
    facts.org = decides_org("org_1");
    ALLOWS(SET);
    facts.left_units = 1;
    DECIDES(SET, STATUS_VALUE_REFUSED, FIELD_AMOUNT);
    assert_int_equal(answer.available_units, 1);
    facts.left_units = 0;
    facts.left_waiting = 1;
    DECIDES(SET, STATUS_VALUE_REFUSED, FIELD_LINES);
    assert_int_equal(answer.count, 1);
    /* Suspending asks for no emptiness. */
    body.state = ORG_SUSPENDED;
    facts.left_units = 5;
    ALLOWS(SET);
    body.reason[0] = '\0';
    DECIDES(SET, STATUS_REASON_NEEDED, FIELD_REASON);
    TEXT_COPY(body.reason, "  ");
    DECIDES(SET, STATUS_REASON_NEEDED, FIELD_REASON);
    body.reason[0] = '\0';
    body.state = ORG_ACTIVE;
    ALLOWS(SET);
    TEXT_COPY(body.reason, "bell\a");
    DECIDES(SET, STATUS_NOTE_CONTROL, FIELD_REASON);
    TEXT_COPY(body.reason, "Why");
    body.state = ORG_CLOSED + 1;
    DECIDES(SET, STATUS_VALUE_REFUSED, FIELD_SETTING);
#undef SET
}

/* ---- people ---- */

static void a_member_is_somebody_known(void **state)
{
    (void)state;
    struct person_facts facts = {0};
    struct command_person body = {.roles = ROLE_ALL};
#define MEMBER decide_member(&facts, &body, &answer)
    DECIDES(MEMBER, STATUS_NOT_FOUND, FIELD_NONE);
    facts.org = decides_org("org_1");
    facts.org.state = ORG_CLOSED;
    DECIDES(MEMBER, STATUS_SENDER_CLOSED, FIELD_NONE);
    facts.org.state = ORG_SUSPENDED; /* its people may still be put in order */
    DECIDES(MEMBER, STATUS_PERSON_UNKNOWN, FIELD_PERSON);
    facts.person.found = true;
    DECIDES(MEMBER, STATUS_PERSON_UNKNOWN, FIELD_PERSON);
    body.roles = 0; /* somebody deactivated can leave */
    ALLOWS(MEMBER);
    facts.person.active = true;
    body.roles = ROLE_ALL;
    ALLOWS(MEMBER);
    body.roles = ROLE_ALL + 1;
    DECIDES(MEMBER, STATUS_VALUE_REFUSED, FIELD_ROLES);
    /* The last manager stays one, but for those above. */
    facts.old_roles = ROLE_MANAGER | ROLE_VIEWER;
    body.roles = ROLE_VIEWER;
    ALLOWS(MEMBER);
    facts.is_last = true;
    DECIDES(MEMBER, STATUS_LAST_MANAGER, FIELD_ROLES);
    body.roles = ROLE_MANAGER;
    ALLOWS(MEMBER);
    body.roles = 0;
    facts.is_above = true;
    ALLOWS(MEMBER);
    facts.is_above = false;
    facts.old_roles = ROLE_VIEWER;
    ALLOWS(MEMBER);
#undef MEMBER
}

static void the_last_administrator_stays(void **state)
{
    (void)state;
    struct person_facts facts = {0};
    struct command_person body = {.user_id = "usr_0000000000000001"};
#define PERSON decide_person(&facts, &body, &answer)
    ALLOWS(PERSON);
    body.deactivated = true;
    DECIDES(PERSON, STATUS_PERSON_UNKNOWN, FIELD_PERSON);
    facts.person.found = true;
    facts.person.active = true;
    facts.is_last = true;
    ALLOWS(PERSON);
    facts.person.registry_roles = REGISTRY_ADMINISTRATOR;
    DECIDES(PERSON, STATUS_LAST_MANAGER, FIELD_PERSON);
    facts.is_last = false;
    ALLOWS(PERSON);
    facts.is_last = true;
    facts.person.active = false; /* is none any more */
    ALLOWS(PERSON);
    facts.person.active = true;
    body.deactivated = false;
    ALLOWS(PERSON);
    TEXT_COPY(body.user_id, "org_0000000000000001");
    DECIDES(PERSON, STATUS_VALUE_REFUSED, FIELD_PERSON);
#undef PERSON
}

static void registry_roles_are_two(void **state)
{
    (void)state;
    struct person_facts facts = {0};
    struct command_person body = {.roles = REGISTRY_AUDITOR};
#define ROLES decide_registry_roles(&facts, &body, &answer)
    DECIDES(ROLES, STATUS_PERSON_UNKNOWN, FIELD_PERSON);
    facts.person.found = true;
    DECIDES(ROLES, STATUS_PERSON_UNKNOWN, FIELD_PERSON);
    body.roles = 0;
    ALLOWS(ROLES);
    facts.person.active = true;
    body.roles = REGISTRY_ADMINISTRATOR | REGISTRY_AUDITOR;
    ALLOWS(ROLES);
    body.roles = (REGISTRY_ADMINISTRATOR | REGISTRY_AUDITOR) + 1;
    DECIDES(ROLES, STATUS_VALUE_REFUSED, FIELD_ROLES);
    body.roles = REGISTRY_AUDITOR;
    facts.is_last = true;
    ALLOWS(ROLES);
    facts.person.registry_roles = REGISTRY_ADMINISTRATOR;
    DECIDES(ROLES, STATUS_LAST_MANAGER, FIELD_ROLES);
    body.roles = REGISTRY_ADMINISTRATOR;
    ALLOWS(ROLES);
    body.roles = 0;
    facts.is_last = false;
    ALLOWS(ROLES);
    facts.is_last = true;
    facts.person.active = false;
    ALLOWS(ROLES);
#undef ROLES
}

/* ---- projects ---- */

static struct command_project project_body(void)
{
    return (struct command_project){.org_id = "org_1",
                                    .name = "A project",
                                    .short_code = "P1",
                                    .pathway = "biochar",
                                    .pathway_code = "BIO",
                                    .country = "SWE",
                                    .status = "validated"};
}

static void a_project_belongs_to_a_supplier(void **state)
{
    (void)state;
    struct project_facts facts = {.is_new = true};
    struct command_project body = project_body();
#define PROJECT decide_project(&facts, &body, &answer)
    DECIDES(PROJECT, STATUS_SENDER_UNKNOWN, FIELD_SUPPLIER);
    facts.supplier = decides_org("org_1");
    DECIDES(PROJECT, STATUS_WRONG_SUPPLIER, FIELD_SUPPLIER);
    facts.supplier.is_supplier = true;
    ALLOWS(PROJECT);
    facts.supplier.state = ORG_SUSPENDED;
    ALLOWS(PROJECT);
    facts.supplier.state = ORG_CLOSED;
    DECIDES(PROJECT, STATUS_SENDER_CLOSED, FIELD_SUPPLIER);
    facts.supplier.state = ORG_ACTIVE;
    facts.code_taken = true;
    DECIDES(PROJECT, STATUS_EXISTS, FIELD_CODE);
    facts.code_taken = false;
    facts.is_new = false;
    DECIDES(PROJECT, STATUS_PROJECT_UNKNOWN, FIELD_PROJECT);
    facts.project.found = true;
    ALLOWS(PROJECT);
}

static void what_serial_numbers_are_made_of_is_fixed(void **state)
{
    (void)state;
    struct project_facts facts = {.supplier = decides_org("org_1")};
    facts.supplier.is_supplier = true;
    facts.project = (struct ledger_project){.found = true,
                                            .short_code = "P1",
                                            .pathway_code = "BIO",
                                            .country = "SWE",
                                            .instrument = INSTRUMENT_CARBON_REMOVAL};
    TEXT_COPY(facts.project.org_id, "org_1");
    const struct command_project same = project_body();
    struct command_project body = same;
    facts.project.has_units = true;
    ALLOWS(PROJECT);
    TEXT_COPY(body.name, "Another name");
    ALLOWS(PROJECT);
    TEXT_COPY(body.org_id, "org_2");
    DECIDES(PROJECT, STATUS_VALUE_REFUSED, FIELD_SUPPLIER);
    body = same;
    TEXT_COPY(body.short_code, "P2");
    DECIDES(PROJECT, STATUS_VALUE_REFUSED, FIELD_CODE);
    body = same;
    TEXT_COPY(body.pathway_code, "WIND");
    DECIDES(PROJECT, STATUS_VALUE_REFUSED, FIELD_CODE);
    body = same;
    TEXT_COPY(body.country, "NOR");
    DECIDES(PROJECT, STATUS_VALUE_REFUSED, FIELD_COUNTRY);
    body = same;
    body.instrument = INSTRUMENT_RENEWABLE_ENERGY;
    DECIDES(PROJECT, STATUS_VALUE_REFUSED, FIELD_PROJECT);
    /* Words that are none are refused as ever. */
    body = same;
    body.name[0] = '\0';
    DECIDES(PROJECT, STATUS_VALUE_REFUSED, FIELD_NAME);
    body.instrument = INSTRUMENT_RENEWABLE_ENERGY;
    TEXT_COPY(body.name, same.name);
    facts.project.has_units = false;
    ALLOWS(PROJECT);
}

static void every_word_of_a_project_is_looked_at(void **state)
{
    (void)state;
    struct project_facts facts = {.is_new = true, .supplier = decides_org("org_1")};
    facts.supplier.is_supplier = true;
    struct command_project body = project_body();
    struct {
        char *text;
        enum command_field field;
    } const fields[] = {
        {body.name, FIELD_NAME},          {body.short_code, FIELD_CODE},
        {body.pathway_code, FIELD_CODE},  {body.country, FIELD_COUNTRY},
        {body.status, FIELD_SETTING},     {body.crediting_start, FIELD_DATE},
        {body.crediting_end, FIELD_DATE}, {body.web, FIELD_SYSTEM},
        {body.pathway, FIELD_PROJECT},    {body.protocol, FIELD_PROJECT},
        {body.place, FIELD_PROJECT},      {body.validator, FIELD_PROJECT},
        {body.verifier, FIELD_PROJECT},   {body.origin, FIELD_PROJECT},
        {body.description, FIELD_NOTES},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        body = project_body();
        memcpy(fields[i].text, "\a", 2);
        DECIDES(PROJECT, STATUS_VALUE_REFUSED, fields[i].field);
    }
    body = project_body();
    memset(body.name, 'n', 401);
    DECIDES(PROJECT, STATUS_VALUE_REFUSED, FIELD_NAME);
    body.name[400] = '\0';
    ALLOWS(PROJECT);
    body.name[1] = '\0';
    ALLOWS(PROJECT);
    body.name[0] = '\0';
    DECIDES(PROJECT, STATUS_VALUE_REFUSED, FIELD_NAME);
    body = project_body();
    body.instrument = INSTRUMENT__COUNT;
    DECIDES(PROJECT, STATUS_VALUE_REFUSED, FIELD_SETTING);
    static const char *const statuses[] = {
        "draft",    "preview", "under_validation", "validated", "validation_unsuccessful",
        "cancelled"};
    body.instrument = INSTRUMENT__COUNT - 1;
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        TEXT_COPY(body.status, statuses[i]);
        ALLOWS(PROJECT);
    }
    TEXT_COPY(body.crediting_start, "2024-01-01");
    TEXT_COPY(body.crediting_end, "2034-01-01");
    TEXT_COPY(body.web, "https://example.org");
    TEXT_COPY(body.description, "Two\nlines");
    ALLOWS(PROJECT);
#undef PROJECT
}

/* ---- accounts, policies, settings ---- */

static void an_account_has_a_kind(void **state)
{
    (void)state;
    struct account_facts facts = {0};
    struct command_account body = {.name = "Vault", .kind = ACCOUNT_ACTIVE};
#define OPEN decide_open_account(&facts, &body, &answer)
    DECIDES(OPEN, STATUS_NOT_FOUND, FIELD_NONE);
    facts.org = decides_org("org_1");
    ALLOWS(OPEN);
    facts.org.state = ORG_SUSPENDED;
    ALLOWS(OPEN);
    facts.org.state = ORG_CLOSED;
    DECIDES(OPEN, STATUS_SENDER_CLOSED, FIELD_NONE);
    facts.org.state = ORG_ACTIVE;
    facts.name_taken = true;
    DECIDES(OPEN, STATUS_EXISTS, FIELD_NAME);
    facts.name_taken = false;
    body.kind = ACCOUNT_RETIREMENT;
    ALLOWS(OPEN);
    body.kind = ACCOUNT_RESERVE;
    DECIDES(OPEN, STATUS_VALUE_REFUSED, FIELD_ACCOUNT);
    facts.org.kind = ORG_BUFFER;
    ALLOWS(OPEN);
    body.kind = ACCOUNT_RESERVE + 1;
    DECIDES(OPEN, STATUS_VALUE_REFUSED, FIELD_ACCOUNT);
    body.kind = ACCOUNT_ACTIVE;
    memset(body.name, 'n', NAME_CHARS_MAX + 1);
    DECIDES(OPEN, STATUS_VALUE_REFUSED, FIELD_NAME);
    body.name[NAME_CHARS_MAX] = '\0';
    ALLOWS(OPEN);
    body.name[1] = '\0';
    ALLOWS(OPEN);
    body.name[0] = '\0';
    DECIDES(OPEN, STATUS_VALUE_REFUSED, FIELD_NAME);
#undef OPEN
}

static void an_empty_account_is_closed(void **state)
{
    (void)state;
    struct account_facts facts = {0};
    struct command_account body = {.account_id = "acc_1"};
#define SHUT decide_close_account(&facts, &body, &answer)
    DECIDES(SHUT, STATUS_NOT_FOUND, FIELD_NONE);
    facts.account = (struct ledger_account){.found = true, .is_open = true};
    TEXT_COPY(facts.account.org_id, "org_1");
    ALLOWS(SHUT);
    TEXT_COPY(body.org_id, "org_1");
    ALLOWS(SHUT);
    TEXT_COPY(body.org_id, "org_2");
    DECIDES(SHUT, STATUS_ACCOUNT_UNKNOWN, FIELD_ACCOUNT);
    TEXT_COPY(body.org_id, "");
    facts.units = 1;
    DECIDES(SHUT, STATUS_VALUE_REFUSED, FIELD_AMOUNT);
    assert_int_equal(answer.available_units, 1);
    facts.account.is_main = true;
    DECIDES(SHUT, STATUS_VALUE_REFUSED, FIELD_ACCOUNT);
    facts.account.is_open = false;
    DECIDES(SHUT, STATUS_ACCOUNT_CLOSED, FIELD_ACCOUNT);
#undef SHUT
}

static void policies_and_trust(void **state)
{
    (void)state;
    struct ledger_org one = {0};
    struct ledger_org other = {0};
    struct command_policy body = {.incoming = INCOMING_ALL,
                                  .two_person = TWO_PERSON_ALWAYS,
                                  .two_person_above_units = QUANTITY_UNITS_MAX};
#define POLICY decide_policy(&one, &body, &answer)
    DECIDES(POLICY, STATUS_NOT_FOUND, FIELD_NONE);
    one = decides_org("org_1");
    ALLOWS(POLICY);
    one.state = ORG_SUSPENDED;
    ALLOWS(POLICY);
    one.state = ORG_CLOSED;
    DECIDES(POLICY, STATUS_SENDER_CLOSED, FIELD_NONE);
    one.state = ORG_ACTIVE;
    body.two_person_above_units = QUANTITY_UNITS_MAX + 1;
    DECIDES(POLICY, STATUS_QUANTITY_TOO_LARGE, FIELD_AMOUNT);
    body.two_person_above_units = -1;
    DECIDES(POLICY, STATUS_QUANTITY_NEGATIVE, FIELD_AMOUNT);
    body.two_person_above_units = 0;
    ALLOWS(POLICY);
    body.incoming = INCOMING_ALL + 1;
    DECIDES(POLICY, STATUS_VALUE_REFUSED, FIELD_SETTING);
    body.incoming = INCOMING_ASK;
    body.two_person = TWO_PERSON_ALWAYS + 1;
    DECIDES(POLICY, STATUS_VALUE_REFUSED, FIELD_SETTING);
#undef POLICY
    DECIDES(decide_trust(&one, &other, &answer), STATUS_SENDER_UNKNOWN, FIELD_RECIPIENT);
    other = decides_org("org_2");
    ALLOWS(decide_trust(&one, &other, &answer));
    other = decides_org("org_1");
    DECIDES(decide_trust(&one, &other, &answer), STATUS_SAME_ACCOUNT, FIELD_RECIPIENT);
    one.found = false;
    DECIDES(decide_trust(&one, &other, &answer), STATUS_NOT_FOUND, FIELD_NONE);
}

static void settings_and_the_freeze(void **state)
{
    (void)state;
    struct command_setting body = {.site_name = "Town", .expiry_days = 14};
#define SETTINGS decide_settings(&body, &answer)
    ALLOWS(SETTINGS);
    body.registry_approval_units = QUANTITY_UNITS_MAX;
    ALLOWS(SETTINGS);
    body.registry_approval_units = QUANTITY_UNITS_MAX + 1;
    DECIDES(SETTINGS, STATUS_QUANTITY_TOO_LARGE, FIELD_AMOUNT);
    body.registry_approval_units = -1;
    DECIDES(SETTINGS, STATUS_QUANTITY_NEGATIVE, FIELD_AMOUNT);
    body.registry_approval_units = 0;
    body.expiry_days = 0;
    DECIDES(SETTINGS, STATUS_VALUE_REFUSED, FIELD_SETTING);
    body.expiry_days = 1;
    ALLOWS(SETTINGS);
    body.expiry_days = 365;
    ALLOWS(SETTINGS);
    body.expiry_days = 366;
    DECIDES(SETTINGS, STATUS_VALUE_REFUSED, FIELD_SETTING);
    body.expiry_days = 14;
    TEXT_COPY(body.site_url, "http://a");
    ALLOWS(SETTINGS);
    TEXT_COPY(body.site_url, "http://a/");
    DECIDES(SETTINGS, STATUS_VALUE_REFUSED, FIELD_SYSTEM);
    TEXT_COPY(body.site_url, "gopher://a");
    DECIDES(SETTINGS, STATUS_VALUE_REFUSED, FIELD_SYSTEM);
    TEXT_COPY(body.site_url, "");
    memset(body.site_name, 'n', NAME_CHARS_MAX + 1);
    DECIDES(SETTINGS, STATUS_VALUE_REFUSED, FIELD_NAME);
    body.site_name[NAME_CHARS_MAX] = '\0';
    ALLOWS(SETTINGS);
    body.site_name[1] = '\0';
    ALLOWS(SETTINGS);
    body.site_name[0] = '\0';
    DECIDES(SETTINGS, STATUS_VALUE_REFUSED, FIELD_NAME);
#undef SETTINGS
    struct command_setting freeze = {.frozen = true};
    DECIDES(decide_freeze(&freeze, &answer), STATUS_REASON_NEEDED, FIELD_REASON);
    TEXT_COPY(freeze.text, "\xc2\xa0");
    DECIDES(decide_freeze(&freeze, &answer), STATUS_REASON_NEEDED, FIELD_REASON);
    TEXT_COPY(freeze.text, "Why");
    ALLOWS(decide_freeze(&freeze, &answer));
    TEXT_COPY(freeze.text, "\a");
    DECIDES(decide_freeze(&freeze, &answer), STATUS_NOTE_CONTROL, FIELD_REASON);
    freeze = (struct command_setting){.frozen = false};
    ALLOWS(decide_freeze(&freeze, &answer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_organisation_is_opened),
        cmocka_unit_test(an_organisation_is_closed_when_it_is_empty),
        cmocka_unit_test(a_member_is_somebody_known),
        cmocka_unit_test(the_last_administrator_stays),
        cmocka_unit_test(registry_roles_are_two),
        cmocka_unit_test(a_project_belongs_to_a_supplier),
        cmocka_unit_test(what_serial_numbers_are_made_of_is_fixed),
        cmocka_unit_test(every_word_of_a_project_is_looked_at),
        cmocka_unit_test(an_account_has_a_kind),
        cmocka_unit_test(an_empty_account_is_closed),
        cmocka_unit_test(policies_and_trust),
        cmocka_unit_test(settings_and_the_freeze),
    };
    return cmocka_run_group_tests_name("decisions", tests, decides_open, NULL);
}
