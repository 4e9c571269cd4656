/* store/api_batches.c: see store/api_batches.h. */
#include "store/api_batches.h"

#include "store/columns.h"

enum {
    Q_ONE,
    Q_BENEFICIARY,
    Q_ROOT,
    Q_FIRST,
    Q_LINES,
    Q_LINES_COUNT = Q_LINES + LINES_OF__COUNT,
    Q__COUNT = Q_LINES_COUNT + LINES_OF__COUNT
};

/* ?1 act, ?2 line behind which it begins, ?3 most. */
#define LINES(table, id)                                                                           \
    "SELECT batch_id FROM " table " WHERE " id " = ?1 AND line > ?2 ORDER BY line LIMIT ?3"
/* Lines are numbered from 1 without a gap. */
#define LINES_COUNT(table, id) "SELECT coalesce(max(line), 0) FROM " table " WHERE " id " = ?1"

static const char *const sql[Q__COUNT] = {
    [Q_ONE] =
        "SELECT b.batch_id, " SERIAL_COLUMNS ", p.instrument, b.state, b.issued_at, b.ended_at,"
        " i.reporting_end, b.project_id, s.supplier_id, b.issuance_id, b.parent_id, b.left_id,"
        " b.right_id, b.delivery_id, d.delivered_at, b.reserved_by, h.org_id, h.name, h.domain,"
        " b.ended_by, p.ccp_approved"
        " FROM batch b CROSS JOIN project p ON p.project_id = b.project_id"
        " CROSS JOIN issuance i ON i.issuance_id = b.issuance_id"
        " CROSS JOIN organisation s ON s.org_id = b.supplier_org_id"
        " CROSS JOIN organisation h ON h.org_id = b.org_id"
        " LEFT JOIN delivery d ON d.delivery_id = b.delivery_id WHERE b.batch_id = ?1",
    [Q_BENEFICIARY] =
        "SELECT r.retirement_id, coalesce(o.org_id, r.named_beneficiary_id, ''), coalesce(o.name,"
        " r.beneficiary), coalesce(o.domain, '') FROM retirement r"
        " LEFT JOIN organisation o ON o.org_id = r.beneficiary_org_id WHERE r.retirement_id = ?1",
    /* ?1 issuance, ?2 first serial */
    [Q_ROOT] = "SELECT batch_id, last + 1 FROM batch"
               " WHERE issuance_id = ?1 AND first = ?2 AND parent_id IS NULL",
    [Q_FIRST] = "SELECT min(first) FROM batch WHERE issuance_id = ?1",
    [Q_LINES + LINES_OF_DELIVERY] = LINES("delivery_line", "delivery_id"),
    [Q_LINES + LINES_OF_TRANSFER] = LINES("transfer_line", "transfer_id"),
    [Q_LINES + LINES_OF_RETIREMENT] = LINES("retirement_line", "retirement_id"),
    [Q_LINES + LINES_OF_REFUND] = LINES("refund_line", "refund_id"),
    [Q_LINES_COUNT + LINES_OF_DELIVERY] = LINES_COUNT("delivery_line", "delivery_id"),
    [Q_LINES_COUNT + LINES_OF_TRANSFER] = LINES_COUNT("transfer_line", "transfer_id"),
    [Q_LINES_COUNT + LINES_OF_RETIREMENT] = LINES_COUNT("retirement_line", "retirement_id"),
    [Q_LINES_COUNT + LINES_OF_REFUND] = LINES_COUNT("refund_line", "refund_id"),
};

const struct query_table api_batches_queries = {"api_batches", sql, Q__COUNT};

static void read_columns(struct query *q, struct arena *arena, struct api_batch *batch)
{
    char state[16];
    int c = 1 + SERIAL_COLUMN_COUNT;
    *batch = (struct api_batch){
        .batch_id = query_text(q, arena, 0),
        .serial = column_serial(q, 1),
        .instrument = column_instrument(q, c),
        .issued_at = query_int(q, c + 2),
        .ended_at = query_int(q, c + 3),
        .reporting_end = query_text(q, arena, c + 4),
        .project_id = query_text(q, arena, c + 5),
        .supplier_id = query_text(q, arena, c + 6),
        .issuance_id = query_text(q, arena, c + 7),
        .parent_id = query_text(q, arena, c + 8),
        .left_id = query_text(q, arena, c + 9),
        .right_id = query_text(q, arena, c + 10),
        .delivery_id = query_text(q, arena, c + 11),
        .delivered_at = query_int(q, c + 12),
        .reserved_by = query_text(q, arena, c + 13),
        .owner = {.org_id = query_text(q, arena, c + 14),
                  .supplier_id = "",
                  .name = query_text(q, arena, c + 15),
                  .domain = query_text(q, arena, c + 16),
                  .description = ""},
        .retirement_id = "",
        .ccp_approved = query_int(q, c + 18) == 1,
    };
    batch->units = serial_units(&batch->serial);
    query_text_into(q, c + 1, state, sizeof(state));
    must(batch_state_from_word(state, &batch->state));
}

static void read_beneficiary(struct store *registry, struct arena *arena, const char *retirement_id,
                             struct api_batch *batch)
{
    struct query q = query(registry, &api_batches_queries, Q_BENEFICIARY);
    query_bind_text(&q, 1, retirement_id);
    if (query_row(&q)) {
        batch->retirement_id = query_text(&q, arena, 0);
        batch->beneficiary = (struct api_party){
            .org_id = query_text(&q, arena, 1),
            .supplier_id = "",
            .name = query_text(&q, arena, 2),
            .domain = query_text(&q, arena, 3),
            .description = "",
        };
    }
    query_end(&q);
}

bool api_batch_find(struct store *registry, struct arena *arena, const char *batch_id,
                    struct api_batch *batch)
{
    const char *ended_by = "";
    struct query q = query(registry, &api_batches_queries, Q_ONE);
    query_bind_text(&q, 1, batch_id);
    bool is_found = query_row(&q);
    if (is_found) {
        read_columns(&q, arena, batch);
        ended_by = query_text(&q, arena, 1 + SERIAL_COLUMN_COUNT + 17);
    }
    query_end(&q);
    if (is_found && batch->state == BATCH_RETIRED) {
        read_beneficiary(registry, arena, ended_by, batch);
    }
    return is_found;
}

struct page_ids api_lines(struct store *registry, struct arena *arena, enum api_lines_of of,
                          const char *id, int64_t behind_line, size_t most)
{
    const char **ids = arena_array(arena, const char *, most + 1);
    struct page_ids page = {.at = ids};
    struct query q = query(registry, &api_batches_queries, Q_LINES + (int)of);
    query_bind_text(&q, 1, id);
    query_bind_int(&q, 2, behind_line);
    query_bind_int(&q, 3, (int64_t)most + 1);
    while (query_row(&q)) {
        if (page.count == most) {
            page.has_more = true;
            break;
        }
        ids[page.count++] = query_text(&q, arena, 0);
    }
    query_end(&q);
    return page;
}

int64_t api_lines_count(struct store *registry, enum api_lines_of of, const char *id)
{
    struct query q = query(registry, &api_batches_queries, Q_LINES_COUNT + (int)of);
    query_bind_text(&q, 1, id);
    return column_only(&q);
}

static const char *root_at(struct store *registry, struct arena *arena, const char *issuance_id,
                           int64_t first, int64_t *next)
{
    struct query q = query(registry, &api_batches_queries, Q_ROOT);
    query_bind_text(&q, 1, issuance_id);
    query_bind_int(&q, 2, first);
    const char *id = "";
    if (query_row(&q)) {
        id = query_text(&q, arena, 0);
        *next = query_int(&q, 1);
    }
    query_end(&q);
    return id;
}

/* The ledger issues the supplier's units first and the buffer pool's behind them. */
struct api_issued api_issued_batches(struct store *registry, struct arena *arena,
                                     const char *issuance_id)
{
    struct query q = query(registry, &api_batches_queries, Q_FIRST);
    query_bind_text(&q, 1, issuance_id);
    int64_t next = column_only(&q);
    struct api_issued issued;
    issued.supplier_batch_id = root_at(registry, arena, issuance_id, next, &next);
    issued.buffer_batch_id = root_at(registry, arena, issuance_id, next, &next);
    return issued;
}
