/*
 * form_fuzz.c: application/x-www-form-urlencoded (http/form_decode.c), the form's token
 * (gate/csrf.c) and the typed table of fields (gate/form.c) for any body. Promised: what is decoded
 * is UTF-8, has names, and encoded anew decodes to the same; after the check every pair belongs to
 * a row, none stands twice that may not, a value without a complaint is what its kind says, and a
 * complaint has words.
 */
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/limits.h"
#include "base/text.h"
#include "fuzz/fuzz.h"
#include "gate/csrf.h"
#include "gate/form.h"

static const char *const words[] = {"red", "green", NULL};
static const struct field_row rows[] = {
    {.name = "line", .kind = VALUE_LINE, .label = "Name", .needed = true, .chars_max = 12},
    {.name = "text", .kind = VALUE_TEXT, .label = "Public note", .chars_max = 20},
    {.name = "secret", .kind = VALUE_SECRET, .label = "Password"},
    {.name = "to", .kind = VALUE_ID, .needed = true, .needed_words = "Choose one."},
    {.name = "days", .kind = VALUE_INT},
    {.name = "amount", .kind = VALUE_AMOUNT, .label = "Amount"},
    {.name = "from", .kind = VALUE_DATE, .label = "From"},
    {.name = "colour", .kind = VALUE_WORD, .words = words},
    {.name = "tick", .kind = VALUE_TICK, .repeats = true},
    {.name = "after", .kind = VALUE_CURSOR},
    {.name = "qty.", .kind = VALUE_AMOUNT, .label = "Amount"},
};
#define ROWS (sizeof rows / sizeof rows[0])
static const struct form form = {.rows = rows, .count = ROWS};

static void again(const struct pairs *pairs, size_t size_bytes)
{
    struct out out = fuzz_out(3 * size_bytes + 2 * pairs->count + 1);
    struct pairs decoded;
    for (size_t i = 0; i < pairs->count; i++) {
        out_text(&out, i == 0 ? "" : "&");
        out_text(&out, fuzz_encoded(pairs->at[i].name));
        out_text(&out, "=");
        out_text(&out, fuzz_encoded(pairs->at[i].value));
    }
    holds(form_decode(&fuzz_arena, out.bytes, out.size_bytes, &decoded) == STATUS_OK);
    holds(decoded.count == pairs->count);
    for (size_t i = 0; i < pairs->count; i++) {
        size_t characters = 0;
        holds(fuzz_is_utf8(pairs->at[i].name, &characters) && pairs->at[i].name[0] != '\0');
        holds(fuzz_is_utf8(pairs->at[i].value, &characters));
        holds(text_is(decoded.at[i].name, pairs->at[i].name));
        holds(strchr(pairs->at[i].value, '\r') != NULL ||
              text_is(decoded.at[i].value, pairs->at[i].value));
    }
}

static bool is_complained_about(const struct fields *fields, const char *name)
{
    for (size_t i = 0; i < fields->error_count; i++) {
        if (text_is(fields->errors[i].name, name)) {
            return true;
        }
    }
    return fields->error_count == sizeof fields->errors / sizeof fields->errors[0];
}

static void kind_holds(const struct field_row *row, const char *value)
{
    int64_t number = 0;
    switch (row->kind) {
    case VALUE_ID:
        holds(id_is(value, NULL) || text_is(value, "unknown"));
        break;
    case VALUE_INT:
        holds(text_parse_int(value, false, &number));
        break;
    case VALUE_DATE:
        holds(clock_parse_date(value, &number));
        break;
    case VALUE_WORD:
        holds(text_is(value, "red") || text_is(value, "green"));
        break;
    case VALUE_LINE:
    case VALUE_AMOUNT:
    case VALUE_CURSOR:
    case VALUE_TICK:
        holds(!text_has_control(value, ""));
        break;
    case VALUE_TEXT:
        holds(!text_has_control(value, "\n"));
        break;
    case VALUE_SECRET:
        break;
    }
    size_t chars_max = row->chars_max == 0 ? 256 : row->chars_max;
    holds(row->kind == VALUE_CURSOR || row->kind == VALUE_ID ||
          text_characters(value) <= chars_max);
}

static void fields_hold(const struct fields *fields)
{
    for (size_t i = 0; i < fields->error_count; i++) {
        holds(!text_empty(fields->errors[i].words) && !text_empty(fields->errors[i].name));
    }
    for (size_t i = 0; i < ROWS; i++) {
        size_t next = 0;
        size_t count = 0;
        int64_t number = 0;
        const struct field_row *row = &rows[i];
        bool is_prefix = text_is(row->name, "qty.");
        for (const struct pair *pair = field_each(fields, row->name, &next); pair != NULL;
             pair = field_each(fields, row->name, &next)) {
            count++;
            const char *name =
                is_prefix ? arena_printf(&fuzz_arena, "qty.%s", pair->name) : pair->name;
            holds(!is_prefix || id_is(pair->name, NULL));
            if (pair->value[0] != '\0' && !is_complained_about(fields, name)) {
                kind_holds(row, pair->value);
            }
        }
        holds(row->repeats || is_prefix || count <= 1);
        holds(!row->needed || count > 0 || is_complained_about(fields, row->name));
        holds(field_text(fields, row->name) != NULL);
        (void)field_tick(fields, row->name);
        (void)field_int(fields, row->name, &number);
    }
}

static void one(struct fuzz_input *input)
{
    size_t size_bytes = 0;
    const char *body = fuzz_rest(input, &size_bytes);
    struct pairs pairs;
    if (form_decode(&fuzz_arena, body, size_bytes, &pairs) != STATUS_OK) {
        holds(pairs.count == 0);
        return;
    }
    holds(pairs.count <= REQUEST_FIELDS_MAX);
    again(&pairs, size_bytes);
    struct pairs rest;
    const char *token = NULL;
    bool is_single = csrf_take_token(&fuzz_arena, &pairs, &rest, &token);
    size_t tokens = pairs_count(&pairs, CSRF_FIELD);
    holds(is_single == (tokens <= 1) && token != NULL && rest.count == pairs.count - tokens);
    holds(pairs_count(&rest, CSRF_FIELD) == 0);
    holds(!csrf_token_right("right", token) || text_is(token, "right"));
    struct fields *fields = arena_one(&fuzz_arena, struct fields);
    if (form_check(&fuzz_arena, &form, &rest, fields) == STATUS_OK) {
        fields_hold(fields);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    fuzz_run(data, size_bytes, one);
    return 0;
}
