/*
 * api/units.h: how the bodies of transfers, exports, deliveries and retirements say which units are
 * meant: kilograms of named batches, or an amount that is taken from the oldest ones.
 *
 * A carbon-removal unit is a kilogram; a certificate counts as 1000, as it does in answers. A part
 * of a certificate is a fault.
 */
#ifndef API_UNITS_H
#define API_UNITS_H

#include "api/body.h"
#include "ledger/command.h"

#define UNITS_LINES "credit_batch_quantities"
#define UNITS_BATCH "credit_batch_id"
#define UNITS_KG "credit_quantity_kg"
/* the most kilograms that a body may name: QUANTITY_UNITS_MAX certificates */
#define UNITS_KG_MAX (QUANTITY_UNITS_MAX * 1000)

extern const struct members units_line_members;
extern const char *const units_instrument_words[]; /* in the order of enum instrument */

/* Rows of a table of members. */
#define UNITS_LINES_MEMBER(is_optional)                                                            \
    {                                                                                              \
        .name = UNITS_LINES, .kind = MEMBER_ROWS, .optional = (is_optional),                       \
        .nullable = (is_optional), .least = 1, .most = COMMAND_LINES_MAX,                          \
        .inner = &units_line_members                                                               \
    }
#define UNITS_KG_MEMBER(is_optional)                                                               \
    {                                                                                              \
        .name = UNITS_KG, .kind = MEMBER_INT, .optional = (is_optional),                           \
        .nullable = (is_optional), .least = 1, .most = UNITS_KG_MAX                                \
    }
#define UNITS_INSTRUMENT_MEMBER                                                                    \
    {                                                                                              \
        .name = "instrument", .kind = MEMBER_WORD, .optional = true, .nullable = true,             \
        .words = units_instrument_words                                                            \
    }

/* The batches named: their lines, and what the first one is counted in. Faults are noted. */
uint32_t units_read_lines(struct visit *visit, const struct value *value,
                          struct command_line lines[COMMAND_LINES_MAX],
                          enum instrument *instrument);
/* The amount, in what `instrument` says, or, when it is not given, in what the supplier's units are
 * counted in. Faults are noted. */
int64_t units_read_amount(struct visit *visit, const struct value *value,
                          const struct value *instrument_value, const char *supplier_org_id,
                          enum instrument *instrument);

#endif
