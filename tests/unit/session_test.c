/* tests/unit/session_test.c: how long a session lasts, what is kept of it, and the list of one's
 * own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/text.h"
#include "gate/session.h"
#include "unit/people_room.h"

#define S CLOCK_SECOND_US
#define NOW (INT64_C(1795000000) * S)

static struct arena arena;
static struct store *store;
static struct request request;
static struct response response;
static struct visit visit;
static const struct person ada = {
    .user_id = ADA, .name = "Ada Example", .email = "Ada@example.org", .is_active = true};
static const struct query_table *const tables[] = {&people_session_queries, NULL};

static int set_up(void **state)
{
    (void)state;
    arena_reset(&arena, 0);
    room_open();
    store = store_open(STORE_PEOPLE, STORE_WRITE, room_people, tables);
    assert_non_null(store);
    request = room_request(METHOD_POST, "/sign-in");
    response = room_response(&arena);
    visit = (struct visit){.arena = &arena,
                           .request = &request,
                           .now_us = NOW,
                           .people = store,
                           .user_id = "",
                           .session_id = ""};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    store_close(store);
    room_close();
    return 0;
}

static void limits_at_the_boundary(void **state)
{
    (void)state;
    struct session session = {.person_is_active = true,
                              .seen_at = NOW,
                              .made_at = NOW,
                              .ends_at = NOW + SESSION_ABSOLUTE_S_MAX * S};
    assert_true(session_is_live(&session, NOW));
    assert_true(session_is_live(&session, NOW + SESSION_IDLE_S_MAX * S - 1));
    assert_false(session_is_live(&session, NOW + SESSION_IDLE_S_MAX * S));
    session.seen_at = session.ends_at - S;
    assert_true(session_is_live(&session, session.ends_at - 1));
    assert_false(session_is_live(&session, session.ends_at));
    /* The clock went back: a session seen "later" is not idle. */
    assert_true(session_is_live(&session, NOW - 5 * S));
    /* It went back further than it may be put right: nobody lives on years of a wrong clock. */
    assert_true(session_is_live(&session, session.ends_at - (SESSION_ABSOLUTE_S_MAX + 3600) * S));
    assert_false(
        session_is_live(&session, session.ends_at - (SESSION_ABSOLUTE_S_MAX + 3600) * S - 1));
    session.person_is_active = false;
    assert_false(session_is_live(&session, NOW));
}

/* The value of the session cookie in the response. */
static const char *cookie_token(void)
{
    for (size_t i = 0; i < 4 && response.cookies[i] != NULL; i++) {
        if (text_starts(response.cookies[i], SESSION_COOKIE "=")) {
            const char *value = response.cookies[i] + strlen(SESSION_COOKIE "=");
            return arena_text_sized(&arena, value, strcspn(value, ";"));
        }
    }
    return "";
}

static struct session found(const char *token)
{
    struct session session;
    struct digest hash = digest_of(token, strlen(token));
    (void)session_find(store, &hash, &session);
    return session;
}

static void only_the_hash_of_the_token_is_kept(void **state)
{
    (void)state;
    assert_true(session_begin(&visit, &ada, "signed-in", &response));
    const char *token = cookie_token();
    assert_int_equal(strlen(token), 43);
    assert_non_null(strstr(response.cookies[0], "; Path=/; Secure; HttpOnly; SameSite=Lax"));
    assert_null(strstr(response.cookies[0], "Domain"));
    struct session session = found(token);
    assert_string_equal(session.user_id, ADA);
    assert_string_equal(session.user_name, "Ada Example");
    assert_string_equal(session.notice, "signed-in");
    assert_int_equal(session.ends_at, NOW + SESSION_ABSOLUTE_S_MAX * S);
    assert_true(id_is(session.session_id, "ses"));
    assert_memory_equal(session.session_id + 13, "SBX", 3);
    assert_string_not_equal(session.form_token, token);
    char sql[256];
    (void)snprintf(
        sql, sizeof sql,
        "SELECT count(*) FROM session WHERE '%s' IN (session_id, form_token, notice, agent)"
        " OR CAST(token_hash AS TEXT) = '%s'",
        token, token);
    assert_int_equal(room_number(room_people, sql), 0);
}

static void each_sign_in_has_a_new_token_and_ends_the_old_one(void **state)
{
    (void)state;
    assert_true(session_begin(&visit, &ada, "", &response));
    const char *first = cookie_token();
    struct session session = found(first);
    session_set_org(store, &session.token_hash, NORTH);
    session = found(first);
    visit.session = &session;
    visit.user_id = session.user_id;
    visit.session_id = session.session_id;
    response = room_response(&arena);
    assert_true(session_begin(&visit, &ada, "", &response));
    const char *second = cookie_token();
    assert_string_not_equal(first, second);
    assert_string_equal(found(first).session_id, "");
    assert_string_equal(found(second).org_id,
                        NORTH); /* one goes on acting for the same organisation */
    assert_string_not_equal(found(second).form_token, session.form_token);
}

static void what_a_browser_says_of_itself_is_cut(void **state)
{
    char agent[400];
    (void)state;
    memset(agent, 'x', sizeof agent);
    memcpy(agent + 198, "\xE2\x82\xAC",
           3); /* a character over the edge of 200 bytes is left out whole */
    agent[399] = '\0';
    request.user_agent = agent;
    assert_true(session_begin(&visit, &ada, "", &response));
    assert_int_equal(strlen(found(cookie_token()).agent), 198);
    request.user_agent = "bad \xFF";
    response = room_response(&arena);
    assert_true(session_begin(&visit, &ada, "", &response));
    assert_string_equal(found(cookie_token()).agent, "");
}

static void own_sessions_and_signing_out(void **state)
{
    struct session sessions[8];
    const struct person bob = {.user_id = BOB, .is_active = true};
    (void)state;
    for (int i = 0; i < 3; i++) {
        visit.now_us = NOW + i * S;
        response = room_response(&arena);
        assert_true(session_begin(&visit, &ada, "", &response));
    }
    response = room_response(&arena);
    assert_true(session_begin(&visit, &bob, "", &response));
    const char *of_bob = cookie_token();
    assert_int_equal(session_list(store, ADA, sessions, 8), 3);
    assert_true(sessions[0].made_at > sessions[1].made_at &&
                sessions[1].made_at > sessions[2].made_at);
    assert_int_equal(session_list(store, ADA, sessions, 2), 2);
    /* Nobody ends somebody else's. */
    assert_false(session_end(store, ADA, found(of_bob).session_id));
    assert_true(session_end(store, ADA, sessions[0].session_id));
    assert_false(session_end(store, ADA, sessions[0].session_id));
    assert_int_equal(session_end_others(store, ADA, sessions[1].session_id), 1);
    assert_int_equal(session_list(store, ADA, sessions, 8), 1);
    assert_int_equal(session_end_others(store, ADA, ""), 1);
    assert_string_equal(found(of_bob).user_id, BOB);
}

static void ended_ones_are_forgotten_at_the_next_sign_in(void **state)
{
    struct session sessions[8];
    (void)state;
    assert_true(session_begin(&visit, &ada, "", &response));
    visit.now_us = NOW + SESSION_IDLE_S_MAX * S;
    response = room_response(&arena);
    assert_true(session_begin(&visit, &ada, "", &response));
    assert_int_equal(session_list(store, ADA, sessions, 8), 1);
    assert_int_equal(sessions[0].made_at, visit.now_us);
}

static void seen_at_only_goes_forward(void **state)
{
    (void)state;
    assert_true(session_begin(&visit, &ada, "", &response));
    struct session session = found(cookie_token());
    session_touch(store, &session.token_hash, NOW + 90 * S);
    assert_int_equal(found(cookie_token()).seen_at, NOW + 90 * S);
    session_touch(store, &session.token_hash, NOW + 30 * S);
    assert_int_equal(found(cookie_token()).seen_at, NOW + 90 * S);
}

static void the_cookie_is_taken_away(void **state)
{
    (void)state;
    session_drop_cookie(&response);
    assert_non_null(strstr(response.cookies[0], SESSION_COOKIE "=;"));
    assert_non_null(strstr(response.cookies[0], "Max-Age=0"));
}

int main(void)
{
    arena_map(&arena, 4UL * 1024 * 1024);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_at_the_boundary),
        cmocka_unit_test_setup_teardown(only_the_hash_of_the_token_is_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_sign_in_has_a_new_token_and_ends_the_old_one, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_a_browser_says_of_itself_is_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(own_sessions_and_signing_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ended_ones_are_forgotten_at_the_next_sign_in, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(seen_at_only_goes_forward, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_cookie_is_taken_away, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
