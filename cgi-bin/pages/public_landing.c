/* pages/public_landing.c: the first page, and the overview of the registry with its plots. */
#include "pages/public_landing_view.h"

#include "base/clock.h"
#include "pages/chrome.h"
#include "pages/desk.h"
#include "pages/public.h"
#include "pages/public_draw.h"
#include "public_templates.h"
#include "store/orders.h"
#include "store/pool.h"

#define LATEST_ROWS 6
#define LARGEST_ROWS 8
#define YEARS_MAX 10 /* more labels do not fit beside each other on a phone */
#define YEARS_MIN 4  /* fewer columns look like a mistake */

/* A plot's columns grow from here up to the top. */
#define PLOT_FLOOR_PX 184
#define PLOT_HEIGHT_PX 160

static struct public_tallies tallies_of(struct visit *visit, const struct public_totals *totals,
                                        struct public_years years)
{
    struct arena *arena = visit->arena;
    struct public_tally *tallies = arena_array(arena, struct public_tally, INSTRUMENT__COUNT);
    size_t count = 0;
    for (size_t i = 0; i < totals->count; i++) {
        const struct public_total *total = &totals->at[i];
        if (total->sums.issued_units == 0 && total->sums.imported_units == 0) {
            continue;
        }
        int64_t retirements = 0;
        for (size_t y = 0; y < years.count; y++) {
            retirements +=
                years.at[y].instrument == total->instrument ? years.at[y].retirements : 0;
        }
        tallies[count] = draw_tally(arena, total, retirements,
                                    arena_printf(arena, "tally-%zu", count + 1), count == 0);
        count++;
    }
    return (struct public_tallies){tallies, count};
}

static struct public_transfer_table latest_transfers(struct visit *visit)
{
    struct arena *arena = visit->arena;
    const struct public_transfer_filter all = {.from_at = INT64_MIN};
    const struct window window = {.descending = true, .behind = "", .most = LATEST_ROWS};
    struct public_transfers latest =
        public_transfers_list(visit->registry, arena, &all, PUBLIC_TRANSFER_BY_TIME, &window);
    return public_transfer_table(visit, latest);
}

static const char *all_transfers(struct visit *visit)
{
    const struct public_transfer_filter everything = {.from_at = INT64_MIN};
    int64_t count = public_transfers_count(visit->registry, visit->arena, &everything);
    return arena_printf(visit->arena, "All %s",
                        desk_count(visit->arena, count, "transfer", "transfers"));
}

enum status public_landing_get(struct visit *visit, struct response *response)
{
    struct public_totals totals = public_totals(visit->registry);
    struct public_years years = public_years(visit->registry, visit->arena);
    struct public_landing_view view = {
        .page = chrome_of(visit, PLACE_NONE, "Public registry of credits and certificates"),
        .tallies = tallies_of(visit, &totals, years),
        .transfers = latest_transfers(visit),
        .all_transfers = all_transfers(visit),
    };
    view.page.area_public = true;
    view.is_empty = view.tallies.count == 0;
    view.has_transfers = view.transfers.rows.count > 0;
    template_public_landing(&response->body, &view);
    return public_show(visit, response);
}

/* ---- plots ---- */

/* What one instrument saw, year by year. */
struct year_sums {
    int64_t issued_units;
    int64_t retired_units;
};

static const char *year_text(struct arena *arena, int year)
{
    return arena_printf(arena, "%d", year);
}

static struct plot_year plot_year(struct arena *arena, const struct year_sums *sums, int64_t most,
                                  size_t number, size_t count, enum instrument instrument)
{
    int64_t slot = DRAW_WHOLE / (int64_t)count;
    int64_t x = (int64_t)number * slot + slot * 15 / 100;
    int64_t width = slot * 34 / 100;
    int64_t issued = draw_share(sums->issued_units, most, PLOT_HEIGHT_PX);
    int64_t retired = draw_share(sums->retired_units, most, PLOT_HEIGHT_PX);
    return (struct plot_year){
        .issued_x = draw_percent(arena, x),
        .retired_x = draw_percent(arena, x + width + slot * 2 / 100),
        .width = draw_percent(arena, width),
        .issued_y = PLOT_FLOOR_PX - issued,
        .issued_height = issued,
        .retired_y = PLOT_FLOOR_PX - retired,
        .retired_height = retired,
        .label_x = draw_percent(arena, (int64_t)number * slot + slot / 2),
        .issued = public_figure(arena, sums->issued_units, instrument),
        .retired = public_figure(arena, sums->retired_units, instrument),
    };
}

/* What happened before the first year that is drawn. */
static const char *before_words(struct arena *arena, struct public_years all,
                                enum instrument instrument, int first_year)
{
    int64_t issued = 0;
    int64_t retired = 0;
    for (size_t i = 0; i < all.count && all.at[i].year < first_year; i++) {
        if (all.at[i].instrument == instrument) {
            issued = public_add(issued, all.at[i].issued_units);
            retired = public_add(retired, all.at[i].retired_units);
        }
    }
    if (issued == 0 && retired == 0) {
        return "";
    }
    return arena_printf(arena, "Before %d: %s %s issued or imported, %s retired.", first_year,
                        quantity_show(arena, issued, instrument), desk_unit(instrument),
                        quantity_show(arena, retired, instrument));
}

static struct plot_view plot_of(struct visit *visit, struct public_years all,
                                enum instrument instrument, int first_year, size_t count,
                                size_t number)
{
    struct arena *arena = visit->arena;
    struct year_sums sums[YEARS_MAX] = {{0, 0}};
    int64_t most = 1;
    for (size_t i = 0; i < all.count; i++) {
        const struct public_year *one = &all.at[i];
        int place = one->year - first_year;
        if (one->instrument == instrument && place >= 0 && place < (int)count) {
            sums[place] = (struct year_sums){one->issued_units, one->retired_units};
            most = one->issued_units > most ? one->issued_units : most;
            most = one->retired_units > most ? one->retired_units : most;
        }
    }
    size_t skipped = 0; /* years at the beginning in which nothing happened */
    while (count - skipped > YEARS_MIN && sums[skipped].issued_units == 0 &&
           sums[skipped].retired_units == 0) {
        skipped++;
    }
    first_year += (int)skipped;
    count -= skipped;
    struct plot_year *years = arena_array(arena, struct plot_year, count + 1);
    for (size_t i = 0; i < count; i++) {
        years[i] = plot_year(arena, &sums[skipped + i], most, i, count, instrument);
        years[i].year = year_text(arena, first_year + (int)i);
    }
    return (struct plot_view){
        .id = arena_printf(arena, "by-year-%zu", number),
        .heading = instrument == INSTRUMENT_CARBON_REMOVAL
                       ? "Carbon removal credits issued and retired, by year"
                       : "Renewable energy certificates issued and retired, by year",
        .unit = desk_unit(instrument),
        .most = arena_printf(arena, "%s %s", quantity_show(arena, most, instrument),
                             desk_unit(instrument)),
        .before_words = before_words(arena, all, instrument, first_year),
        .years = {years, count},
    };
}

static struct plot_views plots_of(struct visit *visit, const struct public_tallies *tallies,
                                  const struct public_totals *totals, struct public_years years)
{
    struct plot_view *plots = arena_array(visit->arena, struct plot_view, INSTRUMENT__COUNT);
    size_t count = 0;
    if (tallies->count == 0 || years.count == 0) {
        return (struct plot_views){plots, 0};
    }
    int last_year = clock_year(visit->now_us);
    int first_year = years.at[0].year; /* nothing retires before the first is issued */
    first_year = first_year < last_year - YEARS_MAX + 1 ? last_year - YEARS_MAX + 1 : first_year;
    first_year = first_year > last_year ? last_year : first_year;
    for (size_t i = 0; i < totals->count; i++) {
        const struct public_sums *sums = &totals->at[i].sums;
        if (sums->issued_units > 0 || sums->imported_units > 0) {
            plots[count] = plot_of(visit, years, totals->at[i].instrument, first_year,
                                   (size_t)(last_year - first_year) + 1, count + 1);
            count++;
        }
    }
    return (struct plot_views){plots, count};
}

/* ---- largest projects ---- */

static struct largest_view largest_of(struct visit *visit, enum instrument instrument)
{
    struct arena *arena = visit->arena;
    const struct public_project_filter filter = {.instrument = instrument_word(instrument)};
    const struct window window = {.descending = true, .behind = "", .most = LARGEST_ROWS};
    struct public_projects projects =
        public_projects_list(visit->registry, arena, &filter, PUBLIC_PROJECT_BY_UNITS, &window);
    struct largest_row *rows = arena_array(arena, struct largest_row, projects.count + 1);
    int64_t most = 0;
    size_t count = 0;
    for (size_t i = 0; i < projects.count; i++) {
        const struct public_project *one = &projects.at[i];
        int64_t units = public_add(one->sums.issued_units, one->sums.imported_units);
        if (units == 0) {
            break;
        }
        most = most == 0 ? units : most; /* the first is the largest */
        rows[count++] = (struct largest_row){
            .project = public_project_link(arena, one->project_id, one->name),
            .supplier = public_org_link(arena, one->org_id, one->org_name),
            .width = draw_percent(arena, draw_share(units, most, DRAW_WHOLE)),
            .quantity = quantity_show(arena, units, instrument),
        };
    }
    return (struct largest_view){
        .heading = instrument == INSTRUMENT_CARBON_REMOVAL
                       ? "Projects with the most carbon removal credits"
                       : "Projects with the most renewable energy certificates",
        .unit = desk_unit(instrument),
        .rows = {rows, count},
    };
}

static struct largest_views all_largest(struct visit *visit, const struct public_totals *totals)
{
    struct largest_view *views = arena_array(visit->arena, struct largest_view, INSTRUMENT__COUNT);
    size_t count = 0;
    for (size_t i = 0; i < totals->count; i++) {
        views[count] = largest_of(visit, totals->at[i].instrument);
        count += views[count].rows.count > 0 ? 1 : 0;
    }
    return (struct largest_views){views, count};
}

/* What has no place of its own in the navigation. */
static void fill_more(struct visit *visit, struct public_overview_view *view)
{
    struct arena *arena = visit->arena;
    const struct delivery_filter delivered = {.side = ORDER_OF_ALL, .from_at = INT64_MIN};
    const struct pool_filter refunded = {.kind = POOL_REFUND, .from_at = INT64_MIN};
    const struct pool_filter cancelled = {.kind = POOL_CANCELLATION, .from_at = INT64_MIN};
    view->deliveries = desk_count(arena, deliveries_count(visit->registry, arena, &delivered),
                                  "delivery", "deliveries");
    view->refunds =
        desk_count(arena, pool_acts_count(visit->registry, arena, &refunded), "refund", "refunds");
    view->cancellations = desk_count(arena, pool_acts_count(visit->registry, arena, &cancelled),
                                     "cancellation", "cancellations");
}

enum status public_overview_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct public_totals totals = public_totals(visit->registry);
    struct public_years years = public_years(visit->registry, arena);
    const struct public_retirement_filter all_retired = {.from_at = INT64_MIN};
    const struct window window = {.descending = true, .behind = "", .most = LATEST_ROWS};
    int64_t retired = public_retirements_count(visit->registry, arena, &all_retired);
    struct public_overview_view view = {
        .page = chrome_of(visit, PLACE_REGISTRY, "Registry"),
        .tallies = tallies_of(visit, &totals, years),
        .largest = all_largest(visit, &totals),
        .transfers = latest_transfers(visit),
        .all_transfers = all_transfers(visit),
        .retirements = public_retirement_table(
            visit, public_retirements_list(visit->registry, arena, &all_retired,
                                           PUBLIC_RETIREMENT_BY_TIME, &window)),
        .all_retirements =
            arena_printf(arena, "All %s", desk_count(arena, retired, "retirement", "retirements")),
    };
    view.is_empty = view.tallies.count == 0;
    view.plots = plots_of(visit, &view.tallies, &totals, years);
    view.has_plots = view.plots.count > 0;
    view.has_transfers = view.transfers.rows.count > 0;
    view.has_retirements = view.retirements.rows.count > 0;
    fill_more(visit, &view);
    template_public_overview(&response->body, &view);
    return public_show(visit, response);
}
