/*
 * store/public_words.h: words that people typed and everybody reads, by what they stand on: what an
 * administrator may redact besides the notes of transfers. Reads only.
 */
#ifndef STORE_PUBLIC_WORDS_H
#define STORE_PUBLIC_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/id.h"
#include "model/quantity.h"
#include "store/redaction.h"
#include "store/store.h"

extern const struct query_table public_words_queries;

enum public_words_of {
    WORDS_ISSUANCE_NOTE,
    WORDS_DELIVERY_NOTE,
    WORDS_RETIREMENT_NOTE,
    WORDS_REFUND_NOTE,
    WORDS_CANCELLATION_REASON,
    /* The name of a retirement's beneficiary as it was typed: an organisation's own name is not it.
     */
    WORDS_BENEFICIARY,
    WORDS__COUNT
};

struct public_words {
    char subject_id[ID_SIZE];
    char org_id[ID_SIZE];       /* whose issuance, delivery … it is */
    char other_org_id[ID_SIZE]; /* the buyer, the beneficiary, the supplier; "" none */
    const char *org_name;
    enum instrument instrument;
    int64_t units;
    int64_t at;        /* when it happened */
    const char *words; /* "" none, or redacted */
    struct redaction redacted;
};

/* False: there is no such issuance, delivery … */
bool public_words_find(struct store *registry, struct arena *arena, enum public_words_of of,
                       const char *subject_id, struct public_words *words);
/* Of what kind are the notes of a thing by the beginning of its id? WORDS__COUNT: of none of these.
 */
enum public_words_of public_words_note_of(const char *subject_id);

#endif
