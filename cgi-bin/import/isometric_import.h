/*
 * import/isometric_import.h: `tally import isometric`.
 */
#ifndef IMPORT_ISOMETRIC_IMPORT_H
#define IMPORT_ISOMETRIC_IMPORT_H

#include <stdbool.h>

#include "ledger/tally.h"

/* paths: one folder with projects.csv, issuances.csv and retirements.csv (and ORIGIN, a line that
 * says where they came from), or the files. Returns the exit code. */
int isometric_import(const struct tally *tally, char **paths, int count, bool dry_run);

#endif
