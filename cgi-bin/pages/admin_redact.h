/*
 * pages/admin_redact.h: administrators take public words away: the page that asks on what they
 * stand, and the page before the act. Notes of transfers have their own (pages/admin_transfers.h).
 */
#ifndef PAGES_ADMIN_REDACT_H
#define PAGES_ADMIN_REDACT_H

#include "gate/gate.h"

extern const struct form admin_redact_find_form;
extern const struct form admin_redact_form;

enum status admin_redact_find_get(struct visit *visit, struct response *response);
enum status admin_redact_find_post(struct visit *visit, struct response *response);
enum status admin_redact_get(struct visit *visit, struct response *response);
enum status admin_redact_post(struct visit *visit, struct response *response);

#endif
