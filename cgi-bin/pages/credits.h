/*
 * pages/credits.h: the Credits page: what the organisation holds, and its batches as a list that
 * can be filtered, sorted, paged and downloaded.
 */
#ifndef PAGES_CREDITS_H
#define PAGES_CREDITS_H

#include "gate/gate.h"
#include "pages/credits_view.h"
#include "store/holdings.h"

extern const struct form credits_form; /* the list's query */
enum status credits_get(struct visit *visit, struct response *response);

/* ---- credits_list.c ---- */

/* Fills the list of batches and its filters into the view. */
void credits_list(struct visit *visit, struct holding_balances balances, struct credits_view *view);
/* The same list as CSV, a window at a time. */
void credits_csv(struct visit *visit, struct response *response);

#endif
