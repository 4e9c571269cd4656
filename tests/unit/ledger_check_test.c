/* tests/unit/ledger_check_test.c: what words, dates and ids of a command must be like: check.c,
 * each rule at its edge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/text.h"
#include "ledger/work.h"

static struct answer answer;

/* So many characters of two bytes each. */
static const char *long_text(size_t characters)
{
    static char text[4 * NOTE_SIZE];
    assert_true(characters * 2 < sizeof text);
    for (size_t i = 0; i < characters; i++) {
        memcpy(text + i * 2, "\xc3\xa9", 2);
    }
    text[characters * 2] = '\0';
    return text;
}

static enum status note(const char *text)
{
    memset(&answer, 0, sizeof answer);
    return check_note(text, FIELD_PRIVATE_NOTE, &answer);
}

static void a_note_is_at_most_256_characters_without_control(void **state)
{
    (void)state;
    assert_int_equal(note(""), STATUS_OK);
    assert_int_equal(note(long_text(NOTE_CHARS_MAX)), STATUS_OK);
    assert_int_equal(answer.field, FIELD_NONE);
    assert_int_equal(note(long_text(NOTE_CHARS_MAX + 1)), STATUS_NOTE_TOO_LONG);
    assert_int_equal(answer.field, FIELD_PRIVATE_NOTE);
    assert_int_equal(note("two\nlines"), STATUS_NOTE_CONTROL);
    assert_int_equal(answer.field, FIELD_PRIVATE_NOTE);
    assert_int_equal(note("\xff"), STATUS_NOTE_CONTROL);
    assert_int_equal(answer.field, FIELD_PRIVATE_NOTE);
}

static void words_have_no_blanks_at_their_ends(void **state)
{
    (void)state;
    assert_true(check_words("a", 1, 3));
    assert_true(check_words("a b", 1, 3));
    assert_true(check_words("", 0, 3));
    assert_true(check_words(long_text(3), 3, 3));
    assert_false(check_words("", 1, 3));
    assert_false(check_words(long_text(2), 3, 4));
    assert_false(check_words(long_text(4), 1, 3));
    assert_false(check_words(" ab", 1, 3));
    assert_false(check_words("ab ", 1, 3));
    assert_false(check_words("ab\xc2\xa0", 1, 3));
    assert_false(check_words("\xe3\x80\x80", 1, 3));
    assert_false(check_words("a\tb", 1, 3));
    assert_false(check_words("\xc3", 1, 3));
}

static void prose_may_have_lines(void **state)
{
    (void)state;
    assert_true(check_prose(""));
    assert_true(check_prose("one\r\ntwo\tthree"));
    assert_false(check_prose("bell\a"));
    assert_false(check_prose("\xff"));
}

static void a_domain_is_a_host_name_with_a_dot(void **state)
{
    (void)state;
    static const char *const good[] = {"", "a.b", "tally-stick.example", "1.2"};
    static const char *const bad[] = {
        "a",     ".",     "..",   "a..b", ".a.b",       "a.b.",  "-a.b",   "a.b-",   "A.b",
        "a b.c", "a_b.c", "a.b/", "-",    "\xc3\xa9.b", "a.b\n", "local.", ".local", "ex ample"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        if (!check_domain(good[i])) {
            fail_msg("refused: %s", good[i]);
        }
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (check_domain(bad[i])) {
            fail_msg("let through: %s", bad[i]);
        }
    }
}

static void a_country_is_three_capitals(void **state)
{
    (void)state;
    assert_true(check_country("SWE"));
    assert_false(check_country("SW"));
    assert_false(check_country("SWED"));
    assert_false(check_country("SWe"));
    assert_false(check_country("S1E"));
    assert_false(check_country(""));
}

static void a_date_is_a_day_that_there_is(void **state)
{
    (void)state;
    assert_true(check_date(""));
    assert_true(check_date("2024-02-29"));
    assert_false(check_date("2023-02-29"));
    assert_false(check_date("2024-2-29"));
    assert_false(check_date("2024-02-29 "));
    assert_false(check_date("2024-02-2"));
    assert_false(check_date("yesterday!"));
}

static void an_address_is_of_the_web(void **state)
{
    (void)state;
    assert_true(check_web(""));
    assert_true(check_web("https://example.org/a?b=c&d=%20"));
    assert_true(check_web("http://example.org"));
    static const char *const bad[] = {"ftp://example.org",       "example.org",
                                      "javascript:alert(1)",     "https://exa mple.org",
                                      "https://example.org/\"x", "https://example.org/<x>",
                                      "https://example.org/\n",  "https://\xff",
                                      "https://example.org/{x}", "https://example.org/a|b",
                                      "https://example.org/a`b", "https://example.org/a\\b",
                                      "https://example.org/a^b", " https://example.org"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (check_web(bad[i])) {
            fail_msg("let through: %s", bad[i]);
        }
    }
}

/* Only the operator may say what something's id is to be. */
static void ids_are_given_by_tally_alone(void **state)
{
    (void)state;
    struct work work = {.program = PROGRAM_TALLY};
    assert_true(check_given_id(&work, "", "tfr"));
    assert_true(check_given_id(&work, "tfr_00000000000000ZZ", "tfr"));
    assert_false(check_given_id(&work, "org_00000000000000ZZ", "tfr"));
    assert_false(check_given_id(&work, "tfr_", "tfr"));
    static const enum asker others[] = {PROGRAM_ACCOUNT, PROGRAM_ADMIN, PROGRAM_API,
                                        PROGRAM_LEDGER};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        work.program = others[i];
        assert_true(check_given_id(&work, "", "tfr"));
        assert_false(check_given_id(&work, "tfr_00000000000000ZZ", "tfr"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_note_is_at_most_256_characters_without_control),
        cmocka_unit_test(words_have_no_blanks_at_their_ends),
        cmocka_unit_test(prose_may_have_lines),
        cmocka_unit_test(a_domain_is_a_host_name_with_a_dot),
        cmocka_unit_test(a_country_is_three_capitals),
        cmocka_unit_test(a_date_is_a_day_that_there_is),
        cmocka_unit_test(an_address_is_of_the_web),
        cmocka_unit_test(ids_are_given_by_tally_alone),
    };
    return cmocka_run_group_tests_name("checks", tests, NULL, NULL);
}
