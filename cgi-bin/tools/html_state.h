/*
 * tools/html_state.h: where in an HTML document one is after some literal text.
 * A small part of the HTML standard's tokenizer, stricter where a slip would make the place
 * unclear.
 */
#ifndef TOOLS_HTML_STATE_H
#define TOOLS_HTML_STATE_H

#include <stdbool.h>
#include <stddef.h>

enum {
    HTML_NAME_BYTES = 32, /* longer names are cut; no name that matters here is that long */
};

enum html_place {
    HTML_DATA,                 /* between elements */
    HTML_TAG_OPEN,             /* after < or </ */
    HTML_TAG_NAME,             /* in the element's name */
    HTML_BEFORE_ATTRIBUTE,     /* in a tag, after space */
    HTML_ATTRIBUTE_NAME,       /* in an attribute's name */
    HTML_AFTER_ATTRIBUTE_NAME, /* space after it: = may still follow */
    HTML_BEFORE_VALUE,         /* after = */
    HTML_QUOTED_VALUE,
    HTML_UNQUOTED_VALUE,
    HTML_AFTER_VALUE, /* right behind a quoted value, or behind a section: space, / or > must follow
                       */
    HTML_BANG,        /* after <! */
    HTML_COMMENT,     /* after <!-- */
    HTML_DECLARATION, /* <!doctype and other things up to > */
    HTML_RAW, /* content of an element that ends only at its own end tag: script, title, ... */
};

struct html_state {
    enum html_place place;
    char quote;                      /* HTML_QUOTED_VALUE */
    bool is_end_tag;                 /* </name */
    bool is_value_start;             /* so far the value is only space and slashes */
    size_t matched;                  /* HTML_RAW: of `</name`; comments: dashes seen */
    char element[HTML_NAME_BYTES];   /* lower case; in tags and HTML_RAW */
    char attribute[HTML_NAME_BYTES]; /* lower case; in values and attribute names */
};

/* Takes one character of literal text. Returns NULL, or a sentence when the character makes HTML
 * that browsers would have to guess at. */
const char *html_state_step(struct html_state *state, char c);

/* Behind a section: *state is the place before it, shown the place at its end. Makes *state one
 * that is right in both cases; false when there is none. */
bool html_state_join(struct html_state *state, const struct html_state *shown);

bool html_state_is_same(const struct html_state *one, const struct html_state *other);

#endif
