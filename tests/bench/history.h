/*
 * bench/history.h: an invented history of a registry, made in memory in the order of time: units
 * are issued, move from party to party, are split, retired and exported, and a few transfers still
 * wait. fill.c writes it into tables afterwards, each row once and in its final state. The same
 * seed and size give the same history.
 */
#ifndef BENCH_HISTORY_H
#define BENCH_HISTORY_H

#include "crash/world.h"

#define PARTICIPANTS 300                 /* organisations that send and receive */
#define VIEWERS 4                        /* the first of them do far more than the others */
#define SELLERS 64                       /* the first of them also hold units of the house */
#define SUPPLIERS 30                     /* organisations that units are issued to */
#define HOUSE (PARTICIPANTS + SUPPLIERS) /* supplier of what the measured transfers move */
#define PARTIES (HOUSE + 1)
#define PROJECTS (2 * SUPPLIERS + 1) /* two of each supplier, one of the house */
#define VINTAGES 6
#define VINTAGE_FIRST 2019
#define HOUSE_UNITS INT64_C(1000000000) /* what a seller holds of the house, in one batch */
#define NONE UINT32_MAX

#define HISTORY_DAYS 1825  /* five years */
#define RECENT_DAYS 10     /* what waits was submitted in these days */
#define RECENT_EVENTS 2000 /* half of them wait: the same at every size */

enum history_kind { EVENT_ISSUE, EVENT_TRANSFER, EVENT_RETIRE };
enum event_end { END_AT_ONCE, END_ACCEPTED, END_REJECTED, END_PENDING, END_EXPORTED };

struct event {
    uint8_t kind, end;
    uint16_t from, to;   /* parties; an issue: to */
    uint32_t lot;        /* what moves, or comes into being */
    uint32_t split_from; /* NONE: moved whole */
    uint32_t first_seq;  /* of its acts */
};

/* A batch as it is at the end. */
struct lot {
    int64_t first, last;
    uint32_t issued, made, received, ended; /* events; ended NONE while it lives */
    uint32_t parent, left, right;           /* lots */
    uint32_t reserved_by;                   /* event */
    uint16_t party, project, vintage;
    uint8_t state; /* enum batch_state */
    uint8_t tail;  /* tells lots of one event apart */
};

struct pool {
    uint32_t *lots;
    size_t count, room;
};

struct history {
    struct chance chance;
    int64_t began_us, ended_us;
    struct event *events;
    uint32_t event_count, event_room;
    struct lot *lots;
    uint32_t lot_count, lot_room;
    struct pool pools[PARTIES];
    int64_t next_serial[PROJECTS][VINTAGES];
    uint32_t transfers, transfers_max, splits_left, issues, issues_max, retirements;
    bool asks[PARTIES]; /* the party is asked about what comes in */
};

static inline uint16_t project_party(uint16_t project)
{
    return project == PROJECTS - 1 ? HOUSE : (uint16_t)(PARTICIPANTS + project / 2);
}

/* Every third supplier makes electricity. */
static inline bool project_is_energy(uint16_t project)
{
    return project_party(project) % 3 == 2;
}

static inline int64_t lot_units(const struct lot *lot)
{
    return lot->last - lot->first + 1;
}

/* When an event began, to the millisecond: no two of one history in the same. */
static inline int64_t event_us(const struct history *history, uint32_t event)
{
    uint32_t old = history->event_room - RECENT_EVENTS;
    int64_t recent_us = history->ended_us - RECENT_DAYS * CLOCK_DAY_US;
    int64_t at_us = event < old
                        ? history->began_us + (recent_us - history->began_us) / old * event
                        : recent_us + RECENT_DAYS * CLOCK_DAY_US / RECENT_EVENTS * (event - old);
    return at_us / 1000 * 1000;
}

/* When somebody answered it: before the next event. */
static inline int64_t event_answered_us(const struct history *history, uint32_t event, int quarter)
{
    int64_t next_us =
        event + 1 < history->event_room ? event_us(history, event + 1) : history->ended_us;
    int64_t at_us = event_us(history, event);
    return at_us + (next_us - at_us) / 4 * quarter;
}

static inline void pool_add(struct pool *pool, uint32_t lot)
{
    if (pool->count == pool->room) {
        pool->room = pool->room == 0 ? 64 : pool->room * 2;
        pool->lots = realloc(pool->lots, pool->room * sizeof *pool->lots);
        CHECK(pool->lots != NULL, "no memory");
    }
    pool->lots[pool->count++] = lot;
}

static inline uint32_t pool_take(struct pool *pool, struct chance *chance)
{
    size_t i = (size_t)chance_below(chance, (int64_t)pool->count);
    uint32_t lot = pool->lots[i];
    pool->lots[i] = pool->lots[--pool->count];
    return lot;
}

static inline uint32_t event_add(struct history *history, enum history_kind kind, uint16_t from,
                                 uint16_t to)
{
    CHECK(history->event_count < history->event_room, "more events than were planned");
    history->events[history->event_count] = (struct event){
        .kind = (uint8_t)kind, .from = from, .to = to, .lot = NONE, .split_from = NONE};
    return history->event_count++;
}

static inline uint32_t lot_add(struct history *history, const struct lot *lot)
{
    CHECK(history->lot_count < history->lot_room, "more batches than were planned");
    history->lots[history->lot_count] = *lot;
    return history->lot_count++;
}

static inline void history_issue(struct history *history, uint16_t project, uint16_t vintage,
                                 uint16_t to, int64_t units)
{
    uint32_t event = event_add(history, EVENT_ISSUE, project_party(project), to);
    int64_t *next = &history->next_serial[project][vintage];
    struct lot lot = {.first = *next,
                      .last = *next + units - 1,
                      .issued = event,
                      .made = event,
                      .received = event,
                      .ended = NONE,
                      .parent = NONE,
                      .left = NONE,
                      .right = NONE,
                      .reserved_by = NONE,
                      .party = to,
                      .project = project,
                      .vintage = vintage,
                      .state = BATCH_ACTIVE};
    *next += units;
    history->events[event].lot = lot_add(history, &lot);
    history->issues++;
    if (project != PROJECTS - 1) {
        pool_add(&history->pools[to], history->events[event].lot);
    }
}

static inline void history_issue_any(struct history *history)
{
    uint16_t project = (uint16_t)chance_below(&history->chance, PROJECTS - 1);
    uint16_t vintage = (uint16_t)chance_below(&history->chance, VINTAGES);
    int64_t units = project_is_energy(project) ? 100 + chance_below(&history->chance, 20000)
                                               : 100000 + chance_below(&history->chance, 10000000);
    history_issue(history, project, vintage, project_party(project), units);
}

/* A fifth of everything is the viewers'. */
static inline uint16_t any_participant(struct chance *chance)
{
    return (uint16_t)(chance_below(chance, 5) == 0 ? chance_below(chance, VIEWERS)
                                                   : chance_below(chance, PARTICIPANTS));
}

/* Somebody who has something. */
static inline uint16_t any_holder(struct history *history)
{
    for (int i = 0; i < 1000; i++) {
        uint16_t party = chance_below(&history->chance, 10) < 3
                             ? (uint16_t)(PARTICIPANTS + chance_below(&history->chance, SUPPLIERS))
                             : any_participant(&history->chance);
        if (history->pools[party].count > 0) {
            return party;
        }
    }
    CHECK(false, "nobody holds anything");
    return 0;
}

/* Takes a part, from the left; the rest stays where it is. Returns the part. */
static inline uint32_t history_split(struct history *history, uint32_t event, uint32_t whole)
{
    struct lot *parent = &history->lots[whole];
    struct lot part = *parent;
    part.made = event;
    part.parent = whole;
    part.tail = 0;
    part.last = part.first + chance_below(&history->chance, (lot_units(parent) + 2) / 3);
    struct lot rest = part;
    rest.first = part.last + 1;
    rest.last = parent->last;
    rest.tail = 1;
    parent->state = BATCH_SPLIT;
    parent->ended = event;
    parent->left = lot_add(history, &part);
    parent->right = lot_add(history, &rest);
    pool_add(&history->pools[parent->party], parent->right);
    history->splits_left--;
    return parent->left;
}

static inline enum event_end choose_end(struct history *history, uint32_t event, uint16_t to)
{
    int64_t dice = chance_below(&history->chance, 200);
    if (event >= history->event_room - RECENT_EVENTS && history->asks[to] && event % 2 == 0) {
        return END_PENDING;
    }
    return dice == 0            ? END_EXPORTED
           : !history->asks[to] ? END_AT_ONCE
           : dice <= 3          ? END_REJECTED
                                : END_ACCEPTED;
}

/* Where the units of a transfer end up. */
static inline void settle(struct history *history, uint32_t event)
{
    struct event *it = &history->events[event];
    struct lot *lot = &history->lots[it->lot];
    if (it->end == END_PENDING) {
        lot->reserved_by = event;
    } else if (it->end == END_EXPORTED) {
        lot->state = BATCH_EXPORTED;
        lot->ended = event;
    } else if (it->end == END_REJECTED) {
        pool_add(&history->pools[it->from], it->lot);
    } else {
        lot->party = it->to;
        lot->received = event;
        pool_add(&history->pools[it->to], it->lot);
    }
}

static inline void history_transfer(struct history *history)
{
    uint16_t from = any_holder(history);
    uint16_t to = any_participant(&history->chance);
    bool is_recent = history->event_count >= history->event_room - RECENT_EVENTS;
    while (to == from || (is_recent && history->event_count % 2 == 0 && !history->asks[to])) {
        to = any_participant(&history->chance);
    }
    uint32_t event = event_add(history, EVENT_TRANSFER, from, to);
    uint32_t lot = pool_take(&history->pools[from], &history->chance);
    uint32_t left = history->transfers_max - history->transfers;
    struct event *it = &history->events[event];
    it->lot = lot;
    if (chance_below(&history->chance, left) < history->splits_left) {
        /* A certificate cannot be split; somebody has a larger block. */
        for (int i = 0; i < 100 && lot_units(&history->lots[lot]) < 2; i++) {
            pool_add(&history->pools[from], lot);
            lot = pool_take(&history->pools[from], &history->chance);
        }
        it->lot = lot;
        if (lot_units(&history->lots[lot]) >= 2) {
            it->split_from = lot;
            it->lot = history_split(history, event, lot);
        }
    }
    it->end = (uint8_t)choose_end(history, event, to);
    settle(history, event);
    history->transfers++;
}

static inline void history_retire(struct history *history)
{
    uint16_t from = any_participant(&history->chance);
    while (history->pools[from].count == 0) {
        from = any_holder(history);
    }
    uint32_t event = event_add(history, EVENT_RETIRE, from, from);
    uint32_t lot = pool_take(&history->pools[from], &history->chance);
    history->events[event].lot = lot;
    history->lots[lot].state = BATCH_RETIRED;
    history->lots[lot].ended = event;
    history->retirements++;
}

static inline void *zeroed(size_t count, size_t size_bytes)
{
    void *memory = calloc(count, size_bytes);
    CHECK(memory != NULL, "no memory");
    return memory;
}

/* size: how many transfers, and nearly as many batches: 45 of 100 transfers split one. */
static inline void history_make(struct history *history, uint32_t size, uint64_t seed)
{
    uint32_t splits = size / 100 * 45;
    uint32_t retirements = size / 30;
    history->chance = chance_from(seed, 1);
    history->ended_us = clock_now_us() - CLOCK_SECOND_US * 3600;
    history->began_us = history->ended_us - HISTORY_DAYS * CLOCK_DAY_US;
    history->transfers_max = size;
    history->splits_left = splits;
    history->issues_max = size - 2 * splits;
    history->event_room = size + retirements + history->issues_max;
    history->lot_room = size;
    history->events = zeroed(history->event_room, sizeof *history->events);
    history->lots = zeroed(history->lot_room, sizeof *history->lots);
    for (uint16_t i = 0; i < PARTICIPANTS; i++) {
        history->asks[i] = i % 2 == 0;
    }
    for (int i = 0; i < PROJECTS * VINTAGES; i++) {
        history->next_serial[i / VINTAGES][i % VINTAGES] = 1;
    }
    for (uint16_t i = 0; i < SELLERS; i++) {
        history_issue(history, PROJECTS - 1, 0, i, HOUSE_UNITS);
    }
    for (int i = 0; i < 2 * SUPPLIERS; i++) {
        history_issue_any(history);
    }
    while (history->transfers < size || history->issues < history->issues_max) {
        int64_t progress = (int64_t)history->transfers;
        if (history->issues < history->issues_max &&
            (int64_t)history->issues * size <= progress * history->issues_max) {
            history_issue_any(history);
        } else if (history->retirements < retirements &&
                   (int64_t)history->retirements * size < progress * retirements) {
            history_retire(history);
        } else {
            history_transfer(history);
        }
    }
    while (history->retirements < retirements) {
        history_retire(history);
    }
}

#endif
