/*
 * tests/pages/api_read_test.c: the reading half of the API, the program run as plain CGI: what each
 * operation says, what others may not know, what is refused, and every kind of refusal.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "pages/api_cgi.h"

static struct api_caller northwind, charm, fjord;
static char charm_supplier[ID_SIZE], issuance[ID_SIZE], order[ID_SIZE], delivery[ID_SIZE];
static char retirement[ID_SIZE], named_retirement[ID_SIZE], pending[ID_SIZE], exported[ID_SIZE];
static char buffer[ID_SIZE], buffered[ID_SIZE], refund[ID_SIZE], named[ID_SIZE];
static json_t *answer; /* the last one */

static const char *at(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *at(const char *format, ...)
{
    static char texts[8][2048];
    static unsigned next;
    char *text = texts[next++ % 8];
    va_list arguments;
    va_start(arguments, format);
    int length = snprintf(text, sizeof texts[0], API);
    (void)vsnprintf(text + length, sizeof texts[0] - (size_t)length, format, arguments);
    va_end(arguments);
    return text;
}

static const char *words(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *words(const char *format, ...)
{
    static char texts[8][2048];
    static unsigned next;
    char *text = texts[next++ % 8];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof texts[0], format, arguments);
    va_end(arguments);
    return text;
}

/* One GET that must answer with this code, and JSON. */
static json_t *get(const struct api_caller *caller, const char *target, int code)
{
    struct cgi_reply reply = api_get(target, caller);
    json_error_t error;
    if (reply.code != code) {
        fail_msg("%s: %d, not %d: %s", target, reply.code, code, reply.body);
    }
    json_decref(answer);
    answer = json_loads(reply.body, JSON_REJECT_DUPLICATES, &error);
    if (answer == NULL) {
        fail_msg("%s: no JSON: %s", target, error.text);
    }
    return answer;
}

/* A member by its path: "nodes.0.owner.name"; NULL when it is not there. */
static const json_t *find(const json_t *json, const char *path)
{
    char name[64];
    while (json != NULL && *path != '\0') {
        size_t bytes = strcspn(path, ".");
        (void)snprintf(name, sizeof name, "%.*s", (int)bytes, path);
        json = json_is_array(json) ? json_array_get(json, (size_t)atoi(name))
                                   : json_object_get(json, name);
        path += bytes + (path[bytes] == '.' ? 1 : 0);
    }
    return json;
}

static void says(const char *path, const char *text)
{
    const char *found = json_string_value(find(answer, path));
    if (found == NULL || strcmp(found, text) != 0) {
        char *all = json_dumps(answer, JSON_INDENT(1));
        fail_msg("%s is %s, not %s in %s", path, found == NULL ? "no text" : found, text, all);
    }
}

static void says_int(const char *path, int64_t number)
{
    const json_t *found = find(answer, path);
    if (!json_is_integer(found) || json_integer_value(found) != number) {
        char *all = json_dumps(answer, JSON_INDENT(1));
        fail_msg("%s is not %lld in %s", path, (long long)number, all);
    }
}

static void says_null(const char *path)
{
    if (!json_is_null(find(answer, path))) {
        char *all = json_dumps(answer, JSON_INDENT(1));
        fail_msg("%s is not null in %s", path, all);
    }
}

static void refused(const char *target, const char *place, const char *type)
{
    (void)get(&northwind, target, 422);
    assert_int_equal(json_array_size(find(answer, "detail")), 1);
    says("detail.0.loc.0", "query");
    says("detail.0.loc.1", place);
    says("detail.0.type", type);
}

/* One text from the registry. */
static void sql_text(char id[ID_SIZE], const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    must(sqlite3_open(town.path, &db) == SQLITE_OK);
    must(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK);
    id[0] = '\0';
    if (sqlite3_step(statement) == SQLITE_ROW) {
        (void)snprintf(id, ID_SIZE, "%s", (const char *)sqlite3_column_text(statement, 0));
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
}

static const char *sql_id(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *sql_id(const char *format, ...)
{
    static char ids[8][ID_SIZE];
    static unsigned next;
    char *id = ids[next++ % 8];
    char sql[1024];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(sql, sizeof sql, format, arguments);
    va_end(arguments);
    sql_text(id, sql);
    return id;
}

static void ask(const struct command *command, char id[ID_SIZE])
{
    struct answer reply;
    enum status status = api_ask_ledger(NULL, command, &reply);
    if (status != STATUS_OK) {
        fail_msg("%s: %s", act_word((enum act_kind)command->kind), status_row(status)->slug);
    }
    (void)snprintf(id, ID_SIZE, "%s", reply.id);
}

static struct command retire_of(const char *org_id, int64_t units)
{
    struct command command = command_of(ACT_RETIRE, "", town_key());
    TEXT_COPY(command.retire.org_id, org_id);
    TEXT_COPY(command.retire.supplier_org_id, market.charm);
    command.retire.units = units;
    command.retire.purposes = 1 | 16;
    return command;
}

/* Units set aside for the buffer pool, and a part of them given back by an administrator. */
static void make_refund(void)
{
    struct command command = command_of(ACT_OPEN_ORGANISATION, "", "");
    char path[PATH_MAX], ignored[ID_SIZE];
    struct ledger_client client;
    struct answer reply;
    TEXT_COPY(command.organisation.name, "Buffer pool");
    command.organisation.kind = ORG_BUFFER;
    ask(&command, buffer);
    command = command_of(ACT_ISSUE, "", town_key());
    TEXT_COPY(command.issue.project_id, market.lithos_project);
    command.issue.vintage = 2022;
    command.issue.supplier_units = 9000;
    command.issue.buffer_units = 1000;
    TEXT_COPY(command.issue.reporting_start, "2022-04-01");
    TEXT_COPY(command.issue.reporting_end, "2022-09-30");
    ask(&command, buffered);
    command = command_of(ACT_SET_PERSON, "", "");
    TEXT_COPY(command.person.user_id, town_person('R'));
    ask(&command, ignored);
    command = command_of(ACT_SET_REGISTRY_ROLES, "", "");
    TEXT_COPY(command.person.user_id, town_person('R'));
    command.person.roles = REGISTRY_ADMINISTRATOR;
    ask(&command, ignored);
    command = command_of(ACT_REFUND, town_person('R'), town_key());
    TEXT_COPY(command.pool.org_id, buffer);
    TEXT_COPY(command.pool.project_id, market.lithos_project);
    command.pool.units = 300;
    (void)snprintf(path, sizeof path, "%s/ledger-admin.sock", town.folder);
    ledger_client_init(&client, path);
    assert_int_equal(ledger_ask(&client, &command, &reply), STATUS_OK);
    ledger_client_close(&client);
    (void)snprintf(refund, ID_SIZE, "%s", reply.id);
}

static void make_history(void)
{
    char ignored[ID_SIZE];
    struct command command = retire_of(market.northwind, 1500);
    TEXT_COPY(command.retire.beneficiary_org_id, market.fjord);
    TEXT_COPY(command.retire.notes, "For the \"harbour\".");
    ask(&command, retirement);
    command = command_of(ACT_OPEN_BENEFICIARY, "", town_key());
    TEXT_COPY(command.beneficiary.org_id, market.northwind);
    TEXT_COPY(command.beneficiary.name, "Harbour Ferries");
    TEXT_COPY(command.beneficiary.domain, "ferries.example");
    ask(&command, named);
    command = retire_of(market.northwind, 500);
    TEXT_COPY(command.retire.beneficiary, "Aunt Eri");
    ask(&command, named_retirement);
    command = town_transfer("", market.northwind, market.fjord, market.charm, 4000);
    ask(&command, pending);
    command = town_transfer("", market.northwind, "", market.charm, 1000);
    command.transfer.kind = TRANSFER_EXPORT;
    TEXT_COPY(command.transfer.to_system, "M-RETS");
    TEXT_COPY(command.transfer.to_system_party, "Somebody");
    ask(&command, exported);
    command = town_decide(ACT_REGISTRY_APPROVE, "", exported, "");
    ask(&command, ignored);
    command = town_decide(ACT_COMPLETE_EXPORT, "", exported, "");
    ask(&command, ignored);
    command = command_of(ACT_ORDER, "", town_key()); /* nothing delivered yet */
    TEXT_COPY(command.order.supplier_org_id, market.lithos);
    TEXT_COPY(command.order.buyer_org_id, market.northwind);
    TEXT_COPY(command.order.contract_date, "2025-03-01");
    command.order.units = 7000;
    ask(&command, order);
}

static int set_up(void **state)
{
    if (market_open(state) != 0) {
        return -1;
    }
    make_history();
    make_refund();
    northwind = api_caller_of(market.northwind, ROLE_VIEWER, SCOPE_READ);
    charm = api_caller_of(market.charm, ROLE_VIEWER, SCOPE_READ);
    fjord = api_caller_of(market.fjord, ROLE_VIEWER, SCOPE_READ);
    sql_text(charm_supplier,
             words("SELECT supplier_id FROM organisation WHERE org_id = '%s'", market.charm));
    sql_text(issuance, words("SELECT issuance_id FROM issuance WHERE project_id = '%s'",
                             market.charm_project));
    sql_text(delivery, words("SELECT delivery_id FROM delivery WHERE supplier_org_id = '%s'"
                             " ORDER BY delivered_at LIMIT 1",
                             market.charm));
    return 0;
}

static int tear_down(void **state)
{
    json_decref(answer);
    return market_close(state);
}

/* ---- who is who ---- */

static void organisations(void **state)
{
    (void)state;
    (void)get(&northwind, at("/organisation"), 200);
    says("id", market.northwind);
    says("name", "Northwind Carbon");
    says_null("domain");
    assert_int_equal(json_object_size(answer), 3);
    (void)get(&northwind, at("/organisations/%s", market.fjord), 200);
    says("name", "Ørsted & Fjord Foods");
    (void)get(&northwind, at("/organisations/org_1GB56M1ST1S0GVNA"), 404);
    /* whom it named itself, and nobody else knows of */
    (void)get(&northwind, at("/organisations/%s", named), 200);
    says("name", "Harbour Ferries");
    says("domain", "ferries.example");
    (void)get(&fjord, at("/organisations/%s", named), 404);
    (void)get(&northwind, at("/organisations/%s", charm_supplier), 404);
    (void)get(&northwind, at("/organisations/nonsense"), 404);
    (void)get(&northwind, at("/organisation?x=1"), 422);
}

static void suppliers(void **state)
{
    (void)state;
    (void)get(&charm, at("/supplier"), 200);
    says("id", charm_supplier);
    says("organisation.id", market.charm);
    says_null("short_description");
    says_null("location");
    (void)get(&northwind, at("/supplier"), 404); /* it is none */
    (void)get(&northwind, at("/suppliers/%s", charm_supplier), 200);
    says("organisation.name", "Charm");
    (void)get(&northwind, at("/suppliers/%s", market.charm), 404);
    (void)get(&northwind, at("/suppliers/spl_1CC712KFS1S0YKPS"), 404);
    (void)get(&northwind, at("/suppliers"), 200);
    says_int("total_count", 3);
    says("nodes.0.organisation.name", "Charm");
    says("nodes.1.organisation.name", "Fjord Wind");
    says("nodes.2.organisation.name", "Lithos");
    (void)get(&northwind, at("/transferees?first=50"), 200);
    for (size_t i = 0; i < json_array_size(find(answer, "nodes")); i++) {
        const json_t *id = json_object_get(json_array_get(find(answer, "nodes"), i), "id");
        assert_string_not_equal(json_string_value(id), market.northwind);
    }
    says_int("total_count", (int64_t)json_array_size(find(answer, "nodes")));
}

/* ---- projects and issuances ---- */

static void projects(void **state)
{
    (void)state;
    (void)get(&northwind, at("/projects/%s", market.charm_project), 200);
    says("name", "Project CHRM");
    says("short_code", "CHRM");
    says("status", "validated");
    says("supplier.id", charm_supplier);
    says("country_code", "SWE");
    says("process_key", "BIOCHAR");
    says("pathway_name", "biochar");
    says("url", words("http://127.0.0.1:8080/registry/projects/%s", market.charm_project));
    says_int("issued_credits_total.credit_kgs", 1000000);
    says_int("issued_credits_total.credits", 1000);
    says_int("retired_credits_total.credit_kgs", 2000);
    says_int("issued_buffer_pool_credits_total.credit_kgs", 0);
    says_null("validator_name");
    says_null("crediting_period_start");
    says_null("location");
    /* a certificate counts as one credit and 1000 kilograms */
    (void)get(&northwind, at("/projects/%s", market.wind_project), 200);
    says("instrument", "renewable_energy");
    says("pathway", "superpollutants");
    says("pathway_name", "wind");
    says_int("issued_credits_total.credits", 900);
    says_int("issued_credits_total.credit_kgs", 900000);
    (void)get(&northwind, at("/projects/prj_1CTWZQGKE1S0VAXA"), 404);
    (void)get(&northwind, at("/projects?first=2"), 200);
    says_int("total_count", 3);
    assert_true(json_is_true(find(answer, "page_info.has_next_page")));
    (void)get(&northwind, at("/suppliers/%s/projects", charm_supplier), 200);
    says_int("total_count", 1);
    says("nodes.0.id", market.charm_project);
    (void)get(&northwind, at("/suppliers/spl_1CC712KFS1S0YKPS/projects"), 404);
    (void)get(&northwind, at("/projects/%s/documents", market.charm_project), 200);
    says_int("total_count", 0);
    says_null("page_info.end_cursor");
    (void)get(&northwind, at("/projects/prj_1CTWZQGKE1S0VAXA/documents"), 404);
}

/* Where things are, what they are in short, their label and their documents. */
static void what_is_said(void **state)
{
    (void)state;
    char ignored[ID_SIZE];
    (void)get(&northwind, at("/projects/%s", market.lithos_project), 200);
    says_null("location");
    says_null("supplier.location");
    says_null("supplier.short_description");
    struct command command = command_of(ACT_EDIT_ORGANISATION, "", "");
    TEXT_COPY(command.organisation.org_id, market.lithos);
    TEXT_COPY(command.organisation.name, "Lithos");
    TEXT_COPY(command.organisation.country, "TZA");
    TEXT_COPY(command.organisation.short_description, "Rock on fields.");
    TEXT_COPY(command.organisation.place, "United Republic of Tanzania"); /* says nothing more */
    command.organisation.is_supplier = true;
    command.organisation.location = (struct location){true, -6369000, 34888800};
    ask(&command, ignored);
    (void)get(&northwind, at("/projects/%s", market.lithos_project), 200);
    says("supplier.short_description", "Rock on fields.");
    says("supplier.location.country_code", "TZA");
    says("supplier.location.country_name", "United Republic of Tanzania");
    says_null("supplier.location.description");
    assert_true(json_real_value(find(answer, "supplier.location.latitude")) == -6.369);
    assert_true(json_real_value(find(answer, "supplier.location.longitude")) == 34.8888);

    command = command_of(ACT_OPEN_PROJECT, "", "");
    TEXT_COPY(command.project.org_id, market.lithos);
    TEXT_COPY(command.project.name, "Said");
    TEXT_COPY(command.project.short_code, "SAID");
    TEXT_COPY(command.project.pathway_code, "EW");
    TEXT_COPY(command.project.country, "NOR");
    TEXT_COPY(command.project.place, "Kvinesdal");
    TEXT_COPY(command.project.status, "validated");
    command.project.location = (struct location){true, 58321200, 0};
    command.project.ccp_approved = true;
    char project[ID_SIZE];
    ask(&command, project);
    command = command_of(ACT_ISSUE, "", town_key());
    TEXT_COPY(command.issue.project_id, project);
    command.issue.vintage = 2025;
    command.issue.supplier_units = 5;
    char said_issuance[ID_SIZE];
    ask(&command, said_issuance);
    (void)get(&northwind, at("/issuances/%s/credit_batches", said_issuance), 200);
    assert_true(json_is_true(find(answer, "supplier_credit_batches.0.ccp_approved")));
    says_null("supplier_credit_batches.0.carbon_removal_data");
    (void)get(&northwind, at("/projects/%s", project), 200);
    says("location.country_name", "Norway");
    says("location.description", "Kvinesdal");
    says_int("location.longitude", 0);

    static const char *const document_names[] = {"beta", "Alpha", "Gamma"};
    for (int i = 0; i < 3; i++) {
        command = command_of(ACT_ADD_DOCUMENT, "", town_key());
        TEXT_COPY(command.document.project_id, project);
        TEXT_COPY(command.document.name, document_names[i]);
        (void)snprintf(command.document.url, sizeof command.document.url,
                       "https://lithos.example/%d", i);
        command.document.kind = DOCUMENT_PROTOCOL;
        ask(&command, ignored);
    }
    (void)get(&northwind, at("/projects/%s/documents?first=2", project), 200);
    says_int("total_count", 3);
    says("nodes.0.display_name", "Alpha");
    says("nodes.1.display_name", "beta");
    says("nodes.1.url", "https://lithos.example/0");
    says("nodes.1.project_id", project);
    says("nodes.1.kind", "protocol");
    says_null("nodes.1.dated");
    char end[512];
    (void)snprintf(end, sizeof end, "%s", json_string_value(find(answer, "page_info.end_cursor")));
    (void)get(&northwind, at("/projects/%s/documents?first=2&after=%s", project, end), 200);
    says("nodes.0.display_name", "Gamma");
    assert_false(json_is_true(find(answer, "page_info.has_next_page")));
}

static void issuances(void **state)
{
    (void)state;
    (void)get(&northwind, at("/issuances/%s", issuance), 200);
    says("project_id", market.charm_project);
    says("supplier.id", charm_supplier);
    says("reporting_period_start_at", "2023-01-01");
    says("reporting_period_end_at", "2023-12-31");
    says_int("supplier_credit_batch_size_total.credit_kgs", 1000000);
    says_int("buffer_pool_credit_batch_size_total.credit_kgs", 0);
    says_int("credit_batch_size_total.credit_kgs", 1000000);
    says_int("vintage", 2023);
    (void)get(&northwind, at("/issuances/iss_1EWT8R5FY1S0GFCY"), 404);
    (void)get(&northwind, at("/issuances"), 200);
    says_int("total_count", 4);
    (void)get(&northwind, at("/suppliers/%s/issuances", charm_supplier), 200);
    says_int("total_count", 1);
    says("nodes.0.id", issuance);
    /* as they came into being: the whole, split since */
    (void)get(&northwind, at("/issuances/%s/credit_batches", issuance), 200);
    says("issuance_id", issuance);
    assert_int_equal(json_array_size(find(answer, "supplier_credit_batches")), 1);
    assert_int_equal(json_array_size(find(answer, "buffer_pool_credit_batches")), 0);
    says("supplier_credit_batches.0.status", "split");
    says_int("supplier_credit_batches.0.size.credit_kgs", 1000000);
    says_null("supplier_credit_batches.0.parent_id");
    (void)get(&northwind, at("/issuances/iss_1EWT8R5FY1S0GFCY/credit_batches"), 404);
}

/* ---- orders and deliveries ---- */

static void orders(void **state)
{
    (void)state;
    (void)get(&northwind, at("/orders/%s", order), 200);
    says("status", "placed");
    says("effective_contract_date", "2025-03-01");
    says_null("fulfilled_at");
    says("buyer_organisation.id", market.northwind);
    says("supplier.organisation.id", market.lithos);
    says_int("credits_ordered.credit_kgs", 7000);
    says_int("credits_delivered.credit_kgs", 0);
    /* somebody else's is not there, and its deliveries neither */
    (void)get(&fjord, at("/orders/%s", order), 404);
    (void)get(&charm, at("/orders/%s", order), 404);
    (void)get(&fjord, at("/orders/%s/deliveries", order), 404);
    (void)get(&fjord, at("/organisations/%s/orders", market.northwind), 404);
    (void)get(&fjord, at("/suppliers/%s/orders", charm_supplier), 404);
    (void)get(&northwind, at("/orders/ord_1FAN3S3WV1S0B842"), 404);
    (void)get(&northwind, at("/organisations/%s/orders", market.northwind), 200);
    says_int("total_count", 5);
    (void)get(&charm, at("/suppliers/%s/orders", charm_supplier), 200);
    says_int("total_count", 2);
    says("nodes.0.status", "completed");
    assert_true(json_is_string(find(answer, "nodes.0.fulfilled_at")));
    const char *done = json_string_value(find(answer, "nodes.1.id"));
    char kept[ID_SIZE];
    (void)snprintf(kept, sizeof kept, "%s", done);
    (void)get(&charm, at("/orders/%s/deliveries", kept), 200);
    says_int("total_count", 1);
    says("nodes.0.id", delivery);
    (void)get(&northwind, at("/orders/%s/deliveries", order), 200);
    says_int("total_count", 0);
}

static void deliveries(void **state)
{
    (void)state;
    (void)get(&fjord, at("/deliveries/%s", delivery), 200); /* public */
    says("from_supplier.id", charm_supplier);
    says("to_organisation.id", market.northwind);
    says_int("credit_batch_size_total.credit_kgs", 60000);
    says_null("notes");
    says("url", words("http://127.0.0.1:8080/registry/deliveries/%s", delivery));
    (void)get(&northwind, at("/deliveries/dlv_1C454ZXA61S03Z9T"), 404);
    (void)get(&northwind, at("/deliveries"), 200);
    says_int("total_count", 4);
    (void)get(&northwind, at("/deliveries?from_supplier_id=%s", charm_supplier), 200);
    says_int("total_count", 2);
    (void)get(
        &northwind,
        at("/deliveries?from_supplier_id=%s&to_organisation_id=%s", charm_supplier, market.fjord),
        200);
    says_int("total_count", 0);
    (void)get(&northwind, at("/suppliers/%s/deliveries", charm_supplier), 200);
    says_int("total_count", 2);
    (void)get(&northwind, at("/deliveries/%s/credit_batches", delivery), 200);
    says_int("total_count", 1);
    says("nodes.0.delivery_id", delivery);
    says("nodes.0.status", "split"); /* parts of it were retired since */
    (void)get(&northwind, at("/deliveries/dlv_1C454ZXA61S03Z9T/credit_batches"), 404);
    refused(at("/deliveries?from_supplier_id=%s", market.charm), "from_supplier_id",
            "id_malformed");
}

/* ---- retirements ---- */

static void retirements(void **state)
{
    (void)state;
    (void)get(&charm, at("/retirements/%s", retirement), 200);
    says("owner.id", market.northwind);
    says("beneficiary.id", market.fjord);
    says("notes", "For the \"harbour\".");
    assert_int_equal(json_array_size(find(answer, "purposes")), 2);
    says("purposes.0", "corporate_targets");
    says("purposes.1", "other");
    says_int("credit_batch_size_total.credit_kgs", 1500);
    says("url", words("http://127.0.0.1:8080/registry/retirements/%s", retirement));
    /* a name alone has the id of what it was named in */
    (void)get(&charm, at("/retirements/%s", named_retirement), 200);
    says("beneficiary.name", "Aunt Eri");
    says("beneficiary.id", named_retirement);
    says_null("beneficiary.domain");
    says_null("notes");
    (void)get(&charm, at("/retirements/ret_1FYBH4QDT1S0SVKF"), 404);
    (void)get(&charm, at("/retirements"), 200);
    says_int("total_count", 2);
    (void)get(&charm, at("/retirements?beneficiary_org_id=%s", market.fjord), 200);
    says_int("total_count", 1);
    says("nodes.0.id", retirement);
    (void)get(&charm, at("/retirements?owner_org_id=%s", market.fjord), 200);
    says_int("total_count", 0);
    (void)get(&charm, at("/retirements/%s/credit_batches", retirement), 200);
    says_int("total_count", 1);
    says("nodes.0.status", "retired");
    says("nodes.0.retirement_id", retirement);
    says("nodes.0.beneficiary.id", market.fjord);
    (void)get(&charm, at("/retirements/ret_1FYBH4QDT1S0SVKF/credit_batches"), 404);
}

static void refunds(void **state)
{
    (void)state;
    (void)get(&fjord, at("/refunds/%s", refund), 200);
    says("id", refund);
    says("from_buffer_pool_organisation.id", buffer);
    says("to_organisation.id", market.lithos);
    says("project_id", market.lithos_project);
    says("notes", "");
    says_int("credit_batch_size_total.credit_kgs", 300);
    (void)get(&fjord, at("/refunds/%s/credit_batches", refund), 200);
    says_int("total_count", 1);
    says_int("nodes.0.size.credit_kgs", 300);
    says("nodes.0.owner.id", market.lithos);
    (void)get(&fjord, at("/refunds/bpr_1E5BH6AG21S0SKTW"), 404);
    (void)get(&fjord, at("/refunds/bpr_1E5BH6AG21S0SKTW/credit_batches"), 404);
    (void)get(&fjord, at("/refunds/%s", buffer), 404);
    /* as they were issued: the supplier's, and the pool's behind it */
    (void)get(&fjord, at("/issuances/%s/credit_batches", buffered), 200);
    says("supplier_credit_batches.0.owner.id", market.lithos);
    says_int("supplier_credit_batches.0.size.credit_kgs", 9000);
    says("buffer_pool_credit_batches.0.owner.id", buffer);
    says("buffer_pool_credit_batches.0.status", "split");
    says_int("buffer_pool_credit_batch_size_total.credit_kgs", 1000);
    says_int("credit_batch_size_total.credit_kgs", 10000);
    says("supplier_credit_batches.0.sequestered_on", "2022-09-30");
    (void)get(&fjord, at("/issuances/%s", buffered), 200);
    says("reporting_period_start_at", "2022-04-01");
    (void)get(&fjord, at("/projects/%s", market.lithos_project), 200);
    says_int("issued_buffer_pool_credits_total.credit_kgs", 1000);
    says_int("retired_buffer_pool_credits_total.credit_kgs", 0);
}

/* ---- batches and balances ---- */

static void a_batch(void **state)
{
    (void)state;
    const char *id = sql_id("SELECT batch_id FROM transfer_line WHERE transfer_id = '%s'", pending);
    (void)get(&northwind, at("/credit_batches/%s", id), 200);
    says("id", id);
    says("status", "active");
    says("state", "active");
    says("pending_transfer_id", pending);
    says("owner.id", market.northwind);
    says("supplier_id", charm_supplier);
    says("project_id", market.charm_project);
    says("issuance_id", issuance);
    says("removal_id", issuance);
    says("delivery_id", delivery);
    says("country_of_issue", "SWE");
    says("sequestered_on", "2023-12-31");
    says_int("size.credit_kgs", 4000);
    says_int("vintage", 2023);
    says_null("retired_at");
    says_null("retirement_id");
    says_null("beneficiary");
    says_null("left_child_id");
    says_null("carbon_removal_data");
    assert_true(json_is_false(find(answer, "ccp_approved")));
    assert_non_null(
        strstr(json_string_value(find(answer, "serial_number")), "TLY-1-BIOCHAR-SWE-CHRM-2023-"));
    char parent[ID_SIZE];
    (void)snprintf(parent, sizeof parent, "%s", json_string_value(find(answer, "parent_id")));
    /* that it waits in a transfer is nobody else's business, not even the recipient's here */
    (void)get(&fjord, at("/credit_batches/%s", id), 200);
    says("status", "active");
    says_null("pending_transfer_id");
    (void)get(&fjord, at("/credit_batches/%s", parent), 200);
    says("status", "split");
    says("left_child_id", id);
    (void)get(&northwind,
              at("/credit_batches/%s",
                 sql_id("SELECT batch_id FROM transfer_line WHERE transfer_id = '%s'", exported)),
              200);
    says("status", "retired");
    says("state", "exported");
    says_null("retired_at");
    says_null("retirement_id");
    (void)get(&northwind, at("/credit_batches/ctb_1DRBTYA8Q1S07CBY"), 404);
}

static void balances(void **state)
{
    (void)state;
    (void)get(&northwind, at("/organisations/%s/credit_balance", market.northwind), 200);
    /* 84210 and 12000 kg and 120 certificates came; 2000 kg were retired, 1000 exported, 4000 wait
     */
    says_int("total.active_credits_total.credit_kgs", 84210 - 3000 + 12000 + 120000);
    says_int("total.retired_credits_total.credit_kgs", 2000);
    says_int("total.pending_credits_total.credit_kgs", 4000);
    says_int("total.available_credits_total.credit_kgs", 84210 - 7000 + 12000 + 120000);
    assert_int_equal(json_array_size(find(answer, "supplier_balances")), 3);
    says("supplier_balances.0.supplier_id", charm_supplier);
    says_int("supplier_balances.0.total.active_credits_total.credit_kgs", 81210);
    assert_int_equal(json_array_size(find(answer, "project_balances")), 3);
    says_int("project_balances.1.total.active_credits_total.credits", 120);
    assert_int_equal(json_array_size(find(answer, "order_balances")), 4);
    says_int("order_balances.0.total.active_credits_total.credit_kgs", 57000);
    says_int("order_balances.0.total.pending_credits_total.credit_kgs", 4000);
    says_int("order_balances.0.total.retired_credits_total.credit_kgs", 2000);
    (void)get(&fjord, at("/organisations/%s/credit_balance", market.northwind), 404);
    (void)get(&fjord, at("/organisations/%s/credit_balance", market.fjord), 200);
    says_int("total.active_credits_total.credit_kgs", 0);
    assert_int_equal(json_array_size(find(answer, "supplier_balances")), 0);
}

static void batches_of_an_organisation(void **state)
{
    (void)state;
    const char *own = at("/organisations/%s/credit_batches", market.northwind);
    (void)get(&northwind, own, 200);
    int64_t count = json_integer_value(find(answer, "total_count"));
    assert_true(count > 5);
    (void)get(&northwind, words("%s?status=retired", own), 200);
    says_int("total_count", 3); /* two retirements, one export */
    (void)get(&northwind, words("%s?state=exported", own), 200);
    says_int("total_count", 1);
    says("nodes.0.state", "exported");
    says("nodes.0.status", "retired");
    (void)get(&northwind, words("%s?state=exported&status=retired", own), 200);
    says_int("total_count", 1);
    (void)get(&northwind, words("%s?state=exported&status=active", own), 200);
    says_int("total_count", 0);
    (void)get(&northwind, words("%s?status=exported", own), 422);
    (void)get(&northwind, words("%s?status=active&status=retired", own), 200);
    says_int("total_count", count);
    (void)get(&northwind, words("%s?retirement_id=%s", own, retirement), 200);
    says_int("total_count", 1);
    (void)get(&northwind,
              words("%s?supplier_id=%s&issued_after=2099-01-01T00:00:00Z", own, charm_supplier),
              200);
    says_int("total_count", 0);
    (void)get(&fjord, own, 404);
    /* what was retired on its behalf is among its own */
    (void)get(&fjord, at("/organisations/%s/credit_batches", market.fjord), 200);
    says_int("total_count", 1);
    says("nodes.0.retirement_id", retirement);
    refused(words("%s?status=gone", own), "status", "enum");
    refused(words("%s?sort_field=size", own), "sort_field", "enum");
    refused(words("%s?first=51", own), "first", "int_parsing");
    refused(words("%s?issued_after=soon", own), "issued_after", "datetime_parsing");
    refused(words("%s?after=AAAA", own), "after", "cursor");
    /* a cursor of another list */
    (void)get(&northwind, at("/projects?first=1"), 200);
    char cursor[512];
    (void)snprintf(cursor, sizeof cursor, "%s",
                   json_string_value(find(answer, "page_info.end_cursor")));
    refused(words("%s?after=%s", own, cursor), "after", "cursor");
}

/* ---- refusals ---- */

static void every_kind_of_refusal(void **state)
{
    (void)state;
    struct cgi_reply reply = api_get(at("/organisation"), NULL);
    assert_int_equal(reply.code, 401);
    assert_non_null(strstr(reply.head, "WWW-Authenticate: Bearer realm=\"registry\"\r\n"));
    assert_non_null(strstr(reply.head, "Content-Type: application/json\r\n"));
    assert_non_null(strstr(reply.head, "X-Request-Id: "));
    assert_non_null(strstr(reply.body, "\"type\":\"/registry/api#key-needed\""));
    struct api_caller wrong = northwind;
    wrong.token[strlen(wrong.token) - 5] = wrong.token[strlen(wrong.token) - 5] == 'A' ? 'B' : 'A';
    reply = api_get(at("/organisation"), &wrong);
    assert_int_equal(reply.code, 401);
    assert_non_null(strstr(reply.head, "error=\"invalid_token\"\r\n"));
    reply = api_get(at("/nothing"), &northwind);
    assert_int_equal(reply.code, 404);
    reply = api_post(at("/organisation"), &northwind, "{}", NULL);
    assert_int_equal(reply.code, 405);
    assert_non_null(strstr(reply.head, "Allow: GET, HEAD\r\n"));
    reply = api_get(at("/%%zz"), &northwind);
    assert_int_equal(reply.code, 400);
    api_accept = "application/problem+json";
    reply = api_get(at("/nothing"), &northwind);
    assert_non_null(strstr(reply.head, "Content-Type: application/problem+json\r\n"));
    reply = api_get(at("/organisation?x=1"), &northwind);
    assert_int_equal(reply.code, 422);
    assert_non_null(strstr(reply.body, "\"errors\":[{\"loc\":[\"query\",\"x\"],"));
    api_accept = "";
    /* an installation that is no sandbox does not say it is */
    reply = api_get(at("/organisation"), &northwind);
    assert_null(strstr(reply.head, "Tallystick-Sandbox"));
    assert_non_null(strstr(reply.head, "Cache-Control: no-store\r\n"));
}

static void a_sandbox_says_so(void **state)
{
    (void)state;
    market_stop_daemon();
    town_sql("UPDATE setting SET tag = 'SBX'");
    struct cgi_reply reply = api_get(at("/organisation"), &northwind);
    assert_int_equal(reply.code, 200);
    assert_non_null(strstr(reply.head, "Tallystick-Sandbox: true\r\n"));
    reply = api_get(at("/nothing"), NULL);
    assert_non_null(strstr(reply.head, "Tallystick-Sandbox: true\r\n"));
    town_sql("UPDATE setting SET tag = 'TST'");
    market_start_daemon();
}

/* ---- words that were taken away ---- */

static void redact(enum act_kind kind, const char *id)
{
    char ignored[ID_SIZE];
    struct command command = command_of(kind, "", "");
    TEXT_COPY(command.decide.subject_id, id);
    TEXT_COPY(command.decide.reason, "It named a person");
    ask(&command, ignored);
}

/* Before, nothing was taken away; afterwards it says when and why, and the words are gone. */
static void note_goes(const char *list, const char *id, bool is_null)
{
    const char *address = words(API "/%s/%s", list, id);
    (void)get(&charm, address, 200);
    says("notes", "Names Kari");
    says_null("note_redacted_at");
    says_null("note_redacted_reason");
    redact(ACT_REDACT_NOTE, id);
    (void)get(&charm, address, 200);
    if (is_null) {
        says_null("notes");
    } else {
        says("notes", "");
    }
    says("note_redacted_reason", "It named a person");
    assert_true(json_is_string(find(answer, "note_redacted_at")));
}

static void redacted_words(void **state)
{
    (void)state;
    char id[ID_SIZE], ordered[ID_SIZE];
    struct command command = command_of(ACT_ISSUE, "", town_key());
    TEXT_COPY(command.issue.project_id, market.charm_project);
    TEXT_COPY(command.issue.notes, "Names Kari");
    command.issue.vintage = 2018;
    command.issue.supplier_units = 1000;
    ask(&command, id);
    note_goes("issuances", id, true);
    command = command_of(ACT_ORDER, "", town_key());
    TEXT_COPY(command.order.supplier_org_id, market.charm);
    TEXT_COPY(command.order.buyer_org_id, market.fjord);
    command.order.units = 100;
    ask(&command, ordered);
    command = command_of(ACT_DELIVER, "", town_key());
    TEXT_COPY(command.deliver.order_id, ordered);
    TEXT_COPY(command.deliver.notes, "Names Kari");
    command.deliver.units = 100;
    ask(&command, id);
    note_goes("deliveries", id, true);
    command = command_of(ACT_REFUND, "", town_key());
    TEXT_COPY(command.pool.org_id, buffer);
    TEXT_COPY(command.pool.project_id, market.lithos_project);
    TEXT_COPY(command.pool.notes, "Names Kari");
    command.pool.units = 10;
    ask(&command, id);
    note_goes("refunds", id, false);
    command = retire_of(market.northwind, 20);
    TEXT_COPY(command.retire.beneficiary, "Kari");
    TEXT_COPY(command.retire.notes, "Names Kari");
    ask(&command, id);
    note_goes("retirements", id, true);
    says("beneficiary.name", "Kari");
    says_null("beneficiary_redacted_at");
    redact(ACT_REDACT_BENEFICIARY, id);
    (void)get(&charm, at("/retirements/%s", id), 200);
    says("beneficiary.name", "[redacted]");
    says("beneficiary_redacted_reason", "It named a person");
    (void)get(&charm, at("/retirements/%s/credit_batches", id), 200);
    says("nodes.0.beneficiary.name", "[redacted]");
}

/* Reading goes on without the ledger. */
static void the_ledger_is_away(void **state)
{
    (void)state;
    market_stop_daemon();
    (void)get(&northwind, at("/organisations/%s/credit_balance", market.northwind), 200);
    market_start_daemon();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(organisations),
        cmocka_unit_test(suppliers),
        cmocka_unit_test(projects),
        cmocka_unit_test(issuances),
        cmocka_unit_test(orders),
        cmocka_unit_test(deliveries),
        cmocka_unit_test(retirements),
        cmocka_unit_test(refunds),
        cmocka_unit_test(a_batch),
        cmocka_unit_test(balances),
        cmocka_unit_test(batches_of_an_organisation),
        cmocka_unit_test(every_kind_of_refusal),
        cmocka_unit_test(what_is_said),
        cmocka_unit_test(a_sandbox_says_so),
        cmocka_unit_test(redacted_words),
        cmocka_unit_test(the_ledger_is_away),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
