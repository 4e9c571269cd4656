/* pages/steps_plan.c: what a transfer would do, in words, as a table and drawn. */
#include "pages/steps.h"

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "pages/desk.h"
#include "store/holdings.h"

#define SPLITS_DRAWN_MAX 8 /* drawings after which the table says it better */
#define SENTENCES_MAX 8

/* A list of sentences being made. */
struct sentences {
    struct sentence_view *at;
    size_t count;
};

static void say(struct sentences *sentences, const char *words)
{
    must(sentences->count < SENTENCES_MAX);
    sentences->at[sentences->count++].words = words;
}

static struct sentences sentences_begin(struct arena *arena)
{
    return (struct sentences){arena_array(arena, struct sentence_view, SENTENCES_MAX), 0};
}

static struct sentence_views sentences_end(const struct sentences *sentences)
{
    return (struct sentence_views){sentences->at, sentences->count};
}

static struct split_view split_of(struct arena *arena, const struct plan_move *move,
                                  const char *serial, enum instrument instrument, size_t number)
{
    int64_t moves = move->last - move->first + 1;
    int64_t rests = move->rest_last - move->last;
    int64_t all = moves + rests;
    return (struct split_view){
        .title_id = arena_printf(arena, "split-%zu", number + 1),
        .is_first = number == 0,
        .serial = serial,
        .moves = quantity_show(arena, moves, instrument),
        .rests = quantity_show(arena, rests, instrument),
        .moves_percent = steps_percent(arena, moves, all),
        .rests_percent = steps_percent(arena, rests, all),
        .noun = instrument_noun(instrument, 0),
    };
}

static void fill_blocks(struct visit *visit, const struct plan *plan, enum instrument instrument,
                        struct step_review_view *view)
{
    struct arena *arena = visit->arena;
    struct block_view *blocks = arena_array(arena, struct block_view, plan->move_count + 1);
    struct split_view *splits = arena_array(arena, struct split_view, SPLITS_DRAWN_MAX);
    size_t split_count = 0;
    int64_t rests_units = 0;
    for (size_t i = 0; i < plan->move_count; i++) {
        const struct plan_move *move = &plan->moves[i];
        struct holding_batch batch;
        if (!holdings_batch(visit->registry, arena, move->batch_id, &batch)) {
            return; /* a fault of the store: the page becomes an error page */
        }
        struct serial moved = batch.serial;
        moved.first = move->first;
        moved.last = move->last;
        blocks[i] = (struct block_view){
            .serial = serial_text(arena, &moved),
            .url = desk_batch_url(arena, move->batch_id),
            .project = batch.project_name,
            .project_url = desk_project_url(arena, batch.project_id),
            .vintage = arena_printf(arena, "%d", batch.serial.vintage),
            .quantity = quantity_show(arena, serial_units(&moved), instrument),
            .account = batch.account_name,
            .split_from = "",
            .rest = "–",
            .state = desk_state(batch.state),
        };
        if (move->rest_last == 0) {
            continue;
        }
        int64_t rest = move->rest_last - move->last;
        bool fits = quantity_add(rests_units, rest, &rests_units);
        must(fits);
        blocks[i].split_from = serial_text(arena, &batch.serial);
        blocks[i].rest = quantity_show(arena, rest, instrument);
        if (split_count < SPLITS_DRAWN_MAX) {
            splits[split_count] =
                split_of(arena, move, blocks[i].split_from, instrument, split_count);
        }
        split_count++;
    }
    view->blocks = (struct block_views){blocks, plan->move_count};
    view->splits = (struct split_views){splits, split_count < SPLITS_DRAWN_MAX ? split_count
                                                                               : SPLITS_DRAWN_MAX};
    view->moves = quantity_show(arena, plan->units, instrument);
    view->rests = rests_units > 0 ? quantity_show(arena, rests_units, instrument) : "";
    const char *blocks_words = desk_count(arena, (int64_t)plan->move_count, "block", "blocks");
    view->block_words =
        split_count == 0 ? arena_printf(arena, "%s, none split", blocks_words)
                         : arena_printf(arena, "%s, %s", blocks_words,
                                        desk_count(arena, (int64_t)split_count, "split", "splits"));
}

/* "until 4 December 2026": the day it ends when it is sent now. */
static const char *until_words(struct visit *visit, const struct plan *plan)
{
    return clock_words(visit->arena, visit->now_us + plan->expiry_days * CLOCK_DAY_US);
}

static void say_approvals(struct visit *visit, const struct plan *plan, struct sentences *next)
{
    if (plan->needs_approval) {
        say(next, arena_printf(visit->arena,
                               "A second person of %s has to approve it, by %s. Then it goes on.",
                               visit->org_name, until_words(visit, plan)));
    }
    if (plan->needs_registry_approval) {
        say(next, "A registry administrator has to approve it as well.");
    }
}

static struct sentence_views next_of(struct visit *visit, const struct draft *draft,
                                     const struct plan *plan, const char *quantity, const char *to)
{
    struct arena *arena = visit->arena;
    struct sentences next = sentences_begin(arena);
    enum instrument instrument = INSTRUMENT_CARBON_REMOVAL;
    (void)instrument_from_word(draft->instrument, &instrument);
    const char *move = desk_verb(plan->units, instrument, "moves", "move");
    const char *are = desk_verb(plan->units, instrument, "is", "are");
    bool waits = plan->needs_approval || plan->needs_registry_approval;
    if (text_is(draft->kind, "internal") && !waits) {
        say(&next, arena_printf(arena, "%s %s to %s at once. Nobody else has to act.", quantity,
                                move, to));
        return sentences_end(&next);
    }
    if (plan->accepted_at_once && !waits) {
        say(&next, arena_printf(arena,
                                "%s %s to %s at once: it accepts transfers from you without being "
                                "asked.",
                                quantity, move, to));
        say(&next, "The transfer is public and final then. A mistake can only be mended by a new "
                   "transfer back.");
        return sentences_end(&next);
    }
    say(&next,
        arena_printf(arena, "%s %s reserved and can be used for nothing else.", quantity, are));
    say_approvals(visit, plan, &next);
    if (text_is(draft->kind, "export")) {
        say(&next, arena_printf(arena, "%s has to confirm that %s received it.", draft->to_system,
                                draft->to_system_party));
    } else if (plan->accepted_at_once) {
        say(&next, arena_printf(arena, "After that it moves to %s at once.", to));
    } else {
        say(&next, arena_printf(arena, "%s is asked to accept.", to));
    }
    say(&next, arena_printf(arena,
                            "Until then you can withdraw it. If nobody acts by %s, the credits "
                            "return to the accounts they came from.",
                            until_words(visit, plan)));
    say(&next, text_is(draft->kind, "export")
                   ? "Once confirmed the transfer is public and final: the credits have left this "
                     "registry."
                   : "Once accepted the transfer is public and final.");
    return sentences_end(&next);
}

static struct sentence_views warnings_of(struct visit *visit, const struct draft *draft,
                                         const struct holding_balance *balance, bool has_balance,
                                         const struct plan *plan)
{
    struct sentences warnings = sentences_begin(visit->arena);
    if (has_balance && plan->units == balance->available_units &&
        !text_is(draft->kind, "internal")) {
        say(&warnings, arena_printf(visit->arena,
                                    "This is all that is available from %s. Nothing of it stays "
                                    "with you.",
                                    balance->supplier_name));
    }
    if (text_is(draft->kind, "export")) {
        say(&warnings, arena_printf(visit->arena,
                                    "Check with %s that it takes these credits and that “%s” is "
                                    "spelled as it is there.",
                                    draft->to_system, draft->to_system_party));
    }
    return sentences_end(&warnings);
}

void steps_show_plan(struct visit *visit, const struct draft *draft, const struct plan *plan,
                     enum instrument instrument, struct step_review_view *view)
{
    struct holding_balance balance;
    bool has_balance = steps_balance(visit, draft, &balance);
    const char *quantity = quantity_words(visit->arena, plan->units, instrument);
    view->has_plan = true;
    fill_blocks(visit, plan, instrument, view);
    view->next = next_of(visit, draft, plan, quantity, view->to);
    view->warnings = warnings_of(visit, draft, &balance, has_balance, plan);
    view->has_warnings = view->warnings.count > 0;
    char *hex = arena_array(visit->arena, char, DIGEST_HEX_SIZE);
    digest_hex(&plan->digest, hex);
    view->plan = hex;
    view->button = text_is(draft->kind, "export")
                       ? arena_printf(visit->arena, "Export %s to %s", quantity, draft->to_system)
                       : arena_printf(visit->arena, "Transfer %s to %s", quantity, view->to);
}
