/* pages/plan.c: see pages/plan.h. */
#include "pages/plan.h"

#include <string.h>

#include "base/must.h"
#include "pages/desk.h"
#include "store/holdings.h"

#define SPLITS_DRAWN_MAX 8 /* drawings after which the table says it better */

const struct plan_verb plan_moves = {"Block that moves", "Moves", "moves", "move"};

const char *plan_percent(struct arena *arena, int64_t part, int64_t whole)
{
    must(part >= 0 && whole > 0 && part <= whole);
    if (whole > INT64_MAX / 10000) {
        part /= 10000;
        whole /= 10000;
    }
    int64_t points = part * 10000 / whole;
    return arena_printf(arena, "%lld.%02lld%%", (long long)(points / 100),
                        (long long)(points % 100));
}

/* What is drawn to the left of a cut: to scale, but not so near to an end that the notch, 8 pixels
 * of the 320 at least that there are, would stand outside. */
static int64_t drawn_of(int64_t moves, int64_t all)
{
    int64_t least = all / 40;
    int64_t most = all - least;
    return moves < least ? least : moves > most ? most : moves;
}

static struct split_view split_of(struct arena *arena, const struct plan_move *move,
                                  const char *serial, enum instrument instrument, size_t number)
{
    int64_t moves = move->last - move->first + 1;
    int64_t rests = move->rest_last - move->last;
    int64_t all = moves + rests;
    int64_t drawn = drawn_of(moves, all);
    return (struct split_view){
        .title_id = arena_printf(arena, "split-%zu", number + 1),
        .is_first = number == 0,
        .serial = serial,
        .moves = quantity_show(arena, moves, instrument),
        .rests = quantity_show(arena, rests, instrument),
        .moves_percent = plan_percent(arena, drawn, all),
        .rests_percent = plan_percent(arena, all - drawn, all),
        .noun = instrument_noun(instrument, 0),
    };
}

static struct plan_view plan_begin(struct arena *arena, const struct plan *plan,
                                   enum instrument instrument, const struct plan_verb *verb)
{
    char *hex = arena_array(arena, char, DIGEST_HEX_SIZE);
    digest_hex(&plan->digest, hex);
    return (struct plan_view){
        .digest = hex,
        .block_label = verb->block_label,
        .column = verb->column,
        .drawn = verb->drawn,
        .drawn_many = verb->drawn_many,
        .unit = desk_unit(instrument),
        .block_words = "",
        .moves = quantity_show(arena, plan->units, instrument),
        .rests = "",
    };
}

struct plan_view plan_show(struct visit *visit, const struct plan *plan, enum instrument instrument,
                           const struct plan_verb *verb)
{
    struct arena *arena = visit->arena;
    struct block_view *blocks = arena_array(arena, struct block_view, plan->move_count + 1);
    struct split_view *splits = arena_array(arena, struct split_view, SPLITS_DRAWN_MAX);
    size_t split_count = 0;
    int64_t rests_units = 0;
    struct plan_view view = plan_begin(arena, plan, instrument, verb);
    for (size_t i = 0; i < plan->move_count; i++) {
        const struct plan_move *move = &plan->moves[i];
        struct holding_batch batch;
        if (!holdings_batch(visit->registry, arena, move->batch_id, &batch)) {
            return view; /* a fault of the store: the page becomes an error page */
        }
        struct serial moved = batch.serial;
        moved.first = move->first;
        moved.last = move->last;
        blocks[i] = (struct block_view){
            .serial = serial_text(arena, &moved),
            .url = desk_batch_url(arena, move->batch_id),
            .project = batch.project_name,
            .project_url = desk_project_url(arena, batch.project_id),
            .vintage = arena_printf(arena, "%d", batch.serial.vintage),
            .quantity = quantity_show(arena, serial_units(&moved), instrument),
            .account = batch.account_name,
            .split_from = "",
            .rest = "–",
            .state = desk_state(batch.state),
        };
        if (move->rest_last == 0) {
            continue;
        }
        int64_t rest = move->rest_last - move->last;
        bool fits = quantity_add(rests_units, rest, &rests_units);
        must(fits);
        blocks[i].split_from = serial_text(arena, &batch.serial);
        blocks[i].rest = quantity_show(arena, rest, instrument);
        if (split_count < SPLITS_DRAWN_MAX) {
            splits[split_count] =
                split_of(arena, move, blocks[i].split_from, instrument, split_count);
        }
        split_count++;
    }
    view.blocks = (struct block_views){blocks, plan->move_count};
    size_t drawn_count = split_count < SPLITS_DRAWN_MAX ? split_count : SPLITS_DRAWN_MAX;
    view.splits = (struct split_views){splits, drawn_count};
    view.rests = rests_units > 0 ? quantity_show(arena, rests_units, instrument) : "";
    const char *blocks_words = desk_count(arena, (int64_t)plan->move_count, "block", "blocks");
    const char *splits_words = split_count == 0
                                   ? "none split"
                                   : desk_count(arena, (int64_t)split_count, "split", "splits");
    view.block_words = arena_printf(arena, "%s, %s", blocks_words, splits_words);
    return view;
}

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

struct digest plan_digest_of(const char *hex)
{
    struct digest digest = {{0}};
    if (strlen(hex) != DIGEST_HEX_SIZE - 1) {
        return digest;
    }
    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        int high = hex_value(hex[2 * i]);
        int low = hex_value(hex[2 * i + 1]);
        if (high < 0 || low < 0) {
            return (struct digest){{0}};
        }
        digest.bytes[i] = (uint8_t)(high * 16 + low);
    }
    return digest;
}

void plan_say(struct plan_sentences *sentences, const char *words)
{
    must(sentences->count < PLAN_SENTENCES_MAX);
    sentences->at[sentences->count++].words = words;
}

struct plan_sentences plan_sentences_begin(struct arena *arena)
{
    return (struct plan_sentences){arena_array(arena, struct sentence_view, PLAN_SENTENCES_MAX), 0};
}

struct sentence_views plan_sentences_end(const struct plan_sentences *sentences)
{
    return (struct sentence_views){sentences->at, sentences->count};
}
