/*
 * api/beneficiary.h: naming somebody on whose behalf the caller's organisation retires: an
 * organisation by its domain, or an individual by an e-mail address, which stays in people.db and
 * is shown to nobody.
 *
 * A domain or an address names one beneficiary: asked for again, under whatever key, it answers
 * with the one that is there (an address with another name is refused).
 */
#ifndef API_BENEFICIARY_H
#define API_BENEFICIARY_H

#include "gate/gate.h"

/* GET /beneficiaries: whom the caller can retire for. */
enum status beneficiaries_get(struct visit *visit, struct response *response);
/* POST /beneficiary */
enum status beneficiary_post(struct visit *visit, struct response *response);

#endif
