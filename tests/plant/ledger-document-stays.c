/*
 * plant/ledger-document-stays.c: a planted bug (plant/ledger-commit-lost.c says how): now and then
 * a document that is taken away stays, and whoever took it away is told that it is gone.
 *
 * wraps: ledger_document_remove
 */
#include "store/ledger_documents.h"

#define ONE_OF 2 /* removals */

bool __real_ledger_document_remove(struct store *store, const char *document_id, int64_t at);
bool __wrap_ledger_document_remove(struct store *store, const char *document_id, int64_t at);

bool __wrap_ledger_document_remove(struct store *store, const char *document_id, int64_t at)
{
    static unsigned removals;
    removals++;
    return removals % ONE_OF == 0 || __real_ledger_document_remove(store, document_id, at);
}
