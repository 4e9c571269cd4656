/* pages/admin_issuing.c: issuing units of a project: the question, the check that names the
 * serials, the act. See pages/admin_issues.h. */
#include "pages/admin_issues.h"

#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "model/serial.h"
#include "pages/desk.h"
#include "store/admin_orgs.h"

#define VINTAGE_MIN 1900
#define VINTAGE_MAX 2100

static const char *const step_words[] = {"confirm", "change", NULL};
static const struct field_row rows[] = {
    {.name = "once", .kind = VALUE_LINE},
    {.name = "step", .kind = VALUE_WORD, .words = step_words},
    {.name = "vintage",
     .kind = VALUE_INT,
     .needed = true,
     .chars_max = 4,
     .label = "Vintage",
     .needed_words = "Enter the vintage as a year, such as 2026."},
    {.name = "supplier_amount", .kind = VALUE_AMOUNT, .label = "For the supplier"},
    {.name = "buffer_amount", .kind = VALUE_AMOUNT, .label = "For the buffer pool"},
    {.name = "reporting_start", .kind = VALUE_DATE, .label = "Reporting period from"},
    {.name = "reporting_end", .kind = VALUE_DATE, .label = "Reporting period to"},
    {.name = "notes", .kind = VALUE_LINE, .chars_max = NOTE_CHARS_MAX, .label = "Public note"},
    {.name = "next", .kind = VALUE_INT},
};
const struct form admin_issuing_form = {rows, sizeof(rows) / sizeof(rows[0])};

static const struct admin_field_name names[] = {
    {FIELD_AMOUNT, "supplier_amount", NULL},
    {FIELD_VINTAGE, "vintage", NULL},
    {FIELD_DATE, "reporting_start", "The reporting period has to begin before it ends."},
    {FIELD_NOTES, "notes", NULL},
    {FIELD_NONE, NULL, NULL},
};

/* What was typed, read. */
struct wish {
    int64_t vintage;
    int64_t supplier_units;
    int64_t buffer_units;
};

static struct url post_url(struct visit *visit, const struct admin_project *project)
{
    return url_path(visit->arena, "/admin/issue/projects/*/units", project->project_id);
}

static void add_trail(struct visit *visit, struct admin_form *form)
{
    chrome_trail(visit, &form->view.page, url_path(visit->arena, "/admin/issue"),
                 "Issue and deliver");
}

static enum status show_question(struct visit *visit, struct response *response,
                                 const struct admin_project *project, struct admin_alarm alarm,
                                 enum status status)
{
    struct arena *arena = visit->arena;
    const char *unit = desk_unit(project->instrument);
    const char *buffer = admin_buffer_org(visit->registry, arena);
    bool is_whole = project->instrument == INSTRUMENT_RENEWABLE_ENERGY;
    struct admin_form *form = admin_form_begin(
        visit, PLACE_ISSUE, arena_printf(arena, "Issue units of %s", project->name),
        post_url(visit, project), url_path(arena, "/admin/issue"), "Continue");
    form->view.leave_words = "Leave without issuing";
    admin_form_once(form);
    admin_form_fact(form, "Supplier", project->supplier, admin_org_url(arena, project->org_id));
    admin_form_fact(form, "Issued so far",
                    quantity_words(arena, project->issued_units, project->instrument),
                    (struct url){NULL});
    admin_form_line(form, "vintage", "Vintage", "The year in which it was removed or generated",
                    "");
    (void)admin_form_amount(form, "supplier_amount", "For the supplier",
                            is_whole ? "Whole certificates, for example 1200"
                                     : "At most 3 decimals, for example 1200.500",
                            "", unit);
    admin_form_amount(form, "buffer_amount", "For the buffer pool",
                      text_empty(buffer)
                          ? "There is no organisation that is a buffer pool: leave this empty."
                          : arena_printf(arena, "They go to the reserve account of %s.", buffer),
                      "", unit)
        ->is_optional = true;
    admin_form_date(form, "reporting_start", "Reporting period from", "", "")->is_optional = true;
    admin_form_date(form, "reporting_end", "Reporting period to", "", "")->is_optional = true;
    admin_form_area(form, "notes", "Public note",
                    "Anyone can read it, for as long as the registry exists. Up to 256 characters.",
                    "")
        ->is_optional = true;
    if (alarm.title != NULL) {
        admin_form_alarm(form, alarm.title, alarm.words);
    }
    add_trail(visit, form);
    return admin_form_show(form, response, status);
}

static struct serial serial_of(const struct admin_project *project, int64_t vintage, int64_t first,
                               int64_t units)
{
    struct serial serial = {.vintage = (int)vintage, .first = first, .last = first + units - 1};
    must(TEXT_COPY(serial.pathway, project->pathway_code));
    must(TEXT_COPY(serial.country, project->country));
    must(TEXT_COPY(serial.project_code, project->short_code));
    return serial;
}

static void add_block(struct admin_form *form, const char *label, struct serial serial,
                      enum instrument instrument)
{
    struct arena *arena = form->visit->arena;
    admin_form_fact(form, label, quantity_words(arena, serial_units(&serial), instrument),
                    (struct url){NULL});
    admin_form_fact(form, "Serial numbers", serial_text(arena, &serial), (struct url){NULL});
    form->facts[form->view.facts.count - 1].is_serial = true;
}

static const char *or_dash(const char *text)
{
    return text_empty(text) ? "–" : text;
}

/* The check before the act: which serials come into being. */
static enum status show_check(struct visit *visit, struct response *response,
                              const struct admin_project *project, const struct wish *wish,
                              struct admin_alarm alarm, enum status status)
{
    static const char *const kept[] = {"vintage",         "supplier_amount", "buffer_amount",
                                       "reporting_start", "reporting_end",   "notes"};
    const struct url none = {NULL};
    struct arena *arena = visit->arena;
    const struct fields *fields = &visit->fields;
    int64_t all_units = wish->supplier_units + wish->buffer_units;
    int64_t next = admin_next_serial(visit->registry, project->project_id, wish->vintage);
    const char *all = quantity_words(arena, all_units, project->instrument);
    struct admin_form *form = admin_form_begin(
        visit, PLACE_ISSUE, arena_printf(arena, "Check the issuance of %s", all),
        post_url(visit, project), post_url(visit, project), arena_printf(arena, "Issue %s", all));
    form->view.leave_words = "Begin again";
    admin_form_once(form);
    admin_form_hidden(form, "step", "confirm");
    admin_form_hidden(form, "next", arena_printf(arena, "%lld", (long long)next));
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
        admin_form_hidden(form, kept[i], field_text(fields, kept[i]));
    }
    admin_form_fact(form, "Project", project->name, desk_project_url(arena, project->project_id));
    admin_form_fact(form, "Vintage", arena_printf(arena, "%lld", (long long)wish->vintage), none);
    add_block(form, arena_printf(arena, "For %s", project->supplier),
              serial_of(project, wish->vintage, next, wish->supplier_units), project->instrument);
    if (wish->buffer_units > 0) {
        add_block(
            form, arena_printf(arena, "For %s", admin_buffer_org(visit->registry, arena)),
            serial_of(project, wish->vintage, next + wish->supplier_units, wish->buffer_units),
            project->instrument);
    }
    const char *start = field_text(fields, "reporting_start");
    const char *end = field_text(fields, "reporting_end");
    bool has_period = !text_empty(start) || !text_empty(end);
    admin_form_fact(
        form, "Reporting period",
        has_period ? arena_printf(arena, "%s to %s", or_dash(start), or_dash(end)) : "–", none);
    admin_form_fact(form, "Public note", or_dash(field_text(fields, "notes")), none);
    admin_form_say(form,
                   arena_printf(arena, "%s come into being on %s’s account Main, at once.",
                                quantity_words(arena, wish->supplier_units, project->instrument),
                                project->supplier));
    if (wish->buffer_units > 0) {
        admin_form_say(
            form, arena_printf(arena, "%s go to the buffer pool’s reserve account.",
                               quantity_words(arena, wish->buffer_units, project->instrument)));
    }
    admin_form_say(form, "The issuance is public and final. Issued units cannot be taken back.");
    if (alarm.title != NULL) {
        admin_form_alarm(form, alarm.title, alarm.words);
    }
    add_trail(visit, form);
    return admin_form_show(form, response, status);
}

static struct wish read_wish(struct visit *visit, const struct admin_project *project)
{
    struct wish wish = {0, 0, 0};
    bool has_vintage = field_int(&visit->fields, "vintage", &wish.vintage);
    if (has_vintage && (wish.vintage < VINTAGE_MIN || wish.vintage > VINTAGE_MAX)) {
        field_fault(&visit->fields, "vintage", "Enter the vintage as a year from 1900 to 2100.");
    }
    (void)admin_amount(visit, "supplier_amount", project->instrument, false, &wish.supplier_units);
    (void)admin_amount(visit, "buffer_amount", project->instrument, true, &wish.buffer_units);
    if (wish.buffer_units > 0 && text_empty(admin_buffer_org(visit->registry, visit->arena))) {
        field_fault(
            &visit->fields, "buffer_amount",
            "There is no buffer pool to receive units. Leave this empty, or open one first.");
    }
    int64_t next = admin_next_serial(visit->registry, project->project_id, wish.vintage);
    if (next - 1 + wish.supplier_units + wish.buffer_units > QUANTITY_UNITS_MAX) {
        field_fault(&visit->fields, "supplier_amount",
                    status_row(STATUS_QUANTITY_TOO_LARGE)->sentence);
    }
    return wish;
}

enum status admin_issuing_get(struct visit *visit, struct response *response)
{
    struct admin_project project;
    if (!admin_project_find(visit->registry, visit->arena, visit->arguments[0], &project)) {
        return STATUS_NOT_FOUND;
    }
    return show_question(visit, response, &project, (struct admin_alarm){NULL, NULL}, STATUS_OK);
}

static void fill(struct visit *visit, const struct admin_project *project, const struct wish *wish,
                 struct command_issue *body)
{
    must(TEXT_COPY(body->project_id, project->project_id));
    body->vintage = (int32_t)wish->vintage;
    body->supplier_units = wish->supplier_units;
    body->buffer_units = wish->buffer_units;
    must(TEXT_COPY(body->reporting_start, field_text(&visit->fields, "reporting_start")));
    must(TEXT_COPY(body->reporting_end, field_text(&visit->fields, "reporting_end")));
    must(TEXT_COPY(body->notes, field_text(&visit->fields, "notes")));
}

/* Have other units of the vintage been issued since the check was shown? Then the serials it named
 * are taken. An act that was done with this very form is left to the ledger, which gives its first
 * answer again. */
static bool serials_moved(struct visit *visit, const struct admin_project *project,
                          const struct wish *wish, const char *key)
{
    int64_t seen = 0;
    return !admin_key_is_used(visit->registry, visit->user_id, key) &&
           (!field_int(&visit->fields, "next", &seen) ||
            seen != admin_next_serial(visit->registry, project->project_id, wish->vintage));
}

enum status admin_issuing_post(struct visit *visit, struct response *response)
{
    struct admin_alarm alarm = {NULL, NULL};
    struct admin_project project;
    if (!admin_project_find(visit->registry, visit->arena, visit->arguments[0], &project)) {
        return STATUS_NOT_FOUND;
    }
    struct wish wish = read_wish(visit, &project);
    if (visit->fields.error_count > 0) {
        return show_question(visit, response, &project, alarm, STATUS_OK);
    }
    if (!text_is(field_text(&visit->fields, "step"), "confirm")) {
        return show_check(visit, response, &project, &wish, alarm, STATUS_OK);
    }
    char key[KEY_SIZE];
    desk_key(visit, field_text(&visit->fields, "once"), "issue", project.project_id, key);
    if (serials_moved(visit, &project, &wish, key)) {
        alarm = (struct admin_alarm){"Other units of this vintage were issued meanwhile",
                                     "Nothing was issued now. Below are the serial numbers that "
                                     "come next: check them again."};
        return show_check(visit, response, &project, &wish, alarm, STATUS_PLAN_CHANGED);
    }
    struct command *command = arena_one(visit->arena, struct command);
    *command = command_of(ACT_ISSUE, visit->user_id, key);
    fill(visit, &project, &wish, &command->issue);
    struct answer answer;
    enum status status = admin_ask(visit, command, project.instrument, names, &answer, &alarm);
    if (admin_is_page(status)) {
        return status;
    }
    if (status != STATUS_OK) {
        bool is_mended_here = visit->fields.error_count > 0;
        return is_mended_here ? show_question(visit, response, &project, alarm, status)
                              : show_check(visit, response, &project, &wish, alarm, status);
    }
    struct url list = url_path(visit->arena, "/admin/issue");
    return admin_done(visit, response, arena_printf(visit->arena, "issued %s", answer.id),
                      url_with(visit->arena, list, "q", project.short_code));
}
