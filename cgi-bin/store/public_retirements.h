/*
 * store/public_retirements.h: retirements; everything about them is public but the person who
 * asked. Reads registry.db; all rows live in the arena.
 */
#ifndef STORE_PUBLIC_RETIREMENTS_H
#define STORE_PUBLIC_RETIREMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/quantity.h"
#include "store/redaction.h"
#include "store/store.h"
#include "store/window.h"

extern const struct query_table public_retirements_queries;

struct public_retirement {
    const char *retirement_id;
    const char *org_id; /* the owner */
    const char *org_name;
    const char *beneficiary_org_id; /* "" named only */
    const char *beneficiary;        /* REDACTED_WORDS when it was redacted */
    struct redaction beneficiary_redacted;
    /* bits: 1 corporate targets, 2 public environmental claims, 4 insetting, 8 regulatory
     * requirement, 16 other */
    unsigned purposes;
    enum instrument instrument;
    int64_t units;
    const char *notes; /* "" when redacted */
    struct redaction note_redacted;
    int64_t retired_at;
    int64_t block_count;
    const char *project_id; /* of the first block; "" should there be none */
    const char *project_name;
    bool has_more_projects;
};
struct public_retirements {
    const struct public_retirement *at;
    size_t count;
};

/* What to list. Empty text filters nothing. */
struct public_retirement_filter {
    const char *q;      /* words in the owner's or beneficiary's name or the note */
    const char *org_id; /* owner or beneficiary */
    int64_t from_at;    /* retired then or later */
    int64_t until_at;   /* retired before; 0 no end */
};
enum public_retirement_sort {
    PUBLIC_RETIREMENT_BY_TIME,
    PUBLIC_RETIREMENT_BY_UNITS,
    PUBLIC_RETIREMENT_SORT__COUNT
};

struct public_retirements public_retirements_list(struct store *registry, struct arena *arena,
                                                  const struct public_retirement_filter *filter,
                                                  enum public_retirement_sort sort,
                                                  const struct window *window);
int64_t public_retirements_count(struct store *registry, struct arena *arena,
                                 const struct public_retirement_filter *filter);
bool public_retirement_find(struct store *registry, struct arena *arena, const char *retirement_id,
                            struct public_retirement *retirement);

/* The last retirements of units of one project, newest first. */
struct public_retirements public_retirements_of_project(struct store *registry, struct arena *arena,
                                                        const char *project_id, size_t most);

#endif
