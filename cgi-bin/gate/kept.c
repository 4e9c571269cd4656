/* gate/kept.c: see gate/kept.h. */
#include "gate/kept.h"

#include <string.h>

#include "base/limits.h"
#include "base/must.h"
#include "base/text.h"

struct kept {
    char tag[64]; /* "" free */
    char content_type[64];
    uint64_t used_at; /* the one used longest ago makes room */
    size_t size_bytes;
    char bytes[KEPT_PAGE_BYTES_MAX];
};

static struct kept pages[KEPT_PAGES_MAX];
static uint64_t uses;

bool kept_find(const char *tag, struct response *response)
{
    must(response->body.size_bytes == 0 && tag[0] != '\0');
    for (size_t i = 0; i < KEPT_PAGES_MAX; i++) {
        if (text_is(pages[i].tag, tag)) {
            pages[i].used_at = ++uses;
            response->is_public = true;
            response->etag = tag;
            response->content_type = pages[i].content_type;
            out_bytes(&response->body, pages[i].bytes, pages[i].size_bytes);
            return true;
        }
    }
    return false;
}

void kept_add(const char *tag, const struct response *response)
{
    bool is_page = response->http_code == 200 && response->is_public && response->etag != NULL &&
                   text_is(response->etag, tag) && response->stream == NULL &&
                   response->cookies[0] == NULL && response->disposition == NULL &&
                   response->location == NULL && response->retry_after_s == 0;
    if (!is_page || response->body.size_bytes > KEPT_PAGE_BYTES_MAX) {
        return;
    }
    struct kept *oldest = &pages[0];
    for (size_t i = 1; i < KEPT_PAGES_MAX; i++) {
        oldest = pages[i].used_at < oldest->used_at ? &pages[i] : oldest;
    }
    oldest->tag[0] = '\0';
    if (!TEXT_COPY(oldest->content_type, response->content_type)) {
        return;
    }
    memcpy(oldest->bytes, response->body.bytes, response->body.size_bytes);
    oldest->size_bytes = response->body.size_bytes;
    oldest->used_at = ++uses;
    bool fits = TEXT_COPY(oldest->tag, tag);
    must(fits);
}
