/* gate/seal.c: see gate/seal.h. */
#include "gate/seal.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/digest.h"
#include "base/id.h"
#include "base/must.h"

static struct digest key_of(const char *secret, const char *purpose);
static bool run(EVP_CIPHER_CTX *context, const void *from, size_t size_bytes, uint8_t *to);

const void *seal_close(struct arena *arena, const char *secret, const char *purpose,
                       const void *bytes, size_t size_bytes)
{
    uint8_t *sealed = arena_take(arena, size_bytes + SEAL_BYTES, 1);
    uint8_t *inside = sealed + SEAL_NONCE_BYTES;
    struct digest key = key_of(secret, purpose);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    random_bytes(sealed, SEAL_NONCE_BYTES);
    must(context != NULL &&
         EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, key.bytes, sealed) == 1 &&
         run(context, bytes, size_bytes, inside) &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, SEAL_TAG_BYTES, inside + size_bytes) ==
             1);
    EVP_CIPHER_CTX_free(context);
    OPENSSL_cleanse(&key, sizeof key);
    return sealed;
}

const void *seal_open(struct arena *arena, const char *secret, const char *purpose,
                      const void *sealed, size_t size_bytes)
{
    if (size_bytes < SEAL_BYTES) {
        return NULL;
    }
    const uint8_t *nonce = sealed;
    const uint8_t *inside = nonce + SEAL_NONCE_BYTES;
    size_t inside_bytes = size_bytes - SEAL_BYTES;
    uint8_t tag[SEAL_TAG_BYTES];
    memcpy(tag, inside + inside_bytes, sizeof tag);
    uint8_t *bytes = arena_take(arena, inside_bytes + 1, 1);
    struct digest key = key_of(secret, purpose);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    must(context != NULL &&
         EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, key.bytes, nonce) == 1 &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, SEAL_TAG_BYTES, tag) == 1);
    bool is_right = run(context, inside, inside_bytes, bytes);
    ERR_clear_error(); /* a wrong one leaves a line there, and nobody looks at it */
    EVP_CIPHER_CTX_free(context);
    OPENSSL_cleanse(&key, sizeof key);
    return is_right ? bytes : NULL;
}

/* Nobody but its maker knows the secret, and it is long: one HMAC derives a key from it. */
static struct digest key_of(const char *secret, const char *purpose)
{
    must(strlen(secret) >= 32);
    return digest_hmac(secret, strlen(secret), purpose, strlen(purpose));
}

/* All of it through the cipher, in the direction of the context; false: opened, and the tag is not
 * that of these bytes. */
static bool run(EVP_CIPHER_CTX *context, const void *from, size_t size_bytes, uint8_t *to)
{
    int written = 0;
    int rest = 0;
    must(size_bytes <= INT32_MAX);
    must(EVP_CipherUpdate(context, to, &written, from, (int)size_bytes) == 1 &&
         (size_t)written == size_bytes);
    bool is_right = EVP_CipherFinal_ex(context, to + written, &rest) == 1;
    must(rest == 0); /* a cipher of bytes, not of blocks */
    return is_right;
}
