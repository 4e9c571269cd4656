/*
 * store/people_throttle.h: how often signing in went wrong lately, by subject. What a subject is
 * and how long it waits is decided in gate/throttle.c.
 */
#ifndef STORE_PEOPLE_THROTTLE_H
#define STORE_PEOPLE_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

#define THROTTLE_SUBJECT_SIZE 67 /* a letter, ":" and 64 hex digits */

struct throttle_row {
    int64_t failures;
    int64_t last_at;
    int64_t free_at;
};

extern const struct query_table people_throttle_queries;

/* False: nothing is known of the subject, *row is zero. */
bool throttle_read(struct store *store, const char *subject, struct throttle_row *row);
void throttle_write(struct store *store, const char *subject, const struct throttle_row *row);
void throttle_forget(struct store *store, const char *subject);
/* Forgets old rows among the sixteen that follow the subject, so that each attempt sweeps a little
 * and no table grows for ever: devices
 * ("d:…") last seen before devices_before, others before others_before. */
void throttle_sweep(struct store *store, const char *subject, int64_t others_before,
                    int64_t devices_before);

#endif
