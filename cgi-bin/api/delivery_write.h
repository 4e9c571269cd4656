/*
 * api/delivery_write.h: a supplier delivers against an order. A delivery never changes, so the
 * answer is what GET shows.
 */
#ifndef API_DELIVERY_WRITE_H
#define API_DELIVERY_WRITE_H

#include "gate/gate.h"

/* POST /deliveries */
enum status deliveries_post(struct visit *visit, struct response *response);

#endif
