/*
 * unit/tally_api_test.c: `tally api-credentials`, `api-revoke` and `api-key` as an operator gives
 * them, with the ledger stopped and beside the running daemon, and every answer to what is wrong.
 */
#include "unit/tally_run.h"

static int passed;

static const char *org(size_t number)
{
    return world->org_ids[number];
}

/* A text member of the JSON that was printed. */
static const char *member(const char *name)
{
    static char values[8][2048];
    static unsigned next;
    char *value = values[next++ % 8];
    char mark[64];
    (void)snprintf(mark, sizeof mark, "\"%s\": \"", name);
    const char *at = strstr(tally_out, mark);
    CHECK(at != NULL, "no %s in %s", name, tally_out);
    at += strlen(mark);
    (void)snprintf(value, sizeof values[0], "%.*s", (int)strcspn(at, "\""), at);
    return value;
}

static void test_usage(void)
{
    static const char *const wrong[] = {
        "",
        "--organisation",
        "--organisation Northwind",
        "--organisation org_1KNS0Q2D6SBX0A01 more",
        "--organisation org_1KNS0Q2D6SBX0A01 --scopes everything",
        "--organisation org_1KNS0Q2D6SBX0A01 --roles king",
        "--organisation org_1KNS0Q2D6SBX0A01 --roles none",
        "--organisation org_1KNS0Q2D6SBX0A01 --days 0",
        "--organisation org_1KNS0Q2D6SBX0A01 --days 366",
        "--organisation org_1KNS0Q2D6SBX0A01 --days one",
        "--organisation org_1KNS0Q2D6SBX0A01 --colour red",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        TALLY(2, "usage: tally api-credentials --organisation ORG", "api-credentials %s", wrong[i]);
    }
    TALLY(2, "--address: Line 1: enter an address", "api-credentials --organisation %s --address x",
          org(0));
    TALLY(2, "--address: Line 2: the range that",
          "api-credentials --organisation %s --address 192.0.2.1 --address 192.0.2.1/24", org(0));
    TALLY(1, "there is no organisation org_00000000000000ZZ",
          "api-credentials --organisation org_00000000000000ZZ");
    CHECK(strstr(tally_out, "signing-key-made") == NULL, "tells of a key that was not kept: %s",
          tally_out);
    TALLY(1, "no access token was made", "api-credentials --organisation %s --name ''", org(0));
    TALLY(2, "usage: tally api-revoke ID", "api-revoke");
    TALLY(2, "usage: tally api-revoke ID", "api-revoke usr_1KNS0Q2D6SBX0A01");
    TALLY(1, "there is no access token", "api-revoke tok_1KNS0Q2D6SBX0A01");
    TALLY(1, "there is no client secret", "api-revoke cls_1KNS0Q2D6SBX0A01");
    TALLY(2, "usage: tally api-key list", "api-key");
    TALLY(2, "usage: tally api-key list", "api-key new --algorithm none");
    TALLY(2, "usage: tally api-key list", "api-key new EdDSA");
    TALLY(2, "usage: tally api-key list", "api-key end");
    TALLY(2, "usage: tally api-key list", "api-key end tok_1KNS0Q2D6SBX0A01");
    TALLY(2, "usage: tally api-key list", "api-key finish key_1KNS0Q2D6SBX0A01");
    TALLY(2, "usage: tally api-key list", "api-key new --key HS256");
    TALLY(2, "usage: tally api-key list", "api-key new --algorithm HS256 more");
    TALLY(0, "There is no key yet", "api-key list");
    CHECK(tally_sql("people.db", "SELECT (SELECT count(*) FROM access_token) + (SELECT count(*) "
                                 "FROM client_secret) + (SELECT count(*) FROM signing_key)") == 0,
          "something was made");
    passed++;
}

static void test_make(void)
{
    TALLY(0, "\"client_secret\": \"tly_", "api-credentials --organisation %s", org(0));
    CHECK(strcmp(member("organisation_id"), org(0)) == 0, "another organisation: %s", tally_out);
    CHECK(strlen(member("access_token")) > 100 && strlen(member("client_id")) == 20 &&
              strlen(member("expires_at")) == 27,
          "not a pair: %s", tally_out);
    char token_id[ID_SIZE];
    (void)snprintf(token_id, sizeof token_id, "%.20s", member("token_id"));
    CHECK(tally_sql("people.db",
                    "SELECT scopes * 1000 + (expires_at - made_at) / 86400000000 FROM "
                    "access_token WHERE token_id = '%s'",
                    token_id) == 15365,
          "other limits");
    CHECK(
        tally_sql("registry.db",
                  "SELECT count(*) FROM person p JOIN membership m ON m.user_id = p.user_id WHERE "
                  "p.is_program = 1 AND p.program_org_id = '%s' AND m.org_id = '%s' AND m.roles = "
                  "%d",
                  org(0), org(0), (int)ROLE_ALL) == 1,
        "its person in the ledger is another one");
    TALLY(0, "\"token_id\"",
          "api-credentials --organisation %s --name 'Nightly job' --scopes transfer --roles "
          "viewer,initiator --days 7 --address 192.0.2.0/24 --address 2001:db8::1",
          org(1));
    CHECK(tally_sql("people.db",
                    "SELECT scopes * 1000 + (expires_at - made_at) / 86400000000 FROM access_token "
                    "WHERE token_id = '%s' AND name = 'Nightly job' AND ranges = "
                    "'192.0.2.0/24' || char(10) || '2001:db8::1/128'",
                    member("token_id")) == 3007,
          "other limits");
    passed++;
}

static void test_revoke(void)
{
    TALLY(0, "\"client_id\"", "api-credentials --organisation %s", org(2));
    char token_id[ID_SIZE];
    char client_id[ID_SIZE];
    (void)snprintf(token_id, sizeof token_id, "%.20s", member("token_id"));
    (void)snprintf(client_id, sizeof client_id, "%.20s", member("client_id"));
    TALLY(0, "is revoked: no request is let in", "api-revoke %s", token_id);
    TALLY(0, "is revoked: no request is let in", "api-revoke %s", token_id);
    TALLY(0, "is revoked: no request is let in", "api-revoke %s", client_id);
    CHECK(tally_sql("people.db",
                    "SELECT (SELECT count(*) FROM access_token WHERE token_id = '%s' AND "
                    "revoked_by = '') + (SELECT count(*) FROM client_secret WHERE client_id = '%s' "
                    "AND revoked_by = '')",
                    token_id, client_id) == 2,
          "not revoked");
    CHECK(tally_sql("registry.db", "SELECT count(*) FROM membership m JOIN person p ON p.user_id = "
                                   "m.user_id WHERE p.is_program AND m.roles = 0") == 1,
          "the ledger has kept its roles");
    passed++;
}

static void test_keys(void)
{
    TALLY(0, "  HS256  made ", "api-key list");
    CHECK(strstr(tally_out, "signs and verifies") != NULL, "%s", tally_out);
    char first[ID_SIZE];
    (void)snprintf(first, sizeof first, "%.20s", strstr(tally_out, "key_"));
    TALLY(0, "signs every access token from now on", "api-key new --algorithm EdDSA");
    TALLY(0, "  EdDSA  made ", "api-key list");
    TALLY(0, "\"access_token\"", "api-credentials --organisation %s", org(3));
    CHECK(tally_sql("people.db", "SELECT count(*) FROM access_token t JOIN signing_key k USING "
                                 "(key_id) WHERE k.algorithm = 'EdDSA'") == 1,
          "the new key does not sign");
    TALLY(0, "has ended", "api-key end %s", first);
    TALLY(1, "there is no key", "api-key end %s", first);
    TALLY(0, "  ended ", "api-key list");
    char newest[ID_SIZE]; /* the first of the list: it signs */
    (void)snprintf(newest, sizeof newest, "%.20s", strstr(tally_out, "key_"));
    TALLY(0, "signs every access token", "api-key new");
    TALLY(0, "  verifies\n", "api-key list");
    TALLY(0, "has ended", "api-key end %.20s", strstr(tally_out, "key_"));
    TALLY(0, newest, "api-key list");
    CHECK(strstr(strstr(tally_out, newest), "signs and verifies") != NULL, "%s", tally_out);
    for (int i = 0; i < 7; i++) {
        TALLY(0, "signs every access token", "api-key new");
    }
    TALLY(1, "end one first", "api-key new");
    passed++;
}

/* As many as there may be. */
static void test_most(void)
{
    tally_sql("people.db",
              "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) "
              "INSERT INTO access_token (token_id, user_id, org_id, name, token_hash, key_id, "
              "scopes, made_by, made_at, expires_at) SELECT printf('tok_%%016d', i), "
              "printf('usr_9%%015d', i), '%s', 'x', cast(printf('%%032d', i) AS BLOB), (SELECT "
              "key_id FROM signing_key LIMIT 1), 1, '', 1, 9000000000000000 FROM n",
              org(4));
    TALLY(1, "100 good access tokens already", "api-credentials --organisation %s", org(4));
    tally_sql("people.db", "DELETE FROM access_token WHERE name = 'x'");
    tally_sql("people.db",
              "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) "
              "INSERT INTO client_secret (client_id, org_id, name, secret_hash, made_by, made_at) "
              "SELECT printf('cls_%%016d', i), '%s', 'x', cast(printf('%%032d', i) AS BLOB), '', 1 "
              "FROM n",
              org(4));
    int64_t good =
        tally_sql("people.db", "SELECT count(*) FROM access_token WHERE revoked_at IS NULL");
    TALLY(1, "no client secret was made", "api-credentials --organisation %s", org(4));
    CHECK(tally_sql("people.db", "SELECT count(*) FROM access_token WHERE revoked_at IS NULL") ==
              good,
          "half a pair is left");
    passed++;
}

static void test_beside_the_daemon(void)
{
    world_start_daemon(world);
    world_await_daemon(world);
    TALLY(0, "\"access_token\"", "api-credentials --organisation %s --name 'Beside'", org(5));
    CHECK(tally_sql("people.db", "SELECT count(*) FROM access_token WHERE name = 'Beside'") == 1,
          "none was made");
    TALLY(0, "is revoked", "api-revoke %s", member("token_id"));
    world_stop_daemon(world);
    passed++;
}

int main(void)
{
    char path[PATH_MAX];
    world = world_open("tally-api", "test");
    world_program("test", "tally", tally_path);
    tally_in_world();
    TALLY(1, "people.db", "api-credentials --organisation %s", org(0));
    TALLY(1, "people.db", "api-key list");
    TALLY(1, "people.db", "api-revoke tok_1KNS0Q2D6SBX0A01");
    (void)snprintf(path, sizeof path, "%.4000s/people.db", world->data_dir);
    CHECK(store_migrate(STORE_PEOPLE, path, "schema/people") == STATUS_OK, "no people.db");
    test_usage();
    test_make();
    test_revoke();
    test_keys();
    test_most();
    test_beside_the_daemon();
    world_verify(world);
    printf("%d passed, 0 failed\n", passed);
    return 0;
}
