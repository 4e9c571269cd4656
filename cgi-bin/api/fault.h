/*
 * api/fault.h: what is wrong with what a program sent, with the exact place: the contract's
 * `{"detail": [{"loc": [...], "msg": ..., "type": ..., "input": ...}]}`. Gathered while a request
 * is read; a handler that finds any returns STATUS_FORM_FAULTS and nothing has happened.
 */
#ifndef API_FAULT_H
#define API_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "ledger/command.h"

#define FAULT_LOC_MAX 12
/* faults told at once: more help nobody */
#define FAULTS_MAX 32
/* characters of a string that are told back */
#define FAULT_INPUT_CHARS_MAX 60

/* One step of a place: a member's name, or an index when name is NULL. */
struct loc_step {
    const char *name;
    int64_t index;
};
struct loc {
    struct loc_step steps[FAULT_LOC_MAX];
    size_t count;
};

/* loc_of("body"), then deeper. */
struct loc loc_of(const char *first);
struct loc loc_member(const struct loc *loc, const char *name);
struct loc loc_index(const struct loc *loc, int64_t index);

struct api_fault {
    struct loc loc;
    const char *msg;   /* how to mend it, in people's words */
    const char *type;  /* "missing", "int_type", "string_too_long", …, or a status slug */
    const char *input; /* JSON of what was sent, whole or a string cut short; NULL: none is told */
};

struct api_faults {
    struct api_fault at[FAULTS_MAX];
    size_t count;
};

/* Notes a fault; past FAULTS_MAX nothing more is kept. Texts live in the arena already. */
void fault_add(struct api_faults *faults, const struct loc *loc, const char *type, const char *msg,
               const char *input);

/* Where in a body each thing stands that a refusal of the ledger can be about, so that the answer
 * names it: member[FIELD_RECIPIENT] = "to_organisation_id". A line's place is
 * [lines_member, index, line_member]. NULL: the whole body. */
struct fault_places {
    const char *member[FIELD__COUNT];
    const char *lines;          /* "credit_batch_quantities" */
    const char *batch;          /* "credit_batch_id" */
    const char *quantity;       /* "credit_quantity_kg" */
    enum instrument instrument; /* what is counted: how much is available is told in it */
};

struct visit;
/* The request's Idempotency-Key belongs to another act: notes that at its header.
 * STATUS_FORM_FAULTS. */
enum status fault_of_key(struct visit *visit);

/* Turns the ledger's refusal into what the caller is told: a status whose row says 422 becomes a
 * fault at its place (with the available quantity in msg where there is one) and
 * STATUS_FORM_FAULTS; KEY_REUSED is fault_of_key(); everything else
 * is returned as it is, its page being the status's own. STATUS_OK stays. */
enum status fault_of_answer(struct visit *visit, const struct fault_places *places,
                            const struct answer *answer);

#endif
