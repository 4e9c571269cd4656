/* fold_test: finding by name whatever the accents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "store/fold.h"

static const char *folded(const char *text)
{
    static char to[128];
    fold_text(to, sizeof(to), text);
    return to;
}

static void test_letters(void **state)
{
    (void)state;
    assert_string_equal(folded("Ørsted Čechy"), "orsted cechy");
    assert_string_equal(folded("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞß"),
                        "aaaaaaaeceeeeiiiidnoooooouuuuythss");
    assert_string_equal(folded("àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ"),
                        "aaaaaaaeceeeeiiiidnoooooouuuuythy");
    assert_string_equal(folded("ĀĐĦİĲĿŁŃŊŒŔŠŤŮŴŶŸŽſ"), "adhiijllnnoerstuwyyzs");
    assert_string_equal(folded("e\xcc\x81x"), "ex");       /* a combining accent */
    assert_string_equal(folded("東京 ×2 ÷"), "東京 ×2 ÷"); /* left as they are */
    assert_string_equal(folded(""), "");
}

static void test_cut(void **state)
{
    char to[4];
    (void)state;
    fold_text(to, sizeof(to), "abcdef");
    assert_string_equal(to, "abc");
    fold_text(to, sizeof(to), "ab東"); /* a character that does not fit whole stays out */
    assert_string_equal(to, "ab");
    fold_text(to, 1, "x");
    assert_string_equal(to, "");
}

static void test_words(void **state)
{
    static unsigned char memory[65536];
    struct arena arena;
    (void)state;
    arena_init(&arena, memory, sizeof(memory));
    struct fold_words words = fold_words(&arena, "  Fjord\tØRSTED ");
    assert_int_equal(words.count, 2);
    assert_true(fold_holds("orsted & fjord foods", &words));
    assert_false(fold_holds("fjord wind", &words));
    words = fold_words(&arena, "");
    assert_true(fold_holds("anything", &words));
    words = fold_words(&arena, "a b c d e f g h i j");
    assert_int_equal(words.count, FOLD_WORDS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_letters), cmocka_unit_test(test_cut),
                                       cmocka_unit_test(test_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
