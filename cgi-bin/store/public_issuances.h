/*
 * store/public_issuances.h: issuances, and what was brought in from other systems. Reads
 * registry.db; all rows live in the arena.
 */
#ifndef STORE_PUBLIC_ISSUANCES_H
#define STORE_PUBLIC_ISSUANCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/quantity.h"
#include "store/redaction.h"
#include "store/store.h"
#include "store/window.h"

extern const struct query_table public_issuances_queries;

struct public_issuance {
    const char *issuance_id;
    const char *kind; /* "issued", "imported" */
    const char *project_id;
    const char *project_name;
    enum instrument instrument;
    const char *org_id; /* the supplier */
    const char *org_name;
    int64_t vintage;
    int64_t units;               /* all: the supplier's … */
    int64_t buffer_units;        /* … and these to the buffer pool */
    const char *reporting_start; /* YYYY-MM-DD, "" */
    const char *reporting_end;
    const char *notes; /* public; "" when redacted */
    struct redaction note_redacted;
    int64_t issued_at;
};
struct public_issuances {
    const struct public_issuance *at;
    size_t count;
};

/* What to list. Empty text filters nothing. */
struct public_issuance_filter {
    const char *q; /* words in the project's or supplier's name or the note */
    const char *project_id;
    const char *kind;
    int64_t from_at;  /* issued then or later */
    int64_t until_at; /* issued before; 0 no end */
};
enum public_issuance_sort {
    PUBLIC_ISSUANCE_BY_TIME,
    PUBLIC_ISSUANCE_BY_UNITS,
    PUBLIC_ISSUANCE_SORT__COUNT
};

struct public_issuances public_issuances_list(struct store *registry, struct arena *arena,
                                              const struct public_issuance_filter *filter,
                                              enum public_issuance_sort sort,
                                              const struct window *window);
int64_t public_issuances_count(struct store *registry, struct arena *arena,
                               const struct public_issuance_filter *filter);
bool public_issuance_find(struct store *registry, struct arena *arena, const char *issuance_id,
                          struct public_issuance *issuance);

#endif
