/* ledger/manifest.c: see ledger/manifest.h. */
#include "ledger/manifest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"

#define FORM "1"
#define WORDS_MAX 22 /* of the whole text */
#define WORDS_TOO_MANY (WORDS_MAX + 1)

/* The words of the text that differ from backup to backup. */
enum {
    WORD_FORM = 1,
    WORD_MADE = 3,
    WORD_TAG = 5,
    WORD_REGISTRY_VERSION = 7,
    WORD_PEOPLE_VERSION = 9,
    WORD_ACTS = 11,
    WORD_ACT_AT = 13,
    WORD_FILES = 15, /* size and digest, then the next file's name */
};

static size_t split(char *text, const char *words[WORDS_MAX]);
static bool read_words(const char *const words[WORDS_MAX], struct manifest *manifest);

const char *manifest_file_name(enum manifest_place place)
{
    static const char *const names[MANIFEST__FILES] = {"people.db", "registry.db"};
    must(place >= 0 && place < MANIFEST__FILES);
    return names[place];
}

size_t manifest_write(const struct manifest *manifest, char text[MANIFEST_SIZE])
{
    char made[CLOCK_ISO_SIZE];
    char act_at[CLOCK_ISO_SIZE] = "none";
    clock_iso_write(manifest->made_at, made);
    if (manifest->acts > 0) {
        clock_iso_write(manifest->act_at, act_at);
    }
    int used = snprintf(text, MANIFEST_SIZE,
                        "tallystick-backup " FORM "\nmade %s\ntag %s\nregistry-schema %" PRId64
                        "\npeople-schema %" PRId64 "\nacts %" PRId64 "\nlast-act %s\n",
                        made, manifest->tag, manifest->registry_version, manifest->people_version,
                        manifest->acts, act_at);
    for (int i = 0; i < MANIFEST__FILES; i++) {
        must(used > 0 && used < MANIFEST_SIZE);
        used += snprintf(text + used, (size_t)(MANIFEST_SIZE - used), "%s %" PRId64 " %s\n",
                         manifest_file_name((enum manifest_place)i), manifest->files[i].size_bytes,
                         manifest->files[i].sha256);
    }
    must(used > 0 && used < MANIFEST_SIZE);
    char hex[DIGEST_HEX_SIZE];
    struct digest digest = digest_of(text, (size_t)used);
    digest_hex(&digest, hex);
    used += snprintf(text + used, (size_t)(MANIFEST_SIZE - used), "digest %s\n", hex);
    must(used > 0 && used < MANIFEST_SIZE);
    return (size_t)used;
}

/* Written anew from what was read, every byte must be the same: so nothing can be read in two ways,
 * and the digest is proved. */
enum manifest_read manifest_read(const char *text, struct manifest *manifest)
{
    char copy[MANIFEST_SIZE];
    char again[MANIFEST_SIZE];
    const char *words[WORDS_MAX] = {NULL};
    *manifest = (struct manifest){0};
    if (!TEXT_COPY(copy, text)) {
        return MANIFEST_DAMAGED;
    }
    size_t count = split(copy, words);
    if (count > WORD_FORM && text_is(words[0], "tallystick-backup") &&
        !text_is(words[WORD_FORM], FORM)) {
        return MANIFEST_OF_ANOTHER_FORM;
    }
    if (count != WORDS_MAX || !read_words(words, manifest)) {
        return MANIFEST_DAMAGED;
    }
    (void)manifest_write(manifest, again);
    return text_is(text, again) ? MANIFEST_GOOD : MANIFEST_DAMAGED;
}

bool manifest_file_is(const struct manifest_file *file, int64_t size_bytes,
                      const struct digest *digest)
{
    char hex[DIGEST_HEX_SIZE];
    digest_hex(digest, hex);
    return file->size_bytes == size_bytes && text_is(file->sha256, hex);
}

static size_t split(char *text, const char *words[WORDS_MAX])
{
    size_t count = 0;
    while (*text != '\0') {
        if (count == WORDS_MAX) {
            return WORDS_TOO_MANY;
        }
        words[count++] = text;
        text += strcspn(text, " \n");
        if (*text != '\0') {
            *text++ = '\0';
        }
    }
    return count;
}

static bool read_words(const char *const words[WORDS_MAX], struct manifest *manifest)
{
    bool good = clock_parse(words[WORD_MADE], &manifest->made_at) &&
                TEXT_COPY(manifest->tag, words[WORD_TAG]) && id_tag_is(manifest->tag) &&
                text_parse_int(words[WORD_REGISTRY_VERSION], false, &manifest->registry_version) &&
                text_parse_int(words[WORD_PEOPLE_VERSION], false, &manifest->people_version) &&
                text_parse_int(words[WORD_ACTS], false, &manifest->acts) &&
                (manifest->acts == 0 || clock_parse(words[WORD_ACT_AT], &manifest->act_at));
    for (int i = 0; good && i < MANIFEST__FILES; i++) {
        const char *const *at = &words[WORD_FILES + 3 * i];
        good = text_parse_int(at[0], false, &manifest->files[i].size_bytes) &&
               TEXT_COPY(manifest->files[i].sha256, at[1]);
    }
    return good;
}
