/*
 * request_fuzz.c: a whole exchange (http/exchange.c) for any FastCGI environment and body; the
 * length that the environment claims is believed in nothing. The program behind it does with a
 * request what ours do: routes by its path, redirects to gate_next, shows what came. Promised: one
 * reply, its header block whole and without a line that the request brought in, the request's
 * members never NULL, the body as long as it was said to be; nothing shown unescaped.
 */
#include "fuzz/door.h"

#include <stdio.h>

#include "base/limits.h"
#include "gate/csrf.h"
#include "gate/gate.h"

#define PARAMS_MAX 40

static struct exchange exchange;
static struct arena exchange_arena;

static void request_holds(const struct request *request)
{
    const char *const texts[] = {
        request->path,          request->query_text,      request->content_type,
        request->body,          request->cookie,          request->origin,
        request->fetch_site,    request->remote_address,  request->user_agent,
        request->request_id,    request->if_none_match,   request->authorization,
        request->client_secret, request->idempotency_key,
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        holds(texts[i] != NULL);
    }
    holds(request->body_bytes <= REQUEST_BODY_BYTES_MAX &&
          request->body[request->body_bytes] == '\0');
    holds(strlen(request->request_id) == 32);
    holds(strpbrk(request->user_agent, "\r\n\t\x1b") == NULL);
}

static void answer(void *context, const struct request *request, struct response *response)
{
    (void)context;
    request_holds(request);
    holds(request->method == METHOD_POST || request->body_bytes == 0);
    if (request->method == METHOD_POST && !csrf_same_origin(request, "https://registry.example")) {
        response->http_code = 403;
    } else if (pairs_find(&request->query, "next") != NULL) {
        response_redirect(response, &exchange_arena,
                          gate_next(&exchange_arena, pairs_find(&request->query, "next")));
        response_cookie(response, "__Host-session=; Path=/; Max-Age=0");
    } else {
        response->etag = "\"v1\"";
        response->is_public = true;
    }
    out_html(&response->body, request->path);
    for (size_t i = 0; i < request->form.count; i++) {
        out_html(&response->body, request->form.at[i].value);
    }
}

static void refuse(void *context, const struct request *request, enum status status,
                   struct response *response)
{
    (void)context;
    holds(status != STATUS_OK);
    request_holds(request);
    out_html(&response->body, request->path);
    out_html(&response->body, request->user_agent);
}

static const struct program program = {
    .name = "fuzz", .arena = &exchange_arena, .answer = answer, .refuse = refuse};

static void one(struct fuzz_input *input)
{
    const char *params[PARAMS_MAX + 1] = {NULL};
    size_t count = 0;
    while (input->left_bytes > 0 && count < PARAMS_MAX) {
        const char *param = fuzz_text(input);
        if (param[0] == '\0') {
            break; /* what follows is the body */
        }
        params[count++] = param;
    }
    door_body = fuzz_rest(input, &door_body_bytes);
    door_sent_bytes = 0;
    struct door door = {.params = params, .read = door_read, .write = door_write};
    bool is_whole = exchange_run(&exchange, &door);
    if (!is_whole) {
        return; /* more than the test's door takes */
    }
    /* A redirect, and nothing else, takes the cookie away. */
    size_t cookies = text_starts(door_sent, "Status: 303 ") ? 1 : 0;
    const char *body = door_head_holds(door_sent, cookies);
    size_t body_bytes = door_sent_bytes - (size_t)(body - door_sent);
    const char *length = strstr(door_sent, "Content-Length: ");
    long long said = -1;
    if (length != NULL && length < body && body_bytes > 0) {
        holds(sscanf(length, "Content-Length: %lld", &said) == 1 && (size_t)said == body_bytes);
    }
    holds(memchr(body, '<', body_bytes) == NULL && memchr(body, '"', body_bytes) == NULL);
    holds(exchange_arena.used_bytes == exchange.mark_bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    if (exchange_arena.bytes == NULL) {
        arena_map(&exchange_arena, ARENA_BYTES);
        exchange_open(&exchange, &program);
    }
    fuzz_run(data, size_bytes, one);
    return 0;
}
