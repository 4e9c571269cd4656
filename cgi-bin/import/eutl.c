/*
 * import/eutl.c: see import/eutl.h.
 */
#include "import/eutl.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/must.h"
#include "base/text.h"
#include "import/value.h"

#define TAIL_BITS 20
#define ACCOUNT_MAX ((1 << TAIL_BITS) - 1) /* an account's number is the tail of its id */
#define OPENINGS_BITS 4                    /* an account's opening balance may be raised 15 times */

enum column { C_TX, C_DATE, C_MAIN, C_SUPP, C_FROM, C_TO, C_TYPE, C_AMOUNT, C__COUNT };
static const char *const COLUMNS[C__COUNT] = {
    "tx_id", "date", "main_type", "supp_type", "from_account", "to_account", "unit_type", "amount"};

static void read_row(struct eutl *eutl, const struct cells *cells, const int *columns);
static bool tx_id_is(const char *text);
static bool read_account(struct eutl *eutl, const struct cells *cells, int column, size_t *index);
static bool read_type(struct eutl *eutl, const struct cells *cells, int column, size_t *index);
static const char *code_of(struct arena *arena, const char *word, int *vintage);
static void sort_and_number(struct eutl *eutl);
static void find_openings(struct eutl *eutl);
static int by_time(const void *one, const void *other);
static int by_transaction(const void *one, const void *other);
static void make_id(const char *prefix, int64_t ms, int64_t tail, char id[ID_SIZE]);
static int64_t type_ms(const char *word, uint32_t number);

void eutl_read(struct eutl *eutl, const char *path, int64_t limit)
{
    int columns[C__COUNT];
    bool well = true;

    csv_read(eutl->arena, eutl->report, path, '\t', &eutl->table);
    for (int i = 0; i < C__COUNT; i++) {
        columns[i] = csv_column(eutl->report, &eutl->table, COLUMNS[i], true);
        well = well && columns[i] >= 0;
    }
    if (!well) {
        return;
    }
    eutl->rows = arena_array(eutl->arena, struct eutl_row, eutl->table.count);
    eutl->accounts_max = 2 * eutl->table.count;
    eutl->accounts = arena_array(eutl->arena, struct eutl_account, eutl->accounts_max);
    for (size_t i = 0; i < eutl->table.count && (limit == 0 || eutl->plain < (size_t)limit); i++) {
        struct cells cells = {.arena = eutl->arena,
                              .report = eutl->report,
                              .table = &eutl->table,
                              .row = &eutl->table.rows[i]};
        if (text_is(csv_text(cells.row, columns[C_MAIN]), "10") &&
            text_is(csv_text(cells.row, columns[C_SUPP]), "0")) {
            eutl->plain++;
            read_row(eutl, &cells, columns);
        }
    }
    if (eutl->plain == 0 && eutl->report->problems == 0) {
        report_problem(eutl->report, place_of(eutl->table.name),
                       "There is no plain transfer in the file (main_type 10 and supp_type 0).");
    }
    sort_and_number(eutl);
    find_openings(eutl);
}

struct eutl_balance *eutl_balance(const struct eutl *eutl, size_t account, size_t type)
{
    must(account < eutl->account_count && type < eutl->type_count);
    return &eutl->balances[account * EUTL_TYPES_MAX + type];
}

void eutl_opening_id(const struct eutl *eutl, size_t account, size_t type, uint32_t number,
                     char id[ID_SIZE])
{
    make_id("iss", type_ms(eutl->types[type].word, number), eutl->accounts[account].number, id);
}

static void read_row(struct eutl *eutl, const struct cells *cells, const int *columns)
{
    struct eutl_row *row = &eutl->rows[eutl->count];

    *row = (struct eutl_row){.place = csv_place(cells->table, cells->row, columns[C_TX]),
                             .order = eutl->count};
    row->tx_id = csv_text(cells->row, columns[C_TX]);
    bool well = value_time(cells, columns[C_DATE], &row->at);
    well &= read_account(eutl, cells, columns[C_FROM], &row->from);
    well &= read_account(eutl, cells, columns[C_TO], &row->to);
    well &= read_type(eutl, cells, columns[C_TYPE], &row->type);
    int64_t tonnes = 0;
    well &= value_units(cells, columns[C_AMOUNT], 0, &tonnes);
    if (!tx_id_is(row->tx_id)) {
        report_problem(eutl->report, row->place,
                       "A transaction's id has 1 to 40 letters, figures and signs, no spaces.");
        well = false;
    }
    if (tonnes > QUANTITY_UNITS_MAX / EUTL_UNITS_PER_TONNE) {
        report_problem(eutl->report, csv_place(cells->table, cells->row, columns[C_AMOUNT]),
                       "The amount is larger than the registry can hold.");
        well = false;
    }
    if (well && (row->from == row->to || tonnes == 0)) {
        report_note(eutl->report, row->place, "%s moves nothing (%s) and is left out.", row->tx_id,
                    tonnes == 0 ? "the amount is zero" : "from an account to itself");
        eutl->nothing++;
    } else if (well) {
        row->units = tonnes * EUTL_UNITS_PER_TONNE;
        eutl->count++;
    }
}

/* It becomes part of a key. */
static bool tx_id_is(const char *text)
{
    size_t length = 0;

    while (text[length] > ' ' && text[length] <= '~') {
        length++;
    }
    return length >= 1 && length <= 40 && text[length] == '\0';
}

static bool read_account(struct eutl *eutl, const struct cells *cells, int column, size_t *index)
{
    const char *word = csv_text(cells->row, column);
    int64_t number = 0;

    if (!text_parse_int(word, false, &number) || number < 1 || number > ACCOUNT_MAX ||
        word[0] == '0') {
        report_problem(eutl->report, csv_place(cells->table, cells->row, column),
                       "\"%.40s\" is not an account. It is a number from 1 to %d.", word,
                       ACCOUNT_MAX);
        return false;
    }
    for (size_t i = 0; i < eutl->account_count; i++) {
        if (eutl->accounts[i].number == number) {
            *index = i;
            return true;
        }
    }
    must(eutl->account_count < eutl->accounts_max);
    struct eutl_account *account = &eutl->accounts[eutl->account_count];
    *account = (struct eutl_account){.word = word, .number = number};
    make_id("org", type_ms("", 0), number, account->org_id);
    *index = eutl->account_count++;
    return true;
}

static bool read_type(struct eutl *eutl, const struct cells *cells, int column, size_t *index)
{
    const char *word = csv_text(cells->row, column);
    struct place place = csv_place(cells->table, cells->row, column);

    for (size_t i = 0; i < eutl->type_count; i++) {
        if (strcmp(eutl->types[i].word, word) == 0) {
            *index = i;
            return true;
        }
    }
    struct eutl_type type = {.word = word};
    type.code = code_of(eutl->arena, word, &type.vintage);
    if (type.code == NULL || eutl->type_count == EUTL_TYPES_MAX) {
        report_problem(eutl->report, place,
                       type.code == NULL
                           ? "\"%.40s\" is not a unit type. It is written like EUA2005 or EUA_2008."
                           : "\"%.40s\" is one unit type too many.",
                       word);
        return false;
    }
    make_id("org", type_ms(word, 0), 0, type.org_id);
    make_id("spl", type_ms(word, 0), 0, type.supplier_id);
    make_id("prj", type_ms(word, 0), 0, type.project_id);
    for (size_t i = 0; i < eutl->type_count; i++) {
        if (strcmp(eutl->types[i].code, type.code) == 0 ||
            strcmp(eutl->types[i].org_id, type.org_id) == 0) {
            report_problem(eutl->report, place,
                           "The unit types %s and %s cannot be told apart in serial numbers.", word,
                           eutl->types[i].word);
            return false;
        }
    }
    eutl->types[eutl->type_count] = type;
    *index = eutl->type_count++;
    return true;
}

/* "EUA_2008" -> "EUA2008" and 2008; NULL when there is no year at its end. */
static const char *code_of(struct arena *arena, const char *word, int *vintage)
{
    size_t length = strlen(word);
    int64_t year = 0;

    if (length < 5 || length > 12 || !text_parse_int(word + length - 4, false, &year) ||
        year < 1990 || year > 2100) {
        return NULL;
    }
    char *code = arena_take(arena, length + 1, 1);
    size_t size = 0;
    for (size_t i = 0; i < length; i++) {
        if (word[i] != '_' && word[i] != '-') {
            code[size++] = word[i];
        }
    }
    *vintage = (int)year;
    return serial_word_is(code) ? code : NULL;
}

/* By time, rows of one time as they stand in the file; then each row gets its number within its
 * transaction. */
static void sort_and_number(struct eutl *eutl)
{
    bool sorted = true;

    for (size_t i = 1; i < eutl->count && sorted; i++) {
        if (eutl->rows[i].at < eutl->rows[i - 1].at) {
            report_note(eutl->report, eutl->rows[i].place,
                        "The rows are not in order of time from here on; they are sorted.");
            sorted = false;
        }
    }
    qsort(eutl->rows, eutl->count, sizeof eutl->rows[0], by_transaction);
    for (size_t i = 0; i < eutl->count; i++) {
        bool same = i > 0 && strcmp(eutl->rows[i - 1].tx_id, eutl->rows[i].tx_id) == 0;
        eutl->rows[i].in_tx = same ? eutl->rows[i - 1].in_tx + 1 : 1;
    }
    qsort(eutl->rows, eutl->count, sizeof eutl->rows[0], by_time);
    eutl->begins_at = eutl->count > 0 ? eutl->rows[0].at - eutl->rows[0].at % CLOCK_DAY_US : 0;
}

static void find_openings(struct eutl *eutl)
{
    eutl->balances =
        arena_array(eutl->arena, struct eutl_balance, (eutl->account_count + 1) * EUTL_TYPES_MAX);
    for (size_t i = 0; i < eutl->count; i++) {
        const struct eutl_row *row = &eutl->rows[i];
        struct eutl_balance *from = eutl_balance(eutl, row->from, row->type);
        struct eutl_balance *to = eutl_balance(eutl, row->to, row->type);
        if (from->present < row->units) {
            from->opening += row->units - from->present;
            from->present = row->units;
        }
        from->present -= row->units;
        to->present += row->units;
        from->out += row->units;
        to->in += row->units;
        if (to->present > QUANTITY_UNITS_MAX || from->opening > QUANTITY_UNITS_MAX) {
            report_problem(eutl->report, row->place,
                           "The sums are larger than the registry can hold.");
            return;
        }
    }
}

static int by_time(const void *one, const void *other)
{
    const struct eutl_row *a = one;
    const struct eutl_row *b = other;

    if (a->at != b->at) {
        return a->at < b->at ? -1 : 1;
    }
    return a->order < b->order ? -1 : a->order > b->order;
}

static int by_transaction(const void *one, const void *other)
{
    const struct eutl_row *a = one;
    const struct eutl_row *b = other;
    int order = strcmp(a->tx_id, b->tx_id);

    return order != 0 ? order : by_time(one, other);
}

/* An id that is the same in every import: milliseconds, the tag ETS, a tail. */
static void make_id(const char *prefix, int64_t ms, int64_t tail, char id[ID_SIZE])
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    must(ms >= 0 && tail >= 0 && tail <= ACCOUNT_MAX);
    memcpy(id, prefix, 3);
    id[3] = '_';
    for (int i = 12; i >= 4; i--, ms /= 32) {
        id[i] = alphabet[ms % 32];
    }
    memcpy(id + 13, "ETS", 3);
    for (int i = 19; i >= 16; i--, tail /= 32) {
        id[i] = alphabet[tail % 32];
    }
    id[20] = '\0';
    must(id_is(id, prefix));
}

/* Milliseconds for the ids of a unit type: the log's first day, and a number that its name gives.
 */
static int64_t type_ms(const char *word, uint32_t number)
{
    const int64_t begin_ms = INT64_C(1104537600000); /* 2005-01-01T00:00:00Z */
    struct digest digest = digest_of(word, strlen(word));
    int64_t bits =
        (int64_t)digest.bytes[0] << 12 | (int64_t)digest.bytes[1] << 4 | digest.bytes[2] >> 4;

    must(number < 1u << OPENINGS_BITS);
    return begin_ms + (bits << OPENINGS_BITS) + number;
}
