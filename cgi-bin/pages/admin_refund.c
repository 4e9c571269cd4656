/* pages/admin_refund.c: the buffer pool for administrators: what each organisation holds of it,
 * giving units back to their supplier, cancelling units after a reversal. */
#include <string.h>

#include "admin_templates.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/admin_issues.h"
#include "pages/at_once.h"
#include "pages/desk.h"
#include "pages/pool.h"

#define LATEST_ROWS 8

/* ---- what there is ---- */

static struct pool_stock_table table_of(struct visit *visit, const struct pool_org *org)
{
    struct arena *arena = visit->arena;
    struct pool_stocks stocks = pool_stocks(visit->registry, arena, org->org_id);
    struct pool_stock_row *rows = arena_array(arena, struct pool_stock_row, stocks.count + 1);
    for (size_t i = 0; i < stocks.count; i++) {
        const struct pool_stock *one = &stocks.at[i];
        rows[i] = (struct pool_stock_row){
            .project = {one->project, desk_project_url(arena, one->project_id)},
            .supplier = {one->supplier, admin_org_url(arena, one->supplier_org_id)},
            .held = quantity_show(arena, one->held_units, one->instrument),
            .free = quantity_show(arena, one->free_units, one->instrument),
            .unit = desk_unit(one->instrument),
            .can_act = one->free_units > 0 && admin_may(visit),
            .refund_url = url_path(arena, "/admin/issue/buffer-pool/*/projects/*/refund",
                                   org->org_id, one->project_id),
            .cancel_url = url_path(arena, "/admin/issue/buffer-pool/*/projects/*/cancel",
                                   org->org_id, one->project_id),
        };
    }
    return (struct pool_stock_table){
        .org = {org->name, admin_org_url(arena, org->org_id)},
        .has_rows = stocks.count > 0,
        .rows = {rows, stocks.count},
    };
}

enum status admin_pool_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct pool_orgs orgs = pool_orgs(visit->registry, arena);
    struct pool_stock_table *tables = arena_array(arena, struct pool_stock_table, orgs.count + 1);
    for (size_t i = 0; i < orgs.count; i++) {
        tables[i] = table_of(visit, &orgs.at[i]);
    }
    struct admin_pool_view view = {
        .page = chrome_of(visit, PLACE_ISSUE, "Buffer pool"),
        .may_act = admin_may(visit),
        .has_pools = orgs.count > 0,
        .pools = {tables, orgs.count},
        .refunds = pool_latest(visit, POOL_REFUND, LATEST_ROWS),
        .cancellations = pool_latest(visit, POOL_CANCELLATION, LATEST_ROWS),
    };
    view.has_refunds = view.refunds.rows.count > 0;
    view.has_cancellations = view.cancellations.rows.count > 0;
    template_admin_buffer_pool(&response->body, &view);
    return STATUS_OK;
}

/* ---- taking some out ---- */

/* What the act is about: its `of`. */
struct job {
    enum act_kind kind;
    struct pool_org org;
    struct admin_project project;
};

static const struct job *job_of(const struct at_once *act)
{
    return act->of;
}

static bool is_refund(const struct at_once *act)
{
    return job_of(act)->kind == ACT_REFUND;
}

static void add_trail(const struct at_once *act, struct chrome *page)
{
    struct arena *arena = act->visit->arena;
    chrome_trail(act->visit, page, url_path(arena, "/admin/issue"), "Issue and deliver");
    chrome_trail(act->visit, page, url_path(arena, "/admin/issue/buffer-pool"), "Buffer pool");
}

/* The reason of a cancellation is asked at the check itself; what it does is the same whatever the
 * reason says. */
static void fill(const struct at_once *act, const struct at_once_wish *wish,
                 struct command *command)
{
    const struct job *job = job_of(act);
    struct command_pool *body = &command->pool;
    *command = command_of(job->kind, act->visit->user_id, "");
    must(TEXT_COPY(body->org_id, job->org.org_id) &&
         TEXT_COPY(body->project_id, job->project.project_id) &&
         TEXT_COPY(body->notes, is_refund(act) ? "" : "–"));
    body->units = wish->line_count == 0 ? wish->units : 0;
    body->line_count = wish->line_count;
    memcpy(body->lines, wish->lines, sizeof(body->lines));
}

static void add(struct command *command, const char *notes, const struct digest *plan)
{
    must(TEXT_COPY(command->pool.notes, notes));
    command->pool.has_plan = true;
    command->pool.plan = *plan;
}

static const char *button(const struct at_once *act, const char *quantity)
{
    return is_refund(act) ? arena_printf(act->visit->arena, "Refund %s to %s", quantity,
                                         job_of(act)->project.supplier)
                          : arena_printf(act->visit->arena, "Cancel %s for good", quantity);
}

static void say(const struct at_once *act, const struct plan *plan, const char *quantity,
                struct plan_sentences *next, struct plan_sentences *warnings)
{
    struct arena *arena = act->visit->arena;
    const struct job *job = job_of(act);
    const char *supplier = job->project.supplier;
    if (is_refund(act)) {
        plan_say(next, arena_printf(arena,
                                    "%s %s to %s’s account Main at once and can be delivered, "
                                    "transferred or retired from there.",
                                    quantity, desk_verb(plan->units, act->instrument, "goes", "go"),
                                    supplier));
        plan_say(next, "The refund is public and final.");
    } else {
        plan_say(next, arena_printf(arena,
                                    "%s %s for good: nobody can use, transfer or retire "
                                    "them any more.",
                                    quantity,
                                    desk_verb(plan->units, act->instrument, "is cancelled",
                                              "are cancelled")));
        plan_say(next, "The cancellation and its reason are public and final.");
    }
    if (plan->units == at_once_available(act, "")) {
        plan_say(warnings, arena_printf(arena, "This is all that the pool holds free of %s.",
                                        job->project.name));
    }
}

static struct at_once_alarm refused(const struct at_once *act, const struct answer *answer)
{
    struct at_once_alarm alarm = {.words = NULL};
    if (answer->status == STATUS_NOT_ENOUGH && text_empty(answer->batch_id)) {
        alarm.words =
            answer->available_units > 0
                ? arena_printf(
                      act->visit->arena, "Enter at most %s: that is what the pool holds free.",
                      quantity_words(act->visit->arena, answer->available_units, act->instrument))
                : "The pool holds nothing free of this project.";
    }
    return alarm;
}

static enum status done(const struct at_once *act, struct response *response, const char *id)
{
    struct visit *visit = act->visit;
    return admin_done(
        visit, response,
        arena_printf(visit->arena, "%s %s", is_refund(act) ? "refunded" : "units-cancelled", id),
        url_path(visit->arena, "/admin/issue/buffer-pool"));
}

/* The free batches of the project in the pool's Reserve accounts, oldest first in each. */
static void fill_batches(struct at_once *act)
{
    struct visit *visit = act->visit;
    const struct job *job = job_of(act);
    const struct holding_names names = {
        .balances = holdings_balances(visit->registry, visit->arena, job->org.org_id, ""),
        .accounts = holdings_accounts(visit->registry, visit->arena, job->org.org_id, false),
    };
    struct holding_batch *rows =
        arena_array(visit->arena, struct holding_batch, COMMAND_LINES_MAX + 1);
    size_t count = 0;
    for (size_t i = 0; i < names.accounts.count; i++) {
        if (!text_is(names.accounts.at[i].kind, "reserve")) {
            continue;
        }
        const struct holding_filter filter = {
            .org_id = job->org.org_id,
            .supplier_org_id = "",
            .project_id = job->project.project_id,
            .account_id = names.accounts.at[i].account_id,
            .state = "active",
        };
        struct holding_batches found =
            holdings_batches(visit->registry, visit->arena, &names, &filter, HOLDING_BY_ISSUED,
                             false, "", COMMAND_LINES_MAX + 1);
        for (size_t j = 0; j < found.count && count <= COMMAND_LINES_MAX; j++) {
            rows[count++] = found.at[j];
        }
    }
    act->batches_are_cut = count > COMMAND_LINES_MAX;
    act->batches.at = rows;
    act->batches.count = act->batches_are_cut ? COMMAND_LINES_MAX : count;
}

/* What the pool holds free of the project. */
static void fill_project(struct at_once *act)
{
    struct visit *visit = act->visit;
    const struct job *job = job_of(act);
    struct pool_stocks stocks = pool_stocks(visit->registry, visit->arena, job->org.org_id);
    struct at_once_project *project = arena_one(visit->arena, struct at_once_project);
    *project = (struct at_once_project){job->project.project_id, job->project.name, 0};
    for (size_t i = 0; i < stocks.count; i++) {
        if (text_is(stocks.at[i].project_id, project->project_id)) {
            project->available_units = stocks.at[i].free_units;
        }
    }
    act->projects = project;
    act->project_count = 1;
}

static void fill_facts(struct at_once *act)
{
    struct arena *arena = act->visit->arena;
    const struct job *job = job_of(act);
    struct at_once_fact *facts = arena_array(arena, struct at_once_fact, AT_ONCE_FACTS_MAX);
    facts[0] = (struct at_once_fact){
        .label = "Pool of",
        .value = job->org.name,
        .url = admin_org_url(arena, job->org.org_id),
    };
    facts[1] = (struct at_once_fact){
        .label = "Project",
        .value = job->project.name,
        .url = desk_project_url(arena, job->project.project_id),
    };
    facts[2] = (struct at_once_fact){
        .label = is_refund(act) ? "Back to supplier" : "Supplier",
        .value = job->project.supplier,
        .url = admin_org_url(arena, job->project.org_id),
    };
    act->facts = facts;
    act->fact_count = 3;
}

static void fill_words(struct at_once *act)
{
    struct arena *arena = act->visit->arena;
    const struct job *job = job_of(act);
    const char *noun = instrument_noun(act->instrument, 0);
    bool refunds = is_refund(act);
    static const struct plan_verb goes_back = {"Block that goes back", "Goes back", "goes back",
                                               "go back"};
    static const struct plan_verb is_cancelled = {"Block that is cancelled", "Cancelled",
                                                  "is cancelled", "are cancelled"};
    act->verb = refunds ? &goes_back : &is_cancelled;
    act->word = refunds ? "refund" : "cancel-units";
    act->leave_words = refunds ? "Leave without refunding" : "Leave without cancelling";
    act->question =
        refunds ? arena_printf(arena, "How many %s to refund to %s?", noun, job->project.supplier)
                : arena_printf(arena, "How many %s of %s to cancel?", noun, job->project.name);
    act->batch_question =
        refunds ? arena_printf(arena, "Which batches to refund to %s?", job->project.supplier)
                : arena_printf(arena, "Which batches of %s to cancel?", job->project.name);
    act->hint = arena_printf(arena, "The pool holds %s of %s free.",
                             quantity_words(arena, at_once_available(act, ""), act->instrument),
                             job->project.name);
    act->needed_words =
        arena_printf(arena, "Enter how many %s to %s.", noun, refunds ? "refund" : "cancel");
    act->verb_label = refunds ? "Refund" : "Cancel";
    act->all_label = "All that is free";
    act->check_heading = refunds ? "Check the refund" : "Check the cancellation";
    act->note_label = refunds ? "Public note" : "Reason";
    act->note_hint = refunds ? "Anyone can read it, for as long as the registry exists."
                             : "Which reversal it was. Anyone can read it, for as long as the "
                               "registry exists.";
    act->is_note_needed = !refunds;
    act->is_danger = !refunds;
    act->alarm_title = refunds ? "This refund cannot be made now" : "This cannot be cancelled now";
}

/* The act of the address; NULL: no such pool or project. */
static struct at_once *act_of(struct visit *visit, enum act_kind kind)
{
    struct arena *arena = visit->arena;
    struct job *job = arena_one(arena, struct job);
    struct pool_orgs orgs = pool_orgs(visit->registry, arena);
    job->kind = kind;
    for (size_t i = 0; i < orgs.count; i++) {
        if (text_is(orgs.at[i].org_id, visit->arguments[0])) {
            job->org = orgs.at[i];
        }
    }
    if (job->org.org_id == NULL ||
        !admin_project_find(visit->registry, arena, visit->arguments[1], &job->project)) {
        return NULL;
    }
    const char *pattern = kind == ACT_REFUND ? "/admin/issue/buffer-pool/*/projects/*/refund"
                                             : "/admin/issue/buffer-pool/*/projects/*/cancel";
    struct at_once *act = arena_one(arena, struct at_once);
    *act = (struct at_once){
        .visit = visit,
        .program = PROGRAM_ADMIN,
        .place = PLACE_ISSUE,
        .thing_id = job->project.project_id,
        .instrument = job->project.instrument,
        .post = url_path(arena, pattern, job->org.org_id, job->project.project_id),
        .leave = url_path(arena, "/admin/issue/buffer-pool"),
        .trail = add_trail,
        .limit_units = INT64_MAX,
        .of = job,
        .fill = fill,
        .add = add,
        .button = button,
        .say = say,
        .refused = refused,
        .done = done,
        .show_question = template_admin_deliver,
        .show_check = template_admin_deliver_check,
    };
    fill_project(act);
    fill_batches(act);
    fill_facts(act);
    fill_words(act);
    return act;
}

static enum status act_get(struct visit *visit, struct response *response, enum act_kind kind)
{
    struct at_once *act = act_of(visit, kind);
    return act == NULL ? STATUS_NOT_FOUND : at_once_get(act, response);
}

static enum status act_post(struct visit *visit, struct response *response, enum act_kind kind)
{
    struct at_once *act = act_of(visit, kind);
    return act == NULL ? STATUS_NOT_FOUND : at_once_post(act, response);
}

enum status admin_refund_get(struct visit *visit, struct response *response)
{
    return act_get(visit, response, ACT_REFUND);
}

enum status admin_refund_post(struct visit *visit, struct response *response)
{
    return act_post(visit, response, ACT_REFUND);
}

enum status admin_cancel_units_get(struct visit *visit, struct response *response)
{
    return act_get(visit, response, ACT_CANCEL_UNITS);
}

enum status admin_cancel_units_post(struct visit *visit, struct response *response)
{
    return act_post(visit, response, ACT_CANCEL_UNITS);
}
