/*
 * model/serial.h: serial numbers name blocks (domain.md section 2.2):
 * TLY-1-<pathway or fuel>-<country>-<project code>-<vintage>-<first>-<last>, both ends included.
 */
#ifndef MODEL_SERIAL_H
#define MODEL_SERIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

#define SERIAL_WORD_SIZE 17 /* pathway code and project code: 1-16 of A-Z 0-9 */

struct serial {
    char pathway[SERIAL_WORD_SIZE];      /* "BSTORE", "BIOCHAR", "WIND" */
    char country[4];                     /* ISO 3166-1 alpha-3 */
    char project_code[SERIAL_WORD_SIZE]; /* "F5X7" */
    int vintage;                         /* year */
    int64_t first;                       /* >= 1 */
    int64_t last;                        /* >= first */
};

/* The whole number, e.g. "TLY-1-BSTORE-GBR-F5X7-2024-78177-81177". */
const char *serial_text(struct arena *arena, const struct serial *serial);
/* Reads one strictly. A single unit "…-2024-78177" (no last) is accepted too: last = first. */
bool serial_parse(const char *text, struct serial *serial);
/* last - first + 1. */
int64_t serial_units(const struct serial *serial);
/* 1-16 characters of A-Z and 0-9? */
bool serial_word_is(const char *text);

#endif
