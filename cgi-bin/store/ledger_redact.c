/* store/ledger_redact.c: see store/ledger_redact.h. */
#include "store/ledger_redact.h"

#include "base/must.h"
#include "store/query.h"

#define REDACT_NOTE(table, id)                                                                     \
    "UPDATE OR ROLLBACK " table " SET notes = '', note_redacted_at = ?2,"                          \
    " note_redacted_reason = ?3 WHERE " id " = ?1 AND note_redacted_at IS NULL"

static const char *const sql[WORDS__COUNT] = {
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
};

const struct query_table ledger_redact_queries = {"ledger_redact", sql, WORDS__COUNT};

bool ledger_words_redact(struct store *store, enum public_words_of of,
                         const struct public_words *words, int64_t at, const char *reason)
{
    must(of < WORDS__COUNT);
    struct query q = query(store, &ledger_redact_queries, (int)of);
    query_bind_text(&q, 1, words->subject_id);
    query_bind_int(&q, 2, at);
    query_bind_text(&q, 3, reason);
    return query_run_one(&q);
}
