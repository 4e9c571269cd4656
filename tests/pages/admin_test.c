/* tests/pages/admin_test.c: the administrators' pages, run as plain CGI: who may come, every act
 * from its page to the ledger and back, and what is said to a bad input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pages/market_steps.h"

static struct cgi_person rosa; /* administrator */
static struct cgi_person otto; /* auditor */
static const char *waits_approval, *waits_approval_too, *waits_export, *waits_recipient, *completed;

static struct cgi_reply get(const char *target, struct cgi_person who)
{
    return cgi_ask("admin", town.folder, target, who, NULL);
}

static struct cgi_reply post(const char *target, const char *body)
{
    return cgi_ask("admin", town.folder, target, rosa, body);
}

/* Posts and follows to the page that tells what was done. */
static struct cgi_reply done(const char *target, const char *body)
{
    struct cgi_reply reply = post(target, body);
    cgi_is(&reply, 303);
    return get(words("%s", reply.location), rosa);
}

static const char *transfer(enum transfer_kind kind, int64_t units, const char *notes)
{
    struct command command = town_transfer(
        "", market.northwind, kind == TRANSFER_EXPORT ? "" : market.fjord, market.charm, units);
    command.transfer.kind = (uint8_t)kind;
    TEXT_COPY(command.transfer.notes, notes);
    TEXT_COPY(command.transfer.private_note, "Only for us");
    if (kind == TRANSFER_EXPORT) {
        TEXT_COPY(command.transfer.to_system, "Puro Registry");
        TEXT_COPY(command.transfer.to_system_party, "Aster");
    }
    return town_do(&command);
}

static int admin_open(void **state)
{
    struct store *people = market_open_alone(state);
    rosa = market_person(people, 'R', "Rosa Keeper", "", 0);
    otto = market_person(people, 'T', "Otto Reed", "", 0);
    store_close(people);
    town_official(town_person('R'), REGISTRY_ADMINISTRATOR);
    town_official(town_person('T'), REGISTRY_AUDITOR);

    town.now_us = clock_now_us(); /* what waits must not be out of time */
    waits_recipient = transfer(TRANSFER_EXTERNAL, 1000, "For the recipient");
    waits_approval = transfer(TRANSFER_EXPORT, 2000, "");
    waits_approval_too = transfer(TRANSFER_EXPORT, 3000, "");
    waits_export = transfer(TRANSFER_EXPORT, 4000, "");
    struct command approve = town_decide(ACT_REGISTRY_APPROVE, "", waits_export, "");
    town_do(&approve);
    completed = transfer(TRANSFER_EXTERNAL, 5000, "Names a person <b>");
    struct command accept = town_decide(ACT_ACCEPT, "", completed, "");
    town_do(&accept);
    store_close(town.ledger.store);
    market_start_daemon();
    return 0;
}

static void who_may_come(void **state)
{
    static const char *const pages[] = {"/admin/pending",
                                        "/admin/transfers",
                                        "/admin/organisations",
                                        "/admin/people",
                                        "/admin/issue",
                                        "/admin/issue/orders",
                                        "/admin/settings",
                                        "/admin/audit",
                                        "/admin/pending?format=csv",
                                        "/admin/audit?format=csv",
                                        "/admin/people?format=csv"};
    static const char *const forms[] = {"/admin/organisations/new", "/admin/people/new",
                                        "/admin/issue/projects/new", "/admin/issue/orders/new",
                                        "/admin/settings/edit"};
    static const char *const acts[] = {"/admin/pending",          "/admin/organisations/new",
                                       "/admin/people/new",       "/admin/issue/projects/new",
                                       "/admin/issue/orders/new", "/admin/settings/edit",
                                       "/admin/settings/freeze",  "/admin/settings/thaw"};
    (void)state;
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        struct cgi_reply reply = get(pages[i], rosa);
        cgi_is(&reply, 200);
        reply = get(pages[i], otto);
        cgi_is(&reply, 200);
        cgi_has_not(&reply, "name=\"act\" value");
        reply = get(pages[i], market.maya);
        cgi_is(&reply, 404);
        cgi_has_not(&reply, "href=\"/admin"); /* nor what the administration consists of */
        reply = get(pages[i], market_nobody);
        cgi_is(&reply, 303);
    }
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        struct cgi_reply reply = get(forms[i], rosa);
        cgi_is(&reply, 200);
        reply = get(forms[i], otto);
        cgi_is(&reply, 403);
        cgi_has(&reply, "Auditors read everything here and change nothing.");
        reply = get(forms[i], market.maya);
        cgi_is(&reply, 404);
    }
    for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
        struct cgi_reply reply = cgi_ask("admin", town.folder, acts[i], otto, "");
        cgi_is(&reply, 403);
        cgi_has(&reply, "Nothing was changed.");
        reply = cgi_ask("admin", town.folder, acts[i], market.maya, "");
        cgi_is(&reply, 404);
    }
    struct cgi_reply reply = cgi_ask("admin", town.folder, "/admin/nothing", otto, "");
    cgi_is(&reply, 404);
    reply = cgi_ask("admin", town.folder, words("/admin/transfers/%s/cancel", waits_recipient),
                    otto, "reason=x");
    cgi_is(&reply, 403);
    reply = get("/admin", rosa);
    cgi_is(&reply, 303);
    assert_string_equal(reply.location, "/admin/pending");
    reply = get("/admin/pending?before=nonsense", rosa);
    cgi_is(&reply, 400);
    reply = get("/admin/pending?colour=red", rosa);
    cgi_is(&reply, 400);
}

static void what_waits(void **state)
{
    (void)state;
    struct cgi_reply reply = get("/admin/pending", rosa);
    cgi_has(&reply, "4 waiting transfers: 2 for the registry to approve, 1 export to confirm, 1 "
                    "for somebody else");
    cgi_has(&reply, "For the registry to approve");
    cgi_has(&reply, "Exports to confirm");
    cgi_has(&reply, "Waiting for somebody else");
    reply = get("/admin/pending?kind=export&state=pending", rosa);
    cgi_has(&reply, waits_export);
    cgi_has_not(&reply, waits_approval);
    cgi_has(&reply, "1 of 4 waiting transfers");
    cgi_has(&reply, "<option value=\"internal\">Between own accounts</option>");
    reply = get("/admin/pending?organisation=nobody", rosa);
    cgi_has(&reply, "No waiting transfer fits these filters");
    reply = get("/admin/pending?organisation=%C3%B8rsted&sort=-size", rosa);
    cgi_has(&reply, waits_recipient);
    reply = get("/admin/pending?format=csv", rosa);
    cgi_has(&reply, "transfer_id,state,kind");
    cgi_has(&reply, waits_approval_too);

    reply = get(words("/admin/transfers?organisation=%s", market.fjord), rosa);
    cgi_has(&reply, "2 of 5 transfers");
    cgi_has(&reply, completed);
    reply = get("/admin/transfers?state=completed&kind=external", rosa);
    cgi_has(&reply, "1 of 5 transfers");

    reply = get(words("/admin/transfers/%s", waits_recipient), rosa);
    cgi_has(&reply, "Only for us");
    cgi_has(&reply, "For the recipient");
    cgi_has(&reply, "Cancel this transfer");
    reply = get(words("/admin/transfers/%s/cancel", waits_recipient), rosa);
    cgi_has(&reply, "1.000 credit is available to Northwind Carbon again");
    reply = get(words("/admin/transfers/%s", waits_recipient), otto);
    cgi_has(&reply, "Only for us");
    cgi_has_not(&reply, "Cancel this transfer");
    reply = get("/admin/transfers/tfr_000000000000TST0", rosa);
    cgi_is(&reply, 404);
}

static void deciding_one(void **state)
{
    (void)state;
    const char *refuse = words("/admin/transfers/%s/refuse", waits_approval);
    struct cgi_reply reply = get(refuse, rosa);
    cgi_is(&reply, 200);
    cgi_has(&reply, "Refuse 2.000 credits?");
    const char *once = cgi_value(&reply, "once");
    reply = post(refuse, words("once=%s&reason=", once));
    cgi_is(&reply, status_row(STATUS_FORM_FAULTS)->http_code);
    cgi_has(&reply, "Enter the reason");
    reply = done(refuse, words("once=%s&reason=Not+ours", once));
    cgi_has(&reply, "The transfer is refused");
    cgi_has(&reply, "Not ours");
    /* The same form again is the same act; another form meets what has ended. */
    reply = post(refuse, words("once=%s&reason=Not+ours", once));
    cgi_is(&reply, 303);
    reply = post(refuse, "once=another&reason=Not+ours");
    cgi_is(&reply, status_row(STATUS_TRANSFER_ENDED)->http_code);
    cgi_has(&reply, "This transfer has ended: it was rejected by Rosa Keeper");

    const char *redact = words("/admin/transfers/%s/redact", completed);
    reply = get(redact, rosa);
    cgi_has(&reply, "Names a person &lt;b&gt;");
    cgi_has(&reply, "What remains is that there was a note");
    reply = done(redact, "reason=It+named+a+person");
    cgi_has_not(&reply, "Names a person");
    cgi_has(&reply, "It named a person");
    reply = get(redact, rosa);
    cgi_is(&reply, 303);
}

static void deciding_many(void **state)
{
    (void)state;
    struct cgi_reply reply = done("/admin/pending", "act=cancel");
    cgi_has(&reply, "Nothing was ticked");
    reply = post("/admin/pending",
                 words("act=complete&transfer=%s&transfer=%s", waits_export, waits_recipient));
    cgi_is(&reply, 200);
    cgi_has(&reply, "<h1>Confirm that 2 exports arrived?</h1>");
    cgi_has(&reply, ">Confirm that 2 exports arrived</button>");
    cgi_has(&reply, words("<dt class=\"id\">%s</dt>", waits_export));
    reply = done("/admin/pending", words("act=complete&step=confirm&once=x&transfer=%s&transfer=%s",
                                         waits_export, waits_recipient));
    cgi_has(&reply, "1 of 2 done");
    cgi_has(&reply, "Not done");
    cgi_has(&reply, "This transfer waits for something else now."); /* for its recipient */
    reply = post("/admin/pending",
                 words("act=cancel&step=confirm&once=y&transfer=%s", waits_recipient));
    cgi_is(&reply, 422);
    reply =
        done("/admin/pending",
             words("act=cancel&step=confirm&once=y&reason=Asked+for&transfer=%s", waits_recipient));
    cgi_has(&reply, "1 of 1 done");
    reply = done(words("/admin/transfers/%s/approve", waits_approval_too), "once=z&reason=Checked");
    cgi_has(&reply, "Checked");
    cgi_has(&reply, "Confirm that it arrived");
}

static void organisations(void **state)
{
    (void)state;
    struct cgi_reply reply = post("/admin/organisations/new", "name=&country=NO");
    cgi_is(&reply, 422);
    cgi_has(&reply, "Enter the organisation’s name.");
    /* 150 letters of two bytes: as many as the field takes, more than a host name's place holds. */
    char domain[1024] = "name=New+Hands&once=a&domain=";
    for (int i = 0; i < 150; i++) {
        (void)snprintf(domain + strlen(domain), sizeof domain - strlen(domain), "%%C3%%B8");
    }
    reply = post("/admin/organisations/new", domain);
    cgi_is(&reply, 422);
    cgi_has(&reply, "Enter a host name in small letters");
    reply = post("/admin/organisations/new", "name=Charm&once=a");
    cgi_is(&reply, status_row(STATUS_EXISTS)->http_code);
    cgi_has(&reply, "value=\"Charm\"");
    reply = post("/admin/organisations/new", "name=New+Hands&country=nor&once=a");
    cgi_is(&reply, 422);
    cgi_has(&reply, "three capital letters");
    reply = post("/admin/organisations/new", "name=New+Hands&country=NOR&supplier=supplier&once=a");
    cgi_is(&reply, 303);
    const char *org = id_in(reply.location, "org_");
    reply = post("/admin/organisations/new", "name=New+Hands&country=NOR&supplier=supplier&once=a");
    assert_non_null(strstr(reply.location, org)); /* a double click is one organisation */
    reply = done(words("/admin/organisations/%s/edit", org),
                 "name=Newer+Hands&country=NOR&description=Two%0Alines");
    cgi_has(&reply, "Newer Hands");
    cgi_has(&reply, "Supplier id");
    reply = post(words("/admin/organisations/%s/suspend", org), "reason=");
    cgi_is(&reply, 422);
    reply = done(words("/admin/organisations/%s/suspend", org), "reason=Looked+into");
    cgi_has(&reply, "Suspended");
    reply = done(words("/admin/organisations/%s/reactivate", org), "reason=");
    cgi_has(&reply, "is active again");
    reply = post(words("/admin/organisations/%s/close", market.charm), "reason=Gone");
    cgi_is(&reply, status_row(STATUS_VALUE_REFUSED)->http_code);
    cgi_has(&reply, "It still holds live units");
    reply = get("/admin/organisations?q=orsted", rosa);
    cgi_has(&reply, "Ørsted &amp; Fjord Foods");
    reply = get("/admin/organisations?kind=supplier&format=csv", rosa);
    cgi_has(&reply, "Newer Hands");
    cgi_has_not(&reply, "Empty Hands");
    reply = get(words("/admin/organisations/%s", market.northwind), otto);
    cgi_has(&reply, "Vera Lind");
    cgi_has(&reply, "Asked each time");
    cgi_has_not(&reply, "Set roles");
}

static void people(void **state)
{
    (void)state;
    struct cgi_reply reply =
        post("/admin/people/new", "name=New+One&email=nonsense&organisation=Hands&roles=viewer");
    cgi_is(&reply, 422);
    cgi_has(&reply, "Enter an e-mail address");
    cgi_has(&reply, "Several organisations fit");
    reply = post("/admin/people/new", "name=New+One&email=a@example.org");
    cgi_is(&reply, status_row(STATUS_EXISTS)->http_code);
    cgi_has(&reply, "Maya Okafor has this address already");
    reply = post("/admin/people/new", "name=New+One&email=new@example.org&organisation=Fjord+Wind&"
                                      "roles=viewer&roles=manager&registry=auditor");
    cgi_is(&reply, 200);
    cgi_has(&reply, "/password/set?link=");
    const char *user = id_in(reply.body, "usr_");
    const char *page = words("/admin/people/%s", user);
    reply = get(page, rosa);
    cgi_has(&reply, "viewer, manager");
    cgi_has(&reply, "Auditor");
    cgi_has_not(&reply, "link=");
    reply = done(words("%s/roles", page), "");
    cgi_has(&reply, "The registry roles are saved");
    reply = done(words("%s/organisations/%s", page, market.fjordwind), "roles=initiator");
    cgi_has(&reply, "initiator");
    reply = done(words("%s/organisations/%s", page, market.fjordwind), "");
    cgi_has(&reply, "has left the organisation");
    reply = post(words("%s/organisations", page), "organisation=nowhere");
    cgi_is(&reply, 422);
    cgi_has(&reply, "No organisation is called “nowhere”");
    reply = post(words("%s/link", page), "");
    char link[256];
    (void)snprintf(link, sizeof(link), "%.*s",
                   (int)strcspn(strstr(reply.body, "/password/set?link="), "<\" "),
                   strstr(reply.body, "/password/set?link="));
    reply = cgi_ask("signin", town.folder, link, market_nobody, NULL);
    cgi_is(&reply, 200);
    reply = done(words("%s/organisations", page),
                 words("organisation=%s&roles=approver", market.empty));
    cgi_has(&reply, "Empty Hands");
    /* Who was shown the link cannot get into the second organisation with it. */
    reply = cgi_ask("signin", town.folder, link, market_nobody, NULL);
    cgi_is(&reply, status_row(STATUS_LINK_SPENT)->http_code);
    reply = post(words("%s/link", page), "");
    cgi_is(&reply, 200);
    cgi_has(&reply, "/password/set?link=");
    /* Nor into one that the person comes back to. */
    (void)snprintf(link, sizeof(link), "%.*s",
                   (int)strcspn(strstr(reply.body, "/password/set?link="), "<\" "),
                   strstr(reply.body, "/password/set?link="));
    (void)done(words("%s/organisations/%s", page, market.empty), "roles=viewer");
    reply = cgi_ask("signin", town.folder, link, market_nobody, NULL);
    cgi_is(&reply, 200);
    (void)done(words("%s/organisations/%s", page, market.fjordwind), "roles=viewer");
    reply = cgi_ask("signin", town.folder, link, market_nobody, NULL);
    cgi_is(&reply, status_row(STATUS_LINK_SPENT)->http_code);
    reply = get(words("%s/deactivate", page), rosa);
    cgi_has(&reply, "An access token that they made for a program goes on working");
    reply = done(words("%s/deactivate", page), "");
    cgi_has(&reply, "deactivated and signed out everywhere");
    reply = done(words("%s/reactivate", page), "");
    cgi_has(&reply, "active again");
    reply = post(words("/admin/people/%s/roles", town_person('R')), "");
    cgi_is(&reply, status_row(STATUS_LAST_MANAGER)->http_code);
    reply = get("/admin/people?q=okafor", otto);
    cgi_has(&reply, "A@example.org");
    cgi_has(&reply, "1 of 8 people");
}

static void issuing(void **state)
{
    (void)state;
    const char *new_project =
        "name=New+Project&pathway_code=WIND&status=validated&instrument=carbon_removal";
    struct cgi_reply reply =
        post("/admin/issue/projects/new",
             words("%s&supplier=Charm&short_code=new&country=SWE", new_project));
    cgi_is(&reply, 422);
    cgi_has(&reply, "capital letters and digits");
    reply = post("/admin/issue/projects/new",
                 words("%s&supplier=Empty+Hands&short_code=NEWP&country=SWE", new_project));
    cgi_is(&reply, status_row(STATUS_WRONG_SUPPLIER)->http_code);
    cgi_has(&reply, "This organisation is no supplier.");
    reply = done("/admin/issue/projects/new",
                 words("%s&supplier=Charm&short_code=NEWP&country=SWE", new_project));
    cgi_has(&reply, "New Project");
    const char *project = id_in(strstr(reply.body, "/admin/issue/projects/prj_"), "prj_");
    const char *units = words("/admin/issue/projects/%s/units", project);
    reply = post(units, "vintage=26&supplier_amount=1.2345&buffer_amount=1");
    cgi_is(&reply, 422);
    cgi_has(&reply, "year from 1900 to 2100");
    cgi_has(&reply, "at most 3 decimals");
    cgi_has(&reply, "There is no buffer pool");
    reply = post(units, "vintage=2026&supplier_amount=10&once=u");
    cgi_is(&reply, 200);
    cgi_has(&reply, "TLY-1-WIND-SWE-NEWP-2026-1-10000");
    assert_string_equal(cgi_value(&reply, "next"), "1");
    reply = done(units, "vintage=2026&supplier_amount=10&once=u&step=confirm&next=1");
    cgi_has(&reply, "The units are issued");
    reply = done(units,
                 "vintage=2026&supplier_amount=10&once=u&step=confirm&next=1"); /* a double click */
    reply = post(units, "vintage=2026&supplier_amount=10&once=v&step=confirm&next=1");
    cgi_is(&reply, status_row(STATUS_PLAN_CHANGED)->http_code);
    cgi_has(&reply, "TLY-1-WIND-SWE-NEWP-2026-10001-20000");
    reply = post(words("/admin/issue/projects/%s/edit", project),
                 words("%s&supplier=Charm&short_code=OTHER&country=SWE", new_project));
    cgi_is(&reply, status_row(STATUS_VALUE_REFUSED)->http_code);
}

/* What is said of suppliers and projects: typed, refused, kept, shown to everybody. */
static void what_is_said(void **state)
{
    (void)state;
    const char *edit = words("/admin/organisations/%s/edit", market.charm);
    const char *org = "name=Charm&supplier=supplier&country=USA&place=San+Francisco";
    struct cgi_reply reply = post(edit, words("%s&latitude=37.77", org));
    cgi_is(&reply, 422);
    cgi_has(&reply, "Enter the longitude too, or leave both empty.");
    cgi_has(&reply, "value=\"37.77\""); /* what was typed stays */
    reply = post(edit, words("%s&latitude=90.0000006&longitude=1e2", org));
    cgi_is(&reply, 422);
    cgi_has(&reply, "degrees from -90 to 90");
    cgi_has(&reply, "degrees from -180 to 180");
    reply = post(edit, "name=Charm&country=&latitude=1&longitude=2");
    cgi_is(&reply, status_row(STATUS_VALUE_REFUSED)->http_code);
    cgi_has(&reply, "A place on the map needs one.");
    reply = done(edit, words("%s&latitude=37.77&longitude=-122.4194155000001"
                             "&short_description=Bio-oil+goes+underground.",
                             org));
    cgi_has(&reply, "37.77° N, 122.419416° W");
    cgi_has(&reply, "Bio-oil goes underground.");
    reply = get(edit, rosa);
    cgi_has(&reply, "value=\"-122.419416\"");
    reply = cgi_ask("public", town.folder, words("/registry/organisations/%s", market.charm),
                    market_nobody, NULL);
    cgi_has(&reply, "San Francisco, United States of America (37.77° N, 122.419416° W)");
    cgi_has(&reply, "<dt>Country</dt><dd>United States of America</dd>");
    cgi_has(&reply, "<p>Bio-oil goes underground.</p>");
    /* A code without a name, as importers bring for what is no country, stands for itself. */
    edit = words("/admin/organisations/%s/edit", market.lithos);
    reply = done(edit, "name=Lithos&supplier=supplier&country=EUE");
    reply = cgi_ask("public", town.folder, words("/registry/organisations/%s", market.lithos),
                    market_nobody, NULL);
    cgi_has(&reply, "<dt>Country</dt><dd>EUE</dd>");

    const char *project = "supplier=Charm&short_code=SAID&pathway_code=WIND&status=validated&"
                          "country=DNK&ccp=ccp&once=s";
    reply = post("/admin/issue/projects/new",
                 words("%s&name=Said&instrument=renewable_energy", project));
    cgi_is(&reply, status_row(STATUS_VALUE_REFUSED)->http_code);
    cgi_has(&reply, "The label is for carbon removal credits alone.");
    reply =
        done("/admin/issue/projects/new",
             words("%s&name=Said&instrument=carbon_removal&latitude=0&longitude=-0.5", project));
    const char *id = id_in(strstr(reply.body, "/admin/issue/projects/prj_"), "prj_");
    reply = cgi_ask("public", town.folder, words("/registry/projects/%s", id), market_nobody, NULL);
    cgi_has(&reply, "0°, 0.5° W");
    cgi_has(&reply, "Core Carbon Principles (ICVCM): approved");
    reply = done(words("/admin/issue/projects/%s/edit", id),
                 "supplier=Charm&short_code=SAID&pathway_code=WIND&status=validated&country=DNK"
                 "&name=Said&instrument=carbon_removal");
    reply = get("/admin/audit", otto);
    cgi_has(&reply, "Said (SAID), no longer CCP-approved");
    cgi_has(&reply, "Said (SAID), CCP-approved from now on");
    reply = cgi_ask("public", town.folder, words("/registry/projects/%s", id), market_nobody, NULL);
    cgi_has_not(&reply, "Core Carbon Principles");
    cgi_has_not(&reply, "On the map");
}

static void documents(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "http%3A%2F%2Fcharm.example%2Fa", "javascript%3Aalert(1)", "https%3A%2F%2Fa%40b.example%2F",
        "https%3A%2F%2F10.0.0.1%2Fa",     "https%3A%2F%2F",        "https%3A%2F%2Fa.example%2F%27"};
    const char *list = words("/admin/issue/projects/%s/documents", market.charm_project);
    const char *add = words("%s/new", list);
    const char *public = words("/registry/projects/%s", market.charm_project);
    struct cgi_reply reply = get(list, otto);
    cgi_has(&reply, "No document yet");
    cgi_has_not(&reply, "Add a document");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        reply = post(add, words("name=Report&url=%s&kind=other&once=a", bad[i]));
        cgi_is(&reply, status_row(STATUS_VALUE_REFUSED)->http_code);
        cgi_has(&reply, "begins with https://");
    }
    reply = post(add, "name=&url=&kind=other&dated=2026-02-30&once=a");
    cgi_is(&reply, 422);
    cgi_has(&reply, "Enter the document’s name.");
    cgi_has(&reply, "Enter the document’s address");
    const char *good = "name=Report+%3Cb%3E&url=https%3A%2F%2Fcharm.example%2Fr.pdf%3Fa%3D1%26b%3D2"
                       "&kind=validation_report&dated=2026-02-28";
    reply = done(add, words("%s&once=a", good));
    cgi_has(&reply, "The document is listed.");
    reply = done(add, words("%s&once=a", good)); /* a double click */
    reply = post(add, "name=Another&url=https%3A%2F%2Fcharm.example%2Fb.pdf&kind=other&once=a");
    cgi_is(&reply, 409); /* the page from before, with other words */
    cgi_has(&reply, "This page was sent before");
    cgi_has(&reply, "value=\"Another\"");
    cgi_has_not(&reply, "idempotency");
    reply = post(add, words("%s&once=b", good));
    cgi_is(&reply, status_row(STATUS_EXISTS)->http_code);
    reply = cgi_ask("public", town.folder, public, market_nobody, NULL);
    cgi_has(&reply, "<a href=\"https://charm.example/r.pdf?a=1&amp;b=2\" rel=\"noopener nofollow\">"
                    "Report &lt;b&gt;</a>");
    cgi_has(&reply, "28 February 2026");
    reply = get(list, rosa);
    const char *id = id_in(reply.body, "pjd_");
    const char *remove = words("%s/%s/remove", list, id);
    const char *search = words("/registry/search?q=%s", id);
    reply = cgi_ask("public", town.folder, search, market_nobody, NULL);
    cgi_is(&reply, 303);
    assert_non_null(strstr(reply.location, public));
    reply =
        get(words("/admin/issue/projects/%s/documents/%s/remove", market.lithos_project, id), rosa);
    cgi_is(&reply, 404); /* of another project */
    reply = get(remove, rosa);
    cgi_has(&reply, "Remove this document?");
    reply = done(remove, "once=c");
    cgi_has(&reply, "The document is no longer listed.");
    reply = done(remove, "once=c"); /* a double click */
    reply = post(remove, "once=d");
    cgi_is(&reply, 404);
    reply = cgi_ask("public", town.folder, public, market_nobody, NULL);
    cgi_has_not(&reply, "r.pdf");
    reply = cgi_ask("public", town.folder, search, market_nobody, NULL);
    cgi_is(&reply, 200);
    cgi_has_not(&reply, public);
    reply = get("/admin/audit", otto);
    cgi_has(&reply, "Removed a document of a project");
    reply = done(add, words("%s&once=e", good)); /* it may come again */
    cgi_has(&reply, "The document is listed.");
}

static void delivering(void **state)
{
    (void)state;
    struct cgi_reply reply =
        post("/admin/issue/orders/new", "supplier=Charm&buyer=Charm&amount=10");
    cgi_is(&reply, 422);
    cgi_has(&reply, "This is the same organisation.");
    reply = post("/admin/issue/orders/new", "supplier=Charm&buyer=Empty+Hands&amount=-1");
    cgi_is(&reply, 422);
    cgi_has(&reply, "without a minus sign");
    reply = post("/admin/issue/orders/new", "supplier=Charm&buyer=Empty+Hands&amount=950&once=o");
    cgi_is(&reply, 303);
    const char *order = id_in(reply.location, "ord_");
    const char *deliver = words("/admin/issue/orders/%s/deliver", order);
    reply = get(deliver, rosa);
    cgi_has(&reply, "How many credits to deliver to Empty Hands?");
    cgi_has(&reply, "950.000 credits are open on the order; Charm has 925.790 available.");
    cgi_has(&reply, "All that is available: 925.790");
    reply = post(deliver, "amount=");
    cgi_is(&reply, 422);
    cgi_has(&reply, "Enter how many credits to deliver");
    reply = post(deliver, "amount=951");
    cgi_is(&reply, 422);
    cgi_has(&reply, "Enter at most 925.790 credits: that is what is available.");
    reply = post(deliver, "amount=920&once=d");
    cgi_is(&reply, 303);
    reply = get(reply.location, rosa);
    cgi_is(&reply, 200);
    cgi_has(&reply, "Check the delivery");
    cgi_has(&reply, "Deliver 920.000 credits to Empty Hands");
    cgi_has(&reply, "30.000 credits stay open on the order.");
    const char *body =
        words("step=confirm&once=%s&notes=First&by=oldest&amount=%s&plan=%s",
              cgi_value(&reply, "once"), cgi_value(&reply, "amount"), cgi_value(&reply, "plan"));
    reply = done(deliver, body);
    cgi_has(&reply, "The units are delivered");
    cgi_has(&reply, "with 30.000 credits still to be delivered.");
    reply = done(deliver, body); /* a double click */
    cgi_has(&reply, "with 30.000 credits still to be delivered.");
    reply = post(deliver, words("step=confirm&once=e&by=oldest&amount=1&plan=%064d", 0));
    cgi_is(&reply, status_row(STATUS_PLAN_CHANGED)->http_code);
    cgi_has(&reply, "Nothing was done. Below is what would happen now");
    reply = post(deliver, "amount=5.8");
    cgi_has(&reply, "at most 5.790 credits");
    reply = get("/admin/issue/orders?state=open&q=empty", otto);
    cgi_has(&reply, order);
    cgi_has(&reply, "In progress");
    cgi_has_not(&reply, "/deliver\"");
    reply = get("/admin/issue/orders?state=completed&q=empty", otto);
    cgi_has(&reply, "No order matches");
    reply = get("/admin/issue/orders?q=empty&format=csv", otto);
    cgi_has(&reply, "order_id,ordered_at,supplier_id");
    cgi_has(&reply, ",950.000,920.000,950000,920000,in_progress,");
    reply = get(words("/admin/issue/orders/%s", order), otto);
    cgi_has(&reply, "920.000 delivered");
    cgi_has(&reply, ", by Rosa Keeper");
    cgi_has_not(&reply, "/deliver\"");
}

static void settings(void **state)
{
    (void)state;
    struct cgi_reply reply =
        post("/admin/settings/edit", "site_name=Town&expiry_days=900&approval=x");
    cgi_is(&reply, 422);
    cgi_has(&reply, "from 1 to 365");
    reply = post("/admin/settings/edit", "site_name=Township&expiry_days=21&approval=50");
    cgi_is(&reply, 200);
    cgi_has(&reply, "wait 21 days instead of 14 days");
    reply =
        done("/admin/settings/edit", "step=confirm&site_name=Township&expiry_days=21&approval=50");
    cgi_has(&reply, "21 days");
    cgi_has(&reply, "50.000 credits");
    reply = post("/admin/settings/freeze", "reason=");
    cgi_is(&reply, 422);
    reply = done("/admin/settings/freeze", "reason=We+are+checking.");
    cgi_has(&reply, "Transfers are frozen since");
    reply = get("/admin/audit", otto);
    cgi_has(&reply, "We are checking.");
    reply = post(words("/admin/transfers/%s/complete", waits_approval_too), "once=f");
    cgi_is(&reply, status_row(STATUS_FROZEN)->http_code);
    reply = done("/admin/settings/thaw", "");
    reply = done("/admin/settings/freeze", "reason=We+are+checking");
    cgi_has(&reply, ": We are checking. Everything can be read"); /* a sentence all the same */
    reply = done("/admin/settings/thaw", "");
    cgi_has_not(&reply, "aside class=\"banner frozen\"");
}

static void audit(void **state)
{
    (void)state;
    struct cgi_reply reply = get("/admin/audit?who=rosa", rosa);
    cgi_has(&reply, "Rosa Keeper");
    cgi_has(&reply, "Froze or thawed transfers");
    reply = get("/admin/audit?who=example.org", rosa);
    cgi_has(&reply, "Several people fit “example.org”. Choose one:");
    cgi_has(&reply, words("who=%s", town_person('A')));
    reply = get("/admin/audit?who=nobody+at+all", rosa);
    cgi_has(&reply, "Nobody is called “nobody at all”.");
    reply = get(words("/admin/audit?subject=%s", waits_approval), rosa);
    cgi_has(&reply, "Refused a transfer for the registry");
    cgi_has(&reply, status_row(STATUS_TRANSFER_ENDED)->sentence);
    reply = get("/admin/audit?act=issue&outcome=ok", rosa);
    cgi_has(&reply, "4 of ");
    reply = get("/admin/audit?outcome=refused&organisation=Northwind", rosa);
    cgi_has(&reply, "Refused");
    reply = get("/admin/audit?from=1999-01-01&to=1999-12-31", rosa);
    cgi_has(&reply, "No line fits");
    reply = get("/admin/audit?from=yesterday", rosa);
    cgi_is(&reply, 422);
    reply = get("/admin/audit?before=x", rosa);
    cgi_is(&reply, 400);
    reply = get("/admin/audit?act=freeze&format=csv", otto);
    cgi_has(&reply, "seq,recorded_at,at,program");
    cgi_has(&reply, "frozen: We are checking.");
    reply = get("/admin/audit", rosa);
    cgi_has(&reply, ">Older</a>");
    const char *older = strstr(reply.body, "rel=\"next\" href=\"");
    reply = get(words("%.*s", (int)strcspn(older + 17, "\""), older + 17), rosa);
    cgi_is(&reply, 200);
    cgi_has(&reply, ">Newer</a>");
}

static void without_the_ledger(void **state)
{
    (void)state;
    market_stop_daemon();
    struct cgi_reply reply = post("/admin/settings/freeze", "reason=Kept+words");
    cgi_is(&reply, status_row(STATUS_LEDGER_AWAY)->http_code);
    cgi_has(&reply, "The ledger is not answering");
    cgi_has(&reply, "Kept words");
    reply = get("/admin/pending", rosa);
    cgi_is(&reply, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_may_come),
        cmocka_unit_test(what_waits),
        cmocka_unit_test(deciding_one),
        cmocka_unit_test(deciding_many),
        cmocka_unit_test(organisations),
        cmocka_unit_test(people),
        cmocka_unit_test(issuing),
        cmocka_unit_test(what_is_said),
        cmocka_unit_test(documents),
        cmocka_unit_test(delivering),
        cmocka_unit_test(settings),
        cmocka_unit_test(audit),
        cmocka_unit_test(without_the_ledger),
    };
    return cmocka_run_group_tests(tests, admin_open, market_close);
}
