/*
 * unit/dies.h: does a broken promise end the process? The act runs in a child, so that abort() ends
 * only that.
 */
#ifndef UNIT_DIES_H
#define UNIT_DIES_H

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

static inline bool dies(void (*act)(void))
{
    pid_t child = fork();
    if (child == 0) {
        /* The line about the bug is expected; it would only disturb the report. */
        int nowhere = open("/dev/null", O_WRONLY);
        dup2(nowhere, STDERR_FILENO);
        signal(SIGABRT, SIG_DFL);
        act();
        _exit(0);
    }
    int end = 0;
    waitpid(child, &end, 0);
    return WIFSIGNALED(end) && WTERMSIG(end) == SIGABRT;
}

#endif
