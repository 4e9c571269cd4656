/*
 * crash/fault_account_test.c: the n-th fault under every page and every form of account.c. See
 * tests/fault/pages.h.
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

#include "fault/pages.h"
#include "pages/market_hooks.h"

static void add_decisions(void)
{
    static const char *const ends[] = {"accept", "reject", "withdraw", "approve", "refuse"};
    town_policy(market.northwind, INCOMING_ASK, TWO_PERSON_NEVER, 0);
    const char *pending = campaign_send(TRANSFER_EXTERNAL, 1000);
    const char *other = campaign_send(TRANSFER_EXTERNAL, 500);
    town_policy(market.northwind, INCOMING_ASK, TWO_PERSON_ALWAYS, 0);
    const char *awaiting = campaign_send(TRANSFER_EXTERNAL, 2000);
    town_policy(market.northwind, INCOMING_ASK, TWO_PERSON_NEVER, 0);
    own_id("transfers", pending);
    for (size_t i = 0; i < 5; i++) {
        struct cgi_person who = i < 2 ? market.finn : i == 2 ? market.maya : market.jon;
        const char *pattern = words(TRANSFER "/%s", ends[i]);
        const char *target = words("/account/transfers/%s/%s", i < 3 ? pending : awaiting, ends[i]);
        probe_add(pattern, target, who, NULL);
        probe_add(pattern, target, who, "once=f1&reason=Because");
    }
    probe_add("/account/inbox", "/account/inbox", market.finn, NULL);
    probe_add("/account/inbox", "/account/inbox", market.finn,
              words("act=accept&once=i&transfer=%s&transfer=%s", pending, other));
    probe_in_steps();
    probe_add("/account/inbox/done", words("/account/inbox/done?act=accept&unsure=%s", pending),
              market.finn, NULL);
}

static void add_drafts(const char *first, const char *second, const char *third, const char *fourth,
                       const char *plan)
{
#define DRAFTS "/account/transfers/drafts/"
    own_id("drafts", fourth);
    probe_add("/account/transfers/new", "/account/transfers/new", market.maya, "kind=external");
    probe_add(DRAFT "/discard", words(DRAFTS "%s/discard", first), market.maya, "");
    probe_add(DRAFT "/recipient", words(DRAFTS "%s/recipient", first), market.maya,
              words("recipient=%s", market.fjord));
    probe_add(DRAFT "/balance", words(DRAFTS "%s/balance", second), market.maya,
              words("balance=%s.carbon_removal", market.charm));
    probe_add(DRAFT "/amount", words(DRAFTS "%s/amount", third), market.maya,
              "by=oldest&go=next&amount=20");
    probe_add(DRAFT "/review", words(DRAFTS "%s/review", fourth), market.maya,
              words("plan=%s", plan));
    probe_may_leave_draft();
}

/* One retirement being prepared for each of its questions, and one that is ready. */
static void add_retiring(void)
{
    static const char *const names[] = {"amount", "beneficiary", "purposes"};
    const char *answers[] = {"by=oldest&go=next&amount=20",
                             words("beneficiary=%s", market.northwind),
                             "purpose=corporate_targets&notes=For+2025"};
    const char *balance = words("balance=%s.carbon_removal", market.charm);
    const char *drafts[4];
    for (size_t i = 0; i < 4; i++) {
        struct cgi_reply reply = market_post("/account/retirements/new", market.maya, balance);
        cgi_is(&reply, 303);
        drafts[i] = id_in(reply.location, "drf_");
        for (size_t j = 0; j < i; j++) {
            reply = market_post(words("/account/retirements/drafts/%s/%s", drafts[i], names[j]),
                                market.maya, answers[j]);
            cgi_is(&reply, 303);
        }
    }
    struct cgi_reply reply =
        market_get(words("/account/retirements/drafts/%s/review", drafts[3]), market.maya);
    cgi_is(&reply, 200);
#define RETIRE "/account/retirements/drafts/"
    own_id("retirements/drafts", drafts[3]);
    probe_add("/account/retirements/new", "/account/retirements/new", market.maya, balance);
    probe_add(RETIRING "/discard", words(RETIRE "%s/discard", drafts[0]), market.maya, "");
    probe_add(RETIRING "/balance", words(RETIRE "%s/balance", drafts[0]), market.maya,
              words("balance=%s.carbon_removal", market.lithos));
    for (size_t i = 0; i < 3; i++) {
        probe_add(words(RETIRING "/%s", names[i]), words(RETIRE "%s/%s", drafts[i], names[i]),
                  market.maya, answers[i]);
    }
    probe_add(RETIRING "/beneficiary", words(RETIRE "%s/beneficiary", drafts[1]), market.maya,
              "by=organisation&name=Acme&domain=acme.example");
    probe_in_steps();
    probe_add(RETIRING "/review", words(RETIRE "%s/review", drafts[3]), market.maya,
              words("plan=%s", cgi_value(&reply, "plan")));
    probe_may_leave_draft();
    probe_add("csv", "/account/retirements?format=csv", market.maya, NULL);
}

static void add_team(const char *account)
{
    const char *jon = town_person('B');
    const char *teammate = TEAMMATE;
    own_id("people", jon);
    probe_add("/account/switch", "/account/switch", market.maya,
              words("org=%s&back=/account/credits", market.northwind));
    probe_add("/account/team/add", "/account/team/add", market.maya,
              "name=New+One&email=new@example.org&viewer=1");
    probe_in_steps();
    probe_add(teammate, words("/account/team/people/%s", jon), market.maya, "viewer=1&initiator=1");
    probe_add(words("%s/remove", teammate), words("/account/team/people/%s/remove", jon),
              market.maya, "");
    probe_add(words("%s/link", teammate), words("/account/team/people/%s/link", jon), market.maya,
              "");
    probe_in_steps(); /* a link is made, and ended where the roles cannot be looked at again */
    probe_add("/account/team/policies", "/account/team/policies", market.maya,
              "incoming=trusted&two_person=above&above=5000");
    probe_add("/account/team/trust", "/account/team/trust", market.maya,
              words("org=%s", market.lithos));
    probe_add("/account/team/untrust", "/account/team/untrust", market.maya,
              words("org=%s", market.charm));
    probe_add("/account/team/accounts", "/account/team/accounts", market.maya,
              "name=Second&kind=active");
    probe_add("/account/team/accounts/:id/close", words("/account/team/accounts/%s/close", account),
              market.maya, "");
}

/* Somebody of the supplier, who delivers to a buyer against this order; a buyer that orders. */
static void add_supply(struct cgi_person supplier, const char *order_id)
{
#define DELIVER "/account/orders/:id/deliver"
#define ORDER "party=%s&as=buyer&amount=2&once=o&step="
    const char *target = words("/account/orders/%s/deliver", order_id);
    const char *wish = "by=oldest&amount=1&once=d";
    const char *check = words("%s?step=check&%s", target, wish);
    struct cgi_reply reply = market_get(check, supplier);
    cgi_is(&reply, 200);
    probe_add(DELIVER, target, supplier, NULL);
    probe_add(DELIVER, check, supplier, NULL);
    probe_add(DELIVER, target, supplier,
              words("step=confirm&%s&plan=%s", wish, cgi_value(&reply, "plan")));
    const char *done = words("%s", address_of("/account/deliveries/:id/done", false));
    probe_add("/account/deliveries/:id/done", done, supplier, NULL);
    const char *fresh = "/account/orders/new";
    probe_add(fresh, fresh, market.maya, NULL);
    probe_add(fresh, words("%s?" ORDER "check", fresh, market.charm), market.maya, NULL);
    probe_add(fresh, fresh, market.maya, words(ORDER "confirm&notes=FB", market.charm));
    probe_add("csv", "/account/orders?format=csv", supplier, NULL);
    probe_add("csv", "/account/deliveries?format=csv", market.maya, NULL);
}

/* A person at the supplier, with a session. */
static struct cgi_person add_supplier(void)
{
    static const struct query_table *const tables[] = {
        &people_person_queries,
        &people_session_queries,
        NULL,
    };
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/people.db", town.folder);
    struct store *people = store_open(STORE_PEOPLE, STORE_WRITE, path, tables);
    assert_non_null(people);
    struct cgi_person cara = market_person(people, 'Q', "Cara Holt", market.charm, ROLE_ALL);
    store_close(people);
    return cara;
}

static void add_programs(void)
{
    probe_add(TOKENS "/new", TOKENS "/new", market.maya,
              "id=tok_1KNS0Q2D6SBX0A01&name=Nightly+job&days=90&viewer=1&ranges=192.0.2.0/24");
    probe_in_steps(); /* its person in the ledger, then its roles there */
    probe_add(CLIENTS "/new", CLIENTS "/new", market.maya, "id=cls_1KNS0Q2D6SBX0A01&name=ERP");
    probe_add(TOKENS "/:id/revoke", TOKENS "/tok_00000000000000A1/revoke", market.maya, "");
    probe_in_steps();
    probe_add(CLIENTS "/:id/revoke", CLIENTS "/cls_00000000000000A1/revoke", market.maya, "");
}

/* What is shown of a new endpoint and of a new secret is made by chance (tests/fault/contents.h).
 */
static void add_webhooks(void)
{
#define HOOK "url=https%%3A%%2F%%2Fhooks.example.org%%2Fy&scope=all&description=Books&which="
    static const char *const acts[] = {"test", "pause", "rotate", "remove"};
    struct market_hooks hooks = market_hooks_make(market.maya);
    own_id("webhooks", hooks.endpoint);
    own_id("messages", hooks.given_up);
    const char *endpoint = words(WEBHOOKS "/%s", hooks.endpoint);
    probe_add(WEBHOOKS "/add", WEBHOOKS "/add", market.maya, words(HOOK "all"));
    probe_add(WEBHOOK "/change", words("%s/change", endpoint), market.maya,
              words(HOOK "some&kind=refund.made&kind=transfer.completed"));
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        probe_add(words(WEBHOOK "/%s", acts[i]), words("%s/%s", endpoint, acts[i]), market.maya,
                  "");
    }
    probe_add(WEBHOOK "/resume", words(WEBHOOKS "/%s/resume", hooks.paused), market.maya, "");
    probe_add(WEBHOOK "/replay", words("%s/replay?since=2020-01-01", endpoint), market.maya, NULL);
    probe_add(WEBHOOK "/replay", words("%s/replay", endpoint), market.maya, "since=2020-01-01");
    probe_add(WEBHOOK "/messages/:id/replay",
              words("%s/messages/%s/replay", endpoint, hooks.given_up), market.maya, "");
}

/* What needs the registry's daemon and the pages themselves comes before the base is kept. */
static void every_page(void **state)
{
    (void)state;
    struct command open = command_of(ACT_OPEN_ACCOUNT, "", "");
    must(TEXT_COPY(open.account.org_id, market.northwind));
    must(TEXT_COPY(open.account.name, "Empty one"));
    const char *account = town_do(&open);
    own_id("accounts", account);
    struct command trust = command_of(ACT_TRUST, "", "");
    must(TEXT_COPY(trust.trust.org_id, market.northwind));
    must(TEXT_COPY(trust.trust.sender_org_id, market.charm));
    (void)town_do(&trust);
    const char *order_id = campaign_order();
    struct cgi_person cara = add_supplier();
    add_decisions();
    campaign_start_daemon();
    const char *drafts[4];
    for (size_t i = 0; i < 4; i++) {
        drafts[i] = begin(market.maya, "external");
        if (i > 0) {
            (void)step(market.maya, drafts[i], "recipient", words("recipient=%s", market.fjord));
        }
        if (i > 1) {
            (void)step(market.maya, drafts[i], "balance",
                       words("balance=%s.carbon_removal", market.charm));
        }
        if (i > 2) {
            (void)step(market.maya, drafts[i], "amount", "by=oldest&go=next&amount=20");
        }
    }
    struct cgi_reply reply = look(market.maya, drafts[3], "review");
    cgi_is(&reply, 200);
    add_drafts(drafts[0], drafts[1], drafts[2], drafts[3], words("%s", cgi_value(&reply, "plan")));
    add_retiring();
    add_team(account);
    add_supply(cara, order_id);
    add_programs();
    add_webhooks();
    probe_add("csv", "/account/credits?format=csv", market.maya, NULL);
    probe_add("csv", "/account/transfers?format=csv", market.maya, NULL);
    disturb_program(routes, sizeof routes / sizeof routes[0], market.maya);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_page)};
    int64_t began_us = clock_steady_us();
    campaign_options(argc, argv, "account");
    int failed = cmocka_run_group_tests(tests, campaign_open, campaign_close);
    campaign_report(began_us);
    return failed;
}
