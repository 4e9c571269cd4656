/*
 * courier/inside.h: what the files of the courier share.
 */
#ifndef COURIER_INSIDE_H
#define COURIER_INSIDE_H

#include "base/arena.h"
#include "base/id.h"
#include "base/limits.h"
#include "courier/courier.h"
#include "courier/resolve.h"
#include "courier/send.h"
#include "store/people_webhook.h"
#include "store/people_webhook_queue.h"
#include "store/store.h"

#define OUTCOME_SIZE 160

/* One try under way. It goes through these in order. */
enum job_state {
    JOB_FREE,
    JOB_CLAIMED,  /* people.db says that it is under way; nothing has been sent */
    JOB_RESOLVES, /* the host's addresses are being found */
    JOB_SENDS,
    JOB_ENDED, /* what came of it is in `sent`, to be written down */
};

struct job {
    enum job_state state;
    char webhook_id[ID_SIZE];
    char org_id[ID_SIZE];
    char message_id[ID_SIZE];
    char url[WEBHOOK_URL_SIZE]; /* where it goes, as it was when claimed */
    struct endpoint endpoint;
    struct resolve resolve;
    int64_t began_at; /* wall clock */
    int64_t began_us; /* steady clock */
    struct sent sent;
    char outcome[OUTCOME_SIZE]; /* where sent.outcome lies */
};

struct courier {
    struct courier_setup setup;
    struct arena arena; /* emptied after each turn but for what was made at start */
    size_t arena_mark;
    struct store *registry; /* read-only */
    struct store *people;
    struct sender sender;
    struct id_source ids;
    const char *agent; /* User-Agent */
    int lock_fd, signal_fd;
    struct job jobs[COURIER_TRANSFERS_MAX]; /* of the same numbers as the sender's slots */
    int64_t looked_us;                      /* steady: when events were last looked for */
    int64_t forgot_us;                      /* steady: when the log was last cut */
    bool is_behind;                         /* more events are there than one turn takes */
    bool has_moved;                         /* the last turn queued or ended something */
};

/* ---- courier/fill.c ---- */

/* Events that one endpoint has to be told of, read before anything is written. */
struct fill {
    struct webhook webhook;
    const struct queued *messages; /* ids are made already */
    size_t count;
    int64_t seen_seq; /* up to here all events have been looked at */
};
struct fills {
    const struct fill *at;
    size_t count;
};
/* What there is to be queued, for at most FILLS_MAX endpoints. */
struct fills fill_read(struct courier *courier, int64_t now_us);
/* Writes them; an endpoint that has been changed since is left for the next turn. */
void fill_write(struct courier *courier, const struct fills *fills, int64_t now_us);

/* ---- courier/job.c ---- */

/* Claims the first message of each endpoint that is due. True when there were any to be looked at.
 * Within the turn's transaction. */
void job_claim_due(struct courier *courier, const struct webhooks *due, int64_t now_us);
/* Begins what was claimed: after the commit. */
void job_begin_claimed(struct courier *courier);
/* Lets those go on whose host has been found, and takes in what has been sent. */
void job_go_on(struct courier *courier);
/* Writes down what came of those that ended: within the turn's transaction. */
void job_record_ended(struct courier *courier, int64_t now_us);
/* The ended ones were written down for good: their places are free. */
void job_free_ended(struct courier *courier);
size_t job_count(const struct courier *courier, enum job_state state);
/* Ends all of them as if they had never begun. */
void job_stop_all(struct courier *courier);

#endif
