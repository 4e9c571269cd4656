/*
 * csv_out_fuzz.c: out_csv_cell for any cells. Promised: a reader of RFC 4180 gets as many cells as
 * were written, each of them as it was, or led by an apostrophe; no cell begins with = + - @ tab or
 * CR, as the reader sees it, but a plain number with its sign.
 */
#include <string.h>

#include "base/text.h"
#include "fuzz/fuzz.h"

#define CELLS 4

static bool is_plain_number(const char *text)
{
    text += *text == '-' || *text == '+' ? 1 : 0;
    size_t whole = strspn(text, "0123456789");
    if (whole == 0 || text[whole] == '\0') {
        return whole > 0;
    }
    size_t decimals = text[whole] == '.' ? strspn(text + whole + 1, "0123456789") : 0;
    return decimals > 0 && text[whole + 1 + decimals] == '\0';
}

/* RFC 4180, strictly: text as it stands, or in quotes with each quote doubled. */
static const char *read_cell(const char **at)
{
    const char *from = *at;
    char *cell = arena_take(&fuzz_arena, strlen(from) + 1, 1);
    size_t used = 0;
    if (*from != '"') {
        used = strcspn(from, ",\"\r\n");
        memcpy(cell, from, used);
        *at = from + used;
        return cell;
    }
    from++;
    while (*from != '"' || from[1] == '"') {
        holds(*from != '\0');
        from += *from == '"' ? 1 : 0;
        cell[used++] = *from++;
    }
    *at = from + 1;
    return cell;
}

static void one(struct fuzz_input *input)
{
    const char *cells[CELLS];
    struct out out = fuzz_out(2 * input->left_bytes + 64);
    for (size_t i = 0; i < CELLS; i++) {
        cells[i] = fuzz_text(input);
        out_csv_cell(&out, cells[i]);
        (i + 1 < CELLS ? out_csv_next : out_csv_end)(&out);
    }
    const char *at = fuzz_written(&out);
    for (size_t i = 0; i < CELLS; i++) {
        const char *cell = read_cell(&at);
        holds(text_is(cell, cells[i]) || (cell[0] == '\'' && text_is(cell + 1, cells[i])));
        holds(cell[0] == '\0' || strchr("=+-@\t\r", cell[0]) == NULL || is_plain_number(cell));
        holds(*at == (i + 1 < CELLS ? ',' : '\r'));
        at++;
    }
    holds(text_is(at, "\n"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    fuzz_run(data, size_bytes, one);
    return 0;
}
