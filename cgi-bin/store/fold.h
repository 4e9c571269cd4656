/*
 * store/fold.h: text made alike for finding: small letters, Latin accents taken off. "Ørsted Čechy"
 * -> "orsted cechy". Only for comparing; what is shown is always the text itself.
 */
#ifndef STORE_FOLD_H
#define STORE_FOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* Writes the folded text of well-formed UTF-8 into to (NUL-terminated; cut at a whole character
 * when it does not fit). Letters of U+00C0-017F become their plain ASCII letters ("ß" -> "ss"), a
 * combining accent U+0300-036F goes away, every other character stays. */
void fold_text(char *to, size_t to_bytes, const char *text);

#define FOLD_WORDS_MAX 8

/* What was typed into a search box: its folded words. */
struct fold_words {
    const char *words[FOLD_WORDS_MAX];
    size_t count;
};

/* Cuts text at white space and folds it; words over FOLD_WORDS_MAX are dropped. */
struct fold_words fold_words(struct arena *arena, const char *text);

/* Does the folded text hold every word? No words: true. */
bool fold_holds(const char *folded, const struct fold_words *words);

#endif
