/*
 * account.c: what an organisation's people do: Credits, transfer steps, transfers, inbox, team.
 * Reads registry.db, keeps drafts in people.db, and asks the ledger for every change of what is
 * true.
 */
#include "pages/account.h"
#include "ledger/ledger.h"
#include "pages/credits.h"
#include "pages/deliver.h"
#include "pages/inbox.h"
#include "pages/my_transfer.h"
#include "pages/retire.h"
#include "pages/steps.h"
#include "pages/team.h"
#include "pages/team_programs.h"
#include "pages/team_webhooks.h"
#include "store/holdings.h"
#include "store/my_retirements.h"
#include "store/my_transfers.h"
#include "store/orders.h"
#include "store/people_beneficiary.h"
#include "store/people_link.h"
#include "store/people_person.h"
#include "store/public_batches.h"
#include "store/recipients.h"
#include "store/rights.h"
#include "store/site.h"
#include "store/team.h"

#define READER (NEED_PERSON | NEED_ORGANISATION)
#define INITIATOR (READER | NEED_INITIATOR)
#define APPROVER (READER | NEED_APPROVER)
#define MANAGER (READER | NEED_MANAGER)
/* Either: the handler asks for the one that the act needs. */
#define DECIDER (READER | NEED_INITIATOR | NEED_APPROVER)
#define DRAFT "/account/transfers/drafts/:id"
#define RETIRING "/account/retirements/drafts/:id"
#define TEAMMATE "/account/team/people/:id"
#define TRANSFER "/account/transfers/:id"
#define TOKENS "/account/team/programs/tokens"
#define CLIENTS "/account/team/programs/clients"
#define WEBHOOKS "/account/team/webhooks"
#define WEBHOOK WEBHOOKS "/:id"

static const struct route routes[] = {
    {METHOD_GET, "/account", READER, NULL, account_home_get},
    {METHOD_POST, "/account/switch", NEED_PERSON, &account_switch_form, account_switch_post},
    {METHOD_GET, "/account/credits", READER, &credits_form, credits_get},
    {METHOD_GET, "/account/transfers", READER, &my_transfers_form, my_transfers_get},
    {METHOD_GET, "/account/transfers/new", INITIATOR, &steps_start_form, steps_start_get},
    {METHOD_POST, "/account/transfers/new", INITIATOR, &steps_new_form, steps_start_post},
    {METHOD_GET, DRAFT, INITIATOR, NULL, steps_resume_get},
    {METHOD_POST, DRAFT "/discard", INITIATOR, NULL, steps_discard_post},
    {METHOD_GET, DRAFT "/recipient", INITIATOR, &steps_recipient_query, steps_recipient_get},
    {METHOD_POST, DRAFT "/recipient", INITIATOR, &steps_recipient_form, steps_recipient_post},
    {METHOD_GET, DRAFT "/balance", INITIATOR, &take_balance_query, steps_balance_get},
    {METHOD_POST, DRAFT "/balance", INITIATOR, &take_balance_form, steps_balance_post},
    {METHOD_GET, DRAFT "/amount", INITIATOR, &take_amount_query, steps_amount_get},
    {METHOD_POST, DRAFT "/amount", INITIATOR, &take_amount_form, steps_amount_post},
    {METHOD_GET, DRAFT "/review", INITIATOR, NULL, steps_review_get},
    {METHOD_POST, DRAFT "/review", INITIATOR, &steps_review_form, steps_review_post},
    {METHOD_GET, TRANSFER, READER, &my_transfer_form, my_transfer_get},
    {METHOD_GET, TRANSFER "/done", READER, NULL, steps_done_get},
    {METHOD_GET, TRANSFER "/accept", APPROVER, NULL, my_accept_get},
    {METHOD_POST, TRANSFER "/accept", APPROVER, &my_act_form, my_accept_post},
    {METHOD_GET, TRANSFER "/reject", APPROVER, NULL, my_reject_get},
    {METHOD_POST, TRANSFER "/reject", APPROVER, &my_act_form, my_reject_post},
    {METHOD_GET, TRANSFER "/approve", APPROVER, NULL, my_approve_get},
    {METHOD_POST, TRANSFER "/approve", APPROVER, &my_act_form, my_approve_post},
    {METHOD_GET, TRANSFER "/refuse", APPROVER, NULL, my_refuse_get},
    {METHOD_POST, TRANSFER "/refuse", APPROVER, &my_act_form, my_refuse_post},
    {METHOD_GET, TRANSFER "/withdraw", INITIATOR, NULL, my_withdraw_get},
    {METHOD_POST, TRANSFER "/withdraw", INITIATOR, &my_act_form, my_withdraw_post},
    {METHOD_GET, "/account/retirements", READER, &retire_list_form, retire_list_get},
    {METHOD_GET, "/account/retirements/new", INITIATOR, &retire_start_form, retire_start_get},
    {METHOD_POST, "/account/retirements/new", INITIATOR, &retire_start_form, retire_start_post},
    {METHOD_GET, RETIRING, INITIATOR, NULL, retire_resume_get},
    {METHOD_POST, RETIRING "/discard", INITIATOR, NULL, retire_discard_post},
    {METHOD_GET, RETIRING "/balance", INITIATOR, &take_balance_query, retire_balance_get},
    {METHOD_POST, RETIRING "/balance", INITIATOR, &take_balance_form, retire_balance_post},
    {METHOD_GET, RETIRING "/amount", INITIATOR, &take_amount_query, retire_amount_get},
    {METHOD_POST, RETIRING "/amount", INITIATOR, &take_vintage_form, retire_amount_post},
    {METHOD_GET, RETIRING "/beneficiary", INITIATOR, &retire_beneficiary_query,
     retire_beneficiary_get},
    {METHOD_POST, RETIRING "/beneficiary", INITIATOR, &retire_beneficiary_form,
     retire_beneficiary_post},
    {METHOD_GET, RETIRING "/purposes", INITIATOR, &retire_purposes_query, retire_purposes_get},
    {METHOD_POST, RETIRING "/purposes", INITIATOR, &retire_purposes_form, retire_purposes_post},
    {METHOD_GET, RETIRING "/review", INITIATOR, NULL, retire_review_get},
    {METHOD_POST, RETIRING "/review", INITIATOR, &retire_review_form, retire_review_post},
    {METHOD_GET, "/account/retirements/:id/done", READER, &retire_done_query, retire_done_get},
    {METHOD_GET, "/account/inbox", READER, &inbox_query, inbox_get},
    {METHOD_POST, "/account/inbox", DECIDER, &inbox_form, inbox_post},
    {METHOD_GET, "/account/inbox/done", READER, &inbox_done_query, inbox_done_get},
    {METHOD_GET, "/account/orders", READER, &my_orders_form, my_orders_get},
    {METHOD_GET, "/account/orders/new", INITIATOR, &my_orders_new_form, my_orders_new_get},
    {METHOD_POST, "/account/orders/new", INITIATOR, &my_orders_new_form, my_orders_new_post},
    {METHOD_GET, "/account/orders/:id", READER, NULL, my_order_get},
    {METHOD_GET, "/account/orders/:id/deliver", INITIATOR, &at_once_form, my_deliver_get},
    {METHOD_POST, "/account/orders/:id/deliver", INITIATOR, &at_once_form, my_deliver_post},
    {METHOD_GET, "/account/deliveries", READER, &my_deliveries_form, my_deliveries_get},
    {METHOD_GET, "/account/deliveries/:id", READER, NULL, my_delivery_get},
    {METHOD_GET, "/account/deliveries/:id/done", READER, NULL, my_deliver_done_get},
    {METHOD_GET, "/account/team", READER, NULL, team_get},
    {METHOD_GET, "/account/team/add", MANAGER, NULL, team_add_get},
    {METHOD_POST, "/account/team/add", MANAGER, &team_add_form, team_add_post},
    {METHOD_GET, TEAMMATE, MANAGER, NULL, team_person_get},
    {METHOD_POST, TEAMMATE, MANAGER, &team_roles_form, team_person_post},
    {METHOD_POST, TEAMMATE "/remove", MANAGER, NULL, team_remove_post},
    {METHOD_POST, TEAMMATE "/link", MANAGER, NULL, team_link_post},
    {METHOD_GET, "/account/team/policies", READER, &team_policies_query, team_policies_get},
    {METHOD_POST, "/account/team/policies", MANAGER, &team_policies_form, team_policies_post},
    {METHOD_POST, "/account/team/trust", MANAGER, &team_trust_form, team_trust_post},
    {METHOD_POST, "/account/team/untrust", MANAGER, &team_trust_form, team_untrust_post},
    {METHOD_GET, "/account/team/accounts", READER, NULL, team_accounts_get},
    {METHOD_POST, "/account/team/accounts", MANAGER, &team_account_form, team_accounts_post},
    {METHOD_GET, "/account/team/accounts/:id/close", MANAGER, NULL, team_close_get},
    {METHOD_POST, "/account/team/accounts/:id/close", MANAGER, NULL, team_close_post},
    {METHOD_GET, "/account/team/programs", MANAGER, NULL, team_programs_get},
    {METHOD_GET, TOKENS, MANAGER, &team_programs_query, team_tokens_get},
    {METHOD_GET, TOKENS "/new", MANAGER, NULL, team_token_new_get},
    {METHOD_POST, TOKENS "/new", MANAGER, &team_token_form, team_token_new_post},
    {METHOD_GET, TOKENS "/:id", MANAGER, NULL, team_token_get},
    {METHOD_GET, TOKENS "/:id/revoke", MANAGER, NULL, team_token_revoke_get},
    {METHOD_POST, TOKENS "/:id/revoke", MANAGER, NULL, team_token_revoke_post},
    {METHOD_GET, CLIENTS, MANAGER, &team_programs_query, team_clients_get},
    {METHOD_GET, CLIENTS "/new", MANAGER, NULL, team_client_new_get},
    {METHOD_POST, CLIENTS "/new", MANAGER, &team_client_form, team_client_new_post},
    {METHOD_GET, CLIENTS "/:id", MANAGER, NULL, team_client_get},
    {METHOD_GET, CLIENTS "/:id/revoke", MANAGER, NULL, team_client_revoke_get},
    {METHOD_POST, CLIENTS "/:id/revoke", MANAGER, NULL, team_client_revoke_post},
    {METHOD_GET, WEBHOOKS, MANAGER, NULL, team_webhooks_get},
    {METHOD_GET, WEBHOOKS "/add", MANAGER, NULL, team_webhook_add_get},
    {METHOD_POST, WEBHOOKS "/add", MANAGER, &team_webhook_edit_form, team_webhook_add_post},
    {METHOD_GET, WEBHOOK, MANAGER, &team_webhook_query, team_webhook_get},
    {METHOD_GET, WEBHOOK "/change", MANAGER, NULL, team_webhook_change_get},
    {METHOD_POST, WEBHOOK "/change", MANAGER, &team_webhook_edit_form, team_webhook_change_post},
    {METHOD_POST, WEBHOOK "/test", MANAGER, NULL, team_webhook_test_post},
    {METHOD_POST, WEBHOOK "/pause", MANAGER, NULL, team_webhook_pause_post},
    {METHOD_POST, WEBHOOK "/resume", MANAGER, NULL, team_webhook_resume_post},
    {METHOD_GET, WEBHOOK "/rotate", MANAGER, NULL, team_webhook_rotate_get},
    {METHOD_POST, WEBHOOK "/rotate", MANAGER, NULL, team_webhook_rotate_post},
    {METHOD_GET, WEBHOOK "/remove", MANAGER, NULL, team_webhook_remove_get},
    {METHOD_POST, WEBHOOK "/remove", MANAGER, NULL, team_webhook_remove_post},
    {METHOD_GET, WEBHOOK "/replay", MANAGER, &team_webhook_replay_query, team_webhook_replay_get},
    {METHOD_POST, WEBHOOK "/replay", MANAGER, &team_webhook_replay_form, team_webhook_replay_post},
    {METHOD_GET, WEBHOOK "/messages/:id", MANAGER, NULL, team_webhook_message_get},
    {METHOD_POST, WEBHOOK "/messages/:id/replay", MANAGER, NULL, team_webhook_again_post},
};

static const struct query_table *const people_tables[] = {
    &people_credential_queries,
    &people_person_queries,
    &people_link_queries,
    &drafts_queries,
    &retirement_drafts_queries,
    &people_beneficiary_queries,
    &people_webhook_queries,
    &people_webhook_log_queries,
    NULL,
};

/* The pages' own tables, then those that planning a transfer needs. */
static const struct query_table *registry_tables[48] = {
    &site_queries,       &holdings_queries, &holding_batches_queries, &my_transfers_queries,
    &recipients_queries, &rights_queries,   &my_retirements_queries,  &public_retirements_queries,
    &team_queries,       &orders_queries,   &public_batches_queries,
};

int main(void)
{
    static const struct gate_setup setup = {
        .program = "account",
        .routes = routes,
        .route_count = sizeof routes / sizeof routes[0],
        .registry_tables = registry_tables,
        .people_tables = people_tables,
        .people_write = true,
        .uses_ledger = true,
        .error_page = account_error_page,
    };
    ledger_plan_tables_add(registry_tables);
    return gate_run(&setup);
}
