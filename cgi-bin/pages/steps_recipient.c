/* pages/steps_recipient.c: who the credits go to: an organisation, an own account, or another
 * registry. */
#include "pages/steps.h"

#include <string.h>

#include "account_templates.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"
#include "pages/picker.h"
#include "store/recipients.h"

#define RECENT_SHOWN_MAX 5 /* those one sends to again and again */

static const char *const back_words[] = {"review", NULL};

static const struct field_row query_rows[] = {
    {.name = "q", .kind = VALUE_LINE, .chars_max = NAME_CHARS_MAX, .label = "Name or id"},
    {.name = "back", .kind = VALUE_WORD, .words = back_words},
};
const struct form steps_recipient_query = {query_rows, sizeof(query_rows) / sizeof(query_rows[0])};

/* One of the first four is asked for, by the kind of the draft. */
static const struct field_row form_rows[] = {
    {.name = "recipient", .kind = VALUE_ID},
    {.name = "account", .kind = VALUE_ID},
    {.name = "system",
     .kind = VALUE_LINE,
     .chars_max = NAME_CHARS_MAX,
     .label = "The other registry’s name"},
    {.name = "party",
     .kind = VALUE_LINE,
     .chars_max = NAME_CHARS_MAX,
     .label = "The receiving party’s name"},
    {.name = "q", .kind = VALUE_LINE, .chars_max = NAME_CHARS_MAX, .label = "Name or id"},
    {.name = "back", .kind = VALUE_WORD, .words = back_words},
};
const struct form steps_recipient_form = {form_rows, sizeof(form_rows) / sizeof(form_rows[0])};

static void fill_organisations(struct visit *visit, const struct draft *draft,
                               struct step_recipient_view *view, bool back)
{
    const struct picker picker = {
        .name = "recipient",
        .find = steps_url(visit, draft, "recipient", false),
        .kept_name = "back",
        .kept_value = back ? "review" : "",
        .typed = field_text(&visit->fields, "q"),
        .chosen = draft->to_org_id,
        .recent = recipients_recent(visit->registry, visit->arena, visit->org_id, RECENT_SHOWN_MAX),
        .recent_heading = "You sent to these before",
    };
    view->picker = picker_show(visit, &picker);
}

static void fill_accounts(struct visit *visit, const struct draft *draft,
                          struct step_recipient_view *view)
{
    struct holding_accounts accounts =
        holdings_accounts(visit->registry, visit->arena, visit->org_id, true);
    struct choice_view *cards = arena_array(visit->arena, struct choice_view, accounts.count + 1);
    for (size_t i = 0; i < accounts.count; i++) {
        cards[i] = (struct choice_view){
            .id = i == 0 ? "account" : arena_printf(visit->arena, "account-%zu", i + 1),
            .value = accounts.at[i].account_id,
            .words = accounts.at[i].name,
            .hint = accounts.at[i].account_id,
            .is_chosen = text_is(accounts.at[i].account_id, draft->to_account_id),
        };
    }
    view->accounts = (struct choice_views){cards, accounts.count};
}

static void show_recipient(struct visit *visit, struct response *response,
                           const struct draft *draft, bool back)
{
    bool is_export = text_is(draft->kind, "export");
    bool is_internal = text_is(draft->kind, "internal");
    const char *title = is_export     ? "Which registry do the credits go to?"
                        : is_internal ? "Which account do the credits go to?"
                                      : "Who do the credits go to?";
    struct step_recipient_view view = {
        .page = chrome_of(visit, PLACE_CREDITS, chrome_fault_title(visit, title)),
        .faults = picker_faults(visit),
        .has_faults = visit->fields.error_count > 0,
        .step = steps_view_of(visit, draft, "recipient", back),
        .is_external = !is_export && !is_internal,
        .is_internal = is_internal,
        .is_export = is_export,
        .account_error = chrome_fault(visit, "account"),
        .system = draft->to_system,
        .system_error = chrome_fault(visit, "system"),
        .party = draft->to_system_party,
        .party_error = chrome_fault(visit, "party"),
    };
    chrome_trail(visit, &view.page,
                 back ? steps_url(visit, draft, "review", false)
                      : url_path(visit->arena, "/account/credits"),
                 back ? "Check the transfer" : "Credits");
    if (view.is_external) {
        fill_organisations(visit, draft, &view, back);
    } else if (is_internal) {
        fill_accounts(visit, draft, &view);
    }
    template_account_step_recipient(&response->body, &view);
}

enum status steps_recipient_get(struct visit *visit, struct response *response)
{
    struct draft draft;
    enum steps_found found = steps_open(visit, response, &draft);
    if (found != STEPS_OPEN) {
        return steps_closed(found);
    }
    show_recipient(visit, response, &draft, !text_empty(field_text(&visit->fields, "back")));
    return STATUS_OK;
}

static void take_organisation(struct visit *visit, struct draft *draft)
{
    struct recipient recipient;
    if (picker_take(visit, "recipient", "Choose who the credits go to.",
                    "This is your own organisation. To move credits between your accounts, start "
                    "again with “Between your own accounts”.",
                    &recipient)) {
        draft->to_org_id = recipient.org_id;
    }
}

static void take_account(struct visit *visit, struct draft *draft)
{
    const char *account_id = field_text(&visit->fields, "account");
    struct holding_accounts accounts =
        holdings_accounts(visit->registry, visit->arena, visit->org_id, true);
    if (text_empty(account_id)) {
        field_fault(&visit->fields, "account", "Choose which account the credits go to.");
        return;
    }
    for (size_t i = 0; i < accounts.count; i++) {
        if (text_is(accounts.at[i].account_id, account_id)) {
            draft->to_account_id = account_id;
            return;
        }
    }
    field_fault(&visit->fields, "account", status_row(STATUS_ACCOUNT_UNKNOWN)->sentence);
}

static void take_system(struct visit *visit, struct draft *draft)
{
    draft->to_system = field_text(&visit->fields, "system");
    draft->to_system_party = field_text(&visit->fields, "party");
    if (text_empty(draft->to_system)) {
        field_fault(&visit->fields, "system", "Enter the name of the other registry.");
    }
    if (text_empty(draft->to_system_party)) {
        field_fault(&visit->fields, "party", "Enter who receives the credits there.");
    }
}

/* With one balance there is nothing to choose; the page for it is still there when one goes back.
 */
static void choose_only_balance(struct visit *visit, struct draft *draft)
{
    struct holding_balances balances = take_balances(visit, steps_except(draft));
    const struct holding_balance *only = NULL;
    for (size_t i = 0; i < balances.count; i++) {
        if (balances.at[i].available_units > 0) {
            if (only != NULL) {
                return;
            }
            only = &balances.at[i];
        }
    }
    if (only != NULL) {
        draft->take.supplier_org_id = only->supplier_org_id;
        draft->take.instrument = instrument_word(only->instrument);
    }
}

enum status steps_recipient_post(struct visit *visit, struct response *response)
{
    struct draft draft;
    enum steps_found found = steps_open(visit, response, &draft);
    if (found != STEPS_OPEN) {
        return steps_closed(found);
    }
    bool back = !text_empty(field_text(&visit->fields, "back"));
    if (text_is(draft.kind, "export")) {
        take_system(visit, &draft);
    } else if (text_is(draft.kind, "internal")) {
        take_account(visit, &draft);
    } else {
        take_organisation(visit, &draft);
    }
    if (visit->fields.error_count > 0) {
        show_recipient(visit, response, &draft, back);
        desk_mend(response, STATUS_FORM_FAULTS);
        return STATUS_OK;
    }
    if (text_empty(draft.take.supplier_org_id)) {
        choose_only_balance(visit, &draft);
    }
    return steps_keep(visit, response, &draft, back);
}
