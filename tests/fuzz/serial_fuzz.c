/*
 * serial_fuzz.c: serial numbers (model/serial.c), and as people type them into the search box.
 * Promised: what is read prints as what was read (one unit alone gets its end), and reads back as
 * the same block; a block has at least one unit; capitals and blanks are all that the search mends;
 * short codes are capitals and figures.
 */
#include <string.h>

#include "base/text.h"
#include "fuzz/fuzz.h"
#include "pages/public_search.h"

static void round_trip(const char *text, const struct serial *serial)
{
    struct serial again;
    memset(&again, 0xA5, sizeof again);
    const char *printed = serial_text(&fuzz_arena, serial);
    holds(serial_units(serial) >= 1 && serial->first >= 1 && serial->last >= serial->first);
    holds(serial->vintage >= 1900 && serial->vintage <= 2100);
    holds(serial_parse(printed, &again));
    holds(text_is(serial_text(&fuzz_arena, &again), printed));
    holds(again.first == serial->first && again.last == serial->last);
    if (text != NULL && !text_is(text, printed)) {
        size_t bytes = strlen(text);
        holds(text_starts(printed, text) && printed[bytes] == '-' && serial->first == serial->last);
    }
}

static void one(struct fuzz_input *input)
{
    const char *text = fuzz_text(input);
    struct serial serial = {.vintage = -7};
    struct serial searched = {.vintage = -7};
    bool is_serial = serial_parse(text, &serial);
    bool is_found = search_serial(&fuzz_arena, text, &searched);
    if (is_serial) {
        round_trip(text, &serial);
        holds(is_found &&
              text_is(serial_text(&fuzz_arena, &serial), serial_text(&fuzz_arena, &searched)));
    } else {
        holds(serial.vintage == -7);
    }
    if (is_found) {
        round_trip(NULL, &searched);
    }
    const char *code = search_code(&fuzz_arena, text);
    holds(code == NULL || (serial_word_is(code) && strlen(code) == strlen(text)));
    holds(!serial_word_is(text) || text_is(code, text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    fuzz_run(data, size_bytes, one);
    return 0;
}
