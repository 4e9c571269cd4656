/*
 * plant/ledger-waits-for-reader.c: a planted bug (plant/ledger-commit-lost.c says how): the daemon
 * waits until a client that does not read its answers has room for another.
 *
 * wraps: door_answer
 */
#include <poll.h>

#include "base/clock.h"
#include "ledger/door.h"

#define WAIT_MS_MAX 4500
#define AGAIN_US (5 * CLOCK_SECOND_US)

void __real_door_answer(struct door *door, size_t client, const struct answer *answer);
void __wrap_door_answer(struct door *door, size_t client, const struct answer *answer);

void __wrap_door_answer(struct door *door, size_t client, const struct answer *answer)
{
    static int64_t waited_us;
    struct pollfd one = {.fd = door->clients[client].fd, .events = POLLOUT};
    if (one.fd >= 0 && poll(&one, 1, 0) == 0 && clock_steady_us() > waited_us + AGAIN_US) {
        (void)poll(&one, 1, WAIT_MS_MAX);
        waited_us = clock_steady_us();
    }
    __real_door_answer(door, client, answer);
}
