/* status_test.c: the table has a whole row for every status. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ctype.h>
#include <stdbool.h>

#include "model/status.h"
#include "unit/dies.h"

static bool is_kebab(const char *slug)
{
    bool is_word = false;
    for (; *slug != '\0'; slug++) {
        if (*slug == '-') {
            if (!is_word) {
                return false;
            }
            is_word = false;
        } else if ((*slug >= 'a' && *slug <= 'z') || (*slug >= '0' && *slug <= '9')) {
            is_word = true;
        } else {
            return false;
        }
    }
    return is_word;
}

static void every_row_is_whole(void **state)
{
    (void)state;
    for (int i = 0; i < STATUS__COUNT; i++) {
        const struct status_row *row = status_row((enum status)i);
        assert_non_null(row->slug);
        assert_true(is_kebab(row->slug));
        assert_non_null(row->sentence);
        size_t length = strlen(row->sentence);
        assert_in_range(length, 5, 200);
        assert_int_equal(row->sentence[length - 1], '.');
        assert_true(isupper((unsigned char)row->sentence[0]));
    }
}

static void slugs_are_unique(void **state)
{
    (void)state;
    for (int i = 0; i < STATUS__COUNT; i++) {
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(status_row((enum status)i)->slug,
                                    status_row((enum status)j)->slug);
            assert_string_not_equal(status_row((enum status)i)->sentence,
                                    status_row((enum status)j)->sentence);
        }
    }
}

static void codes_and_blame_agree(void **state)
{
    (void)state;
    assert_int_equal(status_row(STATUS_OK)->http_code, 200);
    assert_int_equal(status_row(STATUS_OK)->blame, BLAME_NONE);
    for (int i = 1; i < STATUS__COUNT; i++) {
        const struct status_row *row = status_row((enum status)i);
        bool is_fault = row->http_code == 500 || row->http_code == 503;
        assert_int_equal(row->blame, is_fault ? BLAME_OPERATOR : BLAME_PERSON);
        assert_int_equal(is_fault, i >= STATUS_LEDGER_AWAY);
        if (i >= STATUS_KEY_REUSED && i < STATUS_SIGN_IN_REFUSED) {
            assert_true(row->http_code == 409 || row->http_code == 422);
        }
    }
    assert_int_equal(status_row(STATUS_BAD_REQUEST)->http_code, 400);
    assert_int_equal(status_row(STATUS_SIGN_IN_NEEDED)->http_code, 303);
    assert_int_equal(status_row(STATUS_CROSS_SITE)->http_code, 403);
    assert_int_equal(status_row(STATUS_NOT_FOUND)->http_code, 404);
    assert_int_equal(status_row(STATUS_METHOD_NOT_ALLOWED)->http_code, 405);
    assert_int_equal(status_row(STATUS_TOO_LARGE)->http_code, 413);
    assert_int_equal(status_row(STATUS_THROTTLED)->http_code, 429);
    assert_int_equal(status_row(STATUS_PLAN_CHANGED)->http_code, 409);
    assert_int_equal(status_row(STATUS_NOT_ENOUGH)->http_code, 422);
}

/* pages.md, "Words": no blame, nothing "invalid", no begging. */
static void words_that_are_not_used(void **state)
{
    (void)state;
    static const char *const words[] = {"nvalid",    "lease", "orry",        "rror", "llegal",
                                        "forbidden", "!",     "immediately", "OK"};
    for (int i = 0; i < STATUS__COUNT; i++) {
        for (size_t j = 0; j < sizeof(words) / sizeof(words[0]); j++) {
            if (strstr(status_row((enum status)i)->sentence, words[j]) != NULL) {
                fail_msg("%s: \"%s\"", status_row((enum status)i)->slug, words[j]);
            }
        }
    }
}

static void limits_stand_in_their_sentences(void **state)
{
    (void)state;
    assert_string_equal(status_row(STATUS_NOTE_TOO_LONG)->sentence,
                        "Shorten the note to at most 256 characters.");
    assert_non_null(strstr(status_row(STATUS_PASSWORD_SHORT)->sentence, " 15 "));
}

/* A sentence is true wherever its status is given, not only where it was thought of first. */
static void sentences_fit_all_that_give_them(void **state)
{
    (void)state;
    /* a pending transfer whose arrival abroad is confirmed, or that is refused a moment too late */
    assert_null(strstr(status_row(STATUS_TRANSFER_NOT_PENDING)->sentence, "approval"));
    /* who approved it for the sender is not the registry's second person either */
    assert_non_null(strstr(status_row(STATUS_SAME_PERSON)->sentence, "or approved"));
    /* retirements, deliveries, refunds; a batch of another project */
    assert_null(strstr(status_row(STATUS_WRONG_SUPPLIER)->sentence, "transfer"));
    assert_non_null(strstr(status_row(STATUS_WRONG_SUPPLIER)->sentence, "project"));
    /* an amount, oldest first, that nobody named batches for */
    assert_non_null(strstr(status_row(STATUS_LINES_TOO_MANY)->sentence, "a smaller quantity"));
    assert_non_null(strstr(status_row(STATUS_LINES_TOO_MANY)->sentence, " 256"));
}

static void row_of_none(void)
{
    (void)status_row(STATUS__COUNT);
}

static void bugs_end_the_process(void **state)
{
    (void)state;
    assert_true(dies(row_of_none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(slugs_are_unique),
        cmocka_unit_test(codes_and_blame_agree),
        cmocka_unit_test(words_that_are_not_used),
        cmocka_unit_test(limits_stand_in_their_sentences),
        cmocka_unit_test(sentences_fit_all_that_give_them),
        cmocka_unit_test(bugs_end_the_process),
    };
    return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
