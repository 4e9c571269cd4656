/*
 * crash/fault_signin_test.c: the n-th fault under every page and every form of signin.c. See
 * tests/fault/pages.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The table is the program's own: nothing to be kept in step. */
#define main signin_main
int signin_main(void);
#include "signin.c" /* NOLINT(bugprone-suspicious-include) */
#undef main

#include "fault/pages.h"

#define LINK "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq"
#define GOOD "four+quiet+otters"

/* Maya has a password and a second session, Jon a link with which to set one. */
static void add_people(void)
{
    static const struct query_table *const tables[] = {
        &people_person_queries, &people_session_queries, &people_password_queries,
        &people_link_queries, NULL};
    extern int libscrypt_hash(char *, const char *, uint32_t, uint8_t, uint8_t);
    char path[PATH_MAX], hash[PASSWORD_HASH_SIZE];
    (void)snprintf(path, sizeof path, "%s/people.db", town.folder);
    struct store *people = store_open(STORE_PEOPLE, STORE_WRITE, path, tables);
    assert_non_null(people);
    assert_true(libscrypt_hash(hash, "four quiet otters", 32768, 8, 3) > 0);
    assert_true(password_write(people, town_person('A'), hash, clock_now_us()));
    struct digest token = digest_of(LINK, strlen(LINK));
    struct link link = {.made_at = clock_now_us(), .expires_at = clock_now_us() + CLOCK_DAY_US};
    must(TEXT_COPY(link.user_id, town_person('B')));
    assert_true(link_add(people, &token, &link));
    struct session session = {.made_at = clock_now_us(),
                              .seen_at = clock_now_us(),
                              .ends_at = clock_now_us() + CLOCK_DAY_US};
    session.token_hash = digest_of("other", 5);
    must(TEXT_COPY(session.session_id, "ses_000000000000000Z"));
    must(TEXT_COPY(session.user_id, town_person('A')));
    must(TEXT_COPY(session.form_token, LINK));
    assert_true(session_add(people, &session));
    store_close(people);
}

static void every_page(void **state)
{
    (void)state;
    add_people();
    struct cgi_person maya = market.maya;
    probe_add("/sign-in", "/sign-in?next=/account/inbox", market_nobody, NULL);
    probe_add("/sign-in", "/sign-in", market_nobody,
              "email=A@example.org&password=" GOOD "&next=/account/inbox");
    probe_in_steps(); /* an attempt is counted before it is looked at */
    probe_add("/sign-out", "/sign-out", maya, "");
    probe_add("/sign-in/sessions", "/sign-in/sessions", maya, "session=ses_000000000000000Z");
    probe_add("/sign-in/sessions/everywhere", "/sign-in/sessions/everywhere", maya, "");
    probe_add("/password/change", "/password/change", maya,
              "present=" GOOD "&password=five+loud+herons&again=five+loud+herons");
    probe_in_steps();
    probe_add("/password/set", "/password/set?link=" LINK, market_nobody, NULL);
    probe_add("/password/set", "/password/set", market_nobody,
              "link=" LINK "&password=" GOOD "&again=" GOOD);
    probe_in_steps();
    disturb_program(routes, sizeof routes / sizeof routes[0], maya);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_page)};
    int64_t began_us = clock_steady_us();
    campaign_options(argc, argv, "signin");
    int failed = cmocka_run_group_tests(tests, campaign_open, campaign_close);
    campaign_report(began_us);
    return failed;
}
