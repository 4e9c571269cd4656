/* api/list.c: see api/list.h. */
#include "api/list.h"

#include "api/api.h"

void list_write(struct visit *visit, struct response *response, const struct list *list)
{
    struct json json = api_answer(visit, response);
    struct page_end ends[2] = {{.id = NULL}, {.id = NULL}};
    json_open(&json, NULL);
    json_list(&json, "nodes");
    for (size_t i = 0; i < list->page.count; i++) {
        struct page_end end = {.id = list->page.at[i]};
        if (list->write(&json, visit, end.id, &end)) {
            ends[1] = end;
            ends[0] = ends[0].id == NULL ? end : ends[0];
        }
    }
    json_close(&json);
    bool is_empty = ends[0].id == NULL;
    page_write_info(&json, visit, list->form, list->subject, list->values, &list->ask,
                    list->page.has_more, is_empty ? NULL : &ends[0], is_empty ? NULL : &ends[1],
                    list->total_count);
    json_close(&json);
}

enum status list_no_query(struct visit *visit)
{
    static const struct query_form none = {.list = ""};
    return query_read(visit, &none, "", NULL, NULL);
}
