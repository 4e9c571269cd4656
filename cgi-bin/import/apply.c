/*
 * import/apply.c: see import/apply.h.
 */
#include "import/apply.h"

#include "base/must.h"
#include "base/text.h"
#include "model/status.h"

/* What one act in flight belongs to. */
struct item {
    struct apply *apply;
    struct place place;
};

/* Which part of an act a refusal is about. */
static const char *const FIELD_WORDS[] = {
    [FIELD_NONE] = "",
    [FIELD_RECIPIENT] = "recipient",
    [FIELD_ACCOUNT] = "account",
    [FIELD_SUPPLIER] = "supplier",
    [FIELD_AMOUNT] = "amount",
    [FIELD_LINES] = "batches",
    [FIELD_NOTES] = "note",
    [FIELD_PRIVATE_NOTE] = "private note",
    [FIELD_REASON] = "reason",
    [FIELD_NAME] = "name",
    [FIELD_DOMAIN] = "domain",
    [FIELD_COUNTRY] = "country",
    [FIELD_CODE] = "short code",
    [FIELD_VINTAGE] = "vintage",
    [FIELD_PURPOSES] = "purposes",
    [FIELD_BENEFICIARY] = "beneficiary",
    [FIELD_DATE] = "date",
    [FIELD_ROLES] = "roles",
    [FIELD_PERSON] = "person",
    [FIELD_SYSTEM] = "tracking system",
    [FIELD_SETTING] = "setting",
    [FIELD_CORRECTS] = "corrected transfer",
    [FIELD_PROJECT] = "project",
    [FIELD_ORDER] = "order",
    [FIELD_KEY] = "key",
    [FIELD_INSTRUMENT] = "instrument",
    [FIELD_SUMMARY] = "short description",
    [FIELD_PLACE] = "place",
    [FIELD_LOCATION] = "location",
    [FIELD_LABEL] = "label",
};

static void answered(void *context, const struct command *command, const struct answer *answer);
static bool is_fault(enum status status);

bool apply_begin(struct apply *apply, const struct tally *tally, struct report *report,
                 bool dry_run, const char *what, int64_t total)
{
    enum status status = STATUS_OK;

    *apply = (struct apply){.tally = tally, .report = report, .fault = STATUS_OK};
    apply->is_direct = tally_is_direct(tally, &status);
    apply->is_dry = dry_run;
    if (status != STATUS_OK) {
        return false;
    }
    if (apply->is_direct) {
        status = tally_begin(tally);
        if (status != STATUS_OK) {
            report_problem(report, place_of(""), "%s", status_row(status)->sentence);
            return false;
        }
    }
    apply->progress = progress_begin(tally->progress, what, total);
    return true;
}

bool apply_act(struct apply *apply, const struct command *command, struct place place)
{
    if (apply->is_dry && !apply->is_direct) {
        return true;
    }
    struct item *item = arena_one(apply->report->arena, struct item);
    *item = (struct item){.apply = apply, .place = place};
    enum status status = tally_send(apply->tally, command, answered, item);
    apply->sent++;
    if (status != STATUS_OK) {
        apply->fault = status;
    }
    progress_step(&apply->progress);
    return apply->fault == STATUS_OK && apply->refused == 0;
}

bool apply_await(struct apply *apply)
{
    enum status status = tally_settle(apply->tally);

    if (apply->fault == STATUS_OK) {
        apply->fault = status;
    }
    return apply->fault == STATUS_OK && apply->refused == 0;
}

bool apply_end(struct apply *apply, int64_t *elapsed_us)
{
    bool well = apply_await(apply);

    if (apply->is_direct && well && !apply->is_dry) {
        enum status status = tally_commit(apply->tally);
        if (status != STATUS_OK) {
            apply->fault = status;
            well = false;
        }
    } else if (apply->is_direct) {
        tally_rollback(apply->tally);
    }
    int64_t us = progress_end(&apply->progress);
    if (elapsed_us != NULL) {
        *elapsed_us = us;
    }
    if (apply->fault != STATUS_OK) {
        report_problem(apply->report, place_of(""), "The ledger could not do it: %s",
                       status_row(apply->fault)->sentence);
    }
    if (!well && !apply->is_direct && apply->done > 0) {
        report_problem(apply->report, place_of(""),
                       "%lld acts were done before that and stay. Mend what is wrong and import "
                       "again: what is there is left alone.",
                       (long long)apply->done);
    }
    return well;
}

static void answered(void *context, const struct command *command, const struct answer *answer)
{
    struct item *item = context;
    struct apply *apply = item->apply;
    enum status status = (enum status)answer->status;
    const char *why = NULL;

    if (is_fault(status)) {
        apply->fault = status;
        return;
    }
    if (status == STATUS_OK && apply->judge != NULL) {
        why = apply->judge(command, answer);
    } else if (status != STATUS_OK) {
        why = status_row(status)->sentence;
    }
    if (why == NULL) {
        apply->done++;
        apply->repeated += answer->repeated ? 1 : 0;
        return;
    }
    apply->refused++;
    must(answer->field >= 0 && (size_t)answer->field < sizeof FIELD_WORDS / sizeof FIELD_WORDS[0]);
    const char *field = FIELD_WORDS[answer->field];
    struct arena *arena = apply->report->arena;
    const char *free_units =
        status == STATUS_NOT_ENOUGH
            ? arena_printf(arena, " There are %lld units.", (long long)answer->available_units)
            : "";
    report_problem(apply->report, item->place, "The ledger refused to %s (%s): %s%s%s%s",
                   act_word((enum act_kind)command->kind), command->key, field,
                   text_empty(field) ? "" : ": ", why, free_units);
}

static bool is_fault(enum status status)
{
    return status_row(status)->blame == BLAME_OPERATOR;
}
