/*
 * tests/pages/api_cgi.h: the api program run as plain CGI in a market (tests/pages/market.h), by
 * programs with a client secret and an access token of their own. Include once, after cmocka's
 * headers.
 */
#ifndef TESTS_PAGES_API_CGI_H
#define TESTS_PAGES_API_CGI_H

#include "gate/credential.h"
#include "ledger/client.h"
#include "pages/api_answers.h"
#include "pages/market.h"

#define API "/registry/v0"

/* A program with its two secrets. */
struct api_caller {
    char client[128];
    char token[1024];
    char user_id[ID_SIZE];
};

/* Header Accept of the next requests; "" none. */
CGI_UNUSED static const char *api_accept = "";
/* And Content-Type of a body. */
CGI_UNUSED static const char *api_content_type = "application/json";

static struct arena api_arena;

/* Commands go to the running daemon, as `tally` sends them. */
static enum status api_ask_ledger(void *context, const struct command *command,
                                  struct answer *answer)
{
    char path[PATH_MAX];
    struct ledger_client client;
    (void)context;
    (void)snprintf(path, sizeof path, "%s/ledger-tally.sock", town.folder);
    ledger_client_init(&client, path);
    enum status status = ledger_ask(&client, command, answer);
    ledger_client_close(&client);
    return status;
}

/* A new program of an organisation. */
CGI_UNUSED static struct api_caller api_caller_of(const char *org_id, unsigned roles,
                                                  unsigned scopes)
{
    char path[PATH_MAX];
    struct api_caller caller = {.client = ""};
    struct credential_made made;
    if (api_arena.bytes == NULL) {
        arena_map(&api_arena, 4UL * 1024 * 1024);
    }
    arena_reset(&api_arena, 0);
    (void)snprintf(path, sizeof path, "%s/people.db", town.folder);
    struct store *people = store_open(STORE_PEOPLE, STORE_WRITE, path, credential_tables);
    assert_non_null(people);
    struct person_admin admin = {.arena = &api_arena,
                                 .people = people,
                                 .ask = api_ask_ledger,
                                 .user_id = "",
                                 .tag = "TST",
                                 .now_us = clock_now_us()};
    struct token_wish wish = {.org_id = org_id,
                              .name = "Test",
                              .roles = roles,
                              .scopes = scopes | SCOPE_READ,
                              .ranges = "",
                              .days = 30};
    assert_int_equal(credential_make_client(&admin, org_id, NULL, "Test", &made), STATUS_OK);
    assert_true(TEXT_COPY(caller.client, made.secret));
    assert_int_equal(credential_make_token(&admin, cgi_site, &wish, &made), STATUS_OK);
    assert_true(TEXT_COPY(caller.token, made.secret));
    store_close(people);
    return caller;
}

/* One request. body NULL: GET; otherwise a POST of that JSON. key NULL: no Idempotency-Key. */
CGI_UNUSED static struct cgi_reply api_ask(const char *target, const struct api_caller *caller,
                                           const char *body, size_t body_bytes, const char *key)
{
    char program[PATH_MAX], in[PATH_MAX], out[PATH_MAX];
    static char values[16][5000];
    char *environment[17] = {0};
    size_t count = 0;
    cgi_program("api", program);
    (void)snprintf(in, sizeof in, "%s/api-in", town.folder);
    (void)snprintf(out, sizeof out, "%s/api-out", town.folder);
    FILE *file = fopen(in, "wb");
    assert_non_null(file);
    assert_true(body == NULL || fwrite(body, 1, body_bytes, file) == body_bytes);
    (void)fclose(file);
#define API_SET(...)                                                                               \
    ((void)snprintf(values[count], sizeof values[count], __VA_ARGS__),                             \
     environment[count] = values[count], count++)
    API_SET("REQUEST_METHOD=%s", body != NULL ? "POST" : "GET");
    API_SET("REQUEST_URI=%s", target);
    API_SET("REMOTE_ADDR=127.0.0.1");
    API_SET("TALLYSTICK_DATA=%s", town.folder);
    API_SET("TALLYSTICK_RUN=%s", town.folder);
    API_SET("TALLYSTICK_SITE_URL=%s", cgi_site);
    API_SET("ASAN_OPTIONS=%s", getenv("ASAN_OPTIONS") == NULL ? "" : getenv("ASAN_OPTIONS"));
    if (caller != NULL) {
        API_SET("HTTP_X_CLIENT_SECRET=%s", caller->client);
        API_SET("HTTP_AUTHORIZATION=Bearer %s", caller->token);
    }
    if (key != NULL) {
        API_SET("HTTP_IDEMPOTENCY_KEY=%s", key);
    }
    if (api_accept[0] != '\0') {
        API_SET("HTTP_ACCEPT=%s", api_accept);
    }
    if (body != NULL) {
        API_SET("CONTENT_TYPE=%s", api_content_type);
        API_SET("CONTENT_LENGTH=%zu", body_bytes);
    }
#undef API_SET
    pid_t pid = cgi_start(program, environment, in, out);
    int status = 0;
    assert_true(waitpid(pid, &status, 0) == pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fail_msg("api %s ended with %d", target, status);
    }
    struct cgi_reply reply = cgi_read(out);
    answers_note(body != NULL ? "POST" : "GET", target, reply.code, reply.head, reply.body,
                 strlen(reply.body), 0);
    return reply;
}

CGI_UNUSED static struct cgi_reply api_get(const char *target, const struct api_caller *caller)
{
    return api_ask(target, caller, NULL, 0, NULL);
}

CGI_UNUSED static struct cgi_reply api_post(const char *target, const struct api_caller *caller,
                                            const char *body, const char *key)
{
    return api_ask(target, caller, body, strlen(body), key);
}

/* The text of the first member of this name in the body; "" when it is not there. */
CGI_UNUSED static const char *api_text(const struct cgi_reply *reply, const char *member)
{
    static char texts[8][512];
    static unsigned next;
    char *text = texts[next++ % 8];
    char mark[128];
    (void)snprintf(mark, sizeof mark, "\"%s\":\"", member);
    const char *at = strstr(reply->body, mark);
    text[0] = '\0';
    if (at != NULL) {
        at += strlen(mark);
        (void)snprintf(text, 512, "%.*s", (int)strcspn(at, "\""), at);
    }
    return text;
}

/* What a query of one text about an organisation (?1) gives. Kept in a ring. */
CGI_UNUSED static const char *api_one_text(const char *sql, const char *org_id)
{
    static char texts[4][64];
    static unsigned next;
    char *text = texts[next++ % 4];
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    must(sqlite3_open(town.path, &db) == SQLITE_OK);
    must(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK);
    (void)sqlite3_bind_text(statement, 1, org_id, -1, SQLITE_STATIC);
    must(sqlite3_step(statement) == SQLITE_ROW);
    (void)snprintf(text, 64, "%s", (const char *)sqlite3_column_text(statement, 0));
    (void)sqlite3_finalize(statement);
    (void)sqlite3_close(db);
    return text;
}

#define API_LARGEST_BATCH                                                                          \
    "SELECT batch_id FROM batch WHERE org_id = ?1 AND state = 'active' AND reserved_by IS NULL"    \
    " ORDER BY last - first DESC LIMIT 1"
#define API_SUPPLIER "SELECT supplier_id FROM organisation WHERE org_id = ?1"

#endif
