/*
 * api.c: the REST API: everything under /registry/v0, for programs with a client secret and an
 * access token. Reads registry.db and asks the ledger for every change, as the pages of account do.
 *
 * The paths are those of the contract (Isometric's Registry API) and ours besides; a table row for
 * each, in the contract's order.
 */
#include "api/api.h"
#include "api/batch.h"
#include "api/beneficiary.h"
#include "api/delivery_write.h"
#include "api/event.h"
#include "api/holding.h"
#include "api/order.h"
#include "api/party.h"
#include "api/project.h"
#include "api/refund.h"
#include "api/retire_write.h"
#include "api/retirement.h"
#include "api/transfer.h"
#include "api/webhook.h"
#include "ledger/ledger.h"
#include "store/api_balances.h"
#include "store/api_beneficiaries.h"
#include "store/api_holdings.h"
#include "store/api_keys.h"
#include "store/api_refunds.h"
#include "store/documents.h"
#include "store/holdings.h"
#include "store/people_beneficiary.h"
#include "store/site.h"

#define V0 "/registry/v0"
#define READER NEED_ORGANISATION
/* what is done about transfers: starting and taking back, and deciding */
#define SENDER (READER | NEED_INITIATOR | NEED_SCOPE_TRANSFER)
#define DECIDER (READER | NEED_APPROVER | NEED_SCOPE_TRANSFER)
#define RETIRER (READER | NEED_INITIATOR | NEED_SCOPE_RETIRE)
#define MANAGING (READER | NEED_MANAGER | NEED_SCOPE_MANAGE)

static const struct route routes[] = {
    {METHOD_GET, V0 "/organisation", READER, NULL, organisation_mine_get},
    {METHOD_GET, V0 "/organisations/:id", READER, NULL, organisation_get},
    {METHOD_GET, V0 "/organisations/:id/orders", READER, NULL, organisation_orders_get},
    {METHOD_GET, V0 "/organisations/:id/credit_balance", READER, NULL, organisation_balance_get},
    {METHOD_GET, V0 "/organisations/:id/credit_batches", READER, NULL, organisation_batches_get},

    {METHOD_GET, V0 "/supplier", READER, NULL, supplier_mine_get},
    {METHOD_GET, V0 "/suppliers/:id", READER, NULL, supplier_get},
    {METHOD_GET, V0 "/suppliers", READER, NULL, suppliers_get},
    {METHOD_GET, V0 "/suppliers/:id/projects", READER, NULL, supplier_projects_get},
    {METHOD_GET, V0 "/suppliers/:id/orders", READER, NULL, supplier_orders_get},
    {METHOD_GET, V0 "/suppliers/:id/deliveries", READER, NULL, supplier_deliveries_get},
    {METHOD_GET, V0 "/suppliers/:id/issuances", READER, NULL, supplier_issuances_get},

    {METHOD_GET, V0 "/projects/:id", READER, NULL, project_get},
    {METHOD_GET, V0 "/projects/:id/documents", READER, NULL, project_documents_get},
    {METHOD_GET, V0 "/projects", READER, NULL, projects_get},

    {METHOD_GET, V0 "/issuances/:id", READER, NULL, issuance_get},
    {METHOD_GET, V0 "/issuances", READER, NULL, issuances_get},
    {METHOD_GET, V0 "/issuances/:id/credit_batches", READER, NULL, issuance_batches_get},

    {METHOD_POST, V0 "/deliveries", SENDER, NULL, deliveries_post},
    {METHOD_GET, V0 "/deliveries", READER, NULL, deliveries_get},
    {METHOD_GET, V0 "/deliveries/:id", READER, NULL, delivery_get},
    {METHOD_GET, V0 "/deliveries/:id/credit_batches", READER, NULL, delivery_batches_get},

    {METHOD_POST, V0 "/retirements", RETIRER, NULL, retirements_post},
    {METHOD_POST, V0 "/retirements/from_oldest_credits", RETIRER, NULL, retirements_oldest_post},
    {METHOD_GET, V0 "/refunds/:id", READER, NULL, refund_get},
    {METHOD_GET, V0 "/refunds/:id/credit_batches", READER, NULL, refund_batches_get},

    {METHOD_GET, V0 "/retirements", READER, NULL, retirements_get},
    {METHOD_GET, V0 "/retirements/:id", READER, NULL, retirement_get},
    {METHOD_GET, V0 "/retirements/:id/credit_batches", READER, NULL, retirement_batches_get},

    {METHOD_GET, V0 "/orders/:id", READER, NULL, order_get},
    {METHOD_GET, V0 "/orders/:id/deliveries", READER, NULL, order_deliveries_get},

    {METHOD_GET, V0 "/credit_batches/:id", READER, NULL, batch_get},

    {METHOD_POST, V0 "/transfers", SENDER, NULL, transfers_post},
    {METHOD_GET, V0 "/transfers", READER, NULL, transfers_get},
    {METHOD_POST, V0 "/transfers/from_oldest_credits", SENDER, NULL, transfers_oldest_post},
    {METHOD_POST, V0 "/transfers/preview", SENDER, NULL, transfers_preview_post},
    {METHOD_GET, V0 "/transfers/:id", READER, NULL, transfer_get},
    {METHOD_GET, V0 "/transfers/:id/credit_batches", READER, NULL, transfer_batches_get},
    {METHOD_POST, V0 "/transfers/:id/accept", DECIDER, NULL, transfer_accept_post},
    {METHOD_POST, V0 "/transfers/:id/reject", DECIDER, NULL, transfer_reject_post},
    {METHOD_POST, V0 "/transfers/:id/withdraw", SENDER, NULL, transfer_withdraw_post},
    {METHOD_POST, V0 "/transfers/:id/approve", DECIDER, NULL, transfer_approve_post},
    {METHOD_POST, V0 "/transfers/:id/refuse", DECIDER, NULL, transfer_refuse_post},

    {METHOD_POST, V0 "/exports", SENDER, NULL, exports_post},
    {METHOD_GET, V0 "/exports", READER, NULL, exports_get},
    {METHOD_POST, V0 "/exports/preview", SENDER, NULL, exports_preview_post},
    {METHOD_GET, V0 "/exports/:id", READER, NULL, export_get},
    {METHOD_GET, V0 "/exports/:id/credit_batches", READER, NULL, export_batches_get},
    {METHOD_POST, V0 "/exports/:id/withdraw", SENDER, NULL, export_withdraw_post},
    {METHOD_POST, V0 "/exports/:id/approve", DECIDER, NULL, export_approve_post},
    {METHOD_POST, V0 "/exports/:id/refuse", DECIDER, NULL, export_refuse_post},

    {METHOD_GET, V0 "/beneficiaries", READER, NULL, beneficiaries_get},
    {METHOD_POST, V0 "/beneficiary", RETIRER, NULL, beneficiary_post},

    {METHOD_GET, V0 "/transferees", READER, NULL, transferees_get},

    {METHOD_GET, V0 "/events", READER, NULL, events_get},

    {METHOD_GET, V0 "/webhooks", MANAGING, NULL, webhooks_get},
    {METHOD_POST, V0 "/webhooks", MANAGING, NULL, webhook_post},
    {METHOD_GET, V0 "/webhooks/:id", MANAGING, NULL, webhook_one_get},
    {METHOD_POST, V0 "/webhooks/:id/update", MANAGING, NULL, webhook_update_post},
    {METHOD_POST, V0 "/webhooks/:id/rotate_secret", MANAGING, NULL, webhook_rotate_post},
    {METHOD_POST, V0 "/webhooks/:id/pause", MANAGING, NULL, webhook_pause_post},
    {METHOD_POST, V0 "/webhooks/:id/resume", MANAGING, NULL, webhook_resume_post},
    {METHOD_POST, V0 "/webhooks/:id/remove", MANAGING, NULL, webhook_remove_post},
    {METHOD_POST, V0 "/webhooks/:id/test", MANAGING, NULL, webhook_test_post},
    {METHOD_POST, V0 "/webhooks/:id/replay", MANAGING, NULL, webhook_replay_post},
    {METHOD_GET, V0 "/webhooks/:id/messages", MANAGING, NULL, webhook_messages_get},
    {METHOD_GET, V0 "/webhooks/:id/messages/:id", MANAGING, NULL, webhook_message_get},
};

static const struct query_table *const people_tables[] = {
    &people_beneficiary_queries,
    &people_webhook_queries,
    &people_webhook_log_queries,
    NULL,
};

/* The handlers' own tables, then those that planning a transfer needs. */
static const struct query_table *registry_tables[48] = {
    &api_parties_queries, &api_batches_queries,   &api_projects_queries,
    &documents_queries,   &api_orders_queries,    &api_retirements_queries,
    &api_refunds_queries, &api_holdings_queries,  &api_balances_queries,
    &holdings_queries,    &api_transfers_queries, &api_beneficiaries_queries,
    &events_queries,      &site_queries,          &api_keys_queries,
};

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
        .last_words = api_last_words,
        .begin = api_begin,
        .opened = api_opened,
    };
    ledger_plan_tables_add(registry_tables);
    return gate_run(&setup);
}
