/*
 * gate/credential.h: making and revoking what programs prove who they are with: what `tally
 * api-credentials` and the team pages share. A client secret names a program; an access token lets
 * a program act for one organisation, as a member of its own in the ledger. Both are shown once,
 * when they are made, and kept as their SHA-256.
 *
 * No transaction spans people.db and registry.db. Making: the ledger is asked while people.db's
 * transaction is open, so a refusal leaves no token behind. Revoking: people.db first, for from
 * then on no request is let in; then the ledger takes the roles away.
 */
#ifndef GATE_CREDENTIAL_H
#define GATE_CREDENTIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "gate/caller.h"
#include "gate/jwt.h"
#include "gate/person_admin.h"
#include "store/people_credential.h"

/* NULL-ended: what `people` must be opened with (STORE_WRITE). */
extern const struct query_table *const credential_tables[];

/* A token that is wanted. */
struct token_wish {
    const char *id; /* tok_…; NULL: made here */
    const char *org_id;
    const char *name;   /* 1 to NAME_CHARS_MAX characters, no control characters */
    unsigned roles;     /* ROLE_… bits, at least one */
    unsigned scopes;    /* SCOPE_… bits; SCOPE_READ is always in */
    const char *ranges; /* canonical (gate/range.h) */
    int64_t days;       /* 1 to ACCESS_TOKEN_DAYS_MAX */
};

/* What was made. The secret is in here and nowhere else: show it once. */
struct credential_made {
    const char *id;     /* cls_… or tok_… */
    const char *secret; /* the client secret, or the whole token */
    int64_t expires_at; /* tokens */
};

/* client_id: cls_…; NULL: made here. VALUE_REFUSED: the name is none. EXISTS: the organisation has
 * one of this id already; what it was told then is not told again. BAD_REQUEST: another one has.
 * LINES_TOO_MANY: CREDENTIALS_MAX of this organisation are good already. FAULT. */
enum status credential_make_client(const struct person_admin *admin, const char *org_id,
                                   const char *client_id, const char *name,
                                   struct credential_made *made);
/* The same, and whatever the ledger refuses. issuer: the registry's address (site_read), for the
 * key that is made with the first token. */
enum status credential_make_token(const struct person_admin *admin, const char *issuer,
                                  const struct token_wish *wish, struct credential_made *made);

/* From now on no request is let in with it. NOT_FOUND: the organisation has none of this id. One
 * that is revoked already stays as it was: OK. */
enum status credential_end_client(const struct person_admin *admin, const char *org_id,
                                  const char *client_id);
enum status credential_end_token(const struct person_admin *admin, const char *org_id,
                                 const char *token_id);

/* A new key, in the open write transaction of `people`: from now on it signs. */
bool credential_make_key(const struct person_admin *admin, const char *issuer,
                         enum jwt_algorithm algorithm, struct signing_key *key);

/* "read,transfer" -> SCOPE_… bits, reading always in. False: a word that is no scope. */
bool credential_scopes_from_words(const char *words, unsigned *scopes);

/* `tally api-credentials …`, `tally api-revoke ID` and `tally api-key …`. 0 done, 1 refused or
 * failed, 2 the words were not understood. */
int credential_main(int argc, char **argv, const struct tally *tally);
int credential_revoke_main(int argc, char **argv, const struct tally *tally);
int credential_key_main(int argc, char **argv, const struct tally *tally);

#endif
