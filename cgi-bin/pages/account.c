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

void account_error_page(struct visit *visit, enum status status, struct response *response)
{
    struct fault_page view = fault_page_of(visit, status, PLACE_ACCOUNT, response);
    template_account_fault(&response->body, &view);
}
