/* api/transfer_make.c: making transfers and exports, and what they would do. See api/transfer.h. */
#include "api/transfer.h"

#include "api/api.h"
#include "base/text.h"

/* What came of the act, as it was then. */
static enum status write_answer(struct visit *visit, struct response *response,
                                const struct command *command, const struct answer *answer)
{
    struct api_transfer now;
    if (!api_transfer_find(visit->registry, visit->arena, visit->org_id, answer->id, &now)) {
        return STATUS_FAULT; /* it is there: the registry cannot be read */
    }
    struct api_transfer then = transfer_as_answered(&now, command, answer);
    struct json json = api_answer(visit, response);
    transfer_write(&json, NULL, &then);
    return STATUS_OK;
}

static enum status make(struct visit *visit, struct response *response, enum transfer_choice choice,
                        bool is_export)
{
    struct fault_places places;
    struct answer answer;
    struct command *command = act_command(visit, ACT_TRANSFER);
    enum status status = transfer_read_body(visit, choice, is_export, command, &places);
    if (status == STATUS_OK) {
        status = act_ask(visit, &places, command, &answer);
    }
    return status == STATUS_OK ? write_answer(visit, response, command, &answer) : status;
}

enum status transfers_post(struct visit *visit, struct response *response)
{
    return make(visit, response, CHOICE_BATCHES, false);
}

enum status transfers_oldest_post(struct visit *visit, struct response *response)
{
    return make(visit, response, CHOICE_OLDEST, false);
}

enum status exports_post(struct visit *visit, struct response *response)
{
    return make(visit, response, CHOICE_EITHER, true);
}
