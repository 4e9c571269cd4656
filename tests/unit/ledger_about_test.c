/*
 * unit/ledger_about_test.c: what is said of organisations and projects, and documents: each refusal
 * with its field, each bound at its edge; who may, and what stays of it in the registry.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/town.h"
#include "unit/decides.h"

/* So many characters of two bytes each. */
static void fill(char *text, int characters)
{
    for (int i = 0; i < characters; i++) {
        memcpy(text + 2 * (size_t)i, "ö", 2);
    }
    text[2 * (size_t)characters] = '\0';
}

/* ---- organisations and projects ---- */

static void an_organisation_says_where_it_sits(void **state)
{
    (void)state;
    struct organisation_facts facts = {.is_new = true};
    struct command_organisation body = {.name = "Alder"};
#define SAY decide_organisation(&facts, &body, &answer)
    ALLOWS(SAY);
    fill(body.short_description, SHORT_DESCRIPTION_CHARS_MAX);
    ALLOWS(SAY);
    fill(body.short_description, SHORT_DESCRIPTION_CHARS_MAX + 1);
    DECIDES(SAY, STATUS_VALUE_REFUSED, FIELD_SUMMARY);
    TEXT_COPY(body.short_description, "Two\nlines");
    DECIDES(SAY, STATUS_VALUE_REFUSED, FIELD_SUMMARY);
    TEXT_COPY(body.short_description, "");
    fill(body.place, NAME_CHARS_MAX);
    ALLOWS(SAY);
    fill(body.place, NAME_CHARS_MAX + 1);
    DECIDES(SAY, STATUS_VALUE_REFUSED, FIELD_PLACE);
    TEXT_COPY(body.place, "Gävle ");
    DECIDES(SAY, STATUS_VALUE_REFUSED, FIELD_PLACE);
    TEXT_COPY(body.place, "Gävle");
    /* A point needs a country that has a name. */
    body.location = (struct location){true, LATITUDE_UDEG_MAX, -LONGITUDE_UDEG_MAX};
    DECIDES(SAY, STATUS_VALUE_REFUSED, FIELD_COUNTRY);
    TEXT_COPY(body.country, "EUE");
    DECIDES(SAY, STATUS_VALUE_REFUSED, FIELD_COUNTRY);
    TEXT_COPY(body.country, "SWE");
    ALLOWS(SAY);
    body.location.latitude_udeg++;
    DECIDES(SAY, STATUS_VALUE_REFUSED, FIELD_LOCATION);
    body.location = (struct location){true, -LATITUDE_UDEG_MAX, LONGITUDE_UDEG_MAX};
    ALLOWS(SAY);
    body.location.longitude_udeg++;
    DECIDES(SAY, STATUS_VALUE_REFUSED, FIELD_LOCATION);
    body.location = (struct location){false, 0, 1};
    DECIDES(SAY, STATUS_VALUE_REFUSED, FIELD_LOCATION);
}

static void a_project_says_where_it_is(void **state)
{
    (void)state;
    struct project_facts facts = {
        .is_new = true, .supplier = {.found = true, .state = ORG_ACTIVE, .is_supplier = true}};
    struct command command =
        town_project_command("org_0000000000000001", "P1", INSTRUMENT_CARBON_REMOVAL);
    struct command_project *body = &command.project;
#define PLACE decide_project(&facts, body, &answer)
    body->location = (struct location){true, 60674600, 17141700};
    body->ccp_approved = true;
    ALLOWS(PLACE);
    body->location.latitude_udeg = -LATITUDE_UDEG_MAX - 1;
    DECIDES(PLACE, STATUS_VALUE_REFUSED, FIELD_LOCATION);
    body->location.latitude_udeg = 0;
    TEXT_COPY(body->country, "EUE");
    DECIDES(PLACE, STATUS_VALUE_REFUSED, FIELD_COUNTRY);
    body->location = (struct location){false, 0, 0};
    ALLOWS(PLACE);
    /* The label is of carbon removal alone. */
    body->instrument = INSTRUMENT_RENEWABLE_ENERGY;
    DECIDES(PLACE, STATUS_VALUE_REFUSED, FIELD_LABEL);
    body->ccp_approved = false;
    ALLOWS(PLACE);
}

static void has_fingerprint(const struct command *command, const char *wanted)
{
    char hex[DIGEST_HEX_SIZE];
    struct digest digest = command_fingerprint(command);
    digest_hex(&digest, hex);
    assert_string_equal(hex, wanted);
}

/* As the last version computed them that had nothing of this: a key of then is still known. */
static void kept_fingerprints_stay(void **state)
{
    (void)state;
    struct command command = command_of(ACT_EDIT_ORGANISATION, "usr_000000000000000A", "");
    TEXT_COPY(command.organisation.org_id, "org_0000000000000001");
    TEXT_COPY(command.organisation.name, "Alder");
    TEXT_COPY(command.organisation.country, "SWE");
    has_fingerprint(&command, "ff0edafc12d5b4c64fbf78f0f825ee0659d51990d6dc9c0aafd007f624642c61");
    command = command_of(ACT_EDIT_PROJECT, "usr_000000000000000A", "");
    TEXT_COPY(command.project.project_id, "prj_0000000000000001");
    TEXT_COPY(command.project.name, "Project P1");
    TEXT_COPY(command.project.country, "SWE");
    has_fingerprint(&command, "1e5d2dbe27d73694cb8c56543adbbac6d2d9a3ed4c21019948bf5868ac7b0adb");
    command = command_of(ACT_ORDER, "usr_000000000000000A", "k");
    TEXT_COPY(command.order.supplier_org_id, "org_0000000000000001");
    command.order.units = 5;
    has_fingerprint(&command, "9c7c1a34868d44364e18205f184ef0f8b429cdcd55ec873c87f1b44e43d3d76e");
}

/* Each word that is said makes another. */
static void words_have_fingerprints(void **state)
{
    (void)state;
    struct command command = command_of(ACT_EDIT_ORGANISATION, "", "");
    struct digest plain = command_fingerprint(&command);
    TEXT_COPY(command.organisation.short_description, "x");
    struct digest described = command_fingerprint(&command);
    TEXT_COPY(command.organisation.short_description, "");
    TEXT_COPY(command.organisation.place, "x");
    struct digest placed = command_fingerprint(&command);
    assert_false(digest_equal(&plain, &described));
    assert_false(digest_equal(&plain, &placed));
    assert_false(digest_equal(&described, &placed));
}

/* ---- documents ---- */

static void a_document_is_a_link_under_a_name(void **state)
{
    (void)state;
    struct document_facts facts = {.project = {.found = true}};
    struct command_document body = {.name = "Design", .url = "https://example.org/design.pdf"};
#define ADD decide_document(&facts, ACT_ADD_DOCUMENT, &body, &answer)
    ALLOWS(ADD);
    facts.project.found = false;
    DECIDES(ADD, STATUS_PROJECT_UNKNOWN, FIELD_PROJECT);
    facts.project.found = true;
    TEXT_COPY(body.name, "");
    DECIDES(ADD, STATUS_VALUE_REFUSED, FIELD_NAME);
    fill(body.name, NOTE_CHARS_MAX + 1);
    DECIDES(ADD, STATUS_VALUE_REFUSED, FIELD_NAME);
    fill(body.name, NOTE_CHARS_MAX);
    ALLOWS(ADD);
    TEXT_COPY(body.url, "http://example.org/design.pdf");
    DECIDES(ADD, STATUS_VALUE_REFUSED, FIELD_SYSTEM);
    TEXT_COPY(body.url, "https://example.org/");
    body.kind = DOCUMENT__COUNT;
    DECIDES(ADD, STATUS_VALUE_REFUSED, FIELD_SETTING);
    body.kind = DOCUMENT__COUNT - 1;
    ALLOWS(ADD);
    TEXT_COPY(body.dated, "2023-02-29");
    DECIDES(ADD, STATUS_VALUE_REFUSED, FIELD_DATE);
    TEXT_COPY(body.dated, "2024-02-29");
    ALLOWS(ADD);
    facts.url_taken = true;
    DECIDES(ADD, STATUS_EXISTS, FIELD_SYSTEM);
    facts.url_taken = false;
    facts.count = DOCUMENTS_MAX - 1;
    ALLOWS(ADD);
    facts.count = DOCUMENTS_MAX;
    DECIDES(ADD, STATUS_VALUE_REFUSED, FIELD_AMOUNT);
}

static void a_document_is_its_projects(void **state)
{
    (void)state;
    struct document_facts facts = {
        .project = {.found = true, .project_id = "prj_0000000000000001"},
        .document = {.found = true, .project_id = "prj_0000000000000001"}};
    struct command_document body = {.name = ""};
#define REMOVE decide_document(&facts, ACT_REMOVE_DOCUMENT, &body, &answer)
    ALLOWS(REMOVE);
    facts.document.found = false;
    DECIDES(REMOVE, STATUS_NOT_FOUND, FIELD_NONE);
    facts.document.found = true;
    TEXT_COPY(facts.document.project_id, "prj_0000000000000002");
    DECIDES(REMOVE, STATUS_NOT_FOUND, FIELD_NONE);
    facts.project.found = false;
    DECIDES(REMOVE, STATUS_PROJECT_UNKNOWN, FIELD_PROJECT);
}

/* ---- as the ledger does it ---- */

static char alder[ID_SIZE], project[ID_SIZE], other[ID_SIZE];

static int set_up(void **state)
{
    (void)state;
    town_found();
    memcpy(alder, town_org("Alder", true, ORG_PARTICIPANT), ID_SIZE);
    memcpy(project, town_project(alder, "P1", INSTRUMENT_CARBON_REMOVAL), ID_SIZE);
    memcpy(other, town_project(alder, "P2", INSTRUMENT_CARBON_REMOVAL), ID_SIZE);
    town_member(alder, town_person('A'), ROLE_ALL);
    town_official(town_person('Z'), REGISTRY_ADMINISTRATOR);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    town_leave();
    return 0;
}

static struct command adds(const char *user_id, const char *url)
{
    struct command command = command_of(ACT_ADD_DOCUMENT, user_id, town_key());
    TEXT_COPY(command.document.project_id, project);
    TEXT_COPY(command.document.name, "Design");
    TEXT_COPY(command.document.url, url);
    return command;
}

static void ends(enum asker program, const struct command *command, enum status wanted,
                 enum command_field field)
{
    enum status given = town_ask(program, command, &answer);
    if (given != wanted) {
        fail_msg("%s: %s, not %s", act_word((enum act_kind)command->kind), status_row(given)->slug,
                 status_row(wanted)->slug);
    }
    assert_int_equal(answer.field, field);
}

static void officials_add_and_remove(void **state)
{
    (void)state;
    static const char *const there =
        "SELECT count(*) FROM project_document WHERE removed_at IS NULL";
    struct command add = adds(town_person('A'), "https://example.org/1");
    ends(PROGRAM_ADMIN, &add, STATUS_NOT_ALLOWED, FIELD_NONE); /* a manager of the supplier */
    ends(PROGRAM_ACCOUNT, &add, STATUS_NOT_ALLOWED, FIELD_NONE);
    add = adds(town_person('Z'), "https://example.org/1");
    add.key[0] = '\0';
    ends(PROGRAM_ADMIN, &add, STATUS_VALUE_REFUSED, FIELD_KEY);
    assert_int_equal(town_number(there), 0);
    TEXT_COPY(add.key, "the-first");
    ends(PROGRAM_ADMIN, &add, STATUS_OK, FIELD_NONE);
    assert_string_equal(answer.id, project); /* what is acted on */
    ends(PROGRAM_ADMIN, &add, STATUS_OK, FIELD_NONE);
    assert_true(answer.repeated);
    TEXT_COPY(add.key, "the-second");
    ends(PROGRAM_ADMIN, &add, STATUS_EXISTS, FIELD_SYSTEM);
    TEXT_COPY(add.document.project_id, other); /* of another project it may be */
    TEXT_COPY(add.key, "the-third");
    ends(PROGRAM_ADMIN, &add, STATUS_OK, FIELD_NONE);
    assert_int_equal(town_number(there), 2);
    /* Only the operator names ids. */
    TEXT_COPY(add.document.url, "https://example.org/2");
    TEXT_COPY(add.document.document_id, "pjd_0000000000000001");
    TEXT_COPY(add.key, "the-fourth");
    ends(PROGRAM_ADMIN, &add, STATUS_VALUE_REFUSED, FIELD_NONE);
    add.user_id[0] = '\0';
    TEXT_COPY(add.document.document_id, "prj_0000000000000001");
    ends(PROGRAM_TALLY, &add, STATUS_VALUE_REFUSED, FIELD_NONE);
    TEXT_COPY(add.document.document_id, "pjd_0000000000000001");
    TEXT_COPY(add.key, "the-fifth");
    ends(PROGRAM_TALLY, &add, STATUS_OK, FIELD_NONE);
    TEXT_COPY(add.document.url, "https://example.org/3");
    TEXT_COPY(add.key, "the-sixth");
    ends(PROGRAM_TALLY, &add, STATUS_EXISTS, FIELD_NONE);
    TEXT_COPY(add.document.project_id, "prj_ZZZZZZZZZZZZZZZZ");
    TEXT_COPY(add.key, "the-seventh");
    ends(PROGRAM_TALLY, &add, STATUS_PROJECT_UNKNOWN, FIELD_PROJECT);
    /* Removed it stays in the table, and its address is free again. */
    struct command removal = command_of(ACT_REMOVE_DOCUMENT, town_person('A'), "");
    TEXT_COPY(removal.document.project_id, other);
    TEXT_COPY(removal.document.document_id, "pjd_0000000000000001");
    ends(PROGRAM_ADMIN, &removal, STATUS_NOT_ALLOWED, FIELD_NONE);
    TEXT_COPY(removal.user_id, town_person('Z'));
    TEXT_COPY(removal.document.project_id, project);
    ends(PROGRAM_ADMIN, &removal, STATUS_NOT_FOUND, FIELD_NONE);
    TEXT_COPY(removal.document.project_id, other);
    ends(PROGRAM_ADMIN, &removal, STATUS_OK, FIELD_NONE);
    assert_string_equal(answer.id, other);
    ends(PROGRAM_ADMIN, &removal, STATUS_NOT_FOUND, FIELD_NONE);
    assert_int_equal(town_number(there), 2);
    assert_int_equal(town_number("SELECT count(*) FROM project_document WHERE removed_at > 0"), 1);
    add = adds(town_person('Z'), "https://example.org/2");
    TEXT_COPY(add.document.project_id, other);
    ends(PROGRAM_ADMIN, &add, STATUS_OK, FIELD_NONE);
    /* Who follows the project hears of each. */
    assert_int_equal(town_number("SELECT count(*) FROM act WHERE event = 'project.changed' AND"
                                 " command IN ('add-document', 'remove-document')"),
                     5);
}

/* The log says of what status a project is, and when its credits get the label or lose it. */
static void the_label_is_told_of(void **state)
{
    (void)state;
    static const struct {
        bool label;
        const char *status, *detail;
    } edits[] = {{false, "under_validation", "Project P1 (P1); under_validation"},
                 {true, "validated", "Project P1 (P1), CCP-approved from now on; validated"},
                 {true, "validated", "Project P1 (P1); validated"},
                 {false, "cancelled", "Project P1 (P1), no longer CCP-approved; cancelled"}};
    struct command command = town_project_command(alder, "P1", INSTRUMENT_CARBON_REMOVAL);
    command.kind = ACT_EDIT_PROJECT;
    TEXT_COPY(command.user_id, town_person('Z'));
    TEXT_COPY(command.project.project_id, project);
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        char sql[160];
        command.project.ccp_approved = edits[i].label;
        TEXT_COPY(command.project.status, edits[i].status);
        ends(PROGRAM_ADMIN, &command, STATUS_OK, FIELD_NONE);
        (void)snprintf(sql, sizeof sql,
                       "SELECT count(*) FROM act WHERE seq = %lld AND detail = '%s'",
                       (long long)answer.seq, edits[i].detail);
        assert_int_equal(town_number(sql), 1);
        assert_int_equal(town_number("SELECT sum(ccp_approved) FROM project"), edits[i].label);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_organisation_says_where_it_sits),
        cmocka_unit_test(a_project_says_where_it_is),
        cmocka_unit_test(kept_fingerprints_stay),
        cmocka_unit_test(words_have_fingerprints),
        cmocka_unit_test(a_document_is_a_link_under_a_name),
        cmocka_unit_test(a_document_is_its_projects),
        cmocka_unit_test_setup_teardown(officials_add_and_remove, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_label_is_told_of, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("what is said, and documents", tests, decides_open, NULL);
}
