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
#include "model/country.h"

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
    "issued_credits_total.credit_kgs",
    "retired_credits_total.credit_kgs",
};
enum supplier_column { S_ORG, S_ID, S_NAME, S_DOMAIN, S_DESCRIPTION, S_COUNTRY, S__COUNT };
static const char *const SUPPLIER_COLUMNS[S__COUNT] = {
    "supplier.organisation.id",   "supplier.id",
    "supplier.organisation.name", "supplier.organisation.domain",
    "supplier.long_description",  "supplier.location.country_code",
};
/* Columns that older lists do not have: -1 then. */
enum more_column {
    M_COUNTRY,
    M_LATITUDE,
    M_LONGITUDE,
    M_SUPPLIER_COUNTRY,
    M_SUPPLIER_LATITUDE,
    M_SUPPLIER_LONGITUDE,
    M_SUPPLIER_PLACE,
    M_SUPPLIER_SHORT,
    M__COUNT
};
static const char *const MORE_COLUMNS[M__COUNT] = {
    "location.country_code",          "location.latitude",          "location.longitude",
    "supplier.location.country_code", "supplier.location.latitude", "supplier.location.longitude",
    "supplier.location.description",  "supplier.short_description",
};

/* Where the columns of projects.csv are. */
struct iso_columns_of {
    int project[P__COUNT];
    int supplier[S__COUNT];
    int more[M__COUNT];
};

static void read_projects(struct iso *iso);
static void read_project(struct iso *iso, const struct cells *cells,
                         const struct iso_columns_of *of);
static bool read_codes(struct iso *iso, const struct cells *cells, const int *columns,
                       struct command_project *body);
static bool read_supplier(struct iso *iso, const struct cells *cells,
                          const struct iso_columns_of *of, char *org_id);
static bool read_line(const struct cells *cells, int column, size_t chars_max, char *to,
                      size_t to_bytes);
static bool read_location(struct iso *iso, const struct cells *cells, const int *columns,
                          const char *country, struct location *location);

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
    struct iso_columns_of of;
    bool well = iso_columns(iso->report, table, PROJECT_COLUMNS, P__COUNT, of.project);

    if (!iso_columns(iso->report, table, SUPPLIER_COLUMNS, S__COUNT, of.supplier) || !well) {
        return;
    }
    for (size_t i = 0; i < M__COUNT; i++) {
        of.more[i] = csv_column(iso->report, table, MORE_COLUMNS[i], false);
    }
    for (size_t i = 0; i < table->count; i++) {
        struct cells cells = {
            .arena = iso->arena, .report = iso->report, .table = table, .row = &table->rows[i]};
        read_project(iso, &cells, &of);
    }
}

static void read_project(struct iso *iso, const struct cells *cells,
                         const struct iso_columns_of *of)
{
    const int *columns = of->project;
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
    well &= read_location(iso, cells, of->more + M_COUNTRY, body->country, &body->location);
    well &= read_line(cells, columns[P_PLACE], NAME_CHARS_MAX, body->place, sizeof body->place);
    well &= value_units(cells, columns[P_ISSUED], 0, &row->issued_total);
    well &= value_units(cells, columns[P_RETIRED], 0, &row->retired_total);
    well &= read_supplier(iso, cells, of, body->org_id);
    well &= read_codes(iso, cells, columns, body);
    for (size_t i = 0; i < iso->project_count && well; i++) {
        well = iso_row_is_new(iso, cells, columns[P_ID], body->project_id,
                              iso->projects[i].body.project_id, &iso->projects[i].place);
    }
    PRINT_INTO(body->origin, "%s: %s", iso->origin, iso_list(iso, cells->table));
    body->instrument = INSTRUMENT_CARBON_REMOVAL;
    row->opened_at = well ? id_time_us(body->project_id) : 0;
    iso->project_count += well ? 1 : 0;
}

/* An optional line, without blanks at its ends. */
static bool read_line(const struct cells *cells, int column, size_t chars_max, char *to,
                      size_t to_bytes)
{
    bool well = value_text(cells, column, false, false, chars_max, to, to_bytes);
    return text_copy(to, to_bytes, text_trim(cells->arena, to)) && well;
}

/* What stands in serial numbers. */
static bool read_codes(struct iso *iso, const struct cells *cells, const int *columns,
                       struct command_project *body)
{
    bool well = true;

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
    return well;
}

/* Three columns: country, latitude, longitude. A place in another country than the one that the
 * serial numbers name is left out, and noted: neither can be told to be the right one. */
static bool read_location(struct iso *iso, const struct cells *cells, const int *columns,
                          const char *country, struct location *location)
{
    const char *there = csv_text(cells->row, columns[0]);
    const char *latitude = csv_text(cells->row, columns[1]);
    const char *longitude = csv_text(cells->row, columns[2]);
    struct location read = {.is_known = true};

    if (text_empty(latitude) && text_empty(longitude)) {
        return true;
    }
    bool well = value_degrees(cells, columns[1], LATITUDE_UDEG_MAX, &read.latitude_udeg);
    well &= value_degrees(cells, columns[2], LONGITUDE_UDEG_MAX, &read.longitude_udeg);
    if (well && !text_empty(there) && !text_is(there, country)) {
        report_note(iso->report, csv_place(cells->table, cells->row, columns[0]),
                    "The place on the map is in %s, the row is of %s: the place is left out.",
                    there, country);
    } else if (well && text_empty(country_name(country))) {
        report_problem(iso->report, csv_place(cells->table, cells->row, columns[1]),
                       "A place on the map needs its country; \"%s\" is none of ISO 3166-1.",
                       country);
        well = false;
    } else if (well) {
        *location = read;
    }
    return well;
}

static bool read_supplier(struct iso *iso, const struct cells *cells,
                          const struct iso_columns_of *of, char *org_id)
{
    const int *columns = of->supplier;
    struct command_organisation body = {.is_supplier = true};
    bool well = value_id(cells, columns[S_ORG], "org", body.org_id);

    well &= value_id(cells, columns[S_ID], "spl", body.supplier_id);
    well &= value_text(cells, columns[S_NAME], true, false, NAME_CHARS_MAX, body.name,
                       sizeof body.name);
    well &= value_domain(cells, columns[S_DOMAIN], body.domain, sizeof body.domain);
    well &= value_text(cells, columns[S_DESCRIPTION], false, true, 2000, body.description,
                       sizeof body.description);
    well &= value_country(cells, columns[S_COUNTRY], false, body.country);
    well &= read_line(cells, of->more[M_SUPPLIER_SHORT], SHORT_DESCRIPTION_CHARS_MAX,
                      body.short_description, sizeof body.short_description);
    well &=
        read_line(cells, of->more[M_SUPPLIER_PLACE], NAME_CHARS_MAX, body.place, sizeof body.place);
    well &= read_location(iso, cells, of->more + M_SUPPLIER_COUNTRY, body.country, &body.location);
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
