/*
 * ledger/connect.h: reaching the daemon's socket and waiting on it, always with an end. For
 * ledger/client.c and ledger/way.c.
 */
#ifndef LEDGER_CONNECT_H
#define LEDGER_CONNECT_H

#include <stdbool.h>
#include <stdint.h>

#define CONNECT_AGAIN_MS 10 /* between two attempts to reach a daemon that is being started */

/* A connected, non-blocking descriptor, or -1 when nobody listens until then (clock_steady_us);
 * tried at least once. */
int connect_until(const char *path, int64_t until_us);
/* Waits for POLLIN, POLLOUT. False when the time is up. An error or hang-up counts as something to
 * look at. */
bool connect_wait(int fd, short events, int64_t until_us);
/* Lets a little time pass. */
void connect_pause(void);

#endif
