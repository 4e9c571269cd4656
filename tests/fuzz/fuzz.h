/*
 * tests/fuzz/fuzz.h: what all fuzz targets stand on.
 *
 * A target, NAME_fuzz.c, says in its first comment what it promises for every input; a line
 * ` * wraps: …` in it names functions that are replaced at link time (ld --wrap). It is built
 * twice: with libFuzzer, to look for new inputs (`make fuzz`), and with a main that replays
 * tests/fuzz/corpus/NAME/ (`make test`).
 *
 * Both are linked with an arena of their own (fuzz.c): each piece is a block of the C library, so
 * that the sanitizers see every step beyond a piece and every use after the arena was emptied.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/out.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes);

/* The bytes of one input that have not been taken yet. */
struct fuzz_input {
    const uint8_t *at;
    size_t left_bytes;
};

/* Emptied after each input. */
extern struct arena fuzz_arena;

/* Runs one input. An arena that is full ends it without harm. */
void fuzz_run(const uint8_t *data, size_t size_bytes, void (*one)(struct fuzz_input *input));

/* Taking from the input; what is not there is 0 or "". Texts lie in the arena, and nothing lies
 * right behind them. */
unsigned fuzz_byte(struct fuzz_input *input);
unsigned fuzz_below(struct fuzz_input *input, unsigned limit);
int64_t fuzz_int(struct fuzz_input *input);      /* eight bytes, little-endian */
const char *fuzz_text(struct fuzz_input *input); /* up to the next NUL, which is taken too */
const char *fuzz_rest(struct fuzz_input *input,
                      size_t *size_bytes); /* NULs and all; no NUL behind */

/* A promise of the target: a broken one is a finding. */
_Noreturn void fuzz_broken(const char *file, int line, const char *promise);
#define holds(promise) ((promise) ? (void)0 : fuzz_broken(__FILE__, __LINE__, #promise))

/* Helpers of several targets. */
bool fuzz_is_utf8(const char *text, size_t *characters); /* by a second way than base/text.c's */
const char *fuzz_encoded(const char *text);              /* each byte as %XX */
struct out fuzz_out(size_t capacity_bytes);              /* in the arena */
const char *fuzz_written(struct out *out);               /* what is in it, NUL-terminated */

#endif
