/*
 * store/ledger_redact.h: taking public words away (store/public_words.h), for the ledger alone. Of
 * transfers: ledger_transfer_redact (store/ledger_changes.h). False is a fault.
 */
#ifndef STORE_LEDGER_REDACT_H
#define STORE_LEDGER_REDACT_H

#include "store/public_words.h"

extern const struct query_table ledger_redact_queries;

/* The words go, time and reason stay. Once for each text. The audit row of a retirement, which
 * administrators and auditors alone read, says for whom it was, and is never changed. */
bool ledger_words_redact(struct store *store, enum public_words_of of,
                         const struct public_words *words, int64_t at, const char *reason);

#endif
