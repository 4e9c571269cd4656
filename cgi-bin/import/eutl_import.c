/*
 * import/eutl_import.c: see import/eutl_import.h.
 */
#include "import/eutl_import.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "import/apply.h"
#include "import/eutl.h"
#include "import/print.h"
#include "store/import.h"

#define PROBLEMS_SHOWN 200
#define NOTES_SHOWN 200
#define PREVIEW_ROWS 5

static const char ORIGIN[] = "European Union Transaction Log, by way of jabrell/eutl_scraper";

struct totals {
    int64_t opening, moved, held;
};

static int work(struct eutl *eutl, const struct tally *tally, struct store *store, bool dry_run,
                bool list_accounts);
static size_t look(struct eutl *eutl, struct store *store);
static void row_key(const struct eutl_row *row, char key[KEY_SIZE]);
static void ask_all(const struct eutl *eutl, struct apply *apply);
static bool ask_types(const struct eutl *eutl, struct apply *apply);
static bool ask_accounts(const struct eutl *eutl, struct apply *apply);
static bool ask_openings(const struct eutl *eutl, struct apply *apply, size_t account);
static bool ask_row(const struct eutl *eutl, struct apply *apply, const struct eutl_row *row);
static struct command begin(enum act_kind kind, const char *what, const char *id, int64_t at);
static const char *judge(const struct command *command, const struct answer *answer);
static void print_preview(const struct eutl *eutl, size_t there);
static bool check_sums(const struct eutl *eutl, struct store *store, bool list_accounts);
static void print_account(const struct eutl *eutl, size_t account, size_t type, int64_t held);

int eutl_import(const struct tally *tally, const char *path, int64_t limit, bool dry_run,
                bool list_accounts)
{
    static const struct query_table *const tables[] = {&import_queries, NULL};
    struct report report;
    struct eutl *eutl = arena_one(tally->arena, struct eutl);

    report_init(&report, tally->arena);
    *eutl = (struct eutl){.arena = tally->arena, .report = &report};
    eutl_read(eutl, path, limit);
    if (report.problems > 0) {
        report_print(&report, stderr, true, PROBLEMS_SHOWN);
        fprintf(stderr, "%zu %s to mend. Nothing was imported.\n", report.problems,
                report.problems == 1 ? "problem" : "problems");
        return 1;
    }
    enum status status = STATUS_OK;
    tally_is_direct(tally, &status); /* first: without a daemon it makes the files a reader needs */
    if (status != STATUS_OK) {
        return 1;
    }
    struct store *store = store_open(STORE_REGISTRY, STORE_READ, tally->registry_path, tables);
    if (store == NULL) {
        fprintf(stderr, "There is no registry at %s. Make one with: tally init\n",
                tally->registry_path);
        return 1;
    }
    int code = work(eutl, tally, store, dry_run, list_accounts);
    if (code != 0) {
        report_print(&report, stderr, true, PROBLEMS_SHOWN);
    }
    report_print(&report, stdout, false, NOTES_SHOWN);
    store_close(store);
    return code;
}

static int work(struct eutl *eutl, const struct tally *tally, struct store *store, bool dry_run,
                bool list_accounts)
{
    struct apply apply;
    int64_t elapsed_us = 0;
    size_t there = look(eutl, store);
    int64_t acts = (int64_t)(2 * eutl->type_count + 2 * eutl->account_count + eutl->count);

    store_settle(store);
    printf("%s: %zu rows, %zu plain transfers (main type 10, supplementary type 0) between %zu "
           "accounts",
           eutl->table.name, eutl->table.count, eutl->plain, eutl->account_count);
    printf(", %zu of them already there, %zu that move nothing\n", there, eutl->nothing);
    if (!apply_begin(&apply, tally, eutl->report, dry_run, "Acts", acts)) {
        return 1;
    }
    apply.judge = judge;
    ask_all(eutl, &apply);
    if (!apply_end(&apply, &elapsed_us)) {
        return 1;
    }
    if (dry_run) {
        print_preview(eutl, there);
        puts(apply.is_direct
                 ? "Every act was tried on the ledger and undone again: it would accept them all."
                 : "The ledger daemon is running, so the acts were planned but not tried.");
        return 0;
    }
    int64_t new_acts = apply.done - apply.repeated;
    printf(
        "%lld acts (%lld of them there already) in %lld.%03lld seconds, %s: %lld acts a second.\n",
        (long long)apply.done, (long long)apply.repeated, (long long)(elapsed_us / 1000000),
        (long long)(elapsed_us / 1000 % 1000), apply.is_direct ? "directly" : "through the daemon",
        (long long)(elapsed_us > 0 ? new_acts * 1000000 / elapsed_us : 0));
    puts("Times are taken as UTC: the file names no zone. One tonne is one credit.");
    return check_sums(eutl, store, list_accounts) ? 0 : 1;
}

/* What earlier imports left: opening balances, and how many of the rows. */
static size_t look(struct eutl *eutl, struct store *store)
{
    size_t there = 0;
    char text[KEY_SIZE];
    struct import_issuance issuance;

    for (size_t i = 0; i < eutl->count; i++) {
        row_key(&eutl->rows[i], text);
        eutl->rows[i].is_there = import_key_is(store, text);
        there += eutl->rows[i].is_there ? 1 : 0;
    }
    for (size_t account = 0; account < eutl->account_count; account++) {
        for (size_t type = 0; type < eutl->type_count; type++) {
            struct eutl_balance *balance = eutl_balance(eutl, account, type);
            size_t mark = eutl->arena->used_bytes;
            eutl_opening_id(eutl, account, type, 0, text);
            while (balance->openings < 15 &&
                   import_issuance_read(store, eutl->arena, text, &issuance)) {
                balance->made += issuance.supplier_units;
                eutl_opening_id(eutl, account, type, ++balance->openings, text);
            }
            arena_reset(eutl->arena, mark);
        }
    }
    return there;
}

static void row_key(const struct eutl_row *row, char key[KEY_SIZE])
{
    print_into(key, KEY_SIZE, "eutl-%s-%d", row->tx_id, row->in_tx);
}

static void ask_all(const struct eutl *eutl, struct apply *apply)
{
    bool well = ask_types(eutl, apply) && ask_accounts(eutl, apply);

    for (size_t i = 0; i < eutl->count && well; i++) {
        well = ask_row(eutl, apply, &eutl->rows[i]);
    }
}

static bool ask_types(const struct eutl *eutl, struct apply *apply)
{
    bool well = true;

    for (size_t i = 0; i < eutl->type_count && well; i++) {
        const struct eutl_type *type = &eutl->types[i];
        struct command command =
            begin(ACT_OPEN_ORGANISATION, "open", type->org_id, eutl->begins_at);
        struct command_organisation *org = &command.organisation;
        TEXT_COPY(org->org_id, type->org_id);
        TEXT_COPY(org->supplier_id, type->supplier_id);
        org->is_supplier = true;
        PRINT_INTO(org->name, "EUTL sample, supplier of %s", type->word);
        TEXT_COPY(org->description, "Stands for the issuers of these allowances in a replay of EU "
                                    "Transaction Log rows. Not a party.");
        TEXT_COPY(org->origin, ORIGIN);
        well = apply_act(apply, &command, place_of(eutl->table.name));

        command = begin(ACT_OPEN_PROJECT, "open", type->project_id, eutl->begins_at);
        struct command_project *project = &command.project;
        TEXT_COPY(project->project_id, type->project_id);
        TEXT_COPY(project->org_id, type->org_id);
        PRINT_INTO(project->name, "EU allowances, EUTL sample (%s)", type->word);
        TEXT_COPY(project->short_code, type->code);
        project->instrument = INSTRUMENT_CARBON_REMOVAL;
        TEXT_COPY(project->pathway, "emission_allowance");
        TEXT_COPY(project->pathway_code, "EUA");
        TEXT_COPY(project->country, "EUE");
        TEXT_COPY(project->place, "European Union");
        TEXT_COPY(project->status, "validated");
        TEXT_COPY(project->description,
                  "Emission allowances as they moved in the EU Transaction Log, replayed to try "
                  "this registry "
                  "with real volumes. They are not carbon removals. One allowance is one tonne.");
        TEXT_COPY(project->origin, ORIGIN);
        well = well && apply_act(apply, &command, place_of(eutl->table.name));
    }
    return well;
}

static bool ask_accounts(const struct eutl *eutl, struct apply *apply)
{
    bool well = true;

    for (size_t i = 0; i < eutl->account_count && well; i++) {
        const struct eutl_account *account = &eutl->accounts[i];
        struct command command =
            begin(ACT_OPEN_ORGANISATION, "open", account->org_id, eutl->begins_at);
        TEXT_COPY(command.organisation.org_id, account->org_id);
        PRINT_INTO(command.organisation.name, "EUTL account %s", account->word);
        TEXT_COPY(command.organisation.description,
                  "An account of the EU Transaction Log; the file has its number, not its name.");
        TEXT_COPY(command.organisation.origin, ORIGIN);
        well = apply_act(apply, &command, place_of(eutl->table.name));

        command = begin(ACT_SET_POLICY, "policy", account->org_id, eutl->begins_at);
        TEXT_COPY(command.policy.org_id, account->org_id);
        command.policy.incoming = INCOMING_ALL;
        command.policy.two_person = TWO_PERSON_NEVER;
        well = well && apply_act(apply, &command, place_of(eutl->table.name)) &&
               ask_openings(eutl, apply, i);
    }
    return well;
}

static bool ask_openings(const struct eutl *eutl, struct apply *apply, size_t account)
{
    bool well = true;

    for (size_t type = 0; type < eutl->type_count && well; type++) {
        const struct eutl_balance *balance = eutl_balance(eutl, account, type);
        if (balance->opening <= balance->made) {
            continue;
        }
        char id[ID_SIZE];
        eutl_opening_id(eutl, account, type, balance->openings, id);
        struct command command = begin(ACT_ISSUE, "opening", id, eutl->begins_at);
        memcpy(command.issue.issuance_id, id, sizeof id);
        memcpy(command.issue.project_id, eutl->types[type].project_id, ID_SIZE);
        command.issue.vintage = eutl->types[type].vintage;
        command.issue.imported = true;
        command.issue.supplier_units = balance->opening - balance->made;
        memcpy(command.issue.to_org_id, eutl->accounts[account].org_id, ID_SIZE);
        PRINT_INTO(
            command.issue.notes,
            "Opening balance of EUTL account %s: the least amount that makes its transfers in "
            "the file possible; what came before is "
            "not in the file.",
            eutl->accounts[account].word);
        TEXT_COPY(command.issue.origin, ORIGIN);
        well = apply_act(apply, &command, place_of(eutl->table.name));
    }
    return well;
}

static bool ask_row(const struct eutl *eutl, struct apply *apply, const struct eutl_row *row)
{
    char key[KEY_SIZE];

    row_key(row, key);
    struct command command = command_of(ACT_TRANSFER, "", key);
    struct command_transfer *transfer = &command.transfer;
    command.at_us = row->at;
    transfer->kind = TRANSFER_EXTERNAL;
    memcpy(transfer->from_org_id, eutl->accounts[row->from].org_id, ID_SIZE);
    memcpy(transfer->to_org_id, eutl->accounts[row->to].org_id, ID_SIZE);
    memcpy(transfer->supplier_org_id, eutl->types[row->type].org_id, ID_SIZE);
    transfer->instrument = INSTRUMENT_CARBON_REMOVAL;
    transfer->units = row->units;
    PRINT_INTO(transfer->notes, "EUTL transaction %s, transfer %d, %s.", row->tx_id, row->in_tx,
               eutl->types[row->type].word);
    TEXT_COPY(transfer->origin, ORIGIN);
    return apply_act(apply, &command, row->place);
}

static struct command begin(enum act_kind kind, const char *what, const char *id, int64_t at)
{
    char key[KEY_SIZE];

    PRINT_INTO(key, "eutl-%s-%s", what, id);
    struct command command = command_of(kind, "", key);
    command.at_us = at;
    return command;
}

static const char *judge(const struct command *command, const struct answer *answer)
{
    if (command->kind != ACT_TRANSFER || answer->transfer_state == TRANSFER_COMPLETED) {
        return NULL;
    }
    return "It would not be completed at once. A replay needs the registry's approval limit at 0 "
           "and accounts that accept all transfers.";
}

static void print_preview(const struct eutl *eutl, size_t there)
{
    size_t missing = eutl->count - there;
    size_t shown = 0;
    printf("%zu transfers would be made.%s\n", missing, missing > 0 ? " The first ones:" : "");
    for (size_t i = 0; i < eutl->count && shown < PREVIEW_ROWS; i++) {
        const struct eutl_row *row = &eutl->rows[i];
        if (row->is_there) {
            continue;
        }
        shown++;
        printf("  %s  %s, transfer %d: %lld tonnes of %s from %s to %s\n",
               clock_iso(eutl->arena, row->at), row->tx_id, row->in_tx,
               (long long)(row->units / EUTL_UNITS_PER_TONNE), eutl->types[row->type].word,
               eutl->accounts[row->from].word, eutl->accounts[row->to].word);
    }
}

/* Every account must now hold what the file implies, to the unit. */
static bool check_sums(const struct eutl *eutl, struct store *store, bool list_accounts)
{
    size_t checked = 0;
    size_t wrong = 0;

    for (size_t type = 0; type < eutl->type_count; type++) {
        struct totals totals = {0};
        for (size_t account = 0; account < eutl->account_count; account++) {
            const struct eutl_balance *balance = eutl_balance(eutl, account, type);
            int64_t surplus =
                balance->made > balance->opening ? balance->made - balance->opening : 0;
            int64_t held = import_held_units(store, eutl->accounts[account].org_id,
                                             eutl->types[type].project_id);
            bool differs = held != balance->present + surplus;
            totals.opening += balance->opening + surplus;
            totals.moved += balance->in;
            totals.held += held;
            checked++;
            wrong += differs ? 1 : 0;
            if (differs || (list_accounts && (balance->opening > 0 || balance->in > 0))) {
                print_account(eutl, account, type, held);
            }
        }
        printf("%s: opening balances %lld t, moved %lld t, held at the end %lld t\n",
               eutl->types[type].word, (long long)(totals.opening / EUTL_UNITS_PER_TONNE),
               (long long)(totals.moved / EUTL_UNITS_PER_TONNE),
               (long long)(totals.held / EUTL_UNITS_PER_TONNE));
    }
    if (store_fault(store)) {
        fputs("The registry could not be read for the check of the sums.\n", stderr);
        return false;
    }
    store_settle(store);
    if (wrong > 0) {
        printf("%zu of %zu balances differ from what the file implies.\n", wrong, checked);
    } else {
        printf("All %zu balances in the ledger are what the file implies: opening + in - out.\n",
               checked);
    }
    return wrong == 0;
}

static void print_account(const struct eutl *eutl, size_t account, size_t type, int64_t held)
{
    const struct eutl_balance *balance = eutl_balance(eutl, account, type);

    printf("  account %6s %-9s %12lld + %12lld - %12lld = %12lld t; in the ledger %lld t%s\n",
           eutl->accounts[account].word, eutl->types[type].word,
           (long long)(balance->opening / EUTL_UNITS_PER_TONNE),
           (long long)(balance->in / EUTL_UNITS_PER_TONNE),
           (long long)(balance->out / EUTL_UNITS_PER_TONNE),
           (long long)(balance->present / EUTL_UNITS_PER_TONNE),
           (long long)(held / EUTL_UNITS_PER_TONNE),
           held % EUTL_UNITS_PER_TONNE == 0 ? "" : " and some kilograms");
}
