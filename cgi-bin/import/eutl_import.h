/*
 * import/eutl_import.h: `tally import eutl`: replays plain transfers of the EU Transaction Log,
 * each row a transfer at its own time.
 *
 * Every account of the log becomes an organisation that accepts all transfers, so that one row is
 * one act, completed at once. Every unit type becomes a project with a supplier of its own.
 * Accounts begin with the least opening balance that makes the rows possible, imported and noted as
 * such.
 */
#ifndef IMPORT_EUTL_IMPORT_H
#define IMPORT_EUTL_IMPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger/tally.h"

/* limit: the first so many plain rows, 0 all. list_accounts: prints opening + in - out = final of
 * every account. Returns the exit code. */
int eutl_import(const struct tally *tally, const char *path, int64_t limit, bool dry_run,
                bool list_accounts);

#endif
