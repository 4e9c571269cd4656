/*
 * import/mojibake.c: see import/mojibake.h.
 */
#include "import/mojibake.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

#define ROUNDS_MAX 2

/* Windows-1252: what 0x80-0x9F stand for; 0: undefined there, taken as Latin-1. */
static const uint16_t WINDOWS_1252[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

static uint32_t next_character(const unsigned char **text);
static bool byte_of(uint32_t character, unsigned char *byte);
static bool turn_back(struct arena *arena, const char *text, const char **turned);

bool mojibake_mend(struct arena *arena, const char *text, const char **mended)
{
    bool any = false;

    for (int round = 0; round < ROUNDS_MAX && turn_back(arena, text, &text); round++) {
        any = true;
    }
    if (any) {
        *mended = text;
    }
    return any;
}

static bool turn_back(struct arena *arena, const char *text, const char **turned)
{
    const unsigned char *from = (const unsigned char *)text;
    size_t mark_bytes = arena->used_bytes;
    char *bytes = arena_take(arena, strlen(text) + 1, 1);
    size_t size = 0;
    bool beyond_ascii = false;

    while (*from != 0) {
        unsigned char byte = 0;
        if (!byte_of(next_character(&from), &byte)) {
            arena_reset(arena, mark_bytes); /* nearly every cell of a file comes by here */
            return false;
        }
        beyond_ascii = beyond_ascii || byte >= 0x80;
        bytes[size++] = (char)byte;
    }
    bytes[size] = '\0';
    if (!beyond_ascii || !text_utf8_is(bytes)) {
        arena_reset(arena, mark_bytes);
        return false;
    }
    *turned = bytes;
    return true;
}

/* The next code point of well-formed UTF-8. */
static uint32_t next_character(const unsigned char **text)
{
    unsigned char lead = *(*text)++;
    int more = lead < 0x80 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    uint32_t character = more == 0 ? lead : lead & (uint32_t)(0x3F >> more);

    for (; more > 0; more--) {
        character = (character << 6) | (*(*text)++ & 0x3Fu);
    }
    return character;
}

static bool byte_of(uint32_t character, unsigned char *byte)
{
    if (character <= 0xFF) {
        *byte = (unsigned char)character;
        return true;
    }
    for (size_t i = 0; i < sizeof WINDOWS_1252 / sizeof WINDOWS_1252[0]; i++) {
        if (WINDOWS_1252[i] == character) {
            *byte = (unsigned char)(0x80 + i);
            return true;
        }
    }
    return false;
}
