/*
 * store/site.h: the registry's own settings, as every page and the feed need them.
 */
#ifndef STORE_SITE_H
#define STORE_SITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/store.h"

struct site {
    const char *name;
    const char *url; /* "https://registry.example.org", no slash at the end */
    bool is_demo;
    bool is_sandbox; /* its ids carry SANDBOX_TAG: nothing here is real */
    int64_t expiry_days;
    int64_t registry_approval_units; /* 0: no amount needs the registry's approval */
    bool frozen;
    const char *frozen_reason;
    int64_t frozen_at;
};

extern const struct query_table site_queries;

/* The one row of settings. On a fault (sticky in the store) every text is "". */
struct site site_read(struct store *store, struct arena *arena);

/* Where the registry stands: the last row of its audit log, without which nothing is ever written.
 * Its number alone would come again after an older copy was restored; its time does not. */
struct site_moment {
    int64_t seq; /* 0: nothing has happened yet */
    int64_t recorded_at;
    const char *subject_id;
};
struct site_moment site_moment(struct store *store, struct arena *arena);

/* Transfers that wait for the registry now: its approval, or an export to be confirmed by the other
 * system. */
int64_t site_waiting_for_registry(struct store *store);

#endif
