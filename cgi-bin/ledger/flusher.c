/* ledger/flusher.c: see ledger/flusher.h. */
#include "ledger/flusher.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"

_Noreturn static void flush_when_asked(const char *registry_path, int fd, pid_t daemon_pid);
static void give_up(struct flusher *flusher);

void flusher_begin(struct flusher *flusher, const char *registry_path, int lock_fd)
{
    *flusher = (struct flusher){.fd = -1};
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        log_event("warning", "no-flusher", "why", strerror(errno), NULL);
        return;
    }
    pid_t daemon_pid = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        close(lock_fd); /* the lock is the daemon's, and must end with it */
        flush_when_asked(registry_path, ends[1], daemon_pid);
    }
    close(ends[1]);
    if (pid < 0) {
        log_event("warning", "no-flusher", "why", strerror(errno), NULL);
        close(ends[0]);
        return;
    }
    flusher->fd = ends[0];
    flusher->pid = pid;
    char ready = 0;
    if (recv(flusher->fd, &ready, 1, 0) != 1) {
        log_event("warning", "no-flusher", "why", "it did not begin", NULL);
        flusher_stop(flusher);
    }
}

void flusher_ask(struct flusher *flusher)
{
    if (!flusher_is_done(flusher)) {
        return; /* it is at it still: what was moved since is left to the daemon's own sync */
    }
    flusher->is_at =
        flusher->fd >= 0 && send(flusher->fd, "f", 1, MSG_DONTWAIT | MSG_NOSIGNAL) == 1;
}

bool flusher_is_done(struct flusher *flusher)
{
    if (flusher->is_at) {
        char answer = 0;
        ssize_t got_bytes = recv(flusher->fd, &answer, 1, MSG_DONTWAIT);
        if (got_bytes < 0 && (errno == EAGAIN || errno == EINTR)) {
            return false;
        }
        if (got_bytes != 1) {
            give_up(flusher);
        }
        flusher->is_at = false;
    }
    return true;
}

void flusher_reap(struct flusher *flusher)
{
    if (flusher->pid != 0 && waitpid(flusher->pid, NULL, WNOHANG) == flusher->pid) {
        flusher->pid = 0;
        log_event("warning", "no-flusher", "why", "it has ended", NULL);
        give_up(flusher);
    }
}

void flusher_stop(struct flusher *flusher)
{
    give_up(flusher);
    if (flusher->pid != 0) {
        kill(flusher->pid, SIGKILL);
        waitpid(flusher->pid, NULL, 0);
        flusher->pid = 0;
    }
}

static void give_up(struct flusher *flusher)
{
    if (flusher->fd >= 0) {
        close(flusher->fd);
    }
    flusher->fd = -1;
    flusher->is_at = false;
}

/* The system hands what it could not write to the daemon's own sync, too: nothing is said here. */
static void flush_when_asked(const char *registry_path, int fd, pid_t daemon_pid)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != daemon_pid) {
        _exit(0); /* the daemon is gone already */
    }
    /* Ctrl-C and a stop of the whole group are for the daemon, which has use for it until then. */
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    prctl(PR_SET_NAME, FLUSHER_NAME);
    int file = open(registry_path, O_RDONLY | O_CLOEXEC);
    char word = 'r';
    while (file >= 0 && send(fd, &word, 1, MSG_NOSIGNAL) == 1 && recv(fd, &word, 1, 0) == 1) {
        (void)fdatasync(file);
    }
    _exit(0);
}
