/*
 * store/redaction.h: that public words were taken away, when and why. The words themselves are
 * gone:
 * '' stands in their place, or REDACTED_WORDS where there must be some.
 */
#ifndef STORE_REDACTION_H
#define STORE_REDACTION_H

#include <stdint.h>

#define REDACTED_WORDS "[redacted]"

struct redaction {
    int64_t at;         /* 0: the words were not redacted */
    const char *reason; /* public; "" */
};

#endif
