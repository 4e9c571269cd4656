/*
 * tools/html_state.c: the tokenizer behind html_check.c, one character at a time.
 */
#include "tools/html_state.h"

#include <ctype.h>
#include <string.h>

static bool is_html_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static void name_add(char *name, char c)
{
    size_t size_bytes = strlen(name);
    if (size_bytes + 1 < HTML_NAME_BYTES) {
        name[size_bytes] = (char)tolower((unsigned char)c);
        name[size_bytes + 1] = '\0';
    }
}

static void name_clear(char *name)
{
    memset(name, 0, HTML_NAME_BYTES);
}

/* Back between elements, with nothing left over from the tag. */
static void state_enter_data(struct html_state *state)
{
    *state = (struct html_state){.place = HTML_DATA};
}

/* After the > of a tag. */
static void state_end_tag(struct html_state *state)
{
    static const char *const raw[] = {"script", "style",   "title",    "textarea", "xmp",
                                      "iframe", "noembed", "noframes", "plaintext"};
    for (size_t i = 0; i < sizeof raw / sizeof raw[0]; i++) {
        if (!state->is_end_tag && strcmp(state->element, raw[i]) == 0) {
            struct html_state inside = {.place = HTML_RAW};
            memcpy(inside.element, state->element, sizeof inside.element);
            *state = inside;
            return;
        }
    }
    state_enter_data(state);
}

/* In a raw element: only `</name` and then space, / or > ends it. */
static void step_raw(struct html_state *state, char c)
{
    size_t name_bytes = strlen(state->element);
    if (state->matched == name_bytes + 2 && (is_html_space(c) || c == '/' || c == '>')) {
        state->is_end_tag = true;
        state->place = HTML_BEFORE_ATTRIBUTE;
        if (c == '>') {
            state_enter_data(state);
        }
        return;
    }
    char expected = '<';
    if (state->matched == 1) {
        expected = '/';
    } else if (state->matched > 1 && state->matched < name_bytes + 2) {
        expected = state->element[state->matched - 2];
    }
    bool is_next = state->matched < name_bytes + 2 && tolower((unsigned char)c) == expected;
    state->matched = is_next ? state->matched + 1 : c == '<';
}

static void step_bang(struct html_state *state, char c)
{
    if (c == '>') {
        state_enter_data(state);
    } else if (state->place == HTML_BANG && c == '-' && state->matched == 0) {
        state->matched = 1;
    } else if (state->place == HTML_BANG && c == '-') {
        state->place = HTML_COMMENT;
        state->matched = 2; /* <!--> is a whole comment */
    } else {
        state->place = HTML_DECLARATION;
    }
}

static void step_comment(struct html_state *state, char c)
{
    if (c == '>' && state->matched >= 2) {
        state_enter_data(state);
    } else if (c == '-') {
        state->matched = state->matched < 2 ? state->matched + 1 : 2;
    } else {
        state->matched = c == '!' && state->matched == 2 ? 3 : 0; /* --!> ends one too */
    }
}

static const char *step_tag_open(struct html_state *state, char c)
{
    if (c == '/' && !state->is_end_tag) {
        state->is_end_tag = true;
    } else if (isalpha((unsigned char)c)) {
        state->place = HTML_TAG_NAME;
        name_add(state->element, c);
    } else if ((c == '!' && !state->is_end_tag) || c == '?') {
        state->place = c == '!' ? HTML_BANG : HTML_DECLARATION;
        state->matched = 0;
    } else {
        return "a < that begins no tag must be written &lt;";
    }
    return NULL;
}

/* What every place inside a tag does with space, / and >. False when c is something else. */
static bool step_tag_common(struct html_state *state, char c)
{
    if (c == '>') {
        state_end_tag(state);
    } else if (c == '/') {
        state->place = HTML_BEFORE_ATTRIBUTE;
    } else if (is_html_space(c)) {
        bool is_named =
            state->place == HTML_ATTRIBUTE_NAME || state->place == HTML_AFTER_ATTRIBUTE_NAME;
        state->place = is_named ? HTML_AFTER_ATTRIBUTE_NAME : HTML_BEFORE_ATTRIBUTE;
    } else {
        return false;
    }
    return true;
}

static void state_begin_attribute(struct html_state *state, char c)
{
    name_clear(state->attribute);
    name_add(state->attribute, c);
    state->place = HTML_ATTRIBUTE_NAME;
}

static const char *step_tag(struct html_state *state, char c)
{
    if (step_tag_common(state, c)) {
        return NULL;
    }
    if (state->place == HTML_TAG_NAME) {
        name_add(state->element, c);
        return NULL;
    }
    if (state->place == HTML_AFTER_VALUE) {
        return "space is missing between two attributes";
    }
    if (c == '"' || c == '\'' || c == '<') {
        return "a quote or < stands where an attribute name should";
    }
    if (c == '=') {
        if (state->place == HTML_BEFORE_ATTRIBUTE) {
            return "a = stands where an attribute name should";
        }
        state->place = HTML_BEFORE_VALUE;
    } else if (state->place == HTML_ATTRIBUTE_NAME) {
        name_add(state->attribute, c);
    } else {
        state_begin_attribute(state, c);
    }
    return NULL;
}

static const char *step_value(struct html_state *state, char c)
{
    if (state->place == HTML_QUOTED_VALUE) {
        if (c == state->quote) {
            state->place = HTML_AFTER_VALUE;
        } else if (!is_html_space(c) && c != '/' && c != '\\') {
            /* Behind a lone slash, text could still say //another.host. */
            state->is_value_start = false;
        }
        return NULL;
    }
    if (c == '>') {
        state_end_tag(state);
    } else if (state->place == HTML_UNQUOTED_VALUE) {
        state->place = is_html_space(c) ? HTML_BEFORE_ATTRIBUTE : HTML_UNQUOTED_VALUE;
    } else if (c == '"' || c == '\'') {
        state->place = HTML_QUOTED_VALUE;
        state->quote = c;
        state->is_value_start = true;
    } else if (!is_html_space(c)) {
        state->place = HTML_UNQUOTED_VALUE;
    }
    return NULL;
}

const char *html_state_step(struct html_state *state, char c)
{
    switch (state->place) {
    case HTML_DATA:
        state->place = c == '<' ? HTML_TAG_OPEN : HTML_DATA;
        return NULL;
    case HTML_TAG_OPEN:
        return step_tag_open(state, c);
    case HTML_TAG_NAME:
    case HTML_BEFORE_ATTRIBUTE:
    case HTML_ATTRIBUTE_NAME:
    case HTML_AFTER_ATTRIBUTE_NAME:
    case HTML_AFTER_VALUE:
        return step_tag(state, c);
    case HTML_BEFORE_VALUE:
    case HTML_QUOTED_VALUE:
    case HTML_UNQUOTED_VALUE:
        return step_value(state, c);
    case HTML_BANG:
        step_bang(state, c);
        return NULL;
    case HTML_COMMENT:
        step_comment(state, c);
        return NULL;
    case HTML_DECLARATION:
        if (c == '>') {
            state_enter_data(state);
        }
        return NULL;
    case HTML_RAW:
        step_raw(state, c);
        return NULL;
    }
    return NULL;
}

static bool is_in_tag(enum html_place place)
{
    return place == HTML_TAG_NAME || place == HTML_BEFORE_ATTRIBUTE ||
           place == HTML_ATTRIBUTE_NAME || place == HTML_AFTER_ATTRIBUTE_NAME ||
           place == HTML_AFTER_VALUE;
}

bool html_state_is_same(const struct html_state *one, const struct html_state *other)
{
    return one->place == other->place && one->quote == other->quote &&
           one->is_end_tag == other->is_end_tag && one->is_value_start == other->is_value_start &&
           one->matched == other->matched && strcmp(one->element, other->element) == 0 &&
           strcmp(one->attribute, other->attribute) == 0;
}

bool html_state_join(struct html_state *state, const struct html_state *shown)
{
    if (html_state_is_same(state, shown)) {
        return true;
    }
    if (strcmp(state->element, shown->element) != 0 || state->is_end_tag != shown->is_end_tag) {
        return false;
    }
    if (is_in_tag(state->place) && is_in_tag(shown->place)) {
        bool is_spaced =
            (state->place == HTML_BEFORE_ATTRIBUTE || state->place == HTML_AFTER_ATTRIBUTE_NAME) &&
            (shown->place == HTML_BEFORE_ATTRIBUTE || shown->place == HTML_AFTER_ATTRIBUTE_NAME);
        state->place = is_spaced ? HTML_BEFORE_ATTRIBUTE : HTML_AFTER_VALUE;
        name_clear(state->attribute);
        return true;
    }
    if (state->place == HTML_QUOTED_VALUE && shown->place == HTML_QUOTED_VALUE &&
        state->quote == shown->quote && strcmp(state->attribute, shown->attribute) == 0) {
        state->is_value_start = state->is_value_start || shown->is_value_start;
        return true;
    }
    return false;
}
