/* gate/password.c: see gate/password.h. Hashing only; the rules are in password_rules.c. */
#include "gate/password.h"

#include <libscrypt.h>
#include <string.h>

#include "base/log.h"
#include "base/must.h"
#include "base/text.h"

_Static_assert(PASSWORD_HASH_SIZE >= SCRYPT_MCF_LEN, "libscrypt writes SCRYPT_MCF_LEN bytes");
#define PARAMETERS_BYTES 10 /* "$s1$0f0803": all that tells one setting from another */

static void dummy_hash(char hash[PASSWORD_HASH_SIZE]);

bool password_hash(const char *password, char hash[PASSWORD_HASH_SIZE])
{
    memset(hash, 0, PASSWORD_HASH_SIZE);
    if (libscrypt_hash(hash, password, PASSWORD_SCRYPT_N, PASSWORD_SCRYPT_R, PASSWORD_SCRYPT_P) <=
        0) {
        log_event("error", "scrypt", "doing", "hash", NULL);
        hash[0] = '\0';
        return false;
    }
    must(!password_is_dated(hash));
    return true;
}

bool password_matches(const char *password, const char *hash)
{
    char copy[PASSWORD_HASH_SIZE]; /* libscrypt_check destroys what it is given */
    bool is_somebody = !text_empty(hash);
    if (!is_somebody || !TEXT_COPY(copy, hash)) {
        is_somebody = false;
        dummy_hash(copy);
    }
    int verdict = libscrypt_check(copy, password);
    if (verdict < 0) {
        log_event("error", "scrypt", "doing", "check", NULL);
    }
    return is_somebody && verdict > 0;
}

bool password_is_dated(const char *hash)
{
    char today[PASSWORD_HASH_SIZE];
    dummy_hash(today);
    return strncmp(hash, today, PARAMETERS_BYTES) != 0;
}

/* A hash of nothing with today's parameters: checking against it takes as long as against
 * anybody's. */
static void dummy_hash(char hash[PASSWORD_HASH_SIZE])
{
    static const char salt[] = "dGFsbHlzdGljay1ub25lIQ=="; /* 16 bytes */
    static const char nothing[] =                          /* 64 bytes */
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==";
    memset(hash, 0, PASSWORD_HASH_SIZE);
    must(libscrypt_mcf(PASSWORD_SCRYPT_N, PASSWORD_SCRYPT_R, PASSWORD_SCRYPT_P, salt, nothing,
                       hash) > 0);
}
