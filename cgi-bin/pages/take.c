/* pages/take.c: see pages/take.h: what has been chosen, and what there is to choose from. */
#include "pages/take.h"

#include <string.h>

#include "base/id.h"
#include "base/text.h"
#include "ledger/command.h"

const char *take_next(const struct draft_take *of)
{
    if (text_empty(of->supplier_org_id) || text_empty(of->instrument)) {
        return "balance";
    }
    bool has_amount = text_is(of->mode, "manual") ? !text_empty(of->lines) : of->units > 0;
    return text_empty(of->mode) || !has_amount ? "amount" : NULL;
}

enum instrument take_instrument(const struct draft_take *of)
{
    enum instrument instrument = INSTRUMENT_CARBON_REMOVAL;
    (void)instrument_from_word(of->instrument, &instrument);
    return instrument;
}

int64_t take_units(struct arena *arena, const struct draft_take *of)
{
    if (!text_is(of->mode, "manual")) {
        return text_empty(of->mode) ? 0 : of->units;
    }
    struct command_line *lines = arena_array(arena, struct command_line, COMMAND_LINES_MAX);
    return take_lines_sum(lines, take_lines_read(of->lines, lines, COMMAND_LINES_MAX));
}

const char *take_word(struct arena *arena, const char *supplier_org_id, enum instrument instrument)
{
    return arena_printf(arena, "%s.%s", supplier_org_id, instrument_word(instrument));
}

bool take_parse(struct arena *arena, const char *word, const char **supplier_org_id,
                enum instrument *instrument)
{
    size_t id_bytes = strcspn(word, ".");
    const char *id = arena_text_sized(arena, word, id_bytes);
    enum instrument read = INSTRUMENT_CARBON_REMOVAL;
    if (word[id_bytes] != '.' || !id_is(id, "org") ||
        !instrument_from_word(word + id_bytes + 1, &read)) {
        return false;
    }
    *supplier_org_id = id;
    *instrument = read;
    return true;
}

struct holding_balances take_balances(struct visit *visit, const char *except_account_id)
{
    struct holding_balances balances =
        holdings_balances(visit->registry, visit->arena, visit->org_id, except_account_id);
    struct holding_balances suppliers = holdings_by_supplier(visit->arena, balances);
    struct holding_balance *rows =
        arena_array(visit->arena, struct holding_balance, suppliers.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < suppliers.count; i++) {
        if (suppliers.at[i].active_units > 0) {
            rows[count++] = suppliers.at[i];
        }
    }
    return (struct holding_balances){.at = rows, .count = count};
}

bool take_balance(struct visit *visit, const struct draft_take *of, const char *except_account_id,
                  struct holding_balance *balance)
{
    struct holding_balances balances = take_balances(visit, except_account_id);
    for (size_t i = 0; i < balances.count; i++) {
        if (text_is(balances.at[i].supplier_org_id, of->supplier_org_id) &&
            text_is(instrument_word(balances.at[i].instrument), of->instrument)) {
            *balance = balances.at[i];
            return true;
        }
    }
    return false;
}
