/*
 * api.c: the REST API: everything under /registry/v0, for programs with a client secret and an
 * access token. Reads registry.db and asks the ledger for every change, as the pages of account do.
 *
 * The paths are those of the contract (Isometric's Registry API) and ours besides; a table row for
 * each, in the contract's order.
 */
#include "api/api.h"
#include "api/batch.h"
#include "api/party.h"
#include "ledger/ledger.h"

#define V0 "/registry/v0"
#define READER NEED_ORGANISATION

/* clang-format off: one route, one row */
static const struct route routes[] = {
    {METHOD_GET, V0 "/organisation", READER, NULL, organisation_mine_get},
    {METHOD_GET, V0 "/organisations/:id", READER, NULL, organisation_get},

    {METHOD_GET, V0 "/supplier", READER, NULL, supplier_mine_get},
    {METHOD_GET, V0 "/suppliers/:id", READER, NULL, supplier_get},
    {METHOD_GET, V0 "/suppliers", READER, NULL, suppliers_get},

    {METHOD_GET, V0 "/credit_batches/:id", READER, NULL, batch_get},

    {METHOD_GET, V0 "/transferees", READER, NULL, transferees_get},
};
/* clang-format on */

static const struct query_table *const people_tables[] = {
    NULL,
};

/* The handlers' own tables, then those that planning a transfer needs. */
static const struct query_table *registry_tables[48] = {
    &api_parties_queries,
    &api_batches_queries,
};

static void add_plan_tables(void)
{
    size_t count = 0;
    while (registry_tables[count] != NULL) {
        count++;
    }
    for (size_t i = 0; ledger_plan_tables[i] != NULL; i++) {
        registry_tables[count++] = ledger_plan_tables[i];
    }
}

int main(void)
{
    static const struct gate_setup setup = {
        .program = "api",
        .door = GATE_TOKENS,
        .routes = routes,
        .route_count = sizeof routes / sizeof routes[0],
        .registry_tables = registry_tables,
        .people_tables = people_tables,
        .people_write = true,
        .uses_ledger = true,
        .error_page = api_error_page,
        .begin = api_begin,
    };
    add_plan_tables();
    return gate_run(&setup);
}
