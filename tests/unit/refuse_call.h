/*
 * unit/refuse_call.h: this program stands between the tree's sources and the C library: a function
 * fails when it is told to. Include once; BETWEEN names the functions.
 */
#ifndef UNIT_REFUSE_CALL_H
#define UNIT_REFUSE_CALL_H

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static struct {
    const char *call; /* NULL: nothing fails */
    int error;
    int skip; /* so many calls go well before */
} refusal;

/* The call after so many fails with that error, and then no more. */
static inline void refuse_call(const char *call, int error, int skip)
{
    refusal.call = call;
    refusal.error = error;
    refusal.skip = skip;
}

static const char *frees_zero; /* at the first of these calls descriptor 0 is closed */

static bool refused(const char *call)
{
    if (frees_zero != NULL && strcmp(call, frees_zero) == 0) {
        frees_zero = NULL;
        close(STDIN_FILENO);
    }
    if (refusal.call == NULL || strcmp(refusal.call, call) != 0 || refusal.skip-- > 0) {
        return false;
    }
    refusal.call = NULL;
    errno = refusal.error;
    return true;
}

#define BETWEEN(type, name, parameters, arguments)                                                 \
    type name parameters                                                                           \
    {                                                                                              \
        static type(*real) parameters;                                                             \
        if (real == NULL) {                                                                        \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                                             \
        }                                                                                          \
        return refused(#name) ? (type)-1 : real arguments;                                         \
    }

#endif
