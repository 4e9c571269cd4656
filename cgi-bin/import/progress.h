/*
 * import/progress.h: one line on a terminal that says how far a long import is. Nothing is written
 * where standard error is not a terminal, so logs stay clean.
 */
#ifndef IMPORT_PROGRESS_H
#define IMPORT_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    bool shown;       /* standard error is a terminal */
    const char *what; /* "Transfers" */
    int64_t total;
    int64_t done;
    int64_t drawn_us; /* when the line was last drawn, on the steady clock */
    int64_t begun_us;
};

struct progress progress_begin(bool shown, const char *what, int64_t total);
/* One more is done. Draws at most ten times a second. */
void progress_step(struct progress *progress);
/* Wipes the line. Returns the microseconds since the beginning. */
int64_t progress_end(struct progress *progress);

#endif
