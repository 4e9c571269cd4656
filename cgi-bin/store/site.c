/*
 * store/site.c: reads the settings row.
 */
#include "store/site.h"

#include "base/id.h"
#include "store/columns.h"

enum { Q_SITE, Q_WAITING, Q_MOMENT, Q__COUNT };

static const char *const SQL[Q__COUNT] = {
    [Q_SITE] = "SELECT site_name, site_url, is_demo, expiry_days, registry_approval_units, frozen,"
               " frozen_reason, frozen_at, tag = '" SANDBOX_TAG "' FROM setting WHERE one = 1",
    [Q_WAITING] =
        "SELECT count(*) FROM transfer INDEXED BY transfer_waiting"
        " WHERE ended_at IS NULL AND ((state = 'awaiting_approval' AND needs_registry_approval = 1"
        " AND registry_approved_at IS NULL) OR (state = 'pending' AND kind = 'export'))",
    [Q_MOMENT] = "SELECT seq, recorded_at, subject_id FROM act ORDER BY seq DESC LIMIT 1",
};

const struct query_table site_queries = {"site", SQL, Q__COUNT};

struct site site_read(struct store *store, struct arena *arena)
{
    struct site site = {.name = "", .url = "", .frozen_reason = ""};
    struct query q = query(store, &site_queries, Q_SITE);

    if (query_row(&q)) {
        site.name = query_text(&q, arena, 0);
        site.url = query_text(&q, arena, 1);
        site.is_demo = query_int(&q, 2) != 0;
        site.expiry_days = query_int(&q, 3);
        site.registry_approval_units = query_int(&q, 4);
        site.frozen = query_int(&q, 5) != 0;
        site.frozen_reason = query_text(&q, arena, 6);
        site.frozen_at = query_int(&q, 7);
        site.is_sandbox = query_int(&q, 8) != 0;
    }
    query_end(&q);
    return site;
}

struct site_moment site_moment(struct store *store, struct arena *arena)
{
    struct site_moment moment = {.subject_id = ""};
    struct query q = query(store, &site_queries, Q_MOMENT);
    if (query_row(&q)) {
        moment = (struct site_moment){query_int(&q, 0), query_int(&q, 1), query_text(&q, arena, 2)};
    }
    query_end(&q);
    return moment;
}

int64_t site_waiting_for_registry(struct store *store)
{
    struct query q = query(store, &site_queries, Q_WAITING);
    return column_only(&q);
}
