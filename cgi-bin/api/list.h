/*
 * api/list.h: one page of any list: {"nodes": […], "total_count": n, "page_info": {…}}.
 */
#ifndef API_LIST_H
#define API_LIST_H

#include "api/page.h"

struct list {
    const struct query_form *form;
    const char *subject;              /* as for query_read */
    const struct query_value *values; /* as query_read gave them */
    struct page_ask ask;
    struct page_ids page; /* what the store found for it */
    int64_t total_count;
    /* Writes the node of an id and tells its place in the list (all but its id). False, and nothing
     * written, when it is not there. */
    bool (*write)(struct json *json, struct visit *visit, const char *id, struct page_end *end);
};

/* Writes the whole answer. */
void list_write(struct visit *visit, struct response *response, const struct list *list);

/* A query that takes no parameters at all. */
enum status list_no_query(struct visit *visit);

#endif
