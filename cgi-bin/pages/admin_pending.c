/* pages/admin_pending.c: what waits in the whole registry, by whom it waits for. See
 * pages/admin_transfers.h. */
#include "pages/admin_transfers.h"

#include <string.h>

#include "admin_templates.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"

static const char *const state_words[] = {"awaiting_approval", "pending", NULL};
/* clang-format off */
static const char *const state_choices[] = {
    "awaiting_approval", "Awaiting approval",
    "pending", "Pending",
    NULL,
};
/* clang-format on */
static const char *const kind_words[] = {"external", "export", "internal", NULL};
static const char *const sort_words[] = {"expiry", "-expiry", "size", "-size", NULL};
static const char usual_sort[] = "expiry";

static const struct field_row rows[] = {
    {.name = "state", .kind = VALUE_WORD, .words = state_words},
    {.name = "kind", .kind = VALUE_WORD, .words = kind_words},
    {.name = "organisation", .kind = VALUE_LINE, .label = "Organisation"},
    {.name = "sort", .kind = VALUE_WORD, .words = sort_words},
    DESK_PAGE_FIELDS,
};
const struct form admin_pending_form = {rows, sizeof(rows) / sizeof(rows[0])};

/* The three groups of the page. */
static const struct {
    const char *id;
    const char *heading;
    const char *hint;
    const char *acts[3]; /* words of decisions */
} groups_all[ADMIN_PART__COUNT] = {
    [ADMIN_APPROVAL] = {"approvals",
                        "For the registry to approve",
                        "Each is checked again against the ledger when you decide.",
                        {"approve", "refuse", NULL}},
    [ADMIN_EXPORT] = {"exports",
                      "Exports to confirm",
                      "Confirm when the other registry has the units; record it when it does not "
                      "take them.",
                      {"complete", "reject", NULL}},
    [ADMIN_OTHERS] = {"others",
                      "Waiting for somebody else",
                      "A recipient or a second person of the sender has to act.",
                      {"cancel", NULL, NULL}},
};

struct order {
    enum admin_waiting_sort sort;
    bool turned;
};

static struct order order_of(const struct visit *visit)
{
    const char *sort = field_text(&visit->fields, "sort");
    const char *key = sort[0] == '-' ? sort + 1 : sort;
    bool by_size = text_is(key, "size");
    return (struct order){by_size ? ADMIN_BY_UNITS : ADMIN_BY_EXPIRY, sort[0] == '-'};
}

/* A place in the list as our links carry it: "part.key.id". */
static const char *cursor_of(struct visit *visit, const struct admin_transfer *row,
                             struct order order)
{
    struct admin_place place = admin_waiting_place(row, order.sort, order.turned);
    return arena_printf(visit->arena, "%lld.%lld.%s", (long long)place.part, (long long)place.key,
                        place.transfer_id);
}

static bool place_of(struct visit *visit, const char *cursor, struct admin_place *place)
{
    *place = (struct admin_place){0, 0, ""};
    if (text_empty(cursor)) {
        return true;
    }
    size_t part_bytes = strcspn(cursor, ".");
    if (cursor[part_bytes] == '\0') {
        return false;
    }
    const char *key = cursor + part_bytes + 1;
    size_t key_bytes = strcspn(key, ".");
    if (key[key_bytes] == '\0') {
        return false;
    }
    place->transfer_id = key + key_bytes + 1;
    return text_parse_int(arena_text_sized(visit->arena, cursor, part_bytes), false,
                          &place->part) &&
           text_parse_int(arena_text_sized(visit->arena, key, key_bytes), true, &place->key) &&
           place->part > 0 && id_is(place->transfer_id, "tfr");
}

static struct admin_list list_of(struct visit *visit)
{
    struct admin_list list = admin_list_begin(visit, "/admin/pending", usual_sort);
    const char *sort = field_text(&visit->fields, "sort");
    list.sort = text_is(sort, usual_sort) ? "" : sort;
    admin_list_filter(&list, "state", "State", state_choices);
    admin_list_filter(&list, "kind", "Kind", admin_kind_choices);
    admin_list_filter(&list, "organisation", "Organisation", NULL);
    return list;
}

/* What waits for the registry is looked at before it is decided; the rest can only be cancelled. */
static struct act_links links_of(struct visit *visit, const struct admin_transfer *row)
{
    struct act_link *links = arena_array(visit->arena, struct act_link, 1);
    bool is_others = row->part == ADMIN_OTHERS;
    links[0] = (struct act_link){
        .words = is_others ? "Cancel" : "Review",
        .url = is_others ? url_path(visit->arena, "/admin/transfers/*/cancel", row->it.transfer_id)
                         : admin_transfer_url(visit->arena, row->it.transfer_id),
        .is_primary = !is_others,
    };
    return (struct act_links){links, 1};
}

static struct admin_buttons buttons_of(struct visit *visit, enum admin_part part)
{
    struct admin_button *buttons = arena_array(visit->arena, struct admin_button, 3);
    size_t count = 0;
    for (size_t i = 0; i < 3 && groups_all[part].acts[i] != NULL; i++) {
        const struct admin_decision *decision = admin_decision_find(groups_all[part].acts[i]);
        must(decision != NULL);
        buttons[count++] = (struct admin_button){.act = decision->word, .words = decision->many};
    }
    return (struct admin_buttons){buttons, count};
}

/* The rows come in the order of the groups. */
static struct admin_groups groups_of(struct visit *visit, const struct admin_transfer *found,
                                     size_t count)
{
    struct admin_group *groups = arena_array(visit->arena, struct admin_group, ADMIN_PART__COUNT);
    struct admin_transfer_row *views =
        arena_array(visit->arena, struct admin_transfer_row, count + 1);
    size_t group_count = 0;
    for (size_t i = 0; i < count; i++) {
        enum admin_part part = found[i].part;
        views[i] = admin_transfer_row_of(visit, &found[i]);
        views[i].acts = links_of(visit, &found[i]);
        if (i == 0 || found[i - 1].part != part) {
            groups[group_count++] = (struct admin_group){
                .id = groups_all[part].id,
                .heading = groups_all[part].heading,
                .hint = groups_all[part].hint,
                .rows = {&views[i], 0},
                .buttons = buttons_of(visit, part),
            };
        }
        groups[group_count - 1].rows.count++;
    }
    return (struct admin_groups){groups, group_count};
}

/* ---- CSV ---- */

struct csv {
    struct visit *visit;
    struct admin_place place;
    char transfer_id[ID_SIZE];
    bool is_begun;
};

static bool csv_window(struct response *response, void *state)
{
    struct csv *csv = state;
    struct arena *arena = csv->visit->arena;
    struct admin_transfer_filter filter = admin_transfers_filter(csv->visit);
    struct order order = order_of(csv->visit);
    if (!csv->is_begun) {
        admin_transfers_csv_head(&response->body);
        csv->is_begun = true;
    }
    csv->place.transfer_id = csv->transfer_id;
    struct admin_transfers found =
        admin_waiting_list(csv->visit->registry, arena, &filter, order.sort, order.turned, false,
                           csv->place, CSV_WINDOW_ROWS);
    for (size_t i = 0; i < found.count; i++) {
        admin_transfers_csv_row(&response->body, arena, &found.at[i]);
    }
    if (found.count > 0) {
        csv->place = admin_waiting_place(&found.at[found.count - 1], order.sort, order.turned);
        bool is_copied = TEXT_COPY(csv->transfer_id, csv->place.transfer_id);
        must(is_copied);
    }
    return found.count == CSV_WINDOW_ROWS;
}

/* ---- the page ---- */

enum status admin_home_get(struct visit *visit, struct response *response)
{
    return desk_go(visit, response, url_path(visit->arena, "/admin/pending"));
}

static void show_rows(struct visit *visit, const struct admin_list *list, struct admin_place place,
                      struct admin_pending_view *view)
{
    struct admin_transfer_filter filter = admin_transfers_filter(visit);
    struct order order = order_of(visit);
    bool goes_back = !text_empty(list->after);
    struct admin_transfers found =
        admin_waiting_list(visit->registry, visit->arena, &filter, order.sort, order.turned,
                           goes_back, place, PAGE_ROWS + 1);
    size_t count = found.count > PAGE_ROWS ? PAGE_ROWS : found.count;
    struct admin_transfer *page = arena_array(visit->arena, struct admin_transfer, count + 1);
    for (size_t i = 0; i < count; i++) {
        page[i] = found.at[goes_back ? count - 1 - i : i];
    }
    view->groups = groups_of(visit, page, count);
    view->has_rows = count > 0;

    int64_t shown[ADMIN_PART__COUNT];
    int64_t all[ADMIN_PART__COUNT];
    struct admin_transfer_filter none = {.state = ""};
    admin_waiting_count(visit->registry, visit->arena, &filter, shown);
    admin_waiting_count(visit->registry, visit->arena, &none, all);
    int64_t shown_all = shown[ADMIN_APPROVAL] + shown[ADMIN_EXPORT] + shown[ADMIN_OTHERS];
    int64_t all_all = all[ADMIN_APPROVAL] + all[ADMIN_EXPORT] + all[ADMIN_OTHERS];
    const char *words = arena_printf(
        visit->arena, "%s: %s for the registry to approve, %s to confirm, %s for somebody else",
        desk_count_of(visit->arena, shown_all, all_all, "waiting transfer", "waiting transfers"),
        text_int_grouped(visit->arena, shown[ADMIN_APPROVAL]),
        desk_count(visit->arena, shown[ADMIN_EXPORT], "export", "exports"),
        text_int_grouped(visit->arena, shown[ADMIN_OTHERS]));
    view->has_any = all_all > 0;
    admin_list_turn(list, found.count > PAGE_ROWS,
                    count > 0 ? cursor_of(visit, &page[0], order) : "",
                    count > 0 ? cursor_of(visit, &page[count - 1], order) : "", words, &view->list);
}

enum status admin_pending_get(struct visit *visit, struct response *response)
{
    struct admin_list list = list_of(visit);
    struct admin_place place;
    if (!place_of(visit, admin_list_page(&list).cursor, &place)) {
        return STATUS_BAD_REQUEST;
    }
    if (text_is(field_text(&visit->fields, "format"), "csv")) {
        struct csv *csv = arena_one(visit->arena, struct csv);
        csv->visit = visit;
        desk_csv_stream(visit, response, "pending.csv", csv_window, csv);
        return STATUS_OK;
    }
    struct admin_pending_view view = {
        .page = chrome_of(visit, PLACE_PENDING, "Pending"),
        .may_act = admin_may(visit),
        .list = admin_list_show(&list),
        .by_expiry = admin_list_sort(&list, "expiry"),
        .by_size = admin_list_sort(&list, "-size"),
    };
    show_rows(visit, &list, place, &view);
    template_admin_pending(&response->body, &view);
    return STATUS_OK;
}
