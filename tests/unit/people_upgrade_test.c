/*
 * tests/unit/people_upgrade_test.c: people.db of each older version is brought to the present one:
 * it has the very schema of a new file, no row was lost or changed, and what it says goes on: the
 * keys of acts on webhooks of before answers were kept.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "gate/webhook_once.h"
#include "unit/people_room.h"
#include "unit/upgrade_rows.h"

#define HOOK "whk_1KNS0Q2D6SBX0A01"
#define NOW (INT64_C(1795000000) * CLOCK_SECOND_US)

/* What version 1 knows, and what version 2 knows besides. */
static const char *const rows_1 =
    "INSERT INTO person VALUES ('" ADA "', 'Ada Example', 'ada@example.org', 'active', 1);"
    "INSERT INTO password VALUES ('" ADA "', '$s1$0f0803$', 2);"
    "INSERT INTO session VALUES (zeroblob(32), 'ses_1', '" ADA "', '" NORTH
    "', 'token', 1, 2, 3, '192.0.2.1', 'browser', '');"
    "INSERT INTO draft (draft_id, user_id, org_id, kind, made_at, changed_at)"
    " VALUES ('drf_1KNS0Q2D6SBX0A01', '" ADA "', '" NORTH "', 'external', 1, 2)";
static const char *const rows_2 =
    "INSERT INTO client_secret (client_id, org_id, name, secret_hash, made_by, made_at)"
    " VALUES ('cls_1KNS0Q2D6SBX0A01', '" NORTH "', 'Books', zeroblob(32), '', 1);"
    "INSERT INTO beneficiary_contact VALUES ('" FJORD "', 'bob@example.org', '" NORTH "', 1);"
    "INSERT INTO webhook (webhook_id, org_id, url, scope, secret, state, state_at, state_by,"
    " after_seq, made_by, made_at) VALUES ('" HOOK "', '" NORTH
    "', 'https://hooks.example.org/', 'own', randomblob(32), 'active', 1, '" ADA "', 1, '" ADA
    "', 1);"
    "INSERT INTO webhook_message (message_id, webhook_id, seq, kind, body, state, round_at,"
    " next_at, made_at) VALUES ('msg_1KNS0Q2D6SBX0A01', '" HOOK
    "', 1, 'transfer.pending', '{}', 'waiting', 1, 1, 1)";
/* Every table with the columns that its first version had. */
static const struct {
    const char *sql;
    int since;
} tables[] = {
    {"SELECT * FROM person", 1},
    {"SELECT * FROM password", 1},
    {"SELECT hex(token_hash), session_id, org_id, form_token, address FROM session", 1},
    {"SELECT * FROM draft", 1},
    {"SELECT client_id, org_id, name, hex(secret_hash), made_at FROM client_secret", 2},
    {"SELECT * FROM beneficiary_contact", 2},
    {"SELECT webhook_id, org_id, url, hex(secret), state, after_seq FROM webhook", 2},
    {"SELECT message_id, webhook_id, seq, kind, body, state FROM webhook_message", 2},
    {"SELECT user_id, key, hex(fingerprint), made_id, made_at FROM webhook_key", 2},
};
enum { TABLES = sizeof tables / sizeof tables[0] };

static struct arena arena;
static char older[96];

/* The key of an act, as version 2 kept it. */
static void add_key(const char *key, const char *act, const char *made_id)
{
    char sql[512], hex[DIGEST_HEX_SIZE];
    struct webhook_once once = webhook_once_of(act, HOOK, NULL);
    digest_hex(&once.asked, hex);
    (void)snprintf(sql, sizeof sql,
                   "INSERT INTO webhook_key VALUES ('" ADA "', '%s', x'%s', '%s', 1)", key, hex,
                   made_id);
    room_sql(older, sql);
}

/* A file as that version made it. */
static void make_older(int version)
{
    char folder[96], command[512];
    (void)snprintf(folder, sizeof folder, "%s/schema", room_folder);
    (void)snprintf(older, sizeof older, "%s/older.db", room_folder);
    for (int number = 1; number <= version; number++) {
        (void)snprintf(command, sizeof command, "mkdir -p %s && cp schema/people/%03d_*.sql %s/",
                       folder, number, folder);
        assert_int_equal(system(command), 0);
    }
    assert_int_equal(store_migrate(STORE_PEOPLE, older, folder), STATUS_OK);
    assert_int_equal(room_number(older, "PRAGMA user_version"), version);
    room_sql(older, rows_1);
    if (version >= 2) {
        room_sql(older, rows_2);
        add_key("paused", "pause", HOOK);
        add_key("replayed", "replay since 7", "3");
    }
}

static void bring_forward(int version)
{
    struct digest before[TABLES];
    int rows[TABLES] = {0};
    make_older(version);
    for (size_t i = 0; i < TABLES; i++) {
        if (tables[i].since <= version) {
            before[i] = digest_of_rows(older, tables[i].sql, &rows[i]);
            assert_true(rows[i] > 0);
        }
    }
    assert_int_equal(store_migrate(STORE_PEOPLE, older, "schema/people"), STATUS_OK);
    assert_int_equal(room_number(older, "PRAGMA user_version"), STORE_PEOPLE_VERSION);
    for (size_t i = 0; i < TABLES; i++) {
        int rows_after = 0;
        struct digest after = digest_of_rows(older, tables[i].sql, &rows_after);
        assert_int_equal(rows_after, rows[i]);
        assert_true(rows[i] == 0 || digest_equal(&after, &before[i]));
    }
    int things_old = 0;
    int things_new = 0;
    struct digest old_schema = digest_of_rows(older, SCHEMA, &things_old);
    struct digest new_schema = digest_of_rows(room_people, SCHEMA, &things_new);
    assert_int_equal(things_old, things_new);
    assert_true(digest_equal(&old_schema, &new_schema));
}

static void from_version_1(void **state)
{
    (void)state;
    bring_forward(1);
}

static void tell(void *context, const struct webhook_done *done)
{
    out_text(context, done->webhook != NULL ? done->webhook->state : "-");
    out_int(context, done->count);
}

static void from_version_2(void **state)
{
    (void)state;
    struct out told;
    struct webhook webhook;
    int64_t count = 0;
    bring_forward(2);
    assert_int_equal(room_number(older, "SELECT count(*) FROM webhook_key"
                                        " WHERE answer IS NULL AND is_sealed = 0"),
                     2);
    out_init(&told, &arena, 4096);
    struct webhook_teller teller = {.token = "", .out = &told, .write = tell, .context = &told};
    struct webhook_admin admin = {
        .arena = &arena,
        .people = store_open(STORE_PEOPLE, STORE_WRITE, older, webhook_admin_tables),
        .org_id = NORTH,
        .user_id = ADA,
        .key = "paused",
        .teller = &teller,
        .tag = "SBX",
        .now_us = NOW};
    assert_non_null(admin.people);
    /* It was paused then and is active now, and stays so. */
    assert_int_equal(webhook_set_paused(&admin, HOOK, true, &webhook), STATUS_OK);
    assert_string_equal(webhook.state, "active");
    assert_memory_equal(told.bytes, "active0", told.size_bytes);
    told.size_bytes = 0;
    admin.key = "replayed";
    assert_int_equal(webhook_replay_failed(&admin, HOOK, 7, &count), STATUS_OK);
    assert_int_equal(count, 3);
    assert_memory_equal(told.bytes, "-3", told.size_bytes);
    told.size_bytes = 0;
    assert_int_equal(webhook_replay_failed(&admin, HOOK, 8, &count), STATUS_KEY_REUSED);
    store_close(admin.people);
}

static int set_up(void **state)
{
    (void)state;
    if (arena.bytes == NULL) {
        arena_map(&arena, 1024UL * 1024);
    }
    arena_reset(&arena, 0);
    room_open();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    char command[192];
    (void)snprintf(command, sizeof command, "rm -rf '%s/schema' '%s'", room_folder, older);
    assert_int_equal(system(command), 0);
    room_close();
    return 0;
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test_setup_teardown(from_version_1, set_up, tear_down),
        cmocka_unit_test_setup_teardown(from_version_2, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("people.db of older versions", all, NULL, NULL);
}
