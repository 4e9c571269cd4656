/* api/batch_list.c: the batches of one act, whole or window by window. See api/batch.h. */
#include <string.h>

#include "api/api.h"
#include "api/batch.h"
#include "api/list.h"
#include "base/limits.h"
#include "base/must.h"
#include "base/text.h"

/* Where a list of lines stands. */
struct walk {
    const struct visit *visit;
    struct json json;
    enum api_lines_of of;
    char id[ID_SIZE];
    int64_t line; /* the last one that was written */
    int64_t total_count;
};

static bool write_window(struct response *response, void *state);

enum status batches_of(struct visit *visit, struct response *response, enum api_lines_of of,
                       const char *id)
{
    enum status status = list_no_query(visit);
    if (status != STATUS_OK) {
        return status;
    }
    struct walk *walk = arena_one(visit->arena, struct walk);
    walk->visit = visit;
    walk->of = of;
    walk->total_count = api_lines_count(visit->registry, of, id);
    walk->json = api_answer(visit, response);
    must(TEXT_COPY(walk->id, id));
    json_open(&walk->json, NULL);
    json_int(&walk->json, "total_count", walk->total_count);
    json_list(&walk->json, "nodes");
    if (write_window(response, walk)) {
        response->stream = write_window;
        response->stream_state = walk;
    }
    return STATUS_OK;
}

/* False: that was the last one. */
static bool write_window(struct response *response, void *state)
{
    struct walk *walk = state;
    const struct visit *visit = walk->visit;
    struct arena *arena = visit->arena;
    size_t mark_bytes = arena->used_bytes;
    walk->json.out = &response->body;
    struct page_ids page =
        api_lines(visit->registry, arena, walk->of, walk->id, walk->line, CSV_WINDOW_ROWS);
    for (size_t i = 0; i < page.count; i++) {
        (void)batch_write_found(&walk->json, NULL, visit, page.at[i]);
    }
    walk->line += (int64_t)page.count;
    if (!page.has_more) {
        json_close(&walk->json);
        json_close(&walk->json);
    }
    arena_reset(arena, mark_bytes);
    return page.has_more;
}
