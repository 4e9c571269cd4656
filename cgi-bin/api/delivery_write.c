/* api/delivery_write.c: see api/delivery_write.h. */
#include "api/delivery_write.h"

#include "api/act.h"
#include "api/api.h"
#include "api/order.h"
#include "api/units.h"
#include "base/must.h"
#include "base/text.h"

enum { M_LINES, M_ORDER, M_NOTES };
static const struct member members[] = {
    [M_LINES] = UNITS_LINES_MEMBER(false),
    [M_ORDER] = {.name = "order_id", .kind = MEMBER_ID},
    [M_NOTES] = {.name = "notes",
                 .kind = MEMBER_TEXT,
                 .nullable = true,
                 .chars_max = NOTE_CHARS_MAX},
};
static const struct members table = {members, sizeof(members) / sizeof(members[0])};

static enum status ask(struct visit *visit, const struct command *command,
                       enum instrument instrument, struct answer *answer)
{
    struct fault_places places = {
        .lines = UNITS_LINES,
        .batch = UNITS_BATCH,
        .quantity = UNITS_KG,
        .instrument = instrument,
        .member = {[FIELD_ORDER] = "order_id",
                   [FIELD_NOTES] = "notes",
                   [FIELD_RECIPIENT] = "order_id",
                   [FIELD_AMOUNT] = UNITS_LINES},
    };
    enum status status = act_ask(visit, &places, command, answer);
    if (status == STATUS_NOT_FOUND) {
        /* An order of others is none of the caller's business: as one that never was. */
        act_fault(visit, "order_id", STATUS_ORDER_UNKNOWN);
        return STATUS_FORM_FAULTS;
    }
    return status;
}

enum status deliveries_post(struct visit *visit, struct response *response)
{
    struct row row;
    struct answer answer;
    struct command *command = act_command(visit, ACT_DELIVER);
    enum status status = body_read(visit, &table, &row);
    if (status != STATUS_OK) {
        return status;
    }
    struct command_deliver *deliver = &command->deliver;
    enum instrument instrument = INSTRUMENT_CARBON_REMOVAL;
    must(TEXT_COPY(deliver->order_id, row.values[M_ORDER].text));
    must(!row.values[M_NOTES].is_given || TEXT_COPY(deliver->notes, row.values[M_NOTES].text));
    deliver->line_count =
        units_read_lines(visit, &row.values[M_LINES], deliver->lines, &instrument);
    status = ask(visit, command, instrument, &answer);
    struct api_delivery delivery;
    if (status == STATUS_OK &&
        !api_delivery_find(visit->registry, visit->arena, answer.id, &delivery)) {
        status = STATUS_FAULT; /* it is there: the registry cannot be read */
    }
    if (status == STATUS_OK) {
        struct json json = api_answer(visit, response);
        delivery_write(&json, NULL, visit, &delivery);
    }
    return status;
}
