/* gate/jwt.c: see gate/jwt.h. */
#include "gate/jwt.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base/base64.h"
#include "base/limits.h"
#include "base/must.h"
#include "base/text.h"

#define HMAC_BYTES 32
#define ED25519_BYTES 64
#define SIGNATURE_BYTES_MAX 64
#define DAY_S INT64_C(86400)

static const char *const words[] = {[JWT_HS256] = "HS256", [JWT_EDDSA] = "EdDSA"};

/* What is verified with when no key has the header, so that it takes as long. */
static const uint8_t nobody_secret[JWT_KEY_SIZE];
static const struct jwt_key nobody = {.algorithm = JWT_HS256,
                                      .header = "",
                                      .issuer = "",
                                      .secret = nobody_secret,
                                      .secret_bytes = JWT_KEY_SIZE};

/* Where a payload is being read. */
struct reading {
    struct arena *arena;
    const char *at;
    const char *end;
    bool is_good;
};

static size_t sign(const struct jwt_key *key, const char *text,
                   uint8_t signature[SIGNATURE_BYTES_MAX]);
static bool hmac_of(const struct jwt_key *key, const void *bytes, size_t size_bytes,
                    uint8_t mac[HMAC_BYTES]);
static bool ed25519_right(const struct jwt_key *key, const void *bytes, size_t size_bytes,
                          const uint8_t *signature);
static const struct jwt_key *key_of(const struct jwt_key *keys, size_t key_count,
                                    const char *header, size_t header_chars);
static void read_literal(struct reading *reading, const char *literal);
static const char *read_text(struct reading *reading, const char *before);
static int64_t read_number(struct reading *reading, const char *before);

const char *jwt_algorithm_word(enum jwt_algorithm algorithm)
{
    return words[algorithm];
}

bool jwt_algorithm_from_word(const char *word, enum jwt_algorithm *algorithm)
{
    bool is_hmac = text_is(word, words[JWT_HS256]);
    *algorithm = is_hmac ? JWT_HS256 : JWT_EDDSA;
    return is_hmac || text_is(word, words[JWT_EDDSA]);
}

const char *jwt_header_make(struct arena *arena, enum jwt_algorithm algorithm, const char *key_id)
{
    must(jwt_text_is(key_id));
    const char *json = arena_printf(arena, "{\"alg\":\"%s\",\"typ\":\"JWT\",\"kid\":\"%s\"}",
                                    jwt_algorithm_word(algorithm), key_id);
    return base64_write(arena, json, strlen(json));
}

void jwt_public_of(const uint8_t seed[JWT_KEY_SIZE], uint8_t public[JWT_KEY_SIZE])
{
    size_t size_bytes = JWT_KEY_SIZE;
    EVP_PKEY *pair = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, JWT_KEY_SIZE);
    must(pair != NULL && EVP_PKEY_get_raw_public_key(pair, public, &size_bytes) == 1 &&
         size_bytes == JWT_KEY_SIZE);
    EVP_PKEY_free(pair);
}

bool jwt_text_is(const char *text)
{
    if (text_empty(text)) {
        return false;
    }
    for (; *text != '\0'; text++) {
        if (*text <= ' ' || *text > '~' || *text == '"' || *text == '\\') {
            return false;
        }
    }
    return true;
}

const char *jwt_sign(struct arena *arena, const struct jwt_key *key,
                     const struct jwt_claims *claims)
{
    must(jwt_text_is(claims->issuer) && jwt_text_is(claims->org_id) &&
         jwt_text_is(claims->audience) && jwt_text_is(claims->token_id));
    must(text_is(claims->issuer, key->issuer) && claims->issued_at_s >= 0);
    const char *payload =
        arena_printf(arena,
                     "{\"iss\":\"%s\",\"sub\":\"%s\",\"aud\":\"%s\",\"jti\":\"%s\",\"iat\":%" PRId64
                     ",\"nbf\":%" PRId64 ",\"exp\":%" PRId64 "}",
                     claims->issuer, claims->org_id, claims->audience, claims->token_id,
                     claims->issued_at_s, claims->not_before_s, claims->expires_at_s);
    const char *signed_text =
        arena_printf(arena, "%s.%s", key->header, base64_write(arena, payload, strlen(payload)));
    uint8_t signature[SIGNATURE_BYTES_MAX];
    size_t signature_bytes = sign(key, signed_text, signature);
    return arena_printf(arena, "%s.%s", signed_text,
                        base64_write(arena, signature, signature_bytes));
}

bool jwt_open(struct arena *arena, const struct jwt_key *keys, size_t key_count, const char *token,
              const struct jwt_key **signer, const char **payload, size_t *payload_bytes)
{
    *signer = NULL;
    *payload = NULL;
    *payload_bytes = 0;
    size_t header_chars = strcspn(token, ".");
    const char *body = token + header_chars + (token[header_chars] == '.' ? 1 : 0);
    size_t body_chars = strcspn(body, ".");
    const char *tail = body + body_chars + (body[body_chars] == '.' ? 1 : 0);
    size_t tail_chars = strlen(tail);
    const struct jwt_key *key = key_of(keys, key_count, token, header_chars);

    uint8_t signature[SIGNATURE_BYTES_MAX] = {0};
    size_t signature_bytes = 0;
    bool is_whole = tail > body && tail[-1] == '.' && body_chars > 0 &&
                    tail_chars <= BASE64_CHARS(SIGNATURE_BYTES_MAX) &&
                    base64_read(tail, tail_chars, signature, &signature_bytes);
    bool is_right =
        jwt_signature_right(key == NULL ? &nobody : key, token, (size_t)(body - token) + body_chars,
                            signature, signature_bytes);
    if (!is_whole || !is_right || key == NULL) {
        return false;
    }
    char *bytes = arena_take(arena, body_chars + 1, 1);
    if (!base64_read(body, body_chars, bytes, payload_bytes)) {
        return false;
    }
    bytes[*payload_bytes] = '\0';
    *signer = key;
    *payload = bytes;
    return true;
}

bool jwt_claims_read(struct arena *arena, const char *payload, size_t payload_bytes,
                     struct jwt_claims *claims)
{
    struct reading reading = {
        .arena = arena, .at = payload, .end = payload + payload_bytes, .is_good = true};
    *claims = (struct jwt_claims){.issuer = ""};
    claims->issuer = read_text(&reading, "{\"iss\":");
    claims->org_id = read_text(&reading, ",\"sub\":");
    claims->audience = read_text(&reading, ",\"aud\":");
    claims->token_id = read_text(&reading, ",\"jti\":");
    claims->issued_at_s = read_number(&reading, ",\"iat\":");
    claims->not_before_s = read_number(&reading, ",\"nbf\":");
    claims->expires_at_s = read_number(&reading, ",\"exp\":");
    read_literal(&reading, "}");
    return reading.is_good && reading.at == reading.end;
}

bool jwt_claims_hold(const struct jwt_claims *claims, const char *issuer, const char *audience,
                     int64_t now_s)
{
    /* All are not negative (jwt_claims_read), so no difference overflows. */
    bool has_begun =
        claims->not_before_s - now_s <= JWT_LEEWAY_S && claims->issued_at_s - now_s <= JWT_LEEWAY_S;
    return text_is(claims->issuer, issuer) && text_is(claims->audience, audience) && has_begun &&
           claims->not_before_s >= claims->issued_at_s && now_s < claims->expires_at_s &&
           claims->expires_at_s > claims->not_before_s &&
           claims->expires_at_s - claims->issued_at_s <= ACCESS_TOKEN_DAYS_MAX * DAY_S;
}

bool jwt_signature_right(const struct jwt_key *key, const void *bytes, size_t size_bytes,
                         const uint8_t *signature, size_t signature_bytes)
{
    if (key->algorithm == JWT_EDDSA) {
        return signature_bytes == ED25519_BYTES && ed25519_right(key, bytes, size_bytes, signature);
    }
    uint8_t mac[HMAC_BYTES];
    return hmac_of(key, bytes, size_bytes, mac) && signature_bytes == HMAC_BYTES &&
           CRYPTO_memcmp(mac, signature, HMAC_BYTES) == 0;
}

static size_t sign(const struct jwt_key *key, const char *text,
                   uint8_t signature[SIGNATURE_BYTES_MAX])
{
    if (key->algorithm == JWT_HS256) {
        must(hmac_of(key, text, strlen(text), signature));
        return HMAC_BYTES;
    }
    size_t size_bytes = ED25519_BYTES;
    must(key->secret_bytes == JWT_KEY_SIZE);
    EVP_PKEY *pair =
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, key->secret, key->secret_bytes);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    must(pair != NULL && context != NULL &&
         EVP_DigestSignInit(context, NULL, NULL, NULL, pair) == 1 &&
         EVP_DigestSign(context, signature, &size_bytes, (const uint8_t *)text, strlen(text)) ==
             1 &&
         size_bytes == ED25519_BYTES);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(pair);
    return ED25519_BYTES;
}

/* False: the key is shorter than what it makes (RFC 7518 section 3.2). */
static bool hmac_of(const struct jwt_key *key, const void *bytes, size_t size_bytes,
                    uint8_t mac[HMAC_BYTES])
{
    unsigned mac_bytes = 0;
    if (key->secret_bytes < JWT_KEY_SIZE) {
        return false;
    }
    must(HMAC(EVP_sha256(), key->secret, (int)key->secret_bytes, bytes, size_bytes, mac,
              &mac_bytes) != NULL &&
         mac_bytes == HMAC_BYTES);
    return true;
}

static bool ed25519_right(const struct jwt_key *key, const void *bytes, size_t size_bytes,
                          const uint8_t *signature)
{
    EVP_PKEY *public =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->public, JWT_KEY_SIZE);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    must(context != NULL);
    bool is_right = public != NULL &&
                    EVP_DigestVerifyInit(context, NULL, NULL, NULL, public) == 1 &&
                    EVP_DigestVerify(context, signature, ED25519_BYTES, bytes, size_bytes) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(public);
    ERR_clear_error(); /* a refusal leaves words behind that nobody reads */
    return is_right;
}

/* The one key of this header; NULL: none, or more than one. */
static const struct jwt_key *key_of(const struct jwt_key *keys, size_t key_count,
                                    const char *header, size_t header_chars)
{
    const struct jwt_key *found = NULL;
    for (size_t i = 0; i < key_count; i++) {
        if (strlen(keys[i].header) == header_chars &&
            memcmp(keys[i].header, header, header_chars) == 0) {
            if (found != NULL) {
                return NULL;
            }
            found = &keys[i];
        }
    }
    return found;
}

static void read_literal(struct reading *reading, const char *literal)
{
    size_t size_bytes = strlen(literal);
    if (!reading->is_good || (size_t)(reading->end - reading->at) < size_bytes ||
        memcmp(reading->at, literal, size_bytes) != 0) {
        reading->is_good = false;
        return;
    }
    reading->at += size_bytes;
}

/* A string between quotes, not empty, of characters that stand for themselves. */
static const char *read_text(struct reading *reading, const char *before)
{
    read_literal(reading, before);
    read_literal(reading, "\"");
    const char *from = reading->at;
    while (reading->is_good && reading->at < reading->end && *reading->at != '"') {
        reading->is_good = *reading->at > ' ' && *reading->at <= '~' && *reading->at != '\\';
        reading->at++;
    }
    reading->is_good = reading->is_good && reading->at > from;
    const char *text = reading->is_good
                           ? arena_text_sized(reading->arena, from, (size_t)(reading->at - from))
                           : "";
    read_literal(reading, "\"");
    return text;
}

/* Decimal digits without a sign or a zero in front. */
static int64_t read_number(struct reading *reading, const char *before)
{
    read_literal(reading, before);
    const char *from = reading->at;
    while (reading->is_good && reading->at < reading->end && *reading->at >= '0' &&
           *reading->at <= '9') {
        reading->at++;
    }
    size_t chars = (size_t)(reading->at - from);
    int64_t number = 0;
    reading->is_good =
        reading->is_good && (chars == 1 || (chars > 1 && *from != '0')) &&
        text_parse_int(arena_text_sized(reading->arena, from, chars), false, &number);
    return number;
}
