/* pages/team_accounts.c: an organisation's accounts: opening and closing; see pages/team.h. */
#include "account_templates.h"
#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"
#include "pages/team.h"
#include "store/team.h"

static const char *const kind_words[] = {"active", "retirement", NULL}; /* enum account_kind */

static const struct field_row account_rows[] = {
    {.name = "name",
     .kind = VALUE_LINE,
     .needed = true,
     .chars_max = NAME_CHARS_MAX,
     .label = "Name",
     .needed_words = "Enter a name for the account."},
    {.name = "kind", .kind = VALUE_WORD, .needed = true, .words = kind_words, .label = "Kind"},
};
const struct form team_account_form = {account_rows, 2};

#define CLOSE_FAULT "account" /* why an account is not closed is said beside it, in the list */

static enum status show(struct visit *visit, struct response *response);
static struct team_account_views accounts_of(struct visit *visit, bool may_change);
static const char *why_not(const struct team_account *account);
static struct url close_url(struct visit *visit, const char *account_id);

enum status team_accounts_get(struct visit *visit, struct response *response)
{
    return show(visit, response);
}

enum status team_accounts_post(struct visit *visit, struct response *response)
{
    struct command command = command_of(ACT_OPEN_ACCOUNT, visit->user_id, "");
    struct answer answer;
    if (visit->fields.error_count > 0) {
        desk_mend(response, STATUS_FORM_FAULTS);
        return show(visit, response);
    }
    must(TEXT_COPY(command.account.org_id, visit->org_id));
    must(TEXT_COPY(command.account.name, field_text(&visit->fields, "name")));
    bool is_retirement = text_is(field_text(&visit->fields, "kind"), "retirement");
    command.account.kind = is_retirement ? ACCOUNT_RETIREMENT : ACCOUNT_ACTIVE;
    enum status status = team_ask(visit, &command, &answer);
    if (status == STATUS_EXISTS) {
        field_fault(&visit->fields, "name",
                    "An account of this organisation has this name. Choose a different one.");
    }
    if (status != STATUS_OK) {
        return team_can_mend(visit, &answer, "name", response) ? show(visit, response) : status;
    }
    gate_notice(visit, "account-opened");
    return desk_go(visit, response, url_path(visit->arena, "/account/team/accounts"));
}

enum status team_close_get(struct visit *visit, struct response *response)
{
    struct team_accounts accounts =
        team_accounts_list(visit->registry, visit->arena, visit->org_id);
    const struct team_account *account = NULL;
    for (size_t i = 0; i < accounts.count && account == NULL; i++) {
        account = text_is(accounts.at[i].account_id, visit->arguments[0]) ? &accounts.at[i] : NULL;
    }
    if (account == NULL) {
        return STATUS_NOT_FOUND;
    }
    if (!account->is_open || !text_empty(why_not(account))) { /* which the list says */
        return desk_go(visit, response, url_path(visit->arena, "/account/team/accounts"));
    }
    struct team_sure_view view = {
        .page = chrome_of(visit, PLACE_TEAM, "Close the account"),
        .heading = arena_printf(visit->arena, "Close the account “%s”?", account->name),
        .what = "It is closed for good: nothing can come to lie in it any more. What lay in it "
                "stays on record, and another one can be opened at any time.",
        .button = arena_printf(visit->arena, "Close “%s”", account->name),
        .is_danger = true,
        .post = close_url(visit, account->account_id),
        .back = url_path(visit->arena, "/account/team/accounts"),
    };
    chrome_trail(visit, &view.page, view.back, "Accounts");
    template_account_team_sure(&response->body, &view);
    return STATUS_OK;
}

enum status team_close_post(struct visit *visit, struct response *response)
{
    struct command command = command_of(ACT_CLOSE_ACCOUNT, visit->user_id, "");
    struct answer answer;
    must(TEXT_COPY(command.account.org_id, visit->org_id));
    must(TEXT_COPY(command.account.account_id, visit->arguments[0]));
    enum status status = team_ask(visit, &command, &answer);
    if (status == STATUS_VALUE_REFUSED) {
        field_fault(&visit->fields, CLOSE_FAULT,
                    answer.field == FIELD_AMOUNT
                        ? "Credits lie in this account. Transfer them to another account first."
                        : "Main stays open: units go there when nobody chooses.");
    }
    if (status != STATUS_OK) {
        bool can_mend = team_can_mend(visit, &answer, CLOSE_FAULT, response);
        return can_mend ? show(visit, response) : status;
    }
    gate_notice(visit, "account-closed");
    return desk_go(visit, response, url_path(visit->arena, "/account/team/accounts"));
}

static enum status show(struct visit *visit, struct response *response)
{
    bool may_change = desk_may(visit, ROLE_MANAGER);
    bool opens = visit->fields.form == &team_account_form;
    struct team_accounts_view view = {
        .page = chrome_of(visit, PLACE_TEAM, chrome_fault_title(visit, "Accounts")),
        .faults = chrome_faults(visit),
        .org_name = visit->org_name,
        .may_change = may_change,
        .accounts = accounts_of(visit, may_change),
        .name = opens ? field_text(&visit->fields, "name") : "",
        .name_fault = chrome_fault(visit, "name"),
        .kind_retirement = opens && text_is(field_text(&visit->fields, "kind"), "retirement"),
    };
    view.kind_active = !view.kind_retirement;
    view.has_faults = view.faults.count > 0;
    chrome_trail(visit, &view.page, url_path(visit->arena, "/account/team"), "Team");
    template_account_team_accounts(&response->body, &view);
    return STATUS_OK;
}

static struct team_account_views accounts_of(struct visit *visit, bool may_change)
{
    struct team_accounts accounts =
        team_accounts_list(visit->registry, visit->arena, visit->org_id);
    struct team_account_view *rows =
        arena_array(visit->arena, struct team_account_view, accounts.count + 1);
    for (size_t i = 0; i < accounts.count; i++) {
        const struct team_account *account = &accounts.at[i];
        const char *fault = chrome_fault(visit, CLOSE_FAULT);
        bool is_named = fault != NULL && text_is(visit->arguments[0], account->account_id);
        rows[i] = (struct team_account_view){
            .account_id = account->account_id,
            .name = account->name,
            .kind_words = desk_kind_words(account->kind),
            .state_words = account->is_open ? "Open" : "Closed",
            .is_main = account->is_main,
            .opened_words = clock_date_words(visit->arena, account->opened_at),
            .opened_iso = clock_iso(visit->arena, account->opened_at),
            .why_not = may_change ? why_not(account) : "",
            .fault = is_named ? fault : NULL,
        };
        if (may_change && account->is_open && text_empty(rows[i].why_not)) {
            rows[i].close = close_url(visit, account->account_id);
        }
    }
    return (struct team_account_views){rows, accounts.count};
}

/* What keeps an open account from being closed, as far as a page can tell; the ledger decides. */
static const char *why_not(const struct team_account *account)
{
    if (!account->is_open) {
        return "";
    }
    return account->is_main ? "Main stays open" : !account->is_empty ? "Holds credits" : "";
}

static struct url close_url(struct visit *visit, const char *account_id)
{
    return url_path(visit->arena, "/account/team/accounts/*/close", account_id);
}
