/*
 * unit/people_fault_test.c: the gate while people.db is at fault: each step of making a person, a
 * link, a session fails once, and each time the answer is that it did not happen; a program that
 * cannot open what it needs does not start.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/text.h"
#include "gate/inside.h"
#include "gate/person_admin.h"
#include "gate/session.h"
#include "gate/throttle.h"
#include "store/people_link.h"
#include "store/people_session.h"
#include "unit/admin_room.h"
#include "unit/step_fault.h"

#include "unit/step_each.h"

#define NOW (INT64_C(1795000000) * CLOCK_SECOND_US)

static struct arena arena;
static struct person_admin admin;
static int asks;

static enum status ask(void *context, const struct command *command, struct answer *answer)
{
    (void)context;
    (void)command;
    asks++;
    *answer = (struct answer){.status = STATUS_OK};
    return STATUS_OK;
}

static int set_up(void **state)
{
    (void)state;
    static const struct query_table *const tables[] = {
        &people_person_queries, &people_session_queries, &people_link_queries,
        &people_throttle_queries, NULL};
    if (arena.size_bytes == 0) {
        arena_map(&arena, 1 << 20);
    }
    arena_reset(&arena, 0);
    room_open();
    admin = room_admin(&arena, ask, tables);
    admin.user_id = BOB;
    admin.now_us = NOW;
    asks = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    store_close(admin.people);
    room_close();
    return 0;
}

/* ---- each of these says what became of it ---- */

static enum status makes(void)
{
    struct person made;
    return person_admin_make(&admin, "Eve Example", "eve@example.org", &made);
}

static enum status links(void)
{
    struct url link;
    int64_t expires_at = 0;
    return person_admin_link(&admin, ADA, &link, &expires_at);
}

static enum status deactivates(void)
{
    struct answer answer;
    return person_admin_set_active(&admin, ADA, false, &answer);
}

static enum status promotes(void)
{
    struct answer answer;
    return person_admin_set_registry_roles(&admin, ADA, REGISTRY_ADMINISTRATOR, &answer);
}

static enum status signs_in(void)
{
    static const struct person ada = {
        .user_id = ADA, .name = "Ada Example", .email = "Ada@example.org", .is_active = true};
    static struct request request;
    static struct response response;
    request = room_request(METHOD_POST, "/sign-in");
    response = room_response(&arena);
    struct visit visit = {.arena = &arena,
                          .request = &request,
                          .now_us = NOW,
                          .people = admin.people,
                          .user_id = "",
                          .session_id = ""};
    if (!session_begin(&visit, &ada, "", &response)) {
        assert_null(response.cookies[0]); /* no cookie for a session that is none */
        return STATUS_FAULT;
    }
    return store_fault(admin.people) ? STATUS_FAULT : STATUS_OK;
}

static void no_step_is_overlooked(void **state)
{
    (void)state;
    static const struct {
        enum status (*act)(void);
        const char *done; /* what there is more of afterwards */
    } acts[] = {
        {makes, "SELECT count(*) FROM person"},
        {links, "SELECT count(*) FROM password_link"},
        {deactivates, "SELECT count(*) FROM person WHERE state = 'deactivated'"},
        {promotes, NULL},
        {signs_in, "SELECT count(*) FROM session"},
    };
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        if (acts[i].act == promotes || acts[i].act == signs_in) {
            room_sql(room_people, "UPDATE person SET state = 'active'");
        }
        assert_int_equal(step_each(admin.people, &arena, acts[i].act, NULL, acts[i].done),
                         acts[i].done == NULL ? 0 : 1);
    }
}

/* Nobody is kept out because the counting of attempts is at fault. */
static void attempts_that_cannot_be_counted(void **state)
{
    (void)state;
    struct throttle throttle = throttle_of("ada@example.org", "192.0.2.1", "");
    int64_t free_at = -1;
    step_quiet(true);
    step_failing = "BEGIN IMMEDIATE";
    bool may = throttle_try(admin.people, &throttle, NOW, &free_at);
    step_failing = NULL;
    step_quiet(false);
    assert_true(may);
    assert_int_equal(free_at, 0);
}

static void names_that_are_too_long(void **state)
{
    (void)state;
    struct answer answer;
    const char *org = NORTH NORTH;
    assert_int_equal(person_admin_set_roles(&admin, org, ADA, ROLE_VIEWER, &answer),
                     STATUS_PERSON_UNKNOWN);
    assert_int_equal(person_admin_set_roles(&admin, NORTH, ADA ADA, ROLE_VIEWER, &answer),
                     STATUS_PERSON_UNKNOWN);
    assert_int_equal(person_admin_set_registry_roles(&admin, ADA ADA, 0, &answer),
                     STATUS_PERSON_UNKNOWN);
    assert_int_equal(person_admin_set_active(&admin, ADA ADA, true, &answer),
                     STATUS_PERSON_UNKNOWN);
    assert_int_equal(asks, 0);
    const char *words = NULL;
    char email[EMAIL_SIZE + 1];
    memset(email, 'e', sizeof email);
    email[EMAIL_SIZE - 1] = '\0';
    email[100] = '@';
    assert_string_equal(person_admin_fault("Ada", email, &words), "email");
    email[EMAIL_SIZE - 2] = '\0';
    assert_null(person_admin_fault("Ada", email, &words));
    static const char *const bad[] = {
        "",      "ada",   "@b",    "a@",    "a@b@c", "a b@c", "a@b,c@d", "a\x01@b",    "\xff@b",
        "<a@b>", "a\"@b", "a;b@c", "a:b@c", "(a)@b", "[a]@b", "a\\b@c",  "a@b\nBcc:x", NULL};
    for (size_t i = 0; bad[i] != NULL; i++) {
        assert_string_equal(person_admin_fault("Ada", bad[i], &words), "email");
    }
    assert_string_equal(person_admin_fault("", "a@b", &words), "name");
    assert_string_equal(person_admin_fault("a\x01", "a@b", &words), "name");
    assert_string_equal(person_admin_fault("\xff", "a@b", &words), "name");
}

/* What the browser says of itself is cut between characters, and left out when it is none. */
static void words_about_a_session(void **state)
{
    (void)state;
    static const struct person ada = {
        .user_id = ADA, .name = "Ada Example", .email = "Ada@example.org", .is_active = true};
    char agent[600] = "";
    for (size_t i = 0; i < 299; i++) {
        memcpy(agent + i * 2, "\xc3\xa9", 3);
    }
    const char *const agents[] = {NULL, "\xff", agent, agent + 2};
    char shifted[600] = "x";
    memcpy(shifted + 1, agent, 590);
    for (size_t i = 0; i < 5; i++) {
        struct request request = room_request(METHOD_POST, "/sign-in");
        struct response response = room_response(&arena);
        struct visit visit = {.arena = &arena,
                              .request = &request,
                              .now_us = NOW,
                              .people = admin.people,
                              .user_id = "",
                              .session_id = ""};
        request.user_agent = i == 4 ? shifted : agents[i];
        room_sql(room_people, "DELETE FROM session");
        assert_true(session_begin(&visit, &ada, "", &response));
        int64_t bytes = room_number(room_people, "SELECT length(CAST(agent AS BLOB)) FROM session");
        if (i < 2) {
            assert_int_equal(bytes, 0);
        } else {
            assert_true(bytes > 0 && bytes < 598 && bytes % 2 == (i == 4 ? 1 : 0));
        }
    }
}

/* ---- a program starts with all it needs or not at all ---- */

static enum status page(struct visit *visit, struct response *response)
{
    (void)visit;
    (void)response;
    return STATUS_OK;
}

static void no_page(struct visit *visit, enum status status, struct response *response)
{
    (void)visit;
    (void)status;
    (void)response;
}

static void a_program_that_cannot_start(void **state)
{
    (void)state;
    static const struct query_table *const no_tables[] = {NULL};
    static const struct route routes[] = {{METHOD_GET, "/", NEED_NOBODY, NULL, page}};
    struct gate_setup setup = {.program = "test",
                               .routes = routes,
                               .route_count = 1,
                               .registry_tables = no_tables,
                               .people_tables = no_tables,
                               .people_write = true,
                               .uses_ledger = true,
                               .error_page = no_page};
    static struct gate gate;
    step_quiet(true);
    unsetenv("TALLYSTICK_SITE_URL");
    setenv("TALLYSTICK_DATA", room_folder, 1);
    setenv("TALLYSTICK_RUN", room_folder, 1);
    assert_true(gate_open(&gate, &setup));
    gate_close(&gate);
    gate_close(&gate); /* nothing is left to close */
    setup.people_write = false;
    assert_true(gate_open(&gate, &setup));
    assert_ptr_equal(gate.people, gate.people_read);
    gate_close(&gate);
    static char long_folder[200];
    memset(long_folder, 'r', sizeof long_folder - 1);
    static const char *const runs[] = {"", long_folder};
    for (size_t i = 0; i < 2; i++) {
        setenv("TALLYSTICK_RUN", runs[i], 1);
        assert_false(gate_open(&gate, &setup));
        gate_close(&gate);
    }
    /* "/ledger-test.sock" has 17 characters, an address holds 107. */
    long_folder[90] = '\0';
    setenv("TALLYSTICK_RUN", long_folder, 1);
    assert_true(gate_open(&gate, &setup));
    gate_close(&gate);
    long_folder[90] = 'r';
    long_folder[91] = '\0';
    setenv("TALLYSTICK_RUN", long_folder, 1);
    assert_false(gate_open(&gate, &setup));
    gate_close(&gate);
    setup.uses_ledger = false;
    assert_true(gate_open(&gate, &setup));
    gate_close(&gate);
    assert_int_equal(unlink(room_people), 0);
    assert_false(gate_open(&gate, &setup)); /* to read */
    gate_close(&gate);
    setup.people_write = true;
    assert_false(gate_open(&gate, &setup)); /* to write */
    gate_close(&gate);
    setup.people_tables = NULL;
    assert_true(gate_open(&gate, &setup));
    assert_null(gate.people);
    gate_close(&gate);
    setenv("TALLYSTICK_DATA", "/nowhere", 1);
    assert_int_equal(gate_run(&setup), 1);
    setenv("TALLYSTICK_DATA", "", 1);
    assert_int_equal(gate_run(&setup), 1);
    step_quiet(false);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {TEST(no_step_is_overlooked),
                                       TEST(attempts_that_cannot_be_counted),
                                       TEST(names_that_are_too_long), TEST(words_about_a_session),
                                       TEST(a_program_that_cannot_start)};
    return cmocka_run_group_tests_name("people at fault", tests, NULL, NULL);
}
