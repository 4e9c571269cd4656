/*
 * pages/take_amount.h: inside the step that asks how much: what both of its files know. Others
 * include pages/take.h.
 */
#ifndef PAGES_TAKE_AMOUNT_H
#define PAGES_TAKE_AMOUNT_H

#include "pages/take.h"

/* One page or post of this step. */
struct amount {
    const struct take *take;
    struct holding_balance balance;
    struct holding_vintages vintages; /* oldest first, when one may be chosen */
    struct holding_batches batches;   /* by delivery: what can be taken, by arrival */
    bool by_delivery;
};

/* ---- take_show.c ---- */

void take_show_amount(const struct amount *amount);
/* Was everything that came together ticked? */
bool take_is_ticked(const struct amount *amount, const char *received_by);

#endif
