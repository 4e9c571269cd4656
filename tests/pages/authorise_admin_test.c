/*
 * tests/pages/authorise_admin_test.c: every row of admin.c's route table for every kind of visitor.
 * See tests/pages/authorise.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The table is the program's own: nothing to be kept in step. */
#define main admin_main
int admin_main(void);
#include "admin.c" /* NOLINT(bugprone-suspicious-include) */
#undef main

#include "pages/authorise.h"

static void every_row_asks_for_its_rights(void **state)
{
    (void)state;
    authorise("admin", routes, sizeof routes / sizeof routes[0]);
}

static void what_is_not_yours_is_not_there(void **state)
{
    (void)state;
    authorise_foreign("admin", routes, sizeof routes / sizeof routes[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_asks_for_its_rights),
        cmocka_unit_test(what_is_not_yours_is_not_there),
    };
    return cmocka_run_group_tests(tests, authorise_open, market_close);
}
