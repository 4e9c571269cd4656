/*
 * store/drafts.h: transfers being prepared: the answers that one person has given so far for one
 * organisation (domain.md section 3.1). people.db. Nothing here is reserved or promised; another
 * person's draft does not exist.
 */
#ifndef STORE_DRAFTS_H
#define STORE_DRAFTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/store.h"

extern const struct query_table drafts_queries;

/* What is taken: one supplier's balance, and how much of it. All texts "" when not answered yet,
 * never NULL. */
struct draft_take {
    const char *supplier_org_id;
    const char *instrument; /* as in SQL */
    const char *mode;       /* "", "oldest", "manual" */
    int64_t units;          /* oldest */
    int64_t vintage;        /* oldest, of a retirement: only of this one; 0 any */
    const char *lines;      /* manual: "ctb_… units\n" for each batch */
};
#define DRAFT_TAKE_NOTHING                                                                         \
    (struct draft_take)                                                                            \
    {                                                                                              \
        .supplier_org_id = "", .instrument = "", .mode = "", .lines = ""                           \
    }

struct draft {
    const char *draft_id; /* drf_…: also the idempotency key of its submission */
    const char *user_id;
    const char *org_id; /* the sender */
    const char *kind;   /* "internal", "external", "export" */
    const char *to_org_id;
    const char *to_account_id;
    const char *to_system;
    const char *to_system_party;
    struct draft_take take;
    const char *notes;
    const char *private_note;
    const char *corrects_id;
    const char *transfer_id; /* what it became; "" while a draft */
    int64_t made_at;
    int64_t changed_at;
};
struct drafts {
    const struct draft *at;
    size_t count;
};

/* Keeps a new draft. False on a fault, or when the id is taken (make another one). */
bool draft_make(struct store *people, const struct draft *draft);

/* This person's draft for this organisation; false when there is none. */
bool draft_find(struct store *people, struct arena *arena, const char *user_id, const char *org_id,
                const char *draft_id, struct draft *draft);

/* Those not submitted yet, last changed first, at most `most`. */
struct drafts drafts_unfinished(struct store *people, struct arena *arena, const char *user_id,
                                const char *org_id, size_t most);

/* Keeps the answers (everything but ids, kind and made_at) of a draft that was not submitted yet;
 * false on a fault or when it was submitted or discarded meanwhile. */
bool draft_save(struct store *people, const struct draft *draft);

/* Notes which transfer it became. */
bool draft_submitted(struct store *people, const struct draft *draft, const char *transfer_id,
                     int64_t now_us);

/* Throws an unfinished draft away; false when there was none. */
bool draft_discard(struct store *people, const char *user_id, const char *org_id,
                   const char *draft_id);

#endif
