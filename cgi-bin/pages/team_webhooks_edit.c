/* pages/team_webhooks_edit.c: a new endpoint, and changing one; see pages/team_webhooks.h. */
#include <string.h>

#include "account_templates.h"
#include "base/text.h"
#include "base/url.h"
#include "model/endpoint.h"
#include "pages/desk.h"
#include "pages/team_webhooks.h"

static const char *const scope_words[] = {"own", "all", NULL};
static const char *const which_words[] = {"all", "some", NULL};

static const struct field_row edit_rows[] = {
    {.name = "url",
     .kind = VALUE_LINE,
     .needed = true,
     .chars_max = WEBHOOK_URL_CHARS_MAX,
     .label = "Address",
     .needed_words = "Enter the address of the endpoint."},
    {.name = "description",
     .kind = VALUE_LINE,
     .chars_max = NAME_CHARS_MAX,
     .label = "Description"},
    {.name = "scope", .kind = VALUE_WORD, .needed = true, .words = scope_words, .label = "Events"},
    {.name = "which", .kind = VALUE_WORD, .needed = true, .words = which_words, .label = "Kinds"},
    {.name = "kind", .kind = VALUE_WORD, .repeats = true, .words = webhook_kinds},
};
const struct form team_webhook_edit_form = {edit_rows, sizeof edit_rows / sizeof edit_rows[0]};

/* What people call the kinds, by what they are about. */
static const struct {
    const char *group, *kind, *words;
} kind_rows[] = {
    {"Transfers", "transfer.awaiting_approval", "Waits for an approval"},
    {"Transfers", "transfer.approved", "Approved by one, waits for another"},
    {"Transfers", "transfer.pending", "Waits for the recipient"},
    {"Transfers", "transfer.completed", "Completed"},
    {"Transfers", "transfer.rejected", "Rejected"},
    {"Transfers", "transfer.withdrawn", "Withdrawn by the sender"},
    {"Transfers", "transfer.expired", "Expired"},
    {"Transfers", "transfer.cancelled", "Cancelled by the registry"},
    {"Transfers", "transfer.note_redacted", "Its public note was redacted"},
    {"Credits", "issuance.made", "Units were issued"},
    {"Credits", "order.recorded", "An order was recorded"},
    {"Credits", "delivery.made", "A delivery was made"},
    {"Credits", "retirement.made", "Units were retired"},
    {"Credits", "refund.made", "Buffer-pool units went back"},
    {"Credits", "cancellation.made", "Units were cancelled"},
    {"Credits", "note.redacted", "Public words were redacted"},
    {"Credits", "beneficiary.named", "A beneficiary was named"},
    {"The organisation", "member.changed", "Somebody’s roles changed"},
    {"The organisation", "account.opened", "An account was opened"},
    {"The organisation", "account.closed", "An account was closed"},
    {"The organisation", "policy.changed", "A policy changed"},
    {"The organisation", "trust.changed", "Who is trusted changed"},
    {"The registry", "organisation.opened", "An organisation was opened"},
    {"The registry", "organisation.changed", "An organisation changed"},
    {"The registry", "project.opened", "A project was opened"},
    {"The registry", "project.changed", "A project changed"},
    {"The registry", "registry.frozen", "Transfers were frozen"},
    {"The registry", "registry.thawed", "Transfers are possible again"},
    {"The registry", "registry.changed", "The registry’s settings changed"},
};
#define KIND_ROWS (sizeof kind_rows / sizeof kind_rows[0])

static struct webhook_wish wish_of(struct visit *visit);
static const char *kinds_sent(struct visit *visit);
static bool can_be_used(struct visit *visit, const struct webhook_wish *wish);
static enum status show(struct visit *visit, struct response *response,
                        const struct webhook *present);
static struct webhook_group_views groups_of(struct visit *visit, const struct webhook *shown);

enum status team_webhook_add_get(struct visit *visit, struct response *response)
{
    return show(visit, response, NULL);
}

/* The answer shows the secret: this once. */
enum status team_webhook_add_post(struct visit *visit, struct response *response)
{
    struct webhook_wish wish = wish_of(visit);
    struct webhook webhook;
    if (!can_be_used(visit, &wish)) {
        desk_mend(response, STATUS_FORM_FAULTS);
        return show(visit, response, NULL);
    }
    struct webhook_admin admin = webhook_admin_of(visit, "");
    enum status status = webhook_make(&admin, &wish, &webhook);
    if (status == STATUS_LINES_TOO_MANY) {
        field_fault(&visit->fields, "url",
                    "The organisation has as many endpoints as it may. Remove one first.");
        desk_mend(response, STATUS_FORM_FAULTS);
        return show(visit, response, NULL);
    }
    if (status == STATUS_OK) {
        team_webhook_show_secret(visit, response, &webhook, true);
    }
    return status;
}

enum status team_webhook_change_get(struct visit *visit, struct response *response)
{
    struct webhook webhook;
    if (!webhook_find(visit->people, visit->arena, visit->org_id, visit->arguments[0], &webhook)) {
        return STATUS_NOT_FOUND;
    }
    return show(visit, response, &webhook);
}

enum status team_webhook_change_post(struct visit *visit, struct response *response)
{
    struct webhook_wish wish = wish_of(visit);
    struct webhook webhook;
    if (!webhook_find(visit->people, visit->arena, visit->org_id, visit->arguments[0], &webhook)) {
        return STATUS_NOT_FOUND;
    }
    if (!can_be_used(visit, &wish)) {
        desk_mend(response, STATUS_FORM_FAULTS);
        return show(visit, response, &webhook);
    }
    struct webhook_admin admin = webhook_admin_of(visit, "");
    enum status status = webhook_update(&admin, visit->arguments[0], &wish, &webhook);
    if (status != STATUS_OK) {
        return status;
    }
    gate_notice(visit, "webhook-changed");
    return desk_go(visit, response, team_webhook_url(visit, webhook.webhook_id));
}

static struct webhook_wish wish_of(struct visit *visit)
{
    return (struct webhook_wish){
        .url = field_text(&visit->fields, "url"),
        .description = field_text(&visit->fields, "description"),
        .takes_all = text_is(field_text(&visit->fields, "scope"), "all"),
        .kinds = text_is(field_text(&visit->fields, "which"), "all") ? "" : kinds_sent(visit),
    };
}

/* The ticked kinds, one a line, in the order of the table whatever order they came in. */
static const char *kinds_sent(struct visit *visit)
{
    const char *kinds = "";
    for (size_t i = 0; webhook_kinds[i] != NULL; i++) {
        size_t next = 0;
        const struct pair *pair = field_each(&visit->fields, "kind", &next);
        while (pair != NULL && !text_is(pair->value, webhook_kinds[i])) {
            pair = field_each(&visit->fields, "kind", &next);
        }
        if (pair != NULL) {
            kinds = arena_printf(visit->arena, "%s%s%s", kinds, kinds[0] == '\0' ? "" : "\n",
                                 webhook_kinds[i]);
        }
    }
    return kinds;
}

/* Notes what has to be mended. */
static bool can_be_used(struct visit *visit, const struct webhook_wish *wish)
{
    const char *words = NULL;
    const char *field = webhook_wish_fault(wish, endpoint_is_test(), &words);
    if (field != NULL) {
        field_fault(&visit->fields, field, words);
    }
    if (text_is(field_text(&visit->fields, "which"), "some") && text_empty(wish->kinds)) {
        field_fault(&visit->fields, "kind", "Tick at least one kind, or choose every kind.");
    }
    return visit->fields.error_count == 0;
}

/* present: the endpoint that is changed; NULL: a new one. */
static enum status show(struct visit *visit, struct response *response,
                        const struct webhook *present)
{
    bool was_sent = visit->fields.form == &team_webhook_edit_form;
    bool is_new = present == NULL;
    struct webhook shown =
        is_new ? (struct webhook){.url = "", .description = "", .kinds = ""} : *present;
    bool takes_some = !text_empty(shown.kinds);
    if (was_sent) {
        struct webhook_wish wish = wish_of(visit);
        takes_some = text_is(field_text(&visit->fields, "which"), "some");
        shown.url = wish.url;
        shown.description = wish.description;
        shown.takes_all = wish.takes_all;
        shown.kinds = kinds_sent(visit);
    }
    const char *title = is_new ? "Add an endpoint" : "Change the endpoint";
    struct webhook_edit_view view = {
        .page = chrome_of(visit, PLACE_TEAM, chrome_fault_title(visit, title)),
        .faults = chrome_faults(visit),
        .heading = title,
        .org_name = visit->org_name,
        .post = present == NULL ? url_path(visit->arena, "/account/team/webhooks/add")
                                : url_path(visit->arena, "/account/team/webhooks/*/change",
                                           present->webhook_id),
        .back = present == NULL ? team_webhooks_url(visit)
                                : team_webhook_url(visit, present->webhook_id),
        .button = is_new ? "Add the endpoint" : "Save the endpoint",
        .is_new = is_new,
        .is_test = endpoint_is_test(),
        .url = shown.url,
        .url_fault = chrome_fault(visit, "url"),
        .description = shown.description,
        .description_fault = chrome_fault(visit, "description"),
        .takes_own = !shown.takes_all,
        .takes_all = shown.takes_all,
        .which_all = !takes_some,
        .which_some = takes_some,
        .kind_fault = chrome_fault(visit, "kind"),
        .groups = groups_of(visit, &shown),
    };
    view.has_faults = view.faults.count > 0;
    team_webhook_trail(visit, &view.page, present);
    template_account_team_webhook_edit(&response->body, &view);
    return STATUS_OK;
}

static struct webhook_group_views groups_of(struct visit *visit, const struct webhook *shown)
{
    struct webhook_group_view *groups =
        arena_array(visit->arena, struct webhook_group_view, KIND_ROWS);
    struct webhook_kind_view *kinds =
        arena_array(visit->arena, struct webhook_kind_view, KIND_ROWS);
    size_t count = 0;
    for (size_t i = 0; i < KIND_ROWS; i++) {
        if (i == 0 || !text_is(kind_rows[i].group, kind_rows[i - 1].group)) {
            groups[count++] = (struct webhook_group_view){
                .words = kind_rows[i].group,
                .kinds = {.at = &kinds[i]},
            };
        }
        kinds[i] = (struct webhook_kind_view){
            .value = kind_rows[i].kind,
            .id = i == 0 ? "kind" : arena_printf(visit->arena, "kind-%zu", i),
            .words = kind_rows[i].words,
            .is_on = !text_empty(shown->kinds) && webhook_takes_kind(shown, kind_rows[i].kind),
        };
        groups[count - 1].kinds.count++;
    }
    return (struct webhook_group_views){groups, count};
}
