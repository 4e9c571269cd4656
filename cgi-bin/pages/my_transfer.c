/* pages/my_transfer.c: one transfer of one's own, with its whole story. */
#include "pages/my_transfer.h"

#include "account_templates.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"
#include "pages/transfer_words.h"

static const char *const from_words[] = {"draft", NULL};
static const struct field_row rows[] = {
    {.name = "from", .kind = VALUE_WORD, .words = from_words},
    DESK_FORMAT_FIELD,
};
const struct form my_transfer_form = {rows, sizeof(rows) / sizeof(rows[0])};

#define ACTS_MAX 4

bool my_may_accept(const struct visit *visit, const struct my_transfer *row)
{
    return !row->is_out && text_is(row->state, "pending") && desk_may(visit, ROLE_APPROVER);
}

bool my_may_approve(const struct visit *visit, const struct my_transfer *row)
{
    return row->is_out && transfer_waits_second_person(row) && desk_may(visit, ROLE_APPROVER) &&
           !text_is(row->submitted_root, visit->user_id);
}

bool my_may_withdraw(const struct visit *visit, const struct my_transfer *row)
{
    return row->is_out && transfer_is_open(row) && desk_may(visit, ROLE_INITIATOR);
}

static void add_act(struct visit *visit, const struct my_transfer *row, struct act_link *acts,
                    size_t *count, const char *word, const char *words, bool is_primary)
{
    acts[(*count)++] = (struct act_link){
        .words = words,
        .url = url_path(visit->arena, "/account/transfers/*/*", row->transfer_id, word),
        .is_primary = is_primary,
    };
}

static struct act_links acts_of(struct visit *visit, const struct my_transfer *row)
{
    struct act_link *acts = arena_array(visit->arena, struct act_link, ACTS_MAX);
    const char *quantity = quantity_words(visit->arena, row->units, row->instrument);
    size_t count = 0;
    if (my_may_accept(visit, row)) {
        add_act(visit, row, acts, &count, "accept",
                arena_printf(visit->arena, "Accept %s", quantity), true);
        add_act(visit, row, acts, &count, "reject",
                arena_printf(visit->arena, "Reject %s", quantity), false);
    }
    if (my_may_approve(visit, row)) {
        add_act(visit, row, acts, &count, "approve",
                arena_printf(visit->arena, "Approve this transfer of %s", quantity), true);
        add_act(visit, row, acts, &count, "refuse",
                arena_printf(visit->arena, "Refuse this transfer of %s", quantity), false);
    }
    if (my_may_withdraw(visit, row)) {
        add_act(visit, row, acts, &count, "withdraw",
                arena_printf(visit->arena, "Withdraw this transfer of %s", quantity), false);
    }
    return (struct act_links){acts, count};
}

/* Why a person who could expect a button has none. */
static const char *no_act_words(struct visit *visit, const struct my_transfer *row)
{
    if (row->is_out && transfer_waits_second_person(row) &&
        text_is(row->submitted_root, visit->user_id)) {
        return "You sent it yourself, so another approver of your organisation has to approve it.";
    }
    if (!row->is_out && transfer_is_open(row) && !desk_may(visit, ROLE_APPROVER)) {
        return "An approver of your organisation can accept or reject it.";
    }
    return "";
}

static void fill_parties(struct visit *visit, const struct my_transfer *row,
                         struct my_transfer_view *view)
{
    bool is_external = text_is(row->kind, "external");
    view->kind = desk_kind_words(row->kind);
    view->from = row->from_name;
    view->from_url = desk_org_url(visit->arena, row->from_org_id);
    bool is_export = text_is(row->kind, "export");
    view->to_label = is_external ? "To" : is_export ? "To registry" : "To account";
    view->to = is_external ? row->to_name : is_export ? row->to_system : row->to_account_name;
    view->to_url = is_external ? desk_org_url(visit->arena, row->to_org_id) : (struct url){NULL};
    view->to_more = is_export ? row->to_system_party : "";
    view->into = is_external && !row->is_out ? row->to_account_name : "";
    view->supplier = text_empty(row->supplier_org_id) ? "" : row->supplier_name;
    view->supplier_url = text_empty(row->supplier_org_id)
                             ? (struct url){NULL}
                             : desk_org_url(visit->arena, row->supplier_org_id);
}

enum status my_transfer_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct my_transfer row;
    if (!my_transfer_find(visit->registry, arena, visit->org_id, visit->arguments[0], &row)) {
        return STATUS_NOT_FOUND;
    }
    struct my_blocks blocks =
        my_transfer_blocks(visit->registry, arena, visit->org_id, row.transfer_id);
    if (text_is(field_text(&visit->fields, "format"), "csv")) {
        my_transfer_csv(visit, response, &row, blocks);
        return STATUS_OK;
    }
    struct my_transfer_view view = {
        .page = chrome_of(visit, PLACE_MY_TRANSFERS,
                          arena_printf(arena, "Transfer %s", row.transfer_id)),
        .from_draft = text_is(field_text(&visit->fields, "from"), "draft")
                          ? "The draft you opened was sent already and became this transfer. "
                            "Nothing was done again."
                          : "",
        .title = transfer_title(visit, &row),
        .state = desk_state(row.state),
        .next = transfer_next(visit, &row),
        .acts = acts_of(visit, &row),
        .no_act = no_act_words(visit, &row),
        .transfer_id = row.transfer_id,
        .quantity = quantity_words(arena, row.units, row.instrument),
        .weight = desk_weight(arena, row.units, row.instrument),
        .has_note = !text_is(row.kind, "internal"),
        .notes = row.notes,
        .redacted = row.note_redacted_at == 0
                        ? ""
                        : arena_printf(arena, "The registry took its words away on %s: %s",
                                       desk_when(arena, row.note_redacted_at).day,
                                       row.note_redacted_reason),
        .has_private_note = !text_empty(row.private_note),
        .note_readers = transfer_note_readers(row.kind),
        .private_note = row.private_note,
        .corrects_id = row.corrects_id,
        .corrects_url = text_empty(row.corrects_id) ? (struct url){NULL}
                                                    : desk_transfer_url(arena, row.corrects_id),
        .unit = desk_unit(row.instrument),
        .blocks = transfer_blocks(visit, blocks),
        .block_words = desk_count(arena, (int64_t)blocks.count, "block", "blocks"),
        .shows_accounts = row.is_out,
        .story = my_story(visit, &row, blocks),
        .waits_for = transfer_waits_for(visit, &row),
        .waits_until = desk_when(arena, row.expires_at),
        .csv_url = url_with(arena, desk_transfer_url(arena, row.transfer_id), "format", "csv"),
        .is_public = text_is(row.state, "completed") && !text_is(row.kind, "internal"),
        .public_url = url_path(arena, "/registry/transfers/*", row.transfer_id),
    };
    view.has_acts = view.acts.count > 0;
    fill_parties(visit, &row, &view);
    chrome_trail(visit, &view.page, url_path(arena, "/account/transfers"), "Transfers");
    template_account_transfer(&response->body, &view);
    return STATUS_OK;
}
