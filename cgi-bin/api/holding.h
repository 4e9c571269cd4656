/*
 * api/holding.h: what the caller's own organisation holds: its credit balance and its credit
 * batches. Other organisations' are not there to be seen (404).
 *
 * Balances are the contract's, with more: available_credits_total (what can be moved now) and
 * pending_credits_total (what waits in pending transfers; it is still part of active). A balance
 * may be of both instruments: a certificate counts as one credit, 1000 in kilograms, as everywhere
 * (api/json.h). Nothing is listed of which there is neither an active nor a retired unit. Balances
 * of many orders are sent window by window, as downloads are.
 */
#ifndef API_HOLDING_H
#define API_HOLDING_H

#include "gate/gate.h"

enum status organisation_balance_get(struct visit *visit, struct response *response);
enum status organisation_batches_get(struct visit *visit, struct response *response);

#endif
