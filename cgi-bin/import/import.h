/*
 * import/import.h: the import room: files from elsewhere become acts of the ledger, and the
 * demonstration registry is made.
 *
 * A file is read whole and checked whole before anything is asked of the ledger; what is wrong is
 * reported with its place, every bad row and not only the first. The room asks the ledger like
 * everybody else, through ledger/tally.h: it holds no SQL, writes no table and knows no rule of the
 * ledger. What a file does not say and the registry needs (opening balances, orders and deliveries
 * behind a published retirement) is made by stated rules, marked in its public note, and reported.
 */
#ifndef IMPORT_IMPORT_H
#define IMPORT_IMPORT_H

#include "ledger/tally.h"

/* `tally import isometric DIR [--dry-run]`, `tally import isometric FILE… [--dry-run]`,
 * `tally import eutl FILE [--dry-run] [--limit N] [--accounts]`; argv[0] is "import". Without a
 * known word it says which there are. The report goes to standard output, what is wrong to standard
 * error. Returns the exit code: 0 all is in the registry (or would be), 1 the file or the ledger
 * refused something, 2 the words of the command were wrong. */
int import_main(int argc, char **argv, const struct tally *tally);

/* `tally demo [--links FILE]`; argv[0] is "demo". Makes the demonstration organisations, people,
 * projects and transfers in every state. FILE gets a line for each person,
 * "demo-link<TAB>e-mail<TAB>who<TAB>token", the token being that of a one-time link that sets the
 * password; without it the lines go to standard output. A second run makes nothing and says so.
 * Exit codes as above. */
int demo_main(int argc, char **argv, const struct tally *tally);

#endif
