/*
 * tests/pages/authorise.h: who is let in where. For every row of a program's own route table and
 * every kind of visitor the answer must be what the row's need bits say: asked to sign in, told
 * that there is nothing (404), refused (403), or let in. What is let in with a form gets a field
 * that no form has, so that it ends before its handler does anything. Include after the program's
 * source and cmocka's headers.
 */
#ifndef TESTS_PAGES_AUTHORISE_H
#define TESTS_PAGES_AUTHORISE_H

#include "gate/caller.h"
#include "ledger/dump.h"
#include "pages/market_steps.h"
#include "store/people_credential.h"

enum verdict { LET_IN, SIGN_IN, HIDDEN, REFUSED };
static const char *const verdict_words[] = {"let in", "asked to sign in", "told 404", "refused"};

struct visitor {
    const char *name;
    struct cgi_person person;
    bool is_signed_in, has_org;
    unsigned org_roles, registry_roles;
};
enum { NOBODY, VIEWER, STARTER, APPROVING, MANAGING, STRANGER, ADMINISTRATOR, AUDITOR, VISITORS };
static struct visitor visitors[VISITORS];

/* What ids in addresses stand for: the market's own things, and things that never were. */
static struct named_id {
    const char *after; /* the segment before the id */
    char own[ID_SIZE];
    const char *nobodys;
} named_ids[] = {
    {"retirements/drafts", "", "drf_00000000000000ZZ"},
    {"drafts", "", "drf_00000000000000ZZ"},
    {"transfers", "", "tfr_00000000000000ZZ"},
    {"exports", "", "tfr_00000000000000ZZ"},
    {"accounts", "", "acc_00000000000000ZZ"},
    {"people", "", "usr_00000000000000ZZ"},
    {"organisations", "", "org_00000000000000ZZ"},
    {"projects", "", "prj_00000000000000ZZ"},
    {"documents", "", "pjd_00000000000000ZZ"},
    {"orders", "", "ord_00000000000000ZZ"},
    {"suppliers", "", "spl_00000000000000ZZ"},
    {"credit-batches", "", "ctb_00000000000000ZZ"},
    {"credit_batches", "", "ctb_00000000000000ZZ"},
    {"issuances", "", "iss_00000000000000ZZ"},
    {"retirements", "", "ret_00000000000000ZZ"},
    {"redact", "", "ret_00000000000000ZZ"},
    {"deliveries", "", "dlv_00000000000000ZZ"},
    {"buffer-pool", "", "org_00000000000000ZZ"},
    {"refunds", "", "bpr_00000000000000ZZ"},
    {"cancellations", "", "cnl_00000000000000ZZ"},
    {"webhooks", "", "whk_00000000000000ZZ"},
    {"messages", "", "msg_00000000000000ZZ"},
    {"tokens", "", "tok_00000000000000ZZ"},
    {"clients", "", "cls_00000000000000ZZ"},
};
enum { NAMED_IDS = sizeof named_ids / sizeof named_ids[0] };

static void own_id(const char *after, const char *id)
{
    for (size_t i = 0; i < NAMED_IDS; i++) {
        if (text_is(named_ids[i].after, after)) {
            (void)snprintf(named_ids[i].own, ID_SIZE, "%s", id);
        }
    }
}

/* ---- the world ---- */

static struct visitor visitor_of(const char *name, struct cgi_person person, unsigned org_roles,
                                 unsigned registry_roles)
{
    return (struct visitor){.name = name,
                            .person = person,
                            .is_signed_in = true,
                            .has_org = org_roles != 0,
                            .org_roles = org_roles,
                            .registry_roles = registry_roles};
}

static void first_id(const char *after, const char *table, const char *column)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    char sql[128];
    (void)snprintf(sql, sizeof sql, "SELECT %s FROM %s LIMIT 1", column, table);
    assert_int_equal(sqlite3_open(town.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    if (sqlite3_step(statement) == SQLITE_ROW) {
        own_id(after, (const char *)sqlite3_column_text(statement, 0));
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
}

/* A buffer pool, something that came back out of it, something that was cancelled in it. */
static void fill_pool(void)
{
    own_id("buffer-pool", town_org("Pool", false, ORG_BUFFER));
    town_issue(market.charm_project, 2025, 100, 50);
    struct command take = command_of(ACT_REFUND, "", town_key());
    must(TEXT_COPY(take.pool.project_id, market.charm_project));
    take.pool.units = 10;
    own_id("refunds", town_do(&take));
    take.kind = ACT_CANCEL_UNITS;
    must(TEXT_COPY(take.key, town_key()) && TEXT_COPY(take.pool.notes, "A flood"));
    own_id("cancellations", town_do(&take));
}

static void fill_ids(void)
{
    struct command open = command_of(ACT_OPEN_ACCOUNT, "", town_key());
    must(TEXT_COPY(open.account.org_id, market.northwind) &&
         TEXT_COPY(open.account.name, "Nothing in it"));
    own_id("accounts", town_do(&open));
    struct command send = town_transfer("", market.northwind, market.fjord, market.charm, 1000);
    own_id("transfers", town_do(&send));
    struct command retire = command_of(ACT_RETIRE, "", town_key());
    must(TEXT_COPY(retire.retire.org_id, market.northwind));
    must(TEXT_COPY(retire.retire.supplier_org_id, market.charm));
    must(TEXT_COPY(retire.retire.beneficiary, "A beneficiary"));
    retire.retire.purposes = 1;
    retire.retire.units = 10;
    own_id("retirements", town_do(&retire));
    first_id("redact", "retirement", "retirement_id");
    fill_pool();
    own_id("organisations", market.northwind);
    own_id("projects", market.charm_project);
    struct command add = command_of(ACT_ADD_DOCUMENT, "", town_key());
    must(TEXT_COPY(add.document.project_id, market.charm_project));
    must(TEXT_COPY(add.document.name, "Design") &&
         TEXT_COPY(add.document.url, "https://charm.example/design.pdf"));
    (void)town_do(&add);
    first_id("documents", "project_document", "document_id");
    own_id("people", town_person('C'));
    first_id("orders", "buyer_order", "order_id");
    first_id("credit-batches", "batch", "batch_id");
    first_id("issuances", "issuance", "issuance_id");
    first_id("deliveries", "delivery", "delivery_id");
}

/* An access token and a client secret of the market's buyer. */
static void fill_credentials(struct store *people)
{
    struct signing_key key = {.key_id = "key_00000000000000A1",
                              .algorithm = "HS256",
                              .header = "e30",
                              .issuer = cgi_site,
                              .secret = (const uint8_t *)"0123456789abcdef0123456789abcdef",
                              .made_at = 1};
    struct access_token token = {.token_id = "tok_00000000000000A1",
                                 .user_id = "usr_00000000000000P1",
                                 .org_id = market.northwind,
                                 .name = "Nightly job",
                                 .key_id = key.key_id,
                                 .scopes = SCOPE_READ,
                                 .ranges = "",
                                 .made_by = town_person('A'),
                                 .made_at = 1,
                                 .expires_at = clock_now_us() + CLOCK_DAY_US};
    struct client_secret client = {.client_id = "cls_00000000000000A1",
                                   .org_id = market.northwind,
                                   .name = "Northwind ERP",
                                   .made_by = town_person('A'),
                                   .made_at = 1};
    struct digest hash = digest_of("x", 1);
    assert_true(credential_add_key(people, &key));
    assert_true(credential_add_token(people, &token, &hash));
    assert_true(credential_add_client(people, &client, &hash));
    own_id("tokens", token.token_id);
    own_id("clients", client.client_id);
}

/* An endpoint and a message of it: what nobody else may find. */
static void fill_webhook(struct cgi_person manager)
{
    struct cgi_reply reply =
        market_post("/account/team/webhooks/add", manager,
                    "url=https%3A%2F%2Fhooks.example.org%2Fx&description=&scope=own&which=all");
    cgi_is(&reply, 200);
    const char *webhook_id = id_in(reply.body, "whk_");
    own_id("webhooks", webhook_id);
    reply = market_post(words("/account/team/webhooks/%s/test", webhook_id), manager, "");
    cgi_is(&reply, 303);
    own_id("messages", id_in(reply.location, "msg_"));
}

static int authorise_open(void **state)
{
    static const struct query_table *const tables[] = {
        &people_person_queries, &people_session_queries, &people_credential_queries, NULL};
    char path[PATH_MAX];
    market_open(state);
    market_stop_daemon();
    town_open_ledger();
    (void)snprintf(path, sizeof path, "%s/people.db", town.folder);
    struct store *people = store_open(STORE_PEOPLE, STORE_WRITE, path, tables);
    assert_non_null(people);
    struct cgi_person ines =
        market_person(people, 'G', "Ines Starter", market.northwind, ROLE_INITIATOR);
    struct cgi_person marc =
        market_person(people, 'H', "Marc Head", market.northwind, ROLE_MANAGER);
    struct cgi_person rosa = market_person(people, 'R', "Rosa Keeper", "", 0);
    struct cgi_person otto = market_person(people, 'T', "Otto Reed", "", 0);
    fill_credentials(people);
    store_close(people);
    town_official(town_person('R'), REGISTRY_ADMINISTRATOR);
    town_official(town_person('T'), REGISTRY_AUDITOR);
    town.now_us = clock_now_us(); /* what waits must not be out of time */
    fill_ids();
    store_close(town.ledger.store);
    market_start_daemon();
    visitors[NOBODY] = (struct visitor){.name = "nobody", .person = market_nobody};
    visitors[VIEWER] = visitor_of("a viewer", market.vera, ROLE_VIEWER, 0);
    visitors[STARTER] = visitor_of("an initiator", ines, ROLE_INITIATOR, 0);
    visitors[APPROVING] = visitor_of("an approver", market.jon, ROLE_VIEWER | ROLE_APPROVER, 0);
    visitors[MANAGING] = visitor_of("a manager", marc, ROLE_MANAGER, 0);
    visitors[STRANGER] = visitor_of("a stranger", market.eve, ROLE_ALL, 0);
    visitors[ADMINISTRATOR] = visitor_of("an administrator", rosa, 0, REGISTRY_ADMINISTRATOR);
    visitors[AUDITOR] = visitor_of("an auditor", otto, 0, REGISTRY_AUDITOR);
    own_id("drafts", begin(ines, "external"));
    struct cgi_reply reply = market_post("/account/retirements/new", ines,
                                         words("balance=%s.carbon_removal", market.charm));
    cgi_is(&reply, 303);
    own_id("retirements/drafts", id_in(reply.location, "drf_"));
    fill_webhook(marc);
    return 0;
}

/* ---- asking ---- */

/* The address of a row: with the market's own ids, or with nobody's. */
static const char *address_of(const char *pattern, bool is_nobodys)
{
    static char addresses[4][512];
    static unsigned next;
    char *address = addresses[next++ % 4];
    char before[80] = "";
    address[0] = '\0';
    while (*pattern == '/') {
        size_t bytes = strcspn(pattern + 1, "/");
        char segment[64];
        (void)snprintf(segment, sizeof segment, "%.*s", (int)bytes, pattern + 1);
        const char *filled = segment;
        for (size_t i = 0; i < NAMED_IDS && text_is(segment, ":id"); i++) {
            if (text_is(named_ids[i].after, before)) {
                filled = is_nobodys ? named_ids[i].nobodys : named_ids[i].own;
            }
        }
        if (text_is(segment, ":word")) {
            filled = "suspend";
        }
        assert_true(filled[0] != ':'); /* a kind of id that this test does not know yet */
        size_t used = strlen(address);
        (void)snprintf(address + used, sizeof addresses[0] - used, "/%s", filled);
        bool is_retiring = text_is(segment, "drafts") && text_is(before, "retirements");
        (void)snprintf(before, sizeof before, "%s%s", is_retiring ? "retirements/" : "", segment);
        pattern += 1 + bytes;
    }
    return address;
}

/* The rules of gate/gate.h once more, in other words. */
static enum verdict expected(const char *program, const struct route *route,
                             const struct visitor *visitor)
{
    unsigned need = route->need;
    bool is_administrator = (visitor->registry_roles & REGISTRY_ADMINISTRATOR) != 0;
    bool is_auditor = (visitor->registry_roles & REGISTRY_AUDITOR) != 0;
    if (need == NEED_NOBODY) {
        return LET_IN;
    }
    if (!visitor->is_signed_in) {
        return SIGN_IN;
    }
    if ((need & NEED_ADMINISTRATOR) != 0 && !is_administrator) {
        /* An auditor knows the administrators' pages and is told so. */
        return is_auditor && text_is(program, "admin") ? REFUSED : HIDDEN;
    }
    if ((need & NEED_AUDITOR) != 0 && !is_administrator && !is_auditor) {
        return HIDDEN;
    }
    bool wants_role = (need & (NEED_INITIATOR | NEED_APPROVER | NEED_MANAGER)) != 0;
    bool has_role = ((need & NEED_INITIATOR) != 0 && (visitor->org_roles & ROLE_INITIATOR) != 0) ||
                    ((need & NEED_APPROVER) != 0 && (visitor->org_roles & ROLE_APPROVER) != 0) ||
                    ((need & NEED_MANAGER) != 0 && (visitor->org_roles & ROLE_MANAGER) != 0);
    if ((((need & NEED_ORGANISATION) != 0 || wants_role) && !visitor->has_org) ||
        (wants_role && !has_role)) {
        return REFUSED;
    }
    return LET_IN;
}

static enum verdict verdict_of(const struct route *route, const struct visitor *visitor,
                               const struct cgi_reply *reply)
{
    if (reply->code == 303 && text_starts(reply->location, "/sign-in")) {
        return SIGN_IN;
    }
    /* A form cannot be kept over signing in: a page that says so. */
    if (!visitor->is_signed_in && route->method == METHOD_POST && reply->code == 403 &&
        strstr(reply->body, "ign in") != NULL) {
        return SIGN_IN;
    }
    /* Where sign-in leads to, who acts for no organisation is led on to what is theirs. */
    if (reply->code == 303 && !visitor->has_org && text_starts(route->pattern, "/account") &&
        text_is(reply->location, "/admin/pending")) {
        return REFUSED;
    }
    return reply->code == 404 ? HIDDEN : reply->code == 403 ? REFUSED : LET_IN;
}

static bool has_id(const struct route *route)
{
    return strstr(route->pattern, "/:") != NULL;
}

/* One row, one visitor. Behind the rights a thing of the market's may be hidden all the same, and a
 * page that wants a query may have nothing to show. */
static int judge(const char *program, const struct route *route, const struct visitor *visitor)
{
    bool is_post = route->method == METHOD_POST;
    enum verdict wanted = expected(program, route, visitor);
    struct cgi_reply reply =
        cgi_ask(program, town.folder, address_of(route->pattern, false), visitor->person,
                is_post ? (wanted == LET_IN ? "no_such_field=1" : "") : NULL);
    enum verdict got = verdict_of(route, visitor, &reply);
    bool may_lack = has_id(route) || route->form != NULL;
    bool is_good = got == wanted || (wanted == LET_IN && got == HIDDEN && may_lack);
    if (is_post && wanted == LET_IN) {
        is_good = reply.code == 400;
    }
    if (is_good && reply.code < 500) {
        return 0;
    }
    print_error("%s %s for %s: %d, %s instead of %s\n", is_post ? "POST" : "GET", route->pattern,
                visitor->name, reply.code, verdict_words[got], verdict_words[wanted]);
    return 1;
}

/* Ids and the number of the request become dashes: they are what was asked with. */
CGI_UNUSED static void flatten(const char *body, char *flat, size_t flat_bytes)
{
    (void)snprintf(flat, flat_bytes, "%s", body);
    size_t bytes = 1;
    for (char *at = flat; *at != '\0'; at += bytes) {
        size_t id = strspn(at, "0123456789ABCDEFGHJKMNPQRSTVWXYZ");
        size_t number = strspn(at, "0123456789abcdef");
        bytes = id > number ? id : number;
        if (id == 16 || number == 32) {
            memset(at, '-', bytes);
        }
        bytes = bytes == 0 ? 1 : bytes;
    }
}

/* One address of theirs and one of nobody's, as a stranger is answered. */
CGI_UNUSED static bool answers_alike(const char *program, const struct route *route,
                                     const char *body, char theirs[65536], char nobodys[65536],
                                     int codes[2])
{
    struct cgi_reply reply = cgi_ask(program, town.folder, address_of(route->pattern, false),
                                     visitors[STRANGER].person, body);
    codes[0] = reply.code;
    flatten(reply.body, theirs, 65536);
    reply = cgi_ask(program, town.folder, address_of(route->pattern, true),
                    visitors[STRANGER].person, body);
    codes[1] = reply.code;
    flatten(reply.body, nobodys, 65536);
    return codes[0] == 404 && codes[1] == 404 && text_is(theirs, nobodys);
}

/* What belongs to another organisation answers exactly as what never was. The page tells the
 * minute: one that ends between the two is no difference, so they are asked once more. */
CGI_UNUSED static int judge_foreign(const char *program, const struct route *route)
{
    static char theirs[65536], nobodys[65536];
    int codes[2];
    const char *body = route->method == METHOD_POST ? "" : NULL;
    if (answers_alike(program, route, body, theirs, nobodys, codes) ||
        answers_alike(program, route, body, theirs, nobodys, codes)) {
        return 0;
    }
    size_t same = 0;
    while (theirs[same] != '\0' && theirs[same] == nobodys[same]) {
        same++;
    }
    print_error("%s %s for a stranger: %d; %d for what never was; \"%.60s\", not \"%.60s\"\n",
                body == NULL ? "GET" : "POST", route->pattern, codes[0], codes[1], theirs + same,
                nobodys + same);
    return 1;
}

/* Every row for every visitor; and the registry is what it was. */
CGI_UNUSED static void authorise(const char *program, const struct route *table, size_t count)
{
    int faults = 0;
    struct digest before = town_dump();
    for (size_t i = 0; i < count; i++) {
        for (size_t v = 0; v < VISITORS; v++) {
            faults += judge(program, &table[i], &visitors[v]);
        }
    }
    struct digest after = town_dump();
    assert_int_equal(faults, 0);
    assert_true(digest_equal(&before, &after));
}

CGI_UNUSED static void authorise_foreign(const char *program, const struct route *table,
                                         size_t count)
{
    int faults = 0;
    int rows = 0;
    struct digest before = town_dump();
    for (size_t i = 0; i < count; i++) {
        if (has_id(&table[i])) {
            faults += judge_foreign(program, &table[i]);
            rows++;
        }
    }
    struct digest after = town_dump();
    assert_int_equal(faults, 0);
    assert_true(rows > 0);
    assert_true(digest_equal(&before, &after));
}

#endif
