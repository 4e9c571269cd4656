/* ledger/inspect.c: see ledger/inspect.h. */
#include "ledger/inspect.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "store/care.h"

#define LOWEST_PRIORITY 19
#define EXIT_UNSOUND 1

static bool mark_path(const char *data_dir, char path[PATH_MAX]);
static bool look(const char *registry_path, const char *path_of_mark);
static void mark(const char *path, const char *words);
_Noreturn static void look_beside(const char *registry_path, const char *path_of_mark, int lock_fd,
                                  pid_t daemon_pid);

bool inspect_begin(const char *data_dir, const char *registry_path, int lock_fd, pid_t *beside)
{
    char path_of_mark[PATH_MAX];
    struct stat file;
    *beside = 0;
    if (!mark_path(data_dir, path_of_mark)) {
        return false;
    }
    bool is_marked = access(path_of_mark, F_OK) == 0;
    bool is_small = stat(registry_path, &file) != 0 || file.st_size <= INSPECT_BYTES_MAX;
    if (is_marked || is_small) {
        return look(registry_path, path_of_mark);
    }
    pid_t daemon_pid = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        look_beside(registry_path, path_of_mark, lock_fd, daemon_pid);
    }
    if (pid < 0) {
        log_event("fault", "quick-check", "why", strerror(errno), NULL);
        return false;
    }
    log_event("info", "quick-check", "file", registry_path, "result", "goes on beside", "pid",
              log_int(pid), NULL);
    *beside = pid;
    return true;
}

bool inspect_ended(pid_t *beside, bool *is_sound)
{
    int end = 0;
    if (*beside == 0 || waitpid(*beside, &end, WNOHANG) != *beside) {
        return false;
    }
    /* Killed from outside: nothing was found. The next start looks again. */
    *is_sound = !(WIFEXITED(end) && WEXITSTATUS(end) == EXIT_UNSOUND);
    *beside = 0;
    return true;
}

void inspect_stop(pid_t *beside)
{
    if (*beside != 0) {
        kill(*beside, SIGKILL);
        waitpid(*beside, NULL, 0);
        *beside = 0;
    }
}

static bool mark_path(const char *data_dir, char path[PATH_MAX])
{
    int length = snprintf(path, PATH_MAX, "%s/registry.unsound", data_dir);
    return length > 0 && length < PATH_MAX;
}

static bool look(const char *registry_path, const char *path_of_mark)
{
    int64_t began_us = clock_steady_us();
    struct care_check check = care_quick_check(registry_path);
    log_event(check.is_sound ? "info" : "fault", "quick-check", "file", registry_path, "result",
              check.words, "took_us", log_int(clock_steady_us() - began_us), NULL);
    if (check.is_sound) {
        (void)unlink(path_of_mark);
    } else if (!check.is_other) {
        mark(path_of_mark, check.words); /* of damage: not of a `tally migrate` that is missing */
    }
    return check.is_sound;
}

/* Best effort: a full disk must not hide what was found, and the log has it too. */
static void mark(const char *path, const char *words)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd < 0 || write(fd, words, strlen(words)) < 0 || fsync(fd) != 0) {
        log_event("warning", "unsound-not-noted", "path", path, "why", strerror(errno), NULL);
    }
    if (fd >= 0) {
        close(fd);
    }
}

static void look_beside(const char *registry_path, const char *path_of_mark, int lock_fd,
                        pid_t daemon_pid)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != daemon_pid) {
        _exit(0); /* the daemon is gone already */
    }
    close(lock_fd); /* the lock is the daemon's, and must end with it */
    (void)setpriority(PRIO_PROCESS, 0, LOWEST_PRIORITY);
    _exit(look(registry_path, path_of_mark) ? 0 : EXIT_UNSOUND);
}
