/*
 * crash/fault_admin_test.c: the n-th fault under every page and every form of admin.c. See
 * tests/fault/pages.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The table is the program's own: nothing to be kept in step. */
#define main admin_main
int admin_main(void);
#include "admin.c" /* NOLINT(bugprone-suspicious-include) */
#undef main

#include "fault/pages.h"

static struct cgi_person rosa;

static const char *transfer(enum transfer_kind kind, int64_t units)
{
    struct command command = town_transfer(
        "", market.northwind, kind == TRANSFER_EXPORT ? "" : market.fjord, market.charm, units);
    command.transfer.kind = (uint8_t)kind;
    must(TEXT_COPY(command.transfer.notes, "Names a person"));
    if (kind == TRANSFER_EXPORT) {
        must(TEXT_COPY(command.transfer.to_system, "Puro Registry"));
        must(TEXT_COPY(command.transfer.to_system_party, "Aster"));
    }
    return town_do(&command);
}

static void decide(enum act_kind kind, const char *id)
{
    struct command command = town_decide(kind, "", id, "");
    (void)town_do(&command);
}

static void add_decisions(void)
{
#define DECIDE "/admin/transfers/:id/:word"
    const char *pending = transfer(TRANSFER_EXTERNAL, 1000);
    const char *approval = transfer(TRANSFER_EXPORT, 2000);
    const char *export = transfer(TRANSFER_EXPORT, 4000);
    const char *completed = transfer(TRANSFER_EXTERNAL, 5000);
    decide(ACT_REGISTRY_APPROVE, export);
    decide(ACT_ACCEPT, completed);
    own_id("transfers", pending);
    const struct {
        const char *id, *word;
    } ends[] = {{pending, "cancel"},  {approval, "approve"}, {approval, "refuse"},
                {export, "complete"}, {export, "reject"},    {completed, "redact"}};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        const char *target = words("/admin/transfers/%s/%s", ends[i].id, ends[i].word);
        probe_add(DECIDE, target, rosa, NULL);
        probe_add(DECIDE, target, rosa, "once=f&reason=Because");
    }
    probe_add("/admin/pending", "/admin/pending", rosa,
              words("act=cancel&step=confirm&once=y&reason=Asked+for&transfer=%s&transfer=%s",
                    pending, approval));
    probe_in_steps();
    probe_add("/admin/pending", "/admin/pending?format=csv", rosa, NULL);
    probe_add("/admin/pending", "/admin/pending", rosa, NULL);
}

static void add_parties(void)
{
    const char *eve = words("/admin/people/%s", town_person('E'));
    const char *member = words("%s/organisations/%s", eve, market.empty);
    own_id("people", town_person('E'));
    own_id("organisations", market.empty);
    probe_add("/admin/organisations/new", "/admin/organisations/new", rosa,
              "name=New+Hands&country=NOR&supplier=supplier&once=a");
    probe_add("/admin/organisations/:id/edit", words("/admin/organisations/%s/edit", market.empty),
              rosa, "name=Empty+Palms&country=NOR");
    probe_add("/admin/organisations/:id/:word",
              words("/admin/organisations/%s/suspend", market.empty), rosa, "reason=Asked+for");
    probe_add("/admin/people/new", "/admin/people/new", rosa,
              "name=New+One&email=new@example.org&organisation=Fjord+Wind&roles=viewer&"
              "registry=auditor");
    probe_in_steps();
    probe_add("/admin/people/:id/organisations", words("%s/organisations", eve), rosa,
              words("organisation=%s&roles=approver", market.fjordwind));
    probe_add("/admin/people/:id/organisations/:id", member, rosa, "roles=viewer&roles=manager");
    probe_add("/admin/people/:id/organisations/:id", member, rosa, NULL);
    static const char *const acts[] = {"roles", "link", "deactivate"};
    for (size_t i = 0; i < 3; i++) {
        probe_add("/admin/people/:id/:word", words("%s/%s", eve, acts[i]), rosa,
                  i == 0 ? "registry=auditor" : "");
        probe_in_steps();
        probe_add("/admin/people/:id/:word", words("%s/%s", eve, acts[i]), rosa, NULL);
    }
}

/* A page on which something is done at once: its question, its check, and what the check sends. */
static void add_check(const char *pattern, const char *target, const char *wish, const char *more)
{
    const char *check = words("%s?step=check&%s", target, wish);
    struct cgi_reply reply = cgi_ask("admin", town.folder, check, rosa, NULL);
    cgi_is(&reply, 200);
    probe_add(pattern, target, rosa, NULL);
    probe_add(pattern, check, rosa, NULL);
    probe_add(pattern, target, rosa,
              words("step=confirm&%s&plan=%s%s", wish, cgi_value(&reply, "plan"), more));
}

static void add_issuing(void)
{
#define PROJECT                                                                                    \
    "name=New+Project&pathway_code=WIND&status=validated&instrument=carbon_removal&"               \
    "supplier=Charm&country=SWE"
    const char *order_id = campaign_order();
    const char *project = words("/admin/issue/projects/%s", market.charm_project);
    first_id("credit-batches",
             words("batch WHERE state = 'active' AND org_id = '%s'", market.charm), "batch_id");
    const char *batch = strrchr(address_of("/registry/credit-batches/:id", false), '/') + 1;
    own_id("orders", order_id);
    probe_add("/admin/issue/projects/new", "/admin/issue/projects/new", rosa,
              PROJECT "&short_code=NEWP");
    probe_add("/admin/issue/projects/:id/edit", words("%s/edit", project), rosa,
              "name=Other&pathway_code=BIOCHAR&status=validated&instrument=carbon_removal&"
              "supplier=Charm&short_code=CHRM&country=SWE");
    probe_add("/admin/issue/projects/:id/units", words("%s/units", project), rosa,
              "vintage=2026&supplier_amount=10&once=u&step=confirm&next=1");
    probe_add("/admin/issue/projects/:id/documents/new", words("%s/documents/new", project), rosa,
              "name=Report&url=https%3A%2F%2Fcharm.example%2Freport.pdf&kind=other&once=n");
    probe_add("/admin/issue/projects/:id/documents/:id/remove",
              address_of("/admin/issue/projects/:id/documents/:id/remove", false), rosa, "once=r");
    probe_add("/admin/issue/orders/new", "/admin/issue/orders/new", rosa,
              "supplier=Charm&buyer=Empty+Hands&amount=950&once=o");
    const char *lines = words("by=batch&lines=%s.1000&once=d", batch);
    add_check("/admin/issue/orders/:id/deliver", words("/admin/issue/orders/%s/deliver", order_id),
              lines, "");
    static const char *const of_pool[] = {"refund", "cancel"};
    for (size_t i = 0; i < 2; i++) {
        const char *pattern = words("/admin/issue/buffer-pool/:id/projects/:id/%s", of_pool[i]);
        add_check(pattern, words("%s", address_of(pattern, false)), "by=oldest&amount=0.002&once=p",
                  "&notes=A+flood");
    }
}

static void add_settings(void)
{
    probe_add("/admin/settings/edit", "/admin/settings/edit", rosa,
              "step=confirm&site_name=Township&expiry_days=21&approval=50");
    probe_add("/admin/settings/freeze", "/admin/settings/freeze", rosa, "reason=We+are+checking.");
    probe_add("/admin/settings/thaw", "/admin/settings/thaw", rosa, "");
    static const char *const lists[] = {"organisations", "people", "issue/orders", "audit",
                                        "transfers"};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        probe_add("csv", words("/admin/%s?format=csv", lists[i]), rosa, NULL);
    }
}

static void add_redacting(void)
{
    const char *id = strrchr(address_of("/registry/retirements/:id", false), '/') + 1;
    const char *redact = words("/admin/redact/%s/beneficiary", id);
    probe_add("/admin/redact", "/admin/redact", rosa, words("id=%s&which=beneficiary", id));
    probe_add("/admin/redact/:id/:word", redact, rosa, NULL);
    probe_add("/admin/redact/:id/:word", redact, rosa, "once=f&reason=Because");
}

static void every_page(void **state)
{
    (void)state;
    rosa = visitors[ADMINISTRATOR].person;
    add_decisions();
    add_parties();
    add_issuing();
    add_settings();
    add_redacting();
    struct command approval = command_of(ACT_SET_SETTINGS, "", "");
    must(TEXT_COPY(approval.setting.site_name, "Town"));
    approval.setting.expiry_days = 14;
    (void)town_do(&approval);
    disturb_program(routes, sizeof routes / sizeof routes[0], rosa);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_page)};
    int64_t began_us = clock_steady_us();
    campaign_options(argc, argv, "admin");
    int failed = cmocka_run_group_tests(tests, campaign_open, campaign_close);
    campaign_report(began_us);
    return failed;
}
