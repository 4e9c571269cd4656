/*
 * isometric_fuzz.c: the Isometric registry's lists (import/isometric_*.c) for any three files,
 * parted by a byte 0x01, beside an empty registry. Promised: lists that are taken make a plan in
 * order of time whose every act is a whole command, to be sent as it is; what is refused has its
 * problems said.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "fuzz/fuzz.h"
#include "import/isometric.h"
#include "ledger/town.h"
#include "ledger/wire.h"
#include "store/import.h"

static struct store *store;

/* The folder goes as soon as its files are open: nothing is left lying about, whatever happens. */
static void open_registry(void)
{
    static const struct query_table *const tables[] = {&import_queries, NULL};
    town_found();
    store = store_open(STORE_REGISTRY, STORE_WRITE, town.path, tables);
    must(store != NULL);
    store_begin_read(store);
    must(*import_buffer_org(store, &town.arena) == '\0'); /* reads, so that the files are open */
    store_settle(store);
    town_leave();
}

static void plan_holds(struct iso *iso)
{
    struct iso_plan plan = iso_plan_make(iso);
    holds(!store_fault(store));
    for (size_t i = 0; i < plan.count; i++) {
        holds(i == 0 || plan.acts[i - 1].at <= plan.acts[i].at);
        struct command command = iso_command(iso, &plan.acts[i]);
        holds(wire_command_is(&command, sizeof command));
        holds(program_may(PROGRAM_TALLY, (enum act_kind)command.kind));
        holds(command.key[0] != '\0' && !text_empty(iso_act_place(iso, &plan.acts[i]).file));
        if (command.kind == ACT_ISSUE) {
            holds(command.issue.supplier_units >= 0 && command.issue.buffer_units >= 0);
        }
    }
}

static void one(struct fuzz_input *input)
{
    static const char *const names[] = {"projects.csv", "issuances.csv", "retirements.csv"};
    struct report report;
    struct iso *iso = arena_one(&fuzz_arena, struct iso);
    report_init(&report, &fuzz_arena);
    *iso = (struct iso){.arena = &fuzz_arena, .report = &report, .store = store};
    struct csv_table *const tables[] = {&iso->projects_table, &iso->issuances_table,
                                        &iso->retirements_table};
    must(TEXT_COPY(iso->origin, "Lists of the fuzz target"));
    for (size_t i = 0; i < 3; i++) {
        const uint8_t *end =
            input->left_bytes == 0 ? NULL : memchr(input->at, 1, input->left_bytes);
        size_t bytes = end == NULL ? input->left_bytes : (size_t)(end - input->at);
        struct fuzz_input part = {.at = input->at, .left_bytes = bytes};
        size_t file_bytes = 0;
        const char *file = fuzz_rest(&part, &file_bytes);
        if (bytes > 0 || i == 0) {
            csv_read_bytes(&fuzz_arena, &report, names[i], file, file_bytes, ',', tables[i]);
        }
        bytes += end == NULL ? 0 : 1;
        input->at += bytes;
        input->left_bytes -= bytes;
    }
    if (iso->projects_table.columns == 0) {
        return;
    }
    iso_read(iso);
    for (const struct report_line *line = report.first; line != NULL; line = line->next) {
        holds(!text_empty(line->sentence));
    }
    if (report.problems == 0) {
        plan_holds(iso);
        store_settle(store);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    if (store == NULL) {
        open_registry();
    }
    fuzz_run(data, size_bytes, one);
    return 0;
}
