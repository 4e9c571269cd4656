/*
 * store/retirement_drafts.h: retirements being prepared: the answers that one person has given so
 * far for one organisation. people.db. Nothing here is reserved or promised; another person's draft
 * does not exist.
 */
#ifndef STORE_RETIREMENT_DRAFTS_H
#define STORE_RETIREMENT_DRAFTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/drafts.h"
#include "store/store.h"

extern const struct query_table retirement_drafts_queries;

/* All texts "" when not answered yet, never NULL. */
struct retirement_draft {
    const char *draft_id; /* drf_…: also the idempotency key of its submission */
    const char *user_id;
    const char *org_id; /* the owner */
    struct draft_take take;
    /* an organisation, one's own too, or somebody that the organisation named */
    const char *beneficiary_org_id;
    const char *beneficiary; /* its name when it was chosen */
    unsigned purposes;       /* bits as in retirement */
    const char *notes;
    const char *retirement_id; /* what it became; "" while a draft */
    int64_t made_at;
    int64_t changed_at;
};
struct retirement_drafts {
    const struct retirement_draft *at;
    size_t count;
};

/* Keeps a new draft. False on a fault, or when the id is taken (make another one). */
bool retirement_draft_make(struct store *people, const struct retirement_draft *draft);

/* This person's draft for this organisation; false when there is none. */
bool retirement_draft_find(struct store *people, struct arena *arena, const char *user_id,
                           const char *org_id, const char *draft_id,
                           struct retirement_draft *draft);

/* Those not submitted yet, last changed first, at most `most`. */
struct retirement_drafts retirement_drafts_unfinished(struct store *people, struct arena *arena,
                                                      const char *user_id, const char *org_id,
                                                      size_t most);

/* Keeps the answers (everything but ids and made_at) of a draft that was not submitted yet; false
 * on a fault or when it was submitted or discarded meanwhile. */
bool retirement_draft_save(struct store *people, const struct retirement_draft *draft);

/* Notes which retirement it became. */
bool retirement_draft_submitted(struct store *people, const struct retirement_draft *draft,
                                const char *retirement_id, int64_t now_us);

/* Throws an unfinished draft away; false when there was none. */
bool retirement_draft_discard(struct store *people, const char *user_id, const char *org_id,
                              const char *draft_id);

#endif
