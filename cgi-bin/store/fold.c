/* store/fold.c: see store/fold.h. */
#include "store/fold.h"

#include <string.h>

#include "base/must.h"

/* Plain letters of U+00C0..U+00FF and U+0100..U+017F, two bytes for each; ' ' fills, "" (two
 * spaces) leaves the character as it is. */
static const char latin_1[] = "a a a a a a aec e e e e i i i i d n o o o o o   o u u u u y thss"
                              "a a a a a a aec e e e e i i i i d n o o o o o   o u u u u y thy ";
static const char latin_a[] = "a a a a a a c c c c c c c c d d d d e e e e e e e e e e g g g g "
                              "g g g g h h h h i i i i i i i i i i ijijj j k k k l l l l l l l "
                              "l l l n n n n n n n n n o o o o o o oeoer r r r r r s s s s s s "
                              "s s t t t t t t u u u u u u u u u u u u w w y y y z z z z z z s ";

_Static_assert(sizeof(latin_1) == 2 * 64 + 1, "U+00C0-00FF");
_Static_assert(sizeof(latin_a) == 2 * 128 + 1, "U+0100-017F");

/* The plain letters of a two-byte character; NULL when it has none. */
static const char *plain_letters(const unsigned char *at)
{
    unsigned code = ((unsigned)(at[0] & 0x1f) << 6) | (at[1] & 0x3f);
    const char *letters = NULL;
    if (code >= 0xc0 && code <= 0xff) {
        letters = &latin_1[(size_t)2 * (code - 0xc0)];
    } else if (code >= 0x100 && code <= 0x17f) {
        letters = &latin_a[(size_t)2 * (code - 0x100)];
    }
    return letters != NULL && letters[0] != ' ' ? letters : NULL;
}

static bool is_combining(const unsigned char *at)
{
    return at[0] == 0xcc || (at[0] == 0xcd && at[1] <= 0xaf);
}

static size_t character_bytes(unsigned char first)
{
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

void fold_text(char *to, size_t to_bytes, const char *text)
{
    must(to_bytes >= 1);
    size_t used = 0;
    const unsigned char *at = (const unsigned char *)text;
    while (*at != '\0') {
        if (*at < 0x80) { /* nearly all of it: thousands of names are folded for one search */
            if (used + 2 > to_bytes) {
                break;
            }
            to[used++] = (char)(*at >= 'A' && *at <= 'Z' ? *at + ('a' - 'A') : *at);
            at++;
            continue;
        }
        char folded[5] = {0};
        size_t step = character_bytes(*at);
        const char *letters = step == 2 ? plain_letters(at) : NULL;
        if (letters != NULL) {
            folded[0] = letters[0];
            folded[1] = letters[1] == ' ' ? '\0' : letters[1];
        } else if (!(step == 2 && is_combining(at))) {
            for (size_t i = 0; i < step && at[i] != '\0'; i++) {
                folded[i] = (char)at[i];
            }
        }
        size_t folded_bytes = strlen(folded);
        if (used + folded_bytes + 1 > to_bytes) {
            break;
        }
        memcpy(to + used, folded, folded_bytes);
        used += folded_bytes;
        for (size_t i = 0; i < step && *at != '\0'; i++) {
            at++;
        }
    }
    to[used] = '\0';
}

struct fold_words fold_words(struct arena *arena, const char *text)
{
    struct fold_words words = {.count = 0};
    size_t size_bytes = 2 * strlen(text) + 1;
    char *folded = arena_take(arena, size_bytes, 1);
    fold_text(folded, size_bytes, text);
    char *rest = NULL;
    for (char *word = strtok_r(folded, " \t\n", &rest);
         word != NULL && words.count < FOLD_WORDS_MAX; word = strtok_r(NULL, " \t\n", &rest)) {
        words.words[words.count++] = word;
    }
    return words;
}

bool fold_holds(const char *folded, const struct fold_words *words)
{
    for (size_t i = 0; i < words->count; i++) {
        if (strstr(folded, words->words[i]) == NULL) {
            return false;
        }
    }
    return true;
}
