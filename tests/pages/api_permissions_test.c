/*
 * tests/pages/api_permissions_test.c: who may do what over the API: every row of api.c's route
 * table for every kind of caller, run, and written down as tests/api/permissions.md. The test fails
 * when a run differs from what its needs say, or from that page; PERMISSIONS=write writes the page.
 *
 * A caller that is let in with an act sends a member that no body has, so that the act ends before
 * anything happens: the registry is the same afterwards.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The table is the program's own: nothing to be kept in step. */
#define main api_main
int api_main(void);
#include "api.c" /* NOLINT(bugprone-suspicious-include) */
#undef main

#include "gate/inside.h"
#include "ledger/dump.h"
#include "pages/api_cgi.h"
#include "pages/api_foreign.h"
#include "pages/api_head.h"

#define ROUTES (sizeof routes / sizeof routes[0])
#define PAGE "tests/api/permissions.md"
#define ALL_SCOPES (SCOPE_READ | SCOPE_TRANSFER | SCOPE_RETIRE | SCOPE_MANAGE)
#define PAGE_BYTES 32768

/* The kinds of callers: the columns of the page. All but the stranger are Charm's, a supplier that
 * holds units. */
static struct column {
    const char *name;
    unsigned roles, scopes;
    bool is_refused; /* 401 everywhere */
    bool is_stranger;
    struct api_caller caller;
} columns[] = {
    {"no token", 0, 0, true, false, {{0}, {0}, {0}}},
    {"bad", 0, 0, true, false, {{0}, {0}, {0}}},
    {"expired", ROLE_ALL, ALL_SCOPES, true, false, {{0}, {0}, {0}}},
    {"revoked", ROLE_ALL, ALL_SCOPES, true, false, {{0}, {0}, {0}}},
    {"wrong organisation", ROLE_ALL, ALL_SCOPES, false, true, {{0}, {0}, {0}}},
    {"read-only scope", ROLE_ALL, SCOPE_READ, false, false, {{0}, {0}, {0}}},
    {"viewer", ROLE_VIEWER, ALL_SCOPES, false, false, {{0}, {0}, {0}}},
    {"initiator", ROLE_INITIATOR, ALL_SCOPES, false, false, {{0}, {0}, {0}}},
    {"approver", ROLE_APPROVER, ALL_SCOPES, false, false, {{0}, {0}, {0}}},
    {"manager", ROLE_MANAGER, ALL_SCOPES, false, false, {{0}, {0}, {0}}},
};
#define COLUMNS (sizeof columns / sizeof columns[0])
enum { NO_TOKEN, BAD, EXPIRED, REVOKED, INITIATOR = 7 };

/* What another organisation gets at the address of Charm's things, and why. */
static const struct stranger {
    const char *pattern; /* behind V0; a '*' at its end: whatever follows */
    int code;
    const char *why;
} strangers[] = {
    {"/organisation", 200, "its own"},
    {"/supplier", 404, "it is no supplier"},
    {"/organisations/:id", 200, "public"},
    {"/organisations/:id/credit_balance", 404, "what an organisation holds is its own to know"},
    {"/organisations/:id/credit_batches", 404, "what an organisation holds is its own to know"},
    {"/organisations/:id/orders", 404, "an order is the two parties' to know"},
    {"/suppliers/:id/orders", 404, "an order is the two parties' to know"},
    {"/suppliers", 200, "public"},
    {"/suppliers/:id*", 200, "public"},
    {"/projects*", 200, "public"},
    {"/issuances*", 200, "public"},
    {"/refunds/:id*", 200, "public"},
    {"/credit_batches/:id", 200, "public"},
    {"/retirements*", 200, "public"},
    {"/deliveries", 200, "public"},
    {"/deliveries/:id*", 200, "public"},
    {"/orders/:id*", 404, "an order is the two parties' to know"},
    {"/transfers", 200, "its own, and all completed ones"},
    {"/transfers/:id*", 404, "it waits: only the two parties know of it"},
    {"/exports", 200, "its own"},
    {"/exports/:id*", 404, "it waits: only the sender knows of it"},
    {"/beneficiaries", 200, "its own, and every active organisation"},
    {"/beneficiary", 200, "its own"},
    {"/transferees", 200, "public"},
    {"/events", 200, "public ones and its own"},
    {"/webhooks", 200, "its own"},
    {"/webhooks/:id*", 404, "an endpoint is its organisation's to know"},
};

/* What ids in addresses stand for, by the segment before. */
static struct named_id {
    const char *after;
    char id[ID_SIZE];
    const char *sql; /* finds it in registry.db; NULL: made in make_webhook */
} ids[] = {
    {"organisations", "", "SELECT org_id FROM organisation WHERE name = 'Charm'"},
    {"suppliers", "", "SELECT supplier_id FROM organisation WHERE name = 'Charm'"},
    {"projects", "", "SELECT project_id FROM project WHERE short_code = 'CHRM'"},
    {"issuances", "",
     "SELECT issuance_id FROM issuance i JOIN project p USING (project_id) WHERE p.short_code = "
     "'CHRM' ORDER BY issuance_id LIMIT 1"},
    {"deliveries", "",
     "SELECT delivery_id FROM delivery d JOIN organisation o ON o.org_id = d.supplier_org_id WHERE "
     "o.name = 'Charm' LIMIT 1"},
    {"orders", "",
     "SELECT order_id FROM buyer_order d JOIN organisation o ON o.org_id = d.supplier_org_id WHERE "
     "o.name = 'Charm' ORDER BY order_id IN (SELECT order_id FROM delivery) LIMIT 1"},
    {"refunds", "", "SELECT refund_id FROM refund LIMIT 1"},
    {"retirements", "", "SELECT retirement_id FROM retirement LIMIT 1"},
    {"credit_batches", "",
     "SELECT batch_id FROM batch b JOIN account a USING (account_id) JOIN organisation o USING "
     "(org_id) WHERE o.name = 'Charm' AND b.state = 'active' AND b.reserved_by IS NULL LIMIT 1"},
    {"transfers", "", "SELECT transfer_id FROM transfer WHERE kind = 'external' LIMIT 1"},
    {"exports", "", "SELECT transfer_id FROM transfer WHERE kind = 'export' LIMIT 1"},
    {"webhooks", "", NULL},
    {"messages", "", NULL},
    {"recipient", "", "SELECT org_id FROM organisation WHERE name LIKE '%Fjord Foods'"},
};
#define IDS (sizeof ids / sizeof ids[0])

static struct gate gate;
static struct out room; /* what is answered */

/* ---- the world ---- */

static void ask(const struct command *command, char id[ID_SIZE])
{
    struct answer reply;
    enum status status = api_ask_ledger(NULL, command, &reply);
    if (status != STATUS_OK) {
        fail_msg("%s: %s", act_word((enum act_kind)command->kind), status_row(status)->slug);
    }
    (void)snprintf(id, ID_SIZE, "%s", reply.id);
}

/* Charm's: a transfer that waits for Fjord, an export, a retirement, an order to deliver, and units
 * back from the buffer pool. */
static void make_things(void)
{
    char id[ID_SIZE];
    char buffer[ID_SIZE];
    struct ledger_client client;
    struct answer reply;
    char path[PATH_MAX];
    struct command command = town_transfer("", market.charm, market.fjord, market.charm, 4000);
    ask(&command, id);
    command = town_transfer("", market.charm, "", market.charm, 1000);
    command.transfer.kind = TRANSFER_EXPORT;
    TEXT_COPY(command.transfer.to_system, "M-RETS");
    TEXT_COPY(command.transfer.to_system_party, "Somebody");
    ask(&command, id);
    command = command_of(ACT_RETIRE, "", town_key());
    TEXT_COPY(command.retire.org_id, market.charm);
    TEXT_COPY(command.retire.supplier_org_id, market.charm);
    TEXT_COPY(command.retire.beneficiary, "Aunt Eri");
    command.retire.units = 1500;
    command.retire.purposes = 1;
    ask(&command, id);
    command = command_of(ACT_ORDER, "", town_key());
    TEXT_COPY(command.order.supplier_org_id, market.charm);
    TEXT_COPY(command.order.buyer_org_id, market.northwind);
    command.order.units = 5000;
    ask(&command, id);
    command = command_of(ACT_OPEN_ORGANISATION, "", "");
    TEXT_COPY(command.organisation.name, "Buffer pool");
    command.organisation.kind = ORG_BUFFER;
    ask(&command, buffer);
    command = command_of(ACT_ISSUE, "", town_key());
    TEXT_COPY(command.issue.project_id, market.charm_project);
    command.issue.vintage = 2022;
    command.issue.supplier_units = 9000;
    command.issue.buffer_units = 1000;
    ask(&command, id);
    command = command_of(ACT_SET_PERSON, "", "");
    TEXT_COPY(command.person.user_id, town_person('R'));
    ask(&command, id);
    command = command_of(ACT_SET_REGISTRY_ROLES, "", "");
    TEXT_COPY(command.person.user_id, town_person('R'));
    command.person.roles = REGISTRY_ADMINISTRATOR;
    ask(&command, id);
    command = command_of(ACT_REFUND, town_person('R'), town_key());
    TEXT_COPY(command.pool.org_id, buffer);
    TEXT_COPY(command.pool.project_id, market.charm_project);
    command.pool.units = 300;
    (void)snprintf(path, sizeof path, "%s/ledger-admin.sock", town.folder);
    ledger_client_init(&client, path);
    assert_int_equal(ledger_ask(&client, &command, &reply), STATUS_OK);
    ledger_client_close(&client);
}

static void set_id(const char *after, const char *id)
{
    for (size_t i = 0; i < IDS; i++) {
        if (text_is(ids[i].after, after)) {
            assert_int_equal(strlen(id), ID_SIZE - 1);
            (void)snprintf(ids[i].id, ID_SIZE, "%s", id);
        }
    }
}

static void make_webhook(void)
{
    struct api_caller manager = api_caller_of(market.charm, ROLE_ALL, ALL_SCOPES);
    struct cgi_reply reply =
        api_post(V0 "/webhooks", &manager, "{\"url\":\"https://hooks.example.org/x\"}", NULL);
    cgi_is(&reply, 200);
    set_id("webhooks", api_text(&reply, "id"));
    char target[128];
    for (size_t i = 0; i < IDS; i++) {
        if (text_is(ids[i].after, "webhooks")) {
            (void)snprintf(target, sizeof target, V0 "/webhooks/%s/test", ids[i].id);
        }
    }
    reply = api_post(target, &manager, "{}", NULL);
    cgi_is(&reply, 200);
    set_id("messages", api_text(&reply, "id"));
}

static void find_ids(void)
{
    for (size_t i = 0; i < IDS; i++) {
        sqlite3 *db = NULL;
        sqlite3_stmt *statement = NULL;
        if (ids[i].sql == NULL) {
            continue;
        }
        assert_int_equal(sqlite3_open(town.path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_prepare_v2(db, ids[i].sql, -1, &statement, NULL), SQLITE_OK);
        if (sqlite3_step(statement) != SQLITE_ROW) {
            fail_msg("there is nothing among %s", ids[i].after);
        }
        set_id(ids[i].after, (const char *)sqlite3_column_text(statement, 0));
        sqlite3_finalize(statement);
        sqlite3_close(db);
    }
}

/* Ends a token without anybody's help: by its row. */
static void people_sql(const char *sql, const char *token)
{
    char path[PATH_MAX];
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    struct digest hash = digest_of(token, strlen(token));
    (void)snprintf(path, sizeof path, "%s/people.db", town.folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    sqlite3_bind_blob(statement, 1, hash.bytes, sizeof hash.bytes, SQLITE_TRANSIENT);
    assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
    assert_int_equal(sqlite3_changes(db), 1);
    sqlite3_finalize(statement);
    sqlite3_close(db);
}

/* What api.c's main does, short of the loop. */
static int open_gate(void)
{
    static const struct gate_setup setup = {.program = "api",
                                            .door = GATE_TOKENS,
                                            .routes = routes,
                                            .route_count = ROUTES,
                                            .registry_tables = registry_tables,
                                            .people_tables = people_tables,
                                            .people_write = true,
                                            .uses_ledger = true,
                                            .error_page = api_error_page,
                                            .begin = api_begin};
    ledger_plan_tables_add(registry_tables);
    setenv("TALLYSTICK_DATA", town.folder, 1);
    setenv("TALLYSTICK_RUN", town.folder, 1);
    setenv("TALLYSTICK_SITE_URL", cgi_site, 1);
    assert_true(gate_open(&gate, &setup));
    out_init(&room, &gate.arena, RESPONSE_BYTES_MAX);
    return 0;
}

static int set_up(void **state)
{
    if (market_open(state) != 0) {
        return -1;
    }
    make_things();
    find_ids();
    make_webhook();
    for (size_t i = 0; i < COLUMNS; i++) {
        struct column *column = &columns[i];
        if (column->roles != 0) {
            column->caller = api_caller_of(column->is_stranger ? market.empty : market.charm,
                                           column->roles, column->scopes);
        }
    }
    columns[BAD].caller = columns[REVOKED].caller;
    columns[BAD].caller.token[strlen(columns[BAD].caller.token) / 2] ^= 1;
    people_sql("UPDATE access_token SET revoked_at = 1, revoked_by = '' WHERE token_hash = ?1",
               columns[REVOKED].caller.token);
    /* Its claims say something else: refused all the same, and here because its time is over. */
    people_sql("UPDATE access_token SET made_at = 1000000, expires_at = 2000000 WHERE token_hash = "
               "?1",
               columns[EXPIRED].caller.token);
    return open_gate();
}

/* ---- one cell ---- */

/* With the ids of Charm's things. */
static const char *address_of(const char *pattern)
{
    static char address[512];
    char before[64] = "";
    address[0] = '\0';
    while (*pattern == '/') {
        char segment[64];
        size_t bytes = strcspn(pattern + 1, "/");
        (void)snprintf(segment, sizeof segment, "%.*s", (int)bytes, pattern + 1);
        const char *filled = segment;
        for (size_t i = 0; i < IDS && text_is(segment, ":id"); i++) {
            if (text_is(ids[i].after, before)) {
                filled = ids[i].id;
            }
        }
        assert_true(filled[0] != ':'); /* a kind of id that this test does not know yet */
        size_t used = strlen(address);
        (void)snprintf(address + used, sizeof address - used, "/%s", filled);
        (void)snprintf(before, sizeof before, "%s", segment);
        pattern += 1 + bytes;
    }
    return address;
}

static const struct stranger *stranger_of(const struct route *route)
{
    const char *path = route->pattern + strlen(V0);
    for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
        size_t bytes = strcspn(strangers[i].pattern, "*");
        bool is_open = strangers[i].pattern[bytes] == '*';
        if (strncmp(path, strangers[i].pattern, bytes) == 0 && (is_open || path[bytes] == '\0')) {
            return &strangers[i];
        }
    }
    fail_msg("what does another organisation get at %s, and why?", path);
    return &strangers[0]; /* is not reached */
}

/* Charm's body: with the ids of its things. */
static const char *body_of(const char *pattern)
{
    static char body[1024];
    size_t used = 0;
    for (; *pattern != '\0'; pattern++) {
        size_t i = 0;
        size_t bytes = strcspn(pattern + 1, "}");
        while (*pattern == '{' && i < IDS &&
               (strncmp(ids[i].after, pattern + 1, bytes) != 0 || ids[i].after[bytes] != '\0')) {
            i++;
        }
        assert_true(used + ID_SIZE < sizeof body);
        if (*pattern == '{' && i < IDS) {
            used += (size_t)snprintf(body + used, sizeof body - used, "%s", ids[i].id);
            pattern += bytes + 1;
        } else {
            body[used++] = *pattern == '\'' ? '"' : *pattern;
        }
    }
    body[used] = '\0';
    return body;
}

/* The rules once more, in other words: 401, 403, 404, or 200 for let in. */
static int expected(const struct route *route, const struct column *column)
{
    unsigned need = route->need;
    if (column->is_refused) {
        return 401;
    }
    bool has_scope =
        ((need & NEED_SCOPE_TRANSFER) == 0 || (column->scopes & SCOPE_TRANSFER) != 0) &&
        ((need & NEED_SCOPE_RETIRE) == 0 || (column->scopes & SCOPE_RETIRE) != 0) &&
        ((need & NEED_SCOPE_MANAGE) == 0 || (column->scopes & SCOPE_MANAGE) != 0);
    unsigned roles = ((need & NEED_INITIATOR) != 0 ? (unsigned)ROLE_INITIATOR : 0) |
                     ((need & NEED_APPROVER) != 0 ? (unsigned)ROLE_APPROVER : 0) |
                     ((need & NEED_MANAGER) != 0 ? (unsigned)ROLE_MANAGER : 0);
    if (!has_scope || (roles != 0 && (roles & column->roles) == 0)) {
        return 403;
    }
    const struct foreign *foreign = foreign_of(route);
    int code = foreign != NULL ? foreign->code : stranger_of(route)->code;
    return column->is_stranger ? code : 200;
}

/* Through the program's own gate, in this process. Fails unless the answer has these words. */
static int answer_to(const struct route *route, const struct column *column, const char *body,
                     const char *words)
{
    static int asked;
    struct request request = {.method = route->method,
                              .path = address_of(route->pattern),
                              .query_text = "",
                              .content_type = "application/json",
                              .body = route->method == METHOD_POST ? body : "",
                              .cookie = "",
                              .origin = "",
                              .fetch_site = "",
                              .remote_address = "127.0.0.1",
                              .user_agent = "",
                              .request_id = API_HEAD_REQUEST_ID,
                              .if_none_match = "",
                              .accept = "",
                              .authorization = "",
                              .client_secret = column->caller.client,
                              .idempotency_key = ""};
    request.body_bytes = strlen(request.body);
    size_t mark_bytes = gate.arena.used_bytes;
    if (route->method == METHOD_POST) {
        request.idempotency_key = arena_printf(&gate.arena, "key-%d", asked++);
    }
    if (column->caller.token[0] != '\0') {
        request.authorization = arena_printf(&gate.arena, "Bearer %s", column->caller.token);
    }
    struct response response = {.http_code = 200, .body = room, .content_type = "text/html"};
    gate_answer(&gate, &request, &response);
    if (memmem(response.body.bytes, response.body.size_bytes, words, strlen(words)) == NULL) {
        fail_msg("%s, %s: %d without %s", route->pattern, column->name, response.http_code, words);
    }
    if (response.stream == NULL) { /* otherwise this is its first part */
        answers_note(route->method == METHOD_POST ? "POST" : "GET", request.path,
                     response.http_code, api_head_of(&response, &request),
                     (const char *)response.body.bytes, response.body.size_bytes, 0);
    }
    gate_finish(&gate);
    arena_reset(&gate.arena, mark_bytes);
    return response.http_code;
}

static int run(const struct route *route, const struct column *column)
{
    const struct foreign *foreign = column->is_stranger ? foreign_of(route) : NULL;
    if (foreign != NULL) {
        return answer_to(route, column, body_of(foreign->body), foreign->has);
    }
    bool acts_on = column->is_stranger && strstr(route->pattern, "/:id") != NULL;
    const char *body = acts_on ? act_of(route->pattern) : "{\"no_such_member\":1}";
    int code = answer_to(route, column, body, "");
    return route->method == METHOD_POST && code == 422 ? 200 : code;
}

/* ---- the page ---- */

static void add(char page[PAGE_BYTES], const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void add(char page[PAGE_BYTES], const char *format, ...)
{
    size_t used = strlen(page);
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(page + used, PAGE_BYTES - used, format, arguments);
    va_end(arguments);
    assert_true(length >= 0 && (size_t)length < PAGE_BYTES - used);
}

static const char *cell_of(int code)
{
    static char cells[16][8];
    static unsigned next;
    char *cell = cells[next++ % 16];
    (void)snprintf(cell, sizeof cells[0], code == 200 ? "yes" : "%d", code);
    return cell;
}

static const char *needs_of(const struct route *route)
{
    static const struct {
        unsigned need;
        const char *words;
    } needs[] = {{NEED_INITIATOR | NEED_SCOPE_TRANSFER, "transfer, initiator"},
                 {NEED_APPROVER | NEED_SCOPE_TRANSFER, "transfer, approver"},
                 {NEED_INITIATOR | NEED_SCOPE_RETIRE, "retire, initiator"},
                 {NEED_MANAGER | NEED_SCOPE_MANAGE, "manage, manager"},
                 {NEED_ORGANISATION, "any token"}};
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        if ((route->need & needs[i].need) == needs[i].need) {
            return needs[i].words;
        }
    }
    fail_msg("%s needs what nobody has thought of", route->pattern);
    return "";
}

static const char head[] =
    "# Who may do what over the API\n"
    "\n"
    "Written by a run of [tests/pages/api_permissions_test.c](../pages/api_permissions_test.c), "
    "which fails when a run\n"
    "differs: `PERMISSIONS=write build/test/tests/pages/api_permissions_test` writes it anew. "
    "Every operation is asked for\n"
    "by ten programs of one organisation (a supplier that holds units), at the address of that "
    "organisation's own things;\n"
    "only \"wrong organisation\" is a program of another one, with every scope and role, at those "
    "same addresses; and\n"
    "where a body says whose units it is about, with the very body that the first organisation may "
    "send.\n"
    "\n"
    "| cell | what it says |\n"
    "|---|---|\n"
    "| yes | let in: a GET is answered (200); an act is looked at (here with a body that has a "
    "member nobody knows: 422) |\n"
    "| 401 | the client secret or the access token is missing, unknown, out of time or revoked: "
    "one answer for all |\n"
    "| 403 | the token is good, but its scopes or its roles do not reach that far, or it is not "
    "for "
    "the organisation that the body names |\n"
    "| 404 | there is no such thing, or it is not the caller's to know: one answer for both |\n"
    "| 422 | the same of a thing that the body names: the answer says which member |\n"
    "\n"
    "What a program needs stands in the second column: the scope, then the role (any one role will "
    "do for \"any token\").\n"
    "The last column says why another organisation gets what it gets. Who may act on a thing in "
    "its present state (the\n"
    "recipient accepts, the sender withdraws, the second person approves) is the ledger's to "
    "decide, inside the act.\n"
    "\n";

static void every_cell_is_what_it_should_be(void **state)
{
    static char page[PAGE_BYTES], kept[PAGE_BYTES];
    (void)state;
    int faults = 0;
    struct digest before = town_dump();
    add(page, "%s| operation | needs |", head);
    for (size_t c = 0; c < COLUMNS; c++) {
        add(page, " %s |", columns[c].name);
    }
    add(page, " why |\n|---|---|");
    for (size_t c = 0; c < COLUMNS; c++) {
        add(page, "---|");
    }
    add(page, "---|\n");
    for (size_t r = 0; r < ROUTES; r++) {
        const struct route *route = &routes[r];
        const char *method = route->method == METHOD_POST ? "POST" : "GET";
        add(page, "| %s `%s` | %s |", method, route->pattern + strlen(V0), needs_of(route));
        for (size_t c = 0; c < COLUMNS; c++) {
            int got = run(route, &columns[c]);
            int wanted = expected(route, &columns[c]);
            if (got != wanted) {
                print_error("%s %s, %s: %d, not %d\n", method, route->pattern, columns[c].name, got,
                            wanted);
                faults++;
            }
            add(page, " %s |", cell_of(got));
        }
        const struct foreign *foreign = foreign_of(route);
        add(page, " %s |\n", foreign != NULL ? foreign->why : stranger_of(route)->why);
    }
    struct digest after = town_dump();
    assert_true(digest_equal(&before, &after));
    assert_int_equal(faults, 0);
    const char *wish = getenv("PERMISSIONS");
    FILE *file = fopen(PAGE, wish != NULL && text_is(wish, "write") ? "w+" : "r");
    assert_non_null(file);
    if (wish != NULL && text_is(wish, "write")) {
        assert_int_equal(fwrite(page, 1, strlen(page), file), strlen(page));
        rewind(file);
    }
    kept[fread(kept, 1, sizeof kept - 1, file)] = '\0';
    (void)fclose(file);
    if (!text_is(page, kept)) {
        fail_msg(PAGE " is not what this run shows: read the difference, then write it anew (see "
                      "its first lines)");
    }
}

/* The bodies that another organisation was refused for are good ones: Charm's program is answered.
 * Each act changes which batches there are. */
static void what_strangers_sent_is_good_of_charm(void **state)
{
    (void)state;
    size_t tried = 0;
    for (size_t r = 0; r < ROUTES; r++) {
        const struct foreign *foreign = foreign_of(&routes[r]);
        if (foreign != NULL) {
            find_ids();
            assert_int_equal(answer_to(&routes[r], &columns[INITIATOR], body_of(foreign->body), ""),
                             200);
            tried++;
        }
    }
    assert_int_equal(tried, FOREIGNS);
}

/* Who keeps guessing has to wait, whatever is asked for; nobody waits who brings what is right. */
static void guesses_are_throttled(void **state)
{
    (void)state;
    int guesses = 0;
    while (answer_to(&routes[0], &columns[BAD], "", "") == 401) {
        assert_true(++guesses < 600);
    }
    assert_true(guesses > 100);
    for (size_t r = 0; r < ROUTES; r++) {
        assert_int_equal(answer_to(&routes[r], &columns[BAD], "{}", "#throttled"), 429);
        assert_int_equal(answer_to(&routes[r], &columns[NO_TOKEN], "{}", "#key-needed"), 401);
    }
    assert_int_equal(answer_to(&routes[0], &columns[INITIATOR], "", ""), 200);
    gate_close(&gate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_cell_is_what_it_should_be),
                                       cmocka_unit_test(what_strangers_sent_is_good_of_charm),
                                       cmocka_unit_test(guesses_are_throttled)};
    return cmocka_run_group_tests(tests, set_up, market_close);
}
