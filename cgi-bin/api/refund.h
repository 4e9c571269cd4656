/*
 * api/refund.h: refunds of the buffer pool as JSON. The contract's BufferPoolRefund, with more:
 * instrument and project_id (null: several). They are public.
 */
#ifndef API_REFUND_H
#define API_REFUND_H

#include "gate/gate.h"

enum status refund_get(struct visit *visit, struct response *response);
enum status refund_batches_get(struct visit *visit, struct response *response);

#endif
