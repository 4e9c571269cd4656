/* ledger/way.c: see ledger/tally.h: tally's way to the ledger, through the daemon or directly. */
#include "ledger/way.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "ledger/door.h"
#include "ledger/flow.h"
#include "ledger/ledger.h"
#include "ledger/lock.h"
#include "ledger/wire.h"

#define CHECKPOINT_COMMITS 64 /* about 8,000 acts: the WAL stays under some hundred megabytes */

enum way_kind { WAY_UNSETTLED, WAY_DIRECT, WAY_DAEMON, WAY_LOST };

struct tally_way {
    enum way_kind kind;
    enum status why_lost;
    struct flow flow; /* what was sent and is not yet answered */
    char socket_path[sizeof((struct sockaddr_un *)0)->sun_path];
    int lock_fd; /* from here on: writing directly */
    struct arena arena;
    struct ledger ledger;
    bool is_open;  /* a transaction of a group of sends */
    bool is_whole; /* a transaction of tally_begin */
    size_t commits;
};

static enum status settle_way(const struct tally *tally);
static enum status settle_direct(const struct tally *tally);
static enum status settle_daemon(const struct tally *tally, int64_t holder_pid);
static enum status lose(struct tally_way *way, enum status why);
static enum status apply_directly(struct tally_way *way, struct flow_entry *entry);
static enum status commit_group(struct tally_way *way);
static enum status empty_flow(struct tally_way *way, size_t leave);
static void say_if_stranger(const struct tally_way *way);
static void keep_answer(void *context, const struct command *command, const struct answer *answer);

struct tally_way *way_make(void)
{
    static struct tally_way way; /* 2 MB of commands in flight: too much for a stack */
    way.lock_fd = -1;
    flow_init(&way.flow);
    return &way;
}

void way_close(struct tally_way *way)
{
    flow_close(&way->flow);
    if (way->ledger.store != NULL) {
        if (way->is_whole || way->is_open) {
            store_rollback(way->ledger.store);
        } else if (way->kind == WAY_DIRECT) {
            (void)store_checkpoint(way->ledger.store, true);
        }
        store_close(way->ledger.store);
        way->ledger.store = NULL;
    }
    lock_release(way->lock_fd);
    way->lock_fd = -1;
    way->is_open = false;
    way->is_whole = false;
    way->kind = WAY_UNSETTLED;
}

bool tally_is_direct(const struct tally *tally, enum status *status)
{
    enum status settled = settle_way(tally);
    if (status != NULL) {
        *status = settled;
    }
    return tally->way->kind == WAY_DIRECT;
}

enum status tally_ask(const struct tally *tally, const struct command *command,
                      struct answer *answer)
{
    *answer = wire_answer(STATUS_LEDGER_AWAY);
    enum status status = tally_send(tally, command, keep_answer, answer);
    if (status == STATUS_OK) {
        status = tally_settle(tally);
    }
    if (status == STATUS_OK && answer->status == STATUS_ANSWER_LOST) {
        say_if_stranger(tally->way); /* without a key it was asked once */
    }
    if (status != STATUS_OK) {
        *answer = wire_answer(status);
    }
    return (enum status)answer->status;
}

enum status tally_begin(const struct tally *tally)
{
    struct tally_way *way = tally->way;
    enum status status = tally_settle(tally);
    if (status != STATUS_OK) {
        return status;
    }
    if (way->kind != WAY_DIRECT) {
        return STATUS_BUSY;
    }
    must(!way->is_whole);
    way->is_whole = store_begin_write(way->ledger.store);
    return way->is_whole ? STATUS_OK : lose(way, STATUS_FAULT);
}

enum status tally_commit(const struct tally *tally)
{
    struct tally_way *way = tally->way;
    if (way->kind == WAY_LOST) {
        return way->why_lost;
    }
    must(way->is_whole);
    way->is_whole = false;
    way->is_open = true;
    enum status status = commit_group(way);
    return status == STATUS_OK ? STATUS_OK : lose(way, status);
}

void tally_rollback(const struct tally *tally)
{
    struct tally_way *way = tally->way;
    if (way->kind == WAY_DIRECT && way->is_whole) {
        store_rollback(way->ledger.store);
        store_settle(way->ledger.store);
    }
    way->is_whole = false;
}

enum status tally_send(const struct tally *tally, const struct command *command,
                       void (*answered)(void *context, const struct command *command,
                                        const struct answer *answer),
                       void *context)
{
    struct tally_way *way = tally->way;
    must(!way->flow.is_answering);
    enum status status = settle_way(tally);
    if (status == STATUS_OK && way->flow.count == FLOW_MAX) {
        status = empty_flow(way, FLOW_MAX - 1);
    }
    if (status != STATUS_OK) {
        return status;
    }
    struct flow_entry *entry = flow_add(&way->flow, command, answered, context);
    if (way->kind == WAY_DAEMON) {
        return empty_flow(way, way->flow.count);
    }
    status = apply_directly(way, entry);
    if (status == STATUS_OK && way->is_whole) {
        flow_answer_first(&way->flow);
    }
    return status;
}

enum status tally_settle(const struct tally *tally)
{
    struct tally_way *way = tally->way;
    must(!way->flow.is_answering);
    enum status status = settle_way(tally);
    if (status != STATUS_OK || way->is_whole) {
        return status;
    }
    return empty_flow(way, 0);
}

static enum status settle_way(const struct tally *tally)
{
    struct tally_way *way = tally->way;
    if (way->kind == WAY_LOST) {
        return way->why_lost;
    }
    if (way->kind != WAY_UNSETTLED) {
        return STATUS_OK;
    }
    int64_t holder_pid = 0;
    enum status status = lock_take(tally->data_dir, &way->lock_fd, &holder_pid);
    if (status == STATUS_OK) {
        status = settle_direct(tally);
    } else if (status == STATUS_BUSY) {
        status = settle_daemon(tally, holder_pid);
    } else {
        fprintf(stderr,
                "tally: the folder %s cannot be used: is TALLYSTICK_DATA right, and may you write "
                "there?\n",
                tally->data_dir);
    }
    return status == STATUS_OK ? STATUS_OK : lose(way, status);
}

static enum status settle_direct(const struct tally *tally)
{
    struct tally_way *way = tally->way;
    if (way->arena.size_bytes == 0) {
        arena_map(&way->arena, LEDGER_ARENA_BYTES);
    }
    if (!ledger_open(&way->ledger, &way->arena, tally->registry_path)) {
        way->ledger.store = NULL;
        fprintf(stderr,
                "tally: %s cannot be opened; `tally init` makes a registry, `tally migrate` brings "
                "an older one forward\n",
                tally->registry_path);
        return STATUS_FAULT;
    }
    way->kind = WAY_DIRECT;
    return STATUS_OK;
}

static enum status settle_daemon(const struct tally *tally, int64_t holder_pid)
{
    struct tally_way *way = tally->way;
    if (!door_path(tally->run_dir, PROGRAM_TALLY, way->socket_path)) {
        fprintf(stderr, "tally: the name of the folder %s is too long for a socket\n",
                tally->run_dir);
        return STATUS_LEDGER_AWAY;
    }
    if (!flow_connect(&way->flow, way->socket_path, LEDGER_RESTART_MS_MAX)) {
        fprintf(stderr,
                "tally: process %lld is writing to the registry in %s, but no ledger daemon "
                "answers at %s:\n"
                "is TALLYSTICK_RUN right, may you use its sockets, or is another tally command at "
                "work?\n",
                (long long)holder_pid, tally->data_dir, way->socket_path);
        return STATUS_LEDGER_AWAY;
    }
    way->kind = WAY_DAEMON;
    return STATUS_OK;
}

static enum status lose(struct tally_way *way, enum status why)
{
    say_if_stranger(way);
    way->kind = WAY_LOST;
    way->why_lost = why;
    return why;
}

static enum status apply_directly(struct tally_way *way, struct flow_entry *entry)
{
    struct store *store = way->ledger.store;
    if (!way->is_open && !way->is_whole) {
        way->is_open = store_begin_write(store);
        if (!way->is_open) {
            return lose(way, STATUS_FAULT);
        }
    }
    arena_reset(&way->arena, 0);
    entry->answer = wire_answer(STATUS_FAULT);
    enum status status = STATUS_BAD_REQUEST;
    if (wire_command_is(&entry->command, sizeof entry->command)) {
        status = ledger_apply(&way->ledger, PROGRAM_TALLY, &entry->command, clock_now_us(),
                              &entry->answer);
    } else {
        entry->answer = wire_answer(status);
    }
    if (status != STATUS_FAULT) {
        return STATUS_OK;
    }
    store_rollback(store);
    way->is_open = false;
    way->is_whole = false;
    log_event("fault", "rollback", "act", act_word((enum act_kind)entry->command.kind), NULL);
    return lose(way, STATUS_FAULT);
}

/* Keeps the group, then answers it. When the commit fails only the next opening of the file can
 * tell what it kept. */
static enum status commit_group(struct tally_way *way)
{
    struct store *store = way->ledger.store;
    if (way->is_open) {
        way->is_open = false;
        if (!store_commit(store)) {
            store_rollback(store);
            log_event("fault", "commit-failed", NULL);
            return STATUS_ANSWER_LOST;
        }
        store_settle(store);
        way->commits++;
        if (way->commits % CHECKPOINT_COMMITS == 0) {
            (void)store_checkpoint(store, false);
        }
    }
    while (way->flow.count > 0) {
        flow_answer_first(&way->flow);
    }
    return STATUS_OK;
}

static enum status empty_flow(struct tally_way *way, size_t leave)
{
    enum status status = way->kind == WAY_DIRECT ? commit_group(way) : flow_pump(&way->flow, leave);
    return status == STATUS_OK ? STATUS_OK : lose(way, status);
}

/* The daemon cuts off without a word whoever is neither its own user nor one that it was told of
 * (ledger.c), root too. */
static void say_if_stranger(const struct tally_way *way)
{
    struct stat at = {.st_uid = geteuid()};
    (void)stat(way->socket_path, &at); /* gone by now: nothing is said */
    if (way->kind == WAY_DAEMON && at.st_uid != geteuid()) {
        fprintf(stderr,
                "tally: the ledger daemon runs as another user (uid %lld) and may listen to no "
                "other, not even root: run tally as that user\n",
                (long long)at.st_uid);
    }
}

static void keep_answer(void *context, const struct command *command, const struct answer *answer)
{
    (void)command;
    *(struct answer *)context = *answer;
}
