/*
 * base/arena.c: see base/arena.h.
 *
 * What lies above used_bytes is zero at all times: arena_init and the system make it so,
 * arena_reset restores it. So taking memory costs an addition, and only what was really used is
 * ever wiped.
 */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "base/must.h"

static size_t aligned_start(const struct arena *arena);

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
    int length = vsnprintf(room_bytes == 0 ? NULL : text, room_bytes, format, arguments);
    must(length >= 0);
    if ((size_t)length >= room_bytes) {
        if (room_bytes > 0) {
            explicit_bzero(text, room_bytes); /* what is not taken stays zero */
        }
        arena_full(arena);
    }
    return arena_take(arena, (size_t)length + 1, 1);
}

/* The first place after what is used whose address suits any type; may lie behind the end. */
static size_t aligned_start(const struct arena *arena)
{
    const size_t alignment = _Alignof(max_align_t);
    uintptr_t address = (uintptr_t)arena->bytes + arena->used_bytes;
    size_t padding = (size_t)(-address & (alignment - 1));
    return arena->used_bytes + padding;
}
