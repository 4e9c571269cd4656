/*
 * tests/unit/webhook_fault_test.c: people.db fails at the n-th step of an act on endpoints, n from
 * the first to beyond the last: it happens whole and says so, or not at all and says that; and acts
 * that are repeated under their key, refused, or find nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "gate/webhook_admin.h"
#include "unit/people_room.h"
#include "unit/step_fault.h"

#include "unit/step_each.h"

#define NOW (INT64_C(1795000000) * CLOCK_SECOND_US)

static struct arena arena;
static struct webhook_admin admin;
static struct webhook_wish wish;
static struct webhook webhook;
static struct webhook_message message;
static char webhook_id[ID_SIZE];
static char message_id[ID_SIZE];
static char key[KEY_SIZE];
static int keys;

static int set_up(void **state)
{
    (void)state;
    if (arena.bytes == NULL) {
        arena_map(&arena, 8UL * 1024 * 1024);
    }
    arena_reset(&arena, 0);
    room_open();
    wish = (struct webhook_wish){
        .url = "https://hooks.example.org/", .description = "Books", .kinds = ""};
    admin = (struct webhook_admin){
        .arena = &arena,
        .people = store_open(STORE_PEOPLE, STORE_WRITE, room_people, webhook_admin_tables),
        .org_id = NORTH,
        .user_id = ADA,
        .key = "",
        .tag = "SBX",
        .now_us = NOW};
    assert_non_null(admin.people);
    assert_int_equal(webhook_make(&admin, &wish, &webhook), STATUS_OK);
    assert_true(TEXT_COPY(webhook_id, webhook.webhook_id));
    assert_int_equal(webhook_test(&admin, webhook_id, &message), STATUS_OK);
    assert_true(TEXT_COPY(message_id, message.message_id));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    step_fails(0);
    store_close(admin.people);
    room_close();
    return 0;
}

static const char *fresh_key(void)
{
    (void)snprintf(key, sizeof key, "key-%d", ++keys);
    return key;
}

/* ---- each of these says what became of it ---- */

static enum status makes(void)
{
    return webhook_make(&admin, &wish, &webhook);
}

static enum status updates(void)
{
    struct webhook_wish other = wish;
    other.description = "Other books";
    return webhook_update(&admin, webhook_id, &other, &webhook);
}

static enum status rotates(void)
{
    return webhook_rotate(&admin, webhook_id, &webhook);
}

static enum status pauses(void)
{
    return webhook_set_paused(&admin, webhook_id, true, &webhook);
}

static enum status resumes(void)
{
    return webhook_set_paused(&admin, webhook_id, false, &webhook);
}

static enum status tests(void)
{
    return webhook_test(&admin, webhook_id, &message);
}

static enum status replays(void)
{
    return webhook_replay(&admin, webhook_id, message_id);
}

static enum status replays_failed(void)
{
    int64_t count = 0;
    return webhook_replay_failed(&admin, webhook_id, 0, &count);
}

static enum status drops(void)
{
    return webhook_drop(&admin, webhook_id);
}

/* Everything that can be seen of endpoints and messages, as one number. */
#define BOOKS                                                                                      \
    "SELECT (SELECT count(*) FROM webhook) * 1000000"                                              \
    " + (SELECT count(*) FROM webhook_key) * 10000 + (SELECT count(*) FROM webhook_message) * 100" \
    " + (SELECT count(*) FROM webhook WHERE state = 'paused') * 10"                                \
    " + (SELECT count(*) FROM webhook WHERE description = 'Other books')"

static void another_key(void)
{
    admin.key = fresh_key();
}

static void no_step_is_overlooked(void **state)
{
    (void)state;
    static enum status (*const acts[])(void) = {makes,   updates, rotates,        pauses, resumes,
                                                replays, tests,   replays_failed, drops};
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        if (acts[i] == tests) { /* the one that waits would be found again */
            room_sql(room_people, "UPDATE webhook_message SET state = 'delivered', ended_at = 1");
        }
        (void)step_each(admin.people, &arena, acts[i], another_key, BOOKS);
    }
}

static void under_one_key_it_is_done_once(void **state)
{
    (void)state;
    admin.key = fresh_key();
    assert_int_equal(makes(), STATUS_OK);
    char made_id[ID_SIZE];
    assert_true(TEXT_COPY(made_id, webhook.webhook_id));
    assert_int_equal(makes(), STATUS_OK);
    assert_string_equal(webhook.webhook_id, made_id);
    /* Something else under the same key. */
    struct webhook_wish other = wish;
    other.description = "Other";
    assert_int_equal(webhook_make(&admin, &other, &webhook), STATUS_KEY_REUSED);
    assert_int_equal(tests(), STATUS_KEY_REUSED);
    assert_int_equal(rotates(), STATUS_KEY_REUSED);
    /* What it made is gone. */
    const char *of_making = admin.key;
    assert_int_equal(webhook_drop(&admin, made_id), STATUS_KEY_REUSED);
    admin.key = "";
    assert_int_equal(webhook_drop(&admin, made_id), STATUS_OK);
    admin.key = of_making;
    assert_int_equal(makes(), STATUS_NOT_FOUND);
    admin.key = fresh_key();
    room_sql(room_people, "UPDATE webhook_message SET state = 'delivered', ended_at = 1");
    assert_int_equal(tests(), STATUS_OK);
    char sent_id[ID_SIZE];
    assert_true(TEXT_COPY(sent_id, message.message_id));
    room_sql(room_people, "UPDATE webhook_message SET state = 'delivered', ended_at = 1");
    assert_int_equal(tests(), STATUS_OK);
    assert_string_equal(message.message_id, sent_id);
    room_sql(room_people, "DELETE FROM webhook_message");
    assert_int_equal(tests(), STATUS_NOT_FOUND);
    admin.key = fresh_key();
    assert_int_equal(replays(), STATUS_NOT_FOUND);
}

static void wishes_that_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *url, *description, *field;
    } rows[] = {{"ftp://hooks.example.org/", "Books", "url"},
                {"https://hooks.example.org/", "two\nlines", "description"},
                {"https://hooks.example.org/", "\xff", "description"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *words = NULL;
        struct webhook_wish bad = wish;
        bad.url = rows[i].url;
        bad.description = rows[i].description;
        assert_string_equal(webhook_wish_fault(&bad, false, &words), rows[i].field);
        assert_non_null(words);
        assert_int_equal(webhook_make(&admin, &bad, &webhook), STATUS_VALUE_REFUSED);
        assert_int_equal(webhook_update(&admin, webhook_id, &bad, &webhook), STATUS_VALUE_REFUSED);
    }
    static char long_words[NAME_CHARS_MAX + 2];
    memset(long_words, 'x', sizeof long_words - 1);
    long_words[sizeof long_words - 1] = '\0';
    const char *words = NULL;
    wish.description = long_words;
    assert_string_equal(webhook_wish_fault(&wish, false, &words), "description");
    long_words[NAME_CHARS_MAX] = '\0';
    assert_null(webhook_wish_fault(&wish, false, &words));
    assert_int_equal(webhook_update(&admin, "whk_absent", &wish, &webhook), STATUS_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test_setup_teardown(no_step_is_overlooked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(under_one_key_it_is_done_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wishes_that_are_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("faults beneath webhooks", all, NULL, NULL);
}
