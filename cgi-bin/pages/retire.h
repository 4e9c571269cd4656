/*
 * pages/retire.h: the steps of retiring: one question a page, each at its own address, the answers
 * kept in a draft (store/retirement_drafts.h). Nothing is asked of the ledger before the last
 * button but the name of a beneficiary that is new; the draft's id is the key of that act, so
 * however often it is pressed there is one retirement.
 */
#ifndef PAGES_RETIRE_H
#define PAGES_RETIRE_H

#include "gate/gate.h"
#include "ledger/ledger.h"
#include "pages/retire_view.h"
#include "pages/steps.h"
#include "pages/take.h"
#include "store/my_retirements.h"
#include "store/retirement_drafts.h"

extern const struct form retire_start_form;
extern const struct form retire_beneficiary_query, retire_beneficiary_form;
extern const struct form retire_purposes_query, retire_purposes_form;
extern const struct form retire_review_form, retire_done_query, retire_list_form;

enum status retire_start_get(struct visit *visit, struct response *response);
enum status retire_start_post(struct visit *visit, struct response *response);
enum status retire_resume_get(struct visit *visit, struct response *response);
enum status retire_discard_post(struct visit *visit, struct response *response);
enum status retire_balance_get(struct visit *visit, struct response *response);
enum status retire_balance_post(struct visit *visit, struct response *response);
enum status retire_amount_get(struct visit *visit, struct response *response);
enum status retire_amount_post(struct visit *visit, struct response *response);
enum status retire_beneficiary_get(struct visit *visit, struct response *response);
enum status retire_beneficiary_post(struct visit *visit, struct response *response);
enum status retire_purposes_get(struct visit *visit, struct response *response);
enum status retire_purposes_post(struct visit *visit, struct response *response);
enum status retire_review_get(struct visit *visit, struct response *response);
enum status retire_review_post(struct visit *visit, struct response *response);
enum status retire_done_get(struct visit *visit, struct response *response);
enum status retire_list_get(struct visit *visit, struct response *response);

/* ---- retire.c: what the steps share ---- */

/* Looks for the address's draft, as steps_open() does. */
enum steps_found retire_open(struct visit *visit, struct response *response,
                             struct retirement_draft *draft);
/* "balance", "amount", "beneficiary", "purposes", "review": the first one that has no answer yet.
 */
const char *retire_next(const struct retirement_draft *draft);
struct url retire_url(struct visit *visit, const struct retirement_draft *draft, const char *step,
                      bool back);
enum status retire_save(struct visit *visit, struct retirement_draft *draft);
/* Keeps the answers and goes to the next step (or back to the review). */
enum status retire_keep(struct visit *visit, struct response *response,
                        struct retirement_draft *draft, bool back);
struct step_view retire_step_view(struct visit *visit, const struct retirement_draft *draft,
                                  const char *step, bool back);
/* "Retirement of 12.000 credits for Fjord Foods": a draft in the list of unfinished ones. */
const char *retire_words(struct visit *visit, const struct retirement_draft *draft);
/* The two steps that ask what is taken. */
extern const struct take_kind retire_take;

/* ---- retire_command.c. Pure. ---- */

/* The act that the draft asks for, without a plan. The arena's. */
struct command *retire_command(struct arena *arena, const struct retirement_draft *draft);

/* ---- retire_name.c: a beneficiary that is new ---- */

/* What was typed, and what became of it. */
struct retire_named {
    const char *beneficiary_id; /* "" nothing yet */
    const char *name;           /* as the registry has it */
    bool is_found;              /* it was known already */
    struct retire_alarm alarm;  /* why the ledger did not take it */
    enum status status;
};
/* Names the beneficiary of the form, by "organisation" or "individual". Faults of what was typed
 * stand beside the fields. The draft must not be held meanwhile: the ledger is asked. */
struct retire_named retire_name(struct visit *visit, struct response *response,
                                const char *draft_id, const char *by);

/* ---- retire_review.c ---- */

/* The ledger did not answer, or cannot be asked: what to say, and when to try again. False: it is
 * another status. */
bool retire_away(struct response *response, enum status status, struct retire_alarm *alarm);

#endif
