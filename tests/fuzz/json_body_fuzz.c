/*
 * json_body_fuzz.c: the body of a request (api/body.c, api/body_scan.c, api/member.c) for any
 * bytes. Promised: nothing is read beyond the last byte; a body without faults is one JSON object
 * that holds exactly what its table says; with faults the answer is JSON and names a place in the
 * body for each.
 */
#include "fuzz/api.h"

#include "api/body.h"
#include "base/clock.h"
#include "base/id.h"

static const char *const colours[] = {"red", "green", "blue", NULL};
static const struct member line_table[] = {
    {.name = "credit_batch_id", .kind = MEMBER_ID},
    {.name = "credit_quantity_kg", .kind = MEMBER_INT, .least = 1, .most = 1000000},
};
static const struct members line_members = {line_table, 2};
enum { TO, LINES, NOTES, COLOUR, COLOURS, SURE, UNTIL, MEMBERS };
static const struct member table[] = {
    [TO] = {.name = "to", .kind = MEMBER_ID},
    [LINES] = {.name = "lines", .kind = MEMBER_ROWS, .least = 1, .most = 3, .inner = &line_members},
    [NOTES] = {.name = "notes",
               .kind = MEMBER_TEXT,
               .chars_max = 16,
               .nullable = true,
               .allows_lines = true},
    [COLOUR] = {.name = "colour", .kind = MEMBER_WORD, .words = colours, .optional = true},
    [COLOURS] = {.name = "colours",
                 .kind = MEMBER_WORDS,
                 .words = colours,
                 .least = 1,
                 .most = 3,
                 .optional = true},
    [SURE] = {.name = "sure", .kind = MEMBER_BOOL, .optional = true},
    [UNTIL] = {.name = "until", .kind = MEMBER_TIME, .optional = true, .nullable = true},
};
static const struct members members = {table, MEMBERS};

static void text_holds(const struct value *value)
{
    size_t characters = 0;
    holds(fuzz_is_utf8(value->text, &characters) && characters <= 16);
    holds(!text_has_control(value->text, "\n"));
}

static void words_hold(const struct value *value)
{
    unsigned seen = 0;
    holds(value->count >= 1 && value->count <= 3);
    for (size_t i = 0; i < value->count; i++) {
        holds(value->words[i] >= 0 && value->words[i] < 3 && !(seen & 1u << value->words[i]));
        seen |= 1u << value->words[i];
    }
}

static void row_holds(const struct row *row, const json_t *json)
{
    const struct value *v = row->values;
    int64_t at = 0;
    holds(json_is_object(json));
    for (size_t i = 0; i < MEMBERS; i++) {
        const json_t *one = json_object_get(json, table[i].name);
        holds(v[i].is_given == (one != NULL && !json_is_null(one)));
    }
    holds(v[TO].is_given && id_is(v[TO].text, NULL));
    holds(v[LINES].is_given && v[LINES].count >= 1 && v[LINES].count <= 3);
    for (size_t i = 0; i < v[LINES].count; i++) {
        const struct value *line = v[LINES].rows[i].values;
        const json_t *kg = json_object_get(json_array_get(json_object_get(json, "lines"), i),
                                           "credit_quantity_kg");
        holds(id_is(line[0].text, NULL) && line[1].number == json_integer_value(kg));
        holds(line[1].number >= 1 && line[1].number <= 1000000);
    }
    if (v[NOTES].is_given) {
        text_holds(&v[NOTES]);
    }
    holds(!v[COLOUR].is_given || (v[COLOUR].number >= 0 && v[COLOUR].number < 3));
    if (v[COLOURS].is_given) {
        words_hold(&v[COLOURS]);
    }
    holds(!v[SURE].is_given || v[SURE].number == 0 || v[SURE].number == 1);
    holds(!v[UNTIL].is_given || clock_parse_floor(v[UNTIL].text, &at));
}

static void one(struct fuzz_input *input)
{
    struct row row;
    struct visit *visit = fuzz_api_visit(METHOD_POST);
    fuzz_request.content_type = "application/json";
    fuzz_request.body = fuzz_rest(input, &fuzz_request.body_bytes);
    enum status status = body_read(visit, &members, &row);
    if (status != STATUS_OK) {
        holds(status == STATUS_FORM_FAULTS);
        fuzz_faults_hold(visit, "body");
        return;
    }
    holds(visit->faults->count == 0);
    json_error_t error;
    json_t *json = json_loadb(fuzz_request.body, fuzz_request.body_bytes, 0, &error);
    row_holds(&row, json);
    json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    fuzz_run(data, size_bytes, one);
    return 0;
}
