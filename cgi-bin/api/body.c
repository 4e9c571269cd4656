/* api/body.c: see api/body.h. The only file that includes jansson.h. */
#include "api/body.h"

#include <jansson.h>
#include <string.h>
#include <strings.h>

#include "api/body_scan.h"
#include "api/member.h"
#include "base/must.h"
#include "base/text.h"

#define JSON_TYPE "application/json"
/* whole lists and objects are told back up to this size */
#define INPUT_BYTES_MAX 200

/* libjansson takes memory by two functions without a context: where from, while it works. */
static struct arena *memory;

static bool type_is_json(const char *content_type);
static bool charset_is_utf8(const char *parameters);
static enum status read_text(struct visit *visit, const struct members *members, struct row *row);
static void *take(size_t size_bytes);
static void drop(void *bytes);
static void note_unreadable(struct visit *visit, const json_error_t *error);
static struct row read_object(struct visit *visit, json_t *object, const struct members *members,
                              const struct loc *loc);
static void note_unknown(struct visit *visit, json_t *object, const struct members *members,
                         const struct loc *loc);
static struct value read_member(struct visit *visit, const json_t *json,
                                const struct member *member, const struct loc *loc);
static struct value read_int(struct visit *visit, const json_t *json, const struct member *member,
                             const struct loc *loc);
static struct value read_words(struct visit *visit, const json_t *json, const struct member *member,
                               const struct loc *loc);
static struct value read_rows(struct visit *visit, const json_t *json, const struct member *member,
                              const struct loc *loc);
static bool is_list(struct visit *visit, const json_t *json, const struct member *member,
                    const struct loc *loc);
static void fault(struct visit *visit, const struct loc *loc, const char *type, const char *msg,
                  const json_t *json);
static const char *input_of(struct arena *arena, const json_t *json);

enum status body_read(struct visit *visit, const struct members *members, struct row *row)
{
    must(visit->faults != NULL);
    if (!type_is_json(visit->request->content_type)) {
        return STATUS_MEDIA_TYPE;
    }
    return read_text(visit, members, row);
}

enum status body_read_optional(struct visit *visit, const struct members *members, struct row *row)
{
    if (visit->request->body_bytes == 0) {
        row->values = arena_array(visit->arena, struct value, members->count + 1);
        return STATUS_OK;
    }
    return body_read(visit, members, row);
}

static bool type_is_json(const char *content_type)
{
    size_t size_bytes = strlen(JSON_TYPE);
    if (strncasecmp(content_type, JSON_TYPE, size_bytes) != 0) {
        return false;
    }
    const char *rest = content_type + size_bytes;
    rest += strspn(rest, " \t");
    return *rest == '\0' || (*rest == ';' && charset_is_utf8(rest));
}

/* JSON is UTF-8 (RFC 8259); whoever says it is something else would be misread. */
static bool charset_is_utf8(const char *parameters)
{
    const char *charset = strcasestr(parameters, "charset=");
    if (charset == NULL) {
        return true;
    }
    charset += strlen("charset=");
    charset += *charset == '"' ? 1 : 0;
    return strncasecmp(charset, "utf-8", 5) == 0 &&
           (charset[5] == '\0' || strchr("\"; \t", charset[5]) != NULL);
}

static enum status read_text(struct visit *visit, const struct members *members, struct row *row)
{
    const struct request *request = visit->request;
    struct loc loc = loc_of("body");
    if (request->body_bytes == 0) {
        fault(visit, &loc, "missing", "Send a JSON object as the body.", NULL);
        return STATUS_FORM_FAULTS;
    }
    enum scan_bound bound = body_scan(visit->arena, request->body, request->body_bytes, &loc);
    if (bound != SCAN_WITHIN) {
        fault(visit, &loc, bound == SCAN_DEEP ? "too_deep" : "too_many_values",
              bound == SCAN_DEEP ? "The body is nested too deeply."
                                 : "The body holds too many values.",
              NULL);
        return STATUS_FORM_FAULTS;
    }
    json_error_t error;
    memory = visit->arena;
    json_set_alloc_funcs(take, drop);
    json_t *json = json_loadb(request->body, request->body_bytes,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (json == NULL) {
        note_unreadable(visit, &error);
        return STATUS_FORM_FAULTS;
    }
    loc = loc_of("body");
    *row = read_object(visit, json, members, &loc);
    return visit->faults->count == 0 ? STATUS_OK : STATUS_FORM_FAULTS;
}

static void *take(size_t size_bytes)
{
    return arena_take(memory, 1, size_bytes);
}

/* The arena is emptied after the reply. */
static void drop(void *bytes)
{
    (void)bytes;
}

/* What is no JSON stands at a byte, as in the contract's own answers; what is JSON that we do not
 * take stands at a member. */
static void note_unreadable(struct visit *visit, const json_error_t *error)
{
    const struct request *request = visit->request;
    size_t at = error->position < 0 ? 0 : (size_t)error->position;
    struct loc loc;
    (void)body_scan(visit->arena, request->body,
                    at < request->body_bytes ? at : request->body_bytes, &loc);
    switch ((int)json_error_code(error)) {
    case json_error_duplicate_key:
        fault(visit, &loc, "duplicate", "This member stands twice. Send it once.", NULL);
        return;
    case json_error_numeric_overflow:
        fault(visit, &loc, "int_parsing_size", "This number is too large.", NULL);
        return;
    case json_error_null_character:
    case json_error_null_byte_in_key:
        fault(visit, &loc, "null_character", "Leave out the character U+0000.", NULL);
        return;
    case json_error_invalid_utf8:
        fault(visit, &loc, "invalid_utf8", "This is not UTF-8.", NULL);
        return;
    default: {
        struct loc body = loc_of("body");
        loc = loc_index(&body, (int64_t)at);
        fault(visit, &loc, "json_invalid",
              arena_printf(visit->arena,
                           "The body is not one JSON document: see line %d, column %d.",
                           error->line, error->column),
              NULL);
        return;
    }
    }
}

static struct row read_object(struct visit *visit, json_t *object, const struct members *members,
                              const struct loc *loc)
{
    struct value *values = arena_array(visit->arena, struct value, members->count + 1);
    if (!json_is_object(object)) {
        fault(visit, loc, "model_attributes_type", "Send an object.", object);
        return (struct row){.values = values};
    }
    for (size_t i = 0; i < members->count; i++) {
        const struct member *member = &members->at[i];
        const json_t *json = json_object_get(object, member->name);
        struct loc at = loc_member(loc, member->name);
        if (json == NULL && !member->optional) {
            fault(visit, &at, "missing", "This member is needed.", NULL);
        } else if (json != NULL && !(json_is_null(json) && member->nullable)) {
            values[i] = read_member(visit, json, member, &at);
        }
    }
    note_unknown(visit, object, members, loc);
    return (struct row){.values = values};
}

static void note_unknown(struct visit *visit, json_t *object, const struct members *members,
                         const struct loc *loc)
{
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        const char *name = json_object_iter_key(at);
        bool is_known = false;
        for (size_t i = 0; i < members->count && !is_known; i++) {
            is_known = text_is(members->at[i].name, name);
        }
        if (!is_known) {
            struct loc there = loc_member(loc, body_name(visit->arena, name, strlen(name)));
            fault(visit, &there, "extra_forbidden", "There is no member of this name here.",
                  json_object_iter_value(at));
        }
    }
}

static struct value read_member(struct visit *visit, const json_t *json,
                                const struct member *member, const struct loc *loc)
{
    switch (member->kind) {
    case MEMBER_INT:
        return read_int(visit, json, member, loc);
    case MEMBER_BOOL:
        if (!json_is_boolean(json)) {
            fault(visit, loc, "bool_type", "Send true or false.", json);
            return (struct value){0};
        }
        return (struct value){.is_given = true, .number = json_is_true(json) ? 1 : 0};
    case MEMBER_WORDS:
        return read_words(visit, json, member, loc);
    case MEMBER_ROWS:
        return read_rows(visit, json, member, loc);
    case MEMBER_TEXT:
    case MEMBER_ID:
    case MEMBER_WORD:
    case MEMBER_TIME:
        break;
    }
    struct value value = {0};
    struct member_refusal refusal = {"string_type", "Send a string."};
    if (!json_is_string(json) ||
        !member_take(visit->arena, member, json_string_value(json), &value, &refusal)) {
        fault(visit, loc, refusal.type, refusal.msg, json);
        return (struct value){0};
    }
    return value;
}

static struct value read_int(struct visit *visit, const json_t *json, const struct member *member,
                             const struct loc *loc)
{
    struct arena *arena = visit->arena;
    if (!json_is_integer(json)) {
        bool is_real = json_is_real(json);
        fault(visit, loc, is_real ? "int_from_float" : "int_type",
              is_real ? "Send a whole number, without decimals or exponent."
                      : "Send a whole number.",
              json);
        return (struct value){0};
    }
    int64_t number = json_integer_value(json);
    if (number < member->least) {
        fault(visit, loc, "greater_than_equal",
              arena_printf(arena, "Send at least %lld.", (long long)member->least), json);
    } else if (number > member->most) {
        fault(visit, loc, "less_than_equal",
              arena_printf(arena, "Send at most %lld.", (long long)member->most), json);
    }
    return (struct value){.is_given = true, .number = number};
}

static struct value read_words(struct visit *visit, const json_t *json, const struct member *member,
                               const struct loc *loc)
{
    if (!is_list(visit, json, member, loc)) {
        return (struct value){0};
    }
    size_t count = json_array_size(json);
    int *words = arena_array(visit->arena, int, count + 1);
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_array_get(json, i);
        struct loc at = loc_index(loc, (int64_t)i);
        struct value value = {0};
        struct member_refusal refusal = {"string_type", "Send a string."};
        if (!json_is_string(one) ||
            !member_take_word(visit->arena, member, json_string_value(one), &value, &refusal)) {
            fault(visit, &at, refusal.type, refusal.msg, one);
            continue;
        }
        words[i] = (int)value.number;
        for (size_t j = 0; j < i; j++) {
            if (json_equal(json_array_get(json, j), one)) {
                fault(visit, &at, "duplicate", "This stands twice. Send it once.", one);
                break;
            }
        }
    }
    return (struct value){.is_given = true, .words = words, .count = count};
}

static struct value read_rows(struct visit *visit, const json_t *json, const struct member *member,
                              const struct loc *loc)
{
    if (!is_list(visit, json, member, loc)) {
        return (struct value){0};
    }
    size_t count = json_array_size(json);
    struct row *rows = arena_array(visit->arena, struct row, count + 1);
    for (size_t i = 0; i < count; i++) {
        struct loc at = loc_index(loc, (int64_t)i);
        rows[i] = read_object(visit, json_array_get(json, i), member->inner, &at);
    }
    return (struct value){.is_given = true, .rows = rows, .count = count};
}

/* An array of least..most elements? */
static bool is_list(struct visit *visit, const json_t *json, const struct member *member,
                    const struct loc *loc)
{
    if (!json_is_array(json)) {
        fault(visit, loc, "list_type", "Send a list.", json);
        return false;
    }
    int64_t count = (int64_t)json_array_size(json);
    if (count < member->least || count > member->most) {
        bool is_short = count < member->least;
        fault(visit, loc, is_short ? "too_short" : "too_long",
              arena_printf(visit->arena, "Send %s %lld of these.",
                           is_short ? "at least" : "at most",
                           (long long)(is_short ? member->least : member->most)),
              json);
        return false;
    }
    return true;
}

static void fault(struct visit *visit, const struct loc *loc, const char *type, const char *msg,
                  const json_t *json)
{
    fault_add(visit->faults, loc, type, msg, json == NULL ? NULL : input_of(visit->arena, json));
}

/* What was sent, told back: strings cut, lists and objects only while they are small. */
static const char *input_of(struct arena *arena, const json_t *json)
{
    if (json_is_string(json)) {
        return member_quote(arena, json_string_value(json));
    }
    char text[INPUT_BYTES_MAX];
    size_t bytes = json_dumpb(json, text, sizeof(text), JSON_ENCODE_ANY | JSON_COMPACT);
    return bytes == 0 || bytes > sizeof(text) ? NULL : arena_text_sized(arena, text, bytes);
}
