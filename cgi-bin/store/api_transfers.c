/* store/api_transfers.c: see store/api_transfers.h. */
#include "store/api_transfers.h"

#include <string.h>

#include "store/api_party_row.h"
#include "store/rows.h"

/* Which index a walk along completed transfers goes. */
enum along { ALONG_ALL, ALONG_SENDER, ALONG_RECIPIENT, ALONG_PAIR, ALONG__COUNT };

enum {
    Q_ONE,
    Q_SUPPLIER_INSTRUMENT,
    Q_BATCH_INSTRUMENT,
    Q_BATCH_SERIAL,
    Q_COUNT,                                /* one for each enum along */
    Q_COUNT_TIMES = Q_COUNT + ALONG__COUNT, /* the same, between times */
    Q_COUNT_WAITING = Q_COUNT_TIMES + ALONG__COUNT,
    Q_COUNT_UNDONE,
    Q_COUNT_UNDONE_TIMES,
    Q_LIST,                            /* 2 for each enum along: forward, backward */
    Q_OWN = Q_LIST + 2 * ALONG__COUNT, /* forward, backward */
    Q__COUNT = Q_OWN + 2
};

/* The recipient learns of a transfer when everybody on the sender's side has agreed. */
#define REACHED                                                                                    \
    " AND (t.state = 'completed' OR ((t.needs_approval = 0 OR t.approved_at IS NOT NULL)"          \
    "  AND (t.needs_registry_approval = 0 OR t.registry_approved_at IS NOT NULL)))"

/* ?1 the viewer. */
#define COLUMNS                                                                                    \
    "SELECT t.transfer_id, t.kind, t.state, f.org_id, f.name, f.domain, r.org_id, r.name,"         \
    " r.domain, iif(t.to_org_id = ?1, t.to_account_id, ''), t.to_system, t.to_system_party,"       \
    " s.supplier_id, t.instrument, t.units, iif(t.note_redacted_at IS NULL, t.notes, ''),"         \
    " iif(t.from_org_id = ?1 OR t.to_org_id = ?1, t.private_note, ''), t.corrects_id,"             \
    " t.needs_approval, t.approved_at IS NOT NULL, t.needs_registry_approval,"                     \
    " t.registry_approved_at IS NOT NULL, t.submitted_at,"                                         \
    " iif(t.ended_at IS NULL, t.expires_at, 0), t.ended_at,"                                       \
    " iif(t.from_org_id = ?1 OR t.to_org_id = ?1, t.end_reason, ''), t.note_redacted_at,"          \
    " t.note_redacted_reason"
#define JOINS                                                                                      \
    " CROSS JOIN organisation f ON f.org_id = t.from_org_id"                                       \
    " LEFT JOIN organisation r ON r.org_id = t.to_org_id"                                          \
    " LEFT JOIN organisation s ON s.org_id = t.supplier_org_id"

/* Filters: ?2 kind; ?3 sender and ?4 recipient, NULL any; transferred from ?5 until before ?6. A
 * walk begins behind (?7, ?8) and gives ?9 rows; since the place is within the times already, each
 * direction asks only for the time at its other end. */
#define COMPLETED " FROM transfer t WHERE t.state = 'completed' AND "
#define OF_ANY "t.kind = ?2"
/* The kind is only looked at: its index must not tempt away from the party's. */
#define OF_SENDER "+t.kind = ?2 AND t.from_org_id = ?3"
#define OF_RECIPIENT "+t.kind = ?2 AND t.to_org_id = ?4"
#define OF_PAIR OF_SENDER " AND t.to_org_id = ?4"
#define TIMES " AND t.submitted_at >= ?5 AND t.submitted_at < ?6"
#define FORWARD " AND t.submitted_at >= ?5 AND (t.submitted_at, t.transfer_id) < (?7, ?8)"
#define BACKWARD " AND t.submitted_at < ?6 AND (t.submitted_at, t.transfer_id) > (?7, ?8)"

#define KEYS "SELECT t.transfer_id AS id, t.submitted_at AS place"
#define PAGE(inner, direction)                                                                     \
    COLUMNS " FROM (" inner " ORDER BY 2 " direction ", 1 " direction " LIMIT ?9) k"               \
            " CROSS JOIN transfer t ON t.transfer_id = k.id" JOINS " ORDER BY k.place " direction  \
            ", k.id " direction
#define LIST(party, behind, direction) PAGE(KEYS COMPLETED party behind, direction)

/* The viewer's own, waiting or ended without completion: two indexes of each, for what it sends and
 * what it is to receive. ?10: the states' words, each with a space behind it. */
#define ASKED                                                                                      \
    " AND t.kind = ?2 AND (?3 IS NULL OR t.from_org_id = ?3)"                                      \
    " AND (?4 IS NULL OR t.to_org_id = ?4) AND instr(?10, t.state || ' ') > 0"
#define WAITING " AND t.ended_at IS NULL" ASKED
#define UNDONE " AND t.ended_at IS NOT NULL AND t.state <> 'completed'" ASKED
#define SENT " FROM transfer t WHERE t.from_org_id = ?1"
#define RECEIVED " FROM transfer t WHERE t.to_org_id = ?1 AND t.from_org_id <> ?1" REACHED
#define OWN(behind, direction)                                                                     \
    PAGE(KEYS SENT WAITING behind " UNION ALL " KEYS RECEIVED WAITING behind                       \
                                  " UNION ALL " KEYS SENT UNDONE behind                            \
                                  " UNION ALL " KEYS RECEIVED UNDONE behind,                       \
         direction)
#define COUNT_OWN(which)                                                                           \
    "SELECT (SELECT count(*)" SENT which TIMES ") + (SELECT count(*)" RECEIVED which TIMES ")"

#define TOTAL "SELECT coalesce(sum(n.transfers), 0) FROM transfer_pair_total n WHERE"
#define TOTAL_COMPLETED " AND n.kind = ?2 AND n.state = 'completed'"
#define TOTAL_UNDONE                                                                               \
    " AND n.kind = ?2 AND n.state <> 'completed' AND instr(?10, n.state || ' ') > 0"               \
    " AND (?3 IS NULL OR n.from_org_id = ?3) AND (?4 IS NULL OR n.to_org_id = ?4)"

static const char *const sql[Q__COUNT] = {
    [Q_ONE] = COLUMNS " FROM transfer t" JOINS " WHERE t.transfer_id = ?2"
                      " AND (t.state = 'completed' OR t.from_org_id = ?1"
                      "  OR (t.to_org_id = ?1" REACHED "))",
    [Q_SUPPLIER_INSTRUMENT] = "SELECT iif(max(p.instrument = 'carbon_removal') = 1,"
                              " 'carbon_removal', 'renewable_energy') FROM project p"
                              " WHERE p.org_id = ?1 AND EXISTS (SELECT 1 FROM issuance i"
                              "  WHERE i.project_id = p.project_id) GROUP BY p.org_id",
    [Q_BATCH_INSTRUMENT] = "SELECT p.instrument FROM batch b"
                           " CROSS JOIN project p ON p.project_id = b.project_id"
                           " WHERE b.batch_id = ?1",
    [Q_BATCH_SERIAL] = "SELECT " SERIAL_COLUMNS " FROM batch b"
                       " CROSS JOIN project p ON p.project_id = b.project_id"
                       " WHERE b.batch_id = ?1",
    [Q_COUNT + ALONG_ALL] =
        "SELECT coalesce(sum(transfers), 0) FROM transfer_total WHERE kind = ?2",
    [Q_COUNT + ALONG_SENDER] = TOTAL " n.from_org_id = ?3" TOTAL_COMPLETED,
    [Q_COUNT + ALONG_RECIPIENT] = TOTAL " n.to_org_id = ?4" TOTAL_COMPLETED,
    [Q_COUNT + ALONG_PAIR] = TOTAL " n.from_org_id = ?3 AND n.to_org_id = ?4" TOTAL_COMPLETED,
    [Q_COUNT_TIMES + ALONG_ALL] = "SELECT count(*)" COMPLETED OF_ANY TIMES,
    [Q_COUNT_TIMES + ALONG_SENDER] = "SELECT count(*)" COMPLETED OF_SENDER TIMES,
    [Q_COUNT_TIMES + ALONG_RECIPIENT] = "SELECT count(*)" COMPLETED OF_RECIPIENT TIMES,
    [Q_COUNT_TIMES + ALONG_PAIR] = "SELECT count(*)" COMPLETED OF_PAIR TIMES,
    [Q_COUNT_WAITING] = COUNT_OWN(WAITING),
    [Q_COUNT_UNDONE] =
        "SELECT (" TOTAL " n.from_org_id = ?1" TOTAL_UNDONE ") + (" TOTAL
        " n.to_org_id = ?1 AND n.from_org_id <> ?1 AND n.reached = 1" TOTAL_UNDONE ")",
    [Q_COUNT_UNDONE_TIMES] = COUNT_OWN(UNDONE),
    [Q_LIST + 2 * ALONG_ALL] = LIST(OF_ANY, FORWARD, "DESC"),
    [Q_LIST + 2 * ALONG_ALL + 1] = LIST(OF_ANY, BACKWARD, "ASC"),
    [Q_LIST + 2 * ALONG_SENDER] = LIST(OF_SENDER, FORWARD, "DESC"),
    [Q_LIST + 2 * ALONG_SENDER + 1] = LIST(OF_SENDER, BACKWARD, "ASC"),
    [Q_LIST + 2 * ALONG_RECIPIENT] = LIST(OF_RECIPIENT, FORWARD, "DESC"),
    [Q_LIST + 2 * ALONG_RECIPIENT + 1] = LIST(OF_RECIPIENT, BACKWARD, "ASC"),
    [Q_LIST + 2 * ALONG_PAIR] = LIST(OF_PAIR, FORWARD, "DESC"),
    [Q_LIST + 2 * ALONG_PAIR + 1] = LIST(OF_PAIR, BACKWARD, "ASC"),
    [Q_OWN] = OWN(FORWARD, "DESC"),
    [Q_OWN + 1] = OWN(BACKWARD, "ASC"),
};

const struct query_table api_transfers_queries = {"api_transfers", sql, Q__COUNT};

#define BIT(state) (1U << (state))
#define WAITING_STATES (BIT(TRANSFER_AWAITING_APPROVAL) | BIT(TRANSFER_PENDING))
#define UNDONE_STATES                                                                              \
    (BIT(TRANSFER_REJECTED) | BIT(TRANSFER_WITHDRAWN) | BIT(TRANSFER_EXPIRED) |                    \
     BIT(TRANSFER_CANCELLED))

/* The row of COLUMNS. */
static struct api_transfer read_transfer(struct query *q, struct arena *arena)
{
    struct api_transfer row = {
        .transfer_id = query_text(q, arena, 0),
        .from = api_party_row_short(q, arena, 3),
        .to = api_party_row_short(q, arena, 6),
        .to_account_id = query_text(q, arena, 9),
        .to_system = query_text(q, arena, 10),
        .to_system_party = query_text(q, arena, 11),
        .supplier_id = query_text(q, arena, 12),
        .instrument = column_instrument(q, 13),
        .units = query_int(q, 14),
        .notes = query_text(q, arena, 15),
        .private_note = query_text(q, arena, 16),
        .corrects_id = query_text(q, arena, 17),
        .needs_approval = query_int(q, 18) != 0,
        .is_approved = query_int(q, 19) != 0,
        .needs_registry_approval = query_int(q, 20) != 0,
        .is_registry_approved = query_int(q, 21) != 0,
        .submitted_at = query_int(q, 22),
        .expires_at = query_int(q, 23),
        .ended_at = query_int(q, 24),
        .end_reason = query_text(q, arena, 25),
        .note_redacted_at = query_int(q, 26),
        .note_redacted_reason = query_text(q, arena, 27),
    };
    must(transfer_kind_from_word(query_text(q, arena, 1), &row.kind));
    must(transfer_state_from_word(query_text(q, arena, 2), &row.state));
    return row;
}

bool api_transfer_find(struct store *registry, struct arena *arena, const char *viewer_org_id,
                       const char *transfer_id, struct api_transfer *transfer)
{
    struct query q = query(registry, &api_transfers_queries, Q_ONE);
    query_bind_text(&q, 1, viewer_org_id);
    query_bind_text(&q, 2, transfer_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *transfer = read_transfer(&q, arena);
    }
    query_end(&q);
    return is_found;
}

static void bind_filter_of(struct query *q, const struct api_transfer_filter *filter)
{
    query_bind_text(q, 1, filter->viewer_org_id);
    query_bind_text(q, 2, transfer_kind_word(filter->kind));
    bind_filter(q, 3, filter->from_org_id);
    bind_filter(q, 4, filter->to_org_id);
    query_bind_int(q, 5, filter->since_at);
    query_bind_int(q, 6, filter->until_at);
}

/* The words of the states among these bits, each with a space behind it. */
static const char *state_words(struct arena *arena, unsigned states)
{
    const char *words = "";
    for (enum transfer_state state = TRANSFER_AWAITING_APPROVAL; state <= TRANSFER_CANCELLED;
         state++) {
        if ((states & BIT(state)) != 0) {
            words = arena_printf(arena, "%s%s ", words, transfer_state_word(state));
        }
    }
    return words;
}

static int64_t count_completed(struct store *registry, const struct api_transfer_filter *filter,
                               enum along along)
{
    bool has_times = filter->since_at != INT64_MIN || filter->until_at != INT64_MAX;
    struct query q =
        query(registry, &api_transfers_queries, (has_times ? Q_COUNT_TIMES : Q_COUNT) + (int)along);
    query_bind_text(&q, 2, transfer_kind_word(filter->kind));
    if (along == ALONG_SENDER || along == ALONG_PAIR) {
        query_bind_text(&q, 3, filter->from_org_id);
    }
    if (along == ALONG_RECIPIENT || along == ALONG_PAIR) {
        query_bind_text(&q, 4, filter->to_org_id);
    }
    if (has_times) {
        query_bind_int(&q, 5, filter->since_at);
        query_bind_int(&q, 6, filter->until_at);
    }
    return column_only(&q);
}

static enum along along_of(const struct api_transfer_filter *filter)
{
    bool has_sender = !text_empty(filter->from_org_id);
    bool has_recipient = !text_empty(filter->to_org_id);
    if (has_sender && has_recipient) {
        return ALONG_PAIR;
    }
    return has_sender ? ALONG_SENDER : has_recipient ? ALONG_RECIPIENT : ALONG_ALL;
}

static struct api_transfers read_walk(struct store *registry, struct arena *arena,
                                      const struct api_transfer_filter *filter,
                                      const struct page_ask *ask, int number, unsigned states)
{
    struct query q = query(registry, &api_transfers_queries, number + (ask->backward ? 1 : 0));
    int64_t edge = ask->backward ? filter->since_at : filter->until_at;
    bind_filter_of(&q, filter);
    query_bind_int(&q, 7, ask->has_place ? ask->key : edge);
    query_bind_text(&q, 8, ask->has_place ? ask->id : "");
    query_bind_int(&q, 9, (int64_t)ask->most + 1);
    if (number == Q_OWN) {
        query_bind_text(&q, 10, state_words(arena, states));
    }
    struct api_transfer *rows = NULL;
    size_t count = 0;
    while (query_row(&q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count++] = read_transfer(&q, arena);
    }
    query_end(&q);
    return (struct api_transfers){.at = rows, .count = count};
}

/* Does one come before the other in the direction of reading? */
static bool comes_first(const struct api_transfer *one, const struct api_transfer *other,
                        bool backward)
{
    bool is_newer = one->submitted_at != other->submitted_at
                        ? one->submitted_at > other->submitted_at
                        : strcmp(one->transfer_id, other->transfer_id) > 0;
    return is_newer != backward;
}

/* Two walks as one, no longer than asked for, turned into the list's order. */
static struct api_transfers merged(struct arena *arena, const struct api_transfers *one,
                                   const struct api_transfers *other, const struct page_ask *ask)
{
    struct api_transfer *rows = arena_array(arena, struct api_transfer, ask->most + 1);
    size_t count = 0;
    size_t i = 0;
    size_t k = 0;
    while (count < ask->most && (i < one->count || k < other->count)) {
        bool is_one = k == other->count ||
                      (i < one->count && comes_first(&one->at[i], &other->at[k], ask->backward));
        rows[count++] = is_one ? one->at[i++] : other->at[k++];
    }
    for (size_t n = 0; ask->backward && n < count / 2; n++) {
        struct api_transfer row = rows[n];
        rows[n] = rows[count - 1 - n];
        rows[count - 1 - n] = row;
    }
    return (struct api_transfers){
        .at = rows, .count = count, .has_more = i < one->count || k < other->count};
}

struct api_transfers api_transfers_list(struct store *registry, struct arena *arena,
                                        const struct api_transfer_filter *filter,
                                        const struct page_ask *ask)
{
    struct api_transfers completed = {.count = 0};
    struct api_transfers own = {.count = 0};
    if ((filter->states & BIT(TRANSFER_COMPLETED)) != 0) {
        int number = Q_LIST + 2 * (int)along_of(filter);
        completed = read_walk(registry, arena, filter, ask, number, 0);
    }
    if ((filter->states & ~BIT(TRANSFER_COMPLETED)) != 0) {
        own = read_walk(registry, arena, filter, ask, Q_OWN,
                        filter->states & ~BIT(TRANSFER_COMPLETED));
    }
    return merged(arena, &completed, &own, ask);
}

static int64_t count_own(struct store *registry, struct arena *arena,
                         const struct api_transfer_filter *filter, int number, unsigned states)
{
    struct query q = query(registry, &api_transfers_queries, number);
    bind_filter_of(&q, filter);
    query_bind_text(&q, 10, state_words(arena, states));
    return column_only(&q);
}

int64_t api_transfers_count(struct store *registry, struct arena *arena,
                            const struct api_transfer_filter *filter)
{
    bool has_times = filter->since_at != INT64_MIN || filter->until_at != INT64_MAX;
    int64_t count = 0;
    if ((filter->states & BIT(TRANSFER_COMPLETED)) != 0) {
        count += count_completed(registry, filter, along_of(filter));
    }
    if ((filter->states & WAITING_STATES) != 0) {
        count +=
            count_own(registry, arena, filter, Q_COUNT_WAITING, filter->states & WAITING_STATES);
    }
    if ((filter->states & UNDONE_STATES) != 0) {
        count +=
            count_own(registry, arena, filter, has_times ? Q_COUNT_UNDONE_TIMES : Q_COUNT_UNDONE,
                      filter->states & UNDONE_STATES);
    }
    return count;
}

static bool read_instrument(struct query *q, enum instrument *instrument)
{
    bool is_found = query_row(q);
    if (is_found) {
        *instrument = column_instrument(q, 0);
    }
    query_end(q);
    return is_found;
}

bool api_supplier_instrument(struct store *registry, const char *supplier_org_id,
                             enum instrument *instrument)
{
    struct query q = query(registry, &api_transfers_queries, Q_SUPPLIER_INSTRUMENT);
    query_bind_text(&q, 1, supplier_org_id);
    return read_instrument(&q, instrument);
}

bool api_batch_instrument(struct store *registry, const char *batch_id, enum instrument *instrument)
{
    struct query q = query(registry, &api_transfers_queries, Q_BATCH_INSTRUMENT);
    query_bind_text(&q, 1, batch_id);
    return read_instrument(&q, instrument);
}

bool api_batch_serial(struct store *registry, const char *batch_id, struct serial *serial)
{
    struct query q = query(registry, &api_transfers_queries, Q_BATCH_SERIAL);
    query_bind_text(&q, 1, batch_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *serial = column_serial(&q, 0);
    }
    query_end(&q);
    return is_found;
}
