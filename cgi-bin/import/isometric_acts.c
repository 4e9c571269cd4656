/*
 * import/isometric_acts.c: the acts of an Isometric import as commands. See import/isometric.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "import/isometric.h"
#include "import/print.h"

static struct command begin(const struct iso *iso, enum act_kind kind, const struct iso_act *act,
                            const char *id);
static void opening(const struct iso *iso, const struct iso_act *act, struct command_issue *body);
static int64_t issued_in_file(const struct iso *iso, size_t project);

struct command iso_command(const struct iso *iso, const struct iso_act *act)
{
    char id[ID_SIZE];
    struct command command;

    switch (act->kind) {
    case ISO_OPEN_ORG:
        command = begin(iso, ACT_OPEN_ORGANISATION, act, iso->orgs[act->index].body.org_id);
        command.organisation = iso->orgs[act->index].body;
        return command;
    case ISO_OPEN_PROJECT:
        command = begin(iso, ACT_OPEN_PROJECT, act, iso->projects[act->index].body.project_id);
        command.project = iso->projects[act->index].body;
        return command;
    case ISO_ISSUE:
        command = begin(iso, ACT_ISSUE, act, iso->issuances[act->index].body.issuance_id);
        command.issue = iso->issuances[act->index].body;
        return command;
    case ISO_OPENING:
        iso_reconstructed_id(iso->retirements[act->index].body.retirement_id, "iss", id);
        command = begin(iso, ACT_ISSUE, act, id);
        opening(iso, act, &command.issue);
        return command;
    case ISO_RETIRE:
        command = begin(iso, ACT_RETIRE, act, iso->retirements[act->index].body.retirement_id);
        command.retire = iso->retirements[act->index].body;
        return command;
    case ISO_ORDER:
    case ISO_DELIVER:
    case ISO__COUNT:
        break;
    }
    const struct command_retire *retire = &iso->retirements[act->index].body;
    const struct command_project *project =
        &iso->projects[iso->retirements[act->index].project].body;
    char note[NOTE_SIZE];
    PRINT_INTO(note,
               "Reconstructed from the published retirement %s; the order and delivery themselves "
               "are not published.",
               retire->retirement_id);
    if (act->kind == ISO_ORDER) {
        iso_reconstructed_id(retire->retirement_id, "ord", id);
        command = begin(iso, ACT_ORDER, act, id);
        memcpy(command.order.order_id, id, sizeof id);
        TEXT_COPY(command.order.supplier_org_id, project->org_id);
        TEXT_COPY(command.order.buyer_org_id, retire->org_id);
        command.order.instrument = project->instrument;
        command.order.units = retire->units;
        TEXT_COPY(command.order.notes, note);
        TEXT_COPY(command.order.origin, retire->origin);
        return command;
    }
    must(act->kind == ISO_DELIVER);
    iso_reconstructed_id(retire->retirement_id, "dlv", id);
    command = begin(iso, ACT_DELIVER, act, id);
    memcpy(command.deliver.delivery_id, id, sizeof id);
    iso_reconstructed_id(retire->retirement_id, "ord", command.deliver.order_id);
    TEXT_COPY(command.deliver.project_id, retire->project_id);
    command.deliver.units = retire->units;
    TEXT_COPY(command.deliver.notes, note);
    TEXT_COPY(command.deliver.origin, retire->origin);
    return command;
}

struct place iso_act_place(const struct iso *iso, const struct iso_act *act)
{
    switch (act->kind) {
    case ISO_OPEN_ORG:
        return iso->orgs[act->index].place;
    case ISO_OPEN_PROJECT:
        return iso->projects[act->index].place;
    case ISO_ISSUE:
        return iso->issuances[act->index].place;
    case ISO_OPENING:
    case ISO_ORDER:
    case ISO_DELIVER:
    case ISO_RETIRE:
        return iso->retirements[act->index].place;
    case ISO__COUNT:
        break;
    }
    return place_of("");
}

static struct command begin(const struct iso *iso, enum act_kind kind, const struct iso_act *act,
                            const char *id)
{
    char key[KEY_SIZE];

    (void)iso;
    PRINT_INTO(key, "isometric-%s", id);
    struct command command = command_of(kind, "", key);
    command.at_us = act->at;
    return command;
}

/* Says plainly what it is. Where the file shows that issuances are missing from it, that is the
 * reason; where the project's own published totals leave no room for the retirement, that is said
 * instead. */
static void opening(const struct iso *iso, const struct iso_act *act, struct command_issue *body)
{
    const struct iso_retirement *row = &iso->retirements[act->index];
    const struct iso_project *project = &iso->projects[row->project];

    iso_reconstructed_id(row->body.retirement_id, "iss", body->issuance_id);
    TEXT_COPY(body->project_id, row->body.project_id);
    body->vintage = clock_year(act->at);
    body->imported = true;
    body->supplier_units = act->units;
    TEXT_COPY(body->origin, row->body.origin);
    if (project->issued_total > issued_in_file(iso, row->project)) {
        TEXT_COPY(body->notes, "Opening balance: the least amount that makes the published "
                               "retirements possible; earlier issuances are "
                               "not in the imported file.");
    } else {
        size_t mark = iso->arena->used_bytes;
        PRINT_INTO(body->notes,
                   "Opening balance: the least amount that makes the published retirement %s "
                   "possible. The project's own published "
                   "totals (issued %s, retired %s credits) do not cover it.",
                   row->body.retirement_id,
                   quantity_show(iso->arena, project->issued_total, INSTRUMENT_CARBON_REMOVAL),
                   quantity_show(iso->arena, project->retired_total, INSTRUMENT_CARBON_REMOVAL));
        arena_reset(iso->arena, mark);
    }
}

static int64_t issued_in_file(const struct iso *iso, size_t project)
{
    int64_t units = 0;

    for (size_t i = 0; i < iso->issuance_count; i++) {
        const struct iso_issuance *row = &iso->issuances[i];
        units += row->project == project ? row->body.supplier_units + row->body.buffer_units : 0;
    }
    return units;
}
