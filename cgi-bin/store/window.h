/*
 * store/window.h: asking for one window of a long list, whatever it lists.
 */
#ifndef STORE_WINDOW_H
#define STORE_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct window {
    bool descending;
    const char *behind; /* id of the row before the first one wanted; "" at the start */
    size_t most;
};

/* What a count says that stopped at LIST_COUNT_MAX (base/limits.h): there are more. */
#define COUNT_MORE INT64_MAX

struct ids {
    const char *const *at;
    size_t count;
};

#endif
