/* pages/team_program_new.c: making an access token or a client secret; see pages/team_programs.h.
 */
#include <string.h>

#include "account_templates.h"
#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "gate/credential.h"
#include "gate/range.h"
#include "pages/desk.h"
#include "pages/team.h"
#include "pages/team_programs.h"
#include "store/rights.h"
#include "store/site.h"

#define RANGES_CHARS_MAX 2000

static const struct {
    const char *name, *words, *hint;
    unsigned scope;
    unsigned roles; /* any one of these is needed for it to mean anything */
    const char *lacks;
} scope_rows[] = {
    {"transfer", "Transfers", "Transfers and deliveries, and what is done about them.",
     SCOPE_TRANSFER, ROLE_INITIATOR | ROLE_APPROVER,
     "Transfers need the role Initiator (to start them) or Approver (to accept them). Tick one, or "
     "leave Transfers out."},
    {"retire", "Retirements", "Retirements, and naming whom they are for.", SCOPE_RETIRE,
     ROLE_INITIATOR, "Retirements need the role Initiator. Tick it, or leave Retirements out."},
    {"manage", "Webhooks", "Endpoints that are told of events.", SCOPE_MANAGE, ROLE_MANAGER,
     "Webhooks need the role Manager. Tick it, or leave Webhooks out."},
};
#define SCOPE_ROWS (sizeof scope_rows / sizeof scope_rows[0])

static const char *const day_words[] = {"30", "90", "180", "365", NULL};
#define DAYS_USUAL "90"

static const struct field_row token_rows[] = {
    {.name = "id", .kind = VALUE_ID},
    {.name = "name",
     .kind = VALUE_LINE,
     .needed = true,
     .chars_max = NAME_CHARS_MAX,
     .label = "Name",
     .needed_words = "Enter a name that tells you later what uses the token."},
    {.name = "viewer", .kind = VALUE_TICK},
    {.name = "initiator", .kind = VALUE_TICK},
    {.name = "approver", .kind = VALUE_TICK},
    {.name = "manager", .kind = VALUE_TICK},
    {.name = "transfer", .kind = VALUE_TICK},
    {.name = "retire", .kind = VALUE_TICK},
    {.name = "manage", .kind = VALUE_TICK},
    {.name = "days", .kind = VALUE_WORD, .needed = true, .words = day_words, .label = "Lifetime"},
    {.name = "ranges",
     .kind = VALUE_TEXT,
     .chars_max = RANGES_CHARS_MAX,
     .label = "Addresses it may be used from"},
};
const struct form team_token_form = {token_rows, sizeof token_rows / sizeof token_rows[0]};

static const struct field_row client_rows[] = {
    {.name = "id", .kind = VALUE_ID},
    {.name = "name",
     .kind = VALUE_LINE,
     .needed = true,
     .chars_max = NAME_CHARS_MAX,
     .label = "Name",
     .needed_words = "Enter the name of the program."},
};
const struct form team_client_form = {client_rows, sizeof client_rows / sizeof client_rows[0]};

static enum status show_token(struct visit *visit, struct response *response);
static enum status show_client(struct visit *visit, struct response *response);
static enum status show_made(struct visit *visit, struct response *response, bool is_token,
                             const struct credential_made *made);
static enum status refuse(struct visit *visit, struct response *response, enum status status,
                          struct url made_before, bool *is_done);
static unsigned scopes_sent(const struct visit *visit);
static void check_scopes(struct visit *visit, unsigned roles, unsigned scopes);
static struct program_scope_views scope_views(struct visit *visit, bool was_sent);
static struct choice_views day_views(struct visit *visit, bool was_sent);
static const char *form_id(struct visit *visit, const char *prefix);
static const char *example_of(struct visit *visit);

enum status team_token_new_get(struct visit *visit, struct response *response)
{
    return show_token(visit, response);
}

enum status team_token_new_post(struct visit *visit, struct response *response)
{
    const char *words = "";
    const char *id = field_text(&visit->fields, "id");
    struct token_wish wish = {.id = id,
                              .org_id = visit->org_id,
                              .name = field_text(&visit->fields, "name"),
                              .roles = team_roles_sent(visit),
                              .scopes = scopes_sent(visit)};
    if (!id_is(id, "tok")) {
        return STATUS_BAD_REQUEST; /* our form always sends one */
    }
    if (!ranges_read(visit->arena, field_text(&visit->fields, "ranges"), &wish.ranges, &words)) {
        field_fault(&visit->fields, "ranges", words);
    }
    check_scopes(visit, wish.roles, wish.scopes);
    if (visit->fields.error_count > 0) {
        desk_mend(response, STATUS_FORM_FAULTS);
        return show_token(visit, response);
    }
    must(text_parse_int(field_text(&visit->fields, "days"), false, &wish.days));
    struct credential_made made;
    struct person_admin admin = person_admin_of(visit);
    const char *issuer = site_read(visit->registry, visit->arena).url;
    enum status status = credential_make_token(&admin, issuer, &wish, &made);
    if (status == STATUS_OK) {
        return show_made(visit, response, true, &made);
    }
    bool is_done = false;
    status = refuse(visit, response, status, team_token_url(visit->arena, id), &is_done);
    return status == STATUS_OK && !is_done ? show_token(visit, response) : status;
}

enum status team_client_new_get(struct visit *visit, struct response *response)
{
    return show_client(visit, response);
}

enum status team_client_new_post(struct visit *visit, struct response *response)
{
    const char *id = field_text(&visit->fields, "id");
    if (!id_is(id, "cls")) {
        return STATUS_BAD_REQUEST;
    }
    if (visit->fields.error_count > 0) {
        desk_mend(response, STATUS_FORM_FAULTS);
        return show_client(visit, response);
    }
    struct credential_made made;
    struct person_admin admin = person_admin_of(visit);
    enum status status = credential_make_client(&admin, visit->org_id, id,
                                                field_text(&visit->fields, "name"), &made);
    if (status == STATUS_OK) {
        return show_made(visit, response, false, &made);
    }
    bool is_done = false;
    status = refuse(visit, response, status, team_client_url(visit->arena, id), &is_done);
    return status == STATUS_OK && !is_done ? show_client(visit, response) : status;
}

/* What a person can mend becomes a field error; what the same form has made before is where it
 * leads (*is_done). */
static enum status refuse(struct visit *visit, struct response *response, enum status status,
                          struct url made_before, bool *is_done)
{
    *is_done = status == STATUS_EXISTS;
    if (status == STATUS_EXISTS) {
        gate_notice(visit, "program-made-before");
        return desk_go(visit, response, made_before);
    }
    if (status == STATUS_LINES_TOO_MANY) {
        field_fault(&visit->fields, "name",
                    arena_printf(visit->arena,
                                 "%d of %s are good already, which is as many as there may be. "
                                 "Revoke one that nobody uses.",
                                 CREDENTIALS_MAX, visit->org_name));
        desk_mend(response, STATUS_FORM_FAULTS);
        return STATUS_OK;
    }
    return status;
}

static enum status show_token(struct visit *visit, struct response *response)
{
    bool was_sent = visit->request->method == METHOD_POST;
    struct team_token_new_view view = {
        .page = chrome_of(visit, PLACE_TEAM, chrome_fault_title(visit, "Make an access token")),
        .faults = chrome_faults(visit),
        .org_name = visit->org_name,
        .id = form_id(visit, "tok"),
        .name = was_sent ? field_text(&visit->fields, "name") : "",
        .name_fault = chrome_fault(visit, "name"),
        .roles_fault = chrome_fault(visit, "viewer"),
        .roles = team_roles(visit, was_sent, ROLE_VIEWER),
        .scopes_fault = chrome_fault(visit, "transfer"),
        .scopes = scope_views(visit, was_sent),
        .days = day_views(visit, was_sent),
        .ranges = was_sent ? field_text(&visit->fields, "ranges") : "",
        .ranges_fault = chrome_fault(visit, "ranges"),
        .ranges_most = arena_printf(visit->arena, "%d", RANGES_MAX),
    };
    view.has_faults = view.faults.count > 0;
    team_programs_trail(visit, &view.page);
    template_account_team_token_new(&response->body, &view);
    return STATUS_OK;
}

static enum status show_client(struct visit *visit, struct response *response)
{
    bool was_sent = visit->request->method == METHOD_POST;
    struct team_client_new_view view = {
        .page = chrome_of(visit, PLACE_TEAM, chrome_fault_title(visit, "Make a client secret")),
        .faults = chrome_faults(visit),
        .org_name = visit->org_name,
        .id = form_id(visit, "cls"),
        .name = was_sent ? field_text(&visit->fields, "name") : "",
        .name_fault = chrome_fault(visit, "name"),
    };
    view.has_faults = view.faults.count > 0;
    team_programs_trail(visit, &view.page);
    template_account_team_client_new(&response->body, &view);
    return STATUS_OK;
}

static enum status show_made(struct visit *visit, struct response *response, bool is_token,
                             const struct credential_made *made)
{
    struct team_program_made_view view = {
        .page = chrome_of(visit, PLACE_TEAM,
                          is_token ? "The access token is made" : "The client secret is made"),
        .name = field_text(&visit->fields, "name"),
        .org_name = visit->org_name,
        .is_token = is_token,
        .secret = made->secret,
        .expires = desk_when(visit->arena, made->expires_at),
        .example = example_of(visit),
        .url = is_token ? team_token_url(visit->arena, made->id)
                        : team_client_url(visit->arena, made->id),
    };
    team_programs_trail(visit, &view.page);
    template_account_team_program_made(&response->body, &view);
    return STATUS_OK;
}

static unsigned scopes_sent(const struct visit *visit)
{
    unsigned scopes = SCOPE_READ;
    for (size_t i = 0; i < SCOPE_ROWS; i++) {
        scopes |= field_tick(&visit->fields, scope_rows[i].name) ? scope_rows[i].scope : 0;
    }
    return scopes;
}

/* A token that could never do what it is for would be found out at night. */
static void check_scopes(struct visit *visit, unsigned roles, unsigned scopes)
{
    if (roles == 0) {
        field_fault(&visit->fields, "viewer", "Tick at least one role.");
        return;
    }
    for (size_t i = 0; i < SCOPE_ROWS; i++) {
        if ((scopes & scope_rows[i].scope) != 0 && (roles & scope_rows[i].roles) == 0) {
            field_fault(&visit->fields, "transfer", scope_rows[i].lacks);
            return;
        }
    }
}

static struct program_scope_views scope_views(struct visit *visit, bool was_sent)
{
    struct program_scope_view *rows =
        arena_array(visit->arena, struct program_scope_view, SCOPE_ROWS);
    for (size_t i = 0; i < SCOPE_ROWS; i++) {
        rows[i] = (struct program_scope_view){
            .name = scope_rows[i].name,
            .words = scope_rows[i].words,
            .hint = scope_rows[i].hint,
            .is_on = was_sent && field_tick(&visit->fields, scope_rows[i].name)};
    }
    return (struct program_scope_views){rows, SCOPE_ROWS};
}

static struct choice_views day_views(struct visit *visit, bool was_sent)
{
    size_t count = sizeof day_words / sizeof day_words[0] - 1;
    struct choice_view *rows = arena_array(visit->arena, struct choice_view, count);
    const char *sent = was_sent ? field_text(&visit->fields, "days") : DAYS_USUAL;
    for (size_t i = 0; i < count; i++) {
        int64_t days = 0;
        must(text_parse_int(day_words[i], false, &days) && days <= ACCESS_TOKEN_DAYS_MAX);
        const char *until = clock_date_words(visit->arena, visit->now_us + days * CLOCK_DAY_US);
        rows[i] = (struct choice_view){
            .id = i == 0 ? "days" : arena_printf(visit->arena, "days-%s", day_words[i]),
            .value = day_words[i],
            .words = days == ACCESS_TOKEN_DAYS_MAX
                         ? "One year"
                         : arena_printf(visit->arena, "%s days", day_words[i]),
            .hint = arena_printf(visit->arena, "Until %s.", until),
            .is_chosen = text_is(sent, day_words[i]),
        };
    }
    return (struct choice_views){rows, count};
}

/* The one that was sent, so that mending a form does not make two of it. */
static const char *form_id(struct visit *visit, const char *prefix)
{
    char id[ID_SIZE];
    struct id_source ids = {.random_tail = true};
    if (visit->request->method == METHOD_POST) {
        return field_text(&visit->fields, "id");
    }
    rights_tag(visit->registry, ids.tag);
    if (!id_tag_is(ids.tag)) {
        return ""; /* the registry could not be read: the gate answers with an error */
    }
    id_make(&ids, prefix, visit->now_us, id);
    return arena_text(visit->arena, id);
}

static const char *example_of(struct visit *visit)
{
    const char *site = site_read(visit->registry, visit->arena).url;
    return arena_printf(visit->arena,
                        "curl %s/registry/v0/organisation \\\n"
                        "  -H \"X-Client-Secret: $CLIENT_SECRET\" \\\n"
                        "  -H \"Authorization: Bearer $ACCESS_TOKEN\"",
                        site);
}
