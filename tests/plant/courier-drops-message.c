/*
 * plant/courier-drops-message.c: a planted bug (plant/ledger-commit-lost.c says how): the courier
 * notes that it has looked at an event, but now and then makes no message of it.
 *
 * wraps: queued_add
 */
#include "store/people_webhook_queue.h"

#define ONE_OF 7 /* messages */

void __real_queued_add(struct store *people, const struct queued *queued, int64_t at);
void __wrap_queued_add(struct store *people, const struct queued *queued, int64_t at);

void __wrap_queued_add(struct store *people, const struct queued *queued, int64_t at)
{
    if (queued->seq % ONE_OF != 0) {
        __real_queued_add(people, queued, at);
    }
}
