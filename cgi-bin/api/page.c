/* api/page.c: see api/page.h. */
#include "api/page.h"

#include <string.h>

#include "api/cursor.h"
#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"

/* the contract's bounds of first and last */
#define PAGE_MOST_DEFAULT 10
#define WORDS_MAX 32

/* How many rows, and from where: as sent. NULL: absent. */
struct page_words {
    const char *first, *after, *last, *before;
};

static void read_values(struct visit *visit, const struct query_form *form,
                        struct query_value *values, struct page_words *words);
static bool stands_before(const struct pairs *query, size_t index);
static void read_value(struct visit *visit, const struct query_row_of *row, const char *text,
                       struct query_value *value);
static bool take_words(const struct query_row_of *row, const char *text, int64_t *bits);
static int word_index(const char *const *words, const char *text, size_t size_bytes);
static const char **page_word(struct page_words *words, const char *name);
static void read_page(struct visit *visit, const struct query_form *form, const char *subject,
                      const struct query_value *values, const struct page_words *words,
                      struct page_ask *ask);
static size_t read_most(struct visit *visit, const char *name, const char *text);
static void refuse(struct visit *visit, const char *name, const char *type, const char *msg,
                   const char *input);

enum status query_read(struct visit *visit, const struct query_form *form, const char *subject,
                       struct query_value *values, struct page_ask *ask)
{
    struct page_words words = {0};
    must(visit->faults != NULL);
    read_values(visit, form, values, &words);
    if (form->is_paged) {
        read_page(visit, form, subject, values, &words, ask);
    }
    return visit->faults->count == 0 ? STATUS_OK : STATUS_FORM_FAULTS;
}

void page_write_info(struct json *json, struct visit *visit, const struct query_form *form,
                     const char *subject, const struct query_value *values,
                     const struct page_ask *ask, bool has_more, const struct page_end *first,
                     const struct page_end *last, int64_t total_count)
{
    struct digest scope = cursor_scope(form, subject, values);
    must((first == NULL) == (last == NULL));
    json_int(json, "total_count", total_count);
    json_open(json, "page_info");
    json_bool(json, "has_previous_page", ask->backward ? has_more : ask->has_place);
    json_text_or_null(json, "start_cursor",
                      first == NULL ? NULL : cursor_write(visit->arena, &scope, first));
    json_bool(json, "has_next_page", ask->backward ? ask->has_place : has_more);
    json_text_or_null(json, "end_cursor",
                      last == NULL ? NULL : cursor_write(visit->arena, &scope, last));
    json_close(json);
}

static void read_values(struct visit *visit, const struct query_form *form,
                        struct query_value *values, struct page_words *words)
{
    const struct pairs *query = &visit->request->query;
    for (size_t i = 0; i < form->count; i++) {
        values[i] =
            (struct query_value){.text = "", .number = form->rows[i].kind == QUERY_WORD ? -1 : 0};
    }
    for (size_t i = 0; i < query->count; i++) {
        const struct pair *pair = &query->at[i];
        const struct query_row_of *row = NULL;
        for (size_t j = 0; j < form->count && row == NULL; j++) {
            row = text_is(form->rows[j].name, pair->name) ? &form->rows[j] : NULL;
        }
        const char **word = form->is_paged && row == NULL ? page_word(words, pair->name) : NULL;
        const char *input = json_quote(visit->arena, pair->value, FAULT_INPUT_CHARS_MAX);
        bool may_repeat = row != NULL && row->kind == QUERY_WORDS;
        if (row == NULL && word == NULL) {
            refuse(visit, pair->name, "extra_forbidden", "There is no parameter of this name here.",
                   input);
        } else if (!may_repeat && stands_before(query, i)) {
            refuse(visit, pair->name, "duplicate", "This parameter stands twice. Send it once.",
                   input);
        } else if (word != NULL) {
            *word = pair->value;
        } else {
            read_value(visit, row, pair->value, &values[row - form->rows]);
        }
    }
}

static bool stands_before(const struct pairs *query, size_t index)
{
    const struct pairs before = {query->at, index};
    return pairs_count(&before, query->at[index].name) > 0;
}

static const char **page_word(struct page_words *words, const char *name)
{
    return text_is(name, "first")    ? &words->first
           : text_is(name, "after")  ? &words->after
           : text_is(name, "last")   ? &words->last
           : text_is(name, "before") ? &words->before
                                     : NULL;
}

static void read_value(struct visit *visit, const struct query_row_of *row, const char *text,
                       struct query_value *value)
{
    struct arena *arena = visit->arena;
    const char *input = json_quote(arena, text, FAULT_INPUT_CHARS_MAX);
    switch (row->kind) {
    case QUERY_ID:
        value->text = text;
        if (!id_is(text, row->prefix)) {
            refuse(visit, row->name, "id_malformed",
                   arena_printf(arena, "Send an id of this registry that begins with %s_.",
                                row->prefix),
                   input);
        }
        return;
    case QUERY_TIME:
        if (!clock_parse_floor(text, &value->number)) {
            refuse(visit, row->name, "datetime_parsing",
                   "Send a time as in 2026-01-31T12:00:00Z, of the years 1900 to 2200, "
                   "with + written as %2B.",
                   input);
        } else if (value->number == 0) {
            value->number = 1; /* 0 says absent; nothing lies within that microsecond */
        }
        return;
    case QUERY_WORD:
        value->number = word_index(row->words, text, strlen(text));
        if (value->number < 0) {
            refuse(visit, row->name, "enum", "This is not one of the words that can stand here.",
                   input);
        }
        return;
    case QUERY_WORDS:
        if (!take_words(row, text, &value->number)) {
            refuse(visit, row->name, "enum", "This is not one of the words that can stand here.",
                   input);
        }
        return;
    case QUERY_INT:
        if (!text_parse_int(text, false, &value->number) || value->number < row->least ||
            value->number > row->most) {
            refuse(visit, row->name, "int_parsing",
                   arena_printf(arena, "Send a whole number from %lld to %lld.",
                                (long long)row->least, (long long)row->most),
                   input);
        }
        return;
    }
}

/* One word, or several with commas between them. */
static bool take_words(const struct query_row_of *row, const char *text, int64_t *bits)
{
    for (;;) {
        size_t size_bytes = strcspn(text, ",");
        int index = word_index(row->words, text, size_bytes);
        if (index < 0) {
            return false;
        }
        must(index < WORDS_MAX);
        *bits |= INT64_C(1) << index;
        if (text[size_bytes] == '\0') {
            return true;
        }
        text += size_bytes + 1;
    }
}

static int word_index(const char *const *words, const char *text, size_t size_bytes)
{
    for (int i = 0; words[i] != NULL; i++) {
        if (strlen(words[i]) == size_bytes && strncmp(words[i], text, size_bytes) == 0) {
            return i;
        }
    }
    return -1;
}

/* The cursor says which way: after forward, before backward. Without one, last alone goes backward
 * from the end. The contract gives first and last a default each, so clients made from it may send
 * both always; the one that does not belong to the direction is only checked. */
static void read_page(struct visit *visit, const struct query_form *form, const char *subject,
                      const struct query_value *values, const struct page_words *words,
                      struct page_ask *ask)
{
    size_t first = read_most(visit, "first", words->first);
    size_t last = read_most(visit, "last", words->last);
    bool backward = words->before != NULL ||
                    (words->after == NULL && words->last != NULL && words->first == NULL);
    *ask = (struct page_ask){.backward = backward, .most = backward ? last : first, .id = ""};
    if (words->after != NULL && words->before != NULL) {
        refuse(visit, "before", "conflict", "Send after or before, not both.", NULL);
        return;
    }
    if (backward ? words->first != NULL && words->last == NULL
                 : words->last != NULL && words->first == NULL) {
        refuse(visit, backward ? "first" : "last", "conflict",
               backward ? "Send last with before." : "Send first with after.", NULL);
    }
    const char *name = backward ? "before" : "after";
    const char *cursor = backward ? words->before : words->after;
    struct digest scope = cursor_scope(form, subject, values);
    struct page_end end;
    if (cursor == NULL) {
        return;
    }
    if (!cursor_read(visit->arena, &scope, cursor, &end)) {
        refuse(visit, name, "cursor", "Send a cursor that this list gave with these same filters.",
               json_quote(visit->arena, cursor, FAULT_INPUT_CHARS_MAX));
        return;
    }
    ask->has_place = true;
    ask->key = end.key;
    ask->text = end.text;
    ask->id = end.id;
}

static size_t read_most(struct visit *visit, const char *name, const char *text)
{
    int64_t most = PAGE_MOST_DEFAULT;
    if (text != NULL && (!text_parse_int(text, false, &most) || most < 1 || most > PAGE_ROWS)) {
        refuse(visit, name, "int_parsing",
               arena_printf(visit->arena, "Send a whole number from 1 to %d.", PAGE_ROWS),
               json_quote(visit->arena, text, FAULT_INPUT_CHARS_MAX));
        return PAGE_MOST_DEFAULT;
    }
    return (size_t)most;
}

static void refuse(struct visit *visit, const char *name, const char *type, const char *msg,
                   const char *input)
{
    struct loc query = loc_of("query");
    struct loc loc = loc_member(&query, name);
    fault_add(visit->faults, &loc, type, msg, input);
}
