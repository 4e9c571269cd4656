/*
 * api/batch.h: credit batches as JSON.
 *
 * The contract's CreditBatch, with more: instrument, vintage, state and pending_transfer_id. What
 * we do not keep is answered so:
 *
 *   removal_id            the issuance's id: no removal is recorded apart from its issuance
 *   sequestered_on        the last day of the issuance's reporting period; where none is recorded,
 *                         of the vintage's year, or the day of issue when that is earlier
 *   carbon_removal_data   null: what was taken out of the air in all, and what was taken off for
 *                         emissions, losses and what would have happened anyway, is measured and
 *                         verified before a registry issues the rest. It is told the units alone,
 *                         neither lists nor acts bring the other figures, and one of five would
 *                         not do: the contract wants all
 *   ccp_approved          of its project, as the registry's administrators have recorded it
 *   beneficiary           of a retirement for a name alone, its id is the retirement's: there is no
 *                         organisation of that name here
 *   status                exported and cancelled batches left circulation for good, which of the
 *                         contract's words "retired" comes nearest to; state tells them apart, and
 *                         they have no retirement_id and no retired_at. A list filtered by status
 *                         has what is shown with it; the filter state takes our own words
 *   pending_transfer_id   which waiting transfer holds it, for the holder alone; others get null
 */
#ifndef API_BATCH_H
#define API_BATCH_H

#include "api/json.h"
#include "gate/gate.h"
#include "store/api_batches.h"

void batch_write(struct json *json, const char *name, const struct visit *visit,
                 const struct api_batch *batch);
/* One found by its id; false, and nothing written, when there is none. */
bool batch_write_found(struct json *json, const char *name, const struct visit *visit,
                       const char *batch_id);
/* The name that a retirement was made for, as an Organisation. */
void batch_write_beneficiary(struct json *json, const char *name,
                             const struct api_party *beneficiary, const char *retirement_id);

/* The whole answer {"nodes": [...], "total_count": n}: the batches of an act, which is there. Takes
 * no parameters. Many are sent window by window, as downloads are. */
enum status batches_of(struct visit *visit, struct response *response, enum api_lines_of of,
                       const char *id);

enum status batch_get(struct visit *visit, struct response *response);

#endif
