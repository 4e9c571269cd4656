/*
 * log_fuzz.c: base/log.c for any values. Promised: one line, one write, at most 4096 bytes, all of
 * printable ASCII but the end; the keys that were given, in their order, and no others: no value
 * can look like a pair; what was not cut off reads back as it was.
 *
 * wraps: write
 */
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "fuzz/fuzz.h"

#define LINE_BYTES_MAX 4096

void __real_log_event(const char *level, const char *event, ...) __attribute__((sentinel));
ssize_t __real_write(int fd, const void *bytes, size_t size_bytes);
ssize_t __wrap_write(int fd, const void *bytes, size_t size_bytes);

static bool is_catching;
static char caught[LINE_BYTES_MAX + 1];
static size_t caught_bytes;
static int writes;

ssize_t __wrap_write(int fd, const void *bytes, size_t size_bytes)
{
    if (!is_catching) {
        return __real_write(fd, bytes, size_bytes);
    }
    holds(fd == STDERR_FILENO && size_bytes <= LINE_BYTES_MAX);
    memcpy(caught, bytes, size_bytes);
    caught_bytes = size_bytes;
    caught[size_bytes] = '\0';
    writes++;
    return (ssize_t)size_bytes;
}

/* Reads ` key=value` from *at and gives back the value, unescaped. */
static const char *take(const char **at, const char *key)
{
    static const char digits[] = "0123456789abcdef";
    size_t key_bytes = strlen(key);
    const char *from = *at;
    if (*from++ != ' ' || strncmp(from, key, key_bytes) != 0 || from[key_bytes] != '=') {
        return NULL;
    }
    from += key_bytes + 1;
    char *value = arena_take(&fuzz_arena, strlen(from) + 1, 1);
    size_t used = 0;
    bool is_quoted = *from == '"';
    from += is_quoted ? 1 : 0;
    while (is_quoted ? *from != '"' : *from != ' ' && *from != '\n') {
        holds(*from != '\0');
        if (is_quoted && *from == '\\' && from[1] == 'x') {
            const char *high = strchr(digits, from[2]);
            const char *low = strchr(digits, from[3]);
            holds(high != NULL && low != NULL);
            value[used++] = (char)((high - digits) << 4 | (low - digits));
            from += 4;
        } else {
            from += is_quoted && *from == '\\' ? 1 : 0;
            value[used++] = *from++;
        }
    }
    *at = from + (is_quoted ? 1 : 0);
    return value;
}

static void one(struct fuzz_input *input)
{
    const char *values[3];
    static const char *const keys[] = {"user", "path", "why"};
    for (size_t i = 0; i < 3; i++) {
        values[i] = fuzz_text(input);
    }
    writes = 0;
    is_catching = true;
    __real_log_event("info", "fuzz", keys[0], values[0], keys[1], values[1], keys[2], values[2],
                     NULL);
    is_catching = false;
    holds(writes == 1 && caught_bytes > 0 && caught[caught_bytes - 1] == '\n');
    for (size_t i = 0; i + 1 < caught_bytes; i++) {
        holds(caught[i] >= ' ' && caught[i] <= '~');
    }
    holds(strncmp(caught, "ts=", 3) == 0);
    const char *at = caught + strcspn(caught, " ");
    holds(text_is(take(&at, "program"), "unnamed") && text_is(take(&at, "level"), "info"));
    holds(text_is(take(&at, "event"), "fuzz"));
    int missing = 0;
    for (size_t i = 0; i < 3; i++) {
        const char *value = take(&at, keys[i]);
        missing += value == NULL ? 1 : 0;
        holds(value == NULL || text_is(value, values[i]));
    }
    holds(missing == 0 ? text_is(at, "\n") : text_is(at, " cut=yes\n"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    fuzz_run(data, size_bytes, one);
    return 0;
}
