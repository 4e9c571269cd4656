/*
 * mutate/mutant.h: what the generated copies of the ledger's sources are compiled with
 * (tests/mutate/mutate.mjs): every mutation site asks here whether it is the one that is changed in
 * this process. MUTANT=17 chooses one; MUTANT_REACH=file notes which would have made a difference;
 * MUTANT_TESTS="one,two" runs only these tests of a cmocka program.
 */
#ifndef MUTATE_MUTANT_H
#define MUTATE_MUTANT_H

#include <dlfcn.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MUTANTS_MAX 8192
#define MUTANT_TESTS_MAX 256

/* Weak: every object of the ledger room brings them, one of them counts. */
__attribute__((weak)) int mutant_chosen;
__attribute__((weak)) unsigned char mutant_nowhere[MUTANTS_MAX];
__attribute__((weak)) unsigned char *mutant_reached = mutant_nowhere;

__attribute__((weak, constructor)) void mutant_begin(void)
{
    const char *chosen = getenv("MUTANT");
    const char *reach = getenv("MUTANT_REACH");
    mutant_chosen = chosen == NULL ? 0 : (int)strtol(chosen, NULL, 10);
    if (reach != NULL) {
        int fd = open(reach, O_RDWR | O_CLOEXEC);
        void *map = mmap(NULL, MUTANTS_MAX, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        mutant_reached = map == MAP_FAILED ? mutant_nowhere : map;
        close(fd);
    }
}

/* Nothing here is about the disk: the runs need not wait for it. */
__attribute__((weak)) int fsync(int fd)
{
    (void)fd;
    return 0;
}
__attribute__((weak)) int fdatasync(int fd)
{
    (void)fd;
    return 0;
}

/* A test that dies leaves its folder: all of them are made inside one that is emptied. */
__attribute__((weak)) char *mkdtemp(char *template)
{
    const char *within = getenv("MUTANT_FOLDER");
    size_t length = strlen(template);
    if (within != NULL && strlen(within) + 7 <= length) {
        memmove(template + strlen(within) + 1, template + length - 6, 7);
        memcpy(template, within, strlen(within));
        template[strlen(within)] = '/';
        length = strlen(template);
    }
    for (int i = 0; i < 1000; i++) {
        static unsigned long number;
        unsigned long left = number++ * 7919UL + (unsigned long)getpid();
        for (size_t at = length - 6; at < length; at++) {
            template[at] = "abcdefghijklmnopqrstuvwxyz012345"[left % 32];
            left /= 32;
        }
        if (mkdir(template, 0700) == 0) {
            return template;
        }
    }
    return NULL;
}

/* cmocka's struct CMUnitTest: its name, and what it is made of. */
struct mutant_test {
    const char *name;
    void *parts[4];
};

__attribute__((weak)) _Bool mutant_is_asked(const char *names, const char *name)
{
    size_t bytes = strlen(name);
    for (const char *at = names; at != NULL; at = strchr(at, ',')) {
        at += *at == ',' ? 1 : 0;
        if (strncmp(at, name, bytes) == 0 && (at[bytes] == ',' || at[bytes] == '\0')) {
            return 1;
        }
    }
    return 0;
}

/* Stands before cmocka's function of this name, which then runs those that are asked for. */
__attribute__((weak)) int _cmocka_run_group_tests(const char *group,
                                                  const struct mutant_test *tests, size_t count,
                                                  int (*setup)(void **), int (*teardown)(void **))
{
    static struct mutant_test asked[MUTANT_TESTS_MAX];
    static int (*real)(const char *, const struct mutant_test *, size_t, int (*)(void **),
                       int (*)(void **));
    const char *names = getenv("MUTANT_TESTS");
    size_t used = 0;
    *(void **)&real = dlsym(RTLD_NEXT, "_cmocka_run_group_tests");
    if (names == NULL || count > MUTANT_TESTS_MAX) {
        return real(group, tests, count, setup, teardown);
    }
    for (size_t i = 0; i < count; i++) {
        if (mutant_is_asked(names, tests[i].name)) {
            asked[used++] = tests[i];
        }
    }
    return real(group, asked, used, setup, teardown);
}

#define MUTANT_IS(number) (mutant_chosen == (number))
/* Both values are there: what comes out, and would the other have been another? */
#define MUTANT_PICK(number, is, other)                                                             \
    (mutant_reached[number] |= ((is) != (other)), MUTANT_IS(number) ? (other) : (is))
#define MUTANT_SEEN(number) (mutant_reached[number] = 1, MUTANT_IS(number))

#endif
