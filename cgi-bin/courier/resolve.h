/*
 * courier/resolve.h: from a host's name to its addresses, without waiting. The system's resolver
 * can only be waited for, and whoever runs the name server of an endpoint decides for how long: so
 * each name is asked for in a short-lived process of its own, which touches nothing but the
 * resolver and writes what it found into a pipe.
 */
#ifndef COURIER_RESOLVE_H
#define COURIER_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/limits.h"
#include "courier/address.h"

/* of a name with more addresses the first ones will do */
#define RESOLVE_ADDRESSES_MAX 8

struct resolve {
    pid_t pid; /* 0: none runs */
    int fd;    /* readable when it has an answer */
};

struct addresses {
    union address at[RESOLVE_ADDRESSES_MAX];
    size_t count; /* 0: the name is not known */
};

/* What a name led to less than RESOLVE_KEEP_S ago, so that a run of messages to one host is not a
 * run of processes; each address is looked at again when it is connected to, as always. False: has
 * to be asked. */
#define RESOLVE_KEEP_S 30
bool resolve_known(const char *host, int port, struct addresses *addresses);
void resolve_keep(const char *host, int port, const struct addresses *addresses);
/* It did not lead anywhere: it is asked anew next time. */
void resolve_forget(const char *host, int port);

/* False: no process can be made now. */
bool resolve_begin(struct resolve *resolve, const char *host, int port);
/* True: it has ended, *addresses is what it found. False: not yet. */
bool resolve_read(struct resolve *resolve, struct addresses *addresses);
/* Ends it, if it still runs. */
void resolve_stop(struct resolve *resolve);

#endif
