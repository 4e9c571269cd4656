/*
 * tools/emit.c: prints a resolved tree as C that calls the run-time in base/out.h.
 *
 * Literal text gathers across comments, partials and plain structs until something must happen
 * between two pieces of it. Every statement that comes from a tag is led by #line, so that a C
 * compiler's error and a debugger point at the template.
 */
#include "tools/mustache.h"

#include <ctype.h>
#include <string.h>

enum {
    LITERAL_PIECE_BYTES = 72,  /* of template text on one line of C */
    LITERAL_CALL_BYTES = 2000, /* per call: C promises no more than 4095 characters in a literal */
};

struct emitter {
    struct growing *c;
    struct growing literal; /* text not printed yet */
    int indent;
};

static void emit_literal_byte(struct growing *c, const char *text, size_t i)
{
    unsigned char byte = (unsigned char)text[i];
    if (byte == '\n') {
        growing_printf(c, "\\n");
    } else if (byte == '"' || byte == '\\' || (byte == '?' && i > 0 && text[i - 1] == '?')) {
        growing_printf(c, "\\%c", byte); /* ?? would begin a trigraph */
    } else if (byte < 0x20 || byte == 0x7f) {
        growing_printf(c, "\\%03o", byte);
    } else {
        growing_add(c, &text[i], 1);
    }
}

/* How much of text goes on one line of C: to its line end, or about a line, not inside a character.
 */
static size_t literal_piece_bytes(const char *text, size_t size_bytes)
{
    size_t i = 0;
    while (i < size_bytes) {
        bool is_inside_character = ((unsigned char)text[i] & 0xc0) == 0x80;
        if (i >= LITERAL_PIECE_BYTES && !is_inside_character) {
            return i;
        }
        if (text[i++] == '\n') {
            return i;
        }
    }
    return i;
}

/* Prints what has gathered, as calls of out_bytes. */
static void emit_literal(struct emitter *emitter)
{
    struct growing *c = emitter->c;
    const char *text = emitter->literal.bytes;
    size_t left_bytes = emitter->literal.size_bytes;
    while (left_bytes > 0) {
        growing_printf(c, "%*sout_bytes(out,", emitter->indent, "");
        size_t call_bytes = 0;
        bool is_one_line = literal_piece_bytes(text, left_bytes) == left_bytes;
        while (left_bytes > 0 && call_bytes < LITERAL_CALL_BYTES) {
            size_t piece_bytes = literal_piece_bytes(text, left_bytes);
            if (is_one_line) {
                growing_printf(c, " \"");
            } else {
                growing_printf(c, "\n%*s\"", emitter->indent + 10, "");
            }
            for (size_t i = 0; i < piece_bytes; i++) {
                emit_literal_byte(c, text, i);
            }
            growing_printf(c, "\"");
            text += piece_bytes;
            left_bytes -= piece_bytes;
            call_bytes += piece_bytes;
        }
        growing_printf(c, ", %zu);\n", call_bytes);
    }
    emitter->literal = (struct growing){0};
}

/* Prints the text that stands before a tag and names the tag's line. */
static void emit_line(struct emitter *emitter, const struct node *node)
{
    emit_literal(emitter);
    growing_printf(emitter->c, "#line %d \"%s\"\n", node->line, node->file);
}

/* C that is true when Mustache holds the value to be. NULL: always. For a list only whether it may
 * be read at all: how many rows it has is the caller's business. */
static const char *value_condition(const struct value *value)
{
    const char *x = value->expression;
    const char *own = NULL;
    switch (value->kind) {
    case VALUE_TEXT:
        own = pool_printf("%s != NULL && %s[0] != '\\0'", x, x);
        break;
    case VALUE_URL:
        own = pool_printf("%s.text != NULL && %s.text[0] != '\\0'", x, x);
        break;
    case VALUE_MARKUP:
        own = pool_printf("%s.html != NULL && %s.html[0] != '\\0'", x, x);
        break;
    case VALUE_INT:
        own = pool_printf("%s != 0", x);
        break;
    case VALUE_BOOL:
        own = x;
        break;
    case VALUE_STRUCT:
    case VALUE_LIST:
    case VALUE_OTHER:
        own = value->is_pointer ? pool_printf("%s != NULL", x) : NULL;
        break;
    }
    if (value->guard == NULL || own == NULL) {
        return own == NULL ? value->guard : own;
    }
    return pool_printf("%s && %s", value->guard, own);
}

static void emit_nodes(struct emitter *emitter, const struct node *nodes);

/* Children between the braces of a statement whose `{` is printed. */
static void emit_block(struct emitter *emitter, const struct node *children)
{
    emitter->indent += 4;
    emit_nodes(emitter, children);
    emit_literal(emitter);
    emitter->indent -= 4;
    growing_printf(emitter->c, "%*s}\n", emitter->indent, "");
}

static void emit_list(struct emitter *emitter, const struct node *node)
{
    const struct view_row row = view_list_row(node->value.type);
    const char *condition = value_condition(&node->value);
    const char *list =
        pool_printf("%s%s", node->value.expression, node->value.is_pointer ? "->" : ".");
    emit_line(emitter, node);
    if (condition != NULL) {
        growing_printf(emitter->c, "%*sif (%s) {\n", emitter->indent, "", condition);
        emitter->indent += 4;
    }
    growing_printf(emitter->c, "%*sfor (size_t %s = 0; %s < %scount; %s++) {\n", emitter->indent,
                   "", node->index, node->index, list, node->index);
    if (node->is_row_used) {
        bool is_pointer = row.type[strlen(row.type) - 1] == '*';
        growing_printf(emitter->c, "%*s%s%s%s = %s%sat[%s];\n", emitter->indent + 4, "", row.type,
                       is_pointer ? "" : " ", node->row, row.kind == VALUE_STRUCT ? "&" : "", list,
                       node->index);
    }
    emit_block(emitter, node->children);
    if (condition != NULL) {
        emitter->indent -= 4;
        growing_printf(emitter->c, "%*s}\n", emitter->indent, "");
    }
}

static void emit_section(struct emitter *emitter, const struct node *node)
{
    if (node->value.kind == VALUE_LIST) {
        emit_list(emitter, node);
        return;
    }
    const char *condition = value_condition(&node->value);
    if (condition == NULL) {
        emit_nodes(emitter, node->children);
        return;
    }
    emit_line(emitter, node);
    growing_printf(emitter->c, "%*sif (%s) {\n", emitter->indent, "", condition);
    emit_block(emitter, node->children);
}

static void emit_inverted(struct emitter *emitter, const struct node *node)
{
    const char *condition = value_condition(&node->value);
    if (node->value.kind == VALUE_LIST) {
        const char *rows = pool_printf("%s%scount != 0", node->value.expression,
                                       node->value.is_pointer ? "->" : ".");
        condition = condition == NULL ? rows : pool_printf("%s && %s", condition, rows);
    }
    emit_line(emitter, node);
    if (condition == NULL) {
        growing_printf(emitter->c, "%*sif (false) { /* %s is always there */\n", emitter->indent,
                       "", node->value.expression);
    } else {
        growing_printf(emitter->c, "%*sif (!(%s)) {\n", emitter->indent, "", condition);
    }
    emit_block(emitter, node->children);
}

static void emit_variable(struct emitter *emitter, const struct node *node)
{
    const char *x = node->value.expression;
    emit_line(emitter, node);
    growing_printf(emitter->c, "%*s", emitter->indent, "");
    if (node->value.guard != NULL) {
        /* On one line, or #line would be wrong for what follows. */
        growing_printf(emitter->c, "if (%s) { out_value(out, %s); }\n", node->value.guard, x);
    } else {
        growing_printf(emitter->c, "out_value(out, %s);\n", x);
    }
}

static void emit_nodes(struct emitter *emitter, const struct node *nodes)
{
    for (const struct node *node = nodes; node != NULL; node = node->next) {
        switch (node->kind) {
        case NODE_TEXT:
            growing_add(&emitter->literal, node->text, node->text_bytes);
            break;
        case NODE_VARIABLE:
            emit_variable(emitter, node);
            break;
        case NODE_SECTION:
            emit_section(emitter, node);
            break;
        case NODE_INVERTED:
            emit_inverted(emitter, node);
            break;
        case NODE_PARTIAL:
            emit_nodes(emitter, node->children);
            break;
        }
    }
}

static bool is_writing(const struct node *nodes)
{
    for (const struct node *node = nodes; node != NULL; node = node->next) {
        if (node->kind == NODE_TEXT || node->kind == NODE_VARIABLE || is_writing(node->children)) {
            return true;
        }
    }
    return false;
}

void emit_program(struct growing *c, const char *c_path, const char *program,
                  const struct page *pages)
{
    growing_printf(c,
                   "/* Made by cgi-bin/tools/mustache from the templates of '%s'. Do not edit. */\n"
                   "#include \"%s_templates.h\"\n",
                   program, program);
    for (const struct page *page = pages; page != NULL; page = page->next) {
        int line = 1;
        for (size_t i = 0; i < c->size_bytes; i++) {
            line += c->bytes[i] == '\n';
        }
        growing_printf(c,
                       "\n#line %d \"%s\"\n"
                       "void template_%s(struct out *out, const struct %s *view)\n{\n",
                       line + 2, c_path, page->function, page->view_struct);
        if (!is_writing(page->nodes)) {
            growing_printf(c, "    (void)out;\n");
        }
        if (!page->is_view_used) {
            growing_printf(c, "    (void)view;\n");
        }
        struct emitter emitter = {.c = c, .indent = 4};
        emit_nodes(&emitter, page->nodes);
        emit_literal(&emitter);
        growing_printf(c, "}\n");
    }
}

/* The include guard's name: PUBLIC_TEMPLATES_H. */
static const char *header_guard(const char *program, const char *what)
{
    char *guard = pool_printf("%s_%s_H", program, what);
    for (char *letter = guard; *letter != '\0'; letter++) {
        *letter = *letter == '-' ? '_' : (char)toupper((unsigned char)*letter);
    }
    return guard;
}

static void emit_header(struct growing *h, const char *program, const struct page *pages,
                        const char *what, const char *function)
{
    const char *guard = header_guard(program, what);
    growing_printf(h,
                   "/* Made by cgi-bin/tools/mustache from the templates of '%s'. Do not edit. */\n"
                   "#ifndef %s\n#define %s\n\n#include \"base/out.h\"\n",
                   program, guard, guard);
    struct growing seen = {0};
    growing_add(&seen, "", 0);
    for (const struct page *page = pages; page != NULL; page = page->next) {
        const char *include = pool_printf("#include \"%s\"\n", page->view_header);
        if (strstr(seen.bytes, include) == NULL) {
            growing_add(&seen, include, strlen(include));
        }
    }
    growing_printf(h, "%s\n", seen.bytes);
    for (const struct page *page = pages; page != NULL; page = page->next) {
        growing_printf(h, "void %s_%s(struct out *out, const struct %s *view);\n", function,
                       page->function, page->view_struct);
    }
    growing_printf(h, "\n#endif\n");
}

void emit_program_header(struct growing *h, const char *program, const struct page *pages)
{
    emit_header(h, program, pages, "templates", "template");
}

void emit_json_header(struct growing *h, const char *program, const struct page *pages)
{
    emit_header(h, program, pages, "json", "view_json");
}
