/* tests/pages/team_test.c: people, policies and accounts of an organisation, from the page to the
 * ledger and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/client.h"
#include "pages/market_steps.h"

static void cgi_goes(struct cgi_reply reply, const char *location)
{
    cgi_is(&reply, 303);
    assert_string_equal(reply.location, location);
}

static void everybody_reads_and_managers_change(void **state)
{
    static const char *const pages[] = {"/account/team", "/account/team/policies",
                                        "/account/team/accounts"};
    static const char *const acts[] = {
        "/account/team/add",      "/account/team/policies",
        "/account/team/trust",    "/account/team/untrust",
        "/account/team/accounts", "/account/team/accounts/acc_000000000SBX0000/close"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct cgi_reply reply = market_get(pages[i], market.vera);
        cgi_is(&reply, 200);
        cgi_has(&reply, "Northwind Carbon");
        cgi_has_not(&reply, "<form method=\"post\" action=\"/account/team");
        reply = market_get(pages[i], market.maya);
        cgi_is(&reply, 200);
        reply = market_get(pages[i], market_nobody);
        cgi_is(&reply, 303);
    }
    for (size_t i = 0; i < 6; i++) {
        struct cgi_reply reply = market_post(acts[i], market.vera, "");
        cgi_is(&reply, status_row(STATUS_NOT_ALLOWED)->http_code);
    }
    struct cgi_reply reply = market_get("/account/team", market.maya);
    cgi_has(&reply, "Maya Okafor <small>you</small>");
    cgi_has(&reply, "3 people");
    cgi_has(&reply, "viewer, approver");
}

static void adding_people(void **state)
{
    (void)state;
    struct cgi_reply reply =
        market_post("/account/team/add", market.maya, "email=new@example.org&name=New+Person");
    cgi_is(&reply, status_row(STATUS_FORM_FAULTS)->http_code);
    cgi_has(&reply, "Tick at least one role.");
    reply = market_post("/account/team/add", market.maya, "email=new@example.org&viewer=1");
    cgi_is(&reply, 422);
    cgi_has(&reply, "Enter the person’s name as well");
    reply = market_post("/account/team/add", market.maya, "email=not+an+address&name=New&viewer=1");
    cgi_is(&reply, 422);
    reply = market_post("/account/team/add", market.maya,
                        "email=new@example.org&name=New+Person&viewer=1&approver=1");
    cgi_is(&reply, 200);
    cgi_has(&reply, "New Person is in the team of Northwind Carbon");
    cgi_has(&reply, "/password/set?link=");
    reply = market_post("/account/team/add", market.maya,
                        "email=NEW@example.org&name=New+Person&viewer=1");
    cgi_is(&reply, 422);
    cgi_has(&reply, "is in the team already");
    /* Somebody the registry knows joins without a link, but not unasked: whoever was first to
     * invite the address may be somebody else. */
    reply = market_post("/account/team/add", market.maya, "email=d@example.org&viewer=1");
    cgi_is(&reply, 422);
    cgi_has(&reply, "Ask them for the number");
    reply = market_post("/account/team/add", market.maya,
                        words("email=d@example.org&viewer=1&number=%s", town_person('A')));
    cgi_is(&reply, 422);
    cgi_has(&reply, "This is not the number of the person");
    reply =
        market_post("/account/team/add", market.maya,
                    words("email=else@example.org&name=Finn&viewer=1&number=%s", town_person('D')));
    cgi_is(&reply, 422);
    cgi_has(&reply, "Enter the one that goes with the number");
    reply = market_get("/account/team", market.maya);
    cgi_has_not(&reply, "Finn");
    reply = market_post("/account/team/add", market.maya,
                        words("email=d@example.org&viewer=1&number=%s", town_person('D')));
    cgi_goes(reply, "/account/team");
    reply = market_get("/account/team", market.maya);
    cgi_has(&reply, "Finn Berg");
    cgi_has(&reply, "5 people");
    cgi_has_not(&reply, "link=");
}

static void roles_links_and_leaving(void **state)
{
    (void)state;
    const char *jon = words("/account/team/people/%s", town_person('B'));
    const char *maya = words("/account/team/people/%s", town_person('A'));
    const char *finn = words("/account/team/people/%s", town_person('D'));
    const char *eve = words("/account/team/people/%s", town_person('E'));
    struct cgi_reply reply = market_get(eve, market.maya); /* of another organisation */
    cgi_is(&reply, 404);
    reply = market_post(eve, market.maya, "viewer=1");
    cgi_is(&reply, 404);
    reply = market_post(words("%s/link", eve), market.maya, "");
    cgi_is(&reply, 404);
    reply = market_post(words("%s/remove", eve), market.maya, "");
    cgi_is(&reply, 404);
    reply = market_post(words("%s/link", jon), market.maya, "");
    cgi_is(&reply, 200);
    cgi_has(&reply, "/password/set?link=");
    reply = market_post(words("%s/link", finn), market.maya,
                        ""); /* acts for two: the link would open the other as well */
    cgi_is(&reply, 403);
    cgi_has_not(&reply, "link=");
    reply = market_post(jon, market.maya, "");
    cgi_is(&reply, 422);
    reply = market_post(maya, market.maya, "viewer=1");
    cgi_is(&reply, status_row(STATUS_LAST_MANAGER)->http_code);
    cgi_has(&reply, status_row(STATUS_LAST_MANAGER)->sentence);
    reply = market_post(jon, market.maya, "viewer=1&manager=1");
    cgi_goes(reply, "/account/team");
    reply = market_get("/account/team", market.jon);
    cgi_has(&reply, "Add a person");
    reply = market_get(finn, market.jon);
    cgi_has(&reply, "An access token that Finn Berg made for a program goes on working");
    cgi_has(&reply, "href=\"/account/team/programs\">Programs</a>.");
    reply = market_post(words("%s/remove", finn), market.jon, "");
    cgi_goes(reply, "/account/team");
    reply = market_get(finn, market.jon);
    cgi_is(&reply, 404);
}

/* An act of the operator through the daemon. */
static void set_roles(const char *org_id, const char *user_id, unsigned roles)
{
    char path[PATH_MAX];
    struct ledger_client client;
    struct answer set;
    struct command command = command_of(ACT_SET_MEMBER, "", "");
    assert_true(TEXT_COPY(command.person.org_id, org_id) &&
                TEXT_COPY(command.person.user_id, user_id));
    command.person.roles = (uint8_t)roles;
    (void)snprintf(path, sizeof(path), "%s/ledger-tally.sock", town.folder);
    ledger_client_init(&client, path);
    enum status status = ledger_ask(&client, &command, &set);
    ledger_client_close(&client);
    assert_int_equal(status, STATUS_OK);
}

/* While a link waits for people.db its person joins another organisation: it would open that, too.
 */
static void a_link_that_is_made_too_late(void **state)
{
    char path[PATH_MAX];
    sqlite3 *db = NULL;
    int ended = 0;
    (void)state;
    const char *vera = town_person('C');
    (void)snprintf(path, sizeof(path), "%s/people.db", town.folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 2000);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct cgi_reply reply =
            market_post(words("/account/team/people/%s/link", vera), market.maya, "");
        _exit(reply.code == 403 && strstr(reply.body, "?link=") == NULL ? 0 : 1);
    }
    (void)usleep(1500000); /* it has looked at the roles */
    set_roles(market.empty, vera, ROLE_VIEWER);
    assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_true(waitpid(pid, &ended, 0) == pid && WIFEXITED(ended));
    assert_int_equal(WEXITSTATUS(ended), 0);
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT 1 FROM password_link WHERE used_at IS NULL AND"
                                        " user_id = ?1",
                                        -1, &statement, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_bind_text(statement, 1, vera, -1, SQLITE_STATIC), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    set_roles(market.empty, vera, 0);
}

static void policies(void **state)
{
    (void)state;
    const char *home = "/account/team/policies";
    struct cgi_reply reply =
        market_post(home, market.maya, "incoming=trusted&two_person=above&above=1.5");
    cgi_is(&reply, 422);
    cgi_has(&reply, "value=\"1.5\"");
    cgi_has(&reply, "value=\"trusted\" checked");
    cgi_has(&reply, "Enter the amount in whole units, such as 1000000.");
    static const char *const too_large[] = {"1000000000000001", "12345678901234567890123"};
    for (size_t i = 0; i < sizeof(too_large) / sizeof(too_large[0]); i++) {
        reply = market_post(home, market.maya,
                            words("incoming=trusted&two_person=above&above=%s", too_large[i]));
        cgi_is(&reply, 422);
        cgi_has(&reply, "This is more than the registry can count.");
    }
    reply = market_post(home, market.maya, "incoming=everything&two_person=never");
    cgi_is(&reply, 400);
    /* From the first unit on: what is saved can be saved again as the page shows it. */
    cgi_goes(market_post(home, market.maya, "incoming=trusted&two_person=above&above=0"), home);
    reply = market_get(home, market.maya);
    cgi_has(&reply, "autocomplete=\"off\" value=\"0\"");
    cgi_goes(market_post(home, market.maya, "incoming=trusted&two_person=above&above=5000"), home);
    reply = market_get(home, market.vera);
    cgi_has(&reply, "Above 5,000 units a second person approves");
    reply = market_get(words("%s?find=lith", home), market.maya);
    cgi_has(&reply, "A retirement or a delivery is done at once by one person");
    cgi_has(&reply, market.lithos);
    cgi_goes(market_post("/account/team/trust", market.maya, words("org=%s", market.lithos)), home);
    reply = market_get(words("%s?find=lith", home), market.maya);
    cgi_has(&reply, "Stop trusting");
    cgi_has(&reply, "trusted already");
    cgi_goes(market_post("/account/team/untrust", market.maya, words("org=%s", market.lithos)),
             home);
    reply = market_get(words("%s?find=nobody+at+all", home), market.maya);
    cgi_has(&reply, "No organisation is trusted");
    cgi_has(&reply, "No active organisation matches");
    reply = market_post("/account/team/trust", market.maya, "org=org_000000000SBX0000");
    cgi_is(&reply, 422);
    reply = market_post("/account/team/trust", market.maya, words("org=%s", market.northwind));
    cgi_is(&reply, 422);
}

static const char *close_of(const char *account_id)
{
    return words("/account/team/accounts/%s/close", account_id);
}

static void accounts(void **state)
{
    (void)state;
    const char *home = "/account/team/accounts";
    cgi_goes(market_post(home, market.maya, "name=Client+%26+holdings&kind=active"), home);
    struct cgi_reply reply = market_get(home, market.maya);
    cgi_has(&reply, "Client &amp; holdings");
    const char *opened = id_in(strstr(reply.body, "Client &amp; holdings"), "acc_");
    const char *main_account = id_in(reply.body, "acc_");
    reply = market_post(home, market.maya, "name=Client+%26+holdings&kind=active");
    cgi_is(&reply, status_row(STATUS_EXISTS)->http_code);
    cgi_has(&reply, "Choose a different one");
    reply = market_post(home, market.maya, "name=&kind=active");
    cgi_is(&reply, 422);
    cgi_has(&reply, "Enter a name for the account.");
    reply = market_post(close_of(main_account), market.maya, "");
    cgi_is(&reply, 422);
    cgi_has(&reply, "Main stays open: units go there");
    cgi_goes(market_get(close_of(main_account), market.maya), home);
    reply = market_get(home, market.maya);
    cgi_has(&reply, words("href=\"%s\"", close_of(opened)));
    cgi_has_not(&reply, close_of(main_account));
    reply = market_get(close_of(opened), market.maya); /* asks first */
    cgi_is(&reply, 200);
    cgi_has(&reply, "Close the account “Client &amp; holdings”?");
    reply = market_get(close_of(opened), market.vera);
    cgi_is(&reply, status_row(STATUS_NOT_ALLOWED)->http_code);
    cgi_goes(market_post(close_of(opened), market.maya, ""), home);
    reply = market_post(close_of(opened), market.maya, "");
    cgi_is(&reply, status_row(STATUS_ACCOUNT_CLOSED)->http_code);
    cgi_goes(market_get(close_of(opened), market.maya), home);
    reply = market_get(home, market.maya);
    cgi_has_not(&reply, close_of(opened));
    reply = market_post(close_of("acc_000000000SBX0000"), market.maya, "");
    cgi_is(&reply, 404);
    reply = market_get(close_of("acc_000000000SBX0000"), market.maya);
    cgi_is(&reply, 404);
}

/* A form that stands open in a tab is for the organisation of its page. Being added to a further
 * one, or switching in another tab, does not turn it into a form of that one. */
static void a_form_stays_with_its_organisation(void **state)
{
    (void)state;
    const char *home = "/account/team/policies";
    const char *accepts_all = words("SELECT incoming_policy = 'all' FROM organisation"
                                    " WHERE org_id IN ('%s', '%s') ORDER BY 1 DESC",
                                    market.northwind, market.empty);
    struct cgi_reply reply = market_get(home, market.maya);
    struct cgi_person tab = {market.maya.cookie, words("%s", cgi_value(&reply, "token"))};
    cgi_has(&reply, "Northwind Carbon");
    cgi_goes(
        market_post("/account/team/add", market.eve,
                    words("email=A@example.org&viewer=1&manager=1&number=%s", town_person('A'))),
        "/account/team");
    reply = market_post(home, tab, "incoming=all&two_person=never");
    cgi_is(&reply, status_row(STATUS_CROSS_SITE)->http_code);
    assert_int_equal(town_number(accepts_all), 0);
    /* Switching and signing out go from any page. */
    reply = market_post("/account/switch", tab, words("org=%s", market.northwind));
    cgi_is(&reply, 303);
    cgi_goes(market_post(home, tab, "incoming=all&two_person=never"), home);
    assert_int_equal(town_number(words("SELECT count(*) FROM organisation WHERE org_id = '%s'"
                                       " AND incoming_policy = 'all'",
                                       market.northwind)),
                     1);
}

static void without_the_ledger_nothing_changes(void **state)
{
    (void)state;
    market_stop_daemon();
    struct cgi_reply reply =
        market_post("/account/team/add", market.maya, "email=late@example.org&name=Late&viewer=1");
    cgi_is(&reply, status_row(STATUS_LEDGER_AWAY)->http_code);
    reply = market_post("/account/team/accounts", market.maya, "name=Late&kind=active");
    cgi_is(&reply, 503);
    market_start_daemon();
    reply = market_post("/account/team/add", market.maya, "email=late@example.org&viewer=1");
    cgi_has(&reply, "Enter the person’s name as well"); /* nobody was made */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_reads_and_managers_change),
        cmocka_unit_test(adding_people),
        cmocka_unit_test(roles_links_and_leaving),
        cmocka_unit_test(a_link_that_is_made_too_late),
        cmocka_unit_test(policies),
        cmocka_unit_test(accounts),
        cmocka_unit_test(without_the_ledger_nothing_changes),
        cmocka_unit_test(a_form_stays_with_its_organisation),
    };
    return cmocka_run_group_tests_name("team pages", tests, market_open, market_close);
}
