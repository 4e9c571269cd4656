/*
 * url_fuzz.c: addresses (base/url.c) and where to go after sign-in (gate/next.c) for any texts.
 * Promised: a built address is made of unreserved characters and the builder's own signs, its parts
 * and parameters decode to what was put in, and no part is a step up; an outside address is http or
 * https and holds nothing that ends an attribute or a header; gate_next leads into one of our areas
 * on this site whatever it was given.
 */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/url.h"
#include "fuzz/fuzz.h"
#include "gate/gate.h"
#include "http/exchange.h"

#define UNRESERVED "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"

/* What stands in a path segment or a parameter, decoded. */
static const char *decoded(const char *from, size_t size_bytes)
{
    size_t decoded_bytes = 0;
    char *to = arena_take(&fuzz_arena, size_bytes + 1, 1);
    holds(percent_decode(from, size_bytes, false, to, &decoded_bytes));
    to[decoded_bytes] = '\0';
    return to;
}

static void is_ours(struct url url)
{
    holds(url.text[0] == '/' && url.text[1] != '/' && url.text[1] != '\\');
    holds(strspn(url.text, UNRESERVED "/?&=%") == strlen(url.text));
    const char *query = strchr(url.text, '?');
    size_t path_bytes = query == NULL ? strlen(url.text) : (size_t)(query - url.text);
    const char *path = arena_text_sized(&fuzz_arena, url.text, path_bytes);
    for (const char *at = path; at != NULL; at = strchr(at + 1, '/')) {
        const char *segment = decoded(at + 1, strcspn(at + 1, "/"));
        holds(!text_is(segment, ".") && !text_is(segment, "..") && segment[0] != '\0');
    }
}

static void built(const char *one_part, const char *other_part, const char *name, const char *value)
{
    struct url url = url_path(&fuzz_arena, "/registry/*/of/*", one_part, other_part);
    bool walks = text_is(one_part, ".") || text_is(one_part, "..") || text_empty(one_part) ||
                 text_is(other_part, ".") || text_is(other_part, "..") || text_empty(other_part);
    holds((url.text == NULL) == walks);
    if (walks) {
        holds(url_with(&fuzz_arena, url, "a", "b").text == NULL);
        return;
    }
    is_ours(url);
    const char *segment = url.text + strlen("/registry/");
    holds(text_is(decoded(segment, strcspn(segment, "/")), one_part));
    holds(text_is(decoded(strrchr(url.text, '/') + 1, strlen(strrchr(url.text, '/') + 1)),
                  other_part));
    if (text_empty(name)) {
        return;
    }
    struct url with = url_with(&fuzz_arena, url_with(&fuzz_arena, url, "first", "1"), name, value);
    is_ours(with);
    size_t characters = 0;
    struct pairs pairs = {.count = 0};
    bool is_text = fuzz_is_utf8(name, &characters) && fuzz_is_utf8(value, &characters);
    const char *query = strchr(with.text, '?') + 1;
    holds((form_decode(&fuzz_arena, query, strlen(query), &pairs) == STATUS_OK) ==
          (is_text || text_empty(value)));
    if (is_text && !text_empty(value)) {
        holds(pairs.count == 2 && text_is(pairs.at[1].name, name));
        holds(strchr(value, '\r') != NULL || text_is(pairs.at[1].value, value));
    }
    const char *site = "https://registry.example";
    holds(text_is(url_absolute(&fuzz_arena, "https://registry.example/", with).text,
                  arena_printf(&fuzz_arena, "%s%s", site, with.text)));
}

static void one(struct fuzz_input *input)
{
    static const char *const areas[] = {"/account", "/admin", "/registry", "/password/change",
                                        "/sign-in/sessions"};
    const char *text = fuzz_text(input);
    const char *other = fuzz_text(input);
    const char *name = fuzz_text(input);
    const char *value = fuzz_text(input);
    built(text, other, name, value);

    struct url web = url_web(&fuzz_arena, text);
    holds(web.text == NULL ||
          (text_is(web.text, text) && strpbrk(text, "\r\n\t \"'<>`\\") == NULL));
    holds(web.text == NULL || strncasecmp(text, "http://", 7) == 0 ||
          strncasecmp(text, "https://", 8) == 0);

    struct url next = gate_next(&fuzz_arena, text);
    bool in_area = false;
    is_ours(next);
    for (size_t i = 0; i < sizeof areas / sizeof areas[0]; i++) {
        size_t bytes = strlen(areas[i]);
        in_area = in_area || (text_starts(next.text, areas[i]) &&
                              (next.text[bytes] == '\0' || strchr("/?", next.text[bytes]) != NULL));
    }
    holds(in_area);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    fuzz_run(data, size_bytes, one);
    return 0;
}
