/*
 * store/people_beneficiary.h: the e-mail address of an individual on whose behalf something is
 * retired. It is kept in people.db, for nobody but the organisation that named the beneficiary; the
 * beneficiary itself is in registry.db.
 */
#ifndef STORE_PEOPLE_BENEFICIARY_H
#define STORE_PEOPLE_BENEFICIARY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/id.h"
#include "store/store.h"

extern const struct query_table people_beneficiary_queries;

/* The beneficiary that this organisation named with this address (in lower case); "" none. */
const char *beneficiary_by_email(struct store *people, struct arena *arena, const char *told_by,
                                 const char *email);
/* The address of a beneficiary; "" none. */
const char *beneficiary_email(struct store *people, struct arena *arena, const char *org_id);
/* Keeps it, in the caller's open transaction. False on a fault, or when there is one already. */
bool beneficiary_add_email(struct store *people, const char *org_id, const char *email,
                           const char *told_by, int64_t at);

#endif
