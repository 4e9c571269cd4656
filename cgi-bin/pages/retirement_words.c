/* pages/retirement_words.c: see pages/retirement_words.h. */
#include "pages/retirement_words.h"

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
