/* pages/retire_purposes.c: why the credits are retired, and the public note. */
#include "pages/retire.h"

#include "account_templates.h"
#include "base/text.h"
#include "pages/desk.h"
#include "pages/retirement_words.h"

static const char *const back_words[] = {"review", NULL};
static const char *const purpose_words[] = {"corporate_targets",
                                            "public_environmental_claims",
                                            "insetting",
                                            "regulatory_requirement",
                                            "other",
                                            NULL};
_Static_assert(sizeof(purpose_words) / sizeof(purpose_words[0]) == PURPOSES_MAX + 1,
               "each purpose can be ticked");

static const struct field_row query_rows[] = {
    {.name = "back", .kind = VALUE_WORD, .words = back_words},
};
const struct form retire_purposes_query = {query_rows, 1};

static const struct field_row form_rows[] = {
    {.name = "purpose", .kind = VALUE_WORD, .repeats = true, .words = purpose_words},
    {.name = "notes", .kind = VALUE_TEXT, .chars_max = NOTE_CHARS_MAX, .label = "The public note"},
    {.name = "back", .kind = VALUE_WORD, .words = back_words},
};
const struct form retire_purposes_form = {form_rows, sizeof(form_rows) / sizeof(form_rows[0])};

static void show(struct visit *visit, struct response *response,
                 const struct retirement_draft *draft, bool back)
{
    struct arena *arena = visit->arena;
    struct choice_view *cards = arena_array(arena, struct choice_view, PURPOSES_MAX);
    for (size_t i = 0; i < PURPOSES_MAX; i++) {
        const struct purpose *purpose = &retirement_purposes[i];
        cards[i] = (struct choice_view){
            .id = i == 0 ? "purpose" : arena_printf(arena, "purpose-%zu", i + 1),
            .value = purpose->slug,
            .words = purpose->words,
            .hint = purpose->hint,
            .is_chosen = (draft->purposes & purpose->bit) != 0,
        };
    }
    const char *title = "Why are the credits retired?";
    struct retire_purposes_view view = {
        .page = chrome_of(visit, PLACE_CREDITS, chrome_fault_title(visit, title)),
        .faults = chrome_faults(visit),
        .has_faults = visit->fields.error_count > 0,
        .step = retire_step_view(visit, draft, "purposes", back),
        .purposes = {cards, PURPOSES_MAX},
        .purpose_error = chrome_fault(visit, "purpose"),
        .notes = draft->notes,
        .notes_error = chrome_fault(visit, "notes"),
    };
    chrome_trail(visit, &view.page,
                 retire_url(visit, draft, back ? "review" : "beneficiary", false),
                 back ? "Check the retirement" : "Beneficiary");
    template_account_retire_purposes(&response->body, &view);
}

/* The draft of the address when the questions before are answered; otherwise the way to them. */
static enum steps_found open_step(struct visit *visit, struct response *response,
                                  struct retirement_draft *draft)
{
    enum steps_found found = retire_open(visit, response, draft);
    if (found != STEPS_OPEN) {
        return found;
    }
    const char *next = retire_next(draft);
    if (!text_is(next, "purposes") && !text_is(next, "review")) {
        response_redirect(response, visit->arena, retire_url(visit, draft, next, false));
        return STEPS_OVER;
    }
    return STEPS_OPEN;
}

enum status retire_purposes_get(struct visit *visit, struct response *response)
{
    struct retirement_draft draft;
    enum steps_found found = open_step(visit, response, &draft);
    if (found != STEPS_OPEN) {
        return steps_closed(found);
    }
    show(visit, response, &draft, !text_empty(field_text(&visit->fields, "back")));
    return STATUS_OK;
}

static unsigned ticked(const struct fields *fields)
{
    unsigned purposes = 0;
    size_t next = 0;
    for (const struct pair *pair = field_each(fields, "purpose", &next); pair != NULL;
         pair = field_each(fields, "purpose", &next)) {
        for (size_t i = 0; i < PURPOSES_MAX; i++) {
            if (text_is(pair->value, retirement_purposes[i].slug)) {
                purposes |= retirement_purposes[i].bit;
            }
        }
    }
    return purposes;
}

enum status retire_purposes_post(struct visit *visit, struct response *response)
{
    struct retirement_draft draft;
    enum steps_found found = open_step(visit, response, &draft);
    if (found != STEPS_OPEN) {
        return steps_closed(found);
    }
    bool back = !text_empty(field_text(&visit->fields, "back"));
    draft.purposes = ticked(&visit->fields);
    draft.notes = text_trim(visit->arena, field_text(&visit->fields, "notes"));
    if (draft.purposes == 0) {
        field_fault(&visit->fields, "purpose", "Tick at least one purpose.");
    }
    if (chrome_fault(visit, "notes") == NULL && text_has_control(draft.notes, NULL)) {
        bool has_other = text_has_control(draft.notes, "\n");
        field_fault(&visit->fields, "notes",
                    has_other ? status_row(STATUS_NOTE_CONTROL)->sentence
                              : "Write the note without line breaks.");
    }
    if (visit->fields.error_count > 0) {
        show(visit, response, &draft, back);
        desk_mend(response, STATUS_FORM_FAULTS);
        return STATUS_OK;
    }
    return retire_keep(visit, response, &draft, back);
}
