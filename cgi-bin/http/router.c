/* http/router.c: see http/http.h. The table is read from top to bottom; the first row that fits is
 * the one. */
#include <string.h>

#include "base/id.h"
#include "base/must.h"
#include "base/text.h"
#include "http/http.h"

#define ARGUMENTS_MAX (sizeof(((struct matched *)0)->arguments) / sizeof(const char *))

static bool pattern_fits(struct arena *arena, const char *pattern, const char *path,
                         struct matched *matched);
static bool segment_fits(const char *pattern, size_t pattern_bytes, const char *segment);
static bool method_fits(enum method row, enum method asked);
static const char *allow_text(bool has_get, bool has_post);

enum status route_find(struct arena *arena, const struct route *routes, size_t route_count,
                       enum method method, const char *path, struct matched *matched,
                       const char **allow)
{
    bool has_get = false;
    bool has_post = false;
    size_t mark_bytes = arena->used_bytes;
    for (size_t i = 0; i < route_count; i++) {
        const struct route *route = &routes[i];
        must(route->method == METHOD_GET || route->method == METHOD_POST);
        struct matched found = {.route = route};
        if (!pattern_fits(arena, route->pattern, path, &found)) {
            arena_reset(arena, mark_bytes);
            continue;
        }
        if (method_fits(route->method, method)) {
            *matched = found;
            return STATUS_OK;
        }
        has_get = has_get || route->method == METHOD_GET;
        has_post = has_post || route->method == METHOD_POST;
    }
    if (!has_get && !has_post) {
        return STATUS_NOT_FOUND;
    }
    *allow = allow_text(has_get, has_post);
    return STATUS_METHOD_NOT_ALLOWED;
}

/* Walks pattern and path segment by segment and keeps what `:…` stands for. */
static bool pattern_fits(struct arena *arena, const char *pattern, const char *path,
                         struct matched *matched)
{
    size_t argument_count = 0;
    must(pattern[0] == '/');
    while (*pattern == '/' && *path == '/') {
        pattern++;
        path++;
        size_t pattern_bytes = strcspn(pattern, "/");
        size_t path_bytes = strcspn(path, "/");
        if (*pattern != ':') {
            if (pattern_bytes != path_bytes || strncmp(pattern, path, path_bytes) != 0) {
                return false;
            }
        } else {
            const char *segment = arena_text_sized(arena, path, path_bytes);
            if (!segment_fits(pattern, pattern_bytes, segment)) {
                return false;
            }
            must(argument_count < ARGUMENTS_MAX);
            matched->arguments[argument_count++] = segment;
        }
        pattern += pattern_bytes;
        path += path_bytes;
    }
    return *pattern == '\0' && *path == '\0';
}

static bool segment_fits(const char *pattern, size_t pattern_bytes, const char *segment)
{
    if (pattern_bytes == 3 && strncmp(pattern, ":id", 3) == 0) {
        return id_is(segment, NULL);
    }
    must(pattern_bytes == 5 && strncmp(pattern, ":word", 5) == 0);
    return *segment != '\0';
}

static bool method_fits(enum method row, enum method asked)
{
    return row == asked || (row == METHOD_GET && asked == METHOD_HEAD);
}

static const char *allow_text(bool has_get, bool has_post)
{
    if (has_get && has_post) {
        return "GET, HEAD, POST";
    }
    return has_get ? "GET, HEAD" : "POST";
}
