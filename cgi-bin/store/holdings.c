/* store/holdings.c: see store/holdings.h. Balances, accounts, counts; the batches are in
 * store/holding_batches.c. */
#include "store/holdings.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "store/columns.h"
#include "store/query.h"
#include "store/rows.h"

enum { Q_NAMES, Q_MOVABLE, Q_TOTALS, Q_VINTAGES_FREE, Q_ACCOUNTS, Q__COUNT };

static const char *const sql[Q__COUNT] = {
    /* What the organisation holds or held last, by name; a project of a supplier once. */
    [Q_NAMES] =
        "SELECT k.supplier_org_id, s.name, k.project_id, p.name, p.instrument, p.pathway_code,"
        " p.country, p.short_code FROM (SELECT DISTINCT supplier_org_id, project_id FROM holding"
        " WHERE org_id = ?1) k CROSS JOIN project p ON p.project_id = k.project_id"
        " CROSS JOIN organisation s ON s.org_id = k.supplier_org_id"
        " ORDER BY s.name COLLATE NOCASE, k.supplier_org_id, p.instrument, p.name COLLATE NOCASE,"
        " k.project_id",
    [Q_MOVABLE] = "SELECT account_id FROM account WHERE org_id = ?1 AND kind = 'active'",
    [Q_TOTALS] = "SELECT supplier_org_id, project_id, vintage, account_id, active, reserved,"
                 " retired, exported, active_batches, reserved_batches, retired_batches,"
                 " exported_batches, split_batches FROM holding WHERE org_id = ?1"
                 " ORDER BY supplier_org_id, project_id, vintage, account_id",
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

/* One row for each project of a supplier, nothing counted yet. */
static struct holding_balance *read_names(struct store *registry, struct arena *arena,
                                          const char *org_id, size_t *count)
{
    struct query q = query(registry, &holdings_queries, Q_NAMES);
    query_bind_text(&q, 1, org_id);
    struct holding_balance *rows = NULL;
    while (query_row(&q)) {
        rows = rows_room(arena, rows, *count, sizeof(*rows));
        struct holding_balance *row = &rows[(*count)++];
        *row = (struct holding_balance){
            .supplier_org_id = query_text(&q, arena, 0),
            .supplier_name = query_text(&q, arena, 1),
            .project_id = query_text(&q, arena, 2),
            .project_name = query_text(&q, arena, 3),
            .instrument = column_instrument(&q, 4),
        };
        query_text_into(&q, 5, row->serial.pathway, sizeof(row->serial.pathway));
        query_text_into(&q, 6, row->serial.country, sizeof(row->serial.country));
        query_text_into(&q, 7, row->serial.project_code, sizeof(row->serial.project_code));
    }
    query_end(&q);
    return rows;
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

/* The text of a column: that of a row before when it is the same. An organisation's rows name the
 * same few things over and over. */
static const char *text_again(struct query *q, struct arena *arena, int column, const char *last)
{
    return last != NULL && query_is(q, column, last) ? last : query_text(q, arena, column);
}

/* The numbers of Q_TOTALS, from its column TOTALS_FIRST on. */
enum {
    T_ACTIVE,
    T_RESERVED,
    T_RETIRED,
    T_EXPORTED,
    T_ACTIVE_BATCHES,
    T_RESERVED_BATCHES,
    T_RETIRED_BATCHES,
    T_EXPORTED_BATCHES,
    T_SPLIT_BATCHES,
    T__COUNT
};
#define TOTALS_FIRST 4

/* Adds the numbers of a row to its balance. */
static void add_row(const int64_t *row, struct holding_balance *balance, bool is_movable)
{
    add(&balance->active_units, row[T_ACTIVE]);
    add(&balance->reserved_units, row[T_RESERVED]);
    add(&balance->retired_units, row[T_RETIRED]);
    add(&balance->exported_units, row[T_EXPORTED]);
    add(&balance->available_units, is_movable ? row[T_ACTIVE] - row[T_RESERVED] : 0);
}

static struct holding_balance *balance_of(struct holding_balance *rows, size_t count,
                                          const struct holding_total *total)
{
    for (size_t i = 0; i < count; i++) {
        if (text_is(rows[i].project_id, total->project_id) &&
            text_is(rows[i].supplier_org_id, total->supplier_org_id)) {
            return &rows[i];
        }
    }
    return NULL; /* came to be after the names were read: outside a read transaction */
}

/* All running totals of the organisation in one walk: they are kept, and added up in rows. */
static void read_totals(struct store *registry, struct arena *arena, const char *org_id,
                        struct ids movable, struct holding_balance *rows,
                        struct holding_balances *balances)
{
    struct query q = query(registry, &holdings_queries, Q_TOTALS);
    query_bind_text(&q, 1, org_id);
    struct holding_total *totals = NULL;
    struct holding_total last = {.project_id = NULL};
    struct holding_balance *balance = NULL;
    bool is_movable = false;
    while (query_row(&q)) {
        int64_t row[T__COUNT];
        query_ints(&q, TOTALS_FIRST, T__COUNT, row);
        struct holding_total total = {
            .supplier_org_id = text_again(&q, arena, 0, last.supplier_org_id),
            .project_id = text_again(&q, arena, 1, last.project_id),
            .vintage = query_int(&q, 2),
            .account_id = text_again(&q, arena, 3, last.account_id),
            .active_batches = row[T_ACTIVE_BATCHES],
            .reserved_batches = row[T_RESERVED_BATCHES],
            .retired_batches = row[T_RETIRED_BATCHES],
            .exported_batches = row[T_EXPORTED_BATCHES],
            .split_batches = row[T_SPLIT_BATCHES],
        };
        if (total.project_id != last.project_id || total.supplier_org_id != last.supplier_org_id) {
            balance = balance_of(rows, balances->count, &total);
        }
        if (total.account_id != last.account_id) {
            is_movable = is_among(movable, total.account_id);
        }
        last = total;
        if (balance == NULL) {
            continue;
        }
        add_row(row, balance, is_movable);
        totals = rows_room(arena, totals, balances->total_count, sizeof(*totals));
        totals[balances->total_count++] = total;
    }
    query_end(&q);
    balances->totals = totals;
}

/* What a list without filters counts. */
static int64_t batches_of(const struct holding_total *total)
{
    return total->active_batches + total->retired_batches + total->exported_batches;
}

/* The vintages of what is counted, newest first. */
static void find_vintages(struct arena *arena, struct holding_balances *balances)
{
    int64_t *vintages = arena_array(arena, int64_t, balances->total_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < balances->total_count; i++) {
        int64_t vintage = balances->totals[i].vintage;
        size_t place = 0;
        while (place < count && vintages[place] > vintage) {
            place++;
        }
        bool is_known = place < count && vintages[place] == vintage;
        if (!is_known && batches_of(&balances->totals[i]) > 0) {
            memmove(vintages + place + 1, vintages + place, (count - place) * sizeof(*vintages));
            vintages[place] = vintage;
            count++;
        }
    }
    balances->vintages = vintages;
    balances->vintage_count = count;
}

struct holding_balances holdings_balances(struct store *registry, struct arena *arena,
                                          const char *org_id, const char *except_account_id)
{
    struct holding_balances balances = {.count = 0};
    struct holding_balance *rows = read_names(registry, arena, org_id, &balances.count);
    struct ids movable = read_movable(registry, arena, org_id, except_account_id);
    read_totals(registry, arena, org_id, movable, rows, &balances);
    size_t count = 0;
    for (size_t i = 0; i < balances.count; i++) {
        /* of some there was only what is cut or cancelled now */
        if (rows[i].active_units + rows[i].retired_units + rows[i].exported_units > 0) {
            rows[count++] = rows[i];
        }
    }
    balances.at = rows;
    balances.count = count;
    find_vintages(arena, &balances);
    return balances;
}

int64_t holdings_count(struct holding_balances balances, const struct holding_filter *filter)
{
    int64_t count = 0;
    for (size_t i = 0; i < balances.total_count; i++) {
        const struct holding_total *total = &balances.totals[i];
        const struct {
            const char *state;
            int64_t batches;
        } counts[] = {
            {"", batches_of(total)},
            {"active", total->active_batches - total->reserved_batches},
            {"reserved", total->reserved_batches},
            {"retired", total->retired_batches},
            {"exported", total->exported_batches},
            {"split", total->split_batches},
        };
        if ((!text_empty(filter->supplier_org_id) &&
             !text_is(filter->supplier_org_id, total->supplier_org_id)) ||
            (!text_empty(filter->project_id) && !text_is(filter->project_id, total->project_id)) ||
            (filter->vintage != 0 && filter->vintage != total->vintage) ||
            (!text_empty(filter->account_id) && !text_is(filter->account_id, total->account_id))) {
            continue;
        }
        for (size_t k = 0; k < sizeof(counts) / sizeof(counts[0]); k++) {
            if (text_is(counts[k].state, filter->state == NULL ? "" : filter->state)) {
                count += counts[k].batches;
            }
        }
    }
    return count;
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
