/*
 * jwt_fuzz.c: access tokens (gate/jwt.c), the Authorization header (gate/token.c) and base64url
 * (base/base64.c). Promised: what is read as base64url is written as itself; a token that opens is,
 * byte for byte, what its key makes of its payload, and a token of ours with any byte changed does
 * not open; claims that are read are written as the very payload; nothing else of a token is ever
 * believed.
 */
#include <string.h>
#include <strings.h>

#include "base/base64.h"
#include "base/text.h"
#include "fuzz/fuzz.h"
#include "gate/jwt.h"
#include "gate/token.h"

static const uint8_t hmac_secret[JWT_KEY_SIZE] = "0123456789abcdef0123456789abcdef";
static const uint8_t seed[JWT_KEY_SIZE] = "fedcba9876543210fedcba9876543210";
static uint8_t public[JWT_KEY_SIZE];

static char headers[2][128];
static char own[2][512]; /* a token of each key */
static struct jwt_key keys[2];

static const struct jwt_claims own_claims = {.issuer = "https://a",
                                             .org_id = "org_1KNS0Q2D6SBX0A01",
                                             .audience = "b",
                                             .token_id = "tok_1KNS0Q2D6SBX0A01",
                                             .issued_at_s = 1795888531,
                                             .not_before_s = 1795888531,
                                             .expires_at_s = 1795974931};

/* Once: the arena is emptied after each input. */
static void make_keys(void)
{
    if (own[1][0] != '\0') {
        return;
    }
    jwt_public_of(seed, public);
    keys[0] = (struct jwt_key){
        .algorithm = JWT_HS256, .secret = hmac_secret, .secret_bytes = JWT_KEY_SIZE};
    keys[1] = (struct jwt_key){
        .algorithm = JWT_EDDSA, .secret = seed, .secret_bytes = JWT_KEY_SIZE, .public = public};
    for (int i = 0; i < 2; i++) {
        keys[i].issuer = "https://a";
        holds(TEXT_COPY(headers[i], jwt_header_make(&fuzz_arena, keys[i].algorithm, "key")));
        keys[i].header = headers[i];
        holds(TEXT_COPY(own[i], jwt_sign(&fuzz_arena, &keys[i], &own_claims)));
    }
}

/* The payload of claims, by way of a token that says the same. */
static const char *written(const struct jwt_key *key, const struct jwt_claims *claims)
{
    struct jwt_key same = *key;
    same.issuer = claims->issuer;
    const char *token = jwt_sign(&fuzz_arena, &same, claims);
    const char *body = strchr(token, '.') + 1;
    size_t size_bytes = 0;
    char *payload = arena_take(&fuzz_arena, strlen(body) + 1, 1);
    holds(base64_read(body, strcspn(body, "."), payload, &size_bytes));
    payload[size_bytes] = '\0';
    return payload;
}

static void read_claims(const struct jwt_key *key, const char *payload, size_t payload_bytes)
{
    struct jwt_claims claims;
    if (jwt_claims_read(&fuzz_arena, payload, payload_bytes, &claims)) {
        const char *same = written(key, &claims);
        holds(strlen(same) == payload_bytes && memcmp(same, payload, payload_bytes) == 0);
        holds(claims.issued_at_s >= 0 && claims.not_before_s >= 0 && claims.expires_at_s >= 0);
        bool is_held = jwt_claims_hold(&claims, "https://a", "b", 1795888531);
        holds(!is_held || (text_is(claims.issuer, "https://a") && text_is(claims.audience, "b") &&
                           claims.expires_at_s > 1795888531));
    }
}

/* Whatever opens was signed: nobody can find that here, so only our own two may. */
static void open_token(const char *token)
{
    const struct jwt_key *signer = NULL;
    const char *payload = NULL;
    size_t payload_bytes = 0;
    bool is_open = jwt_open(&fuzz_arena, keys, 2, token, &signer, &payload, &payload_bytes);
    holds(is_open == (text_is(token, own[0]) || text_is(token, own[1])));
    if (is_open) {
        read_claims(signer, payload, payload_bytes);
    }
}

static void change(struct fuzz_input *input)
{
    const char *one_own = own[fuzz_below(input, 2)];
    size_t chars = strlen(one_own);
    char *token = arena_take(&fuzz_arena, chars + 1, 1);
    memcpy(token, one_own, chars + 1);
    for (unsigned i = fuzz_below(input, 4); i > 0; i--) {
        token[fuzz_below(input, (unsigned)chars)] = (char)fuzz_byte(input);
    }
    open_token(token);
}

static void one(struct fuzz_input *input)
{
    make_keys();
    change(input);
    const char *text = fuzz_text(input);
    open_token(text);
    const char *in_header = token_of_header(text);
    holds(in_header == NULL || strncasecmp(text, "bearer ", 7) == 0);
    char *bytes = arena_take(&fuzz_arena, strlen(text) + 1, 1);
    size_t size_bytes = 0;
    if (base64_read(text, strlen(text), bytes, &size_bytes)) {
        holds(text_is(base64_write(&fuzz_arena, bytes, size_bytes), text));
    }
    size_t payload_bytes = 0;
    const char *payload = fuzz_rest(input, &payload_bytes);
    read_claims(&keys[0], payload, payload_bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    fuzz_run(data, size_bytes, one);
    return 0;
}
