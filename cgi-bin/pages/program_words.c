/* pages/program_words.c: see pages/program_words.h. */
#include "pages/program_words.h"

#include "base/clock.h"
#include "base/text.h"
#include "gate/caller.h"

#define SOON_DAYS 14 /* time enough to make another and to put it in place */

static const char *scope_joined(struct arena *arena, const char *words, const char *next);

const char *program_scopes(struct arena *arena, unsigned scopes)
{
    const char *words = "reading";
    words = scope_joined(arena, words, (scopes & SCOPE_TRANSFER) != 0 ? "transfers" : "");
    words = scope_joined(arena, words, (scopes & SCOPE_RETIRE) != 0 ? "retirements" : "");
    return scope_joined(arena, words, (scopes & SCOPE_MANAGE) != 0 ? "webhooks" : "");
}

struct state_view program_token_state(const struct access_token *token, unsigned roles,
                                      int64_t now_us)
{
    if (token->revoked_at != 0) {
        return (struct state_view){"cancelled", "Revoked"};
    }
    if (now_us >= token->expires_at) {
        return (struct state_view){"expired", "Expired"};
    }
    if (roles == 0) {
        /* Somebody took them away in the ledger: it is refused like one that is revoked. */
        return (struct state_view){"suspended", "Without roles"};
    }
    return token->expires_at - now_us < SOON_DAYS * CLOCK_DAY_US
               ? (struct state_view){"pending", "Expires soon"}
               : (struct state_view){"active", "Active"};
}

static const char *scope_joined(struct arena *arena, const char *words, const char *next)
{
    return text_empty(next) ? words : arena_printf(arena, "%s, %s", words, next);
}
