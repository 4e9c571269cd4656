/*
 * tests/web/record.c: linked into a program (by make, with --wrap for each of its templates) it
 * writes down every page that the program makes: the view as JSON, and the HTML that the compiled
 * template made of it. templates.test.mjs compares them with the reference implementation of
 * Mustache. PAGES names the program's pages, RECORD_FOLDER where to.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/must.h"
#include "base/out.h"

#define JSON_BYTES_MAX (32UL * 1024 * 1024)

static void write_down(const char *page, int number, const char *suffix, const char *bytes,
                       size_t size_bytes)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s.%ld-%d.%s", RECORD_FOLDER, page, (long)getpid(),
                   number, suffix);
    FILE *file = fopen(path, "wb");
    must(file != NULL);
    must(fwrite(bytes, 1, size_bytes, file) == size_bytes);
    must(fclose(file) == 0);
}

static void record(const char *page, struct out *out, const void *view,
                   void (*html)(struct out *out, const void *view),
                   void (*json)(struct out *out, const void *view))
{
    static struct arena arena;
    static int number;
    struct out as_json;
    if (arena.bytes == NULL) {
        arena_map(&arena, 2 * JSON_BYTES_MAX);
        (void)mkdir(RECORD_FOLDER, 0755);
    }
    arena_reset(&arena, 0);
    out_init(&as_json, &arena, JSON_BYTES_MAX);
    json(&as_json, view);
    size_t before_bytes = out->size_bytes;
    html(out, view);
    number++;
    write_down(page, number, "json", as_json.bytes, as_json.size_bytes);
    write_down(page, number, "html", out->bytes + before_bytes, out->size_bytes - before_bytes);
}

/* The view's own type is not needed to hand it on. */
#define PAGE(area, name)                                                                           \
    void __real_template_##area##_##name(struct out *out, const void *view);                       \
    void __wrap_template_##area##_##name(struct out *out, const void *view);                       \
    void view_json_##area##_##name(struct out *out, const void *view);                             \
    void __wrap_template_##area##_##name(struct out *out, const void *view)                        \
    {                                                                                              \
        record(#name, out, view, __real_template_##area##_##name, view_json_##area##_##name);      \
    }
PAGES
