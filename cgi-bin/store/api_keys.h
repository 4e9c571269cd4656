/*
 * store/api_keys.h: which keys of programs the ledger has seen. What it answered under them is its
 * own business (store/ledger_records.h); what acts on webhooks were answered is in people.db
 * (store/people_webhook.h).
 */
#ifndef STORE_API_KEYS_H
#define STORE_API_KEYS_H

#include <stdbool.h>

#include "store/store.h"

extern const struct query_table api_keys_queries;

/* Has this person, of an access token, done an act of the ledger under this key? As it stood when
 * the caller began to read. */
bool api_key_is_known(struct store *registry, const char *user_id, const char *key);

#endif
