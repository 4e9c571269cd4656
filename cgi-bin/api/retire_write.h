/*
 * api/retire_write.h: retiring units of the token's organisation on behalf of somebody. A
 * retirement never changes, so the answer is what GET shows.
 */
#ifndef API_RETIRE_WRITE_H
#define API_RETIRE_WRITE_H

#include "gate/gate.h"

/* POST /retirements: named batches. */
enum status retirements_post(struct visit *visit, struct response *response);
/* POST /retirements/from_oldest_credits: an amount, oldest first; of one vintage, or of what came
 * with one order. */
enum status retirements_oldest_post(struct visit *visit, struct response *response);

#endif
