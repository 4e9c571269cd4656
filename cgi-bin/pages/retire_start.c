/* pages/retire_start.c: the beginning of a retirement: which supplier's balance. */
#include "pages/retire.h"

#include "pages/desk.h"

static const struct field_row rows[] = {
    {.name = "balance", .kind = VALUE_LINE},
};
const struct form retire_start_form = {rows, 1};

static struct take take_of(struct visit *visit, struct response *response)
{
    return (struct take){
        .visit = visit, .response = response, .kind = &retire_take, .except_account_id = ""};
}

enum status retire_start_get(struct visit *visit, struct response *response)
{
    const struct take take = take_of(visit, response);
    take_show_balance(&take, field_text(&visit->fields, "balance"));
    return STATUS_OK;
}

static bool make_draft(struct visit *visit, void *draft)
{
    return retirement_draft_make(visit->people, draft);
}

enum status retire_start_post(struct visit *visit, struct response *response)
{
    const struct take take = take_of(visit, response);
    struct retirement_draft draft = {
        .user_id = visit->user_id,
        .org_id = visit->org_id,
        .take = DRAFT_TAKE_NOTHING,
        .beneficiary_org_id = "",
        .beneficiary = "",
        .notes = "",
        .retirement_id = "",
        .made_at = visit->now_us,
        .changed_at = visit->now_us,
    };
    if (!take_read_balance(&take, &draft.take)) {
        take_show_balance(&take, field_text(&visit->fields, "balance"));
        desk_mend(response, STATUS_FORM_FAULTS);
        return STATUS_OK;
    }
    if (!steps_make(visit, &draft.draft_id, make_draft, &draft)) {
        return STATUS_FAULT;
    }
    return desk_go(visit, response, retire_url(visit, &draft, retire_next(&draft), false));
}
