/*
 * crash/proc.h: what a running program holds, and what held it up, from /proc: memory, descriptors,
 * waiting for a processor.
 */
#ifndef CRASH_PROC_H
#define CRASH_PROC_H

#include "crash/world.h"

#include <dirent.h>

/* A line of /proc/PID/status in kB, such as "VmHWM"; 0 when the process is gone. */
static inline int64_t proc_kb(pid_t pid, const char *name)
{
    char path[64], line[256];
    int64_t kb = 0;
    size_t length = strlen(name);
    (void)snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, name, length) == 0 && line[length] == ':') {
            kb = strtoll(line + length + 1, NULL, 10);
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return kb;
}

/* Of a program's time until now: what it ran, and what it waited for a processor although it could
 * go on, which is not its own fault. 0 where the system does not tell. */
struct proc_time {
    int64_t ran_us, waited_us;
};

static inline struct proc_time proc_time(pid_t pid)
{
    char path[64];
    int64_t ran_ns = 0, waited_ns = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/schedstat", pid);
    FILE *file = fopen(path, "r");
    if (file != NULL) {
        (void)!fscanf(file, "%" SCNd64 " %" SCNd64, &ran_ns, &waited_ns);
        fclose(file);
    }
    return (struct proc_time){ran_ns / 1000, waited_ns / 1000};
}

static inline int64_t proc_waited_us(pid_t pid)
{
    return proc_time(pid).waited_us;
}

/* How long all processors together were at work until now, whoever it was for. */
static inline int64_t proc_busy_us(void)
{
    int64_t user = 0, nice = 0, system = 0, idle = 0, waits = 0, hard = 0, soft = 0, stolen = 0;
    FILE *file = fopen("/proc/stat", "r");
    if (file != NULL) {
        (void)!fscanf(file,
                      "cpu %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64
                      " %" SCNd64 " %" SCNd64,
                      &user, &nice, &system, &idle, &waits, &hard, &soft, &stolen);
        fclose(file);
    }
    int64_t ticks = user + nice + system + hard + soft + stolen;
    return ticks * (CLOCK_SECOND_US / sysconf(_SC_CLK_TCK));
}

/* How many descriptors are open. */
static inline int proc_descriptors(pid_t pid)
{
    char path[64];
    int count = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/fd", pid);
    DIR *folder = opendir(path);
    while (folder != NULL && readdir(folder) != NULL) {
        count++;
    }
    if (folder != NULL) {
        closedir(folder);
    }
    return count > 2 ? count - 2 : 0;
}

/* The only child of a process; 0: none. */
static inline pid_t proc_child(pid_t pid)
{
    char path[64];
    int child = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
    FILE *file = fopen(path, "r");
    if (file != NULL) {
        (void)!fscanf(file, "%d", &child);
        fclose(file);
    }
    return child;
}

/* One program that is watched: the most memory it may ever have, and its descriptors at rest. */
struct proc_watch {
    const char *name;
    pid_t pid;
    int64_t kb_max;
    int descriptors;
};

static inline struct proc_watch proc_watch(const char *name, pid_t pid, int64_t kb_max)
{
    return (struct proc_watch){name, pid, kb_max, proc_descriptors(pid)};
}

/* It never had more memory than it may, and within seconds_max it has no more descriptors than at
 * first. Returns its highest memory in kB. */
static inline int64_t proc_check(const struct proc_watch *watch, int seconds_max)
{
    int64_t until_us = clock_steady_us() + seconds_max * CLOCK_SECOND_US;
    int64_t kb = proc_kb(watch->pid, "VmHWM");
    CHECK(kb > 0, "%s is gone", watch->name);
    CHECK(kb <= watch->kb_max, "%s had %" PRId64 " kB of memory, it may have %" PRId64, watch->name,
          kb, watch->kb_max);
    int now;
    while ((now = proc_descriptors(watch->pid)) > watch->descriptors) {
        CHECK(clock_steady_us() < until_us, "%s keeps %d descriptors, it had %d", watch->name, now,
              watch->descriptors);
        poll(NULL, 0, 20);
    }
    return kb;
}

/* As many descriptors as this process may have. */
static inline int64_t proc_allow_descriptors(void)
{
    struct rlimit limit;
    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0, "no limit of descriptors");
    limit.rlim_cur = limit.rlim_max < 16384 ? limit.rlim_max : 16384;
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0, "no more descriptors");
    return (int64_t)limit.rlim_cur;
}

#endif
