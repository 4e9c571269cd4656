/*
 * tests/fuzz/api.h: a visit of a program for the targets of the API's room, and a look at what is
 * answered when something was wrong.
 */
#ifndef TESTS_FUZZ_API_H
#define TESTS_FUZZ_API_H

#include <jansson.h>
#include <string.h>

#include "api/api.h"
#include "api/fault.h"
#include "base/text.h"
#include "fuzz/fuzz.h"

static struct request fuzz_request;
static struct visit fuzz_visit;

static inline struct visit *fuzz_api_visit(enum method method)
{
    fuzz_request = (struct request){.method = method,
                                    .path = "/registry/v0/things",
                                    .query_text = "",
                                    .content_type = "",
                                    .body = "",
                                    .cookie = "",
                                    .origin = "",
                                    .fetch_site = "",
                                    .remote_address = "",
                                    .user_agent = "",
                                    .request_id = "r",
                                    .if_none_match = "",
                                    .accept = "",
                                    .authorization = "",
                                    .client_secret = "",
                                    .idempotency_key = ""};
    fuzz_visit = (struct visit){
        .arena = &fuzz_arena, .request = &fuzz_request, .site_url = "", .org_id = ""};
    api_begin(&fuzz_visit);
    return &fuzz_visit;
}

/* Every fault has words and a place that begins so, and the answer that tells them is JSON. */
static inline void fuzz_faults_hold(struct visit *visit, const char *first)
{
    const struct api_faults *faults = visit->faults;
    struct response response = {.http_code = 200};
    response.body = fuzz_out(1 << 20);
    holds(faults->count > 0 && faults->count <= FAULTS_MAX);
    api_error_page(visit, STATUS_FORM_FAULTS, &response);
    json_error_t error;
    json_t *answer = json_loadb(response.body.bytes, response.body.size_bytes, 0, &error);
    json_t *detail = json_object_get(answer, "detail");
    holds(json_array_size(detail) == faults->count);
    for (size_t i = 0; i < faults->count; i++) {
        json_t *row = json_array_get(detail, i);
        json_t *loc = json_object_get(row, "loc");
        holds(json_array_size(loc) == faults->at[i].loc.count);
        holds(text_is(json_string_value(json_array_get(loc, 0)), first));
        holds(json_string_length(json_object_get(row, "msg")) > 5);
        holds(json_string_length(json_object_get(row, "type")) > 2);
        holds((json_object_get(row, "input") != NULL) == (faults->at[i].input != NULL));
    }
    json_decref(answer);
}

#endif
