/* gate/gate.c: see gate/gate.h. */
#include "gate/gate.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "gate/csrf.h"
#include "gate/inside.h"
#include "gate/kept.h"
#include "gate/rights.h"
#include "gate/session.h"
#include "store/people_session.h"

static enum status walk(struct gate *gate, struct visit *visit, struct response *response);
static enum status walk_tokens(struct gate *gate, struct visit *visit,
                               const struct matched *matched, struct response *response);
static enum status admit(struct gate *gate, struct visit *visit, unsigned needs,
                         struct pairs *form);
static bool holds_page(const struct gate *gate, struct visit *visit, struct response *response);
static bool is_at_hand(const struct gate *gate, struct visit *visit, struct response *response);
static bool token_right(const struct visit *visit, unsigned needs, const char *token);
static struct visit visit_of(struct gate *gate, const struct request *request);
static struct url sign_in_url(struct gate *gate, struct visit *visit);
static void answer_error(struct gate *gate, struct visit *visit, enum status status,
                         struct response *response);
static void start_over(struct response *response);
static void take_notice(struct gate *gate, struct visit *visit, const struct response *response);
static bool any_fault(const struct gate *gate);
static bool any_broken(const struct gate *gate);
static void settle(struct gate *gate);

int gate_run(const struct gate_setup *setup)
{
    static struct gate gate;
    log_open(setup->program);
    if (!gate_open(&gate, setup)) {
        return 1;
    }
    if (setup->opened != NULL) {
        setup->opened(gate.registry);
    }
    struct program program = {.name = setup->program,
                              .arena = &gate.arena,
                              .context = &gate,
                              .answer = gate_answer,
                              .refuse = gate_refuse,
                              .last_words = setup->last_words,
                              .finish = gate_finish,
                              .is_readable = gate_is_readable};
    int exit_code = http_run(&program);
    gate_close(&gate);
    return exit_code;
}

void gate_answer(void *context, const struct request *request, struct response *response)
{
    struct gate *gate = context;
    struct visit *visit = arena_one(&gate->arena, struct visit);
    *visit = visit_of(gate, request);
    if (request->method != METHOD_POST && gate->registry != NULL) {
        store_begin_read(gate->registry); /* a page shows one moment */
    }

    gate->ledger.sent = 0;
    enum status status = walk(gate, visit, response);
    if (request->method == METHOD_POST && gate->people_write) {
        /* What was not committed is not wanted; nobody waits for it while the reply is on its way.
         */
        store_rollback(gate->people);
    }
    /* A lost answer says already that nobody knows, and how to find out. */
    if (any_fault(gate) && status != STATUS_ANSWER_LOST) {
        /* What the ledger has done meanwhile stays done: then nobody may say that nothing was. */
        bool is_busy = !any_broken(gate) && gate->ledger.sent == 0;
        status = is_busy ? STATUS_BUSY : STATUS_FAULT;
    }
    if (status != STATUS_OK) {
        answer_error(gate, visit, status, response);
        return;
    }
    take_notice(gate, visit, response);
}

void gate_refuse(void *context, const struct request *request, enum status status,
                 struct response *response)
{
    struct gate *gate = context;
    struct visit visit = visit_of(gate, request);
    answer_error(gate, &visit, status, response);
}

void gate_finish(void *context)
{
    struct gate *gate = context;
    gate->has_fault = gate->has_fault || any_broken(gate);
    settle(gate);
    if (gate->has_fault) {
        /* A file that failed once is opened anew by a new process, which also mends what a crash
         * left. */
        log_event("error", "store-fault", "program", gate->program, NULL);
        gate->has_fault = false;
        raise(SIGTERM);
    }
}

bool gate_is_readable(void *context)
{
    return !any_fault(context);
}

void gate_notice(struct visit *visit, const char *notice)
{
    must(visit->request->method == METHOD_POST && visit->people != NULL);
    if (visit->session == NULL || store_fault(visit->people)) {
        return;
    }
    session_set_notice(visit->people, &visit->session->token_hash, notice);
    if (store_fault(visit->people)) {
        /* The act has happened: a word about it that could not be kept must not turn it into an
         * error. */
        log_event("warning", "notice-lost", "user", visit->user_id, NULL);
        store_settle(visit->people);
    }
}

bool gate_switch_org(struct visit *visit, const char *org_id)
{
    must(visit->request->method == METHOD_POST && visit->session != NULL);
    for (size_t i = 0; i < visit->org_count; i++) {
        if (text_is(visit->orgs[i].org_id, org_id)) {
            session_set_org(visit->people, &visit->session->token_hash, org_id);
            visit->org_id = visit->orgs[i].org_id;
            visit->org_name = visit->orgs[i].name;
            visit->org_roles = visit->orgs[i].roles;
            return true;
        }
    }
    return false;
}

/* The order of checks. */
static enum status walk(struct gate *gate, struct visit *visit, struct response *response)
{
    const struct request *request = visit->request;
    struct matched *matched = arena_one(visit->arena, struct matched);
    enum status status = route_find(visit->arena, gate->routes, gate->route_count, request->method,
                                    request->path, matched, &response->allow);
    if (gate->door != GATE_SESSIONS) {
        return status == STATUS_OK ? walk_tokens(gate, visit, matched, response) : status;
    }
    session_load(gate, visit); /* before any answer: an error page, too, knows who reads it */
    if (status != STATUS_OK) {
        return status;
    }
    visit->arguments = matched->arguments;
    visit->sign_in = sign_in_url(gate, visit);

    struct pairs form = request->method == METHOD_POST ? request->form : request->query;
    status = admit(gate, visit, matched->route->need, &form);
    if (status == STATUS_SIGN_IN_NEEDED && request->method != METHOD_POST) {
        response_redirect(response, visit->arena, visit->sign_in);
        return STATUS_OK;
    }
    if (status == STATUS_OK) {
        status = form_check(visit->arena, matched->route->form, &form, &visit->fields);
    }
    if (status != STATUS_OK || is_at_hand(gate, visit, response)) {
        return status;
    }
    status = matched->route->handle(visit, response);
    if (status == STATUS_OK && visit->page_tag != NULL && !any_fault(gate)) {
        kept_add(visit->page_tag, response);
    }
    return status;
}

/* The same for programs: no cookie is looked at, so no form token has to be; query and body are the
 * handler's. */
static enum status walk_tokens(struct gate *gate, struct visit *visit,
                               const struct matched *matched, struct response *response)
{
    visit->arguments = matched->arguments;
    must(gate->registry != NULL);
    store_begin_read(gate->registry); /* acts, too: one moment up to where the ledger is asked */
    enum status status = gate->door->admit(gate, visit, matched->route->need);
    return status == STATUS_OK ? matched->route->handle(visit, response) : status;
}

/* Has the asker the very page that the handler would make? Then the door says so (304). */
static bool holds_page(const struct gate *gate, struct visit *visit, struct response *response)
{
    if (gate->page_tag == NULL || visit->request->method == METHOD_POST) {
        return false;
    }
    visit->page_tag = gate->page_tag(visit);
    if (visit->page_tag == NULL || !request_names_tag(visit->request, visit->page_tag)) {
        return false;
    }
    response->is_public = true;
    response->etag = visit->page_tag;
    return true;
}

/* The asker holds the page, or it was made with this tag before: then it is not made again. */
static bool is_at_hand(const struct gate *gate, struct visit *visit, struct response *response)
{
    return holds_page(gate, visit, response) ||
           (visit->page_tag != NULL && kept_find(visit->page_tag, response));
}

/* Same origin, somebody, their form token, their rights. */
static enum status admit(struct gate *gate, struct visit *visit, unsigned needs, struct pairs *form)
{
    bool is_post = visit->request->method == METHOD_POST;
    const char *token = "";
    if (is_post) {
        if (!csrf_same_origin(visit->request, gate->site_url)) {
            return STATUS_CROSS_SITE;
        }
        if (visit->request->query.count > 0 || visit->request->form_is_broken ||
            !csrf_take_token(visit->arena, &visit->request->form, form, &token)) {
            return STATUS_BAD_REQUEST;
        }
    }
    if (needs != NEED_NOBODY && !visit->signed_in) {
        return STATUS_SIGN_IN_NEEDED;
    }
    if (is_post && needs != NEED_NOBODY && !token_right(visit, needs, token)) {
        return STATUS_CROSS_SITE;
    }
    return rights_judge(needs, visit);
}

/* Is it the session's, and was the form's page made for the organisation that the person acts for?
 * Since then another tab may have switched, or somebody may have added the person to an
 * organisation that comes first. */
static bool token_right(const struct visit *visit, unsigned needs, const char *token)
{
    size_t bytes = strcspn(token, ".");
    const char *own = arena_text_sized(visit->arena, token, bytes);
    bool is_elsewhere = (needs & NEED_ORGANISATION) != 0 && token[bytes] == '.' &&
                        !text_is(token + bytes + 1, visit->org_id);
    return csrf_token_right(visit->session->form_token, own) && !is_elsewhere;
}

/* Nobody yet. */
static struct visit visit_of(struct gate *gate, const struct request *request)
{
    static const char *const no_arguments[4];
    bool is_post = request->method == METHOD_POST;
    struct visit visit = {
        .arena = &gate->arena,
        .request = request,
        .now_us = clock_now_us(),
        .site_url = gate->site_url,
        .arguments = no_arguments,
        .registry = gate->registry,
        .people = is_post ? gate->people : gate->people_read,
        .ledger = gate->uses_ledger ? &gate->ledger : NULL,
        .user_id = "",
        .user_name = "",
        .user_email = "",
        .org_id = "",
        .org_name = "",
        .form_token = "",
        .session_id = "",
        .notice = "",
        .sign_in = url_path(&gate->arena, "/sign-in"),
    };
    if (gate->begin != NULL) {
        gate->begin(&visit);
    }
    return visit;
}

/* Back to this page after signing in; from a form whose address is no page, or from an address too
 * long to be told on, to the place sign-in leads to anyway. */
static struct url sign_in_url(struct gate *gate, struct visit *visit)
{
    const struct request *request = visit->request;
    struct url sign_in = url_path(visit->arena, "/sign-in");
    struct matched matched;
    const char *allow = NULL;
    if (request->method == METHOD_POST &&
        route_find(visit->arena, gate->routes, gate->route_count, METHOD_GET, request->path,
                   &matched, &allow) != STATUS_OK) {
        return sign_in;
    }
    const char *here =
        text_empty(request->query_text)
            ? request->path
            : arena_printf(visit->arena, "%s?%s", request->path, request->query_text);
    struct url url = url_with(visit->arena, sign_in, "next", here);
    size_t query_bytes = strlen(url.text) - strlen(sign_in.text) - 1;
    return query_bytes > REQUEST_QUERY_BYTES_MAX ? sign_in : url;
}

/* Drops what was written and makes the program's page for the status. */
static void answer_error(struct gate *gate, struct visit *visit, enum status status,
                         struct response *response)
{
    if (any_fault(gate)) {
        gate->has_fault = gate->has_fault || any_broken(gate);
        settle(gate);
    }
    const char *allow = status == STATUS_METHOD_NOT_ALLOWED ? response->allow : NULL;
    start_over(response);
    response->http_code = status_row(status)->http_code;
    response->retry_after_s = status == STATUS_THROTTLED ? visit->retry_after_s : 0;
    gate->error_page(visit, status, response);
    response->allow = allow;
    if (status == STATUS_SIGN_IN_NEEDED && response->http_code == 303 &&
        response->location == NULL) {
        response->http_code = 403; /* a page that says the session has ended, not a way on */
    }
}

static void start_over(struct response *response)
{
    response->http_code = 200;
    response->content_type = "text/html; charset=utf-8";
    response->body.size_bytes = 0;
    response->location = NULL;
    response->allow = NULL;
    for (size_t i = 0; i < sizeof response->cookies / sizeof response->cookies[0]; i++) {
        response->cookies[i] = NULL;
    }
    response->disposition = NULL;
    response->etag = NULL;
    response->retry_after_s = 0;
    response->challenge = NULL;
    response->is_sandbox = false;
    response->is_public = false;
    response->stream = NULL;
    response->stream_state = NULL;
}

/* A notice is shown once: on the first whole page after the act. Redirects and downloads leave it
 * for later. */
static void take_notice(struct gate *gate, struct visit *visit, const struct response *response)
{
    if (text_empty(visit->notice) || visit->request->method != METHOD_GET || !gate->people_write ||
        response->http_code != 200 || response->stream != NULL ||
        !text_starts(response->content_type, "text/html")) {
        return;
    }
    /* The reader's lock would keep the writer waiting; the page is made, nothing more is read. */
    store_settle(gate->people_read);
    session_set_notice(gate->people, &visit->session->token_hash, "");
    if (store_fault(gate->people)) {
        log_event("warning", "notice-kept", "user", visit->user_id, NULL);
        store_settle(gate->people);
    }
}

static bool any_fault(const struct gate *gate)
{
    return (gate->registry != NULL && store_fault(gate->registry)) ||
           (gate->people != NULL && store_fault(gate->people)) ||
           (gate->people_read != NULL && store_fault(gate->people_read));
}

/* A fault that is more than having waited too long for others: then the file is opened anew. */
static bool any_broken(const struct gate *gate)
{
    const struct store *const stores[] = {gate->registry, gate->people, gate->people_read};
    for (size_t i = 0; i < sizeof stores / sizeof stores[0]; i++) {
        if (stores[i] != NULL && store_fault(stores[i]) && !store_is_busy(stores[i])) {
            return true;
        }
    }
    return false;
}

static void settle(struct gate *gate)
{
    if (gate->registry != NULL) {
        store_settle(gate->registry);
    }
    if (gate->people_read != NULL) {
        store_settle(gate->people_read);
    }
    if (gate->people != NULL && gate->people != gate->people_read) {
        store_settle(gate->people);
    }
}
