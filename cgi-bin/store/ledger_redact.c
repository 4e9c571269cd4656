/* store/ledger_redact.c: see store/ledger_redact.h. */
#include "store/ledger_redact.h"

#include "base/must.h"
#include "store/query.h"

enum { L_AUDIT_ROW = WORDS__COUNT, L__COUNT };

#define REDACT_NOTE(table, id)                                                                     \
    "UPDATE OR ROLLBACK " table " SET notes = '', note_redacted_at = ?2,"                          \
    " note_redacted_reason = ?3 WHERE " id " = ?1 AND note_redacted_at IS NULL"

static const char *const sql[L__COUNT] = {
    [WORDS_ISSUANCE_NOTE] = REDACT_NOTE("issuance", "issuance_id"),
    [WORDS_DELIVERY_NOTE] = REDACT_NOTE("delivery", "delivery_id"),
    [WORDS_RETIREMENT_NOTE] = REDACT_NOTE("retirement", "retirement_id"),
    [WORDS_REFUND_NOTE] = REDACT_NOTE("refund", "refund_id"),
    [WORDS_CANCELLATION_REASON] =
        "UPDATE OR ROLLBACK cancellation SET reason = '" REDACTED_WORDS "', note_redacted_at = ?2,"
        " note_redacted_reason = ?3 WHERE cancellation_id = ?1 AND note_redacted_at IS NULL",
    [WORDS_BENEFICIARY] = "UPDATE OR ROLLBACK retirement SET beneficiary = '" REDACTED_WORDS "',"
                          " name_redacted_at = ?2, name_redacted_reason = ?3"
                          " WHERE retirement_id = ?1 AND name_redacted_at IS NULL",
    /* "12.000 credits of Alder for " and the name (ledger/apply_units.c). */
    [L_AUDIT_ROW] =
        "UPDATE OR ROLLBACK act SET detail = substr(detail, 1, length(detail) - length(?2))"
        " || '" REDACTED_WORDS "' WHERE subject_id = ?1 AND command = 'retire' AND outcome = 'ok'"
        " AND substr(detail, -length(' for ' || ?2)) = ' for ' || ?2",
};

const struct query_table ledger_redact_queries = {"ledger_redact", sql, L__COUNT};

bool ledger_words_redact(struct store *store, enum public_words_of of,
                         const struct public_words *words, int64_t at, const char *reason)
{
    must(of < WORDS__COUNT);
    struct query q = query(store, &ledger_redact_queries, (int)of);
    query_bind_text(&q, 1, words->subject_id);
    query_bind_int(&q, 2, at);
    query_bind_text(&q, 3, reason);
    bool is_done = query_run(&q) && query_changes(&q) == 1;
    query_end(&q);
    if (!is_done || of != WORDS_BENEFICIARY) {
        return is_done;
    }
    struct query audit = query(store, &ledger_redact_queries, L_AUDIT_ROW);
    query_bind_text(&audit, 1, words->subject_id);
    query_bind_text(&audit, 2, words->words);
    is_done = query_run(&audit);
    query_end(&audit);
    return is_done;
}
