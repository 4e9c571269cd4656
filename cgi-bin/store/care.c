/* store/care.c: see store/care.h. */
#include "store/care.h"

#include <string.h>

#include "base/text.h"
#include "store/columns.h"

enum { C_VERSION, C_SIZE, C_COUNTS, C_LAST, C_ORDERS_GUESSED, C_FOUND_EXISTS, C_FOUND, C__COUNT };

static const char *const care_sql[C__COUNT] = {
    [C_VERSION] = "PRAGMA user_version",
    [C_SIZE] = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
    [C_COUNTS] = "SELECT (SELECT count(*) FROM organisation),"
                 " (SELECT count(*) FROM person WHERE is_program = 0),"
                 " (SELECT count(*) FROM project),"
                 " (SELECT coalesce(sum(active_batches), 0) FROM holding),"
                 " (SELECT count(*) FROM transfer),"
                 " (SELECT count(*) FROM transfer WHERE ended_at IS NULL),"
                 " (SELECT count(*) FROM retirement)",
    [C_LAST] = "SELECT seq, recorded_at, command, outcome FROM act ORDER BY seq DESC LIMIT 1",
    [C_ORDERS_GUESSED] = "SELECT order_id, instrument, instrument_by FROM buyer_order"
                         " WHERE instrument_by IN ('first_project', 'other_deliveries', 'unclear')"
                         " ORDER BY order_id",
    [C_FOUND_EXISTS] = "SELECT 1 FROM setting",
    [C_FOUND] = "INSERT INTO setting (one, site_name, site_url, tag, is_demo, expiry_days,"
                " registry_approval_units) VALUES (1, ?1, ?2, ?3, ?4, ?5, 0)",
};
const struct query_table care_queries = {"care", care_sql, C__COUNT};

enum { P_VERSION, P__COUNT };
static const char *const people_sql[P__COUNT] = {[P_VERSION] = "PRAGMA user_version"};
const struct query_table care_people_queries = {"care_people", people_sql, P__COUNT};

enum { K_CHECK, K__COUNT };
static const char *const check_sql[K__COUNT] = {[K_CHECK] = "PRAGMA quick_check(1)"};
static const struct query_table check_queries = {"care_check", check_sql, K__COUNT};

static int64_t one_int(struct store *store, const struct query_table *table, int number);

struct care_check care_quick_check(const char *registry_path)
{
    struct care_check check = {.is_sound = false, .words = "the file cannot be opened"};
    const struct query_table *const tables[] = {&check_queries, NULL};
    struct store *store = store_open(STORE_REGISTRY, STORE_READ, registry_path, tables);
    if (store == NULL) {
        check.is_other = store_is_other();
        return check;
    }
    struct query q = query(store, &check_queries, K_CHECK);
    TEXT_COPY(check.words, "the file cannot be read");
    if (query_row(&q)) {
        query_text_into(&q, 0, check.words, sizeof check.words);
    }
    query_end(&q);
    check.is_sound = !store_fault(store) && text_is(check.words, "ok");
    store_close(store);
    return check;
}

struct care_sum care_sum_read(struct store *store, struct arena *arena)
{
    struct care_sum sum = {.act_command = "", .act_outcome = ""};
    sum.schema_version = one_int(store, &care_queries, C_VERSION);
    sum.size_bytes = one_int(store, &care_queries, C_SIZE);
    struct query q = query(store, &care_queries, C_COUNTS);
    if (query_row(&q)) {
        sum.organisations = query_int(&q, 0);
        sum.people = query_int(&q, 1);
        sum.projects = query_int(&q, 2);
        sum.batches_active = query_int(&q, 3);
        sum.transfers = query_int(&q, 4);
        sum.waiting = query_int(&q, 5);
        sum.retirements = query_int(&q, 6);
    }
    query_end(&q);
    q = query(store, &care_queries, C_LAST);
    if (query_row(&q)) {
        sum.acts = query_int(&q, 0); /* seq has no gaps */
        sum.act_at = query_int(&q, 1);
        sum.act_command = query_text(&q, arena, 2);
        sum.act_outcome = query_text(&q, arena, 3);
    }
    query_end(&q);
    return sum;
}

int64_t care_people_version(struct store *store)
{
    return one_int(store, &care_people_queries, P_VERSION);
}

void care_orders_guessed(struct store *store, struct arena *arena,
                         void (*each)(const struct care_order *order))
{
    struct query q = query(store, &care_queries, C_ORDERS_GUESSED);
    while (query_row(&q)) {
        size_t mark_bytes = arena->used_bytes;
        const struct care_order order = {.order_id = query_text(&q, arena, 0),
                                         .instrument = query_text(&q, arena, 1),
                                         .by = query_text(&q, arena, 2)};
        each(&order);
        arena_reset(arena, mark_bytes);
    }
    query_end(&q);
}

bool care_found_exists(struct store *store)
{
    struct query q = query(store, &care_queries, C_FOUND_EXISTS);
    return query_any(&q);
}

bool care_found(struct store *store, const struct care_found *found)
{
    if (!store_begin_write(store)) {
        return false;
    }
    struct query q = query(store, &care_queries, C_FOUND);
    query_bind_text(&q, 1, found->site_name);
    query_bind_text(&q, 2, found->site_url);
    query_bind_text(&q, 3, found->tag);
    query_bind_int(&q, 4, found->is_demo ? 1 : 0);
    query_bind_int(&q, 5, found->expiry_days);
    if (!query_run(&q) || !store_commit(store)) {
        store_rollback(store);
        return false;
    }
    return true;
}

static int64_t one_int(struct store *store, const struct query_table *table, int number)
{
    struct query q = query(store, table, number);
    return column_only(&q);
}
