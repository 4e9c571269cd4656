/* pages/credits_list.c: the batches of an organisation as a list: filters, order, pages, CSV. */
#include "pages/credits.h"

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"

static const char *const state_words[] = {"active",    "reserved", "retired", "exported",
                                          "cancelled", "split",    NULL};
/* In the address a minus in front means the largest or newest first. */
static const char *const sort_words[] = {"received", "-received", "issued",  "-issued", "size",
                                         "-size",    "serial",    "-serial", NULL};
static const char sort_usual[] = "-received";

static const struct field_row rows[] = {
    {.name = "supplier", .kind = VALUE_ID},
    {.name = "project", .kind = VALUE_ID},
    {.name = "vintage", .kind = VALUE_INT},
    {.name = "account", .kind = VALUE_ID},
    {.name = "state", .kind = VALUE_WORD, .words = state_words},
    {.name = "sort", .kind = VALUE_WORD, .words = sort_words},
    DESK_PAGE_FIELDS,
};
const struct form credits_form = {rows, sizeof(rows) / sizeof(rows[0])};

/* What the address asks for. */
struct asked {
    const char *supplier, *project, *vintage, *account, *state;
    const char *sort;   /* "" the usual */
    const char *before; /* the page behind this batch … */
    const char *after;  /* … or the page that ends before this one; "" */
};

static struct asked asked_of(const struct visit *visit)
{
    const struct fields *fields = &visit->fields;
    int64_t vintage = 0;
    return (struct asked){
        .supplier = field_text(fields, "supplier"),
        .project = field_text(fields, "project"),
        .vintage = field_int(fields, "vintage", &vintage) ? field_text(fields, "vintage") : "",
        .account = field_text(fields, "account"),
        .state = field_text(fields, "state"),
        .sort = text_is(field_text(fields, "sort"), sort_usual) ? "" : field_text(fields, "sort"),
        .before = field_text(fields, "before"),
        .after = field_text(fields, "after"),
    };
}

/* The address of the list; a page is left out unless it is in `asked`. */
static struct url address(struct arena *arena, struct asked asked)
{
    struct url url = url_path(arena, "/account/credits");
    url = url_with(arena, url, "supplier", asked.supplier);
    url = url_with(arena, url, "project", asked.project);
    url = url_with(arena, url, "vintage", asked.vintage);
    url = url_with(arena, url, "account", asked.account);
    url = url_with(arena, url, "state", asked.state);
    url = url_with(arena, url, "sort", asked.sort);
    url = url_with(arena, url, "before", asked.before);
    return url_with(arena, url, "after", asked.after);
}

static struct asked without_page(struct asked asked)
{
    asked.before = "";
    asked.after = "";
    return asked;
}

static struct holding_filter filter_of(const struct visit *visit, const struct asked *asked)
{
    struct holding_filter filter = {
        .org_id = visit->org_id,
        .supplier_org_id = asked->supplier,
        .project_id = asked->project,
        .account_id = asked->account,
        .state = asked->state,
    };
    (void)text_parse_int(asked->vintage, false, &filter.vintage);
    return filter;
}

static enum holding_sort sort_of(const char *sort, bool *descending)
{
    *descending = sort[0] == '-' || sort[0] == '\0';
    const char *key = sort[0] == '-' ? sort + 1 : sort;
    if (text_is(key, "issued")) {
        return HOLDING_BY_ISSUED;
    }
    if (text_is(key, "size")) {
        return HOLDING_BY_SIZE;
    }
    return text_is(key, "serial") ? HOLDING_BY_SERIAL : HOLDING_BY_RECEIVED;
}

static struct url received_url(struct arena *arena, const char *received_by)
{
    if (text_starts(received_by, "tfr_")) {
        return desk_transfer_url(arena, received_by);
    }
    if (text_starts(received_by, "iss_")) {
        return url_path(arena, "/registry/issuances/*", received_by);
    }
    if (text_starts(received_by, "dlv_")) {
        return url_path(arena, "/registry/deliveries/*", received_by);
    }
    if (text_starts(received_by, "bpr_")) {
        return url_path(arena, "/registry/refunds/*", received_by);
    }
    return (struct url){NULL};
}

static const char *received_how(const char *received_by)
{
    if (text_starts(received_by, "tfr_")) {
        return "by transfer";
    }
    if (text_starts(received_by, "bpr_")) {
        return "by refund";
    }
    return text_starts(received_by, "dlv_") ? "by delivery" : "by issuance";
}

static struct url batch_url_or_none(struct arena *arena, const char *batch_id)
{
    return text_empty(batch_id) ? (struct url){NULL} : desk_batch_url(arena, batch_id);
}

static struct credits_batch batch_view(struct visit *visit, const struct holding_batch *batch,
                                       bool shows_unit)
{
    struct arena *arena = visit->arena;
    return (struct credits_batch){
        .serial = serial_text(arena, &batch->serial),
        .url = desk_batch_url(arena, batch->batch_id),
        .project = batch->project_name,
        .project_url = desk_project_url(arena, batch->project_id),
        .supplier = batch->supplier_name,
        .vintage = arena_printf(arena, "%d", batch->serial.vintage),
        .account = batch->account_name,
        .quantity = quantity_show(arena, batch->units, batch->instrument),
        .unit_here = shows_unit ? desk_unit(batch->instrument) : "",
        .state = desk_state(batch->state),
        .reserved_by = batch->reserved_by,
        .reserved_url = text_empty(batch->reserved_by)
                            ? (struct url){NULL}
                            : desk_transfer_url(arena, batch->reserved_by),
        .retired_url = text_starts(batch->ended_by, "ret_")
                           ? desk_certificate_url(arena, batch->ended_by)
                           : (struct url){NULL},
        .received = desk_when(arena, batch->received_at),
        .received_how = received_how(batch->received_by),
        .received_url = received_url(arena, batch->received_by),
        .issued = desk_when(arena, batch->issued_at),
        .parent_id = batch->parent_id,
        .parent_url = batch_url_or_none(arena, batch->parent_id),
        .is_split = !text_empty(batch->left_id),
        .left_url = batch_url_or_none(arena, batch->left_id),
        .right_url = batch_url_or_none(arena, batch->right_id),
    };
}

/* Is everything that the organisation ever had of one instrument? */
static bool is_one_instrument(struct holding_balances balances)
{
    for (size_t i = 1; i < balances.count; i++) {
        if (balances.at[i].instrument != balances.at[0].instrument) {
            return false;
        }
    }
    return balances.count > 0;
}

/* The same choice twice in a row is one. */
static void add_choice(struct choice_view *choices, size_t *count, const char *value,
                       const char *words, const char *chosen)
{
    if (*count > 0 && text_is(choices[*count - 1].value, value)) {
        return;
    }
    choices[(*count)++] =
        (struct choice_view){.value = value, .words = words, .is_chosen = text_is(value, chosen)};
}

/* The selects of the filter form. */
static void fill_choices(struct visit *visit, struct holding_balances balances,
                         struct holding_accounts accounts, const struct asked *asked,
                         struct credits_view *view)
{
    struct arena *arena = visit->arena;
    struct choice_view *suppliers = arena_array(arena, struct choice_view, balances.count + 1);
    struct choice_view *projects = arena_array(arena, struct choice_view, balances.count + 1);
    /* in the order of suppliers, and a project has one supplier */
    for (size_t i = 0; i < balances.count; i++) {
        const struct holding_balance *one = &balances.at[i];
        add_choice(suppliers, &view->suppliers.count, one->supplier_org_id, one->supplier_name,
                   asked->supplier);
        add_choice(projects, &view->projects.count, one->project_id, one->project_name,
                   asked->project);
    }
    view->suppliers.at = suppliers;
    view->projects.at = projects;

    struct choice_view *years = arena_array(arena, struct choice_view, balances.vintage_count + 1);
    for (size_t i = 0; i < balances.vintage_count; i++) {
        const char *year = arena_printf(arena, "%lld", (long long)balances.vintages[i]);
        add_choice(years, &view->vintages.count, year, year, asked->vintage);
    }
    view->vintages.at = years;

    struct choice_view *places = arena_array(arena, struct choice_view, accounts.count + 1);
    for (size_t i = 0; i < accounts.count; i++) {
        add_choice(places, &view->accounts.count, accounts.at[i].account_id, accounts.at[i].name,
                   asked->account);
    }
    view->accounts.at = places;

    size_t states_max = sizeof(state_words) / sizeof(state_words[0]);
    struct choice_view *states = arena_array(arena, struct choice_view, states_max);
    for (size_t i = 0; state_words[i] != NULL; i++) {
        add_choice(states, &view->states.count, state_words[i], desk_state(state_words[i]).words,
                   asked->state);
    }
    view->states.at = states;
}

static const char *chosen_words(struct choice_views choices, const char *otherwise)
{
    for (size_t i = 0; i < choices.count; i++) {
        if (choices.at[i].is_chosen) {
            return choices.at[i].words;
        }
    }
    return otherwise;
}

/* A chip for each filter in force, with the address of the list without it. */
static void fill_chips(struct visit *visit, const struct asked *asked, struct credits_view *view)
{
    struct asked base = without_page(*asked);
    struct chip_view *chips = arena_array(visit->arena, struct chip_view, 5);
    size_t count = 0;
    struct {
        const char *value, *label, *words;
        size_t member;
    } filters[] = {
        {asked->supplier, "Supplier", chosen_words(view->suppliers, asked->supplier),
         offsetof(struct asked, supplier)},
        {asked->project, "Project", chosen_words(view->projects, asked->project),
         offsetof(struct asked, project)},
        {asked->vintage, "Vintage", asked->vintage, offsetof(struct asked, vintage)},
        {asked->account, "Account", chosen_words(view->accounts, asked->account),
         offsetof(struct asked, account)},
        {asked->state, "State", desk_state(asked->state).words, offsetof(struct asked, state)},
    };
    for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
        if (text_empty(filters[i].value)) {
            continue;
        }
        struct asked rest = base;
        *(const char **)(void *)((char *)&rest + filters[i].member) = "";
        chips[count++] = (struct chip_view){
            .label = filters[i].label,
            .value = filters[i].words,
            .without = address(visit->arena, rest),
        };
    }
    view->chips = (struct chip_views){chips, count};
    view->has_chips = count > 0;
    struct asked all = {.sort = asked->sort};
    view->all_url = address(visit->arena, all);
}

/* The heading's link: sorts by this, and the other way round when the list is sorted by it. */
static struct sort_view sort_view_of(struct visit *visit, const struct asked *asked,
                                     const char *falling)
{
    const char *now = text_empty(asked->sort) ? sort_usual : asked->sort;
    struct asked sorted = without_page(*asked);
    bool is_falling = text_is(now, falling);
    bool is_rising = text_is(now, falling + 1);
    sorted.sort = is_falling ? falling + 1 : falling;
    if (text_is(sorted.sort, sort_usual)) {
        sorted.sort = "";
    }
    return desk_sort(address(visit->arena, sorted), is_falling, is_rising);
}

/* Reads one page of the list and sets the links to its neighbours. */
static struct holding_batches page_of(struct visit *visit, const struct asked *asked,
                                      const struct holding_names *names, struct pager_view *pager)
{
    bool descending = false;
    enum holding_sort sort = sort_of(asked->sort, &descending);
    struct holding_filter filter = filter_of(visit, asked);
    bool goes_back = !text_empty(asked->after);
    /* One row more than is shown tells whether there is a further page. */
    struct holding_batches found = holdings_batches(
        visit->registry, visit->arena, names, &filter, sort, goes_back ? !descending : descending,
        goes_back ? asked->after : asked->before, PAGE_ROWS + 1);
    bool has_more = found.count > PAGE_ROWS;
    size_t count = has_more ? PAGE_ROWS : found.count;
    struct holding_batch *page = arena_array(visit->arena, struct holding_batch, count + 1);
    for (size_t i = 0; i < count; i++) {
        page[i] = found.at[goes_back ? count - 1 - i : i];
    }
    bool has_newer = goes_back ? has_more : !text_empty(asked->before);
    bool has_older = goes_back || has_more;
    struct asked base = without_page(*asked);
    if (count > 0 && has_newer) {
        struct asked newer = base;
        newer.after = page[0].batch_id;
        pager->newer = address(visit->arena, newer);
    }
    if (count > 0 && has_older) {
        struct asked older = base;
        older.before = page[count - 1].batch_id;
        pager->older = address(visit->arena, older);
    }
    pager->csv = url_with(visit->arena, address(visit->arena, base), "format", "csv");
    return (struct holding_batches){page, count};
}

void credits_list(struct visit *visit, struct holding_balances balances, struct credits_view *view)
{
    struct asked asked = asked_of(visit);
    const struct holding_names names = {
        balances, holdings_accounts(visit->registry, visit->arena, visit->org_id, false)};
    fill_choices(visit, balances, names.accounts, &asked, view);
    fill_chips(visit, &asked, view);
    view->sort = asked.sort;
    view->by_serial = sort_view_of(visit, &asked, "-serial");
    view->by_size = sort_view_of(visit, &asked, "-size");
    view->by_received = sort_view_of(visit, &asked, "-received");
    view->by_issued = sort_view_of(visit, &asked, "-issued");

    struct holding_batches found = page_of(visit, &asked, &names, &view->pager);
    bool is_one = is_one_instrument(balances);
    view->unit = is_one ? desk_unit(balances.at[0].instrument) : "";
    struct credits_batch *list = arena_array(visit->arena, struct credits_batch, found.count + 1);
    for (size_t i = 0; i < found.count; i++) {
        list[i] = batch_view(visit, &found.at[i], !is_one);
    }
    view->batches = (struct credits_batches){list, found.count};
    view->has_batches = found.count > 0;
    bool descending = false;
    enum holding_sort sort = sort_of(asked.sort, &descending);
    view->has_pager = desk_pager(
        &view->pager, sort == HOLDING_BY_RECEIVED || sort == HOLDING_BY_ISSUED, descending);

    struct holding_filter filter = filter_of(visit, &asked);
    int64_t total = balances.batch_count;
    int64_t shown = view->has_chips ? holdings_count(visit->registry, &filter) : total;
    /* Split batches are outside "all", so a list of them stands for itself. */
    view->pager.count_words =
        desk_count_of(visit->arena, shown, total < shown ? shown : total, "batch", "batches");
}

/* ---- CSV ---- */

struct csv {
    struct visit *visit;
    struct asked asked;
    bool has_begun;
    /* The last batch sent: where the next window begins. */
    char last_id[ID_SIZE];
    char last_state[16];
    int64_t last_received_at;
};

static void csv_head(struct out *out)
{
    static const char *const columns[] = {"batch_id",   "serial",      "supplier_id", "supplier",
                                          "project_id", "project",     "vintage",     "account",
                                          "state",      "instrument",  "quantity",    "units",
                                          "issued_at",  "received_at", "received_by", "delivery_id",
                                          "parent_id",  "reserved_by", "ended_by"};
    desk_csv_line(out, columns, sizeof(columns) / sizeof(columns[0]));
}

static void csv_row(struct out *out, struct arena *arena, const struct holding_batch *batch)
{
    const char *const cells[] = {
        batch->batch_id,
        serial_text(arena, &batch->serial),
        batch->supplier_org_id,
        batch->supplier_name,
        batch->project_id,
        batch->project_name,
        arena_printf(arena, "%d", batch->serial.vintage),
        batch->account_name,
        batch->state,
        instrument_word(batch->instrument),
        quantity_plain(arena, batch->units, batch->instrument),
        arena_printf(arena, "%lld", (long long)batch->units),
        clock_iso(arena, batch->issued_at),
        clock_iso(arena, batch->received_at),
        batch->received_by,
        batch->delivery_id,
        batch->parent_id,
        batch->reserved_by,
        batch->ended_by,
    };
    desk_csv_line(out, cells, sizeof(cells) / sizeof(cells[0]));
}

/* Writes the next window; the door gives its memory back before the next one. */
static bool csv_window(struct response *response, void *state)
{
    struct csv *csv = state;
    struct arena *arena = csv->visit->arena;
    struct holding_filter filter = filter_of(csv->visit, &csv->asked);
    struct holding_batch last = {
        .batch_id = csv->last_id, .state = csv->last_state, .received_at = csv->last_received_at};
    if (!csv->has_begun) {
        csv_head(&response->body);
    }
    struct holding_batches found = holdings_all(csv->visit->registry, arena, &filter,
                                                csv->has_begun ? &last : NULL, CSV_WINDOW_ROWS);
    csv->has_begun = true;
    for (size_t i = 0; i < found.count; i++) {
        csv_row(&response->body, arena, &found.at[i]);
    }
    if (found.count > 0) {
        const struct holding_batch *end = &found.at[found.count - 1];
        bool is_copied =
            TEXT_COPY(csv->last_id, end->batch_id) && TEXT_COPY(csv->last_state, end->state);
        must(is_copied);
        csv->last_received_at = end->received_at;
    }
    return found.count == CSV_WINDOW_ROWS;
}

void credits_csv(struct visit *visit, struct response *response)
{
    struct csv *csv = arena_one(visit->arena, struct csv);
    csv->visit = visit;
    csv->asked = asked_of(visit);
    desk_csv_stream(visit, response, "credits.csv", csv_window, csv);
}
