/*
 * tests/pages/authorise_public_test.c: every row of public.c's route table for every kind of
 * visitor. See tests/pages/authorise.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The table is the program's own: nothing to be kept in step. */
#define main public_main
int public_main(void);
#include "public.c" /* NOLINT(bugprone-suspicious-include) */
#undef main

#include "pages/authorise.h"

static void every_row_asks_for_its_rights(void **state)
{
    (void)state;
    authorise("public", routes, sizeof routes / sizeof routes[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_asks_for_its_rights),
    };
    return cmocka_run_group_tests(tests, authorise_open, market_close);
}
