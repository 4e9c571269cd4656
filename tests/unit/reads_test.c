/* tests/unit/reads_test.c: what is asked of a large organisation costs as much as of a small one:
 * steps of SQLite's machine and pages of the file, before and after ten times as much has happened.
 * And it is still what there is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/town.h"
#include "store/api_balances.h"
#include "store/api_holdings.h"
#include "store/api_transfers.h"
#include "store/inside.h"
#include "store/my_transfers.h"

#define FEW 30
#define MANY 300

static char alder[ID_SIZE], birch[ID_SIZE], cedar[ID_SIZE], project[ID_SIZE];
static struct store *store;
static struct arena arena;

static void found_town(void)
{
    static const struct query_table *const tables[] = {
        &api_balances_queries,
        &api_holdings_queries,
        &api_transfers_queries,
        &my_transfers_queries,
        NULL,
    };
    town_found();
    must(TEXT_COPY(alder, town_org("Alder", true, ORG_PARTICIPANT)));
    must(TEXT_COPY(birch, town_org("Birch", false, ORG_PARTICIPANT)));
    must(TEXT_COPY(cedar, town_org("Cedar", false, ORG_PARTICIPANT)));
    must(TEXT_COPY(project, town_project(alder, "P1", INSTRUMENT_CARBON_REMOVAL)));
    town_policy(birch, INCOMING_ALL, TWO_PERSON_NEVER, 0);
    town_issue(project, 2024, 1000000, 0);
    store = store_open(STORE_REGISTRY, STORE_READ, town.path, tables);
    must(store != NULL);
}

static void leave_town(void)
{
    store_close(store);
    town_leave();
}

static const char *sent(const char *from, const char *to, int64_t units)
{
    town.now_us += CLOCK_SECOND_US;
    struct command command = town_transfer("", from, to, alder, units);
    return town_do(&command);
}

/* A number from the registry; ?1 an organisation. */
static int64_t number_of(const char *sql, const char *org_id)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    must(sqlite3_open(town.path, &db) == SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sqlite3_errmsg(db), sql);
    }
    (void)sqlite3_bind_text(statement, 1, org_id, -1, SQLITE_STATIC);
    must(sqlite3_step(statement) == SQLITE_ROW);
    int64_t number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return number;
}

/* ---- what it costs ---- */

struct work {
    int64_t steps;
    int64_t pages;
};

static struct work work_done(void)
{
    struct work work = {0, 0};
    int hits = 0;
    int misses = 0;
    int high = 0;
    for (size_t i = 0; i < store->statement_count; i++) {
        work.steps += sqlite3_stmt_status(store->statements[i], SQLITE_STMTSTATUS_VM_STEP, 1);
    }
    must(sqlite3_db_status(store->db, SQLITE_DBSTATUS_CACHE_HIT, &hits, &high, 1) == SQLITE_OK);
    must(sqlite3_db_status(store->db, SQLITE_DBSTATUS_CACHE_MISS, &misses, &high, 1) == SQLITE_OK);
    work.pages = hits + misses;
    return work;
}

/* Runs a question twice; the second is measured, when the schema has been read. */
static struct work work_of(void (*question)(void))
{
    for (int i = 0; i < 2; i++) {
        (void)work_done();
        arena_reset(&arena, 0);
        question();
        store_settle(store);
    }
    return work_done();
}

/* A B-tree grows by a level or two. */
static void is_no_more(struct work many, struct work few)
{
    if (many.steps > few.steps + few.steps / 10 || many.pages > few.pages * 2) {
        fail_msg("%lld steps and %lld pages became %lld and %lld", (long long)few.steps,
                 (long long)few.pages, (long long)many.steps, (long long)many.pages);
    }
}

/* ---- transfers from one organisation to one other ---- */

static int64_t pairs;

static void ask_pair(void)
{
    struct api_transfer_filter filter = {.viewer_org_id = birch,
                                         .kind = TRANSFER_EXTERNAL,
                                         .states = 1U << TRANSFER_COMPLETED,
                                         .from_org_id = alder,
                                         .to_org_id = cedar,
                                         .since_at = INT64_MIN,
                                         .until_at = INT64_MAX};
    struct page_ask ask = {.most = 10};
    struct api_transfers found = api_transfers_list(store, &arena, &filter, &ask);
    assert_int_equal(found.count, pairs);
    assert_false(found.has_more);
    for (size_t i = 0; i < found.count; i++) {
        assert_string_equal(found.at[i].from.org_id, alder);
        assert_string_equal(found.at[i].to.org_id, cedar);
    }
    assert_int_equal(api_transfers_count(store, &arena, &filter), pairs);
    ask = (struct page_ask){.most = 1, .backward = true};
    assert_int_equal(api_transfers_list(store, &arena, &filter, &ask).count, 1);
    filter.since_at = 0;
    assert_int_equal(api_transfers_count(store, &arena, &filter), pairs);
}

static void a_pair_costs_its_own_transfers(void **state)
{
    (void)state;
    found_town();
    town_policy(cedar, INCOMING_ALL, TWO_PERSON_NEVER, 0);
    for (pairs = 0; pairs < 3; pairs++) {
        sent(alder, cedar, 10);
    }
    struct work few = {0, 0};
    for (int i = 0; i < MANY; i++) {
        if (i == FEW) {
            few = work_of(ask_pair);
        }
        sent(alder, birch, 10);
        sent(birch, cedar, 5);
    }
    is_no_more(work_of(ask_pair), few);
    leave_town();
}

/* ---- batches that wait in pending transfers ---- */

static int64_t waiting;

static void ask_active(void)
{
    struct api_holding_filter filter = {.org_id = birch, .states = 1U << BATCH_ACTIVE};
    struct page_ask ask = {.most = 10};
    int64_t total = 0;
    assert_int_equal(api_holdings(store, &arena, &filter, &ask, &total).count, 10);
    assert_int_equal(total, waiting + 1);
    ask.backward = true;
    assert_int_equal(api_holdings(store, &arena, &filter, &ask, &total).count, 10);
}

static void batches_that_wait_cost_a_page(void **state)
{
    (void)state;
    found_town();
    sent(alder, birch, 500000);
    struct work few = {0, 0};
    for (waiting = 0; waiting < MANY; waiting++) {
        if (waiting == FEW) {
            few = work_of(ask_active);
        }
        sent(birch, cedar, 10);
    }
    is_no_more(work_of(ask_active), few);
    leave_town();
}

/* ---- batches that others retired on one's behalf ---- */

static int64_t benefits;

static void ask_benefits(void)
{
    struct api_holding_filter filter = {.org_id = cedar, .states = 1U << BATCH_RETIRED};
    struct page_ask ask = {.most = 10};
    int64_t total = 0;
    assert_int_equal(api_holdings(store, &arena, &filter, &ask, &total).count, 10);
    assert_int_equal(total, benefits);
    filter.is_ascending = true;
    assert_int_equal(api_holdings(store, &arena, &filter, &ask, &total).count, 10);
}

static void retired(const char *beneficiary)
{
    town.now_us += CLOCK_SECOND_US;
    struct command command = command_of(ACT_RETIRE, "", town_key());
    TEXT_COPY(command.retire.org_id, birch);
    TEXT_COPY(command.retire.beneficiary_org_id, beneficiary);
    TEXT_COPY(command.retire.supplier_org_id, alder);
    command.retire.purposes = 2;
    command.retire.units = 3;
    town_do(&command);
}

static void what_others_retired_costs_a_page(void **state)
{
    (void)state;
    found_town();
    sent(alder, birch, 500000);
    struct work few = {0, 0};
    retired(birch); /* on nobody else's behalf */
    for (benefits = 0; benefits < MANY; benefits++) {
        if (benefits == FEW) {
            few = work_of(ask_benefits);
        }
        retired(cedar);
    }
    is_no_more(work_of(ask_benefits), few);
    assert_int_equal(town_number("SELECT sum(batches) FROM benefit_total"), benefits);
    leave_town();
}

/* Retired on behalf of ?1. */
#define BENEFITS                                                                                   \
    " EXISTS (SELECT 1 FROM retirement r WHERE r.retirement_id = batch.ended_by"                   \
    " AND r.beneficiary_org_id = ?1)"

/* All pages forward, or backward, as one list. */
static size_t all_pages(struct api_holding_filter filter, bool backward, char ids[][ID_SIZE])
{
    struct page_ask ask = {.most = 7, .backward = backward};
    size_t count = 0;
    for (bool has_more = true; has_more;) {
        int64_t total = 0;
        arena_reset(&arena, 0);
        struct page_ids page = api_holdings(store, &arena, &filter, &ask, &total);
        for (size_t i = 0; i < page.count; i++) {
            must(TEXT_COPY(ids[count], page.at[backward ? page.count - 1 - i : i]));
            count++;
        }
        has_more = page.has_more;
        ask.has_place = true;
        ask.id = ids[count - 1];
        store_settle(store);
        assert_true(count <= (size_t)total);
    }
    return count;
}

/* Waiting, free, retired, retired by others, of two suppliers and two issuances: each list is what
 * the batches say, in its order, from either end. */
static void lists_are_what_the_batches_say(void **state)
{
    static char forward[1000][ID_SIZE], back[1000][ID_SIZE];
    (void)state;
    found_town();
    char other[ID_SIZE], wind[ID_SIZE], issuance[ID_SIZE];
    must(TEXT_COPY(other, town_org("Other", true, ORG_PARTICIPANT)));
    must(TEXT_COPY(wind, town_project(other, "P2", INSTRUMENT_CARBON_REMOVAL)));
    must(TEXT_COPY(issuance, town_issue(wind, 2024, 5000, 0)));
    town_policy(cedar, INCOMING_ALL, TWO_PERSON_NEVER, 0);
    for (int i = 0; i < 20; i++) {
        town.now_us += CLOCK_SECOND_US;
        struct command command = town_transfer("", other, i % 3 == 2 ? cedar : birch, other, 100);
        town_do(&command);
        sent(alder, i % 3 == 2 ? cedar : birch, 100);
        retired(i % 2 == 0 ? cedar : birch);
        command.transfer.units = 7;
        TEXT_COPY(command.key, town_key());
        TEXT_COPY(command.transfer.from_org_id, i < 3 ? other : birch);
        TEXT_COPY(command.transfer.to_org_id, i < 3 ? birch : alder); /* asks each time */
        town_do(&command);
    }
    static const struct {
        unsigned states;
        bool is_of; /* that issuance alone */
        const char *where;
    } lists[] = {
        {1U << BATCH_ACTIVE, false, "state = 'active' AND org_id = ?1"},
        {1U << BATCH_ACTIVE, true, "state = 'active' AND org_id = ?1"},
        {1U << BATCH_RETIRED, false, "state = 'retired' AND (org_id = ?1 OR" BENEFITS ")"},
        {1U << BATCH_RETIRED, true, "state = 'retired' AND (org_id = ?1 OR" BENEFITS ")"},
        {1U << BATCH_ACTIVE | 1U << BATCH_RETIRED | 1U << BATCH_SPLIT, false,
         "(org_id = ?1 OR" BENEFITS ")"},
    };
    for (size_t i = 0; i < 2 * sizeof(lists) / sizeof(lists[0]); i++) {
        const char *org_id = i % 2 == 0 ? birch : cedar;
        struct api_holding_filter filter = {.org_id = org_id, .states = lists[i / 2].states};
        filter.issuance_id = lists[i / 2].is_of ? issuance : "";
        size_t count = all_pages(filter, false, forward);
        assert_int_equal(all_pages(filter, true, back), count);
        for (size_t k = 0; k < count; k++) {
            assert_string_equal(forward[k], back[count - 1 - k]);
        }
        const char *sql =
            arena_printf(&arena, "SELECT count(*) FROM batch WHERE %s%s%s%s", lists[i / 2].where,
                         lists[i / 2].is_of ? " AND issuance_id = '" : "",
                         lists[i / 2].is_of ? issuance : "", lists[i / 2].is_of ? "'" : "");
        assert_int_equal(count, number_of(sql, org_id));
        assert_true(count > 0 || lists[i / 2].is_of);
    }
    leave_town();
}

/* ---- orders ---- */

/* The same sum over the batches themselves. */
static int64_t of_order(const char *condition)
{
    return number_of(arena_printf(&arena,
                                  "SELECT coalesce(sum(b.last - b.first + 1), 0) FROM batch b"
                                  " JOIN delivery d ON d.delivery_id = b.delivery_id"
                                  " JOIN account a ON a.account_id = b.account_id"
                                  " WHERE b.org_id = ?1 AND d.buyer_org_id = ?1 AND %s",
                                  condition),
                     birch);
}

static void ask_orders(void)
{
    struct api_order_place place = {0};
    struct api_order_balances found = api_order_balances(store, &arena, birch, &place, 10);
    assert_int_equal(found.count, 1);
    const struct api_order_balance *balance = &found.at[0];
    assert_int_equal(balance->active_units, of_order("b.state = 'active'"));
    assert_int_equal(balance->reserved_units, of_order("b.reserved_by IS NOT NULL"));
    assert_int_equal(balance->available_units,
                     of_order("b.state = 'active' AND b.reserved_by IS NULL"
                              " AND a.kind = 'active'"));
    assert_int_equal(balance->retired_units, of_order("b.state = 'retired'"));
    assert_true(balance->reserved_units > 0 && balance->retired_units > 0);
}

static void a_balance_of_an_order_costs_no_batches(void **state)
{
    (void)state;
    found_town();
    struct command command = command_of(ACT_ORDER, "", town_key());
    TEXT_COPY(command.order.supplier_org_id, alder);
    TEXT_COPY(command.order.buyer_org_id, birch);
    command.order.units = 90000;
    const char *order_id = town_do(&command);
    command = command_of(ACT_DELIVER, "", town_key());
    TEXT_COPY(command.deliver.order_id, order_id);
    command.deliver.units = 90000;
    town_do(&command);
    town_policy(alder, INCOMING_ALL, TWO_PERSON_NEVER, 0);
    command = command_of(ACT_OPEN_ACCOUNT, "", town_key());
    TEXT_COPY(command.account.org_id, birch);
    TEXT_COPY(command.account.name, "Set aside");
    command.account.kind = ACCOUNT_ACTIVE;
    char aside[ID_SIZE];
    must(TEXT_COPY(aside, town_do(&command)));
    struct work few = {0, 0};
    for (int i = 0; i < MANY; i++) {
        if (i == FEW) {
            few = work_of(ask_orders);
        }
        sent(birch, cedar, 3);
        struct command step = town_decide(ACT_WITHDRAW, "", sent(birch, cedar, 5), "");
        town_do(&step);
        step = town_decide(ACT_ACCEPT, "", sent(birch, cedar, 2), "");
        town_do(&step);
        sent(birch, alder, 4); /* what comes back came with the delivery still */
        sent(alder, birch, 1);
        retired(cedar);
        command = town_transfer("", birch, "", alder, 1);
        command.transfer.kind = TRANSFER_INTERNAL;
        TEXT_COPY(command.transfer.to_account_id, aside);
        town_do(&command);
    }
    is_no_more(work_of(ask_orders), few);
    leave_town();
}

/* ---- what waits ---- */

static int64_t incoming, approvals;

static void ask_counts(void)
{
    struct my_waiting_counts counts = my_waiting_counts(store, cedar, town_person('A'));
    assert_int_equal(counts.incoming, incoming);
    counts = my_waiting_counts(store, birch, town_person('A'));
    assert_int_equal(counts.outgoing, incoming + approvals);
    assert_int_equal(counts.approvals, approvals);
    assert_int_equal(counts.approvals_of_others, approvals - 1);
    counts = my_waiting_counts(store, alder, town_person('A'));
    assert_int_equal(counts.incoming + counts.outgoing, 0);
}

static void what_waits_is_counted_without_being_read(void **state)
{
    (void)state;
    found_town();
    sent(alder, birch, 500000);
    town_member(birch, town_person('A'), ROLE_ALL);
    town_policy(birch, INCOMING_ASK, TWO_PERSON_ALWAYS, 0);
    struct command command = town_transfer(town_person('A'), birch, cedar, alder, 2);
    struct answer answer;
    must(town_ask(PROGRAM_ACCOUNT, &command, &answer) == STATUS_OK);
    for (approvals = 1; approvals < 4; approvals++) {
        sent(birch, cedar, 1);
    }
    town_policy(birch, INCOMING_ASK, TWO_PERSON_NEVER, 0);
    for (incoming = 0; incoming < MANY; incoming++) {
        sent(birch, cedar, 1);
    }
    /* Twice the index, and the rows of what awaits approval. */
    assert_true(work_of(ask_counts).pages < MANY / 3);
    leave_town();
}

int main(void)
{
    arena_map(&arena, 16UL * 1024 * 1024);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pair_costs_its_own_transfers),
        cmocka_unit_test(batches_that_wait_cost_a_page),
        cmocka_unit_test(what_others_retired_costs_a_page),
        cmocka_unit_test(lists_are_what_the_batches_say),
        cmocka_unit_test(a_balance_of_an_order_costs_no_batches),
        cmocka_unit_test(what_waits_is_counted_without_being_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
