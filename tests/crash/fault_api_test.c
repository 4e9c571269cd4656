/*
 * crash/fault_api_test.c: the n-th fault under every operation of api.c, asked by programs with
 * their two secrets: what reads with the market's own ids, what writes with whole bodies and an
 * Idempotency-Key, under which it is asked for again when nothing fails any more. See
 * tests/fault/pages.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The table is the program's own: nothing to be kept in step. */
#define main api_main
int api_main(void);
#include "api.c" /* NOLINT(bugprone-suspicious-include) */
#undef main
#undef MANAGING /* also a visitor of tests/pages/authorise.h */

#include "fault/pages.h"
#include "pages/market_hooks.h"

#define ALL_SCOPES (SCOPE_READ | SCOPE_TRANSFER | SCOPE_RETIRE | SCOPE_MANAGE)

/* Programs of the buyer, of who receives from it, and of its supplier. */
static struct api_caller north, fjord, charm;
static const char *charm_supplier, *north_batch, *charm_batch;

static void get(const char *pattern, const char *target, const struct api_caller *caller)
{
    probe_add(pattern, target, market_nobody, NULL);
    probe_by(caller, NULL);
}

/* Each act has a key of its own. */
static void post(const char *pattern, const char *target, const struct api_caller *caller,
                 const char *body)
{
    probe_add(pattern, target, market_nobody, body);
    probe_by(caller, words("fault-%zu", campaign.probe_count));
}

/* Nothing is done, so there is nothing to be done once. */
static void post_question(const char *pattern, const char *body)
{
    probe_add(pattern, pattern, market_nobody, body);
    probe_by(&north, NULL);
}

/* What every body about northwind's units says, and which units these are. */
#define FROM "\"from_organisation_id\":\"%s\",\"supplier_id\":\"%s\",\"notes\":\"With care\""
#define BATCHES                                                                                    \
    "\"credit_batch_quantities\":[{\"credit_batch_id\":\"%s\",\"credit_quantity_kg\":1500}]"
#define AMOUNT "\"credit_quantity_kg\":70000"
#define OUT "\"to_system\":\"Puro Registry\",\"to_system_party\":\"Aster\""

static void add_transfers(const char *pending, const char *awaiting)
{
#define TRANSFERS V0 "/transfers"
    const char *whereto = words("\"to_organisation_id\":\"%s\"," FROM, market.fjord,
                                market.northwind, charm_supplier);
    const char *by_batch = words("{%s," BATCHES "}", whereto, north_batch);
    const char *oldest = words("{%s," AMOUNT "}", whereto);
    post(TRANSFERS, TRANSFERS, &north, by_batch);
    post(TRANSFERS "/from_oldest_credits", TRANSFERS "/from_oldest_credits", &north, oldest);
    post_question(TRANSFERS "/preview", by_batch);
    post_question(TRANSFERS "/preview", oldest);
    const struct {
        const char *id, *word;
        const struct api_caller *caller;
        const char *body;
    } ends[] = {{pending, "accept", &fjord, ""},
                {pending, "reject", &fjord, "{\"reason\":\"Not ours\"}"},
                {pending, "withdraw", &north, "{\"reason\":\"A mistake\"}"},
                {awaiting, "approve", &north, "{\"reason\":\"As ordered\"}"},
                {awaiting, "refuse", &north, "{\"reason\":\"Too much\"}"}};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        post(words(TRANSFERS "/:id/%s", ends[i].word),
             words(TRANSFERS "/%s/%s", ends[i].id, ends[i].word), ends[i].caller, ends[i].body);
    }
    get("list", TRANSFERS "?status=pending,awaiting_approval&last=1", &north);
}

static void add_exports(const char *export)
{
#define EXPORTS V0 "/exports"
    static const char *const ends[] = {"withdraw", "approve", "refuse"};
    const char *body = words("{" OUT "," FROM "," AMOUNT "}", market.northwind, charm_supplier);
    post(EXPORTS, EXPORTS, &north, body);
    post(EXPORTS, EXPORTS, &north,
         words("{" OUT "," FROM "," BATCHES "}", market.northwind, charm_supplier, north_batch));
    post_question(EXPORTS "/preview", body);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        post(words(EXPORTS "/:id/%s", ends[i]), words(EXPORTS "/%s/%s", export, ends[i]), &north,
             "{\"reason\":\"Because\"}");
    }
    get("list", EXPORTS "?status=awaiting_approval", &north);
}

static void add_retirements(void)
{
#define RETIREMENTS V0 "/retirements"
#define OWN                                                                                        \
    "\"owner_organisation_id\":\"%s\",\"beneficiary_organisation_id\":\"%s\",\"supplier_id\":"     \
    "\"%s\",\"retirement_purposes\":[\"other\",\"insetting\"],\"notes\":\"For 2025\""
    const char *own = words(OWN, market.northwind, market.fjord, charm_supplier);
    post(RETIREMENTS, RETIREMENTS, &north, words("{%s," BATCHES "}", own, north_batch));
    post(RETIREMENTS "/from_oldest_credits", RETIREMENTS "/from_oldest_credits", &north,
         words("{%s," AMOUNT ",\"vintage\":2023}", own));
    get("list", words(RETIREMENTS "?beneficiary_org_id=%s", market.fjord), &north);
    post(V0 "/beneficiary", V0 "/beneficiary", &north,
         "{\"beneficiary_name\":\"Ada Lovelace\",\"beneficiary_email\":\"ada@example.org\"}");
    probe_in_steps(); /* the ledger names it, then its address is kept */
    post(V0 "/beneficiary", V0 "/beneficiary", &north,
         "{\"beneficiary_name\":\"Acme\",\"beneficiary_domain\":\"acme.example\"}");
}

/* What a supplier asks and does. */
static void add_supply(const char *order_id)
{
    static const char *const own[] = {"/supplier", "/suppliers/:id/orders", "/orders/:id",
                                      "/orders/:id/deliveries"};
    post(V0 "/deliveries", V0 "/deliveries", &charm,
         words("{\"order_id\":\"%s\",\"notes\":\"Delivered with care\"," BATCHES "}", order_id,
               charm_batch));
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        const char *pattern = words(V0 "%s", own[i]);
        get(pattern, address_of(pattern, false), &charm);
    }
    get("list", V0 "/deliveries?first=1", &charm);
}

static void add_webhooks(const struct market_hooks *hooks)
{
#define HOOKS V0 "/webhooks"
    static const char *const acts[] = {"rotate_secret", "pause", "test", "remove"};
    const char *endpoint = words(HOOKS "/%s", hooks->endpoint);
    post(HOOKS, HOOKS, &north,
         "{\"url\":\"https://hooks.example.org/y\",\"description\":\"Books\",\"scope\":\"all\","
         "\"kinds\":[\"transfer.completed\",\"refund.made\"]}");
    post(HOOKS "/:id/update", words("%s/update", endpoint), &north,
         "{\"url\":\"https://other.example.org/\",\"kinds\":[]}");
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        post(words(HOOKS "/:id/%s", acts[i]), words("%s/%s", endpoint, acts[i]), &north, "");
    }
    post(HOOKS "/:id/resume", words(HOOKS "/%s/resume", hooks->paused), &north, "");
    post(HOOKS "/:id/replay", words("%s/replay", endpoint), &north,
         words("{\"message_id\":\"%s\"}", hooks->given_up));
    post(HOOKS "/:id/replay", words("%s/replay", endpoint), &north,
         "{\"since\":\"2020-01-01T00:00:00Z\"}");
    get("list", words("%s/messages?state=given_up", endpoint), &north);
    get("list", HOOKS "?first=1", &north);
}

/* What waits for somebody, by northwind's second person where it needs one. */
static void add_waiting(void)
{
    town_policy(market.northwind, INCOMING_ASK, TWO_PERSON_NEVER, 0);
    const char *pending = campaign_send(TRANSFER_EXTERNAL, 1000);
    town_policy(market.northwind, INCOMING_ASK, TWO_PERSON_ALWAYS, 0);
    const char *awaiting = campaign_send(TRANSFER_EXTERNAL, 2000);
    const char *export = campaign_send(TRANSFER_EXPORT, 4000);
    town_policy(market.northwind, INCOMING_ASK, TWO_PERSON_NEVER, 0);
    own_id("transfers", pending);
    own_id("exports", export);
    north_batch = kept(api_one_text(API_LARGEST_BATCH, market.northwind));
    charm_batch = kept(api_one_text(API_LARGEST_BATCH, market.charm));
    charm_supplier = kept(api_one_text(API_SUPPLIER, market.charm));
    own_id("suppliers", charm_supplier);
    own_id("credit_batches", north_batch);
    add_transfers(pending, awaiting);
    add_exports(export);
}

/* What needs the daemon and the pages comes before the base is kept. */
static void every_operation(void **state)
{
    (void)state;
    const char *order_id = campaign_order();
    own_id("orders", order_id);
    add_waiting();
    campaign_start_daemon();
    north = api_caller_of(market.northwind, ROLE_ALL, ALL_SCOPES);
    fjord = api_caller_of(market.fjord, ROLE_ALL, ALL_SCOPES);
    charm = api_caller_of(market.charm, ROLE_ALL, ALL_SCOPES);
    struct market_hooks hooks = market_hooks_make(market.maya);
    own_id("webhooks", hooks.endpoint);
    own_id("messages", hooks.given_up);
    campaign.caller = &north;
    add_retirements();
    add_supply(order_id);
    add_webhooks(&hooks);
    get("list", V0 "/events?limit=3&scope=own", &north);
    get("list", V0 "/suppliers?first=1", &north);
    disturb_program(routes, sizeof routes / sizeof routes[0], market_nobody);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_operation)};
    int64_t began_us = clock_steady_us();
    campaign_options(argc, argv, "api");
    int failed = cmocka_run_group_tests(tests, campaign_open, campaign_close);
    campaign_report(began_us);
    return failed;
}
