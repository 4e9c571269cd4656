/* pages/at_once_show.c: the question and the check as pages; see pages/at_once.h. */
#include "pages/at_once.h"

#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/chrome.h"
#include "pages/desk.h"

/* ---- the question ---- */

/* What was typed for a batch: as it stands in the form, or as the address brings it back. */
static const char *typed_for(const struct at_once *act, const struct at_once_wish *wish,
                             const char *name, const char *batch_id)
{
    const char *typed = pairs_find(&act->visit->fields.pairs, name);
    for (uint32_t i = 0; typed == NULL && i < wish->line_count; i++) {
        if (text_is(wish->lines[i].batch_id, batch_id)) {
            typed = quantity_plain(act->visit->arena, wish->lines[i].units, act->instrument);
        }
    }
    return typed == NULL ? "" : typed;
}

static struct at_once_lines lines_of(const struct at_once *act, const struct at_once_wish *wish)
{
    struct visit *visit = act->visit;
    struct arena *arena = visit->arena;
    struct at_once_line *lines = arena_array(arena, struct at_once_line, act->batches.count + 1);
    for (size_t i = 0; i < act->batches.count; i++) {
        const struct holding_batch *batch = &act->batches.at[i];
        const char *name = arena_printf(arena, "qty.%s", batch->batch_id);
        const char *serial = serial_text(arena, &batch->serial);
        lines[i] = (struct at_once_line){
            .name = name,
            .serial = serial,
            .url = desk_batch_url(arena, batch->batch_id),
            .project = batch->project_name,
            .account = batch->account_name,
            .available = quantity_show(arena, batch->units, act->instrument),
            .typed = typed_for(act, wish, name, batch->batch_id),
            .error = chrome_fault(visit, name),
            .label = arena_printf(arena, "Quantity from %s", serial),
        };
    }
    return (struct at_once_lines){lines, act->batches.count};
}

/* "Fern Orchard Biochar: 1,840.250 available"; "" of any. */
static struct choice_views projects_of(const struct at_once *act, const char *chosen)
{
    struct arena *arena = act->visit->arena;
    struct choice_view *choices = arena_array(arena, struct choice_view, act->project_count + 1);
    for (size_t i = 0; i < act->project_count; i++) {
        const struct at_once_project *project = &act->projects[i];
        choices[i] = (struct choice_view){
            .value = project->project_id,
            .words = arena_printf(arena, "%s: %s available", project->name,
                                  quantity_show(arena, project->available_units, act->instrument)),
            .is_chosen = text_is(project->project_id, chosen),
        };
    }
    return (struct choice_views){choices, act->project_count};
}

/* All that can be taken in one act: what there is, or what is left to take. */
static const char *all_words(const struct at_once *act, bool by_batch, int64_t batch_units)
{
    int64_t units = by_batch ? batch_units : at_once_available(act, "");
    if (units > act->limit_units) {
        units = by_batch ? 0 : act->limit_units;
    }
    return units == 0 || (by_batch && act->batches_are_cut)
               ? ""
               : arena_printf(act->visit->arena, "%s: %s", act->all_label,
                              quantity_show(act->visit->arena, units, act->instrument));
}

static int64_t batches_units(const struct at_once *act)
{
    int64_t units = 0;
    for (size_t i = 0; i < act->batches.count; i++) {
        bool fits = quantity_add(units, act->batches.at[i].units, &units);
        must(fits);
    }
    return units;
}

enum status at_once_show_question(const struct at_once *act, struct response *response,
                                  const struct at_once_wish *wish, struct at_once_alarm alarm,
                                  enum status status)
{
    struct visit *visit = act->visit;
    struct arena *arena = visit->arena;
    const char *once = field_text(&visit->fields, "once");
    int64_t in_batches = batches_units(act);
    const char *title = wish->by_batch ? act->batch_question : act->question;
    struct at_once_view view = {
        .page = chrome_of(visit, act->place, chrome_fault_title(visit, title)),
        .faults = chrome_faults(visit),
        .has_faults = visit->fields.error_count > 0,
        .alarm = alarm,
        .post = act->post,
        .leave = act->leave,
        .leave_words = act->leave_words,
        .question = act->question,
        .batch_question = act->batch_question,
        .hint = act->hint,
        .noun = instrument_noun(act->instrument, 0),
        .unit = desk_unit(act->instrument),
        .scale = act->instrument == INSTRUMENT_CARBON_REMOVAL ? 3 : 0,
        .is_whole = act->instrument != INSTRUMENT_CARBON_REMOVAL,
        .by_oldest = !wish->by_batch,
        .by_batch = wish->by_batch,
        .oldest_url = url_with(arena, act->post, "by", "oldest"),
        .batch_url = url_with(arena, act->post, "by", "batch"),
        .amount = field_text(&visit->fields, "amount"),
        .amount_error = chrome_fault(visit, "amount"),
        .notes = field_text(&visit->fields, "notes"),
        .once = text_empty(once) ? desk_once(arena) : once,
        .projects = projects_of(act, wish->project_id),
        .has_projects = act->project_count > 1,
        .all_words = all_words(act, wish->by_batch, in_batches),
        .lines = lines_of(act, wish),
        .has_lines = act->batches.count > 0,
        .verb_label = act->verb_label,
        .sum = quantity_show(arena, wish->by_batch ? wish->units : 0, act->instrument),
        .most_units = in_batches < act->limit_units ? in_batches : act->limit_units,
        .more_words = act->batches_are_cut
                          ? arena_printf(arena,
                                         "The first %zu batches are shown, oldest first. To take "
                                         "more than they hold, choose oldest first.",
                                         act->batches.count)
                          : "",
    };
    act->trail(act, &view.page);
    if (status != STATUS_OK) {
        desk_mend(response, status);
    }
    act->show_question(&response->body, &view);
    return STATUS_OK;
}

/* ---- the check ---- */

static struct at_once_facts facts_of(const struct at_once *act, const struct at_once_wish *wish,
                                     const char *quantity)
{
    struct arena *arena = act->visit->arena;
    struct at_once_fact *facts = arena_array(arena, struct at_once_fact, AT_ONCE_FACTS_MAX + 1);
    must(act->fact_count <= AT_ONCE_FACTS_MAX);
    for (size_t i = 0; i < act->fact_count; i++) {
        facts[i] = act->facts[i];
    }
    facts[act->fact_count] = (struct at_once_fact){
        .label = "Quantity",
        .value = arena_printf(arena, "%s, %s", quantity,
                              wish->by_batch ? "from named batches" : "oldest first"),
        .can_change = true,
    };
    return (struct at_once_facts){facts, act->fact_count + 1};
}

enum status at_once_show_check(const struct at_once *act, struct response *response,
                               const struct at_once_wish *wish, const struct plan *plan,
                               struct at_once_alarm alarm, enum status status)
{
    struct visit *visit = act->visit;
    const char *quantity = quantity_words(visit->arena, plan->units, act->instrument);
    struct plan_sentences next = plan_sentences_begin(visit->arena);
    struct plan_sentences warnings = plan_sentences_begin(visit->arena);
    const char *once = field_text(&visit->fields, "once");
    struct url change = at_once_url(act, wish, "", "");
    act->say(act, plan, quantity, &next, &warnings);
    struct at_once_check_view view = {
        .page = chrome_of(visit, act->place, chrome_fault_title(visit, act->check_heading)),
        .faults = chrome_faults(visit),
        .has_faults = visit->fields.error_count > 0,
        .alarm = alarm,
        .post = act->post,
        .leave = act->leave,
        .leave_words = act->leave_words,
        .once = text_empty(once) ? desk_once(visit->arena) : once,
        .by = wish->by_batch ? "batch" : "oldest",
        .amount = wish->by_batch ? "" : quantity_plain(visit->arena, wish->units, act->instrument),
        .project = wish->project_id,
        .lines = at_once_lines(visit->arena, wish),
        .change_url = change.text == NULL ? act->post : change,
        .heading = act->check_heading,
        .facts = facts_of(act, wish, quantity),
        .plan = plan_show(visit, plan, act->instrument, act->verb),
        .note_label = act->note_label,
        .note_hint = act->note_hint,
        .is_note_needed = act->is_note_needed,
        .notes = field_text(&visit->fields, "notes"),
        .notes_error = chrome_fault(visit, "notes"),
        .warnings = plan_sentences_end(&warnings),
        .has_warnings = warnings.count > 0,
        .next = plan_sentences_end(&next),
        .button = act->button(act, quantity),
        .is_danger = act->is_danger,
    };
    act->trail(act, &view.page);
    if (status != STATUS_OK) {
        desk_mend(response, status);
    }
    act->show_check(&response->body, &view);
    return STATUS_OK;
}
