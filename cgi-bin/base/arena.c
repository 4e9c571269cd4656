/*
 * base/arena.c: see base/arena.h.
 *
 * What lies above used_bytes is zero at all times: arena_init and the system make it so,
 * arena_reset restores it. So taking memory costs an addition, and only what was really used is
 * ever wiped.
 */
#include "base/arena.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "base/must.h"

static size_t aligned_start(const struct arena *arena);
static int print_plain(char *to, size_t room_bytes, const char *format, va_list arguments);

void arena_init(struct arena *arena, void *memory, size_t size_bytes)
{
    must(memory != NULL);
    explicit_bzero(memory, size_bytes);
    *arena = (struct arena){.bytes = memory, .size_bytes = size_bytes};
}

void arena_map(struct arena *arena, size_t size_bytes)
{
    void *memory =
        mmap(NULL, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(memory != MAP_FAILED);
    *arena = (struct arena){.bytes = memory, .size_bytes = size_bytes};
}

void *arena_take(struct arena *arena, size_t count, size_t size_bytes)
{
    size_t total_bytes = 0;
    if (__builtin_mul_overflow(count, size_bytes, &total_bytes)) {
        arena_full(arena);
    }
    size_t start = aligned_start(arena);
    if (start > arena->size_bytes || total_bytes > arena->size_bytes - start) {
        arena_full(arena);
    }
    arena->used_bytes = start + total_bytes;
    return arena->bytes + start;
}

void arena_reset(struct arena *arena, size_t mark_bytes)
{
    must(mark_bytes <= arena->used_bytes);
    must(arena->used_bytes <= arena->size_bytes);
    explicit_bzero(arena->bytes + mark_bytes, arena->used_bytes - mark_bytes);
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
    must(size_bytes < SIZE_MAX);
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
    /* Written where it will lie, before its length is known: half the work of writing it twice. */
    size_t start = aligned_start(arena);
    size_t room_bytes = start < arena->size_bytes ? arena->size_bytes - start : 0;
    char *text = (char *)arena->bytes + start;
    va_list again;
    va_copy(again, arguments);
    int length = print_plain(text, room_bytes, format, arguments);
    if (length < 0) {
        length = vsnprintf(room_bytes == 0 ? NULL : text, room_bytes, format, again);
    }
    va_end(again);
    must(length >= 0);
    if ((size_t)length >= room_bytes) {
        if (room_bytes > 0) {
            explicit_bzero(text, room_bytes); /* what is not taken stays zero */
        }
        arena_full(arena);
    }
    return arena_take(arena, (size_t)length + 1, 1);
}

/* Puts bytes at `length` as far as there is room, and counts them all. */
static void put(char *to, size_t room_bytes, size_t *length, const char *bytes, size_t size_bytes)
{
    if (size_bytes > 0 && *length < room_bytes) {
        size_t left_bytes = room_bytes - *length;
        memcpy(to + *length, bytes, size_bytes < left_bytes ? size_bytes : left_bytes);
    }
    must(size_bytes <= INT_MAX - *length);
    *length += size_bytes;
}

static void put_number(char *to, size_t room_bytes, size_t *length, long long number)
{
    char digits[20]; /* 19 digits and a sign */
    size_t at = sizeof(digits);
    unsigned long long rest = number < 0 ? -(unsigned long long)number : (unsigned long long)number;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0) {
        digits[--at] = '-';
    }
    put(to, room_bytes, length, digits + at, sizeof(digits) - at);
}

/* As vsnprintf, for a format that has no other words than %s, %d, %lld and %%; -1 as soon as there
 * is another: what was written by then is what vsnprintf begins with, too. Pages are made of
 * thousands of such texts, and vsnprintf needs four times as long for them. */
static int print_plain(char *to, size_t room_bytes, const char *format, va_list arguments)
{
    size_t length = 0;
    for (;;) {
        const char *word = strchrnul(format, '%');
        put(to, room_bytes, &length, format, (size_t)(word - format));
        if (*word == '\0') {
            break;
        }
        if (word[1] == 's') {
            const char *text = va_arg(arguments, const char *);
            put(to, room_bytes, &length, text, text == NULL ? 0 : strlen(text));
        } else if (word[1] == 'd') {
            put_number(to, room_bytes, &length, va_arg(arguments, int));
        } else if (strncmp(word, "%lld", 4) == 0) {
            put_number(to, room_bytes, &length, va_arg(arguments, long long));
            word += 2;
        } else if (word[1] == '%') {
            put(to, room_bytes, &length, "%", 1);
        } else {
            return -1;
        }
        format = word + 2;
    }
    if (length < room_bytes) {
        to[length] = '\0';
    }
    return (int)length;
}

/* The first place after what is used whose address suits any type; may lie behind the end. */
static size_t aligned_start(const struct arena *arena)
{
    const size_t alignment = _Alignof(max_align_t);
    uintptr_t address = (uintptr_t)arena->bytes + arena->used_bytes;
    size_t padding = (size_t)(-address & (alignment - 1));
    return arena->used_bytes + padding;
}
