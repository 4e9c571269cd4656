/* pages/admin_projects.c: projects as a list, opening and editing one. See pages/admin_issues.h. */
#include "pages/admin_issues.h"

#include "admin_templates.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/admin_about.h"
#include "pages/admin_issue_view.h"
#include "pages/desk.h"

#define PROJECT_CHARS_MAX 400 /* ledger/decide_party.c */
/* Pathway, protocol: they fit the command's 64 bytes as plain letters. */
#define WORD_CHARS_MAX 60
#define DESCRIPTION_CHARS_MAX 1000 /* of four bytes each they fit the command */

static const struct field_row list_rows[] = {
    {.name = "q", .kind = VALUE_LINE, .label = "Name, code or supplier"},
    DESK_PAGE_FIELDS,
};
const struct form admin_projects_form = {list_rows, sizeof(list_rows) / sizeof(list_rows[0])};

/* ---- the list ---- */

struct csv {
    struct visit *visit;
    char last_id[ID_SIZE];
};

static bool csv_window(struct response *response, void *state)
{
    static const char *const head[] = {"project_id", "short_code",  "name",    "supplier_id",
                                       "supplier",   "instrument",  "country", "status",
                                       "issued",     "issued_units"};
    enum { COLUMNS = sizeof(head) / sizeof(head[0]) };
    struct csv *csv = state;
    struct arena *arena = csv->visit->arena;
    if (csv->last_id[0] == '\0') {
        desk_csv_line(&response->body, head, COLUMNS);
    }
    struct admin_projects found =
        admin_projects_list(csv->visit->registry, arena, field_text(&csv->visit->fields, "q"),
                            false, csv->last_id, CSV_WINDOW_ROWS);
    for (size_t i = 0; i < found.count; i++) {
        const struct admin_project *one = &found.at[i];
        const char *cells[COLUMNS] = {
            one->project_id,
            one->short_code,
            one->name,
            one->org_id,
            one->supplier,
            instrument_word(one->instrument),
            one->country,
            one->status,
            quantity_plain(arena, one->issued_units, one->instrument),
            arena_printf(arena, "%lld", (long long)one->issued_units),
        };
        desk_csv_line(&response->body, cells, COLUMNS);
    }
    if (found.count > 0) {
        bool is_copied = TEXT_COPY(csv->last_id, found.at[found.count - 1].project_id);
        must(is_copied);
    }
    return found.count == CSV_WINDOW_ROWS;
}

static void show_rows(struct visit *visit, const struct admin_list *list,
                      struct admin_projects_view *view)
{
    struct arena *arena = visit->arena;
    const char *typed = field_text(&visit->fields, "q");
    struct admin_page page = admin_list_page(list);
    struct admin_projects found = admin_projects_list(visit->registry, arena, typed, page.goes_back,
                                                      page.cursor, PAGE_ROWS + 1);
    size_t count = found.count > PAGE_ROWS ? PAGE_ROWS : found.count;
    struct admin_project_row *views = arena_array(arena, struct admin_project_row, count + 1);
    const char *first = "";
    const char *last = "";
    for (size_t i = 0; i < count; i++) {
        const struct admin_project *one = &found.at[page.goes_back ? count - 1 - i : i];
        first = i == 0 ? one->project_id : first;
        last = one->project_id;
        views[i] = (struct admin_project_row){
            .name = one->name,
            .url = desk_project_url(arena, one->project_id),
            .short_code = one->short_code,
            .supplier = one->supplier,
            .supplier_url = admin_org_url(arena, one->org_id),
            .country = one->country,
            .issued = quantity_show(arena, one->issued_units, one->instrument),
            .unit = desk_unit(one->instrument),
            .issue_url = url_path(arena, "/admin/issue/projects/*/units", one->project_id),
            .edit_url = url_path(arena, "/admin/issue/projects/*/edit", one->project_id),
            .documents_url = url_path(arena, "/admin/issue/projects/*/documents", one->project_id),
        };
    }
    view->rows = (struct admin_project_rows){views, count};
    view->has_rows = count > 0;
    int64_t shown = admin_projects_count(visit->registry, arena, typed);
    int64_t all = text_empty(typed) ? shown : admin_projects_count(visit->registry, arena, "");
    admin_list_turn(list, found.count > PAGE_ROWS, first, last,
                    desk_count_of(arena, shown, all, "project", "projects"), &view->list);
}

enum status admin_projects_get(struct visit *visit, struct response *response)
{
    if (text_is(field_text(&visit->fields, "format"), "csv")) {
        struct csv *csv = arena_one(visit->arena, struct csv);
        csv->visit = visit;
        desk_csv_stream(visit, response, "projects.csv", csv_window, csv);
        return STATUS_OK;
    }
    struct admin_list list = admin_list_begin(visit, "/admin/issue", "");
    admin_list_filter(&list, "q", "Name, code or supplier", NULL);
    struct admin_projects_view view = {
        .page = chrome_of(visit, PLACE_ISSUE, "Issue and deliver"),
        .may_act = admin_may(visit),
        .list = admin_list_show(&list),
    };
    show_rows(visit, &list, &view);
    template_admin_projects(&response->body, &view);
    return STATUS_OK;
}

/* ---- open and edit ---- */

static const char *const instrument_words[] = {"carbon_removal", "renewable_energy", NULL};
/* clang-format off */
static const char *const instrument_choices[] = {
    "carbon_removal", "Credits of 1,000 kg CO₂e removed, with 3 decimals",
    "renewable_energy", "Certificates of 1 MWh renewable energy, whole numbers",
    NULL,
};
static const char *const status_words[] = {
    "draft",     "preview", "under_validation", "validated", "validation_unsuccessful",
    "cancelled", NULL};
static const char *const status_choices[] = {
    "draft", "Draft",
    "preview", "Preview",
    "under_validation", "Under validation",
    "validated", "Validated",
    "validation_unsuccessful", "Validation unsuccessful",
    "cancelled", "Cancelled",
    NULL,
};
/* clang-format on */

static const char *const ccp_words[] = {"ccp", NULL};
static const char *const ccp_choices[] = {"ccp", "It is CCP-approved: its credits carry the label",
                                          NULL};

static const struct field_row new_rows[] = {{.name = "supplier", .kind = VALUE_ID}};
const struct form admin_project_new_form = {new_rows, 1};

static const struct field_row rows[] = {
    {.name = "once", .kind = VALUE_LINE},
    {.name = "supplier", .kind = VALUE_LINE, .label = "Supplier"},
    {.name = "name",
     .kind = VALUE_LINE,
     .needed = true,
     .chars_max = PROJECT_CHARS_MAX,
     .label = "Name",
     .needed_words = "Enter the project’s name."},
    {.name = "instrument", .kind = VALUE_WORD, .words = instrument_words},
    {.name = "short_code",
     .kind = VALUE_LINE,
     .needed = true,
     .chars_max = SERIAL_WORD_SIZE - 1,
     .label = "Short code",
     .needed_words = "Enter the project’s short code."},
    {.name = "pathway", .kind = VALUE_LINE, .chars_max = WORD_CHARS_MAX, .label = "Pathway"},
    {.name = "pathway_code",
     .kind = VALUE_LINE,
     .needed = true,
     .chars_max = SERIAL_WORD_SIZE - 1,
     .label = "Pathway code",
     .needed_words = "Enter the code of the pathway or fuel."},
    {.name = "country",
     .kind = VALUE_LINE,
     .needed = true,
     .chars_max = 3,
     .label = "Country",
     .needed_words = "Enter the country as three capital letters, such as NOR."},
    {.name = "place", .kind = VALUE_LINE, .chars_max = NAME_CHARS_MAX, .label = "Place"},
    ADMIN_LOCATION_FIELDS,
    {.name = "status", .kind = VALUE_WORD, .words = status_words},
    {.name = "ccp", .kind = VALUE_WORD, .words = ccp_words},
    {.name = "protocol", .kind = VALUE_LINE, .chars_max = WORD_CHARS_MAX, .label = "Protocol"},
    {.name = "validator", .kind = VALUE_LINE, .chars_max = NAME_CHARS_MAX, .label = "Validator"},
    {.name = "verifier", .kind = VALUE_LINE, .chars_max = NAME_CHARS_MAX, .label = "Verifier"},
    {.name = "crediting_start", .kind = VALUE_DATE, .label = "Crediting from"},
    {.name = "crediting_end", .kind = VALUE_DATE, .label = "Crediting to"},
    {.name = "web", .kind = VALUE_LINE, .chars_max = 500, .label = "Web page"},
    {.name = "description",
     .kind = VALUE_TEXT,
     .chars_max = DESCRIPTION_CHARS_MAX,
     .label = "Description"},
};
const struct form admin_project_form = {rows, sizeof(rows) / sizeof(rows[0])};

static const struct admin_field_name names[] = {
    {FIELD_SUPPLIER, "supplier", "Units exist already: the project stays with its supplier."},
    {FIELD_CODE, "short_code",
     "Both codes are 1 to 16 capital letters and digits, such as F5X7, and stay as they are once "
     "units exist."},
    {FIELD_COUNTRY, "country",
     "Enter three capital letters of ISO 3166, such as NOR. Once units exist the country stays as "
     "it "
     "is."},
    {FIELD_NAME, "name", "Enter a name of 1 to 400 characters, without spaces at its ends."},
    {FIELD_DATE, "crediting_start", "Enter dates as year, month and day, such as 2026-11-20."},
    {FIELD_SYSTEM, "web", "Enter an address that begins with https:// and has no spaces."},
    {FIELD_PROJECT, "instrument", "Units exist already: what is counted stays as it is."},
    {FIELD_SETTING, "status", NULL},
    {FIELD_LOCATION, "latitude", NULL},
    {FIELD_LABEL, "ccp",
     "The label is for carbon removal credits alone. Take the tick away for certificates."},
    {FIELD_NOTES, "description", "Type the description again as plain text."},
    {FIELD_NONE, NULL, NULL},
};

static void add_optional(struct admin_form *form, const char *name, const char *label,
                         const char *hint, const char *value)
{
    admin_form_line(form, name, label, hint, value)->is_optional = true;
}

/* project: what the form begins with; its id "" for a new one. */
static enum status show(struct visit *visit, struct response *response,
                        const struct admin_project *project, struct admin_alarm alarm,
                        enum status status)
{
    struct arena *arena = visit->arena;
    bool is_new = text_empty(project->project_id);
    struct url list = url_path(arena, "/admin/issue");
    struct url post = is_new ? url_path(arena, "/admin/issue/projects/new")
                             : url_path(arena, "/admin/issue/projects/*/edit", project->project_id);
    struct admin_form *form =
        admin_form_begin(visit, PLACE_ISSUE,
                         is_new ? "Open a project" : arena_printf(arena, "Edit %s", project->name),
                         post, list, is_new ? "Open the project" : "Save the project");
    if (is_new) {
        form->view.leave_words = "Leave without opening it";
    }
    if (!is_new && project->issued_units > 0) {
        form->view.lead =
            "Units exist: supplier, what is counted, codes and country stand in their "
            "serial numbers and stay.";
    }
    admin_form_once(form);
    (void)admin_form_line(form, "name", "Name", "Public.", project->name);
    (void)admin_form_line(form, "supplier", "Supplier", "The supplier’s name or id",
                          project->org_id);
    (void)admin_form_select(form, "instrument", "What is counted?", "",
                            instrument_word(project->instrument), instrument_choices, "");
    (void)admin_form_line(
        form, "short_code", "Short code",
        "In every serial number: 1 to 16 capital letters and digits, such as F5X7",
        project->short_code);
    (void)admin_form_line(form, "pathway_code", "Pathway or fuel code",
                          "In every serial number: such as BSTORE or WIND", project->pathway_code);
    (void)admin_form_line(form, "country", "Country",
                          "Three capital letters (ISO 3166), such as NOR", project->country);
    (void)admin_form_select(form, "status", "Status", "", project->status, status_choices, "");
    add_optional(form, "pathway", "Pathway or fuel", "In words", project->pathway);
    add_optional(form, "place", "Place", "For example Hutchinson, Kansas", project->place);
    admin_location_fields(form, &project->location);
    add_optional(form, "protocol", "Protocol", "", project->protocol);
    add_optional(form, "validator", "Validator", "", project->validator);
    add_optional(form, "verifier", "Verifier", "", project->verifier);
    admin_form_date(form, "crediting_start", "Crediting from", "", project->crediting_start)
        ->is_optional = true;
    admin_form_date(form, "crediting_end", "Crediting to", "", project->crediting_end)
        ->is_optional = true;
    (void)admin_form_ticks(form, "ccp", "Core Carbon Principles",
                           "Public. Approved by the Integrity Council for the Voluntary Carbon "
                           "Market (ICVCM).",
                           project->ccp_approved ? 1 : 0, ccp_choices);
    add_optional(form, "web", "Web page", "", project->web);
    admin_form_area(form, "description", "Description", "Public.", project->description)
        ->is_optional = true;
    if (alarm.title != NULL) {
        admin_form_alarm(form, alarm.title, alarm.words);
    }
    chrome_trail(visit, &form->view.page, list, "Issue and deliver");
    return admin_form_show(form, response, status);
}

static void put(struct visit *visit, const char *name, char *to, size_t to_bytes)
{
    if (!text_copy(to, to_bytes, text_trim(visit->arena, field_text(&visit->fields, name)))) {
        field_fault(&visit->fields, name, "This is too long to be kept. Shorten it.");
    }
}

static void fill(struct visit *visit, struct command_project *body)
{
    const char *org_id = "";
    const char *org_name = "";
    const char *words = "";
    if (admin_find_org(visit, field_text(&visit->fields, "supplier"), &org_id, &org_name, &words)) {
        must(TEXT_COPY(body->org_id, org_id));
    } else {
        field_fault(&visit->fields, "supplier", words);
    }
    enum instrument instrument = INSTRUMENT_CARBON_REMOVAL;
    (void)instrument_from_word(field_text(&visit->fields, "instrument"), &instrument);
    body->instrument = (uint8_t)instrument;
    put(visit, "name", body->name, sizeof(body->name));
    put(visit, "short_code", body->short_code, sizeof(body->short_code));
    put(visit, "pathway", body->pathway, sizeof(body->pathway));
    put(visit, "pathway_code", body->pathway_code, sizeof(body->pathway_code));
    put(visit, "country", body->country, sizeof(body->country));
    put(visit, "place", body->place, sizeof(body->place));
    put(visit, "status", body->status, sizeof(body->status));
    put(visit, "protocol", body->protocol, sizeof(body->protocol));
    put(visit, "validator", body->validator, sizeof(body->validator));
    put(visit, "verifier", body->verifier, sizeof(body->verifier));
    put(visit, "crediting_start", body->crediting_start, sizeof(body->crediting_start));
    put(visit, "crediting_end", body->crediting_end, sizeof(body->crediting_end));
    put(visit, "web", body->web, sizeof(body->web));
    put(visit, "description", body->description, sizeof(body->description));
    body->location = admin_location_read(visit);
    body->ccp_approved = field_tick(&visit->fields, "ccp");
}

static const struct admin_project new_project = {
    .project_id = "",
    .org_id = "",
    .name = "",
    .short_code = "",
    .pathway = "",
    .pathway_code = "",
    .protocol = "",
    .country = "",
    .place = "",
    .status = "validated",
    .validator = "",
    .verifier = "",
    .crediting_start = "",
    .crediting_end = "",
    .description = "",
    .web = "",
};

static enum status save(struct visit *visit, struct response *response,
                        const struct admin_project *project)
{
    bool is_new = text_empty(project->project_id);
    struct admin_alarm alarm = {NULL, NULL};
    char key[KEY_SIZE];
    desk_key(visit, field_text(&visit->fields, "once"), "project", project->project_id, key);
    struct command *command = arena_one(visit->arena, struct command);
    *command =
        command_of(is_new ? ACT_OPEN_PROJECT : ACT_EDIT_PROJECT, visit->user_id, is_new ? key : "");
    must(TEXT_COPY(command->project.project_id, project->project_id));
    fill(visit, &command->project);
    if (visit->fields.error_count > 0) {
        return show(visit, response, project, alarm, STATUS_OK);
    }
    struct answer answer;
    enum status status = admin_ask(visit, command, project->instrument, names, &answer, &alarm);
    if (admin_is_page(status)) {
        return status;
    }
    if (status != STATUS_OK) {
        return show(visit, response, project, alarm, status);
    }
    struct url list = url_path(visit->arena, "/admin/issue");
    return admin_done(visit, response, is_new ? "project-opened" : "project-saved",
                      url_with(visit->arena, list, "q", command->project.short_code));
}

enum status admin_project_new_get(struct visit *visit, struct response *response)
{
    struct admin_project project = new_project;
    const char *supplier = field_text(&visit->fields, "supplier");
    project.org_id = id_is(supplier, "org") ? supplier : "";
    return show(visit, response, &project, (struct admin_alarm){NULL, NULL}, STATUS_OK);
}

enum status admin_project_new_post(struct visit *visit, struct response *response)
{
    return save(visit, response, &new_project);
}

enum status admin_project_edit_get(struct visit *visit, struct response *response)
{
    struct admin_project project;
    if (!admin_project_find(visit->registry, visit->arena, visit->arguments[0], &project)) {
        return STATUS_NOT_FOUND;
    }
    return show(visit, response, &project, (struct admin_alarm){NULL, NULL}, STATUS_OK);
}

enum status admin_project_edit_post(struct visit *visit, struct response *response)
{
    struct admin_project project;
    if (!admin_project_find(visit->registry, visit->arena, visit->arguments[0], &project)) {
        return STATUS_NOT_FOUND;
    }
    return save(visit, response, &project);
}
