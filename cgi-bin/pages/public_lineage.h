/*
 * pages/public_lineage.h: which batches of a family are drawn, in which order, and where. Pure:
 * whoever has the rows fills the tree.
 *
 * A tree begins at one block and grows by cutting: lineage_cut() gives a bar its two children. Bars
 * are kept in the order they were added; lineage_order() gives the order they are drawn and
 * numbered in: depth first, left before right.
 */
#ifndef PAGES_PUBLIC_LINEAGE_H
#define PAGES_PUBLIC_LINEAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define LINEAGE_BARS_MAX 61 /* more is neither seen nor read; odd: one block and pairs */
/* ancestors drawn above the batch: 20 bars and what was cut off each, the rest stays for
 * descendants */
#define LINEAGE_LEVELS_UP 20

#define LINEAGE_NONE (-1)

struct lineage_bar {
    int64_t first;
    int64_t last;
    int parent; /* numbers in struct lineage, LINEAGE_NONE for none drawn */
    int left;
    int right;
    int depth;
    int number;   /* from 1, set by lineage_order */
    bool is_here; /* the batch that the page is about */
};

struct lineage {
    struct lineage_bar at[LINEAGE_BARS_MAX];
    int order[LINEAGE_BARS_MAX]; /* places in `at`, as drawn */
    int count;
    int deepest;
};

/* A tree of one block. */
void lineage_begin(struct lineage *lineage, int64_t first, int64_t last);
/* Is there room for two more? */
bool lineage_has_room(const struct lineage *lineage);
/* Cuts a bar before a serial number: its children are the next two bars, left then right. */
void lineage_cut(struct lineage *lineage, int bar, int64_t before);
/* Sets order and numbers. */
void lineage_order(struct lineage *lineage);

/* Where one bar lies: hundredths of a percent and pixels. */
struct lineage_place {
    int64_t x;
    int64_t width;
    int64_t y;
};
struct lineage_place lineage_place_of(const struct lineage *lineage, int bar);
int64_t lineage_height(const struct lineage *lineage);
/* Where a serial number begins, along the drawing. */
int64_t lineage_x(const struct lineage *lineage, int64_t serial);

/* How much of a label fits below a bar. */
enum lineage_label { LABEL_NONE, LABEL_NUMBER, LABEL_QUANTITY, LABEL_STATE };
enum lineage_label lineage_label_of(const struct lineage *lineage, int bar);

#endif
