/* courier/resolve.c: see courier/resolve.h. */
#include "courier/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "base/text.h"

#define PORT_TEXT_SIZE 8

_Static_assert(sizeof(struct addresses) <= 512, "one write into a pipe is read as one");

static struct known {
    char host[HOST_CHARS_MAX + 1]; /* "" free */
    int port;
    int64_t until_us; /* steady clock */
    struct addresses addresses;
} known[COURIER_TRANSFERS_MAX];

static struct known *find_known(const char *host, int port);
static _Noreturn void ask(const char *host, int port, int to_fd);

bool resolve_known(const char *host, int port, struct addresses *addresses)
{
    const struct known *place = find_known(host, port);
    if (place == NULL || place->until_us <= clock_steady_us()) {
        return false;
    }
    *addresses = place->addresses;
    return true;
}

void resolve_keep(const char *host, int port, const struct addresses *addresses)
{
    struct known *place = find_known(host, port);
    if (place == NULL) {
        place = &known[0]; /* the one that is free or would be forgotten first */
        for (size_t i = 1; i < COURIER_TRANSFERS_MAX; i++) {
            place = known[i].until_us < place->until_us ? &known[i] : place;
        }
    }
    must(TEXT_COPY(place->host, host));
    place->port = port;
    place->until_us = clock_steady_us() + RESOLVE_KEEP_S * CLOCK_SECOND_US;
    place->addresses = *addresses;
}

void resolve_forget(const char *host, int port)
{
    struct known *place = find_known(host, port);
    if (place != NULL) {
        *place = (struct known){.host = ""};
    }
}

static struct known *find_known(const char *host, int port)
{
    for (size_t i = 0; i < COURIER_TRANSFERS_MAX; i++) {
        if (known[i].port == port && text_is(known[i].host, host)) {
            return &known[i];
        }
    }
    return NULL;
}

bool resolve_begin(struct resolve *resolve, const char *host, int port)
{
    int ends[2];
    must(resolve->pid == 0);
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
        log_event("warning", "no-pipe", "why", strerror(errno), NULL);
        return false;
    }
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        /* It ends with the courier, should that be killed just now as well. */
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) {
            _exit(1);
        }
        ask(host, port, ends[1]);
    }
    close(ends[1]);
    if (pid < 0) {
        log_event("warning", "no-process", "why", strerror(errno), NULL);
        close(ends[0]);
        return false;
    }
    *resolve = (struct resolve){.pid = pid, .fd = ends[0]};
    return true;
}

bool resolve_read(struct resolve *resolve, struct addresses *addresses)
{
    must(resolve->pid > 0);
    ssize_t size_bytes = read(resolve->fd, addresses, sizeof *addresses);
    if (size_bytes < 0 && (errno == EAGAIN || errno == EINTR)) {
        return false;
    }
    if (size_bytes != (ssize_t)sizeof *addresses || addresses->count > RESOLVE_ADDRESSES_MAX) {
        addresses->count = 0; /* it broke off */
    }
    resolve_stop(resolve);
    return true;
}

void resolve_stop(struct resolve *resolve)
{
    if (resolve->pid > 0) {
        kill(resolve->pid, SIGKILL);
        while (waitpid(resolve->pid, NULL, 0) < 0 && errno == EINTR) {
        }
        close(resolve->fd);
    }
    *resolve = (struct resolve){.fd = -1};
}

/* The child. It has copies of all that is open in the courier: they are closed, so that connections
 * and files live no longer than the courier wants, and nothing of SQLite is touched. */
static _Noreturn void ask(const char *host, int port, int to_fd)
{
    struct addresses found = {.count = 0};
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *first = NULL;
    char port_text[PORT_TEXT_SIZE];
    if (to_fd != 3 && dup2(to_fd, 3) < 0) {
        _exit(1);
    }
    (void)close_range(4, ~0U, 0);
    (void)snprintf(port_text, sizeof port_text, "%d", port);
    if (getaddrinfo(host, port_text, &hints, &first) == 0) {
        for (struct addrinfo *at = first; at != NULL && found.count < RESOLVE_ADDRESSES_MAX;
             at = at->ai_next) {
            if (at->ai_addrlen <= sizeof found.at[0]) {
                memcpy(&found.at[found.count], at->ai_addr, at->ai_addrlen);
                found.count++;
            }
        }
    }
    _exit(write(3, &found, sizeof found) == (ssize_t)sizeof found ? 0 : 1);
}
