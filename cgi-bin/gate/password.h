/*
 * gate/password.h: password hashes by libscrypt, and which passwords are refused. gate/password.c
 * is the only file that includes libscrypt.h, and only the sign-in program links it.
 *
 * One hash takes about half a second of one processor and 32 MiB. A sign-in process makes one at a
 * time, so as many run at once as there are sign-in processes: start as many as the machine has
 * processors, not more.
 */
#ifndef GATE_PASSWORD_H
#define GATE_PASSWORD_H

#include <stdbool.h>

#include "base/arena.h"
#include "model/status.h"
#include "store/people_password.h"

/* THE parameters. When they rise, each password is hashed anew at its next sign-in. */
#define PASSWORD_SCRYPT_N 32768 /* 2^15: 32 MiB with r = 8 */
#define PASSWORD_SCRYPT_R 8
#define PASSWORD_SCRYPT_P 3

/* Hashes with a new salt. False: the system gave no memory or randomness. */
bool password_hash(const char *password, char hash[PASSWORD_HASH_SIZE]);
/* Is it the password of this hash? With "" (nobody, or no password yet) it takes the same time and
 * says no. */
bool password_matches(const char *password, const char *hash);
/* Was the hash made with other parameters than today's? */
bool password_is_dated(const char *hash);

/* May it be a password of this person? STATUS_OK, PASSWORD_SHORT, PASSWORD_LONG or PASSWORD_COMMON.
 * No rule about kinds of characters. Common: on the list (also with digits or signs behind it), one
 * short pattern over and over, a run along the alphabet, the digits or the keyboard, or little else
 * than the names of the site or the person. */
enum status password_judge(struct arena *arena, const char *password, const char *site_name,
                           const char *person_name, const char *email);

/* Common passwords of at least PASSWORD_CHARS_MIN characters, lower case, sorted by byte. */
extern const char *const password_common[];
extern const size_t password_common_count;

#endif
