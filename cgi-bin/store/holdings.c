/* store/holdings.c: see store/holdings.h. Balances, accounts, counts; the batches are in
 * store/holding_batches.c. */
#include "store/holdings.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/must.h"
#include "base/text.h"
#include "store/columns.h"
#include "store/query.h"
#include "store/rows.h"

enum { Q_TOTALS, Q_PROJECT, Q_SUPPLIER, Q_MOVABLE, Q_VINTAGES_FREE, Q_ACCOUNTS, Q__COUNT };

static const char *const sql[Q__COUNT] = {
    [Q_TOTALS] = "SELECT supplier_org_id, project_id, account_id, vintage, active, reserved,"
                 " retired, exported, active_batches + retired_batches + exported_batches"
                 " FROM holding WHERE org_id = ?1"
                 " ORDER BY supplier_org_id, project_id, vintage, account_id",
    [Q_PROJECT] = "SELECT name, instrument, pathway_code, country, short_code FROM project"
                  " WHERE project_id = ?1",
    [Q_SUPPLIER] = "SELECT name FROM organisation WHERE org_id = ?1",
    [Q_MOVABLE] = "SELECT account_id FROM account WHERE org_id = ?1 AND kind = 'active'",
    [Q_VINTAGES_FREE] =
        "SELECT h.vintage, sum(h.active - h.reserved) FROM holding h"
        " CROSS JOIN project p ON p.project_id = h.project_id"
        " CROSS JOIN account a ON a.account_id = h.account_id"
        " WHERE h.org_id = ?1 AND h.supplier_org_id = ?2 AND p.instrument = ?3"
        " AND a.kind = 'active' GROUP BY h.vintage HAVING sum(h.active - h.reserved) > 0"
        " ORDER BY h.vintage DESC",
    [Q_ACCOUNTS] = "SELECT account_id, name, kind, is_main FROM account"
                   " WHERE org_id = ?1 AND state = 'open' AND (?2 IS NULL OR kind = ?2)"
                   " ORDER BY is_main DESC, name COLLATE NOCASE",
};

const struct query_table holdings_queries = {"holdings", sql, Q__COUNT};

static void add(int64_t *sum, int64_t units)
{
    bool fits = quantity_add(*sum, units, sum);
    must(fits); /* QUANTITY_UNITS_MAX keeps sums of a registry inside an int64 */
}

/* The accounts that units can be transferred from. */
static struct ids read_movable(struct store *registry, struct arena *arena, const char *org_id,
                               const char *except_account_id)
{
    struct query q = query(registry, &holdings_queries, Q_MOVABLE);
    query_bind_text(&q, 1, org_id);
    const char **rows = NULL;
    size_t count = 0;
    while (query_row(&q)) {
        if (!query_is(&q, 0, except_account_id)) {
            rows = rows_room(arena, rows, count, sizeof(*rows));
            rows[count++] = query_text(&q, arena, 0);
        }
    }
    query_end(&q);
    return (struct ids){rows, count};
}

static bool is_among(struct ids ids, const char *id)
{
    for (size_t i = 0; i < ids.count; i++) {
        if (text_is(ids.at[i], id)) {
            return true;
        }
    }
    return false;
}

/* The numbers of Q_TOTALS, from its column TOTALS_FIRST on. */
enum { T_VINTAGE, T_ACTIVE, T_RESERVED, T_RETIRED, T_EXPORTED, T_BATCHES, T__COUNT };
#define TOTALS_FIRST 3

/* Adds the numbers of a row to its balance. */
static void add_row(const int64_t *row, struct holding_balance *balance, bool is_movable)
{
    add(&balance->active_units, row[T_ACTIVE]);
    add(&balance->reserved_units, row[T_RESERVED]);
    add(&balance->retired_units, row[T_RETIRED]);
    add(&balance->exported_units, row[T_EXPORTED]);
    add(&balance->available_units, is_movable ? row[T_ACTIVE] - row[T_RESERVED] : 0);
}

/* Puts a vintage among those that are known, newest first. */
static void add_vintage(struct arena *arena, int64_t vintage, int64_t **vintages, size_t *count)
{
    size_t place = 0;
    while (place < *count && (*vintages)[place] > vintage) {
        place++;
    }
    if (place < *count && (*vintages)[place] == vintage) {
        return;
    }
    *vintages = rows_room(arena, *vintages, *count, sizeof(**vintages));
    memmove(*vintages + place + 1, *vintages + place, (*count - place) * sizeof(**vintages));
    (*vintages)[place] = vintage;
    ++*count;
}

/* All running totals of the organisation in one walk, added up per project of a supplier, in the
 * order of their ids; names come later. Its rows name the same few things over and over: a text is
 * only read where it changes. */
static struct holding_balance *read_totals(struct store *registry, struct arena *arena,
                                           const char *org_id, struct ids movable,
                                           struct holding_balances *balances)
{
    struct holding_balance *rows = NULL;
    struct holding_balance *last = NULL;
    const char *account_id = NULL;
    bool is_movable = false;
    int64_t *vintages = NULL;
    struct query q = query(registry, &holdings_queries, Q_TOTALS);
    query_bind_text(&q, 1, org_id);
    while (query_row(&q)) {
        bool is_supplier = last != NULL && query_is(&q, 0, last->supplier_org_id);
        if (!is_supplier || !query_is(&q, 1, last->project_id)) {
            const char *supplier_id =
                is_supplier ? last->supplier_org_id : query_text(&q, arena, 0);
            rows = rows_room(arena, rows, balances->count, sizeof(*rows));
            last = &rows[balances->count++];
            last->supplier_org_id = supplier_id;
            last->project_id = query_text(&q, arena, 1);
        }
        if (account_id == NULL || !query_is(&q, 2, account_id)) {
            account_id = query_text(&q, arena, 2);
            is_movable = is_among(movable, account_id);
        }
        int64_t row[T__COUNT];
        query_ints(&q, TOTALS_FIRST, T__COUNT, row);
        add_row(row, last, is_movable);
        balances->batch_count += row[T_BATCHES];
        if (row[T_BATCHES] > 0) {
            add_vintage(arena, row[T_VINTAGE], &vintages, &balances->vintage_count);
        }
    }
    query_end(&q);
    balances->vintages = vintages;
    return rows;
}

static void read_project(struct store *registry, struct arena *arena, struct holding_balance *row)
{
    struct query q = query(registry, &holdings_queries, Q_PROJECT);
    query_bind_text(&q, 1, row->project_id);
    row->project_name = "";
    if (query_row(&q)) {
        row->project_name = query_text(&q, arena, 0);
        row->instrument = column_instrument(&q, 1);
        query_text_into(&q, 2, row->serial.pathway, sizeof(row->serial.pathway));
        query_text_into(&q, 3, row->serial.country, sizeof(row->serial.country));
        query_text_into(&q, 4, row->serial.project_code, sizeof(row->serial.project_code));
    }
    query_end(&q);
}

static const char *read_supplier(struct store *registry, struct arena *arena, const char *org_id)
{
    struct query q = query(registry, &holdings_queries, Q_SUPPLIER);
    query_bind_text(&q, 1, org_id);
    const char *name = query_row(&q) ? query_text(&q, arena, 0) : "";
    query_end(&q);
    return name;
}

/* Reads the names of rows that are in the order of their suppliers' ids. */
static void read_names(struct store *registry, struct arena *arena, struct holding_balance *rows,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool is_again = i > 0 && text_is(rows[i].supplier_org_id, rows[i - 1].supplier_org_id);
        rows[i].supplier_name = is_again ? rows[i - 1].supplier_name
                                         : read_supplier(registry, arena, rows[i].supplier_org_id);
        read_project(registry, arena, &rows[i]);
    }
}

/* By the names of supplier and project, the instruments of a supplier apart. */
static int compare_names(const void *one, const void *other)
{
    const struct holding_balance *a = one;
    const struct holding_balance *b = other;
    int order = strcasecmp(a->supplier_name, b->supplier_name);
    order = order != 0 ? order : strcmp(a->supplier_org_id, b->supplier_org_id);
    order =
        order != 0 ? order : strcmp(instrument_word(a->instrument), instrument_word(b->instrument));
    order = order != 0 ? order : strcasecmp(a->project_name, b->project_name);
    return order != 0 ? order : strcmp(a->project_id, b->project_id);
}

struct holding_balances holdings_balances(struct store *registry, struct arena *arena,
                                          const char *org_id, const char *except_account_id)
{
    struct holding_balances balances = {.count = 0};
    struct ids movable = read_movable(registry, arena, org_id, except_account_id);
    struct holding_balance *rows = read_totals(registry, arena, org_id, movable, &balances);
    size_t count = 0;
    for (size_t i = 0; i < balances.count; i++) {
        /* of some there was only what is cut or cancelled now */
        if (rows[i].active_units + rows[i].retired_units + rows[i].exported_units > 0) {
            rows[count++] = rows[i];
        }
    }
    read_names(registry, arena, rows, count);
    if (store_fault(registry)) { /* names are missing */
        return (struct holding_balances){.count = 0};
    }
    if (count > 1) {
        qsort(rows, count, sizeof(*rows), compare_names);
    }
    balances.at = rows;
    balances.count = count;
    return balances;
}

struct holding_vintages holdings_vintages(struct store *registry, struct arena *arena,
                                          const char *org_id, const char *supplier_org_id,
                                          enum instrument instrument)
{
    struct holding_vintage *rows = NULL;
    size_t count = 0;
    struct query q = query(registry, &holdings_queries, Q_VINTAGES_FREE);
    query_bind_text(&q, 1, org_id);
    query_bind_text(&q, 2, supplier_org_id);
    query_bind_text(&q, 3, instrument_word(instrument));
    while (query_row(&q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count++] = (struct holding_vintage){query_int(&q, 0), query_int(&q, 1)};
    }
    query_end(&q);
    return (struct holding_vintages){rows, count};
}

struct holding_balances holdings_by_supplier(struct arena *arena, struct holding_balances balances)
{
    struct holding_balance *rows = arena_array(arena, struct holding_balance, balances.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < balances.count; i++) {
        const struct holding_balance *one = &balances.at[i];
        struct holding_balance *last = count > 0 ? &rows[count - 1] : NULL;
        if (last == NULL || !text_is(last->supplier_org_id, one->supplier_org_id) ||
            last->instrument != one->instrument) {
            last = &rows[count++];
            last->supplier_org_id = one->supplier_org_id;
            last->supplier_name = one->supplier_name;
            last->project_id = "";
            last->project_name = "";
            last->instrument = one->instrument;
        }
        add(&last->active_units, one->active_units);
        add(&last->reserved_units, one->reserved_units);
        add(&last->available_units, one->available_units);
        add(&last->retired_units, one->retired_units);
        add(&last->exported_units, one->exported_units);
    }
    balances.at = rows;
    balances.count = count;
    return balances;
}

struct holding_accounts holdings_accounts(struct store *registry, struct arena *arena,
                                          const char *org_id, bool only_active)
{
    struct query q = query(registry, &holdings_queries, Q_ACCOUNTS);
    query_bind_text(&q, 1, org_id);
    query_bind_text(&q, 2, only_active ? "active" : NULL);
    struct holding_account *rows = NULL;
    size_t count = 0;
    while (query_row(&q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count++] = (struct holding_account){
            .account_id = query_text(&q, arena, 0),
            .name = query_text(&q, arena, 1),
            .kind = query_text(&q, arena, 2),
            .is_main = query_int(&q, 3) == 1,
        };
    }
    query_end(&q);
    return (struct holding_accounts){rows, count};
}
