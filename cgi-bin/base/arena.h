/*
 * base/arena.h: one fixed piece of memory per process, emptied after each reply.
 *
 * Everything a request makes lives here: decoded fields, rows, views. Nothing is freed one by one,
 * nothing grows. When the arena is full the request is over: arena_take() jumps to the place that
 * arena_guard() named (the accept loop, which answers 503), or aborts where no guard is set.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

struct arena {
    unsigned char *bytes; /* the memory, owned by whoever called arena_init */
    size_t size_bytes;    /* its size */
    size_t used_bytes;    /* how much is taken */
    jmp_buf *guard;       /* where to go when full; NULL: abort */
};

/* Makes an empty arena over memory of size_bytes that outlives it; the memory is zeroed. */
void arena_init(struct arena *arena, void *memory, size_t size_bytes);

/* Maps size_bytes of fresh zeroed memory from the system for an arena that lives as long as the
 * process. Aborts when the system has none: it is called at start only. */
void arena_map(struct arena *arena, size_t size_bytes);

/* Returns count * size_bytes zeroed bytes aligned for any type. Never returns NULL. */
void *arena_take(struct arena *arena, size_t count, size_t size_bytes);

/* Empties the arena back to a mark (arena->used_bytes taken earlier; 0 empties it all) and
 * wipes what was used above it. */
void arena_reset(struct arena *arena, size_t mark_bytes);

/* Leaves for the guard (or aborts), as arena_take does when there is no room: for other buffers of
 * fixed size. */
_Noreturn void arena_full(struct arena *arena);

/* Copies text (NUL-terminated; NULL gives "") or the first size_bytes of it; the copy is
 * NUL-terminated. */
const char *arena_text(struct arena *arena, const char *text);
const char *arena_text_sized(struct arena *arena, const char *text, size_t size_bytes);

/* printf into the arena. Not for HTML, SQL or URLs: those have their own writers. */
const char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
const char *arena_vprintf(struct arena *arena, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/* One zeroed object, or an array of them, of a type. */
#define arena_one(arena, type) ((type *)arena_take((arena), 1, sizeof(type)))
#define arena_array(arena, type, count) ((type *)arena_take((arena), (count), sizeof(type)))

#endif
