/* pages/retirement_words.c: see pages/retirement_words.h. */
#include "pages/retirement_words.h"

#include "base/clock.h"
#include "base/text.h"
#include "pages/desk.h"

const struct purpose retirement_purposes[PURPOSES_MAX] = {
    {1, "corporate_targets", "Corporate climate targets",
     "Counted against an emissions target that the beneficiary has set itself."},
    {2, "public_environmental_claims", "Public environmental claims",
     "Backs what the beneficiary says in public about a product, an event or itself."},
    {4, "insetting", "Insetting in one’s own value chain",
     "Balances emissions among the beneficiary’s own suppliers and customers."},
    {8, "regulatory_requirement", "A regulatory requirement",
     "Fulfils what a law or an authority asks of the beneficiary."},
    {16, "other", "Another purpose", "None of these. Say in the public note what it is."},
};

struct purpose_views retirement_purpose_views(struct arena *arena, unsigned purposes)
{
    struct purpose_view *views = arena_array(arena, struct purpose_view, PURPOSES_MAX);
    size_t count = 0;
    for (size_t i = 0; i < PURPOSES_MAX; i++) {
        if ((purposes & retirement_purposes[i].bit) != 0) {
            views[count++].words = retirement_purposes[i].words;
        }
    }
    return (struct purpose_views){views, count};
}

const char *retirement_purpose_slugs(struct arena *arena, unsigned purposes)
{
    const char *slugs = "";
    for (size_t i = 0; i < PURPOSES_MAX; i++) {
        if ((purposes & retirement_purposes[i].bit) != 0) {
            slugs = arena_printf(arena, "%s%s%s", slugs, text_empty(slugs) ? "" : " ",
                                 retirement_purposes[i].slug);
        }
    }
    return slugs;
}

const char *retirement_of_words(struct arena *arena, int64_t units, enum instrument instrument)
{
    if (instrument == INSTRUMENT_CARBON_REMOVAL) {
        return arena_printf(arena, "of carbon removal (%s)", desk_weight(arena, units, instrument));
    }
    return arena_printf(arena, "of renewable energy (%s MWh)", text_int_grouped(arena, units));
}

struct certificate_view retirement_certificate(struct arena *arena,
                                               const struct public_retirement *row)
{
    return (struct certificate_view){
        .quantity = quantity_words(arena, row->units, row->instrument),
        .of = retirement_of_words(arena, row->units, row->instrument),
        .was = desk_verb(row->units, row->instrument, "was", "were"),
        .beneficiary = {row->beneficiary, desk_org_url(arena, row->beneficiary_org_id)},
        .owner = {row->org_name, desk_org_url(arena, row->org_id)},
        .is_own = text_is(row->org_id, row->beneficiary_org_id),
        .retired = desk_when(arena, row->retired_at),
        .purposes = retirement_purpose_views(arena, row->purposes),
        .notes = row->notes,
        .redacted = desk_redacted(arena, "The note", row->note_redacted),
        .name_redacted = desk_redacted(arena, "The name", row->beneficiary_redacted),
    };
}

void retirement_cells(struct arena *arena, const struct public_retirement *row, const char **cells)
{
    const char *const values[] = {
        row->retirement_id,
        clock_iso(arena, row->retired_at),
        row->org_id,
        row->org_name,
        row->beneficiary_org_id,
        row->beneficiary,
        retirement_purpose_slugs(arena, row->purposes),
        row->has_more_projects ? "" : row->project_id,
        row->has_more_projects ? "several" : row->project_name,
        instrument_word(row->instrument),
        quantity_plain(arena, row->units, row->instrument),
        arena_printf(arena, "%lld", (long long)row->units),
        arena_printf(arena, "%lld", (long long)row->block_count),
        row->notes,
        clock_iso(arena, row->note_redacted.at),
        clock_iso(arena, row->beneficiary_redacted.at),
    };
    static const char *const columns[] = {RETIREMENT_COLUMNS};
    _Static_assert(sizeof(values) == sizeof(columns) &&
                       sizeof(values) / sizeof(values[0]) == RETIREMENT_COLUMN_COUNT,
                   "a cell for each column");
    for (size_t i = 0; i < RETIREMENT_COLUMN_COUNT; i++) {
        cells[i] = values[i];
    }
}
