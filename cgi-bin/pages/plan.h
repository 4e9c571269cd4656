/*
 * pages/plan.h: what an act would do, for the page before it: the exact blocks, where a batch is
 * split, and the digest by which the act can say that it is still the same.
 */
#ifndef PAGES_PLAN_H
#define PAGES_PLAN_H

#include "gate/gate.h"
#include "ledger/ledger.h"
#include "pages/plan_view.h"

/* What happens to a block, in the words of the table and the drawing. */
struct plan_verb {
    const char *block_label; /* "Block that moves" */
    const char *column;      /* "Moves" */
    const char *drawn;       /* "moves": behind a quantity */
    const char *drawn_many;  /* "move": behind "300.500 credits" */
};
extern const struct plan_verb plan_moves;

/* The blocks of a plan as a table, the first splits drawn. */
struct plan_view plan_show(struct visit *visit, const struct plan *plan, enum instrument instrument,
                           const struct plan_verb *verb);

/* The plan a person has seen, as its form brings it back. Text that is no digest becomes one that
 * no plan has. */
struct digest plan_digest_of(const char *hex);

/* A share of a whole in percent with two decimals, "78.25%"; integers only. */
const char *plan_percent(struct arena *arena, int64_t part, int64_t whole);

/* A list of sentences being made: what will happen. */
#define PLAN_SENTENCES_MAX 8
struct plan_sentences {
    struct sentence_view *at;
    size_t count;
};
struct plan_sentences plan_sentences_begin(struct arena *arena);
void plan_say(struct plan_sentences *sentences, const char *words);
struct sentence_views plan_sentences_end(const struct plan_sentences *sentences);

#endif
