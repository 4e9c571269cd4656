/*
 * import/isometric_plan.c: what is there already, what is missing, and in which order it is made.
 * See import/isometric.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "import/isometric.h"
#include "store/import.h"

/* A published retirement is preceded by the order and the delivery that it cannot do without, in
 * this order. */
#define ORDER_BEFORE_US (2 * CLOCK_SECOND_US)
#define DELIVERY_BEFORE_US CLOCK_SECOND_US

/* Units of one project that its supplier has free in the registry now, by the time of their issue.
 */
struct free_units {
    int64_t issued_at;
    int64_t units;
    struct free_units *next;
};

/* A project while the plan is walked in time. */
struct stock {
    struct arena *arena;
    struct free_units *in_registry;
    int64_t issued, delivered; /* by acts of the plan so far */
};

static bool look_org(struct iso *iso, struct iso_org *org);
static bool look_project(struct iso *iso, struct iso_project *project);
static bool look_issuance(struct iso *iso, struct iso_issuance *issuance);
static bool look_retirement(struct iso *iso, struct iso_retirement *retirement);
static void ensure_buffer_org(struct iso *iso);
static void open_before_use(struct iso *iso);
static void open_org_by(struct iso *iso, const char *org_id, int64_t at);
static void add_act(struct iso_plan *plan, int64_t at, enum iso_act_kind kind, size_t index,
                    int64_t units);
static void add_openings(struct iso *iso, struct iso_plan *plan);
static void stock_add(void *context, int64_t issued_at, int64_t units);
static int64_t stock_free(const struct stock *stock, int64_t at);
static int by_time(const void *one, const void *other);

size_t iso_look(struct iso *iso)
{
    size_t changed = 0;

    for (size_t i = 0; i < iso->org_count; i++) {
        changed += look_org(iso, &iso->orgs[i]) ? 1 : 0;
    }
    for (size_t i = 0; i < iso->project_count; i++) {
        changed += look_project(iso, &iso->projects[i]) ? 1 : 0;
    }
    for (size_t i = 0; i < iso->issuance_count; i++) {
        changed += look_issuance(iso, &iso->issuances[i]) ? 1 : 0;
    }
    for (size_t i = 0; i < iso->retirement_count; i++) {
        changed += look_retirement(iso, &iso->retirements[i]) ? 1 : 0;
    }
    return changed;
}

/* A file that says nothing of a place says nothing else. */
static bool is_elsewhere(const struct location *says, const struct location *there)
{
    return says->is_known && (!there->is_known || says->latitude_udeg != there->latitude_udeg ||
                              says->longitude_udeg != there->longitude_udeg);
}

static bool says_else(const char *says, const char *there)
{
    return !text_empty(says) && !text_is(says, there);
}

static bool look_org(struct iso *iso, struct iso_org *org)
{
    struct import_org there;
    const struct command_organisation *body = &org->body;

    org->is_there = import_org_read(iso->store, iso->arena, body->org_id, &there);
    if (!org->is_there ||
        (text_is(there.name, body->name) && text_is(there.domain, body->domain) &&
         (!body->is_supplier ||
          (text_is(there.supplier_id, body->supplier_id) && text_is(there.country, body->country) &&
           text_is(there.description, body->description) &&
           !says_else(body->short_description, there.short_description) &&
           !says_else(body->place, there.place) &&
           !is_elsewhere(&body->location, &there.location))))) {
        return false;
    }
    report_note(iso->report, org->place,
                "%s is \"%s\" (%s) in the registry; the file now describes it differently. Nothing "
                "was changed.",
                body->org_id, there.name, there.domain);
    return true;
}

static bool look_project(struct iso *iso, struct iso_project *project)
{
    struct import_project there;
    const struct command_project *body = &project->body;

    project->is_there = import_project_read(iso->store, iso->arena, body->project_id, &there);
    if (!project->is_there) {
        const char *taken = import_short_code_project(iso->store, iso->arena, body->short_code);
        if (!text_empty(taken)) {
            report_problem(iso->report, project->place,
                           "The short code %s belongs to %s in the registry.", body->short_code,
                           taken);
        }
        return false;
    }
    bool is_moved = is_elsewhere(&body->location, &there.location);
    if (is_moved) {
        const char *point = location_point(iso->arena, &there.location);
        report_note(iso->report, project->place,
                    "%s is at %s in the registry; the file now says %s. Nothing was changed.",
                    body->project_id, text_empty(point) ? "no place on the map" : point,
                    location_point(iso->arena, &body->location));
    }
    if (text_is(there.name, body->name) && text_is(there.short_code, body->short_code) &&
        text_is(there.status, body->status) && text_is(there.org_id, body->org_id) &&
        text_is(there.country, body->country)) {
        return is_moved;
    }
    report_note(iso->report, project->place,
                "%s is \"%s\" (%s, %s) in the registry; the file now says \"%s\" (%s, %s). Nothing "
                "was changed.",
                body->project_id, there.name, there.short_code, there.status, body->name,
                body->short_code, body->status);
    return true;
}

static bool look_issuance(struct iso *iso, struct iso_issuance *issuance)
{
    struct import_issuance there;
    const struct command_issue *body = &issuance->body;

    issuance->is_there = import_issuance_read(iso->store, iso->arena, body->issuance_id, &there);
    if (!issuance->is_there ||
        (text_is(there.project_id, body->project_id) &&
         there.supplier_units == body->supplier_units && there.buffer_units == body->buffer_units &&
         there.issued_at == issuance->issued_at)) {
        return false;
    }
    report_note(iso->report, issuance->place,
                "%s is in the registry with %lld kg and %lld kg for the buffer pool, of %s, at %s; "
                "the file now says otherwise. "
                "Issuances are never changed.",
                body->issuance_id, (long long)there.supplier_units, (long long)there.buffer_units,
                there.project_id, clock_iso(iso->arena, there.issued_at));
    return true;
}

static bool look_retirement(struct iso *iso, struct iso_retirement *retirement)
{
    struct import_retirement there;
    const struct command_retire *body = &retirement->body;
    char id[ID_SIZE];

    retirement->is_own = text_is(body->org_id, iso->projects[retirement->project].body.org_id);
    iso_reconstructed_id(body->retirement_id, "ord", id);
    retirement->has_order = import_order_is(iso->store, id);
    struct import_issuance opening;
    iso_reconstructed_id(body->retirement_id, "iss", id);
    retirement->has_opening = import_issuance_read(iso->store, iso->arena, id, &opening);
    iso_reconstructed_id(body->retirement_id, "dlv", id);
    retirement->has_delivery = import_delivery_is(iso->store, id);
    retirement->is_there =
        import_retirement_read(iso->store, iso->arena, body->retirement_id, &there);
    if (!retirement->is_there ||
        (text_is(there.project_id, body->project_id) && text_is(there.org_id, body->org_id) &&
         text_is(there.beneficiary_org_id, body->beneficiary_org_id) &&
         there.units == body->units && there.retired_at == retirement->retired_at)) {
        return false;
    }
    report_note(iso->report, retirement->place,
                "%s is in the registry with %lld kg of %s by %s at %s; the file now says "
                "otherwise. Retirements are never changed.",
                body->retirement_id, (long long)there.units, there.project_id, there.org_id,
                clock_iso(iso->arena, there.retired_at));
    return true;
}

struct iso_plan iso_plan_make(struct iso *iso)
{
    struct iso_plan plan = {.changed = iso_look(iso)};

    ensure_buffer_org(iso);
    open_before_use(iso);
    plan.max =
        iso->org_count + iso->project_count + iso->issuance_count + 4 * iso->retirement_count;
    plan.acts = arena_array(iso->arena, struct iso_act, plan.max);
    for (size_t i = 0; i < iso->org_count; i++) {
        plan.there[ISO_OPEN_ORG] += iso->orgs[i].is_there ? 1 : 0;
        if (!iso->orgs[i].is_there) {
            add_act(&plan, iso->orgs[i].opened_at, ISO_OPEN_ORG, i, 0);
        }
    }
    for (size_t i = 0; i < iso->project_count; i++) {
        plan.there[ISO_OPEN_PROJECT] += iso->projects[i].is_there ? 1 : 0;
        if (!iso->projects[i].is_there) {
            add_act(&plan, iso->projects[i].opened_at, ISO_OPEN_PROJECT, i, 0);
        }
    }
    for (size_t i = 0; i < iso->issuance_count; i++) {
        plan.there[ISO_ISSUE] += iso->issuances[i].is_there ? 1 : 0;
        if (!iso->issuances[i].is_there) {
            add_act(&plan, iso->issuances[i].issued_at, ISO_ISSUE, i, 0);
        }
    }
    for (size_t i = 0; i < iso->retirement_count; i++) {
        const struct iso_retirement *row = &iso->retirements[i];
        plan.there[ISO_OPENING] += row->has_opening ? 1 : 0;
        plan.there[ISO_ORDER] += row->has_order ? 1 : 0;
        plan.there[ISO_DELIVER] += row->has_delivery ? 1 : 0;
        plan.there[ISO_RETIRE] += row->is_there ? 1 : 0;
        if (!row->is_there && !row->has_order && !row->is_own) {
            add_act(&plan, row->retired_at - ORDER_BEFORE_US, ISO_ORDER, i, 0);
        }
        if (!row->is_there && !row->has_delivery && !row->is_own) {
            add_act(&plan, row->retired_at - DELIVERY_BEFORE_US, ISO_DELIVER, i, 0);
        }
        if (!row->is_there) {
            add_act(&plan, row->retired_at, ISO_RETIRE, i, 0);
        }
    }
    qsort(plan.acts, plan.count, sizeof plan.acts[0], by_time);
    add_openings(iso, &plan);
    qsort(plan.acts, plan.count, sizeof plan.acts[0], by_time);
    return plan;
}

/* The files name no holder of buffer-pool credits; the registry needs one. */
static void ensure_buffer_org(struct iso *iso)
{
    int64_t first_at = INT64_MAX;
    const char *first_id = NULL;

    TEXT_COPY(iso->buffer_org_id, import_buffer_org(iso->store, iso->arena));
    for (size_t i = 0; i < iso->issuance_count; i++) {
        if (iso->issuances[i].body.buffer_units > 0 && iso->issuances[i].issued_at < first_at) {
            first_at = iso->issuances[i].issued_at;
            first_id = iso->issuances[i].body.issuance_id;
        }
    }
    if (first_id == NULL || !text_empty(iso->buffer_org_id)) {
        return;
    }
    must(iso->org_count < iso->orgs_max);
    struct iso_org *org = &iso->orgs[iso->org_count++];
    *org = (struct iso_org){.opened_at = first_at, .place = place_of(iso->issuances_table.name)};
    iso_reconstructed_id(first_id, "org", org->body.org_id);
    org->body.kind = 1;
    TEXT_COPY(org->body.name, "Buffer pool");
    TEXT_COPY(org->body.description, "Holds the part of each issuance that is set aside against "
                                     "reversals. The imported lists do not name its holder.");
    TEXT_COPY(org->body.origin, iso->origin);
    TEXT_COPY(iso->buffer_org_id, org->body.org_id);
}

/* Ids carry the time they were made at; what is used earlier is opened then. */
static void open_before_use(struct iso *iso)
{
    for (size_t i = 0; i < iso->issuance_count; i++) {
        struct iso_project *project = &iso->projects[iso->issuances[i].project];
        if (iso->issuances[i].issued_at < project->opened_at) {
            project->opened_at = iso->issuances[i].issued_at;
        }
    }
    for (size_t i = 0; i < iso->retirement_count; i++) {
        const struct iso_retirement *row = &iso->retirements[i];
        struct iso_project *project = &iso->projects[row->project];
        int64_t at = row->retired_at - ORDER_BEFORE_US;
        if (at < project->opened_at) {
            project->opened_at = at;
        }
        open_org_by(iso, row->body.org_id, at);
        open_org_by(iso, row->body.beneficiary_org_id, at);
    }
    for (size_t i = 0; i < iso->project_count; i++) {
        open_org_by(iso, iso->projects[i].body.org_id, iso->projects[i].opened_at);
    }
}

static void open_org_by(struct iso *iso, const char *org_id, int64_t at)
{
    for (size_t i = 0; i < iso->org_count; i++) {
        if (strcmp(iso->orgs[i].body.org_id, org_id) == 0 && at < iso->orgs[i].opened_at) {
            iso->orgs[i].opened_at = at;
        }
    }
}

static void add_act(struct iso_plan *plan, int64_t at, enum iso_act_kind kind, size_t index,
                    int64_t units)
{
    must(plan->count < plan->max);
    plan->acts[plan->count++] =
        (struct iso_act){.at = at, .kind = kind, .index = index, .units = units};
    plan->counts[kind]++;
}

/* Walks the acts in time and adds, before each delivery that the supplier has too little for, an
 * opening balance of just what is missing. Taken one by one they sum up to the least that makes the
 * whole file possible. */
static void add_openings(struct iso *iso, struct iso_plan *plan)
{
    struct stock *stocks = arena_array(iso->arena, struct stock, iso->project_count);
    size_t count = plan->count;

    for (size_t i = 0; i < iso->project_count; i++) {
        stocks[i].arena = iso->arena;
        import_free_units(iso->store, iso->projects[i].body.org_id,
                          iso->projects[i].body.project_id, stock_add, &stocks[i]);
    }
    for (size_t i = 0; i < count; i++) {
        struct iso_act act = plan->acts[i];
        if (act.kind == ISO_ISSUE) {
            stocks[iso->issuances[act.index].project].issued +=
                iso->issuances[act.index].body.supplier_units;
        } else if (act.kind == ISO_DELIVER ||
                   (act.kind == ISO_RETIRE && iso->retirements[act.index].is_own)) {
            const struct iso_retirement *row = &iso->retirements[act.index];
            struct stock *stock = &stocks[row->project];
            int64_t missing = row->body.units - stock_free(stock, act.at);
            if (missing > 0) {
                add_act(plan, row->retired_at - ORDER_BEFORE_US, ISO_OPENING, act.index, missing);
                stock->issued += missing;
            }
            stock->delivered += row->body.units;
        }
    }
}

static void stock_add(void *context, int64_t issued_at, int64_t units)
{
    struct stock *stock = context;
    struct free_units *more = arena_one(stock->arena, struct free_units);

    *more = (struct free_units){.issued_at = issued_at, .units = units, .next = stock->in_registry};
    stock->in_registry = more;
}

static int64_t stock_free(const struct stock *stock, int64_t at)
{
    int64_t units = stock->issued - stock->delivered;

    for (const struct free_units *some = stock->in_registry; some != NULL; some = some->next) {
        units += some->issued_at <= at ? some->units : 0;
    }
    return units;
}

static int by_time(const void *one, const void *other)
{
    const struct iso_act *a = one;
    const struct iso_act *b = other;

    if (a->at != b->at) {
        return a->at < b->at ? -1 : 1;
    }
    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    return a->index < b->index ? -1 : a->index > b->index;
}
