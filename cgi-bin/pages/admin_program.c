/* pages/admin_program.c: an access token as the registry sees it: where the page of a person would
 * be, for what a program did stands under its name. */
#include "admin_templates.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/url.h"
#include "gate/person_admin.h"
#include "pages/admin.h"
#include "pages/admin_parties.h"
#include "pages/program_words.h"
#include "store/rights.h"

enum status admin_program_show(struct visit *visit, struct response *response)
{
    const struct url none = {NULL};
    struct arena *arena = visit->arena;
    struct access_token token;
    const char *user_id = visit->arguments[0];
    if (!credential_token_of_user(visit->people, arena, user_id, &token)) {
        return STATUS_NOT_FOUND;
    }
    unsigned roles = rights_roles(visit->registry, token.org_id, user_id);
    const char *ended = token.revoked_at == 0 ? "" : clock_words(arena, token.revoked_at);
    const char *used = "Never";
    if (token.used_at != 0) {
        used = arena_printf(arena, "%s from %s, with %s", clock_words(arena, token.used_at),
                            token.used_address, token.used_client);
    }
    const struct admin_fact facts[] = {
        {"Access token", token.token_id, none, true, false},
        {"Acts as", user_id, none, true, false},
        {"Roles", person_admin_roles_words(arena, roles), none, false, false},
        {"For", program_scopes(arena, token.scopes), none, false, false},
        {"Used from", text_empty(token.ranges) ? "Every address" : token.ranges, none, false,
         false},
        {"Made",
         arena_printf(arena, "%s by %s", clock_words(arena, token.made_at),
                      admin_person(visit, token.made_by)),
         none, false, false},
        {"Expires", clock_words(arena, token.expires_at), none, false, false},
        {"Last used", used, none, false, false},
        {"Revoked", ended, none, false, false},
    };
    size_t count = sizeof facts / sizeof facts[0] - (text_empty(ended) ? 1 : 0);
    struct admin_program_view view = {
        .page = chrome_of(visit, PLACE_PEOPLE, token.name),
        .name = token.name,
        .org_name = admin_org_name(visit, token.org_id),
        .org_url = admin_org_url(arena, token.org_id),
        .state = program_token_state(&token, roles, visit->now_us),
        .facts = {facts, count},
        .revoke = token.revoked_at == 0 && visit->now_us < token.expires_at
                      ? arena_printf(arena, "tally api-revoke %s", token.token_id)
                      : "",
        .audit_url = url_with(arena, url_path(arena, "/admin/audit"), "who", user_id),
    };
    chrome_trail(visit, &view.page, url_path(arena, "/admin/people"), "People");
    template_admin_program(&response->body, &view);
    return STATUS_OK;
}
