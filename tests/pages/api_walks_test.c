/*
 * tests/pages/api_walks_test.c: lists of the API that grow while somebody walks through them, all
 * that tests/pages/api_paging_test.c does not walk through: parties, projects and their documents,
 * orders and deliveries, issuances and retirements, an organisation's endpoints and what was sent
 * to them, and the change feed, which goes on by sequence.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gate/webhook_admin.h"
#include "pages/api_walk.h"
#include "store/people_webhook_queue.h"

static struct store *hooks;
static struct arena hooks_arena;

static int set_up(void **state)
{
    (void)state;
    static const struct query_table *const queue[] = {&people_webhook_queue_queries, NULL};
    static const struct query_table *tables[16];
    size_t count = 0;
    history_found();
    inside_open_people();
    for (size_t i = 0; webhook_admin_tables[i] != NULL; i++) {
        tables[count++] = webhook_admin_tables[i];
    }
    tables[count++] = queue[0];
    hooks = store_open(STORE_PEOPLE, STORE_WRITE, inside_people_path, tables);
    assert_non_null(hooks);
    arena_map(&hooks_arena, 4UL * 1024 * 1024);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    store_close(hooks);
    history_leave();
    return 0;
}

static void some_acts(void)
{
    act_some(2);
}

/* And a few of a kind that all happen in one moment, where ids alone tell their order. */
static void some_at_once(void (*const *kinds)(void), unsigned count)
{
    act_some(1);
    must(store_begin_write(town.ledger.store));
    town.now_us += 1;
    for (unsigned i = below(5); i > 0; i--) {
        kinds[below(count)]();
    }
    must(store_commit(town.ledger.store));
    store_settle(town.ledger.store);
}

static void some_orders(void)
{
    static void (*const kinds[])(void) = {act_deliver};
    some_at_once(kinds, 1);
}

static void some_units(void)
{
    static void (*const kinds[])(void) = {act_issue, act_retire};
    some_at_once(kinds, 2);
}

/* ---- lists of the registry ---- */

/* Rounds of walks through lists of one kind; each round begins with another organisation. make:
 * fills the lists in and returns how many they are. */
#define LISTS_MAX 8
static void walk_rounds(int rounds, size_t (*make)(struct list_of *lists), void (*act_on)(void),
                        size_t rows_least)
{
    static struct kept kept[LISTS_MAX];
    size_t rows = 0;
    for (int round = 0; round < rounds; round++) {
        struct list_of lists[LISTS_MAX];
        size_t count = make(lists);
        assert_true(count <= LISTS_MAX);
        for (size_t i = 0; i < count; i++) {
            begin(&kept[i], &lists[i]);
        }
        rows += walk_while(kept, count, act_on);
    }
    print_message("%zu rows seen, %d acts done\n", rows, done);
    assert_true(rows >= rows_least);
}

/* printf into texts that last for a round. */
static const char *lasting(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *lasting(const char *format, ...)
{
    static char texts[2 * LISTS_MAX][1024];
    static unsigned next;
    char *text = texts[next++ % (2 * LISTS_MAX)];
    va_list arguments;
    va_start(arguments, format);
    int chars = vsnprintf(text, sizeof texts[0], format, arguments);
    va_end(arguments);
    assert_true(chars >= 0 && (size_t)chars < sizeof texts[0]);
    return text;
}

static size_t parties(struct list_of *lists)
{
    static const char by_name[] = "name COLLATE NOCASE, org_id";
    const char *org_id = orgs[below(ORGS)];
    lists[0] = (struct list_of){.handler = suppliers_get,
                                .org_id = org_id,
                                .sql = "SELECT supplier_id FROM organisation"
                                       " WHERE supplier_id IS NOT NULL",
                                .order = by_name};
    lists[1] = (struct list_of){
        .handler = transferees_get,
        .org_id = org_id,
        .sql = lasting("SELECT org_id FROM organisation WHERE org_id <> '%s'", org_id),
        .order = by_name};
    lists[2] = (struct list_of){
        .handler = beneficiaries_get,
        .org_id = org_id,
        .sql = lasting("SELECT org_id, name FROM organisation UNION ALL"
                       " SELECT beneficiary_id, name FROM beneficiary WHERE org_id = '%s'",
                       org_id),
        .order = "2 COLLATE NOCASE, 1"};
    return 3;
}

static void parties_come_and_none_is_lost(void **state)
{
    (void)state;
    walk_rounds(5, parties, some_acts, 1000);
}

static size_t projects_and_documents(struct list_of *lists)
{
    const char *org_id = orgs[below(ORGS)];
    unsigned supplier = below(SUPPLIERS), project = below(2);
    lists[0] = (struct list_of){.handler = projects_get,
                                .org_id = org_id,
                                .sql = "SELECT project_id FROM project",
                                .order = "name COLLATE NOCASE, project_id"};
    lists[1] = (struct list_of){
        .handler = supplier_projects_get,
        .org_id = org_id,
        .argument = suppliers[supplier],
        .sql = lasting("SELECT project_id FROM project WHERE org_id = '%s'", orgs[supplier]),
        .order = "project_id DESC"};
    /* Documents are taken away, too. */
    lists[2] = (struct list_of){
        .handler = project_documents_get,
        .org_id = org_id,
        .argument = projects[project],
        .sql = lasting("SELECT document_id FROM project_document WHERE project_id = '%s'"
                       " AND removed_at IS NULL",
                       projects[project]),
        .all = "SELECT document_id FROM project_document",
        .order = "name COLLATE NOCASE, document_id"};
    return 3;
}

static void projects_come_and_documents_go(void **state)
{
    (void)state;
    walk_rounds(7, projects_and_documents, some_acts, 500);
}

#define BY_ORDER "ordered_at DESC, order_id DESC"
#define BY_DELIVERY "delivered_at DESC, delivery_id DESC"

static size_t orders_and_deliveries(struct list_of *lists)
{
    static char order_id[ID_SIZE];
    static const char *filters[5];
    const char *supplier_id, *supplier, *buyer;
    unsigned number = below(SUPPLIERS);
    supplier_id = suppliers[number];
    supplier = orgs[number];
    buyer = orgs[SUPPLIERS + below(BUYERS)];
    (void)snprintf(order_id, ID_SIZE, "%s",
                   any_of(words("SELECT order_id FROM buyer_order WHERE buyer_org_id = '%s'"
                                " AND delivered_units < units",
                                buyer)));
    filters[0] = "from_supplier_id";
    filters[1] = supplier_id;
    filters[2] = "to_organisation_id";
    filters[3] = buyer;
    filters[4] = NULL;
    lists[0] = (struct list_of){
        .handler = organisation_orders_get,
        .org_id = buyer,
        .sql = lasting("SELECT order_id FROM buyer_order WHERE buyer_org_id = '%s'", buyer),
        .order = BY_ORDER};
    lists[1] = (struct list_of){
        .handler = supplier_orders_get,
        .org_id = supplier,
        .argument = supplier_id,
        .sql = lasting("SELECT order_id FROM buyer_order WHERE supplier_org_id = '%s'", supplier),
        .order = BY_ORDER};
    lists[2] = (struct list_of){.handler = deliveries_get,
                                .org_id = buyer,
                                .sql = "SELECT delivery_id FROM delivery",
                                .order = BY_DELIVERY};
    lists[3] = (struct list_of){.handler = deliveries_get,
                                .org_id = supplier,
                                .filters = filters,
                                .sql = lasting("SELECT delivery_id FROM delivery WHERE"
                                               " supplier_org_id = '%s' AND buyer_org_id = '%s'",
                                               supplier, buyer),
                                .order = BY_DELIVERY};
    lists[4] = (struct list_of){
        .handler = supplier_deliveries_get,
        .org_id = buyer,
        .argument = supplier_id,
        .sql = lasting("SELECT delivery_id FROM delivery WHERE supplier_org_id = '%s'", supplier),
        .order = BY_DELIVERY};
    lists[5] = (struct list_of){
        .handler = order_deliveries_get,
        .org_id = buyer,
        .argument = order_id,
        .sql = lasting("SELECT delivery_id FROM delivery WHERE order_id = '%s'", order_id),
        .order = BY_DELIVERY};
    return order_id[0] == '\0' ? 5 : 6;
}

static void orders_come_and_are_delivered(void **state)
{
    (void)state;
    walk_rounds(5, orders_and_deliveries, some_orders, 1000);
}

#define BY_ISSUANCE "issued_at DESC, issuance_id DESC"
#define BY_RETIREMENT "retired_at DESC, retirement_id DESC"

static size_t issued_and_retired(struct list_of *lists)
{
    static const char *owned[3] = {"owner_org_id"}, *for_one[3] = {"beneficiary_org_id"};
    const char *org_id = orgs[below(ORGS)], *owner = orgs[below(ORGS)], *one = orgs[below(ORGS)];
    unsigned supplier = below(SUPPLIERS);
    owned[1] = owner;
    for_one[1] = one;
    lists[0] = (struct list_of){.handler = issuances_get,
                                .org_id = org_id,
                                .sql = "SELECT issuance_id FROM issuance",
                                .order = BY_ISSUANCE};
    lists[1] = (struct list_of){
        .handler = supplier_issuances_get,
        .org_id = org_id,
        .argument = suppliers[supplier],
        .sql = lasting("SELECT issuance_id FROM issuance JOIN project USING (project_id)"
                       " WHERE org_id = '%s'",
                       orgs[supplier]),
        .order = BY_ISSUANCE};
    lists[2] = (struct list_of){.handler = retirements_get,
                                .org_id = org_id,
                                .sql = "SELECT retirement_id FROM retirement",
                                .order = BY_RETIREMENT};
    lists[3] = (struct list_of){
        .handler = retirements_get,
        .org_id = org_id,
        .filters = owned,
        .sql = lasting("SELECT retirement_id FROM retirement WHERE org_id = '%s'", owner),
        .order = BY_RETIREMENT};
    lists[4] = (struct list_of){
        .handler = retirements_get,
        .org_id = org_id,
        .filters = for_one,
        .sql = lasting("SELECT retirement_id FROM retirement WHERE beneficiary_org_id = '%s'", one),
        .order = BY_RETIREMENT};
    return 5;
}

static void units_are_issued_and_retired(void **state)
{
    (void)state;
    walk_rounds(4, issued_and_retired, some_units, 1000);
}

/* ---- endpoints and what was sent to them ---- */

#define HOOK_OWNERS 2

static struct webhook_admin admin_of(const char *org_id)
{
    arena_reset(&hooks_arena, 0);
    return (struct webhook_admin){.arena = &hooks_arena,
                                  .people = hooks,
                                  .org_id = org_id,
                                  .user_id = town_person('R'),
                                  .key = "",
                                  .tag = "TST",
                                  .now_us = town.now_us};
}

static const char *any_in_people(const char *sql)
{
    static struct inside_list list;
    static char id[ID_SIZE];
    inside_sql_of(true, sql, &list);
    (void)snprintf(id, ID_SIZE, "%s", list.count == 0 ? "" : list.ids[below((unsigned)list.count)]);
    return id;
}

#define ENDPOINTS "SELECT webhook_id FROM webhook WHERE state <> 'removed' AND org_id = '%s'"
#define MESSAGES "SELECT message_id FROM webhook_message WHERE webhook_id = '%s'"

/* One endpoint more, or one less. */
static void hook_made_or_removed(const char *org_id)
{
    const struct webhook_wish wish = {
        .url = "https://hooks.example.org/x", .description = "", .kinds = ""};
    struct webhook webhook;
    struct webhook_admin admin = admin_of(org_id);
    char id[ID_SIZE];
    /* The first one stays: what was sent to it is walked through. */
    (void)snprintf(id, ID_SIZE, "%s",
                   any_in_people(words(ENDPOINTS " AND made_at > (SELECT min(made_at) FROM webhook"
                                                 " WHERE org_id = '%s')",
                                       org_id, org_id)));
    if (id[0] != '\0' && below(2) == 0) {
        assert_int_equal(webhook_drop(&admin, id), STATUS_OK);
    } else {
        enum status status = webhook_make(&admin, &wish, &webhook);
        assert_true(status == STATUS_OK || status == STATUS_LINES_TOO_MANY);
    }
}

/* A message more, as the courier writes it, or something becomes of one that waits. */
static void message_queued_or_ended(const char *webhook_id)
{
    static struct id_source ids = {.tag = "TST"};
    static int64_t seq = 1000000; /* each is of an event of its own */
    char id[ID_SIZE];
    arena_reset(&hooks_arena, 0);
    (void)snprintf(id, ID_SIZE, "%s",
                   any_in_people(words(MESSAGES " AND state = 'waiting' ORDER BY 1", webhook_id)));
    assert_true(store_begin_write(hooks));
    if (id[0] != '\0' && below(3) == 0) {
        struct queued queued;
        struct tried tried = {.at = town.now_us, .took_us = 1000, .http_code = 503, .outcome = ""};
        assert_true(queued_get(hooks, &hooks_arena, id, &queued));
        queued_tried(hooks, &queued, &tried);
        queued_end(hooks, &queued, below(2) == 0, town.now_us);
    } else {
        id_make(&ids, "msg", town.now_us, id);
        struct queued queued = {.message_id = id,
                                .webhook_id = webhook_id,
                                .seq = seq,
                                .kind = "transfer.completed",
                                .body = "{}"};
        queued_add(hooks, &queued, town.now_us);
        seq++;
    }
    if (below(20) == 0) { /* the oldest that ended are forgotten */
        (void)webhook_forget(hooks, town.now_us, 1);
    }
    assert_true(store_commit(hooks));
}

/* What is forgotten has had its place in the list, too. */
static void remember_messages(void)
{
    sqlite3 *db = NULL;
    must(sqlite3_open(inside_people_path, &db) == SQLITE_OK);
    must(sqlite3_exec(db,
                      "CREATE TABLE ever (message_id TEXT, made_at INTEGER);"
                      "CREATE TRIGGER ever_made AFTER INSERT ON webhook_message BEGIN"
                      " INSERT INTO ever VALUES (new.message_id, new.made_at); END",
                      NULL, NULL, NULL) == SQLITE_OK);
    must(sqlite3_close(db) == SQLITE_OK);
}

static char hooked[HOOK_OWNERS][ID_SIZE]; /* the first endpoint of each owner */

static void some_sent(void)
{
    for (int i = 0; i < 3; i++) {
        unsigned owner = below(HOOK_OWNERS);
        if (below(3) > 0) { /* otherwise within the same moment */
            town.now_us += 1 + below(1000000000);
        }
        if (below(8) == 0) {
            hook_made_or_removed(orgs[owner]);
        } else {
            message_queued_or_ended(hooked[owner]);
        }
        done++;
    }
    store_settle(hooks);
}

static size_t endpoints_and_messages(struct list_of *lists)
{
    static const char *given_up[] = {"state", "given_up", NULL};
    static const char *waiting[] = {"state", "waiting", NULL};
    static const char by_message[] = "made_at DESC, message_id DESC";
    unsigned owner = below(HOOK_OWNERS);
    const char *all = lasting(MESSAGES, hooked[owner]);
    struct list_of messages = {.handler = webhook_messages_get,
                               .org_id = orgs[owner],
                               .argument = hooked[owner],
                               .sql = all,
                               .all = "SELECT message_id FROM ever",
                               .order = by_message,
                               .in_people = true};
    lists[0] = messages;
    lists[1] = messages;
    lists[1].filters = given_up;
    lists[1].sql = lasting("%s AND state = 'given_up'", all);
    lists[2] = messages;
    lists[2].filters = waiting;
    lists[2].sql = lasting("%s AND state = 'waiting'", all);
    for (size_t i = 3; i < 5; i++) {
        const char *org_id = orgs[i - 3];
        lists[i] = (struct list_of){.handler = webhooks_get,
                                    .org_id = org_id,
                                    .sql = lasting(ENDPOINTS, org_id),
                                    .all = "SELECT webhook_id FROM webhook",
                                    .order = "made_at DESC, webhook_id DESC",
                                    .in_people = true};
    }
    return 5;
}

static void messages_are_sent_and_forgotten(void **state)
{
    (void)state;
    remember_messages();
    for (unsigned i = 0; i < HOOK_OWNERS; i++) {
        hook_made_or_removed(orgs[i]);
        (void)snprintf(hooked[i], ID_SIZE, "%s", any_in_people(words(ENDPOINTS, orgs[i])));
        assert_true(hooked[i][0] != '\0');
    }
    for (int i = 0; i < 60; i++) {
        some_sent();
    }
    walk_rounds(8, endpoints_and_messages, some_sent, 1000);
    assert_true(any_in_people("SELECT webhook_id FROM webhook WHERE state = 'removed'")[0] != 0);
    assert_true(any_in_people("SELECT message_id FROM ever WHERE message_id NOT IN"
                              " (SELECT message_id FROM webhook_message)")[0] != 0);
}

/* ---- the change feed ---- */

struct feed_of {
    const char *org_id, *scope, *kind; /* NULL: not asked for */
    int64_t limit, began;              /* behind which place it began */
    int64_t after;
    bool has_more;
    int64_t seqs[INSIDE_IDS_MAX];
    size_t count;
};

static void feed_step(struct feed_of *feed)
{
    char after[24], limit[24];
    const char *query[10];
    size_t count = 0;
    enum status status;
    (void)snprintf(after, sizeof after, "%lld", (long long)feed->after);
    (void)snprintf(limit, sizeof limit, "%lld", (long long)feed->limit);
    const char *const given[][2] = {
        {"after", after}, {"limit", limit}, {"scope", feed->scope}, {"kind", feed->kind}};
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
        if (given[i][1] != NULL) {
            query[count++] = given[i][0];
            query[count++] = given[i][1];
        }
    }
    query[count] = NULL;
    json_t *json = inside_get(events_get, feed->org_id, "", query, &status);
    assert_int_equal(status, STATUS_OK);
    const json_t *nodes = json_object_get(json, "nodes");
    size_t rows = json_array_size(nodes);
    int64_t next = json_integer_value(json_object_get(json, "next_after"));
    assert_true(rows <= (size_t)feed->limit && next >= feed->after);
    for (size_t i = 0; i < rows; i++) {
        int64_t seq = json_integer_value(json_object_get(json_array_get(nodes, i), "seq"));
        /* behind all that came before, and not behind the place to go on from */
        assert_true(seq > feed->after && seq <= next);
        assert_true(feed->count == 0 || seq > feed->seqs[feed->count - 1]);
        assert_true(feed->count < INSIDE_IDS_MAX);
        feed->seqs[feed->count++] = seq;
    }
    feed->has_more = json_is_true(json_object_get(json, "has_more"));
    feed->after = next;
    json_decref(json);
}

/* Up to the place it has come to, it has shown exactly what the log has for it. */
static void feed_judge(const struct feed_of *feed)
{
    char sql[1024], own[160], kinds[96] = "";
    static struct inside_list expected;
    (void)snprintf(own, sizeof own, "org_id = '%s' OR other_org_id = '%s'", feed->org_id,
                   feed->org_id);
    if (feed->kind != NULL) {
        const char *comma = strchr(feed->kind, ',');
        (void)snprintf(kinds, sizeof kinds, " AND event IN ('%.*s', '%s')",
                       (int)strcspn(feed->kind, ","), feed->kind,
                       comma == NULL ? feed->kind : comma + 1);
    }
    (void)snprintf(
        sql, sizeof sql,
        "SELECT seq FROM act WHERE event <> '' AND seq > %lld AND seq <= %lld AND (%s%s)%s"
        " ORDER BY seq",
        (long long)feed->began, (long long)feed->after,
        feed->scope == NULL ? "is_public = 1 OR " : "", own, kinds);
    inside_sql(sql, &expected);
    assert_int_equal(feed->count, expected.count);
    for (size_t i = 0; i < feed->count; i++) {
        assert_int_equal(feed->seqs[i], atoll(expected.ids[i]));
    }
}

static void the_feed_goes_on_without_gaps(void **state)
{
    (void)state;
    static struct feed_of feeds[5];
    const char *org_id = orgs[below(ORGS)];
    int64_t began = town_number("SELECT max(seq) FROM act") - 600;
    size_t rows = 0;
    feeds[0] = (struct feed_of){.org_id = org_id, .limit = 50};
    feeds[1] = (struct feed_of){.org_id = org_id, .limit = 17, .scope = "own"};
    feeds[2] = (struct feed_of){.org_id = org_id, .limit = 7, .kind = "retirement.made"};
    feeds[3] = (struct feed_of){
        .org_id = org_id, .limit = 3, .kind = "transfer.pending,transfer.completed"};
    feeds[4] =
        (struct feed_of){.org_id = org_id, .limit = 1, .scope = "own", .kind = "order.recorded"};
    for (size_t i = 0; i < sizeof feeds / sizeof feeds[0]; i++) {
        feeds[i].began = feeds[i].after = began;
    }
    for (int step = 0; step < 100; step++) {
        act_some(2);
        for (size_t i = 0; i < sizeof feeds / sizeof feeds[0]; i++) {
            feed_step(&feeds[i]);
        }
    }
    for (size_t i = 0; i < sizeof feeds / sizeof feeds[0]; i++) {
        feed_judge(&feeds[i]); /* wherever it stands */
        do {                   /* nobody acts any more: it comes to the end */
            feed_step(&feeds[i]);
        } while (feeds[i].has_more);
        feed_judge(&feeds[i]);
        assert_int_equal(feeds[i].after, town_number("SELECT max(seq) FROM act"));
        assert_true(feeds[i].count > 5);
        rows += feeds[i].count;
    }
    print_message("%zu events seen, %d acts done\n", rows, done);
    assert_true(rows > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parties_come_and_none_is_lost),
        cmocka_unit_test(projects_come_and_documents_go),
        cmocka_unit_test(orders_come_and_are_delivered),
        cmocka_unit_test(units_are_issued_and_retired),
        cmocka_unit_test(messages_are_sent_and_forgotten),
        cmocka_unit_test(the_feed_goes_on_without_gaps),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
