/* pages/my_story.c: what happened to a transfer, who did it and when; and its summary as CSV. */
#include "pages/my_transfer.h"

#include "base/clock.h"
#include "base/text.h"
#include "ledger/command.h"
#include "pages/desk.h"

/* The organisation whose act this is; "" the registry's. */
static const char *acting_org(const struct my_transfer *row, const struct my_act *act)
{
    static const enum act_kind senders[] = {ACT_TRANSFER, ACT_APPROVE, ACT_REFUSE, ACT_WITHDRAW};
    for (size_t i = 0; i < sizeof(senders) / sizeof(senders[0]); i++) {
        if (text_is(act->command, act_word(senders[i]))) {
            return row->from_org_id;
        }
    }
    bool is_recipient =
        text_is(act->command, act_word(ACT_ACCEPT)) || text_is(act->command, act_word(ACT_REJECT));
    return is_recipient ? row->to_org_id : "";
}

/* One's own colleagues by name, everybody else by what they are. */
static const char *who_of(struct visit *visit, const struct my_transfer *row,
                          const struct my_act *act)
{
    const char *org_id = acting_org(row, act);
    if (text_empty(act->user_id)) {
        return "The registry";
    }
    if (text_empty(org_id)) {
        return "A registry administrator";
    }
    if (text_is(org_id, visit->org_id)) {
        return desk_person(visit, act->user_id);
    }
    return text_is(org_id, row->from_org_id) ? row->from_name : row->to_name;
}

const char *my_story_ended_by(struct visit *visit, const struct my_transfer *row, int64_t ended_at)
{
    struct my_acts acts = my_transfer_acts(visit->registry, visit->arena, row->transfer_id);
    for (size_t i = acts.count; i > 0; i--) {
        const struct my_act *act = &acts.at[i - 1];
        if (act->at == ended_at) {
            bool is_registry = text_empty(act->user_id) || text_empty(acting_org(row, act));
            return is_registry ? "the registry" : who_of(visit, row, act);
        }
    }
    return "";
}

static const char *submitted_words(struct visit *visit, const struct my_transfer *row,
                                   struct my_blocks blocks)
{
    int64_t splits = 0;
    for (size_t i = 0; i < blocks.count; i++) {
        splits += text_empty(blocks.at[i].split_from_id) ? 0 : 1;
    }
    const char *blocks_words = desk_count(visit->arena, (int64_t)blocks.count, "block", "blocks");
    const char *split_words =
        splits == 0 ? ""
                    : arena_printf(visit->arena, ", %s split",
                                   desk_count(visit->arena, splits, "batch", "batches"));
    bool is_at_once = text_is(row->state, "completed") && row->ended_at == row->submitted_at;
    if (is_at_once) {
        return arena_printf(visit->arena, "made the transfer: %s moved at once%s", blocks_words,
                            split_words);
    }
    return arena_printf(visit->arena, "sent the transfer: %s reserved%s", blocks_words,
                        split_words);
}

/* What an act did, in words after who did it; NULL: an act that is not part of the story. */
static const char *what_of(struct visit *visit, const struct my_transfer *row,
                           const struct my_act *act, struct my_blocks blocks, const char **quote)
{
    const char *command = act->command;
    *quote = "";
    if (text_is(command, act_word(ACT_TRANSFER))) {
        return submitted_words(visit, row, blocks);
    }
    if (text_is(command, act_word(ACT_APPROVE))) {
        *quote = row->approval_comment;
        return arena_printf(visit->arena, "approved it for %s", row->from_name);
    }
    if (text_is(command, act_word(ACT_REGISTRY_APPROVE))) {
        *quote = row->registry_comment;
        return "approved it for the registry";
    }
    if (text_is(command, act_word(ACT_ACCEPT))) {
        return row->is_out || text_empty(row->to_account_name)
                   ? "accepted it"
                   : arena_printf(visit->arena, "accepted it into the account %s",
                                  row->to_account_name);
    }
    if (text_is(command, act_word(ACT_COMPLETE_EXPORT))) {
        return arena_printf(visit->arena, "confirmed that %s received it", row->to_system);
    }
    if (text_is(command, act_word(ACT_REDACT_NOTE))) {
        *quote = row->note_redacted_reason;
        return "took the words of the public note away";
    }
    *quote = row->end_reason;
    if (text_is(command, act_word(ACT_WITHDRAW))) {
        return "withdrew it";
    }
    if (text_is(command, act_word(ACT_REFUSE))) {
        return arena_printf(visit->arena, "refused it for %s", row->from_name);
    }
    if (text_is(command, act_word(ACT_REJECT))) {
        return "rejected it";
    }
    if (text_is(command, act_word(ACT_REGISTRY_REFUSE))) {
        return "refused it for the registry";
    }
    if (text_is(command, act_word(ACT_REJECT_EXPORT))) {
        return arena_printf(visit->arena, "noted that %s rejected it", row->to_system);
    }
    if (text_is(command, act_word(ACT_CANCEL))) {
        return "cancelled it";
    }
    return NULL;
}

/* Did this act complete the transfer, because the recipient had said that it accepts such ones? */
static bool is_accepted_by(const struct my_transfer *row, const struct my_act *act)
{
    static const enum act_kind completing[] = {ACT_TRANSFER, ACT_APPROVE, ACT_REGISTRY_APPROVE};
    bool is_one = false;
    for (size_t i = 0; i < sizeof(completing) / sizeof(completing[0]); i++) {
        is_one = is_one || text_is(act->command, act_word(completing[i]));
    }
    return is_one && text_is(row->kind, "external") && text_is(row->state, "completed") &&
           act->at == row->ended_at;
}

/* The sender's own steps are not the recipient's business; that it was sent is. */
static bool is_told(const struct my_transfer *row, const struct my_act *act)
{
    return row->is_out || (!text_is(act->command, act_word(ACT_APPROVE)) &&
                           !text_is(act->command, act_word(ACT_REGISTRY_APPROVE)));
}

struct story_views my_story(struct visit *visit, const struct my_transfer *row,
                            struct my_blocks blocks)
{
    struct my_acts acts = my_transfer_acts(visit->registry, visit->arena, row->transfer_id);
    struct story_view *story = arena_array(visit->arena, struct story_view, acts.count + 3);
    size_t count = 0;
    bool has_start = false;
    for (size_t i = 0; i < acts.count; i++) {
        const struct my_act *act = &acts.at[i];
        const char *quote = "";
        const char *what = what_of(visit, row, act, blocks, &quote);
        has_start = has_start || text_is(act->command, act_word(ACT_TRANSFER));
        if (what != NULL && is_told(row, act)) {
            story[count++] = (struct story_view){
                .who = who_of(visit, row, act),
                .what = what,
                .when = desk_when(visit->arena, act->at),
                .quote = quote,
            };
        }
        if (is_accepted_by(row, act)) {
            story[count++] = (struct story_view){
                .who = row->to_name,
                .what = "accepted it without being asked, as its policy says",
                .when = desk_when(visit->arena, act->at),
                .quote = "",
            };
        }
    }
    if (!has_start) {
        /* Brought in with the registry's first books: the row itself tells when. */
        story[count++] = (struct story_view){
            .who = "The registry",
            .what = "recorded the transfer",
            .when = desk_when(visit->arena, row->submitted_at),
            .quote = "",
        };
    }
    if (text_is(row->state, "expired")) {
        story[count++] = (struct story_view){
            .who = "The clock",
            .what = "ended it: nobody acted in time",
            .when = desk_when(visit->arena, row->ended_at),
            .quote = "",
        };
    }
    return (struct story_views){story, count};
}

void my_transfer_csv(struct visit *visit, struct response *response, const struct my_transfer *row,
                     struct my_blocks blocks)
{
    static const char *const head[] = {"transfer_id",  "kind",       "state",       "from_id",
                                       "from",         "to_id",      "to",          "to_party",
                                       "submitted_at", "ended_at",   "public_note", "serial",
                                       "batch_id",     "split_from", "project_id",  "project",
                                       "vintage",      "instrument", "quantity",    "units"};
    enum { COLUMNS = sizeof(head) / sizeof(head[0]) };
    struct arena *arena = visit->arena;
    desk_csv(response, arena, arena_printf(arena, "%s.csv", row->transfer_id));
    desk_csv_line(&response->body, head, COLUMNS);
    for (size_t i = 0; i < blocks.count; i++) {
        const struct my_block *block = &blocks.at[i];
        const char *cells[COLUMNS] = {
            row->transfer_id,
            row->kind,
            row->state,
            row->from_org_id,
            row->from_name,
            row->to_org_id,
            text_is(row->kind, "export") ? row->to_system : row->to_name,
            row->to_system_party,
            clock_iso(arena, row->submitted_at),
            clock_iso(arena, row->ended_at),
            row->notes,
            serial_text(arena, &block->serial),
            block->batch_id,
            block->split_from_id,
            block->project_id,
            block->project_name,
            arena_printf(arena, "%d", block->serial.vintage),
            instrument_word(block->instrument),
            quantity_plain(arena, block->units, block->instrument),
            arena_printf(arena, "%lld", (long long)block->units),
        };
        desk_csv_line(&response->body, cells, COLUMNS);
    }
}
