/*
 * retire_test: retiring in the account program as a person meets it: the steps, what is refused and
 * in which words, the last button pressed twice, what has changed meanwhile, and the list.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/client.h"
#include "pages/market_steps.h"

/* An act of the operator through the daemon. */
static void ask_ok(const struct command *command)
{
    char path[PATH_MAX];
    struct ledger_client client;
    struct answer answer;
    (void)snprintf(path, sizeof(path), "%s/ledger-tally.sock", town.folder);
    ledger_client_init(&client, path);
    enum status status = ledger_ask(&client, command, &answer);
    ledger_client_close(&client);
    if (status != STATUS_OK) {
        fail_msg("%s: %s", act_word((enum act_kind)command->kind), status_row(status)->slug);
    }
}

/* Northwind has a second vintage of Charm, and an older one. */
static int retire_open_market(void **state)
{
    market_open(state);
    market_stop_daemon();
    town_open_ledger();
    const char *project = town_project(market.charm, "CHR2", INSTRUMENT_CARBON_REMOVAL);
    town_issue(project, 2022, 5000, 0);
    market_deliver(market.charm, market.northwind, project, 3000);
    store_close(town.ledger.store);
    market_start_daemon();
    return 0;
}

static struct cgi_reply at(const char *draft, const char *name)
{
    return market_get(words("/account/retirements/drafts/%s/%s", draft, name), market.maya);
}

static struct cgi_reply answer(const char *draft, const char *name, const char *body)
{
    return market_post(words("/account/retirements/drafts/%s/%s", draft, name), market.maya, body);
}

static void goes(struct cgi_reply reply, const char *where)
{
    cgi_is(&reply, 303);
    if (strstr(reply.location, where) == NULL) {
        fail_msg("goes to %s, not %s", reply.location, where);
    }
}

static const char *start(const char *supplier, const char *instrument)
{
    struct cgi_reply reply = market_post("/account/retirements/new", market.maya,
                                         words("balance=%s.%s", supplier, instrument));
    goes(reply, "/amount");
    return id_in(reply.location, "drf_");
}

/* Up to the review: for oneself, for the climate targets. */
static const char *ready(const char *supplier, const char *amount)
{
    const char *draft = start(supplier, "carbon_removal");
    goes(answer(draft, "amount", words("by=oldest&go=next&amount=%s", amount)), "/beneficiary");
    goes(answer(draft, "beneficiary", words("beneficiary=%s", market.northwind)), "/purposes");
    goes(answer(draft, "purposes", "purpose=corporate_targets"), "/review");
    return draft;
}

static const char *press(const char *draft)
{
    struct cgi_reply reply = at(draft, "review");
    cgi_is(&reply, 200);
    reply = answer(draft, "review", words("plan=%s", cgi_value(&reply, "plan")));
    goes(reply, "/done");
    return id_in(reply.location, "ret_");
}

static void test_who_may_begin(void **state)
{
    (void)state;
    struct cgi_reply reply = market_get("/account/credits", market.maya);
    cgi_has(&reply, "href=\"/account/retirements/new\">Retire</a>");
    cgi_has(&reply, words("/account/retirements/new?balance=%s.carbon_removal", market.charm));
    reply = market_get("/account/credits", market.vera);
    cgi_has_not(&reply, "/account/retirements/new");
    reply = market_get("/account/retirements/new", market.vera);
    cgi_is(&reply, 403);
    reply = market_get("/account/retirements/new", market_nobody);
    cgi_is(&reply, 303);
    reply = market_get(words("/account/retirements/new?balance=%s.carbon_removal", market.lithos),
                       market.maya);
    cgi_is(&reply, 200);
    cgi_has(&reply, "Step 1 of 5: retire");
    cgi_has(&reply, words("value=\"%s.carbon_removal\" checked", market.lithos));
    cgi_has(&reply, "One retirement holds the credits of one supplier.");
    reply = market_post("/account/retirements/new", market.maya, "balance=");
    cgi_is(&reply, 422);
    cgi_has(&reply, "Choose which supplier’s credits to retire");
    reply = market_post("/account/retirements/new", market.maya,
                        words("balance=%s.carbon_removal", market.fjordwind));
    cgi_is(&reply, 422);
    reply = market_get("/account/retirements/new", market.eve);
    cgi_has(&reply, "Nothing can be retired now");
    reply = market_get("/account/retirements", market.eve);
    cgi_has(&reply, "Empty Hands has retired nothing yet");
}

static void test_how_much(void **state)
{
    (void)state;
    const char *draft = start(market.charm, "carbon_removal");
    struct cgi_reply reply = at(draft, "review");
    goes(reply, "/amount");
    reply = at(draft, "beneficiary");
    goes(reply, "/amount");
    reply = at(draft, "amount");
    cgi_has(&reply, "You have 87.210 credits available");
    cgi_has(&reply, "<option value=\"2022\">2022: 3.000 available</option>");
    static const struct {
        const char *body, *words;
    } faults[] = {
        {"by=oldest&go=next&amount=", "Enter how many credits to retire"},
        {"by=oldest&go=next&amount=87.211", "Enter at most 87.210 credits: that is what is "
                                            "available from Charm"},
        {"by=oldest&go=next&vintage=2022&amount=3.001",
         "Enter at most 3.000 credits: that is what is available from Charm, vintage 2022"},
        {"by=oldest&go=next&vintage=1999&amount=1", "Nothing of this vintage is available now"},
        {"by=oldest&go=next&vintage=x&amount=1", "vintage"},
        {"by=oldest&go=next&amount=1%2C5", "with a point before at most 3 decimals"},
        {"by=oldest&go=next&amount=-1", "without a minus sign"},
    };
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        reply = answer(draft, "amount", faults[i].body);
        cgi_is(&reply, 422);
        cgi_has(&reply, faults[i].words);
    }
    goes(answer(draft, "amount", "by=oldest&go=all&vintage=2022&amount="), "/beneficiary");
    reply = at(draft, "amount");
    cgi_has(&reply, "value=\"3.000\"");
    cgi_has(&reply, "<option value=\"2022\" selected>");

    /* By delivery: one ticked whole, a part of another. */
    reply = at(draft, "amount?by=delivery");
    char delivery[ID_SIZE];
    char batch[ID_SIZE];
    const char *box = strstr(reply.body, "name=\"whole\" value=\"dlv_");
    assert_non_null(box);
    (void)snprintf(delivery, sizeof(delivery), "%.20s", box + 20);
    const char *second = strstr(box + 1, "name=\"qty.ctb_");
    assert_non_null(second);
    second = strstr(second + 1, "name=\"qty.ctb_");
    assert_non_null(second);
    (void)snprintf(batch, sizeof(batch), "%.20s", second + 10);
    goes(answer(draft, "amount", words("by=delivery&go=next&whole=%s&qty.%s=1.5", delivery, batch)),
         "/beneficiary");
    reply = market_get("/account/credits", market.maya);
    cgi_has(&reply, "Retirement of 61.500 credits, beneficiary not chosen yet");
    goes(answer(draft, "discard", ""), "/account/credits");
    reply = at(draft, "amount");
    cgi_is(&reply, 404);
}

static void test_for_whom(void **state)
{
    (void)state;
    const char *draft = start(market.charm, "carbon_removal");
    goes(answer(draft, "amount", "by=oldest&go=next&amount=1"), "/beneficiary");
    struct cgi_reply reply = at(draft, "beneficiary");
    cgi_has(&reply, "your own organisation");
    cgi_has_not(&reply, "Somebody you named before");
    reply = answer(draft, "beneficiary", "");
    cgi_is(&reply, 422);
    cgi_has(&reply, "Choose who the credits are retired for");
    reply = answer(draft, "beneficiary", "beneficiary=org_00000000000000ZZ");
    cgi_is(&reply, 422);
    cgi_has(&reply, "This beneficiary is not there any more");
    goes(answer(draft, "beneficiary", "beneficiary=registry"), "/beneficiary?by=registry");
    reply = at(draft, "beneficiary?by=registry&q=orsted");
    cgi_has(&reply, "Ørsted &amp; Fjord Foods");
    cgi_has(&reply, "1 organisation found");
    goes(answer(draft, "beneficiary", words("by=registry&beneficiary=%s", market.fjord)),
         "/purposes");
    reply = at(draft, "beneficiary?by=registry"); /* chosen, under no heading without words */
    cgi_has(&reply, words("value=\"%s\" checked", market.fjord));
    cgi_has_not(&reply, "<h2></h2>");
    goes(answer(draft, "purposes", "purpose=insetting"), "/review");
    reply = at(draft, "review");
    cgi_has(&reply, "Retire 1.000 credit for Ørsted &amp; Fjord Foods</button>");
    cgi_has(&reply, "on behalf of");

    static const struct {
        const char *body, *words;
    } faults[] = {
        {"by=organisation&name=&domain=", "Enter the name as it is to stand on the certificate"},
        {"by=organisation&name=Acme&domain=", "Enter the domain of the organisation’s website"},
        {"by=organisation&name=Acme&domain=https://acme.example/", "Enter the domain alone"},
        {"by=organisation&name=Acme&domain=acme", "Enter the domain alone"},
        {"by=individual&name=Ada&email=", "Enter an e-mail address such as"},
        {"by=individual&name=&email=ada@example.org", "Enter the name as it is to stand"},
        {"by=individual&name=Ada&email=ada", "Enter an e-mail address such as"},
    };
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        reply = answer(draft, "beneficiary", faults[i].body);
        cgi_is(&reply, 422);
        cgi_has(&reply, faults[i].words);
        cgi_has(&reply, "<title>Error: ");
    }
    static char longest[300];
    memset(longest, 'x', 257);
    reply =
        answer(draft, "beneficiary", words("by=organisation&name=%s&domain=acme.example", longest));
    cgi_is(&reply, 422);
    /* As many characters as a domain may have, in more bytes than one has. */
    static char wide[6 * (DOMAIN_SIZE - 1) + 1];
    for (size_t i = 0; i < DOMAIN_SIZE - 1; i++) {
        (void)snprintf(wide + 6 * i, 7, "%%C3%%A9");
    }
    reply = answer(draft, "beneficiary", words("by=organisation&name=Acme&domain=%s", wide));
    cgi_is(&reply, 422);
    cgi_has(&reply, "Enter the domain alone");
    reply = answer(draft, "beneficiary", "by=nonsense");
    cgi_is(&reply, 400);
    goes(answer(draft, "discard", ""), "/account/credits");
}

static void test_somebody_new(void **state)
{
    (void)state;
    const char *draft = start(market.charm, "carbon_removal");
    const char *acme = "by=organisation&name=%C5%BB%C3%B3%C5%82%C4%87+S.A.&domain=Acme.Example";
    goes(answer(draft, "amount", "by=oldest&go=next&amount=1"), "/beneficiary");
    int64_t before = town_number("SELECT count(*) FROM beneficiary");
    goes(answer(draft, "beneficiary", acme), "/purposes");
    goes(answer(draft, "beneficiary", acme), "/purposes"); /* the second click */
    assert_int_equal(town_number("SELECT count(*) FROM beneficiary"), before + 1);
    goes(answer(draft, "purposes", "purpose=other&purpose=insetting&notes=Za+2025"), "/review");
    struct cgi_reply reply = at(draft, "review");
    cgi_has(&reply, "for Żółć S.A.</button>");
    cgi_has_not(&reply, "acme.example");
    const char *id = press(draft);
    reply = market_get(words("/account/retirements/%s/done", id), market.maya);
    cgi_has(&reply, "1.000 credit is retired for Żółć S.A.");
    cgi_has(&reply, "by Maya Okafor");
    cgi_has(&reply, words("/registry/retirements/%s/certificate.pdf", id));
    reply = cgi_ask("public", town.folder, words("/registry/retirements/%s/certificate", id),
                    market_nobody, NULL);
    cgi_is(&reply, 200);
    cgi_has(&reply, "Żółć S.A.");
    cgi_has(&reply, "Za 2025");
    cgi_has_not(&reply, "acme.example");
    cgi_has_not(&reply, "Maya");

    /* Known under another name: found by its domain. Then it is there to be chosen. */
    draft = start(market.charm, "carbon_removal");
    goes(answer(draft, "amount", "by=oldest&go=next&amount=1"), "/beneficiary");
    reply = at(draft, "beneficiary");
    cgi_has(&reply, "Żółć S.A.");
    cgi_has(&reply, "acme.example · named by you");
    cgi_has(&reply, "Somebody you named before");
    goes(answer(draft, "beneficiary", "by=organisation&name=Zolc&domain=acme.example"),
         "/purposes");
    reply = at(draft, "purposes");
    cgi_has(&reply, "This beneficiary was known to the registry already");
    assert_int_equal(town_number("SELECT count(*) FROM beneficiary"), before + 1);
    goes(answer(draft, "beneficiary", "beneficiary=named"), "by=named");
    reply = at(draft, "beneficiary?by=named&q=zolc");
    cgi_has(&reply, "1 beneficiary");
    reply = at(draft, "beneficiary?by=named&q=nobody");
    cgi_has(&reply, "Somebody you have not named yet");

    /* An individual's address finds the same person again and is seen by nobody. */
    const char *ada = "by=individual&name=Ada+Lovelace&email=Ada@Lovelace.example";
    goes(answer(draft, "beneficiary", ada), "/purposes");
    goes(answer(draft, "beneficiary", "by=individual&name=A.+L.&email=ada@lovelace.example"),
         "/purposes");
    assert_int_equal(town_number("SELECT count(*) FROM beneficiary WHERE is_individual = 1"), 1);
    goes(answer(draft, "purposes", "purpose=other"), "/review");
    id = press(draft);
    reply =
        cgi_ask("public", town.folder, words("/registry/retirements/%s", id), market_nobody, NULL);
    cgi_has(&reply, "Ada Lovelace");
    cgi_has_not(&reply, "lovelace.example");
    /* Another organisation's names are not there for others. */
    reply = market_get("/account/retirements/new", market.finn);
    cgi_is(&reply, 200);
}

static void test_why(void **state)
{
    (void)state;
    const char *draft = start(market.lithos, "carbon_removal");
    goes(at(draft, "purposes"), "/amount");
    goes(answer(draft, "amount", "by=oldest&go=next&amount=1"), "/beneficiary");
    goes(at(draft, "purposes"), "/beneficiary");
    goes(answer(draft, "beneficiary", words("beneficiary=%s", market.northwind)), "/purposes");
    struct cgi_reply reply = at(draft, "purposes");
    cgi_has(&reply, "Step 4 of 5: retire 1.000 credit");
    cgi_has(&reply, "Corporate climate targets");
    cgi_has(&reply, "Insetting in one’s own value chain");
    reply = answer(draft, "purposes", "notes=Kept+words");
    cgi_is(&reply, 422);
    cgi_has(&reply, "Tick at least one purpose");
    cgi_has(&reply, "Kept words</textarea>");
    static char note[300];
    memset(note, 'x', 257);
    reply = answer(draft, "purposes", words("purpose=other&notes=%s", note));
    cgi_is(&reply, 422);
    cgi_has(&reply, "at most 256 characters");
    reply = answer(draft, "purposes", "purpose=other&notes=two%0Alines");
    cgi_is(&reply, 422);
    cgi_has(&reply, "Write the note without line breaks");
    reply = answer(draft, "purposes", "purpose=greed");
    cgi_is(&reply, 400);
    goes(answer(draft, "purposes", "purpose=regulatory_requirement&purpose=corporate_targets"),
         "/review");
    reply = at(draft, "purposes?back=review");
    cgi_has(&reply, "value=\"corporate_targets\" checked");
    cgi_has(&reply, "value=\"regulatory_requirement\" checked");
    cgi_has_not(&reply, "value=\"other\" checked");
    goes(answer(draft, "discard", ""), "/account/credits");
}

static void test_once_and_for_all(void **state)
{
    (void)state;
    char draft[ID_SIZE];
    (void)snprintf(draft, sizeof(draft), "%s", ready(market.charm, "10.5"));
    struct cgi_reply reply = at(draft, "review");
    cgi_is(&reply, 200);
    cgi_has(&reply, "Block that is retired");
    cgi_has(&reply, "credits are retired, ");
    cgi_has(&reply, "The certificate as it will read");
    cgi_has(&reply, "Retiring is final");
    cgi_has(&reply, "leave circulation at once");
    cgi_has(&reply, "Retire 10.500 credits for Northwind Carbon</button>");
    char plan[128];
    (void)snprintf(plan, sizeof(plan), "plan=%s", cgi_value(&reply, "plan"));
    reply = market_get(words("/account/retirements/drafts/%s/review", draft), market.jon);
    cgi_is(&reply, 403);
    reply = market_post(words("/account/retirements/drafts/%s/review", draft), market.finn, plan);
    cgi_is(&reply, 404);
    int64_t before = town_number("SELECT count(*) FROM retirement");
    reply = answer(draft, "review", plan);
    goes(reply, "/done");
    char id[ID_SIZE];
    (void)snprintf(id, sizeof(id), "%s", id_in(reply.location, "ret_"));
    goes(answer(draft, "review", plan), id); /* the second click */
    goes(at(draft, "amount"), words("/account/retirements/%s/done?from=draft", id));
    goes(answer(draft, "purposes", "purpose=other"), id);
    assert_int_equal(town_number("SELECT count(*) FROM retirement"), before + 1);
    reply = market_get(words("/account/retirements/%s/done?from=draft", id), market.maya);
    cgi_has(&reply, "was sent already and became this retirement");
    reply = market_get(words("/account/retirements/%s/done", id), market.finn);
    cgi_is(&reply, 404);
    reply = market_get("/account/credits?state=retired", market.maya);
    cgi_has(&reply, words("/registry/retirements/%s/certificate", id));
    reply = market_get("/account/credits", market.maya);
    cgi_has_not(&reply, draft);
}

static void test_what_changed_meanwhile(void **state)
{
    (void)state;
    char draft[ID_SIZE];
    char plan[128];
    (void)snprintf(draft, sizeof(draft), "%s", ready(market.lithos, "2"));
    struct cgi_reply reply = at(draft, "review");
    (void)snprintf(plan, sizeof(plan), "plan=%s", cgi_value(&reply, "plan"));
    (void)press(ready(market.lithos, "1"));
    int64_t before = town_number("SELECT count(*) FROM retirement");
    reply = answer(draft, "review", plan);
    cgi_is(&reply, 409);
    cgi_has(&reply, "Your holdings or your answers changed while you were reading");
    cgi_has(&reply, "Nothing was retired");
    cgi_has(&reply, "LITH-2024-1001-3000");
    /* Somebody else is retired for, chosen in another tab: what was read is what happens. */
    (void)snprintf(plan, sizeof(plan), "plan=%s", cgi_value(&reply, "plan"));
    goes(answer(draft, "beneficiary", words("by=registry&beneficiary=%s", market.fjord)),
         "/review");
    reply = answer(draft, "review", plan);
    cgi_is(&reply, 409);
    cgi_has(&reply, "for Ørsted &amp; Fjord Foods</button>");
    assert_int_equal(town_number("SELECT count(*) FROM retirement"), before);
    reply = answer(draft, "review", "plan=nonsense");
    cgi_is(&reply, 409);
    (void)press(draft);
    /* Not enough any more: said beside the quantity. */
    (void)snprintf(draft, sizeof(draft), "%s", ready(market.lithos, "9"));
    (void)press(ready(market.lithos, "5"));
    reply = at(draft, "review");
    cgi_has(&reply, "Enter at most 4.000 credits: that is what is available from Lithos.");
    cgi_has(&reply, "href=\"#amount\"");
    cgi_has_not(&reply, "name=\"plan\"");
    reply = answer(draft, "review", "plan=");
    cgi_is(&reply, 422);
}

static void set_state(enum org_state org_state)
{
    struct command command = command_of(ACT_SET_ORGANISATION_STATE, "", "");
    TEXT_COPY(command.organisation.org_id, market.northwind);
    command.organisation.state = (uint8_t)org_state;
    TEXT_COPY(command.organisation.reason, "A check");
    ask_ok(&command);
}

static void freeze(bool frozen)
{
    struct command command = command_of(ACT_FREEZE, "", "");
    command.setting.frozen = frozen;
    TEXT_COPY(command.setting.text, "A drill");
    ask_ok(&command);
}

static void two_persons(enum two_person two_person, int64_t above_units)
{
    struct command command = command_of(ACT_SET_POLICY, "", "");
    TEXT_COPY(command.policy.org_id, market.northwind);
    command.policy.two_person = (uint8_t)two_person;
    command.policy.two_person_above_units = above_units;
    ask_ok(&command);
}

static void test_when_it_cannot_be(void **state)
{
    (void)state;
    char draft[ID_SIZE];
    (void)snprintf(draft, sizeof(draft), "%s", ready(market.charm, "2"));
    struct cgi_reply reply = at(draft, "review");
    const char *body = words("plan=%s", cgi_value(&reply, "plan"));
    int64_t before = town_number("SELECT count(*) FROM retirement");
    freeze(true);
    reply = answer(draft, "review", body);
    assert_true(reply.code >= 400 && reply.code < 600);
    cgi_has(&reply, "This retirement cannot be made now");
    cgi_has(&reply, "frozen");
    freeze(false);
    set_state(ORG_SUSPENDED);
    reply = answer(draft, "review", body);
    assert_true(reply.code >= 400 && reply.code < 500);
    cgi_has(&reply, "suspended");
    reply = at(draft, "review");
    cgi_is(&reply, 200);
    cgi_has_not(&reply, "name=\"plan\"");
    set_state(ORG_ACTIVE);
    two_persons(TWO_PERSON_ALWAYS, 0);
    reply = answer(draft, "review", body);
    cgi_is(&reply, 409);
    cgi_has(&reply, "Northwind Carbon asks for two persons whenever credits leave");
    cgi_has(&reply, "Ask a manager to change the policies of your team.");
    two_persons(TWO_PERSON_ABOVE, 1999);
    reply = at(draft, "review");
    cgi_has(&reply, "Northwind Carbon asks for two persons for more than 1.999 credits");
    cgi_has(&reply, "Retire at most that much at a time");
    two_persons(TWO_PERSON_NEVER, 0);
    market_stop_daemon();
    reply = answer(draft, "review", body);
    cgi_is(&reply, 503);
    cgi_has(&reply, "The registry cannot retire credits at this moment");
    assert_non_null(strstr(reply.head, "Retry-After: 5"));
    reply = answer(draft, "beneficiary", "by=organisation&name=Acme&domain=other.example");
    cgi_is(&reply, 503);
    cgi_has(&reply, "Nothing was done");
    market_start_daemon();
    assert_int_equal(town_number("SELECT count(*) FROM retirement"), before);
    /* The session has ended: the form says so, the draft is kept. */
    reply = market_post(words("/account/retirements/drafts/%s/review", draft), market_nobody, body);
    cgi_is(&reply, 403);
    (void)press(draft);
}

static void test_list(void **state)
{
    (void)state;
    const char *id = press(ready(market.charm, "0.001"));
    struct cgi_reply reply = market_get("/account/retirements", market.vera);
    cgi_is(&reply, 200);
    cgi_has(&reply, id);
    cgi_has(&reply, "by Maya Okafor");
    cgi_has(&reply, "0.001 <span class=\"unit\">credits");
    cgi_has_not(&reply, "href=\"/account/retirements/new\"");
    reply = market_get("/account/retirements?q=zolc", market.maya);
    cgi_is(&reply, 200);
    cgi_has(&reply, "Żółć S.A.");
    cgi_has_not(&reply, id);
    cgi_has(&reply, "Remove filter: </span>Holds: “zolc”");
    reply = market_get("/account/retirements?q=nobody-like-this", market.maya);
    cgi_has(&reply, "No retirement matches");
    reply = market_get("/account/retirements?from=2020-01-01&to=2020-12-31", market.maya);
    cgi_has(&reply, "No retirement matches");
    reply = market_get("/account/retirements?from=yesterday", market.maya);
    cgi_is(&reply, 422);
    reply = market_get("/account/retirements?sort=size", market.maya);
    cgi_is(&reply, 400);
    reply = market_get("/account/retirements?sort=retired", market.maya);
    cgi_has(&reply, "aria-sort=\"ascending\"");
    reply = market_get("/account/retirements?format=csv", market.maya);
    cgi_is(&reply, 200);
    assert_null(strstr(reply.head, "public"));
    cgi_has(&reply, "retirement_id,retired_at,owner_id");
    cgi_has(&reply, "blocks,note,note_redacted_at,beneficiary_redacted_at,retired_by");
    cgi_has(&reply, ",0.001,1,1,,,,Maya Okafor");
    reply = market_get("/account/retirements", market.finn);
    cgi_has_not(&reply, id);
}

/* More than a page: there and back. */
static void test_pages(void **state)
{
    (void)state;
    struct command retire = command_of(ACT_RETIRE, "", "");
    TEXT_COPY(retire.retire.org_id, market.northwind);
    TEXT_COPY(retire.retire.supplier_org_id, market.charm);
    TEXT_COPY(retire.retire.beneficiary, "Named only");
    retire.retire.purposes = 1;
    retire.retire.units = 1;
    market_stop_daemon();
    town_open_ledger();
    town.now_us = clock_now_us();
    for (int i = 0; i < 60; i++) {
        TEXT_COPY(retire.key, town_key());
        town.now_us += CLOCK_SECOND_US;
        town_do(&retire);
    }
    store_close(town.ledger.store);
    market_start_daemon();
    struct cgi_reply reply = market_get("/account/retirements?q=named", market.maya);
    cgi_is(&reply, 200);
    cgi_has(&reply, "60 of ");
    const char *next = strstr(reply.body, "<a rel=\"next\" href=\"");
    assert_non_null(next);
    char target[512];
    (void)snprintf(target, sizeof(target), "%.*s", (int)strcspn(next + 20, "\""), next + 20);
    char *amp = strstr(target, "&amp;");
    assert_non_null(amp);
    memmove(amp + 1, amp + 5, strlen(amp + 5) + 1);
    reply = market_get(target, market.maya);
    cgi_is(&reply, 200);
    cgi_has(&reply, "rel=\"prev\"");
    cgi_has_not(&reply, "rel=\"next\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_may_begin),
        cmocka_unit_test(test_how_much),
        cmocka_unit_test(test_for_whom),
        cmocka_unit_test(test_somebody_new),
        cmocka_unit_test(test_why),
        cmocka_unit_test(test_once_and_for_all),
        cmocka_unit_test(test_what_changed_meanwhile),
        cmocka_unit_test(test_when_it_cannot_be),
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_pages),
    };
    return cmocka_run_group_tests(tests, retire_open_market, market_close);
}
