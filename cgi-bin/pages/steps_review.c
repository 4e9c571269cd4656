/* pages/steps_review.c: the check before the last button, the button itself, and the receipt. */
#include "pages/steps.h"

#include <string.h>

#include "account_templates.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"
#include "pages/plan.h"
#include "pages/transfer_words.h"
#include "store/my_transfers.h"

#define TRY_AGAIN_S 5 /* the daemon's restart */

static const struct field_row form_rows[] = {
    {.name = "recipient", .kind = VALUE_LINE}, /* never sent: where refusals about a step stand */
    {.name = "balance", .kind = VALUE_LINE},
    {.name = "amount", .kind = VALUE_LINE},
    {.name = "notes", .kind = VALUE_LINE, .chars_max = NOTE_CHARS_MAX, .label = "The public note"},
    {.name = "private_note",
     .kind = VALUE_LINE,
     .chars_max = NOTE_CHARS_MAX,
     .label = "The private note"},
    {.name = "corrects", .kind = VALUE_LINE, .chars_max = 40, .label = "The transfer’s id"},
    {.name = "plan", .kind = VALUE_LINE},
};
const struct form steps_review_form = {form_rows, sizeof(form_rows) / sizeof(form_rows[0])};

/* What stands above the page when it is shown again. */
struct alarm {
    const char *title;
    const char *words;
};

/* The review's field for what the ledger's refusal is about; NULL: the whole transfer. */
static const char *field_of(const struct answer *answer)
{
    switch ((enum command_field)answer->field) {
    case FIELD_RECIPIENT:
    case FIELD_ACCOUNT:
    case FIELD_SYSTEM:
        return "recipient";
    case FIELD_SUPPLIER:
        return "balance";
    case FIELD_AMOUNT:
    case FIELD_LINES:
        return "amount";
    case FIELD_NOTES:
        return "notes";
    case FIELD_PRIVATE_NOTE:
        return "private_note";
    case FIELD_CORRECTS:
        return "corrects";
    case FIELD_NONE:
    case FIELD_REASON:
    case FIELD_NAME:
    case FIELD_DOMAIN:
    case FIELD_COUNTRY:
    case FIELD_CODE:
    case FIELD_VINTAGE:
    case FIELD_PURPOSES:
    case FIELD_BENEFICIARY:
    case FIELD_DATE:
    case FIELD_ROLES:
    case FIELD_PERSON:
    case FIELD_SETTING:
    case FIELD_PROJECT:
    case FIELD_ORDER:
    case FIELD_KEY:
    case FIELD_INSTRUMENT:
    case FIELD_SUMMARY:
    case FIELD_PLACE:
    case FIELD_LOCATION:
    case FIELD_LABEL:
    case FIELD__COUNT:
        break;
    }
    return NULL;
}

/* The refusal, beside its field or above the page. */
static void show_refusal(struct visit *visit, const struct draft *draft,
                         const struct answer *answer, struct alarm *alarm)
{
    enum instrument instrument = INSTRUMENT_CARBON_REMOVAL;
    (void)instrument_from_word(draft->take.instrument, &instrument);
    const char *words = refusal_words(visit, answer, instrument, "");
    struct holding_balance balance;
    if (answer->status == STATUS_NOT_ENOUGH && answer->batch_id[0] == '\0' &&
        answer->available_units > 0 &&
        take_balance(visit, &draft->take, steps_except(draft), &balance)) {
        words = arena_printf(visit->arena, "Enter at most %s: that is what is available from %s.",
                             quantity_words(visit->arena, answer->available_units, instrument),
                             balance.supplier_name);
    }
    const char *field = field_of(answer);
    if (field != NULL) {
        field_fault(&visit->fields, field, words);
    } else {
        *alarm = (struct alarm){"This transfer cannot be made now", words};
    }
}

static void fill_facts(struct visit *visit, const struct draft *draft,
                       const struct command *command, struct step_review_view *view)
{
    struct arena *arena = visit->arena;
    enum instrument instrument = (enum instrument)command->transfer.instrument;
    struct holding_balance balance;
    bool is_export = text_is(draft->kind, "export");
    view->from = visit->org_name;
    view->kind = desk_kind_words(draft->kind);
    bool is_internal = text_is(draft->kind, "internal");
    view->to_label = is_export ? "To registry" : is_internal ? "To account" : "To";
    view->to = steps_to(visit, draft);
    view->to_fact = is_internal ? steps_account(visit, draft) : view->to;
    view->to_more = is_export ? draft->to_system_party : "";
    view->supplier = take_balance(visit, &draft->take, steps_except(draft), &balance)
                         ? balance.supplier_name
                         : "a balance that is gone";
    view->quantity = quantity_words(arena, command->transfer.units, instrument);
    view->weight = desk_weight(arena, command->transfer.units, instrument);
    view->how = text_is(draft->take.mode, "manual") ? "chosen from deliveries" : "oldest first";
    view->recipient_url = steps_url(visit, draft, "recipient", true);
    view->balance_url = steps_url(visit, draft, "balance", true);
    view->amount_url = steps_url(visit, draft, "amount", true);
}

/* The command without the texts that a fault is told about: they may be longer than its arrays. */
static struct command *command_of_review(struct visit *visit, const struct draft *draft)
{
    struct draft fits = *draft;
    fits.notes = chrome_fault(visit, "notes") == NULL ? draft->notes : "";
    fits.private_note = chrome_fault(visit, "private_note") == NULL ? draft->private_note : "";
    fits.corrects_id = chrome_fault(visit, "corrects") == NULL ? draft->corrects_id : "";
    return steps_command(visit->arena, &fits);
}

/* Shows the transfer as it would be made now. Nothing is written. */
static void show_review(struct visit *visit, struct response *response, const struct draft *draft,
                        struct alarm alarm)
{
    struct command *command = command_of_review(visit, draft);
    struct plan plan = {0};
    struct answer answer = {0};
    enum status status = ledger_plan(visit->registry, visit->arena, PROGRAM_ACCOUNT, command,
                                     visit->now_us, &plan, &answer);
    if (status != STATUS_OK) {
        show_refusal(visit, draft, &answer, &alarm);
    }
    struct step_review_view view = {
        .page = chrome_of(visit, PLACE_CREDITS, chrome_fault_title(visit, "Check the transfer")),
        .step = steps_view_of(visit, draft, "review", false),
        .faults = chrome_faults(visit),
        .has_faults = visit->fields.error_count > 0,
        .has_alarm = alarm.title != NULL,
        .alarm_title = alarm.title,
        .alarm = alarm.words,
        .has_note = !text_is(draft->kind, "internal"),
        .notes = draft->notes,
        .note_readers = transfer_note_readers(draft->kind),
        .private_note = draft->private_note,
        .corrects_what = text_is(draft->kind, "export")
                             ? "a completed export of yours"
                             : "a completed transfer between the two of you",
        .corrects_id = draft->corrects_id,
        .recipient_error = chrome_fault(visit, "recipient"),
        .balance_error = chrome_fault(visit, "balance"),
        .amount_error = chrome_fault(visit, "amount"),
        .notes_error = chrome_fault(visit, "notes"),
        .private_note_error = chrome_fault(visit, "private_note"),
        .corrects_error = chrome_fault(visit, "corrects"),
    };
    chrome_trail(visit, &view.page, steps_url(visit, draft, "amount", false), "Amount");
    fill_facts(visit, draft, command, &view);
    if (status == STATUS_OK) {
        steps_show_plan(visit, draft, &plan, (enum instrument)command->transfer.instrument, &view);
    }
    template_account_step_review(&response->body, &view);
}

/* The draft of the address when all its questions are answered; otherwise the way to the first that
 * is not. */
static enum steps_found open_review(struct visit *visit, struct response *response,
                                    struct draft *draft)
{
    enum steps_found found = steps_open(visit, response, draft);
    if (found == STEPS_OPEN && !text_is(steps_next(draft), "review")) {
        response_redirect(response, visit->arena,
                          steps_url(visit, draft, steps_next(draft), false));
        return STEPS_OVER;
    }
    return found;
}

enum status steps_review_get(struct visit *visit, struct response *response)
{
    struct draft draft;
    enum steps_found found = open_review(visit, response, &draft);
    if (found != STEPS_OPEN) {
        return steps_closed(found);
    }
    show_review(visit, response, &draft, (struct alarm){NULL, NULL});
    return STATUS_OK;
}

static enum status go_done(struct visit *visit, struct response *response, const char *transfer_id)
{
    return desk_go(visit, response,
                   url_path(visit->arena, "/account/transfers/*/done", transfer_id));
}

/* What to show when the ledger did not make the transfer, or did not say. */
static enum status settle_refusal(struct visit *visit, struct response *response,
                                  const struct draft *draft, enum status status,
                                  const struct answer *answer)
{
    struct alarm alarm = {NULL, NULL};
    switch ((int)status) {
    case STATUS_NOT_ALLOWED:
    case STATUS_NOT_FOUND:
    case STATUS_FAULT:
        return status;
    case STATUS_KEY_REUSED: {
        /* A second tab was faster with other notes. */
        const char *transfer_id =
            my_transfer_of_key(visit->registry, visit->arena, visit->user_id, draft->draft_id);
        if (!text_empty(transfer_id)) {
            return go_done(visit, response, transfer_id);
        }
        break;
    }
    case STATUS_PLAN_CHANGED:
        alarm = (struct alarm){"Your holdings or your answers changed while you were reading",
                               "Nothing was transferred. Below is what would happen now: check it "
                               "again, then press the button."};
        break;
    case STATUS_LEDGER_AWAY:
    case STATUS_BUSY:
        alarm = (struct alarm){"The registry cannot move credits at this moment",
                               "Nothing was transferred. Your answers are kept: press the button "
                               "again in a few minutes, or come back to this page later."};
        response->retry_after_s = TRY_AGAIN_S;
        break;
    case STATUS_ANSWER_LOST:
        alarm = (struct alarm){"The registry’s answer did not arrive",
                               "The transfer may or may not have been made. Press the button again "
                               "to find out: it cannot be made twice, you get the first result."};
        response->retry_after_s = TRY_AGAIN_S;
        break;
    default:
        show_refusal(visit, draft, answer, &alarm);
        break;
    }
    show_review(visit, response, draft, alarm);
    desk_mend(response, status);
    return STATUS_OK;
}

enum status steps_review_post(struct visit *visit, struct response *response)
{
    struct draft draft;
    enum steps_found found = open_review(visit, response, &draft);
    if (found != STEPS_OPEN) {
        return steps_closed(found);
    }
    draft.notes = text_is(draft.kind, "internal")
                      ? ""
                      : text_trim(visit->arena, field_text(&visit->fields, "notes"));
    draft.private_note = text_trim(visit->arena, field_text(&visit->fields, "private_note"));
    draft.corrects_id = field_text(&visit->fields, "corrects");
    if (!text_empty(draft.corrects_id) && !id_is(draft.corrects_id, "tfr")) {
        field_fault(&visit->fields, "corrects",
                    "Enter the id of a transfer, such as tfr_1KNSQMD6Z1S0TB50, or leave it empty.");
    }
    if (visit->fields.error_count > 0) {
        show_review(visit, response, &draft, (struct alarm){NULL, NULL});
        desk_mend(response, STATUS_FORM_FAULTS);
        return STATUS_OK;
    }
    enum status status = steps_save(visit, &draft);
    if (status != STATUS_OK) {
        return status;
    }
    struct command *command = steps_command(visit->arena, &draft);
    command->transfer.has_plan = true;
    command->transfer.plan = plan_digest_of(field_text(&visit->fields, "plan"));
    struct answer answer = {0};
    status = ledger_ask(visit->ledger, command, &answer);
    if (status != STATUS_OK) {
        return settle_refusal(visit, response, &draft, status, &answer);
    }
    const char *transfer_id = arena_text(visit->arena, answer.id);
    if (!draft_submitted(visit->people, &draft, transfer_id, visit->now_us)) {
        /* The ledger has it; the draft finds its transfer by its key. */
        store_settle(visit->people);
    }
    return go_done(visit, response, transfer_id);
}

enum status steps_done_get(struct visit *visit, struct response *response)
{
    struct my_transfer row;
    if (!my_transfer_find(visit->registry, visit->arena, visit->org_id, visit->arguments[0],
                          &row) ||
        !row.is_out) {
        return STATUS_NOT_FOUND;
    }
    const char *title = transfer_done(visit, &row);
    bool is_public = text_is(row.state, "completed") && !text_is(row.kind, "internal");
    struct done_view view = {
        .page = chrome_of(visit, PLACE_MY_TRANSFERS, title),
        .title = title,
        .transfer_id = row.transfer_id,
        .state = desk_state(row.state),
        .next_heading = transfer_is_open(&row) ? "What happens next" : "What came of it",
        .next = transfer_next(visit, &row),
        .transfer_url = desk_transfer_url(visit->arena, row.transfer_id),
        .csv_url = url_with(visit->arena, desk_transfer_url(visit->arena, row.transfer_id),
                            "format", "csv"),
        .is_public = is_public,
        .public_url = is_public ? url_path(visit->arena, "/registry/transfers/*", row.transfer_id)
                                : (struct url){NULL},
    };
    template_account_done(&response->body, &view);
    return STATUS_OK;
}
