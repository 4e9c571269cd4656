/* api/fault.c: see api/fault.h. */
#include "api/fault.h"

#include "api/json.h"
#include "base/must.h"
#include "gate/gate.h"

static struct loc place_of(enum status status, const struct fault_places *places,
                           const struct answer *answer);
static struct loc place_of_line(enum status status, const struct fault_places *places,
                                int64_t line);
static bool is_about_quantity(enum status status);
static bool tells_available(enum status status);

struct loc loc_of(const char *first)
{
    return (struct loc){.steps = {{.name = first}}, .count = 1};
}

struct loc loc_member(const struct loc *loc, const char *name)
{
    struct loc deeper = *loc;
    must(loc->count < FAULT_LOC_MAX);
    deeper.steps[deeper.count++] = (struct loc_step){.name = name};
    return deeper;
}

struct loc loc_index(const struct loc *loc, int64_t index)
{
    struct loc deeper = *loc;
    must(loc->count < FAULT_LOC_MAX);
    deeper.steps[deeper.count++] = (struct loc_step){.index = index};
    return deeper;
}

void fault_add(struct api_faults *faults, const struct loc *loc, const char *type, const char *msg,
               const char *input)
{
    must(faults != NULL && loc->count > 0);
    if (faults->count < FAULTS_MAX) {
        faults->at[faults->count++] =
            (struct api_fault){.loc = *loc, .msg = msg, .type = type, .input = input};
    }
}

enum status fault_of_key(struct visit *visit)
{
    const struct status_row *row = status_row(STATUS_KEY_REUSED);
    struct loc header = loc_of("header");
    struct loc loc = loc_member(&header, "Idempotency-Key");
    fault_add(visit->faults, &loc, row->slug, row->sentence,
              json_quote(visit->arena, visit->request->idempotency_key, FAULT_INPUT_CHARS_MAX));
    return STATUS_FORM_FAULTS;
}

enum status fault_of_answer(struct visit *visit, const struct fault_places *places,
                            const struct answer *answer)
{
    enum status status = (enum status)answer->status;
    const struct status_row *row = status_row(status);
    const char *msg = row->sentence;
    if (status == STATUS_KEY_REUSED) {
        return fault_of_key(visit);
    }
    if (row->http_code != 422 || status == STATUS_FORM_FAULTS) {
        return status;
    }
    if (tells_available(status)) {
        int64_t units = answer->available_units;
        bool is_carbon = places->instrument == INSTRUMENT_CARBON_REMOVAL;
        msg = arena_printf(visit->arena, "%s Available: %s (%lld%s kg).", msg,
                           quantity_words(visit->arena, units, places->instrument),
                           (long long)units, is_carbon || units == 0 ? "" : "000");
    }
    struct loc loc = place_of(status, places, answer);
    fault_add(visit->faults, &loc, row->slug, msg, NULL);
    return STATUS_FORM_FAULTS;
}

static struct loc place_of(enum status status, const struct fault_places *places,
                           const struct answer *answer)
{
    struct loc body = loc_of("body");
    if (answer->line >= 0 && places->lines != NULL) {
        return place_of_line(status, places, answer->line);
    }
    if (answer->field <= FIELD_NONE || answer->field >= FIELD__COUNT) {
        return body;
    }
    const char *member = places->member[answer->field];
    if (member == NULL && answer->field == FIELD_LINES) {
        member = places->lines;
    }
    return member == NULL ? body : loc_member(&body, member);
}

static struct loc place_of_line(enum status status, const struct fault_places *places, int64_t line)
{
    struct loc body = loc_of("body");
    struct loc lines = loc_member(&body, places->lines);
    struct loc loc = loc_index(&lines, line);
    const char *member = is_about_quantity(status) ? places->quantity : places->batch;
    return member == NULL ? loc : loc_member(&loc, member);
}

static bool is_about_quantity(enum status status)
{
    return status == STATUS_QUANTITY_ZERO || status == STATUS_QUANTITY_NEGATIVE ||
           status == STATUS_QUANTITY_FRACTION || status == STATUS_QUANTITY_TOO_LARGE ||
           status == STATUS_NOT_ENOUGH || status == STATUS_ORDER_EXCEEDED;
}

static bool tells_available(enum status status)
{
    return status == STATUS_NOT_ENOUGH || status == STATUS_ORDER_EXCEEDED;
}
