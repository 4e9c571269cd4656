/*
 * tests/fuzz/replay.c: the main of a fuzz target in `make test`: runs it over the inputs in the
 * tree. NAME_fuzz [FILE|FOLDER…]; usually tests/fuzz/corpus/NAME. A folder that is missing or empty
 * is a failure. The last line counts the inputs.
 */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz/fuzz.h"

static char present[4096]; /* the input that is running, for the signal */
static int passed, failed;

/* Says which input it was; the sanitizers and must() all end in abort(). */
static void at_abort(int number)
{
    static const char words[] = "violation: the input is ";
    (void)number;
    if (write(STDERR_FILENO, words, sizeof words - 1) < 0 ||
        write(STDERR_FILENO, present, strlen(present)) < 0 || write(STDERR_FILENO, "\n", 1) < 0) {
        _exit(3);
    }
}

static void replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat about;
    if (file == NULL || fstat(fileno(file), &about) != 0) {
        if (file != NULL) {
            fclose(file);
        }
        printf("violation: %s cannot be read\n", path);
        failed++;
        return;
    }
    size_t size_bytes = (size_t)about.st_size;
    uint8_t *bytes = malloc(size_bytes); /* to the byte, so that reading beyond it is seen */
    size_t got_bytes = size_bytes == 0 ? 0 : fread(bytes, 1, size_bytes, file);
    fclose(file);
    (void)snprintf(present, sizeof present, "%s", path);
    (void)LLVMFuzzerTestOneInput(bytes, got_bytes);
    free(bytes);
    passed++;
}

static void replay(const char *path)
{
    struct dirent **entries = NULL;
    struct stat about;
    if (stat(path, &about) == 0 && !S_ISDIR(about.st_mode)) {
        replay_file(path);
        return;
    }
    int count = scandir(path, &entries, NULL, alphasort);
    int files = 0;
    for (int i = 0; i < count; i++) {
        char file[4096];
        if (entries[i]->d_name[0] != '.') {
            (void)snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name);
            replay_file(file);
            files++;
        }
        free(entries[i]);
    }
    free(entries);
    if (files == 0) {
        printf("violation: there are no inputs in %s\n", path);
        failed++;
    }
}

int main(int argc, char **argv)
{
    char folder[4096];
    const char *name = strrchr(argv[0], '/') == NULL ? argv[0] : strrchr(argv[0], '/') + 1;
    (void)signal(SIGABRT, at_abort);
    (void)snprintf(folder, sizeof folder, "tests/fuzz/corpus/%.*s",
                   (int)(strlen(name) - strlen("_fuzz")), name);
    for (int i = 1; i < argc; i++) {
        replay(argv[i]);
    }
    if (argc == 1) {
        replay(folder);
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 && passed > 0 ? 0 : 1;
}
