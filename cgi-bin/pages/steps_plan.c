/* pages/steps_plan.c: what a transfer would do, in words. */
#include "pages/steps.h"

#include "base/clock.h"
#include "base/text.h"
#include "pages/desk.h"
#include "pages/plan.h"

/* "until 4 December 2026": the day it ends when it is sent now. */
static const char *until_words(struct visit *visit, const struct plan *plan)
{
    return clock_words(visit->arena, visit->now_us + plan->expiry_days * CLOCK_DAY_US);
}

static void say_approvals(struct visit *visit, const struct plan *plan, struct plan_sentences *next)
{
    if (plan->needs_approval) {
        plan_say(next,
                 arena_printf(visit->arena,
                              "A second person of %s has to approve it, by %s. Then it goes on.",
                              visit->org_name, until_words(visit, plan)));
    }
    if (plan->needs_registry_approval) {
        plan_say(next, "A registry administrator has to approve it as well.");
    }
}

static struct sentence_views next_of(struct visit *visit, const struct draft *draft,
                                     const struct plan *plan, const char *quantity, const char *to)
{
    struct arena *arena = visit->arena;
    struct plan_sentences next = plan_sentences_begin(arena);
    enum instrument instrument = INSTRUMENT_CARBON_REMOVAL;
    (void)instrument_from_word(draft->take.instrument, &instrument);
    const char *move = desk_verb(plan->units, instrument, "moves", "move");
    const char *are = desk_verb(plan->units, instrument, "is", "are");
    bool waits = plan->needs_approval || plan->needs_registry_approval;
    if (text_is(draft->kind, "internal") && !waits) {
        plan_say(&next, arena_printf(arena, "%s %s to %s at once. Nobody else has to act.",
                                     quantity, move, to));
        return plan_sentences_end(&next);
    }
    if (plan->accepted_at_once && !waits) {
        plan_say(&next,
                 arena_printf(arena,
                              "%s %s to %s at once: it accepts transfers from you without being "
                              "asked.",
                              quantity, move, to));
        plan_say(&next,
                 "The transfer is public and final then. A mistake can only be mended by a new "
                 "transfer back.");
        return plan_sentences_end(&next);
    }
    plan_say(&next, arena_printf(arena, "%s %s reserved and can be used for nothing else.",
                                 quantity, are));
    say_approvals(visit, plan, &next);
    if (text_is(draft->kind, "export")) {
        plan_say(&next, arena_printf(arena, "%s has to confirm that %s received it.",
                                     draft->to_system, draft->to_system_party));
    } else if (plan->accepted_at_once) {
        plan_say(&next, arena_printf(arena, "After that it moves to %s at once.", to));
    } else {
        plan_say(&next, arena_printf(arena, "%s is asked to accept.", to));
    }
    plan_say(&next,
             arena_printf(arena,
                          "Until then you can withdraw it. If nobody acts by %s, the credits "
                          "return to the accounts they came from.",
                          until_words(visit, plan)));
    plan_say(&next,
             text_is(draft->kind, "export")
                 ? "Once confirmed the transfer is public and final: the credits have left this "
                   "registry."
                 : "Once accepted the transfer is public and final.");
    return plan_sentences_end(&next);
}

static struct sentence_views warnings_of(struct visit *visit, const struct draft *draft,
                                         const struct holding_balance *balance, bool has_balance,
                                         const struct plan *plan)
{
    struct plan_sentences warnings = plan_sentences_begin(visit->arena);
    if (has_balance && plan->units == balance->available_units &&
        !text_is(draft->kind, "internal")) {
        plan_say(&warnings,
                 arena_printf(visit->arena,
                              "This is all that is available from %s. Nothing of it stays "
                              "with you.",
                              balance->supplier_name));
    }
    if (text_is(draft->kind, "export")) {
        plan_say(&warnings,
                 arena_printf(visit->arena,
                              "Check with %s that it takes these credits and that “%s” is "
                              "spelled as it is there.",
                              draft->to_system, draft->to_system_party));
    }
    return plan_sentences_end(&warnings);
}

void steps_show_plan(struct visit *visit, const struct draft *draft, const struct plan *plan,
                     enum instrument instrument, struct step_review_view *view)
{
    struct holding_balance balance;
    bool has_balance = take_balance(visit, &draft->take, steps_except(draft), &balance);
    const char *quantity = quantity_words(visit->arena, plan->units, instrument);
    view->has_plan = true;
    view->plan = plan_show(visit, plan, instrument, &plan_moves);
    view->next = next_of(visit, draft, plan, quantity, view->to);
    view->warnings = warnings_of(visit, draft, &balance, has_balance, plan);
    view->has_warnings = view->warnings.count > 0;
    view->button = text_is(draft->kind, "export")
                       ? arena_printf(visit->arena, "Export %s to %s", quantity, draft->to_system)
                       : arena_printf(visit->arena, "Transfer %s to %s", quantity, view->to);
}
