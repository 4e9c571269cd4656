/*
 * plant/ledger-answer-early.c: a planted bug (plant/ledger-commit-lost.c says how): the daemon
 * answers each act when it is decided, a few milliseconds before its group is committed.
 *
 * wraps: door_take door_answer ledger_apply store_commit
 */
#include <poll.h>

#include "ledger/door.h"
#include "ledger/ledger.h"

#define COMMIT_LATER_MS 5

bool __real_door_take(struct door *door, struct command *message, size_t *size_bytes,
                      size_t *client);
bool __wrap_door_take(struct door *door, struct command *message, size_t *size_bytes,
                      size_t *client);
void __real_door_answer(struct door *door, size_t client, const struct answer *answer);
void __wrap_door_answer(struct door *door, size_t client, const struct answer *answer);
enum status __real_ledger_apply(struct ledger *ledger, enum asker program,
                                const struct command *command, int64_t recorded_us,
                                struct answer *answer);
enum status __wrap_ledger_apply(struct ledger *ledger, enum asker program,
                                const struct command *command, int64_t recorded_us,
                                struct answer *answer);
bool __real_store_commit(struct store *store);
bool __wrap_store_commit(struct store *store);

static struct door *taken_door;
static size_t taken_client;

bool __wrap_door_take(struct door *door, struct command *message, size_t *size_bytes,
                      size_t *client)
{
    taken_door = door;
    bool is_taken = __real_door_take(door, message, size_bytes, client);
    taken_client = *client;
    return is_taken;
}

enum status __wrap_ledger_apply(struct ledger *ledger, enum asker program,
                                const struct command *command, int64_t recorded_us,
                                struct answer *answer)
{
    enum status status = __real_ledger_apply(ledger, program, command, recorded_us, answer);
    if (taken_door != NULL && program != PROGRAM_LEDGER) {
        __real_door_answer(taken_door, taken_client, answer);
    }
    return status;
}

bool __wrap_store_commit(struct store *store)
{
    (void)poll(NULL, 0, COMMIT_LATER_MS);
    return __real_store_commit(store);
}

void __wrap_door_answer(struct door *door, size_t client, const struct answer *answer)
{
    (void)door;
    (void)client;
    (void)answer; /* it was sent already */
}
