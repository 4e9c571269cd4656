/*
 * render.c: renders every page of spec/ with every view into the folder it is given, as
 * <page>.<view>.html, and writes the view beside it as <page>.<view>.json. Run by mustache_test.c,
 * which has just compiled the templates it links.
 */
#include <stdio.h>

#include "base/arena.h"
#include "base/must.h"
#include "base/out.h"
#include "spec_json.h"
#include "spec_templates.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum {
    MEMORY_BYTES = 1 << 20,
    PAGE_BYTES = 1 << 16,
};

struct renderer {
    const char *page;
    void (*render)(struct out *out, const struct sample *view);
    void (*write_json)(struct out *out, const struct sample *view);
};

#define RENDERER(page)                                                                             \
    {                                                                                              \
#page, template_spec_##page, view_json_spec_##page                                         \
    }

static const struct renderer renderers[] = {
    RENDERER(comments), RENDERER(context),  RENDERER(crlf),          RENDERER(dotted),
    RENDERER(empty),    RENDERER(html),     RENDERER(interpolation), RENDERER(inverted),
    RENDERER(literal),  RENDERER(partials), RENDERER(sections),      RENDERER(standalone),
};

static const char *const words[] = {"one", "<two>", ""};
static const int64_t numbers[] = {3, 0, -9007199254740993};
static const struct url urls[] = {{"/a?b=1&c=2"}, {NULL}};
static const struct person chief = {.name = "Chief"};
static const struct person anna = {.name = "Anna O'Neil", .boss = &chief, .tags = {words, 2}};
static const struct row rows[] = {
    {.name = "first", .note = "n1", .units = 10, .tags = {words, 3}, .owner = &anna},
    {.name = "second", .units = 0, .link = {"/second"}, .owner = &chief},
    {.name = "third & last", .note = "", .units = -5, .is_last = true},
};
static const struct frame inner = {
    .title = "Inner", .editor = {.name = "Ed", .boss = &anna}, .units = 7};

static const struct sample bare_view = {.title = NULL};

static const struct sample full_view = {
    .title = "Title",
    .danger = "<b a=\"1\" c='2'>&amp; {{title}} \\ \t\x01 `=/ Ü",
    .empty = "",
    .few = 42,
    .many = INT64_MIN,
    .yes = true,
    .home = {"/registry?x=\"1\"&y=2"},
    .body = {"<em class=\"x\">two\nlines</em>"},
    .no_body = {""},
    .frame = {.title = "Frame",
              .editor = {.name = "Edda", .boss = &anna, .tags = {words, 2}},
              .rows = &(const struct rows){rows, 2}},
    .inner = &inner,
    .rows = {rows, COUNT(rows)},
    .tags = {words, COUNT(words)},
    .numbers = {numbers, COUNT(numbers)},
    .links = {urls, COUNT(urls)},
};

static void file_write(const char *folder, const char *page, const char *view, const char *ending,
                       const struct out *out)
{
    char path[512];
    int size_bytes = snprintf(path, sizeof path, "%s/%s.%s.%s", folder, page, view, ending);
    must(size_bytes > 0 && (size_t)size_bytes < sizeof path);
    FILE *file = fopen(path, "wb");
    must(file != NULL);
    must(fwrite(out->bytes, 1, out->size_bytes, file) == out->size_bytes);
    must(fclose(file) == 0);
}

static void view_render(const char *folder, const char *name, const struct sample *view,
                        struct arena *arena)
{
    for (size_t i = 0; i < COUNT(renderers); i++) {
        struct out out;
        arena_reset(arena, 0);
        out_init(&out, arena, PAGE_BYTES);
        renderers[i].render(&out, view);
        file_write(folder, renderers[i].page, name, "html", &out);
        out_init(&out, arena, PAGE_BYTES);
        renderers[i].write_json(&out, view);
        file_write(folder, renderers[i].page, name, "json", &out);
    }
}

int main(int argc, char **argv)
{
    static unsigned char memory[MEMORY_BYTES];
    struct arena arena;
    must(argc == 2);
    arena_init(&arena, memory, sizeof memory);
    view_render(argv[1], "full", &full_view, &arena);
    view_render(argv[1], "bare", &bare_view, &arena);
    return 0;
}
