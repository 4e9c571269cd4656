/*
 * api_query_fuzz.c: the query of a list (api/page.c over http/form_decode.c) for any text.
 * Promised: without faults each value is what its kind says and the page asked for is within its
 * bounds; with faults the answer is JSON and names a parameter for each.
 */
#include "fuzz/api.h"

#include "api/page.h"
#include "base/id.h"
#include "base/limits.h"

static const char *const colours[] = {"red", "green", "blue", NULL};
enum { FROM, SINCE, COLOUR, COLOURS, DAYS, VALUES };
static const struct query_row_of rows[] = {
    [FROM] = {.name = "from", .kind = QUERY_ID, .prefix = "org"},
    [SINCE] = {.name = "since", .kind = QUERY_TIME},
    [COLOUR] = {.name = "colour", .kind = QUERY_WORD, .words = colours},
    [COLOURS] = {.name = "colours", .kind = QUERY_WORDS, .words = colours},
    [DAYS] = {.name = "days", .kind = QUERY_INT, .least = 2, .most = 30},
};
static const struct query_form form = {
    .list = "things", .rows = rows, .count = VALUES, .is_paged = true};

static void values_hold(const struct query_value *values, const struct page_ask *ask)
{
    const struct pairs *query = &fuzz_request.query;
    for (size_t i = 0; i < VALUES; i++) {
        holds(i == COLOURS || pairs_count(query, rows[i].name) <= 1);
    }
    holds(values[FROM].text[0] == '\0' || id_is(values[FROM].text, "org"));
    holds((values[SINCE].number != 0) == (pairs_count(query, "since") == 1));
    holds(values[COLOUR].number >= -1 && values[COLOUR].number < 3);
    holds(values[COLOURS].number >= 0 && values[COLOURS].number < 8);
    holds(values[DAYS].number == 0 || (values[DAYS].number >= 2 && values[DAYS].number <= 30));
    holds(ask->most >= 1 && ask->most <= PAGE_ROWS);
    holds(ask->has_place == (pairs_count(query, "after") + pairs_count(query, "before") == 1));
    holds(!ask->has_place || ask->backward == (pairs_count(query, "before") == 1));
    holds(!ask->has_place || id_is(ask->id, NULL));
}

static void one(struct fuzz_input *input)
{
    struct query_value values[VALUES];
    struct page_ask ask;
    size_t size_bytes = 0;
    struct visit *visit = fuzz_api_visit(METHOD_GET);
    const char *text = fuzz_rest(input, &size_bytes);
    if (form_decode(&fuzz_arena, text, size_bytes, &fuzz_request.query) != STATUS_OK) {
        return;
    }
    enum status status = query_read(visit, &form, "", values, &ask);
    if (status == STATUS_OK) {
        holds(visit->faults->count == 0);
        values_hold(values, &ask);
    } else {
        holds(status == STATUS_FORM_FAULTS);
        fuzz_faults_hold(visit, "query");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    fuzz_run(data, size_bytes, one);
    return 0;
}
