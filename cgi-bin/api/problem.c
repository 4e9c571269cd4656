/* api/problem.c: see api/api.h. Every refusal and fault as JSON. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "api/api.h"
#include "api/fault.h"
#include "base/must.h"
#include "base/text.h"

#define PROBLEM_TYPE "application/problem+json"
#define SLUG_CHARS_MAX 40 /* the longest of the status table has 23 */
/* an anchor of the page that describes the API */
#define TYPE_BASE "/registry/api#"
#define CHALLENGE "Bearer realm=\"registry\""

static bool wants_problem(const struct request *request);
static int retry_after_s(enum status status);
static void write_refusal(struct json *json, enum status status);
static void write_faults(struct json *json, const char *name, const struct visit *visit);
static void write_act(struct json *json, const struct visit *visit, enum status status);
static void write_loc(struct json *json, const struct loc *loc);
static const char *challenge_of(const struct visit *visit, enum status status);

void api_error_page(struct visit *visit, enum status status, struct response *response)
{
    const struct status_row *row = status_row(status);
    bool is_problem = wants_problem(visit->request);
    bool has_rows = status == STATUS_FORM_FAULTS;
    must(status != STATUS_OK);

    struct json json = api_answer(visit, response);
    response->http_code = row->http_code;
    response->challenge = challenge_of(visit, status);
    if (response->retry_after_s == 0) { /* otherwise the gate knows how long */
        response->retry_after_s = retry_after_s(status);
    }
    response->content_type = is_problem ? PROBLEM_TYPE : response->content_type;

    json_open(&json, NULL);
    if (has_rows && !is_problem) {
        write_faults(&json, "detail", visit);
    } else {
        write_refusal(&json, status);
    }
    if (has_rows && is_problem) {
        write_faults(&json, "errors", visit);
    }
    write_act(&json, visit, status);
    json_text(&json, "request_id", visit->request->request_id);
    json_close(&json);
}

void api_last_words(const struct request *request, enum status status, struct response *response)
{
    struct json json = json_begin(&response->body);
    response->is_sandbox = api_in_sandbox();
    response->content_type = wants_problem(request) ? PROBLEM_TYPE : "application/json";
    response->retry_after_s = retry_after_s(status);
    json_open(&json, NULL);
    write_refusal(&json, status);
    json_text(&json, "request_id", request->request_id);
    json_close(&json);
}

/* Only who names the type: "*" is satisfied with plain JSON. */
static bool wants_problem(const struct request *request)
{
    const char *at = strcasestr(request->accept, PROBLEM_TYPE);
    return at != NULL && !isalnum((unsigned char)at[strlen(PROBLEM_TYPE)]);
}

static int retry_after_s(enum status status)
{
    switch ((int)status) {
    case STATUS_THROTTLED:
        return 60;
    case STATUS_LEDGER_AWAY:
        return 10;
    case STATUS_ANSWER_LOST:
    case STATUS_OUT_OF_ROOM:
    case STATUS_BUSY:
        return 2;
    default:
        return status_row(status)->http_code == 503 ? 10 : 0;
    }
}

/* Which row of the table it is; takes nothing from the arena, which may be full. */
static void write_refusal(struct json *json, enum status status)
{
    const struct status_row *row = status_row(status);
    char type[sizeof TYPE_BASE + SLUG_CHARS_MAX];
    char title[SLUG_CHARS_MAX + 1]; /* "Not found" for "not-found" */
    must(strlen(row->slug) <= SLUG_CHARS_MAX);
    (void)snprintf(type, sizeof type, TYPE_BASE "%s", row->slug);
    for (size_t i = 0; i <= strlen(row->slug); i++) {
        title[i] = (char)(row->slug[i] == '-' ? ' ' : row->slug[i]);
    }
    title[0] = (char)toupper((unsigned char)title[0]);
    json_text(json, "type", type);
    json_text(json, "title", title);
    json_int(json, "status", row->http_code);
    json_text(json, "detail", status_row_for_programs(status).sentence);
}

static void write_faults(struct json *json, const char *name, const struct visit *visit)
{
    json_list(json, name);
    for (size_t i = 0; visit->faults != NULL && i < visit->faults->count; i++) {
        const struct api_fault *fault = &visit->faults->at[i];
        json_open(json, NULL);
        write_loc(json, &fault->loc);
        json_text(json, "msg", fault->msg);
        json_text(json, "type", fault->type);
        if (fault->input != NULL) {
            json_written(json, "input", fault->input);
        }
        json_close(json);
    }
    json_close(json);
}

/* What only the act knows: how what it was about had ended, and under which key a lost answer can
 * be asked for again when the client sent none. */
static void write_act(struct json *json, const struct visit *visit, enum status status)
{
    const struct answer *answer = visit->act_answer;
    if (status == STATUS_TRANSFER_ENDED && answer != NULL) {
        json_text(json, "transfer_status",
                  transfer_state_word((enum transfer_state)answer->transfer_state));
        json_time(json, "ended_at", answer->ended_at);
    }
    if (status == STATUS_ANSWER_LOST && visit->act_key != NULL) {
        json_text(json, "idempotency_key", visit->act_key);
    }
}

static void write_loc(struct json *json, const struct loc *loc)
{
    json_list(json, "loc");
    for (size_t i = 0; i < loc->count; i++) {
        if (loc->steps[i].name != NULL) {
            json_text(json, NULL, loc->steps[i].name);
        } else {
            json_int(json, NULL, loc->steps[i].index);
        }
    }
    json_close(json);
}

/* RFC 6750: an error is told only to who has sent a token. */
static const char *challenge_of(const struct visit *visit, enum status status)
{
    if (status_row(status)->http_code != 401) {
        return NULL;
    }
    bool has_none = text_empty(visit->request->authorization);
    return has_none ? CHALLENGE : CHALLENGE ", error=\"invalid_token\"";
}
