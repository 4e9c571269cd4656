/* ledger/lock.c: see ledger/lock.h. */
#include "ledger/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"

#define PID_TEXT_SIZE 24

static int64_t read_holder(int fd);
static void write_holder(int fd);

enum status lock_take(const char *data_dir, int *lock_fd, int64_t *holder_pid)
{
    *lock_fd = -1;
    *holder_pid = 0;
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/registry.lock", data_dir);
    if (length < 0 || (size_t)length >= sizeof path) {
        log_event("fault", "lock-path-too-long", "data", data_dir, NULL);
        return STATUS_FAULT;
    }
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd < 0) {
        log_event("fault", "lock-not-opened", "path", path, "why", strerror(errno), NULL);
        return STATUS_FAULT;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        int why = errno;
        if (why == EWOULDBLOCK) {
            *holder_pid = read_holder(fd);
        } else {
            log_event("fault", "lock-not-taken", "path", path, "why", strerror(why), NULL);
        }
        close(fd);
        return why == EWOULDBLOCK ? STATUS_BUSY : STATUS_FAULT;
    }
    write_holder(fd);
    *lock_fd = fd;
    return STATUS_OK;
}

void lock_release(int lock_fd)
{
    if (lock_fd >= 0) {
        close(lock_fd);
    }
}

/* The pid in the file is for messages only; the lock itself is the truth. */
static int64_t read_holder(int fd)
{
    char text[PID_TEXT_SIZE] = "";
    ssize_t size_bytes = pread(fd, text, sizeof text - 1, 0);
    if (size_bytes <= 0) {
        return 0;
    }
    text[strcspn(text, "\n")] = '\0';
    int64_t pid = 0;
    return text_parse_int(text, false, &pid) ? pid : 0;
}

static void write_holder(int fd)
{
    char text[PID_TEXT_SIZE];
    int length = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)length, 0) != length) {
        log_event("warning", "lock-pid-not-written", "why", strerror(errno), NULL);
    }
}
