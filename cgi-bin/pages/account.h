/*
 * pages/account.h: what the account program has besides its pages: the way in, the switcher of
 * organisations, its error page.
 */
#ifndef PAGES_ACCOUNT_H
#define PAGES_ACCOUNT_H

#include "gate/gate.h"

extern const struct form account_switch_form;

/* "/account": the Credits page. */
enum status account_home_get(struct visit *visit, struct response *response);
/* Acts for another of one's organisations from now on. */
enum status account_switch_post(struct visit *visit, struct response *response);
void account_error_page(struct visit *visit, enum status status, struct response *response);

#endif
