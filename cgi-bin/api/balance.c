/* api/balance.c: the credit balance. See api/holding.h. */
#include "api/api.h"
#include "api/holding.h"
#include "api/list.h"
#include "base/limits.h"
#include "base/text.h"
#include "store/api_balances.h"
#include "store/api_parties.h"
#include "store/holdings.h"

/* Where the list of orders stands: years of them need not fit one reply. */
struct walk {
    struct visit *visit;
    struct json json;
    struct api_order_place place;
};

/* In kilograms. */
struct sums {
    int64_t active, retired, available, pending;
};

static void add(int64_t *sum, enum instrument instrument, int64_t units);
static void add_holding(struct sums *sums, const struct holding_balance *balance);
static void write_sums(struct json *json, const struct sums *sums);
static bool is_listed(const struct sums *sums);
static void write_suppliers(struct json *json, struct visit *visit,
                            const struct holding_balances *balances);
static void write_projects(struct json *json, const struct holding_balances *balances);
static void write_orders(struct json *json, const struct api_order_balances *balances);
static bool write_window(struct response *response, void *state);

enum status organisation_balance_get(struct visit *visit, struct response *response)
{
    enum status status = list_no_query(visit);
    if (status != STATUS_OK) {
        return status;
    }
    if (!text_is(visit->arguments[0], visit->org_id)) {
        return STATUS_NOT_FOUND;
    }
    struct holding_balances balances =
        holdings_balances(visit->registry, visit->arena, visit->org_id, "");
    struct sums total = {0};
    for (size_t i = 0; i < balances.count; i++) {
        add_holding(&total, &balances.at[i]);
    }
    struct walk *walk = arena_one(visit->arena, struct walk);
    walk->visit = visit;
    walk->json = api_answer(visit, response);
    json_open(&walk->json, NULL);
    write_sums(&walk->json, &total);
    write_suppliers(&walk->json, visit, &balances);
    write_projects(&walk->json, &balances);
    json_list(&walk->json, "order_balances");
    if (write_window(response, walk)) {
        response->stream = write_window;
        response->stream_state = walk;
    }
    return STATUS_OK;
}

/* False: that was the last one. */
static bool write_window(struct response *response, void *state)
{
    struct walk *walk = state;
    struct visit *visit = walk->visit;
    size_t mark_bytes = visit->arena->used_bytes;
    walk->json.out = &response->body;
    struct api_order_balances orders = api_order_balances(
        visit->registry, visit->arena, visit->org_id, &walk->place, CSV_WINDOW_ROWS);
    write_orders(&walk->json, &orders);
    if (!orders.has_more) {
        json_close(&walk->json);
        json_close(&walk->json);
    }
    arena_reset(visit->arena, mark_bytes);
    return orders.has_more;
}

/* What is more than an int64 holds, which no registry of this world has, is told as the most it
 * holds. */
static void add(int64_t *sum, enum instrument instrument, int64_t units)
{
    int64_t kg = units;
    if ((instrument != INSTRUMENT_CARBON_REMOVAL &&
         __builtin_mul_overflow(units, INT64_C(1000), &kg)) ||
        !quantity_add(*sum, kg, sum)) {
        *sum = INT64_MAX;
    }
}

static void add_holding(struct sums *sums, const struct holding_balance *balance)
{
    add(&sums->active, balance->instrument, balance->active_units);
    add(&sums->retired, balance->instrument, balance->retired_units);
    add(&sums->available, balance->instrument, balance->available_units);
    add(&sums->pending, balance->instrument, balance->reserved_units);
}

static void write_sums(struct json *json, const struct sums *sums)
{
    const enum instrument kg = INSTRUMENT_CARBON_REMOVAL;
    json_open(json, "total");
    json_quantity(json, "active_credits_total", kg, sums->active);
    json_quantity(json, "retired_credits_total", kg, sums->retired);
    json_quantity(json, "available_credits_total", kg, sums->available);
    json_quantity(json, "pending_credits_total", kg, sums->pending);
    json_close(json);
}

static bool is_listed(const struct sums *sums)
{
    return sums->active > 0 || sums->retired > 0;
}

/* Balances stand by supplier, so one supplier's follow each other. */
static void write_suppliers(struct json *json, struct visit *visit,
                            const struct holding_balances *balances)
{
    json_list(json, "supplier_balances");
    for (size_t i = 0; i < balances->count;) {
        const char *org_id = balances->at[i].supplier_org_id;
        struct api_party supplier;
        struct sums sums = {0};
        for (; i < balances->count && text_is(balances->at[i].supplier_org_id, org_id); i++) {
            add_holding(&sums, &balances->at[i]);
        }
        if (is_listed(&sums) && api_party_find(visit->registry, visit->arena, org_id, &supplier)) {
            json_open(json, NULL);
            json_text(json, "supplier_id", supplier.supplier_id);
            write_sums(json, &sums);
            json_close(json);
        }
    }
    json_close(json);
}

static void write_projects(struct json *json, const struct holding_balances *balances)
{
    json_list(json, "project_balances");
    for (size_t i = 0; i < balances->count; i++) {
        struct sums sums = {0};
        add_holding(&sums, &balances->at[i]);
        if (is_listed(&sums)) {
            json_open(json, NULL);
            json_text(json, "project_id", balances->at[i].project_id);
            write_sums(json, &sums);
            json_close(json);
        }
    }
    json_close(json);
}

static void write_orders(struct json *json, const struct api_order_balances *balances)
{
    for (size_t i = 0; i < balances->count;) {
        const char *order_id = balances->at[i].order_id;
        struct sums sums = {0};
        for (; i < balances->count && text_is(balances->at[i].order_id, order_id); i++) {
            const struct api_order_balance *balance = &balances->at[i];
            add(&sums.active, balance->instrument, balance->active_units);
            add(&sums.retired, balance->instrument, balance->retired_units);
            add(&sums.available, balance->instrument, balance->available_units);
            add(&sums.pending, balance->instrument, balance->reserved_units);
        }
        json_open(json, NULL);
        json_text(json, "order_id", order_id);
        write_sums(json, &sums);
        json_close(json);
    }
}
