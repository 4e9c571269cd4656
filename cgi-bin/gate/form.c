/* gate/form.c: see gate/form.h. */
#include "gate/form.h"

#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/limits.h"
#include "base/must.h"
#include "base/text.h"

#define CHARS_MAX_USUAL 256  /* of a row that names no limit */
#define CURSOR_BYTES_MAX 512 /* a sort key and an id, percent-decoded */

static const char unknown_id[] = "unknown"; /* fits an id's array and is nobody's */

struct check {
    struct arena *arena;
    struct fields *fields;
    struct pair
        *clean; /* pairs->count of them with whole names, then as many with what follows the dot */
    const size_t *rows; /* which row each pair belongs to */
};

static bool find_rows(const struct form *form, const struct pairs *pairs, size_t *rows);
static bool row_takes(const struct field_row *row, const char *name);
static bool stands_once(const struct form *form, const struct pairs *pairs, const size_t *rows);
static bool check_row(struct check *check, size_t row_number);
static bool check_value(struct check *check, const struct field_row *row, struct pair *pair);
static bool check_word(const struct field_row *row, const char *value);
static void check_words(struct check *check, const struct field_row *row, const struct pair *pair);
static void check_shape(struct check *check, const struct field_row *row, const struct pair *pair);
static size_t row_place(const struct form *form, const char *name);
static const char *label_of(const struct field_row *row);

enum status form_check(struct arena *arena, const struct form *form, const struct pairs *pairs,
                       struct fields *fields)
{
    *fields = (struct fields){.form = form};
    if (pairs->count == 0 && form == NULL) {
        return STATUS_OK;
    }
    if (form == NULL || pairs->count > REQUEST_FIELDS_MAX) {
        return STATUS_BAD_REQUEST;
    }
    size_t *rows = arena_array(arena, size_t, pairs->count + 1);
    if (!find_rows(form, pairs, rows) || !stands_once(form, pairs, rows)) {
        return STATUS_BAD_REQUEST;
    }

    struct pair *clean = arena_array(arena, struct pair, 2 * pairs->count + 1);
    for (size_t i = 0; i < pairs->count; i++) {
        clean[i] = pairs->at[i];
    }
    struct check check = {.arena = arena, .fields = fields, .clean = clean, .rows = rows};
    fields->pairs = (struct pairs){.at = clean, .count = pairs->count};
    for (size_t row_number = 0; row_number < form->count; row_number++) {
        if (!check_row(&check, row_number)) {
            return STATUS_BAD_REQUEST;
        }
    }
    for (size_t i = 0; i < pairs->count; i++) {
        size_t prefix_bytes = strlen(form->rows[rows[i]].name);
        clean[pairs->count + i] =
            (struct pair){.name = clean[i].name + prefix_bytes, .value = clean[i].value};
    }
    return STATUS_OK;
}

const char *field_text(const struct fields *fields, const char *name)
{
    must(fields->form != NULL && row_place(fields->form, name) < fields->form->count);
    const char *value = pairs_find(&fields->pairs, name);
    return value == NULL ? "" : value;
}

bool field_tick(const struct fields *fields, const char *name)
{
    must(fields->form != NULL && row_place(fields->form, name) < fields->form->count);
    return pairs_find(&fields->pairs, name) != NULL;
}

bool field_int(const struct fields *fields, const char *name, int64_t *number)
{
    return text_parse_int(field_text(fields, name), false, number);
}

const struct pair *field_each(const struct fields *fields, const char *name, size_t *next)
{
    must(fields->form != NULL && row_place(fields->form, name) < fields->form->count);
    size_t name_bytes = strlen(name);
    bool is_prefix = name_bytes > 0 && name[name_bytes - 1] == '.';
    while (*next < fields->pairs.count) {
        size_t at = (*next)++;
        const struct pair *pair = &fields->pairs.at[at];
        if (is_prefix && text_starts(pair->name, name)) {
            return pair + fields->pairs.count; /* its twin, named by what follows the dot */
        }
        if (!is_prefix && text_is(pair->name, name) && pair->value[0] != '\0') {
            return pair;
        }
    }
    return NULL;
}

void field_fault(struct fields *fields, const char *name, const char *words)
{
    const size_t errors_max = sizeof fields->errors / sizeof fields->errors[0];
    must(words != NULL);
    for (size_t i = 0; i < fields->error_count; i++) {
        if (text_is(fields->errors[i].name, name)) {
            return; /* the first thing to mend is enough */
        }
    }
    if (fields->error_count == errors_max) {
        return;
    }
    size_t place = row_place(fields->form, name);
    size_t at = fields->error_count++;
    while (at > 0 && row_place(fields->form, fields->errors[at - 1].name) > place) {
        fields->errors[at] = fields->errors[at - 1];
        at--;
    }
    fields->errors[at] = (struct field_error){.name = name, .words = words};
}

/* Names each pair's row; false when a name is nobody's. */
static bool find_rows(const struct form *form, const struct pairs *pairs, size_t *rows)
{
    for (size_t i = 0; i < pairs->count; i++) {
        rows[i] = row_place(form, pairs->at[i].name);
        if (rows[i] == form->count) {
            return false;
        }
    }
    return true;
}

/* The row that takes a name; form->count when none does. */
static size_t row_place(const struct form *form, const char *name)
{
    size_t place = 0;
    if (form == NULL) {
        return 0;
    }
    while (place < form->count && !row_takes(&form->rows[place], name)) {
        place++;
    }
    return place;
}

/* "qty." takes itself (when it is read) and "qty." with an id behind it. */
static bool row_takes(const struct field_row *row, const char *name)
{
    size_t bytes = strlen(row->name);
    must(bytes > 0);
    if (row->name[bytes - 1] == '.' && text_starts(name, row->name) && name[bytes] != '\0') {
        return id_is(name + bytes, NULL);
    }
    return text_is(name, row->name);
}

static bool stands_once(const struct form *form, const struct pairs *pairs, const size_t *rows)
{
    for (size_t i = 0; i < pairs->count; i++) {
        const struct field_row *row = &form->rows[rows[i]];
        if (row->name[strlen(row->name) - 1] == '.' && text_is(pairs->at[i].name, row->name)) {
            return false; /* the bare prefix never comes from a page */
        }
        for (size_t other = 0; other < i && !row->repeats; other++) {
            if (rows[other] == rows[i] && text_is(pairs->at[other].name, pairs->at[i].name)) {
                return false;
            }
        }
    }
    return true;
}

/* Cleans a row's values and notes what a person can mend; false for what only another program would
 * send. */
static bool check_row(struct check *check, size_t row_number)
{
    const struct field_row *row = &check->fields->form->rows[row_number];
    bool is_filled = false;
    for (size_t i = 0; i < check->fields->pairs.count; i++) {
        if (check->rows[i] != row_number) {
            continue;
        }
        if (!check_value(check, row, &check->clean[i])) {
            return false;
        }
        is_filled = is_filled || check->clean[i].value[0] != '\0' || row->kind == VALUE_TICK;
    }
    if (row->needed && !is_filled) {
        field_fault(check->fields, row->name,
                    row->needed_words != NULL
                        ? row->needed_words
                        : arena_printf(check->arena, "Fill in: %s.", label_of(row)));
    }
    return true;
}

static bool check_value(struct check *check, const struct field_row *row, struct pair *pair)
{
    if (row->kind != VALUE_SECRET && row->kind != VALUE_TEXT) {
        pair->value = text_trim(check->arena, pair->value);
    }
    if (pair->value[0] == '\0') {
        return true; /* an empty box is as good as none */
    }
    switch (row->kind) {
    case VALUE_WORD:
        return check_word(row, pair->value);
    case VALUE_CURSOR:
        return strlen(pair->value) <= CURSOR_BYTES_MAX && !text_has_control(pair->value, "");
    case VALUE_ID:
        if (!id_is(pair->value, NULL)) {
            pair->value = unknown_id;
        }
        return true;
    case VALUE_TICK:
        return strlen(pair->value) <= CHARS_MAX_USUAL && !text_has_control(pair->value, "");
    case VALUE_INT:
    case VALUE_DATE:
        check_shape(check, row, pair);
        return true;
    case VALUE_LINE:
    case VALUE_TEXT:
    case VALUE_SECRET:
    case VALUE_AMOUNT:
        check_words(check, row, pair);
        return true;
    }
    return false;
}

static bool check_word(const struct field_row *row, const char *value)
{
    must(row->words != NULL);
    for (const char *const *word = row->words; *word != NULL; word++) {
        if (text_is(*word, value)) {
            return true;
        }
    }
    return false;
}

/* Length and characters of what people write. */
static void check_words(struct check *check, const struct field_row *row, const struct pair *pair)
{
    size_t chars_max = row->chars_max == 0 ? CHARS_MAX_USUAL : row->chars_max;
    size_t chars = text_characters(pair->value);
    if (chars > chars_max) {
        field_fault(check->fields, pair->name,
                    arena_printf(check->arena,
                                 "%s may have at most %zu characters; this has %zu. Shorten it.",
                                 label_of(row), chars_max, chars));
        return;
    }
    if (row->kind == VALUE_SECRET) {
        return;
    }
    if (text_has_control(pair->value, row->kind == VALUE_TEXT ? "\n" : "")) {
        field_fault(check->fields, pair->name,
                    arena_printf(check->arena,
                                 row->kind == VALUE_TEXT
                                     ? "%s holds characters that cannot be shown. Type it again."
                                     : "%s holds a line break or characters that cannot be shown. "
                                       "Type it again on one line.",
                                 label_of(row)));
    }
}

static void check_shape(struct check *check, const struct field_row *row, const struct pair *pair)
{
    int64_t number = 0;
    if (row->kind == VALUE_INT && !text_parse_int(pair->value, false, &number)) {
        field_fault(
            check->fields, pair->name,
            arena_printf(check->arena, "%s: enter a whole number in digits.", label_of(row)));
    }
    if (row->kind == VALUE_DATE && !clock_parse_date(pair->value, &number)) {
        field_fault(check->fields, pair->name,
                    arena_printf(check->arena,
                                 "%s: enter a date as year, month and day, such as 2026-11-20.",
                                 label_of(row)));
    }
}

static const char *label_of(const struct field_row *row)
{
    return row->label == NULL ? "This field" : row->label;
}
