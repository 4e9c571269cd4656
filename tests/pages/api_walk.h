/*
 * tests/pages/api_walk.h: walks through lists of the API while what they list changes. Each step
 * first looks at what is there now; at the end a walk has shown nothing twice, has left nothing out
 * that was there at every moment, and has shown all of it in the list's order. Include once, after
 * cmocka's headers.
 */
#ifndef TESTS_PAGES_API_WALK_H
#define TESTS_PAGES_API_WALK_H

#include "pages/api_history.h"

/* A list to walk through, and how a query tells the same. */
struct list_of {
    enum status (*handler)(struct visit *visit, struct response *response);
    const char *org_id;
    const char *argument;       /* NULL: org_id */
    const char *const *filters; /* names and values, ended by NULL; NULL none */
    const char *sql;            /* the ids that are there now */
    const char *all;            /* those that may ever have been; NULL: what is there stays */
    const char *order;          /* "name COLLATE NOCASE, org_id": in which order it comes forward */
    bool in_people;             /* people.db has it */
};

struct kept {
    struct inside_walk walk;
    char sql[1024], ordered[1024];
    bool in_people;
    struct inside_list always; /* what was there at every moment of the walk */
    bool is_over;
};

INSIDE_UNUSED static void begin(struct kept *kept, const struct list_of *list)
{
    *kept =
        (struct kept){.walk = {.handler = list->handler,
                               .org_id = list->org_id,
                               .argument = list->argument == NULL ? list->org_id : list->argument,
                               .filters = list->filters,
                               .size = 2 + (int)below(9),
                               .backward = below(2) == 0},
                      .in_people = list->in_people};
    size_t bytes = (size_t)snprintf(kept->sql, sizeof kept->sql, "%s", list->sql);
    assert_true(bytes < sizeof kept->sql);
    bytes = (size_t)snprintf(kept->ordered, sizeof kept->ordered, "%s ORDER BY %s",
                             list->all == NULL ? list->sql : list->all, list->order);
    assert_true(bytes < sizeof kept->ordered);
    inside_sql_of(kept->in_people, kept->sql, &kept->always);
}

INSIDE_UNUSED static void look(struct kept *kept)
{
    static struct inside_list now;
    size_t count = 0;
    inside_sql_of(kept->in_people, kept->sql, &now);
    for (size_t i = 0; i < kept->always.count; i++) {
        if (inside_has(&now, kept->always.ids[i])) {
            memmove(kept->always.ids[count++], kept->always.ids[i], ID_SIZE);
        }
    }
    kept->always.count = count;
}

/* Each row stands behind the one before it in the order that everything has at the end. */
static void judge_order(const struct kept *kept)
{
    static struct inside_list ordered;
    const struct inside_list *seen = &kept->walk.seen;
    inside_sql_of(kept->in_people, kept->ordered, &ordered);
    size_t passed = 0;
    for (size_t i = 0; i < seen->count; i++) {
        const char *id = seen->ids[i];
        for (;; passed++) {
            if (passed == ordered.count) {
                fail_msg("%s, row %zu, does not come behind %s: %s", id, i,
                         i == 0 ? "the beginning" : seen->ids[i - 1], kept->ordered);
            }
            size_t at = kept->walk.backward ? ordered.count - 1 - passed : passed;
            if (strcmp(ordered.ids[at], id) == 0) {
                passed++;
                break;
            }
        }
    }
}

INSIDE_UNUSED static void judge(const struct kept *kept)
{
    const struct inside_list *seen = &kept->walk.seen;
    for (size_t i = 0; i < seen->count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(seen->ids[i], seen->ids[j]) == 0) {
                fail_msg("%s was shown twice: %s", seen->ids[i], kept->sql);
            }
        }
    }
    for (size_t i = 0; i < kept->always.count; i++) {
        if (!inside_has(seen, kept->always.ids[i])) {
            fail_msg("%s was left out: %s", kept->always.ids[i], kept->sql);
        }
    }
    judge_order(kept);
}

/* All of them at once, a page each and then some acts, to their ends. Returns how many rows they
 * have shown. */
INSIDE_UNUSED static size_t walk_while(struct kept *kept, size_t count, void (*act_on)(void))
{
    size_t rows = 0;
    for (bool is_any_left = true; is_any_left;) {
        is_any_left = false;
        act_on();
        for (size_t i = 0; i < count; i++) {
            if (!kept[i].is_over) {
                look(&kept[i]);
                kept[i].is_over = !inside_step(&kept[i].walk);
                is_any_left = true;
            }
        }
    }
    for (size_t i = 0; i < count; i++) {
        judge(&kept[i]);
        rows += kept[i].walk.seen.count;
    }
    return rows;
}

#endif
