/* pages/admin_form.c: building the administrators' forms; see pages/admin.h. */
#include "pages/admin.h"

#include "admin_templates.h"
#include "base/must.h"
#include "base/text.h"
#include "pages/desk.h"

struct admin_form *admin_form_begin(struct visit *visit, enum place place, const char *heading,
                                    struct url post, struct url leave, const char *button)
{
    struct arena *arena = visit->arena;
    struct admin_form *form = arena_one(arena, struct admin_form);
    form->visit = visit;
    form->fields = arena_array(arena, struct admin_field, ADMIN_FIELDS_MAX);
    form->hiddens = arena_array(arena, struct admin_hidden, ADMIN_HIDDENS_MAX);
    form->facts = arena_array(arena, struct admin_fact, ADMIN_FACTS_MAX);
    form->next = arena_array(arena, struct admin_sentence, ADMIN_SENTENCES_MAX);
    form->view.page = chrome_of(visit, place, heading);
    form->view.heading = heading;
    form->view.lead = "";
    form->view.post = post;
    form->view.leave = leave;
    form->view.leave_words = "Leave it as it is";
    form->view.button = button;
    return form;
}

void admin_form_fact(struct admin_form *form, const char *label, const char *value, struct url url)
{
    must(form->view.facts.count < ADMIN_FACTS_MAX);
    form->facts[form->view.facts.count++] = (struct admin_fact){
        .label = label, .value = value, .url = url, .is_id = id_is(value, NULL)};
}

void admin_form_say(struct admin_form *form, const char *words)
{
    must(form->view.next.count < ADMIN_SENTENCES_MAX);
    form->next[form->view.next.count++].words = words;
}

void admin_form_hidden(struct admin_form *form, const char *name, const char *value)
{
    must(form->view.hiddens.count < ADMIN_HIDDENS_MAX);
    form->hiddens[form->view.hiddens.count++] = (struct admin_hidden){name, value};
}

void admin_form_once(struct admin_form *form)
{
    bool is_post = form->visit->request->method == METHOD_POST;
    const char *once = is_post ? field_text(&form->visit->fields, "once") : "";
    admin_form_hidden(form, "once", text_empty(once) ? desk_once(form->visit->arena) : once);
}

/* Was this form sent before it is shown? Then what was typed stays. */
static const char *typed_or(const struct visit *visit, const char *name, const char *value)
{
    if (visit->request->method != METHOD_POST) {
        return value;
    }
    return field_text(&visit->fields, name);
}

static struct admin_field *add_field(struct admin_form *form, const char *name, const char *label,
                                     const char *hint, const char *value)
{
    must(form->view.fields.count < ADMIN_FIELDS_MAX);
    struct admin_field *field = &form->fields[form->view.fields.count++];
    *field = (struct admin_field){
        .name = name,
        .label = label,
        .hint = hint,
        .unit = "",
        .value = value,
        .error = chrome_fault(form->visit, name),
        .none_words = "",
    };
    return field;
}

struct admin_field *admin_form_line(struct admin_form *form, const char *name, const char *label,
                                    const char *hint, const char *value)
{
    struct admin_field *field =
        add_field(form, name, label, hint, typed_or(form->visit, name, value));
    field->is_line = true;
    return field;
}

struct admin_field *admin_form_area(struct admin_form *form, const char *name, const char *label,
                                    const char *hint, const char *value)
{
    struct admin_field *field =
        add_field(form, name, label, hint, typed_or(form->visit, name, value));
    field->is_area = true;
    return field;
}

struct admin_field *admin_form_date(struct admin_form *form, const char *name, const char *label,
                                    const char *hint, const char *value)
{
    struct admin_field *field =
        add_field(form, name, label, hint, typed_or(form->visit, name, value));
    field->is_date = true;
    return field;
}

struct admin_field *admin_form_amount(struct admin_form *form, const char *name, const char *label,
                                      const char *hint, const char *value, const char *unit)
{
    struct admin_field *field =
        add_field(form, name, label, hint, typed_or(form->visit, name, value));
    field->is_amount = true;
    field->unit = unit;
    return field;
}

static size_t count_pairs(const char *const *words)
{
    size_t count = 0;
    while (words[2 * count] != NULL) {
        count++;
    }
    return count;
}

struct admin_field *admin_form_select(struct admin_form *form, const char *name, const char *label,
                                      const char *hint, const char *value, const char *const *words,
                                      const char *none_words)
{
    struct admin_field *field =
        add_field(form, name, label, hint, typed_or(form->visit, name, value));
    size_t count = count_pairs(words);
    struct choice_view *choices = arena_array(form->visit->arena, struct choice_view, count + 1);
    for (size_t i = 0; i < count; i++) {
        choices[i] = (struct choice_view){.value = words[2 * i],
                                          .words = words[2 * i + 1],
                                          .is_chosen = text_is(words[2 * i], field->value)};
    }
    field->is_select = true;
    field->none_words = none_words;
    field->choices = (struct choice_views){choices, count};
    return field;
}

struct admin_field *admin_form_ticks(struct admin_form *form, const char *name, const char *label,
                                     const char *hint, unsigned ticked, const char *const *words)
{
    struct admin_field *field = add_field(form, name, label, hint, "");
    struct arena *arena = form->visit->arena;
    size_t count = count_pairs(words);
    if (form->visit->request->method == METHOD_POST) {
        ticked = admin_ticked(form->visit, name, words);
    }
    struct choice_view *choices = arena_array(arena, struct choice_view, count + 1);
    for (size_t i = 0; i < count; i++) {
        choices[i] = (struct choice_view){
            .id = i == 0 ? name : arena_printf(arena, "%s-%zu", name, i + 1),
            .value = words[2 * i],
            .words = words[2 * i + 1],
            .is_chosen = (ticked & 1U << i) != 0,
        };
    }
    field->is_ticks = true;
    field->choices = (struct choice_views){choices, count};
    return field;
}

unsigned admin_ticked(const struct visit *visit, const char *name, const char *const *words)
{
    unsigned ticked = 0;
    size_t next = 0;
    const struct pair *pair = NULL;
    while ((pair = field_each(&visit->fields, name, &next)) != NULL) {
        for (size_t i = 0; words[2 * i] != NULL; i++) {
            ticked |= text_is(words[2 * i], pair->value) ? 1U << i : 0;
        }
    }
    return ticked;
}

bool admin_amount(struct visit *visit, const char *name, enum instrument instrument,
                  bool may_be_empty, int64_t *units)
{
    const char *typed = text_trim(visit->arena, field_text(&visit->fields, name));
    *units = 0;
    if (text_empty(typed) && may_be_empty) {
        return true;
    }
    enum status status = quantity_parse(typed, instrument, units);
    if (status == STATUS_OK || (status == STATUS_QUANTITY_ZERO && may_be_empty)) {
        return true;
    }
    struct answer answer = {.status = (int32_t)status};
    const char *example = instrument == INSTRUMENT_CARBON_REMOVAL
                              ? "Enter digits with at most 3 decimals, such as 1200.500."
                              : "Enter whole certificates in digits, such as 1200.";
    bool is_unreadable = status == STATUS_VALUE_REFUSED || status == STATUS_LINES_EMPTY;
    field_fault(&visit->fields, name,
                is_unreadable ? example : refusal_words(visit, &answer, instrument, ""));
    return false;
}

void admin_form_alarm(struct admin_form *form, const char *title, const char *words)
{
    form->view.alarm_title = title;
    form->view.alarm = words;
}

enum status admin_form_show(struct admin_form *form, struct response *response, enum status status)
{
    struct admin_form_view *view = &form->view;
    struct visit *visit = form->visit;
    view->faults = chrome_faults(visit);
    view->has_faults = view->faults.count > 0;
    view->page.title = chrome_fault_title(visit, view->heading);
    view->fields.at = form->fields;
    view->hiddens.at = form->hiddens;
    view->facts.at = form->facts;
    view->has_facts = view->facts.count > 0;
    view->next.at = form->next;
    view->has_next = view->next.count > 0;
    view->has_blocks = view->blocks.count > 0;
    if (status != STATUS_OK) {
        desk_mend(response, status);
    } else if (view->has_faults) {
        desk_mend(response, STATUS_FORM_FAULTS);
    }
    template_admin_form(&response->body, view);
    return STATUS_OK;
}
