/*
 * gate/session.h: who a browser's cookie stands for, and for how long.
 *
 * The cookie is `__Host-session` everywhere: Secure; HttpOnly; SameSite=Lax; Path=/. Browsers treat
 * http://127.0.0.1 and http://localhost as trustworthy and keep Secure cookies there too (seen with
 * Chromium), so there is no weaker form of it. Its value is 256 random bits; people.db holds only
 * their SHA-256. A session ends by sign-out, after SESSION_IDLE_S_MAX without a request,
 * SESSION_ABSOLUTE_S_MAX after sign-in, or when the person is deactivated.
 */
#ifndef GATE_SESSION_H
#define GATE_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "gate/gate.h"
#include "http/http.h"
#include "store/people_person.h"
#include "store/people_session.h"

#define SESSION_COOKIE "__Host-session"
#define SESSION_TOUCH_S 60 /* seen_at moves at most once a minute: a page is not a write */

/* False once it is as old as a limit allows (at the limit itself it has ended), while the clock
 * stands more than an hour before it began, or when its person is deactivated. */
bool session_is_live(const struct session *session, int64_t now_us);

/* Finds out who comes and fills the visit's person, organisations and roles; leaves it as nobody
 * otherwise. Moves seen_at. */
void session_load(struct gate *gate, struct visit *visit);

/* Begins a session for a person who has just proved who they are: a new token, a new cookie, the
 * old session of this browser ended. False: people.db did not keep it. */
bool session_begin(struct visit *visit, const struct person *person, const char *notice,
                   struct response *response);
/* Takes the cookie away from the browser. */
void session_drop_cookie(struct response *response);

#endif
