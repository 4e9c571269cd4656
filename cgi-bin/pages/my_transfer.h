/*
 * pages/my_transfer.h: the transfers that one's organisation is a party of: the list, the story of
 * one, and the acts on it.
 */
#ifndef PAGES_MY_TRANSFER_H
#define PAGES_MY_TRANSFER_H

#include "gate/gate.h"
#include "pages/my_transfer_view.h"
#include "store/my_transfers.h"

extern const struct form my_transfers_form; /* the list's query */
extern const struct form my_transfer_form;  /* one transfer's query */
extern const struct form my_act_form;       /* an act's body */

enum status my_transfers_get(struct visit *visit, struct response *response);
enum status my_transfer_get(struct visit *visit, struct response *response);

/* The page before an act, and the act itself. */
enum status my_accept_get(struct visit *visit, struct response *response);
enum status my_accept_post(struct visit *visit, struct response *response);
enum status my_reject_get(struct visit *visit, struct response *response);
enum status my_reject_post(struct visit *visit, struct response *response);
enum status my_approve_get(struct visit *visit, struct response *response);
enum status my_approve_post(struct visit *visit, struct response *response);
enum status my_refuse_get(struct visit *visit, struct response *response);
enum status my_refuse_post(struct visit *visit, struct response *response);
enum status my_withdraw_get(struct visit *visit, struct response *response);
enum status my_withdraw_post(struct visit *visit, struct response *response);

/* The accounts that it can be accepted into: the field of an act, and of the inbox. */
struct accept_view my_accept_view(struct visit *visit);

/* What this person may do on it now, as far as a page can tell; the ledger decides. */
bool my_may_accept(const struct visit *visit, const struct my_transfer *row);
bool my_may_approve(const struct visit *visit, const struct my_transfer *row);
bool my_may_withdraw(const struct visit *visit, const struct my_transfer *row);

/* Everything that happened, oldest first. */
struct story_views my_story(struct visit *visit, const struct my_transfer *row,
                            struct my_blocks blocks);
/* Who ended it at that time, inside a sentence: a colleague by name, "Fjord Foods", "the registry";
 * "" nobody is known. */
const char *my_story_ended_by(struct visit *visit, const struct my_transfer *row, int64_t ended_at);
/* A transaction summary: one line for each block. */
void my_transfer_csv(struct visit *visit, struct response *response, const struct my_transfer *row,
                     struct my_blocks blocks);

#endif
