/*
 * pages/pool.h: what the pages about the buffer pool share.
 */
#ifndef PAGES_POOL_H
#define PAGES_POOL_H

#include "gate/gate.h"
#include "pages/pool_view.h"
#include "store/pool.h"

extern const struct form public_buffer_form, public_pool_acts_form;

enum status public_buffer_get(struct visit *visit, struct response *response);
enum status public_refunds_get(struct visit *visit, struct response *response);
enum status public_refund_get(struct visit *visit, struct response *response);
enum status public_cancellations_get(struct visit *visit, struct response *response);
enum status public_cancellation_get(struct visit *visit, struct response *response);

struct url pool_act_url(struct arena *arena, enum pool_act_kind kind, const char *act_id);
/* Rows of a list. A unit stands in every row when the rows differ in it. */
struct pool_act_table pool_act_table(struct visit *visit, enum pool_act_kind kind,
                                     struct pool_acts acts);
/* The latest ones, at most `most`. */
struct pool_act_table pool_latest(struct visit *visit, enum pool_act_kind kind, size_t most);

#endif
