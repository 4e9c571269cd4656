/*
 * unit/refusal_test.c: the ledger's refusals in the words of the pages, where they are others than
 * the table's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pages/chrome.h"

static unsigned char room[4096];
static struct arena arena = {.bytes = room, .size_bytes = sizeof(room)};

static const char *says(struct answer answer)
{
    static struct visit visit;
    visit.arena = &arena;
    return refusal_words(&visit, &answer, INSTRUMENT_CARBON_REMOVAL, "");
}

static void an_organisation_is_at_fault(void **state)
{
    (void)state;
    struct answer answer = {.status = STATUS_WRONG_SUPPLIER, .field = FIELD_SUPPLIER};
    assert_string_equal(says(answer), "This organisation is no supplier. Choose one that is.");
    answer.field = FIELD_LINES;
    assert_string_equal(says(answer), status_row(STATUS_WRONG_SUPPLIER)->sentence);
    answer = (struct answer){.status = STATUS_SAME_ACCOUNT, .field = FIELD_RECIPIENT};
    assert_string_equal(says(answer), "This is the same organisation. Choose another one.");
    answer.field = FIELD_ACCOUNT;
    assert_string_equal(says(answer), status_row(STATUS_SAME_ACCOUNT)->sentence);
}

/* Nobody named these batches: the quantity that fits is what helps. */
static void too_many_of_the_oldest(void **state)
{
    (void)state;
    struct answer answer = {
        .status = STATUS_LINES_TOO_MANY, .field = FIELD_AMOUNT, .available_units = 84210};
    assert_string_equal(says(answer), "Enter at most 84.210 credits: more would be too many "
                                      "batches at once. Do the rest in a further step.");
    answer = (struct answer){.status = STATUS_LINES_TOO_MANY, .field = FIELD_LINES};
    assert_string_equal(says(answer), status_row(STATUS_LINES_TOO_MANY)->sentence);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_organisation_is_at_fault),
        cmocka_unit_test(too_many_of_the_oldest),
    };
    return cmocka_run_group_tests_name("refusal", tests, NULL, NULL);
}
