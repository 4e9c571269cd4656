/*
 * plant/account-says-done.c: a planted bug (plant/ledger-commit-lost.c says how): now and then
 * account tells a person that a transfer was made although the ledger was never asked.
 *
 * wraps: ledger_ask
 */
#include <stdio.h>

#include "base/clock.h"
#include "ledger/client.h"

#define ONE_OF 20 /* transfers */

enum status __real_ledger_ask(struct ledger_client *client, const struct command *command,
                              struct answer *answer);
enum status __wrap_ledger_ask(struct ledger_client *client, const struct command *command,
                              struct answer *answer);

enum status __wrap_ledger_ask(struct ledger_client *client, const struct command *command,
                              struct answer *answer)
{
    static struct id_source ids = {.tag = "TST"};
    static unsigned transfers;
    if (command->kind != ACT_TRANSFER || ++transfers % ONE_OF != 0) {
        return __real_ledger_ask(client, command, answer);
    }
    *answer = (struct answer){.version = COMMAND_VERSION, .status = STATUS_OK, .line = -1};
    answer->at = clock_now_us();
    answer->seq = transfers;
    answer->transfer_state = TRANSFER_PENDING;
    id_make(&ids, "tfr", answer->at, answer->id);
    return STATUS_OK;
}
