/* store/public_batches.c: see store/public_batches.h. The blocks of acts and a batch's tree are
 * here, too. */
#include "store/public_batches.h"

#include <string.h>

#include "store/columns.h"
#include "store/rows.h"

enum {
    Q_ONE,
    Q_PLACE,
    Q_COUNT,
    Q_EXACT,
    Q_HOLDING,
    Q_KIN,
    Q_CHILDREN,
    Q_HOLDER,
    Q_SYSTEM,
    Q_PARTS,
    Q_BLOCKS,                                         /* one for each enum public_blocks_of */
    Q_BLOCKS_COUNT = Q_BLOCKS + PUBLIC_BLOCKS__COUNT, /* the same */
    Q_LIST = Q_BLOCKS_COUNT + PUBLIC_BLOCKS__COUNT,   /* of a project: ascending, descending */
    Q_LIST_ISSUANCE = Q_LIST + 2,                     /* of an issuance */
    Q__COUNT = Q_LIST_ISSUANCE + 2
};

#define COLUMNS                                                                                    \
    "SELECT b.batch_id, " SERIAL_COLUMNS ", b.project_id, p.name, p.instrument,"                   \
    " b.supplier_org_id, s.name, b.issuance_id, b.issued_at, i.kind = 'imported', b.org_id,"       \
    " h.name, b.state, b.parent_id, b.delivery_id, d.delivered_at,"                                \
    " b.ended_by, b.ended_at, x.to_system"                                                         \
    " FROM batch b CROSS JOIN project p ON p.project_id = b.project_id"                            \
    " CROSS JOIN organisation s ON s.org_id = b.supplier_org_id"                                   \
    " CROSS JOIN organisation h ON h.org_id = b.org_id"                                            \
    " CROSS JOIN issuance i ON i.issuance_id = b.issuance_id"                                      \
    " LEFT JOIN delivery d ON d.delivery_id = b.delivery_id"                                       \
    " LEFT JOIN transfer x ON x.transfer_id = b.ended_by AND x.state = 'completed'"

/* ?1 project, ?2 vintage, ?3 state, ?4 issuance; ?5 and ?6 the vintage and first serial behind
 * which it begins, ?7 most. */
#define MATCHES                                                                                    \
    " AND b.state <> 'split' AND (?2 IS NULL OR b.vintage = ?2) AND (?3 IS NULL OR b.state = ?3)"
#define LIST(where, sign, direction)                                                               \
    COLUMNS " WHERE " where MATCHES " AND (b.vintage, b.first) " sign " (?5, ?6)"                  \
            " ORDER BY b.vintage " direction ", b.first " direction " LIMIT ?7"
/* An issuance has one vintage. */
#define LIST_ISSUANCE(sign, direction)                                                             \
    COLUMNS " WHERE b.issuance_id = ?4" MATCHES " AND b.first " sign " ?6 AND ?5 = ?5"             \
            " ORDER BY b.first " direction " LIMIT ?7"

/* ?1 act, ?2 line behind which it begins, ?3 most. */
#define BLOCKS(table, id)                                                                          \
    "SELECT l.line, l.batch_id, " SERIAL_COLUMNS ", b.project_id, p.name, b.supplier_org_id,"      \
    " o.name, p.instrument, b.state, l.units, l.split_from, s.first, s.last"                       \
    " FROM " table " l CROSS JOIN batch b ON b.batch_id = l.batch_id"                              \
    " CROSS JOIN project p ON p.project_id = b.project_id"                                         \
    " CROSS JOIN organisation o ON o.org_id = b.supplier_org_id"                                   \
    " LEFT JOIN batch s ON s.batch_id = l.split_from"                                              \
    " WHERE l." id " = ?1 AND l.line > ?2 ORDER BY l.line LIMIT ?3"
#define BLOCKS_COUNT(table, id) "SELECT count(*) FROM " table " WHERE " id " = ?1"

#define KIN "SELECT batch_id, first, last, org_id, state, left_id, right_id, ended_by FROM batch"

/* The project of a serial number: ?1 pathway, ?2 country, ?3 short code; the block: ?4 vintage, ?5
 * first, ?6 last. */
#define OF_SERIAL                                                                                  \
    " FROM project p CROSS JOIN batch b ON b.project_id = p.project_id AND b.vintage = ?4"         \
    " WHERE p.short_code = ?3 AND p.pathway_code = ?1 AND p.country = ?2"

static const char *const sql[Q__COUNT] = {
    [Q_ONE] = COLUMNS " WHERE b.batch_id = ?1",
    [Q_PLACE] = "SELECT vintage, first FROM batch WHERE batch_id = ?1",
    [Q_COUNT] = COUNT_OF("SELECT 1 FROM batch b WHERE b.project_id = ?1" MATCHES
                         " UNION ALL SELECT 1 FROM batch b WHERE b.issuance_id = ?4" MATCHES),
    /* A whole begins where the leftmost of its parts begins: up from that. */
    [Q_EXACT] = "WITH RECURSIVE up (id, parent, last) AS ("
                "SELECT b.batch_id, b.parent_id, b.last" OF_SERIAL
                " AND b.state <> 'split' AND b.first = ?5"
                " UNION ALL SELECT b.batch_id, b.parent_id, b.last FROM up"
                " CROSS JOIN batch b ON b.batch_id = up.parent"
                " WHERE b.first = ?5 AND up.last < ?6) SELECT id FROM up WHERE last = ?6",
    /* Live blocks do not overlap: the one that begins last before ?5 is the first that can hold it.
     */
    [Q_HOLDING] =
        "SELECT b.batch_id" OF_SERIAL " AND b.state <> 'split' AND b.first <= ?6 AND b.last >= ?5"
        " AND b.first >= coalesce((SELECT c.first FROM batch c WHERE c.project_id = p.project_id"
        "  AND c.vintage = ?4 AND c.state <> 'split' AND c.first <= ?5"
        "  ORDER BY c.first DESC LIMIT 1), ?5)"
        " ORDER BY b.first LIMIT ?7",
    [Q_KIN] = KIN " WHERE batch_id = ?1",
    [Q_CHILDREN] = KIN " WHERE batch_id BETWEEN ?1 AND ?2 ORDER BY batch_id LIMIT 2",
    [Q_HOLDER] = "SELECT name FROM organisation WHERE org_id = ?1",
    [Q_SYSTEM] = "SELECT to_system FROM transfer WHERE transfer_id = ?1 AND state = 'completed'",
    /* The ones that are not split tile the block: no need to go down from cut to cut. ?1 project,
     * ?2 vintage, ?3 and ?4 the block, ?5 most. */
    [Q_PARTS] =
        "SELECT count(*) FROM (SELECT 1 FROM batch b WHERE b.project_id = ?1"
        " AND b.vintage = ?2 AND b.state <> 'split' AND b.first BETWEEN ?3 AND ?4 LIMIT ?5)",
    [Q_BLOCKS + PUBLIC_BLOCKS_OF_TRANSFER] = BLOCKS("transfer_line", "transfer_id"),
    [Q_BLOCKS + PUBLIC_BLOCKS_OF_DELIVERY] = BLOCKS("delivery_line", "delivery_id"),
    [Q_BLOCKS + PUBLIC_BLOCKS_OF_RETIREMENT] = BLOCKS("retirement_line", "retirement_id"),
    [Q_BLOCKS + PUBLIC_BLOCKS_OF_REFUND] = BLOCKS("refund_line", "refund_id"),
    [Q_BLOCKS + PUBLIC_BLOCKS_OF_CANCELLATION] = BLOCKS("cancellation_line", "cancellation_id"),
    [Q_BLOCKS_COUNT + PUBLIC_BLOCKS_OF_TRANSFER] = BLOCKS_COUNT("transfer_line", "transfer_id"),
    [Q_BLOCKS_COUNT + PUBLIC_BLOCKS_OF_DELIVERY] = BLOCKS_COUNT("delivery_line", "delivery_id"),
    [Q_BLOCKS_COUNT + PUBLIC_BLOCKS_OF_RETIREMENT] =
        BLOCKS_COUNT("retirement_line", "retirement_id"),
    [Q_BLOCKS_COUNT + PUBLIC_BLOCKS_OF_REFUND] = BLOCKS_COUNT("refund_line", "refund_id"),
    [Q_BLOCKS_COUNT + PUBLIC_BLOCKS_OF_CANCELLATION] =
        BLOCKS_COUNT("cancellation_line", "cancellation_id"),
    [Q_LIST] = LIST("b.project_id = ?1", ">", "ASC"),
    [Q_LIST + 1] = LIST("b.project_id = ?1", "<", "DESC"),
    [Q_LIST_ISSUANCE] = LIST_ISSUANCE(">", "ASC"),
    [Q_LIST_ISSUANCE + 1] = LIST_ISSUANCE("<", "DESC"),
};

const struct query_table public_batches_queries = {"public_batches", sql, Q__COUNT};

static struct public_batch read_batch(struct query *q, struct arena *arena)
{
    struct public_batch batch = {
        .batch_id = query_text(q, arena, 0),
        .serial = column_serial(q, 1),
        .project_id = query_text(q, arena, 7),
        .project_name = query_text(q, arena, 8),
        .instrument = column_instrument(q, 9),
        .supplier_org_id = query_text(q, arena, 10),
        .supplier_name = query_text(q, arena, 11),
        .issuance_id = query_text(q, arena, 12),
        .issued_at = query_int(q, 13),
        .is_imported = query_int(q, 14) != 0,
        .org_id = query_text(q, arena, 15),
        .org_name = query_text(q, arena, 16),
        .state = query_text(q, arena, 17),
        .parent_id = query_text(q, arena, 18),
        .delivery_id = query_text(q, arena, 19),
        .delivered_at = query_int(q, 20),
        .ended_by = query_text(q, arena, 21),
        .ended_at = query_int(q, 22),
        .to_system = query_text(q, arena, 23),
    };
    batch.units = serial_units(&batch.serial);
    return batch;
}

bool public_batch_find(struct store *registry, struct arena *arena, const char *batch_id,
                       struct public_batch *batch)
{
    struct query q = query(registry, &public_batches_queries, Q_ONE);
    query_bind_text(&q, 1, batch_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *batch = read_batch(&q, arena);
    }
    query_end(&q);
    return is_found;
}

/* ---- lists ---- */

/* Where the window begins, as ?5 and ?6. */
static void bind_place(struct store *registry, struct query *list, const struct window *window)
{
    bool from_first = !window->descending;
    int64_t vintage = from_first ? INT64_MIN : INT64_MAX;
    int64_t first = vintage;
    if (!text_empty(window->behind)) {
        struct query q = query(registry, &public_batches_queries, Q_PLACE);
        query_bind_text(&q, 1, window->behind);
        bool is_found = query_row(&q);
        int64_t nowhere = from_first ? INT64_MAX : INT64_MIN;
        vintage = is_found ? query_int(&q, 0) : nowhere;
        first = is_found ? query_int(&q, 1) : nowhere;
        query_end(&q);
    }
    query_bind_int(list, 5, vintage);
    query_bind_int(list, 6, first);
}

static void bind_matches(struct query *q, const struct public_batch_filter *filter)
{
    must(text_empty(filter->project_id) != text_empty(filter->issuance_id));
    bind_filter(q, 1, filter->project_id);
    if (filter->vintage != 0) {
        query_bind_int(q, 2, filter->vintage);
    }
    bind_filter(q, 3, filter->state);
    bind_filter(q, 4, filter->issuance_id);
}

struct public_batches public_batches_list(struct store *registry, struct arena *arena,
                                          const struct public_batch_filter *filter,
                                          const struct window *window)
{
    int list = text_empty(filter->project_id) ? Q_LIST_ISSUANCE : Q_LIST;
    struct query q = query(registry, &public_batches_queries, list + (window->descending ? 1 : 0));
    bind_matches(&q, filter);
    bind_place(registry, &q, window);
    query_bind_int(&q, 7, (int64_t)window->most);
    struct public_batch *rows = NULL;
    size_t count = 0;
    while (query_row(&q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count++] = read_batch(&q, arena);
    }
    query_end(&q);
    return (struct public_batches){rows, count};
}

int64_t public_batches_count(struct store *registry, const struct public_batch_filter *filter)
{
    struct query q = query(registry, &public_batches_queries, Q_COUNT);
    bind_matches(&q, filter);
    return column_counted(&q);
}

/* ---- serial numbers ---- */

static struct query of_serial(struct store *registry, int number, const struct serial *serial)
{
    struct query q = query(registry, &public_batches_queries, number);
    query_bind_text(&q, 1, serial->pathway);
    query_bind_text(&q, 2, serial->country);
    query_bind_text(&q, 3, serial->project_code);
    query_bind_int(&q, 4, serial->vintage);
    query_bind_int(&q, 5, serial->first);
    query_bind_int(&q, 6, serial->last);
    return q;
}

/* The first column of every row. */
static struct ids read_ids(struct query *q, struct arena *arena)
{
    const char **rows = NULL;
    size_t count = 0;
    while (query_row(q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count++] = query_text(q, arena, 0);
    }
    query_end(q);
    return (struct ids){rows, count};
}

const char *public_batch_of_serial(struct store *registry, struct arena *arena,
                                   const struct serial *serial)
{
    struct query q = of_serial(registry, Q_EXACT, serial);
    struct ids ids = read_ids(&q, arena);
    return ids.count == 0 ? "" : ids.at[0];
}

struct ids public_batches_holding(struct store *registry, struct arena *arena,
                                  const struct serial *serial, size_t most)
{
    struct query q = of_serial(registry, Q_HOLDING, serial);
    query_bind_int(&q, 7, (int64_t)most);
    return read_ids(&q, arena);
}

/* ---- lineage ---- */

/* The next row of KIN. */
static bool read_kin(struct query *q, struct arena *arena, struct public_kin *kin)
{
    bool is_found = query_row(q);
    if (is_found) {
        *kin = (struct public_kin){
            .batch_id = query_text(q, arena, 0),
            .first = query_int(q, 1),
            .last = query_int(q, 2),
            .org_id = query_text(q, arena, 3),
            .state = query_text(q, arena, 4),
            .left_id = query_text(q, arena, 5),
            .right_id = query_text(q, arena, 6),
            .ended_by = query_text(q, arena, 7),
        };
    }
    return is_found;
}

bool public_kin_find(struct store *registry, struct arena *arena, const char *batch_id,
                     struct public_kin *kin)
{
    struct query q = query(registry, &public_batches_queries, Q_KIN);
    query_bind_text(&q, 1, batch_id);
    bool is_found = read_kin(&q, arena, kin);
    query_end(&q);
    return is_found;
}

/* Both got their ids in one act, one after the other, so they lie side by side: found at once. */
bool public_kin_children(struct store *registry, struct arena *arena,
                         const struct public_kin *parent, struct public_kin *left,
                         struct public_kin *right)
{
    struct query q = query(registry, &public_batches_queries, Q_CHILDREN);
    query_bind_text(&q, 1, parent->left_id);
    query_bind_text(&q, 2, parent->right_id);
    bool is_both = read_kin(&q, arena, left) && read_kin(&q, arena, right) &&
                   text_is(left->batch_id, parent->left_id) &&
                   text_is(right->batch_id, parent->right_id);
    query_end(&q);
    return is_both || (public_kin_find(registry, arena, parent->left_id, left) &&
                       public_kin_find(registry, arena, parent->right_id, right));
}

static const char *text_of(struct store *registry, struct arena *arena, int number, const char *id)
{
    struct query q = query(registry, &public_batches_queries, number);
    query_bind_text(&q, 1, id);
    const char *text = query_row(&q) ? query_text(&q, arena, 0) : "";
    query_end(&q);
    return text;
}

const char *public_holder_name(struct store *registry, struct arena *arena, const char *org_id)
{
    return text_of(registry, arena, Q_HOLDER, org_id);
}

const char *public_export_system(struct store *registry, struct arena *arena,
                                 const char *transfer_id)
{
    return text_of(registry, arena, Q_SYSTEM, transfer_id);
}

int64_t public_batch_descendants(struct store *registry, const char *project_id, int vintage,
                                 int64_t first, int64_t last)
{
    struct query q = query(registry, &public_batches_queries, Q_PARTS);
    query_bind_text(&q, 1, project_id);
    query_bind_int(&q, 2, vintage);
    query_bind_int(&q, 3, first);
    query_bind_int(&q, 4, last);
    query_bind_int(&q, 5, PUBLIC_LINEAGE_MAX / 2 + 1);
    int64_t parts = column_only(&q);
    /* Each cut makes two of one, so there is one cut less than parts. */
    return parts == 0 ? 0 : 2 * (parts - 1);
}

/* ---- the blocks of an act ---- */

static struct public_block read_block(struct query *q, struct arena *arena)
{
    struct public_block block = {
        .line = query_text(q, arena, 0),
        .batch_id = query_text(q, arena, 1),
        .serial = column_serial(q, 2),
        .project_id = query_text(q, arena, 8),
        .project_name = query_text(q, arena, 9),
        .supplier_org_id = query_text(q, arena, 10),
        .supplier_name = query_text(q, arena, 11),
        .instrument = column_instrument(q, 12),
        .state = query_text(q, arena, 13),
        .units = query_int(q, 14),
        .split_from_id = query_text(q, arena, 15),
    };
    block.split_from = block.serial;
    if (!text_empty(block.split_from_id)) {
        block.split_from.first = query_int(q, 16);
        block.split_from.last = query_int(q, 17);
    }
    return block;
}

struct public_blocks public_blocks(struct store *registry, struct arena *arena,
                                   enum public_blocks_of which, const char *id, const char *behind,
                                   size_t most)
{
    must(which < PUBLIC_BLOCKS__COUNT);
    int64_t line = 0;
    if (!text_empty(behind) && !text_parse_int(behind, false, &line)) {
        return (struct public_blocks){NULL, 0};
    }
    struct query q = query(registry, &public_batches_queries, Q_BLOCKS + (int)which);
    query_bind_text(&q, 1, id);
    query_bind_int(&q, 2, line);
    query_bind_int(&q, 3, (int64_t)most);
    struct public_block *rows = NULL;
    size_t count = 0;
    while (query_row(&q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count++] = read_block(&q, arena);
    }
    query_end(&q);
    return (struct public_blocks){rows, count};
}

int64_t public_blocks_count(struct store *registry, enum public_blocks_of which, const char *id)
{
    must(which < PUBLIC_BLOCKS__COUNT);
    struct query q = query(registry, &public_batches_queries, Q_BLOCKS_COUNT + (int)which);
    query_bind_text(&q, 1, id);
    return column_only(&q);
}
