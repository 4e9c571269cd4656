/* gate/credential.c: see gate/credential.h. */
#include "gate/credential.h"

#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/must.h"
#include "base/text.h"
#include "gate/token.h"

const struct query_table *const credential_tables[] = {&people_credential_queries, NULL};

static const struct {
    const char *word;
    unsigned scope;
} scope_words[] = {{"read", SCOPE_READ},
                   {"transfer", SCOPE_TRANSFER},
                   {"retire", SCOPE_RETIRE},
                   {"manage", SCOPE_MANAGE}};
#define SCOPE_WORDS (sizeof scope_words / sizeof scope_words[0])

static bool name_is(const char *name);
static const char *new_id(const struct person_admin *admin, const char *prefix);
static enum status give_up(const struct person_admin *admin, enum status status);
static bool signing_key_of(const struct person_admin *admin, const char *issuer,
                           struct signing_key *key, bool *is_new);
static bool add_key(const struct person_admin *admin, const char *issuer,
                    enum jwt_algorithm algorithm, struct signing_key *key);
static void tell_of_key(const struct person_admin *admin, const struct signing_key *key);
static const char *sign(const struct person_admin *admin, const struct signing_key *key,
                        const struct access_token *token);
static enum status make_member(const struct person_admin *admin, const struct access_token *token,
                               unsigned roles);
static enum status set_roles(const struct person_admin *admin, const struct access_token *token,
                             unsigned roles);

enum status credential_make_client(const struct person_admin *admin, const char *org_id,
                                   const char *client_id, const char *name,
                                   struct credential_made *made)
{
    struct client_secret before;
    char random[TOKEN_SIZE];
    *made = (struct credential_made){.id = ""};
    if (!id_tag_is(admin->tag)) {
        return STATUS_FAULT; /* the registry could not be read */
    }
    if (!name_is(name)) {
        return STATUS_VALUE_REFUSED;
    }
    token_make(random);
    const char *secret = arena_printf(admin->arena, "tly_%s", random);
    struct digest hash = digest_of(secret, strlen(secret));
    struct client_secret client = {.client_id =
                                       client_id == NULL ? new_id(admin, "cls") : client_id,
                                   .org_id = org_id,
                                   .name = name,
                                   .made_by = admin->user_id,
                                   .made_at = admin->now_us};
    if (!store_begin_write(admin->people)) {
        return STATUS_FAULT;
    }
    if (credential_read_client(admin->people, admin->arena, org_id, client.client_id, &before)) {
        return give_up(admin, STATUS_EXISTS);
    }
    if (credential_count_clients(admin->people, org_id) >= CREDENTIALS_MAX) {
        return give_up(admin, STATUS_LINES_TOO_MANY);
    }
    if (!credential_add_client(admin->people, &client, &hash)) {
        return give_up(admin, STATUS_BAD_REQUEST);
    }
    if (!store_commit(admin->people)) {
        return STATUS_FAULT;
    }
    *made = (struct credential_made){.id = client.client_id, .secret = secret};
    log_event("info", "client-secret-made", "client", client.client_id, "organisation", org_id,
              "by", admin->user_id, NULL);
    return STATUS_OK;
}

enum status credential_make_token(const struct person_admin *admin, const char *issuer,
                                  const struct token_wish *wish, struct credential_made *made)
{
    must(wish->days >= 1 && wish->days <= ACCESS_TOKEN_DAYS_MAX);
    must(wish->roles != 0 && wish->roles <= ROLE_ALL && (wish->scopes & SCOPE_READ) != 0);
    *made = (struct credential_made){.id = ""};
    if (!id_tag_is(admin->tag)) {
        return STATUS_FAULT;
    }
    if (!name_is(wish->name)) {
        return STATUS_VALUE_REFUSED;
    }
    struct signing_key key;
    bool is_new_key = false;
    struct access_token before;
    struct access_token token = {.token_id = wish->id == NULL ? new_id(admin, "tok") : wish->id,
                                 .user_id = new_id(admin, "usr"),
                                 .org_id = wish->org_id,
                                 .name = wish->name,
                                 .scopes = wish->scopes,
                                 .ranges = wish->ranges,
                                 .made_by = admin->user_id,
                                 /* whole seconds, as its claims say */
                                 .made_at = admin->now_us / CLOCK_SECOND_US * CLOCK_SECOND_US};
    token.expires_at = token.made_at + wish->days * CLOCK_DAY_US;
    if (!store_begin_write(admin->people)) {
        return STATUS_FAULT;
    }
    if (credential_read_token(admin->people, admin->arena, wish->org_id, token.token_id, &before)) {
        return give_up(admin, STATUS_EXISTS);
    }
    if (credential_count_tokens(admin->people, wish->org_id, admin->now_us) >= CREDENTIALS_MAX) {
        return give_up(admin, STATUS_LINES_TOO_MANY);
    }
    if (!signing_key_of(admin, issuer, &key, &is_new_key)) {
        return give_up(admin, STATUS_FAULT);
    }
    token.key_id = key.key_id;
    const char *text = sign(admin, &key, &token);
    struct digest hash = digest_of(text, strlen(text));
    if (!credential_add_token(admin->people, &token, &hash)) {
        return give_up(admin, STATUS_BAD_REQUEST);
    }
    enum status status = make_member(admin, &token, wish->roles);
    if (status != STATUS_OK) {
        return give_up(admin, status);
    }
    if (!store_commit(admin->people)) {
        return STATUS_FAULT;
    }
    if (is_new_key) {
        tell_of_key(admin, &key);
    }
    *made = (struct credential_made){
        .id = token.token_id, .secret = text, .expires_at = token.expires_at};
    log_event("info", "access-token-made", "token", token.token_id, "user", token.user_id,
              "organisation", wish->org_id, "by", admin->user_id, NULL);
    return STATUS_OK;
}

enum status credential_end_client(const struct person_admin *admin, const char *org_id,
                                  const char *client_id)
{
    struct client_secret client;
    if (!credential_read_client(admin->people, admin->arena, org_id, client_id, &client)) {
        return store_fault(admin->people) ? STATUS_FAULT : STATUS_NOT_FOUND;
    }
    bool ended =
        credential_revoke_client(admin->people, org_id, client_id, admin->user_id, admin->now_us);
    if (store_fault(admin->people)) {
        return STATUS_FAULT;
    }
    if (ended) {
        log_event("info", "client-secret-revoked", "client", client_id, "organisation", org_id,
                  "by", admin->user_id, NULL);
    }
    return STATUS_OK;
}

enum status credential_end_token(const struct person_admin *admin, const char *org_id,
                                 const char *token_id)
{
    struct access_token token;
    if (!credential_read_token(admin->people, admin->arena, org_id, token_id, &token)) {
        return store_fault(admin->people) ? STATUS_FAULT : STATUS_NOT_FOUND;
    }
    bool ended =
        credential_revoke_token(admin->people, org_id, token_id, admin->user_id, admin->now_us);
    if (store_fault(admin->people)) {
        return STATUS_FAULT;
    }
    if (!ended) {
        return STATUS_OK;
    }
    log_event("info", "access-token-revoked", "token", token_id, "user", token.user_id,
              "organisation", org_id, "by", admin->user_id, NULL);
    /* Nobody can act as this person any more; that the ledger knows it, too, is for its readers. */
    enum status status = set_roles(admin, &token, 0);
    if (status != STATUS_OK) {
        log_event("warning", "token-roles-kept", "token", token_id, "why", status_row(status)->slug,
                  NULL);
    }
    return STATUS_OK;
}

bool credential_make_key(const struct person_admin *admin, const char *issuer,
                         enum jwt_algorithm algorithm, struct signing_key *key)
{
    bool added = add_key(admin, issuer, algorithm, key);
    if (added) {
        tell_of_key(admin, key);
    }
    return added;
}

bool credential_scopes_from_words(const char *words, unsigned *scopes)
{
    *scopes = SCOPE_READ;
    while (*words != '\0') {
        size_t chars = strcspn(words, ",");
        size_t i = 0;
        while (i < SCOPE_WORDS && (strlen(scope_words[i].word) != chars ||
                                   strncmp(scope_words[i].word, words, chars) != 0)) {
            i++;
        }
        if (i == SCOPE_WORDS) {
            return false;
        }
        *scopes |= scope_words[i].scope;
        words += chars;
        words += *words == ',' ? 1 : 0;
    }
    return true;
}

static bool name_is(const char *name)
{
    return !text_empty(name) && text_utf8_is(name) && !text_has_control(name, "") &&
           text_characters(name) <= NAME_CHARS_MAX;
}

static const char *new_id(const struct person_admin *admin, const char *prefix)
{
    char id[ID_SIZE];
    struct id_source ids = {.random_tail = true};
    must(TEXT_COPY(ids.tag, admin->tag) && id_tag_is(ids.tag));
    id_make(&ids, prefix, admin->now_us, id);
    return arena_text(admin->arena, id);
}

/* Nothing was kept in people.db. */
static enum status give_up(const struct person_admin *admin, enum status status)
{
    bool has_fault = store_fault(admin->people);
    store_rollback(admin->people);
    return has_fault ? STATUS_FAULT : status;
}

/* The newest live one; the first is made here. */
static bool signing_key_of(const struct person_admin *admin, const char *issuer,
                           struct signing_key *key, bool *is_new)
{
    struct signing_key keys[SIGNING_KEYS_MAX];
    *is_new = credential_live_keys(admin->people, admin->arena, keys) == 0;
    if (*is_new) {
        return !store_fault(admin->people) && add_key(admin, issuer, JWT_HS256, key);
    }
    *key = keys[0];
    return true;
}

static bool add_key(const struct person_admin *admin, const char *issuer,
                    enum jwt_algorithm algorithm, struct signing_key *key)
{
    uint8_t *secret = arena_array(admin->arena, uint8_t, CREDENTIAL_KEY_SIZE);
    uint8_t *public = arena_array(admin->arena, uint8_t, CREDENTIAL_KEY_SIZE);
    random_bytes(secret, CREDENTIAL_KEY_SIZE);
    *key = (struct signing_key){
        .key_id = new_id(admin, "key"),
        .algorithm = jwt_algorithm_word(algorithm),
        /* A registry that says no address of its own is named by its tag. */
        .issuer =
            jwt_text_is(issuer) ? issuer : arena_printf(admin->arena, "tallystick:%s", admin->tag),
        .secret = secret,
        .made_at = admin->now_us};
    key->header = jwt_header_make(admin->arena, algorithm, key->key_id);
    if (algorithm == JWT_EDDSA) {
        jwt_public_of(secret, public);
        key->public = public;
    }
    return credential_add_key(admin->people, key);
}

static void tell_of_key(const struct person_admin *admin, const struct signing_key *key)
{
    log_event("info", "signing-key-made", "key", key->key_id, "algorithm", key->algorithm, "by",
              admin->user_id, NULL);
}

static const char *sign(const struct person_admin *admin, const struct signing_key *key,
                        const struct access_token *token)
{
    struct jwt_key signer = {.header = key->header,
                             .issuer = key->issuer,
                             .secret = key->secret,
                             .secret_bytes = CREDENTIAL_KEY_SIZE,
                             .public = key->public};
    must(jwt_algorithm_from_word(key->algorithm, &signer.algorithm));
    struct jwt_claims claims = {.issuer = key->issuer,
                                .org_id = token->org_id,
                                .audience = token_audience(admin->arena, key->issuer),
                                .token_id = token->token_id,
                                .issued_at_s = token->made_at / CLOCK_SECOND_US,
                                .not_before_s = token->made_at / CLOCK_SECOND_US,
                                .expires_at_s = token->expires_at / CLOCK_SECOND_US};
    const char *text = jwt_sign(admin->arena, &signer, &claims);
    must(strlen(text) <= ACCESS_TOKEN_CHARS_MAX);
    return text;
}

/* The token's own person, with its roles. */
static enum status make_member(const struct person_admin *admin, const struct access_token *token,
                               unsigned roles)
{
    struct answer answer;
    struct command command = command_of(ACT_SET_PERSON, admin->user_id, "");
    if (!TEXT_COPY(command.person.org_id, token->org_id)) {
        return STATUS_NOT_FOUND;
    }
    must(TEXT_COPY(command.person.user_id, token->user_id));
    command.person.is_program = true;
    enum status status = admin->ask(admin->context, &command, &answer);
    return status == STATUS_OK ? set_roles(admin, token, roles) : status;
}

static enum status set_roles(const struct person_admin *admin, const struct access_token *token,
                             unsigned roles)
{
    struct answer answer;
    struct command command = command_of(ACT_SET_MEMBER, admin->user_id, "");
    must(TEXT_COPY(command.person.user_id, token->user_id) &&
         TEXT_COPY(command.person.org_id, token->org_id));
    command.person.roles = (uint8_t)roles;
    return admin->ask(admin->context, &command, &answer);
}
