/*
 * api_acts_test: retirements, deliveries and beneficiaries made by programs; the change feed; and
 * what a program is told when the ledger is away.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pages/api_cgi.h"

static struct api_caller north, charm, fjord;
static char charm_id[ID_SIZE];

static const char *words(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *words(const char *format, ...)
{
    static char texts[16][4096];
    static unsigned next;
    char *text = texts[next++ % 16];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, 4096, format, arguments);
    va_end(arguments);
    return text;
}

static void expect_same(const struct cgi_reply *reply, const char *first)
{
    cgi_is(reply, 200);
    if (strcmp(reply->body, first) != 0) {
        fail_msg("the repeat differs:\n%s%s", first, reply->body);
    }
}

static const char *retirement(const char *beneficiary, int kg, const char *more)
{
    return words("{\"owner_organisation_id\":\"%s\",\"beneficiary_organisation_id\":\"%s\","
                 "\"supplier_id\":\"%s\",\"retirement_purposes\":[\"other\",\"insetting\"],"
                 "\"notes\":\"Retired with care.\",\"credit_quantity_kg\":%d%s}",
                 market.northwind, beneficiary, charm_id, kg, more);
}

static void test_retirements(void **state)
{
    static char made[8192];
    (void)state;
    const char *sent = retirement(market.fjord, 1500, ",\"vintage\":2023,\"order_id\":null");
    struct cgi_reply reply = api_post(API "/retirements/from_oldest_credits", &north, sent, "r1");
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"purposes\":[\"insetting\",\"other\"]");
    cgi_has(&reply, words("\"beneficiary\":{\"id\":\"%s\"", market.fjord));
    cgi_has(&reply, words("\"owner\":{\"id\":\"%s\"", market.northwind));
    cgi_has(&reply, "\"credit_batch_size_total\":{\"credits\":1.5,\"credit_kgs\":1500}");
    cgi_has(&reply, "\"notes\":\"Retired with care.\"");
    (void)snprintf(made, sizeof made, "%s", reply.body);
    char id[ID_SIZE];
    (void)snprintf(id, sizeof id, "%s", api_text(&reply, "id"));
    reply = api_get(words(API "/retirements/%s", id), &fjord);
    expect_same(&reply, made);
    reply = api_post(API "/retirements/from_oldest_credits", &north, sent, "r1");
    expect_same(&reply, made);
    reply = api_post(API "/retirements/from_oldest_credits", &north,
                     retirement(market.fjord, 1501, ""), "r1");
    cgi_is(&reply, 422);
    cgi_has(&reply, "\"loc\":[\"header\",\"Idempotency-Key\"]");
    reply = api_get(words(API "/retirements/%s/credit_batches", id), &fjord);
    cgi_has(&reply, "\"status\":\"retired\"");

    /* By batch, in whole. */
    reply = api_post(API "/retirements", &north,
                     words("{\"owner_organisation_id\":\"%s\",\"beneficiary_organisation_id\":"
                           "\"%s\",\"supplier_id\":\"%s\",\"retirement_purposes\":[\"other\"],"
                           "\"notes\":null,\"credit_batch_quantities\":[{\"credit_batch_id\":"
                           "\"%s\",\"credit_quantity_kg\":2}]}",
                           market.northwind, market.northwind, charm_id,
                           api_one_text(API_LARGEST_BATCH, market.northwind)),
                     NULL);
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"credit_kgs\":2}");
    cgi_has(&reply, "\"notes\":null");

    /* From one order alone. */
    const char *order = api_one_text("SELECT order_id FROM buyer_order WHERE buyer_org_id = ?1"
                                     " ORDER BY ordered_at LIMIT 1",
                                     market.northwind);
    reply = api_post(API "/retirements/from_oldest_credits", &north,
                     retirement(market.fjord, 5, words(",\"order_id\":\"%s\"", order)), NULL);
    cgi_is(&reply, 200);

    /* The scope is needed, and the role. */
    struct api_caller sender = api_caller_of(market.northwind, ROLE_ALL, SCOPE_TRANSFER);
    reply = api_post(API "/retirements/from_oldest_credits", &sender,
                     retirement(market.fjord, 5, ""), NULL);
    cgi_is(&reply, 403);
    struct api_caller approver = api_caller_of(market.northwind, ROLE_APPROVER, SCOPE_RETIRE);
    reply = api_post(API "/retirements/from_oldest_credits", &approver,
                     retirement(market.fjord, 5, ""), NULL);
    cgi_is(&reply, 403);

    /* At once and by one: not where two are asked for. */
    struct command policy = command_of(ACT_SET_POLICY, "", "");
    struct answer answer;
    TEXT_COPY(policy.policy.org_id, market.northwind);
    policy.policy.two_person = TWO_PERSON_ALWAYS;
    assert_int_equal(api_ask_ledger(NULL, &policy, &answer), STATUS_OK);
    reply = api_post(API "/retirements/from_oldest_credits", &north,
                     retirement(market.fjord, 5, ""), NULL);
    cgi_is(&reply, 409);
    cgi_has(&reply, "#second-person-needed");
    policy.policy.two_person = TWO_PERSON_NEVER;
    assert_int_equal(api_ask_ledger(NULL, &policy, &answer), STATUS_OK);
}

/* A supplier with both kinds: an amount is never taken for the other kind. */
static void test_two_instruments(void **state)
{
    struct answer answer;
    (void)state;
    struct command project =
        town_project_command(market.charm, "CHWI", INSTRUMENT_RENEWABLE_ENERGY);
    assert_int_equal(api_ask_ledger(NULL, &project, &answer), STATUS_OK);
    struct command issue = command_of(ACT_ISSUE, "", "charm-wind");
    TEXT_COPY(issue.issue.project_id, answer.id);
    issue.issue.vintage = 2020;
    issue.issue.supplier_units = 40;
    issue.issue.imported = true;
    TEXT_COPY(issue.issue.to_org_id, market.northwind);
    issue.at_us = town.now_us - 1000 * CLOCK_DAY_US; /* older than all the rest */
    assert_int_equal(api_ask_ledger(NULL, &issue, &answer), STATUS_OK);
    struct cgi_reply reply = api_post(API "/retirements/from_oldest_credits", &north,
                                      retirement(market.fjord, 3000, ""), NULL);
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"credit_batch_size_total\":{\"credits\":3,\"credit_kgs\":3000}");
    cgi_has(&reply, "\"instrument\":\"carbon_removal\"");
    reply = api_post(API "/retirements/from_oldest_credits", &north,
                     retirement(market.fjord, 3000, ",\"instrument\":\"renewable_energy\""), NULL);
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"credit_batch_size_total\":{\"credits\":3,\"credit_kgs\":3000}");
    cgi_has(&reply, "\"instrument\":\"renewable_energy\"");
    reply = api_post(API "/retirements/from_oldest_credits", &north,
                     retirement(market.fjord, 3500, ",\"instrument\":\"renewable_energy\""), NULL);
    cgi_is(&reply, 422);
    cgi_has(&reply, "\"type\":\"quantity-fraction\"");
}

/* A new project with units for northwind. */
static void supply(const char *org_id, const char *code, enum instrument instrument)
{
    struct answer answer;
    struct command command = town_project_command(org_id, code, instrument);
    assert_int_equal(api_ask_ledger(NULL, &command, &answer), STATUS_OK);
    command = command_of(ACT_ISSUE, "", code);
    TEXT_COPY(command.issue.project_id, answer.id);
    command.issue.vintage = 2020;
    command.issue.supplier_units = 9000;
    command.issue.imported = true;
    TEXT_COPY(command.issue.to_org_id, market.northwind);
    assert_int_equal(api_ask_ledger(NULL, &command, &answer), STATUS_OK);
}

/* What is retired of this supplier when 1000 kilograms are asked for and no kind is named. */
static void retires(const char *supplier_id, const char *instrument)
{
    struct cgi_reply reply =
        api_post(API "/retirements/from_oldest_credits", &north,
                 words("{\"owner_organisation_id\":\"%s\",\"beneficiary_organisation_id\":\"%s\","
                       "\"supplier_id\":\"%s\",\"retirement_purposes\":[\"other\"],"
                       "\"notes\":null,\"credit_quantity_kg\":1000}",
                       market.northwind, market.northwind, supplier_id),
                 NULL);
    cgi_is(&reply, 200);
    cgi_has(&reply, words("\"instrument\":\"%s\"", instrument));
}

/* To who knows the contract alone a kilogram is one of carbon dioxide, whichever project of the
 * supplier was first. */
static void test_the_kind_that_nobody_names(void **state)
{
    struct answer answer;
    (void)state;
    struct command command = command_of(ACT_OPEN_ORGANISATION, "", "");
    TEXT_COPY(command.organisation.name, "Fell Power and Char");
    command.organisation.is_supplier = true;
    command.organisation.kind = ORG_PARTICIPANT;
    assert_int_equal(api_ask_ledger(NULL, &command, &answer), STATUS_OK);
    char org_id[ID_SIZE], supplier_id[ID_SIZE];
    TEXT_COPY(org_id, answer.id);
    TEXT_COPY(supplier_id, api_one_text(API_SUPPLIER, org_id));
    supply(org_id, "FLWI", INSTRUMENT_RENEWABLE_ENERGY);
    retires(supplier_id, "renewable_energy");
    supply(org_id, "FLCH", INSTRUMENT_CARBON_REMOVAL);
    retires(supplier_id, "carbon_removal");
}

static void test_deliveries(void **state)
{
    static char made[8192];
    struct answer answer;
    (void)state;
    struct command order = command_of(ACT_ORDER, "", "an-order");
    TEXT_COPY(order.order.supplier_org_id, market.charm);
    TEXT_COPY(order.order.buyer_org_id, market.northwind);
    order.order.units = 5000;
    assert_int_equal(api_ask_ledger(NULL, &order, &answer), STATUS_OK);
    const char *sent = words("{\"order_id\":\"%s\",\"notes\":\"Delivered with care.\","
                             "\"credit_batch_quantities\":[{\"credit_batch_id\":\"%s\","
                             "\"credit_quantity_kg\":4000}]}",
                             answer.id, api_one_text(API_LARGEST_BATCH, market.charm));
    struct cgi_reply reply = api_post(API "/deliveries", &charm, sent, "d1");
    cgi_is(&reply, 200);
    cgi_has(&reply, words("\"order_id\":\"%s\"", answer.id));
    cgi_has(&reply, "\"credit_batch_size_total\":{\"credits\":4,\"credit_kgs\":4000}");
    cgi_has(&reply, words("\"to_organisation\":{\"id\":\"%s\"", market.northwind));
    (void)snprintf(made, sizeof made, "%s", reply.body);
    reply = api_post(API "/deliveries", &charm, sent, "d1");
    expect_same(&reply, made);
    reply = api_get(words(API "/deliveries/%s", api_text(&reply, "id")), &fjord);
    expect_same(&reply, made);
    reply = api_get(words(API "/orders/%s", answer.id), &north);
    cgi_has(&reply, "\"status\":\"in_progress\"");
    reply = api_post(API "/deliveries", &charm,
                     words("{\"order_id\":\"%s\",\"notes\":null,\"credit_batch_quantities\":["
                           "{\"credit_batch_id\":\"%s\",\"credit_quantity_kg\":1001}]}",
                           answer.id, api_one_text(API_LARGEST_BATCH, market.charm)),
                     NULL);
    cgi_is(&reply, 422);
    cgi_has(&reply, "\"type\":\"order-exceeded\"");
}

static void test_beneficiaries(void **state)
{
    static char made[8192];
    (void)state;
    /* An individual: the address is told to nobody, and names one beneficiary. */
    const char *ada =
        "{\"beneficiary_name\":\"Ada Lovelace\",\"beneficiary_email\":\"Ada@Example.org\"}";
    struct cgi_reply reply = api_post(API "/beneficiary", &north, ada, "b1");
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"name\":\"Ada Lovelace\",\"domain\":null");
    cgi_has_not(&reply, "xample.org");
    (void)snprintf(made, sizeof made, "%s", reply.body);
    char id[ID_SIZE];
    (void)snprintf(id, sizeof id, "%s", api_text(&reply, "id"));
    reply = api_post(API "/beneficiary", &north, ada, "b1");
    expect_same(&reply, made);
    reply = api_post(API "/beneficiary", &north, ada, NULL);
    expect_same(&reply, made);
    reply = api_post(API "/beneficiary", &north,
                     "{\"__typename\":\"CreateIndividualBeneficiary\",\"beneficiary_name\":"
                     "\"Ada Lovelace\",\"beneficiary_email\":\"ada@example.org\"}",
                     "b2");
    expect_same(&reply, made);
    reply =
        api_post(API "/beneficiary", &north,
                 "{\"beneficiary_name\":\"Ada\",\"beneficiary_email\":\"ada@example.org\"}", NULL);
    cgi_is(&reply, 422);
    cgi_has(&reply, "\"loc\":[\"body\",\"beneficiary_email\"]");
    /* The ledger knows no addresses; the key belongs to the whole body nevertheless. */
    reply =
        api_post(API "/beneficiary", &north,
                 "{\"beneficiary_name\":\"Ada Lovelace\",\"beneficiary_email\":\"b@c.org\"}", "b1");
    cgi_is(&reply, 422);
    cgi_has(&reply, "\"loc\":[\"header\",\"Idempotency-Key\"]");
    /* And so it does where the address would be refused as well. */
    reply =
        api_post(API "/beneficiary", &north,
                 "{\"beneficiary_name\":\"Ada\",\"beneficiary_email\":\"ada@example.org\"}", "b1");
    cgi_is(&reply, 422);
    cgi_has(&reply, "\"loc\":[\"header\",\"Idempotency-Key\"]");
    cgi_has_not(&reply, "beneficiary_email");
    reply = api_post(API "/beneficiary", &north, ada, "b1");
    expect_same(&reply, made);
    /* The namer alone retires for it. */
    reply = api_post(API "/retirements/from_oldest_credits", &north, retirement(id, 7, ""), NULL);
    cgi_is(&reply, 200);
    cgi_has(&reply, words("\"beneficiary\":{\"id\":\"%s\",\"name\":\"Ada Lovelace\"", id));
    reply = api_get(words(API "/retirements?beneficiary_org_id=%s", id), &north);
    cgi_has(&reply, "\"total_count\":1,");
    cgi_has(&reply, words("\"beneficiary\":{\"id\":\"%s\"", id));
    reply = api_get(API "/beneficiaries?first=50", &north);
    cgi_has(&reply, id);
    cgi_has(&reply, market.fjord);
    reply = api_get(API "/beneficiaries?first=50", &fjord);
    cgi_has_not(&reply, id);

    /* An organisation by its domain: found when it is there already. */
    const char *acme = "{\"beneficiary_name\":\"Acme\",\"beneficiary_domain\":\"Acme.Example\"}";
    reply = api_post(API "/beneficiary", &north, acme, NULL);
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"domain\":\"acme.example\"");
    (void)snprintf(made, sizeof made, "%s", reply.body);
    reply = api_post(API "/beneficiary", &north, acme, NULL);
    expect_same(&reply, made);
    reply = api_get(API "/beneficiaries?last=2", &north);
    cgi_has(&reply, "\"has_previous_page\":true");
    cgi_has(&reply, "\"has_next_page\":false");
}

/* Whoever is known by the address already is found, and the key is used up all the same. */
static void test_keys_of_known_beneficiaries(void **state)
{
    static char made[8192];
    (void)state;
    const char *grace =
        "{\"beneficiary_name\":\"Grace\",\"beneficiary_email\":\"grace@example.org\"}";
    const char *acme = "{\"beneficiary_name\":\"Acme\",\"beneficiary_domain\":\"acme.example\"}";
    struct cgi_reply reply = api_post(API "/beneficiary", &north, acme, "g0");
    cgi_is(&reply, 200);
    reply = api_post(API "/beneficiary", &north, grace, "g1");
    cgi_is(&reply, 200);
    (void)snprintf(made, sizeof made, "%s", reply.body);
    /* A key of another body, and one of another act. */
    reply = api_post(API "/beneficiary", &north, grace, "g0");
    cgi_is(&reply, 422);
    cgi_has(&reply, "\"loc\":[\"header\",\"Idempotency-Key\"]");
    reply = api_post(API "/retirements/from_oldest_credits", &north,
                     retirement(market.fjord, 3, ""), "g2");
    cgi_is(&reply, 200);
    reply = api_post(API "/beneficiary", &north, grace, "g2");
    cgi_is(&reply, 422);
    cgi_has(&reply, "\"type\":\"key-reused\"");
    /* A new one finds, as often as it is sent, and is good for nothing else. */
    int64_t count = town_number("SELECT count(*) FROM beneficiary");
    for (int i = 0; i < 3; i++) {
        reply = api_post(API "/beneficiary", &north, grace, "g3");
        expect_same(&reply, made);
    }
    assert_int_equal(town_number("SELECT count(*) FROM beneficiary"), count);
    assert_int_equal(town_number("SELECT count(*) FROM idempotency WHERE key = 'g3'"), 1);
    reply = api_post(API "/retirements/from_oldest_credits", &north,
                     retirement(market.fjord, 3, ""), "g3");
    cgi_is(&reply, 422);
    cgi_has(&reply, "\"loc\":[\"header\",\"Idempotency-Key\"]");
    reply = api_post(API "/beneficiary", &north,
                     "{\"beneficiary_name\":\"Grace\",\"beneficiary_email\":\"g@c.org\"}", "g3");
    cgi_is(&reply, 422);
    cgi_has(&reply, "\"loc\":[\"header\",\"Idempotency-Key\"]");
    reply = api_post(API "/beneficiary", &north, grace, "g1");
    expect_same(&reply, made);
    /* Nor does a malformed one pass. */
    reply = api_post(API "/beneficiary", &north, grace, "g 4");
    cgi_is(&reply, 422);
    cgi_has(&reply, "\"type\":\"key-malformed\"");
}

/* The places of all events in a page of the feed, and how it goes on. */
static int64_t read_feed(const struct cgi_reply *reply, int64_t places[], size_t *count)
{
    const char *at = reply->body;
    while ((at = strstr(at, "\"seq\":")) != NULL) {
        at += strlen("\"seq\":");
        places[(*count)++] = strtoll(at, NULL, 10);
    }
    const char *next = strstr(reply->body, "\"next_after\":");
    assert_non_null(next);
    return strtoll(next + strlen("\"next_after\":"), NULL, 10);
}

static size_t walk(const struct api_caller *caller, const char *more, int limit, int64_t places[])
{
    size_t count = 0;
    int64_t after = 0;
    struct cgi_reply reply;
    do {
        reply = api_get(words(API "/events?after=%lld&limit=%d%s", (long long)after, limit, more),
                        caller);
        cgi_is(&reply, 200);
        int64_t next = read_feed(&reply, places, &count);
        assert_true(next >= after);
        after = next;
    } while (strstr(reply.body, "\"has_more\":true") != NULL);
    assert_int_equal(after, town_number("SELECT max(seq) FROM act"));
    for (size_t i = 1; i < count; i++) {
        assert_true(places[i] > places[i - 1]);
    }
    return count;
}

static void test_events(void **state)
{
    static int64_t places[4096], others[4096];
    (void)state;
    struct cgi_reply reply = api_post(
        API "/transfers/from_oldest_credits", &north,
        words("{\"from_organisation_id\":\"%s\",\"to_organisation_id\":\"%s\",\"supplier_id\":"
              "\"%s\",\"credit_quantity_kg\":5,\"notes\":null}",
              market.northwind, market.fjord, charm_id),
        NULL);
    cgi_is(&reply, 200);
    char id[ID_SIZE];
    (void)snprintf(id, sizeof id, "%s", api_text(&reply, "id"));

    /* Every public one, and one's own: all of them, in pages of any size. */
    size_t count = walk(&north, "", 100, places);
    assert_int_equal(count,
                     town_number(words("SELECT count(*) FROM act WHERE event <> '' AND (is_public"
                                       " = 1 OR org_id = '%s' OR other_org_id = '%s')",
                                       market.northwind, market.northwind)));
    assert_int_equal(walk(&north, "", 7, others), count);
    assert_memory_equal(places, others, count * sizeof places[0]);
    count = walk(&charm, "", 100, places);
    assert_int_equal(count,
                     town_number(words("SELECT count(*) FROM act WHERE event <> '' AND (is_public"
                                       " = 1 OR org_id = '%s' OR other_org_id = '%s')",
                                       market.charm, market.charm)));
    count = walk(&fjord, "&scope=own", 2, places);
    assert_int_equal(count, town_number(words("SELECT count(*) FROM act WHERE event <> '' AND"
                                              " (org_id = '%s' OR other_org_id = '%s')",
                                              market.fjord, market.fjord)));
    assert_true(count > 0);
    count = walk(&north, "&kind=retirement.made,delivery.made", 1, places);
    assert_int_equal(count, town_number("SELECT count(*) FROM act WHERE event IN"
                                        " ('retirement.made', 'delivery.made')"));

    /* A waiting transfer is told to its parties; what is told says no more than ids. */
    reply = api_get(API "/events?kind=transfer.pending", &fjord);
    cgi_has(&reply, "{\"type\":\"transfer.pending\",\"timestamp\":\"20");
    cgi_has(&reply, words("\"data\":{\"id\":\"%s\",\"organisation_id\":\"%s\","
                          "\"other_organisation_id\":\"%s\",\"is_public\":false}",
                          id, market.northwind, market.fjord));
    reply = api_get(API "/events?kind=transfer.pending", &charm);
    cgi_has_not(&reply, id);
    cgi_has(&reply, "\"nodes\":[]");

    static const char *const bad[] = {"after=-1", "after=x",    "limit=0", "limit=101",
                                      "kind=x",   "scope=mine", "first=3"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        reply = api_get(words(API "/events?%s", bad[i]), &north);
        cgi_is(&reply, 422);
    }
    reply = api_get(API "/events?after=9999999", &north);
    cgi_has(&reply, "\"next_after\":9999999,\"has_more\":false");
}

static void test_ledger_away(void **state)
{
    (void)state;
    market_stop_daemon();
    struct cgi_reply reply = api_post(API "/retirements/from_oldest_credits", &north,
                                      retirement(market.fjord, 5, ""), NULL);
    cgi_is(&reply, 503);
    cgi_has(&reply, "#ledger-away");
    assert_non_null(strstr(reply.head, "Retry-After: "));
    reply =
        api_post(API "/beneficiary", &north,
                 "{\"beneficiary_name\":\"Bob\",\"beneficiary_email\":\"bob@example.org\"}", "bob");
    cgi_is(&reply, 503);
    reply = api_get(API "/events", &north);
    cgi_is(&reply, 200);
    market_start_daemon();
    reply =
        api_post(API "/beneficiary", &north,
                 "{\"beneficiary_name\":\"Bob\",\"beneficiary_email\":\"bob@example.org\"}", "bob");
    cgi_is(&reply, 200);
}

static int set_up(void **state)
{
    assert_int_equal(market_open(state), 0);
    north = api_caller_of(market.northwind, ROLE_ALL, SCOPE_TRANSFER | SCOPE_RETIRE);
    charm = api_caller_of(market.charm, ROLE_ALL, SCOPE_TRANSFER);
    fjord = api_caller_of(market.fjord, ROLE_ALL, SCOPE_TRANSFER);
    (void)snprintf(charm_id, sizeof charm_id, "%s", api_one_text(API_SUPPLIER, market.charm));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_retirements),
        cmocka_unit_test(test_two_instruments),
        cmocka_unit_test(test_the_kind_that_nobody_names),
        cmocka_unit_test(test_deliveries),
        cmocka_unit_test(test_beneficiaries),
        cmocka_unit_test(test_keys_of_known_beneficiaries),
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_ledger_away),
    };
    return cmocka_run_group_tests(tests, set_up, market_close);
}
