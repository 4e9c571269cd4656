/* pages/credits.c: the Credits page: balances, unfinished transfers, and (credits_list.c) batches.
 */
#include "pages/credits.h"

#include "account_templates.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"
#include "pages/retire.h"
#include "pages/steps.h"
#include "store/drafts.h"

#define DRAFTS_SHOWN_MAX                                                                           \
    20 /* unfinished transfers, and retirements, on the page; a person has a few */

static struct credits_instruments instruments_of(struct visit *visit,
                                                 struct holding_balances balances);
static bool instrument_of(struct visit *visit, struct holding_balances balances,
                          struct holding_balances suppliers, enum instrument instrument,
                          struct credits_instrument *view);
static struct credits_drafts drafts_of(struct visit *visit);

enum status credits_get(struct visit *visit, struct response *response)
{
    if (text_is(field_text(&visit->fields, "format"), "csv")) {
        credits_csv(visit, response);
        return STATUS_OK;
    }
    struct credits_view view = {.page = chrome_of(visit, PLACE_CREDITS, "Credits")};
    struct holding_balances balances =
        holdings_balances(visit->registry, visit->arena, visit->org_id, "");
    view.may_transfer = desk_may(visit, ROLE_INITIATOR);
    view.may_not_transfer = !view.may_transfer;
    view.has_anything = balances.count > 0;
    view.instruments = instruments_of(visit, balances);
    if (view.may_transfer) {
        view.drafts = drafts_of(visit);
        view.has_drafts = view.drafts.count > 0;
    }
    credits_list(visit, balances, &view);
    template_account_credits(&response->body, &view);
    return STATUS_OK;
}

/* Nothing is shown as a dash. */
static const char *figure(struct arena *arena, int64_t units, enum instrument instrument)
{
    return units == 0 ? "–" : quantity_show(arena, units, instrument);
}

static struct credits_instruments instruments_of(struct visit *visit,
                                                 struct holding_balances balances)
{
    struct credits_instrument *rows =
        arena_array(visit->arena, struct credits_instrument, INSTRUMENT__COUNT);
    struct holding_balances suppliers = holdings_by_supplier(visit->arena, balances);
    size_t count = 0;
    for (int i = 0; i < INSTRUMENT__COUNT; i++) {
        if (instrument_of(visit, balances, suppliers, (enum instrument)i, &rows[count])) {
            count++;
        }
    }
    return (struct credits_instruments){rows, count};
}

/* Where an act on one supplier's balance begins; none without the role or without anything to take.
 */
static struct url begin_url(struct visit *visit, const char *path,
                            const struct holding_balance *supplier)
{
    if (!desk_may(visit, ROLE_INITIATOR) || supplier->available_units == 0) {
        return (struct url){NULL};
    }
    return url_with(visit->arena, url_path(visit->arena, path), "balance",
                    take_word(visit->arena, supplier->supplier_org_id, supplier->instrument));
}

static const struct holding_balance *supplier_of(struct holding_balances suppliers,
                                                 const struct holding_balance *one)
{
    for (size_t i = 0; i < suppliers.count; i++) {
        if (suppliers.at[i].instrument == one->instrument &&
            text_is(suppliers.at[i].supplier_org_id, one->supplier_org_id)) {
            return &suppliers.at[i];
        }
    }
    must(!"every balance has its supplier");
    return NULL;
}

/* False when the organisation has nothing of this instrument. */
static bool instrument_of(struct visit *visit, struct holding_balances balances,
                          struct holding_balances suppliers, enum instrument instrument,
                          struct credits_instrument *view)
{
    struct arena *arena = visit->arena;
    struct credits_balance *rows = arena_array(arena, struct credits_balance, balances.count + 1);
    struct holding_balance sum = {.instrument = instrument};
    size_t count = 0;
    const char *last_supplier = "";
    const struct holding_balance *supplier = NULL;
    for (size_t i = 0; i < balances.count; i++) {
        const struct holding_balance *one = &balances.at[i];
        if (one->instrument != instrument) {
            continue;
        }
        bool fits = quantity_add(sum.active_units, one->active_units, &sum.active_units) &&
                    quantity_add(sum.reserved_units, one->reserved_units, &sum.reserved_units) &&
                    quantity_add(sum.available_units, one->available_units, &sum.available_units) &&
                    quantity_add(sum.retired_units, one->retired_units, &sum.retired_units);
        must(fits);
        bool is_first = !text_is(last_supplier, one->supplier_org_id);
        if (is_first) {
            supplier = supplier_of(suppliers, one);
        }
        last_supplier = one->supplier_org_id;
        rows[count++] = (struct credits_balance){
            .supplier = one->supplier_name,
            .supplier_url = desk_org_url(arena, one->supplier_org_id),
            .project = one->project_name,
            .project_url = desk_project_url(arena, one->project_id),
            .active = figure(arena, one->active_units, instrument),
            .reserved = figure(arena, one->reserved_units, instrument),
            .available = figure(arena, one->available_units, instrument),
            .retired = figure(arena, one->retired_units, instrument),
            .transfer_url = is_first ? begin_url(visit, "/account/transfers/new", supplier)
                                     : (struct url){NULL},
            .retire_url = is_first ? begin_url(visit, "/account/retirements/new", supplier)
                                   : (struct url){NULL},
            .nothing = is_first && supplier->available_units == 0 ? "Nothing available" : "",
        };
    }
    *view = (struct credits_instrument){
        .heading = desk_instrument(instrument),
        .unit = desk_unit(instrument),
        .available = quantity_show(arena, sum.available_units, instrument),
        .reserved = quantity_show(arena, sum.reserved_units, instrument),
        .active = quantity_show(arena, sum.active_units, instrument),
        .retired = quantity_show(arena, sum.retired_units, instrument),
        .weight = desk_weight(arena, sum.active_units, instrument),
        .rows = {rows, count},
    };
    return count > 0;
}

static struct credits_draft draft_view(struct visit *visit, const char *words, int64_t changed_at,
                                       const char *resume, const char *discard,
                                       const char *draft_id)
{
    return (struct credits_draft){
        .words = words,
        .changed = desk_when(visit->arena, changed_at),
        .resume_url = url_path(visit->arena, resume, draft_id),
        .discard_url = url_path(visit->arena, discard, draft_id),
    };
}

static struct credits_drafts drafts_of(struct visit *visit)
{
    struct drafts drafts = drafts_unfinished(visit->people, visit->arena, visit->user_id,
                                             visit->org_id, DRAFTS_SHOWN_MAX);
    struct retirement_drafts retiring = retirement_drafts_unfinished(
        visit->people, visit->arena, visit->user_id, visit->org_id, DRAFTS_SHOWN_MAX);
    size_t all = drafts.count + retiring.count;
    struct credits_draft *rows = arena_array(visit->arena, struct credits_draft, all + 1);
    size_t count = 0;
    for (size_t i = 0, j = 0; count < all;) {
        /* Each list has the last changed first; so has the one that both make. */
        bool is_transfer =
            j == retiring.count ||
            (i < drafts.count && drafts.at[i].changed_at >= retiring.at[j].changed_at);
        if (is_transfer) {
            const struct draft *draft = &drafts.at[i++];
            rows[count++] = draft_view(visit, steps_words(visit, draft), draft->changed_at,
                                       "/account/transfers/drafts/*",
                                       "/account/transfers/drafts/*/discard", draft->draft_id);
        } else {
            const struct retirement_draft *draft = &retiring.at[j++];
            rows[count++] = draft_view(visit, retire_words(visit, draft), draft->changed_at,
                                       "/account/retirements/drafts/*",
                                       "/account/retirements/drafts/*/discard", draft->draft_id);
        }
    }
    return (struct credits_drafts){rows, count};
}
