/*
 * account_test: the account program's pages as a person meets them, from the door to the ledger and
 * back: Credits, the transfer steps, the inbox, one's own transfers. Each test goes through the
 * program as plain CGI, with a ledger daemon running.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pages/market_steps.h"

static void test_credits(void **state)
{
    (void)state;
    struct cgi_reply reply = market_get("/account/credits", market_nobody);
    cgi_is(&reply, 303);
    assert_non_null(strstr(reply.location, "/sign-in?next=%2Faccount%2Fcredits"));
    reply = market_get("/account/credits", market.maya);
    cgi_is(&reply, 200);
    cgi_has(&reply, "Northwind Carbon");
    cgi_has(&reply, "96.210"); /* credits: 60 + 24.210 + 12, never with the 120 MWh */
    cgi_has(&reply, "<dd>120</dd>");
    cgi_has(&reply, "TLY-1-BIOCHAR-SWE-CHRM-2023-1-60000");
    cgi_has(&reply, "4 batches");
    cgi_has(&reply, "href=\"/account/transfers/new\"");
    reply = market_get("/account/credits", market.vera);
    cgi_has_not(&reply, "href=\"/account/transfers/new");
    cgi_has(&reply, "needs the role of initiator");
    reply = market_get("/account/credits", market.eve);
    cgi_has(&reply, "Empty Hands holds no credits yet");
}

static void test_credits_list(void **state)
{
    (void)state;
    struct cgi_reply reply =
        market_get(words("/account/credits?supplier=%s&sort=size", market.charm), market.maya);
    cgi_is(&reply, 200);
    cgi_has(&reply, "2 of 4 batches");
    cgi_has(&reply, "Remove filter: </span>Supplier: Charm");
    cgi_has(&reply, "aria-sort=\"ascending\"");
    assert_true(strstr(reply.body, "60001-84210") < strstr(reply.body, "2023-1-60000"));
    reply = market_get("/account/credits?vintage=1999", market.maya);
    cgi_has(&reply, "No batch matches these filters");
    reply = market_get("/account/credits?state=nonsense", market.maya);
    cgi_is(&reply, 400);
    reply = market_get("/account/credits?format=csv", market.maya);
    cgi_is(&reply, 200);
    assert_non_null(strstr(reply.head, "text/csv"));
    cgi_has(&reply, "batch_id,serial,supplier_id");
    cgi_has(&reply, ",parent_id,reserved_by,ended_by\r\n");
    cgi_has(&reply, "TLY-1-WIND-SWE-WIND-2024-1-120");
    cgi_has(&reply, ",24.210,24210,");
    static const char *const sorts[] = {"received", "-received", "issued", "-issued",
                                        "size",     "-size",     "serial", "-serial"};
    for (size_t i = 0; i < sizeof(sorts) / sizeof(sorts[0]); i++) {
        reply = market_get(words("/account/credits?sort=%s", sorts[i]), market.maya);
        cgi_is(&reply, 200);
        cgi_has(&reply, "4 batches");
    }
}

static void test_start(void **state)
{
    (void)state;
    struct cgi_reply reply = market_get("/account/transfers/new", market.maya);
    cgi_is(&reply, 200);
    cgi_has_not(&reply, "value=\"internal\""); /* one active account only */
    reply = market_post("/account/transfers/new", market.maya, "");
    cgi_is(&reply, 422);
    cgi_has(&reply, "<title>Error: ");
    cgi_has(&reply, "href=\"#kind\"");
    reply = market_get("/account/transfers/new", market.vera);
    cgi_is(&reply, 403);
    reply = market_post("/account/transfers/new", market.vera, "kind=external");
    cgi_is(&reply, 403);
    reply = market_post("/account/transfers/new", market.maya, "kind=internal");
    cgi_is(&reply, 422);
}

static void test_recipient(void **state)
{
    (void)state;
    const char *draft = begin(market.maya, "external");
    struct cgi_reply reply = look(market.maya, draft, "recipient");
    cgi_is(&reply, 200);
    cgi_has(&reply, "5 organisations");
    cgi_has_not(&reply, words("value=\"%s\"", market.northwind));
    reply = look(market.maya, draft, "recipient?q=orsted+FOOD");
    cgi_has(&reply, "1 organisation found");
    cgi_has(&reply, "Ørsted &amp; Fjord Foods");
    reply = look(market.maya, draft, words("recipient?q=%s", market.fjord));
    cgi_has(&reply, "1 organisation found");
    reply = look(market.maya, draft, "recipient?q=nobody+here");
    cgi_has(&reply, "No organisation here holds “nobody here”");
    reply = step(market.maya, draft, "recipient", "");
    cgi_is(&reply, 422);
    cgi_has(&reply, "Choose who the credits go to");
    reply = step(market.maya, draft, "recipient", words("recipient=%s", market.northwind));
    cgi_is(&reply, 422);
    cgi_has(&reply, "This is your own organisation");
    reply = step(market.maya, draft, "recipient", "recipient=org_1KNS0Q2D6SBX0A03");
    cgi_is(&reply, 422);
    /* A fault is told at a place that is there: with nothing to choose, and at the search. */
    reply = step(market.maya, draft, "recipient", "q=nobody+here");
    cgi_is(&reply, 422);
    cgi_has(&reply, "href=\"#recipient\"");
    cgi_has(&reply, "id=\"recipient\"");
    reply = look(market.maya, draft, "recipient?q=fjord%09foods");
    cgi_has(&reply, "Name or id holds a line break or characters that cannot be shown");
    cgi_has(&reply, "href=\"#find\"");
    /* The chosen one is shown as chosen, and not as somebody of earlier transfers. */
    reply = step(market.maya, draft, "recipient", words("recipient=%s", market.fjord));
    cgi_is(&reply, 303);
    const char *chosen = words("value=\"%s\" checked", market.fjord);
    reply = look(market.maya, draft, "recipient");
    cgi_has(&reply, chosen);
    cgi_has_not(&reply, "You sent to these before");
    reply = look(market.maya, draft, "recipient?q=nobody+here");
    cgi_has(&reply, chosen);
    cgi_has(&reply, "No organisation here holds “nobody here”");
    cgi_has_not(&reply, "You sent to these before");
    /* Another person's draft does not exist. */
    reply = look(market.finn, draft, "recipient");
    cgi_is(&reply, 404);
    reply = step(market.finn, draft, "recipient", words("recipient=%s", market.fjord));
    cgi_is(&reply, 404);
}

static void test_balance_and_amount(void **state)
{
    (void)state;
    const char *draft = begin(market.maya, "external");
    struct cgi_reply reply = look(market.maya, draft, "review");
    cgi_is(&reply, 303);
    assert_non_null(strstr(reply.location, "/recipient"));
    reply = step(market.maya, draft, "recipient", words("recipient=%s", market.fjord));
    assert_non_null(strstr(reply.location, "/balance"));
    reply = look(market.maya, draft, "balance");
    cgi_has(&reply, "84.210 <span class=\"unit\">credits available");
    cgi_has(&reply, "120 <span class=\"unit\">certificates available");
    reply = step(market.maya, draft, "balance", "balance=");
    cgi_is(&reply, 422);
    reply =
        step(market.maya, draft, "balance", words("balance=%s.carbon_removal", market.fjordwind));
    cgi_is(&reply, 422); /* has MWh only */
    reply = step(market.maya, draft, "balance", words("balance=%s.carbon_removal", market.charm));
    assert_non_null(strstr(reply.location, "/amount"));
    reply = look(market.maya, draft, "amount");
    cgi_has(&reply, "Leave; the draft is kept");
    reply = look(market.maya, draft, "amount?by=delivery");
    cgi_has(&reply, "Leave; the draft is kept");
    static const struct {
        const char *typed, *answer;
    } faults[] = {
        {"", "Enter how many credits to transfer"},
        {"84.211", "Enter at most 84.210 credits: that is what is available from Charm"},
        {"1.2345", "at most 3 decimals"},
        {"-1", "without a minus sign"},
        {"0", "greater than zero"},
        {"1%2C5", "with a point before at most 3 decimals"},
        {"1e3", "with a point before at most 3 decimals"},
        {"99999999999999999999", "Enter at most 84.210 credits"},
    };
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        reply = step(market.maya, draft, "amount",
                     words("by=oldest&go=next&amount=%s", faults[i].typed));
        cgi_is(&reply, 422);
        cgi_has(&reply, faults[i].answer);
        cgi_has(&reply, "aria-invalid=\"true\"");
    }
    reply = step(market.maya, draft, "amount", "by=oldest&go=next&amount=84.211");
    cgi_has(&reply, "value=\"84.211\""); /* what was typed is kept */
    reply = step(market.maya, draft, "amount", "by=oldest&go=all&amount=");
    cgi_is(&reply, 303);
    reply = look(market.maya, draft, "review");
    cgi_has(&reply, "Transfer 84.210 credits to Ørsted &amp; Fjord Foods");
    cgi_has(&reply, "This is all that is available from Charm");
    reply = step(market.maya, draft, "discard", "");
    cgi_is(&reply, 303);
    reply = look(market.maya, draft, "review");
    cgi_is(&reply, 404);
}

static void test_deliveries(void **state)
{
    (void)state;
    const char *draft = prepare(market.maya, market.fjord, market.charm, "1");
    struct cgi_reply reply = look(market.maya, draft, "amount?by=delivery");
    cgi_is(&reply, 200);
    cgi_has(&reply, "Delivered <time datetime=\"2025-06-16");
    cgi_has(&reply, "Delivered <time datetime=\"2025-06-17");
    char batch_1[ID_SIZE], batch_2[ID_SIZE];
    const char *at = strstr(reply.body, "name=\"qty.ctb_");
    (void)snprintf(batch_1, sizeof(batch_1), "%.20s", at + 10);
    at = strstr(at + 10, "name=\"qty.ctb_");
    assert_non_null(at);
    (void)snprintf(batch_2, sizeof(batch_2), "%.20s", at + 10);
    reply = step(market.maya, draft, "amount",
                 words("by=delivery&go=sum&qty.%s=1.5&qty.%s=", batch_1, batch_2));
    cgi_is(&reply, 303);
    reply = look(market.maya, draft, "amount?by=delivery");
    cgi_has(&reply, "data-max=\"84210\">1.500</output>");
    reply = step(market.maya, draft, "amount",
                 words("by=delivery&go=next&qty.%s=60.001&qty.%s=x", batch_1, batch_2));
    cgi_is(&reply, 422);
    cgi_has(&reply, "Enter at most 60.000 credits");
    cgi_has(&reply, words("href=\"#qty.%s\"", batch_2));
    /* What was ticked counts, also where the page comes again because of another row. */
    reply = step(market.maya, draft, "amount",
                 words("by=delivery&go=next&whole=%s&qty.%s=7&qty.%s=x", cgi_value(&reply, "whole"),
                       batch_1, batch_2));
    cgi_is(&reply, 422);
    cgi_has(&reply, "data-max=\"84210\">60.000</output>");
    reply = step(market.maya, draft, "amount", "by=delivery&go=next");
    cgi_is(&reply, 422);
    cgi_has(&reply, "Enter a quantity for at least one batch");
    reply = step(market.maya, draft, "amount",
                 words("by=delivery&go=next&back=review&qty.%s=2&qty.%s=24.21", batch_1, batch_2));
    cgi_is(&reply, 303);
    reply = look(market.maya, draft, "review");
    cgi_has(&reply, "2 blocks, 1 split");
    cgi_has(&reply, "TLY-1-BIOCHAR-SWE-CHRM-2023-1-2000");
    cgi_has(&reply, "TLY-1-BIOCHAR-SWE-CHRM-2023-1-60000</span> is split");
    cgi_has(&reply, "2.000 credits move, 58.000 credits remain");
    cgi_has(&reply, "width=\"3.33%\"");
    cgi_has(&reply, "chosen from deliveries");
    reply = step(market.maya, draft, "discard", "");
    cgi_is(&reply, 303);
}

/* A whole transfer: review, double click, receipt, inbox, acceptance, story. */
static void test_transfer(void **state)
{
    (void)state;
    const char *draft = prepare(market.maya, market.fjord, market.charm, "10.5");
    struct cgi_reply reply = market_get("/account/credits", market.maya);
    cgi_has(&reply, "10.500 credits to Ørsted &amp; Fjord Foods");
    cgi_has(&reply, "Discard");
    reply = look(market.maya, draft, "review");
    cgi_is(&reply, 200);
    cgi_has(&reply, "is asked to accept");
    cgi_has(&reply, "If nobody acts by ");
    char plan[128];
    (void)snprintf(plan, sizeof(plan), "plan=%s", cgi_value(&reply, "plan"));
    reply =
        step(market.maya, draft, "review",
             words("%s&notes=Order+%%3C7%%3E&private_note=Invoice+follows&corrects=tfr_1", plan));
    cgi_is(&reply, 422);
    cgi_has(&reply, "Order &lt;7&gt;</textarea>");
    cgi_has(&reply, "href=\"#corrects\"");
    int64_t before = town_number("SELECT count(*) FROM transfer");
    const char *body = words("%s&notes=Order+%%3C7%%3E&private_note=Invoice+follows", plan);
    reply = step(market.maya, draft, "review", body);
    cgi_is(&reply, 303);
    char id[ID_SIZE];
    (void)snprintf(id, sizeof(id), "%s", id_in(reply.location, "tfr_"));
    reply = step(market.maya, draft, "review", body); /* the second click */
    cgi_is(&reply, 303);
    assert_string_equal(id_in(reply.location, "tfr_"), id);
    assert_int_equal(town_number("SELECT count(*) FROM transfer"), before + 1);
    reply = look(market.maya, draft, "amount");
    cgi_is(&reply, 303);
    assert_non_null(strstr(reply.location, words("/account/transfers/%s?from=draft", id)));
    reply = market_get(reply.location, market.maya);
    cgi_has(&reply, "was sent already and became this transfer");
    reply = market_get(words("/account/transfers/%s/done", id), market.maya);
    cgi_is(&reply, 200);
    cgi_has(&reply, "10.500 credits are on the way to Ørsted &amp; Fjord Foods");
    reply = market_get(words("/account/transfers/%s/done", id), market.finn);
    cgi_is(&reply, 404);
    reply = market_get(words("/account/transfers/%s", id), market.eve);
    cgi_is(&reply, 404); /* not a party */

    reply = market_get("/account/inbox", market.finn);
    cgi_has(&reply, "Inbox <span class=\"count\">1");
    cgi_has(&reply, "“Order &lt;7&gt;”");
    cgi_has(&reply, "Invoice follows");
    cgi_has(&reply, "data-units=\"10500\"");
    cgi_has_not(&reply, "Maya"); /* the other side's persons are not named */
    reply = market_post("/account/inbox", market.finn,
                        words("tab=incoming&act=accept&once=%s", cgi_value(&reply, "once")));
    cgi_is(&reply, 422);
    cgi_has(&reply, "Tick the transfers");
    reply = market_get("/account/inbox", market.finn);
    body = words("tab=incoming&act=accept&once=%s&account=%s&transfer=%s",
                 cgi_value(&reply, "once"), cgi_value(&reply, "account"), id);
    reply = market_post("/account/inbox", market.finn, body);
    cgi_is(&reply, 303);
    char done[4096];
    (void)snprintf(done, sizeof(done), "%s", reply.location);
    reply = market_get(done, market.finn);
    cgi_is(&reply, 200);
    cgi_has(&reply, "1 transfer accepted");
    reply = market_get(done, market.maya);
    cgi_is(&reply, 404); /* another person's acts */
    reply =
        market_post("/account/inbox", market.finn, body); /* a double click gets the first answer */
    cgi_is(&reply, 303);
    reply = market_get(reply.location, market.finn);
    cgi_has(&reply, "1 transfer accepted");

    reply = market_get(words("/account/transfers/%s", id), market.maya);
    cgi_has(&reply, "<b>Maya Okafor</b> sent the transfer: 1 block reserved, 1 batch split");
    cgi_has(&reply, "<b>Ørsted &amp; Fjord Foods</b> accepted it");
    cgi_has(&reply, "This is final");
    cgi_has_not(&reply, "Finn");
    reply = market_get(words("/account/transfers/%s", id), market.finn);
    cgi_has(&reply, "<b>Finn Berg</b> accepted it into the account Main");
    cgi_has(&reply, "<b>Northwind Carbon</b> sent the transfer");
    cgi_has_not(&reply, "Maya");
    reply = market_get(words("/account/transfers/%s?format=csv", id), market.finn);
    cgi_has(&reply, "TLY-1-BIOCHAR-SWE-CHRM-2023-1-10500");
    reply = market_get("/account/credits", market.finn);
    cgi_has(&reply, "10.500");
    cgi_has(&reply, "by transfer");
}

static void test_plan_changed(void **state)
{
    (void)state;
    const char *draft = prepare(market.maya, market.fjord, market.lithos, "2");
    struct cgi_reply reply = look(market.maya, draft, "review");
    char plan[128];
    (void)snprintf(plan, sizeof(plan), "plan=%s", cgi_value(&reply, "plan"));
    char draft_id[ID_SIZE];
    (void)snprintf(draft_id, sizeof(draft_id), "%s", draft);
    draft = draft_id;
    confirm(market.maya, prepare(market.maya, market.fjord, market.lithos, "1"), "");
    int64_t before = town_number("SELECT count(*) FROM transfer");
    reply = step(market.maya, draft, "review", plan);
    cgi_is(&reply, 409);
    cgi_has(&reply, "Your holdings or your answers changed while you were reading");
    cgi_has(&reply, "LITH-2024-1001-3000");
    assert_int_equal(town_number("SELECT count(*) FROM transfer"), before);
    reply = step(market.maya, draft, "review", words("plan=%s", cgi_value(&reply, "plan")));
    cgi_is(&reply, 303);
    /* What is left cannot cover a third one: said beside the quantity, with figures and a way to
     * mend it. */
    (void)snprintf(draft_id, sizeof(draft_id), "%s",
                   prepare(market.maya, market.fjord, market.lithos, "9"));
    confirm(market.maya, prepare(market.maya, market.fjord, market.lithos, "5"), "");
    reply = look(market.maya, draft, "review");
    cgi_has(&reply, "Enter at most 4.000 credits: that is what is available from Lithos.");
    cgi_has(&reply, "href=\"#amount\"");
    cgi_has_not(&reply, "name=\"plan\"");
}

/* What a review cannot take is said beside its field, however long it is: of the texts that were
 * typed none is lost, and the transfer stands there as it would be made. */
static void test_review_too_long(void **state)
{
    (void)state;
    enum { PASTED = 257 }; /* characters of four bytes: more than a note's array holds */
    static char waves[PASTED * 12 + 1], digits[1200 + 1];
    char draft[ID_SIZE];
    (void)snprintf(draft, sizeof(draft), "%s",
                   prepare(market.maya, market.fjord, market.charm, "1"));
    for (size_t i = 0; i < PASTED; i++) {
        (void)snprintf(waves + 12 * i, 13, "%%F0%%9F%%8C%%8A");
    }
    memset(digits, '7', sizeof(digits) - 1);
    static const struct {
        const char *name, *value, *answer, *kept;
    } faults[] = {
        {"notes", waves, "The public note may have at most 256 characters; this has 257.",
         "🌊</textarea>"},
        {"private_note", digits, "The private note may have at most 256 characters; this has 1200.",
         "7</textarea>"},
        {"corrects", "tfr_1KNSQMD6Z1S0TB50%2Fdone", "Enter the id of a transfer",
         "value=\"tfr_1KNSQMD6Z1S0TB50/done\""},
        {"corrects", digits, "may have at most 40 characters", "7777\""},
    };
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        struct cgi_reply reply =
            step(market.maya, draft, "review", words("%s=%s", faults[i].name, faults[i].value));
        cgi_is(&reply, 422);
        cgi_has(&reply, faults[i].answer);
        cgi_has(&reply, faults[i].kept);
        cgi_has(&reply, words("href=\"#%s\"", faults[i].name));
        cgi_has(&reply, "Transfer 1.000 credit to Ørsted");
    }
    struct cgi_reply reply = step(market.maya, draft, "discard", "");
    cgi_is(&reply, 303);
}

/* Who ends a line in a note or a reason is told that it has to be one line, before anything is
 * asked of the ledger: what was typed and ticked stays. */
static void test_line_breaks(void **state)
{
    (void)state;
    char draft[ID_SIZE];
    (void)snprintf(draft, sizeof(draft), "%s",
                   prepare(market.maya, market.fjord, market.charm, "2"));
    struct cgi_reply reply = step(market.maya, draft, "review", "notes=Order+7%0D%0Athanks");
    cgi_is(&reply, 422);
    cgi_has(&reply, "The public note holds a line break or characters that cannot be shown.");
    cgi_has(&reply, "Order 7\nthanks</textarea>");
    cgi_has(&reply, "Transfer 2.000 credits to Ørsted");
    reply = step(market.maya, draft, "review", "private_note=Order+7%0D%0Athanks");
    cgi_is(&reply, 422);
    cgi_has(&reply, "The private note holds a line break");
    char id[ID_SIZE];
    (void)snprintf(id, sizeof(id), "%s",
                   confirm(market.maya, draft, "&notes=Order+7%0D%0A")); /* the last one is none */
    assert_int_equal(town_number(words("SELECT count(*) FROM transfer WHERE transfer_id = '%s'"
                                       " AND notes = 'Order 7'",
                                       id)),
                     1);
    reply = market_post("/account/inbox", market.finn,
                        words("tab=incoming&act=reject&once=l&transfer=%s&reason=Not%%0Aours", id));
    cgi_is(&reply, 422);
    cgi_has(&reply, "The reason holds a line break");
    cgi_has(&reply, "Not\nours</textarea>");
    cgi_has(&reply, "href=\"#reason\"");
    reply = market_post(words("/account/transfers/%s/reject", id), market.finn,
                        "once=l&reason=Not%0Aours");
    cgi_is(&reply, 422);
    cgi_has(&reply, "The reason holds a line break");
    reply = market_post(words("/account/transfers/%s/reject", id), market.finn,
                        "once=l&reason=Not+ours%0D%0A");
    cgi_is(&reply, 303);
}

/* The button of a review that is open in one tab names who receives; a second tab chooses somebody
 * else. What was read is what happens, or nothing. */
static void test_recipient_changed(void **state)
{
    (void)state;
    char draft[ID_SIZE];
    char plan[128];
    (void)snprintf(draft, sizeof(draft), "%s",
                   prepare(market.maya, market.fjord, market.charm, "1"));
    struct cgi_reply reply = look(market.maya, draft, "review");
    (void)snprintf(plan, sizeof(plan), "plan=%s", cgi_value(&reply, "plan"));
    reply = step(market.maya, draft, "recipient", words("recipient=%s&back=review", market.empty));
    cgi_is(&reply, 303);
    int64_t before = town_number("SELECT count(*) FROM transfer");
    reply = step(market.maya, draft, "review", plan);
    cgi_is(&reply, 409);
    cgi_has(&reply, "Your holdings or your answers changed while you were reading");
    cgi_has(&reply, "to Empty Hands</button>");
    assert_int_equal(town_number("SELECT count(*) FROM transfer"), before);
    reply = step(market.maya, draft, "recipient", words("recipient=%s", market.fjord));
    cgi_is(&reply, 303);
    reply = step(market.maya, draft, "review", plan);
    cgi_is(&reply, 303);
}

static void test_withdraw_and_reject(void **state)
{
    (void)state;
    const char *id =
        confirm(market.maya, prepare(market.maya, market.fjord, market.charm, "3"), "");
    struct cgi_reply reply = market_get(words("/account/transfers/%s", id), market.maya);
    cgi_has(&reply, "Withdraw this transfer of 3.000 credits");
    reply = market_get(words("/account/transfers/%s/withdraw", id), market.maya);
    cgi_is(&reply, 200);
    reply = market_get(words("/account/transfers/%s/withdraw", id), market.vera);
    cgi_is(&reply, 403);
    reply = market_post(words("/account/transfers/%s/withdraw", id), market.maya,
                        "once=a&reason=Typed+wrong");
    cgi_is(&reply, 303);
    reply = market_get(words("/account/transfers/%s", id), market.maya);
    cgi_has(&reply, "The transfer is withdrawn");
    cgi_has(&reply, "“Typed wrong”");
    reply = market_post(words("/account/transfers/%s/accept", id), market.finn, "once=a");
    cgi_is(&reply, 409);
    cgi_has(&reply, "it was withdrawn by Northwind Carbon on ");
    cgi_has(&reply, "See the transfer");
    cgi_has_not(&reply, "Accept 3.000 credits</button>"); /* nothing is left to press */
    reply = market_post(words("/account/transfers/%s/withdraw", id), market.maya, "once=b&reason=");
    cgi_is(&reply, 409);
    cgi_has(&reply, "it was withdrawn by Maya Okafor on "); /* she herself, in another tab */

    id = confirm(market.maya, prepare(market.maya, market.fjord, market.charm, "4"), "");
    reply = market_post(words("/account/transfers/%s/reject", id), market.finn, "once=b&reason=");
    cgi_is(&reply, 422);
    cgi_has(&reply, "Enter why you reject it");
    reply = market_post(words("/account/transfers/%s/reject", id), market.finn,
                        "once=b&reason=Not+ours");
    cgi_is(&reply, 303);
    reply = market_post(words("/account/transfers/%s/accept", id), market.finn, "once=d");
    cgi_is(&reply, 409);
    cgi_has(&reply, "it was rejected by Finn Berg on ");
    reply = market_post(words("/account/transfers/%s/withdraw", id), market.maya, "once=d&reason=");
    cgi_is(&reply, 409);
    cgi_has(&reply, "it was rejected by Ørsted &amp; Fjord Foods on ");
    reply = market_get(words("/account/transfers/%s", id), market.maya);
    cgi_has(&reply, "“Not ours”");
    reply = market_get(words("/account/transfers/%s/accept", id), market.eve);
    cgi_is(&reply, 404);
    reply = market_post(words("/account/transfers/%s/accept", id), market.eve, "once=c");
    cgi_is(&reply, 404);
}

static void test_history(void **state)
{
    (void)state;
    struct cgi_reply reply = market_get("/account/transfers", market.maya);
    cgi_is(&reply, 200);
    cgi_has(&reply, "<span class=\"state\" data-state=\"withdrawn\">Withdrawn</span>");
    reply = market_get(
        "/account/transfers?state=completed&direction=out&kind=external&other=fjord&sort=-size",
        market.maya);
    cgi_is(&reply, 200);
    cgi_has(&reply, "Remove filter: </span>Other party: fjord");
    cgi_has_not(&reply, "data-state=\"withdrawn\"");
    reply = market_get("/account/transfers?other=nobody", market.maya);
    cgi_has(&reply, "No transfer matches these filters");
    reply = market_get("/account/transfers?format=csv", market.finn);
    cgi_has(&reply, "transfer_id,kind,state,direction");
    cgi_has(&reply, ",in,");
    reply = market_get("/account/transfers", market.eve);
    cgi_has(&reply, "No transfer yet");
    /* A place in the order that is told by somebody else's transfer is no place. */
    const char *own = id_in(market_get("/account/transfers?sort=time", market.finn).body, "tfr_");
    const char *draft = prepare(market.finn, market.empty, market.charm, "0.001");
    const char *foreign = confirm(market.finn, draft, "");
    reply = market_get(words("/account/transfers?sort=-time&before=%s", foreign), market.maya);
    cgi_is(&reply, 200);
    cgi_has_not(&reply, "href=\"/account/transfers/tfr_");
    reply = market_get(words("/account/transfers?sort=time&before=%s", own), market.finn);
    cgi_is(&reply, 200);
    cgi_has(&reply, "href=\"/account/transfers/tfr_");
    static const char *const sorts[] = {"time", "-time", "size", "-size"};
    for (size_t i = 0; i < sizeof(sorts) / sizeof(sorts[0]); i++) {
        reply = market_get(words("/account/transfers?sort=%s", sorts[i]), market.finn);
        cgi_is(&reply, 200);
    }
}

/* The daemon is away: nothing happened, what was typed is kept, and afterwards the same button
 * works once. */
static void test_ledger_away(void **state)
{
    (void)state;
    const char *draft = prepare(market.maya, market.fjord, market.charm, "5");
    struct cgi_reply reply = look(market.maya, draft, "review");
    const char *body = words("plan=%s&notes=Kept+words", cgi_value(&reply, "plan"));
    market_stop_daemon();
    reply = step(market.maya, draft, "review", body);
    cgi_is(&reply, 503);
    cgi_has(&reply, "Nothing was transferred");
    cgi_has(&reply, "Kept words</textarea>");
    market_start_daemon();
    reply = look(market.maya, draft, "review");
    cgi_has(&reply, "Kept words</textarea>");
    confirm(market.maya, draft, "&notes=Kept+words");
}

/* Everything is reserved meanwhile: no amount fits any more, and none is asked for. */
static void test_nothing_left(void **state)
{
    (void)state;
    char draft[ID_SIZE], all[ID_SIZE];
    (void)snprintf(draft, sizeof(draft), "%s",
                   prepare(market.maya, market.fjord, market.lithos, "1"));
    (void)snprintf(all, sizeof(all), "%s", prepare(market.maya, market.fjord, market.lithos, "1"));
    struct cgi_reply reply = step(market.maya, all, "amount", "by=oldest&go=all&amount=");
    cgi_is(&reply, 303);
    confirm(market.maya, all, "");
    static const char *const asked[] = {"go=next&amount=1", "go=next&amount=", "go=all&amount="};
    for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
        reply = step(market.maya, draft, "amount", words("by=oldest&%s", asked[i]));
        cgi_is(&reply, 422);
        cgi_has(&reply, "Nothing is available in this balance now. Choose another one.");
        cgi_has_not(&reply, "Enter at most");
    }
}

/* What a fault of a page was about is gone meanwhile: its link leads to where that is said. */
static void test_fault_about_nothing(void **state)
{
    (void)state;
    char draft[ID_SIZE], all[ID_SIZE];
    (void)snprintf(draft, sizeof(draft), "%s", begin(market.finn, "external"));
    (void)snprintf(all, sizeof(all), "%s",
                   prepare(market.finn, market.empty, market.charm, "0.001"));
    struct cgi_reply reply = step(market.finn, all, "amount", "by=oldest&go=all&amount=");
    cgi_is(&reply, 303);
    confirm(market.finn, all, "");
    reply = step(market.finn, draft, "balance", words("balance=%s.carbon_removal", market.charm));
    cgi_is(&reply, 422);
    cgi_has(&reply, "href=\"#balance\"");
    cgi_has(&reply, "id=\"balance\"");
    cgi_has(&reply, "Nothing can be transferred now");
    reply = market_post("/account/inbox", market.vera, "tab=approvals&act=approve&once=n");
    cgi_is(&reply, 403);
    reply = market_post("/account/inbox", market.maya, "tab=approvals&act=approve&once=n");
    cgi_is(&reply, 422);
    cgi_has(&reply, "href=\"#transfer\"");
    cgi_has(&reply, "id=\"transfer\"");
    cgi_has(&reply, "Nothing waits for approval");
}

/* Between own accounts: into the one where everything lies nothing can be moved, and that is said.
 */
static void test_all_is_there(void **state)
{
    (void)state;
    struct cgi_reply reply =
        market_post("/account/team/accounts", market.maya, "name=Shelf&kind=active");
    cgi_is(&reply, 303);
    char draft[ID_SIZE];
    (void)snprintf(draft, sizeof(draft), "%s", begin(market.maya, "internal"));
    reply = look(market.maya, draft, "recipient");
    const char *main_id = id_in(strstr(reply.body, "<b>Main</b>"), "acc_");
    const char *shelf_id = id_in(strstr(reply.body, "<b>Shelf</b>"), "acc_");
    reply = step(market.maya, draft, "recipient", words("account=%s", main_id));
    cgi_is(&reply, 303);
    reply = market_get(reply.location, market.maya);
    cgi_has(&reply, "All that is free to go lies in the account that you have chosen.");
    cgi_has(&reply, words("href=\"/account/transfers/drafts/%s/recipient\"", draft));
    cgi_has_not(&reply, "holds nothing that is free to go");
    reply = step(market.maya, draft, "recipient", words("account=%s", shelf_id));
    cgi_is(&reply, 303);
    reply = look(market.maya, draft, "balance");
    cgi_has(&reply, "certificates available");
    cgi_has_not(&reply, "All that is free to go");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_credits),
        cmocka_unit_test(test_credits_list),
        cmocka_unit_test(test_start),
        cmocka_unit_test(test_recipient),
        cmocka_unit_test(test_balance_and_amount),
        cmocka_unit_test(test_deliveries),
        cmocka_unit_test(test_transfer),
        cmocka_unit_test(test_plan_changed),
        cmocka_unit_test(test_review_too_long),
        cmocka_unit_test(test_line_breaks),
        cmocka_unit_test(test_recipient_changed),
        cmocka_unit_test(test_withdraw_and_reject),
        cmocka_unit_test(test_history),
        cmocka_unit_test(test_ledger_away),
        cmocka_unit_test(test_nothing_left),
        cmocka_unit_test(test_fault_about_nothing),
        cmocka_unit_test(test_all_is_there),
    };
    return cmocka_run_group_tests(tests, market_open, market_close);
}
