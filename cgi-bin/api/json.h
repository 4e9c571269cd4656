/*
 * api/json.h: writing JSON into the response. Numbers are exact: kilograms are integers, credits
 * have at most 3 decimals and are made from the integer. Text is well-formed UTF-8 already and is
 * escaped after RFC 8259. Members stand in the order in which they are written.
 *
 *     struct json json = json_begin(&response->body);
 *     json_open(&json, NULL);
 *     json_text(&json, "id", row->transfer_id);
 *     json_close(&json);
 *
 * None of these functions is called like one of libjansson (api/body.c), which would then call ours
 * in place of its own.
 */
#ifndef API_JSON_H
#define API_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/out.h"
#include "model/quantity.h"

/* The contract's answers are at most 7 deep. */
#define JSON_DEPTH_MAX 16

struct json {
    struct out *out;
    int depth;
    char closing[JSON_DEPTH_MAX]; /* '}' or ']' of each level that is open */
    bool has_one[JSON_DEPTH_MAX]; /* the level has a value already: the next needs a comma */
};

struct json json_begin(struct out *out);

/* Every function takes the member's name; NULL inside an array and for the whole document. */
void json_open(struct json *json, const char *name); /* an object */
void json_list(struct json *json, const char *name); /* an array */
/* Closes the innermost object or array. */
void json_close(struct json *json);

void json_text(struct json *json, const char *name, const char *text);
/* "" and NULL become null. */
void json_text_or_null(struct json *json, const char *name, const char *text);
void json_int(struct json *json, const char *name, int64_t number);
void json_bool(struct json *json, const char *name, bool value);
void json_none(struct json *json, const char *name); /* null */
/* "2026-11-20T14:03:22.123456Z"; 0 becomes null. */
void json_time(struct json *json, const char *name, int64_t at);
/* {"credit_kgs": 1234, "credits": 1.234}. A carbon-removal unit is a kilogram; a renewable-energy
 * certificate counts as 1000 in credit_kgs and 1 in credits, so that both kinds read alike
 * (domain.md section 1: 1 certificate = 1 MWh = 1 credit). */
void json_quantity(struct json *json, const char *name, enum instrument instrument, int64_t units);
/* A number that is written already ("1.234", "-71.06"): from our own columns only. */
void json_number(struct json *json, const char *name, const char *digits);
/* JSON that is written already (struct api_fault's input). */
void json_written(struct json *json, const char *name, const char *written);

/* Text as a JSON string with its quotes, cut to about chars_max characters (then it ends in "…").
 */
const char *json_quote(struct arena *arena, const char *text, size_t chars_max);

#endif
