/* store/walk.c: see store/walk.h. */
#include "store/walk.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "model/country.h"
#include "store/rows.h"

/* a name of 400 characters and two notes; what is longer is looked through that far */
#define TEXTS_BYTES_MAX 8192
#define ID_LAST "~"                  /* sorts behind every id … */
#define TEXT_LAST "\xf4\x8f\xbf\xbf" /* … and this, U+10FFFF, behind every name */

static bool holds(struct query *q, struct arena *arena, const struct fold_words *words, int texts);
static size_t add_folded(char folded[TEXTS_BYTES_MAX], size_t used, const char *text);

struct place walk_start(bool descending)
{
    return descending ? (struct place){INT64_MAX, TEXT_LAST, ID_LAST}
                      : (struct place){INT64_MIN, "", ""};
}

struct place walk_place(struct query *q, struct arena *arena, const struct window *window)
{
    struct place place = walk_start(window->descending);
    if (!text_empty(window->behind)) {
        place = walk_start(!window->descending);
        if (query_row(q)) {
            place = (struct place){query_int(q, 0), query_text(q, arena, 0), window->behind};
        }
    }
    query_end(q);
    return place;
}

void walk_bind(struct query *q, const struct place *place, bool is_by_text)
{
    if (is_by_text) {
        query_bind_text(q, 6, place->text);
    } else {
        query_bind_int(q, 6, place->key);
    }
    query_bind_text(q, 7, place->id);
}

struct fold_words walk_words(struct arena *arena, const char *typed)
{
    return fold_words(arena, typed == NULL ? "" : typed);
}

struct ids walk_take(struct query *q, struct arena *arena, const struct fold_words *words,
                     int texts, size_t most)
{
    const char **ids = NULL;
    size_t count = 0;
    while (count < most && query_row(q)) {
        if (holds(q, arena, words, texts)) {
            ids = rows_room(arena, ids, count, sizeof(*ids));
            ids[count++] = query_text(q, arena, 0);
        }
    }
    query_end(q);
    return (struct ids){ids, count};
}

int64_t walk_count(struct query *q, struct arena *arena, const struct fold_words *words, int texts)
{
    int64_t count = 0;
    while (count <= LIST_COUNT_MAX && query_row(q)) {
        count += holds(q, arena, words, texts) ? 1 : 0;
    }
    query_end(q);
    return count > LIST_COUNT_MAX ? COUNT_MORE : count;
}

/* Thousands of rows pass by, so what each takes from the arena is given back at once. */
static bool holds(struct query *q, struct arena *arena, const struct fold_words *words, int texts)
{
    if (words->count == 0) {
        return true;
    }
    char folded[TEXTS_BYTES_MAX];
    size_t used = 0;
    folded[0] = '\0'; /* not all of it, for each of a million rows */
    size_t mark_bytes = arena->used_bytes;
    for (int column = 1; column <= texts; column++) {
        const char *text = query_text(q, arena, column);
        used = add_folded(folded, used, text);
        used = add_folded(folded, used, country_name(text));
    }
    arena_reset(arena, mark_bytes);
    return fold_holds(folded, words);
}

/* As far as there is room. */
static size_t add_folded(char folded[TEXTS_BYTES_MAX], size_t used, const char *text)
{
    if (text_empty(text) || used + 2 >= TEXTS_BYTES_MAX) {
        return used;
    }
    fold_text(folded + used, TEXTS_BYTES_MAX - used - 1, text);
    used += strlen(folded + used);
    folded[used++] = '\n'; /* no word reaches from one text into the next */
    folded[used] = '\0';
    return used;
}
