/* pages/team_program.c: one access token or client secret, and revoking it; see
 * pages/team_programs.h. */
#include "account_templates.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/url.h"
#include "gate/credential.h"
#include "gate/person_admin.h"
#include "pages/desk.h"
#include "pages/program_words.h"
#include "pages/team_programs.h"
#include "store/rights.h"

static bool find_token(struct visit *visit, struct access_token *token);
static bool find_client(struct visit *visit, struct client_secret *client);
static const char *ended_words(struct visit *visit, int64_t revoked_at, const char *revoked_by);
static const char *range_words(struct arena *arena, const char *ranges);
static enum status show(struct visit *visit, struct response *response,
                        struct team_program_view *view);
static enum status show_revoke(struct visit *visit, struct response *response,
                               struct team_program_revoke_view *view);

enum status team_token_get(struct visit *visit, struct response *response)
{
    struct access_token token;
    struct arena *arena = visit->arena;
    if (!find_token(visit, &token)) {
        return STATUS_NOT_FOUND;
    }
    unsigned roles = rights_roles(visit->registry, visit->org_id, token.user_id);
    struct team_program_view view = {
        .name = token.name,
        .id = token.token_id,
        .is_token = true,
        .state = program_token_state(&token, roles, visit->now_us),
        .made_by = desk_person(visit, token.made_by),
        .made = desk_when(arena, token.made_at),
        .expires = desk_when(arena, token.expires_at),
        .roles = person_admin_roles_words(arena, roles),
        .scopes = program_scopes(arena, token.scopes),
        .is_anywhere = text_empty(token.ranges),
        .ranges = range_words(arena, token.ranges),
        .used = desk_when(arena, token.used_at),
        .used_address = token.used_address,
        .used_client = team_client_words(visit, token.used_client),
    };
    if (token.revoked_at != 0) {
        view.state_more = ended_words(visit, token.revoked_at, token.revoked_by);
    } else if (visit->now_us < token.expires_at) {
        view.revoke = url_path(arena, "/account/team/programs/tokens/*/revoke", token.token_id);
        view.state_more =
            roles == 0 ? "Its roles were taken away, so every request with it is refused." : "";
    }
    return show(visit, response, &view);
}

enum status team_client_get(struct visit *visit, struct response *response)
{
    struct client_secret client;
    struct arena *arena = visit->arena;
    if (!find_client(visit, &client)) {
        return STATUS_NOT_FOUND;
    }
    struct team_program_view view = {
        .name = client.name,
        .id = client.client_id,
        .state = team_client_state(&client),
        .made_by = desk_person(visit, client.made_by),
        .made = desk_when(arena, client.made_at),
        .used = desk_when(arena, client.used_at),
        .used_address = client.used_address,
    };
    if (client.revoked_at != 0) {
        view.state_more = ended_words(visit, client.revoked_at, client.revoked_by);
    } else {
        view.revoke = url_path(arena, "/account/team/programs/clients/*/revoke", client.client_id);
    }
    return show(visit, response, &view);
}

enum status team_token_revoke_get(struct visit *visit, struct response *response)
{
    struct access_token token;
    if (!find_token(visit, &token)) {
        return STATUS_NOT_FOUND;
    }
    struct url back = team_token_url(visit->arena, token.token_id);
    if (token.revoked_at != 0) {
        return desk_go(visit, response, back); /* its page says since when */
    }
    struct team_program_revoke_view view = {
        .name = token.name,
        .is_token = true,
        .used = desk_when(visit->arena, token.used_at),
        .post = url_path(visit->arena, "/account/team/programs/tokens/*/revoke", token.token_id),
        .back = back,
    };
    return show_revoke(visit, response, &view);
}

enum status team_client_revoke_get(struct visit *visit, struct response *response)
{
    struct client_secret client;
    if (!find_client(visit, &client)) {
        return STATUS_NOT_FOUND;
    }
    struct url back = team_client_url(visit->arena, client.client_id);
    if (client.revoked_at != 0) {
        return desk_go(visit, response, back);
    }
    struct team_program_revoke_view view = {
        .name = client.name,
        .used = desk_when(visit->arena, client.used_at),
        .post = url_path(visit->arena, "/account/team/programs/clients/*/revoke", client.client_id),
        .back = back,
    };
    return show_revoke(visit, response, &view);
}

enum status team_token_revoke_post(struct visit *visit, struct response *response)
{
    const char *token_id = visit->arguments[0];
    struct person_admin admin = person_admin_of(visit);
    enum status status = credential_end_token(&admin, visit->org_id, token_id);
    if (status != STATUS_OK) {
        return status;
    }
    gate_notice(visit, "token-revoked");
    return desk_go(visit, response, team_token_url(visit->arena, token_id));
}

enum status team_client_revoke_post(struct visit *visit, struct response *response)
{
    const char *client_id = visit->arguments[0];
    struct person_admin admin = person_admin_of(visit);
    enum status status = credential_end_client(&admin, visit->org_id, client_id);
    if (status != STATUS_OK) {
        return status;
    }
    gate_notice(visit, "client-revoked");
    return desk_go(visit, response, team_client_url(visit->arena, client_id));
}

/* Of this organisation; others are not found. */
static bool find_token(struct visit *visit, struct access_token *token)
{
    return credential_read_token(visit->people, visit->arena, visit->org_id, visit->arguments[0],
                                 token);
}

static bool find_client(struct visit *visit, struct client_secret *client)
{
    return credential_read_client(visit->people, visit->arena, visit->org_id, visit->arguments[0],
                                  client);
}

static const char *ended_words(struct visit *visit, int64_t revoked_at, const char *revoked_by)
{
    return arena_printf(visit->arena, "%s, by %s.", clock_words(visit->arena, revoked_at),
                        text_empty(revoked_by) ? "the registry" : desk_person(visit, revoked_by));
}

static const char *range_words(struct arena *arena, const char *ranges)
{
    const char *words = "";
    while (*ranges != '\0') {
        size_t chars = 0;
        while (ranges[chars] != '\0' && ranges[chars] != '\n') {
            chars++;
        }
        words = arena_printf(arena, "%s%s%.*s", words, text_empty(words) ? "" : ", ", (int)chars,
                             ranges);
        ranges += chars + (ranges[chars] == '\n' ? 1 : 0);
    }
    return words;
}

static enum status show(struct visit *visit, struct response *response,
                        struct team_program_view *view)
{
    view->page = chrome_of(visit, PLACE_TEAM, view->name);
    team_programs_trail(visit, &view->page);
    template_account_team_program(&response->body, view);
    return STATUS_OK;
}

static enum status show_revoke(struct visit *visit, struct response *response,
                               struct team_program_revoke_view *view)
{
    view->page = chrome_of(visit, PLACE_TEAM, arena_printf(visit->arena, "Revoke %s", view->name));
    team_programs_trail(visit, &view->page);
    template_account_team_program_revoke(&response->body, view);
    return STATUS_OK;
}
