/*
 * store/people_session.h: sessions in people.db. A session is found by the SHA-256 of its token;
 * the token is kept nowhere. Whether a session has ended by its age is decided in gate/session.c.
 */
#ifndef STORE_PEOPLE_SESSION_H
#define STORE_PEOPLE_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/id.h"
#include "base/limits.h"
#include "store/store.h"

#define SESSION_ADDRESS_SIZE 64
#define SESSION_AGENT_SIZE 201 /* the browser's own words, cut to 200 bytes */
#define SESSION_NOTICE_SIZE 64 /* "slug id" */

struct session {
    struct digest token_hash;
    char session_id[ID_SIZE];
    char user_id[ID_SIZE];
    char org_id[ID_SIZE]; /* acted for; "" not chosen */
    char form_token[TOKEN_SIZE];
    int64_t made_at, seen_at, ends_at;
    char address[SESSION_ADDRESS_SIZE];
    char agent[SESSION_AGENT_SIZE];
    char notice[SESSION_NOTICE_SIZE];
    char user_name[NAME_SIZE]; /* of the person, read along */
    char user_email[EMAIL_SIZE];
    bool person_is_active;
};

extern const struct query_table people_session_queries;

/* False: no such session. */
bool session_find(struct store *store, const struct digest *token_hash, struct session *session);
/* A person's sessions, newest first, at most rows_max; returns how many. */
size_t session_list(struct store *store, const char *user_id, struct session *sessions,
                    size_t rows_max);

bool session_add(struct store *store, const struct session *session);
void session_touch(struct store *store, const struct digest *token_hash, int64_t seen_at);
void session_set_notice(struct store *store, const struct digest *token_hash, const char *notice);
void session_set_org(struct store *store, const struct digest *token_hash, const char *org_id);

/* Ends one of a person's sessions by its id; false when the person has none of that id. */
bool session_end(struct store *store, const char *user_id, const char *session_id);
/* Ends all of a person's sessions but one ("" = all); returns how many ended. */
int64_t session_end_others(struct store *store, const char *user_id, const char *keep_session_id);
/* Forgets a person's sessions that ended by age: made to end by now_us, or last seen at or before
 * idle_us. */
void session_forget(struct store *store, const char *user_id, int64_t now_us, int64_t idle_us);

#endif
