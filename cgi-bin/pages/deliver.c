/* pages/deliver.c: what is special about a delivery among the acts that move units at once; see
 * pages/deliver.h. */
#include "pages/deliver.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/chrome.h"
#include "pages/desk.h"
#include "store/team.h"

/* What a delivery is about: the act's `of`. */
struct job {
    const struct order *order;
    const struct deliver_way *way;
    int64_t open_units;
};

static const struct job *job_of(const struct at_once *act)
{
    return act->of;
}

static bool is_registry(const struct at_once *act)
{
    return act->program == PROGRAM_ADMIN;
}

static void add_trail(const struct at_once *act, struct chrome *page)
{
    const struct job *job = job_of(act);
    job->way->trail(act->visit, page);
    chrome_trail(act->visit, page,
                 url_path(act->visit->arena, job->way->order_way->order, job->order->order_id),
                 job->order->order_id);
}

static void fill(const struct at_once *act, const struct at_once_wish *wish,
                 struct command *command)
{
    struct command_deliver *body = &command->deliver;
    *command = command_of(ACT_DELIVER, act->visit->user_id, "");
    must(TEXT_COPY(body->order_id, job_of(act)->order->order_id) &&
         TEXT_COPY(body->project_id, wish->project_id));
    body->units = wish->line_count == 0 ? wish->units : 0;
    body->line_count = wish->line_count;
    memcpy(body->lines, wish->lines, sizeof(body->lines));
}

static void add(struct command *command, const char *notes, const struct digest *plan)
{
    must(TEXT_COPY(command->deliver.notes, notes));
    command->deliver.has_plan = true;
    command->deliver.plan = *plan;
}

static const char *button(const struct at_once *act, const char *quantity)
{
    return arena_printf(act->visit->arena, "Deliver %s to %s", quantity, job_of(act)->order->buyer);
}

static void say(const struct at_once *act, const struct plan *plan, const char *quantity,
                struct plan_sentences *next, struct plan_sentences *warnings)
{
    struct arena *arena = act->visit->arena;
    const struct job *job = job_of(act);
    int64_t open_after = job->open_units - plan->units;
    plan_say(next, arena_printf(arena, "%s %s to %s’s account Main at once. Nobody has to accept.",
                                quantity, desk_verb(plan->units, act->instrument, "moves", "move"),
                                job->order->buyer));
    plan_say(next, open_after == 0
                       ? "The order is completed by it."
                       : arena_printf(arena, "%s %s open on the order.",
                                      quantity_words(arena, open_after, act->instrument),
                                      desk_verb(open_after, act->instrument, "stays", "stay")));
    plan_say(next,
             "The delivery is public and final. What was delivered by mistake comes back only "
             "by a transfer of the buyer.");
    if (plan->units == at_once_available(act, "")) {
        plan_say(warnings, is_registry(act)
                               ? "This is all that is available to the supplier."
                               : "This is all that is available to you. Nothing of it stays.");
    }
}

/* "Two persons": with the limit that one person has. */
static struct at_once_alarm second_person(const struct at_once *act)
{
    struct visit *visit = act->visit;
    struct arena *arena = visit->arena;
    const struct order *order = job_of(act)->order;
    struct team_policy policy;
    struct at_once_alarm alarm = {
        .way_out = url_path(arena, "/account/team/policies"),
        .way_out_words = "See the policies of your organisation",
    };
    bool has_limit = team_policy_read(visit->registry, arena, order->supplier_org_id, &policy) &&
                     text_is(policy.two_person, "above");
    alarm.words =
        has_limit
            ? arena_printf(arena,
                           "%s asks for two persons for more than %s, and a delivery is done at "
                           "once by one. Deliver at most that much at a time, ask a registry "
                           "administrator to deliver it, or send it as a transfer.",
                           order->supplier,
                           quantity_words(arena, policy.two_person_above_units, act->instrument))
            : arena_printf(arena,
                           "%s asks for two persons whenever credits leave, and a delivery is done "
                           "at once by one. Ask a registry administrator to deliver it, or send it "
                           "as a transfer.",
                           order->supplier);
    return alarm;
}

static struct at_once_alarm refused(const struct at_once *act, const struct answer *answer)
{
    struct arena *arena = act->visit->arena;
    const struct order *order = job_of(act)->order;
    struct at_once_alarm alarm = {.words = NULL};
    if (answer->status == STATUS_SECOND_PERSON_NEEDED) {
        return second_person(act);
    }
    if (answer->status == STATUS_BUYER_NOT_AGREED) {
        alarm.words = arena_printf(
            arena,
            "Your side alone recorded this order, and %s accepts nothing from you unasked. Ask %s "
            "to place the order itself or to trust %s under its policies, or send the credits as a "
            "transfer, which it can accept.",
            order->buyer, order->buyer, order->supplier);
        alarm.way_out = url_path(arena, "/account/transfers/new");
        alarm.way_out_words = "Start a transfer";
    } else if (answer->status == STATUS_WRONG_INSTRUMENT) {
        alarm.words = arena_printf(
            arena, "This order counts %s. Choose batches or a project of %s.",
            instrument_noun(order->instrument, 0), instrument_noun(order->instrument, 0));
    } else if (answer->status == STATUS_ORDER_EXCEEDED && answer->available_units == 0) {
        alarm.words = "Everything has been delivered: nothing is open on this order any more.";
    } else if (answer->status == STATUS_NOT_ENOUGH && text_empty(answer->batch_id)) {
        alarm.words =
            answer->available_units > 0
                ? arena_printf(arena, "Enter at most %s: that is what is available.",
                               quantity_words(arena, answer->available_units, act->instrument))
            : is_registry(act) ? "The supplier has nothing available to deliver."
                               : "You have nothing available to deliver.";
    }
    return alarm;
}

static enum status done(const struct at_once *act, struct response *response, const char *id)
{
    const struct job *job = job_of(act);
    return job->way->done(act->visit, response, job->order, id);
}

/* ---- what there is to deliver ---- */

/* The supplier's own projects that have something available. */
static void fill_projects(struct at_once *act)
{
    struct visit *visit = act->visit;
    const struct order *order = job_of(act)->order;
    struct holding_balances balances =
        holdings_balances(visit->registry, visit->arena, order->supplier_org_id, "");
    struct at_once_project *projects =
        arena_array(visit->arena, struct at_once_project, balances.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < balances.count; i++) {
        const struct holding_balance *one = &balances.at[i];
        if (text_is(one->supplier_org_id, order->supplier_org_id) && one->available_units > 0 &&
            one->instrument == order->instrument) {
            projects[count++] =
                (struct at_once_project){one->project_id, one->project_name, one->available_units};
        }
    }
    act->projects = projects;
    act->project_count = count;
}

static const char *hint_of(const struct at_once *act)
{
    struct arena *arena = act->visit->arena;
    const struct job *job = job_of(act);
    int64_t available = at_once_available(act, "");
    const char *has =
        is_registry(act) ? arena_printf(arena, "%s has", job->order->supplier) : "you have";
    return arena_printf(arena, "%s %s open on the order; %s %s available.",
                        quantity_words(arena, job->open_units, act->instrument),
                        desk_verb(job->open_units, act->instrument, "is", "are"), has,
                        available == 0 ? "nothing"
                                       : quantity_show(arena, available, act->instrument));
}

static void fill_facts(struct at_once *act)
{
    struct arena *arena = act->visit->arena;
    const struct job *job = job_of(act);
    const struct order *order = job->order;
    const struct order_way *way = job->way->order_way;
    struct at_once_fact *facts = arena_array(arena, struct at_once_fact, AT_ONCE_FACTS_MAX);
    facts[0] = (struct at_once_fact){
        .label = "Order",
        .value = order->order_id,
        .url = url_path(arena, way->order, order->order_id),
        .is_id = true,
    };
    facts[1] = (struct at_once_fact){
        .label = "From",
        .value = order->supplier,
        .url = url_path(arena, way->org, order->supplier_org_id),
    };
    facts[2] = (struct at_once_fact){
        .label = "To",
        .value = arena_printf(arena, "%s, account Main", order->buyer),
        .url = url_path(arena, way->org, order->buyer_org_id),
    };
    facts[3] = (struct at_once_fact){
        .label = "Open on the order",
        .value = quantity_words(arena, job->open_units, order->instrument),
    };
    act->facts = facts;
    act->fact_count = 4;
}

struct at_once *deliver_act(struct visit *visit, const struct order *order,
                            const struct deliver_way *way)
{
    struct arena *arena = visit->arena;
    struct job *job = arena_one(arena, struct job);
    struct at_once *act = arena_one(arena, struct at_once);
    const char *noun = instrument_noun(order->instrument, 0);
    *job = (struct job){order, way, order->units - order->delivered_units};
    *act = (struct at_once){
        .visit = visit,
        .program = way->program,
        .place = way->place,
        .word = "deliver",
        .thing_id = order->order_id,
        .instrument = order->instrument,
        .post = url_path(arena, way->path, order->order_id),
        .leave = url_path(arena, way->order_way->order, order->order_id),
        .leave_words = "Leave without delivering",
        .trail = add_trail,
        .question = arena_printf(arena, "How many %s to deliver to %s?", noun, order->buyer),
        .batch_question = arena_printf(arena, "Which batches to deliver to %s?", order->buyer),
        .needed_words = arena_printf(arena, "Enter how many %s to deliver.", noun),
        .verb_label = "Deliver",
        .limit_units = job->open_units,
        .batches =
            holdings_available(visit->registry, arena, order->supplier_org_id,
                               order->supplier_org_id, order->instrument, "", COMMAND_LINES_MAX),
        .check_heading = "Check the delivery",
        .verb = &plan_moves,
        .note_label = "Public note",
        .note_hint = "Anyone can read it, for as long as the registry exists.",
        .alarm_title = "This delivery cannot be made now",
        .of = job,
        .fill = fill,
        .add = add,
        .button = button,
        .say = say,
        .refused = refused,
        .done = done,
        .show_question = way->show_question,
        .show_check = way->show_check,
    };
    fill_projects(act);
    fill_facts(act);
    act->batches_are_cut = act->batches.count == COMMAND_LINES_MAX;
    act->hint = hint_of(act);
    act->all_label =
        at_once_available(act, "") < job->open_units ? "All that is available" : "All that is open";
    return act;
}

struct at_once_alarm deliver_hindrance(struct visit *visit, const struct order *order,
                                       const struct deliver_way *way)
{
    struct answer answer;
    struct at_once *act = deliver_act(visit, order, way);
    if (at_once_hindrance(act, &answer) == STATUS_OK) {
        return (struct at_once_alarm){.words = NULL};
    }
    struct at_once_alarm alarm = refused(act, &answer);
    if (alarm.words == NULL) {
        alarm.words = refusal_words(visit, &answer, act->instrument, "");
    }
    return alarm;
}
