/*
 * api/order.h: orders and deliveries as JSON.
 *
 * An order is its buyer's and its supplier's to see; to others it is not there. Deliveries are
 * public, as their pages are. The contract's Order, with more: instrument, ordered_at and notes;
 * where no date of contract is recorded, effective_contract_date is the day it was placed. The
 * contract's Delivery, with more: instrument, which is its order's.
 */
#ifndef API_ORDER_H
#define API_ORDER_H

#include "api/json.h"
#include "gate/gate.h"
#include "store/api_orders.h"

void order_write(struct json *json, const char *name, struct visit *visit,
                 const struct api_order *order);
void delivery_write(struct json *json, const char *name, struct visit *visit,
                    const struct api_delivery *delivery);

enum status order_get(struct visit *visit, struct response *response);
enum status order_deliveries_get(struct visit *visit, struct response *response);
enum status organisation_orders_get(struct visit *visit, struct response *response);
enum status supplier_orders_get(struct visit *visit, struct response *response);

enum status delivery_get(struct visit *visit, struct response *response);
enum status delivery_batches_get(struct visit *visit, struct response *response);
enum status deliveries_get(struct visit *visit, struct response *response);
enum status supplier_deliveries_get(struct visit *visit, struct response *response);

#endif
