/*
 * crash/time_jump_people.h: sessions and throttles while the clock jumps. They are given the time,
 * so no daemon is needed. See crash/time_jump_test.c.
 */
#ifndef CRASH_TIME_JUMP_PEOPLE_H
#define CRASH_TIME_JUMP_PEOPLE_H

#include "crash/time_jump.h"
#include "gate/session.h"
#include "gate/throttle.h"

static int passed;

static int64_t pick_jump(struct chance *chance)
{
    static const int64_t sizes_us[] = {
        1000,         CLOCK_SECOND_US,   60 * CLOCK_SECOND_US, HOUR_US,
        CLOCK_DAY_US, 15 * CLOCK_DAY_US, 40 * CLOCK_DAY_US};
    int64_t size_us = 1 + chance_below(chance, sizes_us[chance_below(chance, 7)]);
    return chance_below(chance, 2) == 0 ? size_us : -size_us;
}

/* Whoever is told to wait has waited long enough after twice a quarter of an hour by a clock that
 * runs. */
static void test_throttle(uint64_t seed)
{
    static const struct query_table *const tables[] = {&people_throttle_queries, NULL};
    struct chance chance = chance_from(seed, 3);
    world = world_open("people", "release");
    char path[WORLD_PATH_SIZE];
    const char *schema = getenv("TALLYSTICK_SCHEMA");
    char people_schema[PATH_MAX];
    (void)snprintf(path, sizeof path, "%.200s/people.db", world->data_dir);
    (void)snprintf(people_schema, sizeof people_schema, "%.3000s/people",
                   text_empty(schema) ? "schema" : schema);
    CHECK(store_migrate(STORE_PEOPLE, path, people_schema) == STATUS_OK, "no people");
    struct store *store = store_open(STORE_PEOPLE, STORE_WRITE, path, tables);
    CHECK(store != NULL, "no people");
    int64_t clock_us = clock_now_us();
    int refused = 0;
    int64_t attempts = 0;
    for (int step = 0; step < 300; step++) {
        clock_us += pick_jump(&chance);
        struct throttle throttle = throttle_of("ada@example.org", "192.0.2.1", NULL);
        int64_t free_at = 0;
        bool free = true;
        for (int i = 0; i < 12 && free; i++, attempts++) {
            free = throttle_try(store, &throttle, clock_us, &free_at);
        }
        refused += !free;
        CHECK(free || free_at - clock_us <= THROTTLE_S_MAX * CLOCK_SECOND_US,
              "somebody must wait %" PRId64 " s", (free_at - clock_us) / CLOCK_SECOND_US);
        /* What a clock that was ahead wrote of the address may come to count while the account's
         * wait runs: then once more, and no third time. */
        int64_t until_us = clock_us + INT64_C(2) * THROTTLE_S_MAX * CLOCK_SECOND_US;
        for (int times = 0; !free && times < 2; times++) {
            clock_us = free_at;
            free = throttle_try(store, &throttle, clock_us, &free_at);
        }
        CHECK(free && clock_us <= until_us, "somebody has waited twice as long as he was told, and "
                                            "must wait again");
    }
    store_close(store);
    CHECK(refused > 20, "hardly anybody was told to wait");
    printf("throttle: %" PRId64
           " attempts to sign in under 300 jumps, %d times told to wait, never "
           "longer than %d s\n",
           attempts, refused, THROTTLE_S_MAX);
    world_close();
    passed++;
}

/* However far the clock was ahead when a session began: once it is put right, that is over after
 * half a day and an hour. */
static void test_sessions(uint64_t seed)
{
    struct chance chance = chance_from(seed, 4);
    int64_t clock_us = clock_now_us();
    int64_t live = 0;
    int64_t sessions = 0;
    for (; sessions < 5000; sessions++) {
        int64_t made_us = clock_us + pick_jump(&chance);
        struct session session = {.made_at = made_us,
                                  .seen_at = made_us,
                                  .ends_at = made_us + SESSION_ABSOLUTE_S_MAX * CLOCK_SECOND_US,
                                  .person_is_active = true};
        /* By the clock as it is put right: live at two moments means no further apart than this. */
        int64_t latest = clock_us;
        if (!session_is_live(&session, clock_us)) {
            continue;
        }
        live++;
        for (int64_t at = clock_us; at < clock_us + 2 * CLOCK_DAY_US; at += 300 * CLOCK_SECOND_US) {
            if (session_is_live(&session, at)) {
                latest = at;
                session.seen_at = at > session.seen_at ? at : session.seen_at;
            }
        }
        CHECK(latest - clock_us <= SESSION_ABSOLUTE_S_MAX * CLOCK_SECOND_US + HOUR_US,
              "a session lives %" PRId64 " s", (latest - clock_us) / CLOCK_SECOND_US);
    }
    CHECK(live > 100, "hardly any session was looked at");
    printf("sessions: %" PRId64 " begun by a clock that jumped since, %" PRId64
           " of them live, none for longer than half a day and an hour\n",
           sessions, live);
    passed++;
}

#endif
