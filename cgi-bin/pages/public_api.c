/* pages/public_api.c: the page about the API: how a program gets in, and every operation. */
#include "base/text.h"
#include "base/url.h"
#include "pages/chrome.h"
#include "pages/public.h"
#include "pages/public_api_view.h"
#include "public_templates.h"
#include "store/site.h"

#include "api_operations.h"

#define OPERATIONS (sizeof api_operations / sizeof api_operations[0])

static struct api_groups groups_of(struct arena *arena);
static struct api_kinds kinds_of(struct arena *arena);
static struct api_operation_row operation_row(struct arena *arena,
                                              const struct api_operation *operation);
static struct api_field_rows field_rows(struct arena *arena, const struct api_field *fields);
static const char *group_id(struct arena *arena, const char *name);

enum status public_api_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct site site = site_read(visit->registry, arena);
    struct public_api_view view = {
        .page = chrome_of(visit, PLACE_NONE, "API"),
        .site = site.url,
        .base = arena_printf(arena, "%s/registry/v0", site.url),
        .document = url_path(arena, "/registry/v0/openapi.json"),
        .groups = groups_of(arena),
        .kinds = kinds_of(arena),
    };
    template_public_api(&response->body, &view);
    return public_show(visit, response);
}

/* Operations of one tag stand together, in the order of the document. */
static struct api_groups groups_of(struct arena *arena)
{
    struct api_group *groups = arena_array(arena, struct api_group, OPERATIONS);
    size_t count = 0;
    for (size_t i = 0; i < OPERATIONS; i++) {
        const char *tag = api_operations[i].tag;
        size_t at = 0;
        while (at < count && !text_is(groups[at].name, tag)) {
            at++;
        }
        if (at < count) {
            continue;
        }
        struct api_operation_row *rows = arena_array(arena, struct api_operation_row, OPERATIONS);
        size_t row_count = 0;
        for (size_t j = i; j < OPERATIONS; j++) {
            if (text_is(api_operations[j].tag, tag)) {
                rows[row_count++] = operation_row(arena, &api_operations[j]);
            }
        }
        const char *id = group_id(arena, tag);
        groups[count++] =
            (struct api_group){.name = tag, .id = id, .operations = {rows, row_count}};
    }
    return (struct api_groups){groups, count};
}

static struct api_operation_row operation_row(struct arena *arena,
                                              const struct api_operation *operation)
{
    struct api_field_rows fields = field_rows(arena, operation->fields);
    return (struct api_operation_row){.method = operation->method,
                                      .id = operation->id,
                                      .path = operation->path,
                                      .summary = operation->summary,
                                      .words = operation->words,
                                      .needs = operation->needs,
                                      .curl = operation->curl,
                                      .has_fields = fields.count > 0,
                                      .fields = fields};
}

static struct api_field_rows field_rows(struct arena *arena, const struct api_field *fields)
{
    size_t count = 0;
    while (fields[count].name != NULL) {
        count++;
    }
    struct api_field_row *rows = arena_array(arena, struct api_field_row, count + 1);
    for (size_t i = 0; i < count; i++) {
        rows[i] = (struct api_field_row){.name = fields[i].name,
                                         .where = fields[i].where,
                                         .type = fields[i].type,
                                         .words = fields[i].words,
                                         .is_needed = fields[i].is_needed};
    }
    return (struct api_field_rows){rows, count};
}

/* What a program can be told: all but the way in for browsers. */
static struct api_kinds kinds_of(struct arena *arena)
{
    struct api_kind *kinds = arena_array(arena, struct api_kind, STATUS__COUNT);
    size_t count = 0;
    for (int i = STATUS_OK + 1; i < STATUS__COUNT; i++) {
        enum status status = (enum status)i;
        bool is_for_browsers = status == STATUS_SIGN_IN_NEEDED || status == STATUS_CROSS_SITE ||
                               (status >= STATUS_SIGN_IN_REFUSED && status <= STATUS_LINK_SPENT);
        if (!is_for_browsers) {
            struct status_row row = status_row_for_programs(status);
            kinds[count++] = (struct api_kind){row.slug, row.http_code, row.sentence};
        }
    }
    return (struct api_kinds){kinds, count};
}

/* "Orders and deliveries" -> "group-orders-and-deliveries". */
static const char *group_id(struct arena *arena, const char *name)
{
    char *id = (char *)arena_printf(arena, "group-%s", text_lower(arena, name));
    for (char *at = id; *at != '\0'; at++) {
        if (*at == ' ') {
            *at = '-';
        }
    }
    return id;
}
