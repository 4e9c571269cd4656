/*
 * pages/deliver.h: delivering against an order: by its supplier's initiators (account), and by
 * registry administrators for the supplier.
 */
#ifndef PAGES_DELIVER_H
#define PAGES_DELIVER_H

#include "pages/at_once.h"
#include "pages/orders.h"

/* Who delivers, and where things lead for him. */
struct deliver_way {
    enum asker program;
    enum place place;
    const struct order_way *order_way;
    const char *path; /* of the page, with a '*' for the order */
    /* the way up: links above the heading, without the order itself */
    void (*trail)(struct visit *visit, struct chrome *page);
    void (*show_question)(struct out *out, const struct at_once_view *view);
    void (*show_check)(struct out *out, const struct at_once_check_view *view);
    /* It is delivered: goes on. */
    enum status (*done)(struct visit *visit, struct response *response, const struct order *order,
                        const char *delivery_id);
};

/* The act for an order. */
struct at_once *deliver_act(struct visit *visit, const struct order *order,
                            const struct deliver_way *way);

/* Why nothing can be delivered now, whatever the amount; words NULL: something can. */
struct at_once_alarm deliver_hindrance(struct visit *visit, const struct order *order,
                                       const struct deliver_way *way);

/* The account's. */
extern const struct deliver_way deliver_way_account;
enum status my_deliver_get(struct visit *visit, struct response *response);
enum status my_deliver_post(struct visit *visit, struct response *response);
enum status my_deliver_done_get(struct visit *visit, struct response *response);

#endif
