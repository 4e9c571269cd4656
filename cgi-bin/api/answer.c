/* api/answer.c: see api/api.h. How every answer begins. */
#include "api/api.h"
#include "api/fault.h"
#include "base/text.h"
#include "base/url.h"
#include "store/rights.h"

void api_begin(struct visit *visit)
{
    visit->faults = arena_one(visit->arena, struct api_faults);
}

struct json api_answer(struct visit *visit, struct response *response)
{
    response->http_code = 200;
    response->content_type = "application/json";
    response->is_sandbox = api_is_sandbox(visit);
    return json_begin(&response->body);
}

const char *api_page_url(struct visit *visit, const char *pattern, const char *id)
{
    struct url path = url_path(visit->arena, pattern, id);
    return url_absolute(visit->arena, visit->site_url, path).text;
}

/* A registry keeps the tag it was made with, so it is asked for once. "": not read yet. */
static char tag[ID_TAG_SIZE];

void api_opened(struct store *registry)
{
    if (tag[0] == '\0' && registry != NULL && !store_fault(registry)) {
        rights_tag(registry, tag);
    }
}

bool api_is_sandbox(struct visit *visit)
{
    api_opened(visit->registry);
    return api_in_sandbox();
}

bool api_in_sandbox(void)
{
    return text_is(tag, SANDBOX_TAG);
}
