/*
 * import/print.c: see import/print.h.
 */
#include "import/print.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/must.h"

void print_into(char *to, size_t to_bytes, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(to, to_bytes, format, arguments);
    va_end(arguments);
    must(length >= 0 && (size_t)length < to_bytes);
}
