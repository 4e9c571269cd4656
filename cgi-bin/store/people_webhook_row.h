/*
 * store/people_webhook_row.h: a row of webhook, read the same way everywhere. For files of the
 * store room only.
 */
#ifndef STORE_PEOPLE_WEBHOOK_ROW_H
#define STORE_PEOPLE_WEBHOOK_ROW_H

#include "base/must.h"
#include "store/people_webhook.h"
#include "store/query.h"

/* For webhook_read_row: a webhook w. */
#define WEBHOOK_COLUMNS                                                                            \
    "w.webhook_id, w.org_id, w.url, w.description, w.scope = 'all', w.kinds, w.secret,"            \
    " w.old_secret, w.old_until, w.state, w.state_at, w.state_by, w.after_seq, w.due_at,"          \
    " w.rests_until, w.failures, w.failing_since, w.last_at, w.last_code, w.last_outcome,"         \
    " w.made_by, w.made_at"

static inline const uint8_t *webhook_read_secret(struct query *q, struct arena *arena, int column)
{
    size_t size_bytes = 0;
    if (query_is_null(q, column)) {
        return NULL;
    }
    const void *bytes = query_blob(q, arena, column, &size_bytes);
    must(size_bytes == WEBHOOK_SECRET_BYTES); /* the schema's CHECK allows no other */
    return bytes;
}

static inline struct webhook webhook_read_row(struct query *q, struct arena *arena)
{
    return (struct webhook){
        .webhook_id = query_text(q, arena, 0),
        .org_id = query_text(q, arena, 1),
        .url = query_text(q, arena, 2),
        .description = query_text(q, arena, 3),
        .takes_all = query_int(q, 4) != 0,
        .kinds = query_text(q, arena, 5),
        .secret = webhook_read_secret(q, arena, 6),
        .old_secret = webhook_read_secret(q, arena, 7),
        .old_until = query_int(q, 8),
        .state = query_text(q, arena, 9),
        .state_at = query_int(q, 10),
        .state_by = query_text(q, arena, 11),
        .after_seq = query_int(q, 12),
        .due_at = query_int(q, 13),
        .rests_until = query_int(q, 14),
        .failures = query_int(q, 15),
        .failing_since = query_int(q, 16),
        .last_at = query_int(q, 17),
        .last_code = (int)query_int(q, 18),
        .last_outcome = query_text(q, arena, 19),
        .made_by = query_text(q, arena, 20),
        .made_at = query_int(q, 21),
    };
}

#endif
