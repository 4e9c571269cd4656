/*
 * plant/account-draft-forgets.c: a planted bug (plant/ledger-commit-lost.c says how): now and then
 * account says that it kept a step of a draft and did not.
 *
 * wraps: draft_save
 */
#include "store/drafts.h"

#define ONE_OF 40 /* steps */

bool __real_draft_save(struct store *people, const struct draft *draft);
bool __wrap_draft_save(struct store *people, const struct draft *draft);

bool __wrap_draft_save(struct store *people, const struct draft *draft)
{
    static unsigned steps;
    steps++;
    return steps % ONE_OF == 0 || __real_draft_save(people, draft);
}
