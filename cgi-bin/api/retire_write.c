/* api/retire_write.c: retiring, by batches or from the oldest units. See api/retire_write.h. */
#include "api/retire_write.h"

#include "api/act.h"
#include "api/api.h"
#include "api/retirement.h"
#include "api/units.h"
#include "base/must.h"
#include "base/text.h"

enum { M_OWNER, M_BENEFICIARY, M_SUPPLIER, M_PURPOSES, M_NOTES, M_UNITS };
enum { M_INSTRUMENT = M_UNITS + 1, M_VINTAGE, M_ORDER };
#define COMMON                                                                                     \
    {.name = "owner_organisation_id", .kind = MEMBER_ID},                                          \
        {.name = "beneficiary_organisation_id", .kind = MEMBER_ID},                                \
        {.name = "supplier_id", .kind = MEMBER_ID},                                                \
        {.name = "retirement_purposes",                                                            \
         .kind = MEMBER_WORDS,                                                                     \
         .least = 1,                                                                               \
         .most = PURPOSES_MAX,                                                                     \
         .words = retirement_purposes},                                                            \
    {                                                                                              \
        .name = "notes", .kind = MEMBER_TEXT, .nullable = true, .chars_max = NOTE_CHARS_MAX        \
    }
static const struct member batches_members[] = {COMMON, UNITS_LINES_MEMBER(false)};
static const struct member oldest_members[] = {
    COMMON,
    UNITS_KG_MEMBER(false),
    UNITS_INSTRUMENT_MEMBER,
    {.name = "vintage",
     .kind = MEMBER_INT,
     .optional = true,
     .nullable = true,
     .least = 1900,
     .most = 2100},
    {.name = "order_id", .kind = MEMBER_ID, .optional = true, .nullable = true},
};
static const struct members batches_table = {batches_members,
                                             sizeof(batches_members) / sizeof(batches_members[0])};
static const struct members oldest_table = {oldest_members,
                                            sizeof(oldest_members) / sizeof(oldest_members[0])};

static uint8_t purposes_of(const struct value *value)
{
    unsigned bits = 0;
    for (size_t i = 0; i < value->count; i++) {
        bits |= 1U << value->words[i];
    }
    return (uint8_t)bits;
}

static enum instrument take_units(struct visit *visit, const struct value *values, bool is_oldest,
                                  struct command_retire *retire)
{
    enum instrument instrument = INSTRUMENT_CARBON_REMOVAL;
    if (!is_oldest) {
        retire->line_count = units_read_lines(visit, &values[M_UNITS], retire->lines, &instrument);
        return instrument;
    }
    retire->units = units_read_amount(visit, &values[M_UNITS], &values[M_INSTRUMENT],
                                      retire->supplier_org_id, &instrument);
    retire->has_instrument = true;
    retire->instrument = (uint8_t)instrument;
    retire->vintage = values[M_VINTAGE].is_given ? (int32_t)values[M_VINTAGE].number : 0;
    must(!values[M_ORDER].is_given || TEXT_COPY(retire->order_id, values[M_ORDER].text));
    return instrument;
}

static enum status read_body(struct visit *visit, bool is_oldest, struct command_retire *retire,
                             enum instrument *instrument)
{
    struct row row;
    enum status status = body_read(visit, is_oldest ? &oldest_table : &batches_table, &row);
    if (status != STATUS_OK) {
        return status;
    }
    const struct value *values = row.values;
    if (!text_is(values[M_OWNER].text, visit->org_id)) {
        return STATUS_NOT_ALLOWED; /* the token is for one organisation, whatever else there is */
    }
    const char *supplier = act_supplier(visit, "supplier_id", values[M_SUPPLIER].text);
    must(TEXT_COPY(retire->org_id, visit->org_id));
    must(TEXT_COPY(retire->supplier_org_id, supplier));
    must(TEXT_COPY(retire->beneficiary_org_id, values[M_BENEFICIARY].text));
    must(!values[M_NOTES].is_given || TEXT_COPY(retire->notes, values[M_NOTES].text));
    retire->purposes = purposes_of(&values[M_PURPOSES]);
    *instrument = take_units(visit, values, is_oldest, retire);
    return visit->faults->count > 0 ? STATUS_FORM_FAULTS : STATUS_OK;
}

static struct fault_places places_of(enum instrument instrument)
{
    struct fault_places places = {
        .lines = UNITS_LINES, .batch = UNITS_BATCH, .quantity = UNITS_KG, .instrument = instrument};
    places.member[FIELD_RECIPIENT] = "beneficiary_organisation_id";
    places.member[FIELD_BENEFICIARY] = "beneficiary_organisation_id";
    places.member[FIELD_SUPPLIER] = "supplier_id";
    places.member[FIELD_PURPOSES] = "retirement_purposes";
    places.member[FIELD_NOTES] = "notes";
    places.member[FIELD_AMOUNT] = UNITS_KG;
    places.member[FIELD_VINTAGE] = "vintage";
    places.member[FIELD_ORDER] = "order_id";
    return places;
}

static enum status retire(struct visit *visit, struct response *response, bool is_oldest)
{
    struct answer answer;
    enum instrument instrument = INSTRUMENT_CARBON_REMOVAL;
    struct command *command = act_command(visit, ACT_RETIRE);
    enum status status = read_body(visit, is_oldest, &command->retire, &instrument);
    if (status == STATUS_OK) {
        struct fault_places places = places_of(instrument);
        status = act_ask(visit, &places, command, &answer);
    }
    struct api_retirement retirement;
    if (status == STATUS_OK &&
        !api_retirement_find(visit->registry, visit->arena, answer.id, &retirement)) {
        status = STATUS_FAULT; /* it is there: the registry cannot be read */
    }
    if (status == STATUS_OK) {
        struct json json = api_answer(visit, response);
        retirement_write(&json, NULL, visit, &retirement);
    }
    return status;
}

enum status retirements_post(struct visit *visit, struct response *response)
{
    return retire(visit, response, false);
}

enum status retirements_oldest_post(struct visit *visit, struct response *response)
{
    return retire(visit, response, true);
}
