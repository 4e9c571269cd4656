/*
 * import/progress.c: see import/progress.h.
 */
#include "import/progress.h"

#include <stdio.h>

#include "base/clock.h"

#define DRAW_US (CLOCK_SECOND_US / 10)

struct progress progress_begin(bool shown, const char *what, int64_t total)
{
    return (struct progress){
        .shown = shown, .what = what, .total = total, .begun_us = clock_steady_us()};
}

void progress_step(struct progress *progress)
{
    progress->done++;
    if (!progress->shown) {
        return;
    }
    int64_t now = clock_steady_us();
    if (now - progress->drawn_us >= DRAW_US) {
        progress->drawn_us = now;
        fprintf(stderr, "\r%s: %lld of %lld\033[K", progress->what, (long long)progress->done,
                (long long)progress->total);
        fflush(stderr);
    }
}

int64_t progress_end(struct progress *progress)
{
    if (progress->drawn_us != 0) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
    return clock_steady_us() - progress->begun_us;
}
