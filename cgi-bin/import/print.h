/*
 * import/print.h: printf into the fixed arrays of commands.
 */
#ifndef IMPORT_PRINT_H
#define IMPORT_PRINT_H

#include <stddef.h>

/* The text must fit: whoever calls knows the bounds of what goes in. */
void print_into(char *to, size_t to_bytes, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#define PRINT_INTO(array, ...) print_into((array), sizeof(array), __VA_ARGS__)

#endif
