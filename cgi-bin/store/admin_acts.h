/*
 * store/admin_acts.h: the audit log: one row per command that was decided, refused ones too. Reads
 * registry.db.
 */
#ifndef STORE_ADMIN_ACTS_H
#define STORE_ADMIN_ACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/store.h"

extern const struct query_table admin_acts_queries;

struct admin_act {
    int64_t seq;
    int64_t recorded_at;
    int64_t at; /* the time the command carried */
    const char *program;
    const char *user_id; /* "" the operator or the clock */
    const char *org_id;  /* "" the registry */
    const char *org_name;
    const char *command;
    const char *subject_id;
    const char *outcome; /* slug of a status; "ok" */
    const char *detail;
};
struct admin_acts {
    const struct admin_act *at;
    size_t count;
};

/* What to list. Empty text and 0 filter nothing. */
struct admin_act_filter {
    const char *user_id;
    const char *org_id;
    const char *command;
    const char *subject_id;
    const char *outcome;      /* "ok", "refused": all but ok, or a slug */
    int64_t from_seq, to_seq; /* both included; to_seq 0: the end */
};

/* In the ledger's order, behind the row `after` (0: from the start). */
struct admin_acts admin_acts_list(struct store *registry, struct arena *arena,
                                  const struct admin_act_filter *filter, bool descending,
                                  int64_t after, size_t most);
int64_t admin_acts_count(struct store *registry, const struct admin_act_filter *filter);

/* The first row recorded at or after a time; one more than the last when there is none. */
int64_t admin_acts_seq_at(struct store *registry, int64_t at);
int64_t admin_acts_last(struct store *registry);
bool admin_act_find(struct store *registry, struct arena *arena, int64_t seq,
                    struct admin_act *act);

#endif
