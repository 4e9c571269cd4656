/* gate/session.c: see gate/session.h. */
#include "gate/session.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "base/text.h"
#include "store/rights.h"

#define TOUCH_US (SESSION_TOUCH_S * CLOCK_SECOND_US)
#define IDLE_US (SESSION_IDLE_S_MAX * CLOCK_SECOND_US)
#define ABSOLUTE_US (SESSION_ABSOLUTE_S_MAX * CLOCK_SECOND_US)
/* A session that ends later than any could that begins now was begun by a clock that has been put
 * back since. By so much it may be put back without signing everybody out. */
#define CLOCK_SLACK_US (3600 * CLOCK_SECOND_US)

static bool find(struct gate *gate, struct visit *visit, struct session *session);
static bool registry_agrees(struct gate *gate, struct visit *visit, const struct session *session);
static void enter(struct visit *visit, const struct session *session);
static void choose_org(struct visit *visit, const char *org_id);
static void copy_cut(char *to, size_t to_bytes, const char *from);

bool session_is_live(const struct session *session, int64_t now_us)
{
    bool is_beyond = session->ends_at - now_us > ABSOLUTE_US + CLOCK_SLACK_US;
    return session->person_is_active && !is_beyond && now_us < session->ends_at &&
           now_us - session->seen_at < IDLE_US;
}

void session_load(struct gate *gate, struct visit *visit)
{
    struct session *session = arena_one(visit->arena, struct session);
    if (gate->people == NULL || !find(gate, visit, session) ||
        !registry_agrees(gate, visit, session)) {
        return;
    }
    enter(visit, session);
    choose_org(visit, session->org_id);
    /* Seen at a time to come: the clock has been put back, and idleness counts from now. */
    int64_t since_us = visit->now_us - session->seen_at;
    if (gate->people_write && (since_us >= TOUCH_US || since_us <= -TOUCH_US)) {
        session_touch(gate->people, &session->token_hash, visit->now_us);
    }
}

bool session_begin(struct visit *visit, const struct person *person, const char *notice,
                   struct response *response)
{
    must(person->is_active && visit->request->method == METHOD_POST);
    char token[TOKEN_SIZE];
    token_make(token);
    struct session session = {.token_hash = digest_of(token, strlen(token)),
                              .made_at = visit->now_us,
                              .seen_at = visit->now_us,
                              .ends_at = visit->now_us + ABSOLUTE_US};
    /* signin does not open registry.db: the installation's tag stands in the person's id. */
    struct id_source ids = {.random_tail = true};
    memcpy(ids.tag, person->user_id + 13, ID_TAG_SIZE - 1);
    id_make(&ids, "ses", visit->now_us, session.session_id);
    token_make(session.form_token);
    must(TEXT_COPY(session.user_id, person->user_id) && TEXT_COPY(session.notice, notice));
    copy_cut(session.address, sizeof session.address, visit->request->remote_address);
    copy_cut(session.agent, sizeof session.agent, visit->request->user_agent);

    if (visit->session != NULL) {
        if (text_is(visit->user_id, person->user_id)) {
            must(TEXT_COPY(session.org_id, visit->session->org_id));
        }
        session_end(visit->people, visit->user_id, visit->session_id);
    }
    session_forget(visit->people, person->user_id, visit->now_us, visit->now_us - IDLE_US);
    if (!session_add(visit->people, &session)) {
        return false;
    }
    response_cookie(response,
                    arena_printf(visit->arena,
                                 SESSION_COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Lax",
                                 token));
    log_event("info", "signed-in", "user", person->user_id, "session", session.session_id,
              "address", visit->request->remote_address, NULL);
    return true;
}

void session_drop_cookie(struct response *response)
{
    response_cookie(response,
                    SESSION_COOKIE "=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
}

/* A live session that the cookie's token belongs to. */
static bool find(struct gate *gate, struct visit *visit, struct session *session)
{
    const char *token = request_cookie(visit->request, visit->arena, SESSION_COOKIE);
    if (token == NULL || strlen(token) != TOKEN_SIZE - 1) {
        return false;
    }
    struct digest token_hash = digest_of(token, strlen(token));
    return session_find(gate->people, &token_hash, session) &&
           session_is_live(session, visit->now_us);
}

/* Reads what the person may do now. False when the registry has deactivated the person: then
 * nothing of them stays signed in. */
static bool registry_agrees(struct gate *gate, struct visit *visit, const struct session *session)
{
    if (gate->registry == NULL) {
        return true;
    }
    struct rights rights = rights_of(gate->registry, session->user_id);
    if (rights.is_known && !rights.is_active) {
        if (gate->people_write) {
            session_end_others(gate->people, session->user_id, "");
        }
        return false;
    }
    visit->registry_roles = rights.registry_roles;
    size_t count = 0;
    const struct rights_membership *rows =
        rights_memberships(gate->registry, visit->arena, session->user_id, &count);
    struct visit_org *orgs = arena_array(visit->arena, struct visit_org, count + 1);
    for (size_t i = 0; i < count; i++) {
        must(rows[i].roles != 0);
        orgs[i] = (struct visit_org){
            .org_id = rows[i].org_id, .name = rows[i].org_name, .roles = rows[i].roles};
    }
    visit->orgs = orgs;
    visit->org_count = count;
    return true;
}

static void enter(struct visit *visit, const struct session *session)
{
    visit->signed_in = true;
    visit->session = session;
    visit->session_id = session->session_id;
    visit->user_id = session->user_id;
    visit->user_name = session->user_name;
    visit->user_email = session->user_email;
    visit->form_token = session->form_token;
    if (visit->request->method == METHOD_GET) {
        visit->notice =
            session->notice; /* shown on the next whole page, gate.c takes it away then */
    }
}

/* The organisation chosen, or the first by name when it was none or the person has left it. */
static void choose_org(struct visit *visit, const char *org_id)
{
    const struct visit_org *chosen = visit->org_count > 0 ? &visit->orgs[0] : NULL;
    for (size_t i = 0; i < visit->org_count; i++) {
        if (text_is(visit->orgs[i].org_id, org_id)) {
            chosen = &visit->orgs[i];
        }
    }
    if (chosen != NULL) {
        visit->org_id = chosen->org_id;
        visit->org_name = chosen->name;
        visit->org_roles = chosen->roles;
        visit->form_token = arena_printf(visit->arena, "%s.%s", visit->form_token, visit->org_id);
    }
}

/* As much as fits, ending before a character that would be cut; what is not UTF-8 is left out. */
static void copy_cut(char *to, size_t to_bytes, const char *from)
{
    size_t bytes = from == NULL || !text_utf8_is(from) ? 0 : strnlen(from, to_bytes - 1);
    while (bytes > 0 && ((unsigned char)from[bytes] & 0xC0) == 0x80) {
        bytes--;
    }
    if (bytes > 0) {
        memcpy(to, from, bytes);
    }
    to[bytes] = '\0';
}
