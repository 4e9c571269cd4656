/* pages/inbox.c: see pages/inbox.h. */
#include "pages/inbox.h"

#include "account_templates.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "ledger/client.h"
#include "ledger/command.h"
#include "pages/desk.h"
#include "pages/my_transfer.h"
#include "pages/transfer_words.h"
#include "store/my_transfers.h"

static const char *const tab_words[] = {"incoming", "approvals", "outgoing", NULL};
static const char *const act_words[] = {"accept", "reject", "approve", "refuse", "withdraw", NULL};

static const struct field_row query_rows[] = {
    {.name = "tab", .kind = VALUE_WORD, .words = tab_words},
    {.name = "after", .kind = VALUE_CURSOR},
};
const struct form inbox_query = {query_rows, sizeof(query_rows) / sizeof(query_rows[0])};

static const struct field_row form_rows[] = {
    {.name = "tab", .kind = VALUE_WORD, .words = tab_words},
    {.name = "after", .kind = VALUE_CURSOR},
    {.name = "act",
     .kind = VALUE_WORD,
     .needed = true,
     .words = act_words,
     .needed_words = "Press one of the buttons."},
    {.name = "transfer", .kind = VALUE_ID, .repeats = true},
    {.name = "account", .kind = VALUE_ID},
    {.name = "reason", .kind = VALUE_LINE, .chars_max = REASON_CHARS_MAX, .label = "The reason"},
    {.name = "once", .kind = VALUE_LINE},
};
const struct form inbox_form = {form_rows, sizeof(form_rows) / sizeof(form_rows[0])};

static enum my_waiting waiting_of(const char *tab)
{
    if (text_is(tab, "approvals")) {
        return MY_APPROVALS;
    }
    return text_is(tab, "outgoing") ? MY_OUTGOING : MY_INCOMING;
}

/* Was this row ticked in the form that is shown again? */
static bool is_ticked(const struct visit *visit, const char *transfer_id)
{
    if (visit->request->method != METHOD_POST) {
        return false;
    }
    size_t next = 0;
    for (const struct pair *pair = field_each(&visit->fields, "transfer", &next); pair != NULL;
         pair = field_each(&visit->fields, "transfer", &next)) {
        if (text_is(pair->value, transfer_id)) {
            return true;
        }
    }
    return false;
}

static bool can_act(const struct visit *visit, const struct my_transfer *row, enum my_waiting which)
{
    switch (which) {
    case MY_INCOMING:
        return my_may_accept(visit, row);
    case MY_APPROVALS:
        return my_may_approve(visit, row);
    case MY_OUTGOING:
        return my_may_withdraw(visit, row);
    case MY_WAITING__COUNT:
        break;
    }
    return false;
}

static struct inbox_row row_view(struct visit *visit, const struct my_transfer *row,
                                 enum my_waiting which)
{
    struct arena *arena = visit->arena;
    bool is_own = text_is(row->submitted_root, visit->user_id);
    int64_t more = row->block_count - 1;
    const char *more_words = desk_count(arena, more, "more block", "more blocks");
    return (struct inbox_row){
        .transfer_id = row->transfer_id,
        .url = desk_transfer_url(arena, row->transfer_id),
        .can_act = can_act(visit, row, which),
        .is_ticked = is_ticked(visit, row->transfer_id),
        .why_not = which == MY_APPROVALS && is_own
                       ? "You sent it: another approver has to approve it"
                       : "",
        .label = transfer_title(visit, row),
        .units = row->units,
        .other = transfer_other(visit, row),
        .supplier = row->supplier_name,
        .serial = text_empty(row->first_batch_id) ? "" : serial_text(arena, &row->first_block),
        .more_blocks = more > 0 ? arena_printf(arena, "and %s", more_words) : "",
        .note = row->notes,
        .private_note = row->private_note,
        .by = which == MY_INCOMING ? "" : desk_person(visit, row->submitted_by),
        .quantity = quantity_show(arena, row->units, row->instrument),
        .unit = desk_unit(row->instrument),
        .state = desk_state(row->state),
        .until = desk_when(arena, row->expires_at),
        .is_soon = desk_is_soon(visit, row->expires_at),
    };
}

static void fill_rows(struct visit *visit, enum my_waiting which, const char *after,
                      struct inbox_view *view)
{
    struct arena *arena = visit->arena;
    struct my_transfers found =
        my_transfers_waiting(visit->registry, arena, which, visit->org_id, after, PAGE_ROWS + 1);
    size_t count = found.count > PAGE_ROWS ? PAGE_ROWS : found.count;
    struct inbox_row *rows = arena_array(arena, struct inbox_row, count + 1);
    bool has_first = false;
    view->is_one_unit = count > 0;
    for (size_t i = 0; i < count; i++) {
        rows[i] = row_view(visit, &found.at[i], which);
        bool is_first = rows[i].can_act && !has_first;
        has_first = has_first || rows[i].can_act;
        rows[i].input_id = is_first ? "transfer" : arena_printf(arena, "transfer-%zu", i + 1);
        view->is_one_unit = view->is_one_unit && found.at[i].instrument == found.at[0].instrument;
    }
    for (size_t i = 0; i < count; i++) {
        rows[i].shows_tick = has_first;
    }
    view->rows = (struct inbox_rows){rows, count};
    view->has_rows = count > 0;
    view->can_act = has_first;
    view->unit = view->is_one_unit ? desk_unit(found.at[0].instrument) : "";
    view->scale = view->is_one_unit && found.at[0].instrument != INSTRUMENT_CARBON_REMOVAL ? 0 : 3;
    struct url base = url_with(arena, url_path(arena, "/account/inbox"), "tab", view->tab);
    if (!text_empty(after)) {
        view->pager.newer = base; /* back to the first page: those that wait longest */
    }
    if (found.count > PAGE_ROWS) {
        view->pager.older = url_with(arena, base, "after", found.at[count - 1].transfer_id);
    }
    view->has_pager = desk_pager(&view->pager, false, false);
    view->pager.back_words = "From the start";
    view->pager.on_words = "More that wait";
}

static const char *role_words(const struct visit *visit, enum my_waiting which)
{
    if (which == MY_OUTGOING) {
        return desk_may(visit, ROLE_INITIATOR)
                   ? ""
                   : "Withdrawing needs the role of initiator. A manager of your organisation can "
                     "give it.";
    }
    return desk_may(visit, ROLE_APPROVER)
               ? ""
               : "Deciding needs the role of approver. A manager of your organisation can give it.";
}

static void show_inbox(struct visit *visit, struct response *response, const char *once)
{
    bool is_post = visit->request->method == METHOD_POST;
    const char *tab = field_text(&visit->fields, "tab");
    enum my_waiting which = waiting_of(tab);
    struct inbox_view view = {
        .page = chrome_of(visit, PLACE_INBOX, chrome_fault_title(visit, "Inbox")),
        .faults = chrome_faults(visit),
        .has_faults = visit->fields.error_count > 0,
        .is_incoming = which == MY_INCOMING,
        .is_approvals = which == MY_APPROVALS,
        .is_outgoing = which == MY_OUTGOING,
        .tab = tab_words[which],
        .after = field_text(&visit->fields, "after"),
        .role_words = role_words(visit, which),
        .once = once,
        .transfer_error = chrome_fault(visit, "transfer"),
        .reason = is_post ? field_text(&visit->fields, "reason") : "",
        .reason_error = chrome_fault(visit, "reason"),
    };
    view.incoming_count = view.page.incoming_waiting;
    view.approvals_count = view.page.approvals_waiting;
    view.outgoing_count = view.page.outgoing_waiting;
    fill_rows(visit, which, view.after, &view);
    if (view.is_incoming) {
        view.into = my_accept_view(visit);
    }
    template_account_inbox(&response->body, &view);
}

enum status inbox_get(struct visit *visit, struct response *response)
{
    show_inbox(visit, response, desk_once(visit->arena));
    return STATUS_OK;
}

static enum act_kind kind_of(const char *act)
{
    static const enum act_kind kinds[] = {ACT_ACCEPT, ACT_REJECT, ACT_APPROVE, ACT_REFUSE,
                                          ACT_WITHDRAW};
    for (size_t i = 0; act_words[i] != NULL; i++) {
        if (text_is(act_words[i], act)) {
            return kinds[i];
        }
    }
    must(!"one of the form's words");
    return ACT_NONE;
}

/* One act on one transfer; adds what is needed to tell of it to the address of the results. */
static struct url act_on(struct visit *visit, const char *act, const char *transfer_id,
                         struct url results)
{
    struct command *command = arena_one(visit->arena, struct command);
    char key[KEY_SIZE];
    desk_key(visit, field_text(&visit->fields, "once"), act, transfer_id, key);
    *command = command_of(kind_of(act), visit->user_id, key);
    const char *account = command->kind == ACT_ACCEPT ? field_text(&visit->fields, "account") : "";
    const char *reason = text_trim(visit->arena, field_text(&visit->fields, "reason"));
    bool fits = TEXT_COPY(command->decide.transfer_id, transfer_id) &&
                TEXT_COPY(command->decide.account_id, account) &&
                TEXT_COPY(command->decide.reason, reason);
    must(fits);
    struct answer answer = {0};
    enum status status = ledger_ask(visit->ledger, command, &answer);
    if (answer.seq > 0) {
        return url_with(visit->arena, results, "seq",
                        arena_printf(visit->arena, "%lld", (long long)answer.seq));
    }
    return url_with(visit->arena, results, status == STATUS_ANSWER_LOST ? "unsure" : "undone",
                    transfer_id);
}

static void check_act(struct visit *visit)
{
    const char *act = field_text(&visit->fields, "act");
    size_t next = 0;
    size_t count = 0;
    while (field_each(&visit->fields, "transfer", &next) != NULL) {
        count++;
    }
    if (count == 0) {
        field_fault(&visit->fields, "transfer", "Tick the transfers that you want to decide on.");
    } else if (count > PAGE_ROWS) {
        field_fault(&visit->fields, "transfer", "Tick at most 50 transfers at once.");
    }
    bool needs_reason = text_is(act, "reject") || text_is(act, "refuse");
    if (needs_reason && text_empty(text_trim(visit->arena, field_text(&visit->fields, "reason")))) {
        field_fault(&visit->fields, "reason",
                    text_is(act, "reject") ? "Enter why you reject them: the senders read it."
                                           : "Enter why you refuse them: your colleagues read it.");
    }
}

enum status inbox_post(struct visit *visit, struct response *response)
{
    _Static_assert(PAGE_ROWS == 50, "the words above say 50");
    const char *act = field_text(&visit->fields, "act");
    unsigned role = text_is(act, "withdraw") ? ROLE_INITIATOR : ROLE_APPROVER;
    if (!desk_may(visit, role)) {
        return STATUS_NOT_ALLOWED;
    }
    check_act(visit);
    if (visit->fields.error_count > 0) {
        show_inbox(visit, response, field_text(&visit->fields, "once"));
        desk_mend(response, STATUS_FORM_FAULTS);
        return STATUS_OK;
    }
    struct url results = url_path(visit->arena, "/account/inbox/done");
    results = url_with(visit->arena, results, "act", act);
    size_t next = 0;
    for (const struct pair *pair = field_each(&visit->fields, "transfer", &next); pair != NULL;
         pair = field_each(&visit->fields, "transfer", &next)) {
        results = act_on(visit, act, pair->value, results);
    }
    return desk_go(visit, response, results);
}
