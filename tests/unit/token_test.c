/* tests/unit/token_test.c: the door for programs: which pairs of secrets are let in, what a token
 * may do, what is written down about it, and what a wrong one is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "gate/credential.h"
#include "gate/inside.h"
#include "gate/jwt.h"
#include "gate/throttle.h"
#include "gate/token.h"
#include "unit/admin_room.h"

#define S CLOCK_SECOND_US
#define ROBOT "usr_1KNS0Q2D6SBX0R01"
#define PROGRAMS "(SELECT user_id FROM person WHERE is_program = 1)"

static struct gate gate;
static unsigned char memory[4194304];
static struct arena arena;
static struct person_admin admin;
static struct credential_made client;
static struct credential_made token;
static struct request request;
static struct response response;
static int runs; /* how often a handler ran */
static struct visit seen;
static struct caller seen_caller;
static enum status error_shown;
static int retry_after_s;
static enum status ledger_says; /* what the ledger answers to who asks it */

static enum status page(struct visit *visit, struct response *reply)
{
    runs++;
    seen = *visit;
    seen_caller = visit->caller == NULL ? (struct caller){.client_id = ""} : *visit->caller;
    out_text(&reply->body, "{}");
    return STATUS_OK;
}

static const struct route routes[] = {
    {METHOD_GET, "/open", NEED_NOBODY, NULL, page},
    {METHOD_GET, "/read", NEED_ORGANISATION, NULL, page},
    {METHOD_POST, "/transfer", NEED_INITIATOR | NEED_SCOPE_TRANSFER, NULL, page},
    {METHOD_POST, "/retire", NEED_INITIATOR | NEED_SCOPE_RETIRE, NULL, page},
    {METHOD_POST, "/accept", NEED_APPROVER | NEED_SCOPE_TRANSFER, NULL, page},
    {METHOD_POST, "/hook", NEED_MANAGER | NEED_SCOPE_MANAGE, NULL, page},
    {METHOD_GET, "/admin", NEED_ADMINISTRATOR, NULL, page},
};
static const struct query_table *const no_tables[] = {NULL};

static void error_page(struct visit *visit, enum status status, struct response *reply)
{
    error_shown = status;
    retry_after_s = reply->retry_after_s;
    must(visit->request != NULL);
    out_text(&reply->body, status_row(status)->slug);
}

static enum status ask(void *context, const struct command *command, struct answer *answer)
{
    (void)context;
    *answer = (struct answer){.status = ledger_says};
    if (ledger_says == STATUS_OK) {
        room_make_member(command);
    }
    return ledger_says;
}

static void make_token(struct token_wish wanted)
{
    assert_int_equal(credential_make_token(&admin, ISSUER, &wanted, &token), STATUS_OK);
}

static int set_up(void **state)
{
    static const struct gate_setup setup = {.program = "test",
                                            .door = GATE_TOKENS,
                                            .routes = routes,
                                            .route_count = sizeof routes / sizeof routes[0],
                                            .registry_tables = no_tables,
                                            .people_tables = no_tables,
                                            .people_write = true,
                                            .error_page = error_page};
    (void)state;
    room_open();
    setenv("TALLYSTICK_DATA", room_folder, 1);
    assert_true(gate_open(&gate, &setup));
    arena_init(&arena, memory, sizeof memory);
    ledger_says = STATUS_OK;
    admin = room_admin(&arena, ask, credential_tables);
    assert_int_equal(credential_make_client(&admin, FJORD, NULL, "Fjord ERP", &client), STATUS_OK);
    make_token(room_wish());
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    store_close(admin.people);
    gate_close(&gate);
    room_close();
    return 0;
}

/* One request with these two headers; returns the HTTP code. */
static int go_with(enum method method, const char *path, const char *secret, const char *bearer)
{
    request = room_request(method, path);
    request.fetch_site = ""; /* programs are no browsers */
    request.client_secret = secret;
    request.authorization = bearer;
    response = room_response(&arena);
    runs = 0;
    error_shown = STATUS_OK;
    retry_after_s = 0;
    gate_answer(&gate, &request, &response);
    gate_finish(&gate);
    assert_int_equal(runs, response.http_code == 200 ? 1 : 0);
    return response.http_code;
}

static const char *bearer_of(const char *text)
{
    return arena_printf(&arena, "Bearer %s", text);
}

static int go(enum method method, const char *path)
{
    return go_with(method, path, client.secret, bearer_of(token.secret));
}

static void people_sql(const char *sql)
{
    room_sql(room_people, sql);
}

/* The pair is of two organisations: an integrator acts for several. */
static void test_let_in(void **state)
{
    (void)state;
    assert_int_equal(go(METHOD_GET, "/read"), 200);
    assert_string_equal(seen_caller.client_id, client.id);
    assert_string_equal(seen_caller.client_name, "Fjord ERP");
    assert_string_equal(seen_caller.token_id, token.id);
    assert_string_equal(seen_caller.token_name, "Nightly job");
    assert_string_equal(seen_caller.org_id, NORTH);
    assert_int_equal(seen_caller.scopes, SCOPE_READ);
    assert_int_equal(seen_caller.expires_at, token.expires_at);
    assert_string_equal(seen.org_id, NORTH);
    assert_string_equal(seen.org_name, "Northwind");
    assert_int_equal(seen.org_roles, ROLE_VIEWER);
    assert_string_equal(seen.user_name, "Nightly job");
    assert_true(seen.signed_in);
    assert_string_equal(seen.user_id, seen_caller.user_id);
    assert_null(seen.session);
    /* The scheme in any case. */
    assert_int_equal(go_with(METHOD_GET, "/read", client.secret,
                             arena_printf(&arena, "bEARER %s", token.secret)),
                     200);
}

static void test_open_needs_nothing(void **state)
{
    (void)state;
    assert_int_equal(go_with(METHOD_GET, "/open", "", ""), 200);
    assert_int_equal(go_with(METHOD_GET, "/open", "wrong", "Bearer wrong"), 200);
    assert_string_equal(seen_caller.client_id, "");
}

/* The route is found first; nothing else is told to who has no good pair. */
static void test_route_first(void **state)
{
    (void)state;
    assert_int_equal(go_with(METHOD_GET, "/nothing", "", ""), 404);
    assert_int_equal(go_with(METHOD_POST, "/read", "", ""), 405);
    assert_int_equal(go_with(METHOD_GET, "/read", "", ""), 401);
    assert_int_equal(error_shown, STATUS_KEY_NEEDED);
    assert_int_equal(go(METHOD_GET, "/admin"), 404);
}

/* Every one of them has the same answer. */
static void test_wrong_pairs(void **state)
{
    (void)state;
    const char *secret = client.secret;
    const char *good = bearer_of(token.secret);
    size_t chars = strlen(good);
    const char *last =
        arena_printf(&arena, "%.*s%c", (int)chars - 1, good, good[chars - 1] == 'A' ? 'Q' : 'A');
    const struct {
        const char *secret, *bearer;
    } rows[] = {
        {"", ""},
        {secret, ""},
        {"", good},
        {secret, token.secret},
        {secret, "Bearer"},
        {secret, "Bearer "},
        {secret, "Bearer x"},
        {secret, arena_printf(&arena, "Bearer  %s", token.secret)},
        {secret, arena_printf(&arena, "Bearer %s ", token.secret)},
        {secret, arena_printf(&arena, "Bearer %s=", token.secret)},
        {secret, arena_printf(&arena, "Bearer %s.", token.secret)},
        {secret, arena_printf(&arena, "Bearer %s, Bearer %s", token.secret, token.secret)},
        {secret, arena_printf(&arena, "Basic %s", token.secret)},
        {secret, arena_printf(&arena, "Bearer\t%s", token.secret)},
        {secret, last},
        {secret, arena_printf(&arena, "Bearer %s", secret)},
        {token.secret, good},
        {arena_printf(&arena, "%s ", secret), good},
        {arena_printf(&arena, " %s", secret), good},
        {arena_printf(&arena, "%s,%s", secret, secret), good},
        {arena_printf(&arena, "%.*s", (int)strlen(secret) - 1, secret), good},
        {client.id, good},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int code = go_with(METHOD_GET, "/read", rows[i].secret, rows[i].bearer);
        if (code != 401 || error_shown != STATUS_KEY_NEEDED) {
            fail_msg("row %zu (\"%s\", \"%s\"): %d", i, rows[i].secret, rows[i].bearer, code);
        }
    }
    assert_int_equal(go(METHOD_GET, "/read"), 200);
}

/* Longer than any of ours: not even looked for. */
static void test_long(void **state)
{
    (void)state;
    char *text = arena_take(&arena, ACCESS_TOKEN_CHARS_MAX + 64, 1);
    memset(text, 'a', ACCESS_TOKEN_CHARS_MAX + 1);
    assert_null(token_of_header(arena_printf(&arena, "Bearer %s", text)));
    assert_int_equal(go_with(METHOD_GET, "/read", client.secret, bearer_of(text)), 401);
    assert_int_equal(go_with(METHOD_GET, "/read", text, bearer_of(token.secret)), 401);
    text[ACCESS_TOKEN_CHARS_MAX] = '\0';
    assert_non_null(token_of_header(arena_printf(&arena, "Bearer %s", text)));
}

static void test_revoked_at_once(void **state)
{
    (void)state;
    assert_int_equal(go(METHOD_GET, "/read"), 200);
    assert_int_equal(credential_end_token(&admin, NORTH, token.id), STATUS_OK);
    assert_int_equal(go(METHOD_GET, "/read"), 401);
    make_token(room_wish());
    assert_int_equal(go(METHOD_GET, "/read"), 200);
    /* Revoked is revoked everywhere, also for another organisation's token. */
    assert_int_equal(credential_end_client(&admin, FJORD, client.id), STATUS_OK);
    assert_int_equal(go(METHOD_GET, "/read"), 401);
}

/* A ledger that is away does not keep a token alive. */
static void test_revoked_without_ledger(void **state)
{
    (void)state;
    ledger_says = STATUS_LEDGER_AWAY;
    assert_int_equal(credential_end_token(&admin, NORTH, token.id), STATUS_OK);
    assert_int_equal(go(METHOD_GET, "/read"), 401);
    assert_int_equal(
        room_number(room_people, "SELECT count(*) FROM access_token WHERE revoked_at IS NOT NULL"),
        1);
}

static void test_expiry(void **state)
{
    (void)state;
    struct access_token row = {.expires_at = 100 * S};
    assert_true(token_is_live(&row, 100 * S - 1));
    assert_false(token_is_live(&row, 100 * S));
    row.revoked_at = 1;
    assert_false(token_is_live(&row, 0));
    /* The row and the claims have to say the same, so an expiry cannot be put off in people.db. */
    people_sql("UPDATE access_token SET expires_at = expires_at + 1000000");
    assert_int_equal(go(METHOD_GET, "/read"), 401);
    people_sql("UPDATE access_token SET expires_at = expires_at - 1000000");
    assert_int_equal(go(METHOD_GET, "/read"), 200);
    /* One whose time is over. */
    admin.now_us -= 2 * CLOCK_DAY_US;
    struct token_wish wanted = room_wish();
    wanted.days = 2;
    make_token(wanted);
    assert_int_equal(go(METHOD_GET, "/read"), 401);
    wanted.days = 3;
    make_token(wanted);
    assert_int_equal(go(METHOD_GET, "/read"), 200);
}

/* The member of registry.db decides, now. */
static void test_member(void **state)
{
    (void)state;
    assert_int_equal(go(METHOD_POST, "/transfer"), 403);
    room_sql(room_registry, "UPDATE membership SET roles = 0 WHERE user_id IN " PROGRAMS);
    assert_int_equal(go(METHOD_GET, "/read"), 401);
    room_sql(room_registry, "UPDATE membership SET roles = 1 WHERE user_id IN " PROGRAMS);
    assert_int_equal(go(METHOD_GET, "/read"), 200);
    room_sql(room_registry, "UPDATE person SET state = 'deactivated' WHERE is_program = 1");
    assert_int_equal(go(METHOD_GET, "/read"), 401);
    room_sql(room_registry, "UPDATE person SET state = 'active'");
    /* A row that names another organisation than the token does. */
    people_sql("UPDATE access_token SET org_id = '" FJORD "'");
    assert_int_equal(go(METHOD_GET, "/read"), 401);
}

/* Every scope against every route, with every role. */
static void test_scopes(void **state)
{
    (void)state;
    static const struct {
        enum method method;
        const char *path;
        unsigned scopes, roles; /* all of these, one of those */
    } rows[] = {
        {METHOD_GET, "/read", SCOPE_READ, ROLE_ALL},
        {METHOD_POST, "/transfer", SCOPE_TRANSFER, ROLE_INITIATOR},
        {METHOD_POST, "/retire", SCOPE_RETIRE, ROLE_INITIATOR},
        {METHOD_POST, "/accept", SCOPE_TRANSFER, ROLE_APPROVER},
        {METHOD_POST, "/hook", SCOPE_MANAGE, ROLE_MANAGER},
    };
    for (unsigned scopes = 1; scopes <= 15; scopes += 2) {
        for (unsigned roles = 1; roles <= ROLE_ALL; roles *= 2) {
            struct token_wish wanted = room_wish();
            wanted.scopes = scopes;
            wanted.roles = roles;
            admin.now_us += 1000; /* an id each: those of one millisecond may meet by chance */
            make_token(wanted);
            for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
                bool may =
                    (scopes & rows[i].scopes) == rows[i].scopes && (roles & rows[i].roles) != 0;
                int code = go(rows[i].method, rows[i].path);
                if (code != (may ? 200 : 403)) {
                    fail_msg("%s with scopes %u, roles %u: %d", rows[i].path, scopes, roles, code);
                }
            }
            assert_int_equal(credential_end_token(&admin, NORTH, token.id), STATUS_OK);
        }
    }
    assert_int_equal(token_scopes_missing(SCOPE_READ, NEED_SCOPE_TRANSFER | NEED_SCOPE_RETIRE),
                     NEED_SCOPE_TRANSFER | NEED_SCOPE_RETIRE);
}

/* A good token from elsewhere is known, and may not. */
static void test_ranges(void **state)
{
    (void)state;
    struct token_wish wanted = room_wish();
    wanted.ranges = "198.51.100.0/24\n192.0.2.1/32";
    make_token(wanted);
    assert_int_equal(go(METHOD_GET, "/read"), 200); /* 192.0.2.1 */
    wanted.ranges = "198.51.100.0/24\n192.0.2.0/32";
    make_token(wanted);
    assert_int_equal(go(METHOD_GET, "/read"), 403);
    assert_int_equal(error_shown, STATUS_NOT_ALLOWED);
    assert_int_equal(credential_end_token(&admin, NORTH, token.id), STATUS_OK);
    assert_int_equal(go(METHOD_GET, "/read"), 401); /* what it is comes before where from */
}

static void test_marks(void **state)
{
    (void)state;
    assert_int_equal(go(METHOD_GET, "/read"), 200);
    int64_t used = room_number(room_people, "SELECT used_at FROM access_token");
    assert_true(used > 0);
    assert_int_equal(room_number(room_people, "SELECT used_at FROM client_secret"), used);
    assert_int_equal(room_number(room_people,
                                 "SELECT count(*) FROM access_token t JOIN client_secret c ON"
                                 " c.client_id = t.used_client WHERE t.used_address = '192.0.2.1'"
                                 " AND c.used_address = '192.0.2.1'"),
                     1);
    /* At most once a minute. */
    assert_int_equal(go(METHOD_GET, "/read"), 200);
    assert_int_equal(room_number(room_people, "SELECT used_at FROM access_token"), used);
    people_sql("UPDATE access_token SET used_at = used_at - 60000000;"
               "UPDATE client_secret SET used_at = used_at - 60000000");
    assert_int_equal(go(METHOD_POST, "/transfer"), 403); /* what may not leaves no mark */
    assert_int_equal(room_number(room_people, "SELECT used_at FROM access_token"), used - 60 * S);
    assert_int_equal(go(METHOD_GET, "/read"), 200);
    assert_true(room_number(room_people, "SELECT used_at FROM access_token") >= used);
}

/* What an ended key signed is good no more; what another live one signed is. */
static void test_keys(void **state)
{
    (void)state;
    struct signing_key key;
    struct credential_made old = token;
    assert_true(store_begin_write(admin.people));
    admin.now_us += 1;
    assert_true(credential_make_key(&admin, ISSUER, JWT_EDDSA, &key));
    assert_true(store_commit(admin.people));
    make_token(room_wish());
    assert_int_equal(go(METHOD_GET, "/read"), 200);
    assert_int_equal(go_with(METHOD_GET, "/read", client.secret, bearer_of(old.secret)), 200);
    assert_int_equal(room_number(room_people,
                                 "SELECT count(*) FROM access_token t JOIN signing_key"
                                 " k ON k.key_id = t.key_id WHERE algorithm = 'EdDSA'"),
                     1);
    assert_true(credential_end_key(admin.people, key.key_id, admin.now_us));
    assert_false(credential_end_key(admin.people, key.key_id, admin.now_us));
    assert_int_equal(go(METHOD_GET, "/read"), 401);
    assert_int_equal(go_with(METHOD_GET, "/read", client.secret, bearer_of(old.secret)), 200);
    people_sql("UPDATE signing_key SET ended_at = 1");
    assert_int_equal(go_with(METHOD_GET, "/read", client.secret, bearer_of(old.secret)), 401);
}

/* A token that is signed by our key and is not in people.db, and one of people.db that says
 * something else than it should. */
static void test_forged_with_the_key(void **state)
{
    (void)state;
    struct signing_key rows[SIGNING_KEYS_MAX];
    assert_int_equal(credential_live_keys(admin.people, &arena, rows), 1);
    struct jwt_key key = {.algorithm = JWT_HS256,
                          .header = rows[0].header,
                          .issuer = rows[0].issuer,
                          .secret = rows[0].secret,
                          .secret_bytes = 32};
    int64_t now_s = clock_now_us() / S;
    struct jwt_claims claims = {.issuer = ISSUER,
                                .org_id = NORTH,
                                .audience = ISSUER "/registry/v0",
                                .token_id = token.id,
                                .issued_at_s = now_s,
                                .not_before_s = now_s,
                                .expires_at_s = token.expires_at / S};
    for (int i = 0; i < 5; i++) {
        struct jwt_claims other = claims;
        other.audience = i == 1 ? ISSUER "/registry/v1" : other.audience;
        other.org_id = i == 2 ? FJORD : other.org_id;
        other.expires_at_s += i == 3 ? 1 : 0;
        other.token_id = i == 4 ? "tok_1KNS0Q2D6SBX0A01" : other.token_id;
        const char *text = jwt_sign(&arena, &key, &other);
        struct digest hash = digest_of(text, strlen(text));
        char hex[DIGEST_HEX_SIZE];
        digest_hex(&hash, hex);
        if (i == 0) {
            /* Signed, every claim true, but never given out (another second in "iat" or not). */
            if (!text_is(text, token.secret)) {
                assert_int_equal(go_with(METHOD_GET, "/read", client.secret, bearer_of(text)), 401);
            }
            continue;
        }
        people_sql(arena_printf(&arena, "UPDATE access_token SET token_hash = x'%s'", hex));
        assert_int_equal(go_with(METHOD_GET, "/read", client.secret, bearer_of(text)), 401);
    }
}

/* Signed by our key, known to people.db, and not of the form that we write. */
static void test_signed_nonsense(void **state)
{
    static const char *const payloads[] = {"{}", "", "foo", "{\"iss\":1}"};
    (void)state;
    struct signing_key rows[SIGNING_KEYS_MAX];
    assert_int_equal(credential_live_keys(admin.people, &arena, rows), 1);
    for (size_t i = 0; i < sizeof payloads / sizeof payloads[0]; i++) {
        char hex[DIGEST_HEX_SIZE];
        const char *text = arena_printf(&arena, "%s.%s", rows[0].header,
                                        base64_write(&arena, payloads[i], strlen(payloads[i])));
        struct digest mac = digest_hmac(rows[0].secret, CREDENTIAL_KEY_SIZE, text, strlen(text));
        text = arena_printf(&arena, "%s.%s", text, base64_write(&arena, &mac, sizeof mac));
        struct digest hash = digest_of(text, strlen(text));
        digest_hex(&hash, hex);
        people_sql(arena_printf(&arena, "UPDATE access_token SET token_hash = x'%s'", hex));
        assert_int_equal(go_with(METHOD_GET, "/read", client.secret, bearer_of(text)), 401);
    }
}

/* One key's token in the row of another key's. */
static void test_key_of_the_row(void **state)
{
    (void)state;
    struct signing_key key;
    assert_int_equal(go(METHOD_GET, "/read"), 200);
    assert_true(store_begin_write(admin.people));
    assert_true(credential_make_key(&admin, ISSUER, JWT_HS256, &key));
    assert_true(store_commit(admin.people));
    people_sql(arena_printf(&arena, "UPDATE access_token SET key_id = '%s'", key.key_id));
    assert_int_equal(go(METHOD_GET, "/read"), 401);
}

/* Wrong ones in great number wait; good ones never do, nor those who bring nothing. */
static void test_throttle(void **state)
{
    (void)state;
    int code = 401;
    int tries = 0;
    /* Its id is always the same: one id in 512 is counted in the place of those without any, and
     * then the two push each other out. */
    assert_int_equal(
        credential_make_client(&admin, FJORD, "cls_1KNS0Q2D6SBX0A01", "Fjord ERP", &client),
        STATUS_OK);
    for (; tries < 1000 && code == 401; tries++) {
        code = go_with(METHOD_GET, "/read", client.secret, "Bearer wrong");
    }
    assert_int_equal(code, 429);
    assert_int_equal(tries, 501);
    assert_int_equal(error_shown, STATUS_THROTTLED);
    assert_in_range(retry_after_s, 1, 16);
    assert_int_equal(go(METHOD_GET, "/read"), 200);
    assert_int_equal(go_with(METHOD_GET, "/read", "", ""), 401);
    assert_int_equal(go_with(METHOD_GET, "/read", client.secret, ""), 401);
    /* Another client, and no client, from there are counted by themselves. */
    assert_int_equal(go_with(METHOD_GET, "/read", "wrong", "Bearer wrong"), 401);
    int64_t free_at = 0;
    int64_t now_us = clock_now_us();
    assert_false(throttle_program("192.0.2.1", client.id, now_us, &free_at));
    assert_true(free_at > now_us);
    assert_true(throttle_program("192.0.2.1", client.id, now_us + 16 * S, &free_at));
    assert_false(throttle_program("192.0.2.1", client.id, now_us + 17 * S, &free_at));
    assert_true(throttle_program("192.0.2.1", client.id, now_us + 2000 * S, &free_at));
    assert_true(throttle_program("192.0.2.1", client.id, now_us + 2000 * S, &free_at));
    assert_int_equal(room_number(room_people, "SELECT count(*) FROM sign_in_throttle"), 0);
}

static void test_made(void **state)
{
    (void)state;
    struct credential_made made;
    struct token_wish wanted = room_wish();
    /* Nothing secret is kept. */
    assert_int_equal(
        room_number(room_people, arena_printf(&arena,
                                              "SELECT count(*) FROM client_secret WHERE"
                                              " instr(secret_hash, '%s') OR name = '%s'",
                                              client.secret, client.secret)),
        0);
    /* A refusal of the ledger leaves nothing behind. */
    ledger_says = STATUS_NOT_ALLOWED;
    assert_int_equal(credential_make_token(&admin, ISSUER, &wanted, &made), STATUS_NOT_ALLOWED);
    assert_int_equal(room_number(room_people, "SELECT count(*) FROM access_token"), 1);
    ledger_says = STATUS_OK;
    wanted.name = "";
    assert_int_equal(credential_make_token(&admin, ISSUER, &wanted, &made), STATUS_VALUE_REFUSED);
    wanted.name = "two\nlines";
    assert_int_equal(credential_make_token(&admin, ISSUER, &wanted, &made), STATUS_VALUE_REFUSED);
    assert_int_equal(credential_make_client(&admin, NORTH, NULL, "", &made), STATUS_VALUE_REFUSED);
    /* Of another organisation, and of nobody. */
    assert_int_equal(credential_end_token(&admin, FJORD, token.id), STATUS_NOT_FOUND);
    assert_int_equal(credential_end_client(&admin, NORTH, client.id), STATUS_NOT_FOUND);
    assert_int_equal(go(METHOD_GET, "/read"), 200);
    /* Twice is once. */
    assert_int_equal(credential_end_token(&admin, NORTH, token.id), STATUS_OK);
    int64_t at = room_number(room_people, "SELECT revoked_at FROM access_token");
    admin.now_us += S;
    assert_int_equal(credential_end_token(&admin, NORTH, token.id), STATUS_OK);
    assert_int_equal(room_number(room_people, "SELECT revoked_at FROM access_token"), at);
    assert_int_equal(room_number(room_registry, "SELECT count(*) FROM membership WHERE roles = 0"
                                                " AND user_id IN " PROGRAMS),
                     1);
}

/* So many are good, no more; those that ended do not count. */
static void test_most(void **state)
{
    (void)state;
    struct credential_made made;
    struct token_wish wanted = room_wish();
    for (int i = 1; i < CREDENTIALS_MAX; i++) {
        admin.now_us += 1000;
        assert_int_equal(credential_make_client(&admin, FJORD, NULL, "more", &made), STATUS_OK);
        make_token(wanted);
    }
    assert_int_equal(credential_make_client(&admin, FJORD, NULL, "more", &made),
                     STATUS_LINES_TOO_MANY);
    assert_int_equal(credential_make_token(&admin, ISSUER, &wanted, &made), STATUS_LINES_TOO_MANY);
    assert_int_equal(credential_make_client(&admin, NORTH, NULL, "more", &made), STATUS_OK);
    assert_int_equal(credential_end_client(&admin, FJORD, client.id), STATUS_OK);
    assert_int_equal(credential_end_token(&admin, NORTH, token.id), STATUS_OK);
    assert_int_equal(credential_make_client(&admin, FJORD, NULL, "more", &made), STATUS_OK);
    make_token(wanted);
    /* Newest first, page by page, every one once. */
    static struct access_token tokens[64];
    int64_t before_at = 0;
    const char *before_id = "";
    size_t sum = 0;
    size_t count = 0;
    do {
        count =
            credential_list_tokens(admin.people, &arena, NORTH, before_at, before_id, tokens, 64);
        for (size_t i = 1; i < count; i++) {
            assert_true(tokens[i - 1].made_at >= tokens[i].made_at);
        }
        sum += count;
        if (count > 0) {
            before_at = tokens[count - 1].made_at;
            before_id = tokens[count - 1].token_id;
        }
    } while (count > 0);
    assert_int_equal(sum, CREDENTIALS_MAX + 1);
}

/* A registry that has no address of its own (or one that is none) still signs. */
static void test_issuer(void **state)
{
    static const char *const issuers[] = {"", "http://a b", "x\"y"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct token_wish wanted = room_wish();
        people_sql("UPDATE signing_key SET ended_at = 1");
        admin.now_us += 1000;
        assert_int_equal(credential_make_token(&admin, issuers[i], &wanted, &token), STATUS_OK);
        assert_int_equal(go(METHOD_GET, "/read"), 200);
    }
    assert_int_equal(
        room_number(room_people,
                    "SELECT count(*) FROM signing_key WHERE issuer = 'tallystick:SBX'"),
        3);
}

static void test_scope_words(void **state)
{
    (void)state;
    unsigned scopes = 0;
    assert_true(credential_scopes_from_words("", &scopes));
    assert_int_equal(scopes, SCOPE_READ);
    assert_true(credential_scopes_from_words("retire,transfer", &scopes));
    assert_int_equal(scopes, SCOPE_READ | SCOPE_TRANSFER | SCOPE_RETIRE);
    assert_true(credential_scopes_from_words("read,manage", &scopes));
    assert_int_equal(scopes, SCOPE_READ | SCOPE_MANAGE);
    assert_false(credential_scopes_from_words("transfers", &scopes));
    assert_false(credential_scopes_from_words("read, manage", &scopes));
    assert_false(credential_scopes_from_words(",", &scopes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_let_in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_open_needs_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_route_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wrong_pairs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_long, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_revoked_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_revoked_without_ledger, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_expiry, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_member, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_scopes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_ranges, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_marks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_keys, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_forged_with_the_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_signed_nonsense, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_key_of_the_row, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_throttle, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_made, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_most, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_issuer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_scope_words, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
