/*
 * crash/history_map.h: finds a number by an id, in constant time: the transfers of the model, the
 * blocks of batches. Open addressing over memory that grows.
 */
#ifndef CRASH_HISTORY_MAP_H
#define CRASH_HISTORY_MAP_H

#include "crash/history.h"

struct map_entry {
    char id[ID_SIZE]; /* "": free */
    int64_t number;
};

struct map {
    struct map_entry *entries;
    size_t size, count;
};

static struct map_entry *map_place(const struct map *map, const char *id)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (const char *at = id; *at != '\0'; at++) {
        hash = (hash ^ (unsigned char)*at) * UINT64_C(1099511628211);
    }
    size_t place = hash & (map->size - 1);
    while (map->entries[place].id[0] != '\0' && strcmp(map->entries[place].id, id) != 0) {
        place = (place + 1) & (map->size - 1);
    }
    return &map->entries[place];
}

static void map_grow(struct map *map)
{
    struct map old = *map;
    map->size = old.size == 0 ? 4096 : old.size * 2;
    map->entries = calloc(map->size, sizeof map->entries[0]);
    CHECK(map->entries != NULL, "no memory");
    for (size_t i = 0; i < old.size; i++) {
        if (old.entries[i].id[0] != '\0') {
            *map_place(map, old.entries[i].id) = old.entries[i];
        }
    }
    free(old.entries);
}

static void map_add(struct map *map, const char *id, int64_t number)
{
    if (2 * map->count >= map->size) {
        map_grow(map);
    }
    struct map_entry *entry = map_place(map, id);
    map->count += entry->id[0] == '\0';
    CHECK(text_copy(entry->id, ID_SIZE, id), "no room");
    entry->number = number;
}

/* NONE: it is not there. */
static int64_t map_find(const struct map *map, const char *id)
{
    const struct map_entry *entry = map->size == 0 ? NULL : map_place(map, id);
    return entry == NULL || entry->id[0] == '\0' ? NONE : entry->number;
}

static void map_free(struct map *map)
{
    free(map->entries);
    *map = (struct map){0};
}

#endif
