/*
 * pages/public_list.h: what all public lists, and the account's lists of orders and deliveries,
 * have in common: filters that stand in the address and can be taken away one by one, headings that
 * sort, Newer and Older by keyset, a count, and the same list as CSV. A list says what is special
 * about it in its struct list_kind.
 */
#ifndef PAGES_PUBLIC_LIST_H
#define PAGES_PUBLIC_LIST_H

#include <string.h>

#include "gate/gate.h"
#include "pages/public_view.h"
#include "store/window.h"

#define LIST_FILTERS_MAX 8

struct list;

/* Rows as the store gives them: structs whose first member is `const char *`, the row's id. */
struct list_rows {
    const void *at;
    size_t count;
};

struct list_kind {
    /* "/registry/transfers", or with one '*' for the thing the list belongs to */
    const char *path;
    const char *file_name; /* "transfers.csv" */
    const char *one;       /* "transfer" */
    const char *many;      /* "transfers" */
    /* "-completed": a minus in front means the largest or newest first */
    const char *sort_usual;
    const char *time_key; /* the sort that is by time: "completed"; "" none */
    size_t row_bytes;
    const char *const *columns; /* of the CSV, NULL-ended */
    bool is_private;            /* for the reader alone: no cache may keep it */
    struct list_rows (*read)(const struct list *list, const struct window *window);
    int64_t (*count)(const struct list *list, const void *filter);
    /* as many as columns */
    void (*cells)(const struct list *list, const void *row, const char **cells);
};

/* Puts the values into the cells: as many as columns, which end with NULL. */
#define LIST_CELLS(cells, values, columns)                                                         \
    do {                                                                                           \
        _Static_assert(sizeof(values) / sizeof((values)[0]) + 1 ==                                 \
                           sizeof(columns) / sizeof((columns)[0]),                                 \
                       "a cell for each column");                                                  \
        memcpy((cells), (values), sizeof(values));                                                 \
    } while (0)

/* A filter as the address has it. */
struct list_filter {
    const char *name;
    const char *label; /* of its chip */
    const char *value; /* "" not in force */
    const char *words; /* of its chip */
};

struct list {
    struct visit *visit;
    const struct list_kind *kind;
    const char *id;     /* for the '*' of the path; "" none */
    const void *filter; /* what the store is asked for … */
    const void *all;    /* … and what without the filters */
    struct list_filter filters[LIST_FILTERS_MAX];
    size_t filter_count;
    /* a parameter that says which list it is: in every address, and no filter; NULL none */
    const char *as_name;
    const char *as_value;
    const char *sort;   /* "" the usual */
    const char *before; /* the page behind this row … */
    const char *after;  /* … or the page that ends before it; "" */
};

/* Reads sort, before and after from the visit's fields; the form has them. */
struct list list_begin(struct visit *visit, const struct list_kind *kind, const char *id,
                       const void *filter, const void *all);
/* A filter of the form, in force when it has a value. */
void list_filter(struct list *list, const char *name, const char *label, const char *words);
/* The filters that most lists have: the field q, and DESK_DAYS_FIELDS. */
void list_filter_q(struct list *list);
void list_filter_days(struct list *list);
/* The sort key without its minus, and its direction. */
const char *list_key(const struct list *list);
bool list_is_descending(const struct list *list);
/* The heading of a column: sorts by it, and the other way round when the list is sorted by it.
 * falling: "-completed". */
struct sort_view list_sort(const struct list *list, const char *falling);
/* Reads one page of rows and fills everything around it. */
struct list_rows list_page(const struct list *list, struct public_list_view *view);
/* Sends the whole list as CSV, a window at a time. STATUS_BAD_REQUEST when a filter cannot be read.
 */
enum status list_csv(const struct list *list, struct response *response);

/* What these ask the store for: the text looked for, "" when none or when it cannot be read; the
 * days' beginning (INT64_MIN none) and end (0 none). */
const char *list_q(const struct visit *visit);
int64_t list_from_at(const struct visit *visit);
int64_t list_until_at(const struct visit *visit);

#endif
