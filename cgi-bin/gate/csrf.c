/* gate/csrf.c: see gate/csrf.h. */
#include "gate/csrf.h"

#include <string.h>

#include "base/digest.h"
#include "base/must.h"
#include "base/text.h"

bool csrf_same_origin(const struct request *request, const char *site_url)
{
    must(request->method == METHOD_POST);
    if (!text_empty(request->fetch_site)) {
        return text_is(request->fetch_site, "same-origin");
    }
    size_t site_bytes = strlen(site_url);
    while (site_bytes > 0 && site_url[site_bytes - 1] == '/') {
        site_bytes--;
    }
    return site_bytes > 0 && !text_empty(request->origin) &&
           strlen(request->origin) == site_bytes &&
           memcmp(request->origin, site_url, site_bytes) == 0;
}

bool csrf_take_token(struct arena *arena, const struct pairs *form, struct pairs *rest,
                     const char **token)
{
    struct pair *kept = arena_array(arena, struct pair, form->count + 1);
    size_t kept_count = 0;
    size_t tokens = 0;
    *token = "";
    for (size_t i = 0; i < form->count; i++) {
        if (text_is(form->at[i].name, CSRF_FIELD)) {
            *token = form->at[i].value;
            tokens++;
        } else {
            kept[kept_count++] = form->at[i];
        }
    }
    *rest = (struct pairs){.at = kept, .count = kept_count};
    return tokens <= 1;
}

bool csrf_token_right(const char *session_token, const char *form_token)
{
    if (text_empty(session_token) || text_empty(form_token)) {
        return false;
    }
    /* Digests have one length, and where they differ tells nothing about where the tokens do. */
    struct digest ours = digest_of(session_token, strlen(session_token));
    struct digest theirs = digest_of(form_token, strlen(form_token));
    return digest_equal(&ours, &theirs);
}
