/*
 * import/value_date.c: the forms of a date that people and spreadsheets write. See import/value.h.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/must.h"
#include "import/print.h"
#include "import/value.h"

#define PARTS 3

/* A date in three parts, numbers or words. */
struct parts {
    int numbers[PARTS]; /* -1: a word */
    int figures[PARTS]; /* how many figures a number has */
    int month[PARTS];   /* 1-12 for a month's name, 0 otherwise */
    char separator;     /* the first one */
};

static bool split(const char *text, struct parts *parts);
static bool split_word(const char **text, struct parts *parts, int i);
static int month_of(const char *word, size_t length);
static bool is_date(int year, int month, int day, char date[11]);

static const char ACCEPTED[] = "this is not a date. Write it as 2026-04-14 or 14 April 2026.";

bool value_parse_date(const char *text, char date[11], const char **why)
{
    struct parts p;
    char other[11];

    *why = ACCEPTED;
    if (!split(text, &p)) {
        return false;
    }
    if (p.month[1] > 0 && p.figures[2] == 4) { /* 14 April 2026 */
        return is_date(p.numbers[2], p.month[1], p.numbers[0], date);
    }
    if (p.month[0] > 0 && p.figures[2] == 4) { /* April 14, 2026 */
        return is_date(p.numbers[2], p.month[0], p.numbers[1], date);
    }
    if (p.numbers[0] < 0 || p.numbers[1] < 0 || p.numbers[2] < 0) {
        return false;
    }
    if (p.figures[0] == 4) { /* 2026-04-14, 2026/04/14 */
        return is_date(p.numbers[0], p.numbers[1], p.numbers[2], date);
    }
    if (p.figures[2] != 4) {
        *why = "write the year with four figures, as in 2026-04-14.";
        return false;
    }
    if (p.separator == '.') { /* 14.04.2026: always the day first */
        return is_date(p.numbers[2], p.numbers[1], p.numbers[0], date);
    }
    bool day_first = is_date(p.numbers[2], p.numbers[1], p.numbers[0], date);
    bool month_first = is_date(p.numbers[2], p.numbers[0], p.numbers[1], other);
    if (day_first && month_first && p.numbers[0] != p.numbers[1]) {
        *why = "day and month could be either way round. Write it as 2026-04-14.";
        return false;
    }
    if (!day_first && month_first) {
        memcpy(date, other, sizeof other);
    }
    return day_first || month_first;
}

static bool split(const char *text, struct parts *parts)
{
    *parts = (struct parts){.numbers = {-1, -1, -1}};
    for (int i = 0; i < PARTS; i++) {
        if (!split_word(&text, parts, i)) {
            return false;
        }
        if (i + 1 == PARTS) {
            break;
        }
        if (i == 0) {
            parts->separator = *text;
        }
        size_t between = strspn(text, " ,./-");
        if (between < 1 || between > 2) {
            return false;
        }
        text += between;
    }
    return *text == '\0';
}

static bool split_word(const char **text, struct parts *parts, int i)
{
    size_t figures = strspn(*text, "0123456789");
    size_t letters = strspn(*text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    must(i >= 0 && i < PARTS);
    if (figures >= 1 && figures <= 4) {
        parts->numbers[i] = 0;
        for (size_t j = 0; j < figures; j++) {
            parts->numbers[i] = parts->numbers[i] * 10 + ((*text)[j] - '0');
        }
        parts->figures[i] = (int)figures;
        *text += figures;
        return true;
    }
    parts->month[i] = month_of(*text, letters);
    *text += letters;
    return parts->month[i] > 0;
}

/* A month's English name, whole or its first three letters; 0: none. */
static int month_of(const char *word, size_t length)
{
    static const char *const names[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};

    for (int i = 0; i < 12; i++) {
        if ((length == 3 || length == strlen(names[i])) &&
            strncasecmp(word, names[i], length) == 0) {
            return i + 1;
        }
    }
    return 0;
}

static bool is_date(int year, int month, int day, char date[11])
{
    char text[40];
    int64_t at = 0;

    PRINT_INTO(text, "%04d-%02d-%02d", year, month, day);
    if (!clock_parse_date(text, &at)) {
        return false;
    }
    memcpy(date, text, 11);
    return true;
}
