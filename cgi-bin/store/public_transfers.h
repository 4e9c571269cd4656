/*
 * store/public_transfers.h: the transfers that everybody may see: completed ones, and nothing that
 * is private about them (domain.md section 5). A transfer that waits or was refused is not there.
 * Transfers inside one organisation are listed only when asked for by kind. Reads registry.db; all
 * rows live in the arena.
 */
#ifndef STORE_PUBLIC_TRANSFERS_H
#define STORE_PUBLIC_TRANSFERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/quantity.h"
#include "model/serial.h"
#include "store/store.h"
#include "store/window.h"

extern const struct query_table public_transfers_queries;

struct public_transfer {
    const char *transfer_id;
    const char *kind; /* "internal", "external", "export" */
    const char *from_org_id;
    const char *from_name;
    const char *to_org_id; /* "" for an export */
    const char *to_name;
    const char *to_system;       /* export: the other tracking system … */
    const char *to_system_party; /* … and who receives it there */
    const char *supplier_org_id; /* "" several */
    const char *supplier_name;
    enum instrument instrument;
    int64_t units;
    const char *notes;        /* public; "" when redacted */
    int64_t note_redacted_at; /* 0 */
    const char *note_redacted_reason;
    const char *corrects_id; /* "" */
    int64_t submitted_at;
    int64_t ended_at; /* completed */
    int64_t block_count;
    const char *project_id; /* of the first block; "" should there be none */
    const char *project_name;
    bool has_more_projects;
};
struct public_transfers {
    const struct public_transfer *at;
    size_t count;
};

/* What to list. Empty text filters nothing; without a kind everything but internal transfers. */
struct public_transfer_filter {
    const char *q;               /* words in the parties' names or the public note */
    const char *org_id;          /* from it or to it */
    const char *supplier_org_id; /* with units of this supplier */
    const char *kind;
    int64_t from_at;  /* completed then or later */
    int64_t until_at; /* completed before; 0 no end */
};

enum public_transfer_sort {
    PUBLIC_TRANSFER_BY_TIME,
    PUBLIC_TRANSFER_BY_UNITS,
    PUBLIC_TRANSFER_SORT__COUNT
};

struct public_transfers public_transfers_list(struct store *registry, struct arena *arena,
                                              const struct public_transfer_filter *filter,
                                              enum public_transfer_sort sort,
                                              const struct window *window);
int64_t public_transfers_count(struct store *registry, struct arena *arena,
                               const struct public_transfer_filter *filter);

bool public_transfer_find(struct store *registry, struct arena *arena, const char *transfer_id,
                          struct public_transfer *transfer);

/* The completed transfers that say they mend this one, oldest first. */
struct ids public_transfer_corrections(struct store *registry, struct arena *arena,
                                       const char *transfer_id);

#endif
