/*
 * mojibake_fuzz.c: import/mojibake.c for any well-formed text. Promised: what is given back is
 * well-formed, not longer, and goes beyond ASCII; what is left alone stays untouched; every text
 * beyond ASCII that was encoded once too often as Windows-1252 comes back.
 */
#include <string.h>

#include "base/text.h"
#include "fuzz/fuzz.h"
#include "import/mojibake.h"

static const uint16_t windows_1252[32] = {
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178,
};

/* Each byte taken for a character of Windows-1252 and encoded as UTF-8. */
static const char *encoded_again(const char *text)
{
    char *encoded = arena_take(&fuzz_arena, 3 * strlen(text) + 1, 1);
    char *to = encoded;
    for (; *text != '\0'; text++) {
        unsigned point = (unsigned char)*text;
        point = point >= 0x80 && point < 0xA0 ? windows_1252[point - 0x80] : point;
        if (point < 0x80) {
            *to++ = (char)point;
        } else if (point < 0x800) {
            *to++ = (char)(0xC0 | point >> 6);
            *to++ = (char)(0x80 | (point & 0x3F));
        } else {
            *to++ = (char)(0xE0 | point >> 12);
            *to++ = (char)(0x80 | (point >> 6 & 0x3F));
            *to++ = (char)(0x80 | (point & 0x3F));
        }
    }
    return encoded;
}

static bool beyond_ascii(const char *text)
{
    return strlen(text) > strspn(text,
                                 "\x01\x02\x03\x04\x05\x06\x07\b\t\n\v\f\r\x0e\x0f\x10\x11\x12"
                                 "\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f !\"#$%&"
                                 "'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
                                 "abcdefghijklmnopqrstuvwxyz{|}~\x7f");
}

static void one(struct fuzz_input *input)
{
    const char *text = fuzz_text(input);
    const char *mended = NULL;
    if (!text_utf8_is(text)) {
        return; /* whoever reads cells has refused it before */
    }
    bool is_mended = mojibake_mend(&fuzz_arena, text, &mended);
    holds(is_mended == (mended != NULL));
    holds(!is_mended || (text_utf8_is(mended) && beyond_ascii(mended) && beyond_ascii(text) &&
                         strlen(mended) < strlen(text)));
    if (beyond_ascii(text)) {
        /* Twice at most: what could be mended itself is mended too. */
        const char *once = NULL;
        const char *again = encoded_again(text);
        holds(text_utf8_is(again) && mojibake_mend(&fuzz_arena, again, &once));
        const char *twice = NULL;
        holds(text_is(once, text) || (mojibake_mend(&fuzz_arena, text, &twice)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    fuzz_run(data, size_bytes, one);
    return 0;
}
