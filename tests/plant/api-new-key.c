/*
 * plant/api-new-key.c: a planted bug (plant/ledger-commit-lost.c says how): api asks the ledger
 * with another key each time, so that a repeated request is a second act.
 *
 * wraps: ledger_ask
 * with: shim
 */
#include <stdio.h>
#include <unistd.h>

#include "ledger/client.h"

enum status __real_ledger_ask(struct ledger_client *client, const struct command *command,
                              struct answer *answer);
enum status __wrap_ledger_ask(struct ledger_client *client, const struct command *command,
                              struct answer *answer);

enum status __wrap_ledger_ask(struct ledger_client *client, const struct command *command,
                              struct answer *answer)
{
    static unsigned times;
    static struct command other;
    other = *command;
    if (command->key[0] != '\0') {
        (void)snprintf(other.key, sizeof other.key, "%.30s-%d-%u", command->key, (int)getpid(),
                       ++times);
    }
    return __real_ledger_ask(client, &other, answer);
}
