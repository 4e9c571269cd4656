/*
 * courier/send.h: sending messages with libcurl, many at once, without threads. courier/send.c is
 * the only file that includes curl/curl.h.
 *
 * A transfer goes to one of the addresses it was given and to no other: the connection is pinned to
 * them, and each is looked at once more at the moment a socket is made for it. No redirect is
 * followed, no proxy of the environment is used, no other protocol spoken, the certificate is
 * verified; of the answer its code is read, and of the rest at most WEBHOOK_ANSWER_BYTES_MAX, which
 * are dropped.
 */
#ifndef COURIER_SEND_H
#define COURIER_SEND_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/limits.h"
#include "courier/resolve.h"
#include "model/endpoint.h"

/* What is sent. Everything is copied. */
struct parcel {
    const char *url;
    const struct endpoint *endpoint;   /* what endpoint_read made of it */
    const struct addresses *addresses; /* at least one; all may be sent to */
    const char *message_id;
    int64_t timestamp_s;
    const char *signature;
    const char *agent; /* User-Agent */
    const char *body;
    int64_t ms_max; /* until the whole answer is here */
};

/* What came of it. */
struct sent {
    int http_code;         /* 0: no answer */
    const char *outcome;   /* in words for people; static, or in the arena of send_ended */
    int64_t retry_after_s; /* what the answer asks for; 0: nothing */
    bool is_of_former;     /* for courier/judge.h: the endpoint has another address by now */
};

struct sender {
    void *multi;                                  /* CURLM */
    struct sending *slots[COURIER_TRANSFERS_MAX]; /* NULL: free */
};

/* False: libcurl cannot be used; why has been logged. */
bool send_open(struct sender *sender);
void send_close(struct sender *sender);

/* Begins a transfer in a free slot. False: it cannot be begun at all. */
bool send_begin(struct sender *sender, size_t slot, const struct parcel *parcel);
/* Waits until something happens on a transfer or one of the descriptors, at most wait_ms, and lets
 * the transfers go on. */
void send_wait(struct sender *sender, struct pollfd *others, size_t count, int wait_ms);
/* The next transfer that has ended: its slot, free again. False: none. */
bool send_ended(struct sender *sender, struct arena *arena, size_t *slot, struct sent *sent);

#endif
