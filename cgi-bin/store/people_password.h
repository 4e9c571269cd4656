/*
 * store/people_password.h: the password hashes. Only the sign-in program prepares these statements.
 */
#ifndef STORE_PEOPLE_PASSWORD_H
#define STORE_PEOPLE_PASSWORD_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

#define PASSWORD_HASH_SIZE 128 /* libscrypt's text form, SCRYPT_MCF_LEN */

extern const struct query_table people_password_queries;

/* False: the person has no password yet; hash is "". */
bool password_read(struct store *store, const char *user_id, char hash[PASSWORD_HASH_SIZE]);
bool password_write(struct store *store, const char *user_id, const char *hash, int64_t set_at);

#endif
