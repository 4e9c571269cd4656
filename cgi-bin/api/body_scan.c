/* api/body_scan.c: see api/body_scan.h. */
#include "api/body_scan.h"

#include <stdbool.h>

#include "base/limits.h"
#include "base/must.h"
#include "base/text.h"

/* One object or array that is open. */
struct level {
    bool is_object;
    bool wants_name; /* the next string is a member's name */
    size_t name_at, name_bytes;
    bool has_name;
    int64_t index;
};

struct scan {
    const char *text;
    size_t until_bytes;
    struct level levels[BODY_DEPTH_MAX];
    size_t depth;
    size_t values;
};

_Static_assert(BODY_DEPTH_MAX < FAULT_LOC_MAX, "every place in a body can be told");

static enum scan_bound open_level(struct scan *scan, bool is_object);
static void next_value(struct scan *scan);
static size_t pass_string(struct scan *scan, size_t at);
static struct loc place_of(struct arena *arena, const struct scan *scan);

enum scan_bound body_scan(struct arena *arena, const char *text, size_t until_bytes,
                          struct loc *loc)
{
    struct scan scan = {.text = text, .until_bytes = until_bytes, .values = 1};
    enum scan_bound bound = SCAN_WITHIN;
    for (size_t at = 0; at < until_bytes && bound == SCAN_WITHIN; at++) {
        switch (text[at]) {
        case '"':
            at = pass_string(&scan, at);
            break;
        case '{':
        case '[':
            bound = open_level(&scan, text[at] == '{');
            break;
        case '}':
        case ']':
            scan.depth -= scan.depth > 0 ? 1 : 0;
            break;
        case ',':
            next_value(&scan);
            break;
        default:
            break;
        }
        if (scan.values > BODY_VALUES_MAX) {
            bound = SCAN_MANY;
        }
    }
    *loc = place_of(arena, &scan);
    return bound;
}

const char *body_name(struct arena *arena, const char *name, size_t size_bytes)
{
    const char *whole = arena_text_sized(arena, name, size_bytes);
    if (!text_utf8_is(whole)) {
        return "?";
    }
    size_t at = 0;
    for (size_t count = 0; whole[at] != '\0' && count < FAULT_INPUT_CHARS_MAX; count++) {
        at++;
        while (((unsigned char)whole[at] & 0xC0) == 0x80) {
            at++;
        }
    }
    return whole[at] == '\0' ? whole : arena_text_sized(arena, whole, at);
}

static enum scan_bound open_level(struct scan *scan, bool is_object)
{
    if (scan->depth == BODY_DEPTH_MAX) {
        return SCAN_DEEP;
    }
    scan->levels[scan->depth++] = (struct level){.is_object = is_object, .wants_name = is_object};
    scan->values++;
    return SCAN_WITHIN;
}

static void next_value(struct scan *scan)
{
    scan->values++;
    if (scan->depth == 0) {
        return;
    }
    struct level *level = &scan->levels[scan->depth - 1];
    level->wants_name = level->is_object;
    level->has_name = false;
    level->index++;
}

/* Returns where the string ends: its closing quote, or the last byte. */
static size_t pass_string(struct scan *scan, size_t at)
{
    size_t end = at + 1;
    while (end < scan->until_bytes && scan->text[end] != '"') {
        end += scan->text[end] == '\\' ? 2 : 1;
    }
    if (end >= scan->until_bytes) {
        return scan->until_bytes;
    }
    struct level *level = scan->depth == 0 ? NULL : &scan->levels[scan->depth - 1];
    if (level != NULL && level->wants_name) {
        level->wants_name = false;
        level->has_name = true;
        level->name_at = at + 1;
        level->name_bytes = end - at - 1;
    }
    return end;
}

static struct loc place_of(struct arena *arena, const struct scan *scan)
{
    struct loc loc = loc_of("body");
    for (size_t i = 0; i < scan->depth; i++) {
        const struct level *level = &scan->levels[i];
        if (!level->is_object) {
            loc = loc_index(&loc, level->index);
        } else if (level->has_name) {
            loc =
                loc_member(&loc, body_name(arena, scan->text + level->name_at, level->name_bytes));
        }
    }
    must(loc.count > 0);
    return loc;
}
