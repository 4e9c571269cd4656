/*
 * pages/admin_transfers.h: transfers for administrators: what waits, all of them, one, and the acts
 * on them.
 */
#ifndef PAGES_ADMIN_TRANSFERS_H
#define PAGES_ADMIN_TRANSFERS_H

#include "gate/gate.h"
#include "pages/admin.h"
#include "pages/admin_transfer_view.h"
#include "store/admin_acts.h"
#include "store/admin_transfers.h"

extern const struct form admin_pending_form; /* the list's query */
extern const struct form admin_pending_acts_form;
extern const struct form admin_pending_done_form;
extern const struct form admin_transfers_form;
extern const struct form admin_decide_form;

enum status admin_home_get(struct visit *visit, struct response *response);
enum status admin_pending_get(struct visit *visit, struct response *response);
enum status admin_pending_post(struct visit *visit, struct response *response);
enum status admin_pending_done_get(struct visit *visit, struct response *response);
enum status admin_transfers_get(struct visit *visit, struct response *response);
enum status admin_transfer_get(struct visit *visit, struct response *response);
enum status admin_decide_get(struct visit *visit, struct response *response);
enum status admin_decide_post(struct visit *visit, struct response *response);

/* What a list's address asks for: of what waits, or of all. */
struct admin_transfer_filter admin_transfers_filter(struct visit *visit);

/* ---- what administrators may do to a transfer: admin_decide.c ---- */

struct admin_decision {
    const char *word; /* in the address */
    enum act_kind kind;
    const char *notice;      /* after it */
    const char *button;      /* "Approve *": the quantity stands for the star */
    const char *many;        /* "Approve the ticked transfers" */
    const char *many_button; /* "Approve *": their number stands for the star */
    const char *many_next;   /* what happens to each then */
    const char *title;       /* "Approve *?": the page before it */
    const char *reason_label;
    const char *reason_hint;
    bool is_reason_needed;
    bool is_danger; /* cannot be taken back */
    bool is_primary;
};

#define ADMIN_DECISIONS_MAX 6

/* The decision of that word; NULL: there is none. */
const struct admin_decision *admin_decision_find(const char *word);
/* Those that are possible now, in order; returns how many. */
size_t admin_decisions(const struct admin_transfer *row,
                       const struct admin_decision *decisions[ADMIN_DECISIONS_MAX]);
/* Such words with the quantity, or the number, where their star is. */
const char *admin_decision_words(struct arena *arena, const char *words, const char *quantity);
/* What will happen, as sentences. */
void admin_decision_say(struct visit *visit, struct admin_form *form,
                        const struct admin_decision *decision, const struct admin_transfer *row);

/* ---- words: admin_words.c ---- */

/* "Fjord Foods", "Puro Registry (Aster)", "the account Client holdings". */
const char *admin_transfer_to(struct visit *visit, const struct admin_transfer *row);
/* "84.210 credits from Vaulted Deep to Fjord Foods" */
const char *admin_transfer_title(struct visit *visit, const struct admin_transfer *row);
/* What it waits for, in a few words. */
const char *admin_transfer_why(struct visit *visit, const struct admin_transfer *row);
/* What follows the word of its state. */
const char *admin_transfer_next(struct visit *visit, const struct admin_transfer *row);
struct admin_transfer_row admin_transfer_row_of(struct visit *visit,
                                                const struct admin_transfer *row);
/* What a command is called in the audit log: "accepted a transfer"; the command's own word when it
 * is unknown. */
const char *admin_act_words(const char *command);
/* What came of it: "" done, or why it was refused. */
const char *admin_outcome_words(const char *outcome);
extern const char *const admin_command_choices[]; /* "value", "Words" … */

extern const char *const admin_state_choices[];
extern const char *const admin_kind_choices[];
void admin_transfers_csv_head(struct out *out);
void admin_transfers_csv_row(struct out *out, struct arena *arena,
                             const struct admin_transfer *row);

#endif
