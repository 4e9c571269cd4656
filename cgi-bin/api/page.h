/*
 * api/page.h: query parameters, and Relay paging: first/after forward, last/before backward.
 *
 * A cursor is opaque: base64url of the list's name, its filters' digest and the sort key and id of
 * a row, with a check over all of it, so that one of another list, of other filters or made up is
 * refused (422 at ["query", "after"]). It names a place in an order that never changes, so pages
 * stay right while rows are added: going forward never shows a row twice and never leaves one out
 * that was there when the walk began.
 */
#ifndef API_PAGE_H
#define API_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/fault.h"
#include "api/json.h"
#include "gate/gate.h"
#include "store/page_ask.h"

enum query_kind {
    QUERY_ID,    /* of `prefix` ("org"); "" when absent */
    QUERY_TIME,  /* ISO 8601 -> microseconds, rounded down, never 0; 0 when absent */
    QUERY_WORD,  /* one of `words` -> its index, -1 when absent */
    QUERY_WORDS, /* may stand several times, or once with commas -> bits 1 << index; 0 absent */
    QUERY_INT,   /* least..most; 0 when absent */
};

struct query_row_of {
    const char *name;
    enum query_kind kind;
    const char *prefix;
    const char *const *words;
    int64_t least, most;
};

/* A list's own parameters; every list also takes first, after, last, before when is_paged. */
struct query_form {
    const char *list; /* name of the list inside its cursors: "transfers" */
    const struct query_row_of *rows;
    size_t count;
    bool is_paged;
};

struct query_value {
    const char *text;
    int64_t number;
};

/* Reads the query against the form: values in the rows' order. Unknown or repeated parameters,
 * malformed values, after with before, a cursor of another list: faults. first and last may both
 * stand there, as clients made from the contract send their defaults: the cursor says which way to
 * go; without one it is forward, unless last stands alone. subject: what the list
 * belongs to besides its filters (the path's id; the caller's organisation where it decides what
 * is listed), part of the cursor's check. */
enum status query_read(struct visit *visit, const struct query_form *form, const char *subject,
                       struct query_value *values, struct page_ask *ask);

/* One end of what is shown. */
struct page_end {
    int64_t key;
    const char *text;
    const char *id;
};

/* Writes `"page_info": {…}` and `"total_count"`. has_more: the reader met one row more than
 * ask->most in its direction. first/last: ends of what is shown; NULL when nothing is. */
void page_write_info(struct json *json, struct visit *visit, const struct query_form *form,
                     const char *subject, const struct query_value *values,
                     const struct page_ask *ask, bool has_more, const struct page_end *first,
                     const struct page_end *last, int64_t total_count);

#endif
