/*
 * plant/account-drops-last.c: a planted bug (plant/ledger-commit-lost.c says how): told to end,
 * account takes one more connection and ends without an answer.
 *
 * wraps: ppoll
 */
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

#define LAST_MS_MAX 500

int __real_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask);
int __wrap_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask);

int __wrap_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask)
{
    int ready = __real_ppoll(fds, count, timeout, mask);
    sigset_t pending;
    if (ready < 0 || (sigpending(&pending) == 0 && sigismember(&pending, SIGTERM) == 1)) {
        struct pollfd last = {.fd = 0, .events = POLLIN};
        (void)poll(&last, 1, LAST_MS_MAX);
        (void)accept(0, NULL, NULL); /* closed when the program ends */
    }
    return ready;
}
