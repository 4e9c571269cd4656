/* tests/unit/person_admin_test.c: making persons, their links, deactivation, with a ledger that
 * says what the test wants. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "gate/person_admin.h"
#include "store/people_link.h"
#include "store/people_session.h"
#include "unit/people_room.h"

#define S CLOCK_SECOND_US
#define NOW (INT64_C(1795000000) * S)

static struct arena arena;
static struct person_admin admin;
static struct command asked;
static int asks;
static enum status ledger_says;

static enum status ask(void *context, const struct command *command, struct answer *answer)
{
    (void)context;
    asks++;
    asked = *command;
    *answer = (struct answer){.status = (int32_t)ledger_says};
    return ledger_says;
}

static int set_up(void **state)
{
    (void)state;
    arena_reset(&arena, 0);
    room_open();
    admin = (struct person_admin){
        .arena = &arena,
        .people = store_open(STORE_PEOPLE, STORE_WRITE, room_people, person_admin_tables),
        .ask = ask,
        .user_id = BOB,
        .tag = "SBX",
        .now_us = NOW};
    assert_non_null(admin.people);
    asks = 0;
    ledger_says = STATUS_OK;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    store_close(admin.people);
    room_close();
    return 0;
}

static void a_person_is_made_in_both_places(void **state)
{
    struct person made;
    struct person found;
    (void)state;
    assert_int_equal(person_admin_make(&admin, "Cy Example", "cy@example.org", &made), STATUS_OK);
    assert_int_equal(asks, 1);
    assert_int_equal(asked.kind, ACT_SET_PERSON);
    assert_string_equal(asked.user_id, BOB);
    assert_string_equal(asked.person.user_id, made.user_id);
    assert_false(asked.person.deactivated);
    assert_true(id_is(made.user_id, "usr"));
    assert_true(people_by_email(admin.people, "CY@EXAMPLE.ORG", &found));
    assert_string_equal(found.user_id, made.user_id);
    assert_true(found.is_active);
    assert_string_equal(people_name(admin.people, &arena, made.user_id), "Cy Example");
    assert_string_equal(people_name(admin.people, &arena, "usr_1KNS0Q2D6SBX0ZZZ"), "");
}

static void a_refusal_of_the_ledger_leaves_nothing(void **state)
{
    static const enum status refusals[] = {STATUS_NOT_ALLOWED, STATUS_LEDGER_AWAY,
                                           STATUS_ANSWER_LOST};
    struct person made;
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        ledger_says = refusals[i];
        assert_int_equal(person_admin_make(&admin, "Cy Example", "cy@example.org", &made),
                         refusals[i]);
        assert_int_equal(people_count(admin.people), 2);
    }
    ledger_says = STATUS_OK;
    assert_int_equal(person_admin_make(&admin, "Cy Example", "cy@example.org", &made), STATUS_OK);
}

static void an_address_is_somebodys_once(void **state)
{
    struct person made;
    (void)state;
    assert_int_equal(person_admin_make(&admin, "Another Ada", "ADA@example.org", &made),
                     STATUS_EXISTS);
    assert_string_equal(made.user_id, ADA);
    assert_int_equal(asks, 0);
}

static void names_and_addresses_that_cannot_be_kept(void **state)
{
    static const char *const bad[] = {
        "", "ada", "@example.org", "ada@", "a@b@c", "a b@c", "ada@example.org\n", "<a@b>", "a,b@c"};
    char longest[300];
    const char *words = NULL;
    struct person made;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_string_equal(person_admin_fault("Ada", bad[i], &words), "email");
        assert_int_equal(person_admin_make(&admin, "Ada", bad[i], &made), STATUS_VALUE_REFUSED);
    }
    memset(longest, 'a', sizeof longest);
    memcpy(longest + 254 - strlen("@example.org"), "@example.org", sizeof "@example.org");
    assert_null(person_admin_fault("Ada", longest, &words));
    memset(longest, 'a', sizeof longest);
    memcpy(longest + 255 - strlen("@example.org"), "@example.org", sizeof "@example.org");
    assert_string_equal(person_admin_fault("Ada", longest, &words), "email");
    assert_string_equal(person_admin_fault("", "a@b", &words), "name");
    assert_string_equal(person_admin_fault("a\x07", "a@b", &words), "name");
    memset(longest, 'a', 121);
    longest[121] = '\0';
    assert_string_equal(person_admin_fault(longest, "a@b", &words), "name");
    longest[120] = '\0';
    assert_null(person_admin_fault(longest, "a@b", &words));
    assert_int_equal(asks, 0);
}

/* The hash under which a link is kept. */
static struct digest hash_of(struct url link)
{
    const char *token = strstr(link.text, "link=") + 5;
    assert_int_equal(strlen(token), TOKEN_SIZE - 1);
    return digest_of(token, strlen(token));
}

static void a_link_works_once_and_for_three_days(void **state)
{
    struct url first;
    struct url second;
    struct link row;
    int64_t expires_at = 0;
    (void)state;
    assert_int_equal(person_admin_link(&admin, ADA, &first, &expires_at), STATUS_OK);
    assert_int_equal(expires_at, NOW + LINK_S_MAX * S);
    assert_int_equal(strncmp(first.text, "/password/set?link=", 19), 0);
    struct digest hash = hash_of(first);
    assert_true(link_find(admin.people, &hash, &row));
    assert_string_equal(row.user_id, ADA);
    assert_int_equal(row.used_at, 0);
    assert_false(link_use(admin.people, &hash, expires_at)); /* at the limit it is over */
    assert_true(link_use(admin.people, &hash, expires_at - 1));
    assert_false(link_use(admin.people, &hash, expires_at - 1));
    /* A newer link takes the older one's place. */
    assert_int_equal(person_admin_link(&admin, ADA, &first, &expires_at), STATUS_OK);
    assert_int_equal(person_admin_link(&admin, ADA, &second, &expires_at), STATUS_OK);
    hash = hash_of(first);
    assert_false(link_use(admin.people, &hash, NOW + 1));
    hash = hash_of(second);
    assert_true(link_use(admin.people, &hash, NOW + 1));
    assert_int_equal(person_admin_link(&admin, "usr_1KNS0Q2D6SBX0ZZZ", &first, &expires_at),
                     STATUS_PERSON_UNKNOWN);
}

static void who_is_deactivated_is_out(void **state)
{
    struct answer answer;
    struct person person;
    struct url link;
    int64_t expires_at = 0;
    (void)state;
    struct session session = {.session_id = "ses_1KNS0Q2D6SBX0A01",
                              .user_id = ADA,
                              .form_token = "t",
                              .made_at = 1,
                              .ends_at = 2};
    assert_true(session_add(admin.people, &session));
    assert_int_equal(person_admin_link(&admin, ADA, &link, &expires_at), STATUS_OK);
    ledger_says = STATUS_LAST_MANAGER;
    assert_int_equal(person_admin_set_active(&admin, ADA, false, &answer), STATUS_LAST_MANAGER);
    assert_int_equal(room_number(room_people, "SELECT count(*) FROM session"), 1);
    ledger_says = STATUS_OK;
    assert_int_equal(person_admin_set_active(&admin, ADA, false, &answer), STATUS_OK);
    assert_true(asked.person.deactivated);
    assert_int_equal(room_number(room_people, "SELECT count(*) FROM session"), 0);
    struct digest hash = hash_of(link);
    assert_false(link_use(admin.people, &hash, NOW + 1));
    assert_true(people_by_id(admin.people, ADA, &person));
    assert_false(person.is_active);
    assert_int_equal(person_admin_link(&admin, ADA, &link, &expires_at), STATUS_PERSON_UNKNOWN);
    assert_int_equal(person_admin_set_active(&admin, ADA, true, &answer), STATUS_OK);
    assert_true(people_by_id(admin.people, ADA, &person) && person.is_active);
}

static void roles_are_asked_of_the_ledger(void **state)
{
    struct answer answer;
    (void)state;
    assert_int_equal(person_admin_set_roles(&admin, NORTH, ADA, ROLE_APPROVER, &answer), STATUS_OK);
    assert_int_equal(asked.kind, ACT_SET_MEMBER);
    assert_string_equal(asked.person.org_id, NORTH);
    assert_int_equal(asked.person.roles, ROLE_APPROVER);
    assert_int_equal(
        person_admin_set_roles(&admin, "far too long to be anybody's id", ADA, 1, &answer),
        STATUS_PERSON_UNKNOWN);
    assert_int_equal(person_admin_set_registry_roles(&admin, ADA, REGISTRY_AUDITOR, &answer),
                     STATUS_OK);
    assert_int_equal(asked.kind, ACT_SET_REGISTRY_ROLES);
    assert_int_equal(asks, 2);
}

/* A manager who was shown the link of a colleague does not become an administrator with it. */
static void registry_roles_end_links(void **state)
{
    struct answer answer;
    struct url link;
    struct link row;
    int64_t expires_at = 0;
    (void)state;
    assert_int_equal(person_admin_link(&admin, ADA, &link, &expires_at), STATUS_OK);
    struct digest hash = hash_of(link);
    assert_int_equal(person_admin_set_registry_roles(&admin, ADA, 0, &answer), STATUS_OK);
    ledger_says = STATUS_PERSON_UNKNOWN;
    assert_int_equal(person_admin_set_registry_roles(&admin, ADA, REGISTRY_ADMINISTRATOR, &answer),
                     STATUS_PERSON_UNKNOWN);
    assert_true(link_find(admin.people, &hash, &row) && row.used_at == 0);
    ledger_says = STATUS_OK;
    assert_int_equal(person_admin_set_registry_roles(&admin, ADA, REGISTRY_ADMINISTRATOR, &answer),
                     STATUS_OK);
    assert_false(link_use(admin.people, &hash, NOW + 1));
}

static void words_for_roles(void **state)
{
    unsigned roles = 99;
    (void)state;
    assert_true(person_admin_roles_from_words("initiator,approver", &roles));
    assert_int_equal(roles, ROLE_INITIATOR | ROLE_APPROVER);
    assert_true(person_admin_roles_from_words("none", &roles));
    assert_int_equal(roles, 0);
    static const char *const bad[] = {"",       "boss",    "viewer,", "initiator approver",
                                      "Viewer", ",viewer", "viewers"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        roles = 99;
        bool read = person_admin_roles_from_words(bad[i], &roles);
        assert_true(!read ||
                    (i == 2 && roles == ROLE_VIEWER)); /* a comma too many at the end is forgiven */
    }
    assert_string_equal(person_admin_roles_words(&arena, ROLE_ALL),
                        "viewer, initiator, approver, manager");
    assert_string_equal(person_admin_roles_words(&arena, 0), "none");
}

static void people_are_listed_by_address(void **state)
{
    static struct person persons[4];
    (void)state;
    assert_int_equal(people_list(admin.people, "", persons, 4), 2);
    assert_string_equal(persons[0].user_id, ADA);
    assert_int_equal(people_list(admin.people, persons[0].email, persons, 4), 1);
    assert_string_equal(persons[0].user_id, BOB);
}

int main(void)
{
    arena_map(&arena, 1024UL * 1024);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_person_is_made_in_both_places, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refusal_of_the_ledger_leaves_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_address_is_somebodys_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_and_addresses_that_cannot_be_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_link_works_once_and_for_three_days, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_is_deactivated_is_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(roles_are_asked_of_the_ledger, set_up, tear_down),
        cmocka_unit_test_setup_teardown(registry_roles_end_links, set_up, tear_down),
        cmocka_unit_test_setup_teardown(words_for_roles, set_up, tear_down),
        cmocka_unit_test_setup_teardown(people_are_listed_by_address, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("person admin", tests, NULL, NULL);
}
