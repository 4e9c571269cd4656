/* base/id.c: see base/id.h. */
#include "base/id.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/must.h"

#define PREFIX_CHARS 3
#define TIME_CHARS 9
#define TAG_CHARS 3
#define TAIL_CHARS 4
#define TIME_AT (PREFIX_CHARS + 1)
#define TAG_AT (TIME_AT + TIME_CHARS)
#define TAIL_AT (TAG_AT + TAG_CHARS)
#define TIME_MS_MAX ((INT64_C(1) << 45) - 1) /* the year 3084 */
#define TAIL_MAX ((UINT32_C(1) << 20) - 1)
#define START_MAX ((UINT32_C(1) << 19) - 1)

/* Crockford's base32: no I, L, O or U. In order of ASCII, so that ids sort by time. */
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void step(struct id_source *source, int64_t ms);
static uint32_t tail_start(const struct id_source *source, int64_t ms);
static void write_base32(char *to, int characters, uint64_t number);
static bool is_prefix(const char *text);
static bool is_base32(const char *text, size_t characters);

_Static_assert(TAIL_AT + TAIL_CHARS + 1 == ID_SIZE, "the parts of an id fill it");

void id_make(struct id_source *source, const char *prefix, int64_t at_us, char id[ID_SIZE])
{
    must(is_prefix(prefix) && prefix[PREFIX_CHARS] == '\0');
    must(id_tag_is(source->tag));
    must(at_us >= 0 && at_us / 1000 < TIME_MS_MAX);
    step(source, at_us / 1000);
    memcpy(id, prefix, PREFIX_CHARS);
    id[PREFIX_CHARS] = '_';
    write_base32(id + TIME_AT, TIME_CHARS, (uint64_t)source->last_ms);
    memcpy(id + TAG_AT, source->tag, TAG_CHARS);
    write_base32(id + TAIL_AT, TAIL_CHARS, source->last_tail);
    id[ID_SIZE - 1] = '\0';
}

bool id_is(const char *text, const char *prefix)
{
    if (text == NULL || strnlen(text, ID_SIZE) != ID_SIZE - 1) {
        return false;
    }
    if (prefix != NULL && strncmp(text, prefix, PREFIX_CHARS) != 0) {
        return false;
    }
    return is_prefix(text) && text[PREFIX_CHARS] == '_' &&
           is_base32(text + TIME_AT, ID_SIZE - 1 - TIME_AT);
}

int64_t id_time_us(const char *id)
{
    must(id_is(id, NULL));
    int64_t ms = 0;
    for (size_t i = 0; i < TIME_CHARS; i++) {
        ms = ms * 32 + (strchr(alphabet, id[TIME_AT + i]) - alphabet);
    }
    return ms * 1000;
}

bool id_tag_is(const char *text)
{
    return text != NULL && strnlen(text, ID_TAG_SIZE) == TAG_CHARS && is_base32(text, TAG_CHARS);
}

void random_bytes(void *bytes, size_t size_bytes)
{
    unsigned char *to = bytes;
    while (size_bytes > 0) {
        ssize_t got_bytes = getrandom(to, size_bytes, 0);
        if (got_bytes < 0 && errno == EINTR) {
            continue;
        }
        must(got_bytes > 0);
        to += got_bytes;
        size_bytes -= (size_t)got_bytes;
    }
}

/* Moves the source to its next millisecond and tail, always upwards. */
static void step(struct id_source *source, int64_t ms)
{
    bool is_fresh = source->last_ms == 0 && source->last_tail == 0;
    if (is_fresh || ms > source->last_ms) {
        source->last_ms = ms;
        source->last_tail = tail_start(source, ms);
    } else if (source->last_tail < TAIL_MAX) {
        source->last_tail++;
    } else {
        source->last_ms++;
        source->last_tail = tail_start(source, source->last_ms);
    }
}

/* In 1..START_MAX + 1: never 0, so that a used source never looks like a fresh one. */
static uint32_t tail_start(const struct id_source *source, int64_t ms)
{
    uint32_t start = 0;
    if (source->random_tail) {
        random_bytes(&start, sizeof(start));
    } else {
        /* Fibonacci hashing: neighbouring milliseconds start far apart. */
        start = (uint32_t)(((uint64_t)ms * UINT64_C(0x9E3779B97F4A7C15)) >> 44);
    }
    return (start & START_MAX) + 1;
}

static void write_base32(char *to, int characters, uint64_t number)
{
    for (int i = characters - 1; i >= 0; i--) {
        to[i] = alphabet[number % 32];
        number /= 32;
    }
    must(number == 0);
}

static bool is_prefix(const char *text)
{
    for (int i = 0; i < PREFIX_CHARS; i++) {
        if (text[i] < 'a' || text[i] > 'z') {
            return false;
        }
    }
    return true;
}

static bool is_base32(const char *text, size_t characters)
{
    return strspn(text, alphabet) >= characters;
}
