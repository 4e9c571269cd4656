/* pages/steps.c: what the transfer steps share: the draft of the address, the order of the steps.
 */
#include "pages/steps.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"
#include "store/my_transfers.h"
#include "store/recipients.h"

enum steps_found steps_open(struct visit *visit, struct response *response, struct draft *draft)
{
    bool is_post = visit->request->method == METHOD_POST;
    if (is_post && !store_begin_write(visit->people)) {
        return STEPS_NOT_THERE; /* the gate answers for the fault */
    }
    if (!draft_find(visit->people, visit->arena, visit->user_id, visit->org_id, visit->arguments[0],
                    draft)) {
        return STEPS_NOT_THERE;
    }
    /* The ledger knows it even when the answer never reached us. */
    const char *transfer_id =
        text_empty(draft->transfer_id)
            ? my_transfer_of_key(visit->registry, visit->arena, visit->user_id, draft->draft_id)
            : draft->transfer_id;
    if (text_empty(transfer_id)) {
        return STEPS_OPEN;
    }
    if (is_post && text_empty(draft->transfer_id)) {
        (void)draft_submitted(visit->people, draft, transfer_id, visit->now_us);
        (void)store_commit(visit->people);
    }
    struct url url = desk_transfer_url(visit->arena, transfer_id);
    response_redirect(response, visit->arena, url_with(visit->arena, url, "from", "draft"));
    return STEPS_OVER;
}

enum status steps_closed(enum steps_found found)
{
    must(found != STEPS_OPEN);
    return found == STEPS_OVER ? STATUS_OK : STATUS_NOT_FOUND;
}

static bool has_recipient(const struct draft *draft)
{
    if (text_is(draft->kind, "export")) {
        return !text_empty(draft->to_system) && !text_empty(draft->to_system_party);
    }
    return !text_empty(text_is(draft->kind, "internal") ? draft->to_account_id : draft->to_org_id);
}

const char *steps_next(const struct draft *draft)
{
    if (!has_recipient(draft)) {
        return "recipient";
    }
    const char *next = take_next(&draft->take);
    return next == NULL ? "review" : next;
}

struct url steps_url(struct visit *visit, const struct draft *draft, const char *step, bool back)
{
    struct url url = url_path(visit->arena, "/account/transfers/drafts/*/*", draft->draft_id, step);
    return url_with(visit->arena, url, "back", back ? "review" : "");
}

enum status steps_save(struct visit *visit, struct draft *draft)
{
    draft->changed_at = visit->now_us;
    if (draft_save(visit->people, draft) && store_commit(visit->people)) {
        return STATUS_OK;
    }
    return store_fault(visit->people) ? STATUS_FAULT : STATUS_NOT_FOUND;
}

enum status steps_keep(struct visit *visit, struct response *response, struct draft *draft,
                       bool back)
{
    enum status status = steps_save(visit, draft);
    if (status != STATUS_OK) {
        return status;
    }
    const char *next = steps_next(draft);
    return desk_go(visit, response,
                   steps_url(visit, draft, next, back && !text_is(next, "review")));
}

struct step_view steps_view_of(struct visit *visit, const struct draft *draft, const char *step,
                               bool back)
{
    static const char *const names[] = {"recipient", "balance", "amount", "review"};
    int number = 1;
    while (!text_is(names[number - 1], step)) {
        number++;
    }
    const char *to = number == 1 || number == 4 ? "" : steps_to(visit, draft);
    return (struct step_view){
        .post = steps_url(visit, draft, step, false),
        .back = back,
        .is_draft = true,
        .number = number,
        .of = 4,
        .words = arena_printf(visit->arena, "Step %d of 4%s%s", number,
                              text_empty(to) ? "" : ": transfer to ", to),
    };
}

static struct step_view view_of(const struct take *take, const char *step)
{
    return steps_view_of(take->visit, take->draft, step, take->back);
}

static struct url url_of(const struct take *take, const char *step, bool back)
{
    return steps_url(take->visit, take->draft, step, back);
}

static enum status save(const struct take *take)
{
    return steps_save(take->visit, take->draft);
}

static enum status keep(const struct take *take)
{
    return steps_keep(take->visit, take->response, take->draft, take->back);
}

static const struct take_kind transfer_take = {
    .verb = "transfer",
    .column = "Transfer",
    .one_supplier = "One transfer holds the credits of one supplier.",
    .nothing_title = "Nothing can be transferred now",
    .needed_words = "Choose which supplier’s credits to transfer.",
    .review_words = "Check the transfer",
    .before_step = "recipient",
    .before_words = "Recipient",
    .view = view_of,
    .url = url_of,
    .save = save,
    .keep = keep,
};

const char *steps_except(const struct draft *draft)
{
    return text_is(draft->kind, "internal") ? draft->to_account_id : "";
}

/* The draft of the address, for the two steps that are not the transfers' alone. */
static enum steps_found open_take(struct visit *visit, struct response *response,
                                  struct draft *draft, struct take *take)
{
    enum steps_found found = steps_open(visit, response, draft);
    if (found == STEPS_OPEN) {
        *take = (struct take){
            .visit = visit,
            .response = response,
            .kind = &transfer_take,
            .draft = draft,
            .of = &draft->take,
            .except_account_id = steps_except(draft),
            .back = !text_empty(field_text(&visit->fields, "back")),
        };
    }
    return found;
}

static enum status with_take(struct visit *visit, struct response *response,
                             enum status (*step)(const struct take *take))
{
    struct draft draft;
    struct take take;
    enum steps_found found = open_take(visit, response, &draft, &take);
    return found == STEPS_OPEN ? step(&take) : steps_closed(found);
}

enum status steps_balance_get(struct visit *visit, struct response *response)
{
    return with_take(visit, response, take_balance_get);
}

enum status steps_balance_post(struct visit *visit, struct response *response)
{
    return with_take(visit, response, take_balance_post);
}

enum status steps_amount_get(struct visit *visit, struct response *response)
{
    return with_take(visit, response, take_amount_get);
}

enum status steps_amount_post(struct visit *visit, struct response *response)
{
    return with_take(visit, response, take_amount_post);
}

const char *steps_account(struct visit *visit, const struct draft *draft)
{
    struct holding_accounts accounts =
        holdings_accounts(visit->registry, visit->arena, visit->org_id, false);
    for (size_t i = 0; i < accounts.count; i++) {
        if (text_is(accounts.at[i].account_id, draft->to_account_id)) {
            return accounts.at[i].name;
        }
    }
    return "";
}

const char *steps_to(struct visit *visit, const struct draft *draft)
{
    if (!has_recipient(draft)) {
        return "";
    }
    if (text_is(draft->kind, "export")) {
        return draft->to_system;
    }
    if (text_is(draft->kind, "internal")) {
        return arena_printf(visit->arena, "your account %s", steps_account(visit, draft));
    }
    struct recipient recipient;
    bool is_found = recipient_find(visit->registry, visit->arena, draft->to_org_id, &recipient);
    return is_found ? recipient.name : draft->to_org_id;
}

const char *steps_words(struct visit *visit, const struct draft *draft)
{
    int64_t units = take_units(visit->arena, &draft->take);
    const char *what = units == 0
                           ? "Transfer"
                           : quantity_words(visit->arena, units, take_instrument(&draft->take));
    const char *to = steps_to(visit, draft);
    if (text_empty(to)) {
        const char *where = text_is(draft->kind, "export")     ? "out to another registry"
                            : text_is(draft->kind, "internal") ? "between own accounts"
                                                               : "recipient not chosen yet";
        return arena_printf(visit->arena, "%s, %s", what, where);
    }
    return arena_printf(visit->arena, "%s to %s", what, to);
}
