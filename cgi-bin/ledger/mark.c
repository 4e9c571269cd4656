/* ledger/mark.c: see ledger/mark.h. */
#include "ledger/mark.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

bool mark_sandbox(const char *run_dir, bool is_sandbox)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/" MARK_SANDBOX, run_dir);
    bool is_done = length > 0 && (size_t)length < sizeof path;
    errno = is_done ? 0 : ENAMETOOLONG;
    if (is_done && is_sandbox) {
        int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
        is_done = fd >= 0 && close(fd) == 0;
    } else if (is_done) {
        is_done = unlink(path) == 0 || errno == ENOENT;
    }
    if (!is_done) {
        log_event("warning", "sandbox-mark", "run", run_dir, "message", strerror(errno), "hint",
                  "what nginx answers by itself does not say whether this is a sandbox", NULL);
    }
    return is_done;
}
