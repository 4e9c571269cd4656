/* pages/my_act.c: accepting, rejecting, approving, refusing, withdrawing: the page before the act
 * and the act itself. */
#include "pages/my_transfer.h"

#include "account_templates.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "ledger/client.h"
#include "ledger/command.h"
#include "pages/desk.h"
#include "pages/transfer_words.h"
#include "store/holdings.h"

static const struct field_row rows[] = {
    {.name = "account", .kind = VALUE_ID},
    {.name = "reason", .kind = VALUE_LINE, .chars_max = REASON_CHARS_MAX, .label = "The reason"},
    {.name = "once", .kind = VALUE_LINE},
};
const struct form my_act_form = {rows, sizeof(rows) / sizeof(rows[0])};

static const char own_hint[] =
    "Your own organisation and the registry read it. At most 256 characters.";

/* The five acts on a waiting transfer. */
static const struct act_kind_row {
    const char *word; /* last part of the address */
    const char *verb; /* "Reject" */
    const char *notice;
    const char *reason_label; /* NULL: no reason is asked */
    const char *reason_hint;
    const char *reason_needed; /* NULL: it may be left out */
    bool (*may)(const struct visit *visit, const struct my_transfer *row);
    enum act_kind kind;
    bool has_account;
    bool is_danger;
} ACTS[] = {
    {.kind = ACT_ACCEPT,
     .word = "accept",
     .verb = "Accept",
     .notice = "accepted",
     .has_account = true,
     .may = my_may_accept},
    {.kind = ACT_REJECT,
     .word = "reject",
     .verb = "Reject",
     .notice = "rejected",
     .is_danger = true,
     .reason_label = "Why do you reject it?",
     .reason_hint = "The sender reads it. At most 256 characters.",
     .reason_needed = "Enter why you reject it: the sender reads it.",
     .may = my_may_accept},
    {.kind = ACT_APPROVE,
     .word = "approve",
     .verb = "Approve",
     .notice = "approved",
     .reason_label = "Comment",
     .reason_hint = own_hint,
     .may = my_may_approve},
    {.kind = ACT_REFUSE,
     .word = "refuse",
     .verb = "Refuse",
     .notice = "refused",
     .is_danger = true,
     .reason_label = "Why do you refuse it?",
     .reason_hint = own_hint,
     .reason_needed = "Enter why you refuse it: your colleague reads it.",
     .may = my_may_approve},
    {.kind = ACT_WITHDRAW,
     .word = "withdraw",
     .verb = "Withdraw",
     .notice = "withdrawn",
     .is_danger = true,
     .reason_label = "Reason",
     .reason_hint = "The recipient reads it. At most 256 characters.",
     .may = my_may_withdraw},
};

static const struct act_kind_row *act_row(enum act_kind kind)
{
    for (size_t i = 0; i < sizeof(ACTS) / sizeof(ACTS[0]); i++) {
        if (ACTS[i].kind == kind) {
            return &ACTS[i];
        }
    }
    must(!"an act of this page");
    return NULL;
}

/* Of what was withdrawn, a recipient knows only if it had been asked to accept. */
static const char *reason_hint(const struct my_transfer *row, const struct act_kind_row *act)
{
    bool is_asked = text_is(row->kind, "external") && text_is(row->state, "pending");
    return act->kind == ACT_WITHDRAW && !is_asked ? own_hint : act->reason_hint;
}

/* What will happen, in words. */
static const char *what_words(struct visit *visit, const struct my_transfer *row,
                              enum act_kind kind)
{
    struct arena *arena = visit->arena;
    const char *quantity = quantity_words(arena, row->units, row->instrument);
    const char *move = desk_verb(row->units, row->instrument, "moves", "move");
    const char *are = desk_verb(row->units, row->instrument, "is", "are");
    switch ((int)kind) {
    case ACT_ACCEPT:
        return arena_printf(arena,
                            "%s %s to your account at once. The transfer is public and final "
                            "then.",
                            quantity, move);
    case ACT_REJECT:
        return arena_printf(arena, "%s %s back to %s at once. This cannot be undone.", quantity,
                            desk_verb(row->units, row->instrument, "goes", "go"), row->from_name);
    case ACT_APPROVE:
        return row->needs_registry_approval && row->registry_approved_at == 0
                   ? "It then goes to a registry administrator for approval."
               : text_is(row->kind, "export")
                   ? arena_printf(arena, "%s is then asked to confirm it.", row->to_system)
               : text_is(row->kind, "internal")
                   ? arena_printf(arena, "%s then %s at once.", quantity, move)
                   : arena_printf(arena,
                                  "It then goes to %s, which accepts or rejects it, unless it has "
                                  "said that it accepts without being asked.",
                                  row->to_name);
    case ACT_REFUSE:
        return arena_printf(arena,
                            "The transfer ends, and %s %s available to %s again. %s is not told "
                            "of it.",
                            quantity, are, row->from_name, transfer_to(visit, row));
    default:
        return arena_printf(arena,
                            "The transfer ends, and %s %s available to you again at once. To send "
                            "credits later you start a new transfer.",
                            quantity, are);
    }
}

struct accept_view my_accept_view(struct visit *visit)
{
    struct holding_accounts accounts =
        holdings_accounts(visit->registry, visit->arena, visit->org_id, true);
    const char *chosen =
        visit->request->method == METHOD_POST ? field_text(&visit->fields, "account") : "";
    struct choice_view *choices = arena_array(visit->arena, struct choice_view, accounts.count + 1);
    for (size_t i = 0; i < accounts.count; i++) {
        choices[i] = (struct choice_view){
            .value = accounts.at[i].account_id,
            .words = accounts.at[i].name,
            .is_chosen = text_empty(chosen) ? accounts.at[i].is_main
                                            : text_is(chosen, accounts.at[i].account_id),
        };
    }
    return (struct accept_view){
        .has_accounts = accounts.count > 1,
        .accounts = {choices, accounts.count},
        .account_id = accounts.count == 1 ? accounts.at[0].account_id : "",
        .account_error = chrome_fault(visit, "account"),
    };
}

static void show_act(struct visit *visit, struct response *response, const struct my_transfer *row,
                     const struct act_kind_row *act, const char *once, const char *alarm,
                     bool is_over)
{
    struct arena *arena = visit->arena;
    const char *title = transfer_title(visit, row);
    bool is_post = visit->request->method == METHOD_POST;
    const char *heading = arena_printf(arena, "%s %s?", act->verb, title);
    struct act_view view = {
        .page = chrome_of(visit, PLACE_INBOX, chrome_fault_title(visit, heading)),
        .faults = chrome_faults(visit),
        .has_faults = visit->fields.error_count > 0,
        .has_alarm = !text_empty(alarm),
        .alarm = alarm,
        .is_over = is_over,
        .post = url_path(arena, "/account/transfers/*/*", row->transfer_id, act->word),
        .transfer_url = desk_transfer_url(arena, row->transfer_id),
        .heading = heading,
        .what = what_words(visit, row, act->kind),
        .once = once,
        .has_reason = act->reason_label != NULL,
        .is_reason_needed = act->reason_needed != NULL,
        .reason_label = act->reason_label,
        .reason_hint = reason_hint(row, act),
        .reason = is_post ? field_text(&visit->fields, "reason") : "",
        .reason_error = chrome_fault(visit, "reason"),
        .button = arena_printf(arena, "%s %s", act->verb,
                               quantity_words(arena, row->units, row->instrument)),
        .is_danger = act->is_danger,
    };
    if (act->has_account) {
        view.into = my_accept_view(visit);
    }
    chrome_trail(visit, &view.page, view.transfer_url, row->transfer_id);
    template_account_act(&response->body, &view);
}

/* The transfer of the address; what is none of one's business is not there. */
static bool find_row(struct visit *visit, struct my_transfer *row)
{
    return my_transfer_find(visit->registry, visit->arena, visit->org_id, visit->arguments[0], row);
}

/* A transfer that this person cannot act on (any more) shows its own page, which says why. */
static enum status act_get(struct visit *visit, struct response *response, enum act_kind kind)
{
    const struct act_kind_row *act = act_row(kind);
    struct my_transfer row;
    if (!find_row(visit, &row)) {
        return STATUS_NOT_FOUND;
    }
    if (!act->may(visit, &row)) {
        return desk_go(visit, response, desk_transfer_url(visit->arena, row.transfer_id));
    }
    show_act(visit, response, &row, act, desk_once(visit->arena), "", false);
    return STATUS_OK;
}

static const char *alarm_words(struct visit *visit, const struct answer *answer, enum status status,
                               const struct my_transfer *row)
{
    if (status == STATUS_LEDGER_AWAY || status == STATUS_BUSY) {
        return "The registry cannot do this at the moment, and nothing was changed. Press the "
               "button again in a few minutes.";
    }
    if (status == STATUS_ANSWER_LOST) {
        return "The registry’s answer did not arrive, so it may or may not have been done. Press "
               "the button again to find out: it cannot be done twice.";
    }
    const char *words = transfer_refused(visit, row, status);
    if (words != NULL) {
        return words;
    }
    return refusal_words(
        visit, answer, row->instrument,
        status == STATUS_TRANSFER_ENDED ? my_story_ended_by(visit, row, answer->ended_at) : "");
}

static enum status act_post(struct visit *visit, struct response *response, enum act_kind kind)
{
    const struct act_kind_row *act = act_row(kind);
    const char *reason = text_trim(visit->arena, field_text(&visit->fields, "reason"));
    const char *once = field_text(&visit->fields, "once");
    struct my_transfer row;
    if (!find_row(visit, &row)) {
        return STATUS_NOT_FOUND;
    }
    if (act->reason_needed != NULL && text_empty(reason)) {
        field_fault(&visit->fields, "reason", act->reason_needed);
    }
    if (visit->fields.error_count > 0) {
        show_act(visit, response, &row, act, once, "", false);
        desk_mend(response, STATUS_FORM_FAULTS);
        return STATUS_OK;
    }
    char key[KEY_SIZE];
    desk_key(visit, once, act->word, row.transfer_id, key);
    struct command *command = arena_one(visit->arena, struct command);
    *command = command_of(kind, visit->user_id, key);
    bool fits = TEXT_COPY(command->decide.transfer_id, row.transfer_id) &&
                TEXT_COPY(command->decide.account_id,
                          act->has_account ? field_text(&visit->fields, "account") : "") &&
                TEXT_COPY(command->decide.reason, reason);
    must(fits);
    struct answer answer = {0};
    enum status status = ledger_ask(visit->ledger, command, &answer);
    if (status == STATUS_OK) {
        gate_notice(visit, arena_printf(visit->arena, "%s %s", act->notice, row.transfer_id));
        return desk_go(visit, response, desk_transfer_url(visit->arena, row.transfer_id));
    }
    if (status == STATUS_NOT_FOUND || status == STATUS_NOT_ALLOWED || status == STATUS_FAULT) {
        return status;
    }
    const char *alarm = alarm_words(visit, &answer, status, &row);
    const char *field = answer.field == FIELD_REASON    ? "reason"
                        : answer.field == FIELD_ACCOUNT ? "account"
                                                        : NULL;
    if (field != NULL) {
        field_fault(&visit->fields, field, alarm);
    }
    show_act(visit, response, &row, act, once, field == NULL ? alarm : "",
             status == STATUS_TRANSFER_ENDED);
    desk_mend(response, status);
    return STATUS_OK;
}

enum status my_accept_get(struct visit *visit, struct response *response)
{
    return act_get(visit, response, ACT_ACCEPT);
}

enum status my_accept_post(struct visit *visit, struct response *response)
{
    return act_post(visit, response, ACT_ACCEPT);
}

enum status my_reject_get(struct visit *visit, struct response *response)
{
    return act_get(visit, response, ACT_REJECT);
}

enum status my_reject_post(struct visit *visit, struct response *response)
{
    return act_post(visit, response, ACT_REJECT);
}

enum status my_approve_get(struct visit *visit, struct response *response)
{
    return act_get(visit, response, ACT_APPROVE);
}

enum status my_approve_post(struct visit *visit, struct response *response)
{
    return act_post(visit, response, ACT_APPROVE);
}

enum status my_refuse_get(struct visit *visit, struct response *response)
{
    return act_get(visit, response, ACT_REFUSE);
}

enum status my_refuse_post(struct visit *visit, struct response *response)
{
    return act_post(visit, response, ACT_REFUSE);
}

enum status my_withdraw_get(struct visit *visit, struct response *response)
{
    return act_get(visit, response, ACT_WITHDRAW);
}

enum status my_withdraw_post(struct visit *visit, struct response *response)
{
    return act_post(visit, response, ACT_WITHDRAW);
}
