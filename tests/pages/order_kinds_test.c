/*
 * tests/pages/order_kinds_test.c: a supplier with projects of both instruments, run as plain CGI:
 * what is ordered is asked for, kept in every address, shown everywhere, and nothing else is
 * delivered for it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pages/market_steps.h"

#define NEW "/account/orders/new?as=buyer&party=%s"

static const char *mixed, *bare; /* a supplier of both kinds, one without a project */
static const char *chars, *winds;
static const char *credits_batch, *certificates_batch;
static struct cgi_person rolf, rosa; /* Mixed Works' initiator, an administrator */
static const char *order;            /* 30 certificates for Empty Hands */

static const char *batch_of(const char *project_id)
{
    static char ids[2][ID_SIZE];
    static unsigned next;
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    char *id = ids[next++ % 2];
    assert_int_equal(sqlite3_open(town.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT batch_id FROM batch WHERE project_id = ?1", -1,
                                        &statement, NULL),
                     SQLITE_OK);
    (void)sqlite3_bind_text(statement, 1, project_id, -1, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    (void)snprintf(id, ID_SIZE, "%s", (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return id;
}

static int kinds_open(void **state)
{
    struct store *people = market_open_alone(state);
    mixed = town_org("Mixed Works", true, ORG_PARTICIPANT);
    bare = town_org("Bare Beginnings", true, ORG_PARTICIPANT);
    chars = town_project(mixed, "MIXC", INSTRUMENT_CARBON_REMOVAL);
    winds = town_project(mixed, "MIXW", INSTRUMENT_RENEWABLE_ENERGY);
    town_issue(chars, 2024, 9000, 0);
    town_issue(winds, 2024, 70, 0);
    rolf = market_person(people, 'G', "Rolf Both", mixed, ROLE_VIEWER | ROLE_INITIATOR);
    rosa = market_person(people, 'R', "Rosa Keeper", "", 0);
    store_close(people);
    town_official(town_person('R'), REGISTRY_ADMINISTRATOR);
    store_close(town.ledger.store);
    credits_batch = batch_of(chars);
    certificates_batch = batch_of(winds);
    market_start_daemon();
    return 0;
}

static void the_buyer_says_what(void **state)
{
    (void)state;
    const char *terms = words(NEW, mixed);
    struct cgi_reply reply = market_get(terms, market.eve);
    cgi_has(&reply, "What do you order?");
    cgi_has(&reply, "Renewable-energy certificates");
    cgi_has_not(&reply, " checked");
    reply = market_get(words("%s&step=check&amount=3", terms), market.eve);
    cgi_is(&reply, 422);
    cgi_has(&reply, "Choose whether you order credits or certificates.");
    cgi_has(&reply, "href=\"#instrument\"");
    cgi_has(&reply, "value=\"3\""); /* what was typed stays */
    reply = market_get(words("%s&instrument=tonnes", terms), market.eve);
    cgi_is(&reply, 400);
    reply = market_get(words("%s&step=check&amount=1.5&instrument=renewable_energy", terms),
                       market.eve);
    cgi_is(&reply, 422);
    cgi_has(&reply, "whole certificates");
    cgi_has(&reply, "value=\"renewable_energy\" checked");
    reply =
        market_get(words("%s&step=check&amount=1.5&instrument=carbon_removal", terms), market.eve);
    cgi_has(&reply, "Order 1.500 credits from Mixed Works");
    reply =
        market_get(words("%s&step=check&amount=30&instrument=renewable_energy", terms), market.eve);
    cgi_has(&reply, "Order 30 certificates from Mixed Works");
    cgi_has(&reply, "name=\"instrument\" value=\"renewable_energy\"");
    cgi_has(&reply, "instrument=renewable_energy&amp;amount=30"); /* Change */
    reply = market_post("/account/orders/new", market.eve,
                        words("as=buyer&party=%s&amount=30&instrument=renewable_energy&once=%s",
                              mixed, cgi_value(&reply, "once")));
    cgi_is(&reply, 303);
    order = id_in(reply.location, "ord_");

    /* Where there is one kind it is not asked; where there is none yet, it is. */
    reply = market_get(words(NEW, market.charm), market.eve);
    cgi_has_not(&reply, "What do you order?</legend>");
    reply = market_get(words(NEW "&step=check&amount=2", bare), market.eve);
    cgi_is(&reply, 422);
    cgi_has(&reply, "Choose whether you order credits or certificates.");
    reply = market_get(words("/account/orders/new?as=supplier&party=%s", market.empty), rolf);
    cgi_has(&reply, "What was ordered?");
}

static void it_is_shown(void **state)
{
    (void)state;
    struct cgi_reply reply = market_get(words("/account/orders/%s", order), market.eve);
    cgi_has(&reply, "30 certificates from Mixed Works");
    reply = market_get("/account/orders?as=buyer&format=csv", market.eve);
    cgi_has(&reply, ",renewable_energy,30,0,30,0,placed,");
    reply = market_get("/account/orders", rolf);
    cgi_has(&reply, "Ordered <span class=\"unit\">MWh</span>");
    cgi_has(&reply, "data-label=\"Ordered, MWh\">30</td>");
    reply = cgi_ask("admin", town.folder, words("/admin/issue/orders/%s", order), rosa, NULL);
    cgi_has(&reply, "30 certificates for Empty Hands from Mixed Works");
}

static void nothing_else_is_delivered(void **state)
{
    (void)state;
    const char *page = words("/account/orders/%s/deliver", order);
    struct cgi_reply reply = market_get(page, rolf);
    cgi_has(&reply, "30 certificates are open on the order; you have 70 available.");
    reply = market_get(words("%s?by=batch", page), rolf);
    cgi_has(&reply, certificates_batch);
    cgi_has_not(&reply, credits_batch);
    reply = market_post(page, rolf, words("by=oldest&amount=5&project=%s", chars));
    cgi_is(&reply, 422);
    cgi_has(&reply, "This order counts certificates");
    reply = market_get(words("%s?step=check&by=batch&lines=%s.5", page, credits_batch), rolf);
    cgi_is(&reply, 422);
    cgi_has(&reply, "This order counts certificates");
    reply = market_post(page, rolf, "by=oldest&amount=5&once=w1");
    cgi_is(&reply, 303);
    reply = market_get(words("%s", reply.location), rolf);
    cgi_has(&reply, "Deliver 5 certificates to Empty Hands");
    cgi_has(&reply, "25 certificates stay open on the order.");
}

static struct cgi_reply administrator_records(const char *form)
{
    return cgi_ask("admin", town.folder, "/admin/issue/orders/new", rosa, form);
}

static void an_administrator_says_what(void **state)
{
    (void)state;
    struct cgi_reply reply = cgi_ask("admin", town.folder, "/admin/issue/orders/new", rosa, NULL);
    cgi_has(&reply, "What is ordered?");
    reply = administrator_records("supplier=Mixed+Works&buyer=Empty+Hands&amount=2&once=k1");
    cgi_is(&reply, 422);
    cgi_has(&reply, "This supplier has projects of both kinds.");
    reply = administrator_records("supplier=Bare+Beginnings&buyer=Empty+Hands&amount=2&once=k2");
    cgi_is(&reply, 422);
    cgi_has(&reply, "This supplier has no project yet.");
    reply = administrator_records("supplier=Mixed+Works&buyer=Empty+Hands&amount=1.5&once=k1"
                                  "&instrument=renewable_energy");
    cgi_is(&reply, 422);
    reply = administrator_records("supplier=Mixed+Works&buyer=Empty+Hands&amount=1.5&once=k1"
                                  "&instrument=carbon_removal");
    cgi_is(&reply, 303);
    const char *credits = id_in(reply.location, "ord_");
    reply = cgi_ask("admin", town.folder, words("/admin/issue/orders/%s", credits), rosa, NULL);
    cgi_has(&reply, "1.500 credits for Empty Hands from Mixed Works");
    reply = administrator_records("supplier=Fjord+Wind&buyer=Empty+Hands&amount=4&once=k3");
    cgi_is(&reply, 303);
    const char *told = id_in(reply.location, "ord_");
    reply = cgi_ask("admin", town.folder, words("/admin/issue/orders/%s", told), rosa, NULL);
    cgi_has(&reply, "4 certificates for Empty Hands from Fjord Wind");
    reply = cgi_ask("admin", town.folder, "/admin/issue/orders?format=csv", rosa, NULL);
    cgi_has(&reply, ",renewable_energy,4,0,4,0,placed,");
    cgi_has(&reply, ",carbon_removal,1.500,0.000,1500,0,placed,");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_buyer_says_what),
        cmocka_unit_test(it_is_shown),
        cmocka_unit_test(nothing_else_is_delivered),
        cmocka_unit_test(an_administrator_says_what),
    };
    return cmocka_run_group_tests(tests, kinds_open, market_close);
}
