/*
 * range_fuzz.c: address ranges as a manager types them (gate/range.c). Promised: what is read is
 * read again as itself; a range holds its own first address; any address that can be read is in the
 * range that is that address alone, and one that cannot be read is in none.
 */
#include <arpa/inet.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "fuzz/fuzz.h"
#include "gate/range.h"

static bool is_address(const char *text)
{
    unsigned char bytes[16];
    return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

static void each_holds_its_first(const char *ranges)
{
    size_t count = 0;
    while (*ranges != '\0') {
        size_t chars = strcspn(ranges, "\n");
        const char *range = arena_text_sized(&fuzz_arena, ranges, chars);
        holds(strchr(range, '/') != NULL);
        const char *first = arena_text_sized(&fuzz_arena, range, strcspn(range, "/"));
        holds(is_address(first) && ranges_hold(range, first));
        ranges += chars + (ranges[chars] == '\n' ? 1 : 0);
        count++;
    }
    holds(count <= RANGES_MAX);
}

static void one(struct fuzz_input *input)
{
    const char *address = fuzz_text(input);
    const char *typed = fuzz_text(input);
    const char *ranges = NULL;
    const char *again = NULL;
    const char *words = NULL;
    if (ranges_read(&fuzz_arena, typed, &ranges, &words)) {
        holds(text_empty(words));
        each_holds_its_first(ranges);
        holds(ranges_read(&fuzz_arena, ranges, &again, &words) && text_is(ranges, again));
        holds(text_empty(ranges) || is_address(address) || !ranges_hold(ranges, address));
    } else {
        holds(!text_empty(words));
    }
    (void)ranges_hold(typed, address);
    if (ranges_read(&fuzz_arena, address, &ranges, &words) && is_address(address)) {
        holds(ranges_hold(ranges, address));
    }
    holds(!is_address(address) || text_empty(words));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    fuzz_run(data, size_bytes, one);
    return 0;
}
