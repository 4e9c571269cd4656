/* tests/unit/retirement_draft_test.c: retirements being prepared: what people.db keeps of them,
 * which question comes next, the command they ask for, and their words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "pages/retire.h"
#include "pages/retirement_words.h"
#include "store/people_person.h"

#define DRAFT "drf_1KNS0Q2D6SBX0A01"
#define PERSON "usr_1KNS0Q2D6SBX0A01"
#define OTHER "usr_1KNS0Q2D6SBX0A02"
#define OWNER "org_1KNS0Q2D6SBX0A01"
#define BATCH "ctb_1KNS0Q2D6SBX0A01"

static struct arena arena;
static struct store *people;
static char folder[] = "/tmp/tallystick-retire-XXXXXX";

static int set_up(void **state)
{
    (void)state;
    static const struct query_table *const tables[] = {
        &people_person_queries,
        &retirement_drafts_queries,
        NULL,
    };
    char path[128];
    arena_map(&arena, 4UL * 1024 * 1024);
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof(path), "%s/people.db", folder);
    assert_int_equal(store_migrate(STORE_PEOPLE, path, "schema/people"), STATUS_OK);
    people = store_open(STORE_PEOPLE, STORE_WRITE, path, tables);
    assert_non_null(people);
    struct person person = {.user_id = PERSON, .name = "Ada", .email = "ada@example.org"};
    person.is_active = true;
    assert_true(people_add(people, &person));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    store_close(people);
    (void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    return system(command);
}

static struct retirement_draft empty_draft(const char *draft_id)
{
    return (struct retirement_draft){.draft_id = draft_id,
                                     .user_id = PERSON,
                                     .org_id = OWNER,
                                     .take = DRAFT_TAKE_NOTHING,
                                     .beneficiary_org_id = "",
                                     .beneficiary = "",
                                     .notes = "",
                                     .retirement_id = "",
                                     .made_at = 5,
                                     .changed_at = 5};
}

static void what_is_kept_comes_back(void **state)
{
    (void)state;
    struct retirement_draft draft = empty_draft(DRAFT);
    struct retirement_draft found;
    assert_true(retirement_draft_make(people, &draft));
    assert_false(retirement_draft_make(people, &draft)); /* the id is taken, and that is no fault */
    assert_false(store_fault(people));
    draft.take = (struct draft_take){.supplier_org_id = "org_1KNS0Q2D6SBX0A03",
                                     .instrument = "carbon_removal",
                                     .mode = "oldest",
                                     .units = 12000,
                                     .vintage = 2024,
                                     .lines = BATCH " 5\n"};
    draft.beneficiary_org_id = "org_1KNS0Q2D6SBX0A04";
    draft.beneficiary = "Łódź Papier";
    draft.purposes = 31;
    draft.notes = "Za 2025";
    draft.changed_at = 9;
    assert_true(retirement_draft_save(people, &draft));
    assert_true(retirement_draft_find(people, &arena, PERSON, OWNER, DRAFT, &found));
    assert_string_equal(found.take.supplier_org_id, "org_1KNS0Q2D6SBX0A03");
    assert_string_equal(found.take.instrument, "carbon_removal");
    assert_string_equal(found.take.mode, "oldest");
    assert_int_equal(found.take.units, 12000);
    assert_int_equal(found.take.vintage, 2024);
    assert_string_equal(found.take.lines, BATCH " 5\n");
    assert_string_equal(found.beneficiary_org_id, "org_1KNS0Q2D6SBX0A04");
    assert_string_equal(found.beneficiary, "Łódź Papier");
    assert_int_equal(found.purposes, 31);
    assert_string_equal(found.notes, "Za 2025");
    assert_string_equal(found.retirement_id, "");
    assert_int_equal(found.made_at, 5);
    assert_int_equal(found.changed_at, 9);
}

static void a_draft_is_one_persons_for_one_organisation(void **state)
{
    (void)state;
    struct retirement_draft draft = empty_draft("drf_1KNS0Q2D6SBX0A02");
    struct retirement_draft found;
    assert_true(retirement_draft_make(people, &draft));
    assert_false(retirement_draft_find(people, &arena, OTHER, OWNER, draft.draft_id, &found));
    assert_false(retirement_draft_find(people, &arena, PERSON, "org_1KNS0Q2D6SBX0A09",
                                       draft.draft_id, &found));
    assert_false(retirement_draft_discard(people, OTHER, OWNER, draft.draft_id));
    struct retirement_draft foreign = draft;
    foreign.user_id = OTHER;
    assert_false(retirement_draft_save(people, &foreign));
    assert_int_equal(retirement_drafts_unfinished(people, &arena, OTHER, OWNER, 9).count, 0);
    struct retirement_drafts all = retirement_drafts_unfinished(people, &arena, PERSON, OWNER, 9);
    assert_int_equal(all.count, 2);
    assert_string_equal(all.at[0].draft_id, DRAFT); /* changed last */
    assert_int_equal(retirement_drafts_unfinished(people, &arena, PERSON, OWNER, 1).count, 1);
}

static void what_was_sent_is_not_changed_any_more(void **state)
{
    (void)state;
    struct retirement_draft draft = empty_draft("drf_1KNS0Q2D6SBX0A03");
    struct retirement_draft found;
    assert_true(retirement_draft_make(people, &draft));
    assert_true(retirement_draft_submitted(people, &draft, "ret_1KNS0Q2D6SBX0A01", 7));
    assert_true(retirement_draft_submitted(people, &draft, "ret_1KNS0Q2D6SBX0A02", 8));
    assert_true(retirement_draft_find(people, &arena, PERSON, OWNER, draft.draft_id, &found));
    assert_string_equal(found.retirement_id, "ret_1KNS0Q2D6SBX0A01"); /* the first one stays */
    assert_false(retirement_draft_save(people, &draft));
    assert_false(retirement_draft_discard(people, PERSON, OWNER, draft.draft_id));
    assert_true(retirement_draft_discard(people, PERSON, OWNER, DRAFT));
    assert_false(retirement_draft_discard(people, PERSON, OWNER, DRAFT));
    assert_false(retirement_draft_find(people, &arena, PERSON, OWNER, DRAFT, &found));
    assert_false(store_fault(people));
}

static void the_first_question_without_an_answer_is_next(void **state)
{
    (void)state;
    struct retirement_draft draft = empty_draft(DRAFT);
    assert_string_equal(retire_next(&draft), "balance");
    draft.take.supplier_org_id = "org_1KNS0Q2D6SBX0A03";
    draft.take.instrument = "carbon_removal";
    assert_string_equal(retire_next(&draft), "amount");
    draft.take.mode = "manual";
    assert_string_equal(retire_next(&draft), "amount");
    draft.take.lines = BATCH " 5\n";
    assert_string_equal(retire_next(&draft), "beneficiary");
    draft.beneficiary_org_id = OWNER;
    assert_string_equal(retire_next(&draft), "purposes");
    draft.purposes = 4;
    assert_string_equal(retire_next(&draft), "review");
}

static void the_command_is_what_was_answered(void **state)
{
    (void)state;
    struct retirement_draft draft = empty_draft(DRAFT);
    draft.take = (struct draft_take){.supplier_org_id = "org_1KNS0Q2D6SBX0A03",
                                     .instrument = "renewable_energy",
                                     .mode = "oldest",
                                     .units = 42,
                                     .vintage = 2024,
                                     .lines = ""};
    draft.beneficiary_org_id = "org_1KNS0Q2D6SBX0A04";
    draft.beneficiary = "as it was called when it was chosen";
    draft.purposes = 17;
    draft.notes = "Za 2025";
    const struct command *command = retire_command(&arena, &draft);
    assert_int_equal(command->kind, ACT_RETIRE);
    assert_string_equal(command->key, DRAFT);
    assert_string_equal(command->user_id, PERSON);
    assert_string_equal(command->retire.org_id, OWNER);
    assert_string_equal(command->retire.beneficiary_org_id, "org_1KNS0Q2D6SBX0A04");
    assert_string_equal(command->retire.beneficiary, ""); /* the ledger knows its name */
    assert_int_equal(command->retire.purposes, 17);
    assert_int_equal(command->retire.units, 42);
    assert_int_equal(command->retire.vintage, 2024);
    assert_true(command->retire.has_instrument);
    assert_int_equal(command->retire.instrument, INSTRUMENT_RENEWABLE_ENERGY);
    assert_string_equal(command->retire.notes, "Za 2025");
    assert_int_equal(command->retire.line_count, 0);
    assert_false(command->retire.has_plan);
    draft.take.mode = "manual";
    draft.take.lines = BATCH " 5\n";
    command = retire_command(&arena, &draft);
    assert_int_equal(command->retire.line_count, 1);
    assert_int_equal(command->retire.units, 5);
    assert_int_equal(command->retire.vintage, 0); /* lines have their own */
    assert_false(command->retire.has_instrument);
}

static void purposes_have_their_words(void **state)
{
    (void)state;
    assert_string_equal(retirement_purpose_slugs(&arena, 31),
                        "corporate_targets public_environmental_claims insetting "
                        "regulatory_requirement other");
    assert_string_equal(retirement_purpose_slugs(&arena, 4), "insetting");
    assert_string_equal(retirement_purpose_slugs(&arena, 0), "");
    struct purpose_views views = retirement_purpose_views(&arena, 2 | 16);
    assert_int_equal(views.count, 2);
    assert_string_equal(views.at[0].words, "Public environmental claims");
    assert_string_equal(views.at[1].words, "Another purpose");
    assert_string_equal(retirement_of_words(&arena, 1234567, INSTRUMENT_CARBON_REMOVAL),
                        "of carbon removal (1,234,567 kg CO₂e)");
    assert_string_equal(retirement_of_words(&arena, 1234, INSTRUMENT_RENEWABLE_ENERGY),
                        "of renewable energy (1,234 MWh)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_kept_comes_back),
        cmocka_unit_test(a_draft_is_one_persons_for_one_organisation),
        cmocka_unit_test(what_was_sent_is_not_changed_any_more),
        cmocka_unit_test(the_first_question_without_an_answer_is_next),
        cmocka_unit_test(the_command_is_what_was_answered),
        cmocka_unit_test(purposes_have_their_words),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
