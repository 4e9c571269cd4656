/* gate/token.c: see gate/token.h. */
#include "gate/token.h"

#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/must.h"
#include "base/text.h"
#include "gate/jwt.h"
#include "gate/range.h"
#include "gate/rights.h"
#include "gate/throttle.h"
#include "store/rights.h"

#define SCHEME "Bearer "
#define API_PATH "/registry/v0"
#define MARK_US (TOKEN_MARK_S * CLOCK_SECOND_US)

/* Both secrets as people.db knows them. */
struct pair_found {
    struct client_secret client;
    struct access_token token;
    bool has_client;
    bool has_token;
};

static enum status admit(struct gate *gate, struct visit *visit, unsigned needs);
static enum status judge(const struct visit *visit, const struct access_token *token,
                         unsigned needs);
static bool find_pair(struct gate *gate, struct visit *visit, struct pair_found *found);
static bool find_client(struct gate *gate, struct visit *visit, struct pair_found *found);
static bool find_token(struct gate *gate, struct visit *visit, struct pair_found *found);
static bool is_signed(struct gate *gate, struct visit *visit, const char *text,
                      const struct access_token *token);
static bool enter(struct visit *visit, const struct pair_found *found);
static enum status turn_away(struct visit *visit, const char *client_id);
static void mark(struct gate *gate, const struct visit *visit, const struct pair_found *found);

static const struct query_table *const own_tables[] = {&people_credential_queries, NULL};

const struct gate_door gate_tokens = {.people_tables = own_tables, .admit = admit};

const char *token_audience(struct arena *arena, const char *issuer)
{
    return arena_printf(arena, "%s" API_PATH, issuer);
}

bool token_is_live(const struct access_token *token, int64_t now_us)
{
    return token->revoked_at == 0 && now_us < token->expires_at;
}

unsigned token_scopes_missing(unsigned scopes, unsigned needs)
{
    unsigned missing = 0;
    missing |= (scopes & SCOPE_TRANSFER) == 0 ? needs & NEED_SCOPE_TRANSFER : 0;
    missing |= (scopes & SCOPE_RETIRE) == 0 ? needs & NEED_SCOPE_RETIRE : 0;
    missing |= (scopes & SCOPE_MANAGE) == 0 ? needs & NEED_SCOPE_MANAGE : 0;
    return missing;
}

const char *token_of_header(const char *authorization)
{
    size_t scheme_chars = strlen(SCHEME);
    if (strncasecmp(authorization, SCHEME, scheme_chars) != 0) {
        return NULL;
    }
    const char *token = authorization + scheme_chars;
    return strnlen(token, ACCESS_TOKEN_CHARS_MAX + 1) > ACCESS_TOKEN_CHARS_MAX ? NULL : token;
}

/* Both secrets, then where from, then what for. */
static enum status admit(struct gate *gate, struct visit *visit, unsigned needs)
{
    must(gate->people != NULL && gate->registry != NULL);
    struct pair_found found = {.has_client = false};
    if (needs == NEED_NOBODY) {
        return STATUS_OK;
    }
    if (!find_pair(gate, visit, &found) || !enter(visit, &found)) {
        if (store_fault(gate->people) || store_fault(gate->registry)) {
            return STATUS_FAULT; /* nobody has guessed wrong */
        }
        return turn_away(visit, found.has_client ? found.client.client_id : "");
    }
    enum status status = judge(visit, &found.token, needs);
    if (status == STATUS_OK && gate->people_write) {
        mark(gate, visit, &found);
    }
    return status;
}

static enum status judge(const struct visit *visit, const struct access_token *token,
                         unsigned needs)
{
    if (!ranges_hold(token->ranges, visit->request->remote_address)) {
        log_event("warning", "token-elsewhere", "token", token->token_id, "address",
                  visit->request->remote_address, NULL);
        return STATUS_NOT_ALLOWED;
    }
    if (token_scopes_missing(token->scopes, needs) != 0) {
        return STATUS_NOT_ALLOWED;
    }
    return rights_judge(needs, visit);
}

/* Every step is done whatever came of those before, so that the time does not tell which failed. */
static bool find_pair(struct gate *gate, struct visit *visit, struct pair_found *found)
{
    store_begin_read(gate->people); /* one moment, one lock */
    bool has_client = find_client(gate, visit, found);
    bool has_token = find_token(gate, visit, found);
    store_rollback(gate->people);
    return has_client && has_token && !store_fault(gate->people);
}

static bool find_client(struct gate *gate, struct visit *visit, struct pair_found *found)
{
    const char *secret = visit->request->client_secret;
    size_t chars = strnlen(secret, CLIENT_SECRET_CHARS_MAX + 1);
    struct digest hash = digest_of(secret, chars);
    found->has_client = credential_find_client(gate->people, visit->arena, &hash, &found->client) &&
                        found->client.revoked_at == 0;
    return found->has_client;
}

static bool find_token(struct gate *gate, struct visit *visit, struct pair_found *found)
{
    const char *text = token_of_header(visit->request->authorization);
    text = text == NULL ? "" : text;
    struct digest hash = digest_of(text, strlen(text));
    bool is_known = credential_find_token(gate->people, visit->arena, &hash, &found->token);
    bool is_good = is_signed(gate, visit, text, &found->token);
    found->has_token = is_known && is_good && token_is_live(&found->token, visit->now_us);
    return found->has_token;
}

/* By a key of ours that has not ended, and every claim says what the row of the token says. */
static bool is_signed(struct gate *gate, struct visit *visit, const char *text,
                      const struct access_token *token)
{
    struct signing_key rows[SIGNING_KEYS_MAX];
    struct jwt_key keys[SIGNING_KEYS_MAX];
    const struct jwt_key *signer = NULL;
    const char *payload = NULL;
    size_t payload_bytes = 0;
    size_t count = credential_live_keys(gate->people, visit->arena, rows);
    for (size_t i = 0; i < count; i++) {
        keys[i] = (struct jwt_key){.header = rows[i].header,
                                   .issuer = rows[i].issuer,
                                   .secret = rows[i].secret,
                                   .secret_bytes = CREDENTIAL_KEY_SIZE,
                                   .public = rows[i].public};
        must(jwt_algorithm_from_word(rows[i].algorithm, &keys[i].algorithm));
    }
    struct jwt_claims claims;
    if (!jwt_open(visit->arena, keys, count, text, &signer, &payload, &payload_bytes) ||
        !jwt_claims_read(visit->arena, payload, payload_bytes, &claims)) {
        return false;
    }
    return jwt_claims_hold(&claims, signer->issuer, token_audience(visit->arena, signer->issuer),
                           visit->now_us / CLOCK_SECOND_US) &&
           text_is(claims.token_id, token->token_id) && text_is(claims.org_id, token->org_id) &&
           text_is(rows[signer - keys].key_id, token->key_id) &&
           claims.expires_at_s == token->expires_at / CLOCK_SECOND_US;
}

/* False: the token's person is no active member of its organisation now. */
static bool enter(struct visit *visit, const struct pair_found *found)
{
    const struct access_token *token = &found->token;
    struct rights_membership *membership = arena_one(visit->arena, struct rights_membership);
    if (!rights_program(visit->registry, visit->arena, token->org_id, token->user_id, membership)) {
        return false;
    }
    struct caller *caller = arena_one(visit->arena, struct caller);
    *caller = (struct caller){.client_id = found->client.client_id,
                              .client_name = found->client.name,
                              .token_id = token->token_id,
                              .token_name = token->name,
                              .user_id = token->user_id,
                              .org_id = token->org_id,
                              .scopes = token->scopes,
                              .expires_at = token->expires_at};
    struct visit_org *org = arena_one(visit->arena, struct visit_org);
    *org = (struct visit_org){
        .org_id = token->org_id, .name = membership->org_name, .roles = membership->roles};
    visit->caller = caller;
    visit->signed_in = true;
    visit->user_id = token->user_id;
    visit->user_name = token->name;
    visit->orgs = org;
    visit->org_count = 1;
    visit->org_id = org->org_id;
    visit->org_name = org->name;
    visit->org_roles = org->roles;
    return true;
}

/* Who brings nothing has not guessed. */
static enum status turn_away(struct visit *visit, const char *client_id)
{
    const struct request *request = visit->request;
    bool has_guessed = !text_empty(request->client_secret) && !text_empty(request->authorization);
    int64_t free_at = 0;
    if (has_guessed &&
        !throttle_program(request->remote_address, client_id, visit->now_us, &free_at)) {
        visit->retry_after_s = (int)((free_at - visit->now_us) / CLOCK_SECOND_US + 1);
        return STATUS_THROTTLED;
    }
    log_event("warning", "program-refused", "client", client_id, "address", request->remote_address,
              "request_id", request->request_id, NULL);
    return STATUS_KEY_NEEDED;
}

/* On a full disk programs can still read: that they were here may be forgotten, and is tried again
 * at the next request. */
static void mark(struct gate *gate, const struct visit *visit, const struct pair_found *found)
{
    bool is_due = visit->now_us - found->client.used_at >= MARK_US ||
                  visit->now_us - found->token.used_at >= MARK_US;
    if (!is_due) {
        return;
    }
    if (store_begin_write(gate->people)) {
        credential_mark(gate->people, found->client.client_id, found->token.token_id,
                        visit->request->remote_address, visit->now_us);
        (void)store_commit(gate->people);
    }
    if (store_fault(gate->people)) {
        log_event("warning", "mark-lost", "token", found->token.token_id, NULL);
        store_settle(gate->people);
    }
}
