/*
 * plant/admin-says-done.c: a planted bug (plant/ledger-commit-lost.c says how): admin takes an act
 * for done when the ledger did not answer.
 *
 * wraps: ledger_ask
 */
#include "base/text.h"
#include "ledger/client.h"

#define ONE_OF 10 /* issuances: as if it were away */

enum status __real_ledger_ask(struct ledger_client *client, const struct command *command,
                              struct answer *answer);
enum status __wrap_ledger_ask(struct ledger_client *client, const struct command *command,
                              struct answer *answer);

enum status __wrap_ledger_ask(struct ledger_client *client, const struct command *command,
                              struct answer *answer)
{
    static unsigned issuances;
    enum status status = STATUS_LEDGER_AWAY;
    if (command->kind != ACT_ISSUE || ++issuances % ONE_OF != 0) {
        status = __real_ledger_ask(client, command, answer);
    }
    if (status == STATUS_LEDGER_AWAY || status == STATUS_ANSWER_LOST) {
        *answer = (struct answer){.version = COMMAND_VERSION, .line = -1};
        (void)TEXT_COPY(answer->id, "iss_0000000000TST000");
        status = STATUS_OK;
    }
    return status;
}
