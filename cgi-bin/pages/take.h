/*
 * pages/take.h: what is taken: the two steps that a transfer and a retirement have in common, one
 * supplier's balance and how much of it. Each act says what is special about it in its struct
 * take_kind; its draft has a struct draft_take (store/drafts.h) for the answers.
 */
#ifndef PAGES_TAKE_H
#define PAGES_TAKE_H

#include "gate/gate.h"
#include "pages/steps_view.h"
#include "store/drafts.h"
#include "store/holdings.h"

struct take_kind;

/* One request of one of the steps. */
struct take {
    struct visit *visit;
    struct response *response;
    const struct take_kind *kind;
    void *draft;                   /* the act's own */
    struct draft_take *of;         /* in it; NULL: there is no draft yet */
    const char *except_account_id; /* what lies there cannot be taken; "" none */
    bool back;                     /* came from the review and returns there */
};

struct take_kind {
    const char *verb;          /* "transfer" */
    const char *column;        /* "Transfer": above what is typed for a batch */
    const char *one_supplier;  /* why one has to be chosen */
    const char *nothing_title; /* "Nothing can be transferred now" */
    const char *needed_words;  /* "Choose which supplier’s credits to transfer." */
    const char *review_words;  /* of the way up: "Check the transfer" */
    const char *before_step;   /* the step before the balance; NULL: the Credits page … */
    const char *before_words;  /* … and what it is called */
    bool has_vintages;         /* its amount's form has a field "vintage" */
    struct step_view (*view)(const struct take *take, const char *step);
    struct url (*url)(const struct take *take, const char *step, bool back);
    /* Keeps the answers; … and goes to the next question. */
    enum status (*save)(const struct take *take);
    enum status (*keep)(const struct take *take);
};

extern const struct form take_balance_query, take_balance_form;
extern const struct form take_amount_query, take_amount_form, take_vintage_form;

/* The balances as choices, `balance` is what is chosen: "org_….carbon_removal" or "". */
void take_show_balance(const struct take *take, const char *balance);
/* Reads the answer into *of; false with a fault beside the field. The amount is forgotten when it
 * was asked of another balance. */
bool take_read_balance(const struct take *take, struct draft_take *of);
enum status take_balance_get(const struct take *take);
enum status take_balance_post(const struct take *take);

/* take->of has its balance. */
enum status take_amount_get(const struct take *take);
enum status take_amount_post(const struct take *take);

/* "balance", "amount"; NULL when both have been answered. */
const char *take_next(const struct draft_take *of);
/* How much was asked for; 0 not yet. */
int64_t take_units(struct arena *arena, const struct draft_take *of);
/* Its instrument; credits when none is chosen. */
enum instrument take_instrument(const struct draft_take *of);

/* Balances that can be chosen, per supplier and instrument, those with nothing available too. */
struct holding_balances take_balances(struct visit *visit, const char *except_account_id);
/* The chosen one; false: none chosen, or it is gone. */
bool take_balance(struct visit *visit, const struct draft_take *of, const char *except_account_id,
                  struct holding_balance *balance);

/* "org_….carbon_removal": one balance as a value in forms and addresses. */
const char *take_word(struct arena *arena, const char *supplier_org_id, enum instrument instrument);
/* Takes it apart; false and untouched when it is none. */
bool take_parse(struct arena *arena, const char *word, const char **supplier_org_id,
                enum instrument *instrument);

/* ---- take_lines.c: quantities by hand as text. Pure. ---- */

/* Reads "ctb_… units\n…" into at most lines_max lines; how many. Text that is none of ours gives 0.
 */
size_t take_lines_read(const char *text, struct command_line *lines, size_t lines_max);
const char *take_lines_write(struct arena *arena, const struct command_line *lines, size_t count);
int64_t take_lines_sum(const struct command_line *lines, size_t count);

#endif
