/* store/admin_transfers.c: see store/admin_transfers.h. */
#include "store/admin_transfers.h"

#include "base/id.h"
#include "base/must.h"
#include "base/text.h"
#include "store/columns.h"
#include "store/rows.h"

enum {
    Q_ONE,
    Q_ALL_ASC,
    Q_ALL_DESC,
    Q_ORG_ASC,
    Q_ORG_DESC,
    Q_COUNT,
    Q_ORG_COUNT,
    Q_WAITING_COUNT,
    Q_WAITING, /* 2 for each enum admin_waiting_sort: forth, back */
    Q__COUNT = Q_WAITING + 2 * ADMIN_WAITING_SORT__COUNT
};

#define PART                                                                                       \
    "CASE WHEN t.state = 'awaiting_approval' AND t.needs_registry_approval = 1"                    \
    " AND t.registry_approved_at IS NULL THEN 1"                                                   \
    " WHEN t.state = 'pending' AND t.kind = 'export' THEN 2 ELSE 3 END"

#define COLUMNS                                                                                    \
    "SELECT t.transfer_id, t.kind, t.state, t.from_org_id, f.name, t.to_org_id, r.name,"           \
    " a.name, t.to_system, t.to_system_party, t.supplier_org_id, s.name,"                          \
    " t.instrument, t.units, iif(t.note_redacted_at IS NULL, t.notes, ''), t.private_note,"        \
    " t.corrects_id, t.needs_approval, t.needs_registry_approval, t.submitted_by, t.submitted_at," \
    " t.approved_at, t.approval_comment,"                                                          \
    " t.registry_approved_at, t.registry_comment, t.expires_at, t.ended_at,"                       \
    " t.end_reason, t.note_redacted_at, t.note_redacted_reason, " PART

#define JOINS                                                                                      \
    " CROSS JOIN organisation f ON f.org_id = t.from_org_id"                                       \
    " LEFT JOIN organisation r ON r.org_id = t.to_org_id"                                          \
    " LEFT JOIN account a ON a.account_id = t.to_account_id"                                       \
    " LEFT JOIN organisation s ON s.org_id = t.supplier_org_id"

/* ?1 state, ?2 kind; NULL filters nothing. */
#define MATCHES " (?1 IS NULL OR t.state = ?1) AND (?2 IS NULL OR t.kind = ?2)"
/* ?3 the whole id of a party, or part of a name in small letters. */
#define PARTY                                                                                      \
    " AND (?3 IS NULL OR t.from_org_id = ?3 OR t.to_org_id = ?3"                                   \
    "  OR instr(lower(t.to_system), ?3) > 0"                                                       \
    "  OR EXISTS (SELECT 1 FROM organisation o WHERE o.org_id IN (t.from_org_id, t.to_org_id)"     \
    "   AND instr(lower(o.name), ?3) > 0))"

/* Along the ids. ?4 cursor, ?5 most. */
#define ALL(sign, direction)                                                                       \
    COLUMNS " FROM transfer t" JOINS " WHERE" MATCHES PARTY                                        \
            " AND (?4 IS NULL OR t.transfer_id " sign " ?4)"                                       \
            " ORDER BY t.transfer_id " direction " LIMIT ?5"

/* Of one organisation: two walks along its own indexes, put together. */
#define ONE_SIDE(column, sign)                                                                     \
    "SELECT t.transfer_id AS id FROM transfer t WHERE t." column " = ?3 AND" MATCHES               \
    " AND (?4 IS NULL OR t.transfer_id " sign " ?4)"
/* clang-format off */
#define BY_ORG(sign, direction)                                                                    \
    COLUMNS " FROM (" ONE_SIDE("from_org_id", sign)                                                \
    " UNION " ONE_SIDE("to_org_id", sign)                                                          \
    " ORDER BY 1 " direction " LIMIT ?5) k"                                                        \
    " CROSS JOIN transfer t ON t.transfer_id = k.id" JOINS                                         \
    " ORDER BY k.id " direction
/* clang-format on */

/* What waits. ?4 to ?6 the cursor's place, ?7 most, ?8 is 1, or -1 to turn round within a part. */
#define WAITING(key, sign, direction)                                                              \
    COLUMNS " FROM transfer t" JOINS " WHERE t.ended_at IS NULL AND" MATCHES PARTY                 \
            " AND (?4 = 0 OR (" PART ", ?8 * t." key ", t.transfer_id) " sign " (?4, ?5, ?6))"     \
            " ORDER BY " PART " " direction ", ?8 * t." key " " direction                          \
            ", t.transfer_id " direction " LIMIT ?7"

static const char *const sql[Q__COUNT] = {
    [Q_ONE] = COLUMNS " FROM transfer t" JOINS " WHERE t.transfer_id = ?1",
    [Q_ALL_ASC] = ALL(">", "ASC"),
    [Q_ALL_DESC] = ALL("<", "DESC"),
    [Q_ORG_ASC] = BY_ORG(">", "ASC"),
    [Q_ORG_DESC] = BY_ORG("<", "DESC"),
    [Q_COUNT] = "SELECT count(*) FROM transfer t WHERE" MATCHES PARTY,
    [Q_ORG_COUNT] = "SELECT (SELECT count(*) FROM transfer t"
                    " WHERE t.from_org_id = ?3 AND" MATCHES ")"
                    " + (SELECT count(*) FROM transfer t"
                    " WHERE t.to_org_id = ?3 AND t.from_org_id <> ?3 AND" MATCHES ")",
    [Q_WAITING_COUNT] = "SELECT " PART ", count(*) FROM transfer t"
                        " WHERE t.ended_at IS NULL AND" MATCHES PARTY " GROUP BY 1",
    [Q_WAITING + 2 * ADMIN_BY_EXPIRY] = WAITING("expires_at", ">", "ASC"),
    [Q_WAITING + 2 * ADMIN_BY_EXPIRY + 1] = WAITING("expires_at", "<", "DESC"),
    [Q_WAITING + 2 * ADMIN_BY_UNITS] = WAITING("units", ">", "ASC"),
    [Q_WAITING + 2 * ADMIN_BY_UNITS + 1] = WAITING("units", "<", "DESC"),
};

const struct query_table admin_transfers_queries = {"admin_transfers", sql, Q__COUNT};

/* The row of COLUMNS. */
static struct admin_transfer read_transfer(struct query *q, struct arena *arena)
{
    return (struct admin_transfer){
        .it = {.transfer_id = query_text(q, arena, 0),
               .kind = query_text(q, arena, 1),
               .state = query_text(q, arena, 2),
               .is_out = true,
               .from_org_id = query_text(q, arena, 3),
               .from_name = query_text(q, arena, 4),
               .to_org_id = query_text(q, arena, 5),
               .to_name = query_text(q, arena, 6),
               .to_account_name = query_text(q, arena, 7),
               .to_system = query_text(q, arena, 8),
               .to_system_party = query_text(q, arena, 9),
               .supplier_org_id = query_text(q, arena, 10),
               .supplier_name = query_text(q, arena, 11),
               .instrument = column_instrument(q, 12),
               .units = query_int(q, 13),
               .notes = query_text(q, arena, 14),
               .private_note = query_text(q, arena, 15),
               .corrects_id = query_text(q, arena, 16),
               .needs_approval = query_int(q, 17) == 1,
               .needs_registry_approval = query_int(q, 18) == 1,
               .submitted_by = query_text(q, arena, 19),
               .submitted_at = query_int(q, 20),
               .approved_at = query_int(q, 21),
               .approval_comment = query_text(q, arena, 22),
               .registry_approved_at = query_int(q, 23),
               .registry_comment = query_text(q, arena, 24),
               .expires_at = query_int(q, 25),
               .ended_at = query_int(q, 26),
               .end_reason = query_text(q, arena, 27),
               .note_redacted_at = query_int(q, 28),
               .note_redacted_reason = query_text(q, arena, 29),
               .first_batch_id = ""},
        .part = (enum admin_part)query_int(q, 30),
    };
}

static struct admin_transfers read_transfers(struct query *q, struct arena *arena)
{
    struct admin_transfer *rows = NULL;
    size_t count = 0;
    while (query_row(q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count++] = read_transfer(q, arena);
    }
    query_end(q);
    return (struct admin_transfers){rows, count};
}

static bool is_one_org(const struct admin_transfer_filter *filter)
{
    return !text_empty(filter->org) && id_is(filter->org, "org");
}

/* Names are compared in small letters, ids as they are. */
static void bind_matches(struct query *q, struct arena *arena,
                         const struct admin_transfer_filter *filter)
{
    bind_filter(q, 1, filter->state);
    bind_filter(q, 2, filter->kind);
    bool is_name = !text_empty(filter->org) && !is_one_org(filter);
    bind_filter(q, 3, is_name ? text_lower(arena, filter->org) : filter->org);
}

struct admin_place admin_waiting_place(const struct admin_transfer *row,
                                       enum admin_waiting_sort sort, bool turned)
{
    int64_t key = sort == ADMIN_BY_UNITS ? row->it.units : row->it.expires_at;
    return (struct admin_place){(int64_t)row->part, turned ? -key : key, row->it.transfer_id};
}

struct admin_transfers admin_waiting_list(struct store *registry, struct arena *arena,
                                          const struct admin_transfer_filter *filter,
                                          enum admin_waiting_sort sort, bool turned, bool backwards,
                                          struct admin_place after, size_t most)
{
    must(sort < ADMIN_WAITING_SORT__COUNT);
    struct query q =
        query(registry, &admin_transfers_queries, Q_WAITING + 2 * (int)sort + (backwards ? 1 : 0));
    bind_matches(&q, arena, filter);
    query_bind_int(&q, 4, after.part);
    query_bind_int(&q, 5, after.key);
    query_bind_text(&q, 6, after.transfer_id);
    query_bind_int(&q, 7, (int64_t)most);
    query_bind_int(&q, 8, turned ? -1 : 1);
    return read_transfers(&q, arena);
}

void admin_waiting_count(struct store *registry, struct arena *arena,
                         const struct admin_transfer_filter *filter,
                         int64_t counts[ADMIN_PART__COUNT])
{
    for (int i = 0; i < ADMIN_PART__COUNT; i++) {
        counts[i] = 0;
    }
    struct query q = query(registry, &admin_transfers_queries, Q_WAITING_COUNT);
    bind_matches(&q, arena, filter);
    while (query_row(&q)) {
        int64_t part = query_int(&q, 0);
        must(part >= ADMIN_APPROVAL && part < ADMIN_PART__COUNT);
        counts[part] = query_int(&q, 1);
    }
    query_end(&q);
}

struct admin_transfers admin_transfers_list(struct store *registry, struct arena *arena,
                                            const struct admin_transfer_filter *filter,
                                            bool descending, const char *after_id, size_t most)
{
    int first = is_one_org(filter) ? Q_ORG_ASC : Q_ALL_ASC;
    struct query q = query(registry, &admin_transfers_queries, first + (descending ? 1 : 0));
    bind_matches(&q, arena, filter);
    bind_filter(&q, 4, after_id);
    query_bind_int(&q, 5, (int64_t)most);
    return read_transfers(&q, arena);
}

int64_t admin_transfers_count(struct store *registry, struct arena *arena,
                              const struct admin_transfer_filter *filter)
{
    struct query q =
        query(registry, &admin_transfers_queries, is_one_org(filter) ? Q_ORG_COUNT : Q_COUNT);
    bind_matches(&q, arena, filter);
    return column_only(&q);
}

bool admin_transfer_find(struct store *registry, struct arena *arena, const char *transfer_id,
                         struct admin_transfer *transfer)
{
    struct query q = query(registry, &admin_transfers_queries, Q_ONE);
    query_bind_text(&q, 1, transfer_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *transfer = read_transfer(&q, arena);
    }
    query_end(&q);
    return is_found;
}
