/*
 * coverage.h: compiled into everything that counts (MODE=coverage): a process that ends by _exit,
 * as the children of tests do, writes its counters down like any other.
 */
#ifndef TESTS_COVERAGE_H
#define TESTS_COVERAGE_H

#include <unistd.h>

void __gcov_dump(void);

_Noreturn static inline void coverage_exit(int code)
{
    __gcov_dump();
    _exit(code);
}
#define _exit(code) coverage_exit(code)

#endif
