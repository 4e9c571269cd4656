/*
 * plant/ledger-waits-for-reader.c: a planted bug (plant/ledger-commit-lost.c says how): the daemon
 * waits until a client that does not read its answers has room for another.
 *
 * wraps: door_answer
 */
#include <poll.h>

#include "ledger/door.h"

#define WAIT_MS_MAX 700

void __real_door_answer(struct door *door, size_t client, const struct answer *answer);
void __wrap_door_answer(struct door *door, size_t client, const struct answer *answer);

void __wrap_door_answer(struct door *door, size_t client, const struct answer *answer)
{
    struct pollfd one = {.fd = door->clients[client].fd, .events = POLLOUT};
    if (one.fd >= 0) {
        (void)poll(&one, 1, WAIT_MS_MAX);
    }
    __real_door_answer(door, client, answer);
}
