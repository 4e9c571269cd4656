/* pages/at_once.c: from the question to the check to the act; see pages/at_once.h. */
#include "pages/at_once.h"

#include "base/must.h"
#include "base/text.h"
#include "ledger/client.h"
#include "pages/chrome.h"
#include "pages/desk.h"
#include "store/my_transfers.h"

#define TRY_AGAIN_S 5 /* the daemon's restart */

static const struct at_once_alarm no_alarm = {NULL, NULL, {NULL}, NULL};

static const char *const by_words[] = {"oldest", "batch", NULL};
static const char *const go_words[] = {"next", "all", "sum", NULL};
static const char *const step_words[] = {"check", "confirm", NULL};

static const struct field_row form_rows[] = {
    {.name = "by", .kind = VALUE_WORD, .words = by_words},
    {.name = "go", .kind = VALUE_WORD, .words = go_words},
    {.name = "step", .kind = VALUE_WORD, .words = step_words},
    {.name = "once", .kind = VALUE_LINE},
    {.name = "amount", .kind = VALUE_AMOUNT, .chars_max = 40, .label = "The amount"},
    {.name = "project", .kind = VALUE_ID},
    {.name = "qty.", .kind = VALUE_AMOUNT, .chars_max = 40, .label = "The amount"},
    {.name = "lines", .kind = VALUE_LINE, .chars_max = AT_ONCE_LINES_CHARS_MAX},
    {.name = "notes", .kind = VALUE_LINE, .chars_max = NOTE_CHARS_MAX, .label = "The note"},
    {.name = "plan", .kind = VALUE_LINE},
};
const struct form at_once_form = {form_rows, sizeof(form_rows) / sizeof(form_rows[0])};

bool at_once_is_check(const struct visit *visit)
{
    return text_is(field_text(&visit->fields, "step"), "check");
}

int64_t at_once_available(const struct at_once *act, const char *project_id)
{
    int64_t units = 0;
    for (size_t i = 0; i < act->project_count; i++) {
        if (text_empty(project_id) || text_is(project_id, act->projects[i].project_id)) {
            bool fits = quantity_add(units, act->projects[i].available_units, &units);
            must(fits);
        }
    }
    return units;
}

/* ---- what stands in the way ---- */

/* The field of the question, or of the check, that a refusal is about; NULL: the whole act. */
static const char *field_of(const struct at_once *act, const struct at_once_wish *wish,
                            const struct answer *answer)
{
    if (answer->field == FIELD_NOTES) {
        return "notes";
    }
    if (answer->field == FIELD_LINES && answer->line >= 0 &&
        (uint32_t)answer->line < wish->line_count) {
        const char *batch_id = wish->lines[answer->line].batch_id;
        for (size_t i = 0; i < act->batches.count; i++) {
            if (text_is(act->batches.at[i].batch_id, batch_id)) {
                return arena_printf(act->visit->arena, "qty.%s", batch_id);
            }
        }
    }
    bool is_amount = answer->field == FIELD_AMOUNT || answer->field == FIELD_LINES;
    return is_amount ? "amount" : NULL;
}

/* The refusal, beside its field or as the alarm above the page. */
static struct at_once_alarm settle(const struct at_once *act, const struct at_once_wish *wish,
                                   const struct answer *answer)
{
    struct at_once_alarm alarm = act->refused(act, answer);
    if (alarm.words == NULL) {
        alarm.words = refusal_words(act->visit, answer, act->instrument, "");
    }
    alarm.title = act->alarm_title;
    const char *field = field_of(act, wish, answer);
    if (field != NULL) {
        field_fault(&act->visit->fields, field, alarm.words);
        return no_alarm;
    }
    return alarm;
}

static enum status ask_plan(const struct at_once *act, const struct at_once_wish *wish,
                            struct plan *plan, struct answer *answer)
{
    struct command *command = arena_one(act->visit->arena, struct command);
    act->fill(act, wish, command);
    *answer = (struct answer){.line = -1};
    return ledger_plan(act->visit->registry, act->visit->arena, act->program, command,
                       act->visit->now_us, plan, answer);
}

enum status at_once_hindrance(const struct at_once *act, struct answer *answer)
{
    struct at_once_wish *least = arena_one(act->visit->arena, struct at_once_wish);
    struct plan plan = {0};
    *least = (struct at_once_wish){.project_id = "", .units = 1};
    return ask_plan(act, least, &plan, answer);
}

/* ---- the pages ---- */

/* The check, or the question again when the ledger would refuse. */
static enum status show_check(const struct at_once *act, struct response *response,
                              const struct at_once_wish *wish, struct at_once_alarm alarm,
                              enum status status)
{
    struct plan plan = {0};
    struct answer answer;
    enum status planned = ask_plan(act, wish, &plan, &answer);
    if (planned == STATUS_NOT_FOUND || planned == STATUS_NOT_ALLOWED || planned == STATUS_FAULT) {
        return planned;
    }
    if (planned != STATUS_OK) {
        alarm = settle(act, wish, &answer);
        return at_once_show_question(act, response, wish, alarm, planned);
    }
    return at_once_show_check(act, response, wish, &plan, alarm, status);
}

/* What to show when the ledger did not do it, or did not say. */
static enum status settle_act(const struct at_once *act, struct response *response,
                              const struct at_once_wish *wish, const struct answer *answer,
                              enum status status)
{
    struct at_once_alarm alarm = no_alarm;
    switch ((int)status) {
    case STATUS_NOT_FOUND:
    case STATUS_NOT_ALLOWED:
    case STATUS_FAULT:
        return status;
    case STATUS_PLAN_CHANGED:
        alarm.title = "What there is changed while you were reading";
        alarm.words =
            "Nothing was done. Below is what would happen now: check it again, then press "
            "the button.";
        break;
    case STATUS_KEY_REUSED:
        alarm.title = "This page was sent before";
        alarm.words = "What it asked for then has been done. Look at that first; to do it once "
                      "more, begin again.";
        alarm.way_out = act->leave;
        alarm.way_out_words = act->leave_words;
        return at_once_show_question(act, response, wish, alarm, status);
    case STATUS_LEDGER_AWAY:
    case STATUS_BUSY:
        alarm.title = "The registry cannot move credits at this moment";
        alarm.words = "Nothing was done. Your answers are kept: press the button again in a few "
                      "minutes.";
        response->retry_after_s = TRY_AGAIN_S;
        break;
    case STATUS_ANSWER_LOST:
        alarm.title = "The registry’s answer did not arrive";
        alarm.words = "It may or may not have been done. Press the button again to find out: it "
                      "cannot be done twice, you get the first result.";
        response->retry_after_s = TRY_AGAIN_S;
        break;
    default:
        alarm = settle(act, wish, answer);
        if (chrome_fault(act->visit, "notes") == NULL) {
            return at_once_show_question(act, response, wish, alarm, status);
        }
        break;
    }
    return show_check(act, response, wish, alarm, status);
}

static void key_of(const struct at_once *act, char key[KEY_SIZE])
{
    desk_key(act->visit, field_text(&act->visit->fields, "once"), act->word, act->thing_id, key);
}

/* What has been done already from this check; "" nothing. */
static const char *done_id(const struct at_once *act)
{
    char key[KEY_SIZE];
    if (text_empty(field_text(&act->visit->fields, "once"))) {
        return "";
    }
    key_of(act, key);
    return my_subject_of_key(act->visit->registry, act->visit->arena, act->visit->user_id, key);
}

static enum status confirm(const struct at_once *act, struct response *response,
                           const struct at_once_wish *wish)
{
    struct visit *visit = act->visit;
    const char *notes = text_trim(visit->arena, field_text(&visit->fields, "notes"));
    if (act->is_note_needed && text_empty(notes)) {
        field_fault(
            &visit->fields, "notes",
            arena_printf(visit->arena, "Enter the %s.", text_lower(visit->arena, act->note_label)));
    }
    if (visit->fields.error_count > 0) {
        return show_check(act, response, wish, no_alarm, STATUS_FORM_FAULTS);
    }
    const char *id = done_id(act);
    if (!text_empty(id)) {
        return act->done(act, response, id);
    }
    struct digest seen = plan_digest_of(field_text(&visit->fields, "plan"));
    struct command *command = arena_one(visit->arena, struct command);
    act->fill(act, wish, command);
    act->add(command, notes, &seen);
    key_of(act, command->key);
    struct answer answer = {.line = -1};
    enum status status = ledger_ask(visit->ledger, command, &answer);
    if (status == STATUS_OK) {
        return act->done(act, response, arena_text(visit->arena, answer.id));
    }
    return settle_act(act, response, wish, &answer, status);
}

/* The check at its own address, so that Back and reload come to it. */
static enum status go_check(const struct at_once *act, struct response *response,
                            const struct at_once_wish *wish)
{
    struct plan plan = {0};
    struct answer answer;
    struct url url = at_once_url(act, wish, "check", field_text(&act->visit->fields, "once"));
    if (url.text == NULL || ask_plan(act, wish, &plan, &answer) != STATUS_OK) {
        return show_check(act, response, wish, no_alarm, STATUS_OK);
    }
    return desk_go(act->visit, response, url);
}

enum status at_once_get(const struct at_once *act, struct response *response)
{
    struct visit *visit = act->visit;
    struct at_once_wish *wish = arena_one(visit->arena, struct at_once_wish);
    bool is_check = at_once_is_check(visit);
    const char *id = is_check ? done_id(act) : "";
    if (!text_empty(id)) {
        return act->done(act, response, id);
    }
    at_once_read(act, wish, is_check);
    if (visit->fields.error_count > 0) {
        return at_once_show_question(act, response, wish, no_alarm, STATUS_FORM_FAULTS);
    }
    if (is_check) {
        return show_check(act, response, wish, no_alarm, STATUS_OK);
    }
    struct answer answer;
    enum status status = at_once_hindrance(act, &answer);
    bool is_said =
        status == STATUS_OK || status == STATUS_NOT_ENOUGH; /* the page tells what there is */
    return at_once_show_question(act, response, wish,
                                 is_said ? no_alarm : settle(act, wish, &answer), STATUS_OK);
}

enum status at_once_post(const struct at_once *act, struct response *response)
{
    struct visit *visit = act->visit;
    bool is_confirmed = text_is(field_text(&visit->fields, "step"), "confirm");
    size_t note_faults = chrome_fault(visit, "notes") == NULL ? 0 : 1;
    struct at_once_wish *wish = arena_one(visit->arena, struct at_once_wish);
    at_once_read(act, wish, true);
    if (visit->fields.error_count > note_faults) {
        return at_once_show_question(act, response, wish, no_alarm, STATUS_FORM_FAULTS);
    }
    if (is_confirmed) {
        return confirm(act, response, wish);
    }
    return text_is(field_text(&visit->fields, "go"), "sum")
               ? at_once_show_question(act, response, wish, no_alarm, STATUS_OK)
               : go_check(act, response, wish);
}
