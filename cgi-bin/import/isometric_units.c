/*
 * import/isometric_units.c: the lists of issuances and retirements. See import/isometric_read.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "import/isometric_read.h"
#include "import/print.h"

enum issuance_column {
    I_ID,
    I_AT,
    I_PROJECT,
    I_SUPPLIER_KG,
    I_BUFFER_KG,
    I_ALL_KG,
    I_ALL_CREDITS,
    I__COUNT
};
static const char *const ISSUANCE_COLUMNS[I__COUNT] = {
    "id",
    "issued_at",
    "project_id",
    "supplier_credit_batch_size_total.credit_kgs",
    "buffer_pool_credit_batch_size_total.credit_kgs",
    "credit_batch_size_total.credit_kgs",
    "credit_batch_size_total.credits",
};
enum retirement_column {
    R_ID,
    R_AT,
    R_PURPOSES,
    R_NOTES,
    R_BENEFICIARY,
    R_BENEFICIARY_NAME,
    R_BENEFICIARY_DOMAIN,
    R_OWNER,
    R_OWNER_NAME,
    R_OWNER_DOMAIN,
    R_KG,
    R_CREDITS,
    R_PROJECT,
    R__COUNT
};
static const char *const RETIREMENT_COLUMNS[R__COUNT] = {
    "retirement_id",
    "retired_at",
    "purposes",
    "notes",
    "beneficiary.id",
    "beneficiary.name",
    "beneficiary.domain",
    "owner.id",
    "owner.name",
    "owner.domain",
    "credit_batch_size_total.credit_kgs",
    "credit_batch_size_total.credits",
    "project_id",
};

static void read_issuance(struct iso *iso, const struct cells *cells, const int *columns);
static void read_retirement(struct iso *iso, const struct cells *cells, const int *columns);
static void read_purposes(struct iso *iso, const struct cells *cells, const int *columns,
                          struct iso_retirement *row);
static bool read_party(struct iso *iso, const struct cells *cells, const int *columns, int id,
                       int name, int domain);
static bool find_project(struct iso *iso, const struct cells *cells, int column, size_t *index);
static bool read_kg(const struct cells *cells, int kg, int credits, int64_t *units);

void iso_read_issuances(struct iso *iso)
{
    const struct csv_table *table = &iso->issuances_table;
    int columns[I__COUNT];

    if (!iso_columns(iso->report, table, ISSUANCE_COLUMNS, I__COUNT, columns)) {
        return;
    }
    for (size_t i = 0; i < table->count; i++) {
        struct cells cells = {
            .arena = iso->arena, .report = iso->report, .table = table, .row = &table->rows[i]};
        read_issuance(iso, &cells, columns);
    }
}

static void read_issuance(struct iso *iso, const struct cells *cells, const int *columns)
{
    struct iso_issuance *row = &iso->issuances[iso->issuance_count];
    struct command_issue *body = &row->body;
    int64_t all = 0;

    *row = (struct iso_issuance){.place = csv_place(cells->table, cells->row, columns[I_ID])};
    bool well = value_id(cells, columns[I_ID], "iss", body->issuance_id);
    well &= value_time(cells, columns[I_AT], &row->issued_at);
    well &= value_units(cells, columns[I_SUPPLIER_KG], 0, &body->supplier_units);
    well &= value_units(cells, columns[I_BUFFER_KG], 0, &body->buffer_units);
    well &= read_kg(cells, columns[I_ALL_KG], columns[I_ALL_CREDITS], &all);
    well &= find_project(iso, cells, columns[I_PROJECT], &row->project);
    if (well && body->supplier_units + body->buffer_units != all) {
        report_problem(
            iso->report, csv_place(cells->table, cells->row, columns[I_ALL_KG]),
            "The supplier's %lld kg and the buffer pool's %lld kg do not add up to %lld kg.",
            (long long)body->supplier_units, (long long)body->buffer_units, (long long)all);
        well = false;
    }
    for (size_t i = 0; i < iso->issuance_count && well; i++) {
        well = iso_row_is_new(iso, cells, columns[I_ID], body->issuance_id,
                              iso->issuances[i].body.issuance_id, &iso->issuances[i].place);
    }
    if (well) {
        TEXT_COPY(body->project_id, csv_text(cells->row, columns[I_PROJECT]));
        body->vintage = clock_year(row->issued_at);
        PRINT_INTO(body->origin, "%s: %s; vintage taken from the year of issue", iso->origin,
                   iso_list(iso, cells->table));
        iso->issuance_count++;
    }
}

void iso_read_retirements(struct iso *iso)
{
    const struct csv_table *table = &iso->retirements_table;
    int columns[R__COUNT];

    if (!iso_columns(iso->report, table, RETIREMENT_COLUMNS, R__COUNT, columns)) {
        return;
    }
    for (size_t i = 0; i < table->count; i++) {
        struct cells cells = {
            .arena = iso->arena, .report = iso->report, .table = table, .row = &table->rows[i]};
        read_retirement(iso, &cells, columns);
    }
}

static void read_retirement(struct iso *iso, const struct cells *cells, const int *columns)
{
    struct iso_retirement *row = &iso->retirements[iso->retirement_count];
    struct command_retire *body = &row->body;

    *row = (struct iso_retirement){.place = csv_place(cells->table, cells->row, columns[R_ID])};
    bool well = value_id(cells, columns[R_ID], "ret", body->retirement_id);
    well &= value_time(cells, columns[R_AT], &row->retired_at);
    well &= read_party(iso, cells, columns, R_OWNER, R_OWNER_NAME, R_OWNER_DOMAIN);
    well &=
        read_party(iso, cells, columns, R_BENEFICIARY, R_BENEFICIARY_NAME, R_BENEFICIARY_DOMAIN);
    well &= value_text(cells, columns[R_BENEFICIARY_NAME], true, false, NAME_CHARS_MAX,
                       body->beneficiary, sizeof body->beneficiary);
    well &= value_text(cells, columns[R_NOTES], false, false, NOTE_CHARS_MAX, body->notes,
                       sizeof body->notes);
    well &= read_kg(cells, columns[R_KG], columns[R_CREDITS], &body->units);
    well &= find_project(iso, cells, columns[R_PROJECT], &row->project);
    for (size_t i = 0; i < iso->retirement_count && well; i++) {
        well = iso_row_is_new(iso, cells, columns[R_ID], body->retirement_id,
                              iso->retirements[i].body.retirement_id, &iso->retirements[i].place);
    }
    size_t problems = iso->report->problems;
    PRINT_INTO(body->origin, "%s: %s", iso->origin, iso_list(iso, cells->table));
    read_purposes(iso, cells, columns, row);
    if (well && iso->report->problems == problems) {
        TEXT_COPY(body->org_id, csv_text(cells->row, columns[R_OWNER]));
        TEXT_COPY(body->beneficiary_org_id, csv_text(cells->row, columns[R_BENEFICIARY]));
        TEXT_COPY(body->project_id, csv_text(cells->row, columns[R_PROJECT]));
        iso->retirement_count++;
    }
}

static void read_purposes(struct iso *iso, const struct cells *cells, const int *columns,
                          struct iso_retirement *row)
{
    struct place place = csv_place(cells->table, cells->row, columns[R_PURPOSES]);
    const char *unknown = NULL;
    struct command_retire *body = &row->body;

    if (!iso_purposes(iso->arena, csv_text(cells->row, columns[R_PURPOSES]), &body->purposes,
                      &unknown)) {
        report_problem(iso->report, place,
                       "\"%.60s\" is not a purpose. They are corporate_targets, "
                       "public_environmental_claims, insetting, "
                       "regulatory_requirement and other.",
                       unknown);
    } else if (body->purposes == 0) {
        report_note(iso->report, place,
                    "The file names no purpose for %s; it is recorded as \"other\", and its origin "
                    "says so.",
                    csv_text(cells->row, columns[R_ID]));
        body->purposes = 16;
        PRINT_INTO(body->origin, "%s: %s; no purpose there, recorded as other", iso->origin,
                   iso_list(iso, cells->table));
    }
}

static bool read_party(struct iso *iso, const struct cells *cells, const int *columns, int id,
                       int name, int domain)
{
    struct command_organisation body = {0};
    bool well = value_id(cells, columns[id], "org", body.org_id);

    well &=
        value_text(cells, columns[name], true, false, NAME_CHARS_MAX, body.name, sizeof body.name);
    well &= value_domain(cells, columns[domain], body.domain, sizeof body.domain);
    if (well) {
        iso_add_org(iso, cells, columns[id], &body);
    }
    return well;
}

/* Projects stand in the file of projects: without it there is no supplier. */
static bool find_project(struct iso *iso, const struct cells *cells, int column, size_t *index)
{
    const char *id = csv_text(cells->row, column);

    for (size_t i = 0; i < iso->project_count; i++) {
        if (strcmp(iso->projects[i].body.project_id, id) == 0) {
            *index = i;
            return true;
        }
    }
    report_problem(iso->report, csv_place(cells->table, cells->row, column),
                   "The project \"%.40s\" is not among the rows of projects.csv that can be read.",
                   id);
    return false;
}

static bool read_kg(const struct cells *cells, int kg, int credits, int64_t *units)
{
    int64_t other = 0;

    if (!value_units(cells, kg, 0, units) || !value_units(cells, credits, 3, &other)) {
        return false;
    }
    if (*units == 0 || *units != other) {
        report_problem(cells->report, csv_place(cells->table, cells->row, kg),
                       *units == 0
                           ? "The amount is zero."
                           : "The kilograms differ from the credits: %lld kg here, %lld kg there.",
                       (long long)*units, (long long)other);
        return false;
    }
    return true;
}
