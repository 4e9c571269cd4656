/*
 * http/exchange.c: see http/exchange.h. The stages of one reply.
 *
 * When the arena is full, wherever that happens, control comes back to exchange_run, which goes on
 * to the next lower stage: from the program's page to its refusal, from there to one bare sentence;
 * once bytes have left, to breaking off.
 */
#include "http/exchange.h"

#include <setjmp.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/must.h"

#define HEAD_BYTES_MAX 16384 /* four cookies, an address and the fixed ones are under 8 kB */

static void run_stages(struct exchange *exchange);
static void read_and_answer(struct exchange *exchange);
static void refuse(struct exchange *exchange);
static void bare_page(struct exchange *exchange);
static void step_down(struct exchange *exchange);
static void send_reply(struct exchange *exchange);
static bool send_body(struct exchange *exchange);
static bool send_windows(struct exchange *exchange);
static bool is_readable(const struct program *program);
static void begin_page(struct exchange *exchange);
static void empty_out(struct out *out);
static void finish(const struct exchange *exchange);
static void log_reply(const struct exchange *exchange, int64_t took_us);

/* For the time before anything is read, and for programs' refusals that ask for a request. */
static const struct request no_request = {
    .method = METHOD_OTHER,
    .path = "",
    .query_text = "",
    .content_type = "",
    .body = "",
    .cookie = "",
    .origin = "",
    .fetch_site = "",
    .remote_address = "",
    .user_agent = "",
    .request_id = "",
    .if_none_match = "",
    .accept = "",
    .authorization = "",
    .client_secret = "",
    .idempotency_key = "",
};

void exchange_open(struct exchange *exchange, const struct program *program)
{
    must(program->arena != NULL && program->answer != NULL);
    *exchange = (struct exchange){.program = program};
    out_init(&exchange->page, program->arena, RESPONSE_BYTES_MAX);
    out_init(&exchange->head, program->arena, HEAD_BYTES_MAX);
    exchange->mark_bytes = program->arena->used_bytes;
}

bool exchange_run(struct exchange *exchange, const struct door *door)
{
    int64_t started_us = clock_steady_us();
    exchange->door = door;
    exchange->stage = STAGE_READ;
    exchange->status = STATUS_OK;
    exchange->request = no_request;
    exchange->sent_bytes = 0;
    exchange->read_bytes = exchange->mark_bytes;
    begin_page(exchange);

    run_stages(exchange);

    finish(exchange);
    log_reply(exchange, clock_steady_us() - started_us);
    empty_out(&exchange->response.body);
    empty_out(&exchange->head);
    arena_reset(exchange->program->arena, exchange->mark_bytes);
    return exchange->stage != STAGE_BROKEN;
}

/* Everything that may fill the arena happens in here. All state is in *exchange, so nothing is lost
 * in a longjmp. */
static void run_stages(struct exchange *exchange)
{
    jmp_buf guard;
    if (setjmp(guard) != 0) {
        step_down(exchange);
    }
    exchange->program->arena->guard = &guard;
    if (exchange->stage == STAGE_READ) {
        read_and_answer(exchange);
    }
    if (exchange->stage == STAGE_REFUSE) {
        refuse(exchange);
    }
    if (exchange->stage == STAGE_BARE) {
        bare_page(exchange);
    }
    if (exchange->stage != STAGE_BROKEN) {
        exchange->stage = STAGE_SEND;
        send_reply(exchange);
    }
    exchange->program->arena->guard = NULL;
}

static void read_and_answer(struct exchange *exchange)
{
    const struct program *program = exchange->program;
    exchange->status = request_read(program->arena, exchange->door, &exchange->request);
    exchange->read_bytes = program->arena->used_bytes;
    if (exchange->status != STATUS_OK) {
        exchange->stage = STAGE_REFUSE;
        return;
    }
    exchange->stage = STAGE_ANSWER;
    program->answer(program->context, &exchange->request, &exchange->response);
}

static void refuse(struct exchange *exchange)
{
    const struct program *program = exchange->program;
    if (program->refuse == NULL) {
        exchange->stage = STAGE_BARE;
        return;
    }
    program->refuse(program->context, &exchange->request, exchange->status, &exchange->response);
    if (exchange->response.http_code == 200) {
        exchange->response.http_code = status_row(exchange->status)->http_code;
    }
}

static void bare_page(struct exchange *exchange)
{
    const struct status_row *row = status_row(exchange->status);
    exchange->response.http_code = row->http_code;
    exchange->response.content_type = "text/plain; charset=utf-8";
    if (exchange->program->last_words != NULL) {
        exchange->program->last_words(&exchange->request, exchange->status, &exchange->response);
        return;
    }
    out_text(&exchange->response.body, row->sentence);
    out_text(&exchange->response.body, "\n");
}

/* The arena or the page is full. What was written is dropped, and so is what the arena took after
 * the request was read. */
static void step_down(struct exchange *exchange)
{
    log_event("error", "out-of-room", "stage", log_int((int64_t)exchange->stage), "path",
              exchange->request.path, "request_id", exchange->request.request_id, NULL);
    if (exchange->stage == STAGE_SEND) {
        exchange->stage = STAGE_BROKEN;
        return;
    }
    finish(exchange);
    if (exchange->stage == STAGE_READ) {
        exchange->request = no_request; /* half-read: it points into what is wiped now */
        request_number(exchange->door, exchange->request_id);
        exchange->request.request_id = exchange->request_id;
    }
    exchange->stage = exchange->stage <= STAGE_ANSWER ? STAGE_REFUSE : STAGE_BARE;
    exchange->status = STATUS_OUT_OF_ROOM;
    arena_reset(exchange->program->arena, exchange->read_bytes);
    begin_page(exchange);
}

static void send_reply(struct exchange *exchange)
{
    struct response *response = &exchange->response;
    must(response->body.bytes == exchange->page.bytes);
    if (response_is_known(response, &exchange->request)) {
        response->http_code = 304;
        response->stream = NULL;
        empty_out(&response->body);
    }
    response_head(&exchange->head, response, &exchange->request);
    const struct door *door = exchange->door;
    if (!door->write(door->state, exchange->head.bytes, exchange->head.size_bytes)) {
        exchange->stage = STAGE_BROKEN;
        return;
    }
    if (exchange->request.method == METHOD_HEAD) {
        return;
    }
    bool is_sent = send_body(exchange) && (response->stream == NULL || send_windows(exchange));
    exchange->stage = is_sent ? STAGE_SEND : STAGE_BROKEN;
}

static bool send_body(struct exchange *exchange)
{
    struct out *body = &exchange->response.body;
    if (body->size_bytes == 0) {
        return true;
    }
    bool is_sent = exchange->door->write(exchange->door->state, body->bytes, body->size_bytes);
    exchange->sent_bytes += is_sent ? body->size_bytes : 0;
    return is_sent;
}

/* Window after window through the same buffer; what a window takes from the arena ends with it. */
static bool send_windows(struct exchange *exchange)
{
    struct response *response = &exchange->response;
    struct arena *arena = exchange->program->arena;
    size_t mark_bytes = arena->used_bytes;
    bool has_more = true;
    bool is_sent = true;
    while (has_more && is_sent) {
        empty_out(&response->body);
        has_more = response->stream(response, response->stream_state);
        is_sent = is_readable(exchange->program) && send_body(exchange);
        arena_reset(arena, mark_bytes);
    }
    return is_sent;
}

static bool is_readable(const struct program *program)
{
    return program->is_readable == NULL || program->is_readable(program->context);
}

/* The page buffer holds what the last writer left: it is wiped before it is used again. */
static void begin_page(struct exchange *exchange)
{
    if (exchange->response.body.bytes != NULL) {
        empty_out(&exchange->response.body);
    }
    response_begin(&exchange->response, &exchange->page);
}

static void empty_out(struct out *out)
{
    must(out->size_bytes <= out->capacity_bytes);
    explicit_bzero(out->bytes, out->size_bytes);
    out->size_bytes = 0;
}

static void finish(const struct exchange *exchange)
{
    if (exchange->program->finish != NULL) {
        exchange->program->finish(exchange->program->context);
    }
}

static void log_reply(const struct exchange *exchange, int64_t took_us)
{
    static const char *const methods[] = {[METHOD_GET] = "GET",
                                          [METHOD_HEAD] = "HEAD",
                                          [METHOD_POST] = "POST",
                                          [METHOD_OTHER] = "OTHER"};
    const struct request *request = &exchange->request;
    bool is_broken = exchange->stage == STAGE_BROKEN;
    log_event("info", is_broken ? "request-broken" : "request", "method", methods[request->method],
              "path", request->path, "code", log_int(exchange->response.http_code), "duration_us",
              log_int(took_us), "bytes", log_int((int64_t)exchange->sent_bytes), "request_id",
              request->request_id, NULL);
    if (took_us > REQUEST_S_MAX * CLOCK_SECOND_US) {
        log_event("warning", "request-slow", "path", request->path, "duration_us", log_int(took_us),
                  "request_id", request->request_id, NULL);
    }
}
