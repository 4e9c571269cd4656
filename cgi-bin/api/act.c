/* api/act.c: see api/act.h. */
#include "api/act.h"

#include <string.h>

#include "api/json.h"
#include "api/list.h"
#include "base/must.h"
#include "base/text.h"
#include "store/api_keys.h"
#include "store/api_parties.h"
#include "store/people_webhook.h"

_Static_assert(KEY_SIZE == 65, "the message below names the longest key");

static bool key_is(const char *key)
{
    size_t size_bytes = strlen(key);
    for (size_t i = 0; i < size_bytes; i++) {
        if (key[i] <= ' ' || key[i] > '~') {
            return false;
        }
    }
    return size_bytes > 0 && size_bytes < KEY_SIZE;
}

const char *act_key(struct visit *visit)
{
    const char *key = visit->request->idempotency_key;
    if (text_empty(key) || key_is(key)) {
        return key;
    }
    struct loc header = loc_of("header");
    struct loc loc = loc_member(&header, "Idempotency-Key");
    fault_add(visit->faults, &loc, "key-malformed",
              "Send a key of 1 to 64 printable ASCII characters without spaces, such as a UUID.",
              json_quote(visit->arena, key, FAULT_INPUT_CHARS_MAX));
    return "";
}

struct command *act_command(struct visit *visit, enum act_kind kind)
{
    char random[TOKEN_SIZE];
    (void)list_no_query(visit); /* acts take no parameters: faults are noted */
    const char *key = act_key(visit);
    if (text_empty(key)) {
        token_make(random);
        key = random;
    }
    struct command *command = arena_one(visit->arena, struct command);
    *command = command_of(kind, visit->user_id, key);
    return command;
}

/* A token that may not manage never could: what a token may do is not changed. So most programs are
 * not kept waiting for people.db. */
static bool webhooks_know(struct visit *visit, const char *key)
{
    return (visit->caller->scopes & SCOPE_MANAGE) != 0 &&
           webhook_key_is_known(visit->people, visit->user_id, key);
}

/* And not of the ledger's: what that has done under it, it tells itself. */
static bool key_is_of_webhooks(struct visit *visit)
{
    const char *key = visit->request->idempotency_key;
    return !text_empty(key) && webhooks_know(visit, key) &&
           !api_key_is_known(visit->registry, visit->user_id, key);
}

bool act_key_is_used(struct visit *visit)
{
    const char *key = visit->request->idempotency_key;
    return !text_empty(key) &&
           (api_key_is_known(visit->registry, visit->user_id, key) || webhooks_know(visit, key));
}

enum status act_ask(struct visit *visit, const struct fault_places *places,
                    const struct command *command, struct answer *answer)
{
    must(visit->ledger != NULL && visit->faults != NULL);
    if (visit->faults->count > 0) {
        return STATUS_FORM_FAULTS;
    }
    /* What was seen before the act is over: it shall not keep the ledger's WAL, and what is read
     * afterwards is as the act left it. */
    store_rollback(visit->registry);
    bool is_of_webhooks = key_is_of_webhooks(visit);
    if (store_fault(visit->registry) || store_fault(visit->people)) {
        return STATUS_FAULT;
    }
    if (is_of_webhooks) {
        return fault_of_key(visit);
    }
    visit->act_key = command->key;
    enum status status = ledger_ask(visit->ledger, command, answer);
    if (status == STATUS_LEDGER_AWAY || status == STATUS_ANSWER_LOST) {
        return status; /* there is no answer that could say more */
    }
    if (status != STATUS_OK) {
        struct answer *kept = arena_one(visit->arena, struct answer);
        *kept = *answer;
        visit->act_answer = kept;
    }
    return fault_of_answer(visit, places, answer);
}

void act_fault(struct visit *visit, const char *member, enum status status)
{
    struct loc body = loc_of("body");
    struct loc loc = loc_member(&body, member);
    const struct status_row *row = status_row(status);
    fault_add(visit->faults, &loc, row->slug, row->sentence, NULL);
}

const char *act_supplier(struct visit *visit, const char *member, const char *supplier_id)
{
    struct api_party party;
    if (api_supplier_find(visit->registry, visit->arena, supplier_id, &party)) {
        return party.org_id;
    }
    act_fault(visit, member, STATUS_SUPPLIER_UNKNOWN);
    return "";
}
