/* tests/fuzz/fuzz.c: see tests/fuzz/fuzz.h. */
#include "fuzz/fuzz.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"

#define FUZZ_ARENA_BYTES ((size_t)64 * 1024 * 1024)

void __wrap_log_event(const char *level, const char *event, ...) __attribute__((sentinel));

struct arena fuzz_arena;

void fuzz_run(const uint8_t *data, size_t size_bytes, void (*one)(struct fuzz_input *input))
{
    jmp_buf guard;
    struct fuzz_input input = {.at = data, .left_bytes = size_bytes};
    if (fuzz_arena.bytes == NULL) {
        arena_map(&fuzz_arena, FUZZ_ARENA_BYTES);
    }
    fuzz_arena.guard = &guard;
    if (setjmp(guard) == 0) {
        one(&input);
    }
    fuzz_arena.guard = NULL;
    arena_reset(&fuzz_arena, 0);
}

unsigned fuzz_byte(struct fuzz_input *input)
{
    if (input->left_bytes == 0) {
        return 0;
    }
    input->left_bytes--;
    return *input->at++;
}

unsigned fuzz_below(struct fuzz_input *input, unsigned limit)
{
    return fuzz_byte(input) % limit;
}

int64_t fuzz_int(struct fuzz_input *input)
{
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 64; shift += 8) {
        number |= (uint64_t)fuzz_byte(input) << shift;
    }
    return (int64_t)number;
}

const char *fuzz_text(struct fuzz_input *input)
{
    size_t size_bytes =
        input->left_bytes == 0 ? 0 : strnlen((const char *)input->at, input->left_bytes);
    const char *text = arena_text_sized(&fuzz_arena, (const char *)input->at, size_bytes);
    size_bytes += size_bytes < input->left_bytes ? 1 : 0;
    input->at += size_bytes;
    input->left_bytes -= size_bytes;
    return text;
}

const char *fuzz_rest(struct fuzz_input *input, size_t *size_bytes)
{
    *size_bytes = input->left_bytes;
    char *rest = arena_take(&fuzz_arena, input->left_bytes, 1);
    if (input->left_bytes > 0) {
        memcpy(rest, input->at, input->left_bytes);
    }
    input->left_bytes = 0;
    return rest;
}

_Noreturn void fuzz_broken(const char *file, int line, const char *promise)
{
    fprintf(stderr, "violation %s:%d: %s\n", file, line, promise);
    abort();
}

/* By the table of the Unicode standard (3-7, well-formed byte sequences). */
bool fuzz_is_utf8(const char *text, size_t *characters)
{
    static const struct {
        unsigned char first_least, first_most, second_least, second_most;
        size_t size_bytes;
    } rows[] = {
        {0x01, 0x7F, 0, 0, 1},       {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    const unsigned char *at = (const unsigned char *)text;
    *characters = 0;
    while (*at != '\0') {
        size_t row = 0;
        while (row < sizeof rows / sizeof rows[0] &&
               !(at[0] >= rows[row].first_least && at[0] <= rows[row].first_most)) {
            row++;
        }
        if (row == sizeof rows / sizeof rows[0]) {
            return false;
        }
        for (size_t i = 1; i < rows[row].size_bytes; i++) {
            unsigned least = i == 1 ? rows[row].second_least : 0x80;
            unsigned most = i == 1 ? rows[row].second_most : 0xBF;
            if (at[i] < least || at[i] > most) {
                return false;
            }
        }
        at += rows[row].size_bytes;
        (*characters)++;
    }
    return true;
}

const char *fuzz_encoded(const char *text)
{
    char *encoded = arena_take(&fuzz_arena, 3 * strlen(text) + 1, 1);
    for (char *to = encoded; *text != '\0'; text++, to += 3) {
        (void)snprintf(to, 4, "%%%02X", (unsigned)(unsigned char)*text);
    }
    return encoded;
}

struct out fuzz_out(size_t capacity_bytes)
{
    struct out out;
    out_init(&out, &fuzz_arena, capacity_bytes);
    return out;
}

const char *fuzz_written(struct out *out)
{
    return arena_text_sized(&fuzz_arena, out->bytes, out->size_bytes);
}

/* Quiet but for a broken promise of the program itself, which ends in abort() and is a finding. */
void __wrap_log_event(const char *level, const char *event, ...)
{
    if (strcmp(event, "bug") != 0) {
        return;
    }
    va_list pairs;
    va_start(pairs, event);
    fprintf(stderr, "violation: level=%s event=%s", level, event);
    for (const char *key = va_arg(pairs, const char *); key != NULL;
         key = va_arg(pairs, const char *)) {
        const char *value = va_arg(pairs, const char *);
        fprintf(stderr, " %s=%s", key, value == NULL ? "" : value);
    }
    fputc('\n', stderr);
    va_end(pairs);
}

/* ---------------------------------------------------- base/arena.h, one block for each piece */

struct piece {
    size_t start;
    void *memory;
};

/* What arena->bytes points to. */
struct pieces {
    struct piece *at;
    size_t count, capacity;
};

void arena_init(struct arena *arena, void *memory, size_t size_bytes)
{
    must(memory != NULL);
    arena_map(arena, size_bytes);
}

void arena_map(struct arena *arena, size_t size_bytes)
{
    struct pieces *pieces = calloc(1, sizeof *pieces);
    must(pieces != NULL);
    *arena = (struct arena){.bytes = (unsigned char *)pieces, .size_bytes = size_bytes};
}

void *arena_take(struct arena *arena, size_t count, size_t size_bytes)
{
    struct pieces *pieces = (struct pieces *)(void *)arena->bytes;
    size_t total_bytes = 0;
    size_t start = (arena->used_bytes + 15) / 16 * 16;
    if (__builtin_mul_overflow(count, size_bytes, &total_bytes) || start > arena->size_bytes ||
        total_bytes > arena->size_bytes - start) {
        arena_full(arena);
    }
    if (pieces->count == pieces->capacity) {
        size_t capacity = 2 * pieces->capacity + 64;
        struct piece *larger = realloc(pieces->at, capacity * sizeof *larger);
        if (larger == NULL) {
            abort();
        }
        pieces->at = larger;
        pieces->capacity = capacity;
    }
    void *memory = calloc(1, total_bytes);
    must(memory != NULL);
    pieces->at[pieces->count++] = (struct piece){.start = start, .memory = memory};
    arena->used_bytes = start + total_bytes;
    return memory;
}

void arena_reset(struct arena *arena, size_t mark_bytes)
{
    struct pieces *pieces = (struct pieces *)(void *)arena->bytes;
    must(mark_bytes <= arena->used_bytes);
    while (pieces->count > 0 && pieces->at[pieces->count - 1].start >= mark_bytes) {
        free(pieces->at[--pieces->count].memory);
    }
    arena->used_bytes = mark_bytes;
}

_Noreturn void arena_full(struct arena *arena)
{
    if (arena->guard != NULL) {
        longjmp(*arena->guard, 1);
    }
    must_fail(__FILE__, __LINE__, "an arena without a guard has room");
}

const char *arena_text(struct arena *arena, const char *text)
{
    return arena_text_sized(arena, text, text == NULL ? 0 : strlen(text));
}

const char *arena_text_sized(struct arena *arena, const char *text, size_t size_bytes)
{
    must(text != NULL || size_bytes == 0);
    char *copy = arena_take(arena, size_bytes + 1, 1);
    if (size_bytes > 0) {
        memcpy(copy, text, size_bytes);
    }
    return copy;
}

const char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *text = arena_vprintf(arena, format, arguments);
    va_end(arguments);
    return text;
}

const char *arena_vprintf(struct arena *arena, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    must(length >= 0);
    char *text = arena_take(arena, (size_t)length + 1, 1);
    must(vsnprintf(text, (size_t)length + 1, format, again) == length);
    va_end(again);
    return text;
}
