/*
 * import/isometric_import.c: `tally import isometric`: finds the files, reads, plans, asks,
 * reports.
 */
#include "import/isometric_import.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "import/apply.h"
#include "import/isometric.h"
#include "import/print.h"
#include "store/import.h"

#define PROBLEMS_SHOWN 200
#define NOTES_SHOWN 200
#define PREVIEW_ROWS 3

static const char *const ACT_NAMES[ISO__COUNT] = {"Organisations",    "Projects", "Issuances",
                                                  "Opening balances", "Orders",   "Deliveries",
                                                  "Retirements"};

static bool read_paths(struct iso *iso, char **paths, int count);
static void read_path(struct iso *iso, const char *path);
static void read_origin(struct iso *iso, const char *dir);
static int work(struct iso *iso, const struct tally *tally, bool dry_run);
static void note_openings(struct iso *iso, const struct iso_plan *plan);
static void print_plan(const struct iso *iso, const struct iso_plan *plan, bool dry_run);
static void print_preview(const struct iso *iso, const struct iso_plan *plan);
static int64_t units_of(const struct iso *iso, const struct iso_act *act);

int isometric_import(const struct tally *tally, char **paths, int count, bool dry_run)
{
    static const struct query_table *const tables[] = {&import_queries, NULL};
    struct report report;
    struct iso *iso = arena_one(tally->arena, struct iso);

    report_init(&report, tally->arena);
    *iso = (struct iso){.arena = tally->arena, .report = &report};
    if (read_paths(iso, paths, count)) {
        iso_read(iso);
    }
    if (report.problems > 0) {
        report_print(&report, stderr, true, PROBLEMS_SHOWN);
        fprintf(stderr, "%zu %s to mend. Nothing was imported.\n", report.problems,
                report.problems == 1 ? "problem" : "problems");
        return 1;
    }
    enum status status = STATUS_OK;
    tally_is_direct(tally, &status); /* first: without a daemon it makes the files a reader needs */
    if (status != STATUS_OK) {
        return 1;
    }
    iso->store = store_open(STORE_REGISTRY, STORE_READ, tally->registry_path, tables);
    if (iso->store == NULL) {
        fprintf(stderr, "There is no registry at %s. Make one with: tally init\n",
                tally->registry_path);
        return 1;
    }
    int code = work(iso, tally, dry_run);
    store_close(iso->store);
    return code;
}

static int work(struct iso *iso, const struct tally *tally, bool dry_run)
{
    struct apply apply;
    int64_t elapsed_us = 0;
    struct iso_plan plan = iso_plan_make(iso);

    if (store_fault(iso->store)) {
        report_problem(iso->report, place_of(""), "The registry could not be read.");
    }
    store_settle(iso->store);
    note_openings(iso, &plan);
    bool well = iso->report->problems == 0 &&
                apply_begin(&apply, tally, iso->report, dry_run, "Acts", (int64_t)plan.count);
    if (well) {
        for (size_t i = 0; i < plan.count && well; i++) {
            struct command command = iso_command(iso, &plan.acts[i]);
            /* Without its delivery it would retire what its owner has besides. */
            well = (plan.acts[i].kind != ISO_RETIRE || apply_await(&apply)) &&
                   apply_act(&apply, &command, iso_act_place(iso, &plan.acts[i]));
        }
        well = apply_end(&apply, &elapsed_us) && well;
    }
    if (!well) {
        report_print(iso->report, stderr, true, PROBLEMS_SHOWN);
        fprintf(stderr, "Nothing more was imported.\n");
        return 1;
    }
    print_plan(iso, &plan, dry_run);
    if (dry_run) {
        print_preview(iso, &plan);
        puts(apply.is_direct
                 ? "Every act was tried on the ledger and undone again: it would accept them all."
                 : "The ledger daemon is running, so the acts were planned but not tried.");
    } else if (plan.count > 0) {
        printf("%lld acts in %lld.%03lld seconds.\n", (long long)apply.done,
               (long long)(elapsed_us / 1000000), (long long)(elapsed_us / 1000 % 1000));
    }
    report_print(iso->report, stdout, false, NOTES_SHOWN);
    return 0;
}

/* One folder, or files that are told apart by their columns. */
static bool read_paths(struct iso *iso, char **paths, int count)
{
    struct stat about;

    PRINT_INTO(iso->origin, "Isometric registry lists");
    if (count == 1 && stat(paths[0], &about) == 0 && S_ISDIR(about.st_mode)) {
        static const char *const names[] = {"projects.csv", "issuances.csv", "retirements.csv"};
        read_origin(iso, paths[0]);
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            read_path(iso, arena_printf(iso->arena, "%s/%s", paths[0], names[i]));
        }
    } else {
        for (int i = 0; i < count; i++) {
            read_path(iso, paths[i]);
        }
    }
    if (iso->report->problems == 0 && iso->projects_table.columns == 0) {
        report_problem(iso->report, place_of(""),
                       "The list of projects (projects.csv) is needed with every import.");
    }
    return iso->projects_table.columns > 0;
}

static void read_path(struct iso *iso, const char *path)
{
    struct csv_table table;

    csv_read(iso->arena, iso->report, path, ',', &table);
    if (table.columns == 0) {
        return;
    }
    struct csv_table *to =
        csv_column(iso->report, &table, "retirement_id", false) >= 0 ? &iso->retirements_table
        : csv_column(iso->report, &table, "issued_at", false) >= 0   ? &iso->issuances_table
        : csv_column(iso->report, &table, "short_code", false) >= 0  ? &iso->projects_table
                                                                     : NULL;
    if (to == NULL) {
        report_problem(iso->report, place_of(table.name),
                       "This is not one of Isometric's lists: the first line has none of the "
                       "columns short_code (projects), issued_at "
                       "(issuances), retirement_id (retirements).");
    } else if (to->columns > 0) {
        report_problem(iso->report, place_of(table.name),
                       "The same kind of list was given already: %s.", to->name);
    } else {
        *to = table;
    }
}

/* The first line of DIR/ORIGIN says where the files came from; it goes with every row. */
static void read_origin(struct iso *iso, const char *dir)
{
    char line[sizeof iso->origin] = "";
    int fd = open(arena_printf(iso->arena, "%s/ORIGIN", dir), O_RDONLY | O_CLOEXEC);

    if (fd >= 0) {
        ssize_t n = read(fd, line, sizeof line - 1);
        close(fd);
        line[n > 0 ? n : 0] = '\0';
        line[strcspn(line, "\r\n")] = '\0';
        if (!text_empty(line) && text_utf8_is(line) && !text_has_control(line, "")) {
            TEXT_COPY(iso->origin, line);
        }
    }
}

static void note_openings(struct iso *iso, const struct iso_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct iso_act *act = &plan->acts[i];
        if (act->kind != ISO_OPENING) {
            continue;
        }
        const struct iso_retirement *row = &iso->retirements[act->index];
        struct command command = iso_command(iso, act);
        report_note(iso->report, row->place,
                    "%s retires %s of %s, which is %s more than was issued and still free by then. "
                    "An opening balance of that much is "
                    "made as imported (%s): %s",
                    row->body.retirement_id,
                    quantity_words(iso->arena, row->body.units, INSTRUMENT_CARBON_REMOVAL),
                    row->body.project_id,
                    quantity_words(iso->arena, act->units, INSTRUMENT_CARBON_REMOVAL),
                    command.issue.issuance_id, command.issue.notes);
    }
}

static void print_plan(const struct iso *iso, const struct iso_plan *plan, bool dry_run)
{
    const struct csv_table *tables[] = {&iso->projects_table, &iso->issuances_table,
                                        &iso->retirements_table};
    int64_t units[ISO__COUNT] = {0};

    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        if (tables[i]->columns > 0) {
            printf("%s: %zu rows\n", tables[i]->name, tables[i]->count);
        }
    }
    for (size_t i = 0; i < plan->count; i++) {
        units[plan->acts[i].kind] += units_of(iso, &plan->acts[i]);
    }
    for (int kind = 0; kind < ISO__COUNT; kind++) {
        printf("%-18s %s: %5zu   already there: %5zu", ACT_NAMES[kind],
               dry_run ? "would be made" : "made", plan->counts[kind], plan->there[kind]);
        if (units[kind] > 0) {
            printf("   %s", quantity_words(iso->arena, units[kind], INSTRUMENT_CARBON_REMOVAL));
        }
        putchar('\n');
    }
    if (plan->changed > 0) {
        printf("Rows that differ from what is there (left as they are): %zu\n", plan->changed);
    }
    if (plan->counts[ISO_ISSUE] > 0) {
        puts("The files name no vintage: the year of issue stands for it.");
    }
    if (plan->counts[ISO_DELIVER] > 0) {
        puts("Orders and deliveries are not published: each retirement got one of each, 2 and 1 "
             "seconds before it, with a public note that "
             "says so.");
    }
}

static void print_preview(const struct iso *iso, const struct iso_plan *plan)
{
    puts("First rows of each kind:");
    for (int kind = 0; kind < ISO__COUNT; kind++) {
        int shown = 0;
        for (size_t i = 0; i < plan->count && shown < PREVIEW_ROWS; i++) {
            const struct iso_act *act = &plan->acts[i];
            if ((int)act->kind != kind) {
                continue;
            }
            struct command command = iso_command(iso, act);
            const char *name =
                act->kind == ISO_OPEN_ORG ? command.organisation.name
                : act->kind == ISO_OPEN_PROJECT
                    ? command.project.name
                    : quantity_words(iso->arena, units_of(iso, act), INSTRUMENT_CARBON_REMOVAL);
            printf("  %-27s %-18s %s  %s\n", clock_iso(iso->arena, act->at),
                   act_word((enum act_kind)command.kind), command.key + strlen("isometric-"), name);
            shown++;
        }
    }
}

static int64_t units_of(const struct iso *iso, const struct iso_act *act)
{
    switch (act->kind) {
    case ISO_ISSUE:
        return iso->issuances[act->index].body.supplier_units +
               iso->issuances[act->index].body.buffer_units;
    case ISO_OPENING:
        return act->units;
    case ISO_ORDER:
    case ISO_DELIVER:
    case ISO_RETIRE:
        return iso->retirements[act->index].body.units;
    case ISO_OPEN_ORG:
    case ISO_OPEN_PROJECT:
    case ISO__COUNT:
        break;
    }
    return 0;
}
