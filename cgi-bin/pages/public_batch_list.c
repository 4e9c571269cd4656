/* pages/public_batch_list.c: see pages/public_batch_list.h. */
#include "pages/public_batch_list.h"

#include "base/clock.h"
#include "base/text.h"
#include "pages/desk.h"
#include "pages/public.h"
#include "store/public_past.h"

const char *const public_batch_state_words[] = {"active", "retired", "exported", "cancelled", NULL};
const char *const public_batch_sort_words[] = {"serial", "-serial", NULL};

static struct list_rows list_read(const struct list *list, const struct window *window)
{
    struct public_batches found =
        public_batches_list(list->visit->registry, list->visit->arena, list->filter, window);
    return (struct list_rows){found.at, found.count};
}

static int64_t list_count(const struct list *list, const void *filter)
{
    return public_batches_count(list->visit->registry, filter);
}

static const char *const columns[] = {"batch_id",    "serial",   "project_id", "project",
                                      "supplier_id", "supplier", "vintage",    "issuance_id",
                                      "issued_at",   "state",    "holder_id",  "holder",
                                      "instrument",  "quantity", "units",      "delivery_id",
                                      "ended_by",    "ended_at", "parent_id",  NULL};

static void list_cells(const struct list *list, const void *row, const char **cells)
{
    struct arena *arena = list->visit->arena;
    const struct public_batch *one = row;
    /* Such a batch does not name its act: the act's line names the batch. */
    bool is_cancelled = text_is(one->state, "cancelled");
    const char *const values[] = {
        one->batch_id,
        serial_text(arena, &one->serial),
        one->project_id,
        one->project_name,
        one->supplier_org_id,
        one->supplier_name,
        arena_printf(arena, "%d", one->serial.vintage),
        one->issuance_id,
        clock_iso(arena, one->issued_at),
        one->state,
        one->org_id,
        one->org_name,
        instrument_word(one->instrument),
        quantity_plain(arena, one->units, one->instrument),
        arena_printf(arena, "%lld", (long long)one->units),
        one->delivery_id,
        is_cancelled ? public_batch_cancellation(list->visit->registry, arena, one->batch_id)
                     : one->ended_by,
        clock_iso(arena, one->ended_at),
        one->parent_id,
    };
    LIST_CELLS(cells, values, columns);
}

static const struct list_kind of_project = {
    .path = "/registry/projects/*",
    .file_name = "batches.csv",
    .one = "batch",
    .many = "batches",
    .sort_usual = "serial",
    .time_key = "",
    .row_bytes = sizeof(struct public_batch),
    .columns = columns,
    .read = list_read,
    .count = list_count,
    .cells = list_cells,
};
static const struct list_kind of_issuance = {
    .path = "/registry/issuances/*",
    .file_name = "batches.csv",
    .one = "batch",
    .many = "batches",
    .sort_usual = "serial",
    .time_key = "",
    .row_bytes = sizeof(struct public_batch),
    .columns = columns,
    .read = list_read,
    .count = list_count,
    .cells = list_cells,
};

struct list public_batch_list(struct visit *visit, const char *project_id, const char *issuance_id)
{
    const struct fields *fields = &visit->fields;
    bool is_project = !text_empty(project_id);
    struct public_batch_filter *filter = arena_array(visit->arena, struct public_batch_filter, 2);
    filter[0] = filter[1] =
        (struct public_batch_filter){.project_id = project_id, .issuance_id = issuance_id};
    filter->state = field_text(fields, "state");
    struct list list = list_begin(visit, is_project ? &of_project : &of_issuance,
                                  is_project ? project_id : issuance_id, filter, filter + 1);
    if (is_project) {
        if (field_int(fields, "vintage", &filter->vintage) && filter->vintage == 0) {
            filter->vintage = -1; /* nothing is of that year either, and 0 filters nothing */
        }
        list_filter(&list, "vintage", "Vintage", field_text(fields, "vintage"));
    }
    list_filter(&list, "state", "State", desk_state(filter->state).words);
    return list;
}

struct choice_views public_batch_states(struct visit *visit)
{
    struct choice_view *states = arena_array(visit->arena, struct choice_view, 4);
    size_t count = 0;
    for (; public_batch_state_words[count] != NULL; count++) {
        const char *word = public_batch_state_words[count];
        states[count] =
            (struct choice_view){.value = word,
                                 .words = desk_state(word).words,
                                 .is_chosen = text_is(word, field_text(&visit->fields, "state"))};
    }
    return (struct choice_views){states, count};
}

struct public_batch_rows public_batch_rows(struct visit *visit, struct list_rows found)
{
    struct arena *arena = visit->arena;
    const struct public_batch *batches = found.at;
    struct public_batch_row *rows = arena_array(arena, struct public_batch_row, found.count + 1);
    for (size_t i = 0; i < found.count; i++) {
        const struct public_batch *one = &batches[i];
        rows[i] = (struct public_batch_row){
            .serial = serial_text(arena, &one->serial),
            .url = desk_batch_url(arena, one->batch_id),
            .quantity = quantity_show(arena, one->units, one->instrument),
            .holder = text_is(one->state, "exported")
                          ? (struct link_view){one->to_system, {NULL}}
                          : public_org_link(arena, one->org_id, one->org_name),
            .state = desk_state(one->state),
        };
    }
    return (struct public_batch_rows){rows, found.count};
}
