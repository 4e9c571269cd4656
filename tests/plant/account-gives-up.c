/*
 * plant/account-gives-up.c: a planted bug (plant/ledger-commit-lost.c says how): account does not
 * wait for a daemon that is being restarted.
 *
 * wraps: connect_until
 */
#include "ledger/connect.h"

int __real_connect_until(const char *path, int64_t until_us);
int __wrap_connect_until(const char *path, int64_t until_us);

int __wrap_connect_until(const char *path, int64_t until_us)
{
    (void)until_us;
    return __real_connect_until(path, 0);
}
