/* ledger/units.c: writing the moves of a plan. See ledger/work.h. */
#include "base/must.h"
#include "base/text.h"
#include "ledger/work.h"
#include "store/ledger_changes.h"

static bool move_one(struct work *work, const struct plan_move *move,
                     const struct ledger_place *place, struct moved *moved);

const struct moved *units_move(struct work *work, const struct plan *plan,
                               const struct ledger_place *place)
{
    must(plan->move_count > 0);
    struct moved *moved = arena_array(work->arena, struct moved, plan->move_count);
    for (size_t i = 0; i < plan->move_count; i++) {
        if (!move_one(work, &plan->moves[i], place, &moved[i])) {
            return NULL;
        }
    }
    return moved;
}

bool units_end(struct work *work, const struct plan *plan, enum batch_state state)
{
    for (size_t i = 0; i < plan->move_count; i++) {
        const struct plan_move *move = &plan->moves[i];
        if (!ledger_conservation_end(work->store, move->project_id, move->vintage, state,
                                     move->last - move->first + 1)) {
            return false;
        }
    }
    return true;
}

bool units_are_whole(const struct ledger_touched *touched, const struct plan *plan)
{
    return touched->wrong == 0 && touched->lines == (int64_t)plan->move_count &&
           touched->line_units == plan->units && touched->batch_units == plan->units;
}

static bool move_one(struct work *work, const struct plan_move *move,
                     const struct ledger_place *place, struct moved *moved)
{
    must(move->first >= 1 && move->last >= move->first);
    if (move->rest_last == 0) {
        must(TEXT_COPY(moved->batch_id, move->batch_id));
        moved->split_from = NULL;
        return ledger_batch_move(work->store, move->batch_id, NULL, place);
    }
    must(move->rest_last > move->last);
    char right_id[ID_SIZE];
    work_id(work, "ctb", moved->batch_id);
    work_id(work, "ctb", right_id);
    moved->split_from = move->batch_id;
    return ledger_batch_split(work->store, move->batch_id, moved->batch_id, right_id, move->last,
                              work->at, place);
}
