/* pages/team_programs.c: the lists of access tokens and client secrets; see pages/team_programs.h.
 */
#include "pages/team_programs.h"

#include "account_templates.h"
#include "base/text.h"
#include "base/url.h"
#include "gate/person_admin.h"
#include "pages/desk.h"
#include "pages/program_words.h"
#include "store/rights.h"

static const struct field_row query_rows[] = {{.name = "before", .kind = VALUE_CURSOR}};
const struct form team_programs_query = {query_rows, 1};

static struct program_row_views token_rows(struct visit *visit, const struct access_token *tokens,
                                           size_t count);
static struct program_row_views client_rows(struct visit *visit,
                                            const struct client_secret *clients, size_t count);
static enum status show_all(struct visit *visit, struct response *response,
                            struct team_programs_all_view *view);
static bool read_cursor(struct visit *visit, int64_t *before_at, const char **before_id);
static struct url older_than(struct visit *visit, const char *path, int64_t made_at,
                             const char *id);

enum status team_programs_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct access_token *tokens = arena_array(arena, struct access_token, CREDENTIALS_MAX);
    struct client_secret *clients = arena_array(arena, struct client_secret, CREDENTIALS_MAX);
    size_t token_count = credential_good_tokens(visit->people, arena, visit->org_id, visit->now_us,
                                                tokens, CREDENTIALS_MAX);
    size_t client_count =
        credential_good_clients(visit->people, arena, visit->org_id, clients, CREDENTIALS_MAX);
    struct team_programs_view view = {
        .page = chrome_of(visit, PLACE_TEAM, "Programs"),
        .org_name = visit->org_name,
        .tokens = token_rows(visit, tokens, token_count),
        .clients = client_rows(visit, clients, client_count),
        .has_tokens = token_count > 0,
        .has_clients = client_count > 0,
        .has_ended_tokens = credential_any_ended_token(visit->people, visit->org_id, visit->now_us),
        .has_ended_clients = credential_any_ended_client(visit->people, visit->org_id),
    };
    view.has_neither =
        !view.has_tokens && !view.has_clients && !view.has_ended_tokens && !view.has_ended_clients;
    chrome_trail(visit, &view.page, url_path(arena, "/account/team"), "Team");
    template_account_team_programs(&response->body, &view);
    return STATUS_OK;
}

enum status team_tokens_get(struct visit *visit, struct response *response)
{
    static const char path[] = "/account/team/programs/tokens";
    struct access_token *tokens = arena_array(visit->arena, struct access_token, PAGE_ROWS + 1);
    int64_t before_at = 0;
    const char *before_id = "";
    if (!read_cursor(visit, &before_at, &before_id)) {
        return STATUS_BAD_REQUEST;
    }
    size_t found = credential_list_tokens(visit->people, visit->arena, visit->org_id, before_at,
                                          before_id, tokens, PAGE_ROWS + 1);
    size_t count = found > PAGE_ROWS ? PAGE_ROWS : found;
    struct team_programs_all_view view = {
        .heading = "All access tokens", .is_token = true, .rows = token_rows(visit, tokens, count)};
    if (found > count) {
        view.pager.older =
            older_than(visit, path, tokens[count - 1].made_at, tokens[count - 1].token_id);
    }
    if (!text_empty(before_id)) {
        view.pager.newer = url_path(visit->arena, path);
    }
    return show_all(visit, response, &view);
}

enum status team_clients_get(struct visit *visit, struct response *response)
{
    static const char path[] = "/account/team/programs/clients";
    struct client_secret *clients = arena_array(visit->arena, struct client_secret, PAGE_ROWS + 1);
    int64_t before_at = 0;
    const char *before_id = "";
    if (!read_cursor(visit, &before_at, &before_id)) {
        return STATUS_BAD_REQUEST;
    }
    size_t found = credential_list_clients(visit->people, visit->arena, visit->org_id, before_at,
                                           before_id, clients, PAGE_ROWS + 1);
    size_t count = found > PAGE_ROWS ? PAGE_ROWS : found;
    struct team_programs_all_view view = {.heading = "All client secrets",
                                          .rows = client_rows(visit, clients, count)};
    if (found > count) {
        view.pager.older =
            older_than(visit, path, clients[count - 1].made_at, clients[count - 1].client_id);
    }
    if (!text_empty(before_id)) {
        view.pager.newer = url_path(visit->arena, path);
    }
    return show_all(visit, response, &view);
}

struct state_view team_client_state(const struct client_secret *client)
{
    return client->revoked_at != 0 ? (struct state_view){"cancelled", "Revoked"}
                                   : (struct state_view){"active", "Active"};
}

struct url team_token_url(struct arena *arena, const char *token_id)
{
    return url_path(arena, "/account/team/programs/tokens/*", token_id);
}

struct url team_client_url(struct arena *arena, const char *client_id)
{
    return url_path(arena, "/account/team/programs/clients/*", client_id);
}

/* A client secret may be another organisation's: an integrator's. Then its name is not ours to
 * read. */
const char *team_client_words(struct visit *visit, const char *client_id)
{
    struct client_secret client;
    if (text_empty(client_id)) {
        return "";
    }
    return credential_read_client(visit->people, visit->arena, visit->org_id, client_id, &client)
               ? client.name
               : arena_printf(visit->arena, "another organisation’s program (%s)", client_id);
}

void team_programs_trail(struct visit *visit, struct chrome *page)
{
    chrome_trail(visit, page, url_path(visit->arena, "/account/team"), "Team");
    chrome_trail(visit, page, url_path(visit->arena, "/account/team/programs"), "Programs");
}

static struct program_row_views token_rows(struct visit *visit, const struct access_token *tokens,
                                           size_t count)
{
    struct arena *arena = visit->arena;
    struct program_row_view *rows = arena_array(arena, struct program_row_view, count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct access_token *token = &tokens[i];
        unsigned roles = rights_roles(visit->registry, visit->org_id, token->user_id);
        rows[i] = (struct program_row_view){
            .name = token->name,
            .url = team_token_url(arena, token->token_id),
            .state = program_token_state(token, roles, visit->now_us),
            .scopes = program_scopes(arena, token->scopes),
            .roles = person_admin_roles_words(arena, roles),
            .made = desk_when(arena, token->made_at),
            .expires = desk_when(arena, token->expires_at),
            .used = desk_when(arena, token->used_at),
            .used_client = team_client_words(visit, token->used_client),
        };
    }
    return (struct program_row_views){rows, count};
}

static struct program_row_views client_rows(struct visit *visit,
                                            const struct client_secret *clients, size_t count)
{
    struct arena *arena = visit->arena;
    struct program_row_view *rows = arena_array(arena, struct program_row_view, count + 1);
    for (size_t i = 0; i < count; i++) {
        rows[i] = (struct program_row_view){
            .name = clients[i].name,
            .url = team_client_url(arena, clients[i].client_id),
            .state = team_client_state(&clients[i]),
            .made = desk_when(arena, clients[i].made_at),
            .used = desk_when(arena, clients[i].used_at),
            .used_client = "",
        };
    }
    return (struct program_row_views){rows, count};
}

static enum status show_all(struct visit *visit, struct response *response,
                            struct team_programs_all_view *view)
{
    view->page = chrome_of(visit, PLACE_TEAM, view->heading);
    view->org_name = visit->org_name;
    view->has_rows = view->rows.count > 0;
    view->has_pager = desk_pager(&view->pager, true, true);
    view->pager.back_words = "Newest";
    team_programs_trail(visit, &view->page);
    template_account_team_programs_all(&response->body, view);
    return STATUS_OK;
}

/* "MICROSECONDS-ID", made by older_than. */
static bool read_cursor(struct visit *visit, int64_t *before_at, const char **before_id)
{
    const char *cursor = field_text(&visit->fields, "before");
    const char *dash = cursor;
    while (*dash != '\0' && *dash != '-') {
        dash++;
    }
    if (text_empty(cursor)) {
        return true;
    }
    *before_id = *dash == '-' ? dash + 1 : "";
    return text_parse_int(arena_text_sized(visit->arena, cursor, (size_t)(dash - cursor)), false,
                          before_at) &&
           id_is(*before_id, NULL);
}

static struct url older_than(struct visit *visit, const char *path, int64_t made_at, const char *id)
{
    return url_with(visit->arena, url_path(visit->arena, path), "before",
                    arena_printf(visit->arena, "%lld-%s", (long long)made_at, id));
}
