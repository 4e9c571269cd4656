/*
 * base/clock.h: times. A time is an int64_t count of microseconds since 1970-01-01T00:00:00Z,
 * named `..._at` or `..._us`; 0 means "none". Everything is UTC.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

#define CLOCK_SECOND_US INT64_C(1000000)
#define CLOCK_DAY_US (INT64_C(86400) * CLOCK_SECOND_US)

/* The wall clock now. */
int64_t clock_now_us(void);
/* A clock that never jumps, for measuring how long something took. */
int64_t clock_steady_us(void);

/* Reads "2026-04-14", "2026-04-14T16:50:41Z", "...41.621676Z", "2026-04-14 16:50:41.621" (a missing
 * zone is UTC; "+hh:mm" is honoured) exactly, years 1900-2200. False and *at untouched for anything
 * else. */
bool clock_parse(const char *text, int64_t *at);
/* The same with up to nine digits behind the point, as programs that count nanoseconds write them:
 * what is finer than a microsecond is dropped. */
bool clock_parse_floor(const char *text, int64_t *at);
/* Reads a calendar date only: "YYYY-MM-DD" -> its first microsecond. */
bool clock_parse_date(const char *text, int64_t *at);

/* The calendar year of a time. */
int clock_year(int64_t at);
/* Days in a civil calendar from 1970-01-01 and back. */
int64_t clock_days_from_civil(int year, int month, int day);

/* "2026-11-20T14:03:22.123456Z" (machines: JSON, CSV, <time datetime>); "" for 0. */
const char *clock_iso(struct arena *arena, int64_t at);
/* The same without an arena (log lines). */
#define CLOCK_ISO_SIZE 40
void clock_iso_write(int64_t at, char text[CLOCK_ISO_SIZE]);
/* "2026-11-20"; "" for 0. */
const char *clock_iso_date(struct arena *arena, int64_t at);
/* "20 November 2026" (people); "" for 0. */
const char *clock_date_words(struct arena *arena, int64_t at);
/* "20 November 2026, 14:03 UTC" (people); "" for 0. */
const char *clock_words(struct arena *arena, int64_t at);

#endif
