/*
 * import/isometric_read.c: tables of the Isometric registry into plain structs. See
 * import/isometric.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "import/isometric_read.h"
#include "import/print.h"
#include "import/value.h"

/* The columns that are read, by their names in the files. */
enum project_column {
    P_ID,
    P_NAME,
    P_STATUS,
    P_CODE,
    P_URL,
    P_PATHWAY,
    P_PROTOCOL,
    P_COUNTRY,
    P_VALIDATOR,
    P_VERIFIER,
    P_START,
    P_END,
    P_PLACE,
    P_PLACE_COUNTRY,
    P_ISSUED,
    P_RETIRED,
    P__COUNT
};
static const char *const PROJECT_COLUMNS[P__COUNT] = {
    "id",
    "name",
    "status",
    "short_code",
    "url",
    "pathway",
    "protocol_slug",
    "country_code",
    "validator_name",
    "current_verifier_name",
    "crediting_period_start",
    "crediting_period_end",
    "location.description",
    "location.country_name",
    "issued_credits_total.credit_kgs",
    "retired_credits_total.credit_kgs",
};
enum supplier_column { S_ORG, S_ID, S_NAME, S_DOMAIN, S_DESCRIPTION, S_COUNTRY, S__COUNT };
static const char *const SUPPLIER_COLUMNS[S__COUNT] = {
    "supplier.organisation.id",   "supplier.id",
    "supplier.organisation.name", "supplier.organisation.domain",
    "supplier.long_description",  "supplier.location.country_code",
};

static void read_projects(struct iso *iso);
static void read_project(struct iso *iso, const struct cells *cells, const int *columns,
                         const int *supplier_columns);
static bool read_supplier(struct iso *iso, const struct cells *cells, const int *columns,
                          char *org_id);

void iso_read(struct iso *iso)
{
    size_t rows =
        iso->projects_table.count + iso->issuances_table.count + 2 * iso->retirements_table.count;

    iso->orgs_max = rows;
    iso->orgs = arena_array(iso->arena, struct iso_org, rows);
    iso->projects_max = iso->projects_table.count;
    iso->projects = arena_array(iso->arena, struct iso_project, iso->projects_max);
    iso->issuances = arena_array(iso->arena, struct iso_issuance, iso->issuances_table.count);
    iso->retirements = arena_array(iso->arena, struct iso_retirement, iso->retirements_table.count);
    read_projects(iso);
    iso_read_issuances(iso);
    iso_read_retirements(iso);
}

static void read_projects(struct iso *iso)
{
    const struct csv_table *table = &iso->projects_table;
    int columns[P__COUNT];
    int supplier_columns[S__COUNT];
    bool well = iso_columns(iso->report, table, PROJECT_COLUMNS, P__COUNT, columns);

    if (!iso_columns(iso->report, table, SUPPLIER_COLUMNS, S__COUNT, supplier_columns) || !well) {
        return;
    }
    for (size_t i = 0; i < table->count; i++) {
        struct cells cells = {
            .arena = iso->arena, .report = iso->report, .table = table, .row = &table->rows[i]};
        read_project(iso, &cells, columns, supplier_columns);
    }
}

static void read_project(struct iso *iso, const struct cells *cells, const int *columns,
                         const int *supplier_columns)
{
    struct iso_project *row = &iso->projects[iso->project_count];
    struct command_project *body = &row->body;

    *row = (struct iso_project){.place = csv_place(cells->table, cells->row, columns[P_ID])};
    bool well = value_id(cells, columns[P_ID], "prj", body->project_id);
    well &= value_text(cells, columns[P_NAME], true, false, 400, body->name, sizeof body->name);
    well &= value_text(cells, columns[P_STATUS], true, false, sizeof body->status - 1, body->status,
                       sizeof body->status);
    well &= value_text(cells, columns[P_CODE], true, false, 16, body->short_code,
                       sizeof body->short_code);
    well &= value_text(cells, columns[P_URL], false, false, sizeof body->web - 1, body->web,
                       sizeof body->web);
    well &= value_text(cells, columns[P_PATHWAY], true, false, sizeof body->pathway - 1,
                       body->pathway, sizeof body->pathway);
    well &= value_text(cells, columns[P_PROTOCOL], false, false, sizeof body->protocol - 1,
                       body->protocol, sizeof body->protocol);
    well &= value_country(cells, columns[P_COUNTRY], true, body->country);
    well &= value_text(cells, columns[P_VALIDATOR], false, false, NAME_CHARS_MAX, body->validator,
                       sizeof body->validator);
    well &= value_text(cells, columns[P_VERIFIER], false, false, NAME_CHARS_MAX, body->verifier,
                       sizeof body->verifier);
    well &= value_date(cells, columns[P_START], body->crediting_start);
    well &= value_date(cells, columns[P_END], body->crediting_end);
    int place = text_empty(csv_text(cells->row, columns[P_PLACE])) ? P_PLACE_COUNTRY : P_PLACE;
    well &= value_text(cells, columns[place], false, false, NAME_CHARS_MAX, body->place,
                       sizeof body->place);
    well &= value_units(cells, columns[P_ISSUED], 0, &row->issued_total);
    well &= value_units(cells, columns[P_RETIRED], 0, &row->retired_total);
    well &= read_supplier(iso, cells, supplier_columns, body->org_id);
    if (!text_empty(body->short_code) && !serial_word_is(body->short_code)) {
        report_problem(iso->report, csv_place(cells->table, cells->row, columns[P_CODE]),
                       "\"%s\" cannot stand in a serial number. A short code has capital letters "
                       "and figures only.",
                       body->short_code);
        well = false;
    }
    const char *code = iso_pathway_code(body->protocol, body->pathway);
    if (code == NULL && !text_empty(body->pathway)) {
        report_problem(
            iso->report, csv_place(cells->table, cells->row, columns[P_PATHWAY]),
            "Neither the protocol \"%s\" nor the pathway \"%s\" has a code for serial numbers yet.",
            body->protocol, body->pathway);
        well = false;
    }
    must(code == NULL || TEXT_COPY(body->pathway_code, code));
    for (size_t i = 0; i < iso->project_count && well; i++) {
        well = iso_row_is_new(iso, cells, columns[P_ID], body->project_id,
                              iso->projects[i].body.project_id, &iso->projects[i].place);
    }
    PRINT_INTO(body->origin, "%s: %s", iso->origin, iso_list(iso, cells->table));
    body->instrument = INSTRUMENT_CARBON_REMOVAL;
    row->opened_at = well ? id_time_us(body->project_id) : 0;
    iso->project_count += well ? 1 : 0;
}

static bool read_supplier(struct iso *iso, const struct cells *cells, const int *columns,
                          char *org_id)
{
    struct command_organisation body = {.is_supplier = true};
    bool well = value_id(cells, columns[S_ORG], "org", body.org_id);

    well &= value_id(cells, columns[S_ID], "spl", body.supplier_id);
    well &= value_text(cells, columns[S_NAME], true, false, NAME_CHARS_MAX, body.name,
                       sizeof body.name);
    well &= value_domain(cells, columns[S_DOMAIN], body.domain, sizeof body.domain);
    well &= value_text(cells, columns[S_DESCRIPTION], false, true, 2000, body.description,
                       sizeof body.description);
    well &= value_country(cells, columns[S_COUNTRY], false, body.country);
    memcpy(org_id, body.org_id, ID_SIZE);
    if (well) {
        iso_add_org(iso, cells, columns[S_ORG], &body);
    }
    return well;
}

/* The first row that names an organisation describes it; a later row that says otherwise is noted.
 */
void iso_add_org(struct iso *iso, const struct cells *cells, int column,
                 const struct command_organisation *body)
{
    struct place place = csv_place(cells->table, cells->row, column);

    for (size_t i = 0; i < iso->org_count; i++) {
        struct iso_org *org = &iso->orgs[i];
        if (strcmp(org->body.org_id, body->org_id) != 0) {
            continue;
        }
        if (body->is_supplier && !org->body.is_supplier) {
            org->body = *body;
        } else if (strcmp(org->body.name, body->name) != 0 ||
                   strcmp(org->body.domain, body->domain) != 0) {
            report_note(iso->report, place,
                        "%s is \"%s\" (%s) here and \"%s\" (%s) on line %u of %s, which is kept.",
                        body->org_id, body->name, body->domain, org->body.name, org->body.domain,
                        (unsigned)org->place.line, org->place.file);
        }
        return;
    }
    must(iso->org_count < iso->orgs_max);
    struct iso_org *org = &iso->orgs[iso->org_count++];
    *org = (struct iso_org){.body = *body, .place = place, .opened_at = id_time_us(body->org_id)};
    PRINT_INTO(org->body.origin, "%s: %s", iso->origin, iso_list(iso, cells->table));
}

bool iso_columns(struct report *report, const struct csv_table *table, const char *const *names,
                 size_t count, int *columns)
{
    bool well = table->columns > 0;

    for (size_t i = 0; i < count; i++) {
        columns[i] = csv_column(report, table, names[i], true);
        well = well && columns[i] >= 0;
    }
    return well;
}

bool iso_row_is_new(struct iso *iso, const struct cells *cells, int column, const char *id,
                    const char *other, const struct place *first)
{
    if (strcmp(id, other) != 0) {
        return true;
    }
    report_problem(iso->report, csv_place(cells->table, cells->row, column),
                   "%s stands on line %u already.", id, (unsigned)first->line);
    return false;
}

const char *iso_list(const struct iso *iso, const struct csv_table *table)
{
    return table == &iso->retirements_table ? "retirements.csv"
           : table == &iso->issuances_table ? "issuances.csv"
                                            : "projects.csv";
}
