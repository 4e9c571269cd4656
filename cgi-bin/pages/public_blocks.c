/* pages/public_blocks.c: the blocks of a transfer, delivery or retirement, as a table and as CSV.
 */
#include "base/text.h"
#include "pages/desk.h"
#include "pages/public.h"
#include "pages/public_list.h"

static const struct field_row rows[] = {
    DESK_FORMAT_FIELD,
};
const struct form public_blocks_form = {rows, sizeof(rows) / sizeof(rows[0])};

static struct public_block_row block_row(struct arena *arena, const struct public_block *block,
                                         bool shows_unit)
{
    bool is_cut = !text_empty(block->split_from_id);
    return (struct public_block_row){
        .serial = serial_text(arena, &block->serial),
        .url = desk_batch_url(arena, block->batch_id),
        .project = public_project_link(arena, block->project_id, block->project_name),
        .supplier = public_org_link(arena, block->supplier_org_id, block->supplier_name),
        .vintage = arena_printf(arena, "%d", block->serial.vintage),
        .quantity = quantity_show(arena, block->units, block->instrument),
        .unit_here = shows_unit ? desk_unit(block->instrument) : "",
        .split_from = {is_cut ? serial_text(arena, &block->split_from) : "",
                       desk_batch_url(arena, block->split_from_id)},
        .state = desk_state(block->state),
    };
}

struct public_block_table public_block_table(struct visit *visit, enum public_blocks_of which,
                                             const char *id, struct url csv)
{
    struct arena *arena = visit->arena;
    struct public_blocks blocks =
        public_blocks(visit->registry, arena, which, id, "", BLOCKS_SHOWN_MAX);
    int64_t count = public_blocks_count(visit->registry, which, id);
    bool is_all = count == (int64_t)blocks.count;
    bool is_one = blocks.count > 0;
    int64_t sum = 0;
    for (size_t i = 0; i < blocks.count; i++) {
        is_one = is_one && blocks.at[i].instrument == blocks.at[0].instrument;
        sum = public_add(sum, blocks.at[i].units);
    }
    struct public_block_row *views = arena_array(arena, struct public_block_row, blocks.count + 1);
    for (size_t i = 0; i < blocks.count; i++) {
        views[i] = block_row(arena, &blocks.at[i], !is_one);
    }
    return (struct public_block_table){
        .unit = is_one ? desk_unit(blocks.at[0].instrument) : "",
        .rows = {views, blocks.count},
        .count_words = desk_count(arena, count, "block", "blocks"),
        .left_words = is_all
                          ? ""
                          : arena_printf(arena, "The first %d of %s are shown.", BLOCKS_SHOWN_MAX,
                                         desk_count(arena, count, "block", "blocks")),
        .sum = is_all && is_one ? quantity_show(arena, sum, blocks.at[0].instrument) : "",
        .csv = csv,
    };
}

/* ---- CSV ---- */

/* Whose blocks: the filter of the list. */
struct act {
    enum public_blocks_of which;
    const char *id;
};

static struct list_rows csv_read(const struct list *list, const struct window *window)
{
    const struct act *act = list->filter;
    struct public_blocks blocks = public_blocks(list->visit->registry, list->visit->arena,
                                                act->which, act->id, window->behind, window->most);
    return (struct list_rows){blocks.at, blocks.count};
}

static const char *const columns[] = {
    "line",    "batch_id",   "serial",   "project_id", "project",    "supplier_id", "supplier",
    "vintage", "instrument", "quantity", "units",      "split_from", "state",       NULL};

static void csv_cells(const struct list *list, const void *row, const char **cells)
{
    struct arena *arena = list->visit->arena;
    const struct public_block *block = row;
    const char *const values[] = {
        block->line,
        block->batch_id,
        serial_text(arena, &block->serial),
        block->project_id,
        block->project_name,
        block->supplier_org_id,
        block->supplier_name,
        arena_printf(arena, "%d", block->serial.vintage),
        instrument_word(block->instrument),
        quantity_plain(arena, block->units, block->instrument),
        arena_printf(arena, "%lld", (long long)block->units),
        block->split_from_id,
        block->state,
    };
    LIST_CELLS(cells, values, columns);
}

static const struct list_kind kind = {
    .path = "/",
    .file_name = "blocks.csv",
    .sort_usual = "line",
    .time_key = "",
    .row_bytes = sizeof(struct public_block),
    .columns = columns,
    .read = csv_read,
    .cells = csv_cells,
};

enum status public_blocks_csv(struct visit *visit, struct response *response,
                              enum public_blocks_of which, const char *id)
{
    struct act *act = arena_one(visit->arena, struct act);
    *act = (struct act){which, id};
    struct list list = {.visit = visit, .kind = &kind, .filter = act, .sort = ""};
    return list_csv(&list, response);
}
