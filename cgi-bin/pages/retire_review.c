/* pages/retire_review.c: the check before the last button, and the button itself. */
#include "pages/retire.h"

#include "account_templates.h"
#include "base/text.h"
#include "base/url.h"
#include "ledger/client.h"
#include "pages/desk.h"
#include "pages/plan.h"
#include "pages/retirement_words.h"
#include "store/team.h"

#define TRY_AGAIN_S 5 /* the daemon's restart */

static const struct field_row form_rows[] = {
    {.name = "balance", .kind = VALUE_LINE}, /* never sent: where refusals about a step stand */
    {.name = "amount", .kind = VALUE_LINE},  {.name = "beneficiary", .kind = VALUE_LINE},
    {.name = "purpose", .kind = VALUE_LINE}, {.name = "notes", .kind = VALUE_LINE},
    {.name = "plan", .kind = VALUE_LINE},
};
const struct form retire_review_form = {form_rows, sizeof(form_rows) / sizeof(form_rows[0])};

static const struct plan_verb plan_retires = {"Block that is retired", "Retires", "retired",
                                              "are retired"};
static const struct retire_alarm no_alarm = {NULL, NULL};

bool retire_away(struct response *response, enum status status, struct retire_alarm *alarm)
{
    if (status == STATUS_LEDGER_AWAY || status == STATUS_BUSY) {
        *alarm =
            (struct retire_alarm){"The registry cannot retire credits at this moment",
                                  "Nothing was done. Your answers are kept: press the button again "
                                  "in a few minutes, or come back to this page later."};
    } else if (status == STATUS_ANSWER_LOST) {
        *alarm = (struct retire_alarm){
            "The registry’s answer did not arrive",
            "It may or may not have been done. Press the button again to find out: it cannot be "
            "done twice, you get the first result."};
    } else {
        return false;
    }
    response->retry_after_s = TRY_AGAIN_S;
    return true;
}

/* The review's field for what the ledger's refusal is about; NULL: the whole retirement. */
static const char *field_of(const struct answer *answer)
{
    static const struct {
        enum command_field field;
        const char *name;
    } names[] = {
        {FIELD_SUPPLIER, "balance"},
        {FIELD_AMOUNT, "amount"},
        {FIELD_LINES, "amount"},
        {FIELD_VINTAGE, "amount"},
        {FIELD_BENEFICIARY, "beneficiary"},
        {FIELD_RECIPIENT, "beneficiary"},
        {FIELD_PURPOSES, "purpose"},
        {FIELD_NOTES, "notes"},
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if ((enum command_field)answer->field == names[i].field) {
            return names[i].name;
        }
    }
    return NULL;
}

/* "Two persons": with the limit that one person has, and who can change it. */
static const char *second_person(struct visit *visit, enum instrument instrument)
{
    struct team_policy policy;
    bool has_limit = team_policy_read(visit->registry, visit->arena, visit->org_id, &policy) &&
                     text_is(policy.two_person, "above");
    return has_limit
               ? arena_printf(
                     visit->arena,
                     "%s asks for two persons for more than %s, and a retirement is done "
                     "at once by one. Retire at most that much at a time, or ask a "
                     "manager to change the policies of your team.",
                     visit->org_name,
                     quantity_words(visit->arena, policy.two_person_above_units, instrument))
               : arena_printf(visit->arena,
                              "%s asks for two persons whenever %s leave, and a retirement is done "
                              "at once by one. Ask a manager to change the policies of your team.",
                              visit->org_name, instrument_noun(instrument, 0));
}

/* The refusal, beside its field or above the page. */
static void show_refusal(struct visit *visit, const struct retirement_draft *draft,
                         const struct answer *answer, struct retire_alarm *alarm)
{
    enum instrument instrument = take_instrument(&draft->take);
    const char *words = refusal_words(visit, answer, instrument, "");
    struct holding_balance balance;
    if (answer->status == STATUS_NOT_ENOUGH && answer->batch_id[0] == '\0' &&
        answer->available_units > 0 && take_balance(visit, &draft->take, "", &balance)) {
        long long year = (long long)draft->take.vintage;
        const char *vintage = year == 0 ? "" : arena_printf(visit->arena, ", vintage %lld", year);
        words = arena_printf(visit->arena, "Enter at most %s: that is what is available from %s%s.",
                             quantity_words(visit->arena, answer->available_units, instrument),
                             balance.supplier_name, vintage);
    } else if (answer->status == STATUS_RECIPIENT_UNKNOWN) {
        words = "This beneficiary is not there any more. Choose another one.";
    } else if (answer->status == STATUS_SECOND_PERSON_NEEDED) {
        words = second_person(visit, instrument);
    }
    const char *field = field_of(answer);
    if (field != NULL) {
        field_fault(&visit->fields, field, words);
    } else {
        *alarm = (struct retire_alarm){"This retirement cannot be made now", words};
    }
}

static const char *how_of(struct visit *visit, const struct draft_take *take)
{
    if (text_is(take->mode, "manual")) {
        return "chosen from deliveries";
    }
    if (take->vintage == 0) {
        return "oldest first";
    }
    return arena_printf(visit->arena, "oldest first of vintage %lld", (long long)take->vintage);
}

static struct certificate_view certificate_of(struct visit *visit,
                                              const struct retirement_draft *draft, int64_t units)
{
    enum instrument instrument = take_instrument(&draft->take);
    struct my_beneficiary beneficiary;
    bool is_found = my_beneficiary_find(visit->registry, visit->arena, visit->org_id,
                                        draft->beneficiary_org_id, &beneficiary);
    return (struct certificate_view){
        .quantity = quantity_words(visit->arena, units, instrument),
        .of = retirement_of_words(visit->arena, units, instrument),
        .was = desk_verb(units, instrument, "was", "were"),
        .beneficiary = {is_found ? beneficiary.name : draft->beneficiary, {NULL}},
        .owner = {visit->org_name, {NULL}},
        .is_own = text_is(draft->beneficiary_org_id, visit->org_id),
        .retired = desk_when(visit->arena, 0),
        .purposes = retirement_purpose_views(visit->arena, draft->purposes),
        .notes = draft->notes,
        .redacted = "",
        .name_redacted = "",
    };
}

static void fill_plan(struct visit *visit, const struct retirement_draft *draft,
                      const struct plan *plan, struct retire_review_view *view)
{
    struct arena *arena = visit->arena;
    enum instrument instrument = take_instrument(&draft->take);
    struct plan_sentences next = plan_sentences_begin(arena);
    struct plan_sentences warnings = plan_sentences_begin(arena);
    struct holding_balance balance;
    view->has_plan = true;
    view->plan = plan_show(visit, plan, instrument, &plan_retires);
    plan_say(&next,
             arena_printf(arena, "%s %s circulation at once. Nobody else has to act.",
                          view->quantity, desk_verb(plan->units, instrument, "leaves", "leave")));
    plan_say(&next, "Who retired what, for whom, why, and the note are public from then on.");
    plan_say(&next, "A certificate is issued, with a number and a code by which anybody can verify "
                    "it.");
    plan_say(&warnings, "Retiring is final. What is retired can never be moved, sold or retired "
                        "again, and no one can undo it, not even the registry.");
    if (take_balance(visit, &draft->take, "", &balance) && plan->units == balance.available_units) {
        plan_say(&warnings, arena_printf(arena,
                                         "This is all that is available from %s. Nothing of it "
                                         "stays with you.",
                                         balance.supplier_name));
    }
    view->next = plan_sentences_end(&next);
    view->warnings = plan_sentences_end(&warnings);
    const struct certificate_view *certificate = &view->certificate;
    view->button =
        arena_printf(arena, "Retire %s for %s", view->quantity,
                     certificate->is_own ? visit->org_name : certificate->beneficiary.words);
}

/* Shows the retirement as it would be made now. Nothing is written. */
static void show_review(struct visit *visit, struct response *response,
                        const struct retirement_draft *draft, struct retire_alarm alarm)
{
    struct arena *arena = visit->arena;
    const struct command *command = retire_command(arena, draft);
    enum instrument instrument = take_instrument(&draft->take);
    struct plan plan = {0};
    struct answer answer = {.line = -1};
    struct holding_balance balance;
    enum status status = ledger_plan(visit->registry, arena, PROGRAM_ACCOUNT, command,
                                     visit->now_us, &plan, &answer);
    if (status != STATUS_OK) {
        show_refusal(visit, draft, &answer, &alarm);
    }
    int64_t units = command->retire.units;
    bool has_balance = take_balance(visit, &draft->take, "", &balance);
    struct retire_review_view view = {
        .page = chrome_of(visit, PLACE_CREDITS, chrome_fault_title(visit, "Check the retirement")),
        .faults = chrome_faults(visit),
        .has_faults = visit->fields.error_count > 0,
        .step = retire_step_view(visit, draft, "review", false),
        .alarm = alarm,
        .supplier = has_balance ? balance.supplier_name : "a balance that is gone",
        .quantity = quantity_words(arena, units, instrument),
        .weight = desk_weight(arena, units, instrument),
        .how = how_of(visit, &draft->take),
        .balance_error = chrome_fault(visit, "balance"),
        .amount_error = chrome_fault(visit, "amount"),
        .beneficiary_error = chrome_fault(visit, "beneficiary"),
        .purpose_error = chrome_fault(visit, "purpose"),
        .notes_error = chrome_fault(visit, "notes"),
        .balance_url = retire_url(visit, draft, "balance", true),
        .amount_url = retire_url(visit, draft, "amount", true),
        .beneficiary_url = retire_url(visit, draft, "beneficiary", true),
        .purposes_url = retire_url(visit, draft, "purposes", true),
        .certificate = certificate_of(visit, draft, units),
    };
    chrome_trail(visit, &view.page, retire_url(visit, draft, "purposes", false), "Purposes");
    if (status == STATUS_OK) {
        fill_plan(visit, draft, &plan, &view);
    }
    template_account_retire_review(&response->body, &view);
}

/* The draft of the address when all its questions are answered; otherwise the way to the first that
 * is not. */
static enum steps_found open_review(struct visit *visit, struct response *response,
                                    struct retirement_draft *draft)
{
    enum steps_found found = retire_open(visit, response, draft);
    if (found == STEPS_OPEN && !text_is(retire_next(draft), "review")) {
        response_redirect(response, visit->arena,
                          retire_url(visit, draft, retire_next(draft), false));
        return STEPS_OVER;
    }
    return found;
}

enum status retire_review_get(struct visit *visit, struct response *response)
{
    struct retirement_draft draft;
    enum steps_found found = open_review(visit, response, &draft);
    if (found != STEPS_OPEN) {
        return steps_closed(found);
    }
    show_review(visit, response, &draft, no_alarm);
    return STATUS_OK;
}

static enum status go_done(struct visit *visit, struct response *response,
                           const char *retirement_id)
{
    return desk_go(visit, response,
                   url_path(visit->arena, "/account/retirements/*/done", retirement_id));
}

/* What to show when the ledger did not make the retirement, or did not say. */
static enum status settle_refusal(struct visit *visit, struct response *response,
                                  const struct retirement_draft *draft, enum status status,
                                  const struct answer *answer)
{
    struct retire_alarm alarm = no_alarm;
    if (status == STATUS_NOT_ALLOWED || status == STATUS_NOT_FOUND || status == STATUS_FAULT) {
        return status;
    }
    if (status == STATUS_KEY_REUSED) {
        /* A second tab was faster with other answers. */
        const char *id =
            my_retirement_of_key(visit->registry, visit->arena, visit->user_id, draft->draft_id);
        if (!text_empty(id)) {
            return go_done(visit, response, id);
        }
    }
    if (status == STATUS_PLAN_CHANGED) {
        alarm = (struct retire_alarm){
            "Your holdings or your answers changed while you were reading",
            "Nothing was retired. Below is what would happen now: check it again, then press the "
            "button."};
    } else if (!retire_away(response, status, &alarm)) {
        show_refusal(visit, draft, answer, &alarm);
    }
    show_review(visit, response, draft, alarm);
    desk_mend(response, status);
    return STATUS_OK;
}

enum status retire_review_post(struct visit *visit, struct response *response)
{
    struct retirement_draft draft;
    enum steps_found found = open_review(visit, response, &draft);
    if (found != STEPS_OPEN) {
        return steps_closed(found);
    }
    /* Lets go of the draft while the ledger is asked. */
    enum status status = retire_save(visit, &draft);
    if (status != STATUS_OK) {
        return status;
    }
    struct command *command = retire_command(visit->arena, &draft);
    command->retire.has_plan = true;
    command->retire.plan = plan_digest_of(field_text(&visit->fields, "plan"));
    struct answer answer = {.line = -1};
    status = ledger_ask(visit->ledger, command, &answer);
    if (status != STATUS_OK) {
        return settle_refusal(visit, response, &draft, status, &answer);
    }
    const char *id = arena_text(visit->arena, answer.id);
    if (!retirement_draft_submitted(visit->people, &draft, id, visit->now_us)) {
        /* The ledger has it; the draft finds its retirement by its key. */
        store_settle(visit->people);
    }
    return go_done(visit, response, id);
}
