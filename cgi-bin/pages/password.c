/* pages/password.c: changing one's password, and setting one by a one-time link; see
 * pages/signin.h. */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "base/url.h"
#include "gate/password.h"
#include "gate/session.h"
#include "gate/throttle.h"
#include "pages/chrome.h"
#include "pages/signin.h"
#include "pages/signin_view.h"
#include "signin_templates.h"
#include "store/people_link.h"

/* More than a password may have: then password_judge says how many it may. */
#define SECRET_CHARS_MAX 1024

static const struct field_row change_rows[] = {
    {.name = "present",
     .kind = VALUE_SECRET,
     .needed = true,
     .chars_max = SECRET_CHARS_MAX,
     .label = "Present password",
     .needed_words = "Enter your present password."},
    {.name = "password",
     .kind = VALUE_SECRET,
     .needed = true,
     .chars_max = SECRET_CHARS_MAX,
     .label = "New password",
     .needed_words = "Enter a new password."},
    {.name = "again",
     .kind = VALUE_SECRET,
     .needed = true,
     .chars_max = SECRET_CHARS_MAX,
     .label = "New password again",
     .needed_words = "Enter the new password a second time."},
};
const struct form password_change_form = {change_rows, 3};

static const struct field_row set_rows[] = {
    {.name = "link", .kind = VALUE_LINE, .chars_max = 64},
    {.name = "password",
     .kind = VALUE_SECRET,
     .needed = true,
     .chars_max = SECRET_CHARS_MAX,
     .label = "Password",
     .needed_words = "Enter a password."},
    {.name = "again",
     .kind = VALUE_SECRET,
     .needed = true,
     .chars_max = SECRET_CHARS_MAX,
     .label = "Password again",
     .needed_words = "Enter the password a second time."},
};
const struct form password_set_get_form = {set_rows, 1};
const struct form password_set_post_form = {set_rows, 3};

static enum status show_change(struct visit *visit, struct response *response, const char *wait);
static enum status show_set(struct visit *visit, struct response *response,
                            const struct person *person, const struct link *link);
static bool find_link(struct visit *visit, struct digest *token_hash, struct link *link,
                      struct person *person);
static void judge(struct visit *visit, const struct person *person);
static enum status keep(struct visit *visit, struct response *response, const struct person *person,
                        struct throttle *throttle, const char *present_hash,
                        const struct digest *link_hash);

enum status password_change_get(struct visit *visit, struct response *response)
{
    return show_change(visit, response, NULL);
}

enum status password_change_post(struct visit *visit, struct response *response)
{
    struct person person;
    if (!people_by_id(visit->people, visit->user_id, &person)) {
        return STATUS_FAULT;
    }
    judge(visit, &person);
    if (visit->fields.error_count > 0) {
        return show_change(visit, response, NULL);
    }
    const char *wait = NULL;
    struct throttle throttle = throttle_of(text_lower(visit->arena, person.email),
                                           visit->request->remote_address, signin_device(visit));
    if (!signin_may_try(visit, &throttle, response, &wait)) {
        return show_change(visit, response, wait);
    }
    char hash[PASSWORD_HASH_SIZE];
    password_read(visit->people, person.user_id, hash);
    enum status status = STATUS_PASSWORD_WRONG;
    if (password_matches(field_text(&visit->fields, "present"), hash)) {
        status = keep(visit, response, &person, &throttle, hash, NULL);
    }
    if (status == STATUS_PASSWORD_WRONG) {
        field_fault(&visit->fields, "present", status_row(status)->sentence);
        return show_change(visit, response, NULL);
    }
    if (status == STATUS_OK) {
        response_redirect(response, visit->arena, url_path(visit->arena, "/sign-in/sessions"));
    }
    return status;
}

enum status password_set_get(struct visit *visit, struct response *response)
{
    struct digest token_hash;
    struct link link;
    struct person person;
    if (!find_link(visit, &token_hash, &link, &person)) {
        return STATUS_LINK_SPENT;
    }
    return show_set(visit, response, &person, &link);
}

enum status password_set_post(struct visit *visit, struct response *response)
{
    struct digest token_hash;
    struct link link;
    struct person person;
    if (!find_link(visit, &token_hash, &link, &person)) {
        return STATUS_LINK_SPENT;
    }
    judge(visit, &person);
    if (visit->fields.error_count > 0) {
        return show_set(visit, response, &person, &link);
    }
    struct throttle throttle = throttle_of(text_lower(visit->arena, person.email),
                                           visit->request->remote_address, signin_device(visit));
    /* The link proves as much as a password would: whoever holds it is not held up by strangers'
     * guesses, and takes none of them back. */
    throttle.known_device = true;
    enum status status = keep(visit, response, &person, &throttle, NULL, &token_hash);
    if (status == STATUS_OK) {
        response_redirect(response, visit->arena, gate_next(visit->arena, ""));
    }
    return status;
}

static enum status show_change(struct visit *visit, struct response *response, const char *wait)
{
    struct password_change_view view = {
        .page = chrome_of(visit, PLACE_ACCOUNT, chrome_fault_title(visit, "Change your password")),
        .faults = chrome_faults(visit),
        .wait_words = wait,
        .email = visit->user_email,
        .present_fault = chrome_fault(visit, "present"),
        .password_fault = chrome_fault(visit, "password"),
        .again_fault = chrome_fault(visit, "again"),
    };
    view.has_faults = view.faults.count > 0;
    chrome_trail(visit, &view.page, url_path(visit->arena, "/sign-in/sessions"), "Your sessions");
    if (view.has_faults) {
        response->http_code = status_row(STATUS_FORM_FAULTS)->http_code;
    }
    template_signin_password_change(&response->body, &view);
    return STATUS_OK;
}

static enum status show_set(struct visit *visit, struct response *response,
                            const struct person *person, const struct link *link)
{
    struct password_set_view view = {
        .page = chrome_of(visit, PLACE_SIGN_IN, chrome_fault_title(visit, "Choose a password")),
        .faults = chrome_faults(visit),
        .link = field_text(&visit->fields, "link"),
        .name = arena_text(visit->arena, person->name),
        .email = arena_text(visit->arena, person->email),
        .expires_words = clock_words(visit->arena, link->expires_at),
        .expires_iso = clock_iso(visit->arena, link->expires_at),
        .password_fault = chrome_fault(visit, "password"),
        .again_fault = chrome_fault(visit, "again"),
    };
    view.has_faults = view.faults.count > 0;
    if (view.has_faults) {
        response->http_code = status_row(STATUS_FORM_FAULTS)->http_code;
    }
    template_signin_password_set(&response->body, &view);
    return STATUS_OK;
}

/* An unused link that is not too old, of an active person. */
static bool find_link(struct visit *visit, struct digest *token_hash, struct link *link,
                      struct person *person)
{
    const char *token = field_text(&visit->fields, "link");
    if (strlen(token) != TOKEN_SIZE - 1) {
        return false;
    }
    *token_hash = digest_of(token, strlen(token));
    return link_find(visit->people, token_hash, link) && link->used_at == 0 &&
           visit->now_us < link->expires_at && people_by_id(visit->people, link->user_id, person) &&
           person->is_active;
}

/* Notes what is wrong with the new password, beside its field. */
static void judge(struct visit *visit, const struct person *person)
{
    const char *password = field_text(&visit->fields, "password");
    if (password[0] == '\0') {
        return; /* form_check has said so */
    }
    enum status status =
        password_judge(visit->arena, password, signin_site_name(), person->name, person->email);
    if (status != STATUS_OK) {
        field_fault(&visit->fields, "password", status_row(status)->sentence);
        return;
    }
    const char *again = field_text(&visit->fields, "again");
    if (again[0] != '\0' && !text_is(password, again)) {
        field_fault(&visit->fields, "again", status_row(STATUS_PASSWORD_DIFFERS)->sentence);
    }
}

/* Keeps the new password: all sessions and links of the person end, and this browser gets a new
 * session. With a link, only if that is still unused, otherwise only if the password that was
 * proved is still the person's (PASSWORD_WRONG): of two at once one is first. */
static enum status keep(struct visit *visit, struct response *response, const struct person *person,
                        struct throttle *throttle, const char *present_hash,
                        const struct digest *link_hash)
{
    char hash[PASSWORD_HASH_SIZE];
    if (!password_hash(field_text(&visit->fields, "password"), hash)) {
        return STATUS_BUSY;
    }
    /* Only now: a hash takes long, and while this is open nobody else writes. */
    if (!store_begin_write(visit->people)) {
        return STATUS_FAULT;
    }
    if (link_hash != NULL && !link_use(visit->people, link_hash, visit->now_us)) {
        store_rollback(visit->people);
        return STATUS_LINK_SPENT;
    }
    if (present_hash != NULL && !signin_is_current(visit, person, present_hash)) {
        store_rollback(visit->people);
        return STATUS_PASSWORD_WRONG;
    }
    password_write(visit->people, person->user_id, hash, visit->now_us);
    link_end_all(visit->people, person->user_id, visit->now_us);
    session_end_others(visit->people, person->user_id, "");
    const char *notice = link_hash == NULL ? "password-changed" : "signed-in";
    if (!signin_enter(visit, person, notice, throttle, response) || !store_commit(visit->people)) {
        return STATUS_FAULT;
    }
    log_event("info", "password-set", "user", person->user_id, "address",
              visit->request->remote_address, NULL);
    return STATUS_OK;
}
