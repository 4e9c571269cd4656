/*
 * path_fuzz.c: path and query (http/request.c) and the router for any REQUEST_URI. Promised: a path
 * that is let in is UTF-8 without control characters, begins with one '/', has no empty segment but
 * the last and no dots to walk by, and encoded anew it is the same path; the router finds at most
 * the row that fits it, and what it hands on are ids where ids are asked for.
 */
#include "fuzz/door.h"

#include "base/id.h"
#include "base/limits.h"

static enum status never(struct visit *visit, struct response *response)
{
    (void)visit;
    (void)response;
    return STATUS_OK;
}

static const struct route routes[] = {
    {METHOD_GET, "/", 0, NULL, never},
    {METHOD_GET, "/registry/transfers", 0, NULL, never},
    {METHOD_GET, "/registry/transfers/:id", 0, NULL, never},
    {METHOD_GET, "/registry/transfers/new", 0, NULL, never},
    {METHOD_POST, "/account/transfers/:id/accept", 0, NULL, never},
    {METHOD_GET, "/account/transfers/:id/accept", 0, NULL, never},
    {METHOD_GET, "/link/:word", 0, NULL, never},
    {METHOD_POST, "/admin/:word/:id/:word", 0, NULL, never},
};
#define ROUTES (sizeof routes / sizeof routes[0])

static void path_holds(const char *path)
{
    size_t characters = 0;
    holds(path[0] == '/' && fuzz_is_utf8(path, &characters) && !text_has_control(path, ""));
    holds(strstr(path, "//") == NULL && strstr(path, "/./") == NULL &&
          strstr(path, "/../") == NULL);
    size_t bytes = strlen(path);
    holds(!(bytes >= 2 && text_is(path + bytes - 2, "/.")));
    holds(!(bytes >= 3 && text_is(path + bytes - 3, "/..")));
}

static void routed(enum method method, const char *path)
{
    struct matched matched = {.route = NULL};
    const char *allow = NULL;
    enum status status = route_find(&fuzz_arena, routes, ROUTES, method, path, &matched, &allow);
    if (status == STATUS_METHOD_NOT_ALLOWED) {
        holds(!text_empty(allow));
    }
    if (status != STATUS_OK) {
        holds(status == STATUS_METHOD_NOT_ALLOWED || status == STATUS_NOT_FOUND);
        return;
    }
    size_t argument = 0;
    struct out out = fuzz_out(strlen(path) + 64);
    for (const char *at = matched.route->pattern; *at != '\0';) {
        size_t bytes = 1;
        if (*at == ':') {
            const char *value = matched.arguments[argument++];
            bytes = strcspn(at, "/");
            holds(value != NULL && value[0] != '\0' && strchr(value, '/') == NULL);
            holds(strncmp(at, ":id", 3) != 0 || id_is(value, NULL));
            out_text(&out, value);
        } else {
            out_bytes(&out, at, 1);
        }
        at += bytes;
    }
    holds(text_is(fuzz_written(&out), path)); /* the pattern filled in is the path */
}

static enum status read_uri(const char *uri, struct request *request)
{
    const char *const params[] = {"REQUEST_METHOD=GET",
                                  arena_printf(&fuzz_arena, "REQUEST_URI=%s", uri), NULL};
    struct door door = {.params = params, .read = door_read, .write = door_write};
    door_body_bytes = 0;
    return request_read(&fuzz_arena, &door, request);
}

static void one(struct fuzz_input *input)
{
    enum method method = (enum method)fuzz_below(input, METHOD_OTHER + 1);
    const char *uri = fuzz_text(input);
    struct request request;
    struct request again;
    enum status status = read_uri(uri, &request);
    holds(request.path != NULL && request.query_text != NULL && request.request_id != NULL);
    if (status != STATUS_OK) {
        return;
    }
    path_holds(request.path);
    holds(request.query.count <= REQUEST_FIELDS_MAX);
    routed(method, request.path);
    struct out out = fuzz_out(3 * strlen(request.path) + 1);
    for (const char *at = request.path; *at != '\0'; at++) {
        const char byte[2] = {*at, '\0'};
        out_text(&out, *at == '/' ? "/" : fuzz_encoded(byte));
    }
    /* Encoding makes it longer, and there is a limit. */
    if (out.size_bytes <= REQUEST_PATH_BYTES_MAX) {
        holds(read_uri(fuzz_written(&out), &again) == STATUS_OK &&
              text_is(again.path, request.path));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    fuzz_run(data, size_bytes, one);
    return 0;
}
