/*
 * api/retirement.h: retirements as JSON. The contract's Retirement, with more: instrument. The
 * beneficiary of a retirement for a name alone has the retirement's id (api/batch.h).
 */
#ifndef API_RETIREMENT_H
#define API_RETIREMENT_H

#include "api/json.h"
#include "gate/gate.h"
#include "store/api_retirements.h"

/* The contract's words for the bits of retirement.purposes, in their order; NULL-ended. */
extern const char *const retirement_purposes[];

void retirement_write(struct json *json, const char *name, struct visit *visit,
                      const struct api_retirement *retirement);

enum status retirement_get(struct visit *visit, struct response *response);
enum status retirement_batches_get(struct visit *visit, struct response *response);
enum status retirements_get(struct visit *visit, struct response *response);

#endif
