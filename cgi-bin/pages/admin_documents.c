/* pages/admin_documents.c: documents of a project: the list, adding one, removing one. See
 * pages/admin_about.h. */
#include "admin_templates.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/admin_about.h"
#include "pages/admin_issue_view.h"
#include "pages/desk.h"
#include "store/admin_issue.h"
#include "store/documents.h"

static const char *const kind_words[] = {"project_design",
                                         "validation_report",
                                         "monitoring_report",
                                         "verification_report",
                                         "protocol",
                                         "other",
                                         NULL};
/* clang-format off */
static const char *const kind_choices[] = {
    "project_design", "Project design",
    "validation_report", "Validation report",
    "monitoring_report", "Monitoring report",
    "verification_report", "Verification report",
    "protocol", "Protocol",
    "other", "Other",
    NULL,
};
/* clang-format on */

static const struct field_row rows[] = {
    {.name = "once", .kind = VALUE_LINE},
    {.name = "name",
     .kind = VALUE_LINE,
     .needed = true,
     .chars_max = NOTE_CHARS_MAX,
     .label = "Name",
     .needed_words = "Enter the document’s name."},
    {.name = "url",
     .kind = VALUE_LINE,
     .needed = true,
     .chars_max = DOCUMENT_URL_CHARS_MAX,
     .label = "Address",
     .needed_words = "Enter the document’s address, beginning with https://."},
    {.name = "kind", .kind = VALUE_WORD, .words = kind_words},
    {.name = "dated", .kind = VALUE_DATE, .label = "Date"},
};
const struct form admin_document_form = {rows, sizeof(rows) / sizeof(rows[0])};
static const struct field_row remove_rows[] = {{.name = "once", .kind = VALUE_LINE}};
const struct form admin_document_remove_form = {remove_rows, 1};

static const struct admin_field_name names[] = {
    {FIELD_NAME, "name", "Enter a name of 1 to 256 characters, without spaces at its ends."},
    {FIELD_SYSTEM, "url",
     "Enter a public address that begins with https:// and names its host, such as "
     "https://example.org/report.pdf: plain letters and signs, no spaces, no # part, no user name, "
     "everything else as % and two hex digits."},
    {FIELD_SETTING, "kind", NULL},
    {FIELD_DATE, "dated", "Enter the date as year, month and day, such as 2026-11-20."},
    {FIELD_AMOUNT, NULL, "A project has at most 100 documents. Remove one of them first."},
    {FIELD_NONE, NULL, NULL},
};

static struct url documents_url(struct arena *arena, const char *project_id)
{
    return url_path(arena, "/admin/issue/projects/*/documents", project_id);
}

static const char *kind_in_words(enum document_kind kind)
{
    const char *word = document_kind_word(kind);
    for (size_t i = 0; kind_choices[2 * i] != NULL; i++) {
        if (text_is(kind_choices[2 * i], word)) {
            return kind_choices[2 * i + 1];
        }
    }
    return word;
}

static bool find_project(struct visit *visit, struct admin_project *project)
{
    return admin_project_find(visit->registry, visit->arena, visit->arguments[0], project);
}

/* ---- the list ---- */

enum status admin_documents_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct admin_project project;
    if (!find_project(visit, &project)) {
        return STATUS_NOT_FOUND;
    }
    struct documents documents = documents_of(visit->registry, arena, project.project_id);
    struct admin_document_row *views =
        arena_array(arena, struct admin_document_row, documents.count + 1);
    for (size_t i = 0; i < documents.count; i++) {
        const struct document *one = &documents.at[i];
        views[i] = (struct admin_document_row){
            .name = one->name,
            .url = url_web(arena, one->url),
            .kind = kind_in_words(one->kind),
            .dated = one->dated,
            .added = desk_when(arena, one->added_at),
            .remove_url = url_path(arena, "/admin/issue/projects/*/documents/*/remove",
                                   project.project_id, one->document_id),
        };
    }
    struct admin_documents_view view = {
        .page = chrome_of(visit, PLACE_ISSUE, arena_printf(arena, "Documents of %s", project.name)),
        .may_act = admin_may(visit),
        .name = project.name,
        .project_url = desk_project_url(arena, project.project_id),
        .new_url = url_path(arena, "/admin/issue/projects/*/documents/new", project.project_id),
        .has_rows = documents.count > 0,
        .rows = {views, documents.count},
    };
    chrome_trail(visit, &view.page, url_path(arena, "/admin/issue"), "Issue and deliver");
    template_admin_documents(&response->body, &view);
    return STATUS_OK;
}

/* ---- adding one ---- */

static enum status show_new(struct visit *visit, struct response *response,
                            const struct admin_project *project, struct admin_alarm alarm,
                            enum status status)
{
    struct arena *arena = visit->arena;
    struct url list = documents_url(arena, project->project_id);
    struct admin_form *form = admin_form_begin(
        visit, PLACE_ISSUE, "Add a document",
        url_path(arena, "/admin/issue/projects/*/documents/new", project->project_id), list,
        "Add the document");
    form->view.leave_words = "Leave without adding it";
    form->view.lead = arena_printf(
        arena, "A link to a public document about %s. The document itself stays where it is.",
        project->name);
    admin_form_once(form);
    (void)admin_form_line(form, "name", "Name", "Public. As it stands on the document.", "");
    (void)admin_form_line(form, "url", "Address",
                          "Public. For example https://example.org/report.pdf", "");
    (void)admin_form_select(form, "kind", "Kind", "", "project_design", kind_choices, "");
    admin_form_date(form, "dated", "Date", "The day that the document bears", "")->is_optional =
        true;
    if (alarm.title != NULL) {
        admin_form_alarm(form, alarm.title, alarm.words);
    }
    chrome_trail(visit, &form->view.page, url_path(arena, "/admin/issue"), "Issue and deliver");
    chrome_trail(visit, &form->view.page, list, "Documents");
    return admin_form_show(form, response, status);
}

enum status admin_document_new_get(struct visit *visit, struct response *response)
{
    struct admin_project project;
    if (!find_project(visit, &project)) {
        return STATUS_NOT_FOUND;
    }
    return show_new(visit, response, &project, (struct admin_alarm){NULL, NULL}, STATUS_OK);
}

static void fill(struct visit *visit, struct command_document *body)
{
    const struct fields *fields = &visit->fields;
    bool fits = TEXT_COPY(body->name, field_text(fields, "name")) &&
                TEXT_COPY(body->dated, field_text(fields, "dated"));
    must(fits || fields->error_count > 0);
    /* Characters were counted; letters beyond ASCII, which are refused anyway, may be too many. */
    if (!TEXT_COPY(body->url, field_text(fields, "url"))) {
        field_fault(&visit->fields, "url", names[1].value_words);
    }
    enum document_kind kind = DOCUMENT_OTHER;
    (void)document_kind_from_word(field_text(fields, "kind"), &kind);
    body->kind = (uint8_t)kind;
}

enum status admin_document_new_post(struct visit *visit, struct response *response)
{
    struct admin_project project;
    struct admin_alarm alarm = {NULL, NULL};
    char key[KEY_SIZE];
    if (!find_project(visit, &project)) {
        return STATUS_NOT_FOUND;
    }
    desk_key(visit, field_text(&visit->fields, "once"), "document", project.project_id, key);
    struct command *command = arena_one(visit->arena, struct command);
    *command = command_of(ACT_ADD_DOCUMENT, visit->user_id, key);
    must(TEXT_COPY(command->document.project_id, project.project_id));
    fill(visit, &command->document);
    if (visit->fields.error_count > 0) {
        return show_new(visit, response, &project, alarm, STATUS_OK);
    }
    struct answer answer;
    enum status status = admin_ask(visit, command, project.instrument, names, &answer, &alarm);
    if (admin_is_page(status)) {
        return status;
    }
    if (status != STATUS_OK) {
        return show_new(visit, response, &project, alarm, status);
    }
    return admin_done(visit, response, "document-added",
                      documents_url(visit->arena, project.project_id));
}

/* ---- removing one ---- */

/* The project's document of the address; false: there is none. */
static bool find_document(struct visit *visit, struct admin_project *project,
                          struct document *document)
{
    return find_project(visit, project) &&
           document_find(visit->registry, visit->arena, visit->arguments[1], document) &&
           text_is(document->project_id, project->project_id);
}

enum status admin_document_remove_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct admin_project project;
    struct document document;
    if (!find_document(visit, &project, &document)) {
        return STATUS_NOT_FOUND;
    }
    struct url list = documents_url(arena, project.project_id);
    struct admin_form *form =
        admin_form_begin(visit, PLACE_ISSUE, "Remove this document?",
                         url_path(arena, "/admin/issue/projects/*/documents/*/remove",
                                  project.project_id, document.document_id),
                         list, "Remove the document");
    form->view.is_danger = true;
    admin_form_once(form);
    admin_form_fact(form, "Name", document.name, (struct url){NULL});
    admin_form_fact(form, "Address", document.url, url_web(arena, document.url));
    admin_form_fact(form, "Project", project.name, desk_project_url(arena, project.project_id));
    admin_form_say(form, "It is no longer listed on the project’s page, nor over the API.");
    admin_form_say(form, "The audit log keeps that it was added and removed, by whom and when.");
    chrome_trail(visit, &form->view.page, url_path(arena, "/admin/issue"), "Issue and deliver");
    chrome_trail(visit, &form->view.page, list, "Documents");
    return admin_form_show(form, response, STATUS_OK);
}

/* A second click finds it removed already: that is what was asked for. */
enum status admin_document_remove_post(struct visit *visit, struct response *response)
{
    struct admin_project project;
    if (!find_project(visit, &project) || !id_is(visit->arguments[1], "pjd")) {
        return STATUS_NOT_FOUND;
    }
    struct command *command = arena_one(visit->arena, struct command);
    struct admin_alarm alarm = {NULL, NULL};
    char key[KEY_SIZE];
    desk_key(visit, field_text(&visit->fields, "once"), "undocument", visit->arguments[1], key);
    *command = command_of(ACT_REMOVE_DOCUMENT, visit->user_id, key);
    must(TEXT_COPY(command->document.project_id, project.project_id));
    must(TEXT_COPY(command->document.document_id, visit->arguments[1]));
    struct answer answer;
    enum status status = admin_ask(visit, command, project.instrument, names, &answer, &alarm);
    return status == STATUS_OK ? admin_done(visit, response, "document-removed",
                                            documents_url(visit->arena, project.project_id))
                               : status;
}
