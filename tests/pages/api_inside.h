/*
 * tests/pages/api_inside.h: handlers of the API called in this process, over a town's registry, for
 * tests that ask thousands of times. The door is not in the way: whoever asks is an organisation.
 * What they answer is written down (tests/pages/api_answers.h). Include once, after cmocka's
 * headers.
 */
#ifndef TESTS_PAGES_API_INSIDE_H
#define TESTS_PAGES_API_INSIDE_H

#include <jansson.h>

#include "api/api.h"
#include "api/beneficiary.h"
#include "api/event.h"
#include "api/holding.h"
#include "api/order.h"
#include "api/party.h"
#include "api/project.h"
#include "api/retirement.h"
#include "api/transfer.h"
#include "api/webhook.h"
#include "ledger/town.h"
#include "pages/api_answers.h"
#include "pages/api_head.h"
#include "store/api_balances.h"
#include "store/api_batches.h"
#include "store/api_beneficiaries.h"
#include "store/api_holdings.h"
#include "store/api_transfers.h"
#include "store/documents.h"
#include "store/events.h"
#include "store/holdings.h"
#include "store/people_webhook.h"
#include "store/people_webhook_log.h"
#include "store/rights.h"

#define INSIDE_UNUSED __attribute__((unused))
#define INSIDE_IDS_MAX 4096

struct inside_list {
    char ids[INSIDE_IDS_MAX][ID_SIZE];
    size_t count;
};

static struct arena inside_arena;
static struct store *inside_store;
static struct store *inside_people;  /* NULL: this test has no people.db */
static char inside_people_path[128]; /* where it is */

static const struct query_table *const inside_tables[] = {
    &api_parties_queries,
    &api_batches_queries,
    &api_projects_queries,
    &api_orders_queries,
    &api_retirements_queries,
    &api_holdings_queries,
    &api_beneficiaries_queries,
    &api_transfers_queries,
    &api_balances_queries,
    &holdings_queries,
    &rights_queries,
    &documents_queries,
    &events_queries,
    NULL,
};

/* Where each handler stands (api.c), ":id" for its argument. */
static const struct {
    enum status (*handler)(struct visit *visit, struct response *response);
    const char *pattern;
} inside_routes[] = {
    {beneficiaries_get, "/beneficiaries"},
    {deliveries_get, "/deliveries"},
    {events_get, "/events"},
    {exports_get, "/exports"},
    {issuances_get, "/issuances"},
    {order_deliveries_get, "/orders/:id/deliveries"},
    {organisation_balance_get, "/organisations/:id/credit_balance"},
    {organisation_batches_get, "/organisations/:id/credit_batches"},
    {organisation_orders_get, "/organisations/:id/orders"},
    {project_documents_get, "/projects/:id/documents"},
    {projects_get, "/projects"},
    {retirement_batches_get, "/retirements/:id/credit_batches"},
    {retirements_get, "/retirements"},
    {supplier_deliveries_get, "/suppliers/:id/deliveries"},
    {supplier_issuances_get, "/suppliers/:id/issuances"},
    {supplier_orders_get, "/suppliers/:id/orders"},
    {supplier_projects_get, "/suppliers/:id/projects"},
    {suppliers_get, "/suppliers"},
    {transferees_get, "/transferees"},
    {transfers_get, "/transfers"},
    {webhook_messages_get, "/webhooks/:id/messages"},
    {webhooks_get, "/webhooks"},
};
/* answers of one operation and code that a test writes down: its walks ask thousands of times */
#define INSIDE_ANSWERS_MOST 0

INSIDE_UNUSED static void inside_open(void)
{
    if (inside_arena.bytes == NULL) {
        arena_map(&inside_arena, ARENA_BYTES);
    }
    inside_store = store_open(STORE_REGISTRY, STORE_READ, town.path, inside_tables);
    assert_non_null(inside_store);
}

/* Makes people.db for webhooks, and opens it, too. */
INSIDE_UNUSED static void inside_open_people(void)
{
    static const struct query_table *const tables[] = {
        &people_webhook_queries,
        &people_webhook_log_queries,
        NULL,
    };
    (void)snprintf(inside_people_path, sizeof inside_people_path, "%s/people.db", town.folder);
    assert_int_equal(store_migrate(STORE_PEOPLE, inside_people_path, "schema/people"), STATUS_OK);
    inside_people = store_open(STORE_PEOPLE, STORE_READ, inside_people_path, tables);
    assert_non_null(inside_people);
}

INSIDE_UNUSED static void inside_close(void)
{
    store_close(inside_store);
    if (inside_people != NULL) {
        store_close(inside_people);
        inside_people = NULL;
    }
}

static char inside_text_bytes[16 * 1024 * 1024];
static int inside_windows; /* of the last answer, beyond its first part */

/* The whole body as the door would send it, window by window; what a window takes from the arena
 * ends with it. */
INSIDE_UNUSED static size_t inside_take_windows(struct response *response)
{
    size_t size_bytes = response->body.size_bytes;
    size_t mark_bytes = inside_arena.used_bytes;
    memcpy(inside_text_bytes, response->body.bytes, size_bytes);
    inside_windows = 0;
    for (bool has_more = response->stream != NULL; has_more; inside_windows++) {
        response->body.size_bytes = 0;
        has_more = response->stream(response, response->stream_state);
        assert_true(size_bytes + response->body.size_bytes < sizeof inside_text_bytes);
        memcpy(inside_text_bytes + size_bytes, response->body.bytes, response->body.size_bytes);
        size_bytes += response->body.size_bytes;
        arena_reset(&inside_arena, mark_bytes);
    }
    return size_bytes;
}

/* The address that was asked for, as a client would have it, but for escapes in the query. */
static const char *inside_target(enum status (*handler)(struct visit *, struct response *),
                                 const char *argument, const struct pairs *query)
{
    static char target[8192];
    size_t i = 0;
    while (i < sizeof inside_routes / sizeof inside_routes[0] &&
           inside_routes[i].handler != handler) {
        i++;
    }
    if (i == sizeof inside_routes / sizeof inside_routes[0]) {
        fail_msg("a handler without its address: add it to inside_routes");
    }
    const char *pattern = inside_routes[i].pattern;
    const char *id = strstr(pattern, ":id");
    size_t bytes =
        (size_t)snprintf(target, sizeof target, "/registry/v0%.*s%s%s",
                         (int)(id == NULL ? strlen(pattern) : (size_t)(id - pattern)), pattern,
                         id == NULL ? "" : argument, id == NULL ? "" : id + strlen(":id"));
    for (size_t at = 0; at < query->count && bytes < sizeof target; at++) {
        bytes += (size_t)snprintf(target + bytes, sizeof target - bytes, "%c%s=%s",
                                  at == 0 ? '?' : '&', query->at[at].name, query->at[at].value);
    }
    return target;
}

/* One GET; *code is its status. The answer is the caller's to free; NULL when there was an error.
 * query: names and values, ended by NULL. */
INSIDE_UNUSED static json_t *inside_get(enum status (*handler)(struct visit *, struct response *),
                                        const char *org_id, const char *argument,
                                        const char *const *query, enum status *status)
{
    static struct pair pairs[32];
    const char *const arguments[4] = {argument};
    struct request request = {.method = METHOD_GET,
                              .path = "",
                              .query_text = "",
                              .body = "",
                              .accept = "",
                              .authorization = "",
                              .request_id = API_HEAD_REQUEST_ID};
    arena_reset(&inside_arena, 0);
    size_t count = 0;
    for (; query != NULL && query[2 * count] != NULL; count++) {
        assert_true(count < sizeof pairs / sizeof pairs[0]);
        pairs[count] = (struct pair){query[2 * count], query[2 * count + 1]};
    }
    request.query = (struct pairs){pairs, count};
    struct visit visit = {.arena = &inside_arena,
                          .request = &request,
                          .registry = inside_store,
                          .people = inside_people,
                          .arguments = arguments,
                          .site_url = "https://registry.example",
                          .org_id = org_id};
    struct response response = {.http_code = 200};
    out_init(&response.body, &inside_arena, RESPONSE_BYTES_MAX);
    api_begin(&visit);
    store_begin_read(inside_store);
    if (inside_people != NULL) {
        store_begin_read(inside_people);
    }
    *status = handler(&visit, &response);
    if (*status != STATUS_OK) {
        response.body.size_bytes = 0;
        api_error_page(&visit, *status, &response);
    }
    const char *head = api_head_of(&response, &request);
    size_t size_bytes = inside_take_windows(&response);
    answers_note("GET", inside_target(handler, argument, &request.query), response.http_code, head,
                 inside_text_bytes, size_bytes, INSIDE_ANSWERS_MOST);
    assert_false(store_fault(inside_store));
    store_settle(inside_store);
    if (inside_people != NULL) {
        assert_false(store_fault(inside_people));
        store_settle(inside_people);
    }
    if (*status != STATUS_OK) {
        return NULL;
    }
    json_error_t error;
    json_t *json = json_loadb(inside_text_bytes, size_bytes, JSON_REJECT_DUPLICATES, &error);
    if (json == NULL) {
        fail_msg("no JSON: %s: %.2000s", error.text, inside_text_bytes);
    }
    return json;
}

INSIDE_UNUSED static const char *inside_text(const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    return text == NULL ? "" : text;
}

/* A walk through a list, a page at a time. */
struct inside_walk {
    enum status (*handler)(struct visit *visit, struct response *response);
    const char *org_id, *argument;
    const char *const *filters; /* names and values, ended by NULL; NULL none */
    int size;                   /* rows a page */
    bool backward;
    char cursor[4096]; /* "" at the start */
    int64_t total_count;
    struct inside_list seen; /* in the order in which they came, backward or not */
    const char *shows;       /* the status that every row has to be shown with; NULL any */
};

/* One page more; false: that was the last one. */
INSIDE_UNUSED static bool inside_step(struct inside_walk *walk)
{
    const char *query[32];
    char size[16];
    size_t count = 0;
    enum status status;
    for (; walk->filters != NULL && walk->filters[count] != NULL; count++) {
        query[count] = walk->filters[count];
    }
    (void)snprintf(size, sizeof size, "%d", walk->size);
    query[count++] = walk->backward ? "last" : "first";
    query[count++] = size;
    if (walk->cursor[0] != '\0') {
        query[count++] = walk->backward ? "before" : "after";
        query[count++] = walk->cursor;
    }
    query[count] = NULL;
    json_t *json = inside_get(walk->handler, walk->org_id, walk->argument, query, &status);
    assert_int_equal(status, STATUS_OK);
    const json_t *nodes = json_object_get(json, "nodes");
    const json_t *info = json_object_get(json, "page_info");
    size_t rows = json_array_size(nodes);
    assert_true(rows <= (size_t)walk->size);
    walk->total_count = json_integer_value(json_object_get(json, "total_count"));
    for (size_t i = 0; i < rows; i++) {
        const json_t *node = json_array_get(nodes, walk->backward ? rows - 1 - i : i);
        const char *id = inside_text(node, "id");
        assert_true(walk->seen.count < INSIDE_IDS_MAX && strlen(id) == ID_SIZE - 1);
        (void)snprintf(walk->seen.ids[walk->seen.count++], ID_SIZE, "%s", id);
        if (walk->shows != NULL) {
            assert_string_equal(inside_text(node, "status"), walk->shows);
        }
    }
    bool has_more =
        json_is_true(json_object_get(info, walk->backward ? "has_previous_page" : "has_next_page"));
    bool came_from =
        json_is_true(json_object_get(info, walk->backward ? "has_next_page" : "has_previous_page"));
    assert_int_equal(came_from, walk->cursor[0] != '\0');
    assert_true(rows == (size_t)walk->size || !has_more);
    const char *cursor = inside_text(info, walk->backward ? "start_cursor" : "end_cursor");
    assert_int_equal(cursor[0] == '\0', rows == 0);
    (void)snprintf(walk->cursor, sizeof walk->cursor, "%s", cursor);
    json_decref(json);
    return has_more;
}

/* From one end to the other. */
INSIDE_UNUSED static void inside_walk_all(struct inside_walk *walk)
{
    while (inside_step(walk)) {
    }
}

/* What a query of one column over one of the two files gives. */
INSIDE_UNUSED static void inside_sql_of(bool in_people, const char *sql, struct inside_list *list)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    list->count = 0;
    must(sqlite3_open(in_people ? inside_people_path : town.path, &db) == SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sqlite3_errmsg(db), sql);
    }
    while (sqlite3_step(statement) == SQLITE_ROW) {
        must(list->count < INSIDE_IDS_MAX);
        (void)snprintf(list->ids[list->count++], ID_SIZE, "%s",
                       (const char *)sqlite3_column_text(statement, 0));
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
}

INSIDE_UNUSED static void inside_sql(const char *sql, struct inside_list *list)
{
    inside_sql_of(false, sql, list);
}

INSIDE_UNUSED static bool inside_has(const struct inside_list *list, const char *id)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->ids[i], id) == 0) {
            return true;
        }
    }
    return false;
}

#endif
