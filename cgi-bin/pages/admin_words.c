/* pages/admin_words.c: transfers and acts in words for administrators, and transfers as CSV; see
 * pages/admin_transfers.h. */
#include "pages/admin_transfers.h"

#include "base/clock.h"
#include "base/text.h"
#include "pages/desk.h"
#include "pages/transfer_words.h"

/* clang-format off */
const char *const admin_state_choices[] = {
    "awaiting_approval", "Awaiting approval",
    "pending", "Pending",
    "completed", "Completed",
    "rejected", "Rejected",
    "withdrawn", "Withdrawn",
    "expired", "Expired",
    "cancelled", "Cancelled",
    NULL,
};
const char *const admin_kind_choices[] = {
    "external", "To another organisation",
    "export", "Out to another registry",
    "internal", "Between own accounts",
    NULL,
};

/* What the commands of the ledger are called in the audit log, after who did it. */
const char *const admin_command_choices[] = {
    "transfer", "Sent a transfer",
    "approve", "Approved a transfer",
    "refuse", "Refused a transfer",
    "accept", "Accepted a transfer",
    "reject", "Rejected a transfer",
    "withdraw", "Withdrew a transfer",
    "expire", "Let a transfer expire",
    "registry-approve", "Approved a transfer for the registry",
    "registry-refuse", "Refused a transfer for the registry",
    "cancel", "Cancelled a transfer",
    "complete-export", "Confirmed an export",
    "reject-export", "Noted that an export was rejected",
    "redact-note", "Redacted a public note",
    "redact-beneficiary", "Redacted a beneficiary’s name",
    "retire", "Retired units",
    "issue", "Issued units",
    "order", "Recorded an order",
    "deliver", "Delivered units",
    "refund", "Gave units of the buffer pool back",
    "cancel-units", "Cancelled units of the buffer pool",
    "open-beneficiary", "Named a beneficiary",
    "open-organisation", "Opened an organisation",
    "edit-organisation", "Edited an organisation",
    "set-organisation-state", "Set an organisation’s state",
    "open-project", "Opened a project",
    "edit-project", "Edited a project",
    "add-document", "Added a document to a project",
    "remove-document", "Removed a document of a project",
    "open-account", "Opened an account",
    "close-account", "Closed an account",
    "set-person", "Added or changed a person",
    "set-member", "Set roles in an organisation",
    "set-registry-roles", "Set registry roles",
    "set-policy", "Set policies",
    "trust", "Changed whom an organisation trusts",
    "freeze", "Froze or thawed transfers",
    "set-settings", "Changed the registry’s settings",
    NULL,
};
/* clang-format on */

const char *admin_act_words(const char *command)
{
    for (size_t i = 0; admin_command_choices[2 * i] != NULL; i++) {
        if (text_is(admin_command_choices[2 * i], command)) {
            return admin_command_choices[2 * i + 1];
        }
    }
    return command;
}

const char *admin_outcome_words(const char *outcome)
{
    if (text_is(outcome, status_row(STATUS_OK)->slug)) {
        return "";
    }
    for (int status = 1; status < STATUS__COUNT; status++) {
        if (text_is(status_row((enum status)status)->slug, outcome)) {
            return status_row((enum status)status)->sentence;
        }
    }
    return outcome;
}

const char *admin_transfer_to(struct visit *visit, const struct admin_transfer *row)
{
    const struct my_transfer *it = &row->it;
    if (text_is(it->kind, "export")) {
        return text_empty(it->to_system_party)
                   ? it->to_system
                   : arena_printf(visit->arena, "%s, for %s", it->to_system, it->to_system_party);
    }
    if (text_is(it->kind, "internal")) {
        return arena_printf(visit->arena, "its account %s", it->to_account_name);
    }
    return it->to_name;
}

const char *admin_transfer_title(struct visit *visit, const struct admin_transfer *row)
{
    return arena_printf(visit->arena, "%s from %s to %s",
                        quantity_words(visit->arena, row->it.units, row->it.instrument),
                        row->it.from_name, admin_transfer_to(visit, row));
}

const char *admin_transfer_why(struct visit *visit, const struct admin_transfer *row)
{
    const struct my_transfer *it = &row->it;
    if (!transfer_is_open(it)) {
        return "";
    }
    bool waits_second = transfer_waits_second_person(it);
    if (row->part == ADMIN_APPROVAL) {
        const char *why = text_is(it->kind, "export") ? "An export needs the registry’s approval"
                                                      : "This amount needs the registry’s approval";
        return waits_second
                   ? arena_printf(visit->arena, "%s; a second person of %s too", why, it->from_name)
                   : why;
    }
    if (waits_second) {
        return arena_printf(visit->arena, "A second person of %s approves", it->from_name);
    }
    return text_is(it->kind, "export")
               ? arena_printf(visit->arena, "%s confirms that it arrived", it->to_system)
               : arena_printf(visit->arena, "%s accepts or rejects", it->to_name);
}

const char *admin_transfer_next(struct visit *visit, const struct admin_transfer *row)
{
    struct arena *arena = visit->arena;
    const struct my_transfer *it = &row->it;
    if (transfer_is_open(it)) {
        return arena_printf(arena, "until %s. %s; if nobody acts, the units return to %s.",
                            clock_words(arena, it->expires_at), admin_transfer_why(visit, row),
                            it->from_name);
    }
    const char *at = clock_words(arena, it->ended_at);
    if (text_is(it->state, "completed")) {
        return arena_printf(arena, "on %s. This is final.", at);
    }
    return arena_printf(arena, "on %s. The units stayed with %s.", at, it->from_name);
}

struct admin_transfer_row admin_transfer_row_of(struct visit *visit,
                                                const struct admin_transfer *row)
{
    struct arena *arena = visit->arena;
    const struct my_transfer *it = &row->it;
    const char *quantity = quantity_words(arena, it->units, it->instrument);
    return (struct admin_transfer_row){
        .transfer_id = it->transfer_id,
        .url = admin_transfer_url(arena, it->transfer_id),
        .submitted = desk_when(arena, it->submitted_at),
        .from = it->from_name,
        .from_url = admin_org_url(arena, it->from_org_id),
        .to = admin_transfer_to(visit, row),
        .to_url = text_is(it->kind, "external") ? admin_org_url(arena, it->to_org_id)
                                                : (struct url){NULL},
        .kind = desk_kind_words(it->kind),
        .why = admin_transfer_why(visit, row),
        .note = it->notes,
        .quantity = quantity_show(arena, it->units, it->instrument),
        .unit = desk_unit(it->instrument),
        .label = arena_printf(arena, "%s from %s", quantity, it->from_name),
        .state = desk_state(it->state),
        .until = desk_when(arena, transfer_is_open(it) ? it->expires_at : 0),
        .is_soon = transfer_is_open(it) && desk_is_soon(visit, it->expires_at),
    };
}

static const char *const csv_columns[] = {
    "transfer_id", "state",      "kind",        "from_id",           "from",
    "to_id",       "to",         "to_party",    "supplier_id",       "supplier",
    "instrument",  "quantity",   "units",       "submitted_at",      "expires_at",
    "ended_at",    "end_reason", "public_note", "waits_for_registry"};
#define CSV_COLUMNS (sizeof(csv_columns) / sizeof(csv_columns[0]))

void admin_transfers_csv_head(struct out *out)
{
    desk_csv_line(out, csv_columns, CSV_COLUMNS);
}

void admin_transfers_csv_row(struct out *out, struct arena *arena, const struct admin_transfer *row)
{
    const struct my_transfer *it = &row->it;
    const char *cells[CSV_COLUMNS] = {
        it->transfer_id,
        it->state,
        it->kind,
        it->from_org_id,
        it->from_name,
        it->to_org_id,
        text_is(it->kind, "export") ? it->to_system : it->to_name,
        it->to_system_party,
        it->supplier_org_id,
        it->supplier_name,
        instrument_word(it->instrument),
        quantity_plain(arena, it->units, it->instrument),
        arena_printf(arena, "%lld", (long long)it->units),
        clock_iso(arena, it->submitted_at),
        clock_iso(arena, it->expires_at),
        clock_iso(arena, it->ended_at),
        it->end_reason,
        it->notes,
        transfer_is_open(it) && row->part != ADMIN_OTHERS ? "yes" : "no",
    };
    desk_csv_line(out, cells, CSV_COLUMNS);
}
