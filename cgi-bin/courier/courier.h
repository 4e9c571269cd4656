/*
 * courier/courier.h: the sender of webhooks, a small daemon beside the ledger. It reads the events
 * of registry.db, makes a message of each for every endpoint that wants it, and sends what is due;
 * people.db holds the endpoints, the messages and the log. Nobody waits for it: when it stands
 * still, everything waits where it is.
 *
 * What it promises: each event becomes exactly one message of an endpoint, without a gap, for the
 * messages and the place up to which events were looked at are written in one transaction. A
 * message is sent with the same webhook-id until it is answered well or given up; killed at any
 * moment, the courier may send one message once more, and nothing else happens twice or not at all.
 * Before a message leaves, people.db says that the endpoint is not to be tried for as long as a try
 * takes: so a courier that dies at each answer does not send on and on. Of one endpoint one message
 * is under way at a time, in the order of events as far as courier/judge.h says.
 *
 * It is the only program that speaks to the internet. It must not serve anybody, must not write
 * registry.db, and sends nothing but what api/event.h makes of an event.
 */
#ifndef COURIER_COURIER_H
#define COURIER_COURIER_H

#include <stdbool.h>
#include <stdint.h>

struct courier_setup {
    const char *data_dir;  /* folder of registry.db and people.db */
    bool is_test;          /* endpoints on this machine are allowed (model/endpoint.h) */
    int64_t answer_ms_max; /* WEBHOOK_ANSWER_MS_MAX; shorter in tests */
    int64_t hurry;         /* waits are so many times shorter; 1 but in tests */
};

/* Runs until SIGTERM, SIGINT or SIGQUIT; main's exit code. */
int courier_run(const struct courier_setup *setup);

#endif
