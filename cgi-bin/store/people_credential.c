/* store/people_credential.c: see store/people_credential.h. */
#include "store/people_credential.h"

#include "base/must.h"
#include "store/columns.h"

enum {
    Q_LIVE_KEYS,
    Q_ALL_KEYS,
    Q_ADD_KEY,
    Q_END_KEY,
    Q_FIND_CLIENT,
    Q_FIND_TOKEN,
    Q_READ_CLIENT,
    Q_READ_TOKEN,
    Q_TOKEN_OF_USER,
    Q_ORG_OF,
    Q_LIST_CLIENTS,
    Q_LIST_TOKENS,
    Q_GOOD_CLIENTS,
    Q_GOOD_TOKENS,
    Q_ENDED_CLIENT,
    Q_ENDED_TOKEN,
    Q_COUNT_CLIENTS,
    Q_COUNT_TOKENS,
    Q_ADD_CLIENT,
    Q_ADD_TOKEN,
    Q_REVOKE_CLIENT,
    Q_REVOKE_TOKEN,
    Q_MARK_CLIENT,
    Q_MARK_TOKEN,
    Q__COUNT
};

#define KEY_COLUMNS "key_id, algorithm, header, issuer, secret, public, made_at, ended_at"
#define CLIENT_COLUMNS                                                                             \
    "client_id, org_id, name, made_by, made_at, used_at, used_address, revoked_at, revoked_by"
#define TOKEN_COLUMNS                                                                              \
    "token_id, user_id, org_id, name, key_id, scopes, ranges, made_by, made_at, expires_at,"       \
    " used_at, used_address, used_client, revoked_at, revoked_by"

static const char *const SQL[Q__COUNT] = {
    [Q_LIVE_KEYS] = "SELECT " KEY_COLUMNS " FROM signing_key WHERE ended_at IS NULL"
                    " ORDER BY made_at DESC, key_id DESC LIMIT ?1",
    [Q_ALL_KEYS] = "SELECT " KEY_COLUMNS " FROM signing_key"
                   " ORDER BY made_at DESC, key_id DESC LIMIT ?1",
    [Q_ADD_KEY] = "INSERT INTO signing_key (" KEY_COLUMNS ")"
                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL)",
    [Q_END_KEY] = "UPDATE signing_key SET ended_at = ?2 WHERE key_id = ?1 AND ended_at IS NULL",
    [Q_FIND_CLIENT] = "SELECT " CLIENT_COLUMNS " FROM client_secret WHERE secret_hash = ?1",
    [Q_FIND_TOKEN] = "SELECT " TOKEN_COLUMNS " FROM access_token WHERE token_hash = ?1",
    [Q_READ_CLIENT] =
        "SELECT " CLIENT_COLUMNS " FROM client_secret WHERE client_id = ?2 AND org_id = ?1",
    [Q_READ_TOKEN] =
        "SELECT " TOKEN_COLUMNS " FROM access_token WHERE token_id = ?2 AND org_id = ?1",
    [Q_TOKEN_OF_USER] = "SELECT " TOKEN_COLUMNS " FROM access_token WHERE user_id = ?1",
    [Q_ORG_OF] = "SELECT org_id FROM client_secret WHERE client_id = ?1"
                 " UNION ALL SELECT org_id FROM access_token WHERE token_id = ?1",
    [Q_LIST_CLIENTS] = "SELECT " CLIENT_COLUMNS " FROM client_secret WHERE org_id = ?1"
                       " AND (made_at, client_id) < (?2, ?3)"
                       " ORDER BY made_at DESC, client_id DESC LIMIT ?4",
    [Q_LIST_TOKENS] = "SELECT " TOKEN_COLUMNS " FROM access_token WHERE org_id = ?1"
                      " AND (made_at, token_id) < (?2, ?3)"
                      " ORDER BY made_at DESC, token_id DESC LIMIT ?4",
    [Q_GOOD_CLIENTS] = "SELECT " CLIENT_COLUMNS " FROM client_secret WHERE org_id = ?1"
                       " AND revoked_at IS NULL ORDER BY made_at DESC, client_id DESC LIMIT ?2",
    [Q_GOOD_TOKENS] = "SELECT " TOKEN_COLUMNS " FROM access_token WHERE org_id = ?1"
                      " AND revoked_at IS NULL AND expires_at > ?3"
                      " ORDER BY made_at DESC, token_id DESC LIMIT ?2",
    [Q_ENDED_CLIENT] =
        "SELECT 1 FROM client_secret WHERE org_id = ?1 AND revoked_at IS NOT NULL LIMIT 1",
    [Q_ENDED_TOKEN] = "SELECT 1 FROM access_token WHERE org_id = ?1"
                      " AND (revoked_at IS NOT NULL OR expires_at <= ?2) LIMIT 1",
    [Q_COUNT_CLIENTS] =
        "SELECT count(*) FROM client_secret WHERE org_id = ?1 AND revoked_at IS NULL",
    [Q_COUNT_TOKENS] = "SELECT count(*) FROM access_token WHERE org_id = ?1"
                       " AND revoked_at IS NULL AND expires_at > ?2",
    [Q_ADD_CLIENT] = "INSERT INTO client_secret (client_id, org_id, name, made_by, made_at,"
                     " secret_hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [Q_ADD_TOKEN] = "INSERT INTO access_token (token_id, user_id, org_id, name, key_id, scopes,"
                    " ranges, made_by, made_at, expires_at, token_hash)"
                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    [Q_REVOKE_CLIENT] = "UPDATE client_secret SET revoked_at = ?4, revoked_by = ?3"
                        " WHERE client_id = ?2 AND org_id = ?1 AND revoked_at IS NULL",
    [Q_REVOKE_TOKEN] = "UPDATE access_token SET revoked_at = ?4, revoked_by = ?3"
                       " WHERE token_id = ?2 AND org_id = ?1 AND revoked_at IS NULL",
    [Q_MARK_CLIENT] = "UPDATE client_secret SET used_at = ?2, used_address = ?3"
                      " WHERE client_id = ?1 AND used_at < ?2",
    [Q_MARK_TOKEN] = "UPDATE access_token SET used_at = ?2, used_address = ?3, used_client = ?4"
                     " WHERE token_id = ?1 AND used_at < ?2",
};

const struct query_table people_credential_queries = {"people_credential", SQL, Q__COUNT};

static size_t list_keys(struct query *q, struct arena *arena, struct signing_key *keys,
                        size_t rows_max);
static struct client_secret client_row(struct query *q, struct arena *arena);
static struct access_token token_row(struct query *q, struct arena *arena);
static struct query list(struct store *store, int number, const char *org_id, int64_t before_at,
                         const char *before_id, size_t rows_max);
static bool revoke(struct store *store, int number, const char *org_id, const char *id,
                   const char *revoked_by, int64_t now_us);

size_t credential_live_keys(struct store *store, struct arena *arena,
                            struct signing_key keys[SIGNING_KEYS_MAX])
{
    struct query q = query(store, &people_credential_queries, Q_LIVE_KEYS);
    query_bind_int(&q, 1, SIGNING_KEYS_MAX);
    return list_keys(&q, arena, keys, SIGNING_KEYS_MAX);
}

size_t credential_all_keys(struct store *store, struct arena *arena, struct signing_key *keys,
                           size_t rows_max)
{
    struct query q = query(store, &people_credential_queries, Q_ALL_KEYS);
    query_bind_int(&q, 1, (int64_t)rows_max);
    return list_keys(&q, arena, keys, rows_max);
}

bool credential_add_key(struct store *store, const struct signing_key *key)
{
    must(id_is(key->key_id, "key"));
    struct query q = query(store, &people_credential_queries, Q_ADD_KEY);
    query_bind_text(&q, 1, key->key_id);
    query_bind_text(&q, 2, key->algorithm);
    query_bind_text(&q, 3, key->header);
    query_bind_text(&q, 4, key->issuer);
    query_bind_blob(&q, 5, key->secret, CREDENTIAL_KEY_SIZE);
    query_bind_blob(&q, 6, key->public == NULL ? (const uint8_t *)"" : key->public,
                    key->public == NULL ? 0 : CREDENTIAL_KEY_SIZE);
    query_bind_int(&q, 7, key->made_at);
    return query_run(&q);
}

bool credential_end_key(struct store *store, const char *key_id, int64_t now_us)
{
    struct query q = query(store, &people_credential_queries, Q_END_KEY);
    query_bind_text(&q, 1, key_id);
    query_bind_int(&q, 2, now_us);
    return query_run_one(&q);
}

bool credential_find_client(struct store *store, struct arena *arena,
                            const struct digest *secret_hash, struct client_secret *client)
{
    struct query q = query(store, &people_credential_queries, Q_FIND_CLIENT);
    query_bind_blob(&q, 1, secret_hash->bytes, sizeof secret_hash->bytes);
    bool found = query_row(&q);
    *client = found ? client_row(&q, arena) : (struct client_secret){.client_id = ""};
    query_end(&q);
    return found;
}

bool credential_find_token(struct store *store, struct arena *arena,
                           const struct digest *token_hash, struct access_token *token)
{
    struct query q = query(store, &people_credential_queries, Q_FIND_TOKEN);
    query_bind_blob(&q, 1, token_hash->bytes, sizeof token_hash->bytes);
    bool found = query_row(&q);
    *token = found ? token_row(&q, arena) : (struct access_token){.token_id = ""};
    query_end(&q);
    return found;
}

bool credential_read_client(struct store *store, struct arena *arena, const char *org_id,
                            const char *client_id, struct client_secret *client)
{
    struct query q = query(store, &people_credential_queries, Q_READ_CLIENT);
    query_bind_text(&q, 1, org_id);
    query_bind_text(&q, 2, client_id);
    bool found = query_row(&q);
    *client = found ? client_row(&q, arena) : (struct client_secret){.client_id = ""};
    query_end(&q);
    return found;
}

bool credential_read_token(struct store *store, struct arena *arena, const char *org_id,
                           const char *token_id, struct access_token *token)
{
    struct query q = query(store, &people_credential_queries, Q_READ_TOKEN);
    query_bind_text(&q, 1, org_id);
    query_bind_text(&q, 2, token_id);
    bool found = query_row(&q);
    *token = found ? token_row(&q, arena) : (struct access_token){.token_id = ""};
    query_end(&q);
    return found;
}

bool credential_token_of_user(struct store *store, struct arena *arena, const char *user_id,
                              struct access_token *token)
{
    struct query q = query(store, &people_credential_queries, Q_TOKEN_OF_USER);
    query_bind_text(&q, 1, user_id);
    bool found = query_row(&q);
    *token = found ? token_row(&q, arena) : (struct access_token){.token_id = ""};
    query_end(&q);
    return found;
}

const char *credential_org_of(struct store *store, struct arena *arena, const char *id)
{
    struct query q = query(store, &people_credential_queries, Q_ORG_OF);
    query_bind_text(&q, 1, id);
    const char *org_id = query_row(&q) ? query_text(&q, arena, 0) : "";
    query_end(&q);
    return org_id;
}

size_t credential_list_clients(struct store *store, struct arena *arena, const char *org_id,
                               int64_t before_at, const char *before_id,
                               struct client_secret *clients, size_t rows_max)
{
    size_t count = 0;
    struct query q = list(store, Q_LIST_CLIENTS, org_id, before_at, before_id, rows_max);
    while (count < rows_max && query_row(&q)) {
        clients[count++] = client_row(&q, arena);
    }
    query_end(&q);
    return count;
}

size_t credential_list_tokens(struct store *store, struct arena *arena, const char *org_id,
                              int64_t before_at, const char *before_id, struct access_token *tokens,
                              size_t rows_max)
{
    size_t count = 0;
    struct query q = list(store, Q_LIST_TOKENS, org_id, before_at, before_id, rows_max);
    while (count < rows_max && query_row(&q)) {
        tokens[count++] = token_row(&q, arena);
    }
    query_end(&q);
    return count;
}

size_t credential_good_clients(struct store *store, struct arena *arena, const char *org_id,
                               struct client_secret *clients, size_t rows_max)
{
    size_t count = 0;
    struct query q = query(store, &people_credential_queries, Q_GOOD_CLIENTS);
    query_bind_text(&q, 1, org_id);
    query_bind_int(&q, 2, (int64_t)rows_max);
    while (count < rows_max && query_row(&q)) {
        clients[count++] = client_row(&q, arena);
    }
    query_end(&q);
    return count;
}

size_t credential_good_tokens(struct store *store, struct arena *arena, const char *org_id,
                              int64_t now_us, struct access_token *tokens, size_t rows_max)
{
    size_t count = 0;
    struct query q = query(store, &people_credential_queries, Q_GOOD_TOKENS);
    query_bind_text(&q, 1, org_id);
    query_bind_int(&q, 2, (int64_t)rows_max);
    query_bind_int(&q, 3, now_us);
    while (count < rows_max && query_row(&q)) {
        tokens[count++] = token_row(&q, arena);
    }
    query_end(&q);
    return count;
}

bool credential_any_ended_client(struct store *store, const char *org_id)
{
    struct query q = query(store, &people_credential_queries, Q_ENDED_CLIENT);
    query_bind_text(&q, 1, org_id);
    return column_only(&q) > 0;
}

bool credential_any_ended_token(struct store *store, const char *org_id, int64_t now_us)
{
    struct query q = query(store, &people_credential_queries, Q_ENDED_TOKEN);
    query_bind_text(&q, 1, org_id);
    query_bind_int(&q, 2, now_us);
    return column_only(&q) > 0;
}

int64_t credential_count_clients(struct store *store, const char *org_id)
{
    struct query q = query(store, &people_credential_queries, Q_COUNT_CLIENTS);
    query_bind_text(&q, 1, org_id);
    return column_only(&q);
}

int64_t credential_count_tokens(struct store *store, const char *org_id, int64_t now_us)
{
    struct query q = query(store, &people_credential_queries, Q_COUNT_TOKENS);
    query_bind_text(&q, 1, org_id);
    query_bind_int(&q, 2, now_us);
    return column_only(&q);
}

bool credential_add_client(struct store *store, const struct client_secret *client,
                           const struct digest *secret_hash)
{
    must(id_is(client->client_id, "cls"));
    struct query q = query(store, &people_credential_queries, Q_ADD_CLIENT);
    query_bind_text(&q, 1, client->client_id);
    query_bind_text(&q, 2, client->org_id);
    query_bind_text(&q, 3, client->name);
    query_bind_text(&q, 4, client->made_by);
    query_bind_int(&q, 5, client->made_at);
    query_bind_blob(&q, 6, secret_hash->bytes, sizeof secret_hash->bytes);
    return query_run_unique(&q);
}

bool credential_add_token(struct store *store, const struct access_token *token,
                          const struct digest *token_hash)
{
    must(id_is(token->token_id, "tok") && id_is(token->user_id, "usr"));
    struct query q = query(store, &people_credential_queries, Q_ADD_TOKEN);
    query_bind_text(&q, 1, token->token_id);
    query_bind_text(&q, 2, token->user_id);
    query_bind_text(&q, 3, token->org_id);
    query_bind_text(&q, 4, token->name);
    query_bind_text(&q, 5, token->key_id);
    query_bind_int(&q, 6, (int64_t)token->scopes);
    query_bind_text(&q, 7, token->ranges);
    query_bind_text(&q, 8, token->made_by);
    query_bind_int(&q, 9, token->made_at);
    query_bind_int(&q, 10, token->expires_at);
    query_bind_blob(&q, 11, token_hash->bytes, sizeof token_hash->bytes);
    return query_run_unique(&q);
}

bool credential_revoke_client(struct store *store, const char *org_id, const char *client_id,
                              const char *revoked_by, int64_t now_us)
{
    return revoke(store, Q_REVOKE_CLIENT, org_id, client_id, revoked_by, now_us);
}

bool credential_revoke_token(struct store *store, const char *org_id, const char *token_id,
                             const char *revoked_by, int64_t now_us)
{
    return revoke(store, Q_REVOKE_TOKEN, org_id, token_id, revoked_by, now_us);
}

void credential_mark(struct store *store, const char *client_id, const char *token_id,
                     const char *address, int64_t now_us)
{
    struct query q = query(store, &people_credential_queries, Q_MARK_CLIENT);
    query_bind_text(&q, 1, client_id);
    query_bind_int(&q, 2, now_us);
    query_bind_text(&q, 3, address);
    query_run(&q);
    q = query(store, &people_credential_queries, Q_MARK_TOKEN);
    query_bind_text(&q, 1, token_id);
    query_bind_int(&q, 2, now_us);
    query_bind_text(&q, 3, address);
    query_bind_text(&q, 4, client_id);
    query_run(&q);
}

/* Ends the query. */
static size_t list_keys(struct query *q, struct arena *arena, struct signing_key *keys,
                        size_t rows_max)
{
    size_t count = 0;
    while (count < rows_max && query_row(q)) {
        size_t secret_bytes = 0;
        size_t public_bytes = 0;
        struct signing_key *key = &keys[count++];
        *key = (struct signing_key){.key_id = query_text(q, arena, 0),
                                    .algorithm = query_text(q, arena, 1),
                                    .header = query_text(q, arena, 2),
                                    .issuer = query_text(q, arena, 3),
                                    .secret = query_blob(q, arena, 4, &secret_bytes),
                                    .public = query_blob(q, arena, 5, &public_bytes),
                                    .made_at = query_int(q, 6),
                                    .ended_at = query_int(q, 7)};
        must(secret_bytes == CREDENTIAL_KEY_SIZE);
        if (public_bytes != CREDENTIAL_KEY_SIZE) {
            key->public = NULL;
        }
    }
    query_end(q);
    return count;
}

static struct client_secret client_row(struct query *q, struct arena *arena)
{
    return (struct client_secret){.client_id = query_text(q, arena, 0),
                                  .org_id = query_text(q, arena, 1),
                                  .name = query_text(q, arena, 2),
                                  .made_by = query_text(q, arena, 3),
                                  .made_at = query_int(q, 4),
                                  .used_at = query_int(q, 5),
                                  .used_address = query_text(q, arena, 6),
                                  .revoked_at = query_int(q, 7),
                                  .revoked_by = query_text(q, arena, 8)};
}

static struct access_token token_row(struct query *q, struct arena *arena)
{
    return (struct access_token){.token_id = query_text(q, arena, 0),
                                 .user_id = query_text(q, arena, 1),
                                 .org_id = query_text(q, arena, 2),
                                 .name = query_text(q, arena, 3),
                                 .key_id = query_text(q, arena, 4),
                                 .scopes = (unsigned)query_int(q, 5),
                                 .ranges = query_text(q, arena, 6),
                                 .made_by = query_text(q, arena, 7),
                                 .made_at = query_int(q, 8),
                                 .expires_at = query_int(q, 9),
                                 .used_at = query_int(q, 10),
                                 .used_address = query_text(q, arena, 11),
                                 .used_client = query_text(q, arena, 12),
                                 .revoked_at = query_int(q, 13),
                                 .revoked_by = query_text(q, arena, 14)};
}

static struct query list(struct store *store, int number, const char *org_id, int64_t before_at,
                         const char *before_id, size_t rows_max)
{
    struct query q = query(store, &people_credential_queries, number);
    query_bind_text(&q, 1, org_id);
    query_bind_int(&q, 2, before_id[0] == '\0' ? INT64_MAX : before_at);
    query_bind_text(&q, 3, before_id);
    query_bind_int(&q, 4, (int64_t)rows_max);
    return q;
}

static bool revoke(struct store *store, int number, const char *org_id, const char *id,
                   const char *revoked_by, int64_t now_us)
{
    struct query q = query(store, &people_credential_queries, number);
    query_bind_text(&q, 1, org_id);
    query_bind_text(&q, 2, id);
    query_bind_text(&q, 3, revoked_by);
    query_bind_int(&q, 4, now_us);
    return query_run_one(&q);
}
