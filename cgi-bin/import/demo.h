/*
 * import/demo.h: inside the demonstration registry: who takes part, and the story of what they did.
 */
#ifndef IMPORT_DEMO_H
#define IMPORT_DEMO_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger/command.h"

enum demo_org {
    DEMO_REGISTRY,
    DEMO_BUFFER,
    DEMO_FERNHILL,
    DEMO_LONGSHORE,
    DEMO_NORTHWIND,
    DEMO_HARBOUR,
    DEMO_MERIDIAN,
    DEMO_ORG__COUNT
};
enum demo_person {
    DEMO_NOBODY, /* the operator or the clock */
    DEMO_ADA,
    DEMO_NORA,
    DEMO_PIET,
    DEMO_HANA,
    DEMO_MILO,
    DEMO_TOVE,
    DEMO_ROSA,
    DEMO_OTTO,
    DEMO_PERSON__COUNT
};
enum demo_project { DEMO_BIOCHAR, DEMO_ROCK, DEMO_WIND, DEMO_PROJECT__COUNT };

struct demo_org_row {
    const char *name, *domain, *country, *description;
    bool is_supplier;
    uint8_t kind; /* as in command_organisation */
    enum incoming_policy incoming;
    int64_t two_person_above_units; /* 0: never */
    enum demo_org trusts;           /* DEMO_REGISTRY: nobody */
};

struct demo_role {
    enum demo_org org;
    unsigned roles; /* 0: none */
};

struct demo_person_row {
    const char *name, *email;
    const char *who; /* for the list of sign-ins: "Northwind Carbon: starts transfers" */
    struct demo_role roles[2];
    unsigned registry_roles;
};

struct demo_project_row {
    enum demo_org supplier;
    const char *name, *short_code, *pathway, *pathway_code, *protocol, *country, *place,
        *description;
    enum instrument instrument;
};

/* One act of the story. What a field means depends on the act. */
struct demo_step {
    const char *name;  /* its idempotency key is "demo-" + name; later steps name it in `on` */
    int32_t hours_ago; /* from now; steps stand in order of time */
    enum demo_person who;
    enum act_kind kind;
    enum demo_org from, to; /* transfer; order: supplier, buyer; retire: owner */
    /* issue, deliver, retire, refund, cancel; transfer, order: whose instrument, and supplier */
    enum demo_project project;
    int64_t units, buffer_units;
    int32_t vintage_ago; /* issue: the vintage is so many years before this one */
    const char *on; /* the transfer decided on, the order delivered on, the account moved to, what
                       is corrected, for whom one retires who has been named */
    const char *words; /* note, reason, name of the beneficiary's account … */
    const char *private_note;
    const char *beneficiary; /* retire; who is named */
    uint8_t purposes;
    enum transfer_kind transfer_kind;
    enum transfer_state then; /* the transfer's state after the step */
};

extern const struct demo_org_row demo_orgs[DEMO_ORG__COUNT];
extern const struct demo_person_row demo_persons[DEMO_PERSON__COUNT];
extern const struct demo_project_row demo_projects[DEMO_PROJECT__COUNT];
extern const struct demo_step demo_steps[];
extern const size_t demo_step_count;

/* Fixed ids of the demonstration's own: the same wherever it is made. prefix "org", "spl", "prj".
 */
void demo_id(const char *prefix, int number, char id[ID_SIZE]);
void demo_org_id(enum demo_org org, char id[ID_SIZE]);

#define DEMO_STEPS_MAX 128

/* Fills the body of a step's command. made: the ids that the steps before it made, by their
 * numbers. */
void demo_fill(const struct demo_step *step, int64_t now_us, char (*made)[ID_SIZE],
               struct command *command);

#endif
