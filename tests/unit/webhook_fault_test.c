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
#include "store/api_keys.h"
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
static struct out told;
static int tellings;
static struct store *registry;
static struct webhook_teller teller;

/* What a program would be told: of a new secret its first byte. */
static void tell(void *context, const struct webhook_done *done)
{
    assert_ptr_equal(context, &told);
    tellings++;
    out_text(&told, done->webhook != NULL ? done->webhook->description : "-");
    out_int(&told, done->count);
    if (done->webhook != NULL && done->shows_secret) {
        out_int(&told, done->webhook->secret[0]);
    }
    if (done->message != NULL) {
        out_text(&told, done->message->state);
    }
}

/* From now on it is a program that asks. */
static void ask_as_a_program(void)
{
    static const struct query_table *const tables[] = {&api_keys_queries, NULL};
    registry = store_open(STORE_REGISTRY, STORE_READ, room_registry, tables);
    assert_non_null(registry);
    out_init(&told, &arena, 4096);
    tellings = 0;
    teller = (struct webhook_teller){.token = "an access token of at least 32 characters",
                                     .registry = registry,
                                     .out = &told,
                                     .write = tell,
                                     .context = &told};
    admin.teller = &teller;
}

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
    if (registry != NULL) {
        store_close(registry);
        registry = NULL;
    }
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
    told.size_bytes = 0;
    if (registry != NULL) {
        store_settle(registry);
    }
}

static void the_same_key(void)
{
    told.size_bytes = 0;
}

static void every_act(void)
{
    static enum status (*const acts[])(void) = {makes,   updates, rotates,        pauses, resumes,
                                                replays, tests,   replays_failed, drops};
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        if (acts[i] == tests) { /* the one that waits would be found again */
            room_sql(room_people, "UPDATE webhook_message SET state = 'delivered', ended_at = 1");
        }
        (void)step_each(admin.people, &arena, acts[i], another_key, BOOKS);
    }
}

static void no_step_is_overlooked(void **state)
{
    (void)state;
    every_act();
}

/* The key's own steps among them: it is kept with its answer, or nothing is done. */
/* A test that waits already is found, or the fault is. */
static void no_step_of_finding_a_test_is_overlooked(void **state)
{
    (void)state;
    ask_as_a_program();
    /* A key more, and no message. */
    assert_int_equal(step_each(admin.people, &arena, tests, another_key, BOOKS), 10000);
}

static void no_step_of_a_program_is_overlooked(void **state)
{
    (void)state;
    ask_as_a_program();
    every_act();
    assert_int_equal(room_number(room_people, "SELECT count(*) FROM webhook_key"
                                              " WHERE answer IS NULL"),
                     0);
    /* Nor one of a repeat, which changes nothing. */
    admin.key = "again";
    the_same_key();
    assert_int_equal(makes(), STATUS_OK);
    assert_int_equal(step_each(admin.people, &arena, makes, the_same_key, BOOKS), 0);
}

static void a_program_is_told_the_first_answer(void **state)
{
    (void)state;
    char first[64];
    ask_as_a_program();
    admin.key = fresh_key();
    assert_int_equal(rotates(), STATUS_OK);
    assert_true(told.size_bytes < sizeof first);
    memcpy(first, told.bytes, told.size_bytes);
    size_t first_bytes = told.size_bytes;
    assert_int_equal(tellings, 1);
    for (int i = 0; i < 3; i++) {
        told.size_bytes = 0;
        assert_int_equal(rotates(), STATUS_OK);
        assert_int_equal(told.size_bytes, first_bytes);
        assert_memory_equal(told.bytes, first, first_bytes);
        if (i == 1) {
            const char *its_key = admin.key;
            admin.key = "";
            told.size_bytes = 0;
            assert_int_equal(drops(), STATUS_OK); /* what it is about is gone */
            admin.key = its_key;
        }
    }
    assert_int_equal(tellings, 2);
    /* It was sealed under the token: with another one, or meddled with, it is told to nobody. */
    told.size_bytes = 0;
    teller.token = "an access token that is not the same one";
    step_quiet(true);
    assert_int_equal(rotates(), STATUS_FAULT);
    step_quiet(false);
    assert_int_equal(told.size_bytes, 0);
    /* A key of the ledger's is refused, and when that cannot be read nothing is done. */
    room_sql(room_registry,
             "INSERT INTO act (seq, recorded_at, at, program, user_id, org_id, command,"
             " subject_id, outcome) VALUES (1, 1, 1, 'api', '" ADA "', '" NORTH
             "', 'transfer', '', 'ok');"
             "INSERT INTO idempotency VALUES ('" ADA "', 'of-ledger', zeroblob(32), 1, x'00')");
    admin.key = "of-ledger";
    assert_int_equal(makes(), STATUS_KEY_REUSED);
    int64_t before = room_number(room_people, BOOKS);
    step_quiet(true);
    step_failing = "SELECT 1 FROM idempotency";
    assert_int_equal(makes(), STATUS_FAULT);
    step_failing = NULL;
    step_quiet(false);
    assert_int_equal(room_number(room_people, BOOKS), before);
    assert_int_equal(told.size_bytes, 0);
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
        cmocka_unit_test_setup_teardown(no_step_of_finding_a_test_is_overlooked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_step_of_a_program_is_overlooked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_program_is_told_the_first_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(under_one_key_it_is_done_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wishes_that_are_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("faults beneath webhooks", all, NULL, NULL);
}
