/*
 * gate/token.h: the door for programs (gate_tokens): two secrets, both needed, both found by their
 * SHA-256. Whatever is wrong with either, the answer is the same and takes about as long; from an
 * address that goes on with wrong ones it is "too many" for a while (gate/throttle.h). Good ones
 * are let in always: nobody finds 256 bits by trying, and a broken job shall not stop the others of
 * its office.
 *
 * What the token may do is asked of registry.db at each request: its person must be an active
 * member of its organisation now.
 */
#ifndef GATE_TOKEN_H
#define GATE_TOKEN_H

#include <stdbool.h>

#include "gate/caller.h"
#include "gate/gate.h"
#include "store/people_credential.h"

#define TOKEN_MARK_S 60 /* used_at moves at most once a minute: a request is not a write */

/* "aud" of the tokens of an issuer. */
const char *token_audience(struct arena *arena, const char *issuer);

/* Is it good at this time? At expires_at itself it is no more. */
bool token_is_live(const struct access_token *token, int64_t now_us);

/* NEED_SCOPE_… bits that the scopes do not have; 0: all are there. */
unsigned token_scopes_missing(unsigned scopes, unsigned needs);

/* The token of "Bearer TOKEN" (the scheme in any case, one space); NULL: it is not of this form. */
const char *token_of_header(const char *authorization);

#endif
