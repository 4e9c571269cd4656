/*
 * api/act.h: what every act of a program has in common: the key under which it is done once, and
 * what becomes of the ledger's answer.
 *
 * The client's Idempotency-Key is the ledger's own key, in the scope of the access token's person:
 * a repeat of the same act, at once, in parallel or after a crash, gets the first answer for as
 * long as the registry lasts, and the same key for another act is refused (422 at ["header",
 * "Idempotency-Key"]). What a repeat answers is written from the ledger's first answer and from
 * what never changes, so its body is the same byte for byte, whatever happened since; but names
 * that were changed and words that were taken away since are shown as they are now.
 *
 * A key stands for one act, of the ledger or on webhooks: one that an act on webhooks has used
 * (gate/webhook_admin.h, where it is said what two at the same moment do) is refused here too.
 *
 * Without a key the act gets a random one, so that a connection to the ledger that breaks can be
 * renewed without doing it twice.
 */
#ifndef API_ACT_H
#define API_ACT_H

#include "api/fault.h"
#include "gate/gate.h"
#include "ledger/command.h"

/* The Idempotency-Key as it came; "" when there is none, or when it is malformed, which is noted.
 */
const char *act_key(struct visit *visit);

/* A command of this kind in the arena, by the access token's person, with its key. A key that is
 * malformed (1 to 64 printable ASCII characters without spaces are wanted) is noted as a fault. */
struct command *act_command(struct visit *visit, enum act_kind kind);

/* Has the access token used the request's key before? Then the ledger is asked before anything else
 * is said of the request: what it is told is the first answer, or that the key is another act's. */
bool act_key_is_used(struct visit *visit);

/* Asks the ledger, unless faults were noted before. STATUS_OK with *answer; STATUS_FORM_FAULTS with
 * the refusal noted at its place; or the refusal's own status. */
enum status act_ask(struct visit *visit, const struct fault_places *places,
                    const struct command *command, struct answer *answer);

/* Notes a row of the status table as a fault at [body, member]. */
void act_fault(struct visit *visit, const char *member, enum status status);

/* The organisation behind a supplier's id in the body; "", and the fault noted, when there is none.
 */
const char *act_supplier(struct visit *visit, const char *member, const char *supplier_id);

#endif
