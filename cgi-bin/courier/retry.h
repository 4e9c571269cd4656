/*
 * courier/retry.h: when a message that was not delivered is tried again.
 */
#ifndef COURIER_RETRY_H
#define COURIER_RETRY_H

#include <stdint.h>

/* How long to wait after so many failed tries (>= 1): 5 s, 30 s, 2 min, 10 min, 1 h, 3 h, 8 h and 8
 * h from then on, and up to a quarter more by chance, so that many messages do not come back at one
 * moment. chance: any number, evenly spread. */
int64_t retry_wait_us(int64_t failures, uint32_t chance);

/* The same for the endpoint as a whole, at most about 10 min: it is tried with its next message
 * then, while the one that failed waits for its own time. */
int64_t retry_rest_us(int64_t failures, uint32_t chance);

#endif
