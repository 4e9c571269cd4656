/*
 * tools/view_parse.c: reads the C headers that hold view structs.
 *
 * This is no C compiler. It finds `struct name { type member; ... };` and steps over everything
 * else: a struct it misreads can only make a template name unknown, or make the C compiler refuse
 * the generated code. What a member's type means is decided in view_types.c.
 */
#include "tools/mustache.h"
#include "tools/view_types.h"

#include <ctype.h>
#include <string.h>

enum {
    MEMBER_TOKENS_MAX = 64, /* more than any sane declaration; longer ones count as VALUE_OTHER */
};

struct view_header {
    const char *path;
    struct view_header *next;
};

struct token {
    const char *start;
    size_t size_bytes; /* 0: end of file */
};

struct reader {
    struct view_set *set;
    const char *file;
    const char *at;
    int line;
    bool is_line_empty;  /* nothing but space since the line began: a # is a directive here */
    bool is_page_header; /* named by a page: its structs must be clean */
};

static bool token_is(struct token token, const char *text)
{
    return token.size_bytes == strlen(text) && memcmp(token.start, text, token.size_bytes) == 0;
}

static bool token_is_word(struct token token)
{
    return token.size_bytes > 0 && (isalpha((unsigned char)*token.start) || *token.start == '_');
}

static void reader_step(struct reader *reader)
{
    if (*reader->at == '\n') {
        reader->line++;
        reader->is_line_empty = true;
    }
    reader->at++;
}

/* Steps over a comment that begins here. */
static bool reader_skip_comment(struct reader *reader)
{
    if (strncmp(reader->at, "//", 2) == 0) {
        while (*reader->at != '\0' && *reader->at != '\n') {
            reader_step(reader);
        }
        return true;
    }
    if (strncmp(reader->at, "/*", 2) != 0) {
        return false;
    }
    int first_line = reader->line;
    reader->at += 2;
    while (strncmp(reader->at, "*/", 2) != 0) {
        if (*reader->at == '\0') {
            fail(reader->file, first_line, "this comment has no end");
        }
        reader_step(reader);
    }
    reader->at += 2;
    return true;
}

/* Steps over a preprocessor line; follows it when it includes a header of ours. */
static void reader_follow_directive(struct reader *reader)
{
    int line = reader->line;
    const char *word = reader->at + 1 + strspn(reader->at + 1, " \t");
    if (strncmp(word, "include", 7) == 0) {
        const char *path = word + 7 + strspn(word + 7, " \t");
        size_t path_bytes = *path == '"' ? strcspn(path + 1, "\"\n") : 0;
        if (path_bytes > 0) {
            view_parse_header(reader->set, pool_copy(path + 1, path_bytes), reader->file, line);
        }
    }
    while (*reader->at != '\0' && *reader->at != '\n') {
        if (reader->at[0] == '\\' && reader->at[1] == '\n') {
            reader_step(reader);
        } else if (reader_skip_comment(reader)) {
            continue;
        }
        if (*reader->at != '\0') {
            reader_step(reader);
        }
    }
}

static size_t literal_bytes(const char *at)
{
    size_t size_bytes = 1;
    while (at[size_bytes] != '\0' && at[size_bytes] != '\n' && at[size_bytes] != at[0]) {
        size_bytes += at[size_bytes] == '\\' && at[size_bytes + 1] != '\0' ? 2 : 1;
    }
    return at[size_bytes] == at[0] ? size_bytes + 1 : size_bytes;
}

static struct token reader_next(struct reader *reader)
{
    for (;;) {
        if (*reader->at == '#' && reader->is_line_empty) {
            reader_follow_directive(reader);
        } else if (isspace((unsigned char)*reader->at)) {
            reader_step(reader);
        } else if (!reader_skip_comment(reader)) {
            break;
        }
    }
    reader->is_line_empty = false;
    struct token token = {.start = reader->at, .size_bytes = *reader->at == '\0' ? 0 : 1};
    if (*reader->at == '"' || *reader->at == '\'') {
        token.size_bytes = literal_bytes(reader->at);
    }
    while (token.size_bytes > 0 && (isalnum((unsigned char)*token.start) || *token.start == '_') &&
           (isalnum((unsigned char)token.start[token.size_bytes]) ||
            token.start[token.size_bytes] == '_')) {
        token.size_bytes++;
    }
    reader->at += token.size_bytes;
    return token;
}

/* Steps over a declaration whose first token is given: to its `;`, or to the `}` of a function
 * body. */
static void reader_skip_declaration(struct reader *reader, struct token token)
{
    int depth = 0;
    bool is_function = false;
    bool is_value = false;
    while (token.size_bytes > 0 && !(depth == 0 && token_is(token, ";"))) {
        is_value = is_value || token_is(token, "=");
        is_function = is_function || (!is_value && depth == 0 && token_is(token, "("));
        depth += token_is(token, "{") || token_is(token, "(") || token_is(token, "[");
        depth -= token_is(token, "}") || token_is(token, ")") || token_is(token, "]");
        if (depth == 0 && is_function && token_is(token, "}")) {
            return;
        }
        token = reader_next(reader);
    }
}

/* Adds one member from its type tokens and declarator tokens `* const name [ 4 ]`. */
static void struct_add_member(struct reader *reader, struct view_struct *type,
                              const struct token *base, size_t base_count,
                              const struct token *declarator, size_t declarator_count)
{
    struct growing text = {0};
    for (size_t i = 0; i < base_count; i++) {
        growing_printf(&text, "%s%.*s", i == 0 ? "" : " ", (int)base[i].size_bytes, base[i].start);
    }
    size_t name = 0;
    while (name < declarator_count && !token_is(declarator[name], "[")) {
        name++;
    }
    bool is_array = name < declarator_count;
    for (size_t i = 0; i + 1 < name; i++) {
        growing_printf(&text, " %.*s", (int)declarator[i].size_bytes, declarator[i].start);
    }
    if (name == 0 || base_count == 0) {
        return; /* an unnamed member: nothing a template could ask for */
    }
    struct view_member *member = pool_take(sizeof *member);
    member->name = pool_copy(declarator[name - 1].start, declarator[name - 1].size_bytes);
    view_type_member(member, text.bytes);
    if (is_array) {
        member->type = pool_printf("%s []", text.bytes);
        member->kind = VALUE_OTHER;
    }
    if (is_array && reader->is_page_header) {
        fail(reader->file, reader->line,
             "member '%s' of struct %s is an array; views hold pointers and lists", member->name,
             type->name);
    }
    struct view_member **end = &type->members;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = member;
}

/* Splits the tokens of `type *a, b` (without the `;`) into members. */
static void struct_add_members(struct reader *reader, struct view_struct *type,
                               const struct token *tokens, size_t count)
{
    size_t base_count = 0;
    while (base_count < count && token_is_word(tokens[base_count])) {
        base_count++;
    }
    if (base_count == count || !token_is(tokens[base_count], "*")) {
        base_count = base_count == 0 ? 0 : base_count - 1; /* the last word is the name */
    }
    size_t first = base_count;
    for (size_t i = base_count; i <= count; i++) {
        if (i == count || token_is(tokens[i], ",")) {
            struct_add_member(reader, type, tokens, base_count, tokens + first, i - first);
            first = i + 1;
        }
    }
}

/* Reads one member declaration whose first token is given. */
static void struct_read_member(struct reader *reader, struct view_struct *type, struct token token)
{
    struct token tokens[MEMBER_TOKENS_MAX];
    size_t count = 0;
    int depth = 0;
    bool is_plain = true;
    for (; token.size_bytes > 0 && !(depth == 0 && token_is(token, ";"));
         token = reader_next(reader)) {
        bool is_opening = token_is(token, "{") || token_is(token, "(");
        depth += is_opening;
        depth -= token_is(token, "}") || token_is(token, ")");
        is_plain = is_plain && !is_opening && !token_is(token, ":") && count < MEMBER_TOKENS_MAX;
        if (is_plain) {
            tokens[count++] = token;
        }
    }
    if (is_plain) {
        struct_add_members(reader, type, tokens, count);
    } else if (count > 0 && token_is_word(tokens[count - 1])) {
        /* A bit-field or an inner struct: known to exist, not to be named. */
        struct_add_member(reader, type, tokens, 1, &tokens[count - 1], 1);
        struct view_member *last = type->members;
        while (last != NULL && last->next != NULL) {
            last = last->next;
        }
        if (last != NULL) {
            last->kind = VALUE_OTHER;
        }
    }
}

static void reader_read_struct(struct reader *reader, struct token name)
{
    struct view_struct *type = pool_take(sizeof *type);
    type->name = pool_copy(name.start, name.size_bytes);
    type->file = reader->file;
    type->line = reader->line;
    const struct view_struct *other = view_find_struct(reader->set, type->name);
    if (other != NULL) {
        fail(type->file, type->line, "struct %s is declared already in %s:%d", type->name,
             other->file, other->line);
    }
    struct token token = reader_next(reader);
    while (token.size_bytes > 0 && !token_is(token, "}")) {
        struct_read_member(reader, type, token);
        token = reader_next(reader);
    }
    if (token.size_bytes == 0) {
        fail(type->file, type->line, "struct %s has no end", type->name);
    }
    reader_skip_declaration(reader, reader_next(reader));
    type->next = reader->set->structs;
    reader->set->structs = type;
}

static void reader_read_header(struct reader *reader)
{
    for (;;) {
        struct token token = reader_next(reader);
        if (token.size_bytes == 0) {
            return;
        }
        const struct reader before = *reader;
        struct token name = reader_next(reader);
        if (token_is(token, "struct") && token_is_word(name) &&
            token_is(reader_next(reader), "{")) {
            reader_read_struct(reader, name);
        } else {
            *reader = before;
            reader_skip_declaration(reader, token);
        }
    }
}

void view_parse_header(struct view_set *set, const char *path, const char *from_file, int from_line)
{
    struct growing text = {0};
    const char *full_path = NULL;
    for (const char *const *folder = set->folders; *folder != NULL; folder++) {
        full_path = pool_printf("%s/%s", *folder, path);
        text = (struct growing){0};
        if (file_read(full_path, &text)) {
            break;
        }
        full_path = NULL;
    }
    if (full_path == NULL) {
        fail(from_file, from_line, "the header '%s' is not in any -I folder", path);
    }
    for (const struct view_header *header = set->headers; header != NULL; header = header->next) {
        if (strcmp(header->path, path) == 0) {
            return;
        }
    }
    struct view_header *header = pool_take(sizeof *header);
    header->path = path;
    header->next = set->headers;
    set->headers = header;
    size_t from_bytes = strlen(from_file);
    bool is_page_header = from_bytes > 9 && strcmp(from_file + from_bytes - 9, ".mustache") == 0;
    reader_read_header(&(struct reader){.set = set,
                                        .file = full_path,
                                        .at = text.bytes,
                                        .line = 1,
                                        .is_line_empty = true,
                                        .is_page_header = is_page_header});
}
