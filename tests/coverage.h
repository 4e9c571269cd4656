/*
 * coverage.h: compiled into everything that counts (MODE=coverage): a process that ends by _exit,
 * as the children of tests do, writes its counters down like any other. It includes nothing: what a
 * header declares would be in the way of names that a file has for itself.
 */
#ifndef TESTS_COVERAGE_H
#define TESTS_COVERAGE_H

void __gcov_dump(void);
_Noreturn void coverage_real_exit(int code) __asm__("_exit");

/* unistd.h declares it once more, under this name: it stays static. */
_Noreturn static inline void coverage_exit(int code)
{
    __gcov_dump();
    coverage_real_exit(code);
}
#define _exit(code) coverage_exit(code)

#endif
