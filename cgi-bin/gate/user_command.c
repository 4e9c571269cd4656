/* gate/user_command.c: `tally user …`: people at the operator's command line; see
 * gate/person_admin.h. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "gate/person_admin.h"
#include "store/people_link.h"
#include "store/rights.h"
#include "store/site.h"

#define LIST_ROWS 100

/* What was said on the command line. */
struct words {
    const char *name, *email, *org, *roles;
    bool administrator, auditor;
};

struct user_room {
    const struct tally *tally;
    struct store *registry;
    struct person_admin admin;
    const char *site_url;
    struct words words;
};

struct user_act {
    const char *name;
    const char *usage;
    int (*run)(struct user_room *room);
};

static int run_add(struct user_room *room);
static int run_roles(struct user_room *room);
static int run_registry_roles(struct user_room *room);
static int run_link(struct user_room *room);
static int run_list(struct user_room *room);
static int run_deactivate(struct user_room *room);
static int run_reactivate(struct user_room *room);

static const struct user_act acts[] = {
    {"add", "--name TEXT --email ADDRESS [--org ID --roles LIST] [--administrator] [--auditor]",
     run_add},
    {"roles",
     "--email ADDRESS --org ID --roles LIST   (LIST: viewer,initiator,approver,manager or none)",
     run_roles},
    {"registry-roles", "--email ADDRESS [--administrator] [--auditor]   (neither takes them away)",
     run_registry_roles},
    {"link", "--email ADDRESS   (a one-time link to set a password)", run_link},
    {"list", "", run_list},
    {"deactivate", "--email ADDRESS", run_deactivate},
    {"reactivate", "--email ADDRESS", run_reactivate},
};
#define ACTS (sizeof acts / sizeof acts[0])

static int usage(void);
static bool read_words(int argc, char **argv, struct words *words);
static bool open_room(struct user_room *room);
static enum status ask_tally(void *context, const struct command *command, struct answer *answer);
static bool find(struct user_room *room, struct person *person);
static bool read_roles(struct user_room *room, unsigned *roles);
static int give(struct user_room *room, const struct person *person);
static int print_link(struct user_room *room, const struct person *person);
static int set_active(struct user_room *room, bool is_active);
static int refused(const char *what, enum status status);
static unsigned registry_roles_of(const struct words *words);

int user_main(int argc, char **argv, const struct tally *tally)
{
    struct user_room room = {.tally = tally};
    size_t act = 0;
    while (act < ACTS && (argc < 2 || !text_is(argv[1], acts[act].name))) {
        act++;
    }
    if (act == ACTS || !read_words(argc - 2, argv + 2, &room.words)) {
        return usage();
    }
    int result = open_room(&room) ? acts[act].run(&room) : 1;
    store_close(room.registry);
    store_close(room.admin.people);
    return result;
}

static int usage(void)
{
    fputs("usage:\n", stderr);
    for (size_t i = 0; i < ACTS; i++) {
        fprintf(stderr, "  tally user %s %s\n", acts[i].name, acts[i].usage);
    }
    return 2;
}

static bool read_words(int argc, char **argv, struct words *words)
{
    for (int i = 0; i < argc; i++) {
        const char **value = text_is(argv[i], "--name")    ? &words->name
                             : text_is(argv[i], "--email") ? &words->email
                             : text_is(argv[i], "--org")   ? &words->org
                             : text_is(argv[i], "--roles") ? &words->roles
                                                           : NULL;
        bool *tick = text_is(argv[i], "--administrator") ? &words->administrator
                     : text_is(argv[i], "--auditor")     ? &words->auditor
                                                         : NULL;
        if (tick != NULL) {
            *tick = true;
        } else if (value != NULL && i + 1 < argc) {
            *value = argv[++i];
        } else {
            return false;
        }
    }
    return true;
}

static bool open_room(struct user_room *room)
{
    static const struct query_table *const registry_tables[] = {
        &rights_queries,
        &site_queries,
        NULL,
    };
    const struct tally *tally = room->tally;
    /* The way to the ledger first: with no daemon it makes the files that a reader needs. */
    enum status status = STATUS_OK;
    if (!tally_is_direct(tally, &status) && status != STATUS_OK) {
        return false;
    }
    room->registry = store_open(STORE_REGISTRY, STORE_READ, tally->registry_path, registry_tables);
    room->admin.people =
        store_open(STORE_PEOPLE, STORE_WRITE, tally->people_path, person_admin_tables);
    if (room->registry == NULL || room->admin.people == NULL) {
        return false;
    }
    room->admin.arena = tally->arena;
    room->admin.ask = ask_tally;
    room->admin.context = room;
    room->admin.user_id = "";
    room->admin.now_us = clock_now_us();
    rights_tag(room->registry, room->admin.tag);
    room->site_url = site_read(room->registry, tally->arena).url;
    if (!id_tag_is(room->admin.tag)) {
        fputs("tally user: the registry has no settings yet; make it with `tally init`\n", stderr);
        return false;
    }
    return true;
}

static enum status ask_tally(void *context, const struct command *command, struct answer *answer)
{
    const struct user_room *room = context;
    return tally_ask(room->tally, command, answer);
}

static int run_add(struct user_room *room)
{
    struct person person;
    unsigned roles = 0;
    const char *words = NULL;
    if (text_empty(room->words.name) || text_empty(room->words.email) ||
        (room->words.org == NULL) != (room->words.roles == NULL)) {
        return usage();
    }
    if (person_admin_fault(room->words.name, room->words.email, &words) != NULL) {
        fprintf(stderr, "tally user: %s\n", words);
        return 2;
    }
    if (room->words.org != NULL && !read_roles(room, &roles)) {
        return 2;
    }
    enum status status =
        person_admin_make(&room->admin, room->words.name, room->words.email, &person);
    if (status == STATUS_EXISTS) {
        fprintf(stderr,
                "tally user: %s is %s already; see `tally user roles` and `tally user link`\n",
                person.email, person.user_id);
        return 1;
    }
    if (status != STATUS_OK) {
        return refused("the person could not be added", status);
    }
    printf("%s  %s <%s>\n", person.user_id, person.name, person.email);
    int result = give(room, &person);
    int linked = print_link(room, &person);
    return result != 0 ? result : linked;
}

/* The roles that `tally user add` names, of both kinds. */
static int give(struct user_room *room, const struct person *person)
{
    struct answer answer;
    unsigned roles = 0;
    if (room->words.org != NULL && read_roles(room, &roles)) {
        enum status status =
            person_admin_set_roles(&room->admin, room->words.org, person->user_id, roles, &answer);
        if (status != STATUS_OK) {
            return refused("the roles in the organisation were not given", status);
        }
        printf("roles in %s: %s\n", room->words.org,
               person_admin_roles_words(room->tally->arena, roles));
    }
    unsigned registry_roles = registry_roles_of(&room->words);
    if (registry_roles != 0) {
        enum status status =
            person_admin_set_registry_roles(&room->admin, person->user_id, registry_roles, &answer);
        if (status != STATUS_OK) {
            return refused("the registry roles were not given", status);
        }
        printf("registry roles:%s%s\n", room->words.administrator ? " administrator" : "",
               room->words.auditor ? " auditor" : "");
    }
    return 0;
}

static int run_roles(struct user_room *room)
{
    struct person person;
    struct answer answer;
    unsigned roles = 0;
    if (room->words.org == NULL || room->words.roles == NULL) {
        return usage();
    }
    if (!read_roles(room, &roles)) {
        return 2;
    }
    if (!find(room, &person)) {
        return 1;
    }
    bool joins = roles != 0 && rights_roles(room->registry, room->words.org, person.user_id) == 0;
    enum status status =
        person_admin_set_roles(&room->admin, room->words.org, person.user_id, roles, &answer);
    if (status != STATUS_OK) {
        return refused("the roles stay as they were", status);
    }
    if (joins) {
        link_end_all(room->admin.people, person.user_id, room->admin.now_us); /* pages/team.h */
    }
    if (store_fault(room->admin.people)) {
        return refused("the roles are given, but a one-time link may still work", STATUS_FAULT);
    }
    printf("%s in %s: %s\n", person.email, room->words.org,
           person_admin_roles_words(room->tally->arena, roles));
    if (joins) {
        puts("one-time links made before have ended; `tally user link` makes a new one");
    }
    return 0;
}

static int run_registry_roles(struct user_room *room)
{
    struct person person;
    struct answer answer;
    if (!find(room, &person)) {
        return 1;
    }
    unsigned roles = registry_roles_of(&room->words);
    enum status status =
        person_admin_set_registry_roles(&room->admin, person.user_id, roles, &answer);
    if (status != STATUS_OK) {
        return refused("the registry roles stay as they were", status);
    }
    printf("%s on the registry:%s%s%s\n", person.email,
           room->words.administrator ? " administrator" : "", room->words.auditor ? " auditor" : "",
           registry_roles_of(&room->words) == 0 ? " none" : "");
    return 0;
}

static int run_link(struct user_room *room)
{
    struct person person;
    return find(room, &person) ? print_link(room, &person) : 1;
}

static int run_list(struct user_room *room)
{
    static struct person persons[LIST_ROWS];
    char after[EMAIL_SIZE] = "";
    size_t count = 0;
    do {
        count = people_list(room->admin.people, after, persons, LIST_ROWS);
        for (size_t i = 0; i < count; i++) {
            size_t mark_bytes = room->tally->arena->used_bytes;
            struct rights rights = rights_of(room->registry, persons[i].user_id);
            size_t org_count = 0;
            const struct rights_membership *orgs = rights_memberships(
                room->registry, room->tally->arena, persons[i].user_id, &org_count);
            bool is_active = persons[i].is_active && (rights.is_active || !rights.is_known);
            printf("%s  %s <%s>%s%s%s\n", persons[i].user_id, persons[i].name, persons[i].email,
                   is_active ? "" : "  deactivated",
                   (rights.registry_roles & REGISTRY_ADMINISTRATOR) != 0 ? "  administrator" : "",
                   (rights.registry_roles & REGISTRY_AUDITOR) != 0 ? "  auditor" : "");
            for (size_t org = 0; org < org_count; org++) {
                printf("    %s  %s: %s\n", orgs[org].org_id, orgs[org].org_name,
                       person_admin_roles_words(room->tally->arena, orgs[org].roles));
            }
            arena_reset(room->tally->arena, mark_bytes);
        }
        if (count > 0) {
            must(TEXT_COPY(after, persons[count - 1].email));
        }
    } while (count == LIST_ROWS);
    return store_fault(room->admin.people) || store_fault(room->registry) ? 1 : 0;
}

static int run_deactivate(struct user_room *room)
{
    return set_active(room, false);
}

static int run_reactivate(struct user_room *room)
{
    return set_active(room, true);
}

static int set_active(struct user_room *room, bool is_active)
{
    struct person person;
    struct answer answer;
    if (!find(room, &person)) {
        return 1;
    }
    enum status status = person_admin_set_active(&room->admin, person.user_id, is_active, &answer);
    if (status != STATUS_OK) {
        return refused("nothing was changed", status);
    }
    printf("%s is %s\n", person.email,
           is_active ? "active again" : "deactivated and signed out everywhere");
    return 0;
}

static bool find(struct user_room *room, struct person *person)
{
    if (text_empty(room->words.email)) {
        (void)usage();
        return false;
    }
    if (!people_by_email(room->admin.people, room->words.email, person)) {
        fprintf(stderr, "tally user: nobody has the e-mail address %s\n", room->words.email);
        return false;
    }
    return true;
}

static bool read_roles(struct user_room *room, unsigned *roles)
{
    if (person_admin_roles_from_words(room->words.roles, roles)) {
        return true;
    }
    fputs(
        "tally user: --roles takes viewer, initiator, approver and manager with commas between, or "
        "none\n",
        stderr);
    return false;
}

static int print_link(struct user_room *room, const struct person *person)
{
    struct url link;
    int64_t expires_at = 0;
    enum status status = person_admin_link(&room->admin, person->user_id, &link, &expires_at);
    if (status != STATUS_OK) {
        return refused("no link was made", status);
    }
    printf("one-time link, until %s:\n%s\n", clock_words(room->tally->arena, expires_at),
           url_absolute(room->tally->arena, room->site_url, link).text);
    return 0;
}

static int refused(const char *what, enum status status)
{
    fprintf(stderr, "tally user: %s: %s\n", what, status_row(status)->sentence);
    return 1;
}

static unsigned registry_roles_of(const struct words *words)
{
    return (words->administrator ? (unsigned)REGISTRY_ADMINISTRATOR : 0) |
           (words->auditor ? (unsigned)REGISTRY_AUDITOR : 0);
}
