/*
 * plant/account-ends-late.c: a planted bug (plant/ledger-commit-lost.c says how): told to end,
 * account goes on for as long as somebody waits.
 *
 * wraps: sigpending
 */
#include <signal.h>

int __wrap_sigpending(sigset_t *set);

int __wrap_sigpending(sigset_t *set)
{
    return sigemptyset(set);
}
