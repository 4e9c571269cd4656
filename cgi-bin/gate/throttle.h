/*
 * gate/throttle.h: wrong passwords make the next attempt wait, longer each time.
 *
 * Counted by e-mail address (whether or not anybody has it) and by where the attempt comes from (an
 * IPv6 address by its first 64 bits). The wait never exceeds THROTTLE_S_MAX, and a browser that has
 * signed in to this account before carries a device cookie and is counted by itself: so a stranger
 * who keeps guessing cannot keep the owner out. An attempt counts as failed before the password is
 * looked at, and is taken back when it was right: of many at once only as many get through as the
 * count allows.
 */
#ifndef GATE_THROTTLE_H
#define GATE_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "store/people_throttle.h"

#define THROTTLE_S_MAX 900      /* a quarter of an hour */
#define THROTTLE_FORGET_S 86400 /* a day without an attempt wipes the slate */
#define DEVICE_S_MAX 7776000    /* a device is remembered for 90 days after its last sign-in */
#define DEVICE_COOKIE "__Host-device"

enum throttle_kind { THROTTLE_ACCOUNT, THROTTLE_DEVICE, THROTTLE_ADDRESS, THROTTLE_PROGRAM };

/* How long to wait after so many failures in a row, in seconds: the first four (an address:
 * nineteen, offices share them; a program: 499, nobody waits for it) are free, the next waits 15 s,
 * then twice as long each time. */
int64_t throttle_wait_s(enum throttle_kind kind, int64_t failures);

/* One attempt: who is tried from where, and what was known before. */
struct throttle {
    char account[THROTTLE_SUBJECT_SIZE]; /* "e:" SHA-256 of the e-mail address in lower case */
    char address[THROTTLE_SUBJECT_SIZE]; /* "a:" SHA-256 of the address: spread evenly, so that the
                                            sweep meets every row */
    char device[THROTTLE_SUBJECT_SIZE];  /* "d:" SHA-256 of device token and e-mail address; "" no
                                            cookie */
    bool known_device;                   /* it has signed in to this account before */
    struct throttle_row address_before;
};

/* The subjects. email in lower case; device_token NULL or "" when the browser has none. */
struct throttle throttle_of(const char *email, const char *address, const char *device_token);

/* Asks to try now. False: not before *free_at. True: the attempt is counted. A store fault counts
 * as true: the request fails anyway. */
bool throttle_try(struct store *store, struct throttle *throttle, int64_t now_us, int64_t *free_at);
/* It was right: the account's count is wiped, the address's attempt taken back, the device (when it
 * has a token) remembered. */
void throttle_good(struct store *store, const struct throttle *throttle, int64_t now_us);

/* One wrong secret or token of a program, counted by where it comes from and by the client secret
 * that came with it (client_id; "" a wrong one), in this process's memory alone: a stranger cannot
 * make it write, and people who sign in are counted elsewhere. A quarter of an hour without a wrong
 * one wipes the slate. False: not counted, none is looked at before *free_at. */
bool throttle_program(const char *address, const char *client_id, int64_t now_us, int64_t *free_at);

#endif
