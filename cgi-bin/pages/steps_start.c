/* pages/steps_start.c: the beginning of a transfer: what kind it is. Resuming and discarding
 * drafts. */
#include "pages/steps.h"

#include "account_templates.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"
#include "store/rights.h"

/* several processes make draft ids; a collision is one in 2^20 within a millisecond */
#define ID_TRIES 8

static const char *const kind_words[] = {"external", "internal", "export", NULL};

static const struct field_row start_rows[] = {
    {.name = "balance", .kind = VALUE_LINE},
};
const struct form steps_start_form = {start_rows, 1};

static const struct field_row new_rows[] = {
    {.name = "kind",
     .kind = VALUE_WORD,
     .needed = true,
     .words = kind_words,
     .needed_words = "Choose where the credits go."},
    {.name = "balance", .kind = VALUE_LINE},
};
const struct form steps_new_form = {new_rows, sizeof(new_rows) / sizeof(new_rows[0])};

static bool has_two_accounts(struct visit *visit)
{
    return holdings_accounts(visit->registry, visit->arena, visit->org_id, true).count > 1;
}

static bool has_anything(struct visit *visit)
{
    struct holding_balances balances =
        holdings_balances(visit->registry, visit->arena, visit->org_id, "");
    for (size_t i = 0; i < balances.count; i++) {
        if (balances.at[i].available_units > 0) {
            return true;
        }
    }
    return false;
}

static void show_start(struct visit *visit, struct response *response)
{
    const char *title = chrome_fault_title(visit, "Where do the credits go?");
    const char *chosen =
        visit->request->method == METHOD_POST ? field_text(&visit->fields, "kind") : "external";
    struct step_start_view view = {
        .page = chrome_of(visit, PLACE_CREDITS, title),
        .faults = chrome_faults(visit),
        .has_faults = visit->fields.error_count > 0,
        .balance = field_text(&visit->fields, "balance"),
        .kind_error = chrome_fault(visit, "kind"),
        .has_nothing = !has_anything(visit),
    };
    chrome_trail(visit, &view.page, url_path(visit->arena, "/account/credits"), "Credits");
    struct choice_view *kinds = arena_array(visit->arena, struct choice_view, 3);
    size_t count = 0;
    kinds[count++] = (struct choice_view){
        .value = "external",
        .words = "To another organisation",
        .hint = "Any organisation with an active account on this registry. It is asked to accept, "
                "unless it accepts your transfers without asking."};
    if (has_two_accounts(visit)) {
        kinds[count++] = (struct choice_view){
            .value = "internal",
            .words = "Between your own accounts",
            .hint = "Moves credits from one account of your organisation to another. Done at once; "
                    "nobody else has to act."};
    }
    kinds[count++] = (struct choice_view){
        .value = "export",
        .words = "Out to another registry",
        .hint = "The credits leave this registry for good once the other registry has received "
                "them. A registry administrator has to approve it."};
    for (size_t i = 0; i < count; i++) {
        kinds[i].id = i == 0 ? "kind" : arena_printf(visit->arena, "kind-%zu", i + 1);
        kinds[i].is_chosen = text_is(kinds[i].value, chosen);
    }
    view.kinds = (struct choice_views){kinds, count};
    template_account_step_start(&response->body, &view);
}

enum status steps_start_get(struct visit *visit, struct response *response)
{
    show_start(visit, response);
    return STATUS_OK;
}

bool steps_make(struct visit *visit, const char **draft_id,
                bool (*make)(struct visit *visit, void *draft), void *draft)
{
    struct id_source ids = {.random_tail = true};
    rights_tag(visit->registry, ids.tag);
    if (!id_tag_is(ids.tag)) {
        return false; /* the registry could not be read */
    }
    for (int i = 0; i < ID_TRIES; i++) {
        char id[ID_SIZE];
        id_make(&ids, "drf", visit->now_us, id);
        *draft_id = arena_text(visit->arena, id);
        if (make(visit, draft)) {
            return true;
        }
    }
    return false;
}

static bool make_draft(struct visit *visit, void *draft)
{
    return draft_make(visit->people, draft);
}

enum status steps_start_post(struct visit *visit, struct response *response)
{
    const char *kind = field_text(&visit->fields, "kind");
    if (text_is(kind, "internal") && !has_two_accounts(visit)) {
        field_fault(&visit->fields, "kind",
                    "Your organisation has one active account. Open a second one first, or choose "
                    "another place.");
    }
    if (visit->fields.error_count > 0) {
        show_start(visit, response);
        desk_mend(response, STATUS_FORM_FAULTS);
        return STATUS_OK;
    }
    struct draft draft = {
        .user_id = visit->user_id,
        .org_id = visit->org_id,
        .kind = kind,
        .to_org_id = "",
        .to_account_id = "",
        .to_system = "",
        .to_system_party = "",
        .take = DRAFT_TAKE_NOTHING,
        .notes = "",
        .private_note = "",
        .corrects_id = "",
        .transfer_id = "",
        .made_at = visit->now_us,
        .changed_at = visit->now_us,
    };
    enum instrument instrument = INSTRUMENT_CARBON_REMOVAL;
    const char *supplier = "";
    if (take_parse(visit->arena, field_text(&visit->fields, "balance"), &supplier, &instrument)) {
        draft.take.supplier_org_id = supplier;
        draft.take.instrument = instrument_word(instrument);
    }
    if (!steps_make(visit, &draft.draft_id, make_draft, &draft)) {
        return STATUS_FAULT;
    }
    return desk_go(visit, response, steps_url(visit, &draft, "recipient", false));
}

enum status steps_resume_get(struct visit *visit, struct response *response)
{
    struct draft draft;
    enum steps_found found = steps_open(visit, response, &draft);
    if (found != STEPS_OPEN) {
        return steps_closed(found);
    }
    return desk_go(visit, response, steps_url(visit, &draft, steps_next(&draft), false));
}

enum status steps_discard_post(struct visit *visit, struct response *response)
{
    struct draft draft;
    enum steps_found found = steps_open(visit, response, &draft);
    if (found != STEPS_OPEN) {
        return steps_closed(found);
    }
    if (!draft_discard(visit->people, visit->user_id, visit->org_id, draft.draft_id) ||
        !store_commit(visit->people)) {
        return store_fault(visit->people) ? STATUS_FAULT : STATUS_NOT_FOUND;
    }
    gate_notice(visit, "discarded");
    return desk_go(visit, response, url_path(visit->arena, "/account/credits"));
}
