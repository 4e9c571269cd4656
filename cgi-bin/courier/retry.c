/* courier/retry.c: see courier/retry.h. */
#include "courier/retry.h"

#include "base/clock.h"
#include "base/must.h"

static const int64_t waits_s[] = {5, 30, 120, 600, 3600, 10800, 28800};
#define WAITS (int64_t)(sizeof waits_s / sizeof waits_s[0])
#define RESTS 4 /* the first of them are an endpoint's, too */
#define CHANCES 1000

static int64_t wait_us(int64_t failures, int64_t longest, uint32_t chance);

int64_t retry_wait_us(int64_t failures, uint32_t chance)
{
    return wait_us(failures, WAITS, chance);
}

int64_t retry_rest_us(int64_t failures, uint32_t chance)
{
    return wait_us(failures, RESTS, chance);
}

static int64_t wait_us(int64_t failures, int64_t longest, uint32_t chance)
{
    must(failures >= 1);
    int64_t place = failures < longest ? failures : longest;
    int64_t whole_us = waits_s[place - 1] * CLOCK_SECOND_US;
    return whole_us + whole_us / 4 / CHANCES * (int64_t)(chance % (CHANCES + 1));
}
