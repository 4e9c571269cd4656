/*
 * courier/judge.h: what follows from a try. A pure function: endpoint and message as they stand,
 * what came of the try, the time and some chance go in, what they become comes out.
 *
 * A message is delivered with any 2xx. Otherwise it is tried again (courier/retry.h), until three
 * days after its round began; a test is tried once. The endpoint as a whole rests after a failure
 * and is then tried with the first message whose time has come: as long as the waits are short that
 * is the one that failed, and the order of events is kept; once a message has to wait for longer
 * than the endpoint rests, those behind it go on. Five days without one good answer, or the code
 * 410 (gone), stop it. A failure at an address that is not the endpoint's any more neither stops
 * it nor makes it rest: the message is tried at the present one at once.
 */
#ifndef COURIER_JUDGE_H
#define COURIER_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "courier/send.h"
#include "store/people_webhook.h"
#include "store/people_webhook_queue.h"

struct judged {
    bool is_delivered;
    bool is_given_up; /* neither: it is tried again at next_at */
    int64_t next_at;
    int64_t rests_until; /* of the endpoint */
    int64_t failures;
    int64_t failing_since;
    bool is_stopped; /* the endpoint is failing from now on */
};

/* hurry: every wait is so many times shorter; 1 but in tests. */
struct judged judge(const struct webhook *webhook, const struct queued *queued,
                    const struct sent *sent, int64_t now_us, uint32_t chance, int64_t hurry);

#endif
