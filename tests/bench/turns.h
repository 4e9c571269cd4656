/*
 * bench/turns.h: who takes turns on a stage in one run: the plain loop (bench/plain.h) and another
 * database, beside whatever a benchmark measures.
 */
#ifndef BENCH_TURNS_H
#define BENCH_TURNS_H

#include "bench/plain.h"

#define ROUNDS_MAX 21
#define PLAIN_GROUP 64

static int64_t seconds;
static size_t rounds;
static const char *beside; /* NULL: nothing */
static int run_number;     /* keys of one run differ from those of another */

static inline void make_key(char key[KEY_SIZE], int client, int64_t i)
{
    (void)snprintf(key, KEY_SIZE, "b%d-%d-%d-%" PRId64, (int)the_world.owner, run_number, client,
                   i);
}

static inline const struct stage_party *buyer_of(int client, int64_t i)
{
    int64_t number = (client + i) % STAGE_BUYERS;
    return &stage.parties[STAGE_FIRST_BUYER + 2 * number];
}

/* ------------------------------------------------------------------ the plain loop */

static inline int64_t run_plain(int64_t for_us, int64_t most)
{
    struct plain plain;
    run_number++;
    plain_open(&plain);
    int64_t acts = 0;
    int64_t began_us = clock_steady_us();
    while (most == 0 ? clock_steady_us() - began_us < for_us : acts < most) {
        plain_sql_run(&plain, "BEGIN IMMEDIATE");
        for (int i = 0; i < PLAIN_GROUP; i++, acts++) {
            char key[KEY_SIZE];
            make_key(key, i, acts);
            plain_transfer(&plain, &stage.parties[i], buyer_of(i, acts / PLAIN_GROUP), key);
        }
        plain_commit(&plain, PLAIN_GROUP);
    }
    int64_t took_us = clock_steady_us() - began_us;
    plain_close(&plain);
    return acts * CLOCK_SECOND_US / took_us;
}

/* ------------------------------------------------------------------ by turns */

/* Can somebody else write at this moment? */
static inline bool turn_is_free(void)
{
    sqlite3 *db = NULL;
    CHECK(sqlite3_open_v2(the_world.registry_path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK,
          "the registry does not open");
    int keep = 1;
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, &keep);
    bool is_free = sqlite3_exec(db, "BEGIN IMMEDIATE; ROLLBACK", NULL, NULL, NULL) == SQLITE_OK;
    (void)sqlite3_close(db);
    return is_free;
}

/* The daemon stands still while it holds nothing. */
static inline void pause_daemon(void)
{
    int64_t until_us = clock_steady_us() + 60 * CLOCK_SECOND_US;
    stage_await_quiet();
    for (;;) {
        kill(the_world.daemon, SIGSTOP);
        if (turn_is_free()) {
            return;
        }
        kill(the_world.daemon, SIGCONT);
        CHECK(clock_steady_us() < until_us, "the daemon never rests");
        poll(NULL, 0, 20);
    }
}

static inline int64_t turn_plain(void)
{
    bool is_new = stage_renew();
    if (!is_new && the_world.daemon > 0) {
        pause_daemon();
    }
    int64_t rate = run_plain(seconds * CLOCK_SECOND_US, 0);
    if (!is_new && the_world.daemon > 0) {
        kill(the_world.daemon, SIGCONT);
    }
    return rate;
}

/* What the command prints. */
static inline int64_t turn_beside(int clients)
{
    char command[1024];
    double rate = 0;
    (void)snprintf(command, sizeof command, "%.900s %d %" PRId64, beside, clients, seconds);
    FILE *other = popen(command, "r");
    CHECK(other != NULL && fscanf(other, "%lf", &rate) == 1 && pclose(other) == 0 && rate >= 1,
          "%s failed", command);
    return (int64_t)rate;
}

#endif
