/* crash/fault_public_test.c: the n-th fault under every page of public.c. See tests/fault/pages.h.
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

#include "fault/pages.h"

static void every_page(void **state)
{
    static const char *const lists[] = {"transfers",   "projects",      "issuances",
                                        "retirements", "organisations", "deliveries",
                                        "refunds",     "cancellations"};
    (void)state;
    struct command send = town_transfer("", market.northwind, market.fjord, market.charm, 10);
    const char *transfer = town_do(&send);
    struct command accept = town_decide(ACT_ACCEPT, "", transfer, "");
    (void)town_do(&accept);
    own_id("transfers", transfer);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        probe_add("list", words("/registry/%s", lists[i]), market_nobody, NULL);
        probe_add("list", words("/registry/%s?format=csv", lists[i]), market_nobody, NULL);
    }
    probe_add("/registry/search", "/registry/search?q=Charm", market_nobody, NULL);
    disturb_program(routes, sizeof routes / sizeof routes[0], market_nobody);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_page)};
    int64_t began_us = clock_steady_us();
    campaign_options(argc, argv, "public");
    int failed = cmocka_run_group_tests(tests, campaign_open, campaign_close);
    campaign_report(began_us);
    return failed;
}
