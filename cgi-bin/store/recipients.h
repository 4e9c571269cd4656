/*
 * store/recipients.h: finding the organisation that a transfer goes to. Reads registry.db.
 *
 * Every active organisation has at least one open active account (domain.md section 1: Main can
 * never be closed), so every active organisation can receive.
 */
#ifndef STORE_RECIPIENTS_H
#define STORE_RECIPIENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/store.h"

extern const struct query_table recipients_queries;

struct recipient {
    const char *org_id;
    const char *name;
    const char *domain; /* "" unknown */
    const char *state;  /* "active", "suspended", "closed" */
};
struct recipients {
    const struct recipient *at;
    size_t count;
    int64_t matching; /* all that match, shown or not */
};

/* Active organisations but own_org_id, by name, whose name, domain or id hold every typed word
 * (small letters and accents make no difference); "" all. At most `most` rows. */
struct recipients recipients_find(struct store *registry, struct arena *arena,
                                  const char *own_org_id, const char *typed, size_t most);

/* The same among suppliers alone. */
struct recipients recipients_suppliers(struct store *registry, struct arena *arena,
                                       const char *own_org_id, const char *typed, size_t most);

/* The active organisations that own_org_id sent to last, newest first, each once, among its last
 * 200 transfers. */
struct recipients recipients_recent(struct store *registry, struct arena *arena,
                                    const char *own_org_id, size_t most);

/* One organisation of any state; false when there is none. */
bool recipient_find(struct store *registry, struct arena *arena, const char *org_id,
                    struct recipient *recipient);

#endif
