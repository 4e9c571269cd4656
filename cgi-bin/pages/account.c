/* pages/account.c: see pages/account.h. */
#include "pages/account.h"

#include <string.h>

#include "account_templates.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"
#include "pages/fault.h"

static const struct field_row switch_rows[] = {
    {.name = "org", .kind = VALUE_ID, .needed = true, .label = "Organisation"},
    {.name = "back", .kind = VALUE_LINE, .chars_max = REQUEST_QUERY_BYTES_MAX},
};
const struct form account_switch_form = {switch_rows, sizeof(switch_rows) / sizeof(switch_rows[0])};

enum status account_home_get(struct visit *visit, struct response *response)
{
    return desk_go(visit, response, url_path(visit->arena, "/account/credits"));
}

/* Pages about one thing of the old organisation would not be found for the new one. */
static bool is_list(const char *path)
{
    static const char *const lists[] = {
        "/account/credits", "/account/transfers",  "/account/retirements", "/account/inbox",
        "/account/orders",  "/account/deliveries", "/account/team"};
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        size_t list_bytes = strlen(lists[i]);
        if (strcspn(path, "?") == list_bytes && strncmp(path, lists[i], list_bytes) == 0) {
            return true;
        }
    }
    return false;
}

enum status account_switch_post(struct visit *visit, struct response *response)
{
    if (!gate_switch_org(visit, field_text(&visit->fields, "org"))) {
        return STATUS_NOT_FOUND;
    }
    const char *back = field_text(&visit->fields, "back");
    size_t path_bytes = strcspn(back, "?");
    /* Without the old organisation's filters. */
    struct url to = is_list(back)
                        ? gate_next(visit->arena, arena_text_sized(visit->arena, back, path_bytes))
                        : url_path(visit->arena, "/account/credits");
    gate_notice(visit, "switched");
    return desk_go(visit, response, to);
}

/* Sign-in leads to Credits, whoever comes: who acts for no organisation, but for the registry, goes
 * on from there. */
static bool is_led_on(struct visit *visit, struct response *response)
{
    const char *path = visit->request->path;
    if (visit->request->method == METHOD_POST || visit->registry_roles == 0 ||
        (!text_is(path, "/account") && !text_is(path, "/account/credits"))) {
        return false;
    }
    response_redirect(response, visit->arena, url_path(visit->arena, "/admin/pending"));
    return true;
}

static void say_no_organisation(struct visit *visit, struct fault_page *view)
{
    bool is_official = visit->registry_roles != 0;
    view->heading = view->page.title = "You act for no organisation";
    view->words =
        "This page is for the people of an organisation, and you are in the team of none. "
        "A manager adds you under Team, with the e-mail address that you sign in with.";
    view->again = url_path(visit->arena, is_official ? "/admin/pending" : "/sign-in/sessions");
    view->again_words = is_official ? "Administration" : "Your sessions and password";
}

void account_error_page(struct visit *visit, enum status status, struct response *response)
{
    bool has_none = status == STATUS_NOT_ALLOWED && text_empty(visit->org_id);
    if (has_none && is_led_on(visit, response)) {
        return;
    }
    struct fault_page view = fault_page_of(visit, status, PLACE_ACCOUNT, response);
    if (has_none) {
        say_no_organisation(visit, &view);
    }
    template_account_fault(&response->body, &view);
}
