/*
 * store/api_beneficiaries.h: on whose behalf an organisation can retire: itself and every other
 * organisation that is active, and the beneficiaries that it named, which are its own alone. Reads
 * registry.db; all rows live in the arena.
 */
#ifndef STORE_API_BENEFICIARIES_H
#define STORE_API_BENEFICIARIES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/api_parties.h"
#include "store/page_ask.h"
#include "store/store.h"

extern const struct query_table api_beneficiaries_queries;

/* An organisation, whatever its state, or one that org_id named. The domain of the latter is told
 * to whoever named it. False: there is none, or it is another's. */
bool api_beneficiary_find(struct store *registry, struct arena *arena, const char *org_id,
                          const char *beneficiary_id, struct api_party *party);

/* By name. */
struct page_ids api_beneficiaries(struct store *registry, struct arena *arena, const char *org_id,
                                  const struct page_ask *ask);
int64_t api_beneficiaries_count(struct store *registry, const char *org_id);

#endif
