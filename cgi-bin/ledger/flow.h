/*
 * ledger/flow.h: commands that have been handed over and not yet answered, in order; and, through
 * the daemon, many of them in flight over one connection. For ledger/way.c.
 */
#ifndef LEDGER_FLOW_H
#define LEDGER_FLOW_H

#include <stdbool.h>
#include <stddef.h>

#include "ledger/tally.h"

#define FLOW_MAX GROUP_COMMIT_MAX /* more in flight would not fit one group commit */

struct flow_entry {
    struct command command;
    struct answer answer;
    void (*answered)(void *context, const struct command *command, const struct answer *answer);
    void *context;
    bool is_lost; /* sent without a key when the connection broke: nobody knows */
};

struct flow {
    struct flow_entry entries[FLOW_MAX]; /* a ring */
    size_t first;                        /* the oldest unanswered */
    size_t count;                        /* unanswered */
    size_t sent;       /* of them, how many are on the connection (the oldest ones) */
    bool is_answering; /* inside an `answered` */
    bool was_sent;     /* anything ever went out */
    const char *path;  /* the daemon's socket */
    int fd;            /* -1: not connected */
};

void flow_init(struct flow *flow);
void flow_close(struct flow *flow);

/* Adds a command at the end; the caller has made room. */
struct flow_entry *flow_add(struct flow *flow, const struct command *command,
                            void (*answered)(void *context, const struct command *command,
                                             const struct answer *answer),
                            void *context);
/* Tells the sender of the oldest command its answer, and forgets it. */
void flow_answer_first(struct flow *flow);

/* Connects to the daemon at path (which must outlive the flow) within wait_ms. */
bool flow_connect(struct flow *flow, const char *path, int wait_ms);
/* Hands everything to the daemon and takes answers until at most `leave` commands are unanswered,
 * but never waits for more than LEDGER_ASK_MS_MAX without progress. A broken connection is renewed
 * for up to LEDGER_RESTART_MS_MAX without an answer, and the keyed commands asked again.
 * STATUS_LEDGER_AWAY, STATUS_ANSWER_LOST: the daemon cannot be reached any more, or it does not
 * want to be. */
enum status flow_pump(struct flow *flow, size_t leave);

#endif
