/*
 * gate/next.c: where to go after sign-in. What comes in was in an address, so anyone may have
 * written it: only a plain path of one of our areas is kept, and it is built anew from its parts,
 * so that nothing of its spelling survives.
 */
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "gate/gate.h"

#define SEGMENTS_MAX 8

static struct url path_url(struct arena *arena, const char *path);
static bool plain_path(const char *path);
static bool our_area(const char *path);

struct url gate_next(struct arena *arena, const char *next)
{
    struct url usual = url_path(arena, "/account/credits");
    size_t path_bytes = text_empty(next) ? 0 : strcspn(next, "?");
    if (path_bytes == 0 || path_bytes > REQUEST_PATH_BYTES_MAX) {
        return usual;
    }
    const char *path = arena_text_sized(arena, next, path_bytes);
    if (!plain_path(path) || !our_area(path)) {
        return usual;
    }
    struct url url = path_url(arena, path);
    struct pairs query = {.count = 0};
    if (url.text == NULL || (next[path_bytes] == '?' &&
                             form_decode(arena, next + path_bytes + 1,
                                         strlen(next + path_bytes + 1), &query) != STATUS_OK)) {
        return usual;
    }
    for (size_t i = 0; i < query.count; i++) {
        url = url_with(arena, url, query.at[i].name, query.at[i].value);
    }
    return strlen(url.text) > path_bytes + REQUEST_QUERY_BYTES_MAX ? usual : url;
}

/* One '/' before each segment, segments of unreserved characters: no "//", no "\", no scheme, no
 * '%', no '#'. */
static bool plain_path(const char *path)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~/";
    return path[0] == '/' && path[1] != '\0' && strspn(path, allowed) == strlen(path) &&
           strstr(path, "//") == NULL && path[strlen(path) - 1] != '/';
}

static bool our_area(const char *path)
{
    static const char *const areas[] = {"/account", "/admin", "/registry", "/password/change",
                                        "/sign-in/sessions"};
    for (size_t i = 0; i < sizeof areas / sizeof areas[0]; i++) {
        size_t bytes = strlen(areas[i]);
        if (text_starts(path, areas[i]) && (path[bytes] == '\0' || path[bytes] == '/')) {
            return true;
        }
    }
    return false;
}

static struct url path_url(struct arena *arena, const char *path)
{
    static const char *const patterns[SEGMENTS_MAX + 1] = {
        "",           "/*",           "/*/*",           "/*/*/*",          "/*/*/*/*",
        "/*/*/*/*/*", "/*/*/*/*/*/*", "/*/*/*/*/*/*/*", "/*/*/*/*/*/*/*/*"};
    const char *parts[SEGMENTS_MAX] = {"", "", "", "", "", "", "", ""};
    size_t count = 0;
    must(path[0] == '/');
    while (*path == '/' && count < SEGMENTS_MAX) {
        size_t bytes = strcspn(path + 1, "/");
        parts[count++] = arena_text_sized(arena, path + 1, bytes);
        path += 1 + bytes;
    }
    if (*path != '\0') {
        return (struct url){NULL};
    }
    return url_path(arena, patterns[count], parts[0], parts[1], parts[2], parts[3], parts[4],
                    parts[5], parts[6], parts[7]);
}
