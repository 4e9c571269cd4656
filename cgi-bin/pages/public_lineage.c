/* pages/public_lineage.c: see pages/public_lineage.h. */
#include "pages/public_lineage.h"

#include "base/must.h"
#include "pages/public_draw.h"

#define TOP_PX 20    /* the line with the first and last serial number */
#define LEVEL_PX 56  /* a bar, its label, and air */
#define WIDTH_MIN 20 /* the thinnest bar: it can still be seen and hit */

/* From these widths on the number (one digit, or two), the quantity, and the state's word fit below
 * a bar. */
#define NUMBER_SPACE 300
#define NUMBER_WIDE_SPACE 500
#define QUANTITY_SPACE 3000
#define STATE_SPACE 4500

static int add(struct lineage *lineage, int64_t first, int64_t last, int parent, int depth)
{
    must(lineage->count < LINEAGE_BARS_MAX && first >= 1 && last >= first);
    lineage->at[lineage->count] = (struct lineage_bar){
        .first = first,
        .last = last,
        .parent = parent,
        .left = LINEAGE_NONE,
        .right = LINEAGE_NONE,
        .depth = depth,
    };
    lineage->deepest = depth > lineage->deepest ? depth : lineage->deepest;
    return lineage->count++;
}

void lineage_begin(struct lineage *lineage, int64_t first, int64_t last)
{
    *lineage = (struct lineage){.count = 0};
    (void)add(lineage, first, last, LINEAGE_NONE, 0);
}

bool lineage_has_room(const struct lineage *lineage)
{
    return lineage->count + 2 <= LINEAGE_BARS_MAX;
}

void lineage_cut(struct lineage *lineage, int bar, int64_t before)
{
    must(bar >= 0 && bar < lineage->count && lineage_has_room(lineage));
    struct lineage_bar *parent = &lineage->at[bar];
    must(parent->left == LINEAGE_NONE && before > parent->first && before <= parent->last);
    parent->left = add(lineage, parent->first, before - 1, bar, parent->depth + 1);
    parent->right = add(lineage, before, parent->last, bar, parent->depth + 1);
}

void lineage_order(struct lineage *lineage)
{
    int waiting[LINEAGE_BARS_MAX];
    int waiting_count = 0;
    int number = 0;
    waiting[waiting_count++] = 0;
    while (waiting_count > 0) {
        int bar = waiting[--waiting_count];
        lineage->order[number] = bar;
        lineage->at[bar].number = ++number;
        if (lineage->at[bar].left != LINEAGE_NONE) {
            waiting[waiting_count++] = lineage->at[bar].right;
            waiting[waiting_count++] = lineage->at[bar].left;
        }
    }
    must(number == lineage->count);
}

int64_t lineage_x(const struct lineage *lineage, int64_t serial)
{
    const struct lineage_bar *root = &lineage->at[0];
    return draw_share(serial - root->first, root->last - root->first + 1, DRAW_WHOLE);
}

struct lineage_place lineage_place_of(const struct lineage *lineage, int bar)
{
    must(bar >= 0 && bar < lineage->count);
    const struct lineage_bar *one = &lineage->at[bar];
    int64_t x = lineage_x(lineage, one->first);
    int64_t width = lineage_x(lineage, one->last + 1) - x;
    width = width < WIDTH_MIN ? WIDTH_MIN : width;
    /* The thinnest bar at the right edge stays inside. */
    x = x + width > DRAW_WHOLE ? DRAW_WHOLE - width : x;
    return (struct lineage_place){x, width, TOP_PX + (int64_t)one->depth * LEVEL_PX};
}

int64_t lineage_height(const struct lineage *lineage)
{
    return TOP_PX + ((int64_t)lineage->deepest + 1) * LEVEL_PX;
}

enum lineage_label lineage_label_of(const struct lineage *lineage, int bar)
{
    const struct lineage_bar *one = &lineage->at[bar];
    int64_t width = lineage_place_of(lineage, bar).width;
    if (width >= STATE_SPACE) {
        return LABEL_STATE;
    }
    if (width >= QUANTITY_SPACE) {
        return LABEL_QUANTITY;
    }
    bool fits = width >= (one->number < 10 ? NUMBER_SPACE : NUMBER_WIDE_SPACE);
    return fits || one->is_here ? LABEL_NUMBER : LABEL_NONE;
}
