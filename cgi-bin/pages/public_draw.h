/*
 * pages/public_draw.h: drawings in whole numbers. A place along a drawing is counted in hundredths
 * of a percent (0 … 10000) and written as "63.25%", so that a drawing stretches with the page;
 * heights are pixels.
 */
#ifndef PAGES_PUBLIC_DRAW_H
#define PAGES_PUBLIC_DRAW_H

#include <stdint.h>

#include "base/arena.h"
#include "model/quantity.h"
#include "pages/public_view.h"
#include "store/public_projects.h"

#define DRAW_WHOLE 10000

/* part * whole / all, rounded down, for 0 <= part <= all, all > 0 and whole up to DRAW_WHOLE; never
 * overflows. */
int64_t draw_share(int64_t part, int64_t all, int64_t whole);
/* "63.25%" for 6325. */
const char *draw_percent(struct arena *arena, int64_t place);

/* The two halves of everything of one instrument; id tells drawings of one page apart. */
struct public_tally draw_tally(struct arena *arena, const struct public_total *total,
                               int64_t retirements, const char *id, bool is_first);

#endif
