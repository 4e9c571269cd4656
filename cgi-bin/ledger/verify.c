/* ledger/verify.c: the whole registry looked through, every violation a sentence. See
 * ledger/ledger.h. */
#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "ledger/ledger.h"
#include "store/verify.h"

#define SENTENCE_SIZE 512

const struct query_table *const ledger_verify_tables[] = {&verify_queries, NULL};

/* A sentence; {1} to {6} stand for the cells of the row. */
static const char *const sentences[VERIFY__COUNT] = {
    [VERIFY_INTEGRITY] = "The database file is damaged: {1}.",
    [VERIFY_FOREIGN_KEYS] = "Row {2} of {1} refers to a row of {3} that is not there.",
    [VERIFY_TRIGGERS] = "The trigger {1}, which protects history, is missing.",
    [VERIFY_SETTINGS] = "There are {1} rows of settings instead of one.",
    [VERIFY_SUM_STATES] =
        "Project {1} vintage {2}: the books say {4} units {3}, the batches hold {5}.",
    [VERIFY_SUM_ISSUED] =
        "Project {1} vintage {2}: the books say {4} units {3}, the issuances say {5}.",
    [VERIFY_SUM_EQUATION] = ("Project {1} vintage {2}: issued and imported units are not those "
                             "that are active, retired,"
                             " exported and cancelled."),
    [VERIFY_GAP] = "Batches of project {1} vintage {2} leave a gap from {3} to {4}.",
    [VERIFY_OVERLAP] = "Batches of project {1} vintage {2} overlap from {3} to {4}.",
    [VERIFY_END] = "Batches of project {1} vintage {2} end at {3} instead of {4}.",
    [VERIFY_ISSUANCE] = "Issuance {1} is of {2} units, but the batches made by it hold {3}.",
    [VERIFY_BATCH_OF] =
        "Batch {1} differs from its issuance or project in supplier, project, vintage or time.",
    [VERIFY_SPLIT] = "Batch {1} was split, but its two parts do not make up the whole.",
    [VERIFY_CHILD] = "Batch {1} says it is a part of {2}, which does not know it.",
    [VERIFY_HOLDER] = "Batch {1} is held by {2}, which did not receive it by {3} there and then.",
    [VERIFY_RECEIVED] = "Batch {1} was received by {2}, which did not move it.",
    [VERIFY_DELIVERY_OF] =
        "Batch {1} says that it came with delivery {2}, which is not what brought it.",
    [VERIFY_ACCOUNT] = "Batch {1} lies in account {2}, which is not an open account of {3}.",
    [VERIFY_RESERVED] = "Batch {1} is reserved by {2}, which does not wait for it.",
    [VERIFY_WAITING] = "Transfer {1} waits, but its batch {2} is not reserved for it.",
    [VERIFY_LINE] =
        "A line of {1} says {3} units of batch {2}, which has {4} or came from another batch.",
    [VERIFY_LINE_SUM] = "{1} is of {2} units, but its lines hold {3}.",
    [VERIFY_LINE_OF] =
        "{1} is of another instrument, supplier, project or account than its batch {2}.",
    [VERIFY_COMPLETED] =
        "Transfer {1} is completed without an approval or an account that it needs.",
    [VERIFY_SAME_PERSON] = "Transfer {1} was approved by one person where two were needed.",
    [VERIFY_PENDING] =
        "Transfer {1} waits for something, or until a time, that it cannot wait for.",
    [VERIFY_REDACTED] =
        "A text of {1} was redacted, but its words or the time of it say otherwise.",
    [VERIFY_CORRECTS] = "Transfer {1} mends transfer {2}, which it cannot mend.",
    [VERIFY_EXPORTED] = "Batch {1} and the export {2} do not agree.",
    [VERIFY_RETIRED] = "Batch {1} and the retirement {2} do not agree.",
    [VERIFY_CANCELLED] = "Batch {1} and the cancellation {2} do not agree.",
    [VERIFY_BENEFICIARY] = "Retirement {1} is for a beneficiary that it cannot be for.",
    [VERIFY_SAME_ID] = "The id {1} is an organisation's and a beneficiary's.",
    [VERIFY_PROGRAM] = "Program {1} has rights that no program of its organisation can have.",
    [VERIFY_ORDERED] = "Order {1} counts {2}, but delivery {3} brought {4} for it.",
    [VERIFY_ORDER] = "Order {1} says {2} units were delivered, its deliveries say {3}.",
    [VERIFY_PARTIES] = "Delivery {1} is between others than its order {2}.",
    [VERIFY_CLOSED_WAITING] = "Organisation {1} is closed, but transfer {2} waits for it or of it.",
    [VERIFY_CLOSED] = "Organisation {1} is closed but holds {2} units.",
    [VERIFY_MAIN] = "Organisation {1} has no open Main account.",
    [VERIFY_ACT_GAP] = "The audit log goes from act {1} to act {2}.",
    [VERIFY_ACT_TIME] =
        "Act {1} was recorded before the act before it, or is dated after its recording.",
    [VERIFY_ACT_MISSING] = "The audit log has no act for the present state of {1}.",
    [VERIFY_EVENT] = "Act {1} tells what did not happen, or tells nothing to somebody.",
    [VERIFY_TOLD] = "That transfer {1} was completed is told {2} times instead of once.",
    [VERIFY_TOLD_WHOM] =
        "Act {1} on transfer {2} is told to somebody who is no party to it, or is of such a one.",
    [VERIFY_KEY] = "A key of {1} keeps the answer of act {2}, which was refused or is not its own.",
    [VERIFY_HOLDING] =
        "The running total of what {1} holds of {3}, vintage {4}, in account {2} is not its sum.",
    [VERIFY_DELIVERED] =
        "The running total of what {1} has of delivery {4}, {3}, in account {2} is not its sum.",
    [VERIFY_TRANSFER_TOTAL] =
        "The running total of completed transfers of kind {1} is {2}; there are {3}.",
    [VERIFY_PAIR_TOTAL] =
        "The running total of {3} transfers from {1} to {2} is {4}; there are {5}.",
    [VERIFY_YEAR_TOTAL] =
        "The running total of {1} for the year {2} is not what was issued and retired then.",
    [VERIFY_INSTRUMENT_TOTAL] =
        "The running total of {1} over all projects is not what the projects' own sums make.",
    [VERIFY_BENEFIT] = "What was retired on behalf of {1} is not what is listed so: batch {2}.",
    [VERIFY_BENEFIT_TOTAL] =
        "The count of batches of {2} retired on behalf of {1} is {3}; there are {4}.",
};

struct looking {
    struct verify_report *report;
    enum verify_check check;
};

static void say_row(void *context, const struct verify_row *row);
static void fill_in(char sentence[SENTENCE_SIZE], const char *pattern,
                    const struct verify_row *row);

enum status ledger_verify(struct store *store, struct arena *arena, struct verify_report *report)
{
    must(report->say != NULL);
    report->violations = 0;
    store_widen(store);
    /* One moment for all checks: acts go on meanwhile. */
    store_begin_read(store);
    struct verify_count count = verify_count_read(store);
    report->batches = count.batches;
    report->transfers = count.transfers;
    report->acts = count.acts;
    report->units = count.units;
    for (int i = 0; i < VERIFY__COUNT && !store_fault(store); i++) {
        struct looking looking = {.report = report, .check = (enum verify_check)i};
        verify_each(store, arena, looking.check, say_row, &looking);
    }
    bool has_fault = store_fault(store);
    store_settle(store);
    if (has_fault) {
        report->violations++;
        report->say(
            report->context,
            "The registry could not be read to the end: the file is damaged or the disk at fault.");
        return STATUS_FAULT;
    }
    return STATUS_OK;
}

static void say_row(void *context, const struct verify_row *row)
{
    struct looking *looking = context;
    if (looking->check == VERIFY_INTEGRITY && text_is(row->cells[0], "ok")) {
        return;
    }
    char sentence[SENTENCE_SIZE];
    fill_in(sentence, sentences[looking->check], row);
    looking->report->violations++;
    looking->report->say(looking->report->context, sentence);
}

/* Cuts what does not fit: a sentence that is too long is still one. */
static void fill_in(char sentence[SENTENCE_SIZE], const char *pattern, const struct verify_row *row)
{
    must(pattern != NULL);
    size_t used = 0;
    for (const char *at = pattern; *at != '\0' && used < SENTENCE_SIZE - 1; at++) {
        if (*at == '{') {
            must(at[1] >= '1' && at[1] <= '0' + VERIFY_CELLS && at[2] == '}');
            int size =
                snprintf(sentence + used, SENTENCE_SIZE - used, "%s", row->cells[at[1] - '1']);
            must(size >= 0);
            used += (size_t)size < SENTENCE_SIZE - used ? (size_t)size : SENTENCE_SIZE - 1 - used;
            at += 2;
            continue;
        }
        sentence[used++] = *at;
    }
    sentence[used] = '\0';
}
