/*
 * unit/gate_edge_test.c: conditions of the gate that no journey meets alone: an origin of the same
 * length that is another, addresses that only begin like a mapped one, a browser that has signed in
 * as somebody else, a clock that was put back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/text.h"
#include "gate/csrf.h"
#include "gate/form.h"
#include "gate/password.h"
#include "gate/session.h"
#include "gate/throttle.h"
#include "unit/people_room.h"

static unsigned char memory[1048576];
static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, memory, sizeof memory);
    return 0;
}

static void an_origin_of_the_same_length(void **state)
{
    (void)state;
    struct request request = room_request(METHOD_POST, "/");
    request.fetch_site = "";
    request.origin = "https://registry.example.org";
    assert_true(csrf_same_origin(&request, "https://registry.example.org"));
    assert_true(csrf_same_origin(&request, "https://registry.example.org//"));
    request.origin = "https://registry.example.com";
    assert_false(csrf_same_origin(&request, "https://registry.example.org"));
    request.origin = "https://registry.example.or";
    assert_false(csrf_same_origin(&request, "https://registry.example.org"));
    assert_false(csrf_same_origin(&request, "//"));
    request.origin = "";
    assert_false(csrf_same_origin(&request, "https://registry.example.org"));
}

static bool one_subject(const char *address, const char *other)
{
    struct throttle first = throttle_of("ada@example.org", address, NULL);
    struct throttle second = throttle_of("ada@example.org", other, NULL);
    return text_is(first.address, second.address);
}

/* A mapped address is the one that it stands for; of others the first half counts. */
static void addresses(void **state)
{
    (void)state;
    assert_true(one_subject("::ffff:192.0.2.1", "192.0.2.1"));
    assert_false(one_subject("::ffff:192.0.2.1", "192.0.2.2"));
    assert_true(one_subject("2001:db8::1", "2001:db8::2"));
    assert_false(one_subject("2001:db8::1", "2001:db8:0:1::1"));
    assert_false(one_subject("::fffe:192.0.2.1", "192.0.2.1"));
    assert_false(one_subject("0:0:1::ffff:192.0.2.1", "192.0.2.1"));
    assert_false(one_subject("1::ffff:192.0.2.1", "192.0.2.1"));
    assert_true(one_subject("nonsense", ""));
}

static void a_tick_and_a_cursor_have_an_end(void **state)
{
    (void)state;
    static const struct field_row rows[] = {{.name = "tick", .kind = VALUE_TICK},
                                            {.name = "before", .kind = VALUE_CURSOR}};
    static const struct form form = {rows, 2};
    static const struct {
        size_t bytes;
        char letter;
        enum status status;
    } tries[] = {
        {1, 'a', STATUS_OK}, {10, '\a', STATUS_BAD_REQUEST}, {4000, 'a', STATUS_BAD_REQUEST}};
    for (size_t row = 0; row < 2; row++) {
        for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
            char value[4096] = "";
            struct fields fields;
            memset(value, tries[i].letter, tries[i].bytes);
            struct pair pair = {.name = rows[row].name, .value = value};
            struct pairs pairs = {.at = &pair, .count = 1};
            assert_int_equal(form_check(&arena, &form, &pairs, &fields), tries[i].status);
        }
    }
}

/* Behind a word digits and signs count for nothing, those behind the letters in the code too. */
static void signs_behind_a_common_word(void **state)
{
    (void)state;
    size_t tried = 0;
    for (size_t i = 0; i < password_common_count; i++) {
        size_t bytes = strlen(password_common[i]);
        char last = password_common[i][bytes - 1];
        if (bytes >= 6 && last >= 'a' && last <= 'z' && tried < 20) {
            char text[128];
            (void)snprintf(text, sizeof text, "%s{}~1234!{}~", password_common[i]);
            assert_int_equal(
                password_judge(&arena, text, "Registry", "Ada Example", "ada@example.org"),
                STATUS_PASSWORD_COMMON);
            tried++;
        }
    }
    assert_true(tried > 0);
    assert_int_equal(password_judge(&arena, "quiet river stone lamp\xc3\xa9", "Registry",
                                    "Ada Example", "ada@example.org"),
                     STATUS_OK);
}

static void the_browser_of_somebody_else(void **state)
{
    (void)state;
    static const struct query_table *const tables[] = {&people_session_queries, NULL};
    static const struct person ada = {
        .user_id = ADA, .name = "Ada", .email = "ada@example.org", .is_active = true};
    static const struct person bob = {
        .user_id = BOB, .name = "Bob", .email = "bob@example.org", .is_active = true};
    room_open();
    struct store *people = store_open(STORE_PEOPLE, STORE_WRITE, room_people, tables);
    assert_non_null(people);
    struct request request = room_request(METHOD_POST, "/sign-in");
    struct response response = room_response(&arena);
    struct visit visit = {.arena = &arena,
                          .request = &request,
                          .now_us = clock_now_us(),
                          .people = people,
                          .user_id = "",
                          .session_id = ""};
    assert_true(session_begin(&visit, &ada, "", &response));
    room_sql(room_people, "UPDATE session SET org_id = '" NORTH "'");
    struct session before = {.user_id = ADA, .org_id = NORTH};
    visit.session = &before;
    visit.user_id = ADA;
    visit.session_id = "ses_0000000000000000";
    assert_true(session_begin(&visit, &bob, "", &response));
    assert_int_equal(room_number(room_people, "SELECT count(*) FROM session WHERE user_id = '" BOB
                                              "' AND (org_id = '' OR org_id IS NULL)"),
                     1); /* nothing of Ada's goes over to Bob */
    store_close(people);
    room_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_origin_of_the_same_length, set_up),
        cmocka_unit_test_setup(addresses, set_up),
        cmocka_unit_test_setup(a_tick_and_a_cursor_have_an_end, set_up),
        cmocka_unit_test_setup(signs_behind_a_common_word, set_up),
        cmocka_unit_test_setup(the_browser_of_somebody_else, set_up),
    };
    return cmocka_run_group_tests_name("edges of the gate", tests, NULL, NULL);
}
