/* store/api_refunds.c: see store/api_refunds.h. */
#include "store/api_refunds.h"

#include "store/api_party_row.h"

enum { Q_ONE, Q__COUNT };

static const char *const sql[Q__COUNT] = {
    [Q_ONE] = "SELECT r.refund_id, r.refunded_at, f.org_id, f.name, f.domain, t.org_id, t.name,"
              " t.domain, r.project_id, r.instrument, r.units, r.notes,"
              " r.note_redacted_at, r.note_redacted_reason FROM refund r"
              " CROSS JOIN organisation f ON f.org_id = r.from_org_id"
              " CROSS JOIN organisation t ON t.org_id = r.to_org_id WHERE r.refund_id = ?1",
};

const struct query_table api_refunds_queries = {"api_refunds", sql, Q__COUNT};

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
            .buffer = api_party_row_short(&q, arena, 2),
            .supplier = api_party_row_short(&q, arena, 5),
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
