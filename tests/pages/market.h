/*
 * tests/pages/market.h: a small registry with organisations, people who are signed in, and a ledger
 * daemon, for tests of pages. Two suppliers, a buyer with credits of both and certificates, and
 * somebody to send them to. Include once, after cmocka's headers.
 */
#ifndef TESTS_PAGES_MARKET_H
#define TESTS_PAGES_MARKET_H

#include "base/clock.h"
#include "base/digest.h"
#include "ledger/town.h"
#include "pages/cgi.h"
#include "store/people_person.h"
#include "store/people_session.h"

struct market {
    const char *charm, *lithos, *fjordwind; /* suppliers */
    const char *northwind, *fjord, *empty;  /* a buyer, a recipient, one that holds nothing */
    const char *charm_project, *lithos_project, *wind_project;
    struct cgi_person maya; /* northwind: initiator, approver, manager */
    struct cgi_person jon;  /* northwind: approver */
    struct cgi_person vera; /* northwind: viewer */
    struct cgi_person finn; /* fjord: everything */
    struct cgi_person eve;  /* empty: everything */
    pid_t daemon;
};
static struct market market;

static const struct cgi_person market_nobody = {"", ""};

/* A person with a name, a session, and roles. */
CGI_UNUSED static struct cgi_person market_person(struct store *people, char letter,
                                                  const char *name, const char *org_id,
                                                  unsigned roles)
{
    static char cookies[16][TOKEN_SIZE], tokens[16][TOKEN_SIZE];
    static unsigned next;
    unsigned at = next++ % 16;
    struct person person = {.is_active = true, .made_at = town.now_us};
    struct session session = {.made_at = clock_now_us(), .seen_at = clock_now_us()};
    session.ends_at = session.made_at + SESSION_ABSOLUTE_S_MAX * CLOCK_SECOND_US;
    token_make(cookies[at]);
    token_make(tokens[at]);
    session.token_hash = digest_of(cookies[at], strlen(cookies[at]));
    snprintf(person.user_id, sizeof(person.user_id), "%s", town_person(letter));
    snprintf(person.name, sizeof(person.name), "%s", name);
    snprintf(person.email, sizeof(person.email), "%c@example.org", letter);
    assert_true(people_add(people, &person));
    snprintf(session.session_id, sizeof(session.session_id), "ses_%015d%c", 0, letter);
    snprintf(session.user_id, sizeof(session.user_id), "%s", person.user_id);
    snprintf(session.form_token, sizeof(session.form_token), "%s", tokens[at]);
    assert_true(session_add(people, &session));
    if (roles != 0) {
        town_member(org_id, person.user_id, roles);
    }
    return (struct cgi_person){cookies[at], tokens[at]};
}

/* An order and one delivery of it. */
CGI_UNUSED static const char *market_deliver(const char *supplier, const char *buyer,
                                             const char *project, int64_t units)
{
    struct command order = command_of(ACT_ORDER, "", town_key());
    TEXT_COPY(order.order.supplier_org_id, supplier);
    TEXT_COPY(order.order.buyer_org_id, buyer);
    order.order.instrument = town_instrument(supplier);
    order.order.units = units;
    const char *order_id = town_do(&order);
    struct command deliver = command_of(ACT_DELIVER, "", town_key());
    TEXT_COPY(deliver.deliver.order_id, order_id);
    TEXT_COPY(deliver.deliver.project_id, project);
    deliver.deliver.units = units;
    town.now_us += CLOCK_DAY_US;
    return town_do(&deliver);
}

/* The one that the daemon makes last (ledger/door.c): when it is there, all are, and each has its
 * name only when it is listened on. */
CGI_UNUSED static void market_last_socket(char socket[PATH_MAX])
{
    snprintf(socket, PATH_MAX, "%s/ledger-tally.sock", town.folder);
}

CGI_UNUSED static void market_start_daemon(void)
{
    char path[PATH_MAX], socket[PATH_MAX], data[PATH_MAX], run[PATH_MAX], out[PATH_MAX];
    char empty[] = "";
    int end = 0;
    int64_t until_us = clock_steady_us() + 120 * CLOCK_SECOND_US;
    cgi_program("ledger", path);
    snprintf(data, sizeof(data), "TALLYSTICK_DATA=%s", town.folder);
    snprintf(run, sizeof(run), "TALLYSTICK_RUN=%s", town.folder);
    snprintf(out, sizeof(out), "%s/ledger-out", town.folder);
    market_last_socket(socket);
    char *environment[] = {data, run, empty, NULL};
    market.daemon = cgi_start(path, environment, "/dev/null", out);
    while (access(socket, F_OK) != 0) {
        assert_int_equal(waitpid(market.daemon, &end, WNOHANG), 0); /* it has not given up */
        assert_true(clock_steady_us() < until_us);
        usleep(5000);
    }
}

CGI_UNUSED static void market_stop_daemon(void)
{
    if (market.daemon > 0) {
        char socket[PATH_MAX];
        int status = 0;
        kill(market.daemon, SIGTERM);
        waitpid(market.daemon, &status, 0);
        market.daemon = 0;
        market_last_socket(socket);
        unlink(socket);
    }
}

CGI_UNUSED static int market_open(void **state)
{
    static const struct query_table *const tables[] = {
        &people_person_queries,
        &people_session_queries,
        NULL,
    };
    char path[PATH_MAX];
    (void)state;
    town_found();
    snprintf(path, sizeof(path), "%s/people.db", town.folder);
    assert_int_equal(store_migrate(STORE_PEOPLE, path, "schema/people"), STATUS_OK);
    struct store *people = store_open(STORE_PEOPLE, STORE_WRITE, path, tables);
    assert_non_null(people);

    market.charm = town_org("Charm", true, ORG_PARTICIPANT);
    market.lithos = town_org("Lithos", true, ORG_PARTICIPANT);
    market.fjordwind = town_org("Fjord Wind", true, ORG_PARTICIPANT);
    market.northwind = town_org("Northwind Carbon", false, ORG_PARTICIPANT);
    market.fjord = town_org("Ørsted & Fjord Foods", false, ORG_PARTICIPANT);
    market.empty = town_org("Empty Hands", false, ORG_PARTICIPANT);
    market.charm_project = town_project(market.charm, "CHRM", INSTRUMENT_CARBON_REMOVAL);
    market.lithos_project = town_project(market.lithos, "LITH", INSTRUMENT_CARBON_REMOVAL);
    market.wind_project = town_project(market.fjordwind, "WIND", INSTRUMENT_RENEWABLE_ENERGY);
    town_issue(market.charm_project, 2023, 1000000, 0);
    town_issue(market.lithos_project, 2024, 500000, 0);
    town_issue(market.wind_project, 2024, 900, 0);
    market_deliver(market.charm, market.northwind, market.charm_project, 60000);
    market_deliver(market.charm, market.northwind, market.charm_project, 24210);
    market_deliver(market.lithos, market.northwind, market.lithos_project, 12000);
    market_deliver(market.fjordwind, market.northwind, market.wind_project, 120);

    market.maya = market_person(people, 'A', "Maya Okafor", market.northwind,
                                ROLE_VIEWER | ROLE_INITIATOR | ROLE_APPROVER | ROLE_MANAGER);
    market.jon =
        market_person(people, 'B', "Jon Aasen", market.northwind, ROLE_VIEWER | ROLE_APPROVER);
    market.vera = market_person(people, 'C', "Vera Lind", market.northwind, ROLE_VIEWER);
    market.finn = market_person(people, 'D', "Finn Berg", market.fjord, ROLE_ALL);
    market.eve = market_person(people, 'E', "Eve Small", market.empty, ROLE_ALL);
    store_close(people);
    store_close(town.ledger.store);
    market_start_daemon();
    return 0;
}

CGI_UNUSED static int market_close(void **state)
{
    (void)state;
    market_stop_daemon();
    town_open_ledger(); /* town_leave closes it */
    town_leave();
    return 0;
}

/* The market without its daemon: what happens is done here, by town_do. Returns people.db, to add
 * persons; the caller closes it. */
CGI_UNUSED static struct store *market_open_alone(void **state)
{
    static const struct query_table *const tables[] = {
        &people_person_queries,
        &people_session_queries,
        NULL,
    };
    char path[PATH_MAX];
    market_open(state);
    market_stop_daemon();
    town_open_ledger();
    (void)snprintf(path, sizeof(path), "%s/people.db", town.folder);
    struct store *people = store_open(STORE_PEOPLE, STORE_WRITE, path, tables);
    assert_non_null(people);
    return people;
}

CGI_UNUSED static struct cgi_reply market_get(const char *target, struct cgi_person person)
{
    return cgi_ask("account", town.folder, target, person, NULL);
}

CGI_UNUSED static struct cgi_reply market_post(const char *target, struct cgi_person person,
                                               const char *body)
{
    return cgi_ask("account", town.folder, target, person, body);
}

#endif
