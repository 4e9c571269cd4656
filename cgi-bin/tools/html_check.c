/*
 * tools/html_check.c: follows a page's HTML and refuses tags where escaping would not be enough.
 *
 * The state machine in html_state.c reads literal text; this file walks the tree through sections
 * and partials and decides what may stand where. A section may or may not be shown, so the HTML
 * behind it must be in the same place either way.
 */
#include "tools/html_state.h"
#include "tools/mustache.h"

#include <string.h>

static bool is_one_of(const char *text, const char *const *names)
{
    while (*names != NULL && strcmp(*names, text) != 0) {
        names++;
    }
    return *names != NULL;
}

/* Attributes whose value a browser follows, loads or sends to. */
static bool is_address_attribute(const char *attribute)
{
    static const char *const names[] = {
        "href",     "src",        "action",   "formaction", "poster",     "data",   "ping", "cite",
        "manifest", "background", "codebase", "longdesc",   "xlink:href", "srcset", NULL};
    return is_one_of(attribute, names);
}

/* No tag of any kind may stand here; the sentence says why. */
static void check_place(const struct html_state *state, const struct node *node)
{
    static const char *const readable[] = {"title", "textarea", NULL};
    switch (state->place) {
    case HTML_TAG_OPEN:
        fail(node->file, node->line, "'%s' stands right after '<'", node->text);
    case HTML_BEFORE_VALUE:
    case HTML_UNQUOTED_VALUE:
        fail(node->file, node->line, "'%s' stands in the attribute '%s', whose value is not quoted",
             node->text, state->attribute);
    case HTML_RAW:
        if (!is_one_of(state->element, readable)) {
            fail(node->file, node->line, "'%s' stands inside a <%s> element", node->text,
                 state->element);
        }
        break;
    case HTML_QUOTED_VALUE:
        if (strncmp(state->attribute, "on", 2) == 0) {
            fail(node->file, node->line, "'%s' stands inside the event handler '%s'", node->text,
                 state->attribute);
        }
        if (strcmp(state->attribute, "style") == 0 || strcmp(state->attribute, "srcdoc") == 0) {
            fail(node->file, node->line, "'%s' stands inside a %s attribute", node->text,
                 state->attribute);
        }
        break;
    case HTML_DATA:
    case HTML_TAG_NAME:
    case HTML_BEFORE_ATTRIBUTE:
    case HTML_ATTRIBUTE_NAME:
    case HTML_AFTER_ATTRIBUTE_NAME:
    case HTML_AFTER_VALUE:
    case HTML_BANG:
    case HTML_COMMENT:
    case HTML_DECLARATION:
        break;
    }
}

/* A value may stand between elements, and as text also in quoted attributes, titles and text areas.
 */
static void check_variable(const struct html_state *state, const struct node *node)
{
    if (state->place == HTML_DATA) {
        return;
    }
    if (state->place != HTML_QUOTED_VALUE && state->place != HTML_RAW) {
        bool is_comment = state->place == HTML_BANG || state->place == HTML_COMMENT ||
                          state->place == HTML_DECLARATION;
        fail(node->file, node->line, "'%s' stands inside %s", node->text,
             is_comment ? "an HTML comment" : "an HTML tag but not in a quoted attribute value");
    }
    if (node->value.kind == VALUE_MARKUP) {
        fail(node->file, node->line, "'%s' is markup, which may stand between elements only",
             node->text);
    }
    if (state->place == HTML_QUOTED_VALUE && state->is_value_start &&
        node->value.kind != VALUE_URL && is_address_attribute(state->attribute)) {
        fail(node->file, node->line, "'%s' begins the attribute '%s' and must be a struct url",
             node->text, state->attribute);
    }
}

static void check_text(struct html_state *state, const struct node *node)
{
    int line = node->line;
    for (size_t i = 0; i < node->text_bytes; i++) {
        const char *mistake = html_state_step(state, node->text[i]);
        if (mistake != NULL) {
            fail(node->file, line, "%s", mistake);
        }
        line += node->text[i] == '\n';
    }
}

static void check_nodes(struct html_state *state, const struct node *nodes);

static void check_section(struct html_state *state, const struct node *node)
{
    struct html_state shown = *state;
    check_nodes(&shown, node->children);
    struct html_state before = *state;
    if (!html_state_join(state, &shown)) {
        fail(node->file, node->line,
             "the section '%s' begins in one place of the HTML and ends in another", node->text);
    }
    bool is_list = node->kind == NODE_SECTION && node->value.kind == VALUE_LIST;
    if (is_list && !html_state_is_same(&before, state)) {
        /* The second row begins where the first one ended. */
        shown = *state;
        check_nodes(&shown, node->children);
        (void)html_state_join(state, &shown);
    }
}

static void check_nodes(struct html_state *state, const struct node *nodes)
{
    for (const struct node *node = nodes; node != NULL; node = node->next) {
        if (node->kind == NODE_TEXT) {
            check_text(state, node);
            continue;
        }
        check_place(state, node);
        if (node->kind == NODE_VARIABLE) {
            check_variable(state, node);
        } else if (node->kind == NODE_PARTIAL) {
            check_nodes(state, node->children);
        } else {
            check_section(state, node);
        }
    }
}

void html_check_page(const struct page *page)
{
    struct html_state state = {.place = HTML_DATA};
    check_nodes(&state, page->nodes);
    if (state.place != HTML_DATA) {
        fail(page->path, 1, "the page ends inside an HTML tag, comment or raw element");
    }
}
