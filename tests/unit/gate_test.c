/* tests/unit/gate_test.c: the order of checks, the CSRF matrix, the rights matrix, what GET cannot
 * do, notices, faults. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "gate/csrf.h"
#include "gate/inside.h"
#include "gate/rights.h"
#include "gate/session.h"
#include "store/people_session.h"
#include "unit/people_room.h"

#define S CLOCK_SECOND_US
#define TOKEN "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq"
#define COOKIE "__Host-session=" TOKEN
#define FORM_TOKEN "form-token-of-ada"
#define SITE "https://registry.example.org"

static struct gate gate;
static struct request request;
static struct response response;
static struct pair pairs[4];
static int runs;                /* how often a handler ran */
static enum status error_shown; /* what error_page was asked for; OK: not at all */
static bool error_signed_in;
static struct visit seen; /* the visit a handler had */
static volatile sig_atomic_t ended;

static enum status page(struct visit *visit, struct response *reply)
{
    runs++;
    seen = *visit;
    out_text(&reply->body, "page");
    return STATUS_OK;
}

static enum status writes(struct visit *visit, struct response *reply)
{
    session_set_org(visit->people, &visit->session->token_hash, HALDEN);
    return page(visit, reply);
}

static enum status notes(struct visit *visit, struct response *reply)
{
    gate_notice(visit, "transferred tfr_1KNSQMD6Z1S0TB50");
    return page(visit, reply);
}

static enum status switches(struct visit *visit, struct response *reply)
{
    enum status status = page(visit, reply);
    bool switched = gate_switch_org(visit, field_text(&visit->fields, "org"));
    seen = *visit;
    return switched ? status : STATUS_NOT_FOUND;
}

static enum status refuses(struct visit *visit, struct response *reply)
{
    response_cookie(reply, "a=b");
    reply->disposition = "attachment";
    reply->retry_after_s = 9;
    (void)page(visit, reply);
    return STATUS_BUSY;
}

static enum status goes(struct visit *visit, struct response *reply)
{
    runs++;
    response_redirect(reply, visit->arena, gate_next(visit->arena, NULL));
    return STATUS_OK;
}

static enum status downloads(struct visit *visit, struct response *reply)
{
    reply->content_type = "text/csv; charset=utf-8";
    return page(visit, reply);
}

/* Others hold people.db: it cannot be written. The act that the ledger did before cannot be undone.
 */
static enum status asks(struct visit *visit, struct response *reply)
{
    gate.ledger.sent++;
    return writes(visit, reply);
}

/* … and knows that nobody knows. */
static enum status loses(struct visit *visit, struct response *reply)
{
    (void)asks(visit, reply);
    return STATUS_ANSWER_LOST;
}

static const struct field_row rows[] = {{.name = "q", .kind = VALUE_LINE},
                                        {.name = "org", .kind = VALUE_ID}};
static const struct form form = {rows, 2};

static const struct route routes[] = {
    {METHOD_GET, "/", NEED_NOBODY, &form, page},
    {METHOD_POST, "/open", NEED_NOBODY, &form, page},
    {METHOD_GET, "/person", NEED_PERSON, &form, page},
    {METHOD_POST, "/person", NEED_PERSON, &form, page},
    {METHOD_POST, "/act", NEED_PERSON, &form, page},
    {METHOD_GET, "/org", NEED_ORGANISATION, NULL, page},
    {METHOD_GET, "/initiator", NEED_INITIATOR, NULL, page},
    {METHOD_GET, "/either", NEED_INITIATOR | NEED_MANAGER, NULL, page},
    {METHOD_GET, "/manager", NEED_MANAGER, NULL, page},
    {METHOD_GET, "/admin", NEED_ADMINISTRATOR, NULL, page},
    {METHOD_GET, "/audit", NEED_AUDITOR, NULL, page},
    {METHOD_GET, "/writes", NEED_PERSON, NULL, writes},
    {METHOD_POST, "/writes", NEED_PERSON, NULL, writes},
    {METHOD_POST, "/asks", NEED_PERSON, NULL, asks},
    {METHOD_POST, "/loses", NEED_PERSON, NULL, loses},
    {METHOD_POST, "/notes", NEED_PERSON, NULL, notes},
    {METHOD_POST, "/switch", NEED_PERSON, &form, switches},
    {METHOD_GET, "/refuses", NEED_NOBODY, NULL, refuses},
    {METHOD_GET, "/goes", NEED_PERSON, NULL, goes},
    {METHOD_GET, "/downloads", NEED_PERSON, NULL, downloads},
};
static const struct query_table *const no_tables[] = {NULL};

/* Where the error page leads, and its code; NULL and 0: nowhere, the status' own. */
static const char *error_way;
static int error_code;

static void error_page(struct visit *visit, enum status status, struct response *reply)
{
    reply->location = error_way;
    reply->http_code = error_code == 0 ? reply->http_code : error_code;
    error_shown = status;
    error_signed_in = visit->signed_in;
    seen = *visit;
    must(visit->request != NULL);
    out_text(&reply->body, status_row(status)->slug);
}

static void on_end(int number)
{
    (void)number;
    ended = 1;
}

static int set_up(void **state)
{
    static const struct gate_setup setup = {.program = "test",
                                            .routes = routes,
                                            .route_count = sizeof routes / sizeof routes[0],
                                            .registry_tables = no_tables,
                                            .people_tables = no_tables,
                                            .people_write = true,
                                            .error_page = error_page};
    (void)state;
    room_open();
    char sql[512];
    char hex[DIGEST_HEX_SIZE];
    struct digest hash = digest_of(TOKEN, strlen(TOKEN));
    digest_hex(&hash, hex);
    int64_t now = clock_now_us();
    (void)snprintf(
        sql, sizeof sql,
        "INSERT INTO session (token_hash, session_id, user_id, form_token, made_at, seen_at, "
        "ends_at) VALUES"
        " (x'%s', 'ses_1KNS0Q2D6SBX0A01', '" ADA "', '" FORM_TOKEN "', %lld, %lld, %lld)",
        hex, (long long)(now - 10 * S), (long long)(now - 10 * S), (long long)(now + 1000 * S));
    room_sql(room_people, sql);
    setenv("TALLYSTICK_DATA", room_folder, 1);
    setenv("TALLYSTICK_SITE_URL", SITE "/", 1);
    assert_true(gate_open(&gate, &setup));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    gate_close(&gate);
    room_close();
    return 0;
}

static void begin(enum method method, const char *path, const char *cookie)
{
    gate_finish(&gate);
    request = room_request(method, path);
    request.cookie = cookie;
    response = room_response(&gate.arena);
    runs = 0;
    error_shown = STATUS_OK;
}

/* The pairs of the form (POST) or query (GET), NULL-ended names and values in turn. */
static void with(const char *name, const char *value, const char *name2, const char *value2)
{
    struct pairs list = {pairs, 0};
    pairs[0] = (struct pair){name, value};
    pairs[1] = (struct pair){name2, value2};
    list.count = (name != NULL ? 1u : 0u) + (name2 != NULL ? 1u : 0u);
    if (request.method == METHOD_POST) {
        request.form = list;
    } else {
        request.query = list;
    }
}

static enum status answer(void)
{
    gate_answer(&gate, &request, &response);
    return error_shown;
}

static enum status get(const char *path, const char *cookie)
{
    begin(METHOD_GET, path, cookie);
    return answer();
}

static enum status post(const char *path, const char *cookie, const char *token)
{
    begin(METHOD_POST, path, cookie);
    with(token == NULL ? NULL : "token", token, NULL, NULL);
    return answer();
}

static void the_route_comes_first(void **state)
{
    (void)state;
    assert_int_equal(get("/nothing", ""), STATUS_NOT_FOUND);
    assert_int_equal(response.http_code, 404);
    assert_int_equal(post("/org", "", NULL), STATUS_METHOD_NOT_ALLOWED);
    assert_string_equal(response.allow, "GET, HEAD");
    assert_int_equal(get("/", ""), STATUS_OK);
    assert_int_equal(runs, 1);
    begin(METHOD_HEAD, "/", "");
    assert_int_equal(answer(), STATUS_OK);
    /* A page that does not exist is told so to everyone, and knows who reads it. */
    assert_int_equal(get("/nothing", COOKIE), STATUS_NOT_FOUND);
    assert_true(error_signed_in);
}

static void nobody_is_sent_to_sign_in_and_back(void **state)
{
    (void)state;
    begin(METHOD_GET, "/person", "");
    request.query_text = "q=a%20b";
    with("q", "a b", NULL, NULL);
    assert_int_equal(answer(), STATUS_OK);
    assert_int_equal(runs, 0);
    assert_int_equal(response.http_code, 303);
    assert_string_equal(response.location, "/sign-in?next=%2Fperson%3Fq%3Da%2520b");
    /* Not by an address that is longer than the sign-in page may have. */
    char query[REQUEST_QUERY_BYTES_MAX - 30] = "q=";
    for (size_t at = 2; at + 3 < sizeof query; at += 3) {
        memcpy(query + at, "%20", 4);
    }
    begin(METHOD_GET, "/person", "");
    request.query_text = query;
    with("q", "   ", NULL, NULL);
    assert_int_equal(answer(), STATUS_OK);
    assert_string_equal(response.location, "/sign-in");
    assert_int_equal(get("/admin", ""), STATUS_OK);
    assert_int_equal(response.http_code, 303);
    /* A form gets a page that says nothing happened. */
    assert_int_equal(post("/person", "", FORM_TOKEN), STATUS_SIGN_IN_NEEDED);
    assert_int_equal(response.http_code, 403);
    assert_null(response.location);
    assert_string_equal(seen.sign_in.text, "/sign-in?next=%2Fperson");
    assert_int_equal(post("/act", "", FORM_TOKEN), STATUS_SIGN_IN_NEEDED);
    assert_string_equal(seen.sign_in.text, "/sign-in"); /* there is no page at /act */
    /* An error page that leads on, or has a code of its own, keeps it. */
    error_way = "/sign-in";
    assert_int_equal(post("/act", "", FORM_TOKEN), STATUS_SIGN_IN_NEEDED);
    assert_int_equal(response.http_code, 303);
    error_way = NULL;
    error_code = 401;
    assert_int_equal(post("/act", "", FORM_TOKEN), STATUS_SIGN_IN_NEEDED);
    assert_int_equal(response.http_code, 401);
    error_code = 0;
    assert_int_equal(runs, 0);
}

static void csrf_matrix(void **state)
{
    static const char *const sites[] = {"",           "same-origin", "same-site",
                                        "cross-site", "none",        "SAME-ORIGIN"};
    static const char *const origins[] = {"",
                                          SITE,
                                          SITE "/",
                                          "https://evil.example",
                                          "null",
                                          "http://registry.example.org",
                                          SITE ".evil.example"};
    static const char *const tokens[] = {NULL, "", FORM_TOKEN, "form-token-of-bob",
                                         (FORM_TOKEN "x")};
    static const char *const paths[] = {"/person", "/open"};
    int let_in = 0;
    (void)state;
    for (size_t site = 0; site < 6; site++) {
        for (size_t origin = 0; origin < 7; origin++) {
            for (size_t token = 0; token < 5; token++) {
                for (size_t path = 0; path < 2; path++) {
                    begin(METHOD_POST, paths[path], COOKIE);
                    request.fetch_site = sites[site];
                    request.origin = origins[origin];
                    with(tokens[token] == NULL ? NULL : "token", tokens[token], NULL, NULL);
                    bool same_origin = site == 1 || (site == 0 && origin == 1);
                    bool good = same_origin && (token == 2 || path == 1);
                    assert_int_equal(answer(), good ? STATUS_OK : STATUS_CROSS_SITE);
                    assert_int_equal(runs, good ? 1 : 0);
                    let_in += good ? 1 : 0;
                }
            }
        }
    }
    assert_int_equal(let_in, 8 * (1 + 5));
    /* Another session's token, a token that stands twice, and a site whose address nobody
     * configured. */
    begin(METHOD_POST, "/person", COOKIE);
    with("token", FORM_TOKEN, "token", FORM_TOKEN);
    assert_int_equal(answer(), STATUS_BAD_REQUEST);
    begin(METHOD_POST, "/open", "");
    request.fetch_site = "";
    request.origin = SITE;
    assert_true(csrf_same_origin(&request, SITE));
    assert_false(csrf_same_origin(&request, ""));
    request.origin = "";
    assert_false(csrf_same_origin(&request, ""));
    assert_false(csrf_token_right("", ""));
}

static void the_form_is_checked_last(void **state)
{
    (void)state;
    begin(METHOD_POST, "/person", COOKIE);
    with("token", FORM_TOKEN, "unknown", "x");
    assert_int_equal(answer(), STATUS_BAD_REQUEST);
    begin(METHOD_POST, "/person", COOKIE);
    with("token", FORM_TOKEN, "q", "x");
    assert_int_equal(answer(), STATUS_OK);
    assert_int_equal(seen.fields.pairs.count, 1); /* the handler never sees the token */
    begin(METHOD_POST, "/person", "");
    with("unknown", "x", NULL, NULL);
    assert_int_equal(answer(), STATUS_SIGN_IN_NEEDED);
    begin(METHOD_GET, "/manager", COOKIE);
    with("unknown", "x", NULL, NULL);
    assert_int_equal(answer(), STATUS_BAD_REQUEST);
    begin(METHOD_GET, "/audit", COOKIE);
    with("unknown", "x", NULL, NULL);
    assert_int_equal(answer(), STATUS_NOT_FOUND);
    begin(METHOD_GET, "/person", COOKIE);
    with("token", FORM_TOKEN, NULL, NULL);
    assert_int_equal(answer(), STATUS_BAD_REQUEST); /* a token has no business in an address */
    begin(METHOD_POST, "/person", COOKIE);
    with("token", FORM_TOKEN, NULL, NULL);
    request.query = (struct pairs){pairs, 1};
    assert_int_equal(answer(), STATUS_BAD_REQUEST);
    begin(METHOD_POST, "/open", ""); /* a form that could not be read */
    request.form_is_broken = true;
    assert_int_equal(answer(), STATUS_BAD_REQUEST);
    assert_int_equal(runs, 0);
}

/* Every need against every combination of roles, with the rule written a second time. */
static void rights_matrix(void **state)
{
    (void)state;
    for (unsigned needs = 0; needs < 128; needs++) {
        for (unsigned roles = 0; roles < 16; roles++) {
            for (unsigned registry = 0; registry < 4; registry++) {
                for (int who = 0; who < 3;
                     who++) { /* nobody, a person, a person for an organisation */
                    struct visit visit = {.signed_in = who > 0,
                                          .org_id = who == 2 ? NORTH : "",
                                          .org_roles = who == 2 ? roles : 0,
                                          .registry_roles = who > 0 ? registry : 0};
                    bool initiator = (roles & ROLE_INITIATOR) != 0 && (needs & NEED_INITIATOR) != 0;
                    bool approver = (roles & ROLE_APPROVER) != 0 && (needs & NEED_APPROVER) != 0;
                    bool manager = (roles & ROLE_MANAGER) != 0 && (needs & NEED_MANAGER) != 0;
                    bool names_role =
                        (needs & (NEED_INITIATOR | NEED_APPROVER | NEED_MANAGER)) != 0;
                    enum status wanted = STATUS_OK;
                    if (needs != 0 && who == 0) {
                        wanted = STATUS_SIGN_IN_NEEDED;
                    } else if (((needs & NEED_ADMINISTRATOR) != 0 && (registry & 1) == 0) ||
                               ((needs & NEED_AUDITOR) != 0 && registry == 0)) {
                        wanted = STATUS_NOT_FOUND;
                    } else if ((((needs & NEED_ORGANISATION) != 0 || names_role) && who != 2) ||
                               (names_role && !initiator && !approver && !manager)) {
                        wanted = STATUS_NOT_ALLOWED;
                    }
                    assert_int_equal(rights_judge(needs, &visit), wanted);
                }
            }
        }
    }
}

static void rights_are_the_present_ones(void **state)
{
    (void)state;
    /* The first by name without regard to case; one that was left does not count. */
    assert_int_equal(get("/org", COOKIE), STATUS_OK);
    assert_string_equal(seen.org_id, FJORD);
    assert_int_equal(seen.org_count, 2);
    assert_int_equal(seen.org_roles, 8);
    assert_int_equal(get("/initiator", COOKIE), STATUS_NOT_ALLOWED);
    assert_int_equal(get("/either", COOKIE), STATUS_OK);
    assert_int_equal(get("/admin", COOKIE), STATUS_NOT_FOUND);
    room_sql(room_registry, "UPDATE person SET registry_roles = 2 WHERE user_id = '" ADA "'");
    assert_int_equal(get("/audit", COOKIE), STATUS_OK);
    assert_int_equal(get("/admin", COOKIE), STATUS_NOT_FOUND);
    room_sql(room_registry, "UPDATE membership SET roles = 0 WHERE user_id = '" ADA "'");
    assert_int_equal(get("/org", COOKIE), STATUS_NOT_ALLOWED);
    assert_int_equal(get("/person", COOKIE), STATUS_OK);
    assert_string_equal(seen.org_id, "");
}

static void switching_organisations(void **state)
{
    (void)state;
    begin(METHOD_POST, "/switch", COOKIE);
    with("token", FORM_TOKEN, "org", NORTH);
    assert_int_equal(answer(), STATUS_OK);
    assert_string_equal(seen.org_name, "Northwind");
    assert_int_equal(get("/org", COOKIE), STATUS_OK);
    assert_string_equal(seen.org_id, NORTH);
    static const char *const others[] = {HALDEN, "org_1KNS0Q2D6SBX0ZZZ", ""};
    for (size_t i = 0; i < 3; i++) {
        begin(METHOD_POST, "/switch", COOKIE);
        with("token", FORM_TOKEN, "org", others[i]);
        assert_int_equal(answer(), STATUS_NOT_FOUND);
    }
    assert_int_equal(get("/org", COOKIE), STATUS_OK);
    assert_string_equal(seen.org_id, NORTH);
    room_sql(room_registry, "UPDATE membership SET roles = 0 WHERE org_id = '" NORTH "'");
    assert_int_equal(get("/org", COOKIE), STATUS_OK);
    assert_string_equal(seen.org_id, FJORD);
}

static void a_session_ends(void **state)
{
    static const char *const bad[] = {"", "__Host-session=", "__Host-session=" TOKEN "x",
                                      "session=" TOKEN,
                                      "__Host-session=bbcdefghijklmnopqrstuvwxyzabcdefghijklmnopq"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(get("/person", bad[i]), STATUS_OK);
        assert_int_equal(response.http_code, 303);
    }
    assert_int_equal(get("/person", COOKIE), STATUS_OK);
    assert_int_equal(response.http_code, 200);
    char sql[128];
    int64_t now = clock_now_us();
    (void)snprintf(sql, sizeof sql, "UPDATE session SET seen_at = %lld",
                   (long long)(now - SESSION_IDLE_S_MAX * S));
    room_sql(room_people, sql);
    assert_int_equal(get("/person", COOKIE), STATUS_OK);
    assert_int_equal(response.http_code, 303);
    (void)snprintf(sql, sizeof sql, "UPDATE session SET seen_at = %lld, ends_at = %lld",
                   (long long)now, (long long)now);
    room_sql(room_people, sql);
    assert_int_equal(get("/person", COOKIE), STATUS_OK);
    assert_int_equal(response.http_code, 303);
}

static void a_deactivated_person_is_out_at_once(void **state)
{
    (void)state;
    room_sql(room_people, "UPDATE person SET state = 'deactivated'");
    assert_int_equal(get("/person", COOKIE), STATUS_OK);
    assert_int_equal(response.http_code, 303);
    room_sql(room_people, "UPDATE person SET state = 'active'");
    assert_int_equal(get("/person", COOKIE), STATUS_OK);
    assert_int_equal(response.http_code, 200);
    room_sql(room_registry, "UPDATE person SET state = 'deactivated'");
    assert_int_equal(get("/person", COOKIE), STATUS_OK);
    assert_int_equal(response.http_code, 303);
    assert_int_equal(room_number(room_people, "SELECT count(*) FROM session"), 0);
}

static void seen_at_moves_at_most_once_a_minute(void **state)
{
    (void)state;
    int64_t before = room_number(room_people, "SELECT seen_at FROM session");
    assert_int_equal(get("/person", COOKIE), STATUS_OK);
    assert_int_equal(room_number(room_people, "SELECT seen_at FROM session"), before);
    char sql[128];
    (void)snprintf(sql, sizeof sql, "UPDATE session SET seen_at = %" PRId64,
                   clock_now_us() - 61 * S);
    room_sql(room_people, sql);
    int64_t now = clock_now_us();
    assert_int_equal(get("/person", COOKIE), STATUS_OK);
    assert_true(room_number(room_people, "SELECT seen_at FROM session") >= now);
    /* Seen at a time to come: the clock was put back; nobody is sent away for that. */
    (void)snprintf(sql, sizeof sql, "UPDATE session SET seen_at = %" PRId64,
                   clock_now_us() + 61 * S);
    room_sql(room_people, sql);
    assert_int_equal(get("/person", COOKIE), STATUS_OK);
}

static void get_cannot_write(void **state)
{
    (void)state;
    assert_int_equal(get("/writes", COOKIE), STATUS_FAULT);
    assert_int_equal(response.http_code, 500);
    assert_int_equal(response.body.size_bytes, strlen("fault"));
    assert_int_equal(room_number(room_people, "SELECT count(*) FROM session WHERE org_id = ''"), 1);
    /* A store that failed is opened anew by a new process. */
    signal(SIGTERM, on_end);
    ended = 0;
    gate_finish(&gate);
    assert_true(ended);
    assert_int_equal(get("/person", COOKIE), STATUS_OK);
    ended = 0;
    gate_finish(&gate);
    assert_false(ended);
    signal(SIGTERM, SIG_DFL);
}

static void who_waits_too_long_is_told_to_try_again(void **state)
{
    sqlite3 *db = NULL;
    (void)state;
    signal(SIGTERM, on_end);
    ended = 0;
    assert_int_equal(sqlite3_open(room_people, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(get("/person", COOKIE), STATUS_BUSY); /* nor is it known who comes */
    assert_int_equal(response.http_code, 503);
    assert_int_equal(sqlite3_exec(db, "COMMIT; BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(get("/person", COOKIE), STATUS_OK);
    assert_int_equal(post("/writes", COOKIE, FORM_TOKEN), STATUS_BUSY);
    gate_finish(&gate);
    assert_false(ended); /* the file is sound */
    /* The ledger has done something: nobody says that nothing was done. */
    assert_int_equal(post("/asks", COOKIE, FORM_TOKEN), STATUS_FAULT);
    assert_int_equal(response.http_code, 500);
    assert_int_equal(post("/loses", COOKIE, FORM_TOKEN), STATUS_ANSWER_LOST);
    assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    assert_int_equal(post("/writes", COOKIE, FORM_TOKEN), STATUS_OK);
    gate_finish(&gate);
    assert_false(ended);
    signal(SIGTERM, SIG_DFL);
}

static void a_notice_is_shown_once(void **state)
{
    (void)state;
    assert_int_equal(post("/notes", COOKIE, FORM_TOKEN), STATUS_OK);
    assert_int_equal(get("/goes", COOKIE), STATUS_OK);      /* a redirect leaves it */
    assert_int_equal(get("/downloads", COOKIE), STATUS_OK); /* so does what is no page */
    assert_string_equal(response.content_type, "text/csv; charset=utf-8");
    gate.people_write = false; /* and a program that only reads */
    assert_int_equal(get("/person", COOKIE), STATUS_OK);
    assert_string_equal(seen.notice, "transferred tfr_1KNSQMD6Z1S0TB50");
    gate.people_write = true;
    begin(METHOD_HEAD, "/person", COOKIE);
    assert_int_equal(answer(), STATUS_OK);
    assert_string_equal(seen.notice, "");
    assert_int_equal(get("/refuses", COOKIE), STATUS_BUSY); /* so does an error */
    assert_int_equal(get("/person", COOKIE), STATUS_OK);
    assert_string_equal(seen.notice, "transferred tfr_1KNSQMD6Z1S0TB50");
    assert_int_equal(get("/person", COOKIE), STATUS_OK);
    assert_string_equal(seen.notice, "");
}

static void what_a_failed_handler_wrote_is_dropped(void **state)
{
    (void)state;
    assert_int_equal(get("/refuses", ""), STATUS_BUSY);
    assert_int_equal(response.http_code, 503);
    assert_int_equal(response.body.size_bytes, strlen("busy"));
    assert_null(response.cookies[0]);
    assert_null(response.disposition);
    assert_int_equal(response.retry_after_s, 0);
}

static void what_cannot_be_read_is_refused_with_a_page(void **state)
{
    (void)state;
    begin(METHOD_GET, "/", "");
    gate_refuse(&gate, &request, STATUS_TOO_LARGE, &response);
    assert_int_equal(error_shown, STATUS_TOO_LARGE);
    assert_int_equal(response.http_code, 413);
    assert_string_equal(seen.request->path, "/");
    assert_string_equal(seen.user_id, "");
}

static void where_to_go_after_sign_in(void **state)
{
    static const struct {
        const char *next, *to;
    } cases[] = {
        {NULL, "/account/credits"},
        {"", "/account/credits"},
        {"?a=b", "/account/credits"},
        {"/account/inbox", "/account/inbox"},
        {"/account/transfers/tfr_1KNSQMD6Z1S0TB50", "/account/transfers/tfr_1KNSQMD6Z1S0TB50"},
        {"/registry/transfers?q=a%20b&kind=export", "/registry/transfers?q=a%20b&kind=export"},
        {"/admin/pending", "/admin/pending"},
        {"/sign-in/sessions", "/sign-in/sessions"},
        {"/password/change", "/password/change"},
        {"/sign-in", "/account/credits"},
        {"/sign-out", "/account/credits"},
        {"/", "/account/credits"},
        {"//evil.example", "/account/credits"},
        {"/\\evil.example", "/account/credits"},
        {"\\\\evil.example", "/account/credits"},
        {"https://evil.example/account", "/account/credits"},
        {"javascript:alert(1)", "/account/credits"},
        {"/account//evil.example", "/account/credits"},
        {"/account/../sign-out", "/account/credits"},
        {"/account/%2e%2e/x", "/account/credits"},
        {"/account/credits/", "/account/credits"},
        {"/accounts", "/account/credits"},
        {"account/credits", "/account/credits"},
        {"/account/credits#x", "/account/credits"},
        {"/account/credits?a=%zz", "/account/credits"},
        {"/account/credits?a=%0d%0aSet-Cookie", "/account/credits?a=%0ASet-Cookie"},
        {"/account/a/b/c/d/e/f/g/h/i", "/account/credits"},
    };
    (void)state;
    begin(METHOD_GET, "/", "");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(gate_next(&gate.arena, cases[i].next).text, cases[i].to);
    }
    char longest[3000];
    memset(longest, 'a', sizeof longest);
    memcpy(longest, "/account/", 9);
    longest[2999] = '\0';
    assert_string_equal(gate_next(&gate.arena, longest).text, "/account/credits");
    /* What is no longer than an address may be, until it is spelled as in one. */
    memset(longest, ':', sizeof longest);
    memcpy(longest, "/account/transfers?other=", 25);
    longest[2999] = '\0';
    assert_string_equal(gate_next(&gate.arena, longest).text, "/account/credits");
}

static void a_program_that_cannot_open_its_files_does_not_start(void **state)
{
    static struct gate other;
    struct gate_setup setup = {.program = "test",
                               .routes = routes,
                               .route_count = 1,
                               .people_tables = no_tables,
                               .people_write = true,
                               .error_page = error_page};
    (void)state;
    gate_close(&gate); /* a process has room for a few stores only */
    setenv("TALLYSTICK_DATA", "/nowhere/at/all", 1);
    assert_false(gate_open(&other, &setup));
    unsetenv("TALLYSTICK_DATA");
    assert_false(gate_open(&other, &setup));
    setenv("TALLYSTICK_DATA", room_folder, 1);
    setup.uses_ledger = true;
    unsetenv("TALLYSTICK_RUN");
    assert_false(gate_open(&other, &setup));
    gate_close(&other);
    setenv("TALLYSTICK_RUN", room_folder, 1);
    assert_true(gate_open(&other, &setup));
    gate_close(&other);
}

/* ---- pages that are the same for everybody ---- */

static const char *tag_now;

static const char *page_tag(struct visit *visit)
{
    (void)visit;
    return tag_now;
}

static enum status shows(struct visit *visit, struct response *reply)
{
    runs++;
    reply->is_public = true;
    reply->etag = visit->page_tag;
    reply->content_type = "text/plain; charset=utf-8";
    out_text(&reply->body, tag_now == NULL ? "untagged" : tag_now);
    return STATUS_OK;
}

static enum status shows_much(struct visit *visit, struct response *reply)
{
    out_init(&reply->body, visit->arena, 4096 + KEPT_PAGE_BYTES_MAX);
    enum status status = shows(visit, reply);
    for (size_t i = 0; i < KEPT_PAGE_BYTES_MAX; i++) {
        out_text(&reply->body, "x");
    }
    return status;
}

static enum status shows_to_one(struct visit *visit, struct response *reply)
{
    enum status status = shows(visit, reply);
    reply->is_public = false;
    return status;
}

static enum status finds_nothing(struct visit *visit, struct response *reply)
{
    (void)shows(visit, reply);
    return STATUS_NOT_FOUND;
}

static const struct route public_routes[] = {
    {METHOD_GET, "/shows", NEED_NOBODY, &form, shows},
    {METHOD_GET, "/much", NEED_NOBODY, &form, shows_much},
    {METHOD_GET, "/one", NEED_NOBODY, &form, shows_to_one},
    {METHOD_GET, "/nothing", NEED_NOBODY, &form, finds_nothing},
};

static size_t empty_bytes; /* the arena before any reply */

/* How often its handler runs for two requests with this tag. */
static int runs_twice(const char *path, const char *tag)
{
    int total = 0;
    tag_now = tag;
    for (int i = 0; i < 2; i++) {
        gate_finish(&gate);
        arena_reset(&gate.arena, empty_bytes);
        (void)get(path, "");
        total += runs;
    }
    return total;
}

static void a_page_is_made_once_for_its_tag(void **state)
{
    (void)state;
    gate.routes = public_routes;
    gate.route_count = sizeof public_routes / sizeof public_routes[0];
    gate.page_tag = page_tag;
    empty_bytes = gate.arena.used_bytes;
    assert_int_equal(runs_twice("/shows", "\"first\""), 1);
    assert_string_equal(response.content_type, "text/plain; charset=utf-8");
    assert_string_equal(response.etag, "\"first\"");
    assert_true(response.is_public);
    assert_int_equal(response.body.size_bytes, strlen("\"first\""));
    assert_memory_equal(response.body.bytes, "\"first\"", strlen("\"first\""));
    assert_int_equal(runs_twice("/shows", "\"second\""), 1);
    assert_memory_equal(response.body.bytes, "\"second\"", strlen("\"second\""));
    assert_int_equal(runs_twice("/shows", "\"first\""), 0);
    /* What is refused on the way is refused whatever is kept. */
    begin(METHOD_GET, "/shows", "");
    with("nonsense", "1", NULL, NULL);
    assert_int_equal(answer(), STATUS_BAD_REQUEST);
    /* Not kept: what is too large, for one reader, or no page. */
    assert_int_equal(runs_twice("/much", "\"much\""), 2);
    assert_int_equal(runs_twice("/one", "\"one\""), 2);
    assert_int_equal(runs_twice("/nothing", "\"nothing\""), 2);
    assert_null(response.etag);
    assert_int_equal(runs_twice("/shows", NULL), 2);
    /* The oldest makes room. */
    for (int i = 0; i < KEPT_PAGES_MAX; i++) {
        char tag[32];
        (void)snprintf(tag, sizeof tag, "\"many-%d\"", i);
        assert_int_equal(runs_twice("/shows", tag), 1);
    }
    assert_int_equal(runs_twice("/shows", "\"first\""), 1);
}

static void who_holds_the_page_gets_none(void **state)
{
    (void)state;
    gate.routes = public_routes;
    gate.route_count = sizeof public_routes / sizeof public_routes[0];
    gate.page_tag = page_tag;
    tag_now = "\"held\"";
    begin(METHOD_GET, "/shows", "");
    request.if_none_match = "\"other\", W/\"held\"";
    assert_int_equal(answer(), STATUS_OK);
    assert_int_equal(runs, 0);
    assert_string_equal(response.etag, "\"held\"");
    assert_int_equal(response.body.size_bytes, 0);
    /* "*" asks whether there is any page: that only the handler knows. */
    begin(METHOD_GET, "/nothing", "");
    request.if_none_match = "*";
    assert_int_equal(answer(), STATUS_NOT_FOUND);
    assert_int_equal(runs, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_route_comes_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nobody_is_sent_to_sign_in_and_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(csrf_matrix, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_form_is_checked_last, set_up, tear_down),
        cmocka_unit_test(rights_matrix),
        cmocka_unit_test_setup_teardown(rights_are_the_present_ones, set_up, tear_down),
        cmocka_unit_test_setup_teardown(switching_organisations, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_session_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_deactivated_person_is_out_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(seen_at_moves_at_most_once_a_minute, set_up, tear_down),
        cmocka_unit_test_setup_teardown(get_cannot_write, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_waits_too_long_is_told_to_try_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_notice_is_shown_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_a_failed_handler_wrote_is_dropped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_is_refused_with_a_page, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(where_to_go_after_sign_in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_page_is_made_once_for_its_tag, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_holds_the_page_gets_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_program_that_cannot_open_its_files_does_not_start, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name("gate", tests, NULL, NULL);
}
