/*
 * api_bad_units_test: notes, quantities and batches that cannot be, at every act other than
 * `POST /transfers` (api_bad_input_test.c) that takes them: retirements, deliveries, exports, and
 * previews. Each is refused with the exact place (loc) of what is wrong, and nothing is changed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pages/api_bad.h"

#define NOTES(notes) ",'notes':" notes
#define NO_NOTES NOTES("null")
/* Bodies: the members that say how much, and those about notes with a comma before. */
#define RETIRE(units, notes)                                                                       \
    "{" units ",'owner_organisation_id':'{north}','beneficiary_organisation_id':'{fjord}',"        \
    "'supplier_id':'{charm}','retirement_purposes':['other']" notes "}"
#define DELIVER(units, notes) "{" units ",'order_id':'{order}'" notes "}"
#define EXPORT_TO(system, units, notes)                                                            \
    "{" units ",'from_organisation_id':'{north}','supplier_id':'{charm}'" system notes "}"
#define EXPORT(units, notes)                                                                       \
    EXPORT_TO(",'to_system':'M-RETS','to_system_party':'Somebody'", units, notes)
#define PREVIEW(units, notes)                                                                      \
    "{" units ",'from_organisation_id':'{north}','to_organisation_id':'{fjord}',"                  \
    "'supplier_id':'{charm}'" notes "}"
#define LINE(id, kg) "{'credit_batch_id':'" id "','credit_quantity_kg':" kg "}"
#define LINES(lines) "'credit_batch_quantities':[" lines "]"
#define AMOUNT(kg) "'credit_quantity_kg':" kg

#define AT_AMOUNT "['body','credit_quantity_kg']"
#define AT_NOTES "['body','notes']"
#define AT_SECOND_BATCH "['body','credit_batch_quantities',1,'credit_batch_id']"

/* 257 code points, that is: {256} are fine though they are 512 bytes. */
#define BAD_NOTES(BODY, units)                                                                     \
    {"notes missing", BODY(units, ""), 422, AT_NOTES, "missing"},                                  \
        {"notes a number", BODY(units, NOTES("7")), 422, AT_NOTES, "string_type"},                 \
        {"notes of 257", BODY(units, NOTES("'{257}'")), 422, AT_NOTES, "string_too_long"},         \
    {                                                                                              \
        "notes with a control character", BODY(units, NOTES("'a\\u0007b'")), 422, AT_NOTES,        \
            "string_control"                                                                       \
    }
/* UNITS(kg) where the number stands. */
#define BAD_KG(BODY, UNITS, at)                                                                    \
    {"quantity 0", BODY(UNITS("0"), NO_NOTES), 422, at, "greater_than_equal"},                     \
        {"quantity negative", BODY(UNITS("-1"), NO_NOTES), 422, at, "greater_than_equal"},         \
        {"quantity with a fraction", BODY(UNITS("1.5"), NO_NOTES), 422, at, "int_from_float"},     \
        {"quantity 1e3", BODY(UNITS("1e3"), NO_NOTES), 422, at, "int_from_float"},                 \
        {"quantity as text", BODY(UNITS("'1'"), NO_NOTES), 422, at, "int_type"},                   \
        {"quantity the largest integer", BODY(UNITS("9223372036854775807"), NO_NOTES), 422, at,    \
         "less_than_equal"},                                                                       \
        {"quantity beyond int64", BODY(UNITS("9223372036854775808"), NO_NOTES), 422, at,           \
         "int_parsing_size"},                                                                      \
    {                                                                                              \
        "quantity below int64", BODY(UNITS("-9223372036854775809"), NO_NOTES), 422, at,            \
            "int_parsing_size"                                                                     \
    }
#define OWN_KG(kg) LINES(LINE("{batch}", kg))
#define CHARM_KG(kg) LINES(LINE("{foreign}", kg))
/* own and split are the caller's, foreign is somebody else's. */
#define BAD_BATCHES(BODY, own, split, foreign)                                                     \
    {"the same batch twice", BODY(LINES(LINE(own, "1") "," LINE(own, "1")), NO_NOTES), 422,        \
     AT_SECOND_BATCH, "batch-twice"},                                                              \
        {"a split batch", BODY(LINES(LINE(split, "1")), NO_NOTES), 422, AT_BATCH,                  \
         "batch-not-active"},                                                                      \
        {"a foreign batch", BODY(LINES(LINE(foreign, "1")), NO_NOTES), 422, AT_BATCH,              \
         "batch-unknown"},                                                                         \
        {"a foreign batch behind one's own",                                                       \
         BODY(LINES(LINE(own, "1") "," LINE(foreign, "1")), NO_NOTES), 422, AT_SECOND_BATCH,       \
         "batch-unknown"},                                                                         \
        {"a batch that is none", BODY(LINES(LINE("ctb_1FAN3S3WV1S0B842", "1")), NO_NOTES), 422,    \
         AT_BATCH, "batch-unknown"},                                                               \
        {"no batches", BODY(LINES(""), NO_NOTES), 422, AT_LINES, "too_short"},                     \
    {                                                                                              \
        "more than the batch has", BODY(LINES(LINE(own, "99999999")), NO_NOTES), 422, AT_QUANTITY, \
            "not-enough"                                                                           \
    }

static void test_retirements(void **state)
{
    static const struct bad named[] = {
        BAD_NOTES(RETIRE, OWN_KG("1")),
        BAD_KG(RETIRE, OWN_KG, AT_QUANTITY),
        BAD_BATCHES(RETIRE, "{batch}", "{split}", "{foreign}"),
    };
    static const struct bad oldest[] = {
        BAD_NOTES(RETIRE, AMOUNT("1")),
        BAD_KG(RETIRE, AMOUNT, AT_AMOUNT),
    };
    (void)state;
    TRY_ALL(API "/retirements", &north, named);
    TRY_ALL(API "/retirements/from_oldest_credits", &north, oldest);
}

static void test_deliveries(void **state)
{
    static const struct bad cases[] = {
        BAD_NOTES(DELIVER, CHARM_KG("1")),
        BAD_KG(DELIVER, CHARM_KG, AT_QUANTITY),
        BAD_BATCHES(DELIVER, "{foreign}", "{charm-split}", "{batch}"),
        {"credits for an order of certificates",
         "{" CHARM_KG("1000") ",'order_id':'{windy-order}'" NO_NOTES "}", 422, AT_BATCH,
         "wrong-instrument"},
    };
    (void)state;
    TRY_ALL(API "/deliveries", &charm_program, cases);
}

static void test_exports(void **state)
{
    static const struct bad cases[] = {
        BAD_NOTES(EXPORT, OWN_KG("1")),
        BAD_NOTES(EXPORT, AMOUNT("1")),
        BAD_KG(EXPORT, OWN_KG, AT_QUANTITY),
        BAD_KG(EXPORT, AMOUNT, AT_AMOUNT),
        BAD_BATCHES(EXPORT, "{batch}", "{split}", "{foreign}"),
        {"neither", EXPORT("'private_note':null", NO_NOTES), 422, "['body']", "one-of"},
        {"both", EXPORT(OWN_KG("1") "," AMOUNT("1"), NO_NOTES), 422, "['body']", "one-of"},
        {"nowhere", EXPORT_TO("", AMOUNT("1"), NO_NOTES), 422, "['body','to_system']", "missing"},
        {"to a system without a name",
         EXPORT_TO(",'to_system':'','to_system_party':'x'", AMOUNT("1"), NO_NOTES), 422,
         "['body','to_system']", "string_too_short"},
        {"to a space behind a name",
         EXPORT_TO(",'to_system':'x','to_system_party':'x '", AMOUNT("1"), NO_NOTES), 422,
         "['body','to_system_party']", "string_edges"},
    };
    (void)state;
    TRY_ALL(API "/exports", &north, cases);
    TRY_ALL(API "/exports/preview", &north, cases);
}

static void test_transfer_previews(void **state)
{
    static const struct bad cases[] = {
        BAD_NOTES(PREVIEW, OWN_KG("1")),
        BAD_KG(PREVIEW, OWN_KG, AT_QUANTITY),
        BAD_KG(PREVIEW, AMOUNT, AT_AMOUNT),
        BAD_BATCHES(PREVIEW, "{batch}", "{split}", "{foreign}"),
        {"neither", PREVIEW("'private_note':null", NO_NOTES), 422, "['body']", "one-of"},
        {"both", PREVIEW(OWN_KG("1") "," AMOUNT("1"), NO_NOTES), 422, "['body']", "one-of"},
    };
    (void)state;
    TRY_ALL(API "/transfers/preview", &north, cases);
}

/* 256 code points are a note, whatever bytes they take, and so is none of any kind. */
static void test_notes_that_are_fine(void **state)
{
    static const struct {
        const char *target;
        const struct api_caller *caller;
        const char *bodies[4];
    } acts[] = {
#define FINE(BODY, units)                                                                          \
    {BODY(units, NO_NOTES), BODY(units, NOTES("''")), BODY(units, NOTES("'x'")),                   \
     BODY(units, NOTES("'{256}'"))}
        {API "/retirements", &north, FINE(RETIRE, OWN_KG("1"))},
        {API "/retirements/from_oldest_credits", &north, FINE(RETIRE, AMOUNT("1"))},
        {API "/deliveries", &charm_program, FINE(DELIVER, CHARM_KG("1"))},
        {API "/exports", &north, FINE(EXPORT, AMOUNT("1"))},
    };
    const char *const told[] = {"null", "null", "'x'", "'{256}'"};
    (void)state;
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        for (size_t j = 0; j < 4; j++) {
            char notes[1400];
            name_batches();
            struct cgi_reply reply =
                api_post(acts[i].target, acts[i].caller, filled(acts[i].bodies[j]), NULL);
            cgi_is(&reply, 200);
            (void)snprintf(notes, sizeof notes, "\"notes\":%s", filled(told[j]));
            cgi_has(&reply, notes);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_retirements),
        cmocka_unit_test(test_deliveries),
        cmocka_unit_test(test_exports),
        cmocka_unit_test(test_transfer_previews),
        cmocka_unit_test(test_notes_that_are_fine),
    };
    return cmocka_run_group_tests(tests, bad_set_up, market_close);
}
