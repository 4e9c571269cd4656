/*
 * import/demo_acts.c: steps of the story as commands, and the demonstration's ids.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "import/demo.h"

#define CONTRACT_HOURS 260 /* eleven days */

static void contract_date(const struct demo_step *step, int64_t now_us, char date[11]);
static void fill_transfer(const struct demo_step *step, char (*made)[ID_SIZE],
                          struct command_transfer *body);
static void fill_retire(const struct demo_step *step, char (*made)[ID_SIZE],
                        struct command_retire *body);
static const char *made_by(char (*made)[ID_SIZE], const char *name);

void demo_fill(const struct demo_step *step, int64_t now_us, char (*made)[ID_SIZE],
               struct command *command)
{
    const char *words = step->words == NULL ? "" : step->words;
    bool fits = true;

    if (step->kind == ACT_ISSUE) {
        demo_id("prj", (int)step->project, command->issue.project_id);
        command->issue.vintage = clock_year(now_us) - step->vintage_ago;
        command->issue.supplier_units = step->units;
        command->issue.buffer_units = step->buffer_units;
        fits = TEXT_COPY(command->issue.notes, words);
    } else if (step->kind == ACT_ORDER) {
        demo_org_id(step->from, command->order.supplier_org_id);
        demo_org_id(step->to, command->order.buyer_org_id);
        command->order.instrument = (uint8_t)demo_projects[step->project].instrument;
        command->order.units = step->units;
        contract_date(step, now_us, command->order.contract_date);
        fits = TEXT_COPY(command->order.notes, words);
    } else if (step->kind == ACT_DELIVER) {
        TEXT_COPY(command->deliver.order_id, made_by(made, step->on));
        demo_id("prj", (int)step->project, command->deliver.project_id);
        command->deliver.units = step->units;
        fits = TEXT_COPY(command->deliver.notes, words);
    } else if (step->kind == ACT_TRANSFER) {
        fill_transfer(step, made, &command->transfer);
    } else if (step->kind == ACT_RETIRE) {
        fill_retire(step, made, &command->retire);
    } else if (step->kind == ACT_OPEN_BENEFICIARY) {
        demo_org_id(step->from, command->beneficiary.org_id);
        fits = TEXT_COPY(command->beneficiary.name, step->beneficiary) &&
               TEXT_COPY(command->beneficiary.domain, words);
    } else if (step->kind == ACT_REFUND || step->kind == ACT_CANCEL_UNITS) {
        demo_id("prj", (int)step->project, command->pool.project_id);
        command->pool.units = step->units;
        fits = TEXT_COPY(command->pool.notes, words);
    } else if (step->kind == ACT_OPEN_ACCOUNT) {
        demo_org_id(step->from, command->account.org_id);
        command->account.kind = ACCOUNT_ACTIVE;
        fits = TEXT_COPY(command->account.name, words);
    } else if (step->kind != ACT_EXPIRE) {
        TEXT_COPY(command->decide.transfer_id, made_by(made, step->on));
        fits = TEXT_COPY(command->decide.reason, words);
    }
    must(fits);
}

/* Contracts are signed some days before they are recorded. */
static void contract_date(const struct demo_step *step, int64_t now_us, char date[11])
{
    char iso[CLOCK_ISO_SIZE];

    clock_iso_write(now_us - (step->hours_ago + CONTRACT_HOURS) * INT64_C(3600) * CLOCK_SECOND_US,
                    iso);
    memcpy(date, iso, 10);
    date[10] = '\0';
}

static void fill_transfer(const struct demo_step *step, char (*made)[ID_SIZE],
                          struct command_transfer *body)
{
    const struct demo_project_row *project = &demo_projects[step->project];

    body->kind = (uint8_t)step->transfer_kind;
    demo_org_id(step->from, body->from_org_id);
    demo_org_id(project->supplier, body->supplier_org_id);
    body->instrument = (uint8_t)project->instrument;
    body->units = step->units;
    if (step->transfer_kind == TRANSFER_EXTERNAL) {
        demo_org_id(step->to, body->to_org_id);
        TEXT_COPY(body->corrects_id, step->on == NULL ? "" : made_by(made, step->on));
    } else if (step->transfer_kind == TRANSFER_INTERNAL) {
        TEXT_COPY(body->to_account_id, made_by(made, step->on));
    } else {
        TEXT_COPY(body->to_system, "Baltic Certificate System (demonstration)");
        TEXT_COPY(body->to_system_party, "Sound Bakeries (demonstration)");
    }
    must(TEXT_COPY(body->notes, step->words) &&
         TEXT_COPY(body->private_note, step->private_note == NULL ? "" : step->private_note));
}

static void fill_retire(const struct demo_step *step, char (*made)[ID_SIZE],
                        struct command_retire *body)
{
    demo_org_id(step->from, body->org_id);
    demo_id("prj", (int)step->project, body->project_id);
    body->units = step->units;
    body->purposes = step->purposes;
    if (step->on != NULL) {
        TEXT_COPY(body->beneficiary_org_id, made_by(made, step->on));
    } else if (step->beneficiary == NULL) {
        demo_org_id(step->from, body->beneficiary_org_id);
    }
    must(TEXT_COPY(body->beneficiary,
                   step->beneficiary == NULL ? demo_orgs[step->from].name : step->beneficiary) &&
         TEXT_COPY(body->notes, step->words));
}

static const char *made_by(char (*made)[ID_SIZE], const char *name)
{
    for (size_t i = 0; i < demo_step_count; i++) {
        if (text_is(demo_steps[i].name, name)) {
            must(made[i][0] != '\0');
            return made[i];
        }
    }
    must(!"the step is in the story");
    return "";
}

void demo_org_id(enum demo_org org, char id[ID_SIZE])
{
    demo_id("org", (int)org, id);
}

void demo_id(const char *prefix, int number, char id[ID_SIZE])
{
    int n = snprintf(id, ID_SIZE, "%s_1JH0DEM00DEM%04d", prefix, number);

    must(n == ID_SIZE - 1 && id_is(id, prefix));
}
