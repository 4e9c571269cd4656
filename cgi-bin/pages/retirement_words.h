/*
 * pages/retirement_words.h: the words of retirements: why units are retired, who for, and the
 * sentence that a certificate says.
 */
#ifndef PAGES_RETIREMENT_WORDS_H
#define PAGES_RETIREMENT_WORDS_H

#include "base/arena.h"
#include "base/limits.h"
#include "model/quantity.h"
#include "pages/certificate_view.h"
#include "store/public_retirements.h"

/* One bit of retirement.purposes. */
struct purpose {
    unsigned bit;
    const char *slug;  /* as in the contract, in CSV and on a certificate's record */
    const char *words; /* for people */
    const char *hint;  /* what it is for, for somebody who chooses */
};
extern const struct purpose retirement_purposes[PURPOSES_MAX];

/* Those whose bits are set, in order. */
struct purpose_views retirement_purpose_views(struct arena *arena, unsigned purposes);
/* Their slugs with a space between. */
const char *retirement_purpose_slugs(struct arena *arena, unsigned purposes);

/* "of carbon removal (12,000 kg CO₂e)", "of renewable energy (120 MWh)". */
const char *retirement_of_words(struct arena *arena, int64_t units, enum instrument instrument);

/* What the certificate of a retirement says. */
struct certificate_view retirement_certificate(struct arena *arena,
                                               const struct public_retirement *row);

/* A retirement as a row of CSV. */
#define RETIREMENT_COLUMNS                                                                         \
    "retirement_id", "retired_at", "owner_id", "owner", "beneficiary_id", "beneficiary",           \
        "purposes", "project_id", "project", "instrument", "quantity", "units", "blocks", "note",  \
        "note_redacted_at", "beneficiary_redacted_at"
#define RETIREMENT_COLUMN_COUNT 16
void retirement_cells(struct arena *arena, const struct public_retirement *row, const char **cells);

#endif
