/*
 * store/import.c: see store/import.h.
 */
#include "store/import.h"

#include "store/columns.h"

enum {
    Q_ORG,
    Q_PROJECT,
    Q_ISSUANCE,
    Q_RETIREMENT,
    Q_ORDER,
    Q_DELIVERY,
    Q_SHORT_CODE,
    Q_BUFFER_ORG,
    Q_KEY,
    Q_FREE,
    Q_HELD,
    Q__COUNT
};

static const char *const SQL[Q__COUNT] = {
    [Q_ORG] = "SELECT supplier_id, name, domain, country, description,"
              " short_description, place, latitude_udeg, longitude_udeg"
              " FROM organisation WHERE org_id = ?1",
    [Q_PROJECT] = "SELECT org_id, name, short_code, status, country, latitude_udeg, longitude_udeg"
                  " FROM project WHERE project_id = ?1",
    [Q_ISSUANCE] = "SELECT project_id, supplier_units, buffer_units, issued_at FROM issuance"
                   " WHERE issuance_id = ?1",
    [Q_RETIREMENT] = "SELECT r.org_id, r.beneficiary_org_id, b.project_id, r.units, r.retired_at"
                     " FROM retirement r"
                     " JOIN retirement_line l ON l.retirement_id = r.retirement_id AND l.line = 1"
                     " JOIN batch b ON b.batch_id = l.batch_id WHERE r.retirement_id = ?1",
    [Q_ORDER] = "SELECT 1 FROM buyer_order WHERE order_id = ?1",
    [Q_DELIVERY] = "SELECT 1 FROM delivery WHERE delivery_id = ?1",
    [Q_SHORT_CODE] = "SELECT project_id FROM project WHERE short_code = ?1",
    [Q_BUFFER_ORG] = "SELECT org_id FROM organisation WHERE kind = 'buffer' AND state = 'active'"
                     " ORDER BY org_id LIMIT 1",
    [Q_KEY] = "SELECT 1 FROM idempotency WHERE scope = 'tally' AND key = ?1",
    [Q_FREE] =
        "SELECT issued_at, sum(last - first + 1) FROM batch"
        " WHERE org_id = ?1 AND supplier_org_id = ?1 AND project_id = ?2 AND state = 'active'"
        " AND reserved_by IS NULL GROUP BY issued_at ORDER BY issued_at",
    [Q_HELD] = "SELECT coalesce(sum(last - first + 1), 0) FROM batch"
               " WHERE org_id = ?1 AND project_id = ?2 AND state = 'active'",
};

const struct query_table import_queries = {"import", SQL, Q__COUNT};

static bool is_there(struct store *store, int number, const char *id);
static const char *one_text(struct store *store, struct arena *arena, int number,
                            const char *value);

bool import_org_read(struct store *store, struct arena *arena, const char *org_id,
                     struct import_org *org)
{
    struct query q = query(store, &import_queries, Q_ORG);

    query_bind_text(&q, 1, org_id);
    bool is = query_row(&q);
    if (is) {
        *org = (struct import_org){.supplier_id = query_text(&q, arena, 0),
                                   .name = query_text(&q, arena, 1),
                                   .domain = query_text(&q, arena, 2),
                                   .country = query_text(&q, arena, 3),
                                   .description = query_text(&q, arena, 4),
                                   .short_description = query_text(&q, arena, 5),
                                   .place = query_text(&q, arena, 6),
                                   .location = column_location(&q, 7)};
    }
    query_end(&q);
    return is;
}

bool import_project_read(struct store *store, struct arena *arena, const char *project_id,
                         struct import_project *project)
{
    struct query q = query(store, &import_queries, Q_PROJECT);

    query_bind_text(&q, 1, project_id);
    bool is = query_row(&q);
    if (is) {
        *project = (struct import_project){.org_id = query_text(&q, arena, 0),
                                           .name = query_text(&q, arena, 1),
                                           .short_code = query_text(&q, arena, 2),
                                           .status = query_text(&q, arena, 3),
                                           .country = query_text(&q, arena, 4),
                                           .location = column_location(&q, 5)};
    }
    query_end(&q);
    return is;
}

bool import_issuance_read(struct store *store, struct arena *arena, const char *issuance_id,
                          struct import_issuance *issuance)
{
    struct query q = query(store, &import_queries, Q_ISSUANCE);

    query_bind_text(&q, 1, issuance_id);
    bool is = query_row(&q);
    if (is) {
        *issuance = (struct import_issuance){
            .project_id = query_text(&q, arena, 0),
            .supplier_units = query_int(&q, 1),
            .buffer_units = query_int(&q, 2),
            .issued_at = query_int(&q, 3),
        };
    }
    query_end(&q);
    return is;
}

bool import_retirement_read(struct store *store, struct arena *arena, const char *retirement_id,
                            struct import_retirement *retirement)
{
    struct query q = query(store, &import_queries, Q_RETIREMENT);

    query_bind_text(&q, 1, retirement_id);
    bool is = query_row(&q);
    if (is) {
        *retirement = (struct import_retirement){
            .org_id = query_text(&q, arena, 0),
            .beneficiary_org_id = query_text(&q, arena, 1),
            .project_id = query_text(&q, arena, 2),
            .units = query_int(&q, 3),
            .retired_at = query_int(&q, 4),
        };
    }
    query_end(&q);
    return is;
}

bool import_order_is(struct store *store, const char *order_id)
{
    return is_there(store, Q_ORDER, order_id);
}

bool import_delivery_is(struct store *store, const char *delivery_id)
{
    return is_there(store, Q_DELIVERY, delivery_id);
}

bool import_key_is(struct store *store, const char *key)
{
    return is_there(store, Q_KEY, key);
}

const char *import_short_code_project(struct store *store, struct arena *arena,
                                      const char *short_code)
{
    return one_text(store, arena, Q_SHORT_CODE, short_code);
}

const char *import_buffer_org(struct store *store, struct arena *arena)
{
    return one_text(store, arena, Q_BUFFER_ORG, NULL);
}

void import_free_units(struct store *store, const char *org_id, const char *project_id,
                       void (*each)(void *context, int64_t issued_at, int64_t units), void *context)
{
    struct query q = query(store, &import_queries, Q_FREE);

    query_bind_text(&q, 1, org_id);
    query_bind_text(&q, 2, project_id);
    while (query_row(&q)) {
        each(context, query_int(&q, 0), query_int(&q, 1));
    }
    query_end(&q);
}

int64_t import_held_units(struct store *store, const char *org_id, const char *project_id)
{
    struct query q = query(store, &import_queries, Q_HELD);

    query_bind_text(&q, 1, org_id);
    query_bind_text(&q, 2, project_id);
    return column_only(&q);
}

static bool is_there(struct store *store, int number, const char *id)
{
    struct query q = query(store, &import_queries, number);

    query_bind_text(&q, 1, id);
    return query_any(&q);
}

static const char *one_text(struct store *store, struct arena *arena, int number, const char *value)
{
    struct query q = query(store, &import_queries, number);

    if (value != NULL) {
        query_bind_text(&q, 1, value);
    }
    const char *text = query_row(&q) ? query_text(&q, arena, 0) : "";
    query_end(&q);
    return text;
}
