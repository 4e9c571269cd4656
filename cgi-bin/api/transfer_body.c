/* api/transfer_body.c: the bodies that ask for a transfer, an export or a preview of one. See
 * api/transfer.h. */
#include "api/transfer.h"

#include <string.h>

#include "api/units.h"
#include "base/must.h"
#include "base/text.h"

/* What every such body has, in this order; whereto; then which units. */
enum {
    M_FROM,
    M_SUPPLIER,
    M_NOTES,
    M_PRIVATE_NOTE,
    M_CORRECTS,
    M_PLAN,
    M_TO,
    M_TO_ACCOUNT,
    M_SYSTEM = M_TO,
    M_PARTY,
    M_UNITS,
};

#define COMMON                                                                                     \
    {.name = "from_organisation_id", .kind = MEMBER_ID},                                           \
        {.name = "supplier_id", .kind = MEMBER_ID},                                                \
        {.name = "notes", .kind = MEMBER_TEXT, .nullable = true, .chars_max = NOTE_CHARS_MAX},     \
        {.name = "private_note",                                                                   \
         .kind = MEMBER_TEXT,                                                                      \
         .optional = true,                                                                         \
         .nullable = true,                                                                         \
         .chars_max = NOTE_CHARS_MAX},                                                             \
        {.name = "corrects_id", .kind = MEMBER_ID, .optional = true, .nullable = true},            \
    {                                                                                              \
        .name = "plan_hash", .kind = MEMBER_TEXT, .optional = true, .nullable = true,              \
        .chars_max = DIGEST_HEX_SIZE - 1                                                           \
    }
#define TO_ORGANISATION                                                                            \
    {.name = "to_organisation_id", .kind = MEMBER_ID},                                             \
    {                                                                                              \
        .name = "to_account_id", .kind = MEMBER_ID, .optional = true, .nullable = true             \
    }
#define TO_SYSTEM                                                                                  \
    {.name = "to_system", .kind = MEMBER_TEXT, .least = 1, .chars_max = NAME_CHARS_MAX},           \
    {                                                                                              \
        .name = "to_system_party", .kind = MEMBER_TEXT, .least = 1, .chars_max = NAME_CHARS_MAX    \
    }
#define AMOUNT(is_optional) UNITS_KG_MEMBER(is_optional), UNITS_INSTRUMENT_MEMBER

static const struct member batches_members[] = {COMMON, TO_ORGANISATION, UNITS_LINES_MEMBER(false)};
static const struct member oldest_members[] = {COMMON, TO_ORGANISATION, AMOUNT(false)};
static const struct member either_members[] = {COMMON, TO_ORGANISATION, UNITS_LINES_MEMBER(true),
                                               AMOUNT(true)};
static const struct member export_members[] = {COMMON, TO_SYSTEM, UNITS_LINES_MEMBER(true),
                                               AMOUNT(true)};
#define TABLE(members)                                                                             \
    {                                                                                              \
        members, sizeof(members) / sizeof((members)[0])                                            \
    }

/* A body's table, and where in it the units stand; SIZE_MAX nowhere. */
struct shape {
    struct members members;
    size_t lines, amount;
};
static const struct shape shapes[CHOICE__COUNT] = {
    [CHOICE_BATCHES] = {TABLE(batches_members), M_UNITS, SIZE_MAX},
    [CHOICE_OLDEST] = {TABLE(oldest_members), SIZE_MAX, M_UNITS},
    [CHOICE_EITHER] = {TABLE(either_members), M_UNITS, M_UNITS + 1},
};
static const struct shape export_shape = {TABLE(export_members), M_UNITS, M_UNITS + 1};

static const char *text_of(const struct value *value)
{
    return value->is_given ? value->text : "";
}

/* The words of another system: no space at either end, so that one name is one name. */
static void check_edges(struct visit *visit, const char *member, const char *words)
{
    if (!text_is(text_trim(visit->arena, words), words)) {
        struct loc body = loc_of("body");
        struct loc loc = loc_member(&body, member);
        fault_add(visit->faults, &loc, "string_edges", "Leave out the spaces at both ends.", NULL);
    }
}

static void take_whereto(struct visit *visit, const struct row *row, bool is_export,
                         struct command_transfer *transfer)
{
    const struct value *values = row->values;
    if (is_export) {
        transfer->kind = TRANSFER_EXPORT;
        must(TEXT_COPY(transfer->to_system, text_of(&values[M_SYSTEM])) &&
             TEXT_COPY(transfer->to_system_party, text_of(&values[M_PARTY])));
        check_edges(visit, "to_system", transfer->to_system);
        check_edges(visit, "to_system_party", transfer->to_system_party);
        return;
    }
    bool is_internal = values[M_TO_ACCOUNT].is_given && text_is(values[M_TO].text, visit->org_id);
    if (values[M_TO_ACCOUNT].is_given && !is_internal) {
        act_fault(visit, "to_account_id", STATUS_ACCOUNT_UNKNOWN); /* the recipient's to choose */
        return;
    }
    transfer->kind = is_internal ? TRANSFER_INTERNAL : TRANSFER_EXTERNAL;
    if (is_internal) {
        must(TEXT_COPY(transfer->to_account_id, values[M_TO_ACCOUNT].text));
    } else {
        must(TEXT_COPY(transfer->to_org_id, values[M_TO].text));
    }
}

/* 64 hex digits of either case. */
static bool digest_read(const char *hex, struct digest *digest)
{
    static const char digits[] = "0123456789abcdef";
    if (strlen(hex) != DIGEST_HEX_SIZE - 1) {
        return false;
    }
    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        const char *high = strchr(digits, hex[2 * i] | 0x20);
        const char *low = strchr(digits, hex[2 * i + 1] | 0x20);
        if (high == NULL || low == NULL || *high == '\0' || *low == '\0') {
            return false;
        }
        digest->bytes[i] = (uint8_t)((high - digits) * 16 + (low - digits));
    }
    return true;
}

static void take_plan(struct visit *visit, const struct value *plan,
                      struct command_transfer *transfer)
{
    if (!plan->is_given) {
        return;
    }
    transfer->has_plan = true;
    if (!digest_read(plan->text, &transfer->plan)) {
        struct loc body = loc_of("body");
        struct loc loc = loc_member(&body, "plan_hash");
        fault_add(visit->faults, &loc, "plan-malformed",
                  "Send the 64 hex digits that a preview gave as plan_hash.", NULL);
    }
}

/* By batches or by an amount, not both. */
static void take_units(struct visit *visit, const struct shape *shape, const struct row *row,
                       struct command_transfer *transfer)
{
    static const struct value none;
    const struct value *lines = shape->lines == SIZE_MAX ? &none : &row->values[shape->lines];
    const struct value *amount = shape->amount == SIZE_MAX ? &none : &row->values[shape->amount];
    if (lines->is_given == amount->is_given) {
        struct loc body = loc_of("body");
        fault_add(visit->faults, &body, "one-of",
                  "Send either " UNITS_LINES " or " UNITS_KG ", and not both.", NULL);
        return;
    }
    enum instrument instrument = INSTRUMENT_CARBON_REMOVAL;
    if (lines->is_given) {
        transfer->line_count = units_read_lines(visit, lines, transfer->lines, &instrument);
    } else {
        transfer->units = units_read_amount(visit, amount, &row->values[shape->amount + 1],
                                            transfer->supplier_org_id, &instrument);
    }
    transfer->instrument = (uint8_t)instrument;
}

static struct fault_places places_of(bool is_export, enum instrument instrument)
{
    struct fault_places places = {
        .lines = UNITS_LINES, .batch = UNITS_BATCH, .quantity = UNITS_KG, .instrument = instrument};
    places.member[FIELD_SUPPLIER] = "supplier_id";
    places.member[FIELD_AMOUNT] = UNITS_KG;
    places.member[FIELD_NOTES] = "notes";
    places.member[FIELD_PRIVATE_NOTE] = "private_note";
    places.member[FIELD_CORRECTS] = "corrects_id";
    if (is_export) {
        places.member[FIELD_SYSTEM] = "to_system";
    } else {
        places.member[FIELD_RECIPIENT] = "to_organisation_id";
        places.member[FIELD_ACCOUNT] = "to_account_id";
    }
    return places;
}

enum status transfer_read_body(struct visit *visit, enum transfer_choice choice, bool is_export,
                               struct transfer_wish *wish)
{
    must(wish->command->kind == ACT_TRANSFER && choice < CHOICE__COUNT);
    const struct shape *shape = is_export ? &export_shape : &shapes[choice];
    struct command_transfer *transfer = &wish->command->transfer;
    struct row row;
    enum status status = body_read(visit, &shape->members, &row);
    if (status != STATUS_OK) {
        return status;
    }
    const struct value *values = row.values;
    if (!text_is(values[M_FROM].text, visit->org_id)) {
        return STATUS_NOT_ALLOWED; /* the token is for one organisation, whatever else there is */
    }
    must(TEXT_COPY(transfer->from_org_id, visit->org_id));
    must(TEXT_COPY(transfer->notes, text_of(&values[M_NOTES])));
    must(TEXT_COPY(transfer->private_note, text_of(&values[M_PRIVATE_NOTE])));
    must(TEXT_COPY(transfer->corrects_id, text_of(&values[M_CORRECTS])));
    const char *supplier = act_supplier(visit, "supplier_id", values[M_SUPPLIER].text);
    must(TEXT_COPY(transfer->supplier_org_id, supplier));
    take_plan(visit, &values[M_PLAN], transfer);
    take_whereto(visit, &row, is_export, transfer);
    take_units(visit, shape, &row, transfer);
    wish->supplier_id = values[M_SUPPLIER].text;
    wish->places = places_of(is_export, (enum instrument)transfer->instrument);
    return visit->faults->count > 0 ? STATUS_FORM_FAULTS : STATUS_OK;
}
