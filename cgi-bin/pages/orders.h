/*
 * pages/orders.h: orders and deliveries, for their two parties (account), for administrators and,
 * deliveries only, for everybody. What a supplier does about an order is in pages/deliver.h.
 */
#ifndef PAGES_ORDERS_H
#define PAGES_ORDERS_H

#include "gate/gate.h"
#include "pages/orders_view.h"
#include "pages/public_list.h"
#include "store/orders.h"

extern const struct form my_orders_form, my_orders_new_form, my_deliveries_form;

enum status my_orders_get(struct visit *visit, struct response *response);
enum status my_orders_new_get(struct visit *visit, struct response *response);
enum status my_orders_new_post(struct visit *visit, struct response *response);
enum status my_order_get(struct visit *visit, struct response *response);
enum status my_deliveries_get(struct visit *visit, struct response *response);
enum status my_delivery_get(struct visit *visit, struct response *response);

/* ---- orders.c: what these pages share ---- */

/* Where things lead for the reader, each address with a '*'. */
struct order_way {
    const char *org;
    const char *order;    /* NULL: orders are none of the reader's business */
    const char *deliver;  /* NULL: the reader never delivers */
    const char *delivery; /* the page of one */
    /* which side the reader is on: its own name is not told again and again. ORDER_OF_ALL: on none
     */
    enum order_side side;
};
extern const struct order_way order_way_public;
struct order_way order_way_account(enum order_side side);

/* May order and deliver for the organisation acted for? */
bool orders_may_act(const struct visit *visit);

/* What a list of orders can be filtered by: "open" and the words of enum order_state. */
extern const char *const order_filter_words[];
struct choice_views order_states(struct visit *visit);
/* The list that the visit's fields q, state, sort, before and after ask for, within `all`. */
struct list order_list(struct visit *visit, const struct list_kind *kind,
                       const struct order_filter *all);

struct state_view order_state(enum order_state state);
/* "with 500.000 credits still to be delivered.": what follows the word of its state. */
const char *order_next(struct visit *visit, const struct order *order);
/* Who did the act by which this order or delivery came to be, as the party acted for may know it: a
 * colleague by name, others by what they are. */
const char *order_who(struct visit *visit, const struct order *order, const char *subject_id);
/* A date of a contract in words; "" unknown. */
const char *order_contract(struct arena *arena, const struct order *order);
/* Rows of lists. A unit stands in every row when the rows differ in it. */
struct order_table order_table(struct visit *visit, struct orders orders,
                               const struct order_way *way);
struct delivery_table delivery_table(struct visit *visit, struct deliveries deliveries,
                                     const struct order_way *way);
/* The whole page of an order but the chrome and what can be pressed. recorded_by: in words; "" not
 * to be told. */
void order_fill(struct visit *visit, const struct order *order, const struct order_way *way,
                const char *recorded_by, struct order_view *view);
/* Tabs over the lists of the account: only what makes sense for the organisation. */
struct order_tabs order_tabs(struct visit *visit, enum order_side side, bool at_deliveries);
/* Which side the account's lists show: as asked (query field "as"), else what the organisation is.
 */
enum order_side order_side_of(struct visit *visit);
const char *order_side_word(enum order_side side);

/* ---- lists as CSV; the same whoever reads them ---- */

/* Which order a delivery was for stands last, and is not for everybody. */
extern const char *const order_columns[];
extern const char *const delivery_columns[];
extern const char *const delivery_public_columns[];
void order_cells(const struct list *list, const void *row, const char **cells);
struct list_rows order_read(const struct list *list, const struct window *window);
int64_t order_count(const struct list *list, const void *filter);
void delivery_cells(const struct list *list, const void *row, const char **cells);
struct list_rows delivery_read(const struct list *list, const struct window *window);
int64_t delivery_count(const struct list *list, const void *filter);

#endif
