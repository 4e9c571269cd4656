/* store/api_refunds.c: see store/api_refunds.h. */
#include "store/api_refunds.h"

#include "store/columns.h"

enum { Q_ONE, Q__COUNT };

static const char *const sql[Q__COUNT] = {
    [Q_ONE] = "SELECT r.refund_id, r.refunded_at, f.org_id, f.name, f.domain, t.org_id, t.name,"
              " t.domain, r.project_id, r.instrument, r.units, r.notes,"
              " r.note_redacted_at, r.note_redacted_reason FROM refund r"
              " CROSS JOIN organisation f ON f.org_id = r.from_org_id"
              " CROSS JOIN organisation t ON t.org_id = r.to_org_id WHERE r.refund_id = ?1",
};

const struct query_table api_refunds_queries = {"api_refunds", sql, Q__COUNT};

static struct api_party read_party(struct query *q, struct arena *arena, int column)
{
    return (struct api_party){.org_id = query_text(q, arena, column),
                              .supplier_id = "",
                              .name = query_text(q, arena, column + 1),
                              .domain = query_text(q, arena, column + 2),
                              .description = ""};
}

bool api_refund_find(struct store *registry, struct arena *arena, const char *refund_id,
                     struct api_refund *refund)
{
    struct query q = query(registry, &api_refunds_queries, Q_ONE);
    query_bind_text(&q, 1, refund_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *refund = (struct api_refund){
            .refund_id = query_text(&q, arena, 0),
            .refunded_at = query_int(&q, 1),
            .buffer = read_party(&q, arena, 2),
            .supplier = read_party(&q, arena, 5),
            .project_id = query_text(&q, arena, 8),
            .instrument = column_instrument(&q, 9),
            .units = query_int(&q, 10),
            .notes = query_text(&q, arena, 11),
            .note_redacted = column_redaction(&q, arena, 12),
        };
    }
    query_end(&q);
    return is_found;
}
