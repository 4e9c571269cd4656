/* tests/pages/public_test.c: the public registry as a stranger sees it: what is there, what must
 * not be, how lists are filtered, paged and downloaded, and that a search leads to the right page.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/town.h"
#include "pages/certificate.h"
#include "pages/cgi.h"

#define NOTE_MANY 60 /* more transfers than one page shows */

static struct {
    const char *charm, *northwind, *fjord, *project, *wind, *wind_project;
    const char *first, *correction, *redacted, *pending, *rejected, *internal, *exported;
    const char *delivery, *retirement, *issuance;
} place;

static const struct cgi_person stranger = {"", ""};

static struct cgi_reply get(const char *target)
{
    return cgi_ask("public", town.folder, target, stranger, NULL);
}

static struct cgi_reply getf(const char *format, ...) __attribute__((format(printf, 1, 2)));
static struct cgi_reply getf(const char *format, ...)
{
    char target[2048];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(target, sizeof(target), format, arguments);
    va_end(arguments);
    return get(target);
}

static void is_code(struct cgi_reply reply, int code)
{
    if (reply.code != code) {
        fail_msg("%d instead of %d: %.1500s", reply.code, code, reply.body);
    }
}

static bool holds(struct cgi_reply reply, const char *words)
{
    return strstr(reply.body, words) != NULL;
}

static void has(struct cgi_reply reply, const char *words)
{
    if (!holds(reply, words)) {
        fail_msg("the page does not hold \"%s\": %.6000s", words, reply.body);
    }
}

static void lacks(struct cgi_reply reply, const char *words)
{
    if (holds(reply, words)) {
        fail_msg("the page holds \"%s\"", words);
    }
}

static int count_of(struct cgi_reply reply, const char *words)
{
    int count = 0;
    for (const char *at = strstr(reply.body, words); at != NULL; at = strstr(at + 1, words)) {
        count++;
    }
    return count;
}

/* A value of the registry as text, in a ring. */
static const char *value(const char *sql)
{
    static char values[32][64];
    static unsigned next;
    char *to = values[next++ % 32];
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_open(town.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    (void)snprintf(to, 64, "%s", (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return to;
}

/* ---- the town ---- */

static const char *transfer(const char *from, const char *to, int64_t units, const char *notes,
                            const char *corrects)
{
    struct command command = town_transfer("", from, to, place.charm, units);
    TEXT_COPY(command.transfer.notes, notes);
    TEXT_COPY(command.transfer.private_note, "SECRET-NOTE");
    TEXT_COPY(command.transfer.corrects_id, corrects);
    town.now_us += CLOCK_DAY_US / 10;
    return town_do(&command);
}

static void decide(enum act_kind kind, const char *transfer_id, const char *reason)
{
    struct command command = town_decide(kind, "", transfer_id, reason);
    town.now_us += CLOCK_SECOND_US;
    town_do(&command);
}

static const char *export(int64_t units)
{
    struct command command = town_transfer("", place.northwind, "", place.charm, units);
    command.transfer.kind = TRANSFER_EXPORT;
    TEXT_COPY(command.transfer.to_system, "Puro Registry");
    TEXT_COPY(command.transfer.to_system_party, "Aster Trading");
    const char *id = town_do(&command);
    decide(ACT_REGISTRY_APPROVE, id, "");
    decide(ACT_COMPLETE_EXPORT, id, "");
    return id;
}

static const char *internal(int64_t units)
{
    struct command account = command_of(ACT_OPEN_ACCOUNT, "", "");
    TEXT_COPY(account.account.org_id, place.northwind);
    TEXT_COPY(account.account.name, "SECRET-ACCOUNT");
    account.account.kind = ACCOUNT_ACTIVE;
    const char *account_id = town_do(&account);
    struct command command = town_transfer("", place.northwind, "", place.charm, units);
    command.transfer.kind = TRANSFER_INTERNAL;
    TEXT_COPY(command.transfer.to_org_id, place.northwind);
    TEXT_COPY(command.transfer.to_account_id, account_id);
    return town_do(&command);
}

static const char *deliver(int64_t units)
{
    struct command order = command_of(ACT_ORDER, "", town_key());
    TEXT_COPY(order.order.supplier_org_id, place.charm);
    TEXT_COPY(order.order.buyer_org_id, place.northwind);
    order.order.units = units;
    struct command command = command_of(ACT_DELIVER, "", town_key());
    TEXT_COPY(command.deliver.order_id, town_do(&order));
    TEXT_COPY(command.deliver.project_id, place.project);
    TEXT_COPY(command.deliver.notes, "Delivered in autumn");
    command.deliver.units = units;
    return town_do(&command);
}

static const char *retire(int64_t units)
{
    struct command command = command_of(ACT_RETIRE, "", town_key());
    TEXT_COPY(command.retire.org_id, place.fjord);
    TEXT_COPY(command.retire.beneficiary, "Travellers <of> Ålesund");
    TEXT_COPY(command.retire.supplier_org_id, place.charm);
    TEXT_COPY(command.retire.notes, "Flights of 2025");
    command.retire.purposes = 2 | 8;
    command.retire.units = units;
    return town_do(&command);
}

/* town.h keeps the last ids only. */
static const char *keep(const char *id)
{
    static char ids[32][ID_SIZE];
    static unsigned next;
    assert_true(next < 32);
    memcpy(ids[next], id, ID_SIZE);
    return ids[next++];
}

static int set_up(void **state)
{
    (void)state;
    town_found();
    place.charm = keep(town_org("Charm Ærø", true, ORG_PARTICIPANT));
    place.wind = keep(town_org("Horns Rev", true, ORG_PARTICIPANT));
    place.northwind = keep(town_org("Northwind & Sons", false, ORG_PARTICIPANT));
    place.fjord = keep(town_org("Fjord Foods", false, ORG_PARTICIPANT));
    place.project = keep(town_project(place.charm, "F5X7", INSTRUMENT_CARBON_REMOVAL));
    place.wind_project = keep(town_project(place.wind, "HRO1", INSTRUMENT_RENEWABLE_ENERGY));
    place.issuance = keep(town_issue(place.project, 2024, 10000000, 0));
    town_issue(place.wind_project, 2023, 900, 0);
    struct command site = command_of(ACT_SET_SETTINGS, "", "");
    TEXT_COPY(site.setting.site_name, "Town");
    TEXT_COPY(site.setting.site_url, "https://town.example");
    site.setting.expiry_days = 14;
    town_do(&site);
    town_member(place.northwind, town_person('A'), ROLE_ALL);
    place.delivery = keep(deliver(9000000));
    town_policy(place.fjord, INCOMING_ALL, TWO_PERSON_NEVER, 0);
    place.first =
        keep(transfer(place.northwind, place.fjord, 3001, "=SUM(1) \"quoted\", Q4 Ørsted", ""));
    place.retirement = keep(retire(1001));
    place.redacted = keep(transfer(place.northwind, place.fjord, 500, "FORBIDDEN-WORDS", ""));
    decide(ACT_REDACT_NOTE, place.redacted, "It named a person");
    for (int i = 0; i < NOTE_MANY; i++) {
        transfer(place.northwind, place.fjord, 1000 + i, "Monthly", "");
    }
    place.correction =
        keep(transfer(place.northwind, place.fjord, 7, "Mends the first", place.first));
    place.internal = keep(internal(250));
    place.exported = keep(export(12000));
    town_policy(place.fjord, INCOMING_ASK, TWO_PERSON_NEVER, 0);
    place.rejected = keep(transfer(place.northwind, place.fjord, 40, "REJECTED-NOTE", ""));
    decide(ACT_REJECT, place.rejected, "REJECT-REASON");
    place.pending = keep(transfer(place.northwind, place.fjord, 4321, "PENDING-NOTE", ""));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    town_leave();
    return 0;
}

/* ---- pages ---- */

static void every_page_answers_and_keeps_secrets(void **state)
{
    (void)state;
    const char *batch =
        value("SELECT batch_id FROM transfer_line WHERE transfer_id = (SELECT transfer_id FROM"
              " transfer WHERE state = 'pending')");
    char targets[32][128] = {"/",
                             "/registry",
                             "/registry/transfers",
                             "/registry/transfers?kind=internal",
                             "/registry/transfers?format=csv",
                             "/registry/transfers.atom",
                             "/registry/projects",
                             "/registry/issuances",
                             "/registry/retirements",
                             "/registry/organisations",
                             "/registry/search",
                             "/registry/search?q=note",
                             "/registry/verify"};
    size_t count = 13;
    (void)snprintf(targets[count++], 128, "/registry/transfers/%s", place.first);
    (void)snprintf(targets[count++], 128, "/registry/transfers/%s", place.internal);
    (void)snprintf(targets[count++], 128, "/registry/transfers/%s", place.exported);
    (void)snprintf(targets[count++], 128, "/registry/projects/%s", place.project);
    (void)snprintf(targets[count++], 128, "/registry/issuances/%s", place.issuance);
    (void)snprintf(targets[count++], 128, "/registry/retirements/%s", place.retirement);
    (void)snprintf(targets[count++], 128, "/registry/retirements/%s/certificate", place.retirement);
    (void)snprintf(targets[count++], 128, "/registry/retirements/%s/certificate.txt",
                   place.retirement);
    (void)snprintf(targets[count++], 128, "/registry/verify?number=%s", place.retirement);
    (void)snprintf(targets[count++], 128, "/registry/deliveries/%s", place.delivery);
    (void)snprintf(targets[count++], 128, "/registry/organisations/%s", place.northwind);
    (void)snprintf(targets[count++], 128, "/registry/credit-batches/%s", batch);
    static const char *const secrets[] = {"SECRET",
                                          "PENDING-NOTE",
                                          "REJECTED-NOTE",
                                          "REJECT-REASON",
                                          "FORBIDDEN-WORDS",
                                          "usr_",
                                          "acc_",
                                          "Reserved",
                                          "reserved",
                                          "data-state=\"pending\"",
                                          "example.org/usr"};
    for (size_t i = 0; i < count; i++) {
        struct cgi_reply reply = get(targets[i]);
        is_code(reply, 200);
        assert_non_null(strstr(reply.head, "Cache-Control: public, no-cache"));
        for (size_t s = 0; s < sizeof(secrets) / sizeof(secrets[0]); s++) {
            lacks(reply, secrets[s]);
        }
        lacks(reply, place.pending);
        lacks(reply, place.rejected);
    }
}

static void what_is_not_public_is_as_unknown_as_what_never_was(void **state)
{
    (void)state;
    char unknown[8192];
    struct cgi_reply reply = get("/registry/transfers/tfr_0000000000000000");
    is_code(reply, 404);
    /* All but the time and the request's own id. */
    (void)snprintf(unknown, sizeof(unknown), "%s", reply.body);
    char *end = strstr(unknown, "<p class=\"hint\">404");
    assert_non_null(end);
    *end = '\0';
    const char *const hidden[] = {place.pending, place.rejected};
    for (size_t i = 0; i < 2; i++) {
        reply = getf("/registry/transfers/%s", hidden[i]);
        is_code(reply, 404);
        assert_memory_equal(reply.body, unknown, strlen(unknown));
        is_code(getf("/registry/transfers/%s?format=csv", hidden[i]), 404);
        reply = getf("/registry/search?q=%s", hidden[i]);
        is_code(reply, 200);
        has(reply, "Nothing found");
        /* A cursor gives nothing away either. */
        reply = getf("/registry/transfers?before=%s", hidden[i]);
        is_code(reply, 200);
        has(reply, "No completed transfer matches");
    }
    is_code(get("/registry/transfers/usr_0000000000000000"), 404);
    is_code(get("/registry/credit-batches/ctb_0000000000000000"), 404);
    is_code(getf("/registry/credit-batches/%s", place.first), 404);
    is_code(get("/registry/transfers/x"), 404);
    is_code(get("/registry/accounts"), 404);
}

static void a_transfer_tells_its_whole_public_story(void **state)
{
    (void)state;
    struct cgi_reply reply = getf("/registry/transfers/%s", place.first);
    has(reply, "3.001 credits from Northwind &amp; Sons to Fjord Foods");
    has(reply, "=SUM(1) &#34;quoted&#34;, Q4 Ørsted");
    has(reply, "TLY-1-BIOCHAR-SWE-F5X7-2024-1-3001");
    has(reply, "TLY-1-BIOCHAR-SWE-F5X7-2024-1-9000000"); /* cut from */
    has(reply, "Corrected by");
    has(reply, place.correction);
    reply = getf("/registry/transfers/%s", place.correction);
    has(reply, "Corrects");
    has(reply, place.first);
    reply = getf("/registry/transfers/%s", place.redacted);
    has(reply, "The note was redacted on");
    has(reply, "It named a person");
    reply = getf("/registry/transfers/%s", place.exported);
    has(reply, "12.000 credits from Northwind &amp; Sons to Puro Registry");
    has(reply, "received there by Aster Trading");
    reply = getf("/registry/transfers/%s?format=csv", place.first);
    assert_non_null(strstr(reply.head, "Content-Type: text/csv"));
    has(reply, "line,batch_id,serial");
    has(reply, "3.001,3001,");
}

/* The code that stands on the certificate of place.retirement, without spaces. */
static const char *code_on_certificate(void)
{
    static char code[CERTIFICATE_CODE_DIGITS + 1];
    struct cgi_reply reply = getf("/registry/retirements/%s/certificate", place.retirement);
    is_code(reply, 200);
    const char *at = strstr(reply.body, "code=");
    assert_non_null(at);
    (void)snprintf(code, sizeof(code), "%s", at + 5);
    return code;
}

static void a_certificate_says_what_was_retired(void **state)
{
    (void)state;
    struct cgi_reply reply = getf("/registry/retirements/%s", place.retirement);
    has(reply, "/certificate\"");
    has(reply, "/certificate.pdf\"");
    reply = getf("/registry/retirements/%s/certificate", place.retirement);
    is_code(reply, 200);
    has(reply, "1.001 credits");
    has(reply, "of carbon removal (1,001 kg CO₂e) were retired for good on behalf of");
    has(reply, "Travellers &lt;of&gt; Ålesund");
    has(reply, "by <a href=\"/registry/organisations/");
    has(reply, "Fjord Foods</a>");
    has(reply, "Public environmental claims.");
    has(reply, "A regulatory requirement.");
    has(reply, "Flights of 2025");
    has(reply, "TLY-1-BIOCHAR-SWE-F5X7-2024-1-1001");
    has(reply, "<path fill=\"#000\" d=\"M4 4h7v1h-7z");
    has(reply, ">https://town.example/registry/verify?number=ret_"); /* as it stands on paper */
    is_code(get("/registry/retirements/ret_0000000000000000/certificate"), 404);
    is_code(get("/registry/retirements/ret_0000000000000000/certificate.pdf"), 404);
    is_code(get("/registry/retirements/ret_0000000000000000/certificate.txt"), 404);
}

static void the_record_has_the_digest_that_the_certificate_bears(void **state)
{
    (void)state;
    char code[CERTIFICATE_CODE_DIGITS + 1];
    (void)snprintf(code, sizeof(code), "%s", code_on_certificate());
    struct cgi_reply reply = getf("/registry/retirements/%s/certificate.txt", place.retirement);
    is_code(reply, 200);
    assert_non_null(strstr(reply.head, "Content-Type: text/plain; charset=utf-8"));
    has(reply, "beneficiary: Travellers <of> Ålesund\n");
    has(reply, "purposes: public_environmental_claims regulatory_requirement\n");
    has(reply, "units: 1001\nnote: Flights of 2025\nblocks: 1\nblock: prj_");
    has(reply, " 2024 1-1001\n");
    struct digest digest = digest_of(reply.body, strlen(reply.body));
    char hex[DIGEST_HEX_SIZE];
    digest_hex(&digest, hex);
    assert_memory_equal(hex, code, CERTIFICATE_CODE_DIGITS);
}

static void the_pdf_is_the_same_until_the_retirement_is_another(void **state)
{
    (void)state;
    char tag[64] = "";
    struct cgi_reply reply = getf("/registry/retirements/%s/certificate.pdf", place.retirement);
    is_code(reply, 200);
    assert_memory_equal(reply.body, "%PDF-", 5);
    assert_non_null(strstr(reply.head, "Content-Type: application/pdf"));
    assert_non_null(strstr(reply.head, "inline; filename=\"certificate-ret_"));
    const char *at = strstr(reply.head, "ETag: ");
    assert_non_null(at);
    (void)snprintf(tag, sizeof(tag), "%.34s", at + 6);
    /* Another act is another moment for every other page, not for this one. */
    struct command command = town_transfer("", place.northwind, place.fjord, place.charm, 1);
    town.now_us += CLOCK_DAY_US;
    town_do(&command);
    cgi_if_none_match = tag;
    reply = getf("/registry/retirements/%s/certificate.pdf", place.retirement);
    is_code(reply, 304);
    reply = getf("/registry/retirements/%s/certificate", place.retirement);
    is_code(reply, 200);
    cgi_if_none_match = "";
}

static void a_paper_is_verified_by_its_number_and_code(void **state)
{
    (void)state;
    char code[CERTIFICATE_CODE_DIGITS + 1];
    (void)snprintf(code, sizeof(code), "%s", code_on_certificate());
    struct cgi_reply reply = get("/registry/verify");
    is_code(reply, 200);
    lacks(reply, "Yes:");
    lacks(reply, "No:");
    reply = getf("/registry/verify?number=%s&code=%s", place.retirement, code);
    is_code(reply, 200);
    has(reply, "Yes: this registry issued it");
    has(reply, "Travellers &lt;of&gt; Ålesund");
    /* As it is typed from paper: small letters, no prefix, spaces. */
    char number[ID_SIZE];
    (void)snprintf(number, sizeof(number), "%s", place.retirement + 4);
    for (char *at = number; *at != '\0'; at++) {
        *at = (char)(*at >= 'A' && *at <= 'Z' ? *at - 'A' + 'a' : *at);
    }
    reply =
        getf("/registry/verify?number=%.4s+%s&code=%.4s-%s+", number, number + 4, code, code + 4);
    has(reply, "Yes: this registry issued it");
    code[0] = code[0] == '0' ? '1' : '0';
    reply = getf("/registry/verify?number=%s&code=%s", place.retirement, code);
    is_code(reply, 200);
    has(reply, "No: this is not the code of that certificate");
    has(reply, "1.001 credits"); /* what it should say */
    reply = getf("/registry/verify?number=%s", place.retirement);
    has(reply, "This registry has a certificate with this number");
    reply = getf("/registry/verify?number=ret_0000000000000000&code=%s", code);
    is_code(reply, 200);
    has(reply, "No: this registry issued no certificate ret_0000000000000000");
    static const char *const faults[][2] = {
        {"number=nonsense&code=", "Enter the number as on the certificate"},
        {"number=tfr_1KNSQMD6Z1S0TB50", "Enter the number as on the certificate"},
        {"number=&code=7f3a09bc41de88a0c55e", "Enter the number that stands on the certificate"},
        {"number=ret_1KNSQMD6Z1S0TB50&code=7f3a", "Enter the 20 digits of the code"},
        {"number=ret_1KNSQMD6Z1S0TB50&code=%C5%81%C3%B3d%C5%BA", "Enter the 20 digits of the code"},
    };
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        reply = getf("/registry/verify?%s", faults[i][0]);
        is_code(reply, 422);
        has(reply, faults[i][1]);
        has(reply, "<title>Error: ");
    }
    is_code(get("/registry/verify?other=1"), 400);
}

static void the_list_is_filtered_by_what_the_address_says(void **state)
{
    (void)state;
    struct cgi_reply reply = get("/registry/transfers");
    has(reply, "64 transfers");
    lacks(reply, place.internal);
    assert_int_equal(count_of(reply, "data-label=\"Completed\""), PAGE_ROWS);
    reply = get("/registry/transfers?q=orsted+q4");
    has(reply, "1 of 64 transfers");
    has(reply, place.first);
    has(reply, "Remove filter: ");
    reply = get("/registry/transfers?q=forbidden");
    has(reply, "0 of 64 transfers");
    has(reply, "No completed transfer matches");
    reply = get("/registry/transfers?kind=internal");
    has(reply, "1 transfer<");
    has(reply, place.internal);
    reply = get("/registry/transfers?kind=internal&q=nothing+like+it");
    has(reply, "0 of 1 transfer<");
    has(reply, "<a href=\"/registry/transfers\">see all 64 transfers</a>"); /* what it leads to */
    reply = get("/registry/transfers?kind=export");
    has(reply, "1 of 64 transfers");
    reply = getf("/registry/transfers?organisation=%s", place.fjord);
    has(reply, "63 of 64 transfers");
    has(reply, "From or to: Fjord Foods");
    reply = getf("/registry/transfers?organisation=%s&q=fjord", place.charm);
    has(reply, "0 of 64 transfers");
    reply = getf("/registry/transfers?supplier=%s", place.charm);
    has(reply, "64 transfers");
    reply = getf("/registry/transfers?supplier=%s", place.wind);
    has(reply, "0 of 64 transfers");
    reply = get("/registry/transfers?from=2025-06-15&to=2025-06-15");
    has(reply, "3 of 64 transfers");
    has(reply, "Since: 15 June 2025");
    /* The beginning of the clock is a day like others. */
    has(get("/registry/transfers?from=1970-01-01"), "Since: 1970-01-01");
    has(get("/registry/transfers?to=1969-12-31"), "0 of 64 transfers");
    reply = get("/registry/transfers?sort=-quantity");
    has(reply, "aria-sort=\"descending\"");
    assert_true(strstr(reply.body, "12.000</td>") < strstr(reply.body, "3.001</td>"));
    is_code(get("/registry/transfers?from=tomorrow"), 422);
    is_code(get("/registry/transfers?from=tomorrow&format=csv"), 400);
    is_code(get("/registry/transfers?colour=red"), 400);
    is_code(get("/registry/transfers?sort=colour"), 400);
    is_code(get("/registry/transfers?q=a&q=b"), 400);
}

/* Follows a link of the pager. */
static struct cgi_reply follow(struct cgi_reply reply, const char *relation)
{
    char mark[64], target[512];
    (void)snprintf(mark, sizeof(mark), "rel=\"%s\" href=\"", relation);
    const char *at = strstr(reply.body, mark);
    if (at == NULL) {
        fail_msg("there is no link %s: %.3000s", relation, reply.body);
        return reply;
    }
    at += strlen(mark);
    (void)snprintf(target, sizeof(target), "%.*s", (int)strcspn(at, "\""), at);
    for (char *amp = strstr(target, "&amp;"); amp != NULL; amp = strstr(target, "&amp;")) {
        memmove(amp + 1, amp + 5, strlen(amp + 5) + 1);
    }
    return get(target);
}

static void pages_go_there_and_back(void **state)
{
    (void)state;
    static const char *const lists[] = {"/registry/transfers", "/registry/transfers?sort=completed",
                                        "/registry/transfers?sort=quantity",
                                        "/registry/transfers?sort=-quantity",
                                        "/registry/transfers?q=monthly"};
    static char first[CGI_BYTES_MAX / 8];
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        struct cgi_reply reply = get(lists[i]);
        lacks(reply, "rel=\"prev\"");
        (void)snprintf(first, sizeof(first), "%s", reply.body);
        reply = follow(reply, "next");
        is_code(reply, 200);
        int rest = count_of(reply, "data-label=\"Completed\"");
        assert_int_equal(rest, (strchr(lists[i], 'q') != NULL && strstr(lists[i], "monthly") != NULL
                                    ? NOTE_MANY
                                    : NOTE_MANY + 4) -
                                   PAGE_ROWS);
        lacks(reply, "rel=\"next\"");
        reply = follow(reply, "prev");
        lacks(reply, "rel=\"prev\"");
        const char *table = strstr(first, "<tbody>");
        const char *again = strstr(reply.body, "<tbody>");
        const char *end = table == NULL ? NULL : strstr(table, "</tbody>");
        if (end == NULL || again == NULL) {
            fail_msg("there is no table");
            return;
        }
        assert_memory_equal(again, table, (size_t)(end - table));
    }
}

static void downloads_hold_the_whole_list(void **state)
{
    (void)state;
    struct cgi_reply reply = get("/registry/transfers?format=csv");
    assert_non_null(strstr(reply.head, "attachment; filename=\"transfers.csv\""));
    assert_int_equal(count_of(reply, "\r\n"), NOTE_MANY + 4 + 1);
    has(reply, "\"'=SUM(1) \"\"quoted\"\", Q4 Ørsted\""); /* no formula */
    has(reply, ",3.001,3001,1,");
    lacks(reply, place.internal);
    reply = get("/registry/transfers?format=csv&q=mends");
    assert_int_equal(count_of(reply, "\r\n"), 2);
    has(reply, place.first); /* corrects_id */
    reply = getf("/registry/projects/%s?format=csv", place.project);
    has(reply, "batch_id,serial");
    static const char *const others[] = {"projects", "issuances", "retirements", "organisations"};
    static const int rows[] = {2, 2, 1, 4};
    for (size_t i = 0; i < 4; i++) {
        reply = getf("/registry/%s?format=csv", others[i]);
        assert_int_equal(count_of(reply, "\r\n"), rows[i] + 1);
    }
}

static void a_batch_shows_lineage_and_history(void **state)
{
    (void)state;
    struct cgi_reply reply = get("/registry/search?q=TLY-1-BIOCHAR-SWE-F5X7-2024-1-9000000");
    is_code(reply, 303);
    reply = get(reply.location);
    has(reply, "9,000.000 credits, vintage 2024");
    has(reply, "data-state=\"split\"");
    has(reply, "held until then by");
    has(reply, "<svg class=\"lineage\"");
    has(reply, "this batch");
    has(reply, place.delivery);
    /* A chain of 60 cuts is longer than what is drawn; what is not drawn is counted. */
    int64_t drawn = count_of(reply, "<rect class=\"bar\"");
    const char *all = value(
        "WITH RECURSIVE down (id) AS (SELECT batch_id FROM batch WHERE first = 1 AND"
        " parent_id IS NULL AND vintage = 2024 UNION ALL SELECT c.batch_id FROM batch c JOIN down d"
        " ON c.parent_id = d.id) SELECT count(*) FROM down");
    int64_t more = 0;
    for (const char *at = reply.body; (at = strstr(at, "data-label=\"Cut into\">")) != NULL; at++) {
        long long number = 0;
        char word[8] = "";
        if (sscanf(strchr(at, '>'), ">%lld %7s", &number, word) == 2 && text_is(word, "more")) {
            more += number;
        }
    }
    assert_true(more > 0);
    assert_int_equal(drawn + more, atoll(all));
    assert_int_equal(count_of(reply, "<rect class=\"here\""), 1);
    assert_true(count_of(reply, "<rect class=\"bar\"") <= 61);

    /* The end of the chain: its beginning is named though not drawn. */
    const char *last = value("SELECT batch_id FROM batch WHERE state = 'active' AND org_id ="
                             " (SELECT org_id FROM organisation WHERE name LIKE 'Northwind%')"
                             " ORDER BY first DESC LIMIT 1");
    reply = getf("/registry/credit-batches/%s", last);
    has(reply, "lead back to");
    has(reply, "TLY-1-BIOCHAR-SWE-F5X7-2024-1-10000000");
    lacks(reply, "data-state=\"reserved\"");

    reply = getf("/registry/search?q=%s", "TLY-1-BIOCHAR-SWE-F5X7-2024-500");
    is_code(reply, 303);
    reply = get(reply.location);
    has(reply, "Retired");
    has(reply, place.retirement);
    has(reply, place.first);
    const char *whole = value("SELECT batch_id FROM batch WHERE vintage = 2023");
    has(getf("/registry/credit-batches/%s", whole), "it has never been cut");
}

static void a_retirement_reads_like_a_certificate(void **state)
{
    (void)state;
    struct cgi_reply reply = getf("/registry/retirements/%s", place.retirement);
    has(reply, "1.001 credits retired for Travellers &lt;of&gt; Ålesund");
    has(reply, "Public environmental claims");
    has(reply, "A regulatory requirement");
    lacks(reply, "Insetting");
    has(reply, "Flights of 2025");
    has(reply, "TLY-1-BIOCHAR-SWE-F5X7-2024-1-1001");
}

static void projects_and_organisations_show_their_sums(void **state)
{
    (void)state;
    struct cgi_reply reply = getf("/registry/projects/%s", place.project);
    has(reply, "10,000.000"); /* issued */
    has(reply, "1.001");      /* retired */
    has(reply, "12.000");     /* exported */
    has(reply, place.issuance);
    has(reply, place.retirement);
    reply = getf("/registry/projects/%s?state=retired&vintage=2024", place.project);
    has(reply, "1 of ");
    reply = getf("/registry/projects/%s?vintage=abc", place.project);
    is_code(reply, 422);
    has(getf("/registry/projects/%s?vintage=0", place.project), "No batch matches");
    reply = getf("/registry/organisations/%s", place.fjord);
    has(reply, "63 transfers from or to Fjord Foods");
    has(reply, "1 retirement by or for Fjord Foods");
    const char *supplier = value("SELECT supplier_id FROM organisation WHERE name LIKE 'Charm%'");
    reply = getf("/registry/organisations/%s", supplier);
    is_code(reply, 303);
    assert_non_null(strstr(reply.location, place.charm));
    has(get("/registry/organisations?role=supplier"), "2 of 4 organisations");
    has(get("/registry/projects?q=hro1"), "1 of 2 projects");
    /* A country by its code or its name, which is what the list says. */
    has(get("/registry/projects?q=swe"), "2 projects");
    has(get("/registry/projects?q=hro1+sweden"), "1 of 2 projects");
    has(get("/registry/projects?q=norway"), "No project matches");
    has(get("/registry/projects"), "<td data-label=\"Country\">Sweden</td>");
    has(get("/registry/issuances?kind=imported"), "No issuance matches");
    has(get("/registry/retirements?q=alesund"), place.retirement);
}

static void totals_are_exact_and_match(void **state)
{
    (void)state;
    struct cgi_reply reply = get("/");
    has(reply, "The two halves match: issued and imported 10,000.000 credits; active 9,986.999,"
               " retired 1.001, exported 12.000, cancelled 0.000");
    has(reply, "issued and imported 900 MWh");
    has(reply, "All 64 transfers");
    reply = get("/registry");
    has(reply, "9,986.999");
    has(reply, "<figure class=\"plot\">");
    has(reply, "The same as a table");
}

static void a_search_leads_straight_to_a_single_hit(void **state)
{
    (void)state;
    static const char *const words[] = {"f5x7", "TFR", "aero+charm",
                                        "tly-1-biochar-swe-f5x7-2024-3002",
                                        "TLY-1-WIND-SWE-HRO1-2023-5-9"};
    static const char *const to[] = {"/registry/projects/", NULL, NULL, "/registry/credit-batches/",
                                     "/registry/credit-batches/"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        struct cgi_reply reply = getf("/registry/search?q=%s", words[i]);
        if (to[i] != NULL) {
            is_code(reply, 303);
            assert_non_null(strstr(reply.location, to[i]));
        }
    }
    struct cgi_reply reply = get("/registry/search?q=northwind");
    is_code(reply, 303);
    assert_non_null(strstr(reply.location, place.northwind));
    const char *const ids[] = {place.first,      place.project,  place.issuance,
                               place.retirement, place.delivery, place.fjord};
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        reply = getf("/registry/search?q=%s", ids[i]);
        is_code(reply, 303);
        assert_non_null(strstr(reply.location, ids[i]));
        is_code(get(reply.location), 200);
    }
    reply = get("/registry/search?q=TLY-1-BIOCHAR-SWE-F5X7-2024-1-9000");
    is_code(reply, 200);
    has(reply, "Batches that hold");
    reply = get("/registry/search?q=TLY-1-BIOCHAR-SWE-F5X7-2024-10000001");
    has(reply, "No credits with these serial numbers");
    reply = get("/registry/search?q=TLY-1-WIND-SWE-F5X7-2024-1"); /* not that project's pathway */
    has(reply, "No credits with these serial numbers");
    reply = get("/registry/search?q=%3Cscript%3E");
    has(reply, "Nothing found for “&lt;script&gt;”");
    reply = get("/registry/search?q=mends");
    has(reply, "1 transfer</a>");
    /* What a search takes, the list that it leads to takes. */
    char typed[201] = "mends+the+first";
    for (size_t used = strlen(typed); used + 6 < sizeof(typed); used += 6) {
        (void)snprintf(typed + used, sizeof(typed) - used, "+first");
    }
    has(getf("/registry/search?q=%s", typed), "1 transfer</a>");
    has(getf("/registry/transfers?q=%s", typed), "1 of 64 transfers");
    is_code(getf("/registry/organisations?q=%s", typed), 200);
    is_code(getf("/registry/projects?q=%s", typed), 200);
}

static void the_feed_is_whole(void **state)
{
    (void)state;
    struct cgi_reply reply = get("/registry/transfers.atom");
    assert_non_null(strstr(reply.head, "Content-Type: application/atom+xml"));
    assert_int_equal(count_of(reply, "<entry>"), 50);
    assert_int_equal(count_of(reply, "</entry>"), 50);
    has(reply, "<feed xmlns=\"http://www.w3.org/2005/Atom\"");
    has(reply, "from Northwind &amp; Sons to Puro Registry");
    is_code(get("/registry/transfers.atom?q=x"), 400);
}

static void a_page_that_is_held_is_not_sent_again(void **state)
{
    (void)state;
    char tag[64] = "";
    struct cgi_reply reply;
    int64_t day; /* a tag is good for a day: with midnight between, both are asked once more */
    do {
        day = clock_now_us() / CLOCK_DAY_US;
        reply = get("/registry");
        const char *etag = strstr(reply.head, "ETag: ");
        assert_non_null(etag);
        (void)snprintf(tag, sizeof(tag), "%.*s", (int)strcspn(etag + 6, "\r"), etag + 6);
        reply = get("/registry");
    } while (clock_now_us() / CLOCK_DAY_US != day);
    assert_non_null(strstr(reply.head, tag));
    reply = get("/registry/projects");
    assert_null(strstr(reply.head, tag));
}

/* A registry in which units only went to others says so, and not that none ever did. */
static void no_internal_transfer_is_not_no_transfer(void **state)
{
    (void)state;
    town_sql("UPDATE transfer_total SET transfers = 0 WHERE kind = 'internal'");
    struct cgi_reply reply = get("/registry/transfers?kind=internal&q=nothing+like+it");
    town_sql("UPDATE transfer_total SET transfers = 1 WHERE kind = 'internal'");
    has(reply, "No completed transfer matches");
    has(reply, "see all 64 transfers");
    lacks(reply, "No transfer has been completed yet");
}

static void nothing_is_written_here(void **state)
{
    (void)state;
    struct cgi_reply reply = cgi_ask("public", town.folder, "/registry/transfers", stranger, "q=x");
    is_code(reply, 405);
    assert_non_null(strstr(reply.head, "Allow: GET, HEAD"));
}

/* Sixty moves of one batch: the newest page, the older one, which ends with the issuance, and back.
 */
static void a_long_history_has_pages(void **state)
{
    (void)state;
    char batch[64], first[ID_SIZE], last[ID_SIZE], accounts[2][ID_SIZE];
    (void)snprintf(batch, sizeof(batch), "%s",
                   value("SELECT batch_id FROM batch WHERE vintage = 2023"));
    must(TEXT_COPY(accounts[0], value("SELECT a.account_id FROM account a JOIN batch b"
                                      " ON b.account_id = a.account_id WHERE b.vintage = 2023")));
    struct command account = command_of(ACT_OPEN_ACCOUNT, "", "");
    TEXT_COPY(account.account.org_id, place.wind);
    TEXT_COPY(account.account.name, "Second");
    account.account.kind = ACCOUNT_ACTIVE;
    must(TEXT_COPY(accounts[1], town_do(&account)));
    for (int i = 0; i < 60; i++) {
        struct command move = town_transfer("", place.wind, "", place.wind, 900);
        move.transfer.kind = TRANSFER_INTERNAL;
        move.transfer.instrument = INSTRUMENT_RENEWABLE_ENERGY;
        TEXT_COPY(move.transfer.from_account_id, accounts[i % 2]);
        TEXT_COPY(move.transfer.to_account_id, accounts[1 - i % 2]);
        town.now_us += CLOCK_SECOND_US;
        must(TEXT_COPY(last, town_do(&move)));
        if (i == 0) {
            must(TEXT_COPY(first, last));
        }
    }
    struct cgi_reply reply = getf("/registry/credit-batches/%s", batch);
    assert_int_equal(count_of(reply, "moved it between its own accounts"), PAGE_ROWS);
    has(reply, last);
    lacks(reply, first);
    lacks(reply, "Issued by the registry");
    lacks(reply, ">Newest<");
    reply = follow(reply, "next");
    assert_int_equal(count_of(reply, "moved it between its own accounts"), 60 - PAGE_ROWS);
    has(reply, first);
    lacks(reply, last);
    has(reply, "Issued by the registry");
    has(reply, ">Newest<");
    lacks(reply, "rel=\"next\"");
    has(reply, "it has never been cut");

    /* What is no place of its story has nothing before it but the issuance; a transfer that waits
     * is none. */
    const char *northwind = value("SELECT b.batch_id FROM batch b JOIN transfer t ON"
                                  " t.transfer_id = b.reserved_by WHERE t.state = 'pending'");
    static const char *const unknown[] = {"tfr_0000000000000000", "x", "cnl_0000000000000000"};
    for (size_t i = 0; i < 4; i++) {
        reply = getf("/registry/credit-batches/%s?before=%s", northwind,
                     i < 3 ? unknown[i] : place.pending);
        is_code(reply, 200);
        has(reply, "Issued by the registry");
        lacks(reply, "delivered it to");
    }
    reply = getf("/registry/credit-batches/%s?before=%s", northwind, place.delivery);
    has(reply, "Issued by the registry");
    lacks(reply, "delivered it to");
    has(getf("/registry/credit-batches/%s", northwind), "delivered it to");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_page_answers_and_keeps_secrets),
        cmocka_unit_test(what_is_not_public_is_as_unknown_as_what_never_was),
        cmocka_unit_test(a_transfer_tells_its_whole_public_story),
        cmocka_unit_test(a_certificate_says_what_was_retired),
        cmocka_unit_test(the_record_has_the_digest_that_the_certificate_bears),
        cmocka_unit_test(a_paper_is_verified_by_its_number_and_code),
        cmocka_unit_test(the_list_is_filtered_by_what_the_address_says),
        cmocka_unit_test(pages_go_there_and_back),
        cmocka_unit_test(downloads_hold_the_whole_list),
        cmocka_unit_test(a_batch_shows_lineage_and_history),
        cmocka_unit_test(a_retirement_reads_like_a_certificate),
        cmocka_unit_test(projects_and_organisations_show_their_sums),
        cmocka_unit_test(totals_are_exact_and_match),
        cmocka_unit_test(a_search_leads_straight_to_a_single_hit),
        cmocka_unit_test(the_feed_is_whole),
        cmocka_unit_test(a_page_that_is_held_is_not_sent_again),
        cmocka_unit_test(no_internal_transfer_is_not_no_transfer),
        cmocka_unit_test(nothing_is_written_here),
        cmocka_unit_test(the_pdf_is_the_same_until_the_retirement_is_another),
        cmocka_unit_test(a_long_history_has_pages),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
