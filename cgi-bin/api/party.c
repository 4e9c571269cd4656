/* api/party.c: see api/party.h. */
#include "api/party.h"

#include "api/api.h"
#include "api/page.h"
#include "base/text.h"

static const struct query_form no_query = {.list = ""};
static const struct query_form suppliers_query = {.list = "suppliers", .is_paged = true};
static const struct query_form transferees_query = {.list = "transferees", .is_paged = true};

static enum status show(struct visit *visit, struct response *response, bool is_found,
                        void (*write)(struct json *, const char *, const struct api_party *),
                        const struct api_party *party);
static void write_list(struct visit *visit, struct response *response,
                       const struct query_form *form, const char *subject,
                       const struct page_ask *ask, const struct page_ids *page, int64_t total_count,
                       void (*write)(struct json *, const char *, const struct api_party *));

void party_write(struct json *json, const char *name, const struct api_party *party)
{
    json_open(json, name);
    json_text(json, "id", party->org_id);
    json_text(json, "name", party->name);
    json_text_or_null(json, "domain", party->domain);
    json_close(json);
}

void supplier_write(struct json *json, const char *name, const struct api_party *party)
{
    json_open(json, name);
    json_text(json, "id", party->supplier_id);
    json_none(json, "short_description");
    json_text_or_null(json, "long_description", party->description);
    party_write(json, "organisation", party);
    json_none(json, "location");
    json_close(json);
}

enum status organisation_mine_get(struct visit *visit, struct response *response)
{
    struct api_party party;
    bool is_found = api_party_find(visit->registry, visit->arena, visit->org_id, &party);
    return show(visit, response, is_found, party_write, &party);
}

enum status organisation_get(struct visit *visit, struct response *response)
{
    struct api_party party;
    bool is_found = api_party_find(visit->registry, visit->arena, visit->arguments[0], &party);
    return show(visit, response, is_found, party_write, &party);
}

enum status supplier_mine_get(struct visit *visit, struct response *response)
{
    struct api_party party;
    bool is_found = api_party_find(visit->registry, visit->arena, visit->org_id, &party) &&
                    !text_empty(party.supplier_id);
    return show(visit, response, is_found, supplier_write, &party);
}

enum status supplier_get(struct visit *visit, struct response *response)
{
    struct api_party party;
    bool is_found = api_supplier_find(visit->registry, visit->arena, visit->arguments[0], &party);
    return show(visit, response, is_found, supplier_write, &party);
}

enum status suppliers_get(struct visit *visit, struct response *response)
{
    struct page_ask ask;
    enum status status = query_read(visit, &suppliers_query, "", NULL, &ask);
    if (status == STATUS_OK) {
        struct page_ids page = api_suppliers(visit->registry, visit->arena, &ask);
        write_list(visit, response, &suppliers_query, "", &ask, &page,
                   api_suppliers_count(visit->registry), supplier_write);
    }
    return status;
}

/* Whom the caller's organisation can send to: every active organisation but itself. */
enum status transferees_get(struct visit *visit, struct response *response)
{
    struct page_ask ask;
    enum status status = query_read(visit, &transferees_query, visit->org_id, NULL, &ask);
    if (status == STATUS_OK) {
        struct page_ids page = api_transferees(visit->registry, visit->arena, visit->org_id, &ask);
        write_list(visit, response, &transferees_query, visit->org_id, &ask, &page,
                   api_transferees_count(visit->registry, visit->org_id), party_write);
    }
    return status;
}

static enum status show(struct visit *visit, struct response *response, bool is_found,
                        void (*write)(struct json *, const char *, const struct api_party *),
                        const struct api_party *party)
{
    enum status status = query_read(visit, &no_query, "", NULL, NULL);
    if (status != STATUS_OK || !is_found) {
        return status != STATUS_OK ? status : STATUS_NOT_FOUND;
    }
    struct json json = api_answer(visit, response);
    write(&json, NULL, party);
    return STATUS_OK;
}

static void write_list(struct visit *visit, struct response *response,
                       const struct query_form *form, const char *subject,
                       const struct page_ask *ask, const struct page_ids *page, int64_t total_count,
                       void (*write)(struct json *, const char *, const struct api_party *))
{
    struct json json = api_answer(visit, response);
    struct page_end first = {.id = NULL};
    struct page_end last = first;
    json_open(&json, NULL);
    json_list(&json, "nodes");
    for (size_t i = 0; i < page->count; i++) {
        struct api_party party;
        if (api_party_find(visit->registry, visit->arena, page->at[i], &party)) {
            write(&json, NULL, &party);
            last = (struct page_end){.text = party.name, .id = party.org_id};
            first = first.id == NULL ? last : first;
        }
    }
    json_close(&json);
    page_write_info(&json, visit, form, subject, NULL, ask, page->has_more,
                    first.id == NULL ? NULL : &first, last.id == NULL ? NULL : &last, total_count);
    json_close(&json);
}
