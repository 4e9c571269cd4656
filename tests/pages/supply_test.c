/*
 * tests/pages/supply_test.c: orders, deliveries and the buffer pool in the browser, run as plain
 * CGI: who sees what, what is refused with which words, what is done once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pages/market_steps.h"

/* Beside the market's: Charm's people, one of whom reads only, and an administrator. */
static struct cgi_person cara, carl, rosa, otto;
static const char *northwinds; /* an order of Northwind's own: 10 credits of Charm */
static const char *told;       /* one that Charm alone recorded, for Fjord Foods */

static const char *order_of(const char *user_id, const char *supplier, const char *buyer,
                            int64_t units)
{
    struct command order = command_of(ACT_ORDER, user_id, town_key());
    must(TEXT_COPY(order.order.supplier_org_id, supplier) &&
         TEXT_COPY(order.order.buyer_org_id, buyer) &&
         TEXT_COPY(order.order.contract_date, "2025-06-01"));
    order.order.instrument = town_instrument(supplier);
    order.order.units = units;
    return town_do(&order);
}

static int supply_open(void **state)
{
    struct store *people = market_open_alone(state);
    cara = market_person(people, 'G', "Cara Holt", market.charm,
                         ROLE_VIEWER | ROLE_INITIATOR | ROLE_MANAGER);
    carl = market_person(people, 'H', "Carl Read", market.charm, ROLE_VIEWER);
    rosa = market_person(people, 'R', "Rosa Keeper", "", 0);
    otto = market_person(people, 'T', "Otto Reed", "", 0);
    store_close(people);
    town_official(town_person('R'), REGISTRY_ADMINISTRATOR);
    town_official(town_person('T'), REGISTRY_AUDITOR);
    (void)town_org("Pool", false, ORG_BUFFER);
    town_issue(market.charm_project, 2025, 400000, 30000);
    town.now_us += CLOCK_DAY_US;
    northwinds = order_of(town_person('A'), market.charm, market.northwind, 10000);
    told = order_of(town_person('G'), market.charm, market.fjord, 5000);
    store_close(town.ledger.store);
    market_start_daemon();
    return 0;
}

static struct cgi_reply admin_get(const char *target, struct cgi_person person)
{
    return cgi_ask("admin", town.folder, target, person, NULL);
}

static struct cgi_reply admin_post(const char *target, const char *body)
{
    return cgi_ask("admin", town.folder, target, rosa, body);
}

static struct cgi_reply everybodys(const char *target)
{
    return cgi_ask("public", town.folder, target, market_nobody, NULL);
}

/* The operator's own hand, past the daemon. */
static void operator_does(const struct command *command)
{
    market_stop_daemon();
    town_open_ledger();
    (void)town_do(command);
    store_close(town.ledger.store);
    market_start_daemon();
}

static const char *deliver_page(const char *order)
{
    return words("/account/orders/%s/deliver", order);
}

/* From the question to the check at its own address. */
static struct cgi_reply to_check(const char *page, struct cgi_person who, const char *body)
{
    struct cgi_reply reply = market_post(page, who, body);
    cgi_is(&reply, 303);
    assert_non_null(strstr(reply.location, "step=check"));
    const char *check = words("%s", reply.location);
    reply = market_get(check, who);
    cgi_is(&reply, 200);
    return reply;
}

/* The check's form, as its button sends it. */
static const char *check_form(const struct cgi_reply *check, const char *more)
{
    static const char *const names[] = {"once", "by", "amount", "project", "lines", "plan"};
    const char *form = "step=confirm";
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        form = words("%s&%s=%s", form, names[i], cgi_value(check, names[i]));
    }
    return words("%s%s", form, more);
}

/* ---- who sees what ---- */

static void lists_of_orders(void **state)
{
    (void)state;
    struct cgi_reply reply = market_get("/account/orders", cara);
    cgi_is(&reply, 200);
    cgi_has(&reply, "Orders received");
    cgi_has(&reply, "Deliveries made");
    cgi_has_not(&reply, "Orders placed");
    cgi_has(&reply, "4 orders");
    cgi_has(&reply, "Northwind Carbon");
    cgi_has(&reply, "Record an order");
    cgi_has(&reply, words("/account/orders/%s/deliver", northwinds));
    cgi_has(&reply, "contract of <span class=\"whole\">1 June 2025</span>");
    reply = market_get("/account/orders", carl); /* reads only */
    cgi_has(&reply, northwinds);
    cgi_has_not(&reply, "Record an order");
    cgi_has_not(&reply, "/deliver\"");
    reply = market_get("/account/orders", market.maya);
    cgi_has(&reply, "Orders placed");
    cgi_has(&reply, "Place an order");
    cgi_has_not(&reply, "Orders received");
    cgi_has_not(&reply, "/deliver\"");
    reply = market_get("/account/orders?state=placed", market.maya);
    cgi_has(&reply, "1 of 5 orders");
    cgi_has(&reply, northwinds);
    reply = market_get("/account/orders?state=completed&q=lithos", market.maya);
    cgi_has(&reply, "1 of 5 orders");
    cgi_has(&reply, "as=buyer");
    reply = market_get("/account/orders?q=no+such+words", market.maya);
    cgi_has(&reply, "No order matches");
    reply = market_get("/account/orders?state=nonsense", market.maya);
    cgi_is(&reply, 400);
    reply = market_get(words("/account/orders?before=%s", told), market.maya);
    cgi_has(&reply, "No order matches"); /* another's place in the order is no place */
    reply = market_get("/account/orders", market.eve);
    cgi_has(&reply, "You have ordered nothing yet");
    reply = market_get("/account/orders?as=supplier", market.eve);
    cgi_has(&reply, "Nothing has been ordered yet");
    reply = market_get("/account/credits", market.eve); /* no way there in the navigation */
    cgi_has_not(&reply, "\"/account/orders\"");
    reply = market_get("/account/credits", market.maya);
    cgi_has(&reply, "\"/account/orders\"");
    reply = market_get("/account/orders?format=csv&sort=recorded", cara);
    cgi_has(&reply, "order_id,ordered_at,supplier_id");
    cgi_has(&reply, ",2025-06-01,carbon_removal,10.000,0.000,10000,0,placed,");
    assert_null(strstr(reply.head, "public"));
}

static void one_order(void **state)
{
    (void)state;
    const char *page = words("/account/orders/%s", northwinds);
    struct cgi_reply reply = market_get(page, cara);
    cgi_has(&reply, "10.000 credits for Northwind Carbon");
    cgi_has(&reply, "Nothing has been delivered yet");
    cgi_has(&reply, ", by Northwind Carbon"); /* its people are its own business */
    cgi_has_not(&reply, "Maya");
    cgi_has(&reply, "Deliver against this order");
    reply = market_get(page, carl);
    cgi_has_not(&reply, "Deliver against this order");
    reply = market_get(page, market.vera);
    cgi_has(&reply, "10.000 credits from Charm");
    cgi_has(&reply, ", by Maya Okafor");
    cgi_has_not(&reply, "Deliver against this order");
    reply = market_get(page, market.finn);
    cgi_is(&reply, 404);
    reply = market_get(words("/account/orders/%s/deliver", northwinds), market.maya);
    cgi_is(&reply, 404); /* only its supplier delivers */
    reply = market_get(words("/account/orders/%s", told), cara);
    cgi_has(&reply, "Your side alone recorded this order, and Ørsted &amp; Fjord Foods");
    cgi_has(&reply, "\"/account/transfers/new\"");
    cgi_has_not(&reply, "Deliver against this order");
    reply = market_get(words("/account/orders/%s", told), market.finn);
    cgi_has(&reply, "Charm recorded this order alone");
}

/* ---- recording an order ---- */

static void recording(void **state)
{
    (void)state;
    struct cgi_reply reply = market_get("/account/orders/new?as=supplier&q=hands", cara);
    cgi_has(&reply, "Who ordered?");
    cgi_has(&reply, "Empty Hands");
    reply = market_get("/account/orders/new?as=supplier&go=next", cara);
    cgi_is(&reply, 422);
    cgi_has(&reply, "Choose who ordered");
    reply = market_get(words("/account/orders/new?as=supplier&party=%s", market.charm), cara);
    cgi_is(&reply, 422);
    cgi_has(&reply, "This is your own organisation");
    reply = market_get("/account/orders/new?as=supplier&party=org_00000000000000ZZ", cara);
    cgi_is(&reply, 422);
    reply =
        market_get(words("/account/orders/new?as=supplier&party=%s", market.charm), market.maya);
    cgi_is(&reply, 422);
    cgi_has(&reply, "Your organisation is no supplier here");
    reply = market_get(words("/account/orders/new?as=buyer&party=%s", market.fjord), market.maya);
    cgi_is(&reply, 422);
    cgi_has(&reply, "This organisation is no supplier");
    reply = market_get("/account/orders/new?as=supplier", carl);
    cgi_is(&reply, 403);

    const char *terms = words("/account/orders/new?as=supplier&party=%s", market.empty);
    reply = market_get(terms, cara);
    cgi_has(&reply, "What did Empty Hands order?");
    static const struct {
        const char *typed, *said;
    } wrong[] = {
        {"amount=", "Enter how many credits were ordered"},
        {"amount=1%2C5", "with a point before at most 3 decimals"},
        {"amount=-1", "without a minus sign"},
        {"amount=0", "greater than zero"},
        {"amount=1.2345", "at most 3 decimals"},
        {"amount=99999999999999999999", "more than the registry can count"},
        {"amount=1&contract_date=tomorrow", "year, month and day"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        reply = market_get(words("%s&step=check&%s", terms, wrong[i].typed), cara);
        cgi_is(&reply, 422);
        cgi_has(&reply, wrong[i].said);
    }
    reply = market_get(words("%s&step=check&amount=7.5&contract_date=2026-01-31", terms), cara);
    cgi_is(&reply, 200);
    cgi_has(&reply, "Record an order of 7.500 credits for Empty Hands");
    cgi_has(&reply, "31 January 2026");
    const char *once = words("%s", cgi_value(&reply, "once"));
    const char *form = words("as=supplier&party=%s&amount=7.5&contract_date=2026-01-31&once=%s",
                             market.empty, once);
    reply = market_post("/account/orders/new", cara, words("%s&notes=%0300d", form, 7));
    cgi_is(&reply, 422);
    cgi_has(&reply, "at most 256 characters");
    reply = market_post("/account/orders/new", cara, words("%s&notes=Number+12", form));
    cgi_is(&reply, 303);
    const char *order = id_in(reply.location, "ord_");
    reply = market_post("/account/orders/new", cara, words("%s&notes=Number+13", form));
    assert_non_null(strstr(reply.location, order)); /* the second click */
    reply = market_get(words("%s&step=check&amount=7.5&once=%s", terms, once), cara);
    assert_non_null(strstr(reply.location, order)); /* Back */
    reply = market_get(words("/account/orders/%s", order), market.eve);
    cgi_has(&reply, "7.500 credits from Charm");
    cgi_has(&reply, "Number 12");
    cgi_has(&reply, ", by Charm");

    /* The buyer's own word. */
    reply = market_get("/account/orders/new?as=buyer", market.eve);
    cgi_has(&reply, "Which supplier do you order from?");
    cgi_has(&reply, "Fjord Wind");
    cgi_has_not(&reply, "Northwind Carbon"); /* no supplier */
    terms = words("/account/orders/new?as=buyer&party=%s", market.fjordwind);
    reply = market_get(words("%s&step=check&amount=1.5", terms), market.eve);
    cgi_is(&reply, 422);
    cgi_has(&reply, "whole certificates");
    reply = market_get(words("%s&step=check&amount=12", terms), market.eve);
    cgi_has(&reply, "Order 12 certificates from Fjord Wind");
    reply = market_post(
        "/account/orders/new", market.eve,
        words("as=buyer&party=%s&amount=12&once=%s", market.fjordwind, cgi_value(&reply, "once")));
    cgi_is(&reply, 303);
}

/* ---- delivering ---- */

static void what_cannot_be_delivered(void **state)
{
    (void)state;
    const char *page = deliver_page(northwinds);
    struct cgi_reply reply = market_get(page, cara);
    cgi_has(&reply, "10.000 credits are open on the order; you have 1,315.790 available.");
    cgi_has(&reply, "All that is open: 10.000");
    reply = market_get(page, carl);
    cgi_is(&reply, 403);
    static const struct {
        const char *typed, *said;
    } wrong[] = {
        {"by=oldest&amount=", "Enter how many credits to deliver"},
        {"by=oldest&amount=0", "Enter how many credits to deliver"},
        {"by=oldest&amount=1e3", "with a point before at most 3 decimals"},
        {"by=oldest&amount=-2", "without a minus sign"},
        {"by=oldest&amount=2.0001", "at most 3 decimals"},
        {"by=oldest&amount=10.001", "Deliver at most 10.000 credits: that is what is left"},
        {"by=oldest&amount=2000", "Enter at most 1,315.790 credits: that is what is available."},
        {"by=oldest&amount=1&project=prj_00000000000000ZZ",
         "You have nothing available to deliver."},
        {"by=batch", "Enter how many credits to deliver"},
        {"by=batch&qty.ctb_00000000000000ZZ=1", "ctb_00000000000000ZZ"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        reply = market_post(page, cara, wrong[i].typed);
        cgi_is(&reply, 422);
        cgi_has(&reply, wrong[i].said);
        cgi_has(&reply, "There is a problem");
    }
    reply = market_get(words("%s?by=batch", page), cara);
    const char *batch = id_in(strstr(reply.body, "name=\"qty.ctb_"), "ctb_");
    reply = market_post(page, cara, words("by=batch&qty.%s=abc", batch));
    cgi_is(&reply, 422);
    cgi_has(&reply, words("id=\"qty.%s-error\"", batch));
    reply = market_post(page, cara, words("by=batch&qty.%s=5000", batch));
    cgi_is(&reply, 422);
    cgi_has(&reply, words("id=\"qty.%s-error\"", batch));
    reply = market_post(page, cara, words("by=batch&go=sum&qty.%s=1.25", batch));
    cgi_is(&reply, 200);
    cgi_has(&reply, ">1.250</output>");
    reply = market_post(page, cara, "nonsense=1");
    cgi_is(&reply, 400);
    reply = market_get(words("%s?step=check&by=batch&lines=ctb_,.,x.y,%s.0", page, batch), cara);
    cgi_is(&reply, 422);
    reply = market_post(deliver_page(told), cara, "by=oldest&amount=1");
    cgi_is(&reply, status_row(STATUS_BUYER_NOT_AGREED)->http_code);
    cgi_has(&reply, "This delivery cannot be made now");
    cgi_has(&reply, "value=\"1\"");
}

static void two_persons(void **state)
{
    (void)state;
    const char *page = deliver_page(northwinds);
    struct command policy = command_of(ACT_SET_POLICY, "", "");
    must(TEXT_COPY(policy.policy.org_id, market.charm));
    policy.policy.two_person = TWO_PERSON_ABOVE;
    policy.policy.two_person_above_units = 4000;
    operator_does(&policy);
    struct cgi_reply reply = market_post(page, cara, "by=oldest&amount=4.001");
    cgi_is(&reply, status_row(STATUS_SECOND_PERSON_NEEDED)->http_code);
    cgi_has(&reply, "Charm asks for two persons for more than 4.000 credits");
    cgi_has(&reply, "/account/team/policies");
    reply = market_post(page, cara, "by=oldest&amount=4");
    cgi_is(&reply, 303);
    policy.policy.two_person = TWO_PERSON_ALWAYS;
    operator_does(&policy);
    reply = market_get(words("/account/orders/%s", northwinds), cara);
    cgi_has(&reply, "Charm asks for two persons whenever credits leave");
    cgi_has_not(&reply, "Deliver against this order");
    reply = market_get(page, cara);
    cgi_has(&reply, "This delivery cannot be made now");
    policy.policy.two_person = TWO_PERSON_NEVER;
    operator_does(&policy);
}

static void frozen_and_suspended(void **state)
{
    (void)state;
    const char *page = deliver_page(northwinds);
    struct command freeze = command_of(ACT_FREEZE, "", "");
    freeze.setting.frozen = true;
    must(TEXT_COPY(freeze.setting.text, "We are counting."));
    operator_does(&freeze);
    struct cgi_reply reply = market_post(page, cara, "by=oldest&amount=1");
    cgi_is(&reply, status_row(STATUS_FROZEN)->http_code);
    cgi_has(&reply, "frozen");
    freeze.setting.frozen = false;
    operator_does(&freeze);
    struct command suspend = command_of(ACT_SET_ORGANISATION_STATE, "", "");
    must(TEXT_COPY(suspend.organisation.org_id, market.northwind) &&
         TEXT_COPY(suspend.organisation.reason, "Looked into"));
    suspend.organisation.state = ORG_SUSPENDED;
    operator_does(&suspend);
    reply = market_post(page, cara, "by=oldest&amount=1");
    cgi_is(&reply, status_row(STATUS_RECIPIENT_SUSPENDED)->http_code);
    reply = market_get(words("/account/orders/new?as=supplier&party=%s", market.northwind), cara);
    cgi_is(&reply, 422);
    suspend.organisation.state = ORG_ACTIVE;
    operator_does(&suspend);
}

static void delivering(void **state)
{
    (void)state;
    const char *page = deliver_page(northwinds);
    struct cgi_reply reply = to_check(page, cara, "by=oldest&amount=6.25&once=a1");
    cgi_has(&reply, "Check the delivery");
    cgi_has(&reply, "6.250 credits move to Northwind Carbon’s account Main at once.");
    cgi_has(&reply, "3.750 credits stay open on the order.");
    cgi_has(&reply, "is split");
    cgi_has(&reply, "1 block, 1 split");
    const char *form = check_form(&reply, "");
    struct cgi_reply wrong = market_post(page, cara, words("%s&notes=%0300d", form, 7));
    cgi_is(&wrong, 422);
    cgi_has(&wrong, "at most 256 characters");
    wrong = market_post(page, cara, words("%s&notes=%%01", form));
    cgi_is(&wrong, 422);
    reply = market_post(page, market.maya, form);
    cgi_is(&reply, 404);
    reply = market_post(page, carl, form);
    cgi_is(&reply, 403);
    reply = market_post(page, cara, words("%s&notes=First+part", form));
    cgi_is(&reply, 303);
    const char *done = words("%s", reply.location);
    const char *delivery = id_in(done, "dlv_");
    reply = market_post(page, cara, words("%s&notes=Second+click", form));
    assert_string_equal(reply.location, done);
    reply = market_get(words("%s?step=check&by=oldest&amount=6.25&once=a1", page), cara);
    assert_string_equal(reply.location, done); /* the check's address leads to what was done */
    reply = market_get(done, cara);
    cgi_has(&reply, "6.250 credits delivered to Northwind Carbon");
    cgi_has(&reply, "Deliver more");
    cgi_has(&reply, delivery);
    reply = market_get(done, market.maya);
    cgi_is(&reply, 404); /* the receipt is the supplier's */

    /* What both sides and everybody see of it. */
    reply = market_get(words("/account/deliveries/%s", delivery), cara);
    cgi_has(&reply, "Cara Holt</b> delivered 6.250 credits");
    cgi_has(&reply, "Northwind Carbon</b> recorded the order of 10.000 credits");
    reply = market_get(words("/account/deliveries/%s", delivery), market.vera);
    cgi_has(&reply, "6.250 credits delivered by Charm");
    cgi_has(&reply, "Charm</b> delivered 6.250 credits");
    cgi_has(&reply, "Maya Okafor</b> recorded the order");
    cgi_has(&reply, "First part");
    reply = market_get(words("/account/deliveries/%s", delivery), market.finn);
    cgi_is(&reply, 404);
    reply = market_get(words("/account/deliveries?order=%s", northwinds), market.maya);
    cgi_has(&reply, "1 of 5 deliveries");
    reply = market_get("/account/deliveries?q=first+part&format=csv", cara);
    cgi_has(&reply, words("6.250,6250,First part,,%s", northwinds));
    reply = market_get("/account/deliveries?from=yesterday", cara);
    cgi_is(&reply, 422);
    reply = market_get("/account/deliveries", market.eve);
    cgi_has(&reply, "Nothing has been delivered yet");
    reply = everybodys(words("/registry/deliveries/%s", delivery));
    cgi_has(&reply, "First part");
    cgi_has_not(&reply, northwinds);
    reply = everybodys(words("/registry/deliveries?q=%s", northwinds));
    cgi_has(&reply, "No delivery matches");
    reply = everybodys("/registry/deliveries?q=first+part&format=csv");
    cgi_has(&reply, delivery);
    cgi_has_not(&reply, northwinds);
    reply = everybodys("/registry/deliveries?sort=delivered");
    cgi_has(&reply, "5 deliveries");
}

static void delivering_batches(void **state)
{
    (void)state;
    const char *page = deliver_page(northwinds);
    struct cgi_reply reply = market_get(words("%s?by=batch", page), cara);
    const char *first = id_in(strstr(reply.body, "name=\"qty.ctb_"), "ctb_");
    const char *second =
        id_in(strstr(strstr(reply.body, "name=\"qty.ctb_") + 14, "name=\"qty.ctb_"), "ctb_");
    reply = to_check(page, cara, words("by=batch&once=b1&qty.%s=1&qty.%s=0.5", first, second));
    cgi_has(&reply, "1.500 credits, from named batches");
    assert_string_equal(cgi_value(&reply, "lines"), words("%s.1000,%s.500", first, second));
    /* Back to the question the answers stand in their rows. */
    struct cgi_reply again =
        market_get(words("%s?by=batch&lines=%s.1000,%s.500", page, first, second), cara);
    cgi_has(&again, "value=\"1.000\"");
    cgi_has(&again, "value=\"0.500\"");
    reply = market_get(
        words("%s?step=check&by=batch&once=b1&lines=%s.1000,%s.500", page, first, second), cara);
    const char *form = check_form(&reply, "");
    /* Meanwhile the first batch is cut by another delivery. */
    struct cgi_reply other = to_check(page, cara, words("by=batch&once=b2&qty.%s=0.25", first));
    other = market_post(page, cara, check_form(&other, ""));
    cgi_is(&other, 303);
    reply = market_post(page, cara, form);
    assert_in_range(reply.code, 409, 422);
    cgi_has(&reply, first);
    /* And when only the plan is another one, it is shown anew. */
    reply = to_check(page, cara, "by=oldest&amount=0.5&once=b3");
    form = check_form(&reply, "");
    other = to_check(page, cara, "by=oldest&amount=0.125&once=b4");
    other = market_post(page, cara, check_form(&other, ""));
    cgi_is(&other, 303);
    reply = market_post(page, cara, form);
    cgi_is(&reply, status_row(STATUS_PLAN_CHANGED)->http_code);
    cgi_has(&reply, "What there is changed while you were reading");
    reply = market_post(page, cara, check_form(&reply, ""));
    cgi_is(&reply, 303);
    /* 3.750 less 0.875: the rest, and then there is nothing to press. */
    reply = to_check(page, cara, "by=oldest&go=all&amount=&once=b5");
    cgi_has(&reply, "Deliver 2.875 credits to Northwind Carbon");
    cgi_has(&reply, "The order is completed by it.");
    form = check_form(&reply, "");
    reply = market_post(page, cara, form);
    const char *done = words("%s", reply.location);
    reply = market_post(page, cara, form); /* a second click, the order complete by now */
    assert_string_equal(reply.location, done);
    reply = market_get(done, cara);
    cgi_has(&reply, "Everything has been delivered.");
    cgi_has_not(&reply, "Deliver more");
    reply = market_get(page, cara);
    cgi_is(&reply, 303);
    reply = market_post(page, cara, "by=oldest&amount=1");
    cgi_is(&reply, status_row(STATUS_ORDER_EXCEEDED)->http_code);
    cgi_has(&reply, "nothing is open on this order any more");
}

/* ---- the buffer pool ---- */

static void pool_for_administrators(void **state)
{
    (void)state;
    struct cgi_reply reply = admin_get("/admin/issue/buffer-pool", rosa);
    cgi_has(&reply, "30.000");
    const char *pool = id_in(strstr(reply.body, "/admin/issue/buffer-pool/org_"), "org_");
    const char *refund =
        words("/admin/issue/buffer-pool/%s/projects/%s/refund", pool, market.charm_project);
    const char *cancel =
        words("/admin/issue/buffer-pool/%s/projects/%s/cancel", pool, market.charm_project);
    reply = admin_get("/admin/issue/buffer-pool", otto);
    cgi_has_not(&reply, "/refund\"");
    reply = admin_get(refund, otto);
    cgi_is(&reply, 403);
    reply = admin_get(words("/admin/issue/buffer-pool/%s/projects/%s/refund", market.northwind,
                            market.charm_project),
                      rosa);
    cgi_is(&reply, 404); /* no buffer pool */
    reply = admin_get(refund, rosa);
    cgi_has(&reply, "How many credits to refund to Charm?");
    cgi_has(&reply, "All that is free: 30.000");
    reply = admin_post(refund, "by=oldest&amount=30.001");
    cgi_is(&reply, 422);
    cgi_has(&reply, "Enter at most 30.000 credits: that is what the pool holds free.");
    reply = admin_post(refund, "by=oldest&amount=");
    cgi_is(&reply, 422);
    cgi_has(&reply, "Enter how many credits to refund");
    reply = admin_get(words("%s?step=check&by=oldest&amount=12.5&once=r1", refund), rosa);
    cgi_is(&reply, 200);
    cgi_has(&reply, "Refund 12.500 credits to Charm");
    cgi_has(&reply, "12.500 credits go to Charm’s account Main at once");
    const char *form = check_form(&reply, "&notes=Monitored");
    reply = admin_post(refund, form);
    cgi_is(&reply, 303);
    reply = admin_get("/admin/issue/buffer-pool", rosa);
    cgi_has(&reply, "The units went back to their supplier.");
    cgi_has(&reply, "17.500");
    const char *id = id_in(reply.body, "bpr_");
    reply = admin_post(refund, form); /* a second click */
    cgi_is(&reply, 303);
    reply = admin_get("/admin/issue/buffer-pool", rosa);
    cgi_has(&reply, "17.500");

    reply = admin_get(words("%s?step=check&by=oldest&amount=0.75&once=c1", cancel), rosa);
    cgi_has(&reply, "0.750 credits are cancelled for good");
    cgi_has(&reply, "class=\"danger\"");
    form = check_form(&reply, "");
    reply = admin_post(cancel, form);
    cgi_is(&reply, 422);
    cgi_has(&reply, "Enter the reason");
    reply = admin_post(cancel, words("%s&notes=A+flood", form));
    cgi_is(&reply, 303);

    reply = everybodys(words("/registry/refunds/%s", id));
    cgi_has(&reply, "12.500 credits went back to Charm");
    cgi_has(&reply, "Monitored");
    reply = everybodys(words("/registry/refunds/%s?format=csv", id));
    cgi_has(&reply, "line,batch_id,serial");
    reply = everybodys(words("/registry/search?q=%s", id));
    assert_non_null(strstr(reply.location, id));
    reply = everybodys("/registry/refunds/bpr_00000000000000ZZ");
    cgi_is(&reply, 404);
}

static void pool_for_everybody(void **state)
{
    (void)state;
    struct cgi_reply reply = everybodys("/registry/buffer-pool");
    cgi_has(&reply, "16.750 held");
    cgi_has(&reply, "12.500 went back, 0.750 cancelled");
    cgi_has(&reply, "Latest refunds");
    cgi_has(&reply, "A flood");
    reply = everybodys("/registry/buffer-pool?format=csv");
    cgi_has(&reply, ",2025,carbon_removal,30.000,16.750,12.500,0.750,0.000,30000,16750,12500,750");
    reply = everybodys("/registry/refunds?q=monitored");
    cgi_has(&reply, "1 refund");
    reply = everybodys("/registry/refunds?q=nothing+like+it");
    cgi_has(&reply, "Nothing matches");
    reply = everybodys("/registry/refunds?from=x");
    cgi_is(&reply, 422);
    reply = everybodys("/registry/cancellations?format=csv");
    cgi_has(&reply, "cancellation_id,cancelled_at");
    cgi_has(&reply, ",0.750,750,1,A flood");
    const char *id = id_in(reply.body, "cnl_");
    reply = everybodys(words("/registry/cancellations/%s", id));
    cgi_has(&reply, "Cancelled</span> for good");
    const char *batch = id_in(strstr(reply.body, "/registry/credit-batches/ctb_"), "ctb_");
    reply = everybodys(words("/registry/credit-batches/%s", batch));
    cgi_has(&reply, "had it cancelled after a reversal");
    cgi_has(&reply, words("/registry/cancellations/%s", id));
    /* A download tells what ended it, and when, as the page does. */
    reply =
        everybodys(words("/registry/projects/%s?state=cancelled&format=csv", market.charm_project));
    cgi_has(&reply, words(",carbon_removal,0.750,750,,%s,20", id));
    reply = everybodys(words("/registry/projects/%s", market.charm_project));
    cgi_has(&reply, "16.750 credits held, of 30.000 that were set aside");
    reply = everybodys("/registry");
    cgi_has(&reply, "/registry/buffer-pool");
    reply = market_get("/account/credits", cara);
    cgi_has(&reply, "by refund");
}

static void without_the_ledger(void **state)
{
    (void)state;
    struct cgi_reply order =
        market_get(words("/account/orders/new?as=buyer&party=%s&step=check&amount=1", market.charm),
                   market.maya);
    struct cgi_person maya = market.maya;
    const char *form = words("as=buyer&party=%s&amount=1&once=%s&notes=Kept+words", market.charm,
                             cgi_value(&order, "once"));
    struct cgi_reply reply = market_post("/account/orders/new", maya, form);
    cgi_is(&reply, 303);
    const char *id = id_in(reply.location, "ord_");
    market_stop_daemon();
    reply =
        market_post("/account/orders/new", maya,
                    words("as=buyer&party=%s&amount=2&once=other&notes=Kept+words", market.charm));
    cgi_is(&reply, status_row(STATUS_LEDGER_AWAY)->http_code);
    cgi_has(&reply, "nothing was changed");
    cgi_has(&reply, "Kept words");
    reply = to_check(deliver_page(id), cara, "by=oldest&amount=1&once=d9");
    reply = market_post(deliver_page(id), cara, check_form(&reply, "&notes=Kept+too"));
    cgi_is(&reply, status_row(STATUS_LEDGER_AWAY)->http_code);
    cgi_has(&reply, "The registry cannot move credits at this moment");
    cgi_has(&reply, "Kept too");
    reply = market_get("/account/orders", cara);
    cgi_is(&reply, 200);
    market_start_daemon();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_of_orders),
        cmocka_unit_test(one_order),
        cmocka_unit_test(recording),
        cmocka_unit_test(what_cannot_be_delivered),
        cmocka_unit_test(two_persons),
        cmocka_unit_test(frozen_and_suspended),
        cmocka_unit_test(delivering),
        cmocka_unit_test(delivering_batches),
        cmocka_unit_test(pool_for_administrators),
        cmocka_unit_test(pool_for_everybody),
        cmocka_unit_test(without_the_ledger),
    };
    return cmocka_run_group_tests(tests, supply_open, market_close);
}
