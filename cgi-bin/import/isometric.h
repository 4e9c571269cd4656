/*
 * import/isometric.h: inside the import of the Isometric registry's public lists (projects,
 * issuances, retirements), in the order of the work: read the files, look at what the registry has
 * already, plan, ask the ledger.
 */
#ifndef IMPORT_ISOMETRIC_H
#define IMPORT_ISOMETRIC_H

#include <stdbool.h>
#include <stdint.h>

#include "import/csv.h"
#include "import/report.h"
#include "ledger/command.h"
#include "store/store.h"

#define ISO_ORIGIN_SIZE 256

struct iso_org {
    struct command_organisation body;
    struct place place; /* where it is named first */
    int64_t opened_at;  /* the time in its id, or its first use when that is earlier */
    bool is_there;      /* in the registry already */
};

struct iso_project {
    struct command_project body;
    struct place place;
    int64_t opened_at;
    int64_t issued_total, retired_total; /* as projects.csv says, in units */
    bool is_there;
};

struct iso_issuance {
    struct command_issue body;
    struct place place;
    size_t project; /* index */
    int64_t issued_at;
    bool is_there;
};

struct iso_retirement {
    struct command_retire body;
    struct place place;
    size_t project;
    int64_t retired_at;
    bool is_own; /* the supplier retires its own: no order, no delivery */
    bool is_there, has_order, has_delivery, has_opening;
};

struct iso {
    struct arena *arena;
    struct report *report;
    struct store *store;               /* the registry as it is, read-only */
    char origin[ISO_ORIGIN_SIZE - 64]; /* where the files came from */
    struct csv_table projects_table, issuances_table, retirements_table; /* columns 0: not given */
    struct iso_org *orgs;
    size_t org_count, orgs_max;
    struct iso_project *projects;
    size_t project_count, projects_max;
    struct iso_issuance *issuances;
    size_t issuance_count;
    struct iso_retirement *retirements;
    size_t retirement_count;
    char buffer_org_id[ID_SIZE]; /* who holds buffer-pool credits; "" nobody yet */
};

/* Turns the tables into organisations, projects, issuances and retirements. Every bad cell becomes
 * a problem. */
void iso_read(struct iso *iso);

/* A code for serial numbers, from the protocol, or else from the pathway; NULL: neither is known.
 */
const char *iso_pathway_code(const char *protocol, const char *pathway);
/* "['corporate_targets', 'other']" -> bits. 0 for an empty list; false: *unknown is a word that is
 * no purpose. */
bool iso_purposes(struct arena *arena, const char *text, uint8_t *bits, const char **unknown);

/* One act to be asked of the ledger. */
enum iso_act_kind {
    ISO_OPEN_ORG,
    ISO_OPEN_PROJECT,
    ISO_ISSUE,
    ISO_OPENING,
    ISO_ORDER,
    ISO_DELIVER,
    ISO_RETIRE,
    ISO__COUNT
};
struct iso_act {
    int64_t at;
    enum iso_act_kind kind; /* at one time, acts go in this order */
    size_t index;           /* of the organisation, project, issuance or retirement */
    int64_t units;          /* ISO_OPENING: how many are missing */
};

struct iso_plan {
    struct iso_act *acts; /* by time */
    size_t count, max;
    size_t counts[ISO__COUNT]; /* to be made */
    size_t there[ISO__COUNT];  /* of the file's rows: in the registry already */
    size_t changed;            /* rows that differ from what is there */
};

/* Marks what is there, notes what differs, finds the least opening balances, and puts everything in
 * order of time. */
struct iso_plan iso_plan_make(struct iso *iso);

/* Looks up what the registry has: sets is_there and notes differences; returns how many differ. */
size_t iso_look(struct iso *iso);

/* The command of an act. Its key comes from the ids in the file. */
struct command iso_command(const struct iso *iso, const struct iso_act *act);
/* Where in the files an act comes from. */
struct place iso_act_place(const struct iso *iso, const struct iso_act *act);

/* An id for something that the file does not name, from one that it does: the same time, the tag
 * RCN for "reconstructed". */
void iso_reconstructed_id(const char *from, const char *prefix, char id[ID_SIZE]);

#endif
