/* pages/admin_decide.c: what administrators do to one transfer: the page before it, and the act.
 * See pages/admin_transfers.h. */
#include "pages/admin_transfers.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"
#include "pages/transfer_words.h"

static const struct admin_decision decisions_all[ADMIN_DECISIONS_MAX] = {
    {.word = "approve",
     .kind = ACT_REGISTRY_APPROVE,
     .notice = "approved",
     .button = "Approve *",
     .many = "Approve the ticked transfers",
     .many_next =
         "Each goes on: its recipient is asked to accept, or the other registry to confirm.",
     .title = "Approve *?",
     .reason_label = "Comment",
     .reason_hint = "Kept in the transfer’s story, for administrators and the sender.",
     .is_primary = true},
    {.word = "refuse",
     .kind = ACT_REGISTRY_REFUSE,
     .notice = "refused",
     .button = "Refuse *",
     .many = "Refuse the ticked transfers",
     .many_next = "Each ends as rejected. Its units are available to its sender again.",
     .title = "Refuse *?",
     .reason_label = "Reason",
     .reason_hint = "The sender reads it.",
     .is_reason_needed = true,
     .is_danger = true},
    {.word = "complete",
     .kind = ACT_COMPLETE_EXPORT,
     .notice = "export-completed",
     .button = "Confirm that * arrived",
     .many = "Confirm that the ticked exports arrived",
     .many_next = "The units of each leave this registry for good. That is public and final.",
     .title = "Has the export of * arrived?",
     .reason_label = "Comment",
     .reason_hint = "",
     .is_danger = true,
     .is_primary = true},
    {.word = "reject",
     .kind = ACT_REJECT_EXPORT,
     .notice = "export-rejected",
     .button = "Record that * were rejected",
     .many = "Record that the ticked exports were rejected",
     .many_next = "Each ends as rejected. Its units are available to its sender again.",
     .title = "Did the other registry reject *?",
     .reason_label = "Reason the other registry gave",
     .reason_hint = "The sender reads it.",
     .is_reason_needed = true,
     .is_danger = true},
    {.word = "cancel",
     .kind = ACT_CANCEL,
     .notice = "cancelled",
     .button = "Cancel this transfer of *",
     .many = "Cancel the ticked transfers",
     .many_next = "Each ends as cancelled. Its units are available to its sender again, and both "
                  "parties see why.",
     .title = "Cancel the transfer of *?",
     .reason_label = "Reason",
     .reason_hint = "Both parties read it.",
     .is_reason_needed = true,
     .is_danger = true},
    {.word = "redact",
     .kind = ACT_REDACT_NOTE,
     .notice = "redacted",
     .button = "Redact the public note of *",
     .many = "Redact the public notes",
     .many_next = "",
     .title = "Redact the public note of *?",
     .reason_label = "Reason",
     .reason_hint =
         "Everybody reads it, in place of the note. Do not repeat the words of the note.",
     .is_reason_needed = true,
     .is_danger = true},
};

static const struct field_row rows[] = {
    {.name = "once", .kind = VALUE_LINE},
    {.name = "reason",
     .kind = VALUE_LINE,
     .chars_max = REASON_CHARS_MAX,
     .label = "The reason or comment"},
};
const struct form admin_decide_form = {rows, sizeof(rows) / sizeof(rows[0])};

const struct admin_decision *admin_decision_find(const char *word)
{
    for (size_t i = 0; i < ADMIN_DECISIONS_MAX; i++) {
        if (text_is(decisions_all[i].word, word)) {
            return &decisions_all[i];
        }
    }
    return NULL;
}

static bool is_possible(const struct admin_transfer *row, enum act_kind kind)
{
    bool is_open = transfer_is_open(&row->it);
    switch ((int)kind) {
    case ACT_REGISTRY_APPROVE:
    case ACT_REGISTRY_REFUSE:
        return is_open && row->part == ADMIN_APPROVAL;
    case ACT_COMPLETE_EXPORT:
    case ACT_REJECT_EXPORT:
        return is_open && row->part == ADMIN_EXPORT;
    case ACT_CANCEL:
        return is_open;
    default:
        return text_is(row->it.state, "completed") && !text_empty(row->it.notes) &&
               row->it.note_redacted_at == 0;
    }
}

size_t admin_decisions(const struct admin_transfer *row,
                       const struct admin_decision *decisions[ADMIN_DECISIONS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < ADMIN_DECISIONS_MAX; i++) {
        if (is_possible(row, decisions_all[i].kind)) {
            decisions[count++] = &decisions_all[i];
        }
    }
    return count;
}

static const char *returns_words(struct visit *visit, const struct admin_transfer *row)
{
    return arena_printf(
        visit->arena, "%s are available to %s again, in the accounts they came from.",
        quantity_words(visit->arena, row->it.units, row->it.instrument), row->it.from_name);
}

static void say_approve(struct visit *visit, struct admin_form *form,
                        const struct admin_transfer *row)
{
    const struct my_transfer *it = &row->it;
    if (transfer_waits_second_person(it)) {
        admin_form_say(form,
                       arena_printf(visit->arena, "It goes on to wait for a second person of %s.",
                                    it->from_name));
    } else if (text_is(it->kind, "export")) {
        admin_form_say(form, arena_printf(visit->arena,
                                          "It becomes pending: once %s has the units, come back "
                                          "and confirm that they arrived.",
                                          it->to_system));
    } else {
        admin_form_say(form, arena_printf(visit->arena,
                                          "%s is asked to accept. If it accepts such transfers at "
                                          "once, the units move now, and that is final.",
                                          it->to_name));
    }
    admin_form_say(form, "Your name and comment are kept in the transfer’s story.");
}

void admin_decision_say(struct visit *visit, struct admin_form *form,
                        const struct admin_decision *decision, const struct admin_transfer *row)
{
    const struct my_transfer *it = &row->it;
    switch ((int)decision->kind) {
    case ACT_REGISTRY_APPROVE:
        say_approve(visit, form, row);
        return;
    case ACT_COMPLETE_EXPORT:
        admin_form_say(form, arena_printf(visit->arena,
                                          "%s leave this registry for good: their batches become "
                                          "exported.",
                                          quantity_words(visit->arena, it->units, it->instrument)));
        admin_form_say(form, "The transfer is public and final. It cannot be taken back.");
        return;
    case ACT_REDACT_NOTE:
        admin_form_say(form, arena_printf(visit->arena,
                                          "The words “%s” are taken away for good, here and on the "
                                          "public pages.",
                                          it->notes));
        admin_form_say(form,
                       "What remains is that there was a note, that the registry redacted it, "
                       "when, and your reason.");
        admin_form_say(form, "The transfer itself stays as it is.");
        return;
    default:
        admin_form_say(form, returns_words(visit, row));
        admin_form_say(form,
                       decision->kind == ACT_CANCEL
                           ? "The transfer ends as cancelled. Both parties see that the registry "
                             "did it, and why."
                           : "The transfer ends as rejected, and the sender sees why.");
        return;
    }
}

/* The words with the quantity where their '*' is. */
static const char *with_quantity(struct arena *arena, const char *words, const char *quantity)
{
    size_t bytes = strcspn(words, "*");
    must(words[bytes] == '*');
    return arena_printf(arena, "%.*s%s%s", (int)bytes, words, quantity, words + bytes + 1);
}

static enum status show(struct visit *visit, struct response *response,
                        const struct admin_decision *decision, const struct admin_transfer *row,
                        struct admin_alarm alarm, enum status status)
{
    struct arena *arena = visit->arena;
    const struct my_transfer *it = &row->it;
    const char *quantity = quantity_words(arena, it->units, it->instrument);
    struct url page = admin_transfer_url(arena, it->transfer_id);
    const char *heading = decision->kind == ACT_REDACT_NOTE
                              ? "Redact the public note?"
                              : with_quantity(arena, decision->title, quantity);
    const char *button = decision->kind == ACT_REDACT_NOTE
                             ? "Redact the public note"
                             : with_quantity(arena, decision->button, quantity);
    struct admin_form *form = admin_form_begin(
        visit, PLACE_PENDING, heading,
        url_path(arena, "/admin/transfers/*/*", it->transfer_id, decision->word), page, button);
    form->view.is_danger = decision->is_danger;
    admin_form_once(form);
    admin_form_fact(form, "Transfer", it->transfer_id, page);
    admin_form_fact(form, "From", it->from_name, admin_org_url(arena, it->from_org_id));
    admin_form_fact(form, "To", admin_transfer_to(visit, row), (struct url){NULL});
    admin_form_fact(form, "Quantity", quantity, (struct url){NULL});
    if (is_possible(row, decision->kind)) {
        admin_decision_say(visit, form, decision, row);
    }
    struct admin_field *reason =
        admin_form_area(form, "reason", decision->reason_label, decision->reason_hint, "");
    reason->is_optional = !decision->is_reason_needed;
    if (alarm.title != NULL) {
        admin_form_alarm(form, alarm.title, alarm.words);
    }
    chrome_trail(visit, &form->view.page, url_path(arena, "/admin/pending"), "Pending");
    chrome_trail(visit, &form->view.page, page, it->transfer_id);
    return admin_form_show(form, response, status);
}

enum status admin_decide_get(struct visit *visit, struct response *response)
{
    const struct admin_decision *decision = admin_decision_find(visit->arguments[1]);
    struct admin_transfer row;
    if (decision == NULL ||
        !admin_transfer_find(visit->registry, visit->arena, visit->arguments[0], &row)) {
        return STATUS_NOT_FOUND;
    }
    if (!admin_may(visit) || !is_possible(&row, decision->kind)) {
        /* The page says how it stands. */
        return desk_go(visit, response, admin_transfer_url(visit->arena, row.it.transfer_id));
    }
    return show(visit, response, decision, &row, (struct admin_alarm){NULL, NULL}, STATUS_OK);
}

enum status admin_decide_post(struct visit *visit, struct response *response)
{
    static const struct admin_field_name names[] = {
        {FIELD_REASON, "reason", NULL},
        {FIELD_NONE, NULL, NULL},
    };
    const struct admin_decision *decision = admin_decision_find(visit->arguments[1]);
    struct admin_transfer row;
    if (decision == NULL ||
        !admin_transfer_find(visit->registry, visit->arena, visit->arguments[0], &row)) {
        return STATUS_NOT_FOUND;
    }
    struct admin_alarm alarm = {NULL, NULL};
    const char *reason = field_text(&visit->fields, "reason");
    if (decision->is_reason_needed && text_empty(reason)) {
        field_fault(&visit->fields, "reason",
                    "Enter the reason: those concerned have to know why.");
    }
    if (visit->fields.error_count > 0) {
        return show(visit, response, decision, &row, alarm, STATUS_OK);
    }
    char key[KEY_SIZE];
    desk_key(visit, field_text(&visit->fields, "once"), decision->word, row.it.transfer_id, key);
    struct command *command = arena_one(visit->arena, struct command);
    *command = command_of(decision->kind, visit->user_id, key);
    must(TEXT_COPY(command->decide.transfer_id, row.it.transfer_id));
    must(TEXT_COPY(command->decide.reason, reason));
    struct answer answer;
    enum status status = admin_ask(visit, command, row.it.instrument, names, &answer, &alarm);
    if (admin_is_page(status)) {
        return status;
    }
    if (status != STATUS_OK) {
        return show(visit, response, decision, &row, alarm, status);
    }
    return admin_done(visit, response,
                      arena_printf(visit->arena, "%s %s", decision->notice, row.it.transfer_id),
                      admin_transfer_url(visit->arena, row.it.transfer_id));
}
