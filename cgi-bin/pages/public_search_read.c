/* pages/public_search_read.c: see pages/public_search.h. */
#include "pages/public_search.h"

#include <string.h>

#include "base/id.h"

static char capital(char byte)
{
    return byte >= 'a' && byte <= 'z' ? (char)(byte - 'a' + 'A') : byte;
}

static char small(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

/* What Crockford's alphabet leaves out because it is misread. */
static char crockford(char byte)
{
    if (byte == 'O') {
        return '0';
    }
    return byte == 'I' || byte == 'L' ? '1' : byte;
}

const char *search_id(struct arena *arena, const char *typed)
{
    if (strlen(typed) != ID_SIZE - 1 || typed[3] != '_') {
        return NULL;
    }
    char id[ID_SIZE] = "";
    for (size_t i = 0; i < ID_SIZE - 1; i++) {
        id[i] = i < 4 ? small(typed[i]) : crockford(capital(typed[i]));
    }
    return id_is(id, NULL) ? arena_text(arena, id) : NULL;
}

bool search_serial(struct arena *arena, const char *typed, struct serial *serial)
{
    size_t size_bytes = strlen(typed);
    char *text = arena_take(arena, size_bytes + 1, 1);
    size_t used = 0;
    for (size_t i = 0; i < size_bytes; i++) {
        if (typed[i] != ' ') {
            text[used++] = capital(typed[i]);
        }
    }
    return serial_parse(text, serial);
}

const char *search_code(struct arena *arena, const char *typed)
{
    char code[SERIAL_WORD_SIZE] = "";
    size_t size_bytes = strlen(typed);
    if (size_bytes >= sizeof(code)) {
        return NULL;
    }
    for (size_t i = 0; i < size_bytes; i++) {
        code[i] = capital(typed[i]);
    }
    return serial_word_is(code) ? arena_text(arena, code) : NULL;
}
