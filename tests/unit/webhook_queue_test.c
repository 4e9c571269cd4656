/* tests/unit/webhook_queue_test.c: endpoints and their queue in people.db: the acts on them with
 * their keys, what is due and in which order, what is given up, replayed and forgotten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/text.h"
#include "gate/webhook_admin.h"
#include "model/term.h"
#include "store/people_webhook_queue.h"
#include "unit/people_room.h"

#define S CLOCK_SECOND_US
#define NOW (INT64_C(1795000000) * S)

static struct arena arena;
static struct store *people;
static struct webhook_admin admin;
static const struct webhook_wish wish = {
    .url = "https://hooks.example.org/", .description = "Books", .kinds = ""};

static int set_up(void **state)
{
    static const struct query_table *const tables[] = {
        &people_webhook_queries, &people_webhook_log_queries, &people_webhook_queue_queries, NULL};
    (void)state;
    if (arena.bytes == NULL) {
        arena_map(&arena, 4UL * 1024 * 1024);
    }
    arena_reset(&arena, 0);
    room_open();
    people = store_open(STORE_PEOPLE, STORE_WRITE, room_people, tables);
    assert_non_null(people);
    admin = (struct webhook_admin){.arena = &arena,
                                   .people = people,
                                   .org_id = NORTH,
                                   .user_id = ADA,
                                   .key = "",
                                   .last_seq = 41,
                                   .tag = "SBX",
                                   .now_us = NOW};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    store_close(people);
    room_close();
    return 0;
}

static struct webhook make(void)
{
    struct webhook webhook;
    assert_int_equal(webhook_make(&admin, &wish, &webhook), STATUS_OK);
    return webhook;
}

static struct webhook now_of(const char *webhook_id)
{
    struct webhook webhook;
    assert_true(webhook_get(people, &arena, webhook_id, &webhook));
    return webhook;
}

static struct queued message_of(const char *message_id)
{
    struct queued queued;
    assert_true(queued_get(people, &arena, message_id, &queued));
    return queued;
}

static void begin(void)
{
    assert_true(store_begin_write(people));
}

static void commit(void)
{
    assert_true(store_commit(people));
}

/* A message of an event, waiting from `at` on. */
static const char *add(const char *webhook_id, int64_t seq, int64_t at)
{
    static struct id_source ids = {.tag = "SBX"};
    char id[ID_SIZE];
    id_make(&ids, "msg", NOW, id);
    const struct queued queued = {.message_id = arena_text(&arena, id),
                                  .webhook_id = webhook_id,
                                  .seq = seq,
                                  .kind = "transfer.pending",
                                  .body = "{}"};
    begin();
    queued_add(people, &queued, at);
    commit();
    return queued.message_id;
}

static void fail_once(const char *message_id, int64_t next_at)
{
    struct queued queued = message_of(message_id);
    const struct tried tried = {.at = NOW, .http_code = 500, .outcome = "Answered 500"};
    begin();
    queued_tried(people, &queued, &tried);
    queued_wait(people, &queued, next_at);
    commit();
}

static void give_up(const char *message_id)
{
    struct queued queued = message_of(message_id);
    const struct tried tried = {.at = NOW, .http_code = 0, .outcome = "Could not connect"};
    begin();
    queued_tried(people, &queued, &tried);
    queued_end(people, &queued, false, NOW);
    commit();
}

/* -------------------------------------------------------------------- acts */

static void without_the_registry_nothing_is_done(void **state)
{
    (void)state;
    struct webhook webhook = make();
    struct webhook_message message;
    int64_t count = 0;
    const char *id = arena_text(&arena, webhook.webhook_id);
    struct webhook before = now_of(id);
    const struct webhook_wish other = {
        .url = "https://other.example.org/", .description = "", .kinds = ""};
    admin.tag[0] = '\0'; /* as when the registry could not be read */
    assert_int_equal(webhook_make(&admin, &wish, &webhook), STATUS_FAULT);
    assert_int_equal(webhook_update(&admin, id, &other, &webhook), STATUS_FAULT);
    assert_int_equal(webhook_rotate(&admin, id, &webhook), STATUS_FAULT);
    assert_int_equal(webhook_set_paused(&admin, id, true, &webhook), STATUS_FAULT);
    assert_int_equal(webhook_test(&admin, id, &message), STATUS_FAULT);
    assert_int_equal(webhook_replay_failed(&admin, id, 0, &count), STATUS_FAULT);
    assert_int_equal(webhook_drop(&admin, id), STATUS_FAULT);
    struct webhook now = now_of(id);
    assert_string_equal(now.url, before.url);
    assert_string_equal(now.state, "active");
    assert_memory_equal(now.secret, before.secret, WEBHOOK_SECRET_BYTES);
    assert_int_equal(webhook_count(people, NORTH), 1);
}

static void every_kind_can_be_chosen(void **state)
{
    (void)state;
    assert_int_equal(WEBHOOK_KINDS_MAX, EVENT__COUNT - 1);
    for (int kind = 1; kind < EVENT__COUNT; kind++) {
        assert_string_equal(webhook_kinds[kind - 1], event_kind_word((enum event_kind)kind));
    }
    assert_null(webhook_kinds[WEBHOOK_KINDS_MAX]);
    struct webhook webhook = {.kinds = "transfer.pending\nrefund.made"};
    assert_true(webhook_takes_kind(&webhook, "transfer.pending"));
    assert_true(webhook_takes_kind(&webhook, "refund.made"));
    assert_false(webhook_takes_kind(&webhook, "refund.mad"));
    assert_false(webhook_takes_kind(&webhook, "refund.made "));
    assert_false(webhook_takes_kind(&webhook, "transfer.completed"));
    webhook.kinds = "";
    assert_true(webhook_takes_kind(&webhook, "transfer.completed"));
}

static void a_new_endpoint(void **state)
{
    (void)state;
    struct webhook webhook = make();
    assert_true(id_is(webhook.webhook_id, "whk"));
    const char *secret = webhook_secret_text(&arena, &webhook);
    assert_true(text_starts(secret, "whsec_") && strlen(secret) == 6 + 44);
    struct webhook kept = now_of(webhook.webhook_id);
    assert_memory_equal(kept.secret, webhook.secret, WEBHOOK_SECRET_BYTES);
    assert_null(kept.old_secret);
    assert_string_equal(kept.state, "active");
    assert_int_equal(kept.after_seq, 41); /* what happens from now on */
    assert_int_equal(kept.due_at, 0);
    struct webhook other = make();
    assert_memory_not_equal(other.secret, webhook.secret, WEBHOOK_SECRET_BYTES);

    struct webhook_wish bad = wish;
    bad.url = "http://hooks.example.org/";
    assert_int_equal(webhook_make(&admin, &bad, &webhook), STATUS_VALUE_REFUSED);
    bad = wish;
    bad.description = "two\nlines";
    assert_int_equal(webhook_make(&admin, &bad, &webhook), STATUS_VALUE_REFUSED);
    assert_int_equal(webhook_list(people, &arena, NORTH).count, 2);
    for (int i = 2; i < WEBHOOKS_MAX; i++) {
        (void)make();
    }
    assert_int_equal(webhook_make(&admin, &wish, &webhook), STATUS_LINES_TOO_MANY);
    admin.org_id = FJORD; /* each organisation for itself */
    (void)make();
    assert_int_equal(webhook_count(people, NORTH), WEBHOOKS_MAX);
    assert_int_equal(webhook_count(people, FJORD), 1);
}

static void a_key_makes_it_once(void **state)
{
    (void)state;
    admin.key = "k1";
    struct webhook first = make();
    struct webhook again = make();
    assert_string_equal(again.webhook_id, first.webhook_id);
    assert_memory_equal(again.secret, first.secret, WEBHOOK_SECRET_BYTES);
    struct webhook_wish other = wish;
    other.description = "Other";
    assert_int_equal(webhook_make(&admin, &other, &again), STATUS_KEY_REUSED);
    assert_int_equal(webhook_rotate(&admin, first.webhook_id, &again), STATUS_KEY_REUSED);
    assert_memory_equal(now_of(first.webhook_id).secret, first.secret, WEBHOOK_SECRET_BYTES);
    admin.user_id = BOB; /* a key is its program's */
    assert_string_not_equal(make().webhook_id, first.webhook_id);
    admin.user_id = ADA;
    assert_int_equal(webhook_count(people, NORTH), 2);
    admin.key = "";
    assert_int_equal(webhook_drop(&admin, first.webhook_id), STATUS_OK);
    admin.key = "k1";
    assert_int_equal(webhook_make(&admin, &wish, &again), STATUS_NOT_FOUND);

    admin.key = "k2";
    struct webhook webhook = make();
    admin.key = "k3";
    struct webhook rotated;
    assert_int_equal(webhook_rotate(&admin, webhook.webhook_id, &rotated), STATUS_OK);
    assert_memory_not_equal(rotated.secret, webhook.secret, WEBHOOK_SECRET_BYTES);
    assert_int_equal(webhook_rotate(&admin, webhook.webhook_id, &again), STATUS_OK);
    assert_memory_equal(again.secret, rotated.secret, WEBHOOK_SECRET_BYTES);
    struct webhook kept = now_of(webhook.webhook_id);
    assert_memory_equal(kept.old_secret, webhook.secret, WEBHOOK_SECRET_BYTES);
    assert_int_equal(kept.old_until, NOW + WEBHOOK_OVERLAP_S * S);
}

/* A late repeat does not undo what was done after it. */
static void under_a_key_every_act_is_done_once(void **state)
{
    (void)state;
    struct webhook webhook = make();
    const char *id = arena_text(&arena, webhook.webhook_id);
    struct webhook_wish other = wish;
    other.url = "https://other.example.org/";
    int64_t count = 0;
    give_up(add(id, 50, NOW));
    admin.key = "pause";
    assert_int_equal(webhook_set_paused(&admin, id, true, &webhook), STATUS_OK);
    assert_string_equal(webhook.state, "paused");
    admin.key = "resume";
    assert_int_equal(webhook_set_paused(&admin, id, false, &webhook), STATUS_OK);
    admin.key = "pause";
    assert_int_equal(webhook_set_paused(&admin, id, true, &webhook), STATUS_OK);
    assert_string_equal(webhook.state, "active");
    assert_int_equal(webhook_set_paused(&admin, id, false, &webhook), STATUS_KEY_REUSED);
    assert_int_equal(webhook_drop(&admin, id), STATUS_KEY_REUSED);

    admin.key = "update";
    assert_int_equal(webhook_update(&admin, id, &other, &webhook), STATUS_OK);
    admin.key = "";
    assert_int_equal(webhook_update(&admin, id, &wish, &webhook), STATUS_OK);
    admin.key = "update";
    assert_int_equal(webhook_update(&admin, id, &other, &webhook), STATUS_OK);
    assert_string_equal(webhook.url, wish.url);
    assert_int_equal(webhook_update(&admin, id, &wish, &webhook), STATUS_KEY_REUSED);

    admin.key = "since";
    assert_int_equal(webhook_replay_failed(&admin, id, 0, &count), STATUS_OK);
    assert_int_equal(count, 1);
    const char *message = add(id, 51, NOW);
    give_up(message);
    assert_int_equal(webhook_replay_failed(&admin, id, 0, &count), STATUS_OK);
    assert_int_equal(count, 1); /* as it was told before */
    assert_false(message_of(message).is_waiting);
    assert_int_equal(webhook_replay_failed(&admin, id, 1, &count), STATUS_KEY_REUSED);
    admin.key = "again";
    assert_int_equal(webhook_replay(&admin, id, message), STATUS_OK);
    give_up(message);
    assert_int_equal(webhook_replay(&admin, id, message), STATUS_OK);
    assert_false(message_of(message).is_waiting);

    admin.key = "remove";
    assert_int_equal(webhook_drop(&admin, id), STATUS_OK);
    assert_int_equal(webhook_drop(&admin, id), STATUS_OK);
    admin.key = "";
    assert_int_equal(webhook_drop(&admin, id), STATUS_NOT_FOUND);
}

static void tests_one_at_a_time(void **state)
{
    (void)state;
    struct webhook webhook = make();
    struct webhook_message first, again;
    assert_int_equal(webhook_test(&admin, webhook.webhook_id, &first), STATUS_OK);
    assert_int_equal(webhook_test(&admin, webhook.webhook_id, &again), STATUS_OK);
    assert_string_equal(again.message_id, first.message_id);
    assert_int_equal(now_of(webhook.webhook_id).due_at, NOW);
    give_up(first.message_id);
    admin.key = "t1";
    assert_int_equal(webhook_test(&admin, webhook.webhook_id, &again), STATUS_OK);
    assert_string_not_equal(again.message_id, first.message_id);
    give_up(again.message_id);
    struct webhook_message repeat;
    assert_int_equal(webhook_test(&admin, webhook.webhook_id, &repeat), STATUS_OK);
    assert_string_equal(repeat.message_id, again.message_id); /* the key's own, done already */
    assert_string_equal(repeat.state, "given_up");
}

static void what_is_not_yours_is_not_there(void **state)
{
    (void)state;
    struct webhook webhook = make();
    struct webhook_message message;
    int64_t count = 0;
    const char *id = webhook.webhook_id;
    admin.org_id = FJORD;
    assert_int_equal(webhook_update(&admin, id, &wish, &webhook), STATUS_NOT_FOUND);
    assert_int_equal(webhook_rotate(&admin, id, &webhook), STATUS_NOT_FOUND);
    assert_int_equal(webhook_set_paused(&admin, id, true, &webhook), STATUS_NOT_FOUND);
    assert_int_equal(webhook_drop(&admin, id), STATUS_NOT_FOUND);
    assert_int_equal(webhook_test(&admin, id, &message), STATUS_NOT_FOUND);
    assert_int_equal(webhook_replay(&admin, id, "msg_x"), STATUS_NOT_FOUND);
    assert_int_equal(webhook_replay_failed(&admin, id, 0, &count), STATUS_NOT_FOUND);
    assert_string_equal(now_of(id).state, "active");
}

static void pausing_resuming_removing(void **state)
{
    (void)state;
    struct webhook webhook = make();
    const char *id = webhook.webhook_id;
    const char *message = add(id, 50, NOW);
    fail_once(message, NOW + 28800 * S);
    admin.now_us = NOW + 60 * S;
    assert_int_equal(webhook_set_paused(&admin, id, true, &webhook), STATUS_OK);
    assert_string_equal(webhook.state, "paused");
    assert_string_equal(webhook.state_by, ADA);
    assert_int_equal(webhook_behind(people, &arena, 100).count, 0);
    admin.now_us = NOW + 90 * S;
    assert_int_equal(webhook_set_paused(&admin, id, true, &webhook), STATUS_OK);
    assert_int_equal(webhook.state_at, NOW + 60 * S); /* the second click changed nothing */

    begin();
    webhook.failures = 9;
    webhook.failing_since = 1;
    webhook.rests_until = INT64_MAX;
    webhook.last_outcome = "";
    webhook_settle(people, &webhook);
    commit();
    assert_int_equal(webhook_set_paused(&admin, id, false, &webhook), STATUS_OK);
    assert_string_equal(webhook.state, "active");
    assert_int_equal(webhook.failures + webhook.failing_since + webhook.rests_until, 0);
    assert_int_equal(webhook.due_at, NOW + 90 * S);
    struct queued queued = message_of(message);
    assert_int_equal(queued.round_tries, 0);
    assert_int_equal(queued.round_at, NOW + 90 * S);
    assert_int_equal(queued_next(people, id, false), NOW + 90 * S);
    assert_int_equal(webhook_behind(people, &arena, 100).count, 1);

    assert_int_equal(webhook_drop(&admin, id), STATUS_OK);
    assert_false(message_of(message).is_waiting);
    assert_int_equal(webhook_waiting(people, id), 0);
    assert_int_equal(now_of(id).due_at, 0);
    assert_int_equal(webhook_drop(&admin, id), STATUS_NOT_FOUND);
}

/* ------------------------------------------------------------------- queue */

static void an_event_is_one_message(void **state)
{
    (void)state;
    struct webhook one = make();
    struct webhook other = make();
    (void)add(one.webhook_id, 50, NOW);
    (void)add(other.webhook_id, 50, NOW); /* of each endpoint */
    const struct queued twice = {.message_id = "msg_1KNS0Q2D6SBX0A01",
                                 .webhook_id = one.webhook_id,
                                 .seq = 50,
                                 .kind = "x",
                                 .body = "{}"};
    begin();
    queued_add(people, &twice, NOW);
    assert_true(store_fault(people));
    assert_false(store_commit(people));
    store_settle(people);
    assert_int_equal(webhook_waiting(people, one.webhook_id), 1);
}

static void due_in_the_order_of_events(void **state)
{
    (void)state;
    struct webhook webhook = make();
    const char *id = webhook.webhook_id;
    struct queued queued;
    const char *third = add(id, 70, NOW);
    const char *first = add(id, 50, NOW);
    const char *second = add(id, 60, NOW);
    assert_false(queued_due(people, &arena, id, NOW - 1, false, &queued));
    assert_true(queued_due(people, &arena, id, NOW, false, &queued));
    assert_string_equal(queued.message_id, first);
    assert_string_equal(queued.body, "{}");
    fail_once(first, NOW + 5 * S);
    assert_true(queued_due(people, &arena, id, NOW, false, &queued));
    assert_string_equal(queued.message_id, second);
    assert_true(queued_due(people, &arena, id, NOW + 5 * S, false, &queued));
    assert_string_equal(queued.message_id, first); /* again the oldest */
    assert_int_equal(queued.tries, 1);
    assert_int_equal(queued_next(people, id, false), NOW);
    give_up(second);
    give_up(third);
    assert_int_equal(queued_next(people, id, false), NOW + 5 * S);
    assert_int_equal(queued_next(people, id, true), 0);
    struct webhook_message test;
    assert_int_equal(webhook_test(&admin, id, &test), STATUS_OK);
    assert_true(queued_due(people, &arena, id, NOW + 9 * S, false, &queued));
    assert_string_equal(queued.message_id, test.message_id); /* a test before all */
    assert_true(queued_due(people, &arena, id, NOW, true, &queued));
    assert_string_equal(queued.message_id, test.message_id);
}

static void when_an_endpoint_is_due(void **state)
{
    (void)state;
    struct webhook webhook = make();
    const char *id = webhook.webhook_id;
    assert_int_equal(webhook_due_next(people), 0);
    begin();
    webhook_seen(people, id, 60, NOW + 10 * S);
    commit();
    assert_int_equal(now_of(id).after_seq, 60);
    assert_int_equal(webhook_due_next(people), NOW + 10 * S);
    begin();
    webhook_seen(people, id, 61, NOW + 20 * S); /* not later than it is due already */
    webhook_seen(people, id, 62, 0);
    commit();
    assert_int_equal(webhook_due_next(people), NOW + 10 * S);
    begin();
    webhook_seen(people, id, 63, NOW + 5 * S);
    commit();
    assert_int_equal(webhook_due_next(people), NOW + 5 * S);
    assert_int_equal(webhook_due(people, &arena, NOW + 4 * S, 10).count, 0);
    assert_int_equal(webhook_due(people, &arena, NOW + 5 * S, 10).count, 1);
    begin();
    webhook_claim(people, id, NOW + 30 * S);
    commit();
    assert_int_equal(webhook_due(people, &arena, NOW + 29 * S, 10).count, 0);
    assert_int_equal(now_of(id).rests_until, NOW + 30 * S);
    assert_int_equal(webhook_behind(people, &arena, 63).count, 0);
    assert_int_equal(webhook_behind(people, &arena, 64).count, 1);
    begin();
    webhook_stop(people, id, NOW);
    commit();
    assert_string_equal(now_of(id).state, "failing");
    assert_int_equal(webhook_count_failing(people, NORTH), 1);
    assert_int_equal(webhook_behind(people, &arena, 64).count, 0);
}

static void replays(void **state)
{
    (void)state;
    struct webhook webhook = make();
    const char *id = webhook.webhook_id;
    const char *old = add(id, 50, NOW);
    const char *fresh = add(id, 51, NOW + 10 * S);
    const char *waits = add(id, 52, NOW + 11 * S);
    const char *unsent = add(id, 53, NOW + 12 * S);
    struct webhook_message test;
    int64_t count = 0;
    give_up(old);
    give_up(fresh);
    fail_once(waits, NOW + 3600 * S);
    assert_int_equal(webhook_test(&admin, id, &test), STATUS_OK);
    give_up(test.message_id);
    assert_int_equal(webhook_message_failed_since(people, id, NOW), 3);
    assert_int_equal(webhook_message_failed_since(people, id, NOW + 10 * S), 2);
    admin.now_us = NOW + 20 * S;
    assert_int_equal(webhook_replay_failed(&admin, id, NOW + 10 * S, &count), STATUS_OK);
    assert_int_equal(count, 2);
    assert_false(message_of(old).is_waiting);
    assert_true(message_of(fresh).is_waiting);
    assert_int_equal(message_of(fresh).tries, 1);
    assert_int_equal(message_of(fresh).round_at, NOW + 20 * S);
    assert_int_equal(message_of(waits).round_tries, 0);
    assert_int_equal(message_of(unsent).round_at, NOW + 12 * S); /* it had not failed */
    assert_false(message_of(test.message_id).is_waiting);
    assert_int_equal(now_of(id).due_at, NOW + 20 * S);
    assert_int_equal(webhook_message_failed_since(people, id, NOW + 10 * S), 0);
    assert_int_equal(webhook_replay(&admin, id, old), STATUS_OK);
    assert_true(message_of(old).is_waiting);
    assert_int_equal(webhook_replay(&admin, id, "msg_1KNS0Q2D6SBX0A99"), STATUS_NOT_FOUND);
}

/* The clock was a year ahead and has been set right: nothing waits for that year. */
static void a_clock_that_was_ahead(void **state)
{
    (void)state;
    const int64_t year = 365 * CLOCK_DAY_US;
    struct webhook ahead = make();
    struct webhook fine = make();
    const char *far = add(ahead.webhook_id, 50, NOW + year);
    const char *near = add(fine.webhook_id, 50, NOW + 36000 * S);
    begin();
    ahead.rests_until = ahead.due_at = ahead.failing_since = NOW + year;
    fine.rests_until = fine.due_at = NOW + 36000 * S;
    webhook_settle(people, &ahead);
    webhook_settle(people, &fine);
    webhook_set_clock(people, NOW, NOW + 43200 * S);
    commit();
    struct webhook now = now_of(ahead.webhook_id);
    assert_true(now.due_at == NOW && now.rests_until == 0 && now.failing_since == NOW);
    assert_int_equal(message_of(far).round_at, NOW);
    assert_int_equal(queued_next(people, ahead.webhook_id, false), NOW);
    now = now_of(fine.webhook_id);
    assert_true(now.due_at == NOW + 36000 * S && now.rests_until == now.due_at);
    assert_int_equal(now.failing_since, 0);
    assert_int_equal(message_of(near).round_at, NOW + 36000 * S);
    assert_int_equal(queued_next(people, fine.webhook_id, false), NOW + 36000 * S);
}

static void the_log_is_forgotten_in_time(void **state)
{
    (void)state;
    struct webhook webhook = make();
    const char *waiting = add(webhook.webhook_id, 50, NOW);
    for (int i = 0; i < 5; i++) {
        give_up(add(webhook.webhook_id, 51 + i, NOW));
    }
    begin();
    assert_int_equal(webhook_forget(people, NOW, 100), 0); /* not before its time */
    assert_int_equal(webhook_forget(people, NOW + 1, 3), 3);
    assert_int_equal(webhook_forget(people, NOW + 1, 3), 2);
    assert_int_equal(webhook_forget(people, NOW + 1, 3), 0);
    commit();
    assert_true(message_of(waiting).is_waiting);
    assert_int_equal(webhook_message_total(people, webhook.webhook_id, ""), 1);
    assert_int_equal(room_number(room_people, "SELECT count(*) FROM webhook_try"), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(every_kind_can_be_chosen),
        TEST(without_the_registry_nothing_is_done),
        TEST(a_new_endpoint),
        TEST(a_key_makes_it_once),
        TEST(under_a_key_every_act_is_done_once),
        TEST(tests_one_at_a_time),
        TEST(what_is_not_yours_is_not_there),
        TEST(pausing_resuming_removing),
        TEST(an_event_is_one_message),
        TEST(due_in_the_order_of_events),
        TEST(when_an_endpoint_is_due),
        TEST(replays),
        TEST(a_clock_that_was_ahead),
        TEST(the_log_is_forgotten_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
