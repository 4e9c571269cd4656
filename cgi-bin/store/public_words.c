/* store/public_words.c: see store/public_words.h. */
#include "store/public_words.h"

#include "base/must.h"
#include "store/columns.h"

#define REDACTED(at) "iif(" at " IS NULL, "
#define NOTE                                                                                       \
    REDACTED("a.note_redacted_at") "a.notes, ''), a.note_redacted_at, a.note_redacted_reason"
#define REASON                                                                                     \
    REDACTED("a.note_redacted_at") "a.reason, ''), a.note_redacted_at, a.note_redacted_reason"
/* An organisation has its name from the registry. */
#define NAME                                                                                       \
    "iif(a.name_redacted_at IS NULL AND a.beneficiary IS NOT b.name, a.beneficiary, ''),"          \
    " a.name_redacted_at, a.name_redacted_reason"
#define RETIREMENT(words)                                                                          \
    "SELECT a.retirement_id, a.org_id, o.name, a.beneficiary_org_id, a.instrument, a.units,"       \
    " a.retired_at, " words " FROM retirement a"                                                   \
    " CROSS JOIN organisation o ON o.org_id = a.org_id"                                            \
    " LEFT JOIN organisation b ON b.org_id = a.beneficiary_org_id WHERE a.retirement_id = ?1"

static const char *const sql[WORDS__COUNT] = {
    [WORDS_ISSUANCE_NOTE] =
        "SELECT a.issuance_id, p.org_id, o.name, NULL, p.instrument,"
        " a.supplier_units + a.buffer_units, a.issued_at, " NOTE " FROM issuance a"
        " CROSS JOIN project p ON p.project_id = a.project_id"
        " CROSS JOIN organisation o ON o.org_id = p.org_id WHERE a.issuance_id = ?1",
    [WORDS_DELIVERY_NOTE] =
        "SELECT a.delivery_id, a.supplier_org_id, o.name, a.buyer_org_id,"
        " coalesce(p.instrument, 'carbon_removal'), a.units, a.delivered_at, " NOTE
        " FROM delivery a CROSS JOIN organisation o ON o.org_id = a.supplier_org_id"
        " LEFT JOIN delivery_line l ON l.delivery_id = a.delivery_id AND l.line = 1"
        " LEFT JOIN batch t ON t.batch_id = l.batch_id"
        " LEFT JOIN project p ON p.project_id = t.project_id WHERE a.delivery_id = ?1",
    [WORDS_RETIREMENT_NOTE] = RETIREMENT(NOTE),
    [WORDS_REFUND_NOTE] =
        "SELECT a.refund_id, a.from_org_id, o.name, a.to_org_id, a.instrument, a.units,"
        " a.refunded_at, " NOTE " FROM refund a"
        " CROSS JOIN organisation o ON o.org_id = a.from_org_id WHERE a.refund_id = ?1",
    [WORDS_CANCELLATION_REASON] =
        "SELECT a.cancellation_id, a.org_id, o.name, a.supplier_org_id, a.instrument, a.units,"
        " a.cancelled_at, " REASON " FROM cancellation a"
        " CROSS JOIN organisation o ON o.org_id = a.org_id WHERE a.cancellation_id = ?1",
    [WORDS_BENEFICIARY] = RETIREMENT(NAME),
};

const struct query_table public_words_queries = {"public_words", sql, WORDS__COUNT};

bool public_words_find(struct store *registry, struct arena *arena, enum public_words_of of,
                       const char *subject_id, struct public_words *words)
{
    must(of < WORDS__COUNT);
    struct query q = query(registry, &public_words_queries, (int)of);
    query_bind_text(&q, 1, subject_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *words = (struct public_words){
            .org_name = query_text(&q, arena, 2),
            .instrument = column_instrument(&q, 4),
            .units = query_int(&q, 5),
            .at = query_int(&q, 6),
            .words = query_text(&q, arena, 7),
            .redacted = column_redaction(&q, arena, 8),
        };
        query_text_into(&q, 0, words->subject_id, sizeof(words->subject_id));
        query_text_into(&q, 1, words->org_id, sizeof(words->org_id));
        query_text_into(&q, 3, words->other_org_id, sizeof(words->other_org_id));
    }
    query_end(&q);
    return is_found;
}

enum public_words_of public_words_note_of(const char *subject_id)
{
    static const char *const prefixes[] = {
        [WORDS_ISSUANCE_NOTE] = "iss",       [WORDS_DELIVERY_NOTE] = "dlv",
        [WORDS_RETIREMENT_NOTE] = "ret",     [WORDS_REFUND_NOTE] = "bpr",
        [WORDS_CANCELLATION_REASON] = "cnl",
    };
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        if (id_is(subject_id, prefixes[i])) {
            return (enum public_words_of)i;
        }
    }
    return WORDS__COUNT;
}
