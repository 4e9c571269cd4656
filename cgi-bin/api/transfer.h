/*
 * api/transfer.h: transfers and exports as JSON, and the bodies that ask for them.
 *
 * A transfer is the contract's Transfer with more: status, kind, instrument, supplier_id, when it
 * expires, completed or ended otherwise and why, whom it waits for (needs), and for its parties the
 * private note and the account. An export has another system and its party where a transfer has the
 * receiving organisation; everything else is the same.
 */
#ifndef API_TRANSFER_H
#define API_TRANSFER_H

#include "api/act.h"
#include "api/body.h"
#include "api/json.h"
#include "api/page.h"
#include "store/api_transfers.h"

/* One transfer or export, as its kind says. */
void transfer_write(struct json *json, const char *name, const struct api_transfer *transfer);

/* {"act", "organisation_id", "until"}: something that somebody has to do first. organisation_id ""
 * (null): the registry's or the other system's. */
void transfer_write_need(struct json *json, const char *act, const char *organisation_id,
                         int64_t until_at);

/* The transfer as it was when the ledger first answered this act on it: what happened since is
 * taken back. The act is TRANSFER, APPROVE, REFUSE, ACCEPT, REJECT or WITHDRAW. */
struct api_transfer transfer_as_answered(const struct api_transfer *now,
                                         const struct command *command,
                                         const struct answer *answer);

/* ---------------------------------------------------------------- bodies */

/* How a body says which units: by batches, by an amount (oldest first), or by either of them. */
enum transfer_choice { CHOICE_BATCHES, CHOICE_OLDEST, CHOICE_EITHER, CHOICE__COUNT };

/* A body that was read. */
struct transfer_wish {
    struct command *command;    /* ACT_TRANSFER */
    struct fault_places places; /* where in the body a refusal belongs */
    const char *supplier_id;    /* as it was sent */
};

/* Reads the request's body as a wish for a transfer, or an export. Without faults: STATUS_OK; else
 * STATUS_FORM_FAULTS, STATUS_MEDIA_TYPE, or STATUS_NOT_ALLOWED when the sender is another
 * organisation than the token's own. wish->command is given. */
enum status transfer_read_body(struct visit *visit, enum transfer_choice choice, bool is_export,
                               struct transfer_wish *wish);

/* ---------------------------------------------------------------- handlers */

enum status transfers_get(struct visit *visit, struct response *response);
enum status transfer_get(struct visit *visit, struct response *response);
enum status transfer_batches_get(struct visit *visit, struct response *response);
enum status transfers_post(struct visit *visit, struct response *response);
enum status transfers_oldest_post(struct visit *visit, struct response *response);
enum status transfers_preview_post(struct visit *visit, struct response *response);
enum status transfer_accept_post(struct visit *visit, struct response *response);
enum status transfer_reject_post(struct visit *visit, struct response *response);
enum status transfer_withdraw_post(struct visit *visit, struct response *response);
enum status transfer_approve_post(struct visit *visit, struct response *response);
enum status transfer_refuse_post(struct visit *visit, struct response *response);

enum status exports_get(struct visit *visit, struct response *response);
enum status export_get(struct visit *visit, struct response *response);
enum status export_batches_get(struct visit *visit, struct response *response);
enum status exports_post(struct visit *visit, struct response *response);
enum status exports_preview_post(struct visit *visit, struct response *response);
enum status export_withdraw_post(struct visit *visit, struct response *response);
enum status export_approve_post(struct visit *visit, struct response *response);
enum status export_refuse_post(struct visit *visit, struct response *response);

#endif
