/*
 * store/people_link.h: one-time links in people.db: with one, a person sets the first password or a
 * new one. Kept as the SHA-256 of the link's token.
 */
#ifndef STORE_PEOPLE_LINK_H
#define STORE_PEOPLE_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/id.h"
#include "store/store.h"

struct link {
    char user_id[ID_SIZE];
    int64_t made_at;
    int64_t expires_at;
    int64_t used_at; /* 0: unused */
};

extern const struct query_table people_link_queries;

bool link_find(struct store *store, const struct digest *token_hash, struct link *link);
bool link_add(struct store *store, const struct digest *token_hash, const struct link *link);
/* Marks it used at now_us. False: it was used before, is too old, or does not exist; of two at once
 * exactly one gets true. */
bool link_use(struct store *store, const struct digest *token_hash, int64_t now_us);
/* Ends all unused links of a person: a newer one takes their place, or the person is deactivated.
 */
void link_end_all(struct store *store, const char *user_id, int64_t now_us);

#endif
