/*
 * tools/pool.c: what every step of the template compiler stands on: memory, growing text, files,
 * and the one way to report a mistake.
 */
#include "tools/mustache.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every block hangs on this list until the end, so that leak checkers see nothing lost. */
struct pool_block {
    struct pool_block *next;
    max_align_t memory[];
};

struct file_name {
    const char *path;
    struct file_name *next;
};

struct file_output {
    const char *path;
    const struct growing *text;
    struct file_output *next;
};

static struct pool_block *pool_blocks;
static struct file_name *files_read;
static struct file_output *files_planned;
static const char *failing_page;

void *pool_take(size_t size_bytes)
{
    struct pool_block *block = calloc(1, sizeof *block + size_bytes);
    if (block == NULL) {
        fputs("mustache: error: no memory left\n", stderr);
        exit(1);
    }
    block->next = pool_blocks;
    pool_blocks = block;
    return block->memory;
}

char *pool_copy(const char *text, size_t size_bytes)
{
    char *copy = pool_take(size_bytes + 1);
    if (size_bytes > 0) {
        memcpy(copy, text, size_bytes);
    }
    return copy;
}

static char *pool_vprintf(const char *format, va_list arguments)
    __attribute__((format(printf, 1, 0)));

static char *pool_vprintf(const char *format, va_list arguments)
{
    char *made = NULL;
    int size_bytes = vasprintf(&made, format, arguments);
    if (size_bytes < 0) {
        fputs("mustache: error: no memory left\n", stderr);
        exit(1);
    }
    char *text = pool_copy(made, (size_t)size_bytes);
    free(made);
    return text;
}

char *pool_printf(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = pool_vprintf(format, arguments);
    va_end(arguments);
    return text;
}

void growing_add(struct growing *growing, const char *bytes, size_t size_bytes)
{
    if (growing->size_bytes + size_bytes + 1 > growing->capacity_bytes) {
        size_t capacity_bytes = 2 * (growing->size_bytes + size_bytes + 1);
        char *larger = pool_take(capacity_bytes);
        if (growing->size_bytes > 0) {
            memcpy(larger, growing->bytes, growing->size_bytes);
        }
        growing->bytes = larger;
        growing->capacity_bytes = capacity_bytes;
    }
    if (size_bytes > 0) {
        memcpy(growing->bytes + growing->size_bytes, bytes, size_bytes);
    }
    growing->size_bytes += size_bytes;
    growing->bytes[growing->size_bytes] = '\0';
}

void growing_printf(struct growing *growing, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *text = pool_vprintf(format, arguments);
    va_end(arguments);
    growing_add(growing, text, strlen(text));
}

static void file_remember(const char *path)
{
    struct file_name **end = &files_read;
    for (; *end != NULL; end = &(*end)->next) {
        if (strcmp((*end)->path, path) == 0) {
            return;
        }
    }
    *end = pool_take(sizeof **end);
    (*end)->path = pool_copy(path, strlen(path));
}

/* Reads without remembering and without an opinion on the content. */
static bool file_load(const char *path, struct growing *text)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return false;
    }
    char bytes[4096];
    size_t read_bytes = 0;
    growing_add(text, "", 0);
    while ((read_bytes = fread(bytes, 1, sizeof bytes, file)) > 0) {
        growing_add(text, bytes, read_bytes);
    }
    bool is_read = ferror(file) == 0;
    fclose(file);
    return is_read;
}

bool file_read(const char *path, struct growing *text)
{
    if (!file_load(path, text)) {
        return false;
    }
    file_remember(path);
    if (memchr(text->bytes, '\0', text->size_bytes) != NULL) {
        fail(path, 1, "the file holds a NUL byte");
    }
    return true;
}

void file_plan(const char *path, const struct growing *text)
{
    struct file_output *output = pool_take(sizeof *output);
    struct growing *copy = pool_take(sizeof *copy);
    *copy = *text;
    output->path = path;
    output->text = copy;
    output->next = files_planned;
    files_planned = output;
}

static void file_write(const char *path, const struct growing *text)
{
    struct growing present = {0};
    if (file_load(path, &present) && present.size_bytes == text->size_bytes &&
        memcmp(present.bytes, text->bytes, text->size_bytes) == 0) {
        return;
    }
    /* Through a second name, so that a compiler running beside us never sees half a file. */
    const char *draft_path = pool_printf("%s.draft", path);
    FILE *file = fopen(draft_path, "wb");
    if (file == NULL) {
        fail(draft_path, 1, "cannot be written: %s", strerror(errno));
    }
    bool is_written = fwrite(text->bytes, 1, text->size_bytes, file) == text->size_bytes;
    is_written = fclose(file) == 0 && is_written;
    if (!is_written || rename(draft_path, path) != 0) {
        fail(path, 1, "cannot be written: %s", strerror(errno));
    }
}

void file_write_all(void)
{
    for (const struct file_output *output = files_planned; output != NULL; output = output->next) {
        file_write(output->path, output->text);
    }
}

void file_list_read(struct growing *rule, const char *target)
{
    growing_printf(rule, "%s:", target);
    for (const struct file_name *name = files_read; name != NULL; name = name->next) {
        growing_printf(rule, " \\\n  %s", name->path);
    }
    growing_printf(rule, "\n");
    for (const struct file_name *name = files_read; name != NULL; name = name->next) {
        growing_printf(rule, "%s:\n", name->path);
    }
}

void fail_names_page(const char *page_path)
{
    failing_page = page_path;
}

_Noreturn void fail(const char *file, int line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *sentence = pool_vprintf(format, arguments);
    va_end(arguments);
    fprintf(stderr, "%s:%d: error: %s", file, line, sentence);
    if (failing_page != NULL && strcmp(failing_page, file) != 0) {
        fprintf(stderr, " (compiling %s)", failing_page);
    }
    fputc('\n', stderr);
    exit(1);
}
