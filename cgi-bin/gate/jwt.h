/*
 * gate/jwt.h: access tokens as JSON Web Tokens (RFC 7519, 7515), made and read after RFC 8725. The
 * cryptography is OpenSSL's libcrypto, which only gate/jwt.c and gate/seal.c include.
 *
 * A key has one algorithm and one header, and every token of the key begins with exactly that
 * header: it is compared byte for byte and never parsed, so that a token has no say in how it is
 * verified. The signature is looked at before the payload; the payload is read in the one form in
 * which it is written, members in order, without white space or escapes.
 */
#ifndef GATE_JWT_H
#define GATE_JWT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define JWT_KEY_SIZE 32 /* an HMAC key, an Ed25519 seed, an Ed25519 public key */
#define JWT_LEEWAY_S                                                                               \
    INT64_C(60) /* by so much a clock may have gone back since a token was made                    \
                 */

enum jwt_algorithm { JWT_HS256, JWT_EDDSA };

struct jwt_key {
    enum jwt_algorithm algorithm;
    const char *header; /* base64url, the same for every token of the key */
    const char *issuer; /* "iss" of every token of the key */
    /* HS256: the key, at least JWT_KEY_SIZE bytes. EdDSA: the seed, asked for when signing alone */
    const uint8_t *secret;
    size_t secret_bytes;
    const uint8_t *public; /* EdDSA: JWT_KEY_SIZE bytes */
};

/* Every claim that a token has. Times are whole seconds since 1970. */
struct jwt_claims {
    const char *issuer;   /* "iss" */
    const char *org_id;   /* "sub" */
    const char *audience; /* "aud" */
    const char *token_id; /* "jti" */
    int64_t issued_at_s;  /* "iat" */
    int64_t not_before_s; /* "nbf" */
    int64_t expires_at_s; /* "exp": from this second on it is good no more */
};

/* "HS256", "EdDSA", and back; false: neither. */
const char *jwt_algorithm_word(enum jwt_algorithm algorithm);
bool jwt_algorithm_from_word(const char *word, enum jwt_algorithm *algorithm);

/* The header of a new key. key_id has no characters that JSON escapes. */
const char *jwt_header_make(struct arena *arena, enum jwt_algorithm algorithm, const char *key_id);
/* The public key that belongs to an Ed25519 seed. */
void jwt_public_of(const uint8_t seed[JWT_KEY_SIZE], uint8_t public[JWT_KEY_SIZE]);

/* Can it be a claim, a key's id or an issuer: not empty, and nothing that JSON escapes? */
bool jwt_text_is(const char *text);

/* A new token. Every text of its claims is one (jwt_text_is). */
const char *jwt_sign(struct arena *arena, const struct jwt_key *key,
                     const struct jwt_claims *claims);

/* The token's payload, if it is signed by one of the keys; *signer is which. False for everything
 * else, after about the same work: no key of this header, two keys of it, a key too short, a
 * signature that is wrong or not in canonical base64url, more or fewer than three parts, a payload
 * not in canonical base64url. Nothing of the payload is looked at before. */
bool jwt_open(struct arena *arena, const struct jwt_key *keys, size_t key_count, const char *token,
              const struct jwt_key **signer, const char **payload, size_t *payload_bytes);

/* The claims of a payload. False when it is not, byte for byte, of the form that jwt_sign writes.
 */
bool jwt_claims_read(struct arena *arena, const char *payload, size_t payload_bytes,
                     struct jwt_claims *claims);

/* Are all of them what they have to be for a token of this issuer and audience at this time? It has
 * begun, has not expired, and lives ACCESS_TOKEN_DAYS_MAX at most. */
bool jwt_claims_hold(const struct jwt_claims *claims, const char *issuer, const char *audience,
                     int64_t now_s);

/* Is it the signature of these bytes? The plain step below jwt_open, for test vectors. */
bool jwt_signature_right(const struct jwt_key *key, const void *bytes, size_t size_bytes,
                         const uint8_t *signature, size_t signature_bytes);

#endif
