/*
 * cookie_fuzz.c: the Cookie header (http/request.c) for any bytes. Promised: a request that is let
 * in has no control character in its cookies and the session's cookie at most once; what is read is
 * what a second reader reads; where the session's cookie stands twice the request is refused.
 */
#include "fuzz/door.h"

#include "base/limits.h"

#define SESSION "__Host-session"

/* The value of a name, NULL when absent; *count: how often it stands there. */
static const char *second_reader(const char *cookie, const char *name, size_t *count)
{
    const char *first = NULL;
    *count = 0;
    while (*cookie != '\0') {
        cookie += strspn(cookie, "; \t");
        size_t bytes = strcspn(cookie, ";");
        const char *pair = arena_text_sized(&fuzz_arena, cookie, bytes);
        size_t name_bytes = strcspn(pair, "=");
        if (name_bytes == strlen(name) && strncmp(pair, name, name_bytes) == 0) {
            const char *value = pair[name_bytes] == '=' ? pair + name_bytes + 1 : "";
            size_t value_bytes = strlen(value);
            while (value_bytes > 0 && strchr(" \t", value[value_bytes - 1]) != NULL) {
                value_bytes--;
            }
            first = first == NULL ? arena_text_sized(&fuzz_arena, value, value_bytes) : first;
            (*count)++;
        }
        cookie += bytes;
    }
    return first;
}

static void one(struct fuzz_input *input)
{
    const char *name = fuzz_text(input);
    const char *cookie = fuzz_text(input);
    const char *const params[] = {"REQUEST_METHOD=GET", "REQUEST_URI=/",
                                  arena_printf(&fuzz_arena, "HTTP_COOKIE=%s", cookie), NULL};
    struct door door = {.params = params, .read = door_read, .write = door_write};
    struct request request;
    size_t count = 0;
    door_body_bytes = 0;
    enum status status = request_read(&fuzz_arena, &door, &request);
    const char *session = second_reader(cookie, SESSION, &count);
    holds(request.cookie != NULL && text_is(request.cookie, cookie));
    if (count > 1 || strlen(cookie) > REQUEST_COOKIE_BYTES_MAX ||
        strpbrk(cookie, "\r\n\x7f") != NULL) {
        holds(status == STATUS_BAD_REQUEST);
    }
    if (status == STATUS_OK) {
        const char *read = request_cookie(&request, &fuzz_arena, SESSION);
        holds(count <= 1 && text_is(read, session));
        holds(read == NULL || strpbrk(read, ";\r\n") == NULL);
        if (name[0] != '\0' && strpbrk(name, "=; \t") == NULL) {
            holds(text_is(request_cookie(&request, &fuzz_arena, name),
                          second_reader(cookie, name, &count)));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    fuzz_run(data, size_bytes, one);
    return 0;
}
