/*
 * api/body.h: reading a JSON body against a table of members, as gate/form.h does for forms. The
 * parser is Debian's libjansson; api/body.c is the only file that includes it, and its memory is
 * the request's arena. Refused, each with its place: no JSON at all, trailing bytes, invalid UTF-8,
 * NUL, duplicate or unknown members, numbers beyond int64 or with a fraction where an integer is
 * wanted, more than BODY_DEPTH_MAX levels or BODY_VALUES_MAX values (base/limits.h), wrong types,
 * missing members, lengths in code points.
 */
#ifndef API_BODY_H
#define API_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/fault.h"
#include "gate/gate.h"

enum member_kind {
    MEMBER_TEXT,  /* a string of least..chars_max code points without control characters (LF too
                     only with allows_lines) */
    MEMBER_ID,    /* a well-formed public id (base/id.h), or a fault; whether it exists is not
                     asked: the ledger does, and answers at the same place */
    MEMBER_INT,   /* an integer from least to most */
    MEMBER_WORD,  /* one of `words` */
    MEMBER_WORDS, /* an array of distinct `words`; least..most of them */
    MEMBER_BOOL,
    MEMBER_TIME, /* ISO 8601, rounded down to the microsecond */
    MEMBER_ROWS, /* an array of objects of `inner`; least..most of them */
};

struct member {
    const char *name;
    enum member_kind kind;
    bool optional; /* may be absent: then as null */
    bool nullable;
    bool allows_lines;
    size_t chars_max;
    int64_t least, most;
    const char *const *words; /* NULL-ended */
    const struct members *inner;
};
struct members {
    const struct member *at;
    size_t count;
};

/* One value that was read. */
struct value {
    bool is_given; /* false: absent or null */
    const char *text;
    int64_t number;         /* MEMBER_INT, MEMBER_TIME (us), MEMBER_BOOL, index of MEMBER_WORD */
    const int *words;       /* MEMBER_WORDS: indexes */
    const struct row *rows; /* MEMBER_ROWS */
    size_t count;           /* of words or rows */
};
/* One object: a value for each member of its table, in the table's order. */
struct row {
    const struct value *values;
};

/* Reads the request's whole body. STATUS_OK; STATUS_MEDIA_TYPE (415) for another Content-Type than
 * application/json; STATUS_FORM_FAULTS with the faults noted in visit->faults. */
enum status body_read(struct visit *visit, const struct members *members, struct row *row);
/* The same for a body that may be empty (accept, withdraw): then every member is absent. */
enum status body_read_optional(struct visit *visit, const struct members *members, struct row *row);

#endif
