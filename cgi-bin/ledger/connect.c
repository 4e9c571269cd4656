/* ledger/connect.c: see ledger/connect.h. */
#include "ledger/connect.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"

static int connect_once(const char *path);

int connect_until(const char *path, int64_t until_us)
{
    for (;;) {
        int fd = connect_once(path);
        if (fd >= 0 || clock_steady_us() >= until_us) {
            return fd;
        }
        connect_pause();
    }
}

bool connect_wait(int fd, short events, int64_t until_us)
{
    for (;;) {
        int64_t left_us = until_us - clock_steady_us();
        if (left_us <= 0) {
            return false;
        }
        struct pollfd waiting = {.fd = fd, .events = events};
        if (poll(&waiting, 1, (int)((left_us + 999) / 1000)) > 0) {
            return true;
        }
    }
}

void connect_pause(void)
{
    (void)poll(NULL, 0, CONNECT_AGAIN_MS);
}

static int connect_once(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length >= sizeof address.sun_path) {
        return -1;
    }
    memcpy(address.sun_path, path, length);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}
