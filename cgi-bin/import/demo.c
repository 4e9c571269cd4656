/*
 * import/demo.c: `tally demo`: makes the demonstration's organisations and people, then lets them
 * act. See import/import.h.
 *
 * Every act has a key, so a run that was interrupted is finished by the next one and a second run
 * does nothing.
 */
#include "import/demo.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "gate/person_admin.h"
#include "import/import.h"
#include "import/print.h"
#include "import/progress.h"
#include "store/import.h"
#include "store/rights.h"

#define HOUR_US (3600 * CLOCK_SECOND_US)
#define BEGIN_HOURS_AGO 9600 /* everything else happens after that */

struct room {
    const struct tally *tally;
    struct store *registry;
    struct person_admin admin;
    int64_t now_us;
    int64_t asked, repeated;
    char buffer_org_id[ID_SIZE];
    char user_ids[DEMO_PERSON__COUNT][ID_SIZE];
    char made[DEMO_STEPS_MAX][ID_SIZE]; /* what each step made */
    struct progress progress;
};

static bool open_room(struct room *room);
static bool make_all(struct room *room);
static bool make_org(struct room *room, enum demo_org org);
static bool make_policy(struct room *room, enum demo_org org);
static bool make_person(struct room *room, enum demo_person number);
static bool make_project(struct room *room, enum demo_project number);
static bool make_step(struct room *room, size_t i);
static int64_t step_time(const struct room *room, size_t i);
static struct command begin(const struct room *room, enum act_kind kind, const char *name);
static bool ask(struct room *room, const struct command *command, struct answer *answer);
static enum status ask_dated(void *context, const struct command *command, struct answer *answer);
static bool write_links(struct room *room, const char *path);

int demo_main(int argc, char **argv, const struct tally *tally)
{
    static struct room room;
    const char *links = NULL;

    if (argc == 3 && text_is(argv[1], "--links")) {
        links = argv[2];
    } else if (argc != 1) {
        fputs("usage: tally demo [--links FILE]\n"
              "  --links FILE   where to write a one-time link for each person; otherwise to "
              "standard output\n",
              stderr);
        return 2;
    }
    room = (struct room){.tally = tally, .now_us = clock_now_us()};
    bool well = open_room(&room) && make_all(&room);
    if (well && room.asked == room.repeated) {
        puts("The demonstration is already there; nothing was made.");
    } else if (well) {
        printf("Demonstration: %d people, %d projects and %zu acts of %d organisations, the last "
               "ones still waiting for somebody.\n",
               DEMO_PERSON__COUNT - 1, DEMO_PROJECT__COUNT, demo_step_count,
               DEMO_ORG__COUNT - DEMO_FERNHILL);
        well = write_links(&room, links);
    }
    store_close(room.registry);
    store_close(room.admin.people);
    return well ? 0 : 1;
}

static bool open_room(struct room *room)
{
    static const struct query_table *const registry_tables[] = {
        &import_queries,
        &rights_queries,
        NULL,
    };
    const struct tally *tally = room->tally;
    enum status status = STATUS_OK;

    tally_is_direct(tally, &status); /* first: without a daemon it makes the files a reader needs */
    if (status != STATUS_OK) {
        return false;
    }
    room->registry = store_open(STORE_REGISTRY, STORE_READ, tally->registry_path, registry_tables);
    room->admin.people =
        store_open(STORE_PEOPLE, STORE_WRITE, tally->people_path, person_admin_tables);
    if (room->registry == NULL || room->admin.people == NULL) {
        fprintf(stderr, "There is no registry in %s. Make one with: tally init --demo\n",
                tally->data_dir);
        return false;
    }
    room->admin.arena = tally->arena;
    room->admin.ask = ask_dated;
    room->admin.context = room;
    room->admin.user_id = "";
    room->admin.now_us = room->now_us - BEGIN_HOURS_AGO * HOUR_US;
    rights_tag(room->registry, room->admin.tag);
    TEXT_COPY(room->buffer_org_id, import_buffer_org(room->registry, tally->arena));
    store_settle(room->registry);
    return id_tag_is(room->admin.tag);
}

static bool make_all(struct room *room)
{
    bool well = true;

    room->progress = progress_begin(room->tally->progress, "Acts", (int64_t)demo_step_count);
    for (int i = 0; i < DEMO_ORG__COUNT && well; i++) {
        well = make_org(room, (enum demo_org)i);
    }
    for (int i = 0; i < DEMO_ORG__COUNT && well; i++) {
        well = make_policy(room, (enum demo_org)i);
    }
    for (int i = DEMO_NOBODY + 1; i < DEMO_PERSON__COUNT && well; i++) {
        well = make_person(room, (enum demo_person)i);
    }
    for (int i = 0; i < DEMO_PROJECT__COUNT && well; i++) {
        well = make_project(room, (enum demo_project)i);
    }
    must(demo_step_count <= DEMO_STEPS_MAX);
    for (size_t i = 0; i < demo_step_count && well; i++) {
        well = make_step(room, i);
        progress_step(&room->progress);
    }
    progress_end(&room->progress);
    return well;
}

static bool make_org(struct room *room, enum demo_org org)
{
    const struct demo_org_row *row = &demo_orgs[org];
    struct command command =
        begin(room, ACT_OPEN_ORGANISATION, arena_printf(room->tally->arena, "org-%d", (int)org));
    struct answer answer;
    char own[ID_SIZE];

    demo_org_id(org, own);
    if (org == DEMO_BUFFER && !text_empty(room->buffer_org_id) &&
        !text_is(room->buffer_org_id, own)) {
        return true; /* the import has opened one already */
    }
    memcpy(command.organisation.org_id, own, ID_SIZE);
    if (row->is_supplier) {
        demo_id("spl", (int)org, command.organisation.supplier_id);
    }
    must(TEXT_COPY(command.organisation.name, row->name) &&
         TEXT_COPY(command.organisation.description, row->description));
    TEXT_COPY(command.organisation.domain, row->domain == NULL ? "" : row->domain);
    TEXT_COPY(command.organisation.country, row->country == NULL ? "" : row->country);
    command.organisation.is_supplier = row->is_supplier;
    command.organisation.is_demo = true;
    command.organisation.kind = row->kind;
    return ask(room, &command, &answer);
}

static bool make_policy(struct room *room, enum demo_org org)
{
    const struct demo_org_row *row = &demo_orgs[org];
    struct answer answer;
    bool well = true;

    if (row->incoming != INCOMING_ASK || row->two_person_above_units > 0) {
        struct command command =
            begin(room, ACT_SET_POLICY, arena_printf(room->tally->arena, "policy-%d", (int)org));
        demo_org_id(org, command.policy.org_id);
        command.policy.incoming = (uint8_t)row->incoming;
        command.policy.two_person =
            row->two_person_above_units > 0 ? TWO_PERSON_ABOVE : TWO_PERSON_NEVER;
        command.policy.two_person_above_units = row->two_person_above_units;
        well = ask(room, &command, &answer);
    }
    if (well && row->trusts != DEMO_REGISTRY) {
        struct command command =
            begin(room, ACT_TRUST, arena_printf(room->tally->arena, "trust-%d", (int)org));
        demo_org_id(org, command.trust.org_id);
        demo_org_id(row->trusts, command.trust.sender_org_id);
        well = ask(room, &command, &answer);
    }
    return well;
}

/* The person in both databases, then the roles. */
static bool make_person(struct room *room, enum demo_person number)
{
    const struct demo_person_row *row = &demo_persons[number];
    struct arena *arena = room->tally->arena;
    struct person person;
    struct answer answer;
    bool well = true;
    enum status status = person_admin_make(&room->admin, row->name, row->email, &person);

    if (status != STATUS_OK && status != STATUS_EXISTS) {
        fprintf(stderr, "%s could not be made: %s\n", row->email, status_row(status)->sentence);
        return false;
    }
    memcpy(room->user_ids[number], person.user_id, ID_SIZE);
    for (int i = 0; i < 2 && well; i++) {
        if (row->roles[i].roles != 0) {
            struct command command =
                begin(room, ACT_SET_MEMBER, arena_printf(arena, "member-%d-%d", (int)number, i));
            memcpy(command.person.user_id, person.user_id, ID_SIZE);
            demo_org_id(row->roles[i].org, command.person.org_id);
            command.person.roles = (uint8_t)row->roles[i].roles;
            well = ask(room, &command, &answer);
        }
    }
    if (well && row->registry_roles != 0) {
        struct command command = begin(room, ACT_SET_REGISTRY_ROLES,
                                       arena_printf(arena, "registry-roles-%d", (int)number));
        memcpy(command.person.user_id, person.user_id, ID_SIZE);
        command.person.roles = (uint8_t)row->registry_roles;
        well = ask(room, &command, &answer);
    }
    return well;
}

static bool make_project(struct room *room, enum demo_project number)
{
    const struct demo_project_row *row = &demo_projects[number];
    struct command command = begin(room, ACT_OPEN_PROJECT, row->short_code);
    struct command_project *body = &command.project;
    struct answer answer;

    demo_id("prj", (int)number, body->project_id);
    demo_org_id(row->supplier, body->org_id);
    bool fits = TEXT_COPY(body->name, row->name) && TEXT_COPY(body->short_code, row->short_code) &&
                TEXT_COPY(body->pathway, row->pathway) &&
                TEXT_COPY(body->pathway_code, row->pathway_code) &&
                TEXT_COPY(body->protocol, row->protocol == NULL ? "" : row->protocol) &&
                TEXT_COPY(body->country, row->country) && TEXT_COPY(body->place, row->place) &&
                TEXT_COPY(body->status, "validated") &&
                TEXT_COPY(body->description, row->description);
    must(fits);
    body->instrument = (uint8_t)row->instrument;
    return ask(room, &command, &answer);
}

static bool make_step(struct room *room, size_t i)
{
    const struct demo_step *step = &demo_steps[i];
    struct command command = begin(room, step->kind, step->name);
    struct answer answer;

    command.at_us = step_time(room, i);
    memcpy(command.user_id, room->user_ids[step->who], ID_SIZE);
    demo_fill(step, room->now_us, room->made, &command);
    if (!ask(room, &command, &answer)) {
        return false;
    }
    memcpy(room->made[i], answer.id, ID_SIZE);
    bool is_about_transfer =
        step->kind == ACT_TRANSFER ||
        (step->on != NULL && step->kind != ACT_DELIVER && step->kind != ACT_RETIRE);
    if (is_about_transfer && answer.transfer_state != (int32_t)step->then) {
        fprintf(stderr, "The step \"%s\" left its transfer %s, not %s.\n", step->name,
                transfer_state_word((enum transfer_state)answer.transfer_state),
                transfer_state_word(step->then));
        return false;
    }
    return true;
}

/* Not on the hour, and the same order as in the story. */
static int64_t step_time(const struct room *room, size_t i)
{
    int64_t offset_s = (int64_t)(i * 7 % 50) * 60 + (int64_t)(i * 13 % 60);

    return room->now_us - demo_steps[i].hours_ago * HOUR_US + offset_s * CLOCK_SECOND_US;
}

static struct command begin(const struct room *room, enum act_kind kind, const char *name)
{
    char key[KEY_SIZE];

    PRINT_INTO(key, "demo-%s", name);
    struct command command = command_of(kind, "", key);
    command.at_us = room->now_us - BEGIN_HOURS_AGO * HOUR_US;
    return command;
}

static bool ask(struct room *room, const struct command *command, struct answer *answer)
{
    enum status status = tally_ask(room->tally, command, answer);

    room->asked++;
    room->repeated += status == STATUS_OK && answer->repeated ? 1 : 0;
    if (status != STATUS_OK) {
        fprintf(stderr, "The act \"%s\" (%s) was refused (%s): %s\n", command->key,
                act_word((enum act_kind)command->kind), status_row(status)->slug,
                status_row(status)->sentence);
    }
    return status == STATUS_OK;
}

/* Persons are made known when the demonstration begins. */
static enum status ask_dated(void *context, const struct command *command, struct answer *answer)
{
    struct room *room = context;
    struct command dated = *command;

    dated.at_us = room->now_us - BEGIN_HOURS_AGO * HOUR_US;
    return tally_ask(room->tally, &dated, answer);
}

static bool write_links(struct room *room, const char *path)
{
    FILE *file = stdout;

    if (path != NULL) {
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600); /* links are secrets */
        file = fd < 0 ? NULL : fdopen(fd, "w");
        if (file == NULL) {
            perror(path);
            return false;
        }
    }
    bool well = true;
    room->admin.now_us = clock_now_us();
    for (int i = DEMO_NOBODY + 1; i < DEMO_PERSON__COUNT && well; i++) {
        struct url link;
        int64_t expires_at = 0;
        enum status status = person_admin_link(&room->admin, room->user_ids[i], &link, &expires_at);
        const char *token = status == STATUS_OK ? strrchr(link.text, '=') : NULL;
        well = token != NULL;
        fprintf(file, "demo-link\t%s\t%s\t%s\n", demo_persons[i].email, demo_persons[i].who,
                well ? token + 1 : "");
    }
    if (path != NULL && (fclose(file) != 0 || !well)) {
        fprintf(stderr, "The links could not be written to %s.\n", path);
        return false;
    }
    return well;
}
