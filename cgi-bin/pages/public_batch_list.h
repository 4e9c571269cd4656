/*
 * pages/public_batch_list.h: the batches of a project or of an issuance as a list.
 */
#ifndef PAGES_PUBLIC_BATCH_LIST_H
#define PAGES_PUBLIC_BATCH_LIST_H

#include "pages/public_list.h"
#include "pages/public_projects_view.h"
#include "store/public_batches.h"

/* The list for the visit's fields: project_id or issuance_id is "". The form has state, sort,
 * before, after and format, and vintage for a project. */
struct list public_batch_list(struct visit *visit, const char *project_id, const char *issuance_id);
struct choice_views public_batch_states(struct visit *visit);
struct public_batch_rows public_batch_rows(struct visit *visit, struct list_rows found);

/* The states and sorts that their forms have. */
extern const char *const public_batch_state_words[], *const public_batch_sort_words[];

#endif
