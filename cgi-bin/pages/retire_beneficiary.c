/* pages/retire_beneficiary.c: whom the credits are retired for: oneself, somebody they were retired
 * for before, another organisation of the registry, or somebody new. */
#include "pages/retire.h"

#include <string.h>

#include "account_templates.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"
#include "pages/picker.h"
#include "store/fold.h"

#define RECENT_SHOWN_MAX 8 /* those one retires for again and again */

static const char *const back_words[] = {"review", NULL};
static const char *const by_words[] = {"registry", "named", "organisation", "individual", NULL};

static const struct field_row query_rows[] = {
    {.name = "by", .kind = VALUE_WORD, .words = by_words},
    {.name = "q", .kind = VALUE_LINE, .chars_max = NAME_CHARS_MAX, .label = "Name or id"},
    {.name = "back", .kind = VALUE_WORD, .words = back_words},
};
const struct form retire_beneficiary_query = {query_rows,
                                              sizeof(query_rows) / sizeof(query_rows[0])};

static const struct field_row form_rows[] = {
    {.name = "by", .kind = VALUE_WORD, .words = by_words},
    {.name = "beneficiary", .kind = VALUE_LINE, .chars_max = 40, .label = "The beneficiary"},
    {.name = "name", .kind = VALUE_LINE, .chars_max = NOTE_CHARS_MAX, .label = "The name"},
    {.name = "domain", .kind = VALUE_LINE, .chars_max = DOMAIN_SIZE - 1, .label = "The domain"},
    {.name = "email", .kind = VALUE_LINE, .chars_max = 254, .label = "The e-mail address"},
    {.name = "q", .kind = VALUE_LINE, .chars_max = NAME_CHARS_MAX, .label = "Name or id"},
    {.name = "back", .kind = VALUE_WORD, .words = back_words},
};
const struct form retire_beneficiary_form = {form_rows, sizeof(form_rows) / sizeof(form_rows[0])};

/* One page or post of this step. */
struct step {
    struct visit *visit;
    struct response *response;
    struct retirement_draft draft;
    const char *by; /* "" the choice */
    bool back;
};

static const struct {
    const char *by;
    const char *way; /* among the choices */
    const char *hint;
    const char *question; /* its own page */
    const char *lead;
    const char *button;
} WAYS[] = {
    {"registry", "Another organisation of this registry", "Found by its name, domain or id.",
     "Which organisation are the credits retired for?",
     "Every organisation with an account on this registry.", "Continue"},
    {"named", "Somebody you named before",
     "Organisations and individuals that have no account here.",
     "Which of those you named are the credits retired for?",
     "Organisations and individuals that your organisation has named.", "Continue"},
    {"organisation", "An organisation that is not on this registry",
     "You give its name and its domain.", "Which organisation is it?",
     "It gets no account here and is not told. Its name is public on the certificate of each "
     "retirement for it, and cannot be changed afterwards.",
     "Name this organisation"},
    {"individual", "An individual",
     "You give a name and an e-mail address. The address is never public.", "Who is it?",
     "The name is public on the certificate of each retirement for this person, and cannot be "
     "changed afterwards. The e-mail address is kept for your organisation alone, so that you find "
     "the same person again; nothing is sent to it.",
     "Name this person"},
};
enum { WAY_COUNT = sizeof(WAYS) / sizeof(WAYS[0]) };

static int way_of(const char *by)
{
    for (int i = 0; i < WAY_COUNT; i++) {
        if (text_is(WAYS[i].by, by)) {
            return i;
        }
    }
    return -1;
}

static const char *hint_of(struct arena *arena, const struct my_beneficiary *one)
{
    if (one->is_individual) {
        return "an individual";
    }
    return text_empty(one->domain)
               ? one->beneficiary_id
               : arena_printf(arena, "%s · %s", one->domain,
                              one->is_named ? "named by you" : one->beneficiary_id);
}

/* What a choice by typing may find it by, with and without accents. */
static const char *finds_of(struct arena *arena, const struct my_beneficiary *one)
{
    const char *text = arena_printf(arena, "%s %s", one->name, one->domain);
    size_t folded_bytes = 2 * strlen(text) + 1;
    char *folded = arena_take(arena, folded_bytes, 1);
    fold_text(folded, folded_bytes, text);
    return arena_printf(arena, "%s %s", text, folded);
}

static struct choice_views cards_of(struct visit *visit, const struct my_beneficiary *rows,
                                    size_t count, const char *chosen)
{
    struct choice_view *cards = arena_array(visit->arena, struct choice_view, count + 1);
    for (size_t i = 0; i < count; i++) {
        cards[i] = (struct choice_view){
            .id = i == 0 ? "beneficiary" : arena_printf(visit->arena, "beneficiary-%zu", i + 1),
            .value = rows[i].beneficiary_id,
            .words = rows[i].name,
            .hint = hint_of(visit->arena, &rows[i]),
            .finds = finds_of(visit->arena, &rows[i]),
            .is_chosen = text_is(rows[i].beneficiary_id, chosen),
        };
    }
    return (struct choice_views){cards, count};
}

/* Oneself first, the chosen one, then those retired for before. */
static struct choice_views known_of(const struct step *step)
{
    struct visit *visit = step->visit;
    const char *chosen = step->draft.beneficiary_org_id;
    struct my_beneficiaries recent =
        my_beneficiaries_recent(visit->registry, visit->arena, visit->org_id, RECENT_SHOWN_MAX);
    struct my_beneficiary *rows =
        arena_array(visit->arena, struct my_beneficiary, recent.count + 2);
    size_t count = 0;
    rows[count++] =
        (struct my_beneficiary){.beneficiary_id = visit->org_id, .name = visit->org_name};
    bool has_chosen = text_empty(chosen) || text_is(chosen, visit->org_id);
    for (size_t i = 0; i < recent.count; i++) {
        has_chosen = has_chosen || text_is(recent.at[i].beneficiary_id, chosen);
    }
    if (!has_chosen &&
        my_beneficiary_find(visit->registry, visit->arena, visit->org_id, chosen, &rows[count])) {
        count++;
    }
    for (size_t i = 0; i < recent.count; i++) {
        rows[count++] = recent.at[i];
    }
    struct choice_views cards = cards_of(visit, rows, count, chosen);
    ((struct choice_view *)(void *)cards.at)[0].hint = "your own organisation";
    return cards;
}

static struct choice_views ways_of(const struct step *step)
{
    struct visit *visit = step->visit;
    bool has_named =
        my_beneficiaries_named(visit->registry, visit->arena, visit->org_id, "", 1).matching > 0;
    struct choice_view *cards = arena_array(visit->arena, struct choice_view, WAY_COUNT);
    size_t count = 0;
    for (size_t i = 0; i < WAY_COUNT; i++) {
        if (!text_is(WAYS[i].by, "named") || has_named) {
            cards[count++] = (struct choice_view){
                .id = arena_printf(visit->arena, "way-%s", WAYS[i].by),
                .value = WAYS[i].by,
                .words = WAYS[i].way,
                .hint = WAYS[i].hint,
            };
        }
    }
    return (struct choice_views){cards, count};
}

static struct url by_url(const struct step *step, const char *by)
{
    struct url url = retire_url(step->visit, &step->draft, "beneficiary", step->back);
    return url_with(step->visit->arena, url, "by", by);
}

/* The list of those named before, as the list of organisations is shown. */
static struct picker_view named_of(const struct step *step, const struct picker *picker)
{
    struct visit *visit = step->visit;
    struct my_beneficiaries found = my_beneficiaries_named(
        visit->registry, visit->arena, visit->org_id, picker->typed, PICKER_ROWS_MAX);
    int64_t hidden = found.matching - (int64_t)found.count;
    return (struct picker_view){
        .name = picker->name,
        .find = picker->find,
        .kept_name = picker->kept_name,
        .kept_value = picker->kept_value,
        .has_kept = true,
        .typed = picker->typed,
        .found = cards_of(visit, found.at, found.count, picker->chosen),
        .has_found = found.count > 0,
        .found_none = found.matching == 0,
        .count_words = desk_count(visit->arena, found.matching, "beneficiary", "beneficiaries"),
        .more_words = hidden > 0
                          ? arena_printf(visit->arena, "%s more: type more letters and press Find.",
                                         text_int_grouped(visit->arena, hidden))
                          : "",
        .none_words = "Somebody you have not named yet can be named on the page before.",
        .error = chrome_fault(visit, picker->name),
    };
}

static struct picker_view picker_of(const struct step *step)
{
    const struct picker picker = {
        .name = "beneficiary",
        .find = retire_url(step->visit, &step->draft, "beneficiary", false),
        .kept_name = "by",
        .kept_value = step->by,
        .typed = field_text(&step->visit->fields, "q"),
        .chosen = step->draft.beneficiary_org_id,
        .recent_heading = "",
    };
    return text_is(step->by, "named") ? named_of(step, &picker) : picker_show(step->visit, &picker);
}

static void show(const struct step *step, struct retire_alarm alarm)
{
    struct visit *visit = step->visit;
    int way = way_of(step->by);
    bool is_post = visit->request->method == METHOD_POST;
    const char *title = way < 0 ? "Who are the credits retired for?" : WAYS[way].question;
    struct retire_beneficiary_view view = {
        .page = chrome_of(visit, PLACE_CREDITS, chrome_fault_title(visit, title)),
        .faults = picker_faults(visit),
        .has_faults = visit->fields.error_count > 0,
        .step = retire_step_view(visit, &step->draft, "beneficiary", step->back),
        .alarm = alarm,
        .is_choice = way < 0,
        .by = step->by,
        .question = title,
        .lead = way < 0 ? "" : WAYS[way].lead,
        .is_picked = text_is(step->by, "registry") || text_is(step->by, "named"),
        .is_organisation = text_is(step->by, "organisation"),
        .is_individual = text_is(step->by, "individual"),
        .choice_error = chrome_fault(visit, "beneficiary"),
        .name = is_post ? field_text(&visit->fields, "name") : "",
        .name_error = is_post ? chrome_fault(visit, "name") : NULL,
        .domain = is_post ? field_text(&visit->fields, "domain") : "",
        .domain_error = is_post ? chrome_fault(visit, "domain") : NULL,
        .email = is_post ? field_text(&visit->fields, "email") : "",
        .email_error = is_post ? chrome_fault(visit, "email") : NULL,
        .button = way < 0 ? "Continue" : WAYS[way].button,
        .choice_url = retire_url(visit, &step->draft, "beneficiary", step->back),
    };
    chrome_trail(visit, &view.page,
                 retire_url(visit, &step->draft, step->back ? "review" : "amount", false),
                 step->back ? "Check the retirement" : "Amount");
    if (view.is_choice) {
        view.known = known_of(step);
        view.ways = ways_of(step);
    } else {
        chrome_trail(visit, &view.page, view.choice_url, "Beneficiary");
    }
    if (view.is_picked) {
        view.picker = picker_of(step);
    }
    template_account_retire_beneficiary(&step->response->body, &view);
}

static enum steps_found open_step(struct visit *visit, struct response *response, struct step *step)
{
    *step = (struct step){
        .visit = visit,
        .response = response,
        .by = field_text(&visit->fields, "by"),
        .back = !text_empty(field_text(&visit->fields, "back")),
    };
    enum steps_found found = retire_open(visit, response, &step->draft);
    if (found == STEPS_OPEN && take_next(&step->draft.take) != NULL) {
        response_redirect(response, visit->arena,
                          retire_url(visit, &step->draft, retire_next(&step->draft), step->back));
        return STEPS_OVER;
    }
    return found;
}

enum status retire_beneficiary_get(struct visit *visit, struct response *response)
{
    struct step step;
    enum steps_found found = open_step(visit, response, &step);
    if (found != STEPS_OPEN) {
        return steps_closed(found);
    }
    show(&step, (struct retire_alarm){NULL, NULL});
    return STATUS_OK;
}

/* Somebody from a list: oneself, somebody named, an organisation. */
static void take_known(struct step *step, const char *id)
{
    struct visit *visit = step->visit;
    struct my_beneficiary one;
    if (text_empty(id)) {
        field_fault(&visit->fields, "beneficiary", "Choose who the credits are retired for.");
    } else if (!id_is(id, "org") ||
               !my_beneficiary_find(visit->registry, visit->arena, visit->org_id, id, &one)) {
        field_fault(&visit->fields, "beneficiary",
                    "This beneficiary is not there any more. Choose another one.");
    } else {
        step->draft.beneficiary_org_id = one.beneficiary_id;
        step->draft.beneficiary = one.name;
    }
}

/* Somebody new. The draft is let go while the ledger is asked, and taken up again. */
static enum status take_new(struct step *step)
{
    struct visit *visit = step->visit;
    store_rollback(visit->people);
    struct retire_named named = retire_name(visit, step->response, step->draft.draft_id, step->by);
    if (named.status != STATUS_OK) {
        if (named.status == STATUS_NOT_ALLOWED || named.status == STATUS_FAULT) {
            return named.status;
        }
        show(step, named.alarm);
        desk_mend(step->response, named.status);
        return STATUS_OK;
    }
    enum steps_found found = retire_open(visit, step->response, &step->draft);
    if (found != STEPS_OPEN) {
        return steps_closed(found);
    }
    step->draft.beneficiary_org_id = named.beneficiary_id;
    step->draft.beneficiary = named.name;
    if (named.is_found) {
        gate_notice(visit, "beneficiary-known");
    }
    return retire_keep(visit, step->response, &step->draft, step->back);
}

enum status retire_beneficiary_post(struct visit *visit, struct response *response)
{
    struct step step;
    enum steps_found found = open_step(visit, response, &step);
    if (found != STEPS_OPEN) {
        return steps_closed(found);
    }
    const char *typed = field_text(&visit->fields, "beneficiary");
    if (text_empty(step.by) && way_of(typed) >= 0) {
        return desk_go(visit, response, by_url(&step, typed));
    }
    if (text_is(step.by, "organisation") || text_is(step.by, "individual")) {
        return take_new(&step);
    }
    take_known(&step, typed);
    if (visit->fields.error_count > 0) {
        show(&step, (struct retire_alarm){NULL, NULL});
        desk_mend(response, STATUS_FORM_FAULTS);
        return STATUS_OK;
    }
    return retire_keep(visit, response, &step.draft, step.back);
}
