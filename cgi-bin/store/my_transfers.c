/* store/my_transfers.c: see store/my_transfers.h. */
#include "store/my_transfers.h"

#include "base/id.h"
#include "base/must.h"
#include "base/text.h"
#include "store/columns.h"
#include "store/query.h"
#include "store/rows.h"

enum {
    Q_ONE,
    Q_BLOCKS,
    Q_ACTS,
    Q_ACT,
    Q_KEY,
    Q_COUNT,
    Q_COUNT_IN,
    Q_COUNT_OUT,
    Q_WAITING, /* one for each enum my_waiting */
    /* 2 for each enum my_sort: ascending, descending */
    Q_LIST = Q_WAITING + MY_WAITING__COUNT,
    Q__COUNT = Q_LIST + 2 * MY_SORT__COUNT
};

/* The recipient learns of a transfer when everybody on the sender's side has agreed. */
#define REACHED                                                                                    \
    " AND (t.state = 'completed' OR ((t.needs_approval = 0 OR t.approved_at IS NOT NULL)"          \
    "  AND (t.needs_registry_approval = 0 OR t.registry_approved_at IS NOT NULL)))"

/* One side is the organisation itself: its name is read once, not with every row. */
#define OWN_NAME "(SELECT o.name FROM organisation o WHERE o.org_id = ?1)"
/* Who stands behind the one who sent it: a program's maker. NULL: the operator sent it. */
#define SUBMITTED_ROOT                                                                             \
    "(SELECT iif(u.is_program = 1 AND u.made_by <> '', u.made_by, u.user_id) FROM person u"        \
    " WHERE u.user_id = t.submitted_by)"
/* What a list tells of a transfer, … */
#define COLUMNS                                                                                    \
    "SELECT t.transfer_id, t.kind, t.state, t.from_org_id = ?1,"                                   \
    " iif(t.from_org_id = ?1, " OWN_NAME ", f.name), iif(t.to_org_id = ?1, " OWN_NAME              \
    ", r.name), a.name, t.to_system, s.name, t.instrument, t.units,"                               \
    " iif(t.note_redacted_at IS NULL, t.notes, ''), t.private_note, t.needs_approval,"             \
    " t.needs_registry_approval, t.submitted_by, t.approved_at, t.registry_approved_at,"           \
    " t.expires_at, iif(l.units = t.units, 1,"                                                     \
    "  (SELECT count(*) FROM transfer_line n WHERE n.transfer_id = t.transfer_id)),"               \
    " p.pathway_code, p.country, p.short_code, b.vintage, b.first, b.last, l.batch_id,"            \
    " iif(t.from_org_id = ?1, " SUBMITTED_ROOT ", NULL)"
/* … and the rest of its story, from STORY_FIRST on. */
#define STORY                                                                                      \
    ", t.from_org_id, t.to_org_id, t.to_system_party, t.supplier_org_id,"                          \
    " t.corrects_id, t.submitted_at, t.approval_comment, t.registry_comment,"                      \
    " t.ended_at, t.end_reason, t.note_redacted_at, t.note_redacted_reason"
#define STORY_FIRST 28

#define JOINS                                                                                      \
    " LEFT JOIN organisation f ON f.org_id = iif(t.from_org_id = ?1, NULL, t.from_org_id)"         \
    " LEFT JOIN organisation r ON r.org_id = iif(t.to_org_id = ?1, NULL, t.to_org_id)"             \
    " LEFT JOIN account a ON a.account_id = t.to_account_id AND a.org_id = ?1"                     \
    " LEFT JOIN organisation s ON s.org_id = t.supplier_org_id"                                    \
    " LEFT JOIN transfer_line l ON l.transfer_id = t.transfer_id AND l.line = 1"                   \
    " LEFT JOIN batch b ON b.batch_id = l.batch_id"                                                \
    " LEFT JOIN project p ON p.project_id = b.project_id"

/* ?2 state, ?3 kind, ?4 the other party (its id, or part of its name in small letters); NULL
 * filters nothing. ?5 direction: 0 both, 1 out, 2 in. */
#define PARTY(column, system)                                                                      \
    " AND (?2 IS NULL OR t.state = ?2) AND (?3 IS NULL OR t.kind = ?3)"                            \
    " AND (?4 IS NULL OR " column " = ?4 OR " system                                               \
    " EXISTS (SELECT 1 FROM organisation o WHERE o.org_id = " column                               \
    "  AND instr(lower(o.name), ?4) > 0))"
/* clang-format off */
#define OUT                                                                                        \
    " FROM transfer t WHERE t.from_org_id = ?1 AND ?5 <> 2"                                        \
    PARTY("t.to_org_id", "instr(lower(t.to_system), ?4) > 0 OR")
#define IN                                                                                         \
    " FROM transfer t WHERE t.to_org_id = ?1 AND t.from_org_id <> ?1 AND ?5 <> 1" REACHED          \
    PARTY("t.from_org_id", "")

/* A cursor is one of the organisation's own: another's tells as little as one that never was. */
#define OWN_CURSOR " AND (c.from_org_id = ?1 OR c.to_org_id = ?1)"
/* Two walks along two indexes, merged. ?6 cursor: a transfer whose place in the order is read from
 * its row; ?7 most. */
#define BEHIND(key, sign)                                                                          \
    " AND (?6 IS NULL OR (t." key ", t.transfer_id) " sign                                         \
    " (SELECT c." key ", c.transfer_id FROM transfer c"                                            \
    " WHERE c.transfer_id = ?6" OWN_CURSOR "))"
#define LIST(key, sign, direction)                                                                 \
    COLUMNS STORY                                                                                  \
    " FROM (SELECT t.transfer_id AS id, t." key " AS place" OUT BEHIND(key, sign)                  \
    " UNION ALL SELECT t.transfer_id, t." key IN BEHIND(key, sign)                                 \
    " ORDER BY 2 " direction ", 1 " direction " LIMIT ?7) k"                                       \
    " CROSS JOIN transfer t ON t.transfer_id = k.id" JOINS                                         \
    " ORDER BY k.place " direction ", k.id " direction
/* clang-format on */

#define WAITING_IN                                                                                 \
    " WHERE t.to_org_id = ?1 AND t.ended_at IS NULL AND t.state = 'pending'"                       \
    " AND t.from_org_id <> ?1"
#define IS_APPROVAL "t.needs_approval = 1 AND t.approved_at IS NULL"
#define WAITING_APPROVAL                                                                           \
    " WHERE t.from_org_id = ?1 AND t.ended_at IS NULL"                                             \
    " AND t.state = 'awaiting_approval' AND " IS_APPROVAL
#define WAITING_OUT " WHERE t.from_org_id = ?1 AND t.ended_at IS NULL"
/* In the order of the index that it walks, so nothing is sorted. ?2 cursor, ?3 most. */
#define WAITING(where)                                                                             \
    COLUMNS " FROM transfer t" JOINS where " AND (?2 IS NULL OR (t.submitted_at, t.transfer_id) >" \
            " (SELECT c.submitted_at, c.transfer_id FROM transfer c"                               \
            " WHERE c.transfer_id = ?2" OWN_CURSOR "))"                                            \
            " ORDER BY t.submitted_at, t.transfer_id LIMIT ?3"

static const char *const sql[Q__COUNT] = {
    [Q_ONE] = COLUMNS STORY " FROM transfer t" JOINS " WHERE t.transfer_id = ?2"
                            " AND (t.from_org_id = ?1 OR (t.to_org_id = ?1" REACHED "))",
    [Q_BLOCKS] =
        "SELECT l.batch_id, p.pathway_code, p.country, p.short_code, b.vintage, b.first, b.last,"
        " b.project_id, p.name, p.instrument, a.name,"
        " CASE WHEN b.reserved_by IS NOT NULL THEN 'reserved' ELSE b.state END,"
        " l.split_from, s.first, s.last, l.units"
        " FROM transfer_line l CROSS JOIN batch b ON b.batch_id = l.batch_id"
        " CROSS JOIN project p ON p.project_id = b.project_id"
        " LEFT JOIN account a ON a.account_id = l.from_account_id AND a.org_id = ?1"
        " LEFT JOIN batch s ON s.batch_id = l.split_from"
        " WHERE l.transfer_id = ?2 ORDER BY l.line",
    [Q_ACTS] = "SELECT at, user_id, org_id, command, subject_id, outcome FROM act"
               " WHERE subject_id = ?1 AND outcome = 'ok' ORDER BY seq",
    [Q_ACT] = "SELECT at, user_id, org_id, command, subject_id, outcome FROM act"
              " WHERE seq = ?1 AND user_id = ?2",
    [Q_KEY] = "SELECT a.subject_id FROM idempotency i JOIN act a ON a.seq = i.seq"
              " WHERE i.scope = ?1 AND i.key = ?2",
    [Q_COUNT] = COUNT_OF("SELECT 1" OUT " UNION ALL SELECT 1" IN),
    [Q_COUNT_IN] = "SELECT count(*) FROM transfer t" WAITING_IN,
    /* The state is in the index: the row itself is read only of what awaits approval. */
    [Q_COUNT_OUT] = "SELECT count(*),"
                    " coalesce(sum(iif(t.state = 'awaiting_approval', " IS_APPROVAL ", 0)), 0),"
                    " coalesce(sum(iif(t.state = 'awaiting_approval', iif(" IS_APPROVAL ","
                    " " SUBMITTED_ROOT " IS NOT ?2, 0), 0)), 0)"
                    " FROM transfer t" WAITING_OUT,
    [Q_WAITING + MY_INCOMING] = WAITING(WAITING_IN),
    [Q_WAITING + MY_APPROVALS] = WAITING(WAITING_APPROVAL),
    [Q_WAITING + MY_OUTGOING] = WAITING(WAITING_OUT),
    [Q_LIST + 2 * MY_BY_TIME] = LIST("submitted_at", ">", "ASC"),
    [Q_LIST + 2 * MY_BY_TIME + 1] = LIST("submitted_at", "<", "DESC"),
    [Q_LIST + 2 * MY_BY_QUANTITY] = LIST("units", ">", "ASC"),
    [Q_LIST + 2 * MY_BY_QUANTITY + 1] = LIST("units", "<", "DESC"),
};

const struct query_table my_transfers_queries = {"my_transfers", sql, Q__COUNT};

/* The row of COLUMNS. */
static struct my_transfer read_row(struct query *q, struct arena *arena)
{
    struct my_transfer row = {
        .transfer_id = query_text(q, arena, 0),
        .kind = query_text(q, arena, 1),
        .state = query_text(q, arena, 2),
        .is_out = query_int(q, 3) == 1,
        .from_name = query_text(q, arena, 4),
        .to_name = query_text(q, arena, 5),
        .to_account_name = query_text(q, arena, 6),
        .to_system = query_text(q, arena, 7),
        .supplier_name = query_text(q, arena, 8),
        .instrument = column_instrument(q, 9),
        .units = query_int(q, 10),
        .notes = query_text(q, arena, 11),
        .private_note = query_text(q, arena, 12),
        .needs_approval = query_int(q, 13) == 1,
        .needs_registry_approval = query_int(q, 14) == 1,
        .submitted_by = query_text(q, arena, 15),
        .approved_at = query_int(q, 16),
        .registry_approved_at = query_int(q, 17),
        .expires_at = query_int(q, 18),
        .block_count = query_int(q, 19),
        .first_batch_id = query_text(q, arena, 26),
        .submitted_root = query_text(q, arena, 27),
    };
    if (row.first_batch_id[0] != '\0') {
        row.first_block = column_serial(q, 20);
    }
    return row;
}

/* What STORY adds to it. */
static void read_story(struct query *q, struct arena *arena, struct my_transfer *row)
{
    row->from_org_id = query_text(q, arena, STORY_FIRST);
    row->to_org_id = query_text(q, arena, STORY_FIRST + 1);
    row->to_system_party = query_text(q, arena, STORY_FIRST + 2);
    row->supplier_org_id = query_text(q, arena, STORY_FIRST + 3);
    row->corrects_id = query_text(q, arena, STORY_FIRST + 4);
    row->submitted_at = query_int(q, STORY_FIRST + 5);
    row->approval_comment = query_text(q, arena, STORY_FIRST + 6);
    row->registry_comment = query_text(q, arena, STORY_FIRST + 7);
    row->ended_at = query_int(q, STORY_FIRST + 8);
    row->end_reason = query_text(q, arena, STORY_FIRST + 9);
    row->note_redacted_at = query_int(q, STORY_FIRST + 10);
    row->note_redacted_reason = query_text(q, arena, STORY_FIRST + 11);
}

/* The sender's persons and what they told each other are not the recipient's business. */
static void hide_sender(struct my_transfer *row)
{
    row->submitted_by = "";
    row->submitted_root = "";
    row->approval_comment = "";
    row->registry_comment = "";
}

/* The row of COLUMNS, or of COLUMNS STORY. */
static struct my_transfer read_transfer(struct query *q, struct arena *arena, bool with_story)
{
    struct my_transfer row = read_row(q, arena);
    if (with_story) {
        read_story(q, arena, &row);
    }
    if (!row.is_out) {
        hide_sender(&row);
    }
    return row;
}

static struct my_transfers read_transfers(struct query *q, struct arena *arena, bool with_story)
{
    struct my_transfer *rows = NULL;
    size_t count = 0;
    while (query_row(q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count++] = read_transfer(q, arena, with_story);
    }
    query_end(q);
    return (struct my_transfers){rows, count};
}

static void bind_matches(struct query *q, const struct my_filter *filter)
{
    query_bind_text(q, 1, filter->org_id);
    bind_filter(q, 2, filter->state);
    bind_filter(q, 3, filter->kind);
    bind_filter(q, 4, filter->other);
    query_bind_int(q, 5, (int64_t)filter->direction);
}

/* Names are compared in small letters, ids as they are. */
static struct my_filter filter_lowered(struct arena *arena, const struct my_filter *filter)
{
    struct my_filter lowered = *filter;
    if (!text_empty(filter->other) && !text_starts(filter->other, "org_")) {
        lowered.other = text_lower(arena, filter->other);
    }
    return lowered;
}

struct my_transfers my_transfers_list(struct store *registry, struct arena *arena,
                                      const struct my_filter *filter, enum my_sort sort,
                                      bool descending, const char *after_id, size_t most)
{
    must(sort < MY_SORT__COUNT);
    struct my_filter lowered = filter_lowered(arena, filter);
    struct query q =
        query(registry, &my_transfers_queries, Q_LIST + 2 * (int)sort + (descending ? 1 : 0));
    bind_matches(&q, &lowered);
    bind_filter(&q, 6, after_id);
    query_bind_int(&q, 7, (int64_t)most);
    return read_transfers(&q, arena, true);
}

int64_t my_transfers_count(struct store *registry, struct arena *arena,
                           const struct my_filter *filter)
{
    struct my_filter lowered = filter_lowered(arena, filter);
    struct query q = query(registry, &my_transfers_queries, Q_COUNT);
    bind_matches(&q, &lowered);
    return column_counted(&q);
}

struct my_transfers my_transfers_waiting(struct store *registry, struct arena *arena,
                                         enum my_waiting which, const char *org_id,
                                         const char *after_id, size_t most)
{
    must(which < MY_WAITING__COUNT);
    struct query q = query(registry, &my_transfers_queries, Q_WAITING + (int)which);
    query_bind_text(&q, 1, org_id);
    bind_filter(&q, 2, after_id);
    query_bind_int(&q, 3, (int64_t)most);
    return read_transfers(&q, arena, false);
}

struct my_waiting_counts my_waiting_counts(struct store *registry, const char *org_id,
                                           const char *user_id)
{
    struct my_waiting_counts counts = {.incoming = 0};
    struct query in = query(registry, &my_transfers_queries, Q_COUNT_IN);
    query_bind_text(&in, 1, org_id);
    counts.incoming = column_only(&in);
    struct query out = query(registry, &my_transfers_queries, Q_COUNT_OUT);
    query_bind_text(&out, 1, org_id);
    query_bind_text(&out, 2, user_id);
    if (query_row(&out)) {
        counts.outgoing = query_int(&out, 0);
        counts.approvals = query_int(&out, 1);
        counts.approvals_of_others = query_int(&out, 2);
    }
    query_end(&out);
    return counts;
}

bool my_transfer_find(struct store *registry, struct arena *arena, const char *org_id,
                      const char *transfer_id, struct my_transfer *transfer)
{
    struct query q = query(registry, &my_transfers_queries, Q_ONE);
    query_bind_text(&q, 1, org_id);
    query_bind_text(&q, 2, transfer_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *transfer = read_transfer(&q, arena, true);
    }
    query_end(&q);
    return is_found;
}

struct my_blocks my_transfer_blocks(struct store *registry, struct arena *arena, const char *org_id,
                                    const char *transfer_id)
{
    struct query q = query(registry, &my_transfers_queries, Q_BLOCKS);
    query_bind_text(&q, 1, org_id);
    query_bind_text(&q, 2, transfer_id);
    struct my_block *rows = NULL;
    size_t count = 0;
    while (query_row(&q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        struct my_block *row = &rows[count++];
        *row = (struct my_block){
            .batch_id = query_text(&q, arena, 0),
            .project_id = query_text(&q, arena, 7),
            .project_name = query_text(&q, arena, 8),
            .instrument = column_instrument(&q, 9),
            .from_account = query_text(&q, arena, 10),
            .state = query_text(&q, arena, 11),
            .split_from_id = query_text(&q, arena, 12),
            .units = query_int(&q, 15),
        };
        row->serial = column_serial(&q, 1);
        row->split_from = row->serial;
        row->split_from.first = query_int(&q, 13);
        row->split_from.last = query_int(&q, 14);
    }
    query_end(&q);
    return (struct my_blocks){rows, count};
}

static struct my_act read_act(struct query *q, struct arena *arena)
{
    return (struct my_act){
        .at = query_int(q, 0),
        .user_id = query_text(q, arena, 1),
        .org_id = query_text(q, arena, 2),
        .command = query_text(q, arena, 3),
        .subject_id = query_text(q, arena, 4),
        .outcome = query_text(q, arena, 5),
    };
}

struct my_acts my_transfer_acts(struct store *registry, struct arena *arena,
                                const char *transfer_id)
{
    struct query q = query(registry, &my_transfers_queries, Q_ACTS);
    query_bind_text(&q, 1, transfer_id);
    struct my_act *rows = NULL;
    size_t count = 0;
    while (query_row(&q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count++] = read_act(&q, arena);
    }
    query_end(&q);
    return (struct my_acts){rows, count};
}

bool my_act_find(struct store *registry, struct arena *arena, const char *user_id, int64_t seq,
                 struct my_act *act)
{
    struct query q = query(registry, &my_transfers_queries, Q_ACT);
    query_bind_int(&q, 1, seq);
    query_bind_text(&q, 2, user_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *act = read_act(&q, arena);
    }
    query_end(&q);
    return is_found;
}

const char *my_subject_of_key(struct store *registry, struct arena *arena, const char *user_id,
                              const char *key)
{
    struct query q = query(registry, &my_transfers_queries, Q_KEY);
    query_bind_text(&q, 1, user_id);
    query_bind_text(&q, 2, key);
    const char *id = query_row(&q) ? query_text(&q, arena, 0) : "";
    query_end(&q);
    return id;
}

const char *my_transfer_of_key(struct store *registry, struct arena *arena, const char *user_id,
                               const char *key)
{
    const char *id = my_subject_of_key(registry, arena, user_id, key);
    return id_is(id, "tfr") ? id : "";
}
