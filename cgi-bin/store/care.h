/*
 * store/care.h: what the operator's tools ask of a database file: is it sound, how large is it and
 * what is in it, and the one row that founds a registry.
 */
#ifndef STORE_CARE_H
#define STORE_CARE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/id.h"
#include "base/limits.h"
#include "store/store.h"

/* What SQLite's quick check says. */
struct care_check {
    bool is_sound;
    bool is_other;   /* not sound for this program only: store_is_other */
    char words[256]; /* "ok", or the first thing that is wrong */
};

/* Looks at every page of registry.db, at one moment; reads only. */
struct care_check care_quick_check(const char *registry_path);

/* The registry in numbers. */
struct care_sum {
    int64_t schema_version;
    int64_t size_bytes; /* of the database file, without its WAL */
    int64_t organisations, people, projects;
    int64_t batches_active;
    int64_t transfers, waiting; /* all; those that wait for somebody */
    int64_t retirements;
    int64_t acts;
    int64_t act_at; /* the last act; 0: none yet */
    const char *act_command, *act_outcome;
};

extern const struct query_table care_queries; /* care_sum_read, care_found_exists, care_found */
extern const struct query_table care_people_queries; /* care_people_version */

struct care_sum care_sum_read(struct store *store, struct arena *arena);
int64_t care_people_version(struct store *store);

/* An order of before orders said what they count, where that could not be told for sure
 * (schema/registry/009_orders.sql). */
struct care_order {
    const char *order_id;
    const char *instrument; /* as it is counted now */
    const char *by;         /* "first_project", "other_deliveries" or "unclear" */
};
/* Calls each for every such order; what it is given lives until it returns. */
void care_orders_guessed(struct store *store, struct arena *arena,
                         void (*each)(const struct care_order *order));

/* The row of settings with which a registry begins. */
struct care_found {
    const char *site_name;
    const char *site_url;
    char tag[ID_TAG_SIZE];
    bool is_demo;
    int64_t expiry_days;
};

/* Has the registry been founded: is there a row of settings? */
bool care_found_exists(struct store *store);
/* Writes the row, in a transaction of its own. False: the store is at fault, or a CHECK refused a
 * value. */
bool care_found(struct store *store, const struct care_found *found);

#endif
