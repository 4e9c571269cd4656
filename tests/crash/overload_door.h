/*
 * crash/overload_door.h: more clients at the daemon's door than LEDGER_CLIENTS_MAX. See
 * crash/overload_test.c.
 */
#ifndef CRASH_OVERLOAD_DOOR_H
#define CRASH_OVERLOAD_DOOR_H

#include "crash/world.h"

#include <sys/socket.h>

#define CROWDERS 700   /* more than LEDGER_CLIENTS_MAX and the backlog together */
#define CROWD_S_MAX 20 /* without an answer to anybody */
#define QUIET_TURNS 3  /* in each somebody is answered again: the others wait for a place */

struct door_counts {
    int let_in, waited, turned_away;
};

static inline struct command crowd_command(int number)
{
    char key[KEY_SIZE];
    (void)snprintf(key, sizeof key, "crowd-%d", number);
    return world_transfer(&the_world, 0, 1, 1, key);
}

/* How many have come since. */
static inline int take_answers(const int fds[CROWDERS], bool is_answered[CROWDERS])
{
    int count = 0;
    for (int i = 0; i < CROWDERS; i++) {
        struct answer answer;
        if (fds[i] >= 0 && !is_answered[i] &&
            recv(fds[i], &answer, sizeof answer, MSG_DONTWAIT) == (ssize_t)sizeof answer) {
            CHECK(answer.status == STATUS_OK, "at the door: %s",
                  status_row((enum status)answer.status)->slug);
            is_answered[i] = true;
            count++;
        }
    }
    return count;
}

/* Somebody who was answered asks again, and is: who was let in before has been heard by then, or is
 * in the next turn. */
static inline void ask_once_more(const int fds[CROWDERS], const bool is_answered[CROWDERS])
{
    int i = 0;
    while (fds[i] < 0 || !is_answered[i]) {
        i++;
    }
    struct command command = crowd_command(i);
    struct answer answer;
    CHECK(send(fds[i], &command, sizeof command, MSG_NOSIGNAL) == (ssize_t)sizeof command &&
              connect_wait(fds[i], POLLIN, clock_steady_us() + CROWD_S_MAX * CLOCK_SECOND_US) &&
              recv(fds[i], &answer, sizeof answer, 0) == (ssize_t)sizeof answer &&
              answer.status == STATUS_OK && answer.repeated,
          "who was let in is not answered again");
}

/* More clients than places, all with a command; everyone who gets in is answered. */
static inline struct door_counts crowd_the_door(void)
{
    static int fds[CROWDERS];
    static bool is_answered[CROWDERS];
    struct door_counts counts = {0};
    int64_t until_us = clock_steady_us() + CROWD_S_MAX * CLOCK_SECOND_US;
    memset(is_answered, 0, sizeof is_answered);
    for (int i = 0; i < CROWDERS; i++) {
        /* While there are places one waits as every client does; after that who is turned away
         * is not to hold up the others here. */
        fds[i] = connect_until(the_world.account_socket,
                               i - counts.turned_away < LEDGER_CLIENTS_MAX + 64
                                   ? clock_steady_us() + CROWD_S_MAX * CLOCK_SECOND_US
                                   : 0);
        counts.turned_away += fds[i] < 0 ? 1 : 0;
        struct command command = crowd_command(i);
        CHECK(fds[i] < 0 ||
                  send(fds[i], &command, sizeof command, MSG_NOSIGNAL) == (ssize_t)sizeof command,
              "a command is not taken: %s", strerror(errno));
    }
    int expected = CROWDERS - counts.turned_away;
    int quiet_turns = 0;
    for (int answered = 0; answered < expected;) {
        int before = answered;
        answered += take_answers(fds, is_answered);
        quiet_turns = answered == before ? quiet_turns + 1 : 0;
        until_us =
            answered == before ? until_us : clock_steady_us() + CROWD_S_MAX * CLOCK_SECOND_US;
        CHECK(clock_steady_us() < until_us, "%d of %d clients are not answered",
              expected - answered, expected);
        poll(NULL, 0, 5);
        if (answered == 0 || counts.let_in > 0) {
            continue;
        }
        ask_once_more(fds, is_answered);
        if (quiet_turns == QUIET_TURNS) {
            counts.let_in = answered;
            for (int i = 0; i < CROWDERS; i++) {
                if (fds[i] >= 0 && is_answered[i]) {
                    close(fds[i]);
                    fds[i] = -1;
                }
            }
        }
    }
    counts.let_in = counts.let_in == 0 ? expected : counts.let_in;
    counts.waited = expected - counts.let_in;
    for (int i = 0; i < CROWDERS; i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
        }
    }
    return counts;
}

#endif
