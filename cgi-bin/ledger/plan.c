/* ledger/plan.c: which units an act takes, and where it splits. See ledger/work.h and
 * ledger/ledger.h. */
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "ledger/work.h"

/* The refusal that counts: the first in the order of the statuses, then the first line. */
struct worst {
    enum status status;
    enum command_field field;
    int32_t line;
    const char *batch_id;
    int64_t available_units;
};

static bool lines_are_sane(const struct plan_wish *wish);
static void add_moves(struct digest_feed *feed, const struct plan *plan);
static enum status select_lines(struct arena *arena, const struct plan_wish *wish,
                                struct plan *plan, struct answer *answer);
static void judge_line(const struct plan_wish *wish, uint32_t line, struct worst *worst);
static void judge_batch(const struct plan_wish *wish, uint32_t line, struct worst *worst);
static void consider(struct worst *worst, enum status status, enum command_field field,
                     const struct plan_wish *wish, uint32_t line, int64_t available_units);
static enum status select_oldest(struct arena *arena, const struct plan_wish *wish,
                                 struct plan *plan, struct answer *answer);
static struct plan_move move_of(const struct ledger_batch *batch, int64_t units);

void plan_read(struct store *store, struct arena *arena, struct plan_wish *wish)
{
    if (wish->line_count > 0) {
        if (!lines_are_sane(wish)) {
            return;
        }
        struct ledger_batch *batches = arena_array(arena, struct ledger_batch, wish->line_count);
        for (uint32_t i = 0; i < wish->line_count; i++) {
            batches[i] = ledger_batch_read(store, wish->lines[i].batch_id);
        }
        wish->batches = batches;
        wish->batch_count = wish->line_count;
        return;
    }
    if (wish->units <= 0 || wish->units > QUANTITY_UNITS_MAX) {
        return;
    }
    struct ledger_free_filter filter = {
        .org_id = wish->org_id,
        .supplier_org_id = wish->supplier_org_id,
        .project_id = wish->project_id,
        .account_id = wish->from_account_id,
        .but_account_id = wish->to_account_id,
        .instrument = wish->has_instrument ? instrument_word(wish->instrument) : NULL,
        .account_kind = wish->reserve_only ? ACCOUNT_RESERVE : ACCOUNT_ACTIVE,
        .vintage = wish->vintage,
        .order_id = wish->order_id,
    };
    struct ledger_free found = {0};
    if (!wish->has_instrument) {
        /* One act is of one instrument: that of the oldest batch. */
        found = ledger_free_read(store, arena, &filter, 1, 1);
        if (found.count == 0) {
            return;
        }
        filter.instrument = instrument_word(found.batches[0].instrument);
    }
    found = ledger_free_read(store, arena, &filter, wish->units, SPLIT_BATCHES_MAX);
    wish->batches = found.batches;
    wish->batch_count = found.count;
    wish->free_units = found.units;
    wish->is_cut = found.is_cut;
}

enum status plan_select(struct arena *arena, const struct plan_wish *wish, struct plan *plan,
                        int64_t *latest_at, struct answer *answer)
{
    plan->moves = NULL;
    plan->move_count = 0;
    plan->units = 0;
    enum status status = wish->line_count > 0 ? select_lines(arena, wish, plan, answer)
                                              : select_oldest(arena, wish, plan, answer);
    if (status != STATUS_OK) {
        return status;
    }
    must(plan->move_count > 0 && plan->move_count <= wish->batch_count && plan->units > 0);
    *latest_at = 0;
    for (size_t i = 0; i < plan->move_count; i++) {
        const struct ledger_batch *batch = &wish->batches[i];
        must(text_is(batch->batch_id, plan->moves[i].batch_id));
        *latest_at = batch->received_at > *latest_at ? batch->received_at : *latest_at;
        *latest_at = batch->made_at > *latest_at ? batch->made_at : *latest_at;
    }
    return STATUS_OK;
}

struct digest plan_digest(const struct plan *plan, const struct command_transfer *body)
{
    struct digest_feed feed;
    digest_begin(&feed);
    add_moves(&feed, plan);
    digest_add_int(&feed, plan->needs_approval);
    digest_add_int(&feed, plan->needs_registry_approval);
    digest_add_int(&feed, plan->accepted_at_once);
    digest_add_int(&feed, plan->expiry_days);
    /* Whereto: the same blocks sent to somebody else are another plan. */
    digest_add_int(&feed, body->kind);
    digest_add_text(&feed, body->to_org_id);
    digest_add_text(&feed, body->to_account_id);
    digest_add_text(&feed, body->to_system);
    digest_add_text(&feed, body->to_system_party);
    return digest_end(&feed);
}

struct digest plan_digest_at_once(const struct plan *plan, enum act_kind kind, const char *whom,
                                  const char *whereto)
{
    struct digest_feed feed;
    digest_begin(&feed);
    digest_add_text(&feed, act_word(kind));
    add_moves(&feed, plan);
    digest_add_text(&feed, whom);
    digest_add_text(&feed, whereto);
    return digest_end(&feed);
}

static void add_moves(struct digest_feed *feed, const struct plan *plan)
{
    digest_add_int(feed, (int64_t)plan->move_count);
    for (size_t i = 0; i < plan->move_count; i++) {
        const struct plan_move *move = &plan->moves[i];
        digest_add_text(feed, move->batch_id);
        digest_add_text(feed, move->account_id);
        digest_add_text(feed, move->project_id);
        digest_add_text(feed, move->supplier_org_id);
        digest_add_text(feed, move->delivery_id);
        digest_add_int(feed, move->vintage);
        digest_add_int(feed, move->first);
        digest_add_int(feed, move->last);
        digest_add_int(feed, move->rest_last);
        digest_add_int(feed, move->issued_at);
    }
    digest_add_int(feed, plan->units);
}

const char *plan_supplier(const struct plan *plan)
{
    must(plan->move_count > 0);
    for (size_t i = 1; i < plan->move_count; i++) {
        if (!text_is(plan->moves[i].supplier_org_id, plan->moves[0].supplier_org_id)) {
            return "";
        }
    }
    return plan->moves[0].supplier_org_id;
}

/* Enough to read their batches: anything else about them is said by plan_select. */
static bool lines_are_sane(const struct plan_wish *wish)
{
    return wish->line_count <= COMMAND_LINES_MAX;
}

static enum status select_lines(struct arena *arena, const struct plan_wish *wish,
                                struct plan *plan, struct answer *answer)
{
    if (wish->line_count > COMMAND_LINES_MAX) {
        return refuse(answer, STATUS_LINES_TOO_MANY, FIELD_LINES);
    }
    must(wish->batch_count == wish->line_count);
    struct worst worst = {.status = STATUS__COUNT};
    int64_t units = 0;
    for (uint32_t i = 0; i < wish->line_count; i++) {
        judge_line(wish, i, &worst);
    }
    if (worst.status != STATUS__COUNT) {
        answer->line = worst.line;
        answer->available_units = worst.available_units;
        TEXT_COPY(answer->batch_id, worst.batch_id);
        return refuse(answer, worst.status, worst.field);
    }
    struct plan_move *moves = arena_array(arena, struct plan_move, wish->line_count);
    for (uint32_t i = 0; i < wish->line_count; i++) {
        moves[i] = move_of(&wish->batches[i], wish->lines[i].units);
        must(quantity_add(units, wish->lines[i].units, &units)); /* 256 × 10^15 fits */
    }
    if (units > QUANTITY_UNITS_MAX) {
        return refuse(answer, STATUS_QUANTITY_TOO_LARGE, FIELD_LINES);
    }
    plan->moves = moves;
    plan->move_count = wish->line_count;
    plan->units = units;
    return STATUS_OK;
}

/* What is wrong with one line, by itself and beside the lines before it. */
static void judge_line(const struct plan_wish *wish, uint32_t line, struct worst *worst)
{
    int64_t units = wish->lines[line].units;
    for (uint32_t i = 0; i < line; i++) {
        if (text_is(wish->lines[i].batch_id, wish->lines[line].batch_id)) {
            consider(worst, STATUS_BATCH_TWICE, FIELD_LINES, wish, line, 0);
            break;
        }
    }
    if (units == 0) {
        consider(worst, STATUS_QUANTITY_ZERO, FIELD_LINES, wish, line, 0);
    } else if (units < 0) {
        consider(worst, STATUS_QUANTITY_NEGATIVE, FIELD_LINES, wish, line, 0);
    } else if (units > QUANTITY_UNITS_MAX) {
        consider(worst, STATUS_QUANTITY_TOO_LARGE, FIELD_LINES, wish, line, 0);
    }
    const struct ledger_batch *batch = &wish->batches[line];
    bool is_outside = wish->reserve_only && batch->account_kind != ACCOUNT_RESERVE;
    if (!batch->found || !text_is(batch->org_id, wish->org_id) || is_outside) {
        /* One answer for both: what others hold is not told here. */
        consider(worst, STATUS_BATCH_UNKNOWN, FIELD_LINES, wish, line, 0);
        return;
    }
    judge_batch(wish, line, worst);
}

/* What is wrong with the batch of one line, which is the holder's. */
static void judge_batch(const struct plan_wish *wish, uint32_t line, struct worst *worst)
{
    const struct ledger_batch *batch = &wish->batches[line];
    int64_t size_units = batch->last - batch->first + 1;
    int64_t available_units = batch->is_reserved ? 0 : size_units;
    if (batch->state != BATCH_ACTIVE) {
        /* What has ended lies nowhere and counts nothing: there is no more to say of it. */
        consider(worst, STATUS_BATCH_NOT_ACTIVE, FIELD_LINES, wish, line, 0);
        return;
    }
    bool kind_is_right =
        batch->account_kind == ACCOUNT_ACTIVE ||
        ((wish->reserve_too || wish->reserve_only) && batch->account_kind == ACCOUNT_RESERVE);
    if (!kind_is_right) {
        consider(worst, STATUS_ACCOUNT_NOT_ACTIVE_KIND, FIELD_LINES, wish, line, 0);
    }
    if (!text_empty(wish->to_account_id) && text_is(batch->account_id, wish->to_account_id)) {
        consider(worst, STATUS_SAME_ACCOUNT, FIELD_LINES, wish, line, available_units);
    }
    if (batch->is_reserved) {
        consider(worst, STATUS_BATCH_RESERVED, FIELD_LINES, wish, line, 0);
    }
    bool supplier_is_right =
        (text_empty(wish->supplier_org_id) ||
         text_is(batch->supplier_org_id, wish->supplier_org_id)) &&
        (text_empty(wish->project_id) || text_is(batch->project_id, wish->project_id));
    if (!supplier_is_right) {
        consider(worst, STATUS_WRONG_SUPPLIER, FIELD_LINES, wish, line, available_units);
    }
    if (wish->lines[line].units > size_units) {
        consider(worst, STATUS_NOT_ENOUGH, FIELD_LINES, wish, line, available_units);
    }
    enum instrument instrument =
        wish->has_instrument ? wish->instrument : wish->batches[0].instrument;
    if (batch->instrument != instrument) {
        consider(worst, STATUS_WRONG_INSTRUMENT, FIELD_LINES, wish, line, available_units);
    }
}

static void consider(struct worst *worst, enum status status, enum command_field field,
                     const struct plan_wish *wish, uint32_t line, int64_t available_units)
{
    if (status < worst->status) {
        *worst = (struct worst){.status = status,
                                .field = field,
                                .line = (int32_t)line,
                                .batch_id = wish->lines[line].batch_id,
                                .available_units = available_units};
    }
}

static enum status select_oldest(struct arena *arena, const struct plan_wish *wish,
                                 struct plan *plan, struct answer *answer)
{
    if (wish->units == 0) {
        return refuse(answer, STATUS_LINES_EMPTY, FIELD_AMOUNT);
    }
    if (wish->units < 0) {
        return refuse(answer, STATUS_QUANTITY_NEGATIVE, FIELD_AMOUNT);
    }
    if (wish->units > QUANTITY_UNITS_MAX) {
        return refuse(answer, STATUS_QUANTITY_TOO_LARGE, FIELD_AMOUNT);
    }
    if (wish->free_units < wish->units) {
        answer->available_units = wish->free_units;
        return refuse(answer, wish->is_cut ? STATUS_LINES_TOO_MANY : STATUS_NOT_ENOUGH,
                      FIELD_AMOUNT);
    }
    struct plan_move *moves = arena_array(arena, struct plan_move, wish->batch_count);
    int64_t left_units = wish->units;
    size_t count = 0;
    while (left_units > 0) {
        must(count < wish->batch_count);
        const struct ledger_batch *batch = &wish->batches[count];
        int64_t size_units = batch->last - batch->first + 1;
        int64_t units = size_units < left_units ? size_units : left_units;
        moves[count] = move_of(batch, units);
        left_units -= units;
        count++;
    }
    plan->moves = moves;
    plan->move_count = count;
    plan->units = wish->units;
    return STATUS_OK;
}

/* The lowest serials move; the rest, if any, stays. */
static struct plan_move move_of(const struct ledger_batch *batch, int64_t units)
{
    must(units > 0 && units <= batch->last - batch->first + 1);
    struct plan_move move;
    memset(&move, 0, sizeof(move));
    must(TEXT_COPY(move.batch_id, batch->batch_id) &&
         TEXT_COPY(move.account_id, batch->account_id));
    must(TEXT_COPY(move.project_id, batch->project_id));
    must(TEXT_COPY(move.supplier_org_id, batch->supplier_org_id));
    must(TEXT_COPY(move.delivery_id, batch->delivery_id));
    move.vintage = batch->vintage;
    move.first = batch->first;
    move.last = batch->first + units - 1;
    move.rest_last = move.last < batch->last ? batch->last : 0;
    move.issued_at = batch->issued_at;
    return move;
}
