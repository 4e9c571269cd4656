/*
 * import/mojibake.h: mends text whose UTF-8 was read as Latin-1 or Windows-1252 and encoded once
 * more: "Ã©" was "é", "â€œ" was "“".
 */
#ifndef IMPORT_MOJIBAKE_H
#define IMPORT_MOJIBAKE_H

#include <stdbool.h>

#include "base/arena.h"

/* Gives the mended text when the whole of it can be turned back: every character is one byte of
 * Windows-1252 (or Latin-1 where that has none), and the bytes are well-formed UTF-8 with at least
 * one character beyond ASCII. Text encoded three times is mended twice. False and *mended untouched
 * for everything else: text is never mended in part. */
bool mojibake_mend(struct arena *arena, const char *text, const char **mended);

#endif
