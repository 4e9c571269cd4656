/*
 * sample_rows.h: included by sample_view.h, so that the template compiler has to follow an include.
 * It also holds C that the compiler must step over without a stumble.
 */
#ifndef SAMPLE_ROWS_H
#define SAMPLE_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/out.h"

#define SAMPLE_MACRO(x)                                                                            \
    struct not_a_struct {                                                                          \
        x                                                                                          \
    } /* in a macro: not seen */

enum sample_colour {
    SAMPLE_RED,
    SAMPLE_GREEN, /* struct ghost { int x; }; in a comment */
};

struct sample_forward;

static inline int sample_twice(int number)
{
    struct local {
        int number;
    } local = {number};
    return 2 * local.number;
}

static const char *const sample_words[] = {"a;b", "}{", "\";"};

struct texts {
    const char *const *at;
    size_t count;
};

struct numbers {
    const int64_t *at;
    size_t count;
};

struct links {
    const struct url *at;
    size_t count;
};

struct person {
    const char *name;
    const struct person *boss; // a struct may point to its own kind
    struct texts tags;
};

struct row {
    const char *name, *note; /* two in one declaration */
    int64_t units;
    bool is_last;
    struct url link;
    struct texts tags;
    const struct person *owner;
};

struct rows {
    const struct row *at;
    size_t count;
};

#endif
