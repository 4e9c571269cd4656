/*
 * crash/crowd.h: many client processes that begin at the same moment, and memory they share.
 */
#ifndef CRASH_CROWD_H
#define CRASH_CROWD_H

#include "crash/world.h"

#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>

#define CROWD_MAX 64

struct crowd {
    pthread_barrier_t barrier; /* between processes */
    pid_t pids[CROWD_MAX];
    int count;
};

/* Zeroed memory that forked processes share. */
static inline void *crowd_memory(size_t size_bytes)
{
    void *memory = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(memory != MAP_FAILED, "no shared memory");
    return memory;
}

/* Everybody waits here until everybody is here. */
static inline void crowd_meet(struct crowd *crowd)
{
    (void)pthread_barrier_wait(&crowd->barrier);
}

/* Forks count processes that run act(number, context) and end. crowd is in shared memory. */
static inline void crowd_start(struct crowd *crowd, int count,
                               void (*act)(int number, void *context), void *context)
{
    pthread_barrierattr_t attributes;
    CHECK(count <= CROWD_MAX && pthread_barrierattr_init(&attributes) == 0 &&
              pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED) == 0 &&
              pthread_barrier_init(&crowd->barrier, &attributes, (unsigned)count) == 0,
          "no barrier");
    crowd->count = count;
    fflush(stdout);
    for (int i = 0; i < count; i++) {
        pid_t pid =
            fork(); /* not straight into the shared memory: the child would write its 0 there too */
        CHECK(pid >= 0, "no process for a client");
        if (pid == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            act(i, context);
            fflush(stdout);
            _exit(0);
        }
        crowd->pids[i] = pid;
    }
}

/* Nobody has ended badly so far; who has, has said why. */
static inline void crowd_watch(const struct crowd *crowd)
{
    for (int i = 0; i < crowd->count; i++) {
        siginfo_t end = {.si_pid = 0};
        int found = waitid(P_PID, (id_t)crowd->pids[i], &end, WEXITED | WNOHANG | WNOWAIT);
        CHECK(found == 0 && (end.si_pid == 0 || (end.si_code == CLD_EXITED && end.si_status == 0)),
              "client %d ended badly: see above", i);
    }
}

static inline void crowd_end(struct crowd *crowd)
{
    for (int i = 0; i < crowd->count; i++) {
        int end = 0;
        pid_t ended;
        do {
            ended = waitpid(crowd->pids[i], &end, 0);
        } while (ended < 0 && errno == EINTR);
        CHECK(ended == crowd->pids[i], "client %d was not there to wait for", i);
        CHECK(WIFEXITED(end) && WEXITSTATUS(end) == 0, "client %d ended badly", i);
    }
}

#endif
