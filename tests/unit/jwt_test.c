/*
 * tests/unit/jwt_test.c: access tokens as JWTs: Wycheproof's vectors for our two algorithms
 * (tests/vectors/README.md), what is written is read, and every way that is known to get a token
 * past such a check: no algorithm, another algorithm, another key, another header, stray bits of
 * base64url, claims that are missing, doubled, of another type, or out of their time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/limits.h"
#include "base/text.h"
#include "gate/jwt.h"

#define ISSUER "https://registry.example.org"
#define AUDIENCE ISSUER "/registry/v0"
#define ORG "org_1KNS0Q2D6SBX0A01"
#define TOKEN "tok_1KNS0Q2D6SBX0A01"
#define KEYS_MAX 4
#define NOW_S INT64_C(1795888531)

static unsigned char memory[16777216];
static struct arena arena;

static const uint8_t hmac_secret[JWT_KEY_SIZE] = "0123456789abcdef0123456789abcdef";
static const uint8_t seed[JWT_KEY_SIZE] = "fedcba9876543210fedcba9876543210";
static uint8_t public[JWT_KEY_SIZE];
static struct jwt_key keys[2]; /* HS256, EdDSA */

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, memory, sizeof memory);
    jwt_public_of(seed, public);
    keys[0] = (struct jwt_key){
        .algorithm = JWT_HS256, .issuer = ISSUER, .secret = hmac_secret, .secret_bytes = 32};
    keys[1] = (struct jwt_key){.algorithm = JWT_EDDSA,
                               .issuer = ISSUER,
                               .secret = seed,
                               .secret_bytes = 32,
                               .public = public};
    keys[0].header = jwt_header_make(&arena, JWT_HS256, "key_1KNS0Q2D6SBX0A01");
    keys[1].header = jwt_header_make(&arena, JWT_EDDSA, "key_1KNS0Q2D6SBX0A02");
    return 0;
}

/* ---- vectors ---- */

static json_t *load(const char *name)
{
    json_error_t error;
    json_t *root = json_load_file(arena_printf(&arena, "tests/vectors/%s.json", name), 0, &error);
    if (root == NULL) {
        fail_msg("tests/vectors/%s.json: %s", name, error.text);
    }
    return root;
}

static const char *text_of(json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text == NULL ? "" : text;
}

static const uint8_t *hex_of(json_t *object, const char *name, size_t *size_bytes)
{
    const char *hex = text_of(object, name);
    *size_bytes = strlen(hex) / 2;
    uint8_t *bytes = arena_take(&arena, *size_bytes + 1, 1);
    for (size_t i = 0; i < *size_bytes; i++) {
        unsigned byte = 0;
        assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
        bytes[i] = (uint8_t)byte;
    }
    return bytes;
}

/* RFC 7518 section 3.2: a key at least as long as what it makes, and the whole of what it makes. */
static void test_hmac_vectors(void **state)
{
    (void)state;
    json_t *root = load("hmac_sha256");
    size_t valid = 0;
    size_t refused = 0;
    size_t i = 0;
    json_t *group = NULL;
    json_array_foreach(json_object_get(root, "testGroups"), i, group)
    {
        bool is_ours = json_integer_value(json_object_get(group, "keySize")) >= 256 &&
                       json_integer_value(json_object_get(group, "tagSize")) == 256;
        size_t j = 0;
        json_t *test = NULL;
        json_array_foreach(json_object_get(group, "tests"), j, test)
        {
            struct jwt_key key = {.algorithm = JWT_HS256};
            size_t message_bytes = 0;
            size_t tag_bytes = 0;
            key.secret = hex_of(test, "key", &key.secret_bytes);
            const uint8_t *message = hex_of(test, "msg", &message_bytes);
            const uint8_t *tag = hex_of(test, "tag", &tag_bytes);
            bool wanted = is_ours && text_is(text_of(test, "result"), "valid");
            if (jwt_signature_right(&key, message, message_bytes, tag, tag_bytes) != wanted) {
                fail_msg("HMAC vector %lld", json_integer_value(json_object_get(test, "tcId")));
            }
            valid += wanted ? 1 : 0;
            refused += wanted ? 0 : 1;
        }
    }
    assert_int_equal(valid + refused, json_integer_value(json_object_get(root, "numberOfTests")));
    assert_int_equal(valid, 30);
    json_decref(root);
}

static void test_ed25519_vectors(void **state)
{
    (void)state;
    json_t *root = load("ed25519");
    size_t valid = 0;
    size_t count = 0;
    size_t i = 0;
    json_t *group = NULL;
    json_array_foreach(json_object_get(root, "testGroups"), i, group)
    {
        size_t key_bytes = 0;
        struct jwt_key key = {.algorithm = JWT_EDDSA};
        key.public = hex_of(json_object_get(group, "publicKey"), "pk", &key_bytes);
        assert_int_equal(key_bytes, JWT_KEY_SIZE);
        size_t j = 0;
        json_t *test = NULL;
        json_array_foreach(json_object_get(group, "tests"), j, test)
        {
            size_t message_bytes = 0;
            size_t signature_bytes = 0;
            const uint8_t *message = hex_of(test, "msg", &message_bytes);
            const uint8_t *signature = hex_of(test, "sig", &signature_bytes);
            bool wanted = text_is(text_of(test, "result"), "valid");
            if (jwt_signature_right(&key, message, message_bytes, signature, signature_bytes) !=
                wanted) {
                fail_msg("Ed25519 vector %lld", json_integer_value(json_object_get(test, "tcId")));
            }
            valid += wanted ? 1 : 0;
            count++;
        }
    }
    assert_int_equal(count, json_integer_value(json_object_get(root, "numberOfTests")));
    assert_true(valid > 60 && count - valid > 60);
    json_decref(root);
}

/* The header of a token as it stands there, in the arena. */
static const char *header_in(const char *token)
{
    return arena_text_sized(&arena, token, strcspn(token, "."));
}

/* A JWK as one of our keys: HS256 only. Its header is what the constructor of the vectors writes
 * unless the vector says otherwise. False: a key that this registry cannot have. */
static bool key_from(json_t *jwk, const char *header, struct jwt_key *key)
{
    const char *k = text_of(jwk, "k");
    uint8_t *secret = arena_take(&arena, strlen(k) + 1, 1);
    *key = (struct jwt_key){.algorithm = JWT_HS256, .header = header, .secret = secret};
    return text_is(text_of(jwk, "alg"), "HS256") && text_is(text_of(jwk, "kty"), "oct") &&
           base64_read(k, strlen(k), secret, &key->secret_bytes);
}

static const char *plain_header(json_t *jwk)
{
    const char *json =
        arena_printf(&arena, "{\"alg\":\"HS256\",\"kid\":\"%s\"}", text_of(jwk, "kid"));
    return base64_write(&arena, json, strlen(json));
}

/* What the vectors say and we do not, with the reason. */
static const struct {
    int64_t number; /* in json_web_signature.json */
    bool is_valid;  /* with us */
    const char *why;
} exceptions[] = {
    {372, false, "'?' in the header: it is not the key's header, byte for byte"},
    {373, false, "'?' in the payload: what is signed is something else"},
    {367, true,
     "is byte for byte vector 357, which is valid: the padding that it means is not there"},
    {370, true, "the same"},
};

static bool is_wanted(const char *file, json_t *test)
{
    int64_t number = json_integer_value(json_object_get(test, "tcId"));
    for (size_t i = 0; i < sizeof exceptions / sizeof exceptions[0]; i++) {
        if (exceptions[i].number == number && text_is(file, "json_web_signature")) {
            return exceptions[i].is_valid;
        }
    }
    return text_is(text_of(test, "result"), "valid");
}

static bool opens(const struct jwt_key *with, size_t count, const char *token)
{
    const struct jwt_key *signer = NULL;
    const char *payload = NULL;
    size_t payload_bytes = 0;
    bool is_open = jwt_open(&arena, with, count, token, &signer, &payload, &payload_bytes);
    assert_true(is_open == (signer != NULL) && is_open == (payload != NULL));
    return is_open;
}

/* One vector, with the keys that its group has. The key's one header is the header of the vectors
 * that are valid: a registry's key has one, and whatever else stands there is refused. */
static bool run_jws(json_t *group, json_t *test, bool is_valid)
{
    struct jwt_key found[KEYS_MAX];
    size_t count = 0;
    json_t *jwks = json_object_get(json_object_get(group, "private"), "keys");
    const char *jws = json_string_value(json_object_get(test, "jws"));
    json_t *one = json_object_get(group, "private");
    for (size_t i = 0; i < (jwks == NULL ? 1 : json_array_size(jwks)); i++) {
        json_t *jwk = jwks == NULL ? one : json_array_get(jwks, i);
        const char *header = plain_header(jwk);
        if (text_is(text_of(group, "comment"), "base64")) {
            const char *json = "{\"kid\":\"hs256-key\",\"alg\":\"HS256\"}";
            header = base64_write(&arena, json, strlen(json));
        }
        if (is_valid && i == 0) {
            header = header_in(jws);
        }
        if (!key_from(jwk, header, &found[count])) {
            return false; /* a set that holds another algorithm is not ours to have */
        }
        count++;
    }
    if (jws != NULL) {
        return opens(found, count, jws);
    }
    /* JSON serialisation, not a text: it reaches us as whatever text it is. */
    char *text = json_dumps(json_object_get(test, "jws"), 0);
    bool is_open = opens(found, count, text);
    free(text);
    return is_open;
}

static void run_jws_file(const char *name, size_t *valid, size_t *invalid)
{
    json_t *root = load(name);
    size_t count = 0;
    size_t i = 0;
    json_t *group = NULL;
    json_array_foreach(json_object_get(root, "testGroups"), i, group)
    {
        size_t j = 0;
        json_t *test = NULL;
        json_array_foreach(json_object_get(group, "tests"), j, test)
        {
            bool wanted = is_wanted(name, test);
            if (run_jws(group, test, wanted) != wanted) {
                fail_msg("%s: vector %lld, %s", name,
                         json_integer_value(json_object_get(test, "tcId")),
                         text_of(test, "comment"));
            }
            *valid += wanted ? 1 : 0;
            *invalid += wanted ? 0 : 1;
            count++;
        }
    }
    assert_int_equal(count, json_integer_value(json_object_get(root, "numberOfTests")));
    json_decref(root);
}

static void test_jws_vectors(void **state)
{
    size_t valid = 0;
    size_t invalid = 0;
    (void)state;
    run_jws_file("json_web_signature", &valid, &invalid);
    run_jws_file("json_web_crypto", &valid, &invalid);
    run_jws_file("json_web_key", &valid, &invalid);
    assert_int_equal(valid, 14);
    assert_int_equal(invalid, 53);
}

/* ---- our own tokens ---- */

static struct jwt_claims good_claims(void)
{
    return (struct jwt_claims){.issuer = ISSUER,
                               .org_id = ORG,
                               .audience = AUDIENCE,
                               .token_id = TOKEN,
                               .issued_at_s = NOW_S,
                               .not_before_s = NOW_S,
                               .expires_at_s = NOW_S + 86400};
}

static void test_there_and_back(void **state)
{
    (void)state;
    struct jwt_claims claims = good_claims();
    for (size_t i = 0; i < 2; i++) {
        const char *token = jwt_sign(&arena, &keys[i], &claims);
        const struct jwt_key *signer = NULL;
        const char *payload = NULL;
        size_t payload_bytes = 0;
        struct jwt_claims read;
        assert_true(jwt_open(&arena, keys, 2, token, &signer, &payload, &payload_bytes));
        assert_ptr_equal(signer, &keys[i]);
        assert_true(jwt_claims_read(&arena, payload, payload_bytes, &read));
        assert_string_equal(read.issuer, ISSUER);
        assert_string_equal(read.org_id, ORG);
        assert_string_equal(read.audience, AUDIENCE);
        assert_string_equal(read.token_id, TOKEN);
        assert_int_equal(read.issued_at_s, NOW_S);
        assert_int_equal(read.not_before_s, NOW_S);
        assert_int_equal(read.expires_at_s, NOW_S + 86400);
        assert_true(jwt_claims_hold(&read, ISSUER, AUDIENCE, NOW_S));
        /* Another key of the same algorithm, and none. */
        struct jwt_key other = keys[i];
        other.public = hmac_secret;
        other.secret = i == 0 ? seed : hmac_secret;
        assert_false(opens(&other, 1, token));
        assert_false(opens(keys, 0, token));
        assert_false(opens(&keys[1 - i], 1, token));
        /* Two keys of one header: which one is meant cannot be told. */
        struct jwt_key twins[2] = {keys[i], keys[i]};
        assert_false(opens(twins, 2, token));
    }
}

/* Every single character of a token replaced, left out or doubled: never good. */
static void test_every_character(void **state)
{
    static const char others[] = "A_-9zQ.=+/ \n";
    (void)state;
    struct jwt_claims claims = good_claims();
    for (size_t i = 0; i < 2; i++) {
        const char *token = jwt_sign(&arena, &keys[i], &claims);
        size_t chars = strlen(token);
        size_t mark_bytes = arena.used_bytes;
        for (size_t at = 0; at <= chars; at++) {
            for (size_t k = 0; k < sizeof others - 1; k++) {
                if (at < chars && token[at] != others[k]) {
                    const char *other =
                        arena_printf(&arena, "%.*s%c%s", (int)at, token, others[k], token + at + 1);
                    assert_false(opens(keys, 2, other));
                }
                assert_false(
                    opens(keys, 2,
                          arena_printf(&arena, "%.*s%c%s", (int)at, token, others[k], token + at)));
                arena_reset(&arena, mark_bytes);
            }
            if (at < chars) {
                assert_false(
                    opens(keys, 2, arena_printf(&arena, "%.*s%s", (int)at, token, token + at + 1)));
                assert_false(opens(keys, 2, arena_text_sized(&arena, token, at)));
            }
            arena_reset(&arena, mark_bytes);
        }
    }
}

/* The last character of a signature carries bits that mean nothing: all but one form are refused.
 */
static void test_stray_bits(void **state)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    (void)state;
    struct jwt_claims claims = good_claims();
    for (size_t i = 0; i < 2; i++) {
        const char *token = jwt_sign(&arena, &keys[i], &claims);
        size_t chars = strlen(token);
        size_t good = 0;
        for (size_t k = 0; k < 64; k++) {
            good += opens(keys, 2, arena_printf(&arena, "%.*s%c", (int)chars - 1, token, digits[k]))
                        ? 1
                        : 0;
        }
        assert_int_equal(good, 1);
    }
}

/* A good token but for its header, signed by HMAC with this key. */
static const char *forge(const char *header_json, const uint8_t secret[JWT_KEY_SIZE])
{
    struct jwt_claims claims = good_claims();
    struct jwt_key key = {.algorithm = JWT_HS256,
                          .header = base64_write(&arena, header_json, strlen(header_json)),
                          .issuer = ISSUER,
                          .secret = secret,
                          .secret_bytes = JWT_KEY_SIZE};
    return jwt_sign(&arena, &key, &claims);
}

static void test_algorithms_and_kids(void **state)
{
    (void)state;
    struct jwt_claims claims = good_claims();
    const char *good = jwt_sign(&arena, &keys[0], &claims);
    const char *payload = strchr(good, '.') + 1;
    size_t payload_chars = strcspn(payload, ".");
    static const char *const nones[] = {"none", "None", "NONE", "nOnE"};
    for (size_t i = 0; i < 4; i++) {
        const char *json = arena_printf(
            &arena, "{\"alg\":\"%s\",\"typ\":\"JWT\",\"kid\":\"key_1KNS0Q2D6SBX0A01\"}", nones[i]);
        const char *header = base64_write(&arena, json, strlen(json));
        assert_false(
            opens(keys, 2, arena_printf(&arena, "%s.%.*s.", header, (int)payload_chars, payload)));
        assert_false(
            opens(keys, 2, arena_printf(&arena, "%s.%.*s", header, (int)payload_chars, payload)));
        assert_false(opens(keys, 2, arena_printf(&arena, "%s.%s", header, payload)));
    }
    /* Our own headers with nothing behind. */
    assert_false(opens(
        keys, 2, arena_printf(&arena, "%s.%.*s.", keys[0].header, (int)payload_chars, payload)));
    assert_false(opens(
        keys, 2, arena_printf(&arena, "%s.%.*s.", keys[1].header, (int)payload_chars, payload)));
    /* HS256 with the public key of the other as its secret: with the right kid, and with its own.
     */
    static const char *const heads[] = {
        "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"key_1KNS0Q2D6SBX0A02\"}",
        "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"key_1KNS0Q2D6SBX0A01\"}",
        "{\"alg\":\"EdDSA\",\"typ\":\"JWT\",\"kid\":\"key_1KNS0Q2D6SBX0A02\"}",
        "{\"alg\":\"HS256\",\"typ\":\"JWT\"}",
        "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"\"}",
        "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"../../../../dev/null\"}",
        "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"' OR 1=1 --\"}",
    };
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        assert_false(opens(keys, 2, forge(heads[i], public)));
        static const uint8_t zeros[JWT_KEY_SIZE];
        assert_false(opens(keys, 2, forge(heads[i], zeros)));
    }
    /* The right key, and a header that says the same in other words. */
    static const char *const same[] = {
        "{\"typ\":\"JWT\",\"alg\":\"HS256\",\"kid\":\"key_1KNS0Q2D6SBX0A01\"}",
        "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"key_1KNS0Q2D6SBX0A01\" }",
        "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"key_1KNS0Q2D6SBX0A01\",\"crit\":[\"x\"]}",
        "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"key_1KNS0Q2D6SBX0A01\",\"jku\":\"http://x\"}",
        "{\"alg\":\"HS256\",\"typ\":\"jwt\",\"kid\":\"key_1KNS0Q2D6SBX0A01\"}",
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        assert_false(opens(keys, 2, forge(same[i], hmac_secret)));
    }
    assert_true(opens(keys, 2, forge(heads[1], hmac_secret)));
}

/* Signed by us, and still not of the form that we write. */
static void test_payload_form(void **state)
{
    static const char good[] = "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"jti\":\"j\","
                               "\"iat\":1,\"nbf\":2,\"exp\":3}";
    static const char *const bad[] = {
        "",
        "{}",
        "null",
        "[]",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"jti\":\"j\",\"iat\":1,\"nbf\":2,\"exp\":3} ",
        " {\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"jti\":\"j\",\"iat\":1,\"nbf\":2,\"exp\":3}",
        "{\"iss\": \"i\",\"sub\":\"s\",\"aud\":\"a\",\"jti\":\"j\",\"iat\":1,\"nbf\":2,\"exp\":3}",
        "{\"sub\":\"s\",\"iss\":\"i\",\"aud\":\"a\",\"jti\":\"j\",\"iat\":1,\"nbf\":2,\"exp\":3}",
        "{\"iss\":\"i\",\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"jti\":\"j\",\"iat\":1,"
        "\"nbf\":2,\"exp\":3}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":[\"a\"],\"jti\":\"j\",\"iat\":1,\"nbf\":2,\"exp\":3}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"jti\":\"j\",\"iat\":1,\"nbf\":2}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"jti\":\"j\",\"iat\":1,\"nbf\":2,\"exp\":3,"
        "\"adm\":1}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"jti\":\"j\",\"iat\":-1,\"nbf\":2,\"exp\":3}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"jti\":\"j\",\"iat\":01,\"nbf\":2,\"exp\":3}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"jti\":\"j\",\"iat\":1.0,\"nbf\":2,\"exp\":3}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"jti\":\"j\",\"iat\":1e0,\"nbf\":2,\"exp\":3}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"jti\":\"j\",\"iat\":,\"nbf\":2,\"exp\":3}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"jti\":\"j\",\"iat\":\"1\",\"nbf\":2,"
        "\"exp\":3}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"jti\":\"j\",\"iat\":1,\"nbf\":2,"
        "\"exp\":9223372036854775808}",
        "{\"iss\":\"\\u0069\",\"sub\":\"s\",\"aud\":\"a\",\"jti\":\"j\",\"iat\":1,\"nbf\":2,"
        "\"exp\":3}",
        "{\"iss\":\"i\x7f\",\"sub\":\"s\",\"aud\":\"a\",\"jti\":\"j\",\"iat\":1,\"nbf\":2,\"exp\":"
        "3}",
        "{\"iss\":\"i\n\",\"sub\":\"s\",\"aud\":\"a\",\"jti\":\"j\",\"iat\":1,\"nbf\":2,\"exp\":3}",
        "{\"iss\":\"\xc3\xa4\",\"sub\":\"s\",\"aud\":\"a\",\"jti\":\"j\",\"iat\":1,\"nbf\":2,"
        "\"exp\":3}",
        "{\"iss\":\"\",\"sub\":\"s\",\"aud\":\"a\",\"jti\":\"j\",\"iat\":1,\"nbf\":2,\"exp\":3}",
        "{\"iss\":\"i",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"jti\":\"j\",\"iat\":1,\"nbf\":2,\"exp\":3",
    };
    (void)state;
    struct jwt_claims claims;
    assert_true(jwt_claims_read(&arena, good, strlen(good), &claims));
    assert_string_equal(claims.token_id, "j");
    assert_int_equal(claims.expires_at_s, 3);
    assert_false(jwt_claims_read(&arena, good, sizeof good, &claims)); /* a NUL behind */
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (jwt_claims_read(&arena, bad[i], strlen(bad[i]), &claims)) {
            fail_msg("%s was read", bad[i]);
        }
    }
    for (size_t chars = 0; chars < strlen(good); chars++) {
        assert_false(jwt_claims_read(&arena, good, chars, &claims));
    }
}

static bool hold_at(struct jwt_claims claims, int64_t now_s)
{
    return jwt_claims_hold(&claims, ISSUER, AUDIENCE, now_s);
}

static void test_times(void **state)
{
    (void)state;
    struct jwt_claims claims = good_claims();
    assert_true(hold_at(claims, NOW_S));
    assert_true(hold_at(claims, NOW_S + 86399));
    assert_false(hold_at(claims, NOW_S + 86400)); /* "exp" itself is too late */
    assert_false(hold_at(claims, NOW_S + 86401));
    assert_true(hold_at(claims, NOW_S - JWT_LEEWAY_S));
    assert_false(hold_at(claims, NOW_S - JWT_LEEWAY_S - 1));
    assert_false(hold_at(claims, 0));
    assert_false(hold_at(claims, INT64_MAX));
    struct jwt_claims other = claims;
    other.expires_at_s = NOW_S + ACCESS_TOKEN_DAYS_MAX * INT64_C(86400);
    assert_true(hold_at(other, NOW_S));
    other.expires_at_s++;
    assert_false(hold_at(other, NOW_S));
    other.expires_at_s = INT64_MAX;
    assert_false(hold_at(other, NOW_S));
    other = claims;
    other.not_before_s = NOW_S + 100;
    assert_false(hold_at(other, NOW_S));
    assert_true(hold_at(other, NOW_S + 40));
    other.not_before_s = NOW_S - 1; /* good before it was made */
    assert_false(hold_at(other, NOW_S));
    other = claims;
    other.issued_at_s = NOW_S + 100;
    assert_false(hold_at(other, NOW_S));
    other = claims;
    other.expires_at_s = NOW_S - 10; /* over before it begins */
    assert_false(hold_at(other, NOW_S - 20));
}

static void test_parties(void **state)
{
    (void)state;
    struct jwt_claims claims = good_claims();
    assert_false(jwt_claims_hold(&claims, ISSUER "/", AUDIENCE, NOW_S));
    assert_false(jwt_claims_hold(&claims, ISSUER, ISSUER, NOW_S));
    assert_false(jwt_claims_hold(&claims, "", "", NOW_S));
    claims.issuer = "https://registry.example.com";
    assert_false(jwt_claims_hold(&claims, ISSUER, AUDIENCE, NOW_S));
}

static void test_words(void **state)
{
    (void)state;
    enum jwt_algorithm algorithm = JWT_HS256;
    assert_true(jwt_algorithm_from_word("EdDSA", &algorithm));
    assert_int_equal(algorithm, JWT_EDDSA);
    assert_true(jwt_algorithm_from_word("HS256", &algorithm));
    assert_int_equal(algorithm, JWT_HS256);
    assert_false(jwt_algorithm_from_word("none", &algorithm));
    assert_false(jwt_algorithm_from_word("hs256", &algorithm));
    assert_false(jwt_algorithm_from_word("", &algorithm));
    assert_true(jwt_text_is("https://registry.example.org:8443/~x"));
    static const char *const others[] = {"",     " ",    "a b",  "a\tb",
                                         "a\"b", "a\\b", "\x7f", "\xc3\xa4"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_false(jwt_text_is(others[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hmac_vectors),
        cmocka_unit_test(test_ed25519_vectors),
        cmocka_unit_test(test_jws_vectors),
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_every_character),
        cmocka_unit_test(test_stray_bits),
        cmocka_unit_test(test_algorithms_and_kids),
        cmocka_unit_test(test_payload_form),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_parties),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
