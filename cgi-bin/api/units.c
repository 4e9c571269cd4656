/* api/units.c: see api/units.h. */
#include "api/units.h"

#include "base/must.h"
#include "base/text.h"
#include "store/api_transfers.h"

#define KG_PER_CERTIFICATE 1000

enum { L_BATCH, L_KG };
static const struct member line_members[] = {
    [L_BATCH] = {.name = UNITS_BATCH, .kind = MEMBER_ID},
    [L_KG] = UNITS_KG_MEMBER(false),
};
const struct members units_line_members = {line_members,
                                           sizeof(line_members) / sizeof(line_members[0])};

const char *const units_instrument_words[] = {
    [INSTRUMENT_CARBON_REMOVAL] = "carbon_removal",
    [INSTRUMENT_RENEWABLE_ENERGY] = "renewable_energy",
    [INSTRUMENT__COUNT] = NULL,
};

static int64_t units_of(struct visit *visit, const struct loc *loc, enum instrument instrument,
                        int64_t kg)
{
    if (instrument == INSTRUMENT_CARBON_REMOVAL) {
        return kg;
    }
    if (kg % KG_PER_CERTIFICATE != 0) {
        fault_add(visit->faults, loc, status_row(STATUS_QUANTITY_FRACTION)->slug,
                  "A certificate counts as 1000 here. Send a multiple of 1000.",
                  arena_printf(visit->arena, "%lld", (long long)kg));
    }
    return kg / KG_PER_CERTIFICATE;
}

uint32_t units_read_lines(struct visit *visit, const struct value *value,
                          struct command_line lines[COMMAND_LINES_MAX], enum instrument *instrument)
{
    struct loc body = loc_of("body");
    struct loc all = loc_member(&body, UNITS_LINES);
    must(value->count > 0 && value->count <= COMMAND_LINES_MAX);
    for (size_t i = 0; i < value->count; i++) {
        const struct value *row = value->rows[i].values;
        struct loc at = loc_index(&all, (int64_t)i);
        struct loc loc = loc_member(&at, UNITS_KG);
        /* A batch that does not exist is the ledger's to refuse. */
        enum instrument counted = INSTRUMENT_CARBON_REMOVAL;
        (void)api_batch_instrument(visit->registry, row[L_BATCH].text, &counted);
        must(TEXT_COPY(lines[i].batch_id, row[L_BATCH].text));
        lines[i].units = units_of(visit, &loc, counted, row[L_KG].number);
        *instrument = i == 0 ? counted : *instrument;
    }
    return (uint32_t)value->count;
}

int64_t units_read_amount(struct visit *visit, const struct value *value,
                          const struct value *instrument_value, const char *supplier_org_id,
                          enum instrument *instrument)
{
    struct loc body = loc_of("body");
    struct loc loc = loc_member(&body, UNITS_KG);
    *instrument = INSTRUMENT_CARBON_REMOVAL;
    if (instrument_value->is_given) {
        *instrument = (enum instrument)instrument_value->number;
    } else {
        (void)api_supplier_instrument(visit->registry, supplier_org_id, instrument);
    }
    return units_of(visit, &loc, *instrument, value->number);
}
