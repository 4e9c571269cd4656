/*
 * admin.c: the registry's administration. Administrators act; auditors read every page and change
 * nothing. Others are told that there is nothing here.
 */
#include "gate/person_admin.h"
#include "ledger/ledger.h"
#include "pages/admin_about.h"
#include "pages/admin_house.h"
#include "pages/admin_issues.h"
#include "pages/admin_parties.h"
#include "pages/admin_redact.h"
#include "pages/admin_transfers.h"
#include "pages/at_once.h"
#include "store/admin_orgs.h"
#include "store/admin_people.h"
#include "store/documents.h"
#include "store/holdings.h"
#include "store/ledger_facts.h"
#include "store/orders.h"
#include "store/people_credential.h"
#include "store/people_link.h"
#include "store/people_person.h"
#include "store/people_session.h"
#include "store/pool.h"
#include "store/public_words.h"
#include "store/rights.h"
#include "store/site.h"
#include "store/team.h"

static const struct route routes[] = {
    {METHOD_GET, "/admin", NEED_AUDITOR, NULL, admin_home_get},
    {METHOD_GET, "/admin/pending", NEED_AUDITOR, &admin_pending_form, admin_pending_get},
    {METHOD_POST, "/admin/pending", NEED_ADMINISTRATOR, &admin_pending_acts_form,
     admin_pending_post},
    {METHOD_GET, "/admin/pending/done", NEED_AUDITOR, &admin_pending_done_form,
     admin_pending_done_get},
    {METHOD_GET, "/admin/transfers", NEED_AUDITOR, &admin_transfers_form, admin_transfers_get},
    {METHOD_GET, "/admin/transfers/:id", NEED_AUDITOR, NULL, admin_transfer_get},
    {METHOD_GET, "/admin/transfers/:id/:word", NEED_AUDITOR, NULL, admin_decide_get},
    {METHOD_POST, "/admin/transfers/:id/:word", NEED_ADMINISTRATOR, &admin_decide_form,
     admin_decide_post},

    {METHOD_GET, "/admin/organisations", NEED_AUDITOR, &admin_orgs_form, admin_orgs_get},
    {METHOD_GET, "/admin/organisations/new", NEED_ADMINISTRATOR, NULL, admin_org_new_get},
    {METHOD_POST, "/admin/organisations/new", NEED_ADMINISTRATOR, &admin_org_form,
     admin_org_new_post},
    {METHOD_GET, "/admin/organisations/:id", NEED_AUDITOR, NULL, admin_org_get},
    {METHOD_GET, "/admin/organisations/:id/edit", NEED_ADMINISTRATOR, NULL, admin_org_edit_get},
    {METHOD_POST, "/admin/organisations/:id/edit", NEED_ADMINISTRATOR, &admin_org_form,
     admin_org_edit_post},
    {METHOD_GET, "/admin/organisations/:id/:word", NEED_AUDITOR, NULL, admin_org_state_get},
    {METHOD_POST, "/admin/organisations/:id/:word", NEED_ADMINISTRATOR, &admin_org_state_form,
     admin_org_state_post},

    {METHOD_GET, "/admin/people", NEED_AUDITOR, &admin_people_form, admin_people_get},
    {METHOD_GET, "/admin/people/new", NEED_ADMINISTRATOR, &admin_person_new_get_form,
     admin_person_new_get},
    {METHOD_POST, "/admin/people/new", NEED_ADMINISTRATOR, &admin_person_new_form,
     admin_person_new_post},
    {METHOD_GET, "/admin/people/:id", NEED_AUDITOR, NULL, admin_person_get},
    {METHOD_GET, "/admin/people/:id/organisations", NEED_AUDITOR, NULL, admin_join_get},
    {METHOD_POST, "/admin/people/:id/organisations", NEED_ADMINISTRATOR, &admin_join_form,
     admin_join_post},
    {METHOD_GET, "/admin/people/:id/organisations/:id", NEED_AUDITOR, NULL, admin_member_get},
    {METHOD_POST, "/admin/people/:id/organisations/:id", NEED_ADMINISTRATOR, &admin_member_form,
     admin_member_post},
    {METHOD_GET, "/admin/people/:id/:word", NEED_AUDITOR, NULL, admin_person_act_get},
    {METHOD_POST, "/admin/people/:id/:word", NEED_ADMINISTRATOR, &admin_person_act_form,
     admin_person_act_post},

    {METHOD_GET, "/admin/issue", NEED_AUDITOR, &admin_projects_form, admin_projects_get},
    {METHOD_GET, "/admin/issue/projects/new", NEED_ADMINISTRATOR, &admin_project_new_form,
     admin_project_new_get},
    {METHOD_POST, "/admin/issue/projects/new", NEED_ADMINISTRATOR, &admin_project_form,
     admin_project_new_post},
    {METHOD_GET, "/admin/issue/projects/:id/edit", NEED_ADMINISTRATOR, NULL,
     admin_project_edit_get},
    {METHOD_POST, "/admin/issue/projects/:id/edit", NEED_ADMINISTRATOR, &admin_project_form,
     admin_project_edit_post},
    {METHOD_GET, "/admin/issue/projects/:id/documents", NEED_AUDITOR, NULL, admin_documents_get},
    {METHOD_GET, "/admin/issue/projects/:id/documents/new", NEED_ADMINISTRATOR, NULL,
     admin_document_new_get},
    {METHOD_POST, "/admin/issue/projects/:id/documents/new", NEED_ADMINISTRATOR,
     &admin_document_form, admin_document_new_post},
    {METHOD_GET, "/admin/issue/projects/:id/documents/:id/remove", NEED_ADMINISTRATOR, NULL,
     admin_document_remove_get},
    {METHOD_POST, "/admin/issue/projects/:id/documents/:id/remove", NEED_ADMINISTRATOR,
     &admin_document_remove_form, admin_document_remove_post},
    {METHOD_GET, "/admin/issue/projects/:id/units", NEED_ADMINISTRATOR, NULL, admin_issuing_get},
    {METHOD_POST, "/admin/issue/projects/:id/units", NEED_ADMINISTRATOR, &admin_issuing_form,
     admin_issuing_post},
    {METHOD_GET, "/admin/issue/orders", NEED_AUDITOR, &admin_orders_form, admin_orders_get},
    {METHOD_GET, "/admin/issue/orders/new", NEED_ADMINISTRATOR, NULL, admin_order_new_get},
    {METHOD_POST, "/admin/issue/orders/new", NEED_ADMINISTRATOR, &admin_order_form,
     admin_order_new_post},
    {METHOD_GET, "/admin/issue/orders/:id", NEED_AUDITOR, NULL, admin_order_get},
    {METHOD_GET, "/admin/issue/orders/:id/deliver", NEED_AUDITOR, &at_once_form, admin_deliver_get},
    {METHOD_POST, "/admin/issue/orders/:id/deliver", NEED_ADMINISTRATOR, &at_once_form,
     admin_deliver_post},
    {METHOD_GET, "/admin/issue/buffer-pool", NEED_AUDITOR, NULL, admin_pool_get},
    {METHOD_GET, "/admin/issue/buffer-pool/:id/projects/:id/refund", NEED_ADMINISTRATOR,
     &at_once_form, admin_refund_get},
    {METHOD_POST, "/admin/issue/buffer-pool/:id/projects/:id/refund", NEED_ADMINISTRATOR,
     &at_once_form, admin_refund_post},
    {METHOD_GET, "/admin/issue/buffer-pool/:id/projects/:id/cancel", NEED_ADMINISTRATOR,
     &at_once_form, admin_cancel_units_get},
    {METHOD_POST, "/admin/issue/buffer-pool/:id/projects/:id/cancel", NEED_ADMINISTRATOR,
     &at_once_form, admin_cancel_units_post},

    {METHOD_GET, "/admin/settings", NEED_AUDITOR, NULL, admin_settings_get},
    {METHOD_GET, "/admin/settings/edit", NEED_ADMINISTRATOR, NULL, admin_settings_edit_get},
    {METHOD_POST, "/admin/settings/edit", NEED_ADMINISTRATOR, &admin_settings_form,
     admin_settings_edit_post},
    {METHOD_GET, "/admin/settings/freeze", NEED_AUDITOR, NULL, admin_freeze_get},
    {METHOD_POST, "/admin/settings/freeze", NEED_ADMINISTRATOR, &admin_freeze_form,
     admin_freeze_post},
    {METHOD_GET, "/admin/settings/thaw", NEED_AUDITOR, NULL, admin_thaw_get},
    {METHOD_POST, "/admin/settings/thaw", NEED_ADMINISTRATOR, &admin_freeze_form, admin_thaw_post},
    {METHOD_GET, "/admin/redact", NEED_ADMINISTRATOR, NULL, admin_redact_find_get},
    {METHOD_POST, "/admin/redact", NEED_ADMINISTRATOR, &admin_redact_find_form,
     admin_redact_find_post},
    {METHOD_GET, "/admin/redact/:id/:word", NEED_ADMINISTRATOR, NULL, admin_redact_get},
    {METHOD_POST, "/admin/redact/:id/:word", NEED_ADMINISTRATOR, &admin_redact_form,
     admin_redact_post},
    {METHOD_GET, "/admin/audit", NEED_AUDITOR, &admin_audit_form, admin_audit_get},
};
#define ROUTE_COUNT (sizeof routes / sizeof routes[0])

static const struct query_table *const registry_tables[] = {
    &site_queries,
    &rights_queries,
    &holdings_queries,
    &holding_batches_queries,
    &my_transfers_queries,
    &admin_transfers_queries,
    &admin_acts_queries,
    &admin_orgs_queries,
    &admin_issue_queries,
    &documents_queries,
    &ledger_facts_queries,
    &ledger_units_queries,
    &orders_queries,
    &pool_queries,
    &team_queries,
    &public_words_queries,
    NULL,
};
static const struct query_table *const people_tables[] = {
    &people_person_queries, &people_credential_queries, &people_session_queries,
    &people_link_queries,   &admin_people_queries,      NULL,
};

/* Is it an auditor before an act of administrators? An auditor may know that it exists; the gate
 * tells everybody else that there is nothing. */
static bool is_auditors_act(struct visit *visit)
{
    struct matched matched;
    const char *allow = NULL;
    return (visit->registry_roles & REGISTRY_AUDITOR) != 0 && !admin_may(visit) &&
           route_find(visit->arena, routes, ROUTE_COUNT, visit->request->method,
                      visit->request->path, &matched, &allow) == STATUS_OK &&
           (matched.route->need & NEED_ADMINISTRATOR) != 0;
}

static void error_page(struct visit *visit, enum status status, struct response *response)
{
    admin_show_fault(visit, status, status == STATUS_NOT_FOUND && is_auditors_act(visit), response);
}

int main(void)
{
    static const struct gate_setup setup = {
        .program = "admin",
        .routes = routes,
        .route_count = ROUTE_COUNT,
        .registry_tables = registry_tables,
        .people_tables = people_tables,
        .people_write = true,
        .uses_ledger = true,
        .error_page = error_page,
    };
    return gate_run(&setup);
}
