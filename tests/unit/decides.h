/*
 * unit/decides.h: what the tests of decisions (ledger/work.h) share: an answer and an arena, wiped
 * before each decision, and an organisation that is there, with its account. Include once, after
 * cmocka.h.
 */
#ifndef UNIT_DECIDES_H
#define UNIT_DECIDES_H

#include <string.h>

#include "base/text.h"
#include "ledger/work.h"

static struct arena arena;
static struct answer answer;

/* A decision that must come out like this. */
#define DECIDES(decision, wanted, wanted_field)                                                    \
    do {                                                                                           \
        memset(&answer, 0, sizeof answer);                                                         \
        arena_reset(&arena, 0);                                                                    \
        enum status given = (decision);                                                            \
        if (given != (wanted)) {                                                                   \
            fail_msg("%s: %s, not %s", #decision, status_row(given)->slug,                         \
                     status_row(wanted)->slug);                                                    \
        }                                                                                          \
        assert_int_equal(answer.field, wanted_field);                                              \
    } while (0)
#define ALLOWS(decision) DECIDES(decision, STATUS_OK, FIELD_NONE)

/* The group's set-up. */
static inline int decides_open(void **state)
{
    (void)state;
    arena_map(&arena, 1 << 20);
    return 0;
}

static inline struct ledger_org decides_org(const char *org_id)
{
    struct ledger_org row = {.found = true, .name = "An organisation", .state = ORG_ACTIVE};
    TEXT_COPY(row.org_id, org_id);
    return row;
}

/* Its main account. */
static inline struct ledger_account decides_account(const char *org_id)
{
    struct ledger_account row = {
        .found = true, .name = "Main", .kind = ACCOUNT_ACTIVE, .is_open = true, .is_main = true};
    TEXT_COPY(row.account_id, "acc_main");
    TEXT_COPY(row.org_id, org_id);
    return row;
}

#endif
