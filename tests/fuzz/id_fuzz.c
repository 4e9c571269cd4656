/*
 * id_fuzz.c: public ids (base/id.c) and ids as people type them into the search box. Promised: an
 * id is three small letters, an underscore and sixteen characters of the alphabet, nothing else;
 * what the search makes of it is an id and stays itself; ids of one source rise, whatever the clock
 * does.
 */
#include <string.h>

#include "base/id.h"
#include "base/text.h"
#include "fuzz/fuzz.h"
#include "pages/public_search.h"

#define IDS_MAX 64
#define TIME_US_MAX ((INT64_C(1) << 45) / 2 * 1000)

static void one(struct fuzz_input *input)
{
    static const char small[] = "abcdefghijklmnopqrstuvwxyz";
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const char *text = fuzz_text(input);
    const char *tag = fuzz_text(input);
    bool is_id = strlen(text) == 20 && strspn(text, small) >= 3 && text[3] == '_' &&
                 strspn(text + 4, alphabet) == 16;
    holds(id_is(text, NULL) == is_id);
    holds(id_is(text, "org") == (is_id && text_starts(text, "org")));
    holds(!is_id || id_time_us(text) >= 0);
    const char *found = search_id(&fuzz_arena, text);
    holds(found == NULL || id_is(found, NULL));
    holds(found == NULL || text_is(search_id(&fuzz_arena, found), found));
    holds(!is_id || text_is(found, text));

    holds(id_tag_is(tag) == (strlen(tag) == 3 && strspn(tag, alphabet) == 3));
    struct id_source source = {.tag = "TST"};
    if (id_tag_is(tag)) {
        TEXT_COPY(source.tag, tag);
    }
    char before[ID_SIZE] = "";
    for (int i = 0; i < IDS_MAX && input->left_bytes > 0; i++) {
        char id[ID_SIZE];
        int64_t at_us = (int64_t)((uint64_t)fuzz_int(input) >> fuzz_below(input, 64)) & INT64_MAX;
        at_us %= TIME_US_MAX;
        id_make(&source, "org", at_us, id);
        holds(id_is(id, "org") && strcmp(before, id) < 0 && id_time_us(id) >= at_us / 1000 * 1000);
        memcpy(before, id, sizeof before);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    fuzz_run(data, size_bytes, one);
    return 0;
}
