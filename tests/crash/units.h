/*
 * crash/units.h: the programs of a world as they are served for real (tools/serve.sh): each is one
 * multiwatch, started by spawn-fcgi where there is a socket, with a few processes that it starts
 * anew when they end. For campaigns that kill or restart the processes under their supervisor.
 */
#ifndef CRASH_UNITS_H
#define CRASH_UNITS_H

#include "crash/web.h"

#define UNIT_PROCESSES_MAX 8
#define UNIT_UP_S_MAX 20

enum unit { UNIT_LEDGER, UNIT_PUBLIC, UNIT_SIGNIN, UNIT_ACCOUNT, UNIT_ADMIN, UNIT__COUNT };

static const char *const unit_words[UNIT__COUNT] = {"ledger", "public", "signin", "account",
                                                    "admin"};
/* as serve.sh, but one admin more: killing the only one leaves nobody to go on */
static const char *const unit_processes[UNIT__COUNT] = {"1", "2", "2", "2", "2"};
static pid_t units[UNIT__COUNT]; /* each the multiwatch, leader of a process group; 0: none */

static inline void unit_log_path(const struct web *web, enum unit unit, char path[PATH_MAX])
{
    (void)snprintf(path, PATH_MAX, "%.200s/%s.log", web->world->folder, unit_words[unit]);
}

static inline void unit_become(struct web *web, enum unit unit)
{
    char log_path[PATH_MAX], program[PATH_MAX], socket_path[PATH_MAX];
    setpgid(0, 0);
    unit_log_path(web, unit, log_path);
    world_program("release", unit_words[unit], program);
    web_become(web, log_path, SIGTERM); /* spawn-fcgi and multiwatch keep that */
    (void)snprintf(socket_path, sizeof socket_path, "%.200s/%s.sock", web->world->run_dir,
                   unit_words[unit]);
    if (unit == UNIT_LEDGER) {
        execlp("multiwatch", "multiwatch", "-f", "1", "-s", "TERM", "-r", "100000", "-t", "100",
               "--", program, (char *)NULL);
    } else {
        execlp("spawn-fcgi", "spawn-fcgi", "-n", "-s", socket_path, "-M", "0660", "--",
               "/usr/bin/multiwatch", "-f", unit_processes[unit], "-s", "TERM", "-r", "100000",
               "-t", "100", "--", program, (char *)NULL);
    }
    _exit(127);
}

static inline void unit_start(struct web *web, enum unit unit)
{
    CHECK(units[unit] == 0, "%s runs already", unit_words[unit]);
    fflush(stdout);
    pid_t pid = fork();
    CHECK(pid >= 0, "no process for %s", unit_words[unit]);
    if (pid == 0) {
        unit_become(web, unit);
    }
    setpgid(pid, pid);
    units[unit] = pid;
}

/* The processes that the supervisor has now. */
static inline int unit_children(enum unit unit, pid_t pids[UNIT_PROCESSES_MAX])
{
    char path[64];
    int count = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", units[unit], units[unit]);
    FILE *file = fopen(path, "r");
    while (file != NULL && count < UNIT_PROCESSES_MAX && fscanf(file, "%d", &pids[count]) == 1) {
        count++;
    }
    if (file != NULL) {
        fclose(file);
    }
    return count;
}

/* One of its processes gets a signal; which one, 0: there is none at this moment. */
static inline pid_t unit_signal_one(enum unit unit, struct chance *chance, int signal_number)
{
    pid_t pids[UNIT_PROCESSES_MAX];
    int count = unit_children(unit, pids);
    pid_t pid = count == 0 ? 0 : pids[chance_below(chance, count)];
    return pid > 1 && kill(pid, signal_number) == 0 ? pid : 0;
}

/* Waits until a process has ended and its supervisor has as many as before. */
static inline void unit_await_other(enum unit unit, pid_t former)
{
    int64_t until_us = clock_steady_us() + UNIT_UP_S_MAX * CLOCK_SECOND_US;
    int wanted = unit == UNIT_LEDGER ? 1 : atoi(unit_processes[unit]);
    for (;;) {
        pid_t pids[UNIT_PROCESSES_MAX];
        int count = unit_children(unit, pids);
        bool is_there = false;
        for (int i = 0; i < count; i++) {
            is_there = is_there || pids[i] == former;
        }
        if (count == wanted && !is_there) {
            return;
        }
        CHECK(clock_steady_us() < until_us, "%s %d does not end, or no other takes its place",
              unit_words[unit], former);
        poll(NULL, 0, 2);
    }
}

/* Everything of it ends in good order. */
static inline void unit_stop(enum unit unit)
{
    kill(units[unit], SIGTERM);
    CHECK(web_await_end(units[unit], unit_words[unit]) == 0, "%s ended badly", unit_words[unit]);
    units[unit] = 0;
}

static inline void units_close(void)
{
    for (int i = 0; i < UNIT__COUNT && the_world.owner == getpid(); i++) {
        if (units[i] > 0) {
            kill(-units[i], SIGKILL);
            while (waitpid(-units[i], NULL, 0) > 0) {
            }
            units[i] = 0;
        }
    }
}

/* Starts everything. Call it after web_open, whose own socket for account is given up. */
static inline void units_start(struct web *web)
{
    static bool is_registered;
    if (!is_registered) {
        is_registered = true;
        atexit(units_close);
    }
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%.200s/account.sock", web->world->run_dir);
    close(web->account_socket);
    web->account_socket = -1;
    CHECK(unlink(path) == 0, "the socket %s is not there", path);
    for (int i = 0; i < UNIT__COUNT; i++) {
        unit_start(web, (enum unit)i);
    }
    world_await_daemon(web->world);
    web_start_nginx(web);
}

/* The supervisors and nginx run; nobody but the campaign ends them. */
static inline void units_expect(const struct web *web)
{
    int end = 0;
    for (int i = 0; i < UNIT__COUNT; i++) {
        CHECK(units[i] == 0 || waitpid(units[i], &end, WNOHANG) == 0,
              "the supervisor of %s ended by itself", unit_words[i]);
    }
    CHECK(web->nginx == 0 || waitpid(web->nginx, &end, WNOHANG) == 0,
          "nginx ended by itself; its log is %s", web->nginx_log);
}

static inline void units_stop(struct web *web)
{
    kill(web->nginx, SIGQUIT);
    CHECK(web_await_end(web->nginx, "nginx") == 0, "nginx ended badly");
    web->nginx = 0;
    for (int i = UNIT__COUNT - 1; i >= 0; i--) {
        unit_stop((enum unit)i);
    }
}

/* How many lines of the programs' logs hold these words. */
static inline int units_said(const struct web *web, const char *words)
{
    int lines = 0;
    for (int i = 0; i < UNIT__COUNT; i++) {
        char path[PATH_MAX], line[4096];
        unit_log_path(web, (enum unit)i, path);
        FILE *file = fopen(path, "r");
        while (file != NULL && fgets(line, sizeof line, file) != NULL) {
            lines += strstr(line, words) != NULL ? 1 : 0;
        }
        if (file != NULL) {
            fclose(file);
        }
    }
    return lines;
}

#endif
