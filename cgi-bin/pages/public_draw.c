/* pages/public_draw.c: see pages/public_draw.h. */
#include "pages/public_draw.h"

#include "base/must.h"
#include "pages/desk.h"
#include "pages/public.h"

#define NOTCH_SPACE 200  /* a notch is drawn where both its sides are at least this wide */
#define LABEL_SPACE 2200 /* a label fits from here on, at a width of 320 pixels */
#define PARTS 4

int64_t draw_share(int64_t part, int64_t all, int64_t whole)
{
    must(all > 0 && part >= 0 && part <= all && whole >= 0 && whole <= DRAW_WHOLE);
    if (all > INT64_MAX / DRAW_WHOLE) {
        part /= DRAW_WHOLE; /* what is lost is far less than a hundredth of a percent */
        all /= DRAW_WHOLE;
    }
    return part * whole / all;
}

const char *draw_percent(struct arena *arena, int64_t place)
{
    must(place >= 0);
    if (place >= DRAW_WHOLE) {
        return arena_printf(arena, "%lld.%02lld%%", (long long)(place / 100),
                            (long long)(place % 100));
    }
    /* A drawing has hundreds of places. */
    int hundredths = (int)place;
    const char text[] = {
        (char)('0' + hundredths / 1000),    (char)('0' + hundredths / 100 % 10), '.',
        (char)('0' + hundredths / 10 % 10), (char)('0' + hundredths % 10),       '%'};
    size_t at = hundredths < 1000 ? 1 : 0;
    return arena_text_sized(arena, text + at, sizeof(text) - at);
}

/* The lower half, from left to right. */
static void draw_halves(struct arena *arena, const struct public_total *total,
                        struct public_tally *tally)
{
    const struct public_sums *sums = &total->sums;
    const struct {
        int64_t units;
        const char *state;
        const char *words;
    } parts[PARTS] = {
        {sums->active_units, "active", "Active"},
        {sums->retired_units, "retired", "Retired"},
        {sums->exported_units, "exported", "Exported"},
        {sums->cancelled_units, "cancelled", "Cancelled"},
    };
    int64_t all = public_add(sums->issued_units, sums->imported_units);
    struct public_bar *bars = arena_array(arena, struct public_bar, PARTS);
    struct public_notch *notches = arena_array(arena, struct public_notch, PARTS);
    struct public_tag *tags = arena_array(arena, struct public_tag, PARTS);
    int64_t before = 0;
    for (size_t i = 0; i < PARTS; i++) {
        if (parts[i].units == 0) {
            continue;
        }
        int64_t x = draw_share(before, all, DRAW_WHOLE);
        before = public_add(before, parts[i].units);
        int64_t end = draw_share(before, all, DRAW_WHOLE);
        const char *place = draw_percent(arena, x);
        bars[tally->bars.count++] =
            (struct public_bar){place, draw_percent(arena, end - x), parts[i].state};
        if (end - x >= NOTCH_SPACE && DRAW_WHOLE - end >= NOTCH_SPACE) {
            notches[tally->notches.count++] = (struct public_notch){draw_percent(arena, end)};
        }
        if (end - x >= LABEL_SPACE) {
            tags[tally->tags.count++] = (struct public_tag){
                place, parts[i].words, quantity_show(arena, parts[i].units, total->instrument)};
        }
    }
    tally->bars.at = bars;
    tally->notches.at = notches;
    tally->tags.at = tags;
}

struct public_tally draw_tally(struct arena *arena, const struct public_total *total,
                               int64_t retirements, const char *id, bool is_first)
{
    enum instrument instrument = total->instrument;
    const struct public_sums *sums = &total->sums;
    int64_t all = public_add(sums->issued_units, sums->imported_units);
    struct public_tally tally = {
        .id = id,
        .is_first = is_first,
        .heading = desk_instrument(instrument),
        .unit = desk_unit(instrument),
        .all = quantity_show(arena, all, instrument),
        .issued = quantity_show(arena, sums->issued_units, instrument),
        .imported = quantity_show(arena, sums->imported_units, instrument),
        .active = quantity_show(arena, sums->active_units, instrument),
        .retired = quantity_show(arena, sums->retired_units, instrument),
        .exported = quantity_show(arena, sums->exported_units, instrument),
        .cancelled = quantity_show(arena, sums->cancelled_units, instrument),
        .all_more = desk_count(arena, total->projects, "project", "projects"),
        .retired_more = desk_count(arena, retirements, "retirement", "retirements"),
        .has_cancelled = sums->cancelled_units > 0,
        .is_drawn = all > 0,
    };
    if (all > 0) {
        draw_halves(arena, total, &tally);
    }
    return tally;
}
