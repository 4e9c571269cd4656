/* pages/signin.c: signing in and out; see pages/signin.h. */
#include "pages/signin.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "gate/password.h"
#include "gate/session.h"
#include "gate/throttle.h"
#include "pages/chrome.h"
#include "pages/signin_view.h"
#include "signin_templates.h"

static const struct field_row sign_in_get_rows[] = {
    {.name = "next", .kind = VALUE_LINE, .chars_max = REQUEST_QUERY_BYTES_MAX},
    {.name = "out", .kind = VALUE_TICK},
};
const struct form sign_in_get_form = {sign_in_get_rows, 2};

static const struct field_row sign_in_post_rows[] = {
    {.name = "email",
     .kind = VALUE_LINE,
     .needed = true,
     .chars_max = EMAIL_SIZE - 2,
     .label = "E-mail address",
     .needed_words = "Enter your e-mail address."},
    {.name = "password",
     .kind = VALUE_SECRET,
     .needed = true,
     .chars_max = 1024, /* more than a password may have: a long wrong one is just wrong */
     .label = "Password",
     .needed_words = "Enter your password."},
    {.name = "next", .kind = VALUE_LINE, .chars_max = REQUEST_QUERY_BYTES_MAX},
};
const struct form sign_in_post_form = {sign_in_post_rows, 3};

static enum status show(struct visit *visit, struct response *response, struct sign_in_view *view);
static bool knows(struct visit *visit, const char *email, const char *password,
                  struct person *person, char hash[PASSWORD_HASH_SIZE],
                  char dated_hash[PASSWORD_HASH_SIZE]);
static enum status refuse(struct visit *visit, struct response *response,
                          struct sign_in_view *view);
static const char *wait_words(struct visit *visit, int64_t wait_s);

enum status sign_in_get(struct visit *visit, struct response *response)
{
    const char *next = field_text(&visit->fields, "next");
    if (visit->signed_in) {
        response_redirect(response, visit->arena, gate_next(visit->arena, next));
        return STATUS_OK;
    }
    struct sign_in_view view = {.signed_out = field_tick(&visit->fields, "out"), .next = next};
    return show(visit, response, &view);
}

enum status sign_in_post(struct visit *visit, struct response *response)
{
    struct sign_in_view view = {.next = field_text(&visit->fields, "next")};
    if (visit->fields.error_count > 0) {
        return show(visit, response, &view);
    }
    const char *email = text_lower(visit->arena, field_text(&visit->fields, "email"));
    const char *password = field_text(&visit->fields, "password");
    struct throttle throttle =
        throttle_of(email, visit->request->remote_address, signin_device(visit));
    if (!signin_may_try(visit, &throttle, response, &view.wait_words)) {
        return show(visit, response, &view);
    }

    struct person person;
    char hash[PASSWORD_HASH_SIZE];
    char new_hash[PASSWORD_HASH_SIZE];
    if (!knows(visit, email, password, &person, hash, new_hash)) {
        return refuse(visit, response, &view);
    }
    if (!store_begin_write(visit->people)) {
        return STATUS_FAULT;
    }
    if (!signin_is_current(visit, &person, hash)) {
        store_rollback(visit->people);
        return refuse(visit, response, &view);
    }
    if (new_hash[0] != '\0') {
        password_write(visit->people, person.user_id, new_hash, visit->now_us);
    }
    if (!signin_enter(visit, &person, "", &throttle, response) || !store_commit(visit->people)) {
        return STATUS_FAULT;
    }
    response_redirect(response, visit->arena, gate_next(visit->arena, view.next));
    return STATUS_OK;
}

enum status sign_out_post(struct visit *visit, struct response *response)
{
    session_end(visit->people, visit->user_id, visit->session_id);
    log_event("info", "signed-out", "user", visit->user_id, NULL);
    session_drop_cookie(response);
    response_redirect(response, visit->arena,
                      url_with(visit->arena, url_path(visit->arena, "/sign-in"), "out", "1"));
    return STATUS_OK;
}

const char *signin_site_name(void)
{
    const char *name = getenv("TALLYSTICK_SITE_NAME");
    return text_empty(name) ? "Tallystick" : name;
}

const char *signin_device(const struct visit *visit)
{
    const char *token = request_cookie(visit->request, visit->arena, DEVICE_COOKIE);
    return token != NULL && strlen(token) == TOKEN_SIZE - 1 ? token : NULL;
}

bool signin_may_try(struct visit *visit, struct throttle *throttle, struct response *response,
                    const char **words)
{
    int64_t free_at = 0;
    if (throttle_try(visit->people, throttle, visit->now_us, &free_at)) {
        return true;
    }
    int64_t wait_s = (free_at - visit->now_us + CLOCK_SECOND_US - 1) / CLOCK_SECOND_US;
    must(wait_s > 0 && wait_s <= THROTTLE_S_MAX);
    response->http_code = status_row(STATUS_THROTTLED)->http_code;
    response->retry_after_s = (int)wait_s;
    *words = wait_words(visit, wait_s);
    log_event("info", "sign-in-throttled", "address", visit->request->remote_address, "wait_s",
              log_int(wait_s), NULL);
    return false;
}

bool signin_is_current(struct visit *visit, const struct person *person, const char *hash)
{
    struct person now;
    char hash_now[PASSWORD_HASH_SIZE];
    return people_by_id(visit->people, person->user_id, &now) && now.is_active &&
           password_read(visit->people, person->user_id, hash_now) && text_is(hash_now, hash);
}

bool signin_enter(struct visit *visit, const struct person *person, const char *notice,
                  struct throttle *throttle, struct response *response)
{
    char device[TOKEN_SIZE];
    const char *known = signin_device(visit);
    if (known != NULL) {
        must(TEXT_COPY(device, known));
    } else {
        token_make(device);
        struct throttle with_device = throttle_of(text_lower(visit->arena, person->email),
                                                  visit->request->remote_address, device);
        must(TEXT_COPY(throttle->device, with_device.device));
    }
    throttle_good(visit->people, throttle, visit->now_us);
    response_cookie(response,
                    arena_printf(visit->arena,
                                 DEVICE_COOKIE
                                 "=%s; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=%d",
                                 device, DEVICE_S_MAX));
    return session_begin(visit, person, notice, response);
}

static enum status show(struct visit *visit, struct response *response, struct sign_in_view *view)
{
    bool is_post = visit->request->method == METHOD_POST;
    view->page = chrome_of(visit, PLACE_SIGN_IN, chrome_fault_title(visit, "Sign in"));
    view->faults = chrome_faults(visit);
    view->has_faults = view->faults.count > 0;
    view->email = is_post ? field_text(&visit->fields, "email") : "";
    view->email_fault = chrome_fault(visit, "email");
    view->password_fault = chrome_fault(visit, "password");
    view->goes_on = !text_empty(view->next);
    if (view->has_faults) {
        response->http_code = status_row(STATUS_FORM_FAULTS)->http_code;
    }
    template_signin_sign_in(&response->body, view);
    return STATUS_OK;
}

static enum status refuse(struct visit *visit, struct response *response, struct sign_in_view *view)
{
    log_event("info", "sign-in-refused", "address", visit->request->remote_address, NULL);
    field_fault(&visit->fields, "email", status_row(STATUS_SIGN_IN_REFUSED)->sentence);
    return show(visit, response, view);
}

/* Does the password belong to an active person of this address? Takes one hash's time whatever the
 * answer is. hash: the kept one, "" none. dated_hash: a hash of today's kind when the kept one is
 * of yesterday's, "" otherwise. */
static bool knows(struct visit *visit, const char *email, const char *password,
                  struct person *person, char hash[PASSWORD_HASH_SIZE],
                  char dated_hash[PASSWORD_HASH_SIZE])
{
    hash[0] = '\0';
    dated_hash[0] = '\0';
    bool is_known = people_by_email(visit->people, email, person);
    if (is_known) {
        password_read(visit->people, person->user_id, hash);
    }
    if (!password_matches(password, hash) || !is_known || !person->is_active) {
        return false;
    }
    if (password_is_dated(hash)) {
        password_hash(password, dated_hash); /* when it fails the old one stays good */
    }
    return true;
}

static const char *wait_words(struct visit *visit, int64_t wait_s)
{
    int64_t minutes = (wait_s + 59) / 60;
    const char *at = clock_words(visit->arena, visit->now_us + wait_s * CLOCK_SECOND_US);
    if (wait_s < 60) {
        return arena_printf(
            visit->arena, "There were several attempts that did not fit. Try again in %d seconds.",
            (int)wait_s);
    }
    return arena_printf(
        visit->arena, "There were several attempts that did not fit. Try again in %d %s, after %s.",
        (int)minutes, minutes == 1 ? "minute" : "minutes", at);
}
