/*
 * pages/signin.h: the pages of the sign-in program: signing in and out, passwords, one's own
 * sessions. Rights and tokens are the gate's; what a password must be is in gate/password.h; how
 * long one waits after wrong ones in gate/throttle.h.
 */
#ifndef PAGES_SIGNIN_H
#define PAGES_SIGNIN_H

#include "gate/gate.h"

extern const struct form sign_in_get_form, sign_in_post_form;
extern const struct form password_change_form, password_set_get_form, password_set_post_form;
extern const struct form session_end_form;

enum status sign_in_get(struct visit *visit, struct response *response);
enum status sign_in_post(struct visit *visit, struct response *response);
enum status sign_out_post(struct visit *visit, struct response *response);

enum status password_change_get(struct visit *visit, struct response *response);
enum status password_change_post(struct visit *visit, struct response *response);
enum status password_set_get(struct visit *visit, struct response *response);
enum status password_set_post(struct visit *visit, struct response *response);

enum status sessions_get(struct visit *visit, struct response *response);
enum status session_end_post(struct visit *visit, struct response *response);
enum status sessions_end_post(struct visit *visit, struct response *response);

void signin_error_page(struct visit *visit, enum status status, struct response *response);

/* For these files only. */
/* The site's name, as chrome_of shows it. */
const char *signin_site_name(void);
/* The token in the browser's device cookie, NULL when it has none. */
const char *signin_device(const struct visit *visit);
/* Counts an attempt; false: too early, and the page's words and Retry-After are set. */
struct throttle;
bool signin_may_try(struct visit *visit, struct throttle *throttle, struct response *response,
                    const char **wait_words);
/* In the transaction that is open in people.db: is the hash that the password was compared with
 * still the person's, and the person active? Comparing takes long, and meanwhile another request
 * may have changed either: what it ended must not be begun anew. */
struct person;
bool signin_is_current(struct visit *visit, const struct person *person, const char *hash);
/* Makes the session, its cookie and the device cookie in the transaction that is open in people.db.
 */
bool signin_enter(struct visit *visit, const struct person *person, const char *notice,
                  struct throttle *throttle, struct response *response);

#endif
