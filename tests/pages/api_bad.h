/*
 * tests/pages/api_bad.h: tables of what programs may send by mistake or malice, tried one after the
 * other in a market (tests/pages/market.h). Include once, after cmocka's headers.
 */
#ifndef TESTS_PAGES_API_BAD_H
#define TESTS_PAGES_API_BAD_H

#include "pages/api_cgi.h"

#define BODY_MAX 300000

static struct api_caller north, charm_program;

/* Words that the cases write as {name}. */
static struct {
    const char *name;
    char text[1200];
} names[24];
static size_t name_count;

/* A word once more is a new text for it. */
static void name(const char *word, const char *text)
{
    size_t i = 0;
    while (i < name_count && strcmp(names[i].name, word) != 0) {
        i++;
    }
    assert_true(i < sizeof names / sizeof names[0]);
    names[i].name = word;
    (void)snprintf(names[i].text, sizeof names[0].text, "%s", text);
    name_count += i == name_count ? 1 : 0;
}

/* A case's body with its names filled in; quotes are written as '. */
static const char *filled(const char *pattern)
{
    static char body[BODY_MAX];
    size_t used = 0;
    while (*pattern != '\0') {
        size_t i = 0;
        while (i < name_count && strncmp(pattern, names[i].name, strlen(names[i].name)) != 0) {
            i++;
        }
        assert_true(used + sizeof names[0].text < sizeof body);
        if (i < name_count) {
            used += (size_t)snprintf(body + used, sizeof body - used, "%s", names[i].text);
            pattern += strlen(names[i].name);
        } else {
            body[used++] = *pattern == '\'' ? '"' : *pattern;
            pattern++;
        }
    }
    body[used] = '\0';
    return body;
}

static const char *one_text(const char *sql, const char *org_id)
{
    static char text[64];
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    must(sqlite3_open(town.path, &db) == SQLITE_OK);
    must(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK);
    (void)sqlite3_bind_text(statement, 1, org_id, -1, SQLITE_STATIC);
    must(sqlite3_step(statement) == SQLITE_ROW);
    (void)snprintf(text, sizeof text, "%s", (const char *)sqlite3_column_text(statement, 0));
    (void)sqlite3_finalize(statement);
    (void)sqlite3_close(db);
    return text;
}

#define ONE_BATCH(which)                                                                           \
    "SELECT batch_id FROM batch WHERE org_id = ?1 AND " which " ORDER BY last - first DESC LIMIT " \
    "1"

struct bad {
    const char *what;
    const char *body;
    int code;
    const char *loc;  /* quotes as '; NULL: not asked */
    const char *type; /* of the fault, or the problem's anchor; NULL: not asked */
};

/* Everything that acts leave, but for the audit log. */
static int64_t count_all(void)
{
    return town_number("SELECT (SELECT count(*) FROM transfer) + (SELECT count(*) FROM batch)"
                       " + (SELECT count(*) FROM delivery) + (SELECT count(*) FROM retirement)"
                       " + (SELECT count(*) FROM beneficiary) + (SELECT count(*) FROM idempotency)"
                       " + (SELECT count(*) FROM batch WHERE reserved_by IS NOT NULL)");
}

static void expect_fault(const struct bad *bad, const struct cgi_reply *reply)
{
    char loc[256], type[128];
    (void)snprintf(loc, sizeof loc, "\"loc\":%s", bad->loc == NULL ? "" : bad->loc);
    for (char *at = loc; *at != '\0'; at++) {
        *at = *at == '\'' ? '"' : *at;
    }
    (void)snprintf(type, sizeof type, bad->code == 422 ? "\"type\":\"%s\"" : "#%s\"",
                   bad->type == NULL ? "" : bad->type);
    if (reply->code != bad->code || (bad->loc != NULL && strstr(reply->body, loc) == NULL) ||
        (bad->type != NULL && strstr(reply->body, type) == NULL)) {
        fail_msg("%s: %d %s\nnot %d with %s and %s", bad->what, reply->code, reply->body, bad->code,
                 loc, type);
    }
}

static void try_all(const char *target, const struct api_caller *caller, const struct bad *cases,
                    size_t count)
{
    int64_t before = count_all();
    for (size_t i = 0; i < count; i++) {
        struct cgi_reply reply = api_post(target, caller, filled(cases[i].body), NULL);
        expect_fault(&cases[i], &reply);
    }
    assert_int_equal(count_all(), before);
}
#define TRY_ALL(target, caller, cases)                                                             \
    try_all(target, caller, cases, sizeof(cases) / sizeof((cases)[0]))

#define ENDS                                                                                       \
    "'from_organisation_id':'{north}','to_organisation_id':'{fjord}','supplier_id':'{charm}'"
#define AT_LINES "['body','credit_batch_quantities']"
#define AT_QUANTITY "['body','credit_batch_quantities',0,'credit_quantity_kg']"
#define AT_BATCH "['body','credit_batch_quantities',0,'credit_batch_id']"

static void order(const char *word, const char *supplier, const char *buyer,
                  enum instrument instrument, int64_t units)
{
    static int number;
    char key[KEY_SIZE];
    struct answer answer;
    (void)snprintf(key, sizeof key, "order-%d", number++);
    struct command command = command_of(ACT_ORDER, "", key);
    TEXT_COPY(command.order.supplier_org_id, supplier);
    TEXT_COPY(command.order.buyer_org_id, buyer);
    command.order.instrument = (uint8_t)instrument;
    command.order.units = units;
    assert_int_equal(api_ask_ledger(NULL, &command, &answer), STATUS_OK);
    name(word, answer.id);
}

/* What can be sent now: an act by batches takes them apart. */
static void name_batches(void)
{
    char sql[512];
    (void)snprintf(sql, sizeof sql,
                   ONE_BATCH("state = 'active' AND reserved_by IS NULL AND supplier_org_id = '%s'"),
                   market.charm);
    name("{batch}", one_text(sql, market.northwind));
    name("{foreign}", one_text(ONE_BATCH("state = 'active'"), market.charm));
}

static int bad_set_up(void **state)
{
    char text[1200];
    assert_int_equal(market_open(state), 0);
    north = api_caller_of(market.northwind, ROLE_ALL, SCOPE_TRANSFER | SCOPE_RETIRE);
    charm_program = api_caller_of(market.charm, ROLE_ALL, SCOPE_TRANSFER | SCOPE_RETIRE);
    name("{north}", market.northwind);
    name("{fjord}", market.fjord);
    name("{charm}",
         one_text("SELECT supplier_id FROM organisation WHERE org_id = ?1", market.charm));
    /* Oldest first from the smaller of two deliveries: one is split, its left part is reserved. */
    struct cgi_reply reply =
        api_post(API "/transfers/from_oldest_credits", &north,
                 filled("{" ENDS ",'credit_quantity_kg':77,'notes':null}"), NULL);
    cgi_is(&reply, 200);
    name("{split}", one_text(ONE_BATCH("state = 'split'"), market.northwind));
    name("{reserved}", one_text(ONE_BATCH("reserved_by IS NOT NULL"), market.northwind));
    name_batches();
    (void)snprintf(text, sizeof text, ONE_BATCH("supplier_org_id = '%s'"), market.lithos);
    name("{lithos-batch}", one_text(text, market.northwind));
    name("{charm-split}", one_text(ONE_BATCH("state = 'split'"), market.charm));
    order("{order}", market.charm, market.northwind, INSTRUMENT_CARBON_REMOVAL, 5000);
    order("{other-order}", market.lithos, market.fjord, INSTRUMENT_CARBON_REMOVAL, 5000);
    order("{windy-order}", market.charm, market.northwind, INSTRUMENT_RENEWABLE_ENERGY, 5000);
    for (size_t i = 0; i < 257; i++) {
        memcpy(text + 2 * i, "é", sizeof "é");
        if (i == 255) {
            name("{256}", text);
        }
    }
    name("{257}", text);
    memset(text, 'a', 64);
    text[64] = '\0';
    name("{64}", text);
    return 0;
}

#endif
