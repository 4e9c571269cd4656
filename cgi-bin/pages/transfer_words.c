/* pages/transfer_words.c: see pages/transfer_words.h. */
#include "pages/transfer_words.h"

#include "base/clock.h"
#include "base/text.h"
#include "pages/desk.h"

bool transfer_is_open(const struct my_transfer *row)
{
    return text_is(row->state, "pending") || text_is(row->state, "awaiting_approval");
}

bool transfer_waits_second_person(const struct my_transfer *row)
{
    return text_is(row->state, "awaiting_approval") && row->needs_approval && row->approved_at == 0;
}

const char *transfer_to(struct visit *visit, const struct my_transfer *row)
{
    if (text_is(row->kind, "export")) {
        return row->to_system;
    }
    if (text_is(row->kind, "internal")) {
        return arena_printf(visit->arena, "your account %s", row->to_account_name);
    }
    return row->is_out ? row->to_name : "you";
}

const char *transfer_other(struct visit *visit, const struct my_transfer *row)
{
    return row->is_out ? transfer_to(visit, row) : row->from_name;
}

const char *transfer_note_readers(const char *kind)
{
    return text_is(kind, "external") ? "the two parties" : "your own organisation";
}

const char *transfer_title(struct visit *visit, const struct my_transfer *row)
{
    return arena_printf(visit->arena, "%s %s %s",
                        quantity_words(visit->arena, row->units, row->instrument),
                        row->is_out ? "to" : "from", transfer_other(visit, row));
}

const char *transfer_done(struct visit *visit, const struct my_transfer *row)
{
    const char *quantity = quantity_words(visit->arena, row->units, row->instrument);
    const char *to = transfer_to(visit, row);
    const char *are = desk_verb(row->units, row->instrument, "is", "are");
    if (text_is(row->state, "completed")) {
        return text_is(row->kind, "internal")
                   ? arena_printf(visit->arena, "%s moved to %s", quantity, to)
                   : arena_printf(visit->arena, "%s %s with %s now", quantity, are, to);
    }
    if (text_is(row->state, "pending")) {
        return arena_printf(visit->arena, "%s %s on the way to %s", quantity, are, to);
    }
    if (text_is(row->state, "awaiting_approval")) {
        return arena_printf(visit->arena, "%s to %s %s for approval", quantity, to,
                            desk_verb(row->units, row->instrument, "waits", "wait"));
    }
    return arena_printf(visit->arena, "%s to %s", quantity, to);
}

/* "It returns to you on 4 December 2026 if …" */
static const char *returns(struct visit *visit, const struct my_transfer *row, const char *if_words)
{
    return arena_printf(visit->arena, "It returns to %s on %s if %s.",
                        row->is_out ? "you" : row->from_name,
                        clock_date_words(visit->arena, row->expires_at), if_words);
}

/* How it ended, for the reader. */
static const char *ended(struct visit *visit, const struct my_transfer *row)
{
    struct arena *arena = visit->arena;
    const char *at = clock_words(arena, row->ended_at);
    if (text_is(row->state, "completed")) {
        return arena_printf(arena, "on %s. This is final.", at);
    }
    const char *back = row->is_out
                           ? "The credits are available to you again."
                           : arena_printf(arena, "The credits stayed with %s.", row->from_name);
    return arena_printf(arena, "on %s. %s", at, back);
}

const char *transfer_next(struct visit *visit, const struct my_transfer *row)
{
    struct arena *arena = visit->arena;
    if (!transfer_is_open(row)) {
        return ended(visit, row);
    }
    if (transfer_waits_second_person(row)) {
        return arena_printf(arena, "until a second person of %s approves it. %s", row->from_name,
                            returns(visit, row, "nobody does"));
    }
    if (text_is(row->state, "awaiting_approval")) {
        return arena_printf(arena, "until a registry administrator approves it. %s",
                            returns(visit, row, "nobody does"));
    }
    if (text_is(row->kind, "export")) {
        return arena_printf(arena, "until %s confirms that %s received it. %s", row->to_system,
                            row->to_system_party, returns(visit, row, "nobody does"));
    }
    if (row->is_out) {
        return arena_printf(arena, "until %s accepts. %s", row->to_name,
                            returns(visit, row, "they do nothing"));
    }
    return arena_printf(arena, "until you accept it. %s", returns(visit, row, "you do nothing"));
}

const char *transfer_waits_for(struct visit *visit, const struct my_transfer *row)
{
    if (!transfer_is_open(row)) {
        return "";
    }
    if (transfer_waits_second_person(row)) {
        return arena_printf(visit->arena, "A second person of %s approves or refuses",
                            row->from_name);
    }
    if (text_is(row->state, "awaiting_approval")) {
        return "A registry administrator approves or refuses";
    }
    if (text_is(row->kind, "export")) {
        return arena_printf(visit->arena, "%s confirms or rejects", row->to_system);
    }
    return arena_printf(visit->arena, "%s accepts or rejects", row->to_name);
}

const char *transfer_refused(struct visit *visit, const struct my_transfer *row, enum status status)
{
    if (!row->is_out && status == STATUS_SENDER_SUSPENDED) {
        return arena_printf(visit->arena,
                            "%s is suspended and can send nothing for now. Accept when the "
                            "registry has lifted the suspension, or reject.",
                            row->from_name);
    }
    if (!row->is_out && status == STATUS_RECIPIENT_SUSPENDED) {
        return arena_printf(visit->arena,
                            "%s is suspended and can receive nothing for now. Ask the registry to "
                            "lift the suspension.",
                            row->to_name);
    }
    return NULL;
}

struct block_views transfer_blocks(struct visit *visit, struct my_blocks blocks)
{
    struct arena *arena = visit->arena;
    struct block_view *views = arena_array(arena, struct block_view, blocks.count + 1);
    for (size_t i = 0; i < blocks.count; i++) {
        const struct my_block *block = &blocks.at[i];
        views[i] = (struct block_view){
            .serial = serial_text(arena, &block->serial),
            .url = desk_batch_url(arena, block->batch_id),
            .project = block->project_name,
            .project_url = desk_project_url(arena, block->project_id),
            .vintage = arena_printf(arena, "%d", block->serial.vintage),
            .quantity = quantity_show(arena, block->units, block->instrument),
            .account = block->from_account,
            .split_from =
                text_empty(block->split_from_id) ? "" : serial_text(arena, &block->split_from),
            .state = desk_state(block->state),
        };
    }
    return (struct block_views){views, blocks.count};
}
