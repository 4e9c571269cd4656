/* api/project.c: see api/project.h. */
#include "api/project.h"

#include "api/api.h"
#include "api/list.h"
#include "api/party.h"
#include "base/text.h"
#include "store/documents.h"

static const struct query_form projects_query = {.list = "projects", .is_paged = true};
static const struct query_form supplier_query = {.list = "supplier-projects", .is_paged = true};
static const struct query_form documents_query = {.list = "project-documents", .is_paged = true};

static const char *pathway_word(const struct api_project *project);
static void write_totals(struct json *json, const struct api_project *project);
static bool write_by_name(struct json *json, struct visit *visit, const char *id,
                          struct page_end *end);
static bool write_document(struct json *json, struct visit *visit, const char *id,
                           struct page_end *end);
static bool write_by_id(struct json *json, struct visit *visit, const char *id,
                        struct page_end *end);

void project_write(struct json *json, const char *name, struct visit *visit,
                   const struct api_project *project)
{
    json_open(json, name);
    json_text(json, "id", project->project_id);
    json_text(json, "name", project->name);
    supplier_write(json, "supplier", &project->supplier);
    json_text(json, "status", project->status);
    json_text(json, "short_code", project->short_code);
    json_text(json, "url", api_page_url(visit, "/registry/projects/*", project->project_id));
    json_text(json, "process_key", project->pathway_code);
    json_text(json, "pathway", pathway_word(project));
    json_text(json, "protocol_slug", project->protocol);
    json_text(json, "country_code", project->country);
    json_text_or_null(json, "validator_name", project->validator);
    json_text_or_null(json, "current_verifier_name", project->verifier);
    json_text_or_null(json, "crediting_period_start", project->crediting_start);
    json_text_or_null(json, "crediting_period_end", project->crediting_end);
    write_totals(json, project);
    location_write(json, "location", project->place, project->country, &project->location);
    json_text(json, "instrument", instrument_word(project->instrument));
    json_text(json, "pathway_name", project->pathway);
    json_close(json);
}

enum status project_get(struct visit *visit, struct response *response)
{
    struct api_project project;
    enum status status = list_no_query(visit);
    if (status != STATUS_OK) {
        return status;
    }
    if (!api_project_find(visit->registry, visit->arena, visit->arguments[0], &project)) {
        return STATUS_NOT_FOUND;
    }
    struct json json = api_answer(visit, response);
    project_write(&json, NULL, visit, &project);
    return STATUS_OK;
}

enum status projects_get(struct visit *visit, struct response *response)
{
    struct list list = {.form = &projects_query, .subject = "", .write = write_by_name};
    enum status status = query_read(visit, list.form, list.subject, NULL, &list.ask);
    if (status == STATUS_OK) {
        list.page = api_projects(visit->registry, visit->arena, &list.ask);
        list.total_count = api_projects_count(visit->registry);
        list_write(visit, response, &list);
    }
    return status;
}

enum status project_documents_get(struct visit *visit, struct response *response)
{
    struct api_project project;
    const char *project_id = visit->arguments[0];
    struct list list = {.form = &documents_query, .subject = project_id, .write = write_document};
    enum status status = query_read(visit, list.form, list.subject, NULL, &list.ask);
    if (status != STATUS_OK) {
        return status;
    }
    if (!api_project_find(visit->registry, visit->arena, project_id, &project)) {
        return STATUS_NOT_FOUND;
    }
    list.page = documents_page(visit->registry, visit->arena, project_id, &list.ask);
    list.total_count = documents_count(visit->registry, project_id);
    list_write(visit, response, &list);
    return STATUS_OK;
}

enum status supplier_projects_get(struct visit *visit, struct response *response)
{
    struct api_party supplier;
    struct list list = {
        .form = &supplier_query, .subject = visit->arguments[0], .write = write_by_id};
    enum status status = query_read(visit, list.form, list.subject, NULL, &list.ask);
    if (status != STATUS_OK) {
        return status;
    }
    if (!api_supplier_find(visit->registry, visit->arena, list.subject, &supplier)) {
        return STATUS_NOT_FOUND;
    }
    list.page = api_projects_of(visit->registry, visit->arena, supplier.org_id, &list.ask);
    list.total_count = api_projects_of_count(visit->registry, supplier.org_id);
    list_write(visit, response, &list);
    return STATUS_OK;
}

static const char *pathway_word(const struct api_project *project)
{
    static const char *const words[] = {"biomass_carbon_removal_and_storage",
                                        "direct_air_capture",
                                        "enhanced_weathering",
                                        "carbon_mineralization",
                                        "reforestation",
                                        "marine"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (text_is(project->pathway, words[i])) {
            return words[i];
        }
    }
    return "superpollutants";
}

static void write_totals(struct json *json, const struct api_project *project)
{
    enum instrument instrument = project->instrument;
    json_quantity(json, "issued_credits_total", instrument, project->issued_units);
    json_quantity(json, "retired_credits_total", instrument, project->retired_units);
    json_quantity(json, "issued_buffer_pool_credits_total", instrument,
                  project->issued_buffer_units);
    json_quantity(json, "retired_buffer_pool_credits_total", instrument,
                  project->retired_buffer_units);
}

static bool write_by_name(struct json *json, struct visit *visit, const char *id,
                          struct page_end *end)
{
    struct api_project project;
    bool is_found = api_project_find(visit->registry, visit->arena, id, &project);
    if (is_found) {
        project_write(json, NULL, visit, &project);
        end->text = project.name;
    }
    return is_found;
}

/* Ids sort by the time at which they were made: that is the order, and the whole place. */
static bool write_by_id(struct json *json, struct visit *visit, const char *id,
                        struct page_end *end)
{
    struct api_project project;
    bool is_found = api_project_find(visit->registry, visit->arena, id, &project);
    if (is_found) {
        project_write(json, NULL, visit, &project);
        end->key = 0;
    }
    return is_found;
}

static bool write_document(struct json *json, struct visit *visit, const char *id,
                           struct page_end *end)
{
    struct document document;
    bool is_found = document_find(visit->registry, visit->arena, id, &document);
    if (is_found) {
        json_open(json, NULL);
        json_text(json, "id", document.document_id);
        json_text(json, "display_name", document.name);
        json_text(json, "project_id", document.project_id);
        json_text(json, "url", document.url);
        json_text(json, "kind", document_kind_word(document.kind));
        json_text_or_null(json, "dated", document.dated);
        json_time(json, "added_at", document.added_at);
        json_close(json);
        end->text = document.name;
    }
    return is_found;
}
