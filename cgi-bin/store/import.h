/*
 * store/import.h: what is in the registry already, as the importers need to know it. Reads only.
 */
#ifndef STORE_IMPORT_H
#define STORE_IMPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/location.h"
#include "store/store.h"

extern const struct query_table import_queries;

struct import_org {
    const char *supplier_id; /* "" none */
    const char *name;
    const char *domain;
    const char *country;
    const char *description;
    const char *short_description;
    const char *place;
    struct location location;
};

struct import_project {
    const char *org_id;
    const char *name;
    const char *short_code;
    const char *status;
    const char *country;
    struct location location;
};

struct import_issuance {
    const char *project_id;
    int64_t supplier_units;
    int64_t buffer_units;
    int64_t issued_at;
};

struct import_retirement {
    const char *org_id;
    const char *beneficiary_org_id;
    const char *project_id; /* of its first line */
    int64_t units;
    int64_t retired_at;
};

/* Each returns whether the row is there; texts are in the arena. */
bool import_org_read(struct store *store, struct arena *arena, const char *org_id,
                     struct import_org *org);
bool import_project_read(struct store *store, struct arena *arena, const char *project_id,
                         struct import_project *project);
bool import_issuance_read(struct store *store, struct arena *arena, const char *issuance_id,
                          struct import_issuance *issuance);
bool import_retirement_read(struct store *store, struct arena *arena, const char *retirement_id,
                            struct import_retirement *retirement);
bool import_order_is(struct store *store, const char *order_id);
bool import_delivery_is(struct store *store, const char *delivery_id);

/* The id of the project with that short code, "" none. */
const char *import_short_code_project(struct store *store, struct arena *arena,
                                      const char *short_code);

/* The organisation that holds buffer-pool credits, "" none. */
const char *import_buffer_org(struct store *store, struct arena *arena);

/* Was this key of the operator's used before? */
bool import_key_is(struct store *store, const char *key);

/* Units that an organisation has free of a project, by the time of their issue. `each` is called
 * once a time, oldest first. */
void import_free_units(struct store *store, const char *org_id, const char *project_id,
                       void (*each)(void *context, int64_t issued_at, int64_t units),
                       void *context);

/* Units of a project that an organisation holds alive, reserved ones included. */
int64_t import_held_units(struct store *store, const char *org_id, const char *project_id);

#endif
