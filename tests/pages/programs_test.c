/*
 * tests/pages/programs_test.c: access tokens and client secrets of an organisation, from the team's
 * page to the API and back: made, shown once, used, revoked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pages/api_answers.h"
#include "pages/market_steps.h"
#include "store/people_credential.h"

#define HOME "/account/team/programs"
#define TOKENS HOME "/tokens"
#define CLIENTS HOME "/clients"

static char client_secret[64];
static char access_token[2048];
static char token_id[ID_SIZE];
static char client_id[ID_SIZE];

static int64_t people_number(const char *sql)
{
    char path[PATH_MAX];
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    (void)snprintf(path, sizeof path, "%s/people.db", town.folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return number;
}

/* A request of a program; extra: one more line of its environment, "" none. */
static struct cgi_reply api_with(const char *path, const char *secret, const char *token,
                                 const char *extra)
{
    static char values[10][4096];
    char program[PATH_MAX];
    char out[PATH_MAX];
    char *environment[11] = {0};
    int status = 0;
    cgi_program("api", program);
    (void)snprintf(out, sizeof out, "%s/cgi-out", town.folder);
    (void)snprintf(values[0], sizeof values[0], "REQUEST_METHOD=GET");
    (void)snprintf(values[1], sizeof values[1], "REQUEST_URI=/registry/v0%s", path);
    (void)snprintf(values[2], sizeof values[2], "REMOTE_ADDR=127.0.0.1");
    (void)snprintf(values[3], sizeof values[3], "TALLYSTICK_DATA=%s", town.folder);
    (void)snprintf(values[4], sizeof values[4], "TALLYSTICK_RUN=%s", town.folder);
    (void)snprintf(values[5], sizeof values[5], "TALLYSTICK_SITE_URL=%s", cgi_site);
    (void)snprintf(values[6], sizeof values[6], "HTTP_X_CLIENT_SECRET=%s", secret);
    (void)snprintf(values[7], sizeof values[7], "HTTP_AUTHORIZATION=Bearer %s", token);
    (void)snprintf(values[8], sizeof values[8], "%s", extra[0] == '\0' ? "NOTHING=1" : extra);
    (void)snprintf(values[9], sizeof values[9], "ASAN_OPTIONS=%s",
                   getenv("ASAN_OPTIONS") == NULL ? "" : getenv("ASAN_OPTIONS"));
    for (int i = 0; i < 10; i++) {
        environment[i] = values[i];
    }
    pid_t pid = cgi_start(program, environment, "/dev/null", out);
    assert_true(waitpid(pid, &status, 0) == pid);
    assert_int_equal(status, 0);
    struct cgi_reply reply = cgi_read(out);
    answers_note("GET", values[1] + strlen("REQUEST_URI="), reply.code, reply.head, reply.body,
                 strlen(reply.body), 0);
    return reply;
}

static struct cgi_reply api(const char *path)
{
    return api_with(path, client_secret, access_token, "");
}

/* What stands in the one text field of the page that shows a secret. */
static void read_secret(const struct cgi_reply *reply, char *secret, size_t secret_bytes)
{
    const char *at = strstr(reply->body, "<textarea id=\"secret\"");
    assert_non_null(at);
    at = strchr(at, '>') + 2; /* and the line's end */
    (void)snprintf(secret, secret_bytes, "%.*s", (int)strcspn(at, "<"), at);
    assert_true(strlen(secret) > 40);
}

static const char *form_id(const char *page)
{
    struct cgi_reply reply = market_get(page, market.maya);
    cgi_is(&reply, 200);
    return cgi_value(&reply, "id");
}

static void managers_alone(void **state)
{
    static const char *const pages[] = {HOME, TOKENS, CLIENTS, TOKENS "/new", CLIENTS "/new"};
    (void)state;
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        struct cgi_reply reply = market_get(pages[i], market.vera);
        cgi_is(&reply, 403);
        reply = market_get(pages[i], market.jon);
        cgi_is(&reply, 403);
        reply = market_get(pages[i], market_nobody);
        cgi_is(&reply, 303);
    }
    struct cgi_reply reply = market_post(TOKENS "/new", market.vera, "name=x&viewer=1&days=30");
    cgi_is(&reply, 403);
    reply = market_get("/account/team", market.vera);
    cgi_has_not(&reply, HOME);
    reply = market_get("/account/team", market.maya);
    cgi_has(&reply, "href=\"" HOME "\"");
    reply = market_get(HOME, market.maya);
    cgi_is(&reply, 200);
    cgi_has(&reply, "No program acts for Northwind Carbon yet.");
    cgi_has_not(&reply, "with those that ended");
    reply = market_get(TOKENS, market.maya);
    cgi_has(&reply, "There is none here.");
}

static void a_client_secret_is_shown_once(void **state)
{
    (void)state;
    char id[ID_SIZE];
    struct cgi_reply reply = market_post(CLIENTS "/new", market.maya, "name=+&id=cls_1");
    cgi_is(&reply, 400); /* not an id of ours: our form sends one */
    (void)snprintf(id, sizeof id, "%s", form_id(CLIENTS "/new"));
    reply = market_post(CLIENTS "/new", market.maya, words("name=+&id=%s", id));
    cgi_is(&reply, 422);
    cgi_has(&reply, "Enter the name of the program.");
    assert_string_equal(cgi_value(&reply, "id"), id);
    reply = market_post(CLIENTS "/new", market.maya, words("name=Northwind+ERP&id=%s", id));
    cgi_is(&reply, 200);
    cgi_has(&reply, "“Northwind ERP” is made");
    assert_non_null(strstr(reply.head, "Cache-Control: no-store"));
    read_secret(&reply, client_secret, sizeof client_secret);
    /* The page once more: nothing is made, and nothing is told. */
    reply = market_post(CLIENTS "/new", market.maya, words("name=Northwind+ERP&id=%s", id));
    cgi_is(&reply, 303);
    assert_string_equal(reply.location, words(CLIENTS "/%s", id));
    reply = market_get(words(CLIENTS "/%s", id), market.maya);
    cgi_is(&reply, 200);
    cgi_has(&reply, "This was made before");
    cgi_has(&reply, "by Maya Okafor");
    cgi_has_not(&reply, client_secret);
    assert_int_equal(people_number("SELECT count(*) FROM client_secret"), 1);
    /* The id of another organisation's says nothing. */
    reply = market_post(CLIENTS "/new", market.finn, words("name=x&id=%s", id));
    cgi_is(&reply, 400);
    reply = market_get(words(CLIENTS "/%s", id), market.finn);
    cgi_is(&reply, 404);
    (void)snprintf(client_id, sizeof client_id, "%s", id);
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    const char *id = form_id(TOKENS "/new");
    struct cgi_reply reply = market_post(
        TOKENS "/new", market.maya,
        words("id=%s&name=&days=90&transfer=1&viewer=1&ranges=192.0.2.0%%2F24%%0D%%0Ahome", id));
    cgi_is(&reply, 422);
    cgi_has(&reply, "Enter a name that tells you later");
    cgi_has(&reply, "Transfers need the role Initiator");
    cgi_has(&reply, "Line 2: enter an address such as 192.0.2.10");
    cgi_has(&reply, "192.0.2.0/24\nhome</textarea>");
    cgi_has(&reply, "value=\"90\" checked");
    assert_string_equal(cgi_value(&reply, "id"), id);
    reply = market_post(TOKENS "/new", market.maya, words("id=%s&name=x&days=90", id));
    cgi_is(&reply, 422);
    cgi_has(&reply, "Tick at least one role.");
    reply = market_post(TOKENS "/new", market.maya,
                        words("id=%s&name=x&days=90&viewer=1&retire=1", id));
    cgi_has(&reply, "Retirements need the role Initiator.");
    reply = market_post(TOKENS "/new", market.maya,
                        words("id=%s&name=x&days=90&viewer=1&manage=1", id));
    cgi_has(&reply, "Webhooks need the role Manager.");
    reply = market_post(TOKENS "/new", market.maya, words("id=%s&name=x&viewer=1&days=366", id));
    cgi_is(&reply, 400);
    reply = market_post(TOKENS "/new", market.maya, words("id=%s&name=x&viewer=1", id));
    cgi_is(&reply, 422);
    assert_int_equal(people_number("SELECT count(*) FROM access_token"), 0);
}

static void an_access_token_opens_the_api(void **state)
{
    (void)state;
    char id[ID_SIZE];
    (void)snprintf(id, sizeof id, "%s", form_id(TOKENS "/new"));
    const char *form = words("id=%s&name=Nightly+job&days=90&transfer=1&initiator=1&ranges="
                             "192.0.2.0%%2F24%%0D%%0A127.0.0.1",
                             id);
    struct cgi_reply reply = market_post(TOKENS "/new", market.maya, form);
    cgi_is(&reply, 200);
    assert_non_null(strstr(reply.head, "Cache-Control: no-store"));
    read_secret(&reply, access_token, sizeof access_token);
    reply = api("/organisation");
    cgi_is(&reply, 200);
    cgi_has(&reply, market.northwind);
    reply = market_post(TOKENS "/new", market.maya, form);
    cgi_is(&reply, 303);
    assert_string_equal(reply.location, words(TOKENS "/%s", id));
    assert_int_equal(people_number("SELECT count(*) FROM access_token"), 1);
    reply = market_get(words(TOKENS "/%s", id), market.maya);
    cgi_has_not(&reply, access_token);
    cgi_has(&reply, "only 192.0.2.0/24, 127.0.0.1/32");
    cgi_has(&reply, "initiator");
    cgi_has(&reply, "reading, transfers");
    cgi_has(&reply, "from 127.0.0.1, by Northwind ERP");
    reply = market_get(HOME, market.maya);
    cgi_has(&reply, "Nightly job");
    cgi_has(&reply, "Northwind ERP");
    cgi_has_not(&reply, "No program acts for");
    /* It is no colleague. */
    reply = market_get("/account/team", market.maya);
    cgi_has(&reply, "3 people");
    cgi_has_not(&reply, "Nightly job");
    (void)snprintf(token_id, sizeof token_id, "%s", id);
}

/* Two of a kind: nginx and we could each believe another one. */
static void repeated_headers(void **state)
{
    (void)state;
    struct cgi_reply reply =
        api_with("/organisation", client_secret, access_token, "HTTP_X_CLIENT_SECRET=other");
    cgi_is(&reply, 400);
    reply = api_with("/organisation", client_secret, access_token,
                     words("HTTP_X_CLIENT_SECRET=%s", client_secret));
    cgi_is(&reply, 400);
    reply = api_with("/organisation", client_secret, access_token,
                     words("HTTP_AUTHORIZATION=Bearer %s", access_token));
    cgi_is(&reply, 400);
    reply = api_with("/organisation", client_secret, access_token, "HTTP_IDEMPOTENCY_KEY=1");
    cgi_is(&reply, 200);
    reply = api_with("/organisation", "", access_token, "");
    cgi_is(&reply, 401);
    assert_non_null(strstr(reply.head, "WWW-Authenticate: Bearer"));
}

/* The same as nginx from 1.23 on hands it over: one line with a comma. The words are those of two
 * lines, also where each half is good. */
static void joined_headers(void **state)
{
    (void)state;
    const char *both;
    struct cgi_reply reply;
    static const char told[] = "repeated headers";
    both = words("%s, %s", client_secret, client_secret);
    reply = api_with("/organisation", both, access_token, "");
    cgi_is(&reply, 400);
    cgi_has(&reply, told);
    both = words("%s, other", client_secret);
    reply = api_with("/organisation", both, access_token, "");
    cgi_is(&reply, 400);
    both = words("%s, Bearer %s", access_token, access_token);
    reply = api_with("/organisation", client_secret, both, "");
    cgi_is(&reply, 400);
    cgi_has(&reply, told);
    both = words("other, Bearer %s", access_token);
    reply = api_with("/organisation", client_secret, both, "");
    cgi_is(&reply, 400);
    reply = api_with("/organisation", client_secret, access_token, "HTTP_IDEMPOTENCY_KEY=1, 2");
    cgi_is(&reply, 400);
    cgi_has(&reply, told);
    reply = api_with("/organisation", client_secret, access_token, "HTTP_IDEMPOTENCY_KEY=1,2");
    cgi_is(&reply, 200);
}

/* A session's cookie is nothing to the API, nor the API's secrets to the pages. */
static void doors_are_apart(void **state)
{
    (void)state;
    struct cgi_reply reply = api_with("/organisation", "", "",
                                      words("HTTP_COOKIE=__Host-session=%s", market.maya.cookie));
    cgi_is(&reply, 401);
}

/* Where people's names stand, a token's does. */
static void it_has_a_name(void **state)
{
    static const struct query_table *const tables[] = {
        &people_person_queries, &people_credential_queries, &people_session_queries, NULL};
    (void)state;
    char path[PATH_MAX];
    char user_id[ID_SIZE];
    static unsigned char memory[65536];
    struct arena arena;
    struct access_token token;
    arena_init(&arena, memory, sizeof memory);
    (void)snprintf(path, sizeof path, "%s/people.db", town.folder);
    market_stop_daemon();
    town_open_ledger();
    struct store *people = store_open(STORE_PEOPLE, STORE_WRITE, path, tables);
    assert_non_null(people);
    assert_true(credential_read_token(people, &arena, market.northwind, token_id, &token));
    (void)snprintf(user_id, sizeof user_id, "%s", token.user_id);
    assert_string_equal(people_name(people, &arena, user_id), "Nightly job (access token)");
    struct cgi_person rosa = market_person(people, 'R', "Rosa Keeper", "", 0);
    store_close(people);
    town_official(town_person('R'), REGISTRY_ADMINISTRATOR);
    store_close(town.ledger.store);
    market_start_daemon();
    struct cgi_reply reply =
        cgi_ask("admin", town.folder, words("/admin/people/%s", user_id), rosa, NULL);
    cgi_is(&reply, 200);
    cgi_has(&reply, "Nightly job");
    cgi_has(&reply, words("tally api-revoke %s", token_id));
    cgi_has(&reply, "by Maya Okafor");
    reply = cgi_ask("admin", town.folder, "/admin/audit", rosa, NULL);
    cgi_is(&reply, 200);
    cgi_has(&reply, user_id);
}

static void revoking(void **state)
{
    (void)state;
    const char *page = words(TOKENS "/%s", token_id);
    const char *revoke = words(TOKENS "/%s/revoke", token_id);
    struct cgi_reply reply = market_get(revoke, market.maya);
    cgi_is(&reply, 200);
    cgi_has(&reply, "Revoke the access token “Nightly job”?");
    reply = api("/organisation");
    cgi_is(&reply, 200); /* the question alone does nothing */
    reply = market_post(revoke, market.finn, "");
    cgi_is(&reply, 404);
    reply = market_post(revoke, market.vera, "");
    cgi_is(&reply, 403);
    reply = market_post(revoke, market.maya, "");
    cgi_is(&reply, 303);
    assert_string_equal(reply.location, page);
    reply = api("/organisation");
    cgi_is(&reply, 401);
    reply = market_get(page, market.maya);
    cgi_has(&reply, "The access token is revoked");
    cgi_has(&reply, "by Maya Okafor.");
    cgi_has_not(&reply, "/revoke");
    reply = market_post(revoke, market.maya, ""); /* the second click */
    cgi_is(&reply, 303);
    reply = market_get(revoke, market.maya);
    cgi_is(&reply, 303);
    reply = market_get(HOME, market.maya);
    cgi_has_not(&reply, "Nightly job");
    cgi_has(&reply, "All, with those that ended");
    reply = market_get(TOKENS, market.maya);
    cgi_has(&reply, "Nightly job");
    cgi_has(&reply, "Revoked");
    revoke = words(CLIENTS "/%s/revoke", client_id);
    reply = market_get(revoke, market.maya);
    cgi_has(&reply, "whichever organisation’s access token comes along");
    reply = market_post(revoke, market.maya, "");
    cgi_is(&reply, 303);
    reply = market_get(words(CLIENTS "/%s", client_id), market.maya);
    cgi_has(&reply, "Revoked");
    reply = market_get(CLIENTS, market.maya);
    cgi_has(&reply, "Northwind ERP");
}

/* Page by page, each once. */
static void long_lists(void **state)
{
    static const struct query_table *const tables[] = {&people_credential_queries, NULL};
    (void)state;
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/people.db", town.folder);
    struct store *people = store_open(STORE_PEOPLE, STORE_WRITE, path, tables);
    assert_non_null(people);
    for (int i = 0; i < 120; i++) {
        struct digest hash = digest_of(&i, sizeof i);
        struct client_secret client = {.client_id = words("cls_%016d", i),
                                       .org_id = market.fjord,
                                       .name = words("Program %03d", i),
                                       .made_by = "",
                                       .made_at = 1000 + i / 2};
        assert_true(credential_add_client(people, &client, &hash));
    }
    store_close(people);
    char next[256] = CLIENTS;
    int rows = 0;
    int pages = 0;
    while (next[0] != '\0') {
        struct cgi_reply reply = market_get(next, market.finn);
        cgi_is(&reply, 200);
        for (const char *at = reply.body; (at = strstr(at, ">Program ")) != NULL; at++) {
            assert_int_equal(atoi(at + 9), 119 - rows);
            rows++;
        }
        assert_true((strstr(reply.body, ">Newest<") != NULL) == (pages > 0));
        const char *older = strstr(reply.body, "<a rel=\"next\" href=\"");
        next[0] = '\0';
        if (older != NULL) {
            (void)snprintf(next, sizeof next, "%.*s", (int)strcspn(older + 20, "\""), older + 20);
        }
        pages++;
    }
    assert_int_equal(rows, 120);
    assert_int_equal(pages, 3);
    struct cgi_reply reply = market_get(CLIENTS "?before=nonsense", market.finn);
    cgi_is(&reply, 400);
    reply = market_get(CLIENTS "?before=12-x", market.finn);
    cgi_is(&reply, 400);
    /* As many as there may be. */
    const char *id = form_id(CLIENTS "/new");
    reply = market_post(CLIENTS "/new", market.finn, words("name=one+more&id=%s", id));
    cgi_is(&reply, 422);
    cgi_has(&reply, "100 of");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(managers_alone),
        cmocka_unit_test(a_client_secret_is_shown_once),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(an_access_token_opens_the_api),
        cmocka_unit_test(repeated_headers),
        cmocka_unit_test(joined_headers),
        cmocka_unit_test(doors_are_apart),
        cmocka_unit_test(it_has_a_name),
        cmocka_unit_test(revoking),
        cmocka_unit_test(long_lists),
    };
    return cmocka_run_group_tests(tests, market_open, market_close);
}
