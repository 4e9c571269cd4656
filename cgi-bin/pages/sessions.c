/* pages/sessions.c: one's own sessions, and the sign-in program's error page; see pages/signin.h.
 */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "base/url.h"
#include "gate/session.h"
#include "pages/chrome.h"
#include "pages/fault.h"
#include "pages/signin.h"
#include "pages/signin_view.h"
#include "signin_templates.h"

#define SESSIONS_SHOWN_MAX 50 /* of the last half day: nobody has so many */

static const struct field_row session_end_rows[] = {
    {.name = "session", .kind = VALUE_ID},
};
const struct form session_end_form = {session_end_rows, 1};

static struct session_row_views rows_of(struct visit *visit);
static const char *browser_words(struct arena *arena, const char *agent);
static bool signed_out(struct visit *visit, struct response *response);

enum status sessions_get(struct visit *visit, struct response *response)
{
    struct sessions_view view = {
        .page = chrome_of(visit, PLACE_ACCOUNT, "Your sessions"),
        .email = visit->user_email,
        .user_id = visit->user_id,
        .sessions = rows_of(visit),
        .idle_words = arena_printf(visit->arena, "%d minutes", SESSION_IDLE_S_MAX / 60),
        .absolute_words = arena_printf(visit->arena, "%d hours", SESSION_ABSOLUTE_S_MAX / 3600),
    };
    template_signin_sessions(&response->body, &view);
    return STATUS_OK;
}

enum status session_end_post(struct visit *visit, struct response *response)
{
    const char *session_id = field_text(&visit->fields, "session");
    if (text_is(session_id, visit->session_id)) {
        return sign_out_post(visit, response);
    }
    if (!session_end(visit->people, visit->user_id, session_id)) {
        return store_fault(visit->people) ? STATUS_FAULT : STATUS_NOT_FOUND;
    }
    log_event("info", "session-ended", "user", visit->user_id, "session", session_id, NULL);
    gate_notice(visit, "sessions-ended");
    response_redirect(response, visit->arena, url_path(visit->arena, "/sign-in/sessions"));
    return STATUS_OK;
}

/* Everywhere, this browser as well. */
enum status sessions_end_post(struct visit *visit, struct response *response)
{
    int64_t ended = session_end_others(visit->people, visit->user_id, "");
    log_event("info", "signed-out-everywhere", "user", visit->user_id, "sessions", log_int(ended),
              NULL);
    session_drop_cookie(response);
    struct url sign_in = url_path(visit->arena, "/sign-in");
    response_redirect(response, visit->arena, url_with(visit->arena, sign_in, "out", "1"));
    return STATUS_OK;
}

void signin_error_page(struct visit *visit, enum status status, struct response *response)
{
    if (status == STATUS_SIGN_IN_NEEDED && signed_out(visit, response)) {
        return;
    }
    struct fault_page view = fault_page_of(visit, status, PLACE_SIGN_IN, response);
    if (status == STATUS_LINK_SPENT) {
        view.heading = view.page.title = "This link cannot be used any more";
        view.words =
            "A one-time link works once and for three days. If you have set your password "
            "with it, sign in; otherwise ask a manager of your organisation for a new one.";
        view.again = url_path(visit->arena, "/sign-in");
        view.again_words = "Sign in";
    }
    template_signin_fault(&response->body, &view);
}

/* Somebody whose session has ended wants to sign out: that is what they get. */
static bool signed_out(struct visit *visit, struct response *response)
{
    if (!text_is(visit->request->path, "/sign-out")) {
        return false;
    }
    session_drop_cookie(response);
    struct url sign_in = url_path(visit->arena, "/sign-in");
    response_redirect(response, visit->arena, url_with(visit->arena, sign_in, "out", "1"));
    return true;
}

static struct session_row_views rows_of(struct visit *visit)
{
    struct arena *arena = visit->arena;
    struct session *sessions = arena_array(arena, struct session, SESSIONS_SHOWN_MAX);
    struct session_row_view *rows = arena_array(arena, struct session_row_view, SESSIONS_SHOWN_MAX);
    size_t found = session_list(visit->people, visit->user_id, sessions, SESSIONS_SHOWN_MAX);
    size_t count = 0;
    for (size_t i = 0; i < found; i++) {
        if (!session_is_live(&sessions[i], visit->now_us)) {
            continue;
        }
        rows[count++] = (struct session_row_view){
            .session_id = sessions[i].session_id,
            .browser = browser_words(arena, sessions[i].agent),
            .address = sessions[i].address,
            .began_words = clock_words(arena, sessions[i].made_at),
            .began_iso = clock_iso(arena, sessions[i].made_at),
            .seen_words = clock_words(arena, sessions[i].seen_at),
            .seen_iso = clock_iso(arena, sessions[i].seen_at),
            .is_this = text_is(sessions[i].session_id, visit->session_id),
        };
    }
    return (struct session_row_views){rows, count};
}

/* The browser's long name in a few words: "Firefox on Linux". The order matters, as most claim to
 * be several. */
static const char *browser_words(struct arena *arena, const char *agent)
{
    static const struct {
        const char *mark, *words;
    } browsers[] = {{"Edg/", "Edge"},      {"OPR/", "Opera"},    {"Firefox/", "Firefox"},
                    {"Chrome/", "Chrome"}, {"CriOS/", "Chrome"}, {"Safari/", "Safari"}},
      systems[] = {{"Windows", "Windows"}, {"Android", "Android"}, {"iPhone", "iPhone"},
                   {"iPad", "iPad"},       {"Mac OS X", "macOS"},  {"Linux", "Linux"}};
    const char *browser = "A browser";
    const char *system = NULL;
    for (size_t i = sizeof browsers / sizeof browsers[0]; i-- > 0;) {
        browser = strstr(agent, browsers[i].mark) != NULL ? browsers[i].words : browser;
    }
    for (size_t i = sizeof systems / sizeof systems[0]; i-- > 0;) {
        system = strstr(agent, systems[i].mark) != NULL ? systems[i].words : system;
    }
    return system == NULL ? browser : arena_printf(arena, "%s on %s", browser, system);
}
