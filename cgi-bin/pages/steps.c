/* pages/steps.c: what the transfer steps share: the draft of the address, the order of the steps.
 */
#include "pages/steps.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"
#include "store/my_transfers.h"
#include "store/recipients.h"

enum steps_found steps_open(struct visit *visit, struct response *response, struct draft *draft)
{
    bool is_post = visit->request->method == METHOD_POST;
    if (is_post && !store_begin_write(visit->people)) {
        return STEPS_NOT_THERE; /* the gate answers for the fault */
    }
    if (!draft_find(visit->people, visit->arena, visit->user_id, visit->org_id, visit->arguments[0],
                    draft)) {
        return STEPS_NOT_THERE;
    }
    /* The ledger knows it even when the answer never reached us. */
    const char *transfer_id =
        text_empty(draft->transfer_id)
            ? my_transfer_of_key(visit->registry, visit->arena, visit->user_id, draft->draft_id)
            : draft->transfer_id;
    if (text_empty(transfer_id)) {
        return STEPS_OPEN;
    }
    if (is_post && text_empty(draft->transfer_id)) {
        (void)draft_submitted(visit->people, draft, transfer_id, visit->now_us);
        (void)store_commit(visit->people);
    }
    struct url url = desk_transfer_url(visit->arena, transfer_id);
    response_redirect(response, visit->arena, url_with(visit->arena, url, "from", "draft"));
    return STEPS_OVER;
}

enum status steps_closed(enum steps_found found)
{
    must(found != STEPS_OPEN);
    return found == STEPS_OVER ? STATUS_OK : STATUS_NOT_FOUND;
}

static bool has_recipient(const struct draft *draft)
{
    if (text_is(draft->kind, "export")) {
        return !text_empty(draft->to_system) && !text_empty(draft->to_system_party);
    }
    return !text_empty(text_is(draft->kind, "internal") ? draft->to_account_id : draft->to_org_id);
}

const char *steps_next(const struct draft *draft)
{
    if (!has_recipient(draft)) {
        return "recipient";
    }
    if (text_empty(draft->supplier_org_id) || text_empty(draft->instrument)) {
        return "balance";
    }
    bool has_amount = text_is(draft->mode, "manual") ? !text_empty(draft->lines) : draft->units > 0;
    return text_empty(draft->mode) || !has_amount ? "amount" : "review";
}

struct url steps_url(struct visit *visit, const struct draft *draft, const char *step, bool back)
{
    struct url url = url_path(visit->arena, "/account/transfers/drafts/*/*", draft->draft_id, step);
    return url_with(visit->arena, url, "back", back ? "review" : "");
}

enum status steps_save(struct visit *visit, struct draft *draft)
{
    draft->changed_at = visit->now_us;
    if (draft_save(visit->people, draft) && store_commit(visit->people)) {
        return STATUS_OK;
    }
    return store_fault(visit->people) ? STATUS_FAULT : STATUS_NOT_FOUND;
}

enum status steps_keep(struct visit *visit, struct response *response, struct draft *draft,
                       bool back)
{
    enum status status = steps_save(visit, draft);
    if (status != STATUS_OK) {
        return status;
    }
    const char *next = steps_next(draft);
    return desk_go(visit, response,
                   steps_url(visit, draft, next, back && !text_is(next, "review")));
}

struct step_view steps_view_of(struct visit *visit, const struct draft *draft, const char *step,
                               bool back)
{
    return (struct step_view){
        .post = steps_url(visit, draft, step, false),
        .back = back,
        .to = steps_to(visit, draft),
    };
}

static const char *account_name(struct visit *visit, const char *account_id)
{
    struct holding_accounts accounts =
        holdings_accounts(visit->registry, visit->arena, visit->org_id, false);
    for (size_t i = 0; i < accounts.count; i++) {
        if (text_is(accounts.at[i].account_id, account_id)) {
            return accounts.at[i].name;
        }
    }
    return "";
}

const char *steps_to(struct visit *visit, const struct draft *draft)
{
    if (!has_recipient(draft)) {
        return "";
    }
    if (text_is(draft->kind, "export")) {
        return draft->to_system;
    }
    if (text_is(draft->kind, "internal")) {
        return arena_printf(visit->arena, "your account %s",
                            account_name(visit, draft->to_account_id));
    }
    struct recipient recipient;
    bool is_found = recipient_find(visit->registry, visit->arena, draft->to_org_id, &recipient);
    return is_found ? recipient.name : draft->to_org_id;
}

const char *steps_words(struct visit *visit, const struct draft *draft)
{
    enum instrument instrument = INSTRUMENT_CARBON_REMOVAL;
    (void)instrument_from_word(draft->instrument, &instrument);
    int64_t units = draft->units;
    if (text_is(draft->mode, "manual")) {
        struct command_line *lines =
            arena_array(visit->arena, struct command_line, COMMAND_LINES_MAX);
        units = steps_lines_sum(lines, steps_lines_read(draft->lines, lines, COMMAND_LINES_MAX));
    }
    const char *what = text_empty(draft->mode) || units <= 0
                           ? "Transfer"
                           : quantity_words(visit->arena, units, instrument);
    const char *to = steps_to(visit, draft);
    if (text_empty(to)) {
        return arena_printf(visit->arena, "%s, %s", what,
                            text_is(draft->kind, "export")     ? "out to another registry"
                            : text_is(draft->kind, "internal") ? "between own accounts"
                                                               : "recipient not chosen yet");
    }
    return arena_printf(visit->arena, "%s to %s", what, to);
}

const char *steps_balance_word(struct arena *arena, const char *supplier_org_id,
                               enum instrument instrument)
{
    return arena_printf(arena, "%s.%s", supplier_org_id, instrument_word(instrument));
}

bool steps_balance_parse(struct arena *arena, const char *word, const char **supplier_org_id,
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

struct holding_balances steps_balances(struct visit *visit, const struct draft *draft)
{
    struct holding_balances balances =
        holdings_balances(visit->registry, visit->arena, visit->org_id,
                          text_is(draft->kind, "internal") ? draft->to_account_id : "");
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

bool steps_balance(struct visit *visit, const struct draft *draft, struct holding_balance *balance)
{
    struct holding_balances balances = steps_balances(visit, draft);
    for (size_t i = 0; i < balances.count; i++) {
        if (text_is(balances.at[i].supplier_org_id, draft->supplier_org_id) &&
            text_is(instrument_word(balances.at[i].instrument), draft->instrument)) {
            *balance = balances.at[i];
            return true;
        }
    }
    return false;
}
