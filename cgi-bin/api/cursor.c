/* api/cursor.c: see api/cursor.h. */
#include "api/cursor.h"

#include <string.h>

#include "base/base64.h"
#include "base/digest.h"
#include "base/must.h"
#include "base/text.h"

#define CHECK_BYTES 12
#define KEY_BYTES 8
#define ID_BYTES (ID_SIZE - 1)
#define HEAD_BYTES (CHECK_BYTES + KEY_BYTES + ID_BYTES)
/* a project's name: 400 characters */
#define TEXT_BYTES_MAX 1600
#define CURSOR_BYTES_MAX (HEAD_BYTES + TEXT_BYTES_MAX)

static struct digest check_of(const struct digest *scope, const struct page_end *end);

struct digest cursor_scope(const struct query_form *form, const char *subject,
                           const struct query_value *values)
{
    struct digest_feed feed;
    digest_begin(&feed);
    digest_add_text(&feed, form->list);
    digest_add_text(&feed, subject);
    for (size_t i = 0; i < form->count; i++) {
        digest_add_text(&feed, values[i].text);
        digest_add_int(&feed, values[i].number);
    }
    return digest_end(&feed);
}

const char *cursor_write(struct arena *arena, const struct digest *scope,
                         const struct page_end *end)
{
    uint8_t bytes[CURSOR_BYTES_MAX];
    const char *text = end->text == NULL ? "" : end->text;
    size_t text_bytes = strlen(text);
    must(text_bytes <= TEXT_BYTES_MAX && strlen(end->id) == ID_BYTES);
    struct digest check = check_of(scope, end);
    memcpy(bytes, check.bytes, CHECK_BYTES);
    for (size_t i = 0; i < KEY_BYTES; i++) {
        bytes[CHECK_BYTES + i] = (uint8_t)((uint64_t)end->key >> (56 - 8 * i));
    }
    memcpy(bytes + CHECK_BYTES + KEY_BYTES, end->id, ID_BYTES);
    for (size_t i = 0; i < text_bytes; i++) {
        bytes[HEAD_BYTES + i] = (uint8_t)text[i];
    }
    return base64_write(arena, bytes, HEAD_BYTES + text_bytes);
}

bool cursor_read(struct arena *arena, const struct digest *scope, const char *text,
                 struct page_end *end)
{
    uint8_t bytes[CURSOR_BYTES_MAX + 1];
    size_t size_bytes = sizeof(bytes);
    size_t chars = strlen(text);
    if (chars > BASE64_CHARS(CURSOR_BYTES_MAX) || !base64_read(text, chars, bytes, &size_bytes) ||
        size_bytes < HEAD_BYTES) {
        return false;
    }
    uint64_t key = 0;
    for (size_t i = 0; i < KEY_BYTES; i++) {
        key = key << 8 | bytes[CHECK_BYTES + i];
    }
    const char *all = (const char *)bytes;
    *end = (struct page_end){
        .key = (int64_t)key,
        .id = arena_text_sized(arena, all + CHECK_BYTES + KEY_BYTES, ID_BYTES),
        .text = arena_text_sized(arena, all + HEAD_BYTES, size_bytes - HEAD_BYTES),
    };
    struct digest check = check_of(scope, end);
    return memcmp(check.bytes, bytes, CHECK_BYTES) == 0 && id_is(end->id, NULL) &&
           strlen(end->text) == size_bytes - HEAD_BYTES && text_utf8_is(end->text);
}

static struct digest check_of(const struct digest *scope, const struct page_end *end)
{
    struct digest_feed feed;
    digest_begin(&feed);
    digest_add_bytes(&feed, scope->bytes, sizeof(scope->bytes));
    digest_add_int(&feed, end->key);
    digest_add_text(&feed, end->id);
    digest_add_text(&feed, end->text);
    return digest_end(&feed);
}
