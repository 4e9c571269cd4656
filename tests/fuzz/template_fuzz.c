/*
 * template_fuzz.c: the template compiler (cgi-bin/tools) for any page, partial and view header,
 * each up to a NUL. It ends the program at a mistake; here that ends the input. Promised: a
 * template is refused with a sentence or becomes C whose braces and quotes are closed, without
 * control characters, beyond ASCII only inside quotes.
 *
 * wraps: fail file_read calloc
 */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "tools/mustache.h"

#define BLOCKS_MAX 200000
#define VIEW "{{! view: struct sample in sample_view.h }}\n"

void *__real_calloc(size_t count, size_t size_bytes);
void *__wrap_calloc(size_t count, size_t size_bytes);
_Noreturn void __wrap_fail(const char *file, int line, const char *format, ...);
bool __wrap_file_read(const char *path, struct growing *text);

static jmp_buf refused;
static bool is_compiling;
static void *blocks[BLOCKS_MAX]; /* what the compiler's pool took: it never gives back by itself */
static size_t block_count;
static const char *page_text, *partial_text, *header_text;

void *__wrap_calloc(size_t count, size_t size_bytes)
{
    void *block = __real_calloc(count, size_bytes);
    if (is_compiling) {
        if (block_count == BLOCKS_MAX) {
            longjmp(refused, 2); /* this one block is lost: a template of this size is no page */
        }
        blocks[block_count++] = block;
    }
    return block;
}

_Noreturn void __wrap_fail(const char *file, int line, const char *format, ...)
{
    holds(file != NULL && line >= 1 && format != NULL && format[0] != '\0');
    longjmp(refused, 1);
}

bool __wrap_file_read(const char *path, struct growing *text)
{
    const char *found = strcmp(path, "t/page/x.mustache") == 0     ? page_text
                        : strcmp(path, "t/part/one.mustache") == 0 ? partial_text
                        : strstr(path, "sample_view.h") != NULL    ? header_text
                                                                   : NULL;
    if (found != NULL) {
        growing_add(text, found, strlen(found));
    }
    return found != NULL;
}

/* Quotes closed on their line, braces and brackets paired. */
static void c_holds(const struct growing *c)
{
    int depth = 0;
    char quote = '\0';
    bool in_comment = false;
    for (size_t i = 0; i < c->size_bytes; i++) {
        char byte = c->bytes[i];
        bool is_ascii = (unsigned char)byte < 0x80;
        holds(is_ascii ? (byte >= ' ' && byte <= '~') || byte == '\n' : quote != '\0');
        if (in_comment) {
            in_comment = !(byte == '/' && c->bytes[i - 1] == '*');
        } else if (quote != '\0') {
            holds(byte != '\n');
            i += byte == '\\' ? 1 : 0;
            quote = byte == quote ? '\0' : quote;
        } else if (byte == '/' && c->bytes[i + 1] == '*') {
            in_comment = true;
            i++;
        } else {
            quote = byte == '"' || byte == '\'' ? byte : '\0';
            depth += (byte == '{' || byte == '(') - (byte == '}' || byte == ')');
            holds(depth >= 0);
        }
    }
    holds(depth == 0 && quote == '\0' && !in_comment);
}

static void compile(void)
{
    static const char *const folders[] = {"views", NULL};
    struct view_set set = {.folders = folders};
    struct page *page = template_parse_page("t", "page", "x.mustache");
    view_parse_header(&set, page->view_header, page->path, 1);
    resolve_page(page, &set);
    html_check_page(page);
    fail_names_page(NULL);
    struct growing files[4] = {{0}};
    emit_program(&files[0], "out/page_templates.c", "page", page);
    emit_program_header(&files[1], "page", page);
    emit_json(&files[2], "page", page, &set);
    emit_json_header(&files[3], "page", page);
    for (size_t i = 0; i < 4; i++) {
        c_holds(&files[i]);
    }
}

static void one(struct fuzz_input *input)
{
    static const char usual_header[] =
        "struct person { const char *name; int age; struct url home; };\n"
        "struct people { const struct person *at; size_t count; };\n"
        "struct texts { const char *const *at; size_t count; };\n"
        "struct sample { const char *title; int few; int64_t many; bool yes; struct url home;\n"
        "  struct markup body; struct person editor; const struct person *inner;\n"
        "  struct people rows; struct texts tags; size_t size; };\n";
    unsigned bits = fuzz_byte(input);
    const char *page = fuzz_text(input);
    page_text = (bits & 1) != 0 ? page : arena_printf(&fuzz_arena, VIEW "%s", page);
    partial_text = fuzz_text(input);
    header_text = (bits & 2) != 0 ? fuzz_text(input) : usual_header;
    block_count = 0;
    fail_names_page(NULL);
    is_compiling = true;
    if (setjmp(refused) == 0) {
        compile();
    }
    is_compiling = false;
    while (block_count > 0) {
        free(blocks[--block_count]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    fuzz_run(data, size_bytes, one);
    return 0;
}
