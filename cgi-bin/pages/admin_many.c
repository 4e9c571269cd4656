/* pages/admin_many.c: one act on several ticked transfers: the page before it, each act, what came
 * of each. See pages/admin_transfers.h. */
#include "pages/admin_transfers.h"

#include "admin_templates.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"

static const char *const act_words[] = {"approve", "refuse", "complete", "reject", "cancel", NULL};
static const char *const step_words[] = {"confirm", NULL};
static const struct field_row act_rows[] = {
    {.name = "transfer", .kind = VALUE_ID, .repeats = true},
    {.name = "act", .kind = VALUE_WORD, .words = act_words, .needed = true},
    {.name = "step", .kind = VALUE_WORD, .words = step_words},
    {.name = "once", .kind = VALUE_LINE},
    {.name = "reason", .kind = VALUE_LINE, .chars_max = REASON_CHARS_MAX, .label = "The reason"},
};
const struct form admin_pending_acts_form = {act_rows, sizeof(act_rows) / sizeof(act_rows[0])};

static const struct field_row done_rows[] = {
    {.name = "act", .kind = VALUE_INT, .repeats = true},
    {.name = "left", .kind = VALUE_INT},
};
const struct form admin_pending_done_form = {done_rows, sizeof(done_rows) / sizeof(done_rows[0])};

/* Of the ticked ones, those that are transfers; at most a page of them. */
static size_t read_ticked(struct visit *visit, struct admin_transfer *ticked)
{
    size_t count = 0;
    size_t next = 0;
    const struct pair *pair = NULL;
    while (count < PAGE_ROWS && (pair = field_each(&visit->fields, "transfer", &next)) != NULL) {
        bool is_new = true;
        for (size_t i = 0; i < count; i++) {
            is_new = is_new && !text_is(ticked[i].it.transfer_id, pair->value);
        }
        if (is_new &&
            admin_transfer_find(visit->registry, visit->arena, pair->value, &ticked[count])) {
            count++;
        }
    }
    return count;
}

static enum status show(struct visit *visit, struct response *response,
                        const struct admin_decision *decision, const struct admin_transfer *ticked,
                        size_t count)
{
    struct arena *arena = visit->arena;
    struct url list = url_path(arena, "/admin/pending");
    bool are_exports = decision->kind == ACT_COMPLETE_EXPORT || decision->kind == ACT_REJECT_EXPORT;
    const char *button =
        admin_decision_words(arena, decision->many_button,
                             desk_count(arena, (int64_t)count, are_exports ? "export" : "transfer",
                                        are_exports ? "exports" : "transfers"));
    struct admin_form *form = admin_form_begin(
        visit, PLACE_PENDING, arena_printf(arena, "%s?", button), list, list, button);
    form->view.is_danger = decision->is_danger;
    form->view.has_id_labels = true;
    admin_form_once(form);
    admin_form_hidden(form, "act", decision->word);
    admin_form_hidden(form, "step", "confirm");
    for (size_t i = 0; i < count; i++) {
        admin_form_hidden(form, "transfer", ticked[i].it.transfer_id);
        admin_form_fact(form, ticked[i].it.transfer_id, admin_transfer_title(visit, &ticked[i]),
                        admin_transfer_url(arena, ticked[i].it.transfer_id));
    }
    admin_form_say(form, decision->many_next);
    admin_form_say(
        form, "Each is decided by itself: what cannot be done to one does not stop the others.");
    struct admin_field *reason =
        admin_form_area(form, "reason", decision->reason_label,
                        arena_printf(arena, "The same for all. %s", decision->reason_hint), "");
    reason->is_optional = !decision->is_reason_needed;
    chrome_trail(visit, &form->view.page, list, "Pending");
    return admin_form_show(form, response, STATUS_OK);
}

enum status admin_pending_post(struct visit *visit, struct response *response)
{
    const struct admin_decision *decision = admin_decision_find(field_text(&visit->fields, "act"));
    struct admin_transfer *ticked = arena_array(visit->arena, struct admin_transfer, PAGE_ROWS);
    size_t count = read_ticked(visit, ticked);
    if (decision == NULL) {
        return STATUS_BAD_REQUEST;
    }
    if (count == 0) {
        return admin_done(visit, response, "none-ticked", url_path(visit->arena, "/admin/pending"));
    }
    const char *reason = field_text(&visit->fields, "reason");
    bool is_confirmed = text_is(field_text(&visit->fields, "step"), "confirm");
    if (is_confirmed && decision->is_reason_needed && text_empty(reason)) {
        field_fault(&visit->fields, "reason",
                    "Enter the reason: those concerned have to know why.");
    }
    if (!is_confirmed || visit->fields.error_count > 0) {
        return show(visit, response, decision, ticked, count);
    }
    struct url done = url_path(visit->arena, "/admin/pending/done");
    struct command *command = arena_one(visit->arena, struct command);
    int64_t left = 0;
    for (size_t i = 0; i < count; i++) {
        char key[KEY_SIZE];
        desk_key(visit, field_text(&visit->fields, "once"), decision->word,
                 ticked[i].it.transfer_id, key);
        *command = command_of(decision->kind, visit->user_id, key);
        must(TEXT_COPY(command->decide.transfer_id, ticked[i].it.transfer_id));
        must(TEXT_COPY(command->decide.reason, reason));
        struct answer answer = {.seq = 0};
        (void)ledger_ask(visit->ledger, command, &answer);
        if (answer.seq == 0) {
            left++;
            continue;
        }
        done = url_with(visit->arena, done, "act",
                        arena_printf(visit->arena, "%lld", (long long)answer.seq));
    }
    if (left > 0) {
        done = url_with(visit->arena, done, "left",
                        arena_printf(visit->arena, "%lld", (long long)left));
    }
    return desk_go(visit, response, done);
}

/* What came of each, read from the audit log: only what this person did. */
enum status admin_pending_done_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct admin_done_row *rows = arena_array(arena, struct admin_done_row, PAGE_ROWS);
    size_t count = 0;
    int64_t done = 0;
    size_t next = 0;
    const struct pair *pair = NULL;
    while (count < PAGE_ROWS && (pair = field_each(&visit->fields, "act", &next)) != NULL) {
        int64_t seq = 0;
        struct admin_act act;
        struct admin_transfer row;
        if (!text_parse_int(pair->value, false, &seq) ||
            !admin_act_find(visit->registry, arena, seq, &act) ||
            !text_is(act.user_id, visit->user_id) ||
            !admin_transfer_find(visit->registry, arena, act.subject_id, &row)) {
            continue;
        }
        const char *refusal = admin_outcome_words(act.outcome);
        rows[count++] = (struct admin_done_row){
            .transfer_id = act.subject_id,
            .url = admin_transfer_url(arena, act.subject_id),
            .title = admin_transfer_title(visit, &row),
            .is_done = text_empty(refusal),
            .words = text_empty(refusal) ? admin_act_words(act.command) : refusal,
        };
        done += text_empty(refusal) ? 1 : 0;
    }
    int64_t left = 0;
    (void)field_int(&visit->fields, "left", &left);
    const char *heading = arena_printf(arena, "%s of %s done", text_int_grouped(arena, done),
                                       text_int_grouped(arena, (int64_t)count + left));
    struct admin_done_view view = {
        .page = chrome_of(visit, PLACE_PENDING, heading),
        .heading = heading,
        .left = left == 0
                    ? ""
                    : arena_printf(arena,
                                   "The ledger did not answer for %s. Look at the list before "
                                   "you try again.",
                                   desk_count(arena, left, "transfer", "transfers")),
        .rows = {rows, count},
    };
    chrome_trail(visit, &view.page, url_path(arena, "/admin/pending"), "Pending");
    template_admin_done(&response->body, &view);
    return STATUS_OK;
}
