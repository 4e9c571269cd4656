/*
 * tools/template_parse.c: standard Mustache text to a tree of nodes, partials put in place.
 *
 * First the text becomes a list of pieces, literal text cut at every line end. Then each line that
 * holds tags but shows nothing is a standalone line and loses its space and line end. Then the
 * pieces that are left become a tree. Where the Mustache specification leaves open what a line of
 * several tags is, this follows mustache.js: standalone when no variable and no other character
 * stands on it.
 */
#include "tools/mustache.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum {
    NESTING_MAX =
        64, /* sections or partials within each other; a template deeper than this is a mistake */
};

enum piece_kind {
    PIECE_TEXT,
    PIECE_VARIABLE,
    PIECE_SECTION,
    PIECE_INVERTED,
    PIECE_END,
    PIECE_PARTIAL,
    PIECE_COMMENT,
};

struct piece {
    enum piece_kind kind;
    int line;
    const char *text; /* literal bytes, or the trimmed inside of the tag after its sign */
    size_t text_bytes;
    const char *indentation; /* standalone partial: the space before it */
    struct piece *next;
};

/* One file being parsed; parent is the file whose partial tag brought us here. */
struct source {
    const char *templates_folder;
    const char *path;
    const struct source *parent;
    int depth;
};

static bool is_space_only(const char *text, size_t size_bytes)
{
    for (size_t i = 0; i < size_bytes; i++) {
        if (!isspace((unsigned char)text[i])) {
            return false;
        }
    }
    return true;
}

/* The kind a tag's first character announces; refuses the forms that could write raw bytes. */
static enum piece_kind tag_kind(const struct source *source, int line, char sign)
{
    switch (sign) {
    case '#':
        return PIECE_SECTION;
    case '^':
        return PIECE_INVERTED;
    case '/':
        return PIECE_END;
    case '>':
        return PIECE_PARTIAL;
    case '!':
        return PIECE_COMMENT;
    case '{':
    case '&':
        fail(source->path, line, "raw tags are refused: every value is escaped by its type");
    case '=':
        fail(source->path, line, "delimiter changes are refused");
    default:
        return PIECE_VARIABLE;
    }
}

static void tag_check_name(const struct source *source, const struct piece *tag)
{
    bool is_partial = tag->kind == PIECE_PARTIAL;
    bool is_good = tag->text_bytes > 0 && tag->text_bytes < 128;
    bool is_start = true; /* of the name or of a part of it */
    for (size_t i = 0; is_good && i < tag->text_bytes; i++) {
        unsigned char c = (unsigned char)tag->text[i];
        bool is_join = c == (is_partial ? '/' : '.');
        bool is_letter =
            isalpha(c) || c == '_' || (!is_start && (isdigit(c) || (is_partial && c == '-')));
        is_good = is_letter || (is_join && !is_start);
        is_start = is_join;
    }
    is_good = is_good && !is_start;
    is_good = is_good || (!is_partial && strcmp(tag->text, ".") == 0);
    if (!is_good) {
        fail(source->path, tag->line, "'%s' is not a name", tag->text);
    }
}

/* Reads the tag whose `{{` is at `*at` and moves behind its `}}`. */
static struct piece *tag_read(const struct source *source, const char **at, int *line)
{
    const char *inside = *at + 2;
    while (isspace((unsigned char)*inside)) {
        *line += *inside == '\n';
        inside++;
    }
    struct piece *tag = pool_take(sizeof *tag);
    tag->line = *line;
    tag->kind = tag_kind(source, *line, *inside);
    inside += tag->kind != PIECE_VARIABLE;
    const char *end = strstr(inside, "}}");
    if (end == NULL) {
        fail(source->path, tag->line, "this tag has no closing }}");
    }
    for (const char *c = inside; c < end; c++) {
        *line += *c == '\n';
    }
    *at = end + 2;
    while (inside < end && isspace((unsigned char)*inside)) {
        inside++;
    }
    while (end > inside && isspace((unsigned char)end[-1])) {
        end--;
    }
    tag->text_bytes = (size_t)(end - inside);
    tag->text = pool_copy(inside, tag->text_bytes);
    if (tag->kind != PIECE_COMMENT) {
        tag_check_name(source, tag);
    }
    return tag;
}

/* Literal text up to the next tag or up to and with the line end. */
static struct piece *text_read(const char **at, int *line)
{
    struct piece *text = pool_take(sizeof *text);
    text->kind = PIECE_TEXT;
    text->line = *line;
    text->text = *at;
    while (**at != '\0' && strncmp(*at, "{{", 2) != 0) {
        bool is_end = **at == '\n';
        (*at)++;
        if (is_end) {
            ++*line;
            break;
        }
    }
    text->text_bytes = (size_t)(*at - text->text);
    return text;
}

/* Empties the text of the line that begins with `first` when it is standalone. */
static void line_settle(struct piece *first)
{
    bool has_tag = false;
    for (const struct piece *piece = first; piece != NULL; piece = piece->next) {
        if (piece->kind == PIECE_VARIABLE ||
            (piece->kind == PIECE_TEXT && !is_space_only(piece->text, piece->text_bytes))) {
            return;
        }
        has_tag = has_tag || piece->kind != PIECE_TEXT;
    }
    if (!has_tag) {
        return;
    }
    struct piece *tag = first->kind == PIECE_TEXT ? first->next : first;
    if (tag->kind == PIECE_PARTIAL && tag != first) {
        tag->indentation = pool_copy(first->text, first->text_bytes);
    }
    for (struct piece *piece = first; piece != NULL; piece = piece->next) {
        if (piece->kind == PIECE_TEXT) {
            piece->text_bytes = 0;
        }
    }
}

static struct piece *source_cut(const struct source *source, const char *text)
{
    struct piece *first = NULL;
    struct piece **end = &first;
    struct piece **line_start = &first;
    int line = 1;
    while (*text != '\0') {
        bool is_tag = strncmp(text, "{{", 2) == 0;
        *end = is_tag ? tag_read(source, &text, &line) : text_read(&text, &line);
        const struct piece *piece = *end;
        end = &(*end)->next;
        if (!is_tag && piece->text[piece->text_bytes - 1] == '\n') {
            line_settle(*line_start);
            line_start = end;
        }
    }
    if (*line_start != NULL) {
        line_settle(*line_start);
    }
    return first;
}

/* Leads every line that holds something with the indentation, as the specification wants it. */
static const char *text_indent(const char *text, const char *indentation)
{
    struct growing indented = {0};
    growing_add(&indented, "", 0);
    while (*text != '\0') {
        size_t line_bytes = strcspn(text, "\n");
        if (line_bytes > 0) {
            growing_printf(&indented, "%s", indentation);
        }
        line_bytes += text[line_bytes] == '\n';
        growing_add(&indented, text, line_bytes);
        text += line_bytes;
    }
    return indented.bytes;
}

static struct node *source_parse(const struct source *source, const char *text);

static struct node *partial_parse(const struct source *source, const struct piece *tag)
{
    const char *path = pool_printf("%s/%s.mustache", source->templates_folder, tag->text);
    for (const struct source *outer = source; outer != NULL; outer = outer->parent) {
        if (strcmp(outer->path, path) == 0) {
            fail(source->path, tag->line, "the partial '%s' contains itself", tag->text);
        }
    }
    struct growing text = {0};
    if (source->depth >= NESTING_MAX || !file_read(path, &text)) {
        fail(source->path, tag->line, "there is no partial '%s': cannot read %s", tag->text, path);
    }
    struct source inner = {.templates_folder = source->templates_folder,
                           .path = path,
                           .parent = source,
                           .depth = source->depth + 1};
    return source_parse(
        &inner, tag->indentation == NULL ? text.bytes : text_indent(text.bytes, tag->indentation));
}

/* Builds nodes from *piece up to the end of section `open` (NULL: the file) and moves *piece there.
 */
static struct node *nodes_build(const struct source *source, struct piece **piece,
                                const struct piece *open, int depth)
{
    static const enum node_kind kinds[] = {
        [PIECE_TEXT] = NODE_TEXT,       [PIECE_VARIABLE] = NODE_VARIABLE,
        [PIECE_SECTION] = NODE_SECTION, [PIECE_INVERTED] = NODE_INVERTED,
        [PIECE_PARTIAL] = NODE_PARTIAL,
    };
    struct node *first = NULL;
    struct node **end = &first;
    for (; *piece != NULL && (*piece)->kind != PIECE_END; *piece = (*piece)->next) {
        const struct piece *here = *piece;
        if (here->kind == PIECE_COMMENT || (here->kind == PIECE_TEXT && here->text_bytes == 0)) {
            continue;
        }
        struct node *node = pool_take(sizeof *node);
        *node = (struct node){.kind = kinds[here->kind],
                              .file = source->path,
                              .line = here->line,
                              .text = here->text,
                              .text_bytes = here->text_bytes};
        if (here->kind == PIECE_PARTIAL) {
            node->children = partial_parse(source, here);
        } else if (here->kind == PIECE_SECTION || here->kind == PIECE_INVERTED) {
            if (depth >= NESTING_MAX) {
                fail(source->path, here->line, "sections are nested too deeply");
            }
            *piece = here->next;
            node->children = nodes_build(source, piece, here, depth + 1);
        }
        *end = node;
        end = &node->next;
    }
    if (*piece == NULL && open != NULL) {
        fail(source->path, open->line, "the section '%s' is never closed", open->text);
    }
    if (*piece != NULL && open == NULL) {
        fail(source->path, (*piece)->line, "'%s' is closed but was not opened", (*piece)->text);
    }
    if (open != NULL && strcmp((*piece)->text, open->text) != 0) {
        fail(source->path, (*piece)->line, "'%s' is closed, but '%s' of line %d is still open",
             (*piece)->text, open->text, open->line);
    }
    return first;
}

static struct node *source_parse(const struct source *source, const char *text)
{
    struct piece *piece = source_cut(source, text);
    return nodes_build(source, &piece, NULL, 0);
}

/* Reads `{{! view: struct NAME in pages/name_view.h }}` from the first line. */
static void page_read_view(struct page *page, const char *text)
{
    char name[128] = "";
    char header[256] = "";
    int end = 0;
    size_t line_bytes = strcspn(text, "\n");
    const char *line = pool_copy(text, line_bytes);
    (void)sscanf(line, "{{! view: struct %127[A-Za-z0-9_] in %255[A-Za-z0-9_./-] }}%n", name,
                 header, &end);
    if (end == 0 || !is_space_only(line + end, strlen(line + end))) {
        fail(page->path, 1, "the first line must be {{! view: struct NAME in pages/NAME_view.h }}");
    }
    page->view_struct = pool_copy(name, strlen(name));
    page->view_header = pool_copy(header, strlen(header));
}

struct page *template_parse_page(const char *templates_folder, const char *program,
                                 const char *file_name)
{
    struct page *page = pool_take(sizeof *page);
    page->path = pool_printf("%s/%s/%s", templates_folder, program, file_name);
    size_t name_bytes = strlen(file_name) - strlen(".mustache");
    char *function = pool_printf("%s_%.*s", program, (int)name_bytes, file_name);
    for (char *c = function; *c != '\0'; c++) {
        *c = *c == '-' ? '_' : *c;
        if (!isalnum((unsigned char)*c) && *c != '_') {
            fail(page->path, 1, "names of templates are made of letters, digits, - and _");
        }
    }
    page->function = function;
    fail_names_page(page->path);
    struct growing text = {0};
    if (!file_read(page->path, &text)) {
        fail(page->path, 1, "the template cannot be read");
    }
    page_read_view(page, text.bytes);
    struct source source = {.templates_folder = templates_folder, .path = page->path};
    page->nodes = source_parse(&source, text.bytes);
    return page;
}
