/* gate/password_rules.c: which passwords are refused; see gate/password.h. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "gate/password.h"

#define PATTERN_BYTES_MAX 9  /* "abcabcabc…": a pattern this short is no length */
#define RUN_BYTES_MIN 5      /* shorter ones stand in words */
#define OWN_WORD_BYTES_MIN 4 /* shorter names stand in many good passwords */
#define REST_CHARS_MIN 8     /* what must be left without the names, without the runs */

static bool is_common(struct arena *arena, const char *lower);
static bool is_repeated(const char *text);
static size_t chars_outside_runs(struct arena *arena, const char *text);
static void mark_runs(const char *text, const char *line, size_t step, bool *in_run);
static const char *without_names(struct arena *arena, const char *lower, const char *site_name,
                                 const char *person_name, const char *email);
static void strike(char *text, const char *word);
static void strike_words(struct arena *arena, char *text, const char *words, const char *between);
static int compare(const void *key, const void *entry);

enum status password_judge(struct arena *arena, const char *password, const char *site_name,
                           const char *person_name, const char *email)
{
    size_t chars = text_characters(password);
    if (chars < PASSWORD_CHARS_MIN) {
        return STATUS_PASSWORD_SHORT;
    }
    if (chars > PASSWORD_CHARS_MAX) {
        return STATUS_PASSWORD_LONG;
    }
    const char *lower = text_lower(arena, password);
    if (is_common(arena, lower) || is_repeated(lower) ||
        chars_outside_runs(arena, without_names(arena, lower, site_name, person_name, email)) <
            REST_CHARS_MIN) {
        return STATUS_PASSWORD_COMMON;
    }
    return STATUS_OK;
}

/* On the list, as it is or without the digits and signs that people put behind a word. */
static bool is_common(struct arena *arena, const char *lower)
{
    size_t bytes = strlen(lower);
    while (bytes > 0) {
        const char *start = arena_text_sized(arena, lower, bytes);
        if (bsearch(start, password_common, password_common_count, sizeof password_common[0],
                    compare) != NULL) {
            return true;
        }
        unsigned char last = (unsigned char)lower[bytes - 1];
        if (last >= 0x80 || (last >= 'a' && last <= 'z')) {
            return false;
        }
        bytes--;
    }
    return false;
}

/* One short pattern over and over. */
static bool is_repeated(const char *text)
{
    size_t bytes = strlen(text);
    for (size_t period = 1; period <= PATTERN_BYTES_MAX; period++) {
        size_t at = period;
        while (at < bytes && text[at] == text[at - period]) {
            at++;
        }
        if (at == bytes) {
            return true;
        }
    }
    return false;
}

/* How much is not part of a run along the alphabet, the digits or the keyboard, in either
 * direction, over the end and on. */
static size_t chars_outside_runs(struct arena *arena, const char *text)
{
    static const char *const lines[] = {
        "abcdefghijklmnopqrstuvwxyz", "0123456789",
        "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm",
        "azertyuiopqsdfghjklmwxcvbn", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
        "1q2w3e4r5t6y7u8i9o0p",
    };
    size_t bytes = strlen(text);
    bool *in_run = arena_array(arena, bool, bytes + 1);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        mark_runs(text, lines[i], 1, in_run);
        mark_runs(text, lines[i], strlen(lines[i]) - 1, in_run); /* backwards */
    }
    size_t rest = 0;
    for (size_t at = 0; at < bytes; at++) {
        bool begins_character = ((unsigned char)text[at] & 0xC0) != 0x80;
        rest += begins_character && !in_run[at] ? 1 : 0;
    }
    return rest;
}

/* Marks each part of text, RUN_BYTES_MIN or longer, that walks along the line, a ring, by step
 * places a character. */
static void mark_runs(const char *text, const char *line, size_t step, bool *in_run)
{
    size_t ring = strlen(line);
    size_t run = 0;
    for (size_t at = 0; text[at] != '\0'; at++) {
        const char *before = at == 0 ? NULL : strchr(line, text[at - 1]);
        bool goes_on = before != NULL && line[((size_t)(before - line) + step) % ring] == text[at];
        run = goes_on ? run + 1 : 1;
        if (run == RUN_BYTES_MIN) {
            memset(in_run + at + 1 - run, true, run);
        } else if (run > RUN_BYTES_MIN) {
            in_run[at] = true;
        }
    }
}

/* What is left without what anybody knows of the site and the person. */
static const char *without_names(struct arena *arena, const char *lower, const char *site_name,
                                 const char *person_name, const char *email)
{
    char *rest = arena_array(arena, char, strlen(lower) + 1);
    memcpy(rest, lower, strlen(lower) + 1);
    strike(rest, text_lower(arena, email));
    strike(rest, text_lower(arena, site_name));
    strike_words(arena, rest, text_lower(arena, email), "@.-_+");
    strike_words(arena, rest, text_lower(arena, site_name), " ");
    strike_words(arena, rest, text_lower(arena, person_name), " -.'");
    return rest;
}

/* Takes every occurrence of a word out of text; short words stay. */
static void strike(char *text, const char *word)
{
    size_t bytes = strlen(word);
    if (bytes < OWN_WORD_BYTES_MIN) {
        return;
    }
    for (char *at = strstr(text, word); at != NULL; at = strstr(at, word)) {
        memmove(at, at + bytes, strlen(at + bytes) + 1);
    }
}

static void strike_words(struct arena *arena, char *text, const char *words, const char *between)
{
    while (*words != '\0') {
        size_t bytes = strcspn(words, between);
        strike(text, arena_text_sized(arena, words, bytes));
        words += bytes;
        words += strspn(words, between);
    }
}

static int compare(const void *key, const void *entry)
{
    return strcmp(key, *(const char *const *)entry);
}
