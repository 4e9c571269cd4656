/* tests/pages/webhook_test.c: endpoints in the team's pages: adding, changing, pausing, removing,
 * tests, the log and replays. What the courier writes is written here by its own store functions.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pages/market_hooks.h"
#include "pages/market_steps.h"

#define HOME "/account/team/webhooks"
#define GOOD "url=https%3A%2F%2Fhooks.example.org%2Ftally%3Fa%3D1&scope=own&which=all&description="

static void goes(struct cgi_reply reply, const char *location)
{
    cgi_is(&reply, 303);
    assert_string_equal(reply.location, location);
}

static const char *add(struct cgi_person who, const char *body)
{
    struct cgi_reply reply = market_post(HOME "/add", who, body);
    cgi_is(&reply, 200);
    return id_in(reply.body, "whk_");
}

static void before_the_first_endpoint(void **state)
{
    (void)state;
    struct cgi_reply reply = market_get("/account/team", market.maya);
    cgi_has(&reply, "href=\"/account/team/webhooks\"");
    reply = market_get("/account/team", market.vera);
    cgi_has_not(&reply, "webhooks");
    reply = market_get(HOME, market.vera);
    cgi_is(&reply, 403);
    reply = market_get(HOME, market.maya);
    cgi_is(&reply, 200);
    cgi_has(&reply, "No endpoint yet");
    cgi_has(&reply, "Add an endpoint");
    reply = market_get(HOME "/add", market.maya);
    cgi_has(&reply, "value=\"own\" checked");
    cgi_has(&reply, "name=\"which\" value=\"all\" checked");
    cgi_has(&reply, "transfer.completed");
    cgi_has_not(&reply, "addresses of this very machine");
}

static void what_needs_mending_keeps_what_was_typed(void **state)
{
    (void)state;
    struct cgi_reply reply = market_post(HOME "/add", market.maya, "url=&scope=own&which=all");
    cgi_is(&reply, 422);
    cgi_has(&reply, "Enter the address of the endpoint.");
    reply = market_post(HOME "/add", market.maya,
                        "url=http%3A%2F%2Fhooks.example.org&scope=all&which=some&kind=refund.made"
                        "&description=Books+%26+more");
    cgi_is(&reply, 422);
    cgi_has(&reply, "begins with https://");
    cgi_has(&reply, "value=\"http://hooks.example.org\"");
    cgi_has(&reply, "Books &amp; more");
    cgi_has(&reply, "value=\"all\" checked> <b>Public events");
    cgi_has(&reply, "value=\"some\" checked");
    cgi_has(&reply, "value=\"refund.made\" checked");
    cgi_has_not(&reply, "whsec_");
    reply = market_post(HOME "/add", market.maya,
                        "url=http%3A%2F%2F127.0.0.1%3A8081&scope=own&which=all");
    cgi_is(&reply, 422);
    reply = market_post(HOME "/add", market.maya,
                        "url=https%3A%2F%2Fhooks.example.org&scope=own&which=some");
    cgi_is(&reply, 422);
    cgi_has(&reply, "Tick at least one kind");
    reply = market_post(HOME "/add", market.maya,
                        "url=https%3A%2F%2Fhooks.example.org&scope=own&which=some&kind=nonsense");
    cgi_is(&reply, 400);
    reply = market_get(HOME, market.maya);
    cgi_has(&reply, "No endpoint yet");
}

static void the_secret_is_shown_once(void **state)
{
    (void)state;
    struct cgi_reply reply = market_post(HOME "/add", market.maya, GOOD "Accounting");
    cgi_is(&reply, 200);
    cgi_has(&reply, "rows=\"2\">\nwhsec_");
    const char *id = id_in(reply.body, "whk_");
    const char *page = words(HOME "/%s", id);
    reply = market_get(page, market.maya);
    cgi_has(&reply, "Accounting");
    cgi_has(&reply, "https://hooks.example.org/tally?a=1");
    cgi_has(&reply, "Every kind of event");
    cgi_has(&reply, "Maya Okafor");
    cgi_has(&reply, "Nothing was sent yet");
    cgi_has_not(&reply, "whsec_");
    reply = market_get(HOME, market.maya);
    cgi_has(&reply, "1 endpoint");
    cgi_has(&reply, "none yet");
    cgi_has_not(&reply, "whsec_");

    reply = market_get(words("%s/rotate", page), market.maya);
    cgi_has(&reply, "Make a new secret");
    cgi_has_not(&reply, "whsec_");
    reply = market_post(words("%s/rotate", page), market.maya, "");
    cgi_is(&reply, 200);
    cgi_has(&reply, "rows=\"2\">\nwhsec_");
    cgi_has(&reply, "The former secret signs as well until");
    reply = market_get(page, market.maya);
    cgi_has(&reply, "The former one signs along until");
}

static void changing_pausing_and_removing(void **state)
{
    (void)state;
    const char *id = add(market.maya, GOOD "To+be+changed");
    const char *page = words(HOME "/%s", id);
    struct cgi_reply reply = market_get(words("%s/change", page), market.maya);
    cgi_has(&reply, "value=\"To be changed\"");
    reply = market_post(words("%s/change", page), market.maya,
                        "url=https%3A%2F%2Fother.example.org%3A8443%2F&scope=all&which=some"
                        "&kind=transfer.completed&kind=delivery.made&description=");
    goes(reply, page);
    reply = market_get(page, market.maya);
    cgi_has(&reply, "The endpoint is saved.");
    cgi_has(&reply, "https://other.example.org:8443/");
    cgi_has(&reply, "delivery.made, transfer.completed");
    cgi_has(&reply, "every public event");
    reply = market_get(words("%s/change", page), market.maya);
    cgi_has(&reply, "value=\"transfer.completed\" checked");
    cgi_has_not(&reply, "value=\"transfer.pending\" checked");
    reply = market_post(words("%s/change", page), market.maya, "url=x&scope=own&which=all");
    cgi_is(&reply, 422);

    goes(market_post(words("%s/pause", page), market.maya, ""), page);
    goes(market_post(words("%s/pause", page), market.maya, ""), page); /* the second click */
    reply = market_get(page, market.maya);
    cgi_has(&reply, "Paused");
    cgi_has(&reply, "by Maya Okafor");
    cgi_has(&reply, "nothing is sent but test events");
    goes(market_post(words("%s/resume", page), market.maya, ""), page);
    reply = market_get(page, market.maya);
    cgi_has(&reply, "what waited for it is sent now");
    cgi_has(&reply, ">Pause</button>");

    reply = market_get(words("%s/remove", page), market.maya);
    cgi_has(&reply, "Remove this endpoint?");
    cgi_has(&reply, "Leave it as it is");
    goes(market_post(words("%s/remove", page), market.maya, ""), HOME);
    reply = market_get(page, market.maya);
    cgi_is(&reply, 404);
    reply = market_post(words("%s/remove", page), market.maya, "");
    cgi_is(&reply, 404);
    struct store *people = market_hooks_open();
    struct webhook webhook;
    static const uint8_t nothing[WEBHOOK_SECRET_BYTES];
    assert_true(webhook_get(people, &market_hooks_arena, id, &webhook));
    assert_string_equal(webhook.state, "removed");
    assert_memory_equal(webhook.secret, nothing, sizeof nothing); /* the secret is gone */
    assert_null(webhook.old_secret);
    store_close(people);
}

static void a_test_event(void **state)
{
    (void)state;
    const char *id = add(market.finn, GOOD "Finn");
    const char *page = words(HOME "/%s", id);
    struct cgi_reply reply = market_post(words("%s/test", page), market.finn, "");
    cgi_is(&reply, 303);
    const char *message_page = words("%s", reply.location);
    assert_true(text_starts(message_page, words("%s/messages/msg_", page)));
    reply = market_get(message_page, market.finn);
    cgi_has(&reply, "Test event");
    cgi_has(&reply, "It is on its way");
    cgi_has(&reply, "data-again");
    cgi_has(&reply, "&#34;webhook_id&#34;:&#34;whk_");
    goes(market_post(words("%s/test", page), market.finn, ""), message_page); /* second click */

    /* What the courier would write. */
    struct store *people = market_hooks_open();
    struct queued queued;
    struct tried tried = {
        .at = clock_now_us(), .took_us = 45678, .http_code = 204, .outcome = "Answered 204"};
    assert_true(queued_due(people, &market_hooks_arena, id, clock_now_us(), true, &queued));
    assert_int_equal(queued.seq, 0);
    assert_true(store_begin_write(people));
    queued_tried(people, &queued, &tried);
    queued_end(people, &queued, true, clock_now_us());
    assert_true(store_commit(people));
    store_close(people);
    reply = market_get(message_page, market.finn);
    cgi_has(&reply, "Delivered");
    cgi_has(&reply, "Answered 204");
    cgi_has(&reply, "46 ms");
    cgi_has(&reply, "Send another test event");
    cgi_has_not(&reply, "data-again");
    reply = market_get(message_page, market.maya); /* another organisation's */
    cgi_is(&reply, 404);
    reply = market_post(words("%s/replay", message_page), market.maya, "");
    cgi_is(&reply, 404);
    reply = market_post(words("%s/test", page), market.finn, ""); /* the next one is a new one */
    cgi_is(&reply, 303);
    assert_string_not_equal(reply.location, message_page);
}

static void the_log_and_sending_again(void **state)
{
    (void)state;
    const char *id = add(market.eve, GOOD "Eve");
    const char *page = words(HOME "/%s", id);
    struct store *people = market_hooks_open();
    const char *waiting = market_message(people, id, 11, "transfer.pending", 2, "waiting");
    const char *given_up = market_message(people, id, 12, "transfer.completed", 3, "given_up");
    const char *delivered = market_message(people, id, 13, "delivery.made", 1, "delivered");
    struct cgi_reply reply = market_get(page, market.eve);
    cgi_has(&reply, waiting);
    cgi_has(&reply, given_up);
    cgi_has(&reply, "next try");
    cgi_has(&reply, "3 messages");
    cgi_has(&reply, "1 message waits");
    reply = market_get(words("%s?state=given_up", page), market.eve);
    cgi_has(&reply, given_up);
    cgi_has_not(&reply, delivered);
    cgi_has(&reply, "1 message<");
    reply = market_get(words("%s?state=nonsense", page), market.eve);
    cgi_is(&reply, 400);

    const char *message_page = words("%s/messages/%s", page, given_up);
    reply = market_get(message_page, market.eve);
    cgi_has(&reply, "Given up");
    cgi_has(&reply, "Answered 503");
    cgi_has(&reply, "1,235 ms");
    cgi_has(&reply, "number 12 of the ledger");
    cgi_has(&reply, "&lt;b&gt;");

    reply = market_get(words("%s/replay", page), market.eve);
    cgi_has(&reply, "type=\"date\" value=\"20");
    cgi_has_not(&reply, "failed since");
    reply = market_get(words("%s/replay?since=2020-01-01", page), market.eve);
    cgi_has(&reply, "2 messages failed since 1 January 2020");
    cgi_has(&reply, "Send 2 messages again");
    reply = market_get(words("%s/replay?since=2199-01-01", page), market.eve);
    cgi_has(&reply, "Nothing failed since");
    reply = market_get(words("%s/replay?since=soon", page), market.eve);
    cgi_has(&reply, "There is a problem");
    reply = market_post(words("%s/replay", page), market.eve, "since=");
    cgi_is(&reply, 422);
    goes(market_post(words("%s/replay", page), market.eve, "since=2020-01-01"),
         words("%s?state=waiting", page));
    reply = market_get(words("%s?state=waiting", page), market.eve);
    cgi_has(&reply, waiting);
    cgi_has(&reply, given_up);
    reply = market_get(words("%s/replay?since=2020-01-01", page), market.eve);
    cgi_has(&reply, "Nothing failed since"); /* all of it waits to be sent just now */

    goes(market_post(words("%s/messages/%s/replay", page, delivered), market.eve, ""),
         words("%s/messages/%s", page, delivered));
    struct queued queued;
    assert_true(queued_get(people, &market_hooks_arena, delivered, &queued));
    assert_true(queued.is_waiting);
    assert_int_equal(queued.tries, 1); /* the log goes on, the waits begin anew */
    assert_int_equal(queued.round_tries, 0);
    reply = market_post(words("%s/messages/msg_00000000000000ZZ/replay", page), market.eve, "");
    cgi_is(&reply, 404);

    /* 60 more: two pages, to the end and back. */
    for (int i = 0; i < 60; i++) {
        (void)market_message(people, id, 100 + i, "issuance.made", 0, "waiting");
    }
    reply = market_get(page, market.eve);
    cgi_has(&reply, "63 messages");
    cgi_has_not(&reply, "Newer");
    const char *before = strstr(reply.body, "before=msg_");
    assert_non_null(before);
    reply = market_get(words("%s?before=%s", page, id_in(before, "msg_")), market.eve);
    cgi_has(&reply, waiting);
    cgi_has_not(&reply, "Older");
    const char *after = strstr(reply.body, "after=msg_");
    assert_non_null(after);
    reply = market_get(words("%s?after=%s", page, id_in(after, "msg_")), market.eve);
    cgi_has_not(&reply, waiting);
    cgi_has(&reply, "before=msg_");
    store_close(people);
}

static void a_paused_endpoint_promises_no_next_try(void **state)
{
    (void)state;
    const char *id = add(market.eve, GOOD "Resting");
    const char *page = words(HOME "/%s", id);
    struct store *people = market_hooks_open();
    const char *waiting = market_message(people, id, 11, "transfer.pending", 2, "waiting");
    const char *message_page = words("%s/messages/%s", page, waiting);
    store_close(people);
    struct cgi_reply reply = market_get(page, market.eve);
    cgi_has(&reply, "next try");
    reply = market_get(message_page, market.eve);
    cgi_has(&reply, "for the next try");
    goes(market_post(words("%s/pause", page), market.eve, ""), page);
    reply = market_get(page, market.eve);
    cgi_has_not(&reply, "next try");
    reply = market_get(message_page, market.eve);
    cgi_has(&reply, "It waits until the endpoint is resumed");
    cgi_has_not(&reply, "next try");
}

static void a_failing_endpoint_is_seen(void **state)
{
    (void)state;
    const char *id = add(market.eve, GOOD "Broken");
    struct store *people = market_hooks_open();
    assert_true(store_begin_write(people));
    webhook_stop(people, id, clock_now_us());
    assert_true(store_commit(people));
    struct cgi_reply reply = market_get(words(HOME "/%s", id), market.eve);
    cgi_has(&reply, "Failing: stopped");
    cgi_has(&reply, "Nothing is sent to this endpoint any more");
    cgi_has(&reply, ">Resume</button>");
    reply = market_get(HOME, market.eve);
    cgi_has(&reply, "Failing: stopped");
    reply = market_get("/account/team", market.eve);
    cgi_has(&reply, "1 endpoint is failing");
    goes(market_post(words(HOME "/%s/resume", id), market.eve, ""), words(HOME "/%s", id));
    reply = market_get("/account/team", market.eve);
    cgi_has_not(&reply, "failing");

    /* Nobody sends: what is due for more than a minute is late. */
    assert_true(store_begin_write(people));
    webhook_wake(people, id, clock_now_us() - 61 * CLOCK_SECOND_US);
    assert_true(store_commit(people));
    store_close(people);
    reply = market_get(words(HOME "/%s", id), market.eve);
    cgi_has(&reply, "Messages are late");
    reply = market_get(HOME, market.eve);
    cgi_has(&reply, "Messages are late");
}

static void not_more_than_so_many(void **state)
{
    (void)state;
    int count = 0;
    struct cgi_reply reply = market_get(HOME "/add", market.finn);
    for (count = 1; count < WEBHOOKS_MAX; count++) { /* there is one already */
        (void)add(market.finn, GOOD);
    }
    reply = market_post(HOME "/add", market.finn, GOOD);
    cgi_is(&reply, 422);
    cgi_has(&reply, "as many endpoints as it may");
    reply = market_get(HOME, market.finn);
    cgi_has(&reply, "20 endpoints");
    cgi_has(&reply, "Remove one to add another");
    goes(market_post(words(HOME "/%s/remove", id_in(reply.body, "whk_")), market.finn, ""), HOME);
    (void)add(market.finn, GOOD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_the_first_endpoint),
        cmocka_unit_test(what_needs_mending_keeps_what_was_typed),
        cmocka_unit_test(the_secret_is_shown_once),
        cmocka_unit_test(changing_pausing_and_removing),
        cmocka_unit_test(a_test_event),
        cmocka_unit_test(the_log_and_sending_again),
        cmocka_unit_test(a_paused_endpoint_promises_no_next_try),
        cmocka_unit_test(a_failing_endpoint_is_seen),
        cmocka_unit_test(not_more_than_so_many),
    };
    return cmocka_run_group_tests(tests, market_open, market_close);
}
