/*
 * eutl_fuzz.c: rows of the EU Transaction Log (import/eutl.c) for any bytes of a file. Promised:
 * what is to be replayed is in order of time, moves something between two accounts, and with the
 * opening balances no account ever falls below zero, and with any unit less one would; ids are ids.
 *
 * wraps: csv_read
 */
#include <string.h>

#include "base/id.h"
#include "base/text.h"
#include "fuzz/fuzz.h"
#include "import/eutl.h"

bool __wrap_csv_read(struct arena *arena, struct report *report, const char *path, char delimiter,
                     struct csv_table *table);

static const char *file;
static size_t file_bytes;

bool __wrap_csv_read(struct arena *arena, struct report *report, const char *path, char delimiter,
                     struct csv_table *table)
{
    return csv_read_bytes(arena, report, path, file, file_bytes, delimiter, table);
}

static void replay(const struct eutl *eutl)
{
    size_t balances = (eutl->account_count + 1) * EUTL_TYPES_MAX;
    int64_t *present = arena_array(&fuzz_arena, int64_t, balances);
    int64_t *least = arena_array(&fuzz_arena, int64_t, balances);
    for (size_t i = 0; i < balances; i++) {
        present[i] = least[i] = eutl->balances[i].opening;
    }
    for (size_t i = 0; i < eutl->count; i++) {
        const struct eutl_row *row = &eutl->rows[i];
        size_t from = row->from * EUTL_TYPES_MAX + row->type;
        size_t to = row->to * EUTL_TYPES_MAX + row->type;
        holds(row->units > 0 && row->from != row->to && row->in_tx >= 1);
        holds(i == 0 || eutl->rows[i - 1].at <= row->at);
        present[from] -= row->units;
        present[to] += row->units;
        holds(present[from] >= 0 && present[to] <= QUANTITY_UNITS_MAX);
        least[from] = present[from] < least[from] ? present[from] : least[from];
    }
    for (size_t account = 0; account < eutl->account_count; account++) {
        char id[ID_SIZE];
        holds(id_is(eutl->accounts[account].org_id, "org"));
        for (size_t type = 0; type < eutl->type_count; type++) {
            size_t at = account * EUTL_TYPES_MAX + type;
            holds(least[at] == 0 || eutl->balances[at].opening == 0);
            eutl_opening_id(eutl, account, type, 0, id);
            holds(id_is(id, "iss"));
        }
    }
    for (size_t type = 0; type < eutl->type_count; type++) {
        holds(id_is(eutl->types[type].project_id, "prj") && serial_word_is(eutl->types[type].code));
    }
}

static void one(struct fuzz_input *input)
{
    struct report report;
    int64_t limit = (int64_t)fuzz_below(input, 4);
    struct eutl *eutl = arena_one(&fuzz_arena, struct eutl);
    file = fuzz_rest(input, &file_bytes);
    report_init(&report, &fuzz_arena);
    *eutl = (struct eutl){.arena = &fuzz_arena, .report = &report};
    eutl_read(eutl, "fuzz.tsv", limit);
    holds(limit == 0 || eutl->plain <= (size_t)limit);
    if (report.problems == 0) {
        replay(eutl);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    fuzz_run(data, size_bytes, one);
    return 0;
}
