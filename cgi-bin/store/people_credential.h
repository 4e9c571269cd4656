/*
 * store/people_credential.h: what programs prove who they are with, in people.db: keys that sign
 * access tokens, client secrets and access tokens. Secrets and tokens are found by their SHA-256;
 * they themselves are kept nowhere. Whether one is good is decided in gate/token.c.
 */
#ifndef STORE_PEOPLE_CREDENTIAL_H
#define STORE_PEOPLE_CREDENTIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/id.h"
#include "base/limits.h"
#include "store/store.h"

#define CREDENTIAL_KEY_SIZE 32

/* A key that signs or verifies. */
struct signing_key {
    const char *key_id;
    const char *algorithm; /* "HS256" or "EdDSA" */
    const char *header;
    const char *issuer;
    const uint8_t *secret; /* CREDENTIAL_KEY_SIZE bytes */
    const uint8_t *public; /* CREDENTIAL_KEY_SIZE bytes; NULL: HS256 has none */
    int64_t made_at;
    int64_t ended_at; /* 0: live */
};

struct client_secret {
    const char *client_id;
    const char *org_id;
    const char *name;
    const char *made_by; /* usr_…; "" the operator */
    int64_t made_at;
    int64_t used_at; /* 0: never */
    const char *used_address;
    int64_t revoked_at; /* 0: good */
    const char *revoked_by;
};

struct access_token {
    const char *token_id;
    const char *user_id; /* its person in the ledger */
    const char *org_id;
    const char *name;
    const char *key_id;
    unsigned scopes;    /* SCOPE_… bits */
    const char *ranges; /* gate/range.h */
    const char *made_by;
    int64_t made_at;
    int64_t expires_at;
    int64_t used_at;
    const char *used_address;
    const char *used_client; /* cls_… */
    int64_t revoked_at;
    const char *revoked_by;
};

extern const struct query_table people_credential_queries;

/* Live keys, newest first, at most SIGNING_KEYS_MAX. */
size_t credential_live_keys(struct store *store, struct arena *arena,
                            struct signing_key keys[SIGNING_KEYS_MAX]);
/* All keys, newest first, at most rows_max. */
size_t credential_all_keys(struct store *store, struct arena *arena, struct signing_key *keys,
                           size_t rows_max);
bool credential_add_key(struct store *store, const struct signing_key *key);
/* False: no live key of this id. */
bool credential_end_key(struct store *store, const char *key_id, int64_t now_us);

/* By the SHA-256; revoked and expired ones too. False: none. */
bool credential_find_client(struct store *store, struct arena *arena,
                            const struct digest *secret_hash, struct client_secret *client);
bool credential_find_token(struct store *store, struct arena *arena,
                           const struct digest *token_hash, struct access_token *token);

/* By its id, of this organisation alone. False: none. */
bool credential_read_client(struct store *store, struct arena *arena, const char *org_id,
                            const char *client_id, struct client_secret *client);
bool credential_read_token(struct store *store, struct arena *arena, const char *org_id,
                           const char *token_id, struct access_token *token);

/* By the person that it is in the ledger. False: none. */
bool credential_token_of_user(struct store *store, struct arena *arena, const char *user_id,
                              struct access_token *token);
/* Whose it is: of a client secret's or an access token's id; "" none. */
const char *credential_org_of(struct store *store, struct arena *arena, const char *id);

/* An organisation's, newest first, those made before (before_at, before_id) ("" = from the newest),
 * at most rows_max; returns how many. */
size_t credential_list_clients(struct store *store, struct arena *arena, const char *org_id,
                               int64_t before_at, const char *before_id,
                               struct client_secret *clients, size_t rows_max);
size_t credential_list_tokens(struct store *store, struct arena *arena, const char *org_id,
                              int64_t before_at, const char *before_id, struct access_token *tokens,
                              size_t rows_max);
/* Those that are good at this time, newest first, at most rows_max; returns how many. */
size_t credential_good_clients(struct store *store, struct arena *arena, const char *org_id,
                               struct client_secret *clients, size_t rows_max);
size_t credential_good_tokens(struct store *store, struct arena *arena, const char *org_id,
                              int64_t now_us, struct access_token *tokens, size_t rows_max);
/* Is there one that is revoked or has expired? */
bool credential_any_ended_client(struct store *store, const char *org_id);
bool credential_any_ended_token(struct store *store, const char *org_id, int64_t now_us);
/* How many of an organisation are good at this time. */
int64_t credential_count_clients(struct store *store, const char *org_id);
int64_t credential_count_tokens(struct store *store, const char *org_id, int64_t now_us);

/* False and no fault: the id is taken. */
bool credential_add_client(struct store *store, const struct client_secret *client,
                           const struct digest *secret_hash);
bool credential_add_token(struct store *store, const struct access_token *token,
                          const struct digest *token_hash);

/* Revokes one of an organisation's that is not revoked yet. False: none. */
bool credential_revoke_client(struct store *store, const char *org_id, const char *client_id,
                              const char *revoked_by, int64_t now_us);
bool credential_revoke_token(struct store *store, const char *org_id, const char *token_id,
                             const char *revoked_by, int64_t now_us);

/* Marks that both were used now, from this address. Time never goes back. */
void credential_mark(struct store *store, const char *client_id, const char *token_id,
                     const char *address, int64_t now_us);

#endif
