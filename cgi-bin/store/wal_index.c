/* store/wal_index.c: see store/wal_index.h. */
#include "store/wal_index.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"

#define HEADER_BYTES 96 /* two copies of 48 */

static int forget(const char *index_path);

bool wal_index_forget(const char *path)
{
    char index_path[PATH_MAX];
    int length = snprintf(index_path, sizeof index_path, "%s-shm", path);
    int end = 0;
    pid_t pid = length > 0 && (size_t)length < sizeof index_path ? fork() : -1;
    if (pid == 0) {
        _exit(forget(index_path));
    }
    while (pid > 0 && waitpid(pid, &end, 0) < 0 && errno == EINTR) {
    }
    bool is_done = pid > 0 && WIFEXITED(end) && WEXITSTATUS(end) == 0;
    if (!is_done) {
        log_event("fault", "wal-index-stays", "path", path, NULL);
    }
    return is_done;
}

/* What the process exits with. */
static int forget(const char *index_path)
{
    static const char nothing[HEADER_BYTES];
    struct stat file;
    int fd = open(index_path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        return errno == ENOENT ? 0 : 1;
    }
    if (fstat(fd, &file) != 0) {
        return 1;
    }
    bool has_header = file.st_size >= HEADER_BYTES;
    return !has_header || pwrite(fd, nothing, sizeof nothing, 0) == sizeof nothing ? 0 : 1;
}
