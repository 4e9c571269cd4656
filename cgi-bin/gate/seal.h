/*
 * gate/seal.h: bytes that lie in a database so that only who brings a secret, which does not lie
 * there, can read them: AES-256-GCM of OpenSSL under a key made by HMAC-SHA-256 of the secret and
 * of what the bytes are for. gate/jwt.c and gate/seal.c are the only files that include OpenSSL.
 *
 * Sealed are: 12 random bytes (nonce), as many bytes as were given, 16 bytes that prove both secret
 * and content (tag).
 */
#ifndef GATE_SEAL_H
#define GATE_SEAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define SEAL_NONCE_BYTES 12
#define SEAL_TAG_BYTES 16
#define SEAL_BYTES (SEAL_NONCE_BYTES + SEAL_TAG_BYTES) /* by so much longer is what is sealed */

/* secret: at least 128 bits that cannot be guessed, such as an access token. purpose: what is
 * sealed and whose it is; the same bytes for another purpose need another key. The result is in the
 * arena: size_bytes + SEAL_BYTES. */
const void *seal_close(struct arena *arena, const char *secret, const char *purpose,
                       const void *bytes, size_t size_bytes);
/* The bytes, size_bytes - SEAL_BYTES of them, in the arena; NULL: sealed with another secret, for
 * another purpose, or not as it was. */
const void *seal_open(struct arena *arena, const char *secret, const char *purpose,
                      const void *sealed, size_t size_bytes);

#endif
