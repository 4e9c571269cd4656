/*
 * store/rows.h: a list of rows that grows while a query is read. For files of the store room only.
 *
 * The arena gives nothing back, so the list doubles: at most as much again as it needs is left
 * behind in the arena until the reply is over.
 */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include <string.h>

#include "base/arena.h"

#define ROWS_FIRST 16

/* Room for one more row behind `count`: the same array, or a copy of twice the size. Begin with
 * rows NULL and count 0. */
static inline void *rows_room(struct arena *arena, void *rows, size_t count, size_t row_bytes)
{
    if (count == 0) {
        return arena_take(arena, ROWS_FIRST, row_bytes);
    }
    if (count < ROWS_FIRST || (count & (count - 1)) != 0) {
        return rows;
    }
    void *wider = arena_take(arena, count * 2, row_bytes);
    memcpy(wider, rows, count * row_bytes);
    return wider;
}

#endif
