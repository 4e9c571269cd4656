/*
 * api_bad_input_test: what programs may send by mistake or malice to the operations that change
 * something. Each is refused with the exact place (loc) of what is wrong, and nothing is changed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pages/api_bad.h"

#define NOTES "'notes':null"
#define LINE "{'credit_batch_id':'{batch}','credit_quantity_kg':1}"
#define LINES(lines) "{'credit_batch_quantities':" lines "," ENDS "," NOTES "}"
#define QUANTITY(kg) LINES("[{'credit_batch_id':'{batch}','credit_quantity_kg':" kg "}]")
#define BATCH(id) LINES("[{'credit_batch_id':" id ",'credit_quantity_kg':1}]")
#define NOTES_OPEN "{'credit_batch_quantities':[" LINE "]," ENDS ",'notes':"
#define NOTE(notes) NOTES_OPEN notes "}"
#define MORE(more) "{'credit_batch_quantities':[" LINE "]," ENDS "," NOTES more "}"

static void test_no_json(void **state)
{
    static const struct bad cases[] = {
        {"nothing", "", 422, "['body']", "missing"},
        {"a list", "[]", 422, "['body']", "model_attributes_type"},
        {"a number", "7", 422, "['body']", "model_attributes_type"},
        {"null", "null", 422, "['body']", "model_attributes_type"},
        {"a member twice", MORE(",'notes':'again'"), 422, "['body','notes']", "duplicate"},
        {"a member of a line twice",
         LINES("[{'credit_batch_id':'{batch}','credit_quantity_kg':1,'credit_quantity_kg':2}]"),
         422, AT_QUANTITY, "duplicate"},
        {"an unknown member", MORE(",'note':'x'"), 422, "['body','note']", "extra_forbidden"},
        {"an unknown member of a line",
         LINES("[{'credit_batch_id':'{batch}','credit_quantity_kg':1,'kg':2}]"), 422,
         "['body','credit_batch_quantities',0,'kg']", "extra_forbidden"},
        {"invalid UTF-8", NOTE("'\xC3('"), 422, "['body','notes']", "invalid_utf8"},
        {"NUL", NOTE("'a\\u0000b'"), 422, "['body','notes']", "null_character"},
        {"depth", NOTE("[[[[[[[[[[[[[[[[[[[['x']]]]]]]]]]]]]]]]]]]]"), 422,
         "['body','notes',0,0,0,0,0,0,0]", "too_deep"},
    };
    (void)state;
    TRY_ALL(API "/transfers", &north, cases);
    /* Far too deep, far too much, and another type of content. */
    int64_t before = count_all();
    static char bomb[BODY_MAX];
    memset(bomb, '[', 200000);
    struct cgi_reply reply = api_ask(API "/transfers", &north, bomb, 200000, NULL);
    expect_fault(&(struct bad){"a bomb", "", 422, "['body',0,0,0,0,0,0,0,0]", "too_deep"}, &reply);
    memset(bomb, ' ', REQUEST_BODY_BYTES_MAX + 1);
    reply = api_ask(API "/transfers", &north, bomb, REQUEST_BODY_BYTES_MAX + 1, NULL);
    cgi_is(&reply, status_row(STATUS_TOO_LARGE)->http_code);
    /* The second is what curl says unless told otherwise. As a form, this cannot be read. */
    static const char *const types[] = {"text/plain", "application/x-www-form-urlencoded"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        api_content_type = types[i];
        reply = api_post(API "/transfers", &north, filled(MORE(", 'private_note': '100%'")), NULL);
        cgi_is(&reply, status_row(STATUS_MEDIA_TYPE)->http_code);
    }
    api_content_type = "application/json";
    assert_int_equal(count_all(), before);
}

/* What is no JSON stands at a byte: how far the body was read until that was clear. */
static void test_no_json_stands_at_its_byte(void **state)
{
    static const struct {
        const char *what, *read, *rest; /* # stands for a raw NUL */
    } cases[] = {
        {"no JSON", "hello", ""},
        {"half", "{'notes':", ""},
        {"half a string", "{'notes':'x", ""},
        {"trailing bytes", MORE("") " x", ""},
        {"two documents", MORE("") "{", "}"},
        {"a comment", "/", "* */" MORE("")},
        {"a lone surrogate", NOTES_OPEN "'\\ud800'", "}"},
        {"half a surrogate pair", NOTES_OPEN "'\\ud83d\\u0041'", "}"},
        {"raw NUL alone", "#", ""},
        {"raw NUL in an object", "{#", "}"},
        {"raw NUL in a string", NOTES_OPEN "'a", "#b'}"}, /* no string goes on there */
        {"raw NUL behind the body", MORE("") "#", ""},
    };
    static char body[BODY_MAX];
    (void)state;
    int64_t before = count_all();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char loc[64];
        size_t read_bytes = (size_t)snprintf(body, sizeof body, "%s", filled(cases[i].read));
        size_t bytes = read_bytes + (size_t)snprintf(body + read_bytes, sizeof body - read_bytes,
                                                     "%s", filled(cases[i].rest));
        char *mark = memchr(body, '#', bytes);
        if (mark != NULL) {
            *mark = '\0';
        }
        (void)snprintf(loc, sizeof loc, "['body',%zu]", read_bytes);
        struct cgi_reply reply = api_ask(API "/transfers", &north, body, bytes, NULL);
        expect_fault(&(struct bad){cases[i].what, "", 422, loc, "json_invalid"}, &reply);
    }
    assert_int_equal(count_all(), before);
}

static void test_members(void **state)
{
    static const struct bad cases[] = {
        {"lines missing", "{" ENDS "," NOTES "}", 422, AT_LINES, "missing"},
        {"lines empty", LINES("[]"), 422, AT_LINES, "too_short"},
        {"lines null", LINES("null"), 422, AT_LINES, "list_type"},
        {"lines an object", LINES("{}"), 422, AT_LINES, "list_type"},
        {"a line is text", LINES("['x']"), 422, "['body','credit_batch_quantities',0]",
         "model_attributes_type"},
        {"a line without quantity", LINES("[{'credit_batch_id':'{batch}'}]"), 422, AT_QUANTITY,
         "missing"},
        {"a line without batch", LINES("[{'credit_quantity_kg':1}]"), 422, AT_BATCH, "missing"},
        {"quantity 0", QUANTITY("0"), 422, AT_QUANTITY, "greater_than_equal"},
        {"quantity negative", QUANTITY("-1"), 422, AT_QUANTITY, "greater_than_equal"},
        {"quantity with a fraction", QUANTITY("1.5"), 422, AT_QUANTITY, "int_from_float"},
        {"quantity 1.0", QUANTITY("1.0"), 422, AT_QUANTITY, "int_from_float"},
        {"quantity 1e3", QUANTITY("1e3"), 422, AT_QUANTITY, "int_from_float"},
        {"quantity as text", QUANTITY("'1'"), 422, AT_QUANTITY, "int_type"},
        {"quantity true", QUANTITY("true"), 422, AT_QUANTITY, "int_type"},
        {"quantity null", QUANTITY("null"), 422, AT_QUANTITY, "int_type"},
        {"quantity more than there is", QUANTITY("999999999"), 422, AT_QUANTITY, "not-enough"},
        {"quantity beyond any", QUANTITY("1000000000000001"), 422, AT_QUANTITY,
         "quantity-too-large"},
        {"quantity the largest integer", QUANTITY("9223372036854775807"), 422, AT_QUANTITY,
         "less_than_equal"},
        {"quantity beyond int64", QUANTITY("9223372036854775808"), 422, AT_QUANTITY,
         "int_parsing_size"},
        {"quantity far beyond",
         QUANTITY("1"
                  "000000000000000000000000000000000000000"),
         422, AT_QUANTITY, "int_parsing_size"},
        {"quantity below int64", QUANTITY("-9223372036854775809"), 422, AT_QUANTITY,
         "int_parsing_size"},
        {"sender missing",
         "{'credit_batch_quantities':[" LINE "],'to_organisation_id':'{fjord}',"
         "'supplier_id':'{charm}'," NOTES "}",
         422, "['body','from_organisation_id']", "missing"},
        {"sender a number",
         "{'credit_batch_quantities':[" LINE "],'from_organisation_id':7,"
         "'to_organisation_id':'{fjord}','supplier_id':'{charm}'," NOTES "}",
         422, "['body','from_organisation_id']", "string_type"},
        {"recipient short",
         "{'credit_batch_quantities':[" LINE "],'from_organisation_id':'{north}',"
         "'to_organisation_id':'org_1','supplier_id':'{charm}'," NOTES "}",
         422, "['body','to_organisation_id']", "id_malformed"},
        {"recipient unknown",
         "{'credit_batch_quantities':[" LINE "],'from_organisation_id':'{north}',"
         "'to_organisation_id':'org_1FAN3S3WV1S0B842','supplier_id':'{charm}'," NOTES "}",
         422, "['body','to_organisation_id']", "recipient-unknown"},
        {"recipient oneself",
         "{'credit_batch_quantities':[" LINE "],'from_organisation_id':'{north}',"
         "'to_organisation_id':'{north}','supplier_id':'{charm}'," NOTES "}",
         422, "['body','to_organisation_id']", "same-account"},
        {"sender another organisation",
         "{'credit_batch_quantities':[" LINE "],'from_organisation_id':'{fjord}',"
         "'to_organisation_id':'{north}','supplier_id':'{charm}'," NOTES "}",
         403, NULL, "not-allowed"},
        {"sender nobody",
         "{'credit_batch_quantities':[" LINE "],'from_organisation_id':'org_1FAN3S3WV1S0B842',"
         "'to_organisation_id':'{north}','supplier_id':'{charm}'," NOTES "}",
         403, NULL, "not-allowed"},
        {"an organisation's id for the supplier",
         "{'credit_batch_quantities':[" LINE "],'from_organisation_id':'{north}',"
         "'to_organisation_id':'{fjord}','supplier_id':'{north}'," NOTES "}",
         422, "['body','supplier_id']", "supplier-unknown"},
        {"notes missing", "{'credit_batch_quantities':[" LINE "]," ENDS "}", 422,
         "['body','notes']", "missing"},
        {"notes a number", NOTE("7"), 422, "['body','notes']", "string_type"},
        {"notes of 257 characters", NOTE("'{257}'"), 422, "['body','notes']", "string_too_long"},
        {"notes with a control character", NOTE("'a\\u0007b'"), 422, "['body','notes']",
         "string_control"},
        {"private note of 257 characters", MORE(",'private_note':'{257}'"), 422,
         "['body','private_note']", "string_too_long"},
        {"corrects what is none", MORE(",'corrects_id':'tfr_1FAN3S3WV1S0B842'"), 422,
         "['body','corrects_id']", "corrects-unknown"},
        {"corrects no id", MORE(",'corrects_id':'x'"), 422, "['body','corrects_id']",
         "id_malformed"},
        {"a plan that is none", MORE(",'plan_hash':'abc'"), 422, "['body','plan_hash']",
         "plan-malformed"},
        {"another plan", MORE(",'plan_hash':'{64}'"), 409, NULL, "plan-changed"},
        {"an account of nobody", MORE(",'to_account_id':'acc_1FAN3S3WV1S0B842'"), 422,
         "['body','to_account_id']", "account-unknown"},
    };
    (void)state;
    assert_string_equal(status_row(STATUS_SUPPLIER_UNKNOWN)->slug, "supplier-unknown");
    TRY_ALL(API "/transfers", &north, cases);
}

static void test_batches(void **state)
{
    static const struct bad cases[] = {
        {"a batch that is none", BATCH("'ctb_1FAN3S3WV1S0B842'"), 422, AT_BATCH, "batch-unknown"},
        {"an id of another kind", BATCH("'{north}'"), 422, AT_BATCH, "batch-unknown"},
        {"a foreign batch", BATCH("'{foreign}'"), 422, AT_BATCH, "batch-unknown"},
        {"a split batch", BATCH("'{split}'"), 422, AT_BATCH, "batch-not-active"},
        {"a reserved batch", BATCH("'{reserved}'"), 422, AT_BATCH, "batch-reserved"},
        {"of another supplier", BATCH("'{lithos-batch}'"), 422, AT_BATCH, "wrong-supplier"},
        {"two suppliers",
         LINES("[" LINE ",{'credit_batch_id':'{lithos-batch}','credit_quantity_kg':1}]"), 422,
         "['body','credit_batch_quantities',1,'credit_batch_id']", "wrong-supplier"},
        {"the same batch twice", LINES("[" LINE "," LINE "]"), 422,
         "['body','credit_batch_quantities',1,'credit_batch_id']", "batch-twice"},
        {"an id in small letters", BATCH("'ctb_1fan3s3wv1s0b842'"), 422, AT_BATCH, "id_malformed"},
    };
    (void)state;
    TRY_ALL(API "/transfers", &north, cases);
    /* More batches than one act takes. */
    static char many[BODY_MAX];
    size_t used = (size_t)snprintf(many, sizeof many, "{\"credit_batch_quantities\":[");
    for (int i = 0; i <= COMMAND_LINES_MAX; i++) {
        used += (size_t)snprintf(many + used, sizeof many - used,
                                 "%s{\"credit_batch_id\":\"ctb_1FAN3S3WV1S0B%03d\","
                                 "\"credit_quantity_kg\":1}",
                                 i == 0 ? "" : ",", i);
    }
    (void)snprintf(many + used, sizeof many - used, "],%s}", filled(ENDS "," NOTES));
    struct cgi_reply reply = api_post(API "/transfers", &north, many, NULL);
    cgi_is(&reply, 422);
    cgi_has(&reply, "\"loc\":[\"body\",\"credit_batch_quantities\"]");
    cgi_has(&reply, "\"type\":\"too_long\"");
}

#define OLDEST(more) "{" ENDS "," NOTES more "}"

static void test_oldest(void **state)
{
    static const struct bad cases[] = {
        {"no quantity", OLDEST(""), 422, "['body','credit_quantity_kg']", "missing"},
        {"quantity 0", OLDEST(",'credit_quantity_kg':0"), 422, "['body','credit_quantity_kg']",
         "greater_than_equal"},
        {"quantity negative", OLDEST(",'credit_quantity_kg':-5"), 422,
         "['body','credit_quantity_kg']", "greater_than_equal"},
        {"more than there is", OLDEST(",'credit_quantity_kg':99999999"), 422,
         "['body','credit_quantity_kg']", "not-enough"},
        {"beyond any", OLDEST(",'credit_quantity_kg':1000000000000001"), 422,
         "['body','credit_quantity_kg']", "quantity-too-large"},
        {"an instrument that is none", OLDEST(",'credit_quantity_kg':1,'instrument':'gold'"), 422,
         "['body','instrument']", "enum"},
        {"batches, too", OLDEST(",'credit_quantity_kg':1,'credit_batch_quantities':[]"), 422,
         "['body','credit_batch_quantities']", "extra_forbidden"},
    };
    (void)state;
    TRY_ALL(API "/transfers/from_oldest_credits", &north, cases);
}

/* 256 code points are a note, whatever bytes they take, and so is none of any kind. */
static void test_notes_that_are_fine(void **state)
{
    static const char *const notes[] = {"null", "''", "'x'", "'{256}'"};
    (void)state;
    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++) {
        char pattern[1024];
        (void)snprintf(pattern, sizeof pattern, "{" ENDS ",'credit_quantity_kg':1,'notes':%s}",
                       notes[i]);
        struct cgi_reply reply =
            api_post(API "/transfers/from_oldest_credits", &north, filled(pattern), NULL);
        cgi_is(&reply, 200);
        cgi_has(&reply, i == 0 || i == 1 ? "\"notes\":null" : i == 2 ? "\"notes\":\"x\"" : "é");
    }
}

#define RETIRES                                                                                    \
    "'owner_organisation_id':'{north}','beneficiary_organisation_id':'{fjord}',"                   \
    "'supplier_id':'{charm}','retirement_purposes':['other'],'notes':null"

static void test_retirements(void **state)
{
    static const struct bad cases[] = {
        {"owner another organisation",
         "{'owner_organisation_id':'{fjord}','beneficiary_organisation_id':'{fjord}',"
         "'supplier_id':'{charm}','retirement_purposes':['other'],'notes':null,"
         "'credit_quantity_kg':1}",
         403, NULL, "not-allowed"},
        {"beneficiary nobody",
         "{'owner_organisation_id':'{north}','beneficiary_organisation_id':"
         "'org_1FAN3S3WV1S0B842','supplier_id':'{charm}','retirement_purposes':['other'],"
         "'notes':null,'credit_quantity_kg':1}",
         422, "['body','beneficiary_organisation_id']", "recipient-unknown"},
        {"no purpose",
         "{'owner_organisation_id':'{north}','beneficiary_organisation_id':'{fjord}',"
         "'supplier_id':'{charm}','retirement_purposes':[],'notes':null,'credit_quantity_kg':1}",
         422, "['body','retirement_purposes']", "too_short"},
        {"a purpose twice",
         "{'owner_organisation_id':'{north}','beneficiary_organisation_id':'{fjord}',"
         "'supplier_id':'{charm}','retirement_purposes':['other','other'],'notes':null,"
         "'credit_quantity_kg':1}",
         422, "['body','retirement_purposes',1]", "duplicate"},
        {"a purpose that is none",
         "{'owner_organisation_id':'{north}','beneficiary_organisation_id':'{fjord}',"
         "'supplier_id':'{charm}','retirement_purposes':['fun'],'notes':null,"
         "'credit_quantity_kg':1}",
         422, "['body','retirement_purposes',0]", "enum"},
        {"vintage 1899", "{" RETIRES ",'credit_quantity_kg':1,'vintage':1899}", 422,
         "['body','vintage']", "greater_than_equal"},
        {"vintage as text", "{" RETIRES ",'credit_quantity_kg':1,'vintage':'2023'}", 422,
         "['body','vintage']", "int_type"},
        {"nothing of that vintage", "{" RETIRES ",'credit_quantity_kg':1,'vintage':2001}", 422,
         "['body','credit_quantity_kg']", "not-enough"},
        {"an order of others", "{" RETIRES ",'credit_quantity_kg':1,'order_id':'{other-order}'}",
         422, "['body','order_id']", "order-unknown"},
        {"an order that is none",
         "{" RETIRES ",'credit_quantity_kg':1,'order_id':'ord_1FAN3S3WV1S0B842'}", 422,
         "['body','order_id']", "order-unknown"},
        {"more than there is", "{" RETIRES ",'credit_quantity_kg':99999999}", 422,
         "['body','credit_quantity_kg']", "not-enough"},
    };
    static const struct bad named[] = {
        {"a foreign batch",
         "{" RETIRES ",'credit_batch_quantities':[{'credit_batch_id':'{foreign}',"
         "'credit_quantity_kg':1}]}",
         422, AT_BATCH, "batch-unknown"},
        {"of another supplier",
         "{" RETIRES ",'credit_batch_quantities':[{'credit_batch_id':'{lithos-batch}',"
         "'credit_quantity_kg':1}]}",
         422, AT_BATCH, "wrong-supplier"},
        {"a reserved batch",
         "{" RETIRES ",'credit_batch_quantities':[{'credit_batch_id':'{reserved}',"
         "'credit_quantity_kg':1}]}",
         422, AT_BATCH, "batch-reserved"},
        {"a vintage", "{" RETIRES ",'credit_batch_quantities':[" LINE "],'vintage':2023}", 422,
         "['body','vintage']", "extra_forbidden"},
        {"empty", "{" RETIRES ",'credit_batch_quantities':[]}", 422, AT_LINES, "too_short"},
    };
    (void)state;
    TRY_ALL(API "/retirements/from_oldest_credits", &north, cases);
    TRY_ALL(API "/retirements", &north, named);
}

#define DELIVERS(order, batch, kg)                                                                 \
    "{'order_id':'" order "','notes':null,'credit_batch_quantities':[{'credit_batch_id':'" batch   \
    "','credit_quantity_kg':" kg "}]}"

static void test_deliveries(void **state)
{
    static const struct bad cases[] = {
        {"no order", "{'notes':null,'credit_batch_quantities':[" LINE "]}", 422,
         "['body','order_id']", "missing"},
        {"an order that is none", DELIVERS("ord_1FAN3S3WV1S0B842", "{foreign}", "1"), 422,
         "['body','order_id']", "order-unknown"},
        {"an order of others", DELIVERS("{other-order}", "{foreign}", "1"), 422,
         "['body','order_id']", "order-unknown"},
        {"more than was ordered", DELIVERS("{order}", "{foreign}", "5001"), 422, AT_LINES,
         "order-exceeded"},
        {"a batch of the buyer's", DELIVERS("{order}", "{batch}", "1"), 422, AT_BATCH,
         "batch-unknown"},
        {"quantity 0", DELIVERS("{order}", "{foreign}", "0"), 422, AT_QUANTITY,
         "greater_than_equal"},
        {"notes missing",
         "{'order_id':'{order}','credit_batch_quantities':[{'credit_batch_id':'{foreign}',"
         "'credit_quantity_kg':1}]}",
         422, "['body','notes']", "missing"},
    };
    static const struct bad others[] = {
        {"the buyer delivers", DELIVERS("{order}", "{batch}", "1"), 422, "['body','order_id']",
         "order-unknown"},
    };
    (void)state;
    TRY_ALL(API "/deliveries", &charm_program, cases);
    TRY_ALL(API "/deliveries", &north, others);
}

static void test_beneficiaries(void **state)
{
    static const struct bad cases[] = {
        {"a name alone", "{'beneficiary_name':'Ada'}", 422, "['body']", "one-of"},
        {"both",
         "{'beneficiary_name':'Ada','beneficiary_domain':'ada.example',"
         "'beneficiary_email':'ada@ada.example'}",
         422, "['body']", "one-of"},
        {"no name", "{'beneficiary_email':'ada@ada.example'}", 422, "['body','beneficiary_name']",
         "missing"},
        {"an empty name", "{'beneficiary_name':'','beneficiary_email':'ada@ada.example'}", 422,
         "['body','beneficiary_name']", "string_too_short"},
        {"a long name", "{'beneficiary_name':'{257}','beneficiary_email':'ada@ada.example'}", 422,
         "['body','beneficiary_name']", "string_too_long"},
        {"no address", "{'beneficiary_name':'Ada','beneficiary_email':'ada'}", 422,
         "['body','beneficiary_email']", "email"},
        {"two lines", "{'beneficiary_name':'Ada','beneficiary_email':'a@b\\nc@d'}", 422,
         "['body','beneficiary_email']", "string_control"},
        {"no domain", "{'beneficiary_name':'Ada','beneficiary_domain':'not a domain'}", 422,
         "['body','beneficiary_domain']", "value-refused"},
        {"the other kind",
         "{'__typename':'CreateIndividualBeneficiary','beneficiary_name':'Ada',"
         "'beneficiary_domain':'ada.example'}",
         422, "['body','__typename']", "one-of"},
        {"a kind that is none",
         "{'__typename':'Create','beneficiary_name':'Ada','beneficiary_domain':'ada.example'}", 422,
         "['body','__typename']", "enum"},
    };
    (void)state;
    TRY_ALL(API "/beneficiary", &north, cases);
}

/* Every address with an id of nothing, and what cannot be an id. */
static void test_ids(void **state)
{
    static const char *const gets[] = {
        "/transfers/tfr_1FAN3S3WV1S0B842", "/transfers/tfr_1FAN3S3WV1S0B842/credit_batches",
        "/transfers/ctb_1FAN3S3WV1S0B842", "/transfers/x",
        "/exports/tfr_1FAN3S3WV1S0B842",   "/exports/tfr_1FAN3S3WV1S0B842/credit_batches"};
    static const char *const posts[] = {
        "/transfers/tfr_1FAN3S3WV1S0B842/accept", "/transfers/tfr_1FAN3S3WV1S0B842/withdraw",
        "/transfers/tfr_1FAN3S3WV1S0B842/approve", "/exports/tfr_1FAN3S3WV1S0B842/withdraw"};
    (void)state;
    int64_t before = count_all();
    for (size_t i = 0; i < sizeof gets / sizeof gets[0]; i++) {
        char target[256];
        (void)snprintf(target, sizeof target, API "%s", gets[i]);
        struct cgi_reply reply = api_get(target, &north);
        cgi_is(&reply, 404);
    }
    for (size_t i = 0; i < sizeof posts / sizeof posts[0]; i++) {
        char target[256];
        (void)snprintf(target, sizeof target, API "%s", posts[i]);
        struct cgi_reply reply = api_post(target, &north, "", NULL);
        cgi_is(&reply, 404);
        reply = api_post(target, &north, "{\"x\":1}", NULL);
        cgi_is(&reply, 422);
        cgi_has(&reply, "\"loc\":[\"body\",\"x\"]");
        (void)snprintf(target, sizeof target, API "%s?x=1", posts[i]);
        reply = api_post(target, &north, "", NULL);
        cgi_is(&reply, 422);
        cgi_has(&reply, "\"loc\":[\"query\",\"x\"]");
    }
    assert_int_equal(count_all(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_json),    cmocka_unit_test(test_no_json_stands_at_its_byte),
        cmocka_unit_test(test_members),    cmocka_unit_test(test_batches),
        cmocka_unit_test(test_oldest),     cmocka_unit_test(test_retirements),
        cmocka_unit_test(test_deliveries), cmocka_unit_test(test_beneficiaries),
        cmocka_unit_test(test_ids),        cmocka_unit_test(test_notes_that_are_fine),
    };
    return cmocka_run_group_tests(tests, bad_set_up, market_close);
}
