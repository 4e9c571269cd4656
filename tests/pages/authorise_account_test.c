/*
 * tests/pages/authorise_account_test.c: every row of account.c's route table for every kind of
 * visitor. See tests/pages/authorise.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The table is the program's own: nothing to be kept in step. */
#define main account_main
int account_main(void);
#include "account.c" /* NOLINT(bugprone-suspicious-include) */
#undef main

#include "pages/authorise.h"

static void every_row_asks_for_its_rights(void **state)
{
    (void)state;
    authorise("account", routes, sizeof routes / sizeof routes[0]);
}

static void what_is_not_yours_is_not_there(void **state)
{
    (void)state;
    authorise_foreign("account", routes, sizeof routes / sizeof routes[0]);
}

/* Sign-in leads to Credits, whoever comes. */
static void who_acts_for_no_organisation(void **state)
{
    static const int officials[] = {ADMINISTRATOR, AUDITOR};
    (void)state;
    for (size_t i = 0; i < sizeof officials / sizeof officials[0]; i++) {
        struct cgi_person person = visitors[officials[i]].person;
        struct cgi_reply reply = market_get("/account/credits", person);
        cgi_is(&reply, 303);
        assert_string_equal(reply.location, "/admin/pending");
        reply = market_get("/account/team", person);
        cgi_is(&reply, 403);
        cgi_has(&reply, "You act for no organisation");
        cgi_has(&reply, "<a href=\"/admin/pending\">Administration</a> ·");
        cgi_has_not(&reply, "href=\"/account/inbox"); /* nor ways that end here again */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_asks_for_its_rights),
        cmocka_unit_test(what_is_not_yours_is_not_there),
        cmocka_unit_test(who_acts_for_no_organisation),
    };
    return cmocka_run_group_tests(tests, authorise_open, market_close);
}
