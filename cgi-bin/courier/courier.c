/* courier/courier.c: opening everything, and the loop. See courier/courier.h. */
#include "courier/courier.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "base/text.h"
#include "courier/inside.h"
#include "store/events.h"
#include "store/rights.h"
#include "store/site.h"

#define LOOK_US_MIN INT64_C(100000) /* events are looked for no more often, however many come */
#define FORGET_S 3600               /* the log is cut once an hour … */
#define FORGET_ROWS 500             /* … by so much, so that nobody waits for it */
#define LATEST_S 43200              /* the longest wait is of 10 hours */
#define DUE_MOST 512                /* looked at in one turn */
#define STOP_MS_MAX 3000            /* what is under way when we are to stop may take so long */
#define FAULTS_MAX 10               /* turns in a row that could not be written: then we end */

static bool open_all(struct courier *courier);
static bool take_lock(struct courier *courier);
static bool catch_signals(struct courier *courier);
static bool open_stores(struct courier *courier);
static bool serve(struct courier *courier);
static bool turn(struct courier *courier, bool begins);
static bool is_anything_due(struct courier *courier, int64_t now_us);
static bool write_turn(struct courier *courier, const struct fills *fills, bool begins,
                       int64_t now_us);
static bool is_time_to_look(const struct courier *courier);
static void forget(struct courier *courier, int64_t now_us);
static bool wait_for_more(struct courier *courier, int ms);
static int wait_ms(struct courier *courier);
static void finish(struct courier *courier);

int courier_run(const struct courier_setup *setup)
{
    static struct courier courier;
    courier = (struct courier){.setup = *setup, .lock_fd = -1, .signal_fd = -1};
    must(setup->hurry >= 1 && setup->answer_ms_max >= 1);
    if (!open_all(&courier)) {
        return 1;
    }
    log_event("info", "ready", "data", setup->data_dir, "pid", log_int(getpid()), NULL);
    bool is_good = serve(&courier);
    finish(&courier);
    job_stop_all(&courier);
    send_close(&courier.sender);
    store_close(courier.registry);
    store_close(courier.people);
    close(courier.signal_fd);
    close(courier.lock_fd);
    log_event(is_good ? "info" : "fault", "stopped", NULL);
    return is_good ? 0 : 1;
}

/* Whatever fails has said why. */
static bool open_all(struct courier *courier)
{
    if (!take_lock(courier) || !catch_signals(courier)) {
        return false;
    }
    arena_map(&courier->arena, COURIER_ARENA_BYTES);
    if (!open_stores(courier) || !send_open(&courier->sender)) {
        return false;
    }
    struct site site = site_read(courier->registry, &courier->arena);
    courier->agent = arena_printf(&courier->arena, "Tallystick-Courier (+%s)", site.url);
    courier->ids.random_tail = true;
    rights_tag(courier->registry, courier->ids.tag);
    bool is_read = !store_fault(courier->registry);
    store_settle(courier->registry);
    courier->arena_mark = courier->arena.used_bytes;
    return is_read;
}

/* Two couriers would send everything twice. The lock is the process's own (fcntl): one that is
 * killed has lost it at once, even while a child that looks for a host is just being made. */
static bool take_lock(struct courier *courier)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/courier.lock", courier->setup.data_dir);
    if (length < 0 || (size_t)length >= sizeof path) {
        log_event("fault", "data-path-too-long", "data", courier->setup.data_dir, NULL);
        return false;
    }
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    courier->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (courier->lock_fd < 0 || fcntl(courier->lock_fd, F_SETLK, &lock) != 0) {
        log_event("fault", "lock-not-taken", "path", path, "why", strerror(errno), "hint",
                  "another courier runs for this registry", NULL);
        return false;
    }
    return true;
}

static bool catch_signals(struct courier *courier)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGQUIT); /* multiwatch 1.0.0, when it is told to send TERM */
    signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &signals, NULL) == 0) {
        courier->signal_fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
    }
    if (courier->signal_fd < 0) {
        log_event("fault", "signals-refused", "why", strerror(errno), NULL);
    }
    return courier->signal_fd >= 0;
}

static bool open_stores(struct courier *courier)
{
    static const struct query_table *const registry_tables[] = {
        &site_queries,
        &rights_queries,
        &events_queries,
        NULL,
    };
    static const struct query_table *const people_tables[] = {&people_webhook_queue_queries, NULL};
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%.4000s/registry.db", courier->setup.data_dir);
    courier->registry = store_open(STORE_REGISTRY, STORE_READ, path, registry_tables);
    (void)snprintf(path, sizeof path, "%.4000s/people.db", courier->setup.data_dir);
    courier->people = store_open(STORE_PEOPLE, STORE_WRITE, path, people_tables);
    return courier->registry != NULL && courier->people != NULL;
}

/* False: a file is at fault. */
static bool serve(struct courier *courier)
{
    int faults = 0;
    while (faults < FAULTS_MAX) {
        bool is_written = turn(courier, true);
        faults = is_written ? 0 : faults + 1;
        if (wait_for_more(courier, is_written ? wait_ms(courier) : COURIER_SLEEP_MS_MAX)) {
            return true;
        }
    }
    return false;
}

/* What has happened is written down, and what is due begins. False: it could not be written; what
 * ended is kept for the next turn. */
static bool turn(struct courier *courier, bool begins)
{
    int64_t now_us = clock_now_us();
    arena_reset(&courier->arena, courier->arena_mark);
    job_go_on(courier);
    struct fills fills = {.count = 0};
    if (begins && is_time_to_look(courier)) {
        courier->looked_us = clock_steady_us();
        fills = fill_read(courier, now_us);
    }
    courier->has_moved = fills.count > 0 || job_count(courier, JOB_ENDED) > 0;
    bool is_due = begins && is_anything_due(courier, now_us);
    bool is_good = !store_fault(courier->registry) && !store_fault(courier->people);
    store_settle(courier->registry);
    if (is_good && (courier->has_moved || is_due)) {
        is_good = write_turn(courier, &fills, begins, now_us);
    }
    store_settle(courier->people);
    if (is_good) {
        job_free_ended(courier);
        job_begin_claimed(courier);
        forget(courier, now_us);
    }
    return is_good;
}

static bool is_anything_due(struct courier *courier, int64_t now_us)
{
    int64_t due_at = webhook_due_next(courier->people);
    return due_at > 0 && due_at <= now_us;
}

/* One transaction a turn: what an endpoint answered just now and its next message are one write. */
static bool write_turn(struct courier *courier, const struct fills *fills, bool begins,
                       int64_t now_us)
{
    if (!store_begin_write(courier->people)) {
        return false;
    }
    job_record_ended(courier, now_us);
    fill_write(courier, fills, now_us);
    if (begins) {
        struct webhooks due = webhook_due(courier->people, &courier->arena, now_us, DUE_MOST);
        job_claim_due(courier, &due, now_us);
    }
    if (store_commit(courier->people)) {
        return true;
    }
    for (size_t i = 0; i < COURIER_TRANSFERS_MAX; i++) {
        if (courier->jobs[i].state == JOB_CLAIMED) {
            courier->jobs[i] = (struct job){.state = JOB_FREE};
        }
    }
    return false;
}

static bool is_time_to_look(const struct courier *courier)
{
    int64_t since_us = clock_steady_us() - courier->looked_us;
    return courier->looked_us == 0 || courier->is_behind || since_us >= LOOK_US_MIN;
}

/* Cuts the log to its month, and sees to it that nothing waits for a time that a clock gave which
 * was ahead, for years perhaps. A fault here is none of the messages': the next turn finds it, too.
 */
static void forget(struct courier *courier, int64_t now_us)
{
    int64_t steady_us = clock_steady_us();
    if (courier->forgot_us != 0 && steady_us - courier->forgot_us < FORGET_S * CLOCK_SECOND_US) {
        return;
    }
    courier->forgot_us = steady_us;
    int64_t count = 0;
    if (store_begin_write(courier->people)) {
        webhook_set_clock(courier->people, now_us, now_us + LATEST_S * CLOCK_SECOND_US);
        count = webhook_forget(courier->people, now_us - WEBHOOK_LOG_S_MAX * CLOCK_SECOND_US,
                               FORGET_ROWS);
        (void)store_commit(courier->people);
    }
    if (count == FORGET_ROWS) {
        courier->forgot_us = 0; /* there is more: at the next turn */
    }
    store_settle(courier->people);
}

/* True: we are to stop. */
static bool wait_for_more(struct courier *courier, int ms)
{
    struct pollfd others[COURIER_TRANSFERS_MAX + 1] = {
        {.fd = courier->signal_fd, .events = POLLIN}};
    size_t count = 1;
    for (size_t i = 0; i < COURIER_TRANSFERS_MAX; i++) {
        if (courier->jobs[i].state == JOB_RESOLVES) {
            others[count++] = (struct pollfd){.fd = courier->jobs[i].resolve.fd, .events = POLLIN};
        }
    }
    send_wait(&courier->sender, others, count, ms);
    struct signalfd_siginfo info;
    return read(courier->signal_fd, &info, sizeof info) == (ssize_t)sizeof info;
}

static int wait_ms(struct courier *courier)
{
    if (courier->is_behind || courier->has_moved) {
        return 0; /* something may have become due by that */
    }
    /* What is due all the same waits for something under way, which wakes us. */
    int64_t left_us = webhook_due_next(courier->people) - clock_now_us();
    store_settle(courier->people);
    int64_t left_ms = (left_us + 999) / 1000;
    return left_ms > 0 && left_ms < COURIER_SLEEP_MS_MAX ? (int)left_ms : COURIER_SLEEP_MS_MAX;
}

/* What is under way gets a little time; what is not done then is sent again by the next courier. */
static void finish(struct courier *courier)
{
    int64_t until_us = clock_steady_us() + STOP_MS_MAX * INT64_C(1000);
    bool is_good = turn(courier, false);
    while (is_good && clock_steady_us() < until_us &&
           job_count(courier, JOB_FREE) < COURIER_TRANSFERS_MAX) {
        (void)wait_for_more(courier, 50);
        is_good = turn(courier, false);
    }
}
