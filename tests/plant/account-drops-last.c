/*
 * plant/account-drops-last.c: a planted bug (plant/ledger-commit-lost.c says how): told to end,
 * account takes one more connection and ends without an answer.
 *
 * wraps: epoll_pwait
 */
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define LAST_MS_MAX 500

int __real_epoll_pwait(int queue, struct epoll_event *events, int most, int timeout_ms,
                       const sigset_t *mask);
int __wrap_epoll_pwait(int queue, struct epoll_event *events, int most, int timeout_ms,
                       const sigset_t *mask);

int __wrap_epoll_pwait(int queue, struct epoll_event *events, int most, int timeout_ms,
                       const sigset_t *mask)
{
    int ready = __real_epoll_pwait(queue, events, most, timeout_ms, mask);
    sigset_t pending;
    if (ready < 0 || (sigpending(&pending) == 0 && sigismember(&pending, SIGTERM) == 1)) {
        struct pollfd last = {.fd = 0, .events = POLLIN};
        (void)poll(&last, 1, LAST_MS_MAX);
        (void)accept(0, NULL, NULL); /* closed when the program ends */
    }
    return ready;
}
