/* store/pin.c: see store/pin.h. */
#include "store/pin.h"

#include <stddef.h>

#include "store/query.h"

enum { Q_ANYTHING, Q__COUNT };

/* What is read does not matter: the first read of a transaction fixes the moment that it sees. */
static const char *const pin_sql[Q__COUNT] = {[Q_ANYTHING] = "SELECT frozen FROM setting"};
static const struct query_table pin_queries = {"pin", pin_sql, Q__COUNT};
static const struct query_table *const pin_tables[] = {&pin_queries, NULL};

struct store *pin_open(const char *registry_path)
{
    return store_open(STORE_REGISTRY, STORE_READ, registry_path, pin_tables);
}

bool pin_set(struct store *pin)
{
    if (pin == NULL) {
        return false;
    }
    pin_clear(pin);
    store_begin_read(pin);
    struct query q = query(pin, &pin_queries, Q_ANYTHING);
    bool is_set = query_row(&q);
    query_end(&q);
    if (!is_set) {
        pin_clear(pin);
    }
    return is_set;
}

void pin_clear(struct store *pin)
{
    if (pin != NULL) {
        store_settle(pin);
    }
}
