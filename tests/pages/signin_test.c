/* tests/pages/signin_test.c: the sign-in program's pages as a person meets them, as plain CGI:
 * links, passwords, waiting, sessions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "model/status.h"
#include "pages/cgi.h"
#include "unit/people_room.h"

#define GOOD "four+quiet+otters"
#define LINK "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq"

static const struct cgi_person nobody = {"", ""};

static struct cgi_reply get(const char *target, struct cgi_person person)
{
    return cgi_ask("signin", room_folder, target, person, NULL);
}

static struct cgi_reply post(const char *target, struct cgi_person person, const char *body)
{
    return cgi_ask("signin", room_folder, target, person, body);
}

static void says(const struct cgi_reply *reply, enum status status)
{
    const char *sentence = status_row(status)->sentence;
    if (strstr(reply->body, sentence) == NULL) {
        fail_msg("\"%s\" is not on the page: %.3000s", sentence, reply->body);
    }
}

/* A one-time link of Ada's that ends so many seconds from now. */
static void make_link(int64_t ends_s)
{
    char sql[400];
    char hex[DIGEST_HEX_SIZE];
    struct digest hash = digest_of(LINK, strlen(LINK));
    int64_t now = clock_now_us();
    digest_hex(&hash, hex);
    (void)snprintf(
        sql, sizeof sql,
        "INSERT OR REPLACE INTO password_link VALUES (x'%s', '" ADA "', %lld, %lld, NULL)", hex,
        (long long)(now - 100 * CLOCK_DAY_US), (long long)(now + ends_s * CLOCK_SECOND_US));
    room_sql(room_people, sql);
}

/* Who comes with the session that a reply began. */
static struct cgi_person entered(const struct cgi_reply *reply, bool with_device)
{
    static char cookies[8][160];
    static char tokens[8][64];
    static unsigned next;
    unsigned at = next++ % 8;
    const char *session = strstr(reply->head, "__Host-session=");
    const char *device = strstr(reply->head, "__Host-device=");
    assert_true(session != NULL && device != NULL);
    (void)snprintf(cookies[at], sizeof cookies[at], "%.43s%s%.57s", session + 15,
                   with_device ? "; " : "", with_device ? device : "");
    struct cgi_reply page = get("/sign-in/sessions", (struct cgi_person){cookies[at], ""});
    assert_int_equal(page.code, 200);
    (void)snprintf(tokens[at], sizeof tokens[at], "%s", cgi_value(&page, "token"));
    return (struct cgi_person){cookies[at], tokens[at]};
}

static int set_up(void **state)
{
    (void)state;
    room_open();
    make_link(1000);
    return 0;
}

static int tear_down(void **state)
{
    char path[128];
    (void)state;
    (void)snprintf(path, sizeof path, "%s/cgi-in", room_folder);
    (void)unlink(path);
    (void)snprintf(path, sizeof path, "%s/cgi-out", room_folder);
    (void)unlink(path);
    room_close();
    return 0;
}

static struct cgi_person sign_in(void)
{
    struct cgi_reply reply =
        post("/password/set", nobody, "link=" LINK "&password=" GOOD "&again=" GOOD);
    assert_int_equal(reply.code, 303);
    return entered(&reply, true);
}

static void a_link_sets_a_password_once(void **state)
{
    (void)state;
    struct cgi_reply reply = get("/password/set?link=" LINK, nobody);
    assert_int_equal(reply.code, 200);
    assert_non_null(strstr(reply.body, "Ada@example.org"));
    static const struct {
        const char *fields;
        enum status status;
    } faults[] = {
        {"password=short&again=short", STATUS_PASSWORD_SHORT},
        {"password=passwordpassword&again=passwordpassword", STATUS_PASSWORD_COMMON},
        {"password=" GOOD "&again=five+quiet+otters", STATUS_PASSWORD_DIFFERS},
    };
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        char body[256];
        (void)snprintf(body, sizeof body, "link=" LINK "&%s", faults[i].fields);
        reply = post("/password/set", nobody, body);
        assert_int_equal(reply.code, status_row(STATUS_FORM_FAULTS)->http_code);
        says(&reply, faults[i].status);
        assert_null(strstr(reply.body, "otters")); /* nothing typed as a password is shown again */
    }
    char body[400];
    (void)snprintf(body, sizeof body, "link=" LINK "&password=%0129d&again=x", 7);
    reply = post("/password/set", nobody, body);
    says(&reply, STATUS_PASSWORD_LONG);
    (void)sign_in();
    reply = post("/password/set", nobody, "link=" LINK "&password=" GOOD "&again=" GOOD);
    assert_int_equal(reply.code, status_row(STATUS_LINK_SPENT)->http_code);
    assert_non_null(strstr(reply.body, "This link cannot be used any more"));
}

static void a_link_that_is_no_link(void **state)
{
    static const char *const targets[] = {
        "/password/set", "/password/set?link=", "/password/set?link=nonsense",
        "/password/set?link=bbcdefghijklmnopqrstuvwxyzabcdefghijklmnopq"};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(get(targets[i], nobody).code, status_row(STATUS_LINK_SPENT)->http_code);
    }
    make_link(-1);
    assert_int_equal(get("/password/set?link=" LINK, nobody).code, 422);
    make_link(1000);
    room_sql(room_people, "UPDATE person SET state = 'deactivated'");
    assert_int_equal(get("/password/set?link=" LINK, nobody).code, 422);
}

static void signing_in(void **state)
{
    (void)state;
    (void)sign_in();
    struct cgi_reply reply =
        post("/sign-in", nobody, "email=ADA@example.org&password=" GOOD "&next=/account/inbox");
    assert_int_equal(reply.code, 303);
    assert_string_equal(reply.location, "/account/inbox");
    struct cgi_person ada = entered(&reply, false);
    assert_int_equal(get("/sign-in?next=//evil.example", ada).code, 303);
    reply = post("/sign-in", nobody,
                 "email=ada@example.org&password=" GOOD "&next=https://evil.example/");
    assert_string_equal(reply.location, "/account/credits");
    /* The check of a delivery of many batches has a long address. */
    char query[3000] = "next=/account/orders/ord_1KNSQMD6Z1S0TB50/deliver%3Flines%3D";
    size_t bytes = strlen(query);
    memset(query + bytes, 'a', sizeof query - 1 - bytes);
    query[sizeof query - 1] = '\0';
    char target[4000];
    (void)snprintf(target, sizeof target, "/sign-in?%s", query);
    reply = get(target, nobody);
    assert_int_equal(reply.code, 200);
    assert_null(strstr(reply.body, "There is a problem"));
    (void)snprintf(target, sizeof target, "email=ada@example.org&password=" GOOD "&%s", query);
    reply = post("/sign-in", nobody, target);
    assert_int_equal(reply.code, 303);
    assert_non_null(strstr(reply.location, "/orders/ord_1KNSQMD6Z1S0TB50/deliver?lines=aaa"));
    assert_true(strlen(reply.location) > 2900);
    /* Wrong, unknown, without a password, deactivated: one answer. */
    static const char *const wrong[] = {"email=ada@example.org&password=four+quiet+otter",
                                        "email=nobody@example.org&password=x",
                                        "email=bob@example.org&password=x"};
    for (size_t i = 0; i < 3; i++) {
        reply = post("/sign-in", nobody, wrong[i]);
        assert_int_equal(reply.code, 422);
        says(&reply, STATUS_SIGN_IN_REFUSED);
        assert_null(strstr(reply.head, "Set-Cookie"));
    }
    room_sql(room_people, "UPDATE person SET state = 'deactivated'");
    reply = post("/sign-in", nobody, "email=ada@example.org&password=" GOOD);
    says(&reply, STATUS_SIGN_IN_REFUSED);
    reply = post("/sign-in", nobody, "email=&password=");
    assert_non_null(strstr(reply.body, "Enter your e-mail address."));
    assert_non_null(strstr(reply.body, "Enter your password."));
    assert_non_null(strstr(reply.body, "<title>Error: Sign in"));
}

static void an_older_hash_is_renewed(void **state)
{
    extern int libscrypt_hash(char *, const char *, uint32_t, uint8_t, uint8_t);
    char hash[128];
    char sql[300];
    (void)state;
    assert_true(libscrypt_hash(hash, "four quiet otters", 1024, 8, 1) > 0);
    (void)snprintf(sql, sizeof sql, "INSERT INTO password VALUES ('" ADA "', '%s', 1)", hash);
    room_sql(room_people, sql);
    assert_int_equal(post("/sign-in", nobody, "email=ada@example.org&password=" GOOD).code, 303);
    assert_int_equal(
        room_number(room_people, "SELECT count(*) FROM password WHERE hash LIKE '$s1$0f0803$%'"),
        1);
    assert_int_equal(post("/sign-in", nobody, "email=ada@example.org&password=" GOOD).code, 303);
}

/* The wrong ones were just now, however long the machine took for them; from then on 15 seconds are
 * waited. Returns since when at the earliest. */
static int64_t begin_to_wait(void)
{
    char sql[128];
    int64_t now = clock_now_us();
    (void)snprintf(sql, sizeof sql,
                   "UPDATE sign_in_throttle SET free_at = free_at + %lld - last_at, last_at = %lld"
                   " WHERE free_at > last_at",
                   (long long)now, (long long)now);
    assert_int_equal(
        room_number(room_people, "SELECT count(*) FROM sign_in_throttle WHERE free_at > last_at"),
        1);
    room_sql(room_people, sql);
    return now;
}

static void many_wrong_ones_wait(void **state)
{
    (void)state;
    struct cgi_person ada = sign_in();
    struct cgi_person device = {ada.cookie, ""};
    struct cgi_reply reply;
    for (int i = 0; i < 5; i++) {
        reply = post("/sign-in", nobody, "email=ada@example.org&password=wrong");
        assert_int_equal(reply.code, 422);
    }
    int64_t since = begin_to_wait();
    reply = post("/sign-in", nobody, "email=ada@example.org&password=" GOOD);
    int64_t took_s = (clock_now_us() - since) / CLOCK_SECOND_US;
    assert_int_equal(reply.code, status_row(STATUS_THROTTLED)->http_code);
    const char *head_says = strstr(reply.head, "Retry-After: ");
    const char *page_says = strstr(reply.body, "Try again in ");
    assert_true(head_says != NULL && page_says != NULL);
    int wait_s = atoi(head_says + strlen("Retry-After: "));
    assert_in_range(wait_s, took_s < 14 ? 14 - took_s : 1, 15);
    assert_int_equal(atoi(page_says + strlen("Try again in ")), wait_s);
    assert_null(strstr(reply.head, "Set-Cookie"));
    /* The browser that has signed in to the account before is not held up by others. */
    reply = post("/sign-in", device, "email=ada@example.org&password=" GOOD);
    assert_int_equal(reply.code, 303);
}

static void changing_the_password(void **state)
{
    (void)state;
    struct cgi_person ada = sign_in();
    struct cgi_reply reply = post("/sign-in", nobody, "email=ada@example.org&password=" GOOD);
    struct cgi_person elsewhere = entered(&reply, false);
    assert_int_equal(get("/password/change", ada).code, 200);
    reply = post("/password/change", ada,
                 "present=wrong&password=five+loud+herons&again=five+loud+herons");
    assert_int_equal(reply.code, 422);
    says(&reply, STATUS_PASSWORD_WRONG);
    reply = post("/password/change", ada,
                 "present=" GOOD "&password=five+loud+herons&again=five+loud+heron");
    says(&reply, STATUS_PASSWORD_DIFFERS);
    reply = post("/password/change", ada,
                 "present=" GOOD "&password=five+loud+herons&again=five+loud+herons");
    assert_int_equal(reply.code, 303);
    struct cgi_person renewed = entered(&reply, false);
    assert_string_not_equal(renewed.cookie, ada.cookie);
    assert_int_equal(get("/sign-in/sessions", ada).code, 303);       /* the old token is dead */
    assert_int_equal(get("/sign-in/sessions", elsewhere).code, 303); /* and so are the others */
    says(
        &(struct cgi_reply){
            .body = post("/sign-in", nobody, "email=ada@example.org&password=" GOOD).body},
        STATUS_SIGN_IN_REFUSED);
    assert_int_equal(
        post("/sign-in", nobody, "email=ada@example.org&password=five+loud+herons").code, 303);
}

/* Has the program counted the attempt? */
static bool has_tried(sqlite3 *db)
{
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT 1 FROM sign_in_throttle", -1, &statement, NULL),
                     SQLITE_OK);
    bool has = sqlite3_step(statement) == SQLITE_ROW;
    sqlite3_finalize(statement);
    return has;
}

/* Sends a form while something is written: the program has counted the attempt and read the
 * password, and waits with what it has found until that is committed. Returns the code of the
 * reply. */
static int post_meanwhile(const char *target, struct cgi_person person, const char *body,
                          const char *sql)
{
    sqlite3 *db = NULL;
    int status = 0;
    room_sql(room_people, "DELETE FROM sign_in_throttle");
    assert_int_equal(sqlite3_open(room_people, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 2000);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        _exit(post(target, person, body).code == 303 ? 1 : 0);
    }
    while (!has_tried(db)) {
        (void)usleep(1000);
    }
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    (void)usleep(1500000); /* one hash or two */
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    assert_true(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
    return WEXITSTATUS(status) == 1 ? 303 : 0;
}

static void a_password_that_is_changed_meanwhile_is_no_more(void **state)
{
    static const char sign_in_form[] = "email=ada@example.org&password=" GOOD;
    static const char change_form[] =
        "present=" GOOD "&password=five+loud+herons&again=five+loud+herons";
    static const char changed[] = "UPDATE password SET hash = 'another'; DELETE FROM session";
    (void)state;
    struct cgi_person ada = sign_in();
    assert_int_equal(post_meanwhile("/sign-in", nobody, sign_in_form, "SELECT 1"), 303);
    assert_int_equal(
        post_meanwhile("/sign-in", nobody, sign_in_form, "UPDATE person SET state = 'deactivated'"),
        0);
    room_sql(room_people, "UPDATE person SET state = 'active'");
    assert_int_equal(post_meanwhile("/password/change", ada, change_form, changed), 0);
    assert_int_equal(room_number(room_people, "SELECT count(*) FROM session"), 0);
    assert_int_equal(
        room_number(room_people, "SELECT count(*) FROM password WHERE hash = 'another'"), 1);
    make_link(1000);
    (void)sign_in();
    assert_int_equal(post_meanwhile("/sign-in", nobody, sign_in_form, changed), 0);
    assert_int_equal(room_number(room_people, "SELECT count(*) FROM session"), 0);
}

static void own_sessions(void **state)
{
    (void)state;
    struct cgi_person ada = sign_in();
    struct cgi_reply reply = post("/sign-in", nobody, "email=ada@example.org&password=" GOOD);
    struct cgi_person other = entered(&reply, false);
    reply = get("/sign-in/sessions", ada);
    assert_non_null(strstr(reply.body, "this browser"));
    assert_non_null(strstr(reply.body, "<span class=\"id\">usr_"));
    /* Newest first: the first row is the other one. */
    char body[64];
    (void)snprintf(body, sizeof body, "session=%s", cgi_value(&reply, "session"));
    assert_int_equal(post("/sign-in/sessions", ada, body).code, 303);
    assert_int_equal(get("/sign-in/sessions", other).code, 303);
    assert_int_equal(post("/sign-in/sessions", ada, body).code,
                     status_row(STATUS_NOT_FOUND)->http_code);
    assert_int_equal(post("/sign-in/sessions", ada, "session=nonsense").code, 404);
    reply = post("/sign-in/sessions/everywhere", ada, "");
    assert_string_equal(reply.location, "/sign-in?out=1");
    assert_non_null(strstr(reply.head, "Max-Age=0"));
    assert_int_equal(room_number(room_people, "SELECT count(*) FROM session"), 0);
    assert_int_equal(get("/sign-in/sessions", ada).code, 303);
}

static void signing_out(void **state)
{
    (void)state;
    struct cgi_person ada = sign_in();
    assert_int_equal(get("/sign-out", ada).code, status_row(STATUS_METHOD_NOT_ALLOWED)->http_code);
    struct cgi_reply reply = post("/sign-out", (struct cgi_person){ada.cookie, "wrong"}, "");
    assert_int_equal(reply.code, status_row(STATUS_CROSS_SITE)->http_code);
    reply = post("/sign-out", ada, "");
    assert_string_equal(reply.location, "/sign-in?out=1");
    reply = post("/sign-out", ada, ""); /* a second time, from another tab: still what was wanted */
    assert_string_equal(reply.location, "/sign-in?out=1");
    reply = get("/sign-in?out=1", nobody);
    assert_non_null(strstr(reply.body, "You are signed out."));
    /* Any other form of a session that has ended says so and offers the way back. */
    reply = post("/password/change", ada, "present=x&password=x&again=x");
    assert_int_equal(reply.code, 403);
    assert_non_null(strstr(reply.body, "Your session has ended"));
    assert_non_null(strstr(reply.body, "/sign-in?next=%2Fpassword%2Fchange"));
    assert_int_equal(status_row(STATUS_SIGN_IN_NEEDED)->http_code, 303);
}

static void what_is_not_ours_is_refused(void **state)
{
    (void)state;
    assert_int_equal(get("/sign-in/nothing", nobody).code, 404);
    assert_int_equal(get("/sign-in?x=1", nobody).code, status_row(STATUS_BAD_REQUEST)->http_code);
    assert_int_equal(post("/sign-in", nobody, "email=a&email=b&password=c").code, 400);
    assert_int_equal(post("/sign-in", nobody, "email=a&password=c&role=manager").code, 400);
    assert_int_equal(post("/sign-in?next=/account", nobody, "email=a&password=c").code, 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_link_sets_a_password_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_link_that_is_no_link, set_up, tear_down),
        cmocka_unit_test_setup_teardown(signing_in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_older_hash_is_renewed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_wrong_ones_wait, set_up, tear_down),
        cmocka_unit_test_setup_teardown(changing_the_password, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_password_that_is_changed_meanwhile_is_no_more, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(own_sessions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(signing_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_ours_is_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("sign-in pages", tests, NULL, NULL);
}
