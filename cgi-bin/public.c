/*
 * public.c: the public registry: everything under / and /registry, for everybody, without signing
 * in. It opens registry.db alone, read-only, and cannot ask the ledger anything.
 */
#include "pages/public.h"
#include "pages/certificate.h"
#include "pages/chrome.h"
#include "pages/pool.h"
#include "store/documents.h"
#include "store/holdings.h"
#include "store/orders.h"
#include "store/public_past.h"
#include "store/site.h"

static const struct route routes[] = {
    {METHOD_GET, "/", NEED_NOBODY, NULL, public_landing_get},
    {METHOD_GET, "/registry", NEED_NOBODY, NULL, public_overview_get},
    {METHOD_GET, "/registry/search", NEED_NOBODY, &public_search_form, public_search_get},
    {METHOD_GET, "/registry/transfers", NEED_NOBODY, &public_transfers_form, public_transfers_get},
    {METHOD_GET, "/registry/transfers.atom", NEED_NOBODY, NULL, public_atom_get},
    {METHOD_GET, "/registry/transfers/:id", NEED_NOBODY, &public_blocks_form, public_transfer_get},
    {METHOD_GET, "/registry/credit-batches/:id", NEED_NOBODY, &public_batch_form, public_batch_get},
    {METHOD_GET, "/registry/projects", NEED_NOBODY, &public_projects_form, public_projects_get},
    {METHOD_GET, "/registry/projects/:id", NEED_NOBODY, &public_project_form, public_project_get},
    {METHOD_GET, "/registry/issuances", NEED_NOBODY, &public_issuances_form, public_issuances_get},
    {METHOD_GET, "/registry/issuances/:id", NEED_NOBODY, &public_issuance_form,
     public_issuance_get},
    {METHOD_GET, "/registry/retirements", NEED_NOBODY, &public_retirements_form,
     public_retirements_get},
    {METHOD_GET, "/registry/retirements/:id", NEED_NOBODY, &public_blocks_form,
     public_retirement_get},
    {METHOD_GET, "/registry/retirements/:id/certificate", NEED_NOBODY, NULL, certificate_get},
    {METHOD_GET, "/registry/retirements/:id/certificate.pdf", NEED_NOBODY, NULL,
     certificate_pdf_get},
    {METHOD_GET, "/registry/retirements/:id/certificate.txt", NEED_NOBODY, NULL,
     certificate_record_get},
    {METHOD_GET, "/registry/verify", NEED_NOBODY, &certificate_verify_form, certificate_verify_get},
    {METHOD_GET, "/registry/organisations", NEED_NOBODY, &public_orgs_form, public_orgs_get},
    {METHOD_GET, "/registry/organisations/:id", NEED_NOBODY, NULL, public_org_get},
    {METHOD_GET, "/registry/buffer-pool", NEED_NOBODY, &public_buffer_form, public_buffer_get},
    {METHOD_GET, "/registry/refunds", NEED_NOBODY, &public_pool_acts_form, public_refunds_get},
    {METHOD_GET, "/registry/refunds/:id", NEED_NOBODY, &public_blocks_form, public_refund_get},
    {METHOD_GET, "/registry/cancellations", NEED_NOBODY, &public_pool_acts_form,
     public_cancellations_get},
    {METHOD_GET, "/registry/cancellations/:id", NEED_NOBODY, &public_blocks_form,
     public_cancellation_get},
    {METHOD_GET, "/registry/deliveries", NEED_NOBODY, &public_deliveries_form,
     public_deliveries_get},
    {METHOD_GET, "/registry/api", NEED_NOBODY, NULL, public_api_get},
    {METHOD_GET, "/registry/deliveries/:id", NEED_NOBODY, &public_blocks_form, public_delivery_get},
};

static const struct query_table *const registry_tables[] = {
    &site_queries,
    &holdings_queries,
    &holding_batches_queries,
    &public_transfers_queries,
    &public_batches_queries,
    &public_past_queries,
    &public_projects_queries,
    &documents_queries,
    &public_issuances_queries,
    &public_retirements_queries,
    &public_orgs_queries,
    &orders_queries,
    &pool_queries,
    NULL,
};

int main(void)
{
    static const struct gate_setup setup = {
        .program = "public",
        .routes = routes,
        .route_count = sizeof routes / sizeof routes[0],
        .registry_tables = registry_tables,
        .error_page = public_error_page,
        .page_tag = public_page_tag,
    };
    return gate_run(&setup);
}
