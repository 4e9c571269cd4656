/*
 * import/isometric_read.h: what the readers of Isometric's lists share.
 */
#ifndef IMPORT_ISOMETRIC_READ_H
#define IMPORT_ISOMETRIC_READ_H

#include "import/isometric.h"
#include "import/value.h"

/* Adds an organisation named in a row. The first row that names it describes it (a supplier's row
 * better than another); a later row that says otherwise is noted. */
void iso_add_org(struct iso *iso, const struct cells *cells, int column,
                 const struct command_organisation *body);

/* What a list is called, for origins. */
const char *iso_list(const struct iso *iso, const struct csv_table *table);

/* The numbers of the named columns; false, and a problem for each, when some are missing. */
bool iso_columns(struct report *report, const struct csv_table *table, const char *const *names,
                 size_t count, int *columns);

/* False, and a problem, when id is the other one's id, which stands at `first`. */
bool iso_row_is_new(struct iso *iso, const struct cells *cells, int column, const char *id,
                    const char *other, const struct place *first);

/* The lists after projects.csv, into iso->issuances and iso->retirements. */
void iso_read_issuances(struct iso *iso);
void iso_read_retirements(struct iso *iso);

#endif
