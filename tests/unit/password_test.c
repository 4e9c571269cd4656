/* tests/unit/password_test.c: which passwords are refused, and hashing by libscrypt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "gate/password.h"

static struct arena arena;

static enum status judge(const char *password)
{
    arena_reset(&arena, 0);
    return password_judge(&arena, password, "Northern Registry", "Ada Lovelace-Example",
                          "ada.lovelace@example.org");
}

static void length_is_counted_in_characters(void **state)
{
    char text[PASSWORD_CHARS_MAX * 4];
    (void)state;
    assert_int_equal(judge(""), STATUS_PASSWORD_SHORT);
    assert_int_equal(judge("zwölf Boxkämpf"), STATUS_PASSWORD_SHORT); /* 14 characters, 16 bytes */
    assert_int_equal(judge("zwölf Boxkämpfe"), STATUS_OK);
    memset(text, 0, sizeof text);
    for (int i = 0; i < PASSWORD_CHARS_MAX; i++) {
        text[i] = (char)('!' + (i * 37) % 90);
    }
    assert_int_equal(judge(text), STATUS_OK);
    text[PASSWORD_CHARS_MAX] = 'x';
    assert_int_equal(judge(text), STATUS_PASSWORD_LONG);
}

static void no_rule_about_kinds_of_characters(void **state)
{
    static const char *const good[] = {
        "tally-stick-demo",  "four quiet otters",        "gvmzqkwthbnlxrd",
        "83019475620198",    "7391 8264 0195 3857",      "ÜberÄpfelÖlgötze",
        "   leading spaces", "kettle-orchard-violin-94", "!#%&/()=?^*_:;><@£"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        enum status wanted =
            text_characters(good[i]) < PASSWORD_CHARS_MIN ? STATUS_PASSWORD_SHORT : STATUS_OK;
        if (judge(good[i]) != wanted) {
            fail_msg("\"%s\": %d", good[i], (int)judge(good[i]));
        }
    }
}

static void common_ones_are_refused(void **state)
{
    static const char *const bad[] = {
        "passwordpassword",      "PasswordPassword",
        "passwordpassword2026!", "correct horse battery staple",
        "aaaaaaaaaaaaaaaa",      "abcabcabcabcabcabc",
        "123456789123456789",    "12345678901234567",
        "98765432109876543",     "qwertyuiopasdfgh",
        "QWERTYUIOP1234567890",  "1qaz2wsx3edc4rfv5tgb",
        "abcdefghijklmnopq",     "zyxwvutsrqponmlkj",
        "mnbvcxzlkjhgfdsa",      "northern registry",
        "Northern-Registry1",    "ada.lovelace@example.org",
        "AdaLovelace-Example",   "lovelacelovelace",
        "example-lovelace-1",    "adalovelace12345",
        "secretsecretsecret",
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (judge(bad[i]) != STATUS_PASSWORD_COMMON) {
            fail_msg("\"%s\" was let through", bad[i]);
        }
    }
    /* Names among other words are fine. */
    assert_int_equal(judge("lovelace walks her geese"), STATUS_OK);
    assert_int_equal(judge("12345 geese on the roof"), STATUS_OK);
}

static void the_list_can_be_searched(void **state)
{
    (void)state;
    assert_true(password_common_count >= 200);
    for (size_t i = 0; i < password_common_count; i++) {
        assert_true(text_characters(password_common[i]) >= PASSWORD_CHARS_MIN);
        assert_string_equal(password_common[i], text_lower(&arena, password_common[i]));
        assert_true(i == 0 || strcmp(password_common[i - 1], password_common[i]) < 0);
        assert_int_equal(judge(password_common[i]), STATUS_PASSWORD_COMMON);
    }
}

static void a_hash_fits_its_password_alone(void **state)
{
    char hash[PASSWORD_HASH_SIZE];
    char other[PASSWORD_HASH_SIZE];
    char kept[PASSWORD_HASH_SIZE];
    (void)state;
    assert_true(password_hash("four quiet otters", hash));
    assert_true(password_hash("four quiet otters", other));
    assert_string_not_equal(hash, other); /* a salt of its own */
    assert_true(text_starts(hash, "$s1$0f0803$"));
    memcpy(kept, hash, sizeof kept);
    assert_true(password_matches("four quiet otters", hash));
    assert_memory_equal(kept, hash,
                        sizeof kept); /* libscrypt_check destroys its argument: not ours */
    assert_true(password_matches("four quiet otters", hash));
    assert_false(password_matches("four quiet otter", hash));
    assert_false(password_matches("", hash));
    assert_false(password_is_dated(hash));
}

static void hashes_with_other_parameters_are_dated_but_good(void **state)
{
    /* "four quiet otters" at N=2^14 r=8 p=1, as an earlier version might have kept it. */
    char weak[PASSWORD_HASH_SIZE];
    extern int libscrypt_hash(char *, const char *, uint32_t, uint8_t, uint8_t);
    (void)state;
    assert_true(libscrypt_hash(weak, "four quiet otters", 16384, 8, 1) > 0);
    assert_true(password_is_dated(weak));
    assert_true(password_matches("four quiet otters", weak));
    assert_true(password_is_dated(""));
}

/* Of the processor, used by this process: what others do meanwhile does not count. */
static int64_t used_us(void)
{
    struct timespec used;
    assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used), 0);
    return used.tv_sec * CLOCK_SECOND_US + used.tv_nsec / 1000;
}

static int64_t time_us(const char *hash)
{
    int64_t best = INT64_MAX;
    for (int i = 0; i < 3; i++) {
        int64_t began = used_us();
        assert_false(password_matches("not the one that it is", hash));
        int64_t took = used_us() - began;
        best = took < best ? took : best;
    }
    return best;
}

static void nobody_takes_as_long_as_somebody(void **state)
{
    char hash[PASSWORD_HASH_SIZE];
    (void)state;
    assert_true(password_hash("four quiet otters", hash));
    int64_t somebody = time_us(hash);
    int64_t nobody = time_us("");
    assert_in_range(nobody * 100 / somebody, 50,
                    200); /* a machine that does other things as well */
    assert_false(password_matches("", ""));
    assert_false(password_matches("x", "garbage in the file"));
}

int main(void)
{
    arena_map(&arena, 1024UL * 1024);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(length_is_counted_in_characters),
        cmocka_unit_test(no_rule_about_kinds_of_characters),
        cmocka_unit_test(common_ones_are_refused),
        cmocka_unit_test(the_list_can_be_searched),
        cmocka_unit_test(a_hash_fits_its_password_alone),
        cmocka_unit_test(hashes_with_other_parameters_are_dated_but_good),
        cmocka_unit_test(nobody_takes_as_long_as_somebody),
    };
    return cmocka_run_group_tests_name("password", tests, NULL, NULL);
}
