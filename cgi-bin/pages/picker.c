/* pages/picker.c: see pages/picker.h. */
#include "pages/picker.h"

#include <string.h>

#include "base/text.h"
#include "pages/chrome.h"
#include "pages/desk.h"
#include "store/fold.h"

static const char *place_words(struct arena *arena, const struct recipient *one)
{
    return text_empty(one->domain) ? one->org_id
                                   : arena_printf(arena, "%s · %s", one->domain, one->org_id);
}

/* Name, domain and id as they are and folded: the script finds what the server finds. */
static const char *finds_of(struct arena *arena, const struct recipient *one)
{
    const char *text = arena_printf(arena, "%s %s %s", one->name, one->domain, one->org_id);
    size_t folded_bytes = 2 * strlen(text) + 1;
    char *folded = arena_take(arena, folded_bytes, 1);
    fold_text(folded, folded_bytes, text);
    return arena_printf(arena, "%s %s", text, folded);
}

/* Cards of organisations, without those in `without`; the first of all gets the id that errors link
 * to. */
static struct choice_views cards_of(struct visit *visit, const struct picker *picker,
                                    struct recipients found, struct choice_views without)
{
    struct choice_view *cards = arena_array(visit->arena, struct choice_view, found.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < found.count; i++) {
        bool is_there = false;
        for (size_t j = 0; j < without.count && !is_there; j++) {
            is_there = text_is(without.at[j].value, found.at[i].org_id);
        }
        if (is_there) {
            continue;
        }
        size_t number = without.count + count;
        cards[count++] = (struct choice_view){
            .id = number == 0 ? picker->name
                              : arena_printf(visit->arena, "%s-%zu", picker->name, number + 1),
            .value = found.at[i].org_id,
            .words = found.at[i].name,
            .hint = place_words(visit->arena, &found.at[i]),
            .finds = finds_of(visit->arena, &found.at[i]),
            .is_chosen = text_is(found.at[i].org_id, picker->chosen),
        };
    }
    return (struct choice_views){cards, count};
}

static bool is_among(struct recipients rows, const char *org_id)
{
    for (size_t i = 0; i < rows.count; i++) {
        if (text_is(rows.at[i].org_id, org_id)) {
            return true;
        }
    }
    return false;
}

/* What was found, behind the chosen one when that is in neither list. */
static struct recipients with_chosen(struct visit *visit, const struct picker *picker,
                                     struct recipients recent, struct recipients found)
{
    struct recipient *rows = arena_array(visit->arena, struct recipient, found.count + 1);
    if (text_empty(picker->chosen) || is_among(recent, picker->chosen) ||
        is_among(found, picker->chosen) ||
        !recipient_find(visit->registry, visit->arena, picker->chosen, &rows[0]) ||
        !text_is(rows[0].state, "active")) {
        return found;
    }
    for (size_t i = 0; i < found.count; i++) {
        rows[i + 1] = found.at[i];
    }
    found.at = rows;
    found.count++;
    return found;
}

static struct recipients find(struct visit *visit, const struct picker *picker)
{
    struct store *registry = visit->registry;
    const char *typed = picker->typed;
    if (picker->only_suppliers) {
        return recipients_suppliers(registry, visit->arena, visit->org_id, typed, PICKER_ROWS_MAX);
    }
    return recipients_find(registry, visit->arena, visit->org_id, typed, PICKER_ROWS_MAX);
}

struct picker_view picker_show(struct visit *visit, const struct picker *picker)
{
    struct arena *arena = visit->arena;
    struct recipients found = find(visit, picker);
    struct recipients recent = {.count = 0};
    const char *one = picker->only_suppliers ? "supplier" : "organisation";
    const char *many = picker->only_suppliers ? "suppliers" : "organisations";
    bool is_typed = !text_empty(picker->typed);
    if (!is_typed) {
        recent = picker->recent;
    }
    struct picker_view view = {
        .name = picker->name,
        .find = picker->find,
        .kept_name = picker->kept_name,
        .kept_value = picker->kept_value,
        .has_kept = !text_empty(picker->kept_value),
        .typed = picker->typed,
        .recent_heading = picker->recent_heading,
        .recent = cards_of(visit, picker, recent, (struct choice_views){.count = 0}),
        .found_none = found.matching == 0,
        .count_words =
            desk_count(arena, found.matching, is_typed ? arena_printf(arena, "%s found", one) : one,
                       is_typed ? arena_printf(arena, "%s found", many) : many),
        .none_words = picker->only_suppliers
                          ? "Only organisations whose projects are on this registry can be ordered "
                            "from."
                          : "Credits can go only to organisations with an active account on this "
                            "registry: one that has none yet asks the registry to open it.",
        .error = chrome_fault(visit, picker->name),
    };
    view.found = cards_of(visit, picker, with_chosen(visit, picker, recent, found), view.recent);
    view.has_recent = view.recent.count > 0;
    view.has_found = view.found.count > 0;
    int64_t hidden = found.matching - (int64_t)found.count;
    view.more_words = "";
    if (hidden > 0) {
        view.more_words = arena_printf(arena, "%s more: type more letters and press Find.",
                                       text_int_grouped(arena, hidden));
    }
    return view;
}

struct fault_views picker_faults(struct visit *visit)
{
    struct fault_views faults = chrome_faults(visit);
    struct fault_view *placed = arena_array(visit->arena, struct fault_view, faults.count + 1);
    for (size_t i = 0; i < faults.count; i++) {
        placed[i] = faults.at[i];
        if (text_is(placed[i].field, "q")) {
            placed[i].field = "find";
        }
    }
    return (struct fault_views){placed, faults.count};
}

bool picker_take(struct visit *visit, const char *name, const char *empty_words,
                 const char *own_words, struct recipient *chosen)
{
    const char *org_id = field_text(&visit->fields, name);
    const char *words = NULL;
    if (text_empty(org_id)) {
        words = empty_words;
    } else if (text_is(org_id, visit->org_id)) {
        words = own_words;
    } else if (!recipient_find(visit->registry, visit->arena, org_id, chosen)) {
        words = status_row(STATUS_RECIPIENT_UNKNOWN)->sentence;
    } else if (text_is(chosen->state, "suspended")) {
        words = status_row(STATUS_RECIPIENT_SUSPENDED)->sentence;
    } else if (text_is(chosen->state, "closed")) {
        words = status_row(STATUS_RECIPIENT_CLOSED)->sentence;
    }
    if (words != NULL) {
        field_fault(&visit->fields, name, words);
    }
    return words == NULL;
}
