/*
 * pages/redact_test.c: an administrator takes public words away, from the page that asks which to
 * what everybody reads afterwards: pages, lists, CSV, search, certificate, its record and its code.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pages/market_steps.h"

static struct cgi_person rosa; /* administrator */
static struct cgi_person otto; /* auditor */
static const char *completed, *retirement, *issuance, *delivery, *refund, *cancellation;

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

/* As everybody. */
static struct cgi_reply see(const char *target)
{
    return cgi_ask("public", town.folder, target, market_nobody, NULL);
}

static void goes(const struct cgi_reply *reply, const char *where)
{
    cgi_is(reply, 303);
    if (strstr(reply->location, where) == NULL) {
        fail_msg("goes to %s, not %s", reply->location, where);
    }
}

/* The code on a page with a certificate, as the link to its verification has it. */
static void code_of(const struct cgi_reply *reply, char *code, size_t code_bytes)
{
    const char *at = strstr(reply->body, "code=");
    assert_non_null(at);
    (void)snprintf(code, code_bytes, "%.20s", at + 5);
}

/* One of each kind that has public words besides. */
static void make_others(void)
{
    (void)town_org("Pool", false, ORG_BUFFER);
    struct command command = command_of(ACT_ISSUE, "", town_key());
    TEXT_COPY(command.issue.project_id, market.charm_project);
    TEXT_COPY(command.issue.notes, "For NAMED & family");
    command.issue.vintage = 2019;
    command.issue.supplier_units = 9000;
    command.issue.buffer_units = 1000;
    issuance = town_do(&command);
    command = command_of(ACT_ORDER, "", town_key());
    TEXT_COPY(command.order.supplier_org_id, market.charm);
    TEXT_COPY(command.order.buyer_org_id, market.northwind);
    command.order.units = 2000;
    const char *order = town_do(&command);
    command = command_of(ACT_DELIVER, "", town_key());
    TEXT_COPY(command.deliver.order_id, order);
    TEXT_COPY(command.deliver.notes, "For NAMED & family");
    command.deliver.units = 2000;
    delivery = town_do(&command);
    command = command_of(ACT_REFUND, "", town_key());
    TEXT_COPY(command.pool.project_id, market.charm_project);
    TEXT_COPY(command.pool.notes, "For NAMED & family");
    command.pool.units = 100;
    refund = town_do(&command);
    command.kind = ACT_CANCEL_UNITS;
    TEXT_COPY(command.key, town_key());
    cancellation = town_do(&command);
}

static int redact_open(void **state)
{
    struct store *people = market_open_alone(state);
    rosa = market_person(people, 'R', "Rosa Keeper", "", 0);
    otto = market_person(people, 'T', "Otto Reed", "", 0);
    store_close(people);
    town_official(town_person('R'), REGISTRY_ADMINISTRATOR);
    town_official(town_person('T'), REGISTRY_AUDITOR);
    town.now_us = clock_now_us();
    struct command send = town_transfer("", market.northwind, market.fjord, market.charm, 1000);
    completed = town_do(&send);
    struct command accept = town_decide(ACT_ACCEPT, "", completed, "");
    town_do(&accept);
    struct command retire = command_of(ACT_RETIRE, "", town_key());
    TEXT_COPY(retire.retire.org_id, market.northwind);
    TEXT_COPY(retire.retire.supplier_org_id, market.charm);
    TEXT_COPY(retire.retire.beneficiary, "Kari NAMED");
    TEXT_COPY(retire.retire.notes, "For NAMED & family");
    retire.retire.purposes = 1;
    retire.retire.units = 250;
    retirement = town_do(&retire);
    make_others();
    store_close(town.ledger.store);
    market_start_daemon();
    return 0;
}

static void is_nowhere(const char *secret)
{
    const char *const pages[] = {"/registry/retirements",
                                 "/registry/retirements?format=csv",
                                 "/registry",
                                 words("/registry/organisations/%s", market.northwind),
                                 words("/registry/retirements/%s", retirement),
                                 words("/registry/retirements/%s/certificate", retirement),
                                 words("/registry/retirements/%s/certificate.txt", retirement),
                                 words("/registry/verify?number=%s", retirement)};
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        struct cgi_reply reply = see(pages[i]);
        cgi_is(&reply, 200);
        cgi_has_not(&reply, secret);
    }
}

static void what_can_be_redacted(void **state)
{
    (void)state;
    struct cgi_reply reply = get("/admin/settings", rosa);
    cgi_has(&reply, "href=\"/admin/redact\"");
    reply = get("/admin/settings", otto);
    cgi_has_not(&reply, "href=\"/admin/redact\"");
    reply = get("/admin/redact", otto);
    cgi_is(&reply, 403);
    reply = get("/admin/redact", market.maya);
    cgi_is(&reply, 404);
    reply = get("/admin/redact", rosa);
    cgi_is(&reply, 200);
}

static void finding_the_words(void **state)
{
    (void)state;
    struct cgi_reply reply = post("/admin/redact", "id=");
    cgi_is(&reply, 422);
    cgi_has(&reply, "Enter the id of what the words stand on");
    static const char *const nothing[] = {"id=Kari", "id=ret_ZZZZZZZZZZZZZZZZ",
                                          "id=tfr_ZZZZZZZZZZZZZZZZ", "id=ret_0%2Fret_1"};
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
        reply = post("/admin/redact", nothing[i]);
        cgi_is(&reply, 422);
        cgi_has(&reply, "Nothing with such words has this id.");
    }
    reply = post("/admin/redact", words("id=%s&which=beneficiary", completed));
    cgi_is(&reply, 303);
    goes(&reply, words("/admin/transfers/%s", completed));
    reply = post("/admin/redact",
                 words("id=https%%3A%%2F%%2Fregistry.example%%2Fregistry%%2Fretirements%%2F%s%%2F"
                       "certificate&which=note",
                       retirement));
    cgi_is(&reply, 303);
    goes(&reply, words("/admin/redact/%s/note", retirement));
    reply = post("/admin/redact", words("id=%s&which=beneficiary", retirement));
    goes(&reply, words("/admin/redact/%s/beneficiary", retirement));
    reply = get(words("/admin/redact/%s/other", retirement), rosa);
    cgi_is(&reply, 404);
    reply = get("/admin/redact/iss_ZZZZZZZZZZZZZZZZ/beneficiary", rosa);
    cgi_is(&reply, 404);
}

static void says_that_it_was_redacted(void)
{
    struct cgi_reply reply;
    static const char *const shown[] = {"", "/certificate"};
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        reply = see(words("/registry/retirements/%s%s", retirement, shown[i]));
        cgi_has(&reply, "The note was redacted on");
        cgi_has(&reply, "It named a child");
    }
    reply = see("/registry/retirements");
    cgi_has(&reply, "It named a child");
    reply = see(words("/registry/retirements/%s/certificate.txt", retirement));
    cgi_has(&reply, "\nnote: \nnote-redacted-at: 20");
    reply = see(words("/registry/retirements/%s/certificate.pdf", retirement));
    cgi_is(&reply, 200);
}

static void redacting_a_note(void **state)
{
    (void)state;
    const char *redact = words("/admin/redact/%s/note", retirement);
    struct cgi_reply reply = see(words("/registry/retirements/%s/certificate", retirement));
    cgi_has(&reply, "For NAMED &amp; family");
    char of_before[256];
    code_of(&reply, of_before, sizeof of_before);
    reply = get(redact, rosa);
    cgi_is(&reply, 200);
    cgi_has(&reply, "<h1>Redact the public note?</h1>");
    cgi_has(&reply, "The words “For NAMED &amp; family” are taken away for good");
    cgi_has(&reply, "The certificate gets another code");
    const char *once = words("%s", cgi_value(&reply, "once"));
    reply = post(redact, words("once=%s&reason=", once));
    cgi_is(&reply, 422);
    cgi_has(&reply, "Enter the reason");
    reply = done(redact, words("once=%s&reason=It+named+a+child", once));
    cgi_has(&reply, "The public note is redacted");
    /* The same form again is the same act; another form meets what is gone. */
    reply = post(redact, words("once=%s&reason=It+named+a+child", once));
    cgi_is(&reply, 303);
    reply = post(redact, "once=another&reason=Again");
    cgi_is(&reply, 422);
    cgi_has(&reply, "There are no such words to redact");
    reply = get(redact, rosa);
    cgi_is(&reply, 303);
    goes(&reply, words("/registry/retirements/%s", retirement));
    reply = post("/admin/redact", words("id=%s", retirement));
    cgi_is(&reply, 422);
    cgi_has(&reply, ": It named a child");
    is_nowhere("NAMED &amp; family");
    is_nowhere("NAMED & family");
    says_that_it_was_redacted();
    /* The paper of before has the code of before. */
    reply = see(words("/registry/verify?number=%s&code=%s", retirement, of_before));
    cgi_has(&reply, "This is not the code that the certificate has now");
    cgi_has_not(&reply, "the paper was not made by this registry");
}

static void redacting_a_name(void **state)
{
    (void)state;
    const char *redact = words("/admin/redact/%s/beneficiary", retirement);
    struct cgi_reply reply = get(redact, rosa);
    cgi_has(&reply, "<h1>Redact the beneficiary’s name?</h1>");
    cgi_has(&reply, "“Kari NAMED”");
    reply = done(redact, "once=n&reason=A+private+person");
    cgi_has(&reply, "The name is redacted");
    is_nowhere("NAMED");
    reply = see(words("/registry/retirements/%s", retirement));
    cgi_has(&reply, "0.250 credits retired for [redacted]");
    cgi_has(&reply, "The name was redacted on");
    cgi_has(&reply, "A private person");
    reply = see("/registry/retirements?format=csv");
    cgi_has(&reply, ",note,note_redacted_at,beneficiary_redacted_at");
    cgi_has(&reply, ",[redacted],");
    reply = see(words("/registry/retirements/%s/certificate", retirement));
    cgi_has(&reply, "A private person");
    reply = see("/registry/retirements?q=NAMED");
    cgi_has(&reply, "0 of");
}

static void redacting_the_others(void **state)
{
    (void)state;
    const struct {
        const char *list, *id, *heading, *sentence;
    } others[] = {
        {"issuances", issuance, "Redact the public note?", "The note was redacted on"},
        {"deliveries", delivery, "Redact the public note?", "The note was redacted on"},
        {"refunds", refund, "Redact the public note?", "The note was redacted on"},
        {"cancellations", cancellation, "Redact the public reason?", "The reason was redacted on"},
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        const char *list = words("/registry/%s", others[i].list);
        const char *page = words("%s/%s", list, others[i].id);
        struct cgi_reply reply = see(page);
        cgi_has(&reply, "For NAMED &amp; family");
        cgi_has_not(&reply, "redacted");
        reply = post("/admin/redact", words("id=%s&which=beneficiary", others[i].id));
        cgi_is(&reply, 422);
        reply = post("/admin/redact", words("id=%s", others[i].id));
        const char *redact = words("/admin/redact/%s/note", others[i].id);
        goes(&reply, redact);
        reply = get(redact, rosa);
        cgi_has(&reply, others[i].heading);
        cgi_has_not(&reply, "The certificate gets");
        reply = done(redact, "once=o&reason=It+named+a+child");
        cgi_is(&reply, 200);
        const char *const places[] = {page, list, words("%s?format=csv", list)};
        for (size_t p = 0; p < sizeof places / sizeof places[0]; p++) {
            reply = see(places[p]);
            cgi_is(&reply, 200);
            cgi_has_not(&reply, "NAMED");
        }
        cgi_has(&reply, "_redacted_at");
        reply = see(page);
        cgi_has(&reply, others[i].sentence);
        cgi_has(&reply, ": It named a child");
        reply = see(words("%s?q=NAMED", list));
        cgi_has_not(&reply, others[i].id);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_can_be_redacted), cmocka_unit_test(finding_the_words),
        cmocka_unit_test(redacting_a_note),     cmocka_unit_test(redacting_a_name),
        cmocka_unit_test(redacting_the_others),
    };
    return cmocka_run_group_tests(tests, redact_open, market_close);
}
