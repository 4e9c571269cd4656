/*
 * crash/time_jump.h: a daemon whose wall clock can be set at will (libfaketime, Debian package of
 * that name), and a client that knows what the clock says. The steady clock is left alone, as a
 * real jump leaves it. See crash/time_jump_test.c.
 */
#ifndef CRASH_TIME_JUMP_H
#define CRASH_TIME_JUMP_H

#include "crash/world.h"

#include <glob.h>

#define HOUR_US (3600 * CLOCK_SECOND_US)

static struct world *world;
static struct ledger_client ledger, operator_ledger;
static struct arena words;
static struct {
    int64_t offset_us;   /* of the daemon's clock */
    int64_t last_at;     /* the newest act that was acknowledged */
    int64_t furthest_us; /* where the clock has been: the daemon's timer may have acted then */
    char last_ids[2][ID_SIZE];
    int64_t acts, jumps, starts, stood_still;
} now;

static int64_t fake_now_us(void)
{
    return clock_now_us() + now.offset_us;
}

static void clock_file(char path[WORLD_PATH_SIZE])
{
    (void)snprintf(path, WORLD_PATH_SIZE, "%.200s/clock", world->folder);
}

/* From now on the daemon's clock is that far from the true one. */
static void jump_to_offset(int64_t offset_us)
{
    char path[WORLD_PATH_SIZE];
    char fresh[WORLD_PATH_SIZE + 8];
    clock_file(path);
    (void)snprintf(fresh, sizeof fresh, "%s.new", path);
    FILE *file = fopen(fresh, "w");
    CHECK(file != NULL, "no clock");
    int64_t size_us = offset_us < 0 ? -offset_us : offset_us;
    (void)fprintf(file, "%c%" PRId64 ".%06" PRId64 "\n", offset_us < 0 ? '-' : '+',
                  size_us / CLOCK_SECOND_US, size_us % CLOCK_SECOND_US);
    CHECK(fclose(file) == 0 && rename(fresh, path) == 0, "the clock cannot be set");
    now.furthest_us = fake_now_us() > now.furthest_us ? fake_now_us() : now.furthest_us;
    now.offset_us = offset_us;
    now.jumps++;
}

/* To a time of the daemon's clock. */
static void jump_to(int64_t at_us)
{
    jump_to_offset(at_us - clock_now_us());
}

/* Under the faked clock; the program that is started inherits what stands here. */
static void fake_clock(void)
{
    char path[WORLD_PATH_SIZE];
    glob_t found = {0};
    CHECK(glob("/usr/lib/*/faketime/libfaketime.so.1", 0, NULL, &found) == 0 && found.gl_pathc > 0,
          "there is no libfaketime: tests need the Debian package");
    clock_file(path);
    setenv("LD_PRELOAD", found.gl_pathv[0], 1);
    setenv("FAKETIME_TIMESTAMP_FILE", path, 1);
    setenv("FAKETIME_NO_CACHE", "1", 1);
    setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1", 1);
    setenv("FAKETIME_DONT_RESET", "1", 1);
    globfree(&found);
}

static void true_clock(void)
{
    unsetenv("LD_PRELOAD");
    unsetenv("FAKETIME_TIMESTAMP_FILE");
    unsetenv("FAKETIME_NO_CACHE");
    unsetenv("FAKETIME_DONT_FAKE_MONOTONIC");
    unsetenv("FAKETIME_DONT_RESET");
}

/* A new daemon: at its start it ends what has run out of time. */
static void begin_daemon(void)
{
    fake_clock();
    world_start_daemon(world);
    true_clock();
    world_await_daemon(world);
    now.starts++;
}

static void begin_again(void)
{
    world_kill_daemon(world);
    begin_daemon();
}

/* Asks; the act's time must be the clock's, or the newest act's when the clock is behind it. */
static struct answer ask(struct ledger_client *client, const struct command *command)
{
    struct answer answer;
    int64_t before_us = fake_now_us();
    enum status status = ledger_ask(client, command, &answer);
    int64_t after_us = fake_now_us();
    CHECK(status_row(status)->blame != BLAME_OPERATOR, "%s was answered %s",
          act_word((enum act_kind)command->kind), status_row(status)->slug);
    now.acts++;
    if (command->at_us != 0) {
        return answer;
    }
    CHECK(answer.at >= now.last_at, "an act is %" PRId64 " us before the act before it",
          now.last_at - answer.at);
    int64_t least = before_us > now.last_at ? before_us : now.last_at;
    int64_t most = after_us > now.last_at ? after_us : now.last_at;
    most = now.furthest_us > most ? now.furthest_us : most;
    CHECK(answer.at >= least - 1 && answer.at <= most + 1,
          "an act has the time %" PRId64 " us, the clock was at %" PRId64 " to %" PRId64, answer.at,
          least, most);
    now.stood_still += answer.at == now.last_at;
    now.last_at = answer.at;
    return answer;
}

/* What is made later has a higher id. */
static void check_id(int kind, const char *id)
{
    CHECK(strcmp(id, now.last_ids[kind]) > 0, "%s was made after %s and sorts before it", id,
          now.last_ids[kind]);
    TEXT_COPY(now.last_ids[kind], id);
}

static void fresh_key(char key[KEY_SIZE])
{
    static int number;
    (void)snprintf(key, KEY_SIZE, "jump-%d", number++);
}

static struct answer submit(size_t from, size_t to, int64_t units)
{
    char key[KEY_SIZE];
    fresh_key(key);
    struct command command = world_transfer(world, from, to, units, key);
    struct answer answer = ask(&ledger, &command);
    CHECK(answer.status == STATUS_OK && answer.transfer_state == TRANSFER_PENDING &&
              answer.expires_at == answer.at + 14 * CLOCK_DAY_US,
          "a transfer was answered %s", status_row((enum status)answer.status)->slug);
    check_id(0, answer.id);
    return answer;
}

static void retire(size_t who, int64_t units)
{
    char key[KEY_SIZE];
    fresh_key(key);
    struct command command = command_of(ACT_RETIRE, world->user_ids[who], key);
    TEXT_COPY(command.retire.org_id, world->org_ids[who]);
    TEXT_COPY(command.retire.supplier_org_id, world->supplier_org_id);
    TEXT_COPY(command.retire.beneficiary, "Nobody");
    command.retire.purposes = 1;
    command.retire.units = units;
    struct answer answer = ask(&ledger, &command);
    CHECK(answer.status == STATUS_OK, "a retirement was answered %s",
          status_row((enum status)answer.status)->slug);
    check_id(1, answer.id);
}

static struct answer accept(size_t to, const char *transfer_id)
{
    char key[KEY_SIZE];
    fresh_key(key);
    struct command command = world_decide(world, ACT_ACCEPT, to, transfer_id, key);
    return ask(&ledger, &command);
}

/* In time it is accepted, and at its very end no more: then the answer says when it ended. */
static bool accept_by_rule(size_t to, const struct answer *transfer)
{
    struct answer answer = accept(to, transfer->id);
    bool in_time = answer.at < transfer->expires_at;
    CHECK(answer.status == (in_time ? STATUS_OK : STATUS_TRANSFER_ENDED),
          "accepted %" PRId64 " us %s its end: %s",
          in_time ? transfer->expires_at - answer.at : answer.at - transfer->expires_at,
          in_time ? "before" : "after", status_row((enum status)answer.status)->slug);
    CHECK(in_time || (answer.transfer_state == TRANSFER_EXPIRED &&
                      answer.ended_at == transfer->expires_at && answer.ended_by[0] == '\0'),
          "how it ended is not told");
    return in_time;
}

#endif
