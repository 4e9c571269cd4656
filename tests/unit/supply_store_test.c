/* tests/unit/supply_store_test.c: lists of orders and deliveries for either party and for all, and
 * what the buffer pool holds: store/orders.h and store/pool.h over a small registry. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/town.h"
#include "store/orders.h"
#include "store/pool.h"

static char alder[ID_SIZE], bora[ID_SIZE], birch[ID_SIZE], cedar[ID_SIZE], pool[ID_SIZE];
static char kiln[ID_SIZE], rock[ID_SIZE], wind[ID_SIZE];
static char of_birch[ID_SIZE], told[ID_SIZE], of_wind[ID_SIZE], of_cedar[ID_SIZE];
static char part_1[ID_SIZE], part_2[ID_SIZE], of_both[ID_SIZE], metered[ID_SIZE];
static char back[ID_SIZE], lost[ID_SIZE];
static struct store *store;
static struct arena arena;

/* ---- a supplier of two projects, one of certificates, two buyers ---- */

static void next_day(void)
{
    town.now_us += CLOCK_DAY_US;
}

static const char *ordered(const char *supplier, const char *buyer, int64_t units,
                           const char *notes)
{
    next_day();
    struct command command = command_of(ACT_ORDER, "", town_key());
    TEXT_COPY(command.order.supplier_org_id, supplier);
    TEXT_COPY(command.order.buyer_org_id, buyer);
    TEXT_COPY(command.order.contract_date, "2025-03-01");
    TEXT_COPY(command.order.notes, notes);
    command.order.instrument = town_instrument(supplier);
    command.order.units = units;
    return town_do(&command);
}

static const char *told_by(const char *user_id, int64_t units)
{
    next_day();
    struct command command = command_of(ACT_ORDER, user_id, town_key());
    TEXT_COPY(command.order.supplier_org_id, alder);
    TEXT_COPY(command.order.buyer_org_id, cedar);
    command.order.units = units;
    struct answer answer;
    must(town_ask(PROGRAM_ACCOUNT, &command, &answer) == STATUS_OK);
    return town_keep(&answer);
}

static const char *delivered(const char *order_id, const char *project_id, int64_t units,
                             const char *notes)
{
    next_day();
    struct command command = command_of(ACT_DELIVER, "", town_key());
    TEXT_COPY(command.deliver.order_id, order_id);
    TEXT_COPY(command.deliver.project_id, project_id);
    TEXT_COPY(command.deliver.notes, notes);
    command.deliver.units = units;
    return town_do(&command);
}

static const char *taken(enum act_kind kind, int64_t units, const char *notes)
{
    next_day();
    struct command command = command_of(kind, "", town_key());
    TEXT_COPY(command.pool.project_id, kiln);
    TEXT_COPY(command.pool.notes, notes);
    command.pool.units = units;
    return town_do(&command);
}

static int build(void **state)
{
    static const struct query_table *const tables[] = {&orders_queries, &pool_queries, NULL};
    (void)state;
    arena_map(&arena, TOWN_ARENA_BYTES);
    town_found();
    must(TEXT_COPY(alder, town_org("Alder", true, ORG_PARTICIPANT)));
    must(TEXT_COPY(bora, town_org("Bora", true, ORG_PARTICIPANT)));
    must(TEXT_COPY(birch, town_org("Birch", false, ORG_PARTICIPANT)));
    must(TEXT_COPY(cedar, town_org("Cédar", false, ORG_PARTICIPANT)));
    must(TEXT_COPY(pool, town_org("Pool", false, ORG_BUFFER)));
    town_member(alder, town_person('A'), ROLE_ALL);
    must(TEXT_COPY(kiln, town_project(alder, "P1", INSTRUMENT_CARBON_REMOVAL)));
    must(TEXT_COPY(rock, town_project(alder, "P2", INSTRUMENT_CARBON_REMOVAL)));
    must(TEXT_COPY(wind, town_project(bora, "P3", INSTRUMENT_RENEWABLE_ENERGY)));
    town_issue(kiln, 2024, 1000, 300);
    town_issue(rock, 2024, 400, 50);
    next_day();
    town_issue(kiln, 2025, 500, 0);
    town_issue(wind, 2025, 100, 0);
    must(TEXT_COPY(of_birch, ordered(alder, birch, 600, "For the fleet")));
    must(TEXT_COPY(told, told_by(town_person('A'), 200)));
    must(TEXT_COPY(of_wind, ordered(bora, birch, 100, "")));
    must(TEXT_COPY(of_cedar, ordered(alder, cedar, 1500, "")));
    must(TEXT_COPY(part_1, delivered(of_birch, kiln, 400, "First half")));
    must(TEXT_COPY(part_2, delivered(of_birch, rock, 200, "")));
    must(TEXT_COPY(of_both, delivered(of_cedar, "", 900, "")));
    must(TEXT_COPY(metered, delivered(of_wind, "", 30, "")));
    must(TEXT_COPY(back, taken(ACT_REFUND, 120, "Monitoring is over")));
    must(TEXT_COPY(lost, taken(ACT_CANCEL_UNITS, 30, "A field was dug up")));
    store = store_open(STORE_REGISTRY, STORE_READ, town.path, tables);
    must(store != NULL);
    return 0;
}

static int demolish(void **state)
{
    (void)state;
    store_close(store);
    town_leave();
    return 0;
}

/* A list has these rows, in this order. */
#define EXPECT_IDS(rows, member, ...)                                                              \
    do {                                                                                           \
        const char *const expected[] = {__VA_ARGS__};                                              \
        assert_int_equal((rows).count, sizeof(expected) / sizeof(expected[0]));                    \
        for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {                      \
            assert_string_equal((rows).at[i].member, expected[i]);                                 \
        }                                                                                          \
    } while (false)

static const struct window newest = {.descending = true, .behind = "", .most = 10};
static const struct window oldest = {.descending = false, .behind = "", .most = 10};

static struct orders orders_of(enum order_side side, const char *org_id, const char *state,
                               const char *q, const struct window *window)
{
    struct order_filter filter = {.side = side, .org_id = org_id, .state = state, .q = q};
    struct orders orders = orders_list(store, &arena, &filter, window);
    if (text_empty(window->behind)) {
        assert_int_equal(orders_count(store, &arena, &filter), orders.count);
    }
    return orders;
}

/* ---- orders ---- */

static void each_party_has_its_own_orders(void **state)
{
    (void)state;
    struct orders got = orders_of(ORDER_OF_SUPPLIER, alder, "", "", &newest);
    EXPECT_IDS(got, order_id, of_cedar, told, of_birch);
    got = orders_of(ORDER_OF_SUPPLIER, alder, "", "", &oldest);
    EXPECT_IDS(got, order_id, of_birch, told, of_cedar);
    got = orders_of(ORDER_OF_BUYER, birch, "", "", &newest);
    EXPECT_IDS(got, order_id, of_wind, of_birch);
    got = orders_of(ORDER_OF_BUYER, birch, "", "", &oldest);
    EXPECT_IDS(got, order_id, of_birch, of_wind);
    got = orders_of(ORDER_OF_ALL, "", "", "", &newest);
    EXPECT_IDS(got, order_id, of_cedar, of_wind, told, of_birch);
    got = orders_of(ORDER_OF_ALL, "", "", "", &oldest);
    EXPECT_IDS(got, order_id, of_birch, told, of_wind, of_cedar);
    assert_int_equal(orders_of(ORDER_OF_BUYER, alder, "", "", &newest).count, 0);
    assert_int_equal(orders_of(ORDER_OF_SUPPLIER, birch, "", "", &newest).count, 0);
}

static void orders_are_found_by_state_and_by_words(void **state)
{
    (void)state;
    struct orders got = orders_of(ORDER_OF_SUPPLIER, alder, "placed", "", &newest);
    EXPECT_IDS(got, order_id, told);
    got = orders_of(ORDER_OF_SUPPLIER, alder, "in_progress", "", &newest);
    EXPECT_IDS(got, order_id, of_cedar);
    got = orders_of(ORDER_OF_SUPPLIER, alder, "completed", "", &newest);
    EXPECT_IDS(got, order_id, of_birch);
    got = orders_of(ORDER_OF_SUPPLIER, alder, "open", "", &newest);
    EXPECT_IDS(got, order_id, of_cedar, told);
    got = orders_of(ORDER_OF_ALL, "", "", "FLEET", &newest);
    EXPECT_IDS(got, order_id, of_birch);
    got = orders_of(ORDER_OF_SUPPLIER, alder, "", "cedar", &newest); /* accents are nothing */
    EXPECT_IDS(got, order_id, of_cedar, told);
    got = orders_of(ORDER_OF_BUYER, birch, "", "bora", &newest);
    EXPECT_IDS(got, order_id, of_wind);
    got = orders_of(ORDER_OF_ALL, "", "", "alder birch", &newest);
    EXPECT_IDS(got, order_id, of_birch);
    got = orders_of(ORDER_OF_ALL, "", "", told, &newest);
    EXPECT_IDS(got, order_id, told);
    /* its own name is on each: that would be no filter */
    assert_int_equal(orders_of(ORDER_OF_SUPPLIER, alder, "", "alder", &newest).count, 0);
    assert_int_equal(orders_of(ORDER_OF_ALL, "", "open", "fleet", &newest).count, 0);
}

static void a_window_goes_on_behind_a_row_of_its_own(void **state)
{
    (void)state;
    struct window window = {.descending = true, .behind = "", .most = 2};
    struct order_filter all = {.side = ORDER_OF_ALL};
    struct orders got = orders_list(store, &arena, &all, &window);
    EXPECT_IDS(got, order_id, of_cedar, of_wind);
    window.behind = of_wind;
    got = orders_list(store, &arena, &all, &window);
    EXPECT_IDS(got, order_id, told, of_birch);
    /* somebody else's order tells as little as one that never was */
    assert_int_equal(orders_of(ORDER_OF_SUPPLIER, alder, "", "", &window).count, 0);
    assert_int_equal(orders_of(ORDER_OF_BUYER, cedar, "", "", &window).count, 0);
    window.behind = "ord_0000000000000000";
    assert_int_equal(orders_of(ORDER_OF_SUPPLIER, alder, "", "", &window).count, 0);
}

static void an_order_says_how_far_it_has_come(void **state)
{
    (void)state;
    struct order order;
    assert_true(order_find(store, &arena, of_birch, &order));
    assert_string_equal(order.supplier, "Alder");
    assert_string_equal(order.buyer, "Birch");
    assert_int_equal(order.units, 600);
    assert_int_equal(order.delivered_units, 600);
    assert_int_equal(order.state, ORDER_COMPLETED);
    assert_string_equal(order_state_word(order.state), "completed");
    assert_string_equal(order.contract_date, "2025-03-01");
    assert_string_equal(order.notes, "For the fleet");
    assert_int_equal(order.ordered_at, TOWN_START_US + 2 * CLOCK_DAY_US);
    assert_int_equal(order.delivered_at, TOWN_START_US + 7 * CLOCK_DAY_US);
    assert_true(order.buyer_agreed);
    assert_true(order_find(store, &arena, told, &order));
    assert_false(order.buyer_agreed);
    assert_string_equal(order.contract_date, "");
    assert_int_equal(order.delivered_at, 0);
    assert_int_equal(order.state, ORDER_PLACED);
    assert_true(order_find(store, &arena, of_wind, &order));
    assert_int_equal(order.instrument, INSTRUMENT_RENEWABLE_ENERGY);
    assert_int_equal(order.state, ORDER_IN_PROGRESS);
    assert_false(order_find(store, &arena, "ord_0000000000000000", &order));
}

static void an_order_is_its_parties_own(void **state)
{
    (void)state;
    struct order order;
    assert_true(order_find_of(store, &arena, alder, of_birch, &order));
    assert_true(order_find_of(store, &arena, birch, of_birch, &order));
    assert_false(order_find_of(store, &arena, cedar, of_birch, &order));
    assert_false(order_find_of(store, &arena, "", of_birch, &order));
    assert_false(order_find_of(store, &arena, birch, "ord_0000000000000000", &order));
}

static void who_orders_and_who_supplies_is_known(void **state)
{
    (void)state;
    struct order_party party = orders_party(store, alder);
    assert_true(party.is_supplier && !party.has_ordered);
    party = orders_party(store, birch);
    assert_true(!party.is_supplier && party.has_ordered);
    party = orders_party(store, pool);
    assert_true(!party.is_supplier && !party.has_ordered);
    party = orders_party(store, "org_0000000000000000");
    assert_true(!party.is_supplier && !party.has_ordered);
    struct order_instruments can = orders_instruments(store, bora);
    assert_true(!can.has[INSTRUMENT_CARBON_REMOVAL] && can.has[INSTRUMENT_RENEWABLE_ENERGY]);
    can = orders_instruments(store, alder);
    assert_true(can.has[INSTRUMENT_CARBON_REMOVAL] && !can.has[INSTRUMENT_RENEWABLE_ENERGY]);
    can = orders_instruments(store, birch);
    assert_true(!can.has[INSTRUMENT_CARBON_REMOVAL] && !can.has[INSTRUMENT_RENEWABLE_ENERGY]);
}

/* ---- deliveries ---- */

static struct deliveries deliveries_of(struct delivery_filter filter, const struct window *window)
{
    if (filter.from_at == 0) {
        filter.from_at = INT64_MIN;
    }
    struct deliveries got = deliveries_list(store, &arena, &filter, window);
    if (text_empty(window->behind)) {
        assert_int_equal(deliveries_count(store, &arena, &filter), got.count);
    }
    return got;
}
#define DELIVERIES(window, ...) deliveries_of((struct delivery_filter){__VA_ARGS__}, window)

static void deliveries_are_listed_for_either_party_and_for_all(void **state)
{
    (void)state;
    struct deliveries got = DELIVERIES(&newest, .side = ORDER_OF_ALL);
    EXPECT_IDS(got, delivery_id, metered, of_both, part_2, part_1);
    got = DELIVERIES(&oldest, .side = ORDER_OF_ALL);
    EXPECT_IDS(got, delivery_id, part_1, part_2, of_both, metered);
    got = DELIVERIES(&newest, .side = ORDER_OF_SUPPLIER, .org_id = alder);
    EXPECT_IDS(got, delivery_id, of_both, part_2, part_1);
    got = DELIVERIES(&oldest, .side = ORDER_OF_SUPPLIER, .org_id = alder);
    EXPECT_IDS(got, delivery_id, part_1, part_2, of_both);
    got = DELIVERIES(&newest, .side = ORDER_OF_BUYER, .org_id = birch);
    EXPECT_IDS(got, delivery_id, metered, part_2, part_1);
    got = DELIVERIES(&oldest, .side = ORDER_OF_BUYER, .org_id = birch);
    EXPECT_IDS(got, delivery_id, part_1, part_2, metered);
    struct window behind = {.descending = true, .behind = part_2, .most = 10};
    got = DELIVERIES(&behind, .side = ORDER_OF_ALL);
    EXPECT_IDS(got, delivery_id, part_1);
}

static void deliveries_of_an_order_are_for_its_parties(void **state)
{
    (void)state;
    struct deliveries got = DELIVERIES(&newest, .side = ORDER_OF_ALL, .order_id = of_birch);
    EXPECT_IDS(got, delivery_id, part_2, part_1);
    got = DELIVERIES(&oldest, .side = ORDER_OF_BUYER, .org_id = birch, .order_id = of_birch);
    EXPECT_IDS(got, delivery_id, part_1, part_2);
    got = DELIVERIES(&newest, .side = ORDER_OF_SUPPLIER, .org_id = alder, .order_id = of_birch);
    EXPECT_IDS(got, delivery_id, part_2, part_1);
    got = DELIVERIES(&newest, .side = ORDER_OF_BUYER, .org_id = cedar, .order_id = of_birch);
    assert_int_equal(got.count, 0);
}

static void deliveries_are_found_by_time_and_by_words(void **state)
{
    (void)state;
    /* issuing and the orders took five days; then one delivery a day */
    int64_t second = TOWN_START_US + 7 * CLOCK_DAY_US;
    struct deliveries got = DELIVERIES(&newest, .side = ORDER_OF_ALL, .from_at = second,
                                       .until_at = second + CLOCK_DAY_US); /* until is not within */
    EXPECT_IDS(got, delivery_id, part_2);
    got = DELIVERIES(&newest, .side = ORDER_OF_ALL, .until_at = second);
    EXPECT_IDS(got, delivery_id, part_1);
    got = DELIVERIES(&newest, .side = ORDER_OF_ALL, .q = "half first");
    EXPECT_IDS(got, delivery_id, part_1);
    got = DELIVERIES(&newest, .side = ORDER_OF_ALL, .q = "bora");
    EXPECT_IDS(got, delivery_id, metered);
    /* the parties find by the order's id; the public does not learn which order it was */
    got = DELIVERIES(&newest, .side = ORDER_OF_BUYER, .org_id = birch, .q = of_wind);
    EXPECT_IDS(got, delivery_id, metered);
    got = DELIVERIES(&newest, .side = ORDER_OF_ALL, .q = of_wind);
    assert_int_equal(got.count, 0);
}

static void a_delivery_knows_its_projects(void **state)
{
    (void)state;
    struct delivery delivery;
    assert_true(delivery_find(store, &arena, part_2, &delivery));
    assert_string_equal(delivery.order_id, of_birch);
    assert_string_equal(delivery.project_id, rock);
    assert_string_equal(delivery.project, "Project P2");
    assert_false(delivery.has_more_projects);
    assert_int_equal(delivery.units, 200);
    assert_int_equal(delivery.instrument, INSTRUMENT_CARBON_REMOVAL);
    assert_true(delivery_find(store, &arena, of_both, &delivery));
    assert_true(delivery.has_more_projects);
    assert_true(delivery_find(store, &arena, metered, &delivery));
    assert_int_equal(delivery.instrument, INSTRUMENT_RENEWABLE_ENERGY);
    assert_false(delivery_find(store, &arena, "dlv_0000000000000000", &delivery));
}

/* ---- the pool ---- */

static void the_pool_tells_what_became_of_each_vintage(void **state)
{
    (void)state;
    struct pool_orgs orgs = pool_orgs(store, &arena);
    EXPECT_IDS(orgs, org_id, pool);
    struct pool_shares shares = pool_shares(store, &arena, "");
    EXPECT_IDS(shares, project_id, kiln, rock); /* 2025 set nothing aside: no row */
    const struct pool_share *share = &shares.at[0];
    assert_int_equal(share->vintage, 2024);
    assert_string_equal(share->supplier_org_id, alder);
    assert_int_equal(share->sums.put_units, 300);
    assert_int_equal(share->sums.held_units, 150);
    assert_int_equal(share->sums.free_units, 150);
    assert_int_equal(share->sums.refunded_units, 120);
    assert_int_equal(share->sums.cancelled_units, 30);
    assert_int_equal(share->sums.retired_units, 0);
    struct pool_sums sums = {0};
    for (size_t i = 0; i < shares.count; i++) {
        pool_add(&sums, &shares.at[i].sums);
    }
    assert_int_equal(sums.put_units, 350);
    assert_int_equal(sums.held_units, 200);
    assert_int_equal(sums.put_units, sums.held_units + sums.refunded_units + sums.cancelled_units);
}

static void one_projects_share_is_the_same_one(void **state)
{
    (void)state;
    struct pool_shares all = pool_shares(store, &arena, "");
    struct pool_shares one = pool_shares(store, &arena, kiln);
    EXPECT_IDS(one, project_id, kiln);
    assert_memory_equal(&one.at[0].sums, &all.at[0].sums, sizeof(one.at[0].sums));
    one = pool_shares(store, &arena, rock);
    EXPECT_IDS(one, project_id, rock);
    assert_int_equal(one.at[0].sums.refunded_units, 0);
    assert_int_equal(pool_shares(store, &arena, wind).count, 0);
    assert_int_equal(pool_shares(store, &arena, "prj_0000000000000000").count, 0);
}

static void a_pools_stock_is_by_project(void **state)
{
    (void)state;
    struct pool_stocks stocks = pool_stocks(store, &arena, pool);
    EXPECT_IDS(stocks, project_id, kiln, rock);
    assert_int_equal(stocks.at[0].held_units, 150);
    assert_int_equal(stocks.at[0].free_units, 150);
    assert_string_equal(stocks.at[1].supplier, "Alder");
    assert_int_equal(stocks.at[1].free_units, 50);
    assert_int_equal(pool_stocks(store, &arena, alder).count, 0);
}

static struct pool_acts acts_of(struct pool_filter filter, const struct window *window)
{
    if (filter.from_at == 0) {
        filter.from_at = INT64_MIN;
    }
    struct pool_acts got = pool_acts_list(store, &arena, &filter, window);
    if (text_empty(window->behind)) {
        assert_int_equal(pool_acts_count(store, &arena, &filter), got.count);
    }
    return got;
}
#define ACTS(window, ...) acts_of((struct pool_filter){__VA_ARGS__}, window)

static void refunds_and_cancellations_are_listed_apart(void **state)
{
    (void)state;
    struct pool_acts got = ACTS(&newest, .kind = POOL_REFUND);
    EXPECT_IDS(got, act_id, back);
    got = ACTS(&oldest, .kind = POOL_CANCELLATION);
    EXPECT_IDS(got, act_id, lost);
    got = ACTS(&oldest, .kind = POOL_REFUND, .q = "monitoring alder");
    EXPECT_IDS(got, act_id, back);
    got = ACTS(&newest, .kind = POOL_CANCELLATION, .q = "p1 dug");
    EXPECT_IDS(got, act_id, lost);
    assert_int_equal(ACTS(&newest, .kind = POOL_REFUND, .q = "dug").count, 0);
    assert_int_equal(ACTS(&newest, .kind = POOL_REFUND, .until_at = TOWN_START_US).count, 0);
    assert_int_equal(ACTS(&newest, .kind = POOL_CANCELLATION, .from_at = town.now_us + 1).count, 0);
    struct window behind = {.descending = true, .behind = back, .most = 10};
    assert_int_equal(ACTS(&behind, .kind = POOL_REFUND).count, 0);
}

static void an_act_of_the_pool_is_told_in_full(void **state)
{
    (void)state;
    struct pool_act act;
    assert_true(pool_act_find(store, &arena, POOL_REFUND, back, &act));
    assert_string_equal(act.org_id, pool);
    assert_string_equal(act.supplier, "Alder");
    assert_string_equal(act.project_id, kiln);
    assert_string_equal(act.notes, "Monitoring is over");
    assert_int_equal(act.units, 120);
    assert_int_equal(act.block_count, 1);
    assert_int_equal(act.instrument, INSTRUMENT_CARBON_REMOVAL);
    assert_int_equal(act.at, town.now_us - CLOCK_DAY_US);
    assert_true(pool_act_find(store, &arena, POOL_CANCELLATION, lost, &act));
    assert_string_equal(act.notes, "A field was dug up");
    assert_int_equal(act.units, 30);
    assert_int_equal(act.at, town.now_us);
    assert_false(pool_act_find(store, &arena, POOL_REFUND, lost, &act));
    assert_false(pool_act_find(store, &arena, POOL_CANCELLATION, back, &act));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_party_has_its_own_orders),
        cmocka_unit_test(orders_are_found_by_state_and_by_words),
        cmocka_unit_test(a_window_goes_on_behind_a_row_of_its_own),
        cmocka_unit_test(an_order_says_how_far_it_has_come),
        cmocka_unit_test(an_order_is_its_parties_own),
        cmocka_unit_test(who_orders_and_who_supplies_is_known),
        cmocka_unit_test(deliveries_are_listed_for_either_party_and_for_all),
        cmocka_unit_test(deliveries_of_an_order_are_for_its_parties),
        cmocka_unit_test(deliveries_are_found_by_time_and_by_words),
        cmocka_unit_test(a_delivery_knows_its_projects),
        cmocka_unit_test(the_pool_tells_what_became_of_each_vintage),
        cmocka_unit_test(one_projects_share_is_the_same_one),
        cmocka_unit_test(a_pools_stock_is_by_project),
        cmocka_unit_test(refunds_and_cancellations_are_listed_apart),
        cmocka_unit_test(an_act_of_the_pool_is_told_in_full),
    };
    return cmocka_run_group_tests(tests, build, demolish);
}
