/*
 * base/out.h: where bytes for the outside are gathered, and the types that decide their escaping.
 *
 * A page is built whole in one `struct out` before its first byte leaves. What may be written raw
 * is a question of type: text is always escaped, `struct markup` comes only from templates, `struct
 * url` only from the builder in base/url.h. There is no other way to write HTML.
 */
#ifndef BASE_OUT_H
#define BASE_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* A buffer of fixed capacity. When it is full the arena's guard is taken (503). */
struct out {
    struct arena *arena; /* for its guard only */
    char *bytes;         /* capacity_bytes of memory */
    size_t size_bytes;   /* written so far */
    size_t capacity_bytes;
};

/* HTML made by a template and nothing else. NUL-terminated; NULL means empty. */
struct markup {
    const char *html;
};

/* An address made by base/url.h and nothing else, not yet escaped for HTML. NULL means none. */
struct url {
    const char *text;
};

/* An empty buffer of capacity_bytes taken from the arena. */
void out_init(struct out *out, struct arena *arena, size_t capacity_bytes);

/* Appends raw bytes / raw NUL-terminated text: for the template run-time and for plain-text bodies.
 */
void out_bytes(struct out *out, const char *bytes, size_t size_bytes);
void out_text(struct out *out, const char *text);

/* Appends text escaped for HTML text and quoted attributes: & < > " ' become entities. NULL:
 * nothing. */
void out_html(struct out *out, const char *text);
void out_html_url(struct out *out, struct url url);
void out_html_markup(struct out *out, struct markup markup);
/* Appends decimal digits. */
void out_int(struct out *out, int64_t number);
/* A boolean as a variable has no meaning in a template: does not exist on purpose. */

/* Appends one CSV cell (RFC 4180, UTF-8): quoted when needed, and cells that begin with = + - @ TAB
 * CR are led by an apostrophe inside quotes so that no spreadsheet runs them; plain numbers keep
 * their sign. The caller writes commas and CRLF with out_csv_next / out_csv_end. */
void out_csv_cell(struct out *out, const char *text);
void out_csv_next(struct out *out); /* between two cells: a comma */
void out_csv_end(struct out *out);  /* after the last cell of a row: CRLF */

/* Appends text escaped for an XML document (Atom). Control characters XML forbids are dropped. */
void out_xml(struct out *out, const char *text);

/* The escaper chosen by the type of the value: what compiled templates call. */
#define out_value(out, value)                                                                      \
    _Generic((value),                                                                              \
        const char *: out_html,                                                                    \
        char *: out_html,                                                                          \
        struct url: out_html_url,                                                                  \
        struct markup: out_html_markup,                                                            \
        int: out_int,                                                                              \
        int64_t: out_int)((out), (value))

#endif
