/*
 * gate/form.h: a form is a table of fields; what comes in is checked against it before a handler
 * runs. A name that is not in the table, or stands twice without being allowed to, is 400: our
 * pages never send it. A value that a person can mend is a field error.
 */
#ifndef GATE_FORM_H
#define GATE_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "http/http.h"

enum field_kind {
    VALUE_LINE,   /* one line of text, trimmed; control characters refused */
    VALUE_TEXT,   /* several lines allowed (LF); other control characters refused */
    VALUE_SECRET, /* taken exactly as typed, never shown again */
    VALUE_ID,     /* a public id; other text is as good as an unknown id */
    VALUE_INT,    /* digits */
    VALUE_AMOUNT, /* kept as typed: the handler knows the instrument */
    VALUE_DATE,   /* YYYY-MM-DD */
    VALUE_WORD,   /* one of `words`; anything else is 400 */
    VALUE_TICK,   /* a checkbox: present = true */
    VALUE_CURSOR, /* keyset cursor made by one of our links; malformed is 400 */
};

struct field_row {
    const char *name; /* "to"; a name ending in '.' takes any number of fields "qty.<id>" */
    enum field_kind kind;
    bool repeats;             /* may stand several times (tick boxes, chosen rows) */
    bool needed;              /* empty is a field error saying needed_words */
    size_t chars_max;         /* 0: 256 */
    const char *label;        /* the label's words, used in messages: "Public note" */
    const char *needed_words; /* "Enter how many credits to transfer." */
    const char *const *words; /* VALUE_WORD: NULL-ended */
};

struct form {
    const struct field_row *rows;
    size_t count;
};

struct field_error {
    const char *name; /* the field's name = the element's id to link to */
    const char *words;
};

/* The checked values. Reading a field that the form does not have is a bug (must). */
struct fields {
    const struct form *form;
    struct pairs pairs;            /* clean values, in order */
    struct field_error errors[64]; /* in form order */
    size_t error_count;
};

/* Checks pairs against the form. STATUS_BAD_REQUEST, or OK with errors counted (the handler shows
 * them with 422). */
enum status form_check(struct arena *arena, const struct form *form, const struct pairs *pairs,
                       struct fields *fields);

const char *field_text(const struct fields *fields, const char *name); /* "" when absent */
bool field_tick(const struct fields *fields, const char *name);
bool field_int(const struct fields *fields, const char *name,
               int64_t *number); /* false: absent or faulty */
/* All values of a repeating name, or the fields under "qty." (name without the dot's prefix):
 * NULL-ended iteration with *next from 0. */
const struct pair *field_each(const struct fields *fields, const char *name, size_t *next);
/* Adds an error beside a field (the handler's or the ledger's). */
void field_fault(struct fields *fields, const char *name, const char *words);

#endif
