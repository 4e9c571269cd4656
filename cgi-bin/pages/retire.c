/* pages/retire.c: what the steps of retiring share: the draft of the address, the order of the
 * steps; resuming and discarding. */
#include "pages/retire.h"

#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"

/* The steps in their order. */
static const char *const names[] = {"balance", "amount", "beneficiary", "purposes", "review"};
#define STEPS ((int)(sizeof(names) / sizeof(names[0])))

enum steps_found retire_open(struct visit *visit, struct response *response,
                             struct retirement_draft *draft)
{
    bool is_post = visit->request->method == METHOD_POST;
    if (is_post && !store_begin_write(visit->people)) {
        return STEPS_NOT_THERE; /* the gate answers for the fault */
    }
    if (!retirement_draft_find(visit->people, visit->arena, visit->user_id, visit->org_id,
                               visit->arguments[0], draft)) {
        return STEPS_NOT_THERE;
    }
    /* The ledger knows it even when the answer never reached us. */
    const char *id =
        text_empty(draft->retirement_id)
            ? my_retirement_of_key(visit->registry, visit->arena, visit->user_id, draft->draft_id)
            : draft->retirement_id;
    if (text_empty(id)) {
        return STEPS_OPEN;
    }
    if (is_post && text_empty(draft->retirement_id)) {
        (void)retirement_draft_submitted(visit->people, draft, id, visit->now_us);
        (void)store_commit(visit->people);
    }
    struct url url = url_path(visit->arena, "/account/retirements/*/done", id);
    response_redirect(response, visit->arena, url_with(visit->arena, url, "from", "draft"));
    return STEPS_OVER;
}

const char *retire_next(const struct retirement_draft *draft)
{
    const char *next = take_next(&draft->take);
    if (next != NULL) {
        return next;
    }
    if (text_empty(draft->beneficiary_org_id)) {
        return "beneficiary";
    }
    return draft->purposes == 0 ? "purposes" : "review";
}

struct url retire_url(struct visit *visit, const struct retirement_draft *draft, const char *step,
                      bool back)
{
    struct url url =
        url_path(visit->arena, "/account/retirements/drafts/*/*", draft->draft_id, step);
    return url_with(visit->arena, url, "back", back ? "review" : "");
}

enum status retire_save(struct visit *visit, struct retirement_draft *draft)
{
    draft->changed_at = visit->now_us;
    if (retirement_draft_save(visit->people, draft) && store_commit(visit->people)) {
        return STATUS_OK;
    }
    return store_fault(visit->people) ? STATUS_FAULT : STATUS_NOT_FOUND;
}

enum status retire_keep(struct visit *visit, struct response *response,
                        struct retirement_draft *draft, bool back)
{
    enum status status = retire_save(visit, draft);
    if (status != STATUS_OK) {
        return status;
    }
    const char *next = retire_next(draft);
    return desk_go(visit, response,
                   retire_url(visit, draft, next, back && !text_is(next, "review")));
}

struct step_view retire_step_view(struct visit *visit, const struct retirement_draft *draft,
                                  const char *step, bool back)
{
    int number = 1;
    while (!text_is(names[number - 1], step)) {
        must(number < STEPS);
        number++;
    }
    int64_t units = draft == NULL || number < 3 ? 0 : take_units(visit->arena, &draft->take);
    return (struct step_view){
        .post = draft == NULL ? url_path(visit->arena, "/account/retirements/new")
                              : retire_url(visit, draft, step, false),
        .back = back,
        .is_draft = draft != NULL,
        .number = number,
        .of = STEPS,
        .words =
            units == 0 || number == STEPS
                ? arena_printf(visit->arena, "Step %d of %d: retire", number, STEPS)
                : arena_printf(visit->arena, "Step %d of %d: retire %s", number, STEPS,
                               quantity_words(visit->arena, units, take_instrument(&draft->take))),
    };
}

const char *retire_words(struct visit *visit, const struct retirement_draft *draft)
{
    int64_t units = take_units(visit->arena, &draft->take);
    const char *what =
        units == 0
            ? "Retirement"
            : arena_printf(visit->arena, "Retirement of %s",
                           quantity_words(visit->arena, units, take_instrument(&draft->take)));
    return text_empty(draft->beneficiary)
               ? arena_printf(visit->arena, "%s, beneficiary not chosen yet", what)
               : arena_printf(visit->arena, "%s for %s", what, draft->beneficiary);
}

/* ---- the steps that ask what is taken ---- */

static struct step_view view_of(const struct take *take, const char *step)
{
    return retire_step_view(take->visit, take->draft, step, take->back);
}

static struct url url_of(const struct take *take, const char *step, bool back)
{
    return retire_url(take->visit, take->draft, step, back);
}

static enum status save(const struct take *take)
{
    return retire_save(take->visit, take->draft);
}

static enum status keep(const struct take *take)
{
    return retire_keep(take->visit, take->response, take->draft, take->back);
}

const struct take_kind retire_take = {
    .verb = "retire",
    .column = "Retire",
    .one_supplier = "One retirement holds the credits of one supplier.",
    .nothing_title = "Nothing can be retired now",
    .needed_words = "Choose which supplier’s credits to retire.",
    .review_words = "Check the retirement",
    .has_vintages = true,
    .view = view_of,
    .url = url_of,
    .save = save,
    .keep = keep,
};

static enum status with_take(struct visit *visit, struct response *response,
                             enum status (*step)(const struct take *take))
{
    struct retirement_draft draft;
    enum steps_found found = retire_open(visit, response, &draft);
    if (found != STEPS_OPEN) {
        return steps_closed(found);
    }
    const struct take take = {
        .visit = visit,
        .response = response,
        .kind = &retire_take,
        .draft = &draft,
        .of = &draft.take,
        .except_account_id = "",
        .back = !text_empty(field_text(&visit->fields, "back")),
    };
    return step(&take);
}

enum status retire_balance_get(struct visit *visit, struct response *response)
{
    return with_take(visit, response, take_balance_get);
}

enum status retire_balance_post(struct visit *visit, struct response *response)
{
    return with_take(visit, response, take_balance_post);
}

enum status retire_amount_get(struct visit *visit, struct response *response)
{
    return with_take(visit, response, take_amount_get);
}

enum status retire_amount_post(struct visit *visit, struct response *response)
{
    return with_take(visit, response, take_amount_post);
}

/* ---- resuming and discarding ---- */

enum status retire_resume_get(struct visit *visit, struct response *response)
{
    struct retirement_draft draft;
    enum steps_found found = retire_open(visit, response, &draft);
    if (found != STEPS_OPEN) {
        return steps_closed(found);
    }
    return desk_go(visit, response, retire_url(visit, &draft, retire_next(&draft), false));
}

enum status retire_discard_post(struct visit *visit, struct response *response)
{
    struct retirement_draft draft;
    enum steps_found found = retire_open(visit, response, &draft);
    if (found != STEPS_OPEN) {
        return steps_closed(found);
    }
    if (!retirement_draft_discard(visit->people, visit->user_id, visit->org_id, draft.draft_id) ||
        !store_commit(visit->people)) {
        return store_fault(visit->people) ? STATUS_FAULT : STATUS_NOT_FOUND;
    }
    gate_notice(visit, "retirement-discarded");
    return desk_go(visit, response, url_path(visit->arena, "/account/credits"));
}
