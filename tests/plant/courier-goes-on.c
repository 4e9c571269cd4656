/*
 * plant/courier-goes-on.c: a planted bug (plant/ledger-commit-lost.c says how): an endpoint that
 * failed does not rest, so that the next message overtakes the one that waits to be tried again.
 *
 * wraps: retry_rest_us
 */
#include "courier/retry.h"

int64_t __real_retry_rest_us(int64_t failures, uint32_t chance);
int64_t __wrap_retry_rest_us(int64_t failures, uint32_t chance);

int64_t __wrap_retry_rest_us(int64_t failures, uint32_t chance)
{
    (void)failures;
    (void)chance;
    return 0;
}
