/*
 * tests/pages/api_paging_test.c: the API's lists over a registry with a random history: every list
 * is the same forward and backward at every page size, and what a query over the tables gives; an
 * organisation's batches, under random filters, too. While acts go on between its pages, a walk
 * shows nothing twice and leaves nothing out that was there all the time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pages/api_walk.h"

static int set_up(void **state)
{
    (void)state;
    history_found();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    history_leave();
    return 0;
}

/* ---- every list against the tables ---- */

static void same(const struct inside_list *expected, const struct inside_walk *walk,
                 const char *what)
{
    assert_int_equal(walk->total_count, expected->count);
    assert_int_equal(walk->seen.count, expected->count);
    for (size_t i = 0; i < expected->count; i++) {
        const char *found = walk->seen.ids[walk->backward ? expected->count - 1 - i : i];
        if (strcmp(expected->ids[i], found) != 0) {
            fail_msg("%s, row %zu of %zu: %s, not %s", what, i, expected->count, found,
                     expected->ids[i]);
        }
    }
}

static void compare(enum status (*handler)(struct visit *, struct response *), const char *org_id,
                    const char *argument, const char *const *filters, const char *sql)
{
    static struct inside_list expected;
    static struct inside_walk walk;
    static const int sizes[] = {1, 7, 50};
    inside_sql(sql, &expected);
    for (size_t i = 0; i < 2 * sizeof sizes / sizeof sizes[0]; i++) {
        walk = (struct inside_walk){.handler = handler,
                                    .org_id = org_id,
                                    .argument = argument,
                                    .filters = filters,
                                    .size = sizes[i / 2],
                                    .backward = i % 2 == 1};
        if (walk.size == 1 && expected.count > 300) {
            walk.size = 3;
        }
        inside_walk_all(&walk);
        same(&expected, &walk, sql);
    }
}

static void lists_of_parties_and_projects(void **state)
{
    (void)state;
    compare(suppliers_get, orgs[0], "", NULL,
            "SELECT supplier_id FROM organisation WHERE supplier_id IS NOT NULL"
            " ORDER BY name COLLATE NOCASE, org_id");
    compare(transferees_get, orgs[4], "", NULL,
            words("SELECT org_id FROM organisation WHERE state = 'active' AND org_id <> '%s'"
                  " ORDER BY name COLLATE NOCASE, org_id",
                  orgs[4]));
    compare(beneficiaries_get, orgs[4], "", NULL,
            words("SELECT org_id, name FROM organisation WHERE state = 'active' UNION ALL"
                  " SELECT beneficiary_id, name FROM beneficiary WHERE org_id = '%s'"
                  " ORDER BY 2 COLLATE NOCASE, 1",
                  orgs[4]));
    compare(projects_get, orgs[4], "", NULL,
            "SELECT project_id FROM project ORDER BY name COLLATE NOCASE, project_id");
    compare(project_documents_get, orgs[4], projects[0], NULL,
            words("SELECT document_id FROM project_document WHERE project_id = '%s'"
                  " AND removed_at IS NULL ORDER BY name COLLATE NOCASE, document_id",
                  projects[0]));
    compare(issuances_get, orgs[4], "", NULL,
            "SELECT issuance_id FROM issuance ORDER BY issued_at DESC, issuance_id DESC");
    for (int i = 0; i < SUPPLIERS; i++) {
        compare(
            supplier_projects_get, orgs[4], suppliers[i], NULL,
            words("SELECT project_id FROM project WHERE org_id = '%s' ORDER BY 1 DESC", orgs[i]));
        compare(supplier_issuances_get, orgs[4], suppliers[i], NULL,
                words("SELECT issuance_id FROM issuance JOIN project USING (project_id)"
                      " WHERE org_id = '%s' ORDER BY issued_at DESC, issuance_id DESC",
                      orgs[i]));
    }
}

static void lists_of_orders_and_deliveries(void **state)
{
    (void)state;
#define BY_DELIVERY " ORDER BY delivered_at DESC, delivery_id DESC"
#define BY_ORDER " ORDER BY ordered_at DESC, order_id DESC"
    compare(deliveries_get, orgs[4], "", NULL, "SELECT delivery_id FROM delivery" BY_DELIVERY);
    for (int i = 0; i < SUPPLIERS; i++) {
        const char *const from[] = {"from_supplier_id", suppliers[i], NULL};
        const char *const to[] = {"to_organisation_id", orgs[SUPPLIERS + i], NULL};
        const char *const both[] = {"from_supplier_id", suppliers[i], "to_organisation_id",
                                    orgs[SUPPLIERS + i], NULL};
        compare(deliveries_get, orgs[0], "", from,
                words("SELECT delivery_id FROM delivery WHERE supplier_org_id = '%s'" BY_DELIVERY,
                      orgs[i]));
        compare(deliveries_get, orgs[0], "", to,
                words("SELECT delivery_id FROM delivery WHERE buyer_org_id = '%s'" BY_DELIVERY,
                      orgs[SUPPLIERS + i]));
        compare(deliveries_get, orgs[0], "", both,
                words("SELECT delivery_id FROM delivery WHERE supplier_org_id = '%s'"
                      " AND buyer_org_id = '%s'" BY_DELIVERY,
                      orgs[i], orgs[SUPPLIERS + i]));
        compare(supplier_deliveries_get, orgs[0], suppliers[i], NULL,
                words("SELECT delivery_id FROM delivery WHERE supplier_org_id = '%s'" BY_DELIVERY,
                      orgs[i]));
        compare(supplier_orders_get, orgs[i], suppliers[i], NULL,
                words("SELECT order_id FROM buyer_order WHERE supplier_org_id = '%s'" BY_ORDER,
                      orgs[i]));
        compare(organisation_orders_get, orgs[SUPPLIERS + i], orgs[SUPPLIERS + i], NULL,
                words("SELECT order_id FROM buyer_order WHERE buyer_org_id = '%s'" BY_ORDER,
                      orgs[SUPPLIERS + i]));
        const char *order_id = any_of(words("SELECT order_id FROM delivery WHERE buyer_org_id = "
                                            "'%s'",
                                            orgs[SUPPLIERS + i]));
        compare(
            order_deliveries_get, orgs[SUPPLIERS + i], order_id, NULL,
            words("SELECT delivery_id FROM delivery WHERE order_id = '%s'" BY_DELIVERY, order_id));
    }
    const char *const nobody[] = {"from_supplier_id", "spl_1CC712KFS1S0YKPS", NULL};
    compare(deliveries_get, orgs[0], "", nobody, "SELECT delivery_id FROM delivery WHERE 1 = 0");
}

static void lists_of_retirements(void **state)
{
    (void)state;
    const char *named = any_of("SELECT named_beneficiary_id FROM retirement"
                               " WHERE named_beneficiary_id IS NOT NULL");
    const char *const of_named[] = {"beneficiary_org_id", named, NULL};
    assert_true(named[0] != '\0');
    compare(retirements_get, orgs[0], "", of_named,
            words("SELECT retirement_id FROM retirement WHERE named_beneficiary_id = '%s'"
                  " ORDER BY retired_at DESC, retirement_id DESC",
                  named));
#define BY_RETIREMENT " ORDER BY retired_at DESC, retirement_id DESC"
    compare(retirements_get, orgs[0], "", NULL,
            "SELECT retirement_id FROM retirement" BY_RETIREMENT);
    for (int i = 0; i < ORGS; i++) {
        const char *const owner[] = {"owner_org_id", orgs[i], NULL};
        const char *const beneficiary[] = {"beneficiary_org_id", orgs[i], NULL};
        const char *const both[] = {"owner_org_id", orgs[0], "beneficiary_org_id", orgs[i], NULL};
        compare(retirements_get, orgs[0], "", owner,
                words("SELECT retirement_id FROM retirement WHERE org_id = '%s'" BY_RETIREMENT,
                      orgs[i]));
        compare(retirements_get, orgs[0], "", beneficiary,
                words("SELECT retirement_id FROM retirement WHERE beneficiary_org_id = "
                      "'%s'" BY_RETIREMENT,
                      orgs[i]));
        compare(retirements_get, orgs[0], "", both,
                words("SELECT retirement_id FROM retirement WHERE org_id = '%s'"
                      " AND beneficiary_org_id = '%s'" BY_RETIREMENT,
                      orgs[0], orgs[i]));
    }
}

/* ---- an organisation's batches ---- */

struct chosen {
    const char *query[32];
    size_t count;
    char sql[2048];
};

static void choose(struct chosen *chosen, const char *name, const char *value,
                   const char *condition)
{
    chosen->query[chosen->count++] = name;
    chosen->query[chosen->count++] = value;
    (void)snprintf(chosen->sql + strlen(chosen->sql), sizeof chosen->sql - strlen(chosen->sql),
                   " AND %s", condition);
}

static void choose_times(struct chosen *chosen)
{
    static char after[CLOCK_ISO_SIZE], before[CLOCK_ISO_SIZE];
    int64_t from = town_number("SELECT min(issued_at) FROM issuance");
    int64_t to = town_number("SELECT max(issued_at) FROM issuance");
    if (below(3) == 0) {
        int64_t at = from + (to - from) / 1000 * below(1001);
        if (below(3) == 0) { /* the very moment of an issuance */
            at = town_number("SELECT issued_at FROM issuance ORDER BY issuance_id LIMIT 1");
        }
        clock_iso_write(at, after);
        choose(chosen, "issued_after", after, words("issued_at > %lld", (long long)at));
    }
    if (below(3) == 0) {
        int64_t at = from + (to - from) / 1000 * below(1001);
        clock_iso_write(at, before);
        choose(chosen, "issued_before", before, words("issued_at < %lld", (long long)at));
    }
}

static void choose_things(struct chosen *chosen, const char *org_id)
{
    static char ids[6][ID_SIZE];
    unsigned supplier = below(SUPPLIERS);
    if (below(3) == 0) {
        choose(chosen, "supplier_id", suppliers[supplier],
               words("supplier_org_id = '%s'", orgs[supplier]));
    }
    if (below(3) == 0) {
        const char *project_id = projects[below(SUPPLIERS * 2)];
        choose(chosen, "project_id", project_id, words("project_id = '%s'", project_id));
    }
    if (below(5) == 0) {
        (void)snprintf(ids[0], ID_SIZE, "%s", any_of("SELECT issuance_id FROM issuance"));
        choose(chosen, "issuance_id", ids[0], words("issuance_id = '%s'", ids[0]));
    }
    if (below(6) == 0) {
        (void)snprintf(ids[1], ID_SIZE, "%s", any_of("SELECT delivery_id FROM delivery"));
        choose(chosen, "delivery_id", ids[1], words("delivery_id = '%s'", ids[1]));
    }
    if (below(6) == 0) {
        (void)snprintf(ids[2], ID_SIZE, "%s", any_of("SELECT order_id FROM buyer_order"));
        choose(chosen, "order_id", ids[2],
               words("delivery_id IN (SELECT delivery_id FROM delivery WHERE order_id = '%s')",
                     ids[2]));
    }
    if (below(6) == 0) {
        (void)snprintf(ids[3], ID_SIZE, "%s",
                       any_of(words("SELECT retirement_id FROM retirement WHERE org_id = '%s' OR "
                                    "beneficiary_org_id = '%s'",
                                    org_id, org_id)));
        if (ids[3][0] != '\0') {
            choose(chosen, "retirement_id", ids[3],
                   words("state = 'retired' AND ended_by = '%s'", ids[3]));
        }
    }
}

/* Some of the words, as a parameter and as a condition; false: none. */
static bool choose_words(struct chosen *chosen, const char *parameter, const char *const *all,
                         const char *const *conditions, unsigned count)
{
    static char joined[2][64];
    static unsigned next;
    char *text = joined[next++ % 2];
    char condition[512] = "(1 = 0";
    unsigned wanted = below(2) == 0 ? 0 : 1 + below((1u << count) - 1);
    text[0] = '\0';
    for (unsigned i = 0; i < count; i++) {
        if ((wanted & 1u << i) != 0) {
            (void)snprintf(text + strlen(text), 16, "%s%s", text[0] == '\0' ? "" : ",", all[i]);
            (void)snprintf(condition + strlen(condition), 96, " OR %s", conditions[i]);
        }
    }
    (void)snprintf(condition + strlen(condition), 8, ")");
    if (wanted != 0) {
        choose(chosen, parameter, text, condition);
    }
    return wanted != 0;
}

#define SHOWN_RETIRED "state IN ('retired', 'exported', 'cancelled')"

/* What is shown as, what is, or both. */
static void choose_states(struct chosen *chosen)
{
    static const char *const statuses[] = {"active", "split", "retired"};
    static const char *const shown[] = {"state = 'active'", "state = 'split'", SHOWN_RETIRED};
    static const char *const states[] = {"active", "split", "retired", "exported", "cancelled"};
    static const char *const are[] = {"state = 'active'", "state = 'split'", "state = 'retired'",
                                      "state = 'exported'", "state = 'cancelled'"};
    bool is_chosen = choose_words(chosen, "status", statuses, shown, 3);
    is_chosen = choose_words(chosen, "state", states, are, 5) || is_chosen;
    if (!is_chosen) {
        (void)snprintf(chosen->sql + strlen(chosen->sql), 64, " AND state <> 'split'");
    }
}

#define OF_ORG                                                                                     \
    "SELECT batch_id FROM batch WHERE (org_id = '%s' OR (state = 'retired' AND EXISTS (SELECT 1"   \
    " FROM retirement r WHERE r.retirement_id = ended_by AND r.beneficiary_org_id = '%s')))"

static void batches_under_every_filter(void **state)
{
    (void)state;
    static struct chosen chosen;
    int with_rows = 0;
    for (int round = 0; round < 250; round++) {
        const char *org_id = below(8) == 0 ? buffer : orgs[below(ORGS)];
        memset(&chosen, 0, sizeof chosen);
        (void)snprintf(chosen.sql, sizeof chosen.sql, OF_ORG, org_id, org_id);
        choose_states(&chosen);
        choose_things(&chosen, org_id);
        choose_times(&chosen);
        const char *direction = "DESC";
        if (below(2) == 0) {
            direction = below(2) == 0 ? "ASC" : "DESC";
            chosen.query[chosen.count++] = "sort_direction";
            chosen.query[chosen.count++] = strcmp(direction, "ASC") == 0 ? "asc" : "desc";
        }
        if (below(4) == 0) {
            chosen.query[chosen.count++] = "sort_field";
            chosen.query[chosen.count++] = "issued_at";
        }
        chosen.query[chosen.count] = NULL;
        const char *sql = words("%s ORDER BY issued_at %s, project_id %s, vintage %s, first %s,"
                                " batch_id %s",
                                chosen.sql, direction, direction, direction, direction, direction);
        compare(organisation_batches_get, org_id, org_id, chosen.query, sql);
        with_rows += town_number(words("SELECT count(*) FROM (%s)", sql)) > 0;
    }
    print_message("%d of 250 lists had rows\n", with_rows);
    assert_true(with_rows > 60);
}

/* ---- transfers and exports ---- */

#define REACHED                                                                                    \
    "((needs_approval = 0 OR approved_at IS NOT NULL)"                                             \
    " AND (needs_registry_approval = 0 OR registry_approved_at IS NOT NULL))"

/* Of some states, or of the completed ones that are listed when nobody says. */
static void choose_transfer_states(struct chosen *chosen)
{
    static char joined[128];
    char condition[256] = "state IN (";
    unsigned wanted = below(3) == 0 ? 0 : 1 + below(127);
    joined[0] = '\0';
    for (unsigned i = TRANSFER_AWAITING_APPROVAL; i <= TRANSFER_CANCELLED; i++) {
        if ((wanted & 1u << i) != 0) {
            const char *word = transfer_state_word((enum transfer_state)i);
            (void)snprintf(joined + strlen(joined), 32, "%s%s", joined[0] == '\0' ? "" : ",", word);
            (void)snprintf(condition + strlen(condition), 32, "'%s',", word);
        }
    }
    (void)snprintf(condition + strlen(condition), 8, "'')");
    if (wanted == 0) {
        (void)snprintf(chosen->sql + strlen(chosen->sql), 64, " AND state = 'completed'");
    } else {
        choose(chosen, "status", joined, condition);
    }
}

static void choose_transfer_times(struct chosen *chosen)
{
    static char since[CLOCK_ISO_SIZE], until[CLOCK_ISO_SIZE];
    int64_t from = town_number("SELECT min(submitted_at) FROM transfer");
    int64_t to = town_number("SELECT max(submitted_at) FROM transfer");
    if (below(3) == 0) {
        int64_t at = from + (to - from) / 1000 * below(1001);
        if (below(3) == 0) { /* the very moment of one */
            unsigned count = (unsigned)town_number("SELECT count(*) FROM transfer");
            at = town_number(
                words("SELECT submitted_at FROM transfer ORDER BY transfer_id LIMIT 1 OFFSET %u",
                      below(count)));
        }
        clock_iso_write(at, since);
        choose(chosen, "since", since, words("submitted_at >= %lld", (long long)at));
    }
    if (below(3) == 0) {
        int64_t at = from + (to - from) / 1000 * below(1001);
        clock_iso_write(at, until);
        choose(chosen, "until", until, words("submitted_at < %lld", (long long)at));
    }
}

static void transfers_under_every_filter(void **state)
{
    (void)state;
    static struct chosen chosen;
    int with_rows = 0;
    for (int round = 0; round < 200; round++) {
        const char *viewer = orgs[below(ORGS)];
        bool is_export = below(5) == 0;
        memset(&chosen, 0, sizeof chosen);
        (void)snprintf(chosen.sql, sizeof chosen.sql,
                       "SELECT transfer_id FROM transfer WHERE kind = '%s' AND (state = 'completed'"
                       " OR from_org_id = '%s' OR (to_org_id = '%s' AND " REACHED "))",
                       is_export ? "export" : "external", viewer, viewer);
        choose_transfer_states(&chosen);
        choose_transfer_times(&chosen);
        const char *from = below(2) == 0 ? viewer : orgs[below(ORGS)];
        const char *to = below(2) == 0 ? viewer : orgs[below(ORGS)];
        if (below(3) == 0) {
            choose(&chosen, "from_organisation_id", from, words("from_org_id = '%s'", from));
        }
        if (!is_export && below(3) == 0) {
            choose(&chosen, "to_organisation_id", to, words("to_org_id = '%s'", to));
        }
        chosen.query[chosen.count] = NULL;
        const char *sql = words("%s ORDER BY submitted_at DESC, transfer_id DESC", chosen.sql);
        compare(is_export ? exports_get : transfers_get, viewer, "", chosen.query, sql);
        with_rows += town_number(words("SELECT count(*) FROM (%s)", sql)) > 0;
    }
    print_message("%d of 200 lists had rows\n", with_rows);
    assert_true(with_rows > 60);
}

/* ---- what a status filter promises ---- */

/* Walks the list under status=word, each row of which is shown with it.
 * expected: the whole list. */
static size_t walk_status(enum status (*handler)(struct visit *, struct response *),
                          const char *org_id, const char *argument, const char *word,
                          const struct inside_list *expected)
{
    static struct inside_walk walk;
    const char *const filters[] = {"status", word, NULL};
    walk = (struct inside_walk){.handler = handler,
                                .org_id = org_id,
                                .argument = argument,
                                .filters = filters,
                                .size = 17,
                                .backward = below(2) == 0,
                                .shows = word};
    inside_walk_all(&walk);
    assert_int_equal(walk.total_count, walk.seen.count);
    for (size_t i = 0; i < walk.seen.count; i++) {
        assert_true(inside_has(expected, walk.seen.ids[i]));
    }
    return walk.seen.count;
}

/* Each filtered list shows that status alone, and together they are the whole list: what all words
 * at once give, each row once. Returns how many rows that is. */
static size_t statuses_are_parts(enum status (*handler)(struct visit *, struct response *),
                                 const char *org_id, const char *argument, const char *const *each)
{
    static struct inside_walk whole;
    char all[256] = "";
    for (size_t i = 0; each[i] != NULL; i++) {
        (void)snprintf(all + strlen(all), 32, "%s%s", i == 0 ? "" : ",", each[i]);
    }
    const char *const filters[] = {"status", all, NULL};
    whole = (struct inside_walk){
        .handler = handler, .org_id = org_id, .argument = argument, .filters = filters, .size = 50};
    inside_walk_all(&whole);
    size_t sum = 0;
    for (size_t i = 0; each[i] != NULL; i++) {
        sum += walk_status(handler, org_id, argument, each[i], &whole.seen);
    }
    /* A row has one status, so no two of the parts have it: as many rows are all rows. */
    assert_int_equal(sum, whole.seen.count);
    assert_int_equal(whole.total_count, whole.seen.count);
    return sum;
}

static void a_status_filter_is_what_is_shown(void **state)
{
    (void)state;
    static const char *const of_batches[] = {"active", "split", "retired", NULL};
    static const char *const of_transfers[] = {"awaiting_approval", "pending",   "completed",
                                               "rejected",          "withdrawn", "expired",
                                               "cancelled",         NULL};
    static struct inside_list listed;
    size_t rows = 0;
    for (int i = 0; i <= ORGS; i++) {
        const char *org_id = i == ORGS ? buffer : orgs[i];
        size_t found = statuses_are_parts(organisation_batches_get, org_id, org_id, of_batches);
        inside_sql(words(OF_ORG, org_id, org_id), &listed);
        assert_int_equal(found, listed.count); /* and nothing has a status that is no word */
        rows += found;
        rows += statuses_are_parts(transfers_get, org_id, "", of_transfers);
        rows += statuses_are_parts(exports_get, org_id, "", of_transfers);
    }
    assert_true(rows > 500);
    inside_sql("SELECT batch_id FROM batch WHERE state IN ('exported', 'cancelled')", &listed);
    assert_true(listed.count > 0); /* or retired ones would be all that is shown so */
}

static void the_last_row_is_a_cursor_too(void **state)
{
    (void)state;
    static struct inside_walk walk;
    walk = (struct inside_walk){
        .handler = organisation_batches_get, .org_id = orgs[0], .argument = orgs[0], .size = 50};
    inside_walk_all(&walk);
    size_t count = walk.seen.count;
    assert_true(count > 20);
    assert_false(inside_step(&walk)); /* nothing behind it, and no error */
    assert_int_equal(walk.seen.count, count);
}

/* An act of many lines is sent window by window, and is the same list. */
static void many_lines_come_in_windows(void **state)
{
    (void)state;
    enum { LINES = 1203 };
    static struct inside_list expected;
    char supplier[ID_SIZE], project[ID_SIZE], retirement[ID_SIZE];
    (void)snprintf(supplier, ID_SIZE, "%s", town_org("Crumbs", true, ORG_PARTICIPANT));
    (void)snprintf(project, ID_SIZE, "%s",
                   town_project(supplier, "CRMB", INSTRUMENT_CARBON_REMOVAL));
    must(store_begin_write(town.ledger.store));
    for (int i = 0; i < LINES; i++) {
        struct command issue = command_of(ACT_ISSUE, "", town_key());
        TEXT_COPY(issue.issue.project_id, project);
        issue.issue.vintage = 2024;
        issue.issue.supplier_units = 1;
        town.now_us += CLOCK_SECOND_US;
        act(&issue);
    }
    must(store_commit(town.ledger.store));
    store_settle(town.ledger.store);
    struct command command = command_of(ACT_RETIRE, "", town_key());
    TEXT_COPY(command.retire.org_id, supplier);
    TEXT_COPY(command.retire.supplier_org_id, supplier);
    TEXT_COPY(command.retire.beneficiary, "Everybody");
    command.retire.units = LINES;
    command.retire.purposes = 1;
    (void)snprintf(retirement, ID_SIZE, "%s", town_do(&command));
    enum status status;
    json_t *json = inside_get(retirement_batches_get, orgs[0], retirement, NULL, &status);
    const json_t *nodes = json_object_get(json, "nodes");
    inside_sql(
        words("SELECT batch_id FROM retirement_line WHERE retirement_id = '%s' ORDER BY line",
              retirement),
        &expected);
    assert_int_equal(expected.count, LINES);
    assert_int_equal(inside_windows, LINES / CSV_WINDOW_ROWS);
    assert_int_equal(json_integer_value(json_object_get(json, "total_count")), LINES);
    assert_int_equal(json_array_size(nodes), LINES);
    for (size_t i = 0; i < LINES; i++) {
        assert_string_equal(inside_text(json_array_get(nodes, i), "id"), expected.ids[i]);
    }
    json_decref(json);
}

/* So are the balances of a buyer's many orders. */
static void many_orders_come_in_windows(void **state)
{
    (void)state;
    enum { ORDERS = 1203 };
    char supplier[ID_SIZE], buyer[ID_SIZE], project[ID_SIZE], order[ID_SIZE];
    static struct inside_list expected;
    (void)snprintf(supplier, ID_SIZE, "%s", town_org("Drops", true, ORG_PARTICIPANT));
    (void)snprintf(buyer, ID_SIZE, "%s", town_org("Barrel", false, ORG_PARTICIPANT));
    (void)snprintf(project, ID_SIZE, "%s",
                   town_project(supplier, "DRPS", INSTRUMENT_CARBON_REMOVAL));
    (void)town_issue(project, 2024, ORDERS, 0);
    for (int i = 0; i < ORDERS; i++) {
        struct command command = command_of(ACT_ORDER, "", town_key());
        TEXT_COPY(command.order.supplier_org_id, supplier);
        TEXT_COPY(command.order.buyer_org_id, buyer);
        command.order.units = 1;
        town.now_us += i % 3 == 0 ? 0 : CLOCK_SECOND_US;
        (void)snprintf(order, ID_SIZE, "%s", town_do(&command));
        if (i % 100 == 7) {
            continue; /* nothing came of it yet */
        }
        command = command_of(ACT_DELIVER, "", town_key());
        TEXT_COPY(command.deliver.order_id, order);
        command.deliver.units = 1;
        (void)town_do(&command);
    }
    store_settle(town.ledger.store);
    inside_sql(words("SELECT order_id FROM buyer_order WHERE buyer_org_id = '%s'"
                     " AND delivered_units = 1 ORDER BY ordered_at, order_id",
                     buyer),
               &expected);
    assert_int_equal(expected.count, ORDERS - 12);
    enum status status;
    json_t *json = inside_get(organisation_balance_get, buyer, buyer, NULL, &status);
    const json_t *balances = json_object_get(json, "order_balances");
    assert_int_equal(inside_windows, ORDERS / CSV_WINDOW_ROWS);
    assert_int_equal(json_array_size(balances), expected.count);
    for (size_t i = 0; i < expected.count; i++) {
        const json_t *one = json_array_get(balances, i);
        const json_t *active =
            json_object_get(json_object_get(one, "total"), "active_credits_total");
        assert_string_equal(inside_text(one, "order_id"), expected.ids[i]);
        assert_int_equal(json_integer_value(json_object_get(active, "credit_kgs")), 1);
    }
    json_decref(json);
}

/* ---- while acts go on ---- */

static void some_acts(void)
{
    act_some(2);
}

#define BY_BATCH "issued_at %1$s, project_id %1$s, vintage %1$s, first %1$s, batch_id %1$s"

/* Lists that rows leave and come into, too: a batch is split, a transfer ends. */
static void nothing_doubles_and_nothing_is_lost(void **state)
{
    (void)state;
    enum { BATCHES, ALL_STATES, OLDEST, TRANSFERS, OWN_TRANSFERS, OWN_EXPORTS, WALKS };
    static struct kept kept[WALKS];
    static const char *const all[] = {"state", "active,split,retired,exported", NULL};
    static const char *const oldest[] = {"sort_direction", "asc", NULL};
    static const char *const ever[] = {
        "status", "awaiting_approval,pending,completed,rejected,withdrawn,expired,cancelled", NULL};
    static const char batches[] = "SELECT batch_id FROM batch";
    static const char by_transfer[] = "submitted_at DESC, transfer_id DESC";
    char own[1024], every[1024], transfers[1024], exports[256], newest_first[128], up[128];
    (void)snprintf(newest_first, sizeof newest_first, BY_BATCH, "DESC");
    (void)snprintf(up, sizeof up, BY_BATCH, "ASC");
    size_t rows = 0;
    for (int round = 0; round < 5; round++) {
        const char *org_id = orgs[below(ORGS)];
        (void)snprintf(own, sizeof own, OF_ORG " AND state <> 'split'", org_id, org_id);
        (void)snprintf(every, sizeof every, OF_ORG " AND state <> 'cancelled'", org_id, org_id);
        (void)snprintf(transfers, sizeof transfers,
                       "SELECT transfer_id FROM transfer WHERE kind = 'external' AND (state ="
                       " 'completed' OR from_org_id = '%s' OR (to_org_id = '%s' AND " REACHED "))",
                       org_id, org_id);
        (void)snprintf(exports, sizeof exports,
                       "SELECT transfer_id FROM transfer WHERE kind = 'export'"
                       " AND (state = 'completed' OR from_org_id = '%s')",
                       org_id);
        const struct list_of lists[WALKS] = {
            [BATCHES] = {organisation_batches_get, org_id, NULL, NULL, own, batches, newest_first,
                         false},
            [ALL_STATES] = {organisation_batches_get, org_id, NULL, all, every, batches,
                            newest_first, false},
            [OLDEST] = {organisation_batches_get, org_id, NULL, oldest, own, batches, up, false},
            [TRANSFERS] = {transfers_get, org_id, "", NULL,
                           "SELECT transfer_id FROM transfer WHERE kind = 'external'"
                           " AND state = 'completed'",
                           NULL, by_transfer, false},
            [OWN_TRANSFERS] = {transfers_get, org_id, "", ever, transfers, NULL, by_transfer,
                               false},
            [OWN_EXPORTS] = {exports_get, org_id, "", ever, exports, NULL, by_transfer, false},
        };
        for (int i = 0; i < WALKS; i++) {
            begin(&kept[i], &lists[i]);
        }
        rows += walk_while(kept, WALKS, some_acts);
    }
    print_message("%zu rows seen, %d acts done\n", rows, done);
    assert_true(rows > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_of_parties_and_projects),
        cmocka_unit_test(lists_of_orders_and_deliveries),
        cmocka_unit_test(lists_of_retirements),
        cmocka_unit_test(batches_under_every_filter),
        cmocka_unit_test(transfers_under_every_filter),
        cmocka_unit_test(a_status_filter_is_what_is_shown),
        cmocka_unit_test(the_last_row_is_a_cursor_too),
        cmocka_unit_test(nothing_doubles_and_nothing_is_lost),
        cmocka_unit_test(many_lines_come_in_windows),
        cmocka_unit_test(many_orders_come_in_windows),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
