/* pages/admin_list.c: what the administrators' lists share; see pages/admin.h. */
#include "pages/admin.h"

#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"

#define NO_FILTER ((size_t)-1)

/* The address of the list without one of its filters. */
static struct url address(const struct admin_list *list, size_t without, const char *sort)
{
    struct arena *arena = list->visit->arena;
    struct url url = url_path(arena, list->path);
    for (size_t i = 0; i < list->filter_count; i++) {
        if (i != without) {
            url = url_with(arena, url, list->filters[i].name, list->filters[i].value);
        }
    }
    return url_with(arena, url, "sort", sort);
}

static const char *words_of(const char *const *choices, const char *value)
{
    for (size_t i = 0; choices[2 * i] != NULL; i++) {
        if (text_is(choices[2 * i], value)) {
            return choices[2 * i + 1];
        }
    }
    return value;
}

struct admin_list admin_list_begin(struct visit *visit, const char *path, const char *usual_sort)
{
    return (struct admin_list){
        .visit = visit,
        .path = path,
        .sort = "",
        .usual_sort = usual_sort,
        .before = field_text(&visit->fields, "before"),
        .after = field_text(&visit->fields, "after"),
    };
}

void admin_list_filter(struct admin_list *list, const char *name, const char *label,
                       const char *const *choices)
{
    must(list->filter_count < ADMIN_FILTERS_MAX);
    const char *value = field_text(&list->visit->fields, name);
    list->filters[list->filter_count++] = (struct admin_filter){
        .name = name,
        .label = label,
        .value = value,
        .words = choices == NULL ? value : words_of(choices, value),
        .choices = choices,
    };
}

static const char *sort_now(const struct admin_list *list)
{
    return text_empty(list->sort) ? list->usual_sort : list->sort;
}

struct sort_view admin_list_sort(const struct admin_list *list, const char *word)
{
    const char *now = sort_now(list);
    const char *key = word[0] == '-' ? word + 1 : word;
    const char *now_key = now[0] == '-' ? now + 1 : now;
    bool is_sorted = text_is(key, now_key);
    bool falls = now[0] == '-';
    const char *next = word;
    if (is_sorted) {
        next = falls ? key : arena_printf(list->visit->arena, "-%s", key);
    }
    bool is_usual = text_is(next, list->usual_sort);
    return desk_sort(address(list, NO_FILTER, is_usual ? "" : next), is_sorted && falls,
                     is_sorted && !falls);
}

static struct admin_field field_of(const struct admin_list *list, const struct admin_filter *filter)
{
    struct admin_field field = {
        .name = filter->name,
        .label = filter->label,
        .value = filter->value,
        .is_date = filter->is_date,
        .is_select = filter->choices != NULL,
    };
    if (filter->choices == NULL) {
        return field;
    }
    size_t count = 0;
    while (filter->choices[2 * count] != NULL) {
        count++;
    }
    struct choice_view *choices = arena_array(list->visit->arena, struct choice_view, count + 1);
    for (size_t i = 0; i < count; i++) {
        choices[i] = (struct choice_view){
            .value = filter->choices[2 * i],
            .words = filter->choices[2 * i + 1],
            .is_chosen = text_is(filter->choices[2 * i], filter->value),
        };
    }
    field.choices = (struct choice_views){choices, count};
    return field;
}

struct admin_list_view admin_list_show(const struct admin_list *list)
{
    struct arena *arena = list->visit->arena;
    struct admin_field *fields = arena_array(arena, struct admin_field, list->filter_count + 1);
    struct chip_view *chips = arena_array(arena, struct chip_view, list->filter_count + 1);
    size_t chip_count = 0;
    for (size_t i = 0; i < list->filter_count; i++) {
        const struct admin_filter *filter = &list->filters[i];
        fields[i] = field_of(list, filter);
        if (!text_empty(filter->value)) {
            chips[chip_count++] = (struct chip_view){
                .label = filter->label,
                .value = filter->words,
                .without = address(list, i, list->sort),
            };
        }
    }
    return (struct admin_list_view){
        .path = url_path(arena, list->path),
        .filters = {fields, list->filter_count},
        .sort = list->sort,
        .chips = {chips, chip_count},
        .has_chips = chip_count > 0,
        .all_url = url_with(arena, url_path(arena, list->path), "sort", list->sort),
    };
}

struct admin_page admin_list_page(const struct admin_list *list)
{
    bool goes_back = !text_empty(list->after);
    return (struct admin_page){goes_back, goes_back ? list->after : list->before};
}

void admin_list_turn(const struct admin_list *list, bool has_more, const char *first,
                     const char *last, const char *count_words, struct admin_list_view *view)
{
    struct arena *arena = list->visit->arena;
    struct url base = address(list, NO_FILTER, list->sort);
    bool goes_back = !text_empty(list->after);
    bool has_newer = goes_back ? has_more : !text_empty(list->before);
    bool has_older = goes_back || has_more;
    if (!text_empty(first) && has_newer) {
        view->pager.newer = url_with(arena, base, "after", first);
    }
    if (!text_empty(last) && has_older) {
        view->pager.older = url_with(arena, base, "before", last);
    }
    view->pager.csv = url_with(arena, base, "format", "csv");
    view->pager.count_words = count_words;
    view->has_pager = desk_pager(&view->pager, list->is_by_time, sort_now(list)[0] == '-');
}
