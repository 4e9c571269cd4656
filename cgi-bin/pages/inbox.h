/*
 * pages/inbox.h: what waits: incoming transfers to accept or reject, one's organisation's own to
 * approve or refuse, outgoing ones to withdraw; one or many at once.
 */
#ifndef PAGES_INBOX_H
#define PAGES_INBOX_H

#include "gate/gate.h"
#include "pages/inbox_view.h"

extern const struct form inbox_query, inbox_form, inbox_done_query;
enum status inbox_get(struct visit *visit, struct response *response);
enum status inbox_post(struct visit *visit, struct response *response);
/* What came of it: read from the audit log by the numbers in the address, so a reload does nothing
 * again. */
enum status inbox_done_get(struct visit *visit, struct response *response);

#endif
