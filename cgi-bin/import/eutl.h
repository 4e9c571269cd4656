/*
 * import/eutl.h: inside the replay of EU Transaction Log rows: reading, and the least opening
 * balances that make it possible.
 */
#ifndef IMPORT_EUTL_H
#define IMPORT_EUTL_H

#include <stdbool.h>
#include <stdint.h>

#include "import/csv.h"
#include "import/report.h"
#include "ledger/command.h"

#define EUTL_TYPES_MAX 16 /* unit types in one file; EUA2005, EUA_2008 … */
/* One allowance is one tonne, which the registry counts in kilograms. */
#define EUTL_UNITS_PER_TONNE 1000

/* One kind of unit: a project of its own, with a supplier of its own, so that "oldest first" never
 * mixes them. */
struct eutl_type {
    const char *word;     /* "EUA2005" */
    const char *code;     /* "EUA2005": capital letters and figures, for serials */
    int vintage;          /* the year in the word */
    char org_id[ID_SIZE]; /* the supplier */
    char supplier_id[ID_SIZE];
    char project_id[ID_SIZE];
};

struct eutl_account {
    const char *word; /* "208" */
    int64_t number;
    char org_id[ID_SIZE];
};

/* What one account has of one type; in units. */
struct eutl_balance {
    int64_t opening; /* the least that makes the rows possible in their order */
    int64_t in, out;
    int64_t present;   /* while walking the rows */
    int64_t made;      /* opening balances that earlier imports made */
    uint32_t openings; /* how many those are */
};

struct eutl_row {
    const char *tx_id;
    int in_tx; /* 1 for the first plain row of its transaction, 2 … */
    int64_t at;
    size_t from, to; /* indices of accounts */
    size_t type;
    int64_t units;
    size_t order;  /* in the file */
    bool is_there; /* in the registry already */
    struct place place;
};

struct eutl {
    struct arena *arena;
    struct report *report;
    struct csv_table table;
    size_t plain;          /* rows of main type 10, supplementary type 0 */
    size_t nothing;        /* of those: from an account to itself, or zero */
    struct eutl_row *rows; /* what is replayed, by time */
    size_t count;
    struct eutl_account *accounts;
    size_t account_count, accounts_max;
    struct eutl_type types[EUTL_TYPES_MAX];
    size_t type_count;
    struct eutl_balance *balances; /* [account * EUTL_TYPES_MAX + type] */
    int64_t begins_at;             /* the day of the first row: opening balances are of then */
};

/* Reads at most `limit` plain rows (0: all), sorts them by time and finds the opening balances.
 * Problems go to the report. */
void eutl_read(struct eutl *eutl, const char *path, int64_t limit);

struct eutl_balance *eutl_balance(const struct eutl *eutl, size_t account, size_t type);

/* Id for the opening balance number `number` of an account and type: the same in every import. */
void eutl_opening_id(const struct eutl *eutl, size_t account, size_t type, uint32_t number,
                     char id[ID_SIZE]);

#endif
