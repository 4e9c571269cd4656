/*
 * response_fuzz.c: the header block (http/response.c) for any values. Promised: either the block
 * has our lines and no other, or the program stops at its own promise (must) before anything is
 * sent; it stops only for a control character or a page of somebody in a shared cache. An entity
 * tag is known when it stands in the list, and not otherwise.
 *
 * wraps: must_fail
 */
#include "fuzz/door.h"

#include <setjmp.h>

#include "base/must.h"

_Noreturn void __real_must_fail(const char *file, int line, const char *promise);
_Noreturn void __wrap_must_fail(const char *file, int line, const char *promise);

static jmp_buf stopped;
static bool may_stop;

_Noreturn void __wrap_must_fail(const char *file, int line, const char *promise)
{
    if (may_stop) {
        longjmp(stopped, 1);
    }
    __real_must_fail(file, line, promise);
}

static bool is_plain(const char *value)
{
    for (; value != NULL && *value != '\0'; value++) {
        if ((unsigned char)*value < ' ' || *value == 0x7f) {
            return false;
        }
    }
    return true;
}

static const char *maybe(struct fuzz_input *input, unsigned bits, unsigned bit)
{
    return (bits & bit) != 0 ? fuzz_text(input) : NULL;
}

static void known(const char *etag, const char *asked)
{
    struct response response = {.http_code = 200, .etag = etag};
    struct request request = {.method = METHOD_GET, .if_none_match = asked};
    bool is_known = response_is_known(&response, &request);
    const char *own = text_starts(etag, "W/") ? etag + 2 : etag;
    holds(!is_known || text_is(asked, "*") || strstr(asked, own) != NULL);
    if (own[0] != '\0' && strpbrk(own, ", \t") == NULL && !text_starts(own, "W/")) {
        request.if_none_match = arena_printf(&fuzz_arena, "\"x\", W/%s", own);
        holds(response_is_known(&response, &request));
        request.method = METHOD_POST;
        holds(!response_is_known(&response, &request));
    }
}

static void one(struct fuzz_input *input)
{
    static const int codes[] = {200, 303, 304, 400, 404, 405, 422, 503};
    unsigned bits = fuzz_byte(input);
    unsigned more = fuzz_byte(input);
    struct response response = {.http_code = codes[fuzz_below(input, 8)]};
    struct request request = {.request_id = fuzz_text(input), .https = (more & 1) != 0};
    response.is_public = (more & 2) != 0;
    response.retry_after_s = (int)fuzz_byte(input);
    response.content_type = (bits & 1) != 0 ? fuzz_text(input) : "text/html";
    response.location = maybe(input, bits, 2);
    response.allow = maybe(input, bits, 4);
    response.disposition = maybe(input, bits, 8);
    response.etag = maybe(input, bits, 16);
    size_t cookies = (bits & 32) != 0 ? 1 + (bits >> 6) : 0;
    bool is_clean = is_plain(request.request_id) &&
                    (response.http_code == 304 || is_plain(response.content_type)) &&
                    is_plain(response.location) && is_plain(response.allow) &&
                    is_plain(response.disposition) && is_plain(response.etag);
    for (size_t i = 0; i < cookies; i++) {
        response_cookie(&response, fuzz_text(input));
        is_clean = is_clean && is_plain(response.cookies[i]);
    }
    bool is_private = !(response.is_public && cookies > 0) &&
                      !(response.http_code == 303 && response.location == NULL);
    known(response.etag == NULL ? "" : response.etag, fuzz_text(input));

    struct out head = fuzz_out(DOOR_SENT_MAX);
    volatile bool is_stopped = true;
    may_stop = true;
    if (setjmp(stopped) == 0) {
        response_head(&head, &response, &request);
        is_stopped = false;
    }
    may_stop = false;
    holds(is_stopped == !(is_clean && is_private));
    if (!is_stopped) {
        const char *block = fuzz_written(&head);
        holds(strlen(block) == head.size_bytes);
        holds(*door_head_holds(block, cookies) == '\0');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    fuzz_run(data, size_bytes, one);
    may_stop = false;
    return 0;
}
