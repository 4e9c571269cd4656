/*
 * plant/signin-session-lost.c: a planted bug (plant/ledger-commit-lost.c says how): now and then
 * signin gives a cookie to a session that it did not keep.
 *
 * wraps: session_add
 */
#include "store/people_session.h"

#define ONE_OF 2 /* sessions of one process */

bool __real_session_add(struct store *store, const struct session *session);
bool __wrap_session_add(struct store *store, const struct session *session);

bool __wrap_session_add(struct store *store, const struct session *session)
{
    static unsigned sessions;
    sessions++;
    return sessions % ONE_OF == 0 || __real_session_add(store, session);
}
