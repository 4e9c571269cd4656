/*
 * admin.c: the registry's administration. Administrators act; auditors read every page and change
 * nothing. Others are told that there is nothing here.
 */
#include "admin_templates.h"
#include "gate/person_admin.h"
#include "ledger/ledger.h"
#include "pages/admin_house.h"
#include "pages/admin_issues.h"
#include "pages/admin_parties.h"
#include "pages/admin_transfers.h"
#include "pages/fault.h"
#include "store/admin_orgs.h"
#include "store/admin_people.h"
#include "store/holdings.h"
#include "store/ledger_facts.h"
#include "store/people_link.h"
#include "store/people_person.h"
#include "store/people_session.h"
#include "store/rights.h"
#include "store/site.h"

#define READ(pattern, form, handler)                                                               \
    {                                                                                              \
        METHOD_GET, pattern, NEED_AUDITOR, form, handler                                           \
    }
#define ASK(pattern, form, handler)                                                                \
    {                                                                                              \
        METHOD_GET, pattern, NEED_ADMINISTRATOR, form, handler                                     \
    }
#define ACT(pattern, form, handler)                                                                \
    {                                                                                              \
        METHOD_POST, pattern, NEED_ADMINISTRATOR, form, handler                                    \
    }

static const struct route routes[] = {
    READ("/admin", NULL, admin_home_get),
    READ("/admin/pending", &admin_pending_form, admin_pending_get),
    ACT("/admin/pending", &admin_pending_acts_form, admin_pending_post),
    READ("/admin/pending/done", &admin_pending_done_form, admin_pending_done_get),
    READ("/admin/transfers", &admin_transfers_form, admin_transfers_get),
    READ("/admin/transfers/:id", NULL, admin_transfer_get),
    READ("/admin/transfers/:id/:word", NULL, admin_decide_get),
    ACT("/admin/transfers/:id/:word", &admin_decide_form, admin_decide_post),

    READ("/admin/organisations", &admin_orgs_form, admin_orgs_get),
    ASK("/admin/organisations/new", NULL, admin_org_new_get),
    ACT("/admin/organisations/new", &admin_org_form, admin_org_new_post),
    READ("/admin/organisations/:id", NULL, admin_org_get),
    ASK("/admin/organisations/:id/edit", NULL, admin_org_edit_get),
    ACT("/admin/organisations/:id/edit", &admin_org_form, admin_org_edit_post),
    READ("/admin/organisations/:id/:word", NULL, admin_org_state_get),
    ACT("/admin/organisations/:id/:word", &admin_org_state_form, admin_org_state_post),

    READ("/admin/people", &admin_people_form, admin_people_get),
    ASK("/admin/people/new", &admin_person_new_get_form, admin_person_new_get),
    ACT("/admin/people/new", &admin_person_new_form, admin_person_new_post),
    READ("/admin/people/:id", NULL, admin_person_get),
    READ("/admin/people/:id/organisations", NULL, admin_join_get),
    ACT("/admin/people/:id/organisations", &admin_join_form, admin_join_post),
    READ("/admin/people/:id/organisations/:id", NULL, admin_member_get),
    ACT("/admin/people/:id/organisations/:id", &admin_member_form, admin_member_post),
    READ("/admin/people/:id/:word", NULL, admin_person_act_get),
    ACT("/admin/people/:id/:word", &admin_person_act_form, admin_person_act_post),

    READ("/admin/issue", &admin_projects_form, admin_projects_get),
    ASK("/admin/issue/projects/new", &admin_project_new_form, admin_project_new_get),
    ACT("/admin/issue/projects/new", &admin_project_form, admin_project_new_post),
    ASK("/admin/issue/projects/:id/edit", NULL, admin_project_edit_get),
    ACT("/admin/issue/projects/:id/edit", &admin_project_form, admin_project_edit_post),
    ASK("/admin/issue/projects/:id/units", NULL, admin_issuing_get),
    ACT("/admin/issue/projects/:id/units", &admin_issuing_form, admin_issuing_post),
    READ("/admin/issue/orders", &admin_orders_form, admin_orders_get),
    ASK("/admin/issue/orders/new", NULL, admin_order_new_get),
    ACT("/admin/issue/orders/new", &admin_order_form, admin_order_new_post),
    READ("/admin/issue/orders/:id", NULL, admin_order_get),
    READ("/admin/issue/orders/:id/deliver", NULL, admin_deliver_get),
    ACT("/admin/issue/orders/:id/deliver", &admin_deliver_form, admin_deliver_post),

    READ("/admin/settings", NULL, admin_settings_get),
    ASK("/admin/settings/edit", NULL, admin_settings_edit_get),
    ACT("/admin/settings/edit", &admin_settings_form, admin_settings_edit_post),
    READ("/admin/settings/freeze", NULL, admin_freeze_get),
    ACT("/admin/settings/freeze", &admin_freeze_form, admin_freeze_post),
    READ("/admin/settings/thaw", NULL, admin_thaw_get),
    ACT("/admin/settings/thaw", &admin_freeze_form, admin_thaw_post),
    READ("/admin/audit", &admin_audit_form, admin_audit_get),
};
#define ROUTE_COUNT (sizeof routes / sizeof routes[0])

static const struct query_table *const registry_tables[] = {
    &site_queries,
    &rights_queries,
    &holdings_queries,
    &my_transfers_queries,
    &admin_transfers_queries,
    &admin_acts_queries,
    &admin_orgs_queries,
    &admin_issue_queries,
    &ledger_facts_queries,
    &ledger_units_queries,
    NULL,
};
static const struct query_table *const people_tables[] = {
    &people_person_queries,
    &people_session_queries,
    &people_link_queries,
    &admin_people_queries,
    NULL,
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
    bool only_reads = status == STATUS_NOT_FOUND && visit->signed_in && is_auditors_act(visit);
    struct fault_page view =
        fault_page_of(visit, only_reads ? STATUS_NOT_ALLOWED : status, PLACE_ADMIN, response);
    if (only_reads) {
        view.words =
            "Auditors read everything here and change nothing. An administrator can do this.";
    }
    template_admin_fault(&response->body, &view);
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
