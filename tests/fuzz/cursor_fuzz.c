/*
 * cursor_fuzz.c: cursors (api/cursor.c) for any text. Promised: a cursor that is read says exactly
 * what it was made from, and no other text says the same; what was made for a place comes back as
 * that place, in its own list only.
 */
#include "fuzz/api.h"

#include "api/cursor.h"
#include "base/id.h"

static const struct query_form form = {.list = "things", .is_paged = true};
static const struct query_form other_form = {.list = "others", .is_paged = true};

static void read_any(const char *text)
{
    struct page_end end;
    struct digest scope = cursor_scope(&form, "subject", NULL);
    if (cursor_read(&fuzz_arena, &scope, text, &end)) {
        size_t characters = 0;
        holds(id_is(end.id, NULL) && fuzz_is_utf8(end.text, &characters));
        holds(text_is(cursor_write(&fuzz_arena, &scope, &end), text));
    }
}

/* A place of the input's choice, there and back, and not from elsewhere. */
static void write_and_read(int64_t key, const char *text)
{
    size_t characters = 0;
    if (!fuzz_is_utf8(text, &characters) || characters > 400) {
        return;
    }
    const struct page_end end = {.key = key, .id = "tfr_1FJGWSY271S0QSMR", .text = text};
    struct page_end back;
    struct digest scope = cursor_scope(&form, "subject", NULL);
    struct digest list = cursor_scope(&other_form, "subject", NULL);
    struct digest subject = cursor_scope(&form, "subjec", NULL);
    const char *cursor = cursor_write(&fuzz_arena, &scope, &end);
    holds(cursor_read(&fuzz_arena, &scope, cursor, &back));
    holds(back.key == key && text_is(back.id, end.id) && text_is(back.text, text));
    holds(!cursor_read(&fuzz_arena, &list, cursor, &back));
    holds(!cursor_read(&fuzz_arena, &subject, cursor, &back));
}

static void one(struct fuzz_input *input)
{
    int64_t key = fuzz_int(input);
    const char *text = fuzz_text(input);
    write_and_read(key, text);
    read_any(text);
    read_any(fuzz_text(input));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    fuzz_run(data, size_bytes, one);
    return 0;
}
