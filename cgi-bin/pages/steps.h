/*
 * pages/steps.h: the transfer steps: one question a page, each at its own address, the answers kept
 * in a draft (store/drafts.h). Nothing is asked of the ledger before the last button; the draft's
 * id is the key of that act, so however often it is pressed there is one transfer.
 */
#ifndef PAGES_STEPS_H
#define PAGES_STEPS_H

#include "gate/gate.h"
#include "ledger/ledger.h"
#include "pages/steps_view.h"
#include "pages/take.h"
#include "store/drafts.h"
#include "store/holdings.h"

extern const struct form steps_start_form, steps_new_form;
extern const struct form steps_recipient_query, steps_recipient_form;
extern const struct form steps_review_form;

enum status steps_start_get(struct visit *visit, struct response *response);
enum status steps_start_post(struct visit *visit, struct response *response);
enum status steps_resume_get(struct visit *visit, struct response *response);
enum status steps_discard_post(struct visit *visit, struct response *response);
enum status steps_recipient_get(struct visit *visit, struct response *response);
enum status steps_recipient_post(struct visit *visit, struct response *response);
enum status steps_balance_get(struct visit *visit, struct response *response);
enum status steps_balance_post(struct visit *visit, struct response *response);
enum status steps_amount_get(struct visit *visit, struct response *response);
enum status steps_amount_post(struct visit *visit, struct response *response);
enum status steps_review_get(struct visit *visit, struct response *response);
enum status steps_review_post(struct visit *visit, struct response *response);
enum status steps_done_get(struct visit *visit, struct response *response);

/* ---- steps.c: what the steps share ---- */

/* What became of looking for the address's draft. */
enum steps_found {
    STEPS_OPEN,      /* *draft can be worked on */
    STEPS_NOT_THERE, /* answer STATUS_NOT_FOUND */
    STEPS_OVER,      /* it became a transfer; the response goes there: answer STATUS_OK */
};
/* A POST that finds it open holds it until steps_save() (or the end of the request): a form that
 * was slow on its way, or one of another tab, cannot write old answers over newer ones. */
enum steps_found steps_open(struct visit *visit, struct response *response, struct draft *draft);
/* The status to return when steps_open() did not say STEPS_OPEN. */
enum status steps_closed(enum steps_found found);

/* Makes a draft with an id that nobody has yet, *draft_id inside it; false on a fault. */
bool steps_make(struct visit *visit, const char **draft_id,
                bool (*make)(struct visit *visit, void *draft), void *draft);

/* "recipient", "balance", "amount", "review": the first one that has no answer yet. */
const char *steps_next(const struct draft *draft);
/* .../drafts/ID/STEP, with ?back=review when it returns there. */
struct url steps_url(struct visit *visit, const struct draft *draft, const char *step, bool back);
/* Keeps the answers; others may change the draft again. A status other than OK is to be returned.
 */
enum status steps_save(struct visit *visit, struct draft *draft);
/* Keeps the answers and goes to the next step (or back to the review). */
enum status steps_keep(struct visit *visit, struct response *response, struct draft *draft,
                       bool back);

/* What every step's page shows; `step` is its own name. */
struct step_view steps_view_of(struct visit *visit, const struct draft *draft, const char *step,
                               bool back);
/* The name of the own account that it goes to; "" none. */
const char *steps_account(struct visit *visit, const struct draft *draft);
/* "Fjord Foods", "your account Client holdings", "Puro Registry"; "" not chosen yet. */
const char *steps_to(struct visit *visit, const struct draft *draft);
/* "700.500 credits to Fjord Foods": a draft in the list of unfinished ones. */
const char *steps_words(struct visit *visit, const struct draft *draft);

/* The account that the units go to, when it is one's own: what lies there cannot be taken; "". */
const char *steps_except(const struct draft *draft);

/* ---- steps_command.c. Pure. ---- */

/* The act that the draft asks for, without a plan. The arena's. */
struct command *steps_command(struct arena *arena, const struct draft *draft);

/* ---- steps_plan.c: a plan in words ---- */

/* Fills blocks, splits, warnings and what will happen. */
void steps_show_plan(struct visit *visit, const struct draft *draft, const struct plan *plan,
                     enum instrument instrument, struct step_review_view *view);

#endif
