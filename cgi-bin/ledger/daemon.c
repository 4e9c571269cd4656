/* ledger/daemon.c: see ledger/daemon.h. */
#include "ledger/daemon.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "ledger/checkpoint.h"
#include "ledger/door.h"
#include "ledger/flusher.h"
#include "ledger/group.h"
#include "ledger/inspect.h"
#include "ledger/ledger.h"
#include "ledger/lock.h"
#include "ledger/mark.h"
#include "store/pin.h"
#include "store/wal_index.h"

#define DESCRIPTORS_SPARE 64 /* besides clients: database, sockets, standard streams */
#define IDLE_MS 1000         /* after this long without a command the WAL is emptied */

static const char *const checkpoint_words[] = {
    [CHECKPOINT_MOVE] = "move",
    [CHECKPOINT_FINISH] = "finish",
    [CHECKPOINT_EMPTY] = "empty",
};

struct daemon {
    const struct daemon_setup *setup;
    char registry_path[PATH_MAX];
    int lock_fd;
    int signal_fd;
    pid_t inspector; /* looks over a large file beside; 0: has seen all */
    struct arena arena;
    struct ledger ledger;
    struct door door;
    struct group group;
    int64_t expire_next_us; /* steady clock */
    size_t acts_unmoved;    /* committed since the last checkpoint */
    int64_t pause_until_us; /* steady clock: until then free moments are left */
    bool wal_in_use;        /* the WAL may hold something */
    struct flusher flusher;
    struct store *pin;     /* NULL: checkpoints are one step */
    bool is_pinned;        /* checkpoint_facts */
    int moves;             /* checkpoint_facts */
    bool has_lost;         /* the disk may not have what was moved (store/wal_index.h) */
    int pages_pinned;      /* that the WAL held when the pin was last set */
    int64_t checkpoint_us; /* steady clock: when the last checkpoint's first step began */
};

static bool daemon_start(struct daemon *daemon);
static bool catch_signals(struct daemon *daemon);
static void allow_descriptors(void);
static enum status serve(struct daemon *daemon);
static enum status take_signal(struct daemon *daemon);
static bool damage_found(struct daemon *daemon);
static int wait_ms(const struct daemon *daemon);
static bool somebody_waits(struct daemon *daemon);
static bool checkpoint_if_due(struct daemon *daemon, enum checkpoint_load load);
static int move_pages(struct daemon *daemon, enum checkpoint_kind kind);

int daemon_run(const struct daemon_setup *setup)
{
    static struct daemon daemon; /* 4 MB: too much for a stack */
    daemon.setup = setup;
    daemon.lock_fd = -1;
    daemon.flusher.fd = -1;
    enum status status = STATUS_FAULT;
    if (daemon_start(&daemon)) {
        log_event("info", "ready", "data", setup->data_dir, "run", setup->run_dir, "pid",
                  log_int(getpid()), NULL);
        status = serve(&daemon);
        door_close(&daemon.door);
        if (status == STATUS_OK && !checkpoint_if_due(&daemon, LOAD_IDLE)) {
            status = STATUS_FAULT;
        }
        store_close(daemon.pin);
        store_close(daemon.ledger.store);
        if (daemon.has_lost) {
            (void)wal_index_forget(daemon.registry_path);
        }
    }
    inspect_stop(&daemon.inspector);
    flusher_stop(&daemon.flusher);
    log_event(status == STATUS_OK ? "info" : "fault", "stopped", NULL);
    lock_release(daemon.lock_fd);
    return status == STATUS_OK ? 0 : 1;
}

/* Everything that can be wrong is found here, before anyone is let in; whatever fails has said why.
 */
static bool daemon_start(struct daemon *daemon)
{
    const struct daemon_setup *setup = daemon->setup;
    int length = snprintf(daemon->registry_path, sizeof daemon->registry_path, "%s/registry.db",
                          setup->data_dir);
    if (length < 0 || (size_t)length >= sizeof daemon->registry_path) {
        log_event("fault", "data-path-too-long", "data", setup->data_dir, NULL);
        return false;
    }
    int64_t holder_pid = 0;
    enum status status = lock_take(setup->data_dir, &daemon->lock_fd, &holder_pid);
    if (status == STATUS_BUSY) {
        log_event("fault", "lock-held", "data", setup->data_dir, "pid", log_int(holder_pid), "hint",
                  "another ledger daemon or a tally command is writing to this registry", NULL);
    }
    if (status != STATUS_OK || !inspect_begin(setup->data_dir, daemon->registry_path,
                                              daemon->lock_fd, &daemon->inspector)) {
        return false;
    }
    flusher_begin(&daemon->flusher, daemon->registry_path, daemon->lock_fd);
    allow_descriptors();
    arena_map(&daemon->arena, LEDGER_ARENA_BYTES);
    if (!catch_signals(daemon) ||
        !ledger_open(&daemon->ledger, &daemon->arena, daemon->registry_path)) {
        return false;
    }
    daemon->wal_in_use = true;
    daemon->pin = pin_open(daemon->registry_path);
    if (door_open(&daemon->door, setup->run_dir, setup->uids, daemon->signal_fd) != STATUS_OK) {
        door_close(&daemon->door);
        store_close(daemon->pin);
        store_close(daemon->ledger.store);
        return false;
    }
    (void)mark_sandbox(setup->run_dir, text_is(daemon->ledger.ids.tag, SANDBOX_TAG));
    return true;
}

static bool catch_signals(struct daemon *daemon)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGQUIT); /* multiwatch 1.0.0, when it is told to send TERM */
    sigaddset(&signals, SIGCHLD);
    signal(SIGPIPE, SIG_IGN);
    daemon->signal_fd = -1;
    if (sigprocmask(SIG_BLOCK, &signals, NULL) == 0) {
        daemon->signal_fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
    }
    if (daemon->signal_fd < 0) {
        log_event("fault", "signals-refused", "why", strerror(errno), NULL);
    }
    return daemon->signal_fd >= 0;
}

static void allow_descriptors(void)
{
    struct rlimit limit;
    rlim_t wanted = LEDGER_CLIENTS_MAX + DESCRIPTORS_SPARE;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) {
        return;
    }
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < wanted) {
        log_event("warning", "few-descriptors", "limit", log_int((int64_t)limit.rlim_cur), NULL);
    }
}

static enum status serve(struct daemon *daemon)
{
    /* It may have ended before its signal was kept for us. */
    if (damage_found(daemon)) {
        return STATUS_FAULT;
    }
    for (;;) {
        bool signalled = false;
        bool is_ready = door_wait(&daemon->door, wait_ms(daemon), &signalled);
        enum status asked = signalled ? take_signal(daemon) : STATUS_BUSY;
        if (asked != STATUS_BUSY) {
            return asked; /* what is still in the sockets was never begun: its senders ask again */
        }
        bool is_time = clock_steady_us() >= daemon->expire_next_us;
        if (!is_ready && !is_time) {
            if (!checkpoint_if_due(daemon, LOAD_IDLE)) {
                return STATUS_FAULT;
            }
            continue;
        }
        if (is_time) {
            daemon->expire_next_us = clock_steady_us() + LEDGER_EXPIRE_S * CLOCK_SECOND_US;
        }
        size_t acts = 0;
        enum status status =
            group_run(&daemon->group, &daemon->ledger, &daemon->door, is_time, &acts);
        if (status != STATUS_OK) {
            return status;
        }
        daemon->acts_unmoved += acts;
        daemon->wal_in_use = daemon->wal_in_use || acts > 0;
        if (!checkpoint_if_due(daemon, somebody_waits(daemon) ? LOAD_BUSY : LOAD_FREE)) {
            return STATUS_FAULT;
        }
    }
}

/* STATUS_OK: somebody wants the daemon to stop. STATUS_FAULT: the file is not sound. STATUS_BUSY:
 * neither, go on. */
static enum status take_signal(struct daemon *daemon)
{
    struct signalfd_siginfo info;
    while (read(daemon->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo != SIGCHLD) {
            return STATUS_OK;
        }
        flusher_reap(&daemon->flusher);
        if (damage_found(daemon)) {
            return STATUS_FAULT;
        }
    }
    return STATUS_BUSY;
}

/* By the look beside, if that has ended. */
static bool damage_found(struct daemon *daemon)
{
    bool is_sound = true;
    return inspect_ended(&daemon->inspector, &is_sound) && !is_sound;
}

static int wait_ms(const struct daemon *daemon)
{
    int64_t left_ms = (daemon->expire_next_us - clock_steady_us() + 999) / 1000;
    if (left_ms < 0) {
        return 0;
    }
    if (daemon->wal_in_use && left_ms > IDLE_MS) {
        return IDLE_MS;
    }
    return (int)left_ms;
}

/* Whom it finds is heard in the next turn; a signal is, too. */
static bool somebody_waits(struct daemon *daemon)
{
    bool signalled = false;
    return door_wait(&daemon->door, 0, &signalled);
}

/* No reader is waited for, so it takes no longer than the writing itself; when one is in the way a
 * later turn tries again. False: the store is at fault. */
static bool checkpoint_if_due(struct daemon *daemon, enum checkpoint_load load)
{
    int pages_before = store_wal_pages(daemon->ledger.store);
    int64_t began_us = clock_steady_us();
    struct checkpoint_facts facts = {
        .load = load,
        .wal_in_use = daemon->wal_in_use,
        .is_pinned = daemon->is_pinned,
        .moves = daemon->moves,
        .is_flushed = flusher_is_done(&daemon->flusher),
        .wal_pages = pages_before,
        .pages_behind = pages_before - daemon->pages_pinned,
        .acts_unmoved = daemon->acts_unmoved,
        .now_us = began_us,
        .pause_until_us = daemon->pause_until_us,
    };
    enum checkpoint_kind kind = checkpoint_due(&facts);
    if (daemon->moves == 0 && !daemon->is_pinned) {
        daemon->checkpoint_us = began_us;
    }
    if (kind == CHECKPOINT_PIN) {
        daemon->pages_pinned = pages_before;
        daemon->is_pinned = pin_set(daemon->pin);
        kind = daemon->is_pinned ? CHECKPOINT_NONE : CHECKPOINT_FINISH;
    }
    if (kind == CHECKPOINT_NONE) {
        return true;
    }
    int pages_after = move_pages(daemon, kind);
    int64_t ended_us = clock_steady_us();
    daemon->pause_until_us = checkpoint_pause_until(daemon->checkpoint_us, ended_us);
    daemon->wal_in_use = load != LOAD_IDLE || pages_after != 0;
    log_event("info", "checkpoint", "step", checkpoint_words[kind], "pages_before",
              log_int(pages_before), "pages_after", log_int(pages_after), "took_us",
              log_int(ended_us - began_us), NULL);
    return pages_after >= 0;
}

/* Pages that the WAL still holds; -1: the store is at fault. */
static int move_pages(struct daemon *daemon, enum checkpoint_kind kind)
{
    bool is_move = kind == CHECKPOINT_MOVE;
    daemon->is_pinned = false;
    daemon->moves = is_move ? daemon->moves + 1 : 0;
    daemon->acts_unmoved = 0;
    if (!is_move) {
        pin_clear(daemon->pin);
    }
    int pages = store_checkpoint(daemon->ledger.store, kind == CHECKPOINT_EMPTY);
    daemon->has_lost = pages < 0;
    store_settle(daemon->ledger.store);
    if (is_move) {
        flusher_ask(&daemon->flusher);
    }
    return pages;
}
